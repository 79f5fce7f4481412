//! Entry points for fuzzing: each takes any bytes, reads them as one kind of input, and must not panic.

mod finished;

use std::path::Path;

use crate::delimited::Table;
use crate::ingest::baci::{FlowRow, FlowText, ReadOptions, ShortCodes, UnknownCountry, parse_flows};
use crate::ingest::cells::CellBlock;
use crate::ingest::codes::{parse_country_codes, parse_product_codes};
use crate::ingest::foreign::parquet::ParquetTable;
use crate::ingest::foreign::signature::{contradiction, kind_of, refusal_of};
use crate::ingest::foreign::{ForeignError, StataTable};
use crate::ingest::own_table::TableOptions;
use crate::ingest::{Governance, IngestError};
use crate::nomenclature::code_search::search_codes;
use crate::nomenclature::names::{find, split_names};
use crate::nomenclature::{Countries, HsEdition};
use crate::study::Study;
use crate::value_chain::compare::ComparedNetwork;
use crate::value_chain::edge_list::parse_edge_list;
use crate::value_chain::product_codes::ProductCodes;
use crate::value_chain::published::PublishedNetwork;
use crate::value_chain::{CyclePolicy, ValueChain};
pub use finished::{run_folder, run_folder_seeds, store, store_seeds};

/// What came of a trade file: its rows and its account, or its error up to the line.
type TradeText = Result<(Vec<FlowRow>, String), String>;

fn read_trade(bytes: &[u8], options: ReadOptions, careful: bool) -> TradeText {
    let (countries, table) = (Countries::builtin(), TableOptions::default());
    let mut taken = Vec::new();
    let text = FlowText {
        name: "fuzz.csv",
        reader: Box::new(bytes),
        on_error: &|e| IngestError::Io { file: "fuzz.csv".to_owned(), source: e },
        table: &table,
        careful,
    };
    let prepare = |(): &mut (), rows: &[FlowRow]| rows.to_vec();
    let take = |rows: Vec<FlowRow>| {
        taken.extend(rows);
        Ok(())
    };
    let report = parse_flows::<(), _, IngestError>(text, &countries, options, prepare, take, |_| {});
    match report {
        Ok(report) => {
            assert!(taken.iter().all(|r| r.value > 0.0 && r.value.is_finite() && r.exporter != r.importer));
            assert_eq!(report.account.rows_read, taken.len() as u64 + report.account.dropped_rows());
            Ok((taken, format!("{:?} {:?} {}", report.account, report.shared, report.sha256)))
        }
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("fuzz.csv"));
            // Up to the line: the two ways find what is wrong with a line in their own order.
            Err(text.splitn(3, ':').take(2).collect::<Vec<_>>().join(":"))
        }
    }
}

/// A trade file, strictly and leniently. What is accepted must be accounted for, row by row; and what BACI's own reader makes of a text is what
/// the reader of any table makes of it.
pub fn trade_file(bytes: &[u8]) {
    let lenient = ReadOptions { unknown_country: UnknownCountry::Drop, short_codes: ShortCodes::Pad };
    for options in [ReadOptions::default(), lenient] {
        let (quick, careful) = (read_trade(bytes, options, false), read_trade(bytes, options, true));
        match (&quick, &careful) {
            (Ok((rows, account)), Ok((others, other_account))) => {
                assert_eq!(format!("{rows:?}"), format!("{others:?}"));
                assert_eq!(account, other_account);
            }
            (Err(quick), Err(careful)) => assert_eq!(quick, careful),
            _ => panic!("one way takes what the other refuses: {quick:?}, {careful:?}"),
        }
    }
}

/// A small table: as it is, and in another dialect, it is the same table or an error; never a panic.
pub fn small_table(bytes: &[u8]) {
    if let Ok(table) = Table::parse(bytes, "fuzz.csv") {
        for row in &table.rows {
            for column in 0..row.fields.len() {
                assert!(
                    table.number(row, column).is_ok_and(f64::is_finite) || table.number(row, column).is_err()
                );
            }
        }
        let text = crate::delimited::decoded(bytes);
        let utf16: Vec<u8> =
            std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        let again = Table::parse(&utf16, "fuzz.csv");
        assert_eq!(again.map(|again| again.rows), Ok(table.rows));
    }
}

/// A study file. What is accepted must come back from its own text.
pub fn study_file(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (study, problems) = Study::parse(text, Path::new("fuzz.toml"));
    if problems.is_empty() {
        let (again, none) = Study::parse(&study.to_toml(), Path::new("fuzz.toml"));
        assert_eq!((again, none.len()), (study, 0));
    } else {
        assert!(!study.error(problems).to_string().is_empty());
    }
}

/// An edge list, and the chain that is built from it.
pub fn edge_list(bytes: &[u8]) {
    if let Ok(links) = parse_edge_list(bytes, "fuzz.csv") {
        let seeds = [links[0].input];
        for policy in [CyclePolicy::Reject, CyclePolicy::Greedy, CyclePolicy::Tiered] {
            if let Ok(chain) = ValueChain::build(links.clone(), &seeds, policy) {
                for link in chain.links() {
                    let (input, output) = (chain.tier(link.input), chain.tier(link.output));
                    assert!(
                        output <= input.map(|t| t + 1),
                        "a tier is at most one more than that of an input"
                    );
                }
            }
        }
    }
}

/// A published network, as a chain reads it and as it is compared. Links are between codes of the trade, and every row is in one count.
pub fn published_network(bytes: &[u8]) {
    let Ok(table) = Table::parse(bytes, "fuzz.csv") else { return };
    let codes = ProductCodes::of_edition(HsEdition::Hs07);
    if let Ok(network) = PublishedNetwork::parse(&table, "fuzz.csv", &codes, None, Some(0.1)) {
        assert!(network.links.keys().all(|(i, o)| i != o && codes.has(*i) && codes.has(*o)));
        let out = network.below_score
            + network.within_heading
            + network.to_itself
            + network.without_code
            + network.unplaced_rows;
        assert!(network.rows == table.rows.len() as u64 && out <= network.rows);
    }
    let _ = ComparedNetwork::parse(&table, None, 1);
}

/// A text that should name a country, and words that should name a code. A country that is found goes by its own code, whatever the text.
pub fn names(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    match find(&text) {
        Ok(country) => assert_eq!(find(&country.iso3).map(|again| &again.iso3), Ok(&country.iso3)),
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = split_names(&text);
    // What looks like a word that nobody knows takes long to find, and its finding is that of the names above.
    if text.len() & 7 == 0 {
        let found = search_codes(&text, Some(HsEdition::Hs17));
        assert!(found.codes.iter().all(|c| c.editions.contains(HsEdition::Hs17)));
    }
}

/// The code tables of a release.
pub fn code_tables(bytes: &[u8]) {
    // Any answer will do, as long as there is one.
    let _ = parse_country_codes(bytes, "fuzz.csv");
    let _ = parse_product_codes(bytes, "fuzz.csv");
}

/// A file of the Governance Indicators in any layout.
pub fn governance_file(bytes: &[u8]) {
    let _ = Governance::parse(bytes, "fuzz.csv");
}

/// So many blocks of a table are read: a damaged one may say that it repeats a row for ever.
const BLOCKS: usize = 8;

/// What ends the reading of a table.
struct Enough;

impl From<ForeignError> for Enough {
    fn from(error: ForeignError) -> Self {
        assert!(error.to_string().starts_with("fuzz."), "{error}");
        Self
    }
}

/// Counts blocks, and sees that they are whole.
fn blocks() -> impl FnMut(&CellBlock) -> Result<(), Enough> {
    let mut left = BLOCKS;
    move |block| {
        left -= 1;
        for column in 0..block.columns.len() {
            let _ = block.cell(block.rows - 1, column);
        }
        if left == 0 { Err(Enough) } else { Ok(()) }
    }
}

/// A Parquet file that somebody else wrote: all columns at once, and each alone.
pub fn parquet_table(bytes: &[u8]) {
    match ParquetTable::from_bytes(bytes.to_vec(), "fuzz.parquet") {
        Ok(table) => {
            let columns: Vec<usize> = (0..table.column_names().len().min(64)).collect();
            let _ = table.read(&columns, &mut blocks());
            for column in columns {
                let _ = table.read(&[column], &mut blocks());
            }
        }
        Err(error) => drop(Enough::from(error)),
    }
}

/// A table of Stata: all variables, and the labels of each.
pub fn stata_table(bytes: &[u8]) {
    match StataTable::from_bytes(bytes.to_vec(), "fuzz.dta") {
        Ok(table) => {
            let columns: Vec<usize> = (0..table.column_names().len().min(64)).collect();
            let _ = table.read(&columns, &mut blocks());
            for column in columns {
                if let Err(error) = table.labels(column) {
                    drop(Enough::from(error));
                }
            }
        }
        Err(error) => drop(Enough::from(error)),
    }
}

/// What a file is by its first bytes; a refusal has words.
pub fn first_bytes(bytes: &[u8]) {
    for name in ["fuzz.csv", "fuzz.parquet", "fuzz"] {
        let kind = kind_of(bytes, name);
        assert!(!kind.described().is_empty());
        assert!(refusal_of(kind, name).is_none_or(|words| words.contains("; ")));
        let _ = contradiction(kind, name);
    }
}
