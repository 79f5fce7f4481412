//! Who buys in one hand, and whose stop would cost most.

use serde::Serialize;

use super::rounded::Rounded;
use crate::indicators::Column;
use crate::report::findings::HALF;
use crate::run::{RunError, RunView};

/// So many importers in one hand are listed.
const MOST_BUYERS: usize = 150;
/// So many suppliers are listed.
const MOST_SUPPLIERS: usize = 40;

/// A country that buys more of a product than it sells, and more than half of it from one supplier.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Chokepoint {
    product: String,
    country: String,
    imports: Rounded,
    exposure: Rounded,
    supplier: String,
    share: Rounded,
    str: Rounded,
    str_mass_balance: Rounded,
}

/// The chokepoints of the last year, the largest imports first.
pub(super) fn chokepoints(view: &RunView<'_>) -> Vec<Chokepoint> {
    let panel = view.panel;
    if panel.years.is_empty() {
        return Vec::new();
    }
    let year = view.last_year();
    let mut found: Vec<(f64, Chokepoint)> = Vec::new();
    for product in 0..panel.products.len() {
        for country in 0..panel.countries.len() {
            let value = |column| panel.value(column, product, year, country);
            let Some(imports) = value(Column::Imports).filter(|imports| *imports > 0.0) else { continue };
            let Some(exposure) = value(Column::Exposure).filter(|exposure| *exposure > HALF) else {
                continue;
            };
            let main = view.suppliers_of(product, year, country).first();
            let Some(main) = main.filter(|main| main.share > HALF) else { continue };
            found.push((
                imports,
                Chokepoint {
                    product: panel.products[product].code.to_string(),
                    country: panel.countries[country].code.clone(),
                    imports: imports.into(),
                    exposure: exposure.into(),
                    supplier: panel.countries[main.supplier].code.clone(),
                    share: main.share.into(),
                    str: value(Column::Str).into(),
                    str_mass_balance: value(Column::StrMassBalance).into(),
                },
            ));
        }
    }
    found.sort_by(|a, b| {
        b.0.total_cmp(&a.0).then((&a.1.product, &a.1.country).cmp(&(&b.1.product, &b.1.country)))
    });
    found.truncate(MOST_BUYERS);
    found.into_iter().map(|(_, of)| of).collect()
}

/// A supplier and what its stop would cost all others.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Supplier {
    product: String,
    supplier: String,
    power_share: Rounded,
    direct_share: Rounded,
    multiplier: Rounded,
}

/// The suppliers of the last year whose stop would cost most, under mass balance; empty if the run has no scan.
pub(super) fn suppliers(view: &RunView<'_>) -> Result<Vec<Supplier>, RunError> {
    if view.panel.years.is_empty() {
        return Ok(Vec::new());
    }
    let (year, chain) = (view.last_year(), view.chain_products());
    let mut stops =
        view.run.chokepoints(|product, of| of == year && chain.contains(&product))?.unwrap_or_default();
    stops.sort_by(|a, b| {
        b.power_share.total_cmp(&a.power_share).then((a.product, a.supplier).cmp(&(b.product, b.supplier)))
    });
    stops.truncate(MOST_SUPPLIERS);
    Ok(stops
        .iter()
        .map(|stop| Supplier {
            product: view.panel.products[stop.product].code.to_string(),
            supplier: view.panel.countries[stop.supplier].code.clone(),
            power_share: stop.power_share.into(),
            direct_share: stop.direct_share.into(),
            multiplier: stop.multiplier.into(),
        })
        .collect())
}
