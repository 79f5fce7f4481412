//! What an importer's move does to the others, if all exports stay as they are.

use thiserror::Error;

use crate::indicators::content_risk::content_risk;
use crate::indicators::{Leontief, RiskParameters};
use crate::trade::TradeMatrix;

/// A move that others make way for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SwapMove {
    /// The importer that moves, c.
    pub importer: usize,
    /// The supplier that it leaves, i.
    pub from: usize,
    /// The supplier that it goes to, j.
    pub to: usize,
    /// What it moves, v, in the unit of the matrix.
    pub value: f64,
}

/// What a swap does; see [`swap()`]. One entry a country where there are many.
#[derive(Debug, Clone, PartialEq)]
pub struct Swap {
    /// The trade after it: the same imports and exports of every country.
    pub trade: TradeMatrix,
    /// STR, 1 + e, of every country as it is.
    pub str_before: Vec<f64>,
    /// STR, 1 + e, of every country after it.
    pub str_after: Vec<f64>,
    /// M_c (STR_c' - STR_c) of the importer that moves.
    pub own: f64,
    /// Σ_{d≠c} M_d (STR_d' - STR_d) of all others.
    pub others: f64,
    /// The part of the importer's gain, -own, that others pay: others/(-own). `None` if it gains nothing.
    pub paid_by_others: Option<f64>,
}

/// Why there is no swap, and what is possible instead. Countries are positions.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum SwapError {
    /// Importer and suppliers are not three countries of the matrix.
    #[error("the importer and the two suppliers have to be three different countries, by position from 0 to {}", countries.saturating_sub(1))]
    NotThree {
        /// How many countries there are.
        countries: usize,
    },
    /// More is to be moved than is bought.
    #[error(
        "the importer buys {present} from the country at position {from}: it can move more than 0 and at most that, not {value}"
    )]
    NotBought {
        /// The supplier that is left.
        from: usize,
        /// What is bought from it.
        present: f64,
        /// What was asked for.
        value: f64,
    },
    /// The others cannot make way.
    #[error(
        "others buy only {available} from the country at position {to}: no more than that can be swapped, not {value}; for more, let supply follow demand"
    )]
    OthersBuyLess {
        /// The supplier that is gone to.
        to: usize,
        /// What all others but the two suppliers buy from it.
        available: f64,
        /// What was asked for.
        value: f64,
    },
}

/// Importer c moves v of its purchases from supplier i to j, and the others make way: who buys from j gives up v in proportion to its purchases and takes it from
/// i instead. All exports and imports stay as they are, and φ with them.
///
/// What it answers: who pays for one importer's better supplier, if there is no more of its goods? In the direct part it is a zero-sum game:
/// Σ_c M_c σ_c = Σ_a w_a X_a does not move.
///
/// # Errors
/// [`SwapError`] if c buys less than v from i, or the others (all but c, i and j) less than v from j.
///
/// # Panics
/// If `instability` or `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::diversification::{swap, swap::SwapMove};
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
/// let step = SwapMove { importer: 1, from: 0, to: 2, value: 8.0 };
/// let found = swap(&t, &[0.7, 0.3, 0.1, 0.5], &content, step, &RiskParameters::default(), &mut Leontief::default())?;
/// assert!((found.str_after[1] - 1.5935).abs() < 1e-4);
/// // The others lose more than B gains.
/// assert!(found.own < 0.0 && found.others > -found.own);
/// # Ok::<(), monazite::diversification::SwapError>(())
/// ```
pub fn swap(
    trade: &TradeMatrix,
    instability: &[f64],
    content: &[f64],
    step: SwapMove,
    parameters: &RiskParameters,
    leontief: &mut Leontief,
) -> Result<Swap, SwapError> {
    let changed = swapped(trade, step)?;
    let mut of = |trade: &TradeMatrix| -> Vec<f64> {
        let risk = content_risk(trade, instability, content, parameters, leontief).risk;
        risk.excess.iter().map(|e| 1.0 + e).collect()
    };
    let (str_before, str_after) = (of(trade), of(&changed));
    let (mut own, mut others) = (0.0, 0.0);
    for (d, &imports) in trade.imports().iter().enumerate() {
        let effect = imports * (str_after[d] - str_before[d]);
        if d == step.importer {
            own = effect;
        } else {
            others += effect;
        }
    }
    let paid_by_others = (own < 0.0).then(|| -others / own);
    Ok(Swap { trade: changed, str_before, str_after, own, others, paid_by_others })
}

/// The trade after a swap.
fn swapped(trade: &TradeMatrix, step: SwapMove) -> Result<TradeMatrix, SwapError> {
    let SwapMove { importer, from, to, value } = step;
    let countries = trade.countries();
    let named = [importer, from, to];
    if named.iter().any(|&country| country >= countries) || importer == from || importer == to || from == to {
        return Err(SwapError::NotThree { countries });
    }
    let bought = |c: usize, a: usize| {
        let column = trade.imports_of(c);
        column.and_then(|column| {
            column.suppliers.binary_search(&(a as u16)).ok().map(|found| column.values[found])
        })
    };
    let present = bought(importer, from).unwrap_or(0.0);
    if !(value > 0.0 && value <= present) {
        return Err(SwapError::NotBought { from, present, value });
    }
    let others: Vec<usize> = (0..countries).filter(|country| !named.contains(country)).collect();
    let available: f64 = others.iter().filter_map(|&d| bought(d, to)).sum();
    if available < value {
        return Err(SwapError::OthersBuyLess { to, available, value });
    }
    let mut flows: Vec<(u16, u16, f64)> =
        trade.triples().map(|(supplier, importer, value)| (importer, supplier, value)).collect();
    let part = value / available;
    for flow in &mut flows {
        let (c, a) = (usize::from(flow.0), usize::from(flow.1));
        if c == importer && a == from {
            flow.2 -= value;
        } else if a == to && !named.contains(&c) {
            flow.2 -= part * flow.2;
        }
    }
    flows.push((importer as u16, to as u16, value));
    for d in others {
        if let Some(before) = bought(d, to) {
            flows.push((d as u16, from as u16, part * before));
        }
    }
    let mut changed = TradeMatrix::default();
    changed.refill(countries, &mut flows);
    Ok(changed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::import_content::{ContentSources, ImportContent, import_content};

    const W: [f64; 4] = [0.7, 0.3, 0.1, 0.5];

    fn four() -> TradeMatrix {
        TradeMatrix::from_dense(&[
            &[0.0, 50.0, 20.0, 10.0],
            &[10.0, 0.0, 30.0, 10.0],
            &[5.0, 20.0, 0.0, 30.0],
            &[15.0, 10.0, 10.0, 0.0],
        ])
    }

    fn of(step: SwapMove) -> Result<Swap, SwapError> {
        let content = import_content(ImportContent::MassBalance, &four(), ContentSources::default());
        swap(&four(), &W, &content, step, &RiskParameters::default(), &mut Leontief::default())
    }

    #[test]
    fn oracle_of_the_swap() {
        let found = of(SwapMove { importer: 1, from: 0, to: 2, value: 8.0 }).unwrap();
        let before = [1.5339115691306926, 1.6514851007815197, 1.6415745219782423, 1.365613934744947];
        let after = [1.5548349179933485, 1.5935119374512619, 1.6436049487539925, 1.4723612337426228];
        for c in 0..4 {
            assert!((found.str_before[c] - before[c]).abs() < 1e-12);
            assert!((found.str_after[c] - after[c]).abs() < 1e-12, "{c}: {}", found.str_after[c]);
        }
        let t = four();
        let total: f64 = t.imports().iter().sum();
        let mean = |str: &[f64]| t.imports().iter().zip(str).map(|(m, s)| m * s).sum::<f64>() / total;
        assert!((mean(&found.str_before) - 1.5677787417835647).abs() < 1e-12);
        assert!((mean(&found.str_after) - 1.5743652779466912).abs() < 1e-12);
        assert!((found.own + found.others - total * (1.5743652779466912 - 1.5677787417835647)).abs() < 1e-10);
        // Imports and exports are what they were, and so is the mean of the direct part.
        let direct = |t: &TradeMatrix| t.exports().iter().zip(W).map(|(x, w)| x * w).sum::<f64>() / t.total();
        for c in 0..4 {
            assert!((found.trade.imports()[c] - t.imports()[c]).abs() < 1e-12);
            assert!((found.trade.exports()[c] - t.exports()[c]).abs() < 1e-12);
        }
        assert!((direct(&found.trade) - 0.42727272727272725).abs() < 1e-12);
    }

    #[test]
    fn what_cannot_be_swapped() {
        let step = SwapMove { importer: 1, from: 0, to: 2, value: 31.0 };
        assert_eq!(of(step).unwrap_err(), SwapError::OthersBuyLess { to: 2, available: 30.0, value: 31.0 });
        let step = SwapMove { value: 51.0, ..step };
        let error = of(step).unwrap_err();
        assert_eq!(error, SwapError::NotBought { from: 0, present: 50.0, value: 51.0 });
        assert!(error.to_string().contains("at most that"));
        assert_eq!(of(SwapMove { to: 0, ..step }).unwrap_err(), SwapError::NotThree { countries: 4 });
        assert!(of(SwapMove { importer: 1, from: 0, to: 2, value: 30.0 }).is_ok());
    }
}
