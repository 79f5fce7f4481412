//! Published production networks between four-digit headings or six-digit codes, broadcast to six digits.

use std::collections::{BTreeMap, BTreeSet};

use super::candidates::{code, refuse_self_loop};
use super::error::ChainError;
use crate::delimited::{Row, Table};
use crate::nomenclature::Hs6;

/// A link of a published network, at six digits.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PublishedLink {
    /// Its weight in the network, the largest if several lines lead to it.
    pub score: Option<f64>,
    /// Line of the file.
    pub line: u64,
    /// The codes as they stand there, such as `8505 -> 8501`.
    pub as_published: String,
}

/// What a published network holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PublishedNetwork {
    /// The links, by input and output.
    pub links: BTreeMap<(Hs6, Hs6), PublishedLink>,
    /// Rows in the file.
    pub rows: u64,
    /// Rows whose score is below the least.
    pub below_score: u64,
    /// Rows from a heading to itself, which say nothing about its six-digit codes.
    pub within_heading: u64,
}

const INPUT: [&str; 9] = [
    "input",
    "upstream",
    "from",
    "source_hs",
    "hs_input",
    "input_hs6",
    "input_hs4",
    "hs_upstream",
    "hs_from",
];
const OUTPUT: [&str; 9] = [
    "output",
    "downstream",
    "to",
    "target_hs",
    "hs_output",
    "output_hs6",
    "output_hs4",
    "hs_downstream",
    "hs_to",
];
const SCORE: [&str; 5] = ["score", "weight", "probability", "confidence", "importance_score"];

impl PublishedNetwork {
    /// Reads a network in the layout of AIPNET: one link a line, each end a four-digit heading or a six-digit code.
    ///
    /// A heading stands for all of its six-digit codes in `codes` (broadcast): a link between two headings becomes
    /// the links between all their codes. That says too much: most of these pairs are not links, which is what votes
    /// of other sources and the test on trade are for. A link from a heading to itself is left out and counted.
    ///
    /// The columns may be called `input`/`output`, `upstream`/`downstream`, `from`/`to`, or one of some more names; the score, if there is
    /// one, `score`, `weight`, `probability` or `confidence`.
    ///
    /// T. Fetzer, P. J. Lambert, B. Feld, P. Garg, AI-generated production networks (2024).
    ///
    /// # Errors
    /// [`ChainError::Table`] with the line if a code has neither four nor six digits or is not in `codes`, or a link leads from a
    /// six-digit code to itself; [`ChainError::Empty`] if there is no row.
    pub fn parse(
        table: &Table,
        codes: &BTreeSet<Hs6>,
        edition: &str,
        min_score: Option<f64>,
    ) -> Result<Self, ChainError> {
        let input = table.require(&INPUT)?;
        let output = table.require(&OUTPUT)?;
        let score = table.column(&SCORE);
        let mut network = Self::default();
        for row in &table.rows {
            network.rows += 1;
            let value = match score.filter(|&s| !row.get(s).is_empty()) {
                Some(column) => Some(table.number(row, column)?),
                None => None,
            };
            if let (Some(least), Some(value)) = (min_score, value)
                && value < least
            {
                network.below_score += 1;
                continue;
            }
            let inputs = broadcast(table, row, input, codes, edition)?;
            let outputs = broadcast(table, row, output, codes, edition)?;
            let text = format!("{} -> {}", row.get(input), row.get(output));
            if row.get(input) == row.get(output) {
                if row.get(input).len() == 6 {
                    refuse_self_loop(table, row, output, (inputs[0], outputs[0]))?;
                }
                network.within_heading += 1;
                continue;
            }
            for &i in &inputs {
                for &o in outputs.iter().filter(|&&o| o != i) {
                    let link = network.links.entry((i, o)).or_insert_with(|| PublishedLink {
                        score: None,
                        line: row.line,
                        as_published: text.clone(),
                    });
                    link.score = match (link.score, value) {
                        (Some(a), Some(b)) => Some(a.max(b)),
                        (a, b) => a.or(b),
                    };
                }
            }
        }
        if network.rows == 0 {
            return Err(ChainError::Empty { file: table.file.clone() });
        }
        Ok(network)
    }
}

/// The six-digit codes that a field stands for.
fn broadcast(
    table: &Table,
    row: &Row,
    column: usize,
    codes: &BTreeSet<Hs6>,
    edition: &str,
) -> Result<Vec<Hs6>, ChainError> {
    let text = row.get(column);
    if text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit()) {
        let end = |last: &str| format!("{text}{last}").parse::<Hs6>();
        let (Ok(first), Ok(last)) = (end("00"), end("99")) else {
            return Err(table.field_error(row, column, format!("'{text}' is not a heading")).into());
        };
        let found: Vec<Hs6> = codes.range(first..=last).copied().collect();
        if found.is_empty() {
            let message = format!("{text} is not a heading of {edition}");
            return Err(table.field_error(row, column, message).into());
        }
        return Ok(found);
    }
    if text.len() != 6 {
        let message = format!("'{text}' has neither four nor six digits (a leading zero may be lost)");
        return Err(table.field_error(row, column, message).into());
    }
    Ok(vec![code(table, row, column)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<PublishedNetwork, ChainError> {
        let codes = ["280530", "850110", "850120", "850511", "850519"];
        let codes = codes.iter().map(|c| c.parse().unwrap()).collect();
        PublishedNetwork::parse(&Table::parse(text.as_bytes(), "net.csv").unwrap(), &codes, "HS07", Some(0.2))
    }

    #[test]
    fn headings_stand_for_their_codes() {
        let network = parse(
            "upstream,downstream,weight\n8505,8501,0.5\n8505,8505,0.9\n280530,8505,0.1\n850511,850110,0.7\n",
        )
        .unwrap();
        assert_eq!((network.rows, network.below_score, network.within_heading), (4, 1, 1));
        let links: Vec<String> = network.links.keys().map(|(i, o)| format!("{i}-{o}")).collect();
        assert_eq!(links, ["850511-850110", "850511-850120", "850519-850110", "850519-850120"]);
        let first = network.links.values().next().unwrap();
        assert_eq!((first.score, first.as_published.as_str(), first.line), (Some(0.7), "8505 -> 8501", 2));
    }

    #[test]
    fn errors_name_file_line_and_value() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(
            error("from,to\n8505,850\n"),
            "net.csv:2: column to: '850' has neither four nor six digits (a leading zero may be lost)"
        );
        assert_eq!(error("from,to\n8599,8501\n"), "net.csv:2: column from: 8599 is not a heading of HS07");
        assert_eq!(
            error("from,to\n850511,850511\n"),
            "net.csv:2: column to: 850511 is listed as an input of itself; remove the line"
        );
        assert_eq!(error("from,to\n"), "net.csv: the edge list has no links");
        assert!(
            error("a,b\n8505,8501\n")
                .starts_with("net.csv: there is no column input or upstream or from or "),
        );
    }
}
