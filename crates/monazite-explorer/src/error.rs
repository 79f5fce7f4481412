//! Why a run cannot be explored.

use std::path::PathBuf;

use monazite::progress::Cancelled;
use monazite::report::brief::BriefError;
use monazite::run::RunError;
use monazite::run_folder::FolderError;
use monazite::threads::ThreadsError;
use monazite::what_if::WhatIfError;

/// Why a run cannot be explored.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExploreError {
    /// The run cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A file of the run is not as its manifest lists it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A table of the run is damaged.
    #[error(transparent)]
    Brief(#[from] BriefError),
    /// What-if questions cannot be answered.
    #[error(transparent)]
    WhatIf(#[from] WhatIfError),
    /// No threads.
    #[error(transparent)]
    Threads(#[from] ThreadsError),
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
    /// Another program listens there.
    #[error(
        "port {port} is in use by another program; name another with --port, or leave it out and one that is free is taken"
    )]
    PortInUse {
        /// The port.
        port: u16,
    },
    /// The system does not let the program listen.
    #[error(
        "cannot listen on 127.0.0.1, port {port}: {source}; name another port with --port, or write a folder with --export DIR"
    )]
    Listen {
        /// The port; 0 for any.
        port: u16,
        /// What the system says.
        source: std::io::Error,
    },
    /// The server stopped.
    #[error("the server stopped: {0}; start it again")]
    Server(std::io::Error),
    /// The folder of an export is taken.
    #[error("{why}; name a folder that is not there yet or is empty")]
    Taken {
        /// Which folder, and by what.
        why: String,
    },
    /// Two runs are to lie side by side, and one is named twice.
    #[error("{} is named twice; name another run beside it, or leave the second out", folder.display())]
    Twice {
        /// The folder.
        folder: PathBuf,
    },
}
