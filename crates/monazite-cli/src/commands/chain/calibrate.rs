//! `monazite chain calibrate`.

use monazite::delimited::CsvText;
use monazite::disk;
use monazite::pipeline::chain::{gather, policy, test_use, thresholds};
use monazite::pipeline::open_trade;
use monazite::study::TestUse;
use monazite::value_chain::calibrate::{Setting, Target, Z_GRID, calibrate as scan};

use crate::arguments::CalibrateArguments;
use crate::failure::Failure;
use crate::terminal::Terminal;

/// Shows the network for other thresholds.
pub fn calibrate(arguments: &CalibrateArguments, terminal: &Terminal) -> Result<(), Failure> {
    let file = super::super::study_file(arguments.study.as_deref())?;
    let study = super::super::load_study(&file, arguments.trade.as_deref())?;
    let store = open_trade(&study, terminal)?;
    let gathered = gather(&study, &store, terminal)?;
    let mut grid = if arguments.z.is_empty() { Z_GRID.to_vec() } else { arguments.z.clone() };
    grid.sort_by(f64::total_cmp);
    grid.dedup();
    let target = Target {
        products: arguments.products,
        within: arguments.within,
        deepest_tier: arguments.deepest_tier,
    };
    let settings = scan(
        &gathered.evidence,
        thresholds(&study),
        test_use(&study) != TestUse::Off,
        &grid,
        &study.study.seeds,
        policy(&study),
        target,
    )?;
    terminal.line("  votes     Z  products  links  deepest  by tier               like study  stability");
    for setting in &settings {
        terminal.line(&line(setting));
    }
    let fitting: Vec<String> = settings.iter().filter(|s| s.fits).map(name).collect();
    let wanted = format!(
        "{} products (give or take {}) and deepest tier {}",
        target.products, target.within, target.deepest_tier
    );
    terminal.line(&if fitting.is_empty() {
        format!("No setting gives {wanted}.")
    } else {
        format!("{wanted}: {}", fitting.join("; "))
    });
    if let Some(out) = &arguments.out {
        disk::write(out, csv(&settings).as_bytes())
            .map_err(|e| format!("{}: cannot be written: {e}", out.display()))?;
        terminal.line(&format!("  written     {}", out.display()));
    }
    Ok(())
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
