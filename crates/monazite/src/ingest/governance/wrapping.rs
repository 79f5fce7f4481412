//! What a file is by its first bytes, and the table inside of it.

use std::collections::BTreeMap;
use std::io::{Cursor, Read};

use calamine::Reader;

use super::columns::plain;
use super::grid::Grid;
use super::layouts::{self, Header, KNOWN, Layout, ParsedRow};
use super::record::Statistic;
use super::sheets;
use crate::disk;
use crate::ingest::IngestError;
use crate::ingest::cell_words::short_name;
use crate::ingest::foreign::signature::{FIRST_BYTES, JSON_TEXT as JSON, Kind, kind_of};
use crate::plain_text::{listed, printable};

/// A file of the Governance Indicators, read.
#[derive(Debug)]
pub(super) struct Parsed {
    pub layout: Layout,
    pub rows: Vec<ParsedRow>,
    /// What a reader of the results should know.
    pub notes: Vec<String>,
}

fn wrong(file: &str, message: String) -> IngestError {
    IngestError::Governance { file: file.to_owned(), message }
}

/// Reads a file in whatever layout it has.
///
/// # Errors
/// [`IngestError::Governance`] if the layout is unknown or a cell is not what it should be.
pub(super) fn parse(content: &[u8], file: &str) -> Result<Parsed, IngestError> {
    let mut parsed = unwrapped(content, file, 0)?;
    if parsed.rows.is_empty() {
        return Err(wrong(file, "no row on political stability (PV) found".to_owned()));
    }
    name_unsaid(&mut parsed, file)?;
    Ok(parsed)
}

/// As often a table may be packed: `a.csv.gz` in a zip.
const PACKED: usize = 2;

fn unwrapped(content: &[u8], file: &str, depth: usize) -> Result<Parsed, IngestError> {
    if content.is_empty() {
        return Err(wrong(file, "the file is empty".to_owned()));
    }
    if let Some(message) = refused(content, file) {
        return Err(wrong(file, message));
    }
    let packed = content.starts_with(b"\x1f\x8b") || content.starts_with(b"PK");
    if packed && depth > PACKED {
        return Err(wrong(
            file,
            "this is packed again and again; unpack it and give the file in it".to_owned(),
        ));
    }
    if content.starts_with(b"\x1f\x8b") {
        let unpacked = unpacked(flate2::read::MultiGzDecoder::new(content), file)?;
        return unwrapped(&unpacked, file, depth + 1);
    }
    if content.starts_with(b"PK") {
        return match zip::ZipArchive::new(Cursor::new(content)) {
            Ok(archive)
                if !archive.file_names().any(|name| name.is_ok_and(|name| name.starts_with("xl/"))) =>
            {
                of_archive(archive, file, depth)
            }
            _ => workbook(content, file),
        };
    }
    if content.starts_with(b"<stata_dta>") || file.to_ascii_lowercase().ends_with(".dta") {
        let grid = Grid::of_stata(content).map_err(|message| wrong(file, message))?;
        return of_grid(&grid, file).map(|parsed| Parsed { layout: Layout::Wide, ..parsed });
    }
    of_grid(&Grid::of_csv(content, file)?, file)
}

/// What a file is that is not read, and what to do; `None` if it may be a table of stability. Workbooks and zip archives are looked into.
fn refused(content: &[u8], file: &str) -> Option<String> {
    if content.starts_with(b"PK") || content.starts_with(b"\x1f\x8b") {
        return None;
    }
    let kind = kind_of(&content[..content.len().min(FIRST_BYTES)], file);
    let todo = match kind {
        Kind::Refused(refusal) if refusal.what == JSON => {
            "write it as csv with the columns iso3, year, pv_rank (or pv_est, pv_score)"
        }
        Kind::Refused(refusal) => refusal.todo,
        Kind::Parquet => "write it as csv",
        Kind::Zstd => "unpack it",
        Kind::Zip | Kind::Gzip | Kind::Stata | Kind::Text(_) => return None,
    };
    Some(format!("this is {}; {todo}", kind.described()))
}

fn unpacked(packed: impl Read, file: &str) -> Result<Vec<u8>, IngestError> {
    let mut content = Vec::new();
    let most = disk::LARGEST_TABLE;
    packed
        .take(most + 1)
        .read_to_end(&mut content)
        .map_err(|e| wrong(file, format!("cannot be unpacked: {e}")))?;
    match content.len() as u64 > most {
        true => Err(wrong(file, format!("unpacks to more than {} MB; is it another file?", most >> 20))),
        false => Ok(content),
    }
}

fn of_grid(grid: &Grid, file: &str) -> Result<Parsed, IngestError> {
    let header = Header::find(grid).map_err(|message| wrong(file, message))?;
    let Some(header) = header else { return Err(unknown(grid, file)) };
    let read = layouts::read(grid, &header, file)?;
    Ok(Parsed { layout: read.layout, rows: read.rows, notes: Vec::new() })
}

fn unknown(grid: &Grid, file: &str) -> IngestError {
    if Header::lacks_series(grid) {
        let message = "the years are columns, and no column says which series the rows are; add a column 'series' with PV.PER.RNK (PV.EST for \
                       estimates, PV.SC for scores) in every row, or write the table with the columns iso3, year, pv_rank (or pv_est, pv_score)";
        return wrong(file, message.to_owned());
    }
    let first = grid.rows.iter().find(|row| row.cells.iter().any(|cell| !cell.text().is_empty()));
    let names = first.into_iter().flat_map(|row| &row.cells).map(|cell| cell.text().into_owned());
    let found = listed(names.filter(|name| !name.is_empty()), "");
    wrong(file, format!("this layout of the Governance Indicators is not known (found: {found}); {KNOWN}"))
}

/// Whether two sheets say the same.
fn same_values(first: &[ParsedRow], second: &[ParsedRow]) -> bool {
    let values = |row: &ParsedRow| (row.country.clone(), row.year, row.record, row.unsaid);
    first.len() == second.len() && first.iter().zip(second).all(|(a, b)| values(a) == values(b))
}

/// The sheet of political stability: the one that is called so, or the only one with a header that is known.
fn workbook(content: &[u8], file: &str) -> Result<Parsed, IngestError> {
    let mut book = sheets::open(content).map_err(|message| wrong(file, message))?;
    let names = book.sheet_names();
    let called = |is: &dyn Fn(&str) -> bool| names.iter().filter(|name| is(name)).collect::<Vec<&String>>();
    let by_name = called(&|n| plain(n).replace(' ', "").contains("politicalstability"));
    let short = called(&|n| n.eq_ignore_ascii_case("pv"));
    let meant = [short, by_name].into_iter().find(|sheets| !sheets.is_empty());
    let candidates: Vec<&String> = meant.clone().unwrap_or_else(|| names.iter().collect());
    let mut without_rows = false;
    let mut found: Option<(&String, Parsed)> = None;
    let mut alike = Vec::new();
    for name in candidates {
        let range = match sheets::cells(&mut book, name) {
            Ok(range) => range,
            // What stands beside the table need not be readable.
            Err(_) if found.is_some() => continue,
            Err(message) => return Err(wrong(file, message)),
        };
        let grid = Grid::of_sheet(&range, &printable(name));
        let header = match Header::find(&grid) {
            Ok(header) => header,
            Err(_) if found.is_some() => continue,
            Err(message) => return Err(wrong(file, message)),
        };
        match header {
            Some(header) => {
                let read = match layouts::read(&grid, &header, file) {
                    Ok(read) => read,
                    Err(_) if found.is_some() => continue,
                    Err(error) => return Err(error),
                };
                match &found {
                    _ if read.rows.is_empty() => without_rows = true,
                    None => {
                        let parsed = Parsed { layout: read.layout, rows: read.rows, notes: Vec::new() };
                        found = Some((name, parsed));
                    }
                    Some((_, first)) if same_values(&first.rows, &read.rows) => {}
                    Some(_) => alike.push(name),
                }
            }
            None if meant.is_some() => {
                let message = format!(
                    "sheet {}: no header with 'Code' and 'Estimate', or 'Economy (code)' and 'Year', found; {KNOWN}",
                    printable(name)
                );
                return Err(wrong(file, message));
            }
            None => {}
        }
    }
    if let Some((name, parsed)) = found {
        if alike.is_empty() {
            return Ok(parsed);
        }
        let all = std::iter::once(name).chain(alike).map(|name| printable(name));
        let message = format!(
            "several sheets could be political stability, with different values: {}; keep the one that is meant, or call it pv",
            listed(all, "")
        );
        return Err(wrong(file, message));
    }
    if without_rows {
        return Err(wrong(file, "no row on political stability (PV) found".to_owned()));
    }
    let message = format!(
        "this layout of the Governance Indicators is not known (sheets: {}); {KNOWN}",
        listed(&names, "")
    );
    Err(wrong(file, message))
}

/// Bytes in which the header of a table in an archive stands.
const PEEK: u64 = 64 << 10;

/// The one table of an archive that holds the indicators, such as `WGICSV.csv` of the World Bank's bulk download.
fn of_archive(
    mut archive: zip::ZipArchive<Cursor<&[u8]>>,
    file: &str,
    depth: usize,
) -> Result<Parsed, IngestError> {
    let broken = |e: &dyn std::fmt::Display| {
        wrong(
            file,
            format!(
                "the zip archive cannot be read ({e}); if it was downloaded, it is probably cut short: download it again"
            ),
        )
    };
    let mut tables: BTreeMap<String, usize> = BTreeMap::new();
    let mut others = Vec::new();
    for at in 0..archive.len() {
        let entry = archive.by_index(at).map_err(|e| broken(&e))?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        let ending = name.rsplit('.').next().unwrap_or_default().to_ascii_lowercase();
        if entry.is_dir() || name.starts_with("__MACOSX") {
            continue;
        }
        let table = match ending.as_str() {
            "csv" | "txt" | "tsv" => {
                let mut start = Vec::new();
                entry.take(PEEK).read_to_end(&mut start).map_err(|e| broken(&e))?;
                let whole_lines = memchr::memrchr(b'\n', &start).map_or(&start[..], |end| &start[..end]);
                Grid::of_csv(whole_lines, &name)
                    .is_ok_and(|grid| matches!(Header::find(&grid), Ok(Some(_)) | Err(_)))
            }
            "xlsx" | "dta" => true,
            _ => false,
        };
        if table {
            tables.insert(name, at);
        } else {
            others.push(name);
        }
    }
    let inside = |names: Vec<&String>| listed(names, "");
    let (Some((name, &at)), true) = (tables.first_key_value(), tables.len() <= 1) else {
        let message = match tables.len() {
            0 => format!(
                "no table of the Governance Indicators in this zip (it holds {}); {KNOWN}",
                inside(others.iter().collect())
            ),
            _ => format!(
                "{} tables in this zip could be meant ({}); unpack it and give one of them",
                tables.len(),
                inside(tables.keys().collect())
            ),
        };
        return Err(wrong(file, message));
    };
    let content = unpacked(archive.by_index(at).map_err(|e| broken(&e))?, file)?;
    if content.starts_with(b"PK") && !name.to_ascii_lowercase().ends_with(".xlsx") {
        return Err(wrong(
            file,
            format!("{} is packed once more; unpack it and give the file in it", printable(name)),
        ));
    }
    unwrapped(&content, &format!("{file}: {}", printable(name)), depth + 1)
}

/// Gives values of which nobody says which series they are a series, by what they are.
fn name_unsaid(parsed: &mut Parsed, file: &str) -> Result<(), IngestError> {
    let values: Vec<f64> = parsed.rows.iter().filter_map(|row| row.unsaid).collect();
    if values.is_empty() {
        return Ok(());
    }
    let [low, high] =
        values.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(*v), high.max(*v)]);
    let (statistic, name, column) = match (low < 0.0, low >= -5.0 && high <= 5.0) {
        (true, true) => (Statistic::Estimate, "estimates (-2.5 to 2.5)", "pv_est"),
        (true, false) => {
            let message = format!(
                "political stability is between {low} and {high}: neither an estimate (-2.5 to 2.5) nor a rank or score (0 to 100); name the column \
                 pv_est, pv_rank or pv_score and correct the values"
            );
            return Err(wrong(file, message));
        }
        (false, _) => (Statistic::PercentileRank, "percentile ranks (0 to 100)", "pv_rank"),
    };
    for row in &mut parsed.rows {
        if let Some(value) = row.unsaid.take() {
            row.record.value_mut(statistic).get_or_insert(value);
        }
    }
    parsed.notes.push(format!(
        "{}: nothing says which series of the Governance Indicators this is; values between {low} and {high} are read as {name}. Name the \
         column {column} if that is right.",
        short_name(file)
    ));
    Ok(())
}
