//! What the figures of one request share: the run, the countries and the year that were asked for.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::FigureError;
use super::source::{ChainProduct, ChainTables, ClusteredProfiles, FigureSource};
use crate::delimited::Table;
use crate::indicators::Column;
use crate::nomenclature::NotFound;
use crate::plain_text::listed;
use crate::report::brief::selection::{Candidate, country, near};
use crate::run::Run;
use crate::run_folder::{Manifest, RunFiles, StoredPanel};
use crate::study::Study;

/// What a figure cannot be drawn without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// Links of the value chain.
    Chain,
    /// A typology.
    Typology,
    /// A regression.
    Regression,
    /// STR by product and year, which every run has.
    Trends,
}

impl Need {
    /// Name of the stage that makes it, as in the manifest.
    pub fn stage(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Typology => "typology",
            Self::Regression => "regression",
            Self::Trends => "indicators",
        }
    }
}

/// A run, as far as figures need it, with what was asked for.
pub struct FigureInputs<'a> {
    source: FigureSource<'a>,
    /// The countries and groups, by code.
    pub countries: Vec<String>,
    /// The year of figures that show one; the last of the run if none was asked for.
    pub year: Option<u16>,
}

impl<'a> FigureInputs<'a> {
    /// A run with the countries and the year of its figures.
    pub fn new(source: FigureSource<'a>, countries: Vec<String>, year: Option<u16>) -> Self {
        let year = year.or(source.panel.years.last().copied());
        Self { source, countries, year }
    }

    /// The study of the run.
    pub fn study(&self) -> &'a Study {
        self.source.study
    }

    /// The panel of the run.
    pub fn panel(&self) -> &'a StoredPanel {
        self.source.panel
    }

    /// What was run.
    pub fn manifest(&self) -> &'a Manifest {
        self.source.manifest
    }

    /// A csv table of the run; `None` if the run has none.
    ///
    /// # Errors
    /// [`FigureError::Run`] if it cannot be read.
    pub fn table(&self, name: &str) -> Result<Option<Arc<Table>>, FigureError> {
        self.source.table(name)
    }

    /// The run itself.
    pub fn run(&self) -> &'a Run {
        self.source.run
    }

    /// The files of the run.
    pub fn files(&self) -> &'a RunFiles {
        self.source.run.files()
    }

    /// The value chain.
    ///
    /// # Errors
    /// [`FigureError::Run`] if a table is missing or damaged.
    pub fn chain(&self) -> Result<&'a ChainTables, FigureError> {
        self.source.chain()
    }

    /// Composite score of a country or group in a year, by product of the chain; `None` where it is undefined.
    ///
    /// # Errors
    /// [`FigureError::Run`] if a table cannot be read.
    pub fn composites(
        &self,
        country: &str,
        year: u16,
        products: &[ChainProduct],
    ) -> Result<Vec<Option<f64>>, FigureError> {
        self.source.composites(country, year, products)
    }

    /// Profiles and clusters, read once; `None` if the run has no typology.
    ///
    /// # Errors
    /// [`FigureError::Run`] if a table is damaged.
    pub fn clustered(&self) -> Result<Option<&'a ClusteredProfiles>, FigureError> {
        self.source.clustered()
    }

    /// Why the run lacks what a figure needs.
    pub fn lacks(&self, need: Need) -> String {
        let stage = need.stage();
        let skipped = self.source.manifest.skipped.iter().find(|s| s.stage == stage);
        skipped.map_or_else(|| format!("the run has no {stage}"), |s| format!("no {stage}: {}", s.reason))
    }
}

/// The countries and groups of `figures.countries` that the run has; the three that trade most if it has none of them.
pub(super) fn countries_of(
    source: &FigureSource<'_>,
    strict: bool,
    notes: &mut Vec<String>,
) -> Result<Vec<String>, FigureError> {
    let groups = source.groups()?;
    let (mut present, mut absent) = (Vec::new(), Vec::new());
    for asked in &source.study.figures.countries {
        match country_of(source.panel, groups, asked) {
            Ok(code) => {
                if !present.contains(&code) {
                    present.push(code);
                }
            }
            Err(FigureError::Unknown { .. }) if !strict => absent.push(asked.as_str()),
            Err(error) => return Err(error),
        }
    }
    if !present.is_empty() && !absent.is_empty() {
        notes.push(format!("not in this run, so not drawn: {} (figures.countries)", listed(&absent, "")));
    }
    if present.is_empty() {
        present = largest_traders(source.panel, 3);
        if !present.is_empty() {
            notes.push(format!(
                "no country of figures.countries is in this run; drawn are those that trade most: {}",
                present.join(", ")
            ));
        }
    }
    Ok(present)
}

/// The code of a country or group of the run, which may have been asked for in small letters.
pub(super) fn country_of(
    panel: &StoredPanel,
    groups: &BTreeSet<String>,
    asked: &str,
) -> Result<String, FigureError> {
    let code = asked.to_uppercase();
    if panel.country(&code).is_some() || groups.contains(&code) {
        return Ok(code);
    }
    let mut all: Vec<Candidate<'_>> =
        panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
    let mut choices = match country(asked, &all) {
        Ok(at) => return Ok(panel.countries[at].code.clone()),
        Err(NotFound::Unknown { near, .. }) => near,
        Err(NotFound::Merged { group, .. }) => vec![format!("{group}, which it is in")],
        Err(NotFound::Ambiguous { meant, .. }) => meant.iter().map(ToString::to_string).collect(),
        Err(_) => Vec::new(),
    };
    if choices.is_empty() {
        all.extend(groups.iter().map(|g| Candidate { code: g, name: "" }));
        choices = near(asked, &all);
    }
    Err(FigureError::Unknown { what: "country or group", asked: asked.to_owned(), choices })
}

/// The countries with the largest imports and exports of all products and years.
fn largest_traders(panel: &StoredPanel, most: usize) -> Vec<String> {
    let mut trade: Vec<(f64, usize)> = (0..panel.countries.len())
        .map(|c| {
            let of = |p, t| {
                let value = |column| panel.value(column, p, t, c).unwrap_or(0.0);
                value(Column::Imports) + value(Column::Exports)
            };
            let cells = (0..panel.products.len()).flat_map(|p| (0..panel.years.len()).map(move |t| (p, t)));
            (cells.fold(0.0, |sum, (p, t)| sum + of(p, t)), c)
        })
        .collect();
    trade.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    trade.iter().take(most).map(|(_, c)| panel.countries[*c].code.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::stored_panel::StoredProduct;

    fn panel() -> StoredPanel {
        let product = StoredProduct {
            code: "284690".parse().unwrap(),
            description: String::new(),
            tier: Some(0),
            inputs: Vec::new(),
        };
        StoredPanel::of_values(&[2020, 2021], vec![product], &["AAA", "BBB", "CCC"], |column, _, _, c| {
            matches!(column, Column::Imports | Column::Exports).then_some([1.0, 3.0, 2.0][c])
        })
    }

    #[test]
    fn countries_are_found_by_code_or_near() {
        let (panel, groups) = (panel(), BTreeSet::from(["EU27".to_owned()]));
        assert_eq!(country_of(&panel, &groups, "bbb").unwrap(), "BBB");
        assert_eq!(country_of(&panel, &groups, "eu27").unwrap(), "EU27");
        let error = country_of(&panel, &groups, "BBX").unwrap_err().to_string();
        assert!(error.starts_with("there is no country or group 'BBX' in this run"), "{error}");
    }

    #[test]
    fn those_that_trade_most_come_first() {
        assert_eq!(largest_traders(&panel(), 2), ["BBB", "CCC"]);
    }
}
