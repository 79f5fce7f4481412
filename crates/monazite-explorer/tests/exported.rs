//! A run as a folder for any file server.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use monazite::progress::Silent;
use monazite_explorer::export;
use serde_json::Value;

use crate::client::raw;
use crate::schema::misfits;
use crate::world::{all_files, program, run, snapshot};

/// `python3 -m http.server`, ended with the test.
struct FileServer {
    child: Child,
    port: u16,
}

impl FileServer {
    fn of(folder: &Path) -> Option<Self> {
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let child = Command::new("python3")
            .args(["-m", "http.server", "--bind", "127.0.0.1", "--directory"])
            .arg(folder)
            .arg(port.to_string())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()?;
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(Self { child, port })
    }

    fn get(&self, path: &str) -> (u16, Vec<u8>) {
        let request = format!("GET {path} HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n");
        let answer = raw(self.port, request.as_bytes()).unwrap();
        (answer.status, answer.body)
    }
}

impl Drop for FileServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn an_export_is_whole_and_works_below_a_path() {
    let (before, folder) = (snapshot(run()), tempfile::tempdir().unwrap());
    let out = folder.path().join("any/where");
    fs::create_dir(folder.path().join("any")).unwrap();
    let done = export(&[run()], &out, true, &program(), &Silent).unwrap();
    assert_eq!(done.files, all_files(&out).len());
    assert_eq!(done.bytes, all_files(&out).iter().map(|file| file.1).sum::<u64>());
    assert!(done.scenarios > 0 && done.plans > 0, "{done:?}");
    assert!(snapshot(run()) == before, "the run is as it was");
    assert_eq!(fs::read_dir(folder.path().join("any")).unwrap().count(), 1, "nothing waits beside it");
    let schema: Value = serde_json::from_str(include_str!("../explorer.schema.json")).unwrap();
    let explorer: Value = serde_json::from_slice(&fs::read(out.join("explorer.json")).unwrap()).unwrap();
    let found = misfits(&schema, "Explorer", &explorer);
    assert!(found.is_empty(), "{found:#?}");

    for (part, definition) in [
        ("product_years", "ProductYearsFile"),
        ("findings", "FindingsFile"),
        ("chain", "ChainFile"),
        ("evidence", "EvidenceFile"),
        ("indices", "IndicesFile"),
    ] {
        let name = explorer["parts"][part].as_str().unwrap();
        let told: Value = serde_json::from_slice(&fs::read(out.join(name)).unwrap()).unwrap();
        assert!(misfits(&schema, definition, &told).is_empty(), "{name}");
    }

    // Every scenario and plan that it says is there is there, and fits.
    let tools = &explorer["tools"];
    assert_eq!(tools["kind"], "precomputed");
    let year = tools["year"].as_u64().unwrap();
    let lists = |what: &str| -> BTreeMap<String, Vec<String>> {
        serde_json::from_value(tools[what].clone()).unwrap()
    };
    let mut seen = 0;
    for (product, suppliers) in lists("scenarios") {
        for supplier in suppliers {
            for cut in tools["cuts"].as_array().unwrap() {
                let file = format!(
                    "scenarios/{supplier}-{product}-{year}-{:.0}.json",
                    100.0 * cut.as_f64().unwrap()
                );
                let told: Value = serde_json::from_slice(&fs::read(out.join(&file)).unwrap()).unwrap();
                assert!(misfits(&schema, "ScenarioAnswer", &told).is_empty(), "{file}");
                assert_eq!(told["suppliers"][0]["code"], supplier.as_str());
                seen += 1;
            }
        }
    }
    for (product, importers) in lists("plans") {
        for importer in importers {
            let file = format!("plans/{importer}-{product}-{year}.json");
            let told: Value = serde_json::from_slice(&fs::read(out.join(&file)).unwrap()).unwrap();
            assert!(misfits(&schema, "PlanAnswer", &told).is_empty(), "{file}");
            seen += 1;
        }
    }
    assert_eq!(seen, done.scenarios + done.plans);
    let notice = fs::read_to_string(out.join("NOTICE")).unwrap();
    assert!(notice.contains("licence") && notice.contains("Natural Earth"), "{notice}");
    let page = fs::read_to_string(out.join("index.html")).unwrap();
    assert!(
        page.contains("http-equiv=\"Content-Security-Policy\"") && !page.contains("frame-ancestors"),
        "{page}"
    );

    // The same bytes twice.
    let again = folder.path().join("again");
    export(&[run()], &again, false, &program(), &Silent).unwrap();
    for (file, _, _) in all_files(&out) {
        let name = file.strip_prefix(&out).unwrap();
        assert!(fs::read(&file).unwrap() == fs::read(again.join(name)).unwrap(), "{}", name.display());
    }

    let Some(server) = FileServer::of(folder.path()) else { return };
    for file in [
        "",
        "explorer.json",
        "findings.json",
        "runs/0/manifest.toml",
        "runs/0/indicators.parquet",
        "runs/0/by_country.parquet",
        "NOTICE",
    ] {
        let (status, body) = server.get(&format!("/any/where/{file}"));
        let name = if file.is_empty() { "index.html" } else { file };
        assert!(status == 200 && body == fs::read(out.join(name)).unwrap(), "{file}");
    }
}

#[test]
fn an_export_takes_no_place_that_is_taken() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("mine"), "").unwrap();
    for place in [folder.path().to_owned(), folder.path().join("mine"), run().to_owned(), run().join("site")]
    {
        let error = export(&[run()], &place, false, &program(), &Silent).unwrap_err().to_string();
        assert!(error.contains("name a folder that is not there yet or is empty"), "{error}");
    }
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}
