//! The prompts: plain text files that a user can read and edit.

use std::collections::BTreeMap;
use std::path::Path;

use monazite::delimited::Table;
use monazite::disk;
use monazite::study::mapping::AnswerForm;
use serde::Serialize;

use crate::MappingError;

/// A prompt file that comes with the program: its name and its text.
#[derive(Debug, Clone, Copy)]
pub struct ShippedPrompt {
    /// Name of the file.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// All prompt files that come with the program.
pub const SHIPPED: [ShippedPrompt; 8] = [
    ShippedPrompt { name: "system.txt", text: include_str!("../prompts/system.txt") },
    ShippedPrompt { name: "uses.txt", text: include_str!("../prompts/uses.txt") },
    ShippedPrompt { name: "inputs.txt", text: include_str!("../prompts/inputs.txt") },
    ShippedPrompt { name: "confirm.txt", text: include_str!("../prompts/confirm.txt") },
    ShippedPrompt { name: "code_and_text.txt", text: include_str!("../prompts/code_and_text.txt") },
    ShippedPrompt { name: "text.txt", text: include_str!("../prompts/text.txt") },
    ShippedPrompt { name: "repair.txt", text: include_str!("../prompts/repair.txt") },
    ShippedPrompt { name: "controls.csv", text: include_str!("../prompts/controls.csv") },
];

/// A file of prompts as it was used.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PromptRecord {
    /// Name of the file.
    pub name: String,
    /// SHA-256 of what is said, without the notes of the file.
    pub sha256: String,
    /// `program` if it came with the program, `study` if it is the user's.
    pub from: String,
    /// Number of wordings, or of control pairs.
    pub entries: usize,
}

/// A pair of goods whose answer is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlPair {
    /// Text of the possible input.
    pub input: String,
    /// Text of the possible output.
    pub output: String,
    /// Whether the first is an input of the second.
    pub holds: bool,
}

/// The wordings of one question, with placeholders such as `{product}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wordings(Vec<String>);

impl Wordings {
    /// The wording of a run, counted from 1: the runs take the wordings in turn.
    pub fn of_run(&self, run: u64) -> &str {
        &self.0[(run.max(1) - 1) as usize % self.0.len()]
    }
}

/// Everything that is said to a model, and the control pairs.
#[derive(Debug, Clone)]
pub struct Prompts {
    /// Who answers.
    pub system: Wordings,
    /// What a product goes into.
    pub uses: Wordings,
    /// What goes into a product.
    pub inputs: Wordings,
    /// Whether one product is an input of another.
    pub confirm: Wordings,
    /// How goods are to be named, with codes.
    pub code_and_text: Wordings,
    /// How goods are to be named, without codes.
    pub text: Wordings,
    /// What is said after an answer that is not the JSON that was asked for.
    pub repair: Wordings,
    /// Pairs whose answer is known.
    pub controls: Vec<ControlPair>,
    /// The files, with their hashes.
    pub records: Vec<PromptRecord>,
}

impl Prompts {
    /// Reads the prompts of a folder; a file that is not there is the one that comes with the program.
    ///
    /// # Errors
    /// [`MappingError::Prompt`] for an unknown placeholder, a required one that is missing, a file without text;
    /// [`MappingError::Table`] for a control list that cannot be understood; [`MappingError::Io`].
    pub fn load(folder: Option<&Path>) -> Result<Self, MappingError> {
        if let Some(folder) = folder
            && !folder.is_dir()
        {
            return Err(MappingError::Prompt {
                file: folder.display().to_string(),
                line: None,
                message: "there is no such folder (mapping.prompts)".to_owned(),
            });
        }
        let mut records = Vec::new();
        let mut wordings = |name: &str, known: &[&str], required: &[&str]| {
            let (file, text, from) = source(folder, name)?;
            let list = split(&text, &file, known, required)?;
            records.push(record(name, &list, from));
            Ok::<_, MappingError>(Wordings(list))
        };
        let about = ["product", "code", "edition", "form", "count"];
        let pair = ["input", "output", "input_code", "output_code"];
        let system = wordings("system.txt", &[], &[])?;
        let uses = wordings("uses.txt", &about, &["product"])?;
        let inputs = wordings("inputs.txt", &about, &["product"])?;
        let confirm = wordings("confirm.txt", &pair, &["input", "output"])?;
        let code_and_text = wordings("code_and_text.txt", &["count", "edition"], &[])?;
        let text_alone = wordings("text.txt", &["count", "edition"], &[])?;
        let repair = wordings("repair.txt", &["problem"], &[])?;
        let (file, text, from) = source(folder, "controls.csv")?;
        let controls = read_controls(&text, &file)?;
        let lines: Vec<String> =
            controls.iter().map(|pair| format!("{}\t{}\t{}", pair.input, pair.output, pair.holds)).collect();
        records.push(record("controls.csv", &lines, from));
        Ok(Self { system, uses, inputs, confirm, code_and_text, text: text_alone, repair, controls, records })
    }

    /// How goods are to be named in answers of a form.
    pub fn form(&self, answer: AnswerForm) -> &Wordings {
        match answer {
            AnswerForm::CodeAndText => &self.code_and_text,
            AnswerForm::Text => &self.text,
        }
    }

    /// Hashes of the files that make up the questions of a form of answer, by name. `repair.txt` is none of them: it changes no question
    /// but the one that follows an answer that could not be used.
    pub fn hashes(&self, answer: AnswerForm) -> BTreeMap<String, String> {
        let (form, other) = match answer {
            AnswerForm::CodeAndText => ("code_and_text.txt", "text.txt"),
            AnswerForm::Text => ("text.txt", "code_and_text.txt"),
        };
        let formed = self.uses.0.iter().chain(&self.inputs.0).any(|wording| wording.contains("{form}"));
        let said = |name: &str| name != "repair.txt" && name != other && (formed || name != form);
        let of_questions = self.records.iter().filter(|record| said(&record.name));
        of_questions.map(|record| (record.name.clone(), record.sha256.clone())).collect()
    }
}

/// Writes the prompts that come with the program into a folder, to be edited. Files that are there stay.
///
/// # Errors
/// [`MappingError::Io`], also if one of the files is there already.
pub fn write_shipped(folder: &Path) -> Result<(), MappingError> {
    std::fs::create_dir_all(folder).map_err(|e| MappingError::io(folder, "cannot be created", e))?;
    for prompt in SHIPPED {
        let path = folder.join(prompt.name);
        let mut file =
            std::fs::File::create_new(&path).map_err(|e| MappingError::io(&path, "cannot be created", e))?;
        std::io::Write::write_all(&mut file, prompt.text.as_bytes())
            .map_err(|e| MappingError::io(&path, "cannot be written", e))?;
    }
    Ok(())
}

/// Puts values into a wording. Values are not looked at again, so that a brace in a product's text stays a brace.
pub fn render(wording: &str, values: &BTreeMap<&str, &str>) -> String {
    let mut text = String::with_capacity(wording.len() + 200);
    let mut rest = wording;
    while let Some(found) = placeholder(rest) {
        text.push_str(&rest[..found.start]);
        text.push_str(values.get(found.name).copied().unwrap_or_default());
        rest = &rest[found.end..];
    }
    text.push_str(rest);
    text
}

struct Placeholder<'a> {
    name: &'a str,
    start: usize,
    end: usize,
}

/// The first `{name}` of a text, name being small letters and underscores.
fn placeholder(text: &str) -> Option<Placeholder<'_>> {
    let mut from = 0;
    while let Some(open) = text[from..].find('{') {
        let start = from + open;
        let inside = &text[start + 1..];
        let length = inside.bytes().take_while(|b| b.is_ascii_lowercase() || *b == b'_').count();
        if length > 0 && inside.as_bytes().get(length) == Some(&b'}') {
            return Some(Placeholder { name: &inside[..length], start, end: start + length + 2 });
        }
        from = start + 1;
    }
    None
}

fn source(folder: Option<&Path>, name: &str) -> Result<(String, String, &'static str), MappingError> {
    if let Some(folder) = folder {
        let path = folder.join(name);
        match disk::read_text(&path, 1 << 20) {
            Ok(text) => return Ok((path.display().to_string(), text.replace("\r\n", "\n"), "study")),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(MappingError::io(&path, "cannot be read", e)),
        }
    }
    let text = SHIPPED.iter().find(|p| p.name == name).map_or("", |p| p.text);
    Ok((name.to_owned(), text.to_owned(), "program"))
}

fn record(name: &str, said: &[String], from: &str) -> PromptRecord {
    PromptRecord {
        name: name.to_owned(),
        sha256: crate::digest::sha256(said.join("\n---\n").as_bytes()),
        from: from.to_owned(),
        entries: said.len(),
    }
}

/// Splits a file into its wordings and checks their placeholders.
fn split(text: &str, file: &str, known: &[&str], required: &[&str]) -> Result<Vec<String>, MappingError> {
    let mut list = vec![String::new()];
    let mut starts = vec![1];
    for (number, line) in text.lines().enumerate() {
        let problem =
            |message| MappingError::Prompt { file: file.to_owned(), line: Some(number + 1), message };
        if line.starts_with('#') {
            continue;
        }
        if line.trim() == "---" {
            list.push(String::new());
            starts.push(number + 2);
            continue;
        }
        let mut rest = line;
        while let Some(found) = placeholder(rest) {
            if !known.contains(&found.name) {
                let names: Vec<String> = known.iter().map(|k| format!("{{{k}}}")).collect();
                return Err(problem(format!(
                    "{{{}}} is not known here; there are: {}",
                    found.name,
                    names.join(", ")
                )));
            }
            rest = &rest[found.end..];
        }
        if let Some(last) = list.last_mut() {
            last.push_str(line);
            last.push('\n');
        }
    }
    for (wording, line) in list.iter().zip(starts) {
        let problem = |message| MappingError::Prompt { file: file.to_owned(), line: Some(line), message };
        if wording.trim().is_empty() {
            return Err(problem("there is no text here".to_owned()));
        }
        if let Some(missing) = required.iter().find(|name| !wording.contains(&format!("{{{name}}}"))) {
            return Err(problem(format!("this wording lacks {{{missing}}}")));
        }
    }
    Ok(list.into_iter().map(|wording| wording.trim().to_owned()).collect())
}

fn read_controls(text: &str, file: &str) -> Result<Vec<ControlPair>, MappingError> {
    let table = Table::parse(text.as_bytes(), file)?;
    let input = table.require(&["input"])?;
    let output = table.require(&["output"])?;
    let holds = table.require(&["holds"])?;
    let mut pairs = Vec::new();
    for row in &table.rows {
        for column in [input, output] {
            if row.get(column).is_empty() {
                return Err(table.field_error(row, column, "there is no text").into());
            }
        }
        let answer = match row.get(holds).to_ascii_lowercase().as_str() {
            "yes" => true,
            "no" => false,
            other => return Err(table.field_error(row, holds, format!("'{other}' is not yes or no")).into()),
        };
        pairs.push(ControlPair {
            input: row.get(input).to_owned(),
            output: row.get(output).to_owned(),
            holds: answer,
        });
    }
    if pairs.iter().all(|p| p.holds) || !pairs.iter().any(|p| p.holds) {
        return Err(MappingError::Prompt {
            file: file.to_owned(),
            line: None,
            message: "there must be pairs that hold and pairs that do not".to_owned(),
        });
    }
    Ok(pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_prompts_of_the_program_are_in_order() {
        let prompts = Prompts::load(None).unwrap();
        for wordings in [&prompts.uses, &prompts.inputs, &prompts.confirm] {
            let distinct: std::collections::BTreeSet<&String> = wordings.0.iter().collect();
            assert_eq!((wordings.0.len(), distinct.len()), (10, 10));
        }
        assert_eq!(prompts.uses.of_run(1), prompts.uses.of_run(11));
        for wording in prompts.uses.0.iter().chain(&prompts.inputs.0) {
            for name in ["{product}", "{edition}", "{code}", "{form}"] {
                assert!(wording.contains(name), "{name}: {wording}");
            }
        }
        // Half of the confirmations make "no" the easy answer.
        let easy = |wording: &&String| {
            let mut lines = wording.lines().filter(|line| !line.starts_with("Answer as JSON"));
            lines.any(|line| line.contains("\"no\"") || line.contains("are wrong"))
        };
        assert_eq!(prompts.confirm.0.iter().filter(easy).count(), 5);
        assert!(prompts.controls.iter().any(|c| c.input.starts_with("Horses") && !c.holds));
        assert!(prompts.records.iter().all(|r| r.from == "program" && r.sha256.len() == 64));
        assert!(!prompts.uses.of_run(1).contains('#'));
    }

    #[test]
    fn values_are_put_in_once_and_json_stays() {
        let values = BTreeMap::from([("product", "a {count} b"), ("count", "3")]);
        assert_eq!(
            render("{product}: up to {count}, {\"goods\": [\"...\"]} {", &values),
            "a {count} b: up to 3, {\"goods\": [\"...\"]} {"
        );
    }

    #[test]
    fn mistakes_in_prompt_files_are_named_with_their_line() {
        let folder = tempfile::tempdir().unwrap();
        let said = |name: &str, text: &str| {
            std::fs::write(folder.path().join(name), text).unwrap();
            let error = Prompts::load(Some(folder.path())).unwrap_err().to_string();
            std::fs::remove_file(folder.path().join(name)).unwrap();
            error.replace(&format!("{}/", folder.path().display()), "")
        };
        assert_eq!(
            said("uses.txt", "# note\nWhat of {product}\nand {prodct}?\n"),
            "uses.txt:3: {prodct} is not known here; there are: {product}, {code}, {edition}, {form}, {count}"
        );
        assert_eq!(said("uses.txt", "{product}\n---\nno\n"), "uses.txt:3: this wording lacks {product}");
        assert!(said("confirm.txt", "{input} {output} {material}").contains("{material} is not known here"));
        assert_eq!(said("system.txt", "# only a note\n"), "system.txt:1: there is no text here");
        assert_eq!(
            said("controls.csv", "input,output,holds\na,b,maybe\n"),
            "controls.csv:2: column holds: 'maybe' is not yes or no"
        );
        assert_eq!(
            said("controls.csv", "input,output,holds\na,b,yes\n"),
            "controls.csv: there must be pairs that hold and pairs that do not"
        );
        std::fs::write(folder.path().join("repair.txt"), "Again.").unwrap();
        let prompts = Prompts::load(Some(folder.path())).unwrap();
        assert_eq!(prompts.repair.of_run(7), "Again.");
        assert_eq!(prompts.records.iter().filter(|r| r.from == "study").count(), 1);
        // Notes are not said, so they do not count.
        let before = prompts.hashes(AnswerForm::Text);
        assert!(before.contains_key("text.txt") && !before.contains_key("code_and_text.txt"));
        let text = SHIPPED.iter().find(|p| p.name == "text.txt").unwrap().text;
        std::fs::write(folder.path().join("text.txt"), format!("# another note\n{text}")).unwrap();
        assert_eq!(Prompts::load(Some(folder.path())).unwrap().hashes(AnswerForm::Text), before);
        std::fs::write(folder.path().join("text.txt"), text.replace("Name", "Give")).unwrap();
        assert_ne!(Prompts::load(Some(folder.path())).unwrap().hashes(AnswerForm::Text), before);
        assert_eq!(
            Prompts::load(Some(Path::new("nowhere"))).unwrap_err().to_string(),
            "nowhere: there is no such folder (mapping.prompts)"
        );
    }
}
