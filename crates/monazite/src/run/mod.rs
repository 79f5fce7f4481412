//! A run as its readers see it: page, briefs, maps, figures and findings all rest on one [`Run`].
//!
//! A run is opened from its folder, finished or still being made. Tables are read when somebody asks for them, and once. Files that an
//! older version did not write, or that a study has no use for, are absent; nothing fails for want of them but the panel itself.

mod bands;
mod chain;
mod clusters;
mod error;
mod files;
mod flows;
mod indices;
pub mod inputs;
pub mod provenance;
mod reader;
mod shocks;
mod suppliers;
mod tables;
mod view;

pub use bands::{Band, BandOfChange, BandOfLevel, Bands, FULL, MASS_BALANCE, WORLD};
pub use chain::{ChainProduct, ChainTables};
pub use clusters::{Cluster, ClusteredProfiles, MapPoint, NamedUnit};
pub use error::RunError;
pub use flows::RunFlow;
pub use indices::{IndexedImporter, RunIndices};
pub use inputs::InputError;
pub use reader::{FEWEST_DRAWS, PlacesByCode, Run};
pub use shocks::{LossReading, LossShares, ShockLoss, ShockLosses, ShockProduct, SupplierStop};
pub use suppliers::{Dependence, MainSuppliers, OriginShare, Sales, Supply};
pub use tables::{ClusterRecord, LinkRecord, LoopRecord, ProductRecord, StabilityByYear, TrendYear};
pub use view::{RunView, chain_products, focus_products, focus_products_of, loops_of};
