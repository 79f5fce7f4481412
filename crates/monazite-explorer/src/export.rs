//! The same page and data as a folder, for any file server.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use monazite::indicators::Column;
use monazite::progress::{Progress, Unit};
use monazite::report::explorer::{BY_COUNTRY, Limits, Program, Rounded, Tools};
use monazite::run::provenance::licences;
use monazite::run_folder::whole_folder::WholeFolder;
use monazite::run_folder::{FolderError, MANIFEST_FILE, RunFiles};
use serde::Serialize;
use serde_json::Value;

use crate::ExploreError;
use crate::answers::{Ready, diversify};
use crate::assets::{ASSETS, INDEX, NOTICE, asset};
use crate::desk::KeptTrade;
use crate::opened::OpenedRun;
use crate::question::{DiversifyQuestion, Hit};
use crate::reply::POLICY;
use crate::site::{Site, why_no_questions};

/// Parts of exports that stop in the scenarios of an export.
const CUTS: [f64; 3] = [0.25, 0.5, 1.0];
/// Suppliers of a product, and importers, that questions are answered of beforehand.
const LARGEST: usize = 10;
/// The name of all seeds together.
const SEEDS: &str = "seeds";

/// What was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Exported {
    /// The folder.
    pub folder: PathBuf,
    /// Number of files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Scenarios that were computed.
    pub scenarios: usize,
    /// Plans that were computed.
    pub plans: usize,
}

/// Writes one run or two with the page over them into a folder. All paths in it are relative, so that it may lie anywhere on a file server.
///
/// # Errors
/// [`ExploreError::Taken`] if there is something in the folder, [`ExploreError::Folder`] if it cannot be written, otherwise as [`Site::open`].
/// Nothing is left then.
pub fn export(
    folders: &[&Path],
    out: &Path,
    verify: bool,
    program: &Program,
    progress: &dyn Progress,
) -> Result<Exported, ExploreError> {
    // All of it is made beside its place, and is there at once or not at all.
    let mut folder = Folder { place: WholeFolder::claim(out).map_err(taken)?, files: 0, bytes: 0 };
    let mut site = Site::of_runs(folders, verify, progress)?;
    let counts = write(&mut site, &mut folder, program, progress)?;
    progress.go_on()?;
    let Folder { place, files, bytes } = folder;
    place.commit()?;
    Ok(Exported { folder: out.to_owned(), files, bytes, scenarios: counts.scenarios, plans: counts.plans })
}

/// A place with something in it, or inside a run or a store.
fn taken(error: FolderError) -> ExploreError {
    let why = match error {
        FolderError::NotEmpty { path } => format!("{path}: there is something in it"),
        FolderError::IsAFile { path } => format!("{path}: this is a file"),
        FolderError::Taken(taken) => taken.to_string(),
        other => return other.into(),
    };
    ExploreError::Taken { why }
}

/// Questions that were answered beforehand.
#[derive(Debug, Clone, Copy, Default)]
struct Counts {
    scenarios: usize,
    plans: usize,
}

/// What the scenarios of an export hit.
struct Stopped {
    name: String,
    hit: Hit,
    products: Vec<usize>,
}

/// A folder that is being filled.
struct Folder {
    place: WholeFolder,
    files: usize,
    bytes: u64,
}

impl Folder {
    fn put(&mut self, name: &str, content: &[u8]) -> Result<(), ExploreError> {
        self.place.write(name, content)?;
        self.files += 1;
        self.bytes += content.len() as u64;
        Ok(())
    }

    fn copy(&mut self, files: &RunFiles, file: &str, name: &str) -> Result<(), ExploreError> {
        self.bytes += self.place.copy(files, file, name)?;
        self.files += 1;
        Ok(())
    }
}

fn write(
    site: &mut Site,
    folder: &mut Folder,
    program: &Program,
    progress: &dyn Progress,
) -> Result<Counts, ExploreError> {
    // What the page is made of stands behind the licences of the data, in one file.
    for asset in ASSETS.iter().filter(|asset| asset.name != NOTICE) {
        match asset.name == INDEX {
            true => folder.put(asset.name, with_policy(asset.bytes).as_bytes())?,
            false => folder.put(asset.name, asset.bytes)?,
        }
    }
    for (at, run) in site.runs().iter().enumerate() {
        let names = run.names().chain([MANIFEST_FILE, BY_COUNTRY]);
        for name in names.map(str::to_owned).collect::<Vec<_>>() {
            progress.go_on()?;
            let to = format!("runs/{at}/{name}");
            match name == BY_COUNTRY {
                true => folder.put(&to, run.by_country())?,
                false => folder.copy(run.run.files(), &name, &to)?,
            }
        }
    }
    // Questions are about the first run; those about another one have no file.
    let mut counts = Counts::default();
    let mut tools = Vec::new();
    for (at, run) in site.runs().iter().enumerate() {
        tools.push(match why_no_questions(run) {
            Some(reason) => Tools::None { reason },
            None if at > 0 => Tools::None { reason: "scenarios are those of the first run".to_owned() },
            None => precompute(run, folder, &mut counts, progress)?,
        });
    }
    site.make(program, tools, progress)?;
    for (name, text) in site.made() {
        folder.put(name, text)?;
    }
    folder.put(NOTICE, notice(site, program).as_bytes())?;
    Ok(counts)
}

/// The page with what it may load and do written into it: a file server says nothing of that. Who may show it in a frame is left to whoever
/// publishes it.
fn with_policy(page: &[u8]) -> String {
    let page = String::from_utf8_lossy(page);
    if page.to_lowercase().contains("content-security-policy") {
        return page.into_owned();
    }
    let policy = POLICY.replace("; frame-ancestors 'self'", "");
    let meta = format!(
        "<head><meta http-equiv=\"Content-Security-Policy\" content=\"{policy}\"><meta name=\"referrer\" content=\"no-referrer\">"
    );
    page.replacen("<head>", &meta, 1)
}

/// Answers beforehand what a server would answer: the largest suppliers of each seed and of all of them, and plans of the largest importers.
fn precompute(
    run: &OpenedRun,
    folder: &mut Folder,
    counts: &mut Counts,
    progress: &dyn Progress,
) -> Result<Tools, ExploreError> {
    let panel = run.run.panel()?;
    let year = run.run.manifest().study.last_year;
    let Some(at) = panel.year(year) else {
        return Ok(Tools::None { reason: "the run has no years".to_owned() });
    };
    let seeds = run.run.manifest().study.seeds.iter().filter_map(|seed| panel.product(seed.parse().ok()?));
    let seeds: Vec<usize> =
        seeds.filter(|&seed| largest(run, Column::Exports, &[seed], at).len() > 1).collect();
    if seeds.is_empty() {
        return Ok(Tools::None { reason: format!("no seed was traded in {year}") });
    }
    let one = |&seed: &usize| {
        let code = panel.products[seed].code;
        Stopped { name: code.to_string(), hit: Hit::Product(code), products: vec![seed] }
    };
    let mut hits: Vec<Stopped> = seeds.iter().map(one).collect();
    hits.push(Stopped { name: SEEDS.to_owned(), hit: Hit::Seeds, products: seeds.clone() });
    let kept = KeptTrade::default();
    let ready = Ready::with(&run.run, at, &kept.of(0, &run.run, at, progress)?)?;
    let (mut scenarios, mut plans) = (BTreeMap::new(), BTreeMap::new());
    progress.begin("what-if questions", (hits.len() + seeds.len()) as u64, Unit::Questions);
    for (done, Stopped { name, hit, products }) in hits.iter().enumerate() {
        let suppliers = largest(run, Column::Exports, products, at);
        for supplier in &suppliers {
            progress.go_on()?;
            for cut in CUTS {
                let reply = ready.cut(supplier, *hit, cut)?;
                let file = format!("scenarios/{supplier}-{name}-{year}-{:.0}.json", 100.0 * cut);
                folder.put(&file, &rounded(&reply)?)?;
                counts.scenarios += 1;
            }
        }
        scenarios.insert(name.clone(), suppliers);
        progress.advance_to(done as u64 + 1);
    }
    for (done, &seed) in seeds.iter().enumerate() {
        let mut planned = Vec::new();
        for importer in largest(run, Column::Imports, &[seed], at) {
            progress.go_on()?;
            let product = panel.products[seed].code;
            let asked = DiversifyQuestion {
                run: 0,
                importer: importer.clone(),
                product,
                year: Some(year),
                moved: None,
                capacity: None,
                objective: monazite::diversification::Objective::Risk,
            };
            // Who cannot change anything has no plan, and is not among those that can be asked about.
            if let Ok(plan) = diversify(&run.run, &asked, &kept, progress) {
                folder.put(&format!("plans/{importer}-{product}-{year}.json"), &rounded(&plan)?)?;
                planned.push(importer);
                counts.plans += 1;
            }
        }
        plans.insert(panel.products[seed].code.to_string(), planned);
        progress.advance_to((hits.len() + done) as u64 + 1);
    }
    progress.end();
    let limits = Limits::of(&run.run.study().diversification);
    Ok(Tools::Precomputed { limits, year, cuts: CUTS.to_vec(), scenarios, plans })
}

/// Codes of the countries with the largest imports or exports of some products together, the largest first.
fn largest(run: &OpenedRun, column: Column, products: &[usize], year: usize) -> Vec<String> {
    let Ok(panel) = run.run.panel() else { return Vec::new() };
    let amount = |country: usize| {
        products
            .iter()
            .filter_map(|&p| panel.value(column, p, year, country))
            .fold(0.0, |sum, amount| sum + amount)
    };
    let mut found: Vec<(usize, f64)> =
        (0..panel.countries.len()).map(|c| (c, amount(c))).filter(|(_, amount)| *amount > 0.0).collect();
    found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    found.into_iter().take(LARGEST).map(|(country, _)| panel.countries[country].code.clone()).collect()
}

/// A value as JSON with numbers of six digits: half as many bytes.
fn rounded(value: &impl Serialize) -> Result<Vec<u8>, ExploreError> {
    let failed = |e: serde_json::Error| ExploreError::Server(e.into());
    let mut value = serde_json::to_value(value).map_err(failed)?;
    cut(&mut value);
    serde_json::to_vec(&value).map_err(failed)
}

fn cut(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => {
            *value = serde_json::to_value(Rounded::from(number.as_f64())).unwrap_or_default();
        }
        Value::Array(values) => values.iter_mut().for_each(cut),
        Value::Object(values) => values.values_mut().for_each(cut),
        _ => {}
    }
}

/// What whoever publishes the folder has to know of the licences of what is in it.
fn notice(site: &Site, program: &Program) -> String {
    let mut text = format!(
        "Made by {} {}. Before you publish this folder: it holds data of others, under these licences.\n",
        program.name, program.version
    );
    for run in site.runs() {
        let (study, manifest) = (run.run.study(), run.run.manifest());
        text.push_str(&format!("\n{} (run {})\n", manifest.study.name, run.id()));
        for line in licences(study, manifest) {
            text.push_str(&format!("- {line}\n"));
        }
        for line in monazite::run::provenance::citations(study, manifest) {
            text.push_str(&format!("  {line}\n"));
        }
    }
    text.push_str("\nThe page itself: MIT OR Apache-2.0, as monazite.\n");
    if let Some(of_page) = asset(NOTICE) {
        text.push_str(&format!("\n{}", String::from_utf8_lossy(of_page.bytes)));
    }
    text
}
