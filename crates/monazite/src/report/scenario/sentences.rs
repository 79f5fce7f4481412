//! What a scenario comes to, in plain sentences.

use super::numbers::{and, share};
use super::shown::{Shown, range};
use crate::run::{Run, RunError};
use crate::shock::ChainReading;
use crate::study::{RationingRule, ShockSection};
use crate::what_if::{ContentReading, ProductOutcome, ScenarioOutcome};

/// What a scenario comes to in three sentences: what the others lose, who loses most, and what that touches down the chain; and a fourth
/// where other suppliers help.
///
/// Every number is given as a range over the three readings of import content, as far as these differ. Amounts are USD or tonnes, as the
/// study measures trade. Where a product that is hit is also made of another one, its losses are those under *reach*, as on the command line.
///
/// # Errors
/// [`RunError`] if a table of the run is damaged.
///
/// ```
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, study::Study};
/// use monazite::report::scenario::sentences::sentences;
/// use monazite::run::Run;
/// use monazite::shock::{Scenario, ScenarioRow};
/// use monazite::what_if::WhatIf;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let folder = folder.path().join("run");
/// # run_study(&study, &folder, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
/// let run = Run::open(&folder)?;
/// let stop = Scenario::of_rows(&[ScenarioRow::stop("AAA", vec!["284690".parse()?])]);
/// let (settings, year) = (&run.study().shocks, run.panel()?.year(2019).expect("a year of the run"));
/// let outcome = WhatIf::of(&run, year, &[], settings)?.scenario(&stop[0])?;
/// // The others buy 60 and 30 of their 160 from it; by the books all of it can be its.
/// let told = sentences(&run, settings, &outcome)?;
/// assert!(told[0].starts_with("All others lose 56 to 100\u{a0}% of what they import of 284690"), "{told:?}");
/// # Ok(())
/// # }
/// ```
pub fn sentences(
    run: &Run,
    settings: &ShockSection,
    outcome: &ScenarioOutcome,
) -> Result<Vec<String>, RunError> {
    Ok(of_shown(&Shown::of(run, settings, outcome)?))
}

pub(super) fn of_shown(of: &Shown<'_>) -> Vec<String> {
    let total = of.total(of.hit(), ChainReading::Reach);
    let Some(shares) = total.shares() else {
        return vec![format!("Nobody but {} imports {} in {}.", of.suppliers(), of.products(), of.year())];
    };
    if total.range()[1] == 0.0 && of.behind().next().is_none() {
        return vec![format!("Nobody loses anything of {}, as of {}.", of.products(), of.year())];
    }
    let bounds = if of.are_bounds() {
        "the lower and the upper end, whatever part of what others sell was bought"
    } else {
        "three readings of what others sell; none of them is an end"
    };
    let apart = if of.shares(shares).contains(" to ") { format!(" ({bounds})") } else { String::new() };
    let mut told = vec![format!(
        "All others lose {} of what they import of {}, or {} of {} a year, as of {}{apart}.",
        of.shares(shares),
        of.products(),
        of.amounts(total.range()),
        of.amount(total.imports),
        of.year()
    )];
    told.extend(who_loses_most(of));
    told.extend(suppliers_that_lose(of));
    told.push(down_the_chain(of));
    told.extend(who_fills(of));
    told
}

/// By importer: what it imports of the products that are hit, and what it loses of it under the three readings.
pub(super) fn losers(of: &Shown<'_>) -> Vec<(usize, f64, [f64; 3])> {
    let mut found: Vec<(usize, f64, [f64; 3])> = of
        .others()
        .map(|c| {
            let (mut imports, mut lost) = (0.0, [0.0; 3]);
            for product in of.hit() {
                imports += product.imports[c];
                let shares = of.lost_by(product, c, ChainReading::Reach);
                lost.iter_mut().zip(shares).for_each(|(sum, l)| *sum += product.imports[c] * l);
            }
            (c, imports, lost)
        })
        .filter(|(_, _, lost)| lost.iter().any(|l| *l > 0.0))
        .collect();
    found.sort_by(|a, b| range(&b.2)[1].total_cmp(&range(&a.2)[1]).then(a.0.cmp(&b.0)));
    found
}

fn who_loses_most(of: &Shown<'_>) -> Option<String> {
    let found = losers(of);
    let all: f64 = of.total(of.hit(), ChainReading::Reach).imports;
    let (first, ..) = found.first()?;
    let told: Vec<String> = found
        .iter()
        .take(3)
        .map(|(c, imports, lost)| {
            let [least, most] = range(lost);
            format!("{} ({})", of.name(*c), of.shares([least / imports, most / imports]))
        })
        .collect();
    let mut text = match told.len() {
        1 => format!("Only {} loses", told[0]),
        _ => format!("Most is lost by {}", and(&told)),
    };
    // Among those who count: at least half a percent of what all others import.
    let large = found.iter().filter(|(_, imports, _)| *imports >= 0.005 * all);
    let most_dependent = large.max_by(|a, b| {
        let of = |x: &(usize, f64, [f64; 3])| range(&x.2)[1] / x.1;
        of(a).total_cmp(&of(b)).then(b.0.cmp(&a.0))
    });
    if let Some((c, imports, lost)) = most_dependent.filter(|(c, ..)| c != first) {
        let [least, most] = range(lost);
        text.push_str(&format!(
            "; of the importers that count, {} loses the largest share of its own imports ({})",
            of.name(*c),
            of.shares([least / imports, most / imports])
        ));
    }
    Some(text + ".")
}

/// The suppliers that are hit are in no total; some of them lose of one another, or of their own goods that come back.
fn suppliers_that_lose(of: &Shown<'_>) -> Option<String> {
    let lost = |c: usize| {
        let (mut imports, mut lost) = (0.0, [0.0; 3]);
        for product in of.hit() {
            imports += product.imports[c];
            let shares = of.lost_by(product, c, ChainReading::Reach);
            lost.iter_mut().zip(shares).for_each(|(sum, l)| *sum += product.imports[c] * l);
        }
        (imports, range(&lost))
    };
    // Of those who import little nothing is said.
    let all = of.total(of.hit(), ChainReading::Reach).imports;
    let told: Vec<String> = of
        .outcome
        .suppliers
        .iter()
        .map(|&a| (usize::from(a), lost(usize::from(a))))
        .filter(|(_, (imports, lost))| *imports >= 0.005 * all && lost[1] >= 0.05 * imports)
        .map(|(a, (imports, lost))| format!("{} ({})", of.name(a), of.shares(lost.map(|l| l / imports))))
        .collect();
    (!told.is_empty()).then(|| {
        format!(
            "In none of these totals is what the suppliers that are hit lose of their own imports: {}.",
            and(&told)
        )
    })
}

fn down_the_chain(of: &Shown<'_>) -> String {
    let touched: Vec<&ProductOutcome> = of.behind().collect();
    if touched.is_empty() {
        return format!(
            "In the value chain of this study nothing{} is made of {}, or nobody who makes it loses any; so nothing is lost further down.",
            // One product that is hit may be made of another one.
            if of.hit().count() > 1 { " else" } else { "" },
            of.products()
        );
    }
    let lost = |chain: ChainReading| {
        let total = of.total(touched.iter().copied(), chain);
        (total, of.passed(&total))
    };
    let (reach, content) = (lost(ChainReading::Reach), lost(ChainReading::Content));
    if reach.0.imports <= 0.0 {
        let made = if touched.len() == 1 { "the product that is" } else { "the products that are" };
        return format!("Nobody but {} imports {made} made of it.", of.suppliers());
    }
    // The content of an input that is worth more than all that is made of it is capped by the whole.
    let apart = if content.1[1] < 0.9 * reach.1[1] {
        "What really stops lies somewhere between the two; trade data do not say where"
    } else {
        "The two are close here, since the input is traded for as much as what is made of it"
    };
    format!(
        "Down the chain, {} of the trade in {} {} made of it contains what is lost: {} a year (reach); the missing input itself {} {} (content). {apart}.",
        of.shares(reach.1.map(|lost| lost / reach.0.imports)),
        touched.len(),
        if touched.len() == 1 { "product" } else { "products" },
        of.amounts(reach.1),
        if of.by_weight() { "weighs" } else { "is worth" },
        of.amounts(content.1)
    )
}

fn who_fills(of: &Shown<'_>) -> Option<String> {
    let (mut lacking, mut left) = (0.0, 0.0);
    let mut fills: Vec<f64> = Vec::new();
    for product in of.hit() {
        let losses = product.losses(ContentReading::MassBalance, ChainReading::Reach);
        for c in of.others() {
            if let (Some(fill), Some(lacks), Some(loss)) = (losses.fill[c], losses.lacking[c], losses.loss[c])
            {
                fills.push(fill);
                lacking += product.imports[c] * lacks;
                left += product.imports[c] * loss;
            }
        }
    }
    if lacking <= 0.0 {
        return None;
    }
    let (total, by_importer) = (share((1.0 - left / lacking).max(0.0)), of.shares(range(&fills)));
    let apart = if by_importer == total { String::new() } else { format!(" (by importer {by_importer})") };
    let rule = match of.settings.rationing {
        RationingRule::Pool => "shared out alike",
        RationingRule::Incumbent => "given to present customers only",
        RationingRule::Priority => "given to some importers first",
    };
    Some(format!(
        "Other suppliers fill {total} of all that is missing{apart}, {rule}, under mass balance; the losses above are what is left."
    ))
}
