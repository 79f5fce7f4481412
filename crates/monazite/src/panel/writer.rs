//! From computed products to the files of the run folder, product after product, in bounded memory.

use bytes::Bytes;

use super::encode::{EncodedProducts, Schemas};
use super::error::PanelError;
use crate::columnar::{EncodedColumn, ParkedColumn, Schema, TableWriter, Values};
use crate::indicators::composite::Composite;
use crate::progress::Progress;
use crate::run_folder::scratch::Scratch;
use crate::run_folder::tables::{
    DECOMPOSITION, DEPENDENCIES, FLOWS, INDICATORS, INDICES, ORIGINS, SUPPLIERS,
};
use crate::run_folder::{FolderError, RunFolder};

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
    origins: Option<TableWriter>,
    suppliers: Option<TableWriter>,
    flows: Option<TableWriter>,
    indices: Option<TableWriter>,
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
            origins: None,
            suppliers: None,
            flows: None,
            indices: None,
        })
    }

    /// Takes the next products, one row group of each table.
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
        for group in products.dependencies {
            append_to(&mut self.dependencies, folder, DEPENDENCIES.file, &self.schemas.dependencies, group)?;
        }
        for group in products.origins {
            append_to(&mut self.origins, folder, ORIGINS.file, &self.schemas.origins, group)?;
        }
        append_to(&mut self.suppliers, folder, SUPPLIERS.file, &self.schemas.suppliers, products.suppliers)?;
        append_to(&mut self.flows, folder, FLOWS.file, &self.schemas.flows, products.flows)?;
        append_to(&mut self.indices, folder, INDICES.file, &self.schemas.indices, products.indices)
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
            (ORIGINS.file, self.origins.take()),
            (SUPPLIERS.file, self.suppliers.take()),
            (FLOWS.file, self.flows.take()),
            (INDICES.file, self.indices.take()),
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
