//! The purchases with which the worst single stop costs least.

use super::game::{dot, least_maximum};
use super::limits::Limits;
use super::optimum::Search;
use super::stops::{StopLoss, StopRisk};

/// Import shares with which no single supplier's stop costs more than it has to; see [`least_worst_stop`].
#[derive(Debug, Clone, PartialEq)]
pub struct LeastWorstStop {
    /// Import shares by country.
    pub shares: Vec<f64>,
    /// max_a l^(a)_c: the loss at the worst stop.
    pub loss: f64,
    /// No shares within the limits have a loss below this: what the search proves.
    pub at_least: f64,
    /// How many linear programs were solved.
    pub rounds: usize,
}

/// The import shares within `limits` with which the worst stop of one supplier costs least, min_s max_a l^(a)_c(s).
///
/// What it answers: how should the importer buy, if any one supplier may stop, and what others pass on is lost as well? Two suppliers that both sell the goods of
/// a third are one supplier here.
///
/// Every loss is a ratio, s·α^a/(1 - s·β^a), so that the largest is below t if and only if s·(α^a + tβ^a) ≤ t for all a. By the method of Crouzeix, Ferland
/// and Schaible (1985): with t the worst loss so far, the s for which max_a s·(α^a + tβ^a) is least has a smaller worst loss, until none has. That s is found by a
/// linear program over mixtures of plans, with the stops that matter. The result is the least to about 1e-11 of itself, and `at_least` proves it.
///
/// Where several shares have the least loss, one of them is given. The shares as they are if none are better.
///
/// Reference: J.-P. Crouzeix, J. Ferland, S. Schaible (1985), An algorithm for generalized fractional programs, Journal of Optimization Theory and
/// Applications 47.
///
/// # Panics
/// If the two are not of the same importer.
///
/// ```
/// use monazite::diversification::{CapacityOf, LimitOptions, StopRisk, least_worst_stop, limits};
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// // D buys from A and B; B has all it sells from A. C sells its own.
/// let t = TradeMatrix::from_dense(&[
///     &[0.0, 40.0, 0.0, 40.0],
///     &[0.0, 0.0, 0.0, 40.0],
///     &[0.0, 0.0, 0.0, 20.0],
///     &[0.0; 4],
/// ]);
/// let stops = StopRisk::of(&t, &[0.0, 1.0, 0.0, 1.0], 3, &mut Leontief::default());
/// let options =
///     LimitOptions { moved: 0.1, capacity: 1.0, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// let found = least_worst_stop(&stops, &limits(&t, 3, &options)?);
/// // A's stop costs 0.8; a tenth to C makes it 0.7, whoever of the two it is taken from.
/// assert!((found.loss - 0.7).abs() < 1e-9 && (found.shares[2] - 0.3).abs() < 1e-9);
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn least_worst_stop(stops: &StopRisk, limits: &Limits) -> LeastWorstStop {
    assert_eq!(stops.importer, limits.importer, "one importer");
    let mut search = Search::new(limits);
    let worst = |shares: &[f64]| stops.worst(shares).map_or(0.0, |worst| worst.loss);
    let mut best = limits.shares.clone();
    if !limits.allow(&best, 1e-12) {
        best = search.cheapest(&vec![0.0; best.len()], limits);
    }
    let mut loss = worst(&best);
    let mut active = costliest(stops, &best);
    let mut rounds = 0;
    while loss > 0.0 {
        rounds += 1;
        let rows: Vec<Vec<f64>> = active.iter().map(|&k| bounded(&stops.stops[k], loss)).collect();
        let game = least_maximum(&rows, limits, &mut search, best.clone());
        let reached = rows.iter().map(|row| dot(row, &game.shares)).fold(0.0, f64::max);
        let over = |k: usize| dot(&bounded(&stops.stops[k], loss), &game.shares) > reached * (1.0 + 1e-12);
        let more: Vec<usize> = (0..stops.stops.len()).filter(|k| !active.contains(k) && over(*k)).collect();
        let found = worst(&game.shares);
        if found < loss * (1.0 - 1e-13) {
            best = game.shares;
            loss = found;
        } else if more.is_empty() {
            let at_least = bound(stops, limits, &mut search, game.at_least, loss);
            return LeastWorstStop { shares: best, loss, at_least, rounds };
        }
        active.extend(more);
    }
    LeastWorstStop { shares: best, loss, at_least: 0.0, rounds }
}

/// The program begins with so many stops, and takes in others when they cost too much.
const FIRST_STOPS: usize = 12;

/// The places of the stops that cost most with the shares `shares`.
fn costliest(stops: &StopRisk, shares: &[f64]) -> Vec<usize> {
    let losses: Vec<f64> = stops.stops.iter().map(|stop| stop.loss(shares)).collect();
    let mut order: Vec<usize> = (0..losses.len()).collect();
    order.sort_by(|&j, &k| losses[k].total_cmp(&losses[j]));
    order.truncate(FIRST_STOPS);
    order
}

/// α^a + tβ^a.
fn bounded(stop: &StopLoss, loss: f64) -> Vec<f64> {
    stop.level.iter().zip(&stop.feedback).map(|(level, back)| level + loss * back).collect()
}

/// A bound of the least loss, where `value` is the least max_a s·(α^a + tβ^a) for the loss t: if it falls short of t by ε, then so does a mean over a of
/// s·α^a - t (1 - s·β^a) at most, and the largest ratio is at least t - ε/min(1 - s·β^a). What is short by rounding alone is not short.
fn bound(stops: &StopRisk, limits: &Limits, search: &mut Search, value: f64, loss: f64) -> f64 {
    let short = loss - value;
    if short <= 1e-14 * loss {
        return loss;
    }
    let mut least = 1.0f64;
    for stop in &stops.stops {
        let prices: Vec<f64> = stop.feedback.iter().map(|back| -back).collect();
        let shares = search.cheapest(&prices, limits);
        least = least.min(1.0 - dot(&shares, &stop.feedback));
    }
    if least > 0.0 { (loss - short / least).max(0.0) } else { 0.0 }
}
