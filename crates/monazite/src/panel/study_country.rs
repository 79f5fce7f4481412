//! A country of a study, as groups and setting both know it.

/// A country, or a group of countries merged into one, as the study sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyCountry {
    /// iso3, or the code of the group.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Whether it is a group.
    pub group: bool,
}

/// A country of the store that is not in the study.
pub const ABSENT: u16 = u16::MAX;
