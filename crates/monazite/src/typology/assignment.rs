//! One cluster a country, and numbers for the clusters that mean something.

use std::collections::BTreeMap;

/// What decides if a country is in two clusters for equally many years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TieRule {
    /// Its latest year (default).
    #[default]
    LatestYear,
    /// The lowest number.
    LowestLabel,
}

/// The cluster of a country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// The cluster most of its years are in; 0 for the outliers.
    pub cluster: u32,
    /// Years in that cluster.
    pub years_in_cluster: usize,
    /// Years with a label.
    pub years: usize,
    /// Whether another cluster has as many.
    pub tie: bool,
}

/// The most frequent label of a country's years; `None` without any.
///
/// `labels` are (year, label) in any order. With [`TieRule::LatestYear`] the label of the latest year whose label is among the
/// most frequent ones wins.
///
/// ```
/// use monazite::typology::assignment::{assign, TieRule};
/// let labels = [(2019, 2), (2020, 1), (2021, 1), (2022, 2), (2023, 0)];
/// assert_eq!(assign(&labels, TieRule::LatestYear).unwrap().cluster, 2);
/// assert_eq!(assign(&labels, TieRule::LowestLabel).unwrap().cluster, 1);
/// ```
pub fn assign(labels: &[(u16, u32)], ties: TieRule) -> Option<Assignment> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for &(_, label) in labels {
        *counts.entry(label).or_default() += 1;
    }
    let most = counts.values().copied().max()?;
    let candidates: Vec<u32> =
        counts.iter().filter(|(_, count)| **count == most).map(|(label, _)| *label).collect();
    let cluster = match ties {
        TieRule::LowestLabel => candidates[0],
        TieRule::LatestYear => labels.iter().filter(|(_, label)| candidates.contains(label)).max()?.1,
    };
    Some(Assignment { cluster, years_in_cluster: most, years: labels.len(), tie: candidates.len() > 1 })
}

/// What a row says about its cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weighed {
    /// Composite of the row.
    pub composite: Option<f64>,
    /// Its exports; 0 for groups, whose members count already.
    pub exports: f64,
}

/// Numbers clusters from 1 on by falling export-weighted mean composite: 1 is the most dependent. Outliers stay 0.
///
/// Clusters without a mean come last, the larger one first; so does everything that is still equal, and then the one whose
/// first row comes first.
pub fn numbered(labels: &[u32], rows: &[Weighed]) -> Vec<u32> {
    #[derive(Default, Clone, Copy)]
    struct Cluster {
        sum: f64,
        weight: f64,
        size: usize,
        first: usize,
    }
    let mut clusters: BTreeMap<u32, Cluster> = BTreeMap::new();
    for (at, (&label, row)) in labels.iter().zip(rows).enumerate() {
        if label == 0 {
            continue;
        }
        let cluster = clusters.entry(label).or_insert(Cluster { first: at, ..Cluster::default() });
        cluster.size += 1;
        if let Some(composite) = row.composite {
            cluster.sum += row.exports * composite;
            cluster.weight += row.exports;
        }
    }
    let mean = |c: &Cluster| if c.weight > 0.0 { c.sum / c.weight } else { f64::NEG_INFINITY };
    let mut order: Vec<(u32, Cluster)> = clusters.into_iter().collect();
    order.sort_by(|(_, a), (_, b)| {
        mean(b).total_cmp(&mean(a)).then(b.size.cmp(&a.size)).then(a.first.cmp(&b.first))
    });
    let number: BTreeMap<u32, u32> =
        order.iter().enumerate().map(|(place, (label, _))| (*label, place as u32 + 1)).collect();
    labels.iter().map(|label| number.get(label).copied().unwrap_or(0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ties_and_single_years() {
        let one = assign(&[(2020, 3)], TieRule::LatestYear).unwrap();
        assert_eq!(one, Assignment { cluster: 3, years_in_cluster: 1, years: 1, tie: false });
        assert_eq!(assign(&[], TieRule::LatestYear), None);
        let tie = assign(&[(2021, 1), (2019, 2), (2020, 1), (2022, 2)], TieRule::LatestYear).unwrap();
        assert_eq!((tie.cluster, tie.tie), (2, true));
        let outlier = assign(&[(2021, 0), (2019, 0), (2020, 1)], TieRule::LatestYear).unwrap();
        assert_eq!((outlier.cluster, outlier.years_in_cluster, outlier.tie), (0, 2, false));
    }

    #[test]
    fn numbers_follow_the_weighted_composite() {
        let row = |composite: Option<f64>, exports: f64| Weighed { composite, exports };
        let labels = [7, 7, 3, 3, 0, 5];
        let rows = [
            row(Some(-1.0), 1.0),
            row(Some(2.0), 9.0),
            row(Some(2.0), 5.0),
            row(Some(1.0), 5.0),
            row(Some(9.0), 9.0),
            row(None, 4.0),
        ];
        assert_eq!(numbered(&labels, &rows), [1, 1, 2, 2, 0, 3]);
        // A group does not move its cluster.
        let mut heavy = rows;
        heavy[3] = row(Some(1e9), 0.0);
        assert_eq!(numbered(&labels, &heavy), [2, 2, 1, 1, 0, 3]);
    }
}
