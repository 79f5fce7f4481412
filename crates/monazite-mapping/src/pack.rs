//! Recordings put together into one packed file, to be kept and shared.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::{Compression, GzBuilder};

use crate::MappingError;
use crate::header::Header;
use crate::question_id::QuestionId;
use crate::recording::{AnswerBook, Record, line_of};
use crate::replacing::{Ours, replace};

/// What a packed recording holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    /// Its first line.
    pub header: Header,
    /// Answers.
    pub answers: usize,
    /// Questions that were asked and got no answer; the reasons are kept.
    pub without_answer: usize,
    /// Bytes of the file.
    pub bytes: usize,
}

/// Puts recordings of one model into one file, in the order of the keys: the same answers make the same bytes. The first line is that of the
/// first file; `how` replaces what it says of how the answers came. An answer takes the place of a failure.
///
/// # Errors
/// [`MappingError::Recording`] if a file is of another model, edition, form of answers, number of goods, or of other prompts or texts, if its last line is
/// torn or an answer is of a run that its first line does not have, if two files have other answers to one question, or if `out` is there and is no
/// packed recording; [`MappingError::Io`].
pub fn pack(files: &[PathBuf], how: Option<&str>, out: &Path) -> Result<Packed, MappingError> {
    let mut all = AnswerBook::default();
    for file in files {
        let book = AnswerBook::read(file)?;
        let refuse = |message: String| {
            Err(MappingError::Recording { file: file.display().to_string(), line: None, message })
        };
        if book.torn {
            return refuse(
                "its last line is torn; continue the mapping, or take the line out, and pack it then"
                    .to_owned(),
            );
        }
        let runs = book.header.as_ref().map_or(0, |header| header.runs);
        if let (Some(first), Some(header)) = (&mut all.header, &book.header) {
            header.same_model(&first.model, file)?;
            // More runs of the same questions do no harm; whatever else is not the same makes other questions.
            first.runs = first.runs.max(header.runs);
            let wanted = Header { runs: header.runs, ..first.clone() };
            if let Some(difference) = header.serves(&wanted, file)?.first() {
                let what = difference.split_once(": ").map_or(difference.as_str(), |(_, what)| what);
                return refuse(format!("{what}; recordings of other questions are not put together"));
            }
        }
        for record in book.records() {
            if runs > 0 && record.id().is_ok_and(|id| id.run > runs) {
                return refuse(format!(
                    "{} is of a run that the recording does not have: it has {runs}",
                    record.key
                ));
            }
            let known = all.get(&record.key).and_then(|known| known.answer.as_ref());
            if let (Some(known), Some(answer)) = (known, &record.answer)
                && known != answer
            {
                return Err(MappingError::Recording {
                    file: file.display().to_string(),
                    line: None,
                    message: format!(
                        "{} has another answer here than in a file before it; recordings that disagree are not put together",
                        record.key
                    ),
                });
            }
        }
        all.add(book);
    }
    let mut header = all.header.clone().unwrap_or_default();
    if let Some(how) = how {
        how.clone_into(&mut header.how);
    }
    let problem = |message| MappingError::Recording { file: out.display().to_string(), line: None, message };
    let mut sorted: BTreeMap<QuestionId, &Record> = BTreeMap::new();
    for record in all.records() {
        sorted.insert(record.id().map_err(problem)?, record);
    }
    let mut text = line_of(&header);
    for record in sorted.values() {
        text.extend(line_of(record));
    }
    let io = |e| MappingError::io(out, "cannot be written", e);
    let mut packer = GzBuilder::new().write(Vec::new(), Compression::best());
    packer.write_all(&text).map_err(io)?;
    let bytes = packer.finish().map_err(io)?;
    replace(out, &bytes, Ours::Packed)?;
    let answers = sorted.values().filter(|record| record.answer.is_some()).count();
    Ok(Packed { header, answers, without_answer: sorted.len() - answers, bytes: bytes.len() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::header::FORMAT;
    use crate::recording::Recorder;

    fn write(path: &Path, model: &str, keys: &[(&str, Option<&str>)]) {
        let header = Header {
            monazite_answers: FORMAT,
            model: model.to_owned(),
            how: "calls".to_owned(),
            ..Header::default()
        };
        let mut opened = Recorder::open(path, &header).unwrap();
        let records: Vec<Record> = keys
            .iter()
            .map(|(key, answer)| Record {
                key: (*key).to_owned(),
                answer: answer.map(str::to_owned),
                ..Record::default()
            })
            .collect();
        opened.recorder.append_all(&records).unwrap();
    }

    #[test]
    fn recordings_of_one_model_become_one_in_the_order_of_the_keys() {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        write(
            &path("a"),
            "m",
            &[
                ("uses-850511-r02", Some("a2")),
                ("uses-850511-r01", None),
                ("inputs-850511-r01", None),
                ("control-01-r01", Some("c")),
            ],
        );
        write(&path("b"), "m", &[("uses-850511-r01", Some("b1")), ("uses-850511-r02", Some("a2"))]);
        let packed = pack(&[path("a"), path("b")], Some("in files"), &path("all.gz")).unwrap();
        assert_eq!((packed.answers, packed.without_answer), (3, 1));
        let book = AnswerBook::read(&path("all.gz")).unwrap();
        let answers: Vec<&str> =
            book.records().iter().map(|r| r.answer.as_deref().unwrap_or("none")).collect();
        assert_eq!(answers, ["b1", "a2", "none", "c"]);
        assert_eq!(book.header.unwrap().how, "in files");
        // Packed again it is the same, also onto itself.
        let bytes = std::fs::read(path("all.gz")).unwrap();
        pack(&[path("all.gz")], None, &path("all.gz")).unwrap();
        assert_eq!(std::fs::read(path("all.gz")).unwrap(), bytes);
        // Who disagrees is named.
        write(&path("d"), "m", &[("uses-850511-r02", Some("d2"))]);
        let error = pack(&[path("a"), path("d")], None, &path("all.gz")).unwrap_err().to_string();
        assert!(error.contains("d: uses-850511-r02 has another answer here"), "{error}");
        assert!(pack(&[path("a")], None, &path("a")).is_err(), "a recording that is being continued stays");
        assert_eq!(std::fs::read(path("all.gz")).unwrap(), bytes);
        // A line that is torn, a run that is not there, and other questions are refused.
        let torn = [std::fs::read(path("b")).unwrap(), b"{\"key\"".to_vec()].concat();
        std::fs::write(path("torn"), torn).unwrap();
        let error = |names: &[&str]| {
            let files: Vec<PathBuf> = names.iter().map(|name| path(name)).collect();
            pack(&files, None, &path("all.gz")).unwrap_err().to_string()
        };
        assert!(error(&["a", "torn"]).ends_with(
            "torn: its last line is torn; continue the mapping, or take the line out, and pack it then"
        ));
        for (field, said) in [
            ("\"goods\":0", "its questions ask for 7 goods, the study for 0"),
            ("\"texts\":\"\"", "it was recorded with other texts of the same edition"),
        ] {
            let text = std::fs::read_to_string(path("b")).unwrap();
            let other = field.replace(":0", ":7").replace(":\"\"", ":\"x\"");
            std::fs::write(path("other"), text.replacen(field, &other, 1)).unwrap();
            let error = error(&["a", "other"]);
            assert!(
                error.contains(said) && error.ends_with("recordings of other questions are not put together"),
                "{error}"
            );
        }
        let text = std::fs::read_to_string(path("b")).unwrap().replacen("\"runs\":0", "\"runs\":1", 1);
        std::fs::write(path("other"), text).unwrap();
        assert!(
            error(&["other"])
                .contains("uses-850511-r02 is of a run that the recording does not have: it has 1")
        );
        write(&path("c"), "other", &[]);
        assert!(
            pack(&[path("a"), path("c")], None, &path("no.gz"))
                .unwrap_err()
                .to_string()
                .contains("the model other")
        );
    }
}
