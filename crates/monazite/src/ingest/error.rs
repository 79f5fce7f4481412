//! Why an input could not be read.

use super::foreign::ForeignError;
use crate::delimited::TableError;
use crate::nomenclature::country::CountryTableError;

/// Why an input could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum IngestError {
    /// The system refuses to open or read a file.
    #[error("{file}: cannot be read: {source}")]
    Io {
        /// The file.
        file: String,
        /// What the system says.
        source: std::io::Error,
    },
    /// A row of a table in memory is wrong.
    #[error("{table}: row {row}: column {column}: {message}")]
    Row {
        /// What the table is.
        table: String,
        /// Row, counted from 1.
        row: u64,
        /// Name of the column.
        column: &'static str,
        /// The value.
        value: String,
        /// What is wrong, with the value, and what to do.
        message: String,
    },
    /// A zip archive is damaged.
    #[error(
        "{file}: the zip archive cannot be read ({message}); if it was downloaded, it is probably cut short: download it again"
    )]
    Zip {
        /// The archive.
        file: String,
        /// What the reader of the archive says.
        message: String,
    },
    /// A gzip file is damaged.
    #[error("{file}: {message}")]
    Gzip {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A zip archive that is whole, but cannot be taken as it is.
    #[error("{file}: {message}")]
    Archive {
        /// The archive.
        file: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// Two files could be meant.
    #[error("{path}: there are two {what}: {first} and {second}; which one is meant? Take one of them away")]
    Ambiguous {
        /// The release.
        path: String,
        /// What there are two of.
        what: &'static str,
        /// One of them.
        first: String,
        /// The other.
        second: String,
    },
    /// The names of the files say something else than the user.
    #[error(
        "{path}: the names of its files say {found}, and {said} was given as {what}; leave that out, or give the release that is meant"
    )]
    Contradiction {
        /// The release.
        path: String,
        /// HS edition or BACI version.
        what: &'static str,
        /// What the names say.
        found: String,
        /// What was given.
        said: String,
    },
    /// A release has no trade file in it.
    #[error(
        "{path}: no BACI trade file found; expected a zip, a folder or a csv whose header has the columns t,i,j,k,v,q{found}"
    )]
    NoFlows {
        /// The release.
        path: String,
        /// What was found instead, as a half-sentence.
        found: String,
    },
    /// A release holds more than one edition or version.
    #[error("{path}: holds several {what} ({found}); give a folder with one of them")]
    Mixed {
        /// The release.
        path: String,
        /// Editions or versions.
        what: &'static str,
        /// The ones found.
        found: String,
    },
    /// A trade file has no line.
    #[error("{file}: the file is empty")]
    Empty {
        /// The file.
        file: String,
    },
    /// Too many products.
    #[error(
        "{file}: there are {found} different products, at most {most} fit; is another column taken for the product?"
    )]
    TooManyProducts {
        /// The file.
        file: String,
        /// Different products.
        found: usize,
        /// As many fit.
        most: usize,
    },
    /// A trade file has only a header.
    #[error("{file}: the file has a header but no trade flow")]
    NoRows {
        /// The file.
        file: String,
    },
    /// A trade file lacks a column.
    #[error(
        "{file}:{line}: there is no column {column}; the header is '{header}', BACI's is 't,i,j,k,v,q'{advice}"
    )]
    MissingColumn {
        /// The file.
        file: String,
        /// Line of the header.
        line: u64,
        /// The missing column.
        column: &'static str,
        /// The header as it stands.
        header: String,
        /// What to do, as a half-sentence.
        advice: &'static str,
    },
    /// The header of a table of trade that is not BACI's is not understood, or something has to be said of it.
    #[error("{file}:{line}: {message}")]
    Header {
        /// The file.
        file: String,
        /// Line of the header.
        line: u64,
        /// What is not understood, and what to do.
        message: String,
    },
    /// A table has imports and exports, and nobody said which are meant.
    #[error(
        "{path}: the table has imports and exports of the same trade, {imports} and {exports}; added up they would be counted twice. Choose one with \
         data.flow = \"imports\" or \"exports\" (--flow)"
    )]
    BothFlows {
        /// The release.
        path: String,
        /// Rows and value of the imports.
        imports: String,
        /// Rows and value of the exports.
        exports: String,
    },
    /// A table has sums over lines of national tariffs beside these lines.
    #[error("{path}: {message}")]
    SumsOfLines {
        /// The release.
        path: String,
        /// Which, and what to do.
        message: String,
    },
    /// Two files of a table hold the same trade.
    #[error("{path}: {message}")]
    SameTrade {
        /// The release.
        path: String,
        /// The files, what they have in common, and what to do.
        message: String,
    },
    /// Parts of totals whose totals are not in the table.
    #[error(
        "{path}: {rows} rows of {flows} flows ({value}) are parts of totals that the table does not have (by second partner, customs procedure or mode of \
         transport), the first of {example}; they are not added up, since parts of several kinds overlap. Add the rows of the totals (second partner 0, customs \
         procedure C00, mode of transport 0), or give a table without these columns in which each row counts once"
    )]
    PartsAlone {
        /// The release.
        path: String,
        /// Rows that are parts.
        rows: u64,
        /// Their value.
        value: String,
        /// Flows that they are of.
        flows: u64,
        /// One of these flows.
        example: String,
    },
    /// No row of a table could be kept.
    #[error("{path}: no row is left of {rows}: {reasons}")]
    NothingKept {
        /// The release.
        path: String,
        /// Rows read.
        rows: u64,
        /// Why they were left out, with numbers.
        reasons: String,
    },
    /// A quotation mark that is opened and not closed.
    #[error("{file}:{line}: a quotation mark is opened here and never closed; close it, or take it out")]
    OpenQuote {
        /// The file.
        file: String,
        /// Line of the record, counted from 1.
        line: u64,
    },
    /// A row that stands for several countries, or for none.
    #[error(
        "{file}:{line}: column {column}: '{code}' is {what}, and no country; such rows would count trade twice, or have nobody to be given to. Read with \
         unknown_country = \"drop\" (--drop-unknown-countries) to leave them out and count them"
    )]
    Aggregate {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// As it stands.
        code: String,
        /// What it stands for.
        what: &'static str,
    },
    /// A trade file has a column twice.
    #[error("{file}:{line}: column {column} is there twice ({names}); which one is meant? Keep one of them")]
    RepeatedColumn {
        /// The file.
        file: String,
        /// Line of the header.
        line: u64,
        /// BACI's name of the column.
        column: &'static str,
        /// The names in the header.
        names: String,
    },
    /// A row of a trade file has the wrong number of fields.
    #[error("{file}:{line}: the row has {found} fields, the header has {expected}")]
    FieldCount {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Fields in the row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// A field of a trade file is wrong.
    #[error("{file}:{line}: column {column}: {message}")]
    Field {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// What is wrong, with the value, and what to do.
        message: String,
    },
    /// A country that the table of the release does not have.
    #[error("{file}:{line}: column {column}: '{code}' is not a country code {}", of_table(*.without_table))]
    Country {
        /// The file.
        file: String,
        /// Line, counted from 1.
        line: u64,
        /// Name of the column.
        column: String,
        /// The code as it stands.
        code: String,
        /// Whether the release has no table of countries.
        without_table: bool,
    },
    /// Two codes of one country in one year, which are not those of a state and a former one.
    #[error(
        "{file}: {first} and {second} both stand for {iso3} in {table}, and both trade in {year}; {}", of_two_codes(*.in_table, iso3)
    )]
    SharedCode {
        /// The trade file.
        file: String,
        /// The table of countries.
        table: String,
        /// The year.
        year: u16,
        /// The country.
        iso3: String,
        /// One numeric code.
        first: u16,
        /// The other.
        second: u16,
        /// Whether the table has both.
        in_table: bool,
    },
    /// A small table cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// A table of a foreign format cannot be read.
    #[error(transparent)]
    Foreign(#[from] ForeignError),
    /// A table of countries has more of them than fit.
    #[error("{file}: {error}")]
    Countries {
        /// The file.
        file: String,
        /// How many there are.
        error: CountryTableError,
    },
    /// A table beside the trade data does not fit them.
    #[error("{file}: {message}")]
    Side {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        message: String,
    },
    /// A file of the Governance Indicators cannot be understood.
    #[error("{file}: {message}")]
    Governance {
        /// The file.
        file: String,
        /// What is wrong, and what to do.
        message: String,
    },
}

/// What to do about a country code that nobody knows.
fn of_table(without_table: bool) -> &'static str {
    if without_table {
        "of BACI, whose table of version 202501 is used, since the release has none; put its country_codes file beside the trade files, or read with \
         unknown_country = \"drop\" to leave such rows out and count them"
    } else {
        "of this release; check country_codes, or read with unknown_country = \"drop\" to leave such rows out and count them"
    }
}

/// What to do about two codes of one country.
fn of_two_codes(in_table: bool, iso3: &str) -> String {
    match in_table {
        true => format!("which one is {iso3}? Give the other one a code of its own there"),
        false => "added up they may count twice. Give them one number, and take rows out that repeat a trade"
            .to_owned(),
    }
}

impl IngestError {
    pub(crate) fn io(file: impl std::fmt::Display, source: std::io::Error) -> Self {
        Self::Io { file: file.to_string(), source }
    }
}
