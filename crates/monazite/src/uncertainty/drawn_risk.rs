//! STR of a product-year in many draws of stability at once.
//!
//! Only stability differs between draws; trade, import content and the order of the work are the same. So all draws of a block are
//! the columns of one iteration, E ← Sᵀ(W∘(1 + φ∘E)), one sparse-times-dense product a sweep, which runs at the speed of the widest
//! registers. It stops at a bound that is proved, not at a difference that looks small.

use multiversion::multiversion;

use crate::indicators::content_risk::content_risk;
use crate::indicators::{Leontief, RiskParameters};
use crate::trade::TradeMatrix;

/// Draws of a block: what lies side by side in memory.
pub const LANES: usize = 32;

/// The draws of a block for one country.
pub type Lanes = [f64; LANES];

/// How near a draw is brought to its solution: |error of e_c| is below this times 1 + e_c.
pub const TOLERANCE: f64 = 1e-10;

/// A draw that is not there after so many rounds of sweeps is solved by elimination.
const MOST_ROUNDS: usize = 60;

/// The largest ratio of two sweeps that is extrapolated.
const LARGEST_RATIO: f64 = 0.99;

/// One importer.
#[derive(Debug, Clone, Copy)]
struct Column {
    /// Its position among the countries.
    importer: u16,
    /// End of its suppliers among all; they begin where those of the importer before end.
    suppliers: u32,
    /// End of its links to suppliers that pass something on.
    links: u32,
    /// Its position among those that pass something on; none if it does not.
    passes: Option<u32>,
}

/// The network of one product-year under one import content, ready for any number of draws.
#[derive(Debug)]
pub struct DrawnNetwork<'a> {
    trade: &'a TradeMatrix,
    content: &'a [f64],
    damping: f64,
    columns: Vec<Column>,
    /// Every supplier of every importer, with its share.
    suppliers: Vec<(u16, f64)>,
    /// Of these, the ones that pass on what they buy, by their position among these.
    links: Vec<(u32, f64)>,
    /// The countries that buy, sell, and pass something on.
    passing: Vec<u16>,
    /// Where each of them stands among the columns.
    column_of: Vec<u32>,
}

/// Memory that is kept from block to block.
#[derive(Debug, Default)]
pub struct DrawMemory {
    /// By importer, in the order of the matrix: e = STR - 1 in every draw of the block.
    pub excess: Vec<Lanes>,
    /// Sweeps of the last block.
    pub sweeps: usize,
    /// Draws of the last block that were solved by elimination.
    pub eliminated: usize,
    direct: Vec<Lanes>,
    passed: Vec<Lanes>,
    e: Vec<Lanes>,
    y: Vec<Lanes>,
    step: [Vec<Lanes>; 2],
    surplus: Vec<Lanes>,
    leontief: Leontief,
}

impl<'a> DrawnNetwork<'a> {
    /// The network of a matrix under the import content φ of every country. Damping multiplies w, as in
    /// [`content_risk()`].
    ///
    /// # Panics
    /// If `content` does not have one entry a country.
    pub fn new(trade: &'a TradeMatrix, content: &'a [f64], damping: f64) -> Self {
        assert_eq!(content.len(), trade.countries(), "one import content a country");
        let passes = |c: usize| trade.imports()[c] > 0.0 && trade.exports()[c] > 0.0 && content[c] > 0.0;
        let mut position: Vec<Option<u32>> = vec![None; trade.countries()];
        let mut passing = Vec::new();
        for c in (0..trade.countries()).filter(|&c| passes(c)) {
            position[c] = Some(passing.len() as u32);
            passing.push(c as u16);
        }
        let (mut columns, mut suppliers, mut links) = (Vec::new(), Vec::new(), Vec::new());
        let mut column_of = vec![0; passing.len()];
        for column in trade.columns() {
            for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                suppliers.push((supplier, share));
                if let Some(at) = position[usize::from(supplier)] {
                    links.push((at, share));
                }
            }
            let passes = position[usize::from(column.importer)];
            if let Some(at) = passes {
                column_of[at as usize] = columns.len() as u32;
            }
            columns.push(Column {
                importer: column.importer,
                suppliers: suppliers.len() as u32,
                links: links.len() as u32,
                passes,
            });
        }
        Self { trade, content, damping, columns, suppliers, links, passing, column_of }
    }

    /// The importers, in the order of the results.
    pub fn importers(&self) -> impl ExactSizeIterator<Item = usize> + '_ {
        self.columns.iter().map(|column| usize::from(column.importer))
    }

    /// Solves a block of draws into `memory.excess`.
    ///
    /// `instability` are the w of every country in every draw of the block, in \[0, 1\]; `start` an e of every country near the solution,
    /// such as that of the point. The first `draws` of the block are wanted; what the others come to does not matter, but they take
    /// part, so give them the point.
    ///
    /// With u = 1 + E and θ the largest (Uᵀu)_c/u_c, U = diag(φ) V, a further sweep changes nothing by more than θ times the sweep before
    /// in the norm max |.|/u, so that the error is at most θ/(1 - θ) times the last step. It ends below [`TOLERANCE`]. Draws whose θ
    /// does not fall below 1, or that take too long, are solved by elimination, which also lowers instability where a closed group has
    /// none ([`content_risk()`]): they come out as the point would.
    ///
    /// The result of a draw depends on its block, not on threads.
    ///
    /// # Panics
    /// If `instability` or `start` does not have one entry a country.
    pub fn solve(&self, instability: &[Lanes], start: &[f64], draws: usize, memory: &mut DrawMemory) {
        let countries = self.trade.countries();
        assert!(instability.len() == countries && start.len() == countries, "one number a country");
        self.begin(instability, start, memory);
        let mut settled = [false; LANES];
        memory.sweeps = 0;
        for _ in 0..MOST_ROUNDS {
            settled = self.round(memory);
            memory.sweeps += 4;
            if settled[..draws].iter().all(|settled| *settled) {
                break;
            }
        }
        self.finish(memory);
        memory.eliminated = 0;
        for lane in (0..draws).filter(|&lane| !settled[lane]) {
            self.eliminate(instability, lane, memory);
            memory.eliminated += 1;
        }
    }

    /// The direct part of every importer, and where the iteration starts.
    fn begin(&self, instability: &[Lanes], start: &[f64], memory: &mut DrawMemory) {
        let lanes = |rows: &mut Vec<Lanes>, count: usize| {
            rows.clear();
            rows.resize(count, [0.0; LANES]);
        };
        lanes(&mut memory.direct, self.columns.len());
        direct_sums(&self.columns, &self.suppliers, self.damping, instability, &mut memory.direct);
        lanes(&mut memory.passed, self.passing.len());
        lanes(&mut memory.e, self.passing.len());
        lanes(&mut memory.y, self.passing.len());
        lanes(&mut memory.step[0], self.passing.len());
        lanes(&mut memory.step[1], self.passing.len());
        lanes(&mut memory.surplus, self.passing.len());
        for (at, &country) in self.passing.iter().enumerate() {
            let country = usize::from(country);
            for lane in 0..LANES {
                let passed = self.content[country] * (instability[country][lane] * self.damping);
                memory.passed[at][lane] = passed;
                memory.e[at][lane] = start[country];
                memory.y[at][lane] = passed * start[country];
            }
        }
        passed_sums(self, &memory.passed, &mut memory.surplus);
    }

    /// Three sweeps, an extrapolation, and a sweep that tells how near each draw is.
    fn round(&self, memory: &mut DrawMemory) -> [bool; LANES] {
        let DrawMemory { direct, passed, e, y, step, surplus, .. } = memory;
        let [first, second] = step;
        sweep(self, direct, passed, e, y, first);
        sweep(self, direct, passed, e, y, first);
        sweep(self, direct, passed, e, y, second);
        extrapolate(passed, e, y, first, second);
        settle(self, direct, passed, surplus, e, y, first)
    }

    /// From the countries that pass something on to all importers.
    fn finish(&self, memory: &mut DrawMemory) {
        memory.excess.clear();
        memory.excess.resize(self.columns.len(), [0.0; LANES]);
        importer_sums(self, &memory.direct, &memory.e, &memory.y, &mut memory.excess);
    }

    fn eliminate(&self, instability: &[Lanes], lane: usize, memory: &mut DrawMemory) {
        let of_draw: Vec<f64> = instability.iter().map(|w| w[lane]).collect();
        let parameters = RiskParameters { damping: self.damping, ..RiskParameters::default() };
        let solved = content_risk(self.trade, &of_draw, self.content, &parameters, &mut memory.leontief);
        for (column, excess) in self.columns.iter().zip(&mut memory.excess) {
            excess[lane] = solved.risk.excess[usize::from(column.importer)];
        }
    }

    /// The links of the importer at a position among the columns.
    fn links_of(&self, column: usize) -> &[(u32, f64)] {
        let from = if column == 0 { 0 } else { self.columns[column - 1].links as usize };
        &self.links[from..self.columns[column].links as usize]
    }
}

// Every function below does the same operations in the same order on every machine, a multiplication and an addition each
// rounded (no fused multiply-add), so the bytes do not depend on which version runs.

/// Σ_a w_a s[a, c] of every importer.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn direct_sums(
    columns: &[Column],
    suppliers: &[(u16, f64)],
    damping: f64,
    instability: &[Lanes],
    direct: &mut [Lanes],
) {
    let mut from = 0;
    for (column, direct) in columns.iter().zip(direct) {
        let mut sum = [0.0; LANES];
        for &(supplier, share) in &suppliers[from..column.suppliers as usize] {
            let w = &instability[usize::from(supplier)];
            for lane in 0..LANES {
                sum[lane] += w[lane] * damping * share;
            }
        }
        *direct = sum;
        from = column.suppliers as usize;
    }
}

/// Σ_a φ_a w_a s[a, c] of every country that passes something on.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn passed_sums(network: &DrawnNetwork<'_>, passed: &[Lanes], sums: &mut [Lanes]) {
    for (sum, &column) in sums.iter_mut().zip(&network.column_of) {
        let mut found = [0.0; LANES];
        for &(at, share) in network.links_of(column as usize) {
            let p = &passed[at as usize];
            for lane in 0..LANES {
                found[lane] += share * p[lane];
            }
        }
        *sum = found;
    }
}

/// A sweep in place: what is new is used at once. `step` becomes what changed.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn sweep(
    network: &DrawnNetwork<'_>,
    direct: &[Lanes],
    passed: &[Lanes],
    e: &mut [Lanes],
    y: &mut [Lanes],
    step: &mut [Lanes],
) {
    for (at, &column) in network.column_of.iter().enumerate() {
        let mut sum = direct[column as usize];
        for &(other, share) in network.links_of(column as usize) {
            let y = &y[other as usize];
            for lane in 0..LANES {
                sum[lane] += share * y[lane];
            }
        }
        for lane in 0..LANES {
            step[at][lane] = sum[lane] - e[at][lane];
            e[at][lane] = sum[lane];
            y[at][lane] = passed[at][lane] * sum[lane];
        }
    }
}

/// Where steps shrink by the same ratio from sweep to sweep, goes all the way at once. A guess: the next sweeps and the bound decide.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn extrapolate(passed: &[Lanes], e: &mut [Lanes], y: &mut [Lanes], before: &[Lanes], last: &[Lanes]) {
    let (mut product, mut square) = ([0.0; LANES], [0.0; LANES]);
    for (before, last) in before.iter().zip(last) {
        for lane in 0..LANES {
            product[lane] += before[lane] * last[lane];
            square[lane] += before[lane] * before[lane];
        }
    }
    let mut further = [0.0; LANES];
    for lane in 0..LANES {
        let ratio = if square[lane] > 0.0 { product[lane] / square[lane] } else { 0.0 };
        if ratio > 0.0 && ratio < LARGEST_RATIO {
            further[lane] = ratio / (1.0 - ratio);
        }
    }
    for (at, last) in last.iter().enumerate() {
        for lane in 0..LANES {
            let moved = e[at][lane] + further[lane] * last[lane];
            let moved = if moved > 0.0 { moved } else { 0.0 };
            e[at][lane] = moved;
            y[at][lane] = passed[at][lane] * moved;
        }
    }
}

/// A sweep from the numbers before it alone, with the bound of the error after it; says which draws are below [`TOLERANCE`].
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn settle(
    network: &DrawnNetwork<'_>,
    direct: &[Lanes],
    passed: &[Lanes],
    surplus: &[Lanes],
    e: &mut [Lanes],
    y: &mut [Lanes],
    after: &mut [Lanes],
) -> [bool; LANES] {
    let (mut theta, mut difference) = ([0.0; LANES], [0.0; LANES]);
    for (at, &column) in network.column_of.iter().enumerate() {
        let mut sum = [0.0; LANES];
        for &(other, share) in network.links_of(column as usize) {
            let y = &y[other as usize];
            for lane in 0..LANES {
                sum[lane] += share * y[lane];
            }
        }
        for lane in 0..LANES {
            // (Uᵀu)_c with u = 1 + e before the sweep.
            let u = 1.0 + e[at][lane];
            let ratio = (surplus[at][lane] + sum[lane]) / u;
            let new = direct[column as usize][lane] + sum[lane];
            let moved = (new - e[at][lane]).abs() / u;
            theta[lane] = if ratio > theta[lane] { ratio } else { theta[lane] };
            difference[lane] = if moved > difference[lane] { moved } else { difference[lane] };
            after[at][lane] = new;
        }
    }
    for (at, after) in after.iter().enumerate() {
        for lane in 0..LANES {
            e[at][lane] = after[lane];
            y[at][lane] = passed[at][lane] * after[lane];
        }
    }
    let mut settled = [false; LANES];
    for lane in 0..LANES {
        settled[lane] = theta[lane] < 1.0 && difference[lane] * theta[lane] < TOLERANCE * (1.0 - theta[lane]);
    }
    settled
}

/// e of every importer.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn importer_sums(
    network: &DrawnNetwork<'_>,
    direct: &[Lanes],
    e: &[Lanes],
    y: &[Lanes],
    excess: &mut [Lanes],
) {
    for (at, excess) in excess.iter_mut().enumerate() {
        if let Some(passing) = network.columns[at].passes {
            *excess = e[passing as usize];
            continue;
        }
        let mut sum = direct[at];
        for &(other, share) in network.links_of(at) {
            let y = &y[other as usize];
            for lane in 0..LANES {
                sum[lane] += share * y[lane];
            }
        }
        *excess = sum;
    }
}

#[cfg(test)]
mod tests;
