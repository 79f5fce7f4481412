//! Who depends on whom: what each supplier contributes to the STR of each importer.

use super::content_risk::ContentSolved;
use super::leontief::Factored;
use super::sensitivity::{instability_gradient, reach_of_suppliers};
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

/// As [`dependencies`], where exporters pass on only their import content.
///
/// Contributions are K = V (I - U)⁻¹ with U = diag(φ) V: K\[a, c\] is the instability of a that arrives at c. Those of all suppliers and
/// the importer's own K\[c, c\] sum to STR_c - 1. The slope is ∂STR_c/∂w_a / 100 = (1 + φ_a e_a) Σ_b s\[a, b\] (I - U)⁻¹\[b, c\] / 100, with φ held.
/// With φ = 1 the rows are those of the paper.
///
/// `content` are the φ and `damping` the factor of V that `solved` was made with. One solve an importer.
///
/// ```
/// use monazite::indicators::content_risk::content_risk;
/// use monazite::indicators::dependency::content_dependencies;
/// use monazite::indicators::{Leontief, RiskParameters};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let (w, content) = ([0.75, 0.2, 0.5], [1.0 / 9.0, 1.0, 1.0]);
/// let mut leontief = Leontief::default();
/// let mut solved = content_risk(&t, &w, &content, &RiskParameters::default(), &mut leontief);
/// let all = content_dependencies(&t, &content, 1.0, 0.0, &mut solved);
/// let of_b_on_a = all.iter().find(|d| (d.importer, d.supplier) == (1, 0)).unwrap();
/// assert!((of_b_on_a.contribution - 0.6154465004).abs() < 1e-9);
/// assert_eq!((of_b_on_a.share, of_b_on_a.direct), (0.75, 0.5625));
/// ```
pub fn content_dependencies(
    trade: &TradeMatrix,
    content: &[f64],
    damping: f64,
    least_contribution: f64,
    solved: &mut ContentSolved<'_>,
) -> Vec<Dependency> {
    let ContentSolved { risk, network } = solved;
    let mut rows = Vec::new();
    for column in trade.columns() {
        let importer = usize::from(column.importer);
        let reach = reach_of_suppliers(trade, &network.column(importer));
        for supplier in 0..trade.countries() {
            let contribution = risk.weight[supplier] * reach[supplier];
            if supplier == importer || contribution < least_contribution {
                continue;
            }
            let share =
                column.suppliers.binary_search(&(supplier as u16)).map_or(0.0, |found| column.shares[found]);
            let behind = 1.0 + content[supplier] * risk.excess[supplier];
            rows.push(Dependency {
                importer: column.importer,
                supplier: supplier as u16,
                share,
                contribution,
                direct: risk.weight[supplier] * share,
                per_point: damping * behind * reach[supplier] / 100.0,
            });
        }
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::content_risk::content_risk;
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

    const W: [f64; 3] = [0.75, 0.2, 0.5];

    fn e1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    fn under(content: [f64; 3], damping: f64) -> Vec<Dependency> {
        let mut leontief = Leontief::default();
        let parameters = RiskParameters { damping, ..RiskParameters::default() };
        let mut solved = content_risk(&e1(), &W, &content, &parameters, &mut leontief);
        content_dependencies(&e1(), &content, damping, 0.0, &mut solved)
    }

    #[test]
    fn oracle_e1_under_mass_balance() {
        let contribution = [
            [0.1230893001, 0.6154465004, 0.3620273532],
            [0.2059533387, 0.0297666935, 0.1351568785],
            [0.0257441673, 0.1287208367, 0.0168946098],
        ];
        let slope = [
            [0.1705887645, 0.8529438225, 0.5017316603],
            [1.8267381812, 0.2640207527, 1.1987969314],
            [0.0779573981, 0.3897869906, 0.0511595425],
        ];
        let all = under([1.0 / 9.0, 1.0, 1.0], 1.0);
        assert_eq!(all.len(), 6, "nobody's row on itself");
        for d in &all {
            let (a, c) = (usize::from(d.supplier), usize::from(d.importer));
            assert!((d.contribution - contribution[a][c]).abs() < 5e-11, "{d:?}");
            assert!((100.0 * d.per_point - slope[a][c]).abs() < 5e-10, "{d:?}");
        }
    }

    #[test]
    fn with_a_content_of_one_they_are_the_papers() {
        for damping in [1.0, 0.6] {
            let mut leontief = Leontief::default();
            let parameters = RiskParameters { damping, ..RiskParameters::default() };
            let mut solved = solve(&e1(), &W, &parameters, &mut leontief);
            let sums = solved.risk.importer_sums;
            let paper = dependencies(&e1(), &W, damping, &sums, 0.0, &mut solved.network);
            let found = under([1.0; 3], damping);
            assert_eq!(found.len(), paper.len());
            for (f, p) in found.iter().zip(&paper) {
                assert_eq!((f.importer, f.supplier, f.share), (p.importer, p.supplier, p.share));
                assert!((f.contribution - p.contribution).abs() < 1e-12);
                assert!((f.direct - p.direct).abs() < 1e-12);
                assert!((f.per_point - p.per_point).abs() < 1e-12);
            }
        }
    }
}
