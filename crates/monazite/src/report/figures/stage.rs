//! The stage of a run that draws all figures, and draws them again for a finished run; and one figure as text.

use rayon::prelude::*;

use super::caption::Caption;
use super::figure::{Drawing, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::inputs::{FigureInputs, countries_of, country_of};
use super::list::{FIGURES, find};
use super::paper::{Drawn, draw_for};
use super::request_names::FigureNames;
use super::source::FigureSource;
use super::{FigureError, FigurePrinter, FigureSize};
use crate::progress::Progress;
use crate::run::Run;
use crate::run::provenance::source_line;
use crate::run_folder::{Manifest, RunFolder};
use crate::study::{Problem, Study, StudyError};
use crate::threads::within;

/// What to draw.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FigureRequest {
    /// The figures by name ([`super::names_of_figures`]); all if empty.
    pub only: Vec<String>,
    /// Whether every country of `figures.countries` has to be in the run. Otherwise those that are not are left out with a note.
    pub strict: bool,
    /// How files are called.
    pub names: FigureNames,
}

/// A figure that was drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct MadeFigure {
    /// Its name: the file without folder and ending.
    pub name: String,
    /// The drawing.
    pub drawn: Drawn,
    /// Its caption.
    pub caption: String,
}

/// The figures of a run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FigureSet {
    /// Those that were drawn.
    pub figures: Vec<MadeFigure>,
    /// Those that could not be, and why.
    pub absent: Vec<(&'static str, String)>,
    /// What a reader should know: countries that were left out.
    pub notes: Vec<String>,
    /// Whether all figures were asked for.
    pub whole: bool,
    /// Whether they were printed too.
    pub printed: bool,
}

/// What one figure is asked for. What is left out is as the study of the run says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct FigureSelection<'a> {
    /// A country or group, by its code.
    pub country: Option<&'a str>,
    /// A year.
    pub year: Option<u16>,
}

/// One figure as texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTexts {
    /// Its name, as a file of the run would have it.
    pub name: String,
    /// The drawing, with its font.
    pub svg: String,
    /// Its caption.
    pub caption: String,
    /// The numbers that it draws.
    pub tables: Vec<FigureTable>,
}

/// What in the figures of a study does not fit its data: a year that the study does not have.
///
/// # Errors
/// [`StudyError`].
pub fn check_against(study: &Study, years: &[u16]) -> Result<(), StudyError> {
    match study.figures.year {
        Some(year) if !years.contains(&year) => {
            let message = format!("{year} is not a year of the study");
            Err(study.error(vec![Problem { line: None, key: "figures.year".to_owned(), message }]))
        }
        _ => Ok(()),
    }
}

/// Draws the figures of a run into its folder: SVG, CSV and caption, and PNG and PDF if there is a printer.
///
/// # Errors
/// [`FigureError`]: a table that is missing or damaged, something asked for that the run does not have, a file that cannot be written;
/// [`FigureError::Cancelled`] if `progress` asks to stop.
pub fn draw(
    folder: &mut RunFolder,
    run: &Run,
    study: &Study,
    request: &FigureRequest,
    printer: Option<&dyn FigurePrinter>,
    progress: &dyn Progress,
) -> Result<FigureSet, FigureError> {
    for name in &request.only {
        find(name)?;
    }
    let mut set = FigureSet { whole: request.only.is_empty(), ..FigureSet::default() };
    let gathered = gather(FigureSource::of(run, study)?, request, &mut set, progress)?;
    progress.go_on()?;
    for table in gathered.iter().flat_map(|numbers| numbers.tables()) {
        folder.write(&file_of(&request.names.of(&table.name)), table.csv.as_bytes())?;
    }
    let size = study.figures.size;
    for drawing in gathered.iter().flat_map(|numbers| numbers.drawings(size)) {
        progress.go_on()?;
        set.figures.push(made(drawing, study, run.manifest(), study.figures.size, &request.names));
    }
    for figure in &set.figures {
        let name = format!("figures/{}", figure.name);
        folder.write(&format!("{name}.svg"), figure.drawn.standalone().as_bytes())?;
        folder.write(&format!("{name}.caption.txt"), figure.caption.as_bytes())?;
    }
    if let Some(printer) = printer {
        print(folder, &set.figures, printer, progress)?;
        set.printed = true;
    }
    Ok(set)
}

/// The numbers of the figures that are wanted, in the order of the list.
fn gather(
    source: FigureSource<'_>,
    request: &FigureRequest,
    set: &mut FigureSet,
    progress: &dyn Progress,
) -> Result<Vec<Box<dyn FigureNumbers>>, FigureError> {
    let countries = countries_of(&source, request.strict, &mut set.notes)?;
    let inputs = FigureInputs::new(source, countries, source.study.figures.year);
    let mut gathered = Vec::new();
    for figure in FIGURES {
        if request.only.is_empty() || request.only.iter().any(|only| only == figure.name()) {
            progress.go_on()?;
            match figure.gather(&inputs)? {
                Gathered::Numbers(numbers) => gathered.push(numbers),
                Gathered::Absent(reason) => set.absent.push((figure.name(), reason)),
            }
        }
    }
    Ok(gathered)
}

fn made(
    drawing: Drawing<'_>,
    study: &Study,
    manifest: &Manifest,
    size: FigureSize,
    names: &FigureNames,
) -> MadeFigure {
    let mut caption = drawing.caption;
    for file in &mut caption.numbers {
        *file = names.of_file(file);
    }
    MadeFigure {
        name: names.of(&drawing.name),
        drawn: draw_for(size, &drawing.description, &source_line(study, manifest), &*drawing.draw),
        caption: caption.to_text(study, manifest, size),
    }
}

fn print(
    folder: &mut RunFolder,
    figures: &[MadeFigure],
    printer: &dyn FigurePrinter,
    progress: &dyn Progress,
) -> Result<(), FigureError> {
    let print = |figure: &MadeFigure| {
        progress.go_on()?;
        printer
            .print(&figure.drawn.plain)
            .map_err(|message| FigureError::Print { name: figure.name.clone(), message })
    };
    let printed: Vec<_> = within(|| figures.par_iter().map(print).collect::<Result<_, FigureError>>())?;
    for (figure, printed) in figures.iter().zip(printed) {
        folder.write(&format!("figures/{}.png", figure.name), &printed.png)?;
        folder.write(&format!("figures/{}.pdf", figure.name), &printed.pdf)?;
    }
    Ok(())
}

/// One figure as texts: drawing, caption and numbers. Nothing is written anywhere.
///
/// `name` is one of [`super::names_of_figures`]. A country that is among those of the study is drawn with their common scale of
/// colours, so that the figure is the one in the run folder; any other with a scale of its own.
///
/// # Errors
/// [`FigureError::Unknown`] for a figure, country or year that there is not, [`FigureError::NotSelective`] for a country or year that
/// the figure does not tell apart, [`FigureError::Absent`] if the run lacks what the figure shows, otherwise a table that is missing
/// or damaged.
pub fn texts(
    source: &FigureSource<'_>,
    name: &str,
    selection: FigureSelection<'_>,
    size: FigureSize,
) -> Result<FigureTexts, FigureError> {
    let figure = find(name)?;
    let Selections { country, year } = figure.selections();
    for (what, asked, taken) in
        [("country", selection.country.is_some(), country), ("year", selection.year.is_some(), year)]
    {
        if asked && !taken {
            return Err(FigureError::NotSelective { name: figure.name(), what });
        }
    }
    let (study, manifest) = (source.study, source.manifest);
    let mut countries = countries_of(source, false, &mut Vec::new())?;
    let mut country = None;
    if let Some(asked) = selection.country {
        let code = country_of(source.panel, source.groups()?, asked)?;
        let drawn_alone = figure.drawing(Some(&code)) == figure.name();
        if drawn_alone || !countries.contains(&code) {
            countries = vec![code.clone()];
        }
        country = Some(code);
    }
    let inputs = FigureInputs::new(*source, countries, selection.year.or(study.figures.year));
    let absent = |reason: String| FigureError::Absent { name: figure.name(), reason };
    let numbers = match figure.gather(&inputs)? {
        Gathered::Numbers(numbers) => numbers,
        Gathered::Absent(reason) => return Err(absent(reason)),
    };
    let wanted = figure.drawing(country.as_deref());
    let drawing = numbers
        .drawings(size)
        .into_iter()
        .find(|drawing| drawing.name == wanted)
        .ok_or_else(|| absent(format!("there is no drawing {wanted}")))?;
    let tables = tables_of(&*numbers, &drawing.caption);
    let figure = made(drawing, study, manifest, size, &FigureNames::default());
    Ok(FigureTexts { name: figure.name, svg: figure.drawn.standalone(), caption: figure.caption, tables })
}

/// The tables that a caption names.
fn tables_of(numbers: &dyn FigureNumbers, caption: &Caption) -> Vec<FigureTable> {
    let named = |table: &FigureTable| caption.numbers.contains(&file_of(&table.name));
    numbers.tables().into_iter().filter(named).collect()
}

/// One figure as SVG, with its font. Nothing is written anywhere. As [`texts`], without caption and numbers.
///
/// ```no_run
/// use monazite::report::figures::source::FigureSource;
/// use monazite::report::figures::{FigureSelection, FigureSize, columns, svg};
/// use monazite::run::Run;
/// use monazite::run_folder::stored_panel::PanelSelection;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let selection = PanelSelection { columns: columns(), products: None };
/// let run = Run::open_selected("runs/example".as_ref(), selection)?;
/// let source = FigureSource::of(&run, run.study())?;
/// let usa = FigureSelection { country: Some("USA"), year: Some(2023) };
/// std::fs::write("usa.svg", svg(&source, "network", usa, FigureSize::TwoColumns)?)?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
/// As [`texts`].
pub fn svg(
    source: &FigureSource<'_>,
    name: &str,
    selection: FigureSelection<'_>,
    size: FigureSize,
) -> Result<String, FigureError> {
    Ok(texts(source, name, selection, size)?.svg)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pipeline::{RunOptions, Until, run_study};
    use crate::progress::Silent;
    use crate::run_folder::stored_panel::PanelSelection;
    use std::path::Path;

    /// What `look` finds in the figures of the run of the tiny study.
    fn with_tiny_run(look: impl FnOnce(&FigureSource<'_>, &Path)) {
        let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
        let temporary = tempfile::tempdir().unwrap();
        let mut study = Study::load(tiny.as_ref()).unwrap();
        study.data.store = Some(temporary.path().join("store"));
        let run = temporary.path().join("run");
        run_study(&study, &run, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)
            .unwrap();
        let selection = PanelSelection { columns: super::super::columns(), products: None };
        let opened = Run::open_selected(&run, selection).unwrap();
        look(&FigureSource::of(&opened, opened.study()).unwrap(), &run);
    }

    #[test]
    fn a_figure_as_text_is_the_one_in_the_folder() {
        with_tiny_run(|source, run| {
            let size = source.study.figures.size;
            let read = |name: &str| std::fs::read_to_string(run.join("figures").join(name)).unwrap();
            let country = read("network.csv").lines().nth(1).unwrap()[..3].to_owned();
            for asked in [None, Some(country.to_lowercase())] {
                let selection = FigureSelection { country: asked.as_deref(), year: None };
                let figure = texts(source, "network", selection, size).unwrap();
                let name = asked.map_or("network".to_owned(), |_| format!("network_{country}"));
                assert_eq!(figure.name, name);
                assert_eq!(figure.svg, read(&format!("{name}.svg")));
                assert_eq!(figure.caption, read(&format!("{name}.caption.txt")));
                let tables: Vec<&str> = figure.tables.iter().map(|t| t.name.as_str()).collect();
                assert!(tables.contains(&name.as_str()) && tables.contains(&"network_links"), "{tables:?}");
                for table in &figure.tables {
                    assert_eq!(table.csv, read(&format!("{}.csv", table.name)));
                }
            }
            let earlier = FigureSelection { country: None, year: source.panel.years.first().copied() };
            let slide = svg(source, "network", earlier, FigureSize::Slide).unwrap();
            assert!(slide.contains("338.66mm") && slide != read("network.svg"));
        });
    }

    #[test]
    fn what_cannot_be_drawn_says_why() {
        with_tiny_run(|source, _| {
            let of = |name, country, year| {
                let selection = FigureSelection { country, year };
                svg(source, name, selection, FigureSize::OneColumn).unwrap_err().to_string()
            };
            for (error, expected) in [
                (of("map", None, None), "there is no figure 'map' in this run"),
                (of("network", Some("ZZZ"), None), "there is no country or group 'ZZZ' in this run"),
                (of("network", None, Some(1900)), "there is no year '1900' in this run"),
                (
                    of("cluster_trends", Some("AAA"), None),
                    "figure cluster_trends: it is not drawn for one country",
                ),
                (of("typology_map", None, Some(2020)), "figure typology_map: it is not drawn for one year"),
                (of("typology_map", None, None), "figure typology_map: "),
                (of("coefficients", None, None), "figure coefficients: "),
            ] {
                assert!(error.starts_with(expected), "{error}");
            }
        });
    }
}
