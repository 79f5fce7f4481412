//! `profiles.parquet`, `groups.parquet` and `group_inputs.csv`.

use parquet::data_type::ByteArray;

use super::{GroupPanel, Profiles};
use crate::columnar::Values;
use crate::indicators::{Column, OfGroups};
use crate::run_folder::StoredPanel;
use crate::run_folder::tables::{GROUP_INPUTS, GROUPS, PROFILES};
use crate::run_folder::{CsvTable, FolderError, RunFolder};

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
    write_groups(folder, panel, groups, level)?;
    write_group_inputs(folder, panel, groups)
}

/// The input products of the groups; nothing for groups without any.
fn write_group_inputs(
    folder: &mut RunFolder,
    panel: &StoredPanel,
    groups: &GroupPanel,
) -> Result<(), FolderError> {
    if groups.input_products.iter().all(Vec::is_empty) {
        return Ok(());
    }
    let mut table = CsvTable::of(&GROUP_INPUTS);
    for (group, inputs) in groups.groups.iter().zip(&groups.input_products) {
        for &input in inputs {
            table.row(&[group.code.clone(), panel.products[input].code.to_string()]);
        }
    }
    table.write(folder, GROUP_INPUTS.file)
}

fn write_profiles(folder: &mut RunFolder, profiles: &Profiles, level: i32) -> Result<(), FolderError> {
    let rows = &profiles.rows;
    let text = |of: &dyn Fn(usize) -> String| -> Vec<ByteArray> {
        rows.iter().map(|row| ByteArray::from(of(row.unit).into_bytes())).collect()
    };
    let names: Vec<String> = profiles.features.iter().map(super::Feature::name).collect();
    let mut columns = vec!["year", "country", "kind"];
    columns.extend(names.iter().map(String::as_str));
    columns.extend(["composite", "imports", "exports", "missing_features"]);
    let year: Vec<i32> = rows.iter().map(|row| i32::from(profiles.years[row.year])).collect();
    let country = text(&|unit| profiles.units[unit].code.clone());
    let kind = text(&|unit| profiles.units[unit].kind.key().to_owned());
    let features: Vec<Vec<Option<f64>>> =
        (0..names.len()).map(|feature| rows.iter().map(|row| row.values[feature]).collect()).collect();
    let composite: Vec<Option<f64>> = rows.iter().map(|row| row.composite).collect();
    let imports: Vec<f64> = rows.iter().map(|row| row.imports).collect();
    let exports: Vec<f64> = rows.iter().map(|row| row.exports).collect();
    let missing: Vec<i32> = rows.iter().map(|row| row.missing() as i32).collect();
    let mut values = vec![Values::Int32(&year), Values::Text(&country), Values::Text(&kind)];
    values.extend(features.iter().map(|feature| Values::OptionalNumber(feature)));
    values.extend([
        Values::OptionalNumber(&composite),
        Values::Number(&imports),
        Values::Number(&exports),
        Values::Int32(&missing),
    ]);
    folder.write_table(PROFILES.file, &PROFILES.schema_of(&columns, level), &values)
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
    let shown: Vec<Column> = Column::ALL.into_iter().filter(|c| c.of_groups() != OfGroups::LeftOut).collect();
    // A row group a product, as in the other large tables.
    let schema = GROUPS.schema(level);
    let mut writer = folder.table_writer(GROUPS.file, &schema)?;
    let failed = |e| FolderError::parquet(GROUPS.file.as_ref(), e);
    for p in 0..panel.products.len() {
        let (mut year, mut product, mut group, mut members) = (vec![], vec![], vec![], vec![]);
        let mut numbers: Vec<Vec<f64>> = vec![Vec::new(); shown.len()];
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
                for (values, &column) in numbers.iter_mut().zip(&shown) {
                    values.push(groups.column(column)[cell]);
                }
            }
        }
        if year.is_empty() {
            continue;
        }
        let mut values =
            vec![Values::Int32(&year), Values::Text(&product), Values::Text(&group), Values::Int32(&members)];
        values.extend(numbers.iter().zip(&shown).map(|(numbers, column)| {
            if column.may_be_missing() { Values::NumberOrNan(numbers) } else { Values::Number(numbers) }
        }));
        writer.append(schema.encode_all(&values).map_err(failed)?).map_err(failed)?;
    }
    writer.finish().map_err(failed)
}
