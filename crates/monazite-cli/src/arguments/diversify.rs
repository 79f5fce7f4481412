//! `monazite diversify`.

use std::path::PathBuf;

use clap::Args;
use monazite::diversification::{CapacityOf, Objective};
use monazite::what_if::InTurn;

use super::values::{capacity, in_turn, objective, share, whole, word};

/// A finished run, who buys, and what may move.
#[derive(Debug, Args)]
pub struct DiversifyArguments {
    /// The run folder; runs/example if left out.
    pub run: Option<PathBuf>,

    /// Who buys, by code or name.
    #[arg(long, value_name = "COUNTRY", required_unless_present = "all", conflicts_with = "all")]
    pub country: Option<String>,

    /// The product.
    #[arg(long, value_name = "HS6")]
    pub product: String,

    /// The year; the last of the run if left out.
    #[arg(long, value_name = "YEAR", value_parser = whole::<u16>, allow_negative_numbers = true)]
    pub year: Option<u16>,

    /// What is made as small as possible: str (risk), hhi, largest (supplier) or worst-stop.
    #[arg(long, value_name = "WHAT", default_value = "str", value_parser = objective, conflicts_with_all = ["all", "swap"])]
    pub objective: Objective,

    /// What may move and where to.
    #[command(flatten)]
    pub limits: MoveLimits,

    /// Move a share of imports from one supplier to another, while the others make way, such as CHN:JPN:0.05.
    #[arg(long, value_name = "FROM:TO:SHARE", requires = "country")]
    pub swap: Option<String>,

    /// Everybody buys elsewhere: simultaneous or sequential.
    #[arg(long, value_name = "HOW", value_parser = in_turn, conflicts_with = "swap")]
    pub all: Option<InTurn>,

    /// A folder for csv tables: plan, moves, frontier, others.
    #[arg(long, value_name = "DIR", conflicts_with_all = ["all", "swap"])]
    pub out: Option<PathBuf>,

    /// Replace files that are there.
    #[arg(long, requires = "out")]
    pub replace: bool,
}

/// What may move and where to; what is left out is as in the study.
#[derive(Debug, Args)]
pub struct MoveLimits {
    /// The largest share of imports that moves, such as 0.1.
    #[arg(long = "move", value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub moved: Option<f64>,

    /// The share of what is bought of each supplier now that is kept.
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub keep: Option<f64>,

    /// What a supplier can sell more, as a share of its exports.
    #[arg(long, value_name = "SHARE", value_parser = capacity, allow_negative_numbers = true)]
    pub capacity: Option<f64>,

    /// Of what that is a share: what it sells to others (rest) or all_exports.
    #[arg(long, value_name = "OF", value_parser = word::<CapacityOf>)]
    pub capacity_of: Option<CapacityOf>,

    /// Suppliers that nothing moves to.
    #[arg(long, value_name = "COUNTRY")]
    pub exclude: Vec<String>,

    /// The least share of world exports of a new supplier; 0 for none.
    #[arg(long, value_name = "SHARE", value_parser = share, allow_negative_numbers = true)]
    pub min_supplier_share: Option<f64>,
}
