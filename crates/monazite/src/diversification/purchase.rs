//! Systemic trade risk of an importer as a function of its own purchases.

use crate::indicators::content_risk::ContentSolved;
use crate::indicators::{Leontief, Singular};
use crate::trade::TradeMatrix;

/// What the risk of one importer c comes to for any purchases of its own, all others' purchases and φ held; see [`Purchase::of`].
///
/// All vectors have one entry a country.
#[derive(Debug, Clone, PartialEq)]
pub struct Purchase {
    /// The importer c.
    pub importer: usize,
    /// Its import shares s\[a, c\] as they are; all 0 if it imports nothing.
    pub shares: Vec<f64>,
    /// r: the part of every other country's excess e that does not come through c. 0 at c.
    pub rest: Vec<f64>,
    /// q: what of c's excess reaches every other country, e_d = r_d + q_d e_c. In \[0, 1\]; 0 at c.
    pub reach: Vec<f64>,
    /// α_a = w_a (1 + φ_a r_a): what a share of supplier a brings at first.
    pub level: Vec<f64>,
    /// β_a = w_a φ_a q_a: what of c's own excess comes back with a share of supplier a.
    pub feedback: Vec<f64>,
}

impl Purchase {
    /// e_c as a function of c's import shares s: **e_c(s) = s·α/(1 - s·β)**.
    ///
    /// What it answers: which risk would the importer have, if it bought elsewhere? Let c absorb, that is, end every chain that comes to it.
    /// Then r_a is what else stands behind supplier a, q_a the weight with which chains behind a come to c, and e_a = r_a + q_a e_c. Neither
    /// depends on what c buys, so the function is exact for any change of s, however large, as long as φ is held.
    ///
    /// `weight` are instability times damping ([`crate::indicators::content_risk::ContentRisk::weight`]), `content` the φ_a. One factorisation and two
    /// solves, nothing found by subtraction.
    ///
    /// # Errors
    /// [`Singular`] if countries without any stability that pass on everything buy only from one another.
    ///
    /// # Panics
    /// If a vector does not have one entry a country, or one that is not in \[0, 1\].
    ///
    /// Reference: absorbing chains, Kemeny and Snell (1960), Finite Markov Chains.
    ///
    /// ```
    /// use monazite::diversification::Purchase;
    /// use monazite::indicators::Leontief;
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
    /// let (w, content) = ([0.75, 0.2, 0.5], [1.0; 3]);
    /// let b = Purchase::of(&t, 1, &w, &content, &mut Leontief::default())?;
    /// assert!((b.excess(&b.shares) - 0.9918699187).abs() < 1e-9);
    /// // A quarter of its purchases from C instead of A.
    /// assert!((b.excess(&[0.5, 0.0, 0.5]) - 0.9271758437).abs() < 1e-9);
    /// # Ok::<(), monazite::indicators::Singular>(())
    /// ```
    pub fn of(
        trade: &TradeMatrix,
        importer: usize,
        weight: &[f64],
        content: &[f64],
        leontief: &mut Leontief,
    ) -> Result<Self, Singular> {
        let n = trade.countries();
        assert!(weight.len() == n && content.len() == n, "one entry a country");
        let mut passed: Vec<f64> = weight.iter().zip(content).map(|(w, content)| w * content).collect();
        let returning = passed[importer];
        passed[importer] = 0.0;
        let (mut direct, mut sold) = (vec![0.0; n], vec![0.0; n]);
        for column in trade.columns() {
            let at = usize::from(column.importer);
            for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                direct[at] += weight[usize::from(supplier)] * share;
                if usize::from(supplier) == importer {
                    sold[at] = returning * share;
                }
            }
        }
        let mut network = leontief.factor(trade, &passed)?;
        let mut rest = network.importer_sums(&direct);
        let mut reach = network.importer_sums(&sold);
        rest[importer] = 0.0;
        reach[importer] = 0.0;
        Ok(Self::from_parts(trade, importer, weight, content, rest, reach))
    }

    /// As [`Purchase::of`], from the solution for all importers: q_d = L\[c, d\]/L\[c, c\] and r_d = e_d - q_d e_c. One solve and no factorisation,
    /// for callers that ask for many importers; r is found by subtraction, so it has the absolute accuracy of e, not the relative one.
    ///
    /// `content` are the φ that `solved` was made with.
    ///
    /// ```
    /// use monazite::diversification::Purchase;
    /// use monazite::indicators::content_risk::content_risk;
    /// use monazite::indicators::{Leontief, RiskParameters};
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
    /// let (w, content) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0]);
    /// let mut leontief = Leontief::default();
    /// let mut solved = content_risk(&t, &w, &content, &RiskParameters::default(), &mut leontief);
    /// let b = Purchase::of_solved(&t, 1, &content, &mut solved);
    /// assert!((b.level[0] - 0.7666666667).abs() < 1e-9 && (b.feedback[2] - 0.065625).abs() < 1e-12);
    /// ```
    pub fn of_solved(
        trade: &TradeMatrix,
        importer: usize,
        content: &[f64],
        solved: &mut ContentSolved<'_>,
    ) -> Self {
        let row = solved.network.row(importer);
        Self::of_row(trade, importer, &solved.risk.weight, content, &solved.risk.excess, row)
    }

    /// [`Purchase::of_solved`] from the excess of all and the row L\[c, ·\].
    pub(super) fn of_row(
        trade: &TradeMatrix,
        importer: usize,
        weight: &[f64],
        content: &[f64],
        excess: &[f64],
        row: Vec<f64>,
    ) -> Self {
        let mut reach = row;
        let own = reach[importer];
        reach.iter_mut().for_each(|q| *q /= own);
        let mut rest: Vec<f64> =
            excess.iter().zip(&reach).map(|(e, q)| (e - q * excess[importer]).max(0.0)).collect();
        rest[importer] = 0.0;
        reach[importer] = 0.0;
        Self::from_parts(trade, importer, weight, content, rest, reach)
    }

    fn from_parts(
        trade: &TradeMatrix,
        importer: usize,
        weight: &[f64],
        content: &[f64],
        rest: Vec<f64>,
        reach: Vec<f64>,
    ) -> Self {
        let level = (0..weight.len()).map(|a| weight[a] * (1.0 + content[a] * rest[a])).collect();
        let feedback = (0..weight.len()).map(|a| weight[a] * content[a] * reach[a]).collect();
        Self { importer, shares: import_shares(trade, importer), rest, reach, level, feedback }
    }

    /// e_c(s) = STR - 1 of the importer with the import shares `shares`.
    ///
    /// # Panics
    /// If there is not one share a country.
    pub fn excess(&self, shares: &[f64]) -> f64 {
        assert_eq!(shares.len(), self.level.len(), "one share a country");
        let (mut first, mut back) = (0.0, 0.0);
        for (a, &share) in shares.iter().enumerate() {
            first += share * self.level[a];
            back += share * self.feedback[a];
        }
        first / (1.0 - back)
    }

    /// e_d = r_d + q_d e_c of every country, if the importer's own excess is `excess`.
    pub fn excess_of_all(&self, excess: f64) -> Vec<f64> {
        let mut all: Vec<f64> = self.rest.iter().zip(&self.reach).map(|(r, q)| r + q * excess).collect();
        all[self.importer] = excess;
        all
    }

    /// g_a = α_a + β_a e_c = w_a (1 + φ_a e_a) of every supplier: what one more unit of share of it brings, if the importer's own excess is `excess`.
    ///
    /// At the optimum this is the price list of suppliers: the importer moves from the dearest to the cheapest.
    pub fn prices(&self, excess: f64) -> Vec<f64> {
        self.level.iter().zip(&self.feedback).map(|(level, feedback)| level + feedback * excess).collect()
    }
}

/// s\[a, c\] of one importer by country, 0 where it buys nothing.
pub(super) fn import_shares(trade: &TradeMatrix, importer: usize) -> Vec<f64> {
    let mut shares = vec![0.0; trade.countries()];
    if let Some(column) = trade.imports_of(importer) {
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            shares[usize::from(supplier)] = share;
        }
    }
    shares
}
