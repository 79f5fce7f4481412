//! How the density is estimated, what counts as a cluster, and why points cannot be clustered.

/// How the density is estimated and what counts as a cluster.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DensityMergingParameters {
    /// Standard deviation of the kernel in percent of the range of each axis; `None` takes the standard deviation of
    /// the data times N^(-1/6).
    pub bandwidth: Option<f64>,
    /// Grid points along each axis, at least 3.
    pub grid: usize,
    /// Which grid points are background.
    pub background: Background,
    /// Whether a step uphill has to be significant.
    pub slope_test: bool,
    /// Number of points below which the bandwidth is widened by (N/this)^(-1/6); `None` never widens it.
    pub full_sample: Option<usize>,
    /// Map the points to \[0, 1\] on each axis first.
    pub rescale: bool,
}

/// Why points cannot be clustered.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum DensityMergingError {
    /// Fewer than two points.
    #[error("density-based merging needs at least two points; there are {0}")]
    TooFewPoints(usize),
    /// A coordinate is not a number.
    #[error("point {point} has the coordinate {value}; density-based merging needs finite coordinates")]
    NotFinite {
        /// Position of the point.
        point: usize,
        /// The coordinate.
        value: f64,
    },
    /// All points lie on a line along an axis.
    #[error(
        "all points have the same coordinate on axis {0}; a density in the plane needs spread on both axes"
    )]
    NoSpread(usize),
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
}

/// The rule by which a grid point is background; f is the density, σ its standard error, g the density of the squared kernel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Background {
    /// The thinnest grid points that together hold at most this percentage of the points; with 0, those where f = 0.
    /// (Type 2 of the authors' program.)
    ThinnestPercent(f64),
    /// Grid points with f ≤ F σ. (Type 4.)
    Ratio(f64),
    /// Grid points with N f³ + (F² - 1) f² ≤ F² g, a rule for data in \[0, 1\]. (Type 1.)
    BiasedRatio {
        /// F.
        factor: f64,
        /// As the authors' program does, use the rule f ≤ 18.49 σ instead unless no coordinate exceeds 1.
        replaced_off_scale: bool,
    },
}
