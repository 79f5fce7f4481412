//! The pages under `docs/` say what the program does: parameters, files, columns, links.
//!
//! `MONAZITE_REGENERATE=1 cargo test --release -p monazite --test engine documentation` writes the tables of
//! `docs/file-formats/study.md` and `run-folder.md`, and the JSON schema beside them, anew from the code; look at the
//! difference before you commit it. What else is missing on a page is named and has to be written by hand.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[path = "documentation/run_tables.rs"]
mod run_tables;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use monazite::columnar::TableReader;
use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::progress::Silent;
use monazite::regression::robustness::RobustnessCheck;
use monazite::report::trend_files::write_trends;
use monazite::report::trends::TrendRequest;
use monazite::run_folder::{MANIFEST_KEYS, OTHER_FILES, RunTable, schema, tables};
use monazite::shock::ScenarioRow;
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
    let written = sections.into_iter().map(|section| Written {
        name: format!("parameters of [{section}]"),
        heading: format!("`[{section}]`"),
        text: parameter_table(section, &required),
    });
    compare_or_write(PAGE, written.collect());
}

/// What stands on a page between two comments, written from the code.
struct Written {
    /// What the first comment calls it.
    name: String,
    /// The heading that it gets if the page has no place for it.
    heading: String,
    /// What has to stand there.
    text: String,
}

/// Fails if a page is behind the code; writes it if `MONAZITE_REGENERATE` is set.
fn compare_or_write(page: &str, parts: Vec<Written>) {
    let regenerate = std::env::var_os("MONAZITE_REGENERATE").is_some();
    let old = read(page);
    let mut renewed = old.clone();
    for Written { name, heading, text } in parts {
        let open = format!("<!-- {name}, written by the tests -->\n");
        let close = "<!-- end -->";
        if !renewed.contains(&open) {
            assert!(regenerate, "{page} has no place for {name}: {open}{close}");
            renewed.push_str(&format!("\n## {heading}\n\n{open}{close}\n"));
        }
        let start = renewed.find(&open).expect("put there if it was not") + open.len();
        let end =
            start + renewed[start..].find(close).unwrap_or_else(|| panic!("{page}: {name} has no {close}"));
        renewed.replace_range(start..end, &text);
    }
    // Other tests read the page meanwhile.
    if regenerate && old != renewed {
        fs::write(root().join(page), &renewed).unwrap();
    } else {
        assert!(old == renewed, "{page} is behind the code; run with MONAZITE_REGENERATE=1");
    }
}

/// What a page says about a table of the run folder.
fn columns_of(table: &RunTable) -> String {
    let mut text = format!("{} A row is {}.", table.title, table.row);
    if let Some(when) = table.not_written {
        text.push_str(&format!(" Not written if {when}."));
    }
    text.push_str("\n\n| column | kind | unit, range | meaning | missing when |\n|---|---|---|---|---|\n");
    for column in (table.columns)() {
        let mut unit = vec![column.unit.to_owned(), column.range_in_words()];
        unit.retain(|part| !part.is_empty());
        let mut meaning = format!("**{}**: {}", column.label, column.definition);
        if !column.choices.is_empty() {
            let choices: Vec<String> = column.choices.iter().map(|c| format!("`{c}`")).collect();
            meaning.push_str(&format!(" ({})", choices.join(", ")));
        }
        if let Some(number) = column.page.split('-').next().filter(|number| !number.is_empty()) {
            let number = number.trim_start_matches('0');
            meaning.push_str(&format!("; [methods {number}](../methods/{})", column.page));
        }
        if let Some(when) = column.only_if {
            meaning.push_str(&format!("; only if {when}"));
        }
        text.push_str(&format!(
            "| `{}` | {} | {} | {meaning} | {} |\n",
            column.name,
            column.kind.name(),
            unit.join(", "),
            column.missing.unwrap_or("never")
        ));
    }
    text
}

#[test]
fn every_file_and_column_of_a_run_is_on_its_page_and_in_the_schema() {
    const PAGE: &str = "docs/file-formats/run-folder.md";
    const SCHEMA: &str = "docs/file-formats/run-folder.schema.json";
    let mut parts: Vec<Written> = tables::ALL
        .iter()
        .map(|table| Written {
            name: table.file.to_owned(),
            heading: format!("`{}`", table.file),
            text: columns_of(table),
        })
        .collect();
    let mut files = "| file | what it is | not written if |\n|---|---|---|\n".to_owned();
    for file in OTHER_FILES {
        let when = file.not_written.unwrap_or("");
        files.push_str(&format!("| `{}` | {} | {when} |\n", file.file, file.meaning));
    }
    parts.push(Written { name: "other files".to_owned(), heading: "Other files".to_owned(), text: files });
    let mut keys = "| key | kind | meaning | missing when |\n|---|---|---|---|\n".to_owned();
    for key in MANIFEST_KEYS {
        let missing = key.missing.unwrap_or("never");
        keys.push_str(&format!(
            "| `{}` | {} | {} | {missing} |\n",
            key.name,
            key.kind.name(),
            key.definition
        ));
    }
    let manifest = "manifest.toml".to_owned();
    parts.push(Written { heading: format!("`{manifest}`"), name: manifest, text: keys });
    compare_or_write(PAGE, parts);

    // Nothing on the page that no run has.
    let page = read(PAGE);
    let names = page
        .lines()
        .filter_map(|line| line.strip_prefix("<!-- ")?.strip_suffix(", written by the tests -->"));
    let known = |name: &str| {
        ["other files", "manifest.toml"].contains(&name) || tables::ALL.iter().any(|t| t.file == name)
    };
    let unknown: Vec<&str> = names.filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "{PAGE}: there is no {unknown:?}");

    if std::env::var_os("MONAZITE_REGENERATE").is_some() {
        fs::write(root().join(SCHEMA), schema::json_schema()).unwrap();
    }
    let committed = fs::read_to_string(root().join(SCHEMA)).unwrap_or_default();
    assert!(
        committed == schema::json_schema(),
        "{SCHEMA} is behind the code; run with MONAZITE_REGENERATE=1, and raise RUN_FORMAT if a table has changed"
    );
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
                    Some((top @ ("flows" | "index" | "pages" | "margins" | "years"), rest)) => {
                        let ending = rest.rsplit_once('.').map_or("", |(_, ending)| ending);
                        format!("{top}/YEAR-SUM.{ending}")
                    }
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
fn what_runs_and_a_store_hold_is_what_their_pages_say() {
    let folder = tempfile::tempdir().unwrap();
    let options = RunOptions { until: Until::Report, commit: String::new() };
    let tiny = root().join("studies/tiny/study.toml");
    let mut study = Study::load(&tiny).unwrap();
    study.data.store = Some(folder.path().join("store"));
    study.indicators.trade_risk = Some(monazite::indicators::systemic_risk::Reliance::Exposure);
    study.indicators.import_content = monazite::indicators::ImportContent::Exposure;
    study.shocks.rows.0 = vec![ScenarioRow::stop("AAA", vec!["284690".parse().unwrap()])];
    let table = |name: &str| Some(format!("{name}.csv").into());
    study.indices.production = table("production");
    study.indices.recycling = table("recycling");
    study.indices.substitution = table("substitution");
    study.indices.disruption_potential = table("disruption_potential");
    study.indices.economic_vulnerability = table("economic_vulnerability");
    let measures = folder.path().join("measures.csv");
    fs::write(&measures, "product,exporter,from,to,measure\n284690,AAA,2020,,export quota\n").unwrap();
    study.event.table = Some(measures);
    study.event.keep_chain = true;
    study.groups.means = vec!["AB".to_owned()];
    study.groups.define.insert("AB".to_owned(), ["AAA", "BBB"].map(String::from).to_vec());
    let out = folder.path().join("tiny");
    run_study(&study, &out, &options, &Silent).unwrap();
    let (mut run, mut store) = (run_tables::Findings::default(), Contents::default());
    for countries in [vec![], vec!["BBB".to_owned()]] {
        let request = TrendRequest { indicator: "str".to_owned(), countries, ..TrendRequest::default() };
        write_trends(&out, &request, None, &Silent).unwrap();
    }
    run.add(&out);
    store.add(&folder.path().join("store"));

    // Seventeen real years of one product, for what needs a long series; with a table of totals that lacks small countries, for a long list.
    let text = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"data/baci-hs92-raw-materials\"\n\
                governance = \"data/wgi/wgi_pv_1996_2023.csv\"\n";
    let (mut study, problems) = Study::parse(text, &root().join("study.toml"));
    assert_eq!(problems, []);
    let totals = fs::read_to_string(root().join("data/totals/exports_by_country_year.csv")).unwrap();
    let large = |line: &&str| line.rsplit(',').next().is_none_or(|v| v.parse().is_ok_and(|v: f64| v > 1e7));
    let totals: String = totals.lines().skip(1).filter(large).map(|line| format!("{line}\n")).collect();
    fs::write(folder.path().join("totals.csv"), format!("year,iso3,exports\n{totals}")).unwrap();
    study.data.totals = Some(folder.path().join("totals.csv"));
    let out = folder.path().join("long");
    run_study(&study, &out, &options, &Silent).unwrap();
    assert!(out.join("breaks.csv").exists() && out.join("lists.csv").exists());
    for countries in [vec![], vec!["CHN".to_owned()]] {
        let request = TrendRequest { indicator: "str".to_owned(), countries, ..TrendRequest::default() };
        write_trends(&out, &request, None, &Silent).unwrap();
    }
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

    assert_eq!(fs::read_to_string(out.join(schema::SCHEMA_FILE)).unwrap(), schema::json_schema());
    let mut wrong = run.never_seen();
    wrong.extend(run.wrong);
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
