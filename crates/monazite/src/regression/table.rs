//! The regression table as economists print it, and in the notation of the paper.

use std::borrow::Cow;
use std::fmt::Write;

use libm::{floor, log10};

use super::covariance::Inference;
use super::notation::Notation;
use super::ols::TermKind;
use super::presets::{Estimated, Preset};
use crate::html::escaped;
use crate::plain_text::{capitalised, latex};
use crate::units::grouped;

/// One column of the table: a regression.
#[derive(Debug, Clone)]
pub struct TableColumn {
    /// Scale and sample.
    pub preset: Preset,
    /// What stands over the column; the name of the preset if `None`.
    pub heading: Option<String>,
    /// The regression.
    pub estimated: Estimated,
}

/// The table.
#[derive(Debug, Clone, Default)]
pub struct RegressionTable {
    /// The regressions, left to right.
    pub columns: Vec<TableColumn>,
    /// Levels of significance that get one, two, three stars, from the largest; none if empty.
    pub stars: Vec<f64>,
    /// The windows in words.
    pub windows: String,
    /// What the comparative advantage is relative to.
    pub rca_basis: String,
    /// Whether the regressors have names of somebody's own columns, which are printed as they are.
    pub own_names: bool,
}

impl TableColumn {
    /// What stands over it.
    fn name(&self) -> String {
        self.heading.clone().unwrap_or_else(|| self.preset.name())
    }
}

/// Which of the two forms.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Estimates with standard errors in parentheses below.
    Errors,
    /// -0.13(1), with the p-value beside it.
    Paper,
}

/// A number with `decimals` decimals, without a minus before zero.
fn fixed(x: f64, decimals: usize) -> String {
    let text = format!("{x:.decimals$}");
    if text.bytes().all(|b| matches!(b, b'-' | b'0' | b'.')) { text.replace('-', "") } else { text }
}

/// Decimals that show two digits of a standard error, at least three.
fn decimals_for(standard_error: Option<f64>) -> usize {
    match standard_error {
        Some(se) if se > 0.0 => (1.0 - floor(log10(se))).clamp(3.0, 12.0) as usize,
        _ => 3,
    }
}

/// A p-value for people.
pub fn p_text(p: Option<f64>) -> String {
    match p {
        None => String::new(),
        Some(p) if p < 1e-4 => "<0.0001".to_owned(),
        Some(p) => format!("{p:.4}"),
    }
}

/// A line of the table: the name of the term and where it stands in each column.
struct Line {
    name: String,
    factor: bool,
    constant: bool,
    places: Vec<Option<usize>>,
}

impl RegressionTable {
    /// The name of a line as it is printed.
    fn printed<'a>(&self, line: &'a Line) -> Cow<'a, str> {
        if self.own_names && !line.constant {
            Cow::Borrowed(&line.name)
        } else {
            Cow::Owned(capitalised(&line.name))
        }
    }

    /// The terms in the order of the columns: regressors, then levels, then the constant.
    fn lines(&self) -> Vec<Line> {
        let mut lines: Vec<(u8, Line)> = Vec::new();
        for column in &self.columns {
            for term in &column.estimated.terms {
                let rank = match term.kind {
                    TermKind::Regressor(_) => 0,
                    TermKind::Level { factor, .. } => 1 + factor.min(100) as u8,
                    TermKind::Constant => 200,
                };
                if !lines.iter().any(|(_, line)| line.name == term.name) {
                    lines.push((
                        rank,
                        Line {
                            name: term.name.clone(),
                            factor: (1..200).contains(&rank),
                            constant: rank == 200,
                            places: Vec::new(),
                        },
                    ));
                }
            }
        }
        // Stable: within a rank terms stay in order; levels that a later column adds go in their place.
        lines.sort_by(|(a, x), (b, y)| {
            a.cmp(b).then_with(|| {
                if x.factor { level_order(&x.name, &y.name) } else { std::cmp::Ordering::Equal }
            })
        });
        let mut lines: Vec<Line> = lines.into_iter().map(|(_, line)| line).collect();
        for line in &mut lines {
            line.places = self.columns.iter().map(|c| c.estimated.term(&line.name)).collect();
        }
        lines
    }

    fn starred(&self, one: &Inference) -> usize {
        one.p.map_or(0, |p| self.stars.iter().filter(|level| p < **level).count())
    }

    /// The notes under the table, each a sentence.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = vec![format!("{} {}", self.windows, self.rca_basis)];
        notes.retain(|note| !note.trim().is_empty());
        let mut kinds: Vec<String> = Vec::new();
        for column in &self.columns {
            let reported = column.estimated.reported();
            let mut text = reported.kind.in_words().to_owned();
            if !reported.clusters.is_empty() {
                let counts: Vec<String> = reported
                    .clusters
                    .iter()
                    .map(|c| format!("{}: {}", c.name, grouped(c.count as u64)))
                    .collect();
                let by: Vec<&str> = reported.clusters.iter().map(|c| c.name.as_str()).collect();
                text = format!("clustered by {} ({})", by.join(" and "), counts.join(", "));
            }
            if reported.clipped {
                text.push_str(", negative eigenvalues of the covariance set to zero");
            }
            if !kinds.contains(&text) {
                kinds.push(text);
            }
        }
        notes.push(format!("Standard errors in parentheses: {}.", kinds.join("; ")));
        let mut references: Vec<String> = Vec::new();
        let mut absorbed: Vec<String> = Vec::new();
        for (at, column) in self.columns.iter().enumerate() {
            for r in &column.estimated.references {
                let mut text = format!("{} {}", r.factor, r.level);
                if r.stands_in {
                    text = format!(
                        "{text} in column {}, which has no row of the level that the others have",
                        at + 1
                    );
                }
                if !references.contains(&text) {
                    references.push(text);
                }
            }
            for name in &column.estimated.absorbed {
                if !absorbed.contains(name) {
                    absorbed.push(name.clone());
                }
            }
        }
        if !references.is_empty() {
            notes.push(format!("Compared with: {}.", references.join(", ")));
        }
        if !absorbed.is_empty() {
            notes.push(format!("Fixed effects taken out: {}.", absorbed.join(", ")));
        }
        if !self.stars.is_empty() {
            let stars: Vec<String> = self
                .stars
                .iter()
                .enumerate()
                .map(|(n, level)| format!("{} p < {level}", "*".repeat(n + 1)))
                .collect();
            notes.push(format!("{}.", stars.join(", ")));
        }
        notes
    }

    fn cell(&self, column: usize, place: usize, form: Form) -> [String; 2] {
        let one = &self.columns[column].estimated.reported().terms[place];
        match form {
            Form::Errors => {
                let decimals = decimals_for(one.standard_error);
                let stars = "*".repeat(self.starred(one));
                [
                    format!("{}{stars}", fixed(one.estimate, decimals)),
                    one.standard_error.map_or_else(String::new, |se| format!("({})", fixed(se, decimals))),
                ]
            }
            Form::Paper => {
                let short = one.standard_error.and_then(|se| Notation::of(one.estimate, se));
                [short.map_or_else(|| fixed(one.estimate, 3), |n| n.to_string()), p_text(one.p)]
            }
        }
    }

    /// Rows under the coefficients: fixed effects, N, R².
    fn footer(&self) -> Vec<(String, Vec<String>)> {
        let mut rows = Vec::new();
        let mut factors: Vec<&str> = Vec::new();
        for column in &self.columns {
            for name in &column.estimated.absorbed {
                if !factors.contains(&name.as_str()) {
                    factors.push(name);
                }
            }
        }
        for factor in factors {
            let has =
                |c: &TableColumn| if c.estimated.absorbed.iter().any(|a| a == factor) { "yes" } else { "no" };
            rows.push((
                format!("{factor} fixed effects"),
                self.columns.iter().map(|c| has(c).to_owned()).collect(),
            ));
        }
        rows.push(("N".to_owned(), self.columns.iter().map(|c| grouped(c.estimated.rows as u64)).collect()));
        let share = |value: Option<f64>| value.map_or_else(String::new, |r| fixed(r, 3));
        rows.push(("R2".to_owned(), self.columns.iter().map(|c| share(c.estimated.r2)).collect()));
        if self.columns.iter().any(|c| c.estimated.r2_within.is_some()) {
            rows.push((
                "R2 within".to_owned(),
                self.columns.iter().map(|c| share(c.estimated.r2_within)).collect(),
            ));
        }
        rows
    }

    fn outcome(&self) -> String {
        let names: Vec<&str> =
            self.columns.iter().map(|c| c.estimated.outcome.split(" (").next().unwrap_or_default()).collect();
        names.first().map_or_else(String::new, |first| (*first).to_owned())
    }

    /// LaTeX with booktabs rules, ready for \input.
    pub fn to_latex(&self, form: Form) -> String {
        let mut out = String::from("% Needs \\usepackage{booktabs}.\n");
        let columns = self.columns.len();
        let (layout, width) = match form {
            Form::Errors => ("c".repeat(columns), columns + 1),
            Form::Paper => ("rr".repeat(columns), 2 * columns + 1),
        };
        let _ = writeln!(out, "\\begin{{tabular}}{{l{layout}}}\n\\toprule");
        let _ = writeln!(
            out,
            " & \\multicolumn{{{}}}{{c}}{{{}}} \\\\\n\\cmidrule(lr){{2-{width}}}",
            width - 1,
            latex(&self.outcome())
        );
        for (n, column) in self.columns.iter().enumerate() {
            let head = format!("({}) {}", n + 1, latex(&column.name()));
            let head = head.trim_end();
            let _ = match form {
                Form::Errors => write!(out, " & {head}"),
                Form::Paper => write!(out, " & \\multicolumn{{2}}{{c}}{{{head}}}"),
            };
        }
        out.push_str(" \\\\\n\\midrule\n");
        for line in self.lines() {
            let cells: Vec<[String; 2]> = line
                .places
                .iter()
                .enumerate()
                .map(|(c, place)| place.map_or_else(Default::default, |place| self.cell(c, place, form)))
                .collect();
            let _ = write!(out, "{}", latex(&self.printed(&line)));
            match form {
                Form::Errors => {
                    for [estimate, _] in &cells {
                        let _ = write!(out, " & {}", latex_number(estimate));
                    }
                    out.push_str(" \\\\\n");
                    for [_, error] in &cells {
                        let _ = write!(out, " & {}", latex_number(error));
                    }
                }
                Form::Paper => {
                    for [short, p] in &cells {
                        let _ = write!(out, " & {} & {}", latex_number(short), latex_number(p));
                    }
                }
            }
            out.push_str(" \\\\\n");
        }
        out.push_str("\\midrule\n");
        for (name, values) in self.footer() {
            let name = if let Some(rest) = name.strip_prefix("R2") {
                format!("$R^2${rest}")
            } else {
                latex(&capitalised(&name))
            };
            let _ = write!(out, "{name}");
            for value in values {
                let _ = match form {
                    Form::Errors => write!(out, " & {}", latex(&value)),
                    Form::Paper => write!(out, " & {} & ", latex(&value)),
                };
            }
            out.push_str(" \\\\\n");
        }
        let _ = writeln!(out, "\\bottomrule\n\\end{{tabular}}");
        for note in self.notes() {
            let _ = writeln!(out, "% Note: {note}");
        }
        out
    }

    /// A Markdown table (pipes) with its notes below; standard errors or p-values stand in the cell of the estimate.
    pub fn to_markdown(&self, form: Form) -> String {
        let row = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
        let mut out = row(std::iter::once(markdown(&self.outcome()))
            .chain(
                self.columns
                    .iter()
                    .enumerate()
                    .map(|(n, c)| format!("({}) {}", n + 1, markdown(&c.name())).trim_end().to_owned()),
            )
            .collect());
        let _ = writeln!(out, "|:---|{}", "---:|".repeat(self.columns.len()));
        for line in self.lines() {
            let cells = line.places.iter().enumerate().map(|(c, place)| {
                let [first, second] = place.map_or_else(Default::default, |place| self.cell(c, place, form));
                let second = match form {
                    Form::Errors => second,
                    Form::Paper if second.is_empty() => second,
                    Form::Paper => format!("p {second}"),
                };
                format!("{} {}", minus(&markdown(&first)), markdown(&second)).trim().to_owned()
            });
            out.push_str(&row(std::iter::once(markdown(&self.printed(&line))).chain(cells).collect()));
        }
        for (name, values) in self.footer() {
            let name = capitalised(&name.replace("R2", "R²"));
            out.push_str(&row(std::iter::once(markdown(&name)).chain(values).collect()));
        }
        let _ = writeln!(out, "\n{}", markdown(&self.notes().join(" ")));
        out
    }

    /// An HTML table with its notes.
    pub fn to_html(&self, form: Form) -> String {
        let span = match form {
            Form::Errors => 1,
            Form::Paper => 2,
        };
        let mut out = String::from("<table class=\"regression\">\n<thead>\n");
        let _ = writeln!(
            out,
            "<tr><td></td><th scope=\"colgroup\" colspan=\"{}\">{}</th></tr>",
            span * self.columns.len(),
            escaped(&self.outcome())
        );
        out.push_str("<tr><td></td>");
        for (n, column) in self.columns.iter().enumerate() {
            let _ = write!(
                out,
                "<th scope=\"col\" colspan=\"{span}\">({}) {}</th>",
                n + 1,
                escaped(&column.name())
            );
        }
        out.push_str("</tr>\n</thead>\n<tbody>\n");
        for line in self.lines() {
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escaped(&self.printed(&line)));
            for (c, place) in line.places.iter().enumerate() {
                let [first, second] = place.map_or_else(Default::default, |place| self.cell(c, place, form));
                let (first, second) = (minus(&escaped(&first)), escaped(&second));
                let _ = match form {
                    Form::Errors => write!(out, "<td>{first}<br><span class=\"se\">{second}</span></td>"),
                    Form::Paper => write!(out, "<td>{first}</td><td>{second}</td>"),
                };
            }
            out.push_str("</tr>\n");
        }
        out.push_str("</tbody>\n<tfoot>\n");
        for (name, values) in self.footer() {
            let name = name.replace("R2", "R²");
            let _ = write!(out, "<tr><th scope=\"row\">{}</th>", escaped(&capitalised(&name)));
            for value in values {
                let _ = write!(out, "<td colspan=\"{span}\">{}</td>", escaped(&value));
            }
            out.push_str("</tr>\n");
        }
        let _ =
            writeln!(out, "</tfoot>\n</table>\n<p class=\"note\">{}</p>", escaped(&self.notes().join(" ")));
        out
    }
}

/// Levels by number where they have one, the factor's name aside.
fn level_order(a: &str, b: &str) -> std::cmp::Ordering {
    let number = |name: &str| name.split(' ').nth(1).and_then(|n| n.parse::<i64>().ok());
    match (number(a), number(b)) {
        (Some(x), Some(y)) => x.cmp(&y),
        _ => std::cmp::Ordering::Equal,
    }
}

/// A hyphen before a digit as the sign that it is.
fn minus(text: &str) -> String {
    text.strip_prefix('-').map_or_else(|| text.to_owned(), |rest| format!("\u{2212}{rest}"))
}

/// A text whose letters Markdown leaves alone.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if matches!(character, '|' | '*' | '_' | '`' | '<' | '\\' | '[' | ']') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}

/// A number with its stars: minus signs in mathematics, stars raised.
pub(crate) fn latex_number(text: &str) -> String {
    let (text, below) = text.strip_prefix('<').map_or((text, ""), |rest| (rest, "<"));
    let (number, stars) = text.split_at(text.trim_end_matches('*').len());
    match (number.is_empty(), stars.is_empty()) {
        (true, _) => String::new(),
        (false, true) => format!("${below}{number}$"),
        (false, false) => format!("${below}{number}^{{{stars}}}$"),
    }
}
