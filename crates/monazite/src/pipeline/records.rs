//! What the manifest keeps of stages that may have nothing to work on.

use crate::run_folder::manifest::{
    BeforeAfterRecord, INDICES_STAGE, IndicesRecord, Manifest, RegressionRecord, ShockRecord, Skipped,
    TypologyRecord, UNCERTAINTY, UncertaintyRecord,
};
use crate::uncertainty::BandSummary;
use crate::what_if::ShockSummary;

pub(super) fn record_regression(manifest: &mut Manifest, regression: Result<RegressionRecord, String>) {
    manifest.regression = or_skipped(&mut manifest.skipped, "regression", regression);
}

pub(super) fn record_indices(manifest: &mut Manifest, indices: Result<IndicesRecord, String>) {
    manifest.indices = or_skipped(&mut manifest.skipped, INDICES_STAGE, indices);
}

pub(super) fn record_uncertainty(manifest: &mut Manifest, bands: Result<BandSummary, String>) {
    let record = bands.map(|bands| UncertaintyRecord {
        draws: bands.draws,
        seed: bands.seed.to_string(),
        readings: bands.readings.into_iter().map(str::to_owned).collect(),
        products: bands.products,
        product_years: bands.product_years,
        without_standard_error: bands.filled,
        eliminated: bands.eliminated,
        notes: bands.notes,
    });
    manifest.uncertainty = or_skipped(&mut manifest.skipped, UNCERTAINTY, record);
}

pub(super) fn record_shocks(manifest: &mut Manifest, shocks: Result<ShockSummary, String>) {
    let record = shocks.map(|shocks| ShockRecord {
        scenarios: shocks.scenarios,
        scenario_years: shocks.scenario_years,
        scanned: shocks.scanned,
        suppliers: shocks.suppliers,
        notes: shocks.notes,
    });
    manifest.shocks = or_skipped(&mut manifest.skipped, "shocks", record);
}

/// A study without a table of measures asks for nothing, and nothing is skipped.
pub(super) fn record_before_after(manifest: &mut Manifest, found: Option<Result<BeforeAfterRecord, String>>) {
    manifest.before_after = found.and_then(|found| or_skipped(&mut manifest.skipped, "before_after", found));
}

pub(super) fn record_typology(manifest: &mut Manifest, typology: Result<TypologyRecord, String>) {
    manifest.typology = or_skipped(&mut manifest.skipped, "typology", typology);
}

/// The record of a stage, or its reason among those that were skipped.
fn or_skipped<T>(skipped: &mut Vec<Skipped>, stage: &str, outcome: Result<T, String>) -> Option<T> {
    skipped.retain(|s| s.stage != stage);
    let put = |reason| skipped.push(Skipped { stage: stage.to_owned(), reason });
    outcome.map_err(put).ok()
}
