//! A network against a reference: what it found, what it missed, what it has beyond.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::error::ChainError;
use super::link::Link;
use super::network::ValueChain;
use super::tier::{reachable, tiers_from};
use crate::delimited::{Table, TableError};
use crate::nomenclature::Hs6;

/// Links with what is needed to compare them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ComparedNetwork {
    /// The links.
    pub links: BTreeSet<(Hs6, Hs6)>,
    /// Products at tier 0, where a run says which they are.
    pub seeds: BTreeSet<Hs6>,
    /// Texts of products.
    pub descriptions: BTreeMap<Hs6, String>,
    /// Groups that a reference sorts its links into (column `chain`); empty if it does not.
    pub groups: BTreeMap<(Hs6, Hs6), String>,
}

impl ComparedNetwork {
    /// The network of a finished chain.
    pub fn of(chain: &ValueChain) -> Self {
        Self {
            links: chain.links().iter().map(|l| (l.input, l.output)).collect(),
            seeds: chain.products().filter(|p| p.1 == 0).map(|p| p.0).collect(),
            ..Self::default()
        }
    }

    /// Reads a network: the folder of a run, or a csv with `input` and `output`.
    ///
    /// Of a run, the links that were kept. Of a csv with a column `kept`, the rows where it is `true`; with a column `run` (a
    /// candidates file), the links that at least `votes` runs name; else all rows.
    ///
    /// # Errors
    /// [`ChainError::Table`] if the file cannot be read, a column is missing, or a code is not six digits.
    pub fn read(path: &Path, votes: u32) -> Result<Self, ChainError> {
        if !path.is_dir() {
            return Self::parse(&Table::read(path)?, votes);
        }
        let folder = if path.join("chain").is_dir() { path.join("chain") } else { path.to_owned() };
        let mut network = Self::parse(&Table::read(&folder.join("edges.csv"))?, votes)?;
        let nodes = Table::read(&folder.join("nodes.csv"))?;
        let (product, tier) = (nodes.require(&["product"])?, nodes.require(&["tier"])?);
        let description = nodes.column(&["description"]);
        for row in &nodes.rows {
            let code = parse(&nodes, row, product)?;
            if row.get(tier) == "0" {
                network.seeds.insert(code);
            }
            if let Some(text) = description.map(|d| row.get(d)).filter(|t| !t.is_empty()) {
                network.descriptions.insert(code, text.to_owned());
            }
        }
        Ok(network)
    }

    /// Reads the links of a table; see [`ComparedNetwork::read`].
    ///
    /// # Errors
    /// As [`ComparedNetwork::read`].
    pub fn parse(table: &Table, votes: u32) -> Result<Self, ChainError> {
        let (input, output) =
            (table.require(&["input", "input_hs6"])?, table.require(&["output", "output_hs6"])?);
        let kept = table.column(&["kept"]);
        let run = table.column(&["run", "run_id"]);
        let group = table.column(&["chain"]);
        let mut network = Self::default();
        let mut named_by: BTreeMap<(Hs6, Hs6), BTreeSet<&str>> = BTreeMap::new();
        for row in &table.rows {
            if kept.is_some_and(|k| row.get(k) != "true") {
                continue;
            }
            if run.is_some() && (row.get(input).is_empty() || row.get(output).is_empty()) {
                continue;
            }
            let link = (parse(table, row, input)?, parse(table, row, output)?);
            if let Some(run) = run {
                named_by.entry(link).or_default().insert(row.get(run));
                if named_by[&link].len() < votes as usize {
                    continue;
                }
            }
            network.links.insert(link);
            if let Some(group) = group.map(|g| row.get(g)).filter(|g| !g.is_empty()) {
                network.groups.insert(link, group.to_owned());
            }
        }
        Ok(network)
    }

    fn tiers(&self, seeds: &BTreeSet<Hs6>) -> BTreeMap<Hs6, u8> {
        let seeds: Vec<Hs6> = seeds.iter().copied().collect();
        tiers_from(&self.plain_links(), &seeds)
    }

    fn plain_links(&self) -> Vec<Link> {
        self.links.iter().map(|&(i, o)| Link::curated(i, o)).collect()
    }

    /// Products that nothing in the network goes into.
    fn roots(&self) -> BTreeSet<Hs6> {
        let outputs: BTreeSet<Hs6> = self.links.iter().map(|l| l.1).collect();
        self.links.iter().map(|l| l.0).filter(|i| !outputs.contains(i)).collect()
    }
}

fn parse(table: &Table, row: &crate::delimited::Row, column: usize) -> Result<Hs6, TableError> {
    row.get(column).parse::<Hs6>().map_err(|e| table.field_error(row, column, e.to_string()))
}

/// How much of one set another has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    /// Members of both.
    pub shared: usize,
    /// Members of the network.
    pub network: usize,
    /// Members of the reference.
    pub reference: usize,
}

impl Overlap {
    fn of<T: Ord>(network: &BTreeSet<T>, reference: &BTreeSet<T>) -> Self {
        Self {
            shared: network.intersection(reference).count(),
            network: network.len(),
            reference: reference.len(),
        }
    }

    /// Share of the network that is in the reference, in 0..=1; `None` for an empty network.
    pub fn precision(&self) -> Option<f64> {
        (self.network > 0).then(|| self.shared as f64 / self.network as f64)
    }

    /// Share of the reference that is in the network, in 0..=1; `None` for an empty reference.
    pub fn recall(&self) -> Option<f64> {
        (self.reference > 0).then(|| self.shared as f64 / self.reference as f64)
    }

    /// Harmonic mean of precision and recall, in 0..=1; `None` if one of them is undefined, 0 if both are 0.
    pub fn f1(&self) -> Option<f64> {
        let (p, r) = (self.precision()?, self.recall()?);
        Some(if p + r > 0.0 { 2.0 * p * r / (p + r) } else { 0.0 })
    }
}

/// The links of one tier, or of one group of the reference.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PartOverlap {
    /// Tier of the output, or name of the group; empty for outputs that no seed reaches.
    pub part: String,
    /// Links of the reference in this part.
    pub reference: usize,
    /// Those of them that the network has.
    pub found: usize,
    /// Links of the network in this part, by the network's own tiers.
    pub network: usize,
    /// Those of them that the reference has.
    pub confirmed: usize,
}

impl PartOverlap {
    /// Share of the part's links of the network that the reference has, in 0..=1; `None` if there are none.
    pub fn precision(&self) -> Option<f64> {
        (self.network > 0).then(|| self.confirmed as f64 / self.network as f64)
    }

    /// Share of the part's links of the reference that the network has, in 0..=1; `None` if there are none.
    pub fn recall(&self) -> Option<f64> {
        (self.reference > 0).then(|| self.found as f64 / self.reference as f64)
    }
}

/// A link that only one side has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoneLink {
    /// The input.
    pub input: Hs6,
    /// The output.
    pub output: Hs6,
    /// Whether the other side leads from the input to the output by way of other products.
    pub indirect: bool,
}

/// A network compared with a reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// The links.
    pub links: Overlap,
    /// The links whose input the reference has outputs for: what a reference says nothing about is not held against the network.
    pub covered_links: Overlap,
    /// The products.
    pub products: Overlap,
    /// By tier of the output.
    pub tiers: Vec<PartOverlap>,
    /// By group of the reference, which says nothing about links of the network alone; empty if it has no groups.
    pub groups: Vec<PartOverlap>,
    /// Links of the reference that the network does not have.
    pub missing: Vec<LoneLink>,
    /// Links of the network that the reference does not have.
    pub surplus: Vec<LoneLink>,
}

/// Compares a network with a reference.
///
/// Tiers are counted from the seeds of the network (tier 0 of a run); where it names none, from those of the reference, and
/// where neither does, from the products of the reference that nothing goes into.
///
/// ```
/// use monazite::value_chain::compare::{ComparedNetwork, compare};
/// let hs = |code: &str| code.parse().unwrap();
/// let network = ComparedNetwork { links: [(hs("284690"), hs("280530"))].into(), ..Default::default() };
/// let reference = ComparedNetwork {
///     links: [(hs("284690"), hs("280530")), (hs("280530"), hs("850511"))].into(),
///     ..Default::default()
/// };
/// let comparison = compare(&network, &reference);
/// assert_eq!(comparison.links.precision(), Some(1.0));
/// assert_eq!(comparison.links.recall(), Some(0.5));
/// assert_eq!(comparison.missing[0].output, hs("850511"));
/// ```
pub fn compare(network: &ComparedNetwork, reference: &ComparedNetwork) -> Comparison {
    let seeds = [&network.seeds, &reference.seeds].into_iter().find(|s| !s.is_empty());
    let seeds = seeds.cloned().unwrap_or_else(|| reference.roots());
    let products = |n: &ComparedNetwork| -> BTreeSet<Hs6> {
        n.links.iter().flat_map(|l| [l.0, l.1]).chain(n.seeds.iter().copied()).collect()
    };
    let covered: BTreeSet<Hs6> = reference.links.iter().map(|l| l.0).collect();
    let within: BTreeSet<(Hs6, Hs6)> =
        network.links.iter().copied().filter(|l| covered.contains(&l.0)).collect();
    Comparison {
        links: Overlap::of(&network.links, &reference.links),
        covered_links: Overlap::of(&within, &reference.links),
        products: Overlap::of(&products(network), &products(reference)),
        tiers: by_tier(network, reference, &seeds),
        groups: by_group(network, reference),
        missing: lone(&reference.links, network),
        surplus: lone(&network.links, reference),
    }
}

fn by_tier(
    network: &ComparedNetwork,
    reference: &ComparedNetwork,
    seeds: &BTreeSet<Hs6>,
) -> Vec<PartOverlap> {
    let (own, theirs) = (network.tiers(seeds), reference.tiers(seeds));
    // Outputs that no seed reaches come last.
    let key = |tier: Option<&u8>| tier.map_or(u16::MAX, |t| u16::from(*t));
    let mut parts: BTreeMap<u16, PartOverlap> = BTreeMap::new();
    for link in &reference.links {
        let part = parts.entry(key(theirs.get(&link.1))).or_default();
        part.reference += 1;
        part.found += usize::from(network.links.contains(link));
    }
    for link in &network.links {
        let part = parts.entry(key(own.get(&link.1))).or_default();
        part.network += 1;
        part.confirmed += usize::from(reference.links.contains(link));
    }
    let name = |tier: u16| if tier == u16::MAX { String::new() } else { tier.to_string() };
    parts.into_iter().map(|(tier, part)| PartOverlap { part: name(tier), ..part }).collect()
}

fn by_group(network: &ComparedNetwork, reference: &ComparedNetwork) -> Vec<PartOverlap> {
    let mut parts: BTreeMap<&str, PartOverlap> = BTreeMap::new();
    for (link, group) in &reference.groups {
        let part = parts.entry(group).or_default();
        part.reference += 1;
        part.found += usize::from(network.links.contains(link));
    }
    parts.into_iter().map(|(part, overlap)| PartOverlap { part: part.to_owned(), ..overlap }).collect()
}

fn lone(links: &BTreeSet<(Hs6, Hs6)>, other: &ComparedNetwork) -> Vec<LoneLink> {
    let plain = other.plain_links();
    let mut below: BTreeMap<Hs6, BTreeSet<Hs6>> = BTreeMap::new();
    links
        .difference(&other.links)
        .map(|&(input, output)| {
            let reached = below.entry(input).or_insert_with(|| reachable(&plain, &[input], false));
            LoneLink { input, output, indirect: reached.contains(&output) }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_text(text: &str, votes: u32) -> ComparedNetwork {
        ComparedNetwork::parse(&Table::parse(text.as_bytes(), "n.csv").unwrap(), votes).unwrap()
    }

    #[test]
    fn missing_and_surplus_are_named_by_tier_and_group() {
        let reference = parse_text(
            "input,output,chain\n000001,000002,magnet\n000002,000003,magnet\n000003,000004,phosphor\n000001,000005,phosphor\n",
            1,
        );
        let network = parse_text(
            "input,output,kept\n000001,000002,true\n000002,000004,true\n000004,000003,true\n000009,000002,true\n000003,000004,false\n",
            1,
        );
        let comparison = compare(&network, &reference);
        assert_eq!(comparison.links, Overlap { shared: 1, network: 4, reference: 4 });
        assert_eq!((comparison.links.precision(), comparison.links.f1()), (Some(0.25), Some(0.25)));
        // 4 and 9 have no outputs in the reference.
        assert_eq!(comparison.covered_links, Overlap { shared: 1, network: 2, reference: 4 });
        assert_eq!(comparison.products, Overlap { shared: 4, network: 5, reference: 5 });
        // From the root of the reference, 000001.
        let tier = |name: &str| comparison.tiers.iter().find(|t| t.part == name).unwrap();
        assert_eq!(
            (tier("1").reference, tier("1").found, tier("1").network, tier("1").confirmed),
            (2, 1, 2, 1)
        );
        assert_eq!((tier("3").reference, tier("3").network), (1, 1));
        assert_eq!(tier("1").recall(), Some(0.5));
        let group = |name: &str| comparison.groups.iter().find(|t| t.part == name).unwrap();
        assert_eq!((group("magnet").recall(), group("phosphor").recall()), (Some(0.5), Some(0.0)));
        let lone = |l: &LoneLink| (l.input.to_string(), l.output.to_string(), l.indirect);
        assert_eq!(
            comparison.missing.iter().map(lone).collect::<Vec<_>>(),
            [
                ("000001".to_owned(), "000005".to_owned(), false),
                ("000002".to_owned(), "000003".to_owned(), true),
                ("000003".to_owned(), "000004".to_owned(), false),
            ]
        );
        assert_eq!(comparison.surplus.len(), 3);
        assert!(comparison.surplus[0].indirect, "2 -> 4 is in the reference by way of 3");
    }

    #[test]
    fn candidates_need_their_votes() {
        let text = "run,input,output\n1,000001,000002\n2,000001,000002\n2,000001,000003\n3,,\n";
        assert_eq!(parse_text(text, 1).links.len(), 2);
        assert_eq!(parse_text(text, 2).links.len(), 1);
    }

    #[test]
    fn nothing_compared_with_nothing_is_undefined() {
        let nothing = ComparedNetwork::default();
        let comparison = compare(&nothing, &nothing);
        assert_eq!(
            (comparison.links.precision(), comparison.links.recall(), comparison.links.f1()),
            (None, None, None)
        );
        assert_eq!(Overlap { shared: 0, network: 2, reference: 3 }.f1(), Some(0.0));
    }
}
