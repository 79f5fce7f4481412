//! Figures, each as SVG with the data it draws as CSV and a caption beside it; as PNG and PDF too where a printer is at hand.
//!
//! Everything is read from the tables of the run folder, so a figure shows what the files hold, and a finished run can be drawn again. Data
//! and drawing are apart: a figure is a struct of numbers that can be written as CSV and drawn. All look alike by
//! [`theme`]; text is measured with the font that comes with the program ([`font`]), so nothing is cut off or overlaps.

pub mod caption;
pub mod cluster_profiles;
pub mod cluster_trends;
pub mod coefficients;
pub mod font;
pub mod network;
pub mod network_layout;
pub mod page_slots;
pub mod request_names;
pub mod source;
pub mod specification_curve;
mod stage;
pub mod svg;
pub mod theme;
mod trend_parts;
pub mod typology_map;
mod word_cloud;
pub mod world_map;

use crate::delimited::TableError;
use crate::indicators::Column;
use crate::profile::Feature;
use crate::run::RunError;
use crate::run_folder::FolderError;

pub use crate::study::FigureSize;
pub use cluster_profiles::ClusterProfiles;
pub use cluster_trends::ClusterTrends;
pub use coefficients::CoefficientPlot;
pub use network::NetworkFigure;
pub use request_names::FigureNames;
pub use specification_curve::SpecificationCurve;
pub use stage::{FigureRequest, FigureSet, MadeFigure, check_against, columns, draw, is_output};
pub use theme::Drawn;
pub(crate) use theme::{cluster_colour, cluster_name};
pub use typology_map::TypologyMap;
pub use world_map::WorldMap;

/// Clusters that a figure shows at most: the largest ones by exports.
pub const MOST_CLUSTERS: usize = 8;

/// The figures by name, as `--figures` takes them.
pub const NAMES: [&str; 6] =
    ["network", "typology_map", "cluster_profiles", "cluster_trends", "coefficients", "specification_curve"];

/// Why figures cannot be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FigureError {
    /// The run, or a table of it.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The run folder or a Parquet file in it.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A csv table of the run.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A figure, country or year that was asked for is not there.
    #[error("there is no {what} '{asked}' in this run{}", advice(choices))]
    Unknown {
        /// `figure`, `country or group`, or `year`.
        what: &'static str,
        /// What was asked for.
        asked: String,
        /// What there is, or what is near to it.
        choices: Vec<String>,
    },
    /// A figure cannot be printed.
    #[error("figure {name}: it cannot be printed as PNG and PDF: {message}")]
    Print {
        /// The figure.
        name: String,
        /// What went wrong.
        message: String,
    },
}

fn advice(choices: &[String]) -> String {
    if choices.is_empty() { String::new() } else { format!("; there are: {}", choices.join(", ")) }
}

/// A figure on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// As PNG of 300 dots an inch.
    pub png: Vec<u8>,
    /// As PDF of one page.
    pub pdf: Vec<u8>,
}

/// Makes PNG and PDF of an SVG. The crate `monazite-print` has one; without it figures are SVG only.
pub trait FigurePrinter: Sync {
    /// Prints an SVG whose only font is [`font::FAMILY`]. The same SVG gives the same bytes.
    ///
    /// # Errors
    /// What is wrong, in words.
    fn print(&self, svg: &str) -> Result<Printed, String>;
}

/// What the values of a feature are counted in, for axes; empty if they have no unit worth saying.
pub(crate) fn unit_of(feature: &Feature) -> &'static str {
    match feature.indicator {
        Column::Exposure | Column::Hhi => "(0 to 1)",
        Column::Str => "(1: no risk)",
        Column::Pc1 => "standard deviations",
        Column::Influence => "summed STR of others",
        _ => "",
    }
}
