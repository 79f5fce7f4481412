//! `profiles.parquet` and `groups.parquet`.

use parquet::data_type::ByteArray;

use super::{GroupPanel, Profiles};
use crate::columnar::{Kind, Schema, Values};
use crate::indicators::Column;
use crate::run_folder::StoredPanel;
use crate::run_folder::{FolderError, RunFolder};

/// Writes the profiles, and the indicators of the groups if there are any.
///
/// # Errors
/// [`FolderError`] if a file cannot be written.
pub fn write(
    folder: &mut RunFolder,
    panel: &StoredPanel,
    groups: &GroupPanel,
    profiles: &Profiles,
    compression_level: i32,
) -> Result<(), FolderError> {
    let level = compression_level;
    write_profiles(folder, profiles, level)?;
    write_groups(folder, panel, groups, level)
}

fn write_profiles(folder: &mut RunFolder, profiles: &Profiles, level: i32) -> Result<(), FolderError> {
    let rows = &profiles.rows;
    let text = |of: &dyn Fn(usize) -> String| -> Vec<ByteArray> {
        rows.iter().map(|row| ByteArray::from(of(row.unit).into_bytes())).collect()
    };
    let names: Vec<String> = profiles.features.iter().map(super::Feature::name).collect();
    let mut columns = vec![("year", Kind::Int16), ("country", Kind::Text), ("kind", Kind::Text)];
    columns.extend(names.iter().map(|name| (name.as_str(), Kind::OptionalNumber)));
    columns.extend([
        ("composite", Kind::OptionalNumber),
        ("imports", Kind::Number),
        ("exports", Kind::Number),
        ("missing_features", Kind::Int16),
    ]);
    let year: Vec<i32> = rows.iter().map(|row| i32::from(profiles.years[row.year])).collect();
    let country = text(&|unit| profiles.units[unit].code.clone());
    let kind = text(&|unit| profiles.units[unit].kind.key().to_owned());
    let features: Vec<Vec<Option<f64>>> =
        (0..names.len()).map(|feature| rows.iter().map(|row| row.values[feature]).collect()).collect();
    let composite: Vec<Option<f64>> = rows.iter().map(|row| row.composite).collect();
    let imports: Vec<f64> = rows.iter().map(|row| row.imports).collect();
    let exports: Vec<f64> = rows.iter().map(|row| row.exports).collect();
    let missing: Vec<i32> = rows.iter().map(|row| row.missing() as i32).collect();
    let mut values = vec![Values::Int16(&year), Values::Text(&country), Values::Text(&kind)];
    values.extend(features.iter().map(|feature| Values::OptionalNumber(feature)));
    values.extend([
        Values::OptionalNumber(&composite),
        Values::Number(&imports),
        Values::Number(&exports),
        Values::Int16(&missing),
    ]);
    folder.write_table("profiles.parquet", &Schema::new(&columns, level), &values)
}

fn write_groups(
    folder: &mut RunFolder,
    panel: &StoredPanel,
    groups: &GroupPanel,
    level: i32,
) -> Result<(), FolderError> {
    if groups.groups.is_empty() {
        return Ok(());
    }
    let (mut year, mut product, mut group, mut members) = (vec![], vec![], vec![], vec![]);
    let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); Column::ALL.len()];
    for p in 0..panel.products.len() {
        for t in 0..panel.years.len() {
            for g in 0..groups.groups.len() {
                let cell = groups.cell(panel, p, t, g);
                if groups.members[cell] == 0 {
                    continue;
                }
                year.push(i32::from(panel.years[t]));
                product.push(ByteArray::from(panel.products[p].code.to_string().into_bytes()));
                group.push(ByteArray::from(groups.groups[g].code.clone().into_bytes()));
                members.push(i32::from(groups.members[cell]));
                for (values, column) in numbers.iter_mut().zip(Column::ALL) {
                    values.push(groups.column(column)[cell]);
                }
            }
        }
    }
    let mut columns =
        vec![("year", Kind::Int16), ("product", Kind::Text), ("group", Kind::Text), ("members", Kind::Int16)];
    let never_missing = |column: Column| matches!(column, Column::Imports | Column::Exports);
    columns.extend(
        Column::ALL
            .iter()
            .map(|&c| (c.name(), if never_missing(c) { Kind::Number } else { Kind::OptionalNumber })),
    );
    let mut values =
        vec![Values::Int16(&year), Values::Text(&product), Values::Text(&group), Values::Int16(&members)];
    values.extend(numbers.iter().zip(Column::ALL).map(|(numbers, column)| {
        if never_missing(column) { Values::Number(numbers) } else { Values::NumberOrNan(numbers) }
    }));
    folder.write_table("groups.parquet", &Schema::new(&columns, level), &values)
}
