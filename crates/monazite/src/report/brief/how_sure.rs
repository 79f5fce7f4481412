//! How sure the STR of a brief is: levels, changes and ranks with their bands, in a table.

use std::fmt::Write;

use super::html::{
    begin_table, end_table, heading, number_cell, percent, product_cell, put, text_cell, text_heading,
};
use crate::html::escaped;
use crate::report::band_findings::{Known, change_in_words, level_in_words};
use crate::report::readings::why_no_bands;
use crate::run::{Band, BandOfChange, BandOfLevel, FULL, MASS_BALANCE, RunError, RunView, WORLD};

/// Whose STR a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whose {
    /// The average importer of a product.
    Mean {
        /// Position of the product.
        product: usize,
    },
    /// A country that imports a product.
    Country {
        /// Position of the product.
        product: usize,
        /// Position of the country.
        country: usize,
    },
}

/// STR with its bands, mass-balanced and in the paper's reading.
#[derive(Debug, Clone, PartialEq)]
pub struct SureLine {
    /// Whose it is.
    pub whose: Whose,
    /// The levels of the year: 5 to 95 % of the draws.
    pub levels: [Option<Band>; 2],
    /// The changes since the first year, where the year is the last: 2.5 to 97.5 %.
    pub changes: [Option<BandOfChange>; 2],
    /// Mass-balanced rank among the large importers of the product, 1 for the highest.
    pub rank: Option<Band>,
    /// Share of the draws in which it is among the riskiest.
    pub share_top: Option<f64>,
}

/// The rows for some countries and products, in their order; those without bands are left out.
///
/// # Errors
/// [`RunError::Folder`] if `bands.parquet` is damaged.
pub fn lines(view: &RunView<'_>, whose: &[Whose], year: usize) -> Result<Vec<SureLine>, RunError> {
    let Some(bands) = view.bands else { return Ok(Vec::new()) };
    let products: Vec<usize> = whose.iter().map(|whose| whose.product()).collect();
    let of_year: Vec<BandOfLevel> =
        view.run.band_levels(&products)?.into_iter().filter(|level| level.year == year).collect();
    let last = view.panel.years[year];
    let line = |whose: Whose| {
        let product = whose.product();
        let code = view.panel.products[product].code.to_string();
        let who = match whose {
            Whose::Mean { .. } => WORLD,
            Whose::Country { country, .. } => view.panel.countries[country].code.as_str(),
        };
        let of_country = |reading: &str| {
            of_year.iter().find(|level| {
                let Whose::Country { country, .. } = whose else { return false };
                (level.product, level.country) == (product, country) && level.reading == reading
            })
        };
        let level = |reading: &str| match whose {
            Whose::Mean { .. } => {
                bands.mean(&code, WORLD, reading).iter().find(|(of, _)| *of == last).map(|of| of.1)
            }
            Whose::Country { .. } => of_country(reading).map(|of| of.str),
        };
        let change = |reading: &str| bands.change(&code, who, reading).filter(|of| of.to == last).cloned();
        let ranked = of_country(MASS_BALANCE);
        SureLine {
            whose,
            levels: [MASS_BALANCE, FULL].map(level),
            changes: [MASS_BALANCE, FULL].map(change),
            rank: ranked.and_then(|of| of.rank),
            share_top: ranked.and_then(|of| of.share_top),
        }
    };
    Ok(whose
        .iter()
        .map(|&whose| line(whose))
        .filter(|line| line.levels.iter().any(Option::is_some))
        .collect())
}

impl Whose {
    const fn product(self) -> usize {
        match self {
            Self::Mean { product } | Self::Country { product, .. } => product,
        }
    }
}

/// The section of a brief; without bands a sentence that says why. A brief of a product names countries, one of a country (`of_country`) products.
pub(super) fn section(
    out: &mut String,
    view: &RunView<'_>,
    name: &str,
    of_country: bool,
    lines: &[SureLine],
) {
    if lines.is_empty() {
        if let Some(reason) = why_no_bands(view) {
            put!(
                out,
                "<p class=\"note\">How sure it is, this run does not say; no bands: {}.</p>\n",
                escaped(&reason)
            );
        }
        return;
    }
    let first = view.panel.years[0];
    let top = view.study.uncertainty.top;
    let has_changes = lines.iter().any(|line| line.changes.iter().any(Option::is_some));
    out.push_str("<h2>How sure it is</h2>\n");
    let mut columns = vec![match of_country {
        true => super::html::heading_of_products(),
        false => text_heading("Country", "Country"),
    }];
    for (shown, csv) in [("Mass-balanced STR", "Mass-balanced STR"), ("STR, the paper’s", "STR")] {
        columns.push(heading(shown, &format!("{csv}|{csv} 5 %|{csv} 95 %")));
        if has_changes {
            let csv = format!("Change of {csv} since {first}");
            columns.push(heading(&format!("since {first}"), &format!("{csv}|{csv}, 2.5 %|{csv}, 97.5 %")));
        }
    }
    columns.push(heading("Rank", "Rank, mass-balanced|Rank 5 %|Rank 95 %"));
    let among = format!("Among the {top} riskiest");
    columns.push(heading(&among, &among));
    begin_table(out, name, &columns);
    for line in lines {
        out.push_str("<tr>");
        out.push_str(&match line.whose {
            Whose::Country { product, .. } if of_country => product_cell(view, product),
            Whose::Country { country, .. } => text_cell(view.name(country), &escaped(view.name(country))),
            Whose::Mean { .. } => text_cell("Average importer", "<b>Average importer</b>"),
        });
        for (level, change) in line.levels.iter().zip(&line.changes) {
            out.push_str(&band_cell(level.as_ref(), level_in_words));
            if has_changes {
                out.push_str(&change_cell(change.as_ref()));
            }
        }
        out.push_str(&band_cell(line.rank.as_ref(), rank_in_words));
        out.push_str(&number_cell(line.share_top, &share_in_words(line.share_top)));
        out.push_str("</tr>\n");
    }
    end_table(out);
    let draws = view.manifest.uncertainty.as_ref().map_or(0, |of| of.draws);
    put!(
        out,
        "<p class=\"note\">In brackets: where {draws} draws lie, given the published standard errors of political stability: 90 % of them for levels \
         and ranks, 95 % for changes. <b>Bold</b>: a change for certain, whose brackets do not hold 0; no other is established. Ranks are among importers with at \
         least 0.5 % of world imports, by mass-balanced STR. The number before the brackets is not their middle.</p>\n"
    );
}

/// A number with its band, sorted by the number.
fn band_cell(band: Option<&Band>, shown: impl Fn(&Band) -> String) -> String {
    let Some(band) = band else { return "<td data-csv=\"||\" data-sort=\"\">–</td>".to_owned() };
    format!(
        "<td data-csv=\"{}|{}|{}\" data-sort=\"{}\">{}</td>",
        band.point,
        band.low,
        band.high,
        band.point,
        shown(band)
    )
}

fn change_cell(change: Option<&BandOfChange>) -> String {
    band_cell(change.map(|of| &of.change), |band| {
        let known = Known::of(band);
        let words = change_in_words(band);
        match known {
            Known::NotEstablished => format!("<span title=\"{}\">{words}</span>", known.word()),
            Known::Rose | Known::Fell => format!("<b title=\"{}\">{words}</b>", known.word()),
        }
    })
}

/// A rank with its band: quantiles lie between whole ranks, of which the outer ones are shown.
fn rank_in_words(rank: &Band) -> String {
    format!("{:.0} [{:.0}, {:.0}]", rank.point, rank.low.floor(), rank.high.ceil())
}

/// A share of draws; 0 and 100 % mean none and all of them.
fn share_in_words(share: Option<f64>) -> String {
    match share {
        Some(share) if share > 0.0 && share < 1.0 => {
            format!("{:.0}\u{a0}%", (100.0 * share).clamp(1.0, 99.0))
        }
        Some(0.0) => "0\u{a0}%".to_owned(),
        share => percent(share),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_before_their_bands() {
        let rank = Band { point: 6.0, low: 4.0, median: 6.0, high: 8.05 };
        assert_eq!(rank_in_words(&rank), "6 [4, 9]");
        assert_eq!(
            band_cell(Some(&rank), rank_in_words),
            "<td data-csv=\"6|4|8.05\" data-sort=\"6\">6 [4, 9]</td>"
        );
        assert_eq!(
            [0.999, 0.0, 1.0].map(|share| share_in_words(Some(share))),
            ["99\u{a0}%", "0\u{a0}%", "100\u{a0}%"]
        );
        let change = Band { point: 0.321, low: 0.193, median: 0.32, high: 0.444 };
        let of = |change| BandOfChange {
            from: 2007,
            to: 2023,
            change,
            share_above_0: 1.0,
            slope: None,
            parts: std::collections::BTreeMap::new(),
        };
        assert!(change_cell(Some(&of(change))).contains("<b title=\"for certain\">+0.32 [0.19, 0.44]</b>"));
        let told = change_cell(Some(&of(Band { low: -0.1, ..change })));
        assert!(told.contains("<span title=\"not established\">+0.32 [-0.10, 0.44]</span>"), "{told}");
        assert!(change_cell(None).contains("–"));
    }
}
