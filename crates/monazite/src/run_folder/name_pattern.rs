//! Names of files and columns of which the study decides how many there are.
//!
//! In a pattern `{a,b}` stands for one of the texts between the braces, `#` for a whole number, `@` for the name of an indicator and
//! `*` for any text without a slash.

use crate::indicators::Column;

/// One piece of a pattern.
enum Piece<'a> {
    /// This text.
    Literal(&'a str),
    /// One of these texts.
    Choice(Vec<&'a str>),
    /// A whole number.
    Digits,
    /// Any text without a slash, not empty.
    Any,
}

fn pieces(pattern: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = pattern;
    while let Some(sign) = rest.chars().next() {
        let (piece, taken) = match sign {
            '#' => (Piece::Digits, 1),
            '*' => (Piece::Any, 1),
            '@' => (Piece::Choice(Column::ALL.iter().map(|c| c.name()).collect()), 1),
            '{' => {
                let end = rest.find('}').unwrap_or(rest.len());
                (Piece::Choice(rest[1..end].split(',').collect()), (end + 1).min(rest.len()))
            }
            _ => {
                let end = rest.find(['#', '*', '@', '{']).unwrap_or(rest.len());
                (Piece::Literal(&rest[..end]), end)
            }
        };
        pieces.push(piece);
        rest = &rest[taken..];
    }
    pieces
}

/// Whether a name is a pattern.
pub fn is_pattern(name: &str) -> bool {
    name.contains(['#', '*', '@', '{'])
}

/// Whether a name fits a pattern. A name without signs fits itself only.
///
/// ```
/// use monazite::run_folder::name_pattern::matches;
/// assert!(matches("{exposure,hhi,str}_{all,inputs}{,_tier#}", "str_inputs_tier12"));
/// assert!(!matches("{exposure,hhi,str}_{all,inputs}{,_tier#}", "str_tier12"));
/// assert!(matches("figures/map_*.csv", "figures/map_str.csv"));
/// assert!(matches("in_@", "in_exposure") && !matches("in_@", "in_the_end"));
/// ```
pub fn matches(pattern: &str, name: &str) -> bool {
    rest_matches(&pieces(pattern), name)
}

fn rest_matches(pieces: &[Piece<'_>], name: &str) -> bool {
    let Some((first, further)) = pieces.split_first() else { return name.is_empty() };
    // Every way to let the first piece take something, the longest first.
    let any_of = |longest: usize| {
        let ends =
            name.char_indices().map(|(at, sign)| at + sign.len_utf8()).take_while(|end| *end <= longest);
        let ends: Vec<usize> = ends.collect();
        ends.into_iter().rev().any(|end| rest_matches(further, &name[end..]))
    };
    match first {
        Piece::Literal(text) => name.strip_prefix(text).is_some_and(|rest| rest_matches(further, rest)),
        // What a choice takes may hold signs of its own.
        Piece::Choice(texts) => texts.iter().any(|text| {
            let ends = (0..=name.len()).filter(|end| name.is_char_boundary(*end));
            ends.into_iter().any(|end| matches(text, &name[..end]) && rest_matches(further, &name[end..]))
        }),
        Piece::Digits => any_of(name.bytes().take_while(u8::is_ascii_digit).count()),
        Piece::Any => any_of(name.find('/').unwrap_or(name.len())),
    }
}

/// The pattern as a regular expression of JSON Schema.
///
/// ```
/// use monazite::run_folder::name_pattern::regular_expression;
/// assert_eq!(regular_expression("pc1_tier#"), "^pc1_tier[0-9]+$");
/// assert_eq!(regular_expression("in_{log,rsca}{,_x}.csv"), r"^in_(log|rsca)(|_x)\.csv$");
/// ```
pub fn regular_expression(pattern: &str) -> String {
    format!("^{}$", expression(pattern))
}

fn expression(pattern: &str) -> String {
    let quoted = |text: &str| text.replace('.', "\\.");
    pieces(pattern)
        .iter()
        .map(|piece| match piece {
            Piece::Literal(text) => quoted(text),
            Piece::Choice(texts) => {
                format!("({})", texts.iter().map(|text| expression(text)).collect::<Vec<_>>().join("|"))
            }
            Piece::Digits => "[0-9]+".to_owned(),
            Piece::Any => "[^/]+".to_owned(),
        })
        .collect()
}
