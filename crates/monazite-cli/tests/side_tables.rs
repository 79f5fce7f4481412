//! Tables beside the trade data as people have them: stability, totals, inhabitants. What does not fit is said or refused.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::{World, root};

/// Runs the indicators of the tiny study with this table of stability; its results, and what was said.
fn indicators(w: &World, out: &str) -> (Vec<u8>, String) {
    let call = w.does(&["indicators", "study.toml", "--out", out]);
    (fs::read(w.path(out).join("indicators.parquet")).unwrap(), call.out)
}

/// The notes that the terminal shows, which must be those of the manifest.
fn notes(w: &World, out: &str, said: &str) -> Vec<String> {
    let shown: Vec<String> =
        said.lines().filter_map(|l| l.strip_prefix("  note        ")).map(str::to_owned).collect();
    let manifest = w.read(&format!("{out}/manifest.toml"));
    for note in &shown {
        let kept = manifest.contains(note.as_str()) || manifest.contains(&note.replace('"', "\\\""));
        assert!(kept, "{note} is not in {manifest}");
    }
    shown
}

#[test]
fn stability_in_every_spelling_gives_the_same_bytes() {
    let w = World::new();
    let (expected, said) = indicators(&w, "out");
    let usual = notes(&w, "out", &said).len();
    let text = w.read("pv.csv");
    let rows: Vec<Vec<&str>> =
        text.lines().filter(|l| !l.starts_with(['#', 'i'])).map(|l| l.split(',').collect()).collect();
    let table = |header: &str, row: &dyn Fn(&[&str]) -> String| {
        header.to_owned() + "\n" + &rows.iter().map(|r| row(r) + "\n").collect::<String>()
    };
    let missing = ["nan", "NaN", "NULL", "None", "-", "..", "n/a", ""];
    let mut spellings = vec![
        table("iso3,year,pv_rank", &|r| format!("{},{},{}", r[0].to_lowercase(), r[1], r[2])),
        table("iso3;year;pv_rank", &|r| format!("{};{}.0;{},0", r[0], r[1], r[2])),
        table(
            "Entity,Code,Year,Political stability and absence of violence/terrorism: percentile rank",
            &|r| format!("X{},{},{},{}", r[0], r[0], r[1], r[2]),
        ),
        table("REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE", &|r| {
            format!("{},WB_WGI_PV_PER_RNK,{},{}", r[0], r[1], r[2])
        }),
        // The same row once more, without its rank.
        table("iso3,year,estimate,pv_rank", &|r| format!("{},{},,{}", r[0], r[1], r[2]))
            + "AAA,2019,-1.25,\n",
    ];
    spellings.extend(missing.map(|word| format!("{text}FFF,2019,{word}\nFFF,2020,{word}\n")));
    for (n, spelling) in spellings.iter().enumerate() {
        w.write("pv.csv", spelling);
        let out = format!("out{n}");
        let (bytes, said) = indicators(&w, &out);
        assert!(bytes == expected, "{spelling}");
        assert_eq!(notes(&w, &out, &said).len(), usual, "{said}");
    }
    // Shares of 1 are known by their number, and said.
    w.write(
        "pv.csv",
        table("iso3,year,pv_rank", &|r| {
            format!("{},{},{}", r[0], r[1], r[2].parse::<f64>().unwrap() / 100.0)
        }),
    );
    let (bytes, said) = indicators(&w, "shares");
    assert!(bytes == expected);
    let note = "pv.csv: every percentile rank is between 0.15 and 0.85; they are read as shares of 1, so that 0.15 counts as 15.";
    assert!(notes(&w, "shares", &said).contains(&note.to_owned()), "{said}");
    assert!(w.does(&["check", "study.toml"]).out.contains(&format!("  note        {note}\n")));
}

#[test]
fn what_is_no_country_is_named_or_the_table_refused() {
    let w = World::new();
    let (expected, _) = indicators(&w, "out");
    let text = w.read("pv.csv");
    w.write("pv.csv", format!("{text}WLD,2019,50\nEUU,2019,70\nQQQ,2019,12\n"));
    let (bytes, said) = indicators(&w, "out2");
    assert!(bytes == expected);
    let note = "pv.csv: 3 codes are no country and are left out: 2 groups of countries (EUU, WLD) and 1 unknown (QQQ).";
    assert!(notes(&w, "out2", &said).contains(&note.to_owned()), "{said}");
    let strangers: String = (0..12).map(|n| format!("Q{n:02},2019,12\n")).collect();
    w.write("pv.csv", format!("{text}{strangers}"));
    w.refuses(
        &["indicators", "study.toml", "--out", "out3"],
        "pv.csv: 12 of 17 codes are no country of the trade data (Q00, Q01, Q02, Q03, Q04, Q05, Q06, Q07, Q08, Q09 and 2 more); give countries as \
         ISO3, such as CHN, as ISO2 or by name",
    );
    w.write("pv.csv", "iso3,year,pv_rank\nDEU,2019,60\nFRA,2019,55\n");
    w.refuses(
        &["indicators", "study.toml", "--out", "out3"],
        "pv.csv: none of the 2 countries in it exports anything in the trade data, so nothing is known of any supplier; is it another file?",
    );
}

#[test]
fn a_table_of_few_countries_is_no_fault_and_its_share_is_said() {
    let w = World::new();
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,25\nBBB,2019,80\n");
    let (_, said) = indicators(&w, "out");
    let about = |note: &String| {
        note.contains(
            "% of the trade in the data comes from 4 suppliers that the table of stability never covers",
        )
    };
    let note = notes(&w, "out", &said).into_iter().find(about).unwrap_or_else(|| panic!("{said}"));
    assert!(note.ends_with("; their stability counts as 50."), "{note}");
}

#[test]
fn scales_that_cannot_be_told_apart_are_refused_by_name() {
    let w = World::new();
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,0.25\nBBB,2019,0.8\n");
    w.refuses(
        &["indicators", "study.toml", "--out", "out"],
        "pv.csv: every percentile rank is between 0.25 and 0.8, and there are at most 2 countries a year: are these shares of 1, or the lowest of \
         all ranks? Write them on the scale from 0 to 100 (0.25 becomes 25), with a country above 1 among them",
    );
    w.write("pv.csv", "iso3,year,pv_rank\nAAA,2019,-1.25\nBBB,2019,0.8\n");
    w.refuses(
        &["check", "study.toml"],
        "pv.csv: every percentile rank is between -1.25 and 0.8, where estimates are (-2.5 to 2.5) and ranks and scores are not (0 to 100); name \
         the column pv_est and set stability.measure = \"estimate\"",
    );
    w.write("pv.csv", "iso3,year,pv_est\nAAA,2019,25\nBBB,2019,80\n");
    w.change("study.toml", "[trade]", "[stability]\nmeasure = \"estimate\"\n[trade]");
    w.refuses(
        &["indicators", "study.toml", "--out", "out"],
        "pv.csv: the estimate of AAA in 2019 is 25, and estimates are between -2.5 and 2.5; these look like ranks or scores (0 to 100): name the \
         column pv_rank or pv_score, and set stability.measure",
    );
}

/// Totals of the tiny world that are those of its trade data.
const TOTALS: &str = "year,iso3,exports\n2019,AAA,180\n2019,BBB,140\n2019,CCC,275\n2019,DDD,485\n2019,EEE,133\n2019,FFF,5\n\
                      2020,AAA,190\n2020,BBB,120\n2020,CCC,285\n2020,DDD,478\n2020,EEE,138\n2020,FFF,10\n\
                      2021,AAA,200\n2021,BBB,130\n2021,CCC,300\n2021,DDD,480\n2021,EEE,140\n2021,FFF,15\n";

/// These totals, times a number.
fn totals(times: f64) -> String {
    let row = |line: &str| {
        let (row, value) = line.rsplit_once(',').unwrap();
        format!("{row},{}\n", value.parse::<f64>().unwrap() * times)
    };
    "year,iso3,exports\n".to_owned() + &TOTALS.lines().skip(1).map(row).collect::<String>()
}

#[test]
fn totals_smaller_than_the_exports_they_hold_are_named_and_rca_is_undefined() {
    let w = World::new();
    w.change("study.toml", "governance = \"pv.csv\"", "governance = \"pv.csv\"\ntotals = \"totals.csv\"");
    let large = totals(10.0);
    w.write("totals.csv", large.to_lowercase());
    let (_, said) = indicators(&w, "good");
    let usual = notes(&w, "good", &said);
    assert!(usual.iter().all(|note| !note.contains("RCA is undefined")), "{usual:?}");
    w.write(
        "totals.csv",
        large.replace("2019,AAA,1800", "2019,AAA,1").replace("2019,CCC,2750", "2019,CCC,0")
            + "2019,WLD,12180\n",
    );
    let (_, said) = indicators(&w, "bad");
    let notes = notes(&w, "bad", &said);
    let named = notes
        .iter()
        .find(|note| note.starts_with("RCA is undefined where the table of totals has far less"))
        .unwrap();
    assert!(named.contains("AAA in 2019 (1 against "), "{named}");
    assert!(named.contains("CCC in 2019 (0 against "), "{named}");
    assert!(
        notes.contains(
            &"totals.csv: 1 code is no country and is left out: 1 group of countries (WLD).".to_owned()
        ),
        "{notes:?}"
    );
    let report = w.read("bad/manifest.toml");
    assert!(report.contains("rca_basis = \"table of totals\""));
    // In million USD nearly every total is too small.
    w.write("totals.csv", totals(0.01));
    let call = w.call(&["--quiet", "indicators", "study.toml", "--out", "small"]);
    assert!(!call.ok && call.err.starts_with("error: totals.csv: 18 of 18 totals are far smaller than the exports that the trade data hold, in thousand USD: AAA in 2019"));
    assert!(
        call.err.contains(" and 8 more; either the totals are in million USD, and have to be in thousand USD, or the trade is in USD"),
        "{}",
        call.err
    );
}

#[test]
fn countries_that_the_totals_lack_are_named_with_what_the_world_is_short_of() {
    let w = World::new();
    w.change("study.toml", "governance = \"pv.csv\"", "governance = \"pv.csv\"\ntotals = \"totals.csv\"");
    // DDD has some two fifths of the world's exports: without it there is no RCA in 2020.
    w.write("totals.csv", totals(10.0).replace("2020,DDD,4780\n", ""));
    let (_, said) = indicators(&w, "large");
    let told = notes(&w, "large", &said).join("\n");
    assert!(
        told.contains("The table of totals lacks countries that matter, DDD in 2020 (40 % of the world's exports): the world's total is short by about")
            && told.contains("That is too much in 2020, where RCA of all countries is undefined."),
        "{told}"
    );
    // FFF has less than a hundredth, of which nothing is said.
    w.write("totals.csv", totals(10.0).replace("2020,FFF,100\n", "").replace("2021,FFF,150\n", ""));
    let (_, said) = indicators(&w, "small");
    assert!(
        !notes(&w, "small", &said).join("\n").contains("lacks countries that matter"),
        "half a hundredth"
    );
    // A slip of a thousand in one row.
    w.write("totals.csv", totals(10.0).replace("2020,FFF,100\n", "2020,FFF,100000\n"));
    let (_, said) = indicators(&w, "slip");
    let told = notes(&w, "slip", &said).join("\n");
    assert!(
        told.contains("out of line with the years beside them or with trade: FFF in 2020: 100 million USD, between 50.0 thousand USD and 150 thousand USD"),
        "{told}"
    );
    // In no year enough of the world.
    let without: String =
        totals(10.0).lines().filter(|l| !l.contains("DDD")).map(|l| format!("{l}\n")).collect();
    w.write("totals.csv", without);
    let call = w.call(&["indicators", "study.toml", "--out", "none"]);
    assert!(
        !call.ok
            && call.err.contains("the totals lack countries with much of the exports, DDD in 2019 (41 % of"),
        "{}",
        call.err
    );
}

#[test]
fn product_years_with_too_few_quantities_are_counted_with_their_value() {
    let w = World::new();
    let rows = "t,i,j,k,v,q\n2019,156,842,284690,60,6\n2019,842,156,284690,5,1\n2020,156,842,284690,60,6\n2020,842,156,284690,55,NA\n";
    w.write("trade.csv", rows);
    let wgi = root().join("data/wgi/wgi_pv_1996_2023.csv");
    w.write(
        "study.toml",
        format!(
            "[study]\nseeds = [\"284690\"]\nproducts = \"all\"\n[data]\ntrade = \"trade.csv\"\ngovernance = '{}'\nedition = \"HS17\"\n[trade]\nmeasure = \
             \"quantity\"\n",
            wgi.display()
        ),
    );
    let (_, said) = indicators(&w, "out");
    let told = notes(&w, "out", &said).join("\n");
    assert!(
        told.contains(
            "By quantity, 1 of 2 product-years with trade have too few quantities (below 0.95 of the value, trade.min_quantity_coverage) and are undefined; \
             their trade is worth 115 thousand USD: 284690 in 2020"
        ),
        "{told}"
    );
}

#[test]
fn quantities_that_are_not_there_are_a_reason() {
    let w = World::new();
    let trade =
        "t,i,j,k,v\n2019,4,8,284690,60\n2019,8,4,284690,5\n".replace(",4,", ",842,").replace(",8,", ",156,");
    w.write("trade.csv", trade);
    let wgi = root().join("data/wgi/wgi_pv_1996_2023.csv");
    w.write(
        "study.toml",
        format!(
            "[study]\nseeds = [\"284690\"]\nproducts = \"all\"\n[data]\ntrade = \"trade.csv\"\ngovernance = '{}'\nedition = \"HS17\"\n[trade]\nmeasure = \
             \"quantity\"\n",
            wgi.display()
        ),
    );
    let call = w.call(&["run", "study.toml", "--out", "out"]);
    assert!(!call.ok, "{call:?}");
    let reason = "trade.measure: the data have no quantity in any flow of these products and years (column q), so there is nothing to compute; set it \
                  to \"value\", or give data with quantities";
    assert!(call.err.contains(reason), "{}", call.err);
    assert!(!w.path("out/manifest.toml").exists());
    assert!(w.call(&["check", "study.toml"]).err.contains(reason));
}
