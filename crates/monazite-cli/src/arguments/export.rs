//! `monazite export`.

use std::path::PathBuf;

use clap::Args;
use monazite::nomenclature::YearRange;

use super::values::years_or_year;

/// As what tables are written; `--json` alone is JSON, a file a table.
#[derive(Debug, Args)]
#[group(id = "format", multiple = false)]
pub struct ExportFormat {
    /// One Excel workbook: a sheet a table, with definitions and where the numbers come from.
    #[cfg(feature = "xlsx")]
    #[arg(long)]
    pub xlsx: bool,

    /// csv: a file a table.
    #[arg(long)]
    pub csv: bool,

    /// Stata (14 and later): a file a table.
    #[arg(long)]
    pub dta: bool,
}

/// A finished run, which of its tables, and as what.
#[derive(Debug, Args)]
pub struct ExportArguments {
    /// The run folder.
    pub run: PathBuf,

    /// As what.
    #[command(flatten)]
    pub format: ExportFormat,

    /// Tables by name, such as indicators, shares (all suppliers of all importers), trends, groups, chain/edges; "all" for every table;
    /// the usual ones if left out.
    #[arg(long, value_name = "TABLE", value_delimiter = ',')]
    pub table: Vec<String>,

    /// Only these countries, by code or name.
    #[arg(long, value_name = "COUNTRY")]
    pub country: Vec<String>,

    /// Only what these countries sell, in tables of suppliers.
    #[arg(long, value_name = "COUNTRY")]
    pub supplier: Vec<String>,

    /// Only these products, by code or the beginning of one.
    #[arg(long, value_name = "HS", value_delimiter = ',')]
    pub product: Vec<String>,

    /// Only these years, such as 2023 or 2019-2023.
    #[arg(long, value_name = "YEARS", value_delimiter = ',', value_parser = years_or_year)]
    pub year: Vec<YearRange>,

    /// Only these columns, in this order.
    #[arg(long, value_name = "COLUMN", value_delimiter = ',')]
    pub columns: Vec<String>,

    /// The file, or the folder where there are several tables; named after the run or table and put here if left out.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,

    /// Replace a file that is there.
    #[arg(long)]
    pub replace: bool,

    /// List the tables of the run, and write nothing.
    #[arg(long, conflicts_with = "format")]
    pub list: bool,
}
