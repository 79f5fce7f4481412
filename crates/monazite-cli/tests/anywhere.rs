//! The program in a folder that holds nothing: the example goes with it. Linux only: elsewhere the cache is not where XDG says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]
#![cfg(target_os = "linux")]

use std::fs;

use crate::world::{monazite, root};

#[test]
fn the_example_is_there_in_any_folder() {
    let (folder, cache) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let call = || {
        let output = monazite()
            .args(["check"])
            .current_dir(folder.path())
            .env("XDG_CACHE_HOME", cache.path())
            .output()
            .unwrap();
        (
            output.status.success(),
            String::from_utf8(output.stdout).unwrap(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    let (ok, out, err) = call();
    assert!(ok && out.contains("Critical raw materials, 2007-2023"), "{out}{err}");
    let unpacked = cache.path().join(format!("monazite/example-{}", env!("CARGO_PKG_VERSION")));
    let mut same = 0;
    for name in [
        "studies/example/study.toml",
        "data/wgi/wgi_pv_1996_2023.csv",
        "data/baci-hs92-raw-materials/store.toml",
    ] {
        same += usize::from(fs::read(unpacked.join(name)).unwrap() == fs::read(root().join(name)).unwrap());
    }
    assert_eq!(same, 3);
    // A file that was changed there is what the program carries again.
    fs::write(unpacked.join("data/wgi/wgi_pv_1996_2023.csv"), "changed").unwrap();
    assert!(call().0);
    assert_eq!(
        fs::read(unpacked.join("data/wgi/wgi_pv_1996_2023.csv")).unwrap(),
        fs::read(root().join("data/wgi/wgi_pv_1996_2023.csv")).unwrap()
    );
    assert!(
        fs::read_dir(folder.path()).unwrap().next().is_none(),
        "nothing is written where the program is called"
    );
}

#[test]
fn a_cache_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("no-folder");
    fs::write(&file, "").unwrap();
    let output =
        monazite().args(["check"]).current_dir(folder.path()).env("XDG_CACHE_HOME", &file).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert!(
        !output.status.success() && err.contains("set XDG_CACHE_HOME") && err.contains("no-folder"),
        "{err}"
    );
}
