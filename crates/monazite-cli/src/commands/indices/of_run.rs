//! Systemic trade risk beside the indices of others, in a finished run.

use std::borrow::Cow;
use std::path::Path;

use monazite::nomenclature::YearRange;
use monazite::report::index_comparison::{IndexComparison, IndexRequest, comparison_files};
use monazite::run::Run;
use monazite::run_folder::manifest::INDICES_STAGE;
use monazite::run_folder::tables::INDICES;

use crate::arguments::indices::IndicesArguments;
use crate::commands::asked::{Answer, AskError, OutFile};
use crate::failure::Failure;
use crate::terminal::Terminal;
use crate::to_type::quoted;

/// Compares the indices of a run, shows what comes of it, and writes it into a folder if asked to.
pub(super) fn of_run(arguments: &IndicesArguments, terminal: &Terminal) -> Result<(), Failure> {
    let folder = &arguments.of;
    let run = Run::open(folder)?;
    answer(&run, arguments)?.give(arguments.out.as_deref(), arguments.replace, terminal)?;
    let Some(record) = &run.manifest().indices else { return Ok(()) };
    let all = folder.join(INDICES.file);
    terminal.line(&format!(
        "  indices     {}: {} of every importer and year, {} rows",
        all.display(),
        record.computed.join(", "),
        record.rows
    ));
    record.notes.iter().for_each(|note| terminal.line(&format!("  note        {note}")));
    Ok(())
}

/// The comparison of the indices of a run, with its tables.
pub fn answer(run: &Run, arguments: &IndicesArguments) -> Result<Answer, AskError> {
    not_of_trade(arguments)?;
    if run.manifest().indices.is_none() {
        return Err(no_indices(run));
    }
    if arguments.cases == Some(0) {
        return Err("--cases: show one at least".to_owned().into());
    }
    let usual = IndexRequest::default();
    let request = IndexRequest {
        year: arguments.years.map(one_year).transpose()?,
        least_imports: arguments.min_imports.map_or(usual.least_imports, |usd| usd / 1000.0),
        least_of_cases: arguments.min_case.map_or(usual.least_of_cases, |usd| usd / 1000.0),
        cases: arguments.cases.unwrap_or(usual.cases),
    };
    let found = IndexComparison::of(run, &request)?;
    let mut answer = Answer::of("indices", &found, found.to_text());
    answer.files = comparison_files(&found)
        .into_iter()
        .map(|file| OutFile { name: Cow::Borrowed(file.name), content: file.content })
        .collect();
    Ok(answer)
}

/// Refuses what is asked of trade data and not of a run.
fn not_of_trade(arguments: &IndicesArguments) -> Result<(), AskError> {
    let given = [
        ("--governance", arguments.governance.is_some()),
        ("--products", !arguments.products.is_empty()),
        ("--importers", !arguments.importers.is_empty()),
        ("--compute", !arguments.compute.is_empty()),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => Err(format!(
            "{option} is for trade data, and {} is a finished run, whose indices are compared; its rows: monazite export {} --csv --table indices",
            arguments.of.display(),
            quoted(&arguments.of)
        )
        .into()),
    }
}

fn one_year(years: YearRange) -> Result<u16, AskError> {
    if years.first == years.last {
        return Ok(years.first);
    }
    Err(format!("--years: the indices of a run are compared in one year, such as --years {}", years.last)
        .into())
}

/// Why a run has no indices.
fn no_indices(run: &Run) -> AskError {
    let why = run.manifest().skipped.iter().find(|skipped| skipped.stage == INDICES_STAGE);
    format!("{} has no indices: {}", run.name(), why.map_or("its manifest does not say why", |s| &s.reason))
        .into()
}

/// Whether what is asked of a run was asked of trade data.
pub(super) fn not_of_a_run(arguments: &IndicesArguments, trade: &Path) -> Result<(), Failure> {
    let given = [
        ("--min-imports", arguments.min_imports.is_some()),
        ("--min-case", arguments.min_case.is_some()),
        ("--cases", arguments.cases.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => {
            Err(format!("{option} is for the comparison in a finished run, and {} is none", trade.display())
                .into())
        }
    }
}
