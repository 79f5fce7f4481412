//! `monazite what-if` and `monazite diversify`, seen from outside: numbers of the shipped data, tables, and every wrong question.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use serde_json::Value;

use crate::world::{World, example_run, monazite};

fn call(folder: &Path, arguments: &[&str]) -> (bool, String, String) {
    let output = monazite().current_dir(folder).args(arguments).output().unwrap();
    assert_ne!(output.status.code(), Some(101), "a panic: {arguments:?}");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// What a question to the example comes to as JSON.
fn json(arguments: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let run = example_run().to_str().unwrap();
    let mut all = vec!["--json", "--quiet", arguments[0], run];
    all.extend(&arguments[1..]);
    let (ok, out, err) = call(folder.path(), &all);
    assert!(ok, "{arguments:?}: {out}{err}");
    serde_json::from_str(&out).unwrap()
}

fn close(found: &Value, expected: f64, within: f64, what: &str) {
    let found = found.as_f64().unwrap_or_else(|| panic!("{what}: {found}"));
    assert!((found - expected).abs() <= within, "{what}: {found}, not {expected}");
}

fn three(found: &Value, expected: [f64; 3], within: f64, what: &str) {
    for (reading, expected) in ["none", "exposure", "mass_balance"].into_iter().zip(expected) {
        close(&found[reading], expected, within, &format!("{what}, {reading}"));
    }
}

/// METHODS 2, B9: China stops 284690 in 2023, computed elsewhere.
#[test]
fn who_loses_if_china_stops() {
    let found = json(&["what-if", "--without", "CHN", "--product", "284690"]);
    let answer = &found["scenarios"][0];
    assert_eq!(answer["year"], 2023);
    let world = &answer["products"][0];
    three(&world["share"], [0.363, 0.459, 0.525], 5e-4, "the world without China");
    three(&world["value"], [482e3, 610e3, 698e3], 500.0, "thousand USD");
    assert_eq!(world["bounds"], true);
    let of = |code: &str| {
        let mut all =
            answer["losers"].as_array().unwrap().iter().chain(answer["hardest"].as_array().unwrap());
        all.rfind(|loser| loser["importer"]["code"] == code).unwrap()["share"].clone()
    };
    for (code, expected) in [
        ("USA", [0.678, 0.736, 0.783]),
        ("JPN", [0.494, 0.507, 0.518]),
        ("DEU", [0.287, 0.405, 0.498]),
        ("KOR", [0.705, 0.807, 0.872]),
        ("FRA", [0.141, 0.384, 0.522]),
    ] {
        three(&of(code), expected, 5e-4, code);
    }
}

/// Two that stop together take at least as much as the one that takes most, and at most as much as both alone.
#[test]
fn two_stop_together() {
    let lost = |who: &str| {
        let found = json(&["what-if", "--without", who, "--product", "284690"])["scenarios"][0].clone();
        let all =
            found["losers"].as_array().unwrap().iter().find(|l| l["importer"]["code"] == "JPN").cloned();
        let share = all.unwrap()["share"]["mass_balance"].as_f64().unwrap();
        (found["happens"].clone(), share)
    };
    let ((_, china), (_, malaysia), (happens, both)) = (lost("CHN"), lost("MYS"), lost("China,Malaysia"));
    assert_eq!(happens, serde_json::json!(["China and Malaysia stop exports of 284690"]));
    assert!(
        both >= china.max(malaysia) - 1e-12 && both <= china + malaysia + 1e-12,
        "{china} {malaysia} {both}"
    );
}

#[test]
fn one_screen_holds_the_answer() {
    let run = example_run().to_str().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let questions: [(&[&str], &[&str]); 6] = [
        (
            &["what-if", run, "--without", "China", "--product", "284690"],
            &[
                "What if China stops exports of 284690? Trade of 2023.",
                "All others together lose 36 to 53 % of their imports of 284690: 482 to 698 million USD.",
                "(the lower end)",
                "This is no forecast: it leaves out time",
                "no forecast",
            ],
        ),
        (
            &["what-if", run, "--without", "CHN", "--product", "284690", "--production-loss", "0.4"],
            &[
                "What if China loses 40 % of its production of 284690?",
                "none of them is a lower or an upper end",
            ],
        ),
        (
            &["what-if", run, "--product", "284690"],
            &["Whose stop would cost the others most: 284690", "Myanmar"],
        ),
        (&["what-if", run], &["products in focus, 2023", "282200 DR Congo", "250410 China"]),
        (
            &["what-if", run, "--product", "284690", "--worst", "3"],
            &["Which suppliers together would cost most", "No other 3 suppliers can cost more than"],
        ),
        (
            &[
                "diversify",
                run,
                "--country",
                "DEU",
                "--product",
                "284690",
                "--move",
                "0.1",
                "--exclude",
                "RUS",
            ],
            &[
                "Whom could Germany buy 284690",
                "brings STR from 1.800 to 1.684",
                "nothing moves to Russia",
                "Frontier: at most",
                "nobody loses",
                "The plan finds what the index calls safe.",
            ],
        ),
    ];
    for (question, said) in questions {
        let (ok, out, err) = call(folder.path(), question);
        assert!(ok, "{question:?}: {err}");
        for text in said {
            let words = out.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(words.contains(text), "{question:?} does not say '{text}':\n{out}");
        }
        assert!(out.lines().count() <= 46, "{question:?} takes {} lines", out.lines().count());
        let wide = out.lines().find(|line| line.chars().count() > 100);
        assert_eq!(wide, None, "{question:?}");
    }
}

/// METHODS 2, B9: what others could fill, and that somebody served first loses least.
#[test]
fn others_fill_a_gap() {
    let stop = ["what-if", "--without", "CHN", "--product", "284690", "--capacity"];
    let fill = |more: &[&str]| {
        let found = json(&[&stop[..], more].concat());
        let product = found["scenarios"][0]["products"][0].clone();
        assert!(
            product["share_without_others"]["mass_balance"].as_f64()
                >= product["share"]["mass_balance"].as_f64()
        );
        product
    };
    for (more, expected) in [
        (&["0.1"][..], 0.39),
        (&["0.25"], 1.0),
        (&["0.1", "--exclude", "MMR,LAO"], 0.13),
        (&["0.25", "--exclude", "MMR,LAO"], 0.40),
        (&["0.5", "--exclude", "MMR,LAO"], 1.0),
    ] {
        let product = fill(more);
        close(&product["fill"]["least"], expected, 6e-3, &format!("least fill, {more:?}"));
        close(&product["fill"]["most"], expected, 6e-3, &format!("largest fill, {more:?}"));
    }
    assert_eq!(fill(&["0.1"])["fillers"][0]["supplier"]["code"], "MMR");
    let first = json(&[&stop[..], &["0.1", "--priority", "JPN"]].concat());
    let japan = first["scenarios"][0]["losers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["importer"]["code"] == "JPN")
        .cloned();
    assert!(japan.is_none(), "all that Japan lacks is filled: {japan:?}");
    let incumbent = fill(&["0.1", "--rationing", "incumbent"]);
    let [least, total, most] = ["least", "total", "most"].map(|of| incumbent["fill"][of].as_f64());
    assert!(least < total && total < most, "{incumbent}");
}

/// METHODS 2, B9: chokepoint power in 2023, and that China's has fallen.
#[test]
fn chokepoints_of_a_product() {
    let of = |year: &str, product: &str| {
        json(&["what-if", "--product", product, "--year", year])["chokepoints"].clone()
    };
    let found = of("2023", "284690");
    let power = |found: &Value, code: &str| {
        let all = found["suppliers"].as_array().unwrap().clone();
        all.into_iter().find(|line| line["supplier"]["code"] == code).unwrap()
    };
    for (code, expected) in [("MMR", 0.639), ("CHN", 0.525), ("MYS", 0.239), ("JPN", 0.101), ("USA", 0.062)] {
        close(&power(&found, code)["power_share"], expected, 5.1e-4, code);
    }
    close(&power(&found, "MMR")["direct_share"], 0.440, 5e-4, "Myanmar, direct");
    close(&power(&of("2007", "284690"), "CHN")["power_share"], 0.894, 5e-4, "China 2007");
    close(&power(&of("2015", "284690"), "CHN")["power_share"], 0.588, 5e-4, "China 2015");
    for (product, code, expected) in [
        ("711039", "ZAF", 0.952),
        ("282200", "COD", 0.930),
        ("811211", "KAZ", 0.917),
        ("283691", "CHL", 0.885),
        ("250410", "CHN", 0.730),
    ] {
        let found = of("2023", product);
        assert_eq!(found["suppliers"][0]["supplier"]["code"], code, "{product}");
        close(&found["suppliers"][0]["power_share"], expected, 5.1e-4, product);
    }
    let worst = json(&["what-if", "--product", "284690", "--worst", "2"])["worst"].clone();
    let lost: Vec<f64> =
        worst["suppliers"].as_array().unwrap().iter().map(|line| line["lost"].as_f64().unwrap()).collect();
    assert!(lost[0] < lost[1] && worst["at_most"].as_f64().unwrap() >= lost[1], "{worst}");
}

/// METHODS 2, C5: plans for 284690 in 2023.
#[test]
fn plans_of_large_importers() {
    let plan = |more: &[&str]| {
        let question = ["diversify", "--product", "284690", "--country"];
        json(&[&question[..], more].concat())["plan"]["mass_balance"].clone()
    };
    for (country, before, after) in [
        ("USA", 2.144, 2.021),
        ("JPN", 1.949, 1.836),
        ("DEU", 1.800, 1.683),
        ("KOR", 2.150, 2.032),
        ("CHN", 1.866, 1.809),
    ] {
        let found = plan(&[country, "--move", "0.1", "--min-supplier-share", "0"]);
        close(&found["str"]["before"], before, 5.1e-4, country);
        close(&found["str"]["after"], after, 5.1e-4, country);
    }
    for (country, after) in [("JPN", 1.837), ("DEU", 1.684), ("CHN", 1.810)] {
        close(&plan(&[country])["str"]["after"], after, 5.1e-4, country);
    }
    let usa = plan(&["USA", "--min-supplier-share", "0"]);
    close(&usa["hhi"]["before"], 0.482, 5e-4, "HHI");
    close(&usa["hhi"]["after"], 0.376, 5e-4, "HHI with the plan");
    assert_eq!(usa["moves"][0]["to"]["code"], "LAO");
    let usa = plan(&["USA", "--min-supplier-share", "0", "--objective", "hhi"]);
    close(&usa["hhi"]["after"], 0.357, 5e-4, "least HHI");
    close(&usa["str"]["after"], 2.069, 5e-4, "STR at the least HHI");
    let swap = json(&["diversify", "--country", "USA", "--product", "284690", "--swap", "CHN:JPN:0.05"]);
    let own = &swap["swap"]["own"];
    assert!((own["after"].as_f64().unwrap() - own["before"].as_f64().unwrap() + 0.051).abs() < 5e-4, "{own}");
    close(&swap["swap"]["paid_by_others"], 0.60, 5e-3, "paid by others");
    for (how, after) in [("sequential", 1.7866), ("simultaneous", 1.770)] {
        let all = json(&["diversify", "--product", "284690", "--all", how, "--min-supplier-share", "0"]);
        close(&all["everyone"]["mean_before"], 1.863, 5e-4, how);
        close(&all["everyone"]["mean_after"], after, 5.1e-4, how);
    }
}

#[test]
fn tables_and_scenario_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let run = example_run().to_str().unwrap();
    let question = ["what-if", run, "--event", "rare-earth-quota-2010", "--out", "quota"];
    let (ok, out, err) = call(folder.path(), &question);
    assert!(
        ok && out.contains("written     quota: losses.csv, products.csv, suppliers.csv, scenario.toml"),
        "{out}{err}"
    );
    assert!(
        out.contains("What if China cuts exports of 280530, 284610, 284690 by 40 %? Trade of 2009."),
        "{out}"
    );
    assert!(out.replace("\n ", "").contains("no ends for 280530"), "{out}");
    let read = |name: &str| fs::read_to_string(folder.path().join("quota").join(name)).unwrap();
    let products = read("products.csv");
    let mut reader = csv::Reader::from_reader(products.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let at = |name: &str| heads.iter().position(|head| head == name).unwrap();
    let row = reader.records().map(Result::unwrap).find(|row| &row[at("product")] == "284690").unwrap();
    let losses = read("losses.csv");
    let mut sum = [0.0; 3];
    let mut reader = csv::Reader::from_reader(losses.as_bytes());
    let heads = reader.headers().unwrap().clone();
    let of = |name: &str| heads.iter().position(|head| head == name).unwrap();
    for line in reader.records().map(Result::unwrap) {
        if &line[of("product")] == "284690" && &line[of("chain")] == "reach" && &line[of("importer")] != "CHN"
        {
            for (sum, name) in sum.iter_mut().zip(["value_none", "value_exposure", "value_mass_balance"]) {
                *sum += line[of(name)].parse::<f64>().unwrap();
            }
        }
    }
    for (sum, name) in sum.into_iter().zip(["value_none", "value_exposure", "value_mass_balance"]) {
        let whole: f64 = row[at(name)].parse().unwrap();
        assert!((sum - whole).abs() < 1e-6 * whole, "{name}: {sum}, {whole}");
    }
    assert!(read("suppliers.csv").contains("2009,284690,CHN,"));
    assert!(
        read("scenario.toml").contains("supplier = \"CHN\"")
            && read("scenario.toml").contains("export_cut = 0.4")
    );
    let (ok, _, err) =
        call(folder.path(), &["what-if", run, "--without", "COD", "--product", "282200", "--out", "quota"]);
    assert!(!ok && err.contains("--replace"), "{err}");
    let plan = ["diversify", run, "--country", "KOR", "--product", "284690", "--out", "plan"];
    let (ok, out, err) = call(folder.path(), &plan);
    assert!(
        ok && out.contains("written     plan: suppliers.csv, moves.csv, frontier.csv, others.csv"),
        "{out}{err}"
    );
    let frontier = fs::read_to_string(folder.path().join("plan/frontier.csv")).unwrap();
    assert_eq!(frontier.lines().count(), 12, "{frontier}");
    let (ok, out, _) = call(folder.path(), &["what-if", "--events"]);
    assert!(ok && out.contains("rare-earth-quota-2010") && out.contains("Source: WTO"), "{out}");
}

#[test]
fn wrong_questions_to_the_example_say_what_is_possible() {
    let folder = tempfile::tempdir().unwrap();
    let run = example_run().to_str().unwrap();
    let cases: [(&[&str], &str); 13] = [
        (
            &["what-if", run, "--without", "FJI", "--product", "284690"],
            "FJI sells no 284690 in 2023, so nothing stops; its suppliers, the largest first: MMR",
        ),
        (
            &["what-if", run, "--without", "COD", "--product", "282200", "--to", "FJI"],
            "FJI buys no 282200 of COD in 2023; its customers for 282200, the largest first: CHN",
        ),
        (&["what-if", run, "--without", "CHN", "--product", "850511"], "--product: "),
        (&["what-if", run, "--without", "Chnia", "--product", "284690"], "near to it: CHN (China)"),
        (
            &["what-if", run, "--without", "CHN", "--product", "284690", "--year", "1999"],
            "CHN stops exports of 284690: 1999 is not a year of the trade, which is of 2007 to 2023",
        ),
        (
            &["what-if", run, "--product", "284690", "--year", "1999"],
            "1999 is not a year of this run; its years are 2007 to 2023",
        ),
        (
            &["what-if", run, "--event", "quota"],
            "there is no event 'quota'; there are: rare-earth-quota-2010",
        ),
        (
            &["diversify", run, "--country", "DEU", "--product", "284690", "--year", "1999"],
            "its years are 2007 to 2023",
        ),
        (
            &["diversify", run, "--country", "DEU", "--product", "284690", "--capacity", "0"],
            "no supplier can sell more to this importer: raise the capacity",
        ),
        (
            &["diversify", run, "--country", "DEU", "--product", "284690", "--exclude", "AFG"],
            "exclude: AFG sells no 284690 in 2023, so leave it out; its 76 suppliers, the largest first: MMR",
        ),
        (
            &["diversify", run, "--country", "USA", "--product", "284690", "--swap", "CHN:JPN:0.9"],
            "so that it can move at most that and not 0.900; it buys from CHN (0.",
        ),
        (
            &["diversify", run, "--country", "CHN", "--product", "284690", "--swap", "MMR:LAO:0.5"],
            "others buy too little from LAO: no more than 0.000 of the imports of CHN",
        ),
        (
            &["diversify", run, "--country", "USA", "--product", "284690", "--swap", "FJI:JPN:0.05"],
            "USA buys none of its imports from FJI, so that it can move nothing and not 0.050; it buys from CHN (0.",
        ),
    ];
    for (question, said) in cases {
        let (ok, out, err) = call(folder.path(), question);
        assert!(!ok && err.contains(said), "{question:?} does not say '{said}': {out}{err}");
    }
}

#[test]
// Long: one line for each question.
fn wrong_questions_say_what_is_possible() {
    let w = World::new();
    w.does(&["indicators", "study.toml", "--out", "out"]);
    let refused = |arguments: &[&str], said: &str| {
        let call = w.call(arguments);
        assert!(
            !call.ok && call.err.contains(said),
            "{arguments:?} does not say '{said}': {}{}",
            call.out,
            call.err
        );
    };
    let stop = ["what-if", "out", "--without", "AAA", "--product", "284690"];
    let with = |more: &[&'static str]| [&stop[..], more].concat();
    refused(&["what-if"], "there is no runs/example here; make it with: monazite run");
    refused(&["diversify", "--country", "AAA", "--product", "284690"], "make it with: monazite run");
    refused(
        &["what-if", "out", "--without", "AAA"],
        "--without AAA: say what it no longer sells with --product, such as --product 284690",
    );
    refused(&with(&["--cut", "1.5"]), "write a share from 0 (nothing) to 1 (all of it), such as 0.4");
    refused(&with(&["--cut", "-0.1"]), "write a share from 0");
    refused(&with(&["--production-loss", "2"]), "write a share from 0");
    refused(&with(&["--production-loss", "0.2", "--to", "BBB"]), "--to goes with --cut");
    refused(
        &with(&["--rationing", "incumbent"]),
        "nobody does without a capacity: give --capacity, such as 0.1",
    );
    refused(&with(&["--exclude", "BBB"]), "nobody does without a capacity");
    refused(&with(&["--capacity", "-1"]), "write a number from 0 on, such as 0.1");
    refused(
        &with(&["--capacity", "0.1", "--rationing", "priority"]),
        "say who is served first with --priority",
    );
    refused(&with(&["--capacity", "0.1", "--rationing", "best"]), "incumbent");
    refused(&with(&["--power", "0.5", "--production", "power"]), "--power: 0.5 is below 1");
    refused(&with(&["--power", "2"]), "--power 2 goes with --production power");
    refused(&with(&["--to", ""]), "--to");
    refused(&with(&["--capacity", "1e9"]), "more than any can add: give a share such as 0.1, at most 100");
    refused(&["what-if", "out", "--production", "leontief"], "--links go with --without COUNTRY");
    refused(&with(&["--stocks", "none.csv"]), "--stocks: there is no none.csv");
    refused(&with(&["--worst", "2"]), "cannot be used with");
    refused(&["what-if", "out", "--cut", "0.5"], "--without");
    refused(&["what-if", "out", "--worst", "2"], "--worst: of which product? Give one with --product");
    refused(&["what-if", "out", "--worst", "0", "--product", "284690"], "--worst: at least one supplier");
    refused(
        &["what-if", "out", "--capacity", "0.1"],
        "--capacity, --capacities and --stocks go with --without COUNTRY",
    );
    refused(&["diversify", "out", "--product", "284690"], "--country");
    let buy = ["diversify", "out", "--country", "BBB", "--product", "284690"];
    let with = |more: &[&'static str]| [&buy[..], more].concat();
    refused(&with(&["--move", "1.5"]), "write a share from 0");
    refused(&with(&["--objective", "price"]), "write str, hhi, largest, worst-stop");
    refused(&with(&["--swap", "AAA:BBB"]), "write FROM:TO:SHARE, such as CHN:JPN:0.05");
    refused(&with(&["--swap", "AAA:CCC:0"]), "the share lies above 0");
    refused(
        &["diversify", "out", "--product", "284690", "--all", "sometimes"],
        "write simultaneous or sequential",
    );
    let everybody = w.call(&with(&["--exclude", "AAA,BBB,CCC,DDD,EEE,FFF", "--capacity-of", "all_exports"]));
    assert!(!everybody.ok, "nobody is left: {}", everybody.out);
    // A run that does not hold its trade.
    let study = format!("{}\n[output]\nflows = false\n", w.read("study.toml"));
    w.write("without.toml", study);
    w.does(&["indicators", "without.toml", "--out", "without"]);
    for question in [
        &["what-if", "without", "--product", "284690"][..],
        &["diversify", "without", "--all", "sequential", "--product", "284690"],
    ] {
        refused(question, "set output.flows = true in the study and run it again");
    }
    // A scenario of the study is run without a word on who stops.
    let study = format!(
        "{}\n[[shock]]\nscenario = \"mine\"\nsupplier = \"AAA\"\nproducts = [\"284690\"]\n",
        w.read("study.toml")
    );
    w.write("with.toml", study);
    w.does(&["indicators", "with.toml", "--out", "with"]);
    let call = w.does(&["what-if", "with"]);
    assert!(call.out.contains("Scenario: mine."), "{}", call.out);
    // One that holds in other years hides nothing of it.
    let later = "\n[[shock]]\nscenario = \"later\"\nsupplier = \"AAA\"\nproducts = [\"284690\"]\nyears = [2020, 2030]\n";
    w.write("with.toml", format!("{}{later}", w.read("with.toml")));
    let call = w.does(&["check", "with.toml"]);
    assert!(call.out.contains("later: of 2020 to 2030 the trade has 2020 to 2021 only."), "{}", call.out);
    w.does(&["indicators", "with.toml", "--out", "two"]);
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let call = w.does(&["what-if", "two", "--year", "2019"]);
    assert!(call.out.contains("Scenario: mine.") && !call.out.contains("Scenario: later."), "{}", call.out);
    let left_out = "Left out: later: it holds in 2020 to 2030 only, not in 2019.";
    assert!(words(&call.out).contains(left_out), "{}", call.out);
    w.write("later.toml", format!("{}{later}", w.read("study.toml")));
    w.does(&["indicators", "later.toml", "--out", "later"]);
    refused(&["what-if", "later", "--year", "2019"], "later: it holds in 2020 to 2030 only, not in 2019");
    // What a study asks of other data is found by check, and by a run before its indicators.
    w.write("wrong.toml", format!("{}\n[diversification]\nexclude = [\"FOO\"]\n", w.read("study.toml")));
    refused(&["check", "wrong.toml"], "diversification.exclude: FOO is not a country of the data");
    refused(
        &["indicators", "wrong.toml", "--out", "never"],
        "diversification.exclude: FOO is not a country of the data",
    );
}
