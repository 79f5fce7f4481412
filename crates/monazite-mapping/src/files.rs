//! What a mapping writes beside its answers: candidates, matches, and the record of how they came about.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monazite::delimited::CsvText;
use monazite::study::Study;
use serde::Serialize;

use crate::MappingError;
use crate::carrying::Carrier;
use crate::control::ControlResult;
use crate::digest::sha256;
use crate::embedding::{Embedder, Floors};
use crate::header::Header;
use crate::products::ProductTexts;
use crate::prompt::{PromptRecord, Prompts};
use crate::recording::AnswerBook;
use crate::replacing::write_whole;
use crate::walk::{Counts, Pair, Tier, Walked};

/// What the record describes.
pub(crate) struct Described<'a> {
    pub study: &'a Study,
    pub header: &'a Header,
    pub book: &'a AnswerBook,
    pub products: &'a ProductTexts,
    pub prompts: &'a Prompts,
    pub embedder: &'a dyn Embedder,
    pub floors: Floors,
    pub carrier: Option<&'a Carrier>,
}

/// Where everything was written.
pub(crate) struct Written {
    pub candidates: PathBuf,
    pub matches: PathBuf,
    pub record: PathBuf,
    pub upstream: Option<PathBuf>,
    pub links: usize,
    pub links_by_votes: Vec<usize>,
}

/// The content of `mapping.toml`.
#[derive(Debug, Serialize)]
struct MappingRecord<'a> {
    /// Version of the program.
    monazite: &'static str,
    material: &'a str,
    seeds: Vec<String>,
    random_seed: u64,
    /// `confirmations` or `open answers`.
    votes: &'static str,
    /// Whether every question has been asked.
    complete: bool,
    model: ModelRecord<'a>,
    products: ProductRecord<'a>,
    embedding: EmbeddingRecord<'a>,
    candidates: CandidateRecord,
    /// Links to the seeds from outside the chain, if the study looks upstream.
    #[serde(skip_serializing_if = "Option::is_none")]
    upstream: Option<CandidateRecord>,
    counts: &'a Counts,
    /// Why answers could not be used, and how often.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    failures: &'a BTreeMap<String, u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    controls: Option<&'a ControlResult>,
    /// Parameters of the study that the result depends on.
    parameters: toml::Table,
    tiers: &'a [Tier],
    prompts: &'a [PromptRecord],
    files: Vec<FileRecord>,
}

#[derive(Debug, Serialize)]
struct ModelRecord<'a> {
    name: &'a str,
    endpoint: &'a str,
    /// How answers came.
    how: &'a str,
    /// When the recording was begun.
    date: &'a str,
    /// What the endpoint calls the model in its answers.
    answered_by: Vec<&'a str>,
}

#[derive(Debug, Serialize)]
struct ProductRecord<'a> {
    source: &'a str,
    edition: String,
    /// The edition of the candidates, if it is another one.
    #[serde(skip_serializing_if = "Option::is_none")]
    carried_to: Option<String>,
    codes: usize,
    sha256: &'a str,
}

#[derive(Debug, Serialize)]
struct EmbeddingRecord<'a> {
    name: &'a str,
    sha256: &'a str,
    floor: f64,
    code_floor: f64,
    heading_floor: f64,
}

#[derive(Debug, Serialize)]
struct CandidateRecord {
    rows: usize,
    links: usize,
    /// Links that have no place in the edition of the trade.
    #[serde(skip_serializing_if = "is_zero")]
    lost_between_editions: usize,
    /// Links with at least 1, 2, ... votes.
    links_by_votes: Vec<usize>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde gives a reference")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[derive(Debug, Serialize)]
struct FileRecord {
    name: &'static str,
    sha256: String,
}

/// Parameters of `[mapping]` that change how a mapping is made but not what comes out of it, or that are recorded elsewhere.
const NOT_OF_THE_RESULT: [&str; 21] = [
    "base_url",
    "model",
    "key_variable",
    "prompts",
    "embedding_path",
    "embedding_base_url",
    "embedding_name",
    "embedding_key_variable",
    "products",
    "floor",
    "code_floor",
    "heading_floor",
    "answers",
    "edition",
    "concurrency",
    "calls_per_minute",
    "retries",
    "timeout_seconds",
    "budget_calls",
    "budget_tokens",
    "token_field",
];

/// Every good that a model named, and the code it stands for.
fn table_of_matches(described: &Described<'_>, walked: &Walked) -> Vec<u8> {
    csv_of(
        ["run", "question", "product", "good", "named", "way", "code", "cosine", "linked", "text"],
        walked.goods.iter().map(|m| {
            [
                m.run.to_string(),
                m.kind.name().to_owned(),
                m.product.to_string(),
                m.good.clone(),
                m.named.clone(),
                m.way.name().to_owned(),
                m.code.to_string(),
                format!("{:.4}", m.cosine),
                if m.linked { "yes" } else { "no" }.to_owned(),
                described.products.text(m.code).unwrap_or_default().to_owned(),
            ]
        }),
    )
}

/// Links with their votes: the lines of a file, and how many links have at least 1, 2, ... votes.
struct Links {
    table: Vec<u8>,
    rows: usize,
    links: usize,
    by_votes: Vec<usize>,
    /// Links that have no place in the edition of the trade: a code of theirs is not there, or both are one.
    lost: usize,
}

impl Links {
    fn of(described: &Described<'_>, walked: &Walked, wanted: impl Fn(&Pair) -> bool) -> Self {
        let mut rows: BTreeMap<(u64, Pair), f32> = BTreeMap::new();
        let mut lost = 0;
        for (pair, votes) in walked.pairs.iter().filter(|(pair, _)| wanted(pair)) {
            let runs = walked.votes(votes);
            let Some(pair) = carried(*pair, described.carrier) else {
                lost += usize::from(!runs.is_empty());
                continue;
            };
            for run in runs {
                let score = if walked.confirming { None } else { votes.open.get(&run).copied() };
                let score = score.unwrap_or_else(|| votes.best_cosine());
                let best = rows.entry((run, pair)).or_insert(score);
                *best = best.max(score);
            }
        }
        let mut votes_of_links: BTreeMap<Pair, usize> = BTreeMap::new();
        for (_, pair) in rows.keys() {
            *votes_of_links.entry(*pair).or_default() += 1;
        }
        let runs = described.study.mapping.runs as usize;
        let by_votes =
            (1..=runs).map(|k| votes_of_links.values().filter(|&&votes| votes >= k).count()).collect();
        let source = format!("{} ({})", described.header.model, how(walked));
        let lines = rows.iter().map(|((run, pair), score)| {
            [
                run.to_string(),
                pair.input.to_string(),
                pair.output.to_string(),
                format!("{score:.4}"),
                source.clone(),
            ]
        });
        let edition = described.carrier.map(Carrier::trade).or(described.products.edition);
        let mut table =
            edition.map_or_else(Vec::new, |edition| format!("# edition: {edition}\n").into_bytes());
        table.extend(csv_of(["run", "input", "output", "score", "source"], lines));
        Self { table, rows: rows.len(), links: votes_of_links.len(), by_votes, lost }
    }

    fn record(&self) -> CandidateRecord {
        CandidateRecord {
            rows: self.rows,
            links: self.links,
            lost_between_editions: self.lost,
            links_by_votes: self.by_votes.clone(),
        }
    }
}

/// A pair in the edition of the trade; `None` if it is none there.
fn carried(pair: Pair, carrier: Option<&Carrier>) -> Option<Pair> {
    let Some(carrier) = carrier else { return Some(pair) };
    let (input, output) = (carrier.to_trade(pair.input)?, carrier.to_trade(pair.output)?);
    (input != output).then_some(Pair { input, output })
}

/// What a vote is.
fn how(walked: &Walked) -> &'static str {
    if walked.confirming { "confirmations" } else { "open answers" }
}

/// Writes the files of a mapping into a folder, each whole or not at all.
pub(crate) fn write_files(
    folder: &Path,
    described: &Described<'_>,
    walked: &Walked,
    vectors: Option<&[u8]>,
) -> Result<Written, MappingError> {
    std::fs::create_dir_all(folder).map_err(|e| MappingError::io(folder, "cannot be created", e))?;
    keep_what_is_complete(folder, is_complete(walked))?;
    let upward = described.study.mapping.upstream;
    let enough = described.study.mapping.min_votes_to_list;
    let listed = |pair: &Pair| walked.pairs.get(pair).is_some_and(|votes| votes.open.len() as u64 >= enough);
    let candidates = Links::of(described, walked, |pair| listed(pair) && !walked.upstream.contains(pair));
    let upstream =
        upward.then(|| Links::of(described, walked, |pair| listed(pair) && walked.upstream.contains(pair)));
    let matches = table_of_matches(described, walked);
    let mut files = Vec::new();
    let mut put = |name: &'static str, bytes: &[u8]| {
        files.push(FileRecord { name, sha256: sha256(bytes) });
        let path = folder.join(name);
        write_whole(&path, bytes).map(|()| path)
    };
    let candidates_file = put("candidates.csv", &candidates.table)?;
    let matches_file = put("matches.csv", &matches)?;
    let upstream_file = upstream.as_ref().map(|links| put("upstream.csv", &links.table)).transpose()?;
    if let Some(vectors) = vectors {
        put("vectors.bin", vectors)?;
    }
    let record = record_of(described, walked, [Some(&candidates), upstream.as_ref()], files);
    let text = toml::to_string(&record).expect("the record has no map keys that are not text");
    let record_file = folder.join("mapping.toml");
    write_whole(&record_file, text.as_bytes())?;
    Ok(Written {
        candidates: candidates_file,
        matches: matches_file,
        record: record_file,
        upstream: upstream_file,
        links: candidates.links,
        links_by_votes: candidates.by_votes,
    })
}

fn is_complete(walked: &Walked) -> bool {
    walked.missing.is_empty() && walked.counts.answered > 0
}

/// Refuses to put the results of a mapping that is not complete in the place of those of one that is.
fn keep_what_is_complete(folder: &Path, complete: bool) -> Result<(), MappingError> {
    let record = folder.join("mapping.toml");
    let Some(text) = (!complete).then(|| std::fs::read_to_string(&record).ok()).flatten() else {
        return Ok(());
    };
    // A key of the table itself, which stands before all others.
    let mut of_table = text.lines().take_while(|line| !line.starts_with('['));
    if of_table.any(|line| line == "complete = true") {
        return Err(MappingError::Recording {
            file: record.display().to_string(),
            line: None,
            message: "this is a complete mapping, and what is known now would make one that is not; it stays as it is. Name another --out, or \
                      remove this file"
                .to_owned(),
        });
    }
    Ok(())
}

fn record_of<'a>(
    described: &'a Described<'_>,
    walked: &'a Walked,
    [candidates, upstream]: [Option<&Links>; 2],
    files: Vec<FileRecord>,
) -> MappingRecord<'a> {
    let mut answered_by: Vec<&str> =
        described.book.records().iter().filter_map(|r| r.answered_by.as_deref()).collect();
    answered_by.sort_unstable();
    answered_by.dedup();
    let study = described.study;
    let none = || CandidateRecord { rows: 0, links: 0, lost_between_editions: 0, links_by_votes: Vec::new() };
    MappingRecord {
        monazite: env!("CARGO_PKG_VERSION"),
        material: &study.study.material,
        seeds: study.study.seeds.iter().map(ToString::to_string).collect(),
        random_seed: study.study.random_seed,
        votes: how(walked),
        complete: is_complete(walked),
        model: ModelRecord {
            name: &described.header.model,
            endpoint: &described.header.endpoint,
            how: &described.header.how,
            date: &described.header.date,
            answered_by,
        },
        products: ProductRecord {
            source: &described.products.source,
            edition: described.products.edition_in_words(),
            carried_to: described.carrier.map(|carrier| carrier.trade().to_string()),
            codes: described.products.len(),
            sha256: &described.products.sha256,
        },
        embedding: EmbeddingRecord {
            name: described.embedder.name(),
            sha256: described.embedder.sha256(),
            floor: described.floors.anywhere,
            code_floor: described.floors.code,
            heading_floor: described.floors.heading,
        },
        candidates: candidates.map_or_else(none, Links::record),
        upstream: upstream.map(Links::record),
        counts: &walked.counts,
        failures: &walked.failures,
        controls: walked.controls.as_ref(),
        parameters: parameters_of(study),
        tiers: &walked.tiers,
        prompts: &described.prompts.records,
        files,
    }
}

fn parameters_of(study: &Study) -> toml::Table {
    study
        .mapping
        .parameters()
        .into_iter()
        .filter(|p| !NOT_OF_THE_RESULT.contains(&p.key))
        .filter_map(|p| toml::from_str::<toml::Table>(&format!("{} = {}", p.key, p.value?)).ok())
        .flatten()
        .collect()
}

fn csv_of<const N: usize>(header: [&str; N], rows: impl Iterator<Item = [String; N]>) -> Vec<u8> {
    let mut text = CsvText::new(header);
    rows.for_each(|row| text.row(row));
    text.bytes()
}
