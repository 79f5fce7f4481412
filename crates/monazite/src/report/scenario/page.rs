//! The page: one file that opens offline.

use std::fmt::Write;

use super::left_out::left_out;
use super::shown::Shown;
use super::{down_the_chain, losers, sentences};
use crate::html::{escaped, put};
use crate::report::brief::sources;
use crate::run::provenance::{data_of, is_synthetic};
use crate::run::{Run, RunError};
use crate::study::{ProductionKind, RationingRule, ShockSection};
use crate::what_if::{MadeUpFor, ScenarioOutcome};

const STYLE: &str = include_str!("scenario.css");
/// Where the methods are described.
const METHODS: &str = "docs/methods/23-shocks.md";

/// The page of one scenario, or of several one below the other, as one HTML file without script that opens offline.
///
/// First what is left out, in one sentence; then what it comes to in three sentences, who loses how much under the three readings of import content, what is
/// touched down the chain by tier (reach beside content), what other suppliers fill, and how it was computed. `settings` are those that the outcomes
/// were computed with: of the study, or changed ones.
///
/// # Errors
/// [`RunError`] if a table of the run is damaged.
///
/// ```
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// use monazite::report::scenario::scenario_page;
/// use monazite::run::Run;
/// use monazite::shock::{Scenario, ScenarioRow};
/// use monazite::what_if::WhatIf;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let folder = folder.path().join("run");
/// # run_study(&study, &folder, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let run = Run::open(&folder)?;
/// let stop = Scenario::of_rows(&[ScenarioRow::stop("AAA", vec!["284690".parse()?])]);
/// let settings = &run.study().shocks;
/// let outcome = WhatIf::of(&run, 0, &[], settings)?.scenario(&stop[0])?;
/// let page = scenario_page(&run, settings, &[outcome])?;
/// assert!(page.starts_with("<!doctype html>") && page.contains("<h1>Alpha stops exports of 284690</h1>"));
/// assert!(!page.contains("<script") && !page.contains("http-equiv"));
/// # Ok(())
/// # }
/// ```
pub fn scenario_page(
    run: &Run,
    settings: &ShockSection,
    outcomes: &[ScenarioOutcome],
) -> Result<String, RunError> {
    let shown: Vec<Shown<'_>> =
        outcomes.iter().map(|of| Shown::of(run, settings, of)).collect::<Result<_, _>>()?;
    let titles: Vec<String> = shown.iter().map(Shown::title).collect();
    let same = titles.iter().all(|title| *title == titles[0]);
    let title = match titles.first() {
        Some(first) if same => first.clone(),
        // Other rows hold in other years.
        Some(_) if outcomes.windows(2).all(|pair| pair[0].scenario.name == pair[1].scenario.name) => {
            outcomes[0].scenario.name.clone()
        }
        Some(_) => format!("{} scenarios", titles.len()),
        None => "No scenario".to_owned(),
    };
    let mut body = String::new();
    header(&mut body, run, &title, &shown);
    let made_up_for = outcomes.iter().map(|of| of.made_up_for).fold(MadeUpFor::default(), MadeUpFor::or);
    put!(body, "<p class=\"leaves-out\">{}</p>\n", escaped(&left_out(settings, made_up_for)));
    for of in &shown {
        scenario(&mut body, of, shown.len() > 1, !same);
    }
    computed(&mut body, run, settings);
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n<title>What if: {}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(&title)
    ))
}

fn header(out: &mut String, run: &Run, title: &str, shown: &[Shown<'_>]) {
    put!(
        out,
        "<header>\n<p class=\"kicker\">What if · {}</p>\n<h1>{}</h1>\n",
        escaped(&run.manifest().study.name),
        escaped(title)
    );
    if is_synthetic(run.study(), run.manifest()) {
        out.push_str("<p class=\"made-up\"><b>Synthetic data</b>, made up to test the program: nothing here is about real countries.</p>\n");
    }
    let years: Vec<String> = shown.iter().map(|of| of.year().to_string()).collect();
    if let [only] = shown {
        put!(out, "<p class=\"lead\">{}As of the trade of {}.</p>\n", escaped(&context(only)), only.year());
    } else if !years.is_empty() {
        let mut years = years;
        years.sort();
        years.dedup();
        // Where the base years are all that differs, name and products are said once.
        let titles: Vec<String> = shown.iter().map(Shown::title).collect();
        let once = titles.iter().all(|of| *of == titles[0]);
        let context = if once { context(&shown[0]) } else { String::new() };
        put!(out, "<p class=\"lead\">{}As of the trade of {}.</p>\n", escaped(&context), years.join(", "));
    }
    out.push_str("</header>\n");
}

/// What happens and how it is called, beside the title.
fn context(of: &Shown<'_>) -> String {
    let mut text = String::new();
    // What codes stand for, as long as they are few.
    let hit: Vec<usize> = of.hit().map(|product| product.product).collect();
    for &product in hit.iter().filter(|product| hit.len() <= 3 && !of.text(**product).is_empty()) {
        text.push_str(&format!("{}: {}. ", of.code(product), of.text(product).trim_end_matches('.')));
    }
    if let Some(name) = of.given_name() {
        text.push_str(&format!("Scenario “{name}”. "));
    }
    if let Some(event) = of.event() {
        text.push_str(&format!("{} In the scenario, {}. ", event.what, of.what()));
    }
    text
}

/// One scenario in one base year.
fn scenario(out: &mut String, of: &Shown<'_>, several: bool, titled: bool) {
    if several {
        let title = if titled { of.title() } else { format!("As of {}", of.year()) };
        put!(out, "<h2 class=\"scenario\">{}</h2>\n", escaped(&title));
        if titled {
            put!(out, "<p class=\"lead\">{}As of the trade of {}.</p>\n", escaped(&context(of)), of.year());
        }
    }
    out.push_str("<ul class=\"findings\">\n");
    for sentence in sentences::of_shown(of) {
        put!(out, "<li>{}</li>\n", escaped(&sentence));
    }
    out.push_str("</ul>\n");
    losers::section(out, of);
    down_the_chain::section(out, of);
    let mut notes: Vec<String> = of.outcome.notes.clone();
    if let Some(event) = of.event() {
        notes.push(event.remark.to_owned());
        notes.push(format!("Sources of the event: {}.", event.sources.join("; ")));
    }
    if !notes.is_empty() {
        out.push_str("<section>\n<h2>Notes</h2>\n<ul>\n");
        for note in notes {
            put!(out, "<li>{}</li>\n", escaped(&note));
        }
        out.push_str("</ul>\n</section>\n");
    }
}

/// How losses pass on, in words.
fn rules(settings: &ShockSection) -> String {
    let production = match settings.production {
        ProductionKind::Linear => "in proportion to the inputs that are missing".to_owned(),
        ProductionKind::Leontief => "with the input that is missing most".to_owned(),
        ProductionKind::Power => {
            format!("between the mean and the worst of its inputs (power {})", settings.power)
        }
    };
    let others = match (settings.capacity.is_some() || settings.capacities.is_some(), settings.rationing) {
        (false, _) => "Nobody else sells more.",
        (true, RationingRule::Pool) => {
            "What others can sell more goes to everybody in proportion to what is missing."
        }
        (true, RationingRule::Incumbent) => "What others can sell more goes to their present customers only.",
        (true, RationingRule::Priority) => "What others can sell more goes to some importers first.",
    };
    format!("A product loses production {production}. {others}")
}

fn computed(out: &mut String, run: &Run, settings: &ShockSection) {
    let m = run.manifest();
    put!(
        out,
        "<footer>\n<p><b>How it was computed.</b> An importer loses what its suppliers cannot send: l = Σ s x, with s the share of a supplier in its imports and x the share of the flow \
         that is lost, by the cut itself or because the supplier lacks what it sells on: u = φ l + (1 - φ) y, with φ the import content of its exports and y its \
         loss of production. The least solution is taken. {} Methods: {METHODS}, {}.</p>\n\
         <p><b>Data.</b> {} Study “{}”, {} {}{}, study sha256 {}.</p>\n\
         <p><b>Cite.</b> {} Method: docs/methods/23-shocks.md of monazite; network of trade after Klimek, Baum, Gerschberger, Hess (2025), arXiv:2508.00556. Software: monazite.</p>\n</footer>\n",
        escaped(&rules(settings)),
        "docs/methods/21-mass-balance.md",
        escaped(&data_of(run.study(), m)),
        escaped(&m.study.name),
        escaped(&m.program.name),
        escaped(&m.program.version),
        if m.program.commit.is_empty() {
            String::new()
        } else {
            format!(" ({})", escaped(&m.program.commit))
        },
        m.study.sha256.get(..12).unwrap_or(&m.study.sha256),
        sources(is_synthetic(run.study(), m), &m.trade)
    );
}
