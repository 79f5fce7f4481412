//! The recording that is shipped replays, without model and network, to the candidates that are shipped with it.

use std::path::Path;

use monazite::progress::Silent;
use monazite::study::Study;
use monazite_mapping::{MapOptions, map_study};

#[test]
fn the_recorded_answers_give_the_recorded_candidates_to_the_byte() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../studies/rare-earths/recorded");
    let file = folder.join("study.toml");
    let (study, problems) = Study::parse(&std::fs::read_to_string(&file).unwrap(), &file);
    assert_eq!(problems, []);
    let out = tempfile::tempdir().unwrap();
    let mut options = MapOptions::new(out.path());
    options.cache = None;
    options.replay = Some(folder.join("answers.jsonl.gz"));
    let summary = map_study(&study, &options, &Silent).unwrap();
    assert_eq!((summary.calls, summary.endpoint.as_str()), (0, "http://127.0.0.1:18081/v1"));
    for name in ["candidates.csv", "matches.csv", "mapping.toml"] {
        let read = |folder: &Path| std::fs::read_to_string(folder.join(name)).unwrap();
        // A later version of the program gives its own number.
        let plain = |text: String| {
            text.lines()
                .filter(|l| !l.starts_with("monazite = "))
                .map(|l| format!("{l}\n"))
                .collect::<String>()
        };
        assert_eq!(plain(read(&folder)), plain(read(&out.path().join("chain"))), "{name}");
    }
}
