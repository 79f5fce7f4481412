//! Parts of the change of a weighted mean: what moved its values, by cause, and what its weights did.

/// A change in its parts, which sum to it.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PartsOfChange {
    /// Due to the trade network.
    pub network: f64,
    /// Due to political stability.
    pub stability: f64,
    /// Due to the mix of products: which of them weigh how much, and products traded in one of the two years only.
    pub mix: f64,
}

/// How much of the change of a country's mean STR from one year to the next is due to the trade network, to political stability, and
/// to what the country trades.
///
/// The mean is m = Σ w_p STR_p with shares w_p of the products in the country's trade of the year. Its change is
/// Δm = Σ w̄_p ΔSTR_p + Σ Δw_p STR̄_p, bars being means of the two years. ΔSTR_p is the sum of a part due to the network and one due to
/// stability, so each of the two has its own Σ w̄_p Δ_p; the mix of products is the rest of Δm.
///
/// `trade` is the trade of each product in the year before and in this year (any unit, at least 0; 0 where the product has no STR);
/// `changes` are the changes of its STR due to network and stability, NaN for a product that was not traded in both years; `means` are
/// the mean STR before and now. `None` if nothing is traded in one of the years.
///
/// ```
/// use monazite::profile::parts_of_change;
/// // Half of the trade in each product, then all of it in the first one, whose STR rose from 1 to 2, all by the network.
/// let parts = parts_of_change([&[5.0, 5.0], &[8.0, 0.0]], [&[1.0, f64::NAN], &[0.0, f64::NAN]], [1.5, 2.0]).unwrap();
/// assert_eq!((parts.network, parts.stability, parts.mix), (0.75, 0.0, -0.25));
/// assert!(parts_of_change([&[0.0], &[8.0]], [&[1.0], &[0.0]], [1.5, 2.0]).is_none());
/// ```
pub fn parts_of_change(trade: [&[f64]; 2], changes: [&[f64]; 2], means: [f64; 2]) -> Option<PartsOfChange> {
    let totals = trade.map(|trade| trade.iter().fold(0.0, |sum, w| sum + w));
    if totals[0] <= 0.0 || totals[1] <= 0.0 {
        return None;
    }
    let mut due = [0.0; 2];
    for (p, (before, now)) in trade[0].iter().zip(trade[1]).enumerate() {
        let share = 0.5 * (before / totals[0] + now / totals[1]);
        for (sum, changes) in due.iter_mut().zip(&changes) {
            if !changes[p].is_nan() {
                *sum += share * changes[p];
            }
        }
    }
    let [network, stability] = due;
    Some(PartsOfChange { network, stability, mix: means[1] - means[0] - network - stability })
}

/// The changes of a country by year; the first year has none.
#[derive(Debug, Clone, PartialEq)]
pub struct MemberChanges {
    /// The group it is a member of.
    pub group: usize,
    /// By year: the parts of the change since the year before; `None` where it has no mean in one of the two.
    pub by_year: Vec<Option<PartsOfChange>>,
}

/// The change of a group since the first year, in parts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartsSinceStart {
    /// The year.
    pub year: u16,
    /// Members with a change in this year; 0 in the first one.
    pub members: usize,
    /// The parts.
    pub parts: PartsOfChange,
}

/// The changes of groups since the first year: plain means over the members that have a change in a year, added up over the years. By
/// group, then year; a year in which no member has a change adds nothing.
pub fn parts_since_start(
    years: &[u16],
    groups: usize,
    members: &[MemberChanges],
) -> Vec<Vec<PartsSinceStart>> {
    let mut sums = vec![vec![PartsOfChange::default(); years.len()]; groups];
    let mut counts = vec![vec![0usize; years.len()]; groups];
    for member in members {
        for (t, change) in member.by_year.iter().enumerate() {
            if let Some(change) = change {
                sums[member.group][t].add(*change, 1.0);
                counts[member.group][t] += 1;
            }
        }
    }
    sums.iter()
        .zip(&counts)
        .map(|(sums, counts)| {
            let mut parts = PartsOfChange::default();
            (0..years.len())
                .map(|t| {
                    if counts[t] > 0 {
                        parts.add(sums[t], counts[t] as f64);
                    }
                    PartsSinceStart { year: years[t], members: counts[t], parts }
                })
                .collect()
        })
        .collect()
}

impl PartsOfChange {
    /// Adds other parts, divided by a number.
    fn add(&mut self, other: Self, divisor: f64) {
        self.network += other.network / divisor;
        self.stability += other.stability / divisor;
        self.mix += other.mix / divisor;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(network: f64, stability: f64, mix: f64) -> PartsOfChange {
        PartsOfChange { network, stability, mix }
    }

    #[test]
    fn parts_of_a_case_by_hand_sum_to_the_change() {
        // Trade of 30 and 10, then 20 and 20. STR of 2 and 1 becomes 3 (network +0.5, stability +0.5) and 1.5 (network +1, stability
        // -0.5). Mean before: 0.75 * 2 + 0.25 * 1 = 1.75, now: 0.5 * 3 + 0.5 * 1.5 = 2.25.
        // Mean shares 0.625 and 0.375: network 0.3125 + 0.375, stability 0.3125 - 0.1875, mix -0.25 * 2.5 + 0.25 * 1.25.
        let found =
            parts_of_change([&[30.0, 10.0], &[20.0, 20.0]], [&[0.5, 1.0], &[0.5, -0.5]], [1.75, 2.25]);
        assert_eq!(found, Some(parts(0.6875, 0.125, -0.3125)));
    }

    #[test]
    fn groups_are_means_of_their_members_added_up() {
        let member =
            |group, changes: [Option<PartsOfChange>; 3]| MemberChanges { group, by_year: changes.to_vec() };
        let members = [
            member(1, [None, Some(parts(1.0, 0.0, 0.0)), Some(parts(0.5, 0.25, -1.0))]),
            member(1, [None, Some(parts(0.0, 2.0, 1.0)), None]),
            member(0, [None, None, Some(parts(4.0, 0.0, 0.0))]),
        ];
        let found = parts_since_start(&[2001, 2002, 2003], 3, &members);
        let at = |year, members, parts| PartsSinceStart { year, members, parts };
        assert_eq!(
            found[1],
            [
                at(2001, 0, parts(0.0, 0.0, 0.0)),
                at(2002, 2, parts(0.5, 1.0, 0.5)),
                at(2003, 1, parts(1.0, 1.25, -0.5)),
            ]
        );
        assert_eq!(found[0][2], at(2003, 1, parts(4.0, 0.0, 0.0)));
        // A group without members stays where it is.
        assert!(found[2].iter().all(|p| p.members == 0 && p.parts == PartsOfChange::default()));
    }
}
