//! Does dependence hold countries back? Growth of comparative advantage between two windows, regressed on baseline dependency.

mod absorb;
pub mod covariance;
pub mod distribution;
pub mod dummies;
pub mod error;
pub mod ols;
pub mod triangular;
pub mod wild_bootstrap;

pub use covariance::{ClusterCorrection, Covariance, Errors, Inference, covariance};
pub use distribution::{two_sided_p, two_sided_quantile};
pub use dummies::Factor;
pub use error::RegressionError;
pub use ols::{Column, Design, OlsFit, Term, TermKind, fit};
pub use wild_bootstrap::{WildBootstrap, WildOutcome, WildWeights, wild_bootstrap};
