//! Rows and variables by hand.

use super::*;
use crate::regression::yearly::{PanelCountry, PanelProduct};

/// Two seeds and a product made of both, two countries, one year. Trade of the inputs in the first country: 30 and 10.
fn panel() -> YearlyPanel {
    let product = |code: &str, tier, inputs: &[usize]| PanelProduct {
        code: code.parse().unwrap(),
        tier: Some(tier),
        inputs: inputs.to_vec(),
    };
    let country =
        |code: &str, cluster| PanelCountry { code: code.to_owned(), beside_members: false, cluster };
    let nan = f64::NAN;
    YearlyPanel::new(
        vec![2010],
        vec![product("284610", 0, &[]), product("284690", 0, &[]), product("850511", 1, &[0, 1])],
        vec![country("CHN", Some(3)), country("USA", None)],
        [
            (Column::Imports, vec![20.0, 1.0, 10.0, 1.0, 5.0, 5.0]),
            (Column::Exports, vec![10.0, 1.0, 0.0, 1.0, 5.0, 5.0]),
            (Column::Exposure, vec![0.2, nan, 0.8, 0.5, 0.6, 0.7]),
            (Column::Rca, vec![2.0, 0.0, 1.0, 0.0, 4.0, 0.5]),
        ]
        .into(),
        vec![2.0, 0.0, 1.0, 0.0, 4.0, 0.5],
    )
}

fn of(variable: Variable, preset: Transform, specification: &Specification) -> Vec<f64> {
    let panel = panel();
    let baseline = panel.means(&[0]);
    let mut after = baseline.clone();
    after.columns.insert(Column::Rca, vec![4.0, 0.0, 1.0, 2.0, 1.0, 0.5]);
    evaluate(&panel, specification, &variable, preset, &baseline, &after)
}

#[test]
fn means_over_inputs_by_hand() {
    let own = Specification { fill: -7.0, ..Specification::default() };
    let exposure = of(Variable::of_inputs(Column::Exposure), Transform::Literal, &own);
    // Seeds are filled. (30 x 0.2 + 10 x 0.8)/40 = 0.35; the input without a value leaves the second country with 0.5.
    assert_eq!(exposure[..4], [-7.0; 4]);
    assert!((exposure[4] - 0.35).abs() < 1e-15, "{exposure:?}");
    assert_eq!(exposure[5], 0.5);
    // The first country is strong in the third product, whose inputs are then those of all its products; the second in nothing.
    let of_country = Specification { inputs: InputsOf::Country, ..Specification::default() };
    let exposure = of(Variable::of_inputs(Column::Exposure), Transform::Literal, &of_country);
    assert!([0, 2, 4].iter().all(|&p| (exposure[p] - 0.35).abs() < 1e-15));
    assert!([1, 3, 5].iter().all(|&p| exposure[p].is_nan()));
    // Only inputs with an RCA of zero: the logarithm of zero.
    let rca = of(Variable::of_inputs(Column::Rca), Transform::Log, &own);
    assert_eq!(rca[5], f64::NEG_INFINITY);
    assert!((rca[4] - 0.75 * 2f64.ln()).abs() < 1e-15, "(30 ln 2 + 10 ln 1)/40");
}

#[test]
fn changes_by_hand() {
    let plain = Specification::default();
    let change = of(Variable::change(Column::Rca), Transform::Log, &plain);
    // ln 4 - ln 2, ln 0 twice, no change, ln 2 - ln 0, ln 1 - ln 4.
    assert!((change[0] - 2f64.ln()).abs() < 1e-9 && (change[4] + 1.386_294_361).abs() < 1e-9);
    assert_eq!(
        (change[1], change[2], change[3], change[5]),
        (f64::NEG_INFINITY, 0.0, f64::NEG_INFINITY, 0.0)
    );
    let literal = of(Variable::change(Column::Rca), Transform::Literal, &plain);
    assert_eq!(literal, [2.0, 0.0, 0.0, 2.0, -3.0, 0.0]);
}

#[test]
fn rows_are_chosen_and_the_others_counted() {
    let panel = panel();
    let specification = Specification {
        dependent: Variable::baseline(Column::Rca),
        regressors: vec![Variable::baseline(Column::Exposure)],
        factors: vec![Grouping::Tier],
        ..Specification::default()
    };
    let means = panel.means(&[0]);
    let values = [means.of(Column::Rca), means.of(Column::Exposure)];
    let rows = |specification: &Specification, sample| {
        let work = &mut Workspace::default();
        choose(&panel, specification, sample, values[0], &values, None, work).unwrap()
    };
    let all = rows(&specification, Sample::All);
    assert_eq!(all.pairs, [0, 2, 3, 4, 5]);
    assert_eq!((all.account.pairs, all.account.used), (6, 5));
    assert_eq!(all.account.lost, [LostRows { reason: "no Exposure".to_owned(), count: 1 }]);
    assert_eq!(rows(&specification, Sample::Strengths).pairs, [0, 4], "mean RCA above 1");
    assert_eq!(rows(&specification, Sample::Positive).pairs, [0, 2, 4, 5]);
    let without = Specification { seeds: Seeds::Drop, exclude: vec!["USA".to_owned()], ..specification };
    let few = rows(&without, Sample::All);
    assert_eq!(few.pairs, [4]);
    let lost: Vec<usize> = few.account.lost.iter().map(|l| l.count).collect();
    assert_eq!(lost, [4, 1], "two seeds of two countries, and one country of the third product");
}

#[test]
fn stretches_and_levels() {
    assert_eq!(runs_of(&[0, 1, 2, 5, 6, 9]), [0..3, 5..7, 9..10]);
    let values: Vec<f64> = (0..10).map(f64::from).collect();
    assert_eq!(gathered(&values, &[0..3, 9..10], &mut Workspace::default()), [0.0, 1.0, 2.0, 9.0]);
    let (levels, of) = numbered(&[Some(3), None, Some(1)]);
    assert_eq!((levels.join(" "), of), ("1 3".to_owned(), vec![1, 0, 0]));
}
