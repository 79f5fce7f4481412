//! Vectors that are kept, by model and text, so that each is made once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monazite::disk;

use super::Embedder;
use crate::MappingError;
use crate::digest::sha256_bytes;

/// Vectors of one model, by the SHA-256 of their texts.
///
/// A file of them begins with a line `monazite-vectors 1 MODEL DIMENSIONS`; each entry is the hash (32 bytes) and the
/// numbers (little-endian, four bytes each), in the order of the hashes. The same vectors give the same file.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct VectorStore {
    model: String,
    vectors: BTreeMap<[u8; 32], Vec<f32>>,
}

impl VectorStore {
    /// An empty store for a model.
    pub fn new(model_sha256: &str) -> Self {
        Self { model: model_sha256.to_owned(), vectors: BTreeMap::new() }
    }

    /// Takes over the vectors of a file, if it is there and belongs to the model. A damaged tail is left out.
    pub fn take_file(&mut self, path: &Path) {
        let Ok(bytes) = disk::read(path, disk::LARGEST_FILE) else { return };
        let Some(end) = bytes.iter().take(200).position(|&b| b == b'\n') else { return };
        let first = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut words = first.split(' ');
        let head = (words.next(), words.next(), words.next());
        let dimensions =
            words.next().and_then(|d| d.parse::<usize>().ok()).filter(|d| (1..=1 << 16).contains(d));
        let (true, Some(dimensions)) =
            (head == (Some("monazite-vectors"), Some("1"), Some(self.model.as_str())), dimensions)
        else {
            return;
        };
        for entry in bytes[end + 1..].chunks_exact(32 + 4 * dimensions) {
            let (hash, numbers) = entry.split_at(32);
            let Ok(hash) = <[u8; 32]>::try_from(hash) else { return };
            let (numbers, _) = numbers.as_chunks::<4>();
            self.vectors.insert(hash, numbers.iter().map(|&b| f32::from_le_bytes(b)).collect());
        }
    }

    /// The content of a file with all vectors.
    pub fn to_bytes(&self) -> Vec<u8> {
        let dimensions = self.vectors.values().next().map_or(1, Vec::len);
        let mut bytes = format!("monazite-vectors 1 {} {dimensions}\n", self.model).into_bytes();
        for (hash, vector) in &self.vectors {
            bytes.extend_from_slice(hash);
            for x in vector {
                bytes.extend_from_slice(&x.to_le_bytes());
            }
        }
        bytes
    }

    /// Vectors of texts, in their order; those that are not here yet are made, and kept.
    ///
    /// # Errors
    /// Those of the model.
    pub fn vectors(
        &mut self,
        embedder: &dyn Embedder,
        texts: &[&str],
    ) -> Result<Vec<Vec<f32>>, MappingError> {
        let hashes: Vec<[u8; 32]> = texts.iter().map(|text| sha256_bytes(text.as_bytes())).collect();
        let mut missing = BTreeMap::new();
        for (hash, text) in hashes.iter().zip(texts) {
            if !self.vectors.contains_key(hash) {
                missing.insert(*hash, *text);
            }
        }
        if !missing.is_empty() {
            let wanted: Vec<&str> = missing.values().copied().collect();
            let made = embedder.embed(&wanted)?;
            self.vectors.extend(missing.into_keys().zip(made));
        }
        Ok(hashes.iter().map(|hash| self.vectors.get(hash).cloned().unwrap_or_default()).collect())
    }

    /// The vectors of these texts alone.
    pub fn only(&self, texts: &[&str]) -> Self {
        let vectors = texts
            .iter()
            .filter_map(|text| self.vectors.get_key_value(&sha256_bytes(text.as_bytes())))
            .map(|(hash, vector)| (*hash, vector.clone()))
            .collect();
        Self { model: self.model.clone(), vectors }
    }

    /// Number of vectors.
    pub fn len(&self) -> usize {
        self.vectors.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.vectors.is_empty()
    }
}

/// Where vectors are kept between commands: `MONAZITE_CACHE`, or the user's cache folder.
pub fn default_cache() -> Option<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    folder("MONAZITE_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|f| f.join("monazite")))
        .or_else(|| folder("HOME").map(|f| f.join(".cache/monazite")))
        .or_else(|| folder("LOCALAPPDATA").map(|f| f.join("monazite")))
}

#[cfg(test)]
mod tests {
    use super::super::Floors;
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering};

    struct Counting(AtomicUsize);

    impl Embedder for Counting {
        fn name(&self) -> &str {
            "counting"
        }
        fn sha256(&self) -> &str {
            "abc"
        }
        fn default_floors(&self) -> Floors {
            Floors { anywhere: 0.0, code: 0.0, heading: 0.0 }
        }
        fn is_slow(&self) -> bool {
            true
        }
        fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, MappingError> {
            self.0.fetch_add(texts.len(), Ordering::SeqCst);
            Ok(texts.iter().map(|t| vec![t.len() as f32, 1.0]).collect())
        }
    }

    #[test]
    fn each_text_is_embedded_once_and_files_are_exact() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("v.bin");
        let model = Counting(AtomicUsize::new(0));
        let mut store = VectorStore::new("abc");
        assert_eq!(store.vectors(&model, &["a", "bb", "a"]).unwrap(), [[1., 1.], [2., 1.], [1., 1.]]);
        assert_eq!(model.0.load(Ordering::SeqCst), 2);
        std::fs::write(&file, store.to_bytes()).unwrap();
        let mut again = VectorStore::new("abc");
        again.take_file(&file);
        assert_eq!(again, store);
        assert_eq!(again.to_bytes(), store.to_bytes());
        assert_eq!(again.only(&["bb"]).len(), 1);
        again.vectors(&model, &["bb", "a"]).unwrap();
        assert_eq!(model.0.load(Ordering::SeqCst), 2);

        let mut other = VectorStore::new("another model");
        other.take_file(&file);
        assert!(other.is_empty());
        let bytes = std::fs::read(&file).unwrap();
        std::fs::write(&file, &bytes[..bytes.len() - 1]).unwrap();
        let mut torn = VectorStore::new("abc");
        torn.take_file(&file);
        assert_eq!(torn.len(), 1);
    }
}
