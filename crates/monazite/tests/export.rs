//! Exports against the run that they are taken from: `export/extract.rs`, `export/text.rs`, `export/stata.rs`, `export/shares.rs`,
//! `export/files.rs`, `export/selection.rs`, `export/matching.rs`, `export/table_names.rs`, `export/values.rs`, `export/about.rs`.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::{BufWriter, Cursor, Write};
use std::path::Path;
use std::sync::OnceLock;

use dta::stata::dta::dta_reader::DtaReader;
use dta::stata::dta::value::Value;
use dta::stata::stata_double::StataDouble;
use monazite::disk::Change;
use monazite::export::about::about;
use monazite::export::files::write_file;
use monazite::export::stata::write_dta;
use monazite::export::text::{definitions, write_csv, write_json};
use monazite::export::{Cell, ExportError, Extract, Selection};
use monazite::indicators::Column;
use monazite::nomenclature::YearRange;
use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::progress::Silent;
use monazite::run::Run;
use monazite::study::Study;

/// A run of the tiny study, made once.
fn run() -> &'static Run {
    static RUN: OnceLock<(tempfile::TempDir, Run)> = OnceLock::new();
    &RUN.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let mut study = Study::load(Path::new(tiny)).unwrap();
        study.data.store = Some(folder.path().join("store"));
        let out = folder.path().join("run");
        let options = RunOptions { until: Until::Report, commit: String::new() };
        run_study(&study, &out, &options, &Silent).unwrap();
        let run = Run::open(&out).unwrap();
        (folder, run)
    })
    .1
}

fn of_table(table: &str) -> Selection {
    Selection { tables: vec![table.to_owned()], ..Selection::default() }
}

fn one(selection: &Selection) -> Extract<'static> {
    Extract::all_of(run(), selection).unwrap().remove(0)
}

fn csv_of(extract: &Extract<'_>) -> Vec<Vec<String>> {
    let mut text = Vec::new();
    write_csv(extract, &mut text, &Silent).unwrap();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(&text[..]);
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

fn problem(selection: &Selection) -> String {
    Extract::all_of(run(), selection).unwrap_err().to_string()
}

#[test]
fn every_cell_of_the_panel_comes_out_as_it_is() {
    let panel = run().panel().unwrap();
    let rows = csv_of(&one(&of_table("indicators")));
    assert_eq!(rows[0][..5], ["year", "product", "product_description", "country", "country_name"]);
    let mut missing = 0;
    for row in &rows[1..] {
        let year = panel.year(row[0].parse().unwrap()).unwrap();
        let product = panel.product(row[1].parse().unwrap()).unwrap();
        let country = panel.country(&row[3]).unwrap();
        assert_eq!(row[4], panel.countries[country].name);
        for (name, cell) in rows[0].iter().zip(row).skip(5) {
            let column = Column::ALL.into_iter().find(|c| c.name() == name).unwrap();
            let value = panel.value(column, product, year, country);
            assert_eq!(value, cell.parse().ok(), "{name} {row:?}");
            assert_eq!(cell.is_empty(), value.is_none());
            missing += usize::from(value.is_none());
        }
    }
    assert!(rows.len() > 50 && missing > 0, "{} rows, {missing} missing", rows.len());
}

#[test]
fn shares_are_those_of_the_run_and_sum_to_one() {
    let rows = csv_of(&one(&of_table("shares")));
    let at = |name: &str| rows[0].iter().position(|n| n == name).unwrap();
    let keys = [at("product"), at("year"), at("importer")];
    let (supplier, rank, share, value) = (at("supplier"), at("rank"), at("share"), at("value"));
    let (panel, main) = (run().panel().unwrap(), run().suppliers().unwrap().unwrap());
    let mut sums = std::collections::BTreeMap::new();
    for row in &rows[1..] {
        *sums.entry(keys.map(|at| row[at].clone())).or_insert(0.0) += row[share].parse::<f64>().unwrap();
        assert!(row[value].parse::<f64>().unwrap() > 0.0);
        let rank: usize = row[rank].parse().unwrap();
        if rank <= 3 {
            let (product, year) = (
                panel.product(row[keys[0]].parse().unwrap()).unwrap(),
                panel.year(row[keys[1]].parse().unwrap()).unwrap(),
            );
            let supply = main.of(panel, product, year, panel.country(&row[keys[2]]).unwrap())[rank - 1];
            assert_eq!(panel.countries[supply.supplier].code, row[supplier]);
            assert!((supply.share - row[share].parse::<f64>().unwrap()).abs() < 1e-15);
        }
    }
    assert!(sums.len() > 10 && sums.values().all(|sum| (sum - 1.0_f64).abs() < 1e-12));
}

#[test]
fn csv_json_and_stata_hold_the_same() {
    for table in ["indicators", "indices", "chain/edges", "products", "trends", "shares"] {
        let extract = one(&of_table(table));
        let rows = csv_of(&extract);
        let mut json = Vec::new();
        write_json(&extract, &about(run(), &of_table(table)).unwrap(), &mut json, &Silent).unwrap();
        let json: serde_json::Value = serde_json::from_slice(&json).unwrap();
        let mut stata = Cursor::new(Vec::new());
        write_dta(&extract, &extract.title, &mut stata, &Silent).unwrap();
        let reader = DtaReader::new().from_reader(Cursor::new(stata.into_inner())).read_header().unwrap();
        assert!(reader.header().timestamp().is_none(), "no clock");
        let mut reader = reader.read_schema().unwrap();
        reader.skip_to_end().unwrap();
        let mut records = reader.into_record_reader().unwrap();
        for (at, row) in rows[1..].iter().enumerate() {
            let record = records.read_record().unwrap().unwrap();
            let object = &json["data"][at];
            for ((name, cell), value) in rows[0].iter().zip(row).zip(record.values()) {
                let in_json = &object[name];
                assert_eq!(in_json.is_null(), cell.is_empty(), "{table} {name}");
                match value {
                    Value::String(text) => assert_eq!(text, cell),
                    Value::Long(number) => assert_eq!(number.present().map(i64::from), cell.parse().ok()),
                    Value::Byte(number) => assert_eq!(number.present().map(|n| n == 1), cell.parse().ok()),
                    Value::Double(StataDouble::Present(number)) => {
                        assert_eq!(Some(*number), cell.parse().ok());
                        // The reader of JSON rounds, the text does not.
                        assert!((in_json.as_f64().unwrap() - number).abs() <= f64::EPSILON * number.abs());
                    }
                    Value::Double(_) => assert!(cell.is_empty()),
                    other => panic!("{table} {name}: {other:?}"),
                }
            }
        }
        assert!(records.read_record().unwrap().is_none());
        assert_eq!(json["data"].as_array().unwrap().len(), rows.len() - 1);
        assert_eq!(json["columns"].as_array().unwrap().len(), rows[0].len());
    }
}

#[test]
fn a_selection_takes_what_it_names_and_nothing_else() {
    let selection = Selection {
        countries: vec!["Beta".into()],
        products: vec!["2846".into()],
        years: vec![YearRange { first: 2019, last: 2019 }],
        columns: vec!["share".into(), "supplier".into(), "product".into()],
        ..of_table("shares")
    };
    let rows = csv_of(&one(&selection));
    assert_eq!(rows[0], ["share", "supplier", "product"]);
    assert_eq!(rows[1][..2], ["0.75", "AAA"]);
    assert!(rows[1..].iter().all(|row| row[2].starts_with("2846")));
    let of_supplier = Selection { suppliers: vec!["AAA".into()], countries: Vec::new(), ..selection };
    assert!(csv_of(&one(&of_supplier))[1..].iter().all(|row| row[1] == "AAA"));
    // Tables that nobody named are taken as far as they go; those without any of the columns are left out.
    let usual =
        Extract::all_of(run(), &Selection { products: vec!["284690".into()], ..Selection::default() })
            .unwrap();
    let names: Vec<&str> = usual.iter().map(|e| e.name.as_str()).collect();
    assert!(
        names.starts_with(&["indicators", "shares", "trends"]) && names.contains(&"countries"),
        "{names:?}"
    );
    assert!(csv_of(&usual[2])[1..].iter().all(|row| row[0] == "284690"));
    let with_hhi = Selection { columns: vec!["hhi".into()], ..Selection::default() };
    assert!(Extract::all_of(run(), &with_hhi).unwrap().iter().all(|e| e.columns.len() == 1));
    let mut extract = one(&of_table("trends"));
    extract.narrow_to(YearRange { first: 2019, last: 2019 });
    assert!(extract.title.ends_with("Only 2019."));
    assert!(csv_of(&extract)[1..].iter().all(|row| row.contains(&"2019".to_owned())));
}

#[test]
fn what_is_not_there_is_named_with_what_is() {
    assert!(problem(&of_table("shars")).contains("near to it: shares"));
    assert!(problem(&of_table("regression/placebo")).contains("this run does not have it"));
    let wrong = |change: &dyn Fn(&mut Selection)| {
        let mut selection = of_table("indicators");
        change(&mut selection);
        problem(&selection)
    };
    assert!(wrong(&|s| s.columns = vec!["strr".into()]).contains("near to it: str"));
    assert!(wrong(&|s| s.products = vec!["cobalt".into()]).contains("monazite codes"));
    assert!(wrong(&|s| s.products = vec!["284699".into()]).contains("it holds 2846"));
    assert!(wrong(&|s| s.years = vec![YearRange { first: 1990, last: 1991 }]).contains("1990-1991"));
    assert!(wrong(&|s| s.countries = vec!["Germany".into()]).contains("not a country of the data"));
    assert!(wrong(&|s| s.suppliers = vec!["AAA".into()]).contains("no column of suppliers"));
}

#[test]
fn the_same_selection_gives_the_same_bytes_and_says_where_they_come_from() {
    let bytes = || {
        let mut stata = Cursor::new(Vec::new());
        write_dta(&one(&of_table("indicators")), "a", &mut stata, &Silent).unwrap();
        stata.into_inner()
    };
    assert_eq!(bytes(), bytes());
    let selection = Selection { countries: vec!["BBB".into()], ..of_table("indicators") };
    let lines = about(run(), &selection).unwrap();
    let line = |name: &str| {
        lines.iter().find(|(n, _)| *n == name).map(|(_, text)| text.as_str()).unwrap_or_default()
    };
    assert_eq!((line("Study"), line("Selection")), ("Six countries", "countries BBB"));
    assert!(line("Data").contains("2019") && lines.iter().filter(|(n, _)| *n == "Cite").count() >= 3);
    let defined = definitions(&[one(&selection)]);
    let str = defined.iter().find(|row| row[1] == "str").unwrap();
    assert!(str[5].len() > 20 && defined.iter().all(|row| !row[5].is_empty()), "{str:?}");
}

#[test]
fn a_file_appears_whole_and_replaces_another_only_if_it_may() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("new/a.csv");
    let write = |text: &'static str, replace: bool| {
        write_file(&path, replace, &mut |out: &mut BufWriter<_>| {
            out.write_all(text.as_bytes())
                .map_err(|e| ExportError::write(Path::new("a"), "cannot be written", e))
        })
    };
    assert_eq!(write("1", false).unwrap(), Change::New);
    assert_eq!(write("1", false).unwrap(), Change::Same);
    assert!(write("2", false).unwrap_err().to_string().contains("a file with other content"));
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "1");
    assert_eq!(write("2", true).unwrap(), Change::Replaced);
    let broken = write_file(&path, true, &mut |out: &mut BufWriter<_>| {
        out.write_all(b"half").unwrap();
        Err(ExportError::write(Path::new("a"), "cannot be written", std::io::ErrorKind::StorageFull.into()))
    });
    assert!(broken.is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "2");
    assert_eq!(std::fs::read_dir(folder.path().join("new")).unwrap().count(), 1, "nothing hidden remains");
    // Not into a run, whose files its manifest lists.
    let inside = Path::new(&run().name()).join("mine.csv");
    assert!(write_file(&inside, false, &mut |_| Ok(())).unwrap_err().to_string().contains("run"));
}

#[test]
fn texts_that_a_spreadsheet_would_run_are_shown() {
    // The same rule as everywhere: `delimited::cell_text`.
    let mut text = Vec::new();
    write_csv(&one(&of_table("countries")), &mut text, &Silent).unwrap();
    assert!(String::from_utf8(text).unwrap().lines().all(|line| !line.starts_with(['=', '@'])));
    let mut cells = 0;
    one(&of_table("countries"))
        .rows(&Silent, &mut |row| {
            cells += row.iter().filter(|c| matches!(c, Cell::Text(_))).count();
            Ok(())
        })
        .unwrap();
    assert!(cells > 6);
}
