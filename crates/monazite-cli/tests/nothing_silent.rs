//! Trade that is not what it is taken for: told on the terminal, in the manifest and on the page, or refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use monazite::run::Run;
use monazite::trade::StoreManifest;

use crate::world::{Call, World, root, table};

/// A study of one csv of trade on real countries, with the political stability that comes with the program.
fn study_of(w: &World, seed: &str, trade: &str, data: &str) {
    fs::create_dir_all(w.path("own")).unwrap();
    w.write("own/trade.csv", trade);
    let governance = root().join("data/wgi/wgi_pv_1996_2023.csv");
    w.write(
        "own/study.toml",
        format!(
            "[study]\nname = \"Own\"\nseeds = [\"{seed}\"]\nproducts = \"all\"\n[data]\ntrade = \"trade.csv\"\ngovernance = \"{}\"\n{data}\n",
            governance.display()
        ),
    );
}

fn run(w: &World) -> Call {
    w.call(&["run", "own/study.toml", "--out", "out"])
}

/// The notes of the manifest.
fn notes(w: &World) -> Vec<String> {
    Run::open(&w.path("out")).unwrap().manifest().notes.clone()
}

/// That a note with these words is on the terminal, in the manifest and on the page.
fn is_told(w: &World, call: &Call, words: &str) {
    assert!(call.ok, "{}", call.err);
    assert!(call.out.contains(words), "on the terminal: {}", call.out);
    assert!(notes(w).iter().any(|note| note.contains(words)), "in the manifest: {:?}", notes(w));
    assert!(w.read("out/report.html").contains(&words.replace('"', "&quot;")), "on the page: {words}");
}

/// Cells of a column of `indicators.parquet`, with the country; empty where undefined.
fn indicator(w: &World, column: &str) -> Vec<(String, String)> {
    let rows = table::read(&w.path("out/indicators.parquet"));
    let at = |name: &str| rows[0].iter().position(|c| c == name).unwrap();
    let (country, value) = (at("country"), at(column));
    rows[1..].iter().map(|row| (row[country].clone(), row[value].clone())).collect()
}

fn all_undefined(w: &World, column: &str) -> bool {
    indicator(w, column).iter().all(|(_, value)| value.is_empty())
}

const TWO_EXPORTERS: &str =
    "t,i,j,k,v,q\n2021,710,276,710210,900,1\n2021,710,276,260300,100,1\n2021,4,276,080620,9,1\n";

#[test]
fn an_extract_is_marked_everywhere_and_nothing_is_said_of_the_world() {
    let w = World::new();
    study_of(&w, "260300", TWO_EXPORTERS, "edition = \"HS92\"");
    let call = run(&w);
    is_told(
        &w,
        &call,
        "The trade is an extract, not that of the world: in 2021 it looks like all imports of DEU.",
    );
    let manifest = w.read("out/manifest.toml");
    assert!(
        manifest
            .contains("[trade.extract]\nholds = \"all imports of DEU\"\nyears = \"2021\"\nsaid = false\n")
    );
    for stage in ["typology", "regression", "breaks of world trade"] {
        let skipped = format!(
            "stage = \"{stage}\"\nreason = \"it takes the trade of the world, and this is an extract"
        );
        assert!(manifest.contains(&skipped), "{stage}: {manifest}");
    }
    for column in ["rca", "str", "str_indirect", "influence", "pc1", "exposure"] {
        assert!(all_undefined(&w, column), "{column}: {:?}", indicator(&w, column));
    }
    // Germany buys each of the three products from one country; of what South Africa and Afghanistan buy nothing is known.
    let hhi: Vec<_> = indicator(&w, "hhi").into_iter().filter(|(_, value)| !value.is_empty()).collect();
    assert_eq!(hhi, vec![("DEU".to_owned(), "1".to_owned()); 3]);
    assert!(!w.path("out/breaks.csv").exists() && !w.path("out/typology").exists());
    assert!(w.read("out/report.html").contains("<b>An extract, not the trade of the world:</b> in 2021"));
    let captions: Vec<String> =
        w.files("out/figures").into_iter().filter(|name| name.ends_with(".caption.txt")).collect();
    for caption in captions {
        assert!(w.read(&format!("out/figures/{caption}")).contains("AN EXTRACT, not the trade"), "{caption}");
    }
    w.does(&["report", "out", "--country", "DEU"]);
    let brief = w.files("out/briefs").into_iter().find(|name| name.ends_with(".html")).unwrap();
    assert!(w.read(&format!("out/briefs/{brief}")).contains("An extract, not the trade of the world"));
    // Made again on its own, a stage says the same.
    for again in ["typology", "regress"] {
        let refused = w.call(&[again, "out"]);
        assert!(!refused.ok && refused.err.contains("this is an extract"), "{again}: {}", refused.err);
    }
}

#[test]
fn an_extract_that_is_said_to_be_none_is_computed_as_the_world() {
    let w = World::new();
    study_of(&w, "260300", TWO_EXPORTERS, "edition = \"HS92\"\nextract = false");
    let call = w.does(&["run", "own/study.toml", "--out", "out"]);
    assert!(!call.out.contains("extract") && !w.read("out/manifest.toml").contains("[trade.extract]"));
    assert!(!all_undefined(&w, "str"));
}

#[test]
fn what_one_country_sells_and_buys_keeps_its_exposure() {
    let mut trade = "t,i,j,k,v,q\n".to_owned();
    for partner in [4, 8, 12, 24, 32, 36, 40, 76, 100, 124, 152, 156, 170] {
        trade += &format!("2021,710,{partner},260300,30,1\n2021,{partner},710,260300,10,1\n");
        trade += &format!("2021,710,{partner},710210,5,1\n");
    }
    // Two rows of others have got into it.
    trade += "2021,4,8,710210,1,1\n";
    let w = World::new();
    study_of(&w, "260300", &trade, "edition = \"HS92\"");
    let call = run(&w);
    is_told(&w, &call, "it looks like all exports and imports of ZAF");
    let of_ores = |column: &str| {
        let found =
            indicator(&w, column).into_iter().filter(|(_, value)| !value.is_empty()).collect::<Vec<_>>();
        assert!(found.iter().all(|(country, _)| country == "ZAF"), "{column}: {found:?}");
        found
    };
    // 130 of imports and 390 of exports; of diamonds exports only, which make the exposure 0.
    assert_eq!(of_ores("exposure")[0].1, "0.25");
    assert!((of_ores("hhi")[0].1.parse::<f64>().unwrap() - 1.0 / 13.0).abs() < 1e-12);
    assert!(all_undefined(&w, "str") && !of_ores("str_direct").is_empty());
}

#[test]
fn values_in_usd_are_told() {
    let trade = "t,i,j,k,v,q\n2022,CHN,USA,850511,4219793024000,NA\n2022,JPN,USA,850511,632388923000,NA\n2022,USA,CHN,850511,104814633000,NA\n";
    let w = World::new();
    study_of(&w, "850511", trade, "edition = \"HS17\"\ntotals = \"totals.csv\"");
    w.write(
        "own/totals.csv",
        "year,iso3,exports\n2022,CHN,3500000000\n2022,JPN,750000000\n2022,USA,2000000000\n",
    );
    // Beside a table of totals they are refused.
    let call = w.call(&["run", "own/study.toml", "--out", "out"]);
    assert!(!call.ok && call.err.contains("or the trade is in USD (data.unit = \"usd\")"), "{}", call.err);
    w.change("own/study.toml", "totals = \"totals.csv\"", "");
    let call = run(&w);
    is_told(&w, &call, "The values cannot be thousand USD: in 2022 they are 4957 trillion USD in all");
    is_told(&w, &call, "data.unit = \"usd\"");
}

const CARS: &str =
    "t,i,j,k,v,q\n2022,DEU,USA,870380,60,1\n2022,USA,DEU,870380,5,1\n2022,CHN,DEU,850750,40,1\n";

#[test]
fn an_edition_that_is_wrong_is_refused_and_by_check_too() {
    let w = World::new();
    study_of(&w, "870380", CARS, "edition = \"HS07\"");
    let why = "HS07 lacks 2 of the 2 codes (850750, 870380); HS22 has all 2 codes";
    for arguments in [&["check", "own/study.toml"][..], &["run", "own/study.toml", "--out", "out"][..]] {
        let call = w.call(arguments);
        assert!(!call.ok, "{arguments:?}: {}", call.out);
    }
    let call = w.call(&["check", "own/study.toml"]);
    assert!(call.err.contains("data.edition") && call.err.contains(why), "{}", call.err);
    let call = w.call(&["import", "own/trade.csv", "--out", "store", "--edition", "HS07"]);
    assert!(
        !call.ok && call.err.contains("their codes fit HS22 better") && call.err.contains(why),
        "{}",
        call.err
    );
    assert!(!w.path("store/store.toml").exists());
    w.does(&["import", "own/trade.csv", "--out", "store", "--edition", "HS17"]);
}

#[test]
fn an_edition_in_the_name_of_the_file_that_its_codes_do_not_fit_is_told() {
    let w = World::new();
    study_of(&w, "870380", CARS, "");
    fs::rename(w.path("own/trade.csv"), w.path("own/BACI_HS07_Y2022_V202501.csv")).unwrap();
    w.change("own/study.toml", "trade.csv", "BACI_HS07_Y2022_V202501.csv");
    let call = w.call(&["import", "own/BACI_HS07_Y2022_V202501.csv", "--out", "store"]);
    assert!(
        call.ok && call.err.contains("the names of the files say HS07, and the codes fit HS22 better"),
        "{}",
        call.err
    );
    w.change("own/study.toml", "\"BACI_HS07_Y2022_V202501.csv\"", "\"../store\"");
    let call = run(&w);
    is_told(
        &w,
        &call,
        "2 of 2 codes of the data are not codes of HS07, with 105 thousand USD: 850750, 870380.",
    );
    is_told(&w, &call, "The codes fit HS22 better than HS07");
}

#[test]
fn a_year_that_is_missing_in_the_middle_is_told() {
    let w = World::new();
    fs::remove_file(w.path("release/BACI_HS07_Y2020_V000001.csv")).unwrap();
    let words = "The data have no 2020, but years before and after. Changes since the year before compare 2019 with 2021";
    let call = w.does(&["check", "study.toml"]);
    assert!(call.out.contains(words), "{}", call.out);
    let call = w.call(&["run", "study.toml", "--out", "out"]);
    is_told(&w, &call, words);
    // Years that are named have to be there.
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284690\"]\nyears = [2019, 2021]");
    let call = w.call(&["check", "study.toml"]);
    assert!(
        !call.ok && call.err.contains("study.years: the data have no 2020; they have 2019, 2021"),
        "{}",
        call.err
    );
}

#[test]
fn check_reads_the_first_bytes_and_the_header_of_the_trade() {
    let w = World::new();
    study_of(&w, "850511", "year,exporter,importer\n2022,156,842\n", "edition = \"HS17\"");
    let call = w.call(&["check", "own/study.toml"]);
    assert!(!call.ok && call.err.contains("trade.csv") && !call.out.contains("Study is valid"), "{call:?}");
    w.change("own/study.toml", "trade.csv", "trade.parquet");
    w.write("own/trade.parquet", b"PAR1\x15\x04\x00\x01PAR1");
    let call = w.call(&["check", "own/study.toml"]);
    assert!(
        !call.ok && call.err.contains("trade.parquet") && !call.out.contains("Study is valid"),
        "{call:?}"
    );
    // A row of the second file of a release.
    w.change("release/BACI_HS07_Y2020_V000001.csv", "2020,1,2,284690,80,160", "2020,1,2,284690,x,160");
    let call = w.call(&["check", "study.toml"]);
    assert!(!call.ok && call.err.contains("BACI_HS07_Y2020_V000001.csv:2: column v:"), "{}", call.err);
}

#[test]
fn check_says_all_that_is_wrong_at_once() {
    let w = World::new();
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,many\n");
    w.write("totals.csv", "year,iso3,exports\n2019,AAA,-1\n");
    w.write("more.csv", "input,output,source\n284690,28053,hand\n");
    w.write("release/BACI_HS07_Y2021_V000001.csv", "t,i,j,k,v\n2021,1,2,284690\n");
    w.change("study.toml", "governance = \"pv.csv\"", "governance = \"pv.csv\"\ntotals = \"totals.csv\"");
    w.change("study.toml", "[\"chain.csv\"]", "[\"chain.csv\", \"more.csv\"]");
    w.change("study.toml", "hubs = [\"CCC\"]", "hubs = [\"CCC\", \"XYZ\"]");
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284690\", \"999998\"]");
    let call = w.call(&["check", "study.toml"]);
    assert!(!call.ok, "{}", call.out);
    for wrong in [
        "error: 6 things are wrong:\n  1. ",
        "pv.csv",
        "totals.csv:2: column exports: ",
        "more.csv:2: column output: '28053' has 5 digits",
        "study.seeds: 999998 is not a code of HS07",
        "trade.hubs: XYZ is not a country of the data",
        "BACI_HS07_Y2021_V000001.csv:",
    ] {
        assert!(call.err.contains(wrong), "{wrong}: {}", call.err);
    }
}

#[test]
fn small_inputs_are_read_before_the_release() {
    let w = World::new();
    w.lengthen_last_year();
    w.write("totals.csv", "year,iso3,exports\n2019,AAA,-1\n");
    w.change("study.toml", "governance = \"pv.csv\"", "governance = \"pv.csv\"\ntotals = \"totals.csv\"");
    let call = w.call(&["run", "study.toml", "--out", "out"]);
    assert!(!call.ok && call.err.contains("totals.csv:2: column exports: '-1' is negative"), "{}", call.err);
    assert!(!call.err.contains("importing") && !w.path("release.store").exists(), "{}", call.err);
}

#[test]
fn candidates_that_the_edition_does_not_list_are_counted_by_check() {
    let w = World::new();
    let mut text = "run,input,output,score\n".to_owned();
    for run in 1..=6 {
        text += &format!("{run},284690,280530,0.9\n{run},284690,999998,0.9\n");
    }
    w.write("candidates.csv", text);
    w.change(
        "study.toml",
        "edges = [\"chain.csv\"]",
        "edges = [\"chain.csv\"]\ncandidates = [\"candidates.csv\"]",
    );
    let call = w.call(&["check", "study.toml"]);
    assert!(
        call.out.contains("candidates.csv: codes that HS07 does not have: 1 (999998), in 1 of 2 links; these links are left out."),
        "{call:?}"
    );
}

#[test]
fn the_account_adds_up_after_a_conversion_of_editions() {
    let w = World::new();
    // 060290 of HS96 was 060291 and 060299 in HS92; 284690 stays; 060299 of HS92 does not exist in HS96.
    let trade = "t,i,j,k,v,q\n2019,CHN,USA,060290,1000,1\n2019,CHN,USA,284690,5,1\n2019,CHN,USA,284690,6,1\n2019,CHN,CHN,284690,7,1\n2019,DEU,USA,060290,0,1\n";
    w.write("trade.csv", trade);
    let call = w.does(&["import", "trade.csv", "--out", "store", "--edition", "HS96", "--to", "HS92"]);
    for line in [
        "  rows read   5\n",
        "  added       1 row by splitting codes over those of another edition\n",
        "  kept        3 flows, 1.01 million USD, 2019\n",
        "  left out    1 row, 7000 USD: trade of a country with itself\n",
        "  left out    1 row, 0 USD: value of zero\n",
        "  counted     1 repeated row added up, 6000 USD\n",
    ] {
        assert!(call.out.contains(line), "{line}{}", call.out);
    }
    // 5 + 1 = 3 + 1 + 1 + 1
    let account = StoreManifest::read(&w.path("store")).unwrap().account;
    let dropped: u64 = account.dropped.iter().map(|d| d.rows).sum();
    assert_eq!(
        account.rows_read + account.added_by_conversion,
        account.rows_kept + account.duplicates + dropped
    );
    assert_eq!((account.added_by_conversion, dropped), (1, 2));
}
