//! A mapping in rounds: the questions that can be asked now go into a batch file, the answers come back in another.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use monazite::study::Study;

use crate::MappingError;
use crate::answer::read_answer;
use crate::batch::{OutputLine, line_of_question, read_line};
use crate::endpoints::{budget_of, model_of, no_model};
use crate::ground::{Continued, Ground};
use crate::mapping::{Finished, MappingSummary, conclude};
use crate::options::MapOptions;
use crate::question::{Kind, Question};
use crate::question_id::QuestionId;
use crate::recording::{AnswerBook, Record, read_unpacked};
use crate::replacing::{Ours, replace};
use crate::walk::Walked;

/// Names of a kind of line that are shown.
const SHOWN: usize = 5;

/// The questions that can be asked now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Round {
    /// What they are, for people: `controls and tier 0`; empty if none is left.
    pub stage: String,
    /// All of them.
    pub questions: usize,
    /// Questions about uses, inputs, pairs, and control pairs; without repairs.
    pub by_kind: [usize; 4],
    /// Questions that follow answers which could not be used.
    pub repairs: usize,
    /// Questions that were asked before and got no answer.
    pub once_more: usize,
    /// How many of them the file holds, if the budget of calls does not reach for all.
    pub cut_to: Option<usize>,
}

impl Round {
    fn of(walked: &Walked) -> Self {
        let count = |kind| walked.missing.iter().filter(|q| q.id.kind == kind && !q.id.again).count();
        Self {
            stage: walked.stage.clone(),
            questions: walked.missing.len() + walked.without_answer.len(),
            by_kind: [Kind::Uses, Kind::Inputs, Kind::Confirm, Kind::Control].map(count),
            repairs: walked.missing.iter().filter(|q| q.id.again).count(),
            once_more: walked.without_answer.len(),
            cut_to: None,
        }
    }

    /// In one line.
    pub fn in_words(&self) -> String {
        if self.questions == 0 {
            return "nothing is left to ask".to_owned();
        }
        let names = ["about uses", "about inputs", "about pairs", "controls", "repairs", "asked once more"];
        let counts = self.by_kind.into_iter().chain([self.repairs, self.once_more]);
        let parts: Vec<String> = counts
            .zip(names)
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let stage = if self.stage.is_empty() { String::new() } else { format!(" ({})", self.stage) };
        let cut = self.cut_to.map_or_else(String::new, |count| {
            format!("; the first {count} of them, since the budget of calls ends there")
        });
        format!("{} questions{stage}: {}{cut}", self.questions, parts.join(", "))
    }
}

/// Lines of one kind that were not taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Left {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub names: Vec<String>,
}

impl Left {
    fn add(&mut self, name: String) {
        self.count += 1;
        if self.names.len() < SHOWN {
            self.names.push(name);
        }
    }
}

/// What came of batch files that were taken in.
#[derive(Debug, Clone, Default)]
pub struct Imported {
    /// Lines read.
    pub lines: usize,
    /// Answers taken.
    pub answers: usize,
    /// Of these, that can be used.
    pub usable: usize,
    /// Why the others cannot be used, and how often.
    pub unusable: BTreeMap<String, u64>,
    /// Why questions have no answer, and how often.
    pub errors: BTreeMap<String, u64>,
    /// Lines that cannot be read, with their places.
    pub unreadable: Left,
    /// Lines that are not about a question of any mapping.
    pub unknown: Left,
    /// Lines of runs that the study does not have.
    pub other_runs: Left,
    /// Lines about questions that are answered already.
    pub duplicates: Left,
    /// Lines about questions that this mapping does not ask, as far as it has come.
    pub not_asked: Left,
}

/// A round of answers that was taken in, where the mapping stands, and the round that comes next.
#[derive(Debug, Clone)]
pub struct TakenRound {
    /// What came of the files.
    pub imported: Imported,
    /// The mapping so far.
    pub mapping: MappingSummary,
    /// What can be asked now.
    pub next: Round,
}

/// Writes every question that can be asked now into a file, one JSON line each, the first run first. Nothing is written if there is none.
///
/// # Errors
/// As [`crate::map_study`]; no endpoint and no key is needed. [`MappingError::Recording`] if the file is there and is no batch file of questions.
pub fn export_batch(study: &Study, options: &MapOptions, file: &Path) -> Result<Round, MappingError> {
    let ground = Ground::lay(study, options)?;
    let (book, _) = ground.known()?;
    let model = model_of(&study.mapping, options);
    let header = match (book.header.clone(), model) {
        (Some(header), Some(model)) => header.same_model(&model, &ground.answers_file()).map(|()| header)?,
        (Some(header), None) => header,
        (None, Some(model)) => ground.header(&model, "", ""),
        (None, None) => return Err(no_model()),
    };
    let walked = ground.follow(&header, &book, true, &mut ground.matcher()?)?;
    let mut round = Round::of(&walked);
    if round.questions == 0 {
        return Ok(round);
    }
    let form = ground.questioner(&header).body_form();
    let mut questions: Vec<&Question> = walked.missing.iter().chain(&walked.without_answer).collect();
    questions.sort_by_key(|question| question.id.run);
    let budget = budget_of(&study.mapping, options).calls;
    if budget > 0 && budget < questions.len() as u64 {
        questions.truncate(budget as usize);
        round.cut_to = Some(questions.len());
    }
    let text: String = questions.iter().map(|question| line_of_question(question, form) + "\n").collect();
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|e| MappingError::io(folder, "cannot be created", e))?;
    }
    replace(file, text.as_bytes(), Ours::Questions)?;
    Ok(round)
}

/// Takes the answers of batch files into the recording, whatever their order and that of the rounds, writes the files of the mapping so
/// far, and says what comes next.
///
/// # Errors
/// As [`crate::map_study`]; no endpoint and no key is needed.
pub fn import_batch(
    study: &Study,
    options: &MapOptions,
    files: &[PathBuf],
) -> Result<TakenRound, MappingError> {
    let ground = Ground::lay(study, options)?;
    let mut imported = Imported::default();
    let mut lines = Vec::new();
    for file in files {
        read_lines(file, &mut lines, &mut imported)?;
    }
    let mut matcher = ground.matcher()?;
    let model = model_of(&study.mapping, options);
    let Continued { mut recorder, mut book, header, .. } = ground.continued(model, "", "batch files")?;
    let walked = loop {
        let walked = ground.follow(&header, &book, true, &mut matcher)?;
        let asked: HashMap<&str, &Question> =
            walked.missing.iter().chain(&walked.without_answer).map(|q| (q.key.as_str(), q)).collect();
        let (now, later): (Vec<OutputLine>, Vec<OutputLine>) =
            lines.into_iter().partition(|line| asked.contains_key(line.key.as_str()));
        lines = later;
        if now.is_empty() {
            drop(asked);
            break walked;
        }
        let mut records = Vec::new();
        for line in now {
            let Some(question) = asked.get(line.key.as_str()) else { continue };
            if book.get(&line.key).is_some_and(|record| record.answer.is_some()) {
                imported.duplicates.add(line.key);
                continue;
            }
            imported.count(question.id.kind, &line, header.goods);
            let record = Record::of(question, line.reply);
            book.insert(record.clone());
            records.push(record);
        }
        recorder.append_all(&records)?;
    };
    for line in lines {
        imported.leave(line.key, &book, study.mapping.runs);
    }
    let next = Round::of(&walked);
    let walked = ground.follow(&header, &book, false, &mut matcher)?;
    let mapping = conclude(&ground, Finished::uncalled(walked, book, header), &matcher)?;
    Ok(TakenRound { imported, mapping, next })
}

fn read_lines(file: &Path, lines: &mut Vec<OutputLine>, imported: &mut Imported) -> Result<(), MappingError> {
    let bytes = read_unpacked(file)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    for (number, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
        if line.iter().all(u8::is_ascii_whitespace) {
            continue;
        }
        imported.lines += 1;
        // A byte that is wrong costs its own line alone.
        let read = std::str::from_utf8(line).map_err(|_| "this is not UTF-8".to_owned()).and_then(read_line);
        match read {
            Ok(line) => lines.push(line),
            Err(problem) => imported.unreadable.add(format!("{}:{}: {problem}", file.display(), number + 1)),
        }
    }
    Ok(())
}

impl Imported {
    fn count(&mut self, kind: Kind, line: &OutputLine, goods: u64) {
        let Some(answer) = &line.reply.answer else {
            let reason = line.reply.error.clone().unwrap_or_default();
            *self.errors.entry(reason).or_default() += 1;
            return;
        };
        self.answers += 1;
        match read_answer(kind, answer, goods) {
            Ok(_) => self.usable += 1,
            Err(problem) => *self.unusable.entry(problem).or_default() += 1,
        }
    }

    fn leave(&mut self, key: String, book: &AnswerBook, runs: u64) {
        let list = match key.parse::<QuestionId>() {
            Err(_) => &mut self.unknown,
            Ok(id) if id.run > runs => &mut self.other_runs,
            Ok(_) if book.get(&key).is_some() => &mut self.duplicates,
            Ok(_) => &mut self.not_asked,
        };
        list.add(key);
    }

    /// What has to be said, line by line.
    pub fn in_words(&self) -> Vec<String> {
        let mut said = vec![format!(
            "{} lines read: {} answers taken, {} of them can be used",
            self.lines, self.answers, self.usable
        )];
        let counted = [("cannot be used", &self.unusable), ("have no answer", &self.errors)];
        for (what, reasons) in counted {
            said.extend(reasons.iter().map(|(reason, count)| format!("{count} {what}: {reason}")));
        }
        for (what, left) in [
            ("cannot be read", &self.unreadable),
            ("are not about a question of a mapping", &self.unknown),
            ("are of runs that the study does not have (mapping.runs)", &self.other_runs),
            ("are about questions that are answered already", &self.duplicates),
            ("are about questions that this mapping does not ask so far", &self.not_asked),
        ] {
            if left.count > 0 {
                let more = if left.count > left.names.len() { ", ..." } else { "" };
                said.push(format!("{} lines {what}: {}{more}", left.count, left.names.join(", ")));
            }
        }
        said
    }
}
