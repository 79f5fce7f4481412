//! Where exported numbers come from, in lines of a name and a text.

use super::{ExportError, Selection};
use crate::run::Run;
use crate::run::provenance::{citations, data_of};
use crate::units::{DRAWS, counted};

/// What whoever opens the file has to know of the columns of STR.
const TWO_READINGS: &str = "str and influence are as the study sets them, by default the paper's: a country passes on all the risk behind what it buys, \
     however little it buys; str_mass_balance and influence_mass_balance let it pass on at most what it bought: quote these where the two differ";

/// What whoever opens the file has to know of bands.
const BANDS: &str = "bands, band_means and band_changes hold how far STR is known, given the standard errors of political stability: a change is outside its own \
     uncertainty if p025 is above 0 or p975 below; the point is not the middle";

/// What goes with every export: study, data, selection, notes of the run, and how to cite it all.
///
/// # Errors
/// None at present; reading a run may fail in later versions.
pub fn about(run: &Run, selection: &Selection) -> Result<Vec<(&'static str, String)>, ExportError> {
    let (study, manifest) = (run.study(), run.manifest());
    let mut lines = vec![("Study", manifest.study.name.clone())];
    if !study.study.question.is_empty() {
        lines.push(("Question", study.study.question.clone()));
    }
    lines.push(("Data", data_of(study, manifest)));
    lines.push(("Selection", selection.in_words()));
    lines.push(("Empty cells", "undefined or not known; never zero".to_owned()));
    lines.push(("Two readings of STR", TWO_READINGS.to_owned()));
    if let Some(record) = &manifest.uncertainty {
        lines.push(("Bands", format!("{BANDS}; {}", counted(record.draws as u64, DRAWS))));
    }
    for skipped in &manifest.skipped {
        lines.push(("Left out", format!("{}: {}", skipped.stage, skipped.reason)));
    }
    lines.extend(manifest.notes.iter().map(|note| ("Note", note.clone())));
    lines.extend(citations(study, manifest).into_iter().map(|cited| ("Cite", cited)));
    Ok(lines)
}

/// The same as text, a line each.
///
/// # Errors
/// As [`about`].
pub fn about_text(run: &Run, selection: &Selection) -> Result<String, ExportError> {
    Ok(about(run, selection)?.into_iter().map(|(name, text)| format!("{name}: {text}\n")).collect())
}
