//! How far systemic trade risk is known, given what is known of political stability.
//!
//! The Governance Indicators give an estimate and its standard error for every country and year. Both readings of STR are computed
//! again and again with stability drawn from them; the bands are quantiles over the draws. They say how far STR is known given what
//! it measures, not whether it measures the right thing.
//!
//! | step | file |
//! |---|---|
//! | standard normal numbers by country, year and draw | [`random`], [`scores`] |
//! | political stability in every draw, ranked as the indicators rank it | [`stability_draws`] |
//! | STR in all draws at once | [`drawn_risk`] |
//! | quantiles | [`mod@quantile`] |
//! | levels, ranks, means and changes of a product | [`product`], [`parts`] |
//! | noise of flows, on request | [`drawn_trade`] |
//! | all products of a study, and their tables | [`stage`] |

pub mod drawn_risk;
pub mod drawn_trade;
mod encode;
mod of_trade;
pub mod parts;
pub mod product;
pub mod quantile;
pub mod random;
pub mod scores;
pub mod setting;
pub mod stability_draws;
pub mod stage;

pub use encode::name_of;
pub use of_trade::{Draws, draws};
pub use stage::{BandSummary, check, compute_bands, is_output};
