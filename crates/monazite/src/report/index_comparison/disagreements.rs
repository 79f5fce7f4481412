//! Where two indices disagree most: importers that stand high by one and low by the other, beside the other importers of the same product.

use serde::Serialize;

use super::cells::{Cell, Cells, by_product};
use super::pair::Pair;
use super::ranks::percentiles;
use super::reasons::Reasons;
use crate::report::answers::amounts::{Named, NamedProduct};
use crate::run::{Run, RunError};

/// Importers of a product from which on a place among them says anything.
const FEWEST: usize = 5;
/// Distance of the two places from which on indices disagree: half of the importers lie between them.
const LEAST_GAP: f64 = 0.5;

/// An importer of a product that stands high by one index and low by another.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Disagreement {
    /// The indices.
    pub pair: Pair,
    /// The product.
    pub product: NamedProduct,
    /// The importer.
    pub importer: Named,
    /// What it imports, thousand USD.
    pub imports: f64,
    /// Its values: of the index that is high, then of the low one.
    pub values: [f64; 2],
    /// Its places among the importers of the product, above 0 to 1 for the largest value, likewise.
    pub places: [f64; 2],
    /// Importers of the product among which it stands there.
    pub among: usize,
    /// Why, from its own numbers; `None` where they do not show it, or the run does not have them.
    pub why: Option<String>,
}

/// What disagreements are looked for among.
pub(super) struct Looked<'a> {
    pub(super) run: &'a Run,
    /// Position of the year.
    pub(super) year: usize,
    /// All importers.
    pub(super) cells: &'a Cells,
    /// Least imports of an importer, thousand USD.
    pub(super) least: f64,
    /// Cases of each pair at most.
    pub(super) cases: usize,
}

/// The importers on which each pair disagrees most, one of a product, the largest distance of places first.
pub(super) fn disagreements(looked: &Looked<'_>) -> Result<Vec<Disagreement>, RunError> {
    let large = looked.cells.from(looked.least);
    let reasons = Reasons::of(looked.run, looked.year)?;
    let mut found = Vec::new();
    for pair in Pair::ALL {
        for case in largest(&large, pair, looked.cases) {
            let everybody: Vec<&Cell> =
                looked.cells.all.iter().filter(|cell| cell.product == case.cell.product).collect();
            found.push(Disagreement {
                pair,
                product: NamedProduct::at(looked.run, case.cell.product)?,
                importer: Named::at(looked.run, case.cell.country)?,
                imports: case.cell.imports,
                values: case.values,
                places: case.places,
                among: case.among,
                why: reasons.why(pair, case.cell, &everybody),
            });
        }
    }
    Ok(found)
}

/// A cell with its values and places.
struct Case<'a> {
    cell: &'a Cell,
    values: [f64; 2],
    places: [f64; 2],
    among: usize,
}

impl Case<'_> {
    fn gap(&self) -> f64 {
        self.places[0] - self.places[1]
    }
}

/// The cases of a pair: of each product the importer with the largest distance, the larger importer of two equal ones.
fn largest<'a>(cells: &[&'a Cell], pair: Pair, most: usize) -> Vec<Case<'a>> {
    let mut cases: Vec<Case<'a>> = by_product(cells).filter_map(|of| of_product(of, pair)).collect();
    cases.retain(|case| case.gap() >= LEAST_GAP);
    cases.sort_by(|a, b| {
        b.gap()
            .total_cmp(&a.gap())
            .then(b.cell.imports.total_cmp(&a.cell.imports))
            .then(a.cell.product.cmp(&b.cell.product))
    });
    cases.truncate(most);
    cases
}

fn of_product<'a>(of: &[&'a Cell], pair: Pair) -> Option<Case<'a>> {
    let both: Vec<(&'a Cell, [f64; 2])> =
        of.iter().filter_map(|cell| Some((*cell, [cell.of(pair.high())?, cell.of(pair.low())?]))).collect();
    if both.len() < FEWEST {
        return None;
    }
    let places = [0, 1].map(|at| percentiles(&both.iter().map(|(_, values)| values[at]).collect::<Vec<_>>()));
    let cases = both.iter().enumerate().map(|(at, (cell, values))| Case {
        cell,
        values: *values,
        places: [places[0][at], places[1][at]],
        among: both.len(),
    });
    cases.reduce(|a, b| {
        let order = b.gap().total_cmp(&a.gap()).then(b.cell.imports.total_cmp(&a.cell.imports));
        if order.is_gt() { b } else { a }
    })
}

#[cfg(test)]
mod tests {
    use super::super::correlations::tests::cell;
    use super::*;

    #[test]
    fn the_largest_distance_of_each_product_comes_first_by_hand() {
        let str_of = [1.1, 1.2, 1.3, 1.4, 1.5];
        let mut rows: Vec<Cell> = Vec::new();
        // Product 0: the two agree. Product 1: the one lowest by STR is second by HHI, the highest by STR lowest by HHI. Product 2: too few.
        for (product, hhi) in [(0, [0.1, 0.2, 0.3, 0.4, 0.5]), (1, [0.4, 0.2, 0.3, 0.5, 0.1])] {
            rows.extend((0..5).map(|c| cell(product, c, 1.0, Some(str_of[c]), Some(hhi[c]))));
        }
        rows.extend((0..4).map(|c| cell(2, c, 1.0, Some(str_of[c]), Some(1.0 - str_of[c] / 2.0))));
        let cells: Vec<&Cell> = rows.iter().collect();
        let found = largest(&cells, Pair::HhiHighStrLow, 3);
        let [case] = &found[..] else { panic!("{}", found.len()) };
        assert_eq!((case.cell.product, case.cell.country, case.among), (1, 0, 5));
        assert_eq!((case.values, case.places), ([0.4, 1.1], [0.8, 0.2]));
        let found = largest(&cells, Pair::StrHighHhiLow, 3);
        assert_eq!(found.iter().map(|c| (c.cell.product, c.cell.country)).collect::<Vec<_>>(), [(1, 4)]);
        assert!(largest(&cells, Pair::EuHighMassLow, 3).is_empty());
    }
}
