//! The share of the largest supplier: the plainest measure of reliance on one country.

use super::main_suppliers::MainSupplier;

/// max_a s\[a, c\] for every country c: the largest share of one supplier in its imports of the product.
///
/// What it answers: how much of the imports would be gone if one country stopped to sell? The benchmark of 65 % in the Critical Raw
/// Materials Act of the European Union is of this kind.
///
/// `suppliers` are the main suppliers of every importer, from [`super::main_suppliers::main_suppliers`]; `countries` is their number.
/// Range (0, 1\]; HHI lies between its square and itself. `None` for a country that imports nothing.
///
/// What it does *not* measure: whether others could step in, how stable the supplier is, and where *it* buys; see
/// [`crate::indicators::systemic_risk`].
///
/// Reference: Regulation (EU) 2024/1252, article 5.
///
/// ```
/// use monazite::indicators::largest_supplier_share::largest_supplier_share;
/// use monazite::indicators::main_suppliers::main_suppliers;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 0.0], &[10.0, 0.0, 0.0], &[0.0, 20.0, 0.0]]);
/// assert_eq!(largest_supplier_share(3, &main_suppliers(&t)), [Some(1.0), Some(0.75), None]);
/// ```
pub fn largest_supplier_share(countries: usize, suppliers: &[MainSupplier]) -> Vec<Option<f64>> {
    let mut largest = vec![None; countries];
    for supplier in suppliers.iter().filter(|supplier| supplier.rank == 1) {
        largest[usize::from(supplier.importer)] = Some(supplier.share);
    }
    largest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::concentration::herfindahl;
    use crate::indicators::main_suppliers::main_suppliers;
    use crate::trade::TradeMatrix;

    #[test]
    fn oracle_e1() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        assert_eq!(largest_supplier_share(3, &main_suppliers(&t)), [Some(1.0), Some(0.75), Some(0.625)]);
    }

    #[test]
    fn it_is_the_largest_of_all_shares_and_bounds_the_hhi() {
        let mut rows = vec![vec![0.0; 9]; 9];
        for a in 0..9 {
            for c in 0..8 {
                rows[a][c] = ((a * 7 + c * 5) % 11) as f64;
            }
        }
        let slices: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
        let t = TradeMatrix::from_dense(&slices);
        let largest = largest_supplier_share(9, &main_suppliers(&t));
        for column in t.columns() {
            let share = largest[usize::from(column.importer)].unwrap();
            assert_eq!(share, column.shares.iter().copied().fold(0.0, f64::max));
            let hhi = herfindahl(column.shares).unwrap();
            assert!(share * share <= hhi && hhi <= share + 1e-15);
        }
        assert_eq!(largest[8], None, "no imports");
    }
}
