//! The change of STR between two years, split into network and stability.

use super::leontief::Leontief;
use super::systemic_risk::{RiskParameters, systemic_trade_risk};
use crate::trade::TradeMatrix;

/// One country's change of STR between two years, and its two parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Change {
    /// STR in the later year minus STR in the earlier one.
    pub total: f64,
    /// What the change of the trade network contributes.
    pub network: f64,
    /// What the change of political stability contributes.
    pub stability: f64,
}

/// One year of a product: its trade and the instability of all countries.
#[derive(Debug, Clone, Copy)]
pub struct YearState<'a> {
    /// The trade matrix.
    pub trade: &'a TradeMatrix,
    /// w_a = 1 - PV_a/100 for every country.
    pub instability: &'a [f64],
    /// STR of the year itself, if it is already known; saves one solve.
    pub str: Option<&'a [Option<f64>]>,
}

/// The two-factor Shapley decomposition of the change of STR, for every country.
///
/// With f(S, w) the STR under network S and instability w:
/// network = ½ {\[f(S₁, w₀) - f(S₀, w₀)\] + \[f(S₁, w₁) - f(S₀, w₁)\]}, stability likewise. Exact: the two parts
/// sum to the change, without residual.
///
/// What it answers: did risk rise because the country buys elsewhere, or because those it buys from
/// became less stable?
///
/// `None` for a country whose STR is undefined in either year.
///
/// ```
/// use monazite::indicators::{decomposition::{decompose_change, YearState}, Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let before = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let after = TradeMatrix::from_dense(&[&[0.0, 80.0, 60.0], &[20.0, 0.0, 10.0], &[0.0, 10.0, 0.0]]);
/// let change = decompose_change(
///     YearState { trade: &before, instability: &[0.75, 0.2, 0.5], str: None },
///     YearState { trade: &after, instability: &[0.8, 0.15, 0.55], str: None },
///     &RiskParameters::default(),
///     &mut Leontief::default(),
/// );
/// let c = change[2].unwrap();
/// assert!((c.network - 0.34291159).abs() < 1e-8 && (c.stability + 0.04491759).abs() < 1e-8);
/// ```
pub fn decompose_change(
    before: YearState<'_>,
    after: YearState<'_>,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Vec<Option<Change>> {
    let mut f = |trade: &TradeMatrix, instability: &[f64]| {
        systemic_trade_risk(trade, instability, parameters, leontief).str
    };
    let mut own = |state: &YearState<'_>| match state.str {
        Some(known) => known.to_vec(),
        None => f(state.trade, state.instability),
    };
    let (f00, f11) = (own(&before), own(&after));
    let f10 = f(after.trade, before.instability);
    let f01 = f(before.trade, after.instability);
    (0..before.trade.countries())
        .map(|c| {
            let (f00, f11, f10, f01) = (f00[c]?, f11[c]?, f10[c]?, f01[c]?);
            Some(Change {
                total: f11 - f00,
                network: 0.5 * ((f10 - f00) + (f11 - f01)),
                stability: 0.5 * ((f01 - f00) + (f11 - f10)),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_h3() {
        let before = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let after = TradeMatrix::from_dense(&[&[0.0, 80.0, 60.0], &[20.0, 0.0, 10.0], &[0.0, 10.0, 0.0]]);
        let change = decompose_change(
            YearState { trade: &before, instability: &[0.75, 0.2, 0.5], str: None },
            YearState { trade: &after, instability: &[0.8, 0.15, 0.55], str: None },
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        let expected = [
            (-0.09115106, 0.00958778, -0.10073884),
            (0.05628291, 0.05439206, 0.00189085),
            (0.29799400, 0.34291159, -0.04491759),
        ];
        for (change, (total, network, stability)) in change.into_iter().zip(expected) {
            let change = change.unwrap();
            assert!((change.total - total).abs() < 1e-8);
            assert!((change.network - network).abs() < 1e-8);
            assert!((change.stability - stability).abs() < 1e-8);
            assert!((change.network + change.stability - change.total).abs() < 1e-15);
        }
    }

    #[test]
    fn a_country_that_trades_in_one_year_only_has_no_change() {
        let before = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let after = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[20.0, 0.0, 0.0], &[0.0; 3]]);
        let w = [0.75, 0.2, 0.5];
        let change = decompose_change(
            YearState { trade: &before, instability: &w, str: None },
            YearState { trade: &after, instability: &w, str: None },
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        assert!(change[2].is_none());
        assert!(change[0].unwrap().stability.abs() < 1e-15, "nobody's stability changed");
    }
}
