//! An answer over HTTP: whatever it is, it carries the headers that keep other pages out.

use bytes::Bytes;
use hyper::header::{self, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};

use crate::body::ReplyBody;
use crate::opened::Found;

/// What the page may load and do: itself, from here.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; worker-src 'self'; \
                          base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// The same for a page that is a file of a run, such as its report: it may run what stands in it, and reach nothing.
pub const POLICY_OF_RUNS: &str = "sandbox allow-scripts allow-downloads; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                                  img-src data:; font-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Headers of every answer.
pub const ALWAYS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// An answer.
pub struct Reply {
    response: Response<ReplyBody>,
}

impl Reply {
    /// Bytes at hand.
    pub fn whole(status: StatusCode, content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        Self::of(status, content_type, ReplyBody::Whole(Some(bytes.into())))
    }

    /// A part of a file, from a place on. Once somebody writes into the file no more of it is sent.
    pub fn part(status: StatusCode, content_type: &'static str, found: Found, at: u64, bytes: u64) -> Self {
        let Found { file, checked, .. } = found;
        Self::of(status, content_type, ReplyBody::File { file, at, left: bytes, checked })
    }

    /// A line of text about what is wrong.
    pub fn text(status: StatusCode, text: &str) -> Self {
        Self::whole(status, "text/plain; charset=utf-8", format!("{text}\n"))
    }

    /// A value as JSON.
    pub fn json(status: StatusCode, value: &impl serde::Serialize) -> Self {
        match serde_json::to_vec(value) {
            Ok(bytes) => Self::whole(status, "application/json", bytes),
            Err(error) => Self::text(StatusCode::INTERNAL_SERVER_ERROR, &error.to_string()),
        }
    }

    /// What is wrong with a question, as JSON.
    pub fn error(status: StatusCode, error: &str) -> Self {
        Self::json(status, &serde_json::json!({ "error": error }))
    }

    fn of(status: StatusCode, content_type: &'static str, body: ReplyBody) -> Self {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let reply = Self { response };
        let reply = reply.with(header::CONTENT_TYPE, content_type).with(header::CACHE_CONTROL, "no-cache");
        ALWAYS
            .into_iter()
            .fold(reply.with(header::CONTENT_SECURITY_POLICY, POLICY), |reply, (name, value)| {
                reply.with(name, value)
            })
    }

    /// The same with a header; one that cannot be sent is left out.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.response.headers_mut().insert(name, value);
        }
        self
    }

    /// Its status.
    pub fn status(&self) -> StatusCode {
        self.response.status()
    }

    /// As HTTP sends it; without content for `HEAD`, which is told how much there would be.
    pub(crate) fn response(mut self, head: bool) -> Response<ReplyBody> {
        let bytes = hyper::body::Body::size_hint(self.response.body()).exact().unwrap_or(0);
        if self.status() != StatusCode::NOT_MODIFIED {
            self.response.headers_mut().insert(header::CONTENT_LENGTH, bytes.into());
        }
        if head {
            *self.response.body_mut() = ReplyBody::Whole(None);
        }
        self.response
    }
}
