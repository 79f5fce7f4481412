//! What figures are drawn from: a run, finished or still being made, and the settings that a request draws it with.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::FigureError;
use crate::delimited::Table;
use crate::run::Run;
use crate::run_folder::{Manifest, StoredPanel};
use crate::study::Study;

pub use crate::run::{ChainProduct, ChainTables, Cluster, ClusteredProfiles, MapPoint, NamedUnit};

/// A run, as far as figures need it.
#[derive(Debug, Clone, Copy)]
pub struct FigureSource<'a> {
    /// The run.
    pub run: &'a Run,
    /// Its study, with the settings of `[figures]` that are drawn.
    pub study: &'a Study,
    /// Its panel, with imports, exports, STR and composite at least.
    pub panel: &'a StoredPanel,
    /// What was run, for captions.
    pub manifest: &'a Manifest,
}

impl<'a> FigureSource<'a> {
    /// A run as `study` wants it drawn.
    ///
    /// # Errors
    /// [`FigureError::Run`] if the panel cannot be read.
    pub fn of(run: &'a Run, study: &'a Study) -> Result<Self, FigureError> {
        Ok(Self { run, study, panel: run.panel()?, manifest: run.manifest() })
    }

    /// A csv table of the run; `None` if the run has none.
    ///
    /// # Errors
    /// [`FigureError::Run`] if it cannot be read.
    pub fn table(&self, name: &str) -> Result<Option<Arc<Table>>, FigureError> {
        Ok(self.run.table(name)?)
    }

    /// Codes of the groups that the run has the indicators of.
    ///
    /// # Errors
    /// [`FigureError::Run`] if `groups.parquet` cannot be read.
    pub fn groups(&self) -> Result<&'a BTreeSet<String>, FigureError> {
        Ok(self.run.groups()?)
    }

    /// The chain.
    ///
    /// # Errors
    /// [`FigureError::Run`] if a table is missing or damaged.
    pub fn chain(&self) -> Result<&'a ChainTables, FigureError> {
        Ok(self.run.chain()?)
    }

    /// Composite score of a country or group in a year, by product of the chain; `None` where it is undefined.
    ///
    /// # Errors
    /// [`FigureError::Run`] if `groups.parquet` cannot be read.
    pub fn composites(
        &self,
        country: &str,
        year: u16,
        products: &[ChainProduct],
    ) -> Result<Vec<Option<f64>>, FigureError> {
        Ok(self.run.composites(country, year, products)?)
    }

    /// Profiles and clusters; `None` if the run has no typology.
    ///
    /// # Errors
    /// [`FigureError::Run`] if a table is damaged.
    pub fn clustered(&self) -> Result<Option<&'a ClusteredProfiles>, FigureError> {
        Ok(self.run.clustered()?)
    }
}
