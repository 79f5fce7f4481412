//! Figures, each as SVG with the data it draws as CSV and a caption beside it; as PNG and PDF too where a printer is at hand.
//!
//! Everything is read from the tables of the run folder, so a figure shows what the files hold, and a finished run can be drawn again. Data
//! and drawing are apart: a figure is a struct of numbers that can be written as CSV and drawn. All look alike by
//! [`theme`] and [`chart`]; text is measured with the font that comes with the program ([`font`]), so nothing is cut off or overlaps.
//!
//! # To add a figure
//!
//! 1. Write its file: a struct of its numbers with [`FigureNumbers`] (csv, drawings, captions), and an empty struct `Listed` with
//!    [`Figure`] (name, question, what it needs, how its numbers are gathered).
//! 2. Add it to [`list::FIGURES`].
//!
//! The rest follows from the list: `--figures`, the files of the run and which of them a new drawing replaces, the columns that are
//! read, what is said where the figure is absent, and [`svg()`]. Its files have their section in `docs/file-formats/run-folder.md`.

pub mod before_after;
pub mod caption;
pub mod chart;
mod chokepoint_numbers;
pub mod chokepoints;
mod chokepoints_drawing;
pub mod cluster_profiles;
mod cluster_profiles_drawing;
pub mod cluster_trends;
mod clusters_shown;
pub mod coefficients;
pub mod end_labels;
mod error;
pub mod figure;
pub mod font;
pub mod frontier;
pub mod index_correlations;
pub mod inputs;
pub mod list;
pub mod names;
pub mod network;
mod network_drawing;
pub mod network_layout;
pub mod origins;
pub mod outlines;
pub mod page_slots;
pub mod paper;
mod printer;
pub mod request_names;
pub mod shock;
mod shock_drawing;
mod shock_numbers;
#[cfg(test)]
mod small_typology;
pub mod source;
pub mod specification_curve;
mod specification_curve_drawing;
mod stage;
pub mod str_trends;
pub mod svg;
pub mod theme;
mod trend_parts;
pub mod typology_map;
mod word_cloud;
pub mod world_map;

pub use crate::study::FigureSize;
pub use cluster_profiles::ClusterProfiles;
pub use cluster_trends::ClusterTrends;
pub use clusters_shown::MOST_CLUSTERS;
pub use coefficients::CoefficientPlot;
pub use error::FigureError;
pub use figure::{Drawing, Figure, FigureNumbers, FigureTable};
pub use list::{columns, is_output, names_of_figures};
pub use network::NetworkFigure;
pub use paper::Drawn;
pub use printer::{FigurePrinter, Printed};
pub use request_names::FigureNames;
pub use specification_curve::SpecificationCurve;
pub use stage::{
    FigureRequest, FigureSelection, FigureSet, FigureTexts, MadeFigure, check_against, draw, svg, texts,
};
pub(crate) use theme::{cluster_colour, cluster_name};
pub use typology_map::TypologyMap;
pub use world_map::WorldMap;
