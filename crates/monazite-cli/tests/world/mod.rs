//! A copy of the tiny study in a folder of its own, to be run and to be broken.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(dead_code, reason = "every test file uses a part of it")]

pub mod table;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;
use std::time::Duration;

/// The checkout.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the tests run in a checkout")
}

/// The program under test.
pub fn monazite() -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_monazite"));
    // The example that the program carries is unpacked there and not in the cache of whoever runs the tests.
    program.env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"));
    program
}

/// A run of the example study with two threads, made once for all tests that only read it.
pub fn example_run() -> &'static Path {
    static RUN: OnceLock<PathBuf> = OnceLock::new();
    RUN.get_or_init(|| {
        const NAME: &str = "example-run-";
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(folder).unwrap();
        // Nothing runs at the end of the tests, so what earlier ones have left goes now.
        for left in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap()) {
            let old = |left: &fs::DirEntry| left.metadata().ok()?.modified().ok()?.elapsed().ok();
            let hour = Duration::from_secs(3600);
            if left.file_name().to_string_lossy().starts_with(NAME)
                && old(&left).is_some_and(|age| age > hour)
            {
                fs::remove_dir_all(left.path()).ok();
            }
        }
        let out = folder.join(format!("{NAME}{}", std::process::id()));
        let study = root().join("studies/example/study.toml");
        let run = monazite()
            .arg("run")
            .arg(study)
            .arg("--out")
            .arg(&out)
            .args(["--threads", "2"])
            .output()
            .unwrap();
        assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
        out
    })
}

/// The tiny study in a temporary folder.
pub struct World {
    folder: tempfile::TempDir,
}

/// What a call of the program came to; the temporary folder is written as `T`.
#[derive(Debug)]
pub struct Call {
    pub ok: bool,
    pub out: String,
    pub err: String,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(&root().join("studies/tiny"), folder.path());
        Self { folder }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        fs::write(self.path(name), content).unwrap();
    }

    /// Changes one piece of a file, which must be there exactly once.
    pub fn change(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert_eq!(text.matches(from).count(), 1, "'{from}' in {name}");
        self.write(name, text.replace(from, to));
    }

    /// Makes the last file of the release one that takes a while to read: its rows again and again, which count as one. Returns the
    /// file and what it was.
    pub fn lengthen_last_year(&self) -> (PathBuf, Vec<u8>) {
        let last = self.path("release/BACI_HS07_Y2021_V000001.csv");
        let text = fs::read(&last).unwrap();
        let (header, rows) = text.split_at(text.iter().position(|&b| b == b'\n').unwrap() + 1);
        fs::write(&last, [header, &rows.repeat((80 << 20) / rows.len())].concat()).unwrap();
        (last, text)
    }

    pub fn call(&self, arguments: &[&str]) -> Call {
        self.finish(monazite().args(arguments).current_dir(self.folder.path()).output().unwrap())
    }

    pub fn finish(&self, output: Output) -> Call {
        let clean = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap();
            let real = self.folder.path().canonicalize().unwrap();
            text.replace(&real.display().to_string(), "T")
                .replace(&self.folder.path().display().to_string(), "T")
        };
        assert_ne!(output.status.code(), Some(101), "a panic: {}", String::from_utf8_lossy(&output.stderr));
        Call { ok: output.status.success(), out: clean(output.stdout), err: clean(output.stderr) }
    }

    /// Calls the program, which must fail with this message and nothing else on standard error.
    pub fn refuses(&self, arguments: &[&str], message: &str) {
        let mut quiet = vec!["--quiet"];
        quiet.extend(arguments);
        let call = self.call(&quiet);
        assert!(!call.ok, "{arguments:?} should have failed: {call:?}");
        assert_eq!(call.err, format!("error: {message}\n"));
        assert_eq!(call.out, "");
    }

    /// Calls the program, which must succeed.
    pub fn does(&self, arguments: &[&str]) -> Call {
        let call = self.call(arguments);
        assert!(call.ok, "{arguments:?} failed: {}", call.err);
        call
    }

    /// All files below a folder, by relative name.
    pub fn files(&self, name: &str) -> Vec<String> {
        let top = self.path(name);
        let mut found = Vec::new();
        let mut folders = vec![top.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).into_iter().flatten() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    found.push(path.strip_prefix(&top).unwrap().display().to_string());
                }
            }
        }
        found.sort();
        found
    }
}

pub fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            if path.extension().is_none_or(|e| e != "store") {
                copy(&path, &target);
            }
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}
