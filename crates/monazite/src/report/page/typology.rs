//! The section of the page on the kinds of countries.

use std::fmt::Write;

use crate::html::{escaped, put};
use crate::report::figures::{cluster_colour, cluster_name, page_slots};
use crate::run::{ClusteredProfiles, Run, RunError};
use crate::run_folder::manifest::TypologyRecord;
use crate::typology::Trust;
use crate::units::{ThousandUsd, grouped};

/// Countries named in the table, largest exporters first.
const NAMED: usize = 12;
/// Clusters listed in the table.
const LISTED: usize = 24;

/// The section: what to make of the typology, the map, the clusters, and how many of them other settings give. Nothing for a run without
/// a typology.
pub(super) fn section(out: &mut String, run: &Run) -> Result<(), RunError> {
    let (Some(record), Some(clustered)) = (&run.manifest().typology, run.clustered()?) else {
        return Ok(());
    };
    out.push_str("<section id=\"typology\">\n<h2>Kinds of countries</h2>\n");
    let tone = match record.trust.as_str() {
        trust if trust == Trust::Stable.key() => "good",
        trust if trust == Trust::NotToBeTrusted.key() => "bad",
        _ => "care",
    };
    put!(out, "<div class=\"verdict {tone}\">\n<p><b>{}</b></p>\n<ul>\n", escaped(&record.verdict));
    for reason in &record.reasons {
        put!(out, "<li>{}</li>\n", escaped(reason));
    }
    out.push_str("</ul>\n</div>\n");
    // What is not to be trusted is there for those who ask for it.
    let folded = record.trust == Trust::NotToBeTrusted.key();
    out.push_str(if folded { "<details><summary>The typology all the same</summary>\n" } else { "" });
    put!(
        out,
        "<p>Each of {} country-years is described by {} features of its trade (profiles.parquet) and placed on a map so that alike ones lie \
         together (UMAP, {} neighbours). Clusters are the hills of their density (density-based merging, level {}); country-years \
         in sparse regions are outliers, cluster 0. Numbers run from the most to the least dependent.</p>\n",
        grouped(record.rows as u64),
        record.features,
        record.neighbours,
        escaped(&record.detail.replace('_', " "))
    );
    out.push_str(&page_slots::framed(run, "typology_map")?);
    cluster_table(out, run, clustered)?;
    levels(out, run)?;
    for (title, figure) in [("What they look like", "cluster_profiles"), ("How they moved", "cluster_trends")]
    {
        let figure = page_slots::framed(run, figure)?;
        if !figure.is_empty() {
            put!(out, "<details><summary>{title}</summary>\n{figure}</details>\n");
        }
    }
    out.push_str(
        "<p class=\"note\">The tables are in the folder typology, the figures in the folder figures.</p>\n",
    );
    remarks(out, record);
    out.push_str(if folded { "</details>\n</section>\n" } else { "</section>\n" });
    Ok(())
}

fn cluster_table(out: &mut String, run: &Run, clustered: &ClusteredProfiles) -> Result<(), RunError> {
    let Some(table) = run.table("typology/clusters.csv")? else { return Ok(()) };
    let (cluster, exports) = (table.require(&["cluster"])?, table.require(&["exports"])?);
    let (composite, stability) = (table.require(&["composite"])?, table.require(&["stability"])?);
    out.push_str(
        "<h3>The clusters</h3>\n<div class=\"scroll\"><table class=\"plain clusters\">\n<thead><tr><th scope=\"col\">Cluster</th><th scope=\"col\">Countries</th>\
         <th scope=\"col\" data-unit=\"thousand USD\">Exports</th><th scope=\"col\">Composite</th><th scope=\"col\">Stability</th><th scope=\"col\" class=\"who\">Who, by exports</th></tr></thead>\n<tbody>\n",
    );
    let assignments = run.assignments()?;
    let number = |text: &str| text.parse::<f64>().map_or_else(|_| String::new(), |v| format!("{v:.2}"));
    for row in table.rows.iter().take(LISTED) {
        let own = table.number(row, cluster)? as u32;
        let units = clustered.clusters.iter().find(|c| c.number == own).map_or(&[][..], |c| &c.units);
        let names: Vec<String> = units
            .iter()
            .take(NAMED)
            .map(|&unit| {
                let unit = &clustered.profiles.units[unit];
                let name = escaped(&unit.name);
                match assignments.get(&unit.code).and_then(|a| a.stability) {
                    Some(s) if s < 0.5 => {
                        format!("<span class=\"unsure\" title=\"stability {s:.2}\">{name}</span>")
                    }
                    _ => name,
                }
            })
            .collect();
        let rest = units.len().saturating_sub(NAMED);
        let more = if rest > 0 { format!(" and {rest} more") } else { String::new() };
        put!(
            out,
            "<tr><td><span class=\"swatch\" style=\"background:{}\"></span>{}</td><td>{}</td><td class=\"sum\" data-value=\"{}\">{}</td><td>{}</td><td>{}</td><td class=\"who\">{}{more}</td></tr>\n",
            cluster_colour(own),
            cluster_name(own),
            units.len(),
            table.number(row, exports)?,
            escaped(&ThousandUsd::new(table.number(row, exports)?).in_words()),
            number(row.get(composite)),
            number(row.get(stability)),
            names.join(", ")
        );
    }
    out.push_str("</tbody>\n</table></div>\n");
    if table.rows.len() > LISTED {
        put!(
            out,
            "<p class=\"note\">{} more clusters are in typology/clusters.csv.</p>\n",
            table.rows.len() - LISTED
        );
    }
    out.push_str(
        "<p class=\"note\">Stability: how much of the cluster is found again when the typology is made anew (mean Jaccard index; above 0.75 it holds, \
         below 0.6 it does not). Countries in grey are found again with fewer than half of their co-members. A country belongs to the cluster most of its \
         years are in.</p>\n",
    );
    Ok(())
}

fn levels(out: &mut String, run: &Run) -> Result<(), RunError> {
    let Some(table) = run.table("typology/levels.csv")? else { return Ok(()) };
    let (level, chosen) = (table.require(&["level"])?, table.require(&["chosen"])?);
    let (clusters, outliers) = (table.require(&["clusters"])?, table.require(&["outliers"])?);
    let list: Vec<String> = table
        .rows
        .iter()
        .map(|row| {
            let name = escaped(&row.get(level).replace('_', " "));
            let text =
                format!("{name}: {} ({} outliers)", escaped(row.get(clusters)), escaped(row.get(outliers)));
            if row.get(chosen) == "true" { format!("<b>{text}</b>") } else { text }
        })
        .collect();
    put!(
        out,
        "<p>Clusters at each level of detail, from the finest: {}. How many there are is a choice; which countries go together should not be.</p>\n",
        list.join(", ")
    );
    Ok(())
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
