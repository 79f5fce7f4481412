//! `monazite run` and `monazite indicators`.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use monazite::pipeline::{RunOptions, RunSummary, Until, run_and_print};
use monazite::run_folder::Manifest;
use monazite::run_folder::manifest::{INDICES_STAGE, UNCERTAINTY};
use monazite::study::Study;
use monazite::units::ThousandUsd;

use crate::arguments::StudyArguments;
use crate::failure::{Failure, as_before};
use crate::terminal::{FLOWS, LINKS, PRODUCT_YEARS, PRODUCTS, ROWS, Terminal, counted, seconds};
use crate::to_type::quoted;

/// Runs a study, says what came of it, and ends with how to look at it.
pub fn run(arguments: &StudyArguments, until: Until, terminal: &Terminal) -> Result<(), Failure> {
    let summary = make(arguments, until, terminal)?;
    // A program that reads JSON looks at nothing.
    if cfg!(feature = "explore") && summary.report.is_some() && !terminal.wants_json() {
        terminal.line(&format!("look at it with: monazite explore {}", quoted(&summary.folder)));
    }
    Ok(())
}

/// Runs a study and says what came of it.
pub(super) fn make(
    arguments: &StudyArguments,
    until: Until,
    terminal: &Terminal,
) -> Result<RunSummary, Failure> {
    let started = Instant::now();
    let file = super::study_file(arguments.study.as_deref())?;
    let study = super::load_study(&file, arguments.trade.as_deref())?;
    let out = arguments.out.clone().unwrap_or_else(|| default_folder(&file));
    terminal.line(&title(&study));
    let options = RunOptions { until, commit: crate::COMMIT.to_owned() };
    let printer = super::printer();
    let summary = run_and_print(&study, &out, &options, printer.as_deref(), terminal)
        .map_err(|e| Failure::from(e).leaving(|| as_before(&out)))?;
    terminal.record("manifest", &summary.manifest);
    terminal.value("folder", summary.folder.display().to_string());
    for line in describe(&summary, started.elapsed()) {
        terminal.line(&line);
    }
    if summary.report.is_some() && printer.is_none() {
        terminal.line(
            "figures are SVG only: this program was built without `print`, which makes PNG and PDF too",
        );
    }
    Ok(summary)
}

pub(super) fn title(study: &Study) -> String {
    let name =
        if study.study.name.is_empty() { study.file.display().to_string() } else { study.study.name.clone() };
    format!("monazite {} · {name}", env!("CARGO_PKG_VERSION"))
}

/// `runs/NAME`, NAME being the folder of the study, or the file's own name if the folder says nothing.
pub(super) fn default_folder(file: &Path) -> PathBuf {
    let stem = file.file_stem().unwrap_or_default();
    let folder = file.parent().and_then(Path::file_name);
    let name = match folder {
        Some(folder) if stem == "study" => folder,
        _ => stem,
    };
    Path::new("runs").join(name)
}

/// The indices of a run in a line, or why it has none.
fn indices(manifest: &Manifest) -> Option<String> {
    if let Some(indices) = &manifest.indices {
        let products = counted(indices.products, PRODUCTS);
        return Some(format!("  indices     {} of {products}", indices.computed.join(", ")));
    }
    let skipped = manifest.skipped.iter().find(|skipped| skipped.stage == INDICES_STAGE)?;
    Some(format!("  indices     none: {}", skipped.reason))
}

/// The bands of a run in a line, or why it has none; nothing for runs that stop before them.
fn bands(manifest: &Manifest) -> Option<String> {
    if let Some(bands) = &manifest.uncertainty {
        return Some(format!(
            "  bands       {} of political stability, {}",
            counted(bands.draws as u64, ["draw", "draws"]),
            counted(bands.product_years, PRODUCT_YEARS)
        ));
    }
    let skipped = manifest.skipped.iter().find(|skipped| skipped.stage == UNCERTAINTY)?;
    Some(format!("  bands       none: {}", skipped.reason))
}

/// Scenarios and the scan of suppliers in a line, with how to ask more; nothing for runs without them.
fn shocks(manifest: &Manifest, folder: &Path) -> Option<String> {
    let shocks = manifest.shocks.as_ref()?;
    let scenarios = match shocks.scenarios.len() {
        0 => String::new(),
        n => format!("{}; ", counted(n as u64, ["scenario", "scenarios"])),
    };
    let scan = match shocks.scanned {
        0 => "suppliers not scanned".to_owned(),
        n => format!(
            "each of {} of {} stopped alone",
            counted(shocks.suppliers as u64, ["supplier", "suppliers"]),
            counted(n as u64, PRODUCT_YEARS)
        ),
    };
    Some(format!("  what if     {scenarios}{scan}; ask with: monazite what-if {}", quoted(folder)))
}

/// Before and after trade measures in a line, or why there is nothing; nothing for studies without a table of them.
fn events(manifest: &Manifest) -> Option<String> {
    if let Some(found) = &manifest.before_after {
        return Some(format!(
            "  event       {} before and after {}, compared with products without one: before_after/table.md",
            counted(found.treated as u64, PRODUCTS),
            counted(found.cases as u64, ["measure", "measures"]),
        ));
    }
    let skipped = manifest.skipped.iter().find(|skipped| skipped.stage == "before_after")?;
    Some(format!("  event       none: {}", skipped.reason))
}

fn describe(summary: &RunSummary, took: Duration) -> Vec<String> {
    let m = &summary.manifest;
    let data = match (m.trade.edition.as_str(), m.trade.baci_version.as_str()) {
        (edition, version) if version.starts_with(|c: char| c.is_ascii_digit()) => {
            format!("{} {edition} V{version}", m.trade.source)
        }
        ("", _) => m.trade.source.clone(),
        (edition, _) => format!("{} {edition}", m.trade.source),
    };
    let mut lines = vec![
        format!(
            "  trade       {data}: {} of {}, {} to {}, {}",
            counted(m.trade.flows, FLOWS),
            counted(m.study.products as u64, PRODUCTS),
            m.study.first_year,
            m.study.last_year,
            ThousandUsd::new(m.trade.value).in_words()
        ),
        format!("  stability   {}, {}", m.stability.vintage, m.stability.measure),
        format!(
            "  chain       {}, {}, deepest tier {}",
            counted(m.chain.products as u64, PRODUCTS),
            counted(m.chain.links as u64, LINKS),
            m.chain.deepest_tier
        ),
        format!(
            "  indicators  {}, {}; RCA over {}",
            counted(m.indicators.product_years, PRODUCT_YEARS),
            counted(m.indicators.rows, ROWS),
            m.indicators.rca_basis
        ),
    ];
    lines.extend(indices(m));
    lines.extend(bands(m));
    lines.extend(shocks(m, &summary.folder));
    lines.extend(events(m));
    lines.extend(super::typology::describe(m));
    lines.extend(super::regress::describe(m));
    lines.extend(summary.finding.as_ref().map(|finding| format!("  found       {finding}")));
    for note in m.notes.iter().chain(m.shocks.iter().flat_map(|shocks| &shocks.notes)) {
        lines.push(format!("  note        {note}"));
    }
    lines.push(format!("  run folder  {}", summary.folder.display()));
    if let Some(report) = &summary.report {
        lines.push(format!("  report      {}", report.display()));
    }
    lines.push(format!("done in {}", seconds(took)));
    lines
}
