//! `monazite compare`.

use std::time::Instant;

use monazite::report::comparison::{Comparison, write_comparison};
use monazite::run::Run;

use crate::arguments::RunsArguments;
use crate::failure::Failure;
use crate::terminal::{FILES, Terminal, counted, seconds};

/// Compares two runs, says what differs, and writes page and tables where they are asked for.
pub fn compare(arguments: &RunsArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let (first, second) = (Run::open(&arguments.first)?, Run::open(&arguments.second)?);
    if let Some(out) = &arguments.out {
        monazite::report::comparison::check_place(out)?;
    }
    let comparison = Comparison::of(&first, &second, arguments.tolerance, terminal)?;
    terminal.record("comparison", &comparison);
    terminal.line(&format!("  first       {}", comparison.data[0]));
    terminal.line(&format!("  second      {}", comparison.data[1]));
    for finding in &comparison.findings {
        terminal.line(&format!("  {finding}"));
    }
    if let Some(out) = &arguments.out {
        let files = write_comparison(&comparison, [&first, &second], out, terminal)?;
        let all = counted(files.len() as u64, FILES);
        terminal.line(&format!("  comparison  {}, {all}", out.join(files[0]).display()));
    } else {
        terminal.line("  --out DIR writes a page and tables");
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}
