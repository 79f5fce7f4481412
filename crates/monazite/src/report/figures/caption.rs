//! The caption of a figure: what it shows, how to read it, from which data, defined how.

use std::fmt::Write;

use crate::report::readings::{content_of_origins, own_definition};
use crate::run::provenance::data_of;
use crate::run_folder::Manifest;
use crate::study::FigureSize;
use crate::study::Study;

/// A caption in its parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caption {
    /// What the figure is, one sentence.
    pub title: String,
    /// How to read it.
    pub reading: Vec<String>,
    /// What is defined how.
    pub definitions: Vec<&'static str>,
    /// The files with the numbers drawn.
    pub numbers: Vec<String>,
}

/// The composite.
pub const COMPOSITE: &str = "Composite dependency score: first principal component of exposure, HHI and STR, each standardised over all countries, products and years; high means dependent.";
/// The indicators behind the features.
pub const INDICATORS: &str = "Exposure: M/(M + X), imports over imports and exports of a product. HHI: concentration of suppliers, sum of squared import shares. STR: systemic trade risk, the column sum of (I - V)^-1, where V is the share of each supplier in a country's imports times the supplier's political instability; 1 means none. Mass-balanced STR: the same if a country passes on at most what it bought, the share min(1, M/X) of what it sells. Influence: what a country adds to the STR of others.";
/// The profiles.
pub const PROFILES: &str = "Features are means over products, weighted by the country's imports and exports of each; input products are the direct inputs of what a country has a mean revealed comparative advantage above 1 in.";
/// The clusters.
pub const CLUSTERS: &str = "Clusters: density-based merging on a UMAP projection of the standardised features of all country-years; a country belongs to the cluster most of its years are in; cluster 0 are outliers.";
/// The tiers.
pub const TIERS: &str = "Tier: number of links on the shortest way from a seed to a product; seeds have 0.";
/// Where goods come from in the end.
pub const ORIGINS: &str = "Direct share: share of a supplier in a country's imports of the product. Origin share: (1 - φ) of each country times how often its goods lie behind the imports, where φ = min(1, M/X) is the largest share of a country's exports that can be what it imported; the shares of an importer sum to 1. Borders: mean number of borders that the imports have crossed.";

impl Caption {
    /// The caption as text.
    pub fn to_text(&self, study: &Study, manifest: &Manifest, size: FigureSize) -> String {
        let mut text = format!("{}\n\n", self.title);
        for sentence in &self.reading {
            let _ = writeln!(text, "{sentence}");
        }
        let _ = writeln!(text, "\nDefinitions. {}", self.definitions.join(" "));
        // The constant is the paper's.
        if let Some(own) = own_definition(study).filter(|_| self.definitions.contains(&INDICATORS)) {
            let _ = writeln!(text, "In this study {own}");
        }
        if let Some(content) = content_of_origins(study).filter(|_| self.definitions.contains(&ORIGINS)) {
            let _ = writeln!(text, "{content}");
        }
        let _ = writeln!(text, "\nData. {}", data_of(study, manifest));
        let _ = writeln!(text, "\nNumbers. {}", self.numbers.join(", "));
        let name = if study.study.name.is_empty() { "without a name" } else { study.study.name.as_str() };
        let _ = writeln!(
            text,
            "\nMade by {} {} from the study \"{name}\" (sha256 {}); {}.",
            manifest.program.name,
            manifest.program.version,
            manifest.study.sha256.get(..12).unwrap_or_default(),
            size.in_words()
        );
        text
    }
}
