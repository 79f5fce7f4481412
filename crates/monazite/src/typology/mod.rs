//! From profiles to the kinds of countries: the map, the clusters on it, one cluster a country, and how far each of these
//! can be trusted.

pub mod agreement;
pub mod density_merging;
pub mod pca;
pub mod rows;
pub mod umap;
