//! Computed products as the encoded row groups of the run folder's large tables.

use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;

use super::change_rows::ChangeRow;
use super::columns::{PanelColumns, columns_of};
use super::flows::FlowRow;
use super::index_rows::{IndexRow, index_schema};
use super::product::{DependencyRow, OriginRow, ProductOutput, SupplierRow};
use super::world::World;
use crate::columnar::{EncodedColumn, Schema, Values};
use crate::indicators::Column;
use crate::indices::Index;
use crate::run_folder::tables::{DECOMPOSITION, DEPENDENCIES, FLOWS, INDICATORS, ORIGINS, SUPPLIERS};
use crate::study::{Coverage, Study};

/// Names as they are written, made once.
pub(super) struct Names {
    products: Vec<ByteArray>,
    countries: Vec<ByteArray>,
    years: Vec<i32>,
}

/// Positions of countries as those of labels.
fn places<T>(rows: &[T], country: impl Fn(&T) -> u16) -> Vec<u32> {
    rows.iter().map(|row| u32::from(country(row))).collect()
}

impl Names {
    pub(super) fn new(world: &World) -> Self {
        Self {
            products: world.products.iter().map(|p| ByteArray::from(p.to_string().into_bytes())).collect(),
            countries: world.countries.iter().map(|c| ByteArray::from(c.code.clone().into_bytes())).collect(),
            years: world.years.iter().map(|&y| i32::from(y)).collect(),
        }
    }
}

/// So many row groups a Parquet file holds at most: readers count them in 16 bits.
const MOST_ROW_GROUPS: usize = 32_767;

/// Up to so many product-years each has a row group of the dependencies.
const MOST_GROUPS_BY_YEAR: usize = 10_000;

/// The schemas of the large tables, and where their row groups end.
pub(super) struct Schemas {
    pub(super) panel: Schema,
    /// The indicators of the panel, in the order of the file.
    pub(super) columns: Vec<Column>,
    pub(super) changes: Schema,
    pub(super) dependencies: Schema,
    pub(super) origins: Schema,
    pub(super) suppliers: Schema,
    pub(super) flows: Schema,
    pub(super) indices: Schema,
    /// The indices that are computed, in the order of their columns.
    pub(super) wanted_indices: Vec<Index>,
    /// Products of a row group: one, unless there are more than a file can hold row groups.
    pub(super) products_a_group: usize,
    /// Whether a row group of the dependencies, and of the origins, ends with the year, too.
    dependencies_by_year: bool,
}

impl Schemas {
    pub(super) fn new(study: &Study, world: &World) -> Self {
        let level = study.output.compression_level;
        let columns = columns_of(study);
        let panel: Vec<&str> =
            ["year", "product", "country"].into_iter().chain(columns.iter().map(|c| c.name())).collect();
        Self {
            panel: INDICATORS.schema_of(&panel, level),
            columns,
            changes: DECOMPOSITION.schema(level),
            dependencies: DEPENDENCIES.schema(level),
            origins: ORIGINS.schema(level),
            suppliers: SUPPLIERS.schema(level),
            flows: FLOWS.schema(level),
            indices: index_schema(&study.indices.wanted(), level),
            wanted_indices: study.indices.wanted(),
            products_a_group: products_a_group(world.products.len()),
            dependencies_by_year: {
                let products = match study.indicators.dependencies {
                    Coverage::All => world.products.len(),
                    Coverage::Focus => study.focus().len(),
                    Coverage::None => 0,
                };
                products * world.years.len() <= MOST_GROUPS_BY_YEAR
            },
        }
    }

    /// Place of the composite in the panel, which is known only when all products are.
    pub(super) fn composite(&self) -> usize {
        self.panel.position(Column::Pc1.name()).expect("every panel has a composite")
    }
}

/// Products of a row group where a table holds so many of them.
fn products_a_group(products: usize) -> usize {
    products.div_ceil(MOST_ROW_GROUPS).max(1)
}

/// The products of a row group, encoded.
pub(super) struct EncodedProducts {
    /// All columns of the panel but the composite.
    pub(super) panel: Vec<EncodedColumn>,
    /// Exposure, HHI and STR of every row, NaN where missing, for the composite.
    pub(super) composite_rows: Vec<[f64; 3]>,
    /// Empty if there are no rows, as the next three.
    pub(super) changes: Vec<EncodedColumn>,
    pub(super) suppliers: Vec<EncodedColumn>,
    pub(super) flows: Vec<EncodedColumn>,
    pub(super) indices: Vec<EncodedColumn>,
    /// The columns of every row group.
    pub(super) dependencies: Vec<Vec<EncodedColumn>>,
    /// Likewise.
    pub(super) origins: Vec<Vec<EncodedColumn>>,
}

impl EncodedProducts {
    /// Encodes what the products of a row group came to; the work of a thread of its own.
    pub(super) fn encode(
        output: &ProductOutput,
        names: &Names,
        schemas: &Schemas,
    ) -> Result<Self, ParquetError> {
        let p = &output.panel;
        let behind = [Column::Exposure, Column::Hhi, Column::Str].map(|column| p.column(column));
        let composite_rows = (0..p.rows()).map(|row| behind.map(|values| values[row])).collect();
        let dependencies = output
            .dependencies
            .chunk_by(|a, b| !schemas.dependencies_by_year || (a.product, a.year) == (b.product, b.year))
            .map(|rows| encode_dependencies(rows, names, &schemas.dependencies))
            .collect::<Result<_, _>>()?;
        let origins = output
            .origins
            .chunk_by(|a, b| !schemas.dependencies_by_year || (a.product, a.year) == (b.product, b.year))
            .map(|rows| encode_origins(rows, names, &schemas.origins))
            .collect::<Result<_, _>>()?;
        Ok(Self {
            panel: encode_panel(p, names, schemas)?,
            composite_rows,
            changes: encode_changes(&output.changes, names, &schemas.changes)?,
            dependencies,
            origins,
            suppliers: encode_suppliers(&output.suppliers, names, &schemas.suppliers)?,
            flows: encode_flows(&output.flows, names, &schemas.flows)?,
            indices: encode_indices(&output.indices, &schemas.wanted_indices, names, &schemas.indices)?,
        })
    }
}

fn encode_panel(
    p: &PanelColumns,
    names: &Names,
    schemas: &Schemas,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    let country = places(&p.country, |&at| at);
    let axes = [
        Values::Int32(&p.year),
        Values::Label(&names.products, &p.product),
        Values::Label(&names.countries, &country),
    ];
    let indicators = schemas.columns.iter().map(|&column| {
        let values = p.column(column);
        if column.may_be_missing() { Values::NumberOrNan(values) } else { Values::Number(values) }
    });
    let composite = schemas.composite();
    let columns = axes.into_iter().chain(indicators).enumerate();
    schemas.panel.encode_some(columns.filter(|(position, _)| *position != composite))
}

/// The numbers of the table of changes, in the order of its columns.
const CHANGES: [fn(&ChangeRow) -> f64; 7] = [
    |r| r.change.total,
    |r| r.change.network,
    |r| r.change.stability,
    |r| r.balanced.total,
    |r| r.balanced.shares,
    |r| r.balanced.stability,
    |r| r.balanced.import_content,
];

fn encode_changes(
    rows: &[ChangeRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let before: Vec<i32> = rows.iter().map(|r| names.years[r.before]).collect();
    let after: Vec<i32> = rows.iter().map(|r| names.years[r.after]).collect();
    let product: Vec<u32> = rows.iter().map(|r| r.product).collect();
    let country = places(rows, |r| r.country);
    let numbers: Vec<Vec<f64>> = CHANGES.map(|of| rows.iter().map(of).collect()).into();
    let mut columns = vec![
        Values::Int32(&before),
        Values::Int32(&after),
        Values::Label(&names.products, &product),
        Values::Label(&names.countries, &country),
    ];
    columns.extend(numbers.iter().map(|of| Values::Number(of)));
    schema.encode_all(&columns)
}

fn encode_dependencies(
    rows: &[DependencyRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    let year: Vec<i32> = rows.iter().map(|r| names.years[r.year]).collect();
    let product: Vec<u32> = rows.iter().map(|r| r.product).collect();
    let importer = places(rows, |r| r.of.importer);
    let supplier = places(rows, |r| r.of.supplier);
    let share: Vec<f64> = rows.iter().map(|r| r.of.share).collect();
    let contribution: Vec<f64> = rows.iter().map(|r| r.of.contribution).collect();
    let direct: Vec<f64> = rows.iter().map(|r| r.of.direct).collect();
    let per_point: Vec<f64> = rows.iter().map(|r| r.of.per_point).collect();
    schema.encode_all(&[
        Values::Int32(&year),
        Values::Label(&names.products, &product),
        Values::Label(&names.countries, &importer),
        Values::Label(&names.countries, &supplier),
        Values::Number(&share),
        Values::Number(&contribution),
        Values::Number(&direct),
        Values::Number(&per_point),
    ])
}

fn encode_origins(
    rows: &[OriginRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    let year: Vec<i32> = rows.iter().map(|r| names.years[r.year]).collect();
    let product: Vec<u32> = rows.iter().map(|r| r.product).collect();
    let importer = places(rows, |r| r.of.importer);
    let origin = places(rows, |r| r.of.origin);
    let share: Vec<f64> = rows.iter().map(|r| r.of.share).collect();
    let value: Vec<f64> = rows.iter().map(|r| r.of.value).collect();
    let direct: Vec<f64> = rows.iter().map(|r| r.of.direct).collect();
    let crossings: Vec<f64> = rows.iter().map(|r| r.of.crossings).collect();
    schema.encode_all(&[
        Values::Int32(&year),
        Values::Label(&names.products, &product),
        Values::Label(&names.countries, &importer),
        Values::Label(&names.countries, &origin),
        Values::Number(&share),
        Values::Number(&value),
        Values::Number(&direct),
        Values::Number(&crossings),
    ])
}

fn encode_suppliers(
    rows: &[SupplierRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let year: Vec<i32> = rows.iter().map(|r| names.years[r.year]).collect();
    let product: Vec<u32> = rows.iter().map(|r| r.product).collect();
    let importer = places(rows, |r| r.of.importer);
    let rank: Vec<i32> = rows.iter().map(|r| i32::from(r.of.rank)).collect();
    let supplier = places(rows, |r| r.of.supplier);
    let share: Vec<f64> = rows.iter().map(|r| r.of.share).collect();
    schema.encode_all(&[
        Values::Int32(&year),
        Values::Label(&names.products, &product),
        Values::Label(&names.countries, &importer),
        Values::Int32(&rank),
        Values::Label(&names.countries, &supplier),
        Values::Number(&share),
    ])
}

fn encode_flows(
    rows: &[FlowRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let year: Vec<i32> = rows.iter().map(|r| names.years[r.year]).collect();
    let product: Vec<u32> = rows.iter().map(|r| r.product).collect();
    let exporter = places(rows, |r| r.exporter);
    let importer = places(rows, |r| r.importer);
    let value: Vec<f64> = rows.iter().map(|r| r.value).collect();
    let quantity: Vec<Option<f64>> = rows.iter().map(|r| r.quantity).collect();
    schema.encode_all(&[
        Values::Int32(&year),
        Values::Label(&names.products, &product),
        Values::Label(&names.countries, &exporter),
        Values::Label(&names.countries, &importer),
        Values::Number(&value),
        Values::OptionalNumber(&quantity),
    ])
}

fn encode_indices(
    rows: &[IndexRow],
    wanted: &[Index],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let year: Vec<i32> = rows.iter().map(|row| names.years[row.year]).collect();
    let product: Vec<u32> = rows.iter().map(|row| row.product).collect();
    let country: Vec<u32> = rows.iter().map(|row| u32::from(row.importer)).collect();
    let export_hhi: Vec<Option<f64>> = rows.iter().map(|row| row.of.export_hhi).collect();
    let numbers: Vec<Vec<Option<f64>>> =
        wanted.iter().map(|index| rows.iter().map(|row| row.of.number(*index)).collect()).collect();
    let supplier: Vec<Option<ByteArray>> = rows
        .iter()
        .map(|row| row.of.worst.map(|worst| names.countries[usize::from(worst.supplier)].clone()))
        .collect();
    let mut columns = vec![
        Values::Int32(&year),
        Values::Label(&names.products, &product),
        Values::Label(&names.countries, &country),
        Values::OptionalNumber(&export_hhi),
    ];
    for (index, numbers) in wanted.iter().zip(&numbers) {
        columns.push(Values::OptionalNumber(numbers));
        if *index == Index::Worst {
            columns.push(Values::OptionalText(&supplier));
        }
    }
    schema.encode_all(&columns)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::Governance;
    use crate::nomenclature::Hs6;
    use crate::trade::FlowTable;
    use crate::value_chain::{CyclePolicy, ValueChain};

    /// A study of so many products, each traded in so many years.
    fn groups(products: u32, years: u16, dependencies: Coverage) -> (usize, bool) {
        let codes: Vec<String> = (0..products).map(|p| format!("{:06}", 10_000 + 20 * p)).collect();
        let last = 1999 + i32::from(years);
        let rows = codes.iter().map(|code| (2000, code.as_str(), "CHN", "USA", 1.0));
        let all_years = (2000..=last).map(|year| (year, codes[0].as_str(), "CHN", "USA", 1.0));
        let flows = FlowTable::from_rows(rows.chain(all_years)).unwrap();
        let mut study = Study::new([codes[0].parse::<Hs6>().unwrap()]);
        study.study.products = crate::study::ProductSelection::All;
        study.indicators.dependencies = dependencies;
        let chain = ValueChain::build(Vec::new(), &study.study.seeds, CyclePolicy::default()).unwrap();
        let governance = Governance::from_rows([("CHN", 2000, 30.0), ("USA", 2000, 50.0)]).unwrap();
        let world = World::prepare_with(&study, &flows, &chain, &governance).unwrap();
        assert_eq!((world.products.len(), world.years.len()), (products as usize, usize::from(years)));
        let schemas = Schemas::new(&study, &world);
        (schemas.products_a_group, schemas.dependencies_by_year)
    }

    #[test]
    fn a_file_never_has_more_row_groups_than_readers_count() {
        assert_eq!(groups(1, 1, Coverage::All), (1, true));
        assert_eq!(groups(1000, 10, Coverage::All), (1, true));
        assert_eq!(groups(1000, 11, Coverage::All), (1, false));
        assert_eq!(groups(1000, 11, Coverage::Focus), (1, true));
        assert_eq!(groups(2000, 6, Coverage::None), (1, true));
        // Products over all years of a study; a year and a table in memory hold 32,000 at most.
        let [few, most, more, many] = [0, 32_767, 32_768, 100_000].map(products_a_group);
        assert_eq!((few, most, more, many), (1, 1, 2, 4));
    }
}
