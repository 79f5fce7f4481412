//! Votes: in how many of its runs a source named a link.

/// The votes of one source for one link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    /// Runs that named the link.
    pub votes: u32,
    /// Runs of the source.
    pub runs: u32,
}

/// Whether a link has the votes it needs: `needed` in one of the sources that voted, or a source that does not vote.
///
/// Votes of different sources are not added up: six of ten runs of one model and none of another are not six of twenty.
///
/// ```
/// use monazite::value_chain::votes::{Tally, has_votes};
/// assert!(has_votes([Some(Tally { votes: 6, runs: 10 })], 6));
/// assert!(!has_votes([Some(Tally { votes: 5, runs: 10 }), Some(Tally { votes: 5, runs: 10 })], 6));
/// assert!(has_votes([Some(Tally { votes: 1, runs: 10 }), None], 6));
/// ```
pub fn has_votes(tallies: impl IntoIterator<Item = Option<Tally>>, needed: u32) -> bool {
    tallies.into_iter().any(|tally| tally.is_none_or(|t| t.votes >= needed))
}

/// The tally with the most votes, of those the one with the fewest runs; `None` if nobody voted.
pub fn strongest(tallies: impl IntoIterator<Item = Option<Tally>>) -> Option<Tally> {
    tallies.into_iter().flatten().max_by_key(|t| (t.votes, std::cmp::Reverse(t.runs)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_tally_has_most_votes() {
        let t = |votes, runs| Some(Tally { votes, runs });
        assert_eq!(strongest([t(3, 3), t(6, 10), t(6, 20), None]), t(6, 10));
        assert_eq!(strongest([None]), None);
        assert!(!has_votes([], 1), "a link that no source names has no votes");
    }
}
