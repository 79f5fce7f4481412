//! What a study needs of trade data, wherever they are: in a [`super::Store`] on disk, or in a [`super::FlowTable`] in memory.

use std::collections::BTreeMap;
use std::fmt;

use super::error::StoreError;
use super::flows::{FlowBatch, IndexEntry, Margins};
use super::manifest::{AccountRecord, InputRecord};
use crate::nomenclature::{Countries, Hs6, HsEdition};

/// How the version of a made-up release ends: by this a run knows that its data are synthetic.
pub const SYNTHETIC_VERSION_ENDS_WITH: &str = "synthetic";

/// What made-up data are called, in place of their source.
pub const SYNTHETIC_SOURCE: &str = "synthetic data in the layout of BACI";

/// What data are called that are not CEPII's, where the study does not say whose they are.
pub const OWN_SOURCE: &str = "own trade data (data.source does not say whose)";

/// The source of BACI.
pub const BACI_SOURCE: &str = "CEPII BACI";

/// Whether a release of this version is made up.
///
/// ```
/// use monazite::trade::is_synthetic_version;
/// assert!(is_synthetic_version("000000synthetic") && !is_synthetic_version("202501"));
/// ```
pub fn is_synthetic_version(version: &str) -> bool {
    version.ends_with(SYNTHETIC_VERSION_ENDS_WITH)
}

/// Bilateral trade by year and product, from which a study is computed.
///
/// The same flows give the same results, to the last bit, whatever source they come from.
///
/// ```
/// use monazite::trade::{FlowSource, FlowTable};
/// let flows = [(2019, "284690", "CHN", "USA", 12.5), (2019, "284690", "USA", "CHN", 1.0)];
/// let table = FlowTable::from_rows(flows)?;
/// let source: &dyn FlowSource = &table;
/// assert_eq!(source.years(), [2019]);
/// assert_eq!(source.margins(2019)?.between(0, 1), 12.5);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait FlowSource: fmt::Debug + Send + Sync {
    /// The countries, by code; positions in batches refer to this table.
    fn countries(&self) -> &Countries;

    /// The years, ascending.
    fn years(&self) -> Vec<u16>;

    /// The products traded in a year, ascending, with number and value of their flows; empty for a year that is not there.
    fn traded_in(&self, year: u16) -> &[IndexEntry];

    /// Reads the flows of some products of one year into `batch`, whose memory is used again. `products` are
    /// ascending; those without trade are left out.
    ///
    /// # Errors
    /// [`StoreError::Parquet`] if a file is damaged.
    fn read_into(
        &self,
        year: u16,
        products: &[Hs6],
        with_quantity: bool,
        batch: &mut FlowBatch,
    ) -> Result<(), StoreError>;

    /// Trade in all products between every two countries.
    ///
    /// # Errors
    /// [`StoreError::Parquet`] if a file is damaged.
    fn margins(&self, year: u16) -> Result<Margins, StoreError>;

    /// The table of products: codes with their texts, in order of code. Empty if the data came without one.
    fn products(&self) -> &BTreeMap<Hs6, String>;

    /// Whether the data came with a table of all products of their edition.
    fn has_product_table(&self) -> bool;

    /// Where the data come from, for the manifest of a run.
    fn provenance(&self) -> Provenance;

    /// As [`FlowSource::provenance`], perhaps without the files and their checksums: for a table in memory these take longer than a small study.
    fn about(&self) -> Provenance {
        self.provenance()
    }

    /// Reads the flows of some products of one year; see [`FlowSource::read_into`].
    ///
    /// # Errors
    /// [`StoreError::Parquet`] if a file is damaged.
    fn read(&self, year: u16, products: &[Hs6], with_quantity: bool) -> Result<FlowBatch, StoreError> {
        let mut batch = FlowBatch::default();
        self.read_into(year, products, with_quantity, &mut batch)?;
        Ok(batch)
    }

    /// Text of a product, if the data brought one.
    fn description(&self, product: Hs6) -> Option<&str> {
        self.products().get(&product).map(String::as_str)
    }

    /// Whether the table of products has this code. `None` if the data came without one.
    fn knows(&self, product: Hs6) -> Option<bool> {
        self.has_product_table().then(|| self.products().contains_key(&product))
    }

    /// Number of products in the table of products.
    fn table_size(&self) -> usize {
        self.products().len()
    }

    /// All products with trade in any year, in order of code.
    fn traded_products(&self) -> Vec<Hs6> {
        let mut products: Vec<Hs6> = self
            .years()
            .iter()
            .flat_map(|&year| self.traded_in(year).iter().map(|entry| entry.product))
            .collect();
        products.sort_unstable();
        products.dedup();
        products
    }

    /// Flows of one product in one year; 0 where there are none.
    fn flow_count(&self, year: u16, product: Hs6) -> usize {
        let index = self.traded_in(year);
        index.binary_search_by_key(&product, |e| e.product).map_or(0, |at| index[at].flows)
    }
}

/// Where trade data come from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Provenance {
    /// The source in words, such as "CEPII BACI".
    pub source: String,
    /// The licence of data that are not CEPII's, if the study says it.
    pub licence: String,
    /// What whoever uses the data should know.
    pub notes: Vec<String>,
    /// HS edition, `HS92` to `HS22`; empty if it is not known.
    pub edition: String,
    /// Version of the release; empty if there is none.
    pub version: String,
    /// Whether the data are made up.
    pub synthetic: bool,
    /// The account of all rows.
    pub account: AccountRecord,
    /// What the data were made from, with checksums.
    pub inputs: Vec<InputRecord>,
}

impl Provenance {
    /// The HS edition, `None` if it is not known.
    pub fn hs_edition(&self) -> Option<HsEdition> {
        self.edition.parse().ok()
    }
}
