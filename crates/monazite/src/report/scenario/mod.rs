//! The page of a scenario: what stops, who loses how much under each reading, and what that touches down the chain, as one file for people.
//!
//! | question | file |
//! |---|---|
//! | what is left out? | [`mod@left_out`], one sentence, less what the scenario does hold |
//! | what is it, and what does it come to? | [`mod@sentences`] |
//! | who loses how much? | `losers` |
//! | and down the chain? | `down_the_chain` |
//! | the page | [`mod@page`] |
//! | its place in a run | [`mod@files`] |
//!
//! The page is complete in itself: it needs no network, no script and no other file, and prints on two or three sheets of A4.

mod down_the_chain;
pub mod files;
pub mod left_out;
mod losers;
mod numbers;
pub mod page;
pub mod sentences;
mod shown;

pub use files::write_scenarios;
pub use left_out::left_out;
pub use page::scenario_page;
