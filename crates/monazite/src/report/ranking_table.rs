//! A ranking as a table: text, csv, LaTeX, Markdown, HTML that Word takes.

use std::fmt::Write;

use super::ranking::{Ranked, Ranking};
use crate::delimited::CsvText;
use crate::html::escaped;
use crate::plain_text::latex;

/// The column of the value under mass balance in csv, as in those of maps and trends.
const MASS_BALANCE: &str = "mass_balance";
/// The ends of the bands, likewise.
const ENDS: [&str; 4] = ["p05", "p95", "mass_balance_p05", "mass_balance_p95"];

impl Ranking {
    /// Heads of the columns of people's tables.
    fn heads(&self) -> Vec<String> {
        let with = |label: &str, unit: &str| {
            if unit.is_empty() { label.to_owned() } else { format!("{label} ({unit})") }
        };
        let mut heads = vec!["".to_owned(), "Country".to_owned(), with(&self.label, &self.unit)];
        heads.extend(self.mass_balance_label.as_ref().map(|label| with(label, &self.unit)));
        heads.push(with(self.trade_label, self.trade_unit));
        heads
    }

    fn cells(&self) -> Vec<Vec<String>> {
        let name = |row: &Ranked| if row.name.is_empty() { row.code.clone() } else { row.name.clone() };
        let cells = |row: &Ranked| {
            let mut cells = vec![row.rank.to_string(), name(row), self.value_shown(row)];
            cells.extend(self.mass_balance_label.is_some().then(|| self.mass_balance_shown(row)));
            cells.push(self.trade_shown(row));
            cells
        };
        self.rows.iter().map(cells).collect()
    }

    /// Text in columns, for a terminal.
    pub fn to_text(&self) -> String {
        let (heads, cells) = (self.heads(), self.cells());
        let width = |at: usize| {
            cells.iter().map(|c| c[at].chars().count()).chain([heads[at].chars().count()]).max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..heads.len()).map(width).collect();
        let line = |c: &Vec<String>| {
            let padded = c.iter().zip(&widths).enumerate().map(|(at, (text, &w))| match at {
                1 => format!("{text:<w$}"),
                _ => format!("{text:>w$}"),
            });
            padded.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
        };
        let mut out = format!("{}\n{}\n\n{}", self.title, self.subtitle, line(&heads));
        cells.iter().for_each(|c| out.push_str(&line(c)));
        out.push('\n');
        self.notes.iter().for_each(|note| {
            out.push_str(note);
            out.push('\n');
        });
        out
    }

    /// csv with raw numbers: rank, country, name, value, trade, the value under mass balance where there are two readings, and 5 and 95 % of the draws
    /// of either where the run has bands of it.
    pub fn to_csv(&self) -> String {
        let number = |value: Option<f64>| value.map_or_else(String::new, |v| v.to_string());
        let beside = self.mass_balance_label.as_ref().map(|_| MASS_BALANCE);
        let ends: &[&str] = match (self.draws, beside) {
            (None, _) => &[],
            (Some(_), None) => &ENDS[..2],
            (Some(_), Some(_)) => &ENDS,
        };
        let trade = self.trade_label.to_lowercase();
        let heads = ["rank", "country", "name", "value", trade.as_str()].into_iter().chain(beside);
        let mut csv = CsvText::new(heads.chain(ends.iter().copied()));
        for row in &self.rows {
            let cells = [
                row.rank.to_string(),
                row.code.clone(),
                row.name.clone(),
                row.value.to_string(),
                number(row.trade),
            ];
            let bands = [row.band, row.mass_balance_band].into_iter();
            let bands = bands.flat_map(|band| [0, 1].map(|end: usize| number(band.map(|band| band[end]))));
            let cells = cells.into_iter().chain(beside.map(|_| number(row.mass_balance)));
            csv.row(cells.chain(bands.take(ends.len())));
        }
        csv.text()
    }

    /// LaTeX with booktabs rules, ready for `\input`.
    pub fn to_latex(&self) -> String {
        let mut out = format!(
            "% {}. Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{rl{}}}\n\\toprule\n",
            self.title.replace('\n', " "),
            "r".repeat(self.heads().len() - 2)
        );
        let line = |c: &Vec<String>| {
            let cells: Vec<String> = c.iter().map(|text| latex(text)).collect();
            format!("{} \\\\\n", cells.join(" & "))
        };
        out.push_str(&line(&self.heads()));
        out.push_str("\\midrule\n");
        self.cells().iter().for_each(|c| out.push_str(&line(c)));
        out.push_str("\\bottomrule\n\\end{tabular}\n");
        for note in std::iter::once(&self.subtitle).chain(&self.notes) {
            let _ = writeln!(out, "% {}", note.replace('\n', " "));
        }
        out
    }

    /// Markdown with its notes.
    pub fn to_markdown(&self) -> String {
        let cell = |text: &str| text.replace('|', "\\|");
        let line = |c: &Vec<String>| {
            format!("| {} |\n", c.iter().map(|text| cell(text)).collect::<Vec<_>>().join(" | "))
        };
        let numbers = "---:|".repeat(self.heads().len() - 2);
        let mut out = format!("**{}**\n\n{}|---:|:---|{numbers}\n", self.title, line(&self.heads()));
        self.cells().iter().for_each(|c| out.push_str(&line(c)));
        let _ = writeln!(out, "\n{} {}", end(&self.subtitle), self.notes.join(" "));
        out
    }

    /// A page with one table and its notes, which Word and browsers open.
    pub fn to_html(&self) -> String {
        let mut out = format!(
            "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{title}</title>\n<style>body{{font-family:Georgia,serif;max-width:44em;margin:2em auto;padding:0 1em;color:#111}}\
             table{{border-collapse:collapse;border-top:1.5pt solid;border-bottom:1.5pt solid}}th{{border-bottom:.75pt solid}}\
             th,td{{padding:2pt 8pt;text-align:right;vertical-align:top}}th:nth-child(2),td:nth-child(2){{text-align:left}}caption{{text-align:left;font-weight:bold;padding-bottom:4pt}}p{{font-size:smaller}}</style></head>\n<body>\n<table>\n<caption>{title}</caption>\n",
            title = escaped(&self.title)
        );
        let line = |tag: &str, c: &[String]| {
            let scope = if tag == "th" { " scope=\"col\"" } else { "" };
            let cells: String =
                c.iter().map(|text| format!("<{tag}{scope}>{}</{tag}>", escaped(text))).collect();
            format!("<tr>{cells}</tr>\n")
        };
        out.push_str(&format!(
            "<thead>\n{}</thead>\n<tbody>\n",
            line("th", &self.heads()).replacen("<th scope=\"col\"></th>", "<td></td>", 1)
        ));
        self.cells().iter().for_each(|c| out.push_str(&line("td", c)));
        out.push_str("</tbody>\n</table>\n");
        let _ = writeln!(
            out,
            "<p>{} {}</p>\n</body>\n</html>",
            escaped(&end(&self.subtitle)),
            escaped(&self.notes.join(" "))
        );
        out
    }
}

/// A sentence with its point.
fn end(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}
