//! What to be careful with: feedback loops of negligible imports, and jumps where the HS was revised.

use serde::Serialize;

use super::rounded::Rounded;
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

/// A year in which world trade of a product jumps.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Break {
    product: String,
    year: u16,
    log_change: Rounded,
}

/// The jumps that the run flags.
pub(super) fn breaks(run: &Run) -> Result<Vec<Break>, RunError> {
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
