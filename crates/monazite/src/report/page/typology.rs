//! The section of the page on the kinds of countries.

use std::fmt::Write;

use super::exchanged;
use crate::html::escaped;
use crate::profile::Profiles;
use crate::report::figures::{cluster_colour, cluster_name, page_slots};
use crate::run_folder::manifest::TypologyRecord;
use crate::typology::tables::summaries;
use crate::typology::{Trust, Typology};
use crate::units::{ThousandUsd, grouped};

/// Writing to a text does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = write!($out, $($arg)*); };
}

const OPENING: &str = "<section id=\"typology\">";
const CLOSING: &str = "</section>\n";
/// Countries named in the table, largest exporters first.
const NAMED: usize = 12;
/// Clusters listed in the table.
const LISTED: usize = 24;

/// The section: what to make of the typology, the map, the clusters, and how many of them other settings give.
pub fn section(profiles: &Profiles, typology: &Typology, record: &TypologyRecord) -> String {
    let mut out = format!("{OPENING}\n<h2>Which kinds of countries are there?</h2>\n");
    let tone = match typology.verdict.trust {
        Trust::Stable => "good",
        Trust::Doubtful | Trust::Unknown => "care",
        Trust::NotToBeTrusted => "bad",
    };
    put!(
        out,
        "<div class=\"verdict {tone}\">\n<p><b>{}</b></p>\n<ul>\n",
        escaped(&typology.verdict.sentence)
    );
    for reason in &typology.verdict.reasons {
        put!(out, "<li>{}</li>\n", escaped(reason));
    }
    out.push_str("</ul>\n</div>\n");
    put!(
        out,
        "<p>Each of {} country-years is described by {} features of its trade (profiles.parquet) and placed on a map so that alike ones lie \
         together (UMAP, {} neighbours). Clusters are the hills of their density (density-based merging, level {}); country-years \
         in thin air are outliers, cluster 0. Numbers run from the most to the least dependent.</p>\n",
        grouped(record.rows as u64),
        record.features,
        record.neighbours,
        escaped(&record.detail.replace('_', " "))
    );
    out.push_str(&page_slots::framed("typology_map"));
    cluster_table(&mut out, profiles, typology);
    levels(&mut out, typology);
    out.push_str("<h3>What they look like</h3>\n");
    out.push_str(&page_slots::framed("cluster_profiles"));
    out.push_str("<h3>How they moved</h3>\n");
    out.push_str(&page_slots::framed("cluster_trends"));
    out.push_str(
        "<p class=\"note\">The tables are in the folder typology, the figures in the folder figures.</p>\n",
    );
    remarks(&mut out, record);
    out.push_str(CLOSING);
    out
}

fn cluster_table(out: &mut String, profiles: &Profiles, typology: &Typology) {
    out.push_str(
        "<h3>The clusters</h3>\n<div class=\"scroll\"><table class=\"plain clusters\">\n<thead><tr><th scope=\"col\">Cluster</th><th scope=\"col\">Countries</th>\
         <th scope=\"col\">Exports</th><th scope=\"col\">Composite</th><th scope=\"col\">Stability</th><th scope=\"col\" class=\"who\">Who, by exports</th></tr></thead>\n<tbody>\n",
    );
    let number = |value: Option<f64>| value.map_or_else(String::new, |v| format!("{v:.2}"));
    let clusters = summaries(profiles, typology);
    for cluster in clusters.iter().take(LISTED) {
        let names: Vec<String> = cluster
            .units
            .iter()
            .take(NAMED)
            .map(|&unit| {
                let own = typology.stability.of_unit.get(unit).copied().flatten();
                let name = escaped(&profiles.units[unit].name);
                match own {
                    Some(s) if s < 0.5 => {
                        format!("<span class=\"unsure\" title=\"stability {s:.2}\">{name}</span>")
                    }
                    _ => name,
                }
            })
            .collect();
        let rest = cluster.units.len().saturating_sub(NAMED);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        put!(
            out,
            "<tr><td><span class=\"swatch\" style=\"background:{}\"></span>{}</td><td>{}</td><td class=\"sum\">{}</td><td>{}</td><td>{}</td><td class=\"who\">{}{more}</td></tr>\n",
            cluster_colour(cluster.cluster),
            cluster_name(cluster.cluster),
            cluster.units.len(),
            escaped(&ThousandUsd::new(cluster.exports).in_words()),
            number(cluster.composite),
            number(cluster.stability),
            names.join(", ")
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    if clusters.len() > LISTED {
        put!(
            out,
            "<p class=\"note\">{} more clusters are in typology/clusters.csv.</p>\n",
            clusters.len() - LISTED
        );
    }
    out.push_str(
        "<p class=\"note\">Stability: how much of the cluster is found again when the typology is made anew (mean Jaccard index; above 0.75 it holds, \
         below 0.6 it does not). Countries in grey are found with fewer than half of their companions. A country belongs to the cluster most of its \
         years are in.</p>\n",
    );
}

fn levels(out: &mut String, typology: &Typology) {
    let list: Vec<String> = typology
        .levels
        .iter()
        .map(|l| {
            let text =
                format!("{}: {} ({} outliers)", l.level.key().replace('_', " "), l.clusters, l.outliers);
            if l.level == typology.detail { format!("<b>{text}</b>") } else { text }
        })
        .collect();
    put!(
        out,
        "<p>Clusters at each level of detail, from the finest: {}. How many there are is a choice; which countries go together should not be.</p>\n",
        list.join(", ")
    );
}

fn remarks(out: &mut String, record: &TypologyRecord) {
    let mut remarks = Vec::new();
    if record.filled > 0 {
        remarks.push(format!("{} missing features were filled.", grouped(record.filled as u64)));
    }
    if record.rows_left_out > 0 {
        remarks.push(format!(
            "{} country-years miss too many features and are not on the map.",
            record.rows_left_out
        ));
    }
    for left_out in &record.features_left_out {
        remarks.push(format!("The feature {left_out}; it was left out."));
    }
    remarks.extend(record.notes.iter().cloned());
    if !remarks.is_empty() {
        put!(out, "<p class=\"note\">{}</p>\n", escaped(&remarks.join(" ")));
    }
}

/// A page with its section on typology exchanged for another one, or without it.
pub fn replaced(page: &str, section: Option<&str>) -> String {
    // Where a page made with a typology has it: before the chain, or before the account.
    exchanged(page, [OPENING, CLOSING], section, &["<section id=\"chain\">", "<section id=\"account\">"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_section_is_put_in_exchanged_and_taken_out() {
        let page = "<main>\n<section id=\"account\">\n</section>\n</main>";
        let one = format!("{OPENING}1{CLOSING}");
        let with = replaced(page, Some(&one));
        assert_eq!(with, format!("<main>\n{one}<section id=\"account\">\n</section>\n</main>"));
        let two = format!("{OPENING}2{CLOSING}");
        assert_eq!(replaced(&with, Some(&two)), with.replace('1', "2"));
        assert_eq!(replaced(&with, None), page);
    }
}
