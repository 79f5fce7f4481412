//! What a question says, and the fields of its request.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Case, Mapped, ONE_TIER, case};

fn set<const N: usize>(values: [&str; N]) -> BTreeSet<String> {
    values.map(str::to_owned).into()
}

/// The seeds that were sent, under one name.
fn seeds(mapped: &Mapped, field: &str) -> BTreeSet<u64> {
    mapped.asked().filter_map(|request| request.body[field].as_u64()).collect()
}

/// The form in which answers are asked for: `json_schema`, `json_object`, or nothing.
fn forms(mapped: &Mapped) -> BTreeSet<Option<String>> {
    mapped.asked().map(|r| r.body["response_format"]["type"].as_str().map(str::to_owned)).collect()
}

/// The most goods that the schema of an open answer allows.
fn most_goods(mapped: &Mapped) -> BTreeSet<String> {
    let schema = |body: &Value| body["response_format"]["json_schema"]["schema"].clone();
    mapped.asked().map(|r| schema(&r.body)["properties"]["goods"]["maxItems"].to_string()).collect()
}

/// What the schema of an open answer wants each good to be.
fn types_of_goods(mapped: &Mapped) -> BTreeSet<String> {
    let schema = |body: &Value| body["response_format"]["json_schema"]["schema"].clone();
    mapped.asked().map(|r| schema(&r.body)["properties"]["goods"]["items"]["type"].to_string()).collect()
}

pub const CASES: &[Case] = &[
    case("model", "\"another\"", ONE_TIER, |before, after| {
        assert_eq!(
            (before.sent("model"), after.sent("model")),
            (set(["\"scripted\""]), set(["\"another\""]))
        );
        assert_eq!(after.summary().model, "another");
        assert!(after.world.read("out/chain/candidates.csv").contains(",another (open answers)\n"));
    }),
    case(
        "runs",
        "3",
        &[("confirm", "\"never\""), ("max_tier", "1"), ("min_votes_to_follow", "3")],
        |before, after| {
            assert_eq!((before.counts(), after.counts()), ([10, 10, 0, 0], [3, 3, 0, 0]));
            assert_eq!((before.votes("284690 280530"), after.votes("284690 280530")), (10, 3));
        },
    ),
    case("temperatures", "[0.5, 1.5]", ONE_TIER, |before, after| {
        assert_eq!(before.sent("temperature"), set(["0.2", "0.4", "0.6", "0.8", "1.0"]));
        assert_eq!(after.sent("temperature"), set(["0.5", "1.5"]));
    }),
    case("temperatures", "[]", ONE_TIER, |_, after| {
        assert!(after.asked().all(|request| request.body.get("temperature").is_none()));
    }),
    case("seed_field", "\"random_seed\"", ONE_TIER, |before, after| {
        assert_eq!((seeds(before, "seed").len(), seeds(before, "random_seed").len()), (20, 0));
        assert_eq!(seeds(after, "random_seed"), seeds(before, "seed"));
        assert!(seeds(after, "seed").is_empty());
    }),
    case("seed_field", "\"none\"", ONE_TIER, |_, after| {
        assert!(after.asked().all(|r| r.body.get("seed").is_none() && r.body.get("random_seed").is_none()));
    }),
    case("questions", "\"uses\"", ONE_TIER, |before, after| {
        assert_eq!((before.counts(), after.counts()), ([10, 10, 0, 0], [10, 0, 0, 0]));
    }),
    case("questions", "\"inputs\"", ONE_TIER, |_, after| assert_eq!(after.counts(), [0, 10, 0, 0])),
    case("answer", "\"text\"", ONE_TIER, |before, after| {
        assert_eq!(
            (types_of_goods(before), types_of_goods(after)),
            (set(["\"object\""]), set(["\"string\""]))
        );
        let with_codes = |mapped: &Mapped| mapped.asked().all(|r| r.question().contains("six-digit code"));
        assert!(with_codes(before) && !with_codes(after));
        let ways = |mapped: &Mapped| {
            let counts = &mapped.summary().walked.counts;
            (counts.goods_by_code, counts.goods_by_text)
        };
        assert_eq!((ways(before), ways(after)), ((14, 0), (0, 14)));
        assert_eq!(after.votes("284690 280530"), 10);
    }),
    case("edition", "\"HS92\"", ONE_TIER, |before, after| {
        let named = |mapped: &Mapped, edition: &str| mapped.asked().all(|r| r.question().contains(edition));
        assert!(named(before, "(HS, 284690)") && named(after, "(HS 1992, 284690)"));
        let first = |mapped: &Mapped| {
            mapped.world.read("out/chain/candidates.csv").lines().next().unwrap().to_owned()
        };
        assert_eq!(
            (first(before).as_str(), first(after).as_str()),
            ("run,input,output,score,source", "# edition: HS92")
        );
    }),
    case("answers", "\"known.jsonl\"", ONE_TIER, |before, after| {
        assert_eq!((before.counts(), after.counts()), ([10, 10, 0, 0], [9, 9, 0, 0]));
        // The known answer names magnets, the model the metals.
        assert_eq!((before.votes("284690 850511"), after.votes("284690 850511")), (0, 1));
        assert_eq!(after.votes("284690 280530"), 9);
    }),
    case("goods", "1", ONE_TIER, |before, after| {
        assert_eq!((most_goods(before), most_goods(after)), (set(["15"]), set(["1"])));
        let says = |mapped: &Mapped, count: &str| mapped.asked().all(|r| r.question().contains(count));
        assert!(says(before, "p to 15") && says(after, "p to 1 ") && !says(after, "p to 15"));
        // Four of the ten lists name horses after the metals; what is beyond the number is left out.
        assert_eq!((before.votes("284690 010110"), after.votes("284690 010110")), (4, 0));
        assert_eq!(after.votes("284690 280530"), 10);
    }),
    case("prompts", "\"mine\"", ONE_TIER, |before, after| {
        let own = |mapped: &Mapped| {
            mapped
                .asked()
                .filter(|r| r.question().starts_with("Tell me what Compounds of rare-earth"))
                .count()
        };
        // The folder holds uses.txt alone; what goes into a product is asked in the words of the program.
        assert_eq!((own(before), own(after)), (0, 10));
        assert_eq!(after.counts(), [10, 10, 0, 0]);
    }),
    case("response_format", "\"json_object\"", ONE_TIER, |before, after| {
        assert_eq!(forms(before), BTreeSet::from([Some("json_schema".to_owned())]));
        assert!(after.asked().all(|r| r.body["response_format"] == json!({ "type": "json_object" })));
    }),
    case("response_format", "\"none\"", ONE_TIER, |_, after| {
        assert!(after.asked().all(|r| r.body.get("response_format").is_none()));
    }),
    case("max_tokens", "100", ONE_TIER, |before, after| {
        assert_eq!((before.sent("max_tokens"), after.sent("max_tokens")), (set(["1200"]), set(["100"])));
    }),
    case("token_field", "\"max_completion_tokens\"", ONE_TIER, |before, after| {
        assert_eq!(before.sent("max_completion_tokens"), set(["null"]));
        assert_eq!(
            (after.sent("max_completion_tokens"), after.sent("max_tokens")),
            (set(["1200"]), set(["null"]))
        );
    }),
];
