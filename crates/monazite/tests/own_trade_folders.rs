//! Folders of Parquet files that are one table of trade: the same bytes as the same trade in one file, and every file of them counts.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use monazite::columnar::{Kind, Schema, Values, write_table};
use parquet::data_type::ByteArray;

use super::own_trade::{Desk, FLOWS, Flow, expected};

/// Some columns of some flows as a Parquet file.
fn write(desk: &Desk, name: &str, flows: &[&Flow], columns: &[&str]) {
    let path = desk.path(name);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    let _ = fs::remove_file(&path);
    let value: Vec<f64> = flows.iter().map(|f| f.4).collect();
    let year: Vec<i32> = flows.iter().map(|f| i32::from(f.0)).collect();
    let texts = |of: &dyn Fn(&Flow) -> String| -> Vec<ByteArray> {
        flows.iter().map(|flow| ByteArray::from(of(flow).into_bytes())).collect()
    };
    let (from, to, hs6) =
        (texts(&|f| f.1.1.to_owned()), texts(&|f| f.2.1.to_owned()), texts(&|f| f.3.to_owned()));
    let (kinds, values): (Vec<(&str, Kind)>, Vec<Values<'_>>) = columns
        .iter()
        .map(|&name| match name {
            "value_1000usd" => ((name, Kind::Number), Values::Number(&value)),
            "year" => ((name, Kind::Int32), Values::Int32(&year)),
            "exporter_iso3" => ((name, Kind::Text), Values::Text(&from)),
            "importer_iso3" => ((name, Kind::Text), Values::Text(&to)),
            _ => ((name, Kind::Text), Values::Text(&hs6)),
        })
        .unzip();
    write_table(&path, &Schema::new(&kinds, 1), &values).unwrap();
}

const INSIDE: [&str; 3] = ["value_1000usd", "exporter_iso3", "importer_iso3"];

/// The flows in folders by year and product.
fn by_year_and_product(desk: &Desk, root: &str, year: &str, product: &str) {
    let mut parts: BTreeMap<(u16, &str), Vec<&Flow>> = BTreeMap::new();
    for flow in &FLOWS {
        parts.entry((flow.0, flow.3)).or_default().push(flow);
    }
    for (at, ((y, k), flows)) in parts.into_iter().enumerate() {
        // Columns in another order from file to file.
        let columns = if at % 2 == 0 { INSIDE } else { [INSIDE[2], INSIDE[0], INSIDE[1]] };
        write(desk, &format!("{root}/{year}={y}/{product}={k}/part-0.parquet"), &flows, &columns);
    }
}

#[test]
fn folders_by_year_and_product_are_the_same_trade_as_one_file() {
    let desk = Desk::new();
    let expected = expected(&desk);
    by_year_and_product(&desk, "hive", "year", "hs6");
    for mark in ["_SUCCESS", "._SUCCESS.crc", "_metadata", "year=2019/.part-0.parquet.crc"] {
        desk.write(&format!("hive/{mark}"), "x");
    }
    desk.write("hive/README.txt", "Trade, by year and product.");
    let (problems, _) = desk.check("hive", "");
    assert!(problems.is_empty(), "{problems:?}");
    let (bytes, notes) = desk.run("hive", "").unwrap();
    assert!(bytes == expected, "other indicators");
    assert!(
        notes.iter().any(|n| n.starts_with("hive is read as a table of trade: year = year,")),
        "{notes:?}"
    );
    // Names that nobody knows are mapped, also those of folders.
    by_year_and_product(&desk, "mapped", "anio", "posicion");
    let map = "[data.columns]\nyear = \"anio\"\nproduct = \"posicion\"\n";
    assert!(desk.run("mapped", map).unwrap().0 == expected, "other indicators");
    // Folders that say nothing.
    for year in [2019, 2020] {
        let flows: Vec<&Flow> = FLOWS.iter().filter(|f| f.0 == year).collect();
        write(
            &desk,
            &format!("plain/{year}/a.parquet"),
            &flows,
            &["year", "hs6", INSIDE[0], INSIDE[1], INSIDE[2]],
        );
    }
    assert!(desk.run("plain", "").unwrap().0 == expected, "other indicators");
    // What Spark writes without partitions has parts without rows.
    for year in [2018, 2019, 2020] {
        let flows: Vec<&Flow> = FLOWS.iter().filter(|f| f.0 == year).collect();
        write(
            &desk,
            &format!("spark/part-{year}.snappy.parquet"),
            &flows,
            &["year", "hs6", INSIDE[0], INSIDE[1], INSIDE[2]],
        );
    }
    desk.write("spark/_SUCCESS", "");
    assert!(desk.run("spark", "").unwrap().0 == expected, "other indicators");
}

#[test]
fn a_store_is_made_again_when_a_file_below_changes_comes_or_goes() {
    let desk = Desk::new();
    by_year_and_product(&desk, "hive", "year", "hs6");
    let imported = |desk: &Desk| {
        let (bytes, notes) = desk.run("hive", "").unwrap();
        (bytes, notes.iter().any(|n| n.starts_with("imported into")))
    };
    let first = imported(&desk);
    assert!(first.1 && !imported(&desk).1, "the second run finds the store");
    let flow: Flow = (2020, FLOWS[5].1, FLOWS[5].2, "284690", 71.0, None);
    let name = "hive/year=2020/hs6=284690/part-0.parquet";
    write(&desk, name, &[&flow, &FLOWS[6]], &INSIDE);
    let second = imported(&desk);
    assert!(second.1 && second.0 != first.0);
    write(&desk, "hive/year=2020/hs6=284690/part-1.parquet", &[&flow], &INSIDE);
    assert!(imported(&desk).1);
    fs::remove_file(desk.path("hive/year=2020/hs6=284690/part-1.parquet")).unwrap();
    let third = imported(&desk);
    assert!(third.1 && third.0 == second.0);
    // A store below is no part of the table.
    fs::create_dir_all(desk.path("hive/old.store/.import")).unwrap();
    fs::copy(desk.path(name), desk.path("hive/old.store/a.parquet")).unwrap();
    assert!(!imported(&desk).1);
}

#[test]
fn what_folders_and_files_say_has_to_fit() {
    let desk = Desk::new();
    by_year_and_product(&desk, "hive", "year", "hs6");
    let extra = "hive/year=2020/hs6=850511/x.parquet";
    let with_year = ["year", INSIDE[0], INSIDE[1], INSIDE[2]];
    write(&desk, extra, &[&FLOWS[7]], &with_year);
    // The year inside is that of the folder, so that the row counts.
    assert!(desk.check("hive", "").0.is_empty());
    write(&desk, extra, &[&FLOWS[7], &FLOWS[0]], &with_year);
    let error = desk.refusal("hive", "");
    assert!(
        error.ends_with(
            "x.parquet: row 2, column year: 2019 stands here, and the name of its folder says '2020'; correct the one that is wrong"
        ),
        "{error}"
    );
    write(&desk, extra, &[&FLOWS[7]], &INSIDE[..2]);
    let error = desk.refusal("hive", "");
    assert!(error.contains("x.parquet: column importer_iso3: this file has no such column"), "{error}");
    // The same file twice; the same content under another product is another trade.
    let file = desk.path("hive/year=2020/hs6=850511/part-0.parquet");
    fs::copy(&file, desk.path(extra)).unwrap();
    let error = desk.refusal("hive", "");
    assert!(
        error
            .contains("there are two trade files with the same content: year=2020/hs6=850511/part-0.parquet"),
        "{error}"
    );
    fs::remove_file(desk.path(extra)).unwrap();
    fs::create_dir_all(desk.path("hive/year=2020/hs6=850519")).unwrap();
    fs::copy(&file, desk.path("hive/year=2020/hs6=850519/part-0.parquet")).unwrap();
    desk.run("hive", "").unwrap();
    // A folder for rows without a value.
    let nobody = "hive/year=2020/hs6=__HIVE_DEFAULT_PARTITION__/a.parquet";
    write(&desk, nobody, &[&FLOWS[7]], &INSIDE);
    let error = desk.refusal("hive", "");
    assert!(error.contains("__HIVE_DEFAULT_PARTITION__/a.parquet:1: column hs6: ''"), "{error}");
    fs::remove_dir_all(desk.path(nobody).parent().unwrap()).unwrap();
    // Tables of another format would be passed over.
    desk.write("hive/year=2021/more.csv", "year,exporter,importer,hs6,value_usd\n2021,CHN,USA,850511,1\n");
    let error = desk.refusal("hive", "");
    assert!(
        error.contains("year=2021/more.csv is a table of trade of another format; take it out"),
        "{error}"
    );
    desk.write("texts/year=2021/a.csv", "exporter,importer,hs6,value_usd\nCHN,USA,850511,1\n");
    let error = desk.refusal("texts", "");
    assert!(error.contains("there are tables in folders below it, such as year=2021/a.csv"), "{error}");
}

#[test]
fn codes_in_the_names_of_folders_are_numbers_if_all_of_them_are() {
    let desk = Desk::new();
    let expected = expected(&desk);
    for flow in &FLOWS {
        // As a program writes them that took the codes for numbers: 030110 is 30110.
        let code: u32 = flow.3.parse().unwrap();
        let name = format!("numbers/year={}/hs6={code}/{}-{}.parquet", flow.0, flow.1.1, flow.2.1);
        write(&desk, &name, &[flow], &INSIDE);
    }
    assert!(desk.run("numbers", "").unwrap().0 == expected, "other indicators");
}
