//! The test of links on real trade, against an independent computation (reference/links_numpy.py), link by link.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monazite::delimited::Table;
use monazite::nomenclature::Hs6;
use monazite::pipeline::chain::gather;
use monazite::progress::Silent;
use monazite::study::{Study, TestUse};
use monazite::trade::Store;
use monazite::value_chain::Link;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

type Setting = [String; 6];

/// The study with the options of one row of the reference, read as a study file is.
fn study(setting: &Setting) -> Study {
    let [name, sample, transform, control, leave_out, least] = setting;
    let folder = root().join("studies").join(name);
    let text = std::fs::read_to_string(folder.join("study.toml")).expect("the study is there");
    let own = ["z_threshold", "transform", "control", "min_country_trade", "test", "cycles"];
    let mut kept: Vec<&str> =
        text.lines().filter(|line| !own.iter().any(|key| line.starts_with(&format!("{key} =")))).collect();
    let section = kept.iter().position(|l| *l == "[chain]").expect("the study has a chain") + 1;
    let options = format!(
        "sample = \"{sample}\"\ntransform = \"{transform}\"\ncontrol = \"{control}\"\nleave_out = \"{leave_out}\"\nmin_country_trade = {least}"
    );
    kept.insert(section, &options);
    let (mut study, problems) = Study::parse(&kept.join("\n"), &folder.join("study.toml"));
    assert_eq!(problems, []);
    study.chain.test = Some(TestUse::Report);
    study
}

#[test]
fn rho_z_and_p_agree_with_numpy() {
    let table = Table::read(&root().join("reference/values/links.csv")).unwrap();
    let mut stores: BTreeMap<String, Store> = BTreeMap::new();
    let mut compared = 0;
    for group in table.rows.chunk_by(|a, b| a.fields[..6] == b.fields[..6]) {
        let setting: Setting = std::array::from_fn(|n| group[0].get(n).to_owned());
        let study = study(&setting);
        let store = stores
            .entry(setting[0].clone())
            .or_insert_with(|| Store::open(&study.resolve(&study.data.trade)).unwrap());
        let evidence = gather(&study, store, &Silent).unwrap().evidence;
        let found: BTreeMap<(Hs6, Hs6), &Link> =
            evidence.links.iter().map(|l| ((l.input, l.output), l)).collect();
        assert_eq!(found.len(), group.len());
        for row in group {
            let link = found[&(row.get(6).parse().unwrap(), row.get(7).parse().unwrap())];
            let expected: Vec<Option<f64>> = (8..11).map(|n| row.get(n).parse().ok()).collect();
            for (what, (value, expected)) in
                ["rho", "z", "p"].iter().zip([link.rho, link.z, link.p].into_iter().zip(expected))
            {
                match (value, expected) {
                    (Some(value), Some(expected)) => {
                        let close = (value - expected).abs() <= 1e-8 * expected.abs().max(1.0);
                        assert!(close, "{setting:?} line {} {what}: {value}, numpy {expected}", row.line);
                        compared += 1;
                    }
                    (value, expected) => assert_eq!(value, expected, "{setting:?} line {} {what}", row.line),
                }
            }
        }
    }
    assert!(compared > 3000, "{compared}");
}
