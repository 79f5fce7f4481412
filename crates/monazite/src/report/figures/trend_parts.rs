//! What moved the STR of the clusters: the network, political stability, and what the countries trade.
//!
//! A country's STR feature is Σ w_p STR_p with shares w_p in its trade of the year. Its change over a year is split as
//! Σ w̄_p ΔSTR_p + Σ Δw_p STR̄_p, bars being means of the two years: the first sum is that of the parts network and
//! stability of `decomposition.parquet`, which sum to ΔSTR_p; the second, and products traded in one of the two years only, is
//! what comes from the mix of products. Cluster values are plain means over countries with both years, added up from the first year.

use super::FigureError;
use super::source::{ClusteredProfiles, FigureSource};
use crate::indicators::Column;
use crate::profile::{Feature, ProductSet, ProfileProducts, ProfileWeights};
use crate::run_folder::FolderError;

/// The change since the first year, in parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartsPoint {
    /// The year.
    pub year: u16,
    /// Countries with a value in this year and the one before; 0 in the first year.
    pub countries: usize,
    /// Due to the trade network.
    pub network: f64,
    /// Due to political stability.
    pub stability: f64,
    /// Due to what the countries trade.
    pub mix: f64,
}

/// The parts of one STR feature by cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureParts {
    /// The feature.
    pub feature: Feature,
    /// By cluster shown.
    pub series: Vec<Vec<PartsPoint>>,
}

/// The parts of the STR features over all and input products; none if the run has no decomposition, or if profiles are weighted by
/// world trade, whose weights are not the countries' own.
///
/// # Errors
/// [`FigureError::Folder`] if `decomposition.parquet` cannot be read.
pub fn parts(
    source: &FigureSource<'_>,
    data: &ClusteredProfiles,
    clusters: &[u32],
) -> Result<Vec<FeatureParts>, FigureError> {
    let panel = source.panel;
    let (products, years, countries) = (panel.products.len(), panel.years.len(), panel.countries.len());
    if source.study.profile.weights != ProfileWeights::OwnTrade || years < 2 {
        return Ok(Vec::new());
    }
    const FILE: &str = "decomposition.parquet";
    let Some(table) = source.run.files().parquet_if_there(FILE)? else { return Ok(Vec::new()) };
    let cell = |p: usize, t: usize, c: usize| panel.cell(p, t, c);
    let mut changes = [vec![f64::NAN; panel.cells()], vec![f64::NAN; panel.cells()]];
    let broken = |e| FigureError::from(FolderError::parquet(&source.run.files().place_of(FILE), e));
    for part in 0..table.row_groups() {
        let rows = table.group_rows(part);
        let text = |name: &str| table.read_interned(part, table.column(name)?);
        let (product, country) = (text("product").map_err(broken)?, text("country").map_err(broken)?);
        let mut year = Vec::new();
        table.read_int16(part, table.column("year").map_err(broken)?, 0, rows, &mut year).map_err(broken)?;
        let number = |name: &str| {
            let mut values = Vec::with_capacity(rows);
            table.read_number(part, table.column(name)?, 0, rows, &mut values)?;
            Ok(values)
        };
        let values = [number("network").map_err(broken)?, number("stability").map_err(broken)?];
        let place_of: Vec<Option<usize>> =
            product.values.iter().map(|p| p.parse().ok().and_then(|code| panel.product(code))).collect();
        let country_of: Vec<Option<usize>> = country.values.iter().map(|c| panel.country(c)).collect();
        for row in 0..rows {
            if let (Some(p), Some(t), Some(c)) = (
                place_of[product.rows[row] as usize],
                panel.year(year[row] as u16),
                country_of[country.rows[row] as usize],
            ) {
                for (target, values) in changes.iter_mut().zip(&values) {
                    target[cell(p, t, c)] = values[row];
                }
            }
        }
    }
    let in_profiles: Vec<bool> = panel
        .products
        .iter()
        .map(|p| p.tier.is_some() || source.study.profile.products == ProfileProducts::Study)
        .collect();
    let unit_of: Vec<Option<usize>> = panel
        .countries
        .iter()
        .map(|c| data.profiles.units.iter().position(|unit| unit.code == c.code))
        .collect();
    let weight = |p: usize, t: usize, c: usize| {
        let of = |column| panel.value(column, p, t, c).unwrap_or(0.0);
        // What has no STR has no weight in a profile.
        if panel.value(Column::Str, p, t, c).is_none() {
            0.0
        } else {
            of(Column::Imports) + of(Column::Exports)
        }
    };
    let features = data
        .profiles
        .features
        .iter()
        .enumerate()
        .filter(|(_, f)| f.indicator == Column::Str && f.tier.is_none());
    let mut found = Vec::new();
    for (place, feature) in features {
        // Value of the feature by unit and year.
        let mut value = vec![vec![None; years]; data.profiles.units.len()];
        for row in &data.profiles.rows {
            if let Some(t) = panel.year(data.profiles.years[row.year]) {
                value[row.unit][t] = row.values[place];
            }
        }
        let mut sums = vec![vec![[0.0; 3]; years]; clusters.len()];
        let mut counts = vec![vec![0usize; years]; clusters.len()];
        for c in 0..countries {
            let Some(unit) = unit_of[c] else { continue };
            let Some(cluster) = data.place_among(clusters, unit) else { continue };
            let own: Vec<usize> = match feature.products {
                ProductSet::All => (0..products).filter(|&p| in_profiles[p]).collect(),
                ProductSet::Inputs => {
                    panel.input_products[c].iter().copied().filter(|&p| in_profiles[p]).collect()
                }
            };
            let total: Vec<f64> =
                (0..years).map(|t| own.iter().fold(0.0, |sum, &p| sum + weight(p, t, c))).collect();
            for t in 1..years {
                let (Some(before), Some(now)) = (value[unit][t - 1], value[unit][t]) else { continue };
                if total[t - 1] <= 0.0 || total[t] <= 0.0 {
                    continue;
                }
                let mut of_country = [0.0; 2];
                for &p in &own {
                    let share = 0.5 * (weight(p, t - 1, c) / total[t - 1] + weight(p, t, c) / total[t]);
                    let at = cell(p, t, c);
                    for (sum, change) in of_country.iter_mut().zip(&changes) {
                        if !change[at].is_nan() {
                            *sum += share * change[at];
                        }
                    }
                }
                let mix = now - before - of_country[0] - of_country[1];
                for (sum, part) in sums[cluster][t].iter_mut().zip([of_country[0], of_country[1], mix]) {
                    *sum += part;
                }
                counts[cluster][t] += 1;
            }
        }
        let series = sums
            .iter()
            .zip(&counts)
            .map(|(sums, counts)| {
                let mut sum = [0.0; 3];
                (0..years)
                    .map(|t| {
                        if counts[t] > 0 {
                            for (sum, part) in sum.iter_mut().zip(sums[t]) {
                                *sum += part / counts[t] as f64;
                            }
                        }
                        PartsPoint {
                            year: panel.years[t],
                            countries: counts[t],
                            network: sum[0],
                            stability: sum[1],
                            mix: sum[2],
                        }
                    })
                    .collect()
            })
            .collect();
        found.push(FeatureParts { feature: *feature, series });
    }
    Ok(found)
}
