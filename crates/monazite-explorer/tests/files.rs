//! Which files are sent, and which bytes of them: only those of the manifest, by their exact names.

use std::collections::BTreeSet;
use std::fs;
use std::io::Read;

use flate2::read::GzDecoder;
use monazite::progress::Silent;
use monazite_explorer::site::Target;
use monazite_explorer::{OpenedRun, Site};
use proptest::prelude::*;

use crate::client::get;
use crate::world::{Server, make_run, program, run, site};

#[test]
fn every_file_of_the_manifest_is_sent_as_it_is() {
    let server = Server::shared();
    let opened = OpenedRun::open(run(), true, &Silent).unwrap();
    let mut seen = 0;
    for name in opened.names() {
        let answer = get(server, &format!("runs/0/{name}"), &[]);
        assert_eq!(answer.status, 200, "{name}");
        assert!(answer.body == fs::read(run().join(name)).unwrap(), "{name}");
        assert_eq!(answer.header("accept-ranges"), Some("bytes"));
        seen += 1;
    }
    assert!(seen > 20);
    assert_eq!(get(server, "runs/0/manifest.toml", &[]).body, fs::read(run().join("manifest.toml")).unwrap());
    assert_eq!(
        get(server, "runs/0/chain/nodes.csv", &[]).header("content-type"),
        Some("text/csv; charset=utf-8")
    );
}

#[test]
fn parts_of_a_file() {
    let server = Server::shared();
    let whole = fs::read(run().join("indicators.parquet")).unwrap();
    let last = whole.len() - 1;
    let of = |range: &str| get(server, "runs/0/indicators.parquet", &[("Range", range)]);
    for (range, from, to) in [
        ("bytes=0-0", 0, 0),
        ("bytes=4-99", 4, 99),
        ("bytes=100-", 100, last),
        ("bytes=-8", last - 7, last),
        ("bytes=0-999999999", 0, last),
        ("bytes=-999999999", 0, last),
    ] {
        let answer = of(range);
        assert_eq!(answer.status, 206, "{range}");
        assert!(answer.body == whole[from..=to], "{range}");
        assert_eq!(
            answer.header("content-range"),
            Some(format!("bytes {from}-{to}/{}", whole.len()).as_str())
        );
        assert_eq!(answer.header("content-length"), Some((to - from + 1).to_string().as_str()));
    }
    for range in [format!("bytes={}-", whole.len()), "bytes=999999999-".to_owned(), "bytes=-0".to_owned()] {
        let answer = of(&range);
        assert_eq!(
            (answer.status, answer.header("content-range")),
            (416, Some(format!("bytes */{}", whole.len()).as_str())),
            "{range}"
        );
    }
    for range in ["bytes=0-1,4-5", "bytes=9-0", "rows=0-1", "bytes=", "0-4", "bytes=0x1-2"] {
        let answer = of(range);
        assert!(answer.status == 200 && answer.body == whole, "{range}");
    }
    // A part of another version is of no use.
    let tag = of("bytes=0-3").header("etag").unwrap().to_owned();
    let with = |tag: &str| {
        get(server, "runs/0/indicators.parquet", &[("Range", "bytes=0-3"), ("If-Range", tag)]).status
    };
    assert_eq!((with(&tag), with("\"other\"")), (206, 200));
    let again = get(server, "runs/0/indicators.parquet", &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.body.len()), (304, 0));
    let head =
        crate::client::ask(server, "HEAD", &format!("{}runs/0/indicators.parquet", server.before()), &[]);
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.header("content-length"), Some(whole.len().to_string().as_str()));
    // The copy by country is in memory, and has parts too.
    let copy = get(server, "runs/0/by_country.parquet", &[]).body;
    assert!(copy.starts_with(b"PAR1") && copy.ends_with(b"PAR1"));
    assert_eq!(get(server, "runs/0/by_country.parquet", &[("Range", "bytes=-4")]).body, b"PAR1");
}

#[test]
fn texts_are_packed_for_whoever_takes_that_and_parts_of_tables_never() {
    let (server, site) = (Server::shared(), site(&[run()]));
    let mut packed = 0;
    let page = monazite_explorer::assets::ASSETS.iter().map(|asset| asset.name);
    for name in page.chain(site.made().map(|(name, _)| name)) {
        let plain = get(server, name, &[]);
        assert_eq!((plain.status, plain.header("content-encoding")), (200, None), "{name}");
        let answer = get(server, name, &[("Accept-Encoding", "gzip, deflate, br, zstd")]);
        assert_eq!(answer.header("content-length"), Some(answer.body.len().to_string().as_str()), "{name}");
        let Some("gzip") = answer.header("content-encoding") else {
            // What packing does not make smaller is sent as it is, and depends on no header.
            assert!(answer.body == plain.body && answer.header("vary").is_none(), "{name}");
            continue;
        };
        let mut text = Vec::new();
        GzDecoder::new(answer.body.as_slice()).read_to_end(&mut text).unwrap();
        assert!(text == plain.body && answer.body.len() < text.len(), "{name}");
        assert_eq!(answer.header("content-type"), plain.header("content-type"), "{name}");
        for of in [&answer, &plain] {
            assert_eq!(of.header("vary"), Some("accept-encoding"), "{name}");
        }
        packed += 1;
    }
    assert!(packed > 10, "{packed}");
    assert_eq!(get(server, "", &[("Accept-Encoding", "gzip")]).header("content-encoding"), Some("gzip"));
    for refused in ["identity", "gzip;q=0", "br, zstd", ""] {
        let answer = get(server, "explorer.json", &[("Accept-Encoding", refused)]);
        assert!(answer.header("content-encoding").is_none() && answer.body.starts_with(b"{"), "{refused}");
    }
    let head = crate::client::ask(
        server,
        "HEAD",
        &format!("{}explorer.json", server.before()),
        &[("Accept-Encoding", "gzip")],
    );
    assert_eq!((head.header("content-encoding"), head.body.len()), (Some("gzip"), 0));
    // Files of the run: whole or in parts, as they are.
    let whole = fs::read(run().join("indicators.parquet")).unwrap();
    let takes = ("Accept-Encoding", "gzip");
    for (headers, bytes) in
        [(vec![takes], &whole[..]), (vec![takes, ("Range", "bytes=4-99")], &whole[4..100])]
    {
        let answer = get(server, "runs/0/indicators.parquet", &headers);
        assert!(answer.body == bytes && answer.header("content-encoding").is_none(), "{headers:?}");
        assert_eq!(answer.header("vary"), None);
    }
    let csv = get(server, "runs/0/trends.csv", &[takes]);
    assert!(
        csv.header("content-encoding").is_none() && csv.body == fs::read(run().join("trends.csv")).unwrap()
    );
}

#[test]
fn nothing_else_of_the_machine_is_sent() {
    let folder = tempfile::tempdir().unwrap();
    let made = make_run(folder.path(), |_| {});
    fs::write(folder.path().join("secret.txt"), "secret").unwrap();
    fs::write(made.join("mine.csv"), "secret").unwrap();
    fs::write(made.join(".hidden"), "secret").unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path().join("secret.txt"), made.join("link.csv")).unwrap();
    let server = Server::of(site(&[&made]), true);
    let absolute = folder.path().join("secret.txt").display().to_string();
    let whole_of_it = made.join("manifest.toml").display().to_string();
    for name in [
        "runs/0/../secret.txt",
        "runs/0/..%2fsecret.txt",
        "runs/0/%2e%2e/secret.txt",
        "runs/0/%2e%2e%2fsecret.txt",
        "runs/0/chain/../../../secret.txt",
        "runs/0/..\\secret.txt",
        "runs/0/..%5csecret.txt",
        "runs/0/%252e%252e/secret.txt",
        "runs/0/....//secret.txt",
        "runs/0//etc/passwd",
        "runs/0/%2fetc%2fpasswd",
        "runs/0/mine.csv",
        "runs/0/.hidden",
        "runs/0/link.csv",
        "runs/0/findings.json",
        "runs/0/explorer.json",
        "findings-1.json",
        "findings.json/",
        "Findings.json",
        "runs/0/trends.csv%00",
        "runs/0/trends.csv%00.html",
        "runs/0/trends.csv/",
        "runs/0/./trends.csv",
        "runs/0/chain/",
        "runs/0/chain",
        "runs/0/",
        "runs/0",
        "runs/",
        "runs/00/trends.csv",
        "runs/1/trends.csv",
        "runs/-1/trends.csv",
        "runs/0/TRENDS.CSV",
        "../Cargo.toml",
        "..",
        "%2e%2e",
        "assets/../index.html",
        "/etc/passwd",
        "%2fetc%2fpasswd",
        "%ff%fe",
        "%",
        "sources.sha256",
        "C:%5cwindows%5cwin.ini",
        "file:///etc/passwd",
    ]
    .into_iter()
    .map(str::to_owned)
    .chain([format!("runs/0/{absolute}"), absolute.clone(), format!("runs/0/{whole_of_it}")])
    {
        let answer = get(&server, &name, &[]);
        assert!(matches!(answer.status, 400 | 404), "{name}: {}", answer.status);
        assert!(!answer.text().contains("secret\n") && !answer.text().contains("root:"), "{name}");
        assert_ne!(answer.text(), "secret", "{name}");
    }
    // A file that the manifest lists, put out of the way by a link, is none either.
    #[cfg(unix)]
    {
        fs::remove_file(made.join("trends.csv")).unwrap();
        std::os::unix::fs::symlink(folder.path().join("secret.txt"), made.join("trends.csv")).unwrap();
        let answer = get(&server, "runs/0/trends.csv", &[]);
        assert!(
            answer.status >= 400 && answer.text().contains("link"),
            "{} {}",
            answer.status,
            answer.text()
        );
        assert_ne!(answer.text(), "secret");
    }
}

#[test]
fn a_file_that_changes_or_goes_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let made = make_run(folder.path(), |_| {});
    let server = Server::of(site(&[&made]), true);
    fs::write(made.join("trends.csv"), "changed").unwrap();
    let answer = get(&server, "runs/0/trends.csv", &[]);
    assert_eq!(answer.status, 409, "{}", answer.text());
    assert!(
        answer.text().contains("not the") && answer.text().contains("in the manifest"),
        "{}",
        answer.text()
    );
    fs::remove_file(made.join("stability.csv")).unwrap();
    let answer = get(&server, "runs/0/stability.csv", &[]);
    assert!(
        answer.status == 409 && answer.text().contains("it is not there, and the manifest lists it"),
        "{}",
        answer.text()
    );
    // One that was sent before, and is open: somebody writes into it, first as many bytes, then fewer.
    let name = "runs/0/indicators.parquet";
    let whole = get(&server, name, &[]);
    assert_eq!(whole.status, 200);
    let mut other = whole.body.clone();
    other[20] ^= 1;
    for bytes in [&other[..], &other[..100]] {
        // As if some time had passed: clocks of disks tick slowly.
        let mut file =
            fs::File::options().write(true).truncate(true).open(made.join("indicators.parquet")).unwrap();
        std::io::Write::write_all(&mut file, bytes).unwrap();
        file.set_modified(std::time::SystemTime::now() + std::time::Duration::from_secs(1)).unwrap();
        for range in [&[][..], &[("Range", "bytes=0-9")]] {
            let answer = get(&server, name, range);
            assert_eq!(answer.status, 409, "{}", answer.text());
            assert!(answer.text().contains("run the study again into this folder"), "{}", answer.text());
        }
    }
    fs::write(made.join("indicators.parquet"), &whole.body).unwrap();
    assert!(get(&server, name, &[]).body == whole.body, "put back, it is that of the run again");
    // A question that needs a file that has gone says which.
    fs::rename(made.join("flows.parquet"), made.join("away")).unwrap();
    let answer = get(&server, "whatif?supplier=AAA&product=284690", &[]);
    assert!(
        answer.status == 409 && answer.text().contains("flows.parquet: it is not there"),
        "{} {}",
        answer.status,
        answer.text()
    );
    // Another run takes the place of this one.
    fs::rename(made.join("away"), made.join("flows.parquet")).unwrap();
    fs::copy(run().join("trends.csv"), made.join("trends.csv")).unwrap();
    fs::copy(run().join("stability.csv"), made.join("stability.csv")).unwrap();
    fs::remove_dir_all(folder.path().join("store")).unwrap();
    make_run(folder.path(), |study| study.study.name = "Another".to_owned());
    for name in ["runs/0/study.toml", "runs/0/report.html"] {
        let answer = get(&server, name, &[]);
        assert!(
            answer.status == 410 && answer.text().contains("Stop `monazite explore` and start it again"),
            "{} {}",
            answer.status,
            answer.text()
        );
    }
    fs::remove_file(made.join("stability.csv")).unwrap();
    // The next start says so at once.
    let error = Site::open(&[&made], false, &program(), &Silent).unwrap_err().to_string();
    assert!(error.contains("stability.csv") && error.contains("run the study again"), "{error}");
}

/// Says no so many times, and yes from then on.
struct StopAfter(std::sync::atomic::AtomicI64);

impl monazite::progress::Progress for StopAfter {
    fn cancelled(&self) -> bool {
        self.0.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) <= 0
    }
}

#[test]
fn opening_can_be_stopped_at_any_point() {
    let files = OpenedRun::open(run(), false, &Silent).unwrap().names().count() as i64;
    // At a file, before the bands, the suppliers, the first country, another country.
    for stop in [0, files / 2, files, files + 1, files + 2, files + 4] {
        let stopped = OpenedRun::open(run(), false, &StopAfter(stop.into()));
        assert!(matches!(stopped, Err(monazite_explorer::ExploreError::Cancelled(_))), "{stop}");
    }
    assert!(OpenedRun::open(run(), false, &StopAfter(100_000.into())).is_ok());
}

#[test]
fn what_is_no_finished_run_is_refused_in_words() {
    let folder = tempfile::tempdir().unwrap();
    let open = |at: &std::path::Path| Site::open(&[at], false, &program(), &Silent).unwrap_err().to_string();
    assert!(
        open(folder.path()).contains("is no run") || open(folder.path()).contains("no manifest"),
        "{}",
        open(folder.path())
    );
    let made = make_run(folder.path(), |_| {});
    let manifest = fs::read_to_string(made.join("manifest.toml")).unwrap();
    fs::write(made.join("manifest.toml"), manifest.replacen("format = 9", "format = 3", 1)).unwrap();
    assert!(!open(&made).is_empty());
    // Same size, other bytes: only --verify reads them all.
    fs::write(made.join("manifest.toml"), &manifest).unwrap();
    let mut bytes = fs::read(made.join("schema.json")).unwrap();
    bytes[10] ^= 1;
    fs::write(made.join("schema.json"), bytes).unwrap();
    assert!(Site::open(&[&made], false, &program(), &Silent).is_ok());
    let error = Site::open(&[&made], true, &program(), &Silent).unwrap_err().to_string();
    assert!(error.contains("schema.json") && error.contains("checksum"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 20_000, failure_persistence: None, ..ProptestConfig::default() })]
    /// Whatever is asked for, what is found is a file of the page or one of the manifest, by its own name.
    #[test]
    fn random_paths_never_leave_the_run(path in "(runs/[01]/)?(([.]{1,2}|%2e|%2f|%5c|%00|/|\\\\|chain|trends\\.csv|indicators\\.parquet|manifest\\.toml|report\\.html|etc|passwd|[a-z%.]{0,3}){0,6})") {
        static SITE: std::sync::OnceLock<(Site, BTreeSet<String>)> = std::sync::OnceLock::new();
        let (site, names) = SITE.get_or_init(|| {
            let site = site(&[run()]);
            let names = site.runs()[0].names().map(str::to_owned).chain(["manifest.toml".to_owned(), "by_country.parquet".to_owned()]).collect();
            (site, names)
        });
        match site.find(&path) {
            Some(Target::File(at, name)) => {
                prop_assert_eq!(at, 0);
                prop_assert!(names.contains(&name), "{} found {}", path, name);
                let decoded = path.replace("%2f", "/").replace("%2e", ".");
                prop_assert_eq!(decoded, format!("runs/0/{name}"));
            }
            Some(Target::Page(asset)) => prop_assert!(path.is_empty() || monazite_explorer::assets::asset(asset.name).is_some()),
            Some(Target::Made(..) | Target::WhatIf | Target::Diversify) => prop_assert!(!path.contains('/')),
            None => {}
        }
    }
}
