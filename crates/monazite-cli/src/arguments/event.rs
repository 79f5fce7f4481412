//! `monazite event`.

use std::path::PathBuf;

use clap::Args;

use super::values::whole;

/// A finished run, a table of measures, and how before and after are compared.
#[derive(Debug, Args)]
pub struct EventArguments {
    /// The run folder; runs/example if left out.
    pub run: Option<PathBuf>,

    /// The table of measures (columns product, exporter, from, to, measure); the measures of the run if left out.
    #[arg(long, value_name = "FILE")]
    pub table: Option<PathBuf>,

    /// What is compared: imports, tonnes, unit_value, unit_value_screened, unit_value_median, export_hhi, hhi, str_mass_balance, str_full; several with
    /// commas.
    #[arg(long, value_name = "OUTCOME")]
    pub outcomes: Vec<String>,

    /// Compare products, or products of each importer: product or importer.
    #[arg(long, value_name = "UNIT")]
    pub by: Option<String>,

    /// Years before the measure that are its base.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub pre: Option<u64>,

    /// Years from the measure on that are compared with them.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub post: Option<u64>,

    /// A further window of as many years, that begins so many years after the measure; may be given again.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub later: Vec<u64>,

    /// Products that are no controls, by HS6 code; several with commas.
    #[arg(long, value_name = "HS6")]
    pub exclude: Vec<String>,

    /// Keep controls that a treated product is made of, or that are made of it.
    #[arg(long)]
    pub keep_chain: bool,

    /// Keep controls whose trade jumps where the HS was revised.
    #[arg(long)]
    pub keep_breaks: bool,

    /// In which years a product has to have the outcome: run (every year of it) or window.
    #[arg(long, value_name = "YEARS")]
    pub complete: Option<String>,

    /// Subsets of products that are taken for treated in turn, where there are more than so many.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub permutations: Option<u64>,

    /// A folder for the tables and the figure.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Replace files that are there.
    #[arg(long, requires = "out")]
    pub replace: bool,
}
