//! The page of a run: its order, what is folded, and what its tables hold.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use serde_json::Value;

use crate::world::{World, root};

/// The data behind the tables of a page.
fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    serde_json::from_str(&rest.split_once("</script>").unwrap().0.replace("<\\/", "</")).unwrap()
}

#[test]
fn the_page_answers_in_the_order_of_the_questions() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    let page = w.read("out/report.html");
    let sections: Vec<&str> =
        page.split("<section id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let order = [
        "moved",
        "dependence",
        "risk",
        "map",
        "rankings",
        "chokepoints",
        "chain",
        "network",
        "regression",
        "typology",
        "limitations",
        "definitions",
        "provenance",
    ];
    let wanted: Vec<&str> = order.into_iter().filter(|s| sections.contains(s)).collect();
    assert_eq!(sections, wanted);
    // STR is put in words before a number of it is given, with both readings on the first screen.
    let body = &page[page.find("<main").unwrap()..page.find("<script type=").unwrap()];
    let words = body.find("expected number of unstable hands").unwrap();
    let first_use = body.find("STR of the average importer").unwrap();
    assert!(words < first_use && first_use < body.find("Largest exporter").unwrap());
    for piece in ["by value, of all flows", "<h2>Limitations</h2>", "Stages skipped"] {
        assert!(body.contains(piece), "{piece}");
    }
    // Definitions, checksums and the account of rows are folded; limitations are not.
    for folded in ["What the numbers mean", "Files and checksums", "What became of every row"] {
        assert!(body.contains(&format!("<details><summary>{folded}")), "{folded}");
    }
    // Downloads take the raw number, with its unit in the heading.
    assert!(body.contains("<th scope=\"col\" data-unit=\"thousand USD\">World imports</th>"));
    assert!(body.contains("<td data-value=\"") && page.contains("\"raw\":\"Imports (thousand USD)\""));
}

#[test]
fn shares_by_weight_say_so_with_their_coverage() {
    let w = World::new();
    w.change("study.toml", "[trade]\n", "[trade]\nmeasure = \"quantity\"\n");
    w.does(&["run", "study.toml", "--out", "out"]);
    let page = w.read("out/report.html");
    for piece in
        ["Shares and risk are by weight, which", "Value with quantities", "Shares of suppliers are by weight"]
    {
        assert!(page.contains(piece), "{piece}");
    }
    let coverage = &data(&page)["products"][0]["years"][0]["coverage"];
    assert!(coverage.as_f64().is_some_and(|c| c > 0.9), "{coverage}");
}

#[test]
fn rankings_mark_feedback_loops_and_leave_out_who_hardly_trades() {
    let w = World::new();
    let study = root().join("studies/example/study.toml");
    w.does(&["indicators", study.to_str().unwrap(), "--out", "out"]);
    w.does(&["report", "out"]);
    let data = data(&w.read("out/report.html"));
    let names = |table: &str| -> Vec<String> {
        data[table].as_array().unwrap().iter().map(|c| c["name"].as_str().unwrap().to_owned()).collect()
    };
    let place = |table: &str, name: &str| names(table).iter().position(|n| n == name).unwrap();
    let product = data["products"].as_array().unwrap().iter().find(|p| p["code"] == "284690").unwrap();
    let year = product["years"].as_array().unwrap().last().unwrap();
    let china = data["codes"].as_array().unwrap().iter().position(|c| c == "CHN").unwrap();
    let row = |table: &str| year[table].as_array().unwrap().iter().find(|r| r[0] == china).unwrap().clone();
    // The numbers of methods 4: 4.17 as recorded, 1.91 without the imports of Myanmar, which supplies 74 %.
    let importer = row("importers");
    let of = |name: &str| importer[place("importers", name)].as_f64().unwrap();
    assert!((of("str") - 4.17).abs() < 0.01 && (of("str_without") - 1.915).abs() < 0.01, "{importer}");
    assert!((of("str_mass_balance") - 1.866).abs() < 0.01, "{importer}");
    assert_eq!(data["sorted"]["importers"], "str_mass_balance");
    assert_eq!(data["sorted"]["suppliers"], "influence_mass_balance");
    let loops = year["loops"].as_array().unwrap();
    assert_eq!(loops.len(), 1);
    let told = loops[0].as_str().unwrap();
    assert!(
        told.starts_with("negligible imports of Myanmar create a feedback loop") && told.contains("1.94"),
        "{told}"
    );
    let buyer = row("buyers");
    let supplier = buyer[place("buyers", "supplier_1")].as_u64().unwrap() as usize;
    assert_eq!(data["codes"][supplier], "MMR");
    assert!((buyer[place("buyers", "share_1")].as_f64().unwrap() - 0.74).abs() < 0.01, "{buyer}");
    // Nobody under a thousandth of world trade is in a table.
    for table in ["buyers", "importers", "suppliers"] {
        let share = place(table, "share");
        for product in data["products"].as_array().unwrap() {
            for year in product["years"].as_array().unwrap() {
                for row in year[table].as_array().unwrap() {
                    assert!(row[share].as_f64().unwrap() >= 0.00099, "{table} {}: {row}", product["code"]);
                }
            }
        }
    }
}
