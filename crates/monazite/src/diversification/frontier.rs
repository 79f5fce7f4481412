//! How far risk falls, if more is moved.

use super::limits::{LimitError, LimitOptions, Limits, bounds, check};
use super::optimum::Search;
use super::purchase::Purchase;
use crate::indicators::content_risk::ContentSolved;
use crate::trade::TradeMatrix;

/// The least risk, if a part of the imports can be moved.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct FrontierPoint {
    /// δ: the part of imports that may be moved.
    pub allowed: f64,
    /// The part that is moved: less than δ once no further move pays.
    pub moved: f64,
    /// The least STR, 1 + e_c, φ held.
    pub str: f64,
}

/// The frontier of one importer.
#[derive(Debug, Clone, PartialEq)]
pub struct Frontier {
    /// The importer, by position.
    pub importer: u16,
    /// One point a step.
    pub points: Vec<FrontierPoint>,
}

/// 0, 0.05, …, 0.5: the steps that are usual.
pub const STEPS: [f64; 11] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5];

/// The least risk of one importer for every δ of `steps`, all else as in `limits`.
///
/// What it answers: what does it bring to move more? Non-increasing in δ, and flat once no move pays or nobody can give more. Every point is
/// [`super::least_risk`], begun where the one before ended.
///
/// # Panics
/// If `steps` do not rise, lie outside \[0, 1\], or `purchase` and `limits` are not of the same importer.
///
/// ```
/// use monazite::diversification::frontier::{STEPS, frontier};
/// use monazite::diversification::{CapacityOf, LimitOptions, Purchase, limits};
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let b = Purchase::of(&t, 1, &[0.75, 0.2, 0.5], &[1.0; 3], &mut Leontief::default()).unwrap();
/// let options = LimitOptions { capacity: 0.8, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// let points = frontier(&b, &limits(&t, 1, &options)?, &STEPS);
/// assert!((points[0].str - 1.9918699187).abs() < 1e-9);
/// // C gives 0.8 of its 20 more, a fifth of B's 80; then it is flat.
/// assert!((points[10].moved - 0.2).abs() < 1e-12 && points[4].str == points[10].str);
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn frontier(purchase: &Purchase, limits: &Limits, steps: &[f64]) -> Vec<FrontierPoint> {
    assert_eq!(purchase.importer, limits.importer, "one importer");
    assert!(
        steps.is_sorted() && steps.iter().all(|step| (0.0..=1.0).contains(step)),
        "steps rise within [0, 1]"
    );
    let mut limits = limits.clone();
    let mut search = Search::new(&limits);
    let mut shares = limits.shares.clone();
    let mut points: Vec<FrontierPoint> = Vec::with_capacity(steps.len());
    for &step in steps {
        limits.moved = step;
        // What is moved less than was allowed will not be more with more allowed.
        if let Some(last) = points.last().copied().filter(|last| last.moved < last.allowed - 1e-12) {
            points.push(FrontierPoint { allowed: step, ..last });
            continue;
        }
        let best = search.least_risk(purchase, &limits, &shares);
        shares = best.shares;
        let moved = shares.iter().zip(&limits.shares).map(|(s, before)| (s - before).max(0.0)).sum();
        points.push(FrontierPoint { allowed: step, moved, str: 1.0 + best.excess });
    }
    points
}

/// [`frontier()`] of all importers of a product-year, from one factorisation.
///
/// `solved` is the solution for `trade` and the φ of `content`; `options.moved` does not matter. An importer to whom nobody can give more has a flat frontier.
/// In order of position.
///
/// # Errors
/// [`LimitError`] if an option is out of its range or a supplier that is named does not export.
///
/// # Panics
/// If `steps` do not rise or lie outside \[0, 1\].
///
/// ```
/// use monazite::diversification::frontier::{STEPS, frontiers};
/// use monazite::diversification::LimitOptions;
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let content = [1.0 / 9.0, 1.0, 1.0];
/// let mut leontief = Leontief::default();
/// let mut solved =
///     content_risk(&t, &[0.75, 0.2, 0.5], &content, &RiskParameters::default(), &mut leontief);
/// let all = frontiers(&t, &content, &mut solved, &LimitOptions::default(), &STEPS)?;
/// // A buys from B alone, of which it has three quarters left: nobody else sells to it who is cheaper.
/// assert_eq!(all.iter().map(|f| f.importer).collect::<Vec<_>>(), [0, 1, 2]);
/// assert!((all[1].points[0].str - 1.7739340306).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn frontiers(
    trade: &TradeMatrix,
    content: &[f64],
    solved: &mut ContentSolved<'_>,
    options: &LimitOptions,
    steps: &[f64],
) -> Result<Vec<Frontier>, LimitError> {
    let importers: Vec<u16> = trade.columns().map(|column| column.importer).collect();
    if let Some(&first) = importers.first() {
        check(trade, usize::from(first), options)?;
    }
    Ok(importers
        .into_iter()
        .map(|importer| {
            let purchase = Purchase::of_solved(trade, usize::from(importer), content, solved);
            let limits = bounds(trade, usize::from(importer), options);
            Frontier { importer, points: frontier(&purchase, &limits, steps) }
        })
        .collect())
}
