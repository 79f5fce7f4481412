//! Tables that pandas, pyarrow, polars, DuckDB and fastparquet wrote, read cell by cell.
//!
//! `reference/foreign_tables.py` makes the files in `data/foreign`; what is in them stands here a second time.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

use monazite::ingest::cells::{Cell, CellBlock, CellColumn};
use monazite::ingest::foreign::parquet::ParquetTable;
use monazite::ingest::foreign::{ForeignError, ForeignTable, ParquetFiles, StataTable};

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/foreign").join(name)
}

/// A cell as text: what is missing as `-`, texts in quotes.
fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => "-".to_owned(),
        Cell::Text(text) => format!("'{text}'"),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) => format!("{number:?}"),
    }
}

/// Some columns of a table, row by row.
fn cells(table: &ForeignTable, columns: &[&str]) -> Result<Vec<Vec<String>>, ForeignError> {
    let names = table.column_names();
    let at: Vec<usize> = columns
        .iter()
        .map(|c| names.iter().position(|n| n == c).unwrap_or_else(|| panic!("no {c} in {names:?}")))
        .collect();
    let mut rows = Vec::new();
    table.read(&at, &mut |block: &CellBlock| {
        assert_eq!(block.columns.len(), columns.len());
        rows.extend((0..block.rows).map(|row| (0..at.len()).map(|c| shown(block.cell(row, c))).collect()));
        Ok::<(), ForeignError>(())
    })?;
    assert_eq!(rows.len() as u64, table.rows());
    Ok(rows)
}

fn read(name: &str, columns: &[&str]) -> Vec<Vec<String>> {
    cells(&ForeignTable::open(&file(name)).unwrap_or_else(|e| panic!("{e}")), columns)
        .unwrap_or_else(|e| panic!("{e}"))
}

/// The names of files in the folder that begin and end so.
fn files(start: &str, end: &str) -> Vec<String> {
    let names =
        fs::read_dir(file("")).unwrap().map(|e| e.unwrap().file_name().to_string_lossy().into_owned());
    let mut names: Vec<String> = names.filter(|n| n.starts_with(start) && n.ends_with(end)).collect();
    names.sort();
    names
}

const COLUMNS: [&str; 6] = ["year", "exporter", "importer", "product", "value", "quantity"];

/// The rows of `reference/foreign_tables.py`.
const ROWS: [&str; 6] = [
    "2019 'CHN' 842 '284690' 60.0 1.0",
    "2019 'CHN' 392 '284690' 30.5 -",
    "2019 'JPN' 842 '850511' 20.0 3.0",
    "2020 'USA' 56 '030110' 0.001 2.0",
    "2020 - 842 '850511' 7.25 -",
    "2021 'CHN' 392 '284690' 1000000.0 12.5",
];

#[test]
fn all_writers_and_codecs_give_the_same_cells() {
    let mut read_of = [0, 0];
    for (start, end) in [
        ("pandas-", ".parquet"),
        ("pyarrow-", ".parquet"),
        ("fastparquet-", ".parquet"),
        ("polars-", ".parquet"),
        ("duckdb-", ".parquet"),
        ("pandas-", ".dta"),
        ("big-endian", ".dta"),
        ("strl", ".dta"),
    ] {
        for name in files(start, end) {
            let rows: Vec<String> = read(&name, &COLUMNS).iter().map(|row| row.join(" ")).collect();
            assert_eq!(rows, ROWS, "{name}");
            read_of[usize::from(end == ".dta")] += 1;
        }
    }
    assert_eq!(read_of, [25, 6]);
}

#[test]
fn texts_and_missing_texts() {
    for name in ["pandas-brotli.parquet", "duckdb-v2.parquet", "polars-lz4.parquet", "pyarrow-delta.parquet"]
    {
        let notes: Vec<String> = read(name, &["note"]).concat();
        assert_eq!(notes, ["'a'", "'b'", "'Côte d'Ivoire'", "''", "'e'", "-"], "{name}");
    }
    // Stata has no missing text but the empty one.
    for name in ["pandas-114.dta", "pandas-119.dta", "strl.dta"] {
        assert_eq!(
            read(name, &["note"]).concat(),
            ["'a'", "'b'", "'Côte d'Ivoire'", "-", "'e'", "-"],
            "{name}"
        );
    }
}

#[test]
fn texts_of_a_dictionary_are_labels() {
    let table = ForeignTable::open(&file("pandas-zstd.parquet")).unwrap();
    let at = table.column_names().iter().position(|n| n == "product").unwrap();
    let mut blocks = 0;
    table
        .read(&[at], &mut |block: &CellBlock| {
            let texts = ["284690", "850511", "030110"].map(str::to_owned).to_vec();
            let rows = [0, 0, 1, 2, 1, 0].map(Some).to_vec();
            assert_eq!(block.columns, [CellColumn::Labels { texts, rows }]);
            blocks += 1;
            Ok::<(), ForeignError>(())
        })
        .unwrap();
    assert_eq!(blocks, 1);
}

#[test]
fn every_type_of_parquet() {
    let expected = [
        ("int8", "-1", "-"),
        ("int16", "-300", "-"),
        ("int64", "-4611686018427387904", "-"),
        ("uint8", "200", "-"),
        ("uint16", "60000", "-"),
        ("uint32", "4000000000", "-"),
        ("uint64", "4611686018427387904", "-"),
        ("half", "0.5", "-"),
        // The double that is the float nearest to 0.1.
        ("float", "0.10000000149011612", "-"),
        ("bool", "1", "-"),
        ("decimal9", "-1234.567", "-"),
        ("decimal18", "123456789012.3456", "-"),
        ("decimal38", "1.2345678901234567e19", "-"),
        ("decimal76", "-0.001", "-"),
        ("decimal0", "284690", "-"),
        ("date", "2019", "-"),
        ("ms", "2020", "-"),
        ("us", "1969", "-"),
        ("ns", "2020", "-"),
        ("large", "'xxxxxxxxxxxxxxxxxxxx'", "-"),
        ("binary", "'bytes'", "-"),
        ("fixed", "'284690'", "-"),
        ("category", "'CHN'", "-"),
        ("null", "-", "-"),
        ("last", "'z'", "'y'"),
    ];
    for (column, first, second) in expected {
        assert_eq!(read("types.parquet", &[column]).concat(), [first, second], "{column}");
    }
    let table = ParquetTable::open(&file("types.parquet")).unwrap();
    assert_eq!(table.column_names(), expected.map(|(column, ..)| column));
    assert_eq!(
        table.other_columns(),
        ["time (a time of day)", "list (a list or a structure)", "struct (a list or a structure)"]
    );
    let decimals = read("decimals-as-integers.parquet", &["decimal9", "decimal18"]);
    assert_eq!(decimals, [["-1234.567", "123456789012.3456"], ["-", "-"]]);
    assert_eq!(read("int96.parquet", &["when"]).concat(), ["2020", "-", "1969"]);
    assert_eq!(read("required.parquet", &["exporter", "year"]), [["'CHN'", "2019"], ["'JPN'", "2020"]]);
    assert_eq!(read("empty.parquet", &COLUMNS), Vec::<Vec<String>>::new());
}

#[test]
fn bytes_that_are_no_text_have_their_row_named() {
    let table = ForeignTable::open(&file("latin-1.parquet")).unwrap();
    let error = cells(&table, &["name"]).unwrap_err().to_string();
    assert!(
        error.contains("latin-1.parquet: row 2, column name: these bytes are no text in UTF-8"),
        "{error}"
    );
}

#[test]
fn a_folder_is_one_table() {
    let rows = read("hive", &["year", "exporter", "product", "value"]);
    let rows: Vec<String> = rows.iter().map(|row| row.join(" ")).collect();
    assert_eq!(
        rows,
        [
            "2019 'CHN' '284690' 60.0",
            "2019 'CHN' '284690' 30.5",
            "2019 'JPN' '850511' 20.0",
            "2020 'USA' '030110' 0.001",
            "2020 - '850511' 7.25",
            "2021 'CHN' '284690' 1000000.0",
        ]
    );
    let files = ParquetFiles::open(&file("hive")).unwrap();
    assert_eq!(files.left_out(), ["README.txt"]);
    assert_eq!(files.column_names(), ["value", "product", "year", "exporter"]);
    assert_eq!(files.parts().iter().map(|part| part.rows).collect::<Vec<_>>(), [2, 1, 1, 1, 1]);
}

fn copy(name: &str, to: &Path) {
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    fs::copy(file(name), to).unwrap();
}

#[test]
fn folders_that_are_no_table_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let refusal = || ForeignTable::open(folder.path()).unwrap_err().to_string();
    assert!(refusal().ends_with("there is no Parquet file in this folder"), "{}", refusal());
    copy("pyarrow-plain.parquet", &folder.path().join("a.parquet"));
    // A second file with other columns: those of both are read, the others name the file that lacks them.
    copy("required.parquet", &folder.path().join("b.parquet"));
    let table = ForeignTable::open(folder.path()).unwrap();
    assert_eq!(cells(&table, &["year", "exporter"]).unwrap().len(), 8);
    let error = cells(&table, &["value"]).unwrap_err().to_string();
    assert!(error.contains("b.parquet: column value: this file has no such column"), "{error}");
    assert!(error.ends_with("its columns are year, exporter"), "{error}");
    // A file among folders.
    copy("required.parquet", &folder.path().join("country=CHN/c.parquet"));
    assert!(
        refusal().contains("the names of its folders give the columns country, those of"),
        "{}",
        refusal()
    );
    fs::remove_dir_all(folder.path().join("country=CHN")).unwrap();
    fs::write(folder.path().join("c.parquet"), "t,i,j,k,v,q\n").unwrap();
    assert!(
        refusal()
            .ends_with("c.parquet: its name ends in .parquet, and this is text; download or write it again"),
        "{}",
        refusal()
    );
    fs::remove_file(folder.path().join("c.parquet")).unwrap();
    fs::create_dir(folder.path().join("_delta_log")).unwrap();
    let store = ForeignTable::open(&file("../store-format-1")).unwrap_err().to_string();
    assert!(store.ends_with("this is a store of monazite; give it as data.store"), "{store}");
    assert!(refusal().contains("this is a table of Delta Lake, in which files may lie"), "{}", refusal());
}

#[test]
fn labels_and_dates_of_stata() {
    for name in ["labels-114.dta", "labels-118.dta"] {
        let rows = read(name, &["flow", "day", "a_byte", "a_float", "a_double"]);
        assert_eq!(rows[0], ["1", "2019", "1", "0.10000000149011612", "2019.0"], "{name}");
        assert_eq!(rows[1], ["0", "2020", "-2", "-", "-"], "{name}");
        assert_eq!(rows[2], ["1", "1959", "3", "3.0", "1e300"], "{name}");
        assert_eq!(rows[3], ["-", "-", "100", "-1.0", "-0.5"], "{name}");
        let table = StataTable::open(&file(name)).unwrap();
        let labels: Vec<(i32, String)> = table.labels(0).unwrap().into_iter().collect();
        assert_eq!(labels, [(0, "exports".to_owned()), (1, "imports".to_owned())], "{name}");
        assert!(table.labels(1).unwrap().is_empty());
    }
}

#[test]
fn files_that_are_cut_short_say_so() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["pandas-snappy.parquet", "pandas-118.dta", "pandas-114.dta", "strl.dta", "labels-118.dta"] {
        let whole = fs::read(file(name)).unwrap();
        for part in 1..20 {
            let cut = folder.path().join(name);
            fs::write(&cut, &whole[..whole.len() * part / 20]).unwrap();
            let Ok(table) = ForeignTable::open(&cut) else { continue };
            // Labels stand behind the rows of a table of Stata.
            let columns: Vec<usize> = (0..table.column_names().len()).collect();
            let read = table.read(&columns, &mut |_| Ok::<(), ForeignError>(()));
            let labels = columns.iter().map(|&column| table.labels(column)).collect::<Result<Vec<_>, _>>();
            assert!(
                name.ends_with(".dta") && (read.is_err() || labels.is_err() || part > 15),
                "{name} {part}"
            );
        }
        let cut = folder.path().join(name);
        fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
        let error = ForeignTable::open(&cut).unwrap_err().to_string();
        assert!(error.contains("cut short; download"), "{error}");
    }
}

#[test]
fn what_is_no_table_is_refused_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trade.parquet");
    for (bytes, words) in [
        (
            &b"SQLite format 3\0..."[..],
            "this is a database of SQLite, though its name ends in .parquet; export the table as csv",
        ),
        (b"t,i,j,k,v,q\n", "this is text, and neither Parquet nor a table of Stata"),
        (b"", "this is an empty file; download it again"),
        (b"PARE....", "this is an encrypted Parquet file; write it without encryption"),
    ] {
        fs::write(&path, bytes).unwrap();
        let error = ForeignTable::open(&path).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
