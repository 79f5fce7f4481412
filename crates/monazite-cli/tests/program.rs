//! The program seen from outside: one binary, so that what all tests share is compiled and linked once.

mod anywhere;
mod bad_input;
mod chain;
mod codes;
mod compare;
mod edge;
mod example;
mod export;
mod figures;
mod golden;
mod import;
mod map;
mod nothing_silent;
mod places;
mod questions;
mod regression;
mod replicate;
mod report;
mod run_format;
mod same_bytes;
mod shell;
mod side_tables;
mod stopping;
mod summaries;
mod typology;
mod world;
