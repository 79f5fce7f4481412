//! What to be careful with: feedback loops of negligible imports, and jumps where the HS was revised.

use serde::Serialize;

use super::rounded::Rounded;
use crate::run::{Run, RunError, RunView};

/// A supplier whose negligible imports close a loop.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Trickle {
    product: String,
    year: u16,
    supplier: String,
    export_share: Rounded,
    str: Rounded,
    str_without: Rounded,
}

/// The loops, that which moves mean STR most first.
pub(super) fn trickles(view: &RunView<'_>) -> Result<Vec<Trickle>, RunError> {
    let panel = view.panel;
    let mut loops = view.loops.unwrap_or_default().to_vec();
    loops.sort_by(|a, b| {
        let moved = |of: &crate::run::LoopRecord| of.weighted - of.without;
        moved(b)
            .total_cmp(&moved(a))
            .then((a.product, a.year, a.supplier).cmp(&(b.product, b.year, b.supplier)))
    });
    Ok(loops
        .iter()
        .map(|of| {
            let world: f64 = (0..panel.countries.len())
                .filter_map(|c| panel.value(crate::indicators::Column::Exports, of.product, of.year, c))
                .fold(0.0, |sum, exports| sum + exports);
            Trickle {
                product: panel.products[of.product].code.to_string(),
                year: panel.years[of.year],
                supplier: panel.countries[of.supplier].code.clone(),
                export_share: Some(of.exports / world).filter(|_| world > 0.0).into(),
                str: of.weighted.into(),
                str_without: of.without.into(),
            }
        })
        .collect())
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
