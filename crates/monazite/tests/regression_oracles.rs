//! Least squares and standard errors against certified values, hand cases and other implementations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use monazite::regression::{
    ClusterCorrection, Column, Design, Errors, Factor, WildBootstrap, WildWeights, covariance, fit,
    wild_bootstrap,
};

fn column(name: &str, values: Vec<f64>) -> Column {
    Column { name: name.to_owned(), values }
}

fn design(outcome: Vec<f64>, regressors: Vec<Vec<f64>>, intercept: bool) -> Design {
    Design {
        outcome: column("y", outcome),
        regressors: regressors
            .into_iter()
            .enumerate()
            .map(|(n, v)| column(&format!("x{}", n + 1), v))
            .collect(),
        factors: Vec::new(),
        absorbed: Vec::new(),
        intercept,
    }
}

/// Digits to which a number agrees with a certified one.
fn digits(ours: f64, certified: f64) -> f64 {
    let error = if certified == 0.0 { ours.abs() } else { ((ours - certified) / certified).abs() };
    if error == 0.0 { 15.0 } else { (-error.log10()).min(15.0) }
}

#[test]
fn nist_reference_datasets() {
    let read = |name: &str| {
        let path = format!("{}/../../reference/values/{name}", env!("CARGO_MANIFEST_DIR"));
        let mut reader = csv::Reader::from_path(path).unwrap();
        reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let mut data: BTreeMap<String, Vec<Vec<f64>>> = BTreeMap::new();
    for row in read("nist_strd_data.csv") {
        let numbers = row[1..].iter().filter(|v| !v.is_empty()).map(|v| v.parse().unwrap()).collect();
        data.entry(row[0].clone()).or_default().push(numbers);
    }
    let mut certified: BTreeMap<String, Vec<(f64, f64)>> = BTreeMap::new();
    for row in read("nist_strd_certified.csv") {
        certified.entry(row[0].clone()).or_default().push((row[2].parse().unwrap(), row[3].parse().unwrap()));
    }
    // Digits of estimates and of standard deviations that double precision gives with a backward stable method.
    let expected = [
        ("Norris", 12.0, 13.0),
        ("Pontius", 11.0, 12.0),
        ("NoInt1", 14.0, 14.0),
        ("NoInt2", 14.0, 14.0),
        ("Longley", 10.0, 12.0),
        ("Filip", 6.5, 6.5),
        ("Wampler1", 8.0, 0.0),
        ("Wampler2", 11.0, 0.0),
        ("Wampler3", 8.0, 10.0),
        ("Wampler4", 7.0, 10.0),
        ("Wampler5", 5.5, 10.0),
    ];
    assert_eq!(data.len(), expected.len());
    for (name, of_estimates, of_deviations) in expected {
        let rows = &data[name];
        let known = &certified[name];
        let origin = name.starts_with("NoInt");
        let regressors: Vec<Vec<f64>> = if rows[0].len() > 2 || origin {
            (1..rows[0].len()).map(|j| rows.iter().map(|r| r[j]).collect()).collect()
        } else {
            (1..known.len())
                .map(|p| rows.iter().map(|r| (0..p).fold(1.0, |power, _| power * r[1])).collect())
                .collect()
        };
        let design = design(rows.iter().map(|r| r[0]).collect(), regressors, !origin);
        let fitted = fit(&design).unwrap();
        let inference =
            covariance(&fitted, Errors::Classical, ClusterCorrection::Each).unwrap().inference(&fitted, 0.95);
        let worst = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
            pairs.map(|(a, b)| digits(a, b)).fold(15.0, f64::min)
        };
        let estimates = worst(&mut fitted.estimates.iter().copied().zip(known.iter().map(|k| k.0)));
        let deviations = worst(
            &mut inference.iter().map(|i| i.standard_error.unwrap_or(0.0)).zip(known.iter().map(|k| k.1)),
        );
        println!("{name:9} {estimates:5.1} {deviations:5.1}");
        assert!(estimates >= of_estimates, "{name}: estimates to {estimates} digits");
        assert!(
            deviations >= of_deviations || known[0].1 == 0.0,
            "{name}: deviations to {deviations} digits"
        );
    }
}

struct Small {
    design: Design,
    g: Factor,
    h: Factor,
}

fn small() -> Small {
    let labels = |codes: &[u32]| codes.iter().map(u32::to_string).collect::<Vec<_>>();
    Small {
        design: design(
            vec![2.1, 3.9, 5.2, 8.3, 9.8, 11.1, 14.9, 15.2, 18.8, 20.4],
            vec![(1..=10).map(f64::from).collect(), vec![0.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1.0, 0.0, 1.0, 1.0]],
            true,
        ),
        g: Factor::from_labels("g", &labels(&[0, 0, 0, 1, 1, 1, 2, 2, 3, 3]), None),
        h: Factor::from_labels("h", &labels(&[0, 1, 2, 0, 1, 2, 0, 1, 0, 1]), None),
    }
}

#[test]
fn oracle_g1_every_kind_of_standard_error() {
    let Small { design, g, h } = small();
    let fitted = fit(&design).unwrap();
    let reference = include_str!("../../../reference/values/regression_small.csv");
    let mut checked = 0;
    for line in reference.lines().skip(1) {
        let field: Vec<&str> = line.split(',').collect();
        let errors = match field[0] {
            "classical" => Errors::Classical,
            "hc1" => Errors::Hc1,
            "hc3" => Errors::Hc3,
            "clustered" => Errors::Clustered(&g),
            _ => Errors::TwoWay(&g, &h),
        };
        let covariance = covariance(&fitted, errors, ClusterCorrection::Each).unwrap();
        assert_eq!(covariance.clipped, field[0] == "two_way", "the variance of x1 is negative two ways");
        let term = fitted.term(field[1]).unwrap();
        let ours = covariance.inference(&fitted, 0.95)[term];
        let number = |at: usize| field[at].parse::<f64>().unwrap();
        assert!((ours.estimate - number(2)).abs() < 1e-12);
        assert!((ours.standard_error.unwrap() / number(3) - 1.0).abs() < 1e-9, "{line}: {ours:?}");
        assert!((ours.p.unwrap() / number(4) - 1.0).abs() < 1e-8, "{line}: {ours:?}");
        let [low, high] = ours.interval.unwrap();
        assert!(low < ours.estimate && ours.estimate < high);
        checked += 1;
    }
    assert_eq!(checked, 15);
    assert!((fitted.r2.unwrap() - 0.9953271073).abs() < 1e-10);
}

#[test]
fn the_wild_bootstrap_enumerates_like_a_refit_of_every_draw() {
    let Small { design, g, .. } = small();
    let fitted = fit(&design).unwrap();
    let options = WildBootstrap { draws: 999, weights: WildWeights::Rademacher, seed: 1 };
    let outcome = wild_bootstrap(&fitted, &g, options).unwrap();
    assert!(outcome.enumerated && outcome.draws == 16);
    // reference/regression_small.py refits all sixteen.
    for (ours, expected) in outcome.p.iter().zip([0.375, 0.125, 0.25]) {
        assert_eq!(ours.unwrap(), expected);
    }
    let webb = WildBootstrap { draws: 9999, weights: WildWeights::Webb, seed: 7 };
    let (a, b) = (wild_bootstrap(&fitted, &g, webb).unwrap(), wild_bootstrap(&fitted, &g, webb).unwrap());
    assert_eq!(a, b);
    assert!(!a.enumerated);
}

/// The same regression with dummies written out, as factors, and absorbed.
#[test]
fn factors_and_fixed_effects_agree_with_dummies_written_out() {
    let n = 240;
    let u = |i: usize, a: f64| {
        let v = (i as f64 + 1.0) * a;
        v - v.floor()
    };
    let x: Vec<f64> = (0..n).map(|i| 1e4 + 5.0 * u(i, 0.7548776662466927)).collect();
    let z: Vec<f64> = (0..n).map(|i| u(i, 0.5698402909980532)).collect();
    let country: Vec<String> = (0..n).map(|i| format!("C{}", i / 20)).collect();
    let tier: Vec<String> = (0..n).map(|i| (i % 7 % 3).to_string()).collect();
    let y: Vec<f64> = (0..n)
        .map(|i| 0.3 * x[i] - 2.0 * z[i] + (i / 20) as f64 + (i % 7 % 3) as f64 * 0.5 + u(i, 0.1234567))
        .collect();
    let factors = [Factor::from_labels("country", &country, None), Factor::from_labels("tier", &tier, None)];
    let base = Design {
        outcome: column("y", y),
        regressors: vec![column("x", x), column("z", z)],
        factors: Vec::new(),
        absorbed: Vec::new(),
        intercept: true,
    };
    let mut written = base.clone();
    for factor in &factors {
        for level in 1..factor.levels.len() {
            let dummy = factor.codes.iter().map(|&c| f64::from(u8::from(c as usize == level))).collect();
            written.regressors.push(column(&format!("{} {}", factor.name, factor.levels[level]), dummy));
        }
    }
    let with_factors = Design { factors: factors.to_vec(), ..base.clone() };
    let absorbed = Design { absorbed: factors.to_vec(), ..base.clone() };
    let half = Design { absorbed: vec![factors[0].clone()], factors: vec![factors[1].clone()], ..base };
    let written = fit(&written).unwrap();
    for other in [fit(&with_factors).unwrap(), fit(&absorbed).unwrap(), fit(&half).unwrap()] {
        assert_eq!(other.parameters, written.parameters);
        assert!((other.r2.unwrap() - written.r2.unwrap()).abs() < 1e-12);
        for errors in [
            Errors::Classical,
            Errors::Hc1,
            Errors::Clustered(&factors[1]),
            Errors::TwoWay(&factors[0], &factors[1]),
        ] {
            // Nested fixed effects are counted differently once they are absorbed, so only crossing clusters are compared.
            let nested = matches!(errors, Errors::Clustered(_) | Errors::TwoWay(..))
                && other.terms.len() < written.terms.len();
            let a = covariance(&written, errors, ClusterCorrection::Each).unwrap().inference(&written, 0.95);
            let b = covariance(&other, errors, ClusterCorrection::Each).unwrap().inference(&other, 0.95);
            for (at, term) in other.terms.iter().enumerate() {
                let same = written.term(&term.name).unwrap();
                assert!(
                    (b[at].estimate - a[same].estimate).abs() < 1e-8 * a[same].estimate.abs().max(1.0),
                    "{term:?}"
                );
                if !nested {
                    let (ours, theirs) = (b[at].standard_error.unwrap(), a[same].standard_error.unwrap());
                    assert!((ours / theirs - 1.0).abs() < 1e-8, "{term:?} {errors:?}: {ours} {theirs}");
                }
            }
        }
    }
}

#[test]
fn what_cannot_be_estimated_is_named() {
    let x: Vec<f64> = (0..12).map(|i| f64::from(i * i % 7)).collect();
    let z: Vec<f64> = (0..12).map(|i| f64::from(i * 5 % 11)).collect();
    let y: Vec<f64> = (0..12).map(|i| f64::from(i % 5)).collect();
    let sum: Vec<f64> = x.iter().zip(&z).map(|(x, z)| 1000.0 + 3.0 * x - z).collect();
    let refused = |design: &Design| fit(design).unwrap_err().to_string();
    assert_eq!(
        refused(&design(y.clone(), vec![x.clone(), z.clone(), sum], true)),
        "x3 is a combination of x1 and x2, so their effects cannot be told apart; leave one of them out"
    );
    assert_eq!(
        refused(&design(y.clone(), vec![x.clone(), vec![0.1; 12]], true)),
        "x2 has the same value in all 12 rows, so its effect cannot be told from the constant; leave it out of \
         regression.regressors, or choose other windows"
    );
    assert_eq!(
        refused(&design(y[..3].to_vec(), vec![x[..3].to_vec(), z[..3].to_vec()], true)),
        "3 rows do not determine 3 coefficients; leave out regressors or factors, or add products or countries"
    );
    let group: Vec<String> = (0..12).map(|i| (i / 4).to_string()).collect();
    let by_group = Factor::from_labels("cluster", &group, None);
    let in_group: Vec<f64> = (0..12).map(|i| f64::from(i / 4) * 2.5).collect();
    let mut with = design(y.clone(), vec![x.clone(), in_group], true);
    with.factors.push(by_group.clone());
    assert_eq!(
        refused(&with),
        "x2 is a combination of constant, cluster 1 and cluster 2, so their effects cannot be told apart; leave one of them out"
    );
    (with.factors, with.absorbed) = (Vec::new(), vec![by_group]);
    assert_eq!(
        refused(&with),
        "x2 is a combination of the fixed effects of cluster, so their effects cannot be told apart; leave one of them out"
    );
    let fitted = fit(&design(y, vec![x], true)).unwrap();
    let one = Factor::from_labels("product", &["284690"; 12], None);
    assert_eq!(
        covariance(&fitted, Errors::Clustered(&one), ClusterCorrection::Each).unwrap_err().to_string(),
        "standard errors clustered by product need at least two of them, and the rows have one; choose another regression.covariance"
    );
}
