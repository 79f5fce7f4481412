//! Groups of countries against the data: are their members there, and how stable is a group merged into one?

use super::error::PanelError;
use super::study_country::StudyCountry;
use crate::ingest::governance::{Governance, Origin, Stability, StabilityOptions};
use crate::nomenclature::CountryId;
use crate::study::{Problem, Study};
use crate::trade::{FlowSource, Margins};

/// What is wrong with the groups of a study: a member that the data do not know, a year without a list of members, a code that
/// is a country's, a member that is merged into something else.
pub(super) fn check_groups(study: &Study, store: &dyn FlowSource, years: &[u16]) -> Vec<Problem> {
    let table = store.countries();
    let problem = |key: &str, message: String| Problem { line: None, key: key.to_owned(), message };
    let mut problems = Vec::new();
    for (code, members) in &study.groups.define {
        for member in members.iter().filter(|m| table.by_iso3(m).is_none()) {
            let help = table.help_with(member);
            problems.push(problem(
                "groups.define",
                format!("{member} (in {code}) is not a country of the data{help}"),
            ));
        }
        if table.by_iso3(code).is_some() {
            problems.push(problem(
                "groups.define",
                format!("{code} is the code of a country; choose another code"),
            ));
        }
    }
    for group in study.mean_groups() {
        if table.by_iso3(&group.code).is_some() && !study.groups.define.contains_key(&group.code) {
            problems.push(problem(
                "groups.means",
                format!(
                    "{} is the code of a country of the data; leave the group out (means = []), or define it under another code",
                    group.code
                ),
            ));
        }
        if let Some(error) = years.iter().find_map(|&year| group.members_in(year).err()) {
            problems.push(problem("groups.means", error.to_string()));
        }
        for (merged, members) in &study.trade.merge {
            let swallowed: Vec<&str> = group
                .members
                .iter()
                .filter(|m| members.contains(&m.iso3) && m.iso3 != *merged)
                .map(|m| m.iso3.as_str())
                .collect();
            if !swallowed.is_empty() {
                problems.push(problem(
                    "groups.means",
                    format!(
                        "{} of {} cannot be told apart from {merged}, into which trade.merge or groups.consolidated merges them; leave one of the two out",
                        swallowed.join(", "),
                        group.code
                    ),
                ));
            }
        }
    }
    problems
}

/// Gives every consolidated group the mean stability of its members, weighted by what each exports out of the group.
/// Members without stability do not count.
pub(super) fn consolidated_stability(
    study: &Study,
    store: &dyn FlowSource,
    governance: &Governance,
    options: StabilityOptions,
    countries: &[StudyCountry],
    stability: &mut Stability,
) -> Result<(), PanelError> {
    for (place, country) in countries.iter().enumerate() {
        if !country.group || !study.groups.consolidated.contains(&country.code) {
            continue;
        }
        let Some(members) = study.trade.merge.get(&country.code) else { continue };
        let ids: Vec<CountryId> = members.iter().filter_map(|m| store.countries().by_iso3(m)).collect();
        let known: Vec<String> = ids.iter().map(|&id| store.countries().get(id).iso3.clone()).collect();
        let of_members = governance.resolve(&known, &stability.years, options)?;
        for (t, &year) in stability.years.clone().iter().enumerate() {
            let margins = store.margins(year)?;
            let weights: Vec<f64> = ids.iter().map(|&id| exports_out(&margins, id, &ids)).collect();
            if let Some((pv, origin)) = weighted_stability(&of_members.pv[t], &of_members.origin[t], &weights)
            {
                stability.pv[t][place] = Some(pv);
                stability.origin[t][place] = origin;
            }
        }
    }
    Ok(())
}

pub(super) fn exports_out(margins: &Margins, from: CountryId, group: &[CountryId]) -> f64 {
    (0..margins.countries())
        .filter(|&to| group.iter().all(|id| id.index() != to))
        .fold(0.0, |sum, to| sum + margins.between(from.index(), to))
}

/// The weighted mean, with the origin of the heaviest value; `None` if nothing weighs anything.
fn weighted_stability(pv: &[Option<f64>], origin: &[Origin], weights: &[f64]) -> Option<(f64, Origin)> {
    let (mut sum, mut weight, mut heaviest) = (0.0, 0.0, (0.0, Origin::Absent));
    for ((value, &origin), &w) in pv.iter().zip(origin).zip(weights) {
        let Some(value) = value else { continue };
        sum += w * value;
        weight += w;
        if w > heaviest.0 {
            heaviest = (w, origin);
        }
    }
    (weight > 0.0).then(|| (sum / weight, heaviest.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mean_of_what_is_known() {
        let pv = [Some(80.0), None, Some(20.0)];
        let origin = [Origin::Observed, Origin::Absent, Origin::Fifty];
        assert_eq!(weighted_stability(&pv, &origin, &[3.0, 9.0, 1.0]), Some((65.0, Origin::Observed)));
        assert_eq!(weighted_stability(&pv, &origin, &[0.0, 9.0, 0.0]), None);
    }
}
