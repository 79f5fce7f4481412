//! Where the rows start.

use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::SeedableRng;

use super::fuzzy_graph::FuzzyGraph;
use super::parameters::{Initialisation, UmapParameters};
use super::spectral::leading_vectors;
use super::uniform::uniform;
use crate::typology::pca::PrincipalComponents;
use crate::typology::rows::Rows;

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

/// Two independent standard normal numbers (Box and Muller).
fn normal_pair(random: &mut Xoshiro256PlusPlus) -> [f64; 2] {
    let radius = (-2.0 * libm::log(1.0 - uniform(random))).sqrt();
    let angle = 2.0 * std::f64::consts::PI * uniform(random);
    [radius * libm::cos(angle), radius * libm::sin(angle)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three rows on a line: their first component is the line, brought to a length of ten either way.
    #[test]
    fn principal_components_start_on_the_line() {
        let rows = Rows::new(2, vec![0.0, 0.0, 1.0, 1.0, 2.0, 2.0]);
        let graph =
            FuzzyGraph { offsets: vec![0, 1, 3, 4], targets: vec![1, 0, 2, 1], weights: vec![1.0; 4] };
        let parameters = UmapParameters {
            initialisation: Initialisation::PrincipalComponents,
            ..UmapParameters::default()
        };
        let start = places(&rows, &graph, &parameters);
        assert_eq!(start.components, 1);
        let near = |found: f32, expected: f32| (found - expected).abs() < 1e-3;
        let end = start.places[2][0].signum() * 10.0;
        for (place, x) in start.places.iter().zip([-end, 0.0, end]) {
            assert!(near(place[0], x) && near(place[1], 0.0), "{:?}", start.places);
        }
    }
}
