use super::*;
use crate::indicators::import_content::{ContentSources, ImportContent, import_content};
use crate::uncertainty::random::{Address, Purpose};

const W: [f64; 3] = [0.75, 0.2, 0.5];

fn e1() -> TradeMatrix {
    TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
}

fn mass(trade: &TradeMatrix) -> Vec<f64> {
    import_content(ImportContent::MassBalance, trade, ContentSources::default())
}

/// Draws by country; the rest of the block is the first of them.
fn block(draws: &[Vec<f64>]) -> Vec<Lanes> {
    let countries = draws[0].len();
    let of = |c: usize, lane: usize| draws.get(lane).unwrap_or(&draws[0])[c];
    (0..countries).map(|c| std::array::from_fn(|lane| of(c, lane))).collect()
}

fn solved(trade: &TradeMatrix, content: &[f64], draws: &[Vec<f64>]) -> DrawMemory {
    let mut memory = DrawMemory::default();
    let network = DrawnNetwork::new(trade, content, 1.0);
    network.solve(&block(draws), &vec![0.0; trade.countries()], draws.len(), &mut memory);
    memory
}

fn exact(trade: &TradeMatrix, content: &[f64], w: &[f64]) -> Vec<f64> {
    content_risk(trade, w, content, &RiskParameters::default(), &mut Leontief::default()).risk.excess
}

#[test]
fn oracle_of_one_country_that_becomes_less_stable() {
    let found = solved(&e1(), &mass(&e1()), &[vec![0.85, W[1], W[2]], W.to_vec()]);
    let expected = [
        [0.371_876_847_0, 0.859_384_235_1, 0.564_343_667_7],
        [0.354_786_806_1, 0.773_934_030_6, 0.514_078_841_5],
    ];
    for (lane, expected) in expected.iter().enumerate() {
        for (excess, expected) in found.excess.iter().zip(expected) {
            assert!((excess[lane] - expected).abs() < 1e-9, "{} is not {expected}", excess[lane]);
        }
    }
    assert_eq!(found.eliminated, 0);
}

/// A world of its own kind for every case: most countries trade with a few, some only buy, some only sell.
fn world(case: u64, countries: usize) -> TradeMatrix {
    let random = |a: usize, c: usize, of: u64| {
        Address::new(case, Purpose::Flow).number(a as u64).number(c as u64).number(of).uniform()
    };
    let rows: Vec<Vec<f64>> = (0..countries)
        .map(|a| {
            (0..countries)
                .map(|c| if random(a, c, 0) < 0.25 { libm::exp(12.0 * random(a, c, 1)) } else { 0.0 })
                .collect()
        })
        .collect();
    let rows: Vec<&[f64]> = rows.iter().map(Vec::as_slice).collect();
    TradeMatrix::from_dense(&rows)
}

fn stability(case: u64, countries: usize, draws: usize) -> Vec<Vec<f64>> {
    let of = |c: usize, draw: usize| {
        Address::new(case, Purpose::Governance).number(c as u64).number(draw as u64).uniform()
    };
    (0..draws).map(|draw| (0..countries).map(|c| of(c, draw)).collect()).collect()
}

#[test]
fn as_by_elimination_draw_by_draw_under_every_reading() {
    for case in 0..12 {
        let countries = 8 + 3 * case as usize;
        let trade = world(case, countries);
        let draws = stability(case, countries, LANES);
        for reading in
            [ImportContent::Full, ImportContent::MassBalance, ImportContent::Exposure, ImportContent::None]
        {
            let content = import_content(reading, &trade, ContentSources::default());
            let found = solved(&trade, &content, &draws);
            let network = DrawnNetwork::new(&trade, &content, 1.0);
            for (lane, w) in draws.iter().enumerate() {
                let expected = exact(&trade, &content, w);
                for (importer, excess) in network.importers().zip(&found.excess) {
                    let error = (excess[lane] - expected[importer]).abs() / (1.0 + expected[importer]);
                    assert!(error < 1e-9, "{case} {reading:?} {lane} {importer}: {error}");
                }
            }
        }
    }
}

#[test]
fn the_bound_is_kept_also_where_much_comes_back() {
    // Two countries that buy from one another alone, with hardly any stability: STR is about 1/(1 - w).
    let trade = TradeMatrix::from_dense(&[&[0.0, 5.0, 1.0], &[5.0, 0.0, 0.0], &[0.0; 3]]);
    for w in [0.9, 0.99, 0.999] {
        let draws = [vec![w, w, 0.0]];
        let found = solved(&trade, &[1.0; 3], &draws);
        let expected = exact(&trade, &[1.0; 3], &draws[0]);
        for (excess, expected) in found.excess.iter().zip(&expected) {
            assert!((excess[0] - expected).abs() < 2.0 * TOLERANCE * (1.0 + expected), "{w}");
        }
    }
}

#[test]
fn a_closed_group_without_stability_comes_out_as_the_point_does() {
    let trade = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[5.0, 0.0, 3.0], &[0.0; 3]]);
    let draws = [vec![1.0, 1.0, 0.5], vec![0.5, 0.5, 0.5]];
    let found = solved(&trade, &[1.0; 3], &draws);
    assert_eq!(found.eliminated, 1);
    for (lane, w) in draws.iter().enumerate() {
        let expected = exact(&trade, &[1.0; 3], w);
        for (excess, expected) in found.excess.iter().zip(&expected) {
            assert!((excess[lane] - expected).abs() < 1e-9 * (1.0 + expected));
        }
    }
    assert!(found.excess[0][0] > 1e5);
}

#[test]
fn damping_multiplies_instability() {
    let half: Vec<f64> = W.iter().map(|w| 0.5 * w).collect();
    let content = mass(&e1());
    let mut memory = DrawMemory::default();
    DrawnNetwork::new(&e1(), &content, 0.5).solve(&block(&[W.to_vec()]), &[0.0; 3], 1, &mut memory);
    for (excess, expected) in memory.excess.iter().zip(exact(&e1(), &content, &half)) {
        assert!((excess[0] - expected).abs() < 1e-10);
    }
}
