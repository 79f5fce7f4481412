//! How a value of the study file becomes a typed parameter, and how it is written back.

use std::collections::BTreeMap;
use std::path::PathBuf;

use toml::de::DeValue;

use super::text::CONTROL_CHARACTER;
use crate::nomenclature::{Hs6, HsEdition, YearRange};
use crate::plain_text::{beginning, problem_of_name};

/// Longest text of a study, in characters.
const LONGEST_TEXT: usize = 4000;

/// A type that can stand in a study file.
pub trait Parameter: Sized {
    /// What a value has to look like, for messages and the commented example: "a number".
    fn expects() -> String;

    /// Reads a value.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    fn read(value: &DeValue<'_>) -> Result<Self, String>;

    /// The value as TOML, or `None` where leaving the key out is how it is written.
    fn show(&self) -> Option<String>;
}

/// The value as it stands in the file, for messages.
fn found(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("\"{}\"", beginning(text, 80)),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(time) => time.to_string(),
        DeValue::Array(_) => "a list".to_owned(),
        DeValue::Table(_) => "a table".to_owned(),
    }
}

fn wrong<T: Parameter>(value: &DeValue<'_>) -> String {
    format!("{} is not {}", found(value), T::expects())
}

/// Text as a TOML string.
pub(super) fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

impl Parameter for String {
    fn expects() -> String {
        "a text in quotes".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) => match problem_of_name(&text.replace(['\n', '\t'], " "), LONGEST_TEXT) {
                None => Ok(text.to_string()),
                Some(problem) => Err(format!("the text {problem}")),
            },
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        Some(quoted(self))
    }
}

impl Parameter for PathBuf {
    fn expects() -> String {
        "a path in quotes".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) if text.contains(char::is_control) => Err(CONTROL_CHARACTER.to_owned()),
            DeValue::String(text) if !text.is_empty() => Ok(Self::from(text.as_ref())),
            other => Err(wrong::<Self>(other)),
        }
    }

    /// A path that names nothing is left out.
    fn show(&self) -> Option<String> {
        (!self.as_os_str().is_empty()).then(|| quoted(&self.to_string_lossy()))
    }
}

impl Parameter for bool {
    fn expects() -> String {
        "true or false".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Boolean(flag) => Ok(*flag),
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        Some(self.to_string())
    }
}

impl Parameter for f64 {
    fn expects() -> String {
        "a number".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        let text = match value {
            DeValue::Integer(number) => number.as_str(),
            DeValue::Float(number) => number.as_str(),
            other => return Err(wrong::<Self>(other)),
        };
        match text.replace('_', "").parse::<Self>() {
            Ok(number) if number.is_finite() => Ok(number),
            _ => Err(wrong::<Self>(value)),
        }
    }

    fn show(&self) -> Option<String> {
        Some(format!("{self:?}"))
    }
}

macro_rules! whole_number {
    ($type:ty, $expects:literal) => {
        impl Parameter for $type {
            fn expects() -> String {
                $expects.to_owned()
            }

            fn read(value: &DeValue<'_>) -> Result<Self, String> {
                match value {
                    DeValue::Integer(number) if number.radix() == 10 => {
                        number.as_str().replace('_', "").parse().map_err(|_| wrong::<Self>(value))
                    }
                    other => Err(wrong::<Self>(other)),
                }
            }

            fn show(&self) -> Option<String> {
                Some(self.to_string())
            }
        }
    };
}

whole_number!(u64, "a whole number");
whole_number!(i32, "a whole number");
whole_number!(u16, "a year");

impl Parameter for Hs6 {
    fn expects() -> String {
        "a six-digit HS code in quotes".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) => text.parse::<Self>().map_err(|e| e.to_string()),
            DeValue::Integer(number) => Err(format!(
                "{} is a number; HS codes are text, write \"{:0>6}\"",
                number.as_str(),
                number.as_str()
            )),
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }
}

impl Parameter for HsEdition {
    fn expects() -> String {
        "an HS edition such as \"HS07\"".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) => text.parse(),
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        Some(format!("\"{self}\""))
    }
}

impl<T: Parameter> Parameter for Option<T> {
    fn expects() -> String {
        T::expects()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        T::read(value).map(Some)
    }

    fn show(&self) -> Option<String> {
        self.as_ref().and_then(T::show)
    }
}

impl<T: Parameter> Parameter for Vec<T> {
    fn expects() -> String {
        format!("a list, each entry {}", T::expects())
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Array(items) => items.iter().map(|item| T::read(item.get_ref())).collect(),
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        let items: Vec<String> = self.iter().filter_map(T::show).collect();
        Some(format!("[{}]", items.join(", ")))
    }
}

impl Parameter for YearRange {
    fn expects() -> String {
        "two years such as [2007, 2023]".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        let years = Vec::<u16>::read(value).map_err(|_| wrong::<Self>(value))?;
        match years.as_slice() {
            [first, last] if first <= last => Ok(Self { first: *first, last: *last }),
            [first, last] => Err(format!("[{first}, {last}] ends before it begins")),
            _ => Err(wrong::<Self>(value)),
        }
    }

    fn show(&self) -> Option<String> {
        Some(format!("[{}, {}]", self.first, self.last))
    }
}

/// The products a study computes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ProductSelection {
    /// The products of the value chain, seeds included (default).
    #[default]
    Chain,
    /// Every product in the data.
    All,
    /// These products; the seeds and the products of the chain are added.
    List(Vec<Hs6>),
}

impl Parameter for ProductSelection {
    fn expects() -> String {
        "\"chain\", \"all\" or a list of six-digit codes".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::String(text) if text == "chain" => Ok(Self::Chain),
            DeValue::String(text) if text == "all" => Ok(Self::All),
            DeValue::Array(_) => Vec::<Hs6>::read(value).map(Self::List),
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        match self {
            Self::Chain => Some("\"chain\"".to_owned()),
            Self::All => Some("\"all\"".to_owned()),
            Self::List(codes) => codes.show(),
        }
    }
}

/// Countries to be merged into one: code of the group, then its members; the first member lends its stability.
pub type Groups = BTreeMap<String, Vec<String>>;

impl Parameter for Groups {
    fn expects() -> String {
        "a table such as { CHN = [\"CHN\", \"HKG\", \"MAC\"] }".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        match value {
            DeValue::Table(table) => table
                .iter()
                .map(|(key, members)| {
                    Ok((key.get_ref().to_string(), Vec::<String>::read(members.get_ref())?))
                })
                .collect(),
            other => Err(wrong::<Self>(other)),
        }
    }

    fn show(&self) -> Option<String> {
        let groups: Vec<String> = self
            .iter()
            .map(|(code, members)| format!("{code} = {}", members.show().unwrap_or_default()))
            .collect();
        Some(if groups.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", groups.join(", ")) })
    }
}

/// Reads a parameter from a word that was typed rather than written in a study file.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read_word<T: Parameter>(word: &str) -> Result<T, String> {
    T::read(&DeValue::String(word.into()))
}

/// Makes an enum a parameter that is written as one of a few words.
macro_rules! choice {
    ($type:ty { $($word:literal => $variant:path),+ $(,)? }) => {
        impl $crate::study::parameter::Parameter for $type {
            fn expects() -> String {
                let words = [$(concat!("\"", $word, "\"")),+];
                match words.as_slice() {
                    [one] => (*one).to_owned(),
                    [first @ .., last] => format!("{} or {last}", first.join(", ")),
                    [] => String::new(),
                }
            }

            fn read(value: &toml::de::DeValue<'_>) -> Result<Self, String> {
                let word = <String as $crate::study::parameter::Parameter>::read(value)
                    .map_err(|e| e.replace("a text in quotes", &Self::expects()))?;
                // Either way of writing a word of several words: one_column, one-column.
                match word.replace('-', "_").as_str() {
                    $($word => Ok($variant),)+
                    _ => Err(format!("\"{word}\" is not {}", Self::expects())),
                }
            }

            fn show(&self) -> Option<String> {
                Some(match self {
                    $($variant => concat!("\"", $word, "\""),)+
                }.to_owned())
            }
        }
    };
}
pub(crate) use choice;
