//! The value chain: a directed acyclic network of products, from input to output, with tiers.

pub mod edge_list;
pub mod network;
pub mod significance;

pub use edge_list::read_edge_list;
pub use network::{ChainError, CyclePolicy, DropReason, DroppedLink, Link, ValueChain};
