//! What the user sees while the engine works: bars on a terminal, plain lines elsewhere, nothing with --quiet. Whatever is shown
//! may hold text from files; all of it goes through [`printable`].

use std::io::{IsTerminal, Write};
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use monazite::plain_text::printable;
use monazite::progress::{Progress, Unit};
use monazite::units::grouped;

use crate::signals::{Signals, exit_code};

/// Shows progress on standard error.
pub struct Terminal {
    mode: Mode,
    signals: Signals,
    current: Mutex<Option<Work>>,
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
    unit: Unit,
    started: Instant,
    bar: Option<ProgressBar>,
}

impl Terminal {
    /// Bars if standard error is a terminal, lines if it is not, nothing if `quiet`.
    pub fn new(quiet: bool, signals: Signals) -> Self {
        let mode = if quiet {
            Mode::Quiet
        } else if std::io::stderr().is_terminal() {
            Mode::Bars
        } else {
            Mode::Lines
        };
        Self { mode, signals, current: Mutex::new(None) }
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
    pub fn exit_code(&self) -> ExitCode {
        let of_signal = self.signals.received().and_then(|signal| u8::try_from(exit_code(signal)).ok());
        of_signal.map_or(ExitCode::FAILURE, ExitCode::from)
    }

    /// A line of the result, on standard output.
    pub fn line(&self, text: &str) {
        if self.mode != Mode::Quiet {
            // A closed pipe is the reader's choice, not an error.
            let _ = writeln!(std::io::stdout(), "{}", printable(text));
        }
    }
}

fn amount(count: u64, unit: Unit) -> String {
    match unit {
        Unit::Bytes => format!("{:.1} MB", count as f64 / 1e6),
        Unit::ProductYears => format!("{} product-years", grouped(count)),
        Unit::Questions => format!("{} questions", grouped(count)),
        Unit::Maps => format!("{} maps", grouped(count)),
    }
}

impl Progress for Terminal {
    fn begin(&self, what: &str, total: u64, unit: Unit) {
        let what = printable(what);
        let bar = (self.mode == Mode::Bars).then(|| {
            let bar = ProgressBar::with_draw_target(Some(total), ProgressDrawTarget::stderr_with_hz(10));
            let count = match unit {
                Unit::Bytes => "{bytes}/{total_bytes}",
                Unit::ProductYears => "{human_pos}/{human_len} product-years",
                Unit::Questions => "{human_pos}/{human_len} questions",
                Unit::Maps => "{human_pos}/{human_len} maps",
            };
            let style =
                ProgressStyle::with_template(&format!("  {{msg:<22}} [{{bar:32}}] {count} {{eta}} left"))
                    .unwrap_or_else(|_| ProgressStyle::default_bar())
                    .progress_chars("=> ");
            bar.set_style(style);
            bar.set_message(what.clone().into_owned());
            bar
        });
        if let Ok(mut current) = self.current.lock() {
            *current = Some(Work { what: what.into_owned(), total, unit, started: Instant::now(), bar });
        }
    }

    fn advance_to(&self, done: u64) {
        if self.mode != Mode::Bars {
            return;
        }
        if let Ok(current) = self.current.lock()
            && let Some(bar) = current.as_ref().and_then(|w| w.bar.as_ref())
            && bar.position() < done
        {
            bar.set_position(done);
        }
    }

    fn end(&self) {
        let Some(work) = self.current.lock().ok().and_then(|mut current| current.take()) else { return };
        if let Some(bar) = work.bar {
            bar.finish_and_clear();
        }
        if self.mode != Mode::Quiet {
            let took = seconds(work.started.elapsed());
            let _ =
                writeln!(std::io::stderr(), "  {}: {} in {took}", work.what, amount(work.total, work.unit));
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
    let seconds = duration.as_secs_f64();
    if seconds < 10.0 { format!("{seconds:.2} s") } else { format!("{seconds:.0} s") }
}
