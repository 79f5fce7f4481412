//! Every supplier of every product alone: whose stop would cost the others most.

use rayon::prelude::*;

use super::error::WhatIfError;
use super::order::{OrderedProduct, ordered_chain};
use super::trade::RunTrade;
use crate::progress::{Progress, Unit};
use crate::run::Run;
use crate::shock::{
    Chain, ChainInput, ChainOptions, ChainProduct, ShockSolver, StopDownstream, SupplierPower, scan,
};
use crate::trade::TradeMatrix;

/// What the stop of one supplier of one product would cost the others in one year.
#[derive(Debug, Clone, PartialEq)]
pub struct Chokepoint {
    /// Position of the product in the panel.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Under mass balance.
    pub of: SupplierPower,
    /// Share of the others' imports that they lose if a country makes as much as it sells (exposure).
    pub share_exposure: f64,
    /// What the others lose down the chain, under mass balance and reach, in the measure of the study; `None` if nothing of the chain is
    /// made of the product. Never added to what is lost of the product itself.
    pub downstream: Option<f64>,
}

/// The chokepoints of all products with trade of a run, by product, year and supplier.
///
/// What it answers: which supplier could do most harm by stopping all exports of a product? In a product-year one elimination gives all
/// suppliers; what the others lose down the chain comes from sweeps over the chain of the year. It is reach: all that contains the product.
///
/// # Errors
/// [`WhatIfError`] if the run holds no flows or is an extract; [`WhatIfError::Cancelled`] if `progress` asks to stop.
pub fn chokepoints(
    run: &Run,
    trade: &RunTrade,
    progress: &dyn Progress,
) -> Result<Vec<Chokepoint>, WhatIfError> {
    let order = ordered_chain(run, &[])?;
    let years: Vec<usize> = trade.years().collect();
    let count: usize = years.iter().map(|&year| trade.products(year).len()).sum();
    progress.begin("scanning suppliers", count as u64, Unit::ProductYears);
    let found: Vec<Result<Vec<Chokepoint>, WhatIfError>> = years
        .par_iter()
        .map_init(ShockSolver::default, |solver, &year| {
            progress.go_on()?;
            of_year(trade, year, &order, solver)
        })
        .collect();
    progress.advance_to(count as u64);
    progress.end();
    let mut rows = Vec::new();
    for of in found {
        rows.extend(of?);
    }
    rows.sort_by_key(|row| (row.product, row.year, row.of.supplier));
    Ok(rows)
}

fn of_year(
    trade: &RunTrade,
    year: usize,
    order: &[OrderedProduct],
    solver: &mut ShockSolver,
) -> Result<Vec<Chokepoint>, WhatIfError> {
    let mut downstream = downstream(trade, year, order)?;
    let is_input: Vec<bool> =
        (0..order.len()).map(|at| order.iter().any(|of| of.inputs.contains(&at))).collect();
    let mut rows = Vec::new();
    for of in trade.products(year) {
        let place = order.iter().position(|known| known.product == of.product);
        let under_mass: Vec<(SupplierPower, Option<f64>)> = match place {
            // The chain has been scanned.
            Some(at) => {
                let stops = std::mem::take(&mut downstream[at]);
                stops.into_iter().map(|stop| (stop.power, is_input[at].then_some(stop.downstream))).collect()
            }
            None => {
                let scan = scan(&of.matrix, &of.contents.mass_balance, false, solver);
                scan.suppliers.into_iter().map(|power| (power, None)).collect()
            }
        };
        let exposure = scan(&of.matrix, &of.contents.exposure, false, solver);
        let pairs = under_mass.into_iter().zip(exposure.suppliers);
        rows.extend(pairs.map(|((power, downstream), exposure)| Chokepoint {
            product: of.product,
            year,
            downstream,
            share_exposure: exposure.power_share,
            of: power,
        }));
    }
    Ok(rows)
}

fn downstream(
    trade: &RunTrade,
    year: usize,
    order: &[OrderedProduct],
) -> Result<Vec<Vec<StopDownstream>>, WhatIfError> {
    let countries = trade.products(year).first().map_or(0, |of| of.matrix.countries());
    let (nothing, zero) = (TradeMatrix::new(countries), vec![0.0; countries]);
    let products = order
        .iter()
        .map(|of| {
            let inputs = of.inputs.iter().map(|&input| ChainInput::of(input)).collect();
            let (matrix, content) = trade
                .of(of.product, year)
                .map_or((&nothing, &zero[..]), |known| (&known.matrix, &known.contents.mass_balance[..]));
            ChainProduct::new(matrix, content, inputs)
        })
        .collect();
    Ok(Chain::new(products, ChainOptions::default())?.downstream_of_stops()?)
}
