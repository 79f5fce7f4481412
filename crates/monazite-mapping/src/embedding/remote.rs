//! Vectors from the `/embeddings` of an OpenAI-compatible endpoint.

use serde_json::json;

use super::{Embedder, Floors, normalise};
use crate::MappingError;
use crate::client::{CallFailure, Client};
use crate::digest::sha256;

/// An embedding model behind an endpoint.
///
/// What the endpoint runs cannot be hashed; the identity of the model is that of its name and address.
#[derive(Debug)]
pub struct RemoteModel {
    name: String,
    sha256: String,
    client: Client,
}

/// Texts in one call.
const TEXTS: usize = 128;

impl RemoteModel {
    /// A model by its name.
    pub fn new(client: Client, name: &str) -> Self {
        let identity = format!("remote\n{}\n{name}", client.address());
        Self { name: name.to_owned(), sha256: sha256(identity.as_bytes()), client }
    }
}

impl Embedder for RemoteModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn sha256(&self) -> &str {
        &self.sha256
    }

    fn default_floors(&self) -> Floors {
        // Nothing is known about the model; unrelated texts can have a cosine of 0.4.
        Floors { anywhere: 0.5, code: 0.1, heading: 0.3 }
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, MappingError> {
        let problem =
            |message: String| MappingError::Endpoint { address: self.client.address().to_owned(), message };
        let mut vectors = Vec::with_capacity(texts.len());
        for (number, chunk) in texts.chunks(TEXTS).enumerate() {
            let body = json!({ "model": self.name, "input": chunk, "encoding_format": "float" });
            let value = self.client.post("embeddings", &body, &format!("embeddings {number}")).map_err(
                |failure| match failure {
                    CallFailure::Refused(message) | CallFailure::Lost(message) => problem(message),
                    CallFailure::Stopped => problem("stopped".to_owned()),
                },
            )?;
            let mut found: Vec<Option<Vec<f32>>> = vec![None; chunk.len()];
            for (position, entry) in value["data"].as_array().into_iter().flatten().enumerate() {
                let at = entry["index"].as_u64().map_or(position, |index| index as usize);
                let numbers = entry["embedding"].as_array().map(|list| {
                    list.iter().filter_map(|x| x.as_f64().map(|x| x as f32)).collect::<Vec<f32>>()
                });
                if let (Some(slot), Some(numbers)) = (found.get_mut(at), numbers) {
                    *slot = Some(numbers);
                }
            }
            let width = found.first().and_then(|v| v.as_ref()).map_or(0, Vec::len);
            for vector in found {
                match vector {
                    Some(mut vector)
                        if vector.len() == width && width > 0 && vector.iter().all(|x| x.is_finite()) =>
                    {
                        normalise(&mut vector);
                        vectors.push(vector);
                    }
                    _ => return Err(problem("what came back is not one vector for each text".to_owned())),
                }
            }
        }
        Ok(vectors)
    }
}
