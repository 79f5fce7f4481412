//! The least fixed point of losses inside a product, exactly, by elimination.
//!
//! l_c = (1 - f_c) Σ_a s\[a, c\] x\[a, c\] with x = max(k, u_a), or 1 - (1 - k)(1 - u_a), and u_a = φ_a l_a + (1 - φ_a) y_a; f_c is what is filled
//! by other suppliers. With the product it is linear. With the maximum it is linear once it is known on which flows the cut is the larger one.
//! From the cuts upwards: take the cut wherever there is one, solve; where the supplier then lacks more than the cut takes, take its loss, and
//! solve again. Losses only grow on the way, so no flow goes back, and there are at most as many solves as cut flows, and one. This is Howard's
//! policy iteration; the last solution is the least fixed point, which plain iteration from 0 reaches in the limit, however slowly.
//!
//! Every solve is the subtraction-free elimination of [`Leontief`]. Where flows of one supplier pass on different parts, what they do not pass on
//! is given to a supplier that stands for it and never loses anything.
//!
//! Countries that buy only from one another and pass on everything lose nothing as long as nothing is cut among them: their losses have no
//! beginning. That is the least fixed point where I - ΦS is singular.
//!
//! Reference: R. A. Howard (1960), Dynamic Programming and Markov Processes; elimination as in [`crate::indicators::leontief`].

use super::scenario::Combine;
use crate::indicators::{Leontief, Singular};
use crate::trade::TradeMatrix;

/// A supplier's loss has to be so much larger than the cut, relatively, to be taken instead: less is rounding.
const LARGER: f64 = 1.0 + 1e-13;

/// The memory to find losses in, for product after product. Make one per thread.
///
/// ```
/// use monazite::shock::{ProductShock, ShockSolver, propagate};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 5.0], &[0.0, 0.0]]);
/// let mut solver = ShockSolver::default();
/// let found = propagate(&t, &[0.0, 1.0], &ProductShock::stop(0), &mut solver)?;
/// assert_eq!(found.loss, [None, Some(1.0)]);
/// # Ok::<(), monazite::shock::ShockError>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct ShockSolver {
    pub(super) leontief: Leontief,
    /// The trade with what is not passed on given to one more supplier.
    rest: TradeMatrix,
    /// The part of the supplier's loss that each flow passes on.
    passed: Vec<f64>,
    /// Flows on which the cut counts, not the supplier's loss.
    cut_counts: Vec<bool>,
    /// Flows on which the cut has to count, since nothing but rounding lets the loss be larger.
    pinned: Vec<bool>,
}

/// What presses on a product: cuts, production losses, and what others fill.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pressure<'a> {
    /// k of every flow in the order of the trade's columns; empty where nothing is cut.
    pub cut: &'a [f64],
    /// y of every country.
    pub production: &'a [f64],
    /// How cut and loss come together.
    pub combine: Combine,
    /// The share of each importer's loss that is filled; empty where nothing is.
    pub filled: &'a [f64],
}

impl Pressure<'_> {
    pub(super) fn cut_of(&self, flow: usize) -> f64 {
        if self.cut.is_empty() { 0.0 } else { self.cut[flow] }
    }

    pub(super) fn left_open(&self, importer: usize) -> f64 {
        if self.filled.is_empty() { 1.0 } else { 1.0 - self.filled[importer] }
    }

    /// The loss share x of a flow whose supplier lacks the share `supply` of its supply.
    pub(super) fn flow_loss(&self, flow: usize, supply: f64) -> f64 {
        let cut = self.cut_of(flow);
        match self.combine {
            Combine::Max => cut.max(supply),
            Combine::Product => cut + (1.0 - cut) * supply,
        }
    }
}

/// The loss share u of a country's supply.
pub(super) fn supply_loss(content: f64, loss: f64, production: f64) -> f64 {
    (content * loss + (1.0 - content) * production).min(1.0)
}

/// Whether nobody who loses anything passes anything on, so that there is nothing to solve.
pub(super) fn stays_where_it_is(trade: &TradeMatrix, content: &[f64], loss: &[f64]) -> bool {
    let of = loss.iter().zip(content).zip(trade.exports());
    of.into_iter().all(|((&loss, &content), &exports)| loss == 0.0 || content == 0.0 || exports == 0.0)
}

/// The least fixed point of a product.
pub(super) struct LeastFixedPoint {
    /// l of every country, 0 where it imports nothing.
    pub loss: Vec<f64>,
    /// Eliminations that it took.
    pub solves: usize,
}

impl ShockSolver {
    /// The least fixed point; see the head of this file.
    pub(super) fn least_fixed_point(
        &mut self,
        trade: &TradeMatrix,
        content: &[f64],
        pressure: &Pressure<'_>,
    ) -> LeastFixedPoint {
        let own: Vec<f64> =
            content.iter().zip(pressure.production).map(|(content, y)| (1.0 - content) * y).collect();
        self.begin(trade, &own, pressure);
        let mut solves = 0;
        loop {
            let constant = self.constant(trade, &own, pressure);
            let mut loss = if stays_where_it_is(trade, content, &constant) {
                constant
            } else {
                let Some(loss) = self.solve(trade, content, pressure, &constant) else { continue };
                solves += 1;
                loss
            };
            loss.iter_mut().for_each(|l| *l = l.min(1.0));
            if !self.take_larger_losses(trade, content, pressure, &loss) {
                return LeastFixedPoint { loss, solves };
            }
        }
    }

    /// Takes the cut wherever there is one that is larger than what the supplier's own production loss comes to.
    fn begin(&mut self, trade: &TradeMatrix, own: &[f64], pressure: &Pressure<'_>) {
        let chosen = pressure.combine == Combine::Max && !pressure.cut.is_empty();
        self.cut_counts.clear();
        self.cut_counts.resize(trade.flows(), false);
        self.pinned.clear();
        self.pinned.resize(trade.flows(), false);
        if chosen {
            let suppliers = trade.columns().flat_map(|column| column.suppliers);
            for ((counts, &supplier), &cut) in self.cut_counts.iter_mut().zip(suppliers).zip(pressure.cut) {
                *counts = cut > 0.0 && cut >= own[usize::from(supplier)];
            }
        }
    }

    /// What importers lose whatever other importers lose.
    fn constant(&self, trade: &TradeMatrix, own: &[f64], pressure: &Pressure<'_>) -> Vec<f64> {
        let mut constant = vec![0.0; trade.countries()];
        let mut flow = 0;
        for column in trade.columns() {
            let mut sum = 0.0;
            for (&supplier, &share) in column.suppliers.iter().zip(column.shares) {
                let own = own[usize::from(supplier)];
                sum += share
                    * match pressure.combine {
                        Combine::Max if self.cut_counts[flow] => pressure.cut[flow],
                        Combine::Max => own,
                        Combine::Product => pressure.flow_loss(flow, own),
                    };
                flow += 1;
            }
            let importer = usize::from(column.importer);
            constant[importer] = sum * pressure.left_open(importer);
        }
        constant
    }

    /// Solves for the present choice. `None` if a choice had to be taken back: then the constant is another one.
    fn solve(
        &mut self,
        trade: &TradeMatrix,
        content: &[f64],
        pressure: &Pressure<'_>,
        constant: &[f64],
    ) -> Option<Vec<f64>> {
        let mut weight = content.to_vec();
        let of_suppliers = self.pass(trade, pressure, &mut weight);
        if !of_suppliers {
            self.fill_rest(trade);
            weight.push(0.0);
        }
        loop {
            let network = if of_suppliers { trade } else { &self.rest };
            let Err(Singular { members }) = self.leontief.factor_in_place(network, &weight) else { break };
            if self.pin_cuts_among(trade, pressure, &members) {
                return None;
            }
            members.into_iter().for_each(|member| weight[member] = 0.0);
        }
        let mut network = self.leontief.factored();
        if of_suppliers {
            return Some(network.importer_sums(constant));
        }
        let mut longer = constant.to_vec();
        longer.push(0.0);
        let mut loss = network.importer_sums(&longer);
        loss.pop();
        Some(loss)
    }

    /// Fills `passed`. Where all flows of each supplier pass on the same part, multiplies `weight` with it and gives true.
    fn pass(&mut self, trade: &TradeMatrix, pressure: &Pressure<'_>, weight: &mut [f64]) -> bool {
        self.passed.clear();
        let mut of_suppliers: Vec<Option<f64>> = vec![None; trade.countries()];
        let mut same = true;
        for column in trade.columns() {
            let open = pressure.left_open(usize::from(column.importer));
            for &supplier in column.suppliers {
                let flow = self.passed.len();
                let part = match pressure.combine {
                    Combine::Max => f64::from(u8::from(!self.cut_counts[flow])),
                    Combine::Product => 1.0 - pressure.cut_of(flow),
                };
                let passed = part * open;
                self.passed.push(passed);
                same &= *of_suppliers[usize::from(supplier)].get_or_insert(passed) == passed;
            }
        }
        if same {
            for (weight, passed) in weight.iter_mut().zip(of_suppliers) {
                *weight *= passed.unwrap_or(1.0);
            }
        }
        same
    }

    /// The trade with what is not passed on given to one more supplier, which buys nothing.
    fn fill_rest(&mut self, trade: &TradeMatrix) {
        let stands_for_it = trade.countries() as u16;
        let mut flows: Vec<(u16, u16, f64)> = Vec::with_capacity(trade.flows() + trade.columns().len());
        let mut flow = 0;
        for column in trade.columns() {
            let mut kept = 0.0;
            for (&supplier, &value) in column.suppliers.iter().zip(column.values) {
                let passed = self.passed[flow];
                if passed > 0.0 {
                    flows.push((column.importer, supplier, value * passed));
                }
                kept += value * (1.0 - passed);
                flow += 1;
            }
            if kept > 0.0 {
                flows.push((column.importer, stands_for_it, kept));
            }
        }
        let (importers, suppliers) = (flows.iter().map(|f| f.0), flows.iter().map(|f| f.1));
        self.rest.fill(trade.countries() + 1, importers, suppliers, flows.iter().map(|f| f.2));
    }

    /// Lets the cuts count again on flows among `members`, for good; false if there are none.
    ///
    /// Members buy only from one another and pass on everything, so none of them can lose more than the largest cut among them: where that cut
    /// was found to be less than the supplier's loss, it was by rounding.
    fn pin_cuts_among(&mut self, trade: &TradeMatrix, pressure: &Pressure<'_>, members: &[usize]) -> bool {
        if pressure.combine == Combine::Product || pressure.cut.is_empty() {
            return false;
        }
        let (mut flow, mut found) = (0, false);
        for column in trade.columns() {
            let member = members.contains(&usize::from(column.importer));
            for _ in column.suppliers {
                if member && pressure.cut[flow] > 0.0 {
                    self.cut_counts[flow] = true;
                    self.pinned[flow] = true;
                    found = true;
                }
                flow += 1;
            }
        }
        found
    }

    /// Takes the supplier's loss where it is larger than the cut; false if it nowhere is.
    fn take_larger_losses(
        &mut self,
        trade: &TradeMatrix,
        content: &[f64],
        pressure: &Pressure<'_>,
        loss: &[f64],
    ) -> bool {
        let mut found = false;
        let suppliers = trade.columns().flat_map(|column| column.suppliers);
        for ((flow, counts), &supplier) in self.cut_counts.iter_mut().enumerate().zip(suppliers) {
            if !*counts || self.pinned[flow] {
                continue;
            }
            let a = usize::from(supplier);
            let supply = supply_loss(content[a], loss[a], pressure.production[a]);
            if supply > pressure.cut[flow] * LARGER {
                *counts = false;
                found = true;
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(
        trade: &TradeMatrix,
        content: &[f64],
        cut: &[f64],
        production: &[f64],
        combine: Combine,
    ) -> LeastFixedPoint {
        let pressure = Pressure { cut, production, combine, filled: &[] };
        ShockSolver::default().least_fixed_point(trade, content, &pressure)
    }

    /// A and B buy from one another only and pass on everything; C sells to D.
    fn closed() -> TradeMatrix {
        TradeMatrix::from_dense(&[
            &[0.0, 5.0, 0.0, 0.0],
            &[5.0, 0.0, 0.0, 0.0],
            &[0.0, 0.0, 0.0, 7.0],
            &[0.0, 0.0, 0.0, 0.0],
        ])
    }

    #[test]
    fn losses_in_a_closed_group_have_no_beginning() {
        let content = [1.0, 1.0, 0.0, 1.0];
        // Flows: B>A, A>B, C>D.
        for combine in [Combine::Max, Combine::Product] {
            let found = of(&closed(), &content, &[], &[0.5, 0.5, 0.25, 0.0], combine);
            assert_eq!(found.loss, [0.0, 0.0, 0.0, 0.25]);
        }
        // A cut of a part goes round once: whoever lacks 0.3 sells 0.3 less, and no more.
        let found = of(&closed(), &content, &[0.3, 0.0, 0.0], &[0.0; 4], Combine::Max);
        assert_eq!(found.loss, [0.3, 0.3, 0.0, 0.0]);
        let found = of(&closed(), &content, &[0.3, 0.2, 0.0], &[0.0; 4], Combine::Max);
        assert_eq!(found.loss, [0.3, 0.3, 0.0, 0.0]);
        // As a share of what is left it goes round for ever: nothing stays.
        let found = of(&closed(), &content, &[0.3, 0.0, 0.0], &[0.0; 4], Combine::Product);
        assert!(
            found.loss.iter().zip([1.0, 1.0, 0.0, 0.0]).all(|(f, e)| (f - e).abs() < 1e-15),
            "{:?}",
            found.loss
        );
    }

    /// A ring that buys one part in 10¹² from outside: plain iteration would need some 10¹³ rounds.
    #[test]
    fn slow_circles_are_solved_at_once() {
        let leak = 1e-12;
        let trade = TradeMatrix::from_dense(&[&[0.0, 1.0, 0.0], &[1.0, 0.0, 0.0], &[leak, 0.0, 0.0]]);
        let content = [1.0, 1.0, 0.0];
        // Flows: B>A, C>A, A>B. C stops: all that A and B pass round is C's in the end.
        let found = of(&trade, &content, &[0.0, 1.0, 0.0], &[0.0; 3], Combine::Max);
        assert!(found.loss[..2].iter().all(|l| (l - 1.0).abs() < 1e-14), "{:?}", found.loss);
        let found = of(&trade, &content, &[], &[0.0, 0.0, 0.5], Combine::Max);
        assert!(found.loss[..2].iter().all(|l| (l - 0.5).abs() < 1e-14), "{:?}", found.loss);
        assert_eq!(found.solves, 1);
    }

    #[test]
    fn a_cut_counts_until_the_supplier_lacks_more() {
        // A sells 80 to B, which sells to C and, cut by a fifth, to D.
        let trade =
            TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0, 0.0], &[0.0, 0.0, 40.0, 60.0], &[0.0; 4], &[0.0; 4]]);
        let content = [0.0, 0.8, 1.0, 1.0];
        // Flows: A>B, B>C, B>D.
        let found = of(&trade, &content, &[0.5, 0.0, 0.2], &[0.0; 4], Combine::Max);
        assert!(found.loss.iter().zip([0.0, 0.5, 0.4, 0.4]).all(|(f, e)| (f - e).abs() < 1e-15));
        assert_eq!(found.solves, 2);
        let found = of(&trade, &content, &[0.5, 0.0, 0.2], &[0.0; 4], Combine::Product);
        assert!(found.loss.iter().zip([0.0, 0.5, 0.4, 0.52]).all(|(f, e)| (f - e).abs() < 1e-15));
        assert_eq!(found.solves, 1);
    }
}
