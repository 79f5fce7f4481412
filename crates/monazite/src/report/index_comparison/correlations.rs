//! Whether two indices put importers into the same order.

use serde::Serialize;

use super::cells::{Cell, by_product};
use super::index::Index;
use super::ranks::{average_ranks, correlation, rank_correlation};

/// Importers of a product from which on their order says anything.
const FEWEST: usize = 3;

/// Products from which on their order says anything.
const FEWEST_PRODUCTS: usize = 5;

/// The rank correlation (Spearman) of two indices, over what both are defined for.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Correlation {
    /// The one.
    pub first: Index,
    /// The other.
    pub second: Index,
    /// Over all importers of all products at once, −1 to 1; `None` where one of them is undefined or does not vary.
    pub pooled: Option<f64>,
    /// Importers of products that it is over.
    pub importers: usize,
    /// Mean of the correlations inside the products, weighted by their importers. Products of which fewer than three importers have both, or where one
    /// of them does not vary, have none.
    pub inside: Option<f64>,
    /// Products that it is over.
    pub products_inside: usize,
    /// Over the products: of the means over their importers, weighted by imports; `None` for fewer than five products.
    pub across: Option<f64>,
    /// Products that it is over.
    pub products_across: usize,
}

/// The correlations of all pairs, in the order of [`Index::ALL`].
pub(super) fn correlations(cells: &[&Cell]) -> Vec<Correlation> {
    let complete = Complete::of(cells);
    let means: Vec<Vec<Option<f64>>> =
        by_product(cells).map(|of| Index::ALL.iter().map(|&index| mean(of, index)).collect()).collect();
    let mut found = Vec::new();
    for (at, &first) in Index::ALL.iter().enumerate() {
        for &second in &Index::ALL[at + 1..] {
            let (pooled, importers) = complete.pooled(cells, first, second);
            let (inside, products_inside) = inside(cells, first, second);
            let both = means.iter().filter_map(|of| Some((of[first as usize]?, of[second as usize]?)));
            let (a, b): (Vec<f64>, Vec<f64>) = both.unzip();
            found.push(Correlation {
                first,
                second,
                pooled,
                importers,
                inside,
                products_inside,
                across: rank_correlation(&a, &b).filter(|_| a.len() >= FEWEST_PRODUCTS),
                products_across: a.len(),
            });
        }
    }
    found
}

/// The values of both, of those that have both.
fn both(cells: &[&Cell], first: Index, second: Index) -> (Vec<f64>, Vec<f64>) {
    cells.iter().filter_map(|cell| Some((cell.of(first)?, cell.of(second)?))).unzip()
}

/// The mean of an index over the importers of a product that have one, weighted by imports.
fn mean(of: &[&Cell], index: Index) -> Option<f64> {
    let known = || of.iter().filter_map(|cell| Some((cell.imports, cell.of(index)?)));
    let weight = known().fold(0.0, |sum, (imports, _)| sum + imports);
    (weight > 0.0).then(|| known().fold(0.0, |sum, (imports, value)| sum + imports * value) / weight)
}

fn inside(cells: &[&Cell], first: Index, second: Index) -> (Option<f64>, usize) {
    let (mut sum, mut weight, mut products) = (0.0, 0.0, 0);
    for of in by_product(cells) {
        let (a, b) = both(of, first, second);
        if let Some(rho) = rank_correlation(&a, &b).filter(|_| a.len() >= FEWEST) {
            sum += a.len() as f64 * rho;
            weight += a.len() as f64;
            products += 1;
        }
    }
    ((products > 0).then(|| sum / weight), products)
}

/// The ranks of the indices that all cells have, made once for all pairs.
struct Complete([Option<Vec<f64>>; Index::ALL.len()]);

impl Complete {
    fn of(cells: &[&Cell]) -> Self {
        Self(Index::ALL.map(|index| {
            let values: Option<Vec<f64>> = cells.iter().map(|cell| cell.of(index)).collect();
            values.map(|values| average_ranks(&values))
        }))
    }

    fn pooled(&self, cells: &[&Cell], first: Index, second: Index) -> (Option<f64>, usize) {
        if let (Some(a), Some(b)) = (&self.0[first as usize], &self.0[second as usize]) {
            return (correlation(a, b), a.len());
        }
        let (a, b) = both(cells, first, second);
        (rank_correlation(&a, &b), a.len())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// An importer with values of full STR and HHI.
    pub(in crate::report::index_comparison) fn cell(
        product: usize,
        country: usize,
        imports: f64,
        str_full: Option<f64>,
        hhi: Option<f64>,
    ) -> Cell {
        let mut values = [None; Index::ALL.len()];
        values[Index::StrFull as usize] = str_full;
        values[Index::Hhi as usize] = hhi;
        Cell { product, country, imports, values, flags: None, export_hhi: None }
    }

    /// Two products: in the first the two indices agree, in the second they are opposed; between the products they agree.
    #[test]
    fn three_ways_by_hand() {
        let rows = [
            cell(0, 0, 1.0, Some(1.1), Some(0.1)),
            cell(0, 1, 1.0, Some(1.2), Some(0.2)),
            cell(0, 2, 2.0, Some(1.3), Some(0.3)),
            cell(1, 0, 1.0, Some(2.1), Some(0.9)),
            cell(1, 1, 1.0, Some(2.2), Some(0.8)),
            cell(1, 2, 1.0, Some(2.3), Some(0.7)),
            cell(1, 3, 9.0, Some(2.4), Some(0.6)),
            cell(1, 4, 9.0, Some(2.5), None),
        ];
        let cells: Vec<&Cell> = rows.iter().collect();
        let all = correlations(&cells);
        assert_eq!(all.len(), 36);
        let of = |a, b| all.iter().find(|c| (c.first, c.second) == (a, b)).unwrap();
        let found = of(Index::StrFull, Index::Hhi);
        // Ranks 1 to 7 and 1 2 3 7 6 5 4: 1 - 6 (9 + 1 + 1 + 9) / (7 * 48).
        assert!((found.pooled.unwrap() - (1.0 - 6.0 * 20.0 / 336.0)).abs() < 1e-15, "{found:?}");
        assert_eq!((found.importers, found.products_inside, found.products_across), (7, 2, 2));
        assert!((found.inside.unwrap() - (3.0 - 4.0) / 7.0).abs() < 1e-15, "{found:?}");
        assert_eq!(found.across, None, "two products are always in one order, or the opposite");
        // What the run does not have is undefined, and so is everything with it.
        let none = of(Index::StrFull, Index::WorstStop);
        assert_eq!((none.pooled, none.importers, none.inside, none.across), (None, 0, None, None));
    }

    #[test]
    fn means_are_weighted_by_imports_of_those_that_have_a_value() {
        let rows = [cell(0, 0, 1.0, Some(1.0), None), cell(0, 1, 3.0, Some(2.0), Some(0.5))];
        let cells: Vec<&Cell> = rows.iter().collect();
        assert_eq!(mean(&cells, Index::StrFull), Some(1.75));
        assert_eq!(mean(&cells, Index::Hhi), Some(0.5));
        assert_eq!(mean(&cells, Index::Exposure), None);
    }
}
