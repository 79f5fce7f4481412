//! Rows of trade, transformed, freed of what is held constant, and scaled to length one: their inner product is a correlation.

use super::inner_product::dot;
use super::parameters::{
    Control, CountriesLeftOut, Observations, ParameterError, TestParameters, TradeScale,
};
use super::trade::CountryTrade;
use crate::nomenclature::Hs6;

/// Rows of length one.
#[derive(Debug, Clone, PartialEq)]
pub struct Profiles {
    /// The products.
    pub products: Vec<Hs6>,
    width: usize,
    values: Vec<f64>,
    /// For each product, whether it varies in each block (one block, or one a year).
    varies: Vec<bool>,
    blocks: usize,
}

impl Profiles {
    /// The row of the product at a position.
    pub fn row(&self, at: usize) -> &[f64] {
        &self.values[at * self.width..(at + 1) * self.width]
    }

    /// All rows.
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f64]> + Clone {
        (0..self.products.len()).map(|at| self.row(at))
    }

    /// Length of a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Whether the product varies at all; if not, it has no correlation with anything.
    pub fn is_defined(&self, at: usize) -> bool {
        self.varies_in(at).contains(&true)
    }

    fn varies_in(&self, at: usize) -> &[bool] {
        &self.varies[at * self.blocks..(at + 1) * self.blocks]
    }
}

/// Inputs and outputs ready to be correlated.
#[derive(Debug, Clone, PartialEq)]
pub struct PreparedTrade {
    /// Imports of the inputs.
    pub imports: Profiles,
    /// Exports of the outputs.
    pub exports: Profiles,
    /// Number of observations.
    pub observations: usize,
    /// Observations left out: their country trades too little, or its share or value per person is undefined.
    pub left_out: usize,
    /// 1 - h for each observation, h its leverage in the regression on what is held constant.
    pub(super) one_minus_leverage: Vec<f64>,
    /// The observation that is left out for each input.
    pub(super) top: Vec<Option<usize>>,
    pub(super) leave_out: CountriesLeftOut,
}

impl PreparedTrade {
    /// Transforms and scales trade, in place.
    ///
    /// `transform` is applied to every value; the mean, and the country's size if it is held constant, is taken out
    /// of every row (of every year of it, if the sample is the yearly mean); rows are scaled to length one.
    /// Size is the country's imports and exports of all products, in logarithms unless `transform` is raw.
    ///
    /// # Errors
    /// [`ParameterError`] if the parameters do not go together.
    pub fn new(mut trade: CountryTrade, parameters: &TestParameters) -> Result<Self, ParameterError> {
        parameters.check()?;
        let width = trade.width();
        let kept = kept_observations(&trade, parameters);
        let top = match parameters.leave_out {
            CountriesLeftOut::TopCountry => trade
                .imports
                .chunks_exact(width.max(1))
                .map(|row| largest(kept.iter().map(|&at| row[at])))
                .collect(),
            _ => Vec::new(),
        };
        let imports = std::mem::take(&mut trade.imports);
        let exports = std::mem::take(&mut trade.exports);
        let imports = transformed(imports, &trade, &trade.total_imports, &kept, parameters.transform);
        let exports = transformed(exports, &trade, &trade.total_exports, &kept, parameters.transform);
        let size: Vec<f64> = kept
            .iter()
            .map(|&at| trade.total_imports[at] + trade.total_exports[at])
            .map(|size| if parameters.transform == TradeScale::Raw { size } else { libm::log1p(size) })
            .collect();
        let year_of = |place: usize| kept[place] / trade.countries.max(1);
        let bounds: Vec<(usize, usize)> = if parameters.sample == Observations::YearlyMean {
            (0..trade.years)
                .map(|year| {
                    let start = (0..kept.len()).position(|p| year_of(p) >= year).unwrap_or(kept.len());
                    let end = (0..kept.len()).position(|p| year_of(p) > year).unwrap_or(kept.len());
                    (start, end)
                })
                .collect()
        } else {
            vec![(0, kept.len())]
        };
        let blocks: Vec<Block> = bounds
            .into_iter()
            .map(|(start, end)| {
                Block::new(start, end, (parameters.control == Control::CountrySize).then_some(&size))
            })
            .collect();
        let one_minus_leverage = blocks.iter().flat_map(Block::one_minus_leverage).collect();
        Ok(Self {
            imports: Profiles::new(trade.inputs, imports, &blocks, kept.len()),
            exports: Profiles::new(trade.outputs, exports, &blocks, kept.len()),
            observations: kept.len(),
            left_out: width - kept.len(),
            one_minus_leverage,
            top,
            leave_out: parameters.leave_out,
        })
    }

    /// Number of years over which a correlation is averaged; 1 for one sample.
    pub(super) fn years(&self) -> usize {
        self.exports.blocks
    }

    /// Whether every pair of rows has the same number of years in common, so that products need no second look.
    pub(super) fn is_uniform(&self) -> bool {
        let full = |p: &Profiles| p.blocks == 1 || p.varies.iter().all(|&v| v);
        self.leave_out == CountriesLeftOut::None && full(&self.imports) && full(&self.exports)
    }

    /// The correlation of an input with an output; `None` if one of them does not vary, or not in a common year.
    pub(super) fn correlation(&self, input: usize, output: usize) -> Option<f64> {
        let (x, y) = (self.imports.row(input), self.exports.row(output));
        let common = self
            .imports
            .varies_in(input)
            .iter()
            .zip(self.exports.varies_in(output))
            .filter(|(a, b)| **a && **b)
            .count();
        if common == 0 {
            return None;
        }
        let product = dot(x, y);
        let rho = match self.leave_out {
            // Rows have length one in each block.
            CountriesLeftOut::None => product / common as f64,
            CountriesLeftOut::TopCountry => self.without(product, x, y, self.top[input]?)?,
            CountriesLeftOut::Jackknife => {
                (0..x.len()).filter_map(|b| self.without(product, x, y, b)).min_by(f64::total_cmp)?
            }
        };
        Some(rho.clamp(-1.0, 1.0))
    }

    /// The correlation without one observation. Leaving it out is regressing on one more dummy variable, so both rows
    /// lose their component along it.
    fn without(&self, product: f64, x: &[f64], y: &[f64], observation: usize) -> Option<f64> {
        let free = self.one_minus_leverage[observation];
        if free < VARIES {
            return None;
        }
        let (a, b) = (x[observation], y[observation]);
        let (x_left, y_left) = (1.0 - a * a / free, 1.0 - b * b / free);
        (x_left > VARIES && y_left > VARIES)
            .then(|| (product - a * b / free) / (x_left.sqrt() * y_left.sqrt()))
    }
}

/// A row whose variance is below this share of its sum of squares is constant but for rounding.
const VARIES: f64 = 1e-20;

/// The observations of countries that trade enough and that the transform is defined for.
fn kept_observations(trade: &CountryTrade, parameters: &TestParameters) -> Vec<usize> {
    let (imports, exports) = (&trade.total_imports, &trade.total_exports);
    (0..trade.width())
        .filter(|&at| imports[at] + exports[at] >= parameters.min_country_trade)
        .filter(|&at| match parameters.transform {
            TradeScale::Raw | TradeScale::Log1p => true,
            TradeScale::Shares | TradeScale::Rsca => imports[at] > 0.0 && exports[at] > 0.0,
            TradeScale::PerCapita => trade.population.get(at).copied().flatten().is_some_and(|p| p > 0.0),
        })
        .collect()
}

/// Transforms the values and closes the gaps of observations that are not kept.
fn transformed(
    mut values: Vec<f64>,
    trade: &CountryTrade,
    totals: &[f64],
    kept: &[usize],
    transform: TradeScale,
) -> Vec<f64> {
    let width = trade.width();
    if width == 0 {
        return values;
    }
    let one = |at: usize, value: f64| match transform {
        TradeScale::Raw => value,
        TradeScale::Log1p => libm::log1p(value),
        TradeScale::Shares | TradeScale::Rsca => value / totals[at],
        TradeScale::PerCapita => value / trade.population[at].unwrap_or(f64::INFINITY),
    };
    let rows = values.len() / width;
    let mut to = 0;
    for row in 0..rows {
        for &at in kept {
            values[to] = one(at, values[row * width + at]);
            to += 1;
        }
    }
    values.truncate(to);
    if transform == TradeScale::Rsca {
        against_the_world(&mut values, trade, totals, kept);
    }
    values
}

/// Turns shares into (RCA - 1) / (RCA + 1) with RCA = share / share of the world, year by year; 0 where nobody trades.
fn against_the_world(values: &mut [f64], trade: &CountryTrade, totals: &[f64], kept: &[usize]) {
    let year_of = |place: usize| kept[place] / trade.countries;
    for row in values.chunks_exact_mut(kept.len().max(1)) {
        let mut start = 0;
        while start < kept.len() {
            let end = (start..kept.len()).find(|&p| year_of(p) != year_of(start)).unwrap_or(kept.len());
            let places = start..end;
            let all: f64 = places.clone().map(|p| totals[kept[p]]).sum();
            let world = places.clone().map(|p| row[p] * totals[kept[p]]).sum::<f64>() / all;
            for share in &mut row[places] {
                *share = if world > 0.0 { (*share - world) / (*share + world) } else { 0.0 };
            }
            start = end;
        }
    }
}

fn largest(values: impl Iterator<Item = f64>) -> Option<usize> {
    let mut best: Option<(usize, f64)> = None;
    for (at, value) in values.enumerate() {
        if value > best.map_or(0.0, |(_, b)| b) {
            best = Some((at, value));
        }
    }
    best.map(|(at, _)| at)
}

/// Observations that are centred and scaled together.
struct Block {
    start: usize,
    end: usize,
    /// What is held constant beside the mean: centred, of length one.
    control: Option<Vec<f64>>,
}

impl Block {
    fn new(start: usize, end: usize, size: Option<&Vec<f64>>) -> Self {
        let control = size.and_then(|size| {
            let mut control = size[start..end].to_vec();
            free_and_scale(&mut control, None).then_some(control)
        });
        Self { start, end, control }
    }

    fn one_minus_leverage(&self) -> impl Iterator<Item = f64> {
        let mean_part = 1.0 / (self.end - self.start) as f64;
        (0..self.end - self.start)
            .map(move |at| 1.0 - mean_part - self.control.as_ref().map_or(0.0, |c| c[at] * c[at]))
    }
}

impl Profiles {
    fn new(products: Vec<Hs6>, mut values: Vec<f64>, blocks: &[Block], width: usize) -> Self {
        let mut varies = Vec::with_capacity(products.len() * blocks.len());
        for at in 0..products.len() {
            let row = &mut values[at * width..(at + 1) * width];
            for block in blocks {
                varies.push(free_and_scale(&mut row[block.start..block.end], block.control.as_deref()));
            }
        }
        Self { products, width, values, varies, blocks: blocks.len() }
    }
}

/// Takes the mean and the control out of a row and scales it to length one; a row without variance becomes 0.
/// Says whether it varies.
fn free_and_scale(row: &mut [f64], control: Option<&[f64]>) -> bool {
    let whole = dot(row, row);
    let mean = row.iter().sum::<f64>() / row.len() as f64;
    row.iter_mut().for_each(|v| *v -= mean);
    if let Some(control) = control {
        // Twice: the second pass removes what rounding has left of the first.
        for _ in 0..2 {
            let along = dot(row, control);
            row.iter_mut().zip(control).for_each(|(v, c)| *v -= along * c);
        }
    }
    let left = dot(row, row);
    let varies = left > VARIES * whole && left > 0.0;
    let scale = if varies { 1.0 / left.sqrt() } else { 0.0 };
    row.iter_mut().for_each(|v| *v *= scale);
    varies
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trade(imports: &[f64], exports: &[f64], countries: usize) -> CountryTrade {
        CountryTrade {
            inputs: vec!["284690".parse().unwrap()],
            outputs: vec!["850511".parse().unwrap()],
            years: 1,
            countries,
            imports: imports.to_vec(),
            exports: exports.to_vec(),
            total_imports: vec![10.0; countries],
            total_exports: vec![10.0; countries],
            population: Vec::new(),
        }
    }

    #[test]
    fn a_correlation_by_hand() {
        // (-1, 0, 1)/√2 and (1, -1, 0)/√2.
        let parameters = TestParameters::default();
        let prepared = PreparedTrade::new(trade(&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0], 3), &parameters).unwrap();
        assert!((prepared.imports.row(0)[2] - 0.5f64.sqrt()).abs() < 1e-9);
        assert!((prepared.correlation(0, 0).unwrap() + 0.5).abs() < 1e-12);
        // Without the third country, which imports most, two are left: (1, 2) and (3, 1) go against each other.
        let parameters = TestParameters { leave_out: CountriesLeftOut::TopCountry, ..parameters };
        let prepared = PreparedTrade::new(trade(&[1.0, 2.0, 3.0], &[3.0, 1.0, 2.0], 3), &parameters).unwrap();
        assert!((prepared.correlation(0, 0).unwrap() + 1.0).abs() < 1e-12);
        assert_eq!(prepared.correlation(0, 0).map(f64::is_finite), Some(true));
    }

    #[test]
    fn every_scale_by_hand() {
        let mut trade = trade(&[], &[], 2);
        trade.population = vec![Some(4.0), Some(0.5)];
        let scaled = |scale| transformed(vec![4.0, 2.0], &trade, &[10.0, 10.0], &[0, 1], scale);
        assert_eq!(scaled(TradeScale::Raw), [4.0, 2.0]);
        assert_eq!(scaled(TradeScale::Shares), [0.4, 0.2]);
        assert_eq!(scaled(TradeScale::PerCapita), [1.0, 4.0]);
        assert!((scaled(TradeScale::Log1p)[0] - 1.609_437_912).abs() < 1e-9, "ln 5");
        // The world's share is 6/20: (0.4 - 0.3)/0.7 and (0.2 - 0.3)/0.5.
        let rsca = scaled(TradeScale::Rsca);
        assert!((rsca[0] - 1.0 / 7.0).abs() < 1e-12 && (rsca[1] + 0.2).abs() < 1e-12, "{rsca:?}");
        // A country that is not kept closes its gap.
        assert_eq!(transformed(vec![4.0, 2.0], &trade, &[10.0; 2], &[1], TradeScale::Raw), [2.0]);
    }
}
