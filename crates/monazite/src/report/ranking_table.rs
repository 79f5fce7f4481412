//! A ranking as a table: text, csv, LaTeX, Markdown, HTML that Word takes.

use std::fmt::Write;

use super::ranking::{Ranked, Ranking};
use crate::delimited::CsvText;
use crate::html::escaped;
use crate::plain_text::latex;

impl Ranking {
    /// Heads of the columns of people's tables.
    fn heads(&self) -> [String; 4] {
        let with = |label: &str, unit: &str| {
            if unit.is_empty() { label.to_owned() } else { format!("{label} ({unit})") }
        };
        [
            "".to_owned(),
            "Country".to_owned(),
            with(&self.label, &self.unit),
            with(self.trade_label, self.trade_unit),
        ]
    }

    fn cells(&self) -> Vec<[String; 4]> {
        let name = |row: &Ranked| if row.name.is_empty() { row.code.clone() } else { row.name.clone() };
        let cells =
            |row: &Ranked| [row.rank.to_string(), name(row), self.value_shown(row), self.trade_shown(row)];
        self.rows.iter().map(cells).collect()
    }

    /// Text in columns, for a terminal.
    pub fn to_text(&self) -> String {
        let (heads, cells) = (self.heads(), self.cells());
        let width = |at: usize| {
            cells.iter().map(|c| c[at].chars().count()).chain([heads[at].chars().count()]).max().unwrap_or(0)
        };
        let widths: [usize; 4] = std::array::from_fn(width);
        let line = |c: &[String; 4]| {
            let text = format!(
                "{:>w0$}  {:<w1$}  {:>w2$}  {:>w3$}",
                c[0],
                c[1],
                c[2],
                c[3],
                w0 = widths[0],
                w1 = widths[1],
                w2 = widths[2],
                w3 = widths[3]
            );
            text.trim_end().to_owned() + "\n"
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

    /// csv with raw numbers: rank, country, name, value, trade.
    pub fn to_csv(&self) -> String {
        let mut csv =
            CsvText::new(["rank", "country", "name", "value", self.trade_label.to_lowercase().as_str()]);
        for row in &self.rows {
            let trade = row.trade.map_or_else(String::new, |t| t.to_string());
            csv.row([row.rank.to_string(), row.code.clone(), row.name.clone(), row.value.to_string(), trade]);
        }
        csv.text()
    }

    /// LaTeX with booktabs rules, ready for `\input`.
    pub fn to_latex(&self) -> String {
        let mut out = format!(
            "% {}. Needs \\usepackage{{booktabs}}.\n\\begin{{tabular}}{{rlrr}}\n\\toprule\n",
            self.title.replace('\n', " ")
        );
        let line = |c: &[String; 4]| {
            format!("{} & {} & {} & {} \\\\\n", latex(&c[0]), latex(&c[1]), latex(&c[2]), latex(&c[3]))
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
        let line = |c: &[String; 4]| {
            format!("| {} | {} | {} | {} |\n", cell(&c[0]), cell(&c[1]), cell(&c[2]), cell(&c[3]))
        };
        let mut out = format!("**{}**\n\n{}|---:|:---|---:|---:|\n", self.title, line(&self.heads()));
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
        let line = |tag: &str, c: &[String; 4]| {
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
