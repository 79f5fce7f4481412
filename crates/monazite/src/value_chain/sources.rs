//! All sources of a network put together; each link remembers where it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::candidates::CandidateFile;
use super::edge_list::links_of;
use super::error::ChainError;
use super::link::Link;
use super::overrides::{Action, Overrides, parse_overrides};
use super::published::PublishedNetwork;
use super::votes::{Tally, strongest};
use crate::delimited::{Table, TableError};
use crate::disk;
use crate::nomenclature::{Hs6, HsEdition};
use crate::plain_text::hex;
use crate::trade::FlowSource;

/// The codes that links may use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ProductCodes {
    /// Edition of the trade data, `None` if it is not known.
    pub edition: Option<HsEdition>,
    /// All codes of the edition, or those that are traded if the release came without its table of products.
    pub codes: BTreeSet<Hs6>,
    /// Whether `codes` is the whole edition, so that another code is a mistake.
    pub complete: bool,
}

impl ProductCodes {
    /// The codes of trade data.
    pub fn of(store: &dyn FlowSource) -> Self {
        let traded = store.traded_products();
        let table: BTreeSet<Hs6> = store.products().keys().copied().collect();
        let complete = store.has_product_table();
        Self {
            edition: store.provenance().hs_edition(),
            codes: if complete {
                &table | &traded.into_iter().collect()
            } else {
                traded.into_iter().collect()
            },
            complete,
        }
    }

    /// Name of the edition, for messages.
    pub fn edition_name(&self) -> String {
        self.edition.map_or_else(|| "the trade data".to_owned(), |e| e.to_string())
    }
}

/// What kind of source a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SourceKind {
    /// A list that somebody wrote.
    EdgeList,
    /// Candidates with votes.
    Candidates,
    /// A published network.
    Network,
    /// Decisions of experts.
    Overrides,
}

impl SourceKind {
    /// For manifests and tables.
    pub const fn key(self) -> &'static str {
        match self {
            Self::EdgeList => "edge list",
            Self::Candidates => "candidates",
            Self::Network => "published network",
            Self::Overrides => "overrides",
        }
    }
}

/// A file of links.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name, without folders.
    pub name: String,
    /// What it is.
    pub kind: SourceKind,
    /// SHA-256 of its bytes.
    pub sha256: String,
    /// Rows.
    pub rows: u64,
    /// Links it proposes.
    pub links: usize,
    /// Runs, if it has votes.
    pub runs: Option<u32>,
    /// Rows that propose nothing, and why.
    pub left_out: Vec<LeftOutRows>,
}

/// Rows that propose nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOutRows {
    /// Why.
    pub reason: &'static str,
    /// How many.
    pub rows: u64,
}

/// What one source says about one link.
#[derive(Debug, Clone, PartialEq)]
pub struct Mention {
    /// Position of the file among [`Sources::files`].
    pub file: usize,
    /// Line on which it says so first.
    pub line: u64,
    /// Its votes, if it votes.
    pub tally: Option<Tally>,
    /// Its score, if it scores.
    pub score: Option<f64>,
    /// What it cites.
    pub citation: String,
}

/// All proposed links with everything that was said about them, and the decisions of experts.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sources {
    /// The files, in the order of the study.
    pub files: Vec<SourceFile>,
    /// Who proposes each link, by input and output.
    pub mentions: BTreeMap<(Hs6, Hs6), Vec<Mention>>,
    /// Links that stand twice in one edge list: all but the first of each.
    pub repeated: Vec<Link>,
    /// Decisions of experts.
    pub overrides: Overrides,
}

/// The files of a study.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SourcePaths {
    /// Edge lists.
    pub edges: Vec<PathBuf>,
    /// Candidates files.
    pub candidates: Vec<PathBuf>,
    /// Published networks.
    pub networks: Vec<PathBuf>,
    /// Decisions of experts.
    pub overrides: Option<PathBuf>,
    /// Edition of all of them, if it is said.
    pub edition: Option<HsEdition>,
    /// Least score of candidates and of links of published networks.
    pub min_score: Option<f64>,
}

impl Sources {
    /// Reads all files and puts them together.
    ///
    /// # Errors
    /// [`ChainError`] for the first file that cannot be read, has an error in a line, uses another edition than the
    /// trade data, or a code that is not one of the edition.
    pub fn read(paths: &SourcePaths, codes: &ProductCodes) -> Result<Self, ChainError> {
        if let Some(edition) = paths.edition {
            same_edition("chain.edition", edition, codes)?;
        }
        let mut sources = Self::default();
        for path in &paths.edges {
            let mut file = File::read(path, SourceKind::EdgeList, codes)?;
            let links = links_of(&file.table)?;
            file.record.rows = links.len() as u64;
            let at = sources.files.len();
            let mut seen = BTreeSet::new();
            for link in links {
                if !seen.insert((link.input, link.output)) {
                    sources.repeated.push(link);
                    continue;
                }
                let line = link.line.unwrap_or(0);
                file.check(link.input, "input", line, codes)?;
                file.check(link.output, "output", line, codes)?;
                let mention = Mention { file: at, line, tally: None, score: None, citation: link.source };
                sources.mentions.entry((link.input, link.output)).or_default().push(mention);
            }
            file.record.links = seen.len();
            sources.files.push(file.record);
        }
        for path in &paths.candidates {
            let mut file = File::read(path, SourceKind::Candidates, codes)?;
            let found = CandidateFile::parse(&file.table, paths.min_score)?;
            let runs = found.runs.len() as u32;
            file.record.rows = found.rows;
            file.record.links = found.links.len();
            file.record.runs = Some(runs);
            file.leave_out("no product named", found.without_code);
            file.leave_out("score below chain.min_score", found.below_score);
            for ((input, output), candidate) in found.links {
                file.check(input, "input", candidate.line, codes)?;
                file.check(output, "output", candidate.line, codes)?;
                let mention = Mention {
                    file: sources.files.len(),
                    line: candidate.line,
                    tally: Some(Tally { votes: candidate.named_by.len() as u32, runs }),
                    score: candidate.score,
                    citation: candidate.citations.join("; "),
                };
                sources.mentions.entry((input, output)).or_default().push(mention);
            }
            sources.files.push(file.record);
        }
        for path in &paths.networks {
            let mut file = File::read(path, SourceKind::Network, codes)?;
            let found =
                PublishedNetwork::parse(&file.table, &codes.codes, &codes.edition_name(), paths.min_score)?;
            file.record.rows = found.rows;
            file.record.links = found.links.len();
            file.leave_out("from a heading to itself", found.within_heading);
            file.leave_out("score below chain.min_score", found.below_score);
            for ((input, output), link) in found.links {
                file.check(input, "input", link.line, codes)?;
                file.check(output, "output", link.line, codes)?;
                let mention = Mention {
                    file: sources.files.len(),
                    line: link.line,
                    tally: None,
                    score: link.score,
                    citation: link.as_published,
                };
                sources.mentions.entry((input, output)).or_default().push(mention);
            }
            sources.files.push(file.record);
        }
        if let Some(path) = &paths.overrides {
            let mut file = File::read(path, SourceKind::Overrides, codes)?;
            sources.overrides = parse_overrides(&file.table)?;
            file.record.rows = sources.overrides.len() as u64;
            for (&(input, output), decision) in &sources.overrides {
                file.check(input, "input", decision.line, codes)?;
                file.check(output, "output", decision.line, codes)?;
            }
            sources.files.push(file.record);
        }
        Ok(sources)
    }

    /// The proposed links, by input and output, with their votes but without a test. Links that only an expert forces are among them.
    pub fn links(&self) -> Vec<Link> {
        let forced = self
            .overrides
            .iter()
            .filter(|(link, o)| o.action == Action::Force && !self.mentions.contains_key(link))
            .map(|(&(input, output), _)| {
                let source =
                    self.files.iter().find(|f| f.kind == SourceKind::Overrides).map_or("", |f| &f.name);
                Link { source: source.to_owned(), ..Link::curated(input, output) }
            });
        let mut links: Vec<Link> = self
            .mentions
            .iter()
            .map(|(&(input, output), mentions)| {
                let tally = strongest(mentions.iter().map(|m| m.tally));
                let curated =
                    |m: &&Mention| self.files.get(m.file).is_some_and(|f| f.kind == SourceKind::EdgeList);
                Link {
                    source: self.in_words(mentions),
                    line: mentions.iter().find(curated).map(|m| m.line),
                    curated: mentions.iter().any(|m| curated(&m)),
                    votes: tally.map(|t| t.votes),
                    runs: tally.map(|t| t.runs),
                    ..Link::curated(input, output)
                }
            })
            .chain(forced)
            .collect();
        links.sort_by_key(|link| (link.input, link.output));
        links
    }

    fn in_words(&self, mentions: &[Mention]) -> String {
        let words = mentions.iter().map(|m| {
            let Some(file) = self.files.get(m.file) else { return m.citation.clone() };
            match (file.kind, m.tally) {
                (SourceKind::Candidates, Some(tally)) => {
                    let votes = format!("{}, {} of {} runs", file.name, tally.votes, tally.runs);
                    if m.citation.is_empty() { votes } else { format!("{votes}: {}", m.citation) }
                }
                (SourceKind::Network, _) => format!("{}, {}", file.name, m.citation),
                _ => m.citation.clone(),
            }
        });
        words.filter(|w| !w.is_empty()).collect::<Vec<_>>().join("; ")
    }
}

/// A file while it is read.
struct File {
    table: Table,
    record: SourceFile,
}

impl File {
    fn read(path: &Path, kind: SourceKind, codes: &ProductCodes) -> Result<Self, ChainError> {
        let file = path.display().to_string();
        let bytes = disk::read(path, disk::LARGEST_TABLE)
            .map_err(|e| TableError::Unreadable { file: file.clone(), message: e.to_string() })?;
        if let Some(edition) = edition_in(&bytes) {
            match edition.parse::<HsEdition>() {
                Ok(edition) => same_edition(&file, edition, codes)?,
                Err(message) => return Err(TableError::Unreadable { file, message }.into()),
            }
        }
        let record = SourceFile {
            name: path.file_name().map_or_else(|| file.clone(), |n| n.to_string_lossy().into_owned()),
            kind,
            sha256: hex(&Sha256::digest(&bytes)),
            rows: 0,
            links: 0,
            runs: None,
            left_out: Vec::new(),
        };
        Ok(Self { table: Table::parse(&bytes, &file)?, record })
    }

    fn leave_out(&mut self, reason: &'static str, rows: u64) {
        if rows > 0 {
            self.record.left_out.push(LeftOutRows { reason, rows });
        }
    }

    /// Refuses a code that the edition does not have.
    fn check(&self, code: Hs6, column: &str, line: u64, codes: &ProductCodes) -> Result<(), ChainError> {
        if !codes.complete || codes.codes.contains(&code) {
            return Ok(());
        }
        Err(TableError::Field {
            file: self.table.file.clone(),
            line,
            column: column.to_owned(),
            message: format!("{code} is not a code of {}", codes.edition_name()),
        }
        .into())
    }
}

fn same_edition(file: &str, edition: HsEdition, codes: &ProductCodes) -> Result<(), ChainError> {
    match codes.edition {
        Some(expected) if expected != edition => Err(ChainError::Edition {
            file: file.to_owned(),
            found: edition.to_string(),
            expected: expected.to_string(),
        }),
        _ => Ok(()),
    }
}

/// The edition that a comment line such as `# edition: HS07` names.
fn edition_in(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.trim_start_matches('\u{feff}')
        .split(['\n', '\r'])
        .take_while(|line| line.starts_with('#') || line.trim().is_empty())
        .find_map(|line| {
            let (key, value) = line.trim_start_matches('#').split_once([':', '='])?;
            key.trim().eq_ignore_ascii_case("edition").then(|| value.trim().to_owned())
        })
}

#[cfg(test)]
mod tests;
