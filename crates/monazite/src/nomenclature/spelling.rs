//! How names and words are compared: blind to case, accents, punctuation and the order of words.

/// The words of a text in small plain letters, in their order. Accents go, apostrophes join, `&` and all other signs part; letters that
/// stand alone beside each other are one word (`U.S.A.`).
///
/// ```
/// use monazite::nomenclature::spelling::words;
/// assert_eq!(words("CÔTE D’IVOIRE"), ["cote", "divoire"]);
/// assert_eq!(words("U.S. Virgin Islands"), ["us", "virgin", "islands"]);
/// assert_eq!(words("TÜRKİYE"), ["turkiye"]);
/// ```
pub fn words(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match folded(c) {
            Folded::Letters(letters) => plain.push_str(letters),
            Folded::Same => plain.push(c),
            Folded::Nothing => {}
            Folded::Space => plain.push(' '),
        }
    }
    let mut words: Vec<String> = Vec::new();
    let mut initials = false;
    for word in plain.split_ascii_whitespace() {
        let alone = word.len() == 1 && word.bytes().all(|b| b.is_ascii_lowercase());
        match words.last_mut() {
            Some(last) if alone && initials => last.push_str(word),
            _ => words.push(word.to_owned()),
        }
        initials = alone;
    }
    words
}

/// What two spellings of one name have in common: its words, abbreviations written out alike, without `the`, `of` and `and`, sorted.
///
/// ```
/// use monazite::nomenclature::spelling::key;
/// assert_eq!(key("Korea, Rep."), key("Republic of Korea"));
/// assert_eq!(key("St. Kitts & Nevis"), key("Saint Kitts and Nevis"));
/// assert_ne!(key("Korea, Rep."), key("Korea, Dem. Rep."));
/// ```
pub fn key(text: &str) -> String {
    let mut words = words(text);
    for word in &mut words {
        let alike = match word.as_str() {
            "saint" | "ste" => "st",
            "republic" | "repub" => "rep",
            "democratic" | "demo" => "dem",
            "people" | "ppl" | "ppls" => "peoples",
            "island" | "islands" | "isds" | "isd" | "isl" | "isls" | "islds" => "is",
            "federated" | "federation" | "federal" => "fed",
            "sts" => "states",
            "utd" => "united",
            "territory" | "territories" => "terr",
            "fmr" | "formerly" => "former",
            "british" | "brit" => "br",
            "including" | "incl" => "incl",
            "excluding" | "excludes" => "excl",
            "specified" | "elsewhere" => "nes",
            "the" | "of" | "and" | "not" => "",
            _ => continue,
        };
        *word = alike.to_owned();
    }
    words.retain(|word| !word.is_empty());
    words.sort();
    words.dedup();
    words.join(" ")
}

/// A text without what stands in brackets; `None` if nothing does, or nothing else.
pub(super) fn without_brackets(text: &str) -> Option<String> {
    let mut kept = String::with_capacity(text.len());
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    let kept = kept.trim().to_owned();
    (kept.len() < text.trim().len() && !kept.is_empty()).then_some(kept)
}

enum Folded {
    Letters(&'static str),
    Same,
    Nothing,
    Space,
}

/// What a small letter or a sign becomes.
const fn folded(c: char) -> Folded {
    Folded::Letters(match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ạ' | 'ả' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' | 'ĉ' | 'ċ' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'ệ' | 'ế' => "e",
        'ğ' | 'ģ' | 'ĝ' | 'ġ' => "g",
        'ħ' | 'ĥ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' | 'ĩ' => "i",
        'ķ' => "k",
        'ł' | 'ļ' | 'ľ' | 'ĺ' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ő' => "o",
        'œ' => "oe",
        'ř' | 'ŕ' => "r",
        'ś' | 'š' | 'ş' | 'ș' | 'ŝ' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // Accents that stand after their letter, marks of the order of bytes, blanks of no width.
        '\u{300}'..='\u{36f}' | '\u{feff}' | '\u{200b}'..='\u{200f}' => return Folded::Nothing,
        '\'' | '’' | '‘' | '`' | '´' | 'ʼ' | '′' | 'ʹ' => return Folded::Nothing,
        _ if c.is_ascii_alphanumeric() => return Folded::Same,
        _ if c.is_ascii() => return Folded::Space,
        _ if is_sign(c) => return Folded::Space,
        _ => return Folded::Same,
    })
}

const fn is_sign(c: char) -> bool {
    matches!(c, '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{2bff}' | '\u{3000}'..='\u{303f}' | '\u{fffd}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_have_one_key() {
        for (a, b) in [
            ("Congo, Dem. Rep.", "Dem. Rep. of the Congo"),
            ("Hong Kong SAR, China", "China, Hong Kong SAR"),
            ("Gambia, The", "the gambia"),
            ("Cote d'Ivoire", "CÔTE D’IVOIRE"),
            ("Türkiye", "TÜRKI\u{307}YE"),
            ("São Tomé & Príncipe", "Sao Tome and Principe"),
            ("U.S.A.", "USA"),
            ("Other Asia, not elsewhere specified", "Other Asia, nes"),
            ("Virgin Islands (U.S.)", "US Virgin Isds"),
            ("Viet\u{a0}Nam", "Viet Nam"),
            ("Co\u{302}te d'Ivoire", "Côte d'Ivoire"),
        ] {
            assert_eq!(key(a), key(b), "{a} and {b}");
        }
        assert_ne!(key("Guinea"), key("Guinea-Bissau"));
        assert_eq!(without_brackets("Bolivia (Plurinational State of)").as_deref(), Some("Bolivia"));
        assert_eq!(without_brackets("(x)"), None);
    }
}
