//! A network against a reference: what it found, what it missed, what it has beyond.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::compare_left_out::{LeftOut, in_no_edition};
use super::error::ChainError;
use super::link::Link;
use super::network::ValueChain;
use super::network_columns::{NetworkColumns, edition_in};
use super::product_codes::{Placing, ProductCodes, PublishedCode, likely_edition, parts_of};
use super::tier::{reachable, tiers_from};
use crate::delimited::{Row, Table, TableError};
use crate::disk;
use crate::nomenclature::{Hs6, HsEdition};

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
    /// The edition that the file names.
    pub edition: Option<HsEdition>,
    /// Runs of a candidates file; `None` where nobody votes.
    pub runs: Option<u32>,
    /// What a reader should know of how the file was read.
    pub notes: Vec<String>,
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

    /// Reads a network: the folder of a run, or a csv of any kind that a chain is built from (an edge list, candidates, a published network).
    ///
    /// Of a run, the links that were kept. Of a csv with a column `kept`, the rows where it is `true`; with a column `run` (a
    /// candidates file), the links that at least `votes` runs name; else all rows. A heading of four digits stands for all of its codes in the
    /// edition that the file names, or that its codes fit best. Links of a product to itself and codes that the named edition does not have are
    /// left out, counted and named in the notes.
    ///
    /// # Errors
    /// [`ChainError::Table`] if the file cannot be read or a column is missing; [`ChainError::NothingPlaced`] if no row has two codes;
    /// [`ChainError::NoLinks`] for a run without links; [`ChainError::TooFewRuns`] if a file has fewer runs than `votes`.
    pub fn read(path: &Path, votes: u32) -> Result<Self, ChainError> {
        if !path.is_dir() {
            let file = path.display().to_string();
            let bytes = disk::read(path, disk::LARGEST_TABLE)
                .map_err(|e| TableError::Unreadable { file: file.clone(), message: e.to_string() })?;
            let said = edition_in(&bytes)
                .map(|edition| edition.parse::<HsEdition>())
                .transpose()
                .map_err(|message| TableError::Unreadable { file: file.clone(), message })?;
            let table = Table::parse(&bytes, &file)?;
            let network = Self::parse(&table, said, votes)?;
            return if table.rows.is_empty() { Err(ChainError::Empty { file }) } else { Ok(network) };
        }
        let folder = if path.join("chain").is_dir() { path.join("chain") } else { path.to_owned() };
        let no_links = |why| ChainError::NoLinks { folder: path.display().to_string(), why };
        if !folder.join("edges.csv").is_file() {
            return Err(no_links(
                "there is no chain/edges.csv in it; it is no run, or its study names no source of links (chain.edges, chain.candidates or \
                 chain.networks)",
            ));
        }
        let mut network = Self::parse(&Table::read(&folder.join("edges.csv"))?, None, votes)?;
        if network.links.is_empty() {
            return Err(no_links("no link of its chain is kept; chain/edges.csv says why"));
        }
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

    /// Reads the links of a table, whose edition is `said`; see [`ComparedNetwork::read`].
    ///
    /// # Errors
    /// As [`ComparedNetwork::read`].
    pub fn parse(table: &Table, said: Option<HsEdition>, votes: u32) -> Result<Self, ChainError> {
        let columns = NetworkColumns::of(table)?;
        let kept = table.column(&["kept"]);
        let run = table.column(&["run", "run_id"]);
        let group = table.column(&["chain"]);
        let read = |row: &Row| [columns.input, columns.output].map(|c| PublishedCode::read(row.get(c)));
        let distinct: BTreeSet<PublishedCode> =
            table.rows.iter().flat_map(read).flatten().map(|(code, _)| code).collect();
        let headings = distinct.iter().any(|code| matches!(code, PublishedCode::Heading(_)));
        let edition = said.or(columns.edition);
        let mut network = Self { edition, notes: columns.note.iter().cloned().collect(), ..Self::default() };
        network.runs = run.map(|run| {
            let names: BTreeSet<&str> = table.rows.iter().map(|row| row.get(run)).collect();
            names.len() as u32
        });
        if let Some(runs) = network.runs.filter(|&runs| runs > 0 && votes > runs) {
            let (file, votes) = (table.file.clone(), u64::from(votes));
            return Err(ChainError::TooFewRuns { file, key: "--votes", votes, runs });
        }
        let mut universe = ProductCodes::default();
        if headings || edition.is_some() {
            let of = edition.unwrap_or_else(|| likely_edition(&distinct));
            // What is of an edition by a guess only may have codes of others.
            universe = ProductCodes { complete: edition.is_some(), ..ProductCodes::of_edition(of) };
            if headings {
                network.notes.push(format!(
                    "{}: headings of four digits stand for all of their codes in {of}.",
                    table.file
                ));
            }
        }
        let mut placing = Placing::new(&universe, None);
        let mut left = LeftOut::default();
        let mut named_by: BTreeMap<(Hs6, Hs6), BTreeSet<&str>> = BTreeMap::new();
        for row in &table.rows {
            let texts = [columns.input, columns.output].map(|c| row.get(c));
            if kept.is_some_and(|k| row.get(k) != "true") || texts.iter().any(|text| text.is_empty()) {
                continue;
            }
            let ends = read(row);
            let [Some((input, _)), Some((output, _))] = ends else {
                let wrong = texts.iter().filter(|text| PublishedCode::read(text).is_none());
                left.unread.extend(wrong.map(|text| crate::plain_text::beginning(text, 40)));
                continue;
            };
            let (inputs, outputs) = (placing.place(input).to_vec(), placing.place(output).to_vec());
            if !left.takes(ends.into_iter().flatten().zip([&inputs, &outputs])) {
                continue;
            }
            for link in inputs.iter().flat_map(|&i| outputs.iter().map(move |&o| (i, o))) {
                if link.0 == link.1 {
                    continue;
                }
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
        }
        if network.links.is_empty() && !(left.unread.is_empty() && left.unplaced.is_empty()) {
            let codes =
                super::published::first_ten(&left.unread.union(&left.unplaced).cloned().collect(), "more");
            let edition = edition.map_or_else(|| "the HS".to_owned(), |edition| edition.to_string());
            return Err(ChainError::NothingPlaced { file: table.file.clone(), edition, codes });
        }
        if kept.is_none() && edition.is_none() {
            left.in_no_edition = in_no_edition(&distinct);
        }
        network.notes.extend(left.notes(&table.file, &universe));
        Ok(network)
    }

    /// The network with its codes converted from its edition to another; as it is if one of the two is not known or they are the same.
    #[must_use]
    pub fn converted_to(mut self, edition: Option<HsEdition>) -> Self {
        let (Some(from), Some(to)) = (self.edition, edition) else { return self };
        if from == to {
            return self;
        }
        let codes: BTreeSet<Hs6> = self.links.iter().flat_map(|&(i, o)| [i, o]).collect();
        let became: BTreeMap<Hs6, Vec<Hs6>> =
            codes.into_iter().map(|code| (code, parts_of(code, from, to).collect())).collect();
        let none = Vec::new();
        let of = |code: &Hs6| became.get(code).unwrap_or(&none);
        let (mut links, mut groups, mut lost, mut to_itself) = (BTreeSet::new(), BTreeMap::new(), 0, 0);
        for (input, output) in &self.links {
            lost += usize::from(of(input).is_empty() || of(output).is_empty());
            for link in of(input).iter().flat_map(|&i| of(output).iter().map(move |&o| (i, o))) {
                if link.0 != link.1 {
                    links.insert(link);
                    if let Some(group) = self.groups.get(&(*input, *output)) {
                        groups.insert(link, group.clone());
                    }
                } else {
                    to_itself += 1;
                }
            }
        }
        let itself = match to_itself {
            0 => String::new(),
            count => format!(" {count} would lead from a product to itself and are left out."),
        };
        self.notes.push(format!(
            "{} links in {from} were converted to {to}: {} links; {lost} have no place there.{itself}",
            self.links.len(),
            links.len()
        ));
        self.seeds = self.seeds.iter().flat_map(|code| of(code).iter().copied()).collect();
        Self { links, groups, edition: Some(to), ..self }
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

fn parse(table: &Table, row: &Row, column: usize) -> Result<Hs6, TableError> {
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
        ComparedNetwork::parse(&Table::parse(text.as_bytes(), "n.csv").unwrap(), None, votes).unwrap()
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
    fn whatever_a_chain_reads_can_be_compared() {
        let headings =
            parse_text("hs2007_upstream,hs2007_downstream\n8505,8501.10\n8505,8505\nmagnets,8501\n", 1);
        let links: Vec<String> = headings.links.iter().map(|(i, o)| format!("{i}-{o}")).collect();
        assert_eq!(links, ["850511-850110", "850519-850110", "850520-850110", "850590-850110"]);
        assert_eq!(
            headings.notes[1..],
            [
                "n.csv: left out, being no codes of the HS: magnets. Names of products are no codes: 'monazite codes NAME' finds the code of each.",
                "1 row of n.csv leads from a product to itself and is left out: 8505."
            ]
        );
        assert_eq!(headings.edition, Some(HsEdition::Hs07));
        let newer = parse_text("hs2012_in,hs2012_out\n283691,850760\n", 1).converted_to(headings.edition);
        let links: Vec<String> = newer.links.iter().map(|(i, o)| format!("{i}-{o}")).collect();
        assert_eq!(links, ["283691-850780"]);
        let error =
            ComparedNetwork::parse(&Table::parse(b"from,to\nores,metals\n", "n.csv").unwrap(), None, 1);
        assert!(error.unwrap_err().to_string().contains("it lacks metals, ores"));
    }

    #[test]
    fn what_a_chain_would_leave_out_is_left_out_and_named() {
        let text = "hs2007_in,hs2007_out\n284690,280530\n284690,284690\n850760,850511\n30110,160411\n";
        let network = parse_text(text, 1);
        let links: Vec<String> = network.links.iter().map(|(i, o)| format!("{i}-{o}")).collect();
        assert_eq!(links, ["030110-160411", "284690-280530"]);
        assert_eq!(
            network.notes,
            [
                "1 code of n.csv is not in HS07, and 1 row with it is left out: 850760.",
                "1 row of n.csv leads from a product to itself and is left out: 284690.",
                "1 code of n.csv had lost a leading zero, which was put back: 030110."
            ]
        );
        let guessed = parse_text("input,output\n284690,280530\n999998,280530\n", 1);
        assert_eq!(guessed.links.len(), 2);
        assert!(
            guessed.notes[0].contains("in no edition of the HS, whose links count all the same: 999998.")
        );
    }

    #[test]
    fn votes_that_no_link_can_have_are_refused_with_the_most() {
        let text = "run,input,output\n1,284690,280530\n2,284690,280530\n2,,\n";
        let table = Table::parse(text.as_bytes(), "c.csv").unwrap();
        assert_eq!(ComparedNetwork::parse(&table, None, 2).unwrap().runs, Some(2));
        assert_eq!(
            ComparedNetwork::parse(&table, None, 3).unwrap_err().to_string(),
            "c.csv: --votes = 3 can never be reached: the file has 2 runs; ask for at most 2"
        );
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
