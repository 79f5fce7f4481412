//! The files of a release side by side: who reads which, how many at once, and what comes of it in the order of the files.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::ingest::{IngestError, Release};
use crate::progress::{Cancelled, Progress};
use crate::trade::error::StoreError;

/// Text of files that may be in work at the same time, bytes, unless one file alone has more. In memory its rows take less than half
/// of that, so that years side by side stay below 400 MB on any number of threads.
const MOST_TEXT: u64 = 768 << 20;

/// What came of the files, in their order.
pub(super) struct Finished<T> {
    /// `None` for a file that was not read to its end.
    pub(super) files: Vec<Option<T>>,
    /// What is wrong with the first file that anything is wrong with.
    pub(super) error: Option<StoreError>,
    /// Whether the work was asked to stop.
    pub(super) cancelled: bool,
}

/// Reads every file that has not been read already, as many side by side as there are threads in this pool and room in memory; threads
/// for which no file is left help those that read one.
///
/// Files are begun in their order. After an error only the files before it are read on, so that the error is that of the first file
/// that has one, whatever the number of threads.
pub(super) fn read_all<T: Send>(
    release: &Release,
    known: Vec<Option<T>>,
    years: impl Fn(&T) -> Vec<u16>,
    progress: &dyn Progress,
    read: impl Fn(&Turn<'_>) -> Result<T, StoreError> + Sync,
) -> Finished<T> {
    let progress_of = (known.iter().zip(&release.flows))
        .map(|(known, source)| if known.is_some() { source.size } else { 0 });
    let mut state = State {
        next: 0,
        text_in_work: 0,
        bytes: progress_of.collect(),
        owners: BTreeMap::new(),
        files: known,
        error: None,
        cancelled: false,
    };
    for at in 0..state.files.len() {
        for year in state.files[at].as_ref().map(&years).unwrap_or_default() {
            state.claim(release, at, year);
        }
    }
    let shared = Shared { release, progress, state: Mutex::new(state) };
    rayon::broadcast(|_| {
        while let Some(at) = shared.begin() {
            let result = read(&Turn { at, shared: &shared });
            shared.end(at, result);
        }
    });
    let State { files, error, cancelled, .. } =
        shared.state.into_inner().unwrap_or_else(PoisonError::into_inner);
    Finished { files, error: error.map(|(_, error)| error), cancelled }
}

struct Shared<'a, T> {
    release: &'a Release,
    progress: &'a dyn Progress,
    state: Mutex<State<T>>,
}

struct State<T> {
    next: usize,
    text_in_work: u64,
    /// Read so far, of each file.
    bytes: Vec<u64>,
    /// Which file has which year.
    owners: BTreeMap<u16, usize>,
    files: Vec<Option<T>>,
    /// The first file with an error.
    error: Option<(usize, StoreError)>,
    cancelled: bool,
}

/// What is said of two files of a release that have the same year.
pub(crate) fn same_year(release: &Release, year: u16, files: [usize; 2]) -> IngestError {
    let [first, second] = files.map(|at| release.flows[at].name.as_str());
    IngestError::Mixed {
        path: release.path.display().to_string(),
        what: "files with the same year",
        found: format!("{year} in {first} and {second}"),
    }
}

impl<T> State<T> {
    fn fail(&mut self, at: usize, error: StoreError) {
        if self.error.as_ref().is_none_or(|(first, _)| at < *first) {
            self.error = Some((at, error));
        }
    }

    /// Whether a file may have a year: not if another one has it, which is an error of the later of the two.
    fn claim(&mut self, release: &Release, at: usize, year: u16) -> bool {
        let other = *self.owners.entry(year).or_insert(at);
        if other == at {
            return true;
        }
        let (first, second) = (at.min(other), at.max(other));
        self.owners.insert(year, first);
        self.fail(second, same_year(release, year, [first, second]).into());
        false
    }
}

impl<T> Shared<'_, T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What a file counts for.
    fn text(&self, at: usize) -> u64 {
        self.release.flows[at].text_size().max(1)
    }

    /// The next file to be read; `None` if there is none, or no room for it while others are read.
    fn begin(&self) -> Option<usize> {
        let mut state = self.state();
        let at = (state.next..state.files.len()).find(|&at| state.files[at].is_none())?;
        let stopped = state.cancelled || state.error.as_ref().is_some_and(|(first, _)| *first <= at);
        if stopped || (state.text_in_work > 0 && state.text_in_work + self.text(at) > MOST_TEXT) {
            return None;
        }
        state.text_in_work += self.text(at);
        state.next = at + 1;
        Some(at)
    }

    fn end(&self, at: usize, result: Result<T, StoreError>) {
        let mut state = self.state();
        state.text_in_work -= self.text(at);
        match result {
            Ok(file) => {
                state.files[at] = Some(file);
                self.advance(state, at, u64::MAX);
            }
            // It was stopped because of a file before it.
            Err(StoreError::Cancelled(_)) if state.error.as_ref().is_some_and(|(first, _)| *first <= at) => {}
            Err(StoreError::Cancelled(_)) => state.cancelled = true,
            Err(error) => state.fail(at, error),
        }
    }

    /// The news is told before anybody else has some, so that it never goes backwards.
    fn advance(&self, mut state: MutexGuard<'_, State<T>>, at: usize, bytes: u64) {
        state.bytes[at] = bytes.min(self.release.flows[at].size);
        self.progress.advance_to(state.bytes.iter().sum());
    }
}

/// A file that is being read.
pub(super) struct Turn<'a> {
    /// Its position in the release.
    pub(super) at: usize,
    shared: &'a dyn InWork,
}

trait InWork {
    fn go_on(&self, at: usize) -> Result<(), Cancelled>;
    fn advance_to(&self, at: usize, bytes: u64);
    fn claim(&self, at: usize, year: u16) -> bool;
}

impl<T> InWork for Shared<'_, T> {
    fn go_on(&self, at: usize) -> Result<(), Cancelled> {
        self.progress.go_on()?;
        match self.state().error {
            Some((first, _)) if first <= at => Err(Cancelled::default()),
            _ => Ok(()),
        }
    }

    fn advance_to(&self, at: usize, bytes: u64) {
        self.advance(self.state(), at, bytes);
    }

    fn claim(&self, at: usize, year: u16) -> bool {
        self.state().claim(self.release, at, year)
    }
}

impl Turn<'_> {
    /// Goes on, or stops: because the work was asked to, or because a file before this one is wrong.
    pub(super) fn go_on(&self) -> Result<(), Cancelled> {
        self.shared.go_on(self.at)
    }

    /// So much of the file is read.
    pub(super) fn advance_to(&self, bytes: u64) {
        self.shared.advance_to(self.at, bytes);
    }

    /// Takes a year for this file. `false` if another file has it too: that is an error of the later of the two, and this one's
    /// year is not to be written.
    pub(super) fn claim(&self, year: u16) -> bool {
        self.shared.claim(self.at, year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::threads::Threads;
    use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
    use std::time::Duration;

    /// A release of files with so many bytes each, one year a file; their content is never looked at.
    fn release(folder: &std::path::Path, sizes: &[u64]) -> Release {
        for (at, size) in sizes.iter().enumerate() {
            let name = format!("BACI_HS07_Y{}_V202501.csv", 2000 + at);
            std::fs::File::create(folder.join(name)).unwrap().set_len(*size).unwrap();
        }
        Release::open(folder).unwrap()
    }

    #[derive(Default)]
    struct Most {
        now: AtomicU64,
        most: AtomicU64,
    }

    impl Most {
        fn add(&self, count: u64) {
            let now = self.now.fetch_add(count, Ordering::SeqCst) + count;
            self.most.fetch_max(now, Ordering::SeqCst);
        }
    }

    #[test]
    fn never_more_files_than_threads_and_never_more_text_than_there_is_room_for() {
        let folder = tempfile::tempdir().unwrap();
        let third = MOST_TEXT / 3;
        let sizes = [third, third, third, third, 1, 2 * MOST_TEXT, 3, third];
        let release = release(folder.path(), &sizes);
        for threads in [1, 2, 4, 8] {
            let (files, text) = (Most::default(), Most::default());
            let run = || {
                read_all(
                    &release,
                    vec![None; sizes.len()],
                    |_| Vec::new(),
                    &Silent,
                    |turn| {
                        files.add(1);
                        text.add(sizes[turn.at]);
                        std::thread::sleep(Duration::from_millis(10));
                        files.now.fetch_sub(1, Ordering::SeqCst);
                        text.now.fetch_sub(sizes[turn.at], Ordering::SeqCst);
                        Ok(turn.at)
                    },
                )
            };
            let read = Threads::new(threads).unwrap().run(run);
            assert_eq!(read.files, (0..sizes.len()).map(Some).collect::<Vec<_>>());
            assert!(read.error.is_none() && !read.cancelled);
            assert!(files.most.into_inner() <= (threads as u64).min(3), "{threads} threads");
            assert_eq!(text.most.into_inner(), 2 * MOST_TEXT, "one large file is read alone");
        }
    }

    #[test]
    fn the_error_is_that_of_the_first_file_and_later_files_stop() {
        let folder = tempfile::tempdir().unwrap();
        let release = release(folder.path(), &[1; 6]);
        for threads in [1, 2, 4] {
            let begun = AtomicUsize::new(0);
            let run = || {
                read_all(
                    &release,
                    vec![None; 6],
                    |_: &usize| Vec::new(),
                    &Silent,
                    |turn| {
                        begun.fetch_max(turn.at, Ordering::SeqCst);
                        match turn.at {
                            // The first error is the one that comes last.
                            1 => {
                                std::thread::sleep(Duration::from_millis(30));
                                Err(StoreError::NotAStore { path: "one".to_owned() })
                            }
                            2 => Err(StoreError::NotAStore { path: "two".to_owned() }),
                            0 => Ok(0),
                            _ => loop {
                                std::thread::sleep(Duration::from_millis(1));
                                turn.go_on()?;
                            },
                        }
                    },
                )
            };
            let read = Threads::new(threads).unwrap().run(run);
            assert!(read.error.unwrap().to_string().starts_with("one:"), "{threads} threads");
            assert!(
                !read.cancelled && read.files[0] == Some(0) && read.files[1..].iter().all(Option::is_none)
            );
            assert!(begun.into_inner() <= threads, "files after the error are not begun");
        }
    }

    #[test]
    fn two_files_with_one_year_are_an_error_of_the_later_one_whoever_comes_first() {
        let folder = tempfile::tempdir().unwrap();
        let release = release(folder.path(), &[1; 4]);
        let names = |first: usize, second: usize| {
            format!("2007 in {} and {}", release.flows[first].name, release.flows[second].name)
        };
        for (slow, known) in [(0, None), (1, None), (2, None), (3, None), (0, Some(3)), (3, Some(0))] {
            for threads in [1, 2, 4] {
                let files: Vec<Option<usize>> = (0..4).map(|at| known.filter(|&k| k == at)).collect();
                let run = || {
                    read_all(
                        &release,
                        files.clone(),
                        |_| vec![2007],
                        &Silent,
                        |turn| {
                            if turn.at == slow {
                                std::thread::sleep(Duration::from_millis(10));
                            }
                            // The second file has another year.
                            turn.claim(if turn.at == 1 { 2008 } else { 2007 });
                            Ok(turn.at)
                        },
                    )
                };
                let error = Threads::new(threads).unwrap().run(run).error.unwrap().to_string();
                let expected = names(0, 2);
                assert!(
                    error.contains(&expected),
                    "{threads} threads, {slow} late, {known:?} known: {error}"
                );
            }
        }
    }

    #[test]
    fn a_stopped_import_keeps_what_is_finished_and_news_never_goes_backwards() {
        struct Stops(AtomicBool, Mutex<Vec<u64>>);
        impl Progress for Stops {
            fn advance_to(&self, done: u64) {
                self.1.lock().unwrap().push(done);
            }
            fn cancelled(&self) -> bool {
                self.0.load(Ordering::SeqCst)
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let release = release(folder.path(), &[10, 20, 30, 40]);
        for threads in [1, 3] {
            let progress = Stops(AtomicBool::new(false), Mutex::default());
            let known = vec![Some(0), None, None, None];
            let run = || {
                read_all(
                    &release,
                    known.clone(),
                    |&at| vec![2000 + at as u16],
                    &progress,
                    |turn| {
                        turn.go_on()?;
                        turn.advance_to(5);
                        if turn.at == 2 {
                            progress.0.store(true, Ordering::SeqCst);
                            turn.go_on()?;
                        }
                        Ok(turn.at)
                    },
                )
            };
            let read = Threads::new(threads).unwrap().run(run);
            assert!(read.cancelled && read.error.is_none());
            assert_eq!((read.files[0], read.files[2]), (Some(0), None));
            let news = progress.1.into_inner().unwrap();
            assert!(news.is_sorted() && news.first() == Some(&15), "{news:?}");
        }
    }
}
