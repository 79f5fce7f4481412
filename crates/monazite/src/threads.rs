//! The threads that work is spread over: one pool, whose size the caller decides.
//!
//! Everything in this crate that works in parallel does so in the pool that it was called from, reading included. A [`Threads`] is
//! such a pool. The entry points of the pipeline, called from outside any pool, make one of their own for the time of the call
//! ([`within`]). rayon's global pool is never used: it could not be sized twice, and a process that forks while it exists (as
//! Python's `multiprocessing` does) leaves a child that waits for its threads for ever.

use std::num::NonZeroUsize;
use std::sync::Arc;

use rayon::{ThreadPool, ThreadPoolBuilder};

/// As much room for calls as the first thread of a program has; what is drawn may be nested deeply. It is set aside, not used.
const STACK: usize = 8 << 20;
/// So many threads may be had on any machine.
const ALWAYS_ALLOWED: usize = 64;
/// So many for each core, beyond which more only cost.
const FOR_EACH_CORE: usize = 4;

/// A pool of threads. Results never depend on how many there are.
///
/// Clones are the same pool. It ends with its last clone. It does not survive a fork: a child process makes its own.
///
/// ```
/// use monazite::pipeline::{RunOptions, Until, run_study};
/// use monazite::progress::Silent;
/// use monazite::study::Study;
/// use monazite::threads::Threads;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// let threads = Threads::new(2)?;
/// let options = RunOptions { until: Until::Indicators, commit: String::new() };
/// let run = threads.run(|| run_study(&study, &folder.path().join("run"), &options, &Silent))?;
/// assert_eq!(run.manifest.timing.threads, 2);
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct Threads {
    pool: Arc<ThreadPool>,
}

/// Why there is no pool.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ThreadsError {
    /// Nobody to work.
    #[error("0 threads can do no work; ask for at least 1, or leave the number out to use all cores")]
    None,
    /// More than can be of use, and maybe more than the machine bears.
    #[error(
        "{asked} threads are too many: on {cores} {} at most {most} are allowed (64, or four for each core); more than one for each core \
         makes nothing faster. Ask for fewer, or leave the number out to use all cores", cores_in_words(*.cores)
    )]
    TooMany {
        /// Asked for.
        asked: usize,
        /// Allowed.
        most: usize,
        /// Cores of this machine.
        cores: usize,
    },
    /// The system starts none.
    #[error("{asked} threads cannot be started: {message}; ask for fewer")]
    NotStarted {
        /// Asked for.
        asked: usize,
        /// What the system says.
        message: String,
    },
}

fn cores_in_words(cores: usize) -> &'static str {
    if cores == 1 { "core" } else { "cores" }
}

/// Cores that this process may use.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, NonZeroUsize::get)
}

impl Threads {
    /// A pool of so many threads.
    ///
    /// # Errors
    /// [`ThreadsError::None`] for 0, [`ThreadsError::TooMany`] for more than [`Threads::most`], [`ThreadsError::NotStarted`] if the
    /// system refuses.
    ///
    /// ```
    /// use monazite::threads::{Threads, ThreadsError};
    /// let threads = Threads::new(3)?;
    /// assert_eq!(threads.count(), 3);
    /// assert!(matches!(Threads::new(100_000), Err(ThreadsError::TooMany { asked: 100_000, .. })));
    /// # Ok::<(), ThreadsError>(())
    /// ```
    pub fn new(count: usize) -> Result<Self, ThreadsError> {
        if count == 0 {
            return Err(ThreadsError::None);
        }
        if count > Self::most() {
            return Err(ThreadsError::TooMany { asked: count, most: Self::most(), cores: cores() });
        }
        let pool = ThreadPoolBuilder::new()
            .num_threads(count)
            .stack_size(STACK)
            .thread_name(|at| format!("monazite-{at}"))
            .build()
            .map_err(|e| ThreadsError::NotStarted { asked: count, message: e.to_string() })?;
        Ok(Self { pool: Arc::new(pool) })
    }

    /// A pool of as many threads as there are cores, or as the environment variable `RAYON_NUM_THREADS` says.
    ///
    /// # Errors
    /// As [`Threads::new`]; what is not a number, or 0, counts as not said.
    pub fn all_cores() -> Result<Self, ThreadsError> {
        let said = std::env::var("RAYON_NUM_THREADS").ok().and_then(|said| said.parse().ok());
        Self::new(said.filter(|&count| count > 0).unwrap_or_else(cores))
    }

    /// A pool as large as the one that the caller is in, for work that goes on beside it; outside any, as [`Threads::all_cores`].
    ///
    /// # Errors
    /// As [`Threads::new`].
    pub fn as_many_as_here() -> Result<Self, ThreadsError> {
        match rayon::current_thread_index() {
            Some(_) => Self::new(rayon::current_num_threads()),
            None => Self::all_cores(),
        }
    }

    /// The most threads that may be asked for: 64, or four for each core if that is more.
    pub fn most() -> usize {
        (FOR_EACH_CORE * cores()).max(ALWAYS_ALLOWED)
    }

    /// How many threads there are.
    pub fn count(&self) -> usize {
        self.pool.current_num_threads()
    }

    /// Does work in the pool: whatever of it is parallel is spread over these threads and no others. The caller waits.
    pub fn run<R: Send>(&self, work: impl FnOnce() -> R + Send) -> R {
        self.pool.install(work)
    }
}

/// Does work in the pool that the caller is in; outside any, in one of its own with a thread for each core, which ends with the work.
///
/// # Panics
/// If the system starts no thread at all.
///
/// ```
/// use monazite::threads::{Threads, within};
/// let three = Threads::new(3)?;
/// assert_eq!(three.run(|| within(rayon::current_num_threads)), 3);
/// # Ok::<(), monazite::threads::ThreadsError>(())
/// ```
pub fn within<R: Send>(work: impl FnOnce() -> R + Send) -> R {
    if rayon::current_thread_index().is_some() {
        return work();
    }
    Threads::all_cores().or_else(|_| Threads::new(1)).expect("the system starts a thread").run(work)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_as_asked_for_and_no_more_than_make_sense() {
        assert_eq!(Threads::new(0).unwrap_err(), ThreadsError::None);
        let most = Threads::most();
        assert!(most >= 64 && most >= 4 * cores());
        let error = Threads::new(most + 1).unwrap_err();
        assert_eq!(error, ThreadsError::TooMany { asked: most + 1, most, cores: cores() });
        assert!(error.to_string().contains(&format!("at most {most} are allowed")), "{error}");
        assert_eq!(Threads::new(5).unwrap().run(rayon::current_num_threads), 5);
        let beside = Threads::new(3).unwrap().run(|| Threads::as_many_as_here().unwrap().count());
        assert_eq!(beside, 3);
        let all = Threads::all_cores().unwrap().count();
        assert_eq!(Threads::as_many_as_here().unwrap().count(), all);
        assert_eq!(within(rayon::current_num_threads), all);
        assert_eq!(Threads::new(3).unwrap().run(|| within(rayon::current_num_threads)), 3);
    }
}
