//! Supply risk as the European Union computes it for its list of critical raw materials.

/// Governance counts from 0 to 10 in the Union's index.
const WORST_GOVERNANCE: f64 = 10.0;

/// One supplier in a concentration of supply.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Supply {
    /// Its share S in the supply, 0 to 1.
    pub share: f64,
    /// Its instability g, 0 to 1; ten times that stands for the Union's WGI, 10 the worst.
    pub instability: f64,
    /// Its trade factor t: above 1 where it taxes, limits or forbids exports, below 1 for partners by agreement; 1 otherwise.
    pub trade_factor: f64,
}

/// HHI_WGI,t = 10 Σ S² g t, the concentration of a supply weighted by the governance of the suppliers and by obstacles to their trade.
///
/// `None` without suppliers. Range \[0, 10\] where t is 1.
///
/// ```
/// use monazite::indices::{Supply, governed_concentration};
/// let of = |share, instability| Supply { share, instability, trade_factor: 1.0 };
/// let found = governed_concentration([of(0.7, 0.59), of(0.2, 0.2), of(0.1, 0.35)]);
/// assert!((found.unwrap() - 3.006).abs() < 1e-12);
/// assert_eq!(governed_concentration([]), None);
/// ```
pub fn governed_concentration(supply: impl IntoIterator<Item = Supply>) -> Option<f64> {
    let add = |sum: Option<f64>, of: Supply| {
        Some(sum.unwrap_or(0.0) + of.share * of.share * of.instability * of.trade_factor)
    };
    supply.into_iter().fold(None, add).map(|sum| WORST_GOVERNANCE * sum)
}

/// What the Union's index is made of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplyRiskParts {
    /// [`governed_concentration`] of the world's supply.
    pub world: Option<f64>,
    /// The same of what the importer uses, its own production among it.
    pub sourcing: Option<f64>,
    /// IR, see [`super::import_reliance()`].
    pub import_reliance: Option<f64>,
    /// EoL-RIR, the share of use that recycling of old scrap covers, 0 to 1; 0 if nothing is said.
    pub recycling: f64,
    /// SI, 1 without any substitute, less with; 1 if nothing is said.
    pub substitution: f64,
}

/// SR = \[ HHI_world · IR/2 + HHI_sourcing · (1 - IR/2) \] · (1 - EoL-RIR) · SI.
///
/// What it answers: how likely is it, by the Union's method, that supply fails: is the world's supply concentrated in badly governed countries, and
/// what the importer itself uses? The one that imports all it uses is judged half by the world's supply, the one that imports nothing by its own alone.
/// Of the two, one that is not known is left out. `None` if neither is known, or both are and IR is not.
///
/// Range \[0, 10\] where no trade factor is above 1. The Union calls a material critical from 1.0 on, together with its economic importance of at
/// least 2.8; that holds for the whole formula only, and for the Union as *one* importer. From trade alone exports stand for production, EoL-RIR is 0 and SI 1
/// (`eu_sr_trade`): compare ranks, and no threshold.
///
/// The Union takes the mean of all six Governance Indicators, scaled to 0 to 10; here it is the one measure of the study, ten times g.
///
/// Reference: G. A. Blengini et al. (2017), Methodology for establishing the EU list of critical raw materials, EUR 28654, doi 10.2760/73303.
///
/// ```
/// use monazite::indices::{SupplyRiskParts, eu_supply_risk};
/// // The case that the Commission works out: supply of the world 3.006, of the Union 5.2919, all of it imported.
/// let found = eu_supply_risk(SupplyRiskParts {
///     world: Some(3.006),
///     sourcing: Some(5.2919),
///     import_reliance: Some(1.0),
///     recycling: 0.06,
///     substitution: 0.95,
/// });
/// assert!((found.unwrap() - 3.70501235).abs() < 1e-9);
/// ```
pub fn eu_supply_risk(parts: SupplyRiskParts) -> Option<f64> {
    let concentration = match (parts.world, parts.sourcing, parts.import_reliance) {
        (Some(world), Some(sourcing), Some(ir)) => world * ir / 2.0 + sourcing * (1.0 - ir / 2.0),
        (Some(one), None, _) | (None, Some(one), _) => one,
        (Some(_), Some(_), None) | (None, None, _) => return None,
    };
    Some(concentration * (1.0 - parts.recycling) * parts.substitution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indices::{export_shares, import_reliance};
    use crate::trade::TradeMatrix;

    fn of(share: f64, instability: f64, trade_factor: f64) -> Supply {
        Supply { share, instability, trade_factor }
    }

    #[test]
    fn the_published_case() {
        let world = governed_concentration([of(0.7, 0.59, 1.0), of(0.2, 0.2, 1.0), of(0.1, 0.35, 1.0)]);
        let sourcing = governed_concentration([of(0.9, 0.59, 1.1), of(0.1, 0.35, 1.0)]);
        assert!((world.unwrap() - 3.006).abs() < 1e-12 && (sourcing.unwrap() - 5.2919).abs() < 1e-12);
        let parts = SupplyRiskParts {
            world,
            sourcing,
            import_reliance: Some(1.0),
            recycling: 0.06,
            substitution: 0.95,
        };
        assert!((eu_supply_risk(parts).unwrap() - 3.705_012_35).abs() < 1e-12);
        // Of two concentrations the one that is known, alone.
        let alone = eu_supply_risk(SupplyRiskParts { world: None, ..parts }).unwrap();
        assert!((alone - 5.2919 * 0.94 * 0.95).abs() < 1e-12);
        assert_eq!(eu_supply_risk(SupplyRiskParts { world: None, sourcing: None, ..parts }), None);
        assert_eq!(eu_supply_risk(SupplyRiskParts { import_reliance: None, ..parts }), None);
    }

    #[test]
    fn oracle_e1() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let g = [0.75, 0.2, 0.5];
        let world = governed_concentration((0..3).map(|a| of(export_shares(&t)[a], g[a], 1.0)));
        assert!((world.unwrap() - 2.420_415_224_913_494_7).abs() < 1e-12);
        for (column, expected) in t.columns().zip([2.0, 4.267_395_653_114_187, 2.055_116_646_842_561]) {
            let supply = column.suppliers.iter().zip(column.shares);
            let sourcing =
                governed_concentration(supply.map(|(&a, share)| of(*share, g[usize::from(a)], 1.0)));
            let c = usize::from(column.importer);
            let found = eu_supply_risk(SupplyRiskParts {
                world,
                sourcing,
                import_reliance: import_reliance(t.imports()[c], t.exports()[c], None),
                recycling: 0.0,
                substitution: 1.0,
            });
            assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?} is not {expected}");
        }
    }
}
