//! Influence: the risk that a country, as a supplier, passes on to others.

use super::content_risk::ContentSolved;
use super::leontief::{Factored, Leontief, Returns};
use crate::trade::TradeMatrix;

/// How the contributions L\[a, c\] of supplier a are put into one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum InfluenceMeasure {
    /// Σ_{c≠a} L\[a, c\] (default, the paper's reading).
    #[default]
    Sum,
    /// The sum divided by n - 1, n = countries that trade the product.
    Mean,
    /// Σ_{c≠a} M_c L\[a, c\] / Σ_{c≠a} M_c: large importers count for more.
    ImportWeighted,
    /// Σ_{c≠a} L\[a, c\] / Σ_{c≠a} (STR_c - 1): share of all risk in the world but a's own.
    Share,
    /// Σ_{c≠a} L\[a, c\] STR_a / L\[a, a\]: by how much the others' STR falls if a's exports are cut.
    Extraction,
    /// The sum with the same instability for every supplier: position alone, stability aside.
    PvFree,
}

/// Influence of every country as a supplier.
///
/// What it answers: how much of the risk that others carry starts at, or passes through, a.
/// `network` are the factors of the network (for [`InfluenceMeasure::PvFree`] of the
/// network with equal instability, see [`pv_free_network`]); `importer_sums` are
/// the column sums of L, from [`super::systemic_risk::solve`] or [`Factored::importer_sums`].
///
/// Range: \[0, ∞) for the sums, \[0, 1\] for the share. `None` for a country that does not trade the
/// product, and for a share where no other country carries any risk.
///
/// Trap: influence carries the factor w_a, so a perfectly stable monopolist has influence 0.
/// Use [`InfluenceMeasure::PvFree`] to see position without stability.
///
/// Reference: Klimek, Baum, Gerschberger, Hess (2025): "marginal contribution to the systemic trade risk
/// experienced by other countries".
///
/// ```
/// use monazite::indicators::{influence, InfluenceMeasure, Leontief};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let mut leontief = Leontief::default();
/// let mut network = leontief.factor(&t, &[0.75, 0.2, 0.5]).unwrap();
/// let str_ = network.importer_sums(&[1.0; 3]);
/// let influence = influence(InfluenceMeasure::Sum, &t, &str_, &mut network);
/// assert!((influence[0].unwrap() - 1.0975609756).abs() < 1e-9);
/// ```
pub fn influence(
    measure: InfluenceMeasure,
    trade: &TradeMatrix,
    importer_sums: &[f64],
    network: &mut Factored<'_>,
) -> Vec<Option<f64>> {
    let n = trade.countries();
    let diagonal = network.diagonal();
    if measure == InfluenceMeasure::ImportWeighted {
        let weighted = network.supplier_sums(trade.imports());
        let world = trade.total();
        return (0..n)
            .map(|a| {
                let own = trade.imports()[a];
                let others = world - own;
                (trade.trades(a) && others > 0.0).then(|| (weighted[a] - own * diagonal[a]) / others)
            })
            .collect();
    }
    let row_sums = network.supplier_sums(&vec![1.0; n]);
    let traders = (0..n).filter(|&c| trade.trades(c)).count();
    let all_excess: f64 = importer_sums.iter().map(|s| s - 1.0).sum();
    (0..n)
        .map(|a| {
            if !trade.trades(a) {
                return None;
            }
            let sum = (row_sums[a] - diagonal[a]).max(0.0);
            match measure {
                InfluenceMeasure::Sum | InfluenceMeasure::PvFree => Some(sum),
                InfluenceMeasure::Mean => Some(sum / (traders as f64 - 1.0)),
                InfluenceMeasure::Share => {
                    let others = all_excess - (importer_sums[a] - 1.0);
                    (others > 0.0).then(|| sum / others)
                }
                InfluenceMeasure::Extraction => Some(sum * importer_sums[a] / diagonal[a]),
                InfluenceMeasure::ImportWeighted => unreachable!("answered above"),
            }
        })
        .collect()
}

/// Influence of every country as a supplier where exporters pass on only their import content.
///
/// As [`influence()`], with K = V (I - U)⁻¹ in place of L, where U = diag(φ) V: K\[a, c\] is the instability of a that arrives at c.
/// `solved` is the solution with its network, `content` the φ it was made with; for [`InfluenceMeasure::PvFree`] a solution with the same
/// instability everywhere. Extraction is Σ_{c≠a} K\[a, c\] (1 + φ_a e_a) / L\[a, a\].
///
/// Range and undefined values as for [`influence()`].
///
/// ```
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::influence::content_influence;
/// use monazite::indicators::{InfluenceMeasure, Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, content) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0]);
/// let mut leontief = Leontief::default();
/// let mut solved = content_risk(&t, &w, &content, &RiskParameters::default(), &mut leontief);
/// let influence = content_influence(InfluenceMeasure::Sum, &t, &content, &mut solved);
/// assert!((influence[0].unwrap() - 0.9774738536).abs() < 1e-9);
/// ```
pub fn content_influence(
    measure: InfluenceMeasure,
    trade: &TradeMatrix,
    content: &[f64],
    solved: &mut ContentSolved<'_>,
) -> Vec<Option<f64>> {
    let n = trade.countries();
    let weight = &solved.risk.weight;
    let of_importers = match measure {
        InfluenceMeasure::ImportWeighted => solved.network.supplier_sums(trade.imports()),
        _ => solved.network.supplier_sums(&vec![1.0; n]),
    };
    let Returns { diagonal, sums, loops } = solved.network.returns(trade, weight, &of_importers);
    let traders = (0..n).filter(|&c| trade.trades(c)).count();
    let excess = &solved.risk.excess;
    let all_excess: f64 = excess.iter().sum();
    (0..n)
        .map(|a| {
            if !trade.trades(a) {
                return None;
            }
            let sum = (sums[a] - loops[a]).max(0.0);
            match measure {
                InfluenceMeasure::Sum | InfluenceMeasure::PvFree => Some(sum),
                InfluenceMeasure::Mean => Some(sum / (traders as f64 - 1.0)),
                InfluenceMeasure::ImportWeighted => {
                    let own = trade.imports()[a];
                    let others = trade.total() - own;
                    (others > 0.0).then(|| (sums[a] - own * loops[a]).max(0.0) / others)
                }
                InfluenceMeasure::Share => {
                    let others = all_excess - excess[a];
                    (others > 0.0).then(|| sum / others)
                }
                InfluenceMeasure::Extraction => Some(sum * (1.0 + content[a] * excess[a]) / diagonal[a]),
            }
        })
        .collect()
}

/// Factors the network in which every supplier has the same instability `alpha`, for
/// [`InfluenceMeasure::PvFree`].
///
/// # Panics
/// If `alpha` is not in (0, 1).
pub fn pv_free_network<'a>(trade: &TradeMatrix, alpha: f64, leontief: &'a mut Leontief) -> Factored<'a> {
    assert!(alpha > 0.0 && alpha < 1.0, "alpha lies strictly between 0 and 1");
    leontief
        .factor(trade, &vec![alpha; trade.countries()])
        .expect("every supplier leaks 1 - alpha, so the network is not singular")
}

/// The share of the influence between all other countries that passes through `hubs`.
///
/// Σ (L\[a, c\] - L⁻\[a, c\]) / Σ L\[a, c\] over a, c outside the hubs, a ≠ c, where L⁻ is the network
/// without the hubs as suppliers. Entrepots such as Hong Kong or the Netherlands re-export what they
/// import; a large share says that the results lean on them.
///
/// `None` if nothing passes between the other countries at all, or if the network is singular.
///
/// Range \[0, 1\].
pub fn influence_through(
    hubs: &[usize],
    trade: &TradeMatrix,
    weight: &[f64],
    leontief: &mut Leontief,
) -> Option<f64> {
    share_through(hubs, weight, |weight, outside| {
        let mut network = leontief.factor(trade, weight).ok()?;
        let sums = network.supplier_sums(outside);
        let diagonal = network.diagonal();
        Some((0..sums.len()).filter(|&a| outside[a] > 0.0).map(|a| sums[a] - diagonal[a]).sum())
    })
}

/// The share of the influence between all other countries that goes if `hubs` supply nothing. `between_others` gives that influence for a
/// weight of every country; its second argument is 0 for the hubs and 1 for all others.
pub(super) fn share_through(
    hubs: &[usize],
    weight: &[f64],
    mut between_others: impl FnMut(&[f64], &[f64]) -> Option<f64>,
) -> Option<f64> {
    let mut outside = vec![1.0; weight.len()];
    let mut without = weight.to_vec();
    for &hub in hubs {
        outside[hub] = 0.0;
        without[hub] = 0.0;
    }
    let all = between_others(weight, &outside)?;
    let rest = between_others(&without, &outside)?;
    (all > 0.0).then(|| ((all - rest) / all).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::content_risk::content_risk;
    use crate::indicators::systemic_risk::RiskParameters;

    const WEIGHT: [f64; 3] = [0.75, 0.2, 0.5];

    fn o1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    fn measured(measure: InfluenceMeasure, t: &TradeMatrix, mut network: Factored<'_>) -> Vec<Option<f64>> {
        let sums = network.importer_sums(&vec![1.0; t.countries()]);
        influence(measure, t, &sums, &mut network)
    }

    fn check(measure: InfluenceMeasure, expected: [f64; 3]) {
        let mut leontief = Leontief::default();
        let actual = measured(measure, &o1(), leontief.factor(&o1(), &WEIGHT).unwrap());
        for a in 0..3 {
            assert!((actual[a].unwrap() - expected[a]).abs() < 1e-9, "{measure:?} {actual:?}");
        }
    }

    #[test]
    fn oracle_o1_in_every_variant() {
        let sum = [1.0975609756, 0.4408310750, 0.1734417344];
        check(InfluenceMeasure::Sum, sum);
        check(InfluenceMeasure::Mean, sum.map(|s| s / 2.0));
        check(InfluenceMeasure::ImportWeighted, [0.5487804878, 0.2119843421, 0.1316872428]);
        // Oracle O7: extraction of A lowers STR of B and C by 0.849... and 0.499..., and so on.
        check(
            InfluenceMeasure::Extraction,
            [0.8490127758 + 0.4994192799, 0.3983739837 + 0.3610264228, 0.0462613077 + 0.2313065384],
        );
        let excess = [0.3983739837, 0.9918699187, 0.6422764228];
        check(
            InfluenceMeasure::Share,
            [
                sum[0] / (excess[1] + excess[2]),
                sum[1] / (excess[0] + excess[2]),
                sum[2] / (excess[0] + excess[1]),
            ],
        );
    }

    #[test]
    fn oracle_o2_chain() {
        let t = TradeMatrix::from_dense(&[
            &[0.0, 100.0, 0.0, 0.0],
            &[0.0, 0.0, 70.0, 40.0],
            &[0.0; 4],
            &[0.0, 0.0, 30.0, 0.0],
        ]);
        let mut leontief = Leontief::default();
        let network = leontief.factor(&t, &[0.9, 0.72, 0.3, 0.4]).unwrap();
        let actual = measured(InfluenceMeasure::Sum, &t, network);
        for (a, expected) in [2.07936, 1.3104, 0.0, 0.12].into_iter().enumerate() {
            assert!((actual[a].unwrap() - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn extraction_is_the_true_leave_one_out() {
        let (t, mut leontief) = (o1(), Leontief::default());
        let mut network = leontief.factor(&t, &WEIGHT).unwrap();
        let sums = network.importer_sums(&[1.0; 3]);
        let claimed = influence(InfluenceMeasure::Extraction, &t, &sums, &mut network);
        for a in 0..3 {
            let mut cut = WEIGHT;
            cut[a] = 0.0;
            let after = leontief.factor(&t, &cut).unwrap().importer_sums(&[1.0; 3]);
            let loss: f64 = (0..3).filter(|&c| c != a).map(|c| sums[c] - after[c]).sum();
            assert!((claimed[a].unwrap() - loss).abs() < 1e-12);
        }
    }

    #[test]
    fn pv_free_ranks_by_position() {
        let mut leontief = Leontief::default();
        let free = measured(InfluenceMeasure::PvFree, &o1(), pv_free_network(&o1(), 0.5, &mut leontief));
        assert!(free[1].unwrap() > free[2].unwrap());
    }

    fn of_content(measure: InfluenceMeasure, t: &TradeMatrix, w: &[f64], content: &[f64]) -> Vec<f64> {
        let mut leontief = Leontief::default();
        let mut solved = content_risk(t, w, content, &RiskParameters::default(), &mut leontief);
        content_influence(measure, t, content, &mut solved).into_iter().flatten().collect()
    }

    #[test]
    fn with_a_content_of_one_it_is_the_influence_of_the_paper() {
        for measure in [
            InfluenceMeasure::Sum,
            InfluenceMeasure::Mean,
            InfluenceMeasure::ImportWeighted,
            InfluenceMeasure::Share,
            InfluenceMeasure::Extraction,
        ] {
            let mut leontief = Leontief::default();
            let paper = measured(measure, &o1(), leontief.factor(&o1(), &WEIGHT).unwrap());
            let found = of_content(measure, &o1(), &WEIGHT, &[1.0; 3]);
            for (found, paper) in found.iter().zip(paper) {
                assert!((found - paper.unwrap()).abs() < 1e-14, "{measure:?}");
            }
        }
    }

    #[test]
    fn oracle_e1_under_mass_balance_with_its_contributions() {
        let content = [1.0 / 9.0, 1.0, 1.0];
        let k = [
            [0.1230893001, 0.6154465004, 0.3620273532],
            [0.2059533387, 0.0297666935, 0.1351568785],
            [0.0257441673, 0.1287208367, 0.0168946098],
        ];
        let excess = [0.3547868061, 0.7739340306, 0.5140788415];
        let imports = [10.0, 80.0, 80.0];
        let sum = of_content(InfluenceMeasure::Sum, &o1(), &WEIGHT, &content);
        let weighted = of_content(InfluenceMeasure::ImportWeighted, &o1(), &WEIGHT, &content);
        let share = of_content(InfluenceMeasure::Share, &o1(), &WEIGHT, &content);
        for a in 0..3 {
            let others = || (0..3).filter(move |&c| c != a);
            assert!((sum[a] - others().map(|c| k[a][c]).sum::<f64>()).abs() < 1e-9);
            let by_imports = others().map(|c| imports[c] * k[a][c]).sum::<f64>();
            assert!((weighted[a] - by_imports / others().map(|c| imports[c]).sum::<f64>()).abs() < 1e-9);
            assert!((share[a] - sum[a] / others().map(|c| excess[c]).sum::<f64>()).abs() < 1e-9);
        }
        // Without the exports of A the others have what the oracle says.
        let cut = of_content(InfluenceMeasure::Extraction, &o1(), &WEIGHT, &content);
        assert!((cut[0] - (0.6310768877 + 0.3712216987)).abs() < 1e-9);
    }

    #[test]
    fn what_comes_back_is_found_without_a_content_to_divide_by() {
        // A sells to B and buys from it; A passes nothing on, B all. K[A, A] = V[A, B] L[B, A] = w_A s w_B t all the same.
        let rows: [&[f64]; 3] = [&[0.0, 60.0, 0.0], &[10.0, 0.0, 30.0], &[5.0, 20.0, 0.0]];
        let t = TradeMatrix::from_dense(&rows);
        for tiny in [0.0, 1e-13] {
            let content = [tiny, 1.0, 0.5];
            let mut leontief = Leontief::default();
            let mut solved = content_risk(&t, &WEIGHT, &content, &RiskParameters::default(), &mut leontief);
            let found = content_influence(InfluenceMeasure::Sum, &t, &content, &mut solved);
            // Σ_c K[a, c] over all c but a, from the whole of L.
            let whole = solved.network.matrix();
            for a in 0..3 {
                let k = |c: usize| -> f64 {
                    (0..3).map(|b| WEIGHT[a] * rows[a][b] / t.imports()[b] * whole[b][c]).sum()
                };
                let expected: f64 = (0..3).filter(|&c| c != a).map(k).sum();
                assert!((found[a].unwrap() - expected).abs() < 1e-14, "{a}");
            }
        }
    }

    #[test]
    fn a_pure_entrepot_carries_all_that_passes_it() {
        // A -> hub -> X: without the hub nothing of A reaches X.
        let t = TradeMatrix::from_dense(&[&[0.0, 100.0, 0.0], &[0.0, 0.0, 100.0], &[0.0; 3]]);
        let mut leontief = Leontief::default();
        let share = influence_through(&[1], &t, &[0.7, 0.4, 0.3], &mut leontief).unwrap();
        assert!((share - 1.0).abs() < 1e-15);
        // Half of X's imports come straight from A.
        let t = TradeMatrix::from_dense(&[&[0.0, 100.0, 50.0], &[0.0, 0.0, 50.0], &[0.0; 3]]);
        let share = influence_through(&[1], &t, &[0.7, 0.4, 0.3], &mut leontief).unwrap();
        assert!((share - 0.7 * 0.4 * 0.5 / (0.7 * 0.5 + 0.7 * 0.4 * 0.5)).abs() < 1e-15);
    }
}
