//! Work that is stopped at any of its borders: it ends as stopped, and everything is as it was before.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use monazite::ingest::Release;
use monazite::pipeline::screening::screen_study;
use monazite::pipeline::{
    Error, RunOptions, Until, draw_figures, open_trade, rerun_regression, rerun_typology, run_chain,
    run_study,
};
use monazite::planted::{PlantedError, PlantedOptions, PlantedWorld};
use monazite::progress::{Progress, Silent, Unit};
use monazite::report::brief::{BriefError, BriefRequest, write_briefs};
use monazite::report::figures::FigureRequest;
use monazite::report::maps::{MapRequest, write_map};
use monazite::report::replication::{ReplicationError, ReplicationOptions, replicate};
use monazite::report::request::WrittenFile;
use monazite::study::Study;
use monazite::threads::Threads;
use monazite::trade::{ImportOptions, ImportOutcome, StoreError, import_release};

/// Asks to stop from a certain question on, and remembers in which piece of work that was.
struct StopAfter {
    allowed: u64,
    asked: AtomicU64,
    pieces: Mutex<Vec<String>>,
}

impl StopAfter {
    fn new(allowed: u64) -> Self {
        Self { allowed, asked: AtomicU64::new(0), pieces: Mutex::default() }
    }

    /// The last piece of work that began.
    fn last(&self) -> String {
        self.pieces.lock().unwrap().last().cloned().unwrap_or_default()
    }
}

impl Progress for StopAfter {
    fn begin(&self, what: &str, _total: u64, _unit: Unit) {
        self.pieces.lock().unwrap().push(what.to_owned());
    }

    fn end(&self) {
        self.pieces.lock().unwrap().push("in between".to_owned());
    }

    fn cancelled(&self) -> bool {
        self.asked.fetch_add(1, Ordering::Relaxed) >= self.allowed
    }
}

/// Every file below a folder with its content.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.insert(path.clone(), fs::read(&path).unwrap());
            }
        }
    }
    found
}

/// Does work again and again, stopped ever later until it comes to its end. `watched` must not change before that. Returns the pieces
/// of work in which it was stopped.
fn stops_everywhere(
    watched: &Path,
    mut work: impl FnMut(&dyn Progress) -> Result<(), String>,
) -> BTreeSet<String> {
    let (existed, before) = (watched.exists(), files(watched));
    let mut stopped_in = BTreeSet::new();
    let (mut allowed, mut step) = (0, 1);
    loop {
        let progress = StopAfter::new(allowed);
        match work(&progress) {
            Ok(()) => return stopped_in,
            Err(message) => assert!(message.starts_with("stopped before the end"), "{message}"),
        }
        assert_eq!(watched.exists(), existed, "stopped after {allowed} questions");
        assert!(files(watched) == before, "stopped after {allowed} questions, files have changed");
        stopped_in.insert(progress.last());
        // Every border at first, then ever fewer of them.
        allowed += step;
        step = (allowed / 3).max(1);
    }
}

fn words<T>(result: Result<T, Error>) -> Result<(), String> {
    match result {
        Ok(_) => Ok(()),
        Err(error) => {
            assert!(matches!(error, Error::Cancelled(_)), "{error:?}");
            Err(error.to_string())
        }
    }
}

fn planted(folder: &Path) -> Study {
    let small =
        PlantedOptions { countries: 16, products: 25, others: 15, years: 7, ..PlantedOptions::default() };
    PlantedWorld::new(small).unwrap().write(folder).unwrap();
    let mut study = Study::load(&folder.join("study.toml")).unwrap();
    study.typology.neighbours = Some(20);
    study.regression.sweep_lengths = vec![2, 3];
    study.typology.repetitions = 2;
    study.regression.placebo_draws = 9;
    study.regression.bootstrap_draws = 19;
    study
}

const OPTIONS: RunOptions = RunOptions { until: Until::Report, commit: String::new() };

#[test]
fn every_stage_of_a_run_stops_and_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let study = planted(&folder.path().join("planted"));
    open_trade(&study, &Silent).unwrap();
    let threads = Threads::new(2).unwrap();
    let out = folder.path().join("run");
    let run = |progress: &dyn Progress| words(threads.run(|| run_study(&study, &out, &OPTIONS, progress)));
    let stopped_in = stops_everywhere(&out, run);
    for piece in ["reading margins", "computing indicators", "typology", "in between"] {
        assert!(stopped_in.contains(piece), "never stopped in {piece}: {stopped_in:?}");
    }

    // A run that is there is what it was, whatever is made again.
    let run = |progress: &dyn Progress| words(threads.run(|| run_study(&study, &out, &OPTIONS, progress)));
    stops_everywhere(&out, run);
    let seed = |study: &mut Study| study.study.random_seed = 7;
    stops_everywhere(&out, |progress| words(rerun_typology(&out, None, seed, None, progress)));
    stops_everywhere(&out, |progress| words(rerun_regression(&out, Some(&study), seed, None, progress)));
    let all = FigureRequest::default();
    stops_everywhere(&out, |progress| words(draw_figures(&out, |_| {}, &all, None, progress)));
    let of_brief = |result: Result<Vec<WrittenFile>, BriefError>| match result {
        Ok(_) => Ok(()),
        Err(error) => {
            assert!(matches!(error, BriefError::Cancelled(_)), "{error:?}");
            Err(error.to_string())
        }
    };
    let country = fs::read_to_string(out.join("countries.csv")).unwrap();
    let country = country.lines().nth(1).unwrap().split(',').next().unwrap().to_owned();
    let briefs = BriefRequest { countries: vec![country], ..BriefRequest::default() };
    stops_everywhere(&out, |progress| of_brief(write_briefs(&out, &briefs, progress)));
    let map = MapRequest { indicator: "str".to_owned(), ..MapRequest::default() };
    stops_everywhere(&out, |progress| of_brief(write_map(&out, &map, None, progress)));
    let package = folder.path().join("package");
    let options = ReplicationOptions { study: None, without_data: false };
    stops_everywhere(&package, |progress| match replicate(&out, &package, &options, progress) {
        Ok(_) => Ok(()),
        Err(error) => {
            assert!(matches!(error, ReplicationError::Cancelled(_)), "{error:?}");
            Err(error.to_string())
        }
    });
}

#[test]
fn a_chain_a_screening_and_a_planted_world_stop() {
    let folder = tempfile::tempdir().unwrap();
    let study = planted(&folder.path().join("planted"));
    let store = open_trade(&study, &Silent).unwrap();
    let chain = folder.path().join("chain");
    let stopped_in =
        stops_everywhere(&chain, |progress| words(run_chain(&study, &chain, &OPTIONS, progress)));
    assert!(stopped_in.contains("reading margins"), "{stopped_in:?}");
    let pairs = folder.path().join("pairs.parquet");
    stops_everywhere(&pairs, |progress| {
        let screened = words(screen_study(&study, &store, 1.0, &pairs, progress));
        assert_eq!(pairs.exists(), screened.is_ok(), "a file that was begun is gone");
        screened
    });
    let world = folder.path().join("world");
    let small =
        PlantedOptions { countries: 10, products: 12, others: 6, years: 5, ..PlantedOptions::default() };
    stops_everywhere(&world, |progress| {
        let written = PlantedWorld::new_until(small.clone(), progress)
            .and_then(|planted| planted.write_until(&world, progress));
        match written {
            Ok(()) => Ok(()),
            Err(error) => {
                assert!(matches!(error, PlantedError::Cancelled(_)), "{error:?}");
                Err(error.to_string())
            }
        }
    });
}

#[test]
fn an_import_keeps_what_is_finished_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let _ = planted(&folder.path().join("planted"));
    let release = Release::open(&folder.path().join("planted/release")).unwrap();
    let years = release.flows.len();
    let mut kept_before = None;
    for allowed in 0.. {
        // Each import begins anew, so that it is stopped ever later.
        let out = folder.path().join(format!("store-{allowed}"));
        match import_release(&release, &out, &ImportOptions::default(), &StopAfter::new(allowed)) {
            Ok(_) => {
                assert!(allowed > 3, "it was asked {allowed} times only");
                break;
            }
            Err(StoreError::Cancelled(cancelled)) => match cancelled.kept {
                None => assert!(!out.exists(), "nothing was finished, so nothing is kept"),
                Some(kept) => {
                    let expected = format!(
                        " of {years} files of the release are imported, and the next import goes on with BACI_HS07_Y"
                    );
                    assert!(kept.contains(&expected), "{kept}");
                    assert!(!out.join("store.toml").exists());
                    let count: usize = kept.split(' ').next().unwrap().parse().unwrap();
                    let again = import_release(&release, &out, &ImportOptions::default(), &Silent).unwrap();
                    assert!(matches!(again, ImportOutcome::Written { resumed, .. } if resumed == count));
                    kept_before = Some(count);
                }
            },
            Err(other) => panic!("{other}"),
        }
    }
    assert!(kept_before.is_some(), "no import was stopped after a finished file");
}
