//! `monazite report`.

use std::cell::Cell;
use std::time::Instant;

use monazite::pipeline::redraw;
use monazite::report::brief::{BriefRequest, write_briefs};
use monazite::report::figures::{FigureRequest, FigureSize};
use monazite::report::maps::{MapRequest, write_map};
use monazite::study::Study;
use monazite::study::parameter::read_word;

use crate::arguments::ReportArguments;
use crate::failure::Failure;
use crate::terminal::{Terminal, seconds};

/// Makes pages and maps of a finished run and says where they are.
pub fn report(arguments: &ReportArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    let mut request = BriefRequest {
        countries: arguments.country.clone(),
        products: arguments.product.clone(),
        year: arguments.year,
    };
    let listed = Cell::new(false);
    let left = || {
        let run = arguments.run.display();
        if listed.get() {
            format!("{run} is as it was before but for the files above")
        } else {
            format!("{run} is as it was before")
        }
    };
    let made = |what: &str, files: Vec<String>| {
        listed.set(true);
        for file in files {
            terminal.line(&format!("  {what:<10}  {}", arguments.run.join(file).display()));
        }
    };
    if let Some(indicator) = &arguments.map {
        // Products are those of the maps then.
        let products = std::mem::take(&mut request.products);
        let of = |product: Option<&String>| MapRequest {
            indicator: indicator.clone(),
            product: product.cloned(),
            year: arguments.year,
        };
        let maps: Vec<MapRequest> = if products.is_empty() {
            vec![of(None)]
        } else {
            products.iter().map(|product| of(Some(product))).collect()
        };
        for map in maps {
            let files = write_map(&arguments.run, &map, super::printer().as_deref(), terminal)
                .map_err(|e| Failure::from(e).leaving(left))?;
            made("map", files);
        }
    }
    let figures_only = arguments.map.is_none() && request.is_empty();
    if !request.is_empty() {
        let files =
            write_briefs(&arguments.run, &request, terminal).map_err(|e| Failure::from(e).leaving(left))?;
        made("brief", files);
    }
    if figures_only || arguments.is_about_figures() {
        figures(arguments, terminal).map_err(|failure| failure.leaving(left))?;
    }
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

fn figures(arguments: &ReportArguments, terminal: &Terminal) -> Result<(), Failure> {
    let size = arguments
        .size
        .as_ref()
        .map(|size| read_word::<FigureSize>(&size.replace('-', "_")).map_err(|e| format!("--size: {e}")))
        .transpose()?;
    let change = |study: &mut Study| {
        let f = &mut study.figures;
        f.size = size.unwrap_or(f.size);
        f.year = arguments.year.or(f.year);
        if !arguments.countries.is_empty() {
            f.countries = arguments.countries.iter().map(|code| code.trim().to_uppercase()).collect();
        }
    };
    let request = FigureRequest {
        only: arguments.figures.iter().map(|name| name.replace('-', "_")).collect(),
        strict: !arguments.countries.is_empty(),
    };
    let printer = super::printer();
    let summary = redraw(&arguments.run, change, &request, printer.as_deref(), terminal)?;
    for skipped in summary.manifest.skipped.iter().filter(|s| s.stage.starts_with("figure ")) {
        terminal.line(&format!("  {}  none: {}", skipped.stage, skipped.reason));
    }
    terminal.line(&format!("  figures     {}", arguments.run.join("figures").display()));
    if printer.is_none() {
        terminal.line(super::WITHOUT_PRINTER);
    }
    if let Some(report) = &summary.report {
        terminal.line(&format!("  report      {}", report.display()));
    }
    Ok(())
}
