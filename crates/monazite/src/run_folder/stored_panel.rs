//! The panel as a run has written it: what the stages after the indicators start from.
//!
//! A run folder, finished or still being made, holds everything that profiles, typology and regression need. Reading it
//! back instead of handing arrays on in memory means that a stage can be run again on its own, and that it works on
//! exactly what the files hold.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use parquet::errors::ParquetError;
use rayon::prelude::*;

use crate::columnar::TableReader;
use crate::delimited::TableError;
use crate::indicators::Column;
use crate::nomenclature::Hs6;
use crate::run_folder::error::FolderError;
use crate::run_folder::files::RunFiles;

/// Why a run folder cannot be read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredPanelError {
    /// The folder or its large table.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A small table of the run.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The folder has no table of indicators.
    #[error("{folder}: there is no {file} in it; run the study first: monazite run STUDY --out {folder}")]
    Incomplete {
        /// The folder.
        folder: String,
        /// The missing file.
        file: &'static str,
    },
    /// Two rows for the same product, year and country.
    #[error("{file}: {product} {year} {country} stands there twice; the file was not written by monazite")]
    Repeated {
        /// The file.
        file: String,
        /// The product.
        product: String,
        /// The year.
        year: i32,
        /// The country.
        country: String,
    },
}

/// What of a run folder to read. Everything, if nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PanelSelection {
    /// The columns; asking for the value of any other is a programming error.
    pub columns: Vec<Column>,
    /// Only these products, as far as the panel has them.
    pub products: Option<BTreeSet<Hs6>>,
}

impl Default for PanelSelection {
    fn default() -> Self {
        Self { columns: Column::ALL.to_vec(), products: None }
    }
}

/// A country, or a merged group, of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCountry {
    /// iso3, or the code of the group.
    pub code: String,
    /// Name for people; the code if the folder does not say.
    pub name: String,
    /// Whether it is a group of countries merged into one.
    pub group: bool,
}

/// A product of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProduct {
    /// The code.
    pub code: Hs6,
    /// Its text; empty if it is not in the chain.
    pub description: String,
    /// Its tier; `None` if it is not in the chain.
    pub tier: Option<u8>,
    /// Positions of its direct inputs among the products of the panel.
    pub inputs: Vec<usize>,
}

/// Mean, standard deviation and loading of exposure, HHI and STR in the composite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredComposite {
    /// Means.
    pub mean: [f64; 3],
    /// Standard deviations.
    pub sd: [f64; 3],
    /// Loadings.
    pub loading: [f64; 3],
    /// Share of the variance that the first component carries.
    pub explained_variance: f64,
}

/// The panel of a run, by column, with everything that gives its axes a meaning.
///
/// Every column is one array over (product, year, country), country innermost: the value of a product, year
/// and country, each a position in the lists below, stands at [`StoredPanel::cell`]. A cell without a row in the
/// file (the country trades nothing in that year) has no value in any column.
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
    /// [`crate::indicators::input_products`].
    pub input_products: Vec<Vec<usize>>,
    /// Mean RCA over the window of the study by (product, country), NaN where there is none; as
    /// [`StoredPanel::mean_rca`] gives it.
    mean_rca: Vec<f64>,
    /// By column, NaN where there is no value.
    values: [Vec<f64>; Column::ALL.len()],
}

impl StoredPanel {
    /// Reads all columns and products of a finished run; see [`StoredPanel::read`] for one in progress or in memory.
    ///
    /// # Errors
    /// [`StoredPanelError::Incomplete`] if a table is missing, otherwise whatever makes a file unreadable.
    pub fn open(folder: &Path) -> Result<Self, StoredPanelError> {
        Self::open_selected(folder, &PanelSelection::default())
    }

    /// As [`StoredPanel::open`], with less in memory: 8 bytes a column, product, year and country.
    ///
    /// # Errors
    /// As [`StoredPanel::open`].
    pub fn open_selected(folder: &Path, selection: &PanelSelection) -> Result<Self, StoredPanelError> {
        Self::read(&RunFiles::folder(folder), selection)
    }

    /// As [`StoredPanel::open_selected`], of a run that may be in memory or in progress ([`super::RunFolder::results`]).
    ///
    /// # Errors
    /// As [`StoredPanel::open`].
    pub fn read(files: &RunFiles, selection: &PanelSelection) -> Result<Self, StoredPanelError> {
        for file in ["indicators.parquet", "chain/nodes.csv"] {
            if !files.exists(file) {
                return Err(StoredPanelError::Incomplete { folder: files.name(), file });
            }
        }
        let indicators = files.place_of("indicators.parquet");
        let broken = |e| FolderError::parquet(&indicators, e);
        let table = files.parquet("indicators.parquet")?;
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
            mean_rca: Vec::new(),
            values: Default::default(),
        };
        panel.input_products = panel.read_input_products(files)?;
        panel.mean_rca = panel.read_mean_rca(files)?;
        for &column in &selection.columns {
            panel.values[column as usize] = vec![f64::NAN; panel.cells()];
        }
        for group in groups {
            panel.take(group, selection, &indicators)?;
        }
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
            mean_rca: Vec::new(),
            values: Default::default(),
        };
        panel.input_products = vec![Vec::new(); panel.countries.len()];
        for column in Column::ALL {
            let mut values = Vec::with_capacity(panel.cells());
            for p in 0..panel.products.len() {
                for t in 0..panel.years.len() {
                    for c in 0..panel.countries.len() {
                        values.push(value(column, p, t, c).unwrap_or(f64::NAN));
                    }
                }
            }
            panel.values[column as usize] = values;
        }
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

    /// A whole column, NaN where there is no value. For loops over everything; elsewhere prefer
    /// [`StoredPanel::value`].
    ///
    /// # Panics
    /// If the column was not selected when the panel was opened.
    pub fn column(&self, column: Column) -> &[f64] {
        let values = &self.values[column as usize];
        assert!(values.len() == self.cells(), "the column {} was not read", column.name());
        values
    }

    /// One value; `None` if it is undefined, or if the country does not trade in the year.
    ///
    /// # Panics
    /// If the column was not selected when the panel was opened, or a position is out of range.
    #[inline]
    pub fn value(&self, column: Column, product: usize, year: usize, country: usize) -> Option<f64> {
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

    fn take(
        &mut self,
        group: RowGroup,
        selection: &PanelSelection,
        file: &Path,
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
            let target = &mut self.values[column as usize];
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

/// One row group of `indicators.parquet`, texts as positions.
struct RowGroup {
    products: Vec<String>,
    countries: Vec<String>,
    years: BTreeSet<i32>,
    product: Vec<u32>,
    country: Vec<u32>,
    year: Vec<i32>,
    /// In the order of the selection, NaN where missing.
    values: Vec<Vec<f64>>,
}

impl RowGroup {
    fn read(table: &TableReader, group: usize, selection: &PanelSelection) -> Result<Self, ParquetError> {
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
            let values = if matches!(column, Column::Imports | Column::Exports) {
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

/// Tiers and texts from `nodes.csv`, inputs from the links of `edges.csv` that were kept.
fn read_chain(files: &RunFiles, products: &mut [StoredProduct]) -> Result<(), StoredPanelError> {
    let place: BTreeMap<String, usize> =
        products.iter().enumerate().map(|(at, p)| (p.code.to_string(), at)).collect();
    let table = files.table("chain/nodes.csv")?;
    let (product, text, tier) =
        (table.require(&["product"])?, table.require(&["description"])?, table.require(&["tier"])?);
    for row in &table.rows {
        let Some(&at) = place.get(row.get(product)) else { continue };
        row.get(text).clone_into(&mut products[at].description);
        let value = row
            .get(tier)
            .parse()
            .map_err(|_| table.field_error(row, tier, format!("'{}' is not a tier", row.get(tier))))?;
        products[at].tier = Some(value);
    }
    let Some(table) = files.table_if_there("chain/edges.csv")? else { return Ok(()) };
    let (input, output, kept) =
        (table.require(&["input"])?, table.require(&["output"])?, table.require(&["kept"])?);
    for row in table.rows.iter().filter(|row| row.get(kept) == "true") {
        if let (Some(&from), Some(&to)) = (place.get(row.get(input)), place.get(row.get(output))) {
            products[to].inputs.push(from);
        }
    }
    for product in products {
        product.inputs.sort_unstable();
        product.inputs.dedup();
    }
    Ok(())
}

fn read_countries(files: &RunFiles, codes: &[String]) -> Result<Vec<StoredCountry>, StoredPanelError> {
    let mut known = BTreeMap::new();
    if let Some(table) = files.table_if_there("countries.csv")? {
        let [code, name, kind] =
            [table.require(&["country"])?, table.require(&["name"])?, table.require(&["kind"])?];
        for row in &table.rows {
            let merged = row.get(kind) == "merged";
            known.insert(row.get(code).to_owned(), (row.get(name).to_owned(), merged));
        }
    }
    Ok(codes
        .iter()
        .map(|code| {
            let (name, group) = known.remove(code).unwrap_or_else(|| (code.clone(), false));
            StoredCountry { code: code.clone(), name, group }
        })
        .collect())
}

fn read_composite(files: &RunFiles) -> Result<Option<StoredComposite>, StoredPanelError> {
    let Some(table) = files.table_if_there("composite.csv")? else { return Ok(None) };
    let number = |row: usize, name: &str| -> Result<f64, StoredPanelError> {
        let column = table.require(&[name])?;
        let Some(row) = table.rows.get(row) else {
            return Err(TableError::Empty { file: table.file.clone() }.into());
        };
        Ok(table.number(row, column)?)
    };
    let three = |name: &str| -> Result<[f64; 3], StoredPanelError> {
        Ok([number(0, name)?, number(1, name)?, number(2, name)?])
    };
    Ok(Some(StoredComposite {
        mean: three("mean")?,
        sd: three("sd")?,
        loading: three("loading")?,
        explained_variance: number(0, "explained_variance")?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columnar::{Kind, Schema, Values, write_table};
    use parquet::data_type::ByteArray;

    /// A run folder of two products, two years and two countries; B trades nothing in 2020.
    fn folder(repeat: bool) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        let mut rows = vec![
            (2019, "280530", "A", Some(0.5)),
            (2019, "280530", "B", None),
            (2020, "280530", "A", Some(0.25)),
            (2019, "284690", "A", Some(1.0)),
            (2019, "284690", "B", Some(0.0)),
            (2020, "284690", "A", None),
        ];
        if repeat {
            rows.push(rows[0]);
        }
        let names: Vec<(&str, Kind)> =
            [("year", Kind::Int16), ("product", Kind::Text), ("country", Kind::Text)]
                .into_iter()
                .chain(Column::ALL.iter().map(|c| {
                    let trade = matches!(c, Column::Imports | Column::Exports);
                    (c.name(), if trade { Kind::Number } else { Kind::OptionalNumber })
                }))
                .collect();
        let year: Vec<i32> = rows.iter().map(|r| r.0).collect();
        let product: Vec<ByteArray> = rows.iter().map(|r| ByteArray::from(r.1)).collect();
        let country: Vec<ByteArray> = rows.iter().map(|r| ByteArray::from(r.2)).collect();
        let trade: Vec<f64> = (0..rows.len()).map(|n| n as f64).collect();
        let rest: Vec<Option<f64>> = rows.iter().map(|r| r.3).collect();
        let mut values = vec![Values::Int16(&year), Values::Text(&product), Values::Text(&country)];
        values.extend([Values::Number(&trade); 2]);
        values.extend([Values::OptionalNumber(&rest); Column::ALL.len() - 2]);
        write_table(&at("indicators.parquet"), &Schema::new(&names, 1), &values).unwrap();
        let strengths = [("product", Kind::Text), ("country", Kind::Text), ("mean_rca", Kind::Number)];
        write_table(
            &at("strengths.parquet"),
            &Schema::new(&strengths, 1),
            &[Values::Text(&["280530".into()]), Values::Text(&["B".into()]), Values::Number(&[2.5])],
        )
        .unwrap();
        std::fs::create_dir(at("chain")).unwrap();
        std::fs::write(
            at("chain/nodes.csv"),
            "product,description,tier\n280530,\"Metals, rare\",1\n284690,Compounds,0\n",
        )
        .unwrap();
        std::fs::write(at("chain/edges.csv"), "input,output,kept\n284690,280530,true\n280530,284690,false\n")
            .unwrap();
        std::fs::write(at("countries.csv"), "country,name,kind\nA,Alpha,country\nB,Beta,merged\n").unwrap();
        std::fs::write(at("inputs.csv"), "country,product\nB,284690\n").unwrap();
        folder
    }

    #[test]
    fn what_a_run_has_written_comes_back() {
        let folder = folder(false);
        let panel = StoredPanel::open(folder.path()).unwrap();
        assert_eq!(panel.years, [2019, 2020]);
        let (metal, compound) = (&panel.products[0], &panel.products[1]);
        assert_eq!(
            (metal.tier, metal.description.as_str(), metal.inputs.as_slice()),
            (Some(1), "Metals, rare", [1].as_slice())
        );
        assert_eq!((compound.tier, compound.inputs.len()), (Some(0), 0));
        let (alpha, beta) = (panel.country("A").unwrap(), panel.country("B").unwrap());
        assert_eq!((panel.countries[beta].name.as_str(), panel.countries[beta].group), ("Beta", true));
        assert!(!panel.countries[alpha].group && panel.country("C").is_none());
        assert_eq!(panel.value(Column::Str, 0, 0, alpha), Some(0.5));
        assert_eq!(panel.value(Column::Str, 0, 0, beta), None);
        assert_eq!(panel.value(Column::Imports, 1, 0, beta), Some(4.0));
        assert_eq!(panel.value(Column::Imports, 1, 1, beta), None, "no row");
        assert_eq!((panel.mean_rca(0, beta), panel.mean_rca(0, alpha)), (Some(2.5), None));
        assert_eq!(panel.input_products, [vec![], vec![1]]);
        assert!(panel.composite.is_none());
        assert_eq!(panel.deepest_tier(), Some(1));
    }

    #[test]
    fn part_of_it_can_be_read() {
        let folder = folder(false);
        let selection = PanelSelection {
            columns: vec![Column::Exports],
            products: Some(["284690".parse().unwrap()].into()),
        };
        let panel = StoredPanel::open_selected(folder.path(), &selection).unwrap();
        assert_eq!(panel.cells(), 4);
        assert_eq!(panel.value(Column::Exports, 0, 0, 1), Some(4.0));
        assert_eq!(panel.input_products, [vec![], vec![0]]);
    }

    #[test]
    fn a_damaged_folder_is_named() {
        let empty = tempfile::tempdir().unwrap();
        let error = StoredPanel::open(empty.path()).unwrap_err().to_string();
        assert!(error.contains("there is no indicators.parquet in it; run the study first"), "{error}");
        let error = StoredPanel::open(folder(true).path()).unwrap_err().to_string();
        assert!(error.contains("280530 2019 A stands there twice"), "{error}");
    }
}
