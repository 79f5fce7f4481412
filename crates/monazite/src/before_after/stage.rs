//! The stage of a run: before and after the measures of the study's table, with its files.

use super::cases::none_excluded;
use super::comparison::{BeforeAfter, compare};
use super::error::BeforeAfterError;
use super::measures::PolicyMeasures;
use super::tables::files_of;
use crate::nomenclature::Hs6;
use crate::plain_text::listed;
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::RunFolder;
use crate::run_folder::manifest::BeforeAfterRecord;
use crate::study::Study;

/// What in the table of measures does not fit the data of a run, before the long work.
///
/// # Errors
/// [`BeforeAfterError::Table`] if the table is wrong or an exporter is no country of the data; [`BeforeAfterError::Question`] if the data have none of its
/// products, no year before and from any of its dates, or a treated product is excluded.
pub fn check(
    study: &Study,
    years: &[u16],
    products: &[Hs6],
    is_country: &dyn Fn(&str) -> bool,
) -> Result<(), BeforeAfterError> {
    let Some(table) = &study.event.table else { return Ok(()) };
    let measures = PolicyMeasures::read(&study.resolve(table))?;
    for row in &measures.rows {
        if !is_country(&row.exporter) {
            let message = format!(
                "'{}' is no country of the data; give the iso3 code of an exporter, such as CHN",
                row.exporter
            );
            return Err(measures.error(row, "exporter", message).into());
        }
    }
    none_excluded(&measures.rows, &study.event)?;
    let codes = || listed(measures.rows.iter().map(|row| row.product), "");
    if !measures.rows.iter().any(|row| products.contains(&row.product)) {
        return Err(BeforeAfterError::Question(format!(
            "{}: none of its products is in this study: {}; the study's products are those of its HS edition (monazite codes CODE says what became of one)",
            measures.file,
            codes()
        )));
    }
    let (first, last) = (years.first().copied().unwrap_or(0), years.last().copied().unwrap_or(0));
    if !measures.rows.iter().any(|row| row.from > first && row.from <= last) {
        let dates = listed(measures.rows.iter().map(|row| row.from), "");
        return Err(BeforeAfterError::Question(format!(
            "{}: the study, {first} to {last}, has no year before and none from the first year of any measure ({dates})",
            measures.file
        )));
    }
    Ok(())
}

/// Compares before and after, and writes the tables into the run folder. `None` if the study names no table; the reason if there is nothing to compare.
///
/// # Errors
/// As [`compare`], but for [`BeforeAfterError::Question`] and [`BeforeAfterError::Regression`], which are the reason.
pub fn compute(
    study: &Study,
    run: &Run,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<Option<Result<BeforeAfterRecord, String>>, BeforeAfterError> {
    let Some(table) = &study.event.table else { return Ok(None) };
    let measures = PolicyMeasures::read(&study.resolve(table))?;
    let found = match compare(run, &measures, &study.event, study.study.random_seed, progress) {
        Ok(found) => found,
        Err(BeforeAfterError::Question(reason)) => return Ok(Some(Err(reason))),
        // What cannot be estimated does not undo the rest of the run.
        Err(error @ BeforeAfterError::Regression { .. }) => return Ok(Some(Err(error.to_string()))),
        Err(error) => return Err(error),
    };
    for file in files_of(&found, &measures, run.panel()?) {
        folder.write(file.name, &file.content)?;
    }
    Ok(Some(Ok(record_of(&found))))
}

fn record_of(found: &BeforeAfter) -> BeforeAfterRecord {
    BeforeAfterRecord {
        cases: found.cases.len(),
        treated: found.cases.iter().map(|of| of.case.treated.len()).sum(),
        estimates: found.cases.iter().map(|of| of.estimates.len()).sum(),
        notes: found.notes.iter().chain(found.cases.iter().flat_map(|of| &of.notes)).cloned().collect(),
    }
}
