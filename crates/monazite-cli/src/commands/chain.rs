//! `monazite chain`, `chain calibrate`, `chain compare` and `chain screen`.

mod calibrate;
mod compare;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use monazite::pipeline::screening::screen_study;
use monazite::pipeline::{RunOptions, Until, open_trade, run_chain};
use monazite::study::Study;
use monazite::value_chain::DropReason;
use monazite::value_chain::built::{BuiltChain, TestSummary};
use monazite::value_chain::sources::{SourceFile, SourceKind};

use super::run::{default_folder, title};
use crate::arguments::{ChainArguments, ChainQuestion, ScreenArguments, StudyArguments};
use crate::failure::{Failure, as_before};
use crate::terminal::{LINKS, PRODUCTS, Terminal, counted, seconds};

/// Builds a chain, or answers a question about one.
pub fn chain(arguments: &ChainArguments, terminal: &Terminal) -> Result<(), Failure> {
    match &arguments.question {
        None => build(&arguments.study, terminal),
        Some(ChainQuestion::Calibrate(arguments)) => calibrate::calibrate(arguments, terminal),
        Some(ChainQuestion::Compare(arguments)) => compare::compare(arguments, terminal),
        Some(ChainQuestion::Screen(arguments)) => screen(arguments, terminal),
    }
}

fn build(arguments: &StudyArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let file = super::study_file(arguments.study.as_deref())?;
    let study = super::load_study(&file, arguments.trade.as_deref())?;
    let out = arguments.out.clone().unwrap_or_else(|| chain_folder(&file));
    terminal.line(&title(&study));
    let options = RunOptions { until: Until::Indicators, commit: crate::COMMIT.to_owned() };
    let summary = run_chain(&study, &out, &options, terminal)
        .map_err(|e| Failure::from(e).leaving(|| as_before(&out)))?;
    terminal.value("folder", summary.folder.display().to_string());
    for line in describe(&study, &summary.built) {
        terminal.line(&line);
    }
    terminal.line(&format!("  run folder  {}", summary.folder.display()));
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// Beside the run folder, which a chain must not replace.
fn chain_folder(file: &Path) -> PathBuf {
    let run = default_folder(file);
    let mut name = run.file_name().unwrap_or_default().to_os_string();
    name.push("-chain");
    run.with_file_name(name)
}

fn describe(study: &Study, built: &BuiltChain) -> Vec<String> {
    let (chain, gathered) = (&built.chain, &built.gathered);
    let mut lines: Vec<String> = gathered.evidence.sources.files.iter().map(source).collect();
    if let Some(test) = &gathered.test {
        lines.push(tested(study, test));
    }
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for dropped in chain.dropped() {
        *reasons.entry(kind_of(&dropped.reason)).or_default() += 1;
    }
    for (reason, count) in reasons {
        lines.push(format!("  left out    {}: {reason}", counted(count as u64, LINKS)));
    }
    lines.push(format!(
        "  chain       {}, {}, deepest tier {}",
        counted(chain.len() as u64, PRODUCTS),
        counted(chain.links().len() as u64, LINKS),
        chain.deepest_tier()
    ));
    for (tier, size) in chain.tier_sizes().into_iter().enumerate() {
        let some: Vec<String> = chain
            .products()
            .filter(|(_, t)| usize::from(*t) == tier)
            .take(10)
            .map(|(product, _)| product.to_string())
            .collect();
        let more = if size > some.len() { ", ..." } else { "" };
        lines.push(format!("  tier {tier}      {size:>4}  {}{more}", some.join(", ")));
    }
    lines.extend(gathered.notes.iter().map(|note| format!("  note        {note}")));
    lines
}

fn source(file: &SourceFile) -> String {
    let what = match (file.kind, file.runs) {
        (SourceKind::Overrides, _) => counted(file.rows, ["decision of experts", "decisions of experts"]),
        (_, Some(runs)) => {
            let runs = counted(u64::from(runs), ["run", "runs"]);
            format!("{} named by {runs}", counted(file.links as u64, LINKS))
        }
        _ => counted(file.links as u64, LINKS),
    };
    format!("  source      {} ({}): {what}", file.name, file.kind.key())
}

fn tested(study: &Study, test: &TestSummary) -> String {
    let years = if test.first_year == test.last_year {
        test.first_year.to_string()
    } else {
        format!("{} to {}", test.first_year, test.last_year)
    };
    let words: Vec<String> = study
        .chain
        .parameters()
        .into_iter()
        .filter(|p| ["sample", "transform", "control", "leave_out", "null"].contains(&p.key))
        .filter_map(|p| Some(format!("{} {}", p.key, p.value?.replace('"', ""))))
        .collect();
    format!(
        "  tested      {} on {}, {years}, against {} ({})",
        counted(test.links as u64, LINKS),
        counted(test.observations as u64, ["observation", "observations"]),
        counted(test.outputs as u64, ["output", "outputs"]),
        words.join(", ")
    )
}

fn kind_of(reason: &DropReason) -> &'static str {
    match reason {
        DropReason::TooFewVotes { .. } => "too few votes",
        DropReason::NoImports | DropReason::NoExports | DropReason::NoVariation => "cannot be tested",
        DropReason::LowZ { .. } => "Z too low",
        DropReason::HighFdr { .. } => "false discovery rate too high",
        DropReason::Forbidden { .. } => "forbidden by experts",
        DropReason::ClosesCycle { .. } => "would close a cycle",
        DropReason::NotToNextTier { .. } => "not to the next tier",
        DropReason::NotReachable => "input not reachable from a seed",
        DropReason::Repeated => "repeated",
        _ => "other reasons",
    }
}

fn screen(arguments: &ScreenArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let file = super::study_file(arguments.study.as_deref())?;
    let study = super::load_study(&file, arguments.trade.as_deref())?;
    let store = open_trade(&study, terminal)?;
    let threshold = arguments.z.unwrap_or(study.chain.z_threshold);
    let summary = screen_study(&study, &store, threshold, &arguments.out, terminal)
        .map_err(|e| Failure::from(e).leaving(|| format!("{} was not written", arguments.out.display())))?;
    terminal.line(&format!(
        "  screened    {} x {}: {} with Z of at least {threshold}",
        counted(summary.inputs as u64, ["input", "inputs"]),
        counted(summary.outputs as u64, ["output", "outputs"]),
        counted(summary.pairs, ["pair", "pairs"])
    ));
    terminal.line(&format!("  written     {}", arguments.out.display()));
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}
