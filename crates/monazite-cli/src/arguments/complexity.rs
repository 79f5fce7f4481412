//! `monazite complexity`.

use std::path::PathBuf;

use clap::Args;
use monazite::complexity::files::LEAST_PROXIMITY;
use monazite::nomenclature::YearRange;

use super::values::{from_zero, number, share, whole, years_or_year};

/// Trade data, what is compared, and where it goes.
#[derive(Debug, Args)]
pub struct ComplexityArguments {
    /// BACI release, another table of trade, or a store: all products.
    pub trade: PathBuf,

    /// The year; the last of the data if neither this nor --years is given.
    #[arg(long, value_name = "YEAR", value_parser = whole::<u16>, allow_negative_numbers = true)]
    pub year: Option<u16>,

    /// Years whose mean exports are taken, such as 2021-2023: steadier than one.
    #[arg(long, value_name = "YEARS", value_parser = years_or_year, conflicts_with = "year")]
    pub years: Option<YearRange>,

    /// A table of inhabitants (columns year, iso3, population), by which small countries are left out.
    #[arg(long, value_name = "FILE")]
    pub population: Option<PathBuf>,

    /// A table of total exports (columns year, iso3, exports in thousand USD) for --min-exports; without it the exports of the data.
    #[arg(long, value_name = "FILE")]
    pub exports: Option<PathBuf>,

    /// Inhabitants that a country has to have, where --population is given.
    #[arg(long, value_name = "N", default_value_t = 1e6, value_parser = from_zero, requires = "population", allow_negative_numbers = true)]
    pub min_population: f64,

    /// Exports that a country has to have, USD a year, mean of the last year and the two before.
    #[arg(long, value_name = "USD", default_value_t = 1e9, value_parser = from_zero, allow_negative_numbers = true)]
    pub min_exports: f64,

    /// Countries that are left out, by code or name; several with commas.
    #[arg(long, value_name = "COUNTRY")]
    pub exclude: Vec<String>,

    /// RCA from which on a country counts as an exporter of a product.
    #[arg(long, value_name = "RCA", default_value_t = 1.0, value_parser = number, allow_negative_numbers = true)]
    pub threshold: f64,

    /// RCA has to be above the threshold, not only at it.
    #[arg(long)]
    pub strict: bool,

    /// Leave a product out of what is near to itself (as economic-complexity does; ecomplexity counts it).
    #[arg(long)]
    pub without_itself: bool,

    /// Go on with fewer than 1,000 products, or with an extract of the trade of the world.
    #[arg(long)]
    pub force: bool,

    /// A country to say more of, by code or name.
    #[arg(long, value_name = "COUNTRY")]
    pub country: Option<String>,

    /// A new folder for the tables: eci.csv, pci.csv, density.parquet, proximity.parquet, dropped.csv, about.txt.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Proximity from which on pairs of products are written.
    #[arg(long, value_name = "SHARE", default_value_t = LEAST_PROXIMITY, value_parser = share, requires = "out", allow_negative_numbers = true)]
    pub min_proximity: f64,
}
