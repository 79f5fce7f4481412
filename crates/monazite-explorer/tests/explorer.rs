//! The explorer seen from outside: one binary.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod client;
mod contract;
mod doors;
mod exported;
mod files;
mod questions;
mod schema;
mod web;
mod world;
