//! Questions to a run that is open already, in the words of the command line: the same answers for whoever carries the command.
//!
//! A question is a list of words as they are typed after the name of a command and its run, such as `--without=CHN`.

use std::path::{Path, PathBuf};

use clap::Parser;
use monazite::progress::Progress;
use monazite::run::Run;

use crate::arguments::{Arguments, Command};
use crate::commands::{
    diversify as diversification, event as events, export as exports, indices as of_others, what_if as shocks,
};

pub use crate::commands::asked::{Answer, AskError, OutFile};

/// The command that words make.
fn command(run: &Run, name: &str, words: &[String]) -> Result<Command, AskError> {
    let folder = run.files().path().map_or_else(|| PathBuf::from("run"), Path::to_owned);
    let first = ["monazite", name].map(std::ffi::OsString::from).into_iter();
    // What begins with a hyphen is a name here, and no option.
    let place = [std::ffi::OsString::from("--"), folder.into_os_string()];
    let line = first.chain(words.iter().map(Into::into)).chain(place);
    match Arguments::try_parse_from(line) {
        Ok(arguments) => Ok(arguments.command),
        Err(error) => {
            let text = error.render().to_string();
            let message = text.split("\n\n").next().unwrap_or_default();
            Err(message.trim_start_matches("error: ").to_owned().into())
        }
    }
}

fn another(name: &str) -> AskError {
    format!("{name}: the words are those of another command").into()
}

/// What `monazite what-if` answers, with the files that `--out` would write.
///
/// # Errors
/// [`AskError::Asked`] if the question cannot be read or the run has no answer to it, [`AskError::Engine`] if the run is damaged or
/// `progress` asks to stop.
pub fn what_if(run: &Run, words: &[String], progress: &dyn Progress) -> Result<Answer, AskError> {
    match command(run, "what-if", words)? {
        Command::WhatIf(arguments) => shocks::answer(run, &arguments, true, progress),
        _ => Err(another("what-if")),
    }
}

/// What `monazite diversify` answers, with the files that `--out` would write.
///
/// # Errors
/// As [`what_if`].
pub fn diversify(run: &Run, words: &[String]) -> Result<Answer, AskError> {
    match command(run, "diversify", words)? {
        Command::Diversify(arguments) => diversification::answer(run, &arguments, true),
        _ => Err(another("diversify")),
    }
}

/// What `monazite event` answers, with the files that `--out` would write.
///
/// # Errors
/// As [`what_if`]; the table of measures is wrong.
pub fn event(run: &Run, words: &[String], progress: &dyn Progress) -> Result<Answer, AskError> {
    match command(run, "event", words)? {
        Command::Event(arguments) => events::answer(run, &arguments, true, progress),
        _ => Err(another("event")),
    }
}

/// What `monazite indices` answers of a run, with the files that `--out` would write.
///
/// # Errors
/// As [`what_if`].
pub fn indices(run: &Run, words: &[String]) -> Result<Answer, AskError> {
    match command(run, "indices", words)? {
        Command::Indices(arguments) => of_others::of_run::answer(run, &arguments),
        _ => Err(another("indices")),
    }
}

/// Does what `monazite export` does, `json` as with `--json`. Returns the files that it wrote, and what a reader should know.
///
/// # Errors
/// [`AskError::Export`], otherwise as [`what_if`].
pub fn export(
    run: &Run,
    words: &[String],
    json: bool,
    progress: &dyn Progress,
) -> Result<(Vec<PathBuf>, Vec<String>), AskError> {
    let Command::Export(arguments) = command(run, "export", words)? else { return Err(another("export")) };
    let (mut files, mut notes) = (Vec::new(), Vec::new());
    let mut tell = |file: Option<&Path>, line: &str| match file {
        Some(file) => files.push(file.to_owned()),
        None => notes.push(line.trim().to_owned()),
    };
    exports::write(run, &arguments, json, &mut tell, progress)?;
    Ok((files, notes))
}

/// Writes page and data of one run or two into a folder, as `monazite explore --export` does.
///
/// # Errors
/// [`AskError::Asked`] if the folder cannot be taken, otherwise whatever makes a run unreadable.
#[cfg(feature = "explore")]
pub fn explorer(folders: &[&Path], out: &Path, progress: &dyn Progress) -> Result<(), AskError> {
    use monazite_explorer::ExploreError;
    let program = crate::commands::explore::program();
    monazite_explorer::export(folders, out, false, &program, progress).map(drop).map_err(
        |error| match error {
            ExploreError::Cancelled(stopped) => monazite::pipeline::Error::from(stopped).into(),
            ExploreError::Run(error) => error.into(),
            ExploreError::Folder(error) => monazite::pipeline::Error::from(error).into(),
            ExploreError::Brief(error) => error.into(),
            ExploreError::WhatIf(error) => error.into(),
            other => other.to_string().into(),
        },
    )
}
