//! Beside STR: the indices of supply risk and dependency that others publish, one file each.
//!
//! | index | question | file |
//! |---|---|---|
//! | `export_hhi` | do many countries sell the product, or one? | [`mod@export_hhi`] |
//! | `whhi` | does the country buy from few, and are these unstable? | [`mod@weighted_hhi`] |
//! | `eu_sr`, `eu_sr_trade` | how likely is it by the EU's method that supply fails? | [`mod@eu_supply_risk`], [`mod@import_reliance`] |
//! | `geopolrisk`, `geopolrisk_trade` | is it made in few places, and how unstable are those that sell? | [`mod@geopolrisk`] |
//! | `ec_flag` | does the Commission call it a strategic dependency? | [`mod@strategic_dependency`] |
//! | `geodep` | in how many of three years do CEPII's criteria hold? | [`mod@persistent_dependency`] |
//! | `worst` | how much would be lost if the one country stopped that matters most? | [`mod@worst_stop`] |
//! | `usgs` | can supply be disrupted, does it come from abroad, and would it hurt? | [`mod@usgs_risk`] |
//!
//! [`importer_indices`] gives all of them that rest on one product in one year, [`IndexTables`] what they take from tables beside the trade. None of
//! them looks behind the suppliers, but `worst`; what each measures that STR does not is in `docs/methods/26-indices.md`.
//!
//! Rows are suppliers, columns are importers; undefined is `None`, never 0.

pub mod eu_supply_risk;
pub mod export_hhi;
pub mod geopolrisk;
pub mod import_reliance;
pub mod index;
pub mod persistent_dependency;
pub mod product_year;
pub mod side_tables;
pub mod strategic_dependency;
pub mod usgs_risk;
pub mod weighted_hhi;
pub mod worst_stop;

pub use eu_supply_risk::{Supply, SupplyRiskParts, eu_supply_risk, governed_concentration};
pub use export_hhi::{export_hhi, export_shares};
pub use geopolrisk::geopolrisk;
pub use import_reliance::import_reliance;
pub use index::{Index, TablesAtHand};
pub use persistent_dependency::{YEARS_COUNTED, is_dependent, years_dependent};
pub use product_year::{DependencyHistory, ImporterIndices, IndexInputs, importer_indices};
pub use side_tables::{FactorKey, Factors, IndexTables, ProductionByCountry};
pub use strategic_dependency::{OutsideTrade, strategic_dependency};
pub use usgs_risk::usgs_risk;
pub use weighted_hhi::weighted_hhi;
pub use worst_stop::{WorstStop, worst_stops};
