//! World maps of the indicators of a finished run.

use std::path::Path;

use crate::indicators::Column;
use crate::progress::Progress;
use crate::report::brief::product::find_product;
use crate::report::brief::selection::{Candidate, near};
use crate::report::brief::{BriefError, RunView, add_files, find_year};
use crate::report::figures::FigurePrinter;
use crate::report::figures::caption::{self, Caption};
use crate::report::figures::world_map::{MapRow, WorldMap};
use crate::run_folder::{FolderError, RunFolder};
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
}

/// What can be drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Indicator {
    Column(Column),
    Stability,
}

const NAMES: [(&str, &str); 12] = [
    ("imports", "Imports"),
    ("exports", "Exports"),
    ("exposure", "Exposure"),
    ("hhi", "Concentration of suppliers (HHI)"),
    ("str", "Systemic trade risk (STR)"),
    ("influence", "Influence"),
    ("rca", "Revealed comparative advantage (RCA)"),
    ("pc1", "Composite of exposure, HHI and STR"),
    ("hhi_normalised", "Normalised HHI"),
    ("str_direct", "Direct part of STR − 1"),
    ("str_indirect", "Indirect part of STR − 1"),
    ("pv", "Political stability (PV)"),
];

fn find_indicator(asked: &str) -> Result<Indicator, BriefError> {
    if asked.eq_ignore_ascii_case("pv") {
        return Ok(Indicator::Stability);
    }
    Column::ALL.into_iter().find(|c| c.name().eq_ignore_ascii_case(asked)).map(Indicator::Column).ok_or_else(
        || {
            let candidates: Vec<Candidate<'_>> =
                NAMES.iter().map(|(code, name)| Candidate { code, name }).collect();
            let mut near = near(asked, &candidates);
            if near.is_empty() {
                near = NAMES.iter().map(|(code, _)| (*code).to_owned()).collect();
            }
            BriefError::Unknown { what: "indicator", asked: asked.to_owned(), near }
        },
    )
}

/// Gathers the numbers of a map.
///
/// With a product: its indicator. Without: of imports and exports the sum over the products of the chain; of influence and RCA the mean
/// weighted by the country's exports of each, of all others the mean weighted by its imports of each; products without a value do not
/// count. Countries that are merged into a group have the value of the group.
///
/// # Errors
/// [`BriefError::Unknown`] if the run does not have what is asked for.
pub fn gather(view: &RunView, request: &MapRequest) -> Result<WorldMap, BriefError> {
    let indicator = find_indicator(&request.indicator)?;
    let year = find_year(view, request.year)?;
    let product = request.product.as_deref().map(|asked| find_product(view, asked)).transpose()?;
    let panel = &view.panel;
    let products = match product {
        Some(product) => vec![product],
        None => view.chain_products(),
    };
    let value = |country: usize| match indicator {
        Indicator::Stability => view.pv_of(year, country),
        Indicator::Column(column) if product.is_some() => panel.value(column, products[0], year, country),
        Indicator::Column(column) => over_products(view, column, &products, year, country),
    };
    let mut rows: Vec<MapRow> = Vec::new();
    for (at, country) in panel.countries.iter().enumerate() {
        let value = value(at);
        let members = view.study.trade.merge.get(&country.code).filter(|_| country.group);
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
    let key = key(indicator);
    let name = NAMES.iter().find(|(code, _)| *code == key).map_or(key, |(_, name)| *name);
    let when = panel.years[year];
    let title = match (indicator, product) {
        (Indicator::Column(_), Some(p)) => format!("{name}, {}, {when}", panel.products[p].code),
        _ => format!("{name}, {when}"),
    };
    Ok(WorldMap {
        title,
        subtitle: subtitle(view, indicator, product, products.len(), year),
        unit: match indicator {
            Indicator::Column(Column::Imports | Column::Exports) => "thousand USD".to_owned(),
            Indicator::Stability => view.manifest.stability.measure.clone(),
            Indicator::Column(Column::Pc1) => "standard deviations".to_owned(),
            _ => String::new(),
        },
        rows,
        logarithmic: matches!(indicator, Indicator::Column(Column::Imports | Column::Exports | Column::Rca)),
    })
}

fn key(indicator: Indicator) -> &'static str {
    match indicator {
        Indicator::Stability => "pv",
        Indicator::Column(column) => column.name(),
    }
}

fn over_products(
    view: &RunView,
    column: Column,
    products: &[usize],
    year: usize,
    country: usize,
) -> Option<f64> {
    let value = |column, p| view.panel.value(column, p, year, country);
    if matches!(column, Column::Imports | Column::Exports) {
        let known: Vec<f64> = products.iter().filter_map(|&p| value(column, p)).collect();
        return (!known.is_empty()).then(|| known.iter().fold(0.0, |sum, v| sum + v));
    }
    let weight =
        if matches!(column, Column::Influence | Column::Rca) { Column::Exports } else { Column::Imports };
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

fn subtitle(
    view: &RunView,
    indicator: Indicator,
    product: Option<usize>,
    products: usize,
    year: usize,
) -> String {
    let mut text = match (indicator, product) {
        (Indicator::Stability, _) => view.manifest.stability.vintage.clone(),
        (_, Some(p)) => crate::report::brief::cut(&view.descriptions[p], 110),
        (Indicator::Column(Column::Imports | Column::Exports), None) => {
            format!("Sum over {products} products of the chain")
        }
        (Indicator::Column(Column::Influence | Column::Rca), None) => {
            format!("Mean over {products} products of the chain, weighted by the country's exports of each")
        }
        (Indicator::Column(_), None) => {
            format!("Mean over {products} products of the chain, weighted by the country's imports of each")
        }
    };
    let of_str = matches!(indicator, Indicator::Column(Column::Str | Column::StrIndirect | Column::Pc1));
    if of_str {
        let within: Vec<usize> = product.map_or_else(|| view.chain_products(), |p| vec![p]);
        let touched = within.iter().filter(|&&p| !view.loops_of(p, year).is_empty()).count();
        match (touched, product) {
            (0, _) => {}
            (_, Some(p)) => {
                let largest = view.loops_of(p, year)[0];
                text.push_str(&format!(
                    ". A trickle of imports by {} closes a loop: mean {:.2}, {:.2} without",
                    view.name(largest.supplier),
                    largest.weighted,
                    largest.without
                ));
            }
            (n, None) => text.push_str(&format!(
                ". In {n} of them a trickle of imports closes a loop (trickle_loops.csv)"
            )),
        }
    }
    text
}

/// The files of a map: figure, numbers and caption; PNG and PDF where there is a printer.
fn files(
    view: &RunView,
    map: &WorldMap,
    name: &str,
    printer: Option<&dyn FigurePrinter>,
) -> Result<Vec<(String, Vec<u8>)>, FolderError> {
    let size = view.study.figures.size;
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
    let text = caption.to_text(&view.study, &view.manifest, size);
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

/// Draws a map of a finished run into its folder `figures`, with the numbers as csv and a caption beside it. Returns the names of the
/// files within the run folder.
///
/// # Errors
/// [`BriefError::Unknown`] if the run does not have what is asked for; [`BriefError::Cancelled`] if `progress` asks to stop; otherwise
/// whatever makes it unreadable.
pub fn write_map(
    run: &Path,
    request: &MapRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<String>, BriefError> {
    within(|| write_map_in_pool(run, request, printer, progress))
}

fn write_map_in_pool(
    run: &Path,
    request: &MapRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<Vec<String>, BriefError> {
    progress.go_on()?;
    let view = RunView::open(run)?;
    progress.go_on()?;
    let map = gather(&view, request)?;
    let indicator = key(find_indicator(&request.indicator)?);
    let mut name = format!("map_{indicator}");
    if let (Some(asked), true) = (&request.product, indicator != "pv") {
        let product = find_product(&view, asked)?;
        name.push_str(&format!("_{}", view.panel.products[product].code));
    }
    if let Some(year) = request.year {
        name.push_str(&format!("_{year}"));
    }
    let files = files(&view, &map, &name, printer)?;
    progress.go_on()?;
    add_files(run, &files.iter().map(|(name, bytes)| (name.clone(), bytes.as_slice())).collect::<Vec<_>>())
}

/// Fewest countries with a value that make a map worth drawing.
const FEWEST: usize = 10;

/// The map that comes with a run: mean STR over the products of the chain, in the last year. Writes nothing, and returns `None`, if fewer
/// than ten countries of the study are on the map; otherwise the map without its font, for the page.
///
/// # Errors
/// [`FolderError`] if a file cannot be written.
pub fn write_default(
    view: &RunView,
    folder: &mut RunFolder,
    printer: Option<&dyn FigurePrinter>,
) -> Result<Option<String>, FolderError> {
    let request = MapRequest { indicator: "str".to_owned(), ..MapRequest::default() };
    let Ok(map) = gather(view, &request) else { return Ok(None) };
    if map.drawn() < FEWEST {
        return Ok(None);
    }
    for (name, bytes) in files(view, &map, "map_str", printer)? {
        folder.write(&name, &bytes)?;
    }
    Ok(Some(map.draw(view.study.figures.size).plain))
}
