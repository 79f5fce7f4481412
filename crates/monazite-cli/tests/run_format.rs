//! Runs of another format than the program reads are refused by name, wherever a finished run is opened.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use crate::world::World;

#[test]
fn runs_of_other_formats_are_refused_by_name() {
    let w = World::new();
    w.does(&["indicators", "study.toml", "--out", "out"]);
    // Without the line that says whether anything was changed.
    let manifest = w.read("out/manifest.toml");
    let manifest = &manifest[..manifest.rfind("# SHA-256").unwrap()];
    let own = manifest.lines().next().unwrap().to_owned();
    let format: u32 = own.strip_prefix("format = ").unwrap().parse().unwrap();
    let version = env!("CARGO_PKG_VERSION");
    let refused = |written: &str, message: &str| {
        w.write("out/manifest.toml", manifest.replacen(&format!("{own}\n"), written, 1));
        let before = w.files("out");
        for command in [
            &["typology", "out"][..],
            &["regress", "out"],
            &["report", "out"],
            &["report", "out", "--country", "AAA"],
            &["report", "out", "--map", "str"],
            &["replicate", "out", "--out", "package"],
        ] {
            w.refuses(command, message);
        }
        assert_eq!(w.files("out"), before);
    };
    refused(
        "",
        &format!(
            "out is of format 1, written by version {version}; this program reads format {format}: run the study again"
        ),
    );
    refused(
        &format!("format = {}\n", format + 1),
        &format!(
            "out is of format {}, written by version {version}; this program reads format {format}: use a newer version of the program, or run \
             the study again",
            format + 1
        ),
    );

    // A new run replaces one of another format.
    w.does(&["indicators", "study.toml", "--out", "out"]);
    assert_eq!(w.read("out/manifest.toml").lines().next(), Some(own.as_str()));
}
