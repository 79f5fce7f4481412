//! Questions with their answers.

use serde::Serialize;

/// A question with its answer in sentences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Answered {
    /// Who asks.
    pub asks: &'static str,
    /// What.
    pub question: &'static str,
    /// The answer.
    pub sentences: Vec<String>,
}

/// What a referee, an economist and a policy desk ask of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct ThreeAnswers(pub Vec<Answered>);
