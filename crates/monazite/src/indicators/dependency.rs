//! Who depends on whom: what each supplier contributes to the STR of each importer.

use super::leontief::Factored;
use super::sensitivity::instability_gradient;
use crate::trade::TradeMatrix;

/// Dependence of one importer on one supplier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dependency {
    /// Position of the importer c.
    pub importer: u16,
    /// Position of the supplier a.
    pub supplier: u16,
    /// Share s\[a, c\] of the supplier in the importer's imports; 0 if it reaches the importer through others only.
    pub share: f64,
    /// Contribution L\[a, c\] of the supplier to STR of the importer.
    pub contribution: f64,
    /// Part of the contribution that comes directly: w_a s\[a, c\].
    pub direct: f64,
    /// By how much STR of the importer rises if the supplier loses one point of PV.
    pub per_point: f64,
}

/// Every dependence with a contribution of at least `least_contribution`, by importer and then by supplier.
///
/// What it answers: whose instability stands behind the STR of an importer, how much of it arrives directly, and how much a point of
/// political stability of the supplier is worth. With L = (I - V)⁻¹ and V\[a, c\] = w_a s\[a, c\], contributions of all suppliers and
/// the importer's own L\[c, c\] sum to STR_c; the slope is ∂STR_c/∂w_a / 100 ([`instability_gradient`]).
///
/// `instability` are the w_a before damping, `damping` the factor of V, `network` its factors and `importer_sums` the column sums of L,
/// both from [`super::systemic_risk::solve`]. One solve an importer.
///
/// ```
/// use monazite::indicators::{Leontief, RiskParameters, dependency::dependencies, systemic_risk::solve};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let w = [0.75, 0.2, 0.5];
/// let mut leontief = Leontief::default();
/// let mut solved = solve(&t, &w, &RiskParameters::default(), &mut leontief);
/// let all = dependencies(&t, &w, 1.0, &solved.risk.importer_sums, 0.1, &mut solved.network);
/// let of_b_on_a = all.iter().find(|d| (d.importer, d.supplier) == (1, 0)).unwrap();
/// assert!((of_b_on_a.contribution - 0.6910569106).abs() < 1e-9);
/// assert_eq!((of_b_on_a.share, of_b_on_a.direct), (0.75, 0.5625));
/// assert!((of_b_on_a.per_point - 0.012884746734).abs() < 1e-9);
/// ```
pub fn dependencies(
    trade: &TradeMatrix,
    instability: &[f64],
    damping: f64,
    importer_sums: &[f64],
    least_contribution: f64,
    network: &mut Factored<'_>,
) -> Vec<Dependency> {
    let mut rows = Vec::new();
    for column in trade.columns() {
        let importer = usize::from(column.importer);
        let reach = network.column(importer);
        let gradient = instability_gradient(trade, importer_sums, &reach);
        for supplier in 0..trade.countries() {
            if supplier == importer || reach[supplier] < least_contribution {
                continue;
            }
            let share =
                column.suppliers.binary_search(&(supplier as u16)).map_or(0.0, |found| column.shares[found]);
            rows.push(Dependency {
                importer: column.importer,
                supplier: supplier as u16,
                share,
                contribution: reach[supplier],
                direct: damping * instability[supplier] * share,
                per_point: damping * gradient[supplier] / 100.0,
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::leontief::Leontief;
    use crate::indicators::systemic_risk::{RiskParameters, solve};

    fn of_a_chain(damping: f64) -> Vec<Dependency> {
        // A sends to B, B to C.
        let t = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[0.0, 0.0, 5.0], &[0.0; 3]]);
        let w = [0.75, 0.5, 0.1];
        let mut leontief = Leontief::default();
        let parameters = RiskParameters { damping, ..RiskParameters::default() };
        let mut solved = solve(&t, &w, &parameters, &mut leontief);
        let sums = solved.risk.importer_sums;
        dependencies(&t, &w, damping, &sums, 0.0, &mut solved.network)
    }

    #[test]
    fn a_supplier_behind_the_supplier_contributes_without_a_share() {
        let all = of_a_chain(1.0);
        let of = |importer, supplier| {
            *all.iter().find(|d| (d.importer, d.supplier) == (importer, supplier)).unwrap()
        };
        assert_eq!((of(2, 0).share, of(2, 0).direct, of(2, 0).contribution), (0.0, 0.0, 0.75 * 0.5));
        assert_eq!((of(2, 1).share, of(2, 1).direct, of(2, 1).contribution), (1.0, 0.5, 0.5));
        // STR of C is 1 + w_B (1 + w_A).
        assert!((of(2, 0).per_point - 0.5 / 100.0).abs() < 1e-15);
        assert!((of(2, 1).per_point - 1.75 / 100.0).abs() < 1e-15);
    }

    #[test]
    fn damping_counts_in_the_direct_part_and_in_the_slope() {
        let all = of_a_chain(0.5);
        let of_c_on_b = all.iter().find(|d| (d.importer, d.supplier) == (2, 1)).unwrap();
        assert_eq!((of_c_on_b.direct, of_c_on_b.contribution), (0.25, 0.25));
        assert!((of_c_on_b.per_point - 0.5 * (1.0 + 0.375) / 100.0).abs() < 1e-15);
    }
}
