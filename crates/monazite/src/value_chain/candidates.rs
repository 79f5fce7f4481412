//! The candidates file: which links each run of a language model (or any other source that votes) named.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ChainError;
use crate::delimited::{Row, Table};
use crate::nomenclature::Hs6;

/// A link that some runs named.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Candidate {
    /// Runs that named it, as positions in [`CandidateFile::runs`].
    pub named_by: BTreeSet<u32>,
    /// Mean over those runs of the best score that each gave it; `None` if no run scored it.
    pub score: Option<f64>,
    /// What the file says about where it comes from, without repeats.
    pub citations: Vec<String>,
    /// Line on which it stands first.
    pub line: u64,
    /// Rows that name it.
    pub rows: u64,
}

/// What a candidates file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CandidateFile {
    /// The runs, in the order of the file.
    pub runs: Vec<String>,
    /// The links, by input and output.
    pub links: BTreeMap<(Hs6, Hs6), Candidate>,
    /// Rows in the file.
    pub rows: u64,
    /// Rows without an input or without an output: answers that named no product.
    pub without_code: u64,
    /// Rows whose score is below the least.
    pub below_score: u64,
    /// Rows that propose a link without a score.
    pub unscored: u64,
}

impl CandidateFile {
    /// Reads the candidates of a table with the columns `run`, `input`, `output` and, if wanted, `score` and `source`.
    ///
    /// A row whose input or output is empty is an answer that named no product: it counts as a row of its run and
    /// proposes nothing. A link that a run names twice has one vote of that run.
    ///
    /// # Errors
    /// [`ChainError::Table`] with the line if a column is missing, a run is empty, a code is not six digits, a link leads
    /// from a product to itself, or a score is not a number; [`ChainError::Empty`] if there is no row.
    pub fn parse(table: &Table, min_score: Option<f64>) -> Result<Self, ChainError> {
        let run = table.require(&["run", "run_id"])?;
        let input = table.require(&["input", "input_hs6"])?;
        let output = table.require(&["output", "output_hs6"])?;
        let score = table.column(&["score"]);
        let source = table.column(&["source"]);
        let mut file = Self::default();
        let mut position: BTreeMap<String, u32> = BTreeMap::new();
        let mut scores: BTreeMap<(Hs6, Hs6), BTreeMap<u32, f64>> = BTreeMap::new();
        for row in &table.rows {
            file.rows += 1;
            let name = row.get(run);
            if name.is_empty() {
                return Err(table
                    .field_error(row, run, "is empty; every row names the run that it comes from")
                    .into());
            }
            let run = *position.entry(name.to_owned()).or_insert_with(|| {
                file.runs.push(name.to_owned());
                file.runs.len() as u32 - 1
            });
            if row.get(input).is_empty() || row.get(output).is_empty() {
                file.without_code += 1;
                continue;
            }
            let link = (code(table, row, input)?, code(table, row, output)?);
            refuse_self_loop(table, row, output, link)?;
            let value = match score.filter(|&s| !row.get(s).is_empty()) {
                Some(column) => Some(table.number(row, column)?),
                None => None,
            };
            if let (Some(least), Some(value)) = (min_score, value)
                && value < least
            {
                file.below_score += 1;
                continue;
            }
            file.unscored += u64::from(value.is_none());
            let candidate = file.links.entry(link).or_default();
            if candidate.named_by.is_empty() {
                candidate.line = row.line;
            }
            candidate.named_by.insert(run);
            candidate.rows += 1;
            if let Some(value) = value {
                let best = scores.entry(link).or_default().entry(run).or_insert(value);
                *best = best.max(value);
            }
            let citation = source.map_or("", |s| row.get(s));
            if !citation.is_empty() && !candidate.citations.iter().any(|c| c == citation) {
                candidate.citations.push(citation.to_owned());
            }
        }
        if file.rows == 0 {
            return Err(ChainError::Empty { file: table.file.clone() });
        }
        for (link, by_run) in scores {
            if let Some(candidate) = file.links.get_mut(&link) {
                candidate.score = Some(by_run.values().sum::<f64>() / by_run.len() as f64);
            }
        }
        Ok(file)
    }
}

/// A six-digit code of a row.
pub(super) fn code(table: &Table, row: &Row, column: usize) -> Result<Hs6, ChainError> {
    row.get(column).parse::<Hs6>().map_err(|e| table.field_error(row, column, e.to_string()).into())
}

pub(super) fn refuse_self_loop(
    table: &Table,
    row: &Row,
    column: usize,
    link: (Hs6, Hs6),
) -> Result<(), ChainError> {
    if link.0 == link.1 {
        let message = format!("{} is listed as an input of itself; remove the line", link.0);
        return Err(table.field_error(row, column, message).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<CandidateFile, ChainError> {
        CandidateFile::parse(&Table::parse(text.as_bytes(), "candidates.csv").unwrap(), Some(0.4))
    }

    #[test]
    fn votes_are_runs_not_rows() {
        let file = parse(
            "run,input,output,score,source\n1,284690,280530,0.9,A\n1,284690,280530,0.5,B\n2,284690,280530,0.7,A\n\
             2,280530,850511,0.3,\n3,280530,850511,,\n3,280530,,,\n4,,,,\n",
        )
        .unwrap();
        assert_eq!((file.runs.len(), file.rows, file.without_code, file.below_score), (4, 7, 2, 1));
        let link = |a: &str, b: &str| &file.links[&(a.parse().unwrap(), b.parse().unwrap())];
        let first = link("284690", "280530");
        assert_eq!(first.named_by.len(), 2);
        assert!((first.score.unwrap() - 0.8).abs() < 1e-12, "the mean of each run's best");
        assert_eq!(first.citations, ["A", "B"]);
        let second = link("280530", "850511");
        assert_eq!((second.named_by.len(), second.score, second.line), (1, None, 6));
    }

    #[test]
    fn errors_name_file_line_and_value() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(
            error("run,input,output\n1,284690,28053\n"),
            "candidates.csv:2: column output: '28053' has 5 digits; HS6 codes have six (a leading zero may be lost)"
        );
        assert_eq!(
            error("run,input,output\n1,284690,magnets\n"),
            "candidates.csv:2: column output: 'magnets' is not a six-digit HS code"
        );
        assert_eq!(
            error("run,input,output\n1,284690,280530\n2,850511,850511\n"),
            "candidates.csv:3: column output: 850511 is listed as an input of itself; remove the line"
        );
        assert_eq!(
            error("run,input,output\n,284690,280530\n"),
            "candidates.csv:2: column run: is empty; every row names the run that it comes from"
        );
        assert_eq!(
            error("run,input,output,score\n1,284690,280530,high\n"),
            "candidates.csv:2: column score: 'high' is not a number"
        );
        assert_eq!(
            error("input,output\n284690,280530\n"),
            "candidates.csv: there is no column run or run_id; the file has: input, output"
        );
        assert_eq!(error("run,input,output\n"), "candidates.csv: the edge list has no links");
    }
}
