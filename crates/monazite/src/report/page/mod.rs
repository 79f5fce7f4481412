//! `report.html`: one page, complete in itself, that opens offline.
//!
//! It is rendered from the run folder alone, by whatever asks for it: the run itself, a stage that is made again, or somebody who has
//! nothing but the folder. So the page shows what the files hold, and is always whole.

mod data;
mod estimates;
pub mod findings;
mod regression;
mod sections;
mod trend;
mod trickles;
mod typology;

use super::brief::BriefError;
use super::figures::page_slots;
use super::maps;
use crate::html::escaped;
use crate::run::{Run, RunError};

use data::PageData;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Renders the page of a run from its files. The same files give the same page.
///
/// ```
/// use monazite::report::page;
/// use monazite::run::Run;
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let out = folder.path().join("run");
/// # run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let html = page::render(&Run::open(&out)?)?;
/// assert_eq!(html, std::fs::read_to_string(out.join("report.html"))?);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`BriefError::Run`] if a table of the run is missing or damaged.
pub fn render(run: &Run) -> Result<String, BriefError> {
    let (study, manifest) = (run.study(), run.manifest());
    let view = run.view()?;
    let data = PageData::read(run)?;
    let title = if study.study.name.is_empty() { "A study of monazite" } else { &study.study.name };
    let map = maps::of_run(run)?.map(|map| map.draw(study.figures.size).plain);
    let mut parts: Vec<Part> = Vec::new();
    let mut part = |id, title, write: &dyn Fn(&mut String) -> Result<(), RunError>| {
        let mut html = String::new();
        write(&mut html)?;
        if !html.is_empty() {
            parts.push(Part { id, title, html });
        }
        Ok::<(), RunError>(())
    };
    part("findings", "", &|out| Ok(findings::section(out, &view)))?;
    part("trends", "Trends", &|out| Ok(sections::trends(out, &data, &view)))?;
    part("map", "Map", &|out| Ok(sections::map(out, map.as_deref())))?;
    part("rankings", "Who depends on whom", &|out| Ok(sections::rankings(out, &data)))?;
    part("typology", "Kinds of countries", &|out| typology::section(out, run))?;
    part("chain", "Value chain", &|out| Ok(sections::chain(out, run.chain()?)))?;
    part("network", "", &|out| sections::network(out, run))?;
    part("regression", "Regression", &|out| regression::section(out, run))?;
    part("account", "What to doubt", &|out| Ok(sections::account(out, &view, &data)))?;
    part("definitions", "Definitions", &|out| Ok(sections::definitions(out, study)))?;
    part("provenance", "Data and citation", &|out| Ok(sections::provenance(out, study, manifest)))?;
    let mut body = String::new();
    sections::head(&mut body, study, manifest, title);
    contents(&mut body, &parts);
    parts.iter().for_each(|part| body.push_str(&part.html));
    let font = if body.contains("<svg") { page_slots::font_style() } else { String::new() };
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n{font}</head>\n<body>\n<a class=\"skip\" href=\"#top\">To the content</a>\n<main id=\"top\">\n{body}</main>\n\
         <script type=\"application/json\" id=\"data\">{}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(title),
        data.to_json(run)?
    ))
}

/// A section of the page.
struct Part {
    id: &'static str,
    /// Its title in the list of contents; empty if it is not there.
    title: &'static str,
    html: String,
}

/// Links to the sections that the page has.
fn contents(out: &mut String, parts: &[Part]) {
    out.push_str("<nav class=\"contents\" aria-label=\"Contents\">\n");
    for part in parts.iter().filter(|part| !part.title.is_empty()) {
        out.push_str(&format!("<a href=\"#{}\">{}</a>\n", part.id, part.title));
    }
    out.push_str("</nav>\n");
}
