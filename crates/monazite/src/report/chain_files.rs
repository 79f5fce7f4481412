//! `chain/nodes.csv`, `chain/edges.csv` and `chain/sources.csv`.

use crate::run_folder::tables::{CHAIN_EDGES, CHAIN_NODES, CHAIN_SOURCES};
use crate::run_folder::{CsvTable, cell};
use crate::run_folder::{FolderError, RunFolder};
use crate::trade::FlowSource;
use crate::value_chain::built::BuiltChain;
use crate::value_chain::sources::{SourceKind, Sources};
use crate::value_chain::{Link, ValueChain};

/// Writes the products of the chain with their tiers, every proposed link with what became of it, and who proposed it.
///
/// # Errors
/// [`FolderError::Io`].
pub fn write(folder: &mut RunFolder, store: &dyn FlowSource, built: &BuiltChain) -> Result<(), FolderError> {
    let chain = &built.chain;
    let mut nodes = CsvTable::of(&CHAIN_NODES);
    for (product, tier) in chain.products() {
        let description = store.description(product).unwrap_or("").to_owned();
        nodes.row(&[product.to_string(), description, tier.to_string()]);
    }
    nodes.write(folder, CHAIN_NODES.file)?;
    if chain.links().is_empty() && chain.dropped().is_empty() {
        return Ok(());
    }
    write_edges(folder, chain)?;
    write_sources(folder, &built.gathered.evidence.sources)
}

fn write_edges(folder: &mut RunFolder, chain: &ValueChain) -> Result<(), FolderError> {
    let mut edges = CsvTable::of(&CHAIN_EDGES);
    let mut row = |link: &Link, kept: bool, reason: String| {
        edges.row(&[
            link.input.to_string(),
            link.output.to_string(),
            link.votes.map_or_else(String::new, |v| v.to_string()),
            cell(link.rho),
            cell(link.z),
            cell(link.p),
            cell(link.q),
            kept.to_string(),
            reason,
            link.source.clone(),
        ]);
    };
    for link in chain.links() {
        row(link, true, link.forced.as_ref().map_or_else(String::new, |by| format!("forced by {by}")));
    }
    for dropped in chain.dropped() {
        row(&dropped.link, false, dropped.reason.to_string());
    }
    edges.write(folder, CHAIN_EDGES.file)
}

/// One row for each source of each link; not written where one list says it all.
fn write_sources(folder: &mut RunFolder, sources: &Sources) -> Result<(), FolderError> {
    if sources.files.len() < 2 && sources.files.iter().all(|f| f.kind == SourceKind::EdgeList) {
        return Ok(());
    }
    let mut table = CsvTable::of(&CHAIN_SOURCES);
    for ((input, output), mentions) in &sources.mentions {
        for mention in mentions {
            let Some(file) = sources.files.get(mention.file) else { continue };
            let whole = |n: Option<u32>| n.map_or_else(String::new, |n| n.to_string());
            table.row(&[
                input.to_string(),
                output.to_string(),
                file.name.clone(),
                file.kind.key().to_owned(),
                mention.line.to_string(),
                whole(mention.tally.map(|t| t.votes)),
                whole(mention.tally.map(|t| t.runs)),
                cell(mention.score),
                mention.citation.clone(),
            ]);
        }
    }
    table.write(folder, CHAIN_SOURCES.file)
}
