//! What a country or group buys of one product.

use std::collections::BTreeMap;

use super::benchmark::Benchmark;
use super::one_buyer::Without;
use super::unit::Unit;
use crate::indicators::{Column, RiskReading};
use crate::report::findings::HALF;
use crate::run::{RunView, Supply};

/// A product that a country imports.
#[derive(Debug, Clone, PartialEq)]
pub struct ImportLine {
    /// Position of the product.
    pub product: usize,
    /// Its tier; `None` outside the chain.
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
    /// Mass-balanced STR.
    pub mass_balance: Option<f64>,
    /// Direct part of STR - 1.
    pub direct: Option<f64>,
    /// Indirect part.
    pub indirect: Option<f64>,
    /// The supplier whose negligible imports matter most to STR, if there is one.
    pub without: Option<Without>,
    /// Whether it is bought more than sold, with more than half of it from one country.
    pub is_chokepoint: bool,
    /// Whether the main supplier is above the benchmark of the EU.
    pub above_benchmark: bool,
    /// STR by year, in the reading that the brief follows; empty until it is asked for.
    pub series: Vec<(u16, Option<f64>)>,
}

impl ImportLine {
    /// What it buys of a product in a year; `None` if it imports none.
    pub fn of(
        view: &RunView<'_>,
        unit: &Unit,
        product: usize,
        year: usize,
        benchmark: &Benchmark,
        without: &BTreeMap<usize, Without>,
    ) -> Option<Self> {
        let value = |column| unit.value(view, column, product, year);
        let imports = value(Column::Imports).filter(|m| *m > 0.0)?;
        let hhi = value(Column::Hhi);
        let main = unit.main_supplier(view, product, year);
        // A concentration of a half cannot be had without a supplier of a half.
        let in_one_hand = match (view.suppliers, main) {
            (Some(_), Some(main)) => main.share > HALF,
            (Some(_), None) => false,
            (None, _) => hhi.is_some_and(|h| h > HALF),
        };
        Some(Self {
            product,
            tier: view.panel.products[product].tier,
            imports,
            pv: main.and_then(|m| view.pv_of(year, m.supplier)),
            main,
            exposure: value(Column::Exposure),
            hhi,
            str: value(Column::Str),
            mass_balance: value(Column::StrMassBalance),
            direct: value(Column::StrDirect),
            indirect: value(Column::StrIndirect),
            without: without.get(&product).copied(),
            is_chokepoint: in_one_hand && unit.is_net_importer(view, product, year),
            above_benchmark: benchmark.is_exceeded_by(main),
            series: Vec::new(),
        })
    }

    /// What lines are ranked by: mass-balanced STR where a brief follows it, otherwise STR, without the negligible imports that create a feedback
    /// loop.
    pub fn rank(&self, reading: RiskReading) -> f64 {
        match reading {
            RiskReading::MassBalance => self.mass_balance,
            RiskReading::Str => self.without.map(|w| w.str).or(self.str),
        }
        .unwrap_or(0.0)
    }
}
