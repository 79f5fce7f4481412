//! What is said about references, rows and the paper's signs, so that nothing changes in silence.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::Column;
use monazite::progress::{Cancelled, Silent};
use monazite::regression::analysis::AnalysisParameters;
use monazite::regression::robustness::RobustnessCheck;
use monazite::regression::{
    Analysis, CovarianceKind, Form, Prepared, Preset, RegressionTable, Sample, Seeds, TableColumn, Transform,
    YearlyPanel, analyse, estimate,
};
use monazite::study::Study;

use super::regression_panel::{COUNTRIES, PRODUCTS, Raw, YEARS, at, windows};

fn parameters(samples: &[Sample]) -> AnalysisParameters {
    let mut parameters = Study::new(["284690".parse().unwrap()]).analysis_parameters();
    parameters.windows = windows();
    parameters.transforms = vec![Transform::Literal];
    parameters.samples = samples.to_vec();
    parameters.wild = None;
    parameters.sweep_lengths = vec![3];
    parameters.sweep_transforms = vec![Transform::Literal];
    parameters.sweep_samples = samples.to_vec();
    parameters.sweep_covariances = vec![CovarianceKind::Classical];
    parameters.inference.covariance = CovarianceKind::Classical;
    parameters.placebo_draws = 0;
    parameters.robustness = Vec::new();
    parameters
}

fn analysed(parameters: &AnalysisParameters, panel: &YearlyPanel) -> Analysis {
    analyse::<Cancelled>(parameters, panel, None, &Silent).unwrap().unwrap()
}

/// Countries of cluster 1 without comparative strength anywhere.
fn weak_first_cluster() -> Raw {
    let mut raw = Raw::new();
    let rca = raw.values.get_mut(&Column::Rca).unwrap();
    for p in 0..PRODUCTS {
        for t in 0..YEARS {
            for c in (0..COUNTRIES).filter(|c| c % 3 == 0) {
                rca[at(p, t, c)] *= 0.2;
            }
        }
    }
    raw
}

#[test]
fn coefficients_with_another_reference_have_names_of_their_own_and_it_is_said() {
    let panel = weak_first_cluster().panel();
    let analysis = analysed(&parameters(&[Sample::All, Sample::Strengths]), &panel);
    let terms = |sample| -> Vec<String> {
        let of =
            analysis.presets.iter().find(|p| p.preset == Preset { sample, ..Preset::default() }).unwrap();
        of.outcome
            .as_ref()
            .unwrap()
            .terms
            .iter()
            .map(|t| t.name.clone())
            .filter(|t| t.starts_with("cluster") || t.starts_with("constant"))
            .collect()
    };
    assert_eq!(terms(Sample::All), ["constant", "cluster 2", "cluster 3"]);
    assert_eq!(terms(Sample::Strengths), ["constant (cluster 2)", "cluster 3 (against 2)"]);
    let sweep = analysis.sweep.as_ref().unwrap();
    for summary in &sweep.summary {
        let apart = summary.term.contains("(against 2)");
        if summary.term.starts_with("cluster") {
            assert_eq!(apart, summary.preset.sample == Sample::Strengths, "{summary:?}");
        }
    }
    let said = analysis.notes.join("\n");
    assert!(
        said.contains("In \u{201c}literal, strengths\u{201d}, ")
            && said.contains("no row has the cluster that the others")
            && said.contains("are compared with cluster 2"),
        "{said}"
    );
    assert!(said.contains("regressions of the sweep no row has the reference"), "{said}");
    let table = RegressionTable {
        columns: analysis
            .reported()
            .map(|(p, e)| TableColumn { preset: *p, heading: None, estimated: e.clone() })
            .collect(),
        ..RegressionTable::default()
    };
    let notes = table.notes().join(" ");
    assert!(
        notes.contains("Compared with: cluster 1, tier 0, cluster 2 in column 2, which has no row"),
        "{notes}"
    );
    assert!(table.to_markdown(Form::Errors).contains("Cluster 3 (against 2)"));

    let mut raw = Raw::new();
    raw.cluster.fill(4);
    raw.cluster[0] = 3;
    let said = analysed(&parameters(&[Sample::All]), &raw.panel()).notes.join("\n");
    assert!(
        said.contains(
            "Nothing has cluster 1 (regression.reference_cluster): all regressions compare with cluster 3"
        ),
        "{said}"
    );
}

#[test]
fn without_seeds_the_first_tier_is_the_reference_without_a_word() {
    let mut of = parameters(&[Sample::All]);
    of.specification.seeds = Seeds::Drop;
    let analysis = analysed(&of, &Raw::new().panel());
    let (_, estimated) = analysis.reported().next().unwrap();
    assert!(estimated.term("tier 2").is_some() && estimated.references.iter().all(|r| !r.stands_in));
    assert!(!analysis.notes.join(" ").contains("tier"), "{:?}", analysis.notes);
}

#[test]
fn seeds_rows_without_advantage_and_leverage_are_said() {
    let raw = Raw::new();
    let panel = raw.panel();
    let of = parameters(&[Sample::All]);
    let analysis = analysed(&of, &panel);
    let said = analysis.notes.join("\n");
    let (_, estimated) = analysis.reported().next().unwrap();
    let seeds = estimated.pairs.iter().filter(|p| raw.tier[**p as usize / COUNTRIES] == 0).count();
    let rows = estimated.rows;
    let share =
        |count: usize| format!("{count} of {rows} rows ({:.0} %)", 100.0 * count as f64 / rows as f64);
    assert!(said.contains(&format!("literal: {} are seeds", share(seeds))), "{said}");
    // The sum of the leverages is the number of coefficients.
    let prepared = Prepared::new(&panel, &of.specification, &windows(), Preset::default()).unwrap();
    let again = estimate(prepared.rows().unwrap(), of.inference, &[], None).unwrap();
    let largest = again.leverage.unwrap();
    assert!(largest.value > again.parameters as f64 / rows as f64 && largest.value < 1.0);
    // A country-product far from all others has nearly the whole leverage, and is named.
    let mut raw = Raw::new();
    for t in 0..YEARS {
        raw.values.get_mut(&Column::Str).unwrap()[at(5, t, 2)] = 1e4;
    }
    let said = analysed(&of, &raw.panel()).notes.join("\n");
    assert!(said.contains("one row, QMC 770006, has a leverage of"), "{said}");
}

#[test]
fn clusters_are_compared_with_the_paper_only_where_there_are_as_many() {
    let signs = |raw: &Raw| -> Vec<(Option<bool>, String)> {
        let analysis = analysed(&parameters(&[Sample::All]), &raw.panel());
        let of = analysis.signs.into_iter().filter(|s| s.preset == Preset::default());
        of.filter(|s| s.statement.starts_with("Cluster")).map(|s| (s.agrees, s.not_judged)).collect()
    };
    let three = signs(&Raw::new());
    assert_eq!(three.len(), 2);
    assert!(
        three.iter().all(|s| s.0.is_none() && s.1.contains("has 3 clusters, the paper's has 4")),
        "{three:?}"
    );
    let mut raw = Raw::new();
    raw.cluster = (0..COUNTRIES).map(|c| (c % 5) as i32).collect();
    assert!(signs(&raw).iter().all(|s| s.0.is_some() && s.1.is_empty()), "outliers are no cluster");
}

#[test]
fn both_readings_of_inputs_stand_side_by_side() {
    let panel = Raw::new().panel();
    let mut of = parameters(&[Sample::All]);
    of.robustness = vec![RobustnessCheck::OtherInputs];
    let analysis = analysed(&of, &panel);
    let [as_is, other] = analysis.robustness.as_slice() else { panic!("the study and the check") };
    assert_eq!(other.what, "(inputs): the inputs of everything the country is strong in");
    let estimate_of = |at: &monazite::regression::analysis::RobustnessResult| {
        let estimated = at.presets[0].outcome.as_ref().unwrap();
        estimated.reported().terms[estimated.term("STR (inputs)").unwrap()].estimate
    };
    of.specification.inputs = of.specification.inputs.other();
    of.robustness = Vec::new();
    let turned = analysed(&of, &panel);
    let (_, direct) = turned.reported().next().unwrap();
    let expected = direct.reported().terms[direct.term("STR (inputs)").unwrap()].estimate;
    assert_eq!(estimate_of(other), expected);
    assert!((estimate_of(as_is) - expected).abs() > 1e-6);
}
