//! What if a supplier stops: who loses how much, at once and down the chain, and where the chokepoints are.
