//! The command line of monazite: reads arguments, calls the engine, shows what came of it.
//!
//! It is a library so that other shells can carry the same command: the program is [`run_from`] on the arguments of the process, and the
//! Python package has it too.

pub mod answers;
mod arguments;
mod commands;
pub mod example_data;
mod failure;
mod signals;
mod terminal;
mod to_type;

pub use commands::printing::printer;

use std::ffi::OsString;

use clap::Parser;

/// The commit that it was built from; `unknown` outside the source tree.
pub const COMMIT: &str = env!("MONAZITE_COMMIT");

/// Runs a command line, its first word the name of the program, and returns the exit code: 0 if all went well, 1 if something is wrong,
/// 2 for a command line that cannot be read, 128 and more after a signal.
///
/// ```
/// assert_eq!(monazite_cli::run_from(["monazite", "codes", "dysprosium"]), 0);
/// assert_eq!(monazite_cli::run_from(["monazite", "smelt"]), 2);
/// ```
pub fn run_from<I, T>(arguments: I) -> u8
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    let arguments = match arguments::Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(help_or_error) => {
            // Whoever closed the other end does not want to read it.
            let _ = help_or_error.print();
            return help_or_error.exit_code().try_into().unwrap_or(2);
        }
    };
    let command = arguments.command.name();
    let terminal = terminal::Terminal::new(arguments.quiet, arguments.json, signals::Signals::heed());
    match commands::dispatch(arguments, &terminal) {
        Ok(()) => {
            terminal.finish(command, None);
            0
        }
        Err(failure) => {
            let words = failure.in_words();
            terminal.finish(command, Some(&words));
            terminal.failed(&words);
            terminal.exit_code()
        }
    }
}
