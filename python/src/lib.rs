//! The Python extension: wrappers around the engine and the map of its errors. Nothing is computed here.

mod columns;
mod compare;
mod complexity;
mod engine_errors;
mod errors;
mod figure;
mod flows;
mod indices;
mod links;
mod maps;
mod of_tables;
mod product_years;
mod regress;
mod run;
mod stability;
mod store;
mod study;
mod table;
mod working;

use pyo3::prelude::*;

/// The compiled part of the package `monazite`.
#[pymodule(gil_used = false)]
mod _monazite {
    #[pymodule_export]
    use super::command;
    #[pymodule_export]
    use crate::compare::compare_runs;
    #[pymodule_export]
    use crate::complexity::complexity;
    #[pymodule_export]
    use crate::figure::{figure_names, figure_of_list, figure_of_map, figure_of_trend, print_svg};
    #[pymodule_export]
    use crate::indices::indices;
    #[pymodule_export]
    use crate::links::links;
    #[pymodule_export]
    use crate::maps::{density_merging, umap};
    #[pymodule_export]
    use crate::product_years::{draws, pairs, product_years};
    #[pymodule_export]
    use crate::regress::{Regression, regress};
    #[pymodule_export]
    use crate::run::{OpenRun, run_study, table_of_csv};
    #[pymodule_export]
    use crate::store::{OpenStore, import_files, import_rows};
    #[pymodule_export]
    use crate::study::{StudyText, example_study, study_parameters};
    #[pymodule_export]
    use crate::table::Table;

    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "the name that Python gives it")]
    const __version__: &str = env!("CARGO_PKG_VERSION");
}

/// Runs the command line and returns its exit code.
#[pyfunction]
fn command(py: Python<'_>, arguments: Vec<std::ffi::OsString>) -> u8 {
    py.detach(|| monazite_cli::run_from(arguments))
}
