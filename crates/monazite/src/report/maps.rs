//! World maps of the indicators of a finished run.

use std::path::Path;

use crate::indicators::RiskReading;
use crate::nomenclature::merged_names::name_in_tables;
use crate::progress::Progress;
use crate::report::basket::Basket;
use crate::report::brief::{BriefError, find_year};
use crate::report::chart_files::chart_files;
use crate::report::figures::FigurePrinter;
use crate::report::figures::caption::{self, Caption};
use crate::report::figures::world_map::{MapRow, WorldMap};
use crate::report::measure::Measure;
use crate::report::readings::{WHY_TWO, said_of};
use crate::report::request::{WrittenFile, add_files};
use crate::run::provenance::source_line;
use crate::run::{Run, RunError, loops_of};
use crate::run_folder::{FolderError, RunFolder, StoredPanel};
use crate::study::FigureSize;
use crate::threads::within;

/// What to draw a map of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapRequest {
    /// The indicator: a column of `indicators.parquet`, `pv`, or `share`.
    pub indicator: String,
    /// The supplier, where the indicator is `share`: whose share in imports.
    pub supplier: Option<String>,
    /// The product, `tier1` or `chain`; all products of the chain together if left out.
    pub product: Option<String>,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// The paper; that of the study if left out.
    pub size: Option<FigureSize>,
    /// The reading of STR or influence that colours follow; the mass-balanced one where the two differ, if left out.
    pub reading: Option<RiskReading>,
}

/// Gathers the numbers of a map.
///
/// With a product: its indicator. Without: of imports and exports the sum over the products of the chain; of influence and RCA the mean
/// weighted by the country's exports of each, of all others the mean weighted by its imports of each; products without a value do not
/// count. Countries that are merged into a group have the value of the group. STR and influence have their mass-balanced value beside them,
/// and colours follow it where the two differ by more than a tenth.
///
/// # Errors
/// [`BriefError::Unknown`] if the run does not have what is asked for, [`BriefError::Run`] if a table is damaged.
pub fn gather(run: &Run, request: &MapRequest) -> Result<WorldMap, BriefError> {
    numbers(run, &Selection::find(run, request)?)
}

/// What was asked for.
struct Selection {
    measure: Measure,
    basket: Basket,
    year: usize,
    /// The reading that is asked for.
    reading: Option<RiskReading>,
}

impl Selection {
    fn find(run: &Run, request: &MapRequest) -> Result<Self, BriefError> {
        let panel = run.panel()?;
        let measure = Measure::find(run, &request.indicator, request.supplier.as_deref())?;
        let year = find_year(panel, request.year)?;
        let basket = Basket::find(run, request.product.as_deref())?;
        Ok(Self { measure, basket, year, reading: request.reading })
    }

    /// The name of its files: what differs from the map that a study gives is in it.
    fn name(&self, panel: &StoredPanel, size: Option<FigureSize>) -> String {
        let mut name = format!("map_{}", self.measure.key(panel));
        if let Some(reading) = self.reading {
            name.push_str(&format!("_by_{}", reading.name()));
        }
        if !self.basket.is_chain() && self.measure.is_of_products() {
            name.push_str(&format!("_{}", self.basket.code));
        }
        if self.year + 1 < panel.years.len() {
            name.push_str(&format!("_{}", panel.years[self.year]));
        }
        if let Some(size) = size {
            name.push_str(&format!("_{}", size.name()));
        }
        name
    }
}

fn numbers(run: &Run, selection: &Selection) -> Result<WorldMap, BriefError> {
    let Selection { measure, basket, year, reading } = selection;
    let panel = run.panel()?;
    let balanced = measure.mass_balanced();
    let mut rows: Vec<MapRow> = Vec::new();
    for (at, country) in panel.countries.iter().enumerate() {
        let value = measure.value(run, &basket.products, *year, at)?;
        let mass_balance = match &balanced {
            Some(balanced) => balanced.value(run, &basket.products, *year, at)?,
            None => None,
        };
        let of = |code: &String| MapRow {
            code: code.clone(),
            name: name_in_tables(code, &country.name).to_owned(),
            value,
            mass_balance,
        };
        let members = run.study().trade.merge.get(&country.code).filter(|_| country.group);
        match members {
            Some(members) => rows.extend(members.iter().map(of)),
            None => rows.push(of(&country.code)),
        }
    }
    let followed = measure.reading(run, *reading, rows.iter().map(|row| (row.value, row.mass_balance)))?;
    let drawn = match (&balanced, followed) {
        (Some(balanced), Some(RiskReading::MassBalance)) => balanced,
        _ => measure,
    };
    let mut subtitle = subtitle(run, drawn, basket, *year)?;
    if reading.is_none()
        && let Some(said) = followed.and_then(|followed| said_of(followed, "Colours show"))
    {
        // First, since narrow paper cuts what is last.
        subtitle = format!("{said} {subtitle}");
    }
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    Ok(WorldMap {
        title: title(panel, drawn, basket, panel.years[*year]),
        subtitle,
        unit: measure.unit(run),
        rows,
        logarithmic: measure.is_logarithmic(),
        percent: measure.is_share(),
        reading: followed,
    })
}

/// What is shown, of what, when.
pub(super) fn title(panel: &StoredPanel, measure: &Measure, basket: &Basket, when: u16) -> String {
    let name = measure.label(panel);
    match basket.is_product() && measure.is_of_products() {
        true => format!("{name}, {}, {when}", basket.code),
        false => format!("{name}, {when}"),
    }
}

/// How it is defined, and what disturbs it, in a line.
pub(super) fn subtitle(
    run: &Run,
    measure: &Measure,
    basket: &Basket,
    year: usize,
) -> Result<String, RunError> {
    let panel = run.panel()?;
    let mut text = match measure {
        Measure::Stability => run.manifest().stability.vintage.clone(),
        _ if basket.is_product() => crate::report::brief::cut(&basket.name, 110),
        _ => measure.over_products_in_words(basket),
    };
    if measure.rests_on_papers_str(run.study()) {
        let loops = run.loops()?;
        let of = |product: &usize| loops_of(loops, *product, year);
        let touched: Vec<usize> = basket.products.iter().copied().filter(|p| !of(p).is_empty()).collect();
        match touched[..] {
            [] => {}
            [product] if basket.is_product() => {
                let largest = of(&product)[0];
                text.push_str(&format!(
                    ". Negligible imports by {} create a feedback loop: mean {:.2}, {:.2} without",
                    name_in_tables(
                        &panel.countries[largest.supplier].code,
                        &panel.countries[largest.supplier].name
                    ),
                    largest.weighted,
                    largest.without
                ));
            }
            _ => text.push_str(&format!(
                ". In {} of them negligible imports create a feedback loop (trickle_loops.csv)",
                touched.len()
            )),
        }
    }
    Ok(text)
}

/// The files of a map: figure, numbers and caption; PNG and PDF where there is a printer.
fn files(
    run: &Run,
    map: &WorldMap,
    name: &str,
    size: FigureSize,
    printer: Option<&dyn FigurePrinter>,
) -> Result<Vec<(String, Vec<u8>)>, FolderError> {
    let drawn = map.draw(size, &source_line(run.study(), run.manifest()));
    let caption = Caption {
        title: format!("{}.", map.title),
        reading: vec![
            match map.reading {
                Some(RiskReading::MassBalance) => format!("{}. {WHY_TWO}", map.subtitle.trim_end_matches('.')),
                _ => format!("{}.", map.subtitle.trim_end_matches('.')),
            },
            "Colours from the 2nd to the 98th percentile of the countries; hatched: no value. Outlines: Natural Earth, which express no opinion on \
             any boundary; Equal Earth projection."
                .to_owned(),
        ],
        definitions: vec![caption::INDICATORS],
        numbers: vec![format!("figures/{name}.csv")],
    };
    chart_files(run, name, size, &drawn, map.csv().bytes(), &caption, printer)
}

/// Draws a map of a finished run into its folder `figures`, with the numbers as csv and a caption beside it. Nothing else in the run
/// changes. The name has in it what differs from the map that the study gives: `map_hhi_284690_2019_slide`. Returns what was written, and
/// whether a file of the same name with other content was replaced.
///
/// # Errors
/// [`BriefError::Unknown`] if the run does not have what is asked for; [`BriefError::Cancelled`] if `progress` asks to stop; otherwise
/// whatever makes it unreadable.
pub fn write_map(
    folder: &Path,
    request: &MapRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<WrittenFile>, BriefError> {
    within(|| write_map_in_pool(folder, request, printer, progress))
}

fn write_map_in_pool(
    folder: &Path,
    request: &MapRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<WrittenFile>, BriefError> {
    progress.go_on()?;
    let run = Run::open(folder)?;
    let made = map_files(&run, request, printer, progress)?;
    Ok(add_files(folder, run.manifest(), &made)?)
}

/// A map as the files that it would be in a run folder, by name: drawing, numbers and caption; PNG and PDF where there is a printer. Nothing is
/// written anywhere.
///
/// # Errors
/// As [`write_map`].
pub fn map_files(
    run: &Run,
    request: &MapRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<(String, Vec<u8>)>, BriefError> {
    let selection = Selection::find(run, request)?;
    let own = run.study().figures.size;
    let other = request.size.filter(|size| *size != own);
    let name = selection.name(run.panel()?, other);
    let map = numbers(run, &selection)?;
    progress.go_on()?;
    Ok(files(run, &map, &name, other.unwrap_or(own), printer)?)
}

/// Fewest countries with a value that make a map worth drawing.
const FEWEST: usize = 10;

/// The map that comes with a run: mean STR over the products of the chain, in the last year. `None` if fewer than ten countries of the
/// study are on it.
///
/// # Errors
/// [`BriefError::Run`] if a table is damaged.
pub fn of_run(run: &Run) -> Result<Option<WorldMap>, BriefError> {
    let map = gather(run, &MapRequest { indicator: "str".to_owned(), ..MapRequest::default() })?;
    Ok(Some(map).filter(|map| map.drawn() >= FEWEST))
}

/// Whether a file of a run is one of the map that comes with it.
pub fn is_of_run(file: &str) -> bool {
    file.strip_prefix("figures/").is_some_and(|name| name.starts_with("map_str."))
}

/// Writes the map that comes with a run; nothing if there is none.
///
/// # Errors
/// [`BriefError`] if a table is damaged or a file cannot be written.
pub fn write_of_run(
    run: &Run,
    folder: &mut RunFolder,
    printer: Option<&dyn FigurePrinter>,
) -> Result<(), BriefError> {
    if let Some(map) = of_run(run)? {
        for (name, bytes) in files(run, &map, "map_str", run.study().figures.size, printer)? {
            folder.write(&name, &bytes)?;
        }
    }
    Ok(())
}
