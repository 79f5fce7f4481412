//! Whether a change of systemic trade risk is outside its own uncertainty, in sentences.
//!
//! "For certain" has one meaning here: the band of the change, in which 95 % of the draws of political stability lie, does not hold 0. Where it
//! does, no change is established, whatever the point. Nothing is said of what is not drawn.

use super::findings::signed;
use super::risk_findings::TwoReadings;
use crate::run::{Band, BandOfChange};

/// The change of STR under both readings, with bands.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoBands<'a> {
    /// In the paper's reading.
    pub paper: &'a BandOfChange,
    /// Under mass balance.
    pub mass_balance: &'a BandOfChange,
}

impl TwoBands<'_> {
    /// What is known under mass balance and in the paper's reading.
    pub fn known(&self) -> [Known; 2] {
        [self.mass_balance, self.paper].map(|of| Known::of(&of.change))
    }
}

/// What the draws say of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Known {
    /// Its band is above 0.
    Rose,
    /// Its band is below 0.
    Fell,
    /// Its band holds 0.
    NotEstablished,
}

impl Known {
    /// What the band of a change says.
    ///
    /// ```
    /// use monazite::report::band_findings::Known;
    /// use monazite::run::Band;
    /// let band = |low, high| Band { point: 0.3, low, median: 0.3, high };
    /// assert_eq!(Known::of(&band(0.2, 0.4)), Known::Rose);
    /// assert_eq!(Known::of(&band(-0.1, 0.4)), Known::NotEstablished);
    /// ```
    pub fn of(change: &Band) -> Self {
        match change.excludes_zero() {
            false => Self::NotEstablished,
            true if change.low > 0.0 => Self::Rose,
            true => Self::Fell,
        }
    }

    /// As a predicate of STR.
    pub const fn verb(self) -> &'static str {
        match self {
            Self::Rose => "rose for certain",
            Self::Fell => "fell for certain",
            Self::NotEstablished => "did not change for certain",
        }
    }

    /// As a word of a table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Rose | Self::Fell => "for certain",
            Self::NotEstablished => "not established",
        }
    }
}

/// One end of a band; more digits where it would be shown as 0, on whose side it is what counts.
fn end(value: f64) -> String {
    match value.abs() < 0.005 {
        true => format!("{value:.3}"),
        false => format!("{value:.2}"),
    }
}

/// A level with its band: `1.87 [1.80, 1.90]`.
pub fn level_in_words(band: &Band) -> String {
    format!("{:.2} [{:.2}, {:.2}]", band.point, band.low, band.high)
}

/// A change with its band: `+0.32 [0.19, 0.44]`.
///
/// ```
/// use monazite::report::band_findings::change_in_words;
/// use monazite::run::Band;
/// let band = Band { point: 0.321, low: 0.186, median: 0.32, high: 0.437 };
/// assert_eq!(change_in_words(&band), "+0.32 [0.19, 0.44]");
/// ```
pub fn change_in_words(band: &Band) -> String {
    format!("{} [{}, {}]", signed(band.point), end(band.low), end(band.high))
}

/// In how many of the draws a change is above 0.
pub fn above_0(share: f64) -> String {
    match share {
        1.0 => "above 0 in every draw".to_owned(),
        0.0 => "above 0 in no draw".to_owned(),
        share => format!("above 0 in {:.0} % of the draws", (100.0 * share).clamp(1.0, 99.0)),
    }
}

/// How STR of the average importer of a product moved under both readings, and whether that is outside its own uncertainty.
pub fn average_risk(product: &str, of: &TwoReadings, bands: &TwoBands<'_>) -> String {
    let [first, last] = of.years;
    let head = match bands.known() {
        [Known::NotEstablished, Known::NotEstablished] => {
            format!("For the average importer of {product} no change is established from {first} to {last}.")
        }
        [mass, paper] if mass == paper => {
            format!("STR of the average importer of {product} {} from {first} to {last}.", mass.verb())
        }
        [mass, paper] => format!(
            "STR of the average importer of {product}, from {first} to {last}: {} under mass balance, {} in the paper’s reading.",
            alone(mass),
            alone(paper)
        ),
    };
    let told = |[from, to]: [f64; 2], of: &BandOfChange| {
        format!("from {from:.2} to {to:.2}, {}, {}", change_in_words(&of.change), above_0(of.share_above_0))
    };
    format!(
        "{head} Under mass balance: {}. In the paper’s reading: {}.",
        told(of.mass_balance, bands.mass_balance),
        told(of.paper, bands.paper)
    )
}

/// As a statement without a subject.
const fn alone(known: Known) -> &'static str {
    match known {
        Known::Rose => "a rise for certain",
        Known::Fell => "a fall for certain",
        Known::NotEstablished => "no change is established",
    }
}

/// The same of the largest importer, in short.
pub fn largest_importer(name: &str, bands: &TwoBands<'_>) -> String {
    let [mass, paper] = [bands.mass_balance, bands.paper].map(|of| change_in_words(&of.change));
    let who = format!("For {name}, the largest importer,");
    match bands.known() {
        [Known::NotEstablished, Known::NotEstablished] => {
            format!(
                "{who} no change is established: {mass} under mass balance, {paper} in the paper’s reading."
            )
        }
        [known, other] if known == other => {
            format!("{who} STR {}: {mass} under mass balance, {paper} in the paper’s reading.", known.verb())
        }
        [known, other] => {
            let told = |known: Known, change: String| match known {
                Known::NotEstablished => format!("no change is established, {change}"),
                known => format!("STR {}, {change}", known.verb()),
            };
            let (mass, paper) = (told(known, mass), told(other, paper));
            format!(
                "For {name}, the largest importer: under mass balance {mass}; in the paper’s reading {paper}."
            )
        }
    }
}

/// How STR of somebody changed, in a line: under mass balance, then in the paper's reading, each with its band and whether that is for certain.
///
/// ```
/// use monazite::report::band_findings::{TwoBands, in_a_line};
/// use monazite::run::{Band, BandOfChange};
/// let of = |point, low, high| BandOfChange {
///     from: 2007,
///     to: 2023,
///     change: Band { point, low, median: point, high },
///     share_above_0: 1.0,
///     slope: None,
///     parts: Default::default(),
/// };
/// let (paper, mass_balance) = (of(0.22, -0.3, 0.6), of(0.321, 0.186, 0.437));
/// assert_eq!(
///     in_a_line("STR of 284690", &TwoBands { paper: &paper, mass_balance: &mass_balance }),
///     "STR of 284690: +0.32 [0.19, 0.44] under mass balance, for certain; +0.22 [-0.30, 0.60] in the paper’s reading, not established"
/// );
/// ```
pub fn in_a_line(subject: &str, bands: &TwoBands<'_>) -> String {
    let [mass, paper] = [bands.mass_balance, bands.paper].map(|of| change_in_words(&of.change));
    let [known_mass, known_paper] = bands.known().map(Known::word);
    format!(
        "{subject}: {mass} under mass balance, {known_mass}; {paper} in the paper’s reading, {known_paper}"
    )
}

/// Whether a change that was told before is for certain, under either reading, with the ends of its bands.
pub fn how_certain(bands: &TwoBands<'_>) -> String {
    let ends = |of: &BandOfChange| format!("[{}, {}]", end(of.change.low), end(of.change.high));
    let [mass, paper] = bands.known().map(Known::word);
    let (of_mass, of_paper) = (ends(bands.mass_balance), ends(bands.paper));
    match mass == paper {
        true => format!("Both are {mass}: {of_mass} and {of_paper}."),
        false => format!("The first is {mass}, {of_mass}, the second {paper}, {of_paper}."),
    }
}

/// Which products are told together, and in which words.
type Kind = (fn([Known; 2]) -> bool, &'static str);

/// What is known of further products in focus: which rose or fell for certain, by their codes. Silent without one. The two of a product are as
/// [`TwoBands::known`] has them.
pub fn others_in_focus(others: &[(String, [Known; 2])]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    use Known::{Fell, NotEstablished, Rose};
    let kinds: [Kind; 6] = [
        (|of| of == [Rose; 2], "it rose for certain, under both readings, for"),
        (|of| of == [Fell; 2], "it fell for certain, under both readings, for"),
        (
            |of| matches!(of, [Rose | Fell, NotEstablished]),
            "it changed for certain under mass balance alone for",
        ),
        (
            |of| matches!(of, [NotEstablished, Rose | Fell]),
            "it changed for certain in the paper’s reading alone for",
        ),
        (|of| of == [NotEstablished; 2], "no change is established for"),
        (
            |of| matches!(of, [Rose, Fell] | [Fell, Rose]),
            "its sign is certain under each reading, and they are opposite, for",
        ),
    ];
    let mut told: Vec<String> = Vec::new();
    for (is_so, words) in kinds {
        let codes: Vec<&str> =
            others.iter().filter(|(_, of)| is_so(*of)).map(|(code, _)| code.as_str()).collect();
        match codes.split_last() {
            None => {}
            Some((last, [])) => told.push(format!("{words} {last}")),
            Some((last, before)) => told.push(format!("{words} {} and {last}", before.join(", "))),
        }
    }
    let products = if others.len() == 1 { "product" } else { "products" };
    Some(format!(
        "STR of the average importer of the {} other {products} in focus: {}.",
        others.len(),
        told.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(point: f64, low: f64, high: f64, share_above_0: f64) -> BandOfChange {
        let change = Band { point, low, median: point, high };
        let parts = std::collections::BTreeMap::new();
        BandOfChange { from: 2007, to: 2023, change, share_above_0, slope: None, parts }
    }

    #[test]
    fn a_rise_outside_its_uncertainty_is_for_certain() {
        let of = TwoReadings { years: [2007, 2023], paper: [1.726, 3.592], mass_balance: [1.542, 1.863] };
        let (paper, mass) = (change(1.866, 1.07, 2.55, 1.0), change(0.321, 0.186, 0.437, 1.0));
        let bands = TwoBands { paper: &paper, mass_balance: &mass };
        assert_eq!(
            average_risk("284690", &of, &bands),
            "STR of the average importer of 284690 rose for certain from 2007 to 2023. Under mass balance: from 1.54 to 1.86, +0.32 [0.19, 0.44], \
             above 0 in every draw. In the paper’s reading: from 1.73 to 3.59, +1.87 [1.07, 2.55], above 0 in every draw."
        );
        assert_eq!(
            largest_importer("China", &bands),
            "For China, the largest importer, STR rose for certain: +0.32 [0.19, 0.44] under mass balance, +1.87 [1.07, 2.55] in the paper’s reading."
        );
    }

    #[test]
    fn what_is_within_its_uncertainty_is_not_established() {
        let of = TwoReadings { years: [2007, 2023], paper: [1.5, 1.722], mass_balance: [1.5, 1.443] };
        let (paper, mass) = (change(0.222, -0.3, 0.6, 0.838), change(-0.057, -0.2, 0.004, 0.027));
        let bands = TwoBands { paper: &paper, mass_balance: &mass };
        let told = average_risk("280530", &of, &bands);
        assert!(told.starts_with(
            "For the average importer of 280530 no change is established from 2007 to 2023. Under"
        ));
        assert!(told.contains("-0.06 [-0.20, 0.004], above 0 in 3 % of the draws."), "{told}");
        assert!(!told.contains("for certain"), "{told}");
        let told = largest_importer("Japan", &bands);
        assert!(
            told.starts_with("For Japan, the largest importer, no change is established: -0.06 ["),
            "{told}"
        );
    }

    #[test]
    fn readings_that_disagree_are_told_apart() {
        let of = TwoReadings { years: [2007, 2023], paper: [1.5, 2.5], mass_balance: [1.5, 1.4] };
        let (paper, mass) = (change(1.0, 0.5, 1.5, 0.999), change(-0.1, -0.2, 0.01, 0.04));
        let told = average_risk("x", &of, &TwoBands { paper: &paper, mass_balance: &mass });
        assert!(
            told.contains(
                ": no change is established under mass balance, a rise for certain in the paper’s reading. "
            ),
            "{told}"
        );
        assert!(told.ends_with("above 0 in 99 % of the draws."), "never all of them: {told}");
        assert_eq!(
            how_certain(&TwoBands { paper: &paper, mass_balance: &mass }),
            "The first is not established, [-0.20, 0.01], the second for certain, [0.50, 1.50]."
        );
        assert_eq!(
            how_certain(&TwoBands { paper: &paper, mass_balance: &paper }),
            "Both are for certain: [0.50, 1.50] and [0.50, 1.50]."
        );
        let told = largest_importer("A", &TwoBands { paper: &mass, mass_balance: &paper });
        assert_eq!(
            told,
            "For A, the largest importer: under mass balance STR rose for certain, +1.00 [0.50, 1.50]; in the paper’s reading no change is established, \
             -0.10 [-0.20, 0.01]."
        );
    }

    #[test]
    fn others_are_told_by_what_is_known_of_them() {
        use Known::{Fell, NotEstablished, Rose};
        let of = |code: &str, known| (code.to_owned(), known);
        assert_eq!(others_in_focus(&[]), None);
        assert_eq!(
            others_in_focus(&[
                of("1", [Rose; 2]),
                of("2", [NotEstablished; 2]),
                of("3", [Rose; 2]),
                of("4", [NotEstablished, Rose]),
                of("5", [Rose, Fell]),
                of("6", [Rose; 2]),
            ])
            .unwrap(),
            "STR of the average importer of the 6 other products in focus: it rose for certain, under both readings, for 1, 3 and 6; it changed for \
             certain in the paper’s reading alone for 4; no change is established for 2; its sign is certain under each reading, and they are \
             opposite, for 5."
        );
        assert!(others_in_focus(&[of("7", [Fell; 2])]).unwrap().contains("the 1 other product in focus"));
    }
}
