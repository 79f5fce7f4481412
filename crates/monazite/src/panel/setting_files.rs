//! Small tables of a run about its setting: products, political stability, and trickles that close loops.

use parquet::data_type::ByteArray;

use super::trickle::{TrickleImporter, TrickleLoop};
use super::world::World;
use crate::columnar::{Kind, Schema, Values};
use crate::run_folder::{CsvTable, cell};
use crate::run_folder::{FolderError, RunFolder};
use crate::study::Study;
use crate::trade::FlowSource;
use crate::value_chain::ValueChain;

/// Writes `products.csv` and `stability.csv`.
pub(super) fn write_setting(
    folder: &mut RunFolder,
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    world: &World,
) -> Result<(), FolderError> {
    let mut products = CsvTable::new(&["product", "description", "tier", "focus"]);
    for &product in &world.products {
        products.row(&[
            product.to_string(),
            store.description(product).unwrap_or("").to_owned(),
            chain.tier(product).map_or_else(String::new, |tier| tier.to_string()),
            study.focus().contains(&product).to_string(),
        ]);
    }
    products.write(folder, "products.csv")?;
    let mut stability = CsvTable::new(&["country", "year", "pv", "origin"]);
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
    stability.write(folder, "stability.csv")
}

/// Writes `trickle_loops.csv` and `trickle_importers.parquet`; nothing if there is no loop.
pub(super) fn write_trickles(
    folder: &mut RunFolder,
    study: &Study,
    world: &World,
    loops: &[TrickleLoop],
) -> Result<(), FolderError> {
    if loops.is_empty() {
        return Ok(());
    }
    let code = |c: u16| world.countries[usize::from(c)].code.clone();
    let mut table = CsvTable::new(&[
        "product",
        "year",
        "supplier",
        "export_share",
        "exports",
        "imports",
        "str_weighted",
        "str_weighted_without",
    ]);
    for row in loops {
        let key = [
            world.products[row.product as usize].to_string(),
            world.years[row.year].to_string(),
            code(row.supplier),
        ];
        let numbers = [row.export_share, row.exports, row.imports, row.weighted, row.weighted_without];
        let fields: Vec<String> = key.iter().cloned().chain(numbers.map(|n| n.to_string())).collect();
        table.row(&fields);
    }
    table.write(folder, "trickle_loops.csv")?;
    let rows: Vec<_> = loops.iter().flat_map(|l| l.importers.iter().map(move |i| (l, i))).collect();
    let text = |of: &dyn Fn(&TrickleLoop, &TrickleImporter) -> String| -> Vec<ByteArray> {
        rows.iter().map(|(l, i)| ByteArray::from(of(l, i).into_bytes())).collect()
    };
    let product = text(&|l, _| world.products[l.product as usize].to_string());
    let supplier = text(&|l, _| code(l.supplier));
    let importer = text(&|_, i| code(i.importer));
    let year: Vec<i32> = rows.iter().map(|(l, _)| i32::from(world.years[l.year])).collect();
    let str: Vec<f64> = rows.iter().map(|(_, i)| i.str).collect();
    let without: Vec<f64> = rows.iter().map(|(_, i)| i.without).collect();
    let columns = [
        ("product", Kind::Text),
        ("year", Kind::Int16),
        ("supplier", Kind::Text),
        ("importer", Kind::Text),
        ("str", Kind::Number),
        ("str_without", Kind::Number),
    ];
    folder.write_table(
        "trickle_importers.parquet",
        &Schema::new(&columns, study.output.compression_level),
        &[
            Values::Text(&product),
            Values::Int16(&year),
            Values::Text(&supplier),
            Values::Text(&importer),
            Values::Number(&str),
            Values::Number(&without),
        ],
    )
}
