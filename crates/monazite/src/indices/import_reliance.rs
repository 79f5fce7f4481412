//! Import reliance: how much of what a country uses comes from abroad.

/// IR = (M - X) / (P + M - X), cut off at 0 and 1.
///
/// What it answers: of what the country uses of a product, how much has to be imported? M are its imports, X its exports, P its production, all in
/// the same unit. Without a production the exports stand for it, P = X: then IR = (M - X) / M, as if everybody made as much as it sells.
///
/// Range \[0, 1\]: 0 for whoever sells at least what it buys. `None` without imports.
///
/// Reference: European Commission, methodology of 2017 (G. A. Blengini et al., EUR 28654), as METHODS 11.6 has it.
///
/// ```
/// use monazite::indices::import_reliance;
/// assert_eq!(import_reliance(80.0, 20.0, None), Some(0.75));
/// assert_eq!(import_reliance(80.0, 20.0, Some(60.0)), Some(0.5));
/// assert_eq!(import_reliance(80.0, 20.0, Some(0.0)), Some(1.0));
/// assert_eq!(import_reliance(10.0, 90.0, None), Some(0.0));
/// assert_eq!(import_reliance(0.0, 90.0, None), None);
/// ```
pub fn import_reliance(imports: f64, exports: f64, production: Option<f64>) -> Option<f64> {
    if imports <= 0.0 {
        return None;
    }
    let net = imports - exports;
    if net <= 0.0 {
        return Some(0.0);
    }
    Some((net / (production.unwrap_or(exports) + net)).clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_e1() {
        // A imports 10 and sells 90, B 80 and 60, C 80 and 20.
        let found = [(10.0, 90.0), (80.0, 60.0), (80.0, 20.0)].map(|(m, x)| import_reliance(m, x, None));
        assert_eq!(found, [Some(0.0), Some(0.25), Some(0.75)]);
    }
}
