//! Values of options: what is accepted, and what is said of the rest.

use std::str::FromStr;

use monazite::diversification::Objective;
use monazite::indicators::RiskReading;
use monazite::ingest::own_table::ColumnRole;
use monazite::nomenclature::{HsEdition, YearRange};
use monazite::report::answers::plan::objective_name;
use monazite::study::parameter::{Parameter, read_word};
use monazite::study::{MOST_CAPACITY, too_much};
use monazite::what_if::InTurn;

/// A whole number, of one type or another.
pub fn whole<T: FromStr>(text: &str) -> Result<T, String> {
    text.parse().map_err(|_| {
        let digits = text.trim_start_matches(['-', '+']);
        match digits.chars().all(|c| c.is_ascii_digit()) && !digits.is_empty() {
            true if text.starts_with('-') => "it cannot be below 0".to_owned(),
            true => "it is too large".to_owned(),
            false => "write a whole number".to_owned(),
        }
    })
}

/// A number of threads.
pub fn threads(text: &str) -> Result<usize, String> {
    whole(text).map_err(|e| format!("{e}; leave --threads out to use all cores"))
}

/// A finite number.
pub fn number(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(number) if f64::is_finite(number) => Ok(number),
        _ => Err("write a number, such as 1.5".to_owned()),
    }
}

/// A share, from 0 to 1.
pub fn share(text: &str) -> Result<f64, String> {
    let wrong = "write a share from 0 (nothing) to 1 (all of it), such as 0.4";
    number(text).ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(|| wrong.to_owned())
}

/// A number from 0 on.
pub fn from_zero(text: &str) -> Result<f64, String> {
    number(text)
        .ok()
        .filter(|share| *share >= 0.0)
        .ok_or_else(|| "write a number from 0 on, such as 0.1".to_owned())
}

/// What suppliers can add, as a share of what they export.
pub fn capacity(text: &str) -> Result<f64, String> {
    let capacity = from_zero(text)?;
    if capacity > MOST_CAPACITY { Err(too_much(capacity)) } else { Ok(capacity) }
}

/// What a plan makes as small as possible.
pub fn objective(text: &str) -> Result<Objective, String> {
    let all = [Objective::Risk, Objective::Concentration, Objective::LargestSupplier, Objective::WorstStop];
    let found = all.into_iter().find(|objective| objective_name(*objective) == text);
    found.ok_or_else(|| format!("write {}", all.map(objective_name).join(", ")))
}

/// In which order everybody buys elsewhere.
pub fn in_turn(text: &str) -> Result<InTurn, String> {
    match text {
        "simultaneous" => Ok(InTurn::Simultaneous),
        "sequential" => Ok(InTurn::Sequential),
        _ => Err("write simultaneous or sequential".to_owned()),
    }
}

/// A range of years, or one year.
pub fn years(text: &str) -> Result<YearRange, String> {
    let wrong = || format!("'{text}' is not a range of years such as 2008-2011");
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let range = YearRange {
        first: first.trim().parse().map_err(|_| wrong())?,
        last: last.trim().parse().map_err(|_| wrong())?,
    };
    if range.first > range.last { Err(format!("'{text}' ends before it begins")) } else { Ok(range) }
}

/// A year, or a range of years.
pub fn years_or_year(text: &str) -> Result<YearRange, String> {
    years(text).map_err(|e| {
        e.replace("a range of years such as 2008-2011", "a year such as 2023, or years such as 2019-2023")
    })
}

/// What a column of a table is, and its name: `year=refYear`.
pub fn column(text: &str) -> Result<(ColumnRole, String), String> {
    let known = || ColumnRole::ALL.map(ColumnRole::key).join(", ");
    let wrong =
        || format!("write what the column is and its name, such as year=refYear; there are: {}", known());
    let (role, name) = text.split_once('=').ok_or_else(wrong)?;
    let role = ColumnRole::from_key(role.trim()).ok_or_else(wrong)?;
    Ok((role, name.trim().to_owned()))
}

/// A reading of systemic trade risk.
pub fn reading(text: &str) -> Result<RiskReading, String> {
    let named = |reading: &RiskReading| reading.name().eq_ignore_ascii_case(text);
    RiskReading::ALL.into_iter().find(named).ok_or_else(|| "write mass_balance or str".to_owned())
}

/// One of a few words.
pub fn word<T: Parameter>(text: &str) -> Result<T, String> {
    read_word(text)
}

/// An HS edition.
pub fn edition(text: &str) -> Result<HsEdition, String> {
    text.parse()
}
