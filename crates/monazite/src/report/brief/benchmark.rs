//! The benchmark of the EU's Critical Raw Materials Act for dependence on a single country, as far as imports can speak to it.

use super::unit::Unit;
use crate::nomenclature::groups::builtin_groups;
use crate::run::{RunView, Supply};

/// Regulation (EU) 2024/1252, Article 5(1)(b): by 2030 no third country provides more than this share of the Union's annual consumption of a
/// strategic raw material at any relevant stage of processing.
pub const BENCHMARK: f64 = 0.65;

/// Whose benchmark it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// The European Union, as one buyer.
    Union,
    /// A member of it, or a group of members: a supplier within the Union is no third country.
    Member,
    /// Somebody else, for whom it is a line to compare with.
    Other,
}

impl Standing {
    /// Where a country or group stands in a year.
    pub fn of(view: &RunView<'_>, unit: &Unit, year: usize) -> Self {
        if matches!(unit.code.as_str(), "EU27" | "EU") {
            return Self::Union;
        }
        let members = unit.members(year);
        let union = union(view, year);
        match !members.is_empty() && members.iter().all(|c| union.contains(c)) {
            true => Self::Member,
            false => Self::Other,
        }
    }
}

/// Positions of the members of the European Union.
fn union(view: &RunView<'_>, year: usize) -> Vec<usize> {
    let members = builtin_groups().get("EU27").and_then(|eu| eu.members_in(view.panel.years[year]).ok());
    members.into_iter().flatten().filter_map(|code| view.panel.country(code)).collect()
}

/// Whether one country outside supplies more than the benchmark; a lower bound of a share may hide one.
#[derive(Debug, Clone)]
pub struct Benchmark {
    /// Whose it is.
    pub standing: Standing,
    within: Vec<usize>,
}

impl Benchmark {
    /// That of a country or group in a year.
    pub fn of(view: &RunView<'_>, unit: &Unit, year: usize) -> Self {
        let standing = Standing::of(view, unit, year);
        let within = if standing == Standing::Member { union(view, year) } else { Vec::new() };
        Self { standing, within }
    }

    /// Whether a main supplier is above it.
    pub fn is_exceeded_by(&self, main: Option<Supply>) -> bool {
        main.is_some_and(|main| main.share > BENCHMARK && !self.within.contains(&main.supplier))
    }

    /// How many products are above it, and what that says.
    pub fn sentence(
        &self,
        name: &str,
        year: u16,
        above: usize,
        imported: usize,
        exact: bool,
    ) -> Option<String> {
        if imported == 0 {
            return None;
        }
        let outside = match self.standing {
            Standing::Other => "one country",
            Standing::Union | Standing::Member => "one country outside the EU",
        };
        let products = if imported == 1 { "product" } else { "products" };
        let (above, verb) = match above {
            0 if exact => ("none".to_owned(), "comes"),
            1 if exact => ("1".to_owned(), "comes"),
            n if exact => (n.to_string(), "come"),
            n => (format!("at least {n}"), "come"),
        };
        Some(format!(
            "Of the {imported} {products} that {name} imported in {year}, {above} {verb} to more than 65 % from {outside}."
        ))
    }

    /// What the line is, and what it is not.
    pub fn note(&self) -> &'static str {
        match self.standing {
            Standing::Union => {
                "▲ More than 65 % of the imports come from one country outside the EU. The EU's Critical Raw Materials Act (Regulation (EU) 2024/1252) \
                 aims, by 2030, at no more than 65 % of the Union's annual consumption of each strategic raw material, at any relevant stage of \
                 processing, from a single third country. Only imports are seen here, not consumption, and not every product is such a material."
            }
            Standing::Member => {
                "▲ More than 65 % of the imports come from one country outside the EU. The benchmark of the EU's Critical Raw Materials Act (Regulation \
                 (EU) 2024/1252), no more than 65 % from a single third country by 2030, is for the Union's consumption of strategic raw materials; \
                 here it is a line to compare the imports of a member with."
            }
            Standing::Other => {
                "▲ More than 65 % of the imports come from one country. The line is the benchmark of the EU's Critical Raw Materials Act (Regulation (EU) \
                 2024/1252) for the Union's consumption of strategic raw materials; it binds nobody here, and only imports are seen."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_between_a_country_and_third_countries() {
        let supply = |supplier, share| Some(Supply { supplier, share });
        let of = |standing| Benchmark { standing, within: vec![3] };
        let member = of(Standing::Member);
        assert!(member.is_exceeded_by(supply(1, 0.66)) && !member.is_exceeded_by(supply(1, 0.65)));
        assert!(!member.is_exceeded_by(supply(3, 0.9)), "a supplier within the Union");
        assert!(!member.is_exceeded_by(None));
        assert_eq!(
            of(Standing::Union).sentence("EU27", 2023, 13, 60, true).unwrap(),
            "Of the 60 products that EU27 imported in 2023, 13 come to more than 65 % from one country outside the EU."
        );
        assert_eq!(
            of(Standing::Other).sentence("Japan", 2023, 0, 2, false).unwrap(),
            "Of the 2 products that Japan imported in 2023, at least 0 come to more than 65 % from one country."
        );
        assert_eq!(member.sentence("Malta", 2023, 0, 0, true), None);
        assert!(of(Standing::Union).note().contains("Only imports are seen here, not consumption"));
    }
}
