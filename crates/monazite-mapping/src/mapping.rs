//! A whole mapping: from a study to candidates, live or from a recording.

use std::path::{Path, PathBuf};

use monazite::progress::{Cancelled, Progress};
use monazite::study::Study;

use crate::MappingError;
use crate::asking::{Asking, Exhausted};
use crate::client::Client;
use crate::embedding::Floors;
pub use crate::endpoints::embedder_of;
use crate::endpoints::{budget_of, client_options, endpoint_of, model_of, refuse_unconfirmed};
use crate::estimate::{Estimate, estimate};
use crate::files::{Described, write_files};
pub use crate::ground::products_of;
use crate::ground::{Continued, Ground};
use crate::header::Header;
use crate::matching::Matcher;
pub use crate::options::MapOptions;
use crate::question::Question;
use crate::recording::AnswerBook;
use crate::walk::Walked;

/// A mapping that has come to an end, or to the end of its budget.
#[derive(Debug, Clone)]
pub struct MappingSummary {
    /// The model, as the endpoint names it.
    pub model: String,
    /// Address of the endpoint.
    pub endpoint: String,
    /// Table of codes and texts.
    pub products: String,
    /// Number of codes.
    pub codes: usize,
    /// Name of the embedding model.
    pub embedding: String,
    /// Smallest cosines that make a match.
    pub floors: Floors,
    /// Where the walk stands.
    pub walked: Walked,
    /// Candidate links.
    pub links: usize,
    /// Candidate links by votes: how many have at least 1, 2, ... votes.
    pub links_by_votes: Vec<usize>,
    /// Why it stopped before the end, if it did.
    pub stopped: Option<Exhausted>,
    /// Questions asked by this command.
    pub calls: u64,
    /// Tokens spent by this command.
    pub tokens: u64,
    /// Links to the seeds from outside the chain, if the study looks upstream.
    pub upstream: Option<PathBuf>,
    /// The candidates.
    pub candidates: PathBuf,
    /// What was said and what was made of it, for review.
    pub matches: PathBuf,
    /// Models, hashes, counts.
    pub record: PathBuf,
}

/// Asks a language model for candidate links, walking outward from the seeds of a study.
///
/// Writes into `OUT/chain`: `answers.jsonl` (every answer, as it arrives), `candidates.csv` (run, input,
/// output, score, source), `matches.csv` (what each answer was taken for), `mapping.toml` (model, hashes, counts, controls),
/// and, for embedding models that are not part of the program, `vectors.bin`. Stopped at any point, the same call goes on
/// where it was and asks nothing twice. With `replay`, all answers come from a recording and nothing is asked; the same
/// recording gives the same bytes.
///
/// # Errors
/// [`MappingError`]; answers that have arrived before are kept, and the error says so.
pub fn map_study(
    study: &Study,
    options: &MapOptions,
    progress: &dyn Progress,
) -> Result<MappingSummary, MappingError> {
    let ground = Ground::lay(study, options)?;
    let mut matcher = ground.matcher()?;
    let finished = match &options.replay {
        Some(recording) => replay(&ground, recording, &mut matcher, progress)?,
        None => {
            let section = &study.mapping;
            let (address, model) = endpoint_of(section, options)?;
            refuse_unconfirmed(section, options)?;
            let client = Client::new(client_options(study, options, &address)?)?;
            let Continued { recorder, book, header, notes } =
                ground.continued(Some(model), client.address(), "calls")?;
            notes.iter().for_each(|note| progress.note(note));
            let form = ground.questioner(&header).body_form();
            let budget = budget_of(section, options);
            let asking = Asking::new(&client, recorder, budget, section.concurrency, form);
            Live { ground: &ground, header, asking }.run(book, &mut matcher, progress)?
        }
    };
    conclude(&ground, finished, &matcher)
}

/// Where a mapping has come to.
pub(crate) struct Finished {
    pub walked: Walked,
    pub book: AnswerBook,
    pub header: Header,
    pub stopped: Option<Exhausted>,
    pub calls: u64,
    pub tokens: u64,
}

impl Finished {
    /// Without any call.
    pub fn uncalled(walked: Walked, book: AnswerBook, header: Header) -> Self {
        Self { walked, book, header, stopped: None, calls: 0, tokens: 0 }
    }
}

/// Takes all answers from a recording.
fn replay(
    ground: &Ground<'_>,
    recording: &Path,
    matcher: &mut Matcher<'_>,
    progress: &dyn Progress,
) -> Result<Finished, MappingError> {
    let (book, notes) = ground.read(recording)?;
    notes.iter().for_each(|note| progress.note(note));
    let header = book.header.clone().unwrap_or_default();
    if let Some(model) = &ground.options.model {
        header.same_model(model, recording)?;
    }
    let walked = ground.follow(&header, &book, false, matcher)?;
    if walked.counts.calls == 0 {
        return Err(MappingError::Recording {
            file: recording.display().to_string(),
            line: None,
            message: "none of its answers is to a question of this study; it has none about its seeds"
                .to_owned(),
        });
    }
    if walked.counts.other_words > 0 {
        progress.note(&format!(
            "{} answers are to questions in other words: the texts of codes, or the prompts, are no longer the same",
            walked.counts.other_words
        ));
    }
    if let Some(first) = walked.missing.first() {
        progress.note(&format!(
            "the recording ends at {}: {} more questions would have been asked, {} first",
            walked.stage,
            walked.missing.len(),
            first.key
        ));
    }
    Ok(Finished::uncalled(walked, book, header))
}

/// Writes the files of a mapping, and says what is in them.
pub(crate) fn conclude(
    ground: &Ground<'_>,
    finished: Finished,
    matcher: &Matcher<'_>,
) -> Result<MappingSummary, MappingError> {
    let described = Described {
        study: ground.study,
        header: &finished.header,
        book: &finished.book,
        products: &ground.products,
        prompts: &ground.prompts,
        embedder: ground.embedder.as_ref(),
        floors: ground.floors,
        carrier: ground.carrier.as_ref(),
    };
    let vectors = ground.embedder.is_slow().then(|| matcher.vectors_used().to_bytes());
    let folder = ground.options.out.join("chain");
    let written = write_files(&folder, &described, &finished.walked, vectors.as_deref())?;
    Ok(MappingSummary {
        model: finished.header.model,
        endpoint: finished.header.endpoint,
        products: ground.products.source.clone(),
        codes: ground.products.len(),
        embedding: ground.embedder.name().to_owned(),
        floors: ground.floors,
        walked: finished.walked,
        links: written.links,
        links_by_votes: written.links_by_votes,
        stopped: finished.stopped,
        calls: finished.calls,
        tokens: finished.tokens,
        upstream: written.upstream,
        candidates: written.candidates,
        matches: written.matches,
        record: written.record,
    })
}

/// Says how many questions a mapping would ask, without asking any. What has been recorded already is taken into account.
///
/// # Errors
/// As [`map_study`], but no endpoint and no key is needed.
pub fn estimate_mapping(study: &Study, options: &MapOptions) -> Result<Estimate, MappingError> {
    let ground = Ground::lay(study, options)?;
    let (book, _) = match &options.replay {
        Some(file) => ground.read(file)?,
        None => ground.known()?,
    };
    let model = model_of(&study.mapping, options).unwrap_or_default();
    let header = book.header.clone().unwrap_or_else(|| ground.header(&model, "", ""));
    let walked = ground.follow(&header, &book, false, &mut ground.matcher()?)?;
    Ok(estimate(&study.mapping, ground.prompts.controls.len(), &walked))
}

/// A mapping that asks.
struct Live<'a> {
    ground: &'a Ground<'a>,
    header: Header,
    asking: Asking<'a>,
}

impl Live<'_> {
    fn run(
        &self,
        mut book: AnswerBook,
        matcher: &mut Matcher<'_>,
        progress: &dyn Progress,
    ) -> Result<Finished, MappingError> {
        let mut walked = self.follow(&book, matcher)?;
        let first = estimate(&self.ground.study.mapping, self.ground.prompts.controls.len(), &walked);
        for line in first.in_words() {
            progress.note(&line);
        }
        // What an earlier command got no answer to is asked once more.
        let mut again: Vec<Question> = walked.without_answer.clone();
        let mut stopped = None;
        loop {
            let questions =
                if again.is_empty() { walked.missing.clone() } else { std::mem::take(&mut again) };
            if questions.is_empty() || stopped.is_some() {
                break;
            }
            let what = if walked.stage.is_empty() { "asking again".to_owned() } else { walked.stage.clone() };
            stopped = self.asking.ask(&questions, &mut book, &what, progress).map_err(|error| {
                let answers = book.records().iter().filter(|r| r.answer.is_some()).count();
                let file = self.ground.answers_file().display().to_string();
                match error {
                    MappingError::Cancelled(_) => MappingError::Cancelled(Cancelled {
                        kept: Some(format!(
                            "{answers} answers are recorded in {file}, and the next call goes on from there"
                        )),
                    }),
                    error => MappingError::Interrupted { error: Box::new(error), answers, file },
                }
            })?;
            walked = self.follow(&book, matcher)?;
        }
        let (calls, tokens) = (self.asking.calls(), self.asking.tokens());
        Ok(Finished { walked, book, header: self.header.clone(), stopped, calls, tokens })
    }

    fn follow(&self, book: &AnswerBook, matcher: &mut Matcher<'_>) -> Result<Walked, MappingError> {
        self.ground.follow(&self.header, book, false, matcher)
    }
}
