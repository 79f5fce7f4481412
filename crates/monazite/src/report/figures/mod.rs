//! Figures as SVG, each with the data it draws as CSV beside it.
//!
//! Data and drawing are apart: a figure is a struct of numbers that can be written as CSV and drawn.

pub mod cluster_profiles;
pub mod cluster_trends;
pub mod coefficients;
pub mod specification_curve;
pub mod svg;
pub mod typology_map;
mod word_cloud;
pub mod world_map;

use crate::profile::Profiles;
use crate::report::{FolderError, RunFolder};
use crate::typology::Typology;

pub use cluster_profiles::ClusterProfiles;
pub use cluster_trends::ClusterTrends;
pub use coefficients::CoefficientPlot;
pub use specification_curve::SpecificationCurve;
pub use typology_map::TypologyMap;
pub use world_map::WorldMap;

/// Clusters that a figure shows at most: the largest ones by exports.
pub const MOST_CLUSTERS: usize = 8;

/// Colour of a cluster; black for the outliers. Eight colours that people with colour-blindness can tell apart, then again.
pub(crate) fn cluster_colour(cluster: u32) -> &'static str {
    const COLOURS: [&str; 8] =
        ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#882255", "#999933"];
    match cluster {
        0 => "#111111",
        n => COLOURS[(n as usize - 1) % COLOURS.len()],
    }
}

/// Name of a cluster.
pub(crate) fn cluster_name(cluster: u32) -> String {
    if cluster == 0 { "0 (outliers)".to_owned() } else { format!("Cluster {cluster}") }
}

/// Writes the figures of a typology. Returns the map as inline SVG for the report.
///
/// # Errors
/// [`FolderError`] if a file cannot be written.
pub fn write_typology(
    folder: &mut RunFolder,
    profiles: &Profiles,
    typology: &Typology,
) -> Result<String, FolderError> {
    let map = TypologyMap::of(profiles, typology);
    map.write_csv(folder, "figures/typology_map.csv")?;
    let drawn = map.draw();
    folder.write("figures/typology_map.svg", drawn.as_bytes())?;
    let clusters = ClusterProfiles::of(profiles, typology);
    clusters.write_csv(folder, "figures/cluster_profiles.csv", "figures/cluster_words.csv")?;
    folder.write("figures/cluster_profiles.svg", clusters.draw().as_bytes())?;
    let trends = ClusterTrends::of(profiles, typology);
    trends.write_csv(folder, "figures/cluster_trends.csv")?;
    folder.write("figures/cluster_trends.svg", trends.draw().as_bytes())?;
    Ok(drawn)
}
