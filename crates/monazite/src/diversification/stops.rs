//! What an importer loses if a supplier stops, directly and through others, as a function of its own purchases.

use crate::indicators::{Factored, Leontief};
use crate::trade::TradeMatrix;

/// The supplier whose stop costs an importer most.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WorstStop {
    /// The supplier, by position.
    pub supplier: u16,
    /// Share of the importer's imports that is lost if it stops, directly and through others. In \[0, 1\].
    pub loss: f64,
}

/// l^(a)_c for one importer c and every supplier a: the share of c's imports that is lost if a stops to export.
///
/// What it answers: whose stop would cost the importer most? What a sells to c is lost, and of what others sell to c the part φ that they bought, as far as it
/// came from a: l^(a)_c = K₁\[a, c\]/(1 + φ_a K₁\[a, a\]) with K₁ = S (I - ΦS)⁻¹, the probability that the walk from c to the origins of its goods meets a.
///
/// One factorisation, one solve and one diagonal for all suppliers. Where goods go round for ever (φ = 1 in a group that buys only from itself), who
/// comes into the group meets each of its members. Range \[0, 1\]; 0 for c itself, for those who sell nothing and, as a whole, if c imports
/// nothing.
///
/// # Panics
/// If `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::diversification::stop_losses;
/// use monazite::indicators::Leontief;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
/// let losses = stop_losses(&t, &[1.0 / 6.0, 1.0, 50.0 / 65.0], 1, &mut Leontief::default());
/// assert!((losses[0] - 0.8636363636).abs() < 1e-9);
/// assert_eq!(losses[1], 0.0);
/// ```
pub fn stop_losses(
    trade: &TradeMatrix,
    content: &[f64],
    importer: usize,
    leontief: &mut Leontief,
) -> Vec<f64> {
    StopNetwork::of(trade, content, leontief).losses(trade, importer)
}

/// The network in which all pass on what they can, factored, for the losses of many importers and of importers that buy elsewhere.
#[derive(Debug)]
pub(super) struct StopNetwork<'a> {
    network: Factored<'a>,
    /// G\[a, a\] of G = (I - ΦS)⁻¹, which is 1 + φ_a K₁\[a, a\].
    diagonal: Vec<f64>,
    /// φ, but 0 for the first member of every group in which goods go round for ever.
    content: Vec<f64>,
    /// These groups, ascending: from each member the way leads to every other, and never out.
    groups: Vec<Vec<usize>>,
}

impl<'a> StopNetwork<'a> {
    pub(super) fn of(trade: &TradeMatrix, content: &[f64], leontief: &'a mut Leontief) -> Self {
        let (mut content, mut groups) = (content.to_vec(), Vec::new());
        while let Err(closed) = leontief.factor_in_place(trade, &content) {
            content[closed.members[0]] = 0.0;
            groups.push(closed.members);
        }
        let mut network = leontief.factored();
        let diagonal = network.diagonal();
        Self { network, diagonal, content, groups }
    }

    /// [`stop_losses`] of one importer.
    pub(super) fn losses(&mut self, trade: &TradeMatrix, importer: usize) -> Vec<f64> {
        let column = self.network.column(importer);
        let diagonal = self.diagonal.iter().copied();
        self.met(shares_lost(sold_of(trade, &column), diagonal), importer)
    }

    /// [`stop_losses`] of one importer, if its import shares were `after` instead of `before`: by Sherman and Morrison,
    /// G' = G + (G Φδ) G\[c, ·\]/(1 - G\[c, ·\]·Φδ) with δ the change of shares. Three solves. `None` if that is near to singular, or opens or
    /// splits a group in which goods go round for ever.
    pub(super) fn losses_with(
        &mut self,
        trade: &TradeMatrix,
        importer: usize,
        before: &[f64],
        after: &[f64],
    ) -> Option<Vec<f64>> {
        let stays = |group: &Vec<usize>| {
            let of = |b: usize| match group.binary_search(&b) {
                Ok(_) => after[b] > 0.0 || before[b] <= 0.0,
                Err(_) => after[b] <= 0.0,
            };
            group.binary_search(&importer).is_err() || (0..after.len()).all(of)
        };
        if !self.groups.iter().all(stays) {
            return None;
        }
        let change: Vec<f64> = after.iter().zip(before).map(|(after, before)| after - before).collect();
        let passed: Vec<f64> = change.iter().zip(&self.content).map(|(change, phi)| phi * change).collect();
        let (row, mut column) = (self.network.row(importer), self.network.column(importer));
        let sent = self.network.supplier_sums(&passed);
        let left = 1.0 - row.iter().zip(&passed).map(|(row, passed)| row * passed).sum::<f64>();
        if left < NEAR || row[importer] * NEAR > 1.0 {
            return None;
        }
        let own = row[importer] / left;
        column.iter_mut().zip(&sent).for_each(|(entry, sent)| *entry += sent * own);
        let mut sold = sold_of(trade, &column);
        let returned = column[importer];
        sold.iter_mut().zip(&change).for_each(|(sold, change)| *sold = (*sold + change * returned).max(0.0));
        let diagonal = self.diagonal.iter().zip(sent.iter().zip(&row));
        let lost = shares_lost(sold, diagonal.map(|(own, (sent, row))| own + sent * row / left));
        Some(self.met(lost, importer))
    }

    /// Who meets the first member of a group in which goods go round for ever meets all of them; 0 for the importer itself.
    fn met(&self, mut lost: Vec<f64>, importer: usize) -> Vec<f64> {
        for group in &self.groups {
            let first = lost[group[0]];
            group.iter().for_each(|&member| lost[member] = first);
        }
        lost[importer] = 0.0;
        lost
    }
}

/// Σ_b s\[a, b\] column\[b\] for every supplier a.
fn sold_of(trade: &TradeMatrix, column: &[f64]) -> Vec<f64> {
    let mut sold = vec![0.0; trade.countries()];
    for imports in trade.columns() {
        let reach = column[usize::from(imports.importer)];
        for (&supplier, &share) in imports.suppliers.iter().zip(imports.shares) {
            sold[usize::from(supplier)] += share * reach;
        }
    }
    sold
}

/// K₁\[a, c\]/G\[a, a\].
fn shares_lost(mut sold: Vec<f64>, diagonal: impl Iterator<Item = f64>) -> Vec<f64> {
    sold.iter_mut().zip(diagonal).for_each(|(loss, own)| *loss = (*loss / own).min(1.0));
    sold
}

/// The largest of losses by supplier, the first of those that are equal.
pub(super) fn worst_of(losses: &[f64]) -> WorstStop {
    let mut worst = WorstStop { supplier: 0, loss: 0.0 };
    for (a, &loss) in losses.iter().enumerate() {
        if loss > worst.loss {
            worst = WorstStop { supplier: a as u16, loss };
        }
    }
    worst
}

/// What one stop costs an importer for any purchases of its own: l(s) = s·level/(1 - s·feedback). One entry a country.
#[derive(Debug, Clone, PartialEq)]
pub struct StopLoss {
    /// The supplier a that stops, by position.
    pub supplier: u16,
    /// φ_b r_b: what is lost of supplier b's goods before they have been in c; 1 for a.
    pub level: Vec<f64>,
    /// φ_b q_b: the part of supplier b's goods that was in c before; 0 for a.
    pub feedback: Vec<f64>,
}

impl StopLoss {
    /// Share of imports that is lost with the import shares `shares`.
    pub fn loss(&self, shares: &[f64]) -> f64 {
        let (mut first, mut back) = (0.0, 0.0);
        for (b, &share) in shares.iter().enumerate() {
            first += share * self.level[b];
            back += share * self.feedback[b];
        }
        if first > 0.0 { first / (1.0 - back) } else { 0.0 }
    }
}

/// What the stop of any one supplier costs one importer, for any purchases of its own; see [`StopRisk::of`].
#[derive(Debug, Clone, PartialEq)]
pub struct StopRisk {
    /// The importer c.
    pub importer: usize,
    /// One for every exporter but c, in order of position.
    pub stops: Vec<StopLoss>,
}

impl StopRisk {
    /// The loss of c at the stop of every supplier a, as a function of c's import shares.
    ///
    /// As [`super::Purchase::of`] with a and c absorbing and every country passing on what it can: r_b is the part of b's imports that comes from a without having been in
    /// c, q_b the part that was in c. Exact for any change of c's shares, φ held. A solve a supplier; where goods go
    /// round nearly for ever, a factorisation and two solves.
    ///
    /// # Panics
    /// If `content` does not have one entry a country, or one that is not in \[0, 1\].
    ///
    /// ```
    /// use monazite::diversification::StopRisk;
    /// use monazite::indicators::Leontief;
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
    /// let b = StopRisk::of(&t, &[1.0 / 6.0, 1.0, 50.0 / 65.0], 1, &mut Leontief::default());
    /// // A stops: three fifths of what C buys are A's, and C passes on 50/65; the rest of C's comes from B.
    /// let a = &b.stops[0];
    /// assert!((a.level[2] - 0.6 * 50.0 / 65.0).abs() < 1e-12 && (a.feedback[2] - 0.4 * 50.0 / 65.0).abs() < 1e-12);
    /// assert!((a.loss(&[0.5, 0.0, 0.5]) - 0.8636363636).abs() < 1e-9);
    /// ```
    pub fn of(trade: &TradeMatrix, content: &[f64], importer: usize, leontief: &mut Leontief) -> Self {
        let n = trade.countries();
        let exporters: Vec<usize> = (0..n).filter(|&a| a != importer && trade.exports()[a] > 0.0).collect();
        let mut found = shared(trade, content, importer, &exporters, leontief);
        let bought: Vec<f64> =
            sold_by(trade, importer).into_iter().map(|share| content[importer] * share).collect();
        let stops = exporters
            .iter()
            .enumerate()
            .map(|(k, &a)| {
                let parts = found.get_mut(k).and_then(Option::take).unwrap_or_else(|| {
                    let sold = sold_by(trade, a);
                    let mut parts =
                        solve_absorbing(trade, content, &[a, importer], &[&sold, &bought], leontief);
                    Parts { reach: parts.pop().unwrap_or_default(), rest: parts.pop().unwrap_or_default() }
                });
                let of = |part: &[f64], own: f64| {
                    let mut passed: Vec<f64> = part.iter().zip(content).map(|(p, phi)| phi * p).collect();
                    passed[a] = own;
                    passed[importer] = 0.0;
                    passed
                };
                StopLoss { supplier: a as u16, level: of(&parts.rest, 1.0), feedback: of(&parts.reach, 0.0) }
            })
            .collect();
        Self { importer, stops }
    }

    /// The stop that costs most with the import shares `shares`; `None` if nobody but c exports.
    pub fn worst(&self, shares: &[f64]) -> Option<WorstStop> {
        let mut worst: Option<WorstStop> = None;
        for stop in &self.stops {
            let loss = stop.loss(shares);
            if worst.is_none_or(|worst| loss > worst.loss) {
                worst = Some(WorstStop { supplier: stop.supplier, loss });
            }
        }
        worst
    }
}

/// r and q of every country, for one stop.
struct Parts {
    rest: Vec<f64>,
    reach: Vec<f64>,
}

/// Less than this is too near to singular for differences.
const NEAR: f64 = 1e-4;

/// r and q for the stop of each of `exporters`, from one factorisation with nobody absorbing: with h_a the losses at the stop of a and p_a = φ_a h_a the
/// weight with which chains come to a and go on, q_b = (p_c(b) - p_a(b) p_c(a))/(1 - p_a(c) p_c(a)) and r_b = h_a(b) - q_b h_a(c). `None` where that
/// is too near to singular, and no entry if it is singular.
fn shared(
    trade: &TradeMatrix,
    content: &[f64],
    importer: usize,
    exporters: &[usize],
    leontief: &mut Leontief,
) -> Vec<Option<Parts>> {
    let Ok(mut network) = leontief.factor(trade, content) else { return Vec::new() };
    let mut losses = |a: usize| -> Option<Vec<f64>> {
        let mut losses = network.importer_sums(&sold_by(trade, a));
        let own = 1.0 + content[a] * losses[a];
        losses.iter_mut().for_each(|loss| *loss /= own);
        (own * NEAR < 1.0).then_some(losses)
    };
    let Some(of_importer) = losses(importer) else { return Vec::new() };
    let back = |b: usize| content[importer] * of_importer[b];
    exporters
        .iter()
        .map(|&a| {
            let lost = losses(a)?;
            let rest = 1.0 - content[a] * lost[importer] * back(a);
            let of = |b: usize| ((back(b) - content[a] * lost[b] * back(a)) / rest).max(0.0);
            let reach: Vec<f64> = (0..lost.len()).map(of).collect();
            let without = |(lost_b, q): (&f64, &f64)| (lost_b - q * lost[importer]).max(0.0);
            (rest > NEAR).then(|| Parts { rest: lost.iter().zip(&reach).map(without).collect(), reach })
        })
        .collect()
}

/// s\[a, ·\]: what every importer buys from one supplier, as a share of its imports.
fn sold_by(trade: &TradeMatrix, supplier: usize) -> Vec<f64> {
    (0..trade.countries())
        .map(|importer| {
            let Some(column) = trade.imports_of(importer) else { return 0.0 };
            column.suppliers.binary_search(&(supplier as u16)).map_or(0.0, |found| column.shares[found])
        })
        .collect()
}

/// x_b = sold_b + Σ_d φ_d s\[d, b\] x_d for every b and every `sold`, where those who absorb pass on nothing. In a group in which goods go round for ever
/// nothing arrives from outside it, so that x is 0 there.
fn solve_absorbing(
    trade: &TradeMatrix,
    content: &[f64],
    absorbing: &[usize],
    sold: &[&[f64]],
    leontief: &mut Leontief,
) -> Vec<Vec<f64>> {
    let mut passed = content.to_vec();
    absorbing.iter().for_each(|&country| passed[country] = 0.0);
    loop {
        match leontief.factor(trade, &passed) {
            Ok(mut network) => return sold.iter().map(|sold| network.importer_sums(sold)).collect(),
            Err(closed) => closed.members.into_iter().for_each(|member| passed[member] = 0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::purchase::import_shares;
    use super::super::rewritten::{NewShares, rewritten};
    use super::*;

    #[test]
    fn goods_that_go_round_for_ever_come_from_nobody() {
        // A and B buy only from one another and pass on everything; C buys from A and D, D from nobody.
        let t = TradeMatrix::from_dense(&[
            &[0.0, 5.0, 4.0, 0.0],
            &[5.0, 0.0, 0.0, 0.0],
            &[0.0; 4],
            &[0.0, 0.0, 4.0, 0.0],
        ]);
        let mut leontief = Leontief::default();
        // If A stops, C loses the half that A sells; if B stops, A has nothing to sell.
        assert_eq!(stop_losses(&t, &[1.0; 4], 2, &mut leontief), [0.5, 0.5, 0.0, 0.5]);
        let of = StopRisk::of(&t, &[1.0; 4], 2, &mut leontief);
        let shares = import_shares(&t, 2);
        let losses: Vec<f64> = of.stops.iter().map(|stop| stop.loss(&shares)).collect();
        assert_eq!(losses, [0.5, 0.5, 0.5]);
        assert_eq!(of.worst(&shares), Some(WorstStop { supplier: 0, loss: 0.5 }));
    }

    /// Numbers in \[0, 1) by a congruence, the same on every machine.
    struct Numbers(u64);

    impl Numbers {
        fn next(&mut self) -> f64 {
            self.0 = self.0.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            (self.0 >> 11) as f64 / (1_u64 << 53) as f64
        }
    }

    /// Some flows of eight countries, of which those in `closed` buy only from one another and pass on all.
    fn with_a_group(numbers: &mut Numbers, closed: std::ops::Range<usize>) -> (TradeMatrix, Vec<f64>) {
        let n = 8;
        let mut flows = vec![vec![0.0; n]; n];
        for (a, flows) in flows.iter_mut().enumerate() {
            for (c, flow) in flows.iter_mut().enumerate() {
                let stays_in = !closed.contains(&c) || closed.contains(&a);
                if a != c && stays_in && numbers.next() < 0.6 {
                    *flow = 1.0 + (9.0 * numbers.next()).floor();
                }
            }
        }
        let content =
            (0..n).map(|c| if closed.contains(&c) { 1.0 } else { (4.0 * numbers.next()).floor() / 3.0 });
        let rows: Vec<&[f64]> = flows.iter().map(Vec::as_slice).collect();
        (TradeMatrix::from_dense(&rows), content.map(|phi| phi.min(1.0)).collect())
    }

    /// A factorisation a supplier, which passes on nothing.
    fn one_by_one(trade: &TradeMatrix, content: &[f64], importer: usize) -> Vec<f64> {
        let of = |a: usize| {
            let sold = sold_by(trade, a);
            let lost = solve_absorbing(trade, content, &[a], &[&sold], &mut Leontief::default());
            if a == importer { 0.0 } else { lost[0][importer].min(1.0) }
        };
        (0..trade.countries()).map(of).collect()
    }

    #[test]
    fn one_factorisation_finds_what_one_a_supplier_finds() {
        let mut numbers = Numbers(7);
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-9);
        let (mut with_groups, mut bought_elsewhere) = (0, 0);
        for round in 0..400 {
            let (t, content) = with_a_group(&mut numbers, 0..round % 8);
            let mut memory = Leontief::default();
            let mut network = StopNetwork::of(&t, &content, &mut memory);
            with_groups += usize::from(!network.groups.is_empty());
            for c in 0..8 {
                let losses = network.losses(&t, c);
                let expected = one_by_one(&t, &content, c);
                assert!(near(&losses, &expected), "round {round}, {c}: {losses:?} {expected:?}");
                // Half of what is bought from one supplier comes from another instead.
                let before = import_shares(&t, c);
                let mut after = before.clone();
                let (from, to) = ((8.0 * numbers.next()) as usize, (8.0 * numbers.next()) as usize);
                if to == c || t.exports()[to] <= 0.0 || after[from] <= 0.0 {
                    continue;
                }
                let part = if round % 3 == 0 { 1.0 } else { 0.5 };
                after[to] += part * after[from];
                after[from] -= part * before[from];
                let shares = NewShares { importer: c, shares: after.clone() };
                let changed = rewritten(&t, &[shares]);
                if let Some(found) = network.losses_with(&t, c, &before, &after) {
                    bought_elsewhere += usize::from(!network.groups.is_empty());
                    let expected = one_by_one(&changed, &content, c);
                    assert!(
                        near(&found, &expected),
                        "round {round}, {c} from {from} to {to}: {found:?} {expected:?}"
                    );
                }
            }
        }
        assert!(with_groups > 100 && bought_elsewhere > 100, "{with_groups} {bought_elsewhere}");
    }

    #[test]
    fn oracle_of_the_shock_scan() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
        let content = [1.0 / 6.0, 1.0, 50.0 / 65.0];
        let expected = [
            [0.0, 0.8636363636363636, 0.9454545454545454],
            [0.7894736842105263, 0.0, 0.4789473684210526],
            [0.7058823529411765, 0.5588235294117647, 0.0],
        ];
        for c in 0..3 {
            let mut leontief = Leontief::default();
            let losses = stop_losses(&t, &content, c, &mut leontief);
            let of = StopRisk::of(&t, &content, c, &mut leontief);
            let shares = import_shares(&t, c);
            for a in 0..3 {
                assert!((losses[a] - expected[a][c]).abs() < 1e-12, "{a} stops, {c} loses {}", losses[a]);
            }
            for stop in &of.stops {
                assert!((stop.loss(&shares) - losses[usize::from(stop.supplier)]).abs() < 1e-14);
            }
            assert_eq!(of.worst(&shares).unwrap().supplier, worst_of(&losses).supplier);
        }
    }
}
