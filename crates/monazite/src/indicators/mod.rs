//! The dependency indicators, one file each: parameters, documented result, pure function, tests.
//!
//! | indicator | question | file |
//! |---|---|---|
//! | exposure | buyer or seller? | [`mod@exposure`] |
//! | HHI | from many or from one? | [`concentration`] |
//! | STR | how unstable are the chains behind the imports? | [`systemic_risk`] |
//! | import content | how much of what it sells can be what it bought? | [`mod@import_content`] |
//! | mass-balanced STR | the same, if nobody passes on more than that | [`content_risk`], [`mod@mass_balance`] |
//! | influence | whose instability do others carry? | [`mod@influence`] |
//! | sensitivities | what if a supplier changes, or a share? | [`sensitivity`] |
//! | decomposition | did the network change, or stability? | [`decomposition`] |
//! | RCA | better at this than at selling in general? | [`mod@comparative_advantage`] |
//! | input products | what goes into what the country is good at? | [`mod@input_products`] |
//! | composite | the first three in one number | [`composite`] |
//! | dependencies | whose instability stands behind whose risk? | [`dependency`] |
//! | origins, crossings | whose goods are they in the end, and how many borders have they crossed? | [`origin`] |
//! | main suppliers | who sells most? | [`main_suppliers`] |
//! | largest supplier share | how much comes from one country? | [`mod@largest_supplier_share`] |
//! | mean over importers | what is the average dollar exposed to, and why did it change? | [`import_weights`] |
//! | trickles | does a negligible import close a loop? | [`trickle`] |
//! | summary, breaks, unit values | what to know before reading | [`trade_summary`], [`series_breaks`], [`unit_values`] |
//!
//! [`product_year()`] gives all of them that rest on one product in one year.
//!
//! [`Column`] is the table of all columns: name, label, unit, range, definition.
//!
//! Rows are suppliers, columns are importers, everywhere. Undefined is `None`, never 0.

pub mod column;
pub mod comparative_advantage;
pub mod composite;
pub mod concentration;
pub mod content_risk;
pub mod decomposition;
pub mod dependency;
pub mod exposure;
pub mod extract;
pub mod import_content;
pub mod import_weights;
pub mod influence;
pub mod input_products;
pub mod largest_supplier_share;
pub mod leontief;
pub mod main_suppliers;
pub mod mass_balance;
pub(crate) mod median;
pub mod origin;
pub mod product_year;
pub mod risk_reading;
pub mod sensitivity;
pub mod series_breaks;
pub mod systemic_risk;
pub mod trade_summary;
pub mod trickle;
pub mod unit_values;
pub mod wanted;

pub use column::{Column, OfGroups, OverProducts, Series};
pub use comparative_advantage::{comparative_advantage, symmetric_comparative_advantage};
pub use concentration::{herfindahl, herfindahl_normalised};
pub use exposure::exposure;
pub use import_content::{ContentSources, ImportContent, import_content};
pub use influence::{InfluenceMeasure, influence};
pub use input_products::input_products;
pub use leontief::{Factored, Leontief, Singular};
pub use product_year::{ProductYear, ProductYearError, ProductYearOptions, Workspace, product_year};
pub use risk_reading::RiskReading;
pub use systemic_risk::{RiskParameters, SystemicRisk, systemic_trade_risk};
pub use wanted::Wanted;
