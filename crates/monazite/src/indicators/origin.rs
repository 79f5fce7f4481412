//! Whose goods they are in the end, and how many borders they have crossed, under mass balance.

use super::leontief::{Factored, Leontief, Singular};
use super::sensitivity::reach_of_suppliers;
use crate::trade::TradeMatrix;

/// What one importer buys of the goods of one country, directly and in the end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Origin {
    /// Position of the importer c.
    pub importer: u16,
    /// Position of the country a that the goods were made in; the importer itself, where its own goods come back.
    pub origin: u16,
    /// Origin share O\[a, c\] of the importer's purchases.
    pub share: f64,
    /// Share s\[a, c\] of the country in the purchases themselves; 0 if it does not sell to the importer.
    pub direct: f64,
    /// Origin share times imports, in the unit of the matrix.
    pub value: f64,
    /// Mean number of borders behind the purchases, the same in all rows of an importer.
    pub crossings: f64,
}

/// The origins of the imports of a product-year.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Origins {
    /// By importer and then by origin.
    pub rows: Vec<Origin>,
    /// Imports whose origin is in no row, in the unit of the matrix: origins below the least share.
    pub left_out: f64,
    /// Importers without origins, in ascending order: their goods go round in a group that buys only from itself and passes on everything.
    pub undefined: Vec<u16>,
}

/// Origin shares O\[a, c\] = (1 - φ_a) K₁\[a, c\] of every importer, where K₁ = S (I - ΦS)⁻¹, with the borders behind its purchases.
///
/// What it answers: whose ore does c buy in the end? What a sells is its own but for the import content φ_a, which was bought, again from
/// somebody whose exports are its own but for a part, and so on. Instability plays no role.
///
/// Shares of an importer sum to 1. Rows where both the origin share and the direct share are below `least_share`, or 0, are left out and
/// their imports counted. Undefined for importers in, or behind, a group of countries that buys only from itself and passes on everything.
///
/// `content` are the φ of every country, in \[0, 1\]; with φ = 1 everywhere (the paper) nothing is made anywhere and no importer has an origin.
///
/// Reference: proportional mixing as in Kastner, Kastner and Nonhebel (2011), doi 10.1016/j.ecolecon.2011.01.012.
///
/// # Panics
/// If `content` does not have one entry a country, or one that is not in \[0, 1\].
///
/// ```
/// use monazite::indicators::{Leontief, origin::origins};
/// use monazite::trade::TradeMatrix;
/// // A mine sells 80 to a port, which sells 100 to a user: 80 of the 100 can be the mine's.
/// let t = TradeMatrix::from_dense(&[&[0.0, 80.0, 0.0], &[0.0, 0.0, 100.0], &[0.0; 3]]);
/// let found = origins(&t, &[0.0, 0.8, 1.0], 0.001, &mut Leontief::default());
/// let of_the_user: Vec<(u16, f64, f64)> =
///     found.rows.iter().filter(|r| r.importer == 2).map(|r| (r.origin, r.share, r.direct)).collect();
/// assert!((of_the_user[0].1 - 0.8).abs() < 1e-15 && of_the_user[0].2 == 0.0);
/// assert!((of_the_user[1].1 - 0.2).abs() < 1e-15 && of_the_user[1].2 == 1.0);
/// ```
pub fn origins(trade: &TradeMatrix, content: &[f64], least_share: f64, leontief: &mut Leontief) -> Origins {
    let mut walk = Walk::of(trade, content, leontief);
    let borders = walk.borders(trade);
    let mut found = Origins::default();
    for column in trade.columns() {
        let importer = usize::from(column.importer);
        let behind = walk.behind(trade, importer);
        if walk.is_circular(&behind) {
            found.undefined.push(column.importer);
            continue;
        }
        let imports = trade.imports()[importer];
        for (origin, behind) in behind.into_iter().enumerate() {
            let direct =
                column.suppliers.binary_search(&(origin as u16)).map_or(0.0, |found| column.shares[found]);
            // Rounding may lift a share above 1 by its last digit.
            let share = ((1.0 - content[origin]) * behind).min(1.0);
            if share.max(direct) > 0.0 && share.max(direct) >= least_share {
                found.rows.push(Origin {
                    importer: column.importer,
                    origin: origin as u16,
                    share,
                    direct,
                    value: share * imports,
                    crossings: borders[importer],
                });
            } else {
                found.left_out += share * imports;
            }
        }
    }
    found
}

/// Mean number of borders N_c behind the purchases of every importer: STR - 1 as it were if everybody were wholly unstable (w = 1).
///
/// N_c = Σ_a s\[a, c\] (1 + φ_a N_a): one border for the purchase itself, and those behind what the supplier did not make. At least 1.
/// With φ = min(1, M/X), Σ_c max(0, M_c - X_c) N_c is exactly world trade: what stays somewhere has crossed all the borders that were crossed.
///
/// `None` for a country that imports nothing, and as for [`origins`].
///
/// ```
/// use monazite::indicators::{Leontief, origin::crossings};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let found = crossings(&t, &[1.0 / 9.0, 1.0, 1.0], &mut Leontief::default());
/// assert!((found[1].unwrap() - 1.7916666667).abs() < 1e-9);
/// // B keeps 20 of what it buys and C 60; 170 is traded.
/// assert!((20.0 * found[1].unwrap() + 60.0 * found[2].unwrap() - 170.0).abs() < 1e-9);
/// ```
pub fn crossings(trade: &TradeMatrix, content: &[f64], leontief: &mut Leontief) -> Vec<Option<f64>> {
    let mut walk = Walk::of(trade, content, leontief);
    let borders = walk.borders(trade);
    let mut found = vec![None; trade.countries()];
    for column in trade.columns() {
        let importer = usize::from(column.importer);
        let circular = !walk.closed.is_empty() && {
            let behind = walk.behind(trade, importer);
            walk.is_circular(&behind)
        };
        found[importer] = (!circular).then_some(borders[importer]);
    }
    found
}

/// Mean number of borders that goods have crossed when they reach whoever keeps them: world trade over world net imports, Σ T / Σ max(0, M - X).
///
/// At least 1. `None` if no country buys more than it sells.
///
/// ```
/// use monazite::indicators::origin::mean_crossings;
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// assert_eq!(mean_crossings(&t), Some(170.0 / 80.0));
/// ```
pub fn mean_crossings(trade: &TradeMatrix) -> Option<f64> {
    let net = trade.imports().iter().zip(trade.exports()).map(|(m, x)| (m - x).max(0.0));
    let net = net.fold(0.0, |sum, m| sum + m);
    (net > 0.0).then(|| (trade.total() / net).max(1.0))
}

/// The walk from an importer to where its goods were made.
struct Walk<'a> {
    network: Factored<'a>,
    /// Countries that buy only from one another and pass on everything.
    closed: Vec<usize>,
}

impl<'a> Walk<'a> {
    /// Factors I - ΦS; members of a closed group are taken to make their exports, so that there are factors.
    fn of(trade: &TradeMatrix, content: &[f64], leontief: &'a mut Leontief) -> Self {
        let mut passed = content.to_vec();
        let mut closed = Vec::new();
        while let Err(Singular { members }) = leontief.factor_in_place(trade, &passed) {
            for member in members {
                passed[member] = 0.0;
                closed.push(member);
            }
        }
        Self { network: leontief.factored(), closed }
    }

    /// N of every country, 0 where it imports nothing.
    fn borders(&mut self, trade: &TradeMatrix) -> Vec<f64> {
        let mut purchase = vec![0.0; trade.countries()];
        for column in trade.columns() {
            purchase[usize::from(column.importer)] = 1.0;
        }
        let mut borders = self.network.importer_sums(&purchase);
        borders.iter_mut().zip(purchase).for_each(|(n, one)| *n = n.max(one));
        borders
    }

    /// K₁\[., c\]: how often the walk from an importer comes to each country.
    fn behind(&mut self, trade: &TradeMatrix, importer: usize) -> Vec<f64> {
        reach_of_suppliers(trade, &self.network.column(importer))
    }

    /// Whether the walk comes to a closed group, out of which it never finds.
    fn is_circular(&self, behind: &[f64]) -> bool {
        self.closed.iter().any(|&member| behind[member] > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indicators::import_content::{ContentSources, ImportContent, import_content};

    fn mass(trade: &TradeMatrix) -> Vec<f64> {
        import_content(ImportContent::MassBalance, trade, ContentSources::default())
    }

    fn e1() -> TradeMatrix {
        TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]])
    }

    #[test]
    fn oracle_e1() {
        let trade = e1();
        let mut leontief = Leontief::default();
        let found = origins(&trade, &mass(&trade), 0.0, &mut leontief);
        assert_eq!((found.left_out, found.undefined.len()), (0.0, 0));
        for row in &found.rows {
            let expected = if row.origin == 0 { 1.0 } else { 0.0 };
            assert!((row.share - expected).abs() < 1e-15, "all of it is A's: {row:?}");
        }
        let expected = [2.791666666666667, 1.7916666666666667, 2.236111111111111];
        for (found, expected) in crossings(&trade, &mass(&trade), &mut leontief).into_iter().zip(expected) {
            assert!((found.unwrap() - expected).abs() < 1e-14);
        }
        // A's own goods come back to it from B, which has bought everything.
        let back = found.rows.iter().find(|r| (r.importer, r.origin) == (0, 0)).unwrap();
        assert_eq!((back.direct, back.value), (0.0, 10.0 * back.share));
        assert!((back.crossings - 2.791666666666667).abs() < 1e-14);
    }

    #[test]
    fn what_is_below_the_least_share_is_counted() {
        // A sells 990 and B 10 to C; B has nothing of its own but 5.
        let trade = TradeMatrix::from_dense(&[&[0.0, 5.0, 990.0], &[0.0, 0.0, 10.0], &[0.0; 3]]);
        let found = origins(&trade, &mass(&trade), 0.02, &mut Leontief::default());
        let of_c: Vec<u16> = found.rows.iter().filter(|r| r.importer == 2).map(|r| r.origin).collect();
        assert_eq!(of_c, [0]);
        assert!((found.left_out - 5.0).abs() < 1e-12, "{}", found.left_out);
        assert!((found.rows.iter().map(|r| r.value).sum::<f64>() + found.left_out - 1005.0).abs() < 1e-12);
    }

    #[test]
    fn goods_that_go_round_have_no_origin_and_others_do() {
        // A and B send one another 5 and nothing else; C sells to D.
        let trade = TradeMatrix::from_dense(&[
            &[0.0, 5.0, 0.0, 0.0],
            &[5.0, 0.0, 0.0, 0.0],
            &[0.0, 0.0, 0.0, 7.0],
            &[0.0; 4],
        ]);
        let mut leontief = Leontief::default();
        let found = origins(&trade, &mass(&trade), 0.0, &mut leontief);
        assert_eq!(found.undefined, [0, 1]);
        assert_eq!(
            found.rows.iter().map(|r| (r.importer, r.origin, r.share)).collect::<Vec<_>>(),
            [(3, 2, 1.0)]
        );
        assert_eq!(crossings(&trade, &mass(&trade), &mut leontief), [None, None, None, Some(1.0)]);
        // Under the paper's reading nobody makes anything.
        let full = origins(&e1(), &[1.0; 3], 0.0, &mut leontief);
        assert_eq!((full.undefined.len(), full.rows.len()), (3, 0));
    }

    #[test]
    fn nobody_keeps_anything() {
        let trade = TradeMatrix::from_dense(&[&[0.0, 5.0], &[5.0, 0.0]]);
        assert_eq!((mean_crossings(&trade), mean_crossings(&TradeMatrix::new(2))), (None, None));
    }
}
