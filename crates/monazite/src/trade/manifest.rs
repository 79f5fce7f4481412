//! `store.toml`: what a store holds and where it came from.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::error::StoreError;
use super::signature::Signature;
use crate::disk::{self, place::STORE_FILE};
use crate::ingest::own_table::{FlowDirection, QuantityUnit, TableOptions, ValueUnit};
use crate::ingest::{Dropped, IngestAccount, LeftOut};
use crate::nomenclature::HsEdition;
use crate::plain_text::{beginning, is_file_name};
use crate::units::{ThousandUsd, grouped};

/// The format that stores are written in. The one before is read too; another one is refused.
pub const STORE_FORMAT: u32 = 2;

/// The first format: a folder a year, values as doubles.
pub(super) const FIRST_FORMAT: u32 = 1;

/// The last line of `store.toml` and of the files of years.
pub(super) const SIGNATURE: Signature = Signature("# sha256 of the lines above: ");

/// Name of the file that makes a folder a store. It is written last and swapped in whole, so a store is
/// always either the old one or the new one.
pub const MANIFEST_FILE: &str = STORE_FILE;

/// What is in `store.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoreManifest {
    /// Format of the store.
    pub format: u32,
    /// Version of the program that wrote it.
    pub monazite: String,
    /// HS edition, `HS92` to `HS22`; empty if it is not known.
    pub edition: String,
    /// BACI version such as `202401b`; empty if it is not known.
    pub baci_version: String,
    /// Folder with `countries.csv` and `products.csv`.
    pub codes: String,
    /// Whether a product table came with the release.
    pub product_table: bool,
    /// Whether the release says that it is made up.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub made_up: bool,
    /// Whose data these are, where they are not CEPII's: as the study said it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source: String,
    /// Their licence, as the study said it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub licence: String,
    /// What whoever uses the data should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
    /// Options that the rows were read with.
    pub options: Options,
    /// The account of all rows.
    pub account: AccountRecord,
    /// The files the store was made from.
    pub inputs: Vec<InputRecord>,
    /// The years.
    pub years: Vec<YearRecord>,
    /// The conversion from another edition, if there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversion: Option<ConversionRecord>,
}

/// The options that change what is in the store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Options {
    /// `refuse` or `drop`.
    pub unknown_country: String,
    /// `refuse` or `pad`.
    pub short_codes: String,
    /// Level of zstd.
    pub compression_level: i32,
    /// What was said of tables that are not BACI's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub table: Option<TableRecord>,
}

/// What was said of tables of trade besides their headers; empty where nothing was.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TableRecord {
    /// `usd`, `thousand_usd` or `million_usd`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// `tonnes` or `kilograms`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub quantity_unit: String,
    /// `imports` or `exports`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub flow: String,
    /// Which column is what.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

impl TableRecord {
    /// `None` if nothing was said.
    pub(super) fn of(table: &TableOptions) -> Option<Self> {
        (*table != TableOptions::default()).then(|| Self {
            unit: table.unit.map_or("", ValueUnit::key).to_owned(),
            quantity_unit: table.quantity_unit.map_or("", QuantityUnit::key).to_owned(),
            flow: table.flow.map_or("", FlowDirection::key).to_owned(),
            columns: table
                .columns
                .iter()
                .map(|(role, name)| (role.key().to_owned(), name.to_owned()))
                .collect(),
        })
    }
}

/// A file that the store was made from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InputRecord {
    /// Name, without folders.
    pub name: String,
    /// `flows`, `country_codes` or `product_codes`.
    pub role: String,
    /// Size in bytes.
    pub bytes: u64,
    /// Time of the last change, or checksum of the archive entry.
    pub stamp: String,
    /// SHA-256 of the content.
    pub sha256: String,
    /// What the columns of a trade file were taken for; nothing if it is as BACI writes it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub layout: String,
}

/// One year of a store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct YearRecord {
    /// Calendar year.
    pub year: u16,
    /// Name of its files without the ending; in format 1 the folder of its files.
    #[serde(alias = "folder")]
    pub name: String,
    /// Number of flows.
    pub flows: u64,
    /// Number of products.
    pub products: u64,
    /// Value of all flows, thousand USD.
    pub value: f64,
    /// SHA-256 of the flows.
    pub flows_sha256: String,
    /// SHA-256 of the index.
    pub index_sha256: String,
    /// SHA-256 of the list of pages; empty in format 1, which has none.
    #[serde(default)]
    pub pages_sha256: String,
    /// SHA-256 of the margins.
    pub margins_sha256: String,
}

/// How a store came from one of another edition.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConversionRecord {
    /// Edition of the release.
    pub from: String,
    /// Codes that the tables do not know; they keep their number. With their value in thousand USD.
    pub unmatched: Vec<UnmatchedRecord>,
}

/// A product that no conversion table knows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UnmatchedRecord {
    /// The code.
    pub product: String,
    /// Value of its flows over all years, thousand USD.
    pub value: f64,
}

/// An [`IngestAccount`] as it stands in files.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccountRecord {
    /// Data rows read.
    pub rows_read: u64,
    /// Flows kept.
    pub rows_kept: u64,
    /// Their value, thousand USD.
    pub value_kept: f64,
    /// Rows added to another row of the same year, exporter, importer and product.
    pub duplicates: u64,
    /// The value of those rows, thousand USD.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates_value: f64,
    /// Rows of national tariff lines, counted under their first six digits.
    #[serde(default, skip_serializing_if = "is_none")]
    pub national_lines: u64,
    /// Rows of a former state, counted under its successor.
    pub former_states: u64,
    /// Flows without a quantity.
    pub quantity_missing: u64,
    /// Product codes to which a lost leading zero was restored.
    pub padded_codes: u64,
    /// Rows that a conversion of editions added, by splitting rows over several codes: the parts beyond the first of each.
    #[serde(default, skip_serializing_if = "is_none")]
    pub added_by_conversion: u64,
    /// Rows left out, by reason.
    pub dropped: Vec<DroppedRecord>,
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}

fn is_none(count: &u64) -> bool {
    *count == 0
}

/// Rows left out for one reason.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DroppedRecord {
    /// The reason.
    pub reason: String,
    /// Number of rows.
    pub rows: u64,
    /// Their value, thousand USD.
    pub value: f64,
}

impl From<&IngestAccount> for AccountRecord {
    fn from(account: &IngestAccount) -> Self {
        Self {
            rows_read: account.rows_read,
            rows_kept: account.rows_kept,
            value_kept: account.value_kept.get(),
            duplicates: account.duplicates,
            duplicates_value: account.duplicates_value.get(),
            national_lines: account.national_lines,
            former_states: account.former_states,
            quantity_missing: account.quantity_missing,
            padded_codes: account.padded_codes,
            added_by_conversion: account.added_by_conversion,
            dropped: account
                .dropped
                .iter()
                .map(|(reason, d)| DroppedRecord {
                    reason: reason.key().to_owned(),
                    rows: d.rows,
                    value: d.value.get(),
                })
                .collect(),
        }
    }
}

impl AccountRecord {
    /// The account that it is the record of.
    pub(super) fn account(&self) -> IngestAccount {
        let reason = |key: &str| LeftOut::ALL.into_iter().find(|r| r.key() == key);
        IngestAccount {
            rows_read: self.rows_read,
            rows_kept: self.rows_kept,
            value_kept: ThousandUsd::new(self.value_kept),
            duplicates: self.duplicates,
            duplicates_value: ThousandUsd::new(self.duplicates_value),
            added_by_conversion: self.added_by_conversion,
            former_states: self.former_states,
            national_lines: self.national_lines,
            quantity_missing: self.quantity_missing,
            padded_codes: self.padded_codes,
            dropped: (self.dropped.iter())
                .filter_map(|d| {
                    Some((reason(&d.reason)?, Dropped { rows: d.rows, value: ThousandUsd::new(d.value) }))
                })
                .collect(),
        }
    }

    /// What a reader of the results should know of it, in sentences: rows that were added up, and rows that were left out, with their value.
    pub fn in_sentences(&self) -> Vec<String> {
        let rows = |count: u64, many: &str, one: &str| {
            if count == 1 { format!("1 row {one}") } else { format!("{} rows {many}", grouped(count)) }
        };
        let worth = |value: f64| ThousandUsd::new(value).in_words();
        let mut sentences = Vec::new();
        if self.duplicates > 0 {
            let what = rows(
                self.duplicates,
                "repeat year, exporter, importer and product of another one and are added up",
                "repeats year, exporter, importer and product of another one and is added up",
            );
            sentences.push(format!("{what}: {}", worth(self.duplicates_value)));
        }
        if self.national_lines > 0 {
            let what = rows(
                self.national_lines,
                "of national tariff lines are counted under their first six digits",
                "of a national tariff line is counted under its first six digits",
            );
            sentences.push(what);
        }
        for dropped in &self.dropped {
            let what = rows(dropped.rows, "are left out", "is left out");
            sentences.push(format!(
                "{what}, {}: {}",
                worth(dropped.value),
                Self::reason_in_words(&dropped.reason)
            ));
        }
        sentences
    }

    /// The reason in words, for a key in the file.
    pub fn reason_in_words(key: &str) -> String {
        LeftOut::ALL.into_iter().find(|r| r.key() == key).map_or_else(|| key.to_owned(), |r| r.to_string())
    }
}

impl StoreManifest {
    /// Reads `store.toml` of a store.
    ///
    /// # Errors
    /// [`StoreError::NotAStore`] if there is none; [`StoreError::LaterFormat`] if a later version of the program wrote it;
    /// [`StoreError::Manifest`] if it cannot be understood.
    pub fn read(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(MANIFEST_FILE);
        let bytes = match disk::read_below(folder, MANIFEST_FILE, disk::LARGEST_TABLE) {
            Ok(bytes) => bytes,
            Err(e)
                if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
            {
                return Err(StoreError::NotAStore { path: folder.display().to_string() });
            }
            Err(e) => return Err(StoreError::io(&path, "cannot be read", e)),
        };
        let broken = |message: String| StoreError::Manifest { path: path.display().to_string(), message };
        let text = String::from_utf8(bytes).map_err(|_| broken("it is not UTF-8".to_owned()))?;
        if SIGNATURE.is_spoilt(&text) {
            return Err(broken("its checksum differs".to_owned()));
        }
        let table: toml::Table = toml::from_str(&text).map_err(|e| broken(e.message().to_owned()))?;
        if let Some(format) = table.get("format").and_then(toml::Value::as_integer)
            && format > i64::from(STORE_FORMAT)
        {
            let path = path.display().to_string();
            return Err(StoreError::LaterFormat { path, format, present: STORE_FORMAT });
        }
        let manifest: Self = toml::from_str(&text).map_err(|e| broken(e.message().to_owned()))?;
        let names = manifest.years.iter().map(|year| &year.name).chain([&manifest.codes]);
        if let Some(name) = names.into_iter().find(|name| !is_file_name(name)) {
            return Err(broken(format!("'{}' cannot be the name of a file of a store", beginning(name, 80))));
        }
        match manifest.format {
            STORE_FORMAT if !SIGNATURE.is_signed(&text) => {
                Err(broken("its last line, with the checksum, is missing".to_owned()))
            }
            STORE_FORMAT | FIRST_FORMAT => Ok(manifest),
            other => Err(broken(format!(
                "format {other} is not {STORE_FORMAT}, which this version of the program reads and writes"
            ))),
        }
    }

    /// The text of `store.toml`.
    pub fn to_toml(&self) -> String {
        let text = format!(
            "# A store of bilateral trade, written by monazite. Do not edit: the checksums below would no longer fit.\n\n{}",
            toml::to_string(self).expect("the manifest has no map keys that are not text")
        );
        SIGNATURE.sign(&text)
    }

    /// The HS edition, `None` if it is not known.
    pub fn hs_edition(&self) -> Option<HsEdition> {
        self.edition.parse().ok()
    }
}
