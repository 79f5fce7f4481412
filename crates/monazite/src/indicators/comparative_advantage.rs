//! Revealed comparative advantage (Balassa), its symmetric form, and comparative strength.

/// RCA = (X_cp / X_c) / (X_p / X): a country's share in world exports of a product, relative to its
/// share in all world exports.
///
/// What it answers: is the country better at selling this product than at selling in general? Above 1 it is.
///
/// - `product_exports` X_cp: exports of product p by country c;
/// - `country_exports` X_c: all exports of the country, over the universe of products;
/// - `world_product_exports` X_p, `world_exports` X: the same for the world.
///
/// Range \[0, ∞), no unit. 0 if the country exports other things but not this one. `None` if the country
/// exports nothing at all, or nobody exports the product.
///
/// Trap: the universe of products decides the level. Over all products it is Balassa's index; over the products
/// of a value chain alone it says something else. For small economies it is noise.
///
/// Reference: Balassa (1965).
///
/// ```
/// use monazite::indicators::comparative_advantage;
/// assert_eq!(comparative_advantage(30.0, 100.0, 100.0, 700.0), Some(2.1));
/// assert_eq!(comparative_advantage(0.0, 100.0, 100.0, 700.0), Some(0.0));
/// assert_eq!(comparative_advantage(0.0, 0.0, 100.0, 700.0), None);
/// ```
pub fn comparative_advantage(
    product_exports: f64,
    country_exports: f64,
    world_product_exports: f64,
    world_exports: f64,
) -> Option<f64> {
    let defined = country_exports > 0.0 && world_product_exports > 0.0 && world_exports > 0.0;
    defined.then(|| (product_exports / country_exports) / (world_product_exports / world_exports))
}

/// RSCA = (RCA - 1)/(RCA + 1), in \[-1, 1): the symmetric form, less ruled by a few huge values.
///
/// ```
/// assert_eq!(monazite::indicators::symmetric_comparative_advantage(3.0), 0.5);
/// ```
pub fn symmetric_comparative_advantage(rca: f64) -> f64 {
    (rca - 1.0) / (rca + 1.0)
}

/// Mean of the yearly RCA over the years in which it is defined, `None` if it never is.
///
/// A country has **comparative strength** in a product if this mean is above 1 (strictly).
///
/// Trap: over all years of the data the mean includes the years whose outcome one may want to explain.
/// The study option `strength_window` restricts it to a baseline.
pub fn mean_comparative_advantage(yearly: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let (mut sum, mut years) = (0.0, 0u32);
    for rca in yearly.into_iter().flatten() {
        sum += rca;
        years += 1;
    }
    (years > 0).then(|| sum / f64::from(years))
}

/// Whether a mean RCA is a comparative strength: above 1, strictly.
pub fn is_strength(mean_rca: Option<f64>) -> bool {
    mean_rca.is_some_and(|rca| rca > 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn oracle_r1_and_its_identity() {
        let x = [[10.0, 0.0, 90.0], [30.0, 50.0, 20.0], [60.0, 50.0, 390.0]];
        let expected = [[0.7, 0.0, 1.26], [2.1, 3.5, 0.28], [0.84, 0.7, 1.092]];
        let world: f64 = x.iter().flatten().sum();
        let product: Vec<f64> = (0..3).map(|p| x.iter().map(|row| row[p]).sum()).collect();
        for c in 0..3 {
            let own: f64 = x[c].iter().sum();
            let mut weighted = 0.0;
            for p in 0..3 {
                let rca = comparative_advantage(x[c][p], own, product[p], world).unwrap();
                assert!((rca - expected[c][p]).abs() < 1e-12);
                weighted += product[p] / world * rca;
            }
            assert!((weighted - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn strength_is_strict_and_skips_undefined_years() {
        assert!(!is_strength(mean_comparative_advantage([Some(0.5), Some(1.5)])));
        assert!(is_strength(mean_comparative_advantage([Some(1.1), None, Some(1.5)])));
        assert!(!is_strength(mean_comparative_advantage([None, None])));
    }
}
