//! `monazite map`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use monazite::disk;
use monazite::study::{Study, StudyError};
use monazite::units::grouped;
use monazite_mapping::embedding::download::fetch_model;
use monazite_mapping::mapping::{embedder_of, products_of};
use monazite_mapping::matching::Matcher;
use monazite_mapping::prompt::{SHIPPED, write_shipped};
use monazite_mapping::{MapOptions, MappingSummary, estimate_mapping, map_study};

use crate::arguments::map::{MapArguments, MapCommand};
use crate::failure::Failure;
use crate::terminal::{Terminal, seconds};

/// Maps, estimates, or does one of the smaller things around it.
pub fn map(arguments: &MapArguments, terminal: &Terminal) -> Result<(), Failure> {
    match (&arguments.command, &arguments.study) {
        (Some(MapCommand::Match { text, top, study, embedding_base_url }), _) => {
            let mut options = MapOptions::new(Path::new(""));
            options.embedding_base_url.clone_from(embedding_base_url);
            nearest(text, *top, study.as_deref(), &options, terminal)
        }
        (Some(MapCommand::Prompts { out }), _) => {
            write_shipped(out)?;
            let names: Vec<&str> = SHIPPED.iter().map(|p| p.name).collect();
            terminal.line(&format!("wrote {} into {}", names.join(", "), out.display()));
            terminal.line("edit them, and name the folder in the study: [mapping] prompts = \"...\"");
            Ok(())
        }
        (Some(MapCommand::DownloadModel { out, from }), _) => download(from, out, terminal),
        (None, Some(study)) => map_one(study, arguments, terminal),
        (None, None) => Err("which study?".to_owned().into()),
    }
}

fn map_one(study: &Path, arguments: &MapArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let file = super::study_file(Some(study))?;
    let study = load(&file)?;
    let mut options = MapOptions::new(&arguments.out.clone().unwrap_or_else(|| default_folder(&file)));
    options.base_url.clone_from(&arguments.base_url);
    options.embedding_base_url.clone_from(&arguments.embedding_base_url);
    options.model.clone_from(&arguments.model);
    options.budget_calls = arguments.budget_calls;
    options.budget_tokens = arguments.budget_tokens;
    options.replay.clone_from(&arguments.replay);
    if arguments.estimate {
        for line in estimate_mapping(&study, &options)?.in_words() {
            terminal.line(&line);
        }
        return Ok(());
    }
    terminal.line(&super::run::title(&study));
    let summary = map_study(&study, &options, terminal)?;
    for line in describe(&summary) {
        terminal.line(&line);
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// The study, without a look at whether its trade data are there: mapping does not need them.
fn load(file: &Path) -> Result<Study, String> {
    let text =
        disk::read_text(file, 4 << 20).map_err(|e| format!("{}: cannot be read: {e}", file.display()))?;
    let (study, problems) = Study::parse(&text, file);
    if problems.is_empty() {
        Ok(study)
    } else {
        Err(StudyError { file: file.display().to_string(), problems }.to_string())
    }
}

fn default_folder(file: &Path) -> PathBuf {
    let mut name = super::run::default_folder(file).into_os_string();
    name.push("-mapping");
    name.into()
}

fn describe(s: &MappingSummary) -> Vec<String> {
    let walked = &s.walked;
    let counts = &walked.counts;
    let mut lines = vec![
        format!("  model       {} at {}", s.model, s.endpoint),
        format!("  texts       {} codes, {}", grouped(s.codes as u64), s.products),
        format!("  embedding   {}, cosine at least {}", s.embedding, s.floor),
    ];
    if let Some(controls) = &walked.controls {
        lines.push(format!("  controls    {}", controls.in_words()));
    }
    if !walked.confirming {
        lines.push("  votes       open answers; no pair was confirmed on its own".to_owned());
    }
    for tier in &walked.tiers {
        lines.push(format!(
            "  tier {}      {} products reached, {} asked about",
            tier.tier,
            tier.reached,
            tier.asked.len()
        ));
    }
    lines.push(format!(
        "  answers     {} can be used ({} after a repair), {} cannot, {} never came",
        grouped(counts.answered),
        counts.repaired,
        counts.failed,
        counts.without_answer
    ));
    lines.push(format!(
        "  goods       {} named, {} of them near no code",
        grouped(counts.goods),
        grouped(counts.goods_below_floor)
    ));
    if s.calls > 0 {
        lines.push(format!("  this time   {} calls, {} tokens", grouped(s.calls), grouped(s.tokens)));
    }
    if let Some(stopped) = s.stopped {
        lines.push(format!("  stopped     {stopped}; the same command goes on from here"));
    }
    let votes: Vec<String> = s.links_by_votes.iter().map(ToString::to_string).collect();
    lines.push(format!("  links       {}; with at least 1, 2, ... votes: {}", s.links, votes.join(" ")));
    lines.push(format!("  candidates  {}", s.candidates.display()));
    lines.push(format!("  to review   {}, {}", s.matches.display(), s.record.display()));
    lines
}

fn nearest(
    text: &str,
    top: usize,
    study: Option<&Path>,
    options: &MapOptions,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let study = match study {
        Some(path) => load(&super::study_file(Some(path))?)?,
        None => {
            let mut study = Study::default();
            study.data.edition = "HS07".parse().ok();
            study
        }
    };
    let embedder = embedder_of(&study, options)?;
    let products = products_of(&study)?;
    let kept = [options.cache_file(embedder.as_ref())];
    let mut matcher = Matcher::new(embedder.as_ref(), &products, top, &kept)?;
    for found in matcher.matches(text)? {
        let description = products.text(found.code).unwrap_or_default();
        terminal.line(&format!("{:.3}  {}  {description}", found.cosine, found.code));
    }
    Ok(())
}

fn download(from: &str, out: &Path, terminal: &Terminal) -> Result<(), Failure> {
    for file in fetch_model(from, out, terminal)? {
        let was = if file.was_there { "is there already" } else { "fetched" };
        terminal.line(&format!(
            "  {}  {was}, {} bytes, sha256 {}",
            file.name,
            grouped(file.bytes),
            file.sha256
        ));
    }
    terminal.line(&format!(
        "use it in a study: [mapping] embedding = \"onnx\", embedding_path = \"{}\"",
        out.display()
    ));
    Ok(())
}
