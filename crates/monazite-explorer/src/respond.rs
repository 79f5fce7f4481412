//! From a request to its answer.

use std::sync::Arc;

use bytes::Bytes;
use hyper::header::{self, HeaderMap};
use hyper::{Method, StatusCode};
use monazite::run::{Run, RunError};
use monazite::run_folder::FolderError;
use monazite::what_if::WhatIfError;
use serde::Serialize;

use crate::answers;
use crate::assets::content_type;
use crate::desk::{Desk, KeptTrade, LIMIT, NotAnswered, Waiting};
use crate::host_check::{is_from_elsewhere, is_own_host};
use crate::question::{DiversifyQuestion, WhatIfQuestion};
use crate::range::{Wanted, wanted};
use crate::reply::{POLICY_OF_RUNS, Reply};
use crate::serve::Door;
use crate::site::{Site, Target};
use crate::zipped::takes_gzip;

/// A request without its body, which is never read.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// `GET`, `HEAD`, or one that is refused.
    pub method: &'a Method,
    /// The host in the first line, where one stands there; browsers write none.
    pub authority: Option<&'a str>,
    /// The path, as it came.
    pub path: &'a str,
    /// The query, as it came; empty without one.
    pub query: &'a str,
    /// The headers.
    pub headers: &'a HeaderMap,
}

impl Asked<'_> {
    fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        let mut all = self.headers.get_all(name).iter();
        let one = all.next()?.to_str().ok();
        // Two of them are one too many to know which counts.
        one.filter(|_| all.next().is_none())
    }
}

/// Answers a request.
pub async fn respond(door: &Door, site: &Arc<Site>, desk: &Desk, asked: Asked<'_>) -> Reply {
    if let Some(refused) = refused(door, &asked) {
        return refused;
    }
    let Some(path) = door.inside(asked.path) else {
        return match door.is_without_slash(asked.path) {
            true => Reply::text(StatusCode::TEMPORARY_REDIRECT, "the page is behind the slash")
                .with(header::LOCATION, &format!("{}/", asked.path)),
            false => Reply::text(
                StatusCode::NOT_FOUND,
                "There is no page here. The address is on the terminal where `monazite explore` runs; it is another one each time.",
            ),
        };
    };
    match site.find(path) {
        None => Reply::text(
            StatusCode::NOT_FOUND,
            "There is no such file. Those of a run are listed in its manifest.toml.",
        ),
        Some(Target::Page(asset)) => {
            let reply = text(site, asset.name, asset.bytes.into(), &asked);
            // Names below assets/ have a hash of the content in them.
            match asset.name.starts_with("assets/") {
                true => reply.with(header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
                false => reply,
            }
        }
        Some(Target::Made(name, made)) => text(site, &name, made, &asked),
        Some(Target::File(run, name)) => file(site, run, &name, &asked),
        Some(Target::WhatIf) => match WhatIfQuestion::read(asked.query) {
            Ok(question) => {
                answer(desk, site, question.run, move |run, trade, waiting| {
                    answers::what_if(run, &question, trade, waiting)
                })
                .await
            }
            Err(wrong) => Reply::error(StatusCode::BAD_REQUEST, &wrong),
        },
        Some(Target::Diversify) => match DiversifyQuestion::read(asked.query) {
            Ok(question) => {
                answer(desk, site, question.run, move |run, trade, waiting| {
                    answers::diversify(run, &question, trade, waiting)
                })
                .await
            }
            Err(wrong) => Reply::error(StatusCode::BAD_REQUEST, &wrong),
        },
    }
}

/// Why a request is not answered, whatever it asks for; `None` if it is.
fn refused(door: &Door, asked: &Asked<'_>) -> Option<Reply> {
    let elsewhere = asked.authority.is_some_and(|named| !is_own_host(Some(named), door.port));
    if elsewhere || !is_own_host(asked.header(header::HOST), door.port) {
        let text = "This server answers to 127.0.0.1 and localhost with its port, and to no other name.";
        return Some(Reply::text(StatusCode::FORBIDDEN, text));
    }
    let [site, mode, dest] =
        ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest"].map(|name| asked.header(name));
    if is_from_elsewhere(site, mode, dest) {
        return Some(Reply::text(StatusCode::FORBIDDEN, "Pages of another origin get nothing from here."));
    }
    if !matches!(*asked.method, Method::GET | Method::HEAD) {
        let text = "Only GET and HEAD: nothing can be changed here.";
        return Some(Reply::text(StatusCode::METHOD_NOT_ALLOWED, text).with(header::ALLOW, "GET, HEAD"));
    }
    let length = asked.headers.get(header::CONTENT_LENGTH).is_some_and(|length| length != "0");
    if length || asked.headers.contains_key(header::TRANSFER_ENCODING) {
        let text = "A request has no content here.";
        return Some(Reply::text(StatusCode::BAD_REQUEST, text).with(header::CONNECTION, "close"));
    }
    None
}

/// A text or a file of the page, as gzip for whoever takes that.
fn text(site: &Site, name: &str, plain: Bytes, asked: &Asked<'_>) -> Reply {
    let kind = content_type(name);
    let Some(packed) = site.packed(name) else { return Reply::whole(StatusCode::OK, kind, plain) };
    let reply = match takes_gzip(asked.header(header::ACCEPT_ENCODING)) {
        true => Reply::whole(StatusCode::OK, kind, packed.clone()).with(header::CONTENT_ENCODING, "gzip"),
        false => Reply::whole(StatusCode::OK, kind, plain),
    };
    // A cache must not give what was packed to somebody who cannot read it.
    reply.with(header::VARY, "accept-encoding")
}

/// A file of a run, or a part of it.
fn file(site: &Site, run: usize, name: &str, asked: &Asked<'_>) -> Reply {
    let Some(opened) = site.runs().get(run) else {
        return Reply::text(StatusCode::NOT_FOUND, "There is no such run.");
    };
    let found = match opened.find(name) {
        Ok(Some(found)) => found,
        Ok(None) => return Reply::text(StatusCode::NOT_FOUND, "There is no such file."),
        Err(error) => return damaged(&error),
    };
    let kind = content_type(name);
    let tag = Some(format!("\"{}\"", found.tag)).filter(|_| !found.tag.is_empty());
    let finish = |reply: Reply| {
        let reply = reply.with(header::ACCEPT_RANGES, "bytes");
        let reply = tag.iter().fold(reply, |reply, tag| reply.with(header::ETAG, tag));
        match kind.starts_with("text/html") || kind.starts_with("image/svg") {
            true => reply.with(header::CONTENT_SECURITY_POLICY, POLICY_OF_RUNS),
            false => reply,
        }
    };
    if tag.is_some() && asked.header(header::IF_NONE_MATCH) == tag.as_deref() {
        return finish(Reply::whole(StatusCode::NOT_MODIFIED, kind, ""));
    }
    // A part of another version of the file is of no use.
    let same = asked.header(header::IF_RANGE).is_none_or(|of| Some(of) == tag.as_deref());
    let range = asked.header(header::RANGE).filter(|_| same);
    finish(match wanted(range, found.bytes) {
        Wanted::All => {
            let bytes = found.bytes;
            Reply::part(StatusCode::OK, kind, found, 0, bytes)
        }
        Wanted::Part { first, last } => {
            let of = format!("bytes {first}-{last}/{}", found.bytes);
            Reply::part(StatusCode::PARTIAL_CONTENT, kind, found, first, last - first + 1)
                .with(header::CONTENT_RANGE, &of)
        }
        Wanted::Nothing => Reply::text(StatusCode::RANGE_NOT_SATISFIABLE, "The file has no such bytes.")
            .with(header::CONTENT_RANGE, &format!("bytes */{}", found.bytes)),
    })
}

/// What became of a file that the manifest lists.
fn damaged(error: &FolderError) -> Reply {
    Reply::text(status_of_file(error), &format!("{error}.{}", then(error)))
}

fn status_of_file(error: &FolderError) -> StatusCode {
    match error {
        FolderError::Changed { .. } => StatusCode::CONFLICT,
        FolderError::Replaced { .. } => StatusCode::GONE,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// What to do beside what the error says.
fn then(error: &FolderError) -> &'static str {
    match error {
        FolderError::Replaced { .. } => " Stop `monazite explore` and start it again.",
        _ => "",
    }
}

/// Answers a question about a run.
async fn answer<A: Serialize + Send + 'static>(
    desk: &Desk,
    site: &Arc<Site>,
    run: usize,
    work: impl FnOnce(&Run, &KeptTrade, &Waiting) -> Result<A, WhatIfError> + Send + 'static,
) -> Reply {
    if run >= site.runs().len() {
        return Reply::error(StatusCode::NOT_FOUND, "run: there is one run here, and its number is 0");
    }
    let site = site.clone();
    match desk.ask(move |trade, waiting| work(&site.runs()[run].run, trade, waiting)).await {
        Ok(Ok(answer)) => Reply::json(StatusCode::OK, &answer),
        Ok(Err(error)) => match &error {
            WhatIfError::Run(RunError::Folder(of_file)) | WhatIfError::Folder(of_file) => {
                Reply::error(status_of_file(of_file), &format!("{of_file}.{}", then(of_file)))
            }
            _ => Reply::error(status_of(&error), &error.to_string()),
        },
        Err(NotAnswered::Busy) => Reply::error(
            StatusCode::SERVICE_UNAVAILABLE,
            "another question is being answered; ask again in a moment",
        ),
        Err(NotAnswered::TooLong) => Reply::error(
            StatusCode::GATEWAY_TIMEOUT,
            &format!(
                "the answer takes longer than {} s; `monazite what-if` and `monazite diversify` take the time they need",
                LIMIT.as_secs()
            ),
        ),
        Err(NotAnswered::Broken) => {
            Reply::error(StatusCode::INTERNAL_SERVER_ERROR, "the question could not be answered")
        }
    }
}

fn status_of(error: &WhatIfError) -> StatusCode {
    match error {
        WhatIfError::Question(_) => StatusCode::NOT_FOUND,
        WhatIfError::Shock(_) | WhatIfError::Plan(_) => StatusCode::BAD_REQUEST,
        _ => StatusCode::INTERNAL_SERVER_ERROR,
    }
}
