//! `monazite complexity`.

use std::path::Path;
use std::time::Instant;

use monazite::complexity::files::{FILES, check_place};
use monazite::complexity::{
    ComplexityAnswer, ComplexityOptions, SideTables, complexity as computed, write_complexity,
};
use monazite::ingest::IngestError;
use monazite::ingest::tables::{ExportTotals, read_population};
use monazite::nomenclature::names::split_names;
use monazite::nomenclature::{Countries, CountryId, YearRange};
use monazite::pipeline::{Error, open_trade};
use monazite::study::Study;
use monazite::trade::FlowSource;
use monazite::units::ThousandUsd;

use super::asked::show;
use crate::arguments::complexity::ComplexityArguments;
use crate::failure::{Failure, as_before};
use crate::terminal::{Terminal, seconds};

/// Computes the complexity of countries and products, shows what it comes to, and writes it into a folder if asked to.
pub fn complexity(arguments: &ComplexityArguments, terminal: &Terminal) -> Result<(), Failure> {
    let started = Instant::now();
    if !arguments.trade.exists() {
        return Err(format!("there is no {}", arguments.trade.display()).into());
    }
    if let Some(out) = &arguments.out {
        check_place(out)?;
    }
    let mut study = Study::new([]);
    study.data.trade = std::path::absolute(&arguments.trade).map_err(|e| e.to_string())?;
    let store =
        open_trade(&study, terminal).map_err(|error| without_study(error, &arguments.trade, "complexity"))?;
    let countries = store.countries();
    let tables = tables(arguments, countries)?;
    let options = options(arguments, &store)?;
    let country = arguments.country.as_deref().map(|text| named(countries, "--country", text)).transpose()?;
    let found = computed(&store, &tables, &options, terminal)?;
    let answer = ComplexityAnswer::of(&found, countries, country)
        .map_err(|why| format!("--country {}: {why}", arguments.country.as_deref().unwrap_or_default()))?;
    terminal.record("complexity", &answer);
    show(&answer.to_text(), terminal);
    let Some(out) = &arguments.out else { return Ok(()) };
    write_complexity(&found, countries, arguments.min_proximity, out, terminal)
        .map_err(|e| Failure::from(e).leaving(|| as_before(out)))?;
    FILES.iter().for_each(|name| terminal.file(&out.join(name)));
    terminal.line(&format!("  written     {}: {}", out.display(), FILES.join(", ")));
    terminal.line(&format!("done in {}", seconds(started.elapsed())));
    Ok(())
}

/// What is wrong with trade that has to be imported first. What the engine asks a study to say, such as the unit of the values, is said to an import.
pub(super) fn without_study(error: Error, trade: &Path, command: &str) -> Failure {
    let speaks_of_study =
        |message: &str| ["data.", "[data", "the study"].iter().any(|part| message.contains(part));
    match Failure::from(error) {
        Failure::Refused(message) if speaks_of_study(&message) => {
            let shown = trade.display();
            Failure::Refused(format!(
                "{message}\n`{command}` reads no study: import the trade first, with what has to be said as options (monazite import --help), and give the store:\n    \
                 monazite import {shown} --out NEW.store\n    monazite {command} NEW.store"
            ))
        }
        other => other,
    }
}

fn tables(arguments: &ComplexityArguments, known: &Countries) -> Result<SideTables, Failure> {
    let of = |option: &'static str, columns: &'static str| {
        move |error: IngestError| {
            Failure::from(format!("{error} ({option}: a table with the columns {columns})"))
        }
    };
    let population = arguments.population.as_deref().map(|path| read_population(path, known)).transpose();
    let population = population.map_err(of("--population", "year, iso3, population"))?;
    let exports =
        arguments.exports.as_deref().map(|path| ExportTotals::read(path)?.of_countries(known)).transpose();
    let exports = exports.map_err(of("--exports", "year, iso3, exports (thousand USD)"))?;
    Ok(SideTables { population, exports })
}

fn options(arguments: &ComplexityArguments, source: &dyn FlowSource) -> Result<ComplexityOptions, Failure> {
    let last = source.years().last().copied().unwrap_or_default();
    let year = arguments.year.unwrap_or(last);
    let years = arguments.years.unwrap_or(YearRange { first: year, last: year });
    let mut exclude = Vec::new();
    for name in arguments.exclude.iter().flat_map(|text| split_names(text)) {
        let id = named(source.countries(), "--exclude", &name)?;
        exclude.push(source.countries().get(id).iso3.clone());
    }
    Ok(ComplexityOptions {
        threshold: arguments.threshold,
        strict: arguments.strict,
        least_population: arguments.min_population,
        least_exports: ThousandUsd::new(arguments.min_exports / 1000.0),
        exclude,
        itself: !arguments.without_itself,
        force: arguments.force,
        ..ComplexityOptions::of(years)
    })
}

fn named(countries: &Countries, option: &str, text: &str) -> Result<CountryId, Failure> {
    countries.find_named(text).map_err(|e| format!("{option}: {e}").into())
}
