//! The main suppliers of every importer.

use crate::trade::TradeMatrix;

/// Suppliers kept for an importer.
pub const MOST_SUPPLIERS: usize = 3;

/// One of the main suppliers of an importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplierRow {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Position of the importer.
    pub importer: u16,
    /// 1 for the largest.
    pub rank: u8,
    /// Position of the supplier.
    pub supplier: u16,
    /// Its share in the importer's imports.
    pub share: f64,
}

/// The [`MOST_SUPPLIERS`] largest suppliers of every importer of a product-year, by share; equal shares by position.
pub fn main_suppliers(year: usize, product: u32, trade: &TradeMatrix, rows: &mut Vec<SupplierRow>) {
    for column in trade.columns() {
        let mut largest: Vec<(f64, u16)> = Vec::with_capacity(MOST_SUPPLIERS + 1);
        for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
            let place = largest.partition_point(|(other, _)| *other >= share);
            if place < MOST_SUPPLIERS {
                largest.insert(place, (share, supplier));
                largest.truncate(MOST_SUPPLIERS);
            }
        }
        rows.extend(largest.into_iter().zip(1..).map(|((share, supplier), rank)| SupplierRow {
            year,
            product,
            importer: column.importer,
            rank,
            supplier,
            share,
        }));
    }
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
        let mut rows = Vec::new();
        main_suppliers(2, 7, &trade, &mut rows);
        let short: Vec<(u16, u8, u16, f64)> =
            rows.iter().map(|r| (r.importer, r.rank, r.supplier, r.share)).collect();
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
        assert!(rows.iter().all(|r| (r.year, r.product) == (2, 7)));
    }
}
