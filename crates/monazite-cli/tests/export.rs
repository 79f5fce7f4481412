//! `monazite export`, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use crate::world::{example_run, monazite};

fn export(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let run = example_run();
    let output = monazite().current_dir(folder).arg("export").arg(run).args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(101), "a panic");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn one_table_is_one_file_and_several_are_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let one =
        ["--csv", "--table", "shares", "--country", "South Korea", "--product", "284690", "--year", "2023"];
    let (ok, out, err) = export(folder.path(), &one);
    assert!(ok && out.contains("shares.csv"), "{out}{err}");
    let text = fs::read_to_string(folder.path().join("shares.csv")).unwrap();
    let mut lines = text.lines();
    assert!(
        lines.next().unwrap().starts_with("year,product,product_description,importer,importer_name,supplier")
    );
    let first = lines.next().unwrap();
    assert!(
        first.starts_with("2023,284690,") && first.contains(",KOR,") && first.contains(",CHN,China,1,0."),
        "{first}"
    );
    assert!(text.lines().count() > 10, "all suppliers, not the first three");

    // A group that is a mean of its members is in tables of its own.
    let (ok, out, err) =
        export(folder.path(), &["--csv", "--table", "groups", "--country", "eu27", "--year", "2023"]);
    assert!(ok && out.contains("74 rows"), "{out}{err}");
    let (ok, _, err) =
        export(folder.path(), &["--csv", "--table", "shares", "--country", "EU27", "--out", "none.csv"]);
    assert!(!ok && err.contains("is in the table groups"), "{err}");

    let several = ["--dta", "--table", "trends,products", "--out", "for-stata"];
    let (ok, out, err) = export(folder.path(), &several);
    assert!(ok, "{out}{err}");
    let mut names: Vec<String> = fs::read_dir(folder.path().join("for-stata"))
        .unwrap()
        .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["about.txt", "definitions.csv", "products.dta", "trends.dta"]);
    let about = fs::read_to_string(folder.path().join("for-stata/about.txt")).unwrap();
    assert!(about.contains("Data: CEPII BACI, HS92") && about.contains("Cite: Method: P. Klimek"), "{about}");
}

#[test]
fn a_workbook_of_everything_stays_one_that_opens() {
    let folder = tempfile::tempdir().unwrap();
    let (ok, out, err) = export(folder.path(), &["--xlsx", "--out", "all.xlsx"]);
    assert!(ok, "{out}{err}");
    assert!(
        out.contains("shares")
            && out.contains("2023 only, of 814,111 rows in all; --year 2007-2023 takes every year"),
        "{out}"
    );
    let before = fs::read(folder.path().join("all.xlsx")).unwrap();
    assert!(before.starts_with(b"PK") && before.len() < 12_000_000, "{} bytes", before.len());
    let (ok, out, _) = export(folder.path(), &["--xlsx", "--out", "all.xlsx"]);
    assert!(ok && out.contains("(as it was)"), "{out}");
    let other = ["--xlsx", "--out", "all.xlsx", "--table", "trends"];
    let (ok, _, err) = export(folder.path(), &other);
    assert!(!ok && err.contains("a file with other content") && err.contains("--replace"), "{err}");
    assert_eq!(fs::read(folder.path().join("all.xlsx")).unwrap(), before);
    let (ok, out, _) = export(folder.path(), &[&other[..], &["--replace"]].concat());
    assert!(ok && out.contains("(replaced)"), "{out}");
}

#[test]
fn a_wrong_request_says_what_to_do_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let cases: [(&[&str], &str); 8] = [
        (&[], "say as what: --xlsx, --csv, --dta (Stata) or --json"),
        (&["--csv", "--table", "shars"], "near to it: shares (--list)"),
        (&["--csv", "--table", "trends", "--country", "KOR"], "it has no column of countries"),
        (&["--csv", "--table", "shock_suppliers", "--country", "KOR"], "narrow it with --supplier"),
        (&["--csv", "--out", "a.dta"], "a file of --dta is named, and --csv is asked for"),
        (&["--csv", "--out", "a.csv"], "choose one with --table, or name a folder"),
        (&["--xlsx", "--year", "1990"], "the run holds 2007 to 2023"),
        (
            &["--csv", "--table", "dependencies", "--country", "KOR", "--supplier", "KOR"],
            "no row of dependencies fits the selection",
        ),
    ];
    for (arguments, said) in cases {
        let (ok, out, err) = export(folder.path(), arguments);
        assert!(!ok && err.contains(said), "{arguments:?}: {out}{err}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    let (ok, out, _) = export(folder.path(), &["--list"]);
    assert!(ok && out.starts_with("shares ") && out.contains("\nregression/table "), "{out}");
}
