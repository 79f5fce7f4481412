//! A planted world: a whole release of made-up trade in which everything that the program should find is known.
//!
//! Links and tiers of the value chain, types of countries, the course of systemic trade risk and the coefficients of the regression are
//! set first; trade that has them is made from that. Everything is synthetic and says so in every file. `docs/validation.md` has the
//! construction in full, what holds exactly, and what the program recovers.

mod economy;
mod files;
mod random;
pub mod recovery;
mod trade;
mod truth;

use crate::nomenclature::Hs6;
use crate::progress::{Progress, Silent};
use economy::Economy;
use truth::{Growth, Measured};

pub use recovery::{Recovery, RecoveryError, recover, run_and_recover};
pub use truth::PlantedCoefficient;

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

/// Why a world cannot be planted.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum PlantedError {
    /// A size that makes no world.
    #[error("{what}: {value} is not between {least} and {most}")]
    Size {
        /// Which size.
        what: &'static str,
        /// As given.
        value: usize,
        /// Least.
        least: usize,
        /// Most.
        most: usize,
    },
    /// A number that is negative or not finite.
    #[error("{what}: {value} is not zero or more")]
    Negative {
        /// Which number.
        what: &'static str,
        /// As given.
        value: f64,
    },
    /// The other countries would export more of a product than the world.
    #[error(
        "product {product} in {year}: the countries would export {share:.2} of the world's exports, which leaves nothing for the country that balances \
         the books; take smaller slopes, less noise, or another seed"
    )]
    NotBalanced {
        /// The product.
        product: Hs6,
        /// The year.
        year: u16,
        /// Share of the others.
        share: f64,
    },
    /// A country would export more of the chain than it exports.
    #[error(
        "country {country} in {year}: its exports of the value chain would be {share:.2} of all its exports; take smaller slopes, less noise, or another seed"
    )]
    NothingElse {
        /// The country.
        country: String,
        /// The year.
        year: u16,
        /// Share of the chain.
        share: f64,
    },
    /// A file cannot be written.
    #[error("{file}: cannot be written: {message}")]
    Io {
        /// The file.
        file: String,
        /// Why.
        message: String,
    },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

impl PlantedOptions {
    fn check(&self) -> Result<(), PlantedError> {
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
    fn window(&self) -> usize {
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

    fn year(&self, at: usize) -> u16 {
        self.first_year + at as u16
    }
}

/// A planted world.
///
/// The construction, in order: sizes, types, stability, value chain and comparative advantage of the baseline are drawn; trade of the baseline
/// window follows from them; its indicators are measured by their definitions; growth of ln RCA is the planted linear function of
/// them plus noise; exports of later years follow from the RCA so reached, and trade from exports.
#[derive(Debug)]
pub struct PlantedWorld {
    options: PlantedOptions,
    economy: Economy,
    baseline: Measured,
    growth: Growth,
    /// Exports by year, product of the chain, country; thousand USD.
    exports: Vec<Vec<Vec<f64>>>,
}

impl PlantedWorld {
    /// Plants a world.
    ///
    /// # Errors
    /// [`PlantedError`] if the options make no world, or growth cannot be balanced.
    ///
    /// ```
    /// use monazite::planted::{PlantedOptions, PlantedWorld};
    /// let options = PlantedOptions { countries: 12, products: 12, others: 8, ..PlantedOptions::default() };
    /// let world = PlantedWorld::new(options)?;
    /// assert_eq!(world.coefficients()[1].term, "RCA");
    /// assert_eq!(world.coefficients()[1].value, -0.13);
    /// # Ok::<(), monazite::planted::PlantedError>(())
    /// ```
    pub fn new(options: PlantedOptions) -> Result<Self, PlantedError> {
        Self::new_until(options, &Silent)
    }

    /// As [`PlantedWorld::new`], for work that may be asked to stop: `progress` is asked before each year.
    ///
    /// # Errors
    /// As [`PlantedWorld::new`]; [`PlantedError::Cancelled`].
    pub fn new_until(options: PlantedOptions, progress: &dyn Progress) -> Result<Self, PlantedError> {
        options.check()?;
        let economy = Economy::new(&options);
        let still = Growth::none(&economy);
        let window = options.baseline();
        let before =
            window.clone().map(|t| economy.exports(&options, &still, t)).collect::<Result<Vec<_>, _>>()?;
        let baseline = truth::measure(&options, &economy, &before, window);
        let growth = Growth::planted(&options, &economy, &baseline);
        progress.go_on()?;
        let exports = (0..options.years)
            .map(|t| {
                progress.go_on()?;
                economy.exports(&options, &growth, t)
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Self { options, economy, baseline, growth, exports })
    }

    /// What it was planted with.
    pub fn options(&self) -> &PlantedOptions {
        &self.options
    }

    /// The coefficients of the regression on the scale `log`, terms named as in the table; clusters by planted type.
    pub fn coefficients(&self) -> Vec<PlantedCoefficient> {
        truth::coefficients(&self.options.slopes, self.growth.constant)
    }

    /// True links, input before output.
    pub fn links(&self) -> &[(Hs6, Hs6)] {
        &self.economy.links
    }

    /// Products of the value chain with their tiers.
    pub fn tiers(&self) -> impl Iterator<Item = (Hs6, u8)> + '_ {
        self.economy.products.iter().map(|p| (p.code, p.tier))
    }

    /// Countries with their types, 1 to 4; 0 is the country that balances the books, which has none.
    pub fn types(&self) -> impl Iterator<Item = (&str, u8)> + '_ {
        self.economy.countries.iter().map(|c| (c.iso3.as_str(), c.kind))
    }

    /// Mean STR over countries and products of the chain, by year, from the definition.
    pub fn mean_risk(&self) -> Vec<f64> {
        (0..self.options.years)
            .map(|t| truth::mean_risk(&self.options, &self.economy, &self.exports[t], t))
            .collect()
    }

    /// Growth of ln RCA of a country-product, as planted; `None` where it is never exported.
    pub fn planted_growth(&self, product: usize, country: usize) -> Option<f64> {
        (self.economy.level[product][country] > 0.0).then(|| self.growth.of[product][country])
    }

    /// Exposure, HHI and STR of a country-product, means over the baseline window, from their definitions.
    pub fn baseline_indicators(&self, product: usize, country: usize) -> [Option<f64>; 3] {
        self.baseline.of(product, country)
    }
}
