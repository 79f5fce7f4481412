//! `monazite rank`.

use std::fs::File;
use std::io::{BufWriter, Write};

use monazite::disk::Change;
use monazite::export::ExportError;
use monazite::export::files::write_file;
use monazite::report::ranking::{Ranking, RankingRequest};
use monazite::run::Run;

use crate::arguments::rank::RankArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// As what a ranking is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Latex,
    Markdown,
    Html,
    Csv,
}

/// What was asked for, by option or by the ending of the file; the two may not contradict each other.
fn form(arguments: &RankArguments) -> Result<Form, Failure> {
    let format = &arguments.format;
    let asked = match (format.latex, format.markdown, format.html, format.csv) {
        (true, ..) => Some(Form::Latex),
        (_, true, ..) => Some(Form::Markdown),
        (_, _, true, _) => Some(Form::Html),
        (.., true) => Some(Form::Csv),
        _ => None,
    };
    let Some(out) = &arguments.out else { return Ok(asked.unwrap_or(Form::Text)) };
    let ending = out.extension().map(|e| e.to_string_lossy().to_lowercase()).unwrap_or_default();
    let named = match ending.as_str() {
        "tex" => Form::Latex,
        "md" => Form::Markdown,
        "html" | "htm" => Form::Html,
        "csv" => Form::Csv,
        "" | "txt" => asked.unwrap_or(Form::Text),
        _ => {
            return Err(format!(
                "--out {}: a ranking is written as .txt, .tex, .md, .html (which Word opens) or .csv; tables for Excel are made by monazite export",
                out.display()
            )
            .into());
        }
    };
    match asked {
        Some(asked) if asked != named => {
            Err(format!("--out {}: the ending says another form than the option", out.display()).into())
        }
        _ => Ok(named),
    }
}

/// Ranks countries and shows them, or writes them into a file.
pub fn rank(arguments: &RankArguments, terminal: &Terminal) -> Result<(), Failure> {
    if arguments.by.eq_ignore_ascii_case("share") && arguments.supplier.is_none() {
        return Err("--by share: say whose share with --supplier, such as --supplier CHN".to_owned().into());
    }
    if arguments.top == Some(0) {
        return Err("--top: at least one country is ranked".to_owned().into());
    }
    let run = Run::open(&arguments.run)?;
    let request = RankingRequest {
        indicator: arguments.by.clone(),
        supplier: arguments.supplier.clone(),
        product: arguments.product.clone(),
        year: arguments.year,
        top: arguments.top,
        ascending: arguments.ascending,
        all: arguments.all,
        reading: arguments.reading,
    };
    let ranking = Ranking::of(&run, &request)?;
    terminal.record("ranking", &ranking);
    let text = match form(arguments)? {
        Form::Latex => ranking.to_latex(),
        Form::Markdown => ranking.to_markdown(),
        Form::Html => ranking.to_html(),
        Form::Csv => ranking.to_csv(),
        Form::Text => ranking.to_text(),
    };
    let Some(out) = &arguments.out else {
        text.lines().for_each(|line| terminal.answer(line));
        return Ok(());
    };
    let change = write_file(out, arguments.replace, &mut |file: &mut BufWriter<File>| {
        file.write_all(text.as_bytes()).map_err(|e| ExportError::write(out, "cannot be written", e))
    })?;
    let replaced = if change == Change::Replaced { " (replaced)" } else { "" };
    terminal.line(&format!("  ranking     {}{replaced}", out.display()));
    Ok(())
}
