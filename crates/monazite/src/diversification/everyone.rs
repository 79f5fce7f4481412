//! What if all importers buy elsewhere at once, or one after the other.

use super::limits::{LimitError, LimitOptions, Limits, bounds, check};
use super::optimum::{Search, least_risk};
use super::purchase::Purchase;
use super::rewritten::{NewShares, rewritten};
use crate::indicators::content_risk::content_risk;
use crate::indicators::{Leontief, RiskParameters};
use crate::trade::TradeMatrix;

/// What is asked of one supplier, if all buy elsewhere.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplierDemand {
    /// The supplier, by position.
    pub supplier: u16,
    /// What those who buy more from it buy more, in the unit of the matrix.
    pub more: f64,
    /// κ X_a: what it can give more.
    pub capacity: f64,
    /// more/capacity: above 1, more is asked for than there is. `None` if it can give nothing.
    pub ratio: Option<f64>,
}

/// All importers' purchases of least risk; see [`simultaneous`] and [`sequential`]. One entry a country where there are many.
#[derive(Debug, Clone, PartialEq)]
pub struct Everyone {
    /// The trade then: every importer buys as much as before.
    pub trade: TradeMatrix,
    /// STR, 1 + e, of every country as it is.
    pub str_before: Vec<f64>,
    /// STR, 1 + e, of every country then.
    pub str_after: Vec<f64>,
    /// Import-weighted mean of STR as it is; `None` without trade.
    pub mean_before: Option<f64>,
    /// Import-weighted mean of STR then.
    pub mean_after: Option<f64>,
    /// What is asked of every exporter, in order of position.
    pub demand: Vec<SupplierDemand>,
    /// How often all risks were solved for.
    pub sweeps: usize,
}

impl Everyone {
    /// Suppliers that have nothing left to give, to a millionth, by position.
    pub fn sold_out(&self) -> Vec<u16> {
        let out = self.demand.iter().filter(|d| d.ratio.is_some_and(|ratio| ratio >= 1.0 - 1e-6));
        out.map(|demand| demand.supplier).collect()
    }

    /// The part of all that is asked for more which is beyond the capacity of its supplier; `None` if nothing is.
    pub fn beyond_capacity(&self) -> Option<f64> {
        let (mut more, mut beyond) = (0.0, 0.0);
        for demand in &self.demand {
            more += demand.more;
            beyond += (demand.more - demand.capacity).max(0.0);
        }
        (more > 0.0).then(|| beyond / more)
    }
}

/// All importers at once, each within its own limits, φ held.
///
/// What it answers: what risk is left if everybody buys from the safest it can reach, and who could not deliver? Best answers to one another form a Markov
/// decision process, so that policy iteration (all suppliers' prices from the present risks, everybody's cheapest shares at these prices, risks again) ends at the one
/// vector of risks that is least for all at once, which is also the Nash equilibrium. No risk rises in any sweep.
///
/// Limits do not know of one another: [`Everyone::demand`] says where more is asked for than there is. [`sequential`] keeps to what there is.
///
/// # Errors
/// [`LimitError`] if an option is out of its range or a supplier that is named does not export.
///
/// # Panics
/// If `instability` or `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// Reference: R. Howard (1960), Dynamic Programming and Markov Processes.
///
/// ```
/// use monazite::diversification::{LimitOptions, simultaneous};
/// use monazite::indicators::import_content::{ContentSources, ImportContent, import_content};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[
///     &[0.0, 50.0, 20.0, 10.0],
///     &[10.0, 0.0, 30.0, 10.0],
///     &[5.0, 20.0, 0.0, 30.0],
///     &[15.0, 10.0, 10.0, 0.0],
/// ]);
/// let content = import_content(ImportContent::MassBalance, &t, ContentSources::default());
/// let options = LimitOptions { moved: 0.2, ..LimitOptions::default() };
/// let all = simultaneous(&t, &[0.7, 0.3, 0.1, 0.5], &content, &options, &RiskParameters::default(), &mut Leontief::default())?;
/// assert!((all.str_after[3] - 1.2391285527).abs() < 1e-9);
/// assert!((all.demand[2].ratio.unwrap() - 1.5272727273).abs() < 1e-9);
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn simultaneous(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    options: &LimitOptions,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Result<Everyone, LimitError> {
    let importers = importers(trade);
    if let Some(&first) = importers.first() {
        check(trade, first, options)?;
    }
    let limits: Vec<Limits> = importers.iter().map(|&c| bounds(trade, c, options)).collect();
    let mut searches: Vec<Search> = limits.iter().map(Search::new).collect();
    let first = content_risk(trade, instability, content, parameters, leontief).risk;
    let (before, weight) = (first.excess, first.weight);
    let undamped = RiskParameters { damping: 1.0, ..*parameters };
    let (mut excess, mut present) = (before.clone(), trade.clone());
    let mut shares: Vec<NewShares> = limits
        .iter()
        .map(|limits| NewShares { importer: limits.importer, shares: limits.shares.clone() })
        .collect();
    let mut sweeps = 1;
    loop {
        let prices: Vec<f64> =
            (0..weight.len()).map(|a| weight[a] * (1.0 + content[a] * excess[a])).collect();
        let found: Vec<NewShares> = limits
            .iter()
            .zip(&mut searches)
            .map(|(limits, search)| NewShares {
                importer: limits.importer,
                shares: search.cheapest(&prices, limits),
            })
            .collect();
        if found == shares {
            break;
        }
        let changed = rewritten(trade, &found);
        let risk = content_risk(&changed, &weight, content, &undamped, leontief).risk;
        sweeps += 1;
        // Risks fall until the last sweep; what is left is rounding among suppliers of the same price.
        let falls = |c: usize| risk.excess[c] < excess[c] * (1.0 - 1e-14);
        if !importers.iter().any(|&c| falls(c)) {
            break;
        }
        (excess, present, shares) = (risk.excess, changed, found);
    }
    Ok(summary(trade, options, present, &shares, &before, &excess, sweeps))
}

/// One importer after the other, the largest first, each within what the earlier ones have left of the suppliers' capacity κ X_a, φ held.
///
/// What it answers: how far do risks fall, if the safe suppliers can be sold out? Who comes first takes the best. Each importer sees the trade that the ones before
/// it have made, and is not asked again. One factorisation, whose inverse changes with every importer; the risks that are given are solved for at the end.
///
/// # Errors
/// [`LimitError`] if an option is out of its range or a supplier that is named does not export.
///
/// # Panics
/// If `instability` or `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::diversification::{LimitOptions, sequential};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// // D and E buy from A; B is safer and can give 25 more.
/// let t = TradeMatrix::from_dense(&[
///     &[0.0, 0.0, 0.0, 60.0, 40.0],
///     &[0.0, 0.0, 100.0, 0.0, 0.0],
///     &[0.0; 5],
///     &[0.0; 5],
///     &[0.0; 5],
/// ]);
/// let options = LimitOptions { moved: 0.4, ..LimitOptions::default() };
/// let all = sequential(&t, &[0.9, 0.1, 0.0, 0.0, 0.0], &[0.0; 5], &options, &RiskParameters::default(), &mut Leontief::default())?;
/// // D comes before E and moves 24 of its 60; E gets the one that is left.
/// assert!((all.str_after[3] - (1.0 + 0.9 - 0.8 * 0.4)).abs() < 1e-12);
/// assert!((all.str_after[4] - (1.0 + 0.9 - 0.8 / 40.0)).abs() < 1e-12);
/// assert_eq!(all.sold_out(), [1]);
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn sequential(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    options: &LimitOptions,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Result<Everyone, LimitError> {
    let mut order = importers(trade);
    if let Some(&first) = order.first() {
        check(trade, first, options)?;
    }
    let imports = trade.imports();
    order.sort_by(|&c, &d| imports[d].total_cmp(&imports[c]).then(c.cmp(&d)));
    let mut solved = content_risk(trade, instability, content, parameters, leontief);
    let mut inverse = solved.network.matrix();
    let (before, weight) = (solved.risk.excess, solved.risk.weight);
    let undamped = RiskParameters { damping: 1.0, ..*parameters };
    let mut left = capacities(trade, options);
    let mut excess = before.clone();
    let mut shares: Vec<NewShares> = Vec::with_capacity(order.len());
    for c in order {
        let mut limits = bounds(trade, c, options);
        for a in 0..left.len() {
            limits.upper[a] = limits.upper[a].min(limits.shares[a] + left[a] / limits.imports);
        }
        let purchase = Purchase::of_row(trade, c, &weight, content, &excess, inverse[c].clone());
        let best = least_risk(&purchase, &limits);
        let mut passed = vec![0.0; left.len()];
        for a in 0..left.len() {
            let change = best.shares[a] - limits.shares[a];
            left[a] = (left[a] - imports[c] * change.max(0.0)).max(0.0);
            passed[a] = content[a] * weight[a] * change;
        }
        let changed = best.rounds > 1;
        shares.push(NewShares { importer: c, shares: best.shares });
        if changed && !change_column(&mut inverse, c, &passed) {
            let present = rewritten(trade, &in_order(&shares));
            let mut solved = content_risk(&present, &weight, content, &undamped, leontief);
            inverse = solved.network.matrix();
            excess = solved.risk.excess;
        } else if changed {
            excess = purchase.excess_of_all(best.excess);
        }
    }
    let present = rewritten(trade, &in_order(&shares));
    let excess = content_risk(&present, &weight, content, &undamped, leontief).risk.excess;
    let sweeps = shares.len();
    Ok(summary(trade, options, present, &shares, &before, &excess, sweeps))
}

/// L = (I - U)⁻¹ after `passed` is added to column c of U, by Sherman and Morrison: L + (L δU) L\[c, ·\]/(1 - L\[c, ·\]·δU). False, and nothing changed,
/// if that is too near to singular to go on with.
fn change_column(inverse: &mut [Vec<f64>], c: usize, passed: &[f64]) -> bool {
    let row = inverse[c].clone();
    let dot = |row: &[f64]| row.iter().zip(passed).map(|(entry, passed)| entry * passed).sum::<f64>();
    let left = 1.0 - dot(&row);
    if left < 1e-3 || row[c] > 1e3 {
        return false;
    }
    for entries in inverse {
        let factor = dot(entries) / left;
        if factor != 0.0 {
            entries.iter_mut().zip(&row).for_each(|(entry, of)| *entry += factor * of);
        }
    }
    true
}

/// By importer, as [`rewritten`] takes them.
fn in_order(shares: &[NewShares]) -> Vec<NewShares> {
    let mut sorted = shares.to_vec();
    sorted.sort_by_key(|new| new.importer);
    sorted
}

fn importers(trade: &TradeMatrix) -> Vec<usize> {
    trade.columns().map(|column| usize::from(column.importer)).collect()
}

/// κ X_a by country; 0 for those who are excluded.
fn capacities(trade: &TradeMatrix, options: &LimitOptions) -> Vec<f64> {
    let mut capacity: Vec<f64> = trade.exports().iter().map(|exports| options.capacity * exports).collect();
    for own in &options.capacity_by_supplier {
        capacity[own.supplier] = own.capacity * trade.exports()[own.supplier];
    }
    options.exclude.iter().for_each(|&supplier| capacity[supplier] = 0.0);
    capacity
}

fn summary(
    trade: &TradeMatrix,
    options: &LimitOptions,
    changed: TradeMatrix,
    shares: &[NewShares],
    before: &[f64],
    after: &[f64],
    sweeps: usize,
) -> Everyone {
    let mut more = vec![0.0; trade.countries()];
    for new in shares {
        let present = super::purchase::import_shares(trade, new.importer);
        for (a, &share) in new.shares.iter().enumerate() {
            more[a] += trade.imports()[new.importer] * (share - present[a]).max(0.0);
        }
    }
    let capacity = capacities(trade, options);
    let demand = (0..more.len())
        .filter(|&a| trade.exports()[a] > 0.0)
        .map(|a| SupplierDemand {
            supplier: a as u16,
            more: more[a],
            capacity: capacity[a],
            ratio: (capacity[a] > 0.0).then(|| more[a] / capacity[a]),
        })
        .collect();
    let str = |excess: &[f64]| -> Vec<f64> { excess.iter().map(|e| 1.0 + e).collect() };
    let total = trade.total();
    let mean = |excess: &[f64]| {
        let sum: f64 = excess.iter().zip(trade.imports()).map(|(e, m)| m * e).sum();
        (total > 0.0).then(|| 1.0 + sum / total)
    };
    Everyone {
        trade: changed,
        str_before: str(before),
        str_after: str(after),
        mean_before: mean(before),
        mean_after: mean(after),
        demand,
        sweeps,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::import_content::{ContentSources, ImportContent, import_content};

    #[test]
    fn oracle_of_all_at_once() {
        let t = TradeMatrix::from_dense(&[
            &[0.0, 50.0, 20.0, 10.0],
            &[10.0, 0.0, 30.0, 10.0],
            &[5.0, 20.0, 0.0, 30.0],
            &[15.0, 10.0, 10.0, 0.0],
        ]);
        let w = [0.7, 0.3, 0.1, 0.5];
        let content = import_content(ImportContent::MassBalance, &t, ContentSources::default());
        let options = LimitOptions { moved: 0.2, ..LimitOptions::default() };
        let (risk, mut leontief) = (RiskParameters::default(), Leontief::default());
        let all = simultaneous(&t, &w, &content, &options, &risk, &mut leontief).unwrap();
        let before = [1.5339115691306926, 1.6514851007815197, 1.6415745219782423, 1.365613934744947];
        let after = [1.3961693361227334, 1.5334217581699452, 1.5533966565830513, 1.2391285526512916];
        let ratio = [0.0, 0.7, 1.5272727272727273, 1.4285714285714286];
        for c in 0..4 {
            assert!((all.str_before[c] - before[c]).abs() < 1e-12);
            assert!((all.str_after[c] - after[c]).abs() < 1e-12);
            assert!((all.demand[c].ratio.unwrap() - ratio[c]).abs() < 1e-12);
        }
        assert_eq!(all.sweeps, 2);
        assert_eq!(all.sold_out(), [2, 3]);
        // Damping is instability that is lowered.
        let damped = RiskParameters { damping: 0.5, ..risk };
        let half = simultaneous(&t, &w, &content, &options, &damped, &mut leontief).unwrap();
        let lower = w.map(|w| 0.5 * w);
        let same = simultaneous(&t, &lower, &content, &options, &risk, &mut leontief).unwrap();
        assert_eq!(half, same);
    }

    #[test]
    fn nothing_to_do() {
        let (risk, mut leontief) = (RiskParameters::default(), Leontief::default());
        let empty = TradeMatrix::new(2);
        let all = simultaneous(&empty, &[0.5; 2], &[1.0; 2], &LimitOptions::default(), &risk, &mut leontief)
            .unwrap();
        assert_eq!((all.mean_before, all.beyond_capacity(), all.demand), (None, None, vec![]));
        let t = TradeMatrix::from_dense(&[&[0.0, 5.0], &[0.0, 0.0]]);
        for run in [simultaneous, sequential] {
            let all = run(&t, &[0.5; 2], &[1.0; 2], &LimitOptions::default(), &risk, &mut leontief).unwrap();
            assert_eq!(all.trade, t);
            assert_eq!((all.mean_after, all.demand[0].ratio), (Some(1.5), Some(0.0)));
            let wrong = LimitOptions { moved: 2.0, ..LimitOptions::default() };
            assert!(run(&t, &[0.5; 2], &[1.0; 2], &wrong, &risk, &mut leontief).is_err());
        }
    }

    #[test]
    fn an_inverse_that_changes_with_a_column() {
        // U = [[0, 1/2], [1/4, 0]] with 1/4 added to U[0, 1]: L is 1/(1 - 3/16) [[1, 3/4], [1/4, 1]].
        let mut inverse = vec![vec![8.0 / 7.0, 4.0 / 7.0], vec![2.0 / 7.0, 8.0 / 7.0]];
        assert!(change_column(&mut inverse, 1, &[0.25, 0.0]));
        let expected = [[16.0 / 13.0, 12.0 / 13.0], [4.0 / 13.0, 16.0 / 13.0]];
        for (row, expected) in inverse.iter().zip(expected) {
            assert!(row.iter().zip(expected).all(|(entry, e)| (entry - e).abs() < 1e-15));
        }
        // So much that goods go round for ever.
        assert!(!change_column(&mut inverse, 1, &[3.25, 0.0]));
    }

    /// As importers one by one, each with a factorisation of what those before it have made.
    #[test]
    fn one_after_the_other_is_a_plan_after_the_other() {
        let t = TradeMatrix::from_dense(&[
            &[0.0, 50.0, 20.0, 10.0],
            &[10.0, 0.0, 30.0, 10.0],
            &[5.0, 20.0, 0.0, 31.0],
            &[15.0, 10.0, 10.0, 0.0],
        ]);
        let w = [0.7, 0.3, 0.1, 0.5];
        let content = import_content(ImportContent::MassBalance, &t, ContentSources::default());
        let options = LimitOptions { moved: 0.3, capacity: 0.4, ..LimitOptions::default() };
        let (risk, mut leontief) = (RiskParameters::default(), Leontief::default());
        let all = sequential(&t, &w, &content, &options, &risk, &mut leontief).unwrap();
        let mut left = capacities(&t, &options);
        let mut present = t.clone();
        for c in [1, 2, 3, 0] {
            let mut limits = bounds(&t, c, &options);
            for a in 0..4 {
                limits.upper[a] = limits.upper[a].min(limits.shares[a] + left[a] / limits.imports);
            }
            let purchase = Purchase::of(&present, c, &w, &content, &mut leontief).unwrap();
            let shares = least_risk(&purchase, &limits).shares;
            for a in 0..4 {
                left[a] -= limits.imports * (shares[a] - limits.shares[a]).max(0.0);
            }
            present = rewritten(&present, &[NewShares { importer: c, shares }]);
        }
        assert_eq!(present.flows(), all.trade.flows());
        for (found, expected) in all.trade.triples().zip(present.triples()) {
            assert!((found.2 - expected.2).abs() < 1e-11, "{found:?} is not {expected:?}");
        }
        let last = content_risk(&present, &w, &content, &risk, &mut leontief).risk.excess;
        assert!(all.str_after.iter().zip(last).all(|(str, e)| (str - 1.0 - e).abs() < 1e-12));
        assert!(all.mean_after < all.mean_before && !all.sold_out().is_empty());
    }
}
