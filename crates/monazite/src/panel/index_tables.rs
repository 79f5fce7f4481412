//! The tables behind the indices of a study: production, recycling and the like, by position of the country.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::PanelError;
use super::notes::Notes;
use super::production::Setting;
use super::study_country::ABSENT;
use crate::indices::{FactorKey, Factors, Index, IndexTables};
use crate::ingest::factors::{FactorKind, read_factors};
use crate::plain_text::listed;
use crate::study::Problem;

/// Reads the tables that `[indices]` of the study names.
///
/// # Errors
/// [`PanelError`] if one cannot be read, or does not fit the study: a unit that cannot be right, no row for any of its products.
pub(super) fn index_tables(setting: &Setting<'_>, notes: &mut Notes) -> Result<IndexTables, PanelError> {
    let section = &setting.study.indices;
    let mut tables = IndexTables::default();
    if let Some(path) = &section.production {
        let way_out = "take indices.production out";
        let (found, _) = setting.table("indices.production", path, way_out, notes)?;
        let product_years = setting.products.len() * setting.years.len();
        notes.push(format!(
            "Production is known in {} of {product_years} product-years of the study; {} undefined in the others, and a country \
             without a row makes nothing.",
            found.len(),
            match section.tables_at_hand().lacking(Index::EuSr).is_empty() {
                true => "eu_sr and geopolrisk are",
                false => "geopolrisk is",
            }
        ));
        tables.production = Some(found);
    }
    let mut read = |key: &str, path: &Option<PathBuf>, kind: FactorKind| {
        path.as_ref().map(|path| factors(setting, key, path, kind, notes)).transpose()
    };
    tables.recycling = read("recycling", &section.recycling, FactorKind::Recycling)?;
    tables.substitution = read("substitution", &section.substitution, FactorKind::Substitution)?;
    tables.trade_factor = read("trade_factor", &section.trade_factor, FactorKind::TradeFactor)?;
    let (dp, ev) = (FactorKind::DisruptionPotential, FactorKind::EconomicVulnerability);
    tables.disruption_potential = read("disruption_potential", &section.disruption_potential, dp)?;
    tables.economic_vulnerability = read("economic_vulnerability", &section.economic_vulnerability, ev)?;
    Ok(tables)
}

fn factors(
    setting: &Setting<'_>,
    key: &str,
    path: &Path,
    kind: FactorKind,
    notes: &mut Notes,
) -> Result<Factors, PanelError> {
    let groups: BTreeSet<String> =
        setting.countries.iter().filter(|c| c.group).map(|c| c.code.clone()).collect();
    let known = setting.store.countries();
    let table = read_factors(&setting.study.resolve(path), kind, known, &groups)?;
    notes.extend(table.notes.iter().cloned());
    notes.extend(table.outside(setting.products));
    let place = |code: &String| -> Option<u16> {
        let of_group = setting.countries.iter().position(|c| c.group && c.code == *code);
        let of_country = || {
            let place = known.by_iso3(code).map(|id| setting.place[id.index()])?;
            // A member of a merged group is no country of the study.
            let itself = setting.countries.get(usize::from(place)).is_some_and(|c| c.code == *code);
            (place != ABSENT && itself).then_some(place)
        };
        of_group.map(|at| at as u16).or_else(of_country)
    };
    let members: BTreeSet<String> = table
        .rows
        .keys()
        .filter_map(|(_, code, _)| {
            let code = code.as_ref()?;
            Some(format!("{code} ({})", setting.study.merged_into(code)?))
        })
        .collect();
    if !members.is_empty() {
        notes.push(format!(
            "{}: rows of countries that are merged in this study count for nothing: {}; give rows for the group.",
            table.short_name(),
            listed(&members, "")
        ));
    }
    let mut rows: Vec<(FactorKey, f64)> = Vec::new();
    for ((product, code, year), number) in &table.rows {
        let about = product.is_none_or(|product| setting.products.binary_search(&product).is_ok())
            && year.is_none_or(|year| setting.years.contains(&year));
        let country = code.as_ref().map(place);
        if about && country != Some(None) {
            rows.push(((*product, country.flatten(), *year), *number));
        }
    }
    if rows.is_empty() {
        let message = format!(
            "{} has no row for any product, year and country of the study; give rows for them, or take indices.{key} out",
            table.file
        );
        let problem = Problem { line: None, key: format!("indices.{key}"), message };
        return Err(setting.study.error(vec![problem]).into());
    }
    Ok(Factors::new(rows))
}
