//! Everything a user may get wrong: one change to a good study, and the exact message.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::process::Command;

use crate::world::{World, monazite};

const Y2019: &str = "release/BACI_HS07_Y2019_V000001.csv";
const Y2021: &str = "release/BACI_HS07_Y2021_V000001.csv";

/// A line of 2019 that the tests break: line 2 of the file.
const LINE: &str = "2019,1,2,284690,60,120";

fn import_refuses(broken: &str, message: &str) {
    let w = World::new();
    w.change(Y2019, LINE, broken);
    w.refuses(&["import", "release", "--out", "store"], message);
    // A year that was finished beside it is kept for the next import.
    let left = if w.path("store").exists() { w.files("store") } else { Vec::new() };
    let whole = |name: &str| match name.split('/').collect::<Vec<_>>()[..] {
        [".import", year, _] => left.contains(&format!(".import/{year}/year.toml")),
        _ => name == ".lock",
    };
    assert!(left.iter().all(|name| whole(name)), "nothing half-written remains: {left:?}");
}

#[test]
fn a_column_is_missing() {
    let w = World::new();
    w.change(Y2019, "t,i,j,k,v,q", "t,i,j,k,q,q2");
    w.refuses(
        &["import", "release", "--out", "store"],
        "release/BACI_HS07_Y2019_V000001.csv:1: there is no column v; the header is 't,i,j,k,q,q2', BACI's is 't,i,j,k,v,q'; if it is a table of another make, say in the study which column is what ([data.columns], or --column year=NAME)",
    );
}

#[test]
fn a_value_is_text_negative_or_missing() {
    import_refuses(
        "2019,1,2,284690,sixty,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column v: 'sixty' is not a number; trade values are never missing in BACI",
    );
    import_refuses(
        "2019,1,2,284690,-60,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column v: '-60' is negative; trade values are not",
    );
    import_refuses(
        "2019,1,2,284690,NaN,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column v: 'NaN' is not a number; trade values are never missing in BACI",
    );
    import_refuses(
        "2019,1,2,284690,60,-120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column q: '-120' is negative; quantities are not",
    );
    import_refuses(
        "2019,1,2,284690,60,many",
        "release/BACI_HS07_Y2019_V000001.csv:2: column q: 'many' is not a number; a missing quantity is NA or blank",
    );
    import_refuses(
        "19,1,2,284690,60,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column t: '19' is not a year",
    );
    import_refuses(
        "2019,1,2,284690,60",
        "release/BACI_HS07_Y2019_V000001.csv:2: the row has 5 fields, the header has 6",
    );
}

#[test]
fn a_product_code_is_short_or_strange() {
    import_refuses(
        "2019,1,2,28469,60,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column k: '28469' has 5 digits; HS6 codes have six (a leading zero may be lost); \
         if the whole file lost its leading zeros, read it with short_codes = \"pad\"",
    );
    import_refuses(
        "2019,1,2,2846AB,60,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column k: '2846AB' is not a six-digit HS code",
    );
    let w = World::new();
    w.change(Y2019, LINE, "2019,1,2,30110,60,120");
    let call = w.does(&["import", "release", "--out", "store", "--pad-short-codes"]);
    assert!(call.out.contains("  counted     1 product code got its leading zero back\n"), "{}", call.out);
}

#[test]
fn a_country_is_unknown() {
    import_refuses(
        "2019,77,2,284690,60,120",
        "release/BACI_HS07_Y2019_V000001.csv:2: column i: '77' is not a country code of this release; check country_codes, or read \
         with unknown_country = \"drop\" to leave such rows out and count them",
    );
    let w = World::new();
    w.change(Y2019, LINE, "2019,1,77,284690,60,120");
    let call = w.does(&["import", "release", "--out", "store", "--drop-unknown-countries"]);
    assert!(
        call.out.contains("  left out    1 row, 60.0 thousand USD: unknown country code\n"),
        "{}",
        call.out
    );
    assert!(call.out.contains("  kept        75 flows"), "{}", call.out);
}

#[test]
fn repeated_rows_and_trade_with_oneself_are_counted() {
    let w = World::new();
    let call = w.does(&["import", "release", "--out", "store"]);
    assert_eq!(
        call.out,
        "  rows read   78\n  kept        76 flows, 3.71 million USD, 2019 to 2021\n\
         \x20 left out    1 row, 7000 USD: trade of a country with itself\n\
         \x20 counted     1 repeated row added up, 50.0 thousand USD\n  counted     3 flows without a quantity\n  store       store\n"
            .to_owned()
            + call.out.lines().last().unwrap()
            + "\n"
    );
}

#[test]
fn a_file_is_empty_or_has_no_rows() {
    let w = World::new();
    w.write(Y2019, "");
    w.refuses(
        &["import", "release", "--out", "store"],
        "release/BACI_HS07_Y2019_V000001.csv: the file is empty",
    );
    w.write(Y2019, "t,i,j,k,v,q\n");
    w.refuses(
        &["import", "release", "--out", "store"],
        "release/BACI_HS07_Y2019_V000001.csv: the file has a header but no trade flow",
    );
    w.refuses(
        &["import", "pv.csv", "--out", "store"],
        "pv.csv:1: there is no column t; the header is '# Made-up percentile ranks. Phi is never covered, so it gets 50.', BACI's is 't,i,j,k,v,q'; if it is a table of another make, say in the study which column is what ([data.columns], or --column year=NAME)",
    );
    fs::create_dir(w.path("nothing")).unwrap();
    w.write("nothing/notes.csv", "a,b\n");
    w.refuses(
        &["import", "nothing", "--out", "store"],
        "nothing: no BACI trade file found; expected a zip, a folder or a csv whose header has the columns t,i,j,k,v,q; found only: notes.csv",
    );
    w.refuses(
        &["import", "absent.zip", "--out", "store"],
        "absent.zip: cannot be read: No such file or directory (os error 2)",
    );
}

#[test]
fn crlf_a_byte_order_mark_and_blank_lines_change_nothing() {
    let w = World::new();
    w.does(&["import", "release", "--out", "plain"]);
    for name in [Y2019, Y2021] {
        let text = w.read(name);
        w.write(name, format!("\u{feff}{}\r\n\r\n", text.trim_end().replace('\n', "\r\n")));
    }
    w.does(&["import", "release", "--out", "windows"]);
    let flows = |store: &str| {
        let files = w.files(store);
        files
            .into_iter()
            .filter(|f| f.starts_with("flows/"))
            .map(|f| fs::read(w.path(store).join(f)).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(flows("plain"), flows("windows"));
    // Line numbers stay right.
    w.change(Y2019, LINE, "2019,1,2,284690,x,120");
    w.refuses(
        &["import", "release", "--out", "broken"],
        "release/BACI_HS07_Y2019_V000001.csv:2: column v: 'x' is not a number; trade values are never missing in BACI",
    );
    let lines: Vec<String> = w.read(Y2021).lines().map(str::to_owned).collect();
    w.change(Y2019, "2019,1,2,284690,x,120", LINE);
    let last = lines.iter().rposition(|l| l.starts_with("2021")).unwrap();
    w.change(Y2021, &lines[last], "2021,4,4,850131,seven,14");
    w.refuses(
        &["import", "release", "--out", "broken"],
        &format!(
            "release/BACI_HS07_Y2021_V000001.csv:{}: column v: 'seven' is not a number; trade values are never missing in BACI",
            last + 1
        ),
    );
}

#[test]
fn a_year_is_in_two_files_and_editions_are_mixed() {
    let w = World::new();
    fs::copy(w.path(Y2019), w.path("release/BACI_HS07_Y2019b_V000001.csv")).unwrap();
    w.refuses(
        &["import", "release", "--out", "store"],
        "release: holds several files with the same year (2019 in release/BACI_HS07_Y2019_V000001.csv and \
         release/BACI_HS07_Y2019b_V000001.csv); give a folder with one of them",
    );
    fs::rename(w.path("release/BACI_HS07_Y2019b_V000001.csv"), w.path("release/BACI_HS92_Y2019_V000001.csv"))
        .unwrap();
    w.refuses(
        &["import", "release", "--out", "store"],
        "release: holds several HS editions (HS92, HS07); give a folder with one of them",
    );
}

#[test]
fn an_edition_cannot_be_converted() {
    let w = World::new();
    w.refuses(
        &["import", "release", "--out", "store", "--to", "HS22"],
        "there is no conversion table from HS07 to HS22; tables exist between all editions from HS92 to HS17, and from HS22 to older ones",
    );
    fs::copy(w.path(Y2019), w.path("flows.csv")).unwrap();
    w.refuses(
        &["import", "flows.csv", "--out", "store", "--to", "HS92"],
        "flows.csv: the HS edition is not in the file names; say which it is: HS92, HS96, HS02, HS07, HS12, HS17 or HS22 (--edition)",
    );
}

#[test]
fn a_store_is_not_mixed_up_with_other_things() {
    let w = World::new();
    fs::create_dir(w.path("thesis")).unwrap();
    w.write("thesis/chapter.docx", "x");
    w.refuses(
        &["import", "release", "--out", "thesis"],
        "thesis: the folder is not empty and is not a store; nothing of yours is to be mixed up with it, so choose another folder (--out DIR)",
    );
    w.refuses(
        &["run", ".", "--out", "thesis"],
        "thesis: the folder is not empty and is not a run folder; nothing of yours is to be mixed up with the results, so choose another folder (--out DIR)",
    );
    w.refuses(
        &["run", ".", "--out", "pv.csv"],
        "pv.csv: this is a file, and the results need a folder (--out DIR)",
    );
    assert_eq!(w.files("thesis"), ["chapter.docx"]);
}

#[test]
fn stability_of_an_unknown_layout_or_on_another_scale() {
    let w = World::new();
    w.write("pv.csv", "country,score2020\nAAA,5\n");
    w.refuses(
        &["run", ".", "--out", "out"],
        "pv.csv: this layout of the Governance Indicators is not known (found: country, score2020); known layouts are: the World Bank's \
         wgidataset.xlsx (2024 long layout, six-sheet workbooks, 2025 edition), WGIData.csv, wgidataset.dta, and a csv with the columns iso3, year, pv_rank \
         (or pv_est, pv_score); csv and xlsx of DataBank, the bulk files of WGI and WDI (zip or csv), csv of Data360 and of Our World in Data",
    );
    w.write("pv.csv", "iso3,year,score\nAAA,2019,66\n");
    w.refuses(
        &["run", ".", "--out", "out"],
        "pv.csv: there is no percentile rank in this file. Its 0-100 score is another scale (mean about 66, not 50) and is not used as a rank; \
         set stability.measure to \"score\", or give a file that has it",
    );
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,166\n");
    w.refuses(
        &["run", ".", "--out", "out"],
        "pv.csv:2: PV of AAA in 2019 is 166, outside 0 to 100; correct it",
    );
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,high\n");
    w.refuses(&["run", ".", "--out", "out"], "pv.csv:2: column pv_rank: 'high' is not a number");
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,20\nAAA,2019,30\n");
    w.refuses(
        &["run", ".", "--out", "out"],
        "pv.csv:3: AAA stands twice in 2019 with different values, first in line 2; remove one of the rows",
    );
    let mut spliced = "iso3,year,pv_rank\n".to_owned();
    for n in 0..120 {
        let code = format!("{}{:02}", if n < 100 { 'Q' } else { 'R' }, n % 100);
        spliced +=
            &format!("{code},2020,{}\n{code},2021,{}\n", n as f64 / 1.19, 33.0 + n as f64 / 1.19 * 0.67);
    }
    w.write("pv.csv", spliced);
    w.refuses(
        &["run", ".", "--out", "out"],
        "pv.csv: the percentile ranks of 2021 average 66.5, where ranks average 50 by construction: this looks like the 0-100 score of the 2025 \
         edition, which is another scale. Vintages are never spliced; give a file of one vintage, or set stability.measure = \"score\" with the 2025 edition",
    );
    assert!(!w.path("out").exists());
}

#[test]
fn a_study_with_unknown_keys_and_wrong_values() {
    let w = World::new();
    w.change("study.toml", "seeds = [\"284690\"]", "seed = [\"284690\"]");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "study.toml: 2 problems\n  line 7: study.seed: there is no such parameter; did you mean seeds?\n  \
         study.seeds: at least one seed code is needed, such as seeds = [\"284690\"]",
    );
    w.refuses(&["run", "absent.toml"], "absent.toml: cannot be read: No such file or directory (os error 2)");
}

#[test]
fn a_seed_or_a_year_is_not_in_the_data() {
    let w = World::new();
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284690\", \"284610\"]\nyears = [2018, 2022]");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "study.toml: 2 problems\n  study.years: the data have no 2018, 2022; they have 2019 to 2021\n  study.seeds: 284610 is not a code of HS07",
    );
    let w = World::new();
    w.change(
        "study.toml",
        "hubs = [\"CCC\"]",
        "hubs = [\"CCC\", \"HKG\"]\nmerge = { AB = [\"AAA\", \"ZZZ\"] }",
    );
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "study.toml: 2 problems\n  trade.merge: ZZZ (in AB) is not a country of the data\n  trade.hubs: HKG is not a country of the data",
    );
}

#[test]
fn rows_outside_the_years_of_the_study_are_counted() {
    let w = World::new();
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284690\"]\nyears = [2020, 2021]");
    w.does(&["run", "study.toml", "--out", "out"]);
    let manifest = w.read("out/manifest.toml");
    assert!(manifest.contains("flows_outside_years = 26\nvalue_outside_years = 1173.0\n"), "{manifest}");
}

#[test]
fn an_edge_list_with_a_cycle_or_a_wrong_code() {
    let w = World::new();
    w.change("chain.csv", "850511,850131,tutorial", "850511,850131,tutorial\n850131,280530,tutorial");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "the links form a cycle: 280530 -> 850511 (line 3), 850511 -> 850131 (line 4), 850131 -> 280530 (line 5); \
         remove one of them, or set chain.cycles = \"greedy\" to drop the weakest",
    );
    w.change("chain.csv", "850131,280530,tutorial", "850131,28053,tutorial");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "chain.csv:5: column output: '28053' has 5 digits; HS6 codes have six (a leading zero may be lost)",
    );
    w.change("chain.csv", "850131,28053,tutorial", "850131,850131,tutorial");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "chain.csv:5: column output: 850131 is listed as an input of itself; remove the line",
    );
}

#[test]
fn a_zip_is_cut_short() {
    let w = World::new();
    let content = "t,i,j,k,v,q\n".to_owned() + &"2019,1,2,284690,60,120\n".repeat(2000);
    let zip = zipped(&[("BACI_HS07_Y2019_V000001.csv", content.as_bytes())]);
    w.write("BACI_HS07_V000001.zip", &zip[..zip.len() - 40]);
    let call = w.call(&["--quiet", "import", "BACI_HS07_V000001.zip", "--out", "store"]);
    assert!(!call.ok);
    assert!(
        call.err.starts_with("error: BACI_HS07_V000001.zip: the zip archive cannot be read ("),
        "{}",
        call.err
    );
    assert!(
        call.err.ends_with("); if it was downloaded, it is probably cut short: download it again\n"),
        "{}",
        call.err
    );
    // A hole in the middle shows in the checksum.
    let mut holed = zip.clone();
    let middle = zip.len() / 3;
    holed[middle..middle + 20].fill(0);
    w.write("BACI_HS07_V000001.zip", holed);
    let call = w.call(&["--quiet", "import", "BACI_HS07_V000001.zip", "--out", "store"]);
    assert!(!call.ok && call.err.contains("BACI_HS07_V000001.zip"), "{}", call.err);
    assert!(!w.path("store").exists());
}

/// A zip archive with some files in it, deflated.
fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    use std::io::Write;
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn two_runs_into_one_folder_at_once() {
    let w = World::new();
    let first = monazite_lock(&w, "out");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "out: another run is writing into this folder; wait until it has finished, or choose another folder",
    );
    drop(first);
    w.does(&["run", "study.toml", "--out", "out"]);
    let first = monazite_lock(&w, "release.store");
    w.change(Y2019, LINE, "2019,1,2,284690,61,120");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "release.store: another import is writing this store; wait until it has finished",
    );
    drop(first);
}

/// Holds the lock that another run would hold.
fn monazite_lock(w: &World, folder: &str) -> fs::File {
    fs::create_dir_all(w.path(folder)).unwrap();
    let file = fs::File::create(w.path(folder).join(".lock")).unwrap();
    file.lock().unwrap();
    file
}

#[cfg(unix)]
#[test]
fn the_disk_is_full() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    let before = w.files("out");
    // A limit on the size of files stands for a full disk: a write fails in the middle.
    let program = env!("CARGO_BIN_EXE_monazite");
    let script = format!("trap '' XFSZ; ulimit -f 4; exec {program} --quiet run study.toml --out out");
    let output = Command::new("sh").args(["-c", &script]).current_dir(w.path("")).output().unwrap();
    let call = w.finish(output);
    assert!(!call.ok);
    assert!(call.err.contains("File too large"), "{}", call.err);
    assert_eq!(w.files("out"), before, "the older run is what it was, and nothing half-written remains");
    let output = Command::new("sh")
        .args([
            "-c",
            &script.replace("run study.toml --out out", "import release --out store").replace("-f 4", "-f 1"),
        ])
        .current_dir(w.path(""))
        .output()
        .unwrap();
    let call = w.finish(output);
    assert!(!call.ok);
    assert!(call.err.contains("File too large"), "{}", call.err);
    assert!(
        !w.path("store").exists() || w.files("store").iter().all(|f| f.starts_with(".import/")),
        "{:?}",
        w.files("store")
    );
    w.does(&["import", "release", "--out", "store"]);
}

#[cfg(target_os = "linux")]
#[test]
fn the_output_cannot_be_written() {
    let w = World::new();
    // Nobody can make folders in /proc, not even root.
    for arguments in
        [["run", "study.toml", "--out", "/proc/results"], ["import", "release", "--out", "/proc/results"]]
    {
        let call = w.call(&["--quiet", arguments[0], arguments[1], arguments[2], arguments[3]]);
        assert!(!call.ok);
        assert!(call.err.starts_with("error: /proc/results: cannot be created: "), "{}", call.err);
    }
}

#[test]
fn a_store_is_damaged() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    w.change("study.toml", "trade = \"release\"", "trade = \"store\"");
    let call = w.does(&["store", "verify", "store"]);
    assert!(call.out.starts_with("store is whole: store.toml and 14 files, "), "{}", call.out);
    let index = w.files("store").into_iter().find(|f| f.starts_with("index/")).unwrap();
    let whole = fs::read(w.path("store").join(&index)).unwrap();
    let mut bytes = whole.clone();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(w.path("store").join(&index), bytes).unwrap();
    let message = format!(
        "store/{index}: the file is not the one that was imported (its checksum differs); import the release again"
    );
    w.refuses(&["run", "study.toml", "--out", "out"], &message);
    w.refuses(&["store", "verify", "store"], &message);
    fs::write(w.path("store").join(&index), whole).unwrap();
    w.change("store/store.toml", "short_codes = \"refuse\"", "short_codes = \"refuze\"");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "store/store.toml: cannot be understood: its checksum differs; import the release again",
    );
    let text = w.read("store/store.toml");
    let text = &text[..text.trim_end().rfind('\n').unwrap() + 1];
    w.write("store/store.toml", text);
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "store/store.toml: cannot be understood: its last line, with the checksum, is missing; import the release again",
    );
    w.write("store/store.toml", text.replace("format = 2", "format = 9"));
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "store/store.toml: a later version of the program wrote this store: its format is 9, and this version reads and writes 2; use the later \
         version, or import the release into another folder",
    );
    let before = w.read("store/store.toml");
    let call = w.call(&["import", "release", "--out", "store"]);
    assert!(!call.ok && call.err.contains("import the release into another folder"), "{}", call.err);
    assert_eq!(w.read("store/store.toml"), before);
}

#[test]
fn a_store_lists_its_files_and_is_brought_to_the_present_format() {
    let w = World::new();
    w.does(&["import", "release", "--out", "store"]);
    let call = w.does(&["--quiet", "store", "files", "store"]);
    let expected: Vec<String> = w
        .files("store")
        .into_iter()
        .filter(|f| f.starts_with("flows/"))
        .map(|f| format!("store/{f}"))
        .collect();
    assert_eq!(call.out.lines().collect::<Vec<_>>(), expected);
    let json: serde_json::Value =
        serde_json::from_str(&w.does(&["store", "files", "store", "--json"]).out).unwrap();
    assert_eq!(json.as_array().unwrap().len(), 14);
    assert_eq!((&json[0]["role"], &json[0]["year"]), (&"flows".into(), &2019.into()));

    crate::world::copy(
        &crate::world::root().join("crates/monazite/tests/data/store-format-1"),
        &w.path("old"),
    );
    w.does(&["store", "verify", "old"]);
    let call = w.does(&["store", "upgrade", "old"]);
    assert_eq!(call.out, "old is written anew in the present format\n");
    let call = w.does(&["store", "upgrade", "old"]);
    assert_eq!(call.out, "old has the present format; nothing to do\n");
    let files = |store: &str| -> Vec<String> {
        w.does(&["store", "files", store]).out.lines().map(|f| f[store.len()..].to_owned()).collect()
    };
    assert_eq!(files("old"), files("store"));
}

#[test]
fn totals_and_reexport_shares_that_do_not_fit() {
    let w = World::new();
    w.write("totals.csv", "year,iso3,exports\n2019,AAA,many\n");
    w.change("study.toml", "governance = \"pv.csv\"", "governance = \"pv.csv\"\ntotals = \"totals.csv\"");
    w.refuses(&["run", "study.toml", "--out", "out"], "totals.csv:2: column exports: 'many' is not a number");
    w.write("totals.csv", "year,exports\n2019,5\n");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "totals.csv: there is no column iso3 or country_iso3; the file has: year, exports",
    );
    let w = World::new();
    w.write("hubs.csv", "iso3,reexport_share\nCCC,0.5\nHKG,0.9\n");
    w.change("study.toml", "hubs = [\"CCC\"]", "reexport_shares = \"hubs.csv\"");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "study.toml: trade.reexport_shares: hubs.csv has countries that are not in the data: HKG",
    );
    w.write("hubs.csv", "iso3,reexport_share\nCCC,0.5\nWLD,0.2\n");
    w.does(&["run", "study.toml", "--out", "world"]);
    let manifest = w.read("world/manifest.toml");
    assert!(
        manifest.contains("hubs.csv: 1 code is no country and is left out: 1 group of countries (WLD)."),
        "{manifest}"
    );
    w.write("hubs.csv", "iso3,reexport_share\n");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "hubs.csv: no row has a share; give a row with iso3 and reexport_share for each entrepot, or take trade.reexport_shares out",
    );
    w.write("hubs.csv", "iso3,reexport_share\nCCC,50\n");
    w.refuses(
        &["run", "study.toml", "--out", "out"],
        "hubs.csv:2: column reexport_share: '50' is not a share between 0 and 1",
    );
}

#[test]
fn usage_is_explained() {
    let output = monazite().arg("frobnicate").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let output = monazite().args(["--threads", "0", "check"]).output().unwrap();
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: 0 threads can do no work; ask for at least 1, or leave the number out to use all cores (--threads N)\n"
    );
    for (arguments, message) in [
        (
            &["--threads", "abc", "check"][..],
            "'abc' for '--threads <N>': write a whole number; leave --threads out to use all cores\n",
        ),
        (
            &["--threads", "-1", "check"],
            "'-1' for '--threads <N>': it cannot be below 0; leave --threads out to use all cores\n",
        ),
        (&["typology", "out", "--neighbours", "-4"], "'-4' for '--neighbours <N>': it cannot be below 0\n"),
        (&["report", "out", "--year", "70000"], "'70000' for '--year <YEAR>': it is too large\n"),
        (&["chain", "calibrate", "--z", "1,x"], "'x' for '--z <Z,Z,...>': write a number, such as 1.5\n"),
    ] {
        let output = monazite().args(arguments).output().unwrap();
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(err.contains(&format!("invalid value {message}")), "{err}");
    }
}
