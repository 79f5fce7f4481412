//! The section of the study file behind comparisons of before and after a trade measure.

use std::path::PathBuf;

use super::check::Check;
use super::fields::section;
use super::parameter::choice;
use crate::nomenclature::Hs6;

/// What is compared before and after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EventOutcome {
    /// ln of imports, thousand USD: of the world, or of an importer.
    Imports,
    /// ln of the tonnes of all flows with a quantity.
    Tonnes,
    /// ln of the unit value: value over weight of all flows with a quantity.
    UnitValue,
    /// The same without flows whose unit value is outside a tenth to ten times the median.
    UnitValueScreened,
    /// ln of the median unit value over flows.
    UnitValueMedian,
    /// Concentration of world exports: sum of the squared shares of the exporters.
    ExportHhi,
    /// Concentration of the suppliers of an importer.
    Hhi,
    /// Mass-balanced STR: mean over importers, weighted by imports, or of an importer.
    StrMassBalance,
    /// STR with an import content of 1, as in the paper; likewise.
    StrFull,
}

/// What a row of the comparison is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnitOfComparison {
    /// A product: the whole world's trade in it (default).
    #[default]
    Product,
    /// A product and an importer of it.
    Importer,
}

/// In which years a product must have an outcome to be compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CompleteIn {
    /// In every year of the run, so that all dates and outcomes compare the same products (default).
    #[default]
    Run,
    /// In the years that are compared.
    Window,
}

section! {
    /// `[event]`: what happened after a trade measure, compared with products without one.
    EventSection["event"] {
        " Table of trade measures (product, exporter, from, to, measure). Without it nothing is compared." table: Option<PathBuf> = None;
        " What is compared: imports, tonnes, unit_value, unit_value_screened, unit_value_median, export_hhi, hhi, str_mass_balance, str_full. Left out: imports, tonnes, unit_value, export_hhi and both STR by product; imports, hhi and both STR by importer." outcomes: Vec<EventOutcome> = Vec::new();
        " Compare products, or products of each importer." by: UnitOfComparison = UnitOfComparison::Product;
        " Years before the measure that are its base." pre: u64 = 3;
        " Years from the measure on that are compared with them." post: u64 = 2;
        " Further comparisons with the same base: years from the measure to the first of them; 3 is the fourth year and the one after." later: Vec<u64> = Vec::new();
        " Products that are no controls, such as those with measures of their own that are not in the table." exclude: Vec<Hs6> = Vec::new();
        " Keep controls that a treated product is made of or that are made of it, at any distance along the chain." keep_chain: bool = false;
        " Keep controls whose trade jumps where the HS was revised." keep_breaks: bool = false;
        " A product is compared if it has the outcome in every year of the run, or of the window." complete: CompleteIn = CompleteIn::Run;
        " Subsets of the products that are taken for treated in turn, for p: all there are, or so many drawn by study.random_seed where there are more." permutations: u64 = 5000;
        " Draws of the wild cluster bootstrap; 0 makes none." bootstrap_draws: u64 = 999;
    }
}

choice!(EventOutcome {
    "imports" => EventOutcome::Imports,
    "tonnes" => EventOutcome::Tonnes,
    "unit_value" => EventOutcome::UnitValue,
    "unit_value_screened" => EventOutcome::UnitValueScreened,
    "unit_value_median" => EventOutcome::UnitValueMedian,
    "export_hhi" => EventOutcome::ExportHhi,
    "hhi" => EventOutcome::Hhi,
    "str_mass_balance" => EventOutcome::StrMassBalance,
    "str_full" => EventOutcome::StrFull,
});
choice!(UnitOfComparison { "product" => UnitOfComparison::Product, "importer" => UnitOfComparison::Importer });
choice!(CompleteIn { "run" => CompleteIn::Run, "window" => CompleteIn::Window });

/// The longest window, in years.
const LONGEST: u64 = 50;
/// Most subsets and draws.
const MOST_DRAWS: u64 = 1_000_000;

impl EventOutcome {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Imports,
        Self::Tonnes,
        Self::UnitValue,
        Self::UnitValueScreened,
        Self::UnitValueMedian,
        Self::ExportHhi,
        Self::Hhi,
        Self::StrMassBalance,
        Self::StrFull,
    ];

    /// Its name in study and tables.
    ///
    /// ```
    /// use monazite::study::EventOutcome;
    /// assert_eq!(EventOutcome::UnitValue.name(), "unit_value");
    /// ```
    pub const fn name(self) -> &'static str {
        match self {
            Self::Imports => "imports",
            Self::Tonnes => "tonnes",
            Self::UnitValue => "unit_value",
            Self::UnitValueScreened => "unit_value_screened",
            Self::UnitValueMedian => "unit_value_median",
            Self::ExportHhi => "export_hhi",
            Self::Hhi => "hhi",
            Self::StrMassBalance => "str_mass_balance",
            Self::StrFull => "str_full",
        }
    }

    /// Whether it can be compared by a unit.
    pub const fn is_of(self, by: UnitOfComparison) -> bool {
        match by {
            UnitOfComparison::Product => !matches!(self, Self::Hhi),
            UnitOfComparison::Importer => {
                matches!(self, Self::Imports | Self::Hhi | Self::StrMassBalance | Self::StrFull)
            }
        }
    }
}

impl EventSection {
    /// What is compared, in the order of the study; without a word of it what each unit has.
    pub fn compared(&self) -> Vec<EventOutcome> {
        use EventOutcome::{ExportHhi, Hhi, Imports, StrFull, StrMassBalance, Tonnes, UnitValue};
        match (self.outcomes.is_empty(), self.by) {
            (false, _) => self.outcomes.clone(),
            (true, UnitOfComparison::Product) => {
                vec![Imports, Tonnes, UnitValue, ExportHhi, StrMassBalance, StrFull]
            }
            (true, UnitOfComparison::Importer) => vec![Imports, Hhi, StrMassBalance, StrFull],
        }
    }

    /// What is out of range or does not go together, by key.
    ///
    /// ```
    /// use monazite::study::EventSection;
    /// assert!(EventSection::default().problems().is_empty());
    /// let none = EventSection { pre: 0, ..EventSection::default() };
    /// assert_eq!(none.problems()[0].0, "pre");
    /// ```
    pub fn problems(&self) -> Vec<(&'static str, String)> {
        let mut found = Vec::new();
        for (key, years) in [("pre", self.pre), ("post", self.post)] {
            if !(1..=LONGEST).contains(&years) {
                found.push((key, format!("{years} is not a number of years from 1 to {LONGEST}")));
            }
        }
        for years in &self.later {
            if !(1..=LONGEST).contains(years) {
                let message =
                    format!("{years} is not a number of years after the measure, from 1 to {LONGEST}");
                found.push(("later", message));
            }
        }
        for (at, years) in self.later.iter().enumerate() {
            if self.later[..at].contains(years) {
                found.push(("later", format!("{years} stands twice; once is enough")));
            }
        }
        for outcome in self.outcomes.iter().filter(|outcome| !outcome.is_of(self.by)) {
            let message = match self.by {
                UnitOfComparison::Product => {
                    "hhi is that of an importer; of a product take export_hhi, or set by = \"importer\""
                        .to_owned()
                }
                UnitOfComparison::Importer => format!(
                    "{} is known of products only; by importer there are: imports, hhi, str_mass_balance, str_full",
                    outcome.name()
                ),
            };
            found.push(("outcomes", message));
        }
        for (at, outcome) in self.outcomes.iter().enumerate() {
            if self.outcomes[..at].contains(outcome) {
                found.push(("outcomes", format!("{} stands twice; once is enough", outcome.name())));
            }
        }
        if !(100..=MOST_DRAWS).contains(&self.permutations) {
            let message =
                format!("{} is not a number of subsets from 100 to {MOST_DRAWS}", self.permutations);
            found.push(("permutations", message));
        }
        if self.bootstrap_draws > MOST_DRAWS {
            let message = format!("{} is more than {MOST_DRAWS} draws", self.bootstrap_draws);
            found.push(("bootstrap_draws", message));
        }
        found
    }

    /// Values that are out of range or do not go together.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        for (key, message) in self.problems() {
            check.that(false, "event", key, || message);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::study::Study;

    #[test]
    fn what_is_out_of_range_or_does_not_go_together_is_named() {
        let good = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n";
        let text = format!(
            "{good}[event]\npre = 0\npost = 99\nlater = [0]\noutcomes = [\"tonnes\", \"hhi\", \"hhi\"]\nby = \"importer\"\npermutations = 5\n"
        );
        let (study, problems) = Study::parse(&text, Path::new("s.toml"));
        let keys: Vec<String> = problems.iter().map(|p| p.to_string()).collect();
        for part in [
            "line 7: event.pre: 0 is not a number of years from 1 to 50",
            "line 8: event.post: 99 is not",
            "line 9: event.later: 0 is not",
            "line 10: event.outcomes: tonnes is known of products only",
            "line 12: event.permutations: 5 is not",
        ] {
            assert!(keys.iter().any(|told| told.starts_with(part)), "{part}: {keys:?}");
        }
        assert_eq!(study.event.by, UnitOfComparison::Importer);
        let (_, negative) = Study::parse(&format!("{good}[event]\npre = -1\n"), Path::new("s.toml"));
        assert!(negative[0].to_string().starts_with("line 7: event.pre: -1 is not"), "{negative:?}");
    }

    #[test]
    fn names_of_outcomes_are_read_back() {
        for outcome in EventOutcome::ALL {
            let (study, _) =
                Study::parse(&format!("[event]\noutcomes = [\"{}\"]\n", outcome.name()), Path::new("s.toml"));
            assert_eq!(study.event.outcomes, [outcome]);
        }
    }
}
