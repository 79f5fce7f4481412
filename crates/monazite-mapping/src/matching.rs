//! From what an answer calls a good to HS codes: the code that is named, if the text bears it out, or the nearest official texts.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use monazite::disk;
use monazite::nomenclature::Hs6;
use monazite::threads::within;
use rayon::prelude::*;

use crate::MappingError;
use crate::code::heading_of;
use crate::embedding::{Embedder, VectorStore, cosine};
use crate::products::ProductTexts;

/// A code whose text is near.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Match {
    /// The code.
    pub code: Hs6,
    /// Cosine between the two texts, in -1..=1.
    pub cosine: f32,
}

/// Finds the codes whose official texts are nearest to a text.
pub struct Matcher<'a> {
    embedder: &'a dyn Embedder,
    store: VectorStore,
    cache: Option<PathBuf>,
    /// In the order of the codes.
    codes: Vec<Hs6>,
    texts: Vec<Vec<f32>>,
    /// How many codes are looked for.
    top: usize,
    vectors: BTreeMap<String, Vec<f32>>,
    found: BTreeMap<String, Vec<Match>>,
    official: BTreeSet<String>,
}

impl<'a> Matcher<'a> {
    /// Embeds the texts of all codes. Vectors are taken from the files of `kept` as far as they are there, and new ones go
    /// into the first of them; a file that cannot be written is done without.
    ///
    /// # Errors
    /// Those of the embedding model.
    pub fn new(
        embedder: &'a dyn Embedder,
        products: &ProductTexts,
        top: usize,
        kept: &[Option<PathBuf>],
    ) -> Result<Self, MappingError> {
        let mut store = VectorStore::new(embedder.sha256());
        for file in kept.iter().flatten() {
            store.take_file(file);
        }
        let known = store.len();
        let texts: Vec<&str> = products.iter().map(|(_, text)| text).collect();
        let vectors = store.vectors(embedder, &texts)?;
        let matcher = Self {
            embedder,
            cache: kept.first().cloned().flatten(),
            codes: products.iter().map(|(code, _)| code).collect(),
            texts: vectors,
            top: top.max(1),
            vectors: BTreeMap::new(),
            found: BTreeMap::new(),
            official: texts.into_iter().map(str::to_owned).collect(),
            store,
        };
        if matcher.store.len() > known {
            matcher.keep();
        }
        Ok(matcher)
    }

    /// Makes the vectors of many texts at once.
    ///
    /// # Errors
    /// Those of the embedding model.
    pub fn prepare<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> Result<(), MappingError> {
        let new: BTreeSet<&str> = texts.filter(|text| !self.vectors.contains_key(*text)).collect();
        if new.is_empty() {
            return Ok(());
        }
        let wanted: Vec<&str> = new.into_iter().collect();
        let known = self.store.len();
        let vectors = self.store.vectors(self.embedder, &wanted)?;
        self.vectors.extend(wanted.into_iter().map(str::to_owned).zip(vectors));
        if self.store.len() > known {
            self.keep();
        }
        Ok(())
    }

    /// Looks many texts up among all codes at once, in all threads of the pool.
    ///
    /// # Errors
    /// Those of the embedding model.
    pub fn look_up<'t>(&mut self, texts: impl Iterator<Item = &'t str>) -> Result<(), MappingError> {
        let new: BTreeSet<&str> = texts.filter(|text| !self.found.contains_key(*text)).collect();
        self.prepare(new.iter().copied())?;
        let this = &*self;
        let made: Vec<(String, Vec<Match>)> = within(|| {
            new.into_par_iter()
                .filter_map(|text| {
                    this.vectors.get(text).map(|vector| (text.to_owned(), this.nearest(vector)))
                })
                .collect()
        });
        self.found.extend(made);
        Ok(())
    }

    /// The nearest codes of a text, best first; equal cosines in the order of the codes.
    ///
    /// # Errors
    /// Those of the embedding model.
    pub fn matches(&mut self, text: &str) -> Result<&[Match], MappingError> {
        self.look_up(std::iter::once(text))?;
        Ok(self.found.get(text).map_or(&[], Vec::as_slice))
    }

    /// How near a text is to the official text of one code; `None` if the edition lacks the code.
    ///
    /// # Errors
    /// Those of the embedding model.
    pub fn of_code(&mut self, text: &str, code: Hs6) -> Result<Option<Match>, MappingError> {
        let Ok(at) = self.codes.binary_search(&code) else { return Ok(None) };
        self.prepare(std::iter::once(text))?;
        let vector = self.vectors.get(text);
        Ok(vector.map(|vector| Match { code, cosine: cosine(vector, &self.texts[at]) }))
    }

    /// The code of a heading whose text is nearest; the first of equals. `None` if the edition lacks the heading.
    ///
    /// # Errors
    /// Those of the embedding model.
    pub fn in_heading(&mut self, text: &str, heading: usize) -> Result<Option<Match>, MappingError> {
        let from = self.codes.partition_point(|&code| heading_of(code) < heading);
        let to = self.codes.partition_point(|&code| heading_of(code) <= heading);
        if from == to {
            return Ok(None);
        }
        self.prepare(std::iter::once(text))?;
        let Some(vector) = self.vectors.get(text) else { return Ok(None) };
        let all =
            (from..to).map(|at| Match { code: self.codes[at], cosine: cosine(vector, &self.texts[at]) });
        Ok(all.reduce(|best, other| if other.cosine > best.cosine { other } else { best }))
    }

    fn nearest(&self, vector: &[f32]) -> Vec<Match> {
        let mut all: Vec<Match> = self
            .codes
            .iter()
            .zip(&self.texts)
            .map(|(&code, text)| Match { code, cosine: cosine(vector, text) })
            .collect();
        let order = |a: &Match, b: &Match| b.cosine.total_cmp(&a.cosine).then(a.code.cmp(&b.code));
        if self.top < all.len() {
            all.select_nth_unstable_by(self.top, order);
            all.truncate(self.top);
        }
        all.sort_by(order);
        all
    }

    /// The vectors of everything this matcher was asked for, for a file beside the recording.
    pub fn vectors_used(&self) -> VectorStore {
        let used = self.official.iter().chain(self.vectors.keys());
        self.store.only(&used.map(String::as_str).collect::<Vec<_>>())
    }

    fn keep(&self) {
        let Some(file) = &self.cache else { return };
        let Some(folder) = file.parent() else { return };
        let partial = file.with_extension(format!("{}.partial", std::process::id()));
        // The cache saves time and nothing else: what cannot be kept is made again.
        let _ = std::fs::create_dir_all(folder)
            .and_then(|()| disk::write(&partial, &self.store.to_bytes()))
            .and_then(|()| std::fs::rename(&partial, file));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::embedding::StaticModel;

    #[test]
    fn official_texts_find_themselves_and_others_come_in_order() {
        let (model, products) = (StaticModel::shipped(), ProductTexts::shipped());
        let mut matcher = Matcher::new(&model, &products, 5, &[]).unwrap();
        let found = matcher.matches("Cerium compounds").unwrap();
        assert_eq!(found.len(), 5);
        assert_eq!(found[0].code.to_string(), "284610");
        assert!((found[0].cosine - 1.0).abs() < 1e-5);
        assert!(found.windows(2).all(|w| w[0].cosine >= w[1].cosine));
        let all = Matcher::new(&model, &products, 10_000, &[])
            .unwrap()
            .matches("Cerium compounds")
            .unwrap()
            .to_vec();
        assert_eq!(all.len(), products.len());
        assert_eq!(all[..5], *matcher.matches("Cerium compounds").unwrap());
        // One code, and one heading, are parts of the same.
        let cosine = |code: Hs6| all.iter().find(|m| m.code == code).copied();
        let magnets: Hs6 = "850511".parse().unwrap();
        assert_eq!(matcher.of_code("Cerium compounds", magnets).unwrap(), cosine(magnets));
        let nearest = all.iter().find(|m| m.code.heading() == "8505").copied();
        assert_eq!(matcher.in_heading("Cerium compounds", 8505).unwrap(), nearest);
        assert_eq!(matcher.of_code("magnets", "850512".parse().unwrap()).unwrap(), None);
        assert_eq!(matcher.in_heading("magnets", 8599).unwrap(), None);
    }
}
