//! The codes and their texts, the vectors of texts, and how near they have to be.

use monazite_mapping::embedding::{Embedder, SentenceModel, StaticModel, cosine};

use super::{Case, Mapped, ONE_TIER, case};
use crate::endpoint::{Arrived, Reply};
use crate::world::{METALS, TABLE, letters_of};

/// A good in words that no code has.
const NEARLY_METALS: &str = "Rare-earth metals, unwrought";

fn in_other_words(_: &Arrived) -> Reply {
    Reply::Content(serde_json::json!({ "goods": [NEARLY_METALS] }).to_string())
}

fn with_a_code(_: &Arrived) -> Reply {
    named("280530")
}

/// The code of another edition.
fn with_a_heading(_: &Arrived) -> Reply {
    named("280519")
}

fn named(code: &str) -> Reply {
    let good = serde_json::json!({ "code": code, "text": NEARLY_METALS });
    Reply::Content(serde_json::json!({ "goods": [good] }).to_string())
}

/// Goods by the way in which their codes were found: code, heading, text, none.
fn ways(mapped: &Mapped) -> [u64; 4] {
    let counts = &mapped.summary().walked.counts;
    [counts.goods_by_code, counts.goods_by_heading, counts.goods_by_text, counts.goods_below_floor]
}

/// One question about uses in each run.
const ONE_USE: &[(&str, &str)] = &[("confirm", "\"never\""), ("max_tier", "1"), ("questions", "\"uses\"")];

/// All of the table is near enough, and an answer stands for two codes.
const NEAREST_TWO: &[(&str, &str)] = &[
    ("confirm", "\"never\""),
    ("max_tier", "1"),
    ("questions", "\"uses\""),
    ("answer", "\"text\""),
    ("floor", "-1.0"),
    ("top_k", "2"),
];

/// The same, with the name of a model that an endpoint has.
const NEAREST_TWO_BY_LETTERS: &[(&str, &str)] = &[
    ("confirm", "\"never\""),
    ("max_tier", "1"),
    ("questions", "\"uses\""),
    ("answer", "\"text\""),
    ("floor", "-1.0"),
    ("top_k", "2"),
    ("embedding_name", "\"letters\""),
];

/// The same, with the folder of a sentence model.
const SENTENCES: &[(&str, &str)] = &[
    ("confirm", "\"never\""),
    ("max_tier", "1"),
    ("questions", "\"uses\""),
    ("answer", "\"text\""),
    ("floor", "-1.0"),
    ("top_k", "2"),
    ("embedding_path", "\"sentences\""),
];

/// One tier with vectors from an endpoint.
const REMOTE: &[(&str, &str)] = &[
    ("confirm", "\"never\""),
    ("max_tier", "1"),
    ("embedding", "\"remote\""),
    ("embedding_name", "\"letters\""),
];

/// Code and cosine of what the first run's metals were taken for, from `matches.csv`.
fn metals(mapped: &Mapped) -> Vec<(String, f64)> {
    let mut table = csv::Reader::from_path(mapped.world.path("out/chain/matches.csv")).unwrap();
    let rows = table.records().map(Result::unwrap);
    rows.filter(|row| (&row[0], &row[1], &row[3]) == ("1", "uses", METALS))
        .map(|row| (row[6].to_owned(), row[7].parse().unwrap()))
        .collect()
}

/// That the codes of the metals are the two that these vectors put nearest.
fn are_nearest(mapped: &Mapped, vectors: impl Fn(&str) -> Vec<f32>) {
    let wanted = vectors(METALS);
    let mut table = csv::Reader::from_reader(TABLE.as_bytes());
    let mut all: Vec<(String, f64)> = table
        .records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), f64::from(cosine(&wanted, &vectors(&row[1])))))
        .collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    let found = metals(mapped);
    assert_eq!(found.len(), 2);
    for (found, expected) in found.iter().zip(&all) {
        assert_eq!(found.0, expected.0, "{all:?}");
        assert!((found.1 - expected.1).abs() < 1e-4, "{found:?} {expected:?}");
    }
}

/// Vectors of length one from a model, one text at a time.
fn one_by_one(model: &dyn Embedder) -> impl Fn(&str) -> Vec<f32> {
    move |text| model.embed(&[text]).unwrap().remove(0)
}

/// Letters counted, brought to length one.
fn letters(text: &str) -> Vec<f32> {
    let counts = letters_of(text);
    let length = counts.iter().map(|x| x * x).sum::<f32>().sqrt();
    counts.into_iter().map(|x| x / length).collect()
}

pub const CASES: &[Case] = &[
    case("products", "\"longer.csv\"", ONE_TIER, |before, after| {
        let longer = |mapped: &Mapped| {
            mapped.asked().filter(|r| r.question().contains("metals and of yttrium or scandium (HS")).count()
        };
        assert_eq!((longer(before), longer(after)), (0, 20));
        assert_eq!(
            (before.summary().products.as_str(), after.summary().products.as_str()),
            ("products.csv", "longer.csv")
        );
    }),
    case(
        "top_k",
        "2",
        &[
            ("confirm", "\"never\""),
            ("max_tier", "1"),
            ("questions", "\"uses\""),
            ("answer", "\"text\""),
            ("floor", "-1.0"),
        ],
        |before, after| {
            let codes = |mapped: &Mapped| metals(mapped).into_iter().map(|found| found.0).collect::<Vec<_>>();
            assert_eq!(codes(before), ["280530"]);
            assert_eq!(codes(after).len(), 2);
            are_nearest(after, one_by_one(&StaticModel::shipped()));
        },
    ),
    Case {
        key: "floor",
        value: "0.5",
        with: &[("confirm", "\"never\""), ("max_tier", "1"), ("questions", "\"uses\""), ("floor", "")],
        script: in_other_words,
        promise: |before, after| {
            let model = StaticModel::shipped();
            let vectors = model.embed(&[NEARLY_METALS, METALS]).unwrap();
            let between = f64::from(cosine(&vectors[0], &vectors[1]));
            let usual = model.default_floors().anywhere;
            assert_eq!((before.summary().floors.anywhere, after.summary().floors.anywhere), (usual, 0.5));
            assert!(between < usual && between > 0.5, "{between}");
            let below = |mapped: &Mapped| mapped.summary().walked.counts.goods_below_floor;
            assert_eq!((below(before), below(after)), (10, 0));
            assert_eq!((before.votes("284690 280530"), after.votes("284690 280530")), (0, 10));
        },
    },
    Case {
        key: "code_floor",
        value: "0.99",
        with: ONE_USE,
        script: with_a_code,
        promise: |before, after| {
            assert_eq!((ways(before), ways(after)), ([10, 0, 0, 0], [0, 10, 0, 0]));
            let far = |mapped: &Mapped| mapped.summary().walked.counts.codes_far;
            assert_eq!((far(before), far(after)), (0, 10));
        },
    },
    Case {
        key: "heading_floor",
        value: "0.99",
        with: ONE_USE,
        script: with_a_heading,
        promise: |before, after| {
            assert_eq!((ways(before), ways(after)), ([0, 10, 0, 0], [0, 0, 0, 10]));
            assert_eq!(after.summary().walked.counts.codes_not_in_edition, 10);
        },
    },
    case("embedding", "\"remote\"", NEAREST_TWO_BY_LETTERS, |before, after| {
        assert_eq!((before.embedded().count(), after.embedded().count()), (0, 1));
        are_nearest(before, one_by_one(&StaticModel::shipped()));
        are_nearest(after, letters);
    }),
    case("embedding", "\"onnx\"", SENTENCES, |before, after| {
        // A static model has other files.
        assert!(before.outcome.as_ref().unwrap_err().contains("sentences/model.safetensors: cannot be read"));
        are_nearest(after, one_by_one(&SentenceModel::load(&after.world.path("sentences")).unwrap()));
    }),
    case("embedding_path", "\"means\"", NEAREST_TWO, |before, after| {
        let own = StaticModel::load(&after.world.path("means")).unwrap();
        are_nearest(before, one_by_one(&StaticModel::shipped()));
        are_nearest(after, one_by_one(&own));
        assert_eq!(after.summary().embedding, "means");
    }),
    case("embedding_base_url", "\"{other}\"", REMOTE, |before, after| {
        assert_eq!((before.embedded().count(), before.there.len()), (1, 0));
        assert_eq!((after.embedded().count(), after.there.len()), (0, 1));
        assert_eq!(after.asked().count(), 20, "the model is asked where it was");
    }),
    case("embedding_name", "\"another\"", REMOTE, |before, after| {
        let names = |mapped: &Mapped| mapped.embedded().map(|r| r.body["model"].clone()).collect::<Vec<_>>();
        assert_eq!((names(before), names(after)), (vec!["letters".into()], vec!["another".into()]));
        assert_eq!(after.summary().embedding, "another");
    }),
];
