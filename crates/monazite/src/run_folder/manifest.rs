//! `manifest.toml`: what was run, with what, on what, what came out, and how long it took.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{FolderError, MANIFEST_FILE};
use super::files::RunFiles;
use super::format::{RUN_FORMAT, SIGNATURE};
pub use super::manifest_records::{BeforeAfterRecord, IndicesRecord, ShockRecord, UncertaintyRecord};
use super::no_run::not_a_run;
use crate::trade::manifest::AccountRecord;

/// The signature of a run.
///
/// Everything but `timing` is the same for the same study on the same data with the same version of the program, on any
/// machine and with any number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Format of the run folder: [`RUN_FORMAT`] of the program that wrote it.
    pub format: u32,
    /// The program.
    pub program: Program,
    /// The study.
    pub study: StudyRecord,
    /// The trade data.
    pub trade: TradeRecord,
    /// Political stability.
    pub stability: StabilityRecord,
    /// Further tables that the study names.
    #[serde(default)]
    pub tables: Vec<InputTable>,
    /// The value chain.
    pub chain: ChainRecord,
    /// The indicators.
    pub indicators: IndicatorRecord,
    /// The indices that others publish, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub indices: Option<IndicesRecord>,
    /// The bands of uncertainty, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<UncertaintyRecord>,
    /// Scenarios and chokepoints, if there are any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shocks: Option<ShockRecord>,
    /// Before and after trade measures, if the study has a table of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before_after: Option<BeforeAfterRecord>,
    /// The typology, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub typology: Option<TypologyRecord>,
    /// The regression, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regression: Option<RegressionRecord>,
    /// Stages that had nothing to work on, and why.
    #[serde(default)]
    pub skipped: Vec<Skipped>,
    /// What a reader of the results should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The files of the run.
    #[serde(default)]
    pub files: Vec<FileRecord>,
    /// How long each stage took; the only part that differs from run to run.
    pub timing: Timing,
}

/// The program.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Program {
    /// Always `monazite`.
    pub name: String,
    /// Version.
    pub version: String,
    /// Commit it was built from, with `-dirty` if there were changes; `unknown` outside a checkout.
    pub commit: String,
}

/// The study.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StudyRecord {
    /// Its name.
    pub name: String,
    /// SHA-256 of the study with every default spelled out (`study.toml` of the run folder).
    pub sha256: String,
    /// Seed of everything random.
    pub random_seed: u64,
    /// Seed codes.
    pub seeds: Vec<String>,
    /// First year.
    pub first_year: u16,
    /// Last year.
    pub last_year: u16,
    /// Number of years.
    pub years: usize,
    /// Number of products.
    pub products: usize,
    /// Number of countries and groups.
    pub countries: usize,
}

/// The trade data.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TradeRecord {
    /// Name of the data set.
    pub source: String,
    /// Licence of data that are not CEPII's, as the study says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// HS edition.
    pub edition: String,
    /// BACI version.
    pub baci_version: String,
    /// Flows of the study's products and years.
    pub flows: u64,
    /// Their value, thousand USD.
    pub value: f64,
    /// Flows in the store but outside the study's years.
    pub flows_outside_years: u64,
    /// Their value, thousand USD.
    pub value_outside_years: f64,
    /// The account of the import.
    pub import: AccountRecord,
    /// The files the store was made from.
    pub inputs: Vec<InputFile>,
    /// Value taken out after the import, by reason, thousand USD.
    pub taken_out: TakenOut,
    /// What the trade is an extract of, if it is not that of the world.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extract: Option<ExtractRecord>,
}

/// What the trade is an extract of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ExtractRecord {
    /// Which trade it holds, such as "all imports of DEU".
    pub holds: String,
    /// The years that are extracts, in words.
    pub years: String,
    /// Whether the study says so (`data.extract`); otherwise the trade looks like it.
    pub said: bool,
    /// What is left out for it, in words.
    pub left_out: String,
}

impl ExtractRecord {
    /// A sentence for whatever shows results: "An extract, not the trade of the world: ...".
    pub fn sentence(&self) -> String {
        let verb = if self.said { "is" } else { "looks like" };
        format!(
            "in {} the trade {verb} {}. Left out, since it takes the trade of the world: {}.",
            self.years, self.holds, self.left_out
        )
    }

    /// Why a stage is not made of it.
    pub fn reason(&self) -> String {
        let verb = if self.said { "is" } else { "looks like" };
        format!("it takes the trade of the world, and this is an extract: it {verb} {}", self.holds)
    }
}

impl TradeRecord {
    /// How data that are not CEPII's are cited: whose they are, and their licence.
    pub fn cited(&self) -> String {
        match &self.licence {
            Some(licence) => format!("{}. {licence}", self.source),
            None => self.source.clone(),
        }
    }
}

/// A file that the store was made from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputFile {
    /// Name, without folders.
    pub name: String,
    /// `flows`, `country_codes` or `product_codes`.
    pub role: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256 of the content.
    pub sha256: String,
}

/// A table that a study names besides trade, political stability and links.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputTable {
    /// Key of the study that names it, such as `data.totals`.
    pub key: String,
    /// Name, without folders.
    pub name: String,
    /// SHA-256 of the content.
    pub sha256: String,
}

/// Trade taken out of the matrices by the options of the study, thousand USD over all products and years.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TakenOut {
    /// Trade within merged groups.
    pub within_groups: f64,
    /// Trade of suppliers without stability.
    pub without_stability: f64,
    /// Trade outside the balanced set of countries.
    pub outside_country_set: f64,
    /// Imports below a share of the exports of their country.
    pub trickles: f64,
    /// Re-exports traced to their origin (not taken out, but moved).
    pub traced_reexports: f64,
}

/// Political stability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StabilityRecord {
    /// Vintage: layout and years. Vintages are never mixed.
    pub vintage: String,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file.
    pub sha256: String,
    /// The series.
    pub measure: String,
    /// Share of import value that rests on imputed PV, by year.
    pub imputed: Vec<ImputedRecord>,
    /// Territories never covered, with the rule that gave them a value.
    pub never_covered: Vec<String>,
}

/// How much of the trade of a year rests on imputed stability.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImputedRecord {
    /// The year.
    pub year: u16,
    /// Share of import value, in 0..=1.
    pub share: f64,
}

/// The value chain.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainRecord {
    /// Products.
    pub products: usize,
    /// Links.
    pub links: usize,
    /// Links left out.
    pub dropped: usize,
    /// Deepest tier.
    pub deepest_tier: u8,
    /// Links that the sources propose.
    #[serde(default)]
    pub proposed: usize,
    /// The test on trade, if links were tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<ChainTestRecord>,
    /// The files that links come from.
    #[serde(default)]
    pub sources: Vec<ChainSourceRecord>,
}

/// The test of links on trade.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainTestRecord {
    /// First year of the trade.
    pub first_year: u16,
    /// Last year.
    pub last_year: u16,
    /// Countries, or country-years.
    pub observations: usize,
    /// Links tested.
    pub links: usize,
    /// Outputs in the null.
    pub null_outputs: usize,
}

/// A file that links come from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainSourceRecord {
    /// Name, without folders.
    pub name: String,
    /// `edge list`, `candidates`, `published network` or `overrides`.
    pub kind: String,
    /// Rows.
    pub rows: u64,
    /// Links it proposes.
    pub links: usize,
    /// Runs, if it has votes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs: Option<u32>,
    /// SHA-256 of the content.
    pub sha256: String,
}

/// What was run, of a value chain alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ChainManifest {
    /// The program.
    pub program: Program,
    /// Name of the study.
    pub study: String,
    /// SHA-256 of the study with every default spelled out.
    pub study_sha256: String,
    /// Seed of everything random.
    pub random_seed: u64,
    /// HS edition of the trade data.
    pub edition: String,
    /// BACI version.
    pub baci_version: String,
    /// The value chain.
    pub chain: ChainRecord,
    /// What a reader of the results should know.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The files of the folder.
    #[serde(default)]
    pub files: Vec<FileRecord>,
    /// How long it took.
    pub timing: Timing,
}

impl ChainManifest {
    /// The text of `manifest.toml`.
    pub fn to_toml(&self) -> String {
        SIGNATURE.sign(&toml::to_string(self).expect("the manifest has no map keys that are not text"))
    }
}

/// The indicators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct IndicatorRecord {
    /// Product-years computed.
    pub product_years: u64,
    /// Rows of `indicators.parquet`.
    pub rows: u64,
    /// Where the totals behind RCA come from.
    pub rca_basis: String,
    /// Rows that the composite is fitted on; 0 if it could not be.
    pub composite_rows: u64,
    /// Product-years whose network was singular and had to be clamped.
    pub clamped_product_years: u64,
    /// Suppliers, by product-year, whose trickle of imports closes a loop.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trickle_loops: Option<u64>,
    /// Share of the imports of `origins.parquet` whose origin is in no row, since it is too small.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origins_left_out: Option<f64>,
    /// Importers, by product-year, that have no origin since their goods go round in a closed group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub without_origin: Option<u64>,
}

/// The typology.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TypologyRecord {
    /// Country-years on the map.
    pub rows: usize,
    /// Features they are placed by.
    pub features: usize,
    /// Features that were left out, and why.
    pub features_left_out: Vec<String>,
    /// Country-years that miss too many features to be on the map.
    pub rows_left_out: usize,
    /// Missing values that something stands in for.
    pub filled: usize,
    /// Groups shown beside the countries.
    pub groups: Vec<String>,
    /// Neighbours of a row, itself counted.
    pub neighbours: usize,
    /// Share of the nearest neighbours that are the same country in another year.
    pub own_neighbours: f64,
    /// How close rows may come on the map.
    pub min_dist: f64,
    /// Seed of the map.
    pub seed: String,
    /// Pieces the graph falls into.
    pub components: usize,
    /// Level of detail.
    pub detail: String,
    /// Clusters.
    pub clusters: usize,
    /// Country-years without a cluster.
    pub outliers: usize,
    /// Times it was made again.
    pub repetitions: usize,
    /// Median adjusted Rand index with the repetitions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agreement: Option<f64>,
    /// `stable`, `doubtful`, `not_to_be_trusted` or `unknown`.
    pub trust: String,
    /// The same in a sentence.
    pub verdict: String,
    /// Why, one sentence each.
    #[serde(default)]
    pub reasons: Vec<String>,
    /// What a reader of it should know.
    pub notes: Vec<String>,
}

/// The regression.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegressionRecord {
    /// First and last year of the baseline.
    pub baseline: [u16; 2],
    /// First and last year of the projection.
    pub projection: [u16; 2],
    /// Standard errors that are reported.
    pub covariance: String,
    /// What comparative advantage is relative to.
    pub rca_basis: String,
    /// Whether clusters of a typology are among the controls that could be used.
    pub clusters: bool,
    /// Regressions of the sweep.
    pub sweep_fits: usize,
    /// Regressions of the sweep that could not be run.
    pub sweep_failures: usize,
    /// What a reader of it should know.
    pub notes: Vec<String>,
    /// The columns of the table.
    pub presets: Vec<PresetRecord>,
}

/// One column of the regression table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PresetRecord {
    /// Scale and sample.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Coefficients.
    pub parameters: usize,
    /// R².
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r2: Option<f64>,
    /// Of the paper's thirteen statements on signs, those that can be judged.
    pub signs_judged: usize,
    /// Those of them that hold.
    pub signs_as_in_paper: usize,
}

/// The stage of indices among those that were skipped.
pub const INDICES_STAGE: &str = "indices";
/// The stage of bands among those that were skipped.
pub const UNCERTAINTY: &str = "uncertainty";

/// A stage without work.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Skipped {
    /// The stage.
    pub stage: String,
    /// Why it was skipped.
    pub reason: String,
}

/// A file of the run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Name within the run folder.
    pub name: String,
    /// Size.
    pub bytes: u64,
    /// SHA-256.
    pub sha256: String,
    /// Whether the run itself did not make it, but somebody asked for it afterwards: a brief, a further map or figure. A new run
    /// into the folder does not make it again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub on_request: bool,
}

/// How long it took.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Timing {
    /// Threads used.
    pub threads: usize,
    /// Stages with their wall time in seconds.
    pub stages: Vec<StageTime>,
}

/// Wall time of one stage.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageTime {
    /// The stage.
    pub stage: String,
    /// Seconds.
    pub seconds: f64,
}

impl Manifest {
    /// Reads the manifest of a finished run.
    ///
    /// # Errors
    /// [`FolderError::NotARun`] if there is none, [`FolderError::Format`] if the run is of another format than [`RUN_FORMAT`],
    /// [`FolderError::Changed`] if it does not end with its own checksum, [`FolderError::Manifest`] if it cannot be understood.
    pub fn read(folder: &Path) -> Result<Self, FolderError> {
        Self::of(&RunFiles::folder(folder))
    }

    /// As [`Manifest::read`], of a run that may be in memory.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn of(files: &RunFiles) -> Result<Self, FolderError> {
        let text = Self::text_of(files)?;
        toml::from_str(&text).map_err(|e| not_understood(&files.place_of(MANIFEST_FILE), &e))
    }

    /// The manifest of the run in a folder from its text.
    pub(super) fn parse(text: &str, folder: &Path) -> Result<Self, FolderError> {
        toml::from_str(text).map_err(|e| not_understood(&folder.join(MANIFEST_FILE), &e))
    }

    /// Whether this program can read a finished run.
    ///
    /// # Errors
    /// As [`Manifest::read`].
    pub fn check_format(files: &RunFiles) -> Result<(), FolderError> {
        Self::text_of(files).map(|_| ())
    }

    /// The text of the manifest of a run whose format is that of this program.
    pub(super) fn text_of(files: &RunFiles) -> Result<String, FolderError> {
        #[derive(Deserialize)]
        struct Signature {
            #[serde(default = "first_format")]
            format: toml::Value,
            program: Option<Writer>,
            /// Without indicators it is no run, whatever its format.
            indicators: Option<toml::Table>,
            chain: Option<toml::Table>,
        }
        #[derive(Deserialize)]
        struct Writer {
            #[serde(default)]
            version: String,
        }
        let Some(text) = files.text_if_there(MANIFEST_FILE)? else {
            return Err(not_a_run(files.name(), files.path()));
        };
        let place = files.place_of(MANIFEST_FILE);
        let damaged = || FolderError::Changed { path: place.display().to_string(), what: DAMAGED.to_owned() };
        if SIGNATURE.is_spoilt(&text) {
            return Err(damaged());
        }
        let signature: Signature = toml::from_str(&text).map_err(|e| match SIGNATURE.is_signed(&text) {
            true => not_understood(&place, &e),
            false => damaged(),
        })?;
        if signature.indicators.is_none() && signature.chain.is_some() {
            return Err(FolderError::ChainAlone { path: files.name() });
        }
        let own = signature.format.as_integer() == Some(i64::from(RUN_FORMAT));
        if !own && signature.indicators.is_some() {
            return Err(FolderError::Format {
                path: files.name(),
                found: signature.format.to_string(),
                version: signature.program.map(|p| p.version).unwrap_or_default(),
            });
        }
        if !SIGNATURE.is_signed(&text) {
            return Err(damaged());
        }
        Ok(text)
    }

    /// The text of `manifest.toml`, with its own checksum as the last line.
    pub fn to_toml(&self) -> String {
        SIGNATURE.sign(&toml::to_string(self).expect("the manifest has no map keys that are not text"))
    }
}

const DAMAGED: &str =
    "its last line is not the checksum of those above: it was changed or cut short after the run";

/// The format of runs whose manifest does not say it.
const fn first_format() -> toml::Value {
    toml::Value::Integer(1)
}

fn not_understood(path: &Path, error: &toml::de::Error) -> FolderError {
    FolderError::Manifest { path: path.display().to_string(), message: error.message().to_owned() }
}

#[cfg(test)]
pub(crate) mod tests;
