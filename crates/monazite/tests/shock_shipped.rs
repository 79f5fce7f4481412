//! What shocks come to on the shipped data, against an independent computation in numpy (METHODS2 B9 and its oracles).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::path::Path;

use monazite::indicators::ContentSources;
use monazite::shock::{
    Chain, ChainInput, ChainOptions, ChainProduct, ChainReading, ChainShock, ProductShock, ShockSolver,
    Substitution, ThreeContents, joint_stop, propagate, readings, scan, substitute, worst_suppliers,
};
use monazite::trade::{FlowSource, Store, TradeMatrix};

use super::properties::{Flow, matrix};

struct Shipped(Store);

impl Shipped {
    fn open(data: &str) -> Self {
        Self(Store::open(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../data").join(data)).unwrap())
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
    let (shipped, mut solver) = (Shipped::open("baci-hs92-raw-materials"), ShockSolver::default());
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
    let (shipped, mut solver) = (Shipped::open("baci-hs92-raw-materials"), ShockSolver::default());
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
    let (shipped, mut solver) = (Shipped::open("baci-hs92-raw-materials"), ShockSolver::default());
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

/// The chain of `studies/clean-technology-2002`, inputs first (not by tier: links go inside tiers and back): products, tiers, what is made of each.
const CLEAN_TECHNOLOGY: [(&str, usize, &str); 40] = [
    ("284690", 0, "280530 842139 902710"),
    ("280530", 0, "722790 850511"),
    ("722790", 1, ""),
    ("842139", 1, "870390"),
    ("850511", 1, "841430 850300 850590 851120 851240 852721 870894 902830 902920"),
    ("902710", 1, ""),
    ("841430", 2, "841581 841582 841590 841861"),
    ("850300", 2, "850152 850161 850163 850231"),
    ("850590", 2, "848120"),
    ("851120", 2, "840999"),
    ("851240", 2, "870790"),
    ("852721", 2, "870390"),
    ("870894", 2, "870390"),
    ("902830", 2, ""),
    ("902920", 2, "870410"),
    ("840999", 3, ""),
    ("841590", 3, "841581 841582"),
    ("841581", 3, ""),
    ("841861", 3, ""),
    ("848120", 3, ""),
    (
        "850152",
        3,
        "841350 841370 841381 842833 842839 842890 844630 845961 846221 847420 847982 847989 870390",
    ),
    ("870390", 2, ""),
    ("850161", 3, "850231"),
    ("850163", 3, ""),
    ("850231", 3, ""),
    ("870410", 3, ""),
    ("870790", 3, ""),
    ("841350", 4, ""),
    ("841370", 4, "841582"),
    ("841582", 3, ""),
    ("841381", 4, ""),
    ("842833", 4, ""),
    ("842839", 4, ""),
    ("842890", 4, ""),
    ("844630", 4, ""),
    ("845961", 4, ""),
    ("846221", 4, ""),
    ("847420", 4, ""),
    ("847982", 4, ""),
    ("847989", 4, ""),
];

/// METHODS2 B9: China stops both rare earths in 2002; losses of all others by tier, under mass balance.
#[test]
fn down_the_chain_of_clean_technology() {
    let shipped = Shipped::open("baci-hs02-clean-technology");
    let codes: Vec<&str> = CLEAN_TECHNOLOGY.iter().map(|product| product.0).collect();
    let place = |code: &str| codes.iter().position(|c| *c == code).unwrap();
    let trades: Vec<TradeMatrix> = codes.iter().map(|code| shipped.matrix(2002, code)).collect();
    let contents: Vec<Vec<f64>> =
        trades.iter().map(|trade| ThreeContents::of(trade, ContentSources::default()).mass_balance).collect();
    let mut inputs = vec![Vec::new(); codes.len()];
    for (input, _, outputs) in CLEAN_TECHNOLOGY {
        let outputs = outputs.split_whitespace();
        outputs.for_each(|output| inputs[place(output)].push(ChainInput::of(place(input))));
    }
    assert_eq!((codes.len(), inputs.iter().map(Vec::len).sum::<usize>()), (40, 46));
    let of = |options: ChainOptions| {
        let products = trades.iter().zip(&contents).zip(&inputs);
        let products =
            products.map(|((trade, content), inputs)| ChainProduct::new(trade, content, inputs.clone()));
        Chain::new(products.collect(), options).unwrap()
    };
    let china = shipped.place("CHN");
    let stops = ["280530", "284690"]
        .map(place)
        .map(|product| ChainShock { product, shock: ProductShock::stop(china) });
    // Value that the others lose, and their imports, by tier.
    let by_tier = |options: ChainOptions| {
        let found = of(options).run(&stops).unwrap();
        assert!(found.without_trade.is_empty());
        let mut tiers = [[0.0; 3]; 5];
        for (product, (_, tier, _)) in CLEAN_TECHNOLOGY.iter().enumerate() {
            let [lost, direct, imports] = &mut tiers[*tier];
            for c in (0..trades[product].countries()).filter(|&c| c != usize::from(china)) {
                *lost += found.products[product].value[c].unwrap_or(0.0);
                *direct += found.products[product].direct[c].unwrap_or(0.0) * trades[product].imports()[c];
                *imports += trades[product].imports()[c];
            }
        }
        tiers
    };
    let near = |found: f64, expected: f64, by: f64| {
        assert!((found - expected).abs() < by, "{found} is not {expected}");
    };
    let reach = by_tier(ChainOptions::default());
    // What China sells; the first round in the chain has what is made of the other one's lost imports besides.
    let direct: f64 =
        ["280530", "284690"].map(|code| trades[place(code)].exports()[usize::from(china)]).iter().sum();
    near(direct / reach[0][2], 0.54, 0.005);
    assert!(reach[0][1] > direct);
    for (tier, expected) in reach.iter().zip([0.76, 0.66, 0.81, 0.84, 0.81]) {
        near(tier[0] / tier[2], expected, 0.005);
    }
    near(reach[1..].iter().map(|tier| tier[0]).sum::<f64>() / 1e6, 88.0, 0.5);
    let content = by_tier(ChainOptions { reading: ChainReading::Content, ..ChainOptions::default() });
    for (tier, (expected, by)) in
        content[1..].iter().zip([(0.024, 0.0005), (0.0014, 0.00005), (0.0005, 0.00005), (0.00005, 0.000005)])
    {
        near(tier[0] / tier[2], expected, by);
    }
    near(content[1..].iter().map(|tier| tier[0]).sum::<f64>() / 1e6, 0.27, 0.005);
    // What each supplier's stop costs the others downstream, in billion USD.
    let downstream = of(ChainOptions::default()).downstream_of_stops().unwrap();
    for (product, supplier, expected) in [
        ("280530", "CHN", 81.8),
        ("280530", "JPN", 6.2),
        ("284690", "CHN", 9.0),
        ("284690", "JPN", 6.4),
        ("850511", "JPN", 28.7),
        ("850511", "CHN", 24.0),
    ] {
        let row = downstream[place(product)].iter().find(|row| row.power.supplier == shipped.place(supplier));
        near(row.unwrap().downstream / 1e6, expected, 0.05);
    }
}
