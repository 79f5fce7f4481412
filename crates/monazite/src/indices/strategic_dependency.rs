//! The Commission's flag of strategic dependency.

/// Above it suppliers are concentrated.
const CONCENTRATED: f64 = 0.4;
/// Above it imports come from outside.
const FROM_OUTSIDE: f64 = 0.5;
/// Above it exports could not stand in for imports.
const NOT_REPLACED: f64 = 1.0;

/// Trade of an importer with the world outside of it. A country is its own group: nothing of its trade is inside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutsideTrade {
    /// Herfindahl-Hirschman index of the suppliers outside.
    pub hhi: f64,
    /// Imports from outside.
    pub imports: f64,
    /// Exports to outside.
    pub exports: f64,
    /// Trade among the members, once an import and once an export; 0 for a country.
    pub among_members: f64,
}

/// Whether an importer depends strategically on others for a product: all three of
///
/// 1. its suppliers outside are concentrated: HHI > 0.4,
/// 2. most of what it imports comes from outside: imports from outside / all imports > 0.5,
/// 3. what it exports could not stand in for them: imports from outside / all exports > 1.
///
/// What it answers: is this one of the products that the European Commission calls a strategic dependency? It is made for the Union as one importer
/// (`groups.consolidated = ["EU27"]`), of which only trade with others counts. For a single country the second criterion always holds. At a limit the
/// flag is not set. An importer without exports fulfils the third.
///
/// Yes or no: nothing about how far beyond the limits, and whoever is just below one is not flagged.
///
/// Reference: European Commission (2021), Strategic dependencies and capacities, SWD(2021) 352; R. Arjona, W. Connell, C. Herghelegiu (2023), An
/// enhanced methodology to monitor the EU's strategic dependencies and vulnerabilities, Single Market Economics Papers WP2023/14.
///
/// ```
/// use monazite::indices::{OutsideTrade, strategic_dependency};
/// let union = OutsideTrade { hhi: 0.6, imports: 100.0, exports: 20.0, among_members: 50.0 };
/// assert!(strategic_dependency(&union));
/// // Were most of it bought from one another, or sold, it would depend on nobody; a limit is not beyond itself.
/// assert!(!strategic_dependency(&OutsideTrade { among_members: 100.0, exports: 0.0, ..union }));
/// assert!(!strategic_dependency(&OutsideTrade { exports: 50.0, ..union }));
/// assert!(!strategic_dependency(&OutsideTrade { hhi: 0.4, ..union }));
/// ```
pub fn strategic_dependency(trade: &OutsideTrade) -> bool {
    let all_imports = trade.imports + trade.among_members;
    let all_exports = trade.exports + trade.among_members;
    trade.hhi > CONCENTRATED
        && trade.imports > FROM_OUTSIDE * all_imports
        && trade.imports > NOT_REPLACED * all_exports
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_country_is_its_own_group() {
        let country = OutsideTrade { hhi: 0.41, imports: 10.0, exports: 9.0, among_members: 0.0 };
        assert!(strategic_dependency(&country));
        assert!(strategic_dependency(&OutsideTrade { exports: 0.0, ..country }));
        assert!(!strategic_dependency(&OutsideTrade { exports: 10.0, ..country }));
        assert!(!strategic_dependency(&OutsideTrade { imports: 0.0, exports: 0.0, ..country }));
    }
}
