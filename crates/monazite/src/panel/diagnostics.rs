//! What a reader should know about each product-year.

use crate::indicators::ProductYear;

pub use crate::indicators::series_breaks::{Break, find_breaks};

/// What to know about one product-year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductYearRecord {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Number of flows in the matrix.
    pub flows: usize,
    /// World trade in the matrix (thousand USD, or tonnes by quantity).
    pub trade: f64,
    /// Countries that import.
    pub importers: usize,
    /// Countries that export.
    pub exporters: usize,
    /// Share of import value whose supplier imports nothing itself: chains end there. If this share moves over the
    /// years, STR moves with it without any change in risk.
    pub ending_share: Option<f64>,
    /// Share of import value from suppliers whose stability is imputed.
    pub imputed_share: Option<f64>,
    /// Share of the influence between other countries that passes through the entrepots; focus products only.
    pub through_hubs: Option<f64>,
    /// Mean number of borders that goods have crossed when they reach whoever keeps them.
    pub crossings: Option<f64>,
    /// Imports in the unit of the matrix that have an origin, and those of them whose origin is too small for the list of origins.
    pub origins: [f64; 2],
    /// Importers whose goods go round, so that they have no origin.
    pub without_origin: usize,
    /// Share of the value that has a plausible quantity; by quantity only.
    pub quantity_coverage: Option<f64>,
    /// Value of trade that is left undefined since too little of it has a quantity, thousand USD; by quantity only.
    pub without_quantities: f64,
    /// Value of trade within merged groups, taken out, thousand USD.
    pub within_groups: f64,
    /// Value of trade of suppliers without stability, taken out, thousand USD.
    pub without_stability: f64,
    /// Value of trade outside the balanced set of countries, taken out, thousand USD.
    pub outside_country_set: f64,
    /// Value of imports that are a trickle beside the exports of their country, taken out, thousand USD.
    pub trickles: f64,
    /// Value of re-exports traced to their origin, thousand USD.
    pub traced: f64,
    /// Countries whose instability had to be clamped because the network was singular.
    pub clamped: Vec<u16>,
    /// The same for the mass-balanced network.
    pub clamped_mass_balance: Vec<u16>,
}

impl ProductYearRecord {
    /// Takes over what the indicators of the product-year say of it.
    pub(super) fn fill(&mut self, indicators: &ProductYear) {
        let summary = &indicators.summary;
        self.flows = summary.flows;
        self.trade = summary.trade;
        self.importers = summary.importers;
        self.exporters = summary.exporters;
        self.ending_share = summary.ending_share;
        self.imputed_share = summary.imputed_share;
        self.through_hubs = indicators.through_hubs;
        self.crossings = indicators.crossings;
        let origins = &indicators.origins;
        self.origins =
            [origins.rows.iter().fold(origins.left_out, |sum, row| sum + row.value), origins.left_out];
        self.without_origin = origins.undefined.len();
        let places = |clamped: &[usize]| clamped.iter().map(|&c| c as u16).collect();
        self.clamped = places(&indicators.risk.clamped);
        self.clamped_mass_balance = places(&indicators.mass_balance.clamped);
    }
}
