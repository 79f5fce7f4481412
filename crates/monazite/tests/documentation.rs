//! The pages under `docs/` say what the program does: parameters, files, columns, links.
//!
//! `MONAZITE_REGENERATE=1 cargo test -p monazite --test documentation` writes the tables of
//! `docs/file-formats/study.md` anew from the code; look at the difference before you commit it. What else is
//! missing on a page is named and has to be written by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use monazite::columnar::TableReader;
use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::progress::Silent;
use monazite::regression::robustness::RobustnessCheck;
use monazite::study::Study;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the tests run in a checkout")
}

fn read(page: &str) -> String {
    fs::read_to_string(root().join(page)).unwrap_or_else(|e| panic!("{page}: {e}"))
}

/// All pages of the documentation, and the notes on data.
fn pages() -> Vec<PathBuf> {
    let mut folders =
        vec![root().join("docs"), root().join("data"), root().join("crates/monazite/src/nomenclature")];
    let mut pages = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "md") {
                pages.push(path);
            }
        }
    }
    pages.sort();
    pages
}

/// The table of one section of the study file.
fn parameter_table(section: &str, required: &BTreeSet<String>) -> String {
    let mut table = "| key | a value is | default | meaning |\n|---|---|---|---|\n".to_owned();
    for p in Study::default().parameters().iter().filter(|p| p.section == section) {
        let default = match &p.value {
            _ if required.contains(&format!("{section}.{}", p.key)) => "required".to_owned(),
            Some(value) => format!("`{value}`"),
            None => "left out".to_owned(),
        };
        table.push_str(&format!("| `{}` | {} | {default} | {} |\n", p.key, p.expects, p.documentation));
    }
    table
}

#[test]
fn every_parameter_of_the_study_file_is_on_its_page() {
    const PAGE: &str = "docs/file-formats/study.md";
    let required: BTreeSet<String> =
        Study::parse("", Path::new("s.toml")).1.into_iter().map(|problem| problem.key).collect();
    let sections: BTreeSet<&str> = Study::default().parameters().iter().map(|p| p.section).collect();
    let regenerate = std::env::var_os("MONAZITE_REGENERATE").is_some();
    let page = read(PAGE);
    let mut renewed = page.clone();
    for section in sections {
        let open = format!("<!-- parameters of [{section}], written by the tests -->\n");
        let close = "<!-- end -->";
        if !renewed.contains(&open) {
            assert!(regenerate, "{PAGE} has no place for the table of [{section}]: {open}{close}");
            renewed.push_str(&format!("\n## `[{section}]`\n\n{open}{close}\n"));
        }
        let start = renewed.find(&open).expect("put there if it was not") + open.len();
        let end = start
            + renewed[start..].find(close).unwrap_or_else(|| panic!("{PAGE}: [{section}] has no {close}"));
        renewed.replace_range(start..end, &parameter_table(section, &required));
    }
    if regenerate {
        fs::write(root().join(PAGE), &renewed).unwrap();
    } else {
        assert!(page == renewed, "{PAGE} is behind the code; run with MONAZITE_REGENERATE=1");
    }
}

/// Files, and the columns or keys in each, as a page describes them: a heading with the name of the file, then tables
/// whose first cell is the name of the column.
fn described(page: &str) -> BTreeMap<String, BTreeSet<String>> {
    let quoted = |line: &str| line.split('`').nth(1).map(str::to_owned);
    let mut files: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    let mut file = None;
    for line in read(page).lines() {
        if line.starts_with('#') {
            file = quoted(line);
            if let Some(name) = &file {
                files.entry(name.clone()).or_default();
            }
        } else if let (Some(name), true) = (&file, line.starts_with("| `")) {
            files.get_mut(name).expect("entered with its heading").extend(quoted(line));
        }
    }
    files
}

/// A file of the folder `figures`: drawings and captions are called `NAME`, countries of networks `COUNTRY`.
fn figure_file(name: &str) -> String {
    for ending in [".svg", ".png", ".pdf", ".caption.txt"] {
        if name.ends_with(ending) {
            return format!("NAME{ending}");
        }
    }
    if name.starts_with("network_") && name != "network_links.csv" {
        "network_COUNTRY.csv".to_owned()
    } else {
        name.to_owned()
    }
}

/// What the files in some folders hold: file, then columns of a table or keys of a toml file (`trade.import.rows_read`).
/// Folders with a checksum in their name are called `YEAR-SUM` and `codes-SUM`.
#[derive(Default)]
struct Contents {
    files: BTreeMap<String, BTreeSet<String>>,
    /// Keys of toml files whose value is an empty list, of tables or of anything.
    empty: BTreeSet<(String, String)>,
}

impl Contents {
    fn add(&mut self, folder: &Path) {
        let mut todo = vec![folder.to_owned()];
        while let Some(next) = todo.pop() {
            for entry in fs::read_dir(next).unwrap().map(Result::unwrap) {
                let path = entry.path();
                let name = path.strip_prefix(folder).unwrap().to_string_lossy().replace('\\', "/");
                let name = match name.split_once('/') {
                    Some((top, rest)) if top.starts_with("codes-") => format!("codes-SUM/{rest}"),
                    Some((top, rest)) if top.starts_with("20") => format!("YEAR-SUM/{rest}"),
                    Some(("figures", rest)) => format!("figures/{}", figure_file(rest)),
                    _ => name,
                };
                if path.is_dir() {
                    todo.push(path);
                } else if !name.starts_with('.') {
                    self.add_file(&path, &name);
                }
            }
        }
    }

    fn add_file(&mut self, path: &Path, name: &str) {
        let names: Vec<String> = match path.extension().and_then(|e| e.to_str()) {
            Some("parquet") => TableReader::open(path).unwrap().column_names(),
            Some("csv") => {
                csv::Reader::from_path(path).unwrap().headers().unwrap().iter().map(str::to_owned).collect()
            }
            Some("toml") if name != "study.toml" => {
                let mut names = Vec::new();
                let table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
                self.add_keys(&table, name, "", &mut names);
                names
            }
            _ => Vec::new(),
        };
        self.files.entry(name.to_owned()).or_default().extend(names);
    }

    fn add_keys(&mut self, value: &toml::Value, file: &str, prefix: &str, names: &mut Vec<String>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                    self.add_keys(value, file, &name, names);
                }
            }
            toml::Value::Array(items) if items.is_empty() => {
                self.empty.insert((file.to_owned(), prefix.to_owned()));
            }
            toml::Value::Array(items) if items[0].is_table() => {
                items.iter().for_each(|item| self.add_keys(item, file, prefix, names));
            }
            _ => names.push(prefix.to_owned()),
        }
    }

    /// What a page does not say, or says too much.
    fn compare(&self, page: &str) -> Vec<String> {
        let described = described(page);
        let mut differences = Vec::new();
        for (file, real) in &self.files {
            let Some(columns) = described.get(file) else {
                differences.push(format!("{page}: the file {file} is not described"));
                continue;
            };
            differences
                .extend(real.difference(columns).map(|c| format!("{page}: {file}: {c} is not described")));
            let may_be_there = |column: &str| {
                self.empty
                    .iter()
                    .any(|(f, key)| f == file && (column == key || column.starts_with(&format!("{key}."))))
            };
            differences.extend(
                columns
                    .difference(real)
                    .filter(|column| !real.is_empty() && !may_be_there(column))
                    .map(|c| format!("{page}: {file}: there is no {c}")),
            );
        }
        differences
    }
}

#[test]
fn every_file_and_column_of_a_run_and_of_a_store_is_on_its_page() {
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let tiny = root().join("studies/tiny/study.toml");
    let mut study = Study::load(&tiny).unwrap();
    study.data.store = Some(folder.path().join("store"));
    study.indicators.trade_risk = Some(monazite::indicators::systemic_risk::Reliance::Exposure);
    let out = folder.path().join("tiny");
    run_study(&study, &out, &options, &Silent).unwrap();
    let (mut run, mut store) = (Contents::default(), Contents::default());
    run.add(&out);
    store.add(&folder.path().join("store"));

    // Seventeen real years of one product, for what needs a long series.
    let text = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"data/baci-hs92-raw-materials\"\n\
                governance = \"data/wgi/wgi_pv_1996_2023.csv\"\n";
    let (study, problems) = Study::parse(text, &root().join("study.toml"));
    assert_eq!(problems, []);
    let out = folder.path().join("long");
    run_study(&study, &out, &options, &Silent).unwrap();
    assert!(out.join("breaks.csv").exists());
    run.add(&out);

    // A planted world, for candidates, typology and regression.
    let small =
        PlantedOptions { countries: 16, products: 25, others: 15, years: 7, ..PlantedOptions::default() };
    let planted = folder.path().join("planted");
    PlantedWorld::new(small).unwrap().write(&planted).unwrap();
    let mut study = Study::load(&planted.join("study.toml")).unwrap();
    study.typology.neighbours = Some(20);
    study.typology.repetitions = 2;
    study.regression.sweep_lengths = vec![2, 3];
    // For the note that this check cannot be made.
    study.regression.robustness = RobustnessCheck::ALL.to_vec();
    let out = folder.path().join("planted-run");
    run_study(&study, &out, &options, &Silent).unwrap();
    assert!(out.join("regression/table.csv").exists() && out.join("regression/not_run.csv").exists());
    run.add(&out);

    let mut wrong = run.compare("docs/file-formats/run-folder.md");
    wrong.extend(store.compare("docs/file-formats/store.md"));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn parameters_that_the_pages_name_exist() {
    let known: BTreeSet<String> =
        Study::default().parameters().iter().map(|p| format!("{}.{}", p.section, p.key)).collect();
    let sections: BTreeSet<&str> = known.iter().filter_map(|k| Some(k.split_once('.')?.0)).collect();
    let mut named = BTreeSet::new();
    let mut wrong = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for word in text.split('`').skip(1).step_by(2) {
            let key = word.split([' ', '=']).next().unwrap_or_default();
            let Some((section, rest)) = key.split_once('.') else { continue };
            let is_key = rest.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            let is_file = ["toml", "csv", "parquet", "md", "rs"].contains(&rest);
            if sections.contains(section) && is_key && !is_file {
                if known.contains(key) {
                    named.insert(key.to_owned());
                } else if !page.ends_with("file-formats/run-folder.md") {
                    wrong.push(format!("{}: there is no parameter {key}", page.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    let unnamed: Vec<&String> = known.difference(&named).filter(|k| !k.starts_with("study.")).collect();
    assert!(unnamed.is_empty(), "no page under docs/ explains {unnamed:?}");
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut broken = Vec::new();
    for page in pages() {
        let text = fs::read_to_string(&page).unwrap();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") || link.starts_with("mailto:") {
                continue;
            }
            let (file, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if file.is_empty() { page.clone() } else { page.parent().unwrap().join(file) };
            if !target.exists() {
                broken.push(format!("{}: {link}", page.display()));
            } else if !anchor.is_empty() && !anchors(&target).contains(anchor) {
                broken.push(format!("{}: {link} has no such heading", page.display()));
            }
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

/// The anchors that headings get: lower case, blanks as dashes, other signs dropped.
fn anchors(page: &Path) -> BTreeSet<String> {
    let text = fs::read_to_string(page).unwrap();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    headings
        .map(|line| {
            let kept = line.trim_start_matches('#').trim().chars();
            kept.filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'))
                .map(|c| if c == ' ' { '-' } else { c.to_ascii_lowercase() })
                .collect()
        })
        .collect()
}
