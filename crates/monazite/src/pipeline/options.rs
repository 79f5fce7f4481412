//! How a run is made, beside what the study says.

/// How far a run goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Until {
    /// Tables of the panel, without profiles, typology and report.
    Indicators,
    /// Everything.
    Report,
}

/// How a run is made, beside what the study says.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// How far to go.
    pub until: Until,
    /// Commit the program was built from, for the manifest.
    pub commit: String,
}
