//! `answers.jsonl`: every question and what came back, one line each, in the order of arrival.
//!
//! The first line says what was asked of which model. Questions are not repeated here: each is made again from its key and the
//! prompts, and a mark of its words shows that it is the same. A line is written and forced to disk before the next question of the
//! same thread is asked, so that a program which is stopped at any moment has lost no answer but those under way. A last line that is
//! torn is left out; everything before it counts.

use std::collections::HashMap;
use std::fs::{File, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;
use monazite::disk;
use serde::{Deserialize, Serialize};

use crate::MappingError;
use crate::header::{FORMAT, Header};
use crate::question::Question;
use crate::question_id::QuestionId;
use crate::reply::Reply;

/// What came back for a question.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Key of the question, such as `uses-850511-r03`.
    pub key: String,
    /// The text of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answer: Option<String>,
    /// Why there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// The model, as the endpoint names it in its answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// Why the answer ended: `stop`, or `length` if it was cut.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_reason: Option<String>,
    /// Tokens of the question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    /// Mark of the words of the question.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub words: String,
}

impl Record {
    /// What came back for a question.
    pub fn of(question: &Question, reply: Reply) -> Self {
        Self {
            key: question.key.clone(),
            answer: reply.answer,
            error: reply.error,
            answered_by: reply.answered_by,
            finish_reason: reply.finish_reason,
            prompt_tokens: reply.prompt_tokens,
            completion_tokens: reply.completion_tokens,
            words: question.words(),
        }
    }

    /// Its key, read.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn id(&self) -> Result<QuestionId, String> {
        self.key.parse()
    }
}

/// All answers that are known.
#[derive(Debug, Clone, Default)]
pub struct AnswerBook {
    /// The first line.
    pub header: Option<Header>,
    /// Whether the last line of the file was torn, and left out.
    pub torn: bool,
    records: Vec<Record>,
    by_key: HashMap<String, usize>,
}

impl AnswerBook {
    /// Reads a recording, packed with gzip or not. A torn last line is left out.
    ///
    /// # Errors
    /// [`MappingError::Io`]; [`MappingError::Recording`] for a line in the middle that is damaged, a file that is no
    /// recording or has no answer.
    pub fn read(path: &Path) -> Result<Self, MappingError> {
        let bytes = read_unpacked(path)?;
        let Parsed { mut book, sound } = Self::parse(&bytes, &path.display().to_string())?;
        book.torn = sound < bytes.len();
        if book.header.is_none() {
            return Err(MappingError::Recording {
                file: path.display().to_string(),
                line: None,
                message: "there is no recorded answer in it".to_owned(),
            });
        }
        Ok(book)
    }

    fn parse(bytes: &[u8], file: &str) -> Result<Parsed, MappingError> {
        let mut book = Self::default();
        let mut sound = 0;
        for (number, line) in bytes.split_inclusive(|&b| b == b'\n').enumerate() {
            let complete = line.ends_with(b"\n");
            let last = sound + line.len() == bytes.len();
            let problem = |message: String| MappingError::Recording {
                file: file.to_owned(),
                line: Some(number + 1),
                message,
            };
            if line.iter().all(u8::is_ascii_whitespace) && complete {
                sound += line.len();
                continue;
            }
            if book.header.is_none() {
                if let Ok(Version { monazite_answers: found }) = serde_json::from_slice(line)
                    && found != FORMAT
                {
                    return Err(problem(format!(
                        "the format is {found}, this version of the program reads {FORMAT}; the answers have to be recorded again"
                    )));
                }
                match serde_json::from_slice::<Header>(line) {
                    Ok(header) if complete => book.header = Some(header),
                    Ok(_) => break,
                    // A file of one torn line may have been meant to be a recording; any other is something else.
                    Err(_) if last && line.iter().zip(b"{\"monazite_answers\"").all(|(a, b)| a == b) => break,
                    Err(_) => {
                        return Err(problem("this is not a recording of answers".to_owned()));
                    }
                }
            } else {
                match serde_json::from_slice::<Record>(line) {
                    Ok(record) if complete => {
                        record.id().map_err(problem)?;
                        book.insert(record);
                    }
                    Ok(_) => break,
                    Err(_) if last => break,
                    Err(e) => {
                        return Err(problem(format!(
                            "the line is damaged ({e}); remove it, and its question will be asked again"
                        )));
                    }
                }
            }
            sound += line.len();
        }
        Ok(Parsed { book, sound })
    }

    /// Adds what came back for a question. An answer takes the place of an error, never the other way round.
    pub fn insert(&mut self, record: Record) {
        match self.by_key.get(&record.key) {
            Some(&at) if self.records[at].answer.is_some() => {}
            Some(&at) => self.records[at] = record,
            None => {
                self.by_key.insert(record.key.clone(), self.records.len());
                self.records.push(record);
            }
        }
    }

    /// What came back for a question.
    pub fn get(&self, key: &str) -> Option<&Record> {
        self.by_key.get(key).map(|&at| &self.records[at])
    }

    /// Adds everything that another book holds.
    pub fn add(&mut self, other: Self) {
        if self.header.is_none() {
            self.header = other.header;
        }
        other.records.into_iter().for_each(|record| self.insert(record));
    }

    /// All that came back, in the order of the file.
    pub fn records(&self) -> &[Record] {
        &self.records
    }
}

/// The bytes of a file, unpacked if it is packed with gzip.
pub(crate) fn read_unpacked(path: &Path) -> Result<Vec<u8>, MappingError> {
    let bytes =
        disk::read(path, disk::LARGEST_FILE).map_err(|e| MappingError::io(path, "cannot be read", e))?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    disk::read_to_limit(&mut MultiGzDecoder::new(bytes.as_slice()), disk::LARGEST_FILE)
        .map_err(|e| MappingError::io(path, "cannot be unpacked", e))
}

/// The beginning of a first line, whatever its format.
#[derive(Deserialize)]
struct Version {
    monazite_answers: u32,
}

struct Parsed {
    book: AnswerBook,
    /// Length of what could be read.
    sound: usize,
}

/// A recording that is being continued. No other program can continue it meanwhile.
#[derive(Debug)]
pub struct Recorder {
    path: PathBuf,
    file: File,
}

/// A recording that has been opened to be continued.
#[derive(Debug)]
pub struct OpenedRecording {
    /// Takes further answers.
    pub recorder: Recorder,
    /// The answers that are there already.
    pub book: AnswerBook,
    /// What has to be said about it: a torn last line that was taken off, differences that do no harm.
    pub notes: Vec<String>,
}

impl Recorder {
    /// Opens a recording to continue it, or begins one.
    ///
    /// # Errors
    /// [`MappingError::Recording`] if another program is writing it, if it is damaged in the middle, or if it was made
    /// with another model, other prompts, another edition or form of answers; [`MappingError::Io`].
    pub fn open(path: &Path, header: &Header) -> Result<OpenedRecording, MappingError> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).map_err(|e| MappingError::io(folder, "cannot be created", e))?;
        }
        let mut file =
            disk::open_to_append(path).map_err(|e| MappingError::io(path, "cannot be opened", e))?;
        let problem =
            |message| MappingError::Recording { file: path.display().to_string(), line: None, message };
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(problem(
                    "another mapping is writing this file; wait until it has finished, or choose another --out"
                        .to_owned(),
                ));
            }
            Err(TryLockError::Error(e)) => return Err(MappingError::io(path, "cannot be locked", e)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|e| MappingError::io(path, "cannot be read", e))?;
        let Parsed { mut book, sound } = AnswerBook::parse(&bytes, &path.display().to_string())?;
        let torn_bytes = bytes.len() - sound;
        if torn_bytes > 0 {
            file.set_len(sound as u64).map_err(|e| MappingError::io(path, "cannot be shortened", e))?;
        }
        let mut recorder = Self { path: path.to_owned(), file };
        let mut notes = Vec::new();
        match &book.header {
            Some(found) => {
                found.same_model(&header.model, path)?;
                notes = found.serves(header, path)?;
            }
            None => {
                recorder.write(header)?;
                book.header = Some(header.clone());
            }
        }
        if torn_bytes > 0 {
            notes.push("the last line of the recording was torn; its question is asked again".to_owned());
        }
        Ok(OpenedRecording { recorder, book, notes })
    }

    /// Adds one answer and forces it to disk.
    ///
    /// # Errors
    /// [`MappingError::Io`].
    pub fn append(&mut self, record: &Record) -> Result<(), MappingError> {
        self.write(record)
    }

    /// Adds many answers and forces them to disk together.
    ///
    /// # Errors
    /// [`MappingError::Io`].
    pub fn append_all(&mut self, records: &[Record]) -> Result<(), MappingError> {
        self.put(&records.iter().flat_map(line_of).collect::<Vec<u8>>())
    }

    fn write(&mut self, line: &impl Serialize) -> Result<(), MappingError> {
        self.put(&line_of(line))
    }

    fn put(&mut self, text: &[u8]) -> Result<(), MappingError> {
        self.file
            .write_all(text)
            .and_then(|()| self.file.sync_data())
            .map_err(|e| MappingError::io(&self.path, "cannot be written", e))
    }
}

/// One line of a recording.
pub(crate) fn line_of(line: &impl Serialize) -> Vec<u8> {
    let mut text = serde_json::to_vec(line).expect("text and numbers can always be written as JSON");
    text.push(b'\n');
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: &str = "uses-284690-r01";
    const B: &str = "uses-284690-r02";
    const C: &str = "uses-284690-r03";

    fn record(key: &str, answer: Option<&str>) -> Record {
        Record {
            key: key.to_owned(),
            answer: answer.map(str::to_owned),
            error: answer.is_none().then(|| "no answer".to_owned()),
            ..Record::default()
        }
    }

    fn header(model: &str) -> Header {
        Header { monazite_answers: FORMAT, model: model.to_owned(), goods: 15, ..Header::default() }
    }

    #[test]
    fn a_recording_goes_on_where_it_stopped_whatever_was_torn_off() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("chain/answers.jsonl");
        let mut opened = Recorder::open(&path, &header("m")).unwrap();
        opened.recorder.append(&record(A, Some("one\nline"))).unwrap();
        opened.recorder.append(&record(B, None)).unwrap();
        drop(opened);
        let whole = std::fs::read(&path).unwrap();
        for cut in 0..=whole.len() {
            std::fs::write(&path, &whole[..cut]).unwrap();
            let mut again = Recorder::open(&path, &header("m")).unwrap();
            again.recorder.append(&record(C, Some("three"))).unwrap();
            drop(again);
            let book = AnswerBook::read(&path).unwrap();
            assert_eq!(book.header, Some(header("m")));
            let lines = whole[..cut].iter().filter(|&&b| b == b'\n').count();
            assert_eq!(book.records().len(), lines.saturating_sub(1) + 1, "cut at {cut}");
            assert_eq!(book.get(C).unwrap().answer.as_deref(), Some("three"));
        }
    }

    #[test]
    fn an_answer_takes_the_place_of_an_error() {
        let mut book = AnswerBook::default();
        book.insert(record(A, None));
        book.insert(record(A, Some("yes")));
        book.insert(record(A, None));
        book.insert(record(A, Some("later")));
        assert_eq!(book.records().len(), 1);
        assert_eq!(book.get(A).unwrap().answer.as_deref(), Some("yes"));
    }

    #[test]
    fn damage_in_the_middle_other_models_and_other_files_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answers.jsonl");
        let said = |text: &str| {
            std::fs::write(&path, text).unwrap();
            let error = Recorder::open(&path, &header("m")).unwrap_err().to_string();
            assert_eq!(std::fs::read_to_string(&path).unwrap(), text, "the file is left as it was");
            error.replace(&format!("{}/", folder.path().display()), "")
        };
        let first = serde_json::to_string(&header("m")).unwrap();
        let line = serde_json::to_string(&record(A, Some("x"))).unwrap();
        assert!(
            said(&format!("{first}\n{{\"key\n{line}\n"))
                .starts_with("answers.jsonl:2: the line is damaged (")
        );
        assert_eq!(said("input,output\n1,2\n"), "answers.jsonl:1: this is not a recording of answers");
        assert_eq!(
            said(&format!("{}\n", first.replace("\"m\"", "\"other\""))),
            "answers.jsonl: was recorded with the model other, not m; choose another --out for another model"
        );
        assert_eq!(
            said("{\"monazite_answers\":1,\"model\":\"m\",\"endpoint\":\"e\"}\n"),
            "answers.jsonl:1: the format is 1, this version of the program reads 2; the answers have to be recorded again"
        );
        assert_eq!(
            said(&format!("{first}\n{}\n", line.replace(A, "4af1"))),
            "answers.jsonl:2: '4af1' is not the key of a question, such as uses-850511-r03"
        );
        assert_eq!(
            said(&format!("{}\n", first.replace("\"edition\":\"\"", "\"edition\":\"HS92\""))),
            "answers.jsonl: its codes are those of HS92, the study's those of no edition; a recording serves studies of its own edition"
        );
        std::fs::write(&path, "").unwrap();
        assert!(
            AnswerBook::read(&path).unwrap_err().to_string().ends_with("there is no recorded answer in it")
        );
        let held = Recorder::open(&path, &header("m")).unwrap();
        assert!(Recorder::open(&path, &header("m")).unwrap_err().to_string().ends_with(
            "another mapping is writing this file; wait until it has finished, or choose another --out"
        ));
        drop(held);
    }

    #[test]
    fn a_book_takes_what_another_one_holds() {
        let mut one = AnswerBook::default();
        one.insert(record(A, Some("x")));
        let mut two = AnswerBook { header: Some(header("m")), ..AnswerBook::default() };
        two.insert(record(A, Some("y")));
        two.insert(record(B, None));
        one.add(two);
        assert_eq!((one.records().len(), one.header.clone()), (2, Some(header("m"))));
        assert_eq!(one.get(A).unwrap().answer.as_deref(), Some("x"));
    }

    #[test]
    fn a_packed_recording_is_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let plain = folder.path().join("a.jsonl");
        let mut opened = Recorder::open(&plain, &header("m")).unwrap();
        opened.recorder.append(&record(A, Some("x"))).unwrap();
        let packed = folder.path().join("a.jsonl.gz");
        let mut writer =
            flate2::write::GzEncoder::new(File::create(&packed).unwrap(), flate2::Compression::default());
        writer.write_all(&std::fs::read(&plain).unwrap()).unwrap();
        writer.finish().unwrap();
        assert_eq!(AnswerBook::read(&packed).unwrap().records(), AnswerBook::read(&plain).unwrap().records());
    }
}
