//! From computed products to the files of the run folder, product after product, in bounded memory.

use bytes::Bytes;
use parquet::data_type::ByteArray;

use super::columns::{PanelColumns, columns_of};
use super::error::PanelError;
use super::product::{ChangeRow, DependencyRow, ProductOutput, SupplierRow};
use super::world::World;
use crate::columnar::{EncodedColumn, ParkedColumn, Schema, TableWriter, Values};
use crate::indicators::Column;
use crate::indicators::composite::Composite;
use crate::progress::Progress;
use crate::run_folder::scratch::Scratch;
use crate::run_folder::tables::{DECOMPOSITION, DEPENDENCIES, INDICATORS, SUPPLIERS};
use crate::run_folder::{FolderError, RunFolder};
use crate::study::Study;

/// Names as they are written, made once.
pub(super) struct Names {
    products: Vec<ByteArray>,
    countries: Vec<ByteArray>,
    years: Vec<i32>,
}

impl Names {
    pub(super) fn new(world: &World) -> Self {
        Self {
            products: world.products.iter().map(|p| ByteArray::from(p.to_string().into_bytes())).collect(),
            countries: world.countries.iter().map(|c| ByteArray::from(c.code.clone().into_bytes())).collect(),
            years: world.years.iter().map(|&y| i32::from(y)).collect(),
        }
    }

    fn product(&self, position: u32) -> ByteArray {
        self.products[position as usize].clone()
    }

    fn country(&self, position: u16) -> ByteArray {
        self.countries[usize::from(position)].clone()
    }
}

/// The schemas of the large tables.
pub(super) struct Schemas {
    panel: Schema,
    /// The indicators of the panel, in the order of the file.
    pub(super) columns: Vec<Column>,
    changes: Schema,
    dependencies: Schema,
    suppliers: Schema,
}

impl Schemas {
    pub(super) fn new(study: &Study) -> Self {
        let level = study.output.compression_level;
        let columns = columns_of(study);
        let panel: Vec<&str> =
            ["year", "product", "country"].into_iter().chain(columns.iter().map(|c| c.name())).collect();
        Self {
            panel: INDICATORS.schema_of(&panel, level),
            columns,
            changes: DECOMPOSITION.schema(level),
            dependencies: DEPENDENCIES.schema(level),
            suppliers: SUPPLIERS.schema(level),
        }
    }

    /// Place of the composite in the panel, which is known only when all products are.
    fn composite(&self) -> usize {
        self.panel.position(Column::Pc1.name()).expect("every panel has a composite")
    }
}

/// Some products, encoded: one row group of each table.
pub(super) struct EncodedProducts {
    /// All columns of the panel but the composite.
    panel: Vec<EncodedColumn>,
    /// Exposure, HHI and STR of every row, NaN where missing, for the composite.
    composite_rows: Vec<[f64; 3]>,
    changes: Vec<EncodedColumn>,
    dependencies: Vec<EncodedColumn>,
    suppliers: Vec<EncodedColumn>,
}

impl EncodedProducts {
    /// Encodes what some products came to; the work of a thread of its own.
    pub(super) fn encode(
        output: &ProductOutput,
        names: &Names,
        schemas: &Schemas,
    ) -> Result<Self, parquet::errors::ParquetError> {
        let p = &output.panel;
        let behind = [Column::Exposure, Column::Hhi, Column::Str].map(|column| p.column(column));
        let composite_rows = (0..p.rows()).map(|row| behind.map(|values| values[row])).collect();
        Ok(Self {
            panel: encode_panel(p, names, schemas)?,
            composite_rows,
            changes: encode_changes(&output.changes, names, &schemas.changes)?,
            dependencies: encode_dependencies(&output.dependencies, names, &schemas.dependencies)?,
            suppliers: encode_suppliers(&output.suppliers, names, &schemas.suppliers)?,
        })
    }
}

fn encode_panel(
    p: &PanelColumns,
    names: &Names,
    schemas: &Schemas,
) -> Result<Vec<EncodedColumn>, parquet::errors::ParquetError> {
    let product: Vec<ByteArray> = p.product.iter().map(|&at| names.product(at)).collect();
    let country: Vec<ByteArray> = p.country.iter().map(|&at| names.country(at)).collect();
    let axes = [Values::Int32(&p.year), Values::Text(&product), Values::Text(&country)];
    let indicators = schemas.columns.iter().map(|&column| {
        let values = p.column(column);
        if column.may_be_missing() { Values::NumberOrNan(values) } else { Values::Number(values) }
    });
    let composite = schemas.composite();
    axes.into_iter()
        .chain(indicators)
        .enumerate()
        .filter(|(position, _)| *position != composite)
        .map(|(position, values)| schemas.panel.encode(position, values))
        .collect()
}

fn encode_changes(
    rows: &[ChangeRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, parquet::errors::ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let before: Vec<i32> = rows.iter().map(|r| names.years[r.before]).collect();
    let after: Vec<i32> = rows.iter().map(|r| names.years[r.after]).collect();
    let product: Vec<ByteArray> = rows.iter().map(|r| names.product(r.product)).collect();
    let country: Vec<ByteArray> = rows.iter().map(|r| names.country(r.country)).collect();
    let total: Vec<f64> = rows.iter().map(|r| r.change.total).collect();
    let network: Vec<f64> = rows.iter().map(|r| r.change.network).collect();
    let stability: Vec<f64> = rows.iter().map(|r| r.change.stability).collect();
    [
        Values::Int32(&before),
        Values::Int32(&after),
        Values::Text(&product),
        Values::Text(&country),
        Values::Number(&total),
        Values::Number(&network),
        Values::Number(&stability),
    ]
    .into_iter()
    .enumerate()
    .map(|(position, values)| schema.encode(position, values))
    .collect()
}

fn encode_dependencies(
    rows: &[DependencyRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, parquet::errors::ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let year: Vec<i32> = rows.iter().map(|r| names.years[r.year]).collect();
    let product: Vec<ByteArray> = rows.iter().map(|r| names.product(r.product)).collect();
    let importer: Vec<ByteArray> = rows.iter().map(|r| names.country(r.of.importer)).collect();
    let supplier: Vec<ByteArray> = rows.iter().map(|r| names.country(r.of.supplier)).collect();
    let share: Vec<f64> = rows.iter().map(|r| r.of.share).collect();
    let contribution: Vec<f64> = rows.iter().map(|r| r.of.contribution).collect();
    let direct: Vec<f64> = rows.iter().map(|r| r.of.direct).collect();
    let per_point: Vec<f64> = rows.iter().map(|r| r.of.per_point).collect();
    [
        Values::Int32(&year),
        Values::Text(&product),
        Values::Text(&importer),
        Values::Text(&supplier),
        Values::Number(&share),
        Values::Number(&contribution),
        Values::Number(&direct),
        Values::Number(&per_point),
    ]
    .into_iter()
    .enumerate()
    .map(|(position, values)| schema.encode(position, values))
    .collect()
}

fn encode_suppliers(
    rows: &[SupplierRow],
    names: &Names,
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, parquet::errors::ParquetError> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let year: Vec<i32> = rows.iter().map(|r| names.years[r.year]).collect();
    let product: Vec<ByteArray> = rows.iter().map(|r| names.product(r.product)).collect();
    let importer: Vec<ByteArray> = rows.iter().map(|r| names.country(r.of.importer)).collect();
    let rank: Vec<i32> = rows.iter().map(|r| i32::from(r.of.rank)).collect();
    let supplier: Vec<ByteArray> = rows.iter().map(|r| names.country(r.of.supplier)).collect();
    let share: Vec<f64> = rows.iter().map(|r| r.of.share).collect();
    [
        Values::Int32(&year),
        Values::Text(&product),
        Values::Text(&importer),
        Values::Int32(&rank),
        Values::Text(&supplier),
        Values::Number(&share),
    ]
    .into_iter()
    .enumerate()
    .map(|(position, values)| schema.encode(position, values))
    .collect()
}

/// A row group of the panel whose bytes are put aside until the composite is known.
struct ParkedGroup {
    columns: Vec<(ParkedColumn, usize)>,
    rows: usize,
}

/// Writes the large tables.
///
/// The composite is the first component over *all* rows, so its column can only be filled in at the end. Until then the
/// encoded columns wait in one place and the three indicators behind the composite in another.
pub(super) struct PanelWriter<'a> {
    schemas: &'a Schemas,
    parked: Scratch,
    composite: Scratch,
    groups: Vec<ParkedGroup>,
    changes: Option<TableWriter>,
    dependencies: Option<TableWriter>,
    suppliers: Option<TableWriter>,
}

impl<'a> PanelWriter<'a> {
    pub(super) fn create(folder: &RunFolder, schemas: &'a Schemas) -> Result<Self, FolderError> {
        Ok(Self {
            schemas,
            parked: folder.scratch("columns")?,
            composite: folder.scratch("composite")?,
            groups: Vec::new(),
            changes: None,
            dependencies: None,
            suppliers: None,
        })
    }

    /// Takes the next products.
    pub(super) fn append(
        &mut self,
        folder: &mut RunFolder,
        products: EncodedProducts,
    ) -> Result<(), FolderError> {
        let mut group = ParkedGroup { columns: Vec::new(), rows: products.composite_rows.len() };
        if group.rows > 0 {
            for column in products.panel {
                let (bytes, parked) = column.into_parts();
                self.parked.put(&bytes)?;
                group.columns.push((parked, bytes.len()));
            }
            for row in &products.composite_rows {
                for number in row {
                    self.composite.put(&number.to_le_bytes())?;
                }
            }
            self.groups.push(group);
        }
        append_to(&mut self.changes, folder, DECOMPOSITION.file, &self.schemas.changes, products.changes)?;
        append_to(
            &mut self.dependencies,
            folder,
            DEPENDENCIES.file,
            &self.schemas.dependencies,
            products.dependencies,
        )?;
        append_to(&mut self.suppliers, folder, SUPPLIERS.file, &self.schemas.suppliers, products.suppliers)
    }

    /// Puts the composite in its place and finishes all tables. Returns the number of rows of the panel.
    pub(super) fn finish(
        mut self,
        folder: &mut RunFolder,
        composite: Option<&Composite>,
        progress: &dyn Progress,
    ) -> Result<u64, PanelError> {
        let made = |name: &str| folder.made(name);
        for (name, table) in [
            (DECOMPOSITION.file, self.changes.take()),
            (DEPENDENCIES.file, self.dependencies.take()),
            (SUPPLIERS.file, self.suppliers.take()),
        ] {
            if let Some(writer) = table {
                writer.finish().map_err(|e| FolderError::parquet(&made(name), e))?;
            }
        }
        let mut writer = folder.table_writer(INDICATORS.file, &self.schemas.panel)?;
        let in_panel = |e| FolderError::parquet(&folder.made(INDICATORS.file), e);
        let mut parked = self.parked.read_back()?;
        let mut rows = self.composite.read_back()?;
        for group in self.groups {
            progress.go_on()?;
            let mut scores = Vec::with_capacity(group.rows);
            for _ in 0..group.rows {
                let mut numbers = [0u8; 24];
                rows.take(&mut numbers)?;
                let [exposure, hhi, str] = std::array::from_fn(|at| {
                    let bytes = numbers[at * 8..at * 8 + 8].try_into().expect("eight bytes");
                    Some(f64::from_le_bytes(bytes)).filter(|number| !number.is_nan())
                });
                scores.push(composite.and_then(|c| c.score(exposure, hhi, str)));
            }
            let mut columns = Vec::with_capacity(group.columns.len() + 1);
            for (column, length) in group.columns {
                let mut bytes = vec![0; length];
                parked.take(&mut bytes)?;
                columns.push(column.unpark(Bytes::from(bytes)));
            }
            let place = self.schemas.composite();
            let scores =
                self.schemas.panel.encode(place, Values::OptionalNumber(&scores)).map_err(in_panel)?;
            columns.insert(place, scores);
            writer.append(columns).map_err(in_panel)?;
        }
        let written = writer.rows();
        writer.finish().map_err(in_panel)?;
        Ok(written)
    }
}

fn append_to(
    table: &mut Option<TableWriter>,
    folder: &mut RunFolder,
    name: &str,
    schema: &Schema,
    columns: Vec<EncodedColumn>,
) -> Result<(), FolderError> {
    if columns.is_empty() {
        return Ok(());
    }
    if table.is_none() {
        *table = Some(folder.table_writer(name, schema)?);
    }
    let writer = table.as_mut().expect("just made");
    writer.append(columns).map_err(|e| FolderError::parquet(&folder.made(name), e))
}
