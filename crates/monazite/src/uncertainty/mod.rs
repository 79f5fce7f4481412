//! How far systemic trade risk is known, given what is known of political stability.
//!
//! The Governance Indicators give an estimate and its standard error for every country and year. Both readings of STR are computed
//! again and again with stability drawn from them; the bands are quantiles over the draws.
//!
//! | step | file |
//! |---|---|
//! | standard normal numbers by country, year and draw | [`random`], [`scores`] |
//! | political stability in every draw, ranked as the indicators rank it | [`stability_draws`] |
//! | STR in all draws at once | [`drawn_risk`] |
//! | quantiles | [`mod@quantile`] |

pub mod drawn_risk;
pub mod quantile;
pub mod random;
pub mod scores;
pub mod stability_draws;
