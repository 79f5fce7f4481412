//! The key of an endpoint: held in memory, sent in one header, shown nowhere.

use std::fmt;

use crate::MappingError;

/// What stands in place of a key that an endpoint has sent back.
pub const HIDDEN: &str = "[key]";

/// A secret. It has no `Display`, its `Debug` hides it, and every text that comes from an endpoint goes through
/// [`Key::redact`] before anything else is done with it.
///
/// What programs ask for where no key is needed (`EMPTY`, `none`, `ollama`), and anything shorter than eight characters, is sent but is no
/// secret: to look for it in answers would take words out of them.
#[derive(Clone)]
pub struct Key {
    text: String,
    secret: bool,
}

/// A key shorter than this is none that anybody was given to keep.
const SHORTEST_SECRET: usize = 8;

/// Words that stand for "no key", without signs between letters and in small letters.
const DUMMIES: [&str; 24] = [
    "null",
    "none",
    "empty",
    "dummy",
    "dummykey",
    "nokey",
    "nokeyneeded",
    "nokeyrequired",
    "sknokeyrequired",
    "notneeded",
    "notrequired",
    "notused",
    "unused",
    "placeholder",
    "anything",
    "whatever",
    "ollama",
    "lmstudio",
    "vllm",
    "localhost",
    "llamacpp",
    "default",
    "apikey",
    "yourapikey",
];

fn is_dummy(text: &str) -> bool {
    let bare: String =
        text.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    let first = bare.chars().next();
    text.len() < SHORTEST_SECRET
        || DUMMIES.contains(&bare.as_str())
        || DUMMIES.contains(&bare.strip_prefix("sk").unwrap_or(&bare))
        || bare.strip_prefix("sk").unwrap_or(&bare).chars().all(|c| c == 'x')
        || bare.chars().all(|c| Some(c) == first)
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(HIDDEN)
    }
}

impl Key {
    /// Reads a key from an environment variable; `None` if it is not set or blank.
    ///
    /// # Errors
    /// [`MappingError::Key`] if the value cannot be a key: characters that no header can carry, or fewer than four of them.
    pub fn from_variable(name: &str) -> Result<Option<Self>, MappingError> {
        match std::env::var(name) {
            Ok(text) => Self::new(&text, name),
            Err(std::env::VarError::NotPresent) => Ok(None),
            Err(std::env::VarError::NotUnicode(_)) => {
                Err(MappingError::Key { variable: name.to_owned(), message: "it is not text".to_owned() })
            }
        }
    }

    /// A key from text; `variable` is named in errors.
    ///
    /// # Errors
    /// As [`Key::from_variable`].
    pub fn new(text: &str, variable: &str) -> Result<Option<Self>, MappingError> {
        let text = text.trim();
        let wrong = |message: &str| {
            Err(MappingError::Key { variable: variable.to_owned(), message: message.to_owned() })
        };
        if text.is_empty() {
            return Ok(None);
        }
        if !text.bytes().all(|b| b.is_ascii_graphic()) {
            return wrong("it has blanks or characters that a key cannot have");
        }
        if text.len() < 4 {
            return wrong(
                "it has fewer than four characters; if the endpoint needs no key, unset the variable",
            );
        }
        Ok(Some(Self { text: text.to_owned(), secret: !is_dummy(text) }))
    }

    /// The value of the `Authorization` header.
    pub(crate) fn header(&self) -> String {
        format!("Bearer {}", self.text)
    }

    /// A text without the key in it, whatever case it is written in. A key that is no secret stays.
    pub fn redact(&self, text: &str) -> String {
        if !self.secret {
            return text.to_owned();
        }
        let key = self.text.as_bytes();
        let bytes = text.as_bytes();
        let mut clean = String::with_capacity(text.len());
        let (mut copied, mut at) = (0, 0);
        while at + key.len() <= bytes.len() {
            if bytes[at..at + key.len()].eq_ignore_ascii_case(key) {
                clean.push_str(&text[copied..at]);
                clean.push_str(HIDDEN);
                at += key.len();
                copied = at;
            } else {
                at += 1;
            }
        }
        clean.push_str(&text[copied..]);
        clean
    }
}

/// A text without the key, if there is one.
pub(crate) fn redact(key: Option<&Key>, text: &str) -> String {
    key.map_or_else(|| text.to_owned(), |key| key.redact(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::new(" sk-Abc123 \n", "K").unwrap().unwrap();
        assert_eq!(format!("{key:?} {:?}", Some(&key)), "[key] Some([key])");
        assert_eq!(key.redact("é sk-abc123, SK-ABC123sk-Abc123 sk-Abc12"), "é [key], [key][key] sk-Abc12");
        assert_eq!(key.redact(""), "");
    }

    #[test]
    fn what_cannot_be_a_key_is_refused_without_showing_it() {
        assert!(Key::new("  ", "K").unwrap().is_none());
        assert_eq!(
            Key::new("ab c-secret", "K").unwrap_err().to_string(),
            "the key in K cannot be used: it has blanks or characters that a key cannot have"
        );
        assert_eq!(
            Key::new("abc", "K").unwrap_err().to_string(),
            "the key in K cannot be used: it has fewer than four characters; if the endpoint needs no key, unset the variable"
        );
    }

    #[test]
    fn what_is_no_secret_is_sent_and_leaves_answers_alone() {
        for dummy in [
            "null",
            "none",
            "EMPTY",
            "ollama",
            "not-needed",
            "sk-no-key-required",
            "lm-studio",
            "xxxxxxxxxxxx",
            "8505",
        ] {
            let key = Key::new(dummy, "K").unwrap().unwrap();
            assert_eq!(key.header(), format!("Bearer {dummy}"));
            let answer =
                format!("{{\"goods\": [\"{dummy}\", \"magnets of 850511, none else\"], \"x\": null}}");
            assert_eq!(key.redact(&answer), answer);
            assert_eq!(format!("{key:?}"), HIDDEN);
        }
        for secret in ["sk-abc123", "nonesuch1", "0123456789abcdef"] {
            let key = Key::new(secret, "K").unwrap().unwrap();
            assert_eq!(key.redact(&format!("a {secret}")), "a [key]");
        }
    }
}
