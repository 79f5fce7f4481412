//! Briefs: one page about a country, or about a product, from a finished run.
//!
//! Everything on them is read from the files of the run folder; nothing is computed anew but means and sums. The pages are complete in
//! themselves, open offline, and print on one or two sheets of A4.

pub mod country;
mod country_page;
mod error;
mod html;
pub mod product;
mod product_page;
pub mod run_view;
pub mod selection;
mod trend_chart;
pub mod unit;

use std::path::Path;

pub use error::BriefError;
pub(crate) use html::cut;
pub use run_view::RunView;

use country::CountryBrief;
use product::ProductBrief;
use selection::{Candidate, near};

use crate::progress::Progress;
use crate::run_folder::{Manifest, RunFolder};
use crate::threads::within;

/// What to write briefs of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BriefRequest {
    /// Countries and groups, by code or name.
    pub countries: Vec<String>,
    /// Products, by code.
    pub products: Vec<String>,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
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
pub fn find_year(view: &RunView, asked: Option<u16>) -> Result<usize, BriefError> {
    let Some(asked) = asked else { return Ok(view.last_year()) };
    view.panel.year(asked).ok_or_else(|| {
        let years: Vec<String> = view.panel.years.iter().map(ToString::to_string).collect();
        let candidates: Vec<Candidate<'_>> =
            years.iter().map(|year| Candidate { code: year, name: "" }).collect();
        BriefError::Unknown {
            what: "year",
            asked: asked.to_string(),
            near: near(&asked.to_string(), &candidates),
        }
    })
}

/// Writes briefs of a finished run into its folder `briefs`: `briefs/DEU.html`, `briefs/284690.html`. Files of the same name are
/// replaced, all else in the run stays as it is; the manifest lists the new files. Returns their names within the run folder.
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
/// let request = BriefRequest { countries: vec!["Beta".to_owned()], products: vec!["284690".to_owned()], year: None };
/// assert_eq!(write_briefs(&run, &request)?, ["briefs/284690.html", "briefs/BBB.html"]);
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
) -> Result<Vec<String>, BriefError> {
    within(|| write_in_pool(run, request, progress))
}

fn write_in_pool(
    run: &Path,
    request: &BriefRequest,
    progress: &dyn Progress,
) -> Result<Vec<String>, BriefError> {
    progress.go_on()?;
    let view = RunView::open(run)?;
    let year = find_year(&view, request.year)?;
    let mut pages: Vec<(String, String)> = Vec::new();
    for asked in &request.countries {
        progress.go_on()?;
        let brief = CountryBrief::gather(&view, asked, year)?;
        let imputed = if brief.unit.is_group() { None } else { view.imputed_of(year, &brief.unit.code)? };
        pages
            .push((format!("briefs/{}.html", brief.unit.code), country_page::render(&view, &brief, imputed)));
    }
    for asked in &request.products {
        progress.go_on()?;
        let brief = ProductBrief::gather(&view, asked, year)?;
        let code = view.panel.products[brief.product].code;
        pages.push((format!("briefs/{code}.html"), product_page::render(&view, &brief)));
    }
    add_files(run, &pages.iter().map(|(name, page)| (name.clone(), page.as_bytes())).collect::<Vec<_>>())
}

/// Puts files into a finished run and lists them in its manifest. Returns their names.
pub(crate) fn add_files(run: &Path, files: &[(String, &[u8])]) -> Result<Vec<String>, BriefError> {
    let mut manifest = Manifest::read(run)?;
    let mut folder = RunFolder::amend(run, |_| false)?;
    for (name, content) in files {
        folder.write(name, content)?;
    }
    let names = folder.files();
    for record in folder.records()? {
        manifest.files.retain(|file| file.name != record.name);
        manifest.files.push(record);
    }
    manifest.files.sort_by(|a, b| a.name.cmp(&b.name));
    folder.commit(&manifest.to_toml())?;
    Ok(names)
}
