//! Hand cases and the oracles for weighted means and groups.

use super::*;
use crate::indicators::RiskReading;
use crate::nomenclature::CountryGroup;
use crate::run_folder::stored_panel::StoredProduct;

fn product(code: &str, tier: Option<u8>, inputs: &[usize]) -> StoredProduct {
    StoredProduct { code: code.parse().unwrap(), description: String::new(), tier, inputs: inputs.to_vec() }
}

/// Four products of tiers 0, 1, 1, 1, one year, countries A and B. A trades 10, 30, 5 and 60 of them.
fn four_products() -> StoredPanel {
    let tiers = [0, 1, 1, 1];
    let codes = ["280530", "284610", "284690", "850511"];
    let products = codes.iter().zip(tiers).map(|(c, tier)| product(c, Some(tier), &[])).collect();
    let mut panel = StoredPanel::of_values(&[2020], products, &["A", "B"], |column, p, _, c| {
        let of_a = match column {
            Column::Imports => Some([10.0, 20.0, 5.0, 0.0][p]),
            Column::Exports => Some([0.0, 10.0, 0.0, 60.0][p]),
            Column::Rca => Some(1.0),
            _ => [Some(0.9), Some(0.5), None, Some(0.2)][p],
        };
        if c == 0 { of_a } else { of_a.filter(|_| p == 1) }
    });
    panel.input_products[0] = vec![1, 2];
    panel
}

fn value(profiles: &Profiles, unit: &str, feature: &str) -> Option<f64> {
    let unit = profiles.units.iter().position(|u| u.code == unit).unwrap();
    let feature = profiles.features.iter().position(|f| f.name() == feature).unwrap();
    profiles.rows.iter().find(|row| row.unit == unit).unwrap().values[feature]
}

#[test]
fn oracle_w1_and_the_rest_by_hand() {
    let panel = four_products();
    let found = profiles(&panel, &GroupPanel::of(&panel, &[], None), ProfileOptions::default());
    let names: Vec<String> = found.features.iter().map(Feature::name).collect();
    assert_eq!(
        names,
        [
            "exposure_all",
            "hhi_all",
            "str_all",
            "exposure_inputs",
            "hhi_inputs",
            "str_inputs",
            "pc1_tier0",
            "pc1_tier1",
            "influence_tier0",
            "influence_tier1"
        ]
    );
    let close = |feature: &str, expected: f64| {
        let found = value(&found, "A", feature).unwrap();
        assert!((found - expected).abs() < 1e-15, "{feature}: {found} is not {expected}");
    };
    close("pc1_tier0", 0.9);
    close("pc1_tier1", 0.3);
    // (10 x 0.9 + 30 x 0.5 + 60 x 0.2) / 100: the product without a value leaves the denominator too.
    close("str_all", 0.36);
    close("hhi_inputs", 0.5);
    let a = &found.rows[0];
    assert_eq!((a.imports, a.exports, a.missing()), (35.0, 70.0, 0));
    assert!((a.composite.unwrap() - 0.36).abs() < 1e-15);
    assert_eq!(value(&found, "B", "pc1_tier0"), None);
    assert_eq!(value(&found, "B", "exposure_inputs"), None, "no strength, no inputs");
    assert_eq!(found.rows[1].missing(), 5);
}

#[test]
fn by_tier_and_by_world_trade() {
    let panel = four_products();
    let none = GroupPanel::of(&panel, &[], None);
    let p40 = ProfileOptions { layout: ProfileLayout::P40, ..ProfileOptions::default() };
    let found = profiles(&panel, &none, p40);
    assert_eq!(found.features.len(), 8 * 2);
    assert_eq!(value(&found, "A", "exposure_all_tier0"), Some(0.9));
    assert!((value(&found, "A", "exposure_all_tier1").unwrap() - 0.3).abs() < 1e-15);
    assert_eq!(value(&found, "A", "exposure_inputs_tier0"), None);
    assert_eq!(features::of(ProfileLayout::P40, RiskReading::Str, 5).len(), 40);
    assert_eq!(features::of(ProfileLayout::P16, RiskReading::Str, 5).len(), 16);
    let balanced = features::of(ProfileLayout::P16, RiskReading::MassBalance, 5);
    let names: Vec<String> = balanced.iter().map(Feature::name).collect();
    assert!(names.contains(&"str_mass_balance_inputs".to_owned()), "{names:?}");
    assert!(names.contains(&"influence_mass_balance_tier4".to_owned()), "{names:?}");
    assert!(balanced.iter().zip(&names).all(|(feature, name)| Feature::of_name(name) == Some(*feature)));

    let by_world = ProfileOptions { weights: ProfileWeights::WorldTrade, ..ProfileOptions::default() };
    let found = profiles(&panel, &none, by_world);
    // World trade of the products: 0, 20, 0 and 60.
    let expected = (20.0 * 0.5 + 60.0 * 0.2) / 80.0;
    assert!((value(&found, "A", "pc1_tier1").unwrap() - expected).abs() < 1e-15);
    assert_eq!(value(&found, "A", "pc1_tier0"), None, "the world exports none of it");
}

#[test]
fn products_outside_the_chain() {
    let mut panel = four_products();
    panel.products[3].tier = None;
    let none = GroupPanel::of(&panel, &[], None);
    let chain = profiles(&panel, &none, ProfileOptions::default());
    assert_eq!(value(&chain, "A", "str_all"), Some((10.0 * 0.9 + 30.0 * 0.5) / 40.0));
    let all = ProfileOptions { products: ProfileProducts::Study, ..ProfileOptions::default() };
    let all = profiles(&panel, &none, all);
    assert!((value(&all, "A", "str_all").unwrap() - 0.36).abs() < 1e-15);
    assert_eq!(value(&all, "A", "pc1_tier1"), Some(0.5), "it has no tier");
}

/// Three members and an outsider, two products, the second made of the first; exports of the members are 5, 20, 0 of the first.
fn union() -> StoredPanel {
    let products = vec![product("280530", Some(0), &[]), product("850511", Some(1), &[0])];
    StoredPanel::of_values(&[2019, 2020], products, &["AAA", "BBB", "CCC", "ZZZ"], |column, p, t, c| {
        let exports = [[5.0, 20.0, 0.0, 75.0], [50.0, 30.0, 10.0, 10.0]];
        // Total exports of the countries are 100, 100, 20 and 780 of a world of 1000.
        let totals = [0.1, 0.1, 0.02, 0.78];
        Some(match column {
            Column::Exports => exports[p][c] * (1.0 + t as f64),
            Column::Imports => 2.0 + c as f64,
            Column::Rca => exports[p][c] / 100.0 / totals[c],
            _ => [0.6, 0.3, 0.9, 0.1][c],
        })
    })
}

fn group(members: &[(&str, Option<(u16, u16)>)]) -> CountryGroup {
    let mut group = CountryGroup::constant("EU", &[]);
    group.members = members
        .iter()
        .map(|(iso3, years)| crate::nomenclature::groups::Member { iso3: (*iso3).to_owned(), years: *years })
        .collect();
    group
}

#[test]
fn a_group_is_the_export_weighted_mean_of_its_members() {
    let panel = union();
    let groups = GroupPanel::of(&panel, &[group(&[("AAA", None), ("BBB", None), ("CCC", None)])], None);
    let at = |column: Column, p: usize, t: usize| groups.column(column)[groups.cell(&panel, p, t, 0)];
    assert!((at(Column::Str, 0, 0) - 0.36).abs() < 1e-15, "the oracle of METHODS 5.5");
    assert_eq!((at(Column::Exports, 0, 1), at(Column::Imports, 0, 0)), (50.0, 9.0));
    assert_eq!(groups.members[0], 3);
    // RCA of the sum: 90 of 100 in the second product, 220 of 1000 in all.
    assert!((at(Column::Rca, 1, 0) - 0.9 / 0.22).abs() < 1e-12);
    assert!((at(Column::Rca, 0, 0) - 0.25 / 0.22).abs() < 1e-12);
    assert_eq!(groups.input_products, [[0]], "strong in the second product, which is made of the first");
    let found = profiles(&panel, &groups, ProfileOptions::default());
    let eu = found.units.iter().find(|u| u.code == "EU").unwrap();
    assert_eq!(eu.kind, UnitKind::Group);
    assert_eq!(found.rows.len(), 2 * 5);
    let own = value(&found, "EU", "influence_tier0").unwrap();
    assert!((own - 0.36).abs() < 1e-15);
}

#[test]
fn a_group_without_exports_or_members_has_no_values() {
    let panel = union();
    let only_c = GroupPanel::of(&panel, &[group(&[("CCC", None)])], None);
    assert!(only_c.column(Column::Str)[only_c.cell(&panel, 0, 0, 0)].is_nan());
    assert_eq!(only_c.column(Column::Imports)[0], 4.0);
    let nobody = GroupPanel::of(&panel, &[group(&[("QQQ", None)])], None);
    assert!(nobody.groups.is_empty());
    assert_eq!(profiles(&panel, &nobody, ProfileOptions::default()).units.len(), 4);
}

#[test]
fn members_come_and_go_by_year() {
    let panel = union();
    let members = [("AAA", Some((2019, 2019))), ("BBB", Some((2019, 2020)))];
    let groups = GroupPanel::of(&panel, &[group(&members)], None);
    let str_of = |t: usize| groups.column(Column::Str)[groups.cell(&panel, 0, t, 0)];
    assert!((str_of(0) - 0.36).abs() < 1e-15 && str_of(1) == 0.3);
}

#[test]
fn a_group_does_not_count_in_world_trade() {
    let panel = union();
    let by_world = ProfileOptions { weights: ProfileWeights::WorldTrade, ..ProfileOptions::default() };
    let alone = profiles(&panel, &GroupPanel::of(&panel, &[], None), by_world);
    let groups = GroupPanel::of(&panel, &[group(&[("AAA", None), ("BBB", None)])], None);
    let beside = profiles(&panel, &groups, by_world);
    for row in &alone.rows {
        let code = &alone.units[row.unit].code;
        let unit = beside.units.iter().position(|u| u.code == *code).unwrap();
        let same = beside.rows.iter().find(|r| r.unit == unit && r.year == row.year).unwrap();
        assert_eq!(same.values, row.values, "{code}");
    }
}
