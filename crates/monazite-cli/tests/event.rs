//! `monazite event`, seen from outside: its answer, its files, and every wrong question.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::Value;

use crate::world::World;

const HEAD: &str = "product,exporter,from,to,measure\n";

/// The tiny world with a run, and with measures in files.
fn world() -> World {
    let world = World::new();
    world.write("quota.csv", format!("{HEAD}284690,AAA,2020,,export quota\n"));
    world.write("twice.csv", format!("{HEAD}284690,AAA,2020,,quota\n284690,AAA,2020,2021,quota\n"));
    world.write("nowhere.csv", format!("{HEAD}284690,XYZ,2020,,quota\n"));
    world.does(&["run", "study.toml", "--out", "run"]);
    world
}

#[test]
fn an_answer_with_what_it_can_and_cannot_say_and_its_files() {
    let world = world();
    let asked = ["event", "run", "--table", "quota.csv", "--keep-chain", "--post", "1"];
    let call = world.does(&[&asked[..], &["--out", "after"]].concat());
    for part in [
        "Export quota, from 2020, AAA: 284690\n",
        "Change from 2019 on, treated products minus controls:\n",
        "ln unit value",
        "p: two-sided, the share of all 4 subsets of as many products that moved at least as far",
        "Note: The run has 1 of the 3 years before the measure that are asked for.",
        "It cannot say why.",
    ] {
        assert!(call.out.contains(part), "{part}: {}", call.out);
    }
    assert_eq!(
        world.files("after"),
        [
            "before_after.svg",
            "estimates.csv",
            "measures.csv",
            "path.csv",
            "placebos.csv",
            "products.csv",
            "table.md",
            "table.tex"
        ]
    );
    assert!(world.read("after/before_after.svg").contains("export quota"));
    // Files that are there stay, unless they may be replaced.
    let other = [&asked[..], &["--exclude", "850131"]].concat();
    let call = world.call(&[&other[..], &["--out", "after"]].concat());
    assert!(!call.ok && call.err.contains("--replace"), "{call:?}");
    world.does(&[&other[..], &["--out", "after", "--replace"]].concat());
    world.does(&[&asked[..], &["--out", "after", "--replace"]].concat());
    // For scripts the same numbers.
    let json = world.does(&[&["--json", "--quiet"], &asked[..]].concat());
    let answer: Value = serde_json::from_str(&json.out).unwrap();
    let estimates = answer["event"]["cases"][0]["estimates"].as_array().unwrap();
    let line = format!(",{},", estimates[0]["estimate"].as_f64().unwrap());
    assert!(world.read("after/estimates.csv").lines().nth(1).unwrap().contains(&line), "{line}");
    assert_eq!(answer["event"]["cases"][0]["treated"], serde_json::json!(["284690"]));
}

#[test]
fn a_run_with_a_table_has_the_numbers_of_the_command() {
    let world = world();
    let text = world.read("study.toml");
    world
        .write("with.toml", format!("{text}\n[event]\ntable = \"quota.csv\"\nkeep_chain = true\npost = 1\n"));
    let run = world.does(&["run", "with.toml", "--out", "with"]);
    assert!(run.out.contains("event") || run.err.contains("event"), "{run:?}");
    // The settings of its study are those of the command, and so are its measures.
    world.does(&["event", "with", "--table", "quota.csv", "--out", "after"]);
    world.does(&["event", "with", "--out", "same"]);
    assert_eq!(world.read("same/estimates.csv"), world.read("after/estimates.csv"));
    for file in ["estimates.csv", "path.csv", "placebos.csv", "products.csv", "table.md", "table.tex"] {
        assert_eq!(
            world.read(&format!("with/before_after/{file}")),
            world.read(&format!("after/{file}")),
            "{file}"
        );
    }
    // A wrong table is told before anything is computed.
    world.change("quota.csv", "AAA", "XYZ");
    world.refuses(
        &["run", "with.toml", "--out", "again"],
        "quota.csv:2: column exporter: 'XYZ' is no country of the data; give the iso3 code of an exporter, such as CHN",
    );
    assert!(world.files("again").is_empty());
    world.change("with.toml", "quota.csv", "none.csv");
    let call = world.call(&["run", "with.toml", "--out", "again"]);
    assert!(!call.ok && call.err.contains("event.table: there is no"), "{call:?}");
}

#[test]
fn wrong_questions_are_refused_with_what_to_do() {
    let world = world();
    let table = ["event", "run", "--table", "quota.csv"];
    for (more, message) in [
        (&["--pre", "0"][..], "--pre: 0 is not a number of years from 1 to 50"),
        (&["--exclude", "28469"], "--exclude: '28469' is not an HS code of six digits, such as 284690"),
        (
            &["--by", "importer", "--outcomes", "tonnes"],
            "--outcomes: tonnes is known of products only; by importer there are: imports, hhi, str_mass_balance, str_full",
        ),
        (&["--by", "country"], "--by: \"country\" is not \"product\" or \"importer\""),
        (&["--complete", "all"], "--complete: \"all\" is not \"run\" or \"window\""),
    ] {
        world.refuses(&[&table[..], more].concat(), message);
    }
    for (file, message) in [
        (
            "twice.csv",
            "--table: twice.csv:3: column product: '284690' stands twice for quota of AAA from 2020: in line 2 too; leave one of them out",
        ),
        (
            "nowhere.csv",
            "nowhere.csv:2: column exporter: 'XYZ' is no country of this run; give the iso3 code of an exporter, such as CHN",
        ),
        ("none.csv", "--table: none.csv: cannot be read: No such file or directory (os error 2)"),
    ] {
        world.refuses(&["event", "run", "--table", file], message);
    }
    let call = world.call(&table);
    assert!(
        !call.ok && call.err.contains("at least one and two are needed"),
        "all others are made of it: {call:?}"
    );
    world.refuses(
        &["event", "run"],
        "run: the run has compared nothing before and after; say which measures with --table FILE (columns product, exporter, from, to, measure)",
    );
}
