//! The numbers of a country brief.

use std::collections::{BTreeMap, BTreeSet};

use super::BriefError;
use super::benchmark::Benchmark;
use super::how_sure::{self, SureLine, Whose};
use super::import_line::ImportLine;
use super::origins::{self, OriginLine};
use super::product_words::product_text;
use super::unit::Unit;
use crate::indicators::{Column, RiskReading};
use crate::report::band_findings;
use crate::report::findings;
use crate::report::readings::{Moved, followed, how_sure as how_sure_of};
use crate::report::risk_findings::{self, TwoReadings};
use crate::run::{ClusterRecord, RunView, Supply, focus_products};

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
    /// Exposure, HHI, STR, its direct and its indirect part, mass-balanced STR: means weighted by imports.
    pub means: [Option<f64>; 6],
    /// Share of the imports that is in chokepoints.
    pub in_chokepoints: f64,
    /// Number of chokepoints.
    pub chokepoints: usize,
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
    /// Mass-balanced influence, likewise.
    pub influence_mass_balance: Option<(f64, usize)>,
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
    /// Mass-balanced STR likewise.
    pub mass_balance: [f64; 2],
    /// Network and stability, summed over the years.
    pub parts: Option<[f64; 2]>,
    /// Main supplier in the first and the last year.
    pub main: [Option<Supply>; 2],
    /// Whether a feedback loop of negligible imports makes the level of the first or the last year.
    pub trickle: bool,
}

/// The products that a brief is about: those of the chain by tier, then the other ones of the study, those in focus first.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    /// The products, in order.
    pub products: Vec<usize>,
    /// How many of them, from the first on, findings and totals speak of: the chain, or all of them if the study has no links.
    pub main: usize,
    /// What these are: `chain` or `study`.
    pub name: &'static str,
}

impl Scope {
    /// That of a run.
    pub fn of(view: &RunView<'_>) -> Self {
        let mut products = view.chain_products();
        let chain = products.len();
        products.extend(view.other_products());
        match view.links.is_empty() {
            true => Self { main: products.len(), products, name: "study" },
            false => Self { main: chain, products, name: "chain" },
        }
    }

    /// The products that findings and totals speak of.
    pub fn main(&self) -> &[usize] {
        &self.products[..self.main]
    }
}

/// Everything on a country brief.
#[derive(Debug)]
pub struct CountryBrief {
    /// The country or group.
    pub unit: Unit,
    /// Position of the year.
    pub year: usize,
    /// The products that it is about.
    pub scope: Scope,
    /// The tiers.
    pub tiers: Vec<TierLine>,
    /// All products that it imports: by tier, then those outside the chain.
    pub lines: Vec<ImportLine>,
    /// Chokepoints shown, by tier, in a tier by falling STR without feedback loops of negligible imports.
    pub chokepoints: Vec<ImportLine>,
    /// The reading of STR that the brief follows: the mass-balanced one where the two differ by more than a tenth in what it shows.
    pub reading: RiskReading,
    /// The benchmark of the EU, and whose it is.
    pub benchmark: Benchmark,
    /// What others get from it.
    pub supplies: Vec<SupplyLine>,
    /// What changed most.
    pub changes: Vec<ChangeLine>,
    /// Its cluster.
    pub cluster: Option<ClusterRecord>,
    /// Nearest countries on the map: code and distance.
    pub neighbours: Vec<(String, f64)>,
    /// Imports of the chain, or of all products if there are no links; thousand USD.
    pub imports: f64,
    /// How sure STR is of its chokepoints and the products in focus; empty without bands, and for groups that are one buyer.
    pub sure: Vec<SureLine>,
    /// Of the same products, those that others made than sold, as far as the run knows; empty for groups.
    pub origins: Vec<OriginLine>,
    /// Findings.
    pub findings: Vec<String>,
}

impl CountryBrief {
    /// Gathers the numbers.
    ///
    /// # Errors
    /// [`BriefError`] if the country is not in the run or a table is damaged.
    pub fn gather(view: &RunView<'_>, asked: &str, year: usize) -> Result<Self, BriefError> {
        let mut unit = Unit::find(view, asked)?;
        let scope = Scope::of(view);
        let ends: BTreeSet<usize> = [0, year].into();
        unit.prepare(view, &scope.products, ends.iter().copied())?;
        let benchmark = Benchmark::of(view, &unit, year);
        let without = unit.without(view, &scope.products, year)?;
        let lines: Vec<ImportLine> = scope
            .products
            .iter()
            .filter_map(|&p| ImportLine::of(view, &unit, p, year, &benchmark, &without))
            .collect();
        let reading = followed(view.study, lines.iter().map(|line| (line.str, line.mass_balance)));
        let tiers = tier_lines(view, &unit, &scope.products, year, &lines);
        let mut chokepoints = shown_chokepoints(&lines, tiers.len(), reading);
        let of_chokepoints: Vec<usize> = chokepoints.iter().map(|c| c.product).collect();
        unit.prepare(view, &of_chokepoints, 0..=year)?;
        for line in &mut chokepoints {
            let column = reading.column(Column::Str);
            let of_year = |t| (view.panel.years[t], unit.value(view, column, line.product, t));
            line.series = (0..=year).map(of_year).collect();
        }
        let main = scope.main().iter().copied().collect::<BTreeSet<usize>>();
        let of_main = lines.iter().filter(|line| main.contains(&line.product));
        let changes = changes(view, &unit, scope.main(), year, reading)?;
        let mut shown: Vec<usize> = Vec::new();
        let changed = changes.iter().map(|line| line.product);
        for product in of_chokepoints.iter().copied().chain(changed).chain(focus_products(view)) {
            if !shown.contains(&product) {
                shown.push(product);
            }
        }
        let of_country: Vec<(usize, usize)> = match unit.country() {
            Some(country) => shown.into_iter().map(|product| (product, country)).collect(),
            None => Vec::new(),
        };
        let whose: Vec<Whose> =
            of_country.iter().map(|&(product, country)| Whose::Country { product, country }).collect();
        let origins = origins::lines(view, &of_country, year)?;
        let mut brief = Self {
            sure: how_sure::lines(view, &whose, year)?,
            origins: origins.into_iter().filter(OriginLine::differs).collect(),
            year,
            tiers,
            supplies: supplies(view, &unit, scope.main(), year),
            changes,
            cluster: view.clusters.get(&unit.code).cloned(),
            neighbours: view.neighbours(&unit.code, MOST_NEIGHBOURS),
            imports: of_main.fold(0.0, |sum, line| sum + line.imports),
            findings: Vec::new(),
            scope,
            lines,
            chokepoints,
            reading,
            benchmark,
            unit,
        };
        brief.findings = brief.tell(view, &main);
        Ok(brief)
    }

    fn tell(&self, view: &RunView<'_>, main: &BTreeSet<usize>) -> Vec<String> {
        let year = view.panel.years[self.year];
        let name = self.unit.label();
        let imported: Vec<&ImportLine> =
            self.lines.iter().filter(|line| main.contains(&line.product)).collect();
        let all: Vec<&ImportLine> = imported.iter().copied().filter(|line| line.is_chokepoint).collect();
        let unknown = self.tiers.iter().map(|t| t.unknown).sum();
        let mut told = Vec::new();
        if view.suppliers.is_some() {
            // Without links the products are those of the study, and there is no chain to speak of.
            let of_scope =
                |text: String| text.replacen(" of the chain ", &format!(" of the {} ", self.scope.name), 1);
            told.push(findings::chokepoints(name, year, all.len(), imported.len(), unknown).map(of_scope));
            let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
            for supply in all.iter().filter_map(|c| c.main) {
                *counts.entry(supply.supplier).or_default() += 1;
            }
            let counts: Vec<(String, usize)> =
                counts.into_iter().map(|(c, n)| (view.name(c).to_owned(), n)).collect();
            told.push(findings::commonest_supplier(&counts, all.len()));
            let above = self.lines.iter().filter(|line| line.above_benchmark).count();
            let exact = self.unit.shares_are_exact();
            told.push(self.benchmark.sentence(name, year, above, self.lines.len(), exact));
        }
        let rank = |line: &ImportLine| line.rank(self.reading);
        let worst = all.iter().reduce(|best, other| if rank(other) > rank(best) { other } else { best });
        if let Some(worst) = worst
            && let (RiskReading::MassBalance, Some(balanced)) = (self.reading, worst.mass_balance)
        {
            let (product, floor) = (product_text(view, worst.product), view.str_scale().floor());
            told.push(risk_findings::highest_mass_balanced(name, year, &product, balanced, worst.str, floor));
        } else if let Some(worst) = worst
            && let Some(str) = worst.str
        {
            let product = product_text(view, worst.product);
            let trickle = worst.without.map(|w| (view.name(w.supplier), w.str));
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
        if let (RiskReading::MassBalance, Some(change)) = (self.reading, self.changes.first()) {
            let years = [view.panel.years[0], year];
            let of = TwoReadings { years, paper: change.str, mass_balance: change.mass_balance };
            let said = risk_findings::largest_change_mass_balanced(&product_text(view, change.product), &of);
            let moved = Moved { years: [0, self.year], paper: change.str, mass_balance: change.mass_balance };
            let bands = || how_sure_of(view, change.product, Some(self.unit.country()?), &moved);
            told.push(said.map(|said| match bands() {
                Some(bands) => format!("{said} {}", band_findings::how_certain(&bands)),
                None => said,
            }));
        } else if let Some(change) = self.changes.iter().find(|c| !c.trickle)
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

/// The chokepoints that are shown, of so many tiers: in each tier those with the highest STR, in the reading that the brief follows.
fn shown_chokepoints(lines: &[ImportLine], tiers: usize, reading: RiskReading) -> Vec<ImportLine> {
    let mut all: Vec<ImportLine> = lines.iter().filter(|line| line.is_chokepoint).cloned().collect();
    let tier = |line: &ImportLine| (line.tier.is_none(), line.tier);
    all.sort_by(|a, b| {
        let by_risk = b.rank(reading).total_cmp(&a.rank(reading));
        tier(a).cmp(&tier(b)).then(by_risk).then(a.product.cmp(&b.product))
    });
    let most = (MOST_CHOKEPOINTS / tiers.max(1)).max(3);
    all.chunk_by(|a, b| a.tier == b.tier).flat_map(|of_tier| of_tier.iter().take(most)).cloned().collect()
}

fn tier_lines(
    view: &RunView<'_>,
    unit: &Unit,
    products: &[usize],
    year: usize,
    lines: &[ImportLine],
) -> Vec<TierLine> {
    const COLUMNS: [Column; 6] = [
        Column::Exposure,
        Column::Hhi,
        Column::Str,
        Column::StrDirect,
        Column::StrIndirect,
        Column::StrMassBalance,
    ];
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
            let narrow = || lines.iter().filter(|c| c.tier == tier && c.is_chokepoint);
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
    let mut lines: Vec<SupplyLine> = products
        .iter()
        .filter_map(|&product| {
            let exports = unit.value(view, Column::Exports, product, year).filter(|x| *x > 0.0)?;
            let world = unit.world(view, product, year);
            let mut customers = unit.customers(view, product, year);
            customers.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.supplier.cmp(&b.1.supplier)));
            Some(SupplyLine {
                product,
                tier: panel.products[product].tier,
                exports,
                world_share: exports / world,
                influence: unit.influence(view, Column::Influence, product, year),
                influence_mass_balance: unit.influence(view, Column::InfluenceMassBalance, product, year),
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
    reading: RiskReading,
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
            let ends = |column| -> Option<[f64; 2]> {
                Some([unit.value(view, column, product, 0)?, unit.value(view, column, product, year)?])
            };
            Some(ChangeLine {
                product,
                str: ends(Column::Str)?,
                mass_balance: ends(Column::StrMassBalance)?,
                parts: parts.get(&product).copied(),
                main: [0, year].map(|t| unit.main_supplier(view, product, t)),
                trickle: !view.loops_of(product, year).is_empty() || !view.loops_of(product, 0).is_empty(),
            })
        })
        .collect();
    let size = |c: &ChangeLine| {
        let [from, to] = if reading == RiskReading::MassBalance { c.mass_balance } else { c.str };
        (to - from).abs()
    };
    lines.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.product.cmp(&b.product)));
    lines.truncate(MOST_CHANGES);
    Ok(lines)
}
