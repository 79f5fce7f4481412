//! Published production networks between four-digit headings or six-digit codes, broadcast to six digits.

use std::collections::{BTreeMap, BTreeSet};

use super::error::ChainError;
use super::network_columns::NetworkColumns;
use super::product_codes::{Placing, ProductCodes, PublishedCode, advice_on};
use crate::delimited::{Row, Table};
use crate::nomenclature::{Hs6, HsEdition};

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
    /// Rows from a six-digit code to itself.
    pub to_itself: u64,
    /// The codes that lead to themselves.
    pub selves: BTreeSet<String>,
    /// Rows that propose links without a score.
    pub unscored: u64,
    /// Rows without an input or without an output.
    pub without_code: u64,
    /// Rows with a code that has no place in the trade data.
    pub unplaced_rows: u64,
    /// The codes that have no place there, as they stand in the file.
    pub unplaced: BTreeSet<String>,
    /// What a reader should know of how it was read.
    pub notes: Vec<String>,
}

impl PublishedNetwork {
    /// Reads a network in the layout of AIPNET: one link a line, each end a four-digit heading or a six-digit code.
    ///
    /// A heading stands for all of its six-digit codes in `codes` (broadcast): a link between two headings becomes
    /// the links between all their codes. That says too much: most of these pairs are not links, which is what votes
    /// of other sources and the test on trade are for. A link from a heading or a code to itself is left out and counted.
    ///
    /// The columns may be called `input`/`output`, `upstream`/`downstream`, `from`/`to`, `source`/`target` and the like, with words around that
    /// say that they are codes (`hs2012_code_upstream`); the score, if there is one, `score`, `weight`, `probability` or `confidence`. Codes may
    /// have points and may have lost their leading zero.
    ///
    /// Codes of another edition are converted with the conversion tables: of the edition that is `said`, else of that which the header names, else
    /// of one that fits clearly better than that of the trade. Codes that have no place in the trade data are counted and named, and the rows with
    /// them left out. `name` is what notes call the file.
    ///
    /// T. Fetzer, P. J. Lambert, B. Feld, P. Garg, AI-generated production networks (2024).
    ///
    /// # Errors
    /// [`ChainError::Table`] if the columns are not there or a score is not a number;
    /// [`ChainError::Empty`] if there is no row; [`ChainError::NothingPlaced`] if no row has two codes of the trade data.
    pub fn parse(
        table: &Table,
        name: &str,
        codes: &ProductCodes,
        said: Option<HsEdition>,
        min_score: Option<f64>,
    ) -> Result<Self, ChainError> {
        let columns = NetworkColumns::of(table)?;
        let mut network = Self { notes: columns.note.iter().cloned().collect(), ..Self::default() };
        let ends =
            |row: &Row| [columns.input, columns.output].map(|column| PublishedCode::read(row.get(column)));
        let distinct: BTreeSet<PublishedCode> =
            table.rows.iter().flat_map(ends).flatten().map(|(code, _)| code).collect();
        let mut edition = said.or(columns.edition);
        if edition.is_none()
            && let Some((better, fit, now)) = Placing::better_edition(codes, &distinct)
        {
            edition = Some(better);
            network.notes.push(format!(
                "{name} does not say its edition of the HS: {fit} of its {} codes are in {better}, {now} in {}. It is taken for {better}; '# edition: {}' as its first line, or chain.edition, would say otherwise.",
                distinct.len(), codes.edition_name(), codes.edition_name()
            ));
        }
        let mut placing = Placing::new(codes, edition);
        let mut padded = BTreeSet::new();
        for row in &table.rows {
            network.rows += 1;
            network.row(table, row, &columns, &mut placing, &mut padded, min_score)?;
        }
        if network.rows == 0 {
            return Err(ChainError::Empty { file: table.file.clone() });
        }
        if network.links.is_empty() && network.unplaced_rows > 0 {
            return Err(ChainError::NothingPlaced {
                file: table.file.clone(),
                edition: codes.edition_name(),
                codes: first_ten(&network.unplaced, "more"),
            });
        }
        if let Some(from) = placing.converts_from() {
            network.notes.push(format!(
                "The codes of {name} are of {from} and were converted to {}.",
                codes.edition_name()
            ));
        }
        network.notes.extend(padded_note(name, &padded));
        network.notes.extend(to_itself_note(name, &network.selves, network.to_itself));
        network.notes.extend(unplaced_note(name, &network.unplaced, network.unplaced_rows, codes));
        Ok(network)
    }

    /// Takes one row.
    fn row(
        &mut self,
        table: &Table,
        row: &Row,
        columns: &NetworkColumns,
        placing: &mut Placing<'_>,
        padded: &mut BTreeSet<String>,
        min_score: Option<f64>,
    ) -> Result<(), ChainError> {
        let score = match columns.score.filter(|&s| !row.get(s).is_empty()) {
            Some(column) => Some(table.number(row, column)?),
            None => None,
        };
        if let (Some(least), Some(score)) = (min_score, score)
            && score < least
        {
            self.below_score += 1;
            return Ok(());
        }
        let texts = [columns.input, columns.output].map(|column| row.get(column));
        if texts.iter().any(|text| text.is_empty()) {
            self.without_code += 1;
            return Ok(());
        }
        let mut placed: [Vec<Hs6>; 2] = Default::default();
        let mut codes = [None; 2];
        for (end, text) in texts.into_iter().enumerate() {
            let read = PublishedCode::read(text);
            if let Some((code, was_short)) = read {
                codes[end] = Some(code);
                placed[end] = placing.place(code).to_vec();
                if was_short && !placed[end].is_empty() {
                    padded.insert(code.to_string());
                }
            }
            if placed[end].is_empty() {
                let code =
                    codes[end].map_or_else(|| crate::plain_text::beginning(text, 40), |c| c.to_string());
                self.unplaced.insert(code);
            }
        }
        if codes[0].is_some() && codes[0] == codes[1] {
            match codes[0] {
                Some(PublishedCode::Code(code)) => {
                    self.to_itself += 1;
                    self.selves.insert(code.to_string());
                }
                _ => self.within_heading += 1,
            }
            return Ok(());
        }
        if placed.iter().any(Vec::is_empty) {
            self.unplaced_rows += 1;
            return Ok(());
        }
        self.unscored += u64::from(score.is_none());
        let text = format!("{} -> {}", texts[0], texts[1]);
        for &i in &placed[0] {
            for &o in placed[1].iter().filter(|&&o| o != i) {
                let link = self.links.entry((i, o)).or_insert_with(|| PublishedLink {
                    score: None,
                    line: row.line,
                    as_published: text.clone(),
                });
                link.score = match (link.score, score) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        Ok(())
    }
}

/// What is said of codes that have no place in the trade data; nothing if all have.
pub(super) fn unplaced_note(
    name: &str,
    unplaced: &BTreeSet<String>,
    rows: u64,
    codes: &ProductCodes,
) -> Option<String> {
    (!unplaced.is_empty()).then(|| {
        let named = first_ten(unplaced, &format!("more in {name}"));
        // Of codes there is no more to say: the edition is known.
        let advice = advice_on(&named).into_iter().filter(|advice| !advice.starts_with("Say the edition"));
        let advice: String = advice.map(|advice| format!(" {advice}.")).collect();
        format!(
            "{} of {name} {} in {}, and {} with {} {} left out: {named}.{advice}",
            counted(unplaced.len(), "code"),
            if unplaced.len() == 1 { "is not" } else { "are not" },
            codes.edition_name(),
            counted(rows as usize, "row"),
            if unplaced.len() == 1 { "it" } else { "them" },
            if rows == 1 { "is" } else { "are" },
        )
    })
}

/// What is said of codes to which a zero was put back.
pub(super) fn padded_note(name: &str, padded: &BTreeSet<String>) -> Option<String> {
    (!padded.is_empty()).then(|| {
        format!(
            "{} of {name} had lost a leading zero, which was put back: {}.",
            counted(padded.len(), "code"),
            first_ten(padded, "more")
        )
    })
}

/// What is said of rows from a product to itself.
pub(super) fn to_itself_note(name: &str, codes: &BTreeSet<String>, rows: u64) -> Option<String> {
    (rows > 0).then(|| {
        format!(
            "{} of {name} {} from a product to itself and {} left out: {}.",
            counted(rows as usize, "row"),
            if rows == 1 { "leads" } else { "lead" },
            if rows == 1 { "is" } else { "are" },
            first_ten(codes, "more")
        )
    })
}

/// What is said of rows without a score where a least score is asked for; all of them are kept.
pub(super) fn unscored_note(name: &str, unscored: u64, proposing: u64) -> Option<String> {
    if unscored == 0 {
        return None;
    }
    Some(match unscored == proposing {
        true => format!(
            "chain.min_score has no effect on {name}: no row has a score (a column score, weight, probability or confidence)."
        ),
        false => format!(
            "chain.min_score leaves {} of {name} in, which {} no score.",
            counted(unscored as usize, "row"),
            if unscored == 1 { "has" } else { "have" }
        ),
    })
}

fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}

/// The first ten of a list, and how many more there are.
pub(super) fn first_ten(list: &BTreeSet<String>, more: &str) -> String {
    let shown: Vec<&str> = list.iter().take(10).map(String::as_str).collect();
    let rest = list.len() - shown.len();
    if rest == 0 { shown.join(", ") } else { format!("{}, and {rest} {more}", shown.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trade() -> ProductCodes {
        let codes = ["280530", "850110", "850120", "850511", "850519"];
        ProductCodes {
            edition: Some(HsEdition::Hs07),
            codes: codes.iter().map(|c| c.parse().unwrap()).collect(),
            complete: true,
        }
    }

    fn parse(text: &str) -> Result<PublishedNetwork, ChainError> {
        let table = Table::parse(text.as_bytes(), "net.csv").unwrap();
        PublishedNetwork::parse(&table, "net.csv", &trade(), None, Some(0.2))
    }

    fn links(network: &PublishedNetwork) -> Vec<String> {
        network.links.keys().map(|(i, o)| format!("{i}-{o}")).collect()
    }

    #[test]
    fn headings_stand_for_their_codes() {
        let network = parse(
            "upstream,downstream,weight\n8505,8501,0.5\n8505,8505,0.9\n280530,8505,0.1\n850511,850110,0.7\n",
        )
        .unwrap();
        assert_eq!((network.rows, network.below_score, network.within_heading), (4, 1, 1));
        assert_eq!(links(&network), ["850511-850110", "850511-850120", "850519-850110", "850519-850120"]);
        let first = network.links.values().next().unwrap();
        assert_eq!((first.score, first.as_published.as_str(), first.line), (Some(0.7), "8505 -> 8501", 2));
        assert!(network.notes.is_empty());
    }

    #[test]
    fn a_code_that_leads_to_itself_costs_its_row_and_not_the_network() {
        let network = parse("from,to\n850511,850511\n850511,850110\n").unwrap();
        assert_eq!((links(&network), network.to_itself), (vec!["850511-850110".to_owned()], 1));
        assert_eq!(
            network.notes,
            ["1 row of net.csv leads from a product to itself and is left out: 850511."]
        );
    }

    #[test]
    fn rows_without_a_score_are_counted() {
        let network =
            parse("from,to,weight\n850511,850110,\n850511,850120,0.5\n280530,850110,0.1\n").unwrap();
        assert_eq!((network.unscored, network.below_score, network.links.len()), (1, 1, 2));
        assert_eq!(
            unscored_note("net.csv", 1, 2).unwrap(),
            "chain.min_score leaves 1 row of net.csv in, which has no score."
        );
        assert!(
            unscored_note("net.csv", 2, 2).unwrap().starts_with("chain.min_score has no effect on net.csv")
        );
        assert_eq!(unscored_note("net.csv", 0, 2), None);
    }

    #[test]
    fn what_has_no_place_is_counted_and_named_and_the_rest_is_read() {
        let network = parse(
            "from,to\n8505,8501\n850,8501\n8599,850\n28.05.30,8505.11\nmagnets,8501\n,8501\n8505,30110\n",
        )
        .unwrap();
        assert_eq!(network.links.len(), 5);
        assert_eq!((network.rows, network.unplaced_rows, network.without_code), (7, 4, 1));
        assert_eq!(
            network.notes,
            [
                "4 codes of net.csv are not in HS07, and 4 rows with them are left out: 030110, 0850, 8599, magnets. Names of products are no codes: 'monazite codes NAME' finds the code of each."
            ]
        );
        let many: String = (0..25).map(|n| format!("59{n:02}00,8501\n")).collect();
        let note = parse(&format!("from,to\n8505,8501\n{many}")).unwrap().notes.remove(0);
        assert!(note.ends_with("590800, 590900, and 15 more in net.csv."), "{note}");
    }

    #[test]
    fn codes_of_another_edition_are_converted_by_the_tables() {
        let trade = ProductCodes::of_edition(HsEdition::Hs07);
        let read = |text: &str, said| {
            let table = Table::parse(text.as_bytes(), "net.csv").unwrap();
            PublishedNetwork::parse(&table, "net.csv", &trade, said, None).unwrap()
        };
        // Lithium-ion batteries have a code of their own since HS 2012; before, they were other accumulators.
        let text = "283691,850760\n";
        for (header, said) in [("hs2012_in,hs2012_out", None), ("input,output", Some(HsEdition::Hs12))] {
            let network = read(&format!("{header}\n{text}"), said);
            assert_eq!(links(&network), ["283691-850780"], "{header}");
            assert_eq!(network.notes, ["The codes of net.csv are of HS12 and were converted to HS07."]);
        }
        let guessed = read("input,output\n2836,8507\n308,1604\n850760,870390\n", None);
        assert!(
            guessed.notes[0].starts_with("net.csv does not say its edition of the HS: "),
            "{:?}",
            guessed.notes
        );
        assert!(
            guessed.notes.iter().any(|n| n.contains("had lost a leading zero, which was put back: 0308."))
        );
        assert_eq!(guessed.unplaced_rows, 0);
    }

    #[test]
    fn errors_name_file_line_and_value() {
        let error = |text: &str| parse(text).unwrap_err().to_string();
        assert_eq!(
            error("from,to\n8599,8501\n"),
            "net.csv: no row has two codes of HS07; it lacks 8599. Say the edition of the file with a first line such as '# edition: HS12'"
        );
        assert_eq!(error("from,to\n"), "net.csv: the edge list has no links");
        assert!(
            error("a,b\n8505,8501\n")
                .starts_with("net.csv: there is no column input or upstream or from or "),
        );
    }
}
