//! Entry points for fuzzing: each takes any bytes, reads them as one kind of input, and must not panic.

mod finished;

use std::path::Path;

use crate::ingest::baci::{FlowText, ReadOptions, ShortCodes, UnknownCountry, parse_flows};
use crate::ingest::codes::{parse_country_codes, parse_product_codes};
use crate::ingest::{Governance, IngestError};
use crate::nomenclature::Countries;
use crate::study::Study;
use crate::value_chain::edge_list::parse_edge_list;
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
