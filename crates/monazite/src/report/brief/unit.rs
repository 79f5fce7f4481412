//! What a country brief is about: a country, or a group of countries.

use std::collections::BTreeMap;

use super::BriefError;
use super::one_buyer::{OneBuyer, Without};
use super::selection::{Candidate, country, near, position};
use crate::indicators::Column;
use crate::nomenclature::NotFound;
use crate::nomenclature::groups::builtin_groups;
use crate::profile::groups::{GroupPanel, export_weighted_mean, members_by_year};
use crate::report::findings::HALF;
use crate::run::{RunView, Supply};

/// A country of the panel, or a group: one buyer and one seller where the run holds its flows, otherwise the mean of its members.
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
    /// By position of the year; the means over members; and the group as one country, where the run holds its flows.
    Group {
        by_year: Vec<Vec<usize>>,
        means: Box<GroupPanel>,
        as_one: Option<Box<OneBuyer>>,
    },
}

impl Unit {
    /// Position of the country; `None` for a group.
    pub fn country(&self) -> Option<usize> {
        match self.members {
            Members::Country(at) => Some(at),
            Members::Group { .. } => None,
        }
    }

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
            let means =
                GroupPanel::of(panel, std::slice::from_ref(&group), view.study.indicators.strength_window);
            let by_year = members_by_year(panel, &group);
            if !means.groups.is_empty() {
                let as_one = OneBuyer::of(view, &by_year)?.map(Box::new);
                return Ok(Self {
                    code: group.code.clone(),
                    name: group.name.clone(),
                    members: Members::Group { by_year, means: Box::new(means), as_one },
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

    /// Whether it is a group as one buyer: trade among its members is taken out, and shares of suppliers are exact.
    pub fn is_one_buyer(&self) -> bool {
        self.as_one().is_some()
    }

    /// Whether the share of its main supplier is exact; otherwise it is the least that it can be.
    pub fn shares_are_exact(&self) -> bool {
        !self.is_group() || self.is_one_buyer()
    }

    fn as_one(&self) -> Option<&OneBuyer> {
        match &self.members {
            Members::Group { as_one, .. } => as_one.as_deref(),
            Members::Country(_) => None,
        }
    }

    /// Puts members of a group together for products in some years. Before that they have no values as one buyer.
    ///
    /// # Errors
    /// [`BriefError::Run`] if a table is damaged.
    pub fn prepare(
        &mut self,
        view: &RunView<'_>,
        products: &[usize],
        years: impl Iterator<Item = usize> + Clone,
    ) -> Result<(), BriefError> {
        if let Members::Group { as_one: Some(as_one), .. } = &mut self.members {
            let pairs: Vec<(usize, usize)> =
                products.iter().flat_map(|&p| years.clone().map(move |t| (p, t))).collect();
            as_one.compute(view, &pairs)?;
        }
        Ok(())
    }

    /// An indicator. Of a group as one buyer: that of its members put together, but RCA. Otherwise imports and exports are sums, RCA that of
    /// the sum of exports, and all else means of the members weighted by their exports of the product.
    pub fn value(&self, view: &RunView<'_>, column: Column, product: usize, year: usize) -> Option<f64> {
        let panel = view.panel;
        match &self.members {
            Members::Country(at) => panel.value(column, product, year, *at),
            Members::Group { as_one: Some(as_one), .. } if column != Column::Rca => {
                as_one.value(column, product, year)
            }
            Members::Group { by_year, means, .. } => {
                if matches!(column, Column::StrDirect | Column::StrIndirect) {
                    let members = &by_year[year];
                    let of = |column| members.iter().map(move |&c| panel.value(column, product, year, c));
                    let exports: Vec<f64> = of(Column::Exports).map(|x| x.unwrap_or(0.0)).collect();
                    return export_weighted_mean(of(column), &exports);
                }
                let cell = means.cell(panel, product, year, 0);
                means.column(column).get(cell).copied().filter(|v| !v.is_nan())
            }
        }
    }

    /// Whether it imports more of a product than it exports.
    pub fn is_net_importer(&self, view: &RunView<'_>, product: usize, year: usize) -> bool {
        let value = |column| self.value(view, column, product, year);
        if self.shares_are_exact() {
            return value(Column::Exposure).is_some_and(|e| e > HALF);
        }
        // The mean exposure of members says little about the group: compare sums.
        value(Column::Imports) > value(Column::Exports)
    }

    /// Its largest supplier. Of a group: the largest from outside; where members are not one buyer, with the least share it can have in the
    /// imports of the members together, since only the main suppliers of each member are known.
    pub fn main_supplier(&self, view: &RunView<'_>, product: usize, year: usize) -> Option<Supply> {
        match &self.members {
            Members::Country(at) => view.suppliers_of(product, year, *at).first().copied(),
            Members::Group { as_one: Some(as_one), .. } => as_one.suppliers(product, year).first().copied(),
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

    /// Importers that buy most of a product from it: what they buy, and its share in their imports. Of members that are not one seller, those
    /// that buy most from one of them.
    pub fn customers(&self, view: &RunView<'_>, product: usize, year: usize) -> Vec<(f64, Supply)> {
        if let Some(as_one) = self.as_one() {
            return as_one.customers(product, year);
        }
        let members = self.members(year);
        (0..view.panel.countries.len())
            .filter(|c| !members.contains(c))
            .filter_map(|importer| {
                let main = view.suppliers_of(product, year, importer).first()?;
                let imports = view.panel.value(Column::Imports, product, year, importer)?;
                let own = members.contains(&main.supplier);
                own.then_some((imports * main.share, Supply { supplier: importer, share: main.share }))
            })
            .collect()
    }

    /// Trade of the world in a product, thousand USD; without that among members of a group that is one seller.
    pub fn world(&self, view: &RunView<'_>, product: usize, year: usize) -> f64 {
        self.as_one().map_or_else(|| view.world_imports(product, year), |one| one.world(product, year))
    }

    /// Its influence, in the column of one reading or the other, and the rank of it among all countries, 1 for the first.
    pub fn influence(
        &self,
        view: &RunView<'_>,
        column: Column,
        product: usize,
        year: usize,
    ) -> Option<(f64, usize)> {
        let own = self.value(view, column, product, year)?;
        let above = match self.as_one() {
            Some(as_one) => as_one.above(column, product, year, own),
            None => (0..view.panel.countries.len())
                .filter_map(|c| view.panel.value(column, product, year, c))
                .filter(|other| *other > own)
                .count(),
        };
        Some((own, above + 1))
    }

    /// By product: the supplier whose negligible imports matter most to its STR in a year, as far as [`Unit::prepare`] went.
    ///
    /// # Errors
    /// [`BriefError::Run`] if a table is damaged.
    pub fn without(
        &self,
        view: &RunView<'_>,
        products: &[usize],
        year: usize,
    ) -> Result<BTreeMap<usize, Without>, BriefError> {
        let mut found: BTreeMap<usize, Without> = BTreeMap::new();
        match &self.members {
            Members::Group { as_one: None, .. } => {}
            Members::Group { as_one: Some(as_one), .. } => {
                found.extend(products.iter().filter_map(|&p| Some((p, as_one.without(p, year)?))));
            }
            Members::Country(_) => {
                let by_supplier = view.str_without(year, &self.code)?;
                for l in view.loops.into_iter().flatten().filter(|l| l.year == year) {
                    let Some(&str) = by_supplier.get(&(l.product, l.supplier)) else { continue };
                    let this = Without { supplier: l.supplier, str, imports: l.imports, exports: l.exports };
                    let least = found.entry(l.product).or_insert(this);
                    if str < least.str {
                        *least = this;
                    }
                }
            }
        }
        Ok(found)
    }
}

/// The name without what stands in brackets or after a comma, for running text: `Iran, Islamic Rep. of` stays as it is without a comma.
fn short_name(name: &str) -> String {
    name.split(" (").next().unwrap_or(name).trim().to_owned()
}
