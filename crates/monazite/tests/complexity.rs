//! Economic complexity: the oracle, what must not change anything, the traps, and files.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::fs;

use monazite::columnar::TableReader;
use monazite::complexity::files::FILES;
use monazite::complexity::{
    Advantage, Complexity, ComplexityAnswer, ComplexityError, ComplexityOptions, Fitness, SideTables,
    complexity, complexity_index, near_pairs, product_space, proximity, write_complexity,
};
use monazite::nomenclature::YearRange;
use monazite::progress::{Cancelled, Progress, Silent};
use monazite::threads::Threads;
use monazite::trade::{FlowSource, FlowTable};
use monazite::units::ThousandUsd;
use proptest::prelude::*;

const ROWS: [&str; 5] = ["111111", "111100", "111010", "110000", "100100"];

fn near(found: &[f64], expected: &[f64], within: f64) {
    assert_eq!(found.len(), expected.len());
    for (x, y) in found.iter().zip(expected) {
        assert!((x - y).abs() < within, "{found:?} is not {expected:?}");
    }
}

/// METHODS 2, E.1, computed elsewhere with numpy.
#[test]
fn oracle_of_five_countries_and_six_products() {
    let m = Advantage::from_rows(&ROWS);
    let index = complexity_index(&m).unwrap();
    let values = [1.0, 0.2383281213723111, 0.17432024950817185, 0.07096525799578506, 0.04416414890150981];
    near(&index.eigenvalues, &values, 1e-14);
    let eci = [
        0.734151620525512,
        -0.25187478172250083,
        1.1930685416545357,
        0.04854874807434753,
        -1.7238941285318945,
    ];
    near(&index.eci, &eci, 1e-13);
    let pci = [
        0.0,
        0.4309735321329736,
        0.5584484601525156,
        -0.4138724299096277,
        0.9636100810900239,
        0.734151620525512,
    ];
    near(&index.pci, &pci, 1e-13);
    assert!(index.with_diversity > 0.0);
    let found = Fitness::of(&m);
    let f = [
        4.042897224981009,
        0.21457255410751652,
        0.6380684893786731,
        0.05012468545421891,
        0.05433704607858289,
    ];
    near(&found.fitness, &f, 1e-12);
    let q = [
        0.02758793283872768,
        0.04680132026021044,
        0.191001664683722,
        0.05305281797194071,
        0.6815564490837012,
        4.999999815161698,
    ];
    near(&found.quality, &q, 1e-11);
}

/// Proximity and density by hand: products 0 and 1 are exported by all and by four.
#[test]
fn proximity_and_density_by_hand() {
    let m = Advantage::from_rows(&ROWS);
    assert_eq!(proximity(&m, 0, 1), 4.0 / 5.0);
    assert_eq!(proximity(&m, 2, 3), 2.0 / 3.0, "the first two export both");
    assert_eq!(proximity(&m, 4, 5), 1.0 / 2.0);
    let space = product_space(&m, &complexity_index(&m).unwrap(), true);
    // Product 4 (the first and third country): proximities 2/5, 2/4, 2/3, 1/3, 1, 1/2 with products 0 to 5.
    let phi = [0.4, 0.5, 2.0 / 3.0, 1.0 / 3.0, 1.0, 0.5];
    let all: f64 = phi.iter().sum();
    near(&[space.proximity[4]], &[all], 1e-15);
    // The second country exports products 0 to 3, the fourth 0 and 1.
    near(&[space.density(1, 4).unwrap(), space.density(3, 4).unwrap()], &[1.9 / all, 0.9 / all], 1e-15);
    let without = product_space(&m, &complexity_index(&m).unwrap(), false);
    near(
        &[without.density(3, 4).unwrap(), without.density(2, 4).unwrap()],
        &[0.9 / 2.4, (1.9 - 1.0 / 3.0) / 2.4],
        1e-15,
    );
}

/// A connected M of some countries and products, as rows.
fn some_rows() -> impl Strategy<Value = Vec<Vec<bool>>> {
    (4usize..9, 5usize..14).prop_flat_map(|(countries, products)| {
        prop::collection::vec(prop::collection::vec(any::<bool>(), products), countries).prop_map(
            |mut rows| {
                // The first country exports all, the first product is exported by all: nothing falls apart.
                rows[0].iter_mut().for_each(|held| *held = true);
                rows.iter_mut().for_each(|row| row[0] = true);
                rows
            },
        )
    })
}

fn of(rows: &[Vec<bool>]) -> Advantage {
    let products = rows[0].len();
    let exporters = |p: usize| (0..rows.len()).filter(move |&c| rows[c][p]).map(|c| c as u16);
    Advantage::new(rows.len(), (0..products).map(exporters))
}

proptest! {
    #[test]
    fn the_order_of_countries_and_products_changes_nothing_but_the_order(
        rows in some_rows(), turn in 1usize..50, step in 1usize..50,
    ) {
        let (countries, products) = (rows.len(), rows[0].len());
        let m = of(&rows);
        let Ok(index) = complexity_index(&m) else { return Ok(()) };
        // Where two directions are nearly as good, or the sign is open, no order is wrong.
        prop_assume!(index.gap() > 1e-3 && index.with_diversity > 1e-3);
        let c_of = |at: usize| (at + turn) % countries;
        let p_of = |at: usize| (products - 1) - (at + step) % products;
        let moved: Vec<Vec<bool>> =
            (0..countries).map(|c| (0..products).map(|p| rows[c_of(c)][p_of(p)]).collect()).collect();
        let other = of(&moved);
        let again = complexity_index(&other).unwrap();
        let (space, spaced) = (product_space(&m, &index, true), product_space(&other, &again, true));
        let (fit, refit) = (Fitness::of(&m), Fitness::of(&other));
        for c in 0..countries {
            prop_assert!((again.eci[c] - index.eci[c_of(c)]).abs() < 1e-9);
            prop_assert!((refit.fitness[c] - fit.fitness[c_of(c)]).abs() < 1e-9);
            prop_assert!((spaced.outlook[c] - space.outlook[c_of(c)]).abs() < 1e-8);
        }
        for p in 0..products {
            prop_assert!((again.pci[p] - index.pci[p_of(p)]).abs() < 1e-9);
            for c in 0..countries {
                let (a, b) = (spaced.density(c, p).unwrap(), space.density(c_of(c), p_of(p)).unwrap());
                prop_assert!((a - b).abs() < 1e-12);
            }
        }
        let (mean, square): (f64, f64) =
            index.eci.iter().fold((0.0, 0.0), |(m, s), x| (m + x, s + x * x));
        prop_assert!(mean.abs() < 1e-9 && (square / countries as f64 - 1.0).abs() < 1e-9);
        prop_assert!(index.eigenvalues.iter().all(|v| (-1e-12..=1.0 + 1e-12).contains(v)));
    }
}

fn code(p: usize) -> String {
    format!("{:06}", 10_011 + 97 * p)
}

const COUNTRIES: [&str; 20] = [
    "ARG", "AUS", "BRA", "CAN", "CHE", "CHN", "DEU", "EGY", "FRA", "GBR", "IDN", "IND", "ITA", "JPN", "KOR",
    "MEX", "NLD", "SWE", "TUR", "USA",
];

/// A made-up release: whoever is able to do more exports more, and products that need more are exported by fewer.
fn release(products: usize, years: &[u16]) -> FlowTable {
    let codes: Vec<String> = (0..products).map(code).collect();
    let mut rows: Vec<(i32, &str, &str, &str, f64)> = Vec::new();
    for &year in years {
        for (p, product) in codes.iter().enumerate() {
            for (c, country) in COUNTRIES.iter().enumerate() {
                let (able, needs) = (c * 7 % 20, p * 13 % 20);
                let luck = (c * 31 + p * 17 + c * p * 3 + usize::from(year)) % 10;
                if able + luck >= needs {
                    let to = COUNTRIES[(c + 1 + p % 19) % 20];
                    rows.push((i32::from(year), product, country, to, 1e4 * (1 + luck + 2 * able) as f64));
                }
            }
        }
    }
    FlowTable::from_rows(rows).unwrap()
}

fn year(year: u16) -> ComplexityOptions {
    ComplexityOptions::of(YearRange { first: year, last: year })
}

fn computed(flows: &dyn FlowSource, options: &ComplexityOptions) -> Result<Complexity, ComplexityError> {
    complexity(flows, &SideTables::default(), options, &Silent)
}

#[test]
fn a_release_comes_to_the_same_bits_with_any_number_of_threads() {
    let flows = release(1100, &[2021, 2022, 2023]);
    let options = ComplexityOptions::of(YearRange { first: 2021, last: 2023 });
    let run = |threads: usize| {
        Threads::new(threads).unwrap().run(|| {
            let found = computed(&flows, &options).unwrap();
            let folder = tempfile::tempdir().unwrap();
            let out = folder.path().join("out");
            write_complexity(&found, flows.countries(), 0.55, &out, &Silent).unwrap();
            let bytes: Vec<Vec<u8>> = FILES.iter().map(|name| fs::read(out.join(name)).unwrap()).collect();
            (format!("{found:?}"), bytes)
        })
    };
    let (one, files) = run(1);
    let (three, others) = run(3);
    assert!(one == three, "the same to the last bit");
    assert!(files == others, "and in the files");
}

#[test]
fn files_hold_what_was_computed() {
    let flows = release(1100, &[2023]);
    let found = computed(&flows, &year(2023)).unwrap();
    assert_eq!((found.countries.len(), found.sample.products.len()), (20, 1100));
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    write_complexity(&found, flows.countries(), 0.55, &out, &Silent).unwrap();
    let mut names: Vec<String> =
        fs::read_dir(&out).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    let mut expected = FILES;
    expected.sort_unstable();
    assert_eq!(names, expected);
    let eci = fs::read_to_string(out.join("eci.csv")).unwrap();
    let first: Vec<&str> = eci.lines().nth(1).unwrap().split(',').collect();
    assert_eq!((first[0], first[2], first[3].parse().ok()), ("ARG", "2023", Some(found.index.eci[0])));
    let table = TableReader::open(&out.join("density.parquet")).unwrap();
    let mut row = 0;
    for group in 0..table.row_groups() {
        let country = table.read_interned(group, table.column("country").unwrap()).unwrap();
        let product = table.read_interned(group, table.column("product").unwrap()).unwrap();
        let density = table.read_number_or_nan(group, table.column("density").unwrap()).unwrap();
        let gain = table.read_number_or_nan(group, table.column("cog").unwrap()).unwrap();
        for at in 0..density.len() {
            let (c, p) = (row / 1100, row % 1100);
            assert_eq!(country.values[country.rows[at] as usize], found.countries[c].0);
            assert_eq!(product.values[product.rows[at] as usize], found.sample.products[p].to_string());
            assert_eq!(Some(density[at]), found.space.density(c, p));
            assert_eq!(Some(gain[at]).filter(|g| !g.is_nan()), found.space.gain(c, p));
            row += 1;
        }
    }
    assert_eq!(row, 20 * 1100);
    let pairs = near_pairs(&found.advantage, 0.55);
    let table = TableReader::open(&out.join("proximity.parquet")).unwrap();
    assert_eq!((0..table.row_groups()).map(|group| table.group_rows(group)).sum::<usize>(), pairs.len());
    // All pairs are more than one row group, found some products at a time.
    let all = folder.path().join("all");
    write_complexity(&found, flows.countries(), 0.0, &all, &Silent).unwrap();
    let table = TableReader::open(&all.join("proximity.parquet")).unwrap();
    assert!(table.row_groups() > 1);
    let mut expected = near_pairs(&found.advantage, 0.0).into_iter();
    for group in 0..table.row_groups() {
        let first = table.read_interned(group, table.column("product_1").unwrap()).unwrap();
        let second = table.read_interned(group, table.column("product_2").unwrap()).unwrap();
        for (a, b) in first.rows.iter().zip(&second.rows) {
            let pair = expected.next().unwrap();
            let codes = [pair.first, pair.second].map(|p| found.sample.products[p].to_string());
            assert_eq!([&first.values[*a as usize], &second.values[*b as usize]], [&codes[0], &codes[1]]);
        }
    }
    assert_eq!(expected.next(), None);
    let about = fs::read_to_string(out.join("about.txt")).unwrap();
    assert!(
        about.contains(
            "Compared: exports of 1.00 billion USD a year or more (mean of 2021-2023, the trade data)"
        ),
        "{about}"
    );
    assert!(about.contains("ECI: second eigenvector") && about.contains("Empty cells: "), "{about}");
    // A folder that is there is not mixed up with another answer.
    let again = write_complexity(&found, flows.countries(), 0.55, &out, &Silent).unwrap_err();
    assert!(again.to_string().contains("not empty"), "{again}");
}

/// RCA, M and all that follows are those of the definition, on the exports that the flows add up to.
#[test]
fn rca_is_that_of_the_flows() {
    let flows = release(1100, &[2022, 2023]);
    let options = ComplexityOptions::of(YearRange { first: 2022, last: 2023 });
    let found = computed(&flows, &options).unwrap();
    let mut exports: BTreeMap<(String, String), f64> = BTreeMap::new();
    for at in [2022, 2023] {
        for product in flows.traded_products() {
            for (importer, exporter, value) in flows.flows(at, product) {
                assert_ne!(importer, exporter);
                let country = flows.countries().iso3_codes()[usize::from(exporter)].to_owned();
                *exports.entry((country, product.to_string())).or_default() += value / 2.0;
            }
        }
    }
    let total: f64 = exports.values().sum();
    let of_country = |c: &str| exports.iter().filter(|((x, _), _)| x == c).map(|(_, v)| v).sum::<f64>();
    let of_product = |p: &str| exports.iter().filter(|((_, x), _)| x == p).map(|(_, v)| v).sum::<f64>();
    for (c, (country, _)) in found.countries.iter().enumerate().step_by(7) {
        for (p, product) in found.sample.products.iter().enumerate().step_by(101) {
            let product = product.to_string();
            let value = exports.get(&(country.clone(), product.clone())).copied().unwrap_or(0.0);
            let rca = (value / of_country(country)) / (of_product(&product) / total);
            assert!((found.sample.rca(c, p).unwrap() - rca).abs() < 1e-12 * (1.0 + rca));
            assert_eq!(found.advantage.holds(c, p), rca >= 1.0);
        }
    }
}

#[test]
fn what_would_mislead_is_refused_or_said() {
    let small = release(300, &[2023]);
    let error = computed(&small, &year(2023)).unwrap_err();
    assert!(matches!(error, ComplexityError::FewProducts { products: 300, exported: 300, least: 1000 }));
    let forced = computed(&small, &ComplexityOptions { force: true, ..year(2023) }).unwrap();
    let said = |of: &Complexity, what: &str| of.notes.iter().any(|note| note.contains(what));
    assert!(said(&forced, "300 products are too few") && said(&forced, "No table of population is given"));
    assert!(said(&forced, "lack 2021-2022"), "{:?}", forced.notes);
    assert!(matches!(computed(&small, &year(1999)).unwrap_err(), ComplexityError::Year { year: 1999, .. }));
    let wrong = ComplexityOptions { threshold: f64::NAN, ..year(2023) };
    assert!(matches!(computed(&small, &wrong).unwrap_err(), ComplexityError::Threshold(_)));
    let nobody = ComplexityOptions { least_exports: ThousandUsd::new(1e12), ..year(2023) };
    let error = computed(&small, &nobody).unwrap_err().to_string();
    assert!(error.contains("no country is left: exports below"), "{error}");
}

/// Everybody exports everything in the same proportions, in values of which some are no binary fractions: RCA is 1, and what the last digits of sums say is nothing.
#[test]
fn an_rca_of_one_is_one_whatever_the_last_digits_of_sums() {
    let codes: Vec<String> = (0..60).map(code).collect();
    let rows = codes.iter().enumerate().flat_map(|(p, product)| {
        let of = move |(c, from): (usize, &&'static str)| {
            (
                2023,
                product.as_str(),
                *from,
                if c == 0 { "USA" } else { "ARG" },
                0.123 * (c + 1) as f64 * (p * p + 7) as f64,
            )
        };
        COUNTRIES[..8].iter().enumerate().map(of)
    });
    let flows = FlowTable::from_rows(rows).unwrap();
    let options = ComplexityOptions { force: true, least_exports: ThousandUsd::new(0.0), ..year(2023) };
    let error = computed(&flows, &options).unwrap_err().to_string();
    assert!(error.contains("all countries export the same products"), "{error}");
    let strict = ComplexityOptions { strict: true, ..options };
    let error = computed(&flows, &strict).unwrap_err().to_string();
    assert!(error.contains("no country exports any product with an RCA above 1, so"), "{error}");
}

/// South Africa exports a tenth of what the others do of every product, so that its RCA is 1 everywhere: at a threshold of 1.05 it is not compared, and what is compared is
/// less by its 18 of 198 thousand USD.
#[test]
fn what_is_compared_is_what_is_left() {
    let codes: Vec<String> = (0..6).map(code).collect();
    let mut rows: Vec<(i32, &str, &str, &str, f64)> = Vec::new();
    for (p, product) in codes.iter().enumerate() {
        let exporters: Vec<&str> =
            (0..5).filter(|&c| ROWS[c].as_bytes()[p] == b'1').map(|c| COUNTRIES[c]).collect();
        rows.extend(exporters.iter().map(|from| (2023, product.as_str(), *from, "USA", 10.0)));
        rows.push((2023, product, "ZAF", "USA", exporters.len() as f64));
    }
    let flows = FlowTable::from_rows(rows).unwrap();
    let options = ComplexityOptions {
        threshold: 1.05,
        force: true,
        least_exports: ThousandUsd::new(0.0),
        ..year(2023)
    };
    let found = computed(&flows, &options).unwrap();
    let answer = ComplexityAnswer::of(&found, flows.countries(), None).unwrap();
    assert_eq!((answer.countries, answer.products, answer.exports_thousand_usd), (5, 6, 180.0));
    assert!((answer.share - 180.0 / 198.0).abs() < 1e-12 && found.sample.total == 198.0);
    let text = answer.to_text();
    for part in [
        "5 countries by 6 products, 90.9 % of the exports",
        "1 country, 18.0 thousand USD: no comparative advantage anywhere: ZAF",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

/// Two worlds that trade different goods.
#[test]
fn worlds_without_a_common_product_are_named() {
    let codes: Vec<String> = (0..40).map(code).collect();
    let rows = codes.iter().enumerate().flat_map(|(p, product)| {
        let exporters: &[&str] = if p < 30 { &["DEU", "FRA", "JPN"] } else { &["PER", "GHA"] };
        let taken = exporters.iter().enumerate().filter(move |(c, _)| p < 4 || (p + c) % 3 > 0);
        taken.map(move |(c, from)| {
            (2023, product.as_str(), *from, "USA", 1e5 * (1 + (p * 3 + c * 5) % 4) as f64)
        })
    });
    let flows = FlowTable::from_rows(rows).unwrap();
    let options = ComplexityOptions { force: true, least_exports: ThousandUsd::new(0.0), ..year(2023) };
    let error = computed(&flows, &options).unwrap_err();
    let ComplexityError::Disconnected(parts) = &error else { panic!("{error}") };
    assert_eq!(parts.len(), 2);
    assert!(
        parts[0].starts_with("DEU, FRA, JPN with 30 products") && parts[1].starts_with("GHA, PER with 10"),
        "{parts:?}"
    );
    assert!(error.to_string().contains("2 groups of countries have no product in common"));
}

#[test]
fn it_can_be_stopped() {
    struct Stopped;
    impl Progress for Stopped {
        fn cancelled(&self) -> bool {
            true
        }
    }
    let flows = release(1100, &[2023]);
    let stopped = complexity(&flows, &SideTables::default(), &year(2023), &Stopped).unwrap_err();
    assert!(matches!(stopped, ComplexityError::Cancelled(Cancelled { kept: None })));
    let found = computed(&flows, &year(2023)).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("out");
    assert!(write_complexity(&found, flows.countries(), 0.55, &out, &Stopped).is_err());
    // Also while pairs of products are looked for.
    struct Later(std::sync::atomic::AtomicUsize);
    impl Progress for Later {
        fn cancelled(&self) -> bool {
            self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst) > 6
        }
    }
    let later = Later(0.into());
    assert!(write_complexity(&found, flows.countries(), 0.55, &out, &later).is_err());
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left");
}
