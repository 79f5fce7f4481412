//! What a country does not export yet: the products near to what it exports, the most complex first.

use super::advantage::Advantage;
use super::density::ProductSpace;
use super::index::ComplexityIndex;

/// A product that a country does not export with comparative advantage.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Opportunity {
    /// Position of the product.
    pub product: usize,
    /// How near it is, from 0 to 1.
    pub density: f64,
    /// How complex.
    pub pci: f64,
    /// What it would open up.
    pub gain: f64,
}

/// Share of the products that a country does not export that counts as near to it.
const NEAR: f64 = 0.1;

/// The products that a country does not export with advantage, of the tenth that is nearest to it (highest density) the most complex first, at most `most`.
///
/// What it answers: what complex goods are made of what the country is able to do? Only products more complex than the country's own level (PCI above its ECI) are
/// taken, since others would lower it.
///
/// ```
/// use monazite::complexity::{Advantage, complexity_index, opportunities, product_space};
/// let m = Advantage::from_rows(&["111111", "111100", "111010", "110000", "100100"]);
/// let index = complexity_index(&m)?;
/// let space = product_space(&m, &index, true);
/// let found = opportunities(&m, &index, &space, 3, 5);
/// assert_eq!(found[0].product, 2);
/// assert!(opportunities(&m, &index, &space, 0, 5).is_empty(), "it exports everything");
/// # Ok::<(), monazite::complexity::IndexError>(())
/// ```
pub fn opportunities(
    m: &Advantage,
    index: &ComplexityIndex,
    space: &ProductSpace,
    country: usize,
    most: usize,
) -> Vec<Opportunity> {
    let open = (0..m.products()).filter(|&p| !m.holds(country, p)).filter_map(|product| {
        let (density, gain) = (space.density(country, product)?, space.gain(country, product)?);
        Some(Opportunity { product, density, pci: index.pci[product], gain })
    });
    let mut open: Vec<Opportunity> = open.collect();
    open.sort_by(|a, b| b.density.total_cmp(&a.density).then(a.product.cmp(&b.product)));
    open.truncate((open.len() as f64 * NEAR).ceil() as usize);
    open.retain(|of| of.pci > index.eci[country]);
    open.sort_by(|a, b| b.pci.total_cmp(&a.pci).then(a.product.cmp(&b.product)));
    open.truncate(most);
    open
}

/// The products that a country exports with advantage, the most complex first, at most `most`, as positions.
pub fn most_complex_exports(
    m: &Advantage,
    index: &ComplexityIndex,
    country: usize,
    most: usize,
) -> Vec<usize> {
    let mut held: Vec<usize> = (0..m.products()).filter(|&p| m.holds(country, p)).collect();
    held.sort_by(|&a, &b| index.pci[b].total_cmp(&index.pci[a]).then(a.cmp(&b)));
    held.truncate(most);
    held
}
