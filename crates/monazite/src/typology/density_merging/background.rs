//! Which grid points are background.

use super::density::Density;
use super::parameters::Background;

/// Squared factor of the rule that replaces [`Background::BiasedRatio`] for data outside \[0, 1\]: 4.3², whatever the factor.
const REPLACED_FACTOR: f64 = 4.3 * 4.3;

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

#[cfg(test)]
mod tests {
    use super::*;

    /// Four grid points of a density of two points.
    fn density(highest: f64) -> Density {
        Density {
            side: 2,
            points: 2,
            step: [1.0; 2],
            bandwidth: [1.0; 2],
            highest,
            weight: vec![0.5; 4],
            f: vec![0.0, 1.0, 1.0, 3.0],
            g: vec![0.0, 1.0, 1.5, 0.0],
            sigma: vec![1.0; 4],
            slope: [vec![], vec![]],
            slope_moments: [vec![], vec![], vec![]],
            cell_of: vec![],
        }
    }

    #[test]
    fn each_rule_tells_background_as_its_formula_does() {
        let [on_scale, off_scale] = [1.0, 1.5].map(density);
        let foreground = |rule: Background| rule.foreground(&on_scale);
        assert_eq!(foreground(Background::ThinnestPercent(0.0)), [false, true, true, true], "f above 0");
        assert_eq!(
            foreground(Background::ThinnestPercent(70.0)),
            [false, true, false, true],
            "3 in 10 of two points"
        );
        assert_eq!(foreground(Background::Ratio(2.0)), [false, false, false, true], "f above 2 sigma");
        // N f³ + (F² - 1) f² = 2 + 3 against F² g = 4 and 6.
        let biased = |replaced_off_scale| Background::BiasedRatio { factor: 2.0, replaced_off_scale };
        assert_eq!(foreground(biased(false)), [false, true, false, true]);
        assert_eq!(foreground(biased(true)), [false, true, false, true], "no coordinate exceeds 1");
        assert_eq!(biased(true).foreground(&off_scale), [false; 4], "f is at most 3, not above 18.49 sigma");
    }
}
