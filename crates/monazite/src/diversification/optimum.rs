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
/// let b = Purchase::of(&t, 1, &[0.75, 0.2, 0.5], &[1.0; 3], &mut Leontief::default()).unwrap();
/// let options =
///     LimitOptions { moved: 0.25, capacity: 1.0, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
/// let best = least_risk(&b, &limits(&t, 1, &options)?);
/// assert_eq!(best.shares, [0.5, 0.0, 0.5]);
/// assert!((best.excess - 0.9271758437).abs() < 1e-9);
/// # Ok::<(), monazite::diversification::LimitError>(())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diversification::frontier::frontier;
    use crate::indicators::Leontief;
    use crate::trade::TradeMatrix;

    /// Seven countries of oracle C.seven; importer 3.
    fn seven() -> (Purchase, Limits) {
        let t = TradeMatrix::from_dense(&[
            &[0.0, 0.0, 4.0, 0.0, 1.0, 0.0, 0.0],
            &[39.0, 0.0, 0.0, 0.0, 20.0, 0.0, 1.0],
            &[0.0, 14.0, 0.0, 63.0, 1.0, 32.0, 12.0],
            &[0.0, 32.0, 0.0, 0.0, 0.0, 4.0, 1.0],
            &[0.0, 0.0, 14.0, 1.0, 0.0, 0.0, 38.0],
            &[54.0, 81.0, 0.0, 48.0, 0.0, 0.0, 2.0],
            &[1.0, 0.0, 5.0, 1.0, 21.0, 15.0, 0.0],
        ]);
        let w = [
            0.7863780818879605,
            0.5972278945613653,
            0.2877243115566671,
            0.5599169883411378,
            0.5689379600808026,
            0.10837209881283344,
            0.6726132635958494,
        ];
        let content = [1.0, 1.0, 0.1885245901639344, 1.0, 0.8113207547169812, 0.2756756756756757, 1.0];
        let purchase = Purchase::of(&t, 3, &w, &content, &mut Leontief::default()).unwrap();
        let limits = Limits {
            importer: 3,
            imports: 113.0,
            shares: purchase.shares.clone(),
            lower: purchase.shares.iter().map(|s| 0.2 * s).collect(),
            upper: vec![
                0.008849557522123894,
                0.10619469026548672,
                0.6619469026548672,
                0.0,
                0.10088495575221239,
                0.6672566371681417,
                0.0831858407079646,
            ],
            moved: 0.36876816358417275,
            capacity: vec![0.0; 7],
        };
        (purchase, limits)
    }

    #[test]
    fn oracle_of_seven_countries() {
        let (purchase, mut limits) = seven();
        let level = [
            1.0995713780024121,
            0.7526511405222035,
            0.3463514743478189,
            0.5599169883411378,
            1.0228852879886183,
            0.12696735555545402,
            1.2280468521815324,
        ];
        let feedback = [
            0.028542322649884593,
            0.08491246858043694,
            0.0012485596992185416,
            0.0,
            0.022849067398182116,
            0.0015029656475933823,
            0.019070861271060627,
        ];
        for a in 0..7 {
            assert!((purchase.level[a] - level[a]).abs() < 1e-14);
            assert!((purchase.feedback[a] - feedback[a]).abs() < 1e-15);
        }
        let best = least_risk(&purchase, &limits);
        let shares = [
            0.0,
            0.0,
            0.32920353982300876,
            0.0,
            0.0017699115044247787,
            0.6672566371681417,
            0.0017699115044247787,
        ];
        assert!(best.shares.iter().zip(shares).all(|(s, expected)| (s - expected).abs() < 1e-14));
        assert!((purchase.excess(&purchase.shares) - 0.26740746255708986).abs() < 1e-14);
        assert!((best.excess - 0.20302601347121746).abs() < 1e-14);
        assert_eq!(best.rounds, 2);
        let steps = [0.0, 0.05, 0.1, 0.2, 0.3, 0.5];
        let expected = [
            0.26740746255708986,
            0.24530350345701601,
            0.23432147368520717,
            0.21235657473343714,
            0.20302601347121746,
            0.20302601347121746,
        ];
        for (point, expected) in frontier(&purchase, &limits, &steps).iter().zip(expected) {
            assert!((point.str - 1.0 - expected).abs() < 1e-14, "{point:?}");
        }
        // Nothing may be moved: the shares as they are, to the last bit.
        limits.moved = 0.0;
        let best = least_risk(&purchase, &limits);
        assert_eq!((best.shares, best.rounds), (limits.shares, 1));
    }

    #[test]
    fn oracle_e1_under_both_readings() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let w = [0.75, 0.2, 0.5];
        let expected = [
            (
                [1.0; 3],
                [0.2, 0.0, 0.4625],
                [0.2, 0.0, 0.18125],
                [1.3854351687388986, 1.9271758436944937, 1.6305506216696268],
            ),
            (
                [1.0 / 9.0, 1.0, 1.0],
                [0.2, 0.0, 0.4125],
                [0.2, 0.0, 0.13125],
                [1.3536121673003803, 1.768060836501901, 1.5133079847908744],
            ),
        ];
        for (content, rest, reach, str) in expected {
            let b = Purchase::of(&t, 1, &w, &content, &mut Leontief::default()).unwrap();
            for a in 0..3 {
                assert!((b.rest[a] - rest[a]).abs() < 1e-15 && (b.reach[a] - reach[a]).abs() < 1e-15);
            }
            let mut limits = Limits {
                importer: 1,
                imports: 80.0,
                shares: vec![0.75, 0.0, 0.25],
                lower: vec![0.0; 3],
                upper: vec![1.0, 0.0, 1.0],
                moved: 0.25,
                capacity: vec![0.0; 3],
            };
            let best = least_risk(&b, &limits);
            assert_eq!((best.shares, best.rounds), (vec![0.5, 0.0, 0.5], 2));
            for (e, str) in b.excess_of_all(best.excess).iter().zip(str) {
                assert!((1.0 + e - str).abs() < 1e-14);
            }
            // C sells all it has to B already.
            limits.upper = vec![0.84375, 0.0, 0.25];
            assert_eq!(least_risk(&b, &limits).shares, [0.75, 0.0, 0.25]);
        }
    }

    #[test]
    fn shares_above_a_cap_go_first_even_if_it_does_not_pay() {
        let limits = Limits {
            importer: 3,
            imports: 1.0,
            shares: vec![0.7, 0.2, 0.1, 0.0],
            lower: vec![0.0; 4],
            upper: vec![0.6, 0.6, 0.6, 0.0],
            moved: 0.3,
            capacity: vec![0.0; 4],
        };
        // The first is the cheapest, but has to give a tenth; then the third gives its own to the second.
        let found = Search::new(&limits).cheapest(&[0.1, 0.2, 0.3, 0.0], &limits);
        let expected = [0.6, 0.4, 0.0, 0.0];
        assert!(found.iter().zip(expected).all(|(s, e)| (s - e).abs() < 1e-15), "{found:?}");
        // Equal prices: nothing moves that need not, and what has to goes to the first.
        let found = Search::new(&limits).cheapest(&[0.2; 4], &limits);
        assert!(found.iter().zip([0.6, 0.3, 0.1, 0.0]).all(|(s, e)| (s - e).abs() < 1e-15), "{found:?}");
    }

    /// With shares, limits and δ in twentieths so are the corners of what is allowed, so that going through all twentieths finds the best of all.
    #[test]
    fn brute_force_on_small_networks() {
        let mut state = 7u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let mut moved = 0;
        for _ in 0..60 {
            // Five countries; the last buys in twentieths.
            let mut rows = [[0.0; 5]; 5];
            for (a, row) in rows.iter_mut().enumerate() {
                for (c, cell) in row.iter_mut().enumerate().take(4) {
                    *cell = if a == c || draw(3) == 0 { 0.0 } else { (1 + draw(30)) as f64 };
                }
            }
            let mut left = 20;
            for row in rows.iter_mut().take(3) {
                let bought = draw(left + 1);
                row[4] = bought as f64;
                left -= bought;
            }
            rows[3][4] = left as f64;
            let t = TradeMatrix::from_dense(&rows.each_ref().map(|row| &row[..]));
            let w: Vec<f64> = (0..5).map(|_| 0.05 + draw(90) as f64 / 100.0).collect();
            let content: Vec<f64> = (0..5).map(|_| draw(11) as f64 / 10.0).collect();
            let purchase = Purchase::of(&t, 4, &w, &content, &mut Leontief::default()).unwrap();
            let twentieths: Vec<u64> = (0..4).map(|a| rows[a][4] as u64).collect();
            let lower: Vec<u64> = twentieths.iter().map(|s| draw(s + 1) / 2).collect();
            let upper: Vec<u64> = twentieths.iter().map(|s| (s + draw(12)).min(20)).collect();
            let allowed = draw(11);
            let shares =
                |of: &[u64]| -> Vec<f64> { of.iter().map(|s| *s as f64 / 20.0).chain([0.0]).collect() };
            let limits = Limits {
                importer: 4,
                imports: 20.0,
                shares: shares(&twentieths),
                lower: shares(&lower),
                upper: shares(&upper),
                moved: allowed as f64 / 20.0,
                capacity: vec![0.0; 5],
            };
            let mut least = f64::INFINITY;
            for i in lower[0]..=upper[0] {
                for j in lower[1]..=upper[1] {
                    for k in lower[2]..=upper[2] {
                        let Some(l) = 20u64.checked_sub(i + j + k) else { continue };
                        let tried = [i, j, k, l];
                        let more: u64 =
                            tried.iter().zip(&twentieths).map(|(s, b)| s.saturating_sub(*b)).sum();
                        if (lower[3]..=upper[3]).contains(&l) && more <= allowed {
                            least = least.min(purchase.excess(&shares(&tried)));
                        }
                    }
                }
            }
            let best = least_risk(&purchase, &limits);
            assert!(limits.allow(&best.shares, 1e-13));
            assert!((best.excess - least).abs() < 1e-13 * least.max(1.0), "{} is not {least}", best.excess);
            moved += usize::from(best.rounds > 1);
        }
        assert!(moved > 30, "most have something to gain");
    }
}
