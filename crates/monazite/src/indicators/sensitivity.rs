//! Exact sensitivities of STR, and what-ifs that need no new factorisation; those whose names have `content` in them under any import
//! content of exports.
//!
//! Under an import content φ is held in all of them: who buys elsewhere changes how much the suppliers pass on only in
//! [`shift_purchases`] with [`ContentResponse::Recomputed`], which solves again.

use super::content_risk::{ContentSolved, content_risk};
use super::import_content::{ContentSources, ImportContent, import_content};
use super::leontief::Leontief;
use super::systemic_risk::RiskParameters;
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

/// Slopes of STR of one importer d under an import content, by supplier a.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentGradient {
    /// ∂STR_d/∂w_a = (1 + φ_a e_a) Σ_b s\[a, b\] L\[b, d\].
    pub instability: Vec<f64>,
    /// ∂STR_d/∂φ_a = e_a K\[a, d\].
    pub content: Vec<f64>,
}

/// ∂STR_d/∂w_a and ∂STR_d/∂φ_a for one importer d and every supplier a, where L = (I - diag(φ) V)⁻¹ and K = V L. One solve.
///
/// What it answers: by how much does the importer's risk rise if a supplier becomes less stable, or sells more of what it bought?
///
/// `content` are the φ that `solved` was made with. Entry 0 for countries that supply nothing.
///
/// ```
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::sensitivity::content_gradient;
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, content) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0]);
/// let mut leontief = Leontief::default();
/// let mut solved = content_risk(&t, &w, &content, &RiskParameters::default(), &mut leontief);
/// let to_b = content_gradient(&t, &content, 1, &mut solved);
/// assert!((to_b.instability[0] - 0.8529438225).abs() < 1e-9);
/// assert!((to_b.content[0] - 0.2183522982).abs() < 1e-9);
/// ```
pub fn content_gradient(
    trade: &TradeMatrix,
    content: &[f64],
    importer: usize,
    solved: &mut ContentSolved<'_>,
) -> ContentGradient {
    let reach = reach_of_suppliers(trade, &solved.network.column(importer));
    let risk = &solved.risk;
    let of = |slope: &dyn Fn(usize) -> f64| (0..reach.len()).map(|a| reach[a] * slope(a)).collect();
    ContentGradient {
        instability: of(&|a| 1.0 + content[a] * risk.excess[a]),
        content: of(&|a| risk.excess[a] * risk.weight[a]),
    }
}

/// ∂STR_d/∂s\[a, c\] = w_a (1 + φ_a e_a) L\[c, d\] under an import content; `reach` is L\[c, d\], from [`super::leontief::Factored::row`].
///
/// Shares of an importer sum to one, so only differences between two suppliers have a meaning.
pub fn content_share_sensitivity(
    solved: &ContentSolved<'_>,
    content: &[f64],
    supplier: usize,
    reach: f64,
) -> f64 {
    let risk = &solved.risk;
    risk.weight[supplier] * (1.0 + content[supplier] * risk.excess[supplier]) * reach
}

/// 1 + e of every country if what one country sells carried no instability, all shares kept; exact, by Sherman and Morrison.
///
/// What it answers: how much of the others' risk starts at, or passes through, this supplier? With w_a = 0,
/// e'_d = e_d - K\[a, d\] (1 + φ_a e_a)/L\[a, a\]. Two solves.
///
/// ```
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::sensitivity::cut_content_exports;
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, content) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0]);
/// let mut leontief = Leontief::default();
/// let mut solved = content_risk(&t, &w, &content, &RiskParameters::default(), &mut leontief);
/// let before = solved.risk.excess[1] + 1.0;
/// assert!((before - cut_content_exports(&t, &content, 0, &mut solved)[1] - 0.6310768877).abs() < 1e-9);
/// ```
pub fn cut_content_exports(
    trade: &TradeMatrix,
    content: &[f64],
    supplier: usize,
    solved: &mut ContentSolved<'_>,
) -> Vec<f64> {
    let mut sold = vec![0.0; trade.countries()];
    for column in trade.columns() {
        if let Ok(found) = column.suppliers.binary_search(&(supplier as u16)) {
            sold[usize::from(column.importer)] = solved.risk.weight[supplier] * column.shares[found];
        }
    }
    // With V[a, .] on the right, the sums over importers are the row K[a, .].
    let arriving = solved.network.importer_sums(&sold);
    let returning = solved.network.row(supplier)[supplier];
    let excess = &solved.risk.excess;
    let factor = (1.0 + content[supplier] * excess[supplier]) / returning;
    excess.iter().zip(arriving).map(|(e, k)| 1.0 + (e - factor * k)).collect()
}

/// 1 + e of every country if one country imported nothing; [`cut_imports`] under an import content: e'_d = e_d - e_c L\[c, d\]/L\[c, c\].
///
/// φ is held: the country goes on selling, all of it now its own. One solve.
pub fn cut_content_imports(country: usize, solved: &mut ContentSolved<'_>) -> Vec<f64> {
    let sums: Vec<f64> = solved.risk.excess.iter().map(|e| 1.0 + e).collect();
    cut_imports(&sums, &solved.network.row(country), country)
}

/// 1 + e of every country after one importer changes its import shares; [`shift_shares`] under an import content, which is held.
///
/// e' = e + \[ΔΣ/(1 - L\[c, .\]·δ)\] L\[c, .\] with δ_a = φ_a w_a δs_a and ΔΣ = Σ_a w_a δs_a (1 + φ_a e_a). `change` lists (supplier, δs). One solve.
///
/// # Panics
/// If the changes do not sum to zero (to 1e-9), or the new network is singular.
///
/// ```
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::sensitivity::shift_content_shares;
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, content) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0]);
/// let mut leontief = Leontief::default();
/// let mut solved = content_risk(&t, &w, &content, &RiskParameters::default(), &mut leontief);
/// // B moves a fifth of its purchases from A to C.
/// let after = shift_content_shares(&content, 1, &[(0, -0.2), (2, 0.2)], &mut solved);
/// assert!((after[1] - 1.7692474400).abs() < 1e-9);
/// ```
pub fn shift_content_shares(
    content: &[f64],
    importer: usize,
    change: &[(usize, f64)],
    solved: &mut ContentSolved<'_>,
) -> Vec<f64> {
    let total: f64 = change.iter().map(|c| c.1).sum();
    assert!(total.abs() < 1e-9, "changes of shares sum to zero");
    let row = solved.network.row(importer);
    let risk = &solved.risk;
    let (mut gain, mut feedback) = (0.0, 0.0);
    for &(supplier, share) in change {
        let delta = risk.weight[supplier] * share;
        gain += delta * (1.0 + content[supplier] * risk.excess[supplier]);
        feedback += row[supplier] * (content[supplier] * delta);
    }
    assert!(feedback < 1.0, "the changed network is singular");
    let factor = gain / (1.0 - feedback);
    risk.excess.iter().zip(row).map(|(e, reach)| 1.0 + (e + factor * reach)).collect()
}

/// What happens to the import content of exports when somebody buys elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ContentResponse {
    /// It is held (default): suppliers sell the same mix as before.
    #[default]
    Held,
    /// It is taken from the changed trade, as if a supplier that sells more made more, and one that sells less made less.
    Recomputed,
}

/// 1 + e of every country under mass balance after one importer moves purchases, in the unit of the matrix; solved again.
///
/// `change` lists (supplier, δT), which sum to zero, so that the importer buys as much as before. With [`ContentResponse::Held`] the result is
/// that of [`shift_content_shares`].
///
/// # Panics
/// If the changes do not sum to zero (to 1e-9 of the imports), a purchase would fall below zero, or somebody would buy from itself.
///
/// ```
/// use monazite::indicators::sensitivity::{ContentResponse, shift_purchases};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, change) = ([0.75, 0.2, 0.5], [(0, -16.0), (2, 16.0)]);
/// let after = |response| shift_purchases(&t, &w, 1, &change, response, &RiskParameters::default(), &mut Leontief::default());
/// assert!((after(ContentResponse::Held)[1] - 1.7692474400).abs() < 1e-9);
/// // A sells 74 instead of 90 and still buys 10: it passes on more.
/// assert!(after(ContentResponse::Recomputed)[1] > 1.7692474401);
/// ```
pub fn shift_purchases(
    trade: &TradeMatrix,
    instability: &[f64],
    importer: usize,
    change: &[(usize, f64)],
    response: ContentResponse,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Vec<f64> {
    let total: f64 = change.iter().map(|c| c.1).sum();
    assert!(total.abs() <= 1e-9 * trade.imports()[importer], "changes of purchases sum to zero");
    assert!(change.iter().all(|c| c.0 != importer), "nobody buys from itself");
    let mut purchases = vec![0.0; trade.countries()];
    let mut flows = Vec::new();
    for column in trade.columns() {
        for (&supplier, &value) in column.suppliers.iter().zip(column.values) {
            if usize::from(column.importer) == importer {
                purchases[usize::from(supplier)] = value;
            } else {
                flows.push((column.importer, supplier, value));
            }
        }
    }
    change.iter().for_each(|&(supplier, more)| purchases[supplier] += more);
    assert!(purchases.iter().all(|p| *p >= 0.0), "no purchase falls below zero");
    flows.extend(purchases.into_iter().enumerate().map(|(a, value)| (importer as u16, a as u16, value)));
    let mut changed = TradeMatrix::default();
    changed.refill(trade.countries(), &mut flows);
    let of = match response {
        ContentResponse::Held => trade,
        ContentResponse::Recomputed => &changed,
    };
    let content = import_content(ImportContent::MassBalance, of, ContentSources::default());
    let solved = content_risk(&changed, instability, &content, parameters, leontief);
    solved.risk.excess.iter().map(|e| 1.0 + e).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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

    const W: [f64; 3] = [0.75, 0.2, 0.5];
    const CONTENT: [f64; 3] = [1.0 / 9.0, 1.0, 1.0];

    fn of_content(w: &[f64], content: &[f64]) -> Vec<f64> {
        let (t, ..) = o1();
        content_risk(&t, w, content, &RiskParameters::default(), &mut Leontief::default()).risk.excess
    }

    #[test]
    fn oracle_e1_of_the_slopes_under_mass_balance() {
        let (t, ..) = o1();
        let instability = [
            [0.17058876449873103, 0.8529438224936554, 0.5017316602903856],
            [1.8267381811191747, 0.2640207527398807, 1.1987969313594584],
            [0.07795739811488175, 0.38978699057440885, 0.051159542512891155],
        ];
        let content = [
            [0.04367045964238025, 0.21835229821190127, 0.12844252835994197],
            [0.1593942975271334, 0.023037457064468494, 0.10460250775218129],
            [0.013234531720353198, 0.06617265860176601, 0.008685161441481787],
        ];
        let mut leontief = Leontief::default();
        let mut solved = content_risk(&t, &W, &CONTENT, &RiskParameters::default(), &mut leontief);
        for d in 0..3 {
            let found = content_gradient(&t, &CONTENT, d, &mut solved);
            for a in 0..3 {
                assert!((found.instability[a] - instability[a][d]).abs() < 1e-14);
                assert!((found.content[a] - content[a][d]).abs() < 1e-14);
            }
        }
        // A share more of C, a share less of A, in the imports of B: the slope of a small shift.
        let (step, row) = (1e-6, solved.network.row(1));
        let after = shift_content_shares(&CONTENT, 1, &[(0, -step), (2, step)], &mut solved);
        for d in 0..3 {
            let slope = content_share_sensitivity(&solved, &CONTENT, 2, row[d])
                - content_share_sensitivity(&solved, &CONTENT, 0, row[d]);
            assert!(((after[d] - 1.0 - solved.risk.excess[d]) / step - slope).abs() < 1e-5);
        }
    }

    #[test]
    fn oracle_e1_of_the_cuts_under_mass_balance() {
        let (t, ..) = o1();
        let exports = [
            [0.12621537754281112, 0.6310768877140557, 0.371221698655327],
            [0.3547868061142397, 0.051277780571198694, 0.2328288415124698],
            [0.03833110991170808, 0.19165554955854042, 0.025154790879558426],
        ];
        let imports = [
            [0.3547868061142397, 0.02393403057119871, 0.014078841512469829],
            [0.15478680611423967, 0.7739340305711987, 0.10157884151246982],
            [0.013014654215505558, 0.0650732710775278, 0.5140788415124697],
        ];
        let before = of_content(&W, &CONTENT);
        let mut leontief = Leontief::default();
        let mut solved = content_risk(&t, &W, &CONTENT, &RiskParameters::default(), &mut leontief);
        for a in 0..3 {
            let sold = cut_content_exports(&t, &CONTENT, a, &mut solved);
            let bought = cut_content_imports(a, &mut solved);
            let mut without = W;
            without[a] = 0.0;
            let anew = of_content(&without, &CONTENT);
            for d in 0..3 {
                assert!((before[d] + 1.0 - sold[d] - exports[a][d]).abs() < 1e-14);
                assert!((before[d] + 1.0 - bought[d] - imports[a][d]).abs() < 1e-14);
                assert!((sold[d] - 1.0 - anew[d]).abs() < 1e-14);
            }
        }
    }

    #[test]
    fn oracle_e1_of_a_shift_under_mass_balance() {
        let (t, ..) = o1();
        let expected = [0.35384948799913307, 0.7692474399956656, 0.5134637264994311];
        let mut leontief = Leontief::default();
        let mut solved = content_risk(&t, &W, &CONTENT, &RiskParameters::default(), &mut leontief);
        let found = shift_content_shares(&CONTENT, 1, &[(0, -0.2), (2, 0.2)], &mut solved);
        let p = RiskParameters::default();
        let change = [(0, -16.0), (2, 16.0)];
        let anew = |response| shift_purchases(&t, &W, 1, &change, response, &p, &mut Leontief::default());
        let held = anew(ContentResponse::Held);
        for d in 0..3 {
            assert!((found[d] - 1.0 - expected[d]).abs() < 1e-14);
            assert!((held[d] - 1.0 - expected[d]).abs() < 1e-14);
        }
        // Anew, A passes on 10/74, C 1 as before: 80 of imports are more than the 36 it sells.
        let after = TradeMatrix::from_dense(&[&[0.0, 44.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 36.0, 0.0]]);
        let content = [10.0 / 74.0, 1.0, 1.0];
        let by_hand = content_risk(&after, &W, &content, &p, &mut Leontief::default()).risk.excess;
        for (found, e) in anew(ContentResponse::Recomputed).into_iter().zip(by_hand) {
            assert!((found - 1.0 - e).abs() < 1e-14);
        }
    }
}
