//! How a trade file is read: as BACI writes it, or as a table of another make.

use super::header::TableHeader;
use super::layout::{Layout, LayoutProblem, listed};
use super::names::names_of;
use super::options::{ColumnRole, TableOptions};
use crate::delimited::bare_name;
use crate::ingest::IngestError;
use crate::ingest::baci::{FlowColumns, HeaderError};

/// How a trade file is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// Line by line, as BACI writes it.
    Baci(FlowColumns),
    /// As a table whose columns have been given a meaning.
    Table(Box<Layout>),
}

impl Reading {
    /// How a file with this header is read. `careful` if BACI's own files are to be read as tables too.
    ///
    /// # Errors
    /// [`IngestError::MissingColumn`], [`IngestError::RepeatedColumn`] and [`IngestError::Header`], naming the file, the columns it has and what
    /// to do.
    pub fn of(
        header: &TableHeader,
        file: &str,
        options: &TableOptions,
        careful: bool,
    ) -> Result<Self, IngestError> {
        let baci = FlowColumns::of_names(&header.names);
        if options.columns.is_empty()
            && let Err(error @ HeaderError::Twice(..)) = baci
        {
            return Err(error.in_file(file, header.lines, &header.shown));
        }
        let has_flow =
            header.names.iter().any(|name| names_of(ColumnRole::Flow).contains(&bare_name(name).as_str()));
        if let Ok(columns) = &baci
            && header.separator == b','
            && columns.fit()
            && options.is_silent()
            && !has_flow
            && !careful
            && has_bacis_codes(header, columns)
        {
            return Ok(Self::Baci(*columns));
        }
        match Layout::find(&header.names, baci.clone().ok(), options) {
            Ok(layout) => Ok(Self::Table(Box::new(layout))),
            Err(LayoutProblem::Other(message)) => {
                Err(IngestError::Header { file: file.to_owned(), line: header.lines, message })
            }
            Err(LayoutProblem::Missing(missing)) => Err(not_understood(header, file, &missing, baci.err())),
        }
    }

    /// Whether this is BACI's layout, in whatever dialect.
    pub fn is_baci(&self) -> bool {
        match self {
            Self::Baci(_) => true,
            Self::Table(layout) => layout.strict && layout.flow.is_none(),
        }
    }

    /// Whether a header is one of a table of trade, even if something has still to be said of it.
    pub fn is_trade(header: &TableHeader, options: &TableOptions) -> bool {
        match Self::of(header, "", options, false) {
            Ok(_) | Err(IngestError::RepeatedColumn { .. }) => true,
            Err(IngestError::Header { .. }) => {
                // Columns of all kinds are there, and the unit or the direction is not said.
                let silent = TableOptions { columns: options.columns.clone(), ..TableOptions::default() };
                !matches!(Layout::find(&header.names, None, &silent), Err(LayoutProblem::Missing(_)))
            }
            Err(_) => false,
        }
    }
}

/// Whether the first row has numbers for countries, as BACI has. Where it has letters, somebody has made another table of it, or of other data.
fn has_bacis_codes(header: &TableHeader, columns: &FlowColumns) -> bool {
    [columns.exporter, columns.importer]
        .into_iter()
        .filter_map(|at| header.first_row.get(at))
        .all(|code| !code.bytes().any(|byte| byte.is_ascii_alphabetic()))
}

/// What is said of a header that is not understood, with lines for the study.
fn not_understood(
    header: &TableHeader,
    file: &str,
    missing: &[&'static str],
    baci: Option<HeaderError>,
) -> IngestError {
    let known = ColumnRole::ALL
        .into_iter()
        .filter(|role| header.names.iter().any(|name| names_of(*role).contains(&bare_name(name).as_str())))
        .count();
    if let Some(HeaderError::Missing(column)) = baci
        && (known == 0
            || missing.len() == 1 && header.names.iter().filter(|n| n.chars().count() == 1).count() > 3)
    {
        let numbers = header.names.iter().all(|name| name.parse::<f64>().is_ok());
        return IngestError::MissingColumn {
            file: file.to_owned(),
            line: header.lines,
            column,
            header: header.shown.clone(),
            advice: if numbers {
                "; the line is no header, since it begins with numbers: put one above it"
            } else {
                "; if it is a table of another make, say in the study which column is what ([data.columns], or --column year=NAME)"
            },
        };
    }
    let one = |role: ColumnRole| {
        names_of(role).iter().find_map(|name| header.names.iter().find(|n| bare_name(n) == **name))
    };
    let line = |role: ColumnRole| {
        let name = one(role).map_or_else(|| "...".to_owned(), |name| name.replace('"', ""));
        format!("    {} = \"{name}\"", role.key())
    };
    let roles = [
        ColumnRole::Year,
        ColumnRole::Exporter,
        ColumnRole::Importer,
        ColumnRole::Product,
        ColumnRole::Value,
    ];
    let lines: Vec<String> = roles.into_iter().map(line).collect();
    IngestError::Header {
        file: file.to_owned(),
        line: header.lines,
        message: format!(
            "no column is known as {}; the header has: {}. Say in the study which column is what (--column year=NAME for an import):\n    [data.columns]\n{}",
            missing.join(", "),
            listed(&header.names),
            lines.join("\n")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(text: &str, options: &TableOptions) -> Result<Reading, String> {
        let header = TableHeader::of(text.as_bytes()).unwrap();
        Reading::of(&header, "t.csv", options, false).map_err(|e| e.to_string())
    }

    #[test]
    fn only_bacis_own_files_are_read_line_by_line() {
        let silent = TableOptions::default();
        let is_quick = |text: &str| matches!(reading(text, &silent), Ok(Reading::Baci(_)));
        assert!(is_quick("t,i,j,k,v,q\n") && is_quick("t,hs6,i,j,v,q,text\n2019,284690,156,842,1,1,x\n"));
        // Other names may be anybody's, and so may letters for countries.
        let text = "year,exporter,importer,hs6,value\n2019,156,842,284690,1\n";
        let error = reading(text, &silent).unwrap_err();
        assert!(
            error.contains(
                "the header does not say what the values in 'value' are counted in; set data.unit (--unit)"
            ),
            "{error}"
        );
        let letters = reading("t,i,j,k,v,q\n2019,CHN,USA,284690,1,1\n", &silent).unwrap();
        assert!(
            matches!(&letters, Reading::Table(layout) if layout.in_words().contains("v in thousand USD"))
        );
        assert!(letters.is_baci(), "files of a year each");
        for text in ["t;i;j;k;v;q\n", "t,i,j,k,v,q,flow\n", &format!("t,i,j,k,v,q{}\n", ",x".repeat(40))] {
            assert!(matches!(reading(text, &silent), Ok(Reading::Table(_))), "{text}");
        }
        let usd = TableOptions { unit: Some(super::super::ValueUnit::Usd), ..TableOptions::default() };
        assert!(matches!(reading("t,i,j,k,v,q\n", &usd), Ok(Reading::Table(_))));
    }

    #[test]
    fn what_is_not_understood_is_said_with_lines_to_paste() {
        let silent = TableOptions::default();
        let error = reading("anno,reporter,partner,hs6,valor\n", &silent).unwrap_err();
        assert!(error.starts_with("t.csv:1: no column is known as the year, the value; the header has: anno, reporter, partner, hs6, valor."), "{error}");
        assert!(
            error.contains("[data.columns]\n    year = \"...\"\n") && error.contains("product = \"hs6\""),
            "{error}"
        );
        let error = reading("t,i,j,k,q,q2\n", &silent).unwrap_err();
        assert!(
            error.starts_with(
                "t.csv:1: there is no column v; the header is 't,i,j,k,q,q2', BACI's is 't,i,j,k,v,q'"
            ),
            "{error}"
        );
        let error = reading("2019,156,842,850511,1,2\n", &silent).unwrap_err();
        assert!(error.contains("the line is no header, since it begins with numbers"), "{error}");
    }

    #[test]
    fn a_table_of_trade_is_known_before_all_is_said() {
        let silent = TableOptions::default();
        let is_trade = |text: &str| Reading::is_trade(&TableHeader::of(text.as_bytes()).unwrap(), &silent);
        assert!(is_trade("year,reporter,partner,hs6,value_usd\n"), "the direction is missing");
        assert!(is_trade("year,origin,destination,hs6,value\n"), "the unit is missing");
        for text in ["year,iso3,exports\n", "input,output,source\n", "iso3,year,pv_rank\n"] {
            assert!(!is_trade(text), "{text}");
        }
    }
}
