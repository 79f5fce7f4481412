//! The example study on real data against an independent computation in numpy.
//!
//! `reference/indicators_numpy.py` computes every product-year with dense matrices and writes, for each indicator, the number of
//! defined values and three projections of them; see there. All have to agree to 1e-9.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use crate::world::{World, root, table};

#[test]
fn every_product_year_agrees_with_numpy() {
    let w = World::new();
    let study = root().join("studies/example/study.toml");
    w.does(&["indicators", study.to_str().unwrap(), "--out", "out"]);
    let panel = table::read(&w.path("out/indicators.parquet"));
    let reference = table::read(&root().join("reference/values/example_indicators.csv"));
    let column = |name: &str| panel[0].iter().position(|c| c == name).unwrap();
    let (product, year, country) = (column("product"), column("year"), column("country"));
    // Rank of each country among all codes, as in the reference.
    let codes: std::collections::BTreeSet<&str> = panel[1..].iter().map(|r| r[country].as_str()).collect();
    let rank: BTreeMap<&str, f64> = codes.iter().enumerate().map(|(n, c)| (*c, n as f64)).collect();

    let mut sums: BTreeMap<(String, String, String), [f64; 4]> = BTreeMap::new();
    for name in ["exposure", "hhi", "str", "influence", "rca"] {
        let at = column(name);
        for row in &panel[1..] {
            let entry = sums.entry((row[product].clone(), row[year].clone(), name.to_owned())).or_default();
            if let Ok(value) = row[at].parse::<f64>() {
                let k = rank[row[country].as_str()];
                entry[0] += 1.0;
                entry[1] += value;
                entry[2] += value * k.cos();
                entry[3] += value * (2.0 * k).cos();
            }
        }
    }
    let mut checked = 0;
    for row in &reference[1..] {
        let key = (row[0].clone(), row[1].clone(), row[2].clone());
        let actual = sums.remove(&key).unwrap_or_else(|| panic!("{key:?} is missing"));
        for (at, value) in actual.iter().enumerate() {
            let expected: f64 = row[3 + at].parse().unwrap();
            // Projections are sums of hundreds of values of mixed sign: their error is measured against the plain sum.
            let scale = row[4].parse::<f64>().unwrap().abs().max(1.0);
            assert!(
                (value - expected).abs() < 1e-9 * scale,
                "{key:?} projection {at}: {value} is not {expected}"
            );
        }
        checked += 1;
    }
    assert_eq!(checked, 1224 * 5, "every product-year with trade");
    // What is left are product-years without any trade: nothing is defined there.
    assert!(sums.values().all(|s| s[0] == 0.0));
}
