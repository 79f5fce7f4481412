//! Whether trade bears a link out: where an input is imported, is the output exported?
//!
//! For input i and output j, rho is the correlation across countries of imports of i and exports of j. Big countries
//! trade much of everything, so rho alone says little; it is compared with the correlations of the same imports with the exports
//! of other products (the null), which gives Z, p and the false discovery rate. docs/methods/12-value-chain.md says what
//! this can and cannot show.

mod drawn;
mod exhaustive;
mod fdr;
mod inner_product;
mod pair_test;
mod parameters;
mod profiles;
mod screen;
mod trade;

use rayon::prelude::*;

use crate::progress::{Cancelled, Progress};
use crate::threads::within;

pub use exhaustive::RowMoments;
pub use fdr::benjamini_hochberg;
pub use pair_test::PairTest;
pub use parameters::{
    Control, CountriesLeftOut, NullModel, Observations, ParameterError, TestParameters, TradeScale,
};
pub use profiles::{PreparedTrade, Profiles};
pub use screen::{ScreenedPair, screen};
pub use trade::{CountryTrade, TradeRequest};

/// Tests links, given as positions of input and output, against the null.
///
/// With the exhaustive null, all correlations of an input are formed at once and used for all its links;
/// memory is one row of outputs a thread. `None` for a link of which one side does not vary (nobody imports the input, nobody exports the
/// output, or, by years, not in the same year).
///
/// # Errors
/// [`Cancelled`] if `progress` asks to stop.
///
/// ```
/// use monazite::progress::Silent;
/// use monazite::value_chain::significance::{CountryTrade, PreparedTrade, TestParameters, test_links};
/// let hs = |n: u32| format!("{n:06}").parse().unwrap();
/// let trade = CountryTrade {
///     inputs: vec![hs(1)],
///     outputs: vec![hs(2), hs(3), hs(4)],
///     years: 1,
///     countries: 4,
///     imports: vec![9.0, 1.0, 4.0, 2.0],
///     exports: vec![8.0, 2.0, 5.0, 1.0, 1.0, 7.0, 2.0, 3.0, 3.0, 3.0, 3.0, 4.0],
///     total_imports: vec![0.0; 4],
///     total_exports: vec![0.0; 4],
///     population: Vec::new(),
/// };
/// let parameters = TestParameters::default();
/// let tests = test_links(&PreparedTrade::new(trade, &parameters)?, &[(0, 0)], &parameters, &Silent)?;
/// let link = tests[0].unwrap();
/// assert!(link.rho > 0.9 && link.p == 1.0 / 3.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn test_links(
    prepared: &PreparedTrade,
    links: &[(usize, usize)],
    parameters: &TestParameters,
    progress: &dyn Progress,
) -> Result<Vec<Option<PairTest>>, Cancelled> {
    within(|| match parameters.null {
        NullModel::Drawn => drawn::test(prepared, links, parameters, progress),
        NullModel::Exhaustive => test_exhaustively(prepared, links, progress),
    })
}

fn test_exhaustively(
    prepared: &PreparedTrade,
    links: &[(usize, usize)],
    progress: &dyn Progress,
) -> Result<Vec<Option<PairTest>>, Cancelled> {
    let mut order: Vec<usize> = (0..links.len()).collect();
    order.sort_by_key(|&at| links[at]);
    let inputs: Vec<&[usize]> = order.chunk_by(|&a, &b| links[a].0 == links[b].0).collect();
    let found: Vec<Vec<(usize, Option<PairTest>)>> = inputs
        .par_iter()
        .map_init(Vec::new, |descending, of_input| {
            progress.go_on()?;
            let input = links[of_input[0]].0;
            descending.clear();
            descending
                .extend((0..prepared.exports.products.len()).filter_map(|j| prepared.correlation(input, j)));
            let moments = RowMoments::of(descending);
            descending.sort_unstable_by(|a, b| b.total_cmp(a));
            Ok(of_input
                .iter()
                .map(|&at| {
                    let rho = prepared.correlation(input, links[at].1);
                    (at, rho.zip(moments).map(|(rho, m)| exhaustive::test(&m, descending, rho)))
                })
                .collect())
        })
        .collect::<Result<_, Cancelled>>()?;
    let mut tests = vec![None; links.len()];
    for (at, test) in found.into_iter().flatten() {
        tests[at] = test;
    }
    Ok(tests)
}

#[cfg(test)]
mod tests;
