//! The years whose trade a scenario hits.

use crate::nomenclature::YearRange;
use crate::shock::Scenario;

/// Positions of the base years of a scenario among some years: those of its rows, else those of the study, else the last.
///
/// What it answers: in which of these years does anything of the scenario happen? A row without years holds in all of them. `asked` are the years of
/// the study, or of a question.
///
/// # Errors
/// A sentence that says when the scenario holds, if it holds in none of these years.
///
/// ```
/// use monazite::nomenclature::YearRange;
/// use monazite::shock::{Scenario, ScenarioRow};
/// use monazite::what_if::base_years::base_years_among;
/// let row = ScenarioRow::stop("CHN", vec!["284690".parse()?]);
/// let mut ban = Scenario { name: "ban".to_owned(), rows: vec![row] };
/// let one = |year| Some(YearRange { first: year, last: year });
/// assert_eq!(base_years_among(&[2019, 2020, 2021], &ban, None), Ok(vec![2]));
/// ban.rows[0].years = Some(YearRange { first: 2020, last: 2030 });
/// assert_eq!(base_years_among(&[2019, 2020, 2021], &ban, None), Ok(vec![1, 2]));
/// let error = base_years_among(&[2019, 2020, 2021], &ban, one(2019)).unwrap_err();
/// assert_eq!(error, "ban: it holds in 2020 to 2030 only, not in 2019");
/// let error = base_years_among(&[2007, 2008], &ban, None).unwrap_err();
/// assert_eq!(error, "ban: it holds in 2020 to 2030 only, and the trade is of 2007 to 2008");
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn base_years_among(
    years: &[u16],
    scenario: &Scenario,
    asked: Option<YearRange>,
) -> Result<Vec<usize>, String> {
    let of_rows: Vec<YearRange> = scenario.rows.iter().filter_map(|row| row.years).collect();
    if of_rows.is_empty() && asked.is_none() {
        return Ok(vec![years.len().saturating_sub(1)]);
    }
    let all_have_years = of_rows.len() == scenario.rows.len();
    let of_a_row = |year: u16| of_rows.iter().any(|range| range.contains(year));
    let wanted = |t: &usize| {
        let year = years[*t];
        asked.is_none_or(|range| range.contains(year))
            && (!all_have_years || of_a_row(year))
            && (asked.is_some() || of_a_row(year))
    };
    let found: Vec<usize> = (0..years.len()).filter(wanted).collect();
    if !found.is_empty() {
        return Ok(found);
    }
    let name = &scenario.name;
    let there = span(years);
    Err(match asked {
        Some(asked) if all_have_years && years.iter().any(|year| of_a_row(*year)) => {
            format!("{name}: it holds in {} only, not in {}", ranges(&of_rows), words(asked))
        }
        Some(asked) if !all_have_years => {
            let none = if asked.first == asked.last { "" } else { "none of " };
            let not = if asked.first == asked.last { "not " } else { "" };
            format!("{name}: {none}{} is {not}a year of the trade, which is of {there}", words(asked))
        }
        _ => format!("{name}: it holds in {} only, and the trade is of {there}", ranges(&of_rows)),
    })
}

/// What of the years of a scenario, or of a question, is not among some years; `None` if all are there.
///
/// ```
/// use monazite::nomenclature::YearRange;
/// use monazite::shock::{Scenario, ScenarioRow};
/// use monazite::what_if::base_years::years_left_out;
/// let row = ScenarioRow::stop("CHN", vec!["284690".parse()?]);
/// let years = Some(YearRange { first: 2022, last: 2030 });
/// let ban = Scenario { name: "ban".to_owned(), rows: vec![ScenarioRow { years, ..row }] };
/// assert_eq!(years_left_out(&[2022, 2023], &ban, None).unwrap(), "ban: of 2022 to 2030 the trade has 2022 to 2023 only.");
/// assert_eq!(years_left_out(&(2021..=2030).collect::<Vec<u16>>(), &ban, None), None);
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn years_left_out(years: &[u16], scenario: &Scenario, asked: Option<YearRange>) -> Option<String> {
    let mut wanted: Vec<YearRange> = scenario.rows.iter().filter_map(|row| row.years).chain(asked).collect();
    wanted.sort_by_key(|range| (range.first, range.last));
    wanted.dedup();
    let mut parts = Vec::new();
    for range in wanted {
        let there: Vec<u16> = years.iter().copied().filter(|year| range.contains(*year)).collect();
        if there.len() <= usize::from(range.last.saturating_sub(range.first)) {
            let has = if there.is_empty() { "no year".to_owned() } else { format!("{} only", span(&there)) };
            parts.push(format!("of {} the trade has {has}", words(range)));
        }
    }
    (!parts.is_empty()).then(|| format!("{}: {}.", scenario.name, parts.join("; ")))
}

fn words(range: YearRange) -> String {
    if range.first == range.last {
        range.first.to_string()
    } else {
        format!("{} to {}", range.first, range.last)
    }
}

/// Ranges in words, each once, ascending.
fn ranges(of: &[YearRange]) -> String {
    let mut of = of.to_vec();
    of.sort_by_key(|range| (range.first, range.last));
    of.dedup();
    of.into_iter().map(words).collect::<Vec<_>>().join(", ")
}

/// Years in words: a range where none is missing between the first and the last.
fn span(years: &[u16]) -> String {
    match (years.first(), years.last()) {
        (Some(&first), Some(&last)) if usize::from(last - first) + 1 == years.len() => {
            words(YearRange { first, last })
        }
        (None, _) | (_, None) => "no year".to_owned(),
        _ => years.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
    }
}
