//! Where the rows start.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use super::UmapParameters;
use super::fuzzy_graph::FuzzyGraph;
use super::spectral::leading_vectors;
use crate::typology::pca::PrincipalComponents;
use crate::typology::rows::Rows;

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

/// Largest coordinate of the start.
const EXTENT: f64 = 10.0;
/// Standard deviation of the noise that keeps rows from lying on one spot.
const NOISE: f64 = 1e-4;

/// The start of the layout.
pub(super) struct Start {
    pub places: Vec<[f32; 2]>,
    /// Pieces of the graph.
    pub components: usize,
}

/// Chooses the places the layout starts from.
pub(super) fn places(rows: &Rows, graph: &FuzzyGraph, parameters: &UmapParameters) -> Start {
    let components = graph.components().into_iter().max().map_or(0, |last| last + 1);
    let mut random = Xoshiro256PlusPlus::seed_from_u64(parameters.seed);
    let mut places = match parameters.initialisation {
        Initialisation::Random => (0..rows.len())
            .map(|_| std::array::from_fn(|_| EXTENT * (2.0 * uniform(&mut random) - 1.0)))
            .collect(),
        Initialisation::Spectral if components == 1 => leading_vectors(graph, &mut random),
        _ => principal_plane(rows),
    };
    if parameters.initialisation != Initialisation::Random {
        let most = places.iter().flatten().fold(0.0f64, |most, x| most.max(x.abs()));
        let scale = if most > 0.0 { EXTENT / most } else { 1.0 };
        for place in &mut places {
            let noise = normal_pair(&mut random);
            *place = std::array::from_fn(|axis| place[axis] * scale + NOISE * noise[axis]);
        }
    }
    let places = places.into_iter().map(|place: [f64; 2]| place.map(|x| x as f32)).collect();
    Start { places, components }
}

fn principal_plane(rows: &Rows) -> Vec<[f64; 2]> {
    let components = PrincipalComponents::fit(rows);
    (0..rows.len())
        .map(|row| std::array::from_fn(|axis| components.score(rows.row(row), axis).unwrap_or(0.0)))
        .collect()
}

/// A number in \[0, 1).
pub(super) fn uniform(random: &mut Xoshiro256PlusPlus) -> f64 {
    (random.next_u64() >> 11) as f64 * (1.0 / (1u64 << 53) as f64)
}

/// Two independent standard normal numbers (Box and Muller).
fn normal_pair(random: &mut Xoshiro256PlusPlus) -> [f64; 2] {
    let radius = (-2.0 * libm::log(1.0 - uniform(random))).sqrt();
    let angle = 2.0 * std::f64::consts::PI * uniform(random);
    [radius * libm::cos(angle), radius * libm::sin(angle)]
}
