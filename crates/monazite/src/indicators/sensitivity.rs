//! Exact sensitivities of STR, and what-ifs that need no new factorisation.

use crate::trade::TradeMatrix;

/// ∂STR_d/∂w_a for one importer d and every supplier a.
///
/// What it answers: by how much does the importer's risk rise if supplier a becomes a little less
/// stable? ∂STR_d/∂w_a = STR_a Σ_b s\[a, b\] L\[b, d\]. One more point of the stability percentile
/// changes STR_d by minus a hundredth of it.
///
/// `column` is L\[., d\], from [`super::leontief::Factored::column`]; `importer_sums` are the column sums of L.
/// Entry 0 for countries that supply nothing.
///
/// ```
/// use monazite::indicators::{sensitivity::instability_gradient, Leontief};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let mut leontief = Leontief::default();
/// let mut network = leontief.factor(&t, &[0.75, 0.2, 0.5]).unwrap();
/// let sums = network.importer_sums(&[1.0; 3]);
/// let to_b = instability_gradient(&t, &sums, &network.column(1));
/// assert!((to_b[0] - 1.2884746734).abs() < 1e-9);
/// ```
pub fn instability_gradient(trade: &TradeMatrix, importer_sums: &[f64], column: &[f64]) -> Vec<f64> {
    let mut gradient = reach_of_suppliers(trade, column);
    for (g, str) in gradient.iter_mut().zip(importer_sums) {
        *g *= str;
    }
    gradient
}

/// Σ_b s\[a, b\] column\[b\] for every supplier a: what a country sells, weighed by how much of each customer's goods arrive.
pub(super) fn reach_of_suppliers(trade: &TradeMatrix, column: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0; trade.countries()];
    for imports in trade.columns() {
        let reach = column[usize::from(imports.importer)];
        for (&supplier, &share) in imports.suppliers.iter().zip(imports.shares) {
            sums[usize::from(supplier)] += share * reach;
        }
    }
    sums
}

/// ∂STR_d/∂s\[a, c\] = w_a STR_a L\[c, d\]: the effect on importer d of a larger share of supplier a in
/// the imports of c.
///
/// Shares of an importer sum to one, so only differences between two suppliers have a meaning.
pub fn share_sensitivity(weight: &[f64], importer_sums: &[f64], supplier: usize, reach: f64) -> f64 {
    weight[supplier] * importer_sums[supplier] * reach
}

/// STR of every country after one importer changes its import shares; exact, by Sherman and Morrison.
///
/// `change` lists (supplier, δs); the changes must sum to zero. With δ_a = w_a δs_a:
/// STR' = STR + \[STR·δ / (1 - L\[c, .\]·δ)\] L\[c, .\].
///
/// # Panics
/// If the changes do not sum to zero (to 1e-9), or the new network is singular.
///
/// ```
/// use monazite::indicators::{sensitivity::shift_shares, Leontief};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let w = [0.75, 0.2, 0.5];
/// let mut leontief = Leontief::default();
/// let mut network = leontief.factor(&t, &w).unwrap();
/// let sums = network.importer_sums(&[1.0; 3]);
/// // B moves a quarter of its purchases from A to C.
/// let after = shift_shares(&w, &sums, &network.row(1), &[(0, -0.25), (2, 0.25)]);
/// assert!((after[1] - 1.9271758437).abs() < 1e-9);
/// ```
pub fn shift_shares(weight: &[f64], importer_sums: &[f64], row: &[f64], change: &[(usize, f64)]) -> Vec<f64> {
    let total: f64 = change.iter().map(|c| c.1).sum();
    assert!(total.abs() < 1e-9, "changes of shares sum to zero");
    let mut gain = 0.0;
    let mut feedback = 0.0;
    for &(supplier, share) in change {
        let delta = weight[supplier] * share;
        gain += importer_sums[supplier] * delta;
        feedback += row[supplier] * delta;
    }
    assert!(feedback < 1.0, "the changed network is singular");
    let factor = gain / (1.0 - feedback);
    importer_sums.iter().zip(row).map(|(sum, reach)| sum + factor * reach).collect()
}

/// STR of every country if one country imported nothing; exact, by Sherman and Morrison.
///
/// What it answers: how much of the others' risk comes to them through what this country buys? With column d of V set to zero,
/// STR'_c = STR_c - (STR_d - 1) L\[d, c\] / L\[d, d\], and STR'_d = 1. All other purchases stay as they are; the country goes on selling.
///
/// `importer_sums` are the column sums of L, `row` is L\[d, .\], from [`super::leontief::Factored::row`].
///
/// ```
/// use monazite::indicators::{sensitivity::cut_imports, Leontief};
/// use monazite::trade::TradeMatrix;
/// // Two countries that buy from each other: STR = (1 + w_other) / (1 - w w).
/// let t = TradeMatrix::from_dense(&[&[0.0, 1.0], &[1.0, 0.0]]);
/// let mut leontief = Leontief::default();
/// let mut network = leontief.factor(&t, &[0.75, 0.5]).unwrap();
/// let sums = network.importer_sums(&[1.0; 2]);
/// // The first stops to buy: the second has the instability of the first, and nothing behind it.
/// let after = cut_imports(&sums, &network.row(0), 0);
/// assert!((after[0] - 1.0).abs() < 1e-12 && (after[1] - 1.75).abs() < 1e-12);
/// ```
pub fn cut_imports(importer_sums: &[f64], row: &[f64], country: usize) -> Vec<f64> {
    let factor = (importer_sums[country] - 1.0) / row[country];
    importer_sums.iter().zip(row).map(|(sum, reach)| sum - factor * reach).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::Leontief;

    /// Oracle O1 with the sums of its L and the whole of it.
    fn o1() -> (TradeMatrix, [f64; 3], Vec<Vec<f64>>, Vec<f64>) {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let w = [0.75, 0.2, 0.5];
        let mut leontief = Leontief::default();
        let mut network = leontief.factor(&t, &w).unwrap();
        let sums = network.importer_sums(&[1.0; 3]);
        (t, w, network.matrix(), sums)
    }

    #[test]
    fn oracle_o5_gradient() {
        let (t, _, whole, sums) = o1();
        let expected = [
            [0.2576949347, 1.2884746734, 0.7579262784],
            [2.3031558229, 1.5564295209, 2.0872349645],
            [0.0949464237, 0.4747321186, 0.0860451965],
        ];
        for d in 0..3 {
            let gradient = instability_gradient(&t, &sums, &[0, 1, 2].map(|a| whole[a][d]));
            for a in 0..3 {
                assert!((gradient[a] - expected[a][d]).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_country_without_imports_as_solved_anew() {
        let (_, w, whole, sums) = o1();
        let after = cut_imports(&sums, &whole[1], 1);
        let t = TradeMatrix::from_dense(&[&[0.0, 0.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 0.0, 0.0]]);
        let mut anew = Leontief::default();
        let mut anew = anew.factor(&t, &w).unwrap();
        for (a, e) in after.iter().zip(anew.importer_sums(&[1.0; 3])) {
            assert!((a - e).abs() < 1e-12);
        }
    }

    #[test]
    fn oracle_o6_shift() {
        let (_, w, whole, sums) = o1();
        let after = shift_shares(&w, &sums, &whole[1], &[(0, -0.25), (2, 0.25)]);
        for (a, e) in after.iter().zip([1.3854351687, 1.9271758437, 1.6305506217]) {
            assert!((a - e).abs() < 1e-9);
        }
    }

    #[test]
    fn share_sensitivity_is_the_limit_of_a_small_shift() {
        let (_, w, whole, sums) = o1();
        let step = 1e-6;
        let row = &whole[1];
        let after = shift_shares(&w, &sums, row, &[(0, -step), (2, step)]);
        for d in 0..3 {
            let slope = share_sensitivity(&w, &sums, 2, row[d]) - share_sensitivity(&w, &sums, 0, row[d]);
            assert!(((after[d] - sums[d]) / step - slope).abs() < 1e-5);
        }
    }
}
