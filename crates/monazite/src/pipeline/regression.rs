//! The stage of a run: the regression from the tables of a run folder, with its tables.

use std::collections::BTreeMap;

use super::Error;
use super::robustness::{TradeData, changed_panel};
use crate::delimited::TableError;
use crate::indicators::Column;
use crate::nomenclature::YearRange;
use crate::profile::GroupPanel;
use crate::progress::Progress;
use crate::regression::RegressionError;
use crate::regression::analysis::{Analysis, NothingToRegress, analyse};
use crate::regression::files;
use crate::regression::robustness::{ChangedPanel, RobustnessCheck, RobustnessOptions};
use crate::regression::table::{RegressionTable, TableColumn};
use crate::regression::yearly::{PanelCountry, YearlyPanel};
use crate::run_folder::RunFiles;
use crate::run_folder::RunFolder;
use crate::run_folder::StoredPanel;
use crate::run_folder::StoredPanelError;
use crate::run_folder::manifest::{PresetRecord, RegressionRecord};
use crate::study::{Problem, Study, StudyError};

/// Whether a file of a run comes from this stage.
pub fn is_output(name: &str) -> bool {
    name.starts_with("regression/")
}

/// What in the regression of a study does not fit its data: windows that the study names, countries that it leaves out.
///
/// # Errors
/// [`StudyError`] with all of it.
pub fn check_against(study: &Study, years: &[u16], countries: &[String]) -> Result<(), StudyError> {
    let section = &study.regression;
    if !section.enabled {
        return Ok(());
    }
    let mut problems = Vec::new();
    let mut problem = |key: &str, message: String| {
        problems.push(Problem { line: None, key: format!("regression.{key}"), message });
    };
    if section.has_windows()
        && let Err(error) = section.windows().check(years)
    {
        let key = match &error {
            RegressionError::WindowOutsideData { which, .. } => which,
            _ => "baseline",
        };
        problem(key, error.to_string());
    }
    for pair in &section.sweep_windows {
        if let Err(error) = pair.check(years) {
            problem("sweep_windows", error.to_string());
        }
    }
    let merged = section.robustness.contains(&RobustnessCheck::MergedEntrepots);
    for (group, members) in section.robustness_merge.iter().filter(|_| merged) {
        if countries.contains(group) && !members.contains(group) {
            let message =
                format!("{group} is the code of a country that is not in the group; choose another code");
            problem("robustness_merge", message);
        }
    }
    for code in section.exclude.iter().filter(|code| !countries.contains(code)) {
        problem("exclude", format!("{code} is not a country of the data"));
    }
    if problems.is_empty() { Ok(()) } else { Err(study.error(problems)) }
}

/// Runs the regression on a panel and writes its files. Returns what to write down about it, or why there is none.
///
/// `results` are the tables of the run: the clusters are read from there. `data` is what robustness checks are
/// computed from.
///
/// # Errors
/// [`Error::Panel`] if the clusters cannot be read, [`Error::Folder`] if a file cannot be written, [`Error::Cancelled`] if `progress`
/// asks to stop, otherwise as [`analyse`].
pub fn run(
    study: &Study,
    stored: &StoredPanel,
    results: &RunFiles,
    rca_basis: &str,
    data: Option<TradeData<'_>>,
    folder: &mut RunFolder,
    progress: &dyn Progress,
) -> Result<Result<RegressionRecord, String>, Error> {
    if !study.regression.enabled {
        return Ok(Err("regression.enabled is false".to_owned()));
    }
    let panel = yearly_panel(study, stored, results)?;
    progress.go_on()?;
    let parameters = study.analysis_parameters();
    let anew =
        |data: TradeData<'_>, check: RobustnessCheck, options: &RobustnessOptions, like: &YearlyPanel| {
            changed_panel(check, study, like, data, options, progress)
        };
    let analysis = match data {
        Some(data) => {
            let anew: ChangedPanel<'_, Error> = &|check, options, like| anew(data, check, options, like);
            analyse(&parameters, &panel, Some(anew), progress)
        }
        None => analyse::<Error>(&parameters, &panel, None, progress),
    };
    let analysis = match analysis? {
        Ok(analysis) => analysis,
        Err(NothingToRegress(reason)) => return Ok(Err(reason)),
    };
    let table = table_of(study, &analysis, rca_basis);
    files::write(folder, &panel, &analysis, &table, study.output.compression_level)?;
    Ok(Ok(record(study, &analysis, &panel, rca_basis)))
}

/// The yearly panel of a run with the clusters of its typology; groups beside their members if the study wants them.
fn yearly_panel(study: &Study, stored: &StoredPanel, results: &RunFiles) -> Result<YearlyPanel, Error> {
    let specification = study.regression.specification();
    let mut columns = specification.columns();
    if study.regression.robustness.contains(&RobustnessCheck::IndirectRisk) {
        columns.push(Column::StrIndirect);
        columns.sort_unstable();
        columns.dedup();
    }
    let clusters = read_clusters(results).map_err(StoredPanelError::from)?;
    let panel = YearlyPanel::from_stored(stored, &columns, &clusters);
    if !specification.groups {
        return Ok(panel);
    }
    let groups = GroupPanel::of(stored, &study.mean_groups(), study.indicators.strength_window);
    Ok(with_groups(panel, stored, &groups, &columns, &clusters, study.indicators.strength_window))
}

fn read_clusters(results: &RunFiles) -> Result<BTreeMap<String, i32>, TableError> {
    let mut clusters = BTreeMap::new();
    let Some(table) = results.table_if_there("typology/countries.csv")? else { return Ok(clusters) };
    let (country, cluster) = (table.require(&["country"])?, table.require(&["cluster"])?);
    for row in &table.rows {
        let number = row.get(cluster).parse().map_err(|_| {
            table.field_error(row, cluster, format!("'{}' is not a cluster", row.get(cluster)))
        })?;
        clusters.insert(row.get(country).to_owned(), number);
    }
    Ok(clusters)
}

/// Adds groups as countries that stand beside their members.
fn with_groups(
    panel: YearlyPanel,
    stored: &StoredPanel,
    groups: &GroupPanel,
    columns: &[Column],
    clusters: &BTreeMap<String, i32>,
    window: Option<YearRange>,
) -> YearlyPanel {
    let (countries, added) = (panel.countries.len(), groups.groups.len());
    let (products, years) = (panel.products.len(), panel.years.len());
    let mut names = panel.countries.clone();
    names.extend(groups.groups.iter().map(|g| PanelCountry {
        code: g.code.clone(),
        beside_members: true,
        cluster: clusters.get(&g.code).copied(),
    }));
    let joined = columns
        .iter()
        .map(|&column| {
            let (own, of_groups) = (stored.column(column), groups.column(column));
            let mut values = Vec::with_capacity(products * years * (countries + added));
            for at in 0..products * years {
                values.extend_from_slice(&own[at * countries..(at + 1) * countries]);
                values.extend_from_slice(&of_groups[at * added..(at + 1) * added]);
            }
            (column, values)
        })
        .collect();
    let mut mean_rca = Vec::with_capacity(products * (countries + added));
    for product in 0..products {
        mean_rca.extend((0..countries).map(|c| stored.mean_rca(product, c).unwrap_or(f64::NAN)));
        for group in 0..added {
            let yearly = (0..years)
                .filter(|&t| window.is_none_or(|w| w.contains(stored.years[t])))
                .map(|t| groups.column(Column::Rca)[groups.cell(stored, product, t, group)])
                .filter(|rca| !rca.is_nan())
                .collect::<Vec<f64>>();
            let sum = yearly.iter().fold(0.0, |sum, rca| sum + rca);
            mean_rca.push(if yearly.is_empty() { f64::NAN } else { sum / yearly.len() as f64 });
        }
    }
    YearlyPanel::new(panel.years, panel.products, names, joined, mean_rca)
}

fn table_of(study: &Study, analysis: &Analysis, rca_basis: &str) -> RegressionTable {
    let (b, p) = (analysis.windows.baseline, analysis.windows.projection);
    RegressionTable {
        columns: analysis
            .reported()
            .map(|(preset, estimated)| TableColumn {
                preset: *preset,
                heading: None,
                estimated: estimated.clone(),
            })
            .collect(),
        stars: study.regression.stars.clone(),
        windows: format!("Baseline {}-{}, projection {}-{}.", b.first, b.last, p.first, p.last),
        rca_basis: format!("Comparative advantage is relative to: {rca_basis}."),
        own_names: false,
    }
}

fn record(study: &Study, analysis: &Analysis, panel: &YearlyPanel, rca_basis: &str) -> RegressionRecord {
    let (b, p) = (analysis.windows.baseline, analysis.windows.projection);
    let presets = analysis
        .reported()
        .map(|(preset, estimated)| {
            let signs = analysis.signs.iter().filter(|s| s.preset == *preset);
            PresetRecord {
                name: preset.name(),
                rows: estimated.rows,
                parameters: estimated.parameters,
                r2: estimated.r2,
                signs_judged: signs.clone().filter(|s| s.agrees.is_some()).count(),
                signs_as_in_paper: signs.filter(|s| s.agrees == Some(true)).count(),
            }
        })
        .collect();
    let sweep_fits = analysis.sweep.as_ref().map_or(0, |s| {
        s.rows.iter().map(|r| (r.windows, r.preset)).collect::<std::collections::BTreeSet<_>>().len()
    });
    RegressionRecord {
        baseline: [b.first, b.last],
        projection: [p.first, p.last],
        covariance: study.regression.covariance.name().to_owned(),
        rca_basis: rca_basis.to_owned(),
        clusters: panel.has_clusters,
        presets,
        sweep_fits,
        sweep_failures: analysis.sweep.as_ref().map_or(0, |s| s.failures.len()),
        notes: analysis.notes.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nomenclature::CountryGroup;
    use crate::nomenclature::groups::Member;
    use crate::run_folder::stored_panel::StoredProduct;

    #[test]
    fn groups_stand_behind_the_countries_by_hand() {
        let product = |code: &str| StoredProduct {
            code: code.parse().unwrap(),
            description: String::new(),
            tier: Some(0),
            inputs: Vec::new(),
        };
        // Two products, two years, countries A, B, C; A and B are a group. Exports of the first product 10, 30, 40 and of the second 20, 20, 0.
        let exports = [[10.0, 30.0, 40.0], [20.0, 20.0, 0.0]];
        let stored = StoredPanel::of_values(
            &[2019, 2020],
            vec![product("284610"), product("284690")],
            &["A", "B", "C"],
            |column, p, t, c| match column {
                Column::Imports => Some(1.0),
                Column::Exports => Some(exports[p][c]),
                Column::Exposure => Some([0.2, 0.8, 0.5][c] + 0.1 * t as f64),
                // Share in the product over the share in all 120: (1/8)/(1/4), (3/8)/(5/12), (1/2)/(1/3) and 2, 1.2, 0.
                Column::Rca => Some([[0.5, 0.9, 1.5], [2.0, 1.2, 0.0]][p][c]),
                _ => None,
            },
        );
        let members = ["A", "B"].map(|code| Member { iso3: code.to_owned(), years: None });
        let group =
            CountryGroup { code: "AB".to_owned(), name: "A and B".to_owned(), members: members.to_vec() };
        let groups = GroupPanel::of(&stored, &[group], None);
        let columns = [Column::Exports, Column::Exposure, Column::Rca];
        let clusters = BTreeMap::from([("AB".to_owned(), 3)]);
        let own = YearlyPanel::from_stored(&stored, &columns, &clusters);
        let joined = with_groups(own, &stored, &groups, &columns, &clusters, None);

        let last = &joined.countries[3];
        assert_eq!((last.code.as_str(), last.beside_members, last.cluster), ("AB", true, Some(3)));
        let means = joined.means(&[0, 1]);
        assert_eq!(means.of(Column::Exports), [10.0, 30.0, 40.0, 40.0, 20.0, 20.0, 0.0, 40.0]);
        // (10 x 0.2 + 30 x 0.8)/40 = 0.65 and 0.75 in the years, 0.7 on average; by the exports of the second product 0.5 and 0.6.
        let exposure = means.of(Column::Exposure);
        assert!((exposure[3] - 0.7).abs() < 1e-12 && (exposure[7] - 0.55).abs() < 1e-12, "{exposure:?}");
        // (40/80)/(80/120) = 0.75 and (40/40)/(80/120) = 1.5: strong in the second product only.
        let rca = means.of(Column::Rca);
        assert!((rca[3] - 0.75).abs() < 1e-12 && (rca[7] - 1.5).abs() < 1e-12, "{rca:?}");
        assert_eq!([joined.is_strength(0, 3), joined.is_strength(1, 3)], [false, true]);
    }
}
