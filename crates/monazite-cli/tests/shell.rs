//! Completions, manual pages and help: made from the arguments, with every command in them and an example in every help.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;

use crate::world::monazite;

fn out_of(arguments: &[&str]) -> String {
    let output = monazite().args(arguments).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The commands that help lists.
fn commands() -> Vec<String> {
    let help = out_of(&["--help"]);
    let list = help.split("Commands:").nth(1).unwrap().split("\n\n").next().unwrap();
    // A command stands two blanks in; the rest are ends of sentences.
    let named = list.lines().filter(|l| l.starts_with("  ") && !l.starts_with("   "));
    named.filter_map(|l| l.split_whitespace().next()).filter(|c| *c != "help").map(str::to_owned).collect()
}

#[test]
fn shells_and_man_know_every_command() {
    let commands = commands();
    assert!(commands.len() > 12, "{commands:?}");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let text = out_of(&["completions", shell]);
        for command in &commands {
            assert!(text.contains(command.as_str()), "{shell}: {command}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("man1");
    out_of(&["man", "--out", out.to_str().unwrap()]);
    for command in &commands {
        let page = fs::read_to_string(out.join(format!("monazite-{command}.1"))).unwrap();
        assert!(page.contains(".SH SYNOPSIS"), "{command}");
    }
    let page = fs::read_to_string(out.join("monazite.1")).unwrap();
    assert!(page.contains("Who depends on whom") && !page.contains("202"), "no date");
}

#[test]
fn every_help_shows_an_example() {
    for command in commands() {
        let help = out_of(&[&command, "--help"]);
        assert!(
            help.contains(&format!("Examples:\n  monazite {command}")),
            "monazite {command} --help shows no example:\n{help}"
        );
    }
}
