//! Which questions follow from the answers, and which links.

use super::{Case, Mapped, case};
use crate::endpoint::{Arrived, Reply};
use crate::world::{METALS, sensible};
use monazite_mapping::question::Kind;

/// Says yes to everything.
fn agreeing(request: &Arrived) -> Reply {
    if request.is_open() { sensible(request) } else { Reply::Content("{\"answer\": \"yes\"}".to_owned()) }
}

/// Takes horses for an input of magnets.
fn gullible(request: &Arrived) -> Reply {
    let question = request.question();
    let control = question.contains("Horses: live, pure-bred") && question.contains("Magnets: permanent");
    if control { Reply::Content("{\"answer\": \"yes\"}".to_owned()) } else { sensible(request) }
}

/// Takes steel for an input of the compounds, and says yes to it.
fn with_an_input(request: &Arrived) -> Reply {
    let question = request.question();
    let about_the_seed = question.contains("Compounds of rare-earth metals (HS, 284690)");
    match request.is_open() {
        true if about_the_seed && question.contains("From which goods do arrows come") => sensible(request),
        true if about_the_seed => Reply::Content(
            "{\"goods\": [{\"code\": \"720299\", \"text\": \"Flat-rolled electrical steel\"}]}".to_owned(),
        ),
        true => sensible(request),
        false => Reply::Content("{\"answer\": \"yes\"}".to_owned()),
    }
}

/// Whether pairs were confirmed, and whether the model was fit to.
fn confirming(mapped: &Mapped) -> (bool, bool) {
    let walked = &mapped.summary().walked;
    (walked.confirming, walked.controls.as_ref().unwrap().fit)
}

fn lists(tiers: &[&[&str]]) -> Vec<Vec<String>> {
    tiers.iter().map(|tier| tier.iter().map(|&code| code.to_owned()).collect()).collect()
}

pub const CASES: &[Case] = &[
    case("confirm", "\"never\"", &[("max_tier", "1")], |before, after| {
        // 12 control pairs, twice each; the metals and the horses are confirmed in ten runs each.
        assert_eq!((before.counts(), after.counts()), ([10, 10, 20, 24], [10, 10, 0, 0]));
        assert_eq!((before.votes("284690 010110"), after.votes("284690 010110")), (0, 4));
        assert!(after.summary().walked.controls.is_none());
    }),
    Case {
        key: "confirm",
        value: "\"always\"",
        with: &[("max_tier", "1")],
        script: agreeing,
        promise: |before, after| {
            assert_eq!((confirming(before), confirming(after)), ((false, false), (true, false)));
            assert_eq!((before.votes("284690 010110"), after.votes("284690 010110")), (4, 10));
        },
    },
    case("control_runs", "3", &[("max_tier", "1")], |before, after| {
        assert_eq!((before.counts()[3], after.counts()[3]), (24, 36));
        let controls = after.summary().walked.controls.as_ref().unwrap();
        assert_eq!((controls.false_asked, controls.true_asked), (24, 12));
    }),
    Case {
        key: "max_wrong_controls",
        value: "0.1",
        with: &[("max_tier", "1")],
        script: gullible,
        promise: |before, after| {
            // One of eight false pairs.
            for mapped in [before, after] {
                let controls = mapped.summary().walked.controls.as_ref().unwrap();
                assert_eq!((controls.false_wrong, controls.false_asked, controls.true_wrong), (2, 16, 0));
            }
            assert_eq!((confirming(before), confirming(after)), ((true, true), (false, false)));
            assert_eq!((before.counts()[2], after.counts()[2]), (20, 0));
        },
    },
    case("min_votes_to_confirm", "5", &[("max_tier", "1")], |before, after| {
        let pairs = |mapped: &Mapped| mapped.about(Kind::Confirm).into_iter().collect::<Vec<_>>();
        // Horses are named in four runs.
        assert_eq!(pairs(before), ["284690-010110", "284690-280530"]);
        assert_eq!(pairs(after), ["284690-280530"]);
    }),
    case("min_votes_to_follow", "4", &[("confirm", "\"never\""), ("max_tier", "2")], |before, after| {
        assert_eq!(before.tiers()[..2], lists(&[&["284690"], &["280530"]]));
        // Those with the most votes first.
        assert_eq!(after.tiers()[..2], lists(&[&["284690"], &["280530", "010110"]]));
    }),
    case("min_votes_to_list", "5", &[("confirm", "\"never\""), ("max_tier", "2")], |before, after| {
        // Horses are named in four runs, and not followed either way.
        assert_eq!((before.votes("284690 010110"), after.votes("284690 010110")), (4, 0));
        assert_eq!(before.votes("284690 280530"), after.votes("284690 280530"));
        assert!(after.votes("284690 280530") >= 5);
        assert_eq!((before.tiers(), before.counts()), (after.tiers(), after.counts()));
    }),
    case(
        "min_votes_to_list",
        "5",
        &[("confirm", "\"never\""), ("max_tier", "2"), ("min_votes_to_follow", "4")],
        |before, after| {
            // What is not listed is not followed.
            assert_eq!(before.tiers()[..2], lists(&[&["284690"], &["280530", "010110"]]));
            assert_eq!(after.tiers()[..2], lists(&[&["284690"], &["280530"]]));
        },
    ),
    Case {
        key: "upstream",
        value: "true",
        with: &[("confirm", "\"always\""), ("max_tier", "1"), ("questions", "\"inputs\"")],
        script: with_an_input,
        promise: |before, after| {
            let pairs = |mapped: &Mapped| mapped.about(Kind::Confirm).into_iter().collect::<Vec<_>>();
            assert_eq!((pairs(before).len(), pairs(after)), (0, vec!["720299-284690".to_owned()]));
            // It is no link of the chain, and stands apart.
            assert_eq!((before.votes("720299 284690"), after.votes("720299 284690")), (0, 0));
            let upstream = after.world.read("out/chain/upstream.csv");
            assert_eq!(upstream.lines().filter(|line| line.contains(",720299,284690,")).count(), 10);
            assert_eq!(after.summary().walked.upstream.len(), 1);
        },
    },
    Case {
        key: "upstream",
        value: "true",
        with: &[("confirm", "\"never\""), ("max_tier", "1"), ("questions", "\"inputs\"")],
        script: with_an_input,
        promise: |before, after| {
            assert_eq!((before.votes("720299 284690"), after.votes("720299 284690")), (9, 0));
            assert!(after.summary().upstream.is_some());
        },
    },
    case("max_tier", "2", &[("confirm", "\"never\"")], |before, after| {
        let whole: &[&[&str]] = &[&["284690"], &["280530"], &["850511"], &["850110"], &[]];
        assert_eq!(before.tiers(), lists(whole));
        assert_eq!(after.tiers(), lists(&[whole[0], whole[1], &[]]));
        // What the metals go into is known, what the magnets go into is not asked.
        assert_eq!((before.votes("850511 850110"), after.votes("850511 850110")), (10, 0));
        assert_eq!(after.votes("280530 850511"), 10, "what {METALS} go into is the last tier");
    }),
    case(
        "max_products_per_tier",
        "1",
        &[("confirm", "\"never\""), ("max_tier", "2"), ("min_votes_to_follow", "4")],
        |before, after| {
            let reached = |mapped: &Mapped| mapped.summary().walked.tiers[1].reached;
            assert_eq!((reached(before), reached(after)), (2, 2));
            assert_eq!(before.tiers()[1], ["280530", "010110"]);
            assert_eq!(after.tiers()[1], ["280530"]);
        },
    ),
];
