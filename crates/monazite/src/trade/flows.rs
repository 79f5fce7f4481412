//! Flows as they are handed on: some products of one year, where each product stands, and sums over all products.

use std::ops::Range;

use crate::nomenclature::Hs6;

/// Where the flows of one product stand, and what they amount to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct IndexEntry {
    /// The product.
    pub product: Hs6,
    pub(super) row_group: usize,
    pub(super) first_row: usize,
    /// Number of flows.
    pub flows: usize,
    /// Their value, thousand USD.
    pub value: f64,
}

/// Flows of some products of one year, in the order of a store: by product, importer and exporter.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FlowBatch {
    /// The products, with the range of the arrays that is theirs.
    pub products: Vec<(Hs6, Range<usize>)>,
    /// Importing countries, as positions in the table of countries.
    pub importers: Vec<u16>,
    /// Exporting countries, as positions in the table of countries.
    pub exporters: Vec<u16>,
    /// Values in thousand USD.
    pub values: Vec<f64>,
    /// Quantities in tonnes, if they were asked for.
    pub quantities: Vec<Option<f64>>,
    pub(super) scratch: Scratch,
}

/// Memory that reading uses again; what is in it is of no meaning.
#[derive(Debug, Clone, Default)]
pub(super) struct Scratch {
    /// Pages as they stand in the file.
    pub(super) bytes: Vec<u8>,
    /// Countries of a page of which a part is wanted.
    pub(super) positions: Vec<u16>,
    /// Numbers of a page of which a part is wanted.
    pub(super) numbers: Vec<f64>,
    /// Whether each row of a page has a value.
    pub(super) present: Vec<bool>,
    /// Positions of the codes in a dictionary.
    pub(super) dictionary: Vec<u16>,
    /// Country codes, while they are translated.
    pub(super) codes: Vec<i32>,
}

impl PartialEq for Scratch {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl FlowBatch {
    pub(super) fn clear(&mut self) {
        self.products.clear();
        self.importers.clear();
        self.exporters.clear();
        self.values.clear();
        self.quantities.clear();
    }
}

/// Trade in all products between every two countries in one year, thousand USD, by exporter and then importer.
#[derive(Debug, Clone, PartialEq)]
pub struct Margins {
    pub(super) countries: usize,
    pub(super) values: Vec<f64>,
}

impl Margins {
    /// No trade yet.
    pub(super) fn new(countries: usize) -> Self {
        Self { countries, values: vec![0.0; countries * countries] }
    }

    pub(super) fn add(&mut self, exporter: u16, importer: u16, value: f64) {
        self.values[usize::from(exporter) * self.countries + usize::from(importer)] += value;
    }

    /// Exports of one country to another.
    pub fn between(&self, exporter: usize, importer: usize) -> f64 {
        self.values[exporter * self.countries + importer]
    }

    /// Number of countries.
    pub fn countries(&self) -> usize {
        self.countries
    }
}
