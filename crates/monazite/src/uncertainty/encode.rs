//! Bands as rows of the tables of the run folder.

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;

use super::product::{Band, ChangeRow, LevelRow, MeanRow, Who};
use crate::columnar::{EncodedColumn, Schema, Values};
use crate::indicators::ImportContent;
use crate::panel::World;
use crate::run_folder::{CsvTable, cell};

/// Name of a reading, as `indicators.import_content` has it.
pub const fn name_of(reading: ImportContent) -> &'static str {
    match reading {
        ImportContent::Full => "full",
        ImportContent::MassBalance => "mass_balance",
        ImportContent::Exposure => "exposure",
        ImportContent::Production => "production",
        ImportContent::None => "none",
    }
}

/// The levels of a product as a row group.
pub(super) fn encode_levels(
    rows: &[LevelRow],
    product: &str,
    world: &World,
    readings: &[ImportContent],
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let text = |text: &str| ByteArray::from(text.as_bytes().to_vec());
    let countries: Vec<ByteArray> = world.countries.iter().map(|c| text(&c.code)).collect();
    let names: Vec<ByteArray> = readings.iter().map(|reading| text(name_of(*reading))).collect();
    let year: Vec<i32> = rows.iter().map(|row| i32::from(world.years[row.year])).collect();
    let country: Vec<u32> = rows.iter().map(|row| u32::from(row.country)).collect();
    let place = |row: &LevelRow| readings.iter().position(|reading| *reading == row.reading).unwrap_or(0);
    let reading: Vec<u32> = rows.iter().map(|row| place(row) as u32).collect();
    let str = |of: fn(&Band) -> f64| -> Vec<f64> { rows.iter().map(|row| of(&row.str)).collect() };
    let rank = |of: fn(&Band) -> f64| -> Vec<Option<f64>> {
        rows.iter().map(|row| row.rank.as_ref().map(|rank| of(&rank.rank))).collect()
    };
    let share_top: Vec<Option<f64>> = rows.iter().map(|row| row.rank.map(|rank| rank.share_top)).collect();
    schema.encode_all(&[
        Values::Int32(&year),
        Values::Label(&[text(product)], &vec![0; rows.len()]),
        Values::Label(&countries, &country),
        Values::Label(&names, &reading),
        Values::Number(&str(|b| b.point)),
        Values::Number(&str(|b| b.low)),
        Values::Number(&str(|b| b.median)),
        Values::Number(&str(|b| b.high)),
        Values::OptionalNumber(&rank(|b| b.point)),
        Values::OptionalNumber(&rank(|b| b.low)),
        Values::OptionalNumber(&rank(|b| b.median)),
        Values::OptionalNumber(&rank(|b| b.high)),
        Values::OptionalNumber(&share_top),
    ])
}

/// Code of whom a row is about.
fn code_of(who: Who, world: &World, groups: &[String]) -> String {
    match who {
        Who::World => "WORLD".to_owned(),
        Who::Group(group) => groups[group].clone(),
        Who::Country(country) => world.countries[usize::from(country)].code.clone(),
    }
}

fn cells_of(band: &Band) -> [String; 4] {
    [band.point, band.low, band.median, band.high].map(|number| number.to_string())
}

/// Adds the means of a product.
pub(super) fn add_means(
    table: &mut CsvTable,
    rows: &[MeanRow],
    product: &str,
    world: &World,
    groups: &[String],
) {
    for row in rows {
        let key = [
            product.to_owned(),
            code_of(row.who, world, groups),
            world.years[row.year].to_string(),
            name_of(row.reading).to_owned(),
        ];
        table.row(&[&key[..], &cells_of(&row.mean)[..]].concat());
    }
}

/// Adds the changes of a product.
pub(super) fn add_changes(
    table: &mut CsvTable,
    rows: &[ChangeRow],
    product: &str,
    world: &World,
    groups: &[String],
) {
    let year = |year: Option<&u16>| year.map_or_else(String::new, u16::to_string);
    for row in rows {
        let key = [
            product.to_owned(),
            code_of(row.who, world, groups),
            year(world.years.first()),
            year(world.years.last()),
            name_of(row.reading).to_owned(),
            row.part.name().to_owned(),
        ];
        let slope = |of: fn(&Band) -> f64| cell(row.slope.as_ref().map(of));
        let rest = [row.share_above.to_string(), slope(|b| b.point), slope(|b| b.low), slope(|b| b.high)];
        table.row(&[&key[..], &cells_of(&row.change)[..], &rest[..]].concat());
    }
}
