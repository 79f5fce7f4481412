//! What is moved: from whom, to whom, how much.

/// A part of the imports that goes from one supplier to another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Move {
    /// The supplier that loses it, by position.
    pub from: u16,
    /// The supplier that gets it, by position.
    pub to: u16,
    /// Share of the importer's imports.
    pub share: f64,
}

/// Less than this share of imports is rounding and no move.
const ROUNDING: f64 = 1e-12;

/// The moves that make `after` of `before`, both import shares by country.
///
/// Only the losses and gains are determined; they are paired in the order of `order`: what the first of those who lose in it gives goes to the last of those
/// who gain. With prices of suppliers ([`super::Purchase::prices`]) in `order`, the dearest is replaced by the cheapest, ties by position.
///
/// # Panics
/// If the three do not have one entry a country.
///
/// ```
/// use monazite::diversification::moves;
/// let found = moves(&[0.5, 0.375, 0.125], &[0.25, 0.5, 0.25], &[0.9, 0.2, 0.3]);
/// assert_eq!(found.len(), 2);
/// assert_eq!((found[0].from, found[0].to, found[0].share), (0, 1, 0.125));
/// assert_eq!((found[1].from, found[1].to, found[1].share), (0, 2, 0.125));
/// ```
pub fn moves(before: &[f64], after: &[f64], order: &[f64]) -> Vec<Move> {
    assert!(before.len() == after.len() && before.len() == order.len(), "one entry a country");
    let change = |a: usize| after[a] - before[a];
    let mut losing: Vec<usize> = (0..before.len()).filter(|&a| change(a) < -ROUNDING).collect();
    let mut gaining: Vec<usize> = (0..before.len()).filter(|&a| change(a) > ROUNDING).collect();
    losing.sort_unstable_by(|&a, &b| order[b].total_cmp(&order[a]).then(a.cmp(&b)));
    gaining.sort_unstable_by(|&a, &b| order[a].total_cmp(&order[b]).then(a.cmp(&b)));
    let mut found = Vec::new();
    let mut gaining = gaining.into_iter();
    let mut open = gaining.next().map(|to| (to, change(to)));
    for from in losing {
        let mut left = -change(from);
        while left > ROUNDING {
            let Some((to, room)) = open else { break };
            let share = left.min(room);
            found.push(Move { from: from as u16, to: to as u16, share });
            left -= share;
            open = if room - share > ROUNDING {
                Some((to, room - share))
            } else {
                gaining.next().map(|to| (to, change(to)))
            };
        }
    }
    found
}
