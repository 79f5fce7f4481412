//! What is kept of the files of a release while they are imported, and what is said of them.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ingest::account::IngestAccount;
use crate::ingest::baci::{FileReport, FlowKey, Seen};
use crate::ingest::{Dropped, IngestError, Release, SourceFile};
use crate::trade::manifest::{AccountRecord, InputRecord, UnmatchedRecord, YearRecord};
use crate::trade::plausible_values::too_large_note;
use crate::units::grouped;

/// What is kept beside the flows of a year, so that an interrupted import can go on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct YearFile {
    /// What the rows depend on besides the file: options, countries, conversion.
    pub(super) settings: String,
    /// Whether the file holds this year alone, so that the year can be taken over.
    pub(super) alone: bool,
    pub(super) input: InputRecord,
    pub(super) account: AccountRecord,
    pub(super) record: YearRecord,
    pub(super) unmatched: Vec<UnmatchedRecord>,
    /// What whoever imports it should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) notes: Vec<String>,
    /// What whoever uses the data should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) recorded: Vec<String>,
}

/// A finished year: what is in it, and the folder of its files unless they are in their places.
pub(super) struct FinishedYear {
    pub(super) file: YearFile,
    pub(super) folder: Option<PathBuf>,
}

/// What years come from that are to be written.
pub(super) struct YearsOf<'a> {
    pub(super) settings: &'a str,
    pub(super) input: InputRecord,
    /// With their years.
    pub(super) notes: Vec<(u16, String)>,
    pub(super) recorded: Vec<String>,
    pub(super) account: IngestAccount,
    /// Parts of totals that were left out.
    pub(super) parts: BTreeMap<FlowKey, Dropped>,
}

pub(super) fn input_record(file: &SourceFile, role: &str, sha256: String) -> InputRecord {
    InputRecord {
        name: file.short_name().to_owned(),
        role: role.to_owned(),
        bytes: file.size,
        stamp: file.stamp.clone(),
        sha256,
        layout: String::new(),
    }
}

/// What is to be said of a trade file: how its columns were taken, and what else shows in it.
pub(super) fn notes_of(source: &SourceFile, report: &FileReport) -> Vec<String> {
    let mut notes = Vec::new();
    if !report.layout.is_empty() {
        notes.push(format!("{} is read as a table of trade: {}", source.short_name(), report.layout));
    }
    notes.extend(report.notes.iter().cloned());
    if report.seen.namibia > 0 {
        notes.push(format!(
            "NA is Namibia in {} {} of {}, since the codes of its column have two letters",
            grouped(report.seen.namibia),
            if report.seen.namibia == 1 { "row" } else { "rows" },
            source.short_name()
        ));
    }
    notes
}

/// Editions of the HS that are mixed in the rows of a table.
pub(super) fn mixed_editions_note(seen: &Seen) -> Option<String> {
    (seen.classifications.len() > 1).then(|| {
        let shown: Vec<String> =
            seen.classifications.iter().take(10).map(|(name, rows)| format!("{name} in {}", grouped(*rows))).collect();
        format!(
            "rows are in several editions of the HS ({} rows); codes that a revision has changed are not the same good in all of them, so take the data in one edition",
            shown.join(", ")
        )
    })
}

/// Refuses imports and exports of the same trade, where nobody chose.
///
/// # Errors
/// [`IngestError::BothFlows`].
pub(crate) fn refuse_both_flows(release: &Release, seen: &Seen) -> Result<(), IngestError> {
    let Seen { imports, exports, .. } = seen;
    if imports.rows == 0 || exports.rows == 0 {
        return Ok(());
    }
    let words =
        |what: &str, of: &Dropped| format!("{} rows of {what} ({})", grouped(of.rows), of.value.in_words());
    Err(IngestError::BothFlows {
        path: release.path.display().to_string(),
        imports: words("imports", imports),
        exports: words("exports", exports),
    })
}

/// Refuses a table with sums over the lines of national tariffs beside these lines.
pub(crate) fn refuse_sums_of_lines(release: &Release, seen: &Seen) -> Result<(), IngestError> {
    let path = release.path.display().to_string();
    seen.levels.problem().map_or(Ok(()), |message| Err(IngestError::SumsOfLines { path, message }))
}

/// Says of a table of which no row is left why there is none.
pub(crate) fn nothing_kept(path: &str, account: &IngestAccount) -> IngestError {
    let reasons: Vec<String> = account
        .dropped
        .iter()
        .map(|(reason, dropped)| format!("{} {reason}", grouped(dropped.rows)))
        .collect();
    IngestError::NothingKept { path: path.to_owned(), rows: account.rows_read, reasons: reasons.join(", ") }
}

/// What is said of a year whose trade is worth more than there is in the world; nothing where the unit was said.
pub(super) fn too_much_note(record: &YearRecord, release: &Release) -> Option<String> {
    too_large_note(record.year, record.value, "").filter(|_| release.table.unit.is_none())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_of_a_table_of_which_nothing_is_left_is_said() {
        let mut account = IngestAccount { rows_read: 3, ..IngestAccount::default() };
        account.drop_row(crate::ingest::LeftOut::ProductSum, 1.0);
        account.drop_row(crate::ingest::LeftOut::ProductSum, 1.0);
        account.drop_row(crate::ingest::LeftOut::SelfTrade, 1.0);
        assert_eq!(
            nothing_kept("t.csv", &account).to_string(),
            "t.csv: no row is left of 3: 1 trade of a country with itself, 2 a sum over products (chapter, heading or total)"
        );
    }

    #[test]
    fn editions_that_are_mixed_are_named() {
        let mut seen = Seen::default();
        assert_eq!(mixed_editions_note(&seen), None);
        seen.classifications = vec![("H4".to_owned(), 1200), ("H5".to_owned(), 3)];
        assert!(mixed_editions_note(&seen).unwrap().contains("(H4 in 1,200, H5 in 3 rows)"));
    }
}
