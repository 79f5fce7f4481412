//! Every pair of products: which outputs stand out for each input.

use rayon::prelude::*;

use super::exhaustive::{RowMoments, test};
use super::inner_product::{Block, TILE_COLUMNS, dot, gram, positions_at_least, quadratic_form};
use super::profiles::PreparedTrade;
use super::{PairTest, TestParameters};
use crate::progress::{Cancelled, Progress};
use crate::threads::within;

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

/// Inputs whose rows are worked on together.
const INPUTS_A_BLOCK: usize = 96;
/// Outputs that they are multiplied with at a time: their rows, in both precisions, stay in the second-level cache until those that stand
/// out have been looked at again.
const OUTPUTS_A_GROUP: usize = 16 * TILE_COLUMNS;

/// Tests every pair of input and output against the exhaustive null and hands those with Z of at least
/// `threshold` to `take`, input by input in order, the outputs of each input in order.
///
/// No table of all pairs is ever held: a block of inputs is multiplied with all outputs in single precision, and
/// only pairs that could reach the threshold are looked at again in double precision. Mean and spread of the null come from
/// the sum of the outputs and their Gram matrix, so they are exact although most correlations are not kept. p needs
/// no look at the rest of the row either, for a correlation that is larger has a larger Z.
///
/// `moments` receives the moments of each input's row, in order; `None` for an input that nobody imports.
///
/// # Errors
/// [`Cancelled`] if `progress` asks to stop, which it is asked before each block of inputs.
pub fn screen(
    prepared: &PreparedTrade,
    threshold: f64,
    parameters: &TestParameters,
    moments: impl FnMut(&[Option<RowMoments>]) + Send,
    take: impl FnMut(&[ScreenedPair]) + Send,
    progress: &dyn Progress,
) -> Result<(), Cancelled> {
    within(|| screen_in_pool(prepared, threshold, parameters, moments, take, progress))
}

fn screen_in_pool(
    prepared: &PreparedTrade,
    threshold: f64,
    parameters: &TestParameters,
    mut moments: impl FnMut(&[Option<RowMoments>]),
    mut take: impl FnMut(&[ScreenedPair]),
    progress: &dyn Progress,
) -> Result<(), Cancelled> {
    let outputs: Vec<usize> =
        (0..prepared.exports.products.len()).filter(|&j| prepared.exports.is_defined(j)).collect();
    let inputs: Vec<usize> = (0..prepared.imports.products.len()).collect();
    let fast = prepared.is_uniform().then(|| Fast::new(prepared, &outputs));
    let per_block = INPUTS_A_BLOCK * (4 * (OUTPUTS_A_GROUP + prepared.imports.width()) + outputs.len());
    let at_once = (parameters.memory / per_block.max(1)).clamp(1, 2 * rayon::current_num_threads());
    let blocks: Vec<&[usize]> = inputs.chunks(INPUTS_A_BLOCK).collect();
    for window in blocks.chunks(at_once) {
        let found: Vec<BlockPairs> = window
            .par_iter()
            .map_init(Scratch::default, |scratch, block| {
                progress.go_on()?;
                Ok(match &fast {
                    Some(fast) => fast.block(prepared, block, &outputs, threshold, scratch),
                    None => slow_block(prepared, block, &outputs, threshold),
                })
            })
            .collect::<Result<_, Cancelled>>()?;
        for block in found {
            moments(&block.moments);
            take(&block.pairs);
        }
    }
    Ok(())
}

struct BlockPairs {
    moments: Vec<Option<RowMoments>>,
    pairs: Vec<ScreenedPair>,
}

struct Fast {
    columns: Block,
    sum: Vec<f64>,
    gram: Vec<f64>,
}

impl Fast {
    fn new(prepared: &PreparedTrade, outputs: &[usize]) -> Self {
        let exports = &prepared.exports;
        let width = exports.width();
        let rows = || outputs.iter().map(|&j| exports.row(j));
        let mut sum = vec![0.0; width];
        for row in rows() {
            sum.iter_mut().zip(row).for_each(|(s, v)| *s += v);
        }
        Self { columns: Block::of_columns(rows(), width), sum, gram: gram(rows(), width) }
    }

    /// Moments of an input's correlations; all rows vary in every year.
    fn moments(&self, x: &[f64], count: usize, scale: f64) -> RowMoments {
        let total = dot(x, &self.sum) * scale;
        let squares = quadratic_form(&self.gram, x) * scale * scale;
        let mean = total / count as f64;
        RowMoments { count, mean, squares: (squares - total * mean).max(0.0) }
    }

    fn block(
        &self,
        prepared: &PreparedTrade,
        block: &[usize],
        outputs: &[usize],
        threshold: f64,
        scratch: &mut Scratch,
    ) -> BlockPairs {
        let (imports, exports) = (&prepared.imports, &prepared.exports);
        // Rows have length one in each year, so their product is a sum over years.
        let scale = 1.0 / prepared.years() as f64;
        let error = self.columns.error_bound() / scale;
        let moments: Vec<Option<RowMoments>> = block
            .iter()
            .map(|&input| {
                (imports.is_defined(input) && !outputs.is_empty())
                    .then(|| self.moments(imports.row(input), outputs.len(), scale))
            })
            .collect();
        let least: Vec<f32> = moments
            .iter()
            .map(|m| match m {
                Some(m) if m.count >= 3 => {
                    (m.correlation_at(threshold) / scale - error) as f32 - f32::EPSILON
                }
                _ => f32::INFINITY,
            })
            .collect();
        let rows = Block::of_rows(block.iter().map(|&i| imports.row(i)), imports.width());
        scratch.kept.resize_with(block.len(), Vec::new);
        for start in (0..outputs.len()).step_by(OUTPUTS_A_GROUP) {
            let count = OUTPUTS_A_GROUP.min(outputs.len() - start);
            let length = self.columns.products(&rows, start, count, &mut scratch.products);
            let lines = scratch.products.chunks_exact(length);
            for (((&input, products), &least), kept) in
                block.iter().zip(lines).zip(&least).zip(&mut scratch.kept)
            {
                scratch.positions.clear();
                positions_at_least(&products[..count], least, &mut scratch.positions);
                let x = imports.row(input);
                kept.extend(scratch.positions.iter().map(|&at| {
                    let output = outputs[start + at as usize];
                    (output, (dot(x, exports.row(output)) * scale).clamp(-1.0, 1.0))
                }));
            }
        }
        let mut pairs = Vec::new();
        for ((&input, moments), kept) in block.iter().zip(&moments).zip(&mut scratch.kept) {
            let Some(moments) = moments else { continue };
            kept.retain(|&(_, rho)| moments.without(rho).and_then(|n| n.z).is_some_and(|z| z >= threshold));
            scratch.descending.clear();
            scratch.descending.extend(kept.iter().map(|k| k.1));
            scratch.descending.sort_unstable_by(|a, b| b.total_cmp(a));
            pairs.extend(kept.drain(..).map(|(output, rho)| ScreenedPair {
                input,
                output,
                test: test(moments, &scratch.descending, rho),
            }));
        }
        BlockPairs { moments, pairs }
    }
}

/// What a thread uses again.
#[derive(Default)]
struct Scratch {
    products: Vec<f32>,
    positions: Vec<u32>,
    kept: Vec<Vec<(usize, f64)>>,
    descending: Vec<f64>,
}

/// For samples in which a correlation is more than an inner product.
fn slow_block(prepared: &PreparedTrade, block: &[usize], outputs: &[usize], threshold: f64) -> BlockPairs {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::progress::Silent;
    use crate::value_chain::significance::{CountryTrade, Observations};

    #[test]
    fn one_input_by_hand() {
        // Imports (1, 2, 3) of three countries. Correlations with the four exports: -1/2, 1, -1, 1/2.
        let exports = [[3.0, 1.0, 2.0], [1.0, 2.0, 3.0], [3.0, 2.0, 1.0], [1.0, 3.0, 2.0]];
        let trade = |years: usize| CountryTrade {
            inputs: vec!["284690".parse().unwrap()],
            outputs: ["850511", "850512", "850519", "850520"].map(|c| c.parse().unwrap()).to_vec(),
            years,
            countries: 3,
            imports: [1.0, 2.0, 3.0].repeat(years),
            exports: exports.iter().flat_map(|row| row.repeat(years)).collect(),
            total_imports: vec![0.0; 3 * years],
            total_exports: vec![0.0; 3 * years],
            population: Vec::new(),
        };
        // The same twice over, so that a mean over years is the correlation of one; the stacked sample has it too.
        for (sample, years) in
            [(Observations::Summed, 1), (Observations::YearlyMean, 2), (Observations::Stacked, 2)]
        {
            let parameters = TestParameters { sample, ..TestParameters::default() };
            let prepared = PreparedTrade::new(trade(years), &parameters).unwrap();
            let screened = |threshold: f64| {
                let (mut pairs, mut rows) = (Vec::new(), Vec::new());
                let (moments, take) =
                    (|m: &[_]| rows.extend_from_slice(m), |p: &[_]| pairs.extend_from_slice(p));
                screen(&prepared, threshold, &parameters, moments, take, &Silent).unwrap();
                (pairs, rows)
            };
            let (pairs, moments) = screened(1.0);
            // Only the second stands out. The others: mean -1/3, sum of squares 1/36 + 16/36 + 25/36 = 7/6, Z = (4/3)/√(7/12).
            assert_eq!(pairs.iter().map(|p| (p.input, p.output)).collect::<Vec<_>>(), [(0, 1)]);
            let test = pairs[0].test;
            assert!(
                (test.rho - 1.0).abs() < 1e-12 && (test.z.unwrap() - 1.745_743_122).abs() < 1e-9,
                "{test:?}"
            );
            assert_eq!((test.p, test.null_size), (0.25, 3));
            let all = moments[0].unwrap();
            assert!(all.mean.abs() < 1e-12 && (all.squares - 2.5).abs() < 1e-12 && all.count == 4);
            // Of the fourth: (1/2 + 1/6)/√(78/72) = 0.64.
            assert_eq!(screened(0.65).0.len(), 1);
            assert_eq!(screened(0.64).0.iter().map(|p| p.output).collect::<Vec<_>>(), [1, 3]);
        }
    }
}
