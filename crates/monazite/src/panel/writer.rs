//! From computed products to the files of the run folder, product after product, in bounded memory.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::PathBuf;

use bytes::Bytes;
use parquet::data_type::ByteArray;

use super::product::{ChangeRow, DependencyRow, PanelColumns, ProductOutput};
use super::suppliers::SupplierRow;
use super::world::World;
use crate::columnar::{EncodedColumn, Kind, ParkedColumn, Schema, TableWriter, Values};
use crate::indicators::composite::Composite;
use crate::run_folder::{FolderError, RunFolder};
use crate::study::Study;

/// Columns of `indicators.parquet`.
const PANEL_COLUMNS: [(&str, Kind); 15] = [
    ("year", Kind::Int32),
    ("product", Kind::Text),
    ("country", Kind::Text),
    ("imports", Kind::Number),
    ("exports", Kind::Number),
    ("exposure", Kind::OptionalNumber),
    ("hhi", Kind::OptionalNumber),
    ("str", Kind::OptionalNumber),
    ("influence", Kind::OptionalNumber),
    ("rca", Kind::OptionalNumber),
    ("pc1", Kind::OptionalNumber),
    ("hhi_normalised", Kind::OptionalNumber),
    ("str_direct", Kind::OptionalNumber),
    ("str_indirect", Kind::OptionalNumber),
    ("imputed_share", Kind::OptionalNumber),
];
const TRADE_RISK: (&str, Kind) = ("trade_risk", Kind::OptionalNumber);
/// Place of the composite, which is known only when all products are.
const COMPOSITE: usize = 10;

const CHANGE_COLUMNS: [(&str, Kind); 7] = [
    ("year_before", Kind::Int32),
    ("year", Kind::Int32),
    ("product", Kind::Text),
    ("country", Kind::Text),
    ("change", Kind::Number),
    ("network", Kind::Number),
    ("stability", Kind::Number),
];

const DEPENDENCY_COLUMNS: [(&str, Kind); 8] = [
    ("year", Kind::Int32),
    ("product", Kind::Text),
    ("importer", Kind::Text),
    ("supplier", Kind::Text),
    ("share", Kind::Number),
    ("contribution", Kind::Number),
    ("direct", Kind::Number),
    ("per_point", Kind::Number),
];

const SUPPLIER_COLUMNS: [(&str, Kind); 6] = [
    ("year", Kind::Int32),
    ("product", Kind::Text),
    ("importer", Kind::Text),
    ("rank", Kind::Int32),
    ("supplier", Kind::Text),
    ("share", Kind::Number),
];

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
    changes: Schema,
    dependencies: Schema,
    suppliers: Schema,
}

impl Schemas {
    pub(super) fn new(study: &Study) -> Self {
        let level = study.output.compression_level;
        let mut columns = PANEL_COLUMNS.to_vec();
        if study.indicators.trade_risk.is_some() {
            columns.push(TRADE_RISK);
        }
        Self {
            panel: Schema::new(&columns, level),
            changes: Schema::new(&CHANGE_COLUMNS, level),
            dependencies: Schema::new(&DEPENDENCY_COLUMNS, level),
            suppliers: Schema::new(&SUPPLIER_COLUMNS, level),
        }
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
        let missing = |value: Option<f64>| value.unwrap_or(f64::NAN);
        let p = &output.panel;
        let composite_rows = (0..p.year.len())
            .map(|row| [missing(p.exposure[row]), missing(p.hhi[row]), missing(p.str[row])])
            .collect();
        Ok(Self {
            panel: encode_panel(p, names, &schemas.panel)?,
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
    schema: &Schema,
) -> Result<Vec<EncodedColumn>, parquet::errors::ParquetError> {
    let product: Vec<ByteArray> = p.product.iter().map(|&at| names.product(at)).collect();
    let country: Vec<ByteArray> = p.country.iter().map(|&at| names.country(at)).collect();
    let mut columns = vec![
        (0, Values::Int32(&p.year)),
        (1, Values::Text(&product)),
        (2, Values::Text(&country)),
        (3, Values::Number(&p.imports)),
        (4, Values::Number(&p.exports)),
        (5, Values::OptionalNumber(&p.exposure)),
        (6, Values::OptionalNumber(&p.hhi)),
        (7, Values::OptionalNumber(&p.str)),
        (8, Values::OptionalNumber(&p.influence)),
        (9, Values::OptionalNumber(&p.rca)),
        (11, Values::OptionalNumber(&p.hhi_normalised)),
        (12, Values::OptionalNumber(&p.str_direct)),
        (13, Values::OptionalNumber(&p.str_indirect)),
        (14, Values::OptionalNumber(&p.imputed_share)),
    ];
    if schema.columns() > PANEL_COLUMNS.len() {
        columns.push((15, Values::OptionalNumber(&p.trade_risk)));
    }
    columns.into_iter().map(|(position, values)| schema.encode(position, values)).collect()
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
    let importer: Vec<ByteArray> = rows.iter().map(|r| names.country(r.importer)).collect();
    let supplier: Vec<ByteArray> = rows.iter().map(|r| names.country(r.supplier)).collect();
    let share: Vec<f64> = rows.iter().map(|r| r.share).collect();
    let contribution: Vec<f64> = rows.iter().map(|r| r.contribution).collect();
    let direct: Vec<f64> = rows.iter().map(|r| r.direct).collect();
    let per_point: Vec<f64> = rows.iter().map(|r| r.per_point).collect();
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
    let importer: Vec<ByteArray> = rows.iter().map(|r| names.country(r.importer)).collect();
    let rank: Vec<i32> = rows.iter().map(|r| i32::from(r.rank)).collect();
    let supplier: Vec<ByteArray> = rows.iter().map(|r| names.country(r.supplier)).collect();
    let share: Vec<f64> = rows.iter().map(|r| r.share).collect();
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

/// A row group of the panel whose bytes are parked in a file until the composite is known.
struct ParkedGroup {
    columns: Vec<(ParkedColumn, usize)>,
    rows: usize,
}

/// Writes the large tables.
///
/// The composite is the first component over *all* rows, so its column can only be filled in at the end. Until then the
/// encoded columns wait in one file and the three indicators behind the composite in another.
pub(super) struct PanelWriter<'a> {
    schemas: &'a Schemas,
    parked_path: PathBuf,
    parked: BufWriter<File>,
    composite_path: PathBuf,
    composite: BufWriter<File>,
    groups: Vec<ParkedGroup>,
    changes: Option<(PathBuf, TableWriter)>,
    dependencies: Option<(PathBuf, TableWriter)>,
    suppliers: Option<(PathBuf, TableWriter)>,
}

impl<'a> PanelWriter<'a> {
    pub(super) fn create(folder: &RunFolder, schemas: &'a Schemas) -> Result<Self, FolderError> {
        let scratch = |name: &str| -> Result<(PathBuf, BufWriter<File>), FolderError> {
            let path = folder.scratch(name);
            let file = File::create(&path).map_err(|e| FolderError::io(&path, "cannot be created", e))?;
            Ok((path, BufWriter::with_capacity(1 << 18, file)))
        };
        let (parked_path, parked) = scratch("columns")?;
        let (composite_path, composite) = scratch("composite")?;
        Ok(Self {
            schemas,
            parked_path,
            parked,
            composite_path,
            composite,
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
                self.parked
                    .write_all(&bytes)
                    .map_err(|e| FolderError::io(&self.parked_path, "cannot be written", e))?;
                group.columns.push((parked, bytes.len()));
            }
            for row in &products.composite_rows {
                for number in row {
                    self.composite
                        .write_all(&number.to_le_bytes())
                        .map_err(|e| FolderError::io(&self.composite_path, "cannot be written", e))?;
                }
            }
            self.groups.push(group);
        }
        append_to(
            &mut self.changes,
            folder,
            "decomposition.parquet",
            &self.schemas.changes,
            products.changes,
        )?;
        append_to(
            &mut self.dependencies,
            folder,
            "dependencies.parquet",
            &self.schemas.dependencies,
            products.dependencies,
        )?;
        append_to(
            &mut self.suppliers,
            folder,
            "suppliers.parquet",
            &self.schemas.suppliers,
            products.suppliers,
        )
    }

    /// Puts the composite in its place and finishes all tables. Returns the number of rows of the panel.
    pub(super) fn finish(
        mut self,
        folder: &mut RunFolder,
        composite: Option<&Composite>,
    ) -> Result<u64, FolderError> {
        let tables = [self.changes.take(), self.dependencies.take(), self.suppliers.take()];
        for (path, writer) in tables.into_iter().flatten() {
            writer.finish().map_err(|e| FolderError::parquet(&path, e))?;
        }
        let path = folder.file("indicators.parquet")?;
        let in_panel = |e| FolderError::parquet(&path, e);
        let mut writer = TableWriter::create(&path, &self.schemas.panel).map_err(in_panel)?;
        let reopen = |path: &PathBuf, mut file: BufWriter<File>| -> Result<BufReader<File>, FolderError> {
            let broken = |e| FolderError::io(path, "cannot be written or read", e);
            file.flush().map_err(broken)?;
            Ok(BufReader::with_capacity(1 << 18, File::open(path).map_err(broken)?))
        };
        let mut parked = reopen(&self.parked_path, self.parked)?;
        let mut rows = reopen(&self.composite_path, self.composite)?;
        for group in self.groups {
            let mut scores = Vec::with_capacity(group.rows);
            for _ in 0..group.rows {
                let mut numbers = [0u8; 24];
                rows.read_exact(&mut numbers)
                    .map_err(|e| FolderError::io(&self.composite_path, "cannot be read", e))?;
                let [exposure, hhi, str] = std::array::from_fn(|at| {
                    let bytes = numbers[at * 8..at * 8 + 8].try_into().expect("eight bytes");
                    Some(f64::from_le_bytes(bytes)).filter(|number| !number.is_nan())
                });
                scores.push(composite.and_then(|c| c.score(exposure, hhi, str)));
            }
            let mut columns = Vec::with_capacity(group.columns.len() + 1);
            for (column, length) in group.columns {
                let mut bytes = vec![0; length];
                parked
                    .read_exact(&mut bytes)
                    .map_err(|e| FolderError::io(&self.parked_path, "cannot be read", e))?;
                columns.push(column.unpark(Bytes::from(bytes)));
            }
            let scores =
                self.schemas.panel.encode(COMPOSITE, Values::OptionalNumber(&scores)).map_err(in_panel)?;
            columns.insert(COMPOSITE, scores);
            writer.append(columns).map_err(in_panel)?;
        }
        let written = writer.rows();
        writer.finish().map_err(in_panel)?;
        Ok(written)
    }
}

fn append_to(
    table: &mut Option<(PathBuf, TableWriter)>,
    folder: &mut RunFolder,
    name: &str,
    schema: &Schema,
    columns: Vec<EncodedColumn>,
) -> Result<(), FolderError> {
    if columns.is_empty() {
        return Ok(());
    }
    if table.is_none() {
        let path = folder.file(name)?;
        let writer = TableWriter::create(&path, schema).map_err(|e| FolderError::parquet(&path, e))?;
        *table = Some((path, writer));
    }
    let (path, writer) = table.as_mut().expect("just made");
    writer.append(columns).map_err(|e| FolderError::parquet(path, e))
}
