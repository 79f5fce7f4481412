//! The command line of monazite: reads arguments, calls the engine, shows what came of it.

mod arguments;
mod commands;
mod example_data;
mod failure;
mod signals;
mod terminal;
mod to_type;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let arguments = arguments::Arguments::parse();
    let command = arguments.command.name();
    let terminal = terminal::Terminal::new(arguments.quiet, arguments.json, signals::Signals::heed());
    match commands::dispatch(arguments, &terminal) {
        Ok(()) => {
            terminal.finish(command, None);
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let words = failure.in_words();
            terminal.finish(command, Some(&words));
            terminal.failed(&words);
            terminal.exit_code()
        }
    }
}
