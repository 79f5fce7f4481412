//! What a manifest says of the indices that others publish.

use crate::indices::{Index, YEARS_COUNTED};
use crate::panel::{PanelSummary, World};
use crate::run_folder::manifest::IndicesRecord;
use crate::study::{Study, TradeMeasure};

/// The record of the indices of a run, or why there are none.
pub(super) fn record_of(study: &Study, world: &World, panel: &PanelSummary) -> Result<IndicesRecord, String> {
    let wanted = study.indices.wanted();
    if wanted.is_empty() {
        return Err("the study asks for none (indices.compute = [])".to_owned());
    }
    let count = panel.indices;
    if count.rows == 0 {
        return Err(match world.extract.reason() {
            Some(reason) => reason,
            None => "nobody imports a product that has indices (indices.products)".to_owned(),
        });
    }
    Ok(IndicesRecord {
        computed: wanted.iter().map(|index| index.name().to_owned()).collect(),
        products: count.products,
        product_years: count.product_years,
        rows: count.rows,
        notes: notes(study, world, &wanted),
    })
}

/// What a reader of the indices should know.
fn notes(study: &Study, world: &World, wanted: &[Index]) -> Vec<String> {
    let mut notes = Vec::new();
    let has = |index: Index| wanted.contains(&index);
    if has(Index::EuSrTrade) {
        notes.push(
            "eu_sr_trade is made from trade alone: exports stand for production, nothing is recycled or substituted. The EU's threshold of 1 does not hold for it; \
             compare ranks."
                .to_owned(),
        );
    }
    if has(Index::EuSr) || has(Index::EuSrTrade) {
        notes.push(
            "The EU takes the mean of six Governance Indicators for its supply risk; here it is the one measure of the study (stability.measure)."
                .to_owned(),
        );
    }
    if has(Index::EcFlag) && !world.countries.iter().any(|country| country.group) {
        notes.push(
            "ec_flag is made for the EU as one importer (groups.consolidated = [\"EU27\"]); for a single country all imports come from outside."
                .to_owned(),
        );
    }
    if has(Index::Geodep) && world.years.len() < YEARS_COUNTED {
        notes.push("geodep counts over three years, and the study has fewer: it is undefined.".to_owned());
    }
    if world.extract.is_one() {
        notes.push(
            "Where the trade is an extract, the concentration of exports is not known, nor is what is made of it (eu_sr_trade, geopolrisk_trade, geodep), nor the \
             worst stop."
                .to_owned(),
        );
    }
    if study.trade.measure == TradeMeasure::Quantity {
        notes.push(
            "Indices are by quantity, as the study is; product-years without enough quantities (product_years.csv, quantity_coverage) have none."
                .to_owned(),
        );
    }
    notes
}
