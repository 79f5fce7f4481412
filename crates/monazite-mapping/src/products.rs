//! Codes and official texts of the edition that is mapped.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use monazite::delimited::Table;
use monazite::nomenclature::{Hs6, HsEdition};

use crate::MappingError;
use crate::digest::sha256;

static SHIPPED_HS07: &[u8] = include_bytes!("../assets/hs07/products.csv.gz");

/// The codes of an HS edition with their long texts.
///
/// Chapter 99 and `9999AA` (commodities not specified) are left out: no answer can stand for them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProductTexts {
    /// Where they come from, in words.
    pub source: String,
    /// SHA-256 of codes and texts.
    pub sha256: String,
    /// The edition, if it is known.
    pub edition: Option<HsEdition>,
    texts: BTreeMap<Hs6, String>,
}

impl ProductTexts {
    /// The table of HS 2007 that comes with the program.
    pub fn shipped() -> Self {
        let mut text = Vec::new();
        GzDecoder::new(SHIPPED_HS07).read_to_end(&mut text).expect("the table is part of the program");
        let table = Table::parse(&text, "HS07 (shipped table)").expect("the table is part of the program");
        let texts = Self::of_table(&table).expect("the table is part of the program");
        Self { edition: Some(HsEdition::Hs07), ..texts }
    }

    /// The table of an edition that comes with the program, if there is one.
    pub fn shipped_for(edition: HsEdition) -> Option<Self> {
        (edition == HsEdition::Hs07).then(Self::shipped)
    }

    /// Reads a table of codes and texts, such as the product file of a BACI release.
    ///
    /// # Errors
    /// [`MappingError::Table`] naming file, line and column; [`MappingError::Products`] if nothing is left.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let mut texts = Self::of_table(&Table::read(path)?)?;
        // The record names the file, not where it lies on this machine.
        texts.source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(texts)
    }

    fn of_table(table: &Table) -> Result<Self, MappingError> {
        let code = table.require(&["code", "product_code", "product", "k", "hs6"])?;
        let text = table.require(&["description", "product_description", "text"])?;
        let mut texts = BTreeMap::new();
        for row in &table.rows {
            let product: Hs6 = match row.get(code).parse() {
                Ok(product) => product,
                Err(e) => return Err(table.field_error(row, code, format!("{e}")).into()),
            };
            if texts.insert(product, row.get(text).to_owned()).is_some() {
                let message = format!("{product} stands there twice; keep one of the two rows");
                return Err(table.field_error(row, code, message).into());
            }
        }
        Self::new(texts, table.file.clone())
    }

    fn new(mut texts: BTreeMap<Hs6, String>, source: String) -> Result<Self, MappingError> {
        texts.retain(|code, text| code.chapter() != 99 && !text.trim().is_empty());
        if texts.is_empty() {
            return Err(MappingError::Products(format!(
                "{source}: there are no texts of products; give a table with mapping.products (code, description)"
            )));
        }
        let lines: String = texts.iter().map(|(code, text)| format!("{code}\t{text}\n")).collect();
        Ok(Self { source, sha256: sha256(lines.as_bytes()), edition: None, texts })
    }

    /// The edition as questions name it: `HS 2007`; `HS` if it is not known.
    pub fn edition_in_words(&self) -> String {
        self.edition.map_or_else(|| "HS".to_owned(), |edition| format!("HS {}", edition.first_year()))
    }

    /// The text of a code.
    pub fn text(&self, code: Hs6) -> Option<&str> {
        self.texts.get(&code).map(String::as_str)
    }

    /// Whether a code is in the edition.
    pub fn contains(&self, code: Hs6) -> bool {
        self.texts.contains_key(&code)
    }

    /// Codes and texts, in the order of the codes.
    pub fn iter(&self) -> impl Iterator<Item = (Hs6, &str)> {
        self.texts.iter().map(|(&code, text)| (code, text.as_str()))
    }

    /// Number of codes.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// Whether there is none, which cannot be.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_table_has_the_seeds_and_no_chapter_99() {
        let texts = ProductTexts::shipped();
        assert_eq!(texts.len(), 5049);
        assert_eq!(texts.text("284610".parse().unwrap()), Some("Cerium compounds"));
        assert!(!texts.contains("999999".parse().unwrap()));
        assert!(ProductTexts::shipped_for(HsEdition::Hs12).is_none());
        assert_eq!(texts.edition_in_words(), "HS 2007");
    }

    #[test]
    fn a_table_is_read_and_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("p.csv");
        std::fs::write(&file, "code,description\n010110,\"Horses: live\"\n999999,not specified\n").unwrap();
        let read = ProductTexts::read(&file).unwrap();
        assert_eq!((read.len(), read.edition_in_words().as_str()), (1, "HS"));
        std::fs::write(&file, "code,description\n10110,Horses\n").unwrap();
        let said = ProductTexts::read(&file).unwrap_err().to_string();
        assert!(said.ends_with(
            "p.csv:2: column code: '10110' has 5 digits; HS6 codes have six (a leading zero may be lost)"
        ));
        std::fs::write(&file, "code,description\n010110,\n").unwrap();
        assert!(
            ProductTexts::read(&file).unwrap_err().to_string().contains("there are no texts of products")
        );
    }
}
