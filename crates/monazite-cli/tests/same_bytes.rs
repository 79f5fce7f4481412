//! Same study, same bytes: whatever the number of threads, the order of the rows, or the shape of the release.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use crate::world::{World, copy, example_run, root};

/// The files of a run, without the manifest, whose wall times differ.
fn contents(w: &World, folder: &str) -> BTreeMap<String, Vec<u8>> {
    w.files(folder)
        .into_iter()
        .filter(|name| name != "manifest.toml")
        .map(|name| {
            let bytes = fs::read(w.path(folder).join(&name)).unwrap();
            (name, bytes)
        })
        .collect()
}

fn assert_same(a: &BTreeMap<String, Vec<u8>>, b: &BTreeMap<String, Vec<u8>>) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>());
    for (name, bytes) in a {
        assert!(*bytes == b[name], "{name} differs");
    }
}

#[test]
fn one_thread_and_two_on_the_example() {
    let w = World::new();
    let study = root().join("studies/example/study.toml");
    let study = study.to_str().unwrap();
    w.does(&["run", study, "--out", "one", "--threads", "1"]);
    copy(example_run(), &w.path("two"));
    w.does(&["run", study, "--out", "five", "--threads", "5"]);
    let one = contents(&w, "one");
    assert!(one.len() > 10);
    assert_same(&one, &contents(&w, "two"));
    assert_same(&one, &contents(&w, "five"));
    // The manifest is the same but for the wall times.
    let manifest = |folder: &str| {
        let text = w.read(&format!("{folder}/manifest.toml"));
        text[..text.find("[timing]").unwrap()].to_owned()
    };
    assert_eq!(manifest("one"), manifest("two"));
}

/// Turns the rows of a csv around, or deals them out like cards.
fn reordered(text: &str, step: usize) -> String {
    let (header, rows) = text.split_once('\n').unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    let mut order: Vec<usize> = (0..step).flat_map(|start| (start..rows.len()).step_by(step)).collect();
    order.reverse();
    let mut out = format!("{header}\n");
    for at in order {
        out.push_str(rows[at]);
        out.push('\n');
    }
    out
}

#[test]
fn rows_in_any_order_and_columns_in_either_order() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "straight"]);
    let straight = contents(&w, "straight");
    for step in [1, 3, 7] {
        let other = World::new();
        for year in 2019..=2021 {
            let name = format!("release/BACI_HS07_Y{year}_V000001.csv");
            let text = reordered(&other.read(&name), step);
            let swapped: String = text
                .lines()
                .map(|line| {
                    let f: Vec<&str> = line.split(',').collect();
                    format!("{},{},{},{},{},{}\n", f[0], f[3], f[1], f[2], f[4], f[5])
                })
                .collect();
            assert!(swapped.starts_with("t,k,i,j,v,q\n"));
            other.write(&name, if step == 3 { swapped } else { text });
        }
        other.does(&["run", "study.toml", "--out", "out"]);
        let mut shuffled = contents(&other, "out");
        let mut expected = straight.clone();
        // The page names the checksums of the input files, which are not the same files.
        shuffled.remove("report.html");
        expected.remove("report.html");
        assert_same(&expected, &shuffled);
    }
}

#[test]
fn repeated_rows_add_up_to_the_same_bits_in_any_order() {
    let values = ["0.1", "0.7", "1234567.891", "0.003", "98.765", "0.2"];
    let release = |order: &[usize]| {
        let w = World::new();
        let rows: String = order.iter().map(|&n| format!("2019,1,2,284690,{},NA\n", values[n])).collect();
        let name = "release/BACI_HS07_Y2019_V000001.csv";
        let text = w.read(name);
        w.write(name, text.replace("2019,1,2,284690,60,120\n", &rows));
        w.does(&["run", "study.toml", "--out", "out"]);
        let mut files = contents(&w, "out");
        files.remove("report.html");
        files
    };
    let forward = release(&[0, 1, 2, 3, 4, 5]);
    assert_same(&forward, &release(&[5, 4, 3, 2, 1, 0]));
    assert_same(&forward, &release(&[2, 0, 5, 3, 1, 4]));
}
