//! Texts to vectors, on this machine by default.

pub mod download;
mod embedder;
pub mod remote;
pub mod sentence;
pub mod static_model;
pub mod store;
mod vector;

pub use embedder::{Embedder, Floors};
pub use remote::RemoteModel;
pub use sentence::SentenceModel;
pub use static_model::StaticModel;
pub use store::VectorStore;
pub use vector::cosine;
pub(crate) use vector::normalise;
