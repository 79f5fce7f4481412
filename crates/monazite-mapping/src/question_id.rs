//! The key of a question: what is asked about what in which run. It holds nothing of a study, so that recorded answers serve every
//! study of the same edition.

use std::fmt;
use std::str::FromStr;

use monazite::nomenclature::Hs6;

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// The goods that a product goes into.
    Uses,
    /// The goods that go into a product.
    Inputs,
    /// Whether one product is an input of another.
    Confirm,
    /// The same of a pair whose answer is known.
    Control,
}

impl Kind {
    /// Whether the answer is a list of goods; if not, it is yes or no.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Uses | Self::Inputs)
    }

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Inputs => "inputs",
            Self::Confirm => "confirm",
            Self::Control => "control",
        }
    }
}

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum About {
    /// A product.
    Product(Hs6),
    /// Whether the first goes into the second.
    Pair(Hs6, Hs6),
    /// A control pair, counted from 1.
    Control(usize),
}

/// Under which the answer to a question is found again. In text: `uses-850511-r03`, `inputs-850511-r03`,
/// `confirm-284690-850511-r07`, `control-05-r02`; a repair ends in `-again`.
///
/// ```
/// use monazite_mapping::question_id::QuestionId;
/// let id: QuestionId = "confirm-284690-850511-r07".parse()?;
/// assert_eq!((id.run, id.to_string().as_str()), (7, "confirm-284690-850511-r07"));
/// assert!("confirm-284690-r7".parse::<QuestionId>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuestionId {
    /// What it asks for.
    pub kind: Kind,
    /// What it is about.
    pub about: About,
    /// The run, from 1.
    pub run: u64,
    /// Whether it follows an answer that could not be used.
    pub again: bool,
}

impl fmt::Display for About {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Product(code) => write!(f, "{code}"),
            Self::Pair(input, output) => write!(f, "{input}-{output}"),
            Self::Control(number) => write!(f, "{number:02}"),
        }
    }
}

impl fmt::Display for QuestionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let again = if self.again { "-again" } else { "" };
        write!(f, "{}-{}-r{:02}{again}", self.kind.name(), self.about, self.run)
    }
}

impl FromStr for QuestionId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || format!("'{text}' is not the key of a question, such as uses-850511-r03");
        let (whole, again) = text.strip_suffix("-again").map_or((text, false), |rest| (rest, true));
        let parts: Vec<&str> = whole.split('-').collect();
        let code = |text: &str| text.parse::<Hs6>().map_err(|_| wrong());
        let (kind, about, run) = match parts.as_slice() {
            ["uses", product, run] => (Kind::Uses, About::Product(code(product)?), run),
            ["inputs", product, run] => (Kind::Inputs, About::Product(code(product)?), run),
            ["confirm", input, output, run] => (Kind::Confirm, About::Pair(code(input)?, code(output)?), run),
            ["control", number, run] => {
                (Kind::Control, About::Control(number.parse().map_err(|_| wrong())?), run)
            }
            _ => return Err(wrong()),
        };
        let run = run.strip_prefix('r').and_then(|run| run.parse().ok()).ok_or_else(wrong)?;
        let id = Self { kind, about, run, again };
        // One question has one key: `r3` and `r003` are none.
        if id.to_string() == text && run > 0 { Ok(id) } else { Err(wrong()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_written_and_in_no_other_way() {
        for text in [
            "uses-850511-r03",
            "inputs-010110-r10",
            "confirm-284690-850511-r07-again",
            "control-05-r02",
            "control-120-r1000",
        ] {
            assert_eq!(text.parse::<QuestionId>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "uses-850511",
            "uses-850511-r3",
            "uses-850511-r00",
            "uses-85051-r03",
            "uses-850511-r03-AGAIN",
            "confirm-284690-r07",
            "control-5-r02",
            "request-1",
            "uses-850511-r+3",
        ] {
            assert!(text.parse::<QuestionId>().is_err(), "{text}");
        }
    }
}
