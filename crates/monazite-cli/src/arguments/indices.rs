//! `monazite indices`.

use std::path::PathBuf;

use clap::Args;
use monazite::indices::Index;
use monazite::nomenclature::YearRange;

use super::values::{from_zero, whole, word, years_or_year};

/// Trade data or a run, what is asked of them, and where it goes.
#[derive(Debug, Args)]
pub struct IndicesArguments {
    /// BACI release, another table of trade, or a store; or the folder of a finished run.
    pub of: PathBuf,

    /// World Bank Governance Indicators, for what rests on political stability.
    #[arg(long, value_name = "FILE")]
    pub governance: Option<PathBuf>,

    /// Only these products; all if left out.
    #[arg(long, value_name = "HS6", value_delimiter = ',')]
    pub products: Vec<String>,

    /// A year, or years such as 2019-2023; all of the data if left out. Of a run one year, the last if left out.
    #[arg(long, visible_alias = "year", value_name = "YEARS", value_parser = years_or_year)]
    pub years: Option<YearRange>,

    /// Only these importers, by code or name; several with commas.
    #[arg(long, value_name = "COUNTRY")]
    pub importers: Vec<String>,

    /// Which indices; all that the data allow if left out.
    #[arg(long, value_name = "INDEX", value_delimiter = ',', value_parser = word::<Index>)]
    pub compute: Vec<Index>,

    /// Of a run: imports from which on an importer of a product is compared, USD; 100,000 if left out.
    #[arg(long, value_name = "USD", value_parser = from_zero, allow_negative_numbers = true)]
    pub min_imports: Option<f64>,

    /// Of a run: the same for the importers on which indices disagree most; 20,000,000 if left out.
    #[arg(long, value_name = "USD", value_parser = from_zero, allow_negative_numbers = true)]
    pub min_case: Option<f64>,

    /// Of a run: how many importers on which two indices disagree most; three if left out.
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub cases: Option<usize>,

    /// A csv for all rows; without it the largest importers are shown. Of a run a folder for correlations.csv, disagreements.csv and indices.csv.
    #[arg(long, value_name = "PLACE")]
    pub out: Option<PathBuf>,

    /// Replace a file that is there.
    #[arg(long, requires = "out")]
    pub replace: bool,
}
