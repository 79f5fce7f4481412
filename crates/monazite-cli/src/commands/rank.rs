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

/// Ranks countries and shows them, or writes them into a file.
pub fn rank(arguments: &RankArguments, terminal: &Terminal) -> Result<(), Failure> {
    let run = Run::open(&arguments.run)?;
    let request = RankingRequest {
        indicator: arguments.by.clone(),
        supplier: arguments.supplier.clone(),
        product: arguments.product.clone(),
        year: arguments.year,
        top: arguments.top,
        ascending: arguments.ascending,
        all: arguments.all,
    };
    let ranking = Ranking::of(&run, &request)?;
    terminal.record("ranking", &ranking);
    let format = &arguments.format;
    let text = match (format.latex, format.markdown, format.html, format.csv) {
        (true, ..) => ranking.to_latex(),
        (_, true, ..) => ranking.to_markdown(),
        (_, _, true, _) => ranking.to_html(),
        (.., true) => ranking.to_csv(),
        _ => ranking.to_text(),
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
