//! `monazite chain calibrate`.

use std::collections::BTreeSet;
use std::path::Path;

use monazite::delimited::CsvText;
use monazite::disk;
use monazite::pipeline::chain::{gather, policy, source_paths, test_use, thresholds};
use monazite::pipeline::{open_trade, store_folder};
use monazite::study::{Study, TestUse};
use monazite::value_chain::calibrate::{Setting, Target, Z_GRID, calibrate as scan};
use monazite::value_chain::evidence::{Criterion, Evidence, Thresholds};
use monazite::value_chain::sources::{ProductCodes, Sources};

use crate::arguments::CalibrateArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Shows the network for other thresholds: of votes alone, which needs no trade, and of votes and Z where the trade is there.
pub fn calibrate(arguments: &CalibrateArguments, terminal: &Terminal) -> Result<(), Failure> {
    let file = super::super::study_file(arguments.study.as_deref())?;
    let target = Target {
        products: arguments.products,
        within: arguments.within,
        deepest_tier: arguments.deepest_tier,
    };
    let mut settings = before_the_test(arguments, &file, target, terminal)?;
    let named = super::super::inputs::read_study(&file)?;
    if arguments.trade.is_some() || trade_is_there(&named) {
        terminal.line("with the test on trade:");
        settings.extend(with_the_test(arguments, &file, target, terminal)?);
    } else {
        terminal.line("The trade data are not here, so links are not tested; name them with --trade.");
    }
    if let Some(out) = &arguments.out {
        disk::write(out, csv(&settings).as_bytes())
            .map_err(|e| format!("{}: cannot be written: {e}", out.display()))?;
        terminal.line(&format!("  written     {}", out.display()));
    }
    Ok(())
}

fn trade_is_there(study: &Study) -> bool {
    let named = !study.data.trade.as_os_str().is_empty() && study.resolve(&study.data.trade).exists();
    named || store_folder(study).exists()
}

/// Votes alone: for each number of votes the codes up to each tier. A study without votes has nothing to show.
fn before_the_test(
    arguments: &CalibrateArguments,
    file: &Path,
    target: Target,
    terminal: &Terminal,
) -> Result<Vec<Setting>, Failure> {
    let study = super::super::inputs::read_study(file)?;
    let codes = ProductCodes {
        edition: study.data.convert_to.or(study.data.edition),
        codes: BTreeSet::new(),
        complete: false,
    };
    let sources = Sources::read(&source_paths(&study), &codes)?;
    let evidence = Evidence::untested(sources);
    if evidence.runs() == 0 {
        return Ok(Vec::new());
    }
    let untested = Thresholds { criterion: Criterion::None, ..thresholds(&study) };
    let seeds = &study.study.seeds;
    let settings = scan(&evidence, untested, false, &[], seeds, policy(&study), target)?;
    let deepest = settings.iter().map(|s| usize::from(s.deepest_tier)).max().unwrap_or(0);
    terminal.line("before any test on trade:");
    let tiers: String = (0..=deepest).map(|tier| format!("{:>10}", format!("to tier {tier}"))).collect();
    terminal.line(&format!("  votes{tiers}   links  like study  stability"));
    for s in &settings {
        let mut sum = 0;
        let codes: String = (0..=deepest)
            .map(|tier| {
                sum += s.tier_sizes.get(tier).copied().unwrap_or(0);
                format!("{sum:>10}")
            })
            .collect();
        terminal.line(&format!(
            "{} {:>5}{codes} {:>7}  {:>10} {:>10}",
            if s.fits { "*" } else { " " },
            or_dash(s.votes, |v| v.to_string()),
            s.links,
            or_dash(s.like_study, |j| format!("{j:.2}")),
            or_dash(s.stability, |j| format!("{j:.2}"))
        ));
    }
    if arguments.trade.is_none() && !trade_is_there(&study) {
        terminal.line(&what_fits(&settings, target));
    }
    Ok(settings)
}

/// Votes and Z.
fn with_the_test(
    arguments: &CalibrateArguments,
    file: &Path,
    target: Target,
    terminal: &Terminal,
) -> Result<Vec<Setting>, Failure> {
    let study = super::super::load_study(file, arguments.trade.as_deref())?;
    let store = open_trade(&study, terminal)?;
    let gathered = gather(&study, &store, terminal)?;
    let mut grid = if arguments.z.is_empty() { Z_GRID.to_vec() } else { arguments.z.clone() };
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    let tested = test_use(&study) != TestUse::Off;
    let seeds = &study.study.seeds;
    let settings =
        scan(&gathered.evidence, thresholds(&study), tested, &grid, seeds, policy(&study), target)?;
    terminal.line("  votes     Z  products  links  deepest  by tier               like study  stability");
    for setting in &settings {
        terminal.line(&line(setting));
    }
    terminal.line(&what_fits(&settings, target));
    Ok(settings)
}

/// The settings that come near what is looked for.
fn what_fits(settings: &[Setting], target: Target) -> String {
    let fitting: Vec<String> = settings.iter().filter(|s| s.fits).map(name).collect();
    let wanted = format!(
        "{} products (give or take {}) and deepest tier {}",
        target.products, target.within, target.deepest_tier
    );
    if fitting.is_empty() {
        format!("No setting gives {wanted}.")
    } else {
        format!("{wanted}: {}", fitting.join("; "))
    }
}

fn tiers(setting: &Setting) -> String {
    setting.tier_sizes.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn or_dash<T>(value: Option<T>, show: impl Fn(T) -> String) -> String {
    value.map_or_else(|| "-".to_owned(), show)
}

fn line(s: &Setting) -> String {
    format!(
        "{} {:>5} {:>5} {:>9} {:>6} {:>8}  {:<20} {:>11} {:>10}",
        if s.fits { "*" } else { " " },
        or_dash(s.votes, |v| v.to_string()),
        or_dash(s.z, |z| format!("{z:.2}")),
        s.products,
        s.links,
        s.deepest_tier,
        tiers(s),
        or_dash(s.like_study, |j| format!("{j:.2}")),
        or_dash(s.stability, |j| format!("{j:.2}"))
    )
}

fn name(s: &Setting) -> String {
    match (s.votes, s.z) {
        (Some(votes), Some(z)) => format!("votes {votes}, Z {z}"),
        (Some(votes), None) => format!("votes {votes}"),
        (None, Some(z)) => format!("Z {z}"),
        (None, None) => "the only setting there is".to_owned(),
    }
}

fn csv(settings: &[Setting]) -> String {
    let mut text = CsvText::new([
        "votes",
        "z",
        "products",
        "links",
        "deepest_tier",
        "tier_sizes",
        "like_study",
        "stability",
        "fits",
    ]);
    for s in settings {
        let number = |v: Option<f64>| v.map_or_else(String::new, |v| v.to_string());
        text.row([
            s.votes.map_or_else(String::new, |v| v.to_string()),
            number(s.z),
            s.products.to_string(),
            s.links.to_string(),
            s.deepest_tier.to_string(),
            tiers(s),
            number(s.like_study),
            number(s.stability),
            s.fits.to_string(),
        ]);
    }
    text.text()
}
