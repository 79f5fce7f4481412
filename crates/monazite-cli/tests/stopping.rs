//! Ctrl-C and its like from outside: exit code, message, and what is left in the folders.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::World;
use monazite::run_folder::{FolderError, open_finished};
use monazite::trade::Store;

/// How long anything may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// A call of the program that is under way. Whoever runs the tests may ignore signals, and a child would inherit that.
struct Running(Child);

/// What came of a call that was stopped.
struct Stopped {
    code: Option<i32>,
    /// The last line on standard error.
    says: String,
}

impl Running {
    fn start(w: &World, arguments: &[&str]) -> Self {
        let child = Command::new("env")
            .args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_monazite")])
            .args(arguments)
            .current_dir(w.path(""))
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self(child)
    }

    /// Waits until something holds, which it must before the program has ended.
    fn until(mut self, what: &str, holds: impl Fn() -> bool) -> Self {
        let started = Instant::now();
        while !holds() {
            assert!(self.0.try_wait().unwrap().is_none(), "the program ended before {what}");
            assert!(started.elapsed() < PATIENCE, "still waiting for {what}");
            std::thread::sleep(Duration::from_millis(1));
        }
        self
    }

    fn send(&self, signal: &str) {
        let command = format!("kill -{signal} {}", self.0.id());
        assert!(Command::new("sh").args(["-c", &command]).status().unwrap().success());
    }

    /// Sends a signal and waits until the program has ended.
    fn stop(self, signal: &str) -> Stopped {
        self.send(signal);
        self.end()
    }

    fn end(self) -> Stopped {
        let output = self.0.wait_with_output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        Stopped { code: output.status.code(), says: text.lines().last().unwrap_or_default().to_owned() }
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

/// A planted world, and a study of it whose typology and placebo take for ever.
fn planted() -> World {
    let w = World::new();
    let sizes = ["--products", "25", "--others", "15", "--countries", "16", "--years", "7"];
    w.does(&[&["example", "--planted", "--out", "planted"][..], &sizes[..]].concat());
    let study = w.read("planted/study.toml");
    let with = |repetitions: u64, draws: u64| {
        let regression = format!("[regression]\nplacebo_draws = {draws}\n");
        assert_eq!(study.matches("[regression]\n").count(), 1, "{study}");
        let text = study.replace("[regression]\n", &regression);
        format!("{text}\n[typology]\nneighbours = 20\nrepetitions = {repetitions}\n")
    };
    w.write("planted/study.toml", with(2, 9));
    w.write("planted/slow.toml", with(10_000, 10_000));
    // The same study but for the regression.
    w.write("planted/placebo.toml", with(2, 10_000));
    w
}

#[test]
fn a_run_that_is_stopped_leaves_no_folder_and_says_so() {
    let w = planted();
    let staged = |file: &str| w.path("run/.partial").join(file);
    for (signal, code, file) in
        [("INT", 130, ""), ("TERM", 143, "indicators.parquet"), ("HUP", 129, "profiles.parquet")]
    {
        let run = Running::start(&w, &["run", "planted/slow.toml", "--out", "run"]);
        let stopped = run.until(file, || staged(file).exists()).stop(signal);
        assert_eq!(stopped.code, Some(code), "{}", stopped.says);
        // A signal that comes early finds the import at work, which says how far it is.
        assert!(stopped.says.starts_with("stopped; there is no run, as before"), "{}", stopped.says);
        assert!(!w.path("run").exists());
    }
    w.does(&["run", "planted/study.toml", "--out", "run"]);
}

#[test]
fn a_run_that_is_there_is_what_it_was() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "run"]);
    let before = files(&w.path("run"));
    let staging = w.path("run/.partial");
    for arguments in [
        vec!["run", "planted/slow.toml", "--out", "run"],
        vec!["typology", "run", "--repetitions", "10000"],
        vec!["regress", "run", "--study", "planted/placebo.toml"],
        vec!["report", "run"],
    ] {
        for (signal, code) in [("INT", 130), ("TERM", 143)] {
            let call = Running::start(&w, &arguments).until("its folder", || staging.exists());
            let stopped = call.stop(signal);
            assert_eq!(stopped.says, "stopped; run is as it was before", "{arguments:?}");
            assert_eq!(stopped.code, Some(code), "{arguments:?}");
            assert!(files(&w.path("run")) == before, "{arguments:?}");
        }
    }
    w.does(&["report", "run"]);
    w.does(&["typology", "run"]);
}

/// What the files of a folder come to, but for wall times, and when a release was last changed.
fn lasting(w: &World, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
    let cut = |text: String, file: &str| match file {
        "manifest.toml" => text.split("[timing]").next().unwrap().to_owned(),
        _ => text
            .lines()
            .filter(|l| !l.starts_with("stamp") && !l.ends_with("results/manifest.toml"))
            .collect(),
    };
    let mut found = files(&w.path(folder));
    // A store keeps its lock.
    found.retain(|path, _| !path.ends_with(".lock") || folder != "store");
    for (path, content) in &mut found {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if ["manifest.toml", "store.toml", "year.toml", "SHA256SUMS"].contains(&name.as_str()) {
            *content = cut(String::from_utf8(content.clone()).unwrap(), &name).into_bytes();
        }
    }
    found
}

/// Reads every file of the run in a folder, as anybody would; nothing if there is no run.
fn read_run(folder: &Path) -> Option<usize> {
    let run = match open_finished(folder) {
        Err(FolderError::NotARun { .. }) => return None,
        run => run.unwrap(),
    };
    Some(
        run.manifest
            .files
            .iter()
            .filter(|file| run.files.read(&file.name).unwrap().len() as u64 == file.bytes)
            .count(),
    )
}

// The short form of bench/kill.py.
#[test]
fn what_a_kill_leaves_is_whole_and_the_next_call_gives_the_same_bytes() {
    let w = planted();
    w.does(&["run", "planted/study.toml", "--out", "run"]);
    let before = files(&w.path("run"));
    let sizes = ["--products", "25", "--others", "15", "--countries", "16", "--years", "7"];
    for (arguments, out) in [
        (vec!["import", "planted/release", "--out", "store"], "store"),
        (vec!["run", "planted/study.toml", "--out", "run"], "run"),
        (vec!["typology", "run", "--neighbours", "15"], "run"),
        (vec!["regress", "run", "--covariance", "hc1"], "run"),
        (vec!["report", "run"], "run"),
        (vec!["replicate", "run", "--out", "package", "--study", "planted/study.toml"], "package"),
        ([&["example", "--planted", "--out", "world"][..], &sizes[..]].concat(), "world"),
    ] {
        let restore = || {
            fs::remove_dir_all(w.path(out)).ok();
            for (path, content) in before.iter().filter(|_| out == "run") {
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, content).unwrap();
            }
        };
        restore();
        let started = Instant::now();
        w.does(&arguments);
        let took = started.elapsed();
        let expected = lasting(&w, out);
        for share in [0.3, 0.7, 0.95] {
            restore();
            let call = Running::start(&w, &arguments);
            std::thread::sleep(took.mul_f64(share));
            let _ = call.stop("KILL");
            match out {
                "run" => assert!(read_run(&w.path("run")) > Some(10), "{arguments:?}"),
                "store" => {
                    assert!(!w.path("store/store.toml").exists() || Store::open(&w.path("store")).is_ok())
                }
                _ => assert!(!w.path(out).exists() || lasting(&w, out) == expected, "{arguments:?}"),
            }
            // A package or a world that is there is not made again, but what the killed call has left beside it goes.
            if out == "run" || out == "store" || !w.path(out).exists() {
                w.does(&arguments);
            } else {
                assert!(!w.call(&arguments).ok, "{arguments:?} on what is there");
            }
            assert!(lasting(&w, out) == expected, "{arguments:?} killed after {share} of its time");
            assert!(w.files("").iter().all(|name| !name.contains(".partial") && !name.starts_with('.')));
        }
    }
}

/// Whether the years before the last are finished, which are read side by side.
fn two_years(w: &World, store: &str) -> bool {
    ["2019", "2020"].iter().all(|year| w.path(store).join(".import").join(year).join("year.toml").exists())
}

#[test]
fn an_import_that_is_stopped_says_where_the_next_one_goes_on() {
    let w = World::new();
    let (last, text) = w.lengthen_last_year();
    let second = w.path("store/.import/2020/year.toml");
    let import = Running::start(&w, &["import", "release", "--out", "store"]);
    let stopped = import.until("the first two years", || two_years(&w, "store")).stop("INT");
    assert_eq!(stopped.code, Some(130), "{}", stopped.says);
    assert_eq!(
        stopped.says,
        "stopped; there is no store store yet; 2 of 3 files of the release are imported, and the next import goes on with \
         BACI_HS07_Y2021_V000001.csv"
    );
    assert!(second.exists() && !w.path("store/store.toml").exists());
    fs::write(&last, text).unwrap();
    let call = w.does(&["import", "release", "--out", "store"]);
    assert!(call.out.contains("  taken over  2 files that an earlier import had finished\n"), "{}", call.out);
    assert!(!w.path("store/.import").exists());
}

#[test]
fn a_second_ctrl_c_ends_the_program_at_once() {
    let w = World::new();
    // Nobody reads what the program writes, and there is no room for more: it cannot look whether it should stop.
    let (reader, mut full) = std::io::pipe().unwrap();
    full.write_all(&[b'x'; 1 << 16]).unwrap();
    let child = Command::new("env")
        .args(["--default-signal=INT", env!("CARGO_BIN_EXE_monazite"), "import", "release", "--out", "store"])
        .current_dir(w.path(""))
        .stdout(full)
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let import = Running(child).until("the store", || w.path("store/store.toml").exists());
    import.send("INT");
    let status = format!("/proc/{}/status", import.0.id());
    let delivered = || fs::read_to_string(&status).is_ok_and(|s| s.contains("ShdPnd:\t0000000000000000"));
    let import = import.until("the signal", delivered);
    import.send("INT");
    let stopped = import.end();
    drop(reader);
    assert_eq!(stopped.code, Some(130));
    assert!(stopped.says.starts_with("ended at once, without clearing up: .lock, "), "{}", stopped.says);
    // As the line says, what is left is in nobody's way.
    w.does(&["import", "release", "--out", "store"]);
    assert!(!w.path("store/.import").exists());
}

#[test]
fn signals_that_were_ignored_stay_ignored() {
    let w = World::new();
    w.lengthen_last_year();
    let child = Command::new("env")
        .args(["--default-signal=INT,TERM", "--ignore-signal=HUP", env!("CARGO_BIN_EXE_monazite")])
        .args(["import", "release", "--out", "store"])
        .current_dir(w.path(""))
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let import = Running(child).until("the first two years", || two_years(&w, "store"));
    import.send("HUP");
    let done = import.end();
    assert_eq!(done.code, Some(0), "nohup: {}", done.says);
}

#[test]
fn reading_uses_no_more_threads_than_were_asked_for() {
    let w = World::new();
    w.lengthen_last_year();
    for (asked, count) in [("1", 1), ("3", 3)] {
        let store = format!("store-{asked}");
        let import = Running::start(&w, &["--threads", asked, "import", "release", "--out", &store]);
        let import = import.until("the first two years", || two_years(&w, &store));
        let tasks: Vec<String> = fs::read_dir(format!("/proc/{}/task", import.0.id()))
            .unwrap()
            .map(|task| fs::read_to_string(task.unwrap().path().join("comm")).unwrap().trim().to_owned())
            .collect();
        // The first thread only waits for those that work, and one listens for Ctrl-C.
        assert_eq!(tasks.len(), 2 + count, "{tasks:?}");
        assert_eq!(tasks.iter().filter(|name| name.starts_with("monazite-")).count(), count, "{tasks:?}");
        assert_eq!(import.end().code, Some(0));
    }
}

#[test]
fn more_threads_than_make_sense_are_refused() {
    let w = World::new();
    let refused = |threads: &str| w.call(&["--threads", threads, "run", "study.toml", "--out", "run"]).err;
    let many = refused("100000");
    assert!(many.starts_with("error: 100000 threads are too many: on "), "{many}");
    assert!(
        many.ends_with("Ask for fewer, or leave the number out to use all cores (--threads N)\n"),
        "{many}"
    );
    assert_eq!(
        refused("0"),
        "error: 0 threads can do no work; ask for at least 1, or leave the number out to use all cores (--threads N)\n"
    );
    assert!(!w.path("run").exists());
}
