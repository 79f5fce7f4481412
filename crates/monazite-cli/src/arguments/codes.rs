//! What `monazite codes` takes.

use std::path::PathBuf;

use clap::Args;
use monazite::nomenclature::HsEdition;

use super::values::edition;

/// What to look for, and where.
#[derive(Debug, Args)]
pub struct CodesArguments {
    /// Words (cobalt; rare earth metals), the name of a critical raw material, or the beginning of a code (2846, 284690).
    #[arg(required = true, value_name = "TEXT")]
    pub text: Vec<String>,

    /// Only codes of this edition of the HS (HS92 to HS22).
    #[arg(long, value_name = "EDITION", value_parser = edition)]
    pub edition: Option<HsEdition>,

    /// Also say which of the codes a store holds: in how many years, with how many flows.
    #[arg(long, value_name = "STORE", conflicts_with = "run")]
    pub store: Option<PathBuf>,

    /// Also say which of the codes a finished run has.
    #[arg(long, value_name = "RUN")]
    pub run: Option<PathBuf>,
}
