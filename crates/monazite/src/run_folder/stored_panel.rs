//! The panel as a run has written it: what the stages after the indicators start from.
//!
//! A run folder, finished or still being made, holds everything that profiles, typology and regression need. Reading it
//! back instead of handing arrays on in memory means that a stage can be run again on its own, and that it works on
//! exactly what the files hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;

use super::error::{FolderError, MANIFEST_FILE};
use super::files::RunFiles;
use super::finished::open_finished;
use super::manifest::Manifest;
use super::row_group::RowGroup;
use super::stored_axes::{read_chain, read_composite, read_countries};
use crate::indicators::Column;
use crate::nomenclature::Hs6;
use crate::threads::within;

pub use super::row_group::PanelSelection;
pub use super::stored_axes::{StoredComposite, StoredCountry, StoredPanelError, StoredProduct};

/// The panel of a run, by column, with everything that gives its axes a meaning.
///
/// Every column is one array over (product, year, country), country innermost: the value of a product, year
/// and country, each a position in the lists below, stands at [`StoredPanel::cell`]. A cell without a row in the
/// file (the country trades nothing in that year) has no value in any column.
///
/// A clone shares the numbers, and costs next to nothing.
///
/// ```no_run
/// use monazite::indicators::Column;
/// use monazite::run_folder::StoredPanel;
/// let panel = StoredPanel::open("runs/example".as_ref())?;
/// let china = panel.country("CHN").expect("China trades");
/// for year in 0..panel.years.len() {
///     println!("{} {:?}", panel.years[year], panel.value(Column::Str, 0, year, china));
/// }
/// # Ok::<(), monazite::run_folder::StoredPanelError>(())
/// ```
#[derive(Debug, Clone)]
pub struct StoredPanel {
    /// The folder it was read from; empty for a run in memory.
    pub folder: PathBuf,
    /// The years, ascending.
    pub years: Vec<u16>,
    /// The products, ascending.
    pub products: Vec<StoredProduct>,
    /// The countries and merged groups, by code.
    pub countries: Vec<StoredCountry>,
    /// The composite; `None` if the run could not form one.
    pub composite: Option<StoredComposite>,
    /// By position of the country: positions of its input products, ascending; see
    /// [`mod@crate::indicators::input_products`].
    pub input_products: Vec<Vec<usize>>,
    /// Mean RCA over the window of the study by (product, country), NaN where there is none; as
    /// [`StoredPanel::mean_rca`] gives it.
    mean_rca: Arc<[f64]>,
    /// By column, NaN where there is no value; empty for a column that was not read.
    values: Arc<[Vec<f64>; Column::ALL.len()]>,
}

impl StoredPanel {
    /// Reads all columns and products of a finished run; see [`StoredPanel::read`] for one in progress or in memory.
    ///
    /// # Errors
    /// [`FolderError::Format`] for a finished run of another format, [`StoredPanelError::Incomplete`] if a table is missing, otherwise whatever makes a file unreadable.
    pub fn open(folder: &Path) -> Result<Self, StoredPanelError> {
        Self::open_selected(folder, &PanelSelection::default())
    }

    /// As [`StoredPanel::open`], with less in memory: 8 bytes a column, product, year and country.
    ///
    /// # Errors
    /// As [`StoredPanel::open`].
    pub fn open_selected(folder: &Path, selection: &PanelSelection) -> Result<Self, StoredPanelError> {
        // Tables without a manifest are taken as they are.
        let files = match folder.join(MANIFEST_FILE).exists() {
            true => open_finished(folder)?.files,
            false => RunFiles::folder(folder),
        };
        Self::read(&files, selection)
    }

    /// As [`StoredPanel::open_selected`], of a run that may be in memory or in progress ([`super::RunFolder::results`]).
    ///
    /// # Errors
    /// As [`StoredPanel::open`].
    pub fn read(files: &RunFiles, selection: &PanelSelection) -> Result<Self, StoredPanelError> {
        within(|| Self::read_here(files, selection))
    }

    fn read_here(files: &RunFiles, selection: &PanelSelection) -> Result<Self, StoredPanelError> {
        // A run in progress has no manifest yet.
        if files.exists(MANIFEST_FILE) {
            Manifest::check_format(files)?;
        }
        for file in ["indicators.parquet", "chain/nodes.csv"] {
            if !files.exists(file) {
                return Err(StoredPanelError::Incomplete { folder: files.name(), file });
            }
        }
        let indicators = files.place_of("indicators.parquet");
        let broken = |e| FolderError::parquet(&indicators, e);
        let table = files.parquet("indicators.parquet")?;
        let mut selection = selection.clone();
        let names = table.column_names();
        selection.columns.retain(|c| c.always_written() || names.iter().any(|name| name == c.name()));
        let selection = &selection;
        let groups: Vec<RowGroup> = (0..table.row_groups())
            .into_par_iter()
            .map(|group| RowGroup::read(&table, group, selection))
            .collect::<Result<_, _>>()
            .map_err(broken)?;
        let keys = |of: fn(&RowGroup) -> &Vec<String>| -> Vec<String> {
            let all: BTreeSet<&String> = groups.iter().flat_map(of).collect();
            all.into_iter().cloned().collect()
        };
        let codes = keys(|g| &g.countries);
        let years: BTreeSet<i32> = groups.iter().flat_map(|g| g.years.iter().copied()).collect();
        let mut products: Vec<StoredProduct> = keys(|g| &g.products)
            .iter()
            .filter_map(|code| code.parse().ok())
            .filter(|code| selection.products.as_ref().is_none_or(|wanted| wanted.contains(code)))
            .map(|code| StoredProduct { code, description: String::new(), tier: None, inputs: Vec::new() })
            .collect();
        products.sort_by_key(|p| p.code);
        read_chain(files, &mut products)?;
        let mut panel = Self {
            folder: files.path().map_or_else(PathBuf::new, Path::to_owned),
            countries: read_countries(files, &codes)?,
            years: years.into_iter().map(|y| y as u16).collect(),
            products,
            composite: read_composite(files)?,
            input_products: Vec::new(),
            mean_rca: Arc::default(),
            values: Arc::default(),
        };
        panel.input_products = panel.read_input_products(files)?;
        panel.mean_rca = panel.read_mean_rca(files)?.into();
        let mut values: [Vec<f64>; Column::ALL.len()] = Default::default();
        for &column in &selection.columns {
            values[column as usize] = vec![f64::NAN; panel.cells()];
        }
        for group in groups {
            panel.take(group, selection, &indicators, &mut values)?;
        }
        panel.values = Arc::new(values);
        Ok(panel)
    }

    /// A panel from values, for tests: all columns, and the mean RCA where it is above 0.
    #[cfg(test)]
    pub(crate) fn of_values(
        years: &[u16],
        products: Vec<StoredProduct>,
        countries: &[&str],
        value: impl Fn(Column, usize, usize, usize) -> Option<f64>,
    ) -> Self {
        let countries = countries
            .iter()
            .map(|c| StoredCountry { code: (*c).to_owned(), name: (*c).to_owned(), group: false })
            .collect();
        let mut panel = Self {
            folder: PathBuf::new(),
            years: years.to_vec(),
            products,
            countries,
            composite: None,
            input_products: Vec::new(),
            mean_rca: Arc::default(),
            values: Arc::default(),
        };
        panel.input_products = vec![Vec::new(); panel.countries.len()];
        panel.values = Arc::new(Column::ALL.map(|column| {
            let mut values = Vec::with_capacity(panel.cells());
            for p in 0..panel.products.len() {
                for t in 0..panel.years.len() {
                    for c in 0..panel.countries.len() {
                        values.push(value(column, p, t, c).unwrap_or(f64::NAN));
                    }
                }
            }
            values
        }));
        panel
    }

    /// Number of cells of a column.
    pub fn cells(&self) -> usize {
        self.products.len() * self.years.len() * self.countries.len()
    }

    /// Where the value of a product, year and country stands in a column.
    #[inline]
    pub fn cell(&self, product: usize, year: usize, country: usize) -> usize {
        (product * self.years.len() + year) * self.countries.len() + country
    }

    /// Whether a column was read: it was selected, and the run has it. Without rows there are no columns.
    pub fn has(&self, column: Column) -> bool {
        !self.values[column as usize].is_empty()
    }

    /// A whole column, NaN where there is no value. For loops over everything; elsewhere prefer
    /// [`StoredPanel::value`].
    ///
    /// # Panics
    /// If the column was not selected when the panel was opened, or the run does not have it ([`StoredPanel::has`]).
    pub fn column(&self, column: Column) -> &[f64] {
        let values = &self.values[column as usize];
        assert!(values.len() == self.cells(), "the column {} was not read", column.name());
        values
    }

    /// One value; `None` if it is undefined, if the country does not trade in the year, or if the study did not ask
    /// for the column.
    ///
    /// # Panics
    /// If the column was not selected when the panel was opened, or a position is out of range.
    #[inline]
    pub fn value(&self, column: Column, product: usize, year: usize, country: usize) -> Option<f64> {
        if !column.always_written() && !self.has(column) {
            return None;
        }
        Some(self.column(column)[self.cell(product, year, country)]).filter(|v| !v.is_nan())
    }

    /// Mean of yearly RCA over the window of the study; `None` if no year has an RCA.
    pub fn mean_rca(&self, product: usize, country: usize) -> Option<f64> {
        let at = product * self.countries.len() + country;
        self.mean_rca.get(at).copied().filter(|v| !v.is_nan())
    }

    /// Position of a country or merged group.
    pub fn country(&self, code: &str) -> Option<usize> {
        self.countries.binary_search_by(|c| c.code.as_str().cmp(code)).ok()
    }

    /// Position of a product.
    pub fn product(&self, code: Hs6) -> Option<usize> {
        self.products.binary_search_by_key(&code, |p| p.code).ok()
    }

    /// Position of a year.
    pub fn year(&self, year: u16) -> Option<usize> {
        self.years.binary_search(&year).ok()
    }

    /// The deepest tier; `None` if no product of the panel is in the chain.
    pub fn deepest_tier(&self) -> Option<u8> {
        self.products.iter().filter_map(|p| p.tier).max()
    }

    /// Puts the values of a row group into their cells.
    fn take(
        &self,
        group: RowGroup,
        selection: &PanelSelection,
        file: &Path,
        values_of: &mut [Vec<f64>; Column::ALL.len()],
    ) -> Result<(), StoredPanelError> {
        let products: Vec<Option<usize>> =
            group.products.iter().map(|code| code.parse().ok().and_then(|code| self.product(code))).collect();
        let countries: Vec<usize> = group
            .countries
            .iter()
            .map(|code| self.country(code).expect("every country of every row group is in the list"))
            .collect();
        let years: BTreeMap<i32, usize> =
            self.years.iter().enumerate().map(|(at, &year)| (i32::from(year), at)).collect();
        let mut cells = Vec::with_capacity(group.year.len());
        let mut last = (i32::MIN, 0);
        for row in 0..group.year.len() {
            let Some(product) = products[group.product[row] as usize] else {
                cells.push(usize::MAX);
                continue;
            };
            if group.year[row] != last.0 {
                last = (group.year[row], years[&group.year[row]]);
            }
            cells.push(self.cell(product, last.1, countries[group.country[row] as usize]));
        }
        for (&column, values) in selection.columns.iter().zip(group.values) {
            let target = &mut values_of[column as usize];
            for (row, (&cell, value)) in cells.iter().zip(values).enumerate() {
                if cell == usize::MAX {
                    continue;
                }
                // Imports are never missing, so a second row for a cell shows here.
                if column == Column::Imports && !target[cell].is_nan() {
                    return Err(StoredPanelError::Repeated {
                        file: file.display().to_string(),
                        product: group.products[group.product[row] as usize].clone(),
                        year: group.year[row],
                        country: group.countries[group.country[row] as usize].clone(),
                    });
                }
                target[cell] = value;
            }
        }
        Ok(())
    }

    fn read_input_products(&self, files: &RunFiles) -> Result<Vec<Vec<usize>>, StoredPanelError> {
        let mut inputs = vec![Vec::new(); self.countries.len()];
        let Some(table) = files.table_if_there("inputs.csv")? else { return Ok(inputs) };
        let (country, product) = (table.require(&["country"])?, table.require(&["product"])?);
        for row in &table.rows {
            let code: Hs6 =
                row.get(product).parse().map_err(|e| table.field_error(row, product, format!("{e}")))?;
            if let (Some(c), Some(p)) = (self.country(row.get(country)), self.product(code)) {
                inputs[c].push(p);
            }
        }
        for list in &mut inputs {
            list.sort_unstable();
            list.dedup();
        }
        Ok(inputs)
    }

    fn read_mean_rca(&self, files: &RunFiles) -> Result<Vec<f64>, StoredPanelError> {
        let mut means = vec![f64::NAN; self.products.len() * self.countries.len()];
        let Some(table) = files.parquet_if_there("strengths.parquet")? else { return Ok(means) };
        let path = files.place_of("strengths.parquet");
        let broken = |e| FolderError::parquet(&path, e);
        for group in 0..table.row_groups() {
            let text = |name: &str| table.read_interned(group, table.column(name)?);
            let product = text("product").map_err(broken)?;
            let country = text("country").map_err(broken)?;
            let mut values = Vec::new();
            let column = table.column("mean_rca").map_err(broken)?;
            table.read_number(group, column, 0, table.group_rows(group), &mut values).map_err(broken)?;
            let products: Vec<Option<usize>> =
                product.values.iter().map(|p| p.parse().ok().and_then(|code| self.product(code))).collect();
            let countries: Vec<Option<usize>> = country.values.iter().map(|c| self.country(c)).collect();
            for (row, value) in values.into_iter().enumerate() {
                if let (Some(p), Some(c)) =
                    (products[product.rows[row] as usize], countries[country.rows[row] as usize])
                {
                    means[p * self.countries.len() + c] = value;
                }
            }
        }
        Ok(means)
    }
}

#[cfg(test)]
mod tests;
