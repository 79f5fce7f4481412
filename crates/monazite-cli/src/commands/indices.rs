//! `monazite indices`.

pub mod of_run;
mod of_trade;

use monazite::disk::place;

use crate::arguments::indices::IndicesArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Gives the indices of trade data; of a finished run it compares them.
pub fn indices(arguments: &IndicesArguments, terminal: &Terminal) -> Result<(), Failure> {
    if place::is_run(&arguments.of) {
        of_run::of_run(arguments, terminal)
    } else {
        of_run::not_of_a_run(arguments, &arguments.of)?;
        of_trade::of_trade(arguments, terminal)
    }
}
