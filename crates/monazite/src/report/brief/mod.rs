//! Briefs: one page about a country, a group as one buyer, or a product, or about some of them side by side, from a finished run.
//!
//! Everything on them is read from the files of the run folder; nothing is computed anew but means, sums, and the indicators of a group
//! with its members put together. The pages are complete in
//! themselves, open offline, and print on one or two sheets of A4.

pub mod benchmark;
pub mod country;
mod country_page;
pub mod elsewhere;
mod error;
pub mod how_sure;
mod html;
pub mod import_line;
pub mod one_buyer;
pub mod origins;
pub mod product;
mod product_page;
pub mod product_words;
pub mod selection;
pub mod side_by_side;
pub mod stops;
mod trend_chart;
pub mod unit;

use std::collections::BTreeSet;
use std::path::Path;

pub use error::BriefError;
pub(crate) use html::{cut, sources};

use country::CountryBrief;
use elsewhere::{WhatIfOfCountry, products_told};
use product::ProductBrief;
use selection::{Candidate, near};

use crate::progress::Progress;
use crate::report::request::{WrittenFile, add_files};
use crate::run::{Run, RunView, focus_products};
use crate::run_folder::StoredPanel;
use crate::threads::within;
use crate::units::counted;

/// What to write briefs of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BriefRequest {
    /// Countries and groups, by code or name.
    pub countries: Vec<String>,
    /// Products, by code; `focus` stands for those in the focus of the study.
    pub products: Vec<String>,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// Whether countries stand side by side on one page, and products on another: two to four of them.
    pub side_by_side: bool,
}

impl BriefRequest {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.countries.is_empty() && self.products.is_empty()
    }
}

/// Position of a year of the run; the last if none is asked for.
///
/// # Errors
/// [`BriefError::Unknown`] if the run does not have it.
pub fn find_year(panel: &StoredPanel, asked: Option<u16>) -> Result<usize, BriefError> {
    let Some(asked) = asked else { return Ok(panel.years.len().saturating_sub(1)) };
    panel.year(asked).ok_or_else(|| {
        let years: Vec<String> = panel.years.iter().map(ToString::to_string).collect();
        let candidates: Vec<Candidate<'_>> =
            years.iter().map(|year| Candidate { code: year, name: "" }).collect();
        BriefError::Unknown {
            what: "year",
            asked: asked.to_string(),
            near: near(&asked.to_string(), &candidates),
        }
    })
}

/// Writes briefs of a finished run into its folder `briefs`: `briefs/DEU.html`, `briefs/284690.html`; of another year than the last one
/// `briefs/DEU_2019.html`; side by side `briefs/DEU-JPN.html`. All else in the run stays as it is; the manifest lists the new files. Returns what was written, and whether a
/// file of the same name with other content was replaced.
///
/// ```
/// use monazite::report::brief::{BriefRequest, write_briefs};
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let run = folder.path().join("run");
/// # run_study(&study, &run, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let request = BriefRequest { countries: vec!["Beta".to_owned()], products: vec!["284690".to_owned()], ..BriefRequest::default() };
/// let names: Vec<String> = write_briefs(&run, &request, &Silent)?.into_iter().map(|file| file.name).collect();
/// assert_eq!(names, ["briefs/284690.html", "briefs/BBB.html"]);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// [`BriefError::Unknown`] if a country, product or year is not in the run, with near names; otherwise whatever makes the run
/// unreadable, or [`BriefError::Cancelled`] if `progress` asks to stop. The run is then as it was before.
pub fn write_briefs(
    run: &Path,
    request: &BriefRequest,
    progress: &dyn Progress,
) -> Result<Vec<WrittenFile>, BriefError> {
    within(|| write_in_pool(run, request, progress))
}

fn write_in_pool(
    run: &Path,
    request: &BriefRequest,
    progress: &dyn Progress,
) -> Result<Vec<WrittenFile>, BriefError> {
    progress.go_on()?;
    let opened = Run::open(run)?;
    let pages = brief_pages(&opened, request, progress)?;
    Ok(add_files(run, opened.manifest(), &pages)?)
}

/// Briefs as the files that they would be in a run folder, by name. Nothing is written anywhere.
///
/// # Errors
/// As [`write_briefs`].
pub fn brief_pages(
    run: &Run,
    request: &BriefRequest,
    progress: &dyn Progress,
) -> Result<Vec<(String, Vec<u8>)>, BriefError> {
    let view = run.view()?;
    let year = find_year(view.panel, request.year)?;
    let name = |code: &str| match year == view.last_year() {
        true => format!("briefs/{code}.html"),
        false => format!("briefs/{code}_{}.html", view.panel.years[year]),
    };
    let products = codes_meant(&view, &request.products);
    if request.side_by_side {
        refuse_number(["country", "countries"], request.countries.len())?;
        refuse_number(["product", "products"], products.len())?;
    }
    let mut pages: Vec<(String, Vec<u8>)> = Vec::new();
    let mut countries = Vec::new();
    for asked in &request.countries {
        progress.go_on()?;
        let brief = CountryBrief::gather(&view, asked, year)?;
        if !request.side_by_side {
            pages.push((name(&brief.unit.code), country_brief(&view, &brief)?.into_bytes()));
        } else {
            countries.push(brief);
        }
    }
    if !countries.is_empty() {
        let codes: Vec<&str> = countries.iter().map(|brief| brief.unit.code.as_str()).collect();
        refuse_twice(&codes)?;
        pages.push((name(&codes.join("-")), side_by_side::countries(&view, &countries).into_bytes()));
    }
    let mut compared = Vec::new();
    for asked in &products {
        progress.go_on()?;
        let brief = ProductBrief::gather(&view, asked, year)?;
        let code = view.panel.products[brief.product].code.to_string();
        if !request.side_by_side {
            pages.push((name(&code), product_page::render(&view, &brief).into_bytes()));
        } else {
            compared.push((code, brief));
        }
    }
    if !compared.is_empty() {
        let (codes, briefs): (Vec<String>, Vec<ProductBrief>) = compared.into_iter().unzip();
        refuse_twice(&codes.iter().map(String::as_str).collect::<Vec<_>>())?;
        pages.push((name(&codes.join("-")), side_by_side::products(&view, &briefs)?.into_bytes()));
    }
    // What was asked for twice is one file.
    let mut seen = BTreeSet::new();
    pages.retain(|(name, _)| seen.insert(name.clone()));
    Ok(pages)
}

/// The products that are asked for, with those in the focus of the study for `focus`.
fn codes_meant(view: &RunView<'_>, asked: &[String]) -> Vec<String> {
    let focus = || focus_products(view).into_iter().map(|p| view.panel.products[p].code.to_string());
    asked
        .iter()
        .flat_map(|code| match code.trim().eq_ignore_ascii_case("focus") {
            true => focus().collect(),
            false => vec![code.clone()],
        })
        .collect()
}

fn refuse_number(what: [&str; 2], number: usize) -> Result<(), BriefError> {
    match number {
        0 | 2..=side_by_side::MOST => Ok(()),
        n => Err(BriefError::Request(format!(
            "side by side: {}; name two to {}, or leave it out for a brief of each",
            counted(n as u64, what),
            side_by_side::MOST
        ))),
    }
}

fn refuse_twice(codes: &[&str]) -> Result<(), BriefError> {
    match codes.iter().enumerate().find(|(at, code)| codes[..*at].contains(code)) {
        Some((_, code)) => Err(BriefError::Request(format!("side by side: {code} is named twice"))),
        None => Ok(()),
    }
}

fn country_brief(view: &RunView<'_>, brief: &CountryBrief) -> Result<String, BriefError> {
    let imputed = if brief.unit.is_group() {
        None
    } else {
        view.imputed_in(brief.year, &brief.unit.code, brief.scope.main())?
    };
    let told = products_told(&brief.lines, &focus_products(view));
    let of_country = |country| WhatIfOfCountry::of(view, country, &told, brief.year);
    let what_if = brief.unit.country().map(of_country).transpose()?;
    Ok(country_page::render(view, brief, imputed, what_if.as_ref()))
}
