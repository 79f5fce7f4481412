//! What columns are called and mean, and which options of the study are not the default.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::run_folder::RunTable;
use crate::run_folder::tables::{
    BANDS, DEPENDENCIES, FLOWS, INDICATORS, ORIGINS, PRODUCT_YEARS, SHOCK_SUPPLIERS, SUPPLIERS, TRENDS,
    TRICKLE_LOOPS,
};
use crate::study::Study;

/// The tables whose columns the page shows; where two have a column of one name, the first says what it is.
const SHOWN: [&RunTable; 10] = [
    &INDICATORS,
    &SUPPLIERS,
    &ORIGINS,
    &DEPENDENCIES,
    &SHOCK_SUPPLIERS,
    &PRODUCT_YEARS,
    &TRENDS,
    &FLOWS,
    &BANDS,
    &TRICKLE_LOOPS,
];

/// Name and meaning of a column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Word {
    label: &'static str,
    definition: &'static str,
    unit: Option<&'static str>,
    page: Option<&'static str>,
}

/// By name of the column: what it is.
pub(super) fn words() -> BTreeMap<&'static str, Word> {
    let mut found = BTreeMap::new();
    for column in SHOWN.into_iter().flat_map(|table| (table.columns)()) {
        let some = |text: &'static str| Some(text).filter(|text| !text.is_empty());
        found.entry(column.name).or_insert(Word {
            label: column.label,
            definition: column.definition,
            unit: some(column.unit),
            page: some(column.page),
        });
    }
    found
}

/// An option of the study and its default, as a study file writes them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Choice {
    key: String,
    value: String,
    default: String,
}

/// Sections that say what is studied, and have no default worth telling.
const NO_OPTIONS: [&str; 2] = ["study", "data"];

/// The options that are not the default.
pub(super) fn choices(study: &Study) -> Vec<Choice> {
    let defaults = Study::default().parameters();
    let own = study.parameters();
    let pairs = own.into_iter().zip(defaults).filter(|(own, _)| !NO_OPTIONS.contains(&own.section));
    pairs
        .filter(|(own, default)| own.value != default.value)
        .map(|(own, default)| Choice {
            key: format!("{}.{}", own.section, own.key),
            value: own.value.unwrap_or_default(),
            default: default.value.unwrap_or_default(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_indicator_has_its_word_and_only_other_options_are_told() {
        let words = words();
        assert_eq!(words["str_mass_balance"].page, Some("21-mass-balance.md"));
        assert!(words.contains_key("hhi") && words.contains_key("power_share"));
        assert!(choices(&Study::default()).is_empty());
        let mut study = Study::default();
        study.indicators.damping = 0.5;
        let told = choices(&study);
        assert_eq!(told.len(), 1);
        assert_eq!((told[0].key.as_str(), told[0].value.as_str()), ("indicators.damping", "0.5"));
    }
}
