//! What to make of a typology, in words.

use super::outcome::Typology;
use super::trust::{Trust, Verdict};

/// Adjusted Rand index from which on a partition counts as recovered, and below which it does not.
const RECOVERED: f64 = 0.8;
const LOST: f64 = 0.6;
/// Share of neighbours of the same country beyond which the map shows countries and not kinds.
const ISLANDS: f64 = 0.5;
/// Share of rows without a cluster beyond which little is said about the countries.
const MANY_OUTLIERS: f64 = 0.2;
/// Agreement with another method below which the clusters are those of the map.
const UNSHARED: f64 = 0.3;

impl Verdict {
    /// Judges a typology: by how it fares when it is made again, whether its clusters are kinds of countries or countries, and what
    /// other methods see.
    pub(super) fn of(typology: &Typology, years: usize) -> Self {
        let clusters = typology.clusters.clusters;
        let mut reasons = Vec::new();
        let mut trust = Trust::Stable;
        let mut lower = |to: Trust, reason: String| {
            trust = match (trust, to) {
                (Trust::NotToBeTrusted, _) | (_, Trust::NotToBeTrusted) => Trust::NotToBeTrusted,
                (Trust::Doubtful, _) | (_, Trust::Doubtful) => Trust::Doubtful,
                (Trust::Unknown, _) | (_, Trust::Unknown) => Trust::Unknown,
                _ => Trust::Stable,
            };
            reasons.push(reason);
        };
        match typology.stability.median_agreement() {
            Some(agreement) => {
                let repetitions = typology.stability.repetitions.len();
                let counts = || typology.stability.repetitions.iter().map(|r| r.count);
                let (least, most) = (counts().min().unwrap_or(0), counts().max().unwrap_or(0));
                let to = match agreement {
                    a if a >= RECOVERED => Trust::Stable,
                    a if a >= LOST => Trust::Doubtful,
                    _ => Trust::NotToBeTrusted,
                };
                lower(
                    to,
                    format!(
                        "Made again {repetitions} times from other seeds and a bootstrap of the countries, it agrees with itself to {agreement:.2} \
                         (median adjusted Rand index; 1 is the same, 0 is chance) and has {} clusters, where it has {clusters}.",
                        if least == most { least.to_string() } else { format!("{least} to {most}") }
                    ),
                );
            }
            None => lower(Trust::Unknown, "It was not made again (typology.repetitions).".to_owned()),
        }
        if clusters < 2 {
            lower(
                Trust::NotToBeTrusted,
                format!(
                    "There {} on the map, so there are no kinds to tell apart.",
                    if clusters == 1 { "is one cluster" } else { "are no clusters" }
                ),
            );
        }
        if typology.own_neighbours > ISLANDS {
            lower(
                Trust::NotToBeTrusted,
                format!(
                    "{:.0} % of the nearest neighbours of a country in a year are the same country in other years: the map shows islands of single \
                     countries. More neighbours than the {years} years of a country are needed ({} were used).",
                    100.0 * typology.own_neighbours,
                    typology.parameters.neighbours
                ),
            );
        }
        let rows = typology.clusters.labels.len();
        let outliers = typology.clusters.labels.iter().filter(|l| **l == 0).count();
        if outliers as f64 > MANY_OUTLIERS * rows as f64 {
            lower(
                Trust::Doubtful,
                format!(
                    "{:.0} % of the country-years belong to no cluster.",
                    100.0 * outliers as f64 / rows as f64
                ),
            );
        }
        for other in &typology.alternatives {
            if let Some(agreement) = other.agreement {
                let to = if agreement < UNSHARED { Trust::Doubtful } else { Trust::Stable };
                lower(
                    to,
                    format!(
                        "{} on the profiles themselves, without a map, sees {} clusters and agrees to {agreement:.2}.",
                        match other.method {
                            super::Alternative::Hdbscan => "HDBSCAN",
                            super::Alternative::KMeans => "k-means",
                            super::Alternative::GaussianMixture => "A Gaussian mixture",
                        },
                        other.clusters
                    ),
                );
            }
        }
        let sentence = match trust {
            Trust::Stable => {
                "This typology can be trusted: it comes out again with other seeds and without some of the countries."
            }
            Trust::Doubtful => {
                "Take this typology with care: its outline holds, but not every country's place in it."
            }
            Trust::NotToBeTrusted => "This typology is not to be trusted.",
            Trust::Unknown => "Whether this typology can be trusted was not tried.",
        };
        Self { trust, sentence: sentence.to_owned(), reasons }
    }
}
