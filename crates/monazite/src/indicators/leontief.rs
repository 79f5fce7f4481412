//! Sparse, subtraction-free elimination of I - V: the solver under systemic trade risk.
//!
//! With V[a, c] = w_a s[a, c] (supplier a, importer c) the questions are
//!
//! - importers: x = (I - Vᵀ)⁻¹ b, that is x_c = b_c + Σ_a V[a, c] x_a;
//! - suppliers: y = (I - V)⁻¹ b, that is y_a = b_a + Σ_c V[a, c] y_c;
//! - the diagonal of L = (I - V)⁻¹.
//!
//! Only countries that both import and export the product can lie on a chain, so only
//! they ("intermediaries") enter the elimination; the others are substituted before
//! or after it. Intermediaries are eliminated in the order of (suppliers x customers),
//! which keeps the factors nearly as sparse as the trade itself: on a full-size year 7 %
//! of the multiplications of a dense factorisation remain.
//!
//! I - Vᵀ is a row diagonally dominant M-matrix whose row excess
//! g_c = 1 - Σ_a V[a, c] = Σ_a s[a, c] (1 - w_a) is known without subtraction. Carrying g
//! along and forming every pivot as g + (what is left of the row) is the elimination of
//! Grassmann, Taksar and Heyman (1985): all terms are non-negative, nothing cancels, and
//! every entry of the solution has high *relative* accuracy however close I - V is to
//! singular. I - V is singular exactly if a pivot is exactly 0, so singularity is found
//! without a threshold and the closed group of countries can be named.
//!
//! The diagonal of L follows from the factors by the recurrences of Takahashi, Fagan
//! and Chin (1973), on the pattern of the factors alone, again without subtraction.
//!
//! Correspondence of names to the text: `excess` g, `pivot` d, `upper` the eliminated
//! rows P with (D - P), `lower` the multipliers F with (I - F)(D - P) = I - Vᵀ.
//!
//! Results are the same to the last bit on every machine: no fused multiply-add, fixed order of sums.

use crate::trade::TradeMatrix;
use diagonal::{Inverse, diagonal};
use elimination::{Rows, eliminate, eliminate_again};
use sparse_rows::SparseRows;

/// I - V is singular: a group of suppliers without any stability buys the product only
/// from one another, so risk circulates among them for ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Singular {
    /// Positions of the countries of the closed group.
    pub members: Vec<usize>,
}

/// A flow with at most one end among the intermediaries.
#[derive(Debug, Clone, Copy)]
struct OutsideFlow {
    supplier: u16,
    importer: u16,
    weight: f64,
}

const OUTSIDE: u16 = u16::MAX;

/// The memory to factor I - V in, for product-year after product-year.
///
/// Make one per thread. [`Leontief::factor`] gives the [`Factored`] network, which borrows the memory: as long as it is in use no other
/// network can be factored, so an answer never comes from another network than the one that was asked.
///
/// ```
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 5.0], &[7.0, 0.0]]);
/// let mut leontief = Leontief::default();
/// let mut factored = leontief.factor(&t, &[0.75, 0.5]).unwrap();
/// let str_ = factored.importer_sums(&[1.0, 1.0]);
/// assert!((str_[0] - 2.4).abs() < 1e-12 && (str_[1] - 2.8).abs() < 1e-12);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Leontief {
    countries: usize,
    /// Intermediaries in the order of elimination.
    order: Vec<u16>,
    /// Place of each country in `order`, or `OUTSIDE`.
    place: Vec<u16>,
    /// Flows from a supplier that does not import to an intermediary.
    from_outside: Vec<OutsideFlow>,
    /// Flows to an importer that does not export.
    to_outside: Vec<OutsideFlow>,
    rows: Rows,
    inverse: Inverse,
    right_hand_side: Vec<f64>,
    degree: Vec<(u32, u16)>,
    customers: Vec<u32>,
    /// V among intermediaries, a row an importer, in the order of the trade's columns; `network_rows` are their places in `order`, `leaks` their
    /// row excesses.
    network: SparseRows,
    network_rows: Vec<u16>,
    leaks: Vec<f64>,
    scales: Vec<f64>,
}

impl Leontief {
    /// Factors I - V for V\[a, c\] = weight\[a\] s\[a, c\].
    ///
    /// `weight` holds one number in [0, 1] for every country: the instability w_a,
    /// damped if wanted.
    ///
    /// # Errors
    /// [`Singular`] if the inverse does not exist, with the countries that make it so.
    ///
    /// # Panics
    /// If `weight` does not have one entry a country, or one that is not in [0, 1].
    ///
    /// The factors of one network cannot be asked once another is factored:
    ///
    /// ```compile_fail
    /// use monazite::indicators::Leontief;
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 5.0], &[7.0, 0.0]]);
    /// let mut leontief = Leontief::default();
    /// let mut first = leontief.factor(&t, &[0.75, 0.5]).unwrap();
    /// let second = leontief.factor(&t, &[0.5, 0.5]).unwrap();
    /// first.diagonal();
    /// ```
    pub fn factor(&mut self, trade: &TradeMatrix, weight: &[f64]) -> Result<Factored<'_>, Singular> {
        self.factor_in_place(trade, weight)?;
        Ok(self.factored())
    }

    /// The factors of the network that [`Leontief::factor_in_place`] took last.
    pub(crate) fn factored(&mut self) -> Factored<'_> {
        Factored { leontief: self }
    }

    /// As [`Leontief::factor`], for callers that try again.
    pub(crate) fn factor_in_place(&mut self, trade: &TradeMatrix, weight: &[f64]) -> Result<(), Singular> {
        assert_eq!(weight.len(), trade.countries(), "one weight a country");
        assert!(weight.iter().all(|w| (0.0..=1.0).contains(w)), "weights lie in [0, 1]");
        self.countries = trade.countries();
        self.choose_order(trade);
        self.scatter(trade, weight);
        self.rows.clear();
        self.fill_rows();
        eliminate(&mut self.rows).map_err(|row| Singular { members: self.closed_group(trade, weight, row) })
    }

    /// Factors I - U for U\[a, c\] = content\[a\] weight\[a\] s\[a, c\]. To the last bit what [`Factored::pass_on`] makes of the network
    /// with the same weight.
    pub(super) fn factor_passed_on(
        &mut self,
        trade: &TradeMatrix,
        weight: &[f64],
        content: &[f64],
    ) -> Result<(), Singular> {
        assert!(
            weight.len() == trade.countries() && content.len() == trade.countries(),
            "one entry a country"
        );
        assert!(weight.iter().chain(content).all(|w| (0.0..=1.0).contains(w)), "weights lie in [0, 1]");
        self.countries = trade.countries();
        self.choose_order(trade);
        self.scatter(trade, weight);
        self.rows.clear();
        self.scale_and_fill_rows(content);
        eliminate(&mut self.rows).map_err(|row| {
            let passed: Vec<f64> = weight.iter().zip(content).map(|(w, content)| w * content).collect();
            Singular { members: self.closed_group(trade, &passed, row) }
        })
    }

    /// As [`Leontief::fill_rows`], with what every supplier sends multiplied by its `content`; what it no longer sends leaks, so nothing is found
    /// by subtraction.
    fn scale_and_fill_rows(&mut self, content: &[f64]) {
        self.scales.clear();
        self.scales.extend(self.order.iter().map(|&country| content[usize::from(country)]));
        for (row, &place) in self.network_rows.iter().enumerate() {
            let place = usize::from(place);
            let dense = &mut self.rows.dense[place * self.rows.stride..][..self.rows.stride];
            let range = self.network.range(row);
            let mut leak = self.leaks[row];
            for (&k, v) in self.network.index[range.clone()].iter().zip(&mut self.network.value[range]) {
                let content = self.scales[usize::from(k)];
                leak += *v * (1.0 - content);
                *v *= content;
                dense[usize::from(k)] = *v;
            }
            self.leaks[row] = leak;
            self.rows.excess[place] = leak;
        }
        for flow in self.from_outside.iter_mut().chain(&mut self.to_outside) {
            flow.weight *= content[usize::from(flow.supplier)];
        }
    }

    fn inverse_diagonal(&mut self) -> Vec<f64> {
        let mut of_countries = vec![1.0; self.countries];
        for (&country, entry) in self.order.iter().zip(diagonal(&mut self.inverse, &self.rows)) {
            of_countries[usize::from(country)] = entry;
        }
        of_countries
    }

    /// Σ_c weight\[a\] s\[a, c\] reach\[c\] and Σ_c weight\[a\] s\[a, c\] L\[c, a\] for every country a; `trade` is the trade that was factored.
    /// After `inverse_diagonal`, whose recurrences leave L\[c, a\] behind wherever a sells to c.
    fn sums_and_loops(&self, trade: &TradeMatrix, weight: &[f64], reach: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let (mut sums, mut loops) = (vec![0.0; self.countries], vec![0.0; self.countries]);
        for column in trade.columns() {
            let importer = self.place[usize::from(column.importer)];
            let reach = reach[usize::from(column.importer)];
            for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                let a = usize::from(supplier);
                let v = weight[a] * share;
                sums[a] += v * reach;
                let place = self.place[a];
                if place != OUTSIDE && importer != OUTSIDE {
                    let entry =
                        self.inverse.entries[usize::from(place) * self.rows.stride + usize::from(importer)];
                    loops[a] += v * entry;
                }
            }
        }
        (sums, loops)
    }

    /// Finds the intermediaries and orders them by number of suppliers times number of
    /// customers, ties by position.
    fn choose_order(&mut self, trade: &TradeMatrix) {
        self.customers.clear();
        self.customers.resize(self.countries, 0);
        for column in trade.columns() {
            for &supplier in column.suppliers {
                self.customers[usize::from(supplier)] += 1;
            }
        }
        self.degree.clear();
        for column in trade.columns() {
            let customers = self.customers[usize::from(column.importer)];
            if customers > 0 {
                self.degree.push((customers * column.suppliers.len() as u32, column.importer));
            }
        }
        self.degree.sort_unstable();
        self.order.clear();
        self.order.extend(self.degree.iter().map(|&(_, country)| country));
        self.place.clear();
        self.place.resize(self.countries, OUTSIDE);
        for (place, &country) in self.order.iter().enumerate() {
            self.place[usize::from(country)] = place as u16;
        }
    }

    /// Finds V among the intermediaries with its pattern, the row excesses, and the flows that have an end outside.
    fn scatter(&mut self, trade: &TradeMatrix, weight: &[f64]) {
        self.rows.begin(self.order.len());
        self.from_outside.clear();
        self.to_outside.clear();
        self.network.clear();
        self.network_rows.clear();
        self.leaks.clear();
        for column in trade.columns() {
            let importer = column.importer;
            let place = self.place[usize::from(importer)];
            if place == OUTSIDE {
                for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                    let weight = weight[usize::from(supplier)] * share;
                    self.to_outside.push(OutsideFlow { supplier, importer, weight });
                }
                continue;
            }
            let bits = &mut self.rows.pattern[usize::from(place) * self.rows.words..][..self.rows.words];
            let mut excess = 0.0;
            for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                let w = weight[usize::from(supplier)];
                let v = w * share;
                excess += (1.0 - w) * share;
                let k = self.place[usize::from(supplier)];
                if k == OUTSIDE {
                    excess += v;
                    self.from_outside.push(OutsideFlow { supplier, importer, weight: v });
                } else {
                    // A supplier without weight keeps its place in the pattern: `loops` asks for what comes back to it.
                    self.network.push(usize::from(k), v);
                    bits[usize::from(k) / 64] |= 1 << (k % 64);
                }
            }
            self.network.end_row();
            self.network_rows.push(place);
            self.leaks.push(excess);
        }
    }

    /// Writes the network and its leaks into `dense` and `excess`.
    fn fill_rows(&mut self) {
        for (row, &place) in self.network_rows.iter().enumerate() {
            let place = usize::from(place);
            let dense = &mut self.rows.dense[place * self.rows.stride..][..self.rows.stride];
            let (index, value) = self.network.row(row);
            for (&k, &v) in index.iter().zip(value) {
                dense[usize::from(k)] = v;
            }
            self.rows.excess[place] = self.leaks[row];
        }
    }

    /// The intermediaries that can be reached from a row without any leak: the closed group.
    fn closed_group(&self, trade: &TradeMatrix, weight: &[f64], row: usize) -> Vec<usize> {
        let start = usize::from(self.order[row]);
        let mut members = vec![start];
        let mut next = 0;
        while next < members.len() {
            if let Some(column) = trade.imports_of(members[next]) {
                for &supplier in column.suppliers {
                    let supplier = usize::from(supplier);
                    if weight[supplier] > 0.0 && !members.contains(&supplier) {
                        members.push(supplier);
                    }
                }
            }
            next += 1;
        }
        members.sort_unstable();
        members
    }
}

/// The factors of I - V of one product-year, and what can be asked of L = (I - V)⁻¹; made by [`Leontief::factor`].
#[derive(Debug)]
pub struct Factored<'a> {
    leontief: &'a mut Leontief,
}

/// What comes back to where it started; see [`Factored::returns`].
pub(super) struct Returns {
    /// L\[a, a\] for every country.
    pub diagonal: Vec<f64>,
    /// Σ_c weight\[a\] s\[a, c\] reach\[c\] for every country.
    pub sums: Vec<f64>,
    /// Σ_c weight\[a\] s\[a, c\] L\[c, a\] for every country.
    pub loops: Vec<f64>,
}

impl Factored<'_> {
    /// The network in which every supplier sends only the part `content` of what it sends in this one. Costs half of factoring it anew: the
    /// order of elimination and the pattern of the factors stay. `None` where it is singular, which it cannot be if this one is not but by
    /// rounding.
    ///
    /// # Panics
    /// If `content` does not have one entry a country, or one that is not in \[0, 1\].
    pub(super) fn pass_on(self, content: &[f64]) -> Option<Self> {
        let leontief = self.leontief;
        assert_eq!(content.len(), leontief.countries, "one entry a country");
        assert!(content.iter().all(|w| (0.0..=1.0).contains(w)), "contents lie in [0, 1]");
        leontief.rows.clear();
        leontief.scale_and_fill_rows(content);
        eliminate_again(&mut leontief.rows).ok()?;
        Some(Self { leontief })
    }

    /// x = (I - Vᵀ)⁻¹ b over all countries; with b = 1 this is systemic trade risk.
    ///
    /// # Panics
    /// If `b` does not have one entry a country.
    pub fn importer_sums(&mut self, b: &[f64]) -> Vec<f64> {
        self.leontief.solve_importers(b.as_chunks::<1>().0).into_flattened()
    }

    /// As [`Factored::importer_sums`] for N right-hand sides at once, which takes a fraction of the time; to the last bit the same.
    ///
    /// # Panics
    /// If `b` does not have one entry a country.
    pub fn importer_sums_of<const N: usize>(&mut self, b: &[[f64; N]]) -> Vec<[f64; N]> {
        self.leontief.solve_importers(b)
    }

    /// y = (I - V)⁻¹ b over all countries; with b = 1 these are the row sums of L, the
    /// risk that a supplier sends out to all importers (and back to itself).
    ///
    /// # Panics
    /// If `b` does not have one entry a country.
    pub fn supplier_sums(&mut self, b: &[f64]) -> Vec<f64> {
        self.leontief.solve_suppliers(b.as_chunks::<1>().0).into_flattened()
    }

    /// As [`Factored::supplier_sums`] for N right-hand sides at once, which takes a fraction of the time; to the last bit the same.
    ///
    /// # Panics
    /// If `b` does not have one entry a country.
    pub fn supplier_sums_of<const N: usize>(&mut self, b: &[[f64; N]]) -> Vec<[f64; N]> {
        self.leontief.solve_suppliers(b)
    }

    /// L[a, a] for every country: 1 plus the risk that comes back to where it started.
    ///
    /// 1 for every country that does not both import and export.
    pub fn diagonal(&mut self) -> Vec<f64> {
        self.leontief.inverse_diagonal()
    }

    /// L\[a, a\] as [`Factored::diagonal`], with Σ_c weight\[a\] s\[a, c\] L\[c, a\] beside it: what of `weight` comes back to a over the factored
    /// network, where that network has other weights (see [`super::content_risk`]), and the same sum with `reach`\[c\] in place of L\[c, a\]. No
    /// entry is found by subtraction.
    ///
    /// `trade` has to be the trade that was factored.
    ///
    /// # Panics
    /// If `weight` or `reach` does not have one entry a country.
    pub(super) fn returns(&mut self, trade: &TradeMatrix, weight: &[f64], reach: &[f64]) -> Returns {
        assert_eq!(weight.len(), self.leontief.countries, "one weight a country");
        assert_eq!(reach.len(), self.leontief.countries, "one entry a country");
        let diagonal = self.leontief.inverse_diagonal();
        let (sums, loops) = self.leontief.sums_and_loops(trade, weight, reach);
        Returns { diagonal, sums, loops }
    }

    /// The whole of L = (I - V)⁻¹, row by row (rows are suppliers). n solves: only for those
    /// who want to see every pair.
    pub fn matrix(&mut self) -> Vec<Vec<f64>> {
        let mut b = vec![0.0; self.leontief.countries];
        (0..self.leontief.countries)
            .map(|supplier| {
                b[supplier] = 1.0;
                let row = self.importer_sums(&b);
                b[supplier] = 0.0;
                row
            })
            .collect()
    }

    /// Column L[., c]: how much risk of each supplier arrives at importer c.
    pub fn column(&mut self, importer: usize) -> Vec<f64> {
        let mut b = vec![0.0; self.leontief.countries];
        b[importer] = 1.0;
        self.supplier_sums(&b)
    }

    /// Row L[a, .]: how much risk of supplier a arrives at each importer.
    pub fn row(&mut self, supplier: usize) -> Vec<f64> {
        let mut b = vec![0.0; self.leontief.countries];
        b[supplier] = 1.0;
        self.importer_sums(&b)
    }
}

mod dense_rows;
mod diagonal;
mod elimination;
mod solve;
mod sparse_rows;
#[cfg(test)]
mod tests;
