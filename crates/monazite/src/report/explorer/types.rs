//! The types of countries, as far as the typology of the run is to be trusted.

use std::collections::BTreeMap;

use serde::Serialize;

use super::rounded::Rounded;
use crate::run::{Run, RunError};

/// So many members stand for a cluster.
const MEMBERS: usize = 8;

/// The types of countries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Types {
    trust: String,
    verdict: String,
    reasons: Vec<String>,
    clusters: Vec<Cluster>,
}

/// A cluster; 0 are the outliers.
#[derive(Debug, Clone, PartialEq, Serialize)]
struct Cluster {
    cluster: u32,
    countries: u32,
    country_years: u32,
    stability: Rounded,
    /// Its members with the largest exports.
    words: Vec<String>,
}

/// The types; `None` without a typology.
pub(super) fn types(run: &Run) -> Result<Option<Types>, RunError> {
    let Some(record) = &run.manifest().typology else { return Ok(None) };
    let mut members: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Some(table) = run.table("figures/cluster_words.csv")? {
        let (cluster, word) = (table.require(&["cluster"])?, table.require(&["word"])?);
        for row in &table.rows {
            members.entry(row.get(cluster).to_owned()).or_default().push(row.get(word).to_owned());
        }
    }
    let mut clusters = Vec::new();
    if let Some(table) = run.table("typology/clusters.csv")? {
        let [cluster, countries, years, stability] = [
            table.require(&["cluster"])?,
            table.require(&["countries"])?,
            table.require(&["country_years"])?,
            table.require(&["stability"])?,
        ];
        for row in &table.rows {
            let whole = |column: usize| {
                row.get(column).parse().map_err(|_| table.field_error(row, column, "this is no whole number"))
            };
            let mut words = members.remove(row.get(cluster)).unwrap_or_default();
            words.truncate(MEMBERS);
            clusters.push(Cluster {
                cluster: whole(cluster)?,
                countries: whole(countries)?,
                country_years: whole(years)?,
                stability: row.get(stability).parse::<f64>().ok().into(),
                words,
            });
        }
    }
    let (trust, verdict, reasons) = (record.trust.clone(), record.verdict.clone(), record.reasons.clone());
    Ok(Some(Types { trust, verdict, reasons, clusters }))
}
