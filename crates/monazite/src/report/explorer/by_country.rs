//! The copy by country: what a country page reads, a row group a country.
//!
//! The tables of a run have a row group a product, so that a product is read at once and a country is read from all of them. This copy is made
//! when a run is explored; it is never put into the run.

use std::collections::BTreeMap;

use bytes::Bytes;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;

use crate::columnar::{Kind, Schema, TableBytes, TableReader, TableWriter, Values};
use crate::indicators::Column;
use crate::progress::Progress;
use crate::report::areas::reading_of;
use crate::run::{Run, RunError};
use crate::run_folder::FolderError;

/// Name of the copy, beside the files of the run.
pub const BY_COUNTRY: &str = "by_country.parquet";

/// The indicators in it, in their order.
const INDICATORS: [Column; 15] = [
    Column::Imports,
    Column::Exports,
    Column::Exposure,
    Column::Hhi,
    Column::Str,
    Column::StrDirect,
    Column::StrIndirect,
    Column::StrMassBalance,
    Column::Influence,
    Column::InfluenceMassBalance,
    Column::Rca,
    Column::Pc1,
    Column::LargestSupplierShare,
    Column::ImputedShare,
    Column::ImportContent,
];
/// So many main suppliers stand beside an importer.
const SUPPLIERS: usize = 3;
const SUPPLIER_COLUMNS: [[&str; 2]; SUPPLIERS] =
    [["supplier_1", "share_1"], ["supplier_2", "share_2"], ["supplier_3", "share_3"]];
/// The bands of the two readings.
const BANDS: [&str; 4] = ["str_p05", "str_p95", "str_mass_balance_p05", "str_mass_balance_p95"];

/// A product-year of a country.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    product: usize,
    year: usize,
    values: [Option<f64>; INDICATORS.len()],
    suppliers: [Option<(usize, f64)>; SUPPLIERS],
    bands: [Option<f64>; BANDS.len()],
}

/// The indicators and main suppliers of a run by country, product and year as Parquet: every product-year in which the country trades, then the
/// groups that are means of their members. Numbers have 32 bits. `None` if `progress` asks to stop.
///
/// # Errors
/// [`RunError`] if a table of the run is damaged.
pub fn by_country(run: &Run, progress: &dyn Progress) -> Result<Option<Bytes>, RunError> {
    let failed = |e: ParquetError| FolderError::parquet(BY_COUNTRY.as_ref(), e);
    let panel = run.panel()?;
    if progress.cancelled() {
        return Ok(None);
    }
    let bands = bands(run)?;
    if progress.cancelled() {
        return Ok(None);
    }
    let suppliers = run.suppliers()?;
    let schema = schema();
    let place = TableBytes::default();
    let mut writer = TableWriter::in_memory(&place, &schema).map_err(failed)?;
    for (country, of) in panel.countries.iter().enumerate() {
        if progress.cancelled() {
            return Ok(None);
        }
        let mut lines = Vec::new();
        for product in 0..panel.products.len() {
            for year in 0..panel.years.len() {
                let value = |column| match panel.has(column) {
                    true => panel.value(column, product, year, country),
                    false => None,
                };
                let trades = |column| value(column).is_some_and(|amount| amount > 0.0);
                if !trades(Column::Imports) && !trades(Column::Exports) {
                    continue;
                }
                let main = suppliers.map_or(&[][..], |all| all.of(panel, product, year, country));
                lines.push(Line {
                    product,
                    year,
                    values: INDICATORS.map(value),
                    suppliers: std::array::from_fn(|rank| main.get(rank).map(|s| (s.supplier, s.share))),
                    bands: bands.get(&[country, product, year]).copied().unwrap_or_default(),
                });
            }
        }
        append(run, &mut writer, &schema, &of.code, &lines).map_err(failed)?;
    }
    for (code, lines) in groups(run)? {
        append(run, &mut writer, &schema, &code, &lines).map_err(failed)?;
    }
    writer.finish().map_err(failed)?;
    Ok(Some(place.get().unwrap_or_default()))
}

fn schema() -> Schema {
    let mut columns = vec![("country", Kind::Text), ("product", Kind::Text), ("year", Kind::Int32)];
    columns.extend(INDICATORS.map(|column| (column.name(), Kind::OptionalFloat)));
    columns.extend(
        SUPPLIER_COLUMNS
            .iter()
            .flat_map(|[name, share]| [(*name, Kind::OptionalText), (*share, Kind::OptionalFloat)]),
    );
    columns.extend(BANDS.map(|name| (name, Kind::OptionalFloat)));
    Schema::new(&columns, crate::columnar::DEFAULT_COMPRESSION_LEVEL)
}

/// Adds the row group of a country; none for one that trades nothing.
fn append(
    run: &Run,
    writer: &mut TableWriter,
    schema: &Schema,
    code: &str,
    lines: &[Line],
) -> Result<(), ParquetError> {
    if lines.is_empty() {
        return Ok(());
    }
    let Ok(panel) = run.panel() else { return Ok(()) };
    let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
    let products: Vec<ByteArray> =
        panel.products.iter().map(|product| text(&product.code.to_string())).collect();
    let product: Vec<ByteArray> = lines.iter().map(|line| products[line.product].clone()).collect();
    let country = vec![text(code); lines.len()];
    let year: Vec<i32> = lines.iter().map(|line| i32::from(panel.years[line.year])).collect();
    let short = |value: Option<f64>| value.map(|value| value as f32);
    let mut encoded =
        schema.encode_all(&[Values::Text(&country), Values::Text(&product), Values::Int32(&year)])?;
    let number = |of: &dyn Fn(&Line) -> Option<f64>, at: usize| -> Result<_, ParquetError> {
        let values: Vec<Option<f32>> = lines.iter().map(|line| short(of(line))).collect();
        schema.encode(at, Values::OptionalFloat(&values))
    };
    let first = encoded.len();
    for at in 0..INDICATORS.len() {
        encoded.push(number(&|line| line.values[at], first + at)?);
    }
    for rank in 0..SUPPLIERS {
        let names: Vec<Option<ByteArray>> = lines
            .iter()
            .map(|line| line.suppliers[rank].map(|(supplier, _)| text(&panel.countries[supplier].code)))
            .collect();
        encoded.push(schema.encode(encoded.len(), Values::OptionalText(&names))?);
        encoded.push(number(&|line| line.suppliers[rank].map(|(_, share)| share), encoded.len())?);
    }
    for at in 0..BANDS.len() {
        encoded.push(number(&|line| line.bands[at], encoded.len())?);
    }
    writer.append(encoded)
}

/// By country, product and year: 5 and 95 % of STR as the run has it, then of mass-balanced STR.
fn bands(run: &Run) -> Result<BTreeMap<[usize; 3], [Option<f64>; BANDS.len()]>, RunError> {
    let mut found: BTreeMap<[usize; 3], [Option<f64>; BANDS.len()]> = BTreeMap::new();
    if run.bands()?.is_none() {
        return Ok(found);
    }
    let readings = [Column::Str, Column::StrMassBalance].map(|column| reading_of(run.study(), column));
    let all: Vec<usize> = (0..run.panel()?.products.len()).collect();
    for level in run.band_levels(&all)? {
        for (at, reading) in readings.iter().enumerate() {
            if *reading == Some(level.reading.as_str()) {
                let of = found.entry([level.country, level.product, level.year]).or_default();
                of[2 * at] = Some(level.str.low);
                of[2 * at + 1] = Some(level.str.high);
            }
        }
    }
    Ok(found)
}

/// The groups that are means of their members, by code, each with its product-years in order.
fn groups(run: &Run) -> Result<BTreeMap<String, Vec<Line>>, RunError> {
    const FILE: &str = "groups.parquet";
    let mut found: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    let Some(table) = run.files().parquet_if_there(FILE)? else { return Ok(found) };
    for group in 0..table.row_groups() {
        read_groups(run, &table, group, &mut found)
            .map_err(|e| FolderError::parquet(&run.files().place_of(FILE), e))?;
    }
    for lines in found.values_mut() {
        lines.sort_by_key(|line| (line.product, line.year));
    }
    Ok(found)
}

fn read_groups(
    run: &Run,
    table: &TableReader,
    group: usize,
    found: &mut BTreeMap<String, Vec<Line>>,
) -> Result<(), ParquetError> {
    let Ok(panel) = run.panel() else { return Ok(()) };
    let rows = table.group_rows(group);
    let (of, product) = (
        table.read_interned(group, table.column("group")?)?,
        table.read_interned(group, table.column("product")?)?,
    );
    let mut years = Vec::with_capacity(rows);
    table.read_int16(group, table.column("year")?, 0, rows, &mut years)?;
    let there = table.column_names();
    let mut columns = Vec::with_capacity(INDICATORS.len());
    for column in INDICATORS {
        if !there.iter().any(|name| name == column.name()) {
            columns.push(None);
            continue;
        }
        let place = table.column(column.name())?;
        columns.push(Some(match column.kind() {
            Kind::Number => {
                let mut values = Vec::with_capacity(rows);
                table.read_number(group, place, 0, rows, &mut values)?;
                values
            }
            _ => table.read_number_or_nan(group, place)?,
        }));
    }
    for row in 0..rows {
        let code = product.values[product.rows[row] as usize].parse().ok();
        let year = u16::try_from(years[row]).ok().and_then(|year| panel.year(year));
        let (Some(product), Some(year)) = (code.and_then(|code| panel.product(code)), year) else { continue };
        let value =
            |at: usize| columns[at].as_ref().map(|values| values[row]).filter(|value| !value.is_nan());
        let values: [Option<f64>; INDICATORS.len()] = std::array::from_fn(value);
        if values[..2].iter().flatten().any(|amount| *amount > 0.0) {
            let line = Line { product, year, values, ..Line::default() };
            found.entry(of.values[of.rows[row] as usize].clone()).or_default().push(line);
        }
    }
    Ok(())
}
