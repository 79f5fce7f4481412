//! Every key of the study file does what its documentation says.
//!
//! Each case runs a small world twice, without the key and with it, and looks at what the key promises: a number, a file, an
//! error. `every_key_is_tried` compares the cases with the list of keys.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod chain;
mod data;
mod event;
mod indicators;
mod indices;
mod mapping;
mod regression;
mod shocks;
mod typology;
mod uncertainty;
mod world;

use std::collections::BTreeMap;

use monazite::study::Study;
use world::{Run, World};

/// One key and what it promises.
pub struct Case {
    /// Section and key.
    pub key: &'static str,
    /// A value that is not the default, as TOML.
    pub value: &'static str,
    /// Which world it is tried on.
    pub world: World,
    /// What else is set, without and with the key.
    pub with: &'static [(&'static str, &'static str)],
    /// What is different: the run without the key, the run with it.
    pub promise: fn(&Run, &Run),
}

fn all() -> impl Iterator<Item = &'static Case> {
    let of_all = [
        data::CASES,
        indicators::CASES,
        indices::CASES,
        uncertainty::CASES,
        shocks::CASES,
        event::CASES,
        chain::CASES,
        typology::CASES,
        regression::CASES,
    ];
    of_all.into_iter().flatten()
}

#[test]
fn every_key_is_tried() {
    let defaults: BTreeMap<String, Option<String>> = Study::default()
        .parameters()
        .into_iter()
        .map(|p| (format!("{}.{}", p.section, p.key), p.value))
        .collect();
    let of_the_mapping = mapping::KEYS.iter().map(|told| (format!("mapping.{}", told.key), told.value));
    let tried: BTreeMap<String, &str> =
        all().map(|case| (case.key.to_owned(), case.value)).chain(of_the_mapping).collect();
    let missing: Vec<&String> = defaults.keys().filter(|key| !tried.contains_key(*key)).collect();
    assert!(missing.is_empty(), "no test sets {missing:?}; add a case for each under tests/study_keys");
    for (key, value) in &tried {
        let default = defaults.get(key).unwrap_or_else(|| panic!("there is no key {key}"));
        assert_ne!(default.as_deref(), Some(*value), "{key} is tried with its default");
    }
}

fn keep_their_promises(cases: &[Case]) {
    let broken: Vec<String> = cases
        .iter()
        .filter(|case| {
            let before = world::run(case.world, case.with);
            let after = world::run(case.world, &[case.with, &[(case.key, case.value)]].concat());
            std::panic::catch_unwind(|| (case.promise)(&before, &after)).is_err()
        })
        .map(|case| format!("{} = {}", case.key, case.value))
        .collect();
    assert!(broken.is_empty(), "these do not do what they promise (see above): {}", broken.join(", "));
}

#[test]
fn keys_of_study_data_stability_and_trade() {
    keep_their_promises(data::CASES);
}

#[test]
fn keys_of_indicators_figures_and_output() {
    keep_their_promises(indicators::CASES);
}

#[test]
fn keys_of_indices() {
    keep_their_promises(indices::CASES);
}

#[test]
fn keys_of_uncertainty() {
    keep_their_promises(uncertainty::CASES);
}

#[test]
fn keys_of_shocks_and_diversification() {
    keep_their_promises(shocks::CASES);
}

#[test]
fn keys_of_before_and_after() {
    keep_their_promises(event::CASES);
}

#[test]
fn keys_of_the_chain() {
    keep_their_promises(chain::CASES);
}

#[test]
fn keys_of_profile_groups_and_typology() {
    keep_their_promises(typology::CASES);
}

#[test]
fn keys_of_the_regression() {
    keep_their_promises(regression::CASES);
}
