//! `monazite map`, as a program: what a build without it says, and a mapping that is killed and taken up again.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

#[cfg(not(feature = "map"))]
#[test]
fn a_plain_build_says_how_to_build_with_it() {
    let world = crate::world::World::new();
    for arguments in
        [&["map"][..], &["map", "study.toml", "--budget-calls", "3"], &["map", "match", "magnets"]]
    {
        world.refuses(
            arguments,
            "this program was built without `map`, which is the only part that uses the network; build it with: \
             cargo build --release --features map",
        );
    }
}

#[cfg(feature = "map")]
#[path = "../../monazite-mapping/tests/endpoint/mod.rs"]
mod endpoint;

#[cfg(feature = "map")]
mod with_map {
    use std::process::Stdio;
    use std::time::{Duration, Instant};

    use super::endpoint::{Endpoint, Reply};
    use crate::world::{World, monazite};

    const KEY: &str = "sk-a-secret-key-0123456789";

    fn study(world: &World) {
        world.write(
            "products.csv",
            "code,description\n284690,Compounds\n280530,Metals\n850511,Magnets\n850110,Motors\n",
        );
        world.write(
            "map.toml",
            "[study]\nmaterial = \"rare earths\"\nseeds = [\"284690\"]\n[data]\ntrade = \"release\"\ngovernance = \"pv.csv\"\n\
             [mapping]\nproducts = \"products.csv\"\nmodel = \"m\"\nfloor = 0.9\nconfirm = \"never\"\nmin_votes_to_follow = 5\nconcurrency = 2\n",
        );
    }

    /// Each product goes into the next one; every answer takes a while.
    fn slow() -> Endpoint {
        Endpoint::start(|request, _| {
            std::thread::sleep(Duration::from_millis(20));
            let question = request.question();
            let next = [("Compounds", "Metals"), ("Metals", "Magnets"), ("Magnets", "Motors")]
                .into_iter()
                .find(|(from, _)| question.contains(&format!(": {from} (")))
                .map_or("nothing at all", |(_, to)| to);
            Reply::Content(format!("{{\"goods\": [\"{next}\"]}}"))
        })
    }

    #[test]
    fn killed_at_any_time_it_goes_on_and_ends_with_the_same_bytes() {
        let world = World::new();
        study(&world);
        let endpoint = slow();
        let arguments = |out: &str| {
            ["--quiet", "map", "map.toml", "--out", out, "--base-url", &endpoint.address()].map(str::to_owned)
        };
        let run = |out: &str| {
            let mut command = monazite();
            command.args(arguments(out)).current_dir(world.path("")).env("MONAZITE_API_KEY", KEY);
            command
        };
        assert!(run("whole").output().unwrap().status.success());
        let whole = endpoint.calls();
        let mut killed = 0;
        loop {
            let mut child = run("parts").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let started = Instant::now();
            let ended = loop {
                if child.try_wait().unwrap().is_some() {
                    break true;
                }
                if killed < 4 && started.elapsed() > Duration::from_millis(350 + 70 * killed) {
                    child.kill().unwrap();
                    child.wait().unwrap();
                    break false;
                }
                std::thread::sleep(Duration::from_millis(5));
            };
            if ended {
                break;
            }
            killed += 1;
        }
        // At most the questions that were under way at a kill are asked again, two at a time.
        let again = endpoint.calls() - 2 * whole;
        assert!(again <= 2 * killed as usize, "{again} questions were asked twice in {killed} kills");
        for name in ["candidates.csv", "matches.csv", "mapping.toml"] {
            let read = |out: &str| world.read(&format!("{out}/chain/{name}"));
            assert_eq!(read("whole"), read("parts"), "{name}");
        }
        // Replayed without an endpoint, to the byte; and nowhere a key.
        world.does(&["map", "map.toml", "--out", "again", "--replay", "parts/chain/answers.jsonl"]);
        assert_eq!(world.read("whole/chain/candidates.csv"), world.read("again/chain/candidates.csv"));
        assert_eq!(world.read("whole/chain/mapping.toml"), world.read("again/chain/mapping.toml"));
        for file in world.files("parts") {
            assert!(!world.read(&format!("parts/{file}")).contains(KEY), "{file}");
        }
    }

    #[test]
    fn a_wrong_key_is_not_shown() {
        let world = World::new();
        study(&world);
        let endpoint =
            Endpoint::start(|_, _| Reply::Status(401, vec![], format!("{{\"error\": \"bad key {KEY}\"}}")));
        let address = endpoint.address();
        let output = monazite()
            .args(["map", "map.toml", "--out", "out", "--base-url", &address])
            .current_dir(world.path(""))
            .env("MONAZITE_API_KEY", KEY)
            .output()
            .unwrap();
        let call = world.finish(output);
        assert!(!call.ok && !call.err.contains("secret") && !call.out.contains("secret"));
        assert!(
            call.err.ends_with(&format!(
                "error: {address}: the endpoint refuses the key (401); look at what is in MONAZITE_API_KEY; it says: bad key [key]; \
                 0 answers are kept in out/chain/answers.jsonl, and the same command goes on from there\n"
            )),
            "{}",
            call.err
        );
    }

    #[test]
    fn small_commands_do_what_they_say() {
        let world = World::new();
        let call = world.does(&["map", "match", "cerium compounds", "--top", "2"]);
        assert!(
            call.out.starts_with("1.000  284610  Cerium compounds\n") && call.out.lines().count() == 2,
            "{}",
            call.out
        );
        world.does(&["map", "prompts", "--out", "mine"]);
        assert!(world.files("mine").contains(&"code_and_text.txt".to_owned()));
        world.refuses(
            &["map", "prompts", "--out", "mine"],
            "mine/system.txt: cannot be created: File exists (os error 17)",
        );
        study(&world);
        let call = world.does(&["map", "map.toml", "--estimate"]);
        assert!(
            call.out.starts_with("next: 20 questions (tier 0)\nthen 20 for each product of a tier\n"),
            "{}",
            call.out
        );
    }

    /// What a batch endpoint writes for a file of questions: each product goes into the next one, and one answer failed.
    fn answered(questions: &str) -> String {
        let line = |line: &str| {
            let question: serde_json::Value = serde_json::from_str(line).expect("a line is JSON");
            let text = question["body"]["messages"][1]["content"].as_str().unwrap_or_default();
            let next = [("Compounds", "280530", "Metals"), ("Metals", "850511", "Magnets")]
                .into_iter()
                .find(|(from, _, _)| text.contains(&format!(": {from} (")))
                .map_or_else(
                    || "NONE".to_owned(),
                    |(_, code, to)| format!("{{\"goods\":[{{\"code\":\"{code}\",\"text\":\"{to}\"}}]}}"),
                );
            let message = serde_json::json!({ "message": { "content": next } });
            let failed = question["custom_id"] == "uses-284690-r03";
            let response = match failed {
                true => serde_json::json!({ "status_code": 500, "body": { "error": { "message": "oops" } } }),
                false => serde_json::json!({ "status_code": 200, "body": { "choices": [message] } }),
            };
            serde_json::json!({ "custom_id": question["custom_id"], "response": response }).to_string() + "\n"
        };
        questions.lines().map(line).collect()
    }

    #[test]
    fn a_mapping_goes_round_by_round_through_files_and_is_replayed_from_one_packed_file() {
        let world = World::new();
        study(&world);
        world.does(&["map", "map.toml", "--out", "out", "--export-batch", "round-1.jsonl"]);
        world.write("back-1.jsonl", answered(&world.read("round-1.jsonl")));
        let call = world.does(&[
            "map",
            "map.toml",
            "--out",
            "out",
            "--import-batch",
            "back-1.jsonl",
            "--export-batch",
            "round-2.jsonl",
        ]);
        for said in [
            "20 lines read: 19 answers taken, 19 of them can be used\n",
            "1 have no answer: status 500: oops\n",
            "  next        21 questions (tier 1): 10 about uses, 10 about inputs, 1 asked once more\n",
            "written to round-2.jsonl; give what comes back to --import-batch\n",
        ] {
            assert!(call.out.contains(said), "{said}: {}", call.out);
        }
        world.write("back-2.jsonl", answered(&world.read("round-2.jsonl")));
        world.does(&["map", "map.toml", "--out", "out", "--import-batch", "back-2.jsonl"]);
        let call = world.does(&[
            "map",
            "pack",
            "out/chain/answers.jsonl",
            "--out",
            "packed.jsonl.gz",
            "--how",
            "in files",
        ]);
        assert!(call.out.starts_with("wrote packed.jsonl.gz: 39 answers of m, "), "{}", call.out);
        world.refuses(
            &["map", "map.toml", "--out", "again", "--replay"],
            "which recording? Name it after --replay, or in the study with mapping.answers",
        );
        let named = world.read("map.toml").replace("[mapping]", "[mapping]\nanswers = \"packed.jsonl.gz\"");
        world.write("named.toml", &named);
        world.does(&["map", "named.toml", "--out", "again", "--replay"]);
        for file in ["candidates.csv", "matches.csv"] {
            assert_eq!(world.read(&format!("out/chain/{file}")), world.read(&format!("again/chain/{file}")));
        }
        assert!(world.read("again/chain/mapping.toml").contains("how = \"in files\""));
    }

    #[test]
    fn where_no_answer_can_be_used_the_program_says_so_and_fails() {
        let world = World::new();
        study(&world);
        let endpoint = Endpoint::start(|_, _| Reply::Content("I cannot.".to_owned()));
        let call = world.call(&["map", "map.toml", "--out", "out", "--base-url", &endpoint.address()]);
        assert!(!call.ok && call.out.contains("20 times: there is no JSON in it"), "{}", call.out);
        assert!(
            call.err.contains("error: 40 answers came, and none can be used; the reasons stand above"),
            "{}",
            call.err
        );
        world.write(
            "back.jsonl",
            "{\"custom_id\": \"uses-284690-r01\", \"error\": {\"message\": \"expired\"}}\n",
        );
        let call = world.call(&["map", "map.toml", "--out", "files", "--import-batch", "back.jsonl"]);
        assert!(
            !call.ok && call.out.contains("1 have no answer: the batch gives an error: expired"),
            "{}",
            call.out
        );
    }
}
