//! The single stop that would cost an importer most.

use crate::shock::{ShockSolver, each_stop};
use crate::trade::TradeMatrix;

/// The stop that costs an importer most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorstStop {
    /// Position of the supplier that stops; of several that cost the same the first.
    pub supplier: u16,
    /// The share of its imports that the importer loses, 0 to 1.
    pub loss: f64,
}

/// max over a ≠ c of l_c^(a): for every importer the supplier whose full stop costs it the largest share of its imports.
///
/// What it answers: how much would be lost if the one country stopped that matters most? What others pass on of it counts, too: `content` is the
/// import content φ of every country; under mass balance the loss share is the upper end of what a stop can take inside a product
/// ([`crate::shock::scan()`]). The supplier need not sell to the importer itself.
///
/// How likely a stop is does not count: a stable single supplier is as bad as an unstable one. Across importers it is nearly the concentration of
/// suppliers over again. `None` for a country without imports. Range (0, 1\].
///
/// # Panics
/// As [`crate::shock::scan()`].
///
/// ```
/// use monazite::indices::worst_stops;
/// use monazite::shock::ShockSolver;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
/// let found = worst_stops(&t, &[1.0 / 6.0, 1.0, 10.0 / 13.0], &mut ShockSolver::default());
/// let c = found[2].unwrap();
/// assert!((c.supplier, (c.loss - 0.9454545455).abs() < 1e-9) == (0, true));
/// ```
pub fn worst_stops(trade: &TradeMatrix, content: &[f64], solver: &mut ShockSolver) -> Vec<Option<WorstStop>> {
    let mut worst: Vec<Option<WorstStop>> = vec![None; trade.countries()];
    let importers: Vec<usize> = trade.columns().map(|column| usize::from(column.importer)).collect();
    each_stop(trade, content, solver, |supplier, losses| {
        for &c in importers.iter().filter(|&&c| c != supplier) {
            if worst[c].is_none_or(|most| losses[c] > most.loss) {
                worst[c] = Some(WorstStop { supplier: supplier as u16, loss: losses[c] });
            }
        }
    });
    worst
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::shock::scan;

    /// Q2 of METHODS2, B8.
    fn q2() -> (TradeMatrix, [f64; 3]) {
        let trade = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
        (trade, [1.0 / 6.0, 1.0, 10.0 / 13.0])
    }

    #[test]
    fn oracle_q2() {
        let (trade, content) = q2();
        let found = worst_stops(&trade, &content, &mut ShockSolver::default());
        // Of A by B (its own stop does not count), of B by A, of C by A.
        let expected = [(1, 0.789_473_684_2), (0, 0.863_636_363_6), (0, 0.945_454_545_5)];
        for (found, (supplier, loss)) in found.iter().zip(expected) {
            let found = found.unwrap();
            assert!(found.supplier == supplier && (found.loss - loss).abs() < 1e-9, "{found:?}");
        }
    }

    #[test]
    fn none_is_worse_in_the_scan_and_without_import_content_it_is_the_largest_share() {
        let (trade, content) = q2();
        let mut solver = ShockSolver::default();
        let all = scan(&trade, &content, true, &mut solver);
        let found = worst_stops(&trade, &content, &mut solver);
        for (power, losses) in all.suppliers.iter().zip(&all.losses) {
            for (c, worst) in found.iter().enumerate().filter(|(c, _)| *c != usize::from(power.supplier)) {
                assert!(losses[c] <= worst.unwrap().loss);
            }
        }
        let direct = worst_stops(&trade, &[0.0; 3], &mut solver);
        let largest: Vec<f64> = trade.columns().map(|c| c.shares.iter().fold(0.0, |m, s| s.max(m))).collect();
        for (direct, largest) in direct.iter().zip(largest) {
            assert!((direct.unwrap().loss - largest).abs() < 1e-15);
        }
    }

    #[test]
    fn whoever_imports_nothing_loses_nothing() {
        let trade = TradeMatrix::from_dense(&[&[0.0, 5.0], &[0.0, 0.0]]);
        let found = worst_stops(&trade, &[0.0, 1.0], &mut ShockSolver::default());
        assert_eq!(found, [None, Some(WorstStop { supplier: 0, loss: 1.0 })]);
    }
}
