#![doc = "monazite"]
pub mod nomenclature;
pub mod units;
pub mod trade;
pub mod delimited;
pub mod indicators;
pub mod value_chain;
