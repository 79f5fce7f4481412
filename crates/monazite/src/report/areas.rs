//! The bands of STR as areas beneath the lines of a chart.

use super::figures::chart::YearPlot;
use super::figures::svg::Svg;
use crate::indicators::Column;
use crate::run::{Bands, FULL, MASS_BALANCE, Run, RunError, WORLD};
use crate::study::Study;
use crate::uncertainty::name_of;
use crate::units::{DRAWS, counted};

/// Year, 5 % and 95 %, by year.
pub type Area = Vec<(u16, [f64; 2])>;

/// How much of the colour of a line its area has.
pub const OPACITY: f64 = 0.17;
/// The same of the paper's reading beside the mass-balanced one.
pub const OPACITY_BESIDE: f64 = 0.09;

/// What an area is, in a sentence.
pub fn said_of_areas(draws: usize) -> String {
    format!(
        "Areas: where the middle 90 % of {} of political stability lie, given its standard errors; the line has the published stability and is \
         not their middle.",
        counted(draws as u64, DRAWS)
    )
}

/// Under which reading the tables of bands hold a column; `None` for what has no bands.
pub fn reading_of(study: &Study, column: Column) -> Option<&'static str> {
    match column {
        Column::Str => Some(name_of(study.indicators.import_content)),
        Column::StrFull => Some(FULL),
        Column::StrMassBalance => Some(MASS_BALANCE),
        _ => None,
    }
}

/// The area of the average importer of a product; empty where there is none.
pub fn of_mean(bands: Option<&Bands>, study: &Study, column: Column, product: &str) -> Area {
    let (Some(bands), Some(reading)) = (bands, reading_of(study, column)) else { return Area::new() };
    let of = bands.mean(product, WORLD, reading);
    of.iter().map(|(year, band)| (*year, [band.low, band.high])).collect()
}

/// The area of one country; empty where there is none.
///
/// # Errors
/// [`RunError::Folder`] if `bands.parquet` is damaged.
pub fn of_country(run: &Run, column: Column, product: usize, country: usize) -> Result<Area, RunError> {
    let Some(reading) = reading_of(run.study(), column) else { return Ok(Area::new()) };
    let years = &run.panel()?.years;
    let levels = run.band_levels(&[product])?;
    let of = levels.iter().filter(|level| level.country == country && level.reading == reading);
    Ok(of.map(|level| (years[level.year], [level.str.low, level.str.high])).collect())
}

/// Draws an area; a gap in the years is a gap in it.
pub fn draw(plot: &YearPlot, svg: &mut Svg, area: &[(u16, [f64; 2])], colour: &str, opacity: f64) {
    for piece in area.chunk_by(|a, b| a.0 + 1 == b.0).filter(|piece| piece.len() > 1) {
        plot.band(svg, piece, colour, opacity);
    }
}

/// Its ends, which the axis must hold.
pub fn ends(area: &[(u16, [f64; 2])]) -> impl Iterator<Item = f64> + Clone {
    area.iter().flat_map(|(_, ends)| *ends)
}

/// Its ends in a year.
pub fn in_year(area: &[(u16, [f64; 2])], year: u16) -> Option<[f64; 2]> {
    area.iter().find(|(of, _)| *of == year).map(|(_, ends)| *ends)
}
