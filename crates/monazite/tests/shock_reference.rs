//! Shocks against the worked network of three countries and against an independent computation in numpy (`reference/shocks.py`).

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use monazite::indicators::{ContentSources, ImportContent, import_content};
use monazite::shock::{
    Capacity, Chain, ChainInput, ChainOptions, ChainProduct, ChainReading, ChainShock, Combine, CutTo,
    ExportCut, InputWeights, ProductShock, Production, ProductionLoss, Rationing, ShockSolver, Substitution,
    ThreeContents, joint_stop, propagate, readings, rounds, scan, substitute, worst_suppliers,
};
use monazite::trade::TradeMatrix;
use serde_json::Value;

#[track_caller]
fn near(found: &[f64], expected: &[f64]) {
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 1e-10 * e.abs().max(1.0), "{found:?} is not {expected:?}");
    }
}

fn all(values: &[Option<f64>]) -> Vec<f64> {
    values.iter().map(|value| value.unwrap_or(0.0)).collect()
}

fn q2() -> TradeMatrix {
    TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 20.0], &[5.0, 60.0, 0.0]])
}

fn mass(t: &TradeMatrix) -> Vec<f64> {
    import_content(ImportContent::MassBalance, t, ContentSources::default())
}

/// Loss shares of Q2 under mass balance.
fn of_q2(shock: &ProductShock) -> Vec<f64> {
    all(&propagate(&q2(), &mass(&q2()), shock, &mut ShockSolver::default()).unwrap().loss)
}

#[test]
fn oracle_q2_scan() {
    let (t, mut solver) = (q2(), ShockSolver::default());
    let found = scan(&t, &mass(&t), true, &mut solver);
    near(&found.losses[0], &[0.818181818181818, 0.8636363636363636, 0.9454545454545453]);
    near(&found.losses[1], &[0.7894736842105262, 0.25, 0.47894736842105257]);
    near(&found.losses[2], &[0.7058823529411765, 0.5588235294117648, 0.29411764705882354]);
    let of = |f: fn(&monazite::shock::SupplierPower) -> f64| -> Vec<f64> {
        found.suppliers.iter().map(f).collect()
    };
    near(&of(|p| p.power), &[150.9090909090909, 35.78947368421052, 77.64705882352943]);
    near(&of(|p| p.power_share), &[0.8877005347593583, 0.5506072874493926, 0.5751633986928106]);
    near(&of(|p| p.direct), &[90.0, 30.0, 65.0]);
    near(&of(|p| p.multiplier), &[1.6767676767676767, 1.1929824561403506, 1.1945701357466068]);
    let contents = ThreeContents::of(&t, ContentSources::default());
    let exposure = scan(&t, &contents.exposure, true, &mut solver);
    near(&exposure.losses[0], &[0.4797507788161994, 0.6775700934579441, 0.8168224299065421]);
    near(&exposure.losses[1], &[0.7337526205450734, 0.15303983228511533, 0.46289308176100635]);
    near(&exposure.losses[2], &[0.6237623762376238, 0.5445544554455446, 0.22772277227722776]);
    let direct = scan(&t, &contents.none, true, &mut solver);
    near(&direct.losses[0], &[0.0, 0.5, 0.6]);
    near(&direct.losses[1], &[2.0 / 3.0, 0.0, 0.4]);
    near(&direct.losses[2], &[1.0 / 3.0, 0.5, 0.0]);
    near(&all(&joint_stop(&t, &mass(&t), &[0, 2], &mut solver).unwrap()), &[1.0; 3]);
}

#[test]
fn oracle_q2_cuts_embargoes_and_lost_production() {
    let t = q2();
    let cut = propagate(&t, &mass(&t), &ProductShock::cut(0, 0.5), &mut ShockSolver::default()).unwrap();
    near(&all(&cut.loss), &[0.4090909090909087, 0.43181818181818166, 0.47272727272727255]);
    near(&cut.supply_loss, &[0.06818181818181812, 0.43181818181818166, 0.36363636363636354]);
    near(&all(&cut.direct), &[0.0, 0.25, 0.3]);
    let by_rounds = rounds(&t, &mass(&t), &ProductShock::cut(0, 0.5), 10_000).unwrap();
    near(&by_rounds.losses[0], &[0.0, 0.25, 0.3]);
    near(&by_rounds.losses[1], &[0.24358974358974358, 0.3653846153846154, 0.4]);
    near(by_rounds.losses.last().unwrap(), &all(&cut.loss));
    let embargo =
        propagate(&t, &mass(&t), &ProductShock::embargo(0, 1), &mut ShockSolver::default()).unwrap();
    near(&all(&embargo.loss), &[0.48387096774193505, 0.6129032258064514, 0.29354838709677394]);
    near(&embargo.supply_loss, &[0.08064516129032251, 0.6129032258064514, 0.22580645161290305]);
    near(
        &of_q2(&ProductShock::production(0, 0.4)),
        &[0.31578947368420957, 0.3333333333333328, 0.36491228070175386],
    );
    let mut mixed = ProductShock::stop(2);
    mixed.cuts.extend(ProductShock::embargo(0, 1).cuts);
    near(&of_q2(&mixed), &[1.0, 1.0, 0.5]);
}

#[test]
fn oracle_q2_lost_production_is_not_monotone_in_content() {
    let (t, contents) = (q2(), ThreeContents::of(&q2(), ContentSources::default()));
    let shock = ProductShock::production(1, 0.4);
    let found = readings(&t, &contents, &shock, &mut ShockSolver::default()).unwrap();
    near(&all(&found.none.loss), &[0.26666666666666666, 0.0, 0.16]);
    near(&all(&found.exposure.loss), &[0.06688963210702312, 0.013951266125179006, 0.042197802197802003]);
    near(&all(&found.mass_balance.loss), &[0.0; 3]);
    assert!(!found.are_bounds);
}

#[test]
fn oracle_q2_substitution() {
    let t = q2();
    let stop = ProductShock::stop(0);
    let of = |capacity: f64, rationing: Rationing| {
        let with = Substitution { rationing, ..Substitution::pool(capacity) };
        substitute(&t, &mass(&t), &stop, &with, &mut ShockSolver::default()).unwrap()
    };
    let pool = [
        (0.1, 0.014586058511354794, [0.7869108275069581, 0.8426823127625994, 0.9234047245900514]),
        (0.25, 0.04225189296779387, [0.7301264754631962, 0.8040175143354146, 0.8826673651695169]),
        (0.5, 0.11538979850441221, [0.5948463388369796, 0.7081435768225027, 0.7813385337696568]),
        (2.0, 1.0, [0.0; 3]),
        (0.0, 0.0, [0.818181818181818, 0.8636363636363636, 0.9454545454545453]),
    ];
    for (capacity, fill, loss) in pool {
        let found = of(capacity, Rationing::Pool);
        assert!(found.converged);
        near(&all(&found.left.loss), &loss);
        // Where nothing is lacking nothing is filled.
        let lacking = found.fill.iter().flatten();
        assert!(lacking.clone().count() > 0 && lacking.into_iter().all(|f| (f - fill).abs() < 1e-10));
    }
    let half = of(0.5, Rationing::Pool);
    near(&[half.unmet, half.spare], &[150.3112339931579, 17.344383003421036]);
    let incumbent = [
        (0.1, [0.7818611544031082, 0.8439390233346911, 0.9301224692329486]),
        (0.5, [0.5688833333806271, 0.7279043134690952, 0.8250429404356596]),
    ];
    for (capacity, loss) in incumbent {
        near(&all(&of(capacity, Rationing::Incumbent).left.loss), &loss);
    }
    near(
        &all(&of(0.5, Rationing::Incumbent).fill),
        &[0.18359958357625578, 0.10940565999496858, 0.07419392358128718],
    );
}

#[test]
fn oracle_q2_chain() {
    let first = q2();
    let third = TradeMatrix::from_dense(&[&[0.0, 5.0, 20.0], &[25.0, 0.0, 5.0], &[0.0; 3]]);
    let second = TradeMatrix::from_dense(&[&[0.0, 0.0, 10.0], &[40.0, 0.0, 60.0], &[20.0, 30.0, 0.0]]);
    let (phi1, phi3, phi2) = (mass(&first), mass(&third), mass(&second));
    assert_eq!(phi2, [1.0, 0.3, 1.0]);
    let made_of = vec![ChainInput::of(0), ChainInput::of(1)];
    let of = |production: Production| {
        let products = vec![
            ChainProduct::new(&first, &phi1, vec![]),
            ChainProduct::new(&third, &phi3, vec![]),
            ChainProduct::new(&second, &phi2, made_of.clone()),
        ];
        let mut chain = Chain::new(products, ChainOptions { production, ..ChainOptions::default() }).unwrap();
        chain.run(&[ChainShock { product: 0, shock: ProductShock::stop(0) }]).unwrap().products
    };
    let cases = [
        (
            Production::Linear,
            [0.05113636363636361, 0.829090909090909, 0.48484848484848475],
            0.829090909090909,
        ),
        (
            Production::Leontief,
            [0.1363636363636363, 0.8636363636363635, 0.7272727272727272],
            0.8636363636363635,
        ),
        (
            Production::Power(3.0),
            [0.09833519797550508, 0.851964171132344, 0.6353312470809446],
            0.851964171132344,
        ),
    ];
    for (production, y, l) in cases {
        let found = of(production);
        near(&found[0].supply_loss, &[0.1363636363636363, 0.8636363636363635, 0.7272727272727272]);
        near(&all(&found[0].value), &[12.272727272727266, 103.63636363636363, 47.272727272727266]);
        assert_eq!(found[1].lost_value, 0.0);
        near(&found[2].production_loss, &y);
        near(&all(&found[2].loss), &[l; 3]);
        near(&found[2].supply_loss, &[l; 3]);
        near(&all(&found[2].value), &[60.0 * l, 30.0 * l, 70.0 * l]);
    }
}

/// The networks and chains of `reference/shocks.py`.
fn reference() -> Value {
    serde_json::from_str(include_str!("../../../reference/values/shocks.json")).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn numbers(value: &Value) -> Vec<f64> {
    list(value).iter().map(|v| v.as_f64().unwrap_or(0.0)).collect()
}

fn positions(value: &Value) -> Vec<u16> {
    list(value).iter().map(|v| v.as_u64().unwrap() as u16).collect()
}

fn trade(value: &Value) -> TradeMatrix {
    let rows: Vec<Vec<f64>> = list(value).iter().map(numbers).collect();
    TradeMatrix::from_dense(&rows.iter().map(Vec::as_slice).collect::<Vec<_>>())
}

fn shock(value: &Value) -> ProductShock {
    let position = |value: &Value| value.as_u64().unwrap() as u16;
    let cuts = list(&value["cuts"]).iter().map(|cut| ExportCut {
        supplier: position(&cut["supplier"]),
        to: if cut["to"].is_null() { CutTo::All } else { CutTo::Importers(positions(&cut["to"])) },
        share: number(&cut["share"]),
    });
    let losses = list(&value["losses"])
        .iter()
        .map(|loss| ProductionLoss { country: position(&loss["country"]), share: number(&loss["share"]) });
    let combine = if value["combine"] == "product" { Combine::Product } else { Combine::Max };
    ProductShock { cuts: cuts.collect(), production_losses: losses.collect(), combine }
}

#[test]
fn networks_of_the_independent_computation() {
    let reference = reference();
    let mut solver = ShockSolver::default();
    for case in list(&reference["networks"]) {
        let (t, phi) = (trade(&case["T"]), numbers(&case["phi"]));
        let found = scan(&t, &phi, true, &mut solver);
        assert_eq!(found.suppliers.len(), list(&case["scan"]).len());
        for ((power, loss), row) in found.suppliers.iter().zip(&found.losses).zip(list(&case["scan"])) {
            assert_eq!(u64::from(power.supplier), row["supplier"]);
            assert_eq!(u64::from(power.top_importer), row["top_importer"]);
            near(loss, &numbers(&row["loss"]));
            let expected =
                ["power", "power_share", "direct", "direct_share", "multiplier"].map(|k| number(&row[k]));
            near(
                &[power.power, power.power_share, power.direct, power.direct_share, power.multiplier],
                &expected,
            );
            let expected = ["damage_hhi", "top_importer_share"].map(|k| number(&row[k]));
            near(&[power.damage_hhi, power.top_importer_share], &expected);
        }
        let worst = worst_suppliers(&t, &phi, t.imports(), 3, &mut solver).unwrap();
        for (found, expected) in worst.steps.iter().zip(list(&case["worst"]["greedy"])) {
            assert_eq!(u64::from(found.supplier), expected["supplier"]);
            near(&[found.lost], &[number(&expected["lost"])]);
        }
        assert!(worst.at_most >= number(&case["worst"]["optimum"]) - 1e-9);
        for expected in list(&case["shocks"]) {
            let shock = shock(expected);
            let found = propagate(&t, &phi, &shock, &mut solver).unwrap();
            near(&all(&found.loss), &numbers(&expected["l"]));
            near(&found.supply_loss, &numbers(&expected["u"]));
            near(&found.flow_loss, &numbers(&expected["x"]));
            for filled in list(&expected["filled"]) {
                let rationing = match &filled["rationing"] {
                    Value::String(name) if name == "pool" => Rationing::Pool,
                    Value::String(_) => Rationing::Incumbent,
                    first => Rationing::Priority(positions(first)),
                };
                let with = Substitution {
                    capacity: Capacity::BySupplier(numbers(&expected["kappa"])),
                    rationing,
                    exclude: positions(&expected["exclude"]),
                };
                let found = substitute(&t, &phi, &shock, &with, &mut solver).unwrap();
                assert!(found.converged);
                near(&all(&found.left.loss), &numbers(&filled["l"]));
                near(&all(&found.fill), &numbers(&filled["fill"]));
                near(&[found.unmet, found.spare], &[number(&filled["unmet"]), number(&filled["spare"])]);
            }
        }
    }
}

#[test]
fn chains_of_the_independent_computation() {
    let reference = reference();
    for case in list(&reference["chains"]) {
        let products = list(&case["products"]);
        let trades: Vec<TradeMatrix> = products.iter().map(|p| trade(&p["T"])).collect();
        let contents: Vec<Vec<f64>> = products.iter().map(|p| numbers(&p["phi"])).collect();
        let stocks: Vec<Option<Vec<f64>>> =
            products.iter().map(|p| (!p["stocks"].is_null()).then(|| numbers(&p["stocks"]))).collect();
        let input = |value: &Value| ChainInput {
            product: value["product"].as_u64().unwrap() as usize,
            essential: value["essential"].as_bool().unwrap(),
            share: value["share"].as_f64(),
        };
        for run in list(&case["runs"]) {
            let of = |at: usize| ChainProduct {
                stocks: stocks[at].as_deref(),
                ..ChainProduct::new(
                    &trades[at],
                    &contents[at],
                    list(&products[at]["inputs"]).iter().map(input).collect(),
                )
            };
            let options = ChainOptions {
                reading: if run["reading"] == "reach" { ChainReading::Reach } else { ChainReading::Content },
                production: match run["production"].as_f64() {
                    Some(exponent) => Production::Power(exponent),
                    None if run["production"] == "leontief" => Production::Leontief,
                    None => Production::Linear,
                },
                weights: if run["weights"] == "equal" { InputWeights::Equal } else { InputWeights::Imports },
            };
            let mut chain = Chain::new((0..products.len()).map(of).collect(), options).unwrap();
            let shocks: Vec<ChainShock> = list(&run["shocks"])
                .iter()
                .map(|s| ChainShock {
                    product: s["product"].as_u64().unwrap() as usize,
                    shock: shock(&s["shock"]),
                })
                .collect();
            let found = chain.run(&shocks).unwrap();
            for (found, expected) in found.products.iter().zip(list(&run["products"])) {
                near(&found.production_loss, &numbers(&expected["y"]));
                near(&all(&found.loss), &numbers(&expected["l"]));
                near(&found.supply_loss, &numbers(&expected["u"]));
                near(&[found.lost_value], &[number(&expected["value"])]);
            }
        }
    }
}
