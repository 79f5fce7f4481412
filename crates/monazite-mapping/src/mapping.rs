//! A whole mapping: from a study to candidates, live or from a recording.

use std::path::{Path, PathBuf};
use std::time::Duration;

use monazite::nomenclature::Hs6;
use monazite::pipeline::store_folder;
use monazite::plain_text::beginning;
use monazite::progress::{Cancelled, Progress};
use monazite::study::mapping::EmbeddingSource;
use monazite::study::{MappingSection, Study};
use monazite::trade::StoreManifest;

use crate::MappingError;
use crate::asking::{Asking, Budget, Exhausted};
use crate::client::{Client, ClientOptions};
use crate::embedding::store::default_cache;
use crate::embedding::{Embedder, RemoteModel, SentenceModel, StaticModel};
use crate::estimate::{Estimate, estimate};
use crate::files::{Described, write_files};
use crate::key::Key;
use crate::matching::Matcher;
use crate::products::ProductTexts;
use crate::prompt::Prompts;
use crate::question::{Question, Questioner};
use crate::recording::{AnswerBook, FORMAT, Header, OpenedRecording, Recorder};
use crate::walk::{Walked, follow};

/// How a mapping is made, beside what the study says.
#[derive(Debug, Clone)]
pub struct MapOptions {
    /// Folder of the results; `chain/answers.jsonl` in it is continued if it is there.
    pub out: PathBuf,
    /// Address of the endpoint; else the study's, else `MONAZITE_BASE_URL`.
    pub base_url: Option<String>,
    /// Address of the endpoint of remote embeddings; else the study's.
    pub embedding_base_url: Option<String>,
    /// The model; else the study's, else `MONAZITE_MODEL`.
    pub model: Option<String>,
    /// Budget of calls; else the study's.
    pub budget_calls: Option<u64>,
    /// Budget of tokens; else the study's.
    pub budget_tokens: Option<u64>,
    /// Recording to take all answers from, without any call.
    pub replay: Option<PathBuf>,
    /// The key; else that of the environment variable that the study names.
    pub key: Option<Key>,
    /// Folder where vectors of slow embedding models are kept between commands; none are kept without.
    pub cache: Option<PathBuf>,
    /// First pause before a call that failed is tried again.
    pub first_pause: Duration,
}

impl MapOptions {
    /// Everything as the study says, into a folder; vectors are kept in the user's cache folder.
    pub fn new(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            base_url: None,
            embedding_base_url: None,
            model: None,
            budget_calls: None,
            budget_tokens: None,
            replay: None,
            key: None,
            cache: default_cache(),
            first_pause: Duration::from_secs(1),
        }
    }

    /// The file in which the vectors of a model are kept; `None` if they are not worth keeping.
    pub fn cache_file(&self, embedder: &dyn Embedder) -> Option<PathBuf> {
        let identity = embedder.sha256();
        let name = format!("vectors-{}.bin", &identity[..identity.len().min(16)]);
        self.cache.as_ref().filter(|_| embedder.is_slow()).map(|folder| folder.join(name))
    }
}

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
    /// Smallest cosine that makes a match.
    pub floor: f64,
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
    /// The candidates.
    pub candidates: PathBuf,
    /// What was said and what was made of it, for review.
    pub matches: PathBuf,
    /// Models, hashes, counts.
    pub record: PathBuf,
}

/// What a mapping rests on, read and checked.
struct Ground {
    products: ProductTexts,
    prompts: Prompts,
    seeds: Vec<Hs6>,
    floor: f64,
}

/// Asks a language model for candidate links, walking outward from the seeds of a study.
///
/// Writes into `OUT/chain`: `answers.jsonl` (every question and answer, as it arrives), `candidates.csv` (run, input,
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
    let section = &study.mapping;
    let embedder = embedder_of(study, options)?;
    let ground = lay_ground(study, embedder.as_ref())?;
    let answers = answers_file(options);
    let beside = options.replay.as_deref().unwrap_or(&answers).with_file_name("vectors.bin");
    let kept = [options.cache_file(embedder.as_ref()), Some(beside)];
    let mut matcher = Matcher::new(embedder.as_ref(), &ground.products, section.top_k as usize, &kept)?;
    let questioner = |model| Questioner {
        section,
        model,
        material: material_of(study),
        random_seed: study.study.random_seed,
        prompts: &ground.prompts,
        products: &ground.products,
    };
    let finished = match &options.replay {
        Some(recording) => {
            let book = AnswerBook::read(recording)?;
            let model = book.header.as_ref().map(|h| h.model.clone()).unwrap_or_default();
            let walked = follow(&questioner(&model), &ground.seeds, ground.floor, &book, &mut matcher)?;
            if walked.counts.calls == 0 {
                return Err(MappingError::Recording {
                    file: recording.display().to_string(),
                    line: None,
                    message: "none of its answers is to a question of this study; seeds, prompts, texts and parameters have to be those of the recording"
                        .to_owned(),
                });
            }
            if !walked.missing.is_empty() {
                progress.note(&format!(
                    "the recording ends at {}: {} more questions would have been asked",
                    walked.stage,
                    walked.missing.len()
                ));
            }
            Finished { walked, book, stopped: None, calls: 0, tokens: 0 }
        }
        None => {
            let (address, model) = endpoint_of(section, options)?;
            refuse_unconfirmed(section, options)?;
            let client = Client::new(client_options(study, options, &address)?)?;
            let header = Header { monazite_answers: FORMAT, model, endpoint: client.address().to_owned() };
            let OpenedRecording { recorder, book, torn_bytes } = Recorder::open(&answers, &header)?;
            if torn_bytes > 0 {
                progress.note("the last line of the recording was torn; its question is asked again");
            }
            let asking = Asking::new(&client, recorder, budget_of(section, options), section);
            let live =
                Live { questioner: questioner(&header.model), ground: &ground, asking, file: &answers };
            live.run(book, &mut matcher, progress)?
        }
    };
    let model = finished.book.header.clone().unwrap_or(Header {
        monazite_answers: FORMAT,
        model: String::new(),
        endpoint: String::new(),
    });
    let described = Described {
        study,
        header: &model,
        book: &finished.book,
        products: &ground.products,
        prompts: &ground.prompts,
        embedder: embedder.as_ref(),
        floor: ground.floor,
    };
    let vectors = embedder.is_slow().then(|| matcher.vectors_used().to_bytes());
    let written = write_files(&options.out.join("chain"), &described, &finished.walked, vectors.as_deref())?;
    Ok(MappingSummary {
        model: model.model,
        endpoint: model.endpoint,
        products: ground.products.source.clone(),
        codes: ground.products.len(),
        embedding: embedder.name().to_owned(),
        floor: ground.floor,
        walked: finished.walked,
        links: written.links,
        links_by_votes: written.links_by_votes,
        stopped: finished.stopped,
        calls: finished.calls,
        tokens: finished.tokens,
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
    let section = &study.mapping;
    let embedder = embedder_of(study, options)?;
    let ground = lay_ground(study, embedder.as_ref())?;
    let file = options.replay.clone().unwrap_or_else(|| answers_file(options));
    let book = if file.exists() { AnswerBook::read(&file)? } else { AnswerBook::default() };
    let model = match &book.header {
        Some(header) => header.model.clone(),
        None => endpoint_of(section, options).map(|e| e.1).unwrap_or_default(),
    };
    let kept = [options.cache_file(embedder.as_ref())];
    let mut matcher = Matcher::new(embedder.as_ref(), &ground.products, section.top_k as usize, &kept)?;
    let questioner = Questioner {
        section,
        model: &model,
        material: material_of(study),
        random_seed: study.study.random_seed,
        prompts: &ground.prompts,
        products: &ground.products,
    };
    let walked = follow(&questioner, &ground.seeds, ground.floor, &book, &mut matcher)?;
    Ok(estimate(section, ground.prompts.controls.len(), &walked))
}

/// The embedding model of a study.
///
/// # Errors
/// [`MappingError::Io`], [`MappingError::Embedding`], [`MappingError::Address`], [`MappingError::Key`].
pub fn embedder_of(study: &Study, options: &MapOptions) -> Result<Box<dyn Embedder>, MappingError> {
    let section = &study.mapping;
    let folder = section.embedding_path.as_ref().map(|path| study.resolve(path));
    Ok(match (section.embedding, folder) {
        (EmbeddingSource::Static, None) => Box::new(StaticModel::shipped()),
        (EmbeddingSource::Static, Some(folder)) => Box::new(StaticModel::load(&folder)?),
        (EmbeddingSource::Onnx, folder) => Box::new(SentenceModel::load(&folder.unwrap_or_default())?),
        (EmbeddingSource::Remote, _) => {
            let chat = first_of([options.base_url.as_deref(), Some(&section.base_url)], "MONAZITE_BASE_URL");
            let own: [Option<&str>; 2] =
                [options.embedding_base_url.as_deref(), Some(&section.embedding_base_url)];
            let own = own.into_iter().flatten().find(|address| !address.is_empty()).map(str::to_owned);
            if options.replay.is_none() {
                refuse_unconfirmed_embeddings(section, options)?;
            }
            // The key of one endpoint is not shown to another.
            let same = own.is_none() || own == chat;
            let address = own.or(chat).ok_or_else(|| {
                MappingError::Address(
                    "where are the embeddings? Give mapping.embedding_base_url, or MONAZITE_BASE_URL"
                        .to_owned(),
                )
            })?;
            let mut client = match section.embedding_key_variable.as_str() {
                "" if same => client_options(study, options, &address)?,
                "" => ClientOptions { key: None, ..client_options(study, options, &address)? },
                variable => ClientOptions {
                    key: Key::from_variable(variable)?,
                    key_variable: variable.to_owned(),
                    ..client_options(study, options, &address)?
                },
            };
            // 128 vectors of 3072 numbers are about 5 MB.
            client.largest_answer = 64 << 20;
            Box::new(RemoteModel::new(Client::new(client)?, &section.embedding_name))
        }
    })
}

/// The table of codes and texts of a study: its own, that of its trade data if they are imported, or that of the program.
///
/// # Errors
/// [`MappingError::Products`] if there is none, or if the store's edition is not the study's; [`MappingError::Table`].
pub fn products_of(study: &Study) -> Result<ProductTexts, MappingError> {
    if let Some(file) = &study.mapping.products {
        return ProductTexts::read(&study.resolve(file));
    }
    let wanted = study.data.convert_to.or(study.data.edition);
    let trade = study.resolve(&study.data.trade);
    let stores = [trade.clone(), store_folder(study)];
    for folder in stores.iter().filter(|folder| !study.data.trade.as_os_str().is_empty() && folder.is_dir()) {
        let Ok(manifest) = StoreManifest::read(folder) else { continue };
        if let Some(wanted) = wanted
            && !manifest.edition.is_empty()
            && manifest.edition != wanted.baci_name()
        {
            return Err(MappingError::Products(format!(
                "{}: the store holds {}, the study says {wanted}; a chain has to be mapped in the edition of the trade data",
                folder.display(),
                manifest.edition
            )));
        }
        if manifest.product_table {
            let mut products = ProductTexts::read(&folder.join(&manifest.codes).join("products.csv"))?;
            products.source = format!("{} (product table of the trade data)", manifest.edition);
            return Ok(products);
        }
    }
    let named = trade.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let edition = wanted.or_else(|| named.split(['_', '.', '-']).find_map(|word| word.parse().ok()));
    match edition {
        Some(edition) => ProductTexts::shipped_for(edition).ok_or_else(|| {
            MappingError::Products(format!(
                "the texts of {edition} do not come with the program; import the trade data first (monazite import), or name a table of codes and texts with \
                 mapping.products"
            ))
        }),
        None => Err(MappingError::Products(
            "which HS edition is mapped? Say it with data.edition, import the trade data first (monazite import), or name a table of codes and texts with \
             mapping.products"
                .to_owned(),
        )),
    }
}

fn lay_ground(study: &Study, embedder: &dyn Embedder) -> Result<Ground, MappingError> {
    let section = &study.mapping;
    let products = products_of(study)?;
    for &seed in &study.study.seeds {
        if !products.contains(seed) {
            return Err(MappingError::Seed { code: seed.to_string(), texts: products.source });
        }
    }
    let folder = section.prompts.as_ref().map(|folder| study.resolve(folder));
    let prompts = Prompts::load(folder.as_deref())?;
    let floor = section.floor.unwrap_or_else(|| embedder.default_floor());
    Ok(Ground { products, prompts, seeds: study.study.seeds.clone(), floor })
}

/// The material in words; the prompts say "Value chain: ...".
fn material_of(study: &Study) -> &str {
    match study.study.material.trim() {
        "" => "of the product itself",
        material => material,
    }
}

fn answers_file(options: &MapOptions) -> PathBuf {
    options.out.join("chain").join("answers.jsonl")
}

fn first_of<const N: usize>(said: [Option<&str>; N], variable: &str) -> Option<String> {
    let said = said.into_iter().flatten().find(|text| !text.is_empty()).map(str::to_owned);
    said.or_else(|| std::env::var(variable).ok().filter(|text| !text.is_empty()))
}

/// Address and model.
fn endpoint_of(section: &MappingSection, options: &MapOptions) -> Result<(String, String), MappingError> {
    let address = first_of([options.base_url.as_deref(), Some(&section.base_url)], "MONAZITE_BASE_URL");
    let model = first_of([options.model.as_deref(), Some(&section.model)], "MONAZITE_MODEL");
    match (address, model) {
        (Some(address), Some(model)) => Ok((address, model)),
        (None, _) => Err(MappingError::Address(
            "which endpoint? Give its address with --base-url, mapping.base_url or MONAZITE_BASE_URL, such as http://127.0.0.1:8080/v1".to_owned(),
        )),
        (_, None) => Err(MappingError::Address(
            "which model? Give its name with --model, mapping.model or MONAZITE_MODEL, as the endpoint has it".to_owned(),
        )),
    }
}

/// A study that says both where to and which of the user's keys could have any of them sent to anybody: the user has to say the
/// address.
///
/// # Errors
/// [`MappingError::Address`].
fn refuse_unconfirmed(section: &MappingSection, options: &MapOptions) -> Result<(), MappingError> {
    let own_variable = section.key_variable != MappingSection::default().key_variable;
    match options.base_url.is_none() && options.key.is_none() && !section.base_url.is_empty() && own_variable
    {
        true => Err(unconfirmed("base_url", &section.base_url, "key_variable", &section.key_variable)),
        false => Ok(()),
    }
}

/// As [`refuse_unconfirmed`], for the endpoint of remote embeddings.
fn refuse_unconfirmed_embeddings(section: &MappingSection, options: &MapOptions) -> Result<(), MappingError> {
    let address = &section.embedding_base_url;
    match (section.embedding_key_variable.as_str(), address.as_str()) {
        ("", "") => refuse_unconfirmed(section, options),
        // Where it is the address of the questions, their key is sent; and none elsewhere.
        ("", address) if address == section.base_url => refuse_unconfirmed(section, options),
        ("", _) => Ok(()),
        (variable, "") if options.base_url.is_none() && !section.base_url.is_empty() => {
            Err(unconfirmed("base_url", &section.base_url, "embedding_key_variable", variable))
        }
        (variable, address)
            if !address.is_empty()
                && options.embedding_base_url.is_none()
                && options.base_url.as_deref() != Some(address) =>
        {
            Err(unconfirmed("embedding_base_url", address, "embedding_key_variable", variable))
        }
        _ => Ok(()),
    }
}

fn unconfirmed(address_key: &str, address: &str, variable_key: &str, variable: &str) -> MappingError {
    MappingError::Address(format!(
        "the study sets both mapping.{address_key} and mapping.{variable_key}, so that what is in {variable} would be sent to {}; if that is \
         what you want, say the address too: --{} ADDRESS",
        beginning(address, 200),
        address_key.replace('_', "-")
    ))
}

fn client_options(study: &Study, options: &MapOptions, address: &str) -> Result<ClientOptions, MappingError> {
    let section = &study.mapping;
    Ok(ClientOptions {
        key: match &options.key {
            Some(key) => Some(key.clone()),
            None => Key::from_variable(&section.key_variable)?,
        },
        key_variable: section.key_variable.clone(),
        timeout: Duration::from_secs(section.timeout_seconds),
        retries: section.retries,
        first_pause: options.first_pause,
        calls_per_minute: section.calls_per_minute,
        random_seed: study.study.random_seed,
        ..ClientOptions::new(address)
    })
}

fn budget_of(section: &MappingSection, options: &MapOptions) -> Budget {
    Budget {
        calls: options.budget_calls.unwrap_or(section.budget_calls),
        tokens: options.budget_tokens.unwrap_or(section.budget_tokens),
    }
}

struct Finished {
    walked: Walked,
    book: AnswerBook,
    stopped: Option<Exhausted>,
    calls: u64,
    tokens: u64,
}

/// A mapping that asks.
struct Live<'a> {
    questioner: Questioner<'a>,
    ground: &'a Ground,
    asking: Asking<'a>,
    file: &'a Path,
}

impl Live<'_> {
    fn run(
        &self,
        mut book: AnswerBook,
        matcher: &mut Matcher<'_>,
        progress: &dyn Progress,
    ) -> Result<Finished, MappingError> {
        let before = book.records().len();
        let mut walked = self.follow(&book, matcher)?;
        let first = estimate(self.questioner.section, self.ground.prompts.controls.len(), &walked);
        for line in first.in_words() {
            progress.note(&line);
        }
        if before as u64 > walked.counts.calls {
            progress.note(&format!(
                "{} recorded answers are to other questions (prompts, texts or parameters have changed) and stay unused",
                before as u64 - walked.counts.calls
            ));
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
                let file = self.file.display().to_string();
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
        Ok(Finished { walked, book, stopped, calls: self.asking.calls(), tokens: self.asking.tokens() })
    }

    fn follow(&self, book: &AnswerBook, matcher: &mut Matcher<'_>) -> Result<Walked, MappingError> {
        follow(&self.questioner, &self.ground.seeds, self.ground.floor, book, matcher)
    }
}
