//! `monazite export`.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};
use std::time::Instant;

use monazite::disk::Change;
use monazite::export::about::{about, about_text};
use monazite::export::files::write_file;
use monazite::export::stata::write_dta;
use monazite::export::table_names::available;
use monazite::export::text::{definitions_csv, write_csv, write_json};
use monazite::export::{ExportError, Extract, Selection};
use monazite::nomenclature::YearRange;
use monazite::nomenclature::names::split_names;
use monazite::progress::Progress;
use monazite::run::Run;

use super::asked::AskError;
use crate::arguments::export::{ExportArguments, ExportFormat};
use crate::failure::Failure;
use crate::terminal::{ROWS, Terminal, counted, seconds};

/// What is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    #[cfg(feature = "xlsx")]
    Xlsx,
    Csv,
    Dta,
    Json,
}

impl Format {
    fn of(asked: &ExportFormat, json: bool) -> Result<Self, AskError> {
        #[cfg(feature = "xlsx")]
        if asked.xlsx {
            return Ok(Self::Xlsx);
        }
        match (asked.csv, asked.dta, json) {
            (true, ..) => Ok(Self::Csv),
            (_, true, _) => Ok(Self::Dta),
            (.., true) => Ok(Self::Json),
            _ => Err("say as what: --xlsx, --csv, --dta (Stata) or --json; --list shows the tables"
                .to_owned()
                .into()),
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            #[cfg(feature = "xlsx")]
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
            Self::Dta => "dta",
            Self::Json => "json",
        }
    }

    /// Whether all tables are in one file.
    fn is_one_file(self) -> bool {
        #[cfg(feature = "xlsx")]
        return self == Self::Xlsx;
        #[cfg(not(feature = "xlsx"))]
        false
    }
}

/// Writes tables of a run for other programs.
pub fn export(arguments: &ExportArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let run = Run::open(&arguments.run)?;
    if arguments.list {
        for (name, _, table) in available(&run)? {
            terminal.answer(&format!("{name:<28}  {}", table.table.title.trim_end_matches('.')));
        }
        return Ok(());
    }
    let mut tell = |file: Option<&Path>, line: &str| {
        file.into_iter().for_each(|file| terminal.file(file));
        terminal.line(line);
    };
    write(&run, arguments, terminal.wants_json(), &mut tell, terminal)?;
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// What hears of every file that is written, and of what a reader should know.
pub type Tell<'a> = &'a mut dyn FnMut(Option<&Path>, &str);

/// Writes what was asked for of a run; as JSON if `json` and nothing else is said.
pub fn write(
    run: &Run,
    arguments: &ExportArguments,
    json: bool,
    tell: Tell<'_>,
    progress: &dyn Progress,
) -> Result<(), AskError> {
    let names = |texts: &[String]| texts.iter().flat_map(|text| split_names(text)).collect();
    let selection = Selection {
        tables: arguments.table.clone(),
        countries: names(&arguments.country),
        suppliers: names(&arguments.supplier),
        products: arguments.product.clone(),
        years: arguments.year.clone(),
        columns: arguments.columns.clone(),
    };
    let mut extracts = Extract::all_of(run, &selection)?;
    let format = Format::of(&arguments.format, json)?;
    let out = Output::of(arguments, format, &extracts)?;
    if format.is_one_file() && selection == Selection::default() {
        shorten(&mut extracts, run, tell, progress)?;
    }
    match &out {
        #[cfg(feature = "xlsx")]
        Output::File(path) if format == Format::Xlsx => {
            workbook(path, run, &selection, &extracts, arguments, tell, progress)?
        }
        Output::File(path) => {
            let [extract] = &extracts[..] else { return Err(several(path, &extracts).into()) };
            one(path, run, &selection, extract, format, arguments, tell, progress)?;
        }
        Output::Folder(folder) => {
            for extract in &extracts {
                let path = folder.join(file_name(extract, format));
                one(&path, run, &selection, extract, format, arguments, tell, progress)?;
            }
            let text = about_text(run, &selection)?;
            beside(&folder.join("about.txt"), text.as_bytes(), arguments, tell)?;
            beside(&folder.join("definitions.csv"), &definitions_csv(&extracts), arguments, tell)?;
        }
    }
    Ok(())
}

/// Rows of a table above which a workbook of everything holds its last year only: a spreadsheet that takes minutes to open helps nobody.
const LONG: u64 = 100_000;

/// Narrows long tables to the last year, and says so.
fn shorten(
    extracts: &mut [Extract<'_>],
    run: &Run,
    tell: Tell<'_>,
    progress: &dyn Progress,
) -> Result<(), AskError> {
    let study = &run.manifest().study;
    let (first, last) = (study.first_year, study.last_year);
    for extract in extracts.iter_mut().filter(|e| first < last && e.has_years()) {
        let rows = extract.extent(progress)?.rows;
        if rows > LONG {
            extract.narrow_to(YearRange { first: last, last });
            let rows = counted(rows, ROWS);
            let line = format!(
                "  {:<20}  {last} only, of {rows} in all; --year {first}-{last} takes every year",
                extract.name
            );
            tell(None, &line);
        }
    }
    Ok(())
}

/// Where an export goes.
enum Output {
    File(PathBuf),
    Folder(PathBuf),
}

impl Output {
    fn of(arguments: &ExportArguments, format: Format, extracts: &[Extract<'_>]) -> Result<Self, AskError> {
        let ending = format.ending();
        let run = std::path::absolute(&arguments.run).ok();
        let run = run.as_deref().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let Some(out) = &arguments.out else {
            return Ok(match extracts {
                _ if format.is_one_file() => Self::File(format!("{run}.{ending}").into()),
                [one] => Self::File(file_name(one, format).into()),
                _ => Self::Folder(format!("{run}-{ending}").into()),
            });
        };
        let found = out.extension().map(|e| e.to_string_lossy().to_lowercase());
        match found.as_deref() {
            Some(given) if given == ending => Ok(Self::File(out.clone())),
            Some(other @ ("xlsx" | "csv" | "dta" | "json")) => Err(format!(
                "--out {}: a file of --{other} is named, and --{ending} is asked for",
                out.display()
            )
            .into()),
            _ if format.is_one_file() => {
                Err(format!("--out {}: a workbook is one file; name it with .{ending}", out.display()).into())
            }
            _ => Ok(Self::Folder(out.clone())),
        }
    }
}

fn file_name(extract: &Extract<'_>, format: Format) -> String {
    format!("{}.{}", extract.name.replace('/', "_"), format.ending())
}

fn several(path: &Path, extracts: &[Extract<'_>]) -> String {
    let names: Vec<&str> = extracts.iter().map(|e| e.name.as_str()).collect();
    format!(
        "--out {}: one file is named, and there are {} tables ({}); choose one with --table, or name a folder",
        path.display(),
        extracts.len(),
        names.join(", ")
    )
}

/// Writes one table.
fn one(
    path: &Path,
    run: &Run,
    selection: &Selection,
    extract: &Extract<'_>,
    format: Format,
    arguments: &ExportArguments,
    tell: Tell<'_>,
    progress: &dyn Progress,
) -> Result<(), AskError> {
    let about = about(run, selection)?;
    let mut rows = 0;
    let change = write_file(path, arguments.replace, &mut |out: &mut BufWriter<File>| {
        rows = match format {
            Format::Dta => write_dta(extract, &extract.title, out, progress)?,
            Format::Json => write_json(extract, &about, out, progress)?,
            _ => write_csv(extract, out, progress)?,
        };
        if rows == 0 && !arguments.table.is_empty() && selection.narrows_rows() {
            return Err(nothing(extract, run, selection));
        }
        Ok(())
    })?;
    written(path, &extract.name, rows, change, tell);
    Ok(())
}

fn nothing(extract: &Extract<'_>, run: &Run, selection: &Selection) -> ExportError {
    let groups = run.groups().ok();
    let is_group =
        |asked: &String| groups.is_some_and(|g| g.iter().any(|code| code.eq_ignore_ascii_case(asked)));
    let hint = match selection.countries.iter().any(is_group) {
        true => "; a group that is a mean of its members is in the table groups",
        false => "",
    };
    ExportError::Nothing { table: extract.name.clone(), hint: hint.to_owned() }
}

/// Writes all tables into one workbook.
#[cfg(feature = "xlsx")]
fn workbook(
    path: &Path,
    run: &Run,
    selection: &Selection,
    extracts: &[Extract<'_>],
    arguments: &ExportArguments,
    tell: Tell<'_>,
    progress: &dyn Progress,
) -> Result<(), AskError> {
    let mut rows = Vec::new();
    let change = write_file(path, arguments.replace, &mut |out: &mut BufWriter<File>| {
        rows = monazite_xlsx::write_xlsx(run, selection, extracts, out, progress)?;
        let named = !arguments.table.is_empty() && selection.narrows_rows();
        match extracts.iter().zip(&rows).find(|(_, rows)| named && **rows == 0) {
            Some((extract, _)) => Err(nothing(extract, run, selection)),
            None => Ok(()),
        }
    })?;
    for (extract, rows) in extracts.iter().zip(&rows) {
        tell(None, &format!("  {:<20}  {}", extract.name, counted(*rows, ROWS)));
    }
    written(path, "workbook", rows.iter().sum(), change, tell);
    Ok(())
}

/// Writes what goes with the tables of a folder.
fn beside(path: &Path, content: &[u8], arguments: &ExportArguments, tell: Tell<'_>) -> Result<(), AskError> {
    let change = write_file(path, arguments.replace, &mut |out: &mut BufWriter<File>| {
        std::io::Write::write_all(out, content).map_err(|e| ExportError::write(path, "cannot be written", e))
    })?;
    let replaced = if change == Change::Replaced { " (replaced)" } else { "" };
    tell(Some(path), &format!("  {}{replaced}", path.display()));
    Ok(())
}

fn written(path: &Path, what: &str, rows: u64, change: Change, tell: Tell<'_>) {
    let replaced = match change {
        Change::Replaced => " (replaced)",
        Change::Same => " (as it was)",
        Change::New => "",
    };
    tell(Some(path), &format!("  {what:<20}  {:<14}  {}{replaced}", counted(rows, ROWS), path.display()));
}
