//! What every model that turns texts into vectors can do.

use crate::MappingError;

/// Smallest cosines at which a description is taken for a code.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Floors {
    /// For any code: nothing but the description says which.
    pub anywhere: f64,
    /// For the code that is named with the description.
    pub code: f64,
    /// For another code of the heading that is named with it.
    pub heading: f64,
}

/// A model that turns texts into vectors of length one. The same text always gives the same vector, whatever other texts
/// are asked for along with it.
pub trait Embedder: Sync {
    /// Its name, for people.
    fn name(&self) -> &str;
    /// Identity of the model: vectors of models with another one are never mixed.
    fn sha256(&self) -> &str;
    /// How near texts have to be, unless the study says otherwise.
    fn default_floors(&self) -> Floors;
    /// Whether its vectors are worth keeping: making them is slow, or needs a network.
    fn is_slow(&self) -> bool;
    /// Vectors of texts, in their order.
    ///
    /// # Errors
    /// [`MappingError::Embedding`], [`MappingError::Endpoint`].
    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, MappingError>;
}
