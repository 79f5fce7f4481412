//! The command line of monazite: reads arguments, calls the engine, shows what came of it.

mod arguments;
mod commands;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    match commands::dispatch(arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            terminal::error(&message);
            ExitCode::FAILURE
        }
    }
}
