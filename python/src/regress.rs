//! Regressions on any table.

use std::collections::HashMap;

use arrow_array::ArrayRef;
use monazite::regression::of_table::{Labelled, Numbers, TableModel, TableRegression, regress as estimated};
use monazite::regression::{CovarianceKind, Form, RegressionError};
use monazite::trade::Labels;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyTuple;

use crate::columns::{Given, Wanted};
use crate::errors::{Class, IntoException, Where, raise};
use crate::table::{Table, numbers, texts};

/// What a regression came to: `table` has a row a coefficient.
///
/// It shows itself as the house's regression table, and prints as one.
#[pyclass(frozen, module = "monazite")]
#[derive(Debug, Clone)]
pub struct Regression {
    table: Table,
    /// N, coefficients, R², R² within, rows left out.
    facts: Facts,
    /// As HTML, LaTeX and Markdown, with standard errors and in the notation of the paper.
    printed: [[String; 2]; 3],
}

type Facts = (usize, usize, Option<f64>, Option<f64>, Vec<(String, usize)>);

const FORMS: [Form; 2] = [Form::Errors, Form::Paper];

#[pymethods]
impl Regression {
    /// term, estimate, standard_error, t, p, low and high (ends of the confidence interval): a row a coefficient.
    #[getter]
    fn table(&self) -> Table {
        self.table.clone()
    }

    /// Rows that it rests on.
    #[getter]
    fn rows(&self) -> usize {
        self.facts.0
    }

    /// Coefficients, those that are absorbed included.
    #[getter]
    fn parameters(&self) -> usize {
        self.facts.1
    }

    /// Share of the variance that is explained; None if the outcome does not vary.
    #[getter]
    fn r2(&self) -> Option<f64> {
        self.facts.2
    }

    /// The same within what is absorbed; None if nothing is.
    #[getter]
    fn r2_within(&self) -> Option<f64> {
        self.facts.3
    }

    /// Rows that lack a value, by the first column that they lack.
    #[getter]
    fn left_out(&self) -> HashMap<String, usize> {
        self.facts.4.iter().cloned().collect()
    }

    /// A LaTeX table with the rules of booktabs; `notation="paper"` writes -0.13(1) with p beside it.
    #[pyo3(signature = (notation="errors"))]
    fn to_latex(&self, notation: &str) -> PyResult<&str> {
        self.in_form(1, notation)
    }

    /// A Markdown table.
    #[pyo3(signature = (notation="errors"))]
    fn to_markdown(&self, notation: &str) -> PyResult<&str> {
        self.in_form(2, notation)
    }

    /// An HTML table.
    #[pyo3(signature = (notation="errors"))]
    fn to_html(&self, notation: &str) -> PyResult<&str> {
        self.in_form(0, notation)
    }

    fn _repr_html_(&self) -> &str {
        &self.printed[0][0]
    }

    fn __str__(&self) -> &str {
        &self.printed[2][0]
    }

    fn __repr__(&self) -> String {
        format!("Regression on {} rows with {} coefficients", self.facts.0, self.facts.1)
    }

    #[staticmethod]
    fn _of_parts(table: &Bound<'_, Table>, facts: Facts, printed: [[String; 2]; 3]) -> Self {
        Self { table: table.get().clone(), facts, printed }
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let of = slf.get();
        let arguments = (of.table.clone(), of.facts.clone(), of.printed.clone()).into_pyobject(slf.py())?;
        Ok((slf.get_type().getattr("_of_parts")?, arguments))
    }
}

impl Regression {
    fn in_form(&self, printed: usize, notation: &str) -> PyResult<&str> {
        match notation {
            "errors" => Ok(&self.printed[printed][0]),
            "paper" => Ok(&self.printed[printed][1]),
            other => {
                Err(PyValueError::new_err(format!("notation: '{other}' is none; there are errors and paper")))
            }
        }
    }

    fn of(mut found: TableRegression, stars: Vec<f64>) -> PyResult<Self> {
        found.table.stars = stars;
        let (of, table) = (&found.estimated, &found.table);
        let terms = &of.reported().terms;
        let column = |get: &dyn Fn(usize) -> Option<f64>| -> ArrayRef {
            numbers((0..terms.len()).map(|at| get(at).unwrap_or(f64::NAN)).collect())
        };
        let columns = vec![
            ("term".to_owned(), texts(of.terms.iter().map(|term| term.name.as_str()))),
            ("estimate".to_owned(), column(&|at| Some(terms[at].estimate))),
            ("standard_error".to_owned(), column(&|at| terms[at].standard_error)),
            ("t".to_owned(), column(&|at| terms[at].t)),
            ("p".to_owned(), column(&|at| terms[at].p)),
            ("low".to_owned(), column(&|at| terms[at].interval.map(|ends| ends[0]))),
            ("high".to_owned(), column(&|at| terms[at].interval.map(|ends| ends[1]))),
        ];
        let lost = of.account.lost.iter().map(|lost| {
            let column = lost.reason.strip_suffix(" is empty").unwrap_or(&lost.reason);
            (column.to_owned(), lost.count)
        });
        let facts = (of.rows, of.parameters, of.r2, of.r2_within, lost.collect());
        let printed = [
            FORMS.map(|form| table.to_html(form)),
            FORMS.map(|form| table.to_latex(form)),
            FORMS.map(|form| table.to_markdown(form)),
        ];
        Ok(Self { table: Table::of(columns, table.notes())?, facts, printed })
    }
}

/// What a grouping is made of: its name, its labels, and the row's label.
type Group = (String, Labels, Vec<Option<u32>>);

/// Least squares on the columns of a table; see `monazite.regress`.
#[pyfunction]
#[pyo3(signature = (table, outcome, regressors, factors, absorb, cluster, references, errors, intercept, level, stars))]
#[expect(clippy::too_many_arguments, reason = "the wrapper in Python names them")]
pub fn regress(
    table: &Bound<'_, PyAny>,
    outcome: &str,
    regressors: Vec<String>,
    factors: Vec<String>,
    absorb: Vec<String>,
    cluster: Vec<String>,
    references: HashMap<String, String>,
    errors: &str,
    intercept: bool,
    level: f64,
    stars: Vec<f64>,
) -> PyResult<Regression> {
    let kinds = [CovarianceKind::Classical, CovarianceKind::Hc1, CovarianceKind::Hc3];
    let Some(errors) = kinds.into_iter().find(|kind| kind.name() == errors) else {
        return Err(PyValueError::new_err(format!(
            "errors: '{errors}' are none; there are classical, hc1 and hc3"
        )));
    };
    if cluster.len() > 2 {
        return Err(PyValueError::new_err("cluster: at most two columns can be clustered by"));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(PyValueError::new_err(format!("level: {level} is not between 0 and 1")));
    }
    if let Some(name) = references.keys().find(|name| !factors.contains(name)) {
        return Err(PyValueError::new_err(format!("references: {name} is not among the factors")));
    }
    let given = Given::of(table, "table")?;
    table.py().detach(|| {
        let at = |name: &str| given.find(&Wanted { name: "column", others: &[], required: true }, Some(name));
        let columns = std::iter::once(outcome)
            .chain(regressors.iter().map(String::as_str))
            .map(|name| {
                let values = given.numbers(at(name)?)?;
                if let Some(row) = values.iter().position(|value| value.is_infinite()) {
                    let message = "is infinite; leave the row out, or set it to null";
                    return Err(given.wrong_in_row(name, row as u64 + 1, values[row].to_string(), message));
                }
                Ok((name, values))
            })
            .collect::<PyResult<Vec<_>>>()?;
        let groups = |names: &[String]| -> PyResult<Vec<Group>> {
            let of = |name: &String| {
                let (labels, ids) = given.labels_or_none(at(name)?)?;
                Ok((name.clone(), labels, ids))
            };
            names.iter().map(of).collect()
        };
        let (factors, absorb, clusters) = (groups(&factors)?, groups(&absorb)?, groups(&cluster)?);
        let model = TableModel {
            outcome: Numbers { name: outcome, values: &columns[0].1 },
            regressors: columns[1..].iter().map(|(name, values)| Numbers { name, values }).collect(),
            factors: labelled(&factors, &references),
            absorb: labelled(&absorb, &references),
            clusters: labelled(&clusters, &references),
            errors,
            intercept,
            level,
        };
        Regression::of(estimated(&model).map_err(IntoException::into_exception)?, stars)
    })
}

fn labelled<'a>(groups: &'a [Group], references: &'a HashMap<String, String>) -> Vec<Labelled<'a>> {
    let of = |(name, labels, ids): &'a Group| Labelled {
        name,
        labels: ids.iter().map(|id| id.map(|id| labels.get(id))).collect(),
        reference: references.get(name).map(String::as_str),
    };
    groups.iter().map(of).collect()
}

impl IntoException for RegressionError {
    fn into_exception(self) -> PyErr {
        match self {
            Self::Cancelled(cancelled) => cancelled.into_exception(),
            // A table has no section of a study file.
            error => {
                let message = error.to_string().replace("regression.", "");
                let message = message.replace("no country-product can be used", "no row has all columns");
                raise(Class::Base, &message, Where::default())
            }
        }
    }
}
