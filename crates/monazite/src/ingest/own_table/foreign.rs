//! Rows of a table of trade that comes as Parquet or as a table of Stata.

use std::collections::BTreeSet;
use std::path::Path;

use super::header::TableHeader;
use super::options::TableOptions;
use super::reading::Reading;
use super::row_maker::{LookedUp, RowMaker};
use crate::delimited::DecimalMark;
use crate::ingest::IngestError;
use crate::ingest::account::IngestAccount;
use crate::ingest::baci::parsed::{Parsed, Problem};
use crate::ingest::baci::{FileReport, FlowRow, ReadOptions, Seen};
use crate::ingest::cells::{Cell, CellBlock};
use crate::ingest::foreign::{ForeignError, ForeignTable};
use crate::nomenclature::Countries;

/// A file of a foreign format.
pub(in crate::ingest) struct ForeignFile<'a> {
    pub(in crate::ingest) path: &'a Path,
    /// Name for messages.
    pub(in crate::ingest) name: &'a str,
    pub(in crate::ingest) bytes: u64,
    pub(in crate::ingest) sha256: String,
}

/// An error of the file, or one of whoever takes the rows.
enum Stopped<E> {
    Foreign(ForeignError),
    Other(E),
}

impl<E> From<ForeignError> for Stopped<E> {
    fn from(error: ForeignError) -> Self {
        Self::Foreign(error)
    }
}

/// The header of a table of a foreign format.
///
/// # Errors
/// [`IngestError::Foreign`].
pub(in crate::ingest) fn header_of(path: &Path) -> Result<TableHeader, IngestError> {
    Ok(TableHeader::of_columns(ForeignTable::open(path)?.column_names()))
}

/// Whether a code is a number that its column may have rounded.
fn is_beyond(cell: Cell<'_>, most: f64) -> bool {
    matches!(cell, Cell::Number(number) if number > most)
}

/// Reads a table block by block; see [`crate::ingest::baci::read_flows`].
pub(in crate::ingest) fn read_foreign<S: Default, B, E: From<IngestError>>(
    file: ForeignFile<'_>,
    options: &TableOptions,
    countries: &Countries,
    read: ReadOptions,
    prepare: impl Fn(&mut S, &[FlowRow]) -> B,
    mut take: impl FnMut(B) -> Result<(), E>,
    mut progress: impl FnMut(u64),
) -> Result<FileReport, E> {
    let ForeignFile { path, name, bytes, sha256 } = file;
    let table = ForeignTable::open(path).map_err(IngestError::from)?;
    let header = TableHeader::of_columns(table.column_names());
    let Reading::Table(layout) = Reading::of(&header, name, options, true)? else {
        return Err(IngestError::NoRows { file: name.to_owned() }.into());
    };
    for at in layout.codes() {
        if !table.labels(at).map_err(IngestError::from)?.is_empty() {
            let message = format!(
                "column {} has numbers that stand for texts (value labels); write the texts themselves (decode in Stata, convert_categoricals in pandas)",
                layout.names[at]
            );
            return Err(IngestError::Header { file: name.to_owned(), line: 1, message }.into());
        }
    }
    let narrow: Vec<(usize, f64)> =
        layout.codes().into_iter().filter_map(|at| Some((at, table.exact_to(at)?))).collect();
    let (words, notes) = (layout.in_words(), layout.notes.clone());
    let columns = layout.columns();
    let pair = layout.pair();
    let mut maker = RowMaker::new(*layout, countries, read, DecimalMark::Either);
    let (mut account, mut shared, mut seen) = (IngestAccount::default(), BTreeSet::new(), Seen::default());
    let (mut parsed, mut known, mut kept) = (Parsed::default(), LookedUp::new(), S::default());
    let (all, mut done) = (table.rows().max(1), 0u64);
    let mut each = |file: &str, block: &CellBlock| -> Result<(), Stopped<E>> {
        parsed.clear();
        // Only columns that were asked for are looked at.
        let place = |at: usize| columns.binary_search(&at).unwrap_or(0);
        if done == 0 {
            let sides = |row| [block.cell(row, place(pair.0)), block.cell(row, place(pair.1))];
            maker.look_at(&(0..block.rows).map(sides).collect::<Vec<_>>());
        }
        for row in 0..block.rows {
            let cell = |at: usize| block.cell(row, place(at));
            let inexact = narrow.iter().find(|&&(at, most)| is_beyond(cell(at), most));
            let row_made = match inexact {
                Some(&(at, _)) => Err(maker.inexact(at, cell(at))),
                None => maker.row(&cell, &mut known, &mut parsed),
            };
            if let Err(kind) = row_made {
                let problem = Problem { line_in_block: row as u64, kind };
                return Err(Stopped::Other(problem.to_error(file, block.first_row).into()));
            }
        }
        account.merge(&parsed.account);
        shared.extend(&parsed.shared);
        seen.merge(&parsed.seen);
        take(prepare(&mut kept, &parsed.rows)).map_err(Stopped::Other)?;
        done += block.rows as u64;
        progress((bytes as f64 * (done as f64 / all as f64)) as u64);
        Ok(())
    };
    // Of a folder, messages name the file and the row in it.
    let read = match &table {
        ForeignTable::Parquet(files) => {
            files.refuse_lacking(&columns).map_err(Stopped::Foreign).and_then(|()| {
                files.parts().iter().enumerate().try_for_each(|(at, part)| {
                    let file = part.path.display().to_string();
                    files.read_part(at, &columns, &mut |block| each(&file, block))
                })
            })
        }
        ForeignTable::Stata(table) => table.read(&columns, &mut |block| each(name, block)),
    };
    read.map_err(|stopped| match stopped {
        Stopped::Foreign(error) => IngestError::from(error).into(),
        Stopped::Other(error) => error,
    })?;
    if account.rows_read == 0 {
        return Err(IngestError::NoRows { file: name.to_owned() }.into());
    }
    Ok(FileReport { account, sha256, bytes, shared, seen, layout: words, notes })
}
