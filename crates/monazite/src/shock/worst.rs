//! The few suppliers whose joint stop costs most.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::scan::{scan, stop_losses};
use super::scenario::{ShockError, one_a_country};
use super::solver::ShockSolver;
use crate::trade::TradeMatrix;

/// One more supplier that stops.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorstStep {
    /// Position of the supplier.
    pub supplier: u16,
    /// What is lost when it and those before it stop.
    pub lost: f64,
    /// What it adds to what those before it take.
    pub added: f64,
}

/// The suppliers whose joint stop costs most, as far as a greedy choice finds them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WorstSuppliers {
    /// In the order in which they are chosen. The first is the worst single supplier, exactly.
    pub steps: Vec<WorstStep>,
    /// No set of as many suppliers as were asked for costs more than this.
    pub at_most: f64,
    /// Sets whose stop was solved for, beside the scan of single suppliers.
    pub evaluations: usize,
}

impl WorstSuppliers {
    /// What the chosen ones cost as a share of the most that as many can cost: at least 1 - 1/e = 0.632. `None` if nothing is lost.
    pub fn at_least_of_the_worst(&self) -> Option<f64> {
        let last = self.steps.last()?;
        Some((last.lost / self.at_most).min(1.0))
    }
}

/// A supplier with the most that it can add, as of the round in which that was found.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Candidate {
    added: f64,
    supplier: u16,
    round: usize,
}

impl Eq for Candidate {}

impl Ord for Candidate {
    fn cmp(&self, other: &Self) -> Ordering {
        // Of equals the first country is on top.
        self.added.total_cmp(&other.added).then(other.supplier.cmp(&self.supplier))
    }
}

impl PartialOrd for Candidate {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The `count` suppliers whose joint stop costs a fixed set of importers most, chosen one after the other.
///
/// What it answers: which few suppliers together are the chokepoint? `value`\[c\] is what the imports of c count, at least 0: M_c for all importers,
/// or for some of them. The cost of a set G is F(G) = Σ_c value_c l_c under [`super::joint_stop`]. Suppliers in G stay importers: their own
/// losses count as far as their value does.
///
/// F grows with G, and what a supplier adds shrinks as G grows (a coverage function: what depends on two of them is lost once). The greedy choice
/// therefore costs at least 1 - 1/e = 63 % of the worst set of that size, and the first supplier is the worst one exactly. What a supplier added
/// in an earlier round is the most it can add now, so few sets have to be solved for; the same numbers bound the worst set (`at_most`).
///
/// Ends early when nobody adds anything. Ties go to the first position.
///
/// Reference: G. Nemhauser, L. Wolsey, M. Fisher (1978), Mathematical Programming 14, 265-294; lazy evaluation: M. Minoux (1978).
///
/// # Errors
/// [`ShockError`] if `value` does not have one entry a country, or one below 0.
///
/// # Panics
/// If `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::shock::{ShockSolver, worst_suppliers};
/// use monazite::trade::TradeMatrix;
/// // A sells to a port B, which sells on to D; C sells to D too.
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 0.0, 0.0], &[0.0, 0.0, 0.0, 60.0], &[0.0, 0.0, 0.0, 50.0], &[0.0; 4]]);
/// let found = worst_suppliers(&t, &[0.0, 1.0, 0.0, 1.0], t.imports(), 2, &mut ShockSolver::default())?;
/// // The worst single stop is A's; B adds nothing to it, so the second is C, which sells less than B.
/// assert_eq!(found.steps.iter().map(|s| s.supplier).collect::<Vec<_>>(), [0, 2]);
/// assert_eq!(found.steps[1].lost, 170.0);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
pub fn worst_suppliers(
    trade: &TradeMatrix,
    content: &[f64],
    value: &[f64],
    count: usize,
    solver: &mut ShockSolver,
) -> Result<WorstSuppliers, ShockError> {
    one_a_country("the value of imports", value.len(), trade.countries())?;
    if let Some(&value) = value.iter().find(|value| !(**value >= 0.0 && value.is_finite())) {
        return Err(ShockError::TooSmall { what: "the value of an importer", value, least: 0.0 });
    }
    let cost = |losses: &[f64]| -> f64 { losses.iter().zip(value).map(|(l, value)| l * value).sum() };
    let singles = scan(trade, content, true, solver);
    let mut heap: BinaryHeap<Candidate> = singles
        .suppliers
        .iter()
        .zip(&singles.losses)
        .map(|(power, losses)| Candidate { added: cost(losses), supplier: power.supplier, round: 0 })
        .collect();
    let mut found = WorstSuppliers { at_most: most_of(&heap, count), ..WorstSuppliers::default() };
    let mut chosen: Vec<u16> = Vec::new();
    let mut lost = 0.0;
    // No more can be lost than all that is imported.
    found.at_most = found.at_most.min(value.iter().sum());
    while chosen.len() < count {
        let Some(best) = heap.pop().filter(|best| best.added > 0.0) else {
            // What nobody adds to is the most that can be lost.
            found.at_most = lost;
            break;
        };
        chosen.push(best.supplier);
        if best.round < chosen.len() - 1 {
            let now = cost(&stop_losses(trade, content, &chosen, &mut solver.leontief));
            found.evaluations += 1;
            chosen.pop();
            let added = (now - lost).clamp(0.0, best.added);
            heap.push(Candidate { added, supplier: best.supplier, round: chosen.len() });
            continue;
        }
        lost += best.added;
        found.steps.push(WorstStep { supplier: best.supplier, lost, added: best.added });
        found.at_most = found.at_most.min(lost + most_of(&heap, count));
    }
    if let Some(last) = found.steps.last() {
        let left = 1.0 - 1.0 / count as f64;
        let guaranteed = 1.0 - (0..count).fold(1.0, |product, _| product * left);
        found.at_most = found.at_most.min(last.lost / guaranteed);
    }
    Ok(found)
}

/// The most that `count` of the candidates can add together.
fn most_of(heap: &BinaryHeap<Candidate>, count: usize) -> f64 {
    let mut added: Vec<f64> = heap.iter().map(|candidate| candidate.added).collect();
    added.sort_unstable_by(|x, y| y.total_cmp(x));
    added.iter().take(count).sum()
}
