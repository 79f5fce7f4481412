//! The setting of a study: its countries, years and products, their stability, and the totals behind RCA.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::coverage::uncovered_note;
use super::doubts::doubts;
use super::error::PanelError;
use super::extract::Extract;
use super::given::{Given, Leads, Totals};
use super::index_tables::index_tables;
use super::notes::{LongList, Notes};
use super::production::{self, ProductionOfStudy};
use super::table_totals::TotalsFromTable;
use super::totals_out_of_line::Held;
use crate::indices::IndexTables;
use crate::ingest::countries::place;
use crate::ingest::governance::Origin;
use crate::ingest::tables::{ExportTotals, read_reexport_shares};
use crate::ingest::{Governance, Stability};
use crate::nomenclature::YearRange;
use crate::nomenclature::{self, Hs6};
use crate::plain_text::listed;
use crate::study::{Problem, ProductSelection, RcaUniverse, Study, StudyError, TradeMeasure};
use crate::trade::FlowSource;
use crate::units::ThousandUsd;
use crate::value_chain::ValueChain;

pub(crate) use super::choose_countries::choose_countries;
pub use super::study_country::{ABSENT, StudyCountry};

/// Where the totals behind RCA come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RcaBasis {
    /// All products of the data.
    Data,
    /// The table of totals that the study names.
    Table,
    /// The products of the study only: asked for, or for want of anything better.
    NetworkOnly,
    /// The trade is an extract, so there is no RCA.
    Nothing,
}

impl RcaBasis {
    /// For manifests.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Data => "all products of the data",
            Self::Table => "table of totals",
            Self::NetworkOnly => "products of the study only",
            Self::Nothing => "nothing, since the trade is an extract",
        }
    }
}

/// Everything that is the same for all products of a study.
#[derive(Debug)]
pub struct World {
    /// The countries, by code.
    pub countries: Vec<StudyCountry>,
    /// For each country of the store its place among `countries`; `ABSENT` if it trades nothing in these years.
    pub place: Vec<u16>,
    /// Whether any countries are merged.
    pub merged: bool,
    /// The years, ascending.
    pub years: Vec<u16>,
    /// The products to compute, ascending.
    pub products: Vec<Hs6>,
    /// Vintage and layout of the Governance Indicators.
    pub vintage: String,
    /// File of the Governance Indicators without its folder; empty for rows in memory.
    pub governance_file: String,
    /// SHA-256 of the Governance Indicators; see [`Governance::sha256`].
    pub governance_sha256: String,
    /// PV by year and country.
    pub stability: Stability,
    /// w = 1 - PV/100 by year and country; 0 for a country that is left out as a supplier.
    pub instability: Vec<Vec<f64>>,
    /// Whether a country trades anything in a year.
    pub active: Vec<Vec<bool>>,
    /// Where the totals behind RCA come from.
    pub rca_basis: RcaBasis,
    /// Total exports by year and country, thousand USD.
    pub country_exports: Vec<Vec<Option<f64>>>,
    /// Total exports of the world by year, thousand USD.
    pub world_exports: Vec<Option<f64>>,
    /// Share of re-exports in the exports of each country; empty if nothing is traced.
    pub reexport_share: Vec<f64>,
    /// Production of the products of the study, where import content is taken from it.
    pub production: ProductionOfStudy,
    /// The tables behind the indices that others publish.
    pub index_tables: IndexTables,
    /// Places of the entrepots.
    pub hubs: Vec<usize>,
    /// Which years are an extract of the trade of the world.
    pub extract: Extract,
    /// What a reader of the results should know.
    pub notes: Vec<String>,
    /// The lists that are too long for a note.
    pub lists: Vec<LongList>,
}

/// A release has about five thousand products; a store with fewer than this share of its product table is an extract.
const COMPLETE: f64 = 0.9;
const MANY_PRODUCTS: usize = 4000;
/// Trade may be somewhat more than a table of totals says, which is of another source; not so many times of it.
const MOST_BEYOND_TABLE: f64 = 2.0;

impl World {
    /// Brings study, trade and chain together, with the political stability that the study names.
    ///
    /// # Errors
    /// [`PanelError::Study`] with everything in the study that does not fit the data; [`PanelError::Ingest`] if a table it names
    /// cannot be read.
    pub fn prepare(study: &Study, store: &dyn FlowSource, chain: &ValueChain) -> Result<Self, PanelError> {
        Self::prepare_with(study, store, chain, &read_governance(study)?)
    }

    /// As [`World::prepare`], with political stability that is at hand.
    ///
    /// # Errors
    /// As [`World::prepare`].
    pub fn prepare_with(
        study: &Study,
        store: &dyn FlowSource,
        chain: &ValueChain,
        governance: &Governance,
    ) -> Result<Self, PanelError> {
        Self::prepare_given(
            study,
            store,
            chain,
            Given { governance: Some(governance), totals: Totals::OfStudy },
        )
    }

    /// As [`World::prepare_with`], for whoever needs less: without stability nothing that rests on it is known, and without totals there is no RCA.
    ///
    /// # Errors
    /// As [`World::prepare`].
    pub fn prepare_given(
        study: &Study,
        store: &dyn FlowSource,
        chain: &ValueChain,
        given: Given<'_>,
    ) -> Result<Self, PanelError> {
        let governance = given.governance;
        let mut problems = Vec::new();
        let mut notes = Notes::default();
        let years = choose_years("study.years", study.study.years, store, &mut problems);
        let products = choose_products(study, store, chain, &years, &mut problems, &mut notes);
        problems.extend(super::groups::check_groups(study, store, &years));
        if study.trade.measure == TradeMeasure::Quantity && !any_quantity(store, &years, &products)? {
            let message = "the data have no quantity in any flow of these products and years (column q), so there is nothing to compute; set it to \
                           \"value\", or give data with quantities";
            problems.push(problem("trade.measure", message.to_owned()));
        }
        if !problems.is_empty() {
            return Err(study.error(problems).into());
        }
        let (countries, leads, place, active) = choose_countries(study, store, &years)?;
        let extract = Extract::find(study, store, &years, &countries, &place)?;
        notes.extend(extract.note(&years));
        doubts(store, &years, !extract.is_one(), &mut notes);

        let leads = Leads { countries: &countries, codes: &leads, years: &years };
        let stability = match governance {
            Some(governance) => leads.stability(study, store, governance, &mut notes)?,
            None => leads.unknown(),
        };
        let held = match (governance, given.totals) {
            (None, Totals::Nobody) => Vec::new(),
            _ => exports_by_country(store, &years, &place, countries.len())?,
        };
        if let Some(governance) = governance {
            let missing = study.stability.missing;
            notes.extend(uncovered_note(governance, missing, &countries, &stability, &held)?);
        }
        let instability = (0..years.len()).map(|t| stability.instability(t)).collect();

        let (reexport_share, note) = reexport_shares(study, &countries, store.countries())?;
        notes.extend(note);
        let setting = production::Setting {
            study,
            store,
            products: &products,
            years: &years,
            countries: &countries,
            place: &place,
        };
        let production = setting.production(&mut notes)?;
        let index_tables = index_tables(&setting, &mut notes)?;

        let mut world = Self {
            merged: !study.trade.merge.is_empty(),
            reexport_share,
            production,
            index_tables,
            hubs: study
                .trade
                .hubs
                .iter()
                .filter_map(|hub| countries.iter().position(|c| c.code == *hub))
                .collect(),
            countries,
            place,
            years,
            products,
            vintage: governance.map_or_else(String::new, |of| of.vintage_beside(store.about().synthetic)),
            governance_file: governance.map_or_else(String::new, Governance::file_name),
            governance_sha256: governance.map_or_else(String::new, |of| of.sha256.clone()),
            stability,
            instability,
            active,
            rca_basis: RcaBasis::NetworkOnly,
            country_exports: Vec::new(),
            world_exports: Vec::new(),
            extract,
            notes: notes.sentences,
            lists: notes.lists,
        };
        world.find_totals(study, store, held, given.totals)?;
        Ok(world)
    }

    /// Whether the PV of a country in a year is not the published one.
    pub fn is_imputed(&self, year: usize, country: usize) -> bool {
        self.stability.origin[year][country].is_imputed()
    }

    /// Whether a country is left out as a supplier.
    pub fn is_absent_supplier(&self, year: usize, country: usize) -> bool {
        self.stability.origin[year][country] == Origin::Absent
    }

    /// Total exports by country and year: from the data, from a table, or over the products of the study.
    fn find_totals(
        &mut self,
        study: &Study,
        store: &dyn FlowSource,
        held: Vec<Vec<f64>>,
        given: Totals<'_>,
    ) -> Result<(), PanelError> {
        let traded = store.traded_products();
        let complete = match store.table_size() {
            0 => traded.len() >= MANY_PRODUCTS,
            table => traded.len() as f64 >= COMPLETE * table as f64,
        };
        if self.extract.is_throughout() || matches!(given, Totals::Nobody) {
            self.rca_basis = RcaBasis::Nothing;
            self.country_exports = vec![vec![None; self.countries.len()]; self.years.len()];
            self.world_exports = vec![None; self.years.len()];
            return Ok(());
        }
        let table = match given {
            Totals::Table(table) => Some(Cow::Borrowed(table)),
            _ => None,
        };
        let has_table = table.is_some() || study.data.totals.is_some();
        self.rca_basis = match study.indicators.rca_universe {
            RcaUniverse::NetworkOnly => RcaBasis::NetworkOnly,
            RcaUniverse::All if has_table => RcaBasis::Table,
            RcaUniverse::All if complete => RcaBasis::Data,
            RcaUniverse::All => {
                self.notes.push(format!(
                    "RCA rests on the {} products of the study only: the data hold {} products, not all of them, and no table \
                     of total exports is given ({}).",
                    self.products.len(),
                    traded.len(),
                    if matches!(given, Totals::OfStudy) { "data.totals" } else { "totals" }
                ));
                RcaBasis::NetworkOnly
            }
        };
        match self.rca_basis {
            RcaBasis::Table => {
                let table = match (table, &study.data.totals) {
                    (Some(table), _) => table.into_owned(),
                    (None, path) => {
                        ExportTotals::read(&study.resolve(path.as_ref().expect("a table was named")))?
                    }
                };
                let table = table.of_countries(store.countries())?;
                let held = Held {
                    years: &self.years,
                    countries: &self.countries,
                    members: &study.trade.merge,
                    active: &self.active,
                    exports: &held,
                };
                let totals = TotalsFromTable::of(&table, held)?;
                self.country_exports = totals.country_exports;
                self.world_exports = totals.world_exports;
                self.notes.extend(totals.notes.sentences);
                self.lists.extend(totals.notes.lists);
                self.note_trade_beyond_table(store, &table);
            }
            RcaBasis::Data => self.totals_from_margins(held),
            RcaBasis::NetworkOnly if self.products == traded => self.totals_from_margins(held),
            RcaBasis::NetworkOnly | RcaBasis::Nothing => self.totals_from_products(store)?,
        }
        Ok(())
    }

    /// Says where the data hold more trade than the table says that there is: the two are not in the same unit, or not of the same year.
    fn note_trade_beyond_table(&mut self, store: &dyn FlowSource, table: &ExportTotals) {
        let beyond = self.years.iter().find_map(|&year| {
            let value = store.traded_in(year).iter().fold(0.0, |sum, entry| sum + entry.value);
            let world = table.world(year)?;
            (value > MOST_BEYOND_TABLE * world).then_some((year, value, world))
        });
        if let Some((year, value, world)) = beyond {
            self.notes.push(format!(
                "The trade of the data in {year} is worth {}, and the total exports of the table (data.totals) {}: the two cannot both be in thousand \
                 USD. If the trade is in USD, say data.unit = \"usd\".",
                ThousandUsd::new(value).in_words(),
                ThousandUsd::new(world).in_words()
            ));
        }
    }

    fn totals_from_margins(&mut self, held: Vec<Vec<f64>>) {
        for exports in held {
            self.world_exports.push(Some(exports.iter().sum()));
            self.country_exports.push(exports.into_iter().map(Some).collect());
        }
    }

    fn totals_from_products(&mut self, store: &dyn FlowSource) -> Result<(), PanelError> {
        for &year in &self.years {
            let mut exports = vec![0.0; self.countries.len()];
            for products in self.products.chunks(256) {
                let batch = store.read(year, products, false)?;
                for ((&exporter, &importer), value) in
                    batch.exporters.iter().zip(&batch.importers).zip(&batch.values)
                {
                    let (from, to) = (self.place[usize::from(exporter)], self.place[usize::from(importer)]);
                    if from != to {
                        exports[usize::from(from)] += value;
                    }
                }
            }
            self.world_exports.push(Some(exports.iter().sum()));
            self.country_exports.push(exports.into_iter().map(Some).collect());
        }
        Ok(())
    }
}

/// Exports by year and country in all products of the data, thousand USD; without what stays within a group.
fn exports_by_country(
    store: &dyn FlowSource,
    years: &[u16],
    place: &[u16],
    countries: usize,
) -> Result<Vec<Vec<f64>>, PanelError> {
    let mut by_year = Vec::with_capacity(years.len());
    for &year in years {
        let margins = store.margins(year)?;
        let mut exports = vec![0.0; countries];
        for a in 0..margins.countries() {
            for c in 0..margins.countries() {
                let (from, to) = (place[a], place[c]);
                if from != to && from != ABSENT {
                    exports[usize::from(from)] += margins.between(a, c);
                }
            }
        }
        by_year.push(exports);
    }
    Ok(by_year)
}

/// Whether any flow of these products has a quantity; reads no more than it has to.
fn any_quantity(store: &dyn FlowSource, years: &[u16], products: &[Hs6]) -> Result<bool, PanelError> {
    for products in products.chunks(64) {
        for &year in years {
            if store.read(year, products, true)?.quantities.iter().flatten().any(|q| *q > 0.0) {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// Reads the political stability that a study names.
///
/// # Errors
/// [`PanelError::Ingest`] if it cannot be read.
pub fn read_governance(study: &Study) -> Result<Governance, PanelError> {
    Ok(Governance::read(&study.resolve(&study.data.governance))?)
}

fn problem(key: &str, message: String) -> Problem {
    Problem { line: None, key: key.to_owned(), message }
}

/// The years of the data that lie in a range; a problem names those of the range that the data do not have.
pub(crate) fn choose_years(
    key: &str,
    range: Option<YearRange>,
    store: &dyn FlowSource,
    problems: &mut Vec<Problem>,
) -> Vec<u16> {
    let available = store.years();
    let Some(range) = range else { return available };
    let chosen: Vec<u16> = available.iter().copied().filter(|&y| range.contains(y)).collect();
    let missing: Vec<String> =
        (range.first..=range.last).filter(|y| !chosen.contains(y)).map(|y| y.to_string()).collect();
    if !missing.is_empty() {
        let have = match (available.first(), available.last()) {
            (Some(first), Some(last)) if available.len() == usize::from(last - first) + 1 => {
                format!("{first} to {last}")
            }
            _ => available.iter().map(u16::to_string).collect::<Vec<_>>().join(", "),
        };
        problems.push(problem(key, format!("the data have no {}; they have {have}", missing.join(", "))));
    }
    chosen
}

fn choose_products(
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    years: &[u16],
    problems: &mut Vec<Problem>,
    notes: &mut Notes,
) -> Vec<Hs6> {
    let traded: BTreeSet<Hs6> =
        years.iter().flat_map(|&year| store.traded_in(year).iter().map(|entry| entry.product)).collect();
    let edition = store.about().edition;
    let edition = if edition.is_empty() { "the data".to_owned() } else { edition };
    let missing = |code: &Hs6| match store.knows(*code) {
        Some(false) => format!("{code} is not a code of {edition}"),
        _ => format!("{code} has no trade in the data"),
    };
    for (key, codes) in [("study.seeds", &study.study.seeds), ("study.focus", &study.study.focus)] {
        for code in codes.iter().filter(|code| !traded.contains(code)) {
            problems.push(problem(key, missing(code)));
        }
    }
    if let ProductSelection::List(codes) = &study.study.products {
        for code in codes.iter().filter(|code| !traded.contains(code)) {
            problems.push(problem("study.products", missing(code)));
        }
    }
    let unknown: Vec<String> = chain
        .products()
        .map(|(code, _)| code)
        .filter(|code| !traded.contains(code) && !study.study.seeds.contains(code))
        .map(|code| code.to_string())
        .collect();
    if !unknown.is_empty() {
        let named = notes.listed("products of the chain without trade", &unknown);
        notes.push(format!(
            "{} products of the chain have no trade in the data and get no indicators: {named}.",
            unknown.len()
        ));
    }
    let mut products: BTreeSet<Hs6> = match &study.study.products {
        ProductSelection::All => traded.clone(),
        ProductSelection::Chain => BTreeSet::new(),
        ProductSelection::List(codes) => codes.iter().copied().collect(),
    };
    products.extend(chain.products().map(|(code, _)| code));
    products.extend(study.study.focus.iter().copied());
    products.retain(|code| traded.contains(code));
    products.into_iter().collect()
}

/// The share of each country, and what is said of rows that are no country.
fn reexport_shares(
    study: &Study,
    countries: &[StudyCountry],
    known: &nomenclature::Countries,
) -> Result<(Vec<f64>, Option<String>), PanelError> {
    let Some(path) = &study.trade.reexport_shares else { return Ok((Vec::new(), None)) };
    let path = study.resolve(path);
    let shares = read_reexport_shares(&path)?;
    let is_there = |iso3: &str| countries.iter().any(|c| c.code == iso3);
    let strangers: Vec<&str> = shares.keys().map(String::as_str).filter(|iso3| !is_there(iso3)).collect();
    let placement = place(strangers.iter().copied(), known);
    let unknown: Vec<&str> =
        strangers.into_iter().filter(|iso3| !placement.aggregates.contains(*iso3)).collect();
    if !unknown.is_empty() {
        let message =
            format!("{} has countries that are not in the data: {}", path.display(), listed(&unknown, ""));
        return Err(PanelError::Study(StudyError {
            file: study.file.display().to_string(),
            problems: vec![problem("trade.reexport_shares", message)],
        }));
    }
    let note = placement.note(&path.file_name().unwrap_or_default().to_string_lossy());
    Ok((countries.iter().map(|c| shares.get(&c.code).copied().unwrap_or(0.0)).collect(), note))
}
