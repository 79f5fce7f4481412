//! The command line of monazite: reads arguments, calls the engine, shows what came of it.

mod arguments;
mod commands;
mod example_data;
mod failure;
mod signals;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let terminal = terminal::Terminal::new(arguments.quiet, signals::Signals::heed());
    match commands::dispatch(arguments, &terminal) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            terminal.failed(&failure.in_words());
            terminal.exit_code()
        }
    }
}
