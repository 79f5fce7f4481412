//! Political stability in every draw: the estimate of the Governance Indicators plus its error, ranked again among all countries.

use std::collections::{BTreeMap, BTreeSet};

use rayon::prelude::*;

use super::drawn_risk::{LANES, Lanes};
use super::scores::series;
use crate::ingest::governance::{Governance, GovernanceMeasure, percentile_ranks};
use crate::panel::stability_sources::Sources;

/// How stability is drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DrawOptions {
    /// How often.
    pub draws: usize,
    /// Correlation of a country's errors from year to year.
    pub rho: f64,
    /// Seed of the draws.
    pub seed: u64,
    /// The series that stands for stability.
    pub measure: GovernanceMeasure,
}

/// w = 1 - PV/100 of every country of a study, in every year and draw.
#[derive(Debug, Clone)]
pub struct StabilityDraws {
    draws: usize,
    countries: usize,
    /// By year: blocks of draws, in each the countries, in each the draws of the block.
    instability: Vec<Vec<Lanes>>,
    /// Country-years of the indicators with an estimate and no standard error, which have the median of their year.
    pub filled: usize,
    /// By country of the study that has several members, some of which the indicators do not cover: years in which it keeps its point.
    pub kept: BTreeMap<usize, Vec<u16>>,
    /// Years of the study in which nobody has a standard error: their stability is not drawn.
    pub not_drawn: Vec<u16>,
}

/// Why the indicators cannot be drawn from; a sentence's end.
pub(crate) fn obstacle(governance: &Governance, measure: GovernanceMeasure) -> Option<String> {
    if measure == GovernanceMeasure::Score {
        return Some(
            "the indicators publish errors of estimates, not of the score that stands for stability here (stability.measure = \"score\")"
                .to_owned(),
        );
    }
    let mut records = governance.records.values().flat_map(BTreeMap::values);
    let drawable =
        records.any(|record| record.estimate.is_some() && record.standard_error.is_some_and(|se| se > 0.0));
    let file = governance.file_name();
    let of = if file.is_empty() { "political stability as it was given".to_owned() } else { file };
    (!drawable).then(|| {
        format!("{of} has no estimates with standard errors; the file of the Worldwide Governance Indicators has both")
    })
}

/// The countries that the indicators cover in a year, with estimate and standard error.
struct Covered<'a> {
    countries: Vec<&'a str>,
    estimates: Vec<f64>,
    errors: Vec<f64>,
    filled: usize,
}

impl<'a> Covered<'a> {
    /// `None` if nobody has a standard error, or there is nobody to be ranked against.
    fn of(governance: &'a Governance, year: u16) -> Option<Self> {
        let records: Vec<(&str, f64, Option<f64>)> = governance
            .records
            .iter()
            .filter_map(|(iso3, years)| {
                let record = years.get(&year)?;
                let error = record.standard_error.filter(|se| se.is_finite() && *se > 0.0);
                Some((iso3.as_str(), record.estimate?, error))
            })
            .collect();
        let mut known: Vec<f64> = records.iter().filter_map(|record| record.2).collect();
        if known.is_empty() || records.len() < 2 {
            return None;
        }
        let filled = records.len() - known.len();
        let [median] = super::quantile::quantiles(&mut known, [0.5]);
        Some(Self {
            countries: records.iter().map(|record| record.0).collect(),
            estimates: records.iter().map(|record| record.1).collect(),
            errors: records.iter().map(|record| record.2.unwrap_or(median)).collect(),
            filled,
        })
    }
}

impl StabilityDraws {
    /// Draws the stability of every country of a study in each of its years.
    ///
    /// e = estimate + se z, z of [`super::scores`]; all countries that the indicators cover in the year are ranked by e, also those
    /// that trade nothing, or, where the estimate stands for stability, e is mapped as it is. `at` are the years of the indicators that
    /// the years of the study take their stability from. `sources` say by year and country whose stability it is; none for one that
    /// is filled in, which is not drawn and keeps the w of `point`.
    ///
    /// # Panics
    /// If `sources` or `point` do not have one entry a year and country.
    pub fn of(
        governance: &Governance,
        at: &[u16],
        sources: &[Vec<Sources>],
        point: &[Vec<f64>],
        options: &DrawOptions,
    ) -> Self {
        assert!(sources.len() == at.len() && point.len() == at.len(), "one entry a year");
        let countries = point.first().map_or(0, Vec::len);
        let blocks = options.draws.div_ceil(LANES);
        let years: Vec<u16> = at.iter().copied().collect::<BTreeSet<u16>>().into_iter().collect();
        let covered: Vec<Option<Covered<'_>>> =
            years.iter().map(|&year| Covered::of(governance, year)).collect();
        let everybody: BTreeSet<&str> =
            covered.iter().flatten().flat_map(|covered| covered.countries.iter().copied()).collect();
        let everybody: Vec<&str> = everybody.into_iter().collect();
        let scores: Vec<Vec<Vec<f64>>> = everybody
            .par_iter()
            .map(|iso3| series(options.seed, iso3, options.rho, &years, options.draws))
            .collect();
        let scores: BTreeMap<&str, Vec<Vec<f64>>> = everybody.into_iter().zip(scores).collect();
        let drawn: Vec<Vec<Vec<f64>>> = covered
            .par_iter()
            .enumerate()
            .map(|(t, covered)| covered.as_ref().map_or_else(Vec::new, |c| levels(c, &scores, t, options)))
            .collect();
        let of_year = |t: usize| {
            let mut rows: Vec<Lanes> = Vec::with_capacity(blocks * countries);
            for _ in 0..blocks {
                rows.extend(point[t].iter().map(|w| [*w; LANES]));
            }
            let Ok(year) = years.binary_search(&at[t]) else { return rows };
            let Some(covered) = &covered[year] else { return rows };
            for (country, sources) in sources[t].iter().enumerate() {
                let members: Vec<(usize, f64)> = sources
                    .iter()
                    .filter_map(|(iso3, weight)| {
                        Some((covered.countries.binary_search(&iso3.as_str()).ok()?, *weight))
                    })
                    .collect();
                let fixed = sources.len() != members.len();
                if members.is_empty() || fixed {
                    continue;
                }
                for draw in 0..options.draws {
                    let level: f64 =
                        members.iter().fold(0.0, |sum, &(at, weight)| sum + weight * drawn[year][at][draw]);
                    rows[draw / LANES * countries + country][draw % LANES] =
                        (1.0 - level / 100.0).clamp(0.0, 1.0);
                }
            }
            rows
        };
        let instability = (0..at.len()).into_par_iter().map(of_year).collect();
        let mut kept: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
        for (t, year) in at.iter().enumerate() {
            let Some(covered) = years.binary_search(year).ok().and_then(|of| covered[of].as_ref()) else {
                continue;
            };
            let is_covered = |iso3: &str| covered.countries.binary_search(&iso3).is_ok();
            for (country, sources) in sources[t].iter().enumerate() {
                let of_members = sources.iter().filter(|(iso3, _)| is_covered(iso3)).count();
                if of_members > 0 && of_members < sources.len() {
                    kept.entry(country).or_default().push(*year);
                }
            }
        }
        let without = |t: &usize| years.binary_search(&at[*t]).is_ok_and(|year| covered[year].is_none());
        Self {
            draws: options.draws,
            countries,
            instability,
            kept,
            filled: covered.iter().flatten().map(|covered| covered.filled).sum(),
            not_drawn: (0..at.len()).filter(without).map(|t| at[t]).collect(),
        }
    }

    /// Number of draws.
    pub const fn draws(&self) -> usize {
        self.draws
    }

    /// Number of blocks of draws; the last may not be full.
    pub const fn blocks(&self) -> usize {
        self.draws.div_ceil(LANES)
    }

    /// How many of the draws of a block are wanted.
    pub fn in_block(&self, block: usize) -> usize {
        LANES.min(self.draws - block * LANES)
    }

    /// w of every country in the draws of a block, in the year at a position. What is beyond the last draw is the point.
    pub fn block(&self, year: usize, block: usize) -> &[Lanes] {
        &self.instability[year][block * self.countries..(block + 1) * self.countries]
    }
}

impl StabilityDraws {
    /// w of every country in one draw of the year at a position.
    pub fn of_draw(&self, year: usize, draw: usize) -> Vec<f64> {
        self.block(year, draw / LANES).iter().map(|w| w[draw % LANES]).collect()
    }
}

/// The level of stability, 0 to 100, of all that are covered in a year: by country and draw.
fn levels(
    covered: &Covered<'_>,
    scores: &BTreeMap<&str, Vec<Vec<f64>>>,
    year: usize,
    options: &DrawOptions,
) -> Vec<Vec<f64>> {
    let z: Vec<&[f64]> = covered.countries.iter().map(|iso3| scores[iso3][year].as_slice()).collect();
    let mut levels = vec![vec![0.0; options.draws]; covered.countries.len()];
    let mut drawn = vec![0.0; covered.countries.len()];
    for draw in 0..options.draws {
        for (at, e) in drawn.iter_mut().enumerate() {
            *e = covered.estimates[at] + covered.errors[at] * z[at][draw];
        }
        let ranked = match options.measure {
            GovernanceMeasure::Estimate => drawn.iter().map(|e| options.measure.level(*e)).collect(),
            _ => percentile_ranks(&drawn),
        };
        levels.iter_mut().zip(ranked).for_each(|(levels, level)| levels[draw] = level);
    }
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &[u8] = b"code,iso3,year,estimate,stddev,pctrank\n\
        AAA,AAA,2019,-0.5,0.24,20\nBBB,BBB,2019,0.8,0.2,80\nCCC,CCC,2019,0.1,0.22,60\n\
        DDD,DDD,2019,-2.1,,0\nEEE,EEE,2019,1.3,0.25,100\nFFF,FFF,2019,0.1,0.21,60\n";

    const OPTIONS: DrawOptions =
        DrawOptions { draws: 40, rho: 0.9, seed: 7, measure: GovernanceMeasure::PercentileRank };

    fn governance() -> Governance {
        Governance::parse(FILE, "wgi.csv").unwrap()
    }

    fn single(codes: &[&str]) -> Vec<Sources> {
        codes
            .iter()
            .map(|code| if code.is_empty() { vec![] } else { vec![((*code).to_owned(), 1.0)] })
            .collect()
    }

    /// w of a country of the year 2019 in a draw.
    fn w(draws: &StabilityDraws, country: usize, draw: usize) -> f64 {
        draws.block(0, draw / LANES)[country][draw % LANES]
    }

    #[test]
    fn oracle_of_eight_draws_without_a_generator() {
        // The estimates and standard errors of the file, and z from a lattice; the ranks of the first three countries.
        let (estimates, errors) = ([-0.5, 0.8, 0.1, -2.1, 1.3, 0.1], [0.24, 0.2, 0.22, 0.3, 0.25, 0.21]);
        for (z, expected) in ORACLE_Z.iter().zip(ORACLE_PV) {
            let e: Vec<f64> = (0..6).map(|a| estimates[a] + errors[a] * z[a]).collect();
            assert_eq!(percentile_ranks(&e)[..3], expected);
        }
    }

    #[test]
    fn all_that_are_covered_are_ranked_and_what_is_filled_in_stays() {
        let sources = single(&["AAA", "", "CCC"]);
        let draws = StabilityDraws::of(&governance(), &[2019], &[sources], &[vec![0.8, 0.5, 0.4]], &OPTIONS);
        assert_eq!((draws.draws(), draws.blocks(), draws.in_block(1)), (40, 2, 8));
        assert_eq!((draws.filled, draws.not_drawn.len()), (1, 0));
        for draw in 0..40 {
            // Six countries are ranked, so that w is a multiple of a fifth.
            for country in [0, 2] {
                let fifths = w(&draws, country, draw) * 5.0;
                assert!((fifths - fifths.round()).abs() < 1e-12);
            }
            assert_eq!(w(&draws, 1, draw), 0.5);
        }
        assert_eq!(draws.block(0, 1)[0][20], 0.8, "beyond the last draw is the point");
        let different: BTreeSet<u64> = (0..40).map(|draw| w(&draws, 2, draw).to_bits()).collect();
        assert!(different.len() > 1);
    }

    #[test]
    fn a_country_has_the_same_draws_in_any_company() {
        let of = |codes: &[&str], draws| {
            let point = vec![vec![0.5; codes.len()]];
            let options = DrawOptions { draws, ..OPTIONS };
            StabilityDraws::of(&governance(), &[2019], &[single(codes)], &point, &options)
        };
        let (alone, many) = (of(&["CCC"], 10), of(&["BBB", "EEE", "CCC"], 64));
        assert!((0..10).all(|draw| w(&alone, 0, draw) == w(&many, 2, draw)));
    }

    #[test]
    fn a_merged_group_has_the_mean_of_its_members() {
        let group = vec![("AAA".to_owned(), 0.25), ("BBB".to_owned(), 0.75)];
        let sources = vec![group, vec![("AAA".to_owned(), 1.0)], vec![("BBB".to_owned(), 1.0)]];
        let draws = StabilityDraws::of(&governance(), &[2019], &[sources], &[vec![0.5; 3]], &OPTIONS);
        for draw in 0..40 {
            let mean = 0.25 * w(&draws, 1, draw) + 0.75 * w(&draws, 2, draw);
            assert!((w(&draws, 0, draw) - mean).abs() < 1e-14);
        }
        assert!(draws.kept.is_empty());
    }

    #[test]
    fn a_group_with_a_member_that_is_not_covered_keeps_its_point_and_is_named() {
        let of = |codes: &[&str]| codes.iter().map(|code| ((*code).to_owned(), 0.5)).collect::<Sources>();
        let sources = vec![of(&["AAA", "QQQ"]), of(&["AAA", "BBB"]), of(&["QQQ"]), Sources::new()];
        let draws = StabilityDraws::of(&governance(), &[2019], &[sources], &[vec![0.3; 4]], &OPTIONS);
        assert!(
            (0..40).all(|draw| w(&draws, 0, draw) == 0.3) && (0..40).any(|draw| w(&draws, 1, draw) != 0.3)
        );
        assert_eq!(draws.kept, BTreeMap::from([(0, vec![2019])]));
    }

    #[test]
    fn the_estimate_is_mapped_and_not_ranked_where_it_stands_for_stability() {
        let options = DrawOptions { measure: GovernanceMeasure::Estimate, ..OPTIONS };
        let draws = StabilityDraws::of(&governance(), &[2019], &[single(&["AAA"])], &[vec![0.6]], &options);
        let z = super::super::scores::scores(7, "AAA", 0.9, 2019, 40);
        for (draw, z) in z.iter().enumerate() {
            let expected = 1.0 - ((-0.5 + 0.24 * z) + 2.5) / 5.0;
            assert!((w(&draws, 0, draw) - expected).abs() < 1e-14);
        }
    }

    #[test]
    fn a_year_without_standard_errors_is_not_drawn_and_a_file_without_any_is_refused() {
        let draws = StabilityDraws::of(&governance(), &[2020], &[single(&["AAA"])], &[vec![0.8]], &OPTIONS);
        assert_eq!(draws.not_drawn, [2020]);
        assert!((0..40).all(|draw| w(&draws, 0, draw) == 0.8));
        assert_eq!(obstacle(&governance(), GovernanceMeasure::PercentileRank), None);
        let ranks = Governance::parse(b"iso3,year,pv_rank\nAAA,2019,20\nBBB,2019,80\n", "pv.csv").unwrap();
        let told = obstacle(&ranks, GovernanceMeasure::PercentileRank).unwrap();
        assert!(told.starts_with("pv.csv has no estimates with standard errors"), "{told}");
        assert!(obstacle(&governance(), GovernanceMeasure::Score).is_some());
    }

    /// Standard normal numbers of six countries in eight draws.
    const ORACLE_Z: [[f64; 6]; 8] = [
        [-0.454545968, -1.407796804, 0.971994227, 0.225875713, -0.400949582, -1.286660699],
        [1.251139727, 0.383797999, -0.242197462, -0.997787333, 1.366244694, 0.437006215],
        [-0.089358406, -0.774640006, 1.945687771, 0.609886608, -0.040344586, -0.71021029],
        [-1.821850581, 0.803359447, 0.110501482, -0.527648019, -1.609536912, 0.872848469],
        [0.263919749, -0.361248652, -1.20638544, 1.120323902, 0.314922592, -0.309508293],
        [-0.938789513, 1.466890508, 0.477999571, -0.154640396, -0.865325508, 1.62866237],
        [0.654980058, -0.003415615, -0.663469243, -2.391374884, 0.71686198, 0.045506077],
        [-0.485671648, -1.487225282, 0.928227935, 0.197375099, -0.431339796, -1.353247263],
    ];
    const ORACLE_PV: [[f64; 3]; 8] = [
        [20.0, 80.0, 60.0],
        [20.0, 80.0, 40.0],
        [20.0, 80.0, 60.0],
        [20.0, 100.0, 40.0],
        [20.0, 80.0, 40.0],
        [20.0, 100.0, 40.0],
        [20.0, 80.0, 40.0],
        [20.0, 80.0, 60.0],
    ];
}
