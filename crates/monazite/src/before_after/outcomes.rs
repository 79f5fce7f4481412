//! The outcomes of a run: one number a product, or a product and importer, and year.

use std::collections::BTreeMap;

use libm::log;

use super::error::BeforeAfterError;
use crate::indicators::{Column, ImportContent};
use crate::nomenclature::Hs6;
use crate::run::{Run, RunError};
use crate::run_folder::StoredPanel;
use crate::run_folder::tables::WORLD_MARKET;
use crate::study::{EventOutcome, UnitOfComparison};

/// A product, or a product and one of its importers, with an outcome by year.
#[derive(Debug, Clone, PartialEq)]
pub struct UnitSeries {
    /// Position of the product.
    pub product: usize,
    /// Position of the importer; `None` for the whole world.
    pub importer: Option<usize>,
    /// By year of the run; `None` where it is undefined.
    pub values: Vec<Option<f64>>,
}

/// The world market of a product in a year, as `world_market.csv` has it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
struct Market {
    trade: Option<f64>,
    export_hhi: Option<f64>,
    weighed: [Option<f64>; 2],
    plausible: [Option<f64>; 2],
    median_unit_value: Option<f64>,
}

/// Where outcomes come from.
pub struct OutcomeSource<'a> {
    panel: &'a StoredPanel,
    full: Column,
    /// By product and year; `None` if the run has no such table.
    market: Option<Vec<Vec<Market>>>,
}

/// Outcomes of a run, or why it has none.
pub type Outcome = Result<Vec<UnitSeries>, String>;

impl<'a> OutcomeSource<'a> {
    /// The tables of a run.
    ///
    /// # Errors
    /// [`BeforeAfterError::Run`] if one is damaged.
    pub fn read(run: &'a Run) -> Result<Self, BeforeAfterError> {
        let panel = run.panel()?;
        // STR of the paper: what importers pass on is not limited.
        let full = match run.study().indicators.import_content {
            ImportContent::Full => Column::Str,
            _ => Column::StrFull,
        };
        Ok(Self { panel, full, market: read_market(run, panel)? })
    }

    /// Share of the value of some products in some years that has a quantity; `None` if the run does not say or nothing is traded.
    pub fn quantity_share(&self, products: &[usize], years: &[usize]) -> Option<f64> {
        let market = self.market.as_ref()?;
        let (mut known, mut all) = (0.0, 0.0);
        for of in products.iter().flat_map(|&p| years.iter().map(move |&t| &market[p][t])) {
            known += of.weighed[0].unwrap_or(0.0);
            all += of.trade.unwrap_or(0.0);
        }
        (all > 0.0).then(|| known / all)
    }

    /// One outcome of all units, by product, then importer; or why the run does not have it.
    pub fn outcome(&self, outcome: EventOutcome, by: UnitOfComparison) -> Outcome {
        let column = match outcome {
            EventOutcome::Imports if by == UnitOfComparison::Importer => Some(Column::Imports),
            EventOutcome::Hhi => Some(Column::Hhi),
            EventOutcome::StrMassBalance => Some(Column::StrMassBalance),
            EventOutcome::StrFull => Some(self.full),
            _ => None,
        };
        let Some(column) = column else { return self.of_market(outcome) };
        if !self.panel.has(column) {
            return Err(format!("the run has no column {}", column.name()));
        }
        Ok(match by {
            UnitOfComparison::Product => self.weighted_means(column),
            UnitOfComparison::Importer => self.of_importers(column),
        })
    }

    fn of_market(&self, outcome: EventOutcome) -> Outcome {
        let Some(market) = &self.market else {
            return Err(format!(
                "the run has no {}; it is written for studies of up to 300 products, with output.flows = true, or with a table in [event]: run the study again so",
                WORLD_MARKET.file
            ));
        };
        let weighs = matches!(
            outcome,
            EventOutcome::Tonnes
                | EventOutcome::UnitValue
                | EventOutcome::UnitValueScreened
                | EventOutcome::UnitValueMedian
        );
        if weighs && market.iter().flatten().all(|of| of.weighed[1].is_none()) {
            return Err("no flow of the run has a quantity (column q of the trade data)".to_owned());
        }
        let ratio = |[value, weight]: [Option<f64>; 2]| Some(value? / weight?);
        let value = |of: &Market| match outcome {
            EventOutcome::Imports => of.trade.and_then(ln),
            EventOutcome::Tonnes => of.weighed[1].and_then(ln),
            EventOutcome::UnitValue => ratio(of.weighed).and_then(ln),
            EventOutcome::UnitValueScreened => ratio(of.plausible).and_then(ln),
            EventOutcome::UnitValueMedian => of.median_unit_value.and_then(ln),
            _ => of.export_hhi,
        };
        let series = |(product, of_years): (usize, &Vec<Market>)| UnitSeries {
            product,
            importer: None,
            values: of_years.iter().map(value).collect(),
        };
        Ok(market.iter().enumerate().map(series).collect())
    }

    /// Means over importers, weighted by imports.
    fn weighted_means(&self, column: Column) -> Vec<UnitSeries> {
        let panel = self.panel;
        let mean = |product: usize, year: usize| {
            let (mut sum, mut weight) = (0.0, 0.0);
            for country in 0..panel.countries.len() {
                let imports = panel.value(Column::Imports, product, year, country).filter(|m| *m > 0.0);
                if let (Some(m), Some(value)) = (imports, panel.value(column, product, year, country)) {
                    sum += m * value;
                    weight += m;
                }
            }
            (weight > 0.0).then(|| sum / weight)
        };
        (0..panel.products.len())
            .map(|product| UnitSeries {
                product,
                importer: None,
                values: (0..panel.years.len()).map(|year| mean(product, year)).collect(),
            })
            .collect()
    }

    /// Of each importer with at least one value.
    fn of_importers(&self, column: Column) -> Vec<UnitSeries> {
        let panel = self.panel;
        let mut series = Vec::new();
        for product in 0..panel.products.len() {
            for importer in 0..panel.countries.len() {
                let value = |year| {
                    panel.value(Column::Imports, product, year, importer).filter(|m| *m > 0.0)?;
                    let value = panel.value(column, product, year, importer)?;
                    if column == Column::Imports { ln(value) } else { Some(value) }
                };
                let values: Vec<Option<f64>> = (0..panel.years.len()).map(value).collect();
                if values.iter().any(Option::is_some) {
                    series.push(UnitSeries { product, importer: Some(importer), values });
                }
            }
        }
        series
    }
}

fn ln(value: f64) -> Option<f64> {
    (value > 0.0).then(|| log(value))
}

fn read_market(run: &Run, panel: &StoredPanel) -> Result<Option<Vec<Vec<Market>>>, RunError> {
    let Some(table) = run.table(WORLD_MARKET.file)? else { return Ok(None) };
    let column = |name: &str| table.require(&[name]);
    let (product, year) = (column("product")?, column("year")?);
    let columns = [
        column("trade")?,
        column("export_hhi")?,
        column("value_with_quantity")?,
        column("tonnes")?,
        column("value_plausible")?,
        column("tonnes_plausible")?,
        column("median_unit_value")?,
    ];
    let places: BTreeMap<Hs6, usize> =
        panel.products.iter().enumerate().map(|(at, product)| (product.code, at)).collect();
    let mut market = vec![vec![Market::default(); panel.years.len()]; panel.products.len()];
    for row in &table.rows {
        let code = row.get(product).parse::<Hs6>().ok();
        let place = code.and_then(|code| places.get(&code)).copied();
        let (Some(p), Some(t)) = (place, panel.year(table.year(row, year)?)) else { continue };
        let mut numbers = [None; 7];
        for (number, &column) in numbers.iter_mut().zip(&columns) {
            if !row.get(column).is_empty() {
                *number = Some(table.number(row, column)?);
            }
        }
        let [trade, export_hhi, value, tonnes, plausible_value, plausible_tonnes, median_unit_value] =
            numbers;
        market[p][t] = Market {
            trade,
            export_hhi,
            weighed: [value, tonnes],
            plausible: [plausible_value, plausible_tonnes],
            median_unit_value,
        };
    }
    Ok(Some(market))
}
