//! A mapping in batch files: the same result as by calls, in few rounds, whatever comes back in whatever order.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod endpoint;
mod world;

use std::io::Write;
use std::path::PathBuf;
use std::time::Instant;

use endpoint::{Arrived, Endpoint, Reply, chat};
use monazite::progress::Silent;
use monazite_mapping::rounds::TakenRound;
use monazite_mapping::{MapOptions, export_batch, import_batch, map_study};
use serde_json::{Value, json};
use world::{World, sensible};

fn options(world: &World, out: &str) -> MapOptions {
    MapOptions { model: Some("scripted".to_owned()), ..world.options(out) }
}

/// What a batch endpoint makes of a file of questions.
fn answered(questions: &str) -> Vec<String> {
    let line = |line: &str| {
        let question: Value = serde_json::from_str(line).unwrap();
        assert_eq!((&question["method"], &question["url"]), (&json!("POST"), &json!("/v1/chat/completions")));
        assert!(question["body"].get("stream").is_none());
        let body = question["body"].clone();
        let request = Arrived { path: String::new(), authorization: None, body, at: Instant::now() };
        let Reply::Content(content) = sensible(&request) else { panic!() };
        let body: Value = serde_json::from_str(&chat(&content)).unwrap();
        let response = json!({ "status_code": 200, "request_id": "r", "body": body });
        json!({ "id": "b", "custom_id": question["custom_id"], "response": response, "error": null })
            .to_string()
    };
    questions.lines().map(line).collect()
}

fn write(world: &World, name: &str, lines: &[String]) -> PathBuf {
    std::fs::write(world.path(name), lines.join("\n")).unwrap();
    world.path(name)
}

fn export(world: &World, out: &str) -> String {
    let file = world.path("questions.jsonl");
    let _ = std::fs::remove_file(&file);
    export_batch(&world.study(), &options(world, out), &file).unwrap();
    std::fs::read_to_string(&file).unwrap_or_default()
}

fn import(world: &World, out: &str, files: &[PathBuf]) -> TakenRound {
    import_batch(&world.study(), &options(world, out), files).unwrap()
}

#[test]
fn rounds_of_files_give_what_calls_give() {
    let world = World::new();
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map(&endpoint, "live").unwrap();
    let mut all = Vec::new();
    let mut stages = Vec::new();
    loop {
        let questions = export(&world, "files");
        if questions.is_empty() {
            break;
        }
        let lines = answered(&questions);
        let taken = import(&world, "files", &[write(&world, "answers.jsonl", &lines)]);
        assert_eq!((taken.imported.lines, taken.imported.usable), (lines.len(), lines.len()));
        stages.push(taken.next.stage.clone());
        all.push(lines);
    }
    assert_eq!(stages, ["tier 0", "tier 1", "tier 2", "tier 3", ""]);
    for name in ["candidates.csv", "matches.csv"] {
        let read = |out: &str| world.read(&format!("{out}/chain/{name}"));
        assert_eq!(read("live"), read("files"), "{name}");
    }
    // Looking ahead asks no question twice, and here none in vain.
    let asked: usize = all.iter().map(Vec::len).sum();
    assert_eq!(asked, endpoint.calls());
    // All rounds at once, the last one first, are the same recording.
    let files: Vec<PathBuf> = all
        .iter()
        .rev()
        .enumerate()
        .map(|(n, lines)| write(&world, &format!("back-{n}.jsonl"), lines))
        .collect();
    let taken = import(&world, "again", &files);
    assert_eq!((taken.imported.answers, taken.next.questions), (asked, 0));
    assert_eq!(world.read("files/chain/candidates.csv"), world.read("again/chain/candidates.csv"));
    // And once more they are known.
    let taken = import(&world, "again", &files);
    assert_eq!((taken.imported.answers, taken.imported.duplicates.count), (0, asked));
}

#[test]
fn what_does_not_belong_is_counted_and_named() {
    let world = World::new();
    let questions = export(&world, "out");
    let mut runs: Vec<&str> = questions
        .lines()
        .map(|line| line.split('"').find(|part| part.contains("-r")).unwrap().rsplit_once("-r").unwrap().1)
        .collect();
    assert!(runs.is_sorted(), "the first run comes first, so that a file can be cut by runs");
    runs.dedup();
    assert_eq!(runs.len(), 10);
    let mut lines = answered(&questions);
    let of = |key: &str, rest: Value| {
        let mut line = json!({ "custom_id": key, "error": null });
        for (name, value) in rest.as_object().unwrap() {
            line[name] = value.clone();
        }
        line.to_string()
    };
    let at = |lines: &[String], key: &str| lines.iter().position(|line| line.contains(key)).unwrap();
    let first = at(&lines, "uses-284690-r01");
    lines[first] = of(
        "uses-284690-r01",
        json!({ "response": { "status_code": 429, "body": { "error": { "message": "slow down" } } } }),
    );
    let second = at(&lines, "uses-284690-r02");
    lines[second] = of("uses-284690-r02", json!({ "response": null, "error": { "message": "expired" } }));
    let third = at(&lines, "inputs-284690-r03");
    lines[third] = of("inputs-284690-r03", json!({ "answer": "I do not know." }));
    let twice = lines[at(&lines, "inputs-284690-r04")].clone();
    lines.extend([
        twice,
        of("uses-284690-r11", json!({ "answer": "NONE" })),
        of("uses-870390-r01", json!({ "answer": "NONE" })),
        of("request-7", json!({ "answer": "NONE" })),
        "{\"custom_id\": \"uses".to_owned(),
    ]);
    let taken = import(&world, "out", &[write(&world, "back.jsonl", &lines)]);
    let mut said = taken.imported.in_words();
    said.iter_mut().for_each(|line| *line = line.replace(&format!("{}/", world.folder.path().display()), ""));
    assert_eq!(
        said,
        [
            "49 lines read: 42 answers taken, 41 of them can be used",
            "1 cannot be used: there is no JSON in it",
            "1 have no answer: status 429: slow down",
            "1 have no answer: the batch gives an error: expired",
            "1 lines cannot be read: back.jsonl:49: this is no JSON",
            "1 lines are not about a question of a mapping: request-7",
            "1 lines are of runs that the study does not have (mapping.runs): uses-284690-r11",
            "1 lines are about questions that are answered already: inputs-284690-r04",
            "1 lines are about questions that this mapping does not ask so far: uses-870390-r01",
        ]
    );
    // What failed is asked once more, and the rest does not wait for it.
    let words = taken.next.in_words();
    assert!(words.contains("1 repairs, 2 asked once more") && words.contains("about pairs"), "{words}");
    let questions = export(&world, "out");
    assert!(questions.contains("uses-284690-r01") && questions.contains("inputs-284690-r03-again"));
    let taken = import(&world, "out", &[write(&world, "back.jsonl", &answered(&questions))]);
    assert_eq!((taken.imported.errors.len(), taken.next.once_more), (0, 0));
}

#[test]
fn nobody_knows_the_model_and_other_models_are_refused() {
    let world = World::with("confirm = \"never\"\n");
    let mut study = world.study();
    study.mapping.model = String::new();
    let none = MapOptions { model: None, ..world.options("out") };
    let file = world.path("q.jsonl");
    let said = export_batch(&study, &none, &file).unwrap_err().to_string();
    assert!(said.starts_with("which model?"), "{said}");
    export_batch(&study, &options(&world, "out"), &file).unwrap();
    let back = write(&world, "back.jsonl", &answered(&std::fs::read_to_string(&file).unwrap()));
    import_batch(&study, &options(&world, "out"), std::slice::from_ref(&back)).unwrap();
    // From then on the recording says it.
    export_batch(&study, &none, &file).unwrap();
    let other = MapOptions { model: Some("other".to_owned()), ..none };
    for said in [
        export_batch(&study, &other, &file).unwrap_err().to_string(),
        import_batch(&study, &other, &[back]).unwrap_err().to_string(),
    ] {
        assert!(said.contains("was recorded with the model scripted, not other"), "{said}");
    }
}

#[test]
fn a_complete_mapping_stays_and_what_is_no_batch_file_is_not_replaced() {
    let world = World::new();
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map(&endpoint, "live").unwrap();
    let of = |name: &str| std::fs::read_to_string(world.path("live/chain").join(name)).unwrap();
    let (candidates, record) = (of("candidates.csv"), of("mapping.toml"));
    assert!(record.contains("complete = true"));
    let recording = world.path("live/chain/answers.jsonl");
    let answers = std::fs::read(&recording).unwrap();
    // The recording is gone, and what comes in holds next to nothing.
    std::fs::remove_file(&recording).unwrap();
    let file = write(&world, "answers.jsonl", &["{".to_owned()]);
    let error = import_batch(&world.study(), &options(&world, "live"), &[file]).unwrap_err().to_string();
    assert!(error.contains("mapping.toml: this is a complete mapping"), "{error}");
    assert_eq!((of("candidates.csv"), of("mapping.toml")), (candidates, record));

    // Questions go into a file of their own.
    std::fs::write(&recording, &answers).unwrap();
    let error = export_batch(&world.study(), &options(&world, "fresh"), &recording).unwrap_err().to_string();
    assert!(error.contains("no batch file of questions"), "{error}");
    assert_eq!(std::fs::read(&recording).unwrap(), answers);
}

#[test]
fn packed_files_are_read_a_bad_byte_costs_its_line_and_a_budget_cuts_the_file() {
    let world = World::new();
    let file = world.path("few.jsonl");
    let few = MapOptions { budget_calls: Some(7), ..options(&world, "out") };
    let round = export_batch(&world.study(), &few, &file).unwrap();
    let all = export(&world, "out");
    let cut = std::fs::read_to_string(&file).unwrap();
    assert_eq!((cut.lines().count(), round.cut_to, round.questions), (7, Some(7), all.lines().count()));
    assert!(all.starts_with(&cut), "the first questions of the whole file");
    assert!(
        round.in_words().ends_with("; the first 7 of them, since the budget of calls ends there"),
        "{}",
        round.in_words()
    );

    let lines = answered(&all);
    let mut bytes = lines.join("\n").into_bytes();
    bytes.extend(b"\n{\"custom_id\": \"uses-\xff\"}\n");
    let packed = world.path("back.jsonl.gz");
    let mut writer =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::fast());
    writer.write_all(&bytes).unwrap();
    writer.finish().unwrap();
    let imported = import(&world, "out", &[packed]).imported;
    assert_eq!((imported.lines, imported.answers), (lines.len() + 1, lines.len()));
    assert!(imported.unreadable.names[0].ends_with(&format!("{}: this is not UTF-8", lines.len() + 1)));
}

#[test]
fn a_replay_goes_on_behind_an_answer_that_cannot_be_used_and_asks_for_the_model_that_is_named() {
    let world = World::new();
    let mut spoilt = 0;
    loop {
        let questions = export(&world, "out");
        if questions.is_empty() {
            break;
        }
        let mut lines = answered(&questions);
        for line in &mut lines {
            if line.contains("\"uses-284690-r01\"") && spoilt == 0 {
                *line = json!({ "custom_id": "uses-284690-r01", "answer": "I do not know." }).to_string();
                spoilt += 1;
            }
        }
        // The repair is never asked.
        lines.retain(|line| !line.contains("-again"));
        let next = import(&world, "out", &[write(&world, "back.jsonl", &lines)]).next;
        if next.questions == next.repairs {
            break;
        }
    }
    let recording = world.path("out/chain/answers.jsonl");
    let replayed = MapOptions { replay: Some(recording.clone()), ..world.options("again") };
    let summary = map_study(&world.study(), &replayed, &Silent).unwrap();
    assert_eq!(summary.walked.counts.failed, 1);
    assert!(summary.walked.missing.is_empty() && summary.walked.tiers.len() > 2);
    assert_eq!(summary.walked.failures.keys().next().unwrap(), "there is no JSON in it");
    let other = MapOptions { model: Some("other".to_owned()), ..replayed };
    let error = map_study(&world.study(), &other, &Silent).unwrap_err().to_string();
    assert!(error.contains("was recorded with the model scripted, not other"), "{error}");
}
