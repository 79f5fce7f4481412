//! The explorer seen from outside: one binary.

mod client;
mod contract;
mod doors;
mod exported;
mod files;
mod questions;
mod schema;
mod web;
mod world;
