//! Where things may be made and from where they are read: nothing inside of anything else, nothing through links, and what is only read from
//! places that cannot be written.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::World;

/// The tiny study with a run, a store and a package of it, and a folder with nothing in it.
fn world() -> World {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w.does(&["import", "release", "--out", "store"]);
    w.does(&["replicate", "out", "--out", "package", "--study", "study.toml"]);
    w
}

#[test]
fn nothing_is_made_inside_a_run_a_store_a_release_or_a_package() {
    let w = world();
    w.write("inside.toml", w.read("study.toml").replace("[data]\n", "[data]\nstore = \"INSIDE\"\n"));
    let before = w.files("");
    for (around, kind) in [
        ("out", "run"),
        ("out/chain", "run"),
        ("store", "store"),
        ("store/flows", "store"),
        ("release", "release"),
        ("package", "replication package"),
        ("package/inputs", "replication package"),
    ] {
        let place = format!("{around}/new");
        let inside = w.read("study.toml").replace("[data]\n", &format!("[data]\nstore = \"{place}\"\n"));
        w.write("inside.toml", inside);
        for arguments in [
            &["run", "study.toml", "--out", &place][..],
            &["indicators", "study.toml", "--out", &place],
            &["chain", "study.toml", "--out", &place],
            &["import", "release", "--out", &place],
            &["replicate", "out", "--out", &place],
            &[
                "example",
                "--planted",
                "--out",
                &place,
                "--countries",
                "10",
                "--products",
                "12",
                "--others",
                "6",
            ],
        ] {
            // Where the downloads lie a store may lie too: folders are no part of a release.
            if kind == "release" && arguments[0] == "import" {
                continue;
            }
            let call = w.call(arguments);
            let words =
                format!("{place}: this folder lies in the {kind} T/{}", around.split('/').next().unwrap());
            assert!(!call.ok && call.err.contains(&words), "{arguments:?}: {}", call.err);
        }
        if kind != "replication package" && kind != "release" {
            let call = w.call(&["run", "inside.toml", "--out", "elsewhere"]);
            assert!(!call.ok && call.err.contains("data.store: "), "{}", call.err);
            assert!(call.err.contains(&format!("this folder lies in the {kind} T/")), "{}", call.err);
        }
    }
    fs::remove_file(w.path("inside.toml")).unwrap();
    let before: Vec<String> = before.into_iter().filter(|name| name != "inside.toml").collect();
    assert_eq!(w.files(""), before, "nothing was made");
}

#[test]
fn a_store_may_lie_beside_the_files_it_is_made_from() {
    let w = world();
    let first = w.does(&["import", "release", "--out", "release/st"]);
    assert!(first.out.contains("76"), "{}", first.out);
    // It is no part of the release: the next import finds the same files.
    let again = w.does(&["import", "release", "--out", "release/st"]);
    assert!(format!("{}{}", again.out, again.err).contains("up to date"), "{} {}", again.out, again.err);
}

#[test]
fn nothing_takes_the_place_of_another_thing() {
    let w = world();
    let before = w.files("");
    for (place, kind) in [("store", "store"), ("release", "release"), ("package", "replication package")] {
        let call = w.call(&["run", "study.toml", "--out", place]);
        assert!(!call.ok && call.err.contains(&format!("{place}: this folder is a {kind}")), "{}", call.err);
    }
    for (place, kind) in [("out", "run"), ("package", "replication package"), ("package/results", "run")] {
        let call = w.call(&["import", "release", "--out", place]);
        assert!(!call.ok && call.err.contains(&format!("{place}: this folder is a {kind}")), "{}", call.err);
    }
    // The results in a package have the checksums of the package.
    let call = w.call(&["report", "package/results"]);
    assert!(!call.ok && call.err.contains("lies in the replication package T/package"), "{}", call.err);
    assert_eq!(w.files(""), before);
    // A folder of somebody's own with names like ours in it stays as it is.
    for name in [".old", ".partial"] {
        fs::create_dir_all(w.path("mine").join(name)).unwrap();
        w.write(&format!("mine/{name}/chapter.docx"), "x");
    }
    w.write("mine/manifest.toml", "[package]\nname = \"thesis\"\n");
    w.write("mine/.lock", "");
    let before = w.files("mine");
    for command in [["run", "study.toml"], ["import", "release"]] {
        let call = w.call(&[command[0], command[1], "--out", "mine"]);
        assert!(!call.ok, "{}", call.err);
    }
    assert_eq!(w.files("mine"), before);
}

#[test]
fn a_study_in_a_package_keeps_its_store_beside_the_package() {
    let w = world();
    w.does(&["run", "package/inputs/study.toml", "--out", "replicated"]);
    assert!(w.path("package.release.store/store.toml").exists());
    let listed = w.read("package/SHA256SUMS").lines().count();
    assert_eq!(w.files("package").len(), listed + 1, "nothing has come into the package");
}

#[cfg(unix)]
#[test]
fn files_of_a_run_and_of_a_store_are_not_read_through_links() {
    use std::os::unix::fs::symlink;
    let w = world();
    w.change("study.toml", "trade = \"release\"", "trade = \"store\"");
    fs::create_dir(w.path("elsewhere")).unwrap();
    let behind_a_link = |name: &str| {
        let away = w.path("elsewhere").join(name.replace('/', "-"));
        fs::rename(w.path(name), &away).unwrap();
        symlink(&away, w.path(name)).unwrap();
        away
    };
    let back = |name: &str, away| {
        fs::remove_file(w.path(name)).unwrap();
        fs::rename(away, w.path(name)).unwrap();
    };
    let of_store = w.files("store");
    let kept = |begins: &str| of_store.iter().find(|name| name.starts_with(begins)).unwrap();
    for name in ["store.toml", kept("flows/"), kept("index/"), kept("codes-"), "flows", "margins"] {
        let name = format!("store/{name}");
        let away = behind_a_link(&name);
        for arguments in [&["run", "study.toml", "--out", "new"][..], &["store", "verify", "store"]] {
            let call = w.call(arguments);
            assert!(!call.ok && call.err.contains(&format!("error: {name}")), "{name}: {}", call.err);
            assert!(call.err.contains("this is a link, or lies behind one"), "{}", call.err);
        }
        let call = w.call(&["import", "release", "--out", "store"]);
        assert!(!call.ok && call.err.contains("is a link"), "{}", call.err);
        back(&name, away);
    }
    w.does(&["run", "study.toml", "--out", "new"]);
    for name in ["manifest.toml", "study.toml", "indicators.parquet", "chain/nodes.csv", "chain"] {
        let name = format!("out/{name}");
        let away = behind_a_link(&name);
        let call = w.call(&["replicate", "out", "--out", "p"]);
        assert!(!call.ok && call.err.contains(&format!("error: {name}")), "{name}: {}", call.err);
        assert!(call.err.contains("this is a link, or lies behind one"), "{}", call.err);
        let call = w.call(&["report", "out"]);
        assert!(!call.ok && call.err.contains(" is a link"), "{}", call.err);
        back(&name, away);
    }
    w.does(&["report", "out"]);
}

/// Calls the program as somebody who may not write into some folders; root may, so that root calls it as nobody.
#[cfg(target_os = "linux")]
pub fn without_rights(w: &World, folders: &[&str], arguments: &[&str]) -> crate::world::Call {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    use std::process::Command;
    let rights = |name: &str, mode| {
        fs::set_permissions(w.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    let program = w.path("program");
    if !program.exists() {
        fs::copy(env!("CARGO_BIN_EXE_monazite"), &program).unwrap();
        rights("program", 0o755);
    }
    rights("", 0o777);
    folders.iter().for_each(|folder| rights(folder, 0o555));
    let mut command = Command::new(program);
    command.args(arguments).current_dir(w.path(""));
    if fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0) {
        command.uid(65534).gid(65534);
    }
    let call = w.finish(command.output().unwrap());
    folders.iter().for_each(|folder| rights(folder, 0o755));
    call
}

#[cfg(target_os = "linux")]
#[test]
fn what_is_up_to_date_is_read_where_nothing_can_be_written() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "first"]);
    // As after a copy to another disk: the dates of the files are new, and so have to be looked into.
    for name in w.files("release") {
        let path = format!("release/{name}");
        w.write(&path, w.read(&path));
    }
    let folders = ["release", "release.store"];
    let call = without_rights(&w, &folders, &["run", "study.toml", "--out", "out"]);
    assert!(call.ok, "{}", call.err);
    assert_eq!(w.read("out/trends.csv"), w.read("first/trends.csv"));
    w.change("release/BACI_HS07_Y2019_V000001.csv", "2019,1,2,284690,60,120", "2019,1,2,284690,61,120");
    let call = without_rights(&w, &folders, &["run", "study.toml", "--out", "out"]);
    assert!(
        !call.ok
            && call.err.contains("release.store: the store of the release cannot be kept here")
            && call.err.contains("data.store"),
        "{}",
        call.err
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_run_that_cannot_be_written_says_so_and_is_read() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    let before = w.files("out");
    for arguments in [
        &["report", "out"][..],
        &["report", "out", "--country", "BBB"],
        &["report", "out", "--map", "str"],
        &["report", "out", "--figures", "network"],
        &["typology", "out", "--neighbours", "3"],
        &["regress", "out", "--baseline", "2019-2019", "--projection", "2020-2021"],
        &["run", "study.toml", "--out", "out"],
    ] {
        let call = without_rights(&w, &["out"], arguments);
        assert!(!call.ok, "{arguments:?}");
        let words = "error: out: this folder cannot be written (Permission denied (os error 13)), so nothing in it has changed; copy it to";
        assert!(call.err.contains(words), "{arguments:?}: {}", call.err);
    }
    assert_eq!(w.files("out"), before);
    let call = without_rights(&w, &["out"], &["replicate", "out", "--out", "package"]);
    assert!(call.ok, "{}", call.err);
}
