//! UMAP: a map in the plane on which rows that are alike lie together.
//!
//! McInnes, Healy, Melville, *UMAP: Uniform Manifold Approximation and Projection*, arXiv:1802.03426. Exact nearest
//! neighbours, a fuzzy graph with a scale of its own around every row, and a layout found by attraction along the edges
//! of the graph and repulsion from random rows.
//!
//! Same rows and same seed give the same bytes: on one thread or many, on any machine, and in any order of the rows.

mod curve;
mod fuzzy_graph;
mod initial;
mod layout;
mod neighbours;
mod parameters;
mod spectral;
mod uniform;

use std::collections::BTreeMap;

use super::rows::Rows;
use crate::progress::{Progress, Silent};
use crate::threads::within;

pub use curve::Curve;
pub use fuzzy_graph::{FuzzyGraph, Membership};
pub use neighbours::{Metric, Neighbours};
pub use parameters::{Initialisation, UmapParameters};

/// Why there is no map.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum UmapError {
    /// Not more rows than neighbours.
    #[error(
        "a map with {neighbours} neighbours needs more than {neighbours} rows; there are {rows}. Ask for fewer neighbours, or take in more countries or years"
    )]
    TooFewRows {
        /// Rows there are.
        rows: usize,
        /// Neighbours asked for.
        neighbours: usize,
    },
    /// Hardly any row differs from the others.
    #[error(
        "of {rows} rows only {different} differ, too few for a map; take in more countries, years or products"
    )]
    TooFewDifferentRows {
        /// Rows there are.
        rows: usize,
        /// Different ones among them.
        different: usize,
    },
    /// A value that is not a number.
    #[error(
        "row {row}, feature {feature} is {value}; UMAP needs finite numbers (fill or drop what is missing)"
    )]
    NotFinite {
        /// Position of the row.
        row: usize,
        /// Position of the feature.
        feature: usize,
        /// The value.
        value: f64,
    },
    /// All rows are the same.
    #[error("all {0} rows are the same; there is nothing to map")]
    AllAlike(usize),
    /// A parameter out of range.
    #[error("{name} = {value} is out of range: {expects}")]
    Parameter {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it has to be.
        expects: &'static str,
    },
    /// The work was asked to stop.
    #[error(transparent)]
    Cancelled(#[from] crate::progress::Cancelled),
}

/// A map of rows in the plane.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// For each row its place.
    pub points: Vec<[f64; 2]>,
    /// Pieces of the graph that no edge joins: 1 if everything hangs together. Where the pieces of a map lie relative to one
    /// another says little.
    pub components: usize,
    /// Parameters a and b of the curve 1/(1 + a d^(2b)) that turns distance on the map into membership.
    pub curve: [f64; 2],
    /// The nearest neighbours among all rows, copies among them.
    pub neighbours: Neighbours,
    /// Rows that differ from all before them; the map is made of these.
    pub different: usize,
    /// Neighbours of a row on which the map rests, itself counted: fewer than were asked for if hardly more rows differ.
    pub count: usize,
}

/// Maps rows into the plane.
///
/// Rows are sorted by their values before anything is computed, so their order does not matter. Rows that are the same in every feature share
/// a place: the map is made of the different rows, since copies would be each other's nearest neighbours and tear it. If no more of them
/// differ than there are neighbours to a row, each has all others for neighbours.
///
/// # Errors
/// [`UmapError`] for too few rows, values that are not finite, rows that are all alike, or parameters out of range.
///
/// ```
/// use monazite::typology::rows::Rows;
/// use monazite::typology::umap::{umap, UmapParameters};
/// let value = |row: usize, feature: usize| (row / 20) as f64 * 9.0 + (row * (feature + 2) % 7) as f64;
/// let rows = Rows::from_fn(60, 4, value);
/// let map = umap(&rows, &UmapParameters { neighbours: 10, ..UmapParameters::default() })?;
/// assert!(map.points.iter().flatten().all(|x| x.is_finite()));
/// # Ok::<(), monazite::typology::umap::UmapError>(())
/// ```
pub fn umap(rows: &Rows, parameters: &UmapParameters) -> Result<Embedding, UmapError> {
    umap_until(rows, parameters, &Silent)
}

/// As [`umap`], for work that may be asked to stop: `progress` is asked between the steps and after every round of the last one.
///
/// # Errors
/// As [`umap`]; [`UmapError::Cancelled`] if it was asked to stop.
pub fn umap_until(
    rows: &Rows,
    parameters: &UmapParameters,
    progress: &dyn Progress,
) -> Result<Embedding, UmapError> {
    within(|| arranged(rows, parameters, progress))
}

fn arranged(
    rows: &Rows,
    parameters: &UmapParameters,
    progress: &dyn Progress,
) -> Result<Embedding, UmapError> {
    check(rows, parameters)?;
    let order = rows.canonical_order();
    let distinct = Distinct::of(rows, &order);
    let sorted = rows.permuted(&distinct.rows);
    let count = parameters.neighbours.min(sorted.len() - 1);
    if count < 2 || parameters.local_connectivity >= count as f64 {
        return Err(UmapError::TooFewDifferentRows { rows: rows.len(), different: sorted.len() });
    }
    let neighbours = Neighbours::exact(&sorted, count, parameters.metric);
    progress.go_on()?;
    let graph = FuzzyGraph::of(&neighbours, parameters.local_connectivity, parameters.set_op_mix_ratio);
    let curve = Curve::fit(parameters.min_dist, parameters.spread);
    progress.go_on()?;
    let start = initial::places(&sorted, &graph, parameters);
    let placed = layout::arrange(&graph, &curve, start.places, parameters, progress)?;
    let different = distinct.rows.len();
    let points = distinct.of_row.iter().map(|&place| placed[place].map(f64::from)).collect();
    // Of all rows, copies among them, for those who ask who lies beside whom.
    let neighbours = match different < rows.len() {
        true => Neighbours::exact(&rows.permuted(&order), parameters.neighbours, parameters.metric),
        false => neighbours,
    };
    let neighbours = neighbours.renamed(&order);
    Ok(Embedding {
        points,
        components: start.components,
        curve: [curve.a, curve.b],
        neighbours,
        different,
        count,
    })
}

/// The different ones among rows.
struct Distinct {
    /// The first row of each kind, in canonical order.
    rows: Vec<usize>,
    /// For each row its place among these.
    of_row: Vec<usize>,
}

impl Distinct {
    fn of(rows: &Rows, order: &[usize]) -> Self {
        // Zero and minus zero are the same.
        let key = |row: usize| -> Vec<u64> { rows.row(row).iter().map(|v| (v + 0.0).to_bits()).collect() };
        let mut places: BTreeMap<Vec<u64>, usize> = BTreeMap::new();
        let mut distinct = Self { rows: Vec::new(), of_row: vec![0; rows.len()] };
        for &row in order {
            let next = distinct.rows.len();
            let place = *places.entry(key(row)).or_insert(next);
            if place == next {
                distinct.rows.push(row);
            }
            distinct.of_row[row] = place;
        }
        distinct
    }
}

fn check(rows: &Rows, p: &UmapParameters) -> Result<(), UmapError> {
    let wrong = |name, value, expects| Err(UmapError::Parameter { name, value, expects });
    if p.neighbours < 2 {
        return wrong("neighbours", p.neighbours as f64, "at least 2");
    }
    if !(p.spread > 0.0 && p.spread.is_finite()) {
        return wrong("spread", p.spread, "above 0");
    }
    if !(p.min_dist >= 0.0 && p.min_dist <= p.spread) {
        return wrong("min_dist", p.min_dist, "from 0 to spread");
    }
    if !(0.0..=1.0).contains(&p.set_op_mix_ratio) {
        return wrong("set_op_mix_ratio", p.set_op_mix_ratio, "from 0 to 1");
    }
    if !(p.local_connectivity >= 0.0 && p.local_connectivity < p.neighbours as f64) {
        return wrong("local_connectivity", p.local_connectivity, "from 0 to less than neighbours");
    }
    if !(p.repulsion_strength >= 0.0 && p.repulsion_strength.is_finite()) {
        return wrong("repulsion_strength", p.repulsion_strength, "0 or more");
    }
    if !(p.learning_rate > 0.0 && p.learning_rate.is_finite()) {
        return wrong("learning_rate", p.learning_rate, "above 0");
    }
    if let Some(0) = p.epochs {
        return wrong("epochs", 0.0, "at least 1");
    }
    if rows.len() <= p.neighbours {
        return Err(UmapError::TooFewRows { rows: rows.len(), neighbours: p.neighbours });
    }
    for row in 0..rows.len() {
        if let Some(feature) = rows.row(row).iter().position(|v| !v.is_finite()) {
            return Err(UmapError::NotFinite { row, feature, value: rows.row(row)[feature] });
        }
    }
    if (1..rows.len()).all(|row| rows.row(row) == rows.row(0)) {
        return Err(UmapError::AllAlike(rows.len()));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
