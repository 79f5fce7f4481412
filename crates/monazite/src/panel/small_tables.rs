//! Small tables of a run: what the pass over the products comes to, by product, year or country.

use parquet::data_type::ByteArray;

use super::change_rows::TrendRow;
use super::diagnostics::{Break, ProductYearRecord};
use super::product::StrengthRow;
use super::world::World;
use crate::columnar::Values;
use crate::indicators::comparative_advantage::is_strength;
use crate::indicators::composite::{COMPOSITE_INDICATORS, Composite};
use crate::indicators::import_weights::ContentChangeOfMean;
use crate::indicators::input_products::input_products;
use crate::nomenclature::Hs6;
use crate::run_folder::tables::{BREAKS, COMPOSITE, COUNTRIES, INPUTS, PRODUCT_YEARS, STRENGTHS, TRENDS};
use crate::run_folder::{CsvTable, FolderError, RunFolder, cell};
use crate::study::Study;
use crate::value_chain::ValueChain;

pub(super) fn write_countries(
    folder: &mut RunFolder,
    study: &Study,
    world: &World,
) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&COUNTRIES);
    for country in &world.countries {
        let members = study.trade.merge.get(&country.code).filter(|_| country.group);
        table.row(&[
            country.code.clone(),
            country.name.clone(),
            if country.group { "merged" } else { "country" }.to_owned(),
            members.map_or_else(String::new, |m| m.join(" ")),
        ]);
    }
    table.write(folder, COUNTRIES.file)
}

pub(super) fn write_composite(
    folder: &mut RunFolder,
    composite: Option<&Composite>,
) -> Result<(), FolderError> {
    let Some(composite) = composite else { return Ok(()) };
    let mut table = CsvTable::of(&COMPOSITE);
    for (i, indicator) in COMPOSITE_INDICATORS.iter().enumerate() {
        table.row(&[
            (*indicator).to_owned(),
            composite.mean[i].to_string(),
            composite.sd[i].to_string(),
            composite.loading[i].to_string(),
            composite.explained_variance().to_string(),
        ]);
    }
    table.write(folder, COMPOSITE.file)
}

pub(super) fn write_trends(
    folder: &mut RunFolder,
    world: &World,
    trends: &[TrendRow],
) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&TRENDS);
    for row in trends {
        let part = |at: usize| cell(row.parts.map(|p| p[at]));
        let balanced = |of: fn(ContentChangeOfMean) -> f64| cell(row.balanced.parts.map(of));
        table.row(&[
            world.products[row.product as usize].to_string(),
            world.years[row.year].to_string(),
            row.trade.to_string(),
            cell(row.weighted),
            cell(row.plain),
            part(0),
            part(1),
            part(2),
            cell(row.balanced.weighted),
            cell(row.balanced.plain),
            cell(row.balanced.change),
            balanced(|parts| parts.shares),
            balanced(|parts| parts.stability),
            balanced(|parts| parts.import_content),
            balanced(|parts| parts.importers),
        ]);
    }
    table.write(folder, TRENDS.file)
}

pub(super) fn write_diagnostics(
    folder: &mut RunFolder,
    world: &World,
    rows: &[ProductYearRecord],
) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&PRODUCT_YEARS);
    for row in rows {
        let codes = |places: &[u16]| -> String {
            let codes: Vec<&str> =
                places.iter().map(|&c| world.countries[usize::from(c)].code.as_str()).collect();
            codes.join(" ")
        };
        table.row(&[
            world.products[row.product as usize].to_string(),
            world.years[row.year].to_string(),
            row.flows.to_string(),
            row.trade.to_string(),
            row.importers.to_string(),
            row.exporters.to_string(),
            cell(row.ending_share),
            cell(row.imputed_share),
            cell(row.through_hubs),
            cell(row.crossings),
            cell(row.quantity_coverage),
            row.within_groups.to_string(),
            row.without_stability.to_string(),
            row.outside_country_set.to_string(),
            row.trickles.to_string(),
            row.traced.to_string(),
            codes(&row.clamped),
            codes(&row.clamped_mass_balance),
        ]);
    }
    table.write(folder, PRODUCT_YEARS.file)
}

pub(super) fn write_breaks(
    folder: &mut RunFolder,
    world: &World,
    breaks: &[Break],
) -> Result<(), FolderError> {
    if breaks.is_empty() {
        return Ok(());
    }
    let mut table = CsvTable::of(&BREAKS);
    for row in breaks {
        table.row(&[
            world.products[row.product as usize].to_string(),
            row.year.to_string(),
            row.log_change.to_string(),
            row.score.to_string(),
            row.flagged.to_string(),
        ]);
    }
    table.write(folder, BREAKS.file)
}

pub(super) fn write_strengths(
    folder: &mut RunFolder,
    study: &Study,
    world: &World,
    strengths: &[StrengthRow],
) -> Result<(), FolderError> {
    if strengths.is_empty() {
        return Ok(());
    }
    let product: Vec<ByteArray> = strengths
        .iter()
        .map(|s| ByteArray::from(world.products[s.product as usize].to_string().into_bytes()))
        .collect();
    let country: Vec<ByteArray> = strengths
        .iter()
        .map(|s| ByteArray::from(world.countries[usize::from(s.country)].code.clone().into_bytes()))
        .collect();
    let mean_rca: Vec<f64> = strengths.iter().map(|s| s.mean_rca).collect();
    folder.write_table(
        STRENGTHS.file,
        &STRENGTHS.schema(study.output.compression_level),
        &[Values::Text(&product), Values::Text(&country), Values::Number(&mean_rca)],
    )
}

pub(super) fn write_inputs(
    folder: &mut RunFolder,
    world: &World,
    chain: &ValueChain,
    strengths: &[StrengthRow],
) -> Result<(), FolderError> {
    if chain.links().is_empty() {
        return Ok(());
    }
    let mut strong_in: Vec<Vec<Hs6>> = vec![Vec::new(); world.countries.len()];
    for row in strengths.iter().filter(|s| is_strength(Some(s.mean_rca))) {
        strong_in[usize::from(row.country)].push(world.products[row.product as usize]);
    }
    let mut table = CsvTable::of(&INPUTS);
    for (country, products) in world.countries.iter().zip(strong_in) {
        for input in input_products(chain, products) {
            table.row(&[country.code.clone(), input.to_string()]);
        }
    }
    table.write(folder, INPUTS.file)
}
