//! `monazite indices`.

use std::path::PathBuf;

use clap::Args;
use monazite::indices::Index;
use monazite::nomenclature::YearRange;

use super::values::{word, years_or_year};

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

    /// A year, or years such as 2019-2023; all of the data if left out.
    #[arg(long, value_name = "YEARS", value_parser = years_or_year)]
    pub years: Option<YearRange>,

    /// Only these importers, by code or name; several with commas.
    #[arg(long, value_name = "COUNTRY")]
    pub importers: Vec<String>,

    /// Which indices; all that the data allow if left out.
    #[arg(long, value_name = "INDEX", value_delimiter = ',', value_parser = word::<Index>)]
    pub compute: Vec<Index>,

    /// A csv for all rows; without it the largest importers are shown.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Replace a file that is there.
    #[arg(long, requires = "out")]
    pub replace: bool,
}
