//! The numbers of a country brief.

use std::collections::BTreeMap;

use super::BriefError;
use super::html::cut;
use super::unit::Unit;
use crate::indicators::Column;
use crate::report::findings::{self, HALF};
use crate::run::{ClusterRecord, RunView, Supply};

/// Chokepoints shown: so many in all, the same number a tier, but at least three.
const MOST_CHOKEPOINTS: usize = 16;
/// Products shown that others depend on.
const MOST_SUPPLIED: usize = 6;
/// Changes shown.
const MOST_CHANGES: usize = 5;
/// Customers named.
const MOST_CUSTOMERS: usize = 3;
/// Neighbours on the map.
const MOST_NEIGHBOURS: usize = 5;
/// Share of the country's imports of the chain below which a change is not shown.
const LEAST_WEIGHT: f64 = 0.005;

/// One tier of the chain, as the country imports it.
#[derive(Debug, Clone, PartialEq)]
pub struct TierLine {
    /// The tier; `None` for products outside the chain.
    pub tier: Option<u8>,
    /// Products of the tier.
    pub products: usize,
    /// Those it imports.
    pub imported: usize,
    /// Of these, products of which the run does not say who supplies them: too few quantities, or all from within a group.
    pub unknown: usize,
    /// Imports, thousand USD.
    pub imports: f64,
    /// Exposure, HHI, STR, its direct and its indirect part: means weighted by imports.
    pub means: [Option<f64>; 5],
    /// Share of the imports that is in chokepoints.
    pub in_chokepoints: f64,
    /// Number of chokepoints.
    pub chokepoints: usize,
}

/// A product that the country buys more of than it sells, more than half of it from one country.
#[derive(Debug, Clone, PartialEq)]
pub struct Chokepoint {
    /// Position of the product.
    pub product: usize,
    /// Its tier.
    pub tier: Option<u8>,
    /// Imports, thousand USD.
    pub imports: f64,
    /// Main supplier, if the run says.
    pub main: Option<Supply>,
    /// PV of the main supplier.
    pub pv: Option<f64>,
    /// Exposure.
    pub exposure: Option<f64>,
    /// HHI.
    pub hhi: Option<f64>,
    /// STR.
    pub str: Option<f64>,
    /// Direct part of STR - 1.
    pub direct: Option<f64>,
    /// Indirect part.
    pub indirect: Option<f64>,
    /// STR if a supplier whose imports are a trickle imported nothing; and that supplier.
    pub without: Option<(usize, f64)>,
    /// STR by year.
    pub series: Vec<(u16, Option<f64>)>,
}

/// A product that others get from the country.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplyLine {
    /// Position of the product.
    pub product: usize,
    /// Its tier.
    pub tier: Option<u8>,
    /// Exports, thousand USD.
    pub exports: f64,
    /// Share in world exports.
    pub world_share: f64,
    /// Influence, and its rank in the world, 1 for the first.
    pub influence: Option<(f64, usize)>,
    /// RCA.
    pub rca: Option<f64>,
    /// Countries whose main supplier it is.
    pub customers: usize,
    /// The largest of them with its share in their imports.
    pub largest: Vec<Supply>,
}

/// What moved STR of a product since the first year.
#[derive(Debug, Clone, PartialEq)]
pub struct ChangeLine {
    /// Position of the product.
    pub product: usize,
    /// STR in the first and the last year.
    pub str: [f64; 2],
    /// Network and stability, summed over the years.
    pub parts: Option<[f64; 2]>,
    /// Main supplier in the first and the last year.
    pub main: [Option<Supply>; 2],
    /// Whether a trickle makes the level of the first or the last year.
    pub trickle: bool,
}

/// Everything on a country brief.
#[derive(Debug)]
pub struct CountryBrief {
    /// The country or group.
    pub unit: Unit,
    /// Position of the year.
    pub year: usize,
    /// The tiers.
    pub tiers: Vec<TierLine>,
    /// Chokepoints shown, by tier, in a tier by falling STR without trickles.
    pub chokepoints: Vec<Chokepoint>,
    /// What others get from it.
    pub supplies: Vec<SupplyLine>,
    /// What changed most.
    pub changes: Vec<ChangeLine>,
    /// Its cluster.
    pub cluster: Option<ClusterRecord>,
    /// Nearest countries on the map: code and distance.
    pub neighbours: Vec<(String, f64)>,
    /// Share of its imports in the chain that comes from main suppliers without a published PV for the year.
    pub imports: f64,
    /// Findings.
    pub findings: Vec<String>,
}

impl CountryBrief {
    /// Gathers the numbers.
    ///
    /// # Errors
    /// [`BriefError`] if the country is not in the run or a table is damaged.
    pub fn gather(view: &RunView<'_>, asked: &str, year: usize) -> Result<Self, BriefError> {
        let unit = Unit::find(view, asked)?;
        let without = if unit.is_group() { BTreeMap::new() } else { view.str_without(year, &unit.code)? };
        let products = view.chain_products();
        let mut all: Vec<Chokepoint> =
            products.iter().filter_map(|&p| chokepoint(view, &unit, p, year, &without)).collect();
        let tiers = tier_lines(view, &unit, &products, year, &all);
        let rank = |c: &Chokepoint| c.without.map(|w| w.1).or(c.str).unwrap_or(0.0);
        all.sort_by(|a, b| {
            a.tier.cmp(&b.tier).then(rank(b).total_cmp(&rank(a))).then(a.product.cmp(&b.product))
        });
        let mut brief = Self {
            year,
            tiers,
            supplies: supplies(view, &unit, &products, year),
            changes: changes(view, &unit, &products, year)?,
            cluster: view.clusters.get(&unit.code).cloned(),
            neighbours: view.neighbours(&unit.code, MOST_NEIGHBOURS),
            imports: 0.0,
            findings: Vec::new(),
            chokepoints: Vec::new(),
            unit,
        };
        brief.imports = brief.tiers.iter().fold(0.0, |sum, t| sum + t.imports);
        brief.findings = brief.tell(view, &all);
        for chokepoint in all {
            let shown = brief.chokepoints.iter().filter(|c| c.tier == chokepoint.tier).count();
            if shown < (MOST_CHOKEPOINTS / brief.tiers.len().max(1)).max(3) {
                brief.chokepoints.push(chokepoint);
            }
        }
        Ok(brief)
    }

    fn tell(&self, view: &RunView<'_>, all: &[Chokepoint]) -> Vec<String> {
        let year = view.panel.years[self.year];
        let name = self.unit.label();
        let imported: usize = self.tiers.iter().map(|t| t.imported).sum();
        let unknown = self.tiers.iter().map(|t| t.unknown).sum();
        let mut told = Vec::new();
        if view.suppliers.is_some() {
            told.push(findings::chokepoints(name, year, all.len(), imported, unknown));
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for main in all.iter().filter_map(|c| c.main) {
                *counts.entry(main.supplier).or_default() += 1;
            }
            let counts: Vec<(String, usize)> =
                counts.into_iter().map(|(c, n)| (view.name(c).to_owned(), n)).collect();
            told.push(findings::commonest_supplier(&counts, all.len()));
        }
        let rank = |c: &Chokepoint| c.without.map(|w| w.1).or(c.str).unwrap_or(0.0);
        let worst = all.iter().reduce(|best, other| if rank(other) > rank(best) { other } else { best });
        if let Some(worst) = worst
            && let Some(str) = worst.str
        {
            let product = product_text(view, worst.product);
            let trickle = worst.without.map(|(supplier, without)| (view.name(supplier), without));
            let set_aside = all.iter().any(|c| c.without.is_some());
            let scale = view.str_scale();
            if scale.is_of_importers() {
                let (direct, floor) = (worst.direct, scale.floor());
                told.push(findings::highest_risk(
                    name, year, &product, str, direct, trickle, set_aside, floor,
                ));
            }
        }
        if let Some(first) = self.supplies.first() {
            let product = product_text(view, first.product);
            told.push(findings::strongest_supply(name, year, &product, first.customers, first.world_share));
        }
        if let Some(change) = self.changes.iter().find(|c| !c.trickle)
            && let Some(parts) = change.parts
        {
            let first = view.panel.years[0];
            let product = product_text(view, change.product);
            let total = change.str[1] - change.str[0];
            told.push(findings::largest_change(first, year, &product, total, parts, change.trickle));
        }
        if let (Some(cluster), Some(typology)) = (&self.cluster, &view.manifest.typology) {
            let label = crate::report::figures::cluster_name(cluster.cluster);
            told.push(findings::kind_of_country(
                name,
                &label,
                cluster.years_in_cluster,
                cluster.years,
                &typology.trust,
            ));
        }
        told.into_iter().flatten().collect()
    }
}

/// A product with the beginning of its text, for sentences.
pub fn product_text(view: &RunView<'_>, product: usize) -> String {
    let code = view.panel.products[product].code;
    let text = &view.descriptions[product];
    // The first words alone, unless they say as little as "Metals".
    let first = text.split([':', ',', ';', '(']).next().unwrap_or("").trim();
    let short = if first.contains(' ') || first == text { first.to_owned() } else { cut(text, 40) };
    if short.is_empty() { code.to_string() } else { format!("{code} ({})", lower_first(&short)) }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

fn chokepoint(
    view: &RunView<'_>,
    unit: &Unit,
    product: usize,
    year: usize,
    without: &BTreeMap<(usize, usize), f64>,
) -> Option<Chokepoint> {
    let value = |column| unit.value(view, column, product, year);
    let imports = value(Column::Imports).filter(|m| *m > 0.0)?;
    let exposure = value(Column::Exposure);
    let net_importer = if unit.is_group() {
        // The mean exposure of members says little about the group: compare sums.
        imports > value(Column::Exports).unwrap_or(0.0)
    } else {
        exposure.is_some_and(|e| e > HALF)
    };
    let hhi = value(Column::Hhi);
    let main = unit.main_supplier(view, product, year);
    // A concentration of a half cannot be had without a supplier of a half.
    let in_one_hand = match (view.suppliers, main) {
        (Some(_), Some(main)) => main.share > HALF,
        (Some(_), None) => false,
        (None, _) => hhi.is_some_and(|h| h > HALF),
    };
    if !net_importer || !in_one_hand {
        return None;
    }
    let trickle = view
        .loops_of(product, year)
        .into_iter()
        .filter_map(|l| Some((l.supplier, *without.get(&(product, l.supplier))?)))
        .reduce(|least, other| if other.1 < least.1 { other } else { least });
    Some(Chokepoint {
        product,
        tier: view.panel.products[product].tier,
        imports,
        pv: main.and_then(|m| view.pv_of(year, m.supplier)),
        main,
        exposure,
        hhi,
        str: value(Column::Str),
        direct: value(Column::StrDirect),
        indirect: value(Column::StrIndirect),
        without: trickle,
        series: (0..=year)
            .map(|t| (view.panel.years[t], unit.value(view, Column::Str, product, t)))
            .collect(),
    })
}

fn tier_lines(
    view: &RunView<'_>,
    unit: &Unit,
    products: &[usize],
    year: usize,
    chokepoints: &[Chokepoint],
) -> Vec<TierLine> {
    const COLUMNS: [Column; 5] =
        [Column::Exposure, Column::Hhi, Column::Str, Column::StrDirect, Column::StrIndirect];
    products
        .chunk_by(|a, b| view.panel.products[*a].tier == view.panel.products[*b].tier)
        .map(|of_tier| {
            let tier = view.panel.products[of_tier[0]].tier;
            let imports = |p: usize| unit.value(view, Column::Imports, p, year).unwrap_or(0.0);
            let total = of_tier.iter().fold(0.0, |sum, &p| sum + imports(p));
            let means = COLUMNS.map(|column| {
                let weighted = of_tier.iter().filter_map(|&p| {
                    let weight = imports(p);
                    Some((weight, unit.value(view, column, p, year)?)).filter(|_| weight > 0.0)
                });
                let (sum, weight) = weighted.fold((0.0, 0.0), |(s, w), (m, v)| (s + m * v, w + m));
                (weight > 0.0).then(|| sum / weight)
            });
            let narrow = || chokepoints.iter().filter(|c| c.tier == tier);
            TierLine {
                tier,
                products: of_tier.len(),
                imported: of_tier.iter().filter(|&&p| imports(p) > 0.0).count(),
                unknown: of_tier
                    .iter()
                    .filter(|&&p| imports(p) > 0.0 && unit.main_supplier(view, p, year).is_none())
                    .count(),
                imports: total,
                means,
                in_chokepoints: if total > 0.0 {
                    narrow().fold(0.0, |sum, c| sum + c.imports) / total
                } else {
                    0.0
                },
                chokepoints: narrow().count(),
            }
        })
        .collect()
}

fn supplies(view: &RunView<'_>, unit: &Unit, products: &[usize], year: usize) -> Vec<SupplyLine> {
    let panel = view.panel;
    let members = unit.members(year);
    let mut lines: Vec<SupplyLine> = products
        .iter()
        .filter_map(|&product| {
            let exports = unit.value(view, Column::Exports, product, year).filter(|x| *x > 0.0)?;
            let world = view.world_imports(product, year);
            let mut customers: Vec<(f64, Supply)> = (0..panel.countries.len())
                .filter(|c| !members.contains(c))
                .filter_map(|importer| {
                    let main = view.suppliers_of(product, year, importer).first()?;
                    let imports = panel.value(Column::Imports, product, year, importer)?;
                    let own = members.contains(&main.supplier);
                    own.then_some((imports * main.share, Supply { supplier: importer, share: main.share }))
                })
                .collect();
            customers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.supplier.cmp(&b.1.supplier)));
            let influence = unit.value(view, Column::Influence, product, year).map(|own| {
                let above = (0..panel.countries.len())
                    .filter_map(|c| panel.value(Column::Influence, product, year, c))
                    .filter(|v| *v > own)
                    .count();
                (own, above + 1)
            });
            Some(SupplyLine {
                product,
                tier: panel.products[product].tier,
                exports,
                world_share: exports / world,
                influence,
                rca: unit.value(view, Column::Rca, product, year),
                customers: customers.len(),
                largest: customers.into_iter().take(MOST_CUSTOMERS).map(|c| c.1).collect(),
            })
        })
        .collect();
    lines.sort_by(|a, b| {
        b.world_share
            .total_cmp(&a.world_share)
            .then(b.customers.cmp(&a.customers))
            .then(a.product.cmp(&b.product))
    });
    lines.retain(|line| line.world_share >= 0.01 || line.customers > 1);
    lines.truncate(MOST_SUPPLIED);
    lines
}

fn changes(
    view: &RunView<'_>,
    unit: &Unit,
    products: &[usize],
    year: usize,
) -> Result<Vec<ChangeLine>, BriefError> {
    if year == 0 {
        return Ok(Vec::new());
    }
    let last = year == view.last_year();
    let parts = if unit.is_group() || !last { BTreeMap::new() } else { view.changes_of(&unit.code)? };
    let imports = |p: usize, t: usize| unit.value(view, Column::Imports, p, t).unwrap_or(0.0);
    let total = |t: usize| products.iter().fold(0.0, |sum, &p| sum + imports(p, t));
    let (before, after) = (total(0), total(year));
    let mut lines: Vec<ChangeLine> = products
        .iter()
        .filter(|&&p| imports(p, 0) > LEAST_WEIGHT * before && imports(p, year) > LEAST_WEIGHT * after)
        .filter_map(|&product| {
            let str = |t| unit.value(view, Column::Str, product, t);
            Some(ChangeLine {
                product,
                str: [str(0)?, str(year)?],
                parts: parts.get(&product).copied(),
                main: [0, year].map(|t| unit.main_supplier(view, product, t)),
                trickle: !view.loops_of(product, year).is_empty() || !view.loops_of(product, 0).is_empty(),
            })
        })
        .collect();
    let size = |c: &ChangeLine| (c.str[1] - c.str[0]).abs();
    lines.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.product.cmp(&b.product)));
    lines.truncate(MOST_CHANGES);
    Ok(lines)
}
