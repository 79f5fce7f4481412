//! Commits that break off at each of their steps, and readers meanwhile.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use super::super::steps::faults::{Fault, Faults};
use super::*;
use crate::run_folder::manifest::tests::full;
use crate::run_folder::{Manifest, RunFolder, open_finished, settle};

type Files = BTreeMap<String, Vec<u8>>;

/// The files of two runs: some are the same, some differ, some are of one alone.
fn files(run: &str) -> Files {
    let of = if run == "one, amended" { "one" } else { run };
    let common = [("countries.csv", "all"), ("trends.csv", of), ("chain/nodes.csv", of)];
    let alone = match run {
        "one, amended" => [("figures/map_str.svg", "one"), ("typology/table.csv", "amended")],
        "one" => [("figures/map_str.svg", "one"), ("typology/levels.csv", "one")],
        _ => [("figures/network.svg", "two"), ("regression/table.csv", "two")],
    };
    common.iter().chain(&alone).map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
}

fn write(out: &Path, run: &str) -> Result<(), FolderError> {
    let mut folder = RunFolder::claim(out)?;
    for (name, content) in files(run) {
        folder.write(&name, &content)?;
    }
    let mut manifest = Manifest { files: folder.records()?, ..full() };
    // No two runs take the same time.
    static RUNS: AtomicUsize = AtomicUsize::new(0);
    manifest.timing.threads = RUNS.fetch_add(1, Ordering::Relaxed);
    folder.commit(&manifest.to_toml()).map(|_| ())
}

/// Makes a stage of the first run again; a figure is kept although the stage replaces figures.
fn amend(out: &Path) -> Result<(), FolderError> {
    let replaces = |name: &str| name.starts_with("typology/") || name.starts_with("figures/");
    let (mut folder, run) = RunFolder::amend(out, replaces)?;
    folder.keep("figures/map_str.svg");
    folder.write("typology/table.csv", b"amended")?;
    let mut manifest = run.manifest;
    manifest.files.retain(|file| !file.name.starts_with("typology/"));
    manifest.files.extend(folder.records()?);
    folder.commit(&manifest.to_toml()).map(|_| ())
}

/// What a reader finds: the name of the run, or nothing.
fn read(out: &Path) -> Result<Option<&'static str>, FolderError> {
    let run = match open_finished(out) {
        Err(FolderError::NotARun { .. }) => return Ok(None),
        run => run?,
    };
    let mut found = Files::new();
    for file in &run.manifest.files {
        found.insert(file.name.clone(), run.files.read(&file.name)?.to_vec());
    }
    let which = ["one", "two", "one, amended"].into_iter().find(|name| files(name) == found);
    Ok(Some(which.expect("the files are those of one run")))
}

/// All files in a folder, hidden or not, and hidden folders.
fn everything(out: &Path) -> Vec<String> {
    let mut names = Vec::new();
    let mut folders = vec![out.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(out).unwrap().display().to_string();
            if path.is_dir() {
                folders.push(path);
            }
            if name.starts_with('.') || out.join(&name).is_file() {
                names.push(name);
            }
        }
    }
    names.sort();
    names
}

/// A folder in which the commit of the second run breaks off at a step; `None` if it has no such step.
fn broken_off(before: Option<&str>, step: usize, fault: Fault) -> Option<(tempfile::TempDir, PathBuf, bool)> {
    let parent = tempfile::tempdir().unwrap();
    let out = parent.path().join("run");
    if let Some(before) = before {
        write(&out, before).unwrap();
    }
    let faults = Faults::at(&out, step, fault);
    let made = write(&out, "two").is_ok();
    let reached = faults.steps() > step;
    Faults::mend(&out);
    reached.then_some((parent, out, made))
}

/// A run is there again, nothing else is, and the next call gives what it gives in a new folder.
fn ends_well(out: &Path, found: Option<&str>) {
    settle(out);
    assert_eq!(read(out).unwrap(), found, "ending a commit changes nothing for a reader");
    let hidden = |out: &Path| everything(out).iter().any(|name| name.starts_with('.'));
    assert!(!hidden(out), "{:?}", everything(out));
    write(out, "two").unwrap();
    assert_eq!(read(out).unwrap(), Some("two"));
    let clean = tempfile::tempdir().unwrap();
    write(&clean.path().join("run"), "two").unwrap();
    assert_eq!(everything(out), everything(&clean.path().join("run")));
}

#[test]
fn a_commit_that_breaks_off_anywhere_is_made_or_was_never_begun() {
    for before in [Some("one"), None] {
        for fault in [Fault::Dead, Fault::Refused] {
            let mut found_both = (0, 0);
            for step in 0.. {
                let Some((_parent, out, made)) = broken_off(before, step, fault) else {
                    assert!(step > 15, "{step} steps only");
                    break;
                };
                let found = read(&out).unwrap();
                assert!(found == before || found == Some("two"), "step {step}: {found:?}");
                // A commit that says it failed has left everything as it was.
                assert_eq!(made, found == Some("two"), "step {step}, {fault:?}");
                if found == before {
                    found_both.0 += 1
                } else {
                    found_both.1 += 1
                };
                ends_well(&out, found);
            }
            assert!(found_both.0 > 10 && found_both.1 > 0, "{found_both:?}");
        }
    }
}

#[test]
fn so_is_a_stage_that_is_made_again() {
    for fault in [Fault::Dead, Fault::Refused] {
        for step in 0.. {
            let parent = tempfile::tempdir().unwrap();
            let out = parent.path().join("run");
            write(&out, "one").unwrap();
            let faults = Faults::at(&out, step, fault);
            let made = amend(&out).is_ok();
            let reached = faults.steps() > step;
            Faults::mend(&out);
            let found = read(&out).unwrap();
            assert_eq!(found, Some(if made { "one, amended" } else { "one" }), "step {step}, {fault:?}");
            if !reached {
                assert!(step > 8, "{step} steps only");
                break;
            }
            amend(&out).unwrap();
            assert_eq!(read(&out).unwrap(), Some("one, amended"));
            assert!(everything(&out).iter().all(|name| !name.starts_with('.')));
        }
    }
}

#[test]
fn ending_it_may_break_off_too() {
    for before in [Some("one"), None] {
        let mut again = 0;
        for step in 0.. {
            let Some((_parent, out, _)) = broken_off(before, step, Fault::Dead) else { break };
            let found = read(&out).unwrap();
            for later in 0.. {
                let faults = Faults::at(&out, later, Fault::Dead);
                settle(&out);
                let reached = faults.steps() > later;
                Faults::mend(&out);
                assert_eq!(read(&out).unwrap(), found, "step {step}, then {later}");
                if !reached {
                    break;
                }
                again += 1;
            }
            ends_well(&out, found);
        }
        assert!(again > 20, "{again}");
    }
}

#[test]
fn readers_never_mix_two_runs() {
    let parent = tempfile::tempdir().unwrap();
    let out = parent.path().join("run");
    write(&out, "one").unwrap();
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let readers: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn(|| {
                    let (mut seen, mut replaced) = ([0, 0], 0);
                    while !done.load(Ordering::Relaxed) {
                        match read(&out) {
                            Ok(Some(run)) => seen[usize::from(run == "two")] += 1,
                            Ok(None) => panic!("the run was gone"),
                            Err(FolderError::Replaced { .. }) => replaced += 1,
                            Err(error) => panic!("{error}"),
                        }
                    }
                    (seen, replaced)
                })
            })
            .collect();
        for _ in 0..60 {
            write(&out, "two").unwrap();
            write(&out, "one").unwrap();
        }
        done.store(true, Ordering::Relaxed);
        for reader in readers {
            let (seen, _) = reader.join().unwrap();
            assert!(seen[0] + seen[1] > 0, "nothing was read");
        }
    });
}

#[test]
fn files_of_others_come_back_and_a_damaged_journal_is_named() {
    let parent = tempfile::tempdir().unwrap();
    let out = parent.path().join("run");
    write(&out, "one").unwrap();
    // A file that the run before did not make, where the new one puts its own.
    fs::write(out.join("figures/network.svg"), "mine").unwrap();
    for step in 0.. {
        let faults = Faults::at(&out, step, Fault::Refused);
        let made = write(&out, "two");
        Faults::mend(&out);
        let Err(error) = made else {
            assert!(step > 5);
            break;
        };
        let error = error.to_string();
        assert!(faults.steps() > step && !error.contains("/.old") && !error.contains("/.partial"), "{error}");
        assert_eq!(fs::read(out.join("figures/network.svg")).unwrap(), b"mine", "step {step}");
    }
    write(&out, "one").unwrap();
    fs::write(out.join(JOURNAL), "manifest = \"\"\nmoves = []\nremoves = [\"trends.csv\"]\n").unwrap();
    let error = write(&out, "two").unwrap_err().to_string();
    assert!(error.contains("run/.commit: cannot be understood: it is damaged"), "{error}");
    assert_eq!(read(&out).unwrap(), Some("one"));
}

#[test]
fn names_stay_inside() {
    for name in ["a.csv", "chain/nodes.csv"] {
        assert!(stays_inside(name), "{name}");
    }
    for name in ["", "../a", "/etc/passwd", "a/../../b", ".lock", "figures/.hidden", ".old/a.csv"] {
        assert!(!stays_inside(name), "{name}");
    }
}
