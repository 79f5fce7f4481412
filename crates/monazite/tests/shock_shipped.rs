//! What shocks come to on the shipped data, against an independent computation in numpy (METHODS2 B9 and its oracles).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use monazite::indicators::ContentSources;
use monazite::shock::{
    ProductShock, ShockSolver, Substitution, ThreeContents, joint_stop, propagate, readings, scan,
    substitute, worst_suppliers,
};
use monazite::trade::{FlowSource, Store, TradeMatrix};

use super::properties::{Flow, matrix};

struct Shipped(Store);

impl Shipped {
    fn open() -> Self {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data");
        Self(Store::open(&data.join("baci-hs92-raw-materials")).unwrap())
    }

    fn matrix(&self, year: u16, product: &str) -> TradeMatrix {
        let batch = self.0.read(year, &[product.parse().unwrap()], false).unwrap();
        let ends = batch.exporters.iter().zip(&batch.importers);
        let flows: Vec<Flow> = ends.zip(&batch.values).map(|((&a, &c), &value)| (a, c, value)).collect();
        matrix(self.0.countries().len(), &flows)
    }

    fn place(&self, iso3: &str) -> u16 {
        self.0.countries().by_iso3(iso3).unwrap().index() as u16
    }
}

/// Oracles `real`, `CHN_stops`: the world without China, the United States, Japan and Germany.
const CHINA_STOPS: [(&str, u16, [f64; 4]); 15] = [
    ("284690", 2007, [0.8943431030637131, 0.8810488035690976, 0.9381271011037792, 0.7354226889608582]),
    ("284690", 2015, [0.5880955600049168, 0.8124817327021192, 0.4719840594335372, 0.7392953946269433]),
    ("284690", 2023, [0.5253112727903183, 0.7834483557071836, 0.5183341676261392, 0.4981093413102831]),
    ("280530", 2007, [0.9553323073365603, 0.5530874649572944, 0.9964088704774812, 0.8412345004956457]),
    ("280530", 2015, [0.33236359416456746, 0.8459967661137462, 0.34025915715308686, 0.8967420742321006]),
    ("280530", 2023, [0.45270801099124963, 0.9872572423595788, 0.6004522017380616, 0.9852706815293043]),
    ("284610", 2007, [0.8289740093258994, 0.9019872962430557, 0.8970409287068524, 0.7160026459631668]),
    ("284610", 2015, [0.3398010011534852, 0.2974222929870142, 0.32914925984163224, 0.2340311216468651]),
    ("284610", 2023, [0.25558406613610357, 0.2696853589580752, 0.19042828082177557, 0.2794467056808655]),
    ("282200", 2007, [0.2538877773952509, 0.18037731535804066, 0.45782289071940924, 0.06683623126756662]),
    ("282200", 2015, [0.19294822885044213, 0.1850761840814405, 0.3681880563575436, 0.005839913035322754]),
    ("282200", 2023, [0.05813932941276156, 0.0482661362164075, 0.18959130991867706, 0.026743116531312245]),
    ("810510", 2007, [0.07097275739909135, 0.11287264220144125, 0.027573590144237502, 0.10552955654622354]),
    ("810510", 2015, [0.08697603544336391, 0.15533648926685845, 0.03764722055982009, 0.12329204160792424]),
    ("810510", 2023, [0.09245443958306031, 0.041458609758820646, 0.06712300475189305, 0.09825369196946214]),
];

#[test]
fn china_stops_on_the_shipped_data() {
    let (shipped, mut solver) = (Shipped::open(), ShockSolver::default());
    let china = shipped.place("CHN");
    for (product, year, expected) in CHINA_STOPS {
        let t = shipped.matrix(year, product);
        let content = ThreeContents::of(&t, ContentSources::default()).mass_balance;
        let found = propagate(&t, &content, &ProductShock::stop(china), &mut solver).unwrap();
        let scanned = scan(&t, &content, false, &mut solver);
        let power = scanned.suppliers.iter().find(|p| p.supplier == china).unwrap();
        let of = |iso3| found.loss[usize::from(shipped.place(iso3))].unwrap();
        for (found, expected) in
            [power.power_share, of("USA"), of("JPN"), of("DEU")].into_iter().zip(expected)
        {
            assert!((found - expected).abs() < 1e-10, "{product} in {year}: {found} is not {expected}");
        }
    }
}

/// Numbers as METHODS2 B9 prints them.
#[test]
fn compounds_of_rare_earths_in_2023() {
    let (shipped, mut solver) = (Shipped::open(), ShockSolver::default());
    let t = shipped.matrix(2023, "284690");
    let contents = ThreeContents::of(&t, ContentSources::default());
    let (china, stop) = (shipped.place("CHN"), ProductShock::stop(shipped.place("CHN")));
    let found = readings(&t, &contents, &stop, &mut solver).unwrap();
    assert!(found.are_bounds);
    let near =
        |found: f64, expected: f64| assert!((found - expected).abs() < 6e-4, "{found} is not {expected}");
    for (iso3, expected) in [
        ("USA", [0.678, 0.736, 0.783]),
        ("JPN", [0.494, 0.507, 0.518]),
        ("DEU", [0.287, 0.405, 0.498]),
        ("KOR", [0.705, 0.807, 0.872]),
        ("FRA", [0.141, 0.384, 0.522]),
    ] {
        let c = usize::from(shipped.place(iso3));
        for (reading, expected) in
            [&found.none, &found.exposure, &found.mass_balance].into_iter().zip(expected)
        {
            near(reading.loss[c].unwrap(), expected);
        }
    }
    let mass = &contents.mass_balance;
    let mut powers = scan(&t, mass, false, &mut solver).suppliers;
    powers.sort_by(|x, y| y.power_share.total_cmp(&x.power_share));
    for (power, (iso3, expected)) in
        powers.iter().zip([("MMR", 0.639), ("CHN", 0.525), ("MYS", 0.239), ("JPN", 0.101), ("USA", 0.062)])
    {
        assert_eq!(power.supplier, shipped.place(iso3), "{iso3}");
        near(power.power_share, expected);
    }
    near(powers[0].direct_share, 0.440);
    // The worst two of all importers together: what a greedy choice finds is what trying all pairs finds.
    let worst = worst_suppliers(&t, mass, t.imports(), 2, &mut solver).unwrap();
    assert_eq!(worst.steps[0].supplier, shipped.place("MMR"));
    assert!(worst.at_least_of_the_worst().unwrap() > 0.9);
    let first = powers.iter().take(12).map(|p| p.supplier);
    let pairs = first.clone().flat_map(|a| first.clone().map(move |b| [a, b])).filter(|[a, b]| a < b);
    let mut most = 0.0_f64;
    for pair in pairs {
        let losses = joint_stop(&t, mass, &pair, &mut solver).unwrap();
        most = most.max(losses.iter().zip(t.imports()).map(|(l, m)| l.unwrap_or(0.0) * m).sum());
    }
    assert!((worst.steps[1].lost - most).abs() < 1e-6, "{} {most}", worst.steps[1].lost);
    // Others sell a tenth more; without those who sell ore concentrates.
    let ore = vec![shipped.place("MMR"), shipped.place("LAO")];
    for (capacity, exclude, expected) in [
        (0.1, Vec::new(), 0.39),
        (0.25, Vec::new(), 1.0),
        (0.1, ore.clone(), 0.13),
        (0.25, ore.clone(), 0.40),
        (0.5, ore, 1.0),
    ] {
        let with = Substitution { exclude, ..Substitution::pool(capacity) };
        let found = substitute(&t, mass, &stop, &with, &mut solver).unwrap();
        let fill = found.fill[usize::from(shipped.place("USA"))].unwrap();
        assert!(found.converged && (fill - expected).abs() < 6e-3, "{capacity}: {fill} is not {expected}");
    }
    assert_ne!(powers[0].supplier, china);
}

/// The chokepoints of METHODS2 B9, by the share of what the others import.
#[test]
fn chokepoints_of_2023() {
    let (shipped, mut solver) = (Shipped::open(), ShockSolver::default());
    for (product, iso3, expected) in [
        ("711039", "ZAF", 0.952),
        ("282200", "COD", 0.930),
        ("811211", "KAZ", 0.917),
        ("720293", "BRA", 0.906),
        ("270210", "IDN", 0.900),
        ("283691", "CHL", 0.885),
        ("261000", "ZAF", 0.851),
        ("282520", "CHN", 0.783),
        ("260600", "GIN", 0.760),
        ("251910", "CHN", 0.746),
        ("250410", "CHN", 0.730),
        ("810600", "CHN", 0.730),
    ] {
        let t = shipped.matrix(2023, product);
        let content = ThreeContents::of(&t, ContentSources::default()).mass_balance;
        let found = scan(&t, &content, false, &mut solver).suppliers;
        let top = found.iter().max_by(|x, y| x.power_share.total_cmp(&y.power_share)).unwrap();
        assert_eq!(top.supplier, shipped.place(iso3), "{product}");
        assert!(
            (top.power_share - expected).abs() < 6e-4,
            "{product}: {} is not {expected}",
            top.power_share
        );
    }
}
