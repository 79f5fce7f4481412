//! The trade of a run as matrices, with the import content of exports under three readings.

use std::collections::BTreeMap;

use super::error::WhatIfError;
use crate::indicators::Column;
use crate::indicators::import_content::{ContentMargins, ContentSources};
use crate::run::Run;
use crate::run_folder::manifest::ExtractRecord;
use crate::shock::ThreeContents;
use crate::study::TradeMeasure;
use crate::trade::TradeMatrix;

/// The trade of one product in one year.
#[derive(Debug, Clone)]
pub struct ProductTrade {
    /// Position of the product in the panel.
    pub product: usize,
    /// Suppliers by importers, over the countries of the panel, in the measure of the study.
    pub matrix: TradeMatrix,
    /// Import content of exports under the three readings. Where re-exports are traced it is that of the trade before, and 0 for the places
    /// that they are traced through: what is left of their exports is their own.
    pub contents: ThreeContents,
    /// Where that comes from, if re-exports are traced.
    margins: Option<Margins>,
}

/// Imports and exports of every country before re-exports are traced, and whose are.
#[derive(Debug, Clone)]
struct Margins {
    imports: Vec<f64>,
    exports: Vec<f64>,
    traced: Vec<bool>,
}

impl ProductTrade {
    /// A product with trade whose re-exports are not traced: its import content is that of the matrix.
    pub fn of(product: usize, matrix: TradeMatrix) -> Self {
        let contents = ThreeContents::of(&matrix, ContentSources::default());
        Self { product, matrix, contents, margins: None }
    }

    /// A product of a run, with the import content that the run has for it.
    fn in_run(run: &Run, product: usize, year: usize, matrix: TradeMatrix) -> Result<Self, WhatIfError> {
        let margins = margins(run, product, year, &matrix)?;
        let contents = ThreeContents::of(&matrix, sources_of(margins.as_ref()));
        Ok(Self { product, matrix, contents, margins })
    }

    /// What import content is taken from, so that it is the same everywhere in a run: [`ProductTrade::contents`] is made of it, and a plan
    /// adds to it what suppliers sell more.
    pub fn content_sources(&self) -> ContentSources<'_> {
        sources_of(self.margins.as_ref())
    }
}

fn sources_of(margins: Option<&Margins>) -> ContentSources<'_> {
    let margins =
        margins.map(|of| ContentMargins { imports: &of.imports, exports: &of.exports, traced: &of.traced });
    ContentSources { margins, ..ContentSources::default() }
}

/// The trade of a run, by year and product.
#[derive(Debug, Clone, Default)]
pub struct RunTrade {
    /// By position of the year: its products in ascending order.
    years: BTreeMap<usize, Vec<ProductTrade>>,
}

/// (importer, supplier, amount), as [`TradeMatrix::refill`] takes them.
type Triples = Vec<(u16, u16, f64)>;

impl RunTrade {
    /// Reads the trade of the wanted products and years (positions of the panel) of a run.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the run holds no flows, or its trade is an extract of that of the world; [`WhatIfError::Run`] if a table
    /// is damaged.
    pub fn read(run: &Run, wanted: impl Fn(usize, usize) -> bool) -> Result<Self, WhatIfError> {
        if let Some(reason) = run.manifest().trade.extract.as_ref().map(ExtractRecord::reason) {
            return Err(WhatIfError::Question(format!(
                "{}: no what-if question can be answered: {reason}",
                run.name()
            )));
        }
        let by_weight = run.study().trade.measure == TradeMeasure::Quantity;
        let mut flows: BTreeMap<(usize, usize), Triples> = BTreeMap::new();
        let years = run.panel()?.years.len();
        let of_any_year = |product| (0..years).any(|year| wanted(product, year));
        let there = run.each_flow_of(of_any_year, |flow| {
            if !wanted(flow.product, flow.year) {
                return;
            }
            let amount = if by_weight { flow.quantity } else { Some(flow.value) };
            if let Some(amount) = amount {
                let triple = (flow.importer as u16, flow.exporter as u16, amount);
                flows.entry((flow.year, flow.product)).or_default().push(triple);
            }
        })?;
        if !there {
            return Err(WhatIfError::Question(format!(
                "{}: what-if questions are answered from flows.parquet, which this run does not hold; set output.flows = true in the study and run it again",
                run.name()
            )));
        }
        let countries = run.panel()?.countries.len();
        let mut found = Self::default();
        for ((year, product), mut triples) in flows {
            let mut matrix = TradeMatrix::default();
            matrix.refill(countries, &mut triples);
            found.years.entry(year).or_default().push(ProductTrade::in_run(run, product, year, matrix)?);
        }
        Ok(found)
    }

    /// Positions of the years with trade, ascending.
    pub fn years(&self) -> impl Iterator<Item = usize> {
        self.years.keys().copied()
    }

    /// The products of a year with trade, ascending.
    pub fn products(&self, year: usize) -> &[ProductTrade] {
        self.years.get(&year).map_or(&[], Vec::as_slice)
    }

    /// The trade of a product in a year; `None` if there is none.
    pub fn of(&self, product: usize, year: usize) -> Option<&ProductTrade> {
        let products = self.products(year);
        products.binary_search_by_key(&product, |of| of.product).ok().map(|at| &products[at])
    }
}

/// Why there is no trade of a product in a year (positions of the panel) to ask about, and in which years there is: nobody trades it, or, by
/// quantity, too few of its quantities are known.
///
/// # Errors
/// [`WhatIfError::Run`] if the panel is damaged.
pub fn why_no_trade(run: &Run, product: usize, year: usize) -> Result<String, WhatIfError> {
    let panel = run.panel()?;
    let any = |column: Column, year: usize| {
        let of = |c| panel.value(column, product, year, c).is_some_and(|number| number > 0.0);
        (0..panel.countries.len()).any(of)
    };
    // Imports are in USD always; HHI is of the measure of the study.
    let years: Vec<String> =
        (0..panel.years.len()).filter(|&t| any(Column::Hhi, t)).map(|t| panel.years[t].to_string()).collect();
    let years = if years.is_empty() { "no year of the run".to_owned() } else { years.join(", ") };
    let (code, at) = (panel.products[product].code, panel.years[year]);
    let study = run.study();
    if study.trade.measure == TradeMeasure::Quantity && any(Column::Imports, year) {
        return Ok(format!(
            "too few quantities of {code} are known in {at}: not for {} % of its trade (trade.min_quantity_coverage); there are enough in {years}",
            100.0 * study.trade.min_quantity_coverage
        ));
    }
    Ok(format!("nobody trades {code} in {at}; there is trade in {years}"))
}

/// Imports and exports before re-exports are traced, as far as the tables of a run say; `None` if none are traced.
///
/// Tracing leaves what a country buys and adds to the exports of the origin. Exports before it are M/φ where they are more than the imports,
/// with the φ = min(1, M/X) of the panel, and else not more than these. Where φ is 0 the re-exports of the country are traced.
fn margins(
    run: &Run,
    product: usize,
    year: usize,
    matrix: &TradeMatrix,
) -> Result<Option<Margins>, WhatIfError> {
    if run.study().trade.reexport_shares.is_none() {
        return Ok(None);
    }
    let panel = run.panel()?;
    let (mut exports, mut traced) = (matrix.exports().to_vec(), vec![false; matrix.countries()]);
    for c in 0..matrix.countries() {
        let imports = matrix.imports()[c];
        let Some(content) = panel.value(Column::ImportContent, product, year, c).filter(|_| imports > 0.0)
        else {
            continue;
        };
        traced[c] = content <= 0.0;
        exports[c] = if content > 0.0 && content < 1.0 { imports / content } else { exports[c].min(imports) };
    }
    Ok(Some(Margins { imports: matrix.imports().to_vec(), exports, traced }))
}
