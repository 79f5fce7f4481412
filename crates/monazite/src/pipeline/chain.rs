//! The value chain of a study: its sources, the test on its trade, and the network.

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use crate::ingest::tables::{Population, read_population};
use crate::nomenclature::Hs6;
use crate::panel::extract::Extract;
use crate::panel::world::{StudyCountry, choose_countries, choose_years};
use crate::progress::{Progress, Unit};
use crate::study::{Problem, Study, TestUse};
use crate::threads::within;
use crate::trade::FlowSource;
use crate::value_chain::ChainError;
use crate::value_chain::built::{BuiltChain, Gathered, TestSummary};
use crate::value_chain::evidence::{Criterion, Evidence, Thresholds};
use crate::value_chain::network::{CyclePolicy, DropReason};
use crate::value_chain::significance::{
    CountryTrade, Observations, PreparedTrade, TestParameters, TradeRequest, TradeScale, test_links,
};
use crate::value_chain::sources::{ProductCodes, SourcePaths, Sources};

/// Builds the value chain of a study; without any source it is the seeds.
///
/// # Errors
/// [`Error::Chain`] if a source is wrong or the links form a cycle that nobody may cut, [`Error::Study`] if a seed is
/// not a code of the data, [`Error::Store`] if the store is damaged.
pub fn build(study: &Study, store: &dyn FlowSource, progress: &dyn Progress) -> Result<BuiltChain, Error> {
    let gathered = gather(study, store, progress)?;
    let chain = gathered.evidence.decide(thresholds(study), &study.study.seeds, policy(study))?;
    Ok(BuiltChain { chain, gathered })
}

/// Reads the sources of a study and tests their links on its trade.
///
/// # Errors
/// As [`build`].
pub fn gather(study: &Study, store: &dyn FlowSource, progress: &dyn Progress) -> Result<Gathered, Error> {
    within(|| gather_and_test(study, store, progress))
}

fn gather_and_test(
    study: &Study,
    store: &dyn FlowSource,
    progress: &dyn Progress,
) -> Result<Gathered, Error> {
    let codes = ProductCodes::of(store);
    refuse_what_does_not_fit(study, store, &codes)?;
    let sources = Sources::read(&source_paths(study), &codes)?;
    if test_use(study) == TestUse::Off || sources.links().is_empty() {
        let evidence = Evidence::untested(sources);
        return Ok(Gathered { notes: evidence.notes(), evidence, test: None });
    }
    let setting = choose_setting(study, store)?;
    let (evidence, summary) = test(study, store, &setting, sources, progress)?;
    let mut notes = evidence.notes();
    let extract = Extract::find(study, store, &setting.years, &setting.countries, &setting.place)?;
    notes.extend(extract.in_words().map(|what| {
        format!("Links are tested on an extract of trade ({what}); the test compares all countries, so Z and p say little.")
    }));
    notes.extend(test_notes(store, &evidence, &summary));
    notes.extend(population_table(study, store)?.into_iter().flat_map(|table| table.notes));
    Ok(Gathered { evidence, test: Some(summary), notes })
}

/// The years and countries that links are tested on.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// The years, ascending.
    pub years: Vec<u16>,
    /// The countries and groups that trade anything in these years, by code.
    pub countries: Vec<StudyCountry>,
    /// For each country of the store its place among `countries`, `u16::MAX` if it is not there.
    pub place: Vec<u16>,
}

/// Chooses the years and countries that links are tested on: those of `chain.test_years`, or of the study.
///
/// # Errors
/// [`Error::Study`] if a year or a member of a group is not in the data, [`Error::Store`] if the store is damaged.
pub fn choose_setting(study: &Study, store: &dyn FlowSource) -> Result<Setting, Error> {
    let mut problems = Vec::new();
    let (key, range) = match study.chain.test_years {
        Some(range) => ("chain.test_years", Some(range)),
        None => ("study.years", study.study.years),
    };
    let years = choose_years(key, range, store, &mut problems);
    if !problems.is_empty() {
        return Err(study.error(problems).into());
    }
    let (countries, _, place, _) = choose_countries(study, store, &years)?;
    Ok(Setting { years, countries, place })
}

/// Years and seeds that the data do not have, all at once.
fn refuse_what_does_not_fit(
    study: &Study,
    store: &dyn FlowSource,
    codes: &ProductCodes,
) -> Result<(), Error> {
    let mut problems = Vec::new();
    choose_years("study.years", study.study.years, store, &mut problems);
    let unknown = study.study.seeds.iter().filter(|seed| codes.complete && !codes.codes.contains(seed));
    problems.extend(unknown.map(|seed| Problem {
        line: None,
        key: "study.seeds".to_owned(),
        message: format!("{seed} is not a code of {}", codes.edition_name()),
    }));
    if problems.is_empty() { Ok(()) } else { Err(study.error(problems).into()) }
}

/// The files that a study names.
pub fn source_paths(study: &Study) -> SourcePaths {
    let resolve = |paths: &[std::path::PathBuf]| paths.iter().map(|p| study.resolve(p)).collect();
    SourcePaths {
        edges: resolve(&study.chain.edges),
        candidates: resolve(&study.chain.candidates),
        networks: resolve(&study.chain.networks),
        overrides: study.chain.overrides.as_ref().map(|p| study.resolve(p)),
        edition: study.chain.edition,
        min_score: study.chain.min_score,
    }
}

/// What the test is used for: what the study says, or else to keep or drop links if any come from a source that
/// nobody has checked by hand.
pub fn test_use(study: &Study) -> TestUse {
    let chain = &study.chain;
    let unchecked = !chain.candidates.is_empty() || !chain.networks.is_empty();
    chain.test.unwrap_or(if unchecked { TestUse::Require } else { TestUse::Off })
}

/// What is done with cycles: what the study says, or else lists written by hand are refused, and of others the weakest
/// link is dropped.
pub fn policy(study: &Study) -> CyclePolicy {
    let chain = &study.chain;
    let by_hand = chain.candidates.is_empty() && chain.networks.is_empty();
    chain.cycles.unwrap_or(if by_hand { CyclePolicy::Reject } else { CyclePolicy::Greedy })
}

/// What a study asks of a link.
pub fn thresholds(study: &Study) -> Thresholds {
    let criterion = match (test_use(study), study.chain.fdr) {
        (TestUse::Off | TestUse::Report, _) => Criterion::None,
        (TestUse::Require, Some(rate)) => Criterion::Fdr(rate),
        (TestUse::Require, None) => Criterion::Z(study.chain.z_threshold),
    };
    Thresholds { votes: u32::try_from(study.chain.votes).unwrap_or(u32::MAX), criterion }
}

/// The parameters of the test of a study.
pub fn test_parameters(study: &Study) -> TestParameters {
    let chain = &study.chain;
    TestParameters {
        sample: chain.sample,
        transform: chain.transform,
        control: chain.control,
        leave_out: chain.leave_out,
        min_country_trade: chain.min_country_trade,
        null: chain.null,
        draws: usize::try_from(chain.n_perm).unwrap_or(usize::MAX),
        seed: study.study.random_seed,
        memory: usize::try_from(chain.memory_mb.saturating_mul(1 << 20)).unwrap_or(usize::MAX),
    }
}

/// Reads who imports the inputs and who exports any product.
///
/// # Errors
/// [`Error::Store`] if the store is damaged, [`Error::Ingest`] if the table of population cannot be read.
pub fn read_trade(
    study: &Study,
    store: &dyn FlowSource,
    setting: &Setting,
    inputs: &[Hs6],
    progress: &dyn Progress,
) -> Result<CountryTrade, Error> {
    let outputs: BTreeSet<Hs6> =
        setting.years.iter().flat_map(|&y| store.traded_in(y).iter().map(|e| e.product)).collect();
    let outputs: Vec<Hs6> = outputs.into_iter().collect();
    let request = TradeRequest {
        inputs,
        outputs: &outputs,
        years: &setting.years,
        place: &setting.place,
        countries: setting.countries.len(),
        sample: study.chain.sample,
    };
    progress.begin("reading margins", (outputs.len() * setting.years.len()) as u64, Unit::ProductYears);
    let mut trade = CountryTrade::read(store, request, progress).map_err(ChainError::from)?;
    progress.end();
    if let Some(table) = population_table(study, store)? {
        trade.population = population(study, setting, &table.inhabitants);
    }
    Ok(trade)
}

/// The table of inhabitants, if the study tests trade a person.
fn population_table(study: &Study, store: &dyn FlowSource) -> Result<Option<Population>, Error> {
    match &study.chain.population {
        Some(path) if study.chain.transform == TradeScale::PerCapita => {
            Ok(Some(read_population(&study.resolve(path), store.countries())?))
        }
        _ => Ok(None),
    }
}

/// Inhabitants by year and country of the setting; the mean over the years if they are summed.
fn population(study: &Study, setting: &Setting, table: &BTreeMap<(u16, String), f64>) -> Vec<Option<f64>> {
    let members = |code: &str, group: bool| match study.trade.merge.get(code) {
        Some(members) if group => members.clone(),
        _ => vec![code.to_owned()],
    };
    let by_year: Vec<Vec<Option<f64>>> = setting
        .years
        .iter()
        .map(|&year| {
            let of = |c: &StudyCountry| {
                let known: Option<Vec<f64>> =
                    members(&c.code, c.group).into_iter().map(|m| table.get(&(year, m)).copied()).collect();
                known.map(|k| k.iter().sum())
            };
            setting.countries.iter().map(of).collect()
        })
        .collect();
    if study.chain.sample != Observations::Summed {
        return by_year.concat();
    }
    (0..setting.countries.len())
        .map(|c| {
            let known: Vec<f64> = by_year.iter().filter_map(|year| year[c]).collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        })
        .collect()
}

fn test(
    study: &Study,
    store: &dyn FlowSource,
    setting: &Setting,
    sources: Sources,
    progress: &dyn Progress,
) -> Result<(Evidence, TestSummary), Error> {
    let parameters = test_parameters(study);
    let mut links = sources.links();
    let inputs: BTreeSet<Hs6> = links.iter().map(|l| l.input).collect();
    let inputs: Vec<Hs6> = inputs.into_iter().collect();
    let trade = read_trade(study, store, setting, &inputs, progress)?;
    let (imports, exports) = (traded(&trade.imports, trade.width()), traded(&trade.exports, trade.width()));
    let prepared = PreparedTrade::new(trade, &parameters).map_err(ChainError::from)?;
    let place = |list: &[Hs6], code: Hs6| list.binary_search(&code).ok();
    let pairs: Vec<Option<(usize, usize)>> = links
        .iter()
        .map(|l| place(&prepared.imports.products, l.input).zip(place(&prepared.exports.products, l.output)))
        .collect();
    let tested: Vec<(usize, usize)> = pairs.iter().copied().flatten().collect();
    let mut results = test_links(&prepared, &tested, &parameters, progress)?.into_iter();
    let mut untested = BTreeMap::new();
    let mut count = 0;
    for (link, pair) in links.iter_mut().zip(pairs) {
        let result = pair.and_then(|_| results.next().flatten());
        match (result, pair) {
            (Some(result), _) => {
                count += 1;
                link.rho = Some(result.rho);
                link.z = result.z;
                link.p = Some(result.p);
            }
            (None, pair) => {
                let imported = place(&prepared.imports.products, link.input).is_some_and(|i| imports[i]);
                let reason = if !imported {
                    DropReason::NoImports
                } else if !pair.is_some_and(|(_, output)| exports[output]) {
                    DropReason::NoExports
                } else {
                    DropReason::NoVariation
                };
                untested.insert((link.input, link.output), reason);
            }
        }
    }
    let outputs = (0..prepared.exports.products.len()).filter(|&j| prepared.exports.is_defined(j)).count();
    let summary = TestSummary {
        parameters,
        first_year: setting.years.first().copied().unwrap_or(0),
        last_year: setting.years.last().copied().unwrap_or(0),
        observations: prepared.observations,
        left_out: prepared.left_out,
        links: count,
        outputs,
    };
    Ok((Evidence { sources, links, untested }, summary))
}

fn traded(values: &[f64], width: usize) -> Vec<bool> {
    values.chunks_exact(width.max(1)).map(|row| row.iter().any(|&v| v > 0.0)).collect()
}

/// A release has about five thousand products; a null over far fewer is not broad.
const BROAD: f64 = 0.9;
const MANY_PRODUCTS: usize = 4000;
const FEW_PRODUCTS: usize = 1000;

fn test_notes(store: &dyn FlowSource, evidence: &Evidence, summary: &TestSummary) -> Vec<String> {
    let mut notes = Vec::new();
    let broad = match store.table_size() {
        0 => summary.outputs >= MANY_PRODUCTS,
        table => summary.outputs as f64 >= BROAD * table as f64 && summary.outputs >= FEW_PRODUCTS,
    };
    if !broad {
        notes.push(format!(
            "Links are tested against the {} products of the data, not against all products there are. If these were chosen for \
             being related, the null is narrow and Z too strict; p, the rank among them, is the better guide.",
            summary.outputs
        ));
    }
    if summary.left_out > 0 {
        notes.push(format!(
            "The test leaves out {} of {} observations: the country trades too little, or its share or its value per person is undefined.",
            summary.left_out,
            summary.left_out + summary.observations
        ));
    }
    if !evidence.untested.is_empty() {
        notes.push(format!(
            "{} of {} proposed links cannot be tested: too little trade.",
            evidence.untested.len(),
            evidence.links.len()
        ));
    }
    notes
}
