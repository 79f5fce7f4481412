//! The shape of the code: arrows between modules and files, lengths of files and functions, whether what computes is tested, and what tests are compiled to.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod binaries;
mod build;
mod order;
mod size;
mod source_code;
mod tested;
