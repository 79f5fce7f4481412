//! Import content of exports: how much of what a country sells can be what it bought.

use crate::trade::TradeMatrix;

/// How the import content of exports is found, that is, how much of an importer's risk reaches its customers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ImportContent {
    /// 1: every importer passes on everything that it buys (default, the paper).
    #[default]
    Full,
    /// min(1, M/X): the most that mass balance allows, if the country produces as little as it can.
    MassBalance,
    /// M/(M + X): the paper's exposure, as if the country produced as much as it exports.
    Exposure,
    /// M/(M + P) with production P from a table; where the table has no row, as mass balance.
    Production,
    /// 0: only the suppliers themselves count, nothing behind them.
    None,
}

/// Imports and exports of every country before re-exports are traced to their origin.
///
/// Tracing adds to the exports of the origin and leaves what the entrepot buys, so import content is taken from the trade before it.
#[derive(Debug, Clone, Copy)]
pub struct ContentMargins<'a> {
    /// By country: its imports of the product.
    pub imports: &'a [f64],
    /// By country: its exports of the product.
    pub exports: &'a [f64],
    /// By country: whether its re-exports are traced; what is left of its exports is its own, so its import content is 0.
    pub traced: &'a [bool],
}

/// Where import content comes from.
#[derive(Debug, Clone, Copy, Default)]
pub struct ContentSources<'a> {
    /// By country: production of the product in the unit of the matrix; `None` where it is not known.
    pub production: Option<&'a [Option<f64>]>,
    /// The trade before re-exports are traced; `None` if the matrix itself is meant.
    pub margins: Option<ContentMargins<'a>>,
}

/// The import content φ of every country's exports.
///
/// What it answers: of what a country sells, how much can be what it bought? 0 is a country that sells its own, 1 one that can have
/// bought all that it sells. Supply is production plus imports, P + M; if what is sold is an even mix of both, its import content is
/// φ = M/(P + M). Exports X have to come from somewhere, so P ≥ max(0, X - M), and the smallest P gives φ = min(1, M/X): no way of
/// mixing and no production can give more ([`ImportContent::MassBalance`]).
///
/// | reading | φ |
/// |---|---|
/// | [`ImportContent::Full`] | 1 |
/// | [`ImportContent::MassBalance`] | min(1, M/X) |
/// | [`ImportContent::Exposure`] | M/(M + X) |
/// | [`ImportContent::Production`] | M/(M + P), with P raised to X - M where it is less |
/// | [`ImportContent::None`] | 0 |
///
/// Range \[0, 1\]. 0 for a country without imports (1 under `Full`). A country that imports and does not export has 1 under
/// `MassBalance` and `Exposure`; it passes nothing on.
///
/// In the unit of the matrix: value is not mass, and processing raises the value of exports, so that in value φ is no bound for
/// processors.
///
/// Reference: proportional mixing as in Kastner, Kastner and Nonhebel (2011), doi 10.1016/j.ecolecon.2011.01.012.
///
/// # Panics
/// If production or margins do not have one entry a country.
///
/// ```
/// use monazite::indicators::import_content::{ContentSources, ImportContent, import_content};
/// use monazite::trade::TradeMatrix;
/// // A imports 10 and sells 90, B imports 80 and sells 60, C imports 80 and sells 20.
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// let none = ContentSources::default();
/// assert_eq!(import_content(ImportContent::MassBalance, &t, none), [1.0 / 9.0, 1.0, 1.0]);
/// assert_eq!(import_content(ImportContent::Exposure, &t, none), [0.1, 80.0 / 140.0, 0.8]);
/// let production = [Some(30.0), Some(0.0), None];
/// let known = ContentSources { production: Some(&production), ..none };
/// // A says 30 and sells 80 more than it buys: 80 it is. B says nothing and buys enough; of C nothing is known.
/// assert_eq!(import_content(ImportContent::Production, &t, known), [10.0 / 90.0, 1.0, 1.0]);
/// ```
pub fn import_content(reading: ImportContent, trade: &TradeMatrix, sources: ContentSources<'_>) -> Vec<f64> {
    let countries = trade.countries();
    if reading == ImportContent::Full {
        return vec![1.0; countries];
    }
    let (imports, exports) = sources
        .margins
        .map_or((trade.imports(), trade.exports()), |margins| (margins.imports, margins.exports));
    assert!(imports.len() == countries && exports.len() == countries, "one margin a country");
    if let Some(production) = sources.production {
        assert_eq!(production.len(), countries, "one production a country");
    }
    let traced = |c: usize| sources.margins.is_some_and(|margins| margins.traced[c]);
    (0..countries)
        .map(|c| {
            if traced(c) {
                return 0.0;
            }
            let production = sources.production.and_then(|production| production[c]);
            content_of(reading, imports[c], exports[c], production)
        })
        .collect()
}

/// The import content of one country; see [`import_content()`].
fn content_of(reading: ImportContent, imports: f64, exports: f64, production: Option<f64>) -> f64 {
    let largest = || if imports >= exports { 1.0 } else { imports / exports };
    match reading {
        ImportContent::Full => 1.0,
        ImportContent::None => 0.0,
        _ if imports <= 0.0 => 0.0,
        ImportContent::MassBalance => largest(),
        ImportContent::Exposure => imports / (imports + exports),
        ImportContent::Production => production.map_or_else(largest, |production| {
            imports / (imports + production.max(exports - imports).max(0.0))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries_that_only_buy_or_only_sell() {
        // A sells only, B buys only, C does neither.
        let t = TradeMatrix::from_dense(&[&[0.0, 5.0, 0.0], &[0.0; 3], &[0.0; 3]]);
        let of = |reading| import_content(reading, &t, ContentSources::default());
        assert_eq!(of(ImportContent::Full), [1.0; 3]);
        assert_eq!(of(ImportContent::None), [0.0; 3]);
        assert_eq!(of(ImportContent::MassBalance), [0.0, 1.0, 0.0]);
        assert_eq!(of(ImportContent::Exposure), [0.0, 1.0, 0.0]);
        assert_eq!(of(ImportContent::Production), [0.0, 1.0, 0.0]);
        let production = [Some(7.0), Some(15.0), Some(1.0)];
        let known = ContentSources { production: Some(&production), ..ContentSources::default() };
        assert_eq!(import_content(ImportContent::Production, &t, known), [0.0, 0.25, 0.0]);
    }

    #[test]
    fn traced_entrepots_sell_their_own_and_margins_are_those_before() {
        let t = TradeMatrix::from_dense(&[&[0.0, 8.0, 4.0], &[2.0, 0.0, 1.0], &[0.0; 3]]);
        let margins = ContentMargins {
            imports: &[2.0, 8.0, 5.0],
            exports: &[4.0, 16.0, 0.0],
            traced: &[false, true, false],
        };
        let sources = ContentSources { margins: Some(margins), ..ContentSources::default() };
        assert_eq!(import_content(ImportContent::MassBalance, &t, sources), [0.5, 0.0, 1.0]);
        assert_eq!(import_content(ImportContent::Full, &t, sources), [1.0; 3]);
    }

    #[test]
    fn readings_lie_in_one_order() {
        for (imports, exports) in [(3.0, 5.0), (5.0, 3.0), (0.0, 4.0), (4.0, 0.0), (1e-9, 1e9)] {
            let of = |reading| content_of(reading, imports, exports, Some(1.0));
            let none = of(ImportContent::None);
            let [exposure, production, mass] =
                [ImportContent::Exposure, ImportContent::Production, ImportContent::MassBalance].map(of);
            assert!(none <= exposure && exposure <= mass && production <= mass && mass <= 1.0);
        }
    }
}
