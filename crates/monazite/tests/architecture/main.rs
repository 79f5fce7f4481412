//! The shape of the code: arrows between modules and files, lengths of files and functions, and whether what computes is tested.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod build;
mod order;
mod size;
mod source_code;
mod tested;
