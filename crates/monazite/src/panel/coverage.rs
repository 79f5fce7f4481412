//! How much of the trade comes from suppliers of whose stability nothing is known.

use super::error::PanelError;
use super::study_country::StudyCountry;
use crate::ingest::countries::place;
use crate::ingest::governance::{GovernanceMeasure, MissingStability, Origin};
use crate::ingest::{Governance, IngestError, Stability};
use crate::nomenclature::Countries;
use crate::plain_text::listed;

/// From this share of trade on, what comes from suppliers without stability is said.
const WORTH_SAYING: f64 = 0.01;

/// What to know of the countries of a table of stability: those that are none, and the scale of the values.
///
/// # Errors
/// [`PanelError::Ingest`] if most of its codes are no country of the trade data.
pub(super) fn stability_notes(
    governance: &Governance,
    measure: GovernanceMeasure,
    known: &Countries,
) -> Result<Vec<String>, PanelError> {
    let mut notes = governance.notes_on(measure)?;
    let placement = place(governance.records.keys().map(String::as_str), known);
    if let Some(message) = placement.refusal() {
        return Err(IngestError::Governance { file: governance.file.clone(), message }.into());
    }
    let name = governance.file_name();
    notes.extend(placement.note(if name.is_empty() { &governance.file } else { &name }));
    Ok(notes)
}

/// A sentence on the trade of suppliers that the table of stability never covers; `None` if it is little.
///
/// `exports`: by year and country, thousand USD.
///
/// # Errors
/// [`PanelError::Ingest`] if no supplier is covered at all.
pub(super) fn uncovered_note(
    governance: &Governance,
    missing: MissingStability,
    countries: &[StudyCountry],
    stability: &Stability,
    exports: &[Vec<f64>],
) -> Result<Option<String>, PanelError> {
    let Some(origins) = stability.origin.first() else { return Ok(None) };
    let uncovered = |c: usize| {
        matches!(origins[c], Origin::Fifty | Origin::RegionMean | Origin::ParentState | Origin::Absent)
    };
    let of = |c: usize| exports.iter().fold(0.0, |sum, year| sum + year[c]);
    let suppliers: Vec<usize> = (0..countries.len()).filter(|&c| of(c) > 0.0).collect();
    let mut without: Vec<usize> = suppliers.iter().copied().filter(|&c| uncovered(c)).collect();
    if !suppliers.is_empty() && without.len() == suppliers.len() {
        let message = format!(
            "none of the {} countries in it exports anything in the trade data, so nothing is known of any supplier; is it another file?",
            governance.records.len()
        );
        return Err(IngestError::Governance { file: governance.file.clone(), message }.into());
    }
    let all = suppliers.iter().fold(0.0, |sum, &c| sum + of(c));
    let lost = without.iter().fold(0.0, |sum, &c| sum + of(c));
    if lost <= WORTH_SAYING * all {
        return Ok(None);
    }
    without.sort_by(|&a, &b| of(b).total_cmp(&of(a)).then(a.cmp(&b)));
    let (verb, treated) = match missing {
        MissingStability::Fifty => ("counts", "as 50"),
        MissingStability::DropSupplier => ("is", "left out"),
        MissingStability::RegionMean => ("counts", "as the mean of their region"),
        MissingStability::ParentState => ("counts", "as that of their parent state"),
    };
    let list = listed(without.iter().map(|&c| countries[c].code.as_str()), "");
    let what = if missing == MissingStability::DropSupplier { "their trade" } else { "their stability" };
    Ok(Some(format!(
        "{:.0} % of the trade in the data comes from {} suppliers that the table of stability never covers ({list}); {what} {verb} {treated}.",
        100.0 * lost / all,
        without.len(),
    )))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::governance::StabilityOptions;

    /// A, B and C export 60, 30 and 10 in two years.
    fn note(rows: &[(&str, i32, f64)], missing: MissingStability) -> Result<Option<String>, String> {
        let governance = Governance::from_rows(rows.iter().copied()).unwrap();
        let codes = ["AAA", "BBB", "CCC"];
        let countries =
            codes.map(|code| StudyCountry { code: code.to_owned(), name: String::new(), group: false });
        let options = StabilityOptions { missing, ..StabilityOptions::default() };
        let stability = governance.resolve(&codes.map(str::to_owned), &[2019, 2020], options).unwrap();
        let exports = vec![vec![60.0, 30.0, 10.0]; 2];
        uncovered_note(&governance, missing, &countries, &stability, &exports).map_err(|e| e.to_string())
    }

    #[test]
    fn the_trade_of_suppliers_that_are_never_covered() {
        let all = [("AAA", 2019, 40.0), ("BBB", 2019, 50.0), ("CCC", 2020, 60.0)];
        assert_eq!(note(&all, MissingStability::Fifty), Ok(None));
        let two = "40 % of the trade in the data comes from 2 suppliers that the table of stability never covers (BBB, CCC); ";
        assert_eq!(
            note(&all[..1], MissingStability::Fifty),
            Ok(Some(format!("{two}their stability counts as 50.")))
        );
        assert_eq!(
            note(&all[..1], MissingStability::DropSupplier),
            Ok(Some(format!("{two}their trade is left out.")))
        );
        let error = note(&[("DEU", 2019, 70.0)], MissingStability::Fifty).unwrap_err();
        assert!(
            error.contains("none of the 1 countries in it exports anything in the trade data"),
            "{error}"
        );
    }
}
