//! Which columns of a published network are the two ends of a link, and what its header says of its codes.

use crate::delimited::{Table, TableError};
use crate::nomenclature::HsEdition;

/// The columns of a network.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NetworkColumns {
    pub(super) input: usize,
    pub(super) output: usize,
    pub(super) score: Option<usize>,
    /// The edition that the header names.
    pub(super) edition: Option<HsEdition>,
    /// What is to be said of how the header was read.
    pub(super) note: Option<String>,
}

/// What the two ends are called, the first pair that a file has.
const PAIRS: [(&[&str], &[&str]); 9] = [
    (&["input", "inputs"], &["output", "outputs"]),
    (&["upstream"], &["downstream"]),
    (&["from"], &["to"]),
    (&["source", "src"], &["target", "tgt", "destination", "dest"]),
    (&["in"], &["out"]),
    (&["up"], &["down"]),
    (&["origin"], &["destination", "dest", "target"]),
    (&["supplier", "supplying"], &["user", "using", "buyer", "customer"]),
    (&["parent"], &["child"]),
];
const SCORE: [&str; 5] = ["score", "weight", "probability", "confidence", "importance_score"];

impl NetworkColumns {
    /// Finds the two ends: columns whose name is a word of a pair, whatever says besides that it is a code of the HS (`hs6_in`,
    /// `input_code`, `hs2012_code_upstream`).
    ///
    /// # Errors
    /// [`TableError::MissingColumn`], with the columns that the file has.
    pub(super) fn of(table: &Table) -> Result<Self, TableError> {
        let headers: Vec<Header> = table.header.iter().map(|name| Header::read(name)).collect();
        let called = |words: &[&str]| {
            let fits = |(_, h): &(usize, &Header)| h.rest.len() == 1 && words.contains(&h.rest[0].as_str());
            headers.iter().enumerate().filter(fits).min_by_key(|(at, h)| (h.coarse, *at)).map(|(at, _)| at)
        };
        for (inputs, outputs) in PAIRS {
            let (Some(input), Some(output)) = (called(inputs), called(outputs)) else { continue };
            let edition = headers[input].edition.or(headers[output].edition);
            let note = (inputs[0] == "parent").then(|| {
                format!(
                    "The columns {} and {} of {} are read as input and output; if the parent is what is made of the child, call them output and input.",
                    table.header[input], table.header[output], table.file
                )
            });
            return Ok(Self { input, output, score: table.column(&SCORE), edition, note });
        }
        let words = |end: fn(&(&'static [&'static str], &'static [&'static str])) -> &'static str| {
            PAIRS.iter().map(end).collect::<Vec<_>>()
        };
        let inputs = words(|pair| pair.0[0]);
        Err(match table.require(&inputs) {
            Err(missing) if inputs.iter().all(|word| called(&[word]).is_none()) => missing,
            _ => TableError::MissingColumn {
                file: table.file.clone(),
                wanted: words(|pair| pair.1[0]).join(" or "),
                found: table.header.join(", "),
            },
        })
    }
}

/// The words of the name of a column.
struct Header {
    /// What is left without the words that say that it is a code.
    rest: Vec<String>,
    edition: Option<HsEdition>,
    /// 0 for six digits, 1 where it is not said, 2 for four.
    coarse: u8,
}

impl Header {
    fn read(name: &str) -> Self {
        let mut words: Vec<String> = Vec::new();
        let mut before = ' ';
        for c in name.chars() {
            // inputCode, HS6Input
            let begins = c.is_uppercase() && (before.is_lowercase() || before.is_ascii_digit());
            if !c.is_alphanumeric() {
                words.push(String::new());
            } else {
                if begins || words.is_empty() {
                    words.push(String::new());
                }
                if let Some(word) = words.last_mut() {
                    word.extend(c.to_lowercase());
                }
            }
            before = c;
        }
        words.retain(|word| !word.is_empty());
        let mut header = Self { rest: Vec::new(), edition: None, coarse: 1 };
        for word in words {
            let year = word.strip_prefix("hs").unwrap_or(&word);
            let edition = HsEdition::ALL.into_iter().find(|e| {
                year == e.first_year().to_string() || (word.starts_with("hs") && e.baci_name()[2..] == *year)
            });
            match word.as_str() {
                _ if edition.is_some() => header.edition = edition,
                "hs6" | "6" | "6d" | "6digit" => header.coarse = 0,
                "hs4" | "4" | "4d" | "4digit" => header.coarse = 2,
                "hs" | "code" | "codes" | "product" | "products" | "prod" | "commodity" | "cmd" | "id"
                | "node" | "digit" | "digits" | "good" | "heading" => {}
                _ => header.rest.push(word),
            }
        }
        header
    }
}

/// The edition that a comment line such as `# edition: HS07` names.
pub(super) fn edition_in(bytes: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(bytes);
    text.trim_start_matches('\u{feff}')
        .split(['\n', '\r'])
        .take_while(|line| line.starts_with('#') || line.trim().is_empty())
        .find_map(|line| {
            let (key, value) = line.trim_start_matches('#').split_once([':', '='])?;
            key.trim().eq_ignore_ascii_case("edition").then(|| value.trim().to_owned())
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &str) -> Result<(String, String, Option<HsEdition>), String> {
        let table = Table::parse(format!("{header}\n").as_bytes(), "net.csv").unwrap();
        let found = NetworkColumns::of(&table).map_err(|e| e.to_string())?;
        Ok((table.header[found.input].clone(), table.header[found.output].clone(), found.edition))
    }

    #[test]
    fn the_headers_in_use_are_known() {
        for (header, input, output, edition) in [
            ("input,output", "input", "output", None),
            (
                "hs2012_code_upstream,hs2012_code_downstream",
                "hs2012_code_upstream",
                "hs2012_code_downstream",
                Some(HsEdition::Hs12),
            ),
            ("id,source,target,weight", "source", "target", None),
            ("input,output,source", "input", "output", None),
            ("From,To", "From", "To", None),
            ("hs6_in,hs6_out", "hs6_in", "hs6_out", None),
            ("input_code,input_name,output_code,output_name", "input_code", "output_code", None),
            ("inputHs6,outputHs6", "inputHs6", "outputHs6", None),
            ("input_hs4,input_hs6,output_hs4,output_hs6", "input_hs6", "output_hs6", None),
            ("HS17 upstream;HS17 downstream", "HS17 upstream", "HS17 downstream", Some(HsEdition::Hs17)),
            (
                "upstream_description,upstream,downstream_description,downstream",
                "upstream",
                "downstream",
                None,
            ),
            ("source_hs,target_hs", "source_hs", "target_hs", None),
            ("parent,child", "parent", "child", None),
            ("product_from,product_to", "product_from", "product_to", None),
        ] {
            assert_eq!(columns(header), Ok((input.to_owned(), output.to_owned(), edition)), "{header}");
        }
        assert!(
            columns("a,b")
                .unwrap_err()
                .starts_with("net.csv: there is no column input or upstream or from or ")
        );
        assert!(
            columns("input,product")
                .unwrap_err()
                .starts_with("net.csv: there is no column output or downstream or ")
        );
    }

    #[test]
    fn a_header_that_can_be_read_two_ways_is_named() {
        let table = Table::parse(b"parent,child\n8505,8501\n", "net.csv").unwrap();
        assert!(
            NetworkColumns::of(&table)
                .unwrap()
                .note
                .unwrap()
                .starts_with("The columns parent and child of net.csv")
        );
    }
}
