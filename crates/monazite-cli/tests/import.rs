//! What users have on their laptops: zips, folders, single files, old and new headers; interrupted imports.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::io::Write;

use crate::world::{World, monazite, table};

/// All flows of a store as text, in order.
fn flows(w: &World, store: &str) -> Vec<String> {
    let mut all = Vec::new();
    for name in w.files(store).iter().filter(|f| f.starts_with("flows/")) {
        let table = monazite::columnar::TableReader::open(&w.path(store).join(name)).unwrap();
        for group in 0..table.row_groups() {
            let rows = table.group_rows(group);
            let (mut year, mut exporter, mut importer) = (vec![], vec![], vec![]);
            let mut product = vec![];
            table.read_int16(group, 0, 0, rows, &mut year).unwrap();
            table.read_text(group, 1, 0, rows, &mut product).unwrap();
            table.read_int16(group, 2, 0, rows, &mut exporter).unwrap();
            table.read_int16(group, 3, 0, rows, &mut importer).unwrap();
            let mut usd = vec![];
            table.read_int64(group, 4, 0, rows, &mut usd).unwrap();
            let kg = table.read_optional_int64(group, 5).unwrap();
            let (mut value_exact, mut quantity_exact) = (vec![], vec![]);
            table.read_optional_number(group, 6, 0, rows, &mut value_exact).unwrap();
            table.read_optional_number(group, 7, 0, rows, &mut quantity_exact).unwrap();
            let value: Vec<f64> =
                usd.iter().zip(value_exact).map(|(&usd, v)| v.unwrap_or(usd as f64 / 1000.0)).collect();
            let quantity: Vec<Option<f64>> = kg
                .iter()
                .zip(quantity_exact)
                .map(|(kg, q)| q.or_else(|| kg.map(|kg| kg as f64 / 1000.0)))
                .collect();
            for row in 0..rows {
                all.push(format!(
                    "{} {} {}>{} {} {}",
                    year[row],
                    product[row],
                    exporter[row],
                    importer[row],
                    value[row],
                    quantity[row].map_or("NA".to_owned(), |q| q.to_string())
                ));
            }
        }
    }
    all
}

#[test]
fn a_zip_a_gzip_and_one_long_file_give_the_same_store() {
    let w = World::new();
    w.does(&["import", "release", "--out", "folder"]);
    let expected = flows(&w, "folder");
    assert_eq!(expected.len(), 76);

    let mut zip = zip::ZipWriter::new(fs::File::create(w.path("BACI_HS07_V000001.zip")).unwrap());
    for name in w.files("release") {
        zip.start_file(format!("BACI_HS07_V000001/{name}"), zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&fs::read(w.path("release").join(&name)).unwrap()).unwrap();
    }
    zip.finish().unwrap();
    let call = w.does(&["import", "BACI_HS07_V000001.zip", "--out", "zip"]);
    assert!(call.out.contains("2019 to 2021"), "{}", call.out);
    assert_eq!(flows(&w, "zip"), expected);

    // One file with all years, the rows of the years mixed, beside the code tables.
    fs::create_dir(w.path("single")).unwrap();
    let mut rows: Vec<String> = Vec::new();
    for year in 2019..=2021 {
        let text = w.read(&format!("release/BACI_HS07_Y{year}_V000001.csv"));
        rows.extend(text.lines().skip(1).map(str::to_owned));
    }
    let half = rows.len() / 2;
    let mixed: Vec<String> = (0..rows.len()).map(|n| rows[(n * 31 + half) % rows.len()].clone()).collect();
    assert_eq!(mixed.iter().collect::<std::collections::BTreeSet<_>>().len(), 78);
    w.write("single/all.csv", format!("t,i,j,k,v,q\n{}\n", mixed.join("\n")));
    for name in ["country_codes_V000001.csv", "product_codes_HS07_V000001.csv"] {
        fs::copy(w.path("release").join(name), w.path("single").join(name)).unwrap();
    }
    w.does(&["import", "single/all.csv", "--out", "long"]);
    assert_eq!(flows(&w, "long"), expected);
    assert!(w.read("long/store.toml").contains("edition = \"HS07\"\nbaci_version = \"000001\"\n"));

    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(w.read("single/all.csv").as_bytes()).unwrap();
    w.write("single/all.csv.gz", gzip.finish().unwrap());
    fs::remove_file(w.path("single/all.csv")).unwrap();
    w.does(&["import", "single/all.csv.gz", "--out", "gzip"]);
    assert_eq!(flows(&w, "gzip"), expected);
}

#[test]
fn old_headers_blanks_quotes_and_former_states() {
    let w = World::new();
    fs::create_dir(w.path("old")).unwrap();
    w.write(
        "old/country_codes_V202301.csv",
        "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha\n\
         56,Belgium,Belgium,BE,BEL\n58,Belgium-Luxembourg,Belgium-Luxembourg,BE,BEL\n\
         384,CÃ´te d'Ivoire,CÃ´te d'Ivoire,CI,CIV\n490,\"Other Asia, nes\",\"Other Asia, not elsewhere specified\",N/A,N/A\n\
         516,Namibia,Namibia,NA,NAM\n842,USA,\"USA, Puerto Rico and US Virgin Islands\",US,USA\n",
    );
    w.write("old/product_codes_HS92_V202301.csv", "code,description\n30110,Fish: live\n284690,Compounds\n");
    w.write(
        "old/BACI_HS92_Y1998_V202301.csv",
        "t,k,i,j,v,q\n\
         1998,\"030110\",58,842,   12.5,         NA\n\
         1998,284690,56,842,1,\n\
         1998,284690,58,842,2,7\n\
         1998,284690,58,56,4,1\n\
         1998,284690,516,490,0.001,  0.5\n\
         1998,284690,384,516,3,\"NA\"\n\
         1998,284690,842,516,0,5\n",
    );
    let call = w.does(&["import", "old", "--out", "store"]);
    for line in [
        "  rows read   7\n",
        "  kept        4 flows, 18.5 thousand USD, 1998\n",
        "  left out    1 row, 4000 USD: trade of a country with itself\n",
        "  left out    1 row, 0 USD: value of zero\n",
        "  counted     1 repeated row added up, 2000 USD\n",
        "  counted     3 rows of former states counted under their successors\n",
        "  counted     3 flows without a quantity\n",
    ] {
        assert!(call.out.contains(line), "{line}{}", call.out);
    }
    assert_eq!(
        flows(&w, "store"),
        [
            "1998 030110 56>842 12.5 NA",
            "1998 284690 384>516 3 NA",
            "1998 284690 516>490 0.001 0.5",
            "1998 284690 56>842 3 NA",
        ]
    );
    let codes = w.files("store").into_iter().find(|f| f.ends_with("countries.csv")).unwrap();
    let countries = fs::read_to_string(w.path("store").join(codes)).unwrap();
    assert!(
        countries.contains("BEL,56 58,Belgium\n") && countries.contains("CIV,384,Côte d'Ivoire\n"),
        "{countries}"
    );
    assert!(
        countries.contains("NAM,516,Namibia\n")
            && countries.contains("TWN,490,\"Taiwan (Other Asia, nes)\"\n")
    );
}

#[test]
fn a_file_with_long_names_and_iso3_is_a_trade_file_too() {
    let w = World::new();
    w.write(
        "flows.csv",
        "year,exporter,importer,product_code,value,quantity\n2002,ARE,KEN,250410,3.12,3.75\n2002,S19,USA,250410,0.021,\n",
    );
    w.refuses(
        &["import", "flows.csv", "--out", "store", "--edition", "HS02"],
        "flows.csv:1: the header does not say what the values in 'value' are counted in; set data.unit (--unit) to \"usd\", \"thousand_usd\" or \"million_usd\"",
    );
    w.does(&[
        "import",
        "flows.csv",
        "--out",
        "store",
        "--edition",
        "HS02",
        "--unit",
        "thousand_usd",
        "--quantity-unit",
        "tonnes",
    ]);
    assert!(w.read("store/store.toml").contains("value = value in thousand USD"), "and not BACI");
    assert_eq!(flows(&w, "store"), ["2002 250410 784>404 3.12 3.75", "2002 250410 490>842 0.021 NA"]);
    w.write(
        "flows.csv",
        "year,exporter,importer,product_code,value,quantity\n2002,ARE,XYZ,250410,3.12,3.75\n",
    );
    w.refuses(
        &["import", "flows.csv", "--out", "other", "--unit", "thousand_usd"],
        "flows.csv:2: column importer: 'XYZ' is not a country code of BACI, whose table of version 202501 is used, since the release has none; put its \
         country_codes file beside the trade files, or read with unknown_country = \"drop\" to leave such rows out and count them",
    );
}

#[test]
fn a_second_import_of_the_same_files_does_nothing() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    let stamp = |name: &str| fs::metadata(w.path("store").join(name)).unwrap().modified().unwrap();
    let first: Vec<_> = w.files("store").iter().map(|f| (f.clone(), stamp(f))).collect();
    let call = w.does(&["import", "release", "--out", "store"]);
    assert_eq!(call.out, "store is up to date; nothing to do\n");
    // A new date alone is not a new file.
    let name = "release/BACI_HS07_Y2020_V000001.csv";
    let text = w.read(name);
    w.write(name, text);
    let call = w.does(&["import", "release", "--out", "store"]);
    assert_eq!(call.out, "store is up to date; nothing to do\n");
    for (file, stamp_before) in first.iter().filter(|(f, _)| f.ends_with(".parquet")) {
        assert_eq!(stamp(file), *stamp_before, "{file}");
    }
    // A changed file is read again, the others are taken over; other options read everything again.
    w.change(name, "2020,1,2,284690,80,160", "2020,1,2,284690,81,160");
    let call = w.does(&["import", "release", "--out", "store"]);
    assert!(call.out.contains("  taken over  2 files that an earlier import had finished\n"), "{}", call.out);
    assert!(flows(&w, "store").contains(&"2020 284690 1>2 81 160".to_owned()));
    assert_eq!(w.files("store").iter().filter(|f| f.starts_with("flows/")).count(), 3);
    let call = w.does(&["import", "release", "--out", "store", "--compression", "9"]);
    assert!(!call.out.contains("taken over"), "{}", call.out);
}

#[test]
fn a_failed_import_leaves_the_old_store_and_goes_on_from_where_it_was() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    let before = flows(&w, "store");
    // All three files change, and the last one is broken.
    for (year, from, to) in [
        (2019, "2019,1,2,284690,60,120", "2019,1,2,284690,61,120"),
        (2020, "2020,1,2,284690,80,160", "2020,1,2,284690,81,160"),
        (2021, "2021,1,3,284690,70,140", "2021,1,3,284690,seventy,140"),
    ] {
        w.change(&format!("release/BACI_HS07_Y{year}_V000001.csv"), from, to);
    }
    let broken = "release/BACI_HS07_Y2021_V000001.csv";
    w.refuses(
        &["import", "release", "--out", "store"],
        &format!("{broken}:4: column v: 'seventy' is not a number; trade values are never missing in BACI"),
    );
    let visible: Vec<String> = flows(&w, "store");
    assert!(before.iter().all(|f| visible.contains(f)), "the old store is what it was");
    w.change("study.toml", "trade = \"release\"", "trade = \"store\"");
    w.does(&["run", "study.toml", "--out", "out"]);
    w.change(broken, "seventy", "71");
    let call = w.does(&["import", "release", "--out", "store"]);
    assert!(call.out.contains("  taken over  2 files that an earlier import had finished\n"), "{}", call.out);
    let after = flows(&w, "store");
    for flow in ["2019 284690 1>2 61 120", "2020 284690 1>2 81 160", "2021 284690 1>3 71 140"] {
        assert!(after.contains(&flow.to_owned()), "{flow}");
    }
    assert!(w.files("store").iter().all(|f| !f.starts_with(".import")));
}

#[cfg(unix)]
#[test]
fn an_import_that_is_killed_goes_on_from_where_it_was() {
    let w = World::new();
    let (last, text) = w.lengthen_last_year();
    let mut child = monazite()
        .args(["--quiet", "import", "release", "--out", "store"])
        .current_dir(w.path(""))
        .spawn()
        .unwrap();
    let finished = |year: &str| w.path("store/.import").join(year).join("year.toml").exists();
    let started = std::time::Instant::now();
    while !(finished("2019") && finished("2020")) {
        assert!(started.elapsed().as_secs() < 60, "the first two files should take no time");
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!w.path("store/store.toml").exists());
    fs::write(&last, text).unwrap();
    let call = w.does(&["import", "release", "--out", "store"]);
    assert!(call.out.contains("  taken over  2 files that an earlier import had finished\n"), "{}", call.out);
    w.does(&["import", "release", "--out", "other"]);
    assert_eq!(flows(&w, "store"), flows(&w, "other"));
}

#[test]
fn another_edition_keeps_the_value_and_lists_what_it_does_not_know() {
    let w = World::new();
    fs::create_dir(w.path("new")).unwrap();
    // 060290 of HS96 splits in two in HS92; 9999AA, not specified, is in no table.
    w.write(
        "new/BACI_HS96_Y2000_V202501.csv",
        "t,i,j,k,v,q\n2000,842,56,060290,1000.001,10\n2000,842,56,9999AA,77.7,1\n2000,842,56,284690,5,NA\n",
    );
    let call = w.does(&["import", "new", "--out", "store", "--to", "HS92"]);
    assert!(call.out.contains("  converted   HS96 to HS92\n"), "{}", call.out);
    assert!(
        call.out.contains("  unmatched   1 code with 77.7 thousand USD keeps its number: 9999AA\n"),
        "{}",
        call.out
    );
    let manifest = w.read("store/store.toml");
    assert!(manifest.contains("edition = \"HS92\"") && manifest.contains("from = \"HS96\""), "{manifest}");
    let flows = flows(&w, "store");
    assert_eq!(flows.len(), 4, "{flows:?}");
    let value = |flow: &String| flow.split(' ').nth(3).unwrap().parse::<f64>().unwrap();
    let total: f64 = flows.iter().map(value).sum();
    assert!((total - 1082.701).abs() < 1e-5, "thousand USD: to the cent");
    assert!(flows[0].starts_with("2000 060291 842>56 99.05"), "{}", flows[0]);
    assert!(manifest.contains("value_kept = 1082.70"), "{manifest}");
}

#[test]
fn a_store_opens_as_plain_parquet() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    let name = w.files("store").into_iter().find(|f| f.starts_with("flows/")).unwrap();
    let path = w.path("store").join(name);
    let reader = monazite::columnar::TableReader::open(&path).unwrap();
    assert_eq!(
        reader.column_names(),
        [
            "year",
            "product",
            "exporter",
            "importer",
            "value_usd",
            "quantity_kg",
            "value_exact",
            "quantity_exact"
        ]
    );
    let codes = w.files("store").into_iter().find(|f| f.ends_with("products.csv")).unwrap();
    let index = table::read(&w.path("store").join(codes));
    assert_eq!(index[0], ["product", "description"]);
    assert_eq!(index.len(), 5);
}

#[test]
fn what_an_import_takes_over_is_checked_too() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    let name = w.files("store").into_iter().find(|name| name.starts_with("years/2019-")).unwrap();
    let name = format!("store/{name}");
    let whole = w.read(&name);
    let at = whole.find("value_kept = ").unwrap() + "value_kept = ".len();
    let mut bytes = whole.clone().into_bytes();
    bytes[at] ^= 4;
    for damaged in [bytes, whole.as_bytes()[..at].to_vec(), Vec::new()] {
        w.write(&name, damaged);
        let call = w.call(&["store", "verify", "store"]);
        assert!(!call.ok && call.err.contains("years/2019-"), "{}", call.err);
        w.does(&["import", "release", "--out", "store"]);
        assert_eq!(w.read(&name), whole);
        w.does(&["store", "verify", "store"]);
    }
}

#[test]
fn files_of_one_name_are_the_same_whatever_the_compression() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    w.does(&["import", "release", "--out", "other", "--compression", "9"]);
    let tables = |store: &str| {
        let names = w.files(store).into_iter().filter(|name| name.ends_with(".parquet"));
        let read = |name: String| (name.clone(), fs::read(w.path(store).join(&name)).unwrap());
        names.map(read).collect::<std::collections::BTreeMap<_, _>>()
    };
    let (fast, small) = (tables("store"), tables("other"));
    for (name, content) in &fast {
        assert!(small.get(name).is_none_or(|other| other == content), "{name}");
    }
    // The old store stays whole until the new one is there: no file of one takes the place of another.
    w.does(&["import", "release", "--out", "store", "--compression", "9"]);
    assert!(tables("store") == small);
}

#[test]
fn a_store_of_a_later_version_is_not_replaced() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    let later = w.read("store/store.toml").replacen("format = 2", "format = 3", 1);
    let end = later.trim_end().rfind('\n').unwrap() + 1;
    w.write("store/store.toml", &later[..end]);
    let call = w.call(&["import", "release", "--out", "store"]);
    assert!(!call.ok && call.err.contains("its format is 3, and this version reads"), "{}", call.err);
    assert_eq!(w.read("store/store.toml"), later[..end]);
}

#[test]
fn a_study_that_contradicts_the_store_it_names_is_refused() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    w.change("study.toml", "trade = \"release\"", "trade = \"store\"\nedition = \"HS17\"\nunit = \"usd\"");
    for command in [&["indicators", "study.toml", "--out", "out"][..], &["check", "study.toml"]] {
        let call = w.call(command);
        for piece in [
            "data.edition: the study says 'HS17', and the store has HS07. A store stays as it was imported",
            "data.unit: the study says 'usd', and the store has thousand_usd",
        ] {
            assert!(!call.ok && call.err.contains(piece), "{piece}\n{}", call.err);
        }
    }
    w.change("study.toml", "edition = \"HS17\"\nunit = \"usd\"", "edition = \"HS07\"\nsource = \"Me\"");
    let call = w.does(&["check", "study.toml"]);
    assert!(call.out.contains("data.source of the study has no effect"), "{}", call.out);
}
