//! What a reader should know of the rows and references of the regressions, in sentences.

use std::collections::{BTreeMap, BTreeSet};

use super::estimation::{InputsOf, Seeds, Specification};
use super::presets::{Estimated, Preset};
use super::sweep::Sweep;
use super::transform::Transform;
use super::variable::{Grouping, Timing, Variable};
use super::windows::Windows;
use super::yearly::YearlyPanel;
use crate::indicators::Column;
use crate::units::grouped;

/// Leverage from which a single row is named.
const LARGE_LEVERAGE: f64 = 0.3;
/// Share of rows from which seeds, and rows without advantage in the baseline, are named.
const MANY: f64 = 0.1;

/// The number of clusters of the typology, outliers (0) aside.
pub(super) fn clusters_of(panel: &YearlyPanel) -> usize {
    panel.countries.iter().filter_map(|c| c.cluster).filter(|c| *c > 0).collect::<BTreeSet<_>>().len()
}

/// Takes references that no country or product of the panel has for the first level, the same in all regressions, and says so. Without seeds,
/// tier 0 is none, and the first tier left is the reference, as is documented.
pub(super) fn settle_references(
    specification: &mut Specification,
    panel: &YearlyPanel,
    notes: &mut Vec<String>,
) {
    let countries = panel
        .countries
        .iter()
        .filter(|c| !specification.exclude.contains(&c.code) && (specification.groups || !c.beside_members));
    let clusters: BTreeSet<i32> = countries.filter_map(|c| c.cluster).collect();
    let drop = specification.seeds == Seeds::Drop;
    let tiers: BTreeSet<i32> =
        panel.products.iter().filter_map(|p| p.tier).filter(|t| *t > 0 || !drop).map(i32::from).collect();
    let factors = specification.factors.clone();
    for (grouping, levels, reference) in [
        (Grouping::Cluster, clusters, &mut specification.reference_cluster),
        (Grouping::Tier, tiers, &mut specification.reference_tier),
    ] {
        let Some(first) = levels.first().map(i32::to_string) else { continue };
        if !factors.contains(&grouping) || levels.iter().any(|level| level.to_string() == *reference) {
            continue;
        }
        let name = grouping.name();
        if !(drop && grouping == Grouping::Tier && reference == "0") {
            notes.push(format!(
                "Nothing has {name} {reference} (regression.reference_{name}): all regressions compare with {name} {first} instead."
            ));
        }
        *reference = first;
    }
}

/// Which rows a regression rests on: seeds, whose inputs are filled in; rows without advantage in the baseline; the row with the largest
/// leverage. `None` if there is nothing to say.
pub(super) fn rows_note(
    panel: &YearlyPanel,
    specification: &Specification,
    windows: &Windows,
    preset: Preset,
    estimated: &Estimated,
) -> Option<String> {
    let countries = panel.countries.len();
    let mut said = Vec::new();
    let rows = estimated.rows;
    let share = |count: usize| {
        format!(
            "{} of {} rows ({:.0} %)",
            grouped(count as u64),
            grouped(rows as u64),
            100.0 * count as f64 / rows as f64
        )
    };
    let many = |count: &usize| *count as f64 >= MANY * rows as f64;
    let with_inputs = specification.variables().any(|v| v.inputs);
    let seeds = estimated.pairs.iter().filter(|p| is_seed(panel, **p as usize / countries)).count();
    if with_inputs && specification.inputs == InputsOf::Product && many(&seeds) {
        said.push(format!(
            "{} are seeds, which have no inputs: their input columns are filled with {}, and the coefficients of the inputs rest on the other rows",
            share(seeds),
            specification.fill
        ));
    }
    let of_baseline = Variable::baseline(Column::Rca);
    if preset.transform != Transform::Log
        && specification.variables().any(|v| v.column == of_baseline.column && v.timing != Timing::After)
        && let Some(years) = panel.years_of(windows.baseline)
    {
        let means = panel.means(&years);
        let advantage = means.of(Column::Rca);
        let zero = estimated.pairs.iter().filter(|p| advantage[**p as usize] == 0.0).count();
        if many(&zero) {
            said.push(format!("{} have a baseline RCA of 0, from which it can only grow", share(zero)));
        }
    }
    if let Some(leverage) = estimated.leverage.filter(|l| l.value >= LARGE_LEVERAGE) {
        let (product, country) = (leverage.pair as usize / countries, leverage.pair as usize % countries);
        said.push(format!(
            "one row, {} {}, has a leverage of {:.2} (the mean is {:.4}): the coefficients rest on it more than on any other",
            panel.countries[country].code,
            panel.products[product].code,
            leverage.value,
            estimated.parameters as f64 / rows as f64
        ));
    }
    (!said.is_empty()).then(|| format!("{}: {}.", preset.name(), said.join("; ")))
}

fn is_seed(panel: &YearlyPanel, product: usize) -> bool {
    let product = &panel.products[product];
    product.tier == Some(0) && product.inputs.is_empty()
}

/// Which regressions compare with another level than the others, since none of their rows has the reference.
pub(super) fn stand_in_notes<'a>(
    regressions: impl Iterator<Item = (Preset, &'a Estimated)>,
    sweep: Option<&Sweep>,
) -> Vec<String> {
    let mut found: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for (preset, estimated) in regressions {
        for r in estimated.references.iter().filter(|r| r.stands_in) {
            found.entry((r.factor.clone(), r.level.clone())).or_default().push(preset.name());
        }
    }
    let mut notes: Vec<String> = found
        .into_iter()
        .map(|((factor, level), presets)| {
            let presets: Vec<String> = presets.iter().map(|p| format!("\u{201c}{p}\u{201d}")).collect();
            format!(
                "In {} no row has the {factor} that the others are compared with: {factor}s are compared with {factor} {level} there, and the names of \
                 the coefficients say so ({factor} \u{2026} (against {level})). Do not read them beside those of the other columns.",
                presets.join(", ")
            )
        })
        .collect();
    if let Some(sweep) = sweep {
        let all: BTreeSet<_> = sweep.rows.iter().map(|r| (r.windows, r.preset)).collect();
        let other: BTreeSet<_> = sweep
            .rows
            .iter()
            .filter(|r| r.term.contains(" (against "))
            .map(|r| (r.windows, r.preset))
            .collect();
        if !other.is_empty() {
            notes.push(format!(
                "In {} of {} regressions of the sweep no row has the reference of a factor; the coefficients of its levels have names of their own \
                 (against another level) and are summarised apart.",
                other.len(),
                all.len()
            ));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::yearly::{PanelCountry, PanelProduct};

    fn panel(clusters: &[Option<i32>], tiers: &[u8]) -> YearlyPanel {
        let countries = clusters.iter().enumerate().map(|(at, &cluster)| PanelCountry {
            code: format!("C{at}"),
            beside_members: false,
            cluster,
        });
        let products = tiers.iter().enumerate().map(|(at, &tier)| PanelProduct {
            code: format!("{:06}", 280_000 + at).parse().unwrap(),
            tier: Some(tier),
            inputs: Vec::new(),
        });
        let pairs = clusters.len() * tiers.len();
        YearlyPanel::new(
            vec![2010],
            products.collect(),
            countries.collect(),
            BTreeMap::new(),
            vec![f64::NAN; pairs],
        )
    }

    #[test]
    fn references_that_nothing_has_are_settled_once_and_said() {
        let panel = panel(&[Some(0), Some(2), Some(3), Some(2), None], &[0, 1]);
        assert_eq!(clusters_of(&panel), 2, "outliers, and countries without a cluster, aside");
        let (mut specification, mut notes) = (Specification::default(), Vec::new());
        settle_references(&mut specification, &panel, &mut notes);
        assert_eq!(
            (specification.reference_cluster.as_str(), specification.reference_tier.as_str()),
            ("0", "0")
        );
        assert!(
            notes.len() == 1 && notes[0].contains("cluster 1 (regression.reference_cluster)"),
            "{notes:?}"
        );
        // Without seeds tier 1 is the reference, as is documented.
        notes.clear();
        specification.seeds = Seeds::Drop;
        settle_references(&mut specification, &panel, &mut notes);
        assert_eq!((specification.reference_tier.as_str(), notes.len()), ("1", 0));
    }
}
