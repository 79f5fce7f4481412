//! The value chain with the places that its products have in the printed figure.

use serde::Serialize;

use super::rounded::Rounded;
use crate::delimited::Row;
use crate::report::figures::network::size_of;
use crate::report::figures::network_layout::{LayoutInput, layout};
use crate::run::{Run, RunError};

/// Width of the layout; places are shares of it.
const WIDTH: f64 = 1000.0;
/// Least distance of two products in a row, in the same units: a code has room.
const SPACING: f64 = 27.0;

/// Products and links.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Chain {
    tiers: usize,
    nodes: Vec<Node>,
    links: Vec<Link>,
}

/// A product and its place.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Node {
    product: String,
    tier: u8,
    /// From 0 to 1.
    x: Rounded,
    /// Row within the tier, from 0 on.
    row: usize,
    /// Size of its mark; 1 for a seed.
    size: Rounded,
}

/// A link, kept or not.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Link {
    input: String,
    output: String,
    kept: bool,
    reason: Option<String>,
    votes: Rounded,
    z: Rounded,
    p: Rounded,
    q: Rounded,
    source: Option<String>,
}

/// A link without what speaks for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
struct Pair {
    input: String,
    output: String,
    kept: bool,
}

/// [`Chain`] as the first view draws it: links that are kept, and no more of them than that they are there.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Drawn {
    tiers: usize,
    nodes: Vec<Node>,
    links: Vec<Pair>,
}

impl Chain {
    /// What the first view draws of it.
    pub(super) fn drawn(self) -> Drawn {
        let kept = self.links.into_iter().filter(|link| link.kept);
        let links = kept.map(|link| Pair { input: link.input, output: link.output, kept: true }).collect();
        Drawn { tiers: self.tiers, nodes: self.nodes, links }
    }
}

/// The chain of a run; `None` if it has no links at all.
pub(super) fn chain(run: &Run) -> Result<Option<Chain>, RunError> {
    let tables = run.chain()?;
    let links = links(run)?;
    if links.is_empty() {
        return Ok(None);
    }
    let tiers: Vec<u8> = tables.products.iter().map(|product| product.tier).collect();
    let deepest = tiers.iter().copied().max().unwrap_or(0);
    let of_tiers = vec![SPACING; usize::from(deepest) + 1];
    // One unit of height a row, none between tiers: a height counts the rows before it.
    let rows = vec![1.0; of_tiers.len()];
    let input = LayoutInput {
        tiers: &tiers,
        links: &tables.links,
        width: WIDTH,
        spacing: &of_tiers,
        row: &rows,
        gap: 1.0,
    };
    let laid = layout(input);
    let first_row = |tier: u8| laid.tiers.iter().find(|of| of.0 == tier).map_or(0.0, |of| of.1[0]);
    let nodes = tables
        .products
        .iter()
        .zip(&laid.places)
        .map(|(product, place)| Node {
            product: product.code.clone(),
            tier: product.tier,
            x: (place[0] / WIDTH).into(),
            row: libm::round(place[1] - first_row(product.tier)) as usize,
            size: size_of(product.tier).into(),
        })
        .collect();
    Ok(Some(Chain { tiers: usize::from(deepest) + 1, nodes, links }))
}

fn links(run: &Run) -> Result<Vec<Link>, RunError> {
    let Some(table) = run.table("chain/edges.csv")? else { return Ok(Vec::new()) };
    let (input, output, kept) =
        (table.require(&["input"])?, table.require(&["output"])?, table.require(&["kept"])?);
    let text = |row: &Row, name: &str| {
        let text = table.column(&[name]).map_or("", |column| row.get(column));
        Some(text.to_owned()).filter(|text| !text.is_empty())
    };
    let number = |row: &Row, name: &str| text(row, name).and_then(|text| text.parse::<f64>().ok()).into();
    let link = |row: &Row| Link {
        input: row.get(input).to_owned(),
        output: row.get(output).to_owned(),
        kept: row.get(kept) == "true",
        reason: text(row, "reason"),
        votes: number(row, "votes"),
        z: number(row, "z"),
        p: number(row, "p"),
        q: number(row, "q"),
        source: text(row, "source"),
    };
    Ok(table.rows.iter().map(link).collect())
}
