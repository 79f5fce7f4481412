//! `monazite explore`.

use std::path::PathBuf;

use clap::Args;

use super::values::whole;

/// A finished run, or two side by side, and where the page goes.
#[derive(Debug, Args)]
pub struct ExploreArguments {
    /// The run folder; runs/example if left out, which is made first if it is not there.
    pub run: Option<PathBuf>,

    /// A second run to look at beside the first.
    pub second: Option<PathBuf>,

    /// The port; one that is free if left out.
    #[arg(long, value_name = "N", value_parser = whole::<u16>, conflicts_with = "export")]
    pub port: Option<u16>,

    /// Open no browser; the address stands on the terminal.
    #[arg(long, conflicts_with = "export")]
    pub no_open: bool,

    /// An address without a part that nobody can guess, for bookmarks; other users of this machine can then read the run.
    #[arg(long, conflicts_with = "export")]
    pub no_token: bool,

    /// Write page and data as a folder for any file server instead.
    #[arg(long, value_name = "DIR")]
    pub export: Option<PathBuf>,

    /// Check every byte of the run against its manifest first, not only the sizes of its files.
    #[arg(long)]
    pub verify: bool,
}
