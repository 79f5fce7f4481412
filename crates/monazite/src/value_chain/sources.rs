//! All sources of a network put together; each link remembers where it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::candidates::CandidateFile;
use super::edge_list::links_of;
use super::error::ChainError;
use super::link::Link;
use super::network_columns::edition_in;
use super::overrides::{Action, Overrides, parse_overrides};
use super::published::{PublishedNetwork, first_ten, unplaced_note, unscored_note};
use super::votes::{Tally, strongest};
use crate::delimited::{Table, TableError};
use crate::disk;
use crate::nomenclature::{Hs6, HsEdition};
use crate::plain_text::hex;

pub use super::product_codes::ProductCodes;

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

/// Why rows with codes of another edition propose nothing; a note of its own says which codes.
pub const NO_PLACE: &str = "a code that the trade data do not have";

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
    /// What a reader should know of how the files were read.
    pub notes: Vec<String>,
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
    /// [`ChainError`] for the first file that cannot be read or has an error in a line; of lists written by hand and candidates also one that is
    /// of another edition than the trade data, and of lists written by hand and overrides one with codes that are not in the edition, all of
    /// them named. Candidates with such codes are left out and counted; published networks are converted.
    pub fn read(paths: &SourcePaths, codes: &ProductCodes) -> Result<Self, ChainError> {
        let exact = paths.networks.is_empty()
            || !(paths.edges.is_empty() && paths.candidates.is_empty() && paths.overrides.is_none());
        if let Some(edition) = paths.edition.filter(|_| exact) {
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
                file.check(link.input, "input", line, codes);
                file.check(link.output, "output", line, codes);
                let mention = Mention { file: at, line, tally: None, score: None, citation: link.source };
                sources.mentions.entry((link.input, link.output)).or_default().push(mention);
            }
            file.refuse_unknown(codes)?;
            file.record.links = seen.len();
            sources.files.push(file.record);
        }
        for path in &paths.candidates {
            sources.take_candidates(
                File::read(path, SourceKind::Candidates, codes)?,
                paths.min_score,
                codes,
            )?;
        }
        for path in &paths.networks {
            let file = File::read(path, SourceKind::Network, codes)?;
            let edition = file.edition.or(paths.edition);
            sources.take_network(file, edition, paths.min_score, codes)?;
        }
        if let Some(path) = &paths.overrides {
            let mut file = File::read(path, SourceKind::Overrides, codes)?;
            sources.overrides = parse_overrides(&file.table)?;
            file.record.rows = sources.overrides.len() as u64;
            for (&(input, output), decision) in &sources.overrides {
                file.check(input, "input", decision.line, codes);
                file.check(output, "output", decision.line, codes);
            }
            file.refuse_unknown(codes)?;
            sources.files.push(file.record);
        }
        Ok(sources)
    }

    /// Takes the candidates of a file; those with a code that the trade data do not have are counted and left out.
    fn take_candidates(
        &mut self,
        mut file: File,
        min_score: Option<f64>,
        codes: &ProductCodes,
    ) -> Result<(), ChainError> {
        let mut found = CandidateFile::parse(&file.table, min_score)?;
        let (mut unplaced, mut rows) = (BTreeSet::new(), 0);
        found.links.retain(|&(input, output), candidate| {
            let unknown: Vec<Hs6> = [input, output].into_iter().filter(|&code| !codes.has(code)).collect();
            rows += if unknown.is_empty() { 0 } else { candidate.rows };
            unplaced.extend(unknown.iter().map(ToString::to_string));
            unknown.is_empty()
        });
        let runs = found.runs.len() as u32;
        file.record.rows = found.rows;
        file.record.links = found.links.len();
        file.record.runs = Some(runs);
        file.leave_out("no product named", found.without_code);
        file.leave_out("score below chain.min_score", found.below_score);
        file.leave_out(NO_PLACE, rows);
        if min_score.is_some() {
            let proposing = found.rows - found.without_code;
            self.notes.extend(unscored_note(&file.record.name, found.unscored, proposing));
        }
        self.notes.extend(unplaced_note(&file.record.name, &unplaced, rows, codes));
        for ((input, output), candidate) in found.links {
            let mention = Mention {
                file: self.files.len(),
                line: candidate.line,
                tally: Some(Tally { votes: candidate.named_by.len() as u32, runs }),
                score: candidate.score,
                citation: candidate.citations.join("; "),
            };
            self.mentions.entry((input, output)).or_default().push(mention);
        }
        self.files.push(file.record);
        Ok(())
    }

    /// Takes the links of a published network.
    fn take_network(
        &mut self,
        mut file: File,
        edition: Option<HsEdition>,
        min_score: Option<f64>,
        codes: &ProductCodes,
    ) -> Result<(), ChainError> {
        let found = PublishedNetwork::parse(&file.table, &file.record.name, codes, edition, min_score)?;
        file.record.rows = found.rows;
        file.record.links = found.links.len();
        file.leave_out("from a heading to itself", found.within_heading);
        file.leave_out("from a product to itself", found.to_itself);
        file.leave_out("score below chain.min_score", found.below_score);
        file.leave_out("no product named", found.without_code);
        file.leave_out(NO_PLACE, found.unplaced_rows);
        self.notes.extend(found.notes);
        if min_score.is_some() {
            let not = found.without_code + found.unplaced_rows + found.within_heading + found.to_itself;
            let proposing = found.rows - not;
            self.notes.extend(unscored_note(&file.record.name, found.unscored, proposing));
        }
        for ((input, output), link) in found.links {
            let mention = Mention {
                file: self.files.len(),
                line: link.line,
                tally: None,
                score: link.score,
                citation: link.as_published,
            };
            self.mentions.entry((input, output)).or_default().push(mention);
        }
        self.files.push(file.record);
        Ok(())
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
    /// The edition that a comment names.
    edition: Option<HsEdition>,
    /// Codes that the trade data do not have: line, column, code.
    unknown: Vec<(u64, &'static str, Hs6)>,
}

impl File {
    fn read(path: &Path, kind: SourceKind, codes: &ProductCodes) -> Result<Self, ChainError> {
        let file = path.display().to_string();
        let bytes = disk::read(path, disk::LARGEST_TABLE)
            .map_err(|e| TableError::Unreadable { file: file.clone(), message: e.to_string() })?;
        let edition = edition_in(&bytes)
            .map(|edition| edition.parse::<HsEdition>())
            .transpose()
            .map_err(|message| TableError::Unreadable { file: file.clone(), message })?;
        if let Some(edition) = edition.filter(|_| kind != SourceKind::Network) {
            same_edition(&file, edition, codes)?;
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
        Ok(Self { table: Table::parse(&bytes, &file)?, record, edition, unknown: Vec::new() })
    }

    fn leave_out(&mut self, reason: &'static str, rows: u64) {
        if rows > 0 {
            self.record.left_out.push(LeftOutRows { reason, rows });
        }
    }

    /// Remembers a code that the trade data do not have.
    fn check(&mut self, code: Hs6, column: &'static str, line: u64, codes: &ProductCodes) {
        if !codes.has(code) {
            self.unknown.push((line, column, code));
        }
    }

    /// Refuses a file with codes that the trade data do not have: the first with its line, and the others.
    fn refuse_unknown(&self, codes: &ProductCodes) -> Result<(), ChainError> {
        let Some(&(line, column, code)) = self.unknown.first() else { return Ok(()) };
        let others: BTreeSet<String> =
            self.unknown.iter().map(|u| u.2).filter(|c| *c != code).map(|c| c.to_string()).collect();
        let more = if others.is_empty() {
            String::new()
        } else {
            format!("; {} more are not: {}", others.len(), first_ten(&others, "more"))
        };
        let message = format!("{code} is not a code of {}{more}", codes.edition_name());
        let file = self.table.file.clone();
        Err(TableError::Field { file, line, column: column.to_owned(), message }.into())
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

#[cfg(test)]
mod tests;
