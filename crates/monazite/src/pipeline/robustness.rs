//! What the robustness checks of the regression are computed from: the panel of indicators made anew from the trade, in memory.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Error;
use crate::indicators::Column;
use crate::nomenclature::Hs6;
use crate::panel::product::{ProductMemory, ProductOutput, ProductRun, YearFlows};
use crate::panel::{PanelError, World};
use crate::regression::robustness::{RobustnessCheck, RobustnessOptions, with_indirect_risk};
use crate::regression::yearly::{PanelCountry, PanelProduct, YearlyPanel};
use crate::study::{CountrySet, Coverage, Study, TradeMeasure};
use crate::trade::{FlowBatch, Store};
use crate::value_chain::ValueChain;

/// What the checks are computed from.
#[derive(Debug, Clone, Copy)]
pub struct TradeData<'a> {
    /// The trade.
    pub store: &'a Store,
    /// The value chain.
    pub chain: &'a ValueChain,
}

/// The yearly panel as a check sees it, computed anew from the trade in memory; nothing is written.
///
/// `like` is the panel of the study itself: it says which columns and products are needed, and lends the clusters. `None` if the
/// check changes nothing, in words.
///
/// # Errors
/// [`Error::Study`] if the changed study does not fit the data, [`Error::Store`] if the store is damaged.
pub fn changed_panel(
    check: RobustnessCheck,
    study: &Study,
    like: &YearlyPanel,
    data: TradeData<'_>,
    options: &RobustnessOptions,
) -> Result<Result<YearlyPanel, String>, Error> {
    let mut changed = study.clone();
    changed.indicators.decomposition = Coverage::None;
    changed.indicators.dependencies = Coverage::None;
    match check {
        RobustnessCheck::FixedStability => changed.stability.fixed_year = Some(options.year),
        RobustnessCheck::BalancedSet => changed.trade.country_set = CountrySet::Balanced,
        RobustnessCheck::MergedEntrepots => {
            let taken: Vec<&String> = study.trade.merge.values().flatten().collect();
            let known =
                |iso3: &&String| data.store.countries().by_iso3(iso3).is_some() && !taken.contains(iso3);
            let mut added = 0;
            for (group, members) in &options.merge {
                let members: Vec<String> = members.iter().filter(known).cloned().collect();
                if members.len() >= 2 && !study.trade.merge.contains_key(group) {
                    changed.trade.merge.insert(group.clone(), members);
                    added += 1;
                }
            }
            if added == 0 {
                return Ok(Err(
                    "none of the groups has two members in these data that are not merged already".to_owned(),
                ));
            }
        }
        RobustnessCheck::IndirectRisk => return Ok(Ok(with_indirect_risk(like))),
        RobustnessCheck::UniformStability => {}
    }
    let mut world = World::prepare(&changed, data.store, data.chain)?;
    if check == RobustnessCheck::UniformStability {
        let alpha = study.indicators.pv_free_alpha;
        world.instability.iter_mut().flatten().for_each(|w| *w = alpha);
    }
    compute(&changed, &world, like, data).map(Ok)
}

/// Computes the columns of a panel for its products.
fn compute(
    study: &Study,
    world: &World,
    like: &YearlyPanel,
    data: TradeData<'_>,
) -> Result<YearlyPanel, Error> {
    let products: Vec<Hs6> =
        like.products.iter().map(|p| p.code).filter(|c| world.products.contains(c)).collect();
    let columns: Vec<Column> = like.columns().collect();
    let with_quantity = study.trade.measure == TradeMeasure::Quantity;
    // A constant, so that what is read together does not depend on threads.
    let parts: Vec<Result<ProductOutput, Error>> = products
        .par_chunks(8)
        .map_init(ProductMemory::default, |work, chunk| {
            let batches: Vec<FlowBatch> = world
                .years
                .iter()
                .map(|&year| data.store.read(year, chunk, with_quantity))
                .collect::<Result<_, _>>()?;
            let mut output = ProductOutput::default();
            for &product in chunk {
                let position = world.products.binary_search(&product).expect("a product of the study") as u32;
                let years: Vec<YearFlows<'_>> = batches.iter().map(|b| YearFlows::of(b, product)).collect();
                ProductRun { study, world, position, in_focus: false, columns: &columns }
                    .compute(&years, work, &mut output)
                    .map_err(|source| PanelError::Indicators { product, source })?;
            }
            Ok(output)
        })
        .collect();

    let (years, countries) = (world.years.len(), world.countries.len());
    let mut values: BTreeMap<Column, Vec<f64>> =
        columns.iter().map(|&c| (c, vec![f64::NAN; products.len() * years * countries])).collect();
    let mut mean_rca = vec![f64::NAN; products.len() * countries];
    let place: BTreeMap<u32, usize> = products
        .iter()
        .enumerate()
        .map(|(at, code)| (world.products.binary_search(code).expect("a product of the study") as u32, at))
        .collect();
    for part in parts {
        let part = part?;
        let panel = &part.panel;
        for (&column, values) in &mut values {
            // The composite is fitted on the study's own panel; a check has none, and its values stay missing.
            for (row, &value) in panel.column(column).iter().enumerate() {
                let year = world.years.binary_search(&(panel.year[row] as u16)).expect("a year of the study");
                let at =
                    (place[&panel.product[row]] * years + year) * countries + usize::from(panel.country[row]);
                values[at] = value;
            }
        }
        for row in &part.strengths {
            mean_rca[place[&row.product] * countries + usize::from(row.country)] = row.mean_rca;
        }
    }
    let position: BTreeMap<Hs6, usize> = products.iter().enumerate().map(|(at, code)| (*code, at)).collect();
    let of_product = |code: Hs6| PanelProduct {
        code,
        tier: data.chain.tier(code),
        inputs: data.chain.inputs_of(code).iter().filter_map(|input| position.get(input).copied()).collect(),
    };
    let clusters: BTreeMap<&str, i32> =
        like.countries.iter().filter_map(|c| Some((c.code.as_str(), c.cluster?))).collect();
    Ok(YearlyPanel::new(
        world.years.clone(),
        products.iter().map(|&code| of_product(code)).collect(),
        world
            .countries
            .iter()
            .map(|c| PanelCountry {
                code: c.code.clone(),
                beside_members: false,
                cluster: clusters.get(c.code.as_str()).copied(),
            })
            .collect(),
        values,
        mean_rca,
    ))
}
