//! Fetching a sentence model once, for users who are online.

use std::io::{Read, Write};
use std::path::Path;
use std::time::Duration;

use monazite::disk;
use monazite::progress::{Progress, Unit};
use sha2::{Digest, Sha256};

use crate::MappingError;
use crate::digest::hexadecimal;

/// Where all-MiniLM-L6-v2 (Apache-2.0) is kept; any address works that has the same two files below it.
pub const MINILM: &str = "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/main";

/// A file that was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedFile {
    /// Its name in the folder.
    pub name: &'static str,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content.
    pub sha256: String,
    /// Whether it was there already and nothing was fetched.
    pub was_there: bool,
}

const FILES: [[&str; 2]; 2] = [["onnx/model.onnx", "model.onnx"], ["tokenizer.json", "tokenizer.json"]];
const LARGEST: u64 = 2 << 30;

/// Fetches `model.onnx` and `tokenizer.json` into a folder. Files that are there stay; a file appears whole or not at all.
///
/// # Errors
/// [`MappingError::Endpoint`] if the address does not give the file, [`MappingError::Io`].
pub fn fetch_model(
    address: &str,
    folder: &Path,
    progress: &dyn Progress,
) -> Result<Vec<FetchedFile>, MappingError> {
    std::fs::create_dir_all(folder).map_err(|e| MappingError::io(folder, "cannot be created", e))?;
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_connect(Some(Duration::from_secs(15)))
        .timeout_recv_response(Some(Duration::from_secs(60)))
        .user_agent(concat!("monazite/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent();
    let mut fetched = Vec::new();
    for [remote, name] in FILES {
        let path = folder.join(name);
        if path.exists() {
            let content = disk::read(&path, disk::LARGEST_FILE)
                .map_err(|e| MappingError::io(&path, "cannot be read", e))?;
            let sha256 = crate::digest::sha256(&content);
            fetched.push(FetchedFile { name, bytes: content.len() as u64, sha256, was_there: true });
            continue;
        }
        let url = format!("{}/{remote}", address.trim_end_matches('/'));
        let problem = |message: String| MappingError::Endpoint { address: url.clone(), message };
        let mut response = agent.get(&url).call().map_err(|e| problem(format!("cannot be fetched ({e})")))?;
        if response.status() != 200 {
            return Err(problem(format!("cannot be fetched (status {})", response.status().as_u16())));
        }
        let promised = response.body().content_length();
        progress.begin(name, promised.unwrap_or(0), Unit::Bytes);
        let partial = folder.join(format!("{name}.partial"));
        let in_file = |e| MappingError::io(&partial, "cannot be written", e);
        let mut file = disk::create(&partial).map_err(in_file)?;
        let mut reader = response.body_mut().with_config().limit(LARGEST).reader();
        let mut hash = Sha256::new();
        let mut bytes = 0u64;
        let mut buffer = vec![0u8; 1 << 16];
        loop {
            let count =
                reader.read(&mut buffer).map_err(|e| problem(format!("the connection broke ({e})")))?;
            if count == 0 {
                break;
            }
            hash.update(&buffer[..count]);
            file.write_all(&buffer[..count]).map_err(in_file)?;
            bytes += count as u64;
            progress.advance_to(bytes);
        }
        progress.end();
        if promised.is_some_and(|promised| promised != bytes) {
            return Err(problem("the connection broke before the end".to_owned()));
        }
        file.sync_all().map_err(in_file)?;
        std::fs::rename(&partial, &path).map_err(|e| MappingError::io(&path, "cannot be written", e))?;
        fetched.push(FetchedFile { name, bytes, sha256: hexadecimal(&hash.finalize()), was_there: false });
    }
    Ok(fetched)
}
