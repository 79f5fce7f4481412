//! `monazite regress`.

use std::time::Instant;

use monazite::pipeline::rerun_regression;
use monazite::run_folder::Manifest;
use monazite::study::Study;
use monazite::study::parameter::read_word;

use crate::arguments::RegressArguments;
use crate::failure::{Failure, Given, as_before};
use crate::terminal::{ROWS, Terminal, counted, seconds};

const BASELINE: Given = ("regression.baseline", "--baseline");
const PROJECTION: Given = ("regression.projection", "--projection");

/// Runs the regression of a finished run again and says what came of it.
pub fn regress(arguments: &RegressArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let covariance = arguments
        .covariance
        .as_deref()
        .map(|text| read_word(text).map_err(|e| format!("--covariance: {e}")))
        .transpose()?;
    let study = match &arguments.study {
        Some(file) => {
            let file = super::study_file(Some(file))?;
            Some(Study::load(&file)?)
        }
        None => None,
    };
    let change = |study: &mut Study| {
        let r = &mut study.regression;
        r.enabled = true;
        if arguments.baseline.is_some() || arguments.projection.is_some() {
            let windows = r.windows();
            r.baseline = Some(arguments.baseline.unwrap_or(windows.baseline));
            r.projection = Some(arguments.projection.unwrap_or(windows.projection));
        }
        r.covariance = covariance.unwrap_or(r.covariance);
        study.study.random_seed = arguments.seed.unwrap_or(study.study.random_seed);
    };
    let mut given: Vec<Given> = Vec::new();
    match (arguments.baseline.is_some(), arguments.projection.is_some()) {
        (true, true) => given.extend([BASELINE, PROJECTION]),
        // A window that does not go with the one that was given is the fault of the latter.
        (true, false) => given.extend([BASELINE, (PROJECTION.0, BASELINE.1)]),
        (false, true) => given.extend([PROJECTION, (BASELINE.0, PROJECTION.1)]),
        (false, false) => {}
    }
    given.extend(arguments.seed.map(|_| ("study.random_seed", "--seed")));
    let summary =
        rerun_regression(&arguments.run, study.as_ref(), change, super::printer().as_deref(), terminal)
            .map_err(|e| Failure::of_options(e, &given).leaving(|| as_before(&arguments.run)))?;
    terminal.record("manifest", &summary.manifest);
    terminal.value("folder", summary.folder.display().to_string());
    for line in describe(&summary.manifest) {
        terminal.line(&line);
    }
    terminal.line(&format!("  run folder  {}", summary.folder.display()));
    if let Some(report) = &summary.report {
        terminal.line(&format!("  report      {}", report.display()));
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// The regression of a run in a few lines; nothing for runs that stop before it.
pub fn describe(manifest: &Manifest) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(r) = &manifest.regression {
        lines.push(format!(
            "  regression  {}-{} on {}-{}, standard errors {}; {} in the sweep",
            r.projection[0],
            r.projection[1],
            r.baseline[0],
            r.baseline[1],
            r.covariance.replace('_', " "),
            counted(r.sweep_fits as u64, ["regression", "regressions"])
        ));
        for preset in &r.presets {
            let signs = if preset.signs_judged > 0 {
                format!("; {} of {} signs as in the paper", preset.signs_as_in_paper, preset.signs_judged)
            } else {
                String::new()
            };
            let r2 = preset.r2.map_or_else(String::new, |r2| format!(", R2 {r2:.3}"));
            lines.push(format!(
                "              {}: {}{r2}{signs}",
                preset.name,
                counted(preset.rows as u64, ROWS)
            ));
        }
        for note in &r.notes {
            lines.push(format!("              {note}"));
        }
    }
    if let Some(skipped) = manifest.skipped.iter().find(|s| s.stage == "regression") {
        lines.push(format!("  regression  none: {}", skipped.reason));
    }
    lines
}
