//! What every model that turns texts into vectors can do.

use crate::MappingError;

/// A model that turns texts into vectors of length one. The same text always gives the same vector, whatever other texts
/// are asked for along with it.
pub trait Embedder: Sync {
    /// Its name, for people.
    fn name(&self) -> &str;
    /// Identity of the model: vectors of models with another one are never mixed.
    fn sha256(&self) -> &str;
    /// Smallest cosine at which an answer is taken for the text of a code, unless the study says otherwise.
    fn default_floor(&self) -> f64;
    /// Whether its vectors are worth keeping: making them is slow, or needs a network.
    fn is_slow(&self) -> bool;
    /// Vectors of texts, in their order.
    ///
    /// # Errors
    /// [`MappingError::Embedding`], [`MappingError::Endpoint`].
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, MappingError>;
}
