//! The parameters of the map.

use super::neighbours::Metric;

/// How the map is made.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct UmapParameters {
    /// Neighbours of each row, itself counted as one: at least 2 and fewer than rows. Few show the fine structure, many the
    /// coarse one.
    pub neighbours: usize,
    /// How close two rows may come on the map, in units of `spread`.
    pub min_dist: f64,
    /// Scale of the map.
    pub spread: f64,
    /// Distance between rows.
    pub metric: Metric,
    /// Rounds of moving; `None` takes 500 up to 10,000 rows and 200 beyond.
    pub epochs: Option<usize>,
    /// Number of neighbours that are connected for sure.
    pub local_connectivity: f64,
    /// Between intersection (0) and union (1) of the neighbourhoods of two rows.
    pub set_op_mix_ratio: f64,
    /// Weight of repulsion.
    pub repulsion_strength: f64,
    /// Random rows that push a row away, for each neighbour that pulls it.
    pub negative_sample_rate: usize,
    /// First step size; it falls to zero linearly.
    pub learning_rate: f64,
    /// Where the rows start.
    pub initialisation: Initialisation,
    /// Seed of everything random.
    pub seed: u64,
}

impl Default for UmapParameters {
    fn default() -> Self {
        Self {
            neighbours: 15,
            min_dist: 0.3,
            spread: 1.0,
            metric: Metric::Euclidean,
            epochs: None,
            local_connectivity: 1.0,
            set_op_mix_ratio: 1.0,
            repulsion_strength: 1.0,
            negative_sample_rate: 5,
            learning_rate: 1.0,
            initialisation: Initialisation::Spectral,
            seed: 20_250_801,
        }
    }
}

/// Where the rows start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Initialisation {
    /// Eigenvectors of the graph; by principal components if the graph falls into pieces (default).
    #[default]
    Spectral,
    /// The first two principal components.
    PrincipalComponents,
    /// Anywhere in a square.
    Random,
}
