//! Compares two runs.

use super::coverage::Coverage;
use super::result::Comparison;
use super::{chokepoints, inputs, levels, links, ranks, words};
use crate::progress::Progress;
use crate::report::brief::BriefError;
use crate::run::Run;
use crate::run::provenance::data_of;

/// What two values may differ by and still count as the same, relative to the larger of them and 1.
pub const TOLERANCE: f64 = 1e-9;

impl Comparison {
    /// Compares two runs.
    ///
    /// # Errors
    /// [`BriefError::Run`] if one of them is damaged, [`BriefError::Request`] if they have no product, year and country in common, and for a
    /// tolerance that is no number from 0 on; [`BriefError::Cancelled`] if `progress` asks to stop.
    pub fn of(
        before: &Run,
        after: &Run,
        tolerance: f64,
        progress: &dyn Progress,
    ) -> Result<Self, BriefError> {
        if !(tolerance >= 0.0 && tolerance.is_finite()) {
            return Err(BriefError::Request(format!("a tolerance of {tolerance} is no number from 0 on")));
        }
        let pair = [before, after];
        let coverage = Coverage::of(pair)?;
        if !coverage.overlaps() {
            return Err(BriefError::Request(format!(
                "{} and {} have no product, year and country in common: there is nothing to compare",
                before.name(),
                after.name()
            )));
        }
        progress.go_on()?;
        let indicators = levels::indicators(pair, &coverage, tolerance)?;
        progress.go_on()?;
        let mut comparison = Self {
            runs: pair.map(Run::name),
            studies: pair.map(|run| run.manifest().study.name.clone()),
            data: pair.map(|run| data_of(run.study(), run.manifest())),
            tolerance,
            inputs: inputs::inputs(pair),
            options: inputs::options(pair),
            indicators,
            products: levels::products(pair, &coverage)?,
            ranks: ranks::changes(pair, &coverage)?,
            links: links::of_one(pair)?,
            chokepoints: chokepoints::of_one(pair, &coverage)?,
            coverage,
            findings: Vec::new(),
        };
        comparison.findings = words::findings(&comparison);
        Ok(comparison)
    }
}
