//! What a world is made from beside a study and its trade: political stability, and the totals behind RCA.

use super::coverage::stability_notes;
use super::error::PanelError;
use super::notes::Notes;
use super::study_country::StudyCountry;
use crate::ingest::governance::{Origin, StabilityOptions};
use crate::ingest::tables::ExportTotals;
use crate::ingest::{Governance, Stability};
use crate::study::Study;
use crate::trade::FlowSource;

/// What is at hand.
#[derive(Debug, Clone, Copy)]
pub struct Given<'a> {
    /// Political stability; `None` where nothing that rests on it is asked for.
    pub governance: Option<&'a Governance>,
    /// The totals behind RCA.
    pub totals: Totals<'a>,
}

/// Where the totals behind RCA come from.
#[derive(Debug, Clone, Copy)]
pub enum Totals<'a> {
    /// From where the study says: a file that it names, or the trade.
    OfStudy,
    /// From this table.
    Table(&'a ExportTotals),
    /// From the trade, for whoever has no study that could name a table.
    Trade,
    /// From nowhere, where nobody asks for RCA.
    Nobody,
}

/// The countries of a study with the codes whose stability they have, and its years.
#[derive(Debug, Clone, Copy)]
pub(super) struct Leads<'a> {
    pub countries: &'a [StudyCountry],
    pub codes: &'a [String],
    pub years: &'a [u16],
}

impl Leads<'_> {
    /// Political stability of every country and year, and what a reader should know of it.
    pub(super) fn stability(
        &self,
        study: &Study,
        store: &dyn FlowSource,
        governance: &Governance,
        notes: &mut Notes,
    ) -> Result<Stability, PanelError> {
        let (years, countries) = (self.years, self.countries);
        let options = StabilityOptions {
            measure: study.stability.measure,
            missing: study.stability.missing,
            fixed_year: study.stability.fixed_year,
        };
        notes.extend(stability_notes(governance, options.measure, store.countries())?);
        let mut stability = governance.resolve(self.codes, years, options)?;
        super::groups::consolidated_stability(study, store, governance, options, countries, &mut stability)?;
        let last_covered = governance.years().last().copied().unwrap_or(0);
        if let Some(beyond) = years.iter().find(|&&y| y > last_covered) {
            notes.push(format!(
                "The Governance Indicators end in {last_covered}; from {beyond} on every country keeps its last value."
            ));
        }
        if let Some(&first) = governance.years().first()
            && let Some(before) = years.iter().rev().find(|&&y| y < first)
        {
            notes.push(format!(
                "The Governance Indicators begin in {first}; up to {before} every country has its first value."
            ));
        }
        Ok(stability)
    }

    /// The stability of nobody is known, and nobody is left out for that.
    pub(super) fn unknown(&self) -> Stability {
        let countries = self.countries.len();
        Stability {
            years: self.years.to_vec(),
            pv: vec![vec![None; countries]; self.years.len()],
            origin: vec![vec![Origin::Fifty; countries]; self.years.len()],
        }
    }
}
