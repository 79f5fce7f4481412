//! Countries, groups and products by name.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::report::brief::cut;
use crate::run::{Run, RunError, RunView};

/// So many characters a label has at most.
const LABEL: usize = 28;

/// A country or group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Country {
    pub(super) code: String,
    name: String,
    kind: &'static str,
    members: Vec<String>,
}

/// The countries and merged groups of the panel in its order, then the groups that are means of their members.
pub(super) fn countries(run: &Run) -> Result<Vec<Country>, RunError> {
    let (panel, study) = (run.panel()?, run.study());
    let mut found: Vec<Country> = Vec::with_capacity(panel.countries.len());
    for country in &panel.countries {
        let members = study.trade.merge.get(&country.code).filter(|_| country.group);
        found.push(Country {
            code: country.code.clone(),
            name: country.name.clone(),
            kind: if country.group { "merged" } else { "country" },
            members: members
                .map_or_else(Vec::new, |members| members.iter().map(ToString::to_string).collect()),
        });
    }
    let there = run.groups()?;
    let last = panel.years.last().copied().unwrap_or_default();
    for group in study.mean_groups().into_iter().filter(|group| there.contains(&group.code)) {
        let members = group.members_in(last).unwrap_or_default();
        found.push(Country {
            members: members.into_iter().map(str::to_owned).collect(),
            code: group.code.clone(),
            name: group.name.clone(),
            kind: "mean",
        });
    }
    Ok(found)
}

/// A product.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Product {
    code: String,
    text: String,
    label: String,
    tier: Option<u8>,
    seed: bool,
    focus: bool,
    dependencies: bool,
    bands: bool,
}

/// The products of the panel in its order.
pub(super) fn products(view: &RunView<'_>) -> Result<Vec<Product>, RunError> {
    let focus: BTreeSet<String> = view.study.focus().iter().map(ToString::to_string).collect();
    let seeds: BTreeSet<&String> = view.manifest.study.seeds.iter().collect();
    let [dependencies, bands] =
        ["dependencies.parquet", "bands.parquet"].map(|file| view.run.products_in(file));
    let (dependencies, bands) = (dependencies?, bands?);
    let products = view.panel.products.iter().zip(view.descriptions);
    Ok(products
        .map(|(product, text)| {
            let code = product.code.to_string();
            Product {
                text: text.clone(),
                label: label(text, &code),
                tier: product.tier,
                seed: seeds.contains(&code),
                focus: focus.contains(&code),
                dependencies: dependencies.contains(&code),
                bands: bands.contains(&code),
                code,
            }
        })
        .collect())
}

/// The text of a product as far as a figure has room for it: up to the first comma, semicolon or bracket behind its name; the code if it has
/// no text.
fn label(text: &str, code: &str) -> String {
    let name = text.replace(": ", ", ");
    let name = name.trim();
    if name.is_empty() {
        return code.to_owned();
    }
    // One character for the dots.
    match name.chars().count() <= LABEL {
        true => name.to_owned(),
        false => cut(name, LABEL - 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_fits_a_figure() {
        assert_eq!(label("Graphite: natural, in powder or in flakes", "250410"), "Graphite, natural, in…");
        assert_eq!(label("Cobalt ores", "260500"), "Cobalt ores");
        assert_eq!(label(" ", "260500"), "260500");
        for text in
            ["Antidisestablishmentarianismus pur", "Rare earth metals: scandium and yttrium, whether or not"]
        {
            assert!(label(text, "1").chars().count() <= LABEL, "{}", label(text, "1"));
        }
    }
}
