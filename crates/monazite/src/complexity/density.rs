//! Density: how near a product is to what a country exports already; outlook and gain: what lies ahead of it.
//!
//! With 5,000 products, φ has 25 million entries, and density as M φ takes 5 billion operations. Neither is needed: φ_pq = n_pq/max(k_p, k_q), n_pq is a sum
//! over the countries that export both, and the larger of two ubiquities is k_p for all products q up to it and k_q beyond. So
//!
//! ```text
//! Σ_q φ_pq M[c, q] v_q = Σ over exporters a of p of ( G[a, c]/k_p + H[a, c] )
//! G[a, c] = Σ over q with k_q <= k_p of M[a, q] M[c, q] v_q          H[a, c] = Σ over q with k_q > k_p of M[a, q] M[c, q] v_q/k_q
//! ```
//!
//! with matrices of country by country that grow from one ubiquity to the next: some 100 million operations.

use super::advantage::Advantage;
use super::index::{ComplexityIndex, mean_and_sd};

/// Where every product stands for every country.
#[derive(Debug, Clone, PartialEq)]
pub struct ProductSpace {
    countries: usize,
    /// By product and then country, NaN where undefined.
    density: Vec<f64>,
    gain: Vec<f64>,
    /// Σ_q φ_pq of each product.
    pub proximity: Vec<f64>,
    /// Complexity outlook of each country before it is standardised: Σ_p (1 - M\[c, p\]) density q_p.
    pub outlook: Vec<f64>,
    /// The same with mean 0 and standard deviation (n) 1 over the countries; `None` if all have the same.
    pub coi: Vec<Option<f64>>,
}

impl ProductSpace {
    /// Density of a product around a country, from 0 to 1; `None` if the product is near to no other.
    pub fn density(&self, country: usize, product: usize) -> Option<f64> {
        Some(self.density[product * self.countries + country]).filter(|d| !d.is_nan())
    }

    /// Complexity outlook gain: what a product that the country does not export yet would open up; `None` for one that it does export.
    pub fn gain(&self, country: usize, product: usize) -> Option<f64> {
        Some(self.gain[product * self.countries + country]).filter(|g| !g.is_nan())
    }

    /// Densities of a product around all countries, NaN where undefined.
    pub fn densities(&self, product: usize) -> &[f64] {
        &self.density[product * self.countries..(product + 1) * self.countries]
    }
}

/// Density, outlook and gain.
///
/// What it answers: how much of what is near to a product does a country export already, and how much complexity lies near to what it exports?
///
/// Formulas, with φ_pq = n_pq/max(k_p, k_q) and q_p the eigenvector of the products ([`ComplexityIndex::eigenvector_of_products`]):
///
/// - density d\[c, p\] = Σ_q M\[c, q\] φ_pq / Σ_q φ_pq, from 0 to 1;
/// - outlook Σ_p (1 - M\[c, p\]) d\[c, p\] q_p, and COI, the outlook standardised over the countries;
/// - gain COG\[c, p\] = Σ_q (1 - M\[c, q\]) φ_pq q_q / Σ_r φ_qr for a product that c does not export.
///
/// With `itself` the sums over q hold p too (φ_pp = 1), as in the package `ecomplexity`; without, they do not, as in `economic-complexity` and `econcomplex`.
///
/// Undefined (`None`): density of a product that is near to no other, without itself; gain of what is exported already.
///
/// References: Hidalgo et al. (2007); Hausmann, Hidalgo et al. (2014), The Atlas of Economic Complexity.
///
/// ```
/// use monazite::complexity::{Advantage, complexity_index, product_space};
/// let m = Advantage::from_rows(&["1110", "1100", "1011"]);
/// let space = product_space(&m, &complexity_index(&m)?, true);
/// // Product 3 is exported by the last country only; its proximities are 1/3 (product 0), 0, 1/2 (product 2) and 1 (itself).
/// let near = 1.0 / 3.0 + 0.5;
/// assert!((space.density(0, 3).unwrap() - near / (near + 1.0)).abs() < 1e-15);
/// assert_eq!((space.density(2, 3), space.gain(2, 3)), (Some(1.0), None));
/// # Ok::<(), monazite::complexity::IndexError>(())
/// ```
pub fn product_space(m: &Advantage, index: &ComplexityIndex, itself: bool) -> ProductSpace {
    let (n, products) = (m.countries(), m.products());
    let own = if itself { 0.0 } else { 1.0 };
    let near = spread(m, &vec![1.0; products]);
    let mut density = Vec::with_capacity(n * products);
    let mut proximity = Vec::with_capacity(products);
    for (p, sums) in near.chunks_exact(n + 1).enumerate() {
        let all = sums[n] - own;
        proximity.push(all);
        let start = density.len();
        density.extend_from_slice(&sums[..n]);
        let of = &mut density[start..];
        m.exporters(p).iter().for_each(|&c| of[usize::from(c)] -= own);
        of.iter_mut().for_each(|d| *d = if all > 0.0 { *d / all } else { f64::NAN });
    }
    let complexity = index.eigenvector_of_products();
    let weights: Vec<f64> =
        complexity.iter().zip(&proximity).map(|(q, all)| if *all > 0.0 { q / all } else { 0.0 }).collect();
    let mut gain = Vec::with_capacity(n * products);
    for (p, sums) in spread(m, &weights).chunks_exact(n + 1).enumerate() {
        let start = gain.len();
        let beyond = sums[n] - own * weights[p];
        gain.extend(sums[..n].iter().map(|held| beyond - held));
        m.exporters(p).iter().for_each(|&c| gain[start + usize::from(c)] = f64::NAN);
    }
    let outlook = outlook(m, &density, &complexity);
    let (mean, sd) = mean_and_sd(&outlook);
    let coi = outlook.iter().map(|x| (sd > 0.0).then(|| (x - mean) / sd)).collect();
    ProductSpace { countries: n, density, gain, proximity, outlook, coi }
}

/// Σ_p (1 - M\[c, p\]) d\[c, p\] q_p of each country.
fn outlook(m: &Advantage, density: &[f64], complexity: &[f64]) -> Vec<f64> {
    let n = m.countries();
    let mut outlook = vec![0.0; n];
    let mut open = vec![0.0; n];
    for (p, (of, q)) in density.chunks_exact(n).zip(complexity).enumerate() {
        open.copy_from_slice(of);
        m.exporters(p).iter().for_each(|&c| open[usize::from(c)] = 0.0);
        let known = open.iter().map(|d| if d.is_nan() { 0.0 } else { *d });
        outlook.iter_mut().zip(known).for_each(|(sum, d)| *sum += d * q);
    }
    outlook
}

/// Σ_q φ_pq M\[c, q\] v_q by product p and country c, and in one column more the sum over all q, whoever exports them.
fn spread(m: &Advantage, v: &[f64]) -> Vec<f64> {
    let (products, wide) = (m.products(), m.countries() + 1);
    let mut order: Vec<usize> = (0..products).collect();
    order.sort_by_key(|&p| (m.ubiquity(p), p));
    let levels: Vec<&[usize]> = order.chunk_by(|&a, &b| m.ubiquity(a) == m.ubiquity(b)).collect();
    let mut sums = vec![0.0; products * wide];
    let mut together = vec![0.0; m.countries() * wide];
    // G: products up to this ubiquity, themselves among them.
    for level in &levels {
        level.iter().for_each(|&q| add_pairs(m, q, v[q], &mut together));
        for &p in *level {
            let of = &mut sums[p * wide..(p + 1) * wide];
            add_exporters(m, p, &together, of);
            let k = m.ubiquity(p) as f64;
            of.iter_mut().for_each(|sum| *sum /= k);
        }
    }
    // H: those beyond it.
    together.fill(0.0);
    for level in levels.iter().rev() {
        for &p in *level {
            add_exporters(m, p, &together, &mut sums[p * wide..(p + 1) * wide]);
        }
        level.iter().for_each(|&q| add_pairs(m, q, v[q] / m.ubiquity(q) as f64, &mut together));
    }
    sums
}

/// Adds a number at every pair of exporters of a product, and in the column behind the countries.
fn add_pairs(m: &Advantage, product: usize, number: f64, together: &mut [f64]) {
    let wide = m.countries() + 1;
    let exporters = m.exporters(product);
    for &a in exporters {
        let row = &mut together[usize::from(a) * wide..(usize::from(a) + 1) * wide];
        exporters.iter().for_each(|&c| row[usize::from(c)] += number);
        row[wide - 1] += number;
    }
}

/// Adds the rows of the exporters of a product.
fn add_exporters(m: &Advantage, product: usize, together: &[f64], sums: &mut [f64]) {
    let wide = sums.len();
    for &a in m.exporters(product) {
        let row = &together[usize::from(a) * wide..(usize::from(a) + 1) * wide];
        sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
    }
}

#[cfg(test)]
mod tests {
    use super::super::index::complexity_index;
    use super::super::proximity::proximity;
    use super::*;

    fn some() -> Advantage {
        let holds = |c: u32, p: u32| (c * 37 + p * p * 11 + c * p * 5) % 17 < 3 + c % 9;
        Advantage::new(23, (0..70u32).map(|p| (0..23u16).filter(move |&c| holds(u32::from(c), p))))
    }

    /// The definition, pair by pair.
    fn slow(m: &Advantage, q: &[f64], itself: bool) -> (Vec<f64>, Vec<f64>, Vec<f64>) {
        let (n, products) = (m.countries(), m.products());
        let phi = |p: usize, r: usize| if p == r && !itself { 0.0 } else { proximity(m, p, r) };
        let held = |c: usize, p: usize| f64::from(u8::from(m.holds(c, p)));
        let all: Vec<f64> = (0..products).map(|p| (0..products).map(|r| phi(p, r)).sum()).collect();
        let (mut density, mut gain, mut outlook) = (Vec::new(), Vec::new(), vec![0.0; n]);
        for p in 0..products {
            for c in 0..n {
                let d = (0..products).map(|r| held(c, r) * phi(p, r)).sum::<f64>() / all[p];
                density.push(d);
                outlook[c] += (1.0 - held(c, p)) * d * q[p];
                gain.push((0..products).map(|r| (1.0 - held(c, r)) * phi(p, r) * q[r] / all[r]).sum());
            }
        }
        (density, gain, outlook)
    }

    #[test]
    fn sums_by_country_are_those_by_pair_of_products() {
        let m = some();
        let index = complexity_index(&m).unwrap();
        for itself in [true, false] {
            let (density, gain, outlook) = slow(&m, &index.eigenvector_of_products(), itself);
            let found = product_space(&m, &index, itself);
            for p in 0..m.products() {
                for c in 0..m.countries() {
                    let at = p * m.countries() + c;
                    assert!((found.density(c, p).unwrap() - density[at]).abs() < 1e-13);
                    match found.gain(c, p) {
                        Some(g) => assert!((g - gain[at]).abs() < 1e-12 && !m.holds(c, p)),
                        None => assert!(m.holds(c, p)),
                    }
                }
            }
            for (found, wanted) in found.outlook.iter().zip(&outlook) {
                assert!((found - wanted).abs() < 1e-11, "{found} {wanted}");
            }
            let coi: Vec<f64> = found.coi.iter().flatten().copied().collect();
            let (mean, sd) = mean_and_sd(&coi);
            assert!(coi.len() == 23 && mean.abs() < 1e-12 && (sd - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_product_near_to_no_other_has_no_density_but_with_itself() {
        let m = Advantage::from_rows(&["1100", "1101", "0110", "0110"]);
        let alone = Advantage::from_rows(&["11000", "11010", "01100", "00001"]);
        let index = complexity_index(&m).unwrap();
        let index = ComplexityIndex { pci: vec![0.0; 5], ..index };
        assert_eq!(product_space(&alone, &index, false).density(3, 4), None);
        assert_eq!(product_space(&alone, &index, true).density(3, 4), Some(1.0));
        assert_eq!(product_space(&alone, &index, true).density(0, 4), Some(0.0));
    }
}
