//! The regression on a synthetic panel of the paper's size, for bench/regression.py: 168 products, 230 countries, 18 years.
//!
//! ```text
//! cargo run --release --example regression -- write DIR           the panel, and the design of one pair of windows, as raw doubles
//! cargo run --release --example regression -- fit REPEATS         one fit with two-way clustered standard errors
//! cargo run --release --example regression -- sweep REPEATS       all 66 pairs of four-year windows
//! cargo run --release --example regression -- wild REPEATS        wild cluster bootstrap of all coefficients, 999 draws
//! ```
//!
//! Prints CPU milliseconds a repeat, then estimate, standard error and p of every coefficient.

#![expect(clippy::print_stdout, clippy::unwrap_used, reason = "a program for benchmarks")]

mod clock;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use clock::cpu_seconds;
use monazite::indicators::Column;
use monazite::progress::Silent;
use monazite::regression::{
    ClusterCorrection, CovarianceKind, Errors, InferenceOptions, PanelCountry, PanelProduct, Prepared,
    Preset, Sample, Specification, SweepOptions, Transform, WildBootstrap, Windows, YearlyPanel, covariance,
    fit, sweep, wild_bootstrap,
};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

const COUNTRIES: usize = 230;
const PRODUCTS: usize = 168;
const YEARS: usize = 18;

type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> Result<(), Failure> {
    monazite::threads::Threads::all_cores()?.run(measure)
}

fn measure() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let panel = synthetic();
    let specification = Specification::default();
    let prepared = Prepared::new(&panel, &specification, &Windows::PAPER, Preset::default())?;
    let rows = prepared.rows()?;
    if arguments[0] == "write" {
        return write(Path::new(&arguments[1]), &panel, &rows);
    }
    let repeats: usize = arguments[1].parse()?;
    let start = cpu_seconds();
    let mut lines = Vec::new();
    for _ in 0..repeats {
        lines.clear();
        match arguments[0].as_str() {
            "fit" => {
                let fitted = fit(&rows.design)?;
                let errors = Errors::TwoWay(&rows.country, &rows.product);
                let inference =
                    covariance(&fitted, errors, ClusterCorrection::Each)?.inference(&fitted, 0.95);
                for (term, one) in fitted.terms.iter().zip(inference) {
                    lines.push(format!(
                        "{},{},{},{}",
                        term.name,
                        one.estimate,
                        one.standard_error.unwrap(),
                        one.p.unwrap()
                    ));
                }
            }
            "sweep" => {
                let options = SweepOptions {
                    windows: Windows::all_of_length(&panel.years, 4),
                    transforms: vec![Transform::Literal],
                    samples: vec![Sample::All],
                    covariances: vec![CovarianceKind::TwoWay],
                    inference: InferenceOptions::default(),
                };
                let found = sweep(&panel, &specification, &options, &Silent)?;
                for row in &found.rows {
                    lines.push(format!(
                        "{},{},{},{}",
                        row.term,
                        row.estimate,
                        row.standard_error.unwrap(),
                        row.p.unwrap()
                    ));
                }
            }
            _ => {
                let fitted = fit(&rows.design)?;
                let found = wild_bootstrap(
                    &fitted,
                    &rows.country,
                    WildBootstrap { seed: 1, ..WildBootstrap::default() },
                )?;
                for (term, p) in fitted.terms.iter().zip(found.p) {
                    lines.push(format!("{},{}", term.name, p.unwrap()));
                }
            }
        }
    }
    println!("{}", (cpu_seconds() - start) * 1000.0 / repeats as f64);
    for line in lines {
        println!("{line}");
    }
    Ok(())
}

fn synthetic() -> YearlyPanel {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(20_250_801);
    let mut uniform = || (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64;
    let products: Vec<PanelProduct> = (0..PRODUCTS)
        .map(|p| {
            let tier = if p < 3 { 0 } else { 1 + (p % 4) as u8 };
            let inputs = match tier {
                0 => vec![],
                1 => vec![p % 3],
                // Products of the tier before stand one place before, modulo four.
                _ => (0..3).map(|n| (p - 1).saturating_sub(4 * n)).filter(|&i| i >= 3).collect::<Vec<_>>(),
            };
            let inputs = if tier > 0 && inputs.is_empty() { vec![p % 3] } else { inputs };
            PanelProduct {
                code: format!("{:06}", 280_000 + p).parse().expect("six digits"),
                tier: Some(tier),
                inputs,
            }
        })
        .collect();
    let countries: Vec<PanelCountry> = (0..COUNTRIES)
        .map(|c| PanelCountry {
            code: format!("C{c:03}"),
            beside_members: false,
            cluster: Some((c % 6) as i32),
        })
        .collect();
    let cells = PRODUCTS * YEARS * COUNTRIES;
    let mut columns: BTreeMap<Column, Vec<f64>> = BTreeMap::new();
    let mut fixed = BTreeMap::new();
    for column in [Column::Exposure, Column::Hhi, Column::Str, Column::Rca] {
        let of_country: Vec<f64> = (0..COUNTRIES).map(|_| uniform()).collect();
        let of_product: Vec<f64> = (0..PRODUCTS).map(|_| uniform()).collect();
        let own: Vec<f64> = (0..PRODUCTS * COUNTRIES)
            .map(|pair| {
                0.4 * uniform() + 0.3 * of_country[pair % COUNTRIES] + 0.3 * of_product[pair / COUNTRIES]
            })
            .collect();
        fixed.insert(column, own);
    }
    for column in [Column::Exposure, Column::Hhi, Column::Str, Column::Rca, Column::Imports, Column::Exports]
    {
        let mut values = Vec::with_capacity(cells);
        for p in 0..PRODUCTS {
            for t in 0..YEARS {
                for c in 0..COUNTRIES {
                    let pair = p * COUNTRIES + c;
                    let base = fixed.get(&column).map_or(0.5, |own| own[pair]);
                    let drift = (t as f64 / YEARS as f64)
                        * (fixed[&Column::Exposure][pair] - fixed[&Column::Str][pair]);
                    let noise = 0.2 * (uniform() - 0.5);
                    values.push(match column {
                        Column::Rca => (2.0 * base + drift + noise).max(0.0),
                        Column::Str => 1.0 + 2.0 * base + noise,
                        Column::Imports | Column::Exports => 1.0 + 1000.0 * uniform(),
                        _ => (base + 0.3 * noise).clamp(0.01, 1.0),
                    });
                }
            }
        }
        columns.insert(column, values);
    }
    let years = (2006..2006 + YEARS as u16).collect();
    YearlyPanel::new(years, products, countries, columns, vec![1.5; PRODUCTS * COUNTRIES])
}

fn write(folder: &Path, panel: &YearlyPanel, rows: &monazite::regression::Rows) -> Result<(), Failure> {
    fs::create_dir_all(folder)?;
    let doubles = |name: &str, values: &[f64]| {
        fs::write(folder.join(name), values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<u8>>())
    };
    let all: Vec<usize> = (0..YEARS).collect();
    for column in panel.columns() {
        // Yearly values come back as means over a window of one year.
        let yearly: Vec<f64> = all.iter().flat_map(|&t| panel.means(&[t]).of(column).to_vec()).collect();
        doubles(&format!("yearly_{}.f64", column.name()), &yearly)?;
    }
    doubles("y.f64", &rows.design.outcome.values)?;
    for (at, column) in rows.design.regressors.iter().enumerate() {
        doubles(&format!("x{at}.f64"), &column.values)?;
    }
    for factor in rows.design.factors.iter().chain([&rows.country, &rows.product]) {
        let codes: Vec<f64> = factor.codes.iter().map(|&c| f64::from(c)).collect();
        doubles(&format!("{}.f64", factor.name), &codes)?;
    }
    let mut chain = String::from("product,tier,inputs\n");
    for (p, product) in panel.products.iter().enumerate() {
        let inputs: Vec<String> = product.inputs.iter().map(ToString::to_string).collect();
        chain.push_str(&format!("{p},{},{}\n", product.tier.unwrap_or(0), inputs.join(" ")));
    }
    fs::write(folder.join("chain.csv"), chain)?;
    println!("{} rows, {} regressors", rows.pairs.len(), rows.design.regressors.len());
    Ok(())
}
