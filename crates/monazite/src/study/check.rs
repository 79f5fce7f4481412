//! What only shows when values are put together.

use toml::de::DeTable;

use super::error::Problem;
use super::fields::line_of;
use crate::nomenclature::names::{NotFound, code_meant};
use crate::plain_text::{CODE_SHAPE, beginning, is_code};

/// Finds the line of a key for problems that show only when values are put together.
pub(super) struct Check<'a, 'text> {
    pub(super) root: &'a DeTable<'text>,
    pub(super) text: &'a str,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Check<'_, '_> {
    pub(super) fn that(&mut self, holds: bool, section: &str, key: &str, message: impl FnOnce() -> String) {
        let name = format!("{section}.{key}");
        // A value that could not be read has been named already.
        if holds || self.problems.iter().any(|p| p.key == name && p.line.is_some()) {
            return;
        }
        let line = self
            .root
            .get(section)
            .and_then(|v| v.get_ref().as_table())
            .and_then(|t| t.get_key_value(key))
            .map(|(k, _)| line_of(self.text, k.span().start));
        self.problems.push(Problem { line, key: name, message: message() });
    }
}

/// Codes of countries and groups become parts of the names of files.
pub(super) fn check_codes<'a>(
    check: &mut Check<'_, '_>,
    section: &str,
    key: &str,
    codes: impl IntoIterator<Item = &'a String>,
) {
    for code in codes {
        check.that(is_code(code), section, key, || {
            let shape =
                || format!("'{}' is not the code of a country or a group: {CODE_SHAPE}", beginning(code, 40));
            match code_meant(code) {
                Err(NotFound::Unknown { near, .. }) if !near.is_empty() => {
                    format!("{}; near to it: {}", shape(), near.join(", "))
                }
                Err(NotFound::Ambiguous { .. }) => {
                    code_meant(code).map_or_else(|e| e.to_string(), |_| shape())
                }
                _ => shape(),
            }
        });
    }
}
