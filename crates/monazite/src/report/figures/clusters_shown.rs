//! What the figures of clusters have in common: which clusters they show, units of features, what their captions say of the rest.

use super::FigureError;
use super::figure::{FigureNumbers, Gathered};
use super::inputs::{FigureInputs, Need};
use super::source::ClusteredProfiles;
use crate::indicators::Column;
use crate::profile::Feature;

/// Clusters that a figure shows at most: the largest ones by exports.
pub const MOST_CLUSTERS: usize = 8;

/// The clusters that a figure shows, and how many it leaves out.
pub(super) fn shown(data: &ClusteredProfiles) -> (Vec<u32>, usize) {
    let clusters = data.largest(MOST_CLUSTERS);
    let left_out = data.clusters.len() - clusters.len();
    (clusters, left_out)
}

/// What a caption says of clusters that are not shown.
pub(super) fn left_out(count: usize) -> Option<String> {
    match count {
        0 => None,
        1 => Some("The smallest cluster is left out.".to_owned()),
        n => Some(format!("The {n} smallest clusters are left out.")),
    }
}

/// The numbers of a figure of a typology, or why there is none.
pub(super) fn gathered<N: FigureNumbers + 'static>(
    run: &FigureInputs<'_>,
    numbers: impl FnOnce(&ClusteredProfiles) -> Result<N, FigureError>,
) -> Result<Gathered, FigureError> {
    match run.clustered()? {
        Some(data) => Ok(Gathered::numbers(numbers(data)?)),
        None => Ok(Gathered::Absent(run.lacks(Need::Typology))),
    }
}

/// What the values of a feature are counted in, for axes; empty if they have no unit worth saying.
pub(super) fn unit_of(feature: &Feature) -> &'static str {
    match feature.indicator {
        Column::Exposure | Column::Hhi => "(0 to 1)",
        Column::Str | Column::StrMassBalance => "(1: no risk)",
        Column::Pc1 => "standard deviations",
        Column::Influence | Column::InfluenceMassBalance => "summed STR of others",
        _ => "",
    }
}
