//! The whole program on small planted worlds, from release files to tables. `cargo run --release --example planted_worlds` does the same a hundred
//! times; see docs/validation.md.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;
use std::path::Path;

use monazite::columnar::TableReader;
use monazite::planted::{PlantedError, PlantedOptions, PlantedWorld, Recovery, run_and_recover};

fn recovered(options: PlantedOptions, folder: &Path, draws: u64) -> (PlantedWorld, Recovery) {
    let world = PlantedWorld::new(options).unwrap();
    let found = run_and_recover(&world, folder, draws).unwrap();
    (world, found)
}

/// Growth of ln RCA by product and country, as the run computed it.
fn growth_in_run(run: &Path) -> BTreeMap<(String, String), f64> {
    let table = TableReader::open(&run.join("regression/panel.parquet")).unwrap();
    let place = |name: &str| table.column_names().iter().position(|c| c == name).unwrap();
    let (mut products, mut countries, mut growth) = (Vec::new(), Vec::new(), Vec::new());
    for group in 0..table.row_groups() {
        let rows = table.group_rows(group);
        table.read_text(group, place("product"), 0, rows, &mut products).unwrap();
        table.read_text(group, place("country"), 0, rows, &mut countries).unwrap();
        table.read_optional_number(group, place("change_rca_log"), 0, rows, &mut growth).unwrap();
    }
    products.into_iter().zip(countries).zip(growth).filter_map(|(key, g)| Some((key, g?))).collect()
}

#[test]
fn links_types_risk_and_coefficients_are_found() {
    let (mut inside, mut all) = (0, 0);
    for seed in [1, 2, 3] {
        let folder = tempfile::tempdir().unwrap();
        let options = PlantedOptions { seed, ..PlantedOptions::default() };
        let (world, found) = recovered(options, folder.path(), 39);
        assert!(found.precision >= 0.9 && found.recall >= 0.9, "world {seed}: {found:?}");
        assert!(found.tiers >= 0.95, "world {seed}: {}", found.tiers);
        assert!(found.types.unwrap() >= 0.9, "world {seed}: types {:?}", found.types);
        // STR of the program is that of the definition; stability falls every year, so it rises.
        assert!(found.risk < 1e-9, "world {seed}: {}", found.risk);
        assert!(world.mean_risk().windows(2).all(|w| w[1] > w[0]), "{:?}", world.mean_risk());

        // RCA in the run grows as planted: only the third decimal of the values is lost.
        let grown = growth_in_run(&folder.path().join("run"));
        let mut compared = 0;
        for (p, (product, _)) in world.tiers().enumerate() {
            for (c, (country, kind)) in world.types().enumerate() {
                let key = (product.to_string(), country.to_owned());
                if let (Some(planted), Some(ours), true) =
                    (world.planted_growth(p, c), grown.get(&key), kind > 0)
                {
                    assert!((planted - ours).abs() < 1e-4, "{key:?}: {ours} is not {planted}");
                    compared += 1;
                }
            }
        }
        assert!(compared > 4000, "{compared}");

        assert!(found.coefficients.len() >= 16, "{found:?}");
        for c in &found.coefficients {
            let off = (c.estimate - c.planted.value).abs() / c.standard_error;
            assert!(off < 4.5, "world {seed}: {c:?}");
            inside += usize::from(c.inside);
            all += 1;
        }
        // The data need these inputs: hardly any permutation does as well. One world may hide the smaller effects.
        let needed = found.placebo.iter().filter(|p| p.p <= 0.05).count();
        assert!(found.placebo.len() == 4 && needed >= 2, "world {seed}: {:?}", found.placebo);
    }
    assert!(inside * 100 >= 85 * all, "{inside} of {all} planted coefficients in their intervals");
}

#[test]
fn the_placebo_finds_nothing_where_inputs_have_no_effect() {
    let (mut rejected, mut count) = (0.0, 0);
    for seed in [11, 12] {
        let folder = tempfile::tempdir().unwrap();
        let slopes = PlantedOptions::default().slopes.without_inputs();
        let (_, found) =
            recovered(PlantedOptions { seed, slopes, ..PlantedOptions::default() }, folder.path(), 99);
        for p in &found.placebo {
            assert!(p.p > 0.01, "world {seed}: {p:?}");
            rejected += p.rejected;
            count += 1;
        }
    }
    // Eight coefficients, draws of a world dependent: a wide band around 0.05.
    let share = rejected / f64::from(count);
    assert!((0.005..0.15).contains(&share), "{share}");
}

#[test]
fn the_same_seed_makes_the_same_files_and_every_file_says_what_it_is() {
    let small =
        PlantedOptions { countries: 10, products: 12, others: 6, years: 5, ..PlantedOptions::default() };
    let (a, b) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    for folder in [&a, &b] {
        PlantedWorld::new(small.clone()).unwrap().write(folder.path()).unwrap();
    }
    let mut files = 0;
    let mut todo = vec![a.path().to_owned()];
    while let Some(next) = todo.pop() {
        for entry in std::fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
                continue;
            }
            let name = path.strip_prefix(a.path()).unwrap().to_owned();
            let text = std::fs::read_to_string(&path).unwrap();
            assert!(text == std::fs::read_to_string(b.path().join(&name)).unwrap(), "{}", name.display());
            let says = text.starts_with("# SYNTHETIC") || name.to_string_lossy().contains("synthetic");
            assert!(says, "{}", name.display());
            files += 1;
        }
    }
    assert_eq!(files, 5 + 3 + 3 + 6);
    let other = PlantedWorld::new(PlantedOptions { seed: 2, ..small }).unwrap();
    assert_ne!(
        other.mean_risk(),
        PlantedWorld::new(PlantedOptions { seed: 1, ..other.options().clone() }).unwrap().mean_risk()
    );
}

#[test]
fn sizes_that_make_no_world_are_refused() {
    let refused = |options: PlantedOptions| PlantedWorld::new(options).unwrap_err().to_string();
    let few = PlantedOptions { countries: 3, ..PlantedOptions::default() };
    assert_eq!(refused(few), "countries: 3 is not between 8 and 360");
    let short = PlantedOptions { years: 3, ..PlantedOptions::default() };
    assert_eq!(refused(short), "years: 3 is not between 4 and 60");
    let loud = PlantedOptions { noise: -1.0, ..PlantedOptions::default() };
    assert_eq!(refused(loud), "noise: -1 is not zero or more");
    let wild = PlantedOptions { noise: 3.0, ..PlantedOptions::default() };
    assert!(matches!(PlantedWorld::new(wild).unwrap_err(), PlantedError::NotBalanced { .. }));
}
