//! The columns of the panel while they wait to be written: one array a column of the table of indicators.

use crate::indicators::{Column, ImportContent, ProductYear, Series};
use crate::study::Study;
use crate::trade::TradeMatrix;

/// The columns that a study writes, in the order of the file; the composite among them, which is known only when all products are.
pub fn columns_of(study: &Study) -> Vec<Column> {
    let asked = |column: &Column| match column {
        Column::TradeRisk => study.indicators.trade_risk.is_some(),
        Column::StrFull => study.indicators.import_content != ImportContent::Full,
        _ => true,
    };
    Column::ALL.into_iter().filter(asked).collect()
}

/// Which rows a product-year adds to the panel.
#[derive(Debug, Clone, Copy)]
pub(super) struct RowsOf<'a> {
    /// Calendar year.
    pub year: i32,
    /// Position of the product.
    pub product: u32,
    /// By country: whether it trades anything in the year.
    pub active: &'a [bool],
    /// By country: whether it trades enough of the product for its indicators to be shown.
    pub shown: &'a [bool],
}

/// The columns of the panel for some products.
#[derive(Debug)]
pub struct PanelColumns {
    /// Calendar year.
    pub year: Vec<i32>,
    /// Position of the product among the products of the study.
    pub product: Vec<u32>,
    /// Position of the country among the countries of the study.
    pub country: Vec<u16>,
    /// By column of the table, NaN where there is no value; empty for a column that is not kept.
    values: Vec<Vec<f64>>,
}

impl Default for PanelColumns {
    fn default() -> Self {
        Self {
            year: Vec::new(),
            product: Vec::new(),
            country: Vec::new(),
            values: vec![Vec::new(); Column::ALL.len()],
        }
    }
}

impl PanelColumns {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.year.len()
    }

    /// A column, NaN where there is no value; empty if it was not kept, as the composite never is.
    pub fn column(&self, column: Column) -> &[f64] {
        &self.values[column as usize]
    }

    /// Adds the rows of a product-year to some columns.
    pub(super) fn add(
        &mut self,
        columns: &[Column],
        trade: &TradeMatrix,
        indicators: &ProductYear,
        rows: RowsOf<'_>,
    ) {
        let active = || (0..rows.active.len()).filter(|&c| rows.active[c]);
        let before = self.country.len();
        self.country.extend(active().map(|c| c as u16));
        self.year.resize(self.country.len(), rows.year);
        self.product.resize(self.country.len(), rows.product);
        for &column in columns {
            let values = &mut self.values[column as usize];
            values.reserve(self.country.len() - before);
            let mut optional = |of: &[Option<f64>]| {
                values.extend(active().map(|c| of[c].filter(|_| rows.shown[c]).unwrap_or(f64::NAN)));
            };
            match column.values(trade, indicators) {
                Series::Numbers(of) => values.extend(active().map(|c| of[c])),
                Series::Optional(of) => optional(of),
                Series::Computed(of) => optional(&of),
                Series::Later => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::{ProductYearOptions, Workspace, product_year};

    #[test]
    fn rows_are_the_active_countries_and_small_traders_show_imports_and_exports_only() {
        let trade = TradeMatrix::from_dense(&[&[0.0, 60.0, 0.0], &[10.0, 0.0, 0.0], &[0.0; 3]]);
        let options = ProductYearOptions::default();
        let indicators = product_year(&trade, &[0.5; 3], &options, &mut Workspace::default()).unwrap();
        let mut panel = PanelColumns::default();
        let rows =
            RowsOf { year: 2019, product: 7, active: &[true, true, false], shown: &[true, false, true] };
        panel.add(&[Column::Imports, Column::Hhi, Column::Pc1], &trade, &indicators, rows);
        assert_eq!(
            (panel.rows(), panel.year.as_slice(), panel.product.as_slice()),
            (2, &[2019; 2][..], &[7; 2][..])
        );
        assert_eq!(
            (panel.country.as_slice(), panel.column(Column::Imports)),
            (&[0, 1][..], &[10.0, 60.0][..])
        );
        let hhi = panel.column(Column::Hhi);
        assert!(hhi[0] == 1.0 && hhi[1].is_nan());
        assert!(panel.column(Column::Pc1).is_empty() && panel.column(Column::Str).is_empty());
    }
}
