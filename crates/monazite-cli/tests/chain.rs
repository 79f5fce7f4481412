//! `monazite chain`: networks from candidates and other sources, what they refuse, and what can be asked of them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::fs;

use crate::world::{World, root};

const CANDIDATES: &str = "# edition: HS07\nrun,input,output,score\n1,284690,280530,0.9\n1,280530,850511,0.8\n1,850511,850131,0.7\n\
                          2,284690,280530,0.9\n2,280530,850511,0.8\n2,850131,280530,0.4\n3,284690,280530,0.6\n3,850511,850131,0.5\n3,,,\n";

/// The tiny study with candidates instead of its edge list.
fn with_candidates(text: &str, more: &str) -> World {
    let w = World::new();
    w.write("candidates.csv", text);
    w.change(
        "study.toml",
        "edges = [\"chain.csv\"]",
        &format!("candidates = [\"candidates.csv\"]\nvotes = 1\n{more}"),
    );
    w
}

fn edges(w: &World, folder: &str) -> Vec<String> {
    w.read(&format!("{folder}/chain/edges.csv")).lines().skip(1).map(str::to_owned).collect()
}

#[test]
fn candidates_become_a_network_with_tiers_and_graph_files() {
    let w = with_candidates(CANDIDATES, "test = \"report\"");
    let call = w.does(&["chain", "study.toml", "--out", "out"]);
    for piece in [
        "  source      candidates.csv (candidates): 4 links named by 3 runs\n",
        "against 4 outputs (sample summed, transform raw, control none, leave_out none, null exhaustive)\n",
        "  left out    1 link: would close a cycle\n",
        "  chain       4 products, 3 links, deepest tier 3\n",
        "  tier 3         1  850131\n",
        "  note        1 rows of candidates.csv propose no link: no product named.\n",
        "of the data, not against all products there are",
    ] {
        assert!(call.out.contains(piece), "{piece}\n{}", call.out);
    }
    assert_eq!(
        w.files("out"),
        [
            "chain/chain.dot",
            "chain/chain.graphml",
            "chain/edges.csv",
            "chain/nodes.csv",
            "chain/sources.csv",
            "manifest.toml",
            "study.toml"
        ]
    );
    let edges = edges(&w, "out");
    assert_eq!(edges.len(), 4);
    let dropped: Vec<&String> = edges.iter().filter(|e| e.contains(",false,")).collect();
    assert_eq!(dropped.len(), 1);
    assert!(
        dropped[0].starts_with("850131,280530,1,")
            && dropped[0].contains("closes a cycle: 280530 -> 850511 -> 850131"),
        "{}",
        dropped[0]
    );
    let sources = w.read("out/chain/sources.csv");
    assert!(sources.contains("284690,280530,candidates.csv,candidates,3,3,3,0.7999"), "{sources}");
    let graphml = w.read("out/chain/chain.graphml");
    assert_eq!(graphml.matches("<node ").count(), 4);
    assert_eq!(graphml.matches("<edge ").count(), 3);
    assert!(graphml.contains(
        "<edge source=\"284690\" target=\"280530\"><data key=\"votes\">3</data><data key=\"rho\">"
    ));
    let dot = w.read("out/chain/chain.dot");
    assert!(dot.starts_with("digraph chain {\n") && dot.ends_with("}\n"));
    assert_eq!(dot.matches(" -> ").count(), 3);
    let manifest = w.read("out/manifest.toml");
    assert!(
        manifest.contains("kind = \"candidates\"") && manifest.contains("null_outputs = 4"),
        "{manifest}"
    );
    // The run takes the same network.
    w.does(&["run", "study.toml", "--out", "run"]);
    assert_eq!(w.read("run/chain/edges.csv"), w.read("out/chain/edges.csv"));
}

#[test]
fn votes_the_test_and_experts_leave_their_reasons() {
    let w = with_candidates(CANDIDATES, "z_threshold = 50.0\noverrides = \"overrides.csv\"");
    w.write(
        "overrides.csv",
        "input,output,action,reason,name\n284690,280530,force,molten-salt electrolysis,A. Smith\n850511,850131,forbid,ferrite only,B. Jones\n",
    );
    w.change("study.toml", "votes = 1", "votes = 2");
    let call = w.does(&["chain", "study.toml", "--out", "out"]);
    assert!(
        call.out.contains("  source      overrides.csv (overrides): 2 decisions of experts\n"),
        "{}",
        call.out
    );
    let edges = edges(&w, "out");
    let row = |start: &str| edges.iter().find(|e| e.starts_with(start)).unwrap().clone();
    assert!(row("284690,280530,3,").contains(",true,forced by A. Smith: molten-salt electrolysis,"));
    assert!(row("280530,850511,2,").contains(" is below 50,"), "{}", row("280530,850511,2,"));
    assert!(row("850131,280530,1,").contains(",false,\"1 of 3 votes, 2 are needed\","));
    // Failing the test comes before being forbidden.
    assert!(row("850511,850131,2,").contains(" is below 50,"));
    w.change("study.toml", "z_threshold = 50.0", "z_threshold = -50.0");
    w.does(&["chain", "study.toml", "--out", "out"]);
    let edges = self::edges(&w, "out");
    let row = |start: &str| edges.iter().find(|e| e.starts_with(start)).unwrap().clone();
    assert!(row("850511,850131,2,").contains(",false,forbidden by B. Jones: ferrite only,"));
    assert!(row("280530,850511,2,").contains(",true,,\"candidates.csv, 2 of 3 runs\""));
}

#[test]
fn candidates_that_cannot_be_used_are_refused() {
    let refuses = |from: &str, to: &str, message: &str| {
        let w = with_candidates(&CANDIDATES.replacen(from, to, 1), "");
        w.refuses(&["chain", "study.toml", "--out", "out"], message);
        w.refuses(&["run", "study.toml", "--out", "out"], message);
        assert!(!w.path("out").exists(), "nothing is left behind");
    };
    refuses(
        "1,284690,280530",
        "1,284690,28053",
        "candidates.csv:3: column output: '28053' has 5 digits; HS6 codes have six (a leading zero may be lost)",
    );
    refuses(
        "1,850511,850131",
        "1,850511,850511",
        "candidates.csv:5: column output: 850511 is listed as an input of itself; remove the line",
    );
    refuses(
        "edition: HS07",
        "edition: HS17",
        "candidates.csv: the links are in HS17, the trade data in HS07; give links in HS07, or import the trade as HS17 \
         (monazite import RELEASE --to HS17)",
    );
    refuses("0.8", "good", "candidates.csv:4: column score: 'good' is not a number");
    let w = with_candidates(CANDIDATES, "cycles = \"reject\"\ntest = \"off\"");
    w.refuses(
        &["chain", "study.toml", "--out", "out"],
        "the links form a cycle: 280530 -> 850511, 850511 -> 850131, 850131 -> 280530; remove one of them, or set chain.cycles = \
         \"greedy\" to drop the weakest",
    );
    let w = with_candidates(CANDIDATES, "");
    w.change("study.toml", "votes = 1", "votes = 6");
    w.refuses(
        &["chain", "study.toml", "--out", "out"],
        "candidates.csv: chain.votes = 6 can never be reached: the file has 3 runs; ask for at most 3",
    );
    w.change("study.toml", "seeds = [\"284690\"]", "seeds = [\"284691\"]");
    w.refuses(
        &["chain", "study.toml", "--out", "out"],
        "study.toml: study.seeds: 284691 is not a code of HS07",
    );
}

#[test]
fn parameters_of_the_test_that_do_not_fit_are_named() {
    let w = with_candidates(
        CANDIDATES,
        "sample = \"stacked\"\nleave_out = \"jackknife\"\ntransform = \"per_capita\"\nfdr = 1.5\nn_perm = 1",
    );
    w.change("study.toml", "votes = 1", "votes = 0");
    w.refuses(
        &["chain", "study.toml"],
        "study.toml: 5 problems\n  line 18: chain.votes: 0 is not a number of votes from 1 to 1000\n  \
         line 20: chain.leave_out: leaving countries out needs sample = \"summed\"\n  \
         line 21: chain.transform: \"per_capita\" needs a table of inhabitants: set chain.population\n  \
         line 22: chain.fdr: 1.5 is not above 0 and at most 1\n  \
         line 23: chain.n_perm: 1 is not a number of draws from 2 to a million",
    );
    let w = with_candidates(CANDIDATES, "overrides = \"none.csv\"");
    w.refuses(
        &["chain", "study.toml"],
        "study.toml: chain.overrides: there is no none.csv (paths are relative to the study file)",
    );
    let w = with_candidates(CANDIDATES, "test_years = [2015, 2021]");
    w.refuses(
        &["chain", "study.toml", "--out", "out"],
        "study.toml: chain.test_years: the data have no 2015, 2016, 2017, 2018; they have 2019 to 2021",
    );
}

#[test]
fn values_a_person_come_from_a_table() {
    let w = with_candidates(
        CANDIDATES,
        "transform = \"per_capita\"\npopulation = \"people.csv\"\ntest = \"report\"",
    );
    let rows: String = ["AAA", "BBB", "CCC", "DDD", "EEE"]
        .iter()
        .flat_map(|c| (2019..=2021).map(move |y| format!("{y},{c},{}\n", 1000 + y)))
        .collect();
    w.write("people.csv", format!("year,iso3,population\n{rows}"));
    let call = w.does(&["chain", "study.toml", "--out", "out"]);
    assert!(call.out.contains("on 5 observations, 2019 to 2021"), "{}", call.out);
    assert!(call.out.contains("The test leaves out 1 of 6 observations"), "{}", call.out);
    w.write("people.csv", "year,iso3,population\n2019,AAA,0\n");
    w.refuses(
        &["chain", "study.toml", "--out", "out"],
        "people.csv:2: column population: '0' is not positive",
    );
}

#[test]
fn other_trade_can_be_named_on_the_command_line() {
    let w = World::new();
    fs::rename(w.path("release"), w.path("elsewhere")).unwrap();
    w.refuses(
        &["chain", "study.toml", "--out", "out"],
        "study.toml: data.trade: there is no release (paths are relative to the study file)",
    );
    w.refuses(&["chain", "study.toml", "--trade", "nowhere", "--out", "out"], "--trade: there is no nowhere");
    w.does(&["chain", "study.toml", "--trade", "elsewhere", "--out", "out"]);
    assert_eq!(edges(&w, "out").len(), 3);
}

#[test]
fn calibrate_scans_votes_and_z() {
    let w = with_candidates(CANDIDATES, "");
    let call = w.does(&[
        "chain",
        "calibrate",
        "study.toml",
        "--z",
        "-9,9",
        "--products",
        "3",
        "--within",
        "0",
        "--deepest-tier",
        "2",
        "--out",
        "grid.csv",
    ]);
    let rows: Vec<&str> = call.out.lines().collect();
    // First votes alone: the codes up to each tier.
    assert_eq!(rows[0], "before any test on trade:");
    assert_eq!(rows[1], "  votes to tier 0 to tier 1 to tier 2 to tier 3   links  like study  stability");
    assert!(rows[2].starts_with("      1         1         2         3         4       3 "), "{}", call.out);
    let tested = rows.iter().position(|row| *row == "with the test on trade:").unwrap();
    let rows = &rows[tested + 1..];
    assert!(rows[0].starts_with("  votes     Z  products  links  deepest"), "{}", call.out);
    assert_eq!(rows.len(), 9, "{}", call.out);
    assert!(rows[1].starts_with("      1 -9.00         4      3        3  1 1 1 1 "), "{}", rows[1]);
    assert!(
        call.out.contains("No setting gives 3 products (give or take 0) and deepest tier 2."),
        "{}",
        call.out
    );
    let grid = w.read("grid.csv");
    assert!(
        grid.starts_with(
            "votes,z,products,links,deepest_tier,tier_sizes,like_study,stability,fits\n1,,4,3,3,1 1 1 1,"
        ) && grid.contains("\n1,-9,4,3,3,1 1 1 1,"),
        "{grid}"
    );
    // Votes are counted without any trade too.
    fs::remove_dir_all(w.path("release")).unwrap();
    let _ = fs::remove_dir_all(w.path("release.store"));
    let call = w.does(&[
        "chain",
        "calibrate",
        "study.toml",
        "--products",
        "4",
        "--within",
        "0",
        "--deepest-tier",
        "3",
    ]);
    assert!(
        call.out.contains("to tier 3") && call.out.contains("The trade data are not here"),
        "{}",
        call.out
    );
    assert!(call.out.contains("4 products (give or take 0) and deepest tier 3: votes 1"), "{}", call.out);
}

#[test]
fn compare_names_what_is_missing_and_what_is_surplus() {
    let w = World::new();
    w.does(&["chain", "study.toml", "--out", "out"]);
    w.write("gold.csv", "input,output,chain\n284690,280530,metal\n280530,850511,magnet\n284690,850511,magnet\n280530,850131,motor\n");
    let call = w.does(&["chain", "compare", "out", "gold.csv", "--out", "links.csv"]);
    for piece in [
        "  links             2        3          4       0.67    0.50  0.57\n",
        "  products          4        4          4       1.00    1.00  1.00\n",
        "  to tier 1         2        1          3       1.00    0.67\n",
        "  magnet            1        -          2          -    0.50\n",
        "missing 2\n  280530 Earth-metals, rare: scandium and y -> 850131 Electric motors and generators: DC  (there by way of others)\n",
        "surplus 1\n  850511 ",
    ] {
        assert!(call.out.contains(piece), "{piece}\n{}", call.out);
    }
    let links = w.read("links.csv");
    assert_eq!(links.lines().count(), 6);
    assert!(links.contains("\n284690,850511,missing,true,"), "{links}");
    w.refuses(
        &["chain", "compare", "out", "none.csv"],
        "none.csv: cannot be read: No such file or directory (os error 2)",
    );
    w.write("bad.csv", "from,to\n");
    w.refuses(&["chain", "compare", "out", "bad.csv"], "bad.csv: the edge list has no links");
    w.write("bad.csv", "a,b\n");
    let call = w.call(&["chain", "compare", "out", "bad.csv"]);
    assert!(
        !call.ok && call.err.contains("bad.csv: there is no column input or upstream or from or "),
        "{}",
        call.err
    );
}

#[test]
fn compare_says_what_it_leaves_out_and_where_there_is_nothing() {
    let w = World::new();
    w.write("list.csv", "# edition: HS07\ninput,output\n284690,280530\n280530,280530\n850760,850511\n");
    w.write("votes.csv", "run,input,output\n1,284690,280530\n2,284690,280530\n");
    let call = w.does(&["chain", "compare", "list.csv", "votes.csv", "--votes", "2"]);
    for piece in [
        "1 code of list.csv is not in HS07, and 1 row with it is left out: 850760.",
        "1 row of list.csv leads from a product to itself and is left out: 280530.",
        "  links             1        1          1       1.00    1.00  1.00\n",
    ] {
        assert!(call.out.contains(piece), "{piece}\n{}", call.out);
    }
    w.refuses(
        &["chain", "compare", "list.csv", "votes.csv", "--votes", "9"],
        "votes.csv: --votes = 9 can never be reached: the file has 2 runs; ask for at most 2",
    );
    assert!(
        w.does(&["chain", "compare", "list.csv", "list.csv", "--votes", "3"])
            .out
            .contains("--votes has no effect")
    );
    w.change("study.toml", "edges = [\"chain.csv\"]", "");
    w.does(&["indicators", "study.toml", "--out", "bare"]);
    let call = w.call(&["chain", "compare", "bare", "list.csv"]);
    assert!(!call.ok && call.err.contains("bare: there are no links to compare: "), "{}", call.err);
}

#[test]
fn a_network_may_have_links_to_itself_and_no_scores() {
    let w = World::new();
    w.write("net.csv", "from,to\n284690,280530\n280530,280530\n280530,850511\n");
    w.change("study.toml", "edges = [\"chain.csv\"]", "networks = [\"net.csv\"]\nmin_score = 0.5");
    let call = w.does(&["chain", "study.toml", "--out", "out"]);
    for piece in [
        "1 row of net.csv leads from a product to itself and is left out: 280530.",
        "chain.min_score has no effect on net.csv: no row has a score",
    ] {
        assert!(call.out.contains(piece), "{piece}\n{}", call.out);
    }
}

#[test]
fn the_cross_section_of_2002_leads_from_rare_earths_to_vehicles() {
    let w = World::new();
    let study = root().join("studies/clean-technology-2002");
    let study = study.to_str().unwrap();
    w.does(&["chain", study, "--out", "one", "--threads", "1"]);
    w.does(&["chain", study, "--out", "two", "--threads", "2"]);
    for name in w.files("one").iter().filter(|f| *f != "manifest.toml") {
        assert_eq!(
            fs::read(w.path("one").join(name)).unwrap(),
            fs::read(w.path("two").join(name)).unwrap(),
            "{name}"
        );
    }
    let nodes = w.read("one/chain/nodes.csv");
    let tier = |code: &str| {
        nodes.lines().find(|l| l.starts_with(code)).map(|l| l.rsplit(',').next().unwrap().to_owned())
    };
    assert_eq!(tier("284690").as_deref(), Some("0"));
    assert_eq!(tier("850511").as_deref(), Some("1"));
    assert_eq!(tier("850300").as_deref(), Some("2"));
    assert_eq!(tier("850231").as_deref(), Some("3"), "wind turbines");
    assert!(tier("870390").is_some(), "vehicles");
    // The same file with other seeds.
    let nickel = root().join("studies/clean-technology-2002/nickel.toml");
    let call = w.does(&["chain", nickel.to_str().unwrap(), "--out", "nickel"]);
    assert!(call.out.contains("  tier 0         2  260400, 750210\n"), "{}", call.out);
}

#[test]
fn a_screening_writes_the_pairs_that_stand_out() {
    let w = World::new();
    let study = root().join("studies/clean-technology-2002");
    let call = w.does(&["chain", "screen", study.to_str().unwrap(), "--z", "3", "--out", "pairs.parquet"]);
    assert!(call.out.contains("  screened    258 inputs x 258 outputs: "), "{}", call.out);
    let table = monazite::columnar::TableReader::open(&w.path("pairs.parquet")).unwrap();
    assert_eq!(table.column_names(), ["input", "output", "rho", "z", "p"]);
    let mut z = Vec::new();
    table.read_number(0, 3, 0, table.group_rows(0), &mut z).unwrap();
    assert!(z.len() > 100 && z.iter().all(|&z| z >= 3.0), "{}", z.len());
}

/// Codes in the first columns of a csv.
fn codes_in(text: &str, columns: usize) -> BTreeSet<String> {
    let rows = text.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit()));
    rows.flat_map(|l| l.split(',').take(columns).map(str::to_owned)).collect()
}

#[test]
fn the_papers_study_gets_its_chain_from_a_release_of_the_users_own_without_a_model() {
    let w = World::new();
    let study = root().join("studies/rare-earths").display().to_string();
    let refused = w.call(&["check", &study]);
    assert!(!refused.ok && refused.err.contains("data.trade: there is no "), "{}", refused.err);

    // A made-up release in HS 2007: every product of the candidates in every year, between the six countries of the tiny study.
    let candidates = fs::read_to_string(root().join("studies/rare-earths/candidates.csv")).unwrap();
    let votes = candidates.lines().filter(|l| l.starts_with(|c: char| c.is_ascii_digit()));
    let votes: String = votes.filter_map(|l| Some(l.split_once(',')?.1.to_owned() + "\n")).collect();
    let codes = codes_in(&votes, 2);
    let mut products = String::from("code,description\n");
    for code in &codes {
        products.push_str(&format!("{code},Product {code}\n"));
    }
    fs::create_dir(w.path("hs07")).unwrap();
    w.write("hs07/product_codes_HS07_V202501.csv", products);
    w.write("hs07/country_codes_V202501.csv", w.read("release/country_codes_V000001.csv"));
    for year in 2007..=2023 {
        let mut rows = String::from("t,i,j,k,v,q\n");
        for (n, code) in codes.iter().enumerate() {
            for (from, to) in
                (1..=6).flat_map(|from| (1..=6).map(move |to| (from, to))).filter(|(a, b)| a != b)
            {
                let value = 1 + (n * 37 + from * 101 + to * 13 + year) % 977;
                rows.push_str(&format!("{year},{from},{to},{code},{value},1\n"));
            }
        }
        w.write(&format!("hs07/BACI_HS07_Y{year}_V202501.csv"), rows);
    }
    w.does(&["chain", &study, "--trade", "hs07", "--out", "out"]);
    let nodes = w.read("out/chain/nodes.csv");
    // About the size of the paper's chain, which is 168 codes in tiers 0 to 4.
    let found = codes_in(&nodes, 1);
    assert!((140..=200).contains(&found.len()) && found.is_subset(&codes), "{} products", found.len());
    let of_tier = |tier: &str| nodes.lines().filter(|l| l.ends_with(&format!(",{tier}"))).count();
    assert_eq!(of_tier("0"), 3, "{nodes}");
    assert!(["1", "2", "3", "4"].iter().all(|tier| of_tier(tier) >= 9) && of_tier("5") == 0, "{nodes}");
    let edges = edges(&w, "out");
    let (dropped, kept): (Vec<&String>, Vec<&String>) = edges.iter().partition(|e| e.contains(",false,"));
    assert!(kept.len() > found.len(), "{} links", kept.len());
    let reasons = [" of 10 votes", "input not reachable from a seed", "closes a cycle"];
    assert!(dropped.iter().all(|e| reasons.iter().any(|r| e.contains(r))), "{dropped:?}");
}
