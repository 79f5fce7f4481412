//! What a run made of a planted world, against what was planted.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use super::{PlantedCoefficient, PlantedError, PlantedWorld};
use crate::delimited::{Table, TableError};
use crate::pipeline::Error;
use crate::pipeline::{RunOptions, Until, run_study};
use crate::progress::Silent;
use crate::regression::two_sided_quantile;
use crate::study::{Coverage, Study};
use crate::typology::agreement::adjusted_rand_index;

/// A coefficient of the table against the planted one.
#[derive(Debug, Clone, PartialEq)]
pub struct RecoveredCoefficient {
    /// As planted.
    pub planted: PlantedCoefficient,
    /// As estimated.
    pub estimate: f64,
    /// Reported standard error.
    pub standard_error: f64,
    /// Classical standard error.
    pub classical: f64,
    /// Whether the planted value lies in the 95 % interval of the reported standard error.
    pub inside: bool,
    /// Whether it lies in that of the classical one.
    pub inside_classical: bool,
}

/// A coefficient of the inputs under the placebo.
#[derive(Debug, Clone, PartialEq)]
pub struct RecoveredPlacebo {
    /// The coefficient.
    pub term: String,
    /// Share of the draws in which it is significant.
    pub rejected: f64,
    /// p of the data among the draws.
    pub p: f64,
}

/// What was found of a planted world.
#[derive(Debug, Clone, PartialEq)]
pub struct Recovery {
    /// Share of the links found that are true.
    pub precision: f64,
    /// Share of the true links that are found.
    pub recall: f64,
    /// Share of the products of the chain that have their tier.
    pub tiers: f64,
    /// Agreement of clusters with types, by the adjusted Rand index, over the countries that have a type; `None` without a typology.
    pub types: Option<f64>,
    /// Clusters found, the outliers not counted.
    pub clusters: usize,
    /// Largest difference of the yearly mean STR from the planted one, relative.
    pub risk: f64,
    /// Coefficients on the scale `log`; those of clusters only if every cluster is mostly one type. Empty without a regression.
    pub coefficients: Vec<RecoveredCoefficient>,
    /// Coefficients of the inputs under the placebo.
    pub placebo: Vec<RecoveredPlacebo>,
}

/// Why there is no recovery.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryError {
    /// The world cannot be written.
    #[error(transparent)]
    Planted(#[from] PlantedError),
    /// The study of the world fails.
    #[error(transparent)]
    Run(#[from] Error),
    /// A table of the run cannot be read.
    #[error(transparent)]
    Table(#[from] TableError),
}

/// Writes a world into a folder, runs its study from the release files on, and compares what comes out with what was planted.
///
/// `placebo_draws` is the number of draws of the placebo. What the comparison does not look at (sweep, robustness checks, bootstrap,
/// stability of the typology, decomposition) is left out of the run.
///
/// # Errors
/// [`RecoveryError`].
pub fn run_and_recover(
    world: &PlantedWorld,
    folder: &Path,
    placebo_draws: u64,
) -> Result<Recovery, RecoveryError> {
    world.write(folder)?;
    let mut study = Study::load(&folder.join("study.toml")).map_err(Error::from)?;
    study.indicators.decomposition = Coverage::None;
    study.indicators.dependencies = Coverage::None;
    study.typology.repetitions = 0;
    study.typology.alternatives = Vec::new();
    study.regression.sweep_lengths = Vec::new();
    study.regression.robustness = Vec::new();
    study.regression.bootstrap_draws = 0;
    study.regression.placebo_draws = placebo_draws;
    let run = folder.join("run");
    run_study(&study, &run, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
    Ok(recover(world, &run)?)
}

/// Compares the run folder of a planted world with the world.
///
/// # Errors
/// [`TableError`] if a table of the run cannot be read.
pub fn recover(world: &PlantedWorld, run: &Path) -> Result<Recovery, TableError> {
    let (precision, recall) = links(world, run)?;
    let clusters = clusters(run)?;
    let (types, matched) = types(world, &clusters);
    Ok(Recovery {
        precision,
        recall,
        tiers: tiers(world, run)?,
        types,
        clusters: clusters.values().filter(|c| **c != 0).collect::<BTreeSet<_>>().len(),
        risk: risk(world, run)?,
        coefficients: coefficients(world, run, &matched)?,
        placebo: placebo(run)?,
    })
}

/// Cells of some columns, row by row.
fn cells<const N: usize>(path: &Path, columns: [&str; N]) -> Result<Vec<[String; N]>, TableError> {
    let table = Table::read(path)?;
    let mut places = Vec::new();
    for column in columns {
        places.push(table.require(&[column])?);
    }
    Ok(table.rows.iter().map(|row| std::array::from_fn(|n| row.get(places[n]).to_owned())).collect())
}

fn number(text: &str) -> f64 {
    text.parse().unwrap_or(f64::NAN)
}

fn links(world: &PlantedWorld, run: &Path) -> Result<(f64, f64), TableError> {
    let truth: BTreeSet<(String, String)> =
        world.links().iter().map(|(i, o)| (i.to_string(), o.to_string())).collect();
    let found: BTreeSet<(String, String)> = cells(&run.join("chain/edges.csv"), ["input", "output", "kept"])?
        .into_iter()
        .filter(|[_, _, kept]| kept == "true")
        .map(|[input, output, _]| (input, output))
        .collect();
    let shared = truth.intersection(&found).count() as f64;
    Ok((shared / found.len().max(1) as f64, shared / truth.len() as f64))
}

fn tiers(world: &PlantedWorld, run: &Path) -> Result<f64, TableError> {
    let found: BTreeMap<String, String> = cells(&run.join("chain/nodes.csv"), ["product", "tier"])?
        .into_iter()
        .map(|[product, tier]| (product, tier))
        .collect();
    let all: Vec<bool> =
        world.tiers().map(|(code, tier)| found.get(&code.to_string()) == Some(&tier.to_string())).collect();
    Ok(all.iter().filter(|right| **right).count() as f64 / all.len() as f64)
}

fn clusters(run: &Path) -> Result<BTreeMap<String, u32>, TableError> {
    let path = run.join("typology/countries.csv");
    if !path.exists() {
        return Ok(BTreeMap::new());
    }
    let rows = cells(&path, ["country", "cluster"])?;
    Ok(rows.into_iter().filter_map(|[country, cluster]| Some((country, cluster.parse().ok()?))).collect())
}

/// Agreement, and the type that each cluster mostly is.
fn types(world: &PlantedWorld, clusters: &BTreeMap<String, u32>) -> (Option<f64>, BTreeMap<u32, u8>) {
    let both: Vec<(u32, u8)> = world
        .types()
        .filter(|(_, kind)| *kind > 0)
        .filter_map(|(country, kind)| Some((*clusters.get(country)?, kind)))
        .collect();
    let mut counts: BTreeMap<u32, BTreeMap<u8, usize>> = BTreeMap::new();
    for &(cluster, kind) in &both {
        *counts.entry(cluster).or_default().entry(kind).or_default() += 1;
    }
    let mostly = counts
        .into_iter()
        .filter_map(|(cluster, kinds)| Some((cluster, kinds.into_iter().max_by_key(|k| k.1)?.0)))
        .collect();
    let found: Vec<u32> = both.iter().map(|b| b.0).collect();
    let planted: Vec<u32> = both.iter().map(|b| u32::from(b.1)).collect();
    (adjusted_rand_index(&found, &planted), mostly)
}

fn risk(world: &PlantedWorld, run: &Path) -> Result<f64, TableError> {
    let panel = crate::run_folder::StoredPanel::open(run);
    let Ok(panel) = panel else { return Ok(f64::NAN) };
    let values = panel.column(crate::indicators::Column::Str);
    let countries = panel.countries.len();
    let chain: Vec<bool> = panel.products.iter().map(|p| p.code.to_string().starts_with("77")).collect();
    let mut largest: f64 = 0.0;
    for (t, planted) in world.mean_risk().into_iter().enumerate() {
        let (mut sum, mut count) = (0.0, 0usize);
        for p in (0..panel.products.len()).filter(|&p| chain[p]) {
            let from = (p * panel.years.len() + t) * countries;
            for value in values[from..from + countries].iter().filter(|v| !v.is_nan()) {
                sum += value;
                count += 1;
            }
        }
        largest = largest.max((sum / count.max(1) as f64 / planted - 1.0).abs());
    }
    Ok(largest)
}

fn coefficients(
    world: &PlantedWorld,
    run: &Path,
    matched: &BTreeMap<u32, u8>,
) -> Result<Vec<RecoveredCoefficient>, TableError> {
    let path = run.join("regression/table.csv");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let planted: BTreeMap<String, f64> =
        world.coefficients().into_iter().map(|c| (c.term, c.value)).collect();
    let of_kind = |kind: u8| planted.get(&format!("type {kind}")).copied().unwrap_or(0.0);
    // The first cluster is what the others are compared with, whichever type it is.
    let reference = matched.get(&1).map_or(0.0, |kind| of_kind(*kind));
    let columns = ["preset", "term", "estimate", "se_two_way", "se_classical", "ci_low", "ci_high", "n"];
    let rows: Vec<[String; 8]> = cells(&path, columns)?.into_iter().filter(|row| row[0] == "log").collect();
    let terms = rows.len() as f64;
    let mut found = Vec::new();
    for row in &rows {
        let term = &row[1];
        let truth = match term.strip_prefix("cluster ") {
            Some(cluster) => {
                let Some(kind) = cluster.parse().ok().and_then(|c: u32| matched.get(&c)) else { continue };
                PlantedCoefficient { term: format!("type {kind}"), value: of_kind(*kind) - reference }
            }
            None => {
                let Some(value) = planted.get(term) else { continue };
                let shift = if term == "constant" { reference } else { 0.0 };
                PlantedCoefficient { term: term.clone(), value: value + shift }
            }
        };
        let (estimate, classical) = (number(&row[2]), number(&row[4]));
        let reach = classical * two_sided_quantile(0.05, number(&row[7]) - terms);
        found.push(RecoveredCoefficient {
            inside: number(&row[5]) <= truth.value && truth.value <= number(&row[6]),
            inside_classical: (estimate - truth.value).abs() <= reach,
            planted: truth,
            estimate,
            standard_error: number(&row[3]),
            classical,
        });
    }
    Ok(found)
}

fn placebo(run: &Path) -> Result<Vec<RecoveredPlacebo>, TableError> {
    let path = run.join("regression/placebo.csv");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let rows = cells(&path, ["preset", "term", "rejected", "p_placebo"])?;
    Ok(rows
        .into_iter()
        .filter(|[preset, ..]| preset == "log")
        .map(|[_, term, rejected, p]| RecoveredPlacebo { term, rejected: number(&rejected), p: number(&p) })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planted::PlantedOptions;

    fn world() -> PlantedWorld {
        let options =
            PlantedOptions { products: 10, others: 5, countries: 16, years: 4, ..PlantedOptions::default() };
        PlantedWorld::new(options).unwrap()
    }

    fn run_with(files: &[(&str, String)]) -> tempfile::TempDir {
        let run = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = run.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        run
    }

    #[test]
    fn shares_of_links_and_tiers_by_hand() {
        let world = world();
        let all = world.links();
        // Two true links and a wrong one are found, a third true one is dropped.
        let mut edges = String::from("input,output,kept\n010101,010102,true\n");
        for ((input, output), kept) in all.iter().zip([true, true, false]) {
            edges.push_str(&format!("{input},{output},{kept}\n"));
        }
        // Of ten products one has a wrong tier, one is missing.
        let mut nodes = String::from("product,tier\n");
        for (at, (code, tier)) in world.tiers().enumerate().skip(1) {
            nodes.push_str(&format!("{code},{}\n", if at == 1 { tier + 1 } else { tier }));
        }
        let run = run_with(&[("chain/edges.csv", edges), ("chain/nodes.csv", nodes)]);
        let (precision, recall) = links(&world, run.path()).unwrap();
        assert_eq!((precision, recall), (2.0 / 3.0, 2.0 / all.len() as f64));
        assert_eq!(tiers(&world, run.path()).unwrap(), 0.8);
    }

    #[test]
    fn coefficients_by_hand() {
        // Two rows of the scale `log`, so ten degrees of freedom of twelve: an interval of 2.228 standard errors. RCA is planted at -0.13
        // and found 0.03 away, within 2.228 x 0.014 and not within 2.228 x 0.013. Cluster 2 is type 3, planted at 0.2, against type 1.
        let table = |classical: f64| {
            format!(
                "preset,term,estimate,se_two_way,se_classical,ci_low,ci_high,n\nlog,RCA,-0.1,0.02,{classical},-0.14,-0.06,12\n\
                 log,cluster 2,0.3,0.01,0.5,0.28,0.32,12\nliteral,RCA,9,9,9,9,9,12\n"
            )
        };
        let found = |classical: f64| {
            let run = run_with(&[("regression/table.csv", table(classical))]);
            coefficients(&world(), run.path(), &BTreeMap::from([(1, 1), (2, 3)])).unwrap()
        };
        let [rca, cluster] = &found(0.014)[..] else { panic!("two coefficients") };
        assert_eq!((rca.planted.value, rca.estimate, rca.standard_error), (-0.13, -0.1, 0.02));
        assert!(rca.inside && rca.inside_classical);
        assert!(!found(0.013)[0].inside_classical);
        assert_eq!((cluster.planted.term.as_str(), cluster.planted.value), ("type 3", 0.2));
        assert!(!cluster.inside && cluster.inside_classical);
    }

    #[test]
    fn clusters_that_are_the_types_agree_in_full() {
        let world = world();
        let like = |number: fn(u8) -> u32| -> BTreeMap<String, u32> {
            world.types().map(|(code, kind)| (code.to_owned(), number(kind))).collect()
        };
        let (agreement, mostly) = types(&world, &like(|kind| u32::from(kind) + 4));
        assert_eq!(agreement, Some(1.0));
        assert_eq!(mostly, BTreeMap::from([(5, 1), (6, 2), (7, 3), (8, 4)]));
        // All in one cluster says nothing; its type is the last of the equally many.
        let (agreement, mostly) = types(&world, &like(|_| 1));
        assert_eq!((agreement, mostly), (Some(0.0), BTreeMap::from([(1, 4)])));
    }
}
