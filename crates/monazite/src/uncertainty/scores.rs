//! The errors of governance, in standard errors: normal numbers that remember the year before.

use super::random::{Address, Purpose};

/// The first year of the Governance Indicators, in which every series of errors begins.
pub const FIRST_YEAR: u16 = 1996;

/// z of a country in a year, for draws 0 to `draws`: stationary AR(1), z(t) = ρ z(t-1) + √(1-ρ²) ε(t), from 1996 on, one step a calendar year.
///
/// Each number depends on seed, country, year and draw alone: all products, years and readings of a study, and all studies with the same
/// seed, share it, so that differences between them are not noise of the draws. Every z has mean 0 and variance 1, whatever ρ; the
/// correlation of two years is ρ to the power of their distance. Before 1996 the numbers are those of 1996.
///
/// ```
/// use monazite::uncertainty::scores::scores;
/// let all = scores(7, "CHN", 0.9, 2023, 5);
/// assert_eq!(all[..3], scores(7, "CHN", 0.9, 2023, 3));
/// // An error that does not change over the years.
/// assert_eq!(scores(7, "CHN", 1.0, 2023, 5), scores(7, "CHN", 1.0, 1996, 5));
/// ```
pub fn scores(seed: u64, iso3: &str, rho: f64, year: u16, draws: usize) -> Vec<f64> {
    series(seed, iso3, rho, &[year], draws).pop().unwrap_or_default()
}

/// As [`scores`], for several years in ascending order at once; by year and draw.
pub fn series(seed: u64, iso3: &str, rho: f64, years: &[u16], draws: usize) -> Vec<Vec<f64>> {
    let country = Address::new(seed, Purpose::Governance).text(iso3);
    let fresh = |year: u16| {
        let of_year = country.number(u64::from(year));
        (0..draws as u64).map(move |draw| of_year.number(draw).normal())
    };
    let innovation = libm::sqrt(1.0 - rho * rho);
    let mut z: Vec<f64> = fresh(FIRST_YEAR).collect();
    let mut found = Vec::with_capacity(years.len());
    let mut at = FIRST_YEAR;
    for &year in years {
        while at < year {
            at += 1;
            if innovation > 0.0 {
                z.iter_mut().zip(fresh(at)).for_each(|(z, fresh)| *z = rho * *z + innovation * fresh);
            }
        }
        found.push(z.clone());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const RHO: f64 = 0.9;

    #[test]
    fn oracle_of_the_factor_of_five_years() {
        // Rows of the Cholesky factor of ρ^|i-j|: what a year takes of the fresh numbers of the years up to it.
        let country = Address::new(5, Purpose::Governance).text("DEU");
        let fresh: Vec<f64> = (1996..2001).map(|year| country.number(year).number(2).normal()).collect();
        let step = (1.0f64 - RHO * RHO).sqrt();
        let factor = [
            [1.0, 0.0, 0.0, 0.0, 0.0],
            [0.9, step, 0.0, 0.0, 0.0],
            [0.81, 0.9 * step, step, 0.0, 0.0],
            [0.729, 0.81 * step, 0.9 * step, step, 0.0],
            [0.6561, 0.729 * step, 0.81 * step, 0.9 * step, step],
        ];
        assert!((step - 0.435_889_894_354_067_4).abs() < 1e-15);
        let found = series(5, "DEU", RHO, &[1996, 1997, 1998, 1999, 2000], 3);
        for (row, of_year) in factor.iter().zip(&found) {
            let expected: f64 = row.iter().zip(&fresh).map(|(f, z)| f * z).sum();
            assert!((of_year[2] - expected).abs() < 1e-14, "{} is not {expected}", of_year[2]);
        }
    }

    #[test]
    fn years_are_correlated_and_countries_are_not() {
        let n = 20_000;
        let of = |iso3: &str| series(1, iso3, RHO, &[2007, 2008, 2023], n);
        let mean = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() / n as f64;
        let (china, usa) = (of("CHN"), of("USA"));
        for (a, b, expected) in [
            (&china[0], &china[0], 1.0),
            (&china[2], &china[2], 1.0),
            (&china[0], &china[1], RHO),
            (&china[0], &china[2], RHO.powi(16)),
            (&china[0], &usa[0], 0.0),
        ] {
            assert!((mean(a, b) - expected).abs() < 0.03, "{} is not {expected}", mean(a, b));
        }
    }

    #[test]
    fn a_year_is_the_same_whichever_others_are_asked_for() {
        let many = series(9, "JPN", RHO, &[2002, 2010, 2023], 4);
        assert_eq!(many[1], scores(9, "JPN", RHO, 2010, 4));
        assert_eq!(series(9, "JPN", RHO, &[1990], 2), series(9, "JPN", RHO, &[1996], 2));
    }
}
