//! What the user sees while the engine works: bars on a terminal, plain lines elsewhere, nothing with --quiet. Whatever is shown
//! may hold text from files; all of it goes through [`printable`].

use std::io::{IsTerminal, Write};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use monazite::plain_text::printable;
use monazite::progress::{Progress, Unit};
use monazite::units::grouped;
use serde::Serialize;
use serde_json::Value;

use crate::signals::{Signals, exit_code};

/// Shows progress on standard error.
pub struct Terminal {
    mode: Mode,
    signals: Signals,
    current: Mutex<Option<Work>>,
    /// What is written at the end as one JSON object instead of lines, where that was asked for.
    json: Option<Mutex<Collected>>,
}

/// What a command has said.
#[derive(Default)]
struct Collected {
    lines: Vec<String>,
    values: serde_json::Map<String, Value>,
    answered: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Quiet,
    Lines,
    Bars,
}

struct Work {
    what: String,
    total: u64,
    done: u64,
    unit: Unit,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Terminal {
    /// Bars if standard error is a terminal, lines if it is not, nothing if `quiet`.
    ///
    /// With `json` nothing is written to standard output before [`Terminal::finish`].
    pub fn new(quiet: bool, json: bool, signals: Signals) -> Self {
        let json = json.then(Mutex::default);
        let mode = if quiet {
            Mode::Quiet
        } else if std::io::stderr().is_terminal() {
            Mode::Bars
        } else {
            Mode::Lines
        };
        Self { mode, signals, current: Mutex::new(None), json }
    }

    /// Whether one JSON object is asked for instead of lines.
    pub fn wants_json(&self) -> bool {
        self.json.is_some()
    }

    /// Something for the JSON object.
    pub fn value(&self, name: &str, value: impl Into<Value>) {
        if let Some(mut collected) = self.collected() {
            collected.values.insert(name.to_owned(), value.into());
        }
    }

    /// As [`Terminal::value`], of something that is made of others; nothing if it cannot be.
    pub fn record(&self, name: &str, record: &impl Serialize) {
        if self.wants_json()
            && let Ok(value) = serde_json::to_value(record)
        {
            self.value(name, value);
        }
    }

    /// A file that was written, for the list `files` of the JSON object.
    pub fn file(&self, path: &Path) {
        if let Some(mut collected) = self.collected()
            && let Value::Array(files) =
                collected.values.entry("files").or_insert_with(|| Value::Array(Vec::new()))
        {
            files.push(path.display().to_string().into());
        }
    }

    /// What was asked for as JSON is the answer of the command, and no summary follows.
    pub fn answer_json(&self, value: &Value) {
        if let Some(mut collected) = self.collected() {
            collected.answered = true;
        }
        self.print(&value.to_string());
    }

    /// Writes the JSON object, if one is asked for: `ok`, `error` if something is wrong, what the command has put into it, and its lines.
    pub fn finish(&self, command: &str, error: Option<&str>) {
        let Some(mut collected) = self.collected() else { return };
        if collected.answered && error.is_none() {
            return;
        }
        let mut object = serde_json::Map::new();
        object.insert("command".to_owned(), command.into());
        object.insert("ok".to_owned(), error.is_none().into());
        object.extend(error.map(|error| ("error".to_owned(), error.into())));
        object.append(&mut collected.values);
        let lines = std::mem::take(&mut collected.lines);
        object.insert("lines".to_owned(), lines.into());
        drop(collected);
        self.print(&Value::Object(object).to_string());
    }

    fn collected(&self) -> Option<MutexGuard<'_, Collected>> {
        self.json.as_ref().map(|json| json.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn print(&self, text: &str) {
        // A closed pipe is the reader's choice, not an error.
        let _ = writeln!(std::io::stdout(), "{text}");
    }

    /// Why a command failed or was stopped, on standard error, also with --quiet; a bar that is still there goes.
    pub fn failed(&self, message: &str) {
        let work = self.current.lock().ok().and_then(|mut current| current.take());
        if let Some(bar) = work.and_then(|work| work.bar) {
            bar.finish_and_clear();
        }
        let _ = writeln!(std::io::stderr(), "{}", printable(message));
    }

    /// The exit code of a command that failed: that of the signal, if one came.
    pub fn exit_code(&self) -> u8 {
        self.signals.received().and_then(|signal| u8::try_from(exit_code(signal)).ok()).unwrap_or(1)
    }

    /// A line of the result, on standard output.
    pub fn line(&self, text: &str) {
        if self.mode != Mode::Quiet || self.wants_json() {
            self.answer(text);
        }
    }

    /// Says at once what the user needs while the program goes on: on standard error where standard output is one JSON object at the end.
    #[cfg(feature = "explore")]
    pub fn announce(&self, text: &str) {
        match self.wants_json() {
            true => {
                let _ = writeln!(std::io::stderr(), "{}", printable(text));
            }
            false => self.print(&printable(text)),
        }
    }

    /// Writes what was asked for, even to somebody who wants to hear nothing else.
    pub fn answer(&self, text: &str) {
        match self.collected() {
            Some(mut collected) => collected.lines.push(text.trim().to_owned()),
            None => self.print(&printable(text)),
        }
    }
}

/// What a unit that is counted is called, one of it and several.
const fn names(unit: Unit) -> Option<[&'static str; 2]> {
    match unit {
        Unit::Bytes => None,
        Unit::ProductYears => Some(PRODUCT_YEARS),
        Unit::Questions => Some(["question", "questions"]),
        Unit::Maps => Some(["UMAP embedding", "UMAP embeddings"]),
    }
}

fn amount(count: u64, unit: Unit) -> String {
    match names(unit) {
        None => format!("{:.1} MB", count as f64 / 1e6),
        Some(names) => counted(count, names),
    }
}

/// Product-years, one and several.
pub const PRODUCT_YEARS: [&str; 2] = ["product-year", "product-years"];
/// Links of a value chain, one and several.
pub const LINKS: [&str; 2] = ["link", "links"];
/// Products, one and several.
pub const PRODUCTS: [&str; 2] = ["product", "products"];
/// Flows of trade, one and several.
pub const FLOWS: [&str; 2] = ["flow", "flows"];
/// Rows of a table, one and several.
pub const ROWS: [&str; 2] = ["row", "rows"];
/// Files, one and several.
pub const FILES: [&str; 2] = ["file", "files"];

/// So many of something: "1 link", "1,234 links".
pub fn counted(count: u64, [one, several]: [&str; 2]) -> String {
    format!("{} {}", grouped(count), if count == 1 { one } else { several })
}

impl Progress for Terminal {
    fn begin(&self, what: &str, total: u64, unit: Unit) {
        let what = printable(what);
        let bar = (self.mode == Mode::Bars).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            let count = names(unit).map_or_else(
                || "{bytes}/{total_bytes}".to_owned(),
                |[_, several]| format!("{{human_pos}}/{{human_len}} {several}"),
            );
            let style =
                ProgressStyle::with_template(&format!("  {{msg:<22}} [{{bar:32}}] {count} {{eta}} left"))
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("=> ");
            bar.set_style(style);
            bar.set_message(what.clone().into_owned());
            bar
        });
        if let Ok(mut current) = self.current.lock() {
            *current =
                Some(Work { what: what.into_owned(), total, done: 0, unit, started: Instant::now(), bar });
        }
    }

    fn advance_to(&self, done: u64) {
        if self.mode == Mode::Quiet {
            return;
        }
        if let Ok(mut current) = self.current.lock()
            && let Some(work) = current.as_mut()
            && work.done < done
        {
            work.done = done;
            if let Some(bar) = &work.bar {
                bar.set_position(done);
            }
        }
    }

    fn end(&self) {
        let Some(work) = self.current.lock().ok().and_then(|mut current| current.take()) else { return };
        if let Some(bar) = work.bar {
            bar.finish_and_clear();
        }
        // Work that was begun and turned out to be impossible has done nothing that could be counted.
        let nothing = work.total > 0 && work.done == 0;
        if self.mode != Mode::Quiet && !nothing {
            let took = seconds(work.started.elapsed());
            // Where nobody knew how much there would be, what was done was all.
            let all = if work.total > 0 { work.total } else { work.done };
            let _ = writeln!(std::io::stderr(), "  {}: {} in {took}", work.what, amount(all, work.unit));
        }
    }

    fn cancelled(&self) -> bool {
        self.signals.received().is_some()
    }

    fn note(&self, text: &str) {
        if self.mode != Mode::Quiet {
            let _ = writeln!(std::io::stderr(), "  {}", printable(text));
        }
    }
}

/// A duration for people.
pub fn seconds(duration: Duration) -> String {
    match duration.as_secs_f64() {
        seconds if seconds < 0.01 => "less than 0.01 s".to_owned(),
        seconds if seconds < 10.0 => format!("{seconds:.2} s"),
        seconds => format!("{seconds:.0} s"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_and_timed_reads_well() {
        assert_eq!(amount(1, Unit::Maps), "1 UMAP embedding");
        assert_eq!(amount(1234, Unit::ProductYears), "1,234 product-years");
        assert_eq!(amount(2_500_000, Unit::Bytes), "2.5 MB");
        assert_eq!(
            [0, 5, 1234, 12_345].map(|ms| seconds(Duration::from_millis(ms))),
            ["less than 0.01 s", "less than 0.01 s", "1.23 s", "12 s"]
        );
    }
}
