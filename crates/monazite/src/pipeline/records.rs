//! What the manifest keeps of stages that may have nothing to work on.

use crate::run_folder::manifest::{Manifest, RegressionRecord, Skipped, TypologyRecord};

pub(super) fn record_regression(manifest: &mut Manifest, regression: Result<RegressionRecord, String>) {
    manifest.regression = or_skipped(&mut manifest.skipped, "regression", regression);
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
