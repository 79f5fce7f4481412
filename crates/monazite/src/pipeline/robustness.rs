//! What the robustness checks of the regression are computed from: the panel of indicators made anew from the trade, in memory.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::Error;
use crate::indicators::{Column, Wanted};
use crate::ingest::Governance;
use crate::nomenclature::Hs6;
use crate::panel::product::{ProductMemory, ProductOutput, ProductRun, YearFlows};
use crate::panel::{PanelError, World};
use crate::progress::Progress;
use crate::regression::robustness::{RobustnessCheck, RobustnessOptions, with_other_risk};
use crate::regression::yearly::{PanelCountry, PanelProduct, YearlyPanel};
use crate::study::{CountrySet, Coverage, Study, TradeMeasure};
use crate::threads::within;
use crate::trade::{FlowBatch, FlowSource};
use crate::value_chain::ValueChain;

/// What the checks are computed from.
#[derive(Debug, Clone, Copy)]
pub struct TradeData<'a> {
    /// The trade.
    pub store: &'a dyn FlowSource,
    /// The value chain.
    pub chain: &'a ValueChain,
    /// Political stability.
    pub governance: &'a Governance,
}

/// The yearly panel as a check sees it, computed anew from the trade in memory; nothing is written.
///
/// `like` is the panel of the study itself: it says which columns and products are needed, and lends the clusters. `None` if the
/// check changes nothing, in words.
///
/// # Errors
/// [`Error::Study`] if the changed study does not fit the data, [`Error::Store`] if the store is damaged, [`Error::Cancelled`] if
/// `progress` asks to stop.
pub fn changed_panel(
    check: RobustnessCheck,
    study: &Study,
    like: &YearlyPanel,
    data: TradeData<'_>,
    options: &RobustnessOptions,
    progress: &dyn Progress,
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
        // Made without the trade, by the analysis itself.
        RobustnessCheck::IndirectRisk | RobustnessCheck::MassBalance | RobustnessCheck::OtherInputs => {
            return Ok(Ok(with_other_risk(check, like).unwrap_or_else(|| like.clone())));
        }
        RobustnessCheck::UniformStability => {}
    }
    let mut world = World::prepare_with(&changed, data.store, data.chain, data.governance)?;
    if check == RobustnessCheck::UniformStability {
        let alpha = study.indicators.pv_free_alpha;
        world.instability.iter_mut().flatten().for_each(|w| *w = alpha);
    }
    within(|| compute(&changed, &world, like, data, progress)).map(Ok)
}

/// Computes the columns of a panel for its products.
fn compute(
    study: &Study,
    world: &World,
    like: &YearlyPanel,
    data: TradeData<'_>,
    progress: &dyn Progress,
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
                progress.go_on()?;
                let position = world.products.binary_search(&product).expect("a product of the study") as u32;
                let years: Vec<YearFlows<'_>> = batches.iter().map(|b| YearFlows::of(b, product)).collect();
                ProductRun {
                    study,
                    world,
                    position,
                    in_focus: false,
                    columns: &columns,
                    wanted: Wanted::ALL,
                    flows: false,
                }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::trade::FlowTable;
    use crate::value_chain::CyclePolicy;

    /// The USA buy all from China and Japan all from the USA; PV of China is 30, then 20.
    #[test]
    fn what_each_check_changes_by_hand() {
        let product: Hs6 = "284690".parse().unwrap();
        let flows = FlowTable::from_rows([
            (2022, "284690", "CHN", "USA", 60.0),
            (2023, "284690", "CHN", "USA", 90.0),
            (2023, "284690", "USA", "JPN", 10.0),
        ])
        .unwrap();
        let rows = [("CHN", 2022, 30.0), ("CHN", 2023, 20.0), ("USA", 2022, 50.0), ("JPN", 2022, 90.0)];
        let governance = Governance::from_rows(rows).unwrap();
        let chain = ValueChain::build(Vec::new(), &[product], CyclePolicy::default()).unwrap();
        let mut study = Study::new([product]);
        study.indicators.pv_free_alpha = 0.4;
        let data = TradeData { store: &flows, chain: &chain, governance: &governance };
        let country =
            |code: &str| PanelCountry { code: code.to_owned(), beside_members: false, cluster: Some(2) };
        let like = YearlyPanel::new(
            vec![2022, 2023],
            vec![PanelProduct { code: product, tier: Some(0), inputs: Vec::new() }],
            ["CHN", "JPN", "USA"].map(country).to_vec(),
            [(Column::Imports, vec![f64::NAN; 6]), (Column::Str, vec![f64::NAN; 6])].into(),
            vec![f64::NAN; 3],
        );
        let groups = [("PAC".to_owned(), vec!["JPN".to_owned(), "USA".to_owned()])];
        let options = RobustnessOptions { year: 2022, merge: groups.into() };
        let changed = |check| changed_panel(check, &study, &like, data, &options, &Silent).unwrap().unwrap();
        let last = |panel: &YearlyPanel, column: Column| panel.means(&[1]).of(column).to_vec();
        let assert_close = |found: &[f64], expected: &[f64]| {
            assert_eq!(found.len(), expected.len());
            for (found, expected) in found.iter().zip(expected) {
                assert!((found - expected).abs() < 1e-12, "{found} is not {expected}");
            }
        };
        // In the order CHN, JPN, USA: 1, 1 + 0.4 (1 + 0.4), 1 + 0.4 with the same instability everywhere;
        // with the stability of 2022 1, 1 + 0.5 x 1.7, 1 + 0.7 (1.8 with that of 2023).
        let uniform = changed(RobustnessCheck::UniformStability);
        assert_close(&last(&uniform, Column::Str), &[1.0, 1.56, 1.4]);
        let fixed = changed(RobustnessCheck::FixedStability);
        assert_close(&last(&fixed, Column::Str), &[1.0, 1.85, 1.7]);
        assert_close(&last(&fixed, Column::Imports), &[0.0, 10.0, 90.0]);
        assert!(fixed.countries.iter().all(|c| c.cluster == Some(2)), "clusters are lent");
        // Japan and the USA as one: their own trade is gone.
        let merged = changed(RobustnessCheck::MergedEntrepots);
        let codes: Vec<&str> = merged.countries.iter().map(|c| c.code.as_str()).collect();
        assert_eq!(codes, ["CHN", "PAC"]);
        assert_close(&last(&merged, Column::Imports), &[0.0, 90.0]);
        // Nobody imports in both years but the USA, and alone they have no trade.
        let balanced = changed(RobustnessCheck::BalancedSet);
        assert!(last(&balanced, Column::Imports).iter().all(|m| *m == 0.0));
    }
}
