//! The purchases with the least systemic trade risk.

use super::limits::Limits;
use super::purchase::Purchase;

/// The import shares of least risk within limits; see [`least_risk`].
#[derive(Debug, Clone, PartialEq)]
pub struct Optimum {
    /// Import shares by country.
    pub shares: Vec<f64>,
    /// e_c of the importer with them, φ held.
    pub excess: f64,
    /// How often the suppliers were put in order; 1 if the shares as they are were the best.
    pub rounds: usize,
}

/// The import shares s within `limits` for which e_c(s) = s·α/(1 - s·β) is least.
///
/// What it answers: from whom should the importer buy, if it wants the least systemic trade risk? Exact, by the method of Dinkelbach (1967): λ is the risk of
/// the shares as they are; the shares with the least s·(α + λβ) give a smaller λ, until none do. Those shares are found exactly by moving from the
/// dearest supplier to the cheapest until δ is used or no move pays, since α + λβ is a price list ([`Purchase::prices`]). λ falls in every round and there
/// are finitely many orders of suppliers, so the search ends; it takes 2 to 6 rounds.
///
/// Suppliers of the same price are taken by position. Where several shares have the least risk, one of them is given. Never worse than the shares as they
/// are, if those are within the limits.
///
/// `purchase` and `limits` are those of the same importer.
///
/// Reference: W. Dinkelbach (1967), On nonlinear fractional programming, Management Science 13.
///
/// # Panics
/// If the two are not of the same importer.
///
/// ```
/// use monazite::diversification::{CapacityOf, LimitOptions, Purchase, least_risk, limits};
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let b = Purchase::of(&t, 1, &[0.75, 0.2, 0.5], &[1.0; 3], &mut Leontief::default())?;
/// let options =
///     LimitOptions { moved: 0.25, capacity: 1.0, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// let best = least_risk(&b, &limits(&t, 1, &options)?);
/// assert_eq!(best.shares, [0.5, 0.0, 0.5]);
/// assert!((best.excess - 0.9271758437).abs() < 1e-9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn least_risk(purchase: &Purchase, limits: &Limits) -> Optimum {
    assert_eq!(purchase.importer, limits.importer, "one importer");
    Search::new(limits).least_risk(purchase, limits, &limits.shares)
}

/// A fall of risk by less than this part of it is rounding.
const ROUNDING: f64 = 4.0 * f64::EPSILON;

/// Who can give and who can take, kept in order from round to round.
#[derive(Debug)]
pub(super) struct Search {
    /// Suppliers from which something can be moved away.
    from: Vec<usize>,
    /// Suppliers that can give more.
    to: Vec<usize>,
    /// Suppliers whose present share is above their upper limit: what is above it has to go first.
    forced: Vec<usize>,
}

impl Search {
    pub(super) fn new(limits: &Limits) -> Self {
        let n = limits.shares.len();
        Self {
            from: (0..n).filter(|&a| limits.shares[a].min(limits.upper[a]) > limits.lower[a]).collect(),
            to: (0..n).filter(|&a| limits.upper[a] > limits.shares[a]).collect(),
            forced: (0..n).filter(|&a| limits.shares[a] > limits.upper[a]).collect(),
        }
    }

    /// The shares within `limits` with the least Σ price s; `prices` by country, the order of ties by position.
    pub(super) fn cheapest(&mut self, prices: &[f64], limits: &Limits) -> Vec<f64> {
        self.from.sort_unstable_by(|&a, &b| prices[b].total_cmp(&prices[a]).then(a.cmp(&b)));
        self.to.sort_unstable_by(|&a, &b| prices[a].total_cmp(&prices[b]).then(a.cmp(&b)));
        let mut shares = limits.shares.clone();
        let mut left = limits.moved;
        let (mut i, mut j) = (0, 0);
        for &from in &self.forced {
            while shares[from] > limits.upper[from] && j < self.to.len() {
                let to = self.to[j];
                left -=
                    transfer(&mut shares, (from, limits.upper[from]), (to, limits.upper[to]), f64::INFINITY);
                j += usize::from(shares[to] >= limits.upper[to]);
            }
        }
        while left > 0.0 && i < self.from.len() && j < self.to.len() {
            let (from, to) = (self.from[i], self.to[j]);
            if prices[from] <= prices[to] {
                break;
            }
            left -= transfer(&mut shares, (from, limits.lower[from]), (to, limits.upper[to]), left);
            i += usize::from(shares[from] <= limits.lower[from]);
            j += usize::from(shares[to] >= limits.upper[to]);
        }
        shares
    }

    /// [`least_risk`], from shares that are within the limits or the present ones.
    pub(super) fn least_risk(&mut self, purchase: &Purchase, limits: &Limits, start: &[f64]) -> Optimum {
        let mut best = start.to_vec();
        let mut excess = purchase.excess(start);
        // Present shares that are above a cap are not allowed: then the first shares that are found are, whatever their risk.
        let mut allowed = self.forced.is_empty() || limits.allow(start, 1e-9);
        let mut rounds = 0;
        loop {
            rounds += 1;
            let shares = self.cheapest(&purchase.prices(excess), limits);
            let found = purchase.excess(&shares);
            if allowed && found >= excess * (1.0 - ROUNDING) {
                return Optimum { shares: best, excess, rounds };
            }
            allowed = true;
            best = shares;
            excess = found;
        }
    }
}

/// Moves as much as one can spare down to its limit, the other can take up to its limit, and `most`; gives back how much. Who reaches its limit is there to
/// the last bit, so that nothing is left over by rounding.
fn transfer(shares: &mut [f64], (from, lowest): (usize, f64), (to, highest): (usize, f64), most: f64) -> f64 {
    let (spare, room) = (shares[from] - lowest, highest - shares[to]);
    let moved = spare.min(room).min(most).max(0.0);
    shares[from] = if moved >= spare { lowest } else { shares[from] - moved };
    shares[to] = if moved >= room { highest } else { shares[to] + moved };
    moved
}
