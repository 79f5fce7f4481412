//! What a manifest says of the indices that others publish.

use crate::panel::index_notes::index_notes;
use crate::panel::{PanelSummary, World};
use crate::run_folder::manifest::IndicesRecord;
use crate::study::Study;

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
        notes: index_notes(study, world, &wanted),
    })
}
