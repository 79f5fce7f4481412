//! Runs: made, opened, read and asked.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use monazite::export::{Extract, Selection, table_names};
use monazite::ingest::Governance;
use monazite::nomenclature::YearRange;
use monazite::panel::world::read_governance;
use monazite::pipeline::{self, Error, RunData, RunOptions, Until};
use monazite::progress::Progress;
use monazite::report::brief::{BriefRequest, brief_pages};
use monazite::report::ranking::{Ranking, RankingRequest};
use monazite::run::{Run, RunError, focus_products};
use monazite::run_folder::RunTable;
use monazite::study::Study;
use monazite::study::parameter::read_word;
use monazite::trade::{FlowSource, FlowTable};
use monazite_cli::answers;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict};

use crate::errors::{IntoException, input};
use crate::flows::{CountryNumbers, Said, flows_of};
use crate::of_tables::{columns_of, of_csv};
use crate::stability::governance_of;
use crate::study::StudyText;
use crate::table::{Table, texts};
use crate::working::working;

/// A run that is open. See `monazite.Run`.
#[pyclass(frozen, module = "monazite._monazite")]
pub struct OpenRun {
    run: Arc<Run>,
}

impl OpenRun {
    /// The run.
    pub fn run(&self) -> &Run {
        &self.run
    }
}

/// Runs a study into a folder, or into memory. Tables of trade and stability take the place of its files.
#[pyfunction]
#[pyo3(signature = (study, trade, stability, columns, country_codes, out, until, threads, progress))]
pub fn run_study(
    study: &Bound<'_, StudyText>,
    trade: Option<&Bound<'_, PyAny>>,
    stability: Option<&Bound<'_, PyAny>>,
    columns: Said,
    country_codes: Option<std::collections::HashMap<i64, String>>,
    out: Option<PathBuf>,
    until: &str,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
) -> PyResult<OpenRun> {
    let until = match until {
        "report" => Until::Report,
        "indicators" => Until::Indicators,
        other => {
            return Err(PyValueError::new_err(format!(
                "until: '{other}' is no stage; write 'indicators' or 'report'"
            )));
        }
    };
    let py = study.py();
    let checked = study.get().checked(trade.is_some(), stability.is_some());
    let study = checked.map_err(IntoException::into_exception)?;
    let countries = CountryNumbers::of(country_codes);
    let table = trade.map(|trade| flows_of(trade, &columns, &countries, true)).transpose()?;
    let table = table.map(|table| match study.data.edition {
        Some(edition) => table.with_edition(edition),
        None => table,
    });
    let governance = stability.map(|table| governance_of(table, &countries)).transpose()?;
    let options = RunOptions { until, commit: monazite_cli::COMMIT.to_owned() };
    let run = working(py, threads, progress, |progress| {
        make(&study, table.as_ref(), governance, out.as_deref(), &options, progress)
    })?
    .map_err(IntoException::into_exception)?;
    Ok(OpenRun { run: Arc::new(run) })
}

fn make(
    study: &Study,
    table: Option<&FlowTable>,
    governance: Option<Governance>,
    out: Option<&Path>,
    options: &RunOptions,
    progress: &dyn Progress,
) -> Result<Run, Error> {
    let printer = monazite_cli::printer();
    if let (None, None, Some(out)) = (table, &governance, out) {
        pipeline::run_and_print(study, out, options, printer.as_deref(), progress)?;
        return Ok(Run::open(out)?);
    }
    let governance = governance.map_or_else(|| read_governance(study), Ok)?;
    let store = match table {
        Some(_) => None,
        None => Some(pipeline::open_trade(study, progress)?),
    };
    let trade: &dyn FlowSource = match (table, &store) {
        (Some(table), _) => table,
        (None, Some(store)) => store,
        (None, None) => unreachable!("one of the two is there"),
    };
    let data = RunData { trade, governance: &governance };
    match out {
        Some(out) => {
            pipeline::run_on(study, data, out, options, printer.as_deref(), progress)?;
            Ok(Run::open(out)?)
        }
        None => {
            let made = pipeline::run_in_memory(study, data, options, progress)?;
            Ok(Run::of(made.files.clone(), Study::of_files(&made.files)?, made.manifest))
        }
    }
}

/// What is wanted of a table, as texts that the caller gave.
fn selection_of(
    table: &str,
    countries: Vec<String>,
    suppliers: Vec<String>,
    products: Vec<String>,
    years: Vec<(u16, u16)>,
    columns: Vec<String>,
) -> PyResult<Selection> {
    let range = |(first, last): (u16, u16)| {
        let said = format!("year: {first} to {last} ends before it begins");
        (first <= last).then_some(YearRange { first, last }).ok_or_else(|| input(&said))
    };
    Ok(Selection {
        tables: vec![table.to_owned()],
        countries,
        suppliers,
        products,
        years: years.into_iter().map(range).collect::<PyResult<_>>()?,
        columns,
    })
}

/// The description of a table of a run, by any of its names.
fn described(run: &Run, name: &str) -> PyResult<&'static RunTable> {
    let chosen = table_names::chosen(run, &[name.to_owned()]).map_err(IntoException::into_exception)?;
    match &chosen[..] {
        [(_, _, table)] => Ok(table.table),
        _ => Err(input(&format!("table '{name}': name one table; run.tables lists them"))),
    }
}

#[pymethods]
impl OpenRun {
    /// Opens a finished run.
    #[staticmethod]
    fn open(py: Python<'_>, folder: PathBuf) -> PyResult<Self> {
        let run = py.detach(|| Run::open(&folder)).map_err(IntoException::into_exception)?;
        Ok(Self { run: Arc::new(run) })
    }

    /// Its folder; None of a run in memory.
    #[getter]
    fn folder(&self) -> Option<PathBuf> {
        self.run.files().path().map(Path::to_owned)
    }

    /// Names of its files.
    #[getter]
    fn files(&self) -> PyResult<Vec<String>> {
        self.run.files().names().map_err(IntoException::into_exception)
    }

    /// A file, checked against the manifest.
    fn read<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyBytes>> {
        let run = &self.run;
        if !run.files().exists(name) {
            return Err(pyo3::exceptions::PyKeyError::new_err(format!("this run has no file {name}")));
        }
        let bytes = py.detach(|| run.files().read(name)).map_err(IntoException::into_exception)?;
        Ok(PyBytes::new(py, &bytes))
    }

    /// The manifest as JSON.
    fn manifest(&self) -> PyResult<String> {
        serde_json::to_string(self.run.manifest()).map_err(|e| PyValueError::new_err(e.to_string()))
    }

    /// The study as the run resolved it.
    fn study(&self) -> StudyText {
        StudyText::of(self.run.study().clone())
    }

    /// Codes of the products in focus.
    fn focus(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let run = &self.run;
        let found = working(py, None, None, |_| {
            let view = run.view()?;
            let code = |product: usize| view.panel.products[product].code.to_string();
            Ok(focus_products(&view).into_iter().map(code).collect())
        })?;
        found.map_err(|error: RunError| error.into_exception())
    }

    /// Its tables: name, what it says, what a row is.
    fn tables(&self) -> PyResult<Vec<(String, String, String)>> {
        let found = table_names::available(&self.run).map_err(IntoException::into_exception)?;
        Ok(found
            .into_iter()
            .map(|(name, _, of)| (name, of.table.title.to_owned(), of.table.row.to_owned()))
            .collect())
    }

    /// A table, whole or narrowed, with or without the names that belong to its codes.
    fn table(
        &self,
        py: Python<'_>,
        name: &str,
        countries: Vec<String>,
        suppliers: Vec<String>,
        products: Vec<String>,
        years: Vec<(u16, u16)>,
        columns: Vec<String>,
        names: bool,
    ) -> PyResult<Table> {
        let table = described(&self.run, name)?;
        let all = columns.is_empty();
        let mut selection = selection_of(name, countries, suppliers, products, years, columns)?;
        let run = &self.run;
        let columns = working(py, None, None, |progress| {
            if all && !names {
                let whole = Extract::all_of(run, &selection)?;
                // Names that an export puts beside codes are no columns of the table.
                let own = whole.iter().flat_map(|extract| &extract.columns);
                let own = own.filter(|column| table.column(&column.name).is_some());
                selection.columns = own.map(|column| column.name.clone()).collect();
            }
            let extracts = Extract::all_of(run, &selection)?;
            extracts.first().map_or(Ok(Vec::new()), |extract| columns_of(extract, progress))
        })?
        .map_err(IntoException::into_exception)?;
        Table::of(columns, Vec::new())
    }

    /// The columns of a table: name, kind, label, unit, range, definition, when it is empty, page that defines it.
    fn columns(&self, name: &str) -> PyResult<Table> {
        let table = described(&self.run, name)?;
        let selection = Selection { tables: vec![name.to_owned()], ..Selection::default() };
        let extracts = Extract::all_of(&self.run, &selection).map_err(IntoException::into_exception)?;
        let columns = extracts.into_iter().flat_map(|extract| extract.columns);
        let rows: Vec<[String; 8]> = columns
            .filter_map(|column| Some((table.column(&column.name)?, column)))
            .map(|(own, column)| {
                let (range, page) = (own.range_in_words(), own.page.to_owned());
                let kind = column.kind.name().to_owned();
                [column.name, kind, column.label, column.unit, range, column.definition, column.missing, page]
            })
            .collect();
        let heads = ["name", "kind", "label", "unit", "range", "definition", "missing", "page"];
        let column =
            |(at, head): (usize, &str)| (head.to_owned(), texts(rows.iter().map(|row| row[at].as_str())));
        Table::of(heads.into_iter().enumerate().map(column).collect(), Vec::new())
    }

    /// What the numbers carry, in sentences.
    fn findings(&self, py: Python<'_>) -> PyResult<Vec<String>> {
        let run = &self.run;
        working(py, None, None, |_| run.findings())?.map_err(IntoException::into_exception)
    }

    /// Briefs as pages, by the name that each would have in a run folder.
    fn briefs(
        &self,
        py: Python<'_>,
        countries: Vec<String>,
        products: Vec<String>,
        year: Option<u16>,
        side_by_side: bool,
    ) -> PyResult<Vec<(String, String)>> {
        let request = BriefRequest { countries, products, year, side_by_side };
        let run = &self.run;
        let pages = working(py, None, None, |progress| brief_pages(run, &request, progress))?
            .map_err(IntoException::into_exception)?;
        let text = |(name, page): (String, Vec<u8>)| (name, String::from_utf8_lossy(&page).into_owned());
        Ok(pages.into_iter().map(text).collect())
    }

    /// A ranking: its texts by form, and its table.
    fn rank(
        &self,
        py: Python<'_>,
        by: String,
        supplier: Option<String>,
        product: Option<String>,
        year: Option<u16>,
        top: Option<usize>,
        ascending: bool,
        all: bool,
        reading: Option<&str>,
    ) -> PyResult<(BTreeMap<&'static str, String>, Table)> {
        if top == Some(0) {
            return Err(PyValueError::new_err("top: at least one country is ranked"));
        }
        let readings = monazite::indicators::RiskReading::ALL;
        let reading = reading.map(|asked| {
            let found = readings.into_iter().find(|of| of.name().eq_ignore_ascii_case(asked));
            found.ok_or_else(|| PyValueError::new_err("reading: write 'mass_balance' or 'str'"))
        });
        let reading = reading.transpose()?;
        let request = RankingRequest { indicator: by, supplier, product, year, top, ascending, all, reading };
        let run = &self.run;
        let ranking = working(py, None, None, |_| Ranking::of(run, &request))?
            .map_err(IntoException::into_exception)?;
        let texts = BTreeMap::from([
            ("title", ranking.title.clone()),
            ("text", ranking.to_text()),
            ("html", ranking.to_html()),
            ("latex", ranking.to_latex()),
            ("markdown", ranking.to_markdown()),
            ("csv", ranking.to_csv()),
        ]);
        let table = of_csv(texts["csv"].as_bytes(), "ranking.csv", None)?;
        Ok((texts, table))
    }

    /// What a command answers to words: its text, all of it as JSON, its files by name.
    fn ask<'py>(
        &self,
        py: Python<'py>,
        command: &str,
        words: Vec<String>,
        progress: Option<&Bound<'py, PyAny>>,
    ) -> PyResult<(String, String, Bound<'py, PyDict>)> {
        let run = &self.run;
        let answer = working(py, None, progress, |progress| match command {
            "diversify" => answers::diversify(run, &words),
            "event" => answers::event(run, &words, progress),
            "indices" => answers::indices(run, &words),
            _ => answers::what_if(run, &words, progress),
        })?
        .map_err(IntoException::into_exception)?;
        let files = PyDict::new(py);
        for file in &answer.files {
            files.set_item(&*file.name, PyBytes::new(py, &file.content))?;
        }
        Ok((answer.text, answer.record.to_string(), files))
    }

    /// Writes tables for other programs; the files that were written, and what to know of them.
    fn export(
        &self,
        py: Python<'_>,
        words: Vec<String>,
        json: bool,
        progress: Option<&Bound<'_, PyAny>>,
    ) -> PyResult<(Vec<PathBuf>, Vec<String>)> {
        let run = &self.run;
        working(py, None, progress, |progress| answers::export(run, &words, json, progress))?
            .map_err(IntoException::into_exception)
    }

    /// Writes the page that shows the run in a browser, with its data, into a folder.
    fn explorer(&self, py: Python<'_>, out: PathBuf, progress: Option<&Bound<'_, PyAny>>) -> PyResult<()> {
        let Some(folder) = self.folder() else {
            return Err(input(
                "a run in memory has no files that a page could read; run the study into a folder",
            ));
        };
        working(py, None, progress, |progress| answers::explorer(&[&folder], &out, progress))?
            .map_err(IntoException::into_exception)
    }
}

/// A csv of an answer as a table; `like` is the table of a run whose columns it has.
#[pyfunction]
pub fn table_of_csv(csv: &[u8], name: &str, like: Option<&str>) -> PyResult<Table> {
    of_csv(csv, name, like.and_then(monazite::run_folder::tables::find))
}

/// A size of figures by its name.
pub fn size_of(size: Option<&str>) -> PyResult<Option<monazite::study::FigureSize>> {
    size.map(read_word).transpose().map_err(|problem| PyValueError::new_err(format!("size: {problem}")))
}
