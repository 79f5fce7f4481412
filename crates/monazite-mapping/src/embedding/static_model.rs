//! Static embeddings: a text is the mean of the vectors of its tokens. Fast, small, part of the program.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use monazite::disk;
use monazite::threads::within;
use rayon::prelude::*;

use super::{Embedder, Floors, normalise};
use crate::MappingError;
use crate::digest::sha256;

static MODEL: &[u8] = include_bytes!("../../assets/static/model.safetensors.gz");
static TOKENIZER: &[u8] = include_bytes!("../../assets/static/tokenizer.json.gz");
static CONFIG: &[u8] = include_bytes!("../../assets/static/config.json");

/// A static embedding model in the layout of Model2Vec.
pub struct StaticModel {
    name: String,
    sha256: String,
    model: model2vec_rs::model::StaticModel,
}

impl StaticModel {
    /// The model that comes with the program: 256 dimensions, distilled from all-MiniLM-L6-v2.
    pub fn shipped() -> Self {
        let unpacked = |packed: &[u8]| {
            let mut bytes = Vec::new();
            GzDecoder::new(packed).read_to_end(&mut bytes).expect("the model is part of the program");
            bytes
        };
        Self::new("minilm-l6-static-256", &unpacked(MODEL), &unpacked(TOKENIZER), CONFIG)
            .expect("the model is part of the program")
    }

    /// Loads `model.safetensors`, `tokenizer.json` and `config.json` of a folder.
    ///
    /// # Errors
    /// [`MappingError::Io`], [`MappingError::Embedding`].
    pub fn load(folder: &Path) -> Result<Self, MappingError> {
        let read = |name: &str| {
            let path = folder.join(name);
            disk::read(&path, disk::LARGEST_FILE).map_err(|e| MappingError::io(&path, "cannot be read", e))
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Self::new(&name, &read("model.safetensors")?, &read("tokenizer.json")?, &read("config.json")?)
    }

    fn new(name: &str, model: &[u8], tokenizer: &[u8], config: &[u8]) -> Result<Self, MappingError> {
        let loaded = model2vec_rs::model::StaticModel::from_bytes(tokenizer, model, config, Some(true))
            .map_err(|e| MappingError::Embedding { model: name.to_owned(), message: format!("{e:#}") })?;
        let identity = [sha256(model), sha256(tokenizer)].concat();
        Ok(Self { name: name.to_owned(), sha256: sha256(identity.as_bytes()), model: loaded })
    }
}

impl Embedder for StaticModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn sha256(&self) -> &str {
        &self.sha256
    }

    fn default_floors(&self) -> Floors {
        FLOORS
    }

    fn is_slow(&self) -> bool {
        false
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, MappingError> {
        Ok(within(|| {
            texts
                .par_iter()
                .map(|text| {
                    let mut vector = self.model.encode_single(text);
                    normalise(&mut vector);
                    vector
                })
                .collect()
        }))
    }
}

/// See docs/methods/13-mapping.md for how it was chosen.
const FLOORS: Floors = Floors { anywhere: 0.7, code: 0.1, heading: 0.35 };

#[cfg(test)]
mod tests {
    use super::super::cosine;
    use super::*;

    #[test]
    fn the_shipped_model_knows_magnets_from_horses() {
        let model = StaticModel::shipped();
        let v = model
            .embed(&[
                "Cerium compounds",
                "permanent magnets",
                "live horses",
                "Earth-metals, rare: scandium and yttrium",
            ])
            .unwrap();
        let (magnets, horses, metals) = (cosine(&v[0], &v[1]), cosine(&v[0], &v[2]), cosine(&v[0], &v[3]));
        assert!(horses < magnets && magnets < metals, "{horses} {magnets} {metals}");
        assert!((cosine(&v[0], &v[0]) - 1.0).abs() < 1e-6);
        assert_eq!(v[0].len(), 256);
        // The same text gives the same vector, alone or in company.
        assert_eq!(model.embed(&["live horses"]).unwrap()[0], v[2]);
    }

    #[test]
    fn a_text_without_a_known_word_is_no_vector_at_all() {
        let model = StaticModel::shipped();
        let v = model.embed(&["", "\u{4e2d}\u{6587}", "iron"]).unwrap();
        assert!(v.iter().flatten().all(|x| x.is_finite()));
        assert_eq!(cosine(&v[0], &v[2]), 0.0);
    }

    #[test]
    fn a_folder_without_a_model_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let said = |error: MappingError| error.to_string();
        assert!(
            said(StaticModel::load(folder.path()).err().unwrap())
                .contains("model.safetensors: cannot be read")
        );
        for name in ["model.safetensors", "tokenizer.json", "config.json"] {
            std::fs::write(folder.path().join(name), "{}").unwrap();
        }
        assert!(matches!(StaticModel::load(folder.path()), Err(MappingError::Embedding { .. })));
    }
}
