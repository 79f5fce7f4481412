//! What if a supplier of a product stops: whose stop would cost the others most, whom it would hit, and how that changed.

use std::fmt::Write;

use super::html::{
    amount, begin_table, end_table, heading, number, number_cell, percent, put, series_cell, text_cell,
    text_heading,
};
use super::product_words::product_text;
use crate::html::escaped;
use crate::report::shock_words::LEAVES_OUT;
use crate::run::{RunError, RunView, SupplierStop};

/// Suppliers shown.
const MOST: usize = 6;
/// Share of the others' imports from which a stop is shown.
const LEAST: f64 = 0.01;

/// A supplier whose stop is shown.
#[derive(Debug, Clone, PartialEq)]
pub struct StopLine {
    /// What its stop costs in the year of the brief.
    pub stop: SupplierStop,
    /// Share of the others' imports lost under mass balance, by year up to that of the brief; `None` where it sells nothing.
    pub series: Vec<(u16, Option<f64>)>,
}

/// The suppliers of a product whose stop would cost the others most in a year; `None` if the run has no scan.
///
/// # Errors
/// [`RunError::Folder`] if `shock_suppliers.parquet` is damaged.
pub fn lines(view: &RunView<'_>, product: usize, year: usize) -> Result<Option<Vec<StopLine>>, RunError> {
    let stops = view.run.chokepoints(|of, t| of == product && t <= year)?;
    Ok(stops.map(|stops| largest(&stops, &view.panel.years[..=year], year)))
}

/// The largest of a year with their past.
fn largest(stops: &[SupplierStop], years: &[u16], year: usize) -> Vec<StopLine> {
    let mut here: Vec<SupplierStop> =
        stops.iter().filter(|stop| stop.year == year && stop.power_share >= LEAST).copied().collect();
    here.sort_by(|a, b| b.power_share.total_cmp(&a.power_share).then(a.supplier.cmp(&b.supplier)));
    here.truncate(MOST);
    let power = |supplier: usize, t: usize| {
        let of = |stop: &&SupplierStop| stop.supplier == supplier && stop.year == t;
        stops.iter().find(of).map(|stop| stop.power_share)
    };
    here.into_iter()
        .map(|stop| StopLine {
            series: years.iter().enumerate().map(|(t, &of)| (of, power(stop.supplier, t))).collect(),
            stop,
        })
        .collect()
}

/// What the first line says, in words, and what became of the supplier that had most power in the first year, if it is another one.
fn told(lines: &[StopLine], product: &str, year: u16, name: impl Fn(usize) -> String) -> Option<String> {
    let mut said = sentence(lines.first()?, product, year, &name);
    let at_first = |line: &StopLine| line.series.first().and_then(|(of, power)| Some((*of, (*power)?)));
    let former = lines
        .iter()
        .filter_map(|line| Some((line, at_first(line)?)))
        .reduce(|best, other| if other.1.1 > best.1.1 { other } else { best });
    if let Some((line, (first, before))) = former
        && first < year
        && line.stop.supplier != lines[0].stop.supplier
    {
        let _ = write!(
            said,
            " In {first} {} had most power of those shown: {}, and {} in {year}.",
            name(line.stop.supplier),
            percent(Some(before)),
            percent(Some(line.stop.power_share))
        );
    }
    Some(said)
}

fn sentence(line: &StopLine, product: &str, year: u16, name: impl Fn(usize) -> String) -> String {
    let stop = &line.stop;
    let mut said = format!(
        "If {} had stopped all exports of {} in {year} and nothing had replaced them, all others would have lost up to {} of what they import of it: {} is \
         what it sells itself. {} would have lost most, {} of all that is lost.",
        name(stop.supplier),
        escaped(product),
        percent(Some(stop.power_share)),
        percent(Some(stop.direct_share)),
        name(stop.top_importer),
        percent(Some(stop.top_importer_share))
    );
    let first = line.series.iter().find_map(|(of, power)| Some((*of, (*power)?)));
    if let Some((first, before)) = first.filter(|(first, _)| *first < year) {
        let _ = write!(said, " In {first} it was {}.", percent(Some(before)));
    }
    said
}

/// The section of a brief; a sentence that says why where the run has no scan.
pub(super) fn section(
    out: &mut String,
    view: &RunView<'_>,
    name: &str,
    product: usize,
    year: usize,
    lines: Option<&[StopLine]>,
) {
    let Some(lines) = lines else {
        put!(
            out,
            "<p class=\"note\">What a supplier’s stop would cost, this run does not say: {}.</p>\n",
            escaped(&view.run.why_no_shocks())
        );
        return;
    };
    let when = view.panel.years[year];
    let Some(said) = told(lines, &product_text(view, product), when, |c| escaped(view.name(c))) else {
        return;
    };
    put!(out, "<h2>If a supplier stops</h2>\n<p>{said}</p>\n");
    let has_years = year > 0;
    let has_chain = lines.iter().any(|line| line.stop.downstream.is_some());
    let mut columns = vec![
        text_heading("Supplier", "Supplier"),
        heading("Lost, none", "Share of others' imports lost, none"),
        heading("exposure", "Share of others' imports lost, exposure"),
        heading("mass balance", "Share of others' imports lost, mass balance"),
        heading("Multiplier", "Multiplier"),
        text_heading("Hit most", "Hit most"),
        heading("of the loss", "Share of the importer hit most"),
        heading("Damage HHI", "Concentration of the damage"),
    ];
    if has_chain {
        columns.push(heading("Touched downstream", "Downstream, reach"));
    }
    if has_years {
        let each: Vec<String> =
            view.panel.years[..=year].iter().map(|year| format!("Mass balance {year}")).collect();
        columns.push(text_heading(&format!("Since {}", view.panel.years[0]), &each.join("|")));
    }
    begin_table(out, name, &columns);
    for StopLine { stop, series } in lines {
        let (supplier, top) = (view.name(stop.supplier), view.name(stop.top_importer));
        let downstream = match has_chain {
            true => {
                number_cell(stop.downstream, &stop.downstream.map_or("–".to_owned(), |v| amount(view, v)))
            }
            false => String::new(),
        };
        put!(
            out,
            "<tr>{}{}{}{}{}{}{}{}{downstream}{}</tr>\n",
            text_cell(supplier, &escaped(supplier)),
            number_cell(Some(stop.direct_share), &percent(Some(stop.direct_share))),
            number_cell(Some(stop.share_exposure), &percent(Some(stop.share_exposure))),
            number_cell(Some(stop.power_share), &percent(Some(stop.power_share))),
            number_cell(Some(stop.multiplier), &number(Some(stop.multiplier), 2)),
            text_cell(top, &escaped(top)),
            number_cell(Some(stop.top_importer_share), &percent(Some(stop.top_importer_share))),
            number_cell(Some(stop.damage_hhi), &number(Some(stop.damage_hhi), 2)),
            if has_years { series_cell("Lost at its stop", series) } else { String::new() }
        );
    }
    end_table(out);
    put!(
        out,
        "<p class=\"note\">Each stops alone; shares of what all others import. {HOW_MUCH} Multiplier: lost for each unit that it does not sell. Damage HHI: 1 if one \
         importer bears all.{} {LEAVES_OUT}</p>\n",
        if has_chain {
            " Touched downstream: all that is made of it along the chain (reach), not what is lost of it."
        } else {
            ""
        }
    );
}

/// What the three columns of losses are, once on a page.
pub(super) const HOW_MUCH: &str = "None: what it sells itself. Exposure: with what others cannot sell on if they make as much as they sell. Mass balance: if they \
     pass on as much as they can have bought. For a stop of exports, none is the lower and mass balance the upper end.";

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(year: usize, supplier: usize, power: f64) -> SupplierStop {
        SupplierStop {
            product: 0,
            year,
            supplier,
            exports: 10.0,
            power: 20.0,
            power_share: power,
            direct_share: 0.5 * power,
            share_exposure: 0.7 * power,
            multiplier: 2.0,
            damage_hhi: 0.4,
            top_importer: 2,
            top_importer_share: 0.6,
            downstream: None,
        }
    }

    #[test]
    fn the_largest_come_first_with_their_past() {
        let stops = [stop(0, 1, 0.9), stop(1, 0, 0.005), stop(1, 1, 0.3), stop(1, 2, 0.4), stop(2, 1, 0.99)];
        let lines = largest(&stops, &[2020, 2021], 1);
        assert_eq!(lines.iter().map(|line| line.stop.supplier).collect::<Vec<_>>(), [2, 1]);
        assert_eq!(lines[0].series, [(2020, None), (2021, Some(0.4))]);
        assert_eq!(lines[1].series, [(2020, Some(0.9)), (2021, Some(0.3))]);
        let many: Vec<SupplierStop> = (0..20).map(|c| stop(0, c, 0.04)).collect();
        let shown = largest(&many, &[2020], 0);
        assert_eq!(shown.iter().map(|line| line.stop.supplier).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
    }

    #[test]
    fn the_sentence_says_what_is_lost_and_what_it_was() {
        let lines = largest(&[stop(0, 1, 0.9), stop(1, 1, 0.3)], &[2020, 2021], 1);
        let name = |c: usize| format!("Country {c}");
        let said = sentence(&lines[0], "284690 (<x>)", 2021, name);
        assert_eq!(
            said,
            "If Country 1 had stopped all exports of 284690 (&lt;x&gt;) in 2021 and nothing had replaced them, all others would have lost up to 30\u{a0}% of what they \
             import of it: 15\u{a0}% is what it sells itself. Country 2 would have lost most, 60\u{a0}% of all that is lost. In 2020 it was 90\u{a0}%."
        );
        let two = largest(&[stop(0, 1, 0.9), stop(1, 1, 0.3), stop(1, 2, 0.4)], &[2020, 2021], 1);
        let said = told(&two, "x", 2021, name).unwrap();
        assert!(
            said.starts_with("If Country 2 had")
                && said.ends_with(
                    " In 2020 Country 1 had most power of those shown: 90\u{a0}%, and 30\u{a0}% in 2021."
                ),
            "{said}"
        );
        assert_eq!(told(&[], "x", 2021, name), None);
        let new = largest(&[stop(1, 1, 0.3)], &[2020, 2021], 1);
        assert!(sentence(&new[0], "x", 2021, name).ends_with("of all that is lost."));
    }
}
