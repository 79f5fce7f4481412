//! Rust source as words and signs, read well enough for questions about its shape: no comments, no text, no numbers.

#![allow(dead_code, reason = "each test of the shape uses some of it")]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

pub mod imports;

use std::fs;
use std::path::{Path, PathBuf};

/// A name, or a sign; `::` is one sign, every other sign is one character.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    pub text: String,
    /// Line it stands in, from 1.
    pub line: usize,
}

impl Token {
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    pub fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// The folder of the whole source.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().unwrap()
}

/// All Rust files of a folder, in order of their names.
pub fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() && path.file_name().is_some_and(|name| name != "target") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                files.push(path);
            }
        }
    }
    files.sort();
    files
}

/// Words and signs of a source; a number is the word `0`, a text or a character is the word `""`.
pub fn tokens(source: &str) -> Vec<Token> {
    let c: Vec<char> = source.chars().collect();
    let mut found = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < c.len() {
        let (end, text) = next(&c, at);
        if let Some(text) = text {
            found.push(Token { text, line });
        }
        line += c[at..end].iter().filter(|&&c| c == '\n').count();
        at = end;
    }
    found
}

/// Where the thing that starts at a position ends, and the token it is, if it is one.
fn next(c: &[char], at: usize) -> (usize, Option<String>) {
    let is = |at: usize, sign: char| c.get(at) == Some(&sign);
    let word = |c: char| c.is_alphanumeric() || c == '_';
    let text = |end| (end, Some("\"\"".to_owned()));
    match c[at] {
        '/' if is(at + 1, '/') => (end_of(c, at, |c| c != '\n'), None),
        '/' if is(at + 1, '*') => (end_of_block_comment(c, at), None),
        '"' => text(end_of_text(c, at, '"')),
        'b' | 'c' if is(at + 1, '"') => text(end_of_text(c, at + 1, '"')),
        'b' if is(at + 1, '\'') => text(end_of_text(c, at + 1, '\'')),
        'r' if raw(c, at).is_some() => text(raw(c, at).unwrap()),
        'b' if is(at + 1, 'r') && raw(c, at + 1).is_some() => text(raw(c, at + 1).unwrap()),
        '\'' if is(at + 1, '\\') || is(at + 2, '\'') => text(end_of_text(c, at, '\'')),
        '\'' => (end_of(c, at + 1, word), None),
        ':' if is(at + 1, ':') => (at + 2, Some("::".to_owned())),
        d if d.is_ascii_digit() => (end_of(c, at, word), Some("0".to_owned())),
        w if word(w) => {
            let end = end_of(c, at, word);
            (end, Some(c[at..end].iter().collect()))
        }
        space if space.is_whitespace() => (at + 1, None),
        sign => (at + 1, Some(sign.to_string())),
    }
}

fn end_of(c: &[char], at: usize, belongs: impl Fn(char) -> bool) -> usize {
    c[at..].iter().position(|&c| !belongs(c)).map_or(c.len(), |n| at + n)
}

fn end_of_block_comment(c: &[char], at: usize) -> usize {
    let (mut depth, mut end) = (0, at);
    while end + 1 < c.len() {
        match (c[end], c[end + 1]) {
            ('/', '*') => depth += 1,
            ('*', '/') => depth -= 1,
            _ => {
                end += 1;
                continue;
            }
        }
        end += 2;
        if depth == 0 {
            return end;
        }
    }
    c.len()
}

/// Behind the closing quote of a text or character that opens at a position.
fn end_of_text(c: &[char], at: usize, quote: char) -> usize {
    let mut end = at + 1;
    while end < c.len() && c[end] != quote {
        end += if c[end] == '\\' { 2 } else { 1 };
    }
    (end + 1).min(c.len())
}

/// Behind the end of a raw text whose `r` is at a position.
fn raw(c: &[char], at: usize) -> Option<usize> {
    let open = end_of(c, at + 1, |c| c == '#');
    let hashes = open - at - 1;
    if c.get(open) != Some(&'"') {
        return None;
    }
    let closes = |end: usize| c[end] == '"' && end_of(c, end + 1, |c| c == '#') - end > hashes;
    Some((open + 1..c.len()).find(|&end| closes(end)).map_or(c.len(), |end| end + 1 + hashes))
}

/// The same without what is compiled for tests only.
pub fn without_tests(tokens: &[Token]) -> Vec<Token> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = end_of_item(tokens, at);
        } else {
            kept.push(tokens[at].clone());
            at += 1;
        }
    }
    kept
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    ["#", "[", "cfg", "(", "test", ")", "]"]
        .iter()
        .enumerate()
        .all(|(at, text)| tokens.get(at).is_some_and(|t| t.is(text)))
}

/// Behind the item that starts at a position, attributes in front.
fn end_of_item(tokens: &[Token], mut at: usize) -> usize {
    while tokens.get(at).is_some_and(|t| t.is("#")) {
        at = closing(tokens, at + 1) + 1;
    }
    while at < tokens.len() {
        match tokens[at].text.as_str() {
            "{" => return closing(tokens, at) + 1,
            ";" => return at + 1,
            "(" | "[" => at = closing(tokens, at) + 1,
            _ => at += 1,
        }
    }
    at
}

/// Position of the bracket that closes the one at a position; the end if there is none.
pub fn closing(tokens: &[Token], open: usize) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(open) {
        match token.text.as_str() {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return at;
        }
    }
    tokens.len()
}

/// A function with a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    /// Line of its name, from 1.
    pub line: usize,
    /// Lines from the opening to the closing bracket of its body, both counted.
    pub lines: usize,
    /// Its body.
    pub body: std::ops::Range<usize>,
}

/// Functions of a source, in its order; those inside others too.
pub fn functions(tokens: &[Token]) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, pair) in tokens.windows(2).enumerate() {
        if !(pair[0].is("fn") && pair[1].is_name()) {
            continue;
        }
        let mut open = at + 2;
        while open < tokens.len() && !tokens[open].is("{") && !tokens[open].is(";") {
            let bracket = tokens[open].is("(") || tokens[open].is("[");
            open = if bracket { closing(tokens, open) + 1 } else { open + 1 };
        }
        if tokens.get(open).is_some_and(|t| t.is("{")) {
            let close = closing(tokens, open).min(tokens.len() - 1);
            found.push(Function {
                name: pair[1].text.clone(),
                line: pair[1].line,
                lines: tokens[close].line - tokens[open].line + 1,
                body: open..close,
            });
        }
    }
    found
}
