//! Profiles of countries and groups, row by row.

use super::features::Feature;

/// What a row of a profile is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum UnitKind {
    /// A country.
    Country,
    /// Countries merged into one before anything was computed; it takes the place of its members.
    Merged,
    /// The mean of countries that are there on their own too; never part of a total.
    Group,
}

impl UnitKind {
    /// Name in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Merged => "merged",
            Self::Group => "group",
        }
    }
}

/// A country, a merged country, or a group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    /// iso3, or the code of the group.
    pub code: String,
    /// Name for people.
    pub name: String,
    /// Which of the three.
    pub kind: UnitKind,
}

/// The profile of a unit in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the unit.
    pub unit: usize,
    /// Imports of the products, thousand USD.
    pub imports: f64,
    /// Exports of the products, thousand USD.
    pub exports: f64,
    /// Mean composite over all products, with the weights of the features; not a feature itself.
    pub composite: Option<f64>,
    /// The features.
    pub values: Vec<Option<f64>>,
}

impl ProfileRow {
    /// Number of features that are missing.
    pub fn missing(&self) -> usize {
        self.values.iter().filter(|v| v.is_none()).count()
    }
}

/// The profiles of a study.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// The features, in the order of the values of every row.
    pub features: Vec<Feature>,
    /// The years, ascending.
    pub years: Vec<u16>,
    /// Countries, merged countries and groups, by code.
    pub units: Vec<Unit>,
    /// One row for every year and unit that trades any of the products, by year and then unit.
    pub rows: Vec<ProfileRow>,
}
