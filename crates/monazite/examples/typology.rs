//! Profiles, UMAP and density-based merging on files, for bench/umap.py and bench/profiles.py.
//!
//! ```text
//! cargo run --release --example typology -- map ROWS.csv NEIGHBOURS OUT.csv       a table of numbers without header -> x,y
//! cargo run --release --example typology -- clusters POINTS.csv LEVEL REPEAT      x,y without header -> sizes of the clusters
//! cargo run --release --example typology -- profiles RUN OUT.csv                  a run folder -> its profiles
//! ```

mod clock;

use std::fmt::Write;
use std::path::Path;
use std::time::Instant;

use clock::cpu_seconds;
use monazite::profile::{Feature, GroupPanel, ProfileOptions, profiles};
use monazite::run_folder::StoredPanel;
use monazite::typology::density_merging::{DetailLevel, density_merging};
use monazite::typology::rows::Rows;
use monazite::typology::umap::{UmapParameters, umap};

type Anything = Box<dyn std::error::Error + Send + Sync>;

fn table(path: &str) -> Result<Rows, Anything> {
    let text = std::fs::read_to_string(path)?;
    let features = text.lines().next().map_or(0, |line| line.split(',').count());
    let values: Result<Vec<f64>, _> =
        text.lines().flat_map(|line| line.split(',')).map(str::parse::<f64>).collect();
    Ok(Rows::new(features, values?))
}

fn main() -> Result<(), Anything> {
    monazite::threads::Threads::all_cores()?.run(measure)
}

fn measure() -> Result<(), Anything> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["map", rows, neighbours, out] => map(&table(rows)?, neighbours.parse()?, out),
        ["clusters", points, level, repeat] => clusters(&table(points)?, level, repeat.parse()?),
        ["profiles", run, out] => write_profiles(Path::new(run), out),
        _ => Err("map ROWS NEIGHBOURS OUT, clusters POINTS LEVEL REPEAT, or profiles RUN OUT".into()),
    }
}

fn map(rows: &Rows, neighbours: usize, out: &str) -> Result<(), Anything> {
    let start = Instant::now();
    let map = umap(rows, &UmapParameters { neighbours, ..UmapParameters::default() })?;
    let mut text = String::new();
    for [x, y] in &map.points {
        writeln!(text, "{x},{y}")?;
    }
    std::fs::write(out, text)?;
    let took = start.elapsed().as_secs_f64();
    report(&format!("{} rows, {} pieces, {took:.2} s", rows.len(), map.components));
    Ok(())
}

fn clusters(rows: &Rows, level: &str, repeat: usize) -> Result<(), Anything> {
    let points: Vec<[f64; 2]> = (0..rows.len()).map(|row| [rows.row(row)[0], rows.row(row)[1]]).collect();
    let level = DetailLevel::ALL.into_iter().find(|l| l.key() == level).ok_or("no such level")?;
    let start = Instant::now();
    let mut found = density_merging(&points, &level.parameters(true))?;
    for _ in 1..repeat {
        found = density_merging(&points, &level.parameters(true))?;
    }
    let mut sizes = vec![0usize; found.clusters + 1];
    found.labels.iter().for_each(|&label| sizes[label as usize] += 1);
    let took = start.elapsed().as_secs_f64() / repeat as f64;
    report(&format!("sizes {sizes:?}, {took:.4} s each"));
    Ok(())
}

fn write_profiles(run: &Path, out: &str) -> Result<(), Anything> {
    let panel = StoredPanel::open(run)?;
    let read = cpu_seconds();
    let found = profiles(&panel, &GroupPanel::of(&panel, &[], None), ProfileOptions::default());
    let made = cpu_seconds() - read;
    let names: Vec<String> = found.features.iter().map(Feature::name).collect();
    let mut text = format!("year,country,{}\n", names.join(","));
    for row in &found.rows {
        write!(text, "{},{}", found.years[row.year], found.units[row.unit].code)?;
        for value in &row.values {
            match value {
                Some(value) => write!(text, ",{value}")?,
                None => text.push(','),
            }
        }
        text.push('\n');
    }
    std::fs::write(out, text)?;
    report(&format!("{} rows, read in {read:.3} s, made in {made:.3} s", found.rows.len()));
    Ok(())
}

#[expect(clippy::print_stdout, reason = "this is a program")]
fn report(text: &str) {
    println!("{text}");
}
