//! One file a command.

mod chain;
mod check;
mod example;
mod import;
mod inputs;
#[cfg(feature = "map")]
mod map;
mod printing;
mod regress;
mod replicate;
mod report;
mod run;
mod typology;

use monazite::pipeline::Until;

use crate::arguments::{Arguments, Command};
use crate::terminal::Terminal;
use inputs::{load_study, study_file};
use printing::{WITHOUT_PRINTER, printer};

/// Does what was asked for. Errors come back as the text to show.
pub fn dispatch(arguments: Arguments) -> Result<(), String> {
    if let Some(threads) = arguments.threads {
        if threads == 0 {
            return Err("--threads must be at least 1".to_owned());
        }
        rayon::ThreadPoolBuilder::new().num_threads(threads).build_global().map_err(|e| e.to_string())?;
    }
    let terminal = Terminal::new(arguments.quiet);
    match arguments.command {
        Command::Run(study) => run::run(&study, Until::Report, &terminal),
        Command::Indicators(study) => run::run(&study, Until::Indicators, &terminal),
        Command::Typology(arguments) => typology::typology(&arguments, &terminal),
        Command::Regress(arguments) => regress::regress(&arguments, &terminal),
        Command::Report(arguments) => report::report(&arguments, &terminal),
        Command::Replicate(arguments) => replicate::replicate(&arguments, &terminal),
        Command::Import(import) => import::import(&import, &terminal),
        Command::Chain(chain) => chain::chain(&chain, &terminal),
        Command::Check { study, trade } => check::check(study.as_deref(), trade.as_deref(), &terminal),
        #[cfg(feature = "map")]
        Command::Map(arguments) => map::map(&arguments, &terminal),
        #[cfg(not(feature = "map"))]
        Command::Map { .. } => Err("this program was built without `map`, which is the only part that uses the network; build it with: \
             cargo build --release --features map"
            .to_owned()),
        Command::Example(arguments) => example::example(&arguments, &terminal),
    }
}
