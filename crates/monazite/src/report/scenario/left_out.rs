//! What no scenario, or this scenario, says anything about.

use super::numbers::and;
use crate::study::ShockSection;

/// What a scenario leaves out, in one sentence, less what its settings do hold.
///
/// Time, recovery, prices, stocks, other suppliers, quality inside a code, and what countries make at home beyond what their trade shows are
/// all left out, but for stocks, spare capacity and elasticities that are given.
///
/// ```
/// use monazite::report::scenario::left_out;
/// use monazite::study::ShockSection;
/// let nothing = left_out(&ShockSection::default());
/// assert!(nothing.starts_with("This is no forecast: it leaves out time"));
/// assert!(nothing.contains("prices, stocks, other suppliers that could sell more"));
/// let held = left_out(&ShockSection { capacity: Some(0.1), ..ShockSection::default() });
/// assert!(!held.contains("could sell more,") && held.ends_with("it does hold that other suppliers sell up to 10 % more."));
/// ```
pub fn left_out(settings: &ShockSection) -> String {
    let mut out = vec!["time (a year counts as a whole, and nobody recovers in it)"];
    let mut held: Vec<String> = Vec::new();
    match settings.supply_elasticity.zip(settings.demand_elasticity) {
        Some((supply, demand)) => {
            held.push(format!("a price that clears the loss, for elasticities of {supply} and {demand}"))
        }
        None => out.push("prices"),
    }
    match &settings.stocks {
        Some(_) => held.push("stocks as given in a table".to_owned()),
        None => out.push("stocks"),
    }
    match (settings.capacity, &settings.capacities) {
        (Some(capacity), None) => held
            .push(format!("that other suppliers sell up to {} % more", (1000.0 * capacity).round() / 10.0)),
        (_, Some(_)) => held.push("what other suppliers can sell more, as given in a table".to_owned()),
        (None, None) => out.push("other suppliers that could sell more"),
    }
    out.extend([
        "differences of quality inside an HS code",
        "what countries make at home beyond what their trade shows",
        "smuggling",
        "politics",
    ]);
    let out = and(&out);
    if held.is_empty() {
        format!("This is no forecast: it leaves out {out}.")
    } else {
        let held: Vec<&str> = held.iter().map(String::as_str).collect();
        format!("This is no forecast: it leaves out {out}; it does hold {}.", and(&held))
    }
}
