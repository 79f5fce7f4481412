//! Who stands behind an importer: its main suppliers, and whose instability reaches it.

use parquet::errors::ParquetError;

use super::RunError;
use super::files::{each_group, numbers, years};
use crate::columnar::TableReader;
use crate::columnar::interned::InternedText;
use crate::indicators::Column;
use crate::run_folder::RunFiles;
use crate::run_folder::StoredPanel;

/// A supplier of an importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supply {
    /// Position of the supplier.
    pub supplier: usize,
    /// Its share in the importer's imports, in 0..=1.
    pub share: f64,
}

/// The main suppliers of every importer, from `suppliers.parquet`.
#[derive(Debug, Clone, PartialEq)]
pub struct MainSuppliers {
    /// By (product, year, importer), as [`StoredPanel::cell`] has it.
    by_cell: Vec<Vec<Supply>>,
}

impl MainSuppliers {
    /// The main suppliers of an importer of a product in a year, the largest first; empty if it imports nothing.
    pub fn of(&self, panel: &StoredPanel, product: usize, year: usize, importer: usize) -> &[Supply] {
        &self.by_cell[panel.cell(product, year, importer)]
    }

    pub(super) fn read(files: &RunFiles, panel: &StoredPanel) -> Result<Option<Self>, RunError> {
        const FILE: &str = "suppliers.parquet";
        if !files.exists(FILE) {
            return Ok(None);
        }
        let mut by_cell = vec![Vec::new(); panel.cells()];
        each_group(files, FILE, |table, group, rows| {
            let key = Key::read(table, group, rows, panel)?;
            let share = numbers(table, group, rows, "share")?;
            for (row, share) in share.into_iter().enumerate() {
                if let Some([product, year, importer, supplier]) = key.at(row) {
                    // Ranks of an importer follow one another in the file.
                    by_cell[panel.cell(product, year, importer)].push(Supply { supplier, share });
                }
            }
            Ok(())
        })?;
        Ok(Some(Self { by_cell }))
    }
}

/// What a supplier contributes to the STR of an importer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dependence {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the importer.
    pub importer: usize,
    /// Position of the supplier.
    pub supplier: usize,
    /// Its share in the importer's imports; 0 for one that reaches it through others only.
    pub share: f64,
    /// Its part of the importer's STR.
    pub contribution: f64,
    /// What of it comes directly.
    pub direct: f64,
}

/// The rows of `dependencies.parquet` about some products, in the order of the file.
pub(super) fn dependences(
    files: &RunFiles,
    panel: &StoredPanel,
    products: &[usize],
) -> Result<Vec<Dependence>, RunError> {
    let mut found = Vec::new();
    each_group(files, "dependencies.parquet", |table, group, rows| {
        let key = Key::read(table, group, rows, panel)?;
        if !key.products.iter().flatten().any(|p| products.contains(p)) {
            return Ok(());
        }
        let [share, contribution, direct] = [
            numbers(table, group, rows, "share")?,
            numbers(table, group, rows, "contribution")?,
            numbers(table, group, rows, "direct")?,
        ];
        for row in 0..rows {
            if let Some([product, year, importer, supplier]) = key.at(row)
                && products.contains(&product)
            {
                let (share, contribution, direct) = (share[row], contribution[row], direct[row]);
                found.push(Dependence { product, year, importer, supplier, share, contribution, direct });
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// What an importer buys of the goods of one country.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OriginShare {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the importer.
    pub importer: usize,
    /// Position of the country that made, or sells it.
    pub origin: usize,
    /// Share of the purchases that it made in the end.
    pub share: f64,
    /// Share of the purchases that it sells.
    pub direct: f64,
    /// Mean number of borders behind the purchases of the importer.
    pub crossings: f64,
}

/// The rows of `origins.parquet` about some products, in the order of the file.
pub(super) fn origins(
    files: &RunFiles,
    panel: &StoredPanel,
    products: &[usize],
) -> Result<Vec<OriginShare>, RunError> {
    let mut found = Vec::new();
    each_group(files, "origins.parquet", |table, group, rows| {
        let key = Key::read_with(table, group, rows, panel, "origin")?;
        if !key.products.iter().flatten().any(|p| products.contains(p)) {
            return Ok(());
        }
        let [share, direct, crossings] = [
            numbers(table, group, rows, "share")?,
            numbers(table, group, rows, "direct_share")?,
            numbers(table, group, rows, "crossings")?,
        ];
        for row in 0..rows {
            if let Some([product, year, importer, origin]) = key.at(row)
                && products.contains(&product)
            {
                let (share, direct, crossings) = (share[row], direct[row], crossings[row]);
                found.push(OriginShare { product, year, importer, origin, share, direct, crossings });
            }
        }
        Ok(())
    })?;
    Ok(found)
}

/// Product, year, importer and supplier of the rows of a row group, as positions of the panel.
struct Key {
    years: Vec<Option<usize>>,
    product: InternedText,
    importer: InternedText,
    supplier: InternedText,
    products: Vec<Option<usize>>,
    importers: Vec<Option<usize>>,
    suppliers: Vec<Option<usize>>,
}

impl Key {
    fn read(
        table: &TableReader,
        group: usize,
        rows: usize,
        panel: &StoredPanel,
    ) -> Result<Self, ParquetError> {
        Self::read_with(table, group, rows, panel, "supplier")
    }

    /// As [`Key::read`], where the column of the supplier has another name.
    fn read_with(
        table: &TableReader,
        group: usize,
        rows: usize,
        panel: &StoredPanel,
        supplier: &str,
    ) -> Result<Self, ParquetError> {
        let text = |name: &str| table.read_interned(group, table.column(name)?);
        let (product, importer, supplier) = (text("product")?, text("importer")?, text(supplier)?);
        let country = |text: &InternedText| text.values.iter().map(|c| panel.country(c)).collect();
        Ok(Self {
            years: years(table, group, rows)?
                .into_iter()
                .map(|year| u16::try_from(year).ok().and_then(|y| panel.year(y)))
                .collect(),
            products: product
                .values
                .iter()
                .map(|p| p.parse().ok().and_then(|code| panel.product(code)))
                .collect(),
            importers: country(&importer),
            suppliers: country(&supplier),
            product,
            importer,
            supplier,
        })
    }

    fn at(&self, row: usize) -> Option<[usize; 4]> {
        Some([
            self.products[self.product.rows[row] as usize]?,
            self.years[row]?,
            self.importers[self.importer.rows[row] as usize]?,
            self.suppliers[self.supplier.rows[row] as usize]?,
        ])
    }
}

/// What one supplier sells, from `flows.parquet`: by (product, year, importer), in the measure of the study.
#[derive(Debug, Clone, PartialEq)]
pub struct Sales {
    /// Position of the supplier.
    pub supplier: usize,
    by_cell: Vec<f64>,
}

impl Sales {
    /// The share of the supplier in what some importers buy of some products together, in 0..=1; `None` if they import nothing. The supplier
    /// itself does not count as an importer: what it buys it cannot buy from itself.
    pub fn share(
        &self,
        panel: &StoredPanel,
        products: &[usize],
        year: usize,
        importers: &[usize],
    ) -> Option<f64> {
        let (mut sold, mut bought) = (0.0, 0.0);
        for &product in products {
            for &importer in importers.iter().filter(|&&c| c != self.supplier) {
                if let Some(imports) = panel.value(Column::Imports, product, year, importer) {
                    sold += self.by_cell[panel.cell(product, year, importer)];
                    bought += imports;
                }
            }
        }
        (bought > 0.0).then(|| sold / bought)
    }

    /// What the supplier sells to an importer, thousand USD or tonnes; 0 if nothing.
    pub fn to(&self, panel: &StoredPanel, product: usize, year: usize, importer: usize) -> f64 {
        self.by_cell[panel.cell(product, year, importer)]
    }

    pub(super) fn read(
        files: &RunFiles,
        panel: &StoredPanel,
        supplier: usize,
        by_quantity: bool,
    ) -> Result<Option<Self>, RunError> {
        const FILE: &str = "flows.parquet";
        if !files.exists(FILE) {
            return Ok(None);
        }
        let code = &panel.countries[supplier].code;
        let mut by_cell = vec![0.0; panel.cells()];
        each_group(files, FILE, |table, group, rows| {
            let exporter = table.read_interned(group, table.column("exporter")?)?;
            let Some(wanted) = exporter.values.iter().position(|c| c == code) else { return Ok(()) };
            let (product, importer) = (
                table.read_interned(group, table.column("product")?)?,
                table.read_interned(group, table.column("importer")?)?,
            );
            let years = years(table, group, rows)?;
            let amount = match by_quantity {
                true => table.read_number_or_nan(group, table.column("quantity")?)?,
                false => numbers(table, group, rows, "value")?,
            };
            for row in (0..rows).filter(|&row| exporter.rows[row] as usize == wanted) {
                let product =
                    product.values[product.rows[row] as usize].parse().ok().and_then(|p| panel.product(p));
                let year = u16::try_from(years[row]).ok().and_then(|y| panel.year(y));
                let importer = panel.country(&importer.values[importer.rows[row] as usize]);
                if let (Some(product), Some(year), Some(importer)) = (product, year, importer)
                    && !amount[row].is_nan()
                {
                    by_cell[panel.cell(product, year, importer)] += amount[row];
                }
            }
            Ok(())
        })?;
        Ok(Some(Self { supplier, by_cell }))
    }
}
