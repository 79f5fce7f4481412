//! Whole mappings against a model that answers sensibly: what is asked, what comes out, and that it comes out the same.

mod endpoint;
mod keys;
mod world;

use std::collections::BTreeSet;
use std::io::Write;
use std::time::Duration;

use endpoint::{Endpoint, Reply};
use world::{HORSES, World, sensible};

fn link(votes: &[(String, usize)], link: &str) -> usize {
    votes.iter().find(|(l, _)| l == link).map_or(0, |(_, v)| *v)
}

#[test]
fn a_fit_model_is_followed_from_the_seed_to_the_last_tier() {
    let world = World::new();
    let endpoint = Endpoint::start(|request, _| sensible(request));
    let summary = world.map(&endpoint, "out").unwrap();
    let walked = &summary.walked;
    assert!(walked.confirming && walked.missing.is_empty() && summary.stopped.is_none());
    assert!(walked.controls.as_ref().unwrap().fit);
    // Four links down from the compounds; the steel goes into motors but cannot be reached, so nobody confirms it.
    let votes = world.votes("out");
    assert_eq!(
        votes.iter().map(|(l, v)| format!("{l} {v}")).collect::<Vec<_>>(),
        ["280530 850511 10", "284690 280530 10", "850110 870390 10", "850511 850110 10"]
    );
    let tiers: Vec<(usize, usize)> = walked.tiers.iter().map(|t| (t.reached, t.asked.len())).collect();
    assert_eq!(tiers, [(1, 1), (1, 1), (1, 1), (1, 1), (1, 0)]);
    // 24 controls; 20 questions for each of four products; 10 for each of four links and four times horses.
    assert_eq!(endpoint.calls(), 24 + 4 * 20 + 8 * 10);
    assert_eq!(summary.calls, 184);
    assert_eq!(walked.counts.answered, 184);
    assert_eq!((walked.counts.prompt_tokens, walked.counts.completion_tokens), (18_400, 1_840));
    let first = world.read("out/chain/candidates.csv");
    assert_eq!(
        first.lines().take(2).collect::<Vec<_>>(),
        ["run,input,output,score,source", "1,280530,850511,1.0000,scripted (confirmations)"]
    );
    // What was asked differs from run to run, and carries the key in its header and nowhere else.
    let arrived = endpoint.arrived();
    assert!(arrived.iter().all(|a| a.authorization.as_deref() == Some("Bearer sk-a-secret-key-0123456789")));
    assert!(
        arrived
            .iter()
            .all(|a| !a.body.to_string().contains("sk-a-secret") && a.path == "/v1/chat/completions")
    );
    let seeds: BTreeSet<String> = arrived.iter().map(|a| a.body["seed"].to_string()).collect();
    assert_eq!(seeds.len(), 184);
    let temperatures: BTreeSet<String> = arrived.iter().map(|a| a.body["temperature"].to_string()).collect();
    assert_eq!(temperatures.into_iter().collect::<Vec<_>>(), ["0.2", "0.4", "0.6", "0.8", "1.0"]);
}

#[test]
fn a_model_that_says_yes_to_everything_is_unfit_and_open_answers_are_the_votes() {
    let world = World::with("min_votes_to_follow = 5\n");
    let endpoint = Endpoint::start(|request, _| match request.is_open() {
        true => sensible(request),
        false => Reply::Content("{\"answer\": \"yes\"}".to_owned()),
    });
    let summary = world.map(&endpoint, "out").unwrap();
    assert!(!summary.walked.confirming);
    assert_eq!(
        summary.walked.controls.as_ref().unwrap().in_words(),
        "unfit to confirm links: wrong on 16 of 16 questions about pairs that do not hold, and on 0 of 8 about pairs that do"
    );
    assert_eq!(endpoint.calls(), 24 + 4 * 20, "no pair is confirmed");
    let votes = world.votes("out");
    assert_eq!(link(&votes, "280530 850511"), 10);
    assert_eq!(link(&votes, "280530 010110"), 4, "{HORSES} are named in four runs");
    assert_eq!(link(&votes, "720299 850110"), 10, "inputs that the walk has not reached are candidates too");
    let record: toml::Table = toml::from_str(&world.read("out/chain/mapping.toml")).unwrap();
    assert_eq!(record["votes"].as_str(), Some("open answers"));
    assert_eq!(record["controls"]["fit"].as_bool(), Some(false));
    assert_eq!(record["controls"]["wrong"].as_array().unwrap().len(), 8);
    assert!(world.read("out/chain/candidates.csv").contains(",scripted (open answers)\n"));
}

#[test]
fn a_replay_is_the_same_to_the_byte_and_so_are_all_ways_of_asking() {
    let world = World::new();
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map(&endpoint, "live").unwrap();
    let calls = endpoint.calls();
    let recording = world.path("live/chain/answers.jsonl");
    world.replay(&recording, "replayed").unwrap();
    assert_eq!(endpoint.calls(), calls, "a replay asks nothing");
    for name in ["candidates.csv", "matches.csv", "mapping.toml"] {
        assert_eq!(
            world.read(&format!("live/chain/{name}")),
            world.read(&format!("replayed/chain/{name}")),
            "{name}"
        );
    }
    let packed = world.path("recorded.jsonl.gz");
    let mut writer =
        flate2::write::GzEncoder::new(std::fs::File::create(&packed).unwrap(), flate2::Compression::best());
    writer.write_all(&std::fs::read(&recording).unwrap()).unwrap();
    writer.finish().unwrap();
    world.replay(&packed, "unpacked").unwrap();
    assert_eq!(world.results("live"), world.results("unpacked"));
    let one = World::with("concurrency = 1\n");
    let many = World::with("concurrency = 16\n");
    one.map(&endpoint, "out").unwrap();
    many.map(&endpoint, "out").unwrap();
    assert_eq!(world.results("live"), one.results("out"));
    assert_eq!(world.results("live"), many.results("out"));
}

#[test]
fn a_budget_stops_cleanly_and_the_next_command_goes_on_without_asking_twice() {
    let world = World::new();
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map(&endpoint, "whole").unwrap();
    let whole = endpoint.calls();
    let mut commands = 0;
    loop {
        let before = endpoint.calls();
        let summary = world.map_with(&endpoint, "parts", |o| o.budget_calls = Some(37)).unwrap();
        commands += 1;
        assert!(endpoint.calls() - before <= 37);
        assert_eq!(summary.calls as usize, endpoint.calls() - before);
        // What there is so far replays to the byte as well.
        let so_far = world.results("parts");
        let recording = world.path("parts/chain/answers.jsonl");
        world.replay(&recording, "so-far").unwrap();
        assert_eq!(so_far, world.results("so-far"));
        let record: toml::Table = toml::from_str(&so_far[2]).unwrap();
        assert_eq!(record["complete"].as_bool(), Some(summary.stopped.is_none()));
        if summary.stopped.is_none() {
            break;
        }
        assert_eq!(summary.stopped.unwrap().to_string(), "the budget of 37 calls is used up");
    }
    assert_eq!(commands, whole.div_ceil(37));
    assert_eq!(endpoint.calls() - whole, whole, "in parts nothing is asked twice");
    assert_eq!(world.results("whole"), world.results("parts"));
    // Another command on a finished mapping asks nothing.
    world.map(&endpoint, "parts").unwrap();
    assert_eq!(endpoint.calls(), 2 * whole);
    // Tokens: 110 a call.
    let summary = world.map_with(&endpoint, "tokens", |o| o.budget_tokens = Some(1000)).unwrap();
    assert_eq!(summary.stopped.unwrap().to_string(), "the budget of 1000 tokens is used up");
    assert!((1000..1000 + 4 * 110).contains(&summary.tokens), "{}", summary.tokens);
}

#[test]
fn the_estimate_counts_what_is_certain_and_projects_the_rest() {
    let world = World::new();
    let mut options = world.options("out");
    options.model = Some("scripted".to_owned());
    let estimate = monazite_mapping::estimate_mapping(&world.study(), &options).unwrap();
    assert_eq!(
        (estimate.certain, estimate.stage.as_str(), estimate.per_product, estimate.per_pair),
        (24, "controls", 20, 10)
    );
    assert_eq!(estimate.projected_calls, 24 + 168 * 20 + 168 * 5 * 10);
    assert!(!estimate.seen && !world.path("out").exists(), "an estimate writes nothing");
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map_with(&endpoint, "out", |o| o.budget_calls = Some(30)).unwrap();
    let estimate = monazite_mapping::estimate_mapping(&world.study(), &options).unwrap();
    assert_eq!((estimate.answered, estimate.certain, estimate.stage.as_str()), (30, 14, "tier 0"));
    assert_eq!(estimate.tokens_per_call, 110.0);
    world.map(&endpoint, "out").unwrap();
    let estimate = monazite_mapping::estimate_mapping(&world.study(), &options).unwrap();
    assert_eq!(estimate.in_words(), ["184 questions are answered already", "nothing is left to ask"]);
}

#[test]
fn calls_are_spread_over_the_minute() {
    let world = World::with("calls_per_minute = 1200\n");
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map_with(&endpoint, "out", |o| o.budget_calls = Some(12)).unwrap();
    let arrived = endpoint.arrived();
    let span = arrived.iter().map(|a| a.at).max().unwrap() - arrived.iter().map(|a| a.at).min().unwrap();
    assert!(span >= Duration::from_millis(11 * 50 - 40), "{span:?}");
}

#[test]
fn prompts_of_ones_own_are_used_and_hashed_and_old_answers_are_refused() {
    let world = World::with("prompts = \"prompts\"\n");
    let endpoint = Endpoint::start(|request, _| sensible(request));
    std::fs::create_dir(world.path("prompts")).unwrap();
    world.map(&endpoint, "out").unwrap();
    let whole = endpoint.calls();
    std::fs::write(
        world.path("prompts/confirm.txt"),
        "Does {input} go into {output}? Think of alloys. {\"answer\": \"yes\"} or {\"answer\": \"no\"}",
    )
    .unwrap();
    let said = world.refused(&endpoint, "out");
    assert!(
        said.starts_with("out/chain/answers.jsonl: it was recorded with another confirm.txt; "),
        "{said}"
    );
    assert_eq!(endpoint.calls(), whole, "answers to other words are not mixed");
    world.map(&endpoint, "new").unwrap();
    let asked: Vec<_> = endpoint.arrived().drain(whole..).collect();
    assert_eq!(asked.len(), whole);
    assert_eq!(asked.iter().filter(|a| a.question().contains("Think of alloys.")).count(), 24 + 80);
    let record: toml::Table = toml::from_str(&world.read("new/chain/mapping.toml")).unwrap();
    let prompts = record["prompts"].as_array().unwrap();
    let confirm = prompts.iter().find(|p| p["name"].as_str() == Some("confirm.txt")).unwrap();
    assert_eq!((confirm["from"].as_str(), confirm["entries"].as_integer()), (Some("study"), Some(1)));
}

#[test]
fn one_recording_serves_other_seeds_and_says_nothing_of_the_material() {
    let world = World::new();
    let endpoint = Endpoint::start(|request, _| sensible(request));
    world.map(&endpoint, "out").unwrap();
    let calls = endpoint.calls();
    let said: Vec<String> = endpoint.arrived().iter().map(|a| a.body["messages"].to_string()).collect();
    assert!(said.iter().all(|text| !text.contains("rare earths")), "the material is named");
    let recording = world.path("out/chain/answers.jsonl");
    let text = std::fs::read_to_string(&recording).unwrap();
    assert!(
        text.contains("\"key\":\"confirm-280530-850511-r07\"") && text.contains("\"key\":\"control-05-r09\"")
    );
    let mut study = world.study();
    study.study.material = "magnets".to_owned();
    study.study.seeds = vec!["850511".parse().unwrap()];
    study.study.random_seed += 1;
    study.mapping.temperatures = vec![1.5];
    study.mapping.runs = 5;
    study.mapping.min_votes_to_follow = 5;
    let mut options = world.options("magnets");
    options.replay = Some(recording);
    let summary = monazite_mapping::map_study(&study, &options, &monazite::progress::Silent).unwrap();
    assert_eq!((endpoint.calls(), summary.walked.counts.other_words), (calls, 0));
    // Only what the cars go into was never asked: in the recording they are the last tier.
    let missing: BTreeSet<String> = summary.walked.missing.iter().map(|q| q.id.about.to_string()).collect();
    assert_eq!(
        (summary.walked.missing.len(), missing.into_iter().collect::<Vec<_>>()),
        (10, vec!["870390".to_owned()])
    );
    let votes = world.votes("magnets");
    assert_eq!((link(&votes, "850511 850110"), link(&votes, "850110 870390"), votes.len()), (5, 5, 2));
}

#[test]
fn a_repair_is_not_waited_for_where_questions_go_in_rounds() {
    let world = World::with("confirm = \"never\"\n");
    let options = monazite_mapping::MapOptions { model: Some("m".to_owned()), ..world.options("out") };
    let study = world.study();
    let file = world.path("round.jsonl");
    monazite_mapping::export_batch(&study, &options, &file).unwrap();
    let questions = std::fs::read_to_string(&file).unwrap();
    // Every answer names the metals, but for one that is prose.
    let answers: String = questions
        .lines()
        .map(|line| {
            let id = serde_json::from_str::<serde_json::Value>(line).unwrap()["custom_id"].clone();
            let answer = match id.as_str().unwrap() {
                "uses-284690-r04" => "I think of metals.".into(),
                text if text.starts_with("uses") => {
                    serde_json::json!({ "goods": [{ "code": 280530, "text": "Rare-earth metals" }] })
                }
                _ => "NONE".into(),
            };
            serde_json::json!({ "custom_id": id, "answer": answer }).to_string() + "\n"
        })
        .collect();
    let back = world.path("back.jsonl");
    std::fs::write(&back, answers).unwrap();
    let taken = monazite_mapping::import_batch(&study, &options, &[back]).unwrap();
    assert_eq!((taken.imported.answers, taken.imported.usable), (20, 19));
    assert_eq!(taken.imported.unusable.keys().collect::<Vec<_>>(), ["there is no JSON in it"]);
    assert_eq!(taken.next.in_words(), "21 questions (tier 0): 10 about uses, 10 about inputs, 1 repairs");
}

#[test]
fn what_is_mapped_in_one_edition_is_carried_over_to_that_of_the_trade() {
    let world = World::new();
    std::fs::write(
        world.path("hs07.csv"),
        "code,description\n810520,Unwrought cobalt\n850780,Other accumulators\n",
    )
    .unwrap();
    let text = "[study]\nseeds = [\"810510\"]\n[data]\ntrade = \"none.zip\"\ngovernance = \"none.csv\"\nedition = \"HS92\"\n\
                [mapping]\nedition = \"HS07\"\nproducts = \"hs07.csv\"\nmodel = \"scripted\"\nconfirm = \"never\"\nmax_tier = 1\n";
    let (study, problems) = monazite::study::Study::parse(text, &world.path("study.toml"));
    assert_eq!(problems, []);
    let endpoint = Endpoint::start(|request, _| {
        assert!(request.question().contains("Unwrought cobalt (HS 2007, 810520)"));
        Reply::Content("{\"goods\": [{\"code\": \"850780\", \"text\": \"Other accumulators\"}]}".to_owned())
    });
    let options = monazite_mapping::MapOptions { base_url: Some(endpoint.address()), ..world.options("out") };
    let summary = monazite_mapping::map_study(&study, &options, &monazite::progress::Silent).unwrap();
    assert_eq!(summary.links, 2);
    let candidates = world.read("out/chain/candidates.csv");
    assert!(
        candidates.starts_with("# edition: HS92\nrun,input,output,score,source\n1,810510,850780,1.0000,"),
        "{candidates}"
    );
    let record: toml::Table = toml::from_str(&world.read("out/chain/mapping.toml")).unwrap();
    assert_eq!(record["products"]["edition"].as_str(), Some("HS 2007"));
    assert_eq!(record["products"]["carried_to"].as_str(), Some("HS92"));
}
