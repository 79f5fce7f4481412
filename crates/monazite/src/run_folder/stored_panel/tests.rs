//! A run folder made by hand, read back.

use super::*;
use crate::columnar::{Kind, Schema, Values, write_table};
use parquet::data_type::ByteArray;

/// A run folder of two products, two years and two countries; B trades nothing in 2020.
fn folder(repeat: bool) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let mut rows = vec![
        (2019, "280530", "A", Some(0.5)),
        (2019, "280530", "B", None),
        (2020, "280530", "A", Some(0.25)),
        (2019, "284690", "A", Some(1.0)),
        (2019, "284690", "B", Some(0.0)),
        (2020, "284690", "A", None),
    ];
    if repeat {
        rows.push(rows[0]);
    }
    let names: Vec<(&str, Kind)> = [("year", Kind::Int32), ("product", Kind::Text), ("country", Kind::Text)]
        .into_iter()
        .chain(Column::ALL.iter().map(|c| (c.name(), c.kind())))
        .collect();
    let year: Vec<i32> = rows.iter().map(|r| r.0).collect();
    let product: Vec<ByteArray> = rows.iter().map(|r| ByteArray::from(r.1)).collect();
    let country: Vec<ByteArray> = rows.iter().map(|r| ByteArray::from(r.2)).collect();
    let trade: Vec<f64> = (0..rows.len()).map(|n| n as f64).collect();
    let rest: Vec<Option<f64>> = rows.iter().map(|r| r.3).collect();
    let mut values = vec![Values::Int32(&year), Values::Text(&product), Values::Text(&country)];
    values.extend([Values::Number(&trade); 2]);
    values.extend([Values::OptionalNumber(&rest); Column::ALL.len() - 2]);
    write_table(&at("indicators.parquet"), &Schema::new(&names, 1), &values).unwrap();
    let strengths = [("product", Kind::Text), ("country", Kind::Text), ("mean_rca", Kind::Number)];
    write_table(
        &at("strengths.parquet"),
        &Schema::new(&strengths, 1),
        &[Values::Text(&["280530".into()]), Values::Text(&["B".into()]), Values::Number(&[2.5])],
    )
    .unwrap();
    std::fs::create_dir(at("chain")).unwrap();
    std::fs::write(
        at("chain/nodes.csv"),
        "product,description,tier\n280530,\"Metals, rare\",1\n284690,Compounds,0\n",
    )
    .unwrap();
    std::fs::write(at("chain/edges.csv"), "input,output,kept\n284690,280530,true\n280530,284690,false\n")
        .unwrap();
    std::fs::write(at("countries.csv"), "country,name,kind\nA,Alpha,country\nB,Beta,merged\n").unwrap();
    std::fs::write(at("inputs.csv"), "country,product\nB,284690\n").unwrap();
    folder
}

#[test]
fn what_a_run_has_written_comes_back() {
    let folder = folder(false);
    let panel = StoredPanel::open(folder.path()).unwrap();
    assert_eq!(panel.years, [2019, 2020]);
    let (metal, compound) = (&panel.products[0], &panel.products[1]);
    assert_eq!(
        (metal.tier, metal.description.as_str(), metal.inputs.as_slice()),
        (Some(1), "Metals, rare", [1].as_slice())
    );
    assert_eq!((compound.tier, compound.inputs.len()), (Some(0), 0));
    let (alpha, beta) = (panel.country("A").unwrap(), panel.country("B").unwrap());
    assert_eq!((panel.countries[beta].name.as_str(), panel.countries[beta].group), ("Beta", true));
    assert!(!panel.countries[alpha].group && panel.country("C").is_none());
    assert_eq!(panel.value(Column::Str, 0, 0, alpha), Some(0.5));
    assert_eq!(panel.value(Column::Str, 0, 0, beta), None);
    assert_eq!(panel.value(Column::Imports, 1, 0, beta), Some(4.0));
    assert_eq!(panel.value(Column::Imports, 1, 1, beta), None, "no row");
    assert_eq!((panel.mean_rca(0, beta), panel.mean_rca(0, alpha)), (Some(2.5), None));
    assert_eq!(panel.input_products, [vec![], vec![1]]);
    assert!(panel.composite.is_none());
    assert_eq!(panel.deepest_tier(), Some(1));
}

#[test]
fn part_of_it_can_be_read() {
    let folder = folder(false);
    let selection =
        PanelSelection { columns: vec![Column::Exports], products: Some(["284690".parse().unwrap()].into()) };
    let panel = StoredPanel::open_selected(folder.path(), &selection).unwrap();
    assert_eq!(panel.cells(), 4);
    assert_eq!(panel.value(Column::Exports, 0, 0, 1), Some(4.0));
    assert_eq!(panel.input_products, [vec![], vec![0]]);
}

#[test]
fn a_damaged_folder_is_named() {
    let empty = tempfile::tempdir().unwrap();
    let error = StoredPanel::open(empty.path()).unwrap_err().to_string();
    assert!(error.contains("there is no indicators.parquet in it; run the study into it first"), "{error}");
    let error = StoredPanel::open(folder(true).path()).unwrap_err().to_string();
    assert!(error.contains("280530 2019 A stands there twice"), "{error}");
}
