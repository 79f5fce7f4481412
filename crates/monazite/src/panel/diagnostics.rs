//! What a reader should know about each product-year, and about breaks in the series of a product.

use crate::trade::TradeMatrix;

use super::world::World;

/// What to know about one product-year.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProductYear {
    /// Position of the year.
    pub year: usize,
    /// Position of the product.
    pub product: u32,
    /// Number of flows in the matrix.
    pub flows: usize,
    /// World trade in the matrix (thousand USD, or tonnes by quantity).
    pub trade: f64,
    /// Countries that import.
    pub importers: usize,
    /// Countries that export.
    pub exporters: usize,
    /// Share of import value whose supplier imports nothing itself: chains end there. If this share moves over the
    /// years, STR moves with it without any change in risk.
    pub ending_share: Option<f64>,
    /// Share of import value from suppliers whose stability is imputed.
    pub imputed_share: Option<f64>,
    /// Share of the influence between other countries that passes through the entrepots; focus products only.
    pub through_hubs: Option<f64>,
    /// Share of the value that has a plausible quantity; by quantity only.
    pub quantity_coverage: Option<f64>,
    /// Value of trade within merged groups, taken out, thousand USD.
    pub within_groups: f64,
    /// Value of trade of suppliers without stability, taken out, thousand USD.
    pub without_stability: f64,
    /// Value of trade outside the balanced set of countries, taken out, thousand USD.
    pub outside_country_set: f64,
    /// Value of re-exports traced to their origin, thousand USD.
    pub traced: f64,
    /// Countries whose instability had to be clamped because the network was singular.
    pub clamped: Vec<u16>,
}

impl ProductYear {
    pub(super) fn fill(&mut self, world: &World, t: usize, trade: &TradeMatrix) {
        self.flows = trade.flows();
        self.trade = trade.total();
        self.importers = trade.imports().iter().filter(|m| **m > 0.0).count();
        self.exporters = trade.exports().iter().filter(|x| **x > 0.0).count();
        if self.trade > 0.0 {
            let share_of = |wanted: &dyn Fn(usize) -> bool| {
                let value: f64 = (0..trade.countries())
                    .filter(|&a| wanted(a))
                    .fold(0.0, |sum, a| sum + trade.exports()[a]);
                Some(value / self.trade)
            };
            self.ending_share = share_of(&|a| trade.imports()[a] == 0.0);
            self.imputed_share = share_of(&|a| world.is_imputed(t, a));
        }
    }
}

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
/// use monazite::panel::diagnostics::find_breaks;
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

/// The middle of some numbers, the mean of the two middle ones for an even count. Sorts them.
pub(crate) fn median(numbers: &mut [f64]) -> Option<f64> {
    if numbers.is_empty() {
        return None;
    }
    numbers.sort_unstable_by(f64::total_cmp);
    let half = numbers.len() / 2;
    Some(if numbers.len() % 2 == 1 { numbers[half] } else { 0.5 * (numbers[half - 1] + numbers[half]) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(median(&mut []), None);
        assert_eq!(median(&mut [3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&mut [4.0, 1.0, 2.0, 3.0]), Some(2.5));
    }

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
