//! One file a command.

mod chain;
mod check;
mod example;
mod import;
#[cfg(feature = "map")]
pub mod map;
mod regress;
mod replicate;
mod report;
mod run;
mod typology;

use std::path::{Path, PathBuf};

use monazite::pipeline::Until;
use monazite::report::figures::FigurePrinter;
use monazite::study::Study;
use monazite::threads::Threads;

use crate::arguments::{Arguments, Command};
use crate::failure::Failure;
use crate::terminal::Terminal;

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
        Command::Replicate(arguments) => replicate::replicate(&arguments, terminal),
        Command::Import(import) => import::import(&import, terminal),
        Command::Chain(chain) => chain::chain(&chain, terminal),
        Command::Check { study, trade } => check::check(study.as_deref(), trade.as_deref(), terminal),
        #[cfg(feature = "map")]
        Command::Map(arguments) => map::map(&arguments, terminal),
        #[cfg(not(feature = "map"))]
        Command::Map { .. } => Err("this program was built without `map`, which is the only part that uses the network; build it with: \
             cargo build --release --features map"
            .to_owned()
            .into()),
        Command::Example(arguments) => example::example(&arguments, terminal),
    }
}

/// What is said where figures cannot be printed.
const WITHOUT_PRINTER: &str =
    "              as SVG only: this program was built without `print`, which makes PNG and PDF too";

/// What prints figures as PNG and PDF; nothing in a build without `print`.
fn printer() -> Option<Box<dyn FigurePrinter>> {
    #[cfg(feature = "print")]
    return Some(Box::new(monazite_print::Printer::new()));
    #[cfg(not(feature = "print"))]
    None
}

/// The study file that was named, or the example that comes with the program.
fn study_file(named: Option<&Path>) -> Result<PathBuf, String> {
    if let Some(path) = named {
        // A folder stands for the study in it.
        return Ok(if path.is_dir() { path.join("study.toml") } else { path.to_owned() });
    }
    let example = Path::new("studies/example/study.toml");
    let in_checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(example);
    [example.to_owned(), in_checkout].into_iter().find(|path| path.exists()).ok_or_else(|| {
        "no study named, and the example study is not here (it comes with the source code). \
         Write a study of your own with: monazite example --out my-study.toml"
            .to_owned()
    })
}

/// Loads a study; `trade` takes the place of the trade data that it names.
fn load_study(file: &Path, trade: Option<&Path>) -> Result<Study, String> {
    let trade = trade.map(std::path::absolute).transpose().map_err(|e| e.to_string())?;
    let load = Study::load_with(file, |study| {
        if let Some(path) = trade {
            study.data.trade = path;
        }
    });
    load.map_err(|e| e.to_string())
}
