//! `monazite report`.

use std::cell::Cell;
use std::time::Instant;

use monazite::nomenclature::names::{code_meant, split_names};
use monazite::pipeline::{Error, draw_figures, report_again};
use monazite::report::brief::{BriefRequest, write_briefs};
use monazite::report::figures::figure::Selections;
use monazite::report::figures::list::{FIGURES, find};
use monazite::report::figures::{FigureError, FigureRequest, FigureSize};
use monazite::report::maps::{MapRequest, write_map};
use monazite::report::request::{Change, WrittenFile};
use monazite::report::trend_files::write_trends;
use monazite::report::trends::TrendRequest;
use monazite::study::Study;
use monazite::study::parameter::read_word;

use crate::arguments::ReportArguments;
use crate::failure::{Failure, Given};
use crate::terminal::{Terminal, seconds};

/// Makes what was asked for of a finished run and says where it is; the whole report if nothing was asked for.
pub fn report(arguments: &ReportArguments, terminal: &Terminal) -> Result<(), Failure> {
    let listed = Cell::new(false);
    make(arguments, terminal, &listed).map_err(|failure| {
        failure.leaving(|| {
            let run = arguments.run.display();
            if listed.get() {
                format!("{run} is as it was before but for the files above")
            } else {
                format!("{run} is as it was before")
            }
        })
    })
}

/// Makes what was asked for; `listed` says afterwards whether any of it is there.
fn make(arguments: &ReportArguments, terminal: &Terminal, listed: &Cell<bool>) -> Result<(), Failure> {
    let started = Instant::now();
    let sizes = sizes(arguments)?;
    refuse_unused(arguments)?;
    let mut briefs = BriefRequest {
        countries: arguments.country.iter().flat_map(|text| split_names(text)).collect(),
        products: arguments.product.clone(),
        year: arguments.year,
        side_by_side: arguments.side_by_side,
    };
    let about_maps = arguments.map.is_some();
    if let Some(indicator) = &arguments.map {
        // Products are those of the maps then.
        let products = std::mem::take(&mut briefs.products);
        let of = |product: Option<&String>, size: Option<FigureSize>| MapRequest {
            indicator: indicator.clone(),
            supplier: arguments.supplier.clone(),
            product: product.cloned(),
            year: arguments.year,
            size,
            reading: arguments.reading,
        };
        let products: Vec<Option<&String>> =
            if products.is_empty() { vec![None] } else { products.iter().map(Some).collect() };
        let maps = products.iter().flat_map(|product| sizes.iter().map(|size| of(*product, *size)));
        for map in maps {
            let written = write_map(&arguments.run, &map, super::printer().as_deref(), terminal);
            tell(arguments, terminal, "map", &written?);
            listed.set(true);
        }
    }
    if let Some(indicator) = &arguments.trend {
        // Products and countries are lines then.
        let request = TrendRequest {
            indicator: indicator.clone(),
            supplier: arguments.supplier.clone(),
            products: std::mem::take(&mut briefs.products),
            countries: arguments.countries.iter().flat_map(|text| split_names(text)).collect(),
            size: None,
        };
        for size in &sizes {
            let request = TrendRequest { size: *size, ..request.clone() };
            let written = write_trends(&arguments.run, &request, super::printer().as_deref(), terminal)?;
            tell(arguments, terminal, "trend", &written);
            listed.set(true);
        }
    }
    let about_charts = about_maps || arguments.trend.is_some();
    let about_briefs = !briefs.is_empty();
    if about_briefs {
        let written = write_briefs(&arguments.run, &briefs, terminal)?;
        tell(arguments, terminal, "brief", &written);
        listed.set(true);
    }
    let of_figures =
        !arguments.figures.is_empty() || !arguments.countries.is_empty() && arguments.trend.is_none();
    let sized = arguments.size.is_some();
    // A year or a paper alone is about figures if it is about nothing else.
    if of_figures || !about_charts && !about_briefs && (arguments.year.is_some() || sized) {
        for size in sizes {
            figures(arguments, size, terminal)?;
            listed.set(true);
        }
    } else if !about_charts && !about_briefs {
        whole(arguments, terminal)?;
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// The papers that were asked for: one of them, or with `all` each; that of the study if none was.
fn sizes(arguments: &ReportArguments) -> Result<Vec<Option<FigureSize>>, Failure> {
    match arguments.size.as_deref() {
        None => Ok(vec![None]),
        Some("all") => {
            Ok([FigureSize::OneColumn, FigureSize::TwoColumns, FigureSize::Slide].map(Some).to_vec())
        }
        Some(size) => {
            let size = read_word::<FigureSize>(size).map_err(|e| format!("--size: {e}; or all"))?;
            Ok(vec![Some(size)])
        }
    }
}

/// Options that nothing of what was asked for would use are refused: whoever gave them expects something of them.
fn refuse_unused(arguments: &ReportArguments) -> Result<(), Failure> {
    let figures: Vec<String> = arguments.figures.iter().map(|name| name.replace('-', "_")).collect();
    let about_trends = arguments.trend.is_some();
    let about_figures = !figures.is_empty() || !arguments.countries.is_empty() && !about_trends;
    let about_maps = arguments.map.is_some();
    let about_briefs =
        !arguments.country.is_empty() || !about_maps && !about_trends && !arguments.product.is_empty();
    if arguments.side_by_side && !about_briefs {
        return Err("--side-by-side: it goes with briefs: --country, or --product without --map and --trend"
            .to_owned()
            .into());
    }
    let share =
        |asked: &Option<String>| asked.as_ref().is_some_and(|text| text.eq_ignore_ascii_case("share"));
    if (share(&arguments.map) || share(&arguments.trend)) && arguments.supplier.is_none() {
        return Err("share: say whose with --supplier, such as --supplier CHN".to_owned().into());
    }
    if arguments.supplier.is_some() && !about_maps && !about_trends {
        return Err("--supplier: it goes with --map share and --trend share".to_owned().into());
    }
    if arguments.reading.is_some() && !about_maps {
        return Err("--reading: it goes with --map; a trend shows both readings".to_owned().into());
    }
    if arguments.year.is_some() && about_trends && !about_maps && !about_figures && !about_briefs {
        return Err("--year: a trend shows all years".to_owned().into());
    }
    if arguments.size.is_some() && about_briefs && !about_maps && !about_trends && !about_figures {
        return Err(
            "--size: a brief has no size of paper; it goes with --map, --trend, --figures and --countries"
                .to_owned()
                .into(),
        );
    }
    // All figures together use every option.
    let wanted = |uses: &dyn Fn(Selections) -> bool| -> Result<bool, FigureError> {
        let each = figures.iter().map(|name| find(name).map(|figure| uses(figure.selections())));
        let each: Vec<bool> = each.collect::<Result<_, _>>()?;
        Ok(each.is_empty() || each.contains(&true))
    };
    let using = |uses: &dyn Fn(Selections) -> bool| {
        let names = FIGURES.iter().filter(|figure| uses(figure.selections())).map(|figure| figure.name());
        names.collect::<Vec<_>>().join(", ")
    };
    let asked = figures.join(", ");
    if !arguments.countries.is_empty() && !about_trends && !wanted(&|s| s.country).map_err(Error::from)? {
        let of = using(&|s| s.country);
        return Err(format!(
            "--countries: {asked}: all countries are shown at once; it goes with --figures {of}"
        )
        .into());
    }
    if arguments.year.is_some()
        && !about_maps
        && !about_trends
        && !about_briefs
        && !wanted(&|s| s.year).map_err(Error::from)?
    {
        let of = using(&|s| s.year);
        return Err(format!(
            "--year: {asked}: all years are shown at once; it goes with --map, briefs and --figures {of}"
        )
        .into());
    }
    Ok(())
}

/// Names files that were written, and says which of them took the place of one with other content.
fn tell(arguments: &ReportArguments, terminal: &Terminal, what: &str, written: &[WrittenFile]) {
    for file in written {
        terminal.file(&arguments.run.join(&file.name));
        let replaced = if file.change == Change::Replaced { " (replaced)" } else { "" };
        terminal.line(&format!("  {what:<10}  {}{replaced}", arguments.run.join(&file.name).display()));
    }
}

/// Draws figures, and nothing else.
fn figures(
    arguments: &ReportArguments,
    size: Option<FigureSize>,
    terminal: &Terminal,
) -> Result<(), Failure> {
    // A name of a country becomes its code, which names the files.
    let countries: Vec<String> = arguments
        .countries
        .iter()
        .flat_map(|text| split_names(text))
        .map(|text| code_meant(&text).map_err(|e| format!("--countries: {e}")))
        .collect::<Result<_, _>>()?;
    let change = |study: &mut Study| {
        let f = &mut study.figures;
        f.size = size.unwrap_or(f.size);
        f.year = arguments.year.or(f.year);
        if !arguments.countries.is_empty() {
            f.countries.clone_from(&countries);
        }
    };
    let request = FigureRequest {
        only: arguments.figures.iter().map(|name| name.replace('-', "_")).collect(),
        strict: !arguments.countries.is_empty(),
        ..FigureRequest::default()
    };
    let printer = super::printer();
    let given: Vec<Given> = [
        (size.is_some(), ("figures.size", "--size")),
        (arguments.year.is_some(), ("figures.year", "--year")),
        (!arguments.countries.is_empty(), ("figures.countries", "--countries")),
    ]
    .into_iter()
    .filter_map(|(is_given, key)| is_given.then_some(key))
    .collect();
    let drawn = draw_figures(&arguments.run, change, &request, printer.as_deref(), terminal)
        .map_err(|e| Failure::of_options(e, &given))?;
    for (name, reason) in &drawn.absent {
        terminal.line(&format!("  figure {name}  none: {reason}"));
    }
    tell(arguments, terminal, "figure", &drawn.written);
    if printer.is_none() {
        terminal.line(super::WITHOUT_PRINTER);
    }
    Ok(())
}

/// Makes the page again, with its figures.
fn whole(arguments: &ReportArguments, terminal: &Terminal) -> Result<(), Failure> {
    let printer = super::printer();
    let summary = report_again(&arguments.run, printer.as_deref(), terminal)?;
    for skipped in summary.manifest.skipped.iter().filter(|s| s.stage.starts_with("figure ")) {
        terminal.line(&format!("  {}  none: {}", skipped.stage, skipped.reason));
    }
    terminal.line(&format!("  figures     {}", arguments.run.join("figures").display()));
    if printer.is_none() {
        terminal.line(super::WITHOUT_PRINTER);
    }
    if let Some(report) = &summary.report {
        terminal.file(report);
        terminal.line(&format!("  report      {}", report.display()));
    }
    Ok(())
}
