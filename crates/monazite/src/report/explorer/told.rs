//! The sentences of the page, each with what kind it is and what it is about. All of them are made in [`findings`] and its neighbours, which
//! reports and briefs tell from too.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::indicators::Column;
use crate::report::brief::product::trend_finding;
use crate::report::brief::product_words::product_text;
use crate::report::findings::{self, HALF};
use crate::report::page::findings::{of_risk, of_suppliers};
use crate::report::ranking::is_ranked;
use crate::report::risk_findings;
use crate::run::{RunError, RunView};
use crate::study::TradeMeasure;

/// A sentence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    id: &'static str,
    subject: String,
    text: String,
}

/// The subject of a sentence about the whole study.
const STUDY: &str = "study";

/// All sentences: of the study, then of its products and of every country in the last year. Countries with less than a thousandth of the imports
/// of the chain, which are not ranked either, have one sentence each: all of them would be a third of the file.
pub(super) fn findings(view: &RunView<'_>) -> Result<Vec<Finding>, RunError> {
    let mut told = findings_of_study(view)?;
    if view.panel.years.is_empty() {
        return Ok(told);
    }
    for product in 0..view.panel.products.len() {
        of_product(view, product, &mut told);
    }
    let (products, year) = (view.chain_products(), view.last_year());
    let imports: Vec<f64> = (0..view.panel.countries.len())
        .map(|country| {
            let of = |&product: &usize| view.panel.value(Column::Imports, product, year, country);
            products.iter().filter_map(of).fold(0.0, |sum, imports| sum + imports)
        })
        .collect();
    let world = imports.iter().fold(0.0, |sum, imports| sum + imports);
    for (country, imports) in imports.into_iter().enumerate() {
        of_country(view, country, is_ranked(imports, world), &mut told);
    }
    Ok(told)
}

/// The sentences about the whole study.
pub(super) fn findings_of_study(view: &RunView<'_>) -> Result<Vec<Finding>, RunError> {
    let mut told = Vec::new();
    if view.panel.years.is_empty() {
        return Ok(told);
    }
    let mut study = |id: &'static str, texts: Vec<String>| {
        told.extend(texts.into_iter().map(|text| Finding { id, subject: STUDY.to_owned(), text }));
    };
    study("main", view.run.main_finding()?.into_iter().collect());
    study("suppliers", of_suppliers(view));
    study("trickled_products", of_risk(view));
    Ok(told)
}

/// Adds sentences about one subject.
struct Telling<'a> {
    told: &'a mut Vec<Finding>,
    subject: String,
}

impl Telling<'_> {
    fn tell(&mut self, id: &'static str, text: Option<String>) {
        let subject = &self.subject;
        self.told.extend(text.map(|text| Finding { id, subject: subject.clone(), text }));
    }
}

fn of_product(view: &RunView<'_>, product: usize, told: &mut Vec<Finding>) {
    let (panel, year) = (view.panel, view.last_year());
    let (code, when) = (panel.products[product].code.to_string(), panel.years[year]);
    let mut telling = Telling { told, subject: format!("product:{code}") };
    let world = view.world_imports(product, year);
    if world <= 0.0 {
        let last = (0..year).rev().find(|&t| view.world_imports(product, t) > 0.0).map(|t| panel.years[t]);
        telling.tell("not_traded", findings::not_traded(&product_text(view, product), when, last));
        return;
    }
    if view.study.trade.measure == TradeMeasure::Quantity {
        let coverage = view.trends[product][year].quantity_coverage;
        let enough = coverage.is_some_and(|coverage| coverage >= view.study.trade.min_quantity_coverage);
        let said = findings::measured_by_quantity(&code, when, coverage, enough);
        telling.tell("measured_by_quantity", Some(said));
    }
    let largest = (0..panel.countries.len())
        .filter_map(|c| Some((c, panel.value(Column::Exports, product, year, c)?)))
        .filter(|(_, exports)| *exports > 0.0)
        .reduce(|best, other| if other.1 > best.1 { other } else { best });
    if let Some((country, exports)) = largest {
        let (name, pv) = (view.name(country), view.pv_of(year, country));
        telling.tell("largest_supplier", findings::largest_supplier(&code, when, name, exports / world, pv));
    }
    if view.suppliers.is_some() {
        let (mut importers, mut known, mut narrow, mut share) = (0, 0, 0, 0.0);
        for country in 0..panel.countries.len() {
            let imports = panel.value(Column::Imports, product, year, country).unwrap_or(0.0);
            importers += usize::from(imports > 0.0);
            let main = view.suppliers_of(product, year, country).first().filter(|_| imports > 0.0);
            known += usize::from(main.is_some());
            if main.is_some_and(|main| main.share > HALF) {
                narrow += 1;
                share += imports / world;
            }
        }
        let said = findings::importers_in_one_hand(&code, when, narrow, importers, known, share);
        telling.tell("importers_in_one_hand", said);
    }
    telling.tell("average_risk", trend_finding(view, product, year));
}

fn of_country(view: &RunView<'_>, country: usize, in_full: bool, told: &mut Vec<Finding>) {
    let (panel, year) = (view.panel, view.last_year());
    let (name, when) = (view.name(country), panel.years[year]);
    let mut telling = Telling { told, subject: format!("country:{}", panel.countries[country].code) };
    let products = view.chain_products();
    let (mut imported, mut unknown, mut narrow) = (0, 0, 0);
    let mut suppliers: BTreeMap<usize, usize> = BTreeMap::new();
    let mut worst: Option<(usize, f64)> = None;
    for &product in &products {
        let value = |column| panel.value(column, product, year, country);
        if value(Column::Imports).is_none_or(|imports| imports <= 0.0) {
            continue;
        }
        imported += 1;
        let Some(main) = view.suppliers_of(product, year, country).first() else {
            unknown += 1;
            continue;
        };
        if main.share <= HALF || value(Column::Exposure).is_none_or(|exposure| exposure <= HALF) {
            continue;
        }
        narrow += 1;
        *suppliers.entry(main.supplier).or_default() += 1;
        if let Some(risk) = value(Column::StrMassBalance)
            && worst.is_none_or(|(_, most)| risk > most)
        {
            worst = Some((product, risk));
        }
    }
    if view.suppliers.is_some() {
        telling.tell("chokepoints", findings::chokepoints(name, when, narrow, imported, unknown));
        if !in_full {
            return;
        }
        let counts: Vec<(String, usize)> =
            suppliers.into_iter().map(|(supplier, count)| (view.name(supplier).to_owned(), count)).collect();
        telling.tell("commonest_supplier", findings::commonest_supplier(&counts, narrow));
    }
    if let Some((product, risk)) = worst {
        let paper = panel.value(Column::Str, product, year, country);
        let (text, floor) = (product_text(view, product), view.str_scale().floor());
        let said = risk_findings::highest_mass_balanced(name, when, &text, risk, paper, floor);
        telling.tell("highest_risk", said);
    }
    let sold = products.iter().filter_map(|&product| {
        let exports =
            panel.value(Column::Exports, product, year, country).filter(|exports| *exports > 0.0)?;
        let world = view.world_imports(product, year);
        (world > 0.0).then_some((product, exports / world))
    });
    if let Some((product, share)) = sold.reduce(|best, other| if other.1 > best.1 { other } else { best }) {
        let is_main = |c: &usize| {
            view.suppliers_of(product, year, *c).first().is_some_and(|main| main.supplier == country)
        };
        let customers = (0..panel.countries.len()).filter(is_main).count();
        let text = product_text(view, product);
        telling.tell("strongest_supply", findings::strongest_supply(name, when, &text, customers, share));
    }
    if let (Some(of), Some(typology)) =
        (view.clusters.get(&panel.countries[country].code), &view.manifest.typology)
    {
        let label = crate::report::figures::cluster_name(of.cluster);
        let said = findings::kind_of_country(name, &label, of.years_in_cluster, of.years, &typology.trust);
        telling.tell("kind_of_country", said);
    }
}
