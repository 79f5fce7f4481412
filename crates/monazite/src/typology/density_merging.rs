//! Density-based merging: clusters of points in the plane as the mountains of their density, joined across passes
//! that the data cannot tell from noise.
//!
//! The method of Walther, Zimmerman, Moore et al., *Automatic clustering of flow cytometry data with density-based
//! merging*, Advances in Bioinformatics 2009, 686759, with the constants and the later changes of the authors' program. The
//! density is estimated on a grid; every grid point leads uphill to a neighbour; what ends at a peak that stands out of its
//! own uncertainty is a cluster; peaks are merged when a ridge between them is not significantly lower than they are.
//! Points in sparse regions belong to no cluster: their label is 0.

mod background;
mod density;
mod levels;
mod merging;
mod normal;
mod parameters;
mod paths;

pub use levels::DetailLevel;
pub use parameters::{Background, DensityMergingError, DensityMergingParameters};

use density::Density;

/// Clusters of points.
#[derive(Debug, Clone, PartialEq)]
pub struct DensityClusters {
    /// For each point its cluster from 1 on; 0 for the background.
    pub labels: Vec<u32>,
    /// Number of clusters.
    pub clusters: usize,
    /// For each point density over its standard error, f/σ, at its grid point: how surely it stands in a crowd. `None` where the
    /// standard error vanishes.
    pub height: Vec<Option<f64>>,
    /// Bandwidth on each axis, in units of the data (of the rescaled data, if they were).
    pub bandwidth: [f64; 2],
    /// Effective number of independent tests κ; 0 if every grid point is background.
    pub tests: f64,
    /// Height that a peak needs, f/σ; `None` if every grid point is background.
    pub critical: Option<f64>,
    /// Grid points that are not background.
    pub foreground: usize,
    /// Ends of uphill paths, and how many of them are significant.
    pub path_ends: [usize; 2],
    /// Passes of merging until nothing changed, the last one included.
    pub passes: usize,
}

/// Clusters points of the plane.
///
/// A grid point is labelled; a point takes the label of the grid point next to it. Labels number the clusters in the order
/// of the authors' program: by descending grid index of the peak they grew from. See [`crate::typology::assignment`] for
/// numbers that mean something.
///
/// # Errors
/// [`DensityMergingError`] for fewer than two points, coordinates that are not finite, no spread on an axis, or parameters
/// out of range.
///
/// # References
/// Walther et al. 2009, doi 10.1155/2009/686759.
///
/// ```
/// use monazite::typology::density_merging::{density_merging, DensityMergingParameters};
/// let cloud = |x: f64| (0..200).map(move |i| {
///     let (u, v) = (f64::from(i) * 0.7549 % 1.0, f64::from(i) * 0.5698 % 1.0);
///     [x + u + v, u - v]
/// });
/// let points: Vec<[f64; 2]> = cloud(0.0).chain(cloud(20.0)).collect();
/// let found = density_merging(&points, &DensityMergingParameters::default())?;
/// assert_eq!(found.clusters, 2);
/// # Ok::<(), monazite::typology::density_merging::DensityMergingError>(())
/// ```
pub fn density_merging(
    points: &[[f64; 2]],
    parameters: &DensityMergingParameters,
) -> Result<DensityClusters, DensityMergingError> {
    Ok(steps(points, parameters)?.clusters)
}

/// Everything on the way to the clusters, for tests against the arrays of another implementation.
struct Steps {
    #[cfg_attr(not(test), allow(dead_code))]
    density: Density,
    #[cfg_attr(not(test), allow(dead_code))]
    foreground: Vec<bool>,
    #[cfg_attr(not(test), allow(dead_code))]
    before_merging: Vec<i64>,
    clusters: DensityClusters,
}

fn steps(points: &[[f64; 2]], parameters: &DensityMergingParameters) -> Result<Steps, DensityMergingError> {
    check(points, parameters)?;
    let rescaled;
    let points = if parameters.rescale {
        rescaled = density::rescaled(points)?;
        &rescaled
    } else {
        points
    };
    let density = Density::estimate(points, parameters)?;
    let foreground = parameters.background.foreground(&density);
    let tests = density.effective_tests(&foreground);
    let mut clusters = DensityClusters {
        labels: vec![0; points.len()],
        clusters: 0,
        height: density.cell_of.iter().map(|&cell| density.height(cell)).collect(),
        bandwidth: density.bandwidth,
        tests,
        critical: None,
        foreground: foreground.iter().filter(|f| **f).count(),
        path_ends: [0, 0],
        passes: 0,
    };
    let mut before_merging = Vec::new();
    if clusters.foreground > 0 {
        let critical = normal::upper_quantile(normal::share_of_tests(0.05, tests));
        clusters.critical = Some(critical);
        let slope_test = parameters.slope_test.then_some(critical);
        let mut pointers = paths::uphill(&density, &foreground, slope_test);
        clusters.path_ends = paths::end_paths(&density, critical, &mut pointers);
        before_merging.clone_from(&pointers);
        clusters.passes = merging::merge(&density, &mut pointers);
        let of_grid = merging::labels(&pointers);
        let mut states: Vec<i64> = density
            .cell_of
            .iter()
            .map(|&cell| of_grid[cell])
            .filter(|state| *state != merging::NONE)
            .collect();
        states.sort_unstable();
        states.dedup();
        clusters.clusters = states.len();
        for (label, &cell) in clusters.labels.iter_mut().zip(&density.cell_of) {
            *label = states.binary_search(&of_grid[cell]).map_or(0, |place| place as u32 + 1);
        }
    }
    Ok(Steps { density, foreground, before_merging, clusters })
}

fn check(points: &[[f64; 2]], parameters: &DensityMergingParameters) -> Result<(), DensityMergingError> {
    if points.len() < 2 {
        return Err(DensityMergingError::TooFewPoints(points.len()));
    }
    if let Some((point, value)) =
        points.iter().enumerate().find_map(|(at, p)| p.iter().find(|v| !v.is_finite()).map(|v| (at, *v)))
    {
        return Err(DensityMergingError::NotFinite { point, value });
    }
    let out_of_range = |name, value, expects| Err(DensityMergingError::Parameter { name, value, expects });
    if let Some(bandwidth) = parameters.bandwidth
        && !(bandwidth > 0.0 && bandwidth <= 100.0)
    {
        return out_of_range("bandwidth", bandwidth, "a percentage above 0 and at most 100");
    }
    if !(3..=2048).contains(&parameters.grid) {
        return out_of_range("grid", parameters.grid as f64, "from 3 to 2048 grid points a side");
    }
    Ok(())
}

#[cfg(test)]
mod tests;
