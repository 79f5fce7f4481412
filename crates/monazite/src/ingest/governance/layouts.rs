//! The layouts in which the World Bank has published the Governance Indicators.
//!
//! | layout | file | how it is known |
//! |---|---|---|
//! | long | `wgidataset.xlsx` of the 2024 update, or the same as csv | columns `code`, `year`, `indicator`/`pctrank` |
//! | six sheets | workbooks up to the 2020s | a sheet named "Political StabilityNoViolence", years above the columns |
//! | 2025 | workbook of the 2025 edition | a sheet `pv` with "Economy (code)" and "Governance score" |
//! | bulk | `WGIData.csv` of the data bank | columns "Country Code", "Indicator Code", and one column a year |
//! | wide | `wgidataset.dta` | variables `code year pve pvr` |
//! | simple | any csv | columns `iso3`, `year` and `pv_rank` |

use std::io::Cursor;

use calamine::{Data, Range, Reader};
use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::value::Value;

use super::record::{GovernanceRecord, Place};
use super::sheets;
use crate::delimited::Table;
use crate::ingest::IngestError;

/// A layout of the Governance Indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One row a country, year and indicator: the 2024 update.
    Long,
    /// One sheet an indicator, six columns a year: workbooks of earlier releases.
    SixSheets,
    /// The six sheets of the 2025 edition, without percentile rank.
    Edition2025,
    /// The data bank's csv with one column a year.
    Bulk,
    /// The Stata file with one variable an indicator and statistic.
    Wide,
    /// A csv with iso3, year and the percentile rank.
    Simple,
    /// No file: rows in memory.
    Rows,
}

impl Layout {
    /// Name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Long => "long layout of the 2024 update",
            Self::SixSheets => "six-sheet workbook",
            Self::Edition2025 => "2025 edition",
            Self::Bulk => "data bank csv",
            Self::Wide => "wide Stata file",
            Self::Simple => "table of percentile ranks",
            Self::Rows => "rows in memory",
        }
    }
}

type Rows = Vec<(String, u16, GovernanceRecord, Place)>;

/// The Governance Indicators use a few codes that are not ISO 3166.
pub(super) fn iso3_of(code: &str) -> &str {
    match code {
        "ADO" => "AND",
        "ROM" => "ROU",
        "ZAR" => "COD",
        "TMP" => "TLS",
        "WBG" => "PSE",
        "KSV" => "XKX",
        code => code,
    }
}

/// Reads a file in whatever layout it has.
///
/// # Errors
/// [`IngestError::Governance`] if the layout is unknown or a cell is not what it should be.
pub(super) fn parse(content: &[u8], file: &str) -> Result<(Layout, Rows), IngestError> {
    let wrong = |message: String| IngestError::Governance { file: file.to_owned(), message };
    if content.is_empty() {
        return Err(wrong("the file is empty".to_owned()));
    }
    if content.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(wrong(
            "this is a workbook that asks for a password, or one of the old kind (.xls); save it as .xlsx without a password".to_owned(),
        ));
    }
    let (layout, rows) = if content.starts_with(b"PK") {
        workbook(content).map_err(wrong)?
    } else if content.starts_with(b"<stata_dta>") || file.to_ascii_lowercase().ends_with(".dta") {
        (Layout::Wide, stata(content).map_err(wrong)?)
    } else {
        csv_file(content, file)?
    };
    if rows.is_empty() {
        return Err(wrong("no row on political stability (PV) found".to_owned()));
    }
    Ok((layout, rows))
}

const KNOWN: &str = "known layouts are: the World Bank's wgidataset.xlsx (2024 long layout, six-sheet workbooks, 2025 edition), \
                     WGIData.csv, wgidataset.dta, and a csv with the columns iso3, year, pv_rank";

fn csv_file(content: &[u8], file: &str) -> Result<(Layout, Rows), IngestError> {
    let table = Table::parse(content, file)?;
    if let (Some(code), Some(indicator)) =
        (table.column(&["Country Code"]), table.column(&["Indicator Code"]))
    {
        return Ok((Layout::Bulk, bulk(&table, code, indicator)?));
    }
    let code = table.column(&["iso3", "country_iso3", "code"]);
    let year = table.column(&["year"]);
    let rank = table.column(&["pctrank", "pv_rank", "percentile_rank", "rank"]);
    let estimate = table.column(&["estimate", "pv_est"]);
    let score = table.column(&["score", "pv_score"]);
    let (Some(code), Some(year)) = (code, year) else {
        return Err(unknown(file, &table.header));
    };
    if rank.is_none() && estimate.is_none() && score.is_none() {
        return Err(unknown(file, &table.header));
    }
    let standard_error = table.column(&["stddev", "standard_error", "pv_se"]);
    let indicator = table.column(&["indicator"]);
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        if indicator.is_some_and(|i| !row.get(i).eq_ignore_ascii_case("pv")) {
            continue;
        }
        let number = |column: Option<usize>| -> Result<Option<f64>, IngestError> {
            match column {
                Some(column) if !is_missing(row.get(column)) => Ok(Some(table.number(row, column)?)),
                _ => Ok(None),
            }
        };
        let record = GovernanceRecord {
            estimate: number(estimate)?,
            standard_error: number(standard_error)?,
            percentile_rank: number(rank)?,
            score: number(score)?,
        };
        rows.push((row.get(code).to_owned(), table.year(row, year)?, record, Place::Line(row.line)));
    }
    let layout = if table.column(&["pctrank"]).is_some() { Layout::Long } else { Layout::Simple };
    Ok((layout, rows))
}

fn unknown(file: &str, header: &[String]) -> IngestError {
    let found: Vec<&str> = header.iter().map(String::as_str).filter(|h| !h.is_empty()).take(12).collect();
    IngestError::Governance {
        file: file.to_owned(),
        message: format!(
            "this layout of the Governance Indicators is not known (found: {}); {KNOWN}",
            found.join(", ")
        ),
    }
}

fn is_missing(text: &str) -> bool {
    matches!(text.trim(), "" | ".." | "#N/A" | "NA" | "N/A" | ".")
}

/// One row a country and series, one column a year.
fn bulk(table: &Table, code: usize, indicator: usize) -> Result<Rows, IngestError> {
    let years: Vec<(usize, u16)> = table
        .header
        .iter()
        .enumerate()
        .filter_map(|(column, name)| Some((column, name.split_whitespace().next()?.parse::<u16>().ok()?)))
        .filter(|(_, year)| (1990..=2100).contains(year))
        .collect();
    let mut seen = std::collections::BTreeSet::new();
    if let Some((_, year)) = years.iter().find(|(_, year)| !seen.insert(*year)) {
        return Err(IngestError::Governance {
            file: table.file.clone(),
            message: format!(
                "there are two columns of the year {year}; which one is meant? Keep one of them"
            ),
        });
    }
    let mut cells: std::collections::BTreeMap<(String, u16), (GovernanceRecord, u64)> = Default::default();
    for row in &table.rows {
        let series = row.get(indicator);
        // The 2025 edition of the data bank prefixes its series with GOV_WGI_.
        let series = series.strip_prefix("GOV_WGI_").unwrap_or(series);
        for &(column, year) in &years {
            if is_missing(row.get(column)) {
                continue;
            }
            let field: fn(&mut GovernanceRecord) -> &mut Option<f64> = match series {
                "PV.EST" => |r| &mut r.estimate,
                "PV.STD.ERR" => |r| &mut r.standard_error,
                "PV.PER.RNK" => |r| &mut r.percentile_rank,
                "PV.SC" => |r| &mut r.score,
                _ => break,
            };
            let value = table.number(row, column)?;
            let (record, line) = cells.entry((row.get(code).to_owned(), year)).or_default();
            // The line that a message is about is that of a series on the scale of 0 to 100.
            if *line == 0 || matches!(series, "PV.PER.RNK" | "PV.SC") {
                *line = row.line;
            }
            let cell = field(record);
            if cell.replace(value).is_some_and(|before| before != value) {
                let message =
                    format!("{series} of {} stands there twice with different values", row.get(code));
                return Err(table.field_error(row, column, message).into());
            }
        }
    }
    let rows = cells.into_iter();
    Ok(rows.map(|((code, year), (record, line))| (code, year, record, Place::Line(line))).collect())
}

fn workbook(content: &[u8]) -> Result<(Layout, Rows), String> {
    let mut book = sheets::open(content)?;
    let names = book.sheet_names();
    let mut sheet = |name: &str| sheets::cells(&mut book, name);
    if let Some(name) =
        names.iter().find(|n| n.to_ascii_lowercase().replace(' ', "").contains("politicalstability"))
    {
        return Ok((Layout::SixSheets, six_sheets(&sheet(name)?, name)?));
    }
    if let Some(name) = names.iter().find(|n| n.eq_ignore_ascii_case("pv")) {
        return Ok((Layout::Edition2025, edition_2025(&sheet(name)?, name)?));
    }
    for name in &names {
        let range = sheet(name)?;
        let header: Vec<String> = range.rows().next().into_iter().flatten().map(text_of).collect();
        let column = |wanted: &str| header.iter().position(|h| h.eq_ignore_ascii_case(wanted));
        if let (Some(code), Some(year), Some(indicator), Some(estimate)) =
            (column("code"), column("year"), column("indicator"), column("estimate"))
        {
            for wanted in ["code", "year", "indicator", "estimate", "stddev", "pctrank", "score"] {
                if header.iter().filter(|h| h.eq_ignore_ascii_case(wanted)).count() > 1 {
                    return Err(format!(
                        "sheet {name} has the column {wanted} twice; which one is meant? Keep one of them"
                    ));
                }
            }
            let columns = [Some(estimate), column("stddev"), column("pctrank"), column("score")];
            let mut rows = Vec::new();
            for (position, row) in range.rows().enumerate().skip(1) {
                if text_of(&row[indicator]).eq_ignore_ascii_case("pv") {
                    let at = |column: usize| (name.as_str(), position, column);
                    rows.push((
                        text_of(&row[code]),
                        year_of(&row[year], at(year))?,
                        record_of(row, columns, name, position)?,
                        row_of(name, position),
                    ));
                }
            }
            return Ok((Layout::Long, rows));
        }
    }
    Err(format!(
        "this layout of the Governance Indicators is not known (sheets: {}); {KNOWN}",
        names.join(", ")
    ))
}

fn text_of(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::Float(number) if number.fract() == 0.0 => format!("{number:.0}"),
        other => other.to_string().trim().to_owned(),
    }
}

type At<'a> = (&'a str, usize, usize);

fn at_text((sheet, row, column): At<'_>) -> String {
    format!("sheet {sheet}, row {}, column {}", row + 1, column + 1)
}

fn row_of(sheet: &str, position: usize) -> Place {
    Place::Row { sheet: sheet.to_owned(), row: position + 1 }
}

fn year_of(cell: &Data, at: At<'_>) -> Result<u16, String> {
    let text = text_of(cell);
    text.parse().map_err(|_| format!("{}: '{text}' is not a year", at_text(at)))
}

fn number_of(cell: &Data, at: At<'_>) -> Result<Option<f64>, String> {
    match cell {
        Data::Float(number) => Ok(Some(*number)),
        Data::Int(number) => Ok(Some(*number as f64)),
        Data::Error(_) | Data::Empty => Ok(None),
        other => {
            let text = other.to_string();
            if is_missing(&text) {
                return Ok(None);
            }
            text.trim().parse().map(Some).map_err(|_| format!("{}: '{text}' is not a number", at_text(at)))
        }
    }
}

/// Columns: estimate, standard error, percentile rank, score.
fn record_of(
    row: &[Data],
    columns: [Option<usize>; 4],
    sheet: &str,
    position: usize,
) -> Result<GovernanceRecord, String> {
    let number = |column: Option<usize>| match column {
        Some(column) => row.get(column).map_or(Ok(None), |cell| number_of(cell, (sheet, position, column))),
        None => Ok(None),
    };
    Ok(GovernanceRecord {
        estimate: number(columns[0])?,
        standard_error: number(columns[1])?,
        percentile_rank: number(columns[2])?,
        score: number(columns[3])?,
    })
}

/// Years in one row, `Estimate StdErr NumSrc Rank Lower Upper` below each, then one row a country.
fn six_sheets(range: &Range<Data>, sheet: &str) -> Result<Rows, String> {
    let grid: Vec<&[Data]> = range.rows().collect();
    let header = grid
        .iter()
        .position(|row| {
            row.iter().any(|c| text_of(c) == "Code") && row.iter().any(|c| text_of(c) == "Estimate")
        })
        .filter(|&row| row > 0)
        .ok_or_else(|| format!("sheet {sheet}: no row with 'Code' and 'Estimate' found; {KNOWN}"))?;
    let code = grid[header].iter().position(|c| text_of(c) == "Code").expect("just found");
    let mut years: std::collections::BTreeMap<u16, [Option<usize>; 4]> = Default::default();
    for (column, (year, statistic)) in grid[header - 1].iter().zip(grid[header]).enumerate() {
        let place = match text_of(statistic).as_str() {
            "Estimate" => 0,
            "StdErr" => 1,
            "Rank" => 2,
            _ => continue,
        };
        let year = year_of(year, (sheet, header - 1, column))?;
        if years.entry(year).or_default()[place].replace(column).is_some() {
            let twice = text_of(statistic);
            return Err(format!("sheet {sheet} has {twice} of {year} in two columns; keep one of them"));
        }
    }
    let mut rows = Vec::new();
    for (position, row) in grid.iter().enumerate().skip(header + 1) {
        let code = text_of(&row[code]);
        if code.is_empty() {
            continue;
        }
        for (&year, &columns) in &years {
            let record = record_of(row, columns, sheet, position)?;
            rows.push((code.clone(), year, record, row_of(sheet, position)));
        }
    }
    Ok(rows)
}

/// One row an economy and year; estimate and score, no percentile rank.
fn edition_2025(range: &Range<Data>, sheet: &str) -> Result<Rows, String> {
    let grid: Vec<&[Data]> = range.rows().collect();
    let starts = |cell: &Data, words: &str| text_of(cell).to_ascii_lowercase().starts_with(words);
    let header = grid
        .iter()
        .position(|row| row.iter().any(|c| starts(c, "economy (code)")))
        .ok_or_else(|| format!("sheet {sheet}: no column 'Economy (code)' found; {KNOWN}"))?;
    let column = |words: &str| grid[header].iter().position(|c| starts(c, words));
    let (Some(code), Some(year)) = (column("economy (code)"), column("year")) else {
        return Err(format!("sheet {sheet}: no column 'Year' found; {KNOWN}"));
    };
    let columns = [
        column("governance estimate"),
        column("standard error"),
        column("percentile rank"),
        column("governance score"),
    ];
    let mut rows = Vec::new();
    for (position, row) in grid.iter().enumerate().skip(header + 1) {
        let code = text_of(&row[code]);
        if !code.is_empty() {
            rows.push((
                code,
                year_of(&row[year], (sheet, position, year))?,
                record_of(row, columns, sheet, position)?,
                row_of(sheet, position),
            ));
        }
    }
    Ok(rows)
}

/// Variables `code year pve pvs pvr`.
fn stata(content: &[u8]) -> Result<Rows, String> {
    let broken = |e: &dyn std::fmt::Display| format!("the Stata file cannot be read: {e}");
    let schema = DtaReader::new().from_reader(Cursor::new(content)).read_header().map_err(|e| broken(&e))?;
    let mut characteristics = schema.read_schema().map_err(|e| broken(&e))?;
    characteristics.skip_to_end().map_err(|e| broken(&e))?;
    let mut records = characteristics.into_record_reader().map_err(|e| broken(&e))?;
    let names: Vec<String> = records.schema().variables().iter().map(|v| v.name().to_owned()).collect();
    let column = |name: &str| names.iter().position(|n| n == name);
    let (Some(code), Some(year)) = (column("code"), column("year")) else {
        return Err(format!(
            "the Stata file has no variables code and year (found: {}); {KNOWN}",
            names.join(", ")
        ));
    };
    let columns = [column("pve"), column("pvs"), column("pvr"), column("pvsc")];
    let mut rows = Vec::new();
    while let Some(record) = records.read_record().map_err(|e| broken(&e))? {
        let values = record.values();
        let text = match &values[code] {
            Value::String(text) => text.trim().to_owned(),
            other => return Err(format!("the Stata variable code is not text ({other:?})")),
        };
        let number = |column: Option<usize>| column.and_then(|c| stata_number(&values[c]));
        let year = number(Some(year))
            .filter(|y| (1900.0..2200.0).contains(y))
            .ok_or_else(|| format!("the Stata variable year of {text} is not a year"))?;
        rows.push((
            text,
            year as u16,
            GovernanceRecord {
                estimate: number(columns[0]),
                standard_error: number(columns[1]),
                percentile_rank: number(columns[2]),
                score: number(columns[3]),
            },
            Place::Observation(rows.len() + 1),
        ));
    }
    Ok(rows)
}

fn stata_number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Byte(v) => v.present().map(f64::from),
        Value::Int(v) => v.present().map(f64::from),
        Value::Long(v) => v.present().map(f64::from),
        Value::Float(v) => v.present().map(f64::from),
        Value::Double(v) => v.present(),
        _ => None,
    }
}
