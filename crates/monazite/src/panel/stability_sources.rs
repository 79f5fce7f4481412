//! Whose political stability the countries of a study have.

use super::error::PanelError;
use super::groups::exports_out;
use super::world::World;
use crate::nomenclature::CountryId;
use crate::study::Study;
use crate::trade::FlowSource;

/// Whose stability a country of the study has in a year: iso3 and weight; the weights of a merged group sum to 1.
pub type Sources = Vec<(String, f64)>;

/// Whose stability each country of a study has, by year: iso3 and weight, the lead of a merged group alone, the members of a consolidated
/// one by what they export out of it. Nobody's where the value is filled in.
///
/// # Errors
/// [`PanelError::Store`] if the store is damaged.
pub fn stability_sources(
    study: &Study,
    store: &dyn FlowSource,
    world: &World,
) -> Result<Vec<Vec<Sources>>, PanelError> {
    let mut sources = Vec::with_capacity(world.years.len());
    for (t, &year) in world.years.iter().enumerate() {
        let mut of_year = Vec::with_capacity(world.countries.len());
        for (place, country) in world.countries.iter().enumerate() {
            let members = study.trade.merge.get(&country.code).filter(|_| country.group);
            of_year.push(match members {
                Some(members) if study.groups.consolidated.contains(&country.code) => {
                    let ids: Vec<CountryId> =
                        members.iter().filter_map(|m| store.countries().by_iso3(m)).collect();
                    let margins = store.margins(year)?;
                    let weights: Vec<f64> = ids.iter().map(|&id| exports_out(&margins, id, &ids)).collect();
                    let sum: f64 = weights.iter().sum();
                    ids.iter()
                        .zip(weights)
                        .filter(|(_, weight)| *weight > 0.0)
                        .map(|(&id, weight)| (store.countries().get(id).iso3.clone(), weight / sum))
                        .collect()
                }
                _ if world.is_imputed(t, place) => Vec::new(),
                Some(members) => members.iter().take(1).map(|lead| (lead.clone(), 1.0)).collect(),
                None => vec![(country.code.clone(), 1.0)],
            });
        }
        sources.push(of_year);
    }
    Ok(sources)
}
