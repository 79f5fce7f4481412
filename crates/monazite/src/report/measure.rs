//! What maps, rankings and trends can show: an indicator, political stability, or the share that one supplier has in imports.

use crate::indicators::{Column, OverProducts, RiskReading};
use crate::report::basket::Basket;
use crate::report::brief::BriefError;
use crate::report::brief::selection::{Candidate, country, near};
use crate::report::readings::{followed, mass_balanced};
use crate::run::{Run, Sales};
use crate::run_folder::StoredPanel;
use crate::study::{Study, TradeMeasure};

/// What is shown of countries.
#[derive(Debug)]
pub enum Measure {
    /// A column of `indicators.parquet`.
    Column(Column),
    /// Political stability, the same for all products.
    Stability,
    /// The share of a supplier in imports.
    Share(Sales),
}

/// The name of the share of a supplier.
pub const SHARE: &str = "share";
/// The name of political stability.
const STABILITY: &str = "pv";

impl Measure {
    /// What is asked for by its name: a column of the panel, `pv`, or `share` with a supplier.
    ///
    /// # Errors
    /// [`BriefError::Unknown`] if the run does not have it, [`BriefError::Country`] for a supplier that is none, [`BriefError::Request`] for a share
    /// without a supplier and a supplier without `share`, or if the run does not hold the flows that shares are made of.
    pub fn find(run: &Run, asked: &str, supplier: Option<&str>) -> Result<Self, BriefError> {
        let panel = run.panel()?;
        if asked.eq_ignore_ascii_case(SHARE) {
            let Some(supplier) = supplier else {
                return Err(BriefError::Request("a share is that of a supplier: say of which".to_owned()));
            };
            let candidates: Vec<Candidate<'_>> =
                panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
            let found = country(supplier, &candidates)
                .map_err(|problem| BriefError::Country { problem: problem.to_string() })?;
            let sales = run.sales_of(found)?;
            return sales.map(Self::Share).ok_or_else(|| {
                BriefError::Request(
                    "shares are made of flows.parquet, which this run does not hold; set output.flows = true in the study and run it again"
                        .to_owned(),
                )
            });
        }
        if supplier.is_some() {
            return Err(BriefError::Request(format!("a supplier goes with {SHARE}, not with {asked}")));
        }
        let there = |column: &Column| column.always_written() || panel.has(*column);
        let column = Column::ALL.into_iter().filter(there).find(|c| c.name().eq_ignore_ascii_case(asked));
        match column {
            Some(column) => Ok(Self::Column(column)),
            None if asked.eq_ignore_ascii_case(STABILITY) => Ok(Self::Stability),
            None => Err(unknown(panel, asked)),
        }
    }

    /// What it is asked for by, with the supplier: a part of names of files.
    pub fn key(&self, panel: &StoredPanel) -> String {
        match self {
            Self::Column(column) => column.name().to_owned(),
            Self::Stability => STABILITY.to_owned(),
            Self::Share(sales) => format!("{SHARE}_{}", panel.countries[sales.supplier].code),
        }
    }

    /// Name for people.
    pub fn label(&self, panel: &StoredPanel) -> String {
        match self {
            Self::Column(column) => column.label().to_owned(),
            Self::Stability => "Political stability (PV)".to_owned(),
            Self::Share(sales) => format!("Share of imports from {}", panel.countries[sales.supplier].name),
        }
    }

    /// Its unit; empty if it has none.
    pub fn unit(&self, run: &Run) -> String {
        match self {
            Self::Column(column) => column.unit().to_owned(),
            Self::Stability => run.manifest().stability.measure.clone(),
            Self::Share(_) => String::new(),
        }
    }

    /// Whether it is a share, shown in percent.
    pub fn is_share(&self) -> bool {
        matches!(self, Self::Share(_))
    }

    /// Whether products have values of their own.
    pub fn is_of_products(&self) -> bool {
        !matches!(self, Self::Stability)
    }

    /// Whether colours follow its logarithm.
    pub fn is_logarithmic(&self) -> bool {
        matches!(self, Self::Column(column) if column.logarithmic())
    }

    /// Whether negligible imports that close a loop move it as a run tells: what rests on the paper's number.
    pub fn rests_on_papers_str(&self, study: &Study) -> bool {
        match self {
            Self::Column(Column::StrFull) => true,
            Self::Column(column) => column.rests_on_str() && study.str_is_the_papers(),
            Self::Stability | Self::Share(_) => false,
        }
    }

    /// The same under mass balance, which stands beside it; `None` for what does not depend on the reading, and for what is mass-balanced itself.
    pub fn mass_balanced(&self) -> Option<Self> {
        match self {
            Self::Column(column) => mass_balanced(*column).map(Self::Column),
            Self::Stability | Self::Share(_) => None,
        }
    }

    /// Which reading countries follow in a ranking or on a map that shows so many pairs of its value and the mass-balanced one: the one that is
    /// asked for, otherwise the mass-balanced one where the two differ; see [`followed`]. `None` for a measure that has no second reading.
    ///
    /// # Errors
    /// [`BriefError::Request`] for a reading of what has none.
    pub fn reading(
        &self,
        run: &Run,
        asked: Option<RiskReading>,
        pairs: impl IntoIterator<Item = (Option<f64>, Option<f64>)>,
    ) -> Result<Option<RiskReading>, BriefError> {
        match (self.mass_balanced(), asked) {
            (None, None) => Ok(None),
            (None, Some(_)) => Err(BriefError::Request(format!(
                "a reading goes with {} and {}, of which every run has two",
                Column::Str.name(),
                Column::Influence.name()
            ))),
            (Some(_), Some(asked)) => Ok(Some(asked)),
            (Some(_), None) => Ok(Some(followed(run.study(), pairs))),
        }
    }

    /// What its value over several products is, in words.
    pub fn over_products_in_words(&self, basket: &Basket) -> String {
        let products = &basket.name;
        let mean_by = |weight: Column| {
            format!("Mean over {products}, weighted by the country's {} of each", weight.term())
        };
        match self {
            Self::Stability => String::new(),
            Self::Share(_) => format!("Of the imports of {products} together"),
            Self::Column(column) => match column.over_products() {
                OverProducts::Sum => format!("Sum over {products}"),
                OverProducts::MeanByImports => mean_by(Column::Imports),
                OverProducts::MeanByExports => mean_by(Column::Exports),
            },
        }
    }

    /// Its value for a country in a year: of one product, or over several; `None` where it is undefined. A supplier has no share in its own
    /// imports.
    ///
    /// # Errors
    /// [`BriefError::Run`] if a table is damaged, [`BriefError::Request`] for a share by weight over several products: tonnes of different products
    /// are not added.
    pub fn value(
        &self,
        run: &Run,
        products: &[usize],
        year: usize,
        country: usize,
    ) -> Result<Option<f64>, BriefError> {
        let panel = run.panel()?;
        Ok(match self {
            Self::Stability => {
                let key = (panel.years[year], panel.countries[country].code.clone());
                run.stability()?.and_then(|pv| pv.get(&key).copied())
            }
            Self::Column(column) => match products {
                [one] => panel.value(*column, *one, year, country),
                several => over_products(panel, *column, several, year, country),
            },
            Self::Share(sales) => {
                refuse_tonnes(run, products)?;
                sales.share(panel, products, year, &[country])
            }
        })
    }

    /// What [`Measure::of_world`] gives, in words.
    pub fn of_world_in_words(&self) -> &'static str {
        match self {
            Self::Stability => "of the world",
            Self::Share(_) => "all importers together",
            Self::Column(column) => match column.over_products() {
                OverProducts::Sum => "world total",
                OverProducts::MeanByImports => "mean over importers, weighted by imports",
                OverProducts::MeanByExports => "mean over exporters, weighted by exports",
            },
        }
    }

    /// Its value for all importers together in a year: a share of all imports but the supplier's own, a sum of trade, otherwise the mean weighted by
    /// imports (exports, for what describes exporters).
    ///
    /// # Errors
    /// As [`Measure::value`].
    pub fn of_world(&self, run: &Run, products: &[usize], year: usize) -> Result<Option<f64>, BriefError> {
        let panel = run.panel()?;
        let countries: Vec<usize> = (0..panel.countries.len()).collect();
        let column = match self {
            Self::Column(column) => column,
            Self::Share(sales) => {
                refuse_tonnes(run, products)?;
                return Ok(sales.share(panel, products, year, &countries));
            }
            // Stability of the world is no number: a trend of it takes countries.
            Self::Stability => return Ok(None),
        };
        let pairs = || products.iter().flat_map(|&p| countries.iter().map(move |&c| (p, c)));
        let value =
            |column: Column, (product, country): (usize, usize)| panel.value(column, product, year, country);
        let weight = match column.over_products() {
            OverProducts::Sum => {
                let known: Vec<f64> = pairs().filter_map(|pair| value(*column, pair)).collect();
                return Ok((!known.is_empty()).then(|| known.iter().sum()));
            }
            OverProducts::MeanByImports => Column::Imports,
            OverProducts::MeanByExports => Column::Exports,
        };
        Ok(weighted_mean(pairs().map(|pair| (value(*column, pair), value(weight, pair)))))
    }
}

/// Tonnes of different products are not added.
fn refuse_tonnes(run: &Run, products: &[usize]) -> Result<(), BriefError> {
    match run.study().trade.measure == TradeMeasure::Quantity && products.len() > 1 {
        true => Err(BriefError::Request(
            "this run measures trade by weight, and tonnes of different products are not added: name one product".to_owned(),
        )),
        false => Ok(()),
    }
}

fn unknown(panel: &StoredPanel, asked: &str) -> BriefError {
    let there = |column: &Column| column.always_written() || panel.has(*column);
    let mut candidates: Vec<Candidate<'_>> = Column::ALL
        .into_iter()
        .filter(there)
        .map(|column| Candidate { code: column.name(), name: column.label() })
        .collect();
    candidates.push(Candidate { code: STABILITY, name: "Political stability (PV)" });
    candidates.push(Candidate { code: SHARE, name: "Share of imports from a supplier" });
    let mut near = near(asked, &candidates);
    if near.is_empty() {
        near = candidates.iter().map(|c| c.code.to_owned()).collect();
    }
    BriefError::Unknown { what: "indicator", asked: asked.to_owned(), near }
}

/// Mean of values with positive weights; `None` without any.
fn weighted_mean(pairs: impl Iterator<Item = (Option<f64>, Option<f64>)>) -> Option<f64> {
    let (mut sum, mut total) = (0.0, 0.0);
    for (value, weight) in pairs {
        if let (Some(v), Some(w)) = (value, weight)
            && w > 0.0
        {
            sum += w * v;
            total += w;
        }
    }
    (total > 0.0).then(|| sum / total)
}

fn over_products(
    panel: &StoredPanel,
    column: Column,
    products: &[usize],
    year: usize,
    country: usize,
) -> Option<f64> {
    let value = |column, p| panel.value(column, p, year, country);
    let weight = match column.over_products() {
        OverProducts::Sum => {
            let known: Vec<f64> = products.iter().filter_map(|&p| value(column, p)).collect();
            return (!known.is_empty()).then(|| known.iter().fold(0.0, |sum, v| sum + v));
        }
        OverProducts::MeanByImports => Column::Imports,
        OverProducts::MeanByExports => Column::Exports,
    };
    weighted_mean(products.iter().map(|&p| (value(column, p), value(weight, p))))
}

/// A value as people read it: percent for shares, otherwise the number.
pub fn shown(measure: &Measure, value: f64) -> String {
    if measure.is_share() { percent(value) } else { number(value) }
}

/// A share in percent, with one decimal.
pub fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}

/// A number in about four digits.
pub fn number(value: f64) -> String {
    match value.abs() {
        0.0 => "0".to_owned(),
        size if size >= 1000.0 => crate::units::grouped(value.round() as u64),
        size if size >= 100.0 => format!("{value:.1}"),
        size if size >= 1.0 => format!("{value:.2}"),
        size if size >= 0.001 => format!("{value:.3}"),
        _ => format!("{value:.1e}"),
    }
}
