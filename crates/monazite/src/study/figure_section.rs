//! The section of the study file behind the figures.

use super::check::Check;
use super::fields::section;
use super::parameter::choice;

/// The paper a figure is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum FigureSize {
    /// One column of a journal, 88 mm wide.
    OneColumn,
    /// Two columns of a journal, 180 mm wide (default).
    #[default]
    TwoColumns,
    /// A slide of 16:9, 13.33 by 7.5 inches.
    Slide,
}

impl FigureSize {
    /// Name in study files and names of files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneColumn => "one_column",
            Self::TwoColumns => "two_columns",
            Self::Slide => "slide",
        }
    }

    /// Name in words, for captions.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::OneColumn => "one column, 88 mm wide",
            Self::TwoColumns => "two columns, 180 mm wide",
            Self::Slide => "slide, 16:9",
        }
    }
}

section! {
    /// `[figures]`: what is drawn of a run, and how large.
    FigureSection["figures"] {
        " Countries and groups whose network is drawn, and whose path is shown on the map of the typology. Those that the run does not have are left out; groups have to be in groups.means." countries: Vec<String> = ["USA", "CHN", "EU27"].map(String::from).to_vec();
        " Year of the networks; the last one if left out." year: Option<u16> = None;
        " Paper: one_column (88 mm), two_columns (180 mm) or slide (16:9)." size: FigureSize = FigureSize::TwoColumns;
    }
}

choice!(FigureSize {
    "one_column" => FigureSize::OneColumn,
    "two_columns" => FigureSize::TwoColumns,
    "slide" => FigureSize::Slide,
});

impl FigureSection {
    /// Values that are out of range.
    pub(super) fn check(&self, check: &mut Check<'_, '_>) {
        for code in &self.countries {
            let plain =
                !code.is_empty() && code.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-');
            check.that(plain, "figures", "countries", || {
                format!("'{code}' is not the code of a country or group, such as \"USA\"")
            });
        }
    }
}
