//! Links of the value chain that one run has.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::run::{Run, RunError};

/// A link that one of two runs keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LinkOfOne {
    /// Code of the input.
    pub input: String,
    /// Code of the output.
    pub output: String,
    /// Whether it is in the run after: gained.
    pub gained: bool,
    /// What speaks for it, in words.
    pub evidence: String,
}

pub(super) fn of_one(pair: [&Run; 2]) -> Result<Vec<LinkOfOne>, RunError> {
    type Links = BTreeMap<(String, String), String>;
    let links = |run: &Run| -> Result<Links, RunError> {
        Ok(run.links()?.iter().map(|l| ((l.input.clone(), l.output.clone()), l.evidence.clone())).collect())
    };
    let [before, after] = [links(pair[0])?, links(pair[1])?];
    let only = |own: &Links, other: &Links, gained: bool| -> Vec<LinkOfOne> {
        own.iter()
            .filter(|(link, _)| !other.contains_key(*link))
            .map(|((input, output), evidence)| LinkOfOne {
                input: input.clone(),
                output: output.clone(),
                gained,
                evidence: evidence.clone(),
            })
            .collect()
    };
    Ok([only(&before, &after, false), only(&after, &before, true)].concat())
}
