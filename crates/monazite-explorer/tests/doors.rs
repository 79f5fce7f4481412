//! Who is let in, and what every answer carries.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use monazite_explorer::Settings;
use monazite_explorer::reply::{ALWAYS, POLICY, POLICY_OF_RUNS};

use crate::client::{Answer, ask, get, raw};
use crate::world::{Server, run, site, snapshot};

fn carries_everything(answer: &Answer, what: &str) {
    for (name, value) in ALWAYS {
        assert_eq!(answer.header(name.as_str()), Some(value), "{what}: {name}");
    }
    let policy = answer.header("content-security-policy");
    assert!(policy == Some(POLICY) || policy == Some(POLICY_OF_RUNS), "{what}: {policy:?}");
    for absent in ["access-control-allow-origin", "access-control-allow-credentials", "set-cookie", "server"]
    {
        assert_eq!(answer.header(absent), None, "{what}: {absent}");
    }
    assert!(answer.header("content-type").is_some() && answer.header("content-length").is_some(), "{what}");
}

#[test]
fn only_names_of_this_machine_are_answered() {
    let server = Server::shared();
    let port = server.door.port;
    for name in ["127.0.0.1", "localhost", "[::1]", "LocalHost"] {
        let host = format!("{name}:{port}");
        let answer = get(server, "explorer.json", &[("Host", &host)]);
        assert_eq!(answer.status, 200, "{host}");
    }
    let other = port.wrapping_add(1);
    for host in [
        "127.0.0.1".to_owned(),
        "localhost".to_owned(),
        format!("127.0.0.1:{other}"),
        format!("evil.example:{port}"),
        format!("127.0.0.1.evil.example:{port}"),
        format!("127.0.0.1:{port}@evil.example"),
        format!("0.0.0.0:{port}"),
        format!("127.1:{port}"),
        String::new(),
    ] {
        for name in
            ["", "explorer.json", "runs/0/manifest.toml", "nothing", "whatif?supplier=AAA&product=284690"]
        {
            let answer = get(server, name, &[("Host", &host)]);
            assert_eq!(answer.status, 403, "{host} {name}");
            carries_everything(&answer, &host);
        }
    }
    // Without a host, and with two of them.
    let path = format!("{}explorer.json", server.before());
    let none = raw(port, format!("GET {path} HTTP/1.1\r\nConnection: close\r\n\r\n").as_bytes()).unwrap();
    assert!(none.status == 403 || none.status == 400, "{}", none.status);
    let own = format!("127.0.0.1:{port}");
    let two = get(server, "explorer.json", &[("Host", &own), ("Host", "evil.example")]);
    assert_eq!(two.status, 403);
    // HTTP/1.0 without a host, and an address in the first line, which counts for nothing.
    let old = raw(port, format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
    assert_eq!(old.status, 403);
    let absolute = format!(
        "GET http://127.0.0.1:{port}{path} HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n"
    );
    assert_eq!(raw(port, absolute.as_bytes()).unwrap().status, 403);
    // Both have to be this server, the one in the first line as well.
    for (named, status) in [("evil.example", 403), (own.as_str(), 200)] {
        let absolute = format!(
            "GET http://{named}{path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"
        );
        assert_eq!(raw(port, absolute.as_bytes()).unwrap().status, status, "{named}");
    }
    // A tunnel to elsewhere is none of the methods.
    let tunnel = format!("CONNECT {own} HTTP/1.1\r\nHost: {own}\r\nConnection: close\r\n\r\n");
    assert!(raw(port, tunnel.as_bytes()).is_none_or(|answer| answer.status >= 400));
}

#[test]
fn pages_of_other_origins_get_nothing_into_themselves() {
    let server = Server::shared();
    let fetch = |site, mode, dest| {
        get(
            server,
            "explorer.json",
            &[("Sec-Fetch-Site", site), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)],
        )
        .status
    };
    assert_eq!(fetch("same-origin", "cors", "empty"), 200);
    assert_eq!(fetch("none", "navigate", "document"), 200);
    assert_eq!(fetch("cross-site", "navigate", "document"), 200);
    for (mode, dest) in [
        ("cors", "empty"),
        ("no-cors", "script"),
        ("no-cors", "image"),
        ("navigate", "iframe"),
        ("navigate", "object"),
    ] {
        assert_eq!(fetch("cross-site", mode, dest), 403, "{mode} {dest}");
        assert_eq!(fetch("same-site", mode, dest), 403, "{mode} {dest}");
    }
}

#[test]
fn the_page_is_behind_a_part_that_nobody_can_guess() {
    let server = Server::shared();
    let token = server.before();
    assert_eq!(token.len(), 34, "two slashes and 128 bits");
    assert_eq!(ask(server, "GET", &token, &[]).status, 200);
    let other = if token.ends_with("0/") { 1 } else { 0 };
    let almost = format!("{}{other}/", &token[..token.len() - 2]);
    for path in [
        "/",
        "/explorer.json",
        "//explorer.json",
        &almost,
        &token.to_uppercase().replace("/", "/x"),
        "/favicon.ico",
        "*",
    ] {
        let answer = ask(server, "GET", path, &[]);
        assert!(matches!(answer.status, 400 | 404), "{path}: {}", answer.status);
        assert!(!answer.text().contains("explorer_format"));
    }
    let answer = ask(server, "GET", &token[..token.len() - 1], &[]);
    assert_eq!((answer.status, answer.header("location")), (307, Some(token.as_str())));
    let open = Server::of(site(&[run()]), false);
    assert_eq!(open.before(), "/");
    assert_eq!(ask(&open, "GET", "/explorer.json", &[]).status, 200);
    assert_eq!(open.door.address(), format!("http://127.0.0.1:{}/", open.door.port));
    assert_ne!(token, Server::of(site(&[run()]), true).before());
}

#[test]
fn every_answer_carries_the_headers_errors_too() {
    let server = Server::shared();
    for name in [
        "",
        "explorer.json",
        "runs/0/manifest.toml",
        "runs/0/report.html",
        "runs/0/by_country.parquet",
        "nothing",
        "runs/0/nothing",
        "runs/7/trends.csv",
        "whatif?supplier=AAA&product=284690",
        "whatif",
        "diversify?importer=BBB&product=284690",
        "diversify?x=1",
        "//explorer.json",
        "%ff",
        "..",
    ] {
        for method in ["GET", "HEAD"] {
            let answer = ask(server, method, &format!("{}{name}", server.before()), &[]);
            carries_everything(&answer, name);
            assert!(method != "HEAD" || answer.body.is_empty(), "HEAD {name}");
        }
    }
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "PROPFIND"] {
        let answer = ask(server, method, &server.before(), &[]);
        assert_eq!((answer.status, answer.header("allow")), (405, Some("GET, HEAD")), "{method}");
        carries_everything(&answer, method);
    }
    let preflight = [("Origin", "http://evil.example"), ("Access-Control-Request-Method", "GET")];
    assert_eq!(
        ask(server, "OPTIONS", &server.before(), &preflight).header("access-control-allow-methods"),
        None
    );
    for range in ["bytes=0-3", "bytes=999999999-"] {
        carries_everything(&get(server, "runs/0/trends.csv", &[("Range", range)]), range);
    }
    let body = ask(server, "GET", &server.before(), &[("Content-Length", "5")]);
    assert_eq!(body.status, 400);
    carries_everything(&body, "a body");
}

#[test]
fn large_heads_are_refused() {
    let server = Server::shared();
    let long = "a".repeat(20_000);
    for headers in [vec![("X-Long", long.as_str())], vec![("X", "y"); 80]] {
        let answer = get(server, "", &headers);
        assert_eq!(answer.status, 431);
        assert!(!answer.text().contains("explorer"));
    }
    let path = format!("GET /{long} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", server.door.port);
    assert!(raw(server.door.port, path.as_bytes()).is_none_or(|answer| answer.status >= 400));
    // After all that it still answers.
    assert_eq!(get(server, "", &[]).status, 200);
}

#[test]
fn what_is_no_request_is_refused_and_the_next_is_answered() {
    let server = Server::shared();
    let (port, path) = (server.door.port, server.before());
    for request in [
        "\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        format!("GET {path} HTTP/9.9\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        format!("GET {path}\0 HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        format!("GET {path}\\..\\ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"),
        format!("GET {path}é HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost : 127.0.0.1:{port}\r\n\r\n"),
        format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n X: folded\r\n\r\n"),
        format!(
            "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n"
        ),
        "\u{16}\u{3}\u{1}\u{2}\0".repeat(40),
    ] {
        let answer = raw(port, request.as_bytes());
        let told = answer.as_ref().map(|answer| (answer.status, answer.text()));
        assert!(answer.is_none_or(|answer| answer.status >= 400), "{request:?}: {told:?}");
    }
    assert_eq!(get(server, "", &[]).status, 200);
}

/// A server that waits for nobody for long.
fn hasty() -> Server {
    Server::with(site(&[run()]), Settings { patience: Duration::from_millis(500), ..Settings::default() })
}

/// How long a connection is kept by the server, which is asked `write` again and again.
fn kept(server: &Server, mut write: impl FnMut(&mut TcpStream)) -> Duration {
    let mut stream = TcpStream::connect(("127.0.0.1", server.door.port)).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let started = Instant::now();
    loop {
        write(&mut stream);
        match stream.read(&mut [0; 4096]) {
            Ok(0) => return started.elapsed(),
            Err(e) if !matches!(e.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {
                return started.elapsed();
            }
            _ => assert!(started.elapsed() < Duration::from_secs(60), "it is kept for ever"),
        }
    }
}

#[test]
fn who_dawdles_is_let_go() {
    let server = hasty();
    let half = format!("GET {} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n", server.before(), server.door.port);
    let limits = Duration::from_millis(400)..Duration::from_secs(20);
    // Says nothing at all.
    let silent = kept(&server, |_| {});
    // A letter at a time, which is never the end of the head.
    let mut letters = half.bytes().chain(std::iter::repeat_n(*b"X: y\r\n", 100_000).flatten());
    let slow = kept(&server, |stream| {
        let _ = stream.write_all(&[letters.next().unwrap()]);
    });
    // One question, and no other.
    let mut once = Some(format!("{half}\r\n"));
    let idle = kept(&server, |stream| {
        if let Some(question) = once.take() {
            stream.write_all(question.as_bytes()).unwrap();
        }
    });
    for (who, took) in [("silent", silent), ("slow", slow), ("idle", idle)] {
        assert!(limits.contains(&took), "{who}: {took:?}");
    }
}

#[test]
fn who_takes_nothing_of_an_answer_is_let_go() {
    let server = hasty();
    let mut stream = TcpStream::connect(("127.0.0.1", server.door.port)).unwrap();
    stream.set_nonblocking(true).unwrap();
    let question = format!(
        "GET {}explorer.json HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n",
        server.before(),
        server.door.port
    );
    // Asks and asks, far more than fits between the two, and reads nothing.
    let bytes = get(&server, "explorer.json", &[]).body.len();
    let (mut asked, started) = (0, Instant::now());
    while asked * bytes < 64 << 20 && started.elapsed() < Duration::from_secs(5) {
        match stream.write(question.as_bytes()) {
            Ok(sent) if sent == question.len() => asked += 1,
            Ok(_) => break,
            Err(e) if e.kind() == ErrorKind::WouldBlock => std::thread::sleep(Duration::from_millis(5)),
            Err(_) => break,
        }
    }
    std::thread::sleep(Duration::from_secs(2));
    stream.set_nonblocking(false).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    let mut got = Vec::new();
    // To the end: were it still kept, the rest would come, and then nothing until the time is over.
    let ended = stream.read_to_end(&mut got);
    assert!(got.len() < asked * bytes, "{} of {} answers of {bytes}: {ended:?}", got.len() / bytes, asked);
    assert_eq!(get(&server, "", &[]).status, 200);
}

#[test]
fn hundreds_of_connections_keep_nobody_out() {
    let server = Server::of(site(&[run()]), true);
    let open: Vec<TcpStream> =
        (0..200).map(|_| TcpStream::connect(("127.0.0.1", server.door.port)).unwrap()).collect();
    let started = Instant::now();
    for name in ["", "explorer.json", "runs/0/indicators.parquet", "whatif?supplier=AAA&product=284690"] {
        assert_eq!(get(&server, name, &[]).status, 200, "{name}");
    }
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    drop(open);
}

#[test]
fn it_stops_when_it_is_asked_to_and_the_run_is_as_it_was() {
    let before = snapshot(run());
    let server = Server::of(site(&[run()]), true);
    let port = server.door.port;
    for name in [
        "",
        "explorer.json",
        "runs/0/indicators.parquet",
        "runs/0/report.html",
        "whatif?supplier=AAA&product=284690",
    ] {
        assert_eq!(get(&server, name, &[]).status, 200, "{name}");
    }
    let started = Instant::now();
    drop(server);
    assert!(started.elapsed() < Duration::from_secs(3));
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert!(snapshot(run()) == before);
}
