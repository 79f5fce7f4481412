//! Sweep, leave-outs, placebo and their kin on a panel of formulas, against a computation by the definitions: plain loops, dummies written out,
//! normal equations.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use monazite::indicators::{Column, RiskReading};
use monazite::nomenclature::YearRange;
use monazite::progress::Silent;
use monazite::regression::robustness::{RobustnessCheck, with_other_risk};
use monazite::regression::{
    CovarianceKind, InferenceOptions, InputsOf, LeftOut, PanelCountry, PanelProduct, Prepared, Preset,
    RegressionError, Sample, Seeds, Specification, SweepOptions, Transform, Variable, Windows, YearlyPanel,
    estimate, leave_out, placebo, sweep,
};

pub(super) const PRODUCTS: usize = 16;
pub(super) const COUNTRIES: usize = 18;
pub(super) const YEARS: usize = 9;
const COLUMNS: [Column; 8] = [
    Column::Rca,
    Column::Exposure,
    Column::Hhi,
    Column::Str,
    Column::Imports,
    Column::Exports,
    Column::StrIndirect,
    Column::StrMassBalance,
];

/// A number in [0, 1) for each address.
fn u(column: usize, p: usize, t: usize, c: usize) -> f64 {
    let mut z = (column as u64 + 1) * 0x9e37_79b9 + (p as u64) * 1_000_003 + (t as u64) * 7919 + c as u64;
    for _ in 0..3 {
        z = (z ^ (z >> 31)).wrapping_mul(0xbf58_476d_1ce4_e5b9).wrapping_add(0x94d0_49bb);
    }
    (z >> 11) as f64 / (1u64 << 53) as f64
}

pub(super) struct Raw {
    pub(super) values: BTreeMap<Column, Vec<f64>>,
    pub(super) tier: Vec<u8>,
    inputs: Vec<Vec<usize>>,
    pub(super) cluster: Vec<i32>,
}

pub(super) fn at(p: usize, t: usize, c: usize) -> usize {
    (p * YEARS + t) * COUNTRIES + c
}

impl Raw {
    /// Missing years, zeros in RCA, and effects strong enough to be seen.
    pub(super) fn new() -> Self {
        let tier: Vec<u8> = (0..PRODUCTS).map(|p| (p / 4) as u8).collect();
        let inputs = (0..PRODUCTS)
            .map(|p| if p < 4 { vec![] } else { vec![p - 4, (p / 4 - 1) * 4 + (p * 7 + 1) % 4] })
            .map(|mut list: Vec<usize>| {
                list.sort_unstable();
                list.dedup();
                list
            })
            .collect();
        let mut values: BTreeMap<Column, Vec<f64>> = BTreeMap::new();
        for (n, column) in COLUMNS.into_iter().enumerate() {
            let mut all = vec![0.0; PRODUCTS * YEARS * COUNTRIES];
            for p in 0..PRODUCTS {
                for c in 0..COUNTRIES {
                    let own = u(n, p, 100, c) + 0.5 * u(n, 50, 100, c);
                    for t in 0..YEARS {
                        let noise = u(n, p, t, c);
                        all[at(p, t, c)] = match column {
                            Column::Rca if u(9, p, 100, c) < 0.1 => 0.0,
                            Column::Rca => 0.2 + own + 0.3 * noise + 0.1 * t as f64 * u(30, p, 100, c),
                            Column::Str | Column::StrIndirect | Column::StrMassBalance => {
                                1.0 + own + 0.2 * noise
                            }
                            Column::Imports | Column::Exports => 1.0 + 100.0 * own * noise,
                            _ => 0.1 + 0.5 * own + 0.1 * noise,
                        };
                        if u(20 + n, p, t, c) < 0.03 && !matches!(column, Column::Imports | Column::Exports) {
                            all[at(p, t, c)] = f64::NAN;
                        }
                    }
                }
            }
            values.insert(column, all);
        }
        Self { values, tier, inputs, cluster: (0..COUNTRIES).map(|c| (c % 3) as i32 + 1).collect() }
    }

    pub(super) fn panel(&self) -> YearlyPanel {
        let mut mean_rca = Vec::new();
        for p in 0..PRODUCTS {
            for c in 0..COUNTRIES {
                let (sum, n) = (0..YEARS)
                    .map(|t| self.values[&Column::Rca][at(p, t, c)])
                    .filter(|v| !v.is_nan())
                    .fold((0.0, 0), |(s, n), v| (s + v, n + 1));
                mean_rca.push(sum / f64::from(n));
            }
        }
        YearlyPanel::new(
            (2010..2010 + YEARS as u16).collect(),
            (0..PRODUCTS)
                .map(|p| PanelProduct {
                    code: format!("{:06}", 770_001 + p).parse().unwrap(),
                    tier: Some(self.tier[p]),
                    inputs: self.inputs[p].clone(),
                })
                .collect(),
            (0..COUNTRIES)
                .map(|c| PanelCountry {
                    code: format!(
                        "Q{}{}",
                        char::from(b'M' + (c / 26) as u8),
                        char::from(b'A' + (c % 26) as u8)
                    ),
                    beside_members: false,
                    cluster: Some(self.cluster[c]),
                })
                .collect(),
            self.values.clone(),
            mean_rca,
        )
    }

    fn mean(&self, column: Column, p: usize, c: usize, years: &[usize]) -> Option<f64> {
        let present: Vec<f64> =
            years.iter().map(|&t| self.values[&column][at(p, t, c)]).filter(|v| !v.is_nan()).collect();
        (!present.is_empty() && 2 * present.len() >= years.len())
            .then(|| present.iter().sum::<f64>() / present.len() as f64)
    }
}

struct Naive {
    estimates: Vec<f64>,
    errors: Vec<f64>,
    rows: usize,
}

/// The regression of the default specification by the definitions, standard errors clustered by country (two ways there are fewer clusters than
/// coefficients here; the small case and the example study test those): constant, eight regressors, clusters 2 and 3, tiers 1 to 3.
// Long: the definition from beginning to end, without any of the functions it checks.
fn naive(
    raw: &Raw,
    baseline: &[usize],
    projection: &[usize],
    log: bool,
    fill: f64,
    keep: impl Fn(usize, usize) -> bool,
) -> Naive {
    let g = |x: f64| if log { (x > 0.0).then(|| x.ln()) } else { Some(x) };
    let (mut x, mut y, mut country) = (Vec::new(), Vec::new(), Vec::new());
    for p in 0..PRODUCTS {
        for c in 0..COUNTRIES {
            if !keep(p, c) {
                continue;
            }
            let row = || -> Option<(Vec<f64>, f64)> {
                let rca = |p: usize, years: &[usize]| raw.mean(Column::Rca, p, c, years).and_then(g);
                let of = |column: Column, p: usize| raw.mean(column, p, c, baseline);
                let over_inputs = |value: &dyn Fn(usize) -> Option<f64>| {
                    if raw.inputs[p].is_empty() {
                        return Some(fill);
                    }
                    let (mut sum, mut weight) = (0.0, 0.0);
                    for &i in &raw.inputs[p] {
                        let w: f64 = baseline
                            .iter()
                            .map(|&t| {
                                raw.values[&Column::Imports][at(i, t, c)]
                                    + raw.values[&Column::Exports][at(i, t, c)]
                            })
                            .sum();
                        if let Some(v) = value(i) {
                            sum += w * v;
                            weight += w;
                        }
                    }
                    (weight > 0.0).then(|| sum / weight)
                };
                let before = rca(p, baseline)?;
                let mut row = vec![1.0, before];
                for column in [Column::Exposure, Column::Hhi, Column::Str] {
                    row.push(of(column, p)?);
                }
                for column in [Column::Exposure, Column::Hhi, Column::Str] {
                    row.push(over_inputs(&|i| of(column, i))?);
                }
                row.push(over_inputs(&|i| rca(i, baseline))?);
                row.extend([2, 3].map(|k| f64::from(u8::from(raw.cluster[c] == k))));
                row.extend([1, 2, 3].map(|k| f64::from(u8::from(raw.tier[p] == k))));
                Some((row, rca(p, projection)? - before))
            };
            if let Some((row, growth)) = row() {
                x.push(row);
                y.push(growth);
                country.push(c);
            }
        }
    }
    // Levels that the rows do not have are no columns.
    let used: Vec<usize> = (0..x[0].len()).filter(|&j| x.iter().any(|row| row[j] != 0.0)).collect();
    let x: Vec<Vec<f64>> = x.iter().map(|row| used.iter().map(|&j| row[j]).collect()).collect();
    let (n, k) = (x.len(), used.len());
    let mut gram = vec![vec![0.0; k]; k];
    let mut xy = vec![0.0; k];
    for (row, y) in x.iter().zip(&y) {
        for i in 0..k {
            xy[i] += row[i] * y;
            for j in 0..k {
                gram[i][j] += row[i] * row[j];
            }
        }
    }
    let inverse = inverted(gram);
    let estimates: Vec<f64> = (0..k).map(|i| (0..k).map(|j| inverse[i][j] * xy[j]).sum()).collect();
    let residuals: Vec<f64> = x
        .iter()
        .zip(&y)
        .map(|(row, y)| y - row.iter().zip(&estimates).map(|(x, b)| x * b).sum::<f64>())
        .collect();
    let part = |label: &dyn Fn(usize) -> usize| {
        let mut sums: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
        for r in 0..n {
            let sum = sums.entry(label(r)).or_insert_with(|| vec![0.0; k]);
            (0..k).for_each(|j| sum[j] += residuals[r] * x[r][j]);
        }
        let groups = sums.len() as f64;
        let factor = groups / (groups - 1.0) * (n as f64 - 1.0) / (n - k) as f64;
        let mut meat = vec![vec![0.0; k]; k];
        for sum in sums.values() {
            for i in 0..k {
                for j in 0..k {
                    meat[i][j] += factor * sum[i] * sum[j];
                }
            }
        }
        meat
    };
    let meat = part(&|r| country[r]);
    let errors = (0..k)
        .map(|j| {
            let mut variance = 0.0;
            for s in 0..k {
                for t in 0..k {
                    variance += inverse[j][s] * meat[s][t] * inverse[t][j];
                }
            }
            variance.sqrt()
        })
        .collect();
    Naive { estimates, errors, rows: n }
}

fn inverted(mut a: Vec<Vec<f64>>) -> Vec<Vec<f64>> {
    let n = a.len();
    let mut inverse: Vec<Vec<f64>> =
        (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    for p in 0..n {
        let best = (p..n).max_by(|&i, &j| a[i][p].abs().total_cmp(&a[j][p].abs())).unwrap();
        a.swap(p, best);
        inverse.swap(p, best);
        let pivot = a[p][p];
        for j in 0..n {
            a[p][j] /= pivot;
            inverse[p][j] /= pivot;
        }
        for i in (0..n).filter(|&i| i != p) {
            let factor = a[i][p];
            for j in 0..n {
                let (x, y) = (a[p][j], inverse[p][j]);
                a[i][j] -= factor * x;
                inverse[i][j] -= factor * y;
            }
        }
    }
    inverse
}

fn window(first: u16, last: u16) -> YearRange {
    YearRange { first, last }
}

fn years(range: YearRange) -> Vec<usize> {
    (range.first..=range.last).map(|y| usize::from(y - 2010)).collect()
}

pub(super) fn windows() -> Windows {
    Windows::new(window(2010, 2012), window(2016, 2018)).unwrap()
}

fn close(what: &str, ours: f64, expected: f64) {
    assert!((ours - expected).abs() <= 1e-9 * expected.abs().max(1e-3), "{what}: {ours} is not {expected}");
}

#[test]
fn every_fit_of_the_sweep_is_that_of_the_definitions() {
    let raw = Raw::new();
    let panel = raw.panel();
    let options = SweepOptions {
        windows: Windows::all_of_length(&panel.years, 3),
        transforms: vec![Transform::Literal, Transform::Log],
        samples: vec![Sample::All, Sample::Strengths],
        covariances: vec![CovarianceKind::Country, CovarianceKind::Classical],
        inference: InferenceOptions::default(),
    };
    let found = sweep(&panel, &Specification::default(), &options, &Silent).unwrap();
    assert_eq!(options.windows.len(), 10);
    assert_eq!(found.failures, []);
    let strong = |p: usize, c: usize| panel.is_strength(p, c);
    for (n, pair) in options.windows.iter().enumerate() {
        for transform in [Transform::Literal, Transform::Log] {
            for sample in [Sample::All, Sample::Strengths] {
                let preset = Preset { transform, sample, ..Preset::default() };
                let ours: Vec<_> = found
                    .rows
                    .iter()
                    .filter(|r| {
                        r.windows == n && r.preset == preset && r.covariance == CovarianceKind::Country
                    })
                    .collect();
                let log = transform == Transform::Log;
                let naive = naive(&raw, &years(pair.baseline), &years(pair.projection), log, 0.0, |p, c| {
                    sample == Sample::All || strong(p, c)
                });
                assert_eq!(ours.len(), naive.estimates.len());
                for ((row, estimate), error) in ours.iter().zip(&naive.estimates).zip(&naive.errors) {
                    assert_eq!(row.rows, naive.rows);
                    close(&row.term, row.estimate, *estimate);
                    close(&row.term, row.standard_error.unwrap(), *error);
                }
            }
        }
    }
    // The summary is that of its rows.
    let str = found
        .summary
        .iter()
        .find(|s| s.term == "STR" && s.preset == Preset::default() && s.covariance == CovarianceKind::Country)
        .unwrap();
    let mut estimates: Vec<f64> = found
        .rows
        .iter()
        .filter(|r| {
            r.term == "STR" && r.preset == Preset::default() && r.covariance == CovarianceKind::Country
        })
        .map(|r| r.estimate)
        .collect();
    estimates.sort_by(f64::total_cmp);
    assert_eq!((str.fits, str.lowest, str.highest), (10, estimates[0], estimates[9]));
    assert_eq!(str.median, 0.5 * (estimates[4] + estimates[5]));
    // q by its definition, over all regressors of all fits with the same errors.
    let family: Vec<(f64, f64)> = found
        .rows
        .iter()
        .filter(|r| r.regressor && r.covariance == CovarianceKind::Classical)
        .map(|r| (r.p.unwrap(), r.q.unwrap()))
        .collect();
    assert_eq!(family.len(), 10 * 4 * 8);
    for &(p, q) in family.iter().step_by(17) {
        let expected = family
            .iter()
            .filter(|(other, _)| *other >= p)
            .map(|(other, _)| {
                other * family.len() as f64 / family.iter().filter(|(o, _)| o <= other).count() as f64
            })
            .fold(1.0, f64::min);
        close("q", q, expected);
    }
}

#[test]
fn leaving_out_is_the_regression_on_the_other_rows() {
    let raw = Raw::new();
    let panel = raw.panel();
    let specification = Specification::default();
    let prepared = Prepared::new(&panel, &specification, &windows(), Preset::default()).unwrap();
    let found = leave_out(&prepared, InferenceOptions::default(), &Silent).unwrap();
    assert_eq!(found.failures, []);
    let cases: std::collections::BTreeSet<_> = found.rows.iter().map(|r| r.left_out.clone()).collect();
    assert_eq!(cases.len(), COUNTRIES + 4);
    let (before, after) = (years(windows().baseline), years(windows().projection));
    for case in [LeftOut::Country(panel.countries[5].code.clone()), LeftOut::Tier(2), LeftOut::Tier(0)] {
        let expected = naive(&raw, &before, &after, false, 0.0, |p, c| match &case {
            LeftOut::Country(_) => c != 5,
            LeftOut::Tier(tier) => raw.tier[p] != *tier,
        });
        let ours: Vec<_> = found.rows.iter().filter(|r| r.left_out == case).collect();
        // Without the seeds tier 1 is what the others are compared with: same slopes, another constant.
        let slopes = if case == LeftOut::Tier(0) { 1..11 } else { 0..ours.len() };
        for at in slopes {
            if case == LeftOut::Tier(0) {
                break;
            }
            close(&ours[at].term, ours[at].estimate, expected.estimates[at]);
            assert_eq!(ours[at].rows, expected.rows);
        }
        assert!(!ours.is_empty());
    }
    let without: Vec<_> = found.rows.iter().filter(|r| r.left_out == LeftOut::Tier(0)).collect();
    assert!(without.iter().all(|r| !r.term.starts_with("tier 1") && r.term != "tier 2"));
    assert!(without.iter().any(|r| r.term == "tier 2 (against 1)"), "another reference has another name");
}

#[test]
fn the_fill_of_the_seeds_moves_no_slope() {
    let raw = Raw::new();
    let panel = raw.panel();
    let with = |fill: f64| {
        let specification = Specification { fill, ..Specification::default() };
        let rows =
            Prepared::new(&panel, &specification, &windows(), Preset::default()).unwrap().rows().unwrap();
        estimate(rows, InferenceOptions::default(), &[CovarianceKind::Classical], None).unwrap()
    };
    let zero = with(0.0);
    let reference =
        naive(&raw, &years(windows().baseline), &years(windows().projection), false, 0.0, |_, _| true);
    for fill in [-3.0, 1.0, 250.0] {
        let filled = with(fill);
        for (at, term) in zero.terms.iter().enumerate() {
            let (a, b) = (zero.reported().terms[at], filled.reported().terms[at]);
            close(&term.name, a.estimate, reference.estimates[at]);
            if term.name == "constant" || term.name.starts_with("tier") {
                assert!((a.estimate - b.estimate).abs() > 1e-3, "{} takes the fill up", term.name);
            } else {
                assert!((a.estimate - b.estimate).abs() < 1e-10, "{}: {a:?} {b:?}", term.name);
                let (a, b) = (zero.kinds[1].terms[at], filled.kinds[1].terms[at]);
                close(&term.name, b.standard_error.unwrap(), a.standard_error.unwrap());
            }
        }
        // The difference is the fill times the sum of the inputs' slopes.
        let slopes: f64 = (5..9).map(|at| zero.reported().terms[at].estimate).sum();
        let constant = filled.reported().terms[0].estimate - zero.reported().terms[0].estimate;
        close("constant", constant, -fill * slopes);
    }
    // Dropping the seeds changes the sample but not the rows of the others.
    let dropped = Specification { seeds: Seeds::Drop, ..Specification::default() };
    let rows = Prepared::new(&panel, &dropped, &windows(), Preset::default()).unwrap().rows().unwrap();
    assert!(
        rows.account.lost.iter().any(|l| l.reason == "seed" && l.count == 4 * COUNTRIES),
        "{:?}",
        rows.account
    );
}

#[test]
fn a_logarithm_of_zero_is_dropped_and_counted() {
    let raw = Raw::new();
    let panel = raw.panel();
    let specification =
        Specification { regressors: vec![Variable::baseline(Column::Hhi)], ..Specification::default() };
    let of = |transform| {
        let preset = Preset { transform, ..Preset::default() };
        Prepared::new(&panel, &specification, &windows(), preset).unwrap().rows().unwrap().account
    };
    let (before, after) = (years(windows().baseline), years(windows().projection));
    let (mut zeros, mut usable) = (0, 0);
    for p in 0..PRODUCTS {
        for c in 0..COUNTRIES {
            let rca = [&before, &after].map(|years| raw.mean(Column::Rca, p, c, years));
            let all = rca[0].is_some() && rca[1].is_some() && raw.mean(Column::Hhi, p, c, &before).is_some();
            zeros += usize::from(rca.contains(&Some(0.0)));
            usable += usize::from(all && !rca.contains(&Some(0.0)));
        }
    }
    assert!(zeros > 10);
    let (literal, log) = (of(Transform::Literal), of(Transform::Log));
    let counted =
        log.lost.iter().find(|l| l.reason == "Change of RCA has the logarithm of zero in it").unwrap();
    assert_eq!((counted.count, log.used), (zeros, usable));
    assert!(literal.used > log.used);
    for account in [literal, log] {
        assert_eq!(account.pairs, account.used + account.lost.iter().map(|l| l.count).sum::<usize>());
    }
}

#[test]
fn the_placebo_keeps_its_size_where_inputs_do_not_matter() {
    let raw = Raw::new();
    let panel = raw.panel();
    let specification = Specification::default();
    let prepared = Prepared::new(&panel, &specification, &windows(), Preset::default()).unwrap();
    let options = InferenceOptions { covariance: CovarianceKind::Hc1, ..InferenceOptions::default() };
    let rows = placebo(&prepared, options, 400, 7, &Silent).unwrap();
    let table = estimate(prepared.rows().unwrap(), options, &[], None).unwrap();
    assert_eq!(rows.len(), 4);
    for row in &rows {
        let at = table.term(&row.term).unwrap();
        assert_eq!(row.t, table.reported().terms[at].t, "{}", row.term);
        assert_eq!(row.draws, 400);
        assert!(row.rejected < 0.2 && row.p.unwrap() > 1.0 / 401.0, "{row:?}");
    }
    let mean = rows.iter().map(|r| r.rejected).sum::<f64>() / 4.0;
    // The draws of one panel share its outcome, so this is one look; the nominal rate is tested on planted worlds.
    assert!(mean < 0.13, "{rows:?}");
    assert_eq!(rows, placebo(&prepared, options, 400, 7, &Silent).unwrap(), "the seed decides");
    assert_ne!(rows, placebo(&prepared, options, 400, 8, &Silent).unwrap());
    assert!(placebo(&prepared, options, 0, 7, &Silent).unwrap().is_empty());
}

/// The regression on a panel with other numbers in the place of STR, computed without the engine.
fn agrees_with(by: Column, panel: &YearlyPanel, preset: Preset) {
    let mut swapped = Raw::new();
    let other = swapped.values[&by].clone();
    swapped.values.insert(Column::Str, other);
    let specification = Specification::default();
    let prepared = Prepared::new(panel, &specification, &windows(), preset).unwrap();
    let ours = estimate(prepared.rows().unwrap(), InferenceOptions::default(), &[], None).unwrap();
    let expected =
        naive(&swapped, &years(windows().baseline), &years(windows().projection), false, 0.0, |_, _| true);
    for (at, estimate) in expected.estimates.iter().enumerate() {
        close(&ours.terms[at].name, ours.reported().terms[at].estimate, *estimate);
    }
}

#[test]
fn other_numbers_take_the_place_of_str_in_checks_and_presets() {
    let panel = Raw::new().panel();
    for (check, by) in [
        (RobustnessCheck::IndirectRisk, Column::StrIndirect),
        (RobustnessCheck::MassBalance, Column::StrMassBalance),
    ] {
        agrees_with(by, &with_other_risk(check, &panel).unwrap(), Preset::default());
    }
    assert!(with_other_risk(RobustnessCheck::OtherInputs, &panel).is_none());
    let preset = Preset { risk: RiskReading::MassBalance, ..Preset::default() };
    assert_eq!(preset.name(), "literal, mass-balanced STR");
    agrees_with(Column::StrMassBalance, &panel, preset);
}

#[test]
fn what_cannot_be_run_is_refused_in_words() {
    let raw = Raw::new();
    let panel = raw.panel();
    let refused = |panel: &YearlyPanel, specification: &Specification, options: InferenceOptions| {
        Prepared::new(panel, specification, &windows(), Preset::default())
            .and_then(|p| p.rows())
            .and_then(|rows| estimate(rows, options, &[], None))
            .unwrap_err()
            .to_string()
    };
    let standard = InferenceOptions::default();
    let nobody = Specification {
        exclude: panel.countries.iter().map(|c| c.code.clone()).collect(),
        ..Specification::default()
    };
    assert_eq!(
        refused(&panel, &nobody, standard),
        "no country-product can be used: 288 lost to: country left out by the study"
    );
    let one_country = Specification {
        exclude: panel.countries[1..].iter().map(|c| c.code.clone()).collect(),
        regressors: vec![Variable::baseline(Column::Hhi)],
        factors: vec![],
        ..Specification::default()
    };
    assert_eq!(
        refused(&panel, &one_country, standard),
        "standard errors clustered by country need at least two of them, and the rows have one; choose another regression.covariance"
    );
    let mut flat = Raw::new();
    flat.values.insert(Column::Str, vec![1.0; PRODUCTS * YEARS * COUNTRIES]);
    let message = refused(&flat.panel(), &Specification::default(), standard);
    assert!(
        message.starts_with("STR has the same value in all ") && message.ends_with("or choose other windows"),
        "{message}"
    );
    let outside = Windows::new(window(2008, 2011), window(2015, 2018)).unwrap();
    let error = Prepared::new(&panel, &Specification::default(), &outside, Preset::default()).unwrap_err();
    assert!(matches!(error, RegressionError::WindowOutsideData { which: "baseline", .. }), "{error}");
    // With the inputs of a country for all of its products, a constant by country is what the clusters do not explain.
    let of_country = Specification { inputs: InputsOf::Country, ..Specification::default() };
    let prepared = Prepared::new(&panel, &of_country, &windows(), Preset::default()).unwrap();
    assert!(estimate(prepared.rows().unwrap(), standard, &[], None).is_ok());
}
