//! `manifest.toml`: what was run, with what, on what, what came out, and how long it took.

use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::{FolderError, MANIFEST_FILE};
use crate::trade::manifest::AccountRecord;

/// The signature of a run.
///
/// Everything but `timing` is the same for the same study on the same data with the same version of the program, on any
/// machine and with any number of threads.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// The program.
    pub program: Program,
    /// The study.
    pub study: StudyRecord,
    /// The trade data.
    pub trade: TradeRecord,
    /// Political stability.
    pub stability: StabilityRecord,
    /// The value chain.
    pub chain: ChainRecord,
    /// The indicators.
    pub indicators: IndicatorRecord,
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

/// Trade taken out of the matrices by the options of the study, thousand USD over all products and years.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct TakenOut {
    /// Trade within merged groups.
    pub within_groups: f64,
    /// Trade of suppliers without stability.
    pub without_stability: f64,
    /// Trade outside the balanced set of countries.
    pub outside_country_set: f64,
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
        toml::to_string(self).expect("the manifest has no map keys that are not text")
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
    /// Suppliers, by product-year, whose trickle of imports closes a loop; not in runs of older versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trickle_loops: Option<u64>,
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
    /// [`FolderError::NotARun`] if there is none, [`FolderError::Manifest`] if it cannot be understood.
    pub fn read(folder: &Path) -> Result<Self, FolderError> {
        let path = folder.join(MANIFEST_FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e)
                if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
            {
                return Err(FolderError::NotARun { path: folder.display().to_string() });
            }
            Err(e) => return Err(FolderError::io(&path, "cannot be read", e)),
        };
        toml::from_str(&text).map_err(|e| FolderError::Manifest {
            path: path.display().to_string(),
            message: e.message().to_owned(),
        })
    }

    /// The text of `manifest.toml`.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("the manifest has no map keys that are not text")
    }
}

/// The files that an older run has left in a folder; none if there is no manifest that can be read.
pub(super) fn files_of(folder: &Path) -> Vec<String> {
    #[derive(Deserialize)]
    struct Files {
        #[serde(default)]
        files: Vec<Name>,
    }
    #[derive(Deserialize)]
    struct Name {
        name: String,
    }
    let text = std::fs::read_to_string(folder.join(MANIFEST_FILE)).unwrap_or_default();
    let files = toml::from_str::<Files>(&text).map(|f| f.files).unwrap_or_default();
    // Names come from a file that anybody may have edited: stay inside the folder.
    files
        .into_iter()
        .map(|f| f.name)
        .filter(|name| Path::new(name).components().all(|c| matches!(c, std::path::Component::Normal(_))))
        .collect()
}
