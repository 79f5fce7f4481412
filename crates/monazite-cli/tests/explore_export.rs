//! `monazite explore --export` from outside: where it may write, and that all of it is there or nothing.

#![cfg(all(feature = "explore", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::places::without_rights;
use crate::world::World;

/// The tiny study with a run of it.
fn world() -> World {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w
}

/// Names and contents of all files, also hidden ones.
fn everything(w: &World) -> Vec<(String, Vec<u8>)> {
    w.files("").into_iter().map(|name| (name.clone(), fs::read(w.path(&name)).unwrap())).collect()
}

#[test]
fn an_export_goes_where_nothing_is() {
    let w = world();
    fs::create_dir(w.path("mine")).unwrap();
    fs::create_dir(w.path("empty")).unwrap();
    w.write("mine/thesis.docx", "mine");
    std::os::unix::fs::symlink(w.path("out"), w.path("link")).unwrap();
    let before = everything(&w);
    for (place, says) in [
        ("mine", "mine: there is something in it"),
        ("mine/thesis.docx", "mine/thesis.docx: this is a file"),
        ("out", "out: there is something in it"),
        ("out/site", "out/site: this folder lies in the run T/out"),
        ("out/chain/a/b", "this folder lies in the run T/out"),
        ("mine/../out/site", "this folder lies in the run T/out"),
        ("link", "link: there is something in it"),
        ("link/site", "this folder lies in the run T/out"),
        ("release/site", "this folder lies in the release T/release"),
        ("release.store/site", "this folder lies in the store T/release.store"),
        (".", ".: there is something in it"),
    ] {
        let call = w.call(&["explore", "out", "--export", place]);
        assert!(!call.ok && call.err.contains(says), "{place}: {}", call.err);
        assert!(
            call.err.contains("name a folder that is not there yet or is empty (--export DIR)"),
            "{}",
            call.err
        );
    }
    assert!(everything(&w) == before, "nothing was written anywhere");
    for place in ["empty", "a/b/site", "mine/site"] {
        w.does(&["explore", "out", "--export", place]);
        assert!(w.path(place).join("index.html").exists(), "{place}");
        // The second time it is there already.
        assert!(!w.call(&["explore", "out", "--export", place]).ok);
    }
    let of_run = |all: Vec<(String, Vec<u8>)>| -> Vec<_> {
        all.into_iter().filter(|(name, _)| name.starts_with("out/")).collect()
    };
    assert!(of_run(everything(&w)) == of_run(before.clone()), "the run is as it was");
    let hidden = |all: &[(String, Vec<u8>)]| -> Vec<String> {
        all.iter()
            .map(|(name, _)| name.clone())
            .filter(|name| name.contains("/.") || name.starts_with('.'))
            .collect()
    };
    assert_eq!(hidden(&everything(&w)), hidden(&before), "nothing waits or locks any more");
}

#[test]
fn an_export_that_is_stopped_or_killed_leaves_nothing_for_long() {
    let w = world();
    let before = w.files("");
    let kill = |signal: &str, id: u32| {
        assert!(
            Command::new("kill").args([format!("-{signal}"), id.to_string()]).status().unwrap().success()
        );
    };
    for signal in ["INT", "TERM", "KILL"] {
        // Held while it is under way: the signal comes in the middle however fast the machine is.
        let child = loop {
            let child = Command::new("/usr/bin/env")
                .args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_monazite")])
                .args(["explore", "out", "--export", "new/site"])
                .current_dir(w.path(""))
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap();
            let started = Instant::now();
            while !w.path("new/.site.partial").exists() && !w.path("new/site").exists() {
                assert!(started.elapsed() < Duration::from_secs(300), "nothing happens");
            }
            kill("STOP", child.id());
            if !w.path("new/site").exists() {
                break child;
            }
            // It was faster than we.
            kill("KILL", child.id());
            kill("CONT", child.id());
            child.wait_with_output().unwrap();
            fs::remove_dir_all(w.path("new")).unwrap();
        };
        kill(signal, child.id());
        kill("CONT", child.id());
        let output = child.wait_with_output().unwrap();
        let says = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && !w.path("new/site").exists(), "{signal}: {says}");
        if signal != "KILL" {
            assert!(says.contains("stopped; there is no new/site, as before"), "{signal}: {says}");
            assert!(!w.path("new").exists(), "{signal}");
            assert_eq!(w.files(""), before, "{signal}");
        }
    }
    // What the killed one has left goes with the next.
    w.does(&["explore", "out", "--export", "new/site"]);
    let names: Vec<_> =
        fs::read_dir(w.path("new")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["site"]);
}

#[test]
fn a_full_disk_or_a_place_without_rights_leaves_nothing() {
    let w = world();
    let before = w.files("");
    // A limit on the size of files stands for a full disk: a write fails in the middle.
    let program = env!("CARGO_BIN_EXE_monazite");
    let script = format!("trap '' XFSZ; ulimit -f 8; exec {program} explore out --export new/site");
    let output = Command::new("sh").args(["-c", &script]).current_dir(w.path("")).output().unwrap();
    let call = w.finish(output);
    assert!(!call.ok && call.err.contains("cannot be written: File too large"), "{}", call.err);
    assert!(call.err.contains("new/site/") && !call.err.contains(".partial"), "{}", call.err);
    assert_eq!(w.files(""), before);
    assert!(!w.path("new").exists());
    fs::create_dir(w.path("locked")).unwrap();
    let call = without_rights(&w, &["locked"], &["explore", "out", "--export", "locked/site"]);
    assert!(!call.ok && call.err.contains("Permission denied"), "{}", call.err);
    assert!(call.err.contains("choose a folder you may write to"), "{}", call.err);
    assert_eq!(fs::read_dir(w.path("locked")).unwrap().count(), 0);
}
