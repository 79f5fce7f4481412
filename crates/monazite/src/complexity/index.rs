//! ECI and PCI: the line along which countries, and products, differ most in what they have in common.

use super::advantage::{Advantage, Component};
use crate::eigen::symmetric_eigen;
use crate::units::counted;

/// Below this the second eigenvalue is none: all countries export the same products.
const NO_DIRECTION: f64 = 1e-12;
/// A second eigenvalue that is not further from the third leaves its vector open.
pub const LEAST_GAP: f64 = 1e-6;
/// Below this the sign of ECI rests on next to nothing.
pub const WEAK_SIGN: f64 = 0.1;

/// The complexity of countries and products.
#[derive(Debug, Clone, PartialEq)]
pub struct ComplexityIndex {
    /// Eigenvalues of D_c⁻¹ M D_p⁻¹ Mᵀ, the largest first; the first is 1.
    pub eigenvalues: Vec<f64>,
    /// ECI of each country: mean 0 and standard deviation (n) 1 over the countries.
    pub eci: Vec<f64>,
    /// PCI of each product: the mean ECI of the countries that export it with advantage, which is in units of the countries' standard deviation.
    pub pci: Vec<f64>,
    /// Mean of the second eigenvector over its standard deviation, with the sign of ECI: ECI + origin is the eigenvector itself.
    pub origin: f64,
    /// Correlation of ECI with diversity, which its sign is chosen by: never below 0.
    pub with_diversity: f64,
}

impl ComplexityIndex {
    /// λ₂ - λ₃. Below [`LEAST_GAP`] another direction is as good, and ECI is not identified.
    pub fn gap(&self) -> f64 {
        self.eigenvalues[1] - self.eigenvalues.get(2).copied().unwrap_or(0.0)
    }

    /// The eigenvector of the products, D_p⁻¹ Mᵀ D_c⁻¹ M q = λ₂ q, scaled so that the mean of a country's products less [`ComplexityIndex::origin`] is its ECI:
    /// (PCI + origin)/λ₂. This is PCI as the package `ecomplexity` scales it, plus origin; outlook and gain are made of it.
    pub fn eigenvector_of_products(&self) -> Vec<f64> {
        self.pci.iter().map(|pci| (pci + self.origin) / self.eigenvalues[1]).collect()
    }
}

/// Why there is no index.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IndexError {
    /// Too little to compare.
    #[error(
        "{} and {} are too few: ECI compares at least three countries by at least two products",
        counted(*.countries as u64, ["country", "countries"]), counted(*.products as u64, ["product", "products"])
    )]
    TooFew {
        /// Countries of M.
        countries: usize,
        /// Products of M.
        products: usize,
    },
    /// M falls apart.
    #[error("the countries fall into {} groups that have no product in common, and ECI would only say which group a country is of", .0.len())]
    Disconnected(Vec<Component>),
    /// All countries export the same.
    #[error(
        "all countries export the same products with comparative advantage, so that there is no direction in which they differ"
    )]
    NoDirection,
}

/// ECI and PCI of a matrix M without empty rows and columns.
///
/// What it answers: along which line do the export baskets of countries differ most? Countries near to each other on it export the same products.
/// ECI is a direction that divides countries, **not a level** of anything: it has mean 0 in every year, and a country moves on it when others do.
///
/// Formula: v is the second eigenvector of D_c⁻¹ M D_p⁻¹ Mᵀ (k_c and k_p on the diagonals), taken as D_c^(-1/2) u of the second eigenvector u of the symmetric
/// D_c^(-1/2) M D_p⁻¹ Mᵀ D_c^(-1/2), which has the same eigenvalues; the first one is constant and says nothing. ECI = (v - mean)/sd with n in the
/// denominator, with the sign that makes corr(ECI, k_c) positive. PCI_p = mean of ECI over the exporters of p.
///
/// # Errors
/// [`IndexError::TooFew`]; [`IndexError::Disconnected`] if M falls apart (then λ₂ = λ₁ = 1); [`IndexError::NoDirection`] if λ₂ is 0.
///
/// Reference: Hidalgo and Hausmann (2009); as a clustering: Mealy, Farmer and Teytelboym (2019).
///
/// ```
/// use monazite::complexity::{Advantage, complexity_index};
/// let m = Advantage::from_rows(&["111111", "111100", "111010", "110000", "100100"]);
/// let index = complexity_index(&m)?;
/// assert!((index.eigenvalues[1] - 0.2383281214).abs() < 1e-10);
/// assert!((index.eci[2] - 1.1930685417).abs() < 1e-10);
/// # Ok::<(), monazite::complexity::IndexError>(())
/// ```
pub fn complexity_index(m: &Advantage) -> Result<ComplexityIndex, IndexError> {
    let (n, products) = (m.countries(), m.products());
    if n < 3 || products < 2 {
        return Err(IndexError::TooFew { countries: n, products });
    }
    let parts = m.components();
    if parts.len() > 1 {
        return Err(IndexError::Disconnected(parts));
    }
    let root: Vec<f64> = m.diversity().iter().map(|&k| f64::from(k).sqrt()).collect();
    let found = symmetric_eigen(symmetric_form(m, &root));
    if found.values[1] < NO_DIRECTION {
        return Err(IndexError::NoDirection);
    }
    let direction: Vec<f64> = found.vectors[1].iter().zip(&root).map(|(u, root)| u / root).collect();
    let mut direction = once_more(m, &direction, found.values[1]);
    let diversity: Vec<f64> = m.diversity().iter().map(|&k| f64::from(k)).collect();
    let mut with_diversity = correlation(&direction, &diversity);
    if with_diversity < 0.0 {
        direction.iter_mut().for_each(|x| *x = -*x);
        with_diversity = -with_diversity;
    }
    let (mean, sd) = mean_and_sd(&direction);
    let eci: Vec<f64> = direction.iter().map(|x| (x - mean) / sd).collect();
    let pci = (0..products)
        .map(|p| m.exporters(p).iter().fold(0.0, |sum, &c| sum + eci[usize::from(c)]) / m.ubiquity(p) as f64)
        .collect();
    Ok(ComplexityIndex { eigenvalues: found.values, eci, pci, origin: mean / sd, with_diversity })
}

/// D_c^(-1/2) M D_p⁻¹ Mᵀ D_c^(-1/2).
fn symmetric_form(m: &Advantage, root: &[f64]) -> Vec<Vec<f64>> {
    let n = root.len();
    let mut form = vec![vec![0.0; n]; n];
    for product in 0..m.products() {
        let exporters = m.exporters(product);
        let weight = 1.0 / exporters.len() as f64;
        for &a in exporters {
            let row = &mut form[usize::from(a)];
            exporters.iter().for_each(|&c| row[usize::from(c)] += weight);
        }
    }
    for (row, of) in form.iter_mut().zip(root) {
        row.iter_mut().zip(root).for_each(|(entry, other)| *entry /= of * other);
    }
    form
}

/// D_c⁻¹ M D_p⁻¹ Mᵀ v/λ, which is v again, but to the same last bit for countries that export the same products.
fn once_more(m: &Advantage, v: &[f64], value: f64) -> Vec<f64> {
    let mut next = vec![0.0; v.len()];
    for p in 0..m.products() {
        let exporters = m.exporters(p);
        let mean = exporters.iter().fold(0.0, |sum, &c| sum + v[usize::from(c)]) / exporters.len() as f64;
        exporters.iter().for_each(|&c| next[usize::from(c)] += mean);
    }
    next.iter_mut().zip(m.diversity()).for_each(|(x, &k)| *x /= f64::from(k) * value);
    next
}

/// Mean and standard deviation, with n in the denominator.
pub(super) fn mean_and_sd(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().fold(0.0, |sum, x| sum + x) / n;
    let squares = values.iter().fold(0.0, |sum, x| sum + (x - mean) * (x - mean));
    (mean, (squares / n).sqrt())
}

/// Pearson's correlation; 0 where one of the two does not vary.
fn correlation(a: &[f64], b: &[f64]) -> f64 {
    let ((mean_a, sd_a), (mean_b, sd_b)) = (mean_and_sd(a), mean_and_sd(b));
    if sd_a == 0.0 || sd_b == 0.0 {
        return 0.0;
    }
    let together = a.iter().zip(b).fold(0.0, |sum, (x, y)| sum + (x - mean_a) * (y - mean_b));
    together / (a.len() as f64 * sd_a * sd_b)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of Mᵀ the products are the countries: both sides have the same eigenvalues, and the vector of the products is that of the other side.
    #[test]
    fn the_product_side_is_an_eigenvector_too() {
        let m = Advantage::from_rows(&["111111", "111100", "111010", "110000", "100100"]);
        let index = complexity_index(&m).unwrap();
        let q = index.eigenvector_of_products();
        let mean = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
        let of_country = |c: usize| {
            let held: Vec<f64> = (0..6).filter(|&p| m.holds(c, p)).map(|p| q[p]).collect();
            mean(&held)
        };
        for c in 0..5 {
            let apart = of_country(c) - index.origin - index.eci[c];
            assert!(apart.abs() < 1e-12, "ECI is the mean of a country's products");
        }
        for p in 0..6 {
            let exporters: Vec<f64> = m.exporters(p).iter().map(|&c| of_country(usize::from(c))).collect();
            assert!((mean(&exporters) - index.eigenvalues[1] * q[p]).abs() < 1e-12);
        }
    }

    #[test]
    fn countries_that_export_the_same_share_a_place() {
        let rows = ["111111", "100100", "111100", "111010", "100100", "110000", "100100"];
        let m = Advantage::from_rows(&rows);
        let eci = complexity_index(&m).unwrap().eci;
        assert_eq!([eci[4].to_bits(), eci[6].to_bits()], [eci[1].to_bits(); 2]);
    }

    #[test]
    fn what_has_no_index_is_refused() {
        let of = |rows: &[&str]| complexity_index(&Advantage::from_rows(rows)).unwrap_err();
        assert_eq!(of(&["11", "10"]), IndexError::TooFew { countries: 2, products: 2 });
        assert_eq!(of(&["111", "111", "111"]), IndexError::NoDirection);
        let IndexError::Disconnected(parts) = of(&["1100", "1000", "0011"]) else { panic!("it falls apart") };
        assert_eq!((&parts[0].countries[..], &parts[1].countries[..]), (&[0, 1][..], &[2][..]));
    }

    #[test]
    fn two_groups_that_one_country_joins_are_told_apart() {
        // Countries 0 to 2 share products 0 to 2, countries 3 to 5 products 3 to 5, and country 2 also exports product 3.
        let m = Advantage::from_rows(&["111000", "110000", "111100", "000111", "000011", "000111"]);
        let index = complexity_index(&m).unwrap();
        let side: Vec<bool> = index.eci.iter().map(|x| *x > 0.0).collect();
        assert_eq!(side, [side[0], side[0], side[0], !side[0], !side[0], !side[0]]);
        assert!(
            (index.eigenvalues[0] - 1.0).abs() < 1e-14 && index.eigenvalues[1] > 0.5 && index.gap() > 0.1
        );
        let (mean, sd) = mean_and_sd(&index.eci);
        assert!(mean.abs() < 1e-14 && (sd - 1.0).abs() < 1e-14);
    }
}
