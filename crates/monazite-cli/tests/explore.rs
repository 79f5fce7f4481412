//! `monazite explore` from outside: the address on the terminal, Ctrl-C, and what it refuses.

#![cfg(all(feature = "explore", target_os = "linux"))]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

use std::fs;
use std::io::{BufRead, BufReader, Lines, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant, SystemTime};

use crate::world::{World, copy, root};

/// How long anything may take on a busy machine before a test gives up.
const PATIENCE: Duration = Duration::from_secs(300);

/// Every file below a folder with its time of change and its content.
fn snapshot(folder: &Path) -> Vec<(PathBuf, SystemTime, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let changed = path.symlink_metadata().unwrap().modified().unwrap();
        if path.is_dir() {
            found.push((path.clone(), changed, Vec::new()));
            found.extend(snapshot(&path));
        } else {
            found.push((path.clone(), changed, fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

/// `monazite` with signals as at a terminal: whoever runs the tests may ignore some.
fn program(w: &World, arguments: &[&str]) -> Command {
    let mut command = Command::new("/usr/bin/env");
    command
        .args(["--default-signal=INT,TERM,HUP", env!("CARGO_BIN_EXE_monazite")])
        .args(arguments)
        .current_dir(w.path(""))
        .env("XDG_CACHE_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("cache"))
        .env_remove("SSH_CONNECTION")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// A call that goes on until it is asked to stop; it ends with the test.
struct Running {
    child: Child,
    said: Lines<BufReader<ChildStdout>>,
    /// The lines read so far.
    lines: Vec<String>,
}

impl Running {
    fn of(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let said = BufReader::new(child.stdout.take().unwrap()).lines();
        Self { child, said, lines: Vec::new() }
    }

    fn start(w: &World, arguments: &[&str]) -> Self {
        Self::of(program(w, arguments))
    }

    /// Reads lines until one holds a text.
    fn until(&mut self, text: &str) -> String {
        for line in self.said.by_ref() {
            let line = line.unwrap();
            self.lines.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        panic!("it ended before it said {text:?}: {:?} {error}", self.lines);
    }

    /// Port and path of the page.
    fn door(&mut self) -> (u16, String) {
        let line = self.until("open  ");
        let address = line.trim().strip_prefix("open ").unwrap().trim();
        let (port, path) = address.strip_prefix("http://127.0.0.1:").unwrap().split_once('/').unwrap();
        (port.parse().unwrap(), format!("/{path}"))
    }

    fn send(&self, signal: &str) {
        let kill = Command::new("kill").args([format!("-{signal}"), self.child.id().to_string()]).status();
        assert!(kill.unwrap().success());
    }

    /// Sends a signal; the exit code, and the last line on standard error.
    fn stop(mut self, signal: &str) -> (Option<i32>, String) {
        self.send(signal);
        let code = self.child.wait().unwrap().code();
        let mut error = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut error).unwrap();
        (code, error.lines().last().unwrap_or_default().to_owned())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Asks for a path, with the headers that a browser sends.
fn get(port: u16, path: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    write!(stream, "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

/// What it says when it refuses; a server that runs instead ends after a while, which is a failure of the test.
fn refusal(w: &World, arguments: &[&str]) -> String {
    let mut command = Command::new("timeout");
    command.arg("200").arg(env!("CARGO_BIN_EXE_monazite")).args(arguments).current_dir(w.path(""));
    let output = command.output().unwrap();
    assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments:?}: {output:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// The tiny study with a run of it.
fn world() -> World {
    let w = World::new();
    w.does(&["run", "study.toml", "--out", "out"]);
    w
}

#[test]
fn it_says_where_the_page_is_and_ends_with_ctrl_c() {
    let w = world();
    let before = snapshot(&w.path("out"));
    for signal in ["INT", "TERM"] {
        let mut server = Running::start(&w, &["explore", "out", "--no-open"]);
        let (port, path) = server.door();
        assert_eq!(path.len(), 34, "128 bits and two slashes: {path}");
        let page = get(port, &path);
        assert!(page.starts_with("HTTP/1.1 200") && page.contains("<!doctype html>"), "{page}");
        assert!(get(port, &format!("{path}explorer.json")).contains("\"explorer_format\":1"));
        assert!(get(port, "/explorer.json").starts_with("HTTP/1.1 404"));
        for name in ["runs/0/indicators.parquet", "whatif?supplier=AAA&product=284690", "runs/0/report.html"]
        {
            assert!(get(port, &format!("{path}{name}")).starts_with("HTTP/1.1 200"), "{name}");
        }
        let ssh = server.until("from another machine");
        assert!(ssh.contains(&format!("ssh -L {port}:127.0.0.1:{port} ")), "{ssh}");
        // Connections that browsers keep: one that waits, one that has had an answer, one in the middle of a question.
        let mut kept: Vec<TcpStream> =
            (0..3).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
        write!(kept[1], "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
        kept[1].read_exact(&mut [0; 12]).unwrap();
        let asked = format!("{path}whatif?supplier=AAA&product=seeds&year=2020");
        write!(kept[2], "GET {asked} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n").unwrap();
        let asked = Instant::now();
        let (code, _) = server.stop(signal);
        assert_eq!(code, Some(0), "{signal}: to stop a server is how it ends");
        assert!(asked.elapsed() < Duration::from_secs(3), "{:?}", asked.elapsed());
        assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    }
    w.does(&["explore", "out", "--export", "site", "--verify"]);
    assert!(w.path("site/index.html").exists() && w.path("site/runs/0/manifest.toml").exists());
    assert_eq!(snapshot(&w.path("out")), before, "nothing was written into the run");
}

#[test]
fn a_run_ends_with_the_line_that_opens_it() {
    let w = World::new();
    let last = |arguments: &[&str]| w.does(arguments).out.lines().last().unwrap().to_owned();
    assert_eq!(last(&["run", "study.toml", "--out", "out"]), "look at it with: monazite explore out");
    let line = last(&["run", "study.toml", "--out", "my runs/it's $HOME"]);
    let command = line.strip_prefix("look at it with: ").unwrap();
    // A shell takes it for what it is.
    let script =
        format!("monazite() {{ {:?} \"$@\"; }}; {command} --export site", env!("CARGO_BIN_EXE_monazite"));
    let typed = Command::new("sh").args(["-c", &script]).current_dir(w.path("")).output().unwrap();
    assert!(typed.status.success() && w.path("site/index.html").exists(), "{line}: {typed:?}");
    // A program that reads JSON looks at nothing, and indicators alone are no page.
    let json = w.does(&["run", "study.toml", "--out", "out", "--json"]).out;
    assert!(!json.contains("monazite explore"), "{json}");
    let tables = w.does(&["indicators", "study.toml", "--out", "tables"]).out;
    assert!(!tables.contains("monazite explore"), "{tables}");
}

#[test]
fn in_an_empty_folder_the_example_is_made_first() {
    let w = World::new();
    for entry in fs::read_dir(w.path("")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { fs::remove_dir_all(path).unwrap() } else { fs::remove_file(path).unwrap() }
    }
    let mut first = Running::start(&w, &["explore", "--no-open"]);
    first.until("there is no finished run in runs/example yet: it is made first");
    first.until("Critical raw materials");
    let (code, says) = first.stop("INT");
    assert_eq!(code, Some(130), "{says}");
    assert!(says.starts_with("stopped; there is no runs/example, as before"), "{says}");
    assert!(!w.path("runs/example").exists());
    assert!(w.files("").is_empty(), "{:?}", w.files(""));
}

#[test]
fn without_a_run_the_example_is_opened_whatever_state_it_is_in() {
    let w = World::new();
    // In a checkout the example is the study of this name.
    copy(&root().join("studies/tiny"), &w.path("studies/example"));
    // A program that was killed left it half-made.
    fs::create_dir_all(w.path("runs/example/.partial")).unwrap();
    w.write("runs/example/.partial/indicators.parquet", "PAR1");
    let lock = fs::File::create(w.path("runs/example/.lock")).unwrap();
    // Or it is being made.
    lock.lock().unwrap();
    let error = refusal(&w, &["explore", "--no-open"]);
    assert!(error.contains("is being made there by another program; wait until it has finished"), "{error}");
    let error = refusal(&w, &["explore", "runs/example", "--no-open"]);
    assert!(error.contains("runs/example: this is not a finished run: it is being written; wait"), "{error}");
    drop(lock);
    let error = refusal(&w, &["explore", "runs/example", "--no-open"]);
    assert!(error.contains("run the study again into this folder"), "{error}");
    for made_first in [true, false] {
        let mut server = Running::start(&w, &["explore", "--no-open"]);
        let (port, path) = server.door();
        assert_eq!(server.lines.iter().any(|line| line.contains("it is made first")), made_first);
        assert!(!server.lines.iter().any(|line| line.contains("look at it with")), "{:?}", server.lines);
        assert!(get(port, &format!("{path}explorer.json")).contains("\"Six countries\""));
        assert_eq!(server.stop("INT").0, Some(0));
    }
    assert!(!w.path("runs/example/.partial").exists());
    // A damaged one is said to be, with what to do; it is not made again unasked.
    w.write("runs/example/trends.csv", "mine now");
    let before = snapshot(&w.path("runs"));
    let error = refusal(&w, &["explore", "--no-open"]);
    assert!(error.contains("runs/example/trends.csv: it has 8 bytes"), "{error}");
    assert!(error.contains("make the example again: monazite run; or name a run"), "{error}");
    assert_eq!(snapshot(&w.path("runs")), before);
}

#[test]
fn what_lies_where_the_example_would_be_stays() {
    for (file, says) in [
        ("runs", "runs: this is a file, and the results need a folder"),
        ("runs/example", "runs/example: this is a file"),
        ("runs/example/thesis.docx", "runs/example: the folder is not empty and is not a run folder"),
        ("runs/example/flows/index/margins", "runs/example: the folder is not empty"),
    ] {
        let w = World::new();
        copy(&root().join("studies/tiny"), &w.path("studies/example"));
        fs::create_dir_all(w.path(file).parent().unwrap()).unwrap();
        w.write(file, "mine");
        let before = w.files("");
        let error = refusal(&w, &["explore", "--no-open"]);
        assert!(error.contains(says) && error.contains("monazite explore RUN"), "{file}: {error}");
        assert_eq!((w.files(""), w.read(file)), (before, "mine".to_owned()));
    }
}

#[test]
fn a_run_that_cannot_be_explored_is_named_with_what_to_do() {
    let w = world();
    fs::create_dir(w.path("empty")).unwrap();
    fs::create_dir(w.path("runs")).unwrap();
    let version = env!("CARGO_PKG_VERSION");
    for name in ["runs/older", "newer", "cut", "missing", "short", "swapped"] {
        copy(&w.path("out"), &w.path(name));
    }
    let manifest = w.read("out/manifest.toml");
    let format: u32 = manifest.lines().next().unwrap().strip_prefix("format = ").unwrap().parse().unwrap();
    for (name, other) in [("runs/older", format - 1), ("newer", format + 1)] {
        // Without the line that says whether anything was changed.
        let text = &manifest[..manifest.rfind("# SHA-256").unwrap()];
        let text = text.replacen(&format!("format = {format}\n"), &format!("format = {other}\n"), 1);
        w.write(&format!("{name}/manifest.toml"), text);
    }
    w.write("cut/manifest.toml", &manifest[..manifest.len() / 2]);
    fs::remove_file(w.path("missing/indicators.parquet")).unwrap();
    w.write("short/trends.csv", "year\n");
    let mut swapped = fs::read(w.path("swapped/schema.json")).unwrap();
    swapped[10] ^= 1;
    w.write("swapped/schema.json", swapped);
    let older = format!(
        "runs/older is of format {}, written by version {version}; this program reads format {format}: run the study again",
        format - 1
    );
    for (run, says) in [
        ("empty", "empty: this is not a finished run: there is no manifest.toml in it"),
        ("nowhere", "nowhere: this is not a finished run: there is no such folder"),
        ("study.toml", "study.toml: this is not a finished run: it is a file, and a run is a folder"),
        ("release", "release: this is not a finished run: it is a release"),
        ("release.store", "release.store: this is not a finished run: it is a store"),
        ("runs", "there are runs in it: older"),
        ("runs/older", older.as_str()),
        ("newer", "use a newer version of the program, or run the study again"),
        ("cut", "cut/manifest.toml: its last line is not the checksum of those above"),
        (
            "missing",
            "missing/indicators.parquet: it is not there, and the manifest lists it; run the study again",
        ),
        ("short", "short/trends.csv: it has 5 bytes, not the "),
    ] {
        // Alone, beside a good one, and to be exported.
        for arguments in [
            &["explore", run, "--no-open"][..],
            &["explore", run, "out", "--no-open"],
            &["explore", "out", run, "--no-open"],
            &["explore", run, "--export", "site"],
            &["explore", "out", run, "--export", "any/site"],
        ] {
            let error = refusal(&w, arguments);
            assert!(error.contains(says) && error.lines().count() == 1, "{arguments:?}: {error}");
        }
    }
    // Other bytes, the same size: found with --verify, and by an export, which reads all.
    for arguments in
        [&["explore", "swapped", "--no-open", "--verify"][..], &["explore", "swapped", "--export", "site"]]
    {
        let error = refusal(&w, arguments);
        assert!(
            error.contains("swapped/schema.json: its checksum differs from that in the manifest"),
            "{error}"
        );
    }
    let mut server = Running::start(&w, &["explore", "swapped", "--no-open"]);
    let (port, path) = server.door();
    let answer = get(port, &format!("{path}runs/0/schema.json"));
    assert!(answer.starts_with("HTTP/1.1 409") && answer.contains("run the study again"), "{answer}");
    assert!(!w.path("site").exists() && !w.path("any").exists());
}

#[test]
fn what_is_asked_for_wrongly_is_told() {
    let w = world();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    for (arguments, says) in [
        (
            vec!["explore", "out", "--no-open", "--port", &port],
            "is in use by another program; name another with --port",
        ),
        (vec!["explore", "out", "--no-open", "--port", "70000"], "it is too large"),
        (vec!["explore", "out", "--export", "site", "--port", "80"], "cannot be used with"),
        (vec!["explore", "out", "--export", "site", "--no-open"], "cannot be used with"),
        (vec!["explore", "out", "out", "--no-open"], "out is named twice; name another run beside it"),
        (vec!["explore", "out", "./chain/../out/", "--export", "site"], "is named twice"),
        (vec!["explore", "out", "a", "b", "--no-open"], "unexpected argument 'b'"),
    ] {
        let error = refusal(&w, &arguments);
        assert!(error.contains(says), "{arguments:?}: {error}");
    }
    assert!(!w.path("site").exists());
}

#[test]
fn without_a_browser_the_address_is_on_the_terminal() {
    let w = world();
    fs::create_dir(w.path("bin")).unwrap();
    let start = || {
        let mut command = program(&w, &["explore", "out"]);
        command.env("PATH", w.path("bin")).env_remove("BROWSER");
        let mut server = Running::of(command);
        let door = server.door();
        (server, door)
    };
    let (mut server, (port, path)) = start();
    server.until("no browser could be opened here");
    let ssh = server.until("from another machine");
    assert!(ssh.contains(&format!("ssh -L {port}:127.0.0.1:{port} ")), "{ssh}");
    assert!(get(port, &path).starts_with("HTTP/1.1 200"), "it serves nevertheless");
    assert_eq!(server.stop("INT").0, Some(0));
    // One that is there gets the address.
    let told = w.path("told");
    w.write("bin/xdg-open", format!("#!/bin/sh\necho \"$1\" > {}\n", told.display()));
    fs::set_permissions(w.path("bin/xdg-open"), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let (server, (port, path)) = start();
    let started = Instant::now();
    while !fs::read_to_string(&told).is_ok_and(|text| text.ends_with('\n')) {
        assert!(started.elapsed() < PATIENCE, "the browser was not opened");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(w.read("told").trim(), format!("http://127.0.0.1:{port}{path}"));
    assert_eq!(server.stop("INT").0, Some(0));
}
