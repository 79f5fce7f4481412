//! Stores of trade: made of a release or of a table, and read.

use std::collections::HashMap;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::builder::StringBuilder;
use arrow_array::{ArrayRef, Int32Array};
use monazite::ingest::own_table::{
    ColumnMap, ColumnRole, FlowDirection, QuantityUnit, TableOptions, ValueUnit,
};
use monazite::ingest::{ReadOptions, Release, ShortCodes, UnknownCountry};
use monazite::nomenclature::{Hs6, HsEdition};
use monazite::progress::Progress;
use monazite::study::parameter::{Parameter, read_word};
use monazite::trade::{FlowSource, ImportOptions, Store, StoreError, import_release};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::engine_errors::of_store;
use crate::errors::{Class, Where, input, of_the_system, raise};
use crate::flows::{CountryNumbers, Flows, no_column};
use crate::table::{Table, numbers};
use crate::working::working;

/// Settings of an import, by the names that they have as options; see `monazite.import_trade`.
#[derive(FromPyObject)]
pub struct Settings {
    #[pyo3(item)]
    edition: Option<String>,
    #[pyo3(item)]
    version: Option<String>,
    #[pyo3(item)]
    to: Option<String>,
    #[pyo3(item)]
    columns: HashMap<String, String>,
    #[pyo3(item)]
    unit: Option<String>,
    #[pyo3(item)]
    quantity_unit: Option<String>,
    #[pyo3(item)]
    flow: Option<String>,
    #[pyo3(item)]
    source: Option<String>,
    #[pyo3(item)]
    licence: Option<String>,
    #[pyo3(item)]
    drop_unknown_countries: bool,
    #[pyo3(item)]
    pad_short_codes: bool,
}

fn one_of<T: Parameter>(name: &str, word: Option<&String>) -> PyResult<Option<T>> {
    let read = word.map(|word| read_word(word)).transpose();
    read.map_err(|problem| PyValueError::new_err(format!("{name}: {problem}")))
}

impl Settings {
    fn table(&self) -> PyResult<TableOptions> {
        let role = |(role, name): (&String, &String)| {
            let known = || ColumnRole::ALL.map(ColumnRole::key).join(", ");
            let found = ColumnRole::from_key(role).ok_or_else(|| {
                PyValueError::new_err(format!(
                    "columns: '{role}' is nothing that a column can be; there are {}",
                    known()
                ))
            })?;
            Ok((found, name.clone()))
        };
        let roles: Vec<(ColumnRole, String)> = self.columns.iter().map(role).collect::<PyResult<_>>()?;
        let columns = ColumnMap::new(roles.iter().map(|(role, name)| (*role, name.as_str())));
        Ok(TableOptions {
            columns: columns.map_err(|problem| PyValueError::new_err(format!("columns: {problem}")))?,
            unit: one_of::<ValueUnit>("unit", self.unit.as_ref())?,
            quantity_unit: one_of::<QuantityUnit>("quantity_unit", self.quantity_unit.as_ref())?,
            flow: one_of::<FlowDirection>("flow", self.flow.as_ref())?,
        })
    }

    fn import(&self) -> PyResult<ImportOptions> {
        Ok(ImportOptions {
            read: ReadOptions {
                unknown_country: match self.drop_unknown_countries {
                    true => UnknownCountry::Drop,
                    false => UnknownCountry::Refuse,
                },
                short_codes: if self.pad_short_codes { ShortCodes::Pad } else { ShortCodes::Refuse },
            },
            edition: one_of::<HsEdition>("edition", self.edition.as_ref())?,
            version: self.version.clone(),
            convert_to: one_of::<HsEdition>("to", self.to.as_ref())?,
            source: self.source.clone().unwrap_or_default(),
            licence: self.licence.clone().unwrap_or_default(),
            ..ImportOptions::default()
        })
    }
}

/// Imports a release, or a file of trade, into a store. Returns the account of its rows in sentences.
#[pyfunction]
pub fn import_files(
    py: Python<'_>,
    release: PathBuf,
    out: PathBuf,
    settings: Settings,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<String>> {
    let (table, options) = (settings.table()?, settings.import()?);
    if !release.exists() {
        let message = format!("there is no {}", release.display());
        return Err(pyo3::exceptions::PyFileNotFoundError::new_err(message));
    }
    working(py, threads, progress, |progress| bring_in(&release, &out, &table, &options, progress))?
        .map_err(of_store)
}

fn bring_in(
    release: &Path,
    out: &Path,
    table: &TableOptions,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Vec<String>, StoreError> {
    let release = Release::open_table(release, table)?;
    let outcome = import_release(&release, out, options, progress)?;
    Ok(outcome.manifest().account.in_sentences())
}

/// Imports a table in memory into a store, through a file beside it that is gone afterwards: rows are judged as those of any file.
#[pyfunction]
pub fn import_rows(
    flows: &Bound<'_, PyAny>,
    out: PathBuf,
    settings: Settings,
    country_codes: Option<HashMap<i64, String>>,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<Vec<String>> {
    let options = settings.import()?;
    if let Some((role, known)) = no_column(&settings.columns) {
        let message = format!("columns: '{role}' is nothing that a column can be; there are {known}");
        return Err(PyValueError::new_err(message));
    }
    let Flows { years, products, exporters, importers, values, quantities, .. } =
        Flows::of(flows, &settings.columns, &CountryNumbers::of(country_codes), true)?;
    let table = TableOptions { columns: ColumnMap::default(), ..settings.table_units()? };
    let place = scratch_beside(&out)
        .map_err(|e| of_the_system(&e, &format!("{}: cannot be written: {e}", out.display())))?;
    let work = |progress: &dyn Progress| -> Result<Result<Vec<String>, StoreError>, std::io::Error> {
        let scratch = Scratch::make(&place)?;
        let file = scratch.0.join("flows.csv");
        let mut csv = BufWriter::new(std::fs::File::create(&file)?);
        writeln!(
            csv,
            "year,exporter,importer,product,value{}",
            if quantities.is_some() { ",quantity" } else { "" }
        )?;
        let quoted = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
        for row in 0..years.len() {
            if row % 65_536 == 0 && progress.cancelled() {
                return Ok(Err(StoreError::Cancelled(monazite::progress::Cancelled::default())));
            }
            let label = |of: &(monazite::trade::Labels, Vec<u32>)| quoted(of.0.get(of.1[row]));
            write!(
                csv,
                "{},{},{},{},{}",
                years[row],
                label(&exporters),
                label(&importers),
                label(&products),
                values[row]
            )?;
            match &quantities {
                Some(quantities) if quantities[row].is_nan() => writeln!(csv, ",")?,
                Some(quantities) => writeln!(csv, ",{}", quantities[row])?,
                None => writeln!(csv)?,
            }
        }
        csv.flush()?;
        drop(csv);
        Ok(bring_in(&file, &out, &table, &options, progress))
    };
    working(flows.py(), threads, progress, work)?
        .map_err(|e| of_the_system(&e, &format!("{}: cannot be written: {e}", out.display())))?
        .map_err(|error| of_rows(error, &place.join("flows.csv")))
}

/// What is wrong with a table in memory, which knows no file and no line.
fn of_rows(error: StoreError, file: &Path) -> PyErr {
    let StoreError::Ingest(error) = error else { return of_store(error) };
    let message = error.to_string().replace("unknown_country = \"drop\"", "drop_unknown_countries=True");
    let name = file.display().to_string();
    let after = message.strip_prefix(&format!("{name}:")).and_then(|rest| rest.split_once(':'));
    let line: Option<u64> = after.and_then(|(line, _)| line.parse().ok());
    // The first line of the file has the names of the columns.
    let row = line.map(|line| line - 1);
    let text = match (row, after) {
        (Some(row), Some((_, rest))) => format!("row {row} of flows:{}", rest.replace(&name, "flows")),
        _ => message.replace(&name, "flows"),
    };
    raise(Class::Input, &text, Where { file: Some("flows".to_owned()), line: row, ..Where::default() })
}

impl Settings {
    /// Units of a table in memory: those of BACI where nobody says.
    fn table_units(&self) -> PyResult<TableOptions> {
        Ok(TableOptions {
            unit: one_of::<ValueUnit>("unit", self.unit.as_ref())?.or(Some(ValueUnit::ThousandUsd)),
            quantity_unit: one_of::<QuantityUnit>("quantity_unit", self.quantity_unit.as_ref())?
                .or(Some(QuantityUnit::Tonnes)),
            ..TableOptions::default()
        })
    }
}

/// A folder that is gone when it is dropped.
struct Scratch(PathBuf);

impl Scratch {
    fn make(folder: &Path) -> std::io::Result<Self> {
        std::fs::create_dir_all(folder.parent().unwrap_or(Path::new("/")))?;
        std::fs::create_dir(folder)?;
        Ok(Self(folder.to_owned()))
    }
}

/// A folder beside another that two calls at once do not share.
fn scratch_beside(out: &Path) -> std::io::Result<PathBuf> {
    static CALLS: AtomicU64 = AtomicU64::new(0);
    let out = std::path::absolute(out)?;
    let name = out.file_name().unwrap_or_default().to_string_lossy();
    let call = CALLS.fetch_add(1, Ordering::Relaxed);
    Ok(out.with_file_name(format!(".{name}.{}-{call}.import", std::process::id())))
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A store that is open. See `monazite.Store`.
#[pyclass(frozen, module = "monazite._monazite")]
pub struct OpenStore {
    store: Store,
}

#[pymethods]
impl OpenStore {
    #[new]
    fn new(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        Ok(Self { store: py.detach(|| Store::open(&folder)).map_err(of_store)? })
    }

    #[getter]
    fn folder(&self) -> PathBuf {
        self.store.folder().to_owned()
    }

    /// The files that it is made of at present: role, year, path.
    fn files(&self) -> Vec<(&'static str, Option<u16>, PathBuf)> {
        self.store.files().into_iter().map(|file| (file.role, file.year, file.path)).collect()
    }

    /// Its years.
    #[getter]
    fn years(&self) -> Vec<u16> {
        self.store.years().to_vec()
    }

    /// Products with trade.
    #[getter]
    fn products(&self) -> Vec<String> {
        self.store.traded_products().iter().map(ToString::to_string).collect()
    }

    /// Codes of its countries.
    #[getter]
    fn countries(&self) -> Vec<String> {
        self.store.countries().iso3_codes().into_iter().map(ToString::to_string).collect()
    }

    /// HS edition; None if it is not known.
    #[getter]
    fn edition(&self) -> Option<String> {
        Some(self.store.manifest().edition.clone()).filter(|edition| !edition.is_empty())
    }

    /// The account of its rows, in sentences.
    fn account(&self) -> Vec<String> {
        self.store.manifest().account.in_sentences()
    }

    /// The manifest as JSON.
    fn manifest(&self) -> PyResult<String> {
        serde_json::to_string(self.store.manifest()).map_err(|e| PyValueError::new_err(e.to_string()))
    }

    /// Checks every byte.
    fn verify(&self, py: Python<'_>) -> PyResult<()> {
        py.detach(|| self.store.verify()).map_err(of_store)
    }

    /// Flows of some years and products; of all, where none is named.
    fn table(
        &self,
        py: Python<'_>,
        years: Option<Vec<u16>>,
        products: Option<Vec<String>>,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<Table> {
        let has = self.store.years();
        let years = years.unwrap_or_else(|| has.to_vec());
        if let Some(year) = years.iter().find(|year| !has.contains(year)) {
            let has: Vec<String> = has.iter().map(ToString::to_string).collect();
            return Err(input(&format!(
                "there is no year {year} in this store; there are {}",
                has.join(", ")
            )));
        }
        let all = self.store.traded_products();
        let products = products.map_or_else(|| Ok(all.clone()), |asked| wanted_products(&asked, &all))?;
        let rows = working(py, None, progress, |progress| flows(&self.store, &years, &products, progress))?;
        Table::of(rows.map_err(of_store)?, Vec::new())
    }
}

/// Products by code or the beginning of one, in order.
fn wanted_products(asked: &[String], all: &[Hs6]) -> PyResult<Vec<Hs6>> {
    let mut found = Vec::new();
    for code in asked {
        let fits: Vec<Hs6> =
            all.iter().filter(|of| of.to_string().starts_with(code.as_str())).copied().collect();
        if fits.is_empty() || code.is_empty() {
            return Err(input(&format!("there is no trade in product '{code}' in this store")));
        }
        found.extend(fits);
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The flows as columns: year, product, exporter, importer, value, quantity.
fn flows(
    store: &Store,
    years: &[u16],
    products: &[Hs6],
    progress: &dyn Progress,
) -> Result<Vec<(String, ArrayRef)>, StoreError> {
    let countries = store.countries().iso3_codes();
    let (mut year_column, mut values, mut quantities) = (Vec::new(), Vec::new(), Vec::new());
    let (mut product_column, mut exporters, mut importers) =
        (StringBuilder::new(), StringBuilder::new(), StringBuilder::new());
    for &year in years {
        progress.go_on()?;
        let traded: Vec<Hs6> =
            products.iter().copied().filter(|&product| store.flow_count(year, product) > 0).collect();
        let batch = store.read(year, &traded, true)?;
        for (product, rows) in &batch.products {
            let product = product.to_string();
            for row in rows.clone() {
                year_column.push(i32::from(year));
                product_column.append_value(&product);
                exporters.append_value(countries[usize::from(batch.exporters[row])]);
                importers.append_value(countries[usize::from(batch.importers[row])]);
                values.push(batch.values[row]);
                quantities.push(batch.quantities[row].unwrap_or(f64::NAN));
            }
        }
    }
    let text = |mut column: StringBuilder| std::sync::Arc::new(column.finish()) as ArrayRef;
    Ok(vec![
        ("year".to_owned(), std::sync::Arc::new(Int32Array::from(year_column)) as ArrayRef),
        ("product".to_owned(), text(product_column)),
        ("exporter".to_owned(), text(exporters)),
        ("importer".to_owned(), text(importers)),
        ("value".to_owned(), numbers(values)),
        ("quantity".to_owned(), numbers(quantities)),
    ])
}
