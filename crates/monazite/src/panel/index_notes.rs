//! What a reader of the indices of a study should know.

use super::world::World;
use crate::indices::{Index, YEARS_COUNTED};
use crate::study::{Study, TradeMeasure};

/// Sentences on the indices that are computed: what stands in for what, and what is undefined why.
pub fn index_notes(study: &Study, world: &World, wanted: &[Index]) -> Vec<String> {
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
