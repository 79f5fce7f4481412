//! Who is let in, and what every answer carries.

use monazite_explorer::reply::{ALWAYS, POLICY, POLICY_OF_RUNS};

use crate::client::{Answer, ask, get, raw};
use crate::world::{Server, all_files, run, site};

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
fn it_stops_when_it_is_asked_to_and_the_run_is_as_it_was() {
    let before = all_files(run());
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
    let started = std::time::Instant::now();
    drop(server);
    assert!(started.elapsed() < std::time::Duration::from_secs(3));
    assert!(std::net::TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(all_files(run()), before);
}
