//! Worlds, and what few of their countries report.

use super::*;
use crate::nomenclature::Country;

/// A made-up world: everybody sells to most others, the larger to more. The codes are those of real countries, members of the European
/// Union first.
struct World {
    countries: Countries,
    links: Vec<(usize, usize)>,
}

fn world() -> World {
    let builtin = Countries::builtin();
    let eu: Vec<&str> = builtin_groups()["EU27"].members.iter().map(|m| m.iso3.as_str()).collect();
    let list: Vec<Country> = builtin
        .iter()
        .filter(|(_, c)| eu.contains(&c.iso3.as_str()) || c.iso3.as_bytes()[0] % 2 == 0)
        .map(|(_, c)| c.clone())
        .collect();
    let countries = Countries::from_list(list).unwrap();
    let n = countries.len();
    let size = |c: usize| (c * 37 + 11) % n;
    let links = (0..n)
        .flat_map(|a| (0..n).map(move |c| (a, c)))
        .filter(|&(a, c)| a != c && size(a) + size(c) > n / 2)
        .collect();
    World { countries, links }
}

impl World {
    fn place(&self, iso3: &str) -> usize {
        self.countries.by_iso3(iso3).unwrap().index()
    }

    fn eu(&self) -> Vec<usize> {
        builtin_groups()["EU27"].members.iter().map(|m| self.place(&m.iso3)).collect()
    }

    /// The extract that is found in the links that fulfil something, with so many strays added.
    fn found(
        &self,
        products: usize,
        strays: usize,
        keep: impl Fn(usize, usize) -> bool,
    ) -> Option<(ExtentKind, Vec<u16>)> {
        let mut margins = Margins::new(self.countries.len());
        let (kept, others): (Vec<_>, Vec<_>) = self.links.iter().partition(|&&(a, c)| keep(a, c));
        // Strays are links of small countries.
        for &&(a, c) in kept.iter().chain(others.iter().rev().take(strays)) {
            margins.add(a as u16, c as u16, 1.0);
        }
        extent_of(&margins, products, &self.countries).map(|e| (e.kind, e.countries))
    }
}

fn sorted(places: impl IntoIterator<Item = usize>) -> Vec<u16> {
    let mut list: Vec<u16> = places.into_iter().map(|c| c as u16).collect();
    list.sort_unstable();
    list
}

#[test]
fn the_world_is_no_extract() {
    let world = world();
    for products in [1, 5, 74, 5000] {
        assert_eq!(world.found(products, 0, |_, _| true), None, "{products}");
    }
}

#[test]
fn what_few_report_is_told_with_strays_and_without() {
    let world = world();
    let two = [world.place("ZAF"), world.place("FRA")];
    let eu = world.eu();
    for strays in [0, 2] {
        for products in [1, 3, 100, 5000] {
            for reporters in [&two[..1], &two[..], &eu[..]] {
                let is = |c: usize| reporters.contains(&c);
                let all = sorted(reporters.iter().copied());
                let told = |kind| Some((kind, all.clone()));
                let found = world.found(products, strays, |a, _| is(a));
                assert_eq!(found, told(ExtentKind::Exports), "exports, {products}, {strays}");
                let found = world.found(products, strays, |_, c| is(c));
                assert_eq!(found, told(ExtentKind::Imports), "imports, {products}, {strays}");
                let found = world.found(products, strays, |a, c| is(a) || is(c));
                assert_eq!(found, told(ExtentKind::Both), "both, {products}, {strays}");
            }
        }
    }
}

#[test]
fn members_of_a_group_are_told_where_there_are_few_others() {
    let world = world();
    let eu = world.eu();
    let small: Vec<usize> = (0..world.countries.len()).filter(|c| !eu.contains(c)).take(30).collect();
    let among = |a: usize, c: usize| {
        (eu.contains(&a) || small.contains(&a)) && (eu.contains(&c) || small.contains(&c))
    };
    assert_eq!(world.found(1, 0, among), None, "a product that few trade");
    let imports = world.found(1, 0, |a, c| among(a, c) && eu.contains(&c));
    assert_eq!(imports, Some((ExtentKind::Imports, sorted(eu.clone()))));
    let exports = world.found(1, 0, |a, c| among(a, c) && eu.contains(&a));
    assert_eq!(exports, Some((ExtentKind::Exports, sorted(eu.clone()))));
    let both = world.found(1, 0, |a, c| among(a, c) && (eu.contains(&a) || eu.contains(&c)));
    assert_eq!(both, Some((ExtentKind::Both, sorted(eu))));
}

/// The extract found in a few links between countries that are numbers.
fn of_few(products: usize, links: &[(u16, u16)]) -> Option<(ExtentKind, Vec<u16>)> {
    let mut margins = Margins::new(10);
    links.iter().for_each(|&(a, c)| margins.add(a, c, 1.0));
    extent_of(&margins, products, &Countries::builtin()).map(|e| (e.kind, e.countries))
}

#[test]
fn of_few_countries_only_plain_patterns_are_told() {
    // Two exporters and one importer, one exporter, two exporters and three importers.
    assert_eq!(of_few(3, &[(0, 1), (2, 1)]), Some((ExtentKind::Imports, vec![1])));
    assert_eq!(of_few(3, &[(0, 1), (0, 2)]), Some((ExtentKind::Exports, vec![0])));
    let two = [(0, 2), (0, 3), (1, 3), (1, 4)];
    assert_eq!(of_few(3, &two), Some((ExtentKind::Exports, vec![0, 1])));
    assert_eq!(of_few(3, &two.map(|(a, c)| (c, a))), Some((ExtentKind::Imports, vec![0, 1])));
    // One country on either side.
    assert_eq!(of_few(3, &[(0, 1), (0, 2), (3, 0), (4, 0)]), Some((ExtentKind::Both, vec![0])));
    // Small closed worlds, and too little to say.
    assert_eq!(of_few(4, &[(0, 1), (1, 0)]), None);
    assert_eq!(of_few(4, &[(0, 1), (1, 2)]), None);
    assert_eq!(of_few(4, &[(0, 1), (1, 2), (2, 0), (3, 4), (4, 3)]), None);
    assert_eq!(of_few(1, &[(0, 1), (2, 1)]), None, "of a single product");
    assert_eq!(of_few(4, &[]), None);
}

#[test]
fn whoever_says_it_is_one_gets_the_likeliest() {
    let world = world();
    let mut margins = Margins::new(world.countries.len());
    world.links.iter().for_each(|&(a, c)| margins.add(a as u16, c as u16, 1.0));
    assert!(!likeliest_extent(&margins).countries.is_empty());
    assert_eq!(likeliest_extent(&Margins::new(3)).countries, Vec::<u16>::new());
}
