//! On which scale a series is, by its values: nothing is read on a wrong scale in silence.

use std::collections::{BTreeMap, BTreeSet};

use super::stability::GovernanceMeasure;

/// What was found.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Scale {
    /// 100 where the values are shares of 1, else 1.
    pub times: f64,
    /// What a reader should know.
    pub note: Option<String>,
}

/// Of some 214 countries at most three have a percentile rank of 1 or less: 0, 0.47 and 0.94.
const RANKS_BELOW_ONE: usize = 3;
/// The largest estimate is some 2; so low are the ranks of at most six countries.
const LARGEST_ESTIMATE: f64 = 2.6;
const RANKS_BELOW_LARGEST_ESTIMATE: usize = 6;
/// Estimates are between -3.4 and 2; what is farther from 0 than this is none.
const FAR: f64 = 5.0;
/// As many countries have some below the mean of the world.
const MANY: usize = 40;

/// The scale of a series by its values as they are published.
///
/// # Errors
/// Why it is none, or could be two, in words.
pub(super) fn judge(
    measure: GovernanceMeasure,
    series: &BTreeMap<&str, BTreeMap<u16, f64>>,
) -> Result<Scale, String> {
    let values = || series.values().flat_map(BTreeMap::values).copied();
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if measure == GovernanceMeasure::Estimate {
        estimates(series, low, high)
    } else {
        levels(measure, series, low, high)
    }
}

/// Percentile ranks or scores.
fn levels(
    measure: GovernanceMeasure,
    series: &BTreeMap<&str, BTreeMap<u16, f64>>,
    low: f64,
    high: f64,
) -> Result<Scale, String> {
    let name = measure.name();
    let as_it_is = Scale { times: 1.0, note: None };
    let years = Years::of(series);
    let are_estimates = format!(
        "every {name} is between {low} and {high}, where estimates are (-2.5 to 2.5) and ranks and scores are not (0 to 100); name the column \
         pv_est and set stability.measure = \"estimate\""
    );
    if (-FAR..0.0).contains(&low) && high <= FAR {
        return Err(are_estimates);
    }
    if low >= 0.0 && high <= 1.0 && high > 0.0 {
        if years.most > RANKS_BELOW_ONE {
            let note = format!(
                "every {name} is between {low} and {high}; they are read as shares of 1, so that {high_or_low} counts as {level}.",
                high_or_low = if low > 0.0 { low } else { high },
                level = (if low > 0.0 { low } else { high }) * 100.0,
            );
            return Ok(Scale { times: 100.0, note: Some(note) });
        }
        return Err(format!(
            "every {name} is between {low} and {high}, and there are at most {} countries a year: are these shares of 1, or the lowest of all \
             ranks? Write them on the scale from 0 to 100 (0.25 becomes 25), with a country above 1 among them",
            years.most
        ));
    }
    if let Some((year, highest)) = years.highest.iter().find(|(year, highest)| {
        low >= 0.0 && **highest <= 1.0 && **highest > 0.0 && years.countries[year] > RANKS_BELOW_ONE
    }) {
        return Err(format!(
            "no {name} of {year} is above {highest}, while those of other years reach {high}: shares of 1 beside values from 0 to 100; write \
             all on the scale from 0 to 100"
        ));
    }
    if measure == GovernanceMeasure::PercentileRank && low >= 0.0 && high > 1.0 && high <= LARGEST_ESTIMATE {
        if years.most > RANKS_BELOW_LARGEST_ESTIMATE {
            return Err(are_estimates);
        }
        let note = format!(
            "every {name} is between {low} and {high}; if these are estimates, name the column pv_est."
        );
        return Ok(Scale { note: Some(note), ..as_it_is });
    }
    Ok(as_it_is)
}

fn estimates(series: &BTreeMap<&str, BTreeMap<u16, f64>>, low: f64, high: f64) -> Result<Scale, String> {
    let far = series.iter().find_map(|(iso3, years)| {
        years.iter().find(|(_, v)| v.abs() > FAR).map(|(year, value)| (iso3, year, value))
    });
    if let Some((iso3, year, value)) = far {
        let what = if low >= 0.0 && high <= 100.0 {
            "; these look like ranks or scores (0 to 100): name the column pv_rank or pv_score, and set stability.measure"
        } else {
            "; correct it"
        };
        return Err(format!(
            "the estimate of {iso3} in {year} is {value}, and estimates are between -2.5 and 2.5{what}"
        ));
    }
    let years = Years::of(series);
    let note = (low >= 0.0 && years.most >= MANY).then(|| {
        format!(
            "no estimate is below 0 (they are between {low} and {high}), while the mean of all countries is 0; if they were moved to another \
             scale, stability is too high."
        )
    });
    Ok(Scale { times: 1.0, note })
}

/// The values year by year.
struct Years {
    countries: BTreeMap<u16, usize>,
    highest: BTreeMap<u16, f64>,
    /// Most countries in a year.
    most: usize,
}

impl Years {
    fn of(series: &BTreeMap<&str, BTreeMap<u16, f64>>) -> Self {
        let all: BTreeSet<u16> = series.values().flat_map(BTreeMap::keys).copied().collect();
        let in_year = |year: u16| series.values().filter_map(move |years| years.get(&year).copied());
        let countries: BTreeMap<u16, usize> = all.iter().map(|&year| (year, in_year(year).count())).collect();
        let highest =
            all.iter().map(|&year| (year, in_year(year).fold(f64::NEG_INFINITY, f64::max))).collect();
        Self { most: countries.values().copied().max().unwrap_or(0), countries, highest }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use GovernanceMeasure::{Estimate, PercentileRank, Score};

    const NAMES: [&str; 8] = ["AAA", "BBB", "CCC", "DDD", "EEE", "FFF", "GGG", "HHH"];

    fn scale(measure: GovernanceMeasure, values: &[f64]) -> Result<Scale, String> {
        let series =
            NAMES.iter().zip(values).map(|(name, &value)| (*name, BTreeMap::from([(2019, value)]))).collect();
        judge(measure, &series)
    }

    #[test]
    fn shares_are_known_by_their_number() {
        for measure in [PercentileRank, Score] {
            assert_eq!(scale(measure, &[0.25, 0.8, 0.5, 0.6]).unwrap().times, 100.0);
            assert!(scale(measure, &[0.25, 0.8, 0.5]).unwrap_err().contains("at most 3 countries a year"));
            // A single country above 1 says that they are no shares; 0 is 0 on both.
            assert_eq!(scale(measure, &[0.47, 0.94, 0.0, 25.0]), Ok(Scale { times: 1.0, note: None }));
            assert_eq!(scale(measure, &[0.0]), Ok(Scale { times: 1.0, note: None }));
        }
    }

    #[test]
    fn estimates_are_not_ranks_and_ranks_are_not_estimates() {
        let error = scale(PercentileRank, &[-1.2, 0.4]).unwrap_err();
        assert!(
            error.starts_with("every percentile rank is between -1.2 and 0.4, where estimates are"),
            "{error}"
        );
        assert!(scale(PercentileRank, &[0.3, 1.2, 1.4, 0.8, 0.9, 0.2, 1.0]).is_err());
        let few = scale(PercentileRank, &[0.3, 1.2]).unwrap();
        assert!(few.note.unwrap().contains("if these are estimates, name the column pv_est"));
        let error = scale(Estimate, &[0.3, 45.0]).unwrap_err();
        assert!(error.starts_with("the estimate of BBB in 2019 is 45, and estimates are between"), "{error}");
        assert_eq!(scale(Estimate, &[-3.31, 1.9]), Ok(Scale { times: 1.0, note: None }));
    }

    #[test]
    fn a_year_of_shares_among_others_is_named() {
        let mut series: BTreeMap<&str, BTreeMap<u16, f64>> = BTreeMap::new();
        for (n, name) in NAMES.iter().enumerate() {
            let rank = 10.0 * n as f64;
            series.insert(name, BTreeMap::from([(2019, rank), (2020, rank / 100.0)]));
        }
        let error = judge(PercentileRank, &series).unwrap_err();
        assert!(
            error.starts_with("no percentile rank of 2020 is above 0.7, while those of other years reach 70"),
            "{error}"
        );
    }
}
