//! A look at the beginning of a trade file, by the reader that an import uses: header and first rows are right, or what is wrong with them.

use std::collections::BTreeSet;
use std::io::Read;

use super::IngestError;
use super::account::IngestAccount;
use super::baci::{FileReport, FlowRow, FlowText, ReadOptions, Seen, parse_flows};
use super::own_table::{ForeignFile, TableOptions, read_foreign};
use super::source_file::SourceFile;
use crate::nomenclature::{Countries, Hs6};

/// Bytes at the beginning of a file that are looked at.
const BEGINNING: u64 = 256 << 10;

/// What stands at the beginning of a trade file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Glance {
    /// Rows that were read.
    pub rows: u64,
    /// Rows of them that are kept.
    pub kept: u64,
    /// What was left out, and why.
    pub account: IngestAccount,
    /// What is said of the file.
    pub notes: Vec<String>,
    /// Their products.
    pub products: BTreeSet<Hs6>,
    /// Their years.
    pub years: BTreeSet<u16>,
    /// Whether a row has a quantity.
    pub quantities: bool,
    /// What has to be judged over all files: imports and exports, editions.
    pub seen: Seen,
    /// Whether that is the whole file.
    pub whole: bool,
}

/// What is kept of a row.
type Look = (u16, Hs6, bool);

fn looks(rows: &[FlowRow]) -> Vec<Look> {
    rows.iter().map(|row| (row.year, row.product, !row.quantity.is_nan())).collect()
}

impl Glance {
    fn take(&mut self, rows: &[Look]) {
        self.kept += rows.len() as u64;
        self.years.extend(rows.iter().map(|row| row.0));
        self.products.extend(rows.iter().map(|row| row.1));
        self.quantities |= rows.iter().any(|row| row.2);
    }

    fn take_report(&mut self, report: FileReport) {
        self.rows = report.account.rows_read;
        (self.seen, self.account, self.notes) = (report.seen, report.account, report.notes);
    }
}

/// Looks at the beginning of a trade file; at more of it if no row of the beginning is kept, since it may be that none is.
///
/// # Errors
/// What an import would say of it: see [`super::baci::read_flows`].
///
/// ```
/// use monazite::ingest::{ReadOptions, Release, glance::glance};
/// use monazite::nomenclature::Countries;
/// # let folder = tempfile::tempdir()?;
/// let file = folder.path().join("trade.csv");
/// std::fs::write(&file, "t,i,j,k,v,q\n2019,156,842,850511,60,1\n")?;
/// let release = Release::open(&file)?;
/// let seen = glance(&release.flows[0], &release.table, &Countries::builtin(), ReadOptions::default())?;
/// assert_eq!((seen.rows, seen.years.contains(&2019), seen.whole), (1, true, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn glance(
    file: &SourceFile,
    table: &TableOptions,
    countries: &Countries,
    options: ReadOptions,
) -> Result<Glance, IngestError> {
    if let Some(path) = file.foreign() {
        let of = ForeignFile { path, name: &file.name, bytes: file.size, sha256: String::new() };
        return beginning_of(of, table, countries, options);
    }
    let mut begin = Vec::new();
    file.read_with(|reader| reader.take(BEGINNING).read_to_end(&mut begin))?
        .map_err(|error| file.read_error(error))?;
    let whole = (begin.len() as u64) < BEGINNING;
    if !whole && let Some(end) = memchr::memrchr(b'\n', &begin) {
        begin.truncate(end + 1);
    }
    let seen = look_at(file, Box::new(begin.as_slice()), (table, countries, options), None)?;
    if whole || seen.kept > 0 {
        return Ok(Glance { whole, ..seen });
    }
    file.read_with(|reader| look_at(file, Box::new(reader), (table, countries, options), Some(1)))?
}

/// Looks at a text until so many rows of it are kept, or at all of it.
fn look_at<'a>(
    file: &SourceFile,
    reader: Box<dyn Read + 'a>,
    (table, countries, options): (&TableOptions, &Countries, ReadOptions),
    enough: Option<u64>,
) -> Result<Glance, IngestError> {
    let on_error = |error| file.read_error(error);
    let text = FlowText { name: &file.name, reader, on_error: &on_error, table, careful: false };
    let mut seen = Glance { whole: true, ..Glance::default() };
    let take = |rows: Vec<Look>| -> Result<(), End> {
        seen.take(&rows);
        if enough.is_none_or(|enough| seen.kept < enough) { Ok(()) } else { Err(End::Enough) }
    };
    let prepare = |(): &mut (), rows: &[FlowRow]| looks(rows);
    match parse_flows(text, countries, options, prepare, take, |_| {}) {
        Ok(report) => seen.take_report(report),
        Err(End::Enough) => (seen.rows, seen.whole) = (seen.kept, false),
        Err(End::Wrong(error)) => return Err(error),
    }
    Ok(seen)
}

/// Rows of a table in another format that are looked at; blocks of it are larger than what stands here.
const FOREIGN_ROWS: u64 = 5_000;

/// Why the reading of a table ends.
enum End {
    Wrong(IngestError),
    Enough,
}

impl From<IngestError> for End {
    fn from(error: IngestError) -> Self {
        Self::Wrong(error)
    }
}

/// The beginning of a table in another format than text.
fn beginning_of(
    of: ForeignFile<'_>,
    table: &TableOptions,
    countries: &Countries,
    options: ReadOptions,
) -> Result<Glance, IngestError> {
    let mut seen = Glance { whole: true, ..Glance::default() };
    let take = |rows: Vec<Look>| -> Result<(), End> {
        seen.take(&rows);
        if seen.kept < FOREIGN_ROWS { Ok(()) } else { Err(End::Enough) }
    };
    let prepare = |(): &mut (), rows: &[FlowRow]| looks(rows);
    match read_foreign(of, table, countries, options, prepare, take, |_| {}) {
        Ok(report) => seen.take_report(report),
        Err(End::Enough) => (seen.rows, seen.whole) = (seen.kept, false),
        Err(End::Wrong(error)) => return Err(error),
    }
    Ok(seen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Release;

    fn of(text: &str) -> Result<Glance, String> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("trade.csv");
        std::fs::write(&file, text).unwrap();
        let release = Release::open(&file).map_err(|e| e.to_string())?;
        glance(&release.flows[0], &release.table, &Countries::builtin(), ReadOptions::default())
            .map_err(|e| e.to_string().replace(&folder.path().display().to_string(), "T"))
    }

    #[test]
    fn a_wrong_header_and_a_wrong_row_are_told_as_an_import_tells_them() {
        let refused = of("t,i,j,k,v,q\n2019,156,842,850511,x,1\n").unwrap_err();
        assert!(refused.starts_with("T/trade.csv:2: column v: "), "{refused}");
        assert!(of("i,j,k,v,q\n156,842,850511,1,1\n").unwrap_err().contains("no column t"));
        assert!(of("t,i,j,k,v,q\n").unwrap_err().contains("no trade flow"));
    }

    #[test]
    fn of_a_long_file_only_the_beginning_is_read() {
        let mut text = "t,i,j,k,v,q\n".to_owned();
        for n in 0..40_000 {
            text += &format!("2019,156,842,{:06},1,1\n", 100_000 + n);
        }
        // What is wrong far down shows when it is imported.
        let seen = of(&(text + "2019,156,842,850511,x,1\n")).unwrap();
        assert!(!seen.whole && seen.rows > 5_000 && seen.rows < 20_000, "{}", seen.rows);
        assert_eq!(seen.products.len() as u64, seen.rows);
    }
}
