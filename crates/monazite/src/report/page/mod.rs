//! `report.html`: one page, complete in itself, that opens offline.
//!
//! Everything on it is read back from the tables of the run folder, so the page shows what the files hold.

mod data;
pub mod findings;
pub mod regression;
mod sections;
mod trend;
mod trickles;
pub mod typology;

use super::brief::RunView;
use super::figures::page_slots;
use crate::html::escaped;
use crate::panel::World;
use crate::run_folder::FolderError;
use crate::run_folder::RunFolder;
use crate::study::Study;
use crate::trade::FlowSource;
use crate::value_chain::ValueChain;

use data::PageData;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// What the page takes from the tables of the run as briefs see it.
#[derive(Debug, Clone, Copy)]
pub struct FromRun<'a> {
    /// The run.
    pub view: &'a RunView,
    /// Its world map as inline SVG, if there is one.
    pub map: Option<&'a str>,
}

/// Renders the page of a run from the files it has made; `typology` and `regression` are the sections that
/// [`typology::section`] and [`regression::section`] make.
///
/// # Errors
/// [`FolderError::Parquet`] or [`FolderError::Io`] if a table of the run cannot be read back.
pub fn render(
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    world: &World,
    run: FromRun<'_>,
    typology: Option<&str>,
    regression: Option<&str>,
    folder: &RunFolder,
) -> Result<String, FolderError> {
    let data = PageData::read(study, store, world, folder)?;
    let manifest = &run.view.manifest;
    let title = if study.study.name.is_empty() { "A study of monazite" } else { &study.study.name };
    let mut body = String::new();
    sections::head(&mut body, study, manifest, title);
    let parts = [typology.is_some(), !chain.links().is_empty(), regression.is_some()];
    sections::contents(&mut body, run.map.is_some(), parts);
    findings::section(&mut body, run.view);
    sections::trends(&mut body, &data, run.view);
    sections::map(&mut body, run.map);
    sections::rankings(&mut body, &data);
    body.push_str(typology.unwrap_or_default());
    sections::chain(&mut body, store, chain);
    if !chain.links().is_empty() {
        body.push_str("<section id=\"network\">\n<h2>How dependent are countries along the chain?</h2>\n");
        body.push_str(&page_slots::framed("network"));
        body.push_str("</section>\n");
    }
    body.push_str(regression.unwrap_or_default());
    sections::account(&mut body, run.view, &data);
    sections::definitions(&mut body, study);
    sections::provenance(&mut body, study, manifest);
    Ok(format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<a class=\"skip\" href=\"#top\">To the content</a>\n<main id=\"top\">\n{body}</main>\n\
         <script type=\"application/json\" id=\"data\">{}</script>\n<script>\n{SCRIPT}</script>\n</body>\n</html>\n",
        escaped(title),
        data.to_json()
    ))
}

/// A page with the section that begins with `opening` and ends with `closing` exchanged for another one, or without it. A page that has none
/// gets it before the first of `followers` that it has.
fn exchanged(page: &str, [opening, closing]: [&str; 2], section: Option<&str>, followers: &[&str]) -> String {
    let section = section.unwrap_or_default();
    if let Some(start) = page.find(opening)
        && let Some(length) = page[start..].find(closing)
    {
        return format!("{}{section}{}", &page[..start], &page[start + length + closing.len()..]);
    }
    match followers.iter().find_map(|next| page.find(next)) {
        Some(place) => format!("{}{section}{}", &page[..place], &page[place..]),
        None => page.to_owned(),
    }
}
