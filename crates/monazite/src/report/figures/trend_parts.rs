//! What moved the STR of the clusters: the network, political stability, and what the countries trade. The formula is
//! [`parts_of_change`]; here are its inputs, from the panel and `decomposition.parquet`.

use super::FigureError;
use super::inputs::FigureInputs;
use super::source::ClusteredProfiles;
use crate::indicators::Column;
use crate::profile::{
    Feature, MemberChanges, PartsOfChange, PartsSinceStart, ProductSet, ProfileProducts, ProfileWeights,
    parts_of_change, parts_since_start,
};
use crate::run_folder::{FolderError, RunFiles, StoredPanel};

/// The table of the parts.
const DECOMPOSITION: &str = "decomposition.parquet";

/// The parts of one STR feature by cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct FeatureParts {
    /// The feature.
    pub feature: Feature,
    /// By cluster shown.
    pub series: Vec<Vec<PartsSinceStart>>,
}

/// The parts of the STR features over all and input products; none if the run has no decomposition, or if profiles are weighted by
/// world trade, whose weights are not the countries' own.
///
/// # Errors
/// [`FigureError::Folder`] if `decomposition.parquet` cannot be read.
pub(super) fn parts(
    run: &FigureInputs<'_>,
    data: &ClusteredProfiles,
    clusters: &[u32],
) -> Result<Vec<FeatureParts>, FigureError> {
    let (panel, profile) = (run.panel(), &run.study().profile);
    if profile.weights != ProfileWeights::OwnTrade || panel.years.len() < 2 {
        return Ok(Vec::new());
    }
    let files = run.files();
    if !files.exists(DECOMPOSITION) {
        return Ok(Vec::new());
    }
    let all = profile.products == ProfileProducts::Study;
    let changes = StrChanges::read(files, panel)?;
    let in_profiles: Vec<usize> =
        (0..panel.products.len()).filter(|&p| all || panel.products[p].tier.is_some()).collect();
    Ok(parts_of_features(panel, data, clusters, &changes, &in_profiles))
}

/// Changes of STR since the year before by cell of the panel; NaN where there is none.
struct StrChanges {
    network: Vec<f64>,
    stability: Vec<f64>,
}

impl StrChanges {
    fn read(files: &RunFiles, panel: &StoredPanel) -> Result<Self, FigureError> {
        let broken = |e| FigureError::from(FolderError::parquet(&files.place_of(DECOMPOSITION), e));
        let mut changes =
            Self { network: vec![f64::NAN; panel.cells()], stability: vec![f64::NAN; panel.cells()] };
        let table = files.parquet(DECOMPOSITION)?;
        for part in 0..table.row_groups() {
            let rows = table.group_rows(part);
            let text = |name: &str| table.read_interned(part, table.column(name)?);
            let (product, country) = (text("product").map_err(broken)?, text("country").map_err(broken)?);
            let mut year = Vec::new();
            table
                .read_int16(part, table.column("year").map_err(broken)?, 0, rows, &mut year)
                .map_err(broken)?;
            let number = |name: &str| {
                let mut values = Vec::with_capacity(rows);
                table.read_number(part, table.column(name)?, 0, rows, &mut values)?;
                Ok(values)
            };
            let network = number("network").map_err(broken)?;
            let stability = number("stability").map_err(broken)?;
            let product_of: Vec<Option<usize>> =
                product.values.iter().map(|p| p.parse().ok().and_then(|code| panel.product(code))).collect();
            let country_of: Vec<Option<usize>> = country.values.iter().map(|c| panel.country(c)).collect();
            for row in 0..rows {
                if let (Some(p), Some(t), Some(c)) = (
                    product_of[product.rows[row] as usize],
                    panel.year(year[row] as u16),
                    country_of[country.rows[row] as usize],
                ) {
                    let cell = panel.cell(p, t, c);
                    (changes.network[cell], changes.stability[cell]) = (network[row], stability[row]);
                }
            }
        }
        Ok(changes)
    }
}

/// The parts of every STR feature that is not by tier. `in_profiles` are the products that profiles rest on, ascending.
fn parts_of_features(
    panel: &StoredPanel,
    data: &ClusteredProfiles,
    clusters: &[u32],
    changes: &StrChanges,
    in_profiles: &[usize],
) -> Vec<FeatureParts> {
    let profiles = &data.profiles;
    let is_shown = |f: &Feature| f.indicator == Column::Str && f.tier.is_none();
    let features = profiles.features.iter().enumerate().filter(|(_, f)| is_shown(f));
    features
        .map(|(place, feature)| {
            let means = means_of(data, panel, place);
            let mut members = Vec::new();
            for (c, country) in panel.countries.iter().enumerate() {
                let Some(unit) = profiles.units.iter().position(|unit| unit.code == country.code) else {
                    continue;
                };
                let Some(group) = data.place_among(clusters, unit) else { continue };
                let products: Vec<usize> = match feature.products {
                    ProductSet::All => in_profiles.to_vec(),
                    ProductSet::Inputs => {
                        let inputs = panel.input_products[c].iter().copied();
                        inputs.filter(|p| in_profiles.binary_search(p).is_ok()).collect()
                    }
                };
                let by_year = changes_of_country(panel, c, &products, &means[unit], changes);
                members.push(MemberChanges { group, by_year });
            }
            let series = parts_since_start(&panel.years, clusters.len(), &members);
            FeatureParts { feature: *feature, series }
        })
        .collect()
}

/// By unit and year of the panel: the value of the feature at a place.
fn means_of(data: &ClusteredProfiles, panel: &StoredPanel, place: usize) -> Vec<Vec<Option<f64>>> {
    let profiles = &data.profiles;
    let mut means = vec![vec![None; panel.years.len()]; profiles.units.len()];
    for row in &profiles.rows {
        if let Some(t) = panel.year(profiles.years[row.year]) {
            means[row.unit][t] = row.values[place];
        }
    }
    means
}

/// By year: the parts of the change of a country's mean over some products.
fn changes_of_country(
    panel: &StoredPanel,
    country: usize,
    products: &[usize],
    means: &[Option<f64>],
    changes: &StrChanges,
) -> Vec<Option<PartsOfChange>> {
    let trade = |t: usize| -> Vec<f64> {
        let value = |column, p| panel.value(column, p, t, country);
        // What has no STR has no weight in a profile.
        let of = |&p: &usize| match value(Column::Str, p) {
            Some(_) => value(Column::Imports, p).unwrap_or(0.0) + value(Column::Exports, p).unwrap_or(0.0),
            None => 0.0,
        };
        products.iter().map(of).collect()
    };
    let trade: Vec<Vec<f64>> = (0..panel.years.len()).map(trade).collect();
    let mut by_year = vec![None];
    by_year.extend((1..panel.years.len()).map(|t| {
        let means = [means[t - 1]?, means[t]?];
        let of = |changes: &[f64]| -> Vec<f64> {
            products.iter().map(|&p| changes[panel.cell(p, t, country)]).collect()
        };
        let (network, stability) = (of(&changes.network), of(&changes.stability));
        parts_of_change([&trade[t - 1], &trade[t]], [&network, &stability], means)
    }));
    by_year
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::figures::small_typology::small_typology;
    use crate::run_folder::stored_panel::StoredProduct;

    #[test]
    fn parts_of_clusters_are_those_of_their_countries() {
        let product = |code: &str, tier| StoredProduct {
            code: code.parse().unwrap(),
            description: String::new(),
            tier,
            inputs: Vec::new(),
        };
        let products = vec![product("284690", Some(0)), product("280530", Some(1)), product("270900", None)];
        // Every country imports 1 and exports 1 of each product; the second one has no STR in the second year.
        let panel =
            StoredPanel::of_values(&[2020, 2021], products, &["AAA", "BBB", "CCC"], |column, p, t, _| {
                match column {
                    Column::Imports | Column::Exports => Some(1.0),
                    Column::Str => (p != 1 || t == 0).then_some(2.0),
                    _ => None,
                }
            });
        let mut changes =
            StrChanges { network: vec![f64::NAN; panel.cells()], stability: vec![f64::NAN; panel.cells()] };
        for c in 0..3 {
            let cell = panel.cell(0, 1, c);
            (changes.network[cell], changes.stability[cell]) = (0.5, 0.25);
        }
        let data = small_typology();
        let [found] = parts_of_features(&panel, &data, &[0, 1], &changes, &[0, 1]).try_into().unwrap();
        assert_eq!(found.feature, data.profiles.features[0]);
        // The first product has half of the trade and then all of it: a mean share of 0.75. Mean STR rose by 1 in AAA and CCC; BBB has
        // none in 2021.
        for (cluster, members) in [(0, 1), (1, 1)] {
            let [start, end] = found.series[cluster][..] else { panic!("two years") };
            assert_eq!((start.year, start.members, start.parts), (2020, 0, Default::default()));
            let parts = PartsOfChange { network: 0.375, stability: 0.1875, mix: 0.4375 };
            assert_eq!((end.year, end.members, end.parts), (2021, members, parts));
        }
    }
}
