//! How systemic trade risk moved, in sentences, under both of its readings.

use super::findings::{LEAST_CHANGE, signed};

/// Share of the paper's number from which on it is said how much of it mass balance does not allow.
const NOTABLE_SHARE: f64 = 0.1;

/// STR of somebody in two years under both readings, as it is told.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoReadings {
    /// The years, the earlier first.
    pub years: [u16; 2],
    /// In the paper's reading.
    pub paper: [f64; 2],
    /// Under mass balance.
    pub mass_balance: [f64; 2],
}

impl TwoReadings {
    fn changes(&self) -> [f64; 2] {
        [self.paper, self.mass_balance].map(|[from, to]| to - from)
    }

    /// Whether both readings say the same, as numbers are shown.
    fn agree(&self) -> bool {
        (0..2).all(|end| (self.paper[end] - self.mass_balance[end]).abs() < LEAST_CHANGE)
    }
}

const fn verb(change: f64) -> &'static str {
    if change > 0.0 { "rose" } else { "fell" }
}

/// A level in both years, with its change: `rose from 1.54 in 2007 to 1.86 in 2023 (+0.32)`.
fn moved(years: [u16; 2], [from, to]: [f64; 2]) -> String {
    let change = to - from;
    match change.abs() < LEAST_CHANGE {
        true => format!(
            "hardly moved, from {from:.2} in {} to {to:.2} in {} ({})",
            years[0],
            years[1],
            signed(change)
        ),
        false => format!(
            "{} from {from:.2} in {} to {to:.2} in {} ({})",
            verb(change),
            years[0],
            years[1],
            signed(change)
        ),
    }
}

/// How the STR of the average importer of a product moved: in the paper's reading, under mass balance, and how much of the change mass balance
/// leaves; where the sign turns it says so. Silent for a single year, and where it moved by less than [`LEAST_CHANGE`] in both.
pub fn average_risk(product: &str, of: &TwoReadings) -> Option<String> {
    if of.years[0] >= of.years[1] {
        return None;
    }
    let [paper, mass] = of.changes();
    if paper.abs() < LEAST_CHANGE && mass.abs() < LEAST_CHANGE {
        return None;
    }
    let subject = format!("STR of the average importer of {product}");
    if of.agree() {
        return Some(format!(
            "{subject} {}, in the paper’s reading; under mass balance it is the same.",
            moved(of.years, of.paper)
        ));
    }
    let [from, to] = of.mass_balance;
    let mut text = format!("{subject} {} in the paper’s reading; ", moved(of.years, of.paper));
    let level = format!("from {from:.2} to {to:.2} ({})", signed(mass));
    if paper * mass < 0.0 && signed(mass) != "0.00" && signed(paper) != "0.00" {
        text.push_str(&format!("under mass balance the sign turns: it {} {level}", verb(mass)));
    } else if mass.abs() < LEAST_CHANGE {
        text.push_str(&format!("under mass balance it hardly moved, {level}"));
    } else if paper.abs() < LEAST_CHANGE || mass.abs() > paper.abs() {
        text.push_str(&format!("under mass balance it {} more, {level}", verb(mass)));
    } else {
        text.push_str(&format!(
            "under mass balance it {} {level}, which is {:.0} % of the {}",
            verb(mass),
            100.0 * mass / paper,
            if paper > 0.0 { "rise" } else { "fall" }
        ));
    }
    text.push('.');
    Some(text)
}

/// A country's highest mass-balanced STR, beside the other reading. Silent if it is less than 0.2 above `floor`, STR without instability.
pub fn highest_mass_balanced(
    name: &str,
    year: u16,
    product: &str,
    mass_balance: f64,
    str: Option<f64>,
    floor: f64,
) -> Option<String> {
    let beside = str.map_or_else(String::new, |str| format!("; in the paper’s reading it is {str:.2} there"));
    (mass_balance >= floor + 0.2)
        .then(|| format!("{name}’s highest mass-balanced STR among its chokepoints is {mass_balance:.2}, in {product}, {year}{beside}."))
}

/// Where mass-balanced STR of a country moved most, beside the other reading. Silent if it moved by less than 0.1.
pub fn largest_change_mass_balanced(product: &str, of: &TwoReadings) -> Option<String> {
    let [paper, mass] = of.changes();
    let [first, last] = of.years;
    (mass.abs() >= 0.1 && first < last).then(|| {
        format!(
            "Since {first} its mass-balanced STR {} most in {product}: {} until {last}; in the paper’s reading {}.",
            verb(mass),
            signed(mass),
            signed(paper)
        )
    })
}

/// How much of the paper's number in a year is more than mass balance lets through. Silent for less than a tenth. `floor` is STR without
/// instability.
pub fn more_than_mass_balance(year: u16, paper: f64, mass_balance: f64, floor: f64) -> Option<String> {
    let share = (paper - mass_balance) / (paper - floor);
    if paper <= floor || share < NOTABLE_SHARE {
        return None;
    }
    let number = if floor > 0.0 { "what the paper’s number has above 1" } else { "the paper’s number" };
    Some(match share > 0.5 {
        true => {
            format!("Most of {number} in {year} ({:.0} %) is more than mass balance allows.", 100.0 * share)
        }
        false => format!("Of {number} in {year}, {:.0} % is more than mass balance allows.", 100.0 * share),
    })
}

/// How the STR of the largest importer moved. Silent where it moved by less than [`LEAST_CHANGE`] in both readings.
pub fn largest_importer(name: &str, of: &TwoReadings) -> Option<String> {
    let [paper, mass] = of.changes();
    if of.years[0] >= of.years[1] || (paper.abs() < LEAST_CHANGE && mass.abs() < LEAST_CHANGE) {
        return None;
    }
    Some(format!(
        "For {name}, the largest importer, it went from {:.2} to {:.2} ({}), under mass balance from {:.2} to {:.2} ({}).",
        of.paper[0],
        of.paper[1],
        signed(paper),
        of.mass_balance[0],
        of.mass_balance[1],
        signed(mass)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(paper: [f64; 2], mass_balance: [f64; 2]) -> Option<String> {
        average_risk("284690", &TwoReadings { years: [2007, 2023], paper, mass_balance })
    }

    #[test]
    fn a_rise_is_told_with_what_mass_balance_leaves_of_it() {
        assert_eq!(
            told([1.726, 3.592], [1.542, 1.863]).unwrap(),
            "STR of the average importer of 284690 rose from 1.73 in 2007 to 3.59 in 2023 (+1.87) in the paper’s reading; under mass balance it rose \
             from 1.54 to 1.86 (+0.32), which is 17 % of the rise."
        );
        assert!(
            told([1.9, 1.5], [1.7, 1.5])
                .unwrap()
                .ends_with("it fell from 1.70 to 1.50 (-0.20), which is 50 % of the fall.")
        );
        assert!(
            told([1.5, 1.8], [1.5, 1.52]).unwrap().ends_with("it hardly moved, from 1.50 to 1.52 (+0.02).")
        );
        assert!(
            told([1.5, 1.52], [1.3, 1.45])
                .unwrap()
                .contains("(+0.02) in the paper’s reading; under mass balance it rose more")
        );
    }

    #[test]
    fn a_sign_that_turns_is_told_and_nothing_where_nothing_moved() {
        assert!(
            told([1.60, 1.82], [1.50, 1.443])
                .unwrap()
                .ends_with("under mass balance the sign turns: it fell from 1.50 to 1.44 (-0.06).")
        );
        // Zero as shown has no sign.
        assert!(
            told([1.6, 1.8], [1.5, 1.498]).unwrap().contains("it hardly moved, from 1.50 to 1.50 (0.00)")
        );
        assert_eq!(told([1.6, 1.63], [1.4, 1.36]), None);
        let one_year = TwoReadings { years: [2020, 2020], paper: [1.5, 2.5], mass_balance: [1.5, 2.5] };
        assert_eq!(average_risk("x", &one_year), None);
        assert_eq!(
            told([1.5, 1.8], [1.5, 1.79]).unwrap(),
            "STR of the average importer of 284690 rose from 1.50 in 2007 to 1.80 in 2023 (+0.30), in the paper’s reading; under mass balance it is \
             the same."
        );
    }

    #[test]
    fn why_the_readings_differ_is_told_where_they_do() {
        let told = more_than_mass_balance(2023, 3.592, 1.863, 1.0).unwrap();
        assert_eq!(
            told,
            "Most of what the paper’s number has above 1 in 2023 (67 %) is more than mass balance allows."
        );
        assert_eq!(more_than_mass_balance(2023, 1.5, 1.49, 1.0), None);
        assert_eq!(more_than_mass_balance(2023, 1.0, 1.0, 1.0), None, "no instability");
        // The same number without the identity.
        let told = more_than_mass_balance(2023, 2.592, 0.863, 0.0).unwrap();
        assert!(told.starts_with("Most of the paper’s number in 2023 (67 %)"), "{told}");
        assert!(
            more_than_mass_balance(2023, 2.0, 1.7, 1.0)
                .unwrap()
                .starts_with("Of what the paper’s number has above 1 in 2023, 30 %")
        );
    }

    #[test]
    fn countries_are_told_by_the_mass_balanced_number_with_the_other_beside_it() {
        assert_eq!(
            highest_mass_balanced("USA", 2023, "284690", 2.144, Some(3.428), 1.0).unwrap(),
            "USA’s highest mass-balanced STR among its chokepoints is 2.14, in 284690, 2023; in the paper’s reading it is 3.43 there."
        );
        assert_eq!(highest_mass_balanced("USA", 2023, "284690", 1.15, Some(3.4), 1.0), None);
        let usa = TwoReadings { years: [2007, 2023], paper: [1.827, 3.428], mass_balance: [1.611, 2.144] };
        assert_eq!(
            largest_change_mass_balanced("284690", &usa).unwrap(),
            "Since 2007 its mass-balanced STR rose most in 284690: +0.53 until 2023; in the paper’s reading +1.60."
        );
        assert_eq!(
            largest_change_mass_balanced("284690", &TwoReadings { mass_balance: [1.6, 1.65], ..usa }),
            None
        );
    }

    #[test]
    fn the_largest_importer_has_both_changes() {
        let china = TwoReadings { years: [2007, 2023], paper: [1.444, 4.172], mass_balance: [1.377, 1.866] };
        assert_eq!(
            largest_importer("China", &china).unwrap(),
            "For China, the largest importer, it went from 1.44 to 4.17 (+2.73), under mass balance from 1.38 to 1.87 (+0.49)."
        );
        assert_eq!(
            largest_importer("China", &TwoReadings { paper: [1.5; 2], mass_balance: [1.4; 2], ..china }),
            None
        );
    }
}
