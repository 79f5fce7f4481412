//! Groups of countries: the export-weighted mean of their members.

use crate::indicators::comparative_advantage::{is_strength, mean_comparative_advantage};
use crate::indicators::{Column, OfGroups};
use crate::nomenclature::{CountryGroup, YearRange};
use crate::run_folder::StoredPanel;

/// The indicators of groups, by column over (product, year, group), group innermost; NaN where there is none.
///
/// The table of indicators says how a group has each of them ([`Column::of_groups`]). A mean over its members is weighted by the members'
/// exports of the product in the year, and missing if no member that exports it has a value. Sums have trade among members included.
#[derive(Debug, Clone, Default)]
pub struct GroupPanel {
    /// The groups, by code; those without a member in the panel are left out.
    pub groups: Vec<CountryGroup>,
    /// By group: positions of its input products in the panel.
    pub input_products: Vec<Vec<usize>>,
    /// By (product, year, group): number of members that trade.
    pub members: Vec<u16>,
    values: Vec<Vec<f64>>,
}

/// For every year of a panel the members of a group, as far as the panel has them.
pub(crate) fn members_by_year(panel: &StoredPanel, group: &CountryGroup) -> Vec<Vec<usize>> {
    let of_year = |&year: &u16| {
        let members = group.members_in(year).unwrap_or_default();
        members.iter().filter_map(|iso3| panel.country(iso3)).collect()
    };
    panel.years.iter().map(of_year).collect()
}

impl GroupPanel {
    /// Computes groups from the panel of their members.
    ///
    /// `strength_window` are the years over which a group's comparative strengths are judged; all years if `None`. Groups that have no
    /// list of members for a year of the panel are the caller's mistake and have no members then. Needs all columns of the panel.
    pub fn of(panel: &StoredPanel, groups: &[CountryGroup], strength_window: Option<YearRange>) -> Self {
        let mut present: Vec<(CountryGroup, Vec<Vec<usize>>)> = groups
            .iter()
            .filter_map(|group| {
                let by_year = members_by_year(panel, group);
                by_year.iter().any(|members| !members.is_empty()).then(|| (group.clone(), by_year))
            })
            .collect();
        present.sort_by(|a, b| a.0.code.cmp(&b.0.code));
        let cells = panel.products.len() * panel.years.len() * present.len();
        let mut computed = Self {
            groups: present.iter().map(|(group, _)| group.clone()).collect(),
            input_products: Vec::new(),
            members: vec![0; cells],
            values: Column::ALL
                .map(|c| if c.of_groups() == OfGroups::LeftOut { Vec::new() } else { vec![f64::NAN; cells] })
                .to_vec(),
        };
        for (place, (_, members)) in present.iter().enumerate() {
            computed.fill(panel, place, members);
            let inputs = computed.inputs_of(panel, place, strength_window);
            computed.input_products.push(inputs);
        }
        computed
    }

    /// Where the value of a product, year and group stands in a column.
    pub fn cell(&self, panel: &StoredPanel, product: usize, year: usize, group: usize) -> usize {
        (product * panel.years.len() + year) * self.groups.len() + group
    }

    /// A whole column, NaN where there is no value; empty for a column that groups do not have ([`OfGroups::LeftOut`]).
    pub fn column(&self, column: Column) -> &[f64] {
        self.values.get(column as usize).map_or(&[], Vec::as_slice)
    }

    fn fill(&mut self, panel: &StoredPanel, group: usize, members: &[Vec<usize>]) {
        for (year, members) in members.iter().enumerate() {
            let share_of_world = members
                .iter()
                .filter_map(|&c| share_of_world_exports(panel, year, c))
                .fold(0.0, |sum, s| sum + s);
            for product in 0..panel.products.len() {
                let value = |column: Column, country: usize| panel.value(column, product, year, country);
                let trading: Vec<usize> =
                    members.iter().copied().filter(|&c| value(Column::Imports, c).is_some()).collect();
                if trading.is_empty() {
                    continue;
                }
                let cell = self.cell(panel, product, year, group);
                self.members[cell] = trading.len() as u16;
                let exports: Vec<f64> =
                    trading.iter().map(|&c| value(Column::Exports, c).unwrap_or(0.0)).collect();
                for column in Column::ALL.into_iter().filter(|c| c.of_groups() == OfGroups::MeanByExports) {
                    let values = trading.iter().map(|&c| value(column, c));
                    if let Some(mean) = export_weighted_mean(values, &exports) {
                        self.values[column as usize][cell] = mean;
                    }
                }
                let sum = |values: &mut dyn Iterator<Item = f64>| values.fold(0.0, |sum, v| sum + v);
                let own = sum(&mut exports.iter().copied());
                self.values[Column::Exports as usize][cell] = own;
                self.values[Column::Imports as usize][cell] =
                    sum(&mut trading.iter().filter_map(|&c| value(Column::Imports, c)));
                let world = sum(&mut (0..panel.countries.len()).filter_map(|c| value(Column::Exports, c)));
                if world > 0.0 && share_of_world > 0.0 {
                    self.values[Column::Rca as usize][cell] = own / world / share_of_world;
                }
            }
        }
    }

    /// Direct inputs of the products of the chain in which the group is comparatively strong over the window of the study.
    fn inputs_of(&self, panel: &StoredPanel, group: usize, window: Option<YearRange>) -> Vec<usize> {
        let mut inputs = Vec::new();
        for (product, stored) in panel.products.iter().enumerate() {
            let yearly = (0..panel.years.len())
                .filter(|&t| window.is_none_or(|w| w.contains(panel.years[t])))
                .map(|t| Some(self.column(Column::Rca)[self.cell(panel, product, t, group)]))
                .map(|rca| rca.filter(|v| !v.is_nan()));
            if is_strength(mean_comparative_advantage(yearly)) {
                inputs.extend(&stored.inputs);
            }
        }
        inputs.sort_unstable();
        inputs.dedup();
        inputs
    }
}

/// Mean of what is defined, weighted by exports; `None` if nothing that is defined weighs anything.
///
/// ```
/// use monazite::profile::groups::export_weighted_mean;
/// let values = [Some(0.6), Some(0.3), Some(0.9)];
/// assert!((export_weighted_mean(values, &[5.0, 20.0, 0.0]).unwrap() - 0.36).abs() < 1e-15);
/// assert_eq!(export_weighted_mean(values, &[0.0, 0.0, 0.0]), None);
/// ```
pub fn export_weighted_mean(values: impl IntoIterator<Item = Option<f64>>, exports: &[f64]) -> Option<f64> {
    let (mut sum, mut weight) = (0.0, 0.0);
    for (value, &w) in values.into_iter().zip(exports) {
        if let Some(value) = value
            && w > 0.0
        {
            sum += w * value;
            weight += w;
        }
    }
    (weight > 0.0).then(|| sum / weight)
}

/// Share of a country in the exports of the world, read off its RCA in the product it exports most: RCA is the share in the
/// product over this share.
fn share_of_world_exports(panel: &StoredPanel, year: usize, country: usize) -> Option<f64> {
    let exports = |product: usize| panel.value(Column::Exports, product, year, country).unwrap_or(0.0);
    let largest = (0..panel.products.len())
        .filter(|&p| panel.value(Column::Rca, p, year, country).is_some_and(|rca| rca > 0.0))
        .reduce(|best, other| if exports(other) > exports(best) { other } else { best })?;
    let world = (0..panel.countries.len())
        .filter_map(|c| panel.value(Column::Exports, largest, year, c))
        .fold(0.0, |sum, x| sum + x);
    let rca = panel.value(Column::Rca, largest, year, country)?;
    Some(exports(largest) / world / rca)
}
