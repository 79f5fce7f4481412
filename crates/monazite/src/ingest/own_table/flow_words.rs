//! Words for the direction of trade, in the languages in which offices of statistics publish.

/// What the flow of a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Imports,
    Exports,
    /// A part of one of them, such as re-exports.
    Part,
}

/// Imports as a whole, letters and digits in lower case.
const IMPORTS: [&str; 35] = [
    "m",
    "imp",
    "import",
    "imports",
    "1",
    "5",
    "grossimp",
    "grossimport",
    "grossimports",
    "totalimport",
    "totalimports",
    "importation",
    "importations",
    "importación",
    "importacion",
    "importaciones",
    "importação",
    "importacao",
    "importações",
    "importacoes",
    "importazione",
    "importazioni",
    "einfuhr",
    "einfuhren",
    "importe",
    "invoer",
    "indførsel",
    "tuonti",
    "przywóz",
    "dovoz",
    "ithalat",
    "импорт",
    "进口",
    "輸入",
    "수입",
];

/// Exports as a whole.
const EXPORTS: [&str; 35] = [
    "x",
    "exp",
    "export",
    "exports",
    "2",
    "6",
    "grossexp",
    "grossexport",
    "grossexports",
    "totalexport",
    "totalexports",
    "exportation",
    "exportations",
    "exportación",
    "exportacion",
    "exportaciones",
    "exportação",
    "exportacao",
    "exportações",
    "exportacoes",
    "esportazione",
    "esportazioni",
    "ausfuhr",
    "ausfuhren",
    "exporte",
    "uitvoer",
    "udførsel",
    "vienti",
    "wywóz",
    "vývoz",
    "ihracat",
    "экспорт",
    "出口",
    "輸出",
    "수출",
];

/// Codes of parts: re-exports, re-imports, foreign and domestic trade, processing.
const PARTS: [&str; 13] =
    ["rx", "rm", "fm", "fx", "dx", "mip", "xip", "mop", "xop", "3", "4", "reexp", "reimp"];

/// What imports and exports are called within a longer word.
const STEMS: [&str; 6] = ["import", "export", "esporta", "einfuhr", "ausfuhr", "invoer"];

/// What makes a part of imports or exports.
const OF_PARTS: [&str; 9] = [
    "domestic",
    "foreign",
    "processing",
    "transit",
    "temporary",
    "wieder",
    "reexport",
    "reimport",
    "réexport",
];

impl Flow {
    /// What a text says; `None` if that is not known.
    pub(super) fn of(text: &str) -> Option<Self> {
        let bare: String =
            text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
        let word = bare.as_str();
        let of_part = || {
            speaks_of_trade(text)
                && (OF_PARTS.iter().any(|part| word.contains(part))
                    || ["re", "ré", "ri"].iter().any(|again| word.starts_with(again)))
        };
        match () {
            () if IMPORTS.contains(&word) => Some(Self::Imports),
            () if EXPORTS.contains(&word) => Some(Self::Exports),
            () if PARTS.contains(&word) || of_part() => Some(Self::Part),
            () => None,
        }
    }
}

/// Whether a text is about imports or exports, of whatever kind.
pub(super) fn speaks_of_trade(text: &str) -> bool {
    let lower = text.to_lowercase();
    STEMS.iter().any(|stem| lower.contains(stem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directions_are_known_in_the_usual_languages() {
        for (texts, flow) in [
            (
                &["M", "Imports", "Importación", "importações", "Einfuhr", "IMPORTATIONS", "Импорт", "进口"]
                    [..],
                Some(Flow::Imports),
            ),
            (
                &["x", "Export", "Exportación", "Exportações", "Ausfuhren", "Esportazioni", "輸出"],
                Some(Flow::Exports),
            ),
            (
                &[
                    "RX",
                    "Re-Export",
                    "re-imports",
                    "Réexportations",
                    "Wiederausfuhr",
                    "Domestic Export",
                    "Foreign Import",
                    "Import of goods for inward processing",
                    "Reexportación",
                    "riesportazioni",
                ],
                Some(Flow::Part),
            ),
            (
                &["General Imports", "Special imports", "Imports for consumption", "sideways", "real", ""],
                None,
            ),
        ] {
            for text in texts {
                assert_eq!(Flow::of(text), flow, "{text}");
            }
        }
    }
}
