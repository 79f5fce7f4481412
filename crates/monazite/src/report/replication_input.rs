//! An input of a study, as a replication package and its README know it.

/// What became of one input of the study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackagedInput {
    /// Key of the study file, such as `data.governance`.
    pub key: String,
    /// Path as the study file gives it.
    pub path: String,
    /// Whether it is in the package.
    pub included: bool,
    /// Files in it with their checksums, by name; empty if it is not at hand.
    pub files: Vec<(String, String)>,
    /// The `SOURCE.md` that stands beside it, if there is one.
    pub source: Option<String>,
}
