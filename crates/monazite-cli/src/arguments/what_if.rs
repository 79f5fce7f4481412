//! `monazite what-if`.

use std::path::PathBuf;

use clap::Args;
use monazite::study::{ProductionKind, RationingRule};

use super::values::{capacity, from_zero, share, whole, word};

/// A finished run, and what happens in it.
#[derive(Debug, Args)]
pub struct WhatIfArguments {
    /// The run folder; runs/example if left out.
    pub run: Option<PathBuf>,

    /// Who stops, by code or name, several with commas; without it the scenarios of the study, or else whose stop would cost most.
    #[arg(long, value_name = "COUNTRY")]
    pub without: Vec<String>,

    /// What they stop, or whose suppliers are scanned; those in focus if left out.
    #[arg(long, value_name = "HS6", value_delimiter = ',')]
    pub product: Vec<String>,

    /// The share of exports that is cut; all of it (1) if left out.
    #[arg(long, value_name = "SHARE", requires = "without", value_parser = share, allow_negative_numbers = true)]
    pub cut: Option<f64>,

    /// Only exports to these countries.
    #[arg(long, value_name = "COUNTRY", requires = "without")]
    pub to: Vec<String>,

    /// The share of production that is lost, at home and for export; alone it cuts no exports beside.
    #[arg(long, value_name = "SHARE", requires = "without", value_parser = share, allow_negative_numbers = true)]
    pub production_loss: Option<f64>,

    /// The year whose trade is hit; that of the study, or the last of the run, if left out.
    #[arg(long, value_name = "YEAR", value_parser = whole::<u16>, allow_negative_numbers = true)]
    pub year: Option<u16>,

    /// An event of the past as a scenario.
    #[arg(long, value_name = "NAME", conflicts_with_all = ["without", "product"])]
    pub event: Option<String>,

    /// List the events of the past, with sources.
    #[arg(long, conflicts_with_all = ["event", "without", "product"])]
    pub events: bool,

    /// Which N suppliers of the product together would cost most.
    #[arg(long, value_name = "N", conflicts_with_all = ["without", "event", "events"], value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub worst: Option<usize>,

    /// How many suppliers are listed where they are scanned.
    #[arg(long, value_name = "N", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub top: Option<usize>,

    /// How losses pass on and who fills them.
    #[command(flatten)]
    pub how: ShockOptions,

    /// A folder for a page of the scenario to hand on, csv tables (losses, products, suppliers), and the scenario as rows of a study.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Replace files that are there.
    #[arg(long, requires = "out")]
    pub replace: bool,
}

/// How losses pass on and who fills them; what is left out is as in the study.
#[derive(Debug, Args)]
pub struct ShockOptions {
    /// What suppliers that are not hit can sell more, as a share of their exports.
    #[arg(long, value_name = "SHARE", value_parser = capacity, allow_negative_numbers = true)]
    pub capacity: Option<f64>,

    /// Who gets it: everybody alike (pool), present customers (incumbent), or those of --priority first (priority).
    #[arg(long, value_name = "RULE", value_parser = word::<RationingRule>)]
    pub rationing: Option<RationingRule>,

    /// Importers that are served first, in order.
    #[arg(long, value_name = "COUNTRY")]
    pub priority: Vec<String>,

    /// Suppliers that cannot replace others, as of another quality.
    #[arg(long, value_name = "COUNTRY")]
    pub exclude: Vec<String>,

    /// Production without all of its inputs: linear, leontief, or power, in between.
    #[arg(long, value_name = "KIND", value_parser = word::<ProductionKind>)]
    pub production: Option<ProductionKind>,

    /// The exponent of --production power, 1 and above.
    #[arg(long, value_name = "NUMBER", value_parser = from_zero, allow_negative_numbers = true)]
    pub power: Option<f64>,

    /// Table of links (input, output, essential, share).
    #[arg(long, value_name = "FILE")]
    pub links: Option<PathBuf>,

    /// Table of stocks (product, iso3, share of a year's use).
    #[arg(long, value_name = "FILE")]
    pub stocks: Option<PathBuf>,

    /// Table of capacities by supplier (product, iso3, capacity).
    #[arg(long, value_name = "FILE")]
    pub capacities: Option<PathBuf>,
}
