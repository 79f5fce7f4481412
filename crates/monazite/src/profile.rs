//! Profiles: a country in a year, described by the weighted means of its indicators over the products of the chain.
//!
//! The features are exposure, HHI and STR over all products and over the country's own input products, and composite and
//! influence by tier. A product counts with the country's own imports and exports of it.

mod features;
pub mod groups;
mod options;
mod parts_of_change;
mod rows;
mod table;

use rayon::prelude::*;

use crate::indicators::Column;
use crate::run_folder::StoredPanel;
use crate::threads::within;

pub use features::{Feature, ProductSet};
pub use groups::GroupPanel;
pub use options::{MissingFeatures, ProfileLayout, ProfileOptions, ProfileProducts, ProfileWeights};
pub use parts_of_change::{
    MemberChanges, PartsOfChange, PartsSinceStart, parts_of_change, parts_since_start,
};
pub use rows::{ProfileRow, Profiles, Unit, UnitKind};
pub use table::write;

/// Indicators of some units by (product, year, unit), as [`StoredPanel`] and [`GroupPanel`] hold them.
struct View<'a> {
    units: usize,
    years: usize,
    /// Empty for a column that is not there.
    columns: [&'a [f64]; Column::ALL.len()],
    /// By product: for every unit whether it is one of its input products.
    is_input: Vec<Vec<bool>>,
}

impl<'a> View<'a> {
    fn new(
        panel: &StoredPanel,
        units: usize,
        column: impl Fn(Column) -> &'a [f64],
        inputs: &[Vec<usize>],
    ) -> Self {
        let mut is_input = vec![vec![false; units]; panel.products.len()];
        for (unit, products) in inputs.iter().enumerate() {
            for &product in products {
                is_input[product][unit] = true;
            }
        }
        Self { units, years: panel.years.len(), columns: Column::ALL.map(column), is_input }
    }

    fn of(&self, column: Column, product: usize, year: usize) -> &'a [f64] {
        let start = (product * self.years + year) * self.units;
        &self.columns[column as usize][start..start + self.units]
    }
}

/// The profiles of all countries and groups.
///
/// A feature is Σ w v / Σ w over the products of its set where the indicator v is defined and the weight w is above 0; it is
/// missing where there is no such product. Needs all columns of the panel.
///
/// # Panics
/// If the panel was opened without some column.
pub fn profiles(panel: &StoredPanel, groups: &GroupPanel, options: ProfileOptions) -> Profiles {
    within(|| profiles_in_pool(panel, groups, options))
}

fn profiles_in_pool(panel: &StoredPanel, groups: &GroupPanel, options: ProfileOptions) -> Profiles {
    let counts: Vec<bool> = panel
        .products
        .iter()
        .map(|p| options.products == ProfileProducts::Study || p.tier.is_some())
        .collect();
    let tiers = panel.deepest_tier().map_or(0, |deepest| deepest + 1);
    let features = features::of(options.layout, options.risk, tiers);
    let of_countries = |c| if panel.has(c) { panel.column(c) } else { &[] };
    let countries = View::new(panel, panel.countries.len(), of_countries, &panel.input_products);
    let of_groups = View::new(panel, groups.groups.len(), |c| groups.column(c), &groups.input_products);

    let mut units: Vec<(Unit, bool, usize)> = Vec::new();
    for (place, country) in panel.countries.iter().enumerate() {
        let kind = if country.group { UnitKind::Merged } else { UnitKind::Country };
        units.push((Unit { code: country.code.clone(), name: country.name.clone(), kind }, false, place));
    }
    for (place, group) in groups.groups.iter().enumerate() {
        let unit = Unit { code: group.code.clone(), name: group.name.clone(), kind: UnitKind::Group };
        units.push((unit, true, place));
    }
    units.sort_by(|a, b| a.0.code.cmp(&b.0.code));
    let rows = (0..panel.years.len())
        .into_par_iter()
        .flat_map_iter(|year| {
            let job = Job { panel, options, features: &features, counts: &counts, year, world: &countries };
            let (of_countries, of_groups) = (job.sums(&countries), job.sums(&of_groups));
            units
                .iter()
                .enumerate()
                .filter_map(|(unit, (_, group, place))| {
                    (if *group { &of_groups } else { &of_countries }).row(year, unit, *place)
                })
                .collect::<Vec<ProfileRow>>()
        })
        .collect();
    Profiles {
        features,
        years: panel.years.clone(),
        units: units.into_iter().map(|(unit, ..)| unit).collect(),
        rows,
    }
}

/// One year.
struct Job<'a> {
    panel: &'a StoredPanel,
    options: ProfileOptions,
    features: &'a [Feature],
    counts: &'a [bool],
    year: usize,
    world: &'a View<'a>,
}

/// Weighted sums of every feature, and of the composite, by unit.
struct Sums {
    units: usize,
    weighted: Vec<f64>,
    weight: Vec<f64>,
    imports: Vec<f64>,
    exports: Vec<f64>,
}

impl Job<'_> {
    fn sums(&self, view: &View<'_>) -> Sums {
        let (units, features) = (view.units, self.features.len());
        let mut sums = Sums {
            units,
            weighted: vec![0.0; (features + 1) * units],
            weight: vec![0.0; (features + 1) * units],
            imports: vec![0.0; units],
            exports: vec![0.0; units],
        };
        let mut weights = vec![0.0; units];
        for (product, stored) in self.panel.products.iter().enumerate() {
            if !self.counts[product] {
                continue;
            }
            let (imports, exports) =
                (view.of(Column::Imports, product, self.year), view.of(Column::Exports, product, self.year));
            let world = match self.options.weights {
                ProfileWeights::OwnTrade => None,
                // Groups do not count: their members do.
                ProfileWeights::WorldTrade => Some(
                    self.world
                        .of(Column::Exports, product, self.year)
                        .iter()
                        .filter(|x| !x.is_nan())
                        .fold(0.0, |sum, x| sum + x),
                ),
            };
            for unit in 0..units {
                let trade = imports[unit] + exports[unit];
                // A country without a row has NaN here.
                if trade > 0.0 {
                    weights[unit] = world.unwrap_or(trade);
                    sums.imports[unit] += imports[unit];
                    sums.exports[unit] += exports[unit];
                } else {
                    weights[unit] = 0.0;
                }
            }
            for (place, feature) in self.features.iter().enumerate() {
                if feature.tier.is_some_and(|tier| Some(tier) != stored.tier) {
                    continue;
                }
                let inputs =
                    (feature.products == ProductSet::Inputs).then(|| view.is_input[product].as_slice());
                sums.add(place, view.of(feature.indicator, product, self.year), &weights, inputs);
            }
            sums.add(features, view.of(Column::Pc1, product, self.year), &weights, None);
        }
        sums
    }
}

impl Sums {
    fn add(&mut self, feature: usize, values: &[f64], weights: &[f64], only: Option<&[bool]>) {
        let units = values.len();
        let range = feature * units..(feature + 1) * units;
        let (weighted, weight) = (&mut self.weighted[range.clone()], &mut self.weight[range]);
        let (weights, only) = (&weights[..units], only.map(|only| &only[..units]));
        // No branches, so that the loop is made into vector instructions; adding 0 changes no sum.
        let mut add = |unit: usize, counts: bool| {
            let counts = counts & (weights[unit] > 0.0) & !values[unit].is_nan();
            weighted[unit] += if counts { weights[unit] * values[unit] } else { 0.0 };
            weight[unit] += if counts { weights[unit] } else { 0.0 };
        };
        match only {
            None => (0..values.len()).for_each(|unit| add(unit, true)),
            Some(only) => (0..values.len()).for_each(|unit| add(unit, only[unit])),
        }
    }

    fn row(&self, year: usize, unit: usize, place: usize) -> Option<ProfileRow> {
        let (imports, exports) = (self.imports[place], self.exports[place]);
        if imports + exports <= 0.0 {
            return None;
        }
        let mean = |feature: usize| {
            let at = feature * self.units + place;
            (self.weight[at] > 0.0).then(|| self.weighted[at] / self.weight[at])
        };
        let features = self.weight.len() / self.units - 1;
        let values = (0..features).map(mean).collect();
        Some(ProfileRow { year, unit, imports, exports, composite: mean(features), values })
    }
}

#[cfg(test)]
mod tests;
