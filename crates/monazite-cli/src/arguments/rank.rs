//! `monazite rank`.

use std::path::PathBuf;

use clap::Args;
use monazite::indicators::RiskReading;

use super::values::{reading, whole};

/// A finished run, what to rank by, and as what.
#[derive(Debug, Args)]
pub struct RankArguments {
    /// The run folder.
    pub run: PathBuf,

    /// What to rank by: str, str_mass_balance, exposure, hhi, influence, rca, pc1, imports, pv, ..., or share (of --supplier in imports).
    #[arg(long, value_name = "INDICATOR")]
    pub by: String,

    /// The supplier whose share is meant, by code or name.
    #[arg(long, value_name = "COUNTRY")]
    pub supplier: Option<String>,

    /// The product, or tier1 for those of a tier; all products of the chain together if left out.
    #[arg(long, value_name = "HS6")]
    pub product: Option<String>,

    /// The year; the last of the run if left out.
    #[arg(long, value_name = "YEAR", value_parser = whole::<u16>, allow_negative_numbers = true)]
    pub year: Option<u16>,

    /// How many countries; all if left out.
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub top: Option<usize>,

    /// The smallest first.
    #[arg(long)]
    pub ascending: bool,

    /// Rank countries that hardly trade too.
    #[arg(long)]
    pub all: bool,

    /// The reading of str and influence that countries are in the order of: mass_balance or str; mass_balance where the two differ by more than a
    /// tenth, if left out.
    #[arg(long, value_name = "READING", value_parser = reading)]
    pub reading: Option<RiskReading>,

    /// As what.
    #[command(flatten)]
    pub format: RankFormat,

    /// The file; the terminal if left out.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,

    /// Replace a file that is there.
    #[arg(long, requires = "out")]
    pub replace: bool,
}

/// As what a ranking is written; text in columns if left out.
#[derive(Debug, Args)]
#[group(multiple = false)]
pub struct RankFormat {
    /// LaTeX, with booktabs.
    #[arg(long)]
    pub latex: bool,

    /// Markdown.
    #[arg(long)]
    pub markdown: bool,

    /// HTML, which Word opens too.
    #[arg(long)]
    pub html: bool,

    /// csv with raw numbers.
    #[arg(long)]
    pub csv: bool,
}
