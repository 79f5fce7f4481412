//! Bilateral trade: the store on disk, the matrix of one product in one year, its margins.

pub mod matrix;

pub use matrix::TradeMatrix;
