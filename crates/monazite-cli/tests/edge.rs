//! Input that means harm, or could mean two things: refused at the edge, with nothing written elsewhere.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::World;

const COUNTRIES: &str = "release/country_codes_V000001.csv";

/// The row of the first country in the table of the release, and the table with another row in its place.
fn with_first_country(w: &World, row: impl Fn(&str) -> String) {
    let text = w.read(COUNTRIES);
    let lines: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(at, line)| if at == 1 { row(line) } else { line.to_owned() })
        .collect();
    w.write(COUNTRIES, lines.join("\n") + "\n");
}

#[test]
fn nothing_that_comes_from_data_becomes_a_path() {
    let w = World::new();
    with_first_country(&w, |line| {
        let (rest, _) = line.rsplit_once(',').unwrap();
        format!("{rest},X/../../PWN")
    });
    let call = w.call(&["--quiet", "run", "study.toml", "--out", "runs/x"]);
    assert!(!call.ok && call.err.contains("'X/../../PWN' is not the code of a country"), "{}", call.err);
    assert!(!w.files("").iter().any(|name| name.contains("PWN")));

    let w = World::new();
    let text = w.read("study.toml") + "\n[groups]\ndefine = { \"../G\" = [\"AAA\", \"b/c\"] }\n";
    w.write("study.toml", text);
    let call = w.call(&["--quiet", "check", "study.toml"]);
    assert!(
        call.err.contains("groups.define: 'b/c' is not the code") || call.err.contains("'../G' is not"),
        "{}",
        call.err
    );
}

#[test]
fn no_escape_sequence_reaches_the_terminal() {
    let w = World::new();
    with_first_country(&w, |line| line.replacen(',', ",\u{1b}]0;owned\u{7}", 1));
    let call = w.call(&["run", "study.toml", "--out", "runs/x"]);
    assert!(!call.ok && call.err.contains("holds the control character U+001B; take it out"), "{}", call.err);
    let w = World::new();
    w.write("release/BACI_HS07_Y2019_V000001.csv", "t,i,j,k,v,q\n2019,1,2,\u{1b}[2J\u{9b}31m,60,1\n");
    let call = w.call(&["import", "release", "--out", "store"]);
    assert!(!call.ok && call.err.contains("<U+001B>[2J<U+009B>31m"), "{}", call.err);
    assert!(!call.err.contains(['\u{1b}', '\u{9b}']));
}

#[cfg(unix)]
#[test]
fn nothing_is_written_through_links() {
    use std::os::unix::fs::symlink;
    let w = World::new();
    w.write("precious", "mine");
    for folder in ["runs/x", "store"] {
        fs::create_dir_all(w.path(folder)).unwrap();
        symlink(w.path("precious"), w.path(folder).join(".lock")).unwrap();
    }
    let run = w.call(&["--quiet", "run", "study.toml", "--out", "runs/x"]);
    let import = w.call(&["--quiet", "import", "release", "--out", "store"]);
    for call in [run, import] {
        assert!(
            !call.ok && call.err.contains(".lock in it is a link, and nothing is written through links"),
            "{}",
            call.err
        );
    }
    assert_eq!(w.read("precious"), "mine");
}

#[test]
fn a_store_does_not_hold_its_study() {
    let w = World::new();
    let before = w.files("");
    for store in [".", "../..", "x/.."] {
        w.change("study.toml", "[data]\n", &format!("[data]\nstore = \"{store}\"\n"));
        let call = w.call(&["--quiet", "run", "study.toml", "--out", "runs/x"]);
        assert!(
            !call.ok && call.err.contains("data.store: ") && call.err.contains("holds the study itself"),
            "{}",
            call.err
        );
        w.change("study.toml", &format!("store = \"{store}\"\n"), "");
    }
    assert_eq!(w.files(""), before);
}

#[cfg(unix)]
#[test]
fn nobody_waits_for_a_pipe() {
    let w = World::new();
    let pipe = w.path("pipe.csv");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let call = w.call(&["--quiet", "import", "pipe.csv", "--out", "store"]);
    assert!(call.err.contains("this is a pipe or a device, and a file is needed"), "{}", call.err);
    let call = w.call(&["--quiet", "check", "pipe.csv"]);
    assert!(call.err.contains("this is a pipe or a device, and a file is needed"), "{}", call.err);
}

#[test]
fn what_is_wrong_with_lines_is_called_by_its_cause() {
    let w = World::new();
    let rows = "t,i,j,k,v,q\n2019,4,8,284690,60,1\n";
    w.write("macintosh.csv", rows.replace('\n', "\r"));
    w.write("late.csv", "\n".repeat(600_000) + rows);
    w.write("semicolons.csv", rows.replace(',', ";"));
    w.write(
        "wide.csv",
        rows.replace(",q", &format!(",q{}", ",x".repeat(40)))
            .replace(",1\n", &format!(",1{}\n", ",".repeat(40))),
    );
    for file in ["macintosh.csv", "late.csv", "semicolons.csv", "wide.csv"] {
        let call = w.does(&["import", file, "--out", &format!("store-{file}"), "--drop-unknown-countries"]);
        assert!(call.out.contains("rows read   1"), "{file}: {} {}", call.out, call.err);
    }
    w.write("twice.csv", rows.replace(",q", ",q,v"));
    let call = w.call(&["--quiet", "import", "twice.csv", "--out", "store"]);
    assert!(!call.ok && call.err.contains("column v is there twice (v, v)"), "{}", call.err);
}

#[test]
fn a_release_without_an_edition_says_so() {
    let w = World::new();
    w.write("flows.csv", "t,i,j,k,v,q\n2019,4,8,284690,60,1\n");
    let call = w.does(&["import", "flows.csv", "--out", "store"]);
    assert!(call.err.contains("the HS edition is in none of the names of the files"), "{}", call.err);
    let call = w.call(&["--quiet", "import", "release", "--out", "other", "--edition", "HS92"]);
    assert!(!call.ok && call.err.contains("say HS07, and HS92 was given as edition"), "{}", call.err);
}

#[test]
fn a_group_that_is_none_or_has_the_code_of_something_else() {
    let w = World::new();
    let study = w.read("study.toml");
    let table = w.read(COUNTRIES) + "7,Eta,,GGG\n8,Theta,,HHH\n";
    let windows = "baseline = [2019, 2019]\nprojection = [2020, 2021]";
    for (lines, message) in [
        ("[trade]\nmerge = { EU = [] }", "line 18: trade.merge: EU needs at least two members"),
        (
            "[trade]\nmerge = { AAA = [\"BBB\", \"CCC\"] }",
            "trade.merge: AAA is the code of a country that is not in the group; choose another code",
        ),
        (
            "[trade]\nmerge = { XX = [\"GGG\", \"HHH\"] }",
            "trade.merge: no member of XX trades in these years, so there is no such group; leave it out",
        ),
        ("[groups]\ndefine = { XX = [] }", "line 18: groups.define: XX has no members"),
        (
            "[groups]\ndefine = { BBB = [\"AAA\"] }",
            "groups.define: BBB is the code of a country; choose another code",
        ),
        (
            "[groups]\nmeans = [\"EU27\"]",
            "groups.means: EU27 is the code of a country of the data; leave the group out (means = []), or define it under another code",
        ),
        (
            &format!(
                "[groups]\nmeans = []\n[regression]\nrobustness_merge = {{ AAA = [\"BBB\", \"CCC\"] }}\n{windows}"
            ),
            "regression.robustness_merge: AAA is the code of a country that is not in the group; choose another code",
        ),
    ] {
        w.write(
            COUNTRIES,
            if lines.contains("EU27") { format!("{table}9,Iota,,EU27\n") } else { table.clone() },
        );
        w.write("study.toml", format!("{}\n{lines}\n", study.replace("[trade]\nhubs = [\"CCC\"]\n", "")));
        w.refuses(&["run", "study.toml", "--out", "out"], &format!("study.toml: {message}"));
    }
}

#[test]
fn made_up_data_are_called_made_up_in_all_that_is_made_from_them() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w.does(&["report", "out", "--country", "BBB", "--product", "284690"]);
    w.does(&["chain", "study.toml", "--out", "chain"]);
    let texts: Vec<String> = w
        .files("out")
        .into_iter()
        .filter(|name| [".html", ".txt", ".tex", ".md"].iter().any(|end| name.ends_with(end)))
        .collect();
    assert!(texts.len() > 4, "{texts:?}");
    for name in &texts {
        let text = w.read(&format!("out/{name}")).to_lowercase();
        assert!(text.contains("synthetic data"), "{name}");
        for source in ["cepii", "world bank"] {
            let around = text.split(source).next().filter(|before| before.len() < text.len());
            let around = around.map(|before| before.chars().rev().take(200).collect::<Vec<_>>());
            assert!(
                around.is_none(),
                "{name}: …{}{source}",
                around.into_iter().flatten().rev().collect::<String>()
            );
        }
    }
    let says = |manifest: &str| w.read(manifest).contains("synthetic data in the layout of BACI");
    assert!(says("out/manifest.toml") && !w.read("out/manifest.toml").contains("World Bank"));
    assert!(w.read("chain/manifest.toml").contains("The trade data are synthetic"));
    assert!(w.read("release.store/store.toml").contains("made_up = true"));
    // A single file beside the mark, and a store that was made when the mark was not there yet.
    w.change("study.toml", "trade = \"release\"", "trade = \"release/BACI_HS07_Y2019_V000001.csv\"");
    w.does(&["run", "study.toml", "--out", "one"]);
    assert!(says("one/manifest.toml"));
    w.change("study.toml", "release/BACI_HS07_Y2019_V000001.csv", "release");
    let mark = w.read("release/SYNTHETIC.md");
    fs::remove_file(w.path("release/SYNTHETIC.md")).unwrap();
    w.does(&["run", "study.toml", "--out", "out"]);
    assert!(!says("out/manifest.toml") && !w.read("release.store/store.toml").contains("made_up"));
    w.write("release/SYNTHETIC.md", mark);
    let call = w.does(&["run", "study.toml", "--out", "out"]);
    assert!(call.err.contains("is up to date") && says("out/manifest.toml"), "{}", call.err);
}
