//! What is wrong with a study.

use std::fmt;

/// One thing that is wrong with a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Line in the file, if it can be said.
    pub line: Option<usize>,
    /// Section and key.
    pub key: String,
    /// What is wrong, with the value, and what to do.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line}: ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        f.write_str(&self.message)
    }
}

/// A study that cannot be run, with everything that is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyError {
    /// The file.
    pub file: String,
    /// All problems, in the order of the file.
    pub problems: Vec<Problem>,
}

impl fmt::Display for StudyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.problems.as_slice() {
            [one] => write!(f, "{}: {one}", self.file),
            many => {
                write!(f, "{}: {} problems", self.file, many.len())?;
                for problem in many {
                    write!(f, "\n  {problem}")?;
                }
                Ok(())
            }
        }
    }
}

impl std::error::Error for StudyError {}
