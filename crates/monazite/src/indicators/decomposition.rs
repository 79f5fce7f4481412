//! The change of STR between two years, split into network and stability; under an import content the network into shares and import content.

use super::content_risk::content_risk;
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

/// One country's change between two years of STR under an import content, and its three parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ContentChange {
    /// STR in the later year minus STR in the earlier one.
    pub total: f64,
    /// What it contributes that importers buy elsewhere.
    pub shares: f64,
    /// What the change of political stability contributes.
    pub stability: f64,
    /// What it contributes that suppliers pass on more, or less, of what lies behind them.
    pub import_content: f64,
}

impl ContentChange {
    /// In the two parts of [`Change`]: the network is who buys from whom and how much is passed on, so shares plus import content.
    pub fn in_two(&self) -> Change {
        Change { total: self.total, network: self.shares + self.import_content, stability: self.stability }
    }
}

/// One year of a product with the import content of its exports.
#[derive(Debug, Clone, Copy)]
pub struct ContentState<'a> {
    /// The trade matrix.
    pub trade: &'a TradeMatrix,
    /// w_a = 1 - PV_a/100 for every country.
    pub instability: &'a [f64],
    /// φ_a for every country; `None` for one that exports nothing in the year.
    pub content: &'a [Option<f64>],
    /// STR of the year itself under this content, if it is already known; saves one solve.
    pub str: Option<&'a [Option<f64>]>,
}

/// The three-factor Shapley decomposition of the change of STR under an import content, for every country.
///
/// With f(S, w, φ) the STR under shares S, instability w and import content φ, each part is the mean, over the 3! orders in which the three
/// can change, of what changing it adds. Exact: shares, stability and import content sum to the change, without residual.
///
/// What it answers: did risk rise because the country buys elsewhere, because those it buys from became less stable, or because they sell
/// more of what they bought?
///
/// A country without exports in one of the years passes nothing on in it, so its φ there is unknown rather than anything: worlds that mix the
/// years take that of the other year. (With φ = 1 instead, a country that enters the trade would pass on everything in such a world, and
/// shares and import content would both be large and cancel.)
///
/// `None` for a country whose STR is undefined in either year. Six solves, two more for each year without `str`.
///
/// ```
/// use monazite::indicators::decomposition::{ContentState, decompose_content_change};
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let before = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let after = TradeMatrix::from_dense(&[&[0.0, 80.0, 60.0], &[20.0, 0.0, 10.0], &[0.0, 10.0, 0.0]]);
/// let content = |first: f64| [Some(first), Some(1.0), Some(1.0)];
/// let change = decompose_content_change(
///     ContentState { trade: &before, instability: &[0.75, 0.2, 0.5], content: &content(1.0 / 9.0), str: None },
///     ContentState { trade: &after, instability: &[0.8, 0.15, 0.55], content: &content(1.0 / 7.0), str: None },
///     &RiskParameters::default(),
///     &mut Leontief::default(),
/// );
/// let c = change[2].unwrap();
/// assert!((c.shares - 0.2374744622).abs() < 1e-9 && (c.stability + 0.0044021912).abs() < 1e-9);
/// assert!((c.import_content - 0.0052574020).abs() < 1e-9);
/// ```
pub fn decompose_content_change(
    before: ContentState<'_>,
    after: ContentState<'_>,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Vec<Option<ContentChange>> {
    // Without exports in both years nothing is passed on, whatever φ.
    let carried = |own: &[Option<f64>], other: &[Option<f64>]| -> Vec<f64> {
        own.iter().zip(other).map(|(own, other)| own.or(*other).unwrap_or(0.0)).collect()
    };
    let years = [before, after];
    let content = [carried(before.content, after.content), carried(after.content, before.content)];
    // By which of shares (1), stability (2) and import content (4) are those of the later year.
    let worlds: [Vec<Option<f64>>; 8] = std::array::from_fn(|world| {
        let [shares, stability, passed] = [world & 1, world >> 1 & 1, world >> 2];
        let own = (shares == stability && stability == passed).then(|| years[shares].str).flatten();
        own.map_or_else(
            || {
                let (trade, instability) = (years[shares].trade, years[stability].instability);
                content_risk(trade, instability, &content[passed], parameters, leontief).risk.str
            },
            <[_]>::to_vec,
        )
    });
    (0..before.trade.countries())
        .map(|c| {
            let mut f = [0.0; 8];
            for (value, world) in f.iter_mut().zip(&worlds) {
                *value = world[c]?;
            }
            // In a third of the orders a factor changes first, in a third last, in a sixth after each of the two others.
            let part = |own: usize, [one, other]: [usize; 2]| {
                let gain = |others: usize| f[others | own] - f[others];
                (gain(0) + gain(one | other)) / 3.0 + (gain(one) + gain(other)) / 6.0
            };
            Some(ContentChange {
                total: f[7] - f[0],
                shares: part(1, [2, 4]),
                stability: part(2, [1, 4]),
                import_content: part(4, [1, 2]),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::import_content::{ContentSources, ImportContent, import_content};

    const W: [f64; 3] = [0.75, 0.2, 0.5];

    fn e1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    fn h3() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 80.0, 60.0], &[20.0, 0.0, 10.0], &[0.0, 10.0, 0.0]])
    }

    fn mass(trade: &TradeMatrix) -> Vec<Option<f64>> {
        let content = import_content(ImportContent::MassBalance, trade, ContentSources::default());
        content.into_iter().zip(trade.exports()).map(|(content, &x)| (x > 0.0).then_some(content)).collect()
    }

    fn of_three(
        (t0, w0, content0): (&TradeMatrix, &[f64], &[Option<f64>]),
        (t1, w1, content1): (&TradeMatrix, &[f64], &[Option<f64>]),
    ) -> Vec<Option<ContentChange>> {
        decompose_content_change(
            ContentState { trade: t0, instability: w0, content: content0, str: None },
            ContentState { trade: t1, instability: w1, content: content1, str: None },
            &RiskParameters::default(),
            &mut Leontief::default(),
        )
    }

    #[test]
    fn oracle_of_three_factors() {
        let (t0, t1) = (e1(), h3());
        let found = of_three((&t0, &W, &mass(&t0)), (&t1, &[0.8, 0.15, 0.55], &mass(&t1)));
        let total = [-0.07783619494177857, 0.0724033772452085, 0.2383296730147759];
        let shares = [0.002909902359497026, 0.016872921361832344, 0.23747446218902588];
        let stability = [-0.08196036375659357, 0.04866153400688196, -0.004402191210054326];
        let content = [0.0012142664553179878, 0.0068689218764942, 0.0052574020358043625];
        for (c, change) in found.into_iter().map(Option::unwrap).enumerate() {
            assert!((change.total - total[c]).abs() < 1e-14);
            assert!((change.shares - shares[c]).abs() < 1e-14);
            assert!((change.stability - stability[c]).abs() < 1e-14);
            assert!((change.import_content - content[c]).abs() < 1e-14);
            assert!((change.in_two().network - shares[c] - content[c]).abs() < 1e-14);
        }
    }

    /// D enters in the second year: it sells 40 to A and 30 to B, and buys a trickle.
    #[test]
    fn oracle_of_a_country_that_enters_the_trade() {
        let t0 = TradeMatrix::from_dense(&[
            &[0.0, 60.0, 30.0, 0.0],
            &[10.0, 0.0, 50.0, 0.0],
            &[0.0, 20.0, 0.0, 0.0],
            &[0.0; 4],
        ]);
        let t1 = TradeMatrix::from_dense(&[
            &[0.0, 30.0, 30.0, 0.1],
            &[10.0, 0.0, 50.0, 0.0],
            &[0.0, 20.0, 0.0, 0.0],
            &[40.0, 30.0, 0.0, 0.0],
        ]);
        let w = [0.75, 0.2, 0.5, 0.9];
        let carried = [
            (0.42616748416397776, 0.021222631789436425),
            (0.0687935198505581, 0.17953910900917053),
            (0.06376608378381027, 0.1438857942636405),
        ];
        let of_one = [
            (0.7451221917667402, -0.29773207581332595),
            (0.22901609493138494, 0.019316533928343697),
            (0.09376124028149996, 0.1138906377659508),
        ];
        let check = |content: &[Option<f64>], expected: [(f64, f64); 3]| {
            let found = of_three((&t0, &w, content), (&t1, &w, &mass(&t1)));
            assert!(found[3].is_none(), "D is in one of the years only");
            for (change, (shares, content)) in found.into_iter().flatten().zip(expected) {
                assert!((change.shares - shares).abs() < 1e-14, "{change:?}");
                assert!((change.import_content - content).abs() < 1e-14, "{change:?}");
                assert!(change.stability.abs() < 1e-14);
            }
        };
        check(&mass(&t0), carried);
        // With φ = 1 for a country that is not in the trade, as it must not be.
        let ones: Vec<Option<f64>> = mass(&t0).into_iter().map(|content| content.or(Some(1.0))).collect();
        check(&ones, of_one);
    }

    #[test]
    fn with_the_papers_content_they_are_the_two_factors() {
        let (t0, t1, w1) = (e1(), h3(), [0.8, 0.15, 0.55]);
        let ones = [Some(1.0); 3];
        let three = of_three((&t0, &W, &ones), (&t1, &w1, &ones));
        let two = decompose_change(
            YearState { trade: &t0, instability: &W, str: None },
            YearState { trade: &t1, instability: &w1, str: None },
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        for (three, two) in three.into_iter().flatten().zip(two.into_iter().flatten()) {
            assert!((three.import_content).abs() < 1e-14);
            assert!((three.in_two().network - two.network).abs() < 1e-14);
            assert!((three.stability - two.stability).abs() < 1e-14);
        }
    }

    #[test]
    fn a_known_str_saves_a_solve_and_changes_nothing() {
        let (t0, t1) = (e1(), h3());
        let (content0, content1) = (mass(&t0), mass(&t1));
        let known = [Some(1.25); 3];
        let state = |trade, content, str| ContentState { trade, instability: &W, content, str };
        let change = decompose_content_change(
            state(&t0, &content0, Some(&known)),
            state(&t1, &content1, None),
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        let computed = of_three((&t0, &W, &content0), (&t1, &W, &content1));
        for (given, computed) in change.into_iter().flatten().zip(computed.into_iter().flatten()) {
            // It is taken as it is given.
            let sum = given.shares + given.stability + given.import_content;
            assert!((given.total - sum).abs() < 1e-14 && (given.total - computed.total).abs() > 1e-3);
        }
    }

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
