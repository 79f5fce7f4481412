//! Every command of `docs/questions.md` is run, and its answer holds what the page says.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::Path;

use crate::world::{example_run, monazite, root};

/// A command of the page and what is expected of it: a file (none for what is printed) and a text.
struct Answer {
    command: String,
    expected: Option<(Option<String>, String)>,
}

fn answers(page: &str) -> Vec<Answer> {
    let mut found: Vec<Answer> = Vec::new();
    let mut inside = false;
    for line in page.lines() {
        if line.starts_with("```") {
            inside = line == "```sh";
        } else if inside {
            found.push(Answer { command: line.to_owned(), expected: None });
        } else if let Some(rest) = line.strip_prefix("expect") {
            let (file, text) = rest.split_once(": ").unwrap();
            let file = Some(file.trim().to_owned()).filter(|f| !f.is_empty());
            found.last_mut().unwrap().expected = Some((file, text.to_owned()));
        }
    }
    found
}

/// The words of a command; what is in quotes is one.
fn words(command: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for sign in command.chars() {
        match sign {
            '"' => quoted = !quoted,
            ' ' if !quoted => words.push(String::new()),
            other => words.last_mut().unwrap().push(other),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let place = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &place)
        } else {
            let _bytes = fs::copy(entry.path(), place).unwrap();
        }
    }
}

#[test]
fn every_question_has_its_answer() {
    let page = fs::read_to_string(root().join("docs/questions.md")).unwrap();
    assert_eq!(page.matches("\n### ").count(), 31, "the questions of the page");
    let folder = tempfile::tempdir().unwrap();
    copy(example_run(), &folder.path().join("runs/example"));
    fs::write(
        folder.path().join("customs.csv"),
        "year,reporter,partner,hs6,flow,value_usd\n2019,USA,CHN,850511,M,60500\n2019,DEU,CHN,850511,M,1500\n2019,USA,DEU,850511,M,700\n",
    )
    .unwrap();
    let example = root().join("studies/example");
    let study = fs::read_to_string(example.join("study.toml")).unwrap();
    let study = study.replace("../../", &format!("{}/", root().display()));
    let study = study.replace("\"chain.csv\"", &format!("\"{}/chain.csv\"", example.display()));
    fs::write(folder.path().join("tonnes.toml"), format!("{study}\n[trade]\nmeasure = \"quantity\"\n"))
        .unwrap();
    let answers = answers(&page);
    assert!(answers.len() > 18);
    for Answer { command, expected } in answers {
        let words = words(&command);
        assert_eq!(words[0], "monazite", "{command}");
        let output = monazite().current_dir(folder.path()).args(&words[1..]).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{command}\n{out}{err}");
        let (file, text) = expected.unwrap_or_else(|| panic!("{command}: nothing is expected of it"));
        let answer = match &file {
            Some(file) => {
                let of_run = folder.path().join("runs/example").join(file);
                let place = if of_run.exists() { of_run } else { folder.path().join(file) };
                fs::read_to_string(&place).unwrap_or_else(|e| panic!("{command}: {file}: {e}"))
            }
            None => format!("{out}{err}"),
        };
        assert!(
            answer.contains(&text),
            "{command}: {file:?} holds no '{text}':\n{}",
            answer.chars().take(2000).collect::<String>()
        );
    }
}
