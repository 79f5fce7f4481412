//! The value chain: a directed acyclic network of products, from input to output, with tiers.
//!
//! Sources propose links ([`sources`]): hand-written edge lists, the votes of a language model's runs ([`candidates`]),
//! published networks ([`published`]). Trade is asked whether it bears them out ([`significance`]). Votes, test and experts
//! ([`overrides`]) decide which are kept ([`evidence`]), and what is kept is made acyclic and given tiers ([`network`], [`tier`]).

pub mod built;
pub mod calibrate;
pub mod candidates;
pub mod compare;
mod compare_left_out;
mod cycles;
pub mod edge_list;
mod error;
pub mod evidence;
mod link;
pub mod network;
mod network_columns;
pub mod overrides;
pub mod product_codes;
pub mod published;
pub mod significance;
pub mod sources;
pub mod tier;
pub mod votes;

pub use edge_list::read_edge_list;
pub use error::ChainError;
pub use link::Link;
pub use network::{CyclePolicy, DropReason, DroppedLink, ValueChain};
pub use tier::{reachable, tiers_from};
