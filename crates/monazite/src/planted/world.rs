//! A planted world, made from its options.

use super::economy::Economy;
use super::error::PlantedError;
use super::growth::Growth;
use super::options::PlantedOptions;
use super::truth::{self, Measured, PlantedCoefficient};
use crate::nomenclature::Hs6;
use crate::progress::{Progress, Silent};

/// A planted world.
///
/// The construction, in order: sizes, types, stability, value chain and comparative advantage of the baseline are drawn; trade of the baseline
/// window follows from them; its indicators are measured by their definitions; growth of ln RCA is the planted linear function of
/// them plus noise; exports of later years follow from the RCA so reached, and trade from exports.
#[derive(Debug)]
pub struct PlantedWorld {
    pub(super) options: PlantedOptions,
    pub(super) economy: Economy,
    pub(super) baseline: Measured,
    pub(super) growth: Growth,
    /// Exports by year, product of the chain, country; thousand USD.
    pub(super) exports: Vec<Vec<Vec<f64>>>,
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
