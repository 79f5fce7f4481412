//! A run that is opened: every table, read when somebody first asks for it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use super::bands::{self, BandOfLevel, Bands};
use super::chain::{self, ChainProduct, ChainTables};
use super::clusters::{self, ClusteredProfiles};
use super::error::RunError;
use super::files::each_group;
use super::indices::RunIndices;
use super::suppliers::{self, Dependence, MainSuppliers, OriginShare, Sales};
use super::tables::{self, ClusterRecord, LinkRecord, LoopRecord, ProductRecord, StabilityByYear, TrendYear};
use crate::delimited::Table;
use crate::indicators::Column;
use crate::run_folder::manifest::UncertaintyRecord;
use crate::run_folder::stored_panel::PanelSelection;
use crate::run_folder::{FinishedRun, Manifest, RunFiles, StoredPanel, open_finished};
use crate::study::{Study, TradeMeasure};

/// A run: what was run, and its tables, each read when it is first asked for.
///
/// ```
/// use monazite::indicators::Column;
/// use monazite::run::Run;
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let out = folder.path().join("run");
/// # run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let run = Run::open(&out)?;
/// assert_eq!(run.manifest().study.name, "Six countries");
///
/// // Who buys 284690 from whom, and how much instability arrives with it?
/// let panel = run.panel()?;
/// let (product, year) = (panel.product("284690".parse()?).unwrap(), panel.year(2019).unwrap());
/// let beta = panel.country("BBB").unwrap();
/// assert!((panel.value(Column::Str, product, year, beta).unwrap() - 1.9918699187).abs() < 1e-9);
/// let main = run.suppliers()?.unwrap().of(panel, product, year, beta)[0];
/// assert_eq!((panel.countries[main.supplier].name.as_str(), main.share), ("Alpha", 0.75));
///
/// // What the numbers carry, in sentences.
/// assert!(run.findings()?.iter().any(|sentence| sentence.contains("products of the chain")));
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Run {
    files: RunFiles,
    study: Study,
    manifest: Manifest,
    selection: PanelSelection,
    panel: OnceLock<StoredPanel>,
    products: OnceLock<Vec<ProductRecord>>,
    descriptions: OnceLock<Vec<String>>,
    bands: OnceLock<Option<Bands>>,
    indices: OnceLock<Option<RunIndices>>,
    suppliers: OnceLock<Option<MainSuppliers>>,
    stability: OnceLock<Option<StabilityByYear>>,
    trends: OnceLock<Vec<Vec<TrendYear>>>,
    loops: OnceLock<Option<Vec<LoopRecord>>>,
    links: OnceLock<Vec<LinkRecord>>,
    chain: OnceLock<ChainTables>,
    groups: OnceLock<BTreeSet<String>>,
    assignments: OnceLock<BTreeMap<String, ClusterRecord>>,
    places: OnceLock<PlacesByCode>,
    clustered: OnceLock<Option<ClusteredProfiles>>,
    tables: Mutex<BTreeMap<String, Option<Arc<Table>>>>,
}

/// Places on the map of the typology by code of the country or group: year and point.
pub type PlacesByCode = BTreeMap<String, Vec<(u16, [f64; 2])>>;

/// The value of a cell that is filled once, by whoever asks first.
fn once<T>(cell: &OnceLock<T>, read: impl FnOnce() -> Result<T, RunError>) -> Result<&T, RunError> {
    if let Some(value) = cell.get() {
        return Ok(value);
    }
    let value = read()?;
    Ok(cell.get_or_init(|| value))
}

/// Draws from which on 2.5 % of them are at least one: with fewer the tables are there, and nothing is said or drawn of them.
pub const FEWEST_DRAWS: usize = 40;

impl Run {
    /// Opens a finished run. Only its manifest and its study are read; every other file is checked against the manifest when it is read.
    ///
    /// # Errors
    /// [`RunError::Folder`] if it is no finished run, [`RunError::Study`] if its study cannot be understood.
    pub fn open(folder: &Path) -> Result<Self, RunError> {
        Self::open_selected(folder, PanelSelection::default())
    }

    /// As [`Run::open`], with only some columns or products of the panel: asking the panel for the value of any other is a programming
    /// error.
    ///
    /// # Errors
    /// As [`Run::open`].
    pub fn open_selected(folder: &Path, selection: PanelSelection) -> Result<Self, RunError> {
        Self::of_finished(open_finished(folder)?, selection)
    }

    /// As [`Run::open_selected`], of a run that is open already.
    ///
    /// # Errors
    /// [`RunError::Study`] if its study cannot be understood.
    pub fn of_finished(run: FinishedRun, selection: PanelSelection) -> Result<Self, RunError> {
        let study = Study::of_files(&run.files)?;
        Ok(Self::with(run.files, study, run.manifest, selection))
    }

    /// A run whose files lie elsewhere, or are not all there yet.
    pub fn of(files: RunFiles, study: Study, manifest: Manifest) -> Self {
        Self::with(files, study, manifest, PanelSelection::default())
    }

    fn with(files: RunFiles, study: Study, manifest: Manifest, selection: PanelSelection) -> Self {
        Self {
            files,
            study,
            manifest,
            selection,
            panel: OnceLock::new(),
            products: OnceLock::new(),
            descriptions: OnceLock::new(),
            bands: OnceLock::new(),
            indices: OnceLock::new(),
            suppliers: OnceLock::new(),
            stability: OnceLock::new(),
            trends: OnceLock::new(),
            loops: OnceLock::new(),
            links: OnceLock::new(),
            chain: OnceLock::new(),
            groups: OnceLock::new(),
            assignments: OnceLock::new(),
            places: OnceLock::new(),
            clustered: OnceLock::new(),
            tables: Mutex::new(BTreeMap::new()),
        }
    }

    /// The run with its panel, where that is at hand already.
    #[must_use]
    pub fn with_panel(self, panel: StoredPanel) -> Self {
        Self { panel: OnceLock::from(panel), ..self }
    }

    /// The run in words, for messages: its folder.
    pub fn name(&self) -> String {
        self.files.name()
    }

    /// Its files.
    pub fn files(&self) -> &RunFiles {
        &self.files
    }

    /// Files as they have become since: those of a run in progress.
    pub(crate) fn look_again(&mut self, files: RunFiles) {
        self.files = files;
    }

    /// The study as the run resolved it. Its paths are relative to where the study file was, not to the folder.
    pub fn study(&self) -> &Study {
        &self.study
    }

    /// What was run.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What was run, to be completed by a run in progress.
    pub(crate) fn manifest_mut(&mut self) -> &mut Manifest {
        &mut self.manifest
    }

    /// Gives the manifest back.
    pub(crate) fn into_manifest(self) -> Manifest {
        self.manifest
    }

    /// The panel: every indicator by product, year and country.
    ///
    /// # Errors
    /// [`RunError::Panel`] if its tables are missing or damaged.
    pub fn panel(&self) -> Result<&StoredPanel, RunError> {
        once(&self.panel, || Ok(StoredPanel::read(&self.files, &self.selection)?))
    }

    /// The products of the study, by code, whether they are traded or not; empty in runs of older versions.
    ///
    /// # Errors
    /// [`RunError::Table`] if `products.csv` is damaged.
    pub fn products(&self) -> Result<&[ProductRecord], RunError> {
        once(&self.products, || tables::products(&self.files)).map(Vec::as_slice)
    }

    /// Text of every product, in the order of the panel; empty where there is none.
    ///
    /// # Errors
    /// As [`Run::panel`] and [`Run::products`].
    pub fn descriptions(&self) -> Result<&[String], RunError> {
        once(&self.descriptions, || {
            let panel = self.panel()?;
            let mut texts: Vec<String> = panel.products.iter().map(|p| p.description.clone()).collect();
            for product in self.products()? {
                if let Some(at) = product.code.parse().ok().and_then(|code| panel.product(code)) {
                    texts[at].clone_from(&product.description);
                }
            }
            Ok(texts)
        })
        .map(Vec::as_slice)
    }

    /// The main suppliers of every importer; `None` in runs of older versions.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `suppliers.parquet` is damaged.
    pub fn suppliers(&self) -> Result<Option<&MainSuppliers>, RunError> {
        once(&self.suppliers, || MainSuppliers::read(&self.files, self.panel()?)).map(Option::as_ref)
    }

    /// What a supplier, by its position, sells to whom; `None` if the run does not hold its flows.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `flows.parquet` is damaged.
    pub fn sales_of(&self, supplier: usize) -> Result<Option<Sales>, RunError> {
        let by_quantity = self.study.trade.measure == TradeMeasure::Quantity;
        Sales::read(&self.files, self.panel()?, supplier, by_quantity)
    }

    /// Political stability by year and country; `None` in runs of older versions.
    ///
    /// # Errors
    /// [`RunError::Table`] if `stability.csv` is damaged.
    pub fn stability(&self) -> Result<Option<&StabilityByYear>, RunError> {
        once(&self.stability, || tables::stability(&self.files)).map(Option::as_ref)
    }

    /// By product and year: STR of the average importer, and what it rests on.
    ///
    /// # Errors
    /// [`RunError::Table`] if `trends.csv` or `product_years.csv` is damaged.
    pub fn trends(&self) -> Result<&[Vec<TrendYear>], RunError> {
        once(&self.trends, || tables::trends(&self.files, self.panel()?)).map(Vec::as_slice)
    }

    /// How far mean STR and its change are known, by product, country or group, and reading; `None` if the run has no bands, or fewer draws
    /// than [`FEWEST_DRAWS`].
    ///
    /// # Errors
    /// [`RunError::Table`] if `band_means.csv` or `band_changes.csv` is damaged.
    pub fn bands(&self) -> Result<Option<&Bands>, RunError> {
        let few = |record: &UncertaintyRecord| record.draws < FEWEST_DRAWS;
        if self.manifest.uncertainty.as_ref().is_some_and(few) {
            return Ok(None);
        }
        once(&self.bands, || Bands::read(&self.files)).map(Option::as_ref)
    }

    /// As [`Run::indices`], of one year (a position): what is not kept need not fit into memory.
    ///
    /// # Errors
    /// As [`Run::indices`].
    pub fn indices_of_year(&self, year: usize) -> Result<Option<RunIndices>, RunError> {
        RunIndices::read(&self.files, self.panel()?, Some(year))
    }

    /// The indices that others publish, of every importer; `None` if the run has none, and its manifest says why.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `indices.parquet` is damaged, otherwise as [`Run::panel`].
    pub fn indices(&self) -> Result<Option<&RunIndices>, RunError> {
        once(&self.indices, || RunIndices::read(&self.files, self.panel()?, None)).map(Option::as_ref)
    }

    /// How far STR of every importer of some products is known; empty if the run has no bands.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `bands.parquet` is damaged.
    pub fn band_levels(&self, products: &[usize]) -> Result<Vec<BandOfLevel>, RunError> {
        bands::levels(&self.files, self.panel()?, products)
    }

    /// Trickles of imports that close loops, on the scale that the run has STR on; `None` in runs of older versions, which did not look for
    /// them. None are given where STR is a row sum, beside which the numbers of `trickle_loops.csv` cannot be put.
    ///
    /// # Errors
    /// [`RunError::Table`] if `trickle_loops.csv` is damaged.
    pub fn loops(&self) -> Result<Option<&[LoopRecord]>, RunError> {
        once(&self.loops, || {
            tables::loops(&self.files, self.panel()?, &self.manifest, self.study.str_scale())
        })
        .map(Option::as_deref)
    }

    /// The links of the value chain that were kept, with what speaks for them.
    ///
    /// # Errors
    /// [`RunError::Table`] if `chain/edges.csv` is damaged.
    pub fn links(&self) -> Result<&[LinkRecord], RunError> {
        once(&self.links, || tables::links(&self.files)).map(Vec::as_slice)
    }

    /// The value chain: products by tier, and links between them.
    ///
    /// # Errors
    /// [`RunError::Missing`] if there are no products, [`RunError::Table`] if a table is damaged.
    pub fn chain(&self) -> Result<&ChainTables, RunError> {
        once(&self.chain, || ChainTables::read(&self.files))
    }

    /// Codes of the groups that the run has the indicators of.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `groups.parquet` is damaged.
    pub fn groups(&self) -> Result<&BTreeSet<String>, RunError> {
        once(&self.groups, || tables::groups(&self.files))
    }

    /// Composite score of a country or group in a year, by product of the chain; `None` where it is undefined.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `groups.parquet` is damaged, otherwise as [`Run::panel`].
    pub fn composites(
        &self,
        country: &str,
        year: u16,
        products: &[ChainProduct],
    ) -> Result<Vec<Option<f64>>, RunError> {
        let panel = self.panel()?;
        if let (Some(country), Some(year)) = (panel.country(country), panel.year(year)) {
            let of = |product: &ChainProduct| {
                let product = product.code.parse().ok().and_then(|code| panel.product(code))?;
                panel.value(Column::Pc1, product, year, country)
            };
            return Ok(products.iter().map(of).collect());
        }
        chain::composites_of_group(&self.files, country, year, products)
    }

    /// Where every country and group stands in the typology, by code; empty without one.
    ///
    /// # Errors
    /// [`RunError::Table`] if `typology/countries.csv` is damaged.
    pub fn assignments(&self) -> Result<&BTreeMap<String, ClusterRecord>, RunError> {
        once(&self.assignments, || tables::assignments(&self.files))
    }

    /// Places on the map of the typology; empty without one.
    ///
    /// # Errors
    /// [`RunError::Table`] if `typology/embedding.csv` is damaged.
    pub fn places(&self) -> Result<&PlacesByCode, RunError> {
        once(&self.places, || {
            let mut places = PlacesByCode::new();
            for point in clusters::map_points(&self.files)?.unwrap_or_default() {
                places.entry(point.country).or_default().push((point.year, point.place));
            }
            Ok(places)
        })
    }

    /// The profiles with the clusters of the typology and its map; `None` without one.
    ///
    /// # Errors
    /// [`RunError::Table`] or [`RunError::Folder`] if a table is damaged.
    pub fn clustered(&self) -> Result<Option<&ClusteredProfiles>, RunError> {
        once(&self.clustered, || ClusteredProfiles::read(&self.files)).map(Option::as_ref)
    }

    /// The suppliers whose instability reaches the importers of some products; empty if the study does not keep them.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `dependencies.parquet` is damaged.
    pub fn dependences(&self, products: &[usize]) -> Result<Vec<Dependence>, RunError> {
        suppliers::dependences(&self.files, self.panel()?, products)
    }

    /// Whose goods the importers of some products buy, directly and in the end; nothing in runs of older versions.
    ///
    /// # Errors
    /// [`RunError::Folder`] if `origins.parquet` is damaged.
    pub fn origins(&self, products: &[usize]) -> Result<Vec<OriginShare>, RunError> {
        suppliers::origins(&self.files, self.panel()?, products)
    }

    /// Codes of the products that a Parquet table of the run has rows of; empty if the run has no such table.
    ///
    /// # Errors
    /// [`RunError::Folder`] if it is damaged.
    pub fn products_in(&self, name: &str) -> Result<BTreeSet<String>, RunError> {
        let mut found = BTreeSet::new();
        each_group(&self.files, name, |table, group, _| {
            found.extend(table.read_interned(group, table.column("product")?)?.values);
            Ok(())
        })?;
        Ok(found)
    }

    /// A csv table of the run by its name, such as `regression/table.csv`; `None` if the run has none.
    ///
    /// # Errors
    /// [`RunError::Table`] if it cannot be read.
    pub fn table(&self, name: &str) -> Result<Option<Arc<Table>>, RunError> {
        let mut tables = self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = tables.get(name) {
            return Ok(known.clone());
        }
        let table = self.files.table_if_there(name)?.map(Arc::new);
        tables.insert(name.to_owned(), table.clone());
        Ok(table)
    }

    /// A text of the run by its name, such as `figures/network.svg`; `None` if the run has none.
    ///
    /// # Errors
    /// [`RunError::Folder`] if it cannot be read.
    pub fn text(&self, name: &str) -> Result<Option<String>, RunError> {
        Ok(self.files.text_if_there(name)?)
    }
}
