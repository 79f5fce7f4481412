//! A link of a value chain: one product goes into another.

use crate::nomenclature::Hs6;

/// One link of the value chain: `input` is a material input of `output`.
#[derive(Debug, Clone, PartialEq)]
pub struct Link {
    /// The product that goes in.
    pub input: Hs6,
    /// The product that comes out.
    pub output: Hs6,
    /// Where the link comes from: citations, or the names of the sources.
    pub source: String,
    /// Line of the file it was read from.
    pub line: Option<u64>,
    /// Whether somebody wrote the link down: an edge list or an expert names it.
    pub curated: bool,
    /// In how many of the runs of a language model the link was named; `None` if nobody voted.
    pub votes: Option<u32>,
    /// Number of runs that could have named it.
    pub runs: Option<u32>,
    /// Correlation across countries of imports of the input and exports of the output, if it was tested.
    pub rho: Option<f64>,
    /// Z of that correlation.
    pub z: Option<f64>,
    /// p of that correlation.
    pub p: Option<f64>,
    /// False discovery rate at which the link is still called significant.
    pub q: Option<f64>,
    /// Who wants the link in whatever votes and tests say, and why.
    pub forced: Option<String>,
}

impl Link {
    /// A link that somebody wrote down, without votes or a test.
    pub fn curated(input: Hs6, output: Hs6) -> Self {
        Self {
            input,
            output,
            source: "curated".to_owned(),
            line: None,
            curated: true,
            votes: None,
            runs: None,
            rho: None,
            z: None,
            p: None,
            q: None,
            forced: None,
        }
    }

    /// The order in which links enter a network: forced ones, then by share of votes, Z and codes. A link that somebody
    /// wrote down counts as having all votes, one that only a published network has as having none.
    pub(super) fn strength(&self, other: &Self) -> std::cmp::Ordering {
        let z = |l: &Self| l.z.unwrap_or(f64::NEG_INFINITY);
        let votes = |l: &Self| match (l.votes, l.runs) {
            _ if l.curated => (1, 1),
            (Some(votes), Some(runs)) => (u64::from(votes), u64::from(runs.max(1))),
            _ => (0, 1),
        };
        let ((v, n), (w, m)) = (votes(self), votes(other));
        (other.forced.is_some().cmp(&self.forced.is_some()))
            .then((w * n).cmp(&(v * m)))
            .then(z(other).total_cmp(&z(self)))
            .then((self.input, self.output).cmp(&(other.input, other.output)))
    }
}
