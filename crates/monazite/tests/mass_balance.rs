//! What must hold of mass-balanced systemic trade risk in any trade network, and what it comes to on the shipped data.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use monazite::indicators::content_risk::{ContentRisk, added_instability, content_risk};
use monazite::indicators::decomposition::{ContentState, decompose_content_change};
use monazite::indicators::dependency::{content_dependencies, dependencies};
use monazite::indicators::import_weights::ImportWeights;
use monazite::indicators::origin::{crossings, mean_crossings, origins};
use monazite::indicators::systemic_risk::solve;
use monazite::indicators::{ContentSources, ImportContent, Leontief, RiskParameters, import_content};
use monazite::ingest::Governance;
use monazite::ingest::governance::StabilityOptions;
use monazite::nomenclature::Hs6;
use monazite::trade::adjust::Flows;
use monazite::trade::{FlowSource, Store, TradeMatrix};
use proptest::prelude::*;

use super::properties::{Flow, matrix, network};

fn content(reading: ImportContent, t: &TradeMatrix) -> Vec<f64> {
    import_content(reading, t, ContentSources::default())
}

fn mass(t: &TradeMatrix) -> Vec<f64> {
    content(ImportContent::MassBalance, t)
}

fn risk(t: &TradeMatrix, w: &[f64], content: &[f64]) -> ContentRisk {
    content_risk(t, w, content, &RiskParameters::default(), &mut Leontief::default()).risk
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-10 * b.abs().max(1.0)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_lies_between_the_direct_part_and_the_papers_number(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        let (t, w) = (matrix(n, &flows), &instability[..n]);
        let ladder = [
            ImportContent::None,
            ImportContent::Exposure,
            ImportContent::MassBalance,
            ImportContent::Full,
        ]
        .map(|reading| risk(&t, w, &content(reading, &t)));
        let phi = mass(&t);
        let passed = w.iter().zip(&phi).map(|(w, phi)| w * phi).fold(0.0, f64::max);
        let most_direct = ladder[2].direct.iter().flatten().copied().fold(0.0, f64::max);
        for c in 0..n {
            for (less, more) in ladder.iter().zip(&ladder[1..]) {
                prop_assert!(less.excess[c] <= more.excess[c] * (1.0 + 1e-12), "{c}: the ladder");
            }
            let found = ladder[2].excess[c];
            prop_assert!(ladder[2].direct[c].is_none_or(|direct| direct <= found * (1.0 + 1e-12)));
            prop_assert!(found <= most_direct / (1.0 - passed) * (1.0 + 1e-12), "{c}: the bound");
        }
    }

    /// From an importer to a supplier with probability s, survive with w and count one; go on behind it with φ, or end where the goods were made.
    #[test]
    fn it_is_the_expected_count_of_a_walk_with_two_ends(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.9, 40),
    ) {
        let (t, w) = (matrix(n, &flows), &instability[..n]);
        let phi = mass(&t);
        let found = risk(&t, w, &phi);
        let Some(first) = t.columns().next() else { return Ok(()) };
        let start = usize::from(first.importer);
        let mut at = vec![0.0; n];
        at[start] = 1.0;
        let mut count = 0.0;
        for _ in 0..400 {
            let mut next = vec![0.0; n];
            for column in t.columns() {
                let here = at[usize::from(column.importer)];
                for (&a, &share) in column.suppliers.iter().zip(column.shares) {
                    let a = usize::from(a);
                    let survived = here * share * w[a];
                    count += survived;
                    next[a] += survived * phi[a];
                }
            }
            at = next;
        }
        prop_assert!(close(found.excess[start], count), "{} {count}", found.excess[start]);
    }

    /// The termination artefact is gone: whoever begins to buy a little raises the others' risk by no more than e φ K.
    #[test]
    fn a_first_purchase_raises_nobody_by_more_than_its_bound(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
        purchase in -9.0f64..3.0,
    ) {
        let w = &instability[..n];
        let (buyer, seller) = (0u16, 1u16);
        let mut flows: Vec<Flow> = flows.into_iter().filter(|f| f.1 != buyer).collect();
        let before = matrix(n, &flows);
        flows.push((seller, buyer, 10f64.powf(purchase)));
        let after = matrix(n, &flows);
        let (old, phi) = (risk(&before, w, &mass(&before)), mass(&after));
        let mut leontief = Leontief::default();
        let mut solved = content_risk(&after, w, &phi, &RiskParameters::default(), &mut leontief);
        let contributions = content_dependencies(&after, &phi, 1.0, 0.0, &mut solved);
        for d in 1..n {
            let own = contributions.iter().find(|k| (usize::from(k.importer), k.supplier) == (d, buyer));
            let bound = solved.risk.excess[0] * phi[0] * own.map_or(0.0, |k| k.contribution);
            let rise = solved.risk.excess[d] - old.excess[d];
            prop_assert!(rise <= bound + 1e-12 * old.excess[d].max(1.0), "{d}: {rise} is above {bound}");
        }
    }

    #[test]
    fn with_the_papers_content_dependencies_are_the_papers(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        let (t, w) = (matrix(n, &flows), &instability[..n]);
        let (mut one, mut other) = (Leontief::default(), Leontief::default());
        let p = RiskParameters::default();
        let mut paper = solve(&t, w, &p, &mut one);
        let sums = paper.risk.importer_sums;
        let expected = dependencies(&t, w, 1.0, &sums, 0.0, &mut paper.network);
        let ones = vec![1.0; n];
        let found = content_dependencies(&t, &ones, 1.0, 0.0, &mut content_risk(&t, w, &ones, &p, &mut other));
        prop_assert_eq!(found.len(), expected.len());
        for (f, e) in found.iter().zip(&expected) {
            prop_assert_eq!((f.importer, f.supplier, f.share), (e.importer, e.supplier, e.share));
            prop_assert!(close(f.contribution, e.contribution) && close(f.per_point, e.per_point));
        }
    }

    #[test]
    fn every_purchase_has_an_origin_and_every_border_a_keeper((n, flows) in network()) {
        let t = matrix(n, &flows);
        let mut leontief = Leontief::default();
        let found = origins(&t, &mass(&t), 0.0, &mut leontief);
        let borders = crossings(&t, &mass(&t), &mut leontief);
        prop_assert_eq!(found.left_out, 0.0);
        let mut shares = vec![0.0; n];
        for row in &found.rows {
            prop_assert!((0.0..=1.0).contains(&row.share) && row.crossings >= 1.0);
            prop_assert_eq!(Some(row.crossings), borders[usize::from(row.importer)]);
            shares[usize::from(row.importer)] += row.share;
        }
        let (mut kept, mut circular) = (0.0, 0.0);
        for c in 0..n {
            let (m, x) = (t.imports()[c], t.exports()[c]);
            match borders[c] {
                Some(borders) => {
                    prop_assert!(close(shares[c], 1.0), "{c}: {}", shares[c]);
                    kept += (m - x).max(0.0) * borders;
                }
                None => circular += m,
            }
        }
        prop_assert!((kept + circular - t.total()).abs() <= 1e-9 * t.total(), "an accounting identity");
    }

    /// Instability that is added up is at most the number of borders, and at least what is multiplied.
    #[test]
    fn added_instability_lies_between_the_product_and_the_borders(
        (n, flows) in network(),
        instability in prop::collection::vec(0.0f64..1.0, 40),
    ) {
        let (t, w) = (matrix(n, &flows), &instability[..n]);
        let phi = mass(&t);
        let mut leontief = Leontief::default();
        let Ok(added) = added_instability(&t, w, &phi, &mut leontief) else { return Ok(()) };
        let (borders, multiplied) = (crossings(&t, &phi, &mut leontief), risk(&t, w, &phi));
        for c in (0..n).filter(|&c| t.imports()[c] > 0.0) {
            prop_assert!(multiplied.excess[c] <= added[c].unwrap() * (1.0 + 1e-12));
            prop_assert!(added[c].unwrap() <= borders[c].unwrap() * (1.0 + 1e-12));
        }
    }

    #[test]
    fn the_three_parts_of_a_change_sum_to_it(
        (n, flows) in network(),
        later in prop::collection::vec((0u16..40, 0u16..40, 0.001f64..1e5), 1..120),
        w0 in prop::collection::vec(0.0f64..0.98, 40),
        w1 in prop::collection::vec(0.0f64..0.98, 40),
    ) {
        let later: Vec<Flow> = later.into_iter().filter(|f| usize::from(f.0.max(f.1)) < n).collect();
        let (t0, t1) = (matrix(n, &flows), matrix(n, &later));
        let of = |t: &TradeMatrix| -> Vec<Option<f64>> {
            mass(t).into_iter().zip(t.exports()).map(|(phi, &x)| (x > 0.0).then_some(phi)).collect()
        };
        let (content0, content1) = (of(&t0), of(&t1));
        let changes = decompose_content_change(
            ContentState { trade: &t0, instability: &w0[..n], content: &content0, str: None },
            ContentState { trade: &t1, instability: &w1[..n], content: &content1, str: None },
            &RiskParameters::default(),
            &mut Leontief::default(),
        );
        let (s0, s1) = (risk(&t0, &w0[..n], &mass(&t0)), risk(&t1, &w1[..n], &mass(&t1)));
        for c in 0..n {
            // A year without exports has another φ in the world of the year itself, which nobody meets.
            match (s0.str[c], s1.str[c], changes[c]) {
                (Some(a), Some(b), Some(change)) => {
                    let sum = change.shares + change.stability + change.import_content;
                    prop_assert!((change.total - (b - a)).abs() < 1e-10 * a.max(b));
                    prop_assert!((sum - change.total).abs() < 1e-9 * a.max(b));
                }
                (Some(_), Some(_), None) => prop_assert!(false, "defined in both years"),
                (_, _, change) => prop_assert!(change.is_none()),
            }
        }
    }
}

/// The shipped data, and the instability of its countries by year.
struct Shipped {
    store: Store,
    years: Vec<u16>,
    instability: Vec<Vec<f64>>,
}

impl Shipped {
    fn open() -> Self {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        let store = Store::open(&data.join("baci-hs92-raw-materials")).unwrap();
        let years: Vec<u16> = (2007..=2023).collect();
        let governance = Governance::read(&data.join("wgi/wgi_pv_1996_2023.csv")).unwrap();
        let codes: Vec<String> = store.countries().iso3_codes().iter().map(|c| (*c).to_owned()).collect();
        let stability = governance.resolve(&codes, &years, StabilityOptions::default()).unwrap();
        let instability = (0..years.len()).map(|t| stability.instability(t)).collect();
        Self { store, years, instability }
    }

    fn matrix(&self, year: u16, product: Hs6) -> TradeMatrix {
        let batch = self.store.read(year, &[product], false).unwrap();
        let flows: Vec<Flow> = batch
            .exporters
            .iter()
            .zip(&batch.importers)
            .zip(&batch.values)
            .map(|((&a, &c), &value)| (a, c, value))
            .collect();
        matrix(self.store.countries().len(), &flows)
    }

    /// Mean STR over importers, weighted by imports.
    fn mean(&self, year: u16, product: Hs6, reading: ImportContent) -> Option<f64> {
        let t = self.matrix(year, product);
        let w = &self.instability[self.years.iter().position(|y| *y == year).unwrap()];
        ImportWeights::of(&t).mean(&risk(&t, w, &content(reading, &t)).str)
    }
}

#[test]
fn borders_and_origins_of_the_shipped_data_add_up() {
    let shipped = Shipped::open();
    let mut leontief = Leontief::default();
    // Mali and Niger send one another chromium ore in 2017, and nobody else buys it of them.
    for (product, year, circular) in
        [("284690", 2007, 0), ("284690", 2023, 0), ("280530", 2015, 0), ("260200", 2017, 2)]
    {
        let t = shipped.matrix(year, product.parse().unwrap());
        let phi = mass(&t);
        let borders = crossings(&t, &phi, &mut leontief);
        let (mut kept, mut round, mut without) = (0.0, 0.0, 0);
        for (c, borders) in borders.iter().enumerate().filter(|(c, _)| t.imports()[*c] > 0.0) {
            match borders {
                Some(borders) => kept += (t.imports()[c] - t.exports()[c]).max(0.0) * borders,
                None => (round, without) = (round + t.imports()[c], without + 1),
            }
        }
        assert_eq!(without, circular, "{product} in {year}");
        assert!(((kept + round) / t.total() - 1.0).abs() < 1e-13, "{product} in {year}");
        let found = origins(&t, &phi, 0.0, &mut leontief);
        assert_eq!(found.undefined.len(), circular);
        for c in (0..t.countries()).filter(|&c| borders[c].is_some()) {
            let of_c = found.rows.iter().filter(|row| usize::from(row.importer) == c);
            let sum = of_c.fold(0.0, |sum, row| sum + row.share);
            assert!((sum - 1.0).abs() < 1e-12, "{product} in {year}: {sum}");
        }
    }
    // METHODS2 A2: world mean crossings of 284690.
    for (year, expected) in
        [(2007, 1.9352186264167515), (2015, 1.8269111224996393), (2023, 1.470972154346784)]
    {
        let found = mean_crossings(&shipped.matrix(year, "284690".parse().unwrap())).unwrap();
        assert!((found - expected).abs() < 1e-12, "{year}: {found}");
    }
}

/// The row of METHODS2 A5 without trickles below 1 %, to its three decimals; what it costs where China itself is one.
#[test]
fn without_all_trickles_at_once_on_the_shipped_data() {
    let shipped = Shipped::open();
    let rare_earths: Hs6 = "284690".parse().unwrap();
    let china = shipped.store.countries().by_iso3("CHN").unwrap().index();
    for (year, expected) in [
        (2007, 1.725),
        (2011, 1.673),
        (2015, 1.868),
        (2019, 1.900),
        (2021, 1.907),
        (2022, 1.979),
        (2023, 1.933),
    ] {
        let batch = shipped.store.read(year, &[rare_earths], false).unwrap();
        let triples = batch.importers.iter().zip(&batch.exporters).zip(&batch.values);
        let mut flows =
            Flows { triples: triples.map(|((&c, &a), &v)| (c, a, v)).collect(), ..Flows::default() };
        flows.remove_trickles(shipped.store.countries().len(), 0.01);
        let kept: Vec<Flow> = flows.triples.iter().map(|&(c, a, value)| (a, c, value)).collect();
        let t = matrix(shipped.store.countries().len(), &kept);
        let w = &shipped.instability[shipped.years.iter().position(|y| *y == year).unwrap()];
        let str = risk(&t, w, &content(ImportContent::Full, &t)).str;
        let found = ImportWeights::of(&t).mean(&str).unwrap();
        assert!((found - expected).abs() < 5e-4, "{year}: {found}");
        assert_eq!(str[china] == Some(1.0), year == 2011, "{year}: China is a trickle in 2011 only");
    }
}

const READINGS: [ImportContent; 4] =
    [ImportContent::Full, ImportContent::MassBalance, ImportContent::Exposure, ImportContent::None];

/// The means of METHODS2 A5, as numpy has them (`reference/mass_balance.py` prints them).
#[test]
fn what_is_left_of_the_rise_on_the_shipped_data() {
    let shipped = Shipped::open();
    let close = |found: f64, expected: f64, what: &str| {
        assert!((found - expected).abs() < 1e-6, "{what}: {found} is not {expected}");
    };
    let rare_earths: Hs6 = "284690".parse().unwrap();
    for (year, expected) in [
        (2007, [1.726126374, 1.541507447, 1.509920556, 1.467003352]),
        (2011, [1.982686594, 1.647804588, 1.631297743, 1.593214891]),
        (2015, [1.867793267, 1.597731698, 1.560296527, 1.482244545]),
        (2019, [2.285150251, 1.722512026, 1.631386724, 1.529657573]),
        (2021, [3.252616887, 1.875233660, 1.809855509, 1.686090495]),
        (2022, [2.538182380, 1.783111151, 1.728536316, 1.611420152]),
        (2023, [3.592067845, 1.862689032, 1.814646669, 1.705241877]),
    ] {
        for (reading, expected) in READINGS.into_iter().zip(expected) {
            let found = shipped.mean(year, rare_earths, reading).unwrap();
            close(found, expected, &format!("284690 in {year}, {reading:?}"));
        }
    }
    // From 2007 to 2023: rare-earth metals, cerium, cobalt oxides, cobalt, graphite.
    let change = |product: Hs6, reading: ImportContent| {
        shipped.mean(2023, product, reading).unwrap() - shipped.mean(2007, product, reading).unwrap()
    };
    for (product, expected) in [
        ("280530", [0.221529097, -0.056923504, -0.062452979, -0.084080093]),
        ("284610", [0.072696698, -0.047782198, -0.034014552, -0.025385657]),
        ("282200", [1.610242212, 0.568731238, 0.569241885, 0.563446215]),
        ("810510", [0.899188995, 0.326671345, 0.325625683, 0.316801838]),
        ("250410", [1.887143448, 0.204475755, 0.204831189, 0.174589541]),
    ] {
        for (reading, expected) in READINGS.into_iter().zip(expected) {
            close(change(product.parse().unwrap(), reading), expected, &format!("{product}, {reading:?}"));
        }
    }
    // All products with trade in every year, in the two readings that runs have side by side.
    let traded = |p: &Hs6| shipped.years.iter().all(|&year| shipped.store.flow_count(year, *p) > 0);
    let whole: Vec<Hs6> = shipped.store.traded_products().into_iter().filter(traded).collect();
    assert_eq!(whole.len(), 71);
    for (reading, mean, median, rising) in [
        (ImportContent::Full, 0.386558343, 0.265597406, 56),
        (ImportContent::MassBalance, 0.114517993, 0.114748598, 58),
    ] {
        let mut changes: Vec<f64> = whole.iter().map(|&p| change(p, reading)).collect();
        changes.sort_by(f64::total_cmp);
        close(changes.iter().sum::<f64>() / 71.0, mean, "mean of all");
        close(changes[35], median, "median of all");
        assert_eq!(changes.iter().filter(|c| **c > 0.0).count(), rising, "{reading:?}");
    }
}
