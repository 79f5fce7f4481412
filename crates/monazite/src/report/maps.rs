//! World maps of the indicators of a finished run.

use std::path::Path;

use crate::indicators::{Column, OverProducts};
use crate::progress::Progress;
use crate::report::brief::product::find_product;
use crate::report::brief::selection::{Candidate, near};
use crate::report::brief::{BriefError, find_year};
use crate::report::figures::FigurePrinter;
use crate::report::figures::caption::{self, Caption};
use crate::report::figures::world_map::{MapRow, WorldMap};
use crate::report::request::{WrittenFile, add_files};
use crate::run::{Run, RunError, chain_products, loops_of};
use crate::run_folder::{FolderError, RunFolder, StoredPanel};
use crate::study::FigureSize;
use crate::threads::within;

/// What to draw a map of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct MapRequest {
    /// The indicator: a column of `indicators.parquet`, or `pv`.
    pub indicator: String,
    /// The product; all products of the chain together if left out.
    pub product: Option<String>,
    /// The year; the last of the run if left out.
    pub year: Option<u16>,
    /// The paper; that of the study if left out.
    pub size: Option<FigureSize>,
}

/// What can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Indicator {
    Column(Column),
    Stability,
}

impl Indicator {
    /// All that can be asked for.
    fn all() -> impl Iterator<Item = Self> {
        Column::ALL.into_iter().map(Self::Column).chain([Self::Stability])
    }

    /// What it is asked for by.
    fn key(self) -> &'static str {
        match self {
            Self::Stability => "pv",
            Self::Column(column) => column.name(),
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::Stability => "Political stability (PV)",
            Self::Column(column) => column.label(),
        }
    }

    /// The one that is asked for, among those that the run has.
    fn find(panel: &StoredPanel, asked: &str) -> Result<Self, BriefError> {
        let of_the_run: Vec<Self> = Self::all()
            .filter(|i| !matches!(i, Self::Column(c) if !c.always_written() && !panel.has(*c)))
            .collect();
        if let Some(found) = of_the_run.iter().find(|i| i.key().eq_ignore_ascii_case(asked)) {
            return Ok(*found);
        }
        let candidates: Vec<Candidate<'_>> =
            of_the_run.iter().map(|i| Candidate { code: i.key(), name: i.label() }).collect();
        let mut near = near(asked, &candidates);
        if near.is_empty() {
            near = of_the_run.iter().map(|i| i.key().to_owned()).collect();
        }
        Err(BriefError::Unknown { what: "indicator", asked: asked.to_owned(), near })
    }
}

/// Gathers the numbers of a map.
///
/// With a product: its indicator. Without: of imports and exports the sum over the products of the chain; of influence and RCA the mean
/// weighted by the country's exports of each, of all others the mean weighted by its imports of each; products without a value do not
/// count. Countries that are merged into a group have the value of the group.
///
/// # Errors
/// [`BriefError::Unknown`] if the run does not have what is asked for, [`BriefError::Run`] if a table is damaged.
pub fn gather(run: &Run, request: &MapRequest) -> Result<WorldMap, BriefError> {
    numbers(run, &Selection::find(run, request)?)
}

/// What was asked for, as positions of the panel.
struct Selection {
    indicator: Indicator,
    product: Option<usize>,
    year: usize,
}

impl Selection {
    fn find(run: &Run, request: &MapRequest) -> Result<Self, BriefError> {
        let panel = run.panel()?;
        let indicator = Indicator::find(panel, &request.indicator)?;
        let year = find_year(panel, request.year)?;
        let product = match &request.product {
            Some(asked) => Some(find_product(panel, run.descriptions()?, asked)?),
            None => None,
        };
        Ok(Self { indicator, product, year })
    }

    /// The name of its files: what differs from the map that a study gives is in it.
    fn name(&self, panel: &StoredPanel, size: Option<FigureSize>) -> String {
        let mut name = format!("map_{}", self.indicator.key());
        if let (Some(product), Indicator::Column(_)) = (self.product, self.indicator) {
            name.push_str(&format!("_{}", panel.products[product].code));
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
    let Selection { indicator, product, year } = *selection;
    let panel = run.panel()?;
    let products = match product {
        Some(product) => vec![product],
        None => chain_products(panel),
    };
    let pv = run.stability()?;
    let value = |country: usize| match indicator {
        Indicator::Stability => pv?.get(&(panel.years[year], panel.countries[country].code.clone())).copied(),
        Indicator::Column(column) if product.is_some() => panel.value(column, products[0], year, country),
        Indicator::Column(column) => over_products(panel, column, &products, year, country),
    };
    let mut rows: Vec<MapRow> = Vec::new();
    for (at, country) in panel.countries.iter().enumerate() {
        let value = value(at);
        let members = run.study().trade.merge.get(&country.code).filter(|_| country.group);
        match members {
            Some(members) => rows.extend(members.iter().map(|code| MapRow {
                code: code.clone(),
                name: country.name.clone(),
                value,
            })),
            None => rows.push(MapRow { code: country.code.clone(), name: country.name.clone(), value }),
        }
    }
    rows.sort_by(|a, b| a.code.cmp(&b.code));
    let name = indicator.label();
    let when = panel.years[year];
    let title = match (indicator, product) {
        (Indicator::Column(_), Some(p)) => format!("{name}, {}, {when}", panel.products[p].code),
        _ => format!("{name}, {when}"),
    };
    Ok(WorldMap {
        title,
        subtitle: subtitle(run, selection, products.len())?,
        unit: match indicator {
            Indicator::Stability => run.manifest().stability.measure.clone(),
            Indicator::Column(column) => column.unit().to_owned(),
        },
        rows,
        logarithmic: matches!(indicator, Indicator::Column(column) if column.logarithmic()),
    })
}

fn over_products(
    panel: &StoredPanel,
    column: Column,
    products: &[usize],
    year: usize,
    country: usize,
) -> Option<f64> {
    let value = |column, p| panel.value(column, p, year, country);
    let weight = match column.over_products() {
        OverProducts::Sum => {
            let known: Vec<f64> = products.iter().filter_map(|&p| value(column, p)).collect();
            return (!known.is_empty()).then(|| known.iter().fold(0.0, |sum, v| sum + v));
        }
        OverProducts::MeanByImports => Column::Imports,
        OverProducts::MeanByExports => Column::Exports,
    };
    let (mut sum, mut total) = (0.0, 0.0);
    for &p in products {
        if let (Some(v), Some(w)) = (value(column, p), value(weight, p))
            && w > 0.0
        {
            sum += w * v;
            total += w;
        }
    }
    (total > 0.0).then(|| sum / total)
}

fn subtitle(run: &Run, selection: &Selection, products: usize) -> Result<String, RunError> {
    let Selection { indicator, product, year } = *selection;
    let mut text = match (indicator, product) {
        (Indicator::Stability, _) => run.manifest().stability.vintage.clone(),
        (_, Some(p)) => crate::report::brief::cut(&run.descriptions()?[p], 110),
        (Indicator::Column(column), None) => {
            let mean_by = |weight: Column| {
                format!(
                    "Mean over {products} products of the chain, weighted by the country's {} of each",
                    weight.term()
                )
            };
            match column.over_products() {
                OverProducts::Sum => format!("Sum over {products} products of the chain"),
                OverProducts::MeanByImports => mean_by(Column::Imports),
                OverProducts::MeanByExports => mean_by(Column::Exports),
            }
        }
    };
    if matches!(indicator, Indicator::Column(column) if column.rests_on_str()) {
        let (panel, loops) = (run.panel()?, run.loops()?);
        let within: Vec<usize> = product.map_or_else(|| chain_products(panel), |p| vec![p]);
        let touched = within.iter().filter(|&&p| !loops_of(loops, p, year).is_empty()).count();
        match (touched, product) {
            (0, _) => {}
            (_, Some(p)) => {
                let largest = loops_of(loops, p, year)[0];
                text.push_str(&format!(
                    ". A trickle of imports by {} closes a loop: mean {:.2}, {:.2} without",
                    panel.countries[largest.supplier].name, largest.weighted, largest.without
                ));
            }
            (n, None) => text.push_str(&format!(
                ". In {n} of them a trickle of imports closes a loop (trickle_loops.csv)"
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
    let drawn = map.draw(size);
    let caption = Caption {
        title: format!("{}.", map.title),
        reading: vec![
            format!("{}.", map.subtitle.trim_end_matches('.')),
            "Colours from the 2nd to the 98th percentile of the countries; hatched: no value. Outlines: Natural Earth, which express no opinion on \
             any boundary; Equal Earth projection."
                .to_owned(),
        ],
        definitions: vec![caption::INDICATORS],
        numbers: vec![format!("figures/{name}.csv")],
    };
    let text = caption.to_text(run.study(), run.manifest(), size);
    let mut files = vec![
        (format!("figures/{name}.svg"), drawn.standalone().into_bytes()),
        (format!("figures/{name}.csv"), map.csv().bytes()),
        (format!("figures/{name}.caption.txt"), text.into_bytes()),
    ];
    if let Some(printer) = printer {
        let printed = printer
            .print(&drawn.plain)
            .map_err(|message| FolderError::Manifest { path: format!("figures/{name}"), message })?;
        files.push((format!("figures/{name}.png"), printed.png));
        files.push((format!("figures/{name}.pdf"), printed.pdf));
    }
    Ok(files)
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
    let selection = Selection::find(&run, request)?;
    let own = run.study().figures.size;
    let other = request.size.filter(|size| *size != own);
    let name = selection.name(run.panel()?, other);
    let map = numbers(&run, &selection)?;
    progress.go_on()?;
    let made = files(&run, &map, &name, other.unwrap_or(own), printer)?;
    Ok(add_files(folder, run.manifest(), &made)?)
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
