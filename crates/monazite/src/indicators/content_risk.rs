//! Systemic trade risk where exporters pass on only what can be in their exports.

use super::leontief::{Factored, Leontief, Singular};
use super::systemic_risk::{CLAMPED_INSTABILITY, Identity, RiskParameters, SystemicRisk};
use crate::trade::TradeMatrix;

/// Systemic trade risk under a given import content of exports, for one product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct ContentRisk {
    /// STR of every importer, on the scale that was asked for. `None` for a country that does not trade the product.
    pub str: Vec<Option<f64>>,
    /// e = STR - 1 of every country, whatever the scale; 0 for one that imports nothing.
    pub excess: Vec<f64>,
    /// Direct part Σ_a w_a s\[a, c\] of e, the same under every import content. `None` where `str` is.
    pub direct: Vec<Option<f64>>,
    /// Instability times damping of every country, lowered where it had to be.
    pub weight: Vec<f64>,
    /// Countries whose instability had to be lowered to [`CLAMPED_INSTABILITY`], since they buy only from one another and pass on everything.
    pub clamped: Vec<usize>,
}

impl ContentRisk {
    /// Indirect part Σ_a w_a s\[a, c\] φ_a e_a of e, what lies behind the suppliers. `None` where `str` is. `trade` and `content` have to be
    /// those of the solution.
    pub fn indirect(&self, trade: &TradeMatrix, content: &[f64]) -> Vec<Option<f64>> {
        let mut indirect: Vec<Option<f64>> =
            (0..trade.countries()).map(|c| trade.trades(c).then_some(0.0)).collect();
        for column in trade.columns() {
            let mut sum = 0.0;
            for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                let a = usize::from(supplier);
                sum += self.weight[a] * share * (content[a] * self.excess[a]);
            }
            indirect[usize::from(column.importer)] = Some(sum);
        }
        indirect
    }
}

/// A [`ContentRisk`] with the network it is the solution of.
#[derive(Debug)]
pub struct ContentSolved<'a> {
    /// The solution.
    pub risk: ContentRisk,
    /// The factors of I - U with U = diag(φ) V.
    pub network: Factored<'a>,
}

/// STR_c = 1 + e_c with e_c = Σ_a w_a s\[a, c\] (1 + φ_a e_a).
///
/// What it answers: how much political instability arrives at importer c, if of what lies behind supplier a only the part φ_a can be in
/// what a sells ([`super::import_content()`]). The instability of the suppliers themselves always counts in full. φ = 1 everywhere is
/// the paper's STR ([`super::systemic_trade_risk`]), φ = 0 its direct part.
///
/// With U = diag(φ) V and σ the column sums of V, e = (I - Uᵀ)⁻¹ σ. Equivalently e_c is the expected number of countries that a walk
/// survives which steps to a supplier with probability equal to its share, survives with probability w, and goes on behind it with
/// probability φ, since otherwise the goods were made there.
///
/// `instability` are the w_a and `content` the φ_a of every country, both in \[0, 1\]. Damping multiplies w; the orientation of
/// `parameters` does not matter, the number is always the importer's.
///
/// Range: 1 + direct part ≤ STR ≤ 1 + max σ/(1 - max φw), and STR grows with every φ. `None` for a country that does not trade the
/// product; 1 for one that exports but does not import it.
///
/// # Panics
/// If `instability` or `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::import_content::{ContentSources, ImportContent, import_content};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let content = import_content(ImportContent::MassBalance, &t, ContentSources::default());
/// let mut leontief = Leontief::default();
/// let solved = content_risk(&t, &[0.75, 0.2, 0.5], &content, &RiskParameters::default(), &mut leontief);
/// assert!((solved.risk.str[1].unwrap() - 1.7739340306).abs() < 1e-9);
/// ```
pub fn content_risk<'a>(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    parameters: &RiskParameters,
    leontief: &'a mut Leontief,
) -> ContentSolved<'a> {
    assert_eq!(content.len(), trade.countries(), "one import content a country");
    let mut weight: Vec<f64> = instability.iter().map(|w| w * parameters.damping).collect();
    let clamped = factor_or_clamp(trade, &mut weight, content, leontief);
    let network = leontief.factored();
    let mut direct = vec![0.0; trade.countries()];
    for column in trade.columns() {
        let mut sum = 0.0;
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            sum += weight[usize::from(supplier)] * share;
        }
        direct[usize::from(column.importer)] = sum;
    }
    solved(trade, parameters, (weight, clamped), &direct, network)
}

/// As [`content_risk`] to the last bit, from the paper's solution of the same product-year: order and pattern of the elimination are
/// those of its network, which makes it cheaper. `paper` and `network` are what [`super::systemic_risk::solve`] gave for the same `trade`,
/// `instability` and `parameters`. `None` if instability had to be lowered there; then only [`content_risk`] knows what has to be lowered here.
///
/// # Panics
/// As [`content_risk`].
///
/// ```
/// use monazite::indicators::content_risk::{content_risk, content_risk_of};
/// use monazite::indicators::{Leontief, RiskParameters, systemic_risk::solve};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, content, p) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0], RiskParameters::default());
/// let (mut once, mut again) = (Leontief::default(), Leontief::default());
/// let anew = content_risk(&t, &w, &content, &p, &mut once).risk;
/// let paper = solve(&t, &w, &p, &mut again);
/// let found = content_risk_of(&t, &w, &content, &p, &paper.risk, paper.network).unwrap();
/// assert_eq!(found.risk, anew);
/// ```
pub fn content_risk_of<'a>(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    parameters: &RiskParameters,
    paper: &SystemicRisk,
    network: Factored<'a>,
) -> Option<ContentSolved<'a>> {
    if !paper.clamped.is_empty() {
        return None;
    }
    let weight: Vec<f64> = instability.iter().map(|w| w * parameters.damping).collect();
    let direct: Vec<f64> = paper.direct.iter().map(|direct| direct.unwrap_or(0.0)).collect();
    let network = network.pass_on(content)?;
    Some(solved(trade, parameters, (weight, Vec::new()), &direct, network))
}

/// What follows from the network and the direct parts.
fn solved<'a>(
    trade: &TradeMatrix,
    parameters: &RiskParameters,
    (weight, clamped): (Vec<f64>, Vec<usize>),
    direct: &[f64],
    mut network: Factored<'a>,
) -> ContentSolved<'a> {
    let excess = network.importer_sums(direct);
    let floor = match parameters.identity {
        Identity::Keep => 1.0,
        Identity::Excess => 0.0,
    };
    let of_traders = |values: &[f64], add: f64| -> Vec<Option<f64>> {
        (0..trade.countries()).map(|c| trade.trades(c).then(|| add + values[c])).collect()
    };
    let risk = ContentRisk {
        str: of_traders(&excess, floor),
        direct: of_traders(direct, 0.0),
        excess,
        weight,
        clamped,
    };
    ContentSolved { risk, network }
}

/// The instability behind the imports of every country, added up instead of multiplied along the chain: g_c = Σ_a s\[a, c\] (w_a + φ_a g_a).
///
/// What it answers: the sum of the instabilities of all countries that the goods have passed through. In [`content_risk`] a stable
/// country on the way shields from those behind it; here it does not. Exists whenever the number of
/// [`super::origin::crossings`] does, and is at most that.
///
/// `None` for a country that imports nothing.
///
/// # Errors
/// [`Singular`] if goods go round in a group of countries that buys only from itself and passes on everything.
///
/// ```
/// use monazite::indicators::Leontief;
/// use monazite::indicators::content_risk::added_instability;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let content = [1.0 / 9.0, 1.0, 1.0];
/// let found = added_instability(&t, &[0.75, 0.2, 0.5], &content, &mut Leontief::default())?;
/// assert!((found[0].unwrap() - 1.2770833333).abs() < 1e-9);
/// # Ok::<(), monazite::indicators::Singular>(())
/// ```
pub fn added_instability(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    leontief: &mut Leontief,
) -> Result<Vec<Option<f64>>, Singular> {
    let mut network = leontief.factor(trade, content)?;
    let mut direct = vec![0.0; trade.countries()];
    for column in trade.columns() {
        let shares = column.suppliers.iter().zip(column.shares);
        direct[usize::from(column.importer)] =
            shares.map(|(&supplier, share)| instability[usize::from(supplier)] * share).sum();
    }
    let sums = network.importer_sums(&direct);
    Ok(sums.into_iter().zip(trade.imports()).map(|(g, &m)| (m > 0.0).then_some(g)).collect())
}

/// Factors I - diag(φ) V; if it is singular, lowers the instability of the closed group just below 1.
fn factor_or_clamp(
    trade: &TradeMatrix,
    weight: &mut [f64],
    content: &[f64],
    leontief: &mut Leontief,
) -> Vec<usize> {
    let mut clamped = Vec::new();
    while let Err(Singular { members }) = leontief.factor_passed_on(trade, weight, content) {
        for member in members {
            if weight[member] * content[member] > CLAMPED_INSTABILITY {
                weight[member] = CLAMPED_INSTABILITY;
                clamped.push(member);
            }
        }
    }
    clamped.sort_unstable();
    clamped
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::import_content::{ContentSources, ImportContent, import_content};
    use crate::indicators::systemic_risk::{Orientation, systemic_trade_risk};

    const W: [f64; 3] = [0.75, 0.2, 0.5];

    fn e1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    fn risk(trade: &TradeMatrix, w: &[f64], content: &[f64], parameters: RiskParameters) -> ContentRisk {
        content_risk(trade, w, content, &parameters, &mut Leontief::default()).risk
    }

    fn of(reading: ImportContent) -> Vec<f64> {
        let content = import_content(reading, &e1(), ContentSources::default());
        risk(&e1(), &W, &content, RiskParameters::default()).str.into_iter().flatten().collect()
    }

    fn close(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(expected) {
            assert!((f - e).abs() < 5e-11, "{found:?} is not {expected:?}");
        }
    }

    #[test]
    fn oracle_e1_under_every_reading() {
        close(&of(ImportContent::None), &[1.2, 1.6875, 1.40625]);
        close(&of(ImportContent::Exposure), &[1.2857556771, 1.7503621745, 1.4678841766]);
        close(&of(ImportContent::MassBalance), &[1.3547868061, 1.7739340306, 1.5140788415]);
        close(&of(ImportContent::Full), &[1.3983739837, 1.9918699187, 1.6422764228]);
    }

    #[test]
    fn content_of_one_is_the_papers_str_and_its_parts() {
        for damping in [1.0, 0.6] {
            let p = RiskParameters { damping, ..RiskParameters::default() };
            let paper = systemic_trade_risk(&e1(), &W, &p, &mut Leontief::default());
            let found = risk(&e1(), &W, &[1.0; 3], p);
            for c in 0..3 {
                assert!((found.str[c].unwrap() - paper.str[c].unwrap()).abs() < 1e-14);
                let indirect = found.indirect(&e1(), &[1.0; 3]);
                assert!((indirect[c].unwrap() - paper.indirect[c].unwrap()).abs() < 1e-14);
                assert_eq!(found.direct[c], paper.direct[c]);
            }
        }
    }

    #[test]
    fn oracle_of_the_trickle_that_ends_the_artefact() {
        let w = [0.95, 0.75, 0.3];
        let found = |bought_back: f64| {
            let t =
                TradeMatrix::from_dense(&[&[0.0, 70.0, 30.0], &[bought_back, 0.0, 40.0], &[0.0, 20.0, 0.0]]);
            let content = import_content(ImportContent::MassBalance, &t, ContentSources::default());
            risk(&t, &w, &content, RiskParameters::default()).str.into_iter().flatten().collect::<Vec<f64>>()
        };
        let near = |found: &[f64], expected: [f64; 3], tolerance: f64| {
            assert!(found.iter().zip(expected).all(|(f, e)| (f - e).abs() < tolerance), "{found:?}");
        };
        near(&found(0.0), [1.0, 1.8866, 2.2157], 1e-4);
        near(&found(1e-6), [2.4150, 1.8866, 2.2157], 1e-4);
        near(&found(10.0), [2.504, 2.005, 2.328], 1e-3);
    }

    #[test]
    fn scale_follows_the_identity_and_the_number_is_the_importers() {
        let content = [0.5, 0.25, 1.0];
        let kept = risk(&e1(), &W, &content, RiskParameters::default());
        let p = RiskParameters {
            identity: Identity::Excess,
            orientation: Orientation::AsPrinted,
            ..RiskParameters::default()
        };
        let excess = risk(&e1(), &W, &content, p);
        for c in 0..3 {
            assert!((kept.str[c].unwrap() - 1.0 - excess.str[c].unwrap()).abs() < 1e-15);
        }
    }

    #[test]
    fn oracle_of_instability_that_is_added_up() {
        let content = [1.0 / 9.0, 1.0, 1.0];
        let found = added_instability(&e1(), &W, &content, &mut Leontief::default()).unwrap();
        let found: Vec<f64> = found.into_iter().flatten().collect();
        close(&found, &[1.2770833333333331, 1.0770833333333332, 1.132638888888889]);
        let round = TradeMatrix::from_dense(&[&[0.0, 5.0], &[5.0, 0.0]]);
        let error = added_instability(&round, &[0.5; 2], &[1.0; 2], &mut Leontief::default()).unwrap_err();
        assert_eq!(error.members, [0, 1]);
    }

    #[test]
    fn a_closed_group_that_passes_on_everything_is_clamped() {
        let t = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[5.0, 0.0, 0.0], &[0.0; 3]]);
        let found = risk(&t, &[1.0, 1.0, 0.5], &[1.0, 1.0, 0.0], RiskParameters::default());
        assert_eq!(found.clamped, [0, 1]);
        assert!((found.excess[0] * 1e-6 - 1.0).abs() < 1e-5);
        assert_eq!(found.str[2], None);
        let t = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[7.0, 0.0, 0.0], &[0.0; 3]]);
        let content = import_content(ImportContent::MassBalance, &t, ContentSources::default());
        assert!(risk(&t, &[1.0, 1.0, 0.5], &content, RiskParameters::default()).clamped.is_empty());
    }
}
