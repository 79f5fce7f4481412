use super::*;
use crate::value_chain::evidence::{Criterion, Evidence, Thresholds};
use crate::value_chain::{CyclePolicy, DropReason};

fn hs(code: &str) -> Hs6 {
    code.parse().unwrap()
}

fn codes() -> ProductCodes {
    let codes = ["280530", "284690", "850110", "850120", "850511", "850519", "870390"];
    ProductCodes {
        edition: Some(HsEdition::Hs07),
        codes: codes.iter().map(|c| hs(c)).collect(),
        complete: true,
    }
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.0.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    fn error(&self, paths: &SourcePaths) -> String {
        let error = Sources::read(paths, &codes()).unwrap_err().to_string();
        error.replace(&format!("{}/", self.0.path().display()), "")
    }
}

fn all(folder: &Folder) -> SourcePaths {
    SourcePaths {
        edges: vec![folder.file("edges.csv", "input,output,source\n284690,280530,K&G\n284690,280530,again\n")],
        candidates: vec![folder.file(
            "candidates.csv",
            "# edition: HS07\nrun,input,output,score\n1,284690,280530,0.9\n1,280530,850511,0.8\n2,280530,850511,0.6\n2,850511,870390,0.5\n2,,,\n",
        )],
        networks: vec![folder.file("net.csv", "from,to,weight\n8505,8501,0.4\n2846,280530,0.3\n")],
        overrides: Some(folder.file(
            "overrides.csv",
            "input,output,action,reason,name\n850511,850120,forbid,wound field,A. Smith\n850110,870390,force,wipers,A. Smith\n",
        )),
        ..SourcePaths::default()
    }
}

#[test]
fn every_link_remembers_all_its_sources() {
    let folder = Folder::new();
    let sources = Sources::read(&all(&folder), &codes()).unwrap();
    assert_eq!(
        sources.files.iter().map(|f| (f.rows, f.links)).collect::<Vec<_>>(),
        [(2, 1), (5, 3), (2, 5), (2, 0)]
    );
    assert_eq!(sources.files[1].runs, Some(2));
    assert_eq!(sources.files[1].left_out, [LeftOutRows { reason: "no product named", rows: 1 }]);
    assert_eq!(sources.repeated.len(), 1);
    let links = sources.links();
    let link = |i: &str, o: &str| links.iter().find(|l| l.input == hs(i) && l.output == hs(o)).unwrap();
    let metal = link("284690", "280530");
    assert_eq!(metal.source, "K&G; candidates.csv, 1 of 2 runs; net.csv, 2846 -> 280530");
    assert_eq!((metal.votes, metal.runs, metal.curated, metal.line), (Some(1), Some(2), true, Some(2)));
    let magnet = link("280530", "850511");
    assert_eq!((magnet.votes, magnet.curated), (Some(2), false));
    assert_eq!(link("850519", "850110").source, "net.csv, 8505 -> 8501");
    let forced = link("850110", "870390");
    assert_eq!((forced.source.as_str(), forced.curated), ("overrides.csv", true));
}

#[test]
fn votes_then_test_then_experts_decide() {
    let folder = Folder::new();
    let sources = Sources::read(&all(&folder), &codes()).unwrap();
    let mut evidence = Evidence::untested(sources);
    let seeds = [hs("284690")];
    for link in &mut evidence.links {
        link.rho = Some(0.5);
        link.z = Some(if link.output == hs("850511") { 3.0 } else { 1.0 });
        link.p = Some(if link.output == hs("850511") { 0.01 } else { 0.2 });
    }
    let decide =
        |votes, criterion| evidence.decide(Thresholds { votes, criterion }, &seeds, CyclePolicy::Greedy);
    let chain = decide(2, Criterion::None).unwrap();
    let reason = |chain: &super::super::ValueChain, i: &str, o: &str| {
        let dropped = chain.dropped().iter().find(|d| d.link.input == hs(i) && d.link.output == hs(o));
        dropped.map(|d| d.reason.to_string())
    };
    // A source that does not vote is enough; a vote too few is not.
    assert_eq!(chain.tier(hs("850511")), Some(2));
    assert_eq!(reason(&chain, "850511", "870390").unwrap(), "1 of 2 votes, 2 are needed");
    assert_eq!(reason(&chain, "850511", "850120").unwrap(), "forbidden by A. Smith: wound field");
    assert_eq!(chain.tier(hs("870390")), Some(4));
    let forced = chain.links().iter().find(|l| l.output == hs("870390")).unwrap();
    assert_eq!(forced.forced.as_deref(), Some("A. Smith: wipers"));
    assert_eq!(reason(&chain, "284690", "280530").unwrap(), "repeated");

    let strict = decide(1, Criterion::Z(2.0)).unwrap();
    assert_eq!(reason(&strict, "850519", "850110").unwrap(), "Z 1.00 is below 2");
    // What is forced is in whatever its Z, and is left out all the same if no seed reaches it.
    assert_eq!(reason(&strict, "850110", "870390").unwrap(), "input not reachable from a seed");
    let rate = decide(1, Criterion::Fdr(0.05)).unwrap();
    assert_eq!(reason(&rate, "850511", "870390").unwrap(), "q 0.200 is above 0.05");
    assert_eq!(
        decide(6, Criterion::None).unwrap_err().to_string(),
        "candidates.csv: chain.votes = 6 can never be reached: the file has 2 runs; ask for at most 2"
    );
    evidence.untested.insert((hs("850511"), hs("870390")), DropReason::NoExports);
    let link =
        evidence.links.iter_mut().find(|l| l.output == hs("870390") && l.input == hs("850511")).unwrap();
    (link.rho, link.z, link.p) = (None, None, None);
    let chain = evidence
        .decide(Thresholds { votes: 1, criterion: Criterion::Z(0.0) }, &seeds, CyclePolicy::Greedy)
        .unwrap();
    assert_eq!(reason(&chain, "850511", "870390").unwrap(), "cannot be tested: nobody exports the output");
}

#[test]
fn wrong_editions_and_unknown_codes_are_refused() {
    let folder = Folder::new();
    let candidates = |text: &str| SourcePaths {
        candidates: vec![folder.file("candidates.csv", text)],
        ..SourcePaths::default()
    };
    assert_eq!(
        folder.error(&candidates("# by a model\n# edition: HS17\nrun,input,output\n1,284690,280530\n")),
        "candidates.csv: the links are in HS17, the trade data in HS07; give links in HS07, or import the trade as HS17"
    );
    assert_eq!(
        folder.error(&candidates("# edition: HS2030\nrun,input,output\n1,284690,280530\n")),
        "candidates.csv: cannot be read: 'HS2030' is not an HS edition (HS92, HS96, HS02, HS07, HS12, HS17, HS22)"
    );
    // A model names codes that a release does not list; the others count.
    let left = Sources::read(
        &candidates("run,input,output\n1,284690,280530\n1,284690,999999\n2,284690,999999\n"),
        &codes(),
    )
    .unwrap();
    assert_eq!((left.mentions.len(), left.files[0].rows, left.files[0].links), (1, 3, 1));
    assert_eq!(left.files[0].left_out, [LeftOutRows { reason: NO_PLACE, rows: 2 }]);
    assert_eq!(
        left.notes,
        ["1 code of candidates.csv is not in HS07, and 2 rows with it are left out: 999999."]
    );
    let edges = SourcePaths {
        edges: vec![folder.file("edges.csv", "input,output\n111111,280530\n")],
        ..SourcePaths::default()
    };
    assert_eq!(folder.error(&edges), "edges.csv:2: column input: 111111 is not a code of HS07");
    let several = SourcePaths {
        edges: vec![
            folder.file("several.csv", "input,output\n111111,280530\n284690,222222\n333333,111111\n"),
        ],
        ..SourcePaths::default()
    };
    assert_eq!(
        folder.error(&several),
        "several.csv:2: column input: 111111 is not a code of HS07; 2 more are not: 222222, 333333"
    );
    let overrides = SourcePaths {
        overrides: Some(folder.file("o.csv", "input,output,action,reason,name\n284690,123456,force,x,y\n")),
        ..SourcePaths::default()
    };
    assert_eq!(folder.error(&overrides), "o.csv:2: column output: 123456 is not a code of HS07");
    let key = SourcePaths { edition: Some(HsEdition::Hs22), ..SourcePaths::default() };
    assert_eq!(
        folder.error(&key),
        "chain.edition: the links are in HS22, the trade data in HS07; give links in HS07, or import the trade as HS22"
    );
    // Without a table of products nobody knows which codes there are.
    let open = ProductCodes { complete: false, ..codes() };
    assert!(Sources::read(&edges, &open).is_ok());
}

#[test]
fn experts_may_not_force_a_cycle() {
    let folder = Folder::new();
    let paths = SourcePaths {
        overrides: Some(folder.file(
            "o.csv",
            "input,output,action,reason,name\n284690,280530,force,x,y\n280530,850511,force,x,y\n850511,280530,force,x,y\n",
        )),
        ..SourcePaths::default()
    };
    let evidence = Evidence::untested(Sources::read(&paths, &codes()).unwrap());
    let error = evidence.decide(Thresholds::default(), &[hs("284690")], CyclePolicy::Greedy).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the links that are forced form a cycle: 280530 -> 850511, 850511 -> 280530; take one of them out of the overrides"
    );
}

#[test]
fn networks_of_another_edition_are_converted_and_lists_by_hand_refused() {
    let folder = Folder::new();
    let trade = ProductCodes::of_edition(HsEdition::Hs07);
    let network = folder.file("net.csv", "input,output\n283691,850760\n");
    let said = folder.file("said.csv", "# edition: HS12\ninput,output\n283691,850760\n");
    let by_key = SourcePaths {
        networks: vec![network.clone()],
        edition: Some(HsEdition::Hs12),
        ..SourcePaths::default()
    };
    let by_comment = SourcePaths { networks: vec![said], ..SourcePaths::default() };
    for paths in [&by_key, &by_comment] {
        let sources = Sources::read(paths, &trade).unwrap();
        assert_eq!(sources.mentions.keys().collect::<Vec<_>>(), [&(hs("283691"), hs("850780"))]);
        assert!(sources.notes[0].ends_with("are of HS12 and were converted to HS07."), "{:?}", sources.notes);
    }
    let edges = folder.file("edges.csv", "input,output\n283691,850760\n");
    let both = SourcePaths { edges: vec![edges], ..by_key };
    assert!(folder.error(&both).starts_with("chain.edition: the links are in HS12, the trade data in HS07"));
}
