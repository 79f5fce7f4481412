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
        let compared = Self::beside(before, after, tolerance, progress)?;
        match compared.coverage.overlaps() {
            true => Ok(compared),
            false => Err(BriefError::Request(nothing_shared([before, after]))),
        }
    }

    /// As [`Comparison::of`], but two runs with nothing in common are laid beside each other: what differs in what went in, and no difference
    /// of results.
    ///
    /// # Errors
    /// As [`Comparison::of`].
    pub fn beside(
        before: &Run,
        after: &Run,
        tolerance: f64,
        progress: &dyn Progress,
    ) -> Result<Self, BriefError> {
        if !(tolerance >= 0.0 && tolerance.is_finite()) {
            return Err(BriefError::Request(format!("a tolerance of {tolerance} is no number from 0 on")));
        }
        let pair = [before, after];
        let mut comparison = Self {
            runs: pair.map(Run::name),
            studies: pair.map(|run| run.manifest().study.name.clone()),
            data: pair.map(|run| data_of(run.study(), run.manifest())),
            tolerance,
            inputs: inputs::inputs(pair),
            options: inputs::options(pair),
            coverage: Coverage::of(pair)?,
            indicators: Vec::new(),
            products: Vec::new(),
            ranks: Vec::new(),
            links: Vec::new(),
            chokepoints: Vec::new(),
            findings: vec![nothing_shared(pair)],
        };
        if !comparison.coverage.overlaps() {
            return Ok(comparison);
        }
        progress.go_on()?;
        comparison.indicators = levels::indicators(pair, &comparison.coverage, tolerance)?;
        progress.go_on()?;
        comparison.products = levels::products(pair, &comparison.coverage)?;
        comparison.ranks = ranks::changes(pair, &comparison.coverage)?;
        comparison.links = links::of_one(pair)?;
        comparison.chokepoints = chokepoints::of_one(pair, &comparison.coverage)?;
        comparison.findings = words::findings(&comparison);
        Ok(comparison)
    }
}

fn nothing_shared(pair: [&Run; 2]) -> String {
    let [before, after] = pair.map(Run::name);
    format!("{before} and {after} have no product, year and country in common: there is nothing to compare")
}
