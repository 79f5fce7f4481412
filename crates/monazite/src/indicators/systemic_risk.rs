//! Systemic trade risk (STR): the instability that reaches an importer over all chains.

use super::leontief::{Factored, Leontief, Singular};
use crate::trade::TradeMatrix;

/// Which way risk is added up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Orientation {
    /// Column sums of L: what arrives at an importer from all suppliers (default).
    #[default]
    Importer,
    /// Row sums of L, the formula as it is printed in the paper: what a supplier sends
    /// out. It ranks the monopolist riskiest; offered for comparison only.
    AsPrinted,
}

/// Whether the identity in L = I + V + V² + ... is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Identity {
    /// STR is at least 1, and 1 means "no risk arrives" (default, the paper's scale).
    #[default]
    Keep,
    /// STR - 1.
    Excess,
}

/// The options of systemic trade risk.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RiskParameters {
    /// Which way risk is added up.
    pub orientation: Orientation,
    /// Whether the identity is counted.
    pub identity: Identity,
    /// V is multiplied by this number in (0, 1]; 1 (default) leaves it as it is. Each further
    /// step along a chain then counts for less.
    pub damping: f64,
}

impl Default for RiskParameters {
    fn default() -> Self {
        Self { orientation: Orientation::Importer, identity: Identity::Keep, damping: 1.0 }
    }
}

/// What STR of a run is measured in, for whoever puts it into words or beside other numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct StrScale {
    /// Which way risk is added up.
    pub orientation: Orientation,
    /// Whether the identity is counted.
    pub identity: Identity,
}

impl StrScale {
    /// STR where no instability arrives: 1, or 0 where the identity is not counted.
    pub const fn floor(self) -> f64 {
        match self.identity {
            Identity::Keep => 1.0,
            Identity::Excess => 0.0,
        }
    }

    /// Whether STR says what arrives at an importer.
    pub const fn is_of_importers(self) -> bool {
        matches!(self.orientation, Orientation::Importer)
    }

    /// A column sum of L on this scale; `None` where STR is a row sum, which it cannot be put beside.
    ///
    /// ```
    /// use monazite::indicators::systemic_risk::{Identity, Orientation, StrScale};
    /// assert_eq!(StrScale::default().of_column_sum(1.5), Some(1.5));
    /// let excess = StrScale { identity: Identity::Excess, ..StrScale::default() };
    /// assert_eq!(excess.of_column_sum(1.5), Some(0.5));
    /// let rows = StrScale { orientation: Orientation::AsPrinted, ..StrScale::default() };
    /// assert_eq!(rows.of_column_sum(1.5), None);
    /// ```
    pub fn of_column_sum(self, sum: f64) -> Option<f64> {
        self.is_of_importers().then(|| sum - 1.0 + self.floor())
    }
}

/// Instability is kept below this where I - V would otherwise be singular.
pub const CLAMPED_INSTABILITY: f64 = 1.0 - 1e-6;

/// The solution for one product-year.
#[derive(Debug, Clone, PartialEq)]
pub struct SystemicRisk {
    /// STR in the orientation and on the scale that were asked for. `None` for a country that
    /// does not trade the product.
    pub str: Vec<Option<f64>>,
    /// Direct part Σ_a w_a s\[a, c\] of STR - 1: the instability of the suppliers themselves.
    /// `None` where `str` is.
    pub direct: Vec<Option<f64>>,
    /// Indirect part of STR - 1: what comes from the suppliers' suppliers and beyond.
    /// `direct + indirect = STR - 1` in importer orientation.
    pub indirect: Vec<Option<f64>>,
    /// Column sums of L for every country, identity kept, whatever was asked for. 1 for
    /// countries that import nothing.
    pub importer_sums: Vec<f64>,
    /// Countries whose instability of 1 had to be lowered to [`CLAMPED_INSTABILITY`] because
    /// they form a closed group; empty in all but degenerate cases.
    pub clamped: Vec<usize>,
}

/// A [`SystemicRisk`] with the network it is the solution of, ready for [`super::influence()`] and
/// [`super::sensitivity`].
#[derive(Debug)]
pub struct Solved<'a> {
    /// The solution.
    pub risk: SystemicRisk,
    /// The factors of the (damped) network.
    pub network: Factored<'a>,
}

/// STR_c = Σ_a L\[a, c\] with L = (I - V)⁻¹ and V\[a, c\] = w_a s\[a, c\].
///
/// What it answers: how much political instability arrives at importer c, through its
/// suppliers, their suppliers and so on. Equivalently STR_c = 1 + Σ_a w_a s\[a, c\] STR_a: the
/// expected number of countries that a chain visits when it starts at c, steps to a
/// supplier with probability equal to its share, and survives each step with probability w.
///
/// `instability` is w_a = 1 - PV_a/100 in \[0, 1\] for every country. [`solve`] gives the factors of the network beside the
/// solution, for [`super::influence()`].
///
/// Range \[1, 1/(1 - max w)\] with the identity kept. `None` for a country that neither
/// imports nor exports the product; 1 for one that exports but does not import it.
///
/// If all suppliers have the same stability π and every country imports, STR is 100/π for
/// every importer, whatever the concentration: differences in STR come from differences
/// in stability along the chains and from chains that end. It does not measure reliance
/// on a few suppliers; [`super::herfindahl`] does.
///
/// # Errors
/// None for the caller: if I - V is singular (several countries with w = 1 that buy only
/// from one another), instability is clamped at [`CLAMPED_INSTABILITY`] and the countries are
/// named in [`SystemicRisk::clamped`].
///
/// # Panics
/// If `instability` does not have one entry a country, or one that is not in \[0, 1\].
///
/// Reference: Klimek, Baum, Gerschberger, Hess (2025); Klimek, Obersteiner, Thurner (2015).
///
/// ```
/// use monazite::indicators::{systemic_trade_risk, Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// // M sends to P; P to D and Q; Q to D.
/// let t = TradeMatrix::from_dense(&[
///     &[0.0, 100.0, 0.0, 0.0],
///     &[0.0, 0.0, 70.0, 40.0],
///     &[0.0, 0.0, 0.0, 0.0],
///     &[0.0, 0.0, 30.0, 0.0],
/// ]);
/// let instability = [0.9, 0.72, 0.3, 0.4];
/// let risk = systemic_trade_risk(&t, &instability, &RiskParameters::default(), &mut Leontief::default());
/// assert!((risk.str[2].unwrap() - 2.24176).abs() < 1e-12);
/// ```
pub fn systemic_trade_risk(
    trade: &TradeMatrix,
    instability: &[f64],
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> SystemicRisk {
    solve(trade, instability, parameters, leontief).risk
}

/// As [`systemic_trade_risk`], with the factors of the network.
///
/// # Panics
/// As [`systemic_trade_risk`].
///
/// ```
/// use monazite::indicators::{InfluenceMeasure, Leontief, RiskParameters, influence, systemic_risk};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let mut leontief = Leontief::default();
/// let mut solved = systemic_risk::solve(&t, &[0.75, 0.2, 0.5], &RiskParameters::default(), &mut leontief);
/// let passed_on = influence(InfluenceMeasure::Sum, &t, &solved.risk.importer_sums, &mut solved.network);
/// assert!((passed_on[0].unwrap() - 1.0975609756).abs() < 1e-9);
/// ```
pub fn solve<'a>(
    trade: &TradeMatrix,
    instability: &[f64],
    parameters: &RiskParameters,
    leontief: &'a mut Leontief,
) -> Solved<'a> {
    let mut weight: Vec<f64> = instability.iter().map(|w| w * parameters.damping).collect();
    let clamped = factor_or_clamp(trade, &mut weight, leontief);
    let mut network = leontief.factored();
    let ones = vec![1.0; trade.countries()];
    let importer_sums = network.importer_sums(&ones);
    let (direct, indirect) = parts(trade, &weight, &importer_sums);
    let sums = match parameters.orientation {
        Orientation::Importer => None,
        Orientation::AsPrinted => Some(network.supplier_sums(&ones)),
    };
    let shown = sums.as_ref().unwrap_or(&importer_sums);
    let identity = match parameters.identity {
        Identity::Keep => 0.0,
        Identity::Excess => 1.0,
    };
    let str = (0..trade.countries()).map(|c| trade.trades(c).then(|| shown[c] - identity)).collect();
    Solved { risk: SystemicRisk { str, direct, indirect, importer_sums, clamped }, network }
}

/// Factors the network; if it is singular, lowers every instability of 1 just below it.
/// Returns the countries that were lowered.
fn factor_or_clamp(trade: &TradeMatrix, weight: &mut [f64], leontief: &mut Leontief) -> Vec<usize> {
    let mut clamped = Vec::new();
    while let Err(Singular { members }) = leontief.factor_in_place(trade, weight) {
        for member in members {
            if weight[member] > CLAMPED_INSTABILITY {
                weight[member] = CLAMPED_INSTABILITY;
                clamped.push(member);
            }
        }
    }
    clamped.sort_unstable();
    clamped
}

/// Splits STR - 1 into what comes from the suppliers and what comes from behind them.
fn parts(trade: &TradeMatrix, weight: &[f64], sums: &[f64]) -> (Vec<Option<f64>>, Vec<Option<f64>>) {
    let zero_if_traded: Vec<Option<f64>> =
        (0..trade.countries()).map(|c| trade.trades(c).then_some(0.0)).collect();
    let (mut direct, mut indirect) = (zero_if_traded.clone(), zero_if_traded);
    for column in trade.columns() {
        let (mut first, mut later) = (0.0, 0.0);
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            let v = weight[usize::from(supplier)] * share;
            first += v;
            later += v * (sums[usize::from(supplier)] - 1.0);
        }
        direct[usize::from(column.importer)] = Some(first);
        indirect[usize::from(column.importer)] = Some(later);
    }
    (direct, indirect)
}

/// How import reliance enters [`trade_risk`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reliance {
    /// max(0, (M - X)/M): the share of imports that is not matched by exports.
    NetImports,
    /// Exposure M/(M + X).
    Exposure,
}

/// TradeRisk_c = reliance_c x STR_c, after Klimek, Obersteiner and Thurner (2015), with a
/// trade-only stand-in for import reliance.
///
/// `None` if the country imports nothing (no reliance) or `str` is undefined.
///
/// ```
/// use monazite::indicators::systemic_risk::{trade_risk, Reliance};
/// assert_eq!(trade_risk(Reliance::NetImports, 80.0, 60.0, Some(2.0)), Some(0.5));
/// assert_eq!(trade_risk(Reliance::NetImports, 0.0, 60.0, Some(1.0)), None);
/// ```
pub fn trade_risk(reliance: Reliance, imports: f64, exports: f64, str: Option<f64>) -> Option<f64> {
    if imports <= 0.0 {
        return None;
    }
    let reliance = match reliance {
        Reliance::NetImports => ((imports - exports) / imports).max(0.0),
        Reliance::Exposure => imports / (imports + exports),
    };
    str.map(|str| reliance * str)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn str_of(rows: &[&[f64]], pv: &[f64], parameters: RiskParameters) -> Vec<f64> {
        let w: Vec<f64> = pv.iter().map(|p| 1.0 - p / 100.0).collect();
        let t = TradeMatrix::from_dense(rows);
        let risk = systemic_trade_risk(&t, &w, &parameters, &mut Leontief::default());
        assert!(risk.clamped.is_empty());
        risk.str.iter().map(|s| s.unwrap_or(f64::NAN)).collect()
    }

    fn assert_close(actual: &[f64], expected: &[f64], tolerance: f64) {
        assert_eq!(actual.len(), expected.len());
        for (a, e) in actual.iter().zip(expected) {
            assert!((a - e).abs() < tolerance, "{actual:?} is not {expected:?}");
        }
    }

    const E1: [&[f64]; 3] = [&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]];
    const PV: [f64; 3] = [25.0, 80.0, 50.0];

    #[test]
    fn oracle_o1_in_both_orientations_with_and_without_identity() {
        let p = RiskParameters::default();
        let importer = [1.3983739837398372, 1.9918699186991866, 1.6422764227642273];
        assert_close(&str_of(&E1, &PV, p), &importer, 1e-12);
        let excess = importer.map(|s| s - 1.0);
        assert_close(&str_of(&E1, &PV, RiskParameters { identity: Identity::Excess, ..p }), &excess, 1e-12);
        assert_close(
            &str_of(&E1, &PV, RiskParameters { orientation: Orientation::AsPrinted, ..p }),
            &[2.235772357723577, 1.597109304426377, 1.199638663053297],
            1e-12,
        );
    }

    #[test]
    fn oracle_o1_damped() {
        for (damping, expected) in
            [(0.5, [1.1398566, 1.3985661, 1.2477027]), (0.85, [1.3030210, 1.7824767, 1.5008916])]
        {
            let p = RiskParameters { damping, ..RiskParameters::default() };
            assert_close(&str_of(&E1, &PV, p), &expected, 5e-8);
        }
    }

    #[test]
    fn oracle_o1_direct_and_indirect_parts() {
        let t = TradeMatrix::from_dense(&E1);
        let risk =
            systemic_trade_risk(&t, &[0.75, 0.2, 0.5], &RiskParameters::default(), &mut Leontief::default());
        let share: Vec<f64> =
            (0..3).map(|c| risk.indirect[c].unwrap() / (risk.str[c].unwrap() - 1.0)).collect();
        assert_close(&share, &[0.4979591837, 0.3068647541, 0.3674841772], 1e-10);
        for c in 0..3 {
            let sum = 1.0 + risk.direct[c].unwrap() + risk.indirect[c].unwrap();
            assert!((sum - risk.str[c].unwrap()).abs() < 1e-14);
        }
    }

    #[test]
    fn oracles_o2_o3b_o4() {
        let p = RiskParameters::default();
        let o2: [&[f64]; 4] =
            [&[0.0, 100.0, 0.0, 0.0], &[0.0, 0.0, 70.0, 40.0], &[0.0; 4], &[0.0, 0.0, 30.0, 0.0]];
        assert_close(&str_of(&o2, &[10.0, 28.0, 70.0, 60.0], p), &[1.0, 1.9, 2.24176, 2.368], 1e-12);
        let o3: [&[f64]; 2] = [&[0.0, 5.0], &[7.0, 0.0]];
        assert_close(&str_of(&o3, &[0.0, 50.0], p), &[3.0, 4.0], 1e-12);
        assert_close(&str_of(&o3, &[25.0, 50.0], p), &[2.4, 2.8], 1e-12);
    }

    #[test]
    fn oracle_o3_is_clamped_and_named() {
        let t = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[7.0, 0.0, 0.0], &[0.0, 0.0, 0.0]]);
        let risk =
            systemic_trade_risk(&t, &[1.0, 1.0, 0.5], &RiskParameters::default(), &mut Leontief::default());
        assert_eq!(risk.clamped, vec![0, 1]);
        assert!((risk.str[0].unwrap() * 1e-6 - 1.0).abs() < 1e-9);
        assert_eq!(risk.str[2], None, "a country that does not trade has no STR");
        assert_eq!(risk.importer_sums[2], 1.0);
    }

    #[test]
    fn oracle_h1_hub_and_spokes() {
        // The hub (PV 28) supplies 95 % of ten spokes (PV 60); it buys 10 from each; every
        // spoke sends 5 to its neighbour on the ring.
        let mut rows = vec![vec![0.0; 11]; 11];
        for spoke in 1..=10 {
            rows[0][spoke] = 95.0;
            rows[spoke][0] = 10.0;
            rows[spoke % 10 + 1][spoke] = 5.0;
        }
        let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let mut pv = vec![60.0; 11];
        pv[0] = 28.0;
        let importer = str_of(&slices, &pv, RiskParameters::default());
        assert_close(&importer[..2], &[1.9535673839, 2.3839184598], 1e-10);
        let printed = RiskParameters { orientation: Orientation::AsPrinted, ..RiskParameters::default() };
        assert_close(&str_of(&slices, &pv, printed)[..2], &[11.0702151755, 1.4722536807], 1e-10);
    }

    #[test]
    fn oracle_h2_entrepot_and_merged() {
        let p = RiskParameters::default();
        let with_loop: [&[f64]; 3] = [&[0.0, 100.0, 50.0], &[80.0, 0.0, 50.0], &[0.0; 3]];
        assert_close(&str_of(&with_loop, &[28.0, 60.0, 70.0], p), &[1.966, 2.416, 2.191], 5e-4);
        let merged: [&[f64]; 2] = [&[0.0, 100.0], &[0.0; 2]];
        assert_close(&str_of(&merged, &[28.0, 70.0], p), &[1.0, 1.72], 1e-12);
    }

    #[test]
    fn uniform_stability_gives_the_same_risk_to_everyone_until_a_chain_ends() {
        let full: [&[f64]; 6] = [
            &[0.0, 51.0, 75.0, 95.0, 4.0, 15.0],
            &[82.0, 0.0, 25.0, 31.0, 87.0, 42.0],
            &[28.0, 82.0, 0.0, 41.0, 64.0, 55.0],
            &[24.0, 9.0, 4.0, 0.0, 77.0, 20.0],
            &[3.0, 90.0, 33.0, 17.0, 0.0, 65.0],
            &[91.0, 12.0, 8.0, 44.0, 2.0, 0.0],
        ];
        assert_close(&str_of(&full, &[40.0; 6], RiskParameters::default()), &[2.5; 6], 1e-12);
        let mut ended: Vec<Vec<f64>> = full.iter().map(|r| r.to_vec()).collect();
        for row in &mut ended {
            row[0] = 0.0;
        }
        let slices: Vec<&[f64]> = ended.iter().map(Vec::as_slice).collect();
        let risk = str_of(&slices, &[40.0; 6], RiskParameters::default());
        assert_eq!(risk[0], 1.0);
        assert!(risk[1..].iter().all(|&s| s > 1.0 && s < 2.5));
    }
}
