//! What a planted world starts from: countries, products, the value chain, and who is good at what.

use libm::{exp, pow};

use super::error::PlantedError;
use super::growth::Growth;
use super::options::{DEEPEST_TIER, PlantedOptions, TYPES};
use super::random::{Draws, Purpose};
use crate::nomenclature::Hs6;

/// A country.
#[derive(Debug, Clone)]
pub(super) struct Country {
    pub iso3: String,
    /// Numeric code in the release.
    pub number: u16,
    /// 1 to 4; 0 for the one that balances the books.
    pub kind: u8,
    /// Exports of everything in the first year, thousand USD.
    size: f64,
    /// Growth of its exports a year.
    growth: f64,
    /// Political stability in the first year.
    stability: f64,
}

/// A product of the value chain.
#[derive(Debug, Clone)]
pub(super) struct Product {
    pub code: Hs6,
    pub tier: u8,
    /// Positions of its inputs.
    pub inputs: Vec<usize>,
    /// Positions of what it goes into.
    pub outputs: Vec<usize>,
    /// Share in world exports.
    share: f64,
}

/// Everything that does not depend on growth.
#[derive(Debug)]
pub(super) struct Economy {
    pub draws: Draws,
    /// The one that balances the books first.
    pub countries: Vec<Country>,
    pub products: Vec<Product>,
    pub others: Vec<Hs6>,
    pub links: Vec<(Hs6, Hs6)>,
    /// Mean RCA over the baseline window, by product and country; 0 where there are never exports.
    pub level: Vec<Vec<f64>>,
    /// Weight of each other product in what a country exports beside the chain.
    basket: Vec<Vec<f64>>,
}

/// How a type of countries trades.
pub(super) struct Kind {
    /// Mean ln RCA by tier, before products are put on one level.
    strength: [f64; DEEPEST_TIER as usize + 1],
    /// Demand for final use, relative to exports.
    pub demand: f64,
    /// Spread of its taste for suppliers: large is concentrated.
    pub spread: f64,
    /// Taste for the country that balances the books.
    pub hub: f64,
    /// Taste for unstable suppliers.
    pub unstable: f64,
}

/// The types 1 to 4: dependent on many goods from few, dependent but with many suppliers and good at late tiers, good at early tiers and
/// supplied by few, and diversified.
pub(super) const KINDS: [Kind; TYPES] = [
    Kind { strength: [-0.8; 5], demand: 2.2, spread: 1.4, hub: 7.0, unstable: 1.5 },
    Kind { strength: [-1.1, -0.8, -0.4, 0.0, 0.3], demand: 2.2, spread: 0.3, hub: 0.5, unstable: -1.0 },
    Kind { strength: [0.9, 0.6, 0.2, -0.2, -0.5], demand: 0.5, spread: 1.4, hub: 5.0, unstable: 2.5 },
    Kind { strength: [0.5; 5], demand: 0.7, spread: 0.3, hub: 0.3, unstable: -3.0 },
];

/// Share of the country that balances the books in the exports of the world.
const HUB: f64 = 0.25;
/// Share of the others in the exports of a product of the chain in the baseline.
const OTHERS_SHARE: f64 = 0.35;
/// Share of the chain in the exports of the world.
const CHAIN: f64 = 0.08;
/// Largest share of the others in the exports of a product that leaves the books balanced.
const MOST_OF_PRODUCT: f64 = 0.95;
/// Largest share of the chain in the exports of a country.
const MOST_OF_COUNTRY: f64 = 0.95;
/// Share of country-products without any exports.
const ZEROS: f64 = 0.1;
/// Standard deviation of ln RCA around the mean of type and tier.
const SPREAD: f64 = 0.9;
/// Standard deviation of ln RCA from year to year.
const JITTER: f64 = 0.1;

/// Values of a release have three decimals.
pub(super) fn rounded(value: f64) -> f64 {
    libm::round(value * 1000.0) / 1000.0
}

impl Economy {
    pub fn new(options: &PlantedOptions) -> Self {
        let draws = Draws { seed: options.seed };
        let countries = countries(options, draws);
        let (products, links) = chain(options, draws);
        let mut economy = Self {
            draws,
            level: Vec::new(),
            basket: baskets(options, draws, countries.len()),
            others: (0..options.others).map(|q| code(990_001 + q)).collect(),
            countries,
            products,
            links,
        };
        let totals = economy.totals(options.baseline().start);
        let all: f64 = totals.iter().sum();
        economy.level = economy
            .products
            .iter()
            .enumerate()
            .map(|(p, product)| {
                let mut of: Vec<f64> = economy
                    .countries
                    .iter()
                    .enumerate()
                    .map(|(c, country)| {
                        if c == 0 || draws.unit(Purpose::Zero, [p, c, 0]) < ZEROS {
                            return 0.0;
                        }
                        let mean = KINDS[usize::from(country.kind) - 1].strength[usize::from(product.tier)];
                        exp(mean + SPREAD * draws.normal(Purpose::Comparative, [p, c, 0]))
                    })
                    .collect();
                let weighted: f64 = of.iter().zip(&totals).map(|(r, x)| r * x / all).sum();
                of.iter_mut().for_each(|r| *r *= OTHERS_SHARE / weighted);
                of
            })
            .collect();
        economy
    }

    /// Exports of everything by country, thousand USD.
    pub fn totals(&self, year: usize) -> Vec<f64> {
        let mut totals: Vec<f64> =
            self.countries.iter().map(|c| rounded(c.size * exp(c.growth * year as f64))).collect();
        let others: f64 = totals[1..].iter().sum();
        totals[0] = rounded(others * HUB / (1.0 - HUB));
        totals
    }

    /// Political stability by country as the estimate of the Governance Indicators, which runs from -2.5 to 2.5.
    pub fn stability_estimates(&self, options: &PlantedOptions, year: usize) -> Vec<f64> {
        self.countries
            .iter()
            .map(|c| {
                let score = (c.stability - options.falling_stability * year as f64).max(1.0);
                libm::round((score / 20.0 - 2.5) * 1e4) / 1e4
            })
            .collect()
    }

    /// 1 - PV/100 by country.
    pub fn instability(&self, options: &PlantedOptions, year: usize) -> Vec<f64> {
        self.stability_estimates(options, year).iter().map(|e| 1.0 - (e + 2.5) / 5.0).collect()
    }

    /// RCA of a country-product in a year: the path from the mean of the baseline window to that of the projection window, times a
    /// number that averages one over each window.
    fn advantage(&self, options: &PlantedOptions, growth: &Growth, at: [usize; 3]) -> f64 {
        let [p, c, t] = at;
        let level = self.level[p][c];
        if level <= 0.0 {
            return 0.0;
        }
        let (before, after) = (options.baseline(), options.projection());
        let along = if t < before.end {
            0.0
        } else if t >= after.start {
            1.0
        } else {
            (t + 1 - before.end) as f64 / (after.start + 1 - before.end) as f64
        };
        let jitter = |t: usize| self.draws.lognormal(Purpose::Jitter, [p, c, t], JITTER);
        let mean = |window: std::ops::Range<usize>| {
            let years = window.len() as f64;
            window.map(jitter).sum::<f64>() / years
        };
        let scale = if before.contains(&t) {
            mean(before)
        } else if after.contains(&t) {
            mean(after)
        } else {
            1.0
        };
        level * exp(along * growth.of[p][c]) * jitter(t) / scale
    }

    /// Exports of the chain by product and country: X = RCA times total exports of the country times the product's share in world
    /// exports. What is left of a product is exported by the country that balances the books.
    pub fn exports(
        &self,
        options: &PlantedOptions,
        growth: &Growth,
        year: usize,
    ) -> Result<Vec<Vec<f64>>, PlantedError> {
        let totals = self.totals(year);
        let world: f64 = totals.iter().sum();
        let mut of_chain = vec![0.0; totals.len()];
        let mut exports = Vec::with_capacity(self.products.len());
        for (p, product) in self.products.iter().enumerate() {
            let all = rounded(product.share * world);
            let mut row: Vec<f64> = (0..totals.len())
                .map(|c| rounded(self.advantage(options, growth, [p, c, year]) * totals[c] * (all / world)))
                .collect();
            let share = row.iter().sum::<f64>() / all;
            if share > MOST_OF_PRODUCT {
                return Err(PlantedError::NotBalanced {
                    product: product.code,
                    year: options.year(year),
                    share,
                });
            }
            row[0] = rounded(all - row.iter().sum::<f64>());
            of_chain.iter_mut().zip(&row).for_each(|(sum, x)| *sum += x);
            exports.push(row);
        }
        for ((country, sum), total) in self.countries.iter().zip(&of_chain).zip(&totals) {
            if *sum > MOST_OF_COUNTRY * total {
                return Err(PlantedError::NothingElse {
                    country: country.iso3.clone(),
                    year: options.year(year),
                    share: sum / total,
                });
            }
        }
        Ok(exports)
    }

    /// Exports of the other products by product and country: what is left of each country's exports, by its basket.
    pub fn other_exports(&self, of_chain: &[Vec<f64>], year: usize) -> Vec<Vec<f64>> {
        let totals = self.totals(year);
        let left: Vec<f64> =
            (0..totals.len()).map(|c| totals[c] - of_chain.iter().map(|row| row[c]).sum::<f64>()).collect();
        (0..self.others.len())
            .map(|q| (0..totals.len()).map(|c| rounded(left[c] * self.basket[c][q])).collect())
            .collect()
    }
}

fn code(number: usize) -> Hs6 {
    format!("{number:06}").parse().expect("six digits are a code")
}

/// Codes that ISO 3166 leaves to its users: AAA for the country that balances the books, then QMA to QZZ.
fn iso3(at: usize) -> String {
    let Some(at) = at.checked_sub(1) else { return "AAA".to_owned() };
    let letter = |first: u8, n: usize| char::from(first + n as u8);
    ['Q', letter(b'M', at / 26), letter(b'A', at % 26)].iter().collect()
}

fn countries(options: &PlantedOptions, draws: Draws) -> Vec<Country> {
    (0..=options.countries)
        .map(|c| Country {
            iso3: iso3(c),
            number: c as u16 + 1,
            kind: if c == 0 { 0 } else { ((c - 1) % TYPES) as u8 + 1 },
            size: 4e7 * draws.lognormal(Purpose::Size, [c, 0, 0], 0.7),
            growth: 0.04 + 0.01 * draws.normal(Purpose::Growth, [c, 0, 0]),
            stability: if c == 0 { 35.0 } else { 20.0 + 70.0 * draws.unit(Purpose::Stability, [c, 0, 0]) },
        })
        .collect()
}

/// The chain: a fifth of the products in each tier, every product but the seeds with one or two inputs from the tier before, none going
/// into more than three.
fn chain(options: &PlantedOptions, draws: Draws) -> (Vec<Product>, Vec<(Hs6, Hs6)>) {
    let tiers = usize::from(DEEPEST_TIER) + 1;
    let weights: Vec<f64> =
        (0..options.products).map(|p| draws.lognormal(Purpose::Size, [p, 1, 0], 0.3)).collect();
    let all: f64 = weights.iter().sum();
    let first_of = |tier: usize| tier * options.products / tiers;
    let mut products: Vec<Product> = Vec::new();
    for tier in 0..tiers {
        for p in first_of(tier)..first_of(tier + 1) {
            products.push(Product {
                // HS chapter 77 is empty; the third digit is the tier.
                code: code(770_000 + 1000 * tier + p - first_of(tier) + 1),
                tier: tier as u8,
                inputs: Vec::new(),
                outputs: Vec::new(),
                share: CHAIN * weights[p] / all,
            });
        }
    }
    let mut links = Vec::new();
    for tier in 1..tiers {
        let before: Vec<usize> = (first_of(tier - 1)..first_of(tier)).collect();
        for p in first_of(tier)..first_of(tier + 1) {
            let wanted = 1 + usize::from(draws.unit(Purpose::Links, [p, 0, 0]) < 0.5);
            for nth in 0..wanted {
                // The least used so far, ties at random.
                let least = before
                    .iter()
                    .filter(|i| !products[p].inputs.contains(i))
                    .min_by(|a, b| {
                        let key = |i: usize| {
                            let luck = draws.unit(Purpose::Links, [p, i + 1, nth]);
                            products[i].outputs.len() as f64 + luck
                        };
                        key(**a).total_cmp(&key(**b))
                    })
                    .copied();
                if let Some(input) = least.filter(|i| nth == 0 || products[*i].outputs.len() < 3) {
                    products[p].inputs.push(input);
                    products[input].outputs.push(p);
                    links.push((products[input].code, products[p].code));
                }
            }
            products[p].inputs.sort_unstable();
        }
    }
    links.sort_unstable();
    (products, links)
}

/// What each country exports beside the chain: a fifth of the products not at all, the others very unequally.
fn baskets(options: &PlantedOptions, draws: Draws, countries: usize) -> Vec<Vec<f64>> {
    (0..countries)
        .map(|c| {
            let mut basket: Vec<f64> = (0..options.others)
                .map(|q| {
                    let traded = c == 0 || draws.unit(Purpose::Other, [c, q, 0]) > 0.2;
                    let size = pow(10.0, 0.5 * draws.normal(Purpose::Other, [c, q, 1]));
                    if traded { size } else { 0.0 }
                })
                .collect();
            if basket.iter().all(|b| *b == 0.0) {
                basket[0] = 1.0;
            }
            let all: f64 = basket.iter().sum();
            basket.iter_mut().for_each(|b| *b /= all);
            basket
        })
        .collect()
}

/// An economy of the hub and two countries with one product of the chain and one other, in which windows are single years.
#[cfg(test)]
pub(super) fn by_hand() -> (PlantedOptions, Economy) {
    let options = PlantedOptions { years: 4, falling_stability: 5.0, ..PlantedOptions::default() };
    let country = |at: usize, kind, size, growth, stability| Country {
        iso3: iso3(at),
        number: at as u16 + 1,
        kind,
        size,
        growth,
        stability,
    };
    let product =
        Product { code: code(770_001), tier: 0, inputs: Vec::new(), outputs: Vec::new(), share: 0.1 };
    let economy = Economy {
        draws: Draws { seed: 1 },
        countries: vec![
            country(0, 0, 0.0, 0.0, 35.0),
            country(1, 1, 300.0, 0.0, 75.0),
            country(2, 2, 300.0, std::f64::consts::LN_2, 50.0),
        ],
        products: vec![product],
        others: vec![code(990_001)],
        links: Vec::new(),
        level: vec![vec![0.0, 2.0, 0.5]],
        basket: vec![vec![1.0]; 3],
    };
    (options, economy)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exports_of_a_hand_made_economy() {
        let (options, economy) = by_hand();
        // The hub has a quarter of the world: 600 x 0.25/0.75. The third doubles each year.
        assert_eq!(economy.totals(0), [200.0, 300.0, 300.0]);
        assert_eq!(economy.totals(1), [300.0, 300.0, 600.0]);
        let mut growth = Growth { constant: 0.0, of: vec![vec![0.0; 3]] };
        // The product has a tenth of the world's 1,200. RCA 2 of 300 and 0.5 of 600; the hub has what is left.
        let exports = economy.exports(&options, &growth, 1).unwrap();
        assert_eq!(exports, [[30.0, 60.0, 30.0]]);
        // Beside the chain: all the rest, here in one other product.
        assert_eq!(economy.other_exports(&exports, 1), [[270.0, 240.0, 570.0]]);
        // In the projection window, world 3,600: RCA has halved to 1 for one, and stayed for the other.
        growth.of[0][1] = -std::f64::consts::LN_2;
        assert_eq!(economy.exports(&options, &growth, 3).unwrap(), [[210.0, 30.0, 120.0]]);
        growth.of[0][1] = std::f64::consts::LN_2 * 4.0;
        let refused = economy.exports(&options, &growth, 3).unwrap_err();
        // 32 x 300 x 0.1 and 120, over 360.
        let PlantedError::NotBalanced { share, .. } = refused else { panic!("{refused}") };
        assert!((share - 3.0).abs() < 1e-9, "{share}");
    }

    #[test]
    fn stability_falls_and_ends_at_one() {
        let (options, economy) = by_hand();
        // 75 less 5 a year: 65 of 100 is 0.75 between -2.5 and 2.5, and instability 0.35.
        assert_eq!(economy.stability_estimates(&options, 2)[1], 0.75);
        assert!((economy.instability(&options, 2)[1] - 0.35).abs() < 1e-12);
        assert_eq!(economy.stability_estimates(&options, 60)[1], -2.45);
    }

    #[test]
    fn codes_of_countries_and_values_of_a_release() {
        assert_eq!([0, 1, 26, 27].map(iso3), ["AAA", "QMA", "QMZ", "QNA"]);
        assert_eq!([1.0004, 1.0006].map(rounded), [1.0, 1.001]);
    }

    #[test]
    fn the_chain_gives_every_product_an_input_of_the_tier_before() {
        let options = PlantedOptions { products: 25, ..PlantedOptions::default() };
        let (products, links) = chain(&options, Draws { seed: 1 });
        assert_eq!(products.iter().filter(|p| p.tier == 0).count(), 5, "a fifth of 25");
        for product in products.iter().filter(|p| p.tier > 0) {
            assert!((1..=2).contains(&product.inputs.len()));
            assert!(product.inputs.iter().all(|&i| products[i].tier + 1 == product.tier));
        }
        assert_eq!(links.len(), products.iter().map(|p| p.inputs.len()).sum::<usize>());
        let share: f64 = products.iter().map(|p| p.share).sum();
        assert!((share - 0.08).abs() < 1e-12, "the chain has 8 % of the exports of the world");
    }
}
