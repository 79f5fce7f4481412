//! Whether the percentile ranks of a file are those of its estimates. Bands rank estimates anew in every draw: ranks of another origin would
//! stand beside bands that are not theirs.

use std::collections::BTreeMap;

use super::record::GovernanceRecord;

/// A rank may be so many points off: estimates that were rounded have ties.
const MOST_OFF: f64 = 2.0;
/// Countries named.
const NAMED: usize = 3;

/// The percentile ranks of estimates, as the Governance Indicators rank: 100 (#{a': e_a' ≤ e_a} - 1)/(N - 1), so that equal estimates
/// have the highest rank of them. NaN for a single one.
///
/// ```
/// use monazite::ingest::governance::percentile_ranks;
/// assert_eq!(percentile_ranks(&[-0.5, 0.8, 0.1, -2.1, 1.3, 0.1]), [20.0, 80.0, 60.0, 0.0, 100.0, 60.0]);
/// ```
pub fn percentile_ranks(estimates: &[f64]) -> Vec<f64> {
    let mut order: Vec<u32> = (0..estimates.len() as u32).collect();
    order.sort_unstable_by(|&a, &b| estimates[a as usize].total_cmp(&estimates[b as usize]));
    let others = (estimates.len().max(1) - 1) as f64;
    let mut ranks = vec![0.0; estimates.len()];
    let mut not_above = 0;
    for equal in order.chunk_by(|&a, &b| estimates[a as usize] == estimates[b as usize]) {
        not_above += equal.len();
        for &at in equal {
            ranks[at as usize] = 100.0 * (not_above - 1) as f64 / others;
        }
    }
    ranks
}

/// A country with an estimate, and its rank if the file has one.
struct Both<'a> {
    iso3: &'a str,
    estimate: f64,
    rank: Option<f64>,
}

/// A sentence on percentile ranks that are not those of the estimates beside them; `None` where they are, and where a file does not have both.
/// `ranks` are on the scale from 0 to 100.
pub(super) fn misfit(
    records: &BTreeMap<String, BTreeMap<u16, GovernanceRecord>>,
    ranks: &BTreeMap<&str, BTreeMap<u16, f64>>,
) -> Option<String> {
    let rank_of = |iso3: &str, year: u16| ranks.get(iso3)?.get(&year).copied();
    let mut by_year: BTreeMap<u16, Vec<Both<'_>>> = BTreeMap::new();
    for (iso3, years) in records {
        for (&year, record) in years {
            if let Some(estimate) = record.estimate {
                let both = Both { iso3, estimate, rank: rank_of(iso3, year) };
                by_year.entry(year).or_default().push(both);
            }
        }
    }
    let (mut compared, mut off) = (0_usize, Vec::new());
    for (year, of_year) in by_year.iter().filter(|(_, of_year)| of_year.len() > 1) {
        let estimates: Vec<f64> = of_year.iter().map(|both| both.estimate).collect();
        for (both, own) in of_year.iter().zip(percentile_ranks(&estimates)) {
            let Some(rank) = both.rank else { continue };
            compared += 1;
            if (rank - own).abs() > MOST_OFF {
                off.push((both.iso3, *year, rank, own));
            }
        }
    }
    if off.is_empty() {
        return None;
    }
    let count = off.len();
    off.sort_by(|a, b| {
        (b.2 - b.3).abs().total_cmp(&(a.2 - a.3).abs()).then(a.1.cmp(&b.1)).then(a.0.cmp(b.0))
    });
    let named: Vec<String> = off
        .iter()
        .take(NAMED)
        .map(|(iso3, year, rank, own)| format!("{iso3} in {year} has {rank}, its estimate ranks {own:.1}"))
        .collect();
    let more = if count > NAMED { ", and others" } else { "" };
    Some(format!(
        "{count} of {compared} percentile ranks are not those of the estimates beside them, among the countries of the file: {}{more}. Is it a part of \
         the indicators, or are the two of different origin? STR takes the ranks, and bands rank the estimates anew, so the two do not fit.",
        named.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is said of five countries with estimates in 2019 and these ranks.
    fn told(ranks: [Option<f64>; 5]) -> Option<String> {
        let names = ["AAA", "BBB", "CCC", "DDD", "EEE"];
        let record = |estimate| GovernanceRecord { estimate: Some(estimate), ..GovernanceRecord::default() };
        let records = names
            .into_iter()
            .zip([-1.0, 0.5, 0.0, 1.5, -2.0])
            .map(|(iso3, estimate)| (iso3.to_owned(), BTreeMap::from([(2019, record(estimate))])));
        let ranks = names
            .into_iter()
            .zip(ranks)
            .map(|(iso3, rank)| (iso3, rank.map(|r| (2019, r)).into_iter().collect()));
        misfit(&records.collect(), &ranks.collect())
    }

    #[test]
    fn ranks_of_their_estimates_are_not_told() {
        assert_eq!(told([25.0, 75.0, 50.0, 100.0, 0.0].map(Some)), None);
        assert_eq!(told([26.5, 75.0, 50.0, 99.0, 0.0].map(Some)), None, "as far as they are rounded");
        assert_eq!(told([None; 5]), None);
        assert_eq!(misfit(&BTreeMap::new(), &BTreeMap::new()), None);
    }

    #[test]
    fn ranks_of_another_origin_are_told_with_the_worst_of_them() {
        let said = told([Some(25.0), Some(5.0), None, Some(100.0), Some(0.0)]).unwrap();
        assert!(
            said.starts_with(
                "1 of 4 percentile ranks are not those of the estimates beside them, among the countries of the file: BBB in 2019 has 5, its estimate \
                 ranks 75.0. "
            ),
            "{said}"
        );
        // Turned upside down.
        let said = told([75.0, 25.0, 50.0, 0.0, 100.0].map(Some)).unwrap();
        assert!(
            said.starts_with("4 of 5") && said.contains("DDD in 2019 has 0, its estimate ranks 100.0; EEE"),
            "{said}"
        );
        assert!(said.contains(", and others. "), "{said}");
    }
}
