//! A row group of `indicators.parquet`, read back: only the columns and products that are asked for.

use std::collections::BTreeSet;

use parquet::errors::ParquetError;

use crate::columnar::{Kind, TableReader};
use crate::indicators::Column;
use crate::nomenclature::Hs6;

/// What of a run folder to read. Everything, if nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelSelection {
    /// The columns; asking for the value of any other is a programming error. One that is written only if a study asks for it is left
    /// out where the run does not have it.
    pub columns: Vec<Column>,
    /// Only these products, as far as the panel has them.
    pub products: Option<BTreeSet<Hs6>>,
}

impl Default for PanelSelection {
    fn default() -> Self {
        Self { columns: Column::ALL.to_vec(), products: None }
    }
}

/// One row group of `indicators.parquet`, texts as positions.
pub(super) struct RowGroup {
    pub(super) products: Vec<String>,
    pub(super) countries: Vec<String>,
    pub(super) years: BTreeSet<i32>,
    pub(super) product: Vec<u32>,
    pub(super) country: Vec<u32>,
    pub(super) year: Vec<i32>,
    /// In the order of the selection, NaN where missing.
    pub(super) values: Vec<Vec<f64>>,
}

impl RowGroup {
    pub(super) fn read(
        table: &TableReader,
        group: usize,
        selection: &PanelSelection,
    ) -> Result<Self, ParquetError> {
        let rows = table.group_rows(group);
        let product = table.read_interned(group, table.column("product")?)?;
        let wanted = selection.products.as_ref().is_none_or(|wanted| {
            product.values.iter().any(|p| p.parse().is_ok_and(|code| wanted.contains(&code)))
        });
        let country = table.read_interned(group, table.column("country")?)?;
        let mut year = Vec::with_capacity(rows);
        table.read_int16(group, table.column("year")?, 0, rows, &mut year)?;
        let years = year.chunk_by(|a, b| a == b).map(|same| same[0]).collect();
        let mut read = Self {
            products: product.values,
            countries: country.values,
            years,
            product: product.rows,
            country: country.rows,
            year,
            values: Vec::new(),
        };
        if !wanted {
            // Its countries and years count, its rows do not.
            (read.product, read.country, read.year) = (Vec::new(), Vec::new(), Vec::new());
            return Ok(read);
        }
        for column in &selection.columns {
            let place = table.column(column.name())?;
            let values = if column.kind() == Kind::Number {
                let mut values = Vec::with_capacity(rows);
                table.read_number(group, place, 0, rows, &mut values)?;
                values
            } else {
                table.read_number_or_nan(group, place)?
            };
            read.values.push(values);
        }
        Ok(read)
    }
}
