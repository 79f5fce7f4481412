//! One file a command.

pub mod asked;
mod chain;
mod check;
mod codes;
mod compare;
mod complexity;
pub mod diversify;
pub mod event;
mod example;
#[cfg(feature = "explore")]
pub mod explore;
pub mod export;
mod import;
pub mod indices;
mod inputs;
#[cfg(feature = "map")]
mod map;
pub mod printing;
mod rank;
mod regress;
mod replicate;
mod report;
mod run;
mod shell;
mod store;
mod typology;
pub mod what_if;

use monazite::pipeline::Until;
use monazite::threads::Threads;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::terminal::Terminal;
use inputs::{load_study, study_file};
use printing::{WITHOUT_PRINTER, printer};

/// Does what was asked for, in as many threads as were asked for.
pub fn dispatch(arguments: Arguments, terminal: &Terminal) -> Result<(), Failure> {
    let threads = match arguments.threads {
        Some(count) => Threads::new(count)?,
        None => Threads::all_cores()?,
    };
    threads.run(|| command(arguments.command, terminal))
}

fn command(command: Command, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        Command::Run(study) => run::run(&study, Until::Report, terminal),
        Command::Indicators(study) => run::run(&study, Until::Indicators, terminal),
        Command::Typology(arguments) => typology::typology(&arguments, terminal),
        Command::Regress(arguments) => regress::regress(&arguments, terminal),
        Command::Report(arguments) => report::report(&arguments, terminal),
        Command::Rank(arguments) => rank::rank(&arguments, terminal),
        Command::WhatIf(arguments) => what_if::what_if(&arguments, terminal),
        Command::Diversify(arguments) => diversify::diversify(&arguments, terminal),
        Command::Event(arguments) => event::event(&arguments, terminal),
        Command::Complexity(arguments) => complexity::complexity(&arguments, terminal),
        Command::Indices(arguments) => indices::indices(&arguments, terminal),
        Command::Compare(arguments) => compare::compare(&arguments, terminal),
        #[cfg(feature = "explore")]
        Command::Explore(arguments) => explore::explore(&arguments, terminal),
        #[cfg(not(feature = "explore"))]
        Command::Explore { .. } => Err("this program was built without `explore`, which shows a run in the browser; build it with: \
             cargo build --release --features explore"
            .to_owned()
            .into()),
        Command::Export(arguments) => export::export(&arguments, terminal),
        Command::Replicate(arguments) => replicate::replicate(&arguments, terminal),
        Command::Import(import) => import::import(&import, terminal),
        Command::Store(what) => store::store(&what, terminal),
        Command::Chain(chain) => chain::chain(&chain, terminal),
        Command::Codes(arguments) => codes::codes(&arguments, terminal),
        Command::Check { study, trade } => check::check(study.as_deref(), trade.as_deref(), terminal),
        #[cfg(feature = "map")]
        Command::Map(arguments) => map::map(&arguments, terminal),
        #[cfg(not(feature = "map"))]
        Command::Map { .. } => Err("this program was built without `map`, which is the only part that uses the network; build it with: \
             cargo build --release --features map"
            .to_owned()
            .into()),
        Command::Completions { shell } => shell::completions(shell),
        Command::Man { out } => shell::man(&out, terminal),
        Command::Example(arguments) => example::example(&arguments, terminal),
    }
}
