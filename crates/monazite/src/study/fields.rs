//! A section of the study file: its definition, and the way of its fields from the text to their values.

use std::borrow::Cow;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Problem;
use super::parameter::Parameter;

/// One parameter, for the commented example and the documentation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterInfo {
    /// Section.
    pub section: &'static str,
    /// Key.
    pub key: &'static str,
    /// What it is.
    pub documentation: &'static str,
    /// What a value has to look like.
    pub expects: String,
    /// Its value as TOML; `None` if the key is left out.
    pub value: Option<String>,
}

/// The fields of one section while they are read.
pub struct Fields<'a, 'text> {
    pub(super) section: &'static str,
    pub(super) table: Option<&'a DeTable<'text>>,
    pub(super) text: &'a str,
    pub(super) problems: &'a mut Vec<Problem>,
}

impl Fields<'_, '_> {
    pub(super) fn take<T: Parameter>(&mut self, key: &str, default: T) -> T {
        let Some((name, value)) = self.table.and_then(|t| t.get_key_value(key)) else { return default };
        match T::read(value.get_ref()) {
            Ok(value) => value,
            Err(message) => {
                let line = line_of(self.text, name.span().start);
                self.problems.push(Problem {
                    line: Some(line),
                    key: format!("{}.{key}", self.section),
                    message,
                });
                default
            }
        }
    }

    pub(super) fn finish(&mut self, known: &[&str]) {
        for (name, _) in self.table.into_iter().flat_map(|t| t.iter()) {
            if !known.contains(&name.get_ref().as_ref()) {
                self.problems.push(Problem {
                    line: Some(line_of(self.text, name.span().start)),
                    key: format!("{}.{}", self.section, name.get_ref()),
                    message: format!("there is no such parameter{}", suggestion(name.get_ref(), known)),
                });
            }
        }
    }
}

pub(super) fn line_of(text: &str, at: usize) -> usize {
    text.as_bytes()[..at.min(text.len())].iter().filter(|&&b| b == b'\n').count() + 1
}

pub(super) fn suggestion(name: &str, known: &[&str]) -> String {
    known
        .iter()
        .map(|k| (strsim::osa_distance(name, k), k))
        .min()
        .filter(|(distance, _)| *distance <= 3)
        .map_or_else(|| format!("; there are: {}", known.join(", ")), |(_, k)| format!("; did you mean {k}?"))
}

pub(super) fn as_table<'a, 'text>(
    name: &Spanned<Cow<'text, str>>,
    value: &'a Spanned<DeValue<'text>>,
    text: &str,
    problems: &mut Vec<Problem>,
) -> Option<&'a DeTable<'text>> {
    match value.get_ref() {
        DeValue::Table(table) => Some(table),
        _ => {
            problems.push(Problem {
                line: Some(line_of(text, name.span().start)),
                key: name.get_ref().to_string(),
                message: format!("this is a section; write [{}] on a line of its own", name.get_ref()),
            });
            None
        }
    }
}

/// Defines one section of the study file: a struct, its defaults, how it is read, and how it is written.
///
/// The text before each field is its documentation, in the code, in the commented example and in the
/// documentation of the file format.
macro_rules! section {
    ($(#[$meta:meta])* $name:ident [$key:literal] {
        $($doc:literal $field:ident : $type:ty = $default:expr;)+
    }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name {
            $(#[doc = $doc] pub $field: $type,)+
        }

        impl Default for $name {
            fn default() -> Self {
                Self { $($field: $default,)+ }
            }
        }

        impl $name {
            /// Name of the section in the file.
            pub const KEY: &'static str = $key;

            pub(super) fn read(fields: &mut $crate::study::fields::Fields<'_, '_>) -> Self {
                let section = Self { $($field: fields.take(stringify!($field), $default),)+ };
                fields.finish(&[$(stringify!($field)),+]);
                section
            }

            /// Key, documentation, what is expected, and value as TOML, of every parameter.
            pub fn parameters(&self) -> Vec<$crate::study::fields::ParameterInfo> {
                vec![$($crate::study::fields::ParameterInfo {
                    section: $key,
                    key: stringify!($field),
                    documentation: $doc.trim(),
                    expects: <$type as $crate::study::parameter::Parameter>::expects(),
                    value: $crate::study::parameter::Parameter::show(&self.$field),
                },)+]
            }
        }
    };
}
pub(crate) use section;
