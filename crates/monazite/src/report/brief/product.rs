//! The numbers of a product brief.

use std::collections::BTreeMap;

use super::BriefError;
use super::how_sure::{self, SureLine, Whose};
use super::origins::{self, OriginLine};
use super::product_words::product_text;
use super::selection::{Candidate, near, position};
use super::stops::{self, StopLine};
use crate::indicators::{Column, RiskReading};
use crate::report::band_findings::{self, Known};
use crate::report::findings::{self, HALF, Trickle};
use crate::report::readings::{self, Moved, followed};
use crate::report::risk_findings::{self, TwoReadings};
use crate::run::{LoopRecord, RunView, Supply, TrendYear};
use crate::run_folder::StoredPanel;
use crate::study::TradeMeasure;

/// Suppliers shown.
const MOST_SUPPLIERS: usize = 8;
/// Importers shown in each table.
const MOST_IMPORTERS: usize = 8;
/// Share in world imports from which an importer can be among those most at risk.
pub const LEAST_IMPORTS: f64 = 0.005;

/// One supplier of the product.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplierLine {
    /// Position of the country.
    pub country: usize,
    /// Exports, thousand USD.
    pub exports: f64,
    /// Share in world exports.
    pub share: f64,
    /// Share in the first year.
    pub share_first: Option<f64>,
    /// PV.
    pub pv: Option<f64>,
    /// Influence.
    pub influence: Option<f64>,
    /// Mass-balanced influence.
    pub influence_mass_balance: Option<f64>,
    /// RCA.
    pub rca: Option<f64>,
    /// Imports as a share of its exports.
    pub imports_ratio: f64,
    /// Countries whose main supplier it is.
    pub customers: usize,
    /// Whether its imports are a trickle that closes a loop.
    pub trickle: bool,
}

/// One importer of the product.
#[derive(Debug, Clone, PartialEq)]
pub struct ImporterLine {
    /// Position of the country.
    pub country: usize,
    /// Imports, thousand USD.
    pub imports: f64,
    /// Share in world imports.
    pub share: f64,
    /// Main supplier.
    pub main: Option<Supply>,
    /// Exposure, HHI, STR, direct part, indirect part.
    pub values: [Option<f64>; 5],
    /// Mass-balanced STR.
    pub mass_balance: Option<f64>,
    /// STR without the trickle that matters most to it.
    pub without: Option<f64>,
    /// STR by year, in the reading that the brief follows.
    pub series: Vec<(u16, Option<f64>)>,
}

/// A product beside this one in the chain.
#[derive(Debug, Clone, PartialEq)]
pub struct NeighbourLine {
    /// Code.
    pub code: String,
    /// Its text.
    pub text: String,
    /// Its tier.
    pub tier: Option<u8>,
    /// What speaks for the link.
    pub evidence: String,
}

/// Everything on a product brief.
#[derive(Debug)]
pub struct ProductBrief {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// World imports, thousand USD.
    pub world: f64,
    /// Countries that import.
    pub importers: usize,
    /// Countries that export.
    pub exporters: usize,
    /// The largest suppliers.
    pub suppliers: Vec<SupplierLine>,
    /// The largest importers.
    pub largest: Vec<ImporterLine>,
    /// The importers of some size with the highest STR, in the reading that the brief follows; without trickles where it is the other one.
    pub at_risk: Vec<ImporterLine>,
    /// The reading of STR that the brief follows: the mass-balanced one where the two differ by more than a tenth in what it shows.
    pub reading: RiskReading,
    /// The years up to this one.
    pub trend: Vec<(u16, TrendYear)>,
    /// Trickles by year: that with the largest effect in each.
    pub loops: Vec<LoopRecord>,
    /// What it is made from.
    pub inputs: Vec<NeighbourLine>,
    /// What is made from it.
    pub outputs: Vec<NeighbourLine>,
    /// How sure it is: of the average importer, then of the largest and of those most at risk; empty without bands.
    pub sure: Vec<SureLine>,
    /// Who sold what the largest importers buy, and who can have made it; empty where the run does not know.
    pub origins: Vec<OriginLine>,
    /// Whose stop would cost the others most; `None` where the run has no scan.
    pub stops: Option<Vec<StopLine>>,
    /// Findings.
    pub findings: Vec<String>,
}

/// Finds a product of the run by its code.
///
/// # Errors
/// [`BriefError::Unknown`] with near codes.
pub fn find_product(panel: &StoredPanel, descriptions: &[String], asked: &str) -> Result<usize, BriefError> {
    let codes: Vec<String> = panel.products.iter().map(|p| p.code.to_string()).collect();
    let candidates: Vec<Candidate<'_>> =
        codes.iter().zip(descriptions).map(|(code, name)| Candidate { code, name }).collect();
    // Dots and blanks as in 2846.90.
    let plain: String = asked.chars().filter(|c| !matches!(c, '.' | ' ')).collect();
    position(&plain, &candidates).or_else(|| position(asked, &candidates)).ok_or_else(|| {
        BriefError::Unknown { what: "product", asked: asked.to_owned(), near: near(&plain, &candidates) }
    })
}

impl ProductBrief {
    /// Gathers the numbers.
    ///
    /// # Errors
    /// [`BriefError`] if the product is not in the run or a table is damaged.
    pub fn gather(view: &RunView<'_>, asked: &str, year: usize) -> Result<Self, BriefError> {
        let product = find_product(view.panel, view.descriptions, asked)?;
        let panel = view.panel;
        let value = |column, country| panel.value(column, product, year, country);
        let of = |column: Column| {
            (0..panel.countries.len())
                .filter_map(move |c| Some((c, panel.value(column, product, year, c)?)))
                .filter(|(_, v)| *v > 0.0)
        };
        let world = view.world_imports(product, year);
        let here = view.loops_of(product, year);
        let mut customers: BTreeMap<usize, usize> = BTreeMap::new();
        for (importer, _) in of(Column::Imports) {
            if let Some(main) = view.suppliers_of(product, year, importer).first() {
                *customers.entry(main.supplier).or_default() += 1;
            }
        }
        let world_first = view.world_imports(product, 0);
        let mut suppliers: Vec<SupplierLine> = of(Column::Exports)
            .map(|(country, exports)| SupplierLine {
                country,
                exports,
                share: exports / world,
                share_first: (year > 0 && world_first > 0.0)
                    .then(|| panel.value(Column::Exports, product, 0, country).unwrap_or(0.0) / world_first),
                pv: view.pv_of(year, country),
                influence: value(Column::Influence, country),
                influence_mass_balance: value(Column::InfluenceMassBalance, country),
                rca: value(Column::Rca, country),
                imports_ratio: value(Column::Imports, country).unwrap_or(0.0) / exports,
                customers: customers.get(&country).copied().unwrap_or(0),
                trickle: here.iter().any(|l| l.supplier == country),
            })
            .collect();
        let exporters = suppliers.len();
        suppliers.sort_by(|a, b| b.exports.total_cmp(&a.exports).then(a.country.cmp(&b.country)));
        suppliers.truncate(MOST_SUPPLIERS);
        let mut largest: Vec<ImporterLine> = of(Column::Imports)
            .map(|(country, imports)| importer_line(view, product, year, country, imports, world))
            .collect();
        // Of those that can be among the ones shown.
        let shown = largest.iter().filter(|i| i.share >= LEAST_IMPORTS);
        let reading = followed(view.study, shown.map(|i| (i.values[2], i.mass_balance)));
        for line in &mut largest {
            let of = |t| panel.value(reading.column(Column::Str), product, t, line.country);
            line.series = (0..=year).map(|t| (panel.years[t], of(t))).collect();
        }
        let importers = largest.len();
        let known_suppliers = largest.iter().filter(|i| i.main.is_some()).count();
        let dominated: Vec<&ImporterLine> =
            largest.iter().filter(|i| i.main.is_some_and(|m| m.share > HALF)).collect();
        let (in_one_hand, share_in_one_hand) =
            (dominated.len(), dominated.iter().fold(0.0, |sum, i| sum + i.share));
        let mut at_risk: Vec<ImporterLine> =
            largest.iter().filter(|i| i.share >= LEAST_IMPORTS && i.values[2].is_some()).cloned().collect();
        largest.sort_by(|a, b| b.imports.total_cmp(&a.imports).then(a.country.cmp(&b.country)));
        largest.truncate(MOST_IMPORTERS);
        add_without(view, product, year, &mut at_risk)?;
        add_without(view, product, year, &mut largest)?;
        let rank = |i: &ImporterLine| match reading {
            RiskReading::MassBalance => i.mass_balance.unwrap_or(0.0),
            RiskReading::Str => i.without.or(i.values[2]).unwrap_or(0.0),
        };
        at_risk.sort_by(|a, b| rank(b).total_cmp(&rank(a)).then(a.country.cmp(&b.country)));
        at_risk.truncate(MOST_IMPORTERS);
        let mut brief = Self {
            sure: how_sure::lines(view, &whose_bands(product, &largest, &at_risk), year)?,
            origins: origins::lines(
                view,
                &largest.iter().map(|line| (product, line.country)).collect::<Vec<_>>(),
                year,
            )?,
            stops: stops::lines(view, product, year)?,
            product,
            year,
            world,
            importers,
            exporters,
            suppliers,
            largest,
            at_risk,
            reading,
            trend: (0..=year).map(|t| (panel.years[t], view.trends[product][t])).collect(),
            loops: (0..=year).filter_map(|t| view.loops_of(product, t).into_iter().next()).collect(),
            inputs: Vec::new(),
            outputs: Vec::new(),
            findings: Vec::new(),
        };
        let code = panel.products[product].code.to_string();
        for link in view.links {
            if link.output == code {
                brief.inputs.push(neighbour(view, &link.input, &link.evidence));
            } else if link.input == code {
                brief.outputs.push(neighbour(view, &link.output, &link.evidence));
            }
        }
        brief.findings = brief.tell(view, &code, in_one_hand, known_suppliers, share_in_one_hand);
        Ok(brief)
    }

    fn tell(
        &self,
        view: &RunView<'_>,
        code: &str,
        in_one_hand: usize,
        known_suppliers: usize,
        share: f64,
    ) -> Vec<String> {
        let year = view.panel.years[self.year];
        let mut told = Vec::new();
        if self.world <= 0.0 {
            let last = (0..self.year).rev().find(|&t| view.world_imports(self.product, t) > 0.0);
            let product = product_text(view, self.product);
            return findings::not_traded(&product, year, last.map(|t| view.panel.years[t]))
                .into_iter()
                .collect();
        }
        if view.study.trade.measure == TradeMeasure::Quantity {
            let coverage = view.trends[self.product][self.year].quantity_coverage;
            let enough = coverage.is_some_and(|c| c >= view.study.trade.min_quantity_coverage);
            told.push(Some(findings::measured_by_quantity(code, year, coverage, enough)));
        }
        if let Some(first) = self.suppliers.first() {
            told.push(findings::largest_supplier(
                code,
                year,
                view.name(first.country),
                first.share,
                first.pv,
            ));
        }
        if view.suppliers.is_some() {
            let (importers, known) = (self.importers, known_suppliers);
            told.push(findings::importers_in_one_hand(code, year, in_one_hand, importers, known, share));
        }
        told.push(trend_finding(view, self.product, self.year));
        told.into_iter().flatten().collect()
    }
}

/// A product beside this one in the chain, by its code.
fn neighbour(view: &RunView<'_>, of: &str, evidence: &str) -> NeighbourLine {
    let place = of.parse().ok().and_then(|code| view.panel.product(code));
    NeighbourLine {
        code: of.to_owned(),
        text: place.map_or_else(String::new, |p| view.descriptions[p].clone()),
        tier: place.and_then(|p| view.panel.products[p].tier),
        evidence: evidence.to_owned(),
    }
}

/// Of whom a brief says how sure STR is: the average importer, the largest, and those most at risk, each once.
fn whose_bands(product: usize, largest: &[ImporterLine], at_risk: &[ImporterLine]) -> Vec<Whose> {
    let mut whose = vec![Whose::Mean { product }];
    for line in largest.iter().chain(at_risk) {
        let country = Whose::Country { product, country: line.country };
        if !whose.contains(&country) {
            whose.push(country);
        }
    }
    whose
}

/// STR of the average importer of a product in the first year that has it and in a later one, with the negligible imports that matter most
/// in each of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Ends {
    /// Positions of the two years.
    pub years: [usize; 2],
    /// STR as recorded.
    pub recorded: [f64; 2],
    /// What negligible imports do to it.
    pub trickles: [Option<Trickle>; 2],
}

impl Ends {
    /// Those of a product up to a year; `None` if it has no STR there.
    pub fn of(view: &RunView<'_>, product: usize, year: usize) -> Option<Self> {
        let trend = &view.trends[product];
        let first = (0..=year).find(|&t| trend[t].str.is_some())?;
        let years = [first, year];
        let trickle = |year: usize| {
            view.loops_of(product, year).first().map(|l| Trickle {
                supplier: view.name(l.supplier).to_owned(),
                weighted: l.weighted,
                without: l.without,
            })
        };
        Some(Self { years, recorded: [trend[first].str?, trend[year].str?], trickles: years.map(trickle) })
    }

    /// STR at an end without them, or as recorded where there are none.
    pub fn without(&self, end: usize) -> f64 {
        self.trickles[end].as_ref().map_or(self.recorded[end], |t| t.without)
    }
}

/// How the STR of the average importer of a product, and of one country, moved up to a year under both readings, whether that is outside its own
/// uncertainty, and why the readings differ; see [`risk_findings`] and [`band_findings`]. `None` where nothing moved, as far as that is known.
///
/// The country is the largest importer in the last of the years: the one whose risk weighs most in the mean, and where a maker turned buyer, that
/// one.
pub fn trend_finding(view: &RunView<'_>, product: usize, year: usize) -> Option<String> {
    let moved = Moved::of(view, product, None, year)?;
    let (of, text) = (told_of(view, &moved), product_text(view, product));
    let bands = readings::how_sure(view, product, None, &moved);
    let mut told = vec![match &bands {
        Some(bands) => band_findings::average_risk(&text, &of, bands),
        None => risk_findings::average_risk(&text, &of)?,
    }];
    let largest = (0..view.panel.countries.len())
        .filter_map(|c| Some((c, view.panel.value(Column::Imports, product, year, c)?)))
        .reduce(|best, other| if other.1 > best.1 { other } else { best });
    if let Some((country, _)) = largest
        && let Some(own) =
            Moved::of(view, product, Some(country), year).filter(|own| own.years == moved.years)
    {
        let name = view.name(country);
        told.extend(match (&bands, readings::how_sure(view, product, Some(country), &own)) {
            (Some(_), Some(bands)) => Some(band_findings::largest_importer(name, &bands)),
            _ => risk_findings::largest_importer(name, &told_of(view, &own)),
        });
    }
    told.extend(readings::own_change(view, product, &moved));
    // Where no change is established there is none to explain.
    if bands.is_none_or(|bands| bands.known() != [Known::NotEstablished; 2]) {
        let [paper, mass] = [moved.paper[1], moved.mass_balance[1]];
        let (when, floor) = (view.panel.years[year], view.str_scale().floor());
        told.extend(risk_findings::more_than_mass_balance(when, paper, mass, floor));
    }
    Some(told.join(" "))
}

fn told_of(view: &RunView<'_>, moved: &Moved) -> TwoReadings {
    let years = moved.years.map(|year| view.panel.years[year]);
    TwoReadings { years, paper: moved.paper, mass_balance: moved.mass_balance }
}

fn importer_line(
    view: &RunView<'_>,
    product: usize,
    year: usize,
    country: usize,
    imports: f64,
    world: f64,
) -> ImporterLine {
    const COLUMNS: [Column; 5] =
        [Column::Exposure, Column::Hhi, Column::Str, Column::StrDirect, Column::StrIndirect];
    ImporterLine {
        country,
        imports,
        share: imports / world,
        main: view.suppliers_of(product, year, country).first().copied(),
        values: COLUMNS.map(|column| view.panel.value(column, product, year, country)),
        mass_balance: view.panel.value(Column::StrMassBalance, product, year, country),
        without: None,
        series: Vec::new(),
    }
}

fn add_without(
    view: &RunView<'_>,
    product: usize,
    year: usize,
    lines: &mut [ImporterLine],
) -> Result<(), BriefError> {
    if view.loops_of(product, year).is_empty() {
        return Ok(());
    }
    let by_importer = view.str_without_of(product, year)?;
    for line in lines {
        line.without = by_importer.get(&line.country).copied();
    }
    Ok(())
}
