//! A small run to explore, made once, and a server over it.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread::JoinHandle;

use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::progress::{Progress, Silent, Unit};
use monazite::report::explorer::Program;
use monazite::study::Study;
use monazite_explorer::{Door, Listening, Settings, Site};
use tempfile::TempDir;

/// A name that is markup.
pub const MARKUP: &str = "</script><img src=x onerror=alert(1)>";

/// Makes a run of the six countries of `studies/tiny`, changed a little.
pub fn make_run(folder: &Path, change: impl FnOnce(&mut Study)) -> PathBuf {
    let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    let mut study = Study::load(tiny.as_ref()).unwrap();
    study.data.store = Some(folder.join("store"));
    study.study.name = MARKUP.to_owned();
    change(&mut study);
    let out = folder.join("run");
    run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent).unwrap();
    out
}

/// The run that most tests look at, and never change.
pub fn run() -> &'static Path {
    static RUN: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, path) = RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let run = make_run(folder.path(), |_| {});
        (folder, run)
    });
    path
}

pub fn program() -> Program {
    Program { name: "monazite".to_owned(), version: "0.1.0".to_owned(), commit: None }
}

pub fn site(folders: &[&Path]) -> Site {
    Site::open(folders, false, &program(), &Silent).unwrap()
}

/// Says when to stop.
#[derive(Debug, Default)]
struct Bell(AtomicBool);

impl Progress for Bell {
    fn begin(&self, _: &str, _: u64, _: Unit) {}
    fn advance_to(&self, _: u64) {}
    fn end(&self) {}
    fn cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
    fn note(&self, _: &str) {}
}

/// A server in a thread of its own, which ends with this.
pub struct Server {
    pub door: Door,
    stop: Arc<Bell>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    pub fn of(site: Site, token: bool) -> Self {
        Self::with(site, Settings { token, ..Settings::default() })
    }

    pub fn with(site: Site, settings: Settings) -> Self {
        let listening = Listening::on(settings).unwrap();
        let door = listening.door().clone();
        let stop = Arc::new(Bell::default());
        let (told, site) = (stop.clone(), Arc::new(site));
        let thread = std::thread::spawn(move || listening.serve(site, &*told).unwrap());
        Self { door, stop, thread: Some(thread) }
    }

    /// The server that most tests ask.
    pub fn shared() -> &'static Self {
        static SERVER: OnceLock<Server> = OnceLock::new();
        SERVER.get_or_init(|| Self::of(site(&[run()]), true))
    }

    /// The path before every name.
    pub fn before(&self) -> String {
        let address = self.door.address();
        address.splitn(4, '/').nth(3).map(|rest| format!("/{rest}")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.0.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Every file below a folder with its size and time of change.
pub fn all_files(folder: &Path) -> Vec<(PathBuf, u64, std::time::SystemTime)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_files(&path));
        } else {
            let about = path.metadata().unwrap();
            found.push((path, about.len(), about.modified().unwrap()));
        }
    }
    found.sort();
    found
}

/// Everything below a folder with its time of change and its bytes.
pub fn snapshot(folder: &Path) -> Vec<(PathBuf, std::time::SystemTime, Vec<u8>)> {
    let file = |(path, _, changed): (PathBuf, u64, std::time::SystemTime)| {
        let bytes = std::fs::read(&path).unwrap();
        (path, changed, bytes)
    };
    all_files(folder).into_iter().map(file).collect()
}
