//! Reading an answer: strict JSON of the shape that was asked for, or a problem in words.

use serde::Deserialize;

use crate::question::Kind;

/// Longest description of one good that is kept, in characters.
pub const LONGEST_GOOD: usize = 200;

/// An answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Descriptions of goods; there may be none.
    Goods(Vec<String>),
    /// Yes or no.
    Verdict(bool),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Goods {
    goods: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verdict {
    answer: String,
}

/// Reads the text of an answer.
///
/// The JSON may stand in a Markdown fence, and after the `<think>` part of a reasoning model; beside that the answer must
/// be the JSON and nothing else. What a good is called is cleaned: control characters and list marks go, blanks are
/// joined, long texts are cut, repeated ones are left out. It is never taken for an instruction or a formula.
///
/// # Errors
/// What is wrong, in words that can be shown to the model.
///
/// ```
/// use monazite_mapping::{answer::{Answer, read_answer}, question::Kind};
/// let answer = read_answer(Kind::Uses, r#"{"goods": ["permanent magnets of metal"]}"#, 12);
/// assert_eq!(answer, Ok(Answer::Goods(vec!["permanent magnets of metal".to_owned()])));
/// assert!(read_answer(Kind::Confirm, "Yes, certainly.", 12).is_err());
/// ```
pub fn read_answer(kind: Kind, text: &str, most: u64) -> Result<Answer, String> {
    let text = unwrapped(text);
    if text.is_empty() {
        return Err("the answer is empty".to_owned());
    }
    let wrong = |e: serde_json::Error| match e.classify() {
        serde_json::error::Category::Data => format!("the JSON has another shape ({})", place(&e)),
        serde_json::error::Category::Eof => "the JSON is cut off".to_owned(),
        _ => "it is not JSON, or there is other text around it".to_owned(),
    };
    if kind.is_open() {
        let goods: Goods = serde_json::from_str(text).map_err(wrong)?;
        let mut list: Vec<String> = Vec::new();
        for good in &goods.goods {
            let good = cleaned(good);
            if !good.is_empty() && !list.contains(&good) {
                list.push(good);
            }
        }
        list.truncate(most as usize);
        Ok(Answer::Goods(list))
    } else {
        let verdict: Verdict = serde_json::from_str(text).map_err(wrong)?;
        match verdict.answer.trim().to_ascii_lowercase().as_str() {
            "yes" => Ok(Answer::Verdict(true)),
            "no" => Ok(Answer::Verdict(false)),
            _ => Err("the answer is neither \"yes\" nor \"no\"".to_owned()),
        }
    }
}

/// What the parser says, without what the model said.
fn place(error: &serde_json::Error) -> &'static str {
    let text = error.to_string();
    if text.starts_with("missing field") {
        "a field is missing"
    } else if text.starts_with("unknown field") {
        "there is a field too many"
    } else {
        "a value is of the wrong type"
    }
}

fn unwrapped(text: &str) -> &str {
    let mut text = text.trim();
    if text.starts_with("<think>")
        && let Some((_, after)) = text.split_once("</think>")
    {
        text = after.trim();
    }
    if let Some(inside) = text.strip_prefix("```").and_then(|t| t.strip_suffix("```")) {
        text = inside.strip_prefix("json").unwrap_or(inside).trim();
    }
    text
}

fn cleaned(good: &str) -> String {
    let plain: String = good.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let joined = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = joined.trim_start_matches(['=', '+', '-', '@', '*', '#', '•', ' ']);
    start.chars().take(LONGEST_GOOD).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goods(text: &str) -> Result<Answer, String> {
        read_answer(Kind::Uses, text, 3)
    }

    #[test]
    fn json_is_read_with_or_without_wrapping() {
        let expected = Ok(Answer::Goods(vec!["magnets".to_owned(), "glass".to_owned()]));
        for text in [
            "{\"goods\": [\"magnets\", \"glass\"]}",
            "  ```json\n{\"goods\":[\"- magnets\",\"magnets\",\" glass\\n\",\"\"]}\n``` ",
            "<think>Let me see {}</think>{\"goods\":[\"=magnets\",\"glass\"]}",
        ] {
            assert_eq!(goods(text), expected, "{text}");
        }
        assert_eq!(goods("{\"goods\": []}"), Ok(Answer::Goods(Vec::new())));
        assert_eq!(read_answer(Kind::Confirm, "{\"answer\":\" Yes\"}", 3), Ok(Answer::Verdict(true)));
        assert_eq!(read_answer(Kind::Control, "{\"answer\":\"no\"}", 3), Ok(Answer::Verdict(false)));
    }

    #[test]
    fn everything_else_is_a_problem_in_words() {
        for (text, problem) in [
            ("", "the answer is empty"),
            ("Magnets, mostly.", "it is not JSON, or there is other text around it"),
            ("{\"goods\": [\"a\"]} I hope this helps!", "it is not JSON, or there is other text around it"),
            ("{\"goods\": [\"a\", \"b", "the JSON is cut off"),
            ("{\"products\": [\"a\"]}", "the JSON has another shape (there is a field too many)"),
            ("{}", "the JSON has another shape (a field is missing)"),
            ("{\"goods\": \"a\"}", "the JSON has another shape (a value is of the wrong type)"),
            ("{\"goods\": [{\"name\": \"a\"}]}", "the JSON has another shape (a value is of the wrong type)"),
        ] {
            assert_eq!(goods(text), Err(problem.to_owned()), "{text}");
        }
        assert_eq!(
            read_answer(Kind::Confirm, "{\"answer\":\"maybe\"}", 3),
            Err("the answer is neither \"yes\" nor \"no\"".to_owned())
        );
    }

    #[test]
    fn long_lists_and_texts_are_cut() {
        let many = format!("{{\"goods\": [\"{}\", \"b\", \"c\", \"d\"]}}", "ä".repeat(500));
        let Ok(Answer::Goods(list)) = goods(&many) else { panic!() };
        assert_eq!(list.len(), 3);
        assert_eq!(list[0].chars().count(), LONGEST_GOOD);
    }

    #[test]
    fn nothing_makes_it_panic() {
        for text in ["```", "``````", "<think>", "</think>", "{", "\u{0}", "[[[[[[[[", "\"\\ud800\""] {
            let _ = goods(text);
        }
    }
}
