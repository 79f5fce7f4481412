//! Real answers fit the contract with the page, and hold the numbers of the run.

use monazite::columnar::TableReader;
use monazite::indicators::Column;
use monazite::nomenclature::YearRange;
use monazite::progress::Silent;
use monazite::report::comparison::{Comparison, TOLERANCE};
use monazite::run::Run;
use serde_json::Value;

use crate::client::get;
use crate::schema::misfits;
use crate::world::{MARKUP, Server, make_run, run, site};

fn schema() -> Value {
    serde_json::from_str(include_str!("../explorer.schema.json")).unwrap()
}

#[test]
fn answers_fit_the_contract() {
    let (server, schema) = (Server::shared(), schema());
    for (name, definition) in [
        ("explorer.json", "Explorer"),
        ("product_years.json", "ProductYearsFile"),
        ("findings.json", "FindingsFile"),
        ("chain.json", "ChainFile"),
        ("evidence.json", "EvidenceFile"),
        ("indices.json", "IndicesFile"),
        ("whatif?supplier=AAA&product=284690&cut=0.5", "ScenarioAnswer"),
        ("whatif?supplier=AAA&product=seeds", "ScenarioAnswer"),
        ("diversify?importer=BBB&product=284690", "PlanAnswer"),
    ] {
        let answer = get(server, name, &[]);
        assert_eq!(answer.status, 200, "{name}: {}", answer.text());
        let found = misfits(&schema, definition, &answer.json());
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn two_runs_have_a_comparison_and_know_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let second = make_run(folder.path(), |study| study.indicators.damping = 0.5);
    let server = Server::of(site(&[run(), &second]), true);
    let (first, other) =
        (get(&server, "explorer.json", &[]).json(), get(&server, "explorer-1.json", &[]).json());
    // Each names its own parts.
    for (of, place) in [(&first, 0), (&other, 1)] {
        let evidence = of["parts"]["evidence"].as_str().unwrap();
        let told = get(&server, evidence, &[]).json();
        let kept = told["options"].as_array().unwrap().iter().any(|of| of["key"] == "indicators.damping");
        assert_eq!(kept, place == 1, "{evidence}");
    }
    for of in [&first, &other] {
        assert!(misfits(&schema(), "Explorer", of).is_empty());
    }
    assert_eq!((&first["dir"], &other["dir"]), (&"runs/0".into(), &"runs/1".into()));
    assert_eq!(
        (&first["with"]["explorer"], &other["with"]["explorer"]),
        (&"explorer-1.json".into(), &"explorer.json".into())
    );
    assert_eq!(first["with"]["run_id"], other["run_id"]);
    assert_ne!(first["run_id"], other["run_id"]);
    let comparison = get(&server, "comparison.json", &[]).json();
    let found = misfits(&schema(), "Comparison", &comparison);
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(comparison["overlaps"], true);
    let damping = comparison["options"]
        .as_array()
        .unwrap()
        .iter()
        .find(|of| of["what"] == "indicators.damping")
        .unwrap();
    assert_eq!(damping["values"], serde_json::json!(["1.0", "0.5"]));
    assert_eq!(
        get(&server, "runs/1/trends.csv", &[]).body,
        std::fs::read(second.join("trends.csv")).unwrap()
    );
    assert_eq!(get(&server, "whatif?run=1&supplier=AAA&product=284690", &[]).status, 200);
    // One run alone has none.
    assert_eq!(get(Server::shared(), "comparison.json", &[]).status, 404);
}

#[test]
fn two_runs_with_nothing_in_common_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let of = |name: &str, first: u16, last: u16| {
        let place = folder.path().join(name);
        std::fs::create_dir(&place).unwrap();
        make_run(&place, |study| study.study.years = Some(YearRange { first, last }))
    };
    let (before, after) = (of("before", 2019, 2019), of("after", 2020, 2021));
    let server = Server::of(site(&[&before, &after]), true);
    let comparison = get(&server, "comparison.json", &[]).json();
    let found = misfits(&schema(), "Comparison", &comparison);
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(comparison["overlaps"], false);
    assert_eq!(comparison["coverage"]["years"]["only"], serde_json::json!([["2019"], ["2020", "2021"]]));
    // What went in is compared, what came out is not.
    assert!(comparison["options"].as_array().unwrap().iter().any(|of| of["what"] == "study.years"));
    for empty in ["indicators", "products", "ranks", "links", "chokepoints"] {
        assert_eq!(comparison[empty], serde_json::json!([]), "{empty}");
    }
    assert!(comparison["findings"][0].as_str().unwrap().ends_with("there is nothing to compare"));
    // The comparison itself still refuses.
    let pair = [before, after].map(|run| Run::open(&run).unwrap());
    assert!(Comparison::of(&pair[0], &pair[1], TOLERANCE, &Silent).is_err());
}

/// `explorer.json`, and the same with all its parts.
fn first_and_whole() -> (Value, Value) {
    let first = get(Server::shared(), "explorer.json", &[]).json();
    let mut whole = first.clone();
    for name in first["parts"].as_object().unwrap().values() {
        let part = get(Server::shared(), name.as_str().unwrap(), &[]).json();
        whole.as_object_mut().unwrap().extend(part.as_object().unwrap().clone());
    }
    (first, whole)
}

#[test]
fn what_the_first_view_shows_is_what_its_parts_have() {
    let (first, told) = first_and_whole();
    let (of_study, drawn) = (&first["findings"], &first["chain"]["links"]);
    // The first view has the sentences about the study, and findings.json these and all others.
    let of_study = of_study.as_array().unwrap();
    let all = told["findings"].as_array().unwrap();
    assert!(!of_study.is_empty() && of_study.iter().all(|of| of["subject"] == "study"));
    assert!(all.starts_with(of_study) && all[of_study.len()..].iter().all(|of| of["subject"] != "study"));
    // The first view draws the links that are kept.
    let pair = |link: &Value| (link["input"].clone(), link["output"].clone(), link["kept"].clone());
    let kept =
        told["chain"]["links"].as_array().unwrap().iter().filter(|link| link["kept"] == true).map(pair);
    assert_eq!(drawn.as_array().unwrap().iter().map(pair).collect::<Vec<_>>(), kept.collect::<Vec<_>>());
    // What the first view shows of products by year is what product_years.json has.
    for (code, of) in told["product_years"].as_object().unwrap() {
        for name in ["str", "str_mass_balance"] {
            assert_eq!(told["means"][code][name], of[name], "{code} {name}");
        }
    }
    // A mark for every product-year with imputed stability, a clamped network or a loop, the worst of them.
    let (years, marks) = (told["years"].clone(), &told["marks"]);
    let column = |of: &Value, name: &str| of[name].as_array().unwrap().clone();
    let keys = |of: &Value| -> Vec<(Value, Value)> {
        column(of, "product").into_iter().zip(column(of, "year")).collect()
    };
    let (mut imputed, mut clamped) = (Vec::new(), Vec::new());
    for (code, of) in told["product_years"].as_object().unwrap() {
        for (at, year) in years.as_array().unwrap().iter().enumerate() {
            if of["imputed_share"][at].as_f64().is_some_and(|share| share > 0.1) {
                imputed.push((Value::from(code.as_str()), year.clone()));
            }
            if of["clamped"][at] == true {
                clamped.push((Value::from(code.as_str()), year.clone()));
            }
        }
    }
    assert_eq!((keys(&marks["imputed"]), keys(&marks["clamped"])), (imputed, clamped));
    let (mut worst, mut without) = (Vec::new(), Vec::new());
    for (key, number) in keys(&told["trickles"]).into_iter().zip(column(&told["trickles"], "str_without")) {
        if !worst.contains(&key) {
            worst.push(key);
            without.push(number);
        }
    }
    assert_eq!((keys(&marks["loops"]), column(&marks["loops"], "str_without")), (worst, without));
    let bands = told["mean_bands"].as_object().unwrap();
    let shown: Vec<&str> =
        told["shown"].as_array().unwrap().iter().map(|code| code.as_str().unwrap()).collect();
    assert!(!shown.is_empty() && shown.len() == bands.len());
    for code in shown {
        for (name, of) in bands[code].as_object().unwrap() {
            assert_eq!(of, &told["product_years"][code][name], "{code} {name}");
        }
    }
}

#[test]
fn explorer_json_holds_the_numbers_of_the_run() {
    let (_, told) = first_and_whole();
    let opened = Run::open(run()).unwrap();
    let panel = opened.panel().unwrap();
    let close = |shown: &Value, number: f64| (shown.as_f64().unwrap() - number).abs() <= 6e-5 * number.abs();
    let last = panel.years.len() - 1;
    // Mean STR, from the tables themselves.
    for (at, product) in panel.products.iter().enumerate() {
        let years = &told["product_years"][product.code.to_string()];
        for (shown, column) in [("str", Column::Str), ("str_mass_balance", Column::StrMassBalance)] {
            for year in 0..=last {
                let (mut sum, mut weight) = (0.0, 0.0);
                for country in 0..panel.countries.len() {
                    let imports = panel.value(Column::Imports, at, year, country).unwrap_or(0.0);
                    if let Some(value) = panel.value(column, at, year, country) {
                        sum += imports * value;
                        weight += imports;
                    }
                }
                match weight > 0.0 {
                    true => assert!(close(&years[shown][year], sum / weight), "{} {shown}", product.code),
                    false => assert!(years[shown][year].is_null()),
                }
            }
        }
    }
    // Beta buys three quarters of its 284690 from Alpha in 2019, and no less in the last year's list if it still does.
    let listed = told["chokepoints"].as_array().unwrap();
    for of in listed {
        let country = panel.country(of["country"].as_str().unwrap()).unwrap();
        let product = panel.product(of["product"].as_str().unwrap().parse().unwrap()).unwrap();
        let main = opened.suppliers().unwrap().unwrap().of(panel, product, last, country)[0];
        assert!(close(&of["share"], main.share) && main.share > 0.5);
        assert!(close(&of["imports"], panel.value(Column::Imports, product, last, country).unwrap()));
    }
    assert!(!listed.is_empty());
    // The country arrays have a place for every country, and shapes cover the world.
    let countries = told["countries"].as_array().unwrap().len();
    for year in told["map"].as_array().unwrap() {
        assert_eq!(
            (year["str"].as_array().unwrap().len(), year["str_mass_balance"].as_array().unwrap().len()),
            (countries, countries)
        );
    }
    assert!(told["outlines"]["shapes"].as_array().unwrap().len() > 200);
    assert!(told["findings"].as_array().unwrap().iter().any(|of| of["subject"] == "country:BBB"));
    assert!(
        told["manifest"].get("timing").is_none() && told["manifest"]["files"].as_array().unwrap().len() > 20
    );
}

#[test]
fn names_that_are_markup_stay_text() {
    let answer = get(Server::shared(), "explorer.json", &[]);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.json()["study"]["name"], MARKUP);
    // The report is shown in a sandbox that reaches nothing.
    let report = get(Server::shared(), "runs/0/report.html", &[]);
    let policy = report.header("content-security-policy").unwrap();
    assert!(
        policy.starts_with("sandbox allow-scripts")
            && !policy.contains("connect-src")
            && policy.contains("default-src 'none'")
    );
    assert!(!policy.contains("allow-same-origin"));
    assert!(!report.text().contains(MARKUP));
    // What is asked for is never part of an answer that a browser takes for a page.
    let wrong = get(Server::shared(), "%3Cscript%3Ealert(1)%3C/script%3E", &[]);
    assert!(wrong.status == 404 && !wrong.text().contains("<script"), "{}", wrong.text());
}

#[test]
fn groups_that_are_means_stand_behind_the_countries() {
    let folder = tempfile::tempdir().unwrap();
    let made = make_run(folder.path(), |study| {
        study.groups.define.insert("G2".to_owned(), vec!["BBB".to_owned(), "CCC".to_owned()]);
        study.groups.means = vec!["G2".to_owned()];
    });
    let site = site(&[&made]);
    let copy = TableReader::from_bytes(site.runs()[0].by_country().clone()).unwrap();
    let place = copy.column("country").unwrap();
    let of = |group| copy.read_interned(group, place).unwrap().values;
    let countries: Vec<Vec<String>> = (0..copy.row_groups()).map(of).collect();
    assert!(countries.iter().all(|of| of.len() == 1), "a row group is a country");
    assert_eq!(countries.last().unwrap(), &["G2"]);
    let (_, text) = site.made().find(|(name, _)| *name == "explorer.json").unwrap();
    let told: Value = serde_json::from_slice(text).unwrap();
    assert!(misfits(&schema(), "Explorer", &told).is_empty());
    let last = told["countries"].as_array().unwrap().last().unwrap();
    assert_eq!(
        (&last["code"], &last["kind"], &last["members"]),
        (&"G2".into(), &"mean".into(), &serde_json::json!(["BBB", "CCC"]))
    );
    let drawn = told["map"][0]["str"].as_array().unwrap();
    assert!(drawn.last().unwrap().is_null(), "a mean is on no map");
}
