//! The small inputs of a study: everything but the trade, read before the trade is imported, so that what is wrong with one of them shows at once.

use std::collections::{BTreeMap, BTreeSet};

use super::Error;
use super::chain::source_paths;
use super::data::release_of;
use crate::before_after::{BeforeAfterError, PolicyMeasures};
use crate::ingest::governance::StabilityOptions;
use crate::ingest::production::read_production;
use crate::ingest::tables::{ExportTotals, read_population, read_reexport_shares};
use crate::ingest::{Governance, IngestError, Release, codes};
use crate::nomenclature::edition_codes::codes_of;
use crate::nomenclature::{Countries, Hs6};
use crate::panel::production::unit_of;
use crate::panel::world::read_governance;
use crate::plain_text::listed;
use crate::study::{Problem, ProductSelection, Study, TradeSection};
use crate::value_chain::sources::{ProductCodes, SourceKind, SourcePaths, Sources};

/// What the small inputs of a study came to.
#[derive(Debug, Default)]
pub(super) struct SmallInputs {
    /// Political stability, if it can be read.
    pub(super) governance: Option<Governance>,
    /// Links that the sources propose.
    pub(super) links: usize,
    /// Everything that is wrong.
    pub(super) errors: Vec<Error>,
    /// What a reader should know.
    pub(super) notes: Vec<String>,
}

/// What codes and countries are known before the trade is read.
#[derive(Debug)]
pub(super) struct Known {
    /// As the value chain will have them.
    pub(super) codes: ProductCodes,
    /// The codes of the edition and of the table of products; empty if neither is known.
    pub(super) of_edition: BTreeSet<Hs6>,
    /// The table of countries.
    pub(super) countries: Countries,
}

impl Known {
    /// What a release says before its trade is read. A table that cannot be read is an error.
    pub(super) fn of(study: &Study, release: &Release) -> Result<Self, IngestError> {
        let found = release.edition_or(study.data.edition)?;
        let edition = study.data.convert_to.or(found);
        let products: BTreeMap<Hs6, String> = match &release.product_codes {
            Some(file) => codes::parse_product_codes(&file.read_all()?, &file.name)?,
            None => BTreeMap::new(),
        };
        let countries = match &release.country_codes {
            Some(file) => codes::parse_country_codes(&file.read_all()?, &file.name)?,
            None => Countries::builtin(),
        };
        let table: BTreeSet<Hs6> = products.keys().copied().collect();
        let edition_codes = edition.map(codes_of).cloned().unwrap_or_default();
        // A table of a few products is not the edition: without it the list of the United Nations says more.
        let of_edition =
            if edition.is_none() && table.is_empty() { BTreeSet::new() } else { &edition_codes | &table };
        let complete = !table.is_empty();
        let codes =
            ProductCodes { edition, codes: if complete { table } else { of_edition.clone() }, complete };
        Ok(Self { codes, of_edition, countries })
    }
}

/// Reads the small inputs of a study before its release is imported, so that what is wrong with one of them does not show minutes later. Gives
/// political stability, which the run goes on with. Nothing is read for a store, which is at hand at once.
///
/// # Errors
/// The first thing that is wrong with a file.
pub(super) fn read_before_import(study: &Study) -> Result<Option<Governance>, Error> {
    let Some(release) = release_of(study)? else { return Ok(None) };
    let found = read_small_inputs(study, &Known::of(study, &release)?);
    // What does not fit the data is said with everything else that does not, when the data are there; `monazite check` says it before.
    let wrong = found.errors.into_iter().find(|error| !matches!(error, Error::Study(_)));
    wrong.map_or(Ok(found.governance), Err)
}

/// Reads everything that a study names besides the trade. All that is wrong is found, not only the first.
pub(super) fn read_small_inputs(study: &Study, known: &Known) -> SmallInputs {
    let mut found = SmallInputs::default();
    match read_governance(study) {
        Ok(governance) => {
            let options = StabilityOptions {
                measure: study.stability.measure,
                missing: study.stability.missing,
                fixed_year: study.stability.fixed_year,
            };
            found.errors.extend(governance.resolve(&[], &[], options).err().map(Error::from));
            found.governance = Some(governance);
        }
        Err(error) => found.errors.push(error.into()),
    }
    let read = [
        study.data.totals.as_ref().and_then(|path| ExportTotals::read(&study.resolve(path)).err()),
        study
            .trade
            .reexport_shares
            .as_ref()
            .and_then(|path| read_reexport_shares(&study.resolve(path)).err()),
        study
            .chain
            .population
            .as_ref()
            .and_then(|path| read_population(&study.resolve(path), &known.countries).err()),
        study.indicators.production.as_ref().and_then(|path| {
            let groups = study.trade.merge.keys().cloned().collect();
            read_production(&study.resolve(path), unit_of(study), &known.countries, &groups).err()
        }),
    ];
    found.errors.extend(read.into_iter().flatten().map(Error::from));
    let measures = study.event.table.as_ref().map(|path| PolicyMeasures::read(&study.resolve(path)));
    let wrong = measures.and_then(Result::err).map(|error| BeforeAfterError::from(error).into());
    found.errors.extend(wrong);
    read_sources(study, known, &mut found);
    let mut problems = codes_of_study(study, known);
    if !known.codes.complete {
        // The list of an edition is not all that data may hold; whether there is trade in a code only the data say.
        found
            .notes
            .extend(problems.drain(..).map(|problem| format!("{}: {}.", problem.key, problem.message)));
    }
    problems.extend(countries_of_study(study, &known.countries));
    if !problems.is_empty() {
        found.errors.push(study.error(problems).into());
    }
    found
}

/// Reads the sources of links one by one, so that each can say what is wrong with it.
fn read_sources(study: &Study, known: &Known, found: &mut SmallInputs) {
    let all = source_paths(study);
    let each = |part: &dyn Fn(&mut SourcePaths)| {
        let mut paths =
            SourcePaths { edition: all.edition, min_score: all.min_score, ..SourcePaths::default() };
        part(&mut paths);
        paths
    };
    let mut paths = Vec::new();
    paths.extend(all.edges.iter().map(|path| each(&|p| p.edges = vec![path.clone()])));
    paths.extend(all.candidates.iter().map(|path| each(&|p| p.candidates = vec![path.clone()])));
    // Headings stand for codes, and which these are only the edition says.
    if !known.codes.codes.is_empty() {
        paths.extend(all.networks.iter().map(|path| each(&|p| p.networks = vec![path.clone()])));
    }
    paths.extend(all.overrides.iter().map(|path| each(&|p| p.overrides = Some(path.clone()))));
    let mut said = BTreeSet::new();
    for paths in paths {
        // Candidates that an edition does not list are counted and left out; a link that somebody wrote is not.
        let complete = known.codes.complete && paths.candidates.is_empty();
        let codes = ProductCodes { complete, ..known.codes.clone() };
        match Sources::read(&paths, &codes) {
            Ok(sources) => {
                found.links += sources.links().len();
                found.notes.extend(not_of_the_edition(&sources, known));
            }
            // The same edition may be wrong for all of them.
            Err(error) if !said.insert(error.to_string()) => {}
            Err(error) => found.errors.push(error.into()),
        }
    }
}

/// Codes of a source that the edition does not have, counted, with the links that use them.
fn not_of_the_edition(sources: &Sources, known: &Known) -> Option<String> {
    let file = sources.files.first()?;
    if known.of_edition.is_empty() {
        return None;
    }
    let links = sources.links();
    let lacks = |code: &Hs6| !known.of_edition.contains(code);
    let unknown: BTreeSet<Hs6> =
        links.iter().flat_map(|link| [link.input, link.output]).filter(lacks).collect();
    let using = links.iter().filter(|link| lacks(&link.input) || lacks(&link.output)).count();
    let left_out = if file.kind == SourceKind::Candidates { "; these links are left out" } else { "" };
    (!unknown.is_empty()).then(|| {
        format!(
            "{}: codes that {} does not have: {} ({}), in {using} of {} links{left_out}.",
            file.name,
            known.codes.edition_name(),
            unknown.len(),
            listed(&unknown, ""),
            links.len()
        )
    })
}

fn problem(key: &str, message: String) -> Problem {
    Problem { line: None, key: key.to_owned(), message }
}

/// Codes of the study that its edition does not have.
fn codes_of_study(study: &Study, known: &Known) -> Vec<Problem> {
    if known.of_edition.is_empty() {
        return Vec::new();
    }
    let list: &[Hs6] = match &study.study.products {
        ProductSelection::List(list) => list,
        _ => &[],
    };
    let named = [
        ("study.seeds", study.study.seeds.as_slice()),
        ("study.focus", study.study.focus.as_slice()),
        ("study.products", list),
    ];
    let lacks = |code: &Hs6| {
        let allowed = if known.codes.complete { &known.codes.codes } else { &known.of_edition };
        !allowed.contains(code) && *code != Hs6::NOT_SPECIFIED
    };
    let told = named.into_iter().flat_map(|(key, codes)| {
        codes.iter().copied().filter(lacks).map(move |code| (key, code)).collect::<Vec<_>>()
    });
    told.map(|(key, code)| problem(key, format!("{code} is not a code of {}", known.codes.edition_name())))
        .collect()
}

/// Countries of the study that are in no table.
fn countries_of_study(study: &Study, countries: &Countries) -> Vec<Problem> {
    let unknown = |iso3: &&String| countries.by_iso3(iso3).is_none();
    let mut problems = Vec::new();
    for (key, groups) in [("trade.merge", &study.trade.merge), ("groups.define", &study.groups.define)] {
        for (group, members) in groups {
            problems.extend(
                members.iter().filter(unknown).map(|member| {
                    problem(key, format!("{member} (in {group}) is not a country of the data"))
                }),
            );
        }
    }
    if study.trade.hubs != TradeSection::default().hubs {
        problems.extend(
            study
                .trade
                .hubs
                .iter()
                .filter(unknown)
                .map(|hub| problem("trade.hubs", format!("{hub} is not a country of the data"))),
        );
    }
    problems
}
