//! The section of the page on what happened after trade measures.

use std::fmt::Write;

use super::cells;
use crate::before_after::words::{p_shown, signed, span_text};
use crate::before_after::{CAN_CLAIM, CANNOT_CLAIM, READING, label};
use crate::delimited::{Row, Table};
use crate::html::{escaped, put};
use crate::plain_text::{capitalised, listed};
use crate::report::figures::page_slots;
use crate::run::{Run, RunError};
use crate::run_folder::tables::{BEFORE_AFTER, BEFORE_AFTER_PRODUCTS};
use crate::study::EventOutcome;

/// The section; nothing where the study has no table of measures, the reason where nothing could be compared.
pub(super) fn section(out: &mut String, run: &Run) -> Result<(), RunError> {
    let skipped = run.manifest().skipped.iter().find(|skipped| skipped.stage == "before_after");
    let (Some(table), Some(record)) = (run.table(BEFORE_AFTER.file)?, &run.manifest().before_after) else {
        if let Some(skipped) = skipped {
            put!(
                out,
                "<section id=\"before-after\">\n<h2>Before and after</h2>\n<p>Nothing is compared: {}.</p>\n</section>\n",
                escaped(skipped.reason.trim_end_matches('.'))
            );
        }
        return Ok(());
    };
    out.push_str("<section id=\"before-after\">\n<h2>Before and after</h2>\n");
    put!(out, "<p>What happened after a trade measure, compared with products without one? {READING}</p>\n");
    let products = run.table(BEFORE_AFTER_PRODUCTS.file)?;
    for (nth, case) in cases(&table)?.iter().enumerate() {
        case_of(out, run, &table, (nth, case), products.as_deref())?;
    }
    out.push_str(&page_slots::framed(run, "before_after")?);
    put!(out, "<p>{CAN_CLAIM} {CANNOT_CLAIM}</p>\n");
    if !record.notes.is_empty() {
        out.push_str("<details><summary>What is missing, and what to know</summary>\n<ul>\n");
        record.notes.iter().for_each(|note| put_item(out, note));
        out.push_str("</ul>\n</details>\n");
    }
    out.push_str("</section>\n");
    Ok(())
}

fn put_item(out: &mut String, text: &str) {
    put!(out, "<li>{}</li>\n", escaped(text));
}

/// Measure and date of each case, in order.
fn cases(table: &Table) -> Result<Vec<[String; 2]>, RunError> {
    let (measure, date) = (table.require(&["measure"])?, table.require(&["date"])?);
    let mut cases: Vec<[String; 2]> =
        table.rows.iter().map(|row| [row.get(measure).to_owned(), row.get(date).to_owned()]).collect();
    cases.dedup();
    Ok(cases)
}

fn case_of(
    out: &mut String,
    run: &Run,
    table: &Table,
    (nth, [measure, date]): (usize, &[String; 2]),
    products: Option<&Table>,
) -> Result<(), RunError> {
    let column = |name: &str| table.require(&[name]);
    let (of, at, outcome) = (column("measure")?, column("date")?, column("outcome")?);
    let (estimate, p, by) = (column("estimate")?, column("p")?, column("p_by")?);
    let years = [column("pre_first")?, column("pre_last")?, column("post_first")?, column("post_last")?];
    let (treated, controls) = (column("treated")?, column("controls")?);
    let rows: Vec<&Row> =
        table.rows.iter().filter(|row| row.get(of) == measure && row.get(at) == date).collect();
    let Some(first) = rows.first() else { return Ok(()) };
    let span = |row: &Row, from: usize| span_text(row.get(years[from]), row.get(years[from + 1]));
    let mut windows: Vec<String> = rows.iter().map(|row| span(row, 2)).collect();
    windows.sort_unstable();
    windows.dedup();
    put!(out, "<h3>{}, {}</h3>\n", escaped(&capitalised(measure)), escaped(date));
    put!(
        out,
        "<p>{}Base {}. p: two-sided, {}.</p>\n",
        products.map(|table| treated_in_words(table, measure, date)).transpose()?.unwrap_or_default(),
        span(first, 0),
        match first.get(by) {
            "permutation" => "the share of as many products, taken at random, that moved at least as far",
            _ => "by clustered standard errors",
        }
    );
    put!(out, "<div class=\"scroll whole\"><table class=\"plain\" id=\"measure-{}\">\n<thead><tr>", nth + 1);
    out.push_str(&cells::text_heading("Outcome"));
    for window in &windows {
        put!(out, "{}{}", cells::heading(window, ""), cells::heading("p", ""));
    }
    put!(out, "{}{}</tr></thead>\n<tbody>\n", cells::heading("Treated", ""), cells::heading("Controls", ""));
    for rows in rows.chunk_by(|a, b| a.get(outcome) == b.get(outcome)) {
        let name = rows[0].get(outcome);
        let known = EventOutcome::ALL.into_iter().find(|known| known.name() == name);
        let words = known.map_or(name, |known| label(known, run.study().event.by));
        put!(out, "<tr>{}", cells::text(words));
        for window in &windows {
            let row = rows.iter().find(|row| span(row, 2) == *window);
            let value = |column: usize| row.and_then(|row| row.get(column).parse::<f64>().ok());
            let minus = |e: f64| signed(e).replace('-', "−");
            put!(
                out,
                "{}{}",
                cells::number(value(estimate), minus),
                cells::number(value(p), |p| p_shown(Some(p)))
            );
        }
        let count = |column: usize| cells::number(rows[0].get(column).parse().ok(), |n| format!("{n:.0}"));
        put!(out, "{}{}</tr>\n", count(treated), count(controls));
    }
    out.push_str("</tbody>\n</table></div>\n");
    Ok(())
}

/// Which products are treated by whom, and how many are left out.
fn treated_in_words(table: &Table, measure: &str, date: &str) -> Result<String, RunError> {
    let column = |name: &str| table.require(&[name]);
    let (of, at, product, role) = (column("measure")?, column("date")?, column("product")?, column("role")?);
    let (exporters, share) = (column("exporters")?, column("exporters_share")?);
    let rows = || table.rows.iter().filter(|row| row.get(of) == measure && row.get(at) == date);
    let of_role = |wanted: &'static str| rows().filter(move |row| row.get(role) == wanted);
    let treated: Vec<String> = of_role("treated")
        .map(|row| {
            let share = row.get(share).parse::<f64>().map_or_else(
                |_| String::new(),
                |share| format!(", {:.0} % of world exports before", 100.0 * share),
            );
            format!("{} ({}{share})", row.get(product), row.get(exporters))
        })
        .collect();
    let left_out = match of_role("left out").count() {
        0 => String::new(),
        n => format!(" {n} products are no controls (before_after/products.csv says why)."),
    };
    Ok(escaped(&format!("Treated: {}.{left_out} ", listed(treated, BEFORE_AFTER_PRODUCTS.file))))
}
