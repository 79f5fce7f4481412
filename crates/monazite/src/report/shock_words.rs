//! What is said of stops, scenarios and other suppliers, the same in figures, briefs and the page.

use crate::diversification::CapacityOf;
use crate::study::{ShockSection, Study, TradeMeasure};
use crate::units::{ThousandUsd, grouped};

/// What power is, in a sentence.
pub const POWER: &str = "Chokepoint power: what all others would lose of a product if the supplier stopped all exports of it and nothing replaced them, as a \
     share of all that they import of it; with what re-exporters then lack, under mass balance.";

/// What the three readings are, and where they are bounds.
pub const READINGS: &str = "Three readings of what a country passes on of a loss: none (its own sales alone are lost), exposure (as if it made as much as it \
     sells, φ = M/(M + X)), mass balance (as much as it can have bought, φ = min(1, M/X)). Inside a product, where exports are cut and no production is lost, \
     none is the lower and mass balance the upper end; down the chain, or where production is lost, they are no bounds.";

/// What the two readings of the chain are.
pub const CHAIN: &str = "Down the chain: reach is all that contains a lost input, what is touched; content is the input itself, by its value or weight, what is lost if it \
     can be dispensed with at that. Both follow the links of the chain alone. Content can be the larger where the inputs of a product \
     are worth as much as what is made of them.";

/// What shocks leave out; stands once on a page.
pub const LEAVES_OUT: &str = "Left out: time within a year, prices, stocks, other qualities inside a code, and what a country makes for itself beyond what its \
     exports imply. It says what hangs on a supplier, not how likely or how long a stop is.";

/// What plans to buy elsewhere leave out.
pub const PLANS_LEAVE_OUT: &str = "The index alone says here who is safe: prices, contracts and quality inside a code are not known, nor where a safe seller \
     with few mines gets what it sells more; its import content is held as it is.";

/// Limits of plans in words: what may move, and where to.
///
/// ```
/// use monazite::report::shock_words::limits_in_words;
/// use monazite::study::Study;
/// let said = limits_in_words(&Study::default());
/// assert!(said.starts_with("Up to 10 % of purchases move; a supplier adds up to 25 % of what it sells to others"), "{said}");
/// ```
pub fn limits_in_words(study: &Study) -> String {
    let move_share = percent(study.diversification.move_share);
    format!("Up to {move_share} of purchases move; {}", limits_of_suppliers(study))
}

/// The same without the share that may move, where that is what is shown.
///
/// ```
/// use monazite::report::shock_words::limits_of_suppliers;
/// use monazite::study::Study;
/// assert_eq!(
///     limits_of_suppliers(&Study::default()),
///     "a supplier adds up to 25 % of what it sells to others; new suppliers have at least 1 % of world exports."
/// );
/// ```
pub fn limits_of_suppliers(study: &Study) -> String {
    let of = &study.diversification;
    let base = match of.capacity_of {
        CapacityOf::RestOfExports => "what it sells to others",
        CapacityOf::AllExports => "all its exports",
    };
    let mut said = format!(
        "a supplier adds up to {} of {base}; new suppliers have at least {} of world exports",
        percent(of.capacity),
        percent(of.min_supplier_share)
    );
    if of.keep > 0.0 {
        said.push_str(&format!("; {} of what is bought of each stays", percent(of.keep)));
    }
    if !of.exclude.is_empty() {
        said.push_str(&format!("; not to {}", of.exclude.join(", ")));
    }
    said.push('.');
    said
}

fn percent(share: f64) -> String {
    format!("{} %", (1000.0 * share).round() / 10.0)
}

/// What fills a loss in the scenarios of a study; nothing if nothing does.
///
/// ```
/// use monazite::report::shock_words::capacity_in_words;
/// use monazite::study::ShockSection;
/// let mut shocks = ShockSection::default();
/// assert_eq!(capacity_in_words(&shocks), "Nobody replaces what is lost (no shocks.capacity).");
/// shocks.capacity = Some(0.0);
/// assert!(capacity_in_words(&shocks).starts_with("Nobody replaces"));
/// shocks.capacity = Some(0.1);
/// assert_eq!(capacity_in_words(&shocks), "Suppliers that are not hit add up to 10 % of their exports.");
/// ```
pub fn capacity_in_words(shocks: &ShockSection) -> String {
    match (shocks.capacity, &shocks.capacities) {
        (Some(0.0), None) => "Nobody replaces what is lost (shocks.capacity = 0).".to_owned(),
        (_, Some(_)) => {
            "Suppliers that are not hit add what the study’s table of capacities lets them.".to_owned()
        }
        (Some(capacity), None) => format!(
            "Suppliers that are not hit add up to {} % of their exports.",
            (1000.0 * capacity).round() / 10.0
        ),
        (None, None) => "Nobody replaces what is lost (no shocks.capacity).".to_owned(),
    }
}

/// An amount of trade in the measure of the study.
///
/// ```
/// use monazite::report::shock_words::amount_in_words;
/// use monazite::study::TradeMeasure;
/// assert_eq!(amount_in_words(TradeMeasure::Value, 1_440_000.0), "1.44 billion USD");
/// assert_eq!(amount_in_words(TradeMeasure::Quantity, 1234.4), "1,234 t");
/// ```
pub fn amount_in_words(measure: TradeMeasure, amount: f64) -> String {
    match measure {
        TradeMeasure::Value => ThousandUsd::new(amount).in_words(),
        TradeMeasure::Quantity if amount < 10.0 => format!("{amount:.1} t"),
        TradeMeasure::Quantity => format!("{} t", grouped(amount.round() as u64)),
    }
}

/// How many times as high a price is whose logarithm has risen by so much. Beyond a hundredfold the rule of thumb behind it says no number.
///
/// ```
/// use monazite::report::shock_words::times;
/// assert_eq!(times(0.2), "1.22 times");
/// assert_eq!(times(1e8), "more than 100 times");
/// ```
pub fn times(log_price: f64) -> String {
    let times = libm::exp(log_price);
    if times > 100.0 { "more than 100 times".to_owned() } else { format!("{times:.2} times") }
}
