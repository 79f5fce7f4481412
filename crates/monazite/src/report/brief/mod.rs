//! Briefs: one page about a country, or about a product, from a finished run.
//!
//! Everything on them is read from the files of the run folder; nothing is computed anew.

mod error;
pub mod selection;

use std::path::Path;

pub use error::BriefError;

use crate::panel::StoredPanel;
use selection::{Candidate, near, position};

/// What to write briefs of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BriefRequest {
    /// Countries and groups, by code or name.
    pub countries: Vec<String>,
    /// Products, by code.
    pub products: Vec<String>,
}

impl BriefRequest {
    /// Whether nothing is asked for.
    pub fn is_empty(&self) -> bool {
        self.countries.is_empty() && self.products.is_empty()
    }
}

/// Writes briefs of a finished run into its folder `briefs`. Returns the names of the files within the run folder.
///
/// # Errors
/// [`BriefError::Unknown`] if a country or product is not in the run, with near names; otherwise whatever makes the run unreadable.
pub fn write_briefs(run: &Path, request: &BriefRequest) -> Result<Vec<String>, BriefError> {
    let panel = StoredPanel::open(run)?;
    let countries: Vec<Candidate<'_>> =
        panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
    for asked in &request.countries {
        find("country", asked, &countries)?;
    }
    Ok(Vec::new())
}

fn find(what: &'static str, asked: &str, candidates: &[Candidate<'_>]) -> Result<usize, BriefError> {
    position(asked, candidates).ok_or_else(|| BriefError::Unknown {
        what,
        asked: asked.to_owned(),
        near: near(asked, candidates),
    })
}
