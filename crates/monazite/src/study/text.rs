//! The text of a study file as people write it: its encoding, and what is wrong where it is no TOML.

use crate::delimited::Encoding;

/// The text of a study file, without a byte order mark.
///
/// # Errors
/// In words, if it is not UTF-8: which encoding it is, and what to do.
pub(super) fn text_of(bytes: Vec<u8>) -> Result<String, String> {
    match Encoding::of(&bytes) {
        Encoding::Utf16Le | Encoding::Utf16Be => Err(
            "the file is in UTF-16, which Windows calls Unicode; save it as UTF-8 (in the editor: Save as, Encoding: UTF-8)".to_owned(),
        ),
        Encoding::Utf8 | Encoding::Windows1252 => {
            let wrong = |error: std::string::FromUtf8Error| {
                let at = error.utf8_error().valid_up_to();
                let bytes = error.as_bytes();
                let line = bytes[..at].iter().filter(|b| **b == b'\n').count() + 1;
                format!(
                    "the file is not in UTF-8 (byte 0x{:02X} in line {line}); it is probably in Windows-1252 or Latin-1, which Windows calls ANSI; save it as UTF-8",
                    bytes[at]
                )
            };
            let text = String::from_utf8(bytes).map_err(wrong)?;
            Ok(text.strip_prefix('\u{feff}').map_or_else(|| text.clone(), str::to_owned))
        }
    }
}

/// Curly and other quotation marks that word processors put in the place of straight ones.
const CURLY: [char; 9] =
    ['\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}', '\u{201c}', '\u{201d}', '\u{201e}', '\u{ab}', '\u{bb}'];

/// What to do about a line that is no TOML, where its cause is known; nothing otherwise.
pub(super) fn advice(text: &str, at: usize) -> &'static str {
    let at = (0..=at.min(text.len())).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let start = text[..at].rfind('\n').map_or(0, |end| end + 1);
    let line = text[start..].lines().next().unwrap_or_default();
    if line.contains(CURLY) {
        "; there are curly quotation marks in this line, as word processors make them: write straight ones (\" or ')"
    } else if has_backslash_in_double_quotes(line) {
        "; between double quotes a backslash begins a special character: write the path with / (C:/data/trade.csv) or between single quotes ('C:\\data\\trade.csv')"
    } else {
        ""
    }
}

/// What to do about a path that holds a control character.
pub(super) const CONTROL_CHARACTER: &str = "the path holds a control character: between double quotes \\t, \\n and \\b are special characters. Write the path with / (C:/data/trade.csv) or \
                                            between single quotes ('C:\\data\\trade.csv')";

/// What to do about a path that begins as a shell would read it; nothing otherwise.
pub(super) fn advice_on_path(path: &str) -> &'static str {
    if path.starts_with('~') {
        "; ~ is not read as your home folder here: write the whole path"
    } else if path.starts_with('$') || path.contains("/$") || path.starts_with('%') {
        "; variables such as $HOME are not read here: write the whole path"
    } else {
        ""
    }
}

fn has_backslash_in_double_quotes(line: &str) -> bool {
    let (mut quoted, mut found) = (None, false);
    for c in line.chars() {
        match (quoted, c) {
            (None, '"' | '\'') => quoted = Some(c),
            (None, '#') => break,
            (Some(open), c) if c == open => quoted = None,
            (Some('"'), '\\') => found = true,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::whole::Study;
    use super::*;

    fn problem(trade: &str) -> String {
        let text =
            format!("[study]\nseeds = [\"284690\"]\n[data]\ntrade = {trade}\ngovernance = \"pv.csv\"\n");
        let (study, problems) = Study::parse(&text, Path::new("s.toml"));
        study.error(problems).to_string()
    }

    #[test]
    fn paths_of_windows_are_explained() {
        for path in [r#""C:\Users\me\BACI.zip""#, r#""D:\trade\new\BACI.zip""#] {
            let error = problem(path);
            assert!(error.contains("line 4: this is not TOML"), "{error}");
            assert!(
                error.contains("write the path with / (C:/data/trade.csv) or between single quotes"),
                "{error}"
            );
        }
        let error = problem(r#""D:\trade\baci\release""#);
        assert!(
            error.contains("line 4: data.trade: the path holds a control character")
                && error.contains("single quotes"),
            "{error}"
        );
        let error = problem("\u{201c}release\u{201d}");
        assert!(error.contains("curly quotation marks in this line"), "{error}");
        assert_eq!(advice("a = 'C:\\data'\nb = [", 16), "", "single quotes are as they should be");
    }

    #[test]
    fn encodings_are_named() {
        let text = "[study]\nname = \"Pays \u{e9}tudi\u{e9}s\"\n";
        assert_eq!(text_of(text.as_bytes().to_vec()).unwrap(), text);
        assert_eq!(text_of(format!("\u{feff}{text}").into_bytes()).unwrap(), text);
        let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
        let error = text_of(latin).unwrap_err();
        assert!(error.contains("byte 0xE9 in line 2") && error.contains("Windows-1252"), "{error}");
        for big in [false, true] {
            let units = "\u{feff}".encode_utf16().chain(text.encode_utf16());
            let bytes = units.flat_map(|u| if big { u.to_be_bytes() } else { u.to_le_bytes() }).collect();
            assert!(text_of(bytes).unwrap_err().contains("UTF-16"), "{big}");
        }
    }

    #[test]
    fn paths_of_a_shell_are_explained() {
        assert!(advice_on_path("~/release").contains("write the whole path"));
        assert!(advice_on_path("$HOME/release").contains("variables such as $HOME"));
        assert_eq!(advice_on_path("release/~1"), "");
    }
}
