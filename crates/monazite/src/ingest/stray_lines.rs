//! Lines of a table of trade that are no rows: its header once more, where files were put together, and what stands below the table.

use super::cell_words::{is_number, short_name};
use crate::delimited::plain_cell;
use crate::plain_text::{beginning, printable};
use crate::units::grouped;

/// Words with which a remark below a table begins, in lower case.
const REMARKS: [&str; 26] = [
    "source",
    "sources",
    "data source",
    "note",
    "notes",
    "footnote",
    "footnotes",
    "last updated",
    "last update",
    "updated",
    "downloaded",
    "extracted",
    "generated",
    "copyright",
    "©",
    "disclaimer",
    "quelle",
    "quellen",
    "stand",
    "fuente",
    "fuentes",
    "nota",
    "notas",
    "fonte",
    "fonti",
    "remarque",
];

/// Words that stand before a sum over the whole table, in lower case.
const TOTALS: [&str; 13] = [
    "total",
    "totals",
    "grand total",
    "sum",
    "total general",
    "total geral",
    "totale",
    "insgesamt",
    "gesamt",
    "summe",
    "ensemble",
    "somme",
    "suma",
];

/// Lines of a file that are no rows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(in crate::ingest) struct StrayLines {
    headers: Vec<u64>,
    below: Vec<(u64, String)>,
}

impl StrayLines {
    /// Takes a line for a header or a remark, if it is one: what stands in the column of years is no year then.
    pub(in crate::ingest) fn take<'a>(
        &mut self,
        cells: impl Iterator<Item = &'a str>,
        names: &[String],
        year: usize,
        line: u64,
    ) -> bool {
        let cells: Vec<&str> = cells.map(|cell| plain_cell(cell.trim().trim_matches('"').trim())).collect();
        let in_year = cells.get(year).copied().unwrap_or_default();
        if is_number(in_year) {
            return false;
        }
        let there = cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()).map(|(at, _)| at);
        let there: Vec<usize> = there.collect();
        let width = there.last().map_or(0, |last| last + 1);
        if width <= names.len()
            && names.iter().enumerate().all(|(at, name)| cells.get(at).is_some_and(|c| c == name))
        {
            self.headers.push(line);
            return true;
        }
        let Some(first) = there.first().map(|at| cells[*at].to_lowercase()) else { return false };
        let is_remark = there[0] == 0
            && REMARKS.iter().any(|word| {
                let rest = first.strip_prefix(word);
                rest.is_some_and(|rest| rest.trim_start().starts_with(':'))
                    || there.len() <= 2 && rest.is_some_and(|rest| !rest.starts_with(char::is_alphanumeric))
            });
        let first = first.trim_end_matches([':', ' ']);
        let is_total = TOTALS.contains(&first)
            && there.len() + 2 <= names.len()
            && there[1..].iter().all(|at| is_number(cells[*at]));
        if is_remark || is_total {
            self.below.push((line, beginning(&printable(&cells[..width].join(",")), 80)));
        }
        is_remark || is_total
    }

    pub(in crate::ingest) fn clear(&mut self) {
        self.headers.clear();
        self.below.clear();
    }

    /// Adds those of a later block, before which so many lines stand.
    pub(in crate::ingest) fn merge(&mut self, block: &Self, lines_before: u64) {
        self.headers.extend(block.headers.iter().map(|line| line + lines_before));
        self.below.extend(block.below.iter().map(|(line, text)| (line + lines_before, text.clone())));
    }

    /// What is said of them.
    pub(in crate::ingest) fn notes(&self, file: &str) -> Vec<String> {
        let more = |count: usize| match count {
            0..=3 => String::new(),
            count => format!(" and {} more lines", grouped(count as u64 - 3)),
        };
        let (file, mut notes) = (short_name(file), Vec::new());
        if !self.headers.is_empty() {
            let lines: Vec<String> = self.headers.iter().take(3).map(u64::to_string).collect();
            notes.push(format!(
                "{file} has its header again in line {}{}, as files have that were put together; such lines are no rows and are left out",
                lines.join(", "),
                more(self.headers.len())
            ));
        }
        if !self.below.is_empty() {
            let lines: Vec<String> =
                self.below.iter().take(3).map(|(line, text)| format!("'{text}' in line {line}")).collect();
            notes.push(format!(
                "{file} has remarks or totals below its table, which are no rows and are left out: {}{}",
                lines.join(", "),
                more(self.below.len())
            ));
        }
        notes
    }
}

/// What is said of a text that stands alone in its line, where a table has many columns.
pub(in crate::ingest) fn alone(text: &str) -> String {
    format!(
        "'{}' stands alone in its line; if it is a remark about the table, take the line out; if it is a row, it is cut short",
        beginning(&printable(text), 40)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_remarks_and_totals_are_no_rows_and_rows_are() {
        let names: Vec<String> = ["t", "i", "j", "k", "v", "q"].map(str::to_owned).to_vec();
        let taken = |line: &str| StrayLines::default().take(line.split(','), &names, 0, 1);
        for line in [
            "t,i,j,k,v,q",
            "t, \"i\",j,k,v,q,,",
            "Source: UN Comtrade, downloaded on 3 March, licence",
            "Sources",
            "Total,,,,1234.5,",
            "Grand total:,,,,1234.5,1",
            "Note,see the page",
            "© CEPII",
        ] {
            assert!(taken(line), "{line}");
        }
        for line in [
            "2019,156,842,850511,1,2",
            "2019,Total,,,5,",
            "year,i,j,k,v,q",
            "Total,156,842,850511,1,2",
            "Total,China,,,1,2",
            "Notebooks,156",
            "End of table",
            ",,,,,",
        ] {
            assert!(!taken(line), "{line}");
        }
    }

    #[test]
    fn they_are_named_with_their_lines() {
        let names = ["t".to_owned(), "v".to_owned()];
        let (mut all, mut block) = (StrayLines::default(), StrayLines::default());
        for line in 1..=5 {
            assert!(block.take(["t", "v"].into_iter(), &names, 0, line));
        }
        assert!(block.take(["Source: x"].into_iter(), &names, 0, 9));
        all.merge(&block, 10);
        let notes = all.notes("t.csv");
        assert!(
            notes[0].starts_with("t.csv has its header again in line 11, 12, 13 and 2 more lines,"),
            "{notes:?}"
        );
        assert!(notes[1].ends_with("left out: 'Source: x' in line 19"), "{notes:?}");
    }
}
