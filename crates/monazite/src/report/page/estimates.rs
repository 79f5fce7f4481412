//! The tables of a regression as the page reads them back.

use crate::regression::files::REGRESSOR;
use crate::run::{Run, RunError};

/// Some columns of a table of a run; no rows if the run has no such table.
pub(super) struct Rows<const N: usize> {
    rows: Vec<[String; N]>,
}

impl<const N: usize> Rows<N> {
    pub(super) fn read(run: &Run, file: &str, columns: [&str; N]) -> Result<Self, RunError> {
        let Some(table) = run.table(file)? else { return Ok(Self { rows: Vec::new() }) };
        let mut places = [0; N];
        for (place, column) in places.iter_mut().zip(columns) {
            *place = table.require(&[column])?;
        }
        Ok(Self { rows: table.rows.iter().map(|row| places.map(|at| row.get(at).to_owned())).collect() })
    }

    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows as texts.
    pub(super) fn texts(&self) -> impl Iterator<Item = [&str; N]> {
        self.rows.iter().map(|row| row.each_ref().map(String::as_str))
    }

    /// A row as numbers; `None` where there is none.
    pub(super) fn numbers(&self, row: usize) -> [Option<f64>; N] {
        self.rows[row].each_ref().map(|text| text.parse().ok())
    }
}

/// A coefficient.
pub(super) struct Estimate {
    /// The robustness check it was computed under; empty in the table itself.
    check: String,
    preset: String,
    reported: bool,
    regressor: bool,
    rows: usize,
    /// What it belongs to.
    pub term: String,
    /// The estimate.
    pub estimate: f64,
    /// Its p.
    pub p: Option<f64>,
    /// Its p of the wild bootstrap.
    pub p_wild: Option<f64>,
    /// Its interval.
    pub interval: Option<[f64; 2]>,
    /// Estimate and standard error in the notation of the paper; empty if there is no standard error.
    pub notation: String,
}

/// The coefficients of a table, in its order.
pub(super) struct Estimates(Vec<Estimate>);

/// Columns that all tables of coefficients have.
const TEXTS: [&str; 4] = ["preset", "term", "notation", "n"];
const NUMBERS: [&str; 4] = ["estimate", "p", "ci_low", "ci_high"];

impl Estimates {
    /// Those of `regression/table.csv`; `None` if the run has no such table.
    pub(super) fn of_table(run: &Run) -> Result<Option<Self>, RunError> {
        const FILE: &str = "regression/table.csv";
        let own = Rows::read(run, FILE, ["reported", "kind"])?;
        let wild = Rows::read(run, FILE, ["p_wild"])?;
        let found = Self::read(run, FILE, |at, one| {
            let [reported, kind] = own.rows[at].each_ref().map(String::as_str);
            one.reported = reported == "true";
            one.regressor = kind == REGRESSOR;
            one.p_wild = wild.numbers(at)[0];
        })?;
        Ok(Some(found).filter(|found| !found.0.is_empty()))
    }

    /// Those of `regression/robustness.csv`; `None` if the run has no such table.
    pub(super) fn of_robustness(run: &Run) -> Result<Option<Self>, RunError> {
        const FILE: &str = "regression/robustness.csv";
        let checks = Rows::read(run, FILE, ["check"])?;
        let found = Self::read(run, FILE, |at, one| one.check.clone_from(&checks.rows[at][0]))?;
        Ok(Some(found).filter(|found| !found.0.is_empty()))
    }

    fn read(run: &Run, file: &str, complete: impl Fn(usize, &mut Estimate)) -> Result<Self, RunError> {
        let texts = Rows::read(run, file, TEXTS)?;
        let numbers = Rows::read(run, file, NUMBERS)?;
        let mut found = Vec::with_capacity(texts.rows.len());
        for (at, [preset, term, notation, n]) in texts.texts().enumerate() {
            let [estimate, p, low, high] = numbers.numbers(at);
            let mut one = Estimate {
                check: String::new(),
                preset: preset.to_owned(),
                reported: false,
                regressor: false,
                rows: n.parse().unwrap_or(0),
                term: term.to_owned(),
                estimate: estimate.unwrap_or(f64::NAN),
                p,
                p_wild: None,
                interval: low.zip(high).map(|(low, high)| [low, high]),
                notation: notation.to_owned(),
            };
            complete(at, &mut one);
            found.push(one);
        }
        Ok(Self(found))
    }

    /// The regressions by name, in order; all, or those of the table that is printed.
    pub(super) fn presets(&self, reported: bool) -> impl Iterator<Item = &str> {
        let mut names: Vec<&str> = Vec::new();
        for one in self.0.iter().filter(|one| one.reported || !reported) {
            if !names.contains(&one.preset.as_str()) {
                names.push(&one.preset);
            }
        }
        names.into_iter()
    }

    /// The coefficients of a regression.
    pub(super) fn of(&self, preset: &str) -> impl Iterator<Item = &Estimate> {
        self.0.iter().filter(move |one| one.preset == preset)
    }

    /// Those that are neither the constant nor levels of a factor.
    pub(super) fn regressors_of(&self, preset: &str) -> impl Iterator<Item = &Estimate> {
        self.of(preset).filter(|one| one.regressor)
    }

    /// The names of the regressors of all regressions, each once.
    pub(super) fn regressors(&self) -> Vec<&str> {
        let mut terms: Vec<&str> = Vec::new();
        for one in self.0.iter().filter(|one| one.regressor) {
            if !terms.contains(&one.term.as_str()) {
                terms.push(&one.term);
            }
        }
        terms
    }

    pub(super) fn find(&self, preset: &str, term: &str) -> Option<&Estimate> {
        self.of(preset).find(|one| one.term == term)
    }

    /// The rows of a regression.
    pub(super) fn rows_of(&self, preset: &str) -> usize {
        self.of(preset).next().map_or(0, |one| one.rows)
    }

    /// A coefficient under a robustness check.
    pub(super) fn find_checked(&self, check: &str, preset: &str, term: &str) -> Option<&Estimate> {
        self.of(preset).find(|one| one.check == check && one.term == term)
    }

    /// The rows of a regression under a robustness check; `None` if it could not be run.
    pub(super) fn rows_checked(&self, check: &str, preset: &str) -> Option<usize> {
        self.of(preset).find(|one| one.check == check).map(|one| one.rows)
    }
}
