//! Embedding models other than the one of the program: in ONNX, behind an endpoint, fetched once.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod endpoint;
mod world;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::Path;

use endpoint::{Endpoint, Reply};
use monazite::progress::Silent;
use monazite_mapping::MappingError;
use monazite_mapping::embedding::download::fetch_model;
use monazite_mapping::embedding::{Embedder, SentenceModel, cosine};
use world::{World, letters, sensible};

fn tiny() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/tiny-sentence-model")
}

#[test]
fn a_sentence_model_gives_the_vectors_of_onnxruntime() {
    let model = SentenceModel::load(&tiny()).unwrap();
    let expected: Vec<serde_json::Value> =
        serde_json::from_str(&std::fs::read_to_string(tiny().join("expected.json")).unwrap()).unwrap();
    let texts: Vec<&str> = expected.iter().map(|e| e["text"].as_str().unwrap()).collect();
    let vectors = model.embed(&texts).unwrap();
    for (vector, expected) in vectors.iter().zip(&expected) {
        let numbers: Vec<f32> =
            expected["vector"].as_array().unwrap().iter().map(|x| x.as_f64().unwrap() as f32).collect();
        assert_eq!(vector.len(), numbers.len());
        for (a, b) in vector.iter().zip(&numbers) {
            assert!((a - b).abs() < 1e-5, "{}: {vector:?} {numbers:?}", expected["text"]);
        }
        assert!(cosine(vector, &numbers) > 0.99999);
    }
    // The company a text is in changes nothing.
    for (text, vector) in texts.iter().zip(&vectors) {
        assert_eq!(&model.embed(&[text]).unwrap()[0], vector);
    }
    assert!(model.is_slow() && model.sha256().len() == 64 && model.name() == "tiny-sentence-model");
}

#[test]
fn folders_without_a_sentence_model_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let said = |error: MappingError| error.to_string().replace(&format!("{}/", folder.path().display()), "");
    assert!(
        said(SentenceModel::load(folder.path()).err().unwrap()).starts_with("model.onnx: cannot be read")
    );
    std::fs::write(folder.path().join("model.onnx"), "not a model").unwrap();
    std::fs::write(folder.path().join("tokenizer.json"), "{}").unwrap();
    assert!(
        said(SentenceModel::load(folder.path()).err().unwrap())
            .contains("tokenizer.json cannot be understood")
    );
    std::fs::copy(tiny().join("tokenizer.json"), folder.path().join("tokenizer.json")).unwrap();
    assert!(
        said(SentenceModel::load(folder.path()).err().unwrap()).contains("model.onnx cannot be understood")
    );
}

#[test]
fn remote_embeddings_are_asked_once_kept_and_replayed_without_the_endpoint() {
    let world = World::with("embedding = \"remote\"\nembedding_name = \"letters\"\nquestions = \"uses\"\n");
    let endpoint = Endpoint::start(|request, _| match request.path.as_str() {
        "/v1/embeddings" => letters(request),
        _ => sensible(request),
    });
    let cache = world.path("cache");
    world.map_with(&endpoint, "out", |o| o.cache = Some(cache.clone())).unwrap();
    let embedded =
        |endpoint: &Endpoint| endpoint.arrived().iter().filter(|a| a.path == "/v1/embeddings").count();
    // All goods are named in the words of the table, so that one call for the table is enough.
    assert_eq!(embedded(&endpoint), 1);
    assert_eq!(world.votes("out").len(), 4);
    world.map_with(&endpoint, "again", |o| o.cache = Some(cache)).unwrap();
    assert_eq!(embedded(&endpoint), 1, "the cache has them");
    assert_eq!(world.results("out"), world.results("again"));
    // Without cache and endpoint, the vectors beside the recording are enough.
    let recording = world.path("out/chain/answers.jsonl");
    let mut options = world.options("replayed");
    options.replay = Some(recording.clone());
    options.base_url = Some(endpoint.address());
    let calls = endpoint.calls();
    monazite_mapping::map_study(&world.study(), &options, &Silent).unwrap();
    assert_eq!(endpoint.calls(), calls);
    assert_eq!(world.results("out"), world.results("replayed"));
    let bytes = |out: &str| std::fs::read(world.path(&format!("{out}/chain/vectors.bin"))).unwrap();
    assert_eq!(bytes("out"), bytes("replayed"));
}

#[test]
fn the_key_of_one_endpoint_is_not_sent_to_another() {
    let embeddings = Endpoint::start(|request, _| letters(request));
    let chat = Endpoint::start(|request, _| sensible(request));
    let world = World::with(&format!(
        "embedding = \"remote\"\nembedding_name = \"letters\"\nembedding_base_url = \"{}\"\nconfirm = \"never\"\nmax_tier = 1\n",
        embeddings.address()
    ));
    world.map(&chat, "out").unwrap();
    assert!(embeddings.arrived().iter().all(|a| a.authorization.is_none()));
    assert!(chat.arrived().iter().all(|a| a.authorization.is_some()));
}

#[test]
fn remote_embeddings_that_are_none_are_refused() {
    for (body, said) in [
        ("{\"data\": []}", "what came back is not one vector for each text"),
        (
            "{\"data\": [{\"embedding\": [1, 2]}, {\"embedding\": [1]}]}",
            "what came back is not one vector for each text",
        ),
        ("{}", "what came back is not one vector for each text"),
    ] {
        let world = World::with("embedding = \"remote\"\nembedding_name = \"m\"\n");
        let endpoint = Endpoint::start(move |_, _| Reply::Status(200, vec![], body.to_owned()));
        assert_eq!(world.refused(&endpoint, "out"), format!("ADDRESS: {said}"));
    }
}

/// Serves files by GET, one connection each; the body of `broken` ends before it should.
fn file_server(broken: bool) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 4096];
            let count = stream.read(&mut buffer).unwrap();
            let request = String::from_utf8_lossy(&buffer[..count]).into_owned();
            let body = match request.split(' ').nth(1) {
                Some("/m/onnx/model.onnx") => std::fs::read(tiny().join("model.onnx")).unwrap(),
                Some("/m/tokenizer.json") => std::fs::read(tiny().join("tokenizer.json")).unwrap(),
                _ => {
                    let _ = stream.write_all(
                        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                    );
                    continue;
                }
            };
            let _ = write!(
                stream,
                "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                body.len()
            );
            let _ = stream.write_all(if broken { &body[..body.len() / 2] } else { &body });
        }
    });
    address
}

#[test]
fn a_model_is_fetched_once_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("model");
    let broken = file_server(true);
    let error = fetch_model(&format!("{broken}/m"), &out, &Silent).unwrap_err().to_string();
    assert!(error.contains("the connection broke"), "{error}");
    assert!(!out.join("model.onnx").exists());
    let good = file_server(false);
    let error = fetch_model(&format!("{good}/nothing"), &out, &Silent).unwrap_err().to_string();
    assert_eq!(error, format!("{good}/nothing/onnx/model.onnx: cannot be fetched (status 404)"));
    let fetched = fetch_model(&format!("{good}/m/"), &out, &Silent).unwrap();
    assert!(fetched.iter().all(|f| !f.was_there && f.sha256.len() == 64));
    assert_eq!(
        std::fs::read(out.join("model.onnx")).unwrap(),
        std::fs::read(tiny().join("model.onnx")).unwrap()
    );
    assert!(SentenceModel::load(&out).is_ok());
    let again = fetch_model("http://127.0.0.1:9", &out, &Silent).unwrap();
    assert!(again.iter().all(|f| f.was_there));
    assert_eq!(again[0].sha256, fetched[0].sha256);
}
