//! `monazite map`.

use std::path::{Path, PathBuf};
use std::time::Instant;

use monazite::study::Study;
use monazite::units::grouped;
use monazite_mapping::embedding::download::fetch_model;
use monazite_mapping::mapping::{embedder_of, products_of};
use monazite_mapping::matching::Matcher;
use monazite_mapping::pack::pack;
use monazite_mapping::prompt::{SHIPPED, write_shipped};
use monazite_mapping::rounds::TakenRound;
use monazite_mapping::walk::Counts;
use monazite_mapping::{MapOptions, MappingSummary, estimate_mapping, export_batch, import_batch, map_study};

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
        (Some(MapCommand::Pack { files, out, how }), _) => {
            let packed = pack(files, how.as_deref(), out)?;
            terminal.line(&format!(
                "wrote {}: {} answers of {}, {} bytes",
                out.display(),
                grouped(packed.answers as u64),
                packed.header.model,
                grouped(packed.bytes as u64)
            ));
            if packed.without_answer > 0 {
                terminal.line(&format!("{} questions have no answer", packed.without_answer));
            }
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
    let study = super::inputs::read_study(&file)?;
    let mut options = MapOptions::new(&arguments.out.clone().unwrap_or_else(|| default_folder(&file)));
    options.base_url.clone_from(&arguments.base_url);
    options.embedding_base_url.clone_from(&arguments.embedding_base_url);
    options.model.clone_from(&arguments.model);
    options.budget_calls = arguments.budget_calls;
    options.budget_tokens = arguments.budget_tokens;
    options.replay = match &arguments.replay {
        None => None,
        Some(Some(file)) => Some(file.clone()),
        Some(None) => Some(recorded(&study)?),
    };
    if arguments.estimate {
        for line in estimate_mapping(&study, &options)?.in_words() {
            terminal.line(&line);
        }
        return Ok(());
    }
    if !arguments.import_batch.is_empty() {
        terminal.line(&super::run::title(&study));
        take_in(&study, &options, &arguments.import_batch, terminal)?;
    }
    if let Some(out) = &arguments.export_batch {
        let round = export_batch(&study, &options, out)?;
        terminal.line(&round.in_words());
        if round.questions > 0 {
            terminal.line(&format!("written to {}; give what comes back to --import-batch", out.display()));
        }
    }
    if arguments.export_batch.is_some() || !arguments.import_batch.is_empty() {
        return Ok(());
    }
    terminal.line(&super::run::title(&study));
    let summary = map_study(&study, &options, terminal)?;
    for line in describe(&summary) {
        terminal.line(&line);
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    let counts = &summary.walked.counts;
    if counts.answered == 0 && counts.calls > 0 {
        return Err(
            format!("{} answers came, and none can be used; the reasons stand above", counts.calls).into()
        );
    }
    Ok(())
}

/// The recording that the study names.
fn recorded(study: &Study) -> Result<PathBuf, Failure> {
    let file = study.mapping.answers.as_ref().map(|file| study.resolve(file));
    file.ok_or_else(|| {
        "which recording? Name it after --replay, or in the study with mapping.answers".to_owned().into()
    })
}

/// Takes the answers of batch files in, and says what comes next.
fn take_in(
    study: &Study,
    options: &MapOptions,
    files: &[PathBuf],
    terminal: &Terminal,
) -> Result<(), Failure> {
    let TakenRound { imported, mapping, next } = import_batch(study, options, files)?;
    for line in imported.in_words() {
        terminal.line(&format!("  {line}"));
    }
    for line in describe(&mapping) {
        terminal.line(&line);
    }
    terminal.line(&format!("  next        {}", next.in_words()));
    if imported.usable == 0 && imported.duplicates.count == 0 {
        return Err("no answer of these files can be used; the reasons stand above".to_owned().into());
    }
    Ok(())
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
        match s.endpoint.as_str() {
            "" => format!("  model       {}", s.model),
            endpoint => format!("  model       {} at {endpoint}", s.model),
        },
        format!("  texts       {} codes, {}", grouped(s.codes as u64), s.products),
        format!(
            "  embedding   {}, cosine at least {}; {} for the code that is named, {} in its heading",
            s.embedding, s.floors.anywhere, s.floors.code, s.floors.heading
        ),
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
    lines.extend(
        walked.failures.iter().map(|(reason, count)| format!("              {count} times: {reason}")),
    );
    lines.extend(goods_in_words(counts));
    if s.calls > 0 {
        lines.push(format!("  this time   {} calls, {} tokens", grouped(s.calls), grouped(s.tokens)));
    }
    if let Some(stopped) = s.stopped {
        lines.push(format!("  stopped     {stopped}; the same command goes on from here"));
    }
    let votes: Vec<String> = s.links_by_votes.iter().map(ToString::to_string).collect();
    lines.push(format!("  links       {}; with at least 1, 2, ... votes: {}", s.links, votes.join(" ")));
    if let Some(upstream) = &s.upstream {
        lines.push(format!(
            "  tier -1     {} possible inputs of the seeds, in {}",
            walked.upstream.len(),
            upstream.display()
        ));
    }
    lines.push(format!("  candidates  {}", s.candidates.display()));
    lines.push(format!("  to review   {}, {}", s.matches.display(), s.record.display()));
    lines
}

/// What the goods were taken for, and how.
fn goods_in_words(counts: &Counts) -> Vec<String> {
    let mut lines = vec![format!(
        "  goods       {} named: {} by their code, {} by their heading, {} by their text, {} near no code",
        grouped(counts.goods),
        grouped(counts.goods_by_code),
        grouped(counts.goods_by_heading),
        grouped(counts.goods_by_text),
        grouped(counts.goods_below_floor)
    )];
    let odd: Vec<String> = [
        (counts.codes_not_in_edition, "that the edition lacks"),
        (counts.codes_far, "far from the description"),
        (counts.codes_of_four_digits, "of four digits"),
        (counts.codes_unreadable, "that are none"),
    ]
    .into_iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", grouped(count)))
    .collect();
    if !odd.is_empty() {
        lines.push(format!("  codes       {}", odd.join(", ")));
    }
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
        Some(path) => super::inputs::read_study(&super::study_file(Some(path))?)?,
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
