//! Entry points for fuzzing: each takes any bytes, reads them as one kind of input, and must not panic.

mod finished;

use std::path::Path;

use crate::delimited::Table;
use crate::ingest::baci::{FlowText, ReadOptions, ShortCodes, UnknownCountry, parse_flows};
use crate::ingest::codes::{parse_country_codes, parse_product_codes};
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

/// A BACI trade file, strictly and leniently. What is accepted must be accounted for, row by row.
pub fn trade_file(bytes: &[u8]) {
    let countries = Countries::builtin();
    let lenient = ReadOptions { unknown_country: UnknownCountry::Drop, short_codes: ShortCodes::Pad };
    for options in [ReadOptions::default(), lenient] {
        let mut taken = 0;
        let text = FlowText {
            name: "fuzz.csv",
            reader: Box::new(bytes),
            on_error: &|e| IngestError::Io { file: "fuzz.csv".to_owned(), source: e },
        };
        let report = parse_flows::<(), u64, IngestError>(
            text,
            &countries,
            options,
            |(), rows| {
                assert!(
                    rows.iter().all(|r| r.value > 0.0 && r.value.is_finite() && r.exporter != r.importer)
                );
                rows.len() as u64
            },
            |rows| {
                taken += rows;
                Ok(())
            },
            |_| {},
        );
        match report {
            Ok(report) => {
                assert_eq!(report.account.rows_read, taken + report.account.dropped_rows());
            }
            Err(error) => assert!(error.to_string().contains("fuzz.csv")),
        }
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
        let out = network.below_score + network.within_heading + network.without_code + network.unplaced_rows;
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
