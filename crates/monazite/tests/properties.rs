//! What must hold for any trade network: the consequences of what STR measures.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::decomposition::{YearState, decompose_change};
use monazite::indicators::{
    InfluenceMeasure, Leontief, RiskParameters, exposure, herfindahl, herfindahl_normalised, influence,
    systemic_risk, systemic_trade_risk,
};
use monazite::nomenclature::CountryId;
use monazite::trade::{FlowSource, FlowTable, TradeMatrix};
use proptest::prelude::*;

pub(super) type Flow = (u16, u16, f64);

pub(super) fn matrix(countries: usize, flows: &[Flow]) -> TradeMatrix {
    let flows: Vec<_> = flows.iter().map(|&(a, c, v)| (CountryId::new(a), CountryId::new(c), v)).collect();
    TradeMatrix::from_flows(countries, &flows)
}

/// A network of up to 40 countries, sparse or dense, with values over six orders of magnitude.
pub(super) fn network() -> impl Strategy<Value = (usize, Vec<Flow>)> {
    (2usize..40).prop_flat_map(|n| {
        let flow = (0..n as u16, 0..n as u16, -3.0f64..6.0).prop_map(|(a, c, e)| (a, c, 10f64.powf(e)));
        (Just(n), prop::collection::vec(flow, 0..n * 6))
    })
}

fn str_of(t: &TradeMatrix, w: &[f64]) -> Vec<Option<f64>> {
    systemic_trade_risk(t, w, &RiskParameters::default(), &mut Leontief::default()).str
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * b.abs().max(1.0)
}

/// Rows of a table of flows: few countries and products, so that many pairs are repeated.
fn table_rows() -> impl Strategy<Value = Vec<(i32, String, String, String, f64)>> {
    let row =
        (2018i32..2021, 0usize..3, 0usize..6, 0usize..6, -3.0f64..6.0).prop_map(|(year, p, a, c, e)| {
            let country = |n: usize| ["CHN", "USA", "DEU", "COD", "AUS", "MYS"][n].to_owned();
            (year, ["284690", "030110", "850511"][p].to_owned(), country(a), country(c), 10f64.powf(e))
        });
    prop::collection::vec(row, 1..80)
}

type Row = (i32, String, String, String, f64);

/// Every flow of a table with its bits, and its account; `None` if no flow is left.
fn table_bits(rows: &[Row]) -> Option<(Vec<String>, FlowTable)> {
    let of = |(y, p, a, c, v): &Row| (*y, p.clone(), a.clone(), c.clone(), *v);
    let owned: Vec<Row> = rows.iter().map(of).collect();
    let borrowed = owned.iter().map(|(y, p, a, c, v)| (*y, p.as_str(), a.as_str(), c.as_str(), *v));
    let table = FlowTable::from_rows(borrowed).ok()?;
    let mut bits = Vec::new();
    for (year, product) in table.product_years() {
        for (c, a, v) in table.flows(year, product) {
            let code = |at: u16| table.countries().iso3_codes()[usize::from(at)];
            bits.push(format!("{year} {product} {} {} {:x}", code(c), code(a), v.to_bits()));
        }
    }
    Some((bits, table))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn shuffled_rows_are_the_same_table_and_repeated_pairs_are_summed(
        (rows, shuffled) in table_rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
    ) {
        let (one, other) = (table_bits(&rows), table_bits(&shuffled));
        prop_assert_eq!(one.as_ref().map(|t| &t.0), other.as_ref().map(|t| &t.0));
        if let (Some((_, a)), Some((_, b))) = (one, other) {
            prop_assert!(a.account().balances());
            prop_assert_eq!(a.account(), b.account());
            prop_assert_eq!(a.provenance(), b.provenance());
            let abroad = |row: &&Row| row.2 != row.3;
            let sum: f64 = rows.iter().filter(abroad).map(|r| r.4).sum();
            prop_assert!(close(a.account().value_kept.get(), sum));
            for (year, product) in a.product_years() {
                // The matrix of a product-year is that of its rows, in whatever order they come.
                let place = |code: &str| a.countries().by_iso3(code).unwrap().index() as u16;
                let mut flows: Vec<Flow> = shuffled
                    .iter()
                    .filter(|r| r.0 == i32::from(year) && r.1 == product.to_string())
                    .map(|r| (place(&r.3), place(&r.2), r.4))
                    .collect();
                let mut matrix = TradeMatrix::default();
                matrix.refill(a.countries().len(), &mut flows);
                prop_assert_eq!(matrix, a.matrix(year, product));
            }
        }
    }

    #[test]
    fn str_solves_its_equation_and_lies_in_its_range(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        let t = matrix(n, &flows);
        let w = &instability[..n];
        let risk = systemic_trade_risk(&t, w, &RiskParameters::default(), &mut Leontief::default());
        let top = w.iter().copied().fold(0.0, f64::max);
        for column in t.columns() {
            let c = usize::from(column.importer);
            let mut sum = 1.0;
            for (&a, &s) in column.suppliers.iter().zip(column.shares) {
                sum += w[usize::from(a)] * s * risk.importer_sums[usize::from(a)];
            }
            prop_assert!(close(risk.importer_sums[c], sum), "STR = 1 + sum of w s STR");
            let str = risk.str[c].unwrap();
            prop_assert!((1.0..=1.0 / (1.0 - top) + 1e-9).contains(&str));
            prop_assert!(close(1.0 + risk.direct[c].unwrap() + risk.indirect[c].unwrap(), str));
        }
        for c in 0..n {
            prop_assert_eq!(risk.str[c].is_some(), t.trades(c));
        }
    }

    #[test]
    fn uniform_stability_is_the_same_risk_for_everyone(
        n in 2usize..30,
        values in prop::collection::vec(0.001f64..1e6, 900),
        pv in 2.0f64..100.0,
    ) {
        // Everybody imports: every pair trades.
        let flows: Vec<Flow> = (0..n * n).map(|p| ((p / n) as u16, (p % n) as u16, values[p])).collect();
        let t = matrix(n, &flows);
        for str in str_of(&t, &vec![1.0 - pv / 100.0; n]) {
            prop_assert!(close(str.unwrap(), 100.0 / pv));
        }
    }

    #[test]
    fn scaling_an_importers_purchases_changes_nothing(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
        importer in 0u16..40,
        factor in 0.001f64..1000.0,
    ) {
        let w = &instability[..n];
        let before = str_of(&matrix(n, &flows), w);
        let scaled: Vec<Flow> =
            flows.iter().map(|&(a, c, v)| (a, c, if c == importer { v * factor } else { v })).collect();
        for (b, a) in before.iter().zip(str_of(&matrix(n, &scaled), w)) {
            prop_assert_eq!(b.is_some(), a.is_some());
            if let (Some(b), Some(a)) = (b, a) {
                prop_assert!(close(a, *b));
            }
        }
    }

    #[test]
    fn renaming_countries_renames_the_results(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
        shift in 1usize..39,
    ) {
        let rename = |c: u16| ((usize::from(c) + shift) % n) as u16;
        let renamed: Vec<Flow> = flows.iter().map(|&(a, c, v)| (rename(a), rename(c), v)).collect();
        let w = &instability[..n];
        let mut renamed_w = vec![0.0; n];
        for c in 0..n {
            renamed_w[usize::from(rename(c as u16))] = w[c];
        }
        let (t, u) = (matrix(n, &flows), matrix(n, &renamed));
        let (before, after) = (str_of(&t, w), str_of(&u, &renamed_w));
        let influence_of = |t: &TradeMatrix, w: &[f64]| {
            let mut leontief = Leontief::default();
            let mut solved = systemic_risk::solve(t, w, &RiskParameters::default(), &mut leontief);
            influence(InfluenceMeasure::Sum, t, &solved.risk.importer_sums, &mut solved.network)
        };
        let (out_before, out_after) = (influence_of(&t, w), influence_of(&u, &renamed_w));
        for c in 0..n {
            let to = usize::from(rename(c as u16));
            for (b, a) in [(before[c], after[to]), (out_before[c], out_after[to])] {
                prop_assert_eq!(b.is_some(), a.is_some());
                if let (Some(b), Some(a)) = (b, a) {
                    prop_assert!(close(a, b));
                }
            }
        }
    }

    #[test]
    fn a_more_stable_supplier_never_raises_risk(
        (n, flows) in network(),
        instability in prop::collection::vec(0.05f64..0.98, 40),
        supplier in 0usize..40,
        cut in 0.0f64..1.0,
    ) {
        prop_assume!(supplier < n);
        let t = matrix(n, &flows);
        let before = str_of(&t, &instability[..n]);
        let mut calmer = instability[..n].to_vec();
        calmer[supplier] *= cut;
        for (b, a) in before.iter().zip(str_of(&t, &calmer)) {
            if let (Some(b), Some(a)) = (b, a) {
                prop_assert!(a <= b + 1e-12);
            }
        }
    }

    #[test]
    fn influence_adds_up_to_the_risk_of_all(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        // Sum over suppliers of what they pass on = sum over importers of what arrives from others.
        let t = matrix(n, &flows);
        let mut leontief = Leontief::default();
        let w = &instability[..n];
        let mut solved = systemic_risk::solve(&t, w, &RiskParameters::default(), &mut leontief);
        let (risk, network) = (&solved.risk, &mut solved.network);
        let given: f64 =
            influence(InfluenceMeasure::Sum, &t, &risk.importer_sums, network).iter().flatten().sum();
        let diagonal: f64 = network.diagonal().iter().sum();
        let taken: f64 = risk.importer_sums.iter().sum::<f64>() - diagonal;
        prop_assert!((given - taken).abs() <= 1e-9 * taken.abs().max(1.0));
    }

    #[test]
    fn the_parts_of_a_change_sum_to_the_change(
        (n, flows) in network(),
        later in prop::collection::vec((0u16..40, 0u16..40, 0.001f64..1e5), 1..120),
        w0 in prop::collection::vec(0.0f64..0.98, 40),
        w1 in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        let later: Vec<Flow> = later.into_iter().filter(|f| usize::from(f.0.max(f.1)) < n).collect();
        let (t0, t1) = (matrix(n, &flows), matrix(n, &later));
        let changes = decompose_change(
            YearState { trade: &t0, instability: &w0[..n], str: None },
            YearState { trade: &t1, instability: &w1[..n], str: None },
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        let (s0, s1) = (str_of(&t0, &w0[..n]), str_of(&t1, &w1[..n]));
        for c in 0..n {
            match (s0[c], s1[c], changes[c]) {
                (Some(a), Some(b), Some(change)) => {
                    prop_assert!((change.total - (b - a)).abs() < 1e-12);
                    prop_assert!((change.network + change.stability - change.total).abs() < 1e-9 * a.max(b));
                }
                (Some(_), Some(_), None) => prop_assert!(false, "defined in both years"),
                (_, _, change) => prop_assert!(change.is_none()),
            }
        }
    }

    #[test]
    fn concentration_and_exposure_stay_in_their_ranges((n, flows) in network()) {
        let t = matrix(n, &flows);
        for column in t.columns() {
            let suppliers = column.shares.len() as f64;
            let h = herfindahl(column.shares).unwrap();
            prop_assert!(h <= 1.0 + 1e-12 && h >= 1.0 / suppliers - 1e-12);
            match herfindahl_normalised(column.shares) {
                Some(normalised) => prop_assert!((-1e-12..=1.0 + 1e-12).contains(&normalised)),
                None => prop_assert_eq!(suppliers, 1.0),
            }
            prop_assert!(close(column.shares.iter().sum::<f64>(), 1.0));
        }
        for c in 0..n {
            match exposure(t.imports()[c], t.exports()[c]) {
                Some(e) => prop_assert!((0.0..=1.0).contains(&e)),
                None => prop_assert!(!t.trades(c)),
            }
        }
    }
}
