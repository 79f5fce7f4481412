//! Bands of all products that a study asks for.

use rayon::prelude::*;

use super::drawn_risk::DrawMemory;
use super::encode::{add_changes, add_means, encode_levels, name_of};
use super::product::ProductBands;
use super::setting::Setting;
use super::stability_draws::{DrawOptions, StabilityDraws, obstacle};
use crate::indicators::systemic_risk::Orientation;
use crate::indicators::{ImportContent, Wanted};
use crate::ingest::Governance;
use crate::nomenclature::Hs6;
use crate::nomenclature::groups::CountryGroup;
use crate::panel::product::{ProductRun, YearFlows};
use crate::panel::stability_sources::stability_sources;
use crate::panel::{PanelError, World};
use crate::plain_text::listed;
use crate::progress::{Progress, Unit};
use crate::run_folder::tables::{BAND_CHANGES, BAND_MEANS, BANDS};
use crate::run_folder::{CsvTable, FolderError, RunFolder};
use crate::study::{Problem, Study, TradeMeasure};
use crate::threads::within;
use crate::trade::{FlowBatch, FlowSource};
use crate::units::counted;
use crate::value_chain::ValueChain;

/// From so few draws on a quantile at 5 % says next to nothing.
const FEW_DRAWS: usize = 100;

/// What the bands of a study came to, beside the files.
#[derive(Debug, Clone, PartialEq)]
pub struct BandSummary {
    /// Number of draws.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
    /// The readings, by name.
    pub readings: Vec<&'static str>,
    /// Products with bands.
    pub products: usize,
    /// Product-years with bands.
    pub product_years: u64,
    /// Country-years of the indicators without a standard error of their own.
    pub filled: usize,
    /// Draws of product-years that were solved by elimination.
    pub eliminated: u64,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// Whether a file of a run is a table of bands.
pub fn is_output(name: &str) -> bool {
    [BANDS, BAND_MEANS, BAND_CHANGES].iter().any(|table| table.file == name)
}

/// Why a study has no bands; `None` if it can have them.
///
/// # Errors
/// [`PanelError::Study`] if the study asks for draws by their number, and there is nothing to draw from.
pub fn check(study: &Study, governance: &Governance) -> Result<Option<String>, PanelError> {
    if study.uncertainty.draws() == 0 {
        return Ok(Some("the study asks for none (uncertainty.bands = 0)".to_owned()));
    }
    let Some(reason) = obstacle(governance, study.stability.measure) else { return Ok(None) };
    if study.uncertainty.bands.is_some() {
        let message = format!("there can be no bands: {reason}, or leave this out");
        let key = "uncertainty.bands".to_owned();
        return Err(study.error(vec![Problem { line: None, key, message }]).into());
    }
    Ok(Some(reason))
}

/// The readings whose bands are made: the paper's, mass balance, and the study's own if it is another. The paper's formula as printed,
/// a sum over importers, has none.
fn readings_of(study: &Study) -> Vec<ImportContent> {
    let indicators = &study.indicators;
    let mut readings = Vec::new();
    if indicators.orientation == Orientation::Importer {
        readings.push(ImportContent::Full);
    }
    readings.push(ImportContent::MassBalance);
    if !readings.contains(&indicators.import_content) && indicators.import_content != ImportContent::Full {
        readings.push(indicators.import_content);
    }
    readings
}

/// Positions of the products that have bands.
fn products_of(study: &Study, chain: &ValueChain, world: &World) -> Vec<usize> {
    let wanted = |product: &Hs6| {
        let (in_chain, in_focus) = (chain.tier(*product).is_some(), study.focus().contains(product));
        study.uncertainty.products.takes(in_chain, in_focus)
    };
    (0..world.products.len()).filter(|&at| wanted(&world.products[at])).collect()
}

/// By group and year: positions of the members that are countries of the study.
fn members_of(groups: &[CountryGroup], world: &World) -> Vec<Vec<Vec<usize>>> {
    let place = |iso3: &&str| world.countries.binary_search_by(|c| c.code.as_str().cmp(iso3)).ok();
    groups
        .iter()
        .map(|group| {
            let of_year = |&year: &u16| -> Vec<usize> {
                group.members_in(year).unwrap_or_default().iter().filter_map(place).collect()
            };
            world.years.iter().map(of_year).collect()
        })
        .collect()
}

/// Draws political stability, computes STR in every draw, and writes the tables of bands.
///
/// # Errors
/// [`PanelError::Store`] if the store is damaged, [`PanelError::Folder`] if the run folder cannot be written, [`PanelError::Cancelled`]
/// if `progress` asks to stop.
pub fn compute_bands(
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    world: &World,
    governance: &Governance,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<BandSummary, PanelError> {
    within(|| compute_in_pool(study, store, chain, world, governance, folder, progress))
}

fn compute_in_pool(
    study: &Study,
    store: &dyn FlowSource,
    chain: &ValueChain,
    world: &World,
    governance: &Governance,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<BandSummary, PanelError> {
    let prepared = Prepared::of(study, store, world, governance, progress)?;
    let (options, readings) = (prepared.options, &prepared.readings);
    let products = products_of(study, chain, world);
    let setting = prepared.setting(study, world, progress);
    let mut summary = BandSummary {
        draws: options.draws,
        seed: options.seed,
        readings: readings.iter().map(|reading| name_of(*reading)).collect(),
        products: products.len(),
        product_years: 0,
        filled: prepared.stability.filled,
        eliminated: 0,
        notes: notes_of(study, world, &prepared.stability),
    };
    let codes: Vec<String> = prepared.groups.iter().map(|group| group.code.clone()).collect();
    let schema = BANDS.schema(study.output.compression_level);
    let mut writer = None;
    let (mut means, mut changes) = (CsvTable::of(&BAND_MEANS), CsvTable::of(&BAND_CHANGES));
    let mut any_change = false;
    let years = world.years.len();
    progress.begin("drawing political stability", (products.len() * years) as u64, Unit::ProductYears);
    // A window of products at a time: computed by all threads, written in order.
    let window = 4 * rayon::current_num_threads();
    for (nth, positions) in products.chunks(window).enumerate() {
        let finished: Vec<Result<_, PanelError>> = positions
            .par_iter()
            .map_init(DrawMemory::default, |memory, &position| {
                let bands = of_product(&setting, store, position, memory)?;
                let product = world.products[position].to_string();
                let encoded = encode_levels(&bands.levels, &product, world, readings, &schema)
                    .map_err(|e| FolderError::parquet(&folder_place(), e))?;
                Ok((product, bands, encoded))
            })
            .collect();
        for product in finished {
            let (product, bands, encoded) = product?;
            summary.product_years += bands.product_years;
            summary.eliminated += bands.eliminated;
            any_change |= !bands.changes.is_empty();
            add_means(&mut means, &bands.means, &product, world, &codes);
            add_changes(&mut changes, &bands.changes, &product, world, &codes);
            if encoded.is_empty() {
                continue;
            }
            if writer.is_none() {
                writer = Some(folder.table_writer(BANDS.file, &schema)?);
            }
            if let Some(writer) = &mut writer {
                writer.append(encoded).map_err(|e| FolderError::parquet(&folder_place(), e))?;
            }
        }
        progress.advance_to((((nth + 1) * window).min(products.len()) * years) as u64);
    }
    progress.end();
    if let Some(writer) = writer {
        writer.finish().map_err(|e| FolderError::parquet(&folder_place(), e))?;
        means.write(folder, BAND_MEANS.file)?;
    }
    if any_change {
        changes.write(folder, BAND_CHANGES.file)?;
    }
    Ok(summary)
}

/// What the bands of a study begin with.
pub(super) struct Prepared {
    pub(super) options: DrawOptions,
    pub(super) stability: StabilityDraws,
    pub(super) readings: Vec<ImportContent>,
    groups: Vec<CountryGroup>,
    members: Vec<Vec<Vec<usize>>>,
}

impl Prepared {
    /// Draws the stability of every country in every year.
    pub(super) fn of(
        study: &Study,
        store: &dyn FlowSource,
        world: &World,
        governance: &Governance,
        progress: &dyn Progress,
    ) -> Result<Self, PanelError> {
        let options = DrawOptions {
            draws: study.uncertainty.draws(),
            rho: study.uncertainty.rho,
            seed: study.study.random_seed,
            measure: study.stability.measure,
        };
        let at: Vec<u16> =
            world.years.iter().map(|&year| study.stability.fixed_year.unwrap_or(year)).collect();
        let sources = stability_sources(study, store, world)?;
        let stability = StabilityDraws::of(governance, &at, &sources, &world.instability, &options);
        progress.go_on()?;
        let groups = study.mean_groups();
        let members = members_of(&groups, world);
        Ok(Self { options, stability, readings: readings_of(study), groups, members })
    }

    pub(super) fn setting<'a>(
        &'a self,
        study: &'a Study,
        world: &'a World,
        progress: &'a dyn Progress,
    ) -> Setting<'a> {
        let (stability, readings, groups) = (&self.stability, &self.readings[..], &self.members[..]);
        Setting { study, world, stability, readings, groups, progress }
    }
}

fn folder_place() -> std::path::PathBuf {
    BANDS.file.into()
}

pub(super) fn of_product(
    setting: &Setting<'_>,
    store: &dyn FlowSource,
    position: usize,
    memory: &mut DrawMemory,
) -> Result<ProductBands, PanelError> {
    let (study, world) = (setting.study, setting.world);
    let product = world.products[position];
    let with_quantity = study.trade.measure == TradeMeasure::Quantity;
    let batches: Vec<FlowBatch> = world
        .years
        .iter()
        .map(|&year| {
            setting.progress.go_on()?;
            Ok(store.read(year, &[product], with_quantity)?)
        })
        .collect::<Result<_, PanelError>>()?;
    let flows: Vec<YearFlows<'_>> = batches.iter().map(|batch| YearFlows::of(batch, product)).collect();
    let run = ProductRun {
        study,
        world,
        position: position as u32,
        in_focus: study.focus().contains(&product),
        columns: &[],
        wanted: Wanted::ALL,
        flows: false,
    };
    Ok(setting.bands(position, &run.trade(&flows), memory)?)
}

/// What a reader of the bands should know.
pub(super) fn notes_of(study: &Study, world: &World, stability: &StabilityDraws) -> Vec<String> {
    let mut notes = Vec::new();
    if stability.draws() < FEW_DRAWS {
        notes.push(format!(
            "The bands rest on {} {} of political stability: too few to know where 5 % of them end.",
            stability.draws(),
            if stability.draws() == 1 { "draw" } else { "draws" }
        ));
    }
    if stability.filled > 0 {
        notes.push(format!(
            "{} of the Governance Indicators {} an estimate without a standard error; the bands take the median of their year.",
            counted(stability.filled as u64, ["country-year", "country-years"]),
            if stability.filled == 1 { "has" } else { "have" }
        ));
    }
    for (&country, years) in &stability.kept {
        notes.push(format!(
            "The stability of {} is not drawn in {} ({}), since the Governance Indicators do not cover all of its members there: it keeps its point, and bands that \
             rest on it are too narrow.",
            world.countries[country].code,
            counted(years.len() as u64, ["year", "years"]),
            listed(years, "")
        ));
    }
    if !stability.not_drawn.is_empty() {
        let years: Vec<String> = stability.not_drawn.iter().map(u16::to_string).collect();
        notes.push(format!(
            "For {} the Governance Indicators publish no standard errors; stability is not drawn there, and the bands have no width.",
            years.join(", ")
        ));
    }
    if study.indicators.orientation == Orientation::AsPrinted {
        notes.push(
            "STR as printed in the paper is a sum over importers and has no bands; the mass-balanced number has."
                .to_owned(),
        );
    }
    notes
}
