//! What lost inputs cost the production of what is made of them.

use super::scenario::ShockError;

/// How a country's production of a product falls with its lost inputs.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Production {
    /// By their weighted mean: inputs can stand in for one another (default; ρ = 1).
    #[default]
    Linear,
    /// By the largest: every traded input is needed, whatever its weight (ρ = ∞).
    Leontief,
    /// By (Σ ω u^ρ)^(1/ρ), between the two; ρ at least 1.
    Power(f64),
}

impl Production {
    /// Checks the exponent.
    ///
    /// # Errors
    /// [`ShockError::TooSmall`] for an exponent below 1.
    pub fn check(self) -> Result<(), ShockError> {
        match self {
            Self::Power(value) if !(value >= 1.0 && value.is_finite()) => {
                Err(ShockError::TooSmall { what: "the exponent of production", value, least: 1.0 })
            }
            _ => Ok(()),
        }
    }
}

/// An input of a product as its makers see it.
#[derive(Debug, Clone)]
pub(super) struct Link {
    /// Position of the input.
    pub product: usize,
    /// Whether nothing can be made without it.
    pub essential: bool,
    /// World value of the input for each unit of value of what is made of it, at most 1.
    pub share: f64,
    /// Weight ω of the input in every country; 0 where the country does not trade it.
    pub weight: Vec<f64>,
    /// Whether each country trades the input.
    pub traded: Vec<bool>,
}

impl Link {
    /// Calls `f` with every country that trades the input and lacks some of it, the loss, and the weight.
    fn each_loss(&self, lost: &[f64], mut f: impl FnMut(usize, f64, f64)) {
        for (c, ((&u, &traded), &weight)) in lost.iter().zip(&self.traded).zip(&self.weight).enumerate() {
            if traded && u > 0.0 {
                f(c, u, weight);
            }
        }
    }
}

/// The loss of production that lost inputs mean, by country, under `reach`: as if nothing could be made without what is lacking.
///
/// `lost`\[i\] is the loss share of input i in every country; an input with no entries has no losses.
pub(super) fn reached(
    production: Production,
    links: &[Link],
    lost: &[Vec<f64>],
    countries: usize,
) -> Vec<f64> {
    let mut sum = vec![0.0; countries];
    let mut most = vec![0.0_f64; countries];
    for link in links {
        let lost = &lost[link.product];
        match production {
            _ if link.essential => link.each_loss(lost, |c, u, _| most[c] = most[c].max(u)),
            Production::Leontief => link.each_loss(lost, |c, u, _| most[c] = most[c].max(u)),
            Production::Linear => link.each_loss(lost, |c, u, weight| sum[c] += weight * u),
            Production::Power(rho) => {
                link.each_loss(lost, |c, u, weight| sum[c] += weight * libm::pow(u, rho));
            }
        }
    }
    if let Production::Power(rho) = production {
        sum.iter_mut().filter(|sum| **sum > 0.0).for_each(|sum| *sum = libm::pow(*sum, 1.0 / rho));
    }
    sum.iter().zip(most).map(|(sum, most)| sum.max(most).min(1.0)).collect()
}

/// The loss of production that lost inputs mean, by country, under `content`: the value of what is lacking, min(1, Σ_i θ_i u_i).
pub(super) fn valued(links: &[Link], lost: &[Vec<f64>], countries: usize) -> Vec<f64> {
    let mut sum = vec![0.0; countries];
    for link in links {
        link.each_loss(&lost[link.product], |c, u, _| sum[c] += link.share * u);
    }
    sum.into_iter().map(|sum| sum.min(1.0)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(product: usize, essential: bool, weight: f64) -> Link {
        Link { product, essential, share: 0.25, weight: vec![weight, 0.0], traded: vec![true, false] }
    }

    #[test]
    fn inputs_stand_in_for_one_another_or_do_not() {
        let lost = [vec![0.4, 1.0], vec![0.8, 1.0], Vec::new()];
        let links = [link(0, false, 0.75), link(1, false, 0.25), link(2, false, 0.0)];
        let of = |production| reached(production, &links, &lost, 2);
        assert!((of(Production::Linear)[0] - 0.5).abs() < 1e-15);
        assert_eq!(of(Production::Leontief), [0.8, 0.0]);
        let root = (0.75 * 0.16 + 0.25 * 0.64_f64).sqrt();
        assert!((of(Production::Power(2.0))[0] - root).abs() < 1e-15);
        // What is not traded is skipped.
        assert_eq!(of(Production::Linear)[1], 0.0);
        let essential = [link(0, true, 0.75), link(1, false, 0.25)];
        assert_eq!(reached(Production::Linear, &essential, &lost, 2)[0], 0.4);
        assert!((valued(&links, &lost, 2)[0] - 0.3).abs() < 1e-15);
        assert!(Production::Power(0.5).check().is_err() && Production::Power(f64::NAN).check().is_err());
    }
}
