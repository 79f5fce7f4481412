//! Countries in the order of an indicator, of one product or of the chain.

use serde::Serialize;

use super::areas::reading_of;
use super::basket::Basket;
use super::brief::{BriefError, find_year};
use super::maps::{subtitle, title};
use super::measure::Measure;
use super::readings::{WHY_TWO, own_definition, said_of};
use crate::indicators::{Column, OverProducts, RiskReading};
use crate::nomenclature::merged_names::name_in_tables;
use crate::run::provenance::data_of;
use crate::run::{BandOfLevel, Run};
use crate::units::{self, DRAWS};

/// Least share of world imports (or exports, for what describes exporters) with which a country is ranked unless all are asked for.
pub const LEAST_SHARE: f64 = 0.001;

/// Whether a country trades enough to be ranked: shares of next to nothing say little, and would head the list.
pub(super) fn is_ranked(trade: f64, world: f64) -> bool {
    trade >= LEAST_SHARE * world
}

/// What to rank by.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RankingRequest {
    /// An indicator, `pv`, or `share` of a supplier.
    pub indicator: String,
    /// The supplier, where the indicator is `share`.
    pub supplier: Option<String>,
    /// The product, `tier1` or `chain`; all products of the chain together if left out.
    pub product: Option<String>,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// How many countries; all if left out.
    pub top: Option<usize>,
    /// Whether the smallest come first.
    pub ascending: bool,
    /// Whether countries that hardly trade are ranked too.
    pub all: bool,
    /// The reading of STR or influence that countries are in the order of; the mass-balanced one where the two differ, if left out.
    pub reading: Option<RiskReading>,
}

/// A country in a ranking.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranked {
    /// 1 for the first; equal values have the same rank.
    pub rank: usize,
    /// Code.
    pub code: String,
    /// Name.
    pub name: String,
    /// The value.
    pub value: f64,
    /// The value under mass balance, where the ranking has both readings; `None` where it is undefined.
    pub mass_balance: Option<f64>,
    /// 5 and 95 % of the draws of the value; `None` without bands.
    pub band: Option<[f64; 2]>,
    /// The same of the value under mass balance.
    pub mass_balance_band: Option<[f64; 2]>,
    /// Imports (or exports) that it is weighted by, thousand USD or tonnes; `None` where nothing is traded.
    pub trade: Option<f64>,
}

/// Countries in order.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Ranking {
    /// What is ranked, of what, when.
    pub title: String,
    /// How it is defined, in a line.
    pub subtitle: String,
    /// Name of the value.
    pub label: String,
    /// Its unit; empty if there is none.
    pub unit: String,
    /// Whether it is a share, shown in percent.
    pub is_share: bool,
    /// Name of the value under mass balance, which stands beside it; `None` for what does not depend on the reading.
    pub mass_balance_label: Option<String>,
    /// Whether countries are in the order of the value under mass balance.
    pub by_mass_balance: bool,
    /// Draws of political stability behind the bands; `None` without bands.
    pub draws: Option<usize>,
    /// Name of the trade beside it: `Imports` or `Exports`.
    pub trade_label: &'static str,
    /// Unit of the trade.
    pub trade_unit: &'static str,
    /// The countries.
    pub rows: Vec<Ranked>,
    /// What to know: who is left out, where the numbers come from.
    pub notes: Vec<String>,
}

impl Ranking {
    /// Ranks the countries of a run. Countries without a value are not ranked but counted; so are those with less than a thousandth of world imports
    /// (exports for influence and RCA) unless all are asked for: shares of next to nothing say little, and would head the list. STR and influence
    /// have their mass-balanced value beside them, and countries are in the order of it where the two differ by more than a tenth.
    ///
    /// # Errors
    /// As [`Measure::find`], [`Measure::reading`] and [`Measure::value`]; [`BriefError::Unknown`] for a product or year that the run does not have.
    pub fn of(run: &Run, request: &RankingRequest) -> Result<Self, BriefError> {
        let panel = run.panel()?;
        let measure = Measure::find(run, &request.indicator, request.supplier.as_deref())?;
        let year = find_year(panel, request.year)?;
        let basket = Basket::find(run, request.product.as_deref())?;
        let weight = weight_of(&measure);
        let trade_of = |country: usize| {
            let known: Vec<f64> =
                basket.products.iter().filter_map(|&p| panel.value(weight, p, year, country)).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>())
        };
        let world: f64 = (0..panel.countries.len()).filter_map(trade_of).sum();
        let balanced = measure.mass_balanced();
        let bands = BandsOfYear::of(run, &measure, balanced.as_ref(), &basket, year)?;
        let (mut rows, mut small, mut without) = (Vec::new(), 0_usize, 0_usize);
        for (at, country) in panel.countries.iter().enumerate() {
            let Some(value) = measure.value(run, &basket.products, year, at)? else {
                without += 1;
                continue;
            };
            let trade = trade_of(at);
            let is_small = measure.is_of_products() && !is_ranked(trade.unwrap_or_default(), world);
            if is_small && !request.all {
                small += 1;
                continue;
            }
            rows.push(Ranked {
                rank: 0,
                code: country.code.clone(),
                name: name_in_tables(&country.code, &country.name).to_owned(),
                value,
                band: bands.band(0, at),
                mass_balance_band: bands.band(1, at),
                mass_balance: match &balanced {
                    Some(balanced) => balanced.value(run, &basket.products, year, at)?,
                    None => None,
                },
                trade,
            });
        }
        let pairs = rows.iter().map(|row| (Some(row.value), row.mass_balance));
        let reading = measure.reading(run, request.reading, pairs)?;
        let by_mass_balance = reading == Some(RiskReading::MassBalance);
        put_in_order(&mut rows, by_mass_balance, request.ascending);
        let trade_label = weight.label();
        let mut notes: Vec<String> = match request.reading {
            None => reading
                .and_then(|r| said_of(r, "Countries are in the order of"))
                .map(|said| format!("{said} {WHY_TWO}"))
                .into_iter()
                .collect(),
            Some(_) => Vec::new(),
        };
        // What stands beside the mass-balanced value, where it is not the paper's.
        notes.extend(own_definition(run.study()).filter(|_| measure.mass_balanced().is_some()));
        let counted = |n: usize, one: &str, several: &str| match n {
            1 => format!("1 country {one}"),
            n => format!("{n} countries {several}"),
        };
        if small > 0 {
            let less = format!("with less than 0.1 % of world {}", weight.term());
            notes.push(counted(small, &format!("{less} is not ranked."), &format!("{less} are not ranked.")));
        }
        if without > 0 {
            notes.push(counted(without, "has no value.", "have no value."));
        }
        let cut = request.top.map_or(0, |top| rows.len().saturating_sub(top));
        if cut > 0 {
            notes.push(if cut == 1 {
                "1 more country follows.".to_owned()
            } else {
                format!("{cut} more countries follow.")
            });
            rows.truncate(rows.len() - cut);
        }
        let draws = draws_of(run, &rows);
        notes.extend(draws.map(|draws| {
            format!(
                "In brackets: where the middle 90 % of {} of political stability lie, given its standard errors; the number before them is not \
                 their middle.",
                units::counted(draws as u64, DRAWS)
            )
        }));
        notes.push(data_of(run.study(), run.manifest()));
        Ok(Self {
            title: title(panel, &measure, &basket, panel.years[year]),
            subtitle: subtitle(run, &measure, &basket, year)?,
            label: measure.label(panel),
            unit: measure.unit(run),
            is_share: measure.is_share(),
            mass_balance_label: balanced.map(|balanced| balanced.label(panel)),
            by_mass_balance,
            draws,
            trade_label,
            trade_unit: weight.unit(),
            rows,
            notes,
        })
    }

    /// The value of a row as people read it, with its band.
    pub fn value_shown(&self, row: &Ranked) -> String {
        let shown = match self.is_share {
            true => super::measure::percent(row.value),
            false => super::measure::number(row.value),
        };
        shown + &in_brackets(row.band)
    }

    /// The value of a row under mass balance as people read it, with its band; empty where there is none.
    pub fn mass_balance_shown(&self, row: &Ranked) -> String {
        row.mass_balance.map_or_else(String::new, super::measure::number)
            + &in_brackets(row.mass_balance_band)
    }

    /// The trade of a row as people read it; empty where there is none.
    pub fn trade_shown(&self, row: &Ranked) -> String {
        row.trade.map_or_else(String::new, super::measure::number)
    }
}

/// The trade beside a measure: exports, for what describes exporters.
fn weight_of(measure: &Measure) -> Column {
    match measure {
        Measure::Column(Column::Exports) => Column::Exports,
        Measure::Column(column) if matches!(column.over_products(), OverProducts::MeanByExports) => {
            Column::Exports
        }
        _ => Column::Imports,
    }
}

/// Puts countries in the order of one reading and numbers them.
fn put_in_order(rows: &mut [Ranked], by_mass_balance: bool, ascending: bool) {
    let key = |row: &Ranked| if by_mass_balance { row.mass_balance } else { Some(row.value) };
    rows.sort_by(|a, b| {
        let order = match (key(a), key(b)) {
            (Some(a), Some(b)) if ascending => a.total_cmp(&b),
            (Some(a), Some(b)) => b.total_cmp(&a),
            // Who has none under this reading comes last.
            (a, b) => a.is_none().cmp(&b.is_none()),
        };
        order.then_with(|| a.code.cmp(&b.code))
    });
    for at in 0..rows.len() {
        rows[at].rank =
            if at > 0 && key(&rows[at]) == key(&rows[at - 1]) { rows[at - 1].rank } else { at + 1 };
    }
}

/// Draws of political stability behind the bands of the rows; `None` where none has a band.
fn draws_of(run: &Run, rows: &[Ranked]) -> Option<usize> {
    let has_band = |row: &Ranked| row.band.is_some() || row.mass_balance_band.is_some();
    let record = run.manifest().uncertainty.as_ref()?;
    rows.iter().any(has_band).then_some(record.draws)
}

/// The bands of a measure and of its mass-balanced value, of one product in one year. Means over several products have none.
struct BandsOfYear {
    levels: Vec<BandOfLevel>,
    readings: [Option<&'static str>; 2],
}

impl BandsOfYear {
    fn of(
        run: &Run,
        measure: &Measure,
        balanced: Option<&Measure>,
        basket: &Basket,
        year: usize,
    ) -> Result<Self, BriefError> {
        let reading = |measure: &Measure| match measure {
            Measure::Column(column) => reading_of(run.study(), *column),
            Measure::Stability | Measure::Share(_) => None,
        };
        let readings = [reading(measure), balanced.and_then(reading)];
        let levels = match basket.products.as_slice() {
            [_] if readings.iter().any(Option::is_some) => run.band_levels(&basket.products)?,
            _ => Vec::new(),
        };
        Ok(Self { levels: levels.into_iter().filter(|level| level.year == year).collect(), readings })
    }

    /// 5 and 95 % of the draws of a country.
    fn band(&self, reading: usize, country: usize) -> Option<[f64; 2]> {
        let reading = self.readings[reading]?;
        let level = self.levels.iter().find(|level| level.country == country && level.reading == reading)?;
        Some([level.str.low, level.str.high])
    }
}

/// A band as it stands behind its number.
fn in_brackets(band: Option<[f64; 2]>) -> String {
    band.map_or_else(String::new, |[low, high]| format!(" [{low:.2}, {high:.2}]"))
}
