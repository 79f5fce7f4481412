//! Other suppliers for an importer of a run.

use super::error::WhatIfError;
use super::resolve::{country_at, product_at, year_at};
use super::trade::{ProductTrade, RunTrade, why_no_trade};
use crate::diversification::frontier::STEPS;
use crate::diversification::{
    Frontier, LimitError, LimitOptions, Objective, Plan, PlanError, PlanOptions, Planner, PlannerMemory,
    Purchase, frontier, limits,
};
use crate::indicators::content_risk::content_risk;
use crate::indicators::{ImportContent, Leontief, RiskParameters};
use crate::nomenclature::Hs6;
use crate::run::Run;
use crate::run_folder::StoredPanel;
use crate::study::DiversificationSection;

/// What an importer could buy elsewhere, under both readings of STR.
#[derive(Debug, Clone, PartialEq)]
pub struct Diversification {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the importer.
    pub importer: usize,
    /// The plan that is best under mass balance: the number that can be quoted.
    pub mass_balance: Plan,
    /// The plan that is best in the paper's reading, in which importers pass on everything.
    pub full: Plan,
    /// STR under mass balance against what is moved.
    pub frontier: Frontier,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// One product in one year of a run, ready for plans.
pub struct OtherSuppliers<'a> {
    run: &'a Run,
    year: usize,
    trade: ProductTrade,
    instability: Vec<f64>,
}

impl<'a> OtherSuppliers<'a> {
    /// Reads the trade of a product in a year, the last if none is asked for.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the run does not have the product, the year, trade in it, its flows, or the stability of countries.
    pub fn of(run: &'a Run, product: Hs6, year: Option<u16>) -> Result<Self, WhatIfError> {
        let panel = run.panel()?;
        let (product, year) = (product_at(run, product)?, year_at(panel, year)?);
        let trade = RunTrade::read(run, |p, t| p == product && t == year)?;
        let Some(trade) = trade.of(product, year) else {
            return Err(WhatIfError::Question(format!(
                "{}; choose a year with --year",
                why_no_trade(run, product, year)?
            )));
        };
        Self::with(run, year, trade.clone())
    }

    /// As [`OtherSuppliers::of`], with the trade at hand.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the run does not hold the stability of countries.
    pub fn with(run: &'a Run, year: usize, trade: ProductTrade) -> Result<Self, WhatIfError> {
        Ok(Self { run, year, trade, instability: instability(run, run.panel()?, year)? })
    }

    /// A product in a year (positions of the panel) of trade that has been read already; `None` if nobody trades it.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if the run does not hold the stability of countries.
    pub fn of_trade(
        run: &'a Run,
        trade: &RunTrade,
        product: usize,
        year: usize,
    ) -> Result<Option<Self>, WhatIfError> {
        trade.of(product, year).map(|trade| Self::with(run, year, trade.clone())).transpose()
    }

    /// Position of the year.
    pub fn year(&self) -> usize {
        self.year
    }

    /// Position of the product.
    pub fn product(&self) -> usize {
        self.trade.product
    }

    /// The trade that plans are about.
    pub fn trade(&self) -> &ProductTrade {
        &self.trade
    }

    /// w = 1 - PV/100 of every country in the year; 0 where no stability is known.
    pub fn instability(&self) -> &[f64] {
        &self.instability
    }

    /// Damping, scale and orientation of the run's STR; plans are always about the importer's 1 + e.
    pub fn parameters(&self) -> RiskParameters {
        RiskParameters { damping: self.run.study().indicators.damping, ..RiskParameters::default() }
    }

    /// The limits of the study for this product: without excluded countries that sell none of it, of which there is nothing to exclude.
    ///
    /// # Errors
    /// As [`OtherSuppliers::limit_options`].
    pub fn limits_of_study(&self, settings: &DiversificationSection) -> Result<LimitOptions, WhatIfError> {
        let mut limits = self.limit_options(settings)?;
        limits.exclude.retain(|&country| self.trade.matrix.exports()[country] > 0.0);
        Ok(limits)
    }

    /// Limits by positions; an excluded country has to sell the product, or [`OtherSuppliers::plan`] refuses it.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if a country is not in the run.
    pub fn limit_options(&self, settings: &DiversificationSection) -> Result<LimitOptions, WhatIfError> {
        let panel = self.run.panel()?;
        Ok(LimitOptions {
            moved: settings.move_share,
            keep: settings.keep,
            capacity: settings.capacity,
            capacity_of: settings.capacity_of,
            min_supplier_share: settings.min_supplier_share,
            exclude: settings.exclude.iter().map(|code| country_at(panel, code)).collect::<Result<_, _>>()?,
            ..LimitOptions::default()
        })
    }

    /// Plans for many importers under one reading of import content; what they share is computed once, in `memory`.
    pub fn planner<'b>(&'b self, reading: ImportContent, memory: &'b mut PlannerMemory) -> Planner<'b> {
        Planner::new(
            &self.trade.matrix,
            &self.instability,
            reading,
            self.trade.content_sources(),
            &self.parameters(),
            memory,
        )
    }

    /// A plan for an importer under one reading of import content.
    ///
    /// # Errors
    /// [`WhatIfError::Question`] if nothing can move within the limits; says what is possible.
    pub fn plan(
        &self,
        importer: usize,
        reading: ImportContent,
        objective: Objective,
        limits: &LimitOptions,
    ) -> Result<Plan, WhatIfError> {
        let options = PlanOptions { objective, limits: limits.clone() };
        self.planner(reading, &mut PlannerMemory::default())
            .plan(importer, &options, &mut Leontief::default())
            .map_err(|error| self.by_name(error))
    }

    /// STR of an importer under mass balance against the share that is moved.
    ///
    /// # Errors
    /// As [`OtherSuppliers::plan`].
    pub fn frontier(
        &self,
        importer: usize,
        limit_options: &LimitOptions,
        steps: &[f64],
    ) -> Result<Frontier, WhatIfError> {
        let of = self.trade();
        let mut leontief = Leontief::default();
        let content = &of.contents.mass_balance;
        let weight = content_risk(&of.matrix, &self.instability, content, &self.parameters(), &mut leontief)
            .risk
            .weight;
        let purchase = Purchase::of(&of.matrix, importer, &weight, content, &mut leontief)
            .map_err(|singular| self.by_name(PlanError::Singular(singular)))?;
        let limits = limits(&of.matrix, importer, limit_options)
            .map_err(|error| self.by_name(PlanError::Limits(error)))?;
        Ok(Frontier { importer: importer as u16, points: frontier(&purchase, &limits, steps) })
    }

    /// Both plans and the frontier of an importer.
    ///
    /// # Errors
    /// As [`OtherSuppliers::plan`].
    pub fn diversification(
        &self,
        importer: usize,
        objective: Objective,
        limits: &LimitOptions,
    ) -> Result<Diversification, WhatIfError> {
        let mut notes = Vec::new();
        if self.run.study().trade.reexport_shares.is_some() {
            notes.push(
                "Re-exports are traced in this run: the import content of exports is that of the trade before, and none for the places that they are traced through."
                    .to_owned(),
            );
        }
        Ok(Diversification {
            product: self.trade.product,
            year: self.year,
            importer,
            mass_balance: self.plan(importer, ImportContent::MassBalance, objective, limits)?,
            full: self.plan(importer, ImportContent::Full, objective, limits)?,
            frontier: self.frontier(importer, limits, &STEPS)?,
            notes,
        })
    }

    /// Code of a country.
    pub(super) fn code(&self, country: usize) -> &str {
        let panel = self.run.panel().ok();
        panel.and_then(|panel| panel.countries.get(country)).map_or("?", |country| country.code.as_str())
    }

    /// An error with the name of the country that it is about.
    pub(super) fn by_name(&self, error: PlanError) -> WhatIfError {
        let PlanError::Limits(limit) = &error else { return error.into() };
        let Ok(panel) = self.run.panel() else { return error.into() };
        let code = |c: usize| self.code(c);
        let (product, year) = (panel.products[self.trade.product].code, panel.years[self.year]);
        match limit {
            LimitError::ImportsNothing { importer } => {
                let matrix = &self.trade().matrix;
                let mut buyers: Vec<usize> =
                    (0..matrix.countries()).filter(|&c| matrix.imports()[c] > 0.0).collect();
                buyers.sort_by(|&a, &b| matrix.imports()[b].total_cmp(&matrix.imports()[a]).then(a.cmp(&b)));
                let named: Vec<&str> = buyers.iter().take(6).map(|&c| code(c)).collect();
                WhatIfError::Question(format!(
                    "{} imports no {product} in {year}; its largest importers: {}",
                    code(*importer),
                    named.join(", ")
                ))
            }
            LimitError::NotExporting { option, supplier, .. } => {
                let exports = self.trade().matrix.exports();
                let mut sellers: Vec<usize> = (0..exports.len()).filter(|&a| exports[a] > 0.0).collect();
                sellers.sort_by(|&a, &b| exports[b].total_cmp(&exports[a]).then(a.cmp(&b)));
                let named: Vec<&str> = sellers.iter().take(6).map(|&a| code(a)).collect();
                WhatIfError::Question(format!(
                    "{option}: {} sells no {product} in {year}, so leave it out; its {} suppliers, the largest first: {}",
                    code(*supplier),
                    sellers.len(),
                    named.join(", ")
                ))
            }
            other => match other.country() {
                Some(c) => WhatIfError::Question(format!("{}, {product} in {year}: {other}", code(c))),
                None => WhatIfError::Question(format!("{product} in {year}: {other}")),
            },
        }
    }
}

fn instability(run: &Run, panel: &StoredPanel, year: usize) -> Result<Vec<f64>, WhatIfError> {
    let Some(stability) = run.stability()? else {
        return Err(WhatIfError::Question(format!(
            "{}: this run has no stability.csv, so that no risk can be computed; run the study again",
            run.name()
        )));
    };
    let of = |country: &crate::run_folder::stored_panel::StoredCountry| {
        let pv = stability.get(&(panel.years[year], country.code.clone()));
        pv.map_or(0.0, |pv| (1.0 - pv / 100.0).clamp(0.0, 1.0))
    };
    Ok(panel.countries.iter().map(of).collect())
}
