//! The indices that others publish, of a run.

use std::collections::BTreeMap;

use super::RunError;
use super::files::{each_group, years};
use crate::columnar::TableReader;
use crate::columnar::interned::InternedText;
use crate::run_folder::RunFiles;
use crate::run_folder::StoredPanel;
use crate::run_folder::tables::{EXPORT_HHI, INDICES, WORST_SUPPLIER};
use parquet::errors::ParquetError;

/// The indices of one importer of a product in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexedImporter {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the importer.
    pub importer: usize,
    /// Position of the supplier whose stop is the worst; `None` if that is undefined, or the run does not have it.
    pub worst_supplier: Option<usize>,
    /// Its numbers in the order of [`RunIndices::columns`]; `None` what is undefined.
    pub values: Vec<Option<f64>>,
}

/// The indices of a run, from `indices.parquet`.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunIndices {
    /// The columns of numbers that the run has, in the order of the file: `export_hhi` and the indices.
    pub columns: Vec<String>,
    /// The rows in the order of the file: by product, year and importer.
    pub rows: Vec<IndexedImporter>,
}

impl RunIndices {
    /// Position of a column among the numbers of a row; `None` if the run does not have it.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// Those of one year (a position), or of all.
    pub(super) fn read(
        files: &RunFiles,
        panel: &StoredPanel,
        only: Option<usize>,
    ) -> Result<Option<Self>, RunError> {
        if !files.exists(INDICES.file) {
            return Ok(None);
        }
        let numbers: Vec<&str> = (INDICES.columns)()
            .iter()
            .map(|column| column.name)
            .skip_while(|name| *name != EXPORT_HHI)
            .filter(|name| *name != WORST_SUPPLIER)
            .collect();
        let mut found = Self::default();
        each_group(files, INDICES.file, |table, group, rows| {
            let columns: Vec<(&str, usize)> =
                numbers.iter().filter_map(|name| Some((*name, table.column(name).ok()?))).collect();
            found.columns = columns.iter().map(|(name, _)| (*name).to_owned()).collect();
            let values: Vec<Vec<f64>> = columns
                .iter()
                .map(|(_, column)| table.read_number_or_nan(group, *column))
                .collect::<Result<_, _>>()?;
            let key = Key::read(table, group, rows, panel)?;
            let supplier = Suppliers::read(table, group, panel)?;
            for row in 0..rows {
                if let Some([product, year, importer]) = key.at(row)
                    && only.is_none_or(|only| only == year)
                {
                    let number = |of: &Vec<f64>| Some(of[row]).filter(|number| !number.is_nan());
                    found.rows.push(IndexedImporter {
                        product,
                        year,
                        importer,
                        worst_supplier: supplier.at(row),
                        values: values.iter().map(number).collect(),
                    });
                }
            }
            Ok(())
        })?;
        Ok(Some(found))
    }
}

/// Product, year and importer of the rows of a row group, as positions of the panel.
struct Key {
    years: Vec<i32>,
    year_of: BTreeMap<i32, usize>,
    product: InternedText,
    importer: InternedText,
    products: Vec<Option<usize>>,
    importers: Vec<Option<usize>>,
}

impl Key {
    fn read(
        table: &TableReader,
        group: usize,
        rows: usize,
        panel: &StoredPanel,
    ) -> Result<Self, ParquetError> {
        let text = |name: &str| table.read_interned(group, table.column(name)?);
        let (product, importer) = (text("product")?, text("country")?);
        let products = product.values.iter().map(|p| p.parse().ok().and_then(|code| panel.product(code)));
        Ok(Self {
            years: years(table, group, rows)?,
            year_of: panel.years.iter().enumerate().map(|(at, year)| (i32::from(*year), at)).collect(),
            products: products.collect(),
            importers: importer.values.iter().map(|code| panel.country(code)).collect(),
            product,
            importer,
        })
    }

    fn at(&self, row: usize) -> Option<[usize; 3]> {
        Some([
            self.products[self.product.rows[row] as usize]?,
            *self.year_of.get(&self.years[row])?,
            self.importers[self.importer.rows[row] as usize]?,
        ])
    }
}

/// Whose stop is the worst, by row.
struct Suppliers(Option<(InternedText, Vec<Option<usize>>)>);

impl Suppliers {
    fn read(table: &TableReader, group: usize, panel: &StoredPanel) -> Result<Self, ParquetError> {
        let Ok(column) = table.column(WORST_SUPPLIER) else { return Ok(Self(None)) };
        let text = table.read_interned(group, column)?;
        let suppliers = text.values.iter().map(|code| panel.country(code)).collect();
        Ok(Self(Some((text, suppliers))))
    }

    fn at(&self, row: usize) -> Option<usize> {
        let (text, suppliers) = self.0.as_ref()?;
        suppliers[text.rows[row] as usize]
    }
}
