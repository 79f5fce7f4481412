//! What a planted world is like.

use super::error::PlantedError;

/// Deepest tier of a planted value chain.
pub const DEEPEST_TIER: u8 = 4;

/// Planted types of countries.
pub const TYPES: usize = 4;

/// The slopes of a planted regression: growth of ln RCA on baseline dependence.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PlantedSlopes {
    /// Of ln RCA.
    pub rca: f64,
    /// Of exposure.
    pub exposure: f64,
    /// Of HHI.
    pub hhi: f64,
    /// Of STR.
    pub str: f64,
    /// Of the mean exposure of the input products.
    pub inputs_exposure: f64,
    /// Of their mean HHI.
    pub inputs_hhi: f64,
    /// Of their mean STR.
    pub inputs_str: f64,
    /// Of their mean ln RCA.
    pub inputs_rca: f64,
    /// Of types 2 to 4 of countries, against type 1.
    pub types: [f64; TYPES - 1],
    /// Of tiers 1 to 4, against the seeds.
    pub tiers: [f64; DEEPEST_TIER as usize],
}

impl Default for PlantedSlopes {
    /// The signs of the paper, of a size that noise does not hide.
    fn default() -> Self {
        Self {
            rca: -0.13,
            exposure: 0.6,
            hhi: -0.5,
            str: -0.3,
            inputs_exposure: 0.2,
            inputs_hhi: 0.3,
            inputs_str: -0.4,
            inputs_rca: 0.07,
            types: [0.1, 0.2, 0.3],
            tiers: [0.1, 0.15, 0.2, 0.25],
        }
    }
}

impl PlantedSlopes {
    /// The same without any effect of the input products: what a placebo should find.
    pub fn without_inputs(self) -> Self {
        Self { inputs_exposure: 0.0, inputs_hhi: 0.0, inputs_str: 0.0, inputs_rca: 0.0, ..self }
    }
}

/// What a planted world is like.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedOptions {
    /// Products of the value chain.
    pub products: usize,
    /// Other products: the rest of the economy.
    pub others: usize,
    /// Countries, beside the one that balances the books.
    pub countries: usize,
    /// First year.
    pub first_year: u16,
    /// Number of years.
    pub years: usize,
    /// The coefficients.
    pub slopes: PlantedSlopes,
    /// Standard deviation of the growth of a country-product that nothing explains.
    pub noise: f64,
    /// Standard deviation of what the products of a country have in common.
    pub country_noise: f64,
    /// Standard deviation of what the countries of a product have in common.
    pub product_noise: f64,
    /// Points (of 100) by which the stability of every country falls a year.
    pub falling_stability: f64,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for PlantedOptions {
    /// A small world: 80 countries, 80 + 30 products, ten years.
    fn default() -> Self {
        Self {
            products: 80,
            others: 30,
            countries: 80,
            first_year: 2007,
            years: 10,
            slopes: PlantedSlopes::default(),
            noise: 0.3,
            country_noise: 0.03,
            product_noise: 0.03,
            falling_stability: 0.5,
            seed: 1,
        }
    }
}

impl PlantedOptions {
    pub(super) fn check(&self) -> Result<(), PlantedError> {
        for (what, value, least, most) in [
            ("products", self.products, 10, 900),
            ("other products", self.others, 5, 4000),
            ("countries", self.countries, 8, 360),
            ("years", self.years, 4, 60),
        ] {
            if !(least..=most).contains(&value) {
                return Err(PlantedError::Size { what, value, least, most });
            }
        }
        for (what, value) in [
            ("noise", self.noise),
            ("country noise", self.country_noise),
            ("product noise", self.product_noise),
            ("falling stability", self.falling_stability),
        ] {
            if !(value.is_finite() && value >= 0.0) {
                return Err(PlantedError::Negative { what, value });
            }
        }
        Ok(())
    }

    /// Length of both windows: a third of the years but one, four at most.
    pub(super) fn window(&self) -> usize {
        ((self.years - 1) / 3).clamp(1, 4)
    }

    /// Positions of the years of the baseline window, which begins in the second year.
    pub fn baseline(&self) -> std::ops::Range<usize> {
        1..1 + self.window()
    }

    /// Positions of the years of the projection window, which ends with the last year.
    pub fn projection(&self) -> std::ops::Range<usize> {
        self.years - self.window()..self.years
    }

    pub(super) fn year(&self, at: usize) -> u16 {
        self.first_year + at as u16
    }
}
