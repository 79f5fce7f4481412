//! `monazite report`: briefs and maps of a finished run, seen from outside.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use crate::world::{World, root};
use monazite::run_folder::Manifest;

fn finished() -> World {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w
}

#[test]
fn a_country_brief_shows_the_numbers_of_the_tables() {
    let w = finished();
    let call = w.does(&["report", "out", "--country", "beta,CCC", "--product", "2846.90", "--year", "2019"]);
    for file in ["BBB_2019.html", "CCC_2019.html", "284690_2019.html"] {
        assert!(call.out.contains(&format!("out/briefs/{file}\n")), "{}", call.out);
    }
    // In 2019 B buys 80 of 284690 from A (60) and C (20), and sells 60; PV of A is 25, and STR of B 1.99187.
    let brief = w.read("out/briefs/BBB_2019.html");
    for piece in
        ["<h1>Beta", "284690", "Alpha", ">75\u{a0}%<", ">25<", ">1.99<", "direct 0.69, indirect 0.30"]
    {
        assert!(brief.contains(piece), "{piece} in {brief}");
    }
    let product = w.read("out/briefs/284690_2019.html");
    for piece in ["World trade 170 thousand USD in 2019", "3 importers, 3 exporters", "Limitations"] {
        assert!(product.contains(piece), "{piece} in {product}");
    }
    // All of it can be A's: B and C sell no more than they buy. C buys 80, of which 50 (62.5 %) through B; A buys 10 of its own goods back.
    let through_others = " in 2019 was sold by Beta; 100\u{a0}% can have been made in Alpha.</p>";
    assert!(product.contains(through_others) && product.contains("of what Gamma bought"), "{product}");
    let origins = |page: &str| {
        page.split("_origins_2019\"").nth(1).and_then(|of| of.split("</table>").next()).map(str::to_owned)
    };
    let of_b = ">Alpha\u{a0}75\u{a0}%, Gamma\u{a0}25\u{a0}%</td><td class=\"text\" data-csv=\"Alpha|1||\">Alpha\u{a0}100\u{a0}%</td><td data-csv=\"1.79";
    for page in [&brief, &product] {
        assert!(origins(page).is_some_and(|table| table.contains(of_b)), "{page}");
    }
    // The run lists them, and nothing else has changed.
    let manifest = w.read("out/manifest.toml");
    assert!(manifest.contains("name = \"briefs/BBB_2019.html\""), "{manifest}");
    // Same run, same bytes.
    let call = w.does(&["report", "out", "--country", "BBB", "--year", "2019"]);
    assert!(brief == w.read("out/briefs/BBB_2019.html") && !call.out.contains("replaced"), "{}", call.out);
    // Of the last year the name is short; a file that holds something else is replaced, and that is said.
    w.does(&["report", "out", "--country", "BBB"]);
    assert!(brief == w.read("out/briefs/BBB_2019.html") && w.read("out/briefs/BBB.html") != brief);
    w.write("out/briefs/BBB.html", "mine");
    let call = w.does(&["report", "out", "--country", "BBB"]);
    assert!(call.out.contains("out/briefs/BBB.html (replaced)\n"), "{}", call.out);
    // A new run is without the briefs of the old one, and names them.
    let call = w.does(&["run", "study.toml", "--out", "out"]);
    let gone = "removed, since they show numbers of before: briefs/284690_2019.html, briefs/BBB.html, briefs/BBB_2019.html, briefs/CCC_2019.html;";
    assert!(call.err.contains(gone), "{}", call.err);
    assert!(!w.path("out/briefs").exists());
}

/// The files of a run with their content, but for the manifest.
fn contents(w: &World, run: &str) -> BTreeMap<String, Vec<u8>> {
    let files = w.files(run).into_iter().filter(|f| f != "manifest.toml");
    files.map(|f| (f.clone(), fs::read(w.path(run).join(&f)).unwrap())).collect()
}

#[test]
fn one_request_touches_one_thing() {
    let w = finished();
    let mut known = contents(&w, "out");
    for (request, made) in [
        (&["--map", "hhi"][..], &["figures/map_hhi.csv"][..]),
        (
            &["--map", "hhi", "--product", "284690", "--year", "2019", "--size", "slide"],
            &["figures/map_hhi_284690_2019_slide.svg", "figures/map_hhi_284690_2019_slide.caption.txt"],
        ),
        (&["--map", "hhi", "--year", "2021", "--size", "two-columns"], &["figures/map_hhi.svg"]),
        (&["--product", "284690", "--year", "2020"], &["briefs/284690_2020.html"]),
        (
            &["--figures", "network", "--year", "2020"],
            &["figures/network_2020.svg", "figures/network_2020.csv"],
        ),
        (&["--year", "2019", "--size", "slide"], &["figures/network_2019_slide.svg"]),
    ] {
        let call = w.does(&[&["report", "out"], request].concat());
        assert!(!call.out.contains("replaced"), "{}", call.out);
        let now = contents(&w, "out");
        for (name, bytes) in &known {
            assert!(*bytes == now[name], "{request:?} touched {name}");
        }
        for name in made {
            assert!(now.contains_key(*name), "{request:?} did not make {name}");
        }
        known = now;
    }
    let manifest = w.read("out/manifest.toml");
    assert_eq!(manifest.matches("[[files]]").count(), known.len());
}

#[test]
fn the_page_is_made_from_the_folder_alone() {
    let w = finished();
    w.does(&["typology", "out", "--neighbours", "6", "--repetitions", "2"]);
    let page = w.read("out/report.html");
    assert!(page.contains("<a href=\"#typology\">") && page.contains("Made again 2 times"));
    w.does(&["report", "out"]);
    assert!(page == w.read("out/report.html"), "rendered again");
    // Somewhere else, without the data and without the page.
    crate::world::copy(&w.path("out"), &w.path("elsewhere/run"));
    for gone in ["out", "release", "release.store"] {
        fs::remove_dir_all(w.path(gone)).unwrap();
    }
    fs::remove_file(w.path("study.toml")).unwrap();
    fs::remove_file(w.path("elsewhere/run/report.html")).unwrap();
    w.does(&["report", "elsewhere/run"]);
    assert!(page == w.read("elsewhere/run/report.html"), "rendered elsewhere");
}

#[test]
fn what_a_run_does_not_have_is_refused_with_near_names() {
    let w = finished();
    w.refuses(
        &["report", "out", "--country", "Bata"],
        "there is no country or group 'Bata' in this run; near to it: BBB (Beta)",
    );
    w.refuses(&["report", "out", "--country", "qqqqqq"], "there is no country or group 'qqqqqq' in this run");
    let call = w.call(&["report", "out", "--product", "2846"]);
    assert!(
        !call.ok && call.err.contains("there is no product '2846' in this run; near to it: 284690 ("),
        "{}",
        call.err
    );
    let call = w.call(&["report", "out", "--country", "BBB", "--year", "1999"]);
    assert!(call.err.contains("there is no year '1999' in this run"), "{}", call.err);
    let call = w.call(&["report", "out", "--map", "hii"]);
    assert!(call.err.contains("there is no indicator 'hii' in this run; near to it: hhi"), "{}", call.err);
    let call = w.call(&["report", "nowhere", "--country", "BBB"]);
    assert!(call.err.contains("this is not a finished run"), "{}", call.err);
    assert!(!w.path("out/briefs").exists(), "nothing is left of a refusal");
}

#[test]
fn options_that_nothing_would_use_are_refused() {
    let w = finished();
    let before = contents(&w, "out");
    for (request, message) in [
        (
            &["--country", "BBB", "--size", "slide"][..],
            "--size: a brief has no size of paper; it goes with --map, --trend, --figures and --countries",
        ),
        (
            &["--product", "284690", "--size", "slide"],
            "--size: a brief has no size of paper; it goes with --map, --trend, --figures and --countries",
        ),
        (
            &["--figures", "coefficients,cluster-trends", "--year", "2019"],
            "--year: coefficients, cluster_trends: all years are shown at once; it goes with --map, briefs and --figures network, origins, chokepoints, frontier, index_correlations",
        ),
        (
            &["--figures", "coefficients", "--countries", "AAA"],
            "--countries: coefficients: all countries are shown at once; it goes with --figures network, typology_map",
        ),
    ] {
        w.refuses(&[&["report", "out"], request].concat(), message);
    }
    assert!(contents(&w, "out") == before);
    // Where one part of a request uses it, it is used; a word of two may be written either way.
    w.does(&["report", "out", "--country", "BBB", "--map", "hhi", "--size", "one_column"]);
    w.does(&["report", "out", "--figures", "network", "--year", "2019", "--size", "one-column"]);
    assert!(w.path("out/figures/map_hhi_one_column.svg").exists());
    assert!(w.path("out/figures/network_2019_one_column.svg").exists());
}

#[test]
fn names_are_escaped_everywhere() {
    let w = World::new();
    let codes = "release/country_codes_V000001.csv";
    w.write(codes, w.read(codes).replace("Beta", "\"Bé <b>ta</b> & \"\"Co\"\"\""));
    w.change("study.toml", "name = \"Six countries\"", "name = \"<script>alert(1)</script> & 'Six'\"");
    w.does(&["run", "study.toml", "--out", "out"]);
    w.does(&["report", "out", "--country", "BBB", "--product", "284690", "--map", "str"]);
    for file in ["out/report.html", "out/briefs/BBB.html", "out/figures/map_str_284690.svg"] {
        let text = w.read(file);
        assert!(!text.contains("<b>ta</b>") && !text.contains("<script>alert"), "{file}");
    }
    w.does(&["report", "out", "--product", "284690"]);
    assert!(w.read("out/briefs/284690.html").contains("Bé &lt;b&gt;ta&lt;/b&gt; &amp; &quot;Co&quot;"));
}

#[test]
fn a_run_of_an_older_version_says_what_it_does_not_hold() {
    let w = finished();
    let mut older = Manifest::read(&w.path("out")).unwrap();
    older.indicators.trickle_loops = None;
    for file in ["suppliers.parquet", "stability.csv", "products.csv", "origins.parquet"] {
        fs::remove_file(w.path("out").join(file)).unwrap();
        older.files.retain(|listed| listed.name != file);
    }
    w.write("out/manifest.toml", older.to_toml());
    w.does(&["report", "out", "--country", "BBB", "--product", "284690"]);
    let brief = w.read("out/briefs/BBB.html");
    assert!(brief.contains("This run is of an older version") && !brief.contains("NaN"), "{brief}");
    // No heading without origins below it.
    assert!(!brief.contains("in the end") && !w.read("out/briefs/284690.html").contains("in the end"));
    fs::remove_file(w.path("out/indicators.parquet")).unwrap();
    let call = w.call(&["report", "out", "--country", "BBB"]);
    assert!(
        !call.ok && call.err.contains("out/indicators.parquet: it is not there, and the manifest lists it"),
        "{}",
        call.err
    );
}

#[test]
fn every_flipped_byte_that_is_used_is_an_error_that_names_the_file() {
    let w = finished();
    w.does(&["typology", "out", "--neighbours", "6", "--repetitions", "1"]);
    for file in w.files("out") {
        let good = fs::read(w.path("out").join(&file)).unwrap();
        let mut used = false;
        for at in [0, good.len() / 2, good.len() - 1] {
            let mut bytes = good.clone();
            bytes[at] ^= 1;
            fs::write(w.path("out").join(&file), &bytes).unwrap();
            let package = w.call(&["-q", "replicate", "out", "--out", "package"]);
            assert!(!package.ok && package.err.contains(&format!("out/{file}: ")), "{file}: {}", package.err);
            assert!(!w.path("package").exists());
            let call = w.call(&["-q", "report", "out", "--country", "BBB", "--product", "284690"]);
            used |= !call.ok;
            assert!(call.ok || call.err.contains(&format!("out/{file}: ")), "{file}: {}", call.err);
            if call.ok {
                // What is not used is kept as it is, and its checksum tells it from what the run made.
                assert!(fs::read(w.path("out").join(&file)).unwrap() == bytes);
            }
        }
        fs::write(w.path("out").join(&file), good).unwrap();
        let needed =
            ["indicators.parquet", "manifest.toml", "study.toml", "countries.csv", "chain/nodes.csv"];
        assert!(used || !needed.contains(&file.as_str()), "{file}");
    }
    w.does(&["replicate", "out", "--out", "package"]);
}

#[test]
fn one_year_no_links_and_no_typology_make_briefs_too() {
    let w = World::new();
    w.change("study.toml", "edges = [\"chain.csv\"]", "edges = []");
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284690\"]\nyears = [2020, 2020]");
    w.does(&["run", "study.toml", "--out", "out"]);
    w.does(&["report", "out", "--country", "AAA,BBB", "--product", "284690"]);
    for file in ["AAA", "BBB", "284690"] {
        let text = w.read(&format!("out/briefs/{file}.html"));
        assert!(
            !text.contains("NaN") && !text.contains("since 2020") && !text.contains("Which kind"),
            "{file}"
        );
    }
    let page = w.read("out/report.html");
    assert!(!page.contains("NaN") && page.contains("class=\"findings\""));
}

#[test]
fn the_page_has_a_heading_order_and_names_for_all_it_shows() {
    let w = finished();
    let page = w.read("out/report.html");
    assert_eq!(page.matches("<h1").count(), 1);
    let mut level = 1;
    for piece in page.split("<h").skip(1) {
        let Some(digit) = piece.chars().next().and_then(|c| c.to_digit(10)) else { continue };
        assert!(digit <= level + 1, "a heading of level {digit} after one of {level}");
        level = digit;
    }
    let body = &page[..page.find("<script type=").unwrap()];
    for svg in body.split("<svg").skip(1) {
        assert!(svg[..svg.find('>').unwrap()].contains("aria-label="), "a figure without a name");
    }
    assert!(page.len() < 5_000_000 && !page.contains("http-equiv") && !page.contains("src=\"http"));
    for target in page.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
        assert!(page.contains(&format!("id=\"{target}\"")), "a link to {target}, which is not there");
    }
}

#[test]
fn maps_show_the_numbers_of_the_panel() {
    let w = World::new();
    let study = root().join("studies/example/study.toml");
    w.does(&["indicators", study.to_str().unwrap(), "--out", "out"]);
    w.does(&["report", "out", "--map", "str", "--product", "284690", "--year", "2023"]);
    let numbers = w.read("out/figures/map_str_284690.csv");
    let row = |code: &str| numbers.lines().find(|l| l.starts_with(code)).unwrap().to_owned();
    let china: Vec<f64> = row("CHN").rsplit(',').take(2).map(|cell| cell.parse().unwrap()).collect();
    assert!((china[1] - 4.17).abs() < 0.005 && (china[0] - 1.866).abs() < 0.005, "{china:?}");
    // Colours follow the mass-balanced number, which differs by far, unless the other one is asked for.
    let map = w.read("out/figures/map_str_284690.svg");
    assert!(
        map.contains("<title>China: 1.87; without mass balance 4.17</title>")
            && map.contains("Colours show the mass-balanced number")
    );
    w.does(&["report", "out", "--map", "str", "--reading", "str", "--product", "284690", "--year", "2023"]);
    let map = w.read("out/figures/map_str_by_str_284690.svg");
    assert!(
        map.contains("<title>China: 4.17; mass-balanced 1.87</title>")
            && map.contains("create a feedback loop: mean 3.59, 1.94 without")
    );
    for (request, said) in [
        (&["--map", "hhi", "--reading", "str"][..], "a reading goes with str and influence"),
        (&["--trend", "str", "--reading", "str"], "--reading: it goes with --map"),
        (&["--map", "str", "--reading", "paper"], "write mass_balance or str"),
    ] {
        let call = w.call(&[&["report", "out"], request].concat());
        assert!(!call.ok && call.err.contains(said), "{}", call.err);
    }
    // The trickle of the methods page, importer by importer.
    w.does(&["report", "out", "--product", "284690"]);
    let brief = w.read("out/briefs/284690.html");
    for piece in [
        "4.17 ‡ 1.91",
        "3.43 ‡ 2.21",
        "2.98 ‡ 2.08",
        "rose from 1.73 in 2007 to 3.59 in 2023",
        "from 1.54 to 1.86",
    ] {
        assert!(brief.contains(piece), "{piece}");
    }
    let call = w.call(&["report", "out", "--country", "Germny"]);
    assert!(call.err.contains("near to it: DEU (Germany)"), "{}", call.err);
}

#[test]
fn countries_and_products_stand_side_by_side() {
    let w = finished();
    let call = w.does(&["report", "out", "--country", "BBB,CCC", "--side-by-side", "--year", "2019"]);
    assert!(call.out.contains("out/briefs/BBB-CCC_2019.html\n"), "{}", call.out);
    let page = w.read("out/briefs/BBB-CCC_2019.html");
    // STR of B in 284690 is 1.99; as in its own brief, and marked where it is the higher one.
    for piece in
        ["Beta, Gamma", "BBB: STR", "CCC: STR", "CCC: mass-balanced", "1.99", "Alpha", "class=\"most\""]
    {
        assert!(page.contains(piece), "{piece} in {page}");
    }
    assert!(!w.path("out/briefs/BBB_2019.html").exists(), "one page, not one of each");
    let call = w.does(&["report", "out", "--product", "284690,850511", "--side-by-side"]);
    assert!(call.out.contains("out/briefs/284690-850511.html\n"), "{}", call.out);
    let products = w.read("out/briefs/284690-850511.html");
    assert!(products.contains("World trade, USD"));
    // Who made it, of the largest importers of the products that have origins, in one table.
    let (_, origins) = products.split_once("<h2>Who made it in the end</h2>").unwrap();
    let (origins, _) = origins.split_once("</table>").unwrap();
    assert!(
        origins.contains("data-csv=\"Country\"") && origins.contains("data-csv=\"Product|Text\""),
        "{origins}"
    );
    for piece in ["data-csv=\"284690|", "data-csv=\"Beta\"", "data-csv=\"Gamma\""] {
        assert!(origins.contains(piece), "{piece} in {origins}");
    }
    for (request, message) in [
        (&["--country", "BBB", "--side-by-side"][..], "side by side: 1 country; name two to 4"),
        (&["--country", "BBB,Beta", "--side-by-side"], "side by side: BBB is named twice"),
        (&["--map", "hhi", "--side-by-side"], "--side-by-side: it goes with briefs"),
    ] {
        let call = w.call(&[&["report", "out"], request].concat());
        assert!(!call.ok && call.err.contains(message), "{}", call.err);
    }
}

#[test]
fn one_command_writes_many_briefs_and_lists_them() {
    let w = finished();
    let call = w.does(&["report", "out", "--product", "focus,284690,850511", "--country", "AAA,Beta,CCC"]);
    for file in ["284690", "850511", "AAA", "BBB", "CCC"] {
        assert_eq!(call.out.matches(&format!("out/briefs/{file}.html\n")).count(), 1, "{}", call.out);
    }
}

#[test]
fn a_study_of_all_products_without_links_has_briefs_of_all_of_them() {
    let w = World::new();
    w.change("study.toml", "edges = [\"chain.csv\"]", "edges = []");
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284690\"]\nproducts = \"all\"");
    w.does(&["run", "study.toml", "--out", "out"]);
    w.does(&["report", "out", "--country", "BBB"]);
    let brief = w.read("out/briefs/BBB.html");
    assert!(brief.contains("products of the study.") && !brief.contains("of the chain"), "{brief}");
    let products = w.read("out/products.csv").lines().count() - 1;
    assert!(products > 1 && brief.contains(&format!("of the {products} products of the study")), "{brief}");
}

#[test]
fn tables_of_briefs_hold_numbers_in_full_and_need_no_script() {
    let w = finished();
    w.does(&["report", "out", "--country", "BBB", "--product", "284690", "--year", "2019"]);
    for file in ["out/briefs/BBB_2019.html", "out/briefs/284690_2019.html"] {
        let page = w.read(file);
        let before = &page[..page.find("<script>").unwrap()];
        assert!(before.contains("class=\"plain\"") && before.contains("Imports (thousand USD)"), "{file}");
        assert!(page.contains("aria-sort") && page.contains("Download as CSV"), "{file}");
        // A heading and its cells have the same number of columns when they are downloaded.
        for table in before.split("<table class=\"plain\"").skip(1) {
            let table = &table[..table.find("</table>").unwrap()];
            let widths = table.split("<tr>").skip(1).map(|row| {
                let cells = row.split(" data-csv=\"").skip(1);
                cells.map(|cell| cell[..cell.find('"').unwrap()].split('|').count()).sum::<usize>()
            });
            let widths: Vec<usize> = widths.collect();
            assert!(widths.windows(2).all(|pair| pair[0] == pair[1]), "{file}: {widths:?} {table}");
        }
    }
}

#[test]
fn a_group_is_one_buyer_with_exact_shares() {
    let w = World::new();
    let study = root().join("studies/example/study.toml");
    w.does(&["indicators", study.to_str().unwrap(), "--out", "out"]);
    w.does(&["report", "out", "--country", "EU27", "--year", "2023"]);
    // The EU as one buyer: shares are those of imports from outside, computed apart from the flows of the store.
    let group = w.read("out/briefs/EU27.html");
    assert!(group.contains("Its 27 members count as one buyer and one seller"), "a group");
    for (code, supplier, share, hhi) in [
        ("283691", "Chile", 0.8003, 0.6517),
        ("810600", "China", 0.8190, 0.6774),
        ("250840", "India", 0.3302, 0.1870),
    ] {
        let row = group.split("<tr>").find(|row| row.contains(&format!("data-csv=\"{code}|"))).unwrap();
        let cells: Vec<&str> =
            row.split("data-csv=\"").skip(1).map(|cell| &cell[..cell.find('"').unwrap()]).collect();
        let close = |cell: &str, wanted: f64| (cell.parse::<f64>().unwrap() - wanted).abs() < 5e-5;
        assert!(cells[3] == supplier && close(cells[4], share) && close(cells[6], hhi), "{cells:?}");
        assert_eq!(row.contains("▲"), code != "250840", "{row}");
    }
    let shown = group.split("<script>").next().unwrap();
    assert!(shown.contains("more than 65 % from one country outside the EU.") && !shown.contains('≥'));
    assert!(group.contains("Only imports are seen here, not consumption"));
}
