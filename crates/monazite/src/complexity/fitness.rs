//! Fitness of countries and quality of products.

use super::advantage::Advantage;

/// Iterations whose ranks are compared.
pub const EARLIER: usize = 100;
/// Iterations after which values and ranks are reported.
pub const ITERATIONS: usize = 200;
/// Values below this are on their way to 0: their size says how long one has iterated, and their logarithm nothing.
pub const VANISHING: f64 = 1e-12;
/// Smaller numbers count as this one, so that no inverse overflows.
const SMALLEST: f64 = 1e-290;

/// Fitness of countries and quality of products after 200 iterations, and the ranks of countries after 100 and 200.
#[derive(Debug, Clone, PartialEq)]
pub struct Fitness {
    /// F of each country; mean 1.
    pub fitness: Vec<f64>,
    /// Q of each product; mean 1.
    pub quality: Vec<f64>,
    /// Rank of each country by F after 100 iterations: 1 is the fittest, equal ones share a rank.
    pub rank_earlier: Vec<usize>,
    /// The same after 200.
    pub rank: Vec<usize>,
    /// Ranks of products by Q after 200.
    pub quality_rank: Vec<usize>,
}

impl Fitness {
    /// Fitness and quality of M.
    ///
    /// What it answers: who exports many products, among them such as only the fit export?
    ///
    /// Trap: for some shapes of M values go to 0 and never settle, however long one iterates. **Compare ranks, not values**, and take no logarithm of values
    /// below [`VANISHING`]. A country that exports a product alone makes its Q run away: Q is then F of that country, and one code rules its rank.
    ///
    /// ```
    /// use monazite::complexity::{Advantage, Fitness};
    /// let m = Advantage::from_rows(&["111111", "111100", "111010", "110000", "100100"]);
    /// let found = Fitness::of(&m);
    /// assert!((found.fitness[0] - 4.0428972250).abs() < 1e-9);
    /// assert_eq!(found.rank, [1, 3, 2, 5, 4]);
    /// ```
    pub fn of(m: &Advantage) -> Self {
        let mut state = State::first(m);
        (0..EARLIER).for_each(|_| state.step(m));
        let rank_earlier = ranks(&state.fitness);
        (EARLIER..ITERATIONS).for_each(|_| state.step(m));
        let (rank, quality_rank) = (ranks(&state.fitness), ranks(&state.quality));
        Self { fitness: state.fitness, quality: state.quality, rank_earlier, rank, quality_rank }
    }

    /// Positions of the countries whose rank still changed between 100 and 200 iterations.
    pub fn unsettled(&self) -> impl Iterator<Item = usize> {
        let both = self.rank_earlier.iter().zip(&self.rank).enumerate();
        both.filter(|(_, (earlier, later))| earlier != later).map(|(c, _)| c)
    }

    /// How many countries have a fitness that is on its way to 0.
    pub fn vanishing(&self) -> usize {
        self.fitness.iter().filter(|f| **f < VANISHING).count()
    }
}

/// Fitness F and quality Q after some iterations, each with mean 1.
///
/// From F = Q = 1, in every iteration F_c = Σ_p M\[c, p\] Q_p and Q_p = 1/Σ_c (M\[c, p\]/F_c), both from the values of the one before, each divided by its mean.
/// M has no empty rows and columns.
///
/// Reference: Tacchella et al. (2012); on convergence Pugliese, Zaccaria and Pietronero (2014).
///
/// ```
/// use monazite::complexity::{Advantage, fitness};
/// let (f, q) = fitness(&Advantage::from_rows(&["11", "10"]), 1);
/// assert_eq!(f, [4.0 / 3.0, 2.0 / 3.0], "diversity over its mean");
/// assert_eq!(q, [2.0 / 3.0, 4.0 / 3.0], "1/ubiquity over its mean");
/// ```
pub fn fitness(m: &Advantage, iterations: usize) -> (Vec<f64>, Vec<f64>) {
    let mut state = State::first(m);
    (0..iterations).for_each(|_| state.step(m));
    (state.fitness, state.quality)
}

struct State {
    fitness: Vec<f64>,
    quality: Vec<f64>,
    /// 1/F, and memory for the next F.
    inverse: Vec<f64>,
    next: Vec<f64>,
}

impl State {
    fn first(m: &Advantage) -> Self {
        let countries = m.countries();
        Self {
            fitness: vec![1.0; countries],
            quality: vec![1.0; m.products()],
            inverse: vec![1.0; countries],
            next: vec![0.0; countries],
        }
    }

    fn step(&mut self, m: &Advantage) {
        self.next.fill(0.0);
        for product in 0..m.products() {
            let quality = self.quality[product];
            let mut sum = 0.0;
            for &c in m.exporters(product) {
                self.next[usize::from(c)] += quality;
                sum += self.inverse[usize::from(c)];
            }
            self.quality[product] = 1.0 / sum;
        }
        std::mem::swap(&mut self.fitness, &mut self.next);
        over_mean(&mut self.fitness);
        over_mean(&mut self.quality);
        self.inverse.iter_mut().zip(&self.fitness).for_each(|(inverse, f)| *inverse = 1.0 / f);
    }
}

fn over_mean(values: &mut [f64]) {
    let mean = values.iter().fold(0.0, |sum, x| sum + x) / values.len() as f64;
    values.iter_mut().for_each(|x| *x = (*x / mean).max(SMALLEST));
}

/// Ranks from the largest on: one more than there are larger values.
pub(super) fn ranks(values: &[f64]) -> Vec<usize> {
    let mut sorted = values.to_vec();
    sorted.sort_by(|a, b| b.total_cmp(a));
    values.iter().map(|x| 1 + sorted.partition_point(|other| other > x)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_that_go_to_nothing_stay_numbers() {
        // The country that exports one product, which everybody exports, loses in every round.
        let m = Advantage::from_rows(&["1111", "1100", "1000"]);
        let found = Fitness::of(&m);
        assert!(found.vanishing() >= 1, "{:?}", found.fitness);
        let (f, q) = fitness(&m, 5000);
        assert!(f.iter().chain(&q).all(|x| x.is_finite() && *x > 0.0), "{f:?} {q:?}");
        assert_eq!((&found.rank[..], found.unsettled().count()), (&[1, 2, 3][..], 0));
    }

    #[test]
    fn equal_values_share_a_rank() {
        assert_eq!(ranks(&[2.0, 5.0, 2.0, 1.0]), [2, 1, 2, 4]);
        let found = Fitness::of(&Advantage::from_rows(&["11", "11", "11"]));
        assert_eq!((found.fitness, found.rank), (vec![1.0; 3], vec![1; 3]));
    }
}
