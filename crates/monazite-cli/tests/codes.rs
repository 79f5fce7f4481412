//! `monazite codes`, and countries and codes as people and files write them, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::Value;

use crate::world::{World, example_run, monazite, root};

fn answer(arguments: &[&str]) -> (bool, String, String) {
    let output = monazite().args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(101), "a panic");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_material_is_found_with_its_lists_and_codes() {
    let (ok, out, _) = answer(&["codes", "cobalt"]);
    assert!(
        ok && out.starts_with("cobalt: critical for EU (strategic), US (2022), UK (2021, 2024)\n"),
        "{out}"
    );
    for line in ["260500  HS92-HS22", "282200  HS92-HS22", "810520  HS02-HS22", "282734  HS92-HS02"] {
        assert!(out.lines().any(|l| l.starts_with(line)), "{line}\n{out}");
    }
    assert!(out.lines().count() <= 22, "{out}");
    let (_, json, _) = answer(&["codes", "cobalt", "--json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    let codes = json[0]["codes"].as_array().unwrap();
    let ore = codes.iter().find(|c| c["code"] == "260500").unwrap();
    assert_eq!(
        (ore["materials"][0]["material"].as_str(), ore["materials"][0]["stage"].as_str()),
        (Some("cobalt"), Some("ore"))
    );
    assert!(!ore["materials"][0]["source"].as_str().unwrap().is_empty());
}

#[test]
fn one_code_is_told_whole() {
    let store = root().join("data/baci-hs92-raw-materials");
    let (ok, out, _) = answer(&["codes", "2846.90", "--store", store.to_str().unwrap()]);
    assert!(ok && out.starts_with("284690  HS92-HS22  Compounds, inorganic or organic"), "{out}");
    for piece in ["has it in 17 years, ", "HS92  284690, the same", "HS22  284690, the same"] {
        assert!(out.contains(piece), "{piece}\n{out}");
    }
    // 850780 of HS 2007 was split in HS 2012.
    let (_, out, _) = answer(&["codes", "850780", "--edition", "HS07"]);
    assert!(out.lines().any(|line| line.contains("HS12  ") && line.contains("850760 (")), "{out}");
    let run = example_run();
    let (_, out, _) = answer(&["codes", "284690", "--run", run.to_str().unwrap()]);
    assert!(out.contains("has it, in a study of 17 years"), "{out}");
    let (_, out, _) = answer(&["codes", "8505", "--run", run.to_str().unwrap()]);
    assert!(
        out.lines().any(|line| line.starts_with("850511  HS92-HS22  ") && line.contains("  -  ")),
        "{out}"
    );
}

#[test]
fn what_is_not_found_is_answered_with_what_is_near() {
    let (ok, _, err) = answer(&["codes", "cobolt"]);
    assert!(!ok && err.contains("has 'cobolt'; near to it: cobalt"), "{err}");
    let (ok, _, err) = answer(&["codes", "999999"]);
    assert!(!ok && err.contains("no code of any edition of the HS begins with 999999"), "{err}");
    let (ok, _, err) = answer(&["codes", " "]);
    assert!(!ok && err.contains("there is nothing to look for; give a word (cobalt)"), "{err}");
    let (ok, _, err) = answer(&["codes", "85076000"]);
    assert!(!ok && err.contains("85076000 has 8 digits") && err.contains("look for 850760"), "{err}");
    // The code is of later editions; the other one is answered all the same.
    let (ok, out, err) = answer(&["codes", "850760", "850511", "--edition", "HS07"]);
    assert!(
        !ok && err.contains("850760 is not a code of HS07; HS12-HS22 have it (Electric accumulators"),
        "{err}"
    );
    assert!(
        err.contains("In HS07 its trade is under: 850780. Look for that, or leave --edition out"),
        "{err}"
    );
    assert!(out.contains("850511  HS92-HS22"), "{out}");
    let (ok, out, _) = answer(&["codes", "qqqq", "--json"]);
    assert!(!ok && out.contains("\"codes\":[]"), "{out}");
}

/// Case 20: names that people type.
#[test]
fn countries_are_understood_by_every_name() {
    let run = example_run();
    let folder = tempfile::tempdir().unwrap();
    crate::world::copy(run, &folder.path().join("run"));
    let ask = |country: &str| {
        let output = monazite()
            .args(["report", "run", "--country", country])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (output.status.success(), text(&output.stdout), text(&output.stderr))
    };
    for (country, code) in [
        ("South Korea", "KOR"),
        ("Korea, Rep.", "KOR"),
        ("Turkey", "TUR"),
        ("Türkiye", "TUR"),
        ("TÜRKIYE", "TUR"),
        ("Cote d'Ivoire", "CIV"),
        ("Côte d’Ivoire", "CIV"),
        ("Ivory Coast", "CIV"),
        ("Vietnam", "VNM"),
        ("Russia", "RUS"),
        ("UK", "GBR"),
        ("United Kingdom", "GBR"),
        ("USA", "USA"),
        ("United States", "USA"),
        ("Taiwan", "TWN"),
        ("Czech Republic", "CZE"),
        ("DRC", "COD"),
        ("deu", "DEU"),
        ("DE", "DEU"),
        ("eu27", "EU27"),
        ("Burma", "MMR"),
        ("Curaçao", "CUW"),
        ("China, Hong Kong SAR", "HKG"),
    ] {
        let (ok, out, err) = ask(country);
        assert!(ok && out.contains(&format!("run/briefs/{code}.html")), "{country}: {out}{err}");
    }
    let (ok, out, _) = ask(" DEU , FRA ");
    assert!(ok && out.contains("DEU.html") && out.contains("FRA.html"), "{out}");
    for (country, message) in [
        ("Korea", "'Korea' may be KOR (South Korea) or PRK (North Korea); say which"),
        ("Congo", "'Congo' may be COD (DR Congo) or COG (Republic of the Congo); say which"),
        (
            "World",
            "'World' is a sum of countries, not a country; groups that can be asked for: ASEAN, BRICS,",
        ),
        ("XYZ", "there is no country or group 'XYZ' in this run"),
        ("Soth Korea", "near to it: KOR ("),
        ("Kosovo", "'Kosovo' is XKX (Kosovo), which is not a country of the data"),
    ] {
        let (ok, _, err) = ask(country);
        assert!(!ok && err.contains(message) && !err.contains("Sudan"), "{country}: {err}");
    }
    let output = monazite()
        .args(["report", "run", "--figures", "network", "--countries", "South Korea,Taiwan"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("network_of_KOR-TWN"), "{output:?}");
}

/// Case 53: tables of V202001 and V202201, in which Italy is 381.
#[test]
fn every_code_that_baci_ever_used_is_known() {
    let w = World::new();
    let governance = root().join("data/wgi/wgi_pv_1996_2023.csv");
    let study = format!(
        "[study]\nseeds = [\"850511\"]\nproducts = \"all\"\n[data]\ntrade = \"trade.csv\"\ngovernance = \"{}\"\nedition = \"HS17\"\nbaci_version = \"202201\"\n",
        governance.display()
    );
    w.write("italy.toml", &study);
    w.write(
        "trade.csv",
        "t,i,j,k,v,q\n2020,156,381,850511,60,1\n2020,381,842,850511,40,1\n2020,842,156,850511,5,1\n",
    );
    let call = w.does(&["indicators", "italy.toml", "--out", "out"]);
    assert!(
        call.err.contains(
            "381 is not in BACI's table of version 202501; in other releases of BACI it is Italy (ITA)"
        ),
        "{}",
        call.err
    );
    let countries = w.read("out/countries.csv");
    assert!(countries.contains("ITA"), "{countries}");
    // The advice to drop unknown codes does not lose Italy either.
    w.write(
        "drop.toml",
        study.replace("edition", "unknown_country = \"drop\"\nedition").replace("trade.csv", "more.csv"),
    );
    w.write(
        "more.csv",
        "t,i,j,k,v,q\n2020,156,381,850511,60,1\n2020,381,842,850511,40,1\n2020,842,899,850511,5,1\n",
    );
    w.does(&["indicators", "drop.toml", "--out", "dropped"]);
    let manifest = w.read("dropped/manifest.toml");
    assert!(
        w.read("dropped/countries.csv").contains("ITA") && manifest.contains("rows_read = 3"),
        "{manifest}"
    );
    // Both codes in one year would count one country's trade twice.
    w.write("twice.toml", study.replace("trade.csv", "both.csv"));
    w.write("both.csv", "t,i,j,k,v,q\n2020,156,381,850511,60,1\n2020,380,842,850511,40,1\n");
    let call = w.call(&["indicators", "twice.toml", "--out", "twice"]);
    assert!(!call.ok && call.err.contains("380 and 381 both stand for ITA"), "{}", call.err);
    // A code of nobody is still refused.
    w.write("nobody.toml", study.replace("trade.csv", "odd.csv"));
    w.write("odd.csv", "t,i,j,k,v,q\n2020,156,999,850511,60,1\n");
    assert!(
        w.call(&["indicators", "nobody.toml", "--out", "x"])
            .err
            .contains("'999' is not a country code of BACI")
    );
}

/// Case 54: a published network of another edition, with the headers of its authors.
#[test]
fn a_published_network_is_read_as_it_is() {
    let w = World::new();
    let study = |network: &str| {
        format!(
            "[study]\nseeds = [\"280530\"]\nproducts = \"all\"\n[data]\ntrade = \"{}\"\ngovernance = \"{}\"\n[chain]\nnetworks = [\"{network}\"]\ntest = \"off\"\n",
            root().join("data/baci-hs02-clean-technology").display(),
            root().join("data/wgi/wgi_pv_1996_2023.csv").display()
        )
    };
    w.write(
        "network.csv",
        "hs2012_code_upstream,hs2012_code_downstream\n2805,8505\n2846,2805\n308,1604\n3824,3826\n",
    );
    w.write("renamed.csv", "input,output\n2805,8505\n2846,2805\n0308,1604\n3824,3826\n");
    w.write("study.toml", study("network.csv"));
    w.write("renamed.toml", study("renamed.csv"));
    let call = w.does(&["chain", "study.toml", "--out", "chain"]);
    assert!(
        call.out.contains("The codes of network.csv are of HS12 and were converted to HS02."),
        "{}",
        call.out
    );
    assert!(
        call.out.contains("1 code of network.csv had lost a leading zero, which was put back: 0308."),
        "{}",
        call.out
    );
    let edges = w.read("chain/chain/edges.csv");
    assert!(edges.contains("280530,850511,"), "{edges}");
    let call = w.does(&["chain", "renamed.toml", "--out", "renamed"]);
    assert!(call.out.contains("It is taken for HS12"), "{}", call.out);
    // The same links, but for what the notes say.
    let links = |folder: &str| -> Vec<String> {
        let text = w.read(&format!("{folder}/chain/edges.csv"));
        text.lines().map(|line| line.split(',').take(2).collect::<Vec<_>>().join(",")).collect()
    };
    assert_eq!(links("chain"), links("renamed"));
    // compare reads whatever chain reads.
    w.write("list.csv", "input,output\n280530,850511\n");
    let call = w.does(&["chain", "compare", "network.csv", "list.csv"]);
    assert!(
        call.out.contains("headings of four digits stand for all of their codes in HS12"),
        "{}",
        call.out
    );
    assert!(call.out.contains("  links             1"), "{}", call.out);
}

/// A recorded candidate whose code the release does not list costs that candidate, not the run.
#[test]
fn candidates_that_the_release_does_not_list_are_left_out() {
    let w = World::new();
    w.write("candidates.csv", "run,input,output\n1,284690,280530\n1,280530,850511\n1,284690,850760\n");
    w.change(
        "study.toml",
        "edges = [\"chain.csv\"]",
        "candidates = [\"candidates.csv\"]\nvotes = 1\ntest = \"off\"",
    );
    let call = w.does(&["chain", "study.toml", "--out", "out"]);
    assert!(
        call.out.contains(
            "note        1 code of candidates.csv is not in HS07, and 1 row with it is left out: 850760."
        ),
        "{}",
        call.out
    );
    assert!(call.out.contains("  chain       3 products, 2 links"), "{}", call.out);
}
