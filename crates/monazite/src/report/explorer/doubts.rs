//! What to be careful with: feedback loops of negligible imports, and jumps where the HS was revised.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::rounded::Rounded;
use super::trends::ProductYears;
use crate::indicators::Column;
use crate::run::{LoopRecord, Run, RunError, RunView};

/// Suppliers whose negligible imports close a loop, column by column: that which moves mean STR most first.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct Trickles {
    product: Vec<String>,
    year: Vec<u16>,
    supplier: Vec<String>,
    export_share: Vec<Rounded>,
    str: Vec<Rounded>,
    str_without: Vec<Rounded>,
}

/// The loops.
pub(super) fn trickles(view: &RunView<'_>) -> Trickles {
    let panel = view.panel;
    let mut loops = view.loops.unwrap_or_default().to_vec();
    loops.sort_by(|a, b| {
        let moved = |of: &LoopRecord| of.weighted - of.without;
        let place = |of: &LoopRecord| (of.product, of.year, of.supplier);
        moved(b).total_cmp(&moved(a)).then(place(a).cmp(&place(b)))
    });
    let mut found = Trickles::default();
    for of in &loops {
        let exports = (0..panel.countries.len())
            .filter_map(|country| panel.value(Column::Exports, of.product, of.year, country));
        let world = exports.fold(0.0, |sum, exports| sum + exports);
        found.product.push(panel.products[of.product].code.to_string());
        found.year.push(panel.years[of.year]);
        found.supplier.push(panel.countries[of.supplier].code.clone());
        found.export_share.push(Rounded::to(3, Some(of.exports / world).filter(|_| world > 0.0)));
        found.str.push(Rounded::to(4, Some(of.weighted)));
        found.str_without.push(Rounded::to(4, Some(of.without)));
    }
    found
}

/// From this share of trade with imputed stability on a product-year is marked.
const IMPUTED: f64 = 0.1;

/// What the page marks product-years with; columns of one length each.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct Marks {
    loops: Loops,
    imputed: Imputed,
    clamped: Clamped,
    breaks: Vec<Break>,
}

/// The worst feedback loop of every product-year that has one.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
struct Loops {
    product: Vec<String>,
    year: Vec<u16>,
    supplier: Vec<String>,
    str_without: Vec<Rounded>,
}

/// Product-years in which more than a tenth of trade has imputed stability.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
struct Imputed {
    product: Vec<String>,
    year: Vec<u16>,
    share: Vec<Rounded>,
}

/// Product-years whose network had to be clamped.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
struct Clamped {
    product: Vec<String>,
    year: Vec<u16>,
}

/// Gathers the marks.
pub(super) fn marks(
    view: &RunView<'_>,
    product_years: &BTreeMap<String, ProductYears>,
) -> Result<Marks, RunError> {
    let mut found = Marks { breaks: breaks(view.run)?, ..Marks::default() };
    let all = trickles(view);
    let mut seen = BTreeSet::new();
    // Those that move the mean most come first.
    for at in 0..all.product.len() {
        if seen.insert((all.product[at].clone(), all.year[at])) {
            found.loops.product.push(all.product[at].clone());
            found.loops.year.push(all.year[at]);
            found.loops.supplier.push(all.supplier[at].clone());
            found.loops.str_without.push(all.str_without[at]);
        }
    }
    let years = &view.panel.years;
    for (product, of) in product_years {
        for (year, share) in of.imputed_above(IMPUTED) {
            found.imputed.product.push(product.clone());
            found.imputed.year.push(years[year]);
            found.imputed.share.push(*share);
        }
        for year in of.clamped_in() {
            found.clamped.product.push(product.clone());
            found.clamped.year.push(years[year]);
        }
    }
    Ok(found)
}

/// A year in which world trade of a product jumps.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Break {
    product: String,
    year: u16,
    log_change: Rounded,
}

/// The jumps that the run flags.
fn breaks(run: &Run) -> Result<Vec<Break>, RunError> {
    let Some(table) = run.table("breaks.csv")? else { return Ok(Vec::new()) };
    let [product, year, change, flagged] = [
        table.require(&["product"])?,
        table.require(&["year"])?,
        table.require(&["log_change"])?,
        table.require(&["flagged"])?,
    ];
    let mut found = Vec::new();
    for row in table.rows.iter().filter(|row| row.get(flagged) == "true") {
        found.push(Break {
            product: row.get(product).to_owned(),
            year: table.year(row, year)?,
            log_change: row.get(change).parse::<f64>().ok().into(),
        });
    }
    Ok(found)
}
