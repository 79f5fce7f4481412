//! What looks like a word that nobody knows.

use std::collections::BTreeMap;

use super::spelling::{key, words};

/// Something with a code and a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Name<'a> {
    /// Its code, or what is given back for it.
    pub code: &'a str,
    /// Its name.
    pub name: &'a str,
}

/// Likeness from which a name is worth naming.
const NEAR: f64 = 0.70;
/// Likeness of a name that begins with what was asked for.
const BEGINS: f64 = 0.95;
/// Likeness of a name that has what was asked for among its words.
const HOLDS: f64 = 0.90;
/// Names at most.
const MOST: usize = 3;

/// The codes of the names that are most like what was asked for, best first: names that begin with it, names that have it among their
/// words, names few letters away, codes one letter away.
///
/// ```
/// use monazite::nomenclature::suggestion::{Name, nearest};
/// let names = [Name { code: "KOR", name: "South Korea" }, Name { code: "SSD", name: "South Sudan" }];
/// assert_eq!(nearest("Soth Korea", &names), ["KOR"]);
/// assert_eq!(nearest("Sudan", &names), ["SSD"]);
/// ```
pub fn nearest<'a>(asked: &str, names: &[Name<'a>]) -> Vec<&'a str> {
    let asked_words = words(asked);
    let plain = asked_words.join(" ");
    if plain.chars().count() < 2 {
        return Vec::new();
    }
    let asked_key = key(asked);
    let mut best: BTreeMap<&'a str, f64> = BTreeMap::new();
    for name in names {
        let name_words = words(name.name);
        let whole = name_words.join(" ");
        let mut score = likeness(&plain, &whole).max(likeness(&asked_key, &key(name.name)));
        if plain.len() >= 3 && whole.starts_with(&plain) {
            // The shorter of two names that begin so is the more likely one.
            score = score.max(BEGINS - 0.0005 * whole.len() as f64);
        } else if plain.len() >= 4
            && asked_words.iter().all(|word| word.len() >= 3 && name_words.contains(word))
        {
            score = score.max(HOLDS - 0.0005 * whole.len() as f64);
        }
        if plain.len() <= 4 && asked_words.len() == 1 {
            let code = name.code.to_lowercase();
            if plain.len() >= 3 && strsim::osa_distance(&plain, &code) == 1 {
                score = score.max(NEAR + 0.02);
            }
        }
        // A country has several names; the most alike counts.
        let kept = best.entry(name.code).or_insert(0.0);
        *kept = kept.max(score);
    }
    let mut ranked: Vec<(&str, f64)> = best.into_iter().filter(|(_, score)| *score >= NEAR).collect();
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(b.0)));
    // Where a name begins with or holds what was asked for, or is nearly it, what only resembles it is no help.
    if let Some(&(_, first)) = ranked.first() {
        ranked.retain(|(_, score)| *score >= first - 0.15);
    }
    ranked.into_iter().take(MOST).map(|(code, _)| code).collect()
}

/// One less the share of letters that have to be changed, added, taken out or swapped.
fn likeness(a: &str, b: &str) -> f64 {
    let longest = a.chars().count().max(b.chars().count());
    if longest == 0 { 0.0 } else { 1.0 - strsim::osa_distance(a, b) as f64 / longest as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_begins_so_comes_first_and_what_is_far_is_not_named() {
        let names = [
            Name { code: "DEU", name: "Germany" },
            Name { code: "NER", name: "Niger" },
            Name { code: "NGA", name: "Nigeria" },
            Name { code: "AUS", name: "Australia" },
            Name { code: "AUT", name: "Austria" },
        ];
        assert_eq!(nearest("GER", &names), ["DEU"]);
        assert_eq!(nearest("Nigerria", &names), ["NGA"]);
        assert_eq!(nearest("Austira", &names)[0], "AUT");
        assert_eq!(nearest("DUE", &names), ["DEU"]);
        assert!(nearest("zzzz", &names).is_empty() && nearest("", &names).is_empty());
    }
}
