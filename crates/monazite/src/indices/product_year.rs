//! All indices of the importers of a product in a year.

use super::eu_supply_risk::{Supply, SupplyRiskParts, eu_supply_risk, governed_concentration};
use super::export_hhi::export_shares;
use super::geopolrisk::geopolrisk;
use super::import_reliance::import_reliance;
use super::index::Index;
use super::persistent_dependency::{is_dependent, years_dependent};
use super::side_tables::{Factors, IndexTables};
use super::strategic_dependency::{OutsideTrade, strategic_dependency};
use super::usgs_risk::usgs_risk;
use super::weighted_hhi::weighted_hhi;
use super::worst_stop::{WorstStop, worst_stops};
use crate::indicators::extract::WholeTrade;
use crate::indicators::herfindahl;
use crate::nomenclature::Hs6;
use crate::shock::ShockSolver;
use crate::trade::TradeMatrix;
use crate::trade::matrix::Imports;

/// The indices of one importer; `None` what is undefined or was not asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct ImporterIndices {
    /// [`super::export_hhi()`], the same for all importers of the product.
    pub export_hhi: Option<f64>,
    /// [`Index::Whhi`].
    pub whhi: Option<f64>,
    /// [`Index::EuSrTrade`].
    pub eu_sr_trade: Option<f64>,
    /// [`Index::EuSr`].
    pub eu_sr: Option<f64>,
    /// [`Index::GeopolriskTrade`].
    pub geopolrisk_trade: Option<f64>,
    /// [`Index::Geopolrisk`].
    pub geopolrisk: Option<f64>,
    /// [`Index::EcFlag`].
    pub ec_flag: Option<bool>,
    /// [`Index::Geodep`].
    pub geodep: Option<u8>,
    /// [`Index::Worst`].
    pub worst: Option<WorstStop>,
    /// [`Index::Usgs`].
    pub usgs: Option<f64>,
}

impl ImporterIndices {
    /// The number of an index, a flag as 0 or 1; `None` if it is undefined, or was not computed.
    pub fn number(&self, index: Index) -> Option<f64> {
        match index {
            Index::Whhi => self.whhi,
            Index::EuSrTrade => self.eu_sr_trade,
            Index::EuSr => self.eu_sr,
            Index::GeopolriskTrade => self.geopolrisk_trade,
            Index::Geopolrisk => self.geopolrisk,
            Index::EcFlag => self.ec_flag.map(|flag| if flag { 1.0 } else { 0.0 }),
            Index::Geodep => self.geodep.map(f64::from),
            Index::Worst => self.worst.map(|worst| worst.loss),
            Index::Usgs => self.usgs,
        }
    }
}

/// What the indices of a product-year are made from.
#[derive(Debug, Clone, Copy)]
pub struct IndexInputs<'a> {
    /// The product.
    pub product: Hs6,
    /// The year.
    pub year: u16,
    /// Suppliers by importers.
    pub trade: &'a TradeMatrix,
    /// g of every country, 0 to 1; `None` if political stability is not at hand: nothing that rests on it is computed.
    pub instability: Option<&'a [f64]>,
    /// Import content φ of every country under mass balance.
    pub content: &'a [f64],
    /// By country: what members of a merged group sell one another; empty if nothing is merged.
    pub among_members: &'a [f64],
    /// Whose trade is whole, if the trade is an extract.
    pub whole: Option<WholeTrade<'a>>,
    /// The tables beside the trade.
    pub tables: &'a IndexTables,
}

/// Whether CEPII's criteria hold, by country and year of one product, up to the year at hand.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct DependencyHistory {
    by_country: Vec<Vec<Option<bool>>>,
}

impl DependencyHistory {
    /// Adds a year of which nothing is known: nobody trades the product, or the trade is an extract.
    pub fn unknown_year(&mut self, countries: usize) {
        self.add(&vec![None; countries]);
    }

    fn add(&mut self, year: &[Option<bool>]) {
        self.by_country.resize_with(year.len(), Vec::new);
        self.by_country.iter_mut().zip(year).for_each(|(years, holds)| years.push(*holds));
    }
}

/// The indices of all importers of a product in a year, by position; importers without any are left out.
///
/// Years have to be given one after the other: `history` is what is known of the years before, and has this one added.
///
/// Where the trade is an extract, what rests on the trade of others is undefined: the concentration of exports and what is made of it, and the worst
/// stop. What rests on the imports of a country alone is there where these are whole.
pub fn importer_indices(
    inputs: &IndexInputs<'_>,
    wanted: &[Index],
    history: &mut DependencyHistory,
    solver: &mut ShockSolver,
) -> Vec<(u16, ImporterIndices)> {
    let countries = inputs.trade.countries();
    if inputs.trade.flows() == 0 {
        history.unknown_year(countries);
        return Vec::new();
    }
    let asked = |index: Index| wanted.contains(&index);
    let all_trade = inputs.whole.is_none();
    let world = WorldSupply::of(inputs, wanted);
    let worst = match asked(Index::Worst) && all_trade {
        true => worst_stops(inputs.trade, inputs.content, solver),
        false => vec![None; countries],
    };
    let hhi: Vec<f64> =
        inputs.trade.columns().map(|column| herfindahl(column.shares).unwrap_or_default()).collect();
    match world.export_hhi {
        Some(export_hhi) => {
            let mut holds = vec![Some(false); countries];
            for (column, hhi) in inputs.trade.columns().zip(&hhi) {
                let c = usize::from(column.importer);
                let (imports, exports) = (inputs.trade.imports()[c], inputs.trade.exports()[c]);
                holds[c] = Some(is_dependent(*hhi, export_hhi, imports, exports));
            }
            history.add(&holds);
        }
        None => history.unknown_year(countries),
    }
    let of_importer = |(column, hhi): (Imports<'_>, &f64)| {
        let c = usize::from(column.importer);
        let mut row = world.importer(inputs, wanted, &column);
        row.ec_flag = inputs.ec_flag(c, *hhi).filter(|_| asked(Index::EcFlag));
        row.geodep = years_dependent(&history.by_country[c]).filter(|_| asked(Index::Geodep));
        row.worst = worst[c];
        (row != ImporterIndices::default()).then_some((column.importer, row))
    };
    inputs.trade.columns().zip(&hhi).filter_map(of_importer).collect()
}

impl IndexInputs<'_> {
    /// Whether all imports of a country are in the data.
    fn has_imports(&self, c: usize) -> bool {
        self.whole.is_none_or(|whole| whole.imports.get(c) == Some(&true))
    }

    /// Whether all its trade is.
    fn has_trade(&self, c: usize) -> bool {
        self.has_imports(c) && self.whole.is_none_or(|whole| whole.exports.get(c) == Some(&true))
    }

    fn ec_flag(&self, c: usize, hhi: f64) -> Option<bool> {
        let trade = OutsideTrade {
            hhi,
            imports: self.trade.imports()[c],
            exports: self.trade.exports()[c],
            among_members: self.among_members.get(c).copied().unwrap_or_default(),
        };
        self.has_trade(c).then(|| strategic_dependency(&trade))
    }

    /// What a table says of the importer.
    fn factor(&self, table: &Option<Factors>, c: usize) -> Option<f64> {
        table.as_ref()?.of(self.product, c as u16, self.year)
    }
}

/// What is the same for all importers of a product-year.
struct WorldSupply<'a> {
    export_hhi: Option<f64>,
    /// Concentration of production, where a table has it.
    production_hhi: Option<f64>,
    /// Production by country, where a table has it.
    production: Option<&'a [Option<f64>]>,
    /// g t weighted concentration of exports, and of production.
    exports_governed: Option<f64>,
    production_governed: Option<f64>,
    /// t by country.
    trade_factor: Vec<f64>,
    /// g by country, as GeoPolRisk takes it.
    instability: Vec<Option<f64>>,
}

impl<'a> WorldSupply<'a> {
    fn of(inputs: &IndexInputs<'a>, wanted: &[Index]) -> Self {
        let countries = inputs.trade.countries();
        let shares = if inputs.whole.is_none() { export_shares(inputs.trade) } else { Vec::new() };
        let production = inputs.tables.production_of(inputs.product, inputs.year);
        let made: f64 = production.iter().flat_map(|of| of.iter().flatten()).fold(0.0, |sum, p| sum + p);
        let made_shares: Vec<f64> = match production {
            Some(of) if made > 0.0 => of.iter().map(|p| p.unwrap_or_default() / made).collect(),
            _ => Vec::new(),
        };
        let trade_factor: Vec<f64> = match (&inputs.tables.trade_factor, wanted.contains(&Index::EuSr)) {
            (Some(table), true) => (0..countries)
                .map(|a| table.of(inputs.product, a as u16, inputs.year).unwrap_or(1.0))
                .collect(),
            _ => vec![1.0; countries],
        };
        let governed = |shares: &[f64], t: &dyn Fn(usize) -> f64| {
            let g = inputs.instability?;
            let supply =
                |(a, share): (usize, &f64)| Supply { share: *share, instability: g[a], trade_factor: t(a) };
            governed_concentration(shares.iter().enumerate().map(supply))
        };
        Self {
            export_hhi: herfindahl(&shares),
            production_hhi: herfindahl(&made_shares),
            production: production.filter(|_| made > 0.0),
            exports_governed: governed(&shares, &|_| 1.0),
            production_governed: governed(&made_shares, &|a| trade_factor[a]),
            trade_factor,
            instability: inputs.instability.unwrap_or_default().iter().map(|g| Some(*g)).collect(),
        }
    }

    /// The indices of an importer that are made from its own imports and the supply of the world.
    fn importer(&self, inputs: &IndexInputs<'_>, wanted: &[Index], column: &Imports<'_>) -> ImporterIndices {
        let c = usize::from(column.importer);
        let mut row = ImporterIndices { export_hhi: self.export_hhi, ..ImporterIndices::default() };
        let asked = |index: Index| wanted.contains(&index);
        let (imports, exports) = (inputs.trade.imports()[c], inputs.trade.exports()[c]);
        let own = self.production.map(|of| of[c].unwrap_or_default());
        if asked(Index::Usgs) && inputs.has_trade(c) {
            let tables = inputs.tables;
            let potential = inputs.factor(&tables.disruption_potential, c);
            let vulnerability = inputs.factor(&tables.economic_vulnerability, c);
            let exposure = import_reliance(imports, exports, own);
            row.usgs = match (potential, exposure, vulnerability) {
                (Some(dp), Some(te), Some(ev)) => Some(usgs_risk(dp, te, ev)),
                _ => None,
            };
        }
        let Some(g) = inputs.instability.filter(|_| inputs.has_imports(c)) else { return row };
        row.whhi = asked(Index::Whhi).then(|| weighted_hhi(column, g));
        if asked(Index::EuSrTrade) && self.exports_governed.is_some() {
            row.eu_sr_trade = eu_supply_risk(SupplyRiskParts {
                world: self.exports_governed,
                sourcing: governed_concentration(sourcing(column, g, |_| 1.0)),
                import_reliance: import_reliance(imports, exports, None),
                recycling: 0.0,
                substitution: 1.0,
            });
        }
        if asked(Index::EuSr) && inputs.has_trade(c) {
            row.eu_sr = self.eu_sr(inputs, column, g, own);
        }
        let scored = |hhi: f64, production: f64| geopolrisk(hhi, column, &self.instability, production);
        row.geopolrisk_trade =
            self.export_hhi.filter(|_| asked(Index::GeopolriskTrade)).map(|h| scored(h, 0.0));
        row.geopolrisk =
            self.production_hhi.zip(own).filter(|_| asked(Index::Geopolrisk)).map(|(h, p)| scored(h, p));
        row
    }

    /// The whole formula, where every table says something of it.
    fn eu_sr(
        &self,
        inputs: &IndexInputs<'_>,
        column: &Imports<'_>,
        g: &[f64],
        own: Option<f64>,
    ) -> Option<f64> {
        let (c, own) = (usize::from(column.importer), own?);
        let (imports, exports) = (inputs.trade.imports()[c], inputs.trade.exports()[c]);
        let abroad = imports / (own + imports);
        let bought =
            sourcing(column, g, |a| self.trade_factor[a]).map(|of| Supply { share: of.share * abroad, ..of });
        // What it makes itself crosses no border.
        let made = Supply { share: own / (own + imports), instability: g[c], trade_factor: 1.0 };
        eu_supply_risk(SupplyRiskParts {
            world: self.production_governed,
            sourcing: governed_concentration(bought.chain([made])),
            import_reliance: import_reliance(imports, exports, Some(own)),
            recycling: inputs.factor(&inputs.tables.recycling, c)?,
            substitution: inputs.factor(&inputs.tables.substitution, c)?,
        })
    }
}

/// The suppliers of an importer.
fn sourcing(column: &Imports<'_>, g: &[f64], t: impl Fn(usize) -> f64) -> impl Iterator<Item = Supply> {
    column.suppliers.iter().zip(column.shares).map(move |(&supplier, &share)| {
        let a = usize::from(supplier);
        Supply { share, instability: g[a], trade_factor: t(a) }
    })
}
