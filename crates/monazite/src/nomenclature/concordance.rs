//! Carrying trade from one HS edition to another with conversion weights.
//!
//! A code of the old edition maps to one or several codes of the new one, each with
//! the share of its trade that goes there; the shares of a code sum to one. Steps
//! between neighbouring editions are chained. What comes out has exactly the value
//! that went in: the last share of a split takes what the others leave.
//!
//! Weights: Harvard Growth Lab (Apache-2.0) between HS 1992 and HS 2017 in both
//! directions; HS 2022 to HS 2007 by the United Nations' conversion table, which
//! names one target for each code. There is no table *into* HS 2022.

use std::collections::{BTreeMap, VecDeque};
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::GzDecoder;

use super::{Hs6, HsEdition};

/// Weights shorter than this are noise of the estimation and are folded into the rest.
const SMALLEST_WEIGHT: f64 = 1e-12;

const EMBEDDED: &[u8] = include_bytes!("hs_weights.csv.gz");

pub(super) type Step = BTreeMap<Hs6, Vec<(Hs6, f64)>>;

/// The conversion from one edition to another.
#[derive(Debug, Clone)]
pub struct Concordance {
    /// The edition converted from.
    pub from: HsEdition,
    /// The edition converted to.
    pub to: HsEdition,
    targets: Step,
}

/// Why a conversion is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConcordanceError {
    /// No chain of tables leads from one edition to the other.
    #[error(
        "there is no conversion table from {from} to {to}; tables exist between all editions from HS92 to HS17, and from HS22 to older ones"
    )]
    NoPath {
        /// Edition converted from.
        from: HsEdition,
        /// Edition converted to.
        to: HsEdition,
    },
}

impl Concordance {
    /// The conversion between two editions, from the tables that come with the program.
    ///
    /// # Errors
    /// [`ConcordanceError::NoPath`] if no chain of tables connects the two (only for
    /// conversions into HS 2022).
    pub fn between(from: HsEdition, to: HsEdition) -> Result<Self, ConcordanceError> {
        let steps = embedded_steps();
        let path = shortest_path(steps, from, to).ok_or(ConcordanceError::NoPath { from, to })?;
        let mut targets: Option<Step> = None;
        for pair in path.windows(2) {
            let step = &steps[&(pair[0], pair[1])];
            targets = Some(match targets {
                None => step.clone(),
                Some(so_far) => chain(&so_far, step),
            });
        }
        Ok(Self { from, to, targets: targets.unwrap_or_default() })
    }

    /// The codes a product becomes, with weights that sum to one; `None` if the tables
    /// do not know the product.
    ///
    /// Between an edition and itself every product stays what it is.
    pub fn targets(&self, product: Hs6) -> Option<Vec<(Hs6, f64)>> {
        if self.from == self.to {
            return Some(vec![(product, 1.0)]);
        }
        self.targets.get(&product).cloned()
    }

    /// Splits a value over the codes a product becomes. The parts sum to `value` to the
    /// last bit that double precision allows: the last part is what the others leave.
    ///
    /// `None` if the tables do not know the product.
    ///
    /// ```
    /// use monazite::nomenclature::{Concordance, HsEdition};
    /// let to_hs92 = Concordance::between(HsEdition::Hs96, HsEdition::Hs92)?;
    /// let parts = to_hs92.split("060290".parse()?, 1000.0).unwrap();
    /// assert_eq!(parts.len(), 2); // 060291 and 060299
    /// assert_eq!(parts.iter().map(|p| p.1).sum::<f64>(), 1000.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn split(&self, product: Hs6, value: f64) -> Option<Vec<(Hs6, f64)>> {
        let mut parts = self.targets(product)?;
        let mut left = value;
        let last = parts.len() - 1;
        for (position, part) in parts.iter_mut().enumerate() {
            part.1 = if position == last { left } else { value * part.1 };
            left -= part.1;
        }
        Some(parts)
    }
}

/// All tables, keyed by the editions they connect. Every code of an edition is a source in the tables that lead from it.
pub(super) fn embedded_steps() -> &'static BTreeMap<(HsEdition, HsEdition), Step> {
    static STEPS: LazyLock<BTreeMap<(HsEdition, HsEdition), Step>> = LazyLock::new(|| {
        let mut text = Vec::new();
        GzDecoder::new(EMBEDDED).read_to_end(&mut text).expect("the embedded weights are whole");
        let mut steps: BTreeMap<(HsEdition, HsEdition), Step> = BTreeMap::new();
        for record in csv::Reader::from_reader(text.as_slice()).records() {
            let record = record.expect("the embedded weights are csv");
            let edition = |n: usize| HsEdition::ALL[record[n].parse::<usize>().expect("an edition")];
            let code = |n: usize| record[n].parse::<Hs6>().expect("a code");
            let source = code(2);
            let (target, weight) = if record[3].is_empty() {
                (source, 1.0)
            } else {
                (code(3), record[4].parse().expect("a weight"))
            };
            steps
                .entry((edition(0), edition(1)))
                .or_default()
                .entry(source)
                .or_default()
                .push((target, weight));
        }
        steps
    });
    &STEPS
}

fn shortest_path(
    steps: &BTreeMap<(HsEdition, HsEdition), Step>,
    from: HsEdition,
    to: HsEdition,
) -> Option<Vec<HsEdition>> {
    let mut queue = VecDeque::from([vec![from]]);
    let mut seen = vec![from];
    while let Some(path) = queue.pop_front() {
        let here = *path.last().expect("a path has a start");
        if here == to {
            return Some(path);
        }
        for &(_, next) in steps.keys().filter(|(a, _)| *a == here) {
            if !seen.contains(&next) {
                seen.push(next);
                let mut longer = path.clone();
                longer.push(next);
                queue.push_back(longer);
            }
        }
    }
    None
}

/// One conversion after another. A code that the second table does not know keeps its number.
fn chain(first: &Step, second: &Step) -> Step {
    first
        .iter()
        .map(|(&source, middles)| {
            let mut sums: BTreeMap<Hs6, f64> = BTreeMap::new();
            for &(middle, weight) in middles {
                match second.get(&middle) {
                    Some(ends) => {
                        for &(end, share) in ends {
                            *sums.entry(end).or_default() += weight * share;
                        }
                    }
                    None => *sums.entry(middle).or_default() += weight,
                }
            }
            sums.retain(|_, weight| *weight > SMALLEST_WEIGHT);
            (source, sums.into_iter().collect())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_of_every_code_sum_to_one_in_every_conversion() {
        for from in HsEdition::ALL {
            for to in HsEdition::ALL {
                match Concordance::between(from, to) {
                    Ok(concordance) => {
                        for (source, targets) in &concordance.targets {
                            let sum: f64 = targets.iter().map(|t| t.1).sum();
                            assert!((sum - 1.0).abs() < 1e-9, "{from} {to} {source} {sum}");
                        }
                    }
                    Err(ConcordanceError::NoPath { .. }) => assert_eq!(to, HsEdition::Hs22),
                }
            }
        }
    }

    #[test]
    fn known_weights_and_a_chain_of_two() {
        let code = |s: &str| s.parse::<Hs6>().unwrap();
        let h1_to_h0 = Concordance::between(HsEdition::Hs96, HsEdition::Hs92).unwrap();
        let flowers = h1_to_h0.targets(code("060290")).unwrap();
        assert_eq!(flowers, vec![(code("060291"), 0.099054532414116), (code("060299"), 0.900945467585884)]);
        let h5_to_h3 = Concordance::between(HsEdition::Hs17, HsEdition::Hs07).unwrap();
        assert_eq!(h5_to_h3.targets(code("284690")).unwrap(), vec![(code("284690"), 1.0)]);
        assert!(h5_to_h3.targets(code("271000")).is_none(), "BACI's own 271000 is in no table");
    }

    #[test]
    fn a_split_keeps_the_value_to_the_cent() {
        let concordance = Concordance::between(HsEdition::Hs17, HsEdition::Hs92).unwrap();
        for (position, &source) in concordance.targets.keys().enumerate() {
            let value = 1.001 + 977.123 * position as f64;
            let parts = concordance.split(source, value).unwrap();
            let sum: f64 = parts.iter().map(|p| p.1).sum();
            assert!((sum - value).abs() < 1e-6, "thousand USD: a hundredth of a cent");
        }
    }
}
