//! Who is called, with which key, how often and for how long.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use monazite_mapping::asking::Exhausted;
use monazite_mapping::question::Kind;

use super::{Case, Mapped, ONE_TIER, case};
use crate::endpoint::{Arrived, Reply};
use crate::world::sensible;

/// Three open questions, each in another wording.
const THREE: &[(&str, &str)] = &[
    ("confirm", "\"never\""),
    ("max_tier", "1"),
    ("questions", "\"uses\""),
    ("runs", "3"),
    ("min_votes_to_follow", "3"),
];

/// The same, of which none is tried again.
const THREE_ONCE: &[(&str, &str)] = &[
    ("confirm", "\"never\""),
    ("max_tier", "1"),
    ("questions", "\"uses\""),
    ("runs", "3"),
    ("min_votes_to_follow", "3"),
    ("retries", "0"),
];

/// The question of the third run.
fn is_third(request: &Arrived) -> bool {
    request.question().contains("Think of the next step")
}

/// Has a problem with one question.
fn stuck(request: &Arrived) -> Reply {
    if is_third(request) { Reply::Status(503, vec![], String::new()) } else { sensible(request) }
}

/// Takes longer than a second for one answer.
fn slow(request: &Arrived) -> Reply {
    if is_third(request) {
        std::thread::sleep(Duration::from_millis(1500));
    }
    sensible(request)
}

/// Takes a while for every answer.
fn unhurried(request: &Arrived) -> Reply {
    std::thread::sleep(Duration::from_millis(50));
    sensible(request)
}

/// How often the question was asked that was asked most often.
fn most_attempts(mapped: &Mapped) -> usize {
    let mut attempts: BTreeMap<String, usize> = BTreeMap::new();
    for request in mapped.asked() {
        *attempts.entry(request.body.to_string()).or_default() += 1;
    }
    attempts.into_values().max().unwrap()
}

/// From the first question to the last.
fn span(mapped: &Mapped) -> Duration {
    let times: BTreeSet<_> = mapped.asked().map(|request| request.at).collect();
    *times.last().unwrap() - *times.first().unwrap()
}

/// The keys that came with requests.
fn keys<'a>(requests: impl Iterator<Item = &'a Arrived>) -> BTreeSet<Option<String>> {
    requests.map(|request| request.authorization.clone()).collect()
}

/// The key that cargo puts into the variable CARGO_PKG_NAME.
fn name() -> BTreeSet<Option<String>> {
    BTreeSet::from([Some(format!("Bearer {}", env!("CARGO_PKG_NAME")))])
}

/// The key that cargo puts into the variable CARGO_PKG_VERSION.
fn version() -> BTreeSet<Option<String>> {
    BTreeSet::from([Some(format!("Bearer {}", env!("CARGO_PKG_VERSION")))])
}

pub const CASES: &[Case] = &[
    case("base_url", "\"{other}\"", ONE_TIER, |before, after| {
        assert_eq!((before.here.len(), before.there.len()), (20, 0));
        assert_eq!((after.here.len(), after.there.len()), (0, 20));
        assert_ne!(before.summary().endpoint, after.summary().endpoint);
    }),
    case("key_variable", "\"CARGO_PKG_NAME\"", ONE_TIER, |before, after| {
        assert_ne!(keys(before.asked()), name());
        assert_eq!(keys(after.asked()), name());
    }),
    case(
        "embedding_key_variable",
        "\"CARGO_PKG_NAME\"",
        &[
            ("key_variable", "\"CARGO_PKG_VERSION\""),
            ("embedding", "\"remote\""),
            ("embedding_name", "\"letters\""),
            ("confirm", "\"never\""),
            ("max_tier", "1"),
        ],
        |before, after| {
            assert_eq!((keys(before.asked()), keys(before.embedded())), (version(), version()));
            assert_eq!((keys(after.asked()), keys(after.embedded())), (version(), name()));
        },
    ),
    Case {
        key: "concurrency",
        value: "1",
        with: ONE_TIER,
        script: unhurried,
        promise: |before, after| {
            assert!((2..=4).contains(&before.at_once), "{}", before.at_once);
            assert_eq!(after.at_once, 1);
        },
    },
    case(
        "calls_per_minute",
        "600",
        &[("confirm", "\"never\""), ("max_tier", "1"), ("budget_calls", "6")],
        |before, after| {
            assert!(span(after) >= Duration::from_millis(5 * 100 - 40), "{:?}", span(after));
            assert!(span(before) < span(after), "{:?} {:?}", span(before), span(after));
        },
    ),
    Case {
        key: "retries",
        value: "1",
        with: THREE,
        script: stuck,
        promise: |before, after| {
            assert_eq!((most_attempts(before), most_attempts(after)), (6, 2));
            assert_eq!(after.summary().walked.counts.without_answer, 1);
        },
    },
    Case {
        key: "timeout_seconds",
        value: "1",
        with: THREE_ONCE,
        script: slow,
        promise: |before, after| {
            assert_eq!(before.summary().walked.counts.answered, 3);
            assert_eq!(after.summary().walked.counts.answered, 2);
            let records = after.recorded(Kind::Uses);
            let errors: Vec<&str> = records.iter().filter_map(|record| record.error.as_deref()).collect();
            assert_eq!(errors, ["no answer within 1 s (mapping.timeout_seconds)"]);
        },
    },
    case("budget_calls", "7", ONE_TIER, |before, after| {
        assert_eq!((before.summary().stopped, before.asked().count()), (None, 20));
        assert_eq!((after.summary().stopped, after.asked().count()), (Some(Exhausted::Calls(7)), 7));
    }),
    case(
        "budget_tokens",
        "1000",
        &[("confirm", "\"never\""), ("max_tier", "1"), ("concurrency", "1")],
        |before, after| {
            assert_eq!((before.summary().stopped, before.asked().count()), (None, 20));
            // 110 a call: the tenth goes over it.
            assert_eq!((after.summary().stopped, after.asked().count()), (Some(Exhausted::Tokens(1000)), 10));
            assert_eq!(after.summary().tokens, 1100);
        },
    ),
];
