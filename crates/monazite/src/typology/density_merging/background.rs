//! Which grid points are background.

use super::density::Density;

/// Squared factor of the rule that replaces [`Background::BiasedRatio`] for data outside \[0, 1\]: 4.3², whatever the factor.
const REPLACED_FACTOR: f64 = 4.3 * 4.3;

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

impl Background {
    /// Which grid points are not background.
    pub(super) fn foreground(self, density: &Density) -> Vec<bool> {
        let ratio = |factor: f64| {
            density.f.iter().zip(&density.sigma).map(|(f, sigma)| *f > factor * sigma).collect()
        };
        match self {
            Self::ThinnestPercent(percent) if percent <= 0.0 => density.f.iter().map(|f| *f > 0.0).collect(),
            Self::ThinnestPercent(percent) => densest(density, 1.0 - percent / 100.0),
            Self::Ratio(factor) => ratio(factor),
            Self::BiasedRatio { replaced_off_scale: true, .. } if density.highest > 1.0 => {
                ratio(REPLACED_FACTOR)
            }
            Self::BiasedRatio { factor, .. } => {
                let (n, square) = (density.points as f64, factor * factor);
                density
                    .f
                    .iter()
                    .zip(&density.g)
                    .map(|(f, g)| n * f * f * f + (square - 1.0) * f * f > square * g)
                    .collect()
            }
        }
    }
}

/// The densest grid points that together hold at least a share of the points.
fn densest(density: &Density, share: f64) -> Vec<bool> {
    let mut order: Vec<usize> = (0..density.f.len()).collect();
    order.sort_by(|&a, &b| density.f[b].total_cmp(&density.f[a]));
    let mut foreground = vec![false; order.len()];
    let wanted = share * density.points as f64;
    let mut held = 0.0;
    for at in order {
        if held >= wanted {
            break;
        }
        foreground[at] = true;
        held += density.weight[at];
    }
    foreground
}
