//! What a path means: a file of the page, of a run, a text made at the start, or a question. Everything is found by its exact name.

use std::collections::BTreeMap;
use std::path::Path;

use bytes::Bytes;
use monazite::disk;
use monazite::progress::Progress;
use monazite::report::comparison::{Comparison, TOLERANCE};
use monazite::report::explorer::{Limits, OtherRun, Parts, Program, Served, Tools};
use percent_encoding::percent_decode_str;
use serde::Serialize;

use crate::ExploreError;
use crate::assets::{ASSETS, Asset, INDEX, asset};
use crate::opened::OpenedRun;
use crate::zipped::gzip;

/// One run or two with the page over them.
#[derive(Debug)]
pub struct Site {
    runs: Vec<OpenedRun>,
    /// Texts made at the start, by name.
    made: BTreeMap<String, Bytes>,
    /// By name: those texts and files of the page that are smaller as gzip.
    packed: BTreeMap<String, Bytes>,
}

/// What a path means.
#[derive(Debug, Clone, PartialEq)]
pub enum Target {
    /// A file of the page.
    Page(&'static Asset),
    /// A text made at the start, by its name.
    Made(String, Bytes),
    /// A file of a run: position of the run, and name of the file as its manifest has it.
    File(usize, String),
    /// What if a supplier sells less?
    WhatIf,
    /// Whom could a country buy from instead?
    Diversify,
}

/// Names of the texts that are made.
const EXPLORERS: [&str; 2] = ["explorer.json", "explorer-1.json"];
const COMPARISON: &str = "comparison.json";

/// [`Comparison`], and whether the runs have anything in common.
#[derive(Serialize)]
struct Compared<'a> {
    #[serde(flatten)]
    comparison: &'a Comparison,
    overlaps: bool,
}

impl Site {
    /// Opens one run or two.
    ///
    /// # Errors
    /// [`ExploreError`] if one of them cannot be read, or `progress` asks to stop.
    pub fn open(
        folders: &[&Path],
        verify: bool,
        program: &Program,
        progress: &dyn Progress,
    ) -> Result<Self, ExploreError> {
        let mut site = Self::of_runs(folders, verify, progress)?;
        let tools = site.runs.iter().map(live).collect();
        site.make(program, tools, progress)?;
        site.pack();
        Ok(site)
    }

    /// Opens the runs, without the texts.
    pub(crate) fn of_runs(
        folders: &[&Path],
        verify: bool,
        progress: &dyn Progress,
    ) -> Result<Self, ExploreError> {
        if let [first, second] = folders
            && disk::absolute(first) == disk::absolute(second)
        {
            return Err(ExploreError::Twice { folder: second.to_path_buf() });
        }
        let mut runs = Vec::new();
        for folder in folders.iter().take(EXPLORERS.len()) {
            progress.go_on()?;
            runs.push(OpenedRun::open(folder, verify, progress)?);
        }
        Ok(Self { runs, made: BTreeMap::new(), packed: BTreeMap::new() })
    }

    /// Makes the texts; `tools` are by run the questions that it answers.
    pub(crate) fn make(
        &mut self,
        program: &Program,
        tools: Vec<Tools>,
        progress: &dyn Progress,
    ) -> Result<(), ExploreError> {
        let mut made = BTreeMap::new();
        for ((at, run), tools) in self.runs.iter().enumerate().zip(tools) {
            progress.go_on()?;
            let other = match &self.runs[..] {
                [first, second] => Some(if at == 0 { (second, 1) } else { (first, 0) }),
                _ => None,
            };
            let with = other.map(|(other, place)| OtherRun {
                explorer: EXPLORERS[place].to_owned(),
                comparison: COMPARISON.to_owned(),
                name: other.run.study().study.name.clone(),
                run_id: other.id(),
            });
            let program = program.clone();
            let (dir, parts) = (format!("runs/{at}"), Parts::of_run(at));
            made.extend(run.later(parts.clone())?);
            let served = Served { program, dir, parts, by_country_bytes: None, tools, with };
            made.insert(EXPLORERS[at].to_owned(), run.explorer(served)?);
        }
        if let [first, second] = &self.runs[..] {
            let comparison = Comparison::beside(&first.run, &second.run, TOLERANCE, progress)?;
            let compared = Compared { overlaps: comparison.coverage.overlaps(), comparison: &comparison };
            let json = serde_json::to_vec(&compared).map_err(|e| ExploreError::Server(e.into()))?;
            made.insert(COMPARISON.to_owned(), json.into());
        }
        self.made = made;
        Ok(())
    }

    /// The runs.
    pub fn runs(&self) -> &[OpenedRun] {
        &self.runs
    }

    /// The texts made at the start, by name.
    pub fn made(&self) -> impl Iterator<Item = (&str, &Bytes)> {
        self.made.iter().map(|(name, text)| (name.as_str(), text))
    }

    /// Packs what can be sent as gzip, once.
    fn pack(&mut self) {
        let page = ASSETS.iter().map(|asset| (asset.name, asset.bytes));
        let texts = page.chain(self.made.iter().map(|(name, text)| (name.as_str(), text.as_ref())));
        self.packed = texts.filter_map(|(name, text)| Some((name.to_owned(), gzip(text)?))).collect();
    }

    /// A text or a file of the page as gzip, by its name; `None` if it is sent as it is.
    pub fn packed(&self, name: &str) -> Option<&Bytes> {
        self.packed.get(name)
    }

    /// What a path means, without a slash before it and as it came; `None` if nothing. Only exact names are found: a name with `..`, a
    /// backslash or a NUL is that of no file.
    pub fn find(&self, path: &str) -> Option<Target> {
        let name = percent_decode_str(path).decode_utf8().ok()?;
        let name = name.as_ref();
        match name {
            "" => return asset(INDEX).map(Target::Page),
            "whatif" => return Some(Target::WhatIf),
            "diversify" => return Some(Target::Diversify),
            _ => {}
        }
        if let Some((name, text)) = self.made.get_key_value(name) {
            return Some(Target::Made(name.clone(), text.clone()));
        }
        if let Some(file) = name.strip_prefix("runs/") {
            let (run, file) = file.split_once('/')?;
            let at = ["0", "1"].iter().position(|place| *place == run)?;
            return self.runs.get(at)?.has(file).then(|| Target::File(at, file.to_owned()));
        }
        asset(name).map(Target::Page)
    }
}

/// Which questions about a run a server answers.
fn live(run: &OpenedRun) -> Tools {
    let year = run.run.manifest().study.last_year;
    match why_no_questions(run) {
        Some(reason) => Tools::None { reason },
        None => Tools::Live { limits: Limits::of(&run.run.study().diversification), year },
    }
}

/// Why no what-if question about a run can be answered; `None` if it can.
pub(crate) fn why_no_questions(run: &OpenedRun) -> Option<String> {
    if let Some(extract) = &run.run.manifest().trade.extract {
        return Some(extract.reason());
    }
    let holds = run.run.files().exists("flows.parquet");
    (!holds).then(|| {
        "the run does not hold its flows; set output.flows = true in the study and run it again".to_owned()
    })
}
