//! Whether an index sees what flags of import dependence see.

use serde::Serialize;

use super::cells::{Cell, by_product};
use super::index::Index;
use super::ranks::area_under_curve;

/// Years of the latest three from which on an importer counts as flagged.
const YEARS: f64 = 2.0;
/// Concentration of the exporters without which nobody is flagged.
pub(super) const CONCENTRATED: f64 = 0.4;

/// The flag of import dependence (GeoDep), and how well each index tells those that have it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FlagComparison {
    /// Importers of products of which the flag is known.
    pub importers: usize,
    /// Those flagged in at least two of the latest three years.
    pub flagged: usize,
    /// Importers of products left out, as the flag is undefined.
    pub undefined: usize,
    /// Products whose exporters are concentrated (HHI above 0.4), in the year: others are never flagged in it.
    pub products_concentrated: usize,
    /// Products in all.
    pub products: usize,
    /// By index: the chance that of a flagged importer and one that is not, the flagged one has the larger value; 0.5 is no better than chance.
    pub curves: Vec<(Index, Option<f64>)>,
}

impl FlagComparison {
    /// Of some importers; `None` if the flag is known of none.
    pub(super) fn of(cells: &[&Cell]) -> Option<Self> {
        let known: Vec<(&Cell, bool)> =
            cells.iter().filter_map(|cell| Some((*cell, cell.flags? >= YEARS))).collect();
        let curve = |&index: &Index| {
            let both = known.iter().filter_map(|(cell, flag)| Some((cell.of(index)?, *flag)));
            let (values, flags): (Vec<f64>, Vec<bool>) = both.unzip();
            (index, area_under_curve(&values, &flags))
        };
        let concentrated = |of: &&[&Cell]| of.iter().any(|c| c.export_hhi.is_some_and(|h| h > CONCENTRATED));
        (!known.is_empty()).then(|| Self {
            importers: known.len(),
            flagged: known.iter().filter(|(_, flag)| *flag).count(),
            undefined: cells.len() - known.len(),
            products_concentrated: by_product(cells).filter(concentrated).count(),
            products: by_product(cells).count(),
            curves: Index::ALL.iter().map(curve).collect(),
        })
    }

    /// Share of the importers that are flagged.
    pub fn share(&self) -> f64 {
        self.flagged as f64 / self.importers as f64
    }

    /// How well an index tells who is flagged.
    pub fn curve(&self, index: Index) -> Option<f64> {
        self.curves.iter().find(|(of, _)| *of == index)?.1
    }
}

#[cfg(test)]
mod tests {
    use super::super::correlations::tests::cell;
    use super::*;

    #[test]
    fn flags_of_two_years_count_and_undefined_ones_are_left_out() {
        let mut rows = [
            cell(0, 0, 1.0, Some(1.0), Some(0.9)),
            cell(0, 1, 1.0, Some(2.0), Some(0.8)),
            cell(0, 2, 1.0, Some(3.0), Some(0.1)),
            cell(1, 0, 1.0, Some(4.0), None),
            cell(1, 1, 1.0, Some(9.0), Some(0.2)),
        ];
        let flags = [Some(3.0), Some(2.0), Some(1.0), Some(0.0), None];
        for (row, flags) in rows.iter_mut().zip(flags) {
            row.flags = flags;
            row.export_hhi = Some([0.41, 0.4][row.product]);
        }
        let cells: Vec<&Cell> = rows.iter().collect();
        let found = FlagComparison::of(&cells).unwrap();
        assert_eq!((found.importers, found.flagged, found.undefined), (4, 2, 1));
        assert_eq!((found.products_concentrated, found.products), (1, 2));
        assert_eq!((found.curve(Index::StrFull), found.curve(Index::Hhi)), (Some(0.0), Some(1.0)));
        assert_eq!(found.curve(Index::WorstStop), None);
        rows.iter_mut().for_each(|row| row.flags = None);
        assert_eq!(FlagComparison::of(&rows.iter().collect::<Vec<_>>()), None);
    }
}
