//! Reading an answer: JSON of the shape that was asked for, wherever it stands, or a problem in words.

use serde_json::Value;

use crate::code::{NamedCode, leading_code, read_code};
use crate::question::Kind;

/// Longest description of one good that is kept, in characters.
pub const LONGEST_GOOD: usize = 200;

/// Longest spelling of a code that is kept, in characters.
const LONGEST_CODE: usize = 20;

/// Places at which JSON is looked for in an answer.
const MOST_PLACES: usize = 1000;

/// An answer that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Goods; there may be none.
    Goods(Vec<NamedGood>),
    /// Yes or no.
    Verdict(bool),
}

/// A good as an answer names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedGood {
    /// Its description.
    pub text: String,
    /// Its code, if one is named.
    pub code: Option<NamedCode>,
    /// The code as it was spelled.
    pub spelled: String,
}

/// Reads the text of an answer.
///
/// The JSON may stand in a Markdown fence or among other words, and after what a reasoning model has thought; of several the last one
/// that can be read counts. Goods may be texts, or objects with a code and a text, and further fields are left out. What a good is
/// called is cleaned: control characters and list marks go, blanks are joined, long texts are cut, repeated ones are left out. It is
/// never taken for an instruction or a formula.
///
/// # Errors
/// What is wrong, in words that can be shown to the model.
///
/// ```
/// use monazite_mapping::{answer::{Answer, read_answer}, question::Kind};
/// let answer = read_answer(Kind::Uses, r#"{"goods": [{"code": "8505.11", "text": "permanent magnets of metal"}]}"#, 12);
/// let Ok(Answer::Goods(goods)) = answer else { panic!() };
/// assert_eq!((goods[0].text.as_str(), goods[0].spelled.as_str()), ("permanent magnets of metal", "8505.11"));
/// assert!(read_answer(Kind::Confirm, "Certainly.", 12).is_err());
/// ```
pub fn read_answer(kind: Kind, text: &str, most: u64) -> Result<Answer, String> {
    let text = text.rsplit_once("</think>").map_or(text, |(_, after)| after).trim();
    if text.is_empty() {
        return Err("the answer is empty".to_owned());
    }
    let word = text.trim_matches(|c: char| !c.is_alphanumeric());
    if kind.is_open() && word.eq_ignore_ascii_case("none") {
        return Ok(Answer::Goods(Vec::new()));
    }
    let mut problem = "there is no JSON in it".to_owned();
    let mut read = None;
    for value in json_in(text)? {
        match if kind.is_open() { goods_of(&value, most) } else { verdict_of(&value) } {
            Ok(answer) => read = Some(answer),
            Err(message) => problem = format!("the JSON has another shape ({message})"),
        }
    }
    read.ok_or(problem)
}

/// The JSON objects in a text, outermost ones only.
fn json_in(text: &str) -> Result<Vec<Value>, String> {
    if let Ok(value) = serde_json::from_str(text) {
        return Ok(vec![value]);
    }
    let (mut found, mut at, mut cut) = (Vec::new(), 0, false);
    for _ in 0..MOST_PLACES {
        let Some(open) = text[at..].find('{') else { break };
        let start = at + open;
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                found.push(value);
                at = start + values.byte_offset();
            }
            Some(Err(error)) => {
                cut |= error.is_eof();
                at = start + 1;
            }
            None => break,
        }
    }
    if found.is_empty() && cut { Err("the JSON is cut off".to_owned()) } else { Ok(found) }
}

fn goods_of(value: &Value, most: u64) -> Result<Answer, &'static str> {
    let goods = match value {
        Value::Array(list) => list,
        Value::Object(fields) => match fields.get("goods") {
            None => return Err("there is no field \"goods\""),
            Some(Value::Array(list)) => list,
            Some(Value::Null) => return Ok(Answer::Goods(Vec::new())),
            Some(Value::String(text)) if text.trim().eq_ignore_ascii_case("none") => {
                return Ok(Answer::Goods(Vec::new()));
            }
            Some(_) => return Err("\"goods\" is no list"),
        },
        _ => return Err("it is no object"),
    };
    let mut list: Vec<NamedGood> = Vec::new();
    for item in goods {
        let good = good_of(item)?;
        let said = !good.text.is_empty() || good.code.is_some();
        let nothing = good.code.is_none() && good.text.eq_ignore_ascii_case("none");
        if said && !nothing && !list.contains(&good) {
            list.push(good);
        }
    }
    list.truncate(most as usize);
    Ok(Answer::Goods(list))
}

fn good_of(item: &Value) -> Result<NamedGood, &'static str> {
    let first = |names: &[&str]| names.iter().find_map(|name| item.get(name)).cloned();
    let (code, text) = match item {
        Value::String(text) => match leading_code(text) {
            Some((code, rest)) => (Value::from(code), rest.to_owned()),
            None => (Value::Null, text.clone()),
        },
        Value::Object(_) => {
            let code = first(&["code", "hs_code", "hs6", "hs", "hscode"]).unwrap_or_default();
            let text = first(&["text", "description", "name", "good", "product"]);
            match text {
                Some(Value::String(text)) => (code, text),
                Some(Value::Null) | None if !code.is_null() => (code, String::new()),
                _ => return Err("a good has neither \"code\" nor \"text\""),
            }
        }
        _ => return Err("a good is neither a text nor an object"),
    };
    let spelled = match &code {
        Value::Null => String::new(),
        Value::String(text) => cleaned(text, LONGEST_CODE),
        other => cleaned(&other.to_string(), LONGEST_CODE),
    };
    Ok(NamedGood { text: cleaned(&text, LONGEST_GOOD), code: read_code(&code), spelled })
}

fn verdict_of(value: &Value) -> Result<Answer, &'static str> {
    let said = match value.get("answer") {
        Some(Value::Bool(yes)) => return Ok(Answer::Verdict(*yes)),
        Some(Value::String(text)) => text,
        Some(_) => return Err("\"answer\" is neither \"yes\" nor \"no\""),
        None => return Err("there is no field \"answer\""),
    };
    let word = said.trim_matches(|c: char| !c.is_alphanumeric());
    match word.to_ascii_lowercase().as_str() {
        "yes" | "true" => Ok(Answer::Verdict(true)),
        "no" | "false" => Ok(Answer::Verdict(false)),
        _ => Err("\"answer\" is neither \"yes\" nor \"no\""),
    }
}

fn cleaned(text: &str, longest: usize) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let joined = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let start = joined.trim_start_matches(['=', '+', '-', '@', '*', '#', '•', ' ']);
    start.chars().take(longest).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goods(text: &str) -> Result<Vec<(String, String)>, String> {
        match read_answer(Kind::Uses, text, 3)? {
            Answer::Goods(list) => Ok(list.into_iter().map(|good| (good.spelled, good.text)).collect()),
            Answer::Verdict(_) => Err("a verdict".to_owned()),
        }
    }

    fn pairs(list: &[(&str, &str)]) -> Result<Vec<(String, String)>, String> {
        Ok(list.iter().map(|(code, text)| ((*code).to_owned(), (*text).to_owned())).collect())
    }

    #[test]
    fn json_is_read_with_or_without_wrapping() {
        let expected = pairs(&[("", "magnets"), ("", "glass")]);
        for text in [
            "{\"goods\": [\"magnets\", \"glass\"]}",
            "  ```json\n{\"goods\":[\"- magnets\",\"magnets\",\" glass\\n\",\"\"]}\n``` ",
            "```JSON\n{\"goods\":[\"magnets\",\"glass\"]}\n```",
            "<think>Let me see {}</think>{\"goods\":[\"=magnets\",\"glass\"]}",
            "The user wants goods. {\"goods\": [\"no\"]} hmm.\n</think>\n\n{\"goods\":[\"magnets\",\"glass\"]}",
            "Here is {what} you asked for:\n```json\n{\"goods\":[\"magnets\",\"glass\"]}\n```\nLet me know!",
            "A draft: {\"goods\": [\"horses\"]}. Better: {\"goods\":[\"magnets\",\"glass\"]} I hope this helps!",
            "{\"goods\":[\"magnets\",\"glass\"],\"reasoning\":\"because\"}",
            "{\"goods\":[{\"name\":\"magnets\"},{\"description\":\"glass\",\"code\":null}]}",
            "[\"magnets\", \"glass\"]",
        ] {
            assert_eq!(goods(text), expected, "{text}");
        }
        for text in
            ["{\"goods\": []}", "NONE", "\"None.\"", "{\"goods\": \"NONE\"}", "{\"goods\":[\"NONE\"]}"]
        {
            assert_eq!(goods(text), Ok(Vec::new()), "{text}");
        }
        for (text, yes) in [
            ("{\"answer\":\" Yes\"}", true),
            ("{\"answer\":\"No.\"}", false),
            ("{\"answer\": true}", true),
            ("Sure: {\"answer\": \"no\", \"why\": \"unrelated\"}", false),
        ] {
            assert_eq!(read_answer(Kind::Confirm, text, 3), Ok(Answer::Verdict(yes)), "{text}");
        }
    }

    #[test]
    fn codes_come_with_goods_however_they_are_written() {
        assert_eq!(
            goods(
                "{\"goods\":[{\"code\":\"8505.11\",\"text\":\"magnets\"},{\"hs\":850511},\"850519 - ferrite\"]}"
            ),
            pairs(&[("8505.11", "magnets"), ("850511", ""), ("850519", "ferrite")])
        );
        assert_eq!(goods("{\"goods\":[{\"code\":\"NONE\",\"text\":\"none\"}]}"), Ok(Vec::new()));
        let Ok(Answer::Goods(list)) =
            read_answer(Kind::Inputs, "{\"goods\":[{\"code\":\"many\",\"text\":\"x\"}]}", 3)
        else {
            panic!()
        };
        assert_eq!(list[0].code, Some(NamedCode::Unreadable));
    }

    #[test]
    fn everything_else_is_a_problem_in_words() {
        for (text, problem) in [
            ("", "the answer is empty"),
            ("<think>so</think>", "the answer is empty"),
            ("Magnets, mostly.", "there is no JSON in it"),
            ("{\"goods\": [\"a\", \"b", "the JSON is cut off"),
            ("Of course: {\"goods\": [\"a\", \"b", "the JSON is cut off"),
            ("{\"products\": [\"a\"]}", "the JSON has another shape (there is no field \"goods\")"),
            ("{}", "the JSON has another shape (there is no field \"goods\")"),
            ("{\"goods\": \"a\"}", "the JSON has another shape (\"goods\" is no list)"),
            ("{\"goods\": [1]}", "the JSON has another shape (a good is neither a text nor an object)"),
            (
                "{\"goods\": [{\"a\": 1}]}",
                "the JSON has another shape (a good has neither \"code\" nor \"text\")",
            ),
            ("3", "the JSON has another shape (it is no object)"),
        ] {
            assert_eq!(goods(text), Err(problem.to_owned()), "{text}");
        }
        for text in ["{\"answer\":\"maybe\"}", "{\"answer\": 1}", "{\"verdict\": \"yes\"}", "Yes, certainly."]
        {
            assert!(read_answer(Kind::Confirm, text, 3).is_err(), "{text}");
        }
    }

    #[test]
    fn long_lists_and_texts_are_cut() {
        let many = format!("{{\"goods\": [\"{}\", \"b\", \"c\", \"d\"]}}", "ä".repeat(500));
        let list = goods(&many).unwrap();
        assert_eq!((list.len(), list[0].1.chars().count()), (3, LONGEST_GOOD));
    }

    #[test]
    fn nothing_makes_it_panic_or_hang() {
        let nested = "{\"a\":".repeat(100_000);
        for text in
            ["```", "``````", "<think>", "</think>", "{", "\u{0}", "[[[[[[[[", "\"\\ud800\"", "{ä", &nested]
        {
            let _ = goods(text);
        }
    }
}
