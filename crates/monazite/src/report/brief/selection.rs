//! Finds what was asked for in a run, or what looks like it.

use crate::nomenclature::merged_names::members_in_name;
use crate::nomenclature::names::{self, NotFound, find};
use crate::nomenclature::suggestion::{Name, nearest};

/// Something that can be asked for: its code and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate<'a> {
    /// The code, such as `DEU` or `284690`.
    pub code: &'a str,
    /// The name or text.
    pub name: &'a str,
}

/// Similarity from which a name is shown as near.
const NEAR: f64 = 0.75;
/// Similarity of what begins with, or holds, what was asked for.
const HOLDS: f64 = 0.9;
/// Names shown at most.
const MOST: usize = 5;

/// The position of what was asked for: by code, upper or lower case alike, or else by its whole name.
pub fn position(asked: &str, candidates: &[Candidate<'_>]) -> Option<usize> {
    let asked = asked.trim();
    // BACI calls one of the two Congos so; whoever types it may mean the other.
    let shared = || matches!(find(asked), Err(NotFound::Ambiguous { .. }));
    let named = || candidates.iter().position(|c| c.name.to_lowercase() == asked.to_lowercase());
    let by_code = candidates.iter().position(|c| c.code.eq_ignore_ascii_case(asked));
    by_code.or_else(|| named().filter(|_| !shared()))
}

/// The position of a country: by its code or name as it is there, or by any name, alias or code that the program knows.
///
/// # Errors
/// [`NotFound`], with countries that look like it among the candidates.
pub fn country(asked: &str, candidates: &[Candidate<'_>]) -> Result<usize, NotFound> {
    if let Some(at) = position(asked, candidates) {
        return Ok(at);
    }
    let place = |code: &str| candidates.iter().position(|c| c.code == code);
    match find(asked) {
        Ok(country) => place(&country.iso3).ok_or_else(|| {
            let asked = asked.trim().to_owned();
            let holds = |c: &&Candidate<'_>| members_in_name(c.code, c.name).any(|m| m == country.iso3);
            match candidates.iter().find(holds) {
                Some(group) => NotFound::Merged { asked, country, group: group.code.to_owned() },
                None => NotFound::Absent { asked, country },
            }
        }),
        Err(NotFound::Unknown { asked, .. }) => {
            let known = names::near(&asked, |code| place(code).is_some());
            let code = |text: &String| text.split(' ').next().and_then(place);
            let mut near: Vec<String> =
                known.iter().filter_map(code).map(|at| shown(&candidates[at])).collect();
            if near.is_empty() {
                let own: Vec<Name<'_>> =
                    candidates.iter().map(|c| Name { code: c.code, name: c.name }).collect();
                near = nearest(&asked, &own)
                    .into_iter()
                    .filter_map(place)
                    .map(|at| shown(&candidates[at]))
                    .collect();
            }
            Err(NotFound::Unknown { asked, near })
        }
        Err(other) => Err(other),
    }
}

fn shown(candidate: &Candidate<'_>) -> String {
    if candidate.name.is_empty() || candidate.name == candidate.code {
        candidate.code.to_owned()
    } else {
        format!("{} ({})", candidate.code, super::html::cut(candidate.name, 40))
    }
}

/// What looks like the thing asked for, the most alike first, as `code (name)`.
pub fn near(asked: &str, candidates: &[Candidate<'_>]) -> Vec<String> {
    let asked = asked.trim().to_lowercase();
    if asked.is_empty() {
        return Vec::new();
    }
    let mut scored: Vec<(f64, usize)> = candidates
        .iter()
        .enumerate()
        .map(|(at, c)| (similarity(&asked, c), at))
        .filter(|(score, _)| *score >= NEAR)
        .collect();
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    // Where something holds what was asked for, what only resembles it is no help.
    if scored.first().is_some_and(|best| best.0 >= HOLDS) {
        scored.retain(|(score, _)| *score >= HOLDS);
    }
    scored.into_iter().take(MOST).map(|(_, at)| shown(&candidates[at])).collect()
}

fn similarity(asked: &str, candidate: &Candidate<'_>) -> f64 {
    let (code, name) = (candidate.code.to_lowercase(), candidate.name.to_lowercase());
    let within: f64 = if asked.len() >= 3 && name.contains(asked) { 0.9 } else { 0.0 };
    // The start of a code: a heading of the HS instead of a product.
    let starts: f64 = if asked.len() >= 2 && code.starts_with(asked) { 0.95 } else { 0.0 };
    let of_words = name
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| word.chars().count() >= 4)
        .map(|word| strsim::jaro_winkler(asked, word) - 0.05)
        .fold(0.0, f64::max);
    strsim::jaro_winkler(asked, &code)
        .max(strsim::jaro_winkler(asked, &name))
        .max(of_words)
        .max(within)
        .max(starts)
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNTRIES: [Candidate<'_>; 4] = [
        Candidate { code: "AUS", name: "Australia" },
        Candidate { code: "AUT", name: "Austria" },
        Candidate { code: "CIV", name: "Côte d'Ivoire" },
        Candidate { code: "DEU", name: "Germany" },
    ];

    #[test]
    fn codes_and_names_are_found_in_any_case() {
        assert_eq!(position("deu", &COUNTRIES), Some(3));
        assert_eq!(position(" germany ", &COUNTRIES), Some(3));
        assert_eq!(position("CÔTE D'IVOIRE", &COUNTRIES), Some(2));
        assert_eq!(position("GER", &COUNTRIES), None);
        assert_eq!(position("Congo", &[Candidate { code: "COG", name: "Congo" }]), None, "which of the two?");
    }

    #[test]
    fn countries_go_by_every_name_and_never_by_a_wrong_one() {
        let at = |asked: &str| country(asked, &COUNTRIES).map_err(|e| e.to_string());
        assert_eq!([at("Ivory Coast"), at("ci"), at("384"), at("DE")], [Ok(2), Ok(2), Ok(2), Ok(3)]);
        assert_eq!(
            at("South Korea").unwrap_err(),
            "'South Korea' is KOR (South Korea), which is not a country of the data"
        );
        assert!(at("Germny").unwrap_err().ends_with("near to it: DEU (Germany)"));
        assert!(at("GER").unwrap_err().ends_with("near to it: DEU (Germany)"));
    }

    #[test]
    fn a_member_of_a_group_is_found_in_it() {
        let merged = [
            Candidate { code: "CHN", name: "CHN (CHN, HKG)" },
            Candidate { code: "EU27", name: "EU27 (AUT, DEU)" },
        ];
        let at = |asked: &str| country(asked, &merged).map_err(|e| e.to_string());
        assert_eq!(at("China"), Ok(0));
        assert_eq!(at("HKG").unwrap_err(), "HKG (Hong Kong) is in CHN in this run; ask for CHN");
        assert_eq!(
            at("Germany").unwrap_err(),
            "'Germany' is DEU (Germany), which is in EU27 in this run; ask for EU27"
        );
        assert_eq!(at("JPN").unwrap_err(), "JPN (Japan) is not a country of the data");
    }

    #[test]
    fn what_looks_alike_is_named() {
        assert_eq!(near("Germny", &COUNTRIES), ["DEU (Germany)"]);
        assert_eq!(near("Austira", &COUNTRIES)[0], "AUT (Austria)");
        assert_eq!(near("ivoire", &COUNTRIES), ["CIV (Côte d'Ivoire)"]);
        assert!(near("zzzz", &COUNTRIES).is_empty() && near("", &COUNTRIES).is_empty());
        let products = [Candidate { code: "284610", name: "Cerium" }, Candidate { code: "850511", name: "" }];
        assert_eq!(near("2846", &products), ["284610 (Cerium)"]);
    }
}
