//! GeoPolRisk: concentration of production, times the instability of what an importer uses.

use crate::trade::matrix::Imports;

/// What counts where nothing is known of a supplier's stability.
const UNKNOWN_INSTABILITY: f64 = 0.5;

/// H · Σ_a g_a T\[a, c\] / (P_c + M_c), the GeoPolRisk score of an importer.
///
/// What it answers: is the product made in few places, and how unstable are those that the country buys from, measured by all that it uses? H is the
/// Herfindahl-Hirschman index of production, P_c the importer's own production in the unit of the trade, M_c its imports. A supplier of which no stability
/// is known counts 0.5.
///
/// From trade alone (`geopolrisk_trade`) H is that of the world's exports and P is 0. Then it is H times the direct part of STR, and since H is one number a
/// product and year, it ranks the importers of a product exactly as the direct part does: compare it across products, not inside one.
///
/// Range \[0, 1\]. The original counts tonnes; here it is the measure of the study.
///
/// Reference: E. Gemechu et al. (2016), Import-based indicator for the geopolitical supply risk of raw materials in life cycle sustainability
/// assessments, J. Industrial Ecology 20, doi 10.1111/jiec.12279.
///
/// ```
/// use monazite::indices::{export_hhi, geopolrisk};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let g = [Some(0.75), Some(0.2), Some(0.5)];
/// let c = t.imports_of(2).unwrap();
/// assert!((geopolrisk(export_hhi(&t).unwrap(), &c, &g, 0.0) - 0.1700908304).abs() < 1e-9);
/// // Who makes as much as it buys is exposed half as much.
/// assert!((geopolrisk(export_hhi(&t).unwrap(), &c, &g, 80.0) - 0.0850454152).abs() < 1e-9);
/// ```
pub fn geopolrisk(hhi: f64, imports: &Imports<'_>, instability: &[Option<f64>], production: f64) -> f64 {
    let all: f64 = imports.values.iter().fold(0.0, |sum, value| sum + value);
    let of = imports.suppliers.iter().zip(imports.values);
    let unstable = of.fold(0.0, |sum, (&supplier, value)| {
        sum + value * instability[usize::from(supplier)].unwrap_or(UNKNOWN_INSTABILITY)
    });
    hhi * (unstable / (production + all))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::indices::export_hhi;
    use crate::trade::TradeMatrix;

    #[test]
    fn oracle_e1() {
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
        let g = [Some(0.75), Some(0.2), Some(0.5)];
        let expected = [0.083_737_024_221_453_28, 0.287_846_020_761_245_7, 0.170_090_830_449_827];
        for (column, expected) in t.columns().zip(expected) {
            let found = geopolrisk(export_hhi(&t).unwrap(), &column, &g, 0.0);
            assert!((found - expected).abs() < 1e-15, "{found} is not {expected}");
        }
    }

    #[test]
    fn nothing_known_counts_a_half() {
        let t = TradeMatrix::from_dense(&[&[0.0, 0.0, 3.0], &[0.0, 0.0, 1.0], &[0.0; 3]]);
        let found = geopolrisk(1.0, &t.imports_of(2).unwrap(), &[None, Some(0.1), None], 0.0);
        assert!((found - (0.75 * 0.5 + 0.25 * 0.1)).abs() < 1e-15);
    }
}
