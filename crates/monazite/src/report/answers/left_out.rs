//! What a scenario leaves out, in a sentence.

use crate::study::ShockSection;

/// What a scenario with these settings leaves out: METHODS say that it measures what is touched, and forecasts nothing.
///
/// ```
/// use monazite::report::answers::left_out;
/// use monazite::study::ShockSection;
/// let all = left_out(&ShockSection::default());
/// assert!(all.starts_with("Left out: time within the year and recovery, prices, stocks, other suppliers selling more,"));
/// let settings = ShockSection { capacity: Some(0.1), stocks: Some("stocks.csv".into()), ..ShockSection::default() };
/// let less = left_out(&settings);
/// assert!(!less.contains("stocks") && !less.contains("selling more") && less.contains("prices"));
/// ```
pub fn left_out(settings: &ShockSection) -> String {
    let mut left = vec!["time within the year and recovery"];
    if settings.supply_elasticity.is_none() {
        left.push("prices");
    }
    if settings.stocks.is_none() {
        left.push("stocks");
    }
    if settings.capacity.is_none() && settings.capacities.is_none() {
        left.push("other suppliers selling more");
    }
    left.push("quality within an HS code");
    left.push("home production beyond what the readings assume");
    format!(
        "Left out: {}, smuggling and politics. It says what a stop touches; it is no forecast.",
        left.join(", ")
    )
}
