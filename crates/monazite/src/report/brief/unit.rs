//! What a country brief is about: a country, or a group of countries.

use std::collections::BTreeMap;

use super::BriefError;
use super::selection::{Candidate, country, near, position};
use crate::indicators::Column;
use crate::nomenclature::NotFound;
use crate::nomenclature::groups::builtin_groups;
use crate::profile::groups::{GroupPanel, export_weighted_mean, members_by_year};
use crate::run::{RunView, Supply};

/// A country of the panel, or a group that is the mean of its members.
#[derive(Debug)]
pub struct Unit {
    /// Code.
    pub code: String,
    /// Name for people.
    pub name: String,
    members: Members,
}

#[derive(Debug)]
enum Members {
    Country(usize),
    /// By position of the year; and the indicators of the group.
    Group {
        by_year: Vec<Vec<usize>>,
        indicators: Box<GroupPanel>,
    },
}

impl Unit {
    /// Finds a country by code or any name, or a group by code: those that come with the program and those of the study.
    ///
    /// # Errors
    /// [`BriefError::Unknown`] with near names; [`BriefError::Country`] for a name of two countries, a sum of countries that is no group, or a
    /// country that the run does not have.
    pub fn find(view: &RunView<'_>, asked: &str) -> Result<Self, BriefError> {
        let panel = view.panel;
        let countries: Vec<Candidate<'_>> =
            panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
        let one = |at: usize| Self {
            code: panel.countries[at].code.clone(),
            name: short_name(&panel.countries[at].name),
            members: Members::Country(at),
        };
        if let Some(at) = position(asked, &countries) {
            return Ok(one(at));
        }
        let upper = asked.trim().to_uppercase();
        if let Some(group) = view.study.group(&upper) {
            let indicators =
                GroupPanel::of(panel, std::slice::from_ref(&group), view.study.indicators.strength_window);
            let by_year = members_by_year(panel, &group);
            if !indicators.groups.is_empty() {
                return Ok(Self {
                    code: group.code.clone(),
                    name: group.name.clone(),
                    members: Members::Group { by_year, indicators: Box::new(indicators) },
                });
            }
        }
        let groups: Vec<&str> =
            builtin_groups().keys().chain(view.study.groups.define.keys()).map(String::as_str).collect();
        match country(asked, &countries) {
            Ok(at) => Ok(one(at)),
            Err(NotFound::Unknown { asked, near: mut alike }) => {
                if alike.is_empty() {
                    let groups: Vec<Candidate<'_>> =
                        groups.iter().map(|code| Candidate { code, name: code }).collect();
                    alike = near(&asked, &groups);
                }
                Err(BriefError::Unknown { what: "country or group", asked, near: alike })
            }
            Err(sum @ NotFound::Aggregate { .. }) => Err(BriefError::Country {
                problem: format!("{sum}; groups that can be asked for: {}", groups.join(", ")),
            }),
            Err(other) => Err(BriefError::Country { problem: other.to_string() }),
        }
    }

    /// What it is called in a sentence: its name, or the code of a group.
    pub fn label(&self) -> &str {
        if self.is_group() { &self.code } else { &self.name }
    }

    /// Whether it is a group.
    pub fn is_group(&self) -> bool {
        matches!(self.members, Members::Group { .. })
    }

    /// Positions of its members in a year; the country itself.
    pub fn members(&self, year: usize) -> &[usize] {
        match &self.members {
            Members::Country(at) => std::slice::from_ref(at),
            Members::Group { by_year, .. } => &by_year[year],
        }
    }

    /// An indicator. Of a group: imports and exports are sums, all else means of the members weighted by their exports of the product.
    pub fn value(&self, view: &RunView<'_>, column: Column, product: usize, year: usize) -> Option<f64> {
        let panel = view.panel;
        match &self.members {
            Members::Country(at) => panel.value(column, product, year, *at),
            Members::Group { by_year, indicators } => {
                if matches!(column, Column::StrDirect | Column::StrIndirect) {
                    let members = &by_year[year];
                    let of = |column| members.iter().map(move |&c| panel.value(column, product, year, c));
                    let exports: Vec<f64> = of(Column::Exports).map(|x| x.unwrap_or(0.0)).collect();
                    return export_weighted_mean(of(column), &exports);
                }
                let cell = indicators.cell(panel, product, year, 0);
                Some(indicators.column(column)[cell]).filter(|v| !v.is_nan())
            }
        }
    }

    /// Its largest supplier. Of a group: the largest from outside, with the least share it can have in the imports of the members
    /// together, since only the main suppliers of each member are known.
    pub fn main_supplier(&self, view: &RunView<'_>, product: usize, year: usize) -> Option<Supply> {
        match &self.members {
            Members::Country(at) => view.suppliers_of(product, year, *at).first().copied(),
            Members::Group { by_year, .. } => {
                let members = &by_year[year];
                let mut value: BTreeMap<usize, f64> = BTreeMap::new();
                let mut total = 0.0;
                for &member in members {
                    let imports = view.panel.value(Column::Imports, product, year, member).unwrap_or(0.0);
                    total += imports;
                    for supply in view.suppliers_of(product, year, member) {
                        if !members.contains(&supply.supplier) {
                            *value.entry(supply.supplier).or_default() += imports * supply.share;
                        }
                    }
                }
                let (supplier, largest) =
                    value.into_iter().reduce(|best, other| if other.1 > best.1 { other } else { best })?;
                (total > 0.0).then(|| Supply { supplier, share: largest / total })
            }
        }
    }
}

/// The name without what stands in brackets or after a comma, for running text: `Iran, Islamic Rep. of` stays as it is without a comma.
fn short_name(name: &str) -> String {
    name.split(" (").next().unwrap_or(name).trim().to_owned()
}
