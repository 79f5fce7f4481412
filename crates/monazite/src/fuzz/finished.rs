//! A small store and a small run, made once, with one file of theirs replaced by any bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;

use crate::ingest::{Governance, Release};
use crate::pipeline::{RunData, RunOptions, Until, run_in_memory};
use crate::progress::Silent;
use crate::run::{Run, RunError};
use crate::run_folder::{Manifest, RunFiles};
use crate::study::Study;
use crate::trade::{FlowSource, FlowTable, ImportOptions, Store, StoreError, import_release};

type Files = BTreeMap<String, Bytes>;

const GOOD: &str = "the made-up data are without fault";

/// A new folder for this process, below the folder for temporary files.
fn new_folder(what: &str) -> PathBuf {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("monazite-fuzz-{what}-{}-{number}", std::process::id()))
}

/// All files below a folder, by their names from there.
fn files_below(folder: &Path, prefix: &str, files: &mut Files) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        match fs::read(entry.path()) {
            Ok(content) => drop(files.insert(name, content.into())),
            Err(_) => files_below(&entry.path(), &format!("{name}/"), files),
        }
    }
}

/// The files of a store of two years.
fn store_files() -> &'static Files {
    static FILES: LazyLock<Files> = LazyLock::new(|| {
        let folder = new_folder("release");
        fs::create_dir_all(&folder).expect(GOOD);
        for year in [2019, 2020] {
            let rows = format!(
                "t,i,j,k,v,q\n{year},156,842,284690,60,1\n{year},156,392,284690,30.5,NA\n{year},392,842,850511,20,3\n{year},842,56,850511,0.001,2\n"
            );
            fs::write(folder.join(format!("BACI_HS07_Y{year}_V202501.csv")), rows).expect(GOOD);
        }
        let codes = "code,description\n284690,Compounds of rare earths\n850511,Magnets\n";
        fs::write(folder.join("product_codes_HS07_V202501.csv"), codes).expect(GOOD);
        let out = new_folder("made");
        let release = Release::open(&folder).expect(GOOD);
        import_release(&release, &out, &ImportOptions::default(), &Silent).expect(GOOD);
        let mut files = Files::new();
        files_below(&out, "", &mut files);
        for made in [folder, out] {
            let _ = fs::remove_dir_all(made);
        }
        files
    });
    &FILES
}

/// The tables, the manifest and the study of a run of two years.
fn run_files() -> &'static Files {
    static FILES: LazyLock<Files> = LazyLock::new(|| {
        let flows = FlowTable::from_rows([
            (2019, "284690", "CHN", "USA", 60.0),
            (2019, "284690", "CHN", "JPN", 30.0),
            (2019, "284690", "JPN", "USA", 20.0),
            (2020, "284690", "CHN", "USA", 50.0),
            (2020, "284690", "USA", "JPN", 10.0),
            (2020, "284690", "JPN", "DEU", 5.0),
        ])
        .expect(GOOD);
        let pv = [("CHN", 2019, 30.0), ("USA", 2019, 50.0), ("JPN", 2019, 90.0), ("DEU", 2019, 75.0)];
        let governance = Governance::from_rows(pv).expect(GOOD);
        let study = Study::new(["284690".parse().expect(GOOD)]);
        let data = RunData { trade: &flows, governance: &governance };
        let options = RunOptions { until: Until::Report, commit: String::new() };
        let run = run_in_memory(&study, data, &options, &Silent).expect(GOOD).files;
        let read = |name: &String| {
            let table = [".parquet", ".csv", ".toml"].iter().any(|end| name.ends_with(end));
            table && !name.starts_with("figures/")
        };
        let names = run.names().expect(GOOD).into_iter().filter(read);
        names.map(|name| (name.clone(), run.read(&name).expect(GOOD))).collect()
    });
    &FILES
}

/// The files with one of them replaced: the first byte says which, the others are what it holds.
fn replaced(files: &Files, bytes: &[u8]) -> Files {
    let mut files = files.clone();
    if let Some((which, content)) = bytes.split_first() {
        let name = files.keys().nth(usize::from(*which) % files.len()).cloned().unwrap_or_default();
        files.insert(name, Bytes::copy_from_slice(content));
    }
    files
}

fn seeds_of(files: &Files) -> Vec<Vec<u8>> {
    files.values().enumerate().map(|(at, content)| [&[at as u8], content.as_ref()].concat()).collect()
}

/// Inputs of [`store`] that leave the store as it was made.
pub fn store_seeds() -> Vec<Vec<u8>> {
    seeds_of(store_files())
}

/// A store of which one file holds any bytes: the first byte says which file, the others are its content.
pub fn store(bytes: &[u8]) {
    let folder = new_folder("store");
    for (name, content) in replaced(store_files(), bytes) {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(&folder)).expect(GOOD);
        fs::write(path, content).expect(GOOD);
    }
    if let Err(error) = read_store(&folder) {
        assert!(!error.to_string().is_empty());
    }
    let _ = fs::remove_dir_all(&folder);
}

fn read_store(folder: &Path) -> Result<(), StoreError> {
    let store = Store::open(folder)?;
    // What is wrong is said; reading goes on, as readers do that do not ask.
    let _ = store.verify();
    let mut products = store.traded_products();
    products.extend(store.products().keys());
    products.sort_unstable();
    products.dedup();
    for year in store.years() {
        let _ = store.margins(year);
        store.read(year, &products, true)?;
    }
    Ok(())
}

/// Inputs of [`run_folder`] that leave the run as it was made.
pub fn run_folder_seeds() -> Vec<Vec<u8>> {
    seeds_of(run_files())
}

/// A finished run of which one file holds any bytes: the first byte says which file, the others are its content.
pub fn run_folder(bytes: &[u8]) {
    let files = RunFiles::in_memory(replaced(run_files(), bytes));
    let Ok(manifest) = Manifest::of(&files) else { return };
    let Ok(text) = files.text("study.toml") else { return };
    let Ok(study) = Study::parse_of_run(&text, Path::new("study.toml")) else { return };
    let run = Run::of(files, study, manifest);
    // Each table on its own, so that none is spared by an error in another one.
    let answers: [Result<(), RunError>; 12] = [
        run.panel().map(drop),
        run.products().map(drop),
        run.chain().map(drop),
        run.groups().map(drop),
        run.clustered().map(drop),
        run.dependences(&[0]).map(drop),
        run.origins(&[0]).map(drop),
        run.chokepoints(|_, _| true).map(drop),
        run.shock_losses().map(drop),
        run.shock_products().map(drop),
        run.indices().map(drop),
        run.view().map(drop),
    ];
    for error in answers.into_iter().filter_map(Result::err) {
        assert!(!error.to_string().is_empty());
    }
}
