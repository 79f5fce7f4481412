//! The drawn null: a link's correlation among those of the same input with outputs drawn at random.

use multiversion::multiversion;
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};
use rayon::prelude::*;

use super::exhaustive::SPREADS;
use super::profiles::PreparedTrade;
use super::{PairTest, TestParameters};
use crate::progress::{Cancelled, Progress};

/// Inputs that are worked on side by side.
const LANES: usize = 16;
type Lanes = [f64; LANES];

/// Tests links, given as positions of input and output, in any order. The draws of an output depend on the seed and its
/// code alone: not on the other links, the inputs, or the number of threads.
pub(super) fn test(
    prepared: &PreparedTrade,
    links: &[(usize, usize)],
    parameters: &TestParameters,
    progress: &dyn Progress,
) -> Result<Vec<Option<PairTest>>, Cancelled> {
    // Where the null can draw from: outputs with a correlation. Whether one has may depend on the input if years
    // are missing; then the draw is repeated.
    let universe: Vec<usize> =
        (0..prepared.exports.products.len()).filter(|&j| prepared.exports.is_defined(j)).collect();
    let mut tests = vec![None; links.len()];
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|&at| links[at]);
    let mut inputs: Vec<usize> = links.iter().map(|l| l.0).collect();
    inputs.sort_unstable();
    inputs.dedup();
    let mut next = 0;
    for lanes in inputs.chunks(LANES) {
        progress.go_on()?;
        let start = next;
        while next < order.len() && links[order[next]].0 <= *lanes.last().expect("chunks are not empty") {
            next += 1;
        }
        let mut wanted: Vec<(usize, usize, usize)> = order[start..next]
            .iter()
            .map(|&at| {
                let (input, output) = links[at];
                let lane = lanes.binary_search(&input).expect("every input has a lane");
                (output, lane, at)
            })
            .collect();
        wanted.sort_unstable();
        for (at, test) in test_lanes(prepared, lanes, &universe, &wanted, parameters) {
            tests[at] = test;
        }
    }
    Ok(tests)
}

fn test_lanes(
    prepared: &PreparedTrade,
    lanes: &[usize],
    universe: &[usize],
    wanted: &[(usize, usize, usize)],
    parameters: &TestParameters,
) -> Vec<(usize, Option<PairTest>)> {
    let rows: Vec<(Lanes, [bool; LANES])> = universe
        .par_iter()
        .with_min_len(64)
        .map(|&output| {
            let (mut row, mut defined) = ([0.0; LANES], [true; LANES]);
            for (lane, &input) in lanes.iter().enumerate() {
                match prepared.correlation(input, output) {
                    Some(rho) => row[lane] = rho,
                    None => defined[lane] = false,
                }
            }
            (row, defined)
        })
        .collect();
    let whole = rows.iter().all(|(_, defined)| defined.iter().all(|&d| d));
    let values: Vec<Lanes> = rows.iter().map(|(row, _)| *row).collect();
    let groups: Vec<&[(usize, usize, usize)]> = wanted.chunk_by(|a, b| a.0 == b.0).collect();
    groups
        .par_iter()
        .with_min_len(16)
        .map_init(Vec::new, |draws, group| {
            let output = group[0].0;
            let Ok(own) = universe.binary_search(&output) else {
                return group.iter().map(|&(_, _, at)| (at, None)).collect::<Vec<_>>();
            };
            let code = prepared.exports.products[output].index() as u64;
            let seed = parameters.seed ^ code.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
            if universe.len() < 3 || parameters.draws < 2 {
                return group.iter().map(|&(_, _, at)| (at, None)).collect();
            }
            if whole {
                draw(&mut random, parameters.draws, universe.len(), own, draws);
                let sums = add_draws(&values, draws, &values[own]);
                let test = |lane: usize| finish(&sums, values[own][lane], lane, parameters.draws);
                return group.iter().map(|&(_, lane, at)| (at, Some(test(lane)))).collect();
            }
            group
                .iter()
                .map(|&(_, lane, at)| {
                    let fits: Vec<usize> = (0..rows.len()).filter(|&n| n == own || rows[n].1[lane]).collect();
                    if !rows[own].1[lane] || fits.len() < 3 {
                        return (at, None);
                    }
                    let own_fit = fits.binary_search(&own).expect("the output itself is among them");
                    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
                    draw(&mut random, parameters.draws, fits.len(), own_fit, draws);
                    draws.iter_mut().for_each(|d| *d = fits[*d as usize] as u32);
                    let sums = add_draws(&values, draws, &values[own]);
                    (at, Some(finish(&sums, values[own][lane], lane, parameters.draws)))
                })
                .collect()
        })
        .flatten_iter()
        .collect()
}

/// Positions below `size` other than `own`, each as likely as the other, with replacement.
fn draw(random: &mut Xoshiro256PlusPlus, count: usize, size: usize, own: usize, draws: &mut Vec<u32>) {
    let others = (size - 1) as u32;
    // Lemire's method: the high half of a product, with the few low halves that would favour some positions refused.
    let refused = others.wrapping_neg() % others;
    draws.clear();
    while draws.len() < count {
        let bits = random.next_u64();
        for half in [bits as u32, (bits >> 32) as u32] {
            let product = u64::from(half) * u64::from(others);
            if product as u32 >= refused && draws.len() < count {
                let position = (product >> 32) as u32;
                draws.push(position + u32::from(position as usize >= own));
            }
        }
    }
}

struct Sums {
    sum: Lanes,
    squares: Lanes,
    at_least: Lanes,
}

/// Adds up the drawn rows, in the order of the draws.
#[multiversion(targets("x86_64+avx512f+avx512vl", "x86_64+avx2"))]
fn add_draws(rows: &[[f64; 16]], draws: &[u32], own: &[f64; 16]) -> Sums {
    let (mut sum, mut squares, mut at_least) = ([0.0; 16], [0.0; 16], [0.0; 16]);
    for &draw in draws {
        let row = &rows[draw as usize];
        for lane in 0..16 {
            sum[lane] += row[lane];
            squares[lane] += row[lane] * row[lane];
            at_least[lane] += if row[lane] >= own[lane] { 1.0 } else { 0.0 };
        }
    }
    Sums { sum, squares, at_least }
}

fn finish(sums: &Sums, rho: f64, lane: usize, draws: usize) -> PairTest {
    let n = draws as f64;
    let mean = sums.sum[lane] / n;
    let sd = ((sums.squares[lane] - n * mean * mean).max(0.0) / (n - 1.0)).sqrt();
    PairTest {
        rho,
        null_mean: Some(mean),
        null_sd: Some(sd),
        z: (sd > SPREADS.sqrt()).then(|| (rho - mean) / sd),
        p: (1.0 + sums.at_least[lane]) / (1.0 + n),
        null_size: draws,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_leave_out_the_output_itself_and_favour_nobody() {
        let mut random = Xoshiro256PlusPlus::seed_from_u64(1);
        let mut draws = Vec::new();
        draw(&mut random, 70_000, 8, 3, &mut draws);
        let mut counts = [0usize; 8];
        draws.iter().for_each(|&d| counts[d as usize] += 1);
        assert_eq!(counts[3], 0);
        // Expected 10,000 each, standard deviation 93.
        assert!(counts.iter().enumerate().all(|(n, &c)| n == 3 || c.abs_diff(10_000) < 400), "{counts:?}");
    }
}
