//! Critical raw materials: in which lists they are, and under which codes they are traded.

use std::sync::LazyLock;

use super::country::embedded_rows;
use super::{Hs6, HsEdition};

/// A raw material of the critical lists of the European Union, the United States or the United Kingdom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    /// Its name.
    pub name: String,
    /// Other names.
    pub synonyms: Vec<String>,
    /// In the list of the EU (Regulation 2024/1252): `strategic` or `critical`; empty if not.
    pub eu: String,
    /// Years of the lists of the US that hold it.
    pub us: String,
    /// Years of the assessments of the UK that hold it.
    pub uk: String,
    /// What else is to be known.
    pub note: String,
    /// Its codes, in the order of the chain.
    pub codes: Vec<MaterialCode>,
}

/// A code under which a material is traded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MaterialCode {
    /// Edition of the code.
    pub edition: HsEdition,
    /// The code.
    pub code: Hs6,
    /// Ore, compound, metal, scrap, product.
    pub stage: String,
    /// What of the material is in it.
    pub what: String,
    /// Who says so.
    pub source: String,
}

/// The materials of the three lists, by name.
///
/// ```
/// use monazite::nomenclature::materials::materials;
/// let cobalt = materials().iter().find(|m| m.name == "cobalt").unwrap();
/// assert!(cobalt.eu == "strategic" && cobalt.codes.iter().any(|c| c.code.to_string() == "810520"));
/// ```
pub fn materials() -> &'static [Material] {
    static ALL: LazyLock<Vec<Material>> = LazyLock::new(|| {
        let mut all: Vec<Material> = embedded_rows(include_str!("materials.csv"))
            .map(|row| {
                let field = |column: usize| row.get(column).unwrap_or_default().to_owned();
                let synonyms = field(1);
                let synonyms =
                    synonyms.split(';').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned);
                Material {
                    name: field(0),
                    synonyms: synonyms.collect(),
                    eu: field(2),
                    us: field(3),
                    uk: field(4),
                    note: field(5),
                    codes: Vec::new(),
                }
            })
            .collect();
        for row in embedded_rows(include_str!("material_codes.csv")) {
            let field = |column: usize| row.get(column).unwrap_or_default();
            let material = all.iter_mut().find(|m| m.name == field(0));
            if let (Some(material), Ok(edition), Ok(code)) = (material, field(1).parse(), field(2).parse()) {
                let (stage, what) = (field(3).to_owned(), field(4).to_owned());
                material.codes.push(MaterialCode { edition, code, stage, what, source: field(5).to_owned() });
            }
        }
        all
    });
    &ALL
}

impl Material {
    /// The lists that hold it, in words: `EU (strategic), US (2022), UK (2021;2024)`.
    pub fn lists(&self) -> String {
        let lists = [("EU", &self.eu), ("US", &self.us), ("UK", &self.uk)];
        let held: Vec<String> = lists
            .iter()
            .filter(|(_, what)| !what.is_empty())
            .map(|(list, what)| format!("{list} ({})", what.replace(';', ", ")))
            .collect();
        held.join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::texts::codes_of;

    #[test]
    fn every_row_is_read_and_every_code_is_in_its_edition() {
        let rows = include_str!("material_codes.csv").lines().count() - 1;
        assert_eq!(materials().iter().map(|m| m.codes.len()).sum::<usize>(), rows);
        assert_eq!(materials().len(), include_str!("materials.csv").lines().count() - 1);
        for material in materials() {
            assert!(!material.lists().is_empty() && !material.codes.is_empty(), "{}", material.name);
            for code in &material.codes {
                assert!(codes_of(code.edition).contains(&code.code), "{} {}", material.name, code.code);
                assert!(!code.source.is_empty() && !code.stage.is_empty(), "{} {}", material.name, code.code);
            }
        }
    }

    #[test]
    fn the_lists_have_their_numbers_of_materials() {
        // Regulation (EU) 2024/1252: 34 critical materials, 17 of them strategic. Here light and heavy rare earths are one row, yttrium and
        // five platinum metals have rows of their own.
        let held = |wanted: &dyn Fn(&Material) -> bool| materials().iter().filter(|m| wanted(m)).count();
        assert_eq!(held(&|m| m.eu == "strategic"), 17 + 5);
        assert_eq!(held(&|m| !m.eu.is_empty()), 34 - 1 + 1 + 5);
        for name in ["gallium", "germanium", "cobalt", "lithium", "tungsten", "rare earths"] {
            let found = materials().iter().find(|m| m.name == name);
            assert!(
                found.is_some_and(|m| !m.eu.is_empty() && !m.us.is_empty() && !m.uk.is_empty()),
                "{name}"
            );
        }
    }
}
