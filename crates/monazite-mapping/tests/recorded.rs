//! The recordings that are shipped replay, without model and network, to the candidates that are shipped with them.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::path::{Path, PathBuf};

use monazite::progress::Silent;
use monazite::study::Study;
use monazite_mapping::{MapOptions, MappingSummary, map_study};

fn studies() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies")
}

fn study(folder: &Path) -> Study {
    let file = folder.join("study.toml");
    let (study, problems) = Study::parse(&std::fs::read_to_string(&file).unwrap(), &file);
    assert_eq!(problems, [], "{}", file.display());
    study
}

fn replay(study: &Study, recording: PathBuf, out: &Path) -> MappingSummary {
    let options = MapOptions { cache: None, replay: Some(recording), ..MapOptions::new(out) };
    map_study(study, &options, &Silent).unwrap()
}

/// A file of results; a later version of the program gives its own number.
fn read(folder: &Path, name: &str) -> String {
    let text = std::fs::read_to_string(folder.join(name)).unwrap();
    text.lines().filter(|l| !l.starts_with("monazite = ")).map(|l| format!("{l}\n")).collect()
}

#[test]
fn answers_of_a_small_model_give_its_candidates_to_the_byte() {
    let folder = studies().join("rare-earths/recorded");
    let out = tempfile::tempdir().unwrap();
    let summary = replay(&study(&folder), folder.join("answers.jsonl.gz"), out.path());
    assert_eq!((summary.calls, summary.endpoint.as_str()), (0, "http://127.0.0.1:18081/v1"));
    // It was recorded in other words than those of today; each answer is to the words that stand beside it.
    assert_eq!((summary.walked.counts.calls, summary.walked.counts.other_words), (146, 0));
    for name in ["candidates.csv", "matches.csv", "mapping.toml"] {
        assert_eq!(read(&folder, name), read(&out.path().join("chain"), name), "{name}");
    }
}

#[test]
fn each_study_that_names_recorded_answers_has_the_candidates_that_they_give() {
    for entry in std::fs::read_dir(studies()).unwrap() {
        let folder = entry.unwrap().path();
        if !folder.join("study.toml").exists() {
            continue;
        }
        let study = study(&folder);
        let Some(answers) = &study.mapping.answers else { continue };
        let name = folder.display();
        assert!(study.chain.candidates.contains(&"candidates.csv".into()), "{name} has no candidates.csv");
        let out = tempfile::tempdir().unwrap();
        let summary = replay(&study, study.resolve(answers), out.path());
        assert!(summary.walked.missing.is_empty(), "{name}: the recording ends at {}", summary.walked.stage);
        assert_eq!(summary.walked.counts.other_words, 0, "{name}");
        let chain = out.path().join("chain");
        assert_eq!(read(&folder, "candidates.csv"), read(&chain, "candidates.csv"), "{name}");
        assert_eq!(read(&folder, "mapping.toml"), read(&chain, "mapping.toml"), "{name}");
    }
}
