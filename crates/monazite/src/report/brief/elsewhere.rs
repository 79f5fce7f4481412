//! What if the main supplier of a country stops, and where the country could turn: computed from the flows of the run when it is asked for.

use std::fmt::Write;

use super::BriefError;
use super::html::{
    begin_table, end_table, heading, heading_of_products, number, number_cell, percent, product_cell, put,
    text_cell, text_heading, usd,
};
use super::import_line::ImportLine;
use super::product_words::product_text;
use super::stops::HOW_MUCH;
use crate::diversification::{Move, Objective, Plan, SwapMove, WorstStop, stop_losses, swap};
use crate::html::escaped;
use crate::indicators::{ImportContent, Leontief};
use crate::report::shock_words::{LEAVES_OUT, PLANS_LEAVE_OUT, limits_in_words};
use crate::run::{LossShares, RunView};
use crate::run_folder::manifest::ExtractRecord;
use crate::run_folder::tables::FLOWS;
use crate::what_if::{OtherSuppliers, ProductTrade, RunTrade, WhatIfError};

/// Products shown.
const MOST: usize = 8;
/// Of them, products in focus.
const MOST_IN_FOCUS: usize = 5;
/// Moves named in a cell.
const MOVES: usize = 2;
/// Risk that has to fall by so much for a plan to be shown.
const LEAST_GAIN: f64 = 0.005;

/// Why the brief of a group says neither what a stop would cost it nor where it could turn.
pub(super) const OF_A_GROUP: &str = "<p class=\"note\">What it would cost if the main supplier stops, and where to turn, is computed for one buyer, and a \
     group of countries is none: see the briefs of its members, or merge them into one (groups.consolidated) and run the study again.</p>\n";

/// What a country loses of a product if a supplier stops.
#[derive(Debug, Clone, PartialEq)]
pub struct SupplierStops {
    /// Position of the product.
    pub product: usize,
    /// Its imports of it, thousand USD.
    pub imports: f64,
    /// Position of its main supplier.
    pub main: usize,
    /// The share of its imports that it loses if that stops.
    pub lost: LossShares,
    /// The stop that would cost it most under mass balance.
    pub worst: WorstStop,
}

/// What a country could buy elsewhere of a product.
#[derive(Debug, Clone, PartialEq)]
pub struct Elsewhere {
    /// Position of the product.
    pub product: usize,
    /// What is moved, the largest first.
    pub moves: Vec<Move>,
    /// The share of its purchases that is moved.
    pub moved: f64,
    /// Mass-balanced STR, 1 + e, as it is and with the plan, import content held.
    pub str: [f64; 2],
    /// The same with the import content of the changed trade.
    pub str_recomputed: f64,
    /// HHI of its suppliers, likewise.
    pub hhi: [f64; 2],
    /// The largest loss at one stop, likewise.
    pub worst: [f64; 2],
    /// Change of the mean STR of all other importers, if supply follows demand; `None` if nobody else imports.
    pub others: Option<f64>,
    /// The part of the gain of the largest move that the others pay if supply is fixed; `None` where they cannot make way, or nothing is gained.
    pub paid_by_others: Option<f64>,
}

/// What stops would cost a country, and where it could turn.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct WhatIfOfCountry {
    /// If its main supplier stops, by product, the largest imports first.
    pub stops: Vec<SupplierStops>,
    /// Where it could turn, in the same order; products where no move brings anything are left out.
    pub plans: Vec<Elsewhere>,
    /// Why there is neither; `None` if there is.
    pub why_not: Option<String>,
    /// What a reader should know.
    pub notes: Vec<String>,
}

/// The products of which it is said: of those in focus that it imports the largest, then its largest chokepoints; by imports.
pub fn products_told(lines: &[ImportLine], focus: &[usize]) -> Vec<usize> {
    let largest = |of: &dyn Fn(&ImportLine) -> bool, most: usize| -> Vec<usize> {
        let mut told: Vec<&ImportLine> = lines.iter().filter(|line| of(line)).collect();
        told.sort_by(|a, b| b.imports.total_cmp(&a.imports).then(a.product.cmp(&b.product)));
        told.into_iter().take(most).map(|line| line.product).collect()
    };
    let mut told = largest(&|line| focus.contains(&line.product), MOST_IN_FOCUS);
    let others = largest(&|line| line.is_chokepoint && !told.contains(&line.product), MOST - told.len());
    told.extend(others);
    largest(&|line| told.contains(&line.product), MOST)
}

impl WhatIfOfCountry {
    /// What stops would cost a country of some products in a year, and where it could turn within the limits of the study.
    ///
    /// # Errors
    /// [`BriefError`] if a table of the run is damaged.
    pub fn of(
        view: &RunView<'_>,
        country: usize,
        products: &[usize],
        year: usize,
    ) -> Result<Self, BriefError> {
        if let Some(reason) = why_not(view) {
            return Ok(Self { why_not: Some(reason), ..Self::default() });
        }
        let trade = RunTrade::read(view.run, |p, t| t == year && products.contains(&p)).map_err(failed)?;
        let mut found = Self::default();
        if view.study.trade.reexport_shares.is_some() {
            found.notes.push(
                "Re-exports are traced in this run; plans take the import content of exports from the traced trade.".to_owned(),
            );
        }
        for &product in products {
            let Some(of) = trade.of(product, year) else { continue };
            found.stops.extend(supplier_stops(
                of,
                country,
                view.panel.value(crate::indicators::Column::Imports, product, year, country),
            ));
            let Some(other) = OtherSuppliers::of_trade(view.run, &trade, product, year).map_err(failed)?
            else {
                continue;
            };
            let limits = match other.limits_of_study(&view.study.diversification) {
                Err(WhatIfError::Question(reason)) => {
                    found.notes.push(format!("No plans: {reason}."));
                    continue;
                }
                limits => limits.map_err(failed)?,
            };
            match other.plan(country, ImportContent::MassBalance, Objective::Risk, &limits) {
                Ok(plan) => found.plans.extend(elsewhere(&other, product, plan)),
                // Nobody can give more, or who is named sells none of it.
                Err(WhatIfError::Question(_)) => {}
                Err(error) => return Err(failed(error)),
            }
        }
        found.notes.dedup();
        Ok(found)
    }
}

/// Why nothing can be computed from a run.
fn why_not(view: &RunView<'_>) -> Option<String> {
    if let Some(reason) = view.manifest.trade.extract.as_ref().map(ExtractRecord::reason) {
        return Some(reason);
    }
    if !view.run.files().exists(FLOWS.file) {
        return Some(
            "this run holds no flows; set output.flows = true in the study and run it again".to_owned(),
        );
    }
    view.pv
        .is_none()
        .then(|| "this run is of an older version, without the stability of countries".to_owned())
}

fn failed(error: WhatIfError) -> BriefError {
    match error {
        WhatIfError::Run(error) => error.into(),
        WhatIfError::Folder(error) => error.into(),
        WhatIfError::Cancelled(cancelled) => cancelled.into(),
        other => BriefError::Request(other.to_string()),
    }
}

/// What the stop of its main supplier, and the worst stop, cost a country; `None` if it imports nothing.
fn supplier_stops(of: &ProductTrade, country: usize, imports: Option<f64>) -> Option<SupplierStops> {
    let column = of.matrix.imports_of(country)?;
    let largest = column.suppliers.iter().zip(column.shares);
    let (&main, &share) = largest.reduce(|best, other| if other.1 > best.1 { other } else { best })?;
    let mut leontief = Leontief::default();
    let exposure = stop_losses(&of.matrix, &of.contents.exposure, country, &mut leontief);
    let balanced = stop_losses(&of.matrix, &of.contents.mass_balance, country, &mut leontief);
    let mut worst = WorstStop { supplier: main, loss: balanced[usize::from(main)] };
    for (supplier, &loss) in balanced.iter().enumerate() {
        if loss > worst.loss + 1e-12 {
            worst = WorstStop { supplier: supplier as u16, loss };
        }
    }
    Some(SupplierStops {
        product: of.product,
        imports: imports?,
        main: usize::from(main),
        lost: LossShares {
            none: share,
            exposure: exposure[usize::from(main)],
            mass_balance: balanced[usize::from(main)],
        },
        worst,
    })
}

/// What a plan comes to; `None` if it brings next to nothing.
fn elsewhere(other: &OtherSuppliers<'_>, product: usize, plan: Plan) -> Option<Elsewhere> {
    if plan.str.before - plan.str.after < LEAST_GAIN {
        return None;
    }
    let mut moves = plan.moves.clone();
    moves.sort_by(|a, b| b.share.total_cmp(&a.share).then((a.from, a.to).cmp(&(b.from, b.to))));
    let paid_by_others = moves.first().and_then(|first| {
        let of = other.trade();
        let step = SwapMove {
            importer: plan.importer,
            from: usize::from(first.from),
            to: usize::from(first.to),
            value: first.share * of.matrix.imports()[plan.importer],
        };
        let (content, mut leontief) = (&of.contents.mass_balance, Leontief::default());
        swap(&of.matrix, other.instability(), content, step, &other.parameters(), &mut leontief)
            .ok()
            .and_then(|swap| swap.paid_by_others)
    });
    Some(Elsewhere {
        product,
        moves,
        moved: plan.moved,
        str: [plan.str.before, plan.str.after],
        str_recomputed: plan.str_recomputed,
        hhi: [plan.hhi.before, plan.hhi.after],
        worst: [plan.worst_stop_before.loss, plan.worst_stop_after.loss],
        others: plan.mean_effect,
        paid_by_others,
    })
}

/// Both sections of a brief; a sentence that says why where there is nothing to compute them from. `name` is what their tables are called.
pub(super) fn section(
    out: &mut String,
    view: &RunView<'_>,
    who: &str,
    name: impl Fn(&str) -> String,
    year: usize,
    found: &WhatIfOfCountry,
) {
    if let Some(reason) = &found.why_not {
        put!(
            out,
            "<p class=\"note\">What a stop would cost and where it could turn, this run does not say: {}.</p>\n",
            escaped(reason)
        );
        return;
    }
    if found.stops.is_empty() {
        return;
    }
    stops_section(out, view, who, &name("stops"), year, &found.stops);
    plans_section(out, view, &name("elsewhere"), found);
}

fn stops_section(
    out: &mut String,
    view: &RunView<'_>,
    who: &str,
    name: &str,
    year: usize,
    stops: &[SupplierStops],
) {
    out.push_str("<h2>If its main supplier stops</h2>\n");
    let value = |of: &SupplierStops| of.imports * of.lost.mass_balance;
    if let Some(largest) =
        stops.iter().reduce(|best, other| if value(other) > value(best) { other } else { best })
    {
        let product = product_text(view, largest.product);
        put!(
            out,
            "<p>{}</p>\n",
            sentence(largest, who, &product, view.panel.years[year], |c| escaped(view.name(c)))
        );
    }
    let columns = [
        heading_of_products(),
        heading("Imports, USD", "Imports (thousand USD)"),
        text_heading("Main supplier", "Main supplier"),
        heading("Lost, none", "Share of imports lost, none"),
        heading("exposure", "Share of imports lost, exposure"),
        heading("mass balance", "Share of imports lost, mass balance"),
        text_heading("Worst stop", "Worst stop"),
        heading("Lost then", "Share of imports lost at the worst stop"),
    ];
    begin_table(out, name, &columns);
    for of in stops {
        let (main, worst) = (view.name(of.main), usize::from(of.worst.supplier));
        let worst = match worst == of.main {
            true => text_cell(main, "the same"),
            false => text_cell(view.name(worst), &format!("<b>{}</b>", escaped(view.name(worst)))),
        };
        put!(
            out,
            "<tr>{}{}{}{}{}{}{worst}{}</tr>\n",
            product_cell(view, of.product),
            number_cell(Some(of.imports), &usd(of.imports)),
            text_cell(main, &escaped(main)),
            number_cell(Some(of.lost.none), &percent(Some(of.lost.none))),
            number_cell(Some(of.lost.exposure), &percent(Some(of.lost.exposure))),
            number_cell(Some(of.lost.mass_balance), &percent(Some(of.lost.mass_balance))),
            number_cell(Some(of.worst.loss), &percent(Some(of.worst.loss)))
        );
    }
    end_table(out);
    put!(
        out,
        "<p class=\"note\">The {MOST_IN_FOCUS} products in focus that it imports most of, and the largest of those bought more than sold with over half from one country. The supplier stops all exports to \
         everybody and nothing replaces them. {HOW_MUCH} Worst stop: of all suppliers, direct or not. {LEAVES_OUT}</p>\n"
    );
}

/// What the stop of a main supplier costs, in words.
fn sentence(
    of: &SupplierStops,
    who: &str,
    product: &str,
    year: u16,
    name: impl Fn(usize) -> String,
) -> String {
    let mut said = format!(
        "If {} had stopped all exports of {} in {year}, {} would have lost {} of its imports of it",
        name(of.main),
        escaped(product),
        escaped(who),
        percent(Some(of.lost.none))
    );
    if of.lost.mass_balance - of.lost.none >= 0.005 {
        let _ =
            write!(said, ", and up to {} with what others then lack", percent(Some(of.lost.mass_balance)));
    }
    said.push('.');
    let worst = usize::from(of.worst.supplier);
    if worst != of.main {
        let _ = write!(
            said,
            " The stop of {} would cost more: up to {}, most of it through others.",
            name(worst),
            percent(Some(of.worst.loss))
        );
    }
    said
}

fn plans_section(out: &mut String, view: &RunView<'_>, name: &str, found: &WhatIfOfCountry) {
    out.push_str("<h2>Where it could turn, and what that does to others</h2>\n");
    if found.plans.is_empty() {
        put!(
            out,
            "<p>Within these limits no move would bring down its risk notably. {}</p>\n",
            escaped(&limits_in_words(view.study))
        );
    } else {
        plans_table(out, view, name, &found.plans);
        put!(
            out,
            "<p class=\"note\">{} The plan has the least mass-balanced STR within these limits; held: import content as it is, anew: that of the changed trade. \
             Others: change of their mean STR if supply follows demand, where nobody loses. Paid by others: if supply is fixed and others make way for the \
             largest move, the part of the gain that they lose. {PLANS_LEAVE_OUT}</p>\n",
            escaped(&limits_in_words(view.study))
        );
    }
    for note in &found.notes {
        put!(out, "<p class=\"note\">{}</p>\n", escaped(note));
    }
}

fn plans_table(out: &mut String, view: &RunView<'_>, name: &str, plans: &[Elsewhere]) {
    let columns = [
        heading_of_products(),
        text_heading("From, to", "Moves"),
        heading("Moved", "Share of purchases moved"),
        heading("STR (mass)", "Mass-balanced STR"),
        heading("held", "Mass-balanced STR, plan, import content held"),
        heading("anew", "Mass-balanced STR, plan, import content recomputed"),
        heading("HHI", "HHI"),
        heading("then", "HHI, plan"),
        heading("Worst stop", "Share lost at the worst stop"),
        heading("then", "Share lost at the worst stop, plan"),
        heading("Others", "Change of the mean STR of others, supply follows demand"),
        heading("Paid by others", "Part of the gain paid by others, supply fixed"),
    ];
    begin_table(out, name, &columns);
    for of in plans {
        let moves = moves_in_words(of, |c| view.panel.countries[c].code.clone());
        let others = number(of.others, 4).replace('-', "−");
        put!(
            out,
            "<tr>{}{}{}{}{}{}{}{}{}{}{}{}</tr>\n",
            product_cell(view, of.product),
            text_cell(&moves, &escaped(&moves)).replacen("\"text\"", "\"text moves\"", 1),
            number_cell(Some(of.moved), &percent(Some(of.moved))),
            number_cell(Some(of.str[0]), &number(Some(of.str[0]), 2)),
            number_cell(Some(of.str[1]), &number(Some(of.str[1]), 2)),
            number_cell(Some(of.str_recomputed), &number(Some(of.str_recomputed), 2)),
            number_cell(Some(of.hhi[0]), &number(Some(of.hhi[0]), 2)),
            number_cell(Some(of.hhi[1]), &number(Some(of.hhi[1]), 2)),
            number_cell(Some(of.worst[0]), &percent(Some(of.worst[0]))),
            number_cell(Some(of.worst[1]), &percent(Some(of.worst[1]))),
            number_cell(of.others, &others),
            number_cell(of.paid_by_others, &share_of_gain(of.paid_by_others))
        );
    }
    end_table(out);
}

/// The part of a gain that others pay: it can be more than all of it, or less than nothing.
fn share_of_gain(part: Option<f64>) -> String {
    part.map_or_else(|| "–".to_owned(), |part| format!("{}\u{a0}%", number(Some(100.0 * part), 0)))
}

/// The largest moves, such as `CHN → LAO 6 %`.
fn moves_in_words(of: &Elsewhere, code: impl Fn(usize) -> String) -> String {
    let mut said: Vec<String> = of
        .moves
        .iter()
        .take(MOVES)
        .map(|step| {
            let (from, to) = (code(usize::from(step.from)), code(usize::from(step.to)));
            format!("{from}\u{a0}→\u{a0}{to}\u{a0}{:.1}\u{a0}%", 100.0 * step.share)
        })
        .collect();
    if of.moves.len() > MOVES {
        said.push(format!("{} more", of.moves.len() - MOVES));
    }
    said.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trade::TradeMatrix;

    /// Toy network Q2 of the oracles.
    fn network() -> ProductTrade {
        let matrix = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]]);
        ProductTrade::of(7, matrix)
    }

    #[test]
    fn the_worst_stop_need_not_be_that_of_the_main_supplier() {
        // C buys 3/5 from A; A's stop costs it .9454545455 under mass balance.
        let of_c = supplier_stops(&network(), 2, Some(50.0)).unwrap();
        assert_eq!((of_c.product, of_c.main, of_c.worst.supplier), (7, 0, 0));
        assert!((of_c.lost.none - 0.6).abs() < 1e-12 && (of_c.lost.mass_balance - 0.9454545455).abs() < 1e-9);
        assert!(of_c.lost.none < of_c.lost.exposure && of_c.lost.exposure < of_c.lost.mass_balance);
        // B buys as much from C as from A, the first of them, and .8636363636 is lost if A stops.
        let of_b = supplier_stops(&network(), 1, Some(120.0)).unwrap();
        assert!((of_b.lost.mass_balance - 0.8636363636).abs() < 1e-9);
        // A mine behind two ports: the main supplier is a port, the worst stop that of the mine.
        let matrix = TradeMatrix::from_dense(&[
            &[0.0, 50.0, 40.0, 0.0],
            &[0.0, 0.0, 0.0, 50.0],
            &[0.0, 0.0, 0.0, 40.0],
            &[0.0; 4],
        ]);
        let of = supplier_stops(&ProductTrade::of(0, matrix), 3, Some(90.0)).unwrap();
        assert_eq!((of.main, of.worst.supplier), (1, 0));
        assert!((of.lost.mass_balance - 5.0 / 9.0).abs() < 1e-12 && (of.worst.loss - 1.0).abs() < 1e-12);
        let said =
            sentence(&of, "User & Co", "x", 2020, |c| ["Mine", "Port", "Other port", "User"][c].to_owned());
        assert_eq!(
            said,
            "If Port had stopped all exports of x in 2020, User &amp; Co would have lost 56\u{a0}% of its imports of it. The stop of Mine would cost more: up to \
             100\u{a0}%, most of it through others."
        );
        assert_eq!(supplier_stops(&network(), 2, None), None);
    }

    #[test]
    fn products_in_focus_come_before_larger_chokepoints() {
        let line = |product, imports, is_chokepoint| ImportLine {
            product,
            tier: None,
            imports,
            main: None,
            pv: None,
            exposure: None,
            hhi: None,
            str: None,
            mass_balance: None,
            direct: None,
            indirect: None,
            without: None,
            is_chokepoint,
            above_benchmark: false,
            series: Vec::new(),
        };
        let mut lines: Vec<ImportLine> = (0..12).map(|p| line(p, 100.0 - p as f64, p < 6)).collect();
        lines.push(line(20, 1.0, false));
        // Six in focus, the smallest of which has no room; chokepoints fill up.
        assert_eq!(products_told(&lines, &[7, 8, 9, 10, 11, 20]), [0, 1, 2, 7, 8, 9, 10, 11]);
        assert_eq!(products_told(&lines, &[20]), [0, 1, 2, 3, 4, 5, 20]);
    }

    #[test]
    fn moves_are_named_by_their_codes() {
        let step = |from, to, share| Move { from, to, share };
        let of = Elsewhere {
            product: 0,
            moves: vec![step(0, 1, 0.06), step(0, 2, 0.025), step(0, 3, 0.01), step(2, 3, 0.005)],
            moved: 0.1,
            str: [2.0, 1.9],
            str_recomputed: 1.9,
            hhi: [0.5, 0.4],
            worst: [0.6, 0.5],
            others: None,
            paid_by_others: Some(1.2),
        };
        let code = |c: usize| ["CHN", "LAO", "JPN", "DEU"][c].to_owned();
        assert_eq!(
            moves_in_words(&of, code),
            "CHN\u{a0}→\u{a0}LAO\u{a0}6.0\u{a0}%; CHN\u{a0}→\u{a0}JPN\u{a0}2.5\u{a0}%; 2 more"
        );
        assert_eq!([of.paid_by_others, None].map(share_of_gain), ["120\u{a0}%", "–"]);
    }
}
