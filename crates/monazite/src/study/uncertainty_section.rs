//! The section of the study file behind the bands of uncertainty.

use super::check::Check;
use super::fields::section;
use super::parameter::choice;
use super::sections::TradeMeasure;

/// Draws if the study does not say and the indicators have standard errors.
const DRAWS: u64 = 200;
/// The most draws: at 10,000 the 5 % quantile is known to ±0.2 percentage points, and stability alone takes some 0.5 GB of memory.
const MOST_DRAWS: u64 = 10_000;

/// Which products have bands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BandProducts {
    /// The focus products.
    Focus,
    /// The products of the chain, and the focus products (default).
    #[default]
    Chain,
    /// All products of the study.
    All,
}

section! {
    /// `[uncertainty]`: how far STR is known, given the standard errors of political stability.
    UncertaintySection["uncertainty"] {
        " Draws of political stability from its standard errors, up to 10,000, behind the bands of STR; 0 makes none. Left out: 200, if the Governance Indicators at hand have standard errors." bands: Option<u64> = None;
        " Products that have bands: those of the chain, the focus products, or all." products: BandProducts = BandProducts::Chain;
        " Correlation of a country's error of stability from year to year, 0 to 1." rho: f64 = 0.9;
        " Also draw the values of flows, which are the less certain the smaller they are; every draw is then a network of its own, some hundred times the work." flows: bool = false;
        " Also draw whether flows below recording_below are recorded at all, each with probability 1/2; as much work." recording: bool = false;
        " Flows below this (thousand USD) may go unrecorded, if recording is drawn." recording_below: f64 = 10.0;
        " Importers are ranked by STR; the probability to be among so many riskiest is given." top: u64 = 5;
    }
}

impl BandProducts {
    /// Whether a product is among them.
    pub const fn takes(self, in_chain: bool, in_focus: bool) -> bool {
        match self {
            Self::All => true,
            Self::Focus => in_focus,
            Self::Chain => in_chain || in_focus,
        }
    }
}

choice!(BandProducts {
    "chain" => BandProducts::Chain,
    "focus" => BandProducts::Focus,
    "all" => BandProducts::All,
});

impl UncertaintySection {
    /// Number of draws; 0 for no bands.
    pub fn draws(&self) -> usize {
        self.bands.unwrap_or(DRAWS) as usize
    }

    /// Whether every draw is a network of its own.
    pub const fn draws_trade(&self) -> bool {
        self.flows || self.recording
    }

    /// Values that are out of range or do not go together.
    pub(super) fn check(&self, measure: TradeMeasure, check: &mut Check<'_, '_>) {
        check.that(self.bands.is_none_or(|n| n <= MOST_DRAWS), "uncertainty", "bands", || {
            format!(
                "{} draws are more than 10,000, at which the 5 % quantile is known to ±0.2 percentage points already; take fewer (1,000 are plenty)",
                self.bands.unwrap_or(0)
            )
        });
        check.that((0.0..=1.0).contains(&self.rho), "uncertainty", "rho", || {
            format!("{} is not between 0 and 1", self.rho)
        });
        check.that((1..=1000).contains(&self.top), "uncertainty", "top", || {
            format!("{} is not a number of importers from 1 to 1000", self.top)
        });
        check.that(self.recording_below > 0.0, "uncertainty", "recording_below", || {
            format!("{} is not above 0", self.recording_below)
        });
        let by_value = measure == TradeMeasure::Value;
        for (key, asked) in [("flows", self.flows), ("recording", self.recording)] {
            check.that(by_value || !asked, "uncertainty", key, || {
                "how far a flow is known depends on its value, and this study goes by quantity (trade.measure); leave it out".to_owned()
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::study::Study;

    fn problems(text: &str) -> Vec<String> {
        let good = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n";
        let (_, problems) = Study::parse(&format!("{good}{text}"), Path::new("s.toml"));
        problems.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn draws_from_none_to_as_many_as_make_sense() {
        assert_eq!(UncertaintySection::default().draws(), 200);
        for few in [0, 1, 10_000] {
            assert!(problems(&format!("[uncertainty]\nbands = {few}\n")).is_empty());
        }
        assert_eq!(
            problems("[uncertainty]\nbands = 1000000\n"),
            [
                "line 7: uncertainty.bands: 1000000 draws are more than 10,000, at which the 5 % quantile is known to ±0.2 percentage points already; take fewer (1,000 are plenty)"
            ]
        );
    }

    #[test]
    fn what_does_not_go_together_is_named() {
        let told = problems(
            "[uncertainty]\nrho = 1.5\ntop = 0\nrecording_below = 0\nflows = true\n[trade]\nmeasure = \"quantity\"\n",
        );
        let keys: Vec<&str> = told.iter().map(|t| t.split(": ").nth(1).unwrap_or_default()).collect();
        assert_eq!(
            keys,
            ["uncertainty.rho", "uncertainty.top", "uncertainty.recording_below", "uncertainty.flows"]
        );
    }
}
