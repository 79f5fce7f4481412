//! Reading a plain edge list: one link a line, with its source.

use std::path::Path;

use super::error::ChainError;
use super::link::Link;
use crate::delimited::Table;
use crate::nomenclature::Hs6;

/// Reads links from a csv with the columns `input`, `output` and, if wanted, `source`.
///
/// Other columns are left alone, so that a list may carry notes. Lines that start with `#` are comments.
///
/// # Errors
/// [`ChainError::Table`] if the file cannot be read, has no such columns, holds a code that is not six
/// digits, or a link from a product to itself; [`ChainError::Empty`] if it has no link.
pub fn read_edge_list(path: &Path) -> Result<Vec<Link>, ChainError> {
    links_of(&Table::read(path)?)
}

/// Reads links from the bytes of an edge list; `file` is named in errors.
///
/// # Errors
/// As [`read_edge_list`].
pub fn parse_edge_list(text: &[u8], file: &str) -> Result<Vec<Link>, ChainError> {
    links_of(&Table::parse(text, file)?)
}

pub(super) fn links_of(table: &Table) -> Result<Vec<Link>, ChainError> {
    let input = table.require(&["input"])?;
    let output = table.require(&["output"])?;
    let source = table.column(&["source"]);
    let mut links = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let code = |column: usize| -> Result<Hs6, ChainError> {
            row.get(column).parse::<Hs6>().map_err(|e| table.field_error(row, column, e.to_string()).into())
        };
        let (input, made) = (code(input)?, code(output)?);
        if input == made {
            let message = format!("{made} is listed as an input of itself; remove the line");
            return Err(table.field_error(row, output, message).into());
        }
        links.push(Link {
            source: source.map_or_else(String::new, |s| row.get(s).to_owned()),
            line: Some(row.line),
            ..Link::curated(input, made)
        });
    }
    if links.is_empty() {
        return Err(ChainError::Empty { file: table.file.clone() });
    }
    Ok(links)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_links_notes_and_comments() {
        let text = "\u{feff}input,output,source,note\r\n# a comment\r\n284690,280530,\"USGS, 2024\",reduction\r\n280530,850511,,\r\n";
        let links = parse_edge_list(text.as_bytes(), "chain.csv").unwrap();
        assert_eq!(links.len(), 2);
        assert_eq!(links[0].source, "USGS, 2024");
        assert_eq!(links[0].line, Some(3));
    }

    #[test]
    fn errors_name_file_line_and_value() {
        let error = |text: &str| parse_edge_list(text.as_bytes(), "chain.csv").unwrap_err().to_string();
        assert_eq!(
            error("input,output\n284690,28053\n"),
            "chain.csv:2: column output: '28053' has 5 digits; HS6 codes have six (a leading zero may be lost)"
        );
        assert_eq!(
            error("from,to\n284690,280530\n"),
            "chain.csv: there is no column input; the file has: from, to"
        );
        assert_eq!(
            error("input,output\n284690,284690\n"),
            "chain.csv:2: column output: 284690 is listed as an input of itself; remove the line"
        );
        assert_eq!(error("input,output\n"), "chain.csv: the edge list has no links");
        assert_eq!(error(""), "chain.csv: the file is empty");
    }
}
