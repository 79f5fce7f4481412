//! Small tables of a run about its setting: products, political stability, and trickles that close loops.

use parquet::data_type::ByteArray;

use super::trickle::TrickleRow;
use super::world::World;
use crate::columnar::Values;
use crate::indicators::trickle::TrickleImporter;
use crate::run_folder::tables::{LISTS, PRODUCTS, STABILITY, TRICKLE_IMPORTERS, TRICKLE_LOOPS};
use crate::run_folder::{CsvTable, cell};
use crate::run_folder::{FolderError, RunFolder};
use crate::study::Study;
use crate::trade::FlowSource;
use crate::value_chain::ValueChain;

/// Writes `products.csv`, `stability.csv`, and `lists.csv` if a note has a long list.
pub(super) fn write_setting(
    folder: &mut RunFolder,
    study: &Study,
    store: &dyn FlowSource,
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
    stability.write(folder, STABILITY.file)?;
    if world.lists.is_empty() {
        return Ok(());
    }
    let mut lists = CsvTable::of(&LISTS);
    for list in &world.lists {
        list.items.iter().for_each(|item| lists.row(&[list.what.to_owned(), item.clone()]));
    }
    lists.write(folder, LISTS.file)
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
    // A row group a product, as in the other large tables.
    let schema = TRICKLE_IMPORTERS.schema(study.output.compression_level);
    let mut writer = folder.table_writer(TRICKLE_IMPORTERS.file, &schema)?;
    let failed = |e| FolderError::parquet(TRICKLE_IMPORTERS.file.as_ref(), e);
    for loops in loops.chunk_by(|a, b| a.product == b.product) {
        let rows: Vec<_> = loops.iter().flat_map(|l| l.found.importers.iter().map(move |i| (l, i))).collect();
        if rows.is_empty() {
            continue;
        }
        let text = |of: &dyn Fn(&TrickleRow, &TrickleImporter) -> String| -> Vec<ByteArray> {
            rows.iter().map(|(l, i)| ByteArray::from(of(l, i).into_bytes())).collect()
        };
        let product = text(&|l, _| world.products[l.product as usize].to_string());
        let supplier = text(&|l, _| code(l.found.supplier));
        let importer = text(&|_, i| code(i.importer));
        let year: Vec<i32> = rows.iter().map(|(l, _)| i32::from(world.years[l.year])).collect();
        let str: Vec<f64> = rows.iter().map(|(_, i)| i.str).collect();
        let without: Vec<f64> = rows.iter().map(|(_, i)| i.without).collect();
        let columns = [
            Values::Text(&product),
            Values::Int32(&year),
            Values::Text(&supplier),
            Values::Text(&importer),
            Values::Number(&str),
            Values::Number(&without),
        ];
        writer.append(schema.encode_all(&columns).map_err(failed)?).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}
