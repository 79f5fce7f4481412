//! The section of the page on stops: whose would cost the others most, what the scenarios of the study take, and where importers could turn.

use std::fmt::Write;

use super::cells::{self, SHARE, unit_of};
use super::sections::shortened;
use super::sentences;
use crate::html::{escaped, put};
use crate::report::figures::page_slots;
use crate::report::shock_words::{
    CHAIN, LEAVES_OUT, PLANS_LEAVE_OUT, POWER, READINGS, capacity_in_words, limits_of_suppliers,
};
use crate::run::{LossReading, LossShares, RunError, RunView, ShockProduct, SupplierStop, focus_products};
use crate::study::TradeMeasure;

/// Products of the table at most.
const MOST: usize = 15;
/// Products in focus that sentences are about.
const SENTENCES: usize = 4;

/// The section; nothing where the run has no scan, no scenario and no figure of either.
pub(super) fn section(out: &mut String, view: &RunView<'_>) -> Result<(), RunError> {
    let stops = view.run.chokepoints(|_, year| year == view.last_year() || year == 0)?.unwrap_or_default();
    let mut body = String::new();
    table(&mut body, view, &tops(&stops, view.last_year()), &stops);
    for (name, title) in [("chokepoints", ""), ("chokepoint_trends", "How power moved")] {
        let figure = page_slots::framed(view.run, name)?;
        if !figure.is_empty() && !title.is_empty() {
            put!(body, "<h3>{title}</h3>\n");
        }
        body.push_str(&figure);
    }
    scenarios(&mut body, view, &view.run.shock_products()?.unwrap_or_default())?;
    let figure = page_slots::framed(view.run, "frontier")?;
    if !figure.is_empty() {
        put!(
            body,
            "<h3>Where large importers could turn</h3>\n<p>Mass-balanced STR of the largest importers, each alone, if a share of its purchases may move to other \
             suppliers; {} {PLANS_LEAVE_OUT}</p>\n{figure}",
            escaped(&limits_of_suppliers(view.study))
        );
    }
    if body.is_empty() {
        return Ok(());
    }
    out.push_str("<section id=\"chokepoints\">\n<h2>Chokepoints</h2>\n");
    put!(
        out,
        "<p>What if one supplier stops all exports of a product, and nothing replaces them? What it sells is lost, and of what others sell the part that they bought \
         from it, at most what mass balance lets them sell on. {LEAVES_OUT}</p>\n"
    );
    sentences::list(out, &told(view, &stops));
    out.push_str(&body);
    put!(
        out,
        "<details><summary>What the numbers of this section mean</summary>\n<p>{POWER}</p>\n<p>{READINGS}</p>\n<p>{CHAIN}</p>\n</details>\n</section>\n"
    );
    Ok(())
}

/// Of each product the supplier with most power in a year, the one with most of all first.
fn tops(stops: &[SupplierStop], year: usize) -> Vec<SupplierStop> {
    let mut tops: Vec<SupplierStop> = Vec::new();
    for stop in stops.iter().filter(|stop| stop.year == year) {
        match tops.iter_mut().find(|top| top.product == stop.product) {
            Some(top) if stop.power_share > top.power_share => *top = *stop,
            Some(_) => {}
            None => tops.push(*stop),
        }
    }
    tops.sort_by(|a, b| b.power_share.total_cmp(&a.power_share).then(a.product.cmp(&b.product)));
    tops
}

/// Power of the same supplier over the same product in another year.
fn power_in(stops: &[SupplierStop], of: &SupplierStop, year: usize) -> Option<f64> {
    let same =
        |stop: &&SupplierStop| (stop.product, stop.supplier, stop.year) == (of.product, of.supplier, year);
    stops.iter().find(same).map(|stop| stop.power_share)
}

/// What the stop of the supplier with most power over each product in focus would cost, in sentences.
fn told(view: &RunView<'_>, stops: &[SupplierStop]) -> Vec<String> {
    let last = view.last_year();
    let (tops, former) = (tops(stops, last), tops(stops, 0));
    let said = |product: usize| {
        let top = tops.iter().find(|top| top.product == product)?;
        let before = power_in(stops, top, 0).filter(|_| last > 0);
        let code = view.panel.products[product].code.to_string();
        let names = [top.supplier, top.top_importer].map(|c| view.name(c));
        let years = [view.panel.years[0], view.panel.years[last]];
        let mut said = sentence(top, before, &code, names, years);
        let former = former.iter().find(|of| of.product == product && of.supplier != top.supplier);
        if let Some(former) = former.filter(|_| last > 0) {
            let now = power_in(stops, former, last).unwrap_or(0.0);
            said.push_str(&former_first(view.name(former.supplier), former.power_share, now, years));
        }
        Some(said)
    };
    focus_products(view).into_iter().filter_map(said).take(SENTENCES).collect()
}

fn sentence(
    top: &SupplierStop,
    before: Option<f64>,
    code: &str,
    [supplier, hit]: [&str; 2],
    [first, last]: [u16; 2],
) -> String {
    let before =
        before.map_or_else(String::new, |before| format!(", after {:.0} % in {first}", 100.0 * before));
    format!(
        "{code}: if {supplier} stopped, all others would lose up to {:.0} % of their imports of {last}{before}; {:.0} % is what it sells itself. {hit} would bear {:.0} \
         % of the loss.",
        100.0 * top.power_share,
        100.0 * top.direct_share,
        100.0 * top.top_importer_share
    )
}

/// That another supplier had most power in the first year, and what became of it.
fn former_first(supplier: &str, before: f64, now: f64, [first, last]: [u16; 2]) -> String {
    let (before, now) = (100.0 * before, 100.0 * now);
    format!(" In {first} {supplier} had most power: {before:.0} %, and {now:.0} % in {last}.")
}

/// The products whose top supplier has most power.
fn table(out: &mut String, view: &RunView<'_>, tops: &[SupplierStop], stops: &[SupplierStop]) {
    if tops.is_empty() {
        return;
    }
    let last = view.last_year();
    let (first, year) = (view.panel.years[0], view.panel.years[last]);
    let measure = view.study.trade.measure;
    let has_chain = tops.iter().any(|top| top.downstream.is_some());
    put!(
        out,
        "<h3>Whose stop would cost the others most</h3>\n<div class=\"scroll whole\"><table class=\"plain\" id=\"stops\">\n<thead><tr>{}{}{}{}{}",
        cells::heading(&format!("Product, {year}"), ""),
        cells::text_heading("Supplier with most power"),
        cells::heading("Others lose, none", SHARE),
        cells::heading("exposure", SHARE),
        cells::heading("mass balance", SHARE)
    );
    if last > 0 {
        out.push_str(&cells::heading(&format!("in {first}"), SHARE));
    }
    put!(out, "{}{}", cells::text_heading("Hit most"), cells::heading("of the loss", SHARE));
    if has_chain {
        out.push_str(&cells::heading("Touched downstream", unit_of(measure)));
    }
    out.push_str("</tr></thead>\n<tbody>\n");
    for top in tops.iter().take(MOST) {
        put!(
            out,
            "<tr><td><b>{}</b> {}</td>{}{}{}{}{}{}{}{}</tr>\n",
            view.panel.products[top.product].code,
            escaped(&shortened(&view.descriptions[top.product])),
            cells::text(view.name(top.supplier)),
            cells::share(Some(top.direct_share)),
            cells::share(Some(top.share_exposure)),
            cells::share(Some(top.power_share)),
            if last > 0 { cells::share(power_in(stops, top, 0)) } else { String::new() },
            cells::text(view.name(top.top_importer)),
            cells::share(Some(top.top_importer_share)),
            if has_chain { cells::traded(measure, top.downstream) } else { String::new() }
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    let shown = match tops.len() {
        n if n > MOST => format!(" The {MOST} of {n} products with most."),
        _ => String::new(),
    };
    put!(
        out,
        "<p class=\"note\">Shares of what all others import.{shown} None: what it sells itself; exposure and mass balance: with what others then cannot sell on.{}{} Every \
         supplier of every product and year is in shock_suppliers.parquet.</p>\n",
        if last > 0 { format!(" In {first}: the same supplier, mass balance.") } else { String::new() },
        if has_chain {
            " Touched downstream: all that is made of it along the chain, not what is lost of it."
        } else {
            ""
        }
    );
}

/// What the scenarios take, tier by tier, in the last base year of each; with the figure.
fn scenarios(out: &mut String, view: &RunView<'_>, products: &[ShockProduct]) -> Result<(), RunError> {
    let rows = scenario_rows(products);
    if rows.is_empty() {
        return Ok(());
    }
    put!(
        out,
        "<h3 id=\"scenarios\">The scenarios of the study</h3>\n<div class=\"scroll whole\"><table class=\"plain\" id=\"scenario_losses\">\n<thead><tr>{}{}{}{}{}{}{}{}{}{}\
         </tr></thead>\n<tbody>\n",
        cells::text_heading("Scenario"),
        cells::heading("Year", ""),
        cells::heading("Tier", ""),
        cells::heading("Products touched", ""),
        cells::heading("Reach, none", SHARE),
        cells::heading("exposure", SHARE),
        cells::heading("mass balance", SHARE),
        cells::heading("Content, none", SHARE),
        cells::heading("exposure", SHARE),
        cells::heading("mass balance", SHARE)
    );
    for row in &rows {
        let [reach, content] = row.lost;
        let three = |lost: Option<LossShares>| {
            [lost.map(|l| l.none), lost.map(|l| l.exposure), lost.map(|l| l.mass_balance)]
                .map(small_share)
                .concat()
        };
        put!(
            out,
            "<tr>{}<td>{}</td>{}<td>{}</td>{}{}</tr>\n",
            cells::text(row.scenario),
            view.panel.years[row.year],
            match row.tier {
                Some(tier) => format!("<td>{tier}</td>"),
                None => "<td>–</td>".to_owned(),
            },
            row.products,
            three(reach),
            three(content)
        );
    }
    put!(
        out,
        "</tbody>\n</table></div>\n<p class=\"note\">Shares of what all but the suppliers that are hit import of the products touched, in the last base year. {} Reach: all \
         that contains what is lost; content: its own {}; neither is a forecast. Every importer is in shock_losses.parquet.</p>\n{}",
        escaped(&capacity_in_words(&view.study.shocks)),
        if view.study.trade.measure == TradeMeasure::Quantity { "weight" } else { "value" },
        page_slots::framed(view.run, "shock")?
    );
    Ok(())
}

/// A tier of a scenario in its last base year.
#[derive(Debug, PartialEq)]
struct ScenarioRow<'a> {
    scenario: &'a str,
    year: usize,
    tier: Option<u8>,
    products: usize,
    /// Lost by chain reading.
    lost: [Option<LossShares>; 2],
}

fn scenario_rows(products: &[ShockProduct]) -> Vec<ScenarioRow<'_>> {
    let mut names: Vec<&str> = Vec::new();
    for of in products {
        if !names.contains(&of.scenario.as_str()) {
            names.push(&of.scenario);
        }
    }
    let mut rows = Vec::new();
    for scenario in names {
        let Some(year) = products.iter().filter(|of| of.scenario == scenario).map(|of| of.year).max() else {
            continue;
        };
        let here = || products.iter().filter(|of| of.scenario == scenario && of.year == year);
        let mut tiers: Vec<Option<u8>> = here().map(|of| of.tier).collect();
        tiers.sort_by_key(|tier| (tier.is_none(), *tier));
        tiers.dedup();
        for tier in tiers {
            let of = |chain| here().filter(move |of| of.tier == tier && of.chain == chain);
            rows.push(ScenarioRow {
                scenario,
                year,
                tier,
                products: of(LossReading::Reach).count(),
                lost: LossReading::BOTH.map(|chain| ShockProduct::lost_together(of(chain))),
            });
        }
    }
    rows
}

/// A share that may be far below a percent.
fn small_share(share: Option<f64>) -> String {
    cells::number(share, |share| match 100.0 * share {
        p if p >= 9.95 || p == 0.0 => format!("{p:.0} %"),
        p if p >= 0.995 => format!("{p:.1} %"),
        p if p >= 0.0995 => format!("{p:.2} %"),
        p if p >= 0.0005 => format!("{p:.3} %"),
        _ => "< 0.001 %".to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(product: usize, year: usize, supplier: usize, power: f64) -> SupplierStop {
        SupplierStop {
            product,
            year,
            supplier,
            exports: 1.0,
            power: 2.0,
            power_share: power,
            direct_share: 0.5 * power,
            share_exposure: 0.7 * power,
            multiplier: 2.0,
            damage_hhi: 0.5,
            top_importer: 3,
            top_importer_share: 0.25,
            downstream: None,
        }
    }

    #[test]
    fn of_each_product_the_supplier_with_most_power() {
        let stops = [
            stop(0, 1, 0, 0.3),
            stop(0, 1, 1, 0.5),
            stop(0, 0, 1, 0.9),
            stop(1, 1, 2, 0.8),
            stop(1, 1, 0, 0.1),
        ];
        let tops = tops(&stops, 1);
        assert_eq!(tops.iter().map(|top| (top.product, top.supplier)).collect::<Vec<_>>(), [(1, 2), (0, 1)]);
        assert_eq!((power_in(&stops, &tops[1], 0), power_in(&stops, &tops[0], 0)), (Some(0.9), None));
        assert_eq!(
            former_first("China", 0.894, 0.525, [2007, 2023]),
            " In 2007 China had most power: 89 %, and 52 % in 2023."
        );
        assert_eq!(
            sentence(&tops[1], Some(0.894), "284690", ["China", "Japan"], [2007, 2023]),
            "284690: if China stopped, all others would lose up to 50 % of their imports of 2023, after 89 % in 2007; 25 % is what it sells itself. Japan would bear 25 % \
             of the loss."
        );
    }

    #[test]
    fn scenarios_are_told_by_tier_in_their_last_year() {
        let of = |scenario: &str, year, chain, tier, mass_balance| ShockProduct {
            scenario: scenario.to_owned(),
            year,
            chain,
            product: 0,
            tier,
            hit: false,
            imports: 10.0,
            lost: Some(LossShares { none: 0.0, exposure: 0.0, mass_balance }),
            are_bounds: false,
        };
        let (reach, content) = (LossReading::Reach, LossReading::Content);
        let products = [
            of("b", 0, reach, Some(0), 1.0),
            of("b", 1, reach, None, 0.5),
            of("b", 1, reach, Some(0), 0.4),
            of("b", 1, reach, Some(0), 0.2),
            of("b", 1, content, Some(0), 0.1),
            of("a", 0, reach, Some(1), 0.3),
        ];
        let rows = scenario_rows(&products);
        let keys: Vec<_> = rows.iter().map(|row| (row.scenario, row.year, row.tier, row.products)).collect();
        assert_eq!(keys, [("b", 1, Some(0), 2), ("b", 1, None, 1), ("a", 0, Some(1), 1)]);
        let lost = rows[0].lost.map(|lost| lost.unwrap().mass_balance);
        assert!((lost[0] - 0.3).abs() < 1e-12 && (lost[1] - 0.1).abs() < 1e-12);
        assert_eq!(rows[2].lost[1], None);
    }

    #[test]
    fn small_shares_do_not_become_nothing() {
        let shown = |share| small_share(Some(share)).split('>').nth(1).map(|s| s.replace("</td", ""));
        assert_eq!(
            [0.66, 0.024, 0.0014, 0.00005, 1e-7, 0.0].map(shown).map(Option::unwrap),
            ["66 %", "2.4 %", "0.14 %", "0.005 %", "&lt; 0.001 %", "0 %"]
        );
    }
}
