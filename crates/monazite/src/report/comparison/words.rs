//! What a comparison comes to, in sentences.

use super::chokepoints;
use super::result::Comparison;
use crate::indicators::{Column, RiskReading};
use crate::report::measure::{number, percent};
use crate::units::grouped;

/// The composite: standardised over all rows, it differs everywhere as soon as anything does.
const COMPOSITE: &str = "pc1";

/// That the runs are of different editions of the HS.
fn other_edition(of: &Comparison) -> Option<String> {
    let edition = of.inputs.iter().find(|d| d.what == "trade: HS edition")?;
    let [Some(first), Some(second)] = &edition.values else { return None };
    let shown = |edition: &str| {
        if edition.is_empty() { "an edition that is not stated".to_owned() } else { edition.to_owned() }
    };
    Some(format!(
        "The runs are of different editions of the HS ({} and {}): the same code may mean other goods.",
        shown(first),
        shown(second)
    ))
}

/// That STR of the runs is not the same number: another import content, or another sum of the matrix.
fn other_reading(of: &Comparison) -> Option<String> {
    let differing = |key: &str| of.options.iter().find(|d| d.what == key);
    let keys = ["indicators.import_content", "indicators.orientation", "indicators.identity"];
    let told: Vec<String> = keys
        .into_iter()
        .filter_map(|key| {
            let [first, second] = &differing(key)?.values;
            let shown = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
            Some(format!("{key} is {} in the first and {} in the second", shown(first), shown(second)))
        })
        .collect();
    let both = match differing(keys[0]) {
        Some(_) => {
            " What both have in the same reading is mass-balanced STR (str_mass_balance), and the paper’s number: the column str where the import content \
             is full, str_full where it is not."
        }
        None => "",
    };
    (!told.is_empty()).then(|| {
        format!(
            "STR of the two runs is not the same number, nor is influence: {}. A difference between them is one of definition first.{both}",
            told.join("; ")
        )
    })
}

pub(super) fn findings(of: &Comparison) -> Vec<String> {
    let mut said = Vec::new();
    let count = |n: usize, one: &str, several: &str| {
        if n == 1 { format!("1 {one}") } else { format!("{} {several}", grouped(n as u64)) }
    };
    said.push(match (of.inputs.len(), of.options.len()) {
        (0, 0) => "Both runs are of the same inputs and the same options.".to_owned(),
        (inputs, options) => format!(
            "{} and {} differ.",
            count(inputs, "input", "inputs"),
            count(options, "option of the study", "options of the study")
        ),
    });
    said.extend(other_edition(of));
    said.extend(other_reading(of));
    let c = &of.coverage;
    for (one, several, shared) in [
        ("product is", "products are", &c.products),
        ("country is", "countries are", &c.countries),
        ("year is", "years are", &c.years),
    ] {
        if shared.only.iter().any(|only| !only.is_empty()) {
            said.push(format!(
                "{} in both runs, {} in the first only, {} in the second only; only what both hold is compared.",
                count(shared.both.len(), one, several),
                shared.only[0].len(),
                shared.only[1].len()
            ));
        }
    }
    let plain = || of.indicators.iter().filter(|i| i.indicator != COMPOSITE);
    let (both, differ) = plain().fold((0, 0), |(both, differ), i| (both + i.both, differ + i.differ));
    let only = plain().fold([0, 0], |sum, i| [sum[0] + i.only[0], sum[1] + i.only[1]]);
    said.push(match differ {
        0 => format!("All {} values that both runs have are the same.", grouped(both)),
        _ => format!("{} of {} values that both runs have differ.", grouped(differ), grouped(both)),
    });
    if of.indicators.iter().any(|i| i.indicator == COMPOSITE && i.differ > 0) {
        said.push("The composite differs in all rows: it is standardised over all of them, and is not counted here.".to_owned());
    }
    if only != [0, 0] {
        said.push(format!(
            "{} values are defined in the first run only, {} in the second only.",
            grouped(only[0]),
            grouped(only[1])
        ));
    }
    for (column, name) in [(Column::Str, "STR"), (Column::StrMassBalance, "Mass-balanced STR")] {
        let found = of.indicators.iter().find(|i| i.indicator == column.name() && i.differ > 0);
        let Some((str, largest)) = found.and_then(|i| Some((i, i.largest.as_ref()?))) else { continue };
        let [Some(before), Some(after)] = str.mean else { continue };
        said.push(format!(
            "{name} is {} on average in the first run and {} in the second; it differs most for {} {} in {}: {} and {}.",
            number(before),
            number(after),
            largest.country,
            largest.product,
            largest.year,
            number(largest.values[0]),
            number(largest.values[1])
        ));
    }
    for (reading, name) in [(RiskReading::Str, "STR"), (RiskReading::MassBalance, "mass-balanced STR")] {
        let changes: Vec<_> = of.ranks.iter().filter(|r| r.reading == reading.name()).collect();
        let Some(first) = changes.first() else { continue };
        said.push(format!(
            "{} by {name} in {}; the largest: {} of {} from place {} to {}.",
            count(changes.len(), "importer changes its place", "importers change their places"),
            first.year,
            first.name,
            first.product,
            first.ranks[0],
            first.ranks[1]
        ));
    }
    let of_kind = |gained: bool| of.links.iter().filter(|l| l.gained == gained).count();
    if !of.links.is_empty() {
        said.push(format!(
            "Of the value chain {} lost and {} gained.",
            count(of_kind(false), "link is", "links are"),
            count(of_kind(true), "is", "are")
        ));
    }
    for point in &of.chokepoints {
        let words =
            |pair: [Option<f64>; 2]| pair.map(|s| s.map_or_else(|| "an unknown share".to_owned(), percent));
        let by_power = chokepoints::by_power(point.powers);
        let [first, second] = words(if by_power { point.powers } else { point.shares });
        let what = if by_power { "its stop would cost the others" } else { "it sells others" };
        said.push(format!(
            "{} {} a chokepoint of {} in {}: {what} {first} of what they import in the first run, {second} in the second.",
            point.name,
            if point.gained { "becomes" } else { "is no longer" },
            point.product,
            point.year,
        ));
    }
    said
}
