//! The planted numbers, from the definitions: written apart from the indicators of the program, so that one can test the other.

use std::ops::Range;

use libm::log;

use super::economy::Economy;
use super::growth::Growth;
use super::options::{PlantedOptions, PlantedSlopes};
use super::random::Purpose;
use super::trade::{Flow, flows};

/// A coefficient as it was planted.
#[derive(Debug, Clone, PartialEq)]
pub struct PlantedCoefficient {
    /// Its name: that of the table, or `type 2` to `type 4`.
    pub term: String,
    /// Its value.
    pub value: f64,
}

/// Names of the slopes as the table has them.
const SLOPES: [&str; 8] =
    ["RCA", "Exposure", "HHI", "STR", "Exposure (inputs)", "HHI (inputs)", "STR (inputs)", "RCA (inputs)"];

fn slopes(s: &PlantedSlopes) -> [f64; 8] {
    [s.rca, s.exposure, s.hhi, s.str, s.inputs_exposure, s.inputs_hhi, s.inputs_str, s.inputs_rca]
}

pub(super) fn coefficients(planted: &PlantedSlopes, constant: f64) -> Vec<PlantedCoefficient> {
    let named = |term: String, value: f64| PlantedCoefficient { term, value };
    let mut all = vec![named("constant".to_owned(), constant)];
    all.extend(SLOPES.iter().zip(slopes(planted)).map(|(term, value)| named((*term).to_owned(), value)));
    all.extend(planted.types.iter().enumerate().map(|(n, v)| named(format!("type {}", n + 2), *v)));
    all.extend(planted.tiers.iter().enumerate().map(|(n, v)| named(format!("tier {}", n + 1), *v)));
    all
}

/// Indicators of a product in a year, by country; `None` is undefined.
struct Indicators {
    imports: Vec<f64>,
    exports: Vec<f64>,
    exposure: Vec<Option<f64>>,
    hhi: Vec<Option<f64>>,
    str: Vec<Option<f64>>,
}

/// Exposure M/(M + X), HHI Σ s², STR = 1 + Σ w s STR by fixed-point iteration.
fn indicators(flows: &[Flow], instability: &[f64]) -> Indicators {
    let n = instability.len();
    let (mut imports, mut exports) = (vec![0.0; n], vec![0.0; n]);
    for f in flows {
        imports[f.to] += f.value;
        exports[f.from] += f.value;
    }
    let mut squares = vec![0.0; n];
    for f in flows {
        let share = f.value / imports[f.to];
        squares[f.to] += share * share;
    }
    let mut risk = vec![1.0; n];
    for _ in 0..10_000 {
        let mut next = vec![1.0; n];
        for f in flows {
            next[f.to] += instability[f.from] * (f.value / imports[f.to]) * risk[f.from];
        }
        let moved = risk.iter().zip(&next).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        risk = next;
        if moved < 1e-13 {
            break;
        }
    }
    let trades = |c: usize| imports[c] + exports[c] > 0.0;
    Indicators {
        exposure: (0..n).map(|c| trades(c).then(|| imports[c] / (imports[c] + exports[c]))).collect(),
        hhi: (0..n).map(|c| (imports[c] > 0.0).then_some(squares[c])).collect(),
        str: (0..n).map(|c| trades(c).then_some(risk[c])).collect(),
        imports,
        exports,
    }
}

/// Means over the baseline window.
#[derive(Debug)]
pub(super) struct Measured {
    /// Exposure, HHI, STR and imports plus exports, by product and country.
    means: Vec<Vec<[Option<f64>; 3]>>,
    trade: Vec<Vec<f64>>,
}

impl Measured {
    pub fn of(&self, product: usize, country: usize) -> [Option<f64>; 3] {
        self.means[product][country]
    }
}

/// Measures the products of the chain over a window. `exports` are those of the years of the window.
pub(super) fn measure(
    options: &PlantedOptions,
    economy: &Economy,
    exports: &[Vec<Vec<f64>>],
    window: Range<usize>,
) -> Measured {
    let countries = economy.countries.len();
    let mut measured = Measured { means: Vec::new(), trade: Vec::new() };
    for product in 0..economy.products.len() {
        let mut sums = vec![[(0.0, 0usize); 3]; countries];
        let mut trade = vec![0.0; countries];
        for (exports, year) in exports.iter().zip(window.clone()) {
            let flows = flows(options, economy, exports, product, year);
            let found = indicators(&flows, &economy.instability(options, year));
            for c in 0..countries {
                for (sum, value) in sums[c].iter_mut().zip([found.exposure[c], found.hhi[c], found.str[c]]) {
                    if let Some(value) = value {
                        *sum = (sum.0 + value, sum.1 + 1);
                    }
                }
                trade[c] += found.imports[c] + found.exports[c];
            }
        }
        let mean =
            |(sum, years): (f64, usize)| (years > 0 && 2 * years >= window.len()).then(|| sum / years as f64);
        measured.means.push(sums.into_iter().map(|of| of.map(mean)).collect());
        measured.trade.push(trade);
    }
    measured
}

/// Mean STR over the country-products of a year.
pub(super) fn mean_risk(
    options: &PlantedOptions,
    economy: &Economy,
    exports: &[Vec<f64>],
    year: usize,
) -> f64 {
    let instability = economy.instability(options, year);
    let (mut sum, mut count) = (0.0, 0usize);
    for product in 0..economy.products.len() {
        let found = indicators(&flows(options, economy, exports, product, year), &instability);
        for value in found.str.into_iter().flatten() {
            sum += value;
            count += 1;
        }
    }
    sum / count as f64
}

impl Growth {
    pub fn none(economy: &Economy) -> Self {
        Self { constant: 0.0, of: vec![vec![0.0; economy.countries.len()]; economy.products.len()] }
    }

    /// The planted linear function of the baseline plus noise. The constant is such that growth, before noise, averages zero with
    /// the exports of the baseline as weights. A country-product that lacks a regressor grows by noise alone; it is in no regression.
    pub fn planted(options: &PlantedOptions, economy: &Economy, baseline: &Measured) -> Self {
        let draws = economy.draws;
        let totals = economy.totals(options.baseline().start);
        let mut growth = Self::none(economy);
        let (mut sum, mut weight) = (0.0, 0.0);
        for p in 0..economy.products.len() {
            for c in (1..economy.countries.len()).filter(|&c| economy.level[p][c] > 0.0) {
                let explained = explained(options, economy, baseline, p, c);
                if let Some(explained) = explained {
                    let exports = economy.level[p][c] * totals[c];
                    sum += exports * explained;
                    weight += exports;
                }
                growth.of[p][c] = explained.unwrap_or(0.0)
                    + options.noise * draws.normal(Purpose::Noise, [p, c, 0])
                    + options.country_noise * draws.normal(Purpose::CountryNoise, [c, 0, 0])
                    + options.product_noise * draws.normal(Purpose::ProductNoise, [p, 0, 0]);
            }
        }
        growth.constant = -sum / weight;
        for p in 0..economy.products.len() {
            for c in (1..economy.countries.len()).filter(|&c| economy.level[p][c] > 0.0) {
                if explained(options, economy, baseline, p, c).is_some() {
                    growth.of[p][c] += growth.constant;
                }
            }
        }
        growth
    }
}

/// Slopes times regressors, type and tier, without the constant; `None` if a regressor is missing.
fn explained(
    options: &PlantedOptions,
    economy: &Economy,
    baseline: &Measured,
    product: usize,
    country: usize,
) -> Option<f64> {
    let entry = &economy.products[product];
    let own = baseline.of(product, country);
    let ln_rca = |p: usize| (economy.level[p][country] > 0.0).then(|| log(economy.level[p][country]));
    let over_inputs = |value: &dyn Fn(usize) -> Option<f64>| {
        if entry.inputs.is_empty() {
            return Some(0.0);
        }
        let (mut sum, mut weight) = (0.0, 0.0);
        for &input in &entry.inputs {
            let w = baseline.trade[input][country];
            if let Some(value) = value(input).filter(|_| w > 0.0) {
                sum += w * value;
                weight += w;
            }
        }
        (weight > 0.0).then(|| sum / weight)
    };
    let of_inputs = |at: usize| over_inputs(&|input| baseline.of(input, country)[at]);
    let regressors = [
        ln_rca(product)?,
        own[0]?,
        own[1]?,
        own[2]?,
        of_inputs(0)?,
        of_inputs(1)?,
        of_inputs(2)?,
        over_inputs(&ln_rca)?,
    ];
    let planted = &options.slopes;
    let mut sum: f64 = regressors.iter().zip(slopes(planted)).map(|(x, b)| x * b).sum();
    if let Some(kind) = usize::from(economy.countries[country].kind).checked_sub(2) {
        sum += planted.types[kind];
    }
    if let Some(tier) = usize::from(entry.tier).checked_sub(1) {
        sum += planted.tiers[tier];
    }
    Some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The three countries of the tutorial, section 1.
    #[test]
    fn indicators_are_those_worked_out_by_hand() {
        let flow = |(from, to, value)| Flow { from, to, value };
        let flows = [(0, 1, 60.0), (0, 2, 30.0), (1, 0, 10.0), (1, 2, 50.0), (2, 1, 20.0)].map(flow);
        let found = indicators(&flows, &[0.75, 0.2, 0.5, 0.1]);
        let near = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 1e-10;
        assert!(near(found.exposure[1], 80.0 / 140.0));
        assert!(near(found.hhi[2], 0.53125));
        let b = 1.72265625 / 0.86484375;
        assert!(
            near(found.str[1], b)
                && near(found.str[0], 1.0 + 0.2 * b)
                && near(found.str[2], 1.28125 + 0.18125 * b)
        );
        assert_eq!((found.exposure[3], found.hhi[3], found.str[3]), (None, None, None), "it does not trade");
    }
}
