//! The program seen from outside: one binary, so that what all tests share is compiled and linked once.

mod anywhere;
mod bad_input;
mod chain;
mod codes;
mod edge;
mod example;
mod export;
mod figures;
mod golden;
mod import;
mod map;
mod nothing_silent;
mod page;
mod places;
mod regression;
mod replicate;
mod report;
mod run_format;
mod same_bytes;
mod shell;
mod side_tables;
mod stopping;
mod typology;
mod world;
