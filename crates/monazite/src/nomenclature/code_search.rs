//! Which HS code is it? Search in texts and materials, and what became of a code in other editions.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use super::concordance::Concordance;
use super::materials::{Material, MaterialCode, materials};
use super::spelling::words;
use super::suggestion::{Name, nearest};
use super::texts::{Editions, codes_of, editions_of, product_texts, text_of};
use super::{Hs6, HsEdition};

/// A code that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct CodeFound {
    /// The code.
    pub code: Hs6,
    /// The editions that have it.
    pub editions: Editions,
    /// Its text, in the edition that was asked for or the newest that has it.
    pub text: String,
    /// The materials that are traded under it, with what is said of each.
    pub materials: Vec<MaterialHeld>,
    /// How well it fits, the best first; only for the order.
    pub score: f64,
}

/// A material that is traded under a code.
#[derive(Debug, Clone, PartialEq)]
pub struct MaterialHeld {
    /// The material.
    pub material: &'static Material,
    /// Its code, as listed.
    pub listed: &'static MaterialCode,
    /// Whether the code was converted from the edition that it is listed in.
    pub converted: bool,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct CodesFound {
    /// The codes, the best first.
    pub codes: Vec<CodeFound>,
    /// Materials that have the name that was asked for.
    pub materials: Vec<&'static Material>,
    /// If nothing was found: words that look like those asked for.
    pub near: Vec<String>,
}

/// What a code is called in another edition.
#[derive(Debug, Clone, PartialEq)]
pub struct Fate {
    /// The edition.
    pub edition: HsEdition,
    /// The codes there with the share of trade that goes to each; no share where the tables name none. Empty if no table leads there.
    pub codes: Vec<(Hs6, Option<f64>)>,
}

/// Least score of a code that the name of a material brings, above that of any text.
const MATERIAL: f64 = 60.0;

/// Searches codes by words (`cobalt`, `rare earth metals`) or by their beginning (`2846`, `2846.90`), in all editions or one.
///
/// All words have to be in a text, in any order; whole words count more than parts, and words after "other than" or "excluding" less.
/// The name of a material, or a synonym, brings its codes.
///
/// ```
/// use monazite::nomenclature::code_search::search_codes;
/// let found = search_codes("cobalt", None);
/// assert_eq!(found.materials[0].name, "cobalt");
/// assert!(found.codes.iter().take(6).any(|c| c.code.to_string() == "810520"));
/// assert_eq!(search_codes("2846.90", None).codes[0].code.to_string(), "284690");
/// assert_eq!(search_codes("cobolt", None).near, ["cobalt"]);
/// ```
pub fn search_codes(query: &str, edition: Option<HsEdition>) -> CodesFound {
    let digits: String = query.chars().filter(|c| !matches!(c, '.' | ' ' | '-')).collect();
    if !digits.is_empty() && digits.len() <= 6 && digits.bytes().all(|b| b.is_ascii_digit()) {
        return by_beginning(&digits, edition);
    }
    let asked: Vec<String> = words(query)
        .into_iter()
        .filter(|w| !["the", "of", "and", "or", "for", "in"].contains(&w.as_str()))
        .collect();
    let mut found = CodesFound::default();
    let mut scores: BTreeMap<Hs6, f64> = BTreeMap::new();
    by_material(&asked, edition, &mut found, &mut scores);
    let rows = product_texts().iter().zip(TEXT_WORDS.iter());
    for (row, text) in rows.filter(|(row, _)| edition.is_none_or(|e| row.editions.contains(e))) {
        if let Some(score) = fit(&asked, text) {
            let best = scores.entry(row.code).or_insert(0.0);
            // Of the codes of a material those come first whose text has the words.
            *best = if *best >= MATERIAL { *best + 0.1 * score } else { best.max(score) };
        }
    }
    found.codes = scores.into_iter().map(|(code, score)| described(code, edition, score)).collect();
    found.codes.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.code.cmp(&b.code)));
    if found.codes.is_empty() {
        found.near = near_words(&asked);
    }
    found
}

/// Codes that begin with some digits; a leading zero may be lost where nothing begins so.
fn by_beginning(digits: &str, edition: Option<HsEdition>) -> CodesFound {
    let beginning_with = |digits: &str| -> Vec<CodeFound> {
        let end = |fill: char| format!("{digits:<6}").replace(' ', &fill.to_string()).parse::<Hs6>();
        let (Ok(first), Ok(last)) = (end('0'), end('9')) else { return Vec::new() };
        let all: BTreeSet<Hs6> = product_texts().iter().map(|row| row.code).collect();
        all.range(first..=last)
            .filter(|code| edition.is_none_or(|e| codes_of(e).contains(code)))
            .map(|&code| described(code, edition, 1.0))
            .collect()
    };
    let mut codes = beginning_with(digits);
    if codes.is_empty() && matches!(digits.len(), 3 | 5) {
        codes = beginning_with(&format!("0{digits}"));
    }
    CodesFound { codes, ..CodesFound::default() }
}

/// Codes of the materials that have this name.
fn by_material(
    asked: &[String],
    edition: Option<HsEdition>,
    found: &mut CodesFound,
    scores: &mut BTreeMap<Hs6, f64>,
) {
    let whole = asked.join(" ");
    for material in materials() {
        let named = |name: &str| words(name).join(" ") == whole;
        // Chemical symbols are two letters of many words; they count alone only.
        let holds = |name: &str| {
            let name = words(name);
            whole.len() > 2 && asked.iter().all(|word| name.iter().any(|n| alike(n, word)))
        };
        let names = || [&material.name].into_iter().chain(&material.synonyms).map(String::as_str);
        let score = if names().any(named) {
            MATERIAL + 40.0
        } else if names().any(holds) {
            MATERIAL + 10.0
        } else {
            continue;
        };
        found.materials.push(material);
        for (place, listed) in material.codes.iter().enumerate() {
            for (code, _) in placed(listed, edition) {
                let score = score - 0.01 * place as f64;
                let best = scores.entry(code).or_insert(0.0);
                *best = best.max(score);
            }
        }
    }
    let exact = |m: &Material| words(&m.name).join(" ") == whole;
    found.materials.sort_by_key(|m| !exact(m));
}

/// A listed code in an edition: itself where it is there, else what it becomes.
fn placed(listed: &MaterialCode, edition: Option<HsEdition>) -> Vec<(Hs6, bool)> {
    let Some(edition) = edition else { return vec![(listed.code, false)] };
    if codes_of(edition).contains(&listed.code) {
        return vec![(listed.code, false)];
    }
    converted(listed.code, listed.edition, edition).into_iter().map(|(code, _)| (code, true)).collect()
}

/// A code with its text and everything that is known of it.
pub fn described(code: Hs6, edition: Option<HsEdition>, score: f64) -> CodeFound {
    let mut held = Vec::new();
    for material in materials() {
        // Of rows on one code the first says it.
        let of_code = material.codes.iter().find_map(|listed| {
            let (_, converted) = placed(listed, edition).into_iter().find(|(c, _)| *c == code)?;
            Some(MaterialHeld { material, listed, converted })
        });
        held.extend(of_code);
    }
    let text = text_of(code, edition).or_else(|| text_of(code, None)).unwrap_or_default().to_owned();
    CodeFound { code, editions: editions_of(code), text, materials: held, score }
}

/// The words of a text, and how many stand before "other than" or "excluding".
struct TextWords {
    all: Vec<String>,
    inside: usize,
}

impl TextWords {
    fn of(text: &str) -> Self {
        let lower = text.to_lowercase();
        let marks = ["other than", "excluding", "excl.", "not of"];
        let end = marks.iter().filter_map(|mark| lower.find(mark)).min().unwrap_or(lower.len());
        let all = words(&lower);
        Self { inside: words(&lower[..end]).len().min(all.len()), all }
    }
}

static TEXT_WORDS: LazyLock<Vec<TextWords>> =
    LazyLock::new(|| product_texts().iter().map(|row| TextWords::of(&row.text)).collect());

/// How well a text fits the words asked for; `None` if one of them is not in it.
fn fit(asked: &[String], text: &TextWords) -> Option<f64> {
    if asked.is_empty() {
        return None;
    }
    let (all, kept) = (&text.all, &text.all[..text.inside]);
    let mut score = 0.0;
    for word in asked {
        let place = |among: &[String]| {
            among
                .iter()
                .map(|w| match w {
                    w if alike(w, word) => 3.0,
                    w if word.len() >= 3 && w.starts_with(word.as_str()) => 2.0,
                    w if word.len() >= 5 && w.contains(word.as_str()) => 1.0,
                    _ => 0.0,
                })
                .fold(0.0, f64::max)
        };
        let (inside, anywhere) = (place(kept), place(all));
        if anywhere == 0.0 {
            return None;
        }
        score += if inside > 0.0 { inside } else { 0.2 * anywhere };
        if kept.first().is_some_and(|first| alike(first, word)) {
            score += 1.0;
        }
    }
    // Of texts that fit alike, the shorter one says more of it.
    Some(10.0 * score / asked.len() as f64 - 0.01 * all.len() as f64)
}

/// Whether two words are one, but for a plural.
fn alike(a: &str, b: &str) -> bool {
    a == b || stem(a) == stem(b)
}

fn stem(word: &str) -> &str {
    word.strip_suffix('s').filter(|stem| stem.len() >= 3).unwrap_or(word)
}

/// All words of texts and materials that somebody may have meant.
static VOCABULARY: LazyLock<BTreeSet<&'static str>> = LazyLock::new(|| {
    static OF_MATERIALS: LazyLock<Vec<String>> = LazyLock::new(|| {
        let names = materials().iter().flat_map(|m| [&m.name].into_iter().chain(&m.synonyms));
        names.flat_map(|name| words(name)).collect()
    });
    let of_texts = TEXT_WORDS.iter().flat_map(|text| &text.all);
    let all = OF_MATERIALS.iter().chain(of_texts).map(String::as_str);
    all.filter(|word| word.len() >= 4 && word.bytes().all(|b| b.is_ascii_alphabetic())).collect()
});

/// For each word that is in no text, the one of the texts and materials that looks like it.
fn near_words(asked: &[String]) -> Vec<String> {
    let names: Vec<Name<'_>> = VOCABULARY.iter().map(|word| Name { code: word, name: word }).collect();
    let known = |word: &str| {
        let one = stem(word);
        VOCABULARY.contains(word)
            || VOCABULARY.contains(one)
            || VOCABULARY.contains(format!("{one}s").as_str())
    };
    let unknown = asked.iter().filter(|word| !known(word));
    let mut near: Vec<String> =
        unknown.filter_map(|word| nearest(word, &names).into_iter().next()).map(str::to_owned).collect();
    near.dedup();
    near
}

/// What a code of one edition is in another, with the shares of its trade. There is no table into HS 2022, so that the way there is that of
/// the codes of HS 2022 that come from it, without shares.
pub fn converted(code: Hs6, from: HsEdition, to: HsEdition) -> Vec<(Hs6, Option<f64>)> {
    if from == to {
        return vec![(code, None)];
    }
    conversion(from, to).get(&code).cloned().unwrap_or_default()
}

type Conversion = BTreeMap<Hs6, Vec<(Hs6, Option<f64>)>>;

/// All codes of an edition with what they are in another, made when it is first asked for.
fn conversion(from: HsEdition, to: HsEdition) -> Arc<Conversion> {
    static MADE: Mutex<BTreeMap<(HsEdition, HsEdition), Arc<Conversion>>> = Mutex::new(BTreeMap::new());
    let mut made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(made.entry((from, to)).or_insert_with(|| {
        let mut all = Conversion::new();
        if let Ok(concordance) = Concordance::between(from, to) {
            for &code in codes_of(from) {
                let targets = concordance.targets(code).unwrap_or_default();
                all.insert(code, targets.into_iter().map(|(code, share)| (code, Some(share))).collect());
            }
        } else if let Ok(back) = Concordance::between(to, from) {
            for &newer in codes_of(to) {
                for (code, _) in back.targets(newer).unwrap_or_default() {
                    all.entry(code).or_default().push((newer, None));
                }
            }
        }
        Arc::new(all)
    }))
}

/// What became of a code in every edition, seen from the one that was asked for, or the newest but HS 2022 that has it.
///
/// ```
/// use monazite::nomenclature::HsEdition;
/// use monazite::nomenclature::code_search::fates_of;
/// let (from, fates) = fates_of("282734".parse()?, None).unwrap(); // cobalt chloride, until HS 2002
/// assert_eq!(from, HsEdition::Hs02);
/// assert_eq!(fates[3].codes[0].0.to_string(), "282739"); // other chlorides in HS 2007
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
pub fn fates_of(code: Hs6, edition: Option<HsEdition>) -> Option<(HsEdition, Vec<Fate>)> {
    let editions = editions_of(code);
    let newest = || editions.iter().rfind(|e| *e != HsEdition::Hs22).or_else(|| editions.iter().next_back());
    let from = edition.filter(|e| editions.contains(*e)).or_else(newest)?;
    let fates = HsEdition::ALL.into_iter().map(|to| Fate { edition: to, codes: converted(code, from, to) });
    Some((from, fates.collect()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn codes(query: &str, edition: Option<HsEdition>) -> Vec<String> {
        search_codes(query, edition).codes.iter().map(|c| c.code.to_string()).collect()
    }

    #[test]
    fn a_material_brings_its_codes_first() {
        let found = codes("cobalt", None);
        for code in ["260500", "282200", "810520", "810530", "810590"] {
            assert!(found.iter().take(12).any(|c| c == code), "{code}: {found:?}");
        }
        let fits = |text: &str| fit(&["cobalt".to_owned()], &TextWords::of(text));
        assert!(fits("Chlorides: of cobalt") > fits("Chlorides: other than of ammonium, calcium and cobalt"));
        assert_eq!(fits("Chlorides: of ammonium"), None);
        assert_eq!(search_codes("wolfram", None).materials[0].name, "tungsten");
        assert_eq!(search_codes("Neodymium", None).materials[0].name, "rare earths");
    }

    #[test]
    fn words_in_any_order_plural_or_part() {
        assert!(codes("permanent magnets of metal", None).starts_with(&["850511".to_owned()]));
        assert!(codes("magnet permanent", None).contains(&"850511".to_owned()));
        assert!(codes("lithium carbonate", None)[..3].contains(&"283691".to_owned()));
        assert_eq!(search_codes("permanant magnet", None).near, ["permanent"]);
        assert!(search_codes("qqqqqq", None).near.is_empty());
        assert!(search_codes("", None).codes.is_empty());
    }

    #[test]
    fn codes_are_found_by_their_beginning() {
        assert_eq!(codes("2846", Some(HsEdition::Hs07)), ["284610", "284690"]);
        assert_eq!(codes("28.46", Some(HsEdition::Hs07)).len(), 2);
        assert_eq!(codes("10121", None), ["010121"]);
        assert!(codes("308", None).iter().all(|c| c.starts_with("0308")) && !codes("308", None).is_empty());
        assert!(codes("123456", None).is_empty());
    }

    #[test]
    fn an_edition_has_its_own_codes() {
        let old = codes("cobalt", Some(HsEdition::Hs92));
        assert!(old.contains(&"810510".to_owned()) && !old.contains(&"810520".to_owned()), "{old:?}");
        let new = search_codes("cobalt", Some(HsEdition::Hs17));
        assert!(new.codes.iter().all(|c| c.editions.contains(HsEdition::Hs17)));
    }

    #[test]
    fn what_became_of_a_code() {
        let code = |c: &str| c.parse::<Hs6>().unwrap();
        // The correlation of the United Nations: 850780 of HS 2007 is 850750, 850760 and 850780 of HS 2012.
        let (from, fates) = fates_of(code("850780"), Some(HsEdition::Hs07)).unwrap();
        assert_eq!(from, HsEdition::Hs07);
        let of = |edition| fates.iter().find(|f| f.edition == edition).unwrap();
        let hs12: Vec<String> = of(HsEdition::Hs12).codes.iter().map(|c| c.0.to_string()).collect();
        assert!(hs12.contains(&"850760".to_owned()), "{hs12:?}");
        let shares: f64 = of(HsEdition::Hs12).codes.iter().filter_map(|c| c.1).sum();
        assert!((shares - 1.0).abs() < 1e-9);
        assert!(
            of(HsEdition::Hs22).codes.iter().any(|c| c.0 == code("850760")),
            "the way back is looked through"
        );
        assert_eq!(fates_of(code("123456"), None), None);
    }
}
