//! The figures of a run from outside: files that stand alone, numbers that are those of the tables, texts inside the paper.

#![cfg(feature = "print")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use crate::world::{World, copy, example_run, table};
use monazite_print::Printer;
use resvg::usvg::{Group, Node, Rect, Tree};

const FIGURES: [&str; 4] = ["network", "typology_map", "cluster_profiles", "cluster_trends"];

/// A table of a run with its columns by name.
struct Named {
    rows: Vec<Vec<String>>,
}

impl Named {
    fn read(w: &World, name: &str) -> Self {
        Self { rows: table::read(&w.path(name)) }
    }

    fn at(&self, name: &str) -> usize {
        self.rows[0].iter().position(|c| c == name).unwrap_or_else(|| panic!("no column {name}"))
    }

    /// The rows as the values of some columns.
    fn of(&self, names: &[&str]) -> Vec<Vec<String>> {
        let columns: Vec<usize> = names.iter().map(|n| self.at(n)).collect();
        self.rows[1..].iter().map(|row| columns.iter().map(|&c| row[c].clone()).collect()).collect()
    }

    /// The last of the columns by the others.
    fn map(&self, names: &[&str]) -> BTreeMap<Vec<String>, String> {
        self.of(names)
            .into_iter()
            .map(|mut row| {
                let value = row.pop().unwrap();
                (row, value)
            })
            .collect()
    }
}

fn texts(tree: &Tree) -> Vec<(String, Rect)> {
    fn collect(group: &Group, found: &mut Vec<(String, Rect)>) {
        for node in group.children() {
            match node {
                Node::Group(inner) => collect(inner, found),
                Node::Text(text) => found.push((
                    text.chunks().iter().map(|c| c.text()).collect(),
                    text.flattened().bounding_box().transform(text.abs_transform()).unwrap(),
                )),
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(tree.root(), &mut found);
    found
}

/// Every SVG of a run: well-formed, with its font, all texts on the paper; PNG, PDF and caption beside it.
fn assert_complete(w: &World, run: &str) -> usize {
    let printer = Printer::new();
    let mut count = 0;
    for name in w.files(&format!("{run}/figures")).iter().filter(|f| f.ends_with(".svg")) {
        let path = format!("{run}/figures/{name}");
        let svg = w.read(&path);
        let parsed = roxmltree::Document::parse(&svg).unwrap_or_else(|e| panic!("{name}: {e}"));
        let root = parsed.root_element();
        assert_eq!(root.tag_name().name(), "svg");
        assert!(root.attribute("aria-label").is_some_and(|text| text.len() > 10), "{name}");
        assert_eq!(svg.matches("@font-face").count(), 2, "{name}");
        let tree = printer.tree(&svg).unwrap();
        let found = texts(&tree);
        assert!(found.len() > 3, "{name}");
        for (text, place) in found {
            let inside = place.left() >= -0.4
                && place.top() >= -0.4
                && place.right() <= tree.size().width() + 0.4
                && place.bottom() <= tree.size().height() + 0.4;
            assert!(inside, "{name}: '{text}' at {place:?} is outside {:?}", tree.size());
        }
        let stem = path.strip_suffix(".svg").unwrap();
        assert!(fs::read(w.path(&format!("{stem}.png"))).unwrap().starts_with(b"\x89PNG"));
        assert!(fs::read(w.path(&format!("{stem}.pdf"))).unwrap().starts_with(b"%PDF"));
        let caption = w.read(&format!("{stem}.caption.txt"));
        for part in ["\nDefinitions. ", "\nData. ", "\nNumbers. figures/", "sha256"] {
            assert!(caption.contains(part), "{name}: {caption}");
        }
        assert!(w.path(&format!("{stem}.csv")).exists(), "{name}");
        count += 1;
    }
    count
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or_else(|_| panic!("'{text}' is not a number"))
}

#[test]
fn figures_of_a_small_run_stand_alone_and_can_be_drawn_again() {
    let w = World::new();
    w.change("release/country_codes_V000001.csv", "1,Alpha,,AAA", "1,\"<Côte> d'\"\"Alpha\"\" & Co\",,AAA");
    let products = "release/product_codes_HS07_V000001.csv";
    w.change(products, "Magnets: permanent magnets", "<b>Magnets</b> & \"\"é\"\": permanent magnets");
    w.does(&["run", "study.toml", "--out", "out"]);
    // Too few rows for a typology: the networks are there, of those that trade most, since there is no USA in this world.
    let is_network = |f: &String| f.ends_with(".svg") && f.starts_with("network");
    let networks: Vec<String> = w.files("out/figures").into_iter().filter(is_network).collect();
    assert_eq!(networks.len(), 4, "{networks:?}");
    assert_eq!(
        assert_complete(&w, "out"),
        9,
        "and the trends of STR, origins, chokepoints in one year and over the years, a frontier"
    );
    w.does(&["typology", "out", "--neighbours", "6", "--repetitions", "0"]);
    assert_eq!(assert_complete(&w, "out"), 12);
    let report = w.read("out/report.html");
    assert_eq!(report.matches("id=\"figure-font\"").count(), 1);
    for name in FIGURES {
        let frame = format!("<figure class=\"wide\" id=\"figure-{name}\">\n<svg ");
        assert!(report.contains(&frame), "{name}");
    }
    // The data of the page are no markup.
    let markup = &report[..report.find("<script type=\"application/json\"").unwrap()];
    assert!(!markup.contains("<b>Magnets") && !markup.contains("<Côte>"));
    assert!(markup.contains("&lt;b&gt;Magnets") && markup.contains("&lt;Côte&gt;"));

    // The same bytes each time, and nothing else in the run changes.
    let all = |w: &World| -> BTreeMap<String, Vec<u8>> {
        let files = w.files("out").into_iter().filter(|f| f != "manifest.toml");
        files.map(|f| (f.clone(), fs::read(w.path(&format!("out/{f}"))).unwrap())).collect()
    };
    let before = all(&w);
    w.does(&["report", "out"]);
    let after = all(&w);
    assert_eq!(before.keys().collect::<Vec<_>>(), after.keys().collect::<Vec<_>>());
    for (name, bytes) in &before {
        assert!(*bytes == after[name], "{name} differs");
    }

    // Other countries, another year, another paper: files of their own, and nothing else changes.
    w.does(&["report", "out", "--countries", "bbb,FFF", "--year", "2020", "--size", "one-column"]);
    let files = all(&w);
    for (name, bytes) in &before {
        assert!(*bytes == files[name], "{name} was touched");
    }
    for name in ["network_of_BBB-FFF_2020_one_column.svg", "network_FFF_of_BBB-FFF_2020_one_column.pdf"] {
        assert!(files.contains_key(&format!("figures/{name}")), "{name}");
    }
    let network = w.read("out/figures/network_of_BBB-FFF_2020_one_column.svg");
    assert!(network.contains("width=\"88mm\""));
    assert_complete(&w, "out");
    let signed = w.read("out/manifest.toml").matches("[[files]]").count();
    assert_eq!(signed, w.files("out").len() - 1);
    assert!(w.read("out/manifest.toml").contains("on_request = true"));
    // One figure alone.
    let call = w.does(&["report", "out", "--figures", "typology_map", "--size", "slide"]);
    assert!(call.out.contains("figure      out/figures/typology_map_slide.svg\n"), "{}", call.out);
    let slide = w.read("out/figures/typology_map_slide.svg");
    assert!(slide.contains("width=\"338.66mm\" height=\"190.5mm\""));
    // Figures of a typology go with it, and it is said which.
    let call = w.does(&["typology", "out", "--neighbours", "5"]);
    let gone = "removed, since they show numbers of before: figures/chokepoint_trends_2020_one_column, ";
    assert!(call.err.contains(gone) && call.err.contains(", figures/typology_map_slide;"), "{}", call.err);
    assert!(!w.path("out/figures/typology_map_slide.svg").exists());
    assert!(w.path("out/figures/network_FFF_of_BBB-FFF_2020_one_column.svg").exists());
}

#[test]
fn what_a_run_does_not_have_is_named() {
    let w = World::new();
    w.refuses(&["report", "out"], "out: this is not a finished run: there is no such folder");
    w.does(&["run", "study.toml", "--out", "out"]);
    w.refuses(
        &["report", "out", "--countries", "AAB"],
        "there is no country or group 'AAB' in this run; there are: AAA (Alpha)",
    );
    w.refuses(
        &["report", "out", "--figures", "map"],
        "there is no figure 'map' in this run; there are: network, str_trends, origins, chokepoints, shock, frontier, index_correlations, before_after, typology_map, cluster_profiles, cluster_trends, coefficients, specification_curve",
    );
    w.refuses(
        &["report", "out", "--year", "1999"],
        "there is no year '1999' in this run; there are: 2019, 2020, 2021",
    );
    w.refuses(
        &["report", "out", "--size", "poster"],
        "--size: \"poster\" is not \"one_column\", \"two_columns\" or \"slide\"; or all",
    );
    let before = w.files("out");
    let nodes = w.read("out/chain/nodes.csv");
    w.write("out/chain/nodes.csv", nodes.replacen("description", "text", 1));
    let call = w.call(&["--quiet", "report", "out"]);
    assert!(!call.ok && call.err.contains("out/chain/nodes.csv: cannot be read: it has "), "{}", call.err);
    w.write("out/chain/nodes.csv", nodes);
    fs::remove_file(w.path("out/indicators.parquet")).unwrap();
    w.refuses(
        &["report", "out"],
        "out/indicators.parquet: it is not there, and the manifest lists it; run the study again into this folder",
    );
    assert_eq!(w.files("out").len(), before.len() - 1, "nothing is left behind");

    w.write("study.toml", w.read("study.toml") + "\n[figures]\nyear = 2030\n");
    w.refuses(
        &["run", "study.toml", "--out", "other"],
        "study.toml: figures.year: 2030 is not a year of the study",
    );
    assert!(!w.path("other").exists());
    w.change("study.toml", "year = 2030", "countries = []");
    w.change("study.toml", "edges = [\"chain.csv\"]", "edges = []");
    w.does(&["run", "study.toml", "--out", "bare"]);
    let manifest = w.read("bare/manifest.toml");
    assert!(
        manifest.contains("stage = \"figure network\"\nreason = \"the chain has no links\""),
        "{manifest}"
    );
    const WITHOUT_LINKS: [&str; 5] =
        ["str_trends.", "origins.", "chokepoints.", "chokepoint_trends.", "frontier."];
    let known = |file: &String| WITHOUT_LINKS.iter().any(|name| file.starts_with(name));
    assert!(w.files("bare/figures").iter().all(known), "{:?}", w.files("bare/figures"));
    // Nothing is drawn, and that is not what was asked for.
    w.refuses(
        &["report", "bare", "--figures", "network"],
        "no figure: network: the chain has no links; the run stays as it was",
    );
    assert_eq!(w.read("bare/manifest.toml"), manifest);
}

#[test]
// Long: one comparison for each figure.
fn the_numbers_behind_the_figures_of_the_example_are_those_of_its_tables() {
    let w = World::new();
    copy(example_run(), &w.path("out"));
    assert_eq!(assert_complete(&w, "out"), 17);

    // The trends: levels of trends.csv, and sums of what each part has changed since the first year.
    let (trends, drawn) =
        (table::read(&w.path("out/trends.csv")), table::read(&w.path("out/figures/str_trends.csv")));
    let at = |rows: &[Vec<String>], name: &str| rows[0].iter().position(|n| n == name).unwrap();
    let mut sums = [0.0; 3];
    for row in &drawn[1..] {
        let of_year = trends[1..].iter().find(|t| t[..2] == row[..2]).unwrap();
        let level = number(&row[at(&drawn, "str")]);
        assert_eq!(level, number(&of_year[at(&trends, "str_weighted")]));
        for (k, (part, only)) in [
            ("change_network", "network_only"),
            ("change_stability", "stability_only"),
            ("change_importers", "importers_only"),
        ]
        .into_iter()
        .enumerate()
        {
            let change = &of_year[at(&trends, part)];
            sums[k] = if change.is_empty() { level } else { sums[k] + number(change) };
            assert!((sums[k] - number(&row[at(&drawn, only)])).abs() < 1e-12, "{row:?}");
        }
    }
    assert_eq!(drawn.len(), 1 + 10 * 17);

    // The networks: scores of countries from the panel, of the group from its own table.
    let of_panel = Named::read(&w, "out/indicators.parquet").map(&["country", "year", "product", "pc1"]);
    let of_groups = Named::read(&w, "out/groups.parquet").map(&["group", "year", "product", "pc1"]);
    let network = Named::read(&w, "out/figures/network.csv");
    let rows = network.of(&["country", "year", "product", "composite"]);
    let nodes = Named::read(&w, "out/chain/nodes.csv");
    assert_eq!(rows.len(), 3 * (nodes.rows.len() - 1));
    let mut defined = 0;
    for row in rows {
        let key = row[..3].to_vec();
        let known = if row[0] == "EU27" { of_groups.get(&key) } else { of_panel.get(&key) };
        assert_eq!(known.map_or("", String::as_str), row[3], "{key:?}");
        defined += usize::from(!row[3].is_empty());
    }
    assert!(defined > 90);
    let tiers = nodes.map(&["product", "tier"]);
    for row in network.of(&["product", "tier", "size"]) {
        assert_eq!(tiers[&row[..1].to_vec()], row[1]);
        assert!((number(&row[2]) - 1.0 / (1.0 + number(&row[1]))).abs() < 1e-12);
    }
    let mut kept: Vec<Vec<String>> = Named::read(&w, "out/chain/edges.csv").of(&["input", "output", "kept"]);
    kept.retain(|row| row[2] == "true");
    let mut kept: Vec<Vec<String>> = kept.into_iter().map(|row| row[..2].to_vec()).collect();
    let mut drawn = Named::read(&w, "out/figures/network_links.csv").of(&["input", "output"]);
    kept.sort();
    drawn.sort();
    assert_eq!(kept, drawn);

    // The map.
    let names = ["year", "country", "kind", "x", "y", "cluster"];
    assert_eq!(
        Named::read(&w, "out/figures/typology_map.csv").of(&names),
        Named::read(&w, "out/typology/embedding.csv").of(&names)
    );

    // Trends: means over the countries of a cluster, and what moved STR.
    let cluster_of = Named::read(&w, "out/typology/countries.csv").map(&["country", "kind", "cluster"]);
    let cluster = |country: &str, kind: &str| {
        let key = vec![country.to_owned(), kind.to_owned()];
        (kind != "group").then(|| cluster_of.get(&key).cloned()).flatten()
    };
    let profiles = Named::read(&w, "out/profiles.parquet");
    for feature in ["str_all", "str_inputs", "pc1_tier1"] {
        let values = profiles.of(&["year", "country", "kind", feature]);
        let mut of_cluster: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
        let mut by_country: BTreeMap<(String, i32), (String, f64)> = BTreeMap::new();
        for row in values.iter().filter(|row| !row[3].is_empty()) {
            if let Some(own) = cluster(&row[1], &row[2]) {
                of_cluster.entry((own.clone(), row[0].clone())).or_default().push(number(&row[3]));
                by_country.insert((row[1].clone(), row[0].parse().unwrap()), (own, number(&row[3])));
            }
        }
        let trends = Named::read(&w, "out/figures/cluster_trends.csv");
        let rows = trends.of(&["feature", "cluster", "year", "countries", "mean"]);
        let mut seen = 0;
        for row in rows.iter().filter(|row| row[0] == feature) {
            let known = &of_cluster[&(row[1].clone(), row[2].clone())];
            assert_eq!(row[3], known.len().to_string());
            let mean = known.iter().sum::<f64>() / known.len() as f64;
            assert!((mean - number(&row[4])).abs() < 1e-9, "{row:?}: {mean}");
            seen += 1;
        }
        assert!(seen > 80, "{feature}: {seen}");
        if feature == "pc1_tier1" {
            continue;
        }
        // The parts add up to the mean change of the countries with both years.
        let parts = Named::read(&w, "out/figures/cluster_trend_parts.csv");
        let mut sums: BTreeMap<String, f64> = BTreeMap::new();
        for row in parts
            .of(&["feature", "cluster", "year", "countries", "network", "stability", "mix"])
            .iter()
            .filter(|row| row[0] == feature)
        {
            let year: i32 = row[2].parse().unwrap();
            let changes: Vec<f64> = by_country
                .iter()
                .filter(|((_, t), (own, _))| *t == year && *own == row[1])
                .filter_map(|((country, t), (_, now))| {
                    by_country.get(&(country.clone(), t - 1)).map(|(_, before)| now - before)
                })
                .collect();
            assert_eq!(row[3], changes.len().to_string(), "{row:?}");
            let sum = sums.entry(row[1].clone()).or_default();
            if !changes.is_empty() {
                *sum += changes.iter().sum::<f64>() / changes.len() as f64;
            }
            let told: f64 = row[4..].iter().map(|part| number(part)).sum();
            assert!((*sum - told).abs() < 1e-9, "{row:?}: {sum}");
        }
        assert!(sums.len() > 5);
    }

    // Histograms: each is of the whole exports of its cluster.
    let mut wholes: BTreeMap<Vec<String>, f64> = BTreeMap::new();
    for row in Named::read(&w, "out/figures/cluster_profiles.csv").of(&["feature", "cluster", "share"]) {
        *wholes.entry(row[..2].to_vec()).or_default() += number(&row[2]);
    }
    assert!(wholes.values().all(|whole| (whole - 1.0).abs() < 1e-9));

    // Regression.
    let estimates =
        Named::read(&w, "out/regression/table.csv").map(&["preset", "term", "reported", "estimate"]);
    let plotted = Named::read(&w, "out/figures/coefficients.csv").of(&["preset", "term", "estimate"]);
    assert_eq!(plotted.len(), 16);
    for row in plotted {
        assert_eq!(estimates[&vec![row[0].clone(), row[1].clone(), "true".to_owned()]], row[2]);
    }
    let swept = Named::read(&w, "out/regression/sweep.csv").of(&["term", "covariance", "estimate"]);
    let mut swept: Vec<String> =
        swept.into_iter().filter(|r| r[0] == "STR" && r[1] == "two_way").map(|r| r[2].clone()).collect();
    let mut curve: Vec<String> =
        Named::read(&w, "out/figures/specification_curve.csv").of(&["estimate"]).concat();
    swept.sort();
    curve.sort();
    assert_eq!(swept, curve);

    for size in ["one-column", "slide"] {
        w.does(&["report", "out", "--size", size, "--countries", "DEU,JPN,EU27,AUS"]);
        let of_size = |name: &String| name.ends_with(&format!("_{}.svg", size.replace('-', "_")));
        assert_eq!(w.files("out/figures").iter().filter(|name| of_size(name)).count(), 17, "{size}");
        assert_complete(&w, "out");
    }
}
