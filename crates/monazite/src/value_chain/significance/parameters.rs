//! How a link is tested: the sample, the null, and the limits of memory.

/// Which observations the correlation is taken over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Observations {
    /// Countries, with their trade summed over all years (default).
    #[default]
    Summed,
    /// Countries, year by year; the correlation is the mean over the years in which both sides vary.
    YearlyMean,
    /// Country-years, stacked.
    Stacked,
}

/// What is done to trade before it is correlated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TradeScale {
    /// Nothing: thousand USD (default).
    #[default]
    Raw,
    /// `ln(1 + thousand USD)`.
    Log1p,
    /// Share in the country's imports or exports of all products, as in RCA.
    Shares,
    /// `(RCA - 1) / (RCA + 1)`, in -1..1: the share against the world's share, of imports as of exports.
    Rsca,
    /// Thousand USD a person.
    PerCapita,
}

/// What is held constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Control {
    /// Nothing (default).
    #[default]
    None,
    /// The size of the country: its trade in all products. The correlation becomes a partial one.
    CountrySize,
}

/// Which countries are left out of the correlation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountriesLeftOut {
    /// None (default).
    #[default]
    None,
    /// The largest importer of the input.
    TopCountry,
    /// Each country in turn; the smallest correlation counts.
    Jackknife,
}

/// What a correlation is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum NullModel {
    /// The correlations with all other outputs (default): exact, without random numbers.
    #[default]
    Exhaustive,
    /// The correlations with other outputs drawn at random.
    Drawn,
}

/// How links are tested.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TestParameters {
    /// Observations.
    pub sample: Observations,
    /// Transformation of trade.
    pub transform: TradeScale,
    /// What is held constant.
    pub control: Control,
    /// Countries left out.
    pub leave_out: CountriesLeftOut,
    /// Least imports and exports of all products of a country (in each year, unless years are summed), thousand USD.
    pub min_country_trade: f64,
    /// The null.
    pub null: NullModel,
    /// Draws for each link under [`NullModel::Drawn`].
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// Limit of the working memory in bytes, beside the trade itself. At least one block is always worked on.
    pub memory: usize,
}

/// Parameters that do not go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// Countries can be left out of a sample of countries only.
    #[error("leaving countries out needs sample = \"summed\"")]
    LeaveOutNeedsCountries,
    /// A drawn null of fewer than two draws has no spread.
    #[error("{0} draws give no null; take at least 2")]
    TooFewDraws(usize),
}

impl TestParameters {
    /// Whether the parameters go together.
    ///
    /// # Errors
    /// [`ParameterError`].
    pub fn check(&self) -> Result<(), ParameterError> {
        if self.leave_out != CountriesLeftOut::None && self.sample != Observations::Summed {
            return Err(ParameterError::LeaveOutNeedsCountries);
        }
        if self.null == NullModel::Drawn && self.draws < 2 {
            return Err(ParameterError::TooFewDraws(self.draws));
        }
        Ok(())
    }
}

impl Default for TestParameters {
    fn default() -> Self {
        Self {
            sample: Observations::default(),
            transform: TradeScale::default(),
            control: Control::default(),
            leave_out: CountriesLeftOut::default(),
            min_country_trade: 0.0,
            null: NullModel::default(),
            draws: 1000,
            seed: 20_250_801,
            memory: 256 << 20,
        }
    }
}
