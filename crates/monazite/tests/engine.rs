//! The engine from outside: one binary, so that what all tests share is compiled and linked once.

mod comparison;
mod documentation;
mod export;
mod extent;
mod flows;
mod foreign_tables;
mod foreign_written;
mod fuzz;
mod governance_exports;
mod governance_layouts;
mod in_memory;
mod link_reference;
mod mass_balance;
mod measures;
mod own_trade;
mod own_trade_doubts;
mod own_trade_folders;
mod own_trade_lines;
mod planted_economy;
mod planted_worlds;
mod properties;
mod regression_oracles;
mod regression_panel;
mod regression_remarks;
mod run_view;
mod shock_chains;
mod shock_reference;
mod shock_shipped;
mod shocks;
mod stopping;
mod store;
#[path = "study_keys/main.rs"]
mod study_keys;
mod uncertainty;
mod value_chain;
