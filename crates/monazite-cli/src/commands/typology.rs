//! `monazite typology`.

use std::time::Instant;

use monazite::pipeline::rerun_typology;
use monazite::run_folder::Manifest;
use monazite::study::Study;
use monazite::study::parameter::read_word;
use monazite::units::grouped;

use crate::arguments::TypologyArguments;
use crate::failure::{Failure, Given, as_before};
use crate::terminal::{Terminal, counted, seconds};

/// Makes the typology of a finished run again and says what came of it.
pub fn typology(arguments: &TypologyArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let preset = word("--preset", arguments.preset.as_deref())?;
    let detail = word("--detail", arguments.detail.as_deref())?;
    let change = |study: &mut Study| {
        let t = &mut study.typology;
        t.preset = preset.unwrap_or(t.preset);
        t.detail = detail.unwrap_or(t.detail);
        t.neighbours = arguments.neighbours.or(if preset.is_some() { None } else { t.neighbours });
        t.repetitions = arguments.repetitions.unwrap_or(t.repetitions);
        study.study.random_seed = arguments.seed.unwrap_or(study.study.random_seed);
    };
    let study = match &arguments.study {
        Some(file) => {
            let file = super::study_file(Some(file))?;
            Some(Study::load(&file)?)
        }
        None => None,
    };
    let given: Vec<Given> = [
        (preset.is_some(), ("typology.preset", "--preset")),
        (detail.is_some(), ("typology.detail", "--detail")),
        (arguments.neighbours.is_some(), ("typology.neighbours", "--neighbours")),
        (arguments.repetitions.is_some(), ("typology.repetitions", "--repetitions")),
        (arguments.seed.is_some(), ("study.random_seed", "--seed")),
    ]
    .into_iter()
    .filter_map(|(is_given, key)| is_given.then_some(key))
    .collect();
    let summary =
        rerun_typology(&arguments.run, study.as_ref(), change, super::printer().as_deref(), terminal)
            .map_err(|e| Failure::of_options(e, &given).leaving(|| as_before(&arguments.run)))?;
    terminal.record("manifest", &summary.manifest);
    terminal.value("folder", summary.folder.display().to_string());
    for line in describe(&summary.manifest).into_iter().chain(super::regress::describe(&summary.manifest)) {
        terminal.line(&line);
    }
    terminal.line(&format!("  run folder  {}", summary.folder.display()));
    if let Some(report) = &summary.report {
        terminal.line(&format!("  report      {}", report.display()));
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

fn word<T: monazite::study::parameter::Parameter>(
    option: &str,
    given: Option<&str>,
) -> Result<Option<T>, String> {
    given.map(|text| read_word(text).map_err(|e| format!("{option}: {e}"))).transpose()
}

/// The typology of a run in a few lines; nothing for runs that stop before it.
pub fn describe(manifest: &Manifest) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(t) = &manifest.typology {
        lines.push(format!(
            "  typology    {} of {} country-years, {}; {} neighbours, level of detail {}",
            counted(t.clusters as u64, ["cluster", "clusters"]),
            grouped(t.rows as u64),
            counted(t.outliers as u64, ["outlier", "outliers"]),
            t.neighbours,
            t.detail.replace('_', " ")
        ));
        lines.push(format!("              {}", t.verdict));
        lines.extend(t.notes.iter().map(|note| format!("  note        {note}")));
    }
    if let Some(skipped) = manifest.skipped.iter().find(|s| s.stage == "typology") {
        lines.push(format!("  typology    none: {}", skipped.reason));
    }
    lines
}
