//! Small tables of a run about its setting: products, political stability, and trickles that close loops.

use parquet::data_type::ByteArray;

use super::trickle::TrickleRow;
use super::world::World;
use crate::columnar::{Values, write_table};
use crate::indicators::trickle::TrickleImporter;
use crate::run_folder::tables::{PRODUCTS, STABILITY, TRICKLE_IMPORTERS, TRICKLE_LOOPS};
use crate::run_folder::{CsvTable, cell};
use crate::run_folder::{FolderError, RunFolder};
use crate::study::Study;
use crate::trade::Store;
use crate::value_chain::ValueChain;

/// Writes `products.csv` and `stability.csv`.
pub(super) fn write_setting(
    folder: &mut RunFolder,
    study: &Study,
    store: &Store,
    chain: &ValueChain,
    world: &World,
) -> Result<(), FolderError> {
    let mut products = CsvTable::of(&PRODUCTS);
    for &product in &world.products {
        products.row(&[
            product.to_string(),
            store.description(product).unwrap_or("").to_owned(),
            chain.tier(product).map_or_else(String::new, |tier| tier.to_string()),
            study.focus().contains(&product).to_string(),
        ]);
    }
    products.write(folder, PRODUCTS.file)?;
    let mut stability = CsvTable::of(&STABILITY);
    for (c, country) in world.countries.iter().enumerate() {
        for (t, year) in world.years.iter().enumerate() {
            if world.active[t][c] {
                stability.row(&[
                    country.code.clone(),
                    year.to_string(),
                    cell(world.stability.pv[t][c]),
                    world.stability.origin[t][c].key().to_owned(),
                ]);
            }
        }
    }
    stability.write(folder, STABILITY.file)
}

/// Writes `trickle_loops.csv` and `trickle_importers.parquet`; nothing if there is no loop.
pub(super) fn write_trickles(
    folder: &mut RunFolder,
    study: &Study,
    world: &World,
    loops: &[TrickleRow],
) -> Result<(), FolderError> {
    if loops.is_empty() {
        return Ok(());
    }
    let code = |c: u16| world.countries[usize::from(c)].code.clone();
    let mut table = CsvTable::of(&TRICKLE_LOOPS);
    for row in loops {
        let key = [
            world.products[row.product as usize].to_string(),
            world.years[row.year].to_string(),
            code(row.found.supplier),
        ];
        let of = &row.found;
        let numbers = [of.export_share, of.exports, of.imports, of.weighted, of.weighted_without];
        let fields: Vec<String> = key.iter().cloned().chain(numbers.map(|n| n.to_string())).collect();
        table.row(&fields);
    }
    table.write(folder, TRICKLE_LOOPS.file)?;
    let path = folder.file(TRICKLE_IMPORTERS.file)?;
    let rows: Vec<_> = loops.iter().flat_map(|l| l.found.importers.iter().map(move |i| (l, i))).collect();
    let text = |of: &dyn Fn(&TrickleRow, &TrickleImporter) -> String| -> Vec<ByteArray> {
        rows.iter().map(|(l, i)| ByteArray::from(of(l, i).into_bytes())).collect()
    };
    let product = text(&|l, _| world.products[l.product as usize].to_string());
    let supplier = text(&|l, _| code(l.found.supplier));
    let importer = text(&|_, i| code(i.importer));
    let year: Vec<i32> = rows.iter().map(|(l, _)| i32::from(world.years[l.year])).collect();
    let str: Vec<f64> = rows.iter().map(|(_, i)| i.str).collect();
    let without: Vec<f64> = rows.iter().map(|(_, i)| i.without).collect();
    write_table(
        &path,
        &TRICKLE_IMPORTERS.schema(study.output.compression_level),
        &[
            Values::Text(&product),
            Values::Int32(&year),
            Values::Text(&supplier),
            Values::Text(&importer),
            Values::Number(&str),
            Values::Number(&without),
        ],
    )
    .map_err(|e| FolderError::parquet(&path, e))
}
