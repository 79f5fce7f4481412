//! Every key of `[mapping]` does what its documentation says.
//!
//! Each case maps twice, without the key and with it, and looks at what the key promises: who is asked, what, how often, and what
//! is made of the answers. A promise that holds without the key as well promises nothing. `every_key_is_tried` compares the cases
//! with the fields of the section.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod asked;
mod called;
mod matched;
mod walked;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use monazite::progress::Silent;
use monazite::study::MappingSection;
use monazite::study::mapping::AnswerForm;
use monazite_mapping::header::{FORMAT, Header};
use monazite_mapping::mapping::products_of;
use monazite_mapping::prompt::Prompts;
use monazite_mapping::question::Kind;
use monazite_mapping::recording::{AnswerBook, Record, Recorder};
use monazite_mapping::{MappingSummary, map_study};
use serde_json::{Value, json};

use crate::endpoint::{Arrived, Endpoint, Reply};
use crate::world::{COMPOUNDS, TABLE, World, letters, sensible};

/// One key and what it promises.
pub struct Case {
    pub key: &'static str,
    /// A value that is not the default, as TOML; `{other}` in it is the address of another endpoint.
    pub value: &'static str,
    /// What else is set, without and with the key; an empty value takes a key away.
    pub with: &'static [(&'static str, &'static str)],
    /// What the model answers.
    pub script: fn(&Arrived) -> Reply,
    /// What is different: the mapping without the key, the mapping with it.
    pub promise: fn(&Mapped, &Mapped),
}

/// A case with the sensible model.
const fn case(
    key: &'static str,
    value: &'static str,
    with: &'static [(&'static str, &'static str)],
    promise: fn(&Mapped, &Mapped),
) -> Case {
    Case { key, value, with, script: sensible, promise }
}

/// One tier of open questions and nothing else.
const ONE_TIER: &[(&str, &str)] = &[("confirm", "\"never\""), ("max_tier", "1")];

/// What every study says unless a case says otherwise.
const USUAL: &[(&str, &str)] =
    &[("products", "\"products.csv\""), ("model", "\"scripted\""), ("floor", "0.9")];

/// What came of a mapping.
pub struct Mapped {
    pub world: World,
    /// What the endpoint was asked that the command names.
    pub here: Vec<Arrived>,
    /// What another endpoint was asked.
    pub there: Vec<Arrived>,
    /// The most calls that were under way at the same time.
    pub at_once: usize,
    pub outcome: Result<MappingSummary, String>,
}

impl Mapped {
    /// Maps with these settings. The command names an endpoint unless the study does.
    fn with(settings: &[(&str, &str)], script: fn(&Arrived) -> Reply) -> Self {
        let world = World::new();
        fill(&world);
        let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let start = || {
            let (now, most) = (Arc::clone(&now), Arc::clone(&most));
            Endpoint::start(move |request, _| {
                most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                let reply = match request.path.as_str() {
                    "/v1/embeddings" => letters(request),
                    _ => script(request),
                };
                now.fetch_sub(1, Ordering::SeqCst);
                reply
            })
        };
        let [here, there] = [start(), start()];
        let mut section: BTreeMap<&str, &str> = USUAL.iter().copied().collect();
        section.extend(settings.iter().copied());
        let text: String = section
            .iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(key, value)| format!("{key} = {}\n", value.replace("{other}", &there.address())))
            .collect();
        let mut options = world.options("out");
        options.key = None;
        options.base_url = (!section.contains_key("base_url")).then(|| here.address());
        let outcome =
            map_study(&world.study_with(&text), &options, &Silent).map_err(|error| error.to_string());
        let at_once = most.load(Ordering::SeqCst);
        Self { world, here: here.arrived(), there: there.arrived(), at_once, outcome }
    }

    pub fn summary(&self) -> &MappingSummary {
        self.outcome.as_ref().unwrap()
    }

    /// Questions to the model, as they arrived.
    pub fn asked(&self) -> impl Iterator<Item = &Arrived> {
        self.here.iter().filter(|request| request.path == "/v1/chat/completions")
    }

    /// Requests for vectors, as they arrived.
    pub fn embedded(&self) -> impl Iterator<Item = &Arrived> {
        self.here.iter().filter(|request| request.path == "/v1/embeddings")
    }

    /// The values of a field in the bodies of the questions; `null` where it was not sent.
    pub fn sent(&self, field: &str) -> BTreeSet<String> {
        self.asked().map(|request| request.body[field].to_string()).collect()
    }

    /// Questions of one kind, with their answers, as they were recorded.
    pub fn recorded(&self, kind: Kind) -> Vec<Record> {
        let book = AnswerBook::read(&self.world.path("out/chain/answers.jsonl")).unwrap();
        book.records().iter().filter(|record| record.id().unwrap().kind == kind).cloned().collect()
    }

    /// What the questions of one kind were about.
    pub fn about(&self, kind: Kind) -> BTreeSet<String> {
        self.recorded(kind).into_iter().map(|record| record.id().unwrap().about.to_string()).collect()
    }

    /// How many questions of each kind were asked: uses, inputs, confirmations, controls.
    pub fn counts(&self) -> [usize; 4] {
        [Kind::Uses, Kind::Inputs, Kind::Confirm, Kind::Control].map(|kind| self.recorded(kind).len())
    }

    /// Votes for a link, such as `284690 280530`.
    pub fn votes(&self, link: &str) -> usize {
        let votes = self.world.votes("out");
        votes.iter().find(|(name, _)| name == link).map_or(0, |(_, votes)| *votes)
    }

    /// Codes that each tier asked about.
    pub fn tiers(&self) -> Vec<Vec<String>> {
        self.summary().walked.tiers.iter().map(|tier| tier.asked.clone()).collect()
    }
}

/// Further files that keys name.
fn fill(world: &World) {
    let longer = TABLE.replace(COMPOUNDS, &format!("{COMPOUNDS} and of yttrium or scandium"));
    std::fs::write(world.path("longer.csv"), longer).unwrap();
    std::fs::create_dir(world.path("mine")).unwrap();
    std::fs::write(
        world.path("mine/uses.txt"),
        "Tell me what {product} goes into: {\"goods\": [\"...\"]}, {count} at most\n",
    )
    .unwrap();
    recording(world);
    let tiny = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny-sentence-model");
    for folder in ["sentences", "means"] {
        std::fs::create_dir(world.path(folder)).unwrap();
    }
    for file in ["model.onnx", "tokenizer.json"] {
        std::fs::copy(tiny.join(file), world.path("sentences").join(file)).unwrap();
    }
    static_model(&tiny.join("tokenizer.json"), &world.path("means"));
}

/// A recording with two answers about the seed: what it goes into in the first run, and nothing that goes into it.
fn recording(world: &World) {
    let study = world.study_with("products = \"products.csv\"\n");
    let products = products_of(&study).unwrap();
    let prompts = Prompts::load(None).unwrap();
    let header = Header {
        monazite_answers: FORMAT,
        model: "scripted".to_owned(),
        answer: "code_and_text".to_owned(),
        goods: 15,
        runs: 10,
        texts: products.sha256,
        prompts: prompts.hashes(AnswerForm::CodeAndText),
        ..Header::default()
    };
    let mut opened = Recorder::open(&world.path("known.jsonl"), &header).unwrap();
    let answer = |key: &str, text: &str| Record {
        key: key.to_owned(),
        answer: Some(text.to_owned()),
        ..Record::default()
    };
    let magnets = "{\"goods\": [{\"code\": \"850511\", \"text\": \"Permanent magnets of metal\"}]}";
    let records = [answer("uses-284690-r01", magnets), answer("inputs-284690-r01", "NONE")];
    opened.recorder.append_all(&records).unwrap();
}

/// A static model of the words of the table: the tokenizer of another model with these words, and four numbers for each.
fn static_model(tokenizer: &Path, folder: &Path) {
    let mut tokenizer: Value = serde_json::from_slice(&std::fs::read(tokenizer).unwrap()).unwrap();
    let mut words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]"].map(str::to_owned).to_vec();
    let table = TABLE.to_lowercase();
    for word in table.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty()) {
        if !words.iter().any(|known| known == word) {
            words.push(word.to_owned());
        }
    }
    let numbered = words.iter().enumerate().map(|(number, word)| (word.clone(), number.into()));
    tokenizer["model"]["vocab"] = Value::Object(numbered.collect());
    std::fs::write(folder.join("tokenizer.json"), tokenizer.to_string()).unwrap();
    std::fs::write(folder.join("config.json"), "{\"normalize\": true}").unwrap();
    let numbers = (0..4 * words.len()).map(|at| (at * at % 11) as f32 - 4.5);
    let data: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    let head = json!({
        "embeddings": { "dtype": "F32", "shape": [words.len(), 4], "data_offsets": [0, data.len()] }
    })
    .to_string();
    let parts = [&(head.len() as u64).to_le_bytes(), head.as_bytes(), data.as_slice()];
    std::fs::write(folder.join("model.safetensors"), parts.concat()).unwrap();
}

const CASES: [&[Case]; 4] = [asked::CASES, called::CASES, walked::CASES, matched::CASES];

#[test]
fn every_key_is_tried() {
    let defaults: BTreeMap<&str, Option<String>> =
        MappingSection::default().parameters().into_iter().map(|p| (p.key, p.value)).collect();
    let tried: BTreeSet<&str> = CASES.into_iter().flatten().map(|case| case.key).collect();
    let missing: Vec<&&str> = defaults.keys().filter(|key| !tried.contains(**key)).collect();
    assert!(missing.is_empty(), "no test sets {missing:?}; add a case for each under tests/keys");
    for case in CASES.into_iter().flatten() {
        let default = defaults.get(case.key).unwrap_or_else(|| panic!("there is no key {}", case.key));
        assert_ne!(default.as_deref(), Some(case.value), "{} is tried with its default", case.key);
    }
}

fn keep_their_promises(cases: &[Case]) {
    let holds = |case: &Case, before: &Mapped, after: &Mapped| {
        catch_unwind(AssertUnwindSafe(|| (case.promise)(before, after))).is_ok()
    };
    let mut broken = Vec::new();
    for case in cases {
        let name = format!("{} = {}", case.key, case.value);
        let before = Mapped::with(case.with, case.script);
        let after = Mapped::with(&[case.with, &[(case.key, case.value)]].concat(), case.script);
        if !holds(case, &before, &after) {
            broken.push(format!("{name} does not do what it promises (see above)"));
        }
        if holds(case, &before, &before) {
            broken.push(format!("{name} promises what holds without it"));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
}

#[test]
fn keys_of_what_is_asked() {
    keep_their_promises(asked::CASES);
}

#[test]
fn keys_of_the_endpoint() {
    keep_their_promises(called::CASES);
}

#[test]
fn keys_of_the_walk() {
    keep_their_promises(walked::CASES);
}

#[test]
fn keys_of_texts_and_vectors() {
    keep_their_promises(matched::CASES);
}
