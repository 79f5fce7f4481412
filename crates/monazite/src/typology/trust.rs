//! How far a typology can be trusted.

/// How far a typology can be trusted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Trust {
    /// It comes out again and again.
    Stable,
    /// Its outline does.
    Doubtful,
    /// It does not, or it does not show kinds of countries.
    #[default]
    NotToBeTrusted,
    /// Nobody has tried.
    Unknown,
}

impl Trust {
    /// Name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Stable => "stable",
            Self::Doubtful => "doubtful",
            Self::NotToBeTrusted => "not_to_be_trusted",
            Self::Unknown => "unknown",
        }
    }
}

/// A judgement with its reasons.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The judgement.
    pub trust: Trust,
    /// It in one sentence.
    pub sentence: String,
    /// The reasons, one sentence each.
    pub reasons: Vec<String>,
}
