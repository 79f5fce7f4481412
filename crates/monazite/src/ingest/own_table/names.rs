//! The names of columns that people have, each as its letters and digits in lower case, those that count first coming first.
//!
//! Codes come before names of countries. Sources: BACI (`t, i, j, k, v, q` and its long names); UN Comtrade's API and bulk files
//! (`refYear, reporterCode, cmdCode, primaryValue, netWgt`), its former site (`Trade Value (US$)`, `Netweight (kg)`) and former API (`yr, rtCode,
//! ptCode, rgDesc, TradeValue`); tradestatistics.io (`reporter_iso, commodity_code, trade_value_usd_imp`); the Observatory of Economic Complexity
//! (`Exporter Country ID, HS6 ID, Trade Value`); WITS; the Atlas of Economic Complexity; CEPII's `iso3_o, iso3_d`.

use super::options::{ColumnRole, FlowDirection, QuantityUnit, ValueUnit};

const YEAR: &[&str] = &["t", "year", "refyear", "yr", "tradeyear", "period"];
const EXPORTER: &[&str] = &[
    "i",
    "exportercode",
    "exporteriso3",
    "exporteriso",
    "exporteriso3code",
    "iso3o",
    "isoo",
    "isoorigin",
    "exportercountryid",
    "exporter",
    "exportername",
    "exportercountry",
    "exportingcountry",
    "origin",
    "origincountry",
];
const IMPORTER: &[&str] = &[
    "j",
    "importercode",
    "importeriso3",
    "importeriso",
    "importeriso3code",
    "iso3d",
    "isod",
    "isodestination",
    "importercountryid",
    "importer",
    "importername",
    "importercountry",
    "importingcountry",
    "destination",
    "destinationcountry",
];
const REPORTER: &[&str] = &[
    "reportercode",
    "rtcode",
    "reporteriso",
    "reporteriso3",
    "reporteriso3code",
    "rt3iso",
    "countryiso3code",
    "locationcode",
    "reporterdesc",
    "rttitle",
    "reportername",
    "reporter",
];
const PARTNER: &[&str] = &[
    "partnercode",
    "ptcode",
    "partneriso",
    "partneriso3",
    "partneriso3code",
    "pt3iso",
    "partnerdesc",
    "pttitle",
    "partnername",
    "partner",
];
const FLOW: &[&str] = &[
    "flowcode",
    "flowdesc",
    "tradeflowname",
    "tradeflow",
    "flow",
    "flowname",
    "rgdesc",
    "tradeflowcode",
    "rgcode",
];
const PRODUCT: &[&str] = &[
    "k",
    "cmdcode",
    "commoditycode",
    "productcode",
    "hs6id",
    "hs6code",
    "hscode",
    "hsproductcode",
    "producths92code",
    "producths12code",
    "producths22code",
    "hs6",
    "hs8",
    "hs10",
    "cn8",
    "cncode",
    "htscode",
    "ncm",
    "product",
    "hs",
];

/// The names that a role has.
pub(super) fn names_of(role: ColumnRole) -> &'static [&'static str] {
    match role {
        ColumnRole::Year => YEAR,
        ColumnRole::Exporter => EXPORTER,
        ColumnRole::Importer => IMPORTER,
        ColumnRole::Reporter => REPORTER,
        ColumnRole::Partner => PARTNER,
        ColumnRole::Flow => FLOW,
        ColumnRole::Product => PRODUCT,
        // These have units: see VALUES and QUANTITIES.
        ColumnRole::Value | ColumnRole::Quantity => &[],
    }
}

/// What the name of a column of values says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SaidUnit {
    /// The name says the unit.
    Said(ValueUnit),
    /// Whoever uses the name has this unit; it may be another one.
    Usual(ValueUnit),
}

/// A column of values: its name, its unit, and the direction it is of, if there are two columns.
pub(super) type ValueName = (&'static str, SaidUnit, Option<FlowDirection>);

use FlowDirection::{Exports, Imports};
use SaidUnit::{Said, Usual};
use ValueUnit::{ThousandUsd, Usd};

/// Columns of values, those that count first coming first.
pub(super) const VALUES: &[ValueName] = &[
    ("v", Usual(ThousandUsd), None),
    ("primaryvalue", Said(Usd), None),
    ("tradevalueus", Said(Usd), None),
    ("tradevalueusd", Said(Usd), None),
    ("valueusd", Said(Usd), None),
    ("tradevalueusthousand", Said(ThousandUsd), None),
    ("tradevaluein1000usd", Said(ThousandUsd), None),
    ("tradevalue1000usd", Said(ThousandUsd), None),
    ("tradevaluethousandusd", Said(ThousandUsd), None),
    ("valuethousandusd", Said(ThousandUsd), None),
    ("value1000usd", Said(ThousandUsd), None),
    ("tradevalueusdimp", Said(Usd), Some(Imports)),
    ("tradevalueusdexp", Said(Usd), Some(Exports)),
    ("importvalueusd", Said(Usd), Some(Imports)),
    ("exportvalueusd", Said(Usd), Some(Exports)),
    ("cifvalue", Said(Usd), Some(Imports)),
    ("fobvalue", Said(Usd), Some(Exports)),
    ("importvalue", Usual(Usd), Some(Imports)),
    ("exportvalue", Usual(Usd), Some(Exports)),
    ("tradevalue", Usual(Usd), None),
    ("value", Usual(ThousandUsd), None),
];

/// Columns of quantities: name, unit if whoever uses the name has one, and direction.
pub(super) const QUANTITIES: &[(&str, Option<QuantityUnit>, Option<FlowDirection>)] = &[
    ("q", Some(QuantityUnit::Tonnes), None),
    ("netwgt", Some(QuantityUnit::Kilograms), None),
    ("netweightkg", Some(QuantityUnit::Kilograms), None),
    ("netweight", Some(QuantityUnit::Kilograms), None),
    ("netweightkgimp", Some(QuantityUnit::Kilograms), Some(Imports)),
    ("netweightkgexp", Some(QuantityUnit::Kilograms), Some(Exports)),
    ("netmasskg", Some(QuantityUnit::Kilograms), None),
    ("weightkg", Some(QuantityUnit::Kilograms), None),
    ("quantitykg", Some(QuantityUnit::Kilograms), None),
    ("kg", Some(QuantityUnit::Kilograms), None),
    ("quantitytonnes", Some(QuantityUnit::Tonnes), None),
    ("weighttonnes", Some(QuantityUnit::Tonnes), None),
    ("tonnes", Some(QuantityUnit::Tonnes), None),
    ("quantity", None, None),
];

/// Columns that split a total into parts, and what stands in the row of the total.
pub(super) const PARTS: &[(&str, &str)] = &[
    ("partner2code", "0"),
    ("2ndpartnercode", "0"),
    ("customscode", "C00"),
    ("customsproccode", "C00"),
    ("motcode", "0"),
    ("modeoftransportcode", "0"),
    ("moscode", "0"),
];

/// Columns that say which edition of the HS a row is in.
pub(super) const CLASSIFICATIONS: &[&str] = &["classificationcode", "classification", "nomenclature"];

/// The unit that the name of any column says, if it says one.
pub(super) fn unit_said(bare: &str) -> Option<ValueUnit> {
    if let Some((_, Said(unit), _)) = VALUES.iter().find(|(name, ..)| *name == bare) {
        return Some(*unit);
    }
    let says = |words: &[&str]| words.iter().any(|word| bare.contains(word));
    let dollars = says(&["usd", "dollar"]) || bare.ends_with("us");
    match () {
        () if !dollars => None,
        () if says(&["million", "mio", "musd", "mln"]) => Some(ValueUnit::MillionUsd),
        () if says(&["thousand", "1000", "kusd", "tsd"]) => Some(ThousandUsd),
        () => Some(Usd),
    }
}

/// The unit of quantities that the name of any column says, if it says one.
pub(super) fn quantity_unit_said(bare: &str) -> Option<QuantityUnit> {
    if let Some((_, Some(unit), _)) = QUANTITIES.iter().find(|(name, ..)| *name == bare) {
        return Some(*unit);
    }
    if bare.ends_with("kg") || bare.contains("kilogram") {
        return Some(QuantityUnit::Kilograms);
    }
    (bare.contains("tonne") || bare.ends_with("mt")).then_some(QuantityUnit::Tonnes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::delimited::bare_name;

    #[test]
    fn names_say_their_unit() {
        for (name, unit) in [
            ("Trade Value (US$)", Some(Usd)),
            ("TradeValue in 1000 USD", Some(ThousandUsd)),
            ("trade_value_usd_imp", Some(Usd)),
            ("Wert in Mio. USD", Some(ValueUnit::MillionUsd)),
            ("value_kusd", Some(ThousandUsd)),
            ("customs value", None),
            ("value_eur", None),
            ("v", None),
        ] {
            assert_eq!(unit_said(&bare_name(name)), unit, "{name}");
        }
        assert_eq!(quantity_unit_said("nettokg"), Some(QuantityUnit::Kilograms));
        assert_eq!(quantity_unit_said("metrictonnes"), Some(QuantityUnit::Tonnes));
        assert_eq!(quantity_unit_said("pieces"), None);
    }

    #[test]
    fn no_name_means_two_things() {
        let mut seen = std::collections::BTreeSet::new();
        let names = ColumnRole::ALL.into_iter().flat_map(names_of).copied();
        let all = names.chain(VALUES.iter().map(|v| v.0)).chain(QUANTITIES.iter().map(|q| q.0));
        for name in all.chain(PARTS.iter().map(|p| p.0)) {
            assert!(seen.insert(name), "{name} stands there twice");
            assert_eq!(bare_name(name), name);
        }
    }
}
