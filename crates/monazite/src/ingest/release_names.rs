//! What the name of a file says: whether it is trade or a table of codes, of which edition and version, and whether it is a copy.

use std::borrow::Cow;

use crate::disk::place::is_trade_file;
use crate::nomenclature::HsEdition;

/// The file that says of a release that it is made up.
pub const MADE_UP_MARK: &str = "SYNTHETIC.md";

/// What a file of a release is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    Flows,
    CountryCodes,
    ProductCodes,
}

/// The name without what browsers and file managers put into that of a copy: `country_codes_V202501 (1).csv`, `Copy of ...`, `... - Copy (2).csv`.
pub(super) fn without_copy_mark(name: &str) -> Cow<'_, str> {
    let at = name.to_ascii_lowercase().rfind(".csv").unwrap_or(name.len());
    let (stem, ending) = name.split_at(at);
    let mut bare = without_beginning(stem, "copy of ");
    loop {
        let shorter = without_number(bare.trim_end());
        let shorter = without_end(without_end(shorter, " - copy"), " copy");
        if shorter == bare {
            break;
        }
        bare = shorter;
    }
    if bare == stem { Cow::Borrowed(name) } else { Cow::Owned(format!("{bare}{ending}")) }
}

/// Without a number in brackets at the end.
fn without_number(text: &str) -> &str {
    match text.strip_suffix(')').and_then(|rest| rest.rsplit_once('(')) {
        Some((rest, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => text,
    }
}

fn without_end<'a>(text: &'a str, end: &str) -> &'a str {
    let at = text.len().saturating_sub(end.len());
    if text.get(at..).is_some_and(|last| last.eq_ignore_ascii_case(end)) { &text[..at] } else { text }
}

fn without_beginning<'a>(text: &'a str, begin: &str) -> &'a str {
    let is_it = text.get(..begin.len()).is_some_and(|first| first.eq_ignore_ascii_case(begin));
    if is_it { &text[begin.len()..] } else { text }
}

/// What a file is by its name.
pub(super) fn kind_by_name(name: &str) -> Option<FileKind> {
    let lower = without_copy_mark(name).to_ascii_lowercase();
    if !is_table(&lower) {
        None
    } else if lower.starts_with("country_codes") {
        Some(FileKind::CountryCodes)
    } else if lower.starts_with("product_codes") {
        Some(FileKind::ProductCodes)
    } else if is_trade_file(&lower) {
        Some(FileKind::Flows)
    } else {
        None
    }
}

/// `BACI_HS07_Y2019_V202501.csv` -> HS07.
pub(super) fn edition_in(name: &str) -> Option<HsEdition> {
    without_copy_mark(name)
        .split(['_', '.'])
        .find_map(|part| if part.starts_with("HS") { part.parse().ok() } else { None })
}

/// `BACI_HS07_Y2019_V202501.csv` -> 202501.
pub(super) fn version_in(name: &str) -> Option<String> {
    without_copy_mark(name).split(['_', '.']).find_map(|part| {
        let digits = part.strip_prefix('V')?;
        let plausible = digits.len() >= 6 && digits.as_bytes()[..6].iter().all(u8::is_ascii_digit);
        plausible.then(|| digits.to_owned())
    })
}

/// Endings of tables of text.
const TABLES: [&str; 4] = ["csv", "tsv", "txt", "tab"];

/// Whether a file is a table of text by its name, also packed.
pub(super) fn is_table(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_suffix(".gz").or_else(|| lower.strip_suffix(".zst")).unwrap_or(&lower);
    TABLES.iter().any(|ending| bare.rsplit_once('.').is_some_and(|(_, found)| found == *ending))
}

/// Whether a file is a table of another format that is read, by its name.
pub(super) fn is_foreign(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    lower.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "parquet" | "pq" | "dta"))
}

/// What a file is by its name that is not read, and what to export instead.
pub(super) fn not_read(name: &str) -> Option<&'static str> {
    let lower = name.to_ascii_lowercase();
    Some(match lower.rsplit_once('.')?.1 {
        "7z" | "rar" | "tar" | "tgz" | "bz2" | "xz" => {
            "this is an archive of a kind that is not read; unpack it, and give the folder or the csv in it"
        }
        "xlsx" | "xls" | "xlsm" | "xlsb" | "ods" => {
            "this is a spreadsheet, which keeps at most 1,048,576 rows and may have changed codes into numbers; export a csv from where the data come"
        }
        "rda" | "rdata" | "rds" => {
            "this is a file of R; write it with write.csv(x, \"trade.csv\", row.names = FALSE), or as Parquet"
        }
        "feather" | "arrow" | "ipc" => {
            "this is a file of Arrow; write it as Parquet or csv (in Python: to_parquet or to_csv)"
        }
        "sqlite" | "sqlite3" | "db" | "duckdb" => {
            "this is a data base; export the table as csv or Parquet (COPY ... TO 'trade.parquet')"
        }
        "json" | "jsonl" | "ndjson" | "xml" | "html" | "pdf" => {
            "this is no table of rows and columns; take the data as csv"
        }
        _ => return None,
    })
}

/// Whether a file is an archive.
pub(super) fn is_zip(name: &str) -> bool {
    name.to_ascii_lowercase().ends_with(".zip")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_known_by_their_endings() {
        for name in ["a.csv", "a.CSV.gz", "a.tsv", "b.txt.zst", "c.tab"] {
            assert!(is_table(name) && not_read(name).is_none(), "{name}");
        }
        for name in ["a.7z", "a.xlsx", "a.rda", "a.feather", "a.sqlite", "a.csv.bz2"] {
            assert!(!is_table(name) && not_read(name).is_some(), "{name}");
        }
        assert!(!is_table("csv") && not_read("README").is_none());
    }

    #[test]
    fn names_tell_edition_and_version() {
        assert_eq!(edition_in("BACI_HS07_Y2019_V202501.csv"), Some(HsEdition::Hs07));
        assert_eq!(version_in("BACI_HS92_Y1995_V202401b.csv").as_deref(), Some("202401b"));
        assert_eq!(version_in("product_codes_HS92_V202301.csv").as_deref(), Some("202301"));
        assert_eq!(version_in("BACI_HS92_Y1995_V202401b (2).csv").as_deref(), Some("202401b"));
        assert_eq!(version_in("flows.csv"), None);
    }

    #[test]
    fn a_copy_is_called_as_what_it_is_a_copy_of() {
        for copy in [
            "country_codes_V202501.csv",
            "country_codes_V202501 (1).csv",
            "country_codes_V202501(12).csv",
            "country_codes_V202501 - Copy.csv",
            "country_codes_V202501 - Copy (2).csv",
            "country_codes_V202501 copy.csv",
            "Copy of country_codes_V202501.csv",
        ] {
            assert_eq!(without_copy_mark(copy), "country_codes_V202501.csv", "{copy}");
            assert_eq!(kind_by_name(copy), Some(FileKind::CountryCodes), "{copy}");
        }
        for name in ["trade (HS92).csv", "a (1", "()", "é (1).csv.gz"] {
            let bare = without_copy_mark(name);
            assert!(bare == name || bare == "é.csv.gz", "{bare}");
        }
    }
}
