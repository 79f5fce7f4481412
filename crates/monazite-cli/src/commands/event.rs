//! `monazite event`.

use std::borrow::Cow;

use monazite::before_after::{Answer as BeforeAndAfter, PolicyMeasures, compare, files_of};
use monazite::nomenclature::Hs6;
use monazite::progress::Progress;
use monazite::report::answers::columns::narrowed;
use monazite::report::figures::before_after::BeforeAfterFigure;
use monazite::run::Run;
use monazite::study::EventSection;
use monazite::study::parameter::read_word;

use super::asked::{Answer, AskError, OutFile, run_of};
use crate::arguments::event::EventArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Compares before and after the measures of a table, shows what it comes to, and writes tables and figure if asked to.
pub fn event(arguments: &EventArguments, terminal: &Terminal) -> Result<(), Failure> {
    let run = run_of(arguments.run.as_deref())?;
    let answer = answer(&run, arguments, arguments.out.is_some(), terminal)?;
    answer.give(arguments.out.as_deref(), arguments.replace, terminal)
}

/// The answer for a run, with its tables and its figure if they are wanted.
pub fn answer(
    run: &Run,
    arguments: &EventArguments,
    with_files: bool,
    progress: &dyn Progress,
) -> Result<Answer, AskError> {
    let settings = settings(arguments, &run.study().event)?;
    let measures = match &arguments.table {
        Some(file) => PolicyMeasures::read(file).map_err(|error| format!("--table: {error}"))?,
        None => PolicyMeasures::of_run(run)?.ok_or_else(|| {
            format!(
                "{}: the run has compared nothing before and after; say which measures with --table FILE (columns product, exporter, from, to, measure)",
                run.name()
            )
        })?,
    };
    let found = compare(run, &measures, &settings, run.study().study.random_seed, progress)?;
    let panel = run.panel()?;
    let answer = BeforeAndAfter::of(&found, panel);
    let mut given = Answer::of("event", &answer, narrowed(&answer.to_text()));
    if with_files {
        given.files = files_of(&found, &measures, panel)
            .into_iter()
            .map(|file| OutFile { name: Cow::Borrowed(file.short_name()), content: file.content })
            .collect();
        let figure = BeforeAfterFigure::of(&found).standalone(run);
        given.files.push(OutFile { name: Cow::Borrowed("before_after.svg"), content: figure.into_bytes() });
    }
    Ok(given)
}

/// The settings of the study, with what is given on the command line.
fn settings(arguments: &EventArguments, of_study: &EventSection) -> Result<EventSection, AskError> {
    let mut settings = of_study.clone();
    let list = |texts: &[String]| -> Vec<String> {
        texts.iter().flat_map(|text| text.split(',')).map(|text| text.trim().to_owned()).collect()
    };
    if let Some(word) = &arguments.by {
        settings.by = read_word(word).map_err(|e| format!("--by: {e}"))?;
        // Outcomes of the study may be those of the other unit.
        settings.outcomes.retain(|outcome| outcome.is_of(settings.by));
    }
    if !arguments.outcomes.is_empty() {
        let read = |word: &String| read_word(word).map_err(|e| format!("--outcomes: {e}"));
        settings.outcomes = list(&arguments.outcomes).iter().map(read).collect::<Result<_, _>>()?;
    }
    if let Some(word) = &arguments.complete {
        settings.complete = read_word(word).map_err(|e| format!("--complete: {e}"))?;
    }
    settings.pre = arguments.pre.unwrap_or(settings.pre);
    settings.post = arguments.post.unwrap_or(settings.post);
    settings.permutations = arguments.permutations.unwrap_or(settings.permutations);
    if !arguments.later.is_empty() {
        settings.later.clone_from(&arguments.later);
    }
    if !arguments.exclude.is_empty() {
        let code = |text: &String| {
            text.parse::<Hs6>()
                .map_err(|_| format!("--exclude: '{text}' is not an HS code of six digits, such as 284690"))
        };
        settings.exclude = list(&arguments.exclude).iter().map(code).collect::<Result<_, _>>()?;
    }
    settings.keep_chain |= arguments.keep_chain;
    settings.keep_breaks |= arguments.keep_breaks;
    if let Some((key, message)) = settings.problems().into_iter().next() {
        return Err(format!("--{}: {message}", key.replace('_', "-")).into());
    }
    Ok(settings)
}
