//! The study file: one TOML that says everything a run depends on.
//!
//! Every parameter has a default and one place where it is defined ([`sections`]). A file is checked when it is
//! loaded, and all its problems are named at once, each with its line.

mod check;
mod checked;
mod columns;
mod error;
pub mod event_section;
mod fields;
pub mod figure_section;
mod files;
mod groups;
pub mod index_section;
mod likeness;
pub mod mapping;
pub mod parameter;
mod reading;
pub mod regression_section;
pub mod sections;
pub mod shock_sections;
mod stages;
mod text;
pub mod typology_sections;
pub mod uncertainty_section;
mod values;
mod whole;

pub use error::{Problem, StudyError};
pub use event_section::{CompleteIn, EventOutcome, EventSection, UnitOfComparison};
pub use fields::{Fields, ParameterInfo};
pub use figure_section::{FigureSection, FigureSize};
pub use files::DataFrom;
pub use index_section::IndexSection;
pub use likeness::Difference;
pub use mapping::MappingSection;
pub use parameter::{Groups, ProductSelection};
pub use regression_section::RegressionSection;
pub use sections::{
    ChainSection, CountrySet, Coverage, DataSection, IndicatorSection, OutputSection, RcaUniverse,
    StabilitySection, StudySection, TestUse, TradeMeasure, TradeSection,
};
pub use shock_sections::{
    DiversificationSection, MOST_CAPACITY, ProductionKind, RationingRule, ScenarioRows, ShockSection,
    too_much,
};
pub use typology_sections::{GroupSection, ProfileSection, TypologySection};
pub use uncertainty_section::{BandProducts, UncertaintySection};
pub use whole::Study;
