//! The program `monazite`.

use std::process::ExitCode;

fn main() -> ExitCode {
    monazite_cli::run_from(std::env::args_os()).into()
}
