//! Links between products that trade bears out, without a study: pairs that are given, or all that stand out.

use std::collections::BTreeSet;

use super::Error;
use super::chain::{choose_setting, read_trade, test_parameters};
use crate::nomenclature::Hs6;
use crate::panel::product_years::of_all_products;
use crate::progress::Progress;
use crate::study::Study;
use crate::threads::within;
use crate::trade::FlowSource;
use crate::value_chain::ChainError;
use crate::value_chain::significance::{
    NullModel, PairTest, PreparedTrade, TestParameters, benjamini_hochberg, screen, test_links,
};

/// Which pairs of products are tested.
#[derive(Debug, Clone, Copy)]
pub enum Pairs<'a> {
    /// These, as (input, output).
    Given(&'a [(Hs6, Hs6)]),
    /// Every pair of products of the trade; those with Z of at least this come back.
    StandingOut(f64),
}

/// The test of one pair.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LinkRow {
    /// The input.
    pub input: Hs6,
    /// The output.
    pub output: Hs6,
    /// The test; `None` if one side does not vary: nobody imports the input, or nobody exports the output.
    pub test: Option<PairTest>,
    /// False discovery rate of Benjamini and Hochberg among the pairs given; `None` without a test, and where pairs were looked for.
    pub fdr: Option<f64>,
}

/// What the tests came to.
#[derive(Debug, Clone, PartialEq)]
pub struct LinkTests {
    /// The pairs, in the order given, or by input and output.
    pub rows: Vec<LinkRow>,
    /// Observations that the correlations are taken over: countries, or countries and years.
    pub observations: usize,
    /// Observations left out: their country trades too little, or its share is undefined.
    pub left_out: usize,
    /// Products with exports: the null of an input.
    pub outputs: usize,
}

/// Tests pairs of products on some trade: is the output exported where the input is imported? The section `chain` of the study says how; its
/// seeds and files are not looked at.
///
/// # Errors
/// [`Error::Study`] if a setting is out of its range, [`Error::Chain`] if parameters do not go together, [`Error::Cancelled`] if `progress` asks
/// to stop.
///
/// ```
/// use monazite::pipeline::links::{Pairs, test_pairs};
/// use monazite::progress::Silent;
/// use monazite::study::Study;
/// use monazite::trade::FlowTable;
/// // Who imports 284690 exports 850511, and more of it the more it imports; 330499 is exported by somebody else.
/// let flows = FlowTable::from_rows([
///     (2023, "284690", "CHN", "JPN", 60.0), (2023, "284690", "CHN", "DEU", 30.0), (2023, "284690", "CHN", "USA", 10.0),
///     (2023, "850511", "JPN", "USA", 90.0), (2023, "850511", "DEU", "USA", 40.0), (2023, "850511", "USA", "CHN", 5.0),
///     (2023, "330499", "CHN", "USA", 90.0), (2023, "330499", "USA", "DEU", 2.0),
/// ])?;
/// let pair = ("284690".parse()?, "850511".parse()?);
/// let found = test_pairs(&Study::default(), &flows, Pairs::Given(&[pair]), &Silent)?;
/// assert_eq!((found.observations, found.outputs), (4, 3));
/// assert!(found.rows[0].test.unwrap().rho > 0.9);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn test_pairs(
    study: &Study,
    trade: &dyn FlowSource,
    pairs: Pairs<'_>,
    progress: &dyn Progress,
) -> Result<LinkTests, Error> {
    let study = of_all_products(study, trade)?;
    within(|| match pairs {
        Pairs::Given(pairs) => test_given(&study, trade, pairs, progress),
        Pairs::StandingOut(threshold) => look_for(&study, trade, threshold, progress),
    })
}

fn prepared(
    study: &Study,
    trade: &dyn FlowSource,
    inputs: &[Hs6],
    parameters: &TestParameters,
    progress: &dyn Progress,
) -> Result<PreparedTrade, Error> {
    let setting = choose_setting(study, trade)?;
    let margins = read_trade(study, trade, &setting, inputs, progress)?;
    Ok(PreparedTrade::new(margins, parameters).map_err(ChainError::from)?)
}

fn test_given(
    study: &Study,
    trade: &dyn FlowSource,
    pairs: &[(Hs6, Hs6)],
    progress: &dyn Progress,
) -> Result<LinkTests, Error> {
    let inputs: BTreeSet<Hs6> = pairs.iter().map(|pair| pair.0).collect();
    let inputs: Vec<Hs6> = inputs.into_iter().collect();
    let parameters = test_parameters(study);
    let prepared = prepared(study, trade, &inputs, &parameters, progress)?;
    let place = |list: &[Hs6], code: Hs6| list.binary_search(&code).ok();
    let places: Vec<Option<(usize, usize)>> = pairs
        .iter()
        .map(|pair| place(&prepared.imports.products, pair.0).zip(place(&prepared.exports.products, pair.1)))
        .collect();
    let tested: Vec<(usize, usize)> = places.iter().copied().flatten().collect();
    let mut results = test_links(&prepared, &tested, &parameters, progress)?.into_iter();
    let mut rows: Vec<LinkRow> = pairs
        .iter()
        .zip(places)
        .map(|(&(input, output), place)| {
            let test = place.and_then(|_| results.next().flatten());
            LinkRow { input, output, test, fdr: None }
        })
        .collect();
    let p: Vec<f64> = rows.iter().filter_map(|row| row.test.map(|test| test.p)).collect();
    let with_test = rows.iter_mut().filter(|row| row.test.is_some());
    with_test.zip(benjamini_hochberg(&p)).for_each(|(row, fdr)| row.fdr = Some(fdr));
    Ok(found(&prepared, rows))
}

fn look_for(
    study: &Study,
    trade: &dyn FlowSource,
    threshold: f64,
    progress: &dyn Progress,
) -> Result<LinkTests, Error> {
    let parameters = TestParameters { null: NullModel::Exhaustive, ..test_parameters(study) };
    let prepared = prepared(study, trade, &trade.traded_products(), &parameters, progress)?;
    let mut rows = Vec::new();
    let take = |pairs: &[crate::value_chain::significance::ScreenedPair]| {
        rows.extend(pairs.iter().map(|pair| LinkRow {
            input: prepared.imports.products[pair.input],
            output: prepared.exports.products[pair.output],
            test: Some(pair.test),
            fdr: None,
        }));
    };
    screen(&prepared, threshold, &parameters, |_| {}, take, progress)?;
    Ok(found(&prepared, rows))
}

fn found(prepared: &PreparedTrade, rows: Vec<LinkRow>) -> LinkTests {
    let outputs = (0..prepared.exports.products.len()).filter(|&at| prepared.exports.is_defined(at)).count();
    LinkTests { rows, observations: prepared.observations, left_out: prepared.left_out, outputs }
}
