//! What a mapping rests on, read and checked: codes and texts, prompts, seeds, floors, and the answers that are there.

use std::path::{Path, PathBuf};

use monazite::nomenclature::{Hs6, HsEdition};
use monazite::pipeline::store_folder;
use monazite::study::Study;
use monazite::trade::StoreManifest;

use crate::MappingError;
use crate::carrying::Carrier;
use crate::embedding::{Embedder, Floors};
use crate::endpoints::{embedder_of, no_model};
use crate::header::{FORMAT, Header, today};
use crate::matching::Matcher;
use crate::options::MapOptions;
use crate::products::ProductTexts;
use crate::prompt::Prompts;
use crate::question::Questioner;
use crate::recording::{AnswerBook, Recorder};
use crate::walk::{Course, Walked, follow};

/// What a mapping rests on.
pub(crate) struct Ground<'a> {
    pub study: &'a Study,
    pub options: &'a MapOptions,
    pub embedder: Box<dyn Embedder>,
    pub products: ProductTexts,
    pub prompts: Prompts,
    pub floors: Floors,
    /// Seeds, in the edition that is mapped.
    pub seeds: Vec<Hs6>,
    /// The way back to the edition of the trade, if that is another one.
    pub carrier: Option<Carrier>,
}

/// A recording that is being continued, and everything that is answered: there and in the study's own recorded answers.
pub(crate) struct Continued {
    pub recorder: Recorder,
    pub book: AnswerBook,
    pub header: Header,
    pub notes: Vec<String>,
}

impl<'a> Ground<'a> {
    /// Reads and checks all of it.
    pub fn lay(study: &'a Study, options: &'a MapOptions) -> Result<Self, MappingError> {
        let section = &study.mapping;
        let embedder = embedder_of(study, options)?;
        let products = products_of(study)?;
        let carrier = match (products.edition, trade_edition(study)?) {
            (Some(mapped), Some(trade)) if mapped != trade => Some(Carrier::between(mapped, trade)?),
            _ => None,
        };
        let seeds = match &carrier {
            Some(carrier) => carrier.seeds(&study.study.seeds)?,
            None => study.study.seeds.clone(),
        };
        for &seed in &seeds {
            if !products.contains(seed) {
                return Err(MappingError::Seed { code: seed.to_string(), texts: products.source });
            }
        }
        let folder = section.prompts.as_ref().map(|folder| study.resolve(folder));
        let prompts = Prompts::load(folder.as_deref())?;
        let usual = embedder.default_floors();
        let floors = Floors {
            anywhere: section.floor.unwrap_or(usual.anywhere),
            code: section.code_floor.unwrap_or(usual.code),
            heading: section.heading_floor.unwrap_or(usual.heading),
        };
        Ok(Self { study, options, embedder, products, prompts, floors, seeds, carrier })
    }

    /// The matcher; vectors lie in the cache and beside the recording.
    pub fn matcher(&self) -> Result<Matcher<'_>, MappingError> {
        let recording = self.options.replay.clone().unwrap_or_else(|| self.answers_file());
        let kept =
            [self.options.cache_file(self.embedder.as_ref()), Some(recording.with_file_name("vectors.bin"))];
        let top = self.study.mapping.top_k as usize;
        Matcher::new(self.embedder.as_ref(), &self.products, top, &kept)
    }

    /// The recording of this mapping.
    pub fn answers_file(&self) -> PathBuf {
        self.options.out.join("chain").join("answers.jsonl")
    }

    /// The header of a recording that this study would begin today.
    pub fn header(&self, model: &str, endpoint: &str, how: &str) -> Header {
        let section = &self.study.mapping;
        Header {
            monazite_answers: FORMAT,
            model: model.to_owned(),
            endpoint: endpoint.to_owned(),
            how: how.to_owned(),
            date: today(),
            answer: section.answer.name().to_owned(),
            edition: self.products.edition.map_or_else(String::new, |edition| edition.to_string()),
            goods: section.goods,
            runs: section.runs,
            texts: self.products.sha256.clone(),
            prompts: self.prompts.hashes(section.answer),
        }
    }

    /// Reads a recording and makes sure that it serves this study. Returns it with what has to be said about it.
    pub fn read(&self, file: &Path) -> Result<(AnswerBook, Vec<String>), MappingError> {
        let book = AnswerBook::read(file)?;
        let wanted = self.header("", "", "");
        let notes = book.header.as_ref().map_or(Ok(Vec::new()), |header| header.serves(&wanted, file))?;
        Ok((book, notes))
    }

    /// The recorded answers that the study names; nothing if it names none.
    fn named(&self) -> Result<(AnswerBook, Vec<String>), MappingError> {
        match &self.study.mapping.answers {
            Some(file) => self.read(&self.study.resolve(file)),
            None => Ok((AnswerBook::default(), Vec::new())),
        }
    }

    /// Everything that is answered so far, to be looked at only.
    pub fn known(&self) -> Result<(AnswerBook, Vec<String>), MappingError> {
        let (mut book, mut notes) = self.named()?;
        let own = self.answers_file();
        if own.exists() {
            let (more, of_own) = self.read(&own)?;
            book.add(more);
            notes.extend(of_own);
        }
        Ok((book, notes))
    }

    /// Opens the recording of this mapping, to be continued. The model is that of the answers that are there, if none is said.
    pub fn continued(
        &self,
        model: Option<String>,
        endpoint: &str,
        how: &str,
    ) -> Result<Continued, MappingError> {
        let (mut book, mut notes) = self.named()?;
        let own = self.answers_file();
        let there =
            if own.exists() { AnswerBook::read(&own).ok().and_then(|book| book.header) } else { None };
        let before = book.header.clone().or(there);
        let model =
            model.or_else(|| before.as_ref().map(|header| header.model.clone())).ok_or_else(no_model)?;
        let mut wanted = self.header(&model, endpoint, how);
        if let (Some(named), Some(file)) = (&book.header, &self.study.mapping.answers) {
            if named.model != model {
                return Err(MappingError::Recording {
                    file: file.display().to_string(),
                    line: None,
                    message: format!(
                        "was recorded with the model {}, not {model}; votes of two models are not the same unit: leave mapping.answers out to \
                         ask another model",
                        named.model
                    ),
                });
            }
            (wanted.goods, wanted.runs) = (named.goods, named.runs);
        }
        let opened = Recorder::open(&own, &wanted)?;
        let header = opened.book.header.clone().unwrap_or(wanted);
        book.add(opened.book);
        notes.extend(opened.notes);
        Ok(Continued { recorder: opened.recorder, book, header, notes })
    }

    /// Makes questions as a recording has them.
    pub fn questioner<'h>(&'h self, header: &'h Header) -> Questioner<'h> {
        Questioner {
            section: &self.study.mapping,
            model: &header.model,
            random_seed: self.study.study.random_seed,
            prompts: &self.prompts,
            products: &self.products,
            goods: header.goods,
            runs: header.runs,
        }
    }

    /// Follows the answers; `ahead` as in [`Course`].
    pub fn follow(
        &self,
        header: &Header,
        book: &AnswerBook,
        ahead: bool,
        matcher: &mut Matcher<'_>,
    ) -> Result<Walked, MappingError> {
        let closed = self.options.replay.is_some();
        let course = Course { seeds: &self.seeds, floors: self.floors, ahead, closed };
        follow(&self.questioner(header), course, book, matcher)
    }
}

/// The table of codes and texts of a study: its own, that of the program for the edition that is mapped, or that of its trade data if they
/// are imported.
///
/// # Errors
/// [`MappingError::Products`] if there is none, or if the store's edition is not the study's; [`MappingError::Table`].
pub fn products_of(study: &Study) -> Result<ProductTexts, MappingError> {
    let wanted = study.data.convert_to.or(study.data.edition);
    if let Some(file) = &study.mapping.products {
        let mut products = ProductTexts::read(&study.resolve(file))?;
        products.edition = study.mapping.edition.or(wanted);
        return Ok(products);
    }
    if let Some(edition) = study.mapping.edition {
        return shipped(edition);
    }
    if let Some((folder, manifest)) = store_of(study)?
        && manifest.product_table
    {
        let mut products = ProductTexts::read(&folder.join(&manifest.codes).join("products.csv"))?;
        products.source = format!("{} (product table of the trade data)", manifest.edition);
        products.edition = manifest.edition.parse().ok().or(wanted);
        return Ok(products);
    }
    match trade_edition(study)? {
        Some(edition) => shipped(edition),
        None => Err(MappingError::Products(
            "which HS edition is mapped? Say it with data.edition, import the trade data first (monazite import), or name a table of codes and texts with \
             mapping.products"
                .to_owned(),
        )),
    }
}

fn shipped(edition: HsEdition) -> Result<ProductTexts, MappingError> {
    ProductTexts::shipped_for(edition).ok_or_else(|| {
        MappingError::Products(format!(
            "the texts of {edition} do not come with the program; import the trade data first (monazite import), or name a table of codes and texts with \
             mapping.products"
        ))
    })
}

/// The edition of the trade of a study, as far as it is known: that of its store, what the study says, or what the name of the release says.
///
/// # Errors
/// [`MappingError::Products`] if the store's edition is not the study's.
pub(crate) fn trade_edition(study: &Study) -> Result<Option<HsEdition>, MappingError> {
    let of_store = store_of(study)?.and_then(|(_, manifest)| manifest.edition.parse().ok());
    let named = study.data.trade.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let said = || study.data.convert_to.or(study.data.edition);
    Ok(of_store.or_else(said).or_else(|| named.split(['_', '.', '-']).find_map(|word| word.parse().ok())))
}

/// The store of a study, if its trade data are imported.
fn store_of(study: &Study) -> Result<Option<(PathBuf, StoreManifest)>, MappingError> {
    let wanted = study.data.convert_to.or(study.data.edition);
    let stores = [study.resolve(&study.data.trade), store_folder(study)];
    for folder in
        stores.into_iter().filter(|folder| !study.data.trade.as_os_str().is_empty() && folder.is_dir())
    {
        let Ok(manifest) = StoreManifest::read(&folder) else { continue };
        if let Some(wanted) = wanted
            && !manifest.edition.is_empty()
            && manifest.edition != wanted.baci_name()
        {
            return Err(MappingError::Products(format!(
                "{}: the store holds {}, the study says {wanted}; a chain has to be mapped in the edition of the trade data",
                folder.display(),
                manifest.edition
            )));
        }
        return Ok(Some((folder, manifest)));
    }
    Ok(None)
}
