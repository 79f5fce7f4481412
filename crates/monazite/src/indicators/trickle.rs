//! Suppliers whose own imports are a trickle beside their exports, and still close a loop.
//!
//! Shares do not know volumes: what a country imports is taken to be behind everything it exports, however little it is. A mine that buys
//! a sample from the country it sells to makes a loop of two strong links, in which instability goes round and round. Such product-years
//! are found here, and STR is computed again as if the supplier imported nothing.

use super::leontief::Factored;
use super::sensitivity::cut_imports;
use crate::trade::TradeMatrix;

/// Share in world exports from which a supplier is looked at.
pub const LEAST_EXPORT_SHARE: f64 = 0.01;
/// Imports, as a share of the supplier's exports, below which they are a trickle.
pub const MOST_IMPORTS: f64 = 0.01;
/// Part of the average importer's STR - 1 that has to hang on the trickle.
pub const LEAST_EFFECT: f64 = 0.1;
/// Change of an importer's STR below which it is not listed.
pub const LEAST_CHANGE: f64 = 0.005;

/// A supplier whose trickle of imports closes a loop in a product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct TrickleLoop {
    /// Position of the supplier.
    pub supplier: u16,
    /// Its exports, in the unit of the flows.
    pub exports: f64,
    /// Its imports, in the unit of the flows.
    pub imports: f64,
    /// Its share in world exports.
    pub export_share: f64,
    /// Mean STR of all other importers, weighted by imports.
    pub weighted: f64,
    /// The same if the supplier imported nothing.
    pub weighted_without: f64,
    /// The importers whose STR changes.
    pub importers: Vec<TrickleImporter>,
}

/// STR of one importer with and without a trickle.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrickleImporter {
    /// Position of the importer.
    pub importer: u16,
    /// STR as recorded.
    pub str: f64,
    /// STR if the supplier imported nothing.
    pub without: f64,
}

/// The loops of one product-year.
///
/// A supplier is flagged if it has at least [`LEAST_EXPORT_SHARE`] of world exports, imports more than nothing but less than
/// [`MOST_IMPORTS`] of its exports, and if [`LEAST_EFFECT`] of the average importer's STR - 1 goes when its imports are taken to be zero.
/// The second STR is exact ([`cut_imports`]). `network` are the factors of the network, `importer_sums` the column sums of its L, both
/// from [`super::systemic_risk::solve`]. The loops of a product-year are taken out one at a time, not together.
///
/// ```
/// use monazite::indicators::{Leontief, RiskParameters, systemic_risk::solve, trickle::trickle_loops};
/// use monazite::trade::TradeMatrix;
/// // A mine sells 1,000 to a refiner, which sells to a user, and buys back a sample of 1.
/// let t = TradeMatrix::from_dense(&[&[0.0, 1000.0, 0.0], &[1.0, 0.0, 500.0], &[0.0; 3]]);
/// let mut leontief = Leontief::default();
/// let mut solved = solve(&t, &[0.8, 0.5, 0.0], &RiskParameters::default(), &mut leontief);
/// let loops = trickle_loops(&t, &solved.risk.importer_sums, &mut solved.network);
/// assert_eq!((loops.len(), loops[0].supplier), (1, 0));
/// assert!(loops[0].weighted > 2.6 && loops[0].weighted_without < 1.9);
/// ```
pub fn trickle_loops(
    trade: &TradeMatrix,
    importer_sums: &[f64],
    network: &mut Factored<'_>,
) -> Vec<TrickleLoop> {
    let (imports, exports) = (trade.imports(), trade.exports());
    let world: f64 = exports.iter().sum();
    let mut found = Vec::new();
    for supplier in 0..trade.countries() {
        let (own_imports, own_exports) = (imports[supplier], exports[supplier]);
        let is_trickle = own_imports > 0.0 && own_imports < MOST_IMPORTS * own_exports;
        if !is_trickle || own_exports < LEAST_EXPORT_SHARE * world {
            continue;
        }
        let without = cut_imports(importer_sums, &network.row(supplier), supplier);
        let others = || (0..trade.countries()).filter(|&c| c != supplier && imports[c] > 0.0);
        let weight = others().fold(0.0, |sum, c| sum + imports[c]);
        if weight <= 0.0 {
            continue;
        }
        let mean = |str: &[f64]| others().fold(0.0, |sum, c| sum + imports[c] * str[c]) / weight;
        let (weighted, weighted_without) = (mean(importer_sums), mean(&without));
        if weighted - weighted_without < LEAST_EFFECT * (weighted - 1.0) || weighted <= 1.0 {
            continue;
        }
        found.push(TrickleLoop {
            supplier: supplier as u16,
            exports: own_exports,
            imports: own_imports,
            export_share: own_exports / world,
            weighted,
            weighted_without,
            importers: others()
                .filter(|&c| importer_sums[c] - without[c] >= LEAST_CHANGE)
                .map(|c| TrickleImporter { importer: c as u16, str: importer_sums[c], without: without[c] })
                .collect(),
        });
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::leontief::Leontief;

    /// A mine (0), a refiner (1) that buys from it, a user (2).
    fn loops(bought_back: f64, weight: [f64; 3]) -> Vec<TrickleLoop> {
        let trade =
            TradeMatrix::from_dense(&[&[0.0, 1000.0, 0.0], &[bought_back, 0.0, 500.0], &[0.0, 0.0, 0.0]]);
        let mut leontief = Leontief::default();
        let mut network = leontief.factor(&trade, &weight).unwrap();
        let sums = network.importer_sums(&[1.0; 3]);
        trickle_loops(&trade, &sums, &mut network)
    }

    #[test]
    fn a_sample_that_the_mine_buys_closes_a_loop() {
        // STR of mine and refiner in a cycle: (1 + w_other)/(1 - w w); the user adds one step.
        let [mine, refiner] = [0.8, 0.5];
        let found = loops(1.0, [mine, refiner, 0.0]);
        assert_eq!(found.len(), 1);
        let refiner_str = (1.0 + mine) / (1.0 - mine * refiner);
        let user_str = 1.0 + refiner * refiner_str;
        let with = (1000.0 * refiner_str + 500.0 * user_str) / 1500.0;
        let without = (1000.0 * (1.0 + mine) + 500.0 * (1.0 + refiner * (1.0 + mine))) / 1500.0;
        assert!(
            (found[0].weighted - with).abs() < 1e-12 && (found[0].weighted_without - without).abs() < 1e-12
        );
        assert_eq!(found[0].importers.len(), 2);
        assert!((found[0].importers[1].without - 1.9).abs() < 1e-12);
        assert!((found[0].export_share - 1000.0 / 1501.0).abs() < 1e-12);
    }

    #[test]
    fn real_processing_stable_partners_and_no_imports_are_no_trickle() {
        assert!(loops(100.0, [0.8, 0.5, 0.0]).is_empty(), "imports of a tenth of the exports");
        assert!(loops(0.0, [0.8, 0.5, 0.0]).is_empty(), "no imports");
        assert!(loops(1.0, [0.8, 0.0, 0.0]).is_empty(), "nothing goes round through a stable refiner");
    }
}
