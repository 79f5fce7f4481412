//! Studies: their text, what is wrong with them, and their parameters.

use std::path::{Path, PathBuf};

use monazite::pipeline::Error;
use monazite::study::{DataFrom, ParameterInfo, Problem, Study};
use pyo3::exceptions::PyFileNotFoundError;
use pyo3::prelude::*;

use crate::errors::{IntoException, of_the_system};
use crate::table::{Table, texts};

/// A study file is text that somebody writes.
const LARGEST_STUDY: u64 = 4 << 20;

/// A study as the engine understands it. See `monazite.Study`.
#[pyclass(frozen, module = "monazite._monazite")]
pub struct StudyText {
    study: Study,
    /// What is wrong with the text itself.
    problems: Vec<Problem>,
    /// The text, where it cannot be written from what was understood.
    text: String,
}

impl StudyText {
    /// The study.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// A study that was understood.
    pub fn of(study: Study) -> Self {
        Self { text: study.to_toml(), study, problems: Vec::new() }
    }

    /// The study if nothing is wrong with it; tables that are given take the place of files.
    ///
    /// # Errors
    /// `StudyError` with everything that is wrong.
    pub fn checked(&self, trade: bool, governance: bool) -> Result<Study, Error> {
        let problems = self.problems(trade, governance);
        if !problems.is_empty() {
            return Err(self.study.error(problems).into());
        }
        // Settles groups; the files have just been looked for.
        Ok(self.study.checked(DataFrom::Memory)?)
    }

    fn problems(&self, trade: bool, governance: bool) -> Vec<Problem> {
        let is_given = |key: &str| key == "data.trade" && trade || key == "data.governance" && governance;
        let mut problems = self.problems.clone();
        problems.retain(|problem| !is_given(&problem.key));
        if !problems.is_empty() {
            return problems;
        }
        let mut study = self.study.clone();
        // What is given as a table is looked for where something always is.
        for (given, path) in [(trade, &mut study.data.trade), (governance, &mut study.data.governance)] {
            if given {
                *path = PathBuf::from(".");
            }
        }
        study.check(DataFrom::Files)
    }
}

#[pymethods]
impl StudyText {
    #[new]
    fn new(text: String, file: PathBuf) -> Self {
        let (study, problems) = Study::parse(&text, &file);
        Self { study, problems, text }
    }

    /// Reads the text of a study file.
    #[staticmethod]
    fn read(file: PathBuf) -> PyResult<Self> {
        // A folder stands for the study in it.
        let file = if file.is_dir() { file.join("study.toml") } else { file };
        if !file.exists() {
            return Err(PyFileNotFoundError::new_err(format!("there is no study {}", file.display())));
        }
        let bytes = monazite::disk::read(&file, LARGEST_STUDY)
            .map_err(|e| of_the_system(&e, &format!("{}: cannot be read: {e}", file.display())))?;
        let text = String::from_utf8(bytes).or_else(|_| {
            // The engine says in which encoding it is.
            Study::load(&file).map(|study| study.to_toml()).map_err(IntoException::into_exception)
        })?;
        // A byte order mark is no part of the text.
        Ok(Self::new(text.trim_start_matches('\u{feff}').to_owned(), file))
    }

    /// The study with every default spelled out; the text as it was given where it cannot be understood.
    fn to_toml(&self) -> String {
        if self.problems.iter().all(|problem| problem.key == "data.trade" || problem.key == "data.governance")
        {
            self.study.to_toml()
        } else {
            self.text.clone()
        }
    }

    #[getter]
    fn file(&self) -> PathBuf {
        self.study.file.clone()
    }

    #[getter]
    fn name(&self) -> &str {
        &self.study.study.name
    }

    #[getter]
    fn seeds(&self) -> Vec<String> {
        self.study.study.seeds.iter().map(ToString::to_string).collect()
    }

    /// Everything that is wrong, as line, key and message.
    fn check(&self, trade: bool, governance: bool) -> Vec<(Option<usize>, String, String)> {
        let as_parts = |problem: Problem| (problem.line, problem.key, problem.message);
        self.problems(trade, governance).into_iter().map(as_parts).collect()
    }

    /// All parameters: section, key, value, default, what is expected, documentation.
    fn parameters(&self) -> PyResult<Table> {
        parameters_of(&self.study)
    }
}

/// All parameters of a study with their defaults.
#[pyfunction]
pub fn study_parameters() -> PyResult<Table> {
    parameters_of(&Study::default())
}

fn parameters_of(study: &Study) -> PyResult<Table> {
    let (own, defaults) = (study.parameters(), Study::default().parameters());
    // What is left out of the file is an empty text.
    let shown = |of: &[ParameterInfo]| -> Vec<String> {
        of.iter().map(|parameter| parameter.value.clone().unwrap_or_default()).collect()
    };
    let (values, default_values) = (shown(&own), shown(&defaults));
    let column =
        |name: &str, of: &dyn Fn(&ParameterInfo) -> &str| (name.to_owned(), texts(own.iter().map(of)));
    let of_list = |name: &str, list: &[String]| (name.to_owned(), texts(list.iter().map(String::as_str)));
    let columns = vec![
        column("section", &|parameter| parameter.section),
        column("key", &|parameter| parameter.key),
        of_list("value", &values),
        of_list("default", &default_values),
        column("expects", &|parameter| parameter.expects.as_str()),
        column("documentation", &|parameter| parameter.documentation.trim()),
    ];
    Table::of(columns, Vec::new())
}

/// The study file of the example that the extension carries; its data are put into the cache.
#[pyfunction]
pub fn example_study() -> PyResult<PathBuf> {
    match monazite_cli::example_data::study() {
        Some(found) => found.map_err(pyo3::exceptions::PyOSError::new_err),
        None => {
            let of_source = Path::new(env!("CARGO_MANIFEST_DIR")).join("../studies/example/study.toml");
            if of_source.exists() {
                return Ok(of_source);
            }
            Err(PyFileNotFoundError::new_err("this build carries no example"))
        }
    }
}
