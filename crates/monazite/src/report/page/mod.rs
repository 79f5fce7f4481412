//! `report.html`: one page, complete in itself, that opens offline.
//!
//! It is rendered from the run folder alone, by whatever asks for it: the run itself, a stage that is made again, or somebody who has
//! nothing but the folder. So the page shows what the files hold, and is always whole.

mod before_after;
mod cells;
mod chokepoints;
mod data;
mod dependence;
mod estimates;
mod feedback_loops;
pub mod findings;
mod indices;
mod limitations;
mod regression;
mod risk;
mod sections;
mod sentences;
mod trend;
mod typology;

use super::brief::BriefError;
use super::figures::page_slots;
use super::maps;
use crate::html::escaped;
use crate::run::provenance::source_line;
use crate::run::{Run, RunError};

use data::PageData;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(include_str!("../tables.js"), include_str!("page.js"));

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
    let map =
        maps::of_run(run)?.map(|map| map.draw(study.figures.size, &source_line(study, run.manifest())).plain);
    let chain = run.chain()?;
    let mut parts = Parts::default();
    parts.add("moved", "Did the risk grow?", |out| risk::moved(out, &view));
    parts.add_read("dependence", "Who depends on whom", |out| dependence::section(out, run, &data, &view))?;
    parts.add("risk", "Systemic trade risk", |out| risk::section(out, &data, &view));
    parts.add("map", "Map", |out| risk::map(out, map.as_deref()));
    parts.add("rankings", "Rankings", |out| risk::rankings(out, &data, &view));
    parts.add_read("chokepoints", "Chokepoints", |out| chokepoints::section(out, &view))?;
    parts.add_read("indices", "Other indices", |out| indices::section(out, run))?;
    parts.add_read("before-after", "Before and after", |out| before_after::section(out, run))?;
    parts.add("chain", "Value chain", |out| sections::chain(out, chain));
    parts.add_read("network", "", |out| sections::network(out, run))?;
    parts.add_read("regression", "Regression", |out| regression::section(out, run))?;
    parts.add_read("typology", "Kinds of countries", |out| typology::section(out, run))?;
    parts.add("limitations", "Limitations", |out| limitations::section(out, &view, &data));
    parts.add("definitions", "Definitions", |out| sections::definitions(out, study));
    parts.add("provenance", "Data and citation", |out| sections::provenance(out, study, manifest));
    let mut body = String::new();
    sections::head(&mut body, run, &data, title);
    parts.contents(&mut body);
    parts.0.iter().for_each(|part| body.push_str(&part.html));
    let font = if body.contains("<svg") { page_slots::font_style() } else { String::new() };
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n{font}</head>\n<body>\n<a class=\"skip\" href=\"#top\">To the content</a>\n<main id=\"top\">\n{body}</main>\n\
         <script type=\"application/json\" id=\"data\">{}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(title),
        data.to_json(&view)?
    ))
}

/// A section of the page.
struct Part {
    id: &'static str,
    /// Its title in the list of contents; empty if it is not there.
    title: &'static str,
    html: String,
}

/// The sections of the page, in order; those without content are left out.
#[derive(Default)]
struct Parts(Vec<Part>);

impl Parts {
    fn add(&mut self, id: &'static str, title: &'static str, write: impl FnOnce(&mut String)) {
        let mut html = String::new();
        write(&mut html);
        if !html.is_empty() {
            self.0.push(Part { id, title, html });
        }
    }

    /// As [`Parts::add`], of a section that reads tables while it is written.
    fn add_read(
        &mut self,
        id: &'static str,
        title: &'static str,
        write: impl FnOnce(&mut String) -> Result<(), RunError>,
    ) -> Result<(), RunError> {
        let mut html = String::new();
        write(&mut html)?;
        self.add(id, title, |out| *out = html);
        Ok(())
    }

    /// Links to the sections that the page has.
    fn contents(&self, out: &mut String) {
        out.push_str("<nav class=\"contents\" aria-label=\"Contents\">\n");
        for part in self.0.iter().filter(|part| !part.title.is_empty()) {
            out.push_str(&format!("<a href=\"#{}\">{}</a>\n", part.id, part.title));
        }
        out.push_str("</nav>\n");
    }
}
