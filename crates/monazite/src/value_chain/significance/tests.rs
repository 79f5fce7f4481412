use super::*;
use crate::nomenclature::Hs6;
use crate::progress::Silent;

fn hs(number: usize) -> Hs6 {
    format!("{number:06}").parse().unwrap()
}

/// One input, as many outputs as there are rows.
fn one_sample(imports: &[&[f64]], exports: &[&[f64]]) -> CountryTrade {
    let countries = imports[0].len();
    CountryTrade {
        inputs: (0..imports.len()).map(|n| hs(n + 1)).collect(),
        outputs: (0..exports.len()).map(|n| hs(n + 1001)).collect(),
        years: 1,
        countries,
        imports: imports.concat(),
        exports: exports.concat(),
        total_imports: vec![0.0; countries],
        total_exports: vec![0.0; countries],
        population: Vec::new(),
    }
}

fn run(trade: CountryTrade, parameters: &TestParameters) -> Vec<Option<PairTest>> {
    let links: Vec<(usize, usize)> =
        (0..trade.inputs.len()).flat_map(|i| (0..trade.outputs.len()).map(move |j| (i, j))).collect();
    test_links(&PreparedTrade::new(trade, parameters).unwrap(), &links, parameters, &Silent).unwrap()
}

fn close(a: f64, b: f64, tolerance: f64) -> bool {
    (a - b).abs() <= tolerance
}

const X: [f64; 5] = [10.0, 4.0, 1.0, 7.0, 2.0];
const Y: [&[f64]; 6] = [
    &[9.0, 5.0, 2.0, 6.0, 1.0],
    &[1.0, 2.0, 3.0, 4.0, 5.0],
    &[5.0, 5.0, 4.0, 9.0, 0.0],
    &[2.0, 8.0, 1.0, 1.0, 6.0],
    &[7.0, 3.0, 2.0, 8.0, 2.0],
    &[3.0, 1.0, 9.0, 2.0, 4.0],
];

#[test]
fn oracle_c1() {
    let tests = run(one_sample(&[&X], &Y), &TestParameters::default());
    let rho = [0.9596789202, -0.5553324775, 0.5598127034, -0.3030565011, 0.9002681862, -0.5681920453];
    let z = [1.4025288665, -1.2295177827, 0.6086704667, -0.7351711503, 1.2609267410, -1.2586059234];
    let rank = [1.0, 5.0, 3.0, 4.0, 2.0, 6.0];
    for (n, test) in tests.iter().map(|t| t.unwrap()).enumerate() {
        assert!(close(test.rho, rho[n], 1e-10), "{n}: {}", test.rho);
        assert!(close(test.z.unwrap(), z[n], 1e-9), "{n}: {:?}", test.z);
        assert_eq!(test.p, rank[n] / 6.0);
        assert_eq!(test.null_size, 5);
    }
    let log = TestParameters { transform: TradeScale::Log1p, ..TestParameters::default() };
    let rho = [0.8953285730, -0.5471087609, 0.5214615203, -0.1086108599, 0.9251598574, -0.6469550984];
    for (test, rho) in run(one_sample(&[&X], &Y), &log).iter().zip(rho) {
        assert!(close(test.unwrap().rho, rho, 1e-10));
    }
}

#[test]
fn without_variance_there_is_no_test() {
    let flat: &[f64] = &[3.0; 5];
    let nothing: &[f64] = &[0.0; 5];
    let tests = run(one_sample(&[&X, nothing], &[Y[0], flat, Y[1], Y[2]]), &TestParameters::default());
    let tested: Vec<bool> = tests.iter().map(Option::is_some).collect();
    assert_eq!(tested, [true, false, true, true, false, false, false, false]);
    assert_eq!(tests[0].unwrap().null_size, 2, "what does not vary is not in the null either");
    // Two outputs: the null of each is one correlation, which has no spread.
    let few = run(one_sample(&[&X], &Y[..2]), &TestParameters::default())[0].unwrap();
    assert_eq!((few.z, few.null_sd, few.p), (None, None, 0.5));
}

#[test]
fn holding_size_constant_is_the_partial_correlation() {
    let mut trade = one_sample(&[&X], &Y);
    let size = [100.0, 30.0, 12.0, 90.0, 5.0];
    trade.total_imports = size.to_vec();
    let parameters = TestParameters { control: Control::CountrySize, ..TestParameters::default() };
    let partial = run(trade, &parameters);
    let plain =
        |a: &[f64], b: &[f64]| run(one_sample(&[a], &[b]), &TestParameters::default())[0].unwrap().rho;
    for (y, test) in Y.iter().zip(partial) {
        let (xy, xs, ys) = (plain(&X, y), plain(&X, &size), plain(y, &size));
        let expected = (xy - xs * ys) / ((1.0 - xs * xs) * (1.0 - ys * ys)).sqrt();
        assert!(close(test.unwrap().rho, expected, 1e-12));
    }
}

#[test]
fn leaving_out_is_computing_without() {
    let without = |v: &[f64], left: usize| -> Vec<f64> {
        v.iter().enumerate().filter(|(n, _)| *n != left).map(|(_, v)| *v).collect()
    };
    let top = TestParameters { leave_out: CountriesLeftOut::TopCountry, ..TestParameters::default() };
    let jackknife = TestParameters { leave_out: CountriesLeftOut::Jackknife, ..TestParameters::default() };
    for control in [Control::None, Control::CountrySize] {
        let size = [100.0, 30.0, 12.0, 90.0, 5.0];
        let with_size = |mut trade: CountryTrade, size: &[f64]| {
            trade.total_imports = size.to_vec();
            trade
        };
        let plain = |left: usize, y: &[f64]| {
            let (x, y, size) = (without(&X, left), without(y, left), without(&size, left));
            let parameters = TestParameters { control, ..TestParameters::default() };
            run(with_size(one_sample(&[&x], &[&y]), &size), &parameters)[0].unwrap().rho
        };
        let first = run(with_size(one_sample(&[&X], &Y), &size), &TestParameters { control, ..top });
        let lowest = run(with_size(one_sample(&[&X], &Y), &size), &TestParameters { control, ..jackknife });
        for (n, y) in Y.iter().enumerate() {
            assert!(close(first[n].unwrap().rho, plain(0, y), 1e-12), "country 0 imports most");
            let expected = (0..5).map(|left| plain(left, y)).fold(f64::INFINITY, f64::min);
            assert!(close(lowest[n].unwrap().rho, expected, 1e-12));
        }
    }
    let wrong = TestParameters { sample: Observations::Stacked, ..top };
    assert_eq!(
        PreparedTrade::new(one_sample(&[&X], &Y), &wrong).unwrap_err().to_string(),
        "leaving countries out needs sample = \"summed\""
    );
}

/// Two years; output 3 is not exported in the second.
fn two_years() -> CountryTrade {
    let second: [f64; 5] = [8.0, 5.0, 2.0, 9.0, 1.0];
    let mut trade = one_sample(&[&[X, second].concat()], &[]);
    trade.years = 2;
    trade.countries = 5;
    trade.outputs = (0..6).map(|n| hs(n + 1001)).collect();
    for (n, y) in Y.iter().enumerate() {
        trade.exports.extend(y.iter());
        trade.exports.extend(y.iter().rev().map(|v| if n == 3 { 0.0 } else { v * 2.0 + 1.0 }));
    }
    trade.total_imports = vec![0.0; 10];
    trade.total_exports = vec![0.0; 10];
    trade
}

#[test]
fn years_are_averaged_or_stacked() {
    let plain =
        |a: &[f64], b: &[f64]| run(one_sample(&[a], &[b]), &TestParameters::default())[0].map(|t| t.rho);
    let trade = two_years();
    let mean =
        run(trade.clone(), &TestParameters { sample: Observations::YearlyMean, ..TestParameters::default() });
    let stacked =
        run(trade.clone(), &TestParameters { sample: Observations::Stacked, ..TestParameters::default() });
    for (n, y) in trade.exports.chunks(10).enumerate() {
        let by_year: Vec<f64> =
            (0..2).filter_map(|t| plain(&trade.imports[5 * t..5 * t + 5], &y[5 * t..5 * t + 5])).collect();
        assert_eq!(by_year.len(), if n == 3 { 1 } else { 2 });
        let expected = by_year.iter().sum::<f64>() / by_year.len() as f64;
        assert!(close(mean[n].unwrap().rho, expected, 1e-12));
        assert!(close(stacked[n].unwrap().rho, plain(&trade.imports, y).unwrap(), 1e-12));
    }
}

#[test]
fn shares_and_values_a_person_leave_out_where_they_are_not_defined() {
    let mut trade = one_sample(&[&X], &Y);
    trade.total_imports = vec![100.0, 50.0, 20.0, 0.0, 10.0];
    trade.total_exports = vec![90.0, 60.0, 20.0, 30.0, 10.0];
    trade.population = vec![Some(2.0), None, Some(3.0), Some(4.0), Some(0.5)];
    let shares = TestParameters { transform: TradeScale::Shares, ..TestParameters::default() };
    let prepared = PreparedTrade::new(trade.clone(), &shares).unwrap();
    assert_eq!((prepared.observations, prepared.left_out), (4, 1));
    let plain =
        |a: &[f64], b: &[f64]| run(one_sample(&[a], &[b]), &TestParameters::default())[0].unwrap().rho;
    let rho = run(trade.clone(), &shares)[0].unwrap().rho;
    assert!(close(rho, plain(&[0.1, 0.08, 0.05, 0.2], &[0.1, 5.0 / 60.0, 0.1, 0.1]), 1e-12));
    let world = |n: usize| {
        let all: &[f64] = if n == 0 { &X } else { Y[0] };
        let totals = if n == 0 { &trade.total_imports } else { &trade.total_exports };
        let kept = [0, 1, 2, 4];
        let share = kept.iter().map(|&c| all[c]).sum::<f64>() / kept.iter().map(|&c| totals[c]).sum::<f64>();
        kept.map(|c| all[c] / totals[c] / share).map(|rca| (rca - 1.0) / (rca + 1.0))
    };
    let rsca = TestParameters { transform: TradeScale::Rsca, ..TestParameters::default() };
    assert!(close(run(trade.clone(), &rsca)[0].unwrap().rho, plain(&world(0), &world(1)), 1e-12));
    let large = TestParameters { min_country_trade: 41.0, ..TestParameters::default() };
    let prepared = PreparedTrade::new(trade.clone(), &large).unwrap();
    assert_eq!((prepared.observations, prepared.left_out), (2, 3));
    let people = TestParameters { transform: TradeScale::PerCapita, ..TestParameters::default() };
    let rho = run(trade, &people)[0].unwrap().rho;
    assert!(close(rho, plain(&[5.0, 1.0 / 3.0, 1.75, 4.0], &[4.5, 2.0 / 3.0, 1.5, 2.0]), 1e-12));
}

/// A number from a seed, skewed like trade.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let unit = (self.0 >> 11) as f64 / (1u64 << 53) as f64;
        if unit < 0.3 { 0.0 } else { (unit * 9.0).exp() }
    }

    fn trade(&mut self, inputs: usize, outputs: usize, years: usize, countries: usize) -> CountryTrade {
        let width = years * countries;
        let mut fill = |n: usize| -> Vec<f64> { (0..n).map(|_| self.next()).collect() };
        CountryTrade {
            inputs: (0..inputs).map(|n| hs(n + 1)).collect(),
            outputs: (0..outputs).map(|n| hs(n + 1001)).collect(),
            years,
            countries,
            imports: fill(inputs * width),
            exports: fill(outputs * width),
            total_imports: fill(width).iter().map(|v| v + 1.0).collect(),
            total_exports: fill(width).iter().map(|v| v + 1.0).collect(),
            population: Vec::new(),
        }
    }
}

#[test]
fn the_screening_finds_what_the_test_of_every_pair_finds() {
    let samples = [
        (Observations::Summed, Control::None, CountriesLeftOut::None),
        (Observations::Summed, Control::CountrySize, CountriesLeftOut::Jackknife),
        (Observations::YearlyMean, Control::CountrySize, CountriesLeftOut::None),
        (Observations::Stacked, Control::None, CountriesLeftOut::None),
    ];
    for (sample, control, leave_out) in samples {
        let years = if sample == Observations::Summed { 1 } else { 3 };
        let mut trade = Numbers(7).trade(53, 117, years, 40);
        let width = trade.width();
        trade.exports[5 * width..6 * width].fill(0.0);
        trade.imports[9 * width..10 * width].fill(0.0);
        let parameters =
            TestParameters { sample, control, leave_out, memory: 1, ..TestParameters::default() };
        let prepared = PreparedTrade::new(trade, &parameters).unwrap();
        let links: Vec<(usize, usize)> = (0..53).flat_map(|i| (0..117).map(move |j| (i, j))).collect();
        let tests = test_links(&prepared, &links, &parameters, &Silent).unwrap();
        for threshold in [-0.5, 1.0, 1.96] {
            let (mut found, mut rows) = (Vec::new(), 0);
            let (count, take) = (|m: &[_]| rows += m.len(), |p: &[_]| found.extend_from_slice(p));
            screen(&prepared, threshold, &parameters, count, take, &Silent).unwrap();
            assert_eq!(rows, 53);
            let expected: Vec<(usize, usize, PairTest)> = links
                .iter()
                .zip(&tests)
                .filter_map(|(&(i, j), t)| {
                    t.filter(|t| t.z.is_some_and(|z| z >= threshold)).map(|t| (i, j, t))
                })
                .collect();
            assert!(expected.len() > 50);
            assert_eq!(found.len(), expected.len(), "{sample:?} {threshold}");
            for (pair, (i, j, test)) in found.iter().zip(expected) {
                assert_eq!((pair.input, pair.output), (i, j));
                assert!(pair.test.rho == test.rho && pair.test.p == test.p);
                assert!(close(pair.test.z.unwrap(), test.z.unwrap(), 1e-9));
            }
        }
    }
}

#[test]
fn the_drawn_null_approaches_the_exhaustive_one_and_repeats_itself() {
    let trade = Numbers(3).trade(20, 60, 1, 30);
    let exact = run(trade.clone(), &TestParameters::default());
    let parameters = TestParameters { null: NullModel::Drawn, draws: 20_000, ..TestParameters::default() };
    let drawn = run(trade.clone(), &parameters);
    for (e, d) in exact.iter().zip(&drawn) {
        let (e, d) = (e.unwrap(), d.unwrap());
        assert_eq!(e.rho, d.rho);
        assert!(close(e.null_mean.unwrap(), d.null_mean.unwrap(), 0.02));
        assert!(close(e.null_sd.unwrap(), d.null_sd.unwrap(), 0.02));
        // The exhaustive p counts the link itself among 60, the drawn one hardly.
        assert!(close((60.0 * e.p - 1.0) / 59.0, d.p, 0.02));
    }
    let few = TestParameters { draws: 50, ..parameters };
    let all = run(trade.clone(), &few);
    assert_eq!(all, run(trade.clone(), &few));
    assert_ne!(all, run(trade.clone(), &TestParameters { seed: 1, ..few }));
    // A link's draws do not depend on what else is tested.
    let alone = test_links(&PreparedTrade::new(trade, &few).unwrap(), &[(17, 44)], &few, &Silent).unwrap();
    assert_eq!(alone[0], all[17 * 60 + 44]);
}

#[test]
fn the_drawn_null_draws_only_where_there_is_a_correlation() {
    let parameters = TestParameters {
        sample: Observations::YearlyMean,
        null: NullModel::Drawn,
        draws: 200,
        ..TestParameters::default()
    };
    let mut trade = two_years();
    trade.imports[..5].fill(0.0);
    let tests = run(trade, &parameters);
    assert!(tests[3].is_none(), "no year in common");
    assert!(tests.iter().enumerate().all(|(n, t)| n == 3 || t.is_some()));
}
