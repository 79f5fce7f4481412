//! The density on the grid, its slopes and their standard errors.

use super::parameters::{DensityMergingError, DensityMergingParameters};

/// Reach of the kernel in standard deviations.
const REACH: f64 = 4.0;

/// Kernel density on a grid. Arrays run over grid points, index = x + y * side.
#[derive(Debug)]
pub(super) struct Density {
    /// Grid points along an axis.
    pub side: usize,
    /// Number of data points.
    pub points: usize,
    /// Distance of grid points on each axis.
    pub step: [f64; 2],
    /// Standard deviation of the kernel on each axis.
    pub bandwidth: [f64; 2],
    /// Largest coordinate of the data on any axis.
    pub highest: f64,
    /// Data points at each grid point, shared linearly among the four around each data point.
    pub weight: Vec<f64>,
    /// Density f.
    pub f: Vec<f64>,
    /// Density of the squared kernel, g.
    pub g: Vec<f64>,
    /// Standard error of f: √((g - f²)/(N - 1)).
    pub sigma: Vec<f64>,
    /// Slopes ∂f/∂x and ∂f/∂y.
    pub slope: [Vec<f64>; 2],
    /// Second moments of the slopes' kernels, A_xx, A_xy and A_yy; empty without slope test.
    pub slope_moments: [Vec<f64>; 3],
    /// Grid point next to each data point.
    pub cell_of: Vec<usize>,
}

/// Smallest and largest coordinate on each axis.
fn ranges(points: &[[f64; 2]]) -> Result<[[f64; 2]; 2], DensityMergingError> {
    let mut ranges = [[f64::INFINITY, f64::NEG_INFINITY]; 2];
    for point in points {
        for axis in 0..2 {
            ranges[axis][0] = ranges[axis][0].min(point[axis]);
            ranges[axis][1] = ranges[axis][1].max(point[axis]);
        }
    }
    match ranges.iter().position(|[low, high]| low == high) {
        Some(axis) => Err(DensityMergingError::NoSpread(axis)),
        None => Ok(ranges),
    }
}

/// The points with each axis mapped to \[0, 1\].
pub(super) fn rescaled(points: &[[f64; 2]]) -> Result<Vec<[f64; 2]>, DensityMergingError> {
    let ranges = ranges(points)?;
    Ok(points
        .iter()
        .map(|p| {
            std::array::from_fn(|axis| (p[axis] - ranges[axis][0]) / (ranges[axis][1] - ranges[axis][0]))
        })
        .collect())
}

/// One-dimensional kernels at whole grid steps, from -reach to reach.
struct Kernel {
    /// φ.
    plain: Vec<f64>,
    /// φ².
    squared: Vec<f64>,
    /// -(u/h²) φ at distance u.
    slope: Vec<f64>,
    /// (u/h²) φ².
    squared_slope: Vec<f64>,
    /// (u/h²)² φ².
    squared_slope_squared: Vec<f64>,
}

impl Kernel {
    fn new(bandwidth: f64, step: f64, side: usize) -> Self {
        let reach = ((REACH * bandwidth / step).floor() as usize).min(side - 1);
        let at = |place: usize| (place as f64 - reach as f64) * step;
        let plain: Vec<f64> = (0..=2 * reach)
            .map(|place| {
                let z = at(place) / bandwidth;
                libm::exp(-0.5 * z * z) / ((2.0 * std::f64::consts::PI).sqrt() * bandwidth)
            })
            .collect();
        let lean: Vec<f64> = (0..plain.len()).map(|place| at(place) / (bandwidth * bandwidth)).collect();
        let squared: Vec<f64> = plain.iter().map(|p| p * p).collect();
        Self {
            slope: plain.iter().zip(&lean).map(|(p, l)| -l * p).collect(),
            squared_slope: squared.iter().zip(&lean).map(|(s, l)| l * s).collect(),
            squared_slope_squared: squared.iter().zip(&lean).map(|(s, l)| l * l * s).collect(),
            plain,
            squared,
        }
    }
}

impl Density {
    pub(super) fn estimate(
        points: &[[f64; 2]],
        parameters: &DensityMergingParameters,
    ) -> Result<Self, DensityMergingError> {
        let (side, n) = (parameters.grid, points.len());
        let ranges = ranges(points)?;
        let step = ranges.map(|[low, high]| (high - low) / (side - 1) as f64);
        let mut weight = vec![0.0; side * side];
        let mut cell_of = Vec::with_capacity(n);
        for point in points {
            let t: [f64; 2] = std::array::from_fn(|axis| (point[axis] - ranges[axis][0]) / step[axis]);
            let corner = t.map(|t| (t.floor() as usize).min(side - 2));
            let rest: [f64; 2] = std::array::from_fn(|axis| t[axis] - corner[axis] as f64);
            for (dx, share_x) in [(0, 1.0 - rest[0]), (1, rest[0])] {
                for (dy, share_y) in [(0, 1.0 - rest[1]), (1, rest[1])] {
                    weight[corner[0] + dx + (corner[1] + dy) * side] += share_x * share_y;
                }
            }
            let near = t.map(|t| ((t + 0.5).floor() as usize).min(side - 1));
            cell_of.push(near[0] + near[1] * side);
        }
        let bandwidth = bandwidths(points, &ranges, parameters);
        let kernels: [Kernel; 2] = std::array::from_fn(|axis| Kernel::new(bandwidth[axis], step[axis], side));
        let smooth = |along_x: &[f64], along_y: &[f64]| smoothed(&weight, side, n, along_x, along_y);
        let [x, y] = &kernels;
        let f = smooth(&x.plain, &y.plain);
        let g = smooth(&x.squared, &y.squared);
        let sigma = f.iter().zip(&g).map(|(f, g)| ((g - f * f) / (n as f64 - 1.0)).max(0.0).sqrt()).collect();
        let slope = [smooth(&x.slope, &y.plain), smooth(&x.plain, &y.slope)];
        let slope_moments = if parameters.slope_test {
            [
                smooth(&x.squared_slope_squared, &y.squared),
                smooth(&x.squared_slope, &y.squared_slope),
                smooth(&x.squared, &y.squared_slope_squared),
            ]
        } else {
            Default::default()
        };
        let highest = ranges[0][1].max(ranges[1][1]);
        Ok(Self {
            side,
            points: n,
            step,
            bandwidth,
            highest,
            weight,
            f,
            g,
            sigma,
            slope,
            slope_moments,
            cell_of,
        })
    }

    /// f/σ at a grid point; `None` where σ vanishes.
    pub(super) fn height(&self, cell: usize) -> Option<f64> {
        (self.sigma[cell] > 0.0).then(|| self.f[cell] / self.sigma[cell])
    }

    /// Effective number of independent tests κ among the foreground: its points, times the area of the foreground under a
    /// uniform density, over the area of the kernel. 0 if there is no foreground.
    pub(super) fn effective_tests(&self, foreground: &[bool]) -> f64 {
        let (mut count, mut weight, mut density) = (0.0, 0.0, 0.0);
        for at in (0..foreground.len()).filter(|&at| foreground[at]) {
            count += 1.0;
            weight += self.weight[at];
            density += self.f[at];
        }
        if count == 0.0 {
            return 0.0;
        }
        let [h_x, h_y] = self.bandwidth;
        count * weight / (2.0 * std::f64::consts::PI * self.points as f64 * h_x * h_y * density)
    }
}

fn bandwidths(
    points: &[[f64; 2]],
    ranges: &[[f64; 2]; 2],
    parameters: &DensityMergingParameters,
) -> [f64; 2] {
    let n = points.len() as f64;
    let sixth = |x: f64| libm::pow(x, -1.0 / 6.0);
    std::array::from_fn(|axis| match parameters.bandwidth {
        Some(percent) => {
            let wide = percent / 100.0 * (ranges[axis][1] - ranges[axis][0]);
            match parameters.full_sample {
                Some(full) if points.len() < full => wide * sixth(n / full as f64),
                _ => wide,
            }
        }
        None => {
            let mean = points.iter().fold(0.0, |sum, p| sum + p[axis]) / n;
            let squares = points.iter().fold(0.0, |sum, p| sum + (p[axis] - mean) * (p[axis] - mean));
            (squares / (n - 1.0)).sqrt() * sixth(n)
        }
    })
}

/// Weights smoothed by the product of two kernels, over N; exact sums, so that what is far from all data is zero.
fn smoothed(weight: &[f64], side: usize, points: usize, along_x: &[f64], along_y: &[f64]) -> Vec<f64> {
    let reach = along_x.len() / 2;
    let mut rows: Vec<Option<Vec<f64>>> = vec![None; side];
    for y in 0..side {
        for x in 0..side {
            let here = weight[x + y * side];
            if here == 0.0 {
                continue;
            }
            let row = rows[y].get_or_insert_with(|| vec![0.0; side]);
            let (from, to) = (x.saturating_sub(reach), (x + reach).min(side - 1));
            for (target, kernel) in row[from..=to].iter_mut().zip(&along_x[from + reach - x..]) {
                *target += here * kernel;
            }
        }
    }
    let reach = along_y.len() / 2;
    let mut out = vec![0.0; side * side];
    for (y, target) in out.chunks_exact_mut(side).enumerate() {
        for source in y.saturating_sub(reach)..=(y + reach).min(side - 1) {
            let Some(row) = &rows[source] else { continue };
            let kernel = along_y[y + reach - source];
            for (target, value) in target.iter_mut().zip(row) {
                *target += kernel * value;
            }
        }
        for value in target {
            *value /= points as f64;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::typology::density_merging::Background;

    #[test]
    fn two_points_by_hand() {
        // (0, 0) and (1, 1) on the four grid points between them, kernel of width 1: with φ(0)² = 1/2π and φ(1)² = 1/2πe,
        // f = (1 + 1/e)/4π at the points themselves and 1/(2π√e) at the two other corners.
        let parameters = DensityMergingParameters {
            bandwidth: Some(100.0),
            grid: 2,
            background: Background::ThinnestPercent(0.1),
            slope_test: true,
            full_sample: None,
            rescale: false,
        };
        let density = Density::estimate(&[[0.0, 0.0], [1.0, 1.0]], &parameters).unwrap();
        let close =
            |found: f64, expected: f64| assert!((found - expected).abs() < 1e-8, "{found} is not {expected}");
        assert_eq!(density.weight, [1.0, 0.0, 0.0, 1.0]);
        close(density.f[0], 0.108_852_388);
        close(density.f[1], 0.096_532_353);
        close(density.f[3], density.f[0]);
        // g = (1/4π²)(1 + 1/e²)/2, σ² = (g - f²)/(2 - 1).
        close(density.g[0], 0.014_379_188);
        close(density.sigma[0], 0.050_302_556);
        // Only the other point leans on the slope: φ(1)²/2 = 1/4πe, uphill in both directions.
        close(density.slope[0][0], 0.029_274_916);
        close(density.slope[1][0], 0.029_274_916);
        close(density.slope[0][3], -0.029_274_916);
        // A_xx: (u φ(1))² φ(1)² / 2 with u = 1.
        close(density.slope_moments[0][0], 0.001_714_041);
        // κ of that one point: 1 x 1 / (2π x 2 x f) = 1/(1 + 1/e).
        close(density.effective_tests(&[true, false, false, false]), 0.731_058_579);
        assert_eq!(density.effective_tests(&[false; 4]), 0.0);
        close(density.height(0).unwrap(), 2.163_953_413);
    }

    #[test]
    fn the_kernel_widens_with_the_sixth_root_of_what_is_missing() {
        // 2 points of 128: 64^(1/6) = 2 times a tenth of the range.
        let points = [[0.0, 0.0], [10.0, 1.0]];
        let parameters = DensityMergingParameters {
            bandwidth: Some(10.0),
            full_sample: Some(128),
            ..DensityMergingParameters::default()
        };
        let [x, y] = bandwidths(&points, &ranges(&points).unwrap(), &parameters);
        assert!((x - 2.0).abs() < 1e-12 && (y - 0.2).abs() < 1e-12, "{x} {y}");
    }
}
