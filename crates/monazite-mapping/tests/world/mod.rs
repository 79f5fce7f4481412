//! A small world: which goods go into which, as a sensible model would say it, and a study about it.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]
#![allow(dead_code, reason = "every test file uses a part of it")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use monazite::progress::{Progress, Unit};
use monazite::study::Study;
use monazite_mapping::key::Key;
use monazite_mapping::prompt::{Prompts, render};
use monazite_mapping::{MapOptions, MappingError, MappingSummary, map_study};

use crate::endpoint::{Arrived, Endpoint, Reply};

pub const COMPOUNDS: &str = "Compounds of rare-earth metals";
pub const METALS: &str = "Rare-earth metals";
pub const MAGNETS: &str = "Permanent magnets of metal";
pub const MOTORS: &str = "Electric motors of an output not exceeding 37.5W";
pub const CARS: &str = "Passenger cars with an electric motor";
pub const HORSES: &str = "Live horses";
pub const STEEL: &str = "Flat-rolled electrical steel";

/// The texts of the edition; the model speaks of goods in the same words, so that what is matched is known.
pub const TABLE: &str = "code,description\n010110,Live horses\n284690,Compounds of rare-earth metals\n280530,Rare-earth metals\n\
    720299,Flat-rolled electrical steel\n850110,Electric motors of an output not exceeding 37.5W\n850511,Permanent magnets of metal\n\
    870390,Passenger cars with an electric motor\n";

const LINKS: [(&str, &str); 5] =
    [(COMPOUNDS, METALS), (METALS, MAGNETS), (MAGNETS, MOTORS), (STEEL, MOTORS), (MOTORS, CARS)];

/// Words by which questions about inputs are known.
const INPUTS: [&str; 10] = [
    "Which material inputs",
    "have to buy for it",
    "directly made from",
    "For want of",
    "Write the bill",
    "sends out orders",
    "do arrows come to it",
    "up its value chain",
    "of this product use up",
    "A new works",
];

/// Words of the four wordings in which the model also names horses, wrongly.
const MISTAKEN: [&str; 4] = ["A factory buys", "The supply", "A trader", "down its value chain"];

/// What a sensible model answers. In four of ten runs it also names horses, wrongly.
pub fn sensible(request: &Arrived) -> Reply {
    let question = request.question();
    if request.is_open() {
        let about = [COMPOUNDS, METALS, MAGNETS, MOTORS, CARS, STEEL, HORSES]
            .into_iter()
            .find(|text| question.contains(*text))
            .unwrap_or("nothing");
        let inputs = INPUTS.iter().any(|part| question.contains(part));
        let mut goods: Vec<&str> = LINKS
            .iter()
            .filter(|(input, output)| if inputs { *output == about } else { *input == about })
            .map(|(input, output)| if inputs { *input } else { *output })
            .collect();
        if !inputs && MISTAKEN.iter().any(|part| question.contains(part)) {
            goods.push(HORSES);
        }
        if !question.contains("six-digit code") {
            return Reply::Content(serde_json::json!({ "goods": goods }).to_string());
        }
        let with_codes = goods.iter().map(|good| serde_json::json!({ "code": code_of(good), "text": good }));
        return Reply::Content(serde_json::json!({ "goods": with_codes.collect::<Vec<_>>() }).to_string());
    }
    let holds = LINKS
        .iter()
        .any(|(input, output)| matches!((question.find(input), question.find(output)), (Some(_), Some(_))));
    let prompts = Prompts::load(None).unwrap();
    // Two pairs have the same goods the other way round: what counts is the place they have in the wording.
    let control = prompts.controls.iter().find(|c| {
        let values = BTreeMap::from([("input", c.input.as_str()), ("output", c.output.as_str())]);
        let shipped = (1..=10).any(|run| question == render(prompts.confirm.of_run(run), &values));
        let own = format!("Does {} go into {}?", c.input, c.output);
        shipped || question.starts_with(&own)
    });
    let yes = control.map_or(holds, |c| c.holds);
    Reply::Content(format!("{{\"answer\": \"{}\"}}", if yes { "yes" } else { "no" }))
}

/// The code of a text of the table.
pub fn code_of(text: &str) -> &'static str {
    let line = TABLE.lines().find(|line| line.split_once(',').is_some_and(|(_, found)| found == text));
    line.map_or("000000", |line| &line[..6])
}

/// Letters of a text, counted.
pub fn letters_of(text: &str) -> Vec<f32> {
    let mut counts = vec![0.0; 96];
    for byte in text.bytes() {
        counts[usize::from(byte) % 96] += 1.0;
    }
    counts
}

/// Embeddings by an endpoint: letters counted, so that the same text has the same vector, other texts another one.
pub fn letters(request: &Arrived) -> Reply {
    let texts = request.body["input"].as_array().unwrap().iter().enumerate();
    let list: Vec<serde_json::Value> = texts
        .map(|(index, text)| {
            serde_json::json!({ "index": index, "embedding": letters_of(text.as_str().unwrap()) })
        })
        .rev()
        .collect();
    Reply::Status(200, vec![], serde_json::json!({ "data": list, "model": "letters" }).to_string())
}

/// A folder with the study.
pub struct World {
    pub folder: tempfile::TempDir,
    pub mapping: String,
}

impl World {
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("products.csv"), TABLE).unwrap();
        Self { folder, mapping: String::new() }
    }

    /// With further lines in `[mapping]`.
    pub fn with(mapping: &str) -> Self {
        Self { mapping: mapping.to_owned(), ..Self::new() }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn study(&self) -> Study {
        self.study_with(&format!(
            "products = \"products.csv\"\nmodel = \"scripted\"\nfloor = 0.9\n{}",
            self.mapping
        ))
    }

    /// With this for the whole of `[mapping]`.
    pub fn study_with(&self, mapping: &str) -> Study {
        let text = format!(
            "[study]\nmaterial = \"rare earths\"\nseeds = [\"284690\"]\n[data]\ntrade = \"none.zip\"\n\
             governance = \"none.csv\"\n[mapping]\n{mapping}"
        );
        let (study, problems) = Study::parse(&text, &self.path("study.toml"));
        assert_eq!(problems, []);
        study
    }

    pub fn options(&self, out: &str) -> MapOptions {
        MapOptions {
            key: Key::new("sk-a-secret-key-0123456789", "K").unwrap(),
            cache: None,
            first_pause: Duration::from_millis(10),
            ..MapOptions::new(&self.path(out))
        }
    }

    /// Maps with an endpoint.
    pub fn map(&self, endpoint: &Endpoint, out: &str) -> Result<MappingSummary, MappingError> {
        self.map_with(endpoint, out, |_| {})
    }

    pub fn map_with(
        &self,
        endpoint: &Endpoint,
        out: &str,
        change: impl FnOnce(&mut MapOptions),
    ) -> Result<MappingSummary, MappingError> {
        let mut options = self.options(out);
        options.base_url = Some(endpoint.address());
        change(&mut options);
        map_study(&self.study(), &options, &Notes::default())
    }

    pub fn replay(&self, recording: &Path, out: &str) -> Result<MappingSummary, MappingError> {
        let mut options = self.options(out);
        options.replay = Some(recording.to_owned());
        map_study(&self.study(), &options, &Notes::default())
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The three results of a mapping.
    pub fn results(&self, out: &str) -> [String; 3] {
        ["candidates.csv", "matches.csv", "mapping.toml"].map(|name| {
            // The port of the endpoint is another one in each test.
            let text = self.read(&format!("{out}/chain/{name}"));
            let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with("endpoint = ")).collect();
            lines.join("\n")
        })
    }

    /// Votes by link, from the candidates.
    pub fn votes(&self, out: &str) -> Vec<(String, usize)> {
        let mut votes = BTreeMap::new();
        for line in self.read(&format!("{out}/chain/candidates.csv")).lines().skip(1) {
            let fields: Vec<&str> = line.split(',').collect();
            *votes.entry(format!("{} {}", fields[1], fields[2])).or_insert(0) += 1;
        }
        votes.into_iter().collect()
    }

    /// The message of a mapping that has to fail, with the address and the folder taken out.
    pub fn refused(&self, endpoint: &Endpoint, out: &str) -> String {
        let error = self.map(endpoint, out).unwrap_err().to_string();
        error
            .replace(&endpoint.address(), "ADDRESS")
            .replace(&format!("{}/", self.folder.path().display()), "")
    }
}

/// Keeps what it is told.
#[derive(Debug, Default)]
pub struct Notes(pub Mutex<Vec<String>>);

impl Progress for Notes {
    fn begin(&self, what: &str, total: u64, _unit: Unit) {
        self.0.lock().unwrap().push(format!("{what}: {total}"));
    }
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
}
