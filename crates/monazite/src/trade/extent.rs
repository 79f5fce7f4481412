//! Whether trade is that of the world, or an extract: what a few countries report.
//!
//! BACI has both sides of all trade: nearly every country sells something and nearly every country buys, even of a single product. What
//! one office has collected looks different. Its reporters stand on one side of every flow, and everybody else on the other: two exporters
//! and two hundred importers, or trade of which one of a few countries is always a partner.

use super::flows::Margins;
use crate::nomenclature::{Countries, builtin_groups};

/// Whose trade an extract holds, and which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ExtentKind {
    /// All exports of some countries.
    Exports,
    /// All imports of some countries.
    Imports,
    /// All exports and imports of some countries.
    Both,
}

impl ExtentKind {
    /// For manifests.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Exports => "exports",
            Self::Imports => "imports",
            Self::Both => "exports and imports",
        }
    }
}

/// An extract of the trade of one year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Which trade it holds.
    pub kind: ExtentKind,
    /// Whose, as positions in the table of countries, ascending.
    pub countries: Vec<u16>,
}

/// Links that may belong to others and still be strays: three in a hundred, or two of a few dozen.
const STRAYS: f64 = 0.03;
const FEW_STRAYS: usize = 2;
/// Links of which one may be a stray, where there are few.
const LINKS_A_STRAY: usize = 12;
/// Fewer countries than this have too little of a pattern to be judged by shares.
const FEW_COUNTRIES: usize = 10;
/// So many products are like all products: nearly every country sells some of them.
const MANY_PRODUCTS: usize = 50;
/// Share of the countries that may stand on one side: of any few products, and of many.
const ONE_SIDE: [f64; 2] = [0.22, 0.4];
/// Share of the countries of which one may be a partner of every flow: of any few products, and of many.
const PARTNER: [f64; 2] = [0.12, 0.2];
/// Members of a known group, and others, that have to trade before the group is taken for the reporters.
const GROUP: usize = 10;
/// A reporter has at least this share of the links that the median reporter has.
const LEAST_OF_A_REPORTER: f64 = 0.05;

/// Who trades with whom, whatever and however much.
struct Links {
    size: usize,
    /// By exporter and then importer.
    there: Vec<bool>,
    count: usize,
}

impl Links {
    fn of(margins: &Margins) -> Self {
        let size = margins.countries();
        let pairs = (0..size).flat_map(|a| (0..size).map(move |c| (a, c)));
        let there: Vec<bool> = pairs.map(|(a, c)| a != c && margins.between(a, c) > 0.0).collect();
        let count = there.iter().filter(|l| **l).count();
        Self { size, there, count }
    }

    fn has(&self, exporter: usize, importer: usize) -> bool {
        self.there[exporter * self.size + importer]
    }

    fn as_exporter(&self) -> Vec<usize> {
        (0..self.size).map(|a| (0..self.size).filter(|&c| self.has(a, c)).count()).collect()
    }

    fn as_importer(&self) -> Vec<usize> {
        (0..self.size).map(|c| (0..self.size).filter(|&a| self.has(a, c)).count()).collect()
    }

    /// All links but the strays.
    fn wanted(&self) -> usize {
        let few = FEW_STRAYS.min(self.count / LINKS_A_STRAY);
        self.count - few.max((self.count as f64 * STRAYS) as usize)
    }

    /// The fewest countries that stand on one side of all links but the strays, and whoever has as many links as they.
    fn side(&self, degrees: &[usize]) -> Side {
        let mut order: Vec<usize> = (0..self.size).filter(|&c| degrees[c] > 0).collect();
        order.sort_by_key(|&c| (std::cmp::Reverse(degrees[c]), c));
        let mut left = self.wanted();
        let mut core = 0;
        while left > 0 && core < order.len() {
            left = left.saturating_sub(degrees[order[core]]);
            core += 1;
        }
        let least = least_of_a_reporter(order[..core].iter().map(|&c| degrees[c]));
        let mut countries: Vec<u16> =
            order.into_iter().filter(|&c| degrees[c] as f64 >= least).map(|c| c as u16).collect();
        countries.sort_unstable();
        Side { core, countries }
    }

    /// A few countries of which one is a partner of every link but the strays: the one with the most links first, then the one with most of
    /// the others.
    fn partners(&self) -> Side {
        let mut degrees: Vec<usize> =
            self.as_exporter().iter().zip(self.as_importer()).map(|(x, m)| x + m).collect();
        let mut taken = vec![false; self.size];
        let (mut left, mut taken_links) = (self.wanted(), Vec::new());
        while left > 0 {
            let Some(best) =
                (0..self.size).filter(|&c| !taken[c]).max_by_key(|&c| (degrees[c], self.size - c))
            else {
                break;
            };
            left = left.saturating_sub(degrees[best]);
            taken_links.push(degrees[best]);
            taken[best] = true;
            for other in (0..self.size).filter(|&c| !taken[c]) {
                degrees[other] -= usize::from(self.has(best, other)) + usize::from(self.has(other, best));
            }
        }
        let core = taken_links.len();
        let least = least_of_a_reporter(taken_links.into_iter());
        let countries = (0..self.size)
            .filter(|&c| taken[c] || (degrees[c] > 0 && degrees[c] as f64 >= least))
            .map(|c| c as u16)
            .collect();
        Side { core, countries }
    }
}

/// Countries that may be the reporters.
struct Side {
    /// How many cover all links but the strays.
    core: usize,
    /// They, and whoever has as many links as they.
    countries: Vec<u16>,
}

fn least_of_a_reporter(links: impl Iterator<Item = usize>) -> f64 {
    let mut links: Vec<usize> = links.collect();
    links.sort_unstable();
    links.get(links.len() / 2).map_or(0.0, |&median| median as f64 * LEAST_OF_A_REPORTER)
}

/// Recognises an extract in the trade of a year: `products` are traded in it. `None` if it looks like that of the world.
///
/// It is one if hardly more than a fifth of the countries export, or import, anything, or if one of a few countries is a partner of
/// every flow; with many products the shares may be higher, since nearly every country sells some of them. So it is if all
/// importers, or all exporters, are members of one known group and many others stand on the other side.
///
/// ```
/// use monazite::nomenclature::Countries;
/// use monazite::trade::extent::{ExtentKind, extent_of};
/// use monazite::trade::{FlowSource, FlowTable};
/// let partners = ["CHN", "DEU", "FRA", "ITA", "JPN", "KOR", "MYS", "NLD", "POL", "THA", "USA"];
/// let table = FlowTable::from_rows(partners.map(|c| (2021, "260300", "ZAF", c, 1.0)))?;
/// let extent = extent_of(&table.margins(2021)?, 1, table.countries()).expect("one exporter is not the world");
/// assert_eq!(extent.kind, ExtentKind::Exports);
/// assert_eq!(table.countries().iso3_codes()[usize::from(extent.countries[0])], "ZAF");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn extent_of(margins: &Margins, products: usize, countries: &Countries) -> Option<Extent> {
    let links = Links::of(margins);
    let (exports, imports) = (links.as_exporter(), links.as_importer());
    let active = (0..links.size).filter(|&c| exports[c] + imports[c] > 0).count();
    if active < FEW_COUNTRIES {
        return among_few(&links, &exports, &imports, active, products);
    }
    let of = |limits: [f64; 2]| limits[usize::from(products >= MANY_PRODUCTS)] * active as f64;
    let (exporters, importers) = (links.side(&exports), links.side(&imports));
    let found = |kind, side: Side| Some(Extent { kind, countries: side.countries });
    if exporters.core.min(importers.core) as f64 <= of(ONE_SIDE) {
        return if exporters.core <= importers.core {
            found(ExtentKind::Exports, exporters)
        } else {
            found(ExtentKind::Imports, importers)
        };
    }
    let partners = links.partners();
    if partners.core as f64 <= of(PARTNER) {
        return found(ExtentKind::Both, partners);
    }
    a_known_group(&links, countries, &exporters, &importers)
}

/// The extract that trade is if somebody says that it is one: what it looks like most.
///
/// ```
/// use monazite::trade::extent::{ExtentKind, likeliest_extent};
/// use monazite::trade::{FlowSource, FlowTable};
/// let rows = [("CHN", "USA"), ("MYS", "USA")].map(|(a, c)| (2021, "260300", a, c, 1.0));
/// let table = FlowTable::from_rows(rows)?;
/// assert_eq!(likeliest_extent(&table.margins(2021)?).kind, ExtentKind::Imports);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn likeliest_extent(margins: &Margins) -> Extent {
    let links = Links::of(margins);
    let sides = [
        (ExtentKind::Exports, links.side(&links.as_exporter())),
        (ExtentKind::Imports, links.side(&links.as_importer())),
        (ExtentKind::Both, links.partners()),
    ];
    let [first, ..] = &sides;
    let fewest = sides.iter().fold(first, |best, side| if side.1.core < best.1.core { side } else { best });
    Extent { kind: fewest.0, countries: fewest.1.countries.clone() }
}

/// Of fewer than ten countries only plain patterns are told: a single exporter or importer, nobody on both sides, or one that is a partner
/// of every flow; and only if there are products to compare.
fn among_few(
    links: &Links,
    exports: &[usize],
    imports: &[usize],
    active: usize,
    products: usize,
) -> Option<Extent> {
    if active < 3 || products < 2 {
        return None;
    }
    let who = |degrees: &[usize]| -> Vec<u16> {
        (0..degrees.len()).filter(|&c| degrees[c] > 0).map(|c| c as u16).collect()
    };
    let (exporters, importers) = (who(exports), who(imports));
    let apart = exporters.iter().all(|c| !importers.contains(c));
    let found = |kind, countries| Some(Extent { kind, countries });
    if exporters.len() == 1 || (apart && importers.len() > 1 && exporters.len() <= importers.len()) {
        return found(ExtentKind::Exports, exporters);
    }
    if importers.len() == 1 || apart {
        return found(ExtentKind::Imports, importers);
    }
    let partner = (0..links.size).find(|&c| exports[c] + imports[c] == links.count)?;
    (active >= 5).then(|| Extent { kind: ExtentKind::Both, countries: vec![partner as u16] })
}

/// Reporters that are the members of a known group, where the data hold so few products that there are few others.
fn a_known_group(links: &Links, countries: &Countries, exporters: &Side, importers: &Side) -> Option<Extent> {
    let iso3 = countries.iso3_codes();
    for group in builtin_groups().values() {
        let is_member = |c: u16| {
            iso3.get(usize::from(c)).is_some_and(|code| group.members.iter().any(|m| m.iso3 == *code))
        };
        for (kind, side, other) in
            [(ExtentKind::Exports, exporters, importers), (ExtentKind::Imports, importers, exporters)]
        {
            let others = other.countries.iter().filter(|c| !is_member(**c)).count();
            if side.countries.len() >= GROUP
                && others >= GROUP
                && side.countries.iter().all(|c| is_member(*c))
            {
                return Some(Extent { kind, countries: side.countries.clone() });
            }
        }
        let size = links.size as u16;
        let trades =
            |c: u16| (0..links.size).any(|o| links.has(usize::from(c), o) || links.has(o, usize::from(c)));
        let (members, others): (Vec<u16>, Vec<u16>) =
            (0..size).filter(|&c| trades(c)).partition(|&c| is_member(c));
        let among_others = others
            .iter()
            .flat_map(|&a| others.iter().map(move |&c| (usize::from(a), usize::from(c))))
            .filter(|&(a, c)| links.has(a, c))
            .count();
        let both_ways = members.len() >= GROUP && others.len() >= GROUP;
        if both_ways && among_others <= links.count - links.wanted() {
            return Some(Extent { kind: ExtentKind::Both, countries: members });
        }
    }
    None
}

#[cfg(test)]
mod tests;
