//! Long work: without the interpreter's lock, with progress, and to be stopped by Ctrl-C.
//!
//! Each call has a pool of its own. A pool that outlived its call would not survive a fork, and a child of the process would wait for its
//! threads for ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use monazite::progress::{Progress, Unit};
use monazite::threads::Threads;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// How often the interpreter is asked whether somebody pressed Ctrl-C.
const PATIENCE: Duration = Duration::from_millis(50);

/// What the work says, until the interpreter hears of it.
#[derive(Default)]
struct News {
    stopped: AtomicBool,
    state: Mutex<State>,
}

#[derive(Default, Clone)]
struct State {
    what: String,
    done: u64,
    total: u64,
    unit: &'static str,
    notes: Vec<String>,
    changed: bool,
}

impl News {
    fn change(&self, how: impl FnOnce(&mut State)) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        how(&mut state);
        state.changed = true;
    }

    /// What is new since the last time.
    fn take(&self) -> Option<State> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let found = std::mem::take(&mut state.changed).then(|| state.clone());
        state.notes.clear();
        found
    }
}

impl Progress for News {
    fn begin(&self, what: &str, total: u64, unit: Unit) {
        self.change(|state| {
            what.clone_into(&mut state.what);
            (state.done, state.total) = (0, total);
            state.unit = match unit {
                Unit::Bytes => "bytes",
                Unit::ProductYears => "product-years",
                Unit::Questions => "questions",
                Unit::Maps => "maps",
            };
        });
    }

    fn advance_to(&self, done: u64) {
        self.change(|state| state.done = state.done.max(done));
    }

    fn end(&self) {
        self.change(|state| state.done = state.total);
    }

    fn note(&self, text: &str) {
        self.change(|state| state.notes.push(text.to_owned()));
    }

    fn cancelled(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Does work beside the interpreter, in so many threads, all cores if not said. `progress` is called with what is done, how much of it, of how
/// much, the unit, and notes; it, or Ctrl-C, ends the work with the exception that it raised.
pub fn working<R: Send>(
    py: Python<'_>,
    threads: Option<usize>,
    progress: Option<&Bound<'_, PyAny>>,
    work: impl FnOnce(&dyn Progress) -> R + Send,
) -> PyResult<R> {
    let pool = match threads {
        Some(count) => Threads::new(count),
        None => Threads::all_cores(),
    };
    let pool = pool.map_err(|e| PyValueError::new_err(format!("threads: {e}")))?;
    let progress = progress.map(|progress| progress.clone().unbind());
    let news = News::default();
    let (news, pool) = (&news, &pool);
    py.detach(|| {
        std::thread::scope(|scope| {
            let (tell, ended) = channel();
            let worker = scope.spawn(move || {
                let result = pool.run(|| work(news));
                // Nobody listens any more if the interpreter is done for.
                let _ = tell.send(());
                result
            });
            let mut raised = None;
            loop {
                let over = ended.recv_timeout(PATIENCE) != Err(RecvTimeoutError::Timeout);
                if raised.is_none() {
                    raised = Python::attach(|py| heard(py, news, progress.as_ref())).err();
                    news.stopped.store(raised.is_some(), Ordering::Relaxed);
                }
                if over {
                    break;
                }
            }
            let result = worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
            raised.map_or(Ok(result), Err)
        })
    })
}

/// Tells the interpreter what is new, and lets it raise what it has to.
fn heard(py: Python<'_>, news: &News, progress: Option<&Py<PyAny>>) -> PyResult<()> {
    py.check_signals()?;
    if let (Some(progress), Some(state)) = (progress, news.take()) {
        progress.call1(py, (state.what, state.done, state.total, state.unit, state.notes))?;
    }
    Ok(())
}
