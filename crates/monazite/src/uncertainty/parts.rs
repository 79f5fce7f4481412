//! How much of the change of the average importer's STR is due to shares, stability, import content and who imports, in every draw.

use super::drawn_risk::{DrawMemory, DrawnNetwork, LANES, Lanes};
use super::setting::Setting;
use crate::indicators::import_weights::ImportWeights;
use crate::panel::matrices::YearTrade;

/// The parts, in order; `network` is shares and import content together.
pub const PARTS: [&str; 5] = ["shares", "stability", "import_content", "importers", "network"];

/// The change of the import-weighted mean between two years in its parts: the value with the published stability, and those of all draws.
///
/// The three factors behind e are import shares, stability and import content. A part is its Shapley value, the mean over the 3! orders in
/// which the factors change one after the other, weighted by the mean of the importers' shares in world imports; the parts of everybody
/// and the change of who imports add up to the change. A country that exports in one of the years only keeps the import content of that
/// year throughout.
pub(super) fn parts_of_change(
    setting: &Setting<'_>,
    ends: [usize; 2],
    trade: [&YearTrade<'_>; 2],
    contents: [&[f64]; 2],
    starts: [&[f64]; 2],
    traders: &[Vec<bool>; 2],
    memory: &mut DrawMemory,
) -> Vec<(f64, Vec<f64>)> {
    let exports = trade.map(|year| year.matrix.exports());
    let carried = |own: usize| -> Vec<f64> {
        let other = 1 - own;
        let of = |c: usize| if exports[own][c] > 0.0 || exports[other][c] <= 0.0 { own } else { other };
        (0..contents[own].len()).map(|c| contents[of(c)][c]).collect()
    };
    let contents = [carried(0), carried(1)];
    let weights = trade.map(|year| ImportWeights::of(&year.matrix));
    let both = |c: usize| traders[0][c] && traders[1][c];
    let mean_weight: Vec<f64> = (0..contents[0].len())
        .map(|c| if both(c) { 0.5 * (weights[0].shares()[c] + weights[1].shares()[c]) } else { 0.0 })
        .collect();
    // What a year's e counts in the change of who imports: half of it, or all where the country trades in one year only.
    let entering = |own: usize| -> Vec<f64> {
        let moved = |c: usize| weights[1].shares()[c] - weights[0].shares()[c];
        let part = |c: usize| {
            if both(c) {
                0.5
            } else if traders[own][c] {
                1.0
            } else {
                0.0
            }
        };
        (0..mean_weight.len()).map(|c| moved(c) * part(c)).collect()
    };
    let entering = [entering(0), entering(1)];
    let draws = setting.stability.draws();
    // The draws, and behind them the point.
    let mut parts = vec![vec![0.0; draws + 1]; PARTS.len()];
    let damping = setting.study.indicators.damping;
    for corner in 0..8usize {
        let [shares, stability, content] = [corner & 1, (corner >> 1) & 1, corner >> 2];
        let network = DrawnNetwork::new(&trade[shares].matrix, &contents[content], damping);
        let start = starts[shares];
        let mut add = |from: usize, wanted: usize, excess: &[Lanes]| {
            let sum = |weights: &[f64]| weighted(network.importers().zip(excess), weights);
            let mean = sum(&mean_weight);
            for (factor, at) in [shares, stability, content].into_iter().enumerate() {
                let others = shares + stability + content - at;
                // k! (2 - k)!/3! where k of the two others have changed.
                let order = if others == 1 { 1.0 / 6.0 } else { 1.0 / 3.0 };
                let sign = if at == 1 { order } else { -order };
                for lane in 0..wanted {
                    parts[factor][from + lane] += sign * mean[lane];
                }
            }
            if shares == stability && stability == content {
                let level = sum(&entering[shares]);
                for lane in 0..wanted {
                    parts[3][from + lane] += level[lane];
                }
            }
        };
        for block in 0..setting.stability.blocks() {
            let wanted = setting.stability.in_block(block);
            network.solve(setting.stability.block(ends[stability], block), start, wanted, memory);
            add(block * LANES, wanted, &memory.excess);
        }
        let point: Vec<Lanes> =
            setting.world.instability[ends[stability]].iter().map(|w| [*w; LANES]).collect();
        network.solve(&point, start, 1, memory);
        add(draws, 1, &memory.excess);
    }
    let network = parts[0].iter().zip(&parts[2]).map(|(shares, content)| shares + content).collect();
    parts[4] = network;
    parts
        .into_iter()
        .map(|mut part| {
            let point = part.pop().unwrap_or(f64::NAN);
            (point, part)
        })
        .collect()
}

/// Σ weight e over importers.
fn weighted<'a>(excess: impl Iterator<Item = (usize, &'a Lanes)>, weights: &[f64]) -> Lanes {
    let mut sum = [0.0; LANES];
    for (c, e) in excess.filter(|(c, _)| weights[*c] != 0.0) {
        for lane in 0..LANES {
            sum[lane] += weights[c] * e[lane];
        }
    }
    sum
}
