//! Events of the past, as a list.

use super::columns::wrapped;
use crate::shock::events::EVENTS;

/// All events with what happened, their codes, what the cut rests on, and sources.
///
/// ```
/// use monazite::report::answers::event_list;
/// assert!(event_list().contains("nickel-ore-ban-2020"));
/// ```
pub fn event_list() -> String {
    let mut lines = Vec::new();
    for event in EVENTS {
        lines.push(format!("{}  {}", event.name, event.title));
        lines.extend(wrapped(event.what, "    "));
        lines.extend(wrapped(
            &format!(
                "As a scenario: {} sells {:.0} % less of {} than in {}.",
                event.supplier,
                100.0 * event.export_cut,
                event.products.join(", "),
                event.base_year
            ),
            "    ",
        ));
        lines.extend(wrapped(event.remark, "    "));
        lines.extend(event.sources.iter().flat_map(|source| wrapped(&format!("Source: {source}."), "    ")));
        lines.push(String::new());
    }
    lines.push(
        "The cut is what was announced, not what happened to trade. Run one with --event NAME.".to_owned(),
    );
    lines.join("\n") + "\n"
}
