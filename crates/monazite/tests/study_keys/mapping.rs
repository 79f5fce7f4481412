//! `[mapping]`: what `monazite map` is told. The engine reads and checks these keys; what is asked and kept because of each is
//! tested in the crate `monazite-mapping`, in `tests/keys`.

use std::path::Path;

use monazite::study::Study;

/// A key with a value that is not the default, and a value that is refused with what is said about it.
pub struct Told {
    pub key: &'static str,
    pub value: &'static str,
    refused: (&'static str, &'static str),
}

const fn told(key: &'static str, value: &'static str, wrong: &'static str, said: &'static str) -> Told {
    Told { key, value, refused: (wrong, said) }
}

pub const KEYS: &[Told] = &[
    told("base_url", "\"http://127.0.0.1:8080/v1\"", "1", "not a text in quotes"),
    told("model", "\"a-model\"", "1", "not a text in quotes"),
    told("key_variable", "\"MY_KEY\"", "\"sk-123\"", "a key itself must not stand here"),
    told("runs", "7", "1001", "at most 1000"),
    told("temperatures", "[0.5]", "[2.5]", "not between 0 and 2"),
    told("seed_field", "\"random_seed\"", "\"other\"", "\"seed\", \"random_seed\" or \"none\""),
    told("questions", "\"uses\"", "\"all\"", "\"both\", \"uses\" or \"inputs\""),
    told("answer", "\"text\"", "\"code\"", "\"code_and_text\" or \"text\""),
    told("goods", "5", "0", "at least 1"),
    told("answers", "\"answers.jsonl.gz\"", "1", "not a path in quotes"),
    told("prompts", "\"prompts\"", "\"\"", "not a path in quotes"),
    told("response_format", "\"json_object\"", "\"xml\"", "\"json_schema\", \"json_object\" or \"none\""),
    told("max_tokens", "100", "0", "at least 1"),
    told(
        "token_field",
        "\"max_completion_tokens\"",
        "\"tokens\"",
        "\"max_tokens\" or \"max_completion_tokens\"",
    ),
    told("confirm", "\"never\"", "\"maybe\"", "\"if_fit\", \"always\" or \"never\""),
    told("control_runs", "3", "11", "more than the 10 runs"),
    told("max_wrong_controls", "0.1", "1.5", "not a share between 0 and 1"),
    told("min_votes_to_confirm", "3", "11", "more than the 10 runs"),
    told("min_votes_to_follow", "3", "11", "more than the 10 runs"),
    told("min_votes_to_list", "3", "11", "more than the 10 runs"),
    told("max_tier", "2", "0", "at least 1"),
    told("max_products_per_tier", "9", "-1", "not a whole number"),
    told("upstream", "true", "\"yes\"", "not true or false"),
    told("top_k", "2", "0", "at least 1"),
    told("floor", "0.4", "1.5", "not a cosine between -1 and 1"),
    told("code_floor", "0.2", "-1.5", "not a cosine between -1 and 1"),
    told("heading_floor", "0.3", "2.0", "not a cosine between -1 and 1"),
    told(
        "embedding",
        "\"remote\"\nembedding_name = \"a-model\"",
        "\"cloud\"",
        "\"static\", \"onnx\" or \"remote\"",
    ),
    told("embedding_path", "\"model\"", "\"\"", "not a path in quotes"),
    told("embedding_base_url", "\"http://127.0.0.1:8081/v1\"", "1", "not a text in quotes"),
    told("embedding_name", "\"a-model\"", "1", "not a text in quotes"),
    told("embedding_key_variable", "\"MY_KEY\"", "1", "not a text in quotes"),
    told("products", "\"products.csv\"", "1", "not a path in quotes"),
    told("edition", "\"HS07\"", "\"HS08\"", "not an HS edition"),
    told("concurrency", "2", "257", "at most 256"),
    told("calls_per_minute", "60", "-1", "not a whole number"),
    told("retries", "1", "-1", "not a whole number"),
    told("timeout_seconds", "5", "0", "at least 1"),
    told("budget_calls", "100", "-1", "not a whole number"),
    told("budget_tokens", "1000", "-1", "not a whole number"),
];

/// A study with one key of the section, and what is wrong with it.
fn read(key: &str, value: &str) -> (Study, Vec<String>) {
    let text = format!(
        "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n[mapping]\n{key} = {value}\n"
    );
    let (study, problems) = Study::parse(&text, Path::new("s.toml"));
    (study, problems.iter().map(ToString::to_string).collect())
}

#[test]
fn keys_of_the_mapping_are_read_and_checked() {
    for told in KEYS {
        let (study, problems) = read(told.key, told.value);
        assert_eq!(problems, Vec::<String>::new(), "{} = {}", told.key, told.value);
        let held =
            study.parameters().into_iter().find(|p| p.section == "mapping" && p.key == told.key).unwrap();
        assert_eq!(held.value.as_deref(), told.value.lines().next(), "{}", told.key);
        let (again, _) = Study::parse(&study.to_toml(), Path::new("s.toml"));
        assert_eq!(again.mapping, study.mapping, "{} comes back from the study of a run", told.key);

        let (wrong, said) = told.refused;
        let (_, problems) = read(told.key, wrong);
        assert!(
            problems.iter().any(|p| p.contains(told.key) && p.contains(said)),
            "{} = {wrong}: {problems:?}",
            told.key
        );
    }
}
