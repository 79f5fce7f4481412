//! What a file is by its first bytes. The ending of a name alone never decides.

use std::io::Read;
use std::path::Path;

use super::error::ForeignError;
use crate::disk;
use crate::plain_text::{beginning, printable};

/// So many bytes from the front of a file tell what it is.
pub const FIRST_BYTES: usize = 1 << 16;

/// How a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextEncoding {
    /// UTF-8, with a mark at the front or without; so is ASCII.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Little,
    /// UTF-16, high byte first.
    Utf16Big,
    /// One byte a letter, as in Latin-1 and Windows-1252.
    OneByte,
}

/// A kind of file that is not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// What it is, behind "this is".
    pub what: &'static str,
    /// What to do.
    pub todo: &'static str,
}

/// What a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Parquet.
    Parquet,
    /// A zip archive that is no workbook or the like.
    Zip,
    /// Gzip around something that is not refused.
    Gzip,
    /// Zstandard around something that is not refused.
    Zstd,
    /// A table of Stata.
    Stata,
    /// Text that is not of a kind that is refused: csv, or at least something to be looked at line by line.
    Text(TextEncoding),
    /// Something that is not read.
    Refused(Refusal),
}

const fn refused(what: &'static str, todo: &'static str) -> Kind {
    Kind::Refused(Refusal { what, todo })
}

const SAVE_SHEET: &str = "save the sheet as csv";
const UNPACK: &str = "unpack it, and give what is in it";
const FROM_R: &str = "in R, write the table with write.csv() or arrow::write_parquet()";
const FROM_PANDAS: &str = "in Python, write the table with to_csv() or to_parquet() of pandas";
const FROM_STATISTICS: &str = "save the table as csv or as Stata (.dta)";
const FROM_DATABASE: &str = "export the table as csv or Parquet";
const DOWNLOAD: &str = "download the table itself as csv";

const WORKBOOK: Kind = refused("an Excel workbook", SAVE_SHEET);
const OPEN_DOCUMENT: Kind = refused("a spreadsheet of LibreOffice (.ods)", SAVE_SHEET);
const OFFICE: Kind = refused("a file of an office program", "save the table in it as csv");
const NUMPY_ARCHIVE: Kind = refused("an archive of numpy (.npz)", FROM_PANDAS);
const PACKED_PARQUET: Kind =
    refused("a zip archive of Parquet files", "unpack it, and give the file or the folder");
const TAR: Kind = refused("a tar archive", UNPACK);
/// What JSON is called.
pub const JSON_TEXT: &str = "JSON";
const JSON: Kind = refused(JSON_TEXT, "export the table as csv");
const XML: Kind = refused("XML", "export the table as csv");
const EMPTY: Kind = refused(
    "an empty file",
    "download it again; of a file in a cloud folder (OneDrive, Dropbox), make it available on this computer first",
);
const UNKNOWN: Kind =
    refused("neither text nor a table of a kind that is known", "export the table as csv or Parquet");

/// First bytes at a place, and what they mean.
const SIGNATURES: &[(usize, &[u8], Kind)] = &[
    (0, b"PAR1", Kind::Parquet),
    (0, b"PARE", refused("an encrypted Parquet file", "write it without encryption")),
    (0, b"<stata_dta>", Kind::Stata),
    (0, b"7z\xbc\xaf\x27\x1c", refused("a 7z archive", UNPACK)),
    (0, b"Rar!\x1a\x07", refused("a rar archive", UNPACK)),
    (0, b"\xfd7zXZ\0", refused("packed with xz", UNPACK)),
    (0, b"BZh", refused("packed with bzip2", UNPACK)),
    (0, b"\x04\x22\x4d\x18", refused("packed with lz4", UNPACK)),
    (0, b"LZIP", refused("packed with lzip", UNPACK)),
    (0, b"\xff\x06\0\0sNaPpY", refused("packed with snappy", UNPACK)),
    (0, b"\x1f\x9d", refused("packed with compress (.Z)", UNPACK)),
    (0, b"MSCF", refused("a cabinet archive (.cab)", UNPACK)),
    (257, b"ustar", TAR),
    (
        0,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        refused("an old Excel workbook (.xls), or one with a password", SAVE_SHEET),
    ),
    (
        0,
        b"ARROW1",
        refused(
            "a Feather or Arrow file",
            "write it as Parquet: write_parquet() of arrow, to_parquet() of pandas",
        ),
    ),
    (
        0,
        b"FEA1",
        refused("a Feather file", "write it as Parquet: write_parquet() of arrow, to_parquet() of pandas"),
    ),
    (0, b"\xff\xff\xff\xff", refused("a stream of Arrow", "write it as Parquet")),
    (0, b"RDX2\n", refused("a workspace of R (.rda, .RData)", FROM_R)),
    (0, b"RDX3\n", refused("a workspace of R (.rda, .RData)", FROM_R)),
    (0, b"RDA2\n", refused("a workspace of R (.rda, .RData)", FROM_R)),
    (0, b"RDA3\n", refused("a workspace of R (.rda, .RData)", FROM_R)),
    (0, b"X\n\0\0\0\x02", refused("an object of R (.rds)", FROM_R)),
    (0, b"X\n\0\0\0\x03", refused("an object of R (.rds)", FROM_R)),
    (0, b"fst\0", refused("a table of R's fst", FROM_R)),
    (0, b"\x0b\x0e\x0a\x0c", refused("an object of R's qs", FROM_R)),
    (
        0,
        b"SQLite format 3\0",
        refused(
            "a database of SQLite",
            "export the table as csv: sqlite3 -header -csv FILE 'SELECT * FROM table'",
        ),
    ),
    (8, b"DUCK", refused("a database of DuckDB", "write the table with COPY ... TO 'trade.parquet'")),
    (4, b"Standard Jet DB", refused("a database of Access", FROM_DATABASE)),
    (4, b"Standard ACE DB", refused("a database of Access", FROM_DATABASE)),
    (0, b"\x89HDF\r\n\x1a\n", refused("an HDF5 file", FROM_PANDAS)),
    (
        0,
        b"\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf",
        refused("a table of SAS (.sas7bdat)", FROM_STATISTICS),
    ),
    (0, b"HEADER RECORD*******LIB", refused("a transport file of SAS (.xpt)", FROM_STATISTICS)),
    (0, b"$FL2", refused("a table of SPSS (.sav)", FROM_STATISTICS)),
    (0, b"$FL3", refused("a table of SPSS (.zsav)", FROM_STATISTICS)),
    (0, b"MATLAB 5.0 MAT-file", refused("a file of Matlab", "write the table with writetable()")),
    (0, b"\x93NUMPY", refused("an array of numpy (.npy)", FROM_PANDAS)),
    (0, b"ORC", refused("an ORC file", "write it as Parquet")),
    (0, b"Obj\x01", refused("an Avro file", "write it as Parquet")),
    (0, b"%PDF", refused("a PDF", DOWNLOAD)),
    (0, b"{\\rtf", refused("a file of a word processor", SAVE_SHEET)),
    (0, b"\x89PNG", refused("a picture", DOWNLOAD)),
    (0, b"\xff\xd8\xff", refused("a picture", DOWNLOAD)),
    (0, b"GIF8", refused("a picture", DOWNLOAD)),
    (0, b"\x7fELF", refused("a program", DOWNLOAD)),
    (
        0,
        b"\0\x05\x16\x07",
        refused("what macOS keeps beside a file (its name begins with ._)", "give the file itself"),
    ),
    (
        0,
        b"\0\x05\x16\0",
        refused("what macOS keeps beside a file (its name begins with ._)", "give the file itself"),
    ),
    (0, b"L\0\0\0\x01\x14\x02\0", refused("a shortcut of Windows (.lnk)", "give the file that it leads to")),
    (0, b"[InternetShortcut]", refused("a shortcut to a web page", DOWNLOAD)),
    (
        0,
        b"version https://git-lfs.github.com/spec/",
        refused("a pointer of Git LFS, not the file itself", "fetch the file with git lfs pull"),
    ),
    (
        0,
        b"/annex/objects/",
        refused("a pointer of git-annex, not the file itself", "fetch the file with git annex get"),
    ),
];

/// What a file is by its first bytes; give [`FIRST_BYTES`] of them, or all there are.
///
/// The name counts where the bytes leave it open, which is nowhere but in the words of a refusal: see [`contradiction`].
///
/// ```
/// use monazite::ingest::foreign::signature::{Kind, TextEncoding, kind_of};
///
/// assert_eq!(kind_of(b"PAR1\x15\x04", "trade.csv"), Kind::Parquet);
/// assert_eq!(kind_of(b"t,i,j,k,v,q\n", "trade.parquet"), Kind::Text(TextEncoding::Utf8));
/// let Kind::Refused(refusal) = kind_of(b"SQLite format 3\0", "trade.db") else { panic!() };
/// assert_eq!(refusal.what, "a database of SQLite");
/// ```
pub fn kind_of(first: &[u8], name: &str) -> Kind {
    if first.is_empty() {
        return EMPTY;
    }
    if let Some((.., kind)) = SIGNATURES.iter().find(|(at, sign, _)| stands_at(first, *at, sign)) {
        // Three letters are few: text may begin with them.
        let few = matches!(first.get(..3), Some(b"BZh" | b"ORC")) && text_of(first).is_some();
        if !few {
            return *kind;
        }
    }
    if first.starts_with(b"PK\x03\x04")
        || first.starts_with(b"PK\x05\x06")
        || first.starts_with(b"PK\x07\x08")
    {
        return of_zip(first);
    }
    if first.starts_with(b"\x1f\x8b") {
        return of_packed(flate2::read::MultiGzDecoder::new(first), Kind::Gzip, name);
    }
    let skippable = first.len() > 4 && (0x50..=0x5f).contains(&first[0]) && first[1..4] == *b"\x2a\x4d\x18";
    if first.starts_with(b"\x28\xb5\x2f\xfd") || skippable {
        return match zstd::stream::read::Decoder::new(first) {
            Ok(inside) => of_packed(inside, Kind::Zstd, name),
            Err(_) => Kind::Zstd,
        };
    }
    if is_old_stata(first) {
        return Kind::Stata;
    }
    if first[0] == 0x80 && first.get(1).is_some_and(|version| (2..=5).contains(version)) {
        return refused("a pickle of Python", FROM_PANDAS);
    }
    if first.iter().all(|byte| *byte == 0) {
        return refused("a file of nothing but zeros, whose download did not end", "download it again");
    }
    match text_of(first) {
        Some(encoding) => of_text(first, encoding),
        None => UNKNOWN,
    }
}

/// How a file is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Zip.
    Zip,
    /// Gzip.
    Gzip,
    /// Zstandard.
    Zstd,
}

/// How a file is packed, by its first four bytes.
pub fn packing(first: &[u8]) -> Option<Packing> {
    match first {
        [0x1f, 0x8b, ..] => Some(Packing::Gzip),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(Packing::Zstd),
        [b'P', b'K', 3, 4, ..] => Some(Packing::Zip),
        _ => None,
    }
}

fn stands_at(bytes: &[u8], at: usize, sign: &[u8]) -> bool {
    bytes.get(at..).is_some_and(|bytes| bytes.starts_with(sign))
}

/// Tables of Stata before version 13: release, order of bytes, kind 1, an unused byte.
fn is_old_stata(first: &[u8]) -> bool {
    matches!(first, [102..=116, 1 | 2, 1, _, ..])
}

/// What is packed decides too.
fn of_packed(inside: impl Read, packed: Kind, name: &str) -> Kind {
    let mut first = Vec::new();
    // What is cut at the end of the first bytes is an error there, and what came before it stays.
    let _ = inside.take(1024).read_to_end(&mut first);
    if first.is_empty() {
        return packed;
    }
    match kind_of_plain(&first, name) {
        Kind::Refused(refusal) if refusal != UNKNOWN_REFUSAL => Kind::Refused(refusal),
        Kind::Parquet => refused("a Parquet file packed once more", "unpack it, and give the file"),
        Kind::Stata => refused("a table of Stata packed once more", "unpack it, and give the file"),
        Kind::Zip => refused("a zip archive packed once more", UNPACK),
        _ => packed,
    }
}

const UNKNOWN_REFUSAL: Refusal = match UNKNOWN {
    Kind::Refused(refusal) => refusal,
    _ => Refusal { what: "", todo: "" },
};

/// As [`kind_of`], without looking into what is packed again.
fn kind_of_plain(first: &[u8], name: &str) -> Kind {
    if first.starts_with(b"\x1f\x8b") || first.starts_with(b"\x28\xb5\x2f\xfd") {
        return refused("packed twice", UNPACK);
    }
    kind_of(first, name)
}

/// Names of entries whose heads lie in the first bytes of an archive.
fn entries(first: &[u8]) -> impl Iterator<Item = &[u8]> {
    let heads = memchr::memmem::find_iter(first, b"PK\x03\x04");
    heads.filter_map(|at| {
        let length = first.get(at + 26..at + 28)?;
        first.get(at + 30..at + 30 + usize::from(u16::from_le_bytes([length[0], length[1]])))
    })
}

fn of_zip(first: &[u8]) -> Kind {
    for entry in entries(first) {
        let any = |starts: &[&[u8]]| starts.iter().any(|start| entry.starts_with(start));
        if any(&[b"xl/"]) {
            return WORKBOOK;
        }
        if any(&[b"word/", b"ppt/", b"visio/"]) {
            return OFFICE;
        }
        if entry == b"mimetype"
            && memchr::memmem::find(&first[..first.len().min(256)], b"opendocument").is_some()
        {
            return OPEN_DOCUMENT;
        }
        if entry.ends_with(b".npy") {
            return NUMPY_ARCHIVE;
        }
        if entry.to_ascii_lowercase().ends_with(b".parquet") {
            return PACKED_PARQUET;
        }
    }
    let office = |entry: &[u8]| {
        entry == b"[Content_Types].xml" || entry == b"_rels/.rels" || entry.starts_with(b"docProps/")
    };
    // What is in a workbook may lie behind the first bytes.
    if entries(first).any(office) { WORKBOOK } else { Kind::Zip }
}

/// How a text is written, if it is one.
fn text_of(first: &[u8]) -> Option<TextEncoding> {
    if first.starts_with(b"\xff\xfe\0\0") {
        return None;
    }
    if first.starts_with(b"\xff\xfe") {
        return Some(TextEncoding::Utf16Little);
    }
    if first.starts_with(b"\xfe\xff") {
        return Some(TextEncoding::Utf16Big);
    }
    let look = &first[..first.len().min(4096)];
    if look.contains(&0) {
        // Letters of Latin scripts in UTF-16 have a zero in every other byte.
        let zeros = |from: usize| look.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
        let (high_first, low_first) = (zeros(0), zeros(1));
        let most = look.len() / 2;
        return if low_first * 10 >= most * 9 && high_first * 10 < most {
            Some(TextEncoding::Utf16Little)
        } else if high_first * 10 >= most * 9 && low_first * 10 < most {
            Some(TextEncoding::Utf16Big)
        } else {
            None
        };
    }
    let control = look
        .iter()
        .filter(|byte| **byte < 0x20 && !matches!(byte, b'\n' | b'\r' | b'\t' | 0x0c | 0x1a))
        .count();
    if control * 50 > look.len() {
        return None;
    }
    match std::str::from_utf8(first) {
        Ok(_) => Some(TextEncoding::Utf8),
        // The last letter may be cut.
        Err(e) if e.error_len().is_none() => Some(TextEncoding::Utf8),
        Err(_) => Some(TextEncoding::OneByte),
    }
}

/// Texts that are no tables.
fn of_text(first: &[u8], encoding: TextEncoding) -> Kind {
    let bytes = first.iter().copied().filter(|byte| *byte != 0);
    let start: Vec<u8> = bytes
        .skip_while(|byte| byte.is_ascii_whitespace() || matches!(byte, 0xef | 0xbb | 0xbf | 0xff | 0xfe))
        .take(512)
        .map(|byte| byte.to_ascii_lowercase())
        .collect();
    let second = start.iter().skip(1).find(|byte| !byte.is_ascii_whitespace());
    if start.starts_with(b"<") {
        let page = [&b"<!doctype html"[..], b"<html", b"<head", b"<body", b"<table"]
            .iter()
            .any(|tag| start.starts_with(tag));
        let page = page || memchr::memmem::find(&start, b"<html").is_some();
        return if page {
            refused(
                "a web page (HTML)",
                "open it in a spreadsheet and save the sheet as csv; if it is no table, the download asked to sign in: download it again",
            )
        } else if start.starts_with(b"<?xml")
            || second.is_some_and(|byte| byte.is_ascii_alphabetic() || *byte == b'!')
        {
            XML
        } else {
            Kind::Text(encoding)
        };
    }
    match (start.first(), second) {
        (Some(b'{'), Some(b'"' | b'}')) | (Some(b'['), Some(b'{' | b'[' | b']')) => JSON,
        _ => Kind::Text(encoding),
    }
}

impl Kind {
    /// What it is, behind "this is".
    pub fn described(&self) -> &'static str {
        match self {
            Self::Parquet => "a Parquet file",
            Self::Zip => "a zip archive",
            Self::Gzip => "packed with gzip",
            Self::Zstd => "packed with zstd",
            Self::Stata => "a table of Stata",
            Self::Text(TextEncoding::Utf8) => "text",
            Self::Text(TextEncoding::Utf16Little | TextEncoding::Utf16Big) => "text in UTF-16",
            Self::Text(TextEncoding::OneByte) => "text that is not UTF-8, perhaps Latin-1 or Windows-1252",
            Self::Refused(refusal) => refusal.what,
        }
    }
}

/// Endings of names and the words by which [`Kind::described`] would begin if they were true.
const ENDINGS: &[(&str, &[&str])] = &[
    (".parquet", &["a Parquet file", "an encrypted Parquet"]),
    (".parq", &["a Parquet file", "an encrypted Parquet"]),
    (".pq", &["a Parquet file", "an encrypted Parquet"]),
    (".dta", &["a table of Stata"]),
    (".csv", &["text"]),
    (".tsv", &["text"]),
    (".tab", &["text"]),
    (".txt", &["text"]),
    (".zip", &["a zip", "an archive of numpy"]),
    (
        ".gz",
        &[
            "packed with gzip",
            "packed twice",
            "a Parquet file packed",
            "a table of Stata packed",
            "a zip archive packed",
            "a tar",
            "a workspace of R",
            "an object of R",
        ],
    ),
    (
        ".zst",
        &["packed with zstd", "packed twice", "a Parquet file packed", "a table of Stata packed", "a tar"],
    ),
    (".xlsx", &["an Excel"]),
    (".xls", &["an old Excel"]),
    (".7z", &["a 7z"]),
    (".rar", &["a rar"]),
    (".tar", &["a tar"]),
    (".feather", &["a Feather"]),
    (".arrow", &["a Feather", "a stream of Arrow"]),
    (".rds", &["an object of R"]),
    (".rda", &["a workspace of R"]),
    (".json", &["JSON"]),
    (".xml", &["XML"]),
    (".html", &["a web page"]),
    (".pdf", &["a PDF"]),
];

/// The ending of a name that says something else than the bytes.
///
/// ```
/// use monazite::ingest::foreign::signature::{contradiction, kind_of};
///
/// let kind = kind_of(b"PAR1\x15\x04", "trade.csv");
/// assert_eq!(contradiction(kind, "trade.csv"), Some(".csv"));
/// assert_eq!(contradiction(kind, "trade.parquet"), None);
/// ```
pub fn contradiction(kind: Kind, name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    let (ending, truths) = ENDINGS.iter().find(|(ending, _)| name.ends_with(ending))?;
    let described = kind.described();
    (kind != EMPTY && !truths.iter().any(|truth| described.starts_with(truth))).then_some(ending)
}

/// Why a file is not read and what to do; `None` if it is of a kind that is.
///
/// ```
/// use monazite::ingest::foreign::signature::{kind_of, refusal_of};
///
/// let kind = kind_of(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "trade.csv");
/// assert_eq!(
///     refusal_of(kind, "trade.csv").unwrap(),
///     "this is an old Excel workbook (.xls), or one with a password, though its name ends in .csv; save the sheet as csv"
/// );
/// ```
pub fn refusal_of(kind: Kind, name: &str) -> Option<String> {
    let Kind::Refused(Refusal { what, todo }) = kind else { return None };
    let though = contradiction(kind, name)
        .map_or_else(String::new, |ending| format!(", though its name ends in {ending}"));
    Some(format!("this is {what}{though}; {todo}"))
}

/// What a file is by its first bytes.
///
/// # Errors
/// [`ForeignError::Io`] if it cannot be opened: a folder, a pipe and a device are no files.
pub fn look(path: &Path) -> Result<Kind, ForeignError> {
    let name = path.display().to_string();
    let broken = |e| ForeignError::io(&name, e);
    let mut first = Vec::with_capacity(FIRST_BYTES);
    disk::open(path).map_err(broken)?.take(FIRST_BYTES as u64).read_to_end(&mut first).map_err(broken)?;
    Ok(kind_of(&first, &name))
}

/// A name as it is shown in messages.
pub(super) fn shown(name: &str) -> String {
    beginning(&printable(name), 120)
}

#[cfg(test)]
mod tests;
