//! Tables of trade as offices and spreadsheets leave them: titles, remarks, headers in the middle, formulas, packed files under other names, words of
//! other languages. What is no row never counts, and a check says what a run says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::io::Write;

use monazite::ingest::UnknownCountry;
use monazite::ingest::own_table::TableOptions;

use super::own_trade::{Desk, expected, import, table};

const HEADER: &str = "year;exporter_iso3;importer_iso3;hs6;value_1000usd;quantity_tonnes";

fn rows() -> String {
    let text = table(HEADER, |f| {
        let quantity = f.5.map_or_else(String::new, |q| q.to_string());
        format!("{};{};{};{};{};{quantity}", f.0, f.1.1, f.2.1, f.3, f.4)
    });
    text.split_once('\n').unwrap().1.to_owned()
}

#[test]
fn lines_that_are_no_rows_change_nothing_and_are_said() {
    let desk = Desk::new();
    let expected = expected(&desk);
    let (rows, said) = (rows(), |notes: &[String], words: &str| {
        assert!(notes.iter().any(|note| note.contains(words)), "{words}: {notes:?}");
    });
    let half = rows.match_indices('\n').nth(4).unwrap().0 + 1;
    let text = format!(
        "Foreign trade by country\nin thousand USD; tonnes\n\n{HEADER}\n{}{HEADER}\n{}\nTotal;;;;1544.251;\nSource: the office; 3 March 2026\n",
        &rows[..half],
        &rows[half..]
    );
    desk.write("office.csv", &text);
    let (problems, noted) = desk.check("office.csv", "");
    assert!(problems.is_empty(), "{problems:?}");
    let (bytes, notes) = desk.run("office.csv", "").unwrap();
    assert!(bytes == expected, "other indicators");
    for notes in [&notes, &noted] {
        said(notes, "the header of office.csv is in line 4; what stands above it is taken for a title");
        said(notes, "office.csv has its header again in line 10, as files have that were put together");
        said(notes, "left out: 'Total,,,,1544.251' in line 17, 'Source: the office,3 March 2026' in line 18");
    }
    // In BACI's own layout, which is read in another way.
    let text = "t,i,j,k,v,q\n2019,156,842,850511,1,2\n\"t\",i,j,k,v,q\nt,i,j,k,v,q\n2019,156,276,850511,1,2\nTotal,,,,2,4\nSource: CEPII\n";
    let file = desk.write("baci.csv", text);
    let (account, notes) = import(&file, &TableOptions::default(), UnknownCountry::Refuse).unwrap();
    assert_eq!((account.rows_read, account.rows_kept, account.value_kept), (2, 2, 2.0));
    said(&notes, "baci.csv has its header again in line 3, 4,");
    said(&notes, "'Total,,,,2,4' in line 6, 'Source: CEPII' in line 7");
    // What is not known is refused with its line.
    for header in ["t,i,j,k,v,q", "year,exporter,importer,hs6,value_usd"] {
        let cells = if header.starts_with('t') { ",1" } else { "" };
        let file =
            desk.write("open.csv", format!("{header}\n2019,156,842,850511,1{cells}\nEnd of the table\n"));
        let error = import(&file, &TableOptions::default(), UnknownCountry::Drop).unwrap_err();
        assert!(error.contains("open.csv:3: column ") && error.contains("'End of the table' stands alone in its line; if it is a remark about the table, take the line out"), "{error}");
    }
    // A total is no country.
    let file = desk.write("total.csv", "t,i,j,k,v,q\n2019,Total,842,850511,1,2\n");
    let error = import(&file, &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("column i: 'Total' is the world, and no country"), "{error}");
}

#[test]
fn a_header_below_a_title_is_named_where_it_is_not_understood() {
    let desk = Desk::new();
    let file =
        desk.write("a.csv", "Comercio exterior\n\nanio,origen,destino,posicion,fob\n2019,CHN,USA,850511,1\n");
    let error = import(&file, &TableOptions::default(), UnknownCountry::Refuse).unwrap_err();
    assert!(error.contains("a.csv:3: ") && error.contains("anio"), "{error}");
}

#[test]
fn texts_that_a_spreadsheet_keeps_by_a_formula_are_read() {
    let desk = Desk::new();
    let expected = expected(&desk);
    let text = table(HEADER, |f| {
        let quantity = f.5.map_or_else(String::new, |q| q.to_string());
        format!("{};=\"{}\";{};\"=\"\"{}\"\"\";{};{quantity}", f.0, f.1.1, f.2.1, f.3, f.4)
    });
    desk.write("formula.csv", text);
    assert!(desk.run("formula.csv", "").unwrap().0 == expected, "other indicators");
    let file = desk.write(
        "baci.csv",
        "t,i,j,k,v,q\n2019,156,842,=\"030110\",1,2\n2019,156,276,\"=\"\"030110\"\"\",1,2\n",
    );
    let (account, _) = import(&file, &TableOptions::default(), UnknownCountry::Refuse).unwrap();
    assert_eq!((account.rows_kept, account.padded_codes), (2, 0));
}

#[test]
fn packed_files_are_known_by_their_first_bytes() {
    let desk = Desk::new();
    let expected = expected(&desk);
    let text = format!("{HEADER}\n{}", rows());
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    let gzip = gzip.finish().unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    zip.start_file("trade.csv", zip::write::SimpleFileOptions::default()).unwrap();
    zip.write_all(text.as_bytes()).unwrap();
    let zip = zip.finish().unwrap().into_inner();
    let zstd = zstd::encode_all(text.as_bytes(), 1).unwrap();
    for (name, bytes) in [("g.csv", &gzip), ("z.csv", &zip), ("s.csv", &zstd)] {
        desk.write(name, bytes);
        assert!(desk.check(name, "").0.is_empty());
        assert!(desk.run(name, "").unwrap().0 == expected, "{name}: other indicators");
    }
    desk.write("folder/g.csv", &gzip);
    assert!(desk.run("folder", "").unwrap().0 == expected, "folder: other indicators");
    desk.write("folder/z.csv", &zip);
    let error = desk.refusal("folder", "");
    assert!(
        error.ends_with("z.csv: this is a zip archive, whatever its name says; unpack it, or give it alone"),
        "{error}"
    );
}

#[test]
fn a_check_trips_where_a_run_does() {
    let desk = Desk::new();
    let flows = |word: &str, rows: usize| {
        let row = format!("2019,842,156,{word},850511,100\n");
        format!("year,reporter,partner,flow,hs6,value_usd\n{}", row.repeat(rows))
    };
    desk.write("exports.csv", flows("Exportación", 3));
    let file = desk.path("exports.csv");
    assert_eq!(import(&file, &TableOptions::default(), UnknownCountry::Refuse).unwrap().0.rows_kept, 1);
    let error = desk.refusal("exports.csv", "flow = \"imports\"");
    assert!(
        error.contains(
            "exports.csv: no row is left of 3: 3 the direction of trade that data.flow does not choose"
        ),
        "{error}"
    );
    // Also where the beginning of a long file has nothing that is kept.
    desk.write("long.csv", flows("X", 20_000));
    let error = desk.refusal("long.csv", "flow = \"imports\"");
    assert!(error.contains("no row is left of 20000"), "{error}");
    desk.write("late.csv", flows("X", 20_000) + "2019,842,156,M,284690,100\n");
    assert!(desk.check("late.csv", "flow = \"imports\"").0.is_empty());
    desk.write("general.csv", flows("Import", 1) + "2019,842,156,General Imports,850511,100\n");
    let error = desk.refusal("general.csv", "");
    assert!(
        error.contains("general.csv:3: column flow: 'General Imports' may be all of the imports"),
        "{error}"
    );
    desk.write("parts.csv", flows("Einfuhr", 1) + "2019,842,156,Re-Export,850511,100\n");
    let file = desk.path("parts.csv");
    let (account, _) = import(&file, &TableOptions::default(), UnknownCountry::Refuse).unwrap();
    assert_eq!(
        (account.rows_kept, account.dropped[0].reason.as_str(), account.dropped[0].value),
        (1, "reexport", 0.1)
    );
    // Copies, of tables and of BACI's files.
    for name in ["one", "two"] {
        desk.write(&format!("copies/{name}.csv"), flows("X", 2));
    }
    assert!(
        desk.refusal("copies", "").contains("two trade files with the same content: one.csv and two.csv")
    );
    for name in ["BACI_HS07_Y2019_V202501", "BACI_HS07_Y2020_V202501"] {
        desk.write(&format!("release2/{name}.csv"), "t,i,j,k,v,q\n2019,156,842,850511,1,1\n");
    }
    assert!(desk.refusal("release2", "").contains("files with the same year (2019 in "));
    // The store in the place of the table.
    desk.write("tables/one.csv", flows("Import", 1));
    let error = desk.refusal("tables", "store = \"tables\"");
    assert!(error.contains("the folder is not empty and is not a store"), "{error}");
}
