//! The main suppliers of every importer.

use crate::trade::TradeMatrix;

/// Suppliers kept for an importer.
pub const MOST_SUPPLIERS: usize = 3;

/// One of the main suppliers of an importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MainSupplier {
    /// Position of the importer.
    pub importer: u16,
    /// 1 for the largest.
    pub rank: u8,
    /// Position of the supplier.
    pub supplier: u16,
    /// Its share in the importer's imports, in (0, 1].
    pub share: f64,
}

/// The [`MOST_SUPPLIERS`] largest suppliers of every importer of a product-year, by share; equal shares by position.
///
/// What it answers: from whom does a country buy most of the product? Importers come in order of position, a country that imports
/// nothing has no suppliers.
///
/// ```
/// use monazite::indicators::main_suppliers::main_suppliers;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let of_b = main_suppliers(&t).into_iter().filter(|s| s.importer == 1);
/// assert_eq!(of_b.map(|s| (s.supplier, s.share)).collect::<Vec<_>>(), [(0, 0.75), (2, 0.25)]);
/// ```
pub fn main_suppliers(trade: &TradeMatrix) -> Vec<MainSupplier> {
    let mut rows = Vec::with_capacity(trade.columns().len() * MOST_SUPPLIERS);
    for column in trade.columns() {
        let mut largest = [(0.0, 0u16); MOST_SUPPLIERS];
        let mut kept = 0;
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            let place = largest[..kept].partition_point(|(other, _)| *other >= share);
            if place < MOST_SUPPLIERS {
                kept = (kept + 1).min(MOST_SUPPLIERS);
                largest[place..kept].rotate_right(1);
                largest[place] = (share, supplier);
            }
        }
        rows.extend(largest[..kept].iter().zip(1..).map(|(&(share, supplier), rank)| MainSupplier {
            importer: column.importer,
            rank,
            supplier,
            share,
        }));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_come_first_and_ties_by_position() {
        let trade = TradeMatrix::from_dense(&[
            &[0.0, 10.0, 1.0, 0.0, 0.0],
            &[0.0, 0.0, 0.0, 0.0, 0.0],
            &[0.0, 40.0, 0.0, 0.0, 0.0],
            &[0.0, 10.0, 3.0, 0.0, 0.0],
            &[5.0, 40.0, 0.0, 0.0, 0.0],
        ]);
        let short: Vec<(u16, u8, u16, f64)> =
            main_suppliers(&trade).iter().map(|r| (r.importer, r.rank, r.supplier, r.share)).collect();
        assert_eq!(
            short,
            [
                (0, 1, 4, 1.0),
                (1, 1, 2, 0.4),
                (1, 2, 4, 0.4),
                (1, 3, 0, 0.1),
                (2, 1, 3, 0.75),
                (2, 2, 0, 0.25)
            ]
        );
    }
}
