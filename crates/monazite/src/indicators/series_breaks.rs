//! Breaks in the series of world trade of a product where the Harmonised System was revised.

use super::median::median;

/// A jump of world trade in a product in a year in which the HS was revised.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Break {
    /// Position of the product.
    pub product: u32,
    /// The year of the revision.
    pub year: u16,
    /// Change of the logarithm of world trade from the year before.
    pub log_change: f64,
    /// How many robust standard deviations it lies from the product's other years.
    pub score: f64,
    /// Whether the series is likely to be broken there.
    pub flagged: bool,
}

/// Years in which a new edition of the HS came into force.
const REVISIONS: [u16; 4] = [2007, 2012, 2017, 2022];
const SCORE_LIMIT: f64 = 3.5;
/// A quarter more or less: smaller jumps are not worth a flag, however quiet the other years.
const SMALLEST_JUMP: f64 = 0.223_143_551_314_209_76;
const FEWEST_OTHER_YEARS: usize = 5;

/// Looks for breaks in the series of world trade of one product.
///
/// Codes that were split or merged by a revision break series. The change of log trade into a
/// year of revision is compared with the changes into all other years by median and median absolute deviation; it is flagged if it
/// lies more than 3.5 of those away and is a quarter or more. Needs five other years.
///
/// ```
/// use monazite::indicators::series_breaks::find_breaks;
/// let years: Vec<u16> = (2007..=2023).collect();
/// let trade: Vec<f64> = years.iter().map(|&y| if y < 2012 { 100.0 } else { 10.0 } + f64::from(y % 3)).collect();
/// let breaks = find_breaks(0, &years, &trade);
/// assert!(breaks.iter().any(|b| b.year == 2012 && b.flagged));
/// assert!(breaks.iter().all(|b| b.year == 2012 || !b.flagged));
/// ```
pub fn find_breaks(product: u32, years: &[u16], trade: &[f64]) -> Vec<Break> {
    let changes: Vec<(u16, f64)> = years
        .windows(2)
        .zip(trade.windows(2))
        .filter(|(y, v)| y[1] == y[0] + 1 && v[0] > 0.0 && v[1] > 0.0)
        .map(|(y, v)| (y[1], libm::log(v[1] / v[0])))
        .collect();
    let mut others: Vec<f64> =
        changes.iter().filter(|(y, _)| !REVISIONS.contains(y)).map(|(_, c)| *c).collect();
    if others.len() < FEWEST_OTHER_YEARS {
        return Vec::new();
    }
    let middle = median(&mut others).expect("there are other years");
    let mut deviations: Vec<f64> = others.iter().map(|c| (c - middle).abs()).collect();
    let spread = 1.4826 * median(&mut deviations).expect("there are other years");
    changes
        .iter()
        .filter(|(year, _)| REVISIONS.contains(year))
        .map(|&(year, log_change)| {
            let apart = log_change - middle;
            let score = if spread > 0.0 { apart / spread } else { 0.0 };
            let flagged = apart.abs() >= SMALLEST_JUMP && (score.abs() > SCORE_LIMIT || spread == 0.0);
            Break { product, year, log_change, score, flagged }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_series_and_short_ones_have_no_breaks() {
        let years: Vec<u16> = (2007..=2023).collect();
        let steady: Vec<f64> = years.iter().map(|&y| 100.0 * 1.1f64.powi(i32::from(y) - 2007)).collect();
        assert!(find_breaks(0, &years, &steady).iter().all(|b| !b.flagged));
        assert!(find_breaks(0, &years[..4], &steady[..4]).is_empty());
    }

    #[test]
    fn a_year_without_trade_is_no_change() {
        let years: Vec<u16> = (2007..=2023).collect();
        let mut trade = vec![100.0; years.len()];
        trade[5] = 0.0;
        assert!(find_breaks(0, &years, &trade).iter().all(|b| b.year != 2012));
    }
}
