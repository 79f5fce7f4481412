//! What no scenario, or this scenario, says anything about.

use super::numbers::and;
use crate::study::ShockSection;
use crate::what_if::MadeUpFor;

/// What a scenario leaves out, in one sentence, less what its settings do hold.
///
/// Time, recovery, prices, stocks, other suppliers, quality inside a code, and what countries make at home beyond what their trade shows are
/// all left out, but for stocks, spare capacity and elasticities that are given: `made_up_for` says whether the stocks and the capacity of the
/// settings come to anything.
///
/// ```
/// use monazite::report::scenario::left_out;
/// use monazite::study::ShockSection;
/// use monazite::what_if::MadeUpFor;
/// let nothing = left_out(&ShockSection::default(), MadeUpFor::default());
/// assert!(nothing.starts_with("This is no forecast: it leaves out time"));
/// assert!(nothing.contains("prices, stocks, other suppliers that could sell more"));
/// let held = MadeUpFor { by_capacity: true, ..MadeUpFor::default() };
/// let held = left_out(&ShockSection { capacity: Some(0.1), ..ShockSection::default() }, held);
/// assert!(!held.contains("could sell more,") && held.ends_with("it does hold that other suppliers sell up to 10 % more."));
/// // A capacity of 0 holds nothing.
/// assert_eq!(left_out(&ShockSection { capacity: Some(0.0), ..ShockSection::default() }, MadeUpFor::default()), nothing);
/// ```
pub fn left_out(settings: &ShockSection, made_up_for: MadeUpFor) -> String {
    let mut out = vec!["time (a year counts as a whole, and nobody recovers in it)"];
    let mut held: Vec<String> = Vec::new();
    match settings.supply_elasticity.zip(settings.demand_elasticity) {
        Some((supply, demand)) => {
            held.push(format!("a price that clears the loss, for elasticities of {supply} and {demand}"))
        }
        None => out.push("prices"),
    }
    if made_up_for.by_stocks {
        held.push("stocks as given in a table".to_owned());
    } else {
        out.push("stocks");
    }
    let capacities = settings.capacities.as_ref().filter(|_| made_up_for.by_capacity);
    match (settings.capacity.filter(|_| made_up_for.by_capacity), capacities) {
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
