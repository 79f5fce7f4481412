//! The worlds that keys are tried on, and runs of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

use monazite::pipeline::{RunOptions, Until, run_study};
use monazite::planted::{PlantedOptions, PlantedWorld};
use monazite::progress::Silent;
use monazite::study::Study;

#[path = "../../../monazite-cli/tests/world/table.rs"]
#[allow(dead_code, reason = "tables are only read here, not compared")]
mod table;

/// A world.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum World {
    /// `studies/tiny`: six countries, four products, three years; the numbers of 284690 in 2019 are in the tutorial.
    Tiny,
    /// A planted one: 17 countries, 12 products and 8 others, ten years; large enough for a typology and a regression.
    Planted,
}

const TINY: &[(&str, &str)] = &[
    ("study.name", "\"Six countries\""),
    ("study.seeds", "[\"284690\"]"),
    ("data.trade", "\"release\""),
    ("data.governance", "\"pv.csv\""),
    ("chain.edges", "[\"chain.csv\"]"),
    ("trade.hubs", "[\"CCC\"]"),
    ("figures.countries", "[\"DDD\"]"),
];

const PLANTED: &[(&str, &str)] = &[
    ("study.name", "\"Planted\""),
    ("study.seeds", "[\"770001\", \"770002\"]"),
    ("data.trade", "\"release\""),
    ("data.governance", "\"stability.csv\""),
    ("stability.measure", "\"estimate\""),
    ("chain.edges", "[\"links.csv\"]"),
    ("trade.hubs", "[\"AAA\"]"),
    ("groups.means", "[]"),
    ("typology.neighbours", "20"),
    ("typology.epochs", "60"),
    ("typology.repetitions", "0"),
    ("regression.baseline", "[2008, 2010]"),
    ("regression.projection", "[2014, 2016]"),
    ("regression.transforms", "[\"log\"]"),
    ("regression.bootstrap_draws", "0"),
    ("regression.placebo_draws", "0"),
    ("regression.robustness", "[]"),
    ("regression.sweep_lengths", "[]"),
    ("figures.countries", "[\"QMB\"]"),
];

/// Totals of all countries of the tiny world; 4000 a year.
const TOTALS: &str = "year,iso3,exports\n2019,AAA,1000\n2019,BBB,1500\n2019,CCC,500\n2019,DDD,700\n2019,EEE,250\n2019,FFF,50\n2020,AAA,1000\n2020,BBB,1500\n2020,CCC,500\n2020,DDD,700\n2020,EEE,250\n2020,FFF,50\n2021,AAA,1000\n2021,BBB,1500\n2021,CCC,500\n2021,DDD,700\n2021,EEE,250\n2021,FFF,50\n";

/// What came of a study: its folder, or why there is none.
pub struct Run {
    pub study: Option<Study>,
    pub folder: PathBuf,
    pub error: Option<String>,
}

impl Run {
    /// Whether the run has a file.
    pub fn has(&self, file: &str) -> bool {
        self.folder.join(file).exists()
    }

    /// Text of a file of the run.
    pub fn text(&self, file: &str) -> String {
        assert_eq!(self.error, None);
        fs::read_to_string(self.folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    }

    /// Bytes of a file of the run.
    pub fn bytes(&self, file: &str) -> Vec<u8> {
        assert_eq!(self.error, None);
        fs::read(self.folder.join(file)).unwrap_or_else(|e| panic!("{file}: {e}"))
    }

    /// A table of the run, rows by names of columns; pairs of column and value choose rows.
    pub fn rows(&self, file: &str, chosen: &[(&str, &str)]) -> Vec<BTreeMap<String, String>> {
        assert_eq!(self.error, None);
        let mut table = table::read(&self.folder.join(file)).into_iter();
        let header = table.next().unwrap();
        table
            .map(|row| header.iter().cloned().zip(row).collect::<BTreeMap<_, _>>())
            .filter(|row| chosen.iter().all(|(column, value)| row[*column] == *value))
            .collect()
    }

    /// Cells of one column.
    pub fn column(&self, file: &str, chosen: &[(&str, &str)], column: &str) -> Vec<String> {
        self.rows(file, chosen).into_iter().map(|row| row[column].clone()).collect()
    }

    /// The one cell that the choice leaves.
    pub fn cell(&self, file: &str, chosen: &[(&str, &str)], column: &str) -> String {
        let cells = self.column(file, chosen, column);
        assert_eq!(cells.len(), 1, "{file}: {chosen:?}");
        cells[0].clone()
    }

    /// The number in the one cell that the choice leaves, if there is one.
    pub fn number(&self, file: &str, chosen: &[(&str, &str)], column: &str) -> Option<f64> {
        let cell = self.cell(file, chosen, column);
        (!cell.is_empty()).then(|| cell.parse().unwrap())
    }

    /// An indicator of 284690 in 2019, the product-year of the tutorial.
    pub fn indicator(&self, country: &str, column: &str) -> Option<f64> {
        self.number(
            "indicators.parquet",
            &[("product", "284690"), ("year", "2019"), ("country", country)],
            column,
        )
    }

    /// A value of the manifest: `indicators.rows`, or `regression.presets.0.r2`.
    pub fn manifest(&self, path: &str) -> toml::Value {
        let mut value: toml::Value = toml::from_str(&self.text("manifest.toml")).unwrap();
        for name in path.split('.') {
            value = match name.parse::<usize>() {
                Ok(at) => value[at].clone(),
                Err(_) => value.get(name).unwrap_or_else(|| panic!("no {path} in the manifest")).clone(),
            };
        }
        value
    }

    /// A whole number of the manifest.
    pub fn count(&self, path: &str) -> i64 {
        self.manifest(path).as_integer().unwrap_or_else(|| panic!("{path} is not a whole number"))
    }

    /// A number of the manifest.
    pub fn amount(&self, path: &str) -> f64 {
        self.manifest(path).as_float().unwrap_or_else(|| panic!("{path} is not a number"))
    }

    /// A text of the manifest.
    pub fn said(&self, path: &str) -> String {
        self.manifest(path).as_str().unwrap_or_else(|| panic!("{path} is not a text")).to_owned()
    }

    /// That the run failed, saying this.
    pub fn fails_with(&self, message: &str) {
        let error = self.error.as_deref().expect("the run should fail");
        assert!(error.contains(message), "{error}");
    }
}

/// That a number is what it should be, to nine digits.
pub fn near(actual: Option<f64>, expected: f64) {
    let actual = actual.expect("there should be a number");
    assert!((actual - expected).abs() <= 1e-9 * expected.abs().max(1.0), "{actual} is not {expected}");
}

struct Made {
    folder: tempfile::TempDir,
    runs: Mutex<BTreeMap<String, Arc<Run>>>,
    /// Held by the run that has the store.
    reading: Mutex<()>,
    count: AtomicUsize,
}

fn made(world: World) -> &'static Made {
    static TINY_WORLD: OnceLock<Made> = OnceLock::new();
    static PLANTED_WORLD: OnceLock<Made> = OnceLock::new();
    let make = |fill: fn(&Path)| {
        let folder = tempfile::tempdir().unwrap();
        fill(folder.path());
        Made { folder, runs: Mutex::default(), reading: Mutex::default(), count: AtomicUsize::new(0) }
    };
    match world {
        World::Tiny => TINY_WORLD.get_or_init(|| make(fill_tiny)),
        World::Planted => PLANTED_WORLD.get_or_init(|| make(fill_planted)),
    }
}

/// Runs a study of a world with some settings changed; the same settings run once.
pub fn run(world: World, changes: &[(&str, &str)]) -> Arc<Run> {
    let made = made(world);
    let base = if world == World::Tiny { TINY } else { PLANTED };
    let mut sections: BTreeMap<&str, BTreeMap<&str, &str>> = BTreeMap::new();
    for (key, value) in base.iter().chain(changes) {
        let (section, key) = key.split_once('.').unwrap();
        sections.entry(section).or_default().insert(key, value);
    }
    let mut text = String::new();
    for (section, keys) in sections {
        text += &format!("[{section}]\n");
        for (key, value) in keys.into_iter().filter(|(_, value)| !value.is_empty()) {
            text += &format!("{key} = {value}\n");
        }
    }
    if let Some(run) = made.runs.lock().unwrap().get(&text) {
        return Arc::clone(run);
    }
    let number = made.count.fetch_add(1, Ordering::Relaxed);
    let file = made.folder.path().join(format!("study{number}.toml"));
    fs::write(&file, &text).unwrap();
    let folder = made.folder.path().join(format!("run{number}"));
    let run = match Study::load(&file) {
        Err(error) => Run { study: None, folder, error: Some(error.to_string()) },
        Ok(study) => {
            let options = RunOptions { until: Until::Report, commit: String::new() };
            let alone = made.reading.lock().unwrap();
            let done = run_study(&study, &folder, &options, &Silent);
            drop(alone);
            Run { study: Some(study), folder, error: done.err().map(|e| e.to_string()) }
        }
    };
    let run = Arc::new(run);
    made.runs.lock().unwrap().insert(text, Arc::clone(&run));
    run
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for path in fs::read_dir(from).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()) {
        fs::copy(&path, to.join(path.file_name().unwrap())).unwrap();
    }
}

/// The release of a tiny world with one text exchanged for another in a file.
fn changed_release(folder: &Path, name: &str, file: &str, from: &str, to: &str) {
    copy(&folder.join("release"), &folder.join(name));
    let file = folder.join(name).join(file);
    let text = fs::read_to_string(&file).unwrap();
    assert!(text.contains(from), "{from}");
    fs::write(&file, text.replace(from, to)).unwrap();
}

fn fill_tiny(folder: &Path) {
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/tiny");
    copy(&tiny, folder);
    copy(&tiny.join("release"), &folder.join("release"));
    let flows = "BACI_HS07_Y2019_V000001.csv";
    changed_release(folder, "less", flows, "2019,1,2,284690,60,120", "2019,1,2,284690,40,80");
    changed_release(folder, "odd_quantities", flows, "2019,1,2,284690,60,120", "2019,1,2,284690,60,20");
    changed_release(
        folder,
        "stranger",
        flows,
        "2019,1,2,284690,60,120",
        "2019,1,2,284690,60,120\n2019,99,1,284690,5,10",
    );
    changed_release(
        folder,
        "short",
        flows,
        "2019,1,2,284690,60,120",
        "2019,1,2,284690,60,120\n2019,1,2,10121,7,1",
    );
    let products = "short/product_codes_HS07_V000001.csv";
    let text = fs::read_to_string(folder.join(products)).unwrap();
    fs::write(folder.join(products), text + "010121,Horses\n").unwrap();
    for (name, file) in [
        (flows, "flows_2019.csv"),
        ("BACI_HS07_Y2020_V000001.csv", "flows_2020.csv"),
        ("BACI_HS07_Y2021_V000001.csv", "flows_2021.csv"),
        ("country_codes_V000001.csv", "countries.csv"),
        ("product_codes_HS07_V000001.csv", "products.csv"),
    ] {
        fs::create_dir_all(folder.join("unnamed")).unwrap();
        fs::copy(folder.join("release").join(name), folder.join("unnamed").join(file)).unwrap();
    }
    // The same trade in a table of another make, and as imports and exports report it.
    let (mut foreign, mut reported) = (String::new(), String::new());
    for year in 2019..=2021 {
        let text = fs::read_to_string(folder.join(format!("release/BACI_HS07_Y{year}_V000001.csv"))).unwrap();
        for row in text.lines().skip(1) {
            let fields: Vec<&str> = row.split(',').collect();
            foreign += &format!("{}\n", fields[..5].join(";"));
            reported += &format!("{row},M\n{row},X\n");
        }
    }
    for (name, text) in [
        ("foreign", format!("jahr;von;nach;ware;wert\n{foreign}")),
        ("reported", format!("t,i,j,k,v,q,flow\n{reported}")),
    ] {
        fs::create_dir_all(folder.join(name)).unwrap();
        fs::write(folder.join(name).join("trade.csv"), text).unwrap();
        for codes in ["country_codes_V000001.csv", "product_codes_HS07_V000001.csv"] {
            fs::copy(folder.join("release").join(codes), folder.join(name).join(codes)).unwrap();
        }
    }
    let stability = fs::read_to_string(folder.join("pv.csv")).unwrap();
    fs::write(folder.join("pv24.csv"), stability.replace("AAA,2019,25", "AAA,2019,24")).unwrap();
    let both: Vec<String> = stability
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| format!("{line},{}", if line.starts_with("iso3") { "pv_est" } else { "0.5" }))
        .collect();
    fs::write(folder.join("both.csv"), both.join("\n") + "\n").unwrap();
    // Estimates in the order of the ranks, not far from one another, and their standard errors.
    let errors: Vec<String> = stability
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| match line.rsplit_once(',').unwrap().1.parse::<f64>() {
            Ok(rank) => format!("{line},{},0.5", (rank - 50.0) / 40.0),
            Err(_) => format!("{line},pv_est,pv_se"),
        })
        .collect();
    fs::write(folder.join("errors.csv"), errors.join("\n") + "\n").unwrap();
    for (file, text) in [
        ("totals.csv", TOTALS),
        ("reexports.csv", "iso3,reexport_share\nCCC,0.5\n"),
        ("circle.csv", "input,output,source\n284690,280530,a\n280530,850511,a\n850511,280530,a\n"),
        ("essential.csv", "input,output,essential,share\n284690,850131,1,\n"),
        ("stocks.csv", "product,iso3,share\n284690,AAA,0.05\n"),
        ("capacities.csv", "product,iso3,capacity\n284690,CCC,0.5\n284690,BBB,0.1\n"),
        ("quota.csv", "product,exporter,from,to,measure\n284690,AAA,2020,,export quota\n"),
        ("late.csv", "product,exporter,from,to,measure\n284690,AAA,2021,,export quota\n"),
        ("network.csv", "input,output,weight\n2846,8505,0.9\n2846,8501,0.2\n"),
        (
            "overrides.csv",
            "input,output,action,reason,name\n284690,850131,force,motors hold it,A. Smith\n280530,850511,forbid,not so,A. Smith\n",
        ),
    ] {
        fs::write(folder.join(file), text).unwrap();
    }
    // Six runs name the first link, three the second; one of the six is not sure.
    let mut candidates = "run,input,output,score\n".to_owned();
    for run in 1..=6 {
        candidates += &format!("{run},284690,280530,{}\n", if run == 6 { 0.2 } else { 0.9 });
        if run <= 3 {
            candidates += &format!("{run},280530,850511,0.9\n");
        }
    }
    fs::write(folder.join("candidates.csv"), candidates).unwrap();
}

/// The planted release with 774003 a hundred times as large since the revision of 2012, and 774002 gone in the last year.
fn jumping_release(folder: &Path) {
    copy(&folder.join("release"), &folder.join("jumping"));
    for path in fs::read_dir(folder.join("jumping")).unwrap().map(|entry| entry.unwrap().path()) {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(year) = name.split("_Y").nth(1).and_then(|rest| rest[..4].parse::<u16>().ok()) else {
            continue;
        };
        let mut rows = Vec::new();
        for row in fs::read_to_string(&path).unwrap().lines() {
            let mut fields: Vec<String> = row.split(',').map(str::to_owned).collect();
            if fields[3] == "774003" && year >= 2012 {
                fields[4] = (fields[4].parse::<f64>().unwrap() * 100.0).to_string();
            }
            if !(fields[3] == "774002" && year == 2016) {
                rows.push(fields.join(","));
            }
        }
        fs::write(&path, rows.join("\n") + "\n").unwrap();
    }
}

fn fill_planted(folder: &Path) {
    let options =
        PlantedOptions { countries: 16, products: 12, others: 8, years: 10, ..PlantedOptions::default() };
    let world = PlantedWorld::new(options).unwrap();
    world.write(folder).unwrap();
    let links: String =
        world.links().iter().map(|(input, output)| format!("{input},{output},planted\n")).collect();
    fs::write(folder.join("links.csv"), format!("input,output,source\n{links}")).unwrap();
    fs::write(
        folder.join("quota.csv"),
        "product,exporter,from,to,measure\n770001,QMB,2010,2011,quota\n770002,QMB,2010,2011,quota\n771001,QMB,2010,2011,quota\n",
    )
    .unwrap();
    jumping_release(folder);
    let mut people = "year,iso3,population\n".to_owned();
    for (at, (country, _)) in world.types().enumerate() {
        for year in 2007..=2016 {
            people += &format!("{year},{country},{}\n", 1_000_000 * (at + 1));
        }
    }
    fs::write(folder.join("people.csv"), people).unwrap();
}
