//! `chain/nodes.csv` and `chain/edges.csv`.

use crate::panel::run::{CsvTable, cell};
use crate::report::{FolderError, RunFolder};
use crate::trade::Store;
use crate::value_chain::{Link, ValueChain};

/// Writes the products of the chain with their tiers, and every link with what became of it.
///
/// # Errors
/// [`FolderError::Io`].
pub fn write(folder: &mut RunFolder, store: &Store, chain: &ValueChain) -> Result<(), FolderError> {
    let mut nodes = CsvTable::new(&["product", "description", "tier"]);
    for (product, tier) in chain.products() {
        let description = store.description(product).unwrap_or("").to_owned();
        nodes.row(&[product.to_string(), description, tier.to_string()]);
    }
    nodes.write(folder, "chain/nodes.csv")?;
    if chain.links().is_empty() && chain.dropped().is_empty() {
        return Ok(());
    }
    let mut edges =
        CsvTable::new(&["input", "output", "votes", "rho", "z", "p", "q", "kept", "reason", "source"]);
    let mut row = |link: &Link, kept: bool, reason: String| {
        edges.row(&[
            link.input.to_string(),
            link.output.to_string(),
            link.votes.map_or_else(String::new, |v| v.to_string()),
            String::new(),
            cell(link.z),
            String::new(),
            String::new(),
            kept.to_string(),
            reason,
            link.source.clone(),
        ]);
    };
    for link in chain.links() {
        row(link, true, String::new());
    }
    for dropped in chain.dropped() {
        row(&dropped.link, false, dropped.reason.to_string());
    }
    edges.write(folder, "chain/edges.csv")
}
