//! How long work tells whoever started it how far it is, and learns that it should stop. The engine itself prints nothing.

/// Receives news of progress, and may ask the work to stop. All methods do nothing unless overridden.
///
/// [`Progress::cancelled`] is asked at the borders of small pieces of work, from any thread: a block of a release, a product of the
/// panel, a round of the map, a regression of the sweep, a figure. Once it has said yes it has to go on saying so. What is under way
/// then ends with [`Cancelled`] within a fraction of a second, leaves nothing half-written, and a run that was in the folder before
/// is what it was.
///
/// ```
/// use std::sync::atomic::{AtomicBool, Ordering};
/// use monazite::pipeline::{Error, RunOptions, Until, run_study};
/// use monazite::progress::Progress;
/// use monazite::study::Study;
///
/// /// Stops when a button is pressed.
/// struct Button(AtomicBool);
/// impl Progress for Button {
///     fn cancelled(&self) -> bool {
///         self.0.load(Ordering::Relaxed)
///     }
/// }
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let folder = folder.path();
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.join("store"));
/// let pressed = Button(AtomicBool::new(true));
/// let options = RunOptions { until: Until::Report, commit: String::new() };
/// let stopped = run_study(&study, &folder.join("run"), &options, &pressed);
/// assert!(matches!(stopped, Err(Error::Cancelled(_))));
/// assert!(!folder.join("run").exists());
/// # Ok(())
/// # }
/// ```
pub trait Progress: Sync {
    /// A piece of work begins; `total` is in `unit`, 0 if it is not known.
    fn begin(&self, _what: &str, _total: u64, _unit: Unit) {}
    /// So much of it is done.
    fn advance_to(&self, _done: u64) {}
    /// It is finished.
    fn end(&self) {}
    /// Something worth a line.
    fn note(&self, _text: &str) {}
    /// Whether the work should stop. Asked often, so it has to be quick.
    fn cancelled(&self) -> bool {
        false
    }
    /// For the borders of pieces of work: goes on, or stops with an error.
    ///
    /// # Errors
    /// [`Cancelled`] if the work should stop.
    fn go_on(&self) -> Result<(), Cancelled> {
        if self.cancelled() { Err(Cancelled::default()) } else { Ok(()) }
    }
}

/// The work was asked to stop, and has. Every type of error of the engine that work can end with has it as a variant.
#[derive(Debug, Clone, PartialEq, Eq, Default, thiserror::Error)]
#[error("stopped before the end{}", .kept.as_ref().map_or_else(String::new, |kept| format!("; {kept}")))]
pub struct Cancelled {
    /// What of the work is kept for the next time, in words; `None` if everything is as it was before.
    pub kept: Option<String>,
}

/// What progress is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Bytes read.
    Bytes,
    /// Product-years computed.
    ProductYears,
    /// Questions asked.
    Questions,
    /// Maps of countries made.
    Maps,
}

/// No news, and no end before the work is done.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI64, Ordering};

    /// Says no so many times, and yes from then on.
    struct StopAfter(AtomicI64);

    impl Progress for StopAfter {
        fn cancelled(&self) -> bool {
            self.0.fetch_sub(1, Ordering::Relaxed) <= 0
        }
    }

    #[test]
    fn silent_work_goes_on_and_stopped_work_says_what_is_kept() {
        assert_eq!(Silent.go_on(), Ok(()));
        let stops = StopAfter(AtomicI64::new(2));
        assert!(stops.go_on().is_ok() && stops.go_on().is_ok() && stops.go_on().is_err());
        assert!(stops.go_on().is_err(), "once stopped, stopped for good");
        assert_eq!(Cancelled::default().to_string(), "stopped before the end");
        let kept = Cancelled { kept: Some("two of three files are read".to_owned()) };
        assert_eq!(kept.to_string(), "stopped before the end; two of three files are read");
        let _: &dyn Progress = &stops;
    }
}
