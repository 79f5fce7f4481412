//! The first line of a recording: what was asked, of which model, when and how; and whether a study can use the answers.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use crate::MappingError;

/// Version of the format. Format 1 kept answers under hashes of requests, in which the material of the study stood.
pub const FORMAT: u32 = 2;

/// The first line of a recording.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Header {
    /// Version of the format, 2.
    pub monazite_answers: u32,
    /// The model, as the endpoint names it.
    pub model: String,
    /// Address of the endpoint; empty if answers came in files.
    pub endpoint: String,
    /// How answers came: `calls` or `batch files`, or words of whoever made it.
    pub how: String,
    /// The day on which it was begun, such as 2026-11-26.
    pub date: String,
    /// What an open answer gives for each good: `code_and_text` or `text`.
    pub answer: String,
    /// HS edition of the codes, such as HS07; empty if it is not known.
    pub edition: String,
    /// Goods that an open question asks for.
    pub goods: u64,
    /// Runs.
    pub runs: u64,
    /// SHA-256 of the codes and texts.
    pub texts: String,
    /// SHA-256 of what the prompt files say, by name.
    pub prompts: BTreeMap<String, String>,
}

impl Header {
    /// Whether answers that were recorded under this header are answers to the questions of a study, which `wanted` describes. Returns what
    /// is different and does no harm, in words.
    ///
    /// # Errors
    /// [`MappingError::Recording`] if the prompts, the edition or the form of answers are others.
    pub fn serves(&self, wanted: &Self, file: &Path) -> Result<Vec<String>, MappingError> {
        let name = file.display();
        let refuse =
            |what: String| Err(MappingError::Recording { file: name.to_string(), line: None, message: what });
        if self.edition != wanted.edition {
            let named =
                |edition: &str| if edition.is_empty() { "no edition".to_owned() } else { edition.to_owned() };
            return refuse(format!(
                "its codes are those of {}, the study's those of {}; a recording serves studies of its own edition",
                named(&self.edition),
                named(&wanted.edition)
            ));
        }
        if self.answer != wanted.answer {
            return refuse(format!(
                "its answers are of the form {}, the study asks for {}; set mapping.answer = \"{}\"",
                self.answer, wanted.answer, self.answer
            ));
        }
        let names = self.prompts.keys().chain(wanted.prompts.keys());
        let mut other: Vec<&str> = names
            .filter(|name| self.prompts.get(*name) != wanted.prompts.get(*name))
            .map(String::as_str)
            .collect();
        other.sort_unstable();
        other.dedup();
        if !other.is_empty() {
            return refuse(format!(
                "it was recorded with another {}; answers are to the words they were asked in: use the prompts of the recording \
                 (mapping.prompts), or record anew into another folder (--out)",
                other.join(", ")
            ));
        }
        let mut notes = Vec::new();
        if self.texts != wanted.texts {
            notes.push(format!("{name}: it was recorded with other texts of the same edition"));
        }
        if self.goods != wanted.goods {
            let what = if self.goods < wanted.goods { "" } else { "; the first of them are used" };
            notes.push(format!(
                "{name}: its questions ask for {} goods, the study for {}{what}",
                self.goods, wanted.goods
            ));
        }
        if self.runs < wanted.runs {
            notes.push(format!("{name}: it has {} runs, the study {}", self.runs, wanted.runs));
        }
        Ok(notes)
    }

    /// Refuses another model.
    ///
    /// # Errors
    /// [`MappingError::Recording`].
    pub fn same_model(&self, model: &str, file: &Path) -> Result<(), MappingError> {
        if self.model == model {
            return Ok(());
        }
        Err(MappingError::Recording {
            file: file.display().to_string(),
            line: None,
            message: format!(
                "was recorded with the model {}, not {model}; choose another --out for another model",
                self.model
            ),
        })
    }
}

/// Today's date (UTC), such as 2026-11-26.
pub fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    date_of(seconds / 86_400)
}

/// The date of a day, counted from 1970-01-01. Years begin in March here, so that the day that is put in comes last.
fn date_of(day: u64) -> String {
    let day = day + 719_468;
    let era = day / 146_097;
    let of_era = day % 146_097;
    let year_of_era = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * of_year + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = era * 400 + year_of_era + u64::from(month <= 2);
    format!("{year}-{month:02}-{:02}", of_year - (153 * shifted + 2) / 5 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header() -> Header {
        Header {
            monazite_answers: FORMAT,
            model: "m".to_owned(),
            answer: "code_and_text".to_owned(),
            edition: "HS07".to_owned(),
            goods: 15,
            runs: 10,
            prompts: [("uses.txt".to_owned(), "1".to_owned()), ("text.txt".to_owned(), "2".to_owned())]
                .into(),
            ..Header::default()
        }
    }

    #[test]
    fn days_have_their_dates() {
        for (day, date) in [
            (0, "1970-01-01"),
            (59, "1970-03-01"),
            (11_016, "2000-02-29"),
            (20_783, "2026-11-26"),
            (47_540, "2100-02-28"),
        ] {
            assert_eq!(date_of(day), date);
        }
        assert_eq!(today().len(), 10);
    }

    #[test]
    fn what_makes_other_questions_is_refused_by_name_and_the_rest_is_said() {
        let path = Path::new("a.jsonl");
        let said = |change: fn(&mut Header)| {
            let mut wanted = header();
            change(&mut wanted);
            header().serves(&wanted, path).map_err(|error| error.to_string())
        };
        assert_eq!(said(|_| ()), Ok(Vec::new()));
        assert_eq!(said(|h| h.model = "other".to_owned()), Ok(Vec::new()));
        assert_eq!(
            said(|h| h.edition = String::new()).unwrap_err(),
            "a.jsonl: its codes are those of HS07, the study's those of no edition; a recording serves studies of its own edition"
        );
        assert!(
            said(|h| h.answer = "text".to_owned())
                .unwrap_err()
                .ends_with("set mapping.answer = \"code_and_text\"")
        );
        let other = said(|h| {
            h.prompts.insert("uses.txt".to_owned(), "3".to_owned());
            h.prompts.remove("text.txt");
        });
        assert!(other.unwrap_err().starts_with("a.jsonl: it was recorded with another text.txt, uses.txt; "));
        let notes = said(|h| {
            h.goods = 5;
            h.runs = 12;
            h.texts = "x".to_owned();
        });
        assert_eq!(
            notes.unwrap(),
            [
                "a.jsonl: it was recorded with other texts of the same edition",
                "a.jsonl: its questions ask for 15 goods, the study for 5; the first of them are used",
                "a.jsonl: it has 10 runs, the study 12"
            ]
        );
        assert!(header().same_model("other", path).is_err() && header().same_model("m", path).is_ok());
    }
}
