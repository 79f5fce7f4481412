//! Every pair of products of the data, for those who look for links that nobody has proposed.

use std::collections::BTreeSet;
use std::path::Path;

use parquet::data_type::ByteArray;

use super::Error;
use super::chain::{choose_setting, read_trade, test_parameters};
use crate::columnar::{Kind, Schema, TableWriter, Values};
use crate::nomenclature::Hs6;
use crate::progress::Progress;
use crate::run_folder::FolderError;
use crate::study::Study;
use crate::threads::within;
use crate::trade::FlowSource;
use crate::value_chain::ChainError;
use crate::value_chain::significance::{NullModel, PreparedTrade, ScreenedPair, TestParameters, screen};

/// What a screening came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreeningSummary {
    /// Inputs with trade.
    pub inputs: usize,
    /// Outputs with trade.
    pub outputs: usize,
    /// Pairs that were written.
    pub pairs: u64,
}

/// Rows of one row group.
const ROWS: usize = 500_000;

/// Tests every pair of products of a study's data and writes those with Z of at least `threshold` to a Parquet file with
/// the columns `input`, `output`, `rho`, `z`, `p`, by input and output.
///
/// A pair that stands out is not a link: whatever is traded by the same kind of country stands out together. The null is
/// the exhaustive one, whatever the study says.
///
/// # Errors
/// [`Error::Study`] and [`Error::Store`] as for [`super::chain::build`], [`Error::Folder`] if the file cannot be written,
/// [`Error::Cancelled`] if `progress` asks to stop. Then a file that was begun is gone.
pub fn screen_study(
    study: &Study,
    store: &dyn FlowSource,
    threshold: f64,
    path: &Path,
    progress: &dyn Progress,
) -> Result<ScreeningSummary, Error> {
    within(|| screen_into(study, store, threshold, path, progress))
}

fn screen_into(
    study: &Study,
    store: &dyn FlowSource,
    threshold: f64,
    path: &Path,
    progress: &dyn Progress,
) -> Result<ScreeningSummary, Error> {
    let setting = choose_setting(study, store)?;
    let products: BTreeSet<Hs6> =
        setting.years.iter().flat_map(|&year| store.traded_in(year).iter().map(|e| e.product)).collect();
    let products: Vec<Hs6> = products.into_iter().collect();
    let parameters = TestParameters { null: NullModel::Exhaustive, ..test_parameters(study) };
    let trade = read_trade(study, store, &setting, &products, progress)?;
    let prepared = PreparedTrade::new(trade, &parameters).map_err(ChainError::from)?;
    let schema = Schema::new(
        &[
            ("input", Kind::Text),
            ("output", Kind::Text),
            ("rho", Kind::Number),
            ("z", Kind::Number),
            ("p", Kind::Number),
        ],
        study.output.compression_level,
    );
    let broken = |e| FolderError::parquet(path, e);
    let mut writer = TableWriter::create(path, &schema).map_err(broken)?;
    let mut waiting: Vec<ScreenedPair> = Vec::new();
    let mut pairs = 0u64;
    let mut failed = None;
    let screened = screen(
        &prepared,
        threshold,
        &parameters,
        |_| {},
        |found| {
            waiting.extend_from_slice(found);
            pairs += found.len() as u64;
            if waiting.len() >= ROWS && failed.is_none() {
                failed = append(&mut writer, &schema, &prepared, &waiting).err();
                waiting.clear();
            }
        },
        progress,
    );
    if let Err(cancelled) = screened {
        drop(writer);
        let _ = std::fs::remove_file(path);
        return Err(cancelled.into());
    }
    if failed.is_none() && !waiting.is_empty() {
        failed = append(&mut writer, &schema, &prepared, &waiting).err();
    }
    if let Some(error) = failed {
        return Err(broken(error).into());
    }
    writer.finish().map_err(broken)?;
    let defined = |p: &crate::value_chain::significance::Profiles| {
        (0..p.products.len()).filter(|&n| p.is_defined(n)).count()
    };
    Ok(ScreeningSummary { inputs: defined(&prepared.imports), outputs: defined(&prepared.exports), pairs })
}

fn append(
    writer: &mut TableWriter,
    schema: &Schema,
    prepared: &PreparedTrade,
    pairs: &[ScreenedPair],
) -> Result<(), parquet::errors::ParquetError> {
    let text = |code: Hs6| ByteArray::from(code.to_string().into_bytes());
    let inputs: Vec<ByteArray> = pairs.iter().map(|p| text(prepared.imports.products[p.input])).collect();
    let outputs: Vec<ByteArray> = pairs.iter().map(|p| text(prepared.exports.products[p.output])).collect();
    let number = |of: fn(&ScreenedPair) -> f64| -> Vec<f64> { pairs.iter().map(of).collect() };
    let (rho, p) = (number(|p| p.test.rho), number(|p| p.test.p));
    // A pair is kept for its Z, so it has one.
    let z = number(|p| p.test.z.unwrap_or(f64::NAN));
    writer.append(vec![
        schema.encode(0, Values::Text(&inputs))?,
        schema.encode(1, Values::Text(&outputs))?,
        schema.encode(2, Values::Number(&rho))?,
        schema.encode(3, Values::Number(&z))?,
        schema.encode(4, Values::Number(&p))?,
    ])
}
