//! `monazite completions` and `monazite man`: what shells and `man` know of the program, made from the arguments themselves.

use std::fs;
use std::io;
use std::path::Path;

use clap::CommandFactory;
use clap_complete::Shell;
use monazite::disk;

use crate::arguments::Arguments;
use crate::failure::Failure;
use crate::terminal::{FILES, Terminal, counted};

/// Writes the completions of a shell to standard output.
pub fn completions(shell: Shell) -> Result<(), Failure> {
    clap_complete::generate(shell, &mut Arguments::command(), "monazite", &mut io::stdout());
    Ok(())
}

/// Writes the manual pages into a folder.
pub fn man(out: &Path, terminal: &Terminal) -> Result<(), Failure> {
    let failed = |path: &Path, e: &io::Error| format!("{}: cannot be written: {e}", path.display());
    disk::place::refuse_taken(out, None).map_err(|e| e.to_string())?;
    fs::create_dir_all(out).map_err(|e| failed(out, &e))?;
    let mut written = 0;
    let mut root = Arguments::command().disable_help_subcommand(true);
    root.build();
    let mut waiting = vec![("monazite".to_owned(), root)];
    while let Some((name, command)) = waiting.pop() {
        for below in command.get_subcommands().filter(|c| !c.is_hide_set()) {
            waiting.push((format!("{name}-{}", below.get_name()), below.clone()));
        }
        let path = out.join(format!("{name}.1"));
        let mut page = Vec::new();
        // A page without a date: the same program writes the same bytes.
        clap_mangen::Man::new(command)
            .title(name.to_uppercase())
            .render(&mut page)
            .map_err(|e| failed(&path, &e))?;
        disk::write(&path, &page).map_err(|e| failed(&path, &e))?;
        written += 1;
    }
    terminal.line(&format!("  {}  {}", counted(written, FILES), out.display()));
    Ok(())
}
