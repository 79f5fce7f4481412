//! `monazite explore` from outside: the address on the terminal, Ctrl-C, and what it refuses.

#![cfg(all(feature = "explore", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::world::World;

/// Asks for a path, with the headers that a browser sends.
fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[test]
fn it_says_where_the_page_is_and_ends_with_ctrl_c() {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    for signal in ["INT", "TERM"] {
        let mut child = Command::new("env")
            .args([
                "--default-signal=INT,TERM,HUP",
                env!("CARGO_BIN_EXE_monazite"),
                "explore",
                "out",
                "--no-open",
            ])
            .current_dir(w.path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap()).lines();
        let address = loop {
            let line = said.next().unwrap().unwrap();
            if let Some(address) = line.trim().strip_prefix("open ") {
                break address.trim().to_owned();
            }
        };
        let rest = address.strip_prefix("http://127.0.0.1:").unwrap();
        let (port, token) = rest.split_once('/').unwrap();
        let port: u16 = port.parse().unwrap();
        assert_eq!(token.len(), 33, "128 bits and a slash: {token}");
        let page = get(port, &format!("/{token}"));
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("<!doctype html>"), "{page}");
        assert!(get(port, &format!("/{token}explorer.json")).contains("\"explorer_format\":1"));
        assert!(get(port, "/explorer.json").starts_with("HTTP/1.1 404"));
        let asked = Instant::now();
        assert!(
            Command::new("kill")
                .args([format!("-{signal}"), child.id().to_string()])
                .status()
                .unwrap()
                .success()
        );
        let code = child.wait().unwrap().code();
        assert_eq!(code, Some(0), "{signal}: to stop a server is how it ends");
        assert!(asked.elapsed() < Duration::from_secs(10));
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
    // Nothing was written into the run: every file is still as its manifest lists it, and no other is there.
    assert!(!fs::read_dir(w.path("out")).unwrap().any(|e| e.unwrap().file_name() == "by_country.parquet"));
    w.does(&["explore", "out", "--export", "site", "--verify"]);
    assert!(w.path("site/index.html").exists() && w.path("site/runs/0/manifest.toml").exists());
}

#[test]
fn what_cannot_be_explored_is_told() {
    let w = World::new();
    fs::create_dir(w.path("empty")).unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, says) in [
        (vec!["explore", "empty", "--no-open"], "empty"),
        (vec!["explore", "nowhere", "--no-open"], "nowhere"),
        (vec!["explore", "empty", "--no-open", "--port", &port], "is in use by another program"),
        (vec!["explore", "empty", "--export", "site", "--port", "80"], "cannot be used with"),
    ] {
        let output = Command::new(env!("CARGO_BIN_EXE_monazite"))
            .args(&arguments)
            .current_dir(w.path(""))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(says), "{arguments:?}: {error}");
    }
}
