//! The least largest of many linear costs, over what an importer can buy.

use super::limits::Limits;
use super::optimum::Search;

/// The shares that make the largest cost least, and how well that is known.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct LeastMaximum {
    pub(super) shares: Vec<f64>,
    /// No shares within the limits have a largest cost below this.
    pub(super) at_least: f64,
    /// How often the suppliers were put in order.
    pub(super) rounds: usize,
}

/// Costs below this part of one another are equal.
const EQUAL: f64 = 1e-12;

/// What is in the basis: what is left of a cost's bound, or a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Member {
    Slack,
    Plan(usize),
}

/// min over s within `limits` of max over the rows of row·s; rows are not negative. A plan that costs nothing in any of them
/// is the best there is.
///
/// A game of two: the importer mixes plans, nature picks a row. As a linear program over all extreme plans it is max Σ x with P x ≤ 1, x ≥ 0, P the costs of the
/// plans, whose value is 1/Σ x. The plans are made as they are needed: given the prices y of the rows, the plan that enters is the cheapest for
/// the costs Σ y row, which the greedy search finds exactly (Dantzig and Wolfe 1960, with one inverse of the basis). The search ends when that plan is no cheaper than the mixture, and
/// the prices then prove how far the mixture can be from the best. `start` is a plan within the limits.
pub(super) fn least_maximum(
    rows: &[Vec<f64>],
    limits: &Limits,
    search: &mut Search,
    start: Vec<f64>,
) -> LeastMaximum {
    let size = rows.len();
    let mut basis = Basis::new(size);
    let mut plans: Vec<Vec<f64>> = Vec::new();
    let mut entering = Some(start);
    let mut at_least = 0.0f64;
    // Twenty plans a row are far more than were ever needed; then the mixture found so far is given with what is known of it.
    for round in 0..20 * (size + 10) {
        let prices = basis.row_prices();
        let (mut lowest, mut row) = (-EQUAL, None);
        for (i, &price) in prices.iter().enumerate() {
            if price < lowest {
                (lowest, row) = (price, Some(i));
            }
        }
        if let Some(row) = row {
            let unit: Vec<f64> = (0..size).map(|i| f64::from(u8::from(i == row))).collect();
            if basis.enter(Member::Slack, &unit) {
                continue;
            }
        }
        let plan = entering.take().unwrap_or_else(|| {
            let costs = weighted(rows, &prices, limits.shares.len());
            search.cheapest(&costs, limits)
        });
        let costs: Vec<f64> = rows.iter().map(|row| dot(row, &plan)).collect();
        if costs.iter().all(|cost| *cost <= EQUAL) {
            return LeastMaximum { shares: plan, at_least: 0.0, rounds: round + 1 };
        }
        let (cost, total) = (dot(&costs, &prices), prices.iter().sum::<f64>());
        if round > 0 && total > 0.0 {
            at_least = at_least.max(cost / total);
        }
        if round > 0 && cost >= 1.0 - EQUAL {
            return LeastMaximum { shares: basis.mixture(&plans), at_least, rounds: round };
        }
        plans.push(plan);
        if !basis.enter(Member::Plan(plans.len() - 1), &costs) {
            break;
        }
    }
    LeastMaximum { shares: basis.mixture(&plans), at_least, rounds: plans.len() }
}

/// Σ x y.
pub(super) fn dot(x: &[f64], y: &[f64]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// Σ price row, prices below 0 by rounding left out.
fn weighted(rows: &[Vec<f64>], prices: &[f64], countries: usize) -> Vec<f64> {
    let mut costs = vec![0.0; countries];
    for (row, &price) in rows.iter().zip(prices).filter(|(_, price)| **price > 0.0) {
        for (cost, entry) in costs.iter_mut().zip(row) {
            *cost += price * entry;
        }
    }
    costs
}

/// The basis of the linear program: its inverse, who is in it, and how much.
#[derive(Debug)]
struct Basis {
    inverse: Vec<Vec<f64>>,
    members: Vec<Member>,
    amounts: Vec<f64>,
}

impl Basis {
    fn new(size: usize) -> Self {
        let unit = |i: usize| (0..size).map(|j| f64::from(u8::from(i == j))).collect();
        Self {
            inverse: (0..size).map(unit).collect(),
            members: vec![Member::Slack; size],
            amounts: vec![1.0; size],
        }
    }

    /// y: what one more unit of every bound brings.
    fn row_prices(&self) -> Vec<f64> {
        let mut prices = vec![0.0; self.members.len()];
        for (member, row) in self.members.iter().zip(&self.inverse) {
            if matches!(member, Member::Plan(_)) {
                prices.iter_mut().zip(row).for_each(|(price, entry)| *price += entry);
            }
        }
        prices
    }

    /// Takes a column in for the member that is first used up, ties by place; false if none is.
    fn enter(&mut self, member: Member, column: &[f64]) -> bool {
        let direction: Vec<f64> = self.inverse.iter().map(|row| dot(row, column)).collect();
        let mut leaving: Option<usize> = None;
        for (i, &d) in direction.iter().enumerate() {
            let sooner = |j: usize| self.amounts[i] / d < self.amounts[j] / direction[j];
            if d > EQUAL && leaving.is_none_or(sooner) {
                leaving = Some(i);
            }
        }
        let Some(leaving) = leaving else { return false };
        let pivot = direction[leaving];
        self.inverse[leaving].iter_mut().for_each(|entry| *entry /= pivot);
        self.amounts[leaving] /= pivot;
        let (row, amount) = (self.inverse[leaving].clone(), self.amounts[leaving]);
        for (i, &d) in direction.iter().enumerate() {
            if i != leaving && d != 0.0 {
                self.inverse[i].iter_mut().zip(&row).for_each(|(entry, of)| *entry -= d * of);
                self.amounts[i] = (self.amounts[i] - d * amount).max(0.0);
            }
        }
        self.members[leaving] = member;
        true
    }

    /// The plans in the basis, mixed by their amounts.
    fn mixture(&self, plans: &[Vec<f64>]) -> Vec<f64> {
        let mut shares = vec![0.0; plans.first().map_or(0, Vec::len)];
        let mut total = 0.0;
        for (member, &amount) in self.members.iter().zip(&self.amounts) {
            if let Member::Plan(plan) = *member {
                total += amount;
                shares.iter_mut().zip(&plans[plan]).for_each(|(share, of)| *share += amount * of);
            }
        }
        shares.iter_mut().for_each(|share| *share /= total);
        shares
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_costs_are_made_equal() {
        // One supplier each: the largest of 2 s₀, 3 s₁, 6 s₂ is least where they are equal, at 1/(1/2 + 1/3 + 1/6) = 1.
        let rows = [vec![2.0, 0.0, 0.0], vec![0.0, 3.0, 0.0], vec![0.0, 0.0, 6.0]];
        let mut limits = Limits {
            importer: 3,
            imports: 1.0,
            shares: vec![1.0, 0.0, 0.0],
            lower: vec![0.0; 3],
            upper: vec![1.0; 3],
            moved: 1.0,
            capacity: vec![0.0; 3],
        };
        let of =
            |limits: &Limits| least_maximum(&rows, limits, &mut Search::new(limits), limits.shares.clone());
        let found = of(&limits);
        let close = |found: &[f64], expected: [f64; 3]| {
            found.iter().zip(expected).all(|(f, e)| (f - e).abs() < 1e-12)
        };
        assert!(close(&found.shares, [0.5, 1.0 / 3.0, 1.0 / 6.0]), "{found:?}");
        assert!((found.at_least - 1.0).abs() < 1e-11);
        // With no more than 0.3 moved the first stays the dearest, at 1.4.
        limits.moved = 0.3;
        let found = of(&limits);
        assert!((found.shares[0] - 0.7).abs() < 1e-12 && (found.at_least - 1.4).abs() < 1e-11, "{found:?}");
    }
}
