//! What a finished run or chain is, for those who asked for it.

use std::path::PathBuf;

use crate::run_folder::Manifest;
use crate::value_chain::built::BuiltChain;

/// A finished run.
#[derive(Debug)]
pub struct RunSummary {
    /// Where it is.
    pub folder: PathBuf,
    /// What was run.
    pub manifest: Manifest,
    /// The page, if there is one.
    pub report: Option<PathBuf>,
    /// The main finding in a line, where all of the run was made; see [`crate::run::Run::main_finding`].
    pub finding: Option<String>,
}

/// A value chain in a folder of its own.
#[derive(Debug)]
pub struct ChainSummary {
    /// The folder.
    pub folder: PathBuf,
    /// The chain, and how it came about.
    pub built: BuiltChain,
}
