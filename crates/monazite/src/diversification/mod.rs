//! Whom an importer could buy from instead, how far that lowers its risk, and what it does to others.
