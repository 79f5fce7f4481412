//! What a study would trip over, found before the long wait: every input is looked at, and all that is wrong is said at once.

use std::collections::{BTreeMap, BTreeSet};

use super::data::{release_of, store_folder};
use super::tables::{Known, SmallInputs, read_small_inputs};
use super::{Error, build_chain, store_settings};
use crate::before_after;
use crate::ingest::glance::{Glance, glance};
use crate::ingest::{Governance, IngestError, ReadOptions, Release, refuse_same_content};
use crate::nomenclature::edition_codes::better_edition;
use crate::nomenclature::{Countries, Hs6};
use crate::panel::World;
use crate::panel::doubts::missing_years;
use crate::progress::Progress;
use crate::report::figures;
use crate::study::{Problem, Study, StudyError, TradeMeasure};
use crate::trade::import::{
    adopted, nothing_kept, refuse_both_flows, refuse_place, refuse_sums_of_lines, same_year,
};
use crate::trade::{FlowSource, Store, StoreError, StoreManifest};
use crate::uncertainty;
use crate::value_chain::ValueChain;
use crate::value_chain::sources::ProductCodes;

/// What an inspection found.
#[derive(Debug, Default)]
pub struct Inspection {
    /// Everything that is wrong, in the order in which a run would come to it; the same thing once.
    pub problems: Vec<Error>,
    /// What a reader of the results should know.
    pub notes: Vec<String>,
    /// Political stability, if it can be read.
    pub governance: Option<Governance>,
    /// Links that the sources propose.
    pub links: usize,
    /// What would be computed.
    pub subject: Subject,
}

/// What the trade of a study is.
#[derive(Debug, Default)]
pub enum Subject {
    /// It cannot be opened.
    #[default]
    Nothing,
    /// A release that is to be imported.
    Release {
        /// The release.
        release: Box<Release>,
        /// Rows that were looked at.
        rows: u64,
    },
    /// A store, with the chain and the setting of the study if nothing is wrong with them.
    Store {
        /// The store.
        store: Box<Store>,
        /// The chain and the setting.
        made: Option<Box<(ValueChain, World)>>,
    },
}

/// How a note begins that says why.
const NO_BANDS: &str = "There will be no bands of uncertainty";

impl Inspection {
    fn add(&mut self, error: impl Into<Error>) {
        let error = error.into();
        if let Error::Study(several) = &error
            && several.problems.len() > 1
        {
            for problem in &several.problems {
                self.add(StudyError { file: several.file.clone(), problems: vec![problem.clone()] });
            }
            return;
        }
        let text = error.to_string();
        if self.problems.iter().all(|known| known.to_string() != text) {
            self.problems.push(error);
        }
    }

    fn take(&mut self, study: &Study, small: SmallInputs) {
        small.errors.into_iter().for_each(|error| self.add(error));
        self.notes.extend(small.notes);
        match small.governance.as_ref().map(|governance| uncertainty::check(study, governance)) {
            // What the study asks for itself needs no saying.
            Some(Ok(Some(reason))) if study.uncertainty.draws() > 0 => {
                self.notes.push(format!("{NO_BANDS}: {reason}."));
            }
            Some(Err(error)) => self.add(error),
            Some(Ok(_)) | None => {}
        }
        self.governance = small.governance;
        self.links = small.links;
    }
}

/// Looks at every input of a study: the small ones are read, of each trade file the beginning, and a store is opened with the chain and the
/// setting of the study. Nothing is computed and nothing is written.
///
/// ```
/// use monazite::pipeline::inspect;
/// use monazite::progress::Silent;
/// use monazite::study::Study;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let folder = tempfile::tempdir()?;
/// let mut study = Study::load(concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml").as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// assert!(inspect(&study, &Silent).problems.is_empty());
/// study.data.governance = "chain.csv".into();
/// study.study.seeds.push("999998".parse()?);
/// assert_eq!(inspect(&study, &Silent).problems.len(), 2);
/// # Ok(())
/// # }
/// ```
pub fn inspect(study: &Study, progress: &dyn Progress) -> Inspection {
    let mut found = Inspection::default();
    let release = match release_of(study) {
        Ok(release) => release,
        Err(error) => {
            found.add(error);
            found.take(study, read_small_inputs(study, &unknown()));
            return found;
        }
    };
    let folder = match &release {
        Some(_) => store_folder(study),
        None => study.resolve(&study.data.trade),
    };
    let imported = release.is_none();
    match release {
        Some(release) if StoreManifest::read(&folder).is_err() => {
            if let Err(error) = refuse_place(&folder) {
                found.add(error);
            }
            of_release(study, release, progress, &mut found);
        }
        release => match Store::open(&folder) {
            Ok(store) => {
                // The store was made from files that may have changed since, and would be imported again.
                if let Some(release) = release
                    && let Ok(known) = Known::of(study, &release)
                {
                    look_at_files(study, &release, &known.countries, progress, &mut found);
                }
                if imported {
                    match store_settings::compare(study, store.manifest()) {
                        Ok(notes) => found.notes.extend(notes),
                        Err(error) => found.add(error),
                    }
                }
                of_store(study, store, progress, &mut found);
            }
            Err(error) => {
                found.add(error);
                found.take(study, read_small_inputs(study, &unknown()));
            }
        },
    }
    found
}

/// Where the trade cannot be opened nothing is known of codes and countries.
fn unknown() -> Known {
    Known { codes: ProductCodes::default(), of_edition: BTreeSet::new(), countries: Countries::builtin() }
}

fn of_release(study: &Study, release: Release, progress: &dyn Progress, found: &mut Inspection) {
    let known = match Known::of(study, &release) {
        Ok(known) => known,
        Err(error) => {
            found.add(error);
            unknown()
        }
    };
    found.take(study, read_small_inputs(study, &known));
    let on_stability =
        found.governance.as_ref().map(|governance| governance.notes_on(study.stability.measure));
    match on_stability {
        Some(Ok(notes)) => found.notes.extend(notes),
        Some(Err(error)) => found.add(error),
        None => {}
    }
    let seen = look_at_files(study, &release, &known.countries, progress, found);
    if study.trade.measure == TradeMeasure::Quantity && seen.whole && seen.rows > 0 && !seen.quantities {
        let message = "the data have no quantity in any flow (column q), so there is nothing to compute; set it to \"value\", or give data with quantities";
        let (key, message) = ("trade.measure".to_owned(), message.to_owned());
        found.add(study.error(vec![Problem { line: None, key, message }]));
    }
    judge_edition(study, &release, &seen.products, found);
    judge_years(study, &seen, found);
    found.subject = Subject::Release { release: Box::new(release), rows: seen.rows };
}

/// Looks at the beginning of each trade file, by the reader of an import.
fn look_at_files(
    study: &Study,
    release: &Release,
    countries: &Countries,
    progress: &dyn Progress,
    found: &mut Inspection,
) -> Glance {
    let options =
        ReadOptions { unknown_country: study.data.unknown_country, short_codes: study.data.short_codes };
    let look = |countries: &Countries| -> Vec<Result<Glance, IngestError>> {
        release.flows.iter().map(|file| glance(file, &release.table, countries, options)).collect()
    };
    if release.pooled
        && let Err(error) = refuse_same_content::<StoreError>(release, progress)
    {
        found.add(error);
    }
    let mut looks = look(countries);
    // Codes that other releases know are read with their tables, as an import does.
    if let Some(countries) = looks.iter().find_map(|look| adopted(countries, look.as_ref().err()?)) {
        looks = look(&countries);
    }
    let mut seen = Glance { whole: true, ..Glance::default() };
    let mut owners: BTreeMap<u16, usize> = BTreeMap::new();
    let mut all_read = true;
    for (at, (look, file)) in looks.into_iter().zip(&release.flows).enumerate() {
        let look = match look {
            Ok(look) => look,
            Err(error) => {
                found.add(error);
                all_read = false;
                continue;
            }
        };
        if !release.pooled {
            if look.whole && look.kept == 0 {
                found.add(nothing_kept(file.short_name(), &look.account));
            }
            for &year in &look.years {
                if let Some(first) = owners.insert(year, at) {
                    found.add(same_year(release, year, [first, at]));
                }
            }
        }
        seen.rows += look.rows;
        seen.kept += look.kept;
        seen.whole &= look.whole;
        seen.account.merge(&look.account);
        seen.products.extend(look.products);
        seen.years.extend(look.years);
        seen.quantities |= look.quantities;
        seen.seen.merge(&look.seen);
        for note in look.notes {
            if !found.notes.contains(&note) {
                found.notes.push(note);
            }
        }
    }
    if release.pooled && all_read && seen.whole && seen.kept == 0 {
        found.add(nothing_kept(release.flows[0].short_name(), &seen.account));
    }
    for refused in [refuse_both_flows(release, &seen.seen), refuse_sums_of_lines(release, &seen.seen)] {
        if let Err(error) = refused {
            found.add(error);
        }
    }
    seen
}

/// The codes at the beginning of the files against the edition.
fn judge_edition(study: &Study, release: &Release, products: &BTreeSet<Hs6>, found: &mut Inspection) {
    let Ok(Some(edition)) = release.edition_or(study.data.edition) else { return };
    let Some((declared, best)) = better_edition(edition, products) else { return };
    let message = format!(
        "the codes of the data fit {} better than {edition}: {}; {}; name the edition that it is",
        best.edition,
        declared.in_words(),
        best.in_words()
    );
    // A few codes at the beginning of a file may be the odd ones of a release that is named right.
    if study.data.edition.is_some() && release.edition.is_none() {
        let key = "data.edition".to_owned();
        found.add(study.error(vec![Problem { line: None, key, message }]));
    } else {
        found.notes.push(format!("{message}."));
    }
}

/// Years that are asked for and not there. Only files that were read to their end, or that hold a year each, say what years there are.
fn judge_years(study: &Study, seen: &Glance, found: &mut Inspection) {
    if !seen.whole || seen.years.is_empty() {
        return;
    }
    let years: Vec<u16> = seen.years.iter().copied().collect();
    let Some(range) = study.study.years else {
        found.notes.extend(missing_years(&years));
        return;
    };
    let missing: Vec<String> = (range.first..=range.last)
        .filter(|year| !seen.years.contains(year))
        .map(|year| year.to_string())
        .collect();
    if !missing.is_empty() {
        let have: Vec<String> = years.iter().map(u16::to_string).collect();
        let message = format!("the data have no {}; they have {}", missing.join(", "), have.join(", "));
        let key = "study.years".to_owned();
        found.add(study.error(vec![Problem { line: None, key, message }]));
    }
}

fn of_store(study: &Study, store: Store, progress: &dyn Progress, found: &mut Inspection) {
    let codes = ProductCodes::of(&store);
    let of_edition = if codes.complete { codes.codes.clone() } else { BTreeSet::new() };
    let known = Known { codes, of_edition, countries: store.countries().clone() };
    found.take(study, read_small_inputs(study, &known));
    let made = build_chain(study, &store, progress)
        .and_then(|built| Ok((World::prepare(study, &store, &built.chain)?, built.chain)));
    let made = match made {
        Ok((world, chain)) => {
            found.notes.extend(world.notes.iter().cloned());
            if let Some(reason) = world.extract.reason().filter(|_| study.uncertainty.draws() > 0)
                && found.notes.iter().all(|note| !note.starts_with(NO_BANDS))
            {
                found.notes.push(format!("{NO_BANDS}: {reason}."));
            }
            if let Err(error) = figures::check_against(study, &world.years) {
                found.add(error);
            }
            let countries: Vec<String> = world.countries.iter().map(|c| c.code.clone()).collect();
            if let Err(error) = super::regression::check_against(study, &world.years, &countries) {
                found.add(error);
            }
            match super::shocks::check_against(study, &store, &world) {
                Ok(notes) => found.notes.extend(notes),
                Err(error) => found.add(error),
            }
            let is_country = |code: &str| countries.iter().any(|known| known == code);
            if let Err(error) = before_after::stage::check(study, &world.years, &world.products, &is_country)
            {
                found.add(Error::from(error));
            }
            Some(Box::new((chain, world)))
        }
        Err(error) => {
            found.add(error);
            None
        }
    };
    found.subject = Subject::Store { store: Box::new(store), made };
}
