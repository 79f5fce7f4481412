//! How a mapping is made, beside what the study says.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::embedding::Embedder;
use crate::embedding::store::default_cache;
use crate::key::Key;

/// How a mapping is made, beside what the study says.
#[derive(Debug, Clone)]
pub struct MapOptions {
    /// Folder of the results; `chain/answers.jsonl` in it is continued if it is there.
    pub out: PathBuf,
    /// Address of the endpoint; else the study's, else `MONAZITE_BASE_URL`.
    pub base_url: Option<String>,
    /// Address of the endpoint of remote embeddings; else the study's.
    pub embedding_base_url: Option<String>,
    /// The model; else the study's, else `MONAZITE_MODEL`.
    pub model: Option<String>,
    /// Budget of calls; else the study's.
    pub budget_calls: Option<u64>,
    /// Budget of tokens; else the study's.
    pub budget_tokens: Option<u64>,
    /// Recording to take all answers from, without any call.
    pub replay: Option<PathBuf>,
    /// The key; else that of the environment variable that the study names.
    pub key: Option<Key>,
    /// Folder where vectors of slow embedding models are kept between commands; none are kept without.
    pub cache: Option<PathBuf>,
    /// First pause before a call that failed is tried again.
    pub first_pause: Duration,
}

impl MapOptions {
    /// Everything as the study says, into a folder; vectors are kept in the user's cache folder.
    pub fn new(out: &Path) -> Self {
        Self {
            out: out.to_owned(),
            base_url: None,
            embedding_base_url: None,
            model: None,
            budget_calls: None,
            budget_tokens: None,
            replay: None,
            key: None,
            cache: default_cache(),
            first_pause: Duration::from_secs(1),
        }
    }

    /// The file in which the vectors of a model are kept; `None` if they are not worth keeping.
    pub fn cache_file(&self, embedder: &dyn Embedder) -> Option<PathBuf> {
        let identity = embedder.sha256();
        let name = format!("vectors-{}.bin", &identity[..identity.len().min(16)]);
        self.cache.as_ref().filter(|_| embedder.is_slow()).map(|folder| folder.join(name))
    }
}
