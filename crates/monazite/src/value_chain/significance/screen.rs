//! Every pair of products: which outputs stand out for each input.

use rayon::prelude::*;

use super::exhaustive::{RowMoments, test};
use super::product::{Panel, dot, gram, quadratic_form};
use super::profiles::Prepared;
use super::{PairTest, TestParameters};

/// A pair that stands out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ScreenedPair {
    /// Position of the input.
    pub input: usize,
    /// Position of the output.
    pub output: usize,
    /// Its test.
    pub test: PairTest,
}

/// The inputs of a screening whose rows are worked on together; a multiple of the tile of the kernel.
const INPUTS_A_BLOCK: usize = 48;

/// Tests every pair of input and output against the exhaustive null and hands those with Z of at least
/// `threshold` to `take`, input by input in order, the outputs of each input in order.
///
/// No table of all pairs is ever held: a block of inputs is multiplied with all outputs in single precision, and
/// only pairs that could reach the threshold are looked at again in double precision. Mean and spread of the null come from
/// the sum of the outputs and their Gram matrix, so they are exact although most correlations are not kept. p needs
/// no look at the rest of the row either, for a correlation that is larger has a larger Z.
///
/// `moments` receives the moments of each input's row, in order; `None` for an input that nobody imports.
pub fn screen(
    prepared: &Prepared,
    threshold: f64,
    parameters: &TestParameters,
    mut moments: impl FnMut(&[Option<RowMoments>]),
    mut take: impl FnMut(&[ScreenedPair]),
) {
    let outputs: Vec<usize> =
        (0..prepared.exports.products.len()).filter(|&j| prepared.exports.is_defined(j)).collect();
    let inputs: Vec<usize> = (0..prepared.imports.products.len()).collect();
    let fast = prepared.is_uniform().then(|| Fast::new(prepared, &outputs));
    let per_block = 4 * INPUTS_A_BLOCK * (outputs.len() + 64);
    let at_once = (parameters.memory / per_block.max(1)).clamp(1, 2 * rayon::current_num_threads());
    let blocks: Vec<&[usize]> = inputs.chunks(INPUTS_A_BLOCK).collect();
    for window in blocks.chunks(at_once) {
        let found: Vec<BlockPairs> = window
            .par_iter()
            .map_init(Vec::new, |scratch, block| match &fast {
                Some(fast) => fast.block(prepared, block, &outputs, threshold, scratch),
                None => slow_block(prepared, block, &outputs, threshold),
            })
            .collect();
        for block in found {
            moments(&block.moments);
            take(&block.pairs);
        }
    }
}

struct BlockPairs {
    moments: Vec<Option<RowMoments>>,
    pairs: Vec<ScreenedPair>,
}

struct Fast {
    columns: Panel,
    sum: Vec<f64>,
    gram: Vec<f64>,
}

impl Fast {
    fn new(prepared: &Prepared, outputs: &[usize]) -> Self {
        let exports = &prepared.exports;
        let width = exports.width();
        let rows = || outputs.iter().map(|&j| exports.row(j));
        let mut sum = vec![0.0; width];
        for row in rows() {
            sum.iter_mut().zip(row).for_each(|(s, v)| *s += v);
        }
        Self { columns: Panel::of_columns(rows(), width), sum, gram: gram(rows(), width) }
    }

    fn moments(&self, x: &[f64], count: usize) -> RowMoments {
        // The blocks of a row have length one each; their sum is taken as it is, for all rows vary in every block.
        let total = dot(x, &self.sum);
        let squares = quadratic_form(&self.gram, x);
        let mean = total / count as f64;
        RowMoments { count, mean, squares: (squares - total * mean).max(0.0) }
    }

    fn block(
        &self,
        prepared: &Prepared,
        block: &[usize],
        outputs: &[usize],
        threshold: f64,
        scratch: &mut Vec<f32>,
    ) -> BlockPairs {
        let (imports, exports) = (&prepared.imports, &prepared.exports);
        let scale = 1.0 / prepared.years() as f64;
        let mut found = BlockPairs { moments: Vec::with_capacity(block.len()), pairs: Vec::new() };
        self.columns
            .products(&Panel::of_rows(block.iter().map(|&i| imports.row(i)), imports.width()), scratch);
        let error = self.columns.error_bound() / scale;
        let mut kept: Vec<(usize, f64)> = Vec::new();
        let mut descending = Vec::new();
        for (&input, products) in block.iter().zip(scratch.chunks_exact(self.columns.padded())) {
            let x = imports.row(input);
            if !imports.is_defined(input) || outputs.is_empty() {
                found.moments.push(None);
                continue;
            }
            let all = self.moments(x, outputs.len());
            let moments = RowMoments { mean: all.mean * scale, squares: all.squares * scale * scale, ..all };
            found.moments.push(Some(moments));
            if moments.count < 3 {
                continue;
            }
            let least = ((moments.correlation_at(threshold) / scale) - error) as f32 - f32::EPSILON;
            kept.clear();
            for_each_at_least(&products[..outputs.len()], least, |at| {
                let rho = (dot(x, exports.row(outputs[at])) * scale).clamp(-1.0, 1.0);
                kept.push((at, rho));
            });
            kept.retain(|&(_, rho)| moments.without(rho).and_then(|n| n.z).is_some_and(|z| z >= threshold));
            descending.clear();
            descending.extend(kept.iter().map(|k| k.1));
            descending.sort_unstable_by(|a: &f64, b| b.total_cmp(a));
            found.pairs.extend(kept.iter().map(|&(at, rho)| ScreenedPair {
                input,
                output: outputs[at],
                test: test(&moments, &descending, rho),
            }));
        }
        found
    }
}

/// Calls `hit` for every position whose value is at least `least`, in order.
fn for_each_at_least(values: &[f32], least: f32, mut hit: impl FnMut(usize)) {
    const GROUP: usize = 16;
    let (groups, rest) = values.as_chunks::<GROUP>();
    for (n, group) in groups.iter().enumerate() {
        let mut mask = 0u32;
        for (lane, value) in group.iter().enumerate() {
            mask |= u32::from(*value >= least) << lane;
        }
        while mask != 0 {
            hit(n * GROUP + mask.trailing_zeros() as usize);
            mask &= mask - 1;
        }
    }
    for (lane, value) in rest.iter().enumerate() {
        if *value >= least {
            hit(groups.len() * GROUP + lane);
        }
    }
}

/// For samples in which a correlation is more than an inner product.
fn slow_block(prepared: &Prepared, block: &[usize], outputs: &[usize], threshold: f64) -> BlockPairs {
    let mut found = BlockPairs { moments: Vec::with_capacity(block.len()), pairs: Vec::new() };
    for &input in block {
        let row: Vec<(usize, f64)> =
            outputs.iter().filter_map(|&j| Some((j, prepared.correlation(input, j)?))).collect();
        let mut descending: Vec<f64> = row.iter().map(|r| r.1).collect();
        let moments = RowMoments::of(&descending);
        found.moments.push(moments);
        let Some(moments) = moments else { continue };
        descending.sort_unstable_by(|a, b| b.total_cmp(a));
        found.pairs.extend(
            row.into_iter()
                .map(|(output, rho)| ScreenedPair { input, output, test: test(&moments, &descending, rho) })
                .filter(|pair| pair.test.z.is_some_and(|z| z >= threshold)),
        );
    }
    found
}
