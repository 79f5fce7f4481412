//! What-if questions, as the command line answers them.

use monazite::report::answers::ScenarioAnswer;
use monazite::run::Run;
use monazite::shock::{Scenario, ScenarioRow};
use monazite::what_if::WhatIf;

use crate::client::get;
use crate::world::{Server, run};

#[test]
fn an_answer_is_that_of_the_engine_with_all_importers() {
    let server = Server::shared();
    let answer = get(server, "whatif?supplier=AAA&product=284690&year=2019&cut=0.5", &[]);
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/json")),
        "{}",
        answer.text()
    );
    let mut told = answer.json();
    let importers = told.as_object_mut().unwrap().remove("importers").unwrap();

    let opened = Run::open(run()).unwrap();
    let panel = opened.panel().unwrap();
    let product = "284690".parse().unwrap();
    let row = ScenarioRow { export_cut: 0.5, ..ScenarioRow::stop("AAA", vec![product]) };
    let scenario = Scenario::of_rows(&[row]).remove(0);
    let (year, beside) = (panel.year(2019).unwrap(), [panel.product(product).unwrap()]);
    let what_if = WhatIf::of(&opened, year, &beside, &opened.study().shocks).unwrap();
    let outcome = what_if.scenario(&scenario).unwrap();
    // Through text, as the other one.
    let own = serde_json::to_string(&ScenarioAnswer::of(&what_if, &outcome, None).unwrap()).unwrap();
    let own: serde_json::Value = serde_json::from_str(&own).unwrap();
    assert_eq!(told, own);

    // Beta buys 75 of 100 from Alpha (studies/tiny): half of that is 0.375 of its imports, and nothing else is passed on under `none`.
    let importers = importers.as_array().unwrap();
    let beta = importers.iter().find(|line| line["importer"]["code"] == "BBB").unwrap();
    assert!((beta["share"]["none"].as_f64().unwrap() - 0.375).abs() < 1e-12, "{beta}");
    assert!(importers.iter().all(|line| line["importer"]["code"] != "AAA"));
    let lost: Vec<f64> =
        importers.iter().map(|line| line["value"]["mass_balance"].as_f64().unwrap()).collect();
    assert!(lost.windows(2).all(|pair| pair[0] >= pair[1]), "{lost:?}");
}

#[test]
fn all_seeds_and_plans_are_answered_and_wrong_questions_say_what_is_possible() {
    let server = Server::shared();
    assert_eq!(get(server, "whatif?supplier=AAA&product=seeds", &[]).status, 200);
    let plan = get(server, "diversify?importer=BBB&product=284690&year=2019&move=0.2", &[]);
    assert_eq!(plan.status, 200, "{}", plan.text());
    let plan = plan.json();
    assert_eq!((&plan["importer"]["code"], &plan["limits"]["moved"]), (&"BBB".into(), &0.2.into()));
    let risk = &plan["mass_balance"]["str"];
    assert!(risk["after"].as_f64().unwrap() <= risk["before"].as_f64().unwrap() + 1e-12);
    for (name, status, says) in [
        ("whatif", 400, "supplier is missing"),
        ("whatif?supplier=ZZZ&product=284690", 404, "ZZZ is not a country of this run"),
        ("whatif?supplier=AAA&product=999999", 404, "999999 is not a product of this run"),
        ("whatif?supplier=AAA&product=284690&year=1800", 404, "is not a year of this run"),
        ("whatif?supplier=AAB&product=284690", 404, "such as AAA"),
        ("whatif?supplier=AAA&product=284690&cut=2", 400, "above 0 and at most 1"),
        ("whatif?supplier=AAA&product=284690&cut=0", 400, "above 0 and at most 1"),
        ("whatif?supplier=AAA&product=284690&cut=101", 400, "above 0 and at most 1"),
        ("whatif?supplier=AAA&product=284690&cut=-0.5", 400, "is no share"),
        ("whatif?supplier=AAA&product=284690&cut=NaN", 400, "is no share"),
        ("whatif?supplier=AAA&product=284690&cut=1e309", 400, "is no share"),
        ("whatif?supplier=AAA&product=284690&cut=inf", 400, "is no share"),
        ("whatif?supplier=AAA&product=284690&cut=", 400, "is no share"),
        ("whatif?supplier=AAA&product=284690&cut=0.5&cut=0.5", 400, "cut is given twice"),
        ("whatif?supplier=AAA&product=284690&exec=ls", 400, "there is no parameter \"exec\""),
        ("whatif?supplier=AAA&product=284690&year=99999", 400, "is no year"),
        ("whatif?supplier=AAA&product=284690&year=2018", 404, "its years are 2019 to 2021"),
        ("whatif?run=2&supplier=AAA&product=284690", 400, "is neither 0 nor 1"),
        ("diversify?importer=BBC&product=284690", 404, "such as BBB"),
        ("diversify?importer=BBB&product=284690&move=NaN", 400, "from 0 to 1"),
        ("diversify?importer=BBB&product=284690&move=1e309", 400, "from 0 to 1"),
        ("diversify?importer=BBB&product=seeds", 400, "product: "),
        ("whatif?run=1&supplier=AAA&product=284690", 404, "there is one run here"),
        ("whatif?supplier=AAA&product=284690&pass=all", 400, "none, exposure, mass_balance"),
        ("diversify?importer=BBB&product=284690&objective=x", 400, "worst-stop"),
        ("diversify?importer=%00&product=284690", 400, "no code of a country"),
    ] {
        let answer = get(server, name, &[]);
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(says), "{name}: {error}");
    }
}

#[test]
fn many_questions_at_once_are_answered_one_by_one() {
    let server = Server::shared();
    let ask = || get(server, "whatif?supplier=AAA&product=284690", &[]).status;
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let asked: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        asked.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert!(statuses.iter().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains(&200));
}
