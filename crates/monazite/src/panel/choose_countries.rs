//! The countries of a study: those that trade anything in its years, groups merged.

use std::collections::BTreeMap;

use super::error::PanelError;
use super::study_country::{ABSENT, StudyCountry};
use crate::study::{Problem, Study, TradeSection};
use crate::trade::FlowSource;

pub(crate) type Countries = (Vec<StudyCountry>, Vec<String>, Vec<u16>, Vec<Vec<bool>>);

/// The countries that trade anything in these years, groups merged: their codes, whose stability they have, the
/// place of each country of the store, and in which years they trade.
pub(crate) fn choose_countries(
    study: &Study,
    store: &dyn FlowSource,
    years: &[u16],
) -> Result<Countries, PanelError> {
    let table = store.countries();
    let mut trades = vec![vec![false; table.len()]; years.len()];
    for (t, &year) in years.iter().enumerate() {
        let margins = store.margins(year)?;
        for a in 0..table.len() {
            for c in 0..table.len() {
                if margins.between(a, c) > 0.0 {
                    trades[t][a] = true;
                    trades[t][c] = true;
                }
            }
        }
    }
    let mut group_of: BTreeMap<&str, &str> = BTreeMap::new();
    let mut problems = Vec::new();
    for (group, members) in &study.trade.merge {
        for member in members {
            if table.by_iso3(member).is_none() {
                problems.push(problem(
                    "trade.merge",
                    format!("{member} (in {group}) is not a country of the data{}", table.help_with(member)),
                ));
            }
            group_of.insert(member, group);
        }
        let trades = |member: &String| {
            table.by_iso3(member).is_none_or(|id| trades.iter().any(|year| year[id.index()]))
        };
        if !members.iter().any(trades) {
            problems.push(problem(
                "trade.merge",
                format!(
                    "no member of {group} trades in these years, so there is no such group; leave it out"
                ),
            ));
        }
        if let Some(id) = table.by_iso3(group)
            && !members.contains(&table.get(id).iso3)
        {
            problems.push(problem(
                "trade.merge",
                format!("{group} is the code of a country that is not in the group; choose another code"),
            ));
        }
    }
    // The entrepots that are there by default need not be in everybody's data.
    let named = study.trade.hubs != TradeSection::default().hubs;
    for hub in &study.trade.hubs {
        if named && table.by_iso3(hub).is_none() {
            let help = table.help_with(hub);
            problems.push(problem("trade.hubs", format!("{hub} is not a country of the data{help}")));
        }
    }
    if !problems.is_empty() {
        return Err(study.error(problems).into());
    }
    let mut found: BTreeMap<String, (StudyCountry, String)> = BTreeMap::new();
    let mut code_of: Vec<Option<String>> = vec![None; table.len()];
    for (id, country) in table.iter() {
        if !trades.iter().any(|year| year[id.index()]) {
            continue;
        }
        let (code, entry) = match group_of.get(country.iso3.as_str()) {
            Some(&group) => {
                let members = &study.trade.merge[group];
                let name = format!("{group} ({})", members.join(", "));
                let entry = (StudyCountry { code: group.to_owned(), name, group: true }, members[0].clone());
                (group.to_owned(), entry)
            }
            None => {
                let entry =
                    StudyCountry { code: country.iso3.clone(), name: country.name.clone(), group: false };
                (country.iso3.clone(), (entry, country.iso3.clone()))
            }
        };
        code_of[id.index()] = Some(code.clone());
        found.entry(code).or_insert(entry);
    }
    let position: BTreeMap<&str, u16> =
        found.keys().enumerate().map(|(at, code)| (code.as_str(), at as u16)).collect();
    let place: Vec<u16> =
        code_of.iter().map(|code| code.as_ref().map_or(ABSENT, |code| position[code.as_str()])).collect();
    let mut active = vec![vec![false; found.len()]; years.len()];
    for t in 0..years.len() {
        for (store_place, &at) in place.iter().enumerate() {
            if at != ABSENT && trades[t][store_place] {
                active[t][usize::from(at)] = true;
            }
        }
    }
    let (countries, leads) = found.into_values().unzip();
    Ok((countries, leads, place, active))
}

fn problem(key: &str, message: String) -> Problem {
    Problem { line: None, key: key.to_owned(), message }
}
