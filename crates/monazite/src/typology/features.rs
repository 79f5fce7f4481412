//! From profiles to the table of numbers that is mapped: which rows and features take part, what stands in for what is
//! missing, and how features are made comparable.

use super::rows::Rows;
use crate::profile::{MissingFeatures, Profiles};

/// How features are made comparable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FeatureScaling {
    /// Mean 0 and standard deviation 1 (n - 1); default.
    #[default]
    ZScore,
    /// As they are.
    None,
    /// From 0 to 1.
    MinMax,
    /// Median 0 and interquartile range 1.
    Robust,
}

/// A feature that takes no part in the map, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftOut {
    /// Its name.
    pub feature: String,
    /// Why.
    pub reason: &'static str,
}

/// Why a feature takes no part.
const ALL_MISSING: &str = "it is missing in every row";
const CONSTANT: &str = "it is the same in every row";

/// The table that is mapped.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureTable {
    /// The scaled features of every row.
    pub rows: Rows,
    /// For every row its position among the rows of the profiles.
    pub of_profile: Vec<usize>,
    /// Positions of the features that take part.
    pub features: Vec<usize>,
    /// The others.
    pub left_out: Vec<LeftOut>,
    /// Rows of the profiles that were left off because too many features are missing.
    pub dropped_rows: usize,
    /// Missing values that something stands in for.
    pub filled: usize,
}

/// Neighbours that stand in for a missing value with [`MissingFeatures::Nearest`].
const NEAREST: usize = 5;

impl FeatureTable {
    /// Prepares profiles for the map.
    ///
    /// Features that are missing in every row or the same in every row are left out; so are rows that miss more than
    /// `most_missing` of the features (any at all, with [`MissingFeatures::Drop`]).
    pub fn prepare(
        profiles: &Profiles,
        missing: MissingFeatures,
        most_missing: f64,
        scaling: FeatureScaling,
    ) -> Self {
        let mut left_out = Vec::new();
        let mut features = Vec::new();
        for (place, feature) in profiles.features.iter().enumerate() {
            if profiles.rows.iter().any(|row| row.values[place].is_some()) {
                features.push(place);
            } else {
                left_out.push(LeftOut { feature: feature.name(), reason: ALL_MISSING });
            }
        }
        let most = match missing {
            MissingFeatures::Drop => 0.0,
            _ => most_missing * features.len() as f64,
        };
        let absent =
            |row: usize| features.iter().filter(|&&f| profiles.rows[row].values[f].is_none()).count();
        let of_profile: Vec<usize> = (0..profiles.rows.len())
            .filter(|&row| absent(row) as f64 <= most && absent(row) < features.len())
            .collect();
        let mut columns: Vec<Vec<Option<f64>>> = features
            .iter()
            .map(|&f| of_profile.iter().map(|&row| profiles.rows[row].values[f]).collect())
            .collect();
        let constant = |column: &Vec<Option<f64>>| {
            let mut known = column.iter().flatten();
            known.next().is_none_or(|first| known.all(|v| v == first))
        };
        for place in (0..features.len()).rev().filter(|&p| constant(&columns[p])).collect::<Vec<_>>() {
            columns.remove(place);
            let feature = features.remove(place);
            left_out.push(LeftOut { feature: profiles.features[feature].name(), reason: CONSTANT });
        }
        let filled = columns.iter().flatten().filter(|v| v.is_none()).count();
        let complete: Vec<Vec<f64>> = match missing {
            MissingFeatures::Nearest => filled_by_nearest(&columns),
            _ => columns.iter().map(|column| filled_by_median(column)).collect(),
        };
        let scaled: Vec<Vec<f64>> = complete.iter().map(|column| scale(column, scaling)).collect();
        let rows = if scaled.is_empty() {
            Rows::default()
        } else {
            Rows::from_fn(of_profile.len(), scaled.len(), |row, feature| scaled[feature][row])
        };
        let dropped_rows = profiles.rows.len() - of_profile.len();
        Self { rows, of_profile, features, left_out, dropped_rows, filled }
    }
}

/// The value that a share of the sorted values lies below, between neighbours linearly.
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let at = share * (sorted.len() - 1) as f64;
    let (below, above) = (at.floor() as usize, at.ceil() as usize);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

fn sorted(values: impl Iterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values
}

fn filled_by_median(column: &[Option<f64>]) -> Vec<f64> {
    let median = quantile(&sorted(column.iter().flatten().copied()), 0.5);
    column.iter().map(|v| v.unwrap_or(median)).collect()
}

/// Mean over the nearest rows that have the feature; distance is the mean squared difference, in standard deviations, of the
/// features that both rows have. The median where no such row shares a feature.
fn filled_by_nearest(columns: &[Vec<Option<f64>>]) -> Vec<Vec<f64>> {
    let spread: Vec<f64> = columns
        .iter()
        .map(|column| moments(&column.iter().flatten().copied().collect::<Vec<_>>())[1])
        .collect();
    let rows = columns.first().map_or(0, Vec::len);
    let distance = |a: usize, b: usize| {
        let (mut sum, mut shared) = (0.0, 0usize);
        for (column, sd) in columns.iter().zip(&spread) {
            if let (Some(x), Some(y)) = (column[a], column[b]) {
                sum += (x - y) * (x - y) / (sd * sd);
                shared += 1;
            }
        }
        (shared > 0).then(|| sum / shared as f64)
    };
    let mut complete: Vec<Vec<f64>> = columns.iter().map(|column| filled_by_median(column)).collect();
    for row in (0..rows).filter(|&row| columns.iter().any(|column| column[row].is_none())) {
        let mut near: Vec<(f64, usize)> = (0..rows)
            .filter(|&other| other != row)
            .filter_map(|other| Some((distance(row, other)?, other)))
            .collect();
        near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (column, target) in columns.iter().zip(&mut complete).filter(|(column, _)| column[row].is_none())
        {
            let values: Vec<f64> =
                near.iter().filter_map(|(_, other)| column[*other]).take(NEAREST).collect();
            if !values.is_empty() {
                target[row] = values.iter().fold(0.0, |sum, v| sum + v) / values.len() as f64;
            }
        }
    }
    complete
}

/// Mean and standard deviation (n - 1; 0 for a single value), summed in ascending order, so that the order of the rows
/// does not show in the last bit.
fn moments(values: &[f64]) -> [f64; 2] {
    let values = sorted(values.iter().copied());
    let n = values.len() as f64;
    let mean = values.iter().fold(0.0, |sum, v| sum + v) / n;
    let squares = values.iter().fold(0.0, |sum, v| sum + (v - mean) * (v - mean));
    [mean, (squares / (n - 1.0).max(1.0)).sqrt()]
}

fn scale(values: &[f64], scaling: FeatureScaling) -> Vec<f64> {
    let [middle, spread] = match scaling {
        FeatureScaling::None => return values.to_vec(),
        FeatureScaling::ZScore => moments(values),
        FeatureScaling::MinMax => {
            let sorted = sorted(values.iter().copied());
            [sorted[0], sorted[sorted.len() - 1] - sorted[0]]
        }
        FeatureScaling::Robust => {
            let sorted = sorted(values.iter().copied());
            let range = quantile(&sorted, 0.75) - quantile(&sorted, 0.25);
            // Half of the values may be the same.
            [quantile(&sorted, 0.5), if range > 0.0 { range } else { moments(values)[1] }]
        }
    };
    values.iter().map(|v| (v - middle) / spread).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::Column;
    use crate::profile::{Feature, ProductSet, ProfileRow, Unit, UnitKind};

    fn profiles(rows: &[[Option<f64>; 4]]) -> Profiles {
        let feature = |tier| Feature { indicator: Column::Pc1, products: ProductSet::All, tier: Some(tier) };
        Profiles {
            features: (0..4).map(feature).collect(),
            years: vec![2020],
            units: (0..rows.len())
                .map(|n| Unit { code: format!("C{n}"), name: String::new(), kind: UnitKind::Country })
                .collect(),
            rows: rows
                .iter()
                .enumerate()
                .map(|(unit, values)| ProfileRow {
                    year: 0,
                    unit,
                    imports: 1.0,
                    exports: 1.0,
                    composite: None,
                    values: values.to_vec(),
                })
                .collect(),
        }
    }

    const ROWS: [[Option<f64>; 4]; 5] = [
        [Some(1.0), Some(5.0), None, Some(0.0)],
        [Some(2.0), Some(5.0), None, Some(10.0)],
        [Some(3.0), None, None, None],
        [None, Some(5.0), None, Some(30.0)],
        [None, None, None, Some(1.0)],
    ];

    #[test]
    fn what_is_missing_is_counted_and_filled_with_the_median() {
        let table =
            FeatureTable::prepare(&profiles(&ROWS), MissingFeatures::Median, 0.5, FeatureScaling::None);
        assert_eq!(table.of_profile, [0, 1, 3], "rows 2 and 4 miss two of the three features that exist");
        assert_eq!((table.dropped_rows, table.filled), (2, 1));
        assert_eq!(table.features, [0, 3]);
        assert_eq!(
            table.left_out,
            [
                LeftOut { feature: "pc1_tier2".to_owned(), reason: ALL_MISSING },
                LeftOut { feature: "pc1_tier1".to_owned(), reason: CONSTANT }
            ]
        );
        assert_eq!(table.rows.row(2), [1.5, 30.0]);
        let dropped =
            FeatureTable::prepare(&profiles(&ROWS), MissingFeatures::Drop, 0.5, FeatureScaling::None);
        assert_eq!((dropped.of_profile, dropped.filled), (vec![0, 1], 0));
    }

    #[test]
    fn the_nearest_rows_stand_in() {
        let rows: Vec<[Option<f64>; 4]> = (0..20)
            .map(|n| {
                let x = f64::from(n);
                [Some(x), Some(2.0 * x), (n != 10).then_some(3.0 * x), Some(x * x)]
            })
            .collect();
        let table =
            FeatureTable::prepare(&profiles(&rows), MissingFeatures::Nearest, 0.5, FeatureScaling::None);
        // The five nearest to 10 are 9, 11, 8, 12 and, x² growing faster above, 7.
        assert_eq!(table.rows.row(10)[2], 3.0 * (9.0 + 11.0 + 8.0 + 12.0 + 7.0) / 5.0);
    }

    #[test]
    fn scalings() {
        let values = [1.0, 2.0, 3.0, 4.0, 10.0];
        let z = scale(&values, FeatureScaling::ZScore);
        assert!(
            (z.iter().sum::<f64>()).abs() < 1e-12
                && (z.iter().map(|v| v * v).sum::<f64>() - 4.0).abs() < 1e-12
        );
        assert_eq!(scale(&values, FeatureScaling::MinMax)[4], 1.0);
        assert_eq!(scale(&values, FeatureScaling::Robust), [-1.0, -0.5, 0.0, 0.5, 3.5]);
        assert!(scale(&[1.0, 1.0, 1.0, 1.0, 9.0], FeatureScaling::Robust).iter().all(|v| v.is_finite()));
    }
}
