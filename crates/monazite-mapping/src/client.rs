//! Calls to an OpenAI-compatible endpoint: time-outs, a limit of calls per minute, patience with what passes, and an end
//! where patience does not help. Everything that comes back is rid of the key before it is looked at.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime};

use serde_json::Value;

use crate::MappingError;
use crate::digest::number_of;
use crate::key::{Key, redact};
use crate::proxy::{Way, host_of, is_this_machine, way_to};
use crate::reply::{error_in, of_events, short};

/// How an endpoint is called.
#[derive(Debug, Clone)]
pub struct ClientOptions {
    /// Address up to and including `/v1`.
    pub address: String,
    /// The key, if there is one.
    pub key: Option<Key>,
    /// Name of the variable that the key comes from, for messages.
    pub key_variable: String,
    /// Longest time for one call.
    pub timeout: Duration,
    /// How often a call that failed is tried again.
    pub retries: u64,
    /// First pause before trying again; each further one is twice as long.
    pub first_pause: Duration,
    /// Longest pause of one's own accord.
    pub longest_pause: Duration,
    /// Longest pause that an endpoint may ask for.
    pub longest_wait: Duration,
    /// Calls per minute at most; 0 for no limit.
    pub calls_per_minute: u64,
    /// Bytes that an answer may have.
    pub largest_answer: u64,
    /// Seed of the spread of pauses.
    pub random_seed: u64,
}

impl ClientOptions {
    /// Usual values for an address.
    pub fn new(address: &str) -> Self {
        Self {
            address: address.to_owned(),
            key: None,
            key_variable: "MONAZITE_API_KEY".to_owned(),
            timeout: Duration::from_secs(120),
            retries: 5,
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(60),
            longest_wait: Duration::from_secs(600),
            calls_per_minute: 0,
            largest_answer: 1 << 20,
            random_seed: 0,
        }
    }
}

/// Why a call has no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallFailure {
    /// The endpoint refuses, and would refuse every other call as well.
    Refused(String),
    /// This call has no answer; another one may.
    Lost(String),
    /// Somebody else has given up meanwhile.
    Stopped,
}

/// One failed attempt.
enum Trouble {
    Refused(String),
    Lost(String),
    Again { what: String, after: Option<Duration>, unreachable: bool },
}

/// Something that makes calls, from any number of threads.
#[derive(Debug)]
pub struct Client {
    agent: ureq::Agent,
    /// The proxy that calls go through, in words; empty if there is none.
    by: String,
    options: ClientOptions,
    next_call: Mutex<Instant>,
    reached: AtomicBool,
    stopped: AtomicBool,
}

impl Client {
    /// Prepares to call an endpoint. Nothing is sent yet.
    ///
    /// # Errors
    /// [`MappingError::Address`] for an address that is none, that holds a password or a key, or to which a key would travel for
    /// everybody on the way to read.
    pub fn new(mut options: ClientOptions) -> Result<Self, MappingError> {
        options.address = checked_address(&options.address)?;
        if options.key.is_some() && is_open_to_others(&options.address) {
            return Err(MappingError::Address(format!(
                "{}: the key in {} would be sent without encryption, for everybody on the way to read; give an address that begins with \
                 https://, or unset {} if the endpoint needs no key",
                options.address, options.key_variable, options.key_variable
            )));
        }
        let way = way_to(&options.address, |name| std::env::var(name).ok())?;
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .timeout_global(Some(options.timeout))
            .timeout_connect(Some(options.timeout.min(Duration::from_secs(15))))
            .user_agent(concat!("monazite/", env!("CARGO_PKG_VERSION")))
            .proxy(match &way {
                Way::Direct => None,
                Way::Through { proxy, .. } => Some(proxy.clone()),
            })
            .build()
            .new_agent();
        Ok(Self {
            agent,
            by: match way {
                Way::Direct => String::new(),
                Way::Through { shown, .. } => shown,
            },
            options,
            next_call: Mutex::new(Instant::now()),
            reached: AtomicBool::new(false),
            stopped: AtomicBool::new(false),
        })
    }

    /// The address that is called.
    pub fn address(&self) -> &str {
        &self.options.address
    }

    /// Makes every thread stop before its next call.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::SeqCst);
    }

    /// Whether [`Client::stop`] was called.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::SeqCst)
    }

    /// A text without the key.
    pub fn redact(&self, text: &str) -> String {
        redact(self.options.key.as_ref(), text)
    }

    /// Sends a body to a path below the address and waits for the JSON that comes back; `id` spreads the pauses.
    ///
    /// # Errors
    /// [`CallFailure`], after as many attempts as the options allow.
    pub fn post(&self, path: &str, body: &Value, id: &str) -> Result<Value, CallFailure> {
        let body = serde_json::to_vec(body).expect("a body is text and numbers");
        let mut attempt = 0;
        loop {
            self.wait_for_turn()?;
            match self.attempt(path, &body) {
                Ok(value) => return Ok(value),
                Err(Trouble::Refused(message)) => return Err(CallFailure::Refused(message)),
                Err(Trouble::Lost(message)) => return Err(CallFailure::Lost(message)),
                Err(Trouble::Again { what, after, unreachable }) => {
                    // An endpoint that has never answered is most likely not there: one more try is enough.
                    let never_reached = unreachable && !self.reached.load(Ordering::SeqCst);
                    let most = if never_reached { self.options.retries.min(1) } else { self.options.retries };
                    if attempt >= most {
                        return Err(if unreachable {
                            CallFailure::Refused(what)
                        } else {
                            CallFailure::Lost(what)
                        });
                    }
                    let pause = match after {
                        Some(after) if after > self.options.longest_wait => {
                            return Err(CallFailure::Refused(format!(
                                "{what}; it asks to wait {} s, which is too long; call the command again later, nothing is lost",
                                after.as_secs()
                            )));
                        }
                        Some(after) => after,
                        None => self.pause(id, attempt),
                    };
                    // What the endpoint asks for holds for all threads, one's own caution for this one.
                    if after.is_some() {
                        self.hold_all(pause);
                    } else {
                        self.sleep_until(Instant::now() + pause)?;
                    }
                    attempt += 1;
                }
            }
        }
    }

    /// Twice as long for each attempt, between a half and the whole of it.
    fn pause(&self, id: &str, attempt: u64) -> Duration {
        let doubled = self.options.first_pause.saturating_mul(1 << attempt.min(16));
        let longest = doubled.min(self.options.longest_pause);
        let parts = [self.options.random_seed.to_string(), attempt.to_string()];
        let spread = number_of(&[&parts[0], id, &parts[1]]) % 1000;
        longest.mul_f64(0.5 + spread as f64 / 2000.0)
    }

    fn hold_all(&self, pause: Duration) {
        let until = Instant::now() + pause;
        if let Ok(mut next) = self.next_call.lock()
            && *next < until
        {
            *next = until;
        }
    }

    fn wait_for_turn(&self) -> Result<(), CallFailure> {
        let turn = {
            let Ok(mut next) = self.next_call.lock() else { return Err(CallFailure::Stopped) };
            let turn = (*next).max(Instant::now());
            if self.options.calls_per_minute > 0 {
                *next = turn + Duration::from_secs(60).div_f64(self.options.calls_per_minute as f64);
            }
            turn
        };
        self.sleep_until(turn)
    }

    fn sleep_until(&self, until: Instant) -> Result<(), CallFailure> {
        loop {
            if self.is_stopped() {
                return Err(CallFailure::Stopped);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            std::thread::sleep(left.min(Duration::from_millis(100)));
        }
    }

    fn attempt(&self, path: &str, body: &[u8]) -> Result<Value, Trouble> {
        let url = format!("{}/{path}", self.options.address);
        let mut request = self.agent.post(&url).header("content-type", "application/json");
        if let Some(key) = &self.options.key {
            request = request.header("authorization", key.header());
        }
        let mut response = request.send(body).map_err(|e| self.transport(&e))?;
        self.reached.store(true, Ordering::SeqCst);
        let status = response.status().as_u16();
        let after = response.headers().get("retry-after").and_then(|v| v.to_str().ok()).and_then(retry_after);
        let text = match response.body_mut().with_config().limit(self.options.largest_answer).read_to_vec() {
            Ok(bytes) => self.redact(&String::from_utf8_lossy(&bytes)),
            Err(ureq::Error::BodyExceedsLimit(_)) => {
                return Err(Trouble::Lost(format!(
                    "the answer is larger than {} kB",
                    self.options.largest_answer / 1024
                )));
            }
            Err(e) => return Err(self.transport(&e)),
        };
        match status {
            200 => self.body(&text, after),
            _ => Err(self.refusal(status, after, &text)),
        }
    }

    /// The body of an answer with the status 200, which need not be one.
    fn body(&self, text: &str, after: Option<Duration>) -> Result<Value, Trouble> {
        let start = text.trim_start();
        if start.starts_with('<') {
            return Err(Trouble::Refused(
                "a web page comes back, no JSON; is this the address of the API? It ends in /v1 as a rule"
                    .to_owned(),
            ));
        }
        let body = match serde_json::from_str::<Value>(text) {
            Ok(body) => Some(body),
            Err(_) if start.starts_with("data:") || start.starts_with("event:") || start.starts_with(':') => {
                of_events(text)
            }
            Err(_) => None,
        };
        let Some(body) = body else {
            let what = "what came back is not whole JSON".to_owned();
            return Err(Trouble::Again { what, after: None, unreachable: false });
        };
        // Some servers send their errors with the status 200; the real one is inside.
        match body["error"]["code"].as_u64().and_then(|code| u16::try_from(code).ok()) {
            Some(status @ 400..=599) if body.get("choices").is_none() => {
                Err(self.refusal(status, after, &body.to_string()))
            }
            _ => Ok(body),
        }
    }

    fn refusal(&self, status: u16, after: Option<Duration>, text: &str) -> Trouble {
        let said = self.said(text);
        let variable = &self.options.key_variable;
        match status {
            401 | 403 if self.options.key.is_none() => {
                Trouble::Refused(format!("the endpoint wants a key ({status}); put it into {variable}{said}"))
            }
            401 | 403 => Trouble::Refused(format!(
                "the endpoint refuses the key ({status}); look at what is in {variable}{said}"
            )),
            300..=399 => Trouble::Refused(format!(
                "the endpoint sends us elsewhere ({status}); give the address that it sends to"
            )),
            404 => Trouble::Refused(format!(
                "there is no such address or model ({status}); the address ends in /v1 as a rule{said}"
            )),
            408 | 409 | 425 | 429 | 500..=599 => {
                let what = match status {
                    429 => "the endpoint is asked too often (429)".to_owned(),
                    _ => format!("the endpoint has a problem ({status})"),
                };
                Trouble::Again { what: format!("{what}{said}"), after, unreachable: false }
            }
            _ => Trouble::Refused(format!(
                "the endpoint does not take the question ({status}){said}; if it knows no JSON schema, set mapping.response_format; if it \
                 knows no temperature, seed or max_tokens, see mapping.temperatures, seed_field and token_field"
            )),
        }
    }

    /// What an endpoint says in an error, cut and without the key: `; it says: ...`.
    fn said(&self, text: &str) -> String {
        let message = serde_json::from_str::<Value>(text).ok().and_then(|value| error_in(&value));
        match short(&self.redact(&message.unwrap_or_else(|| text.to_owned()))) {
            said if said.is_empty() => said,
            said => format!("; it says: {said}"),
        }
    }

    fn transport(&self, error: &ureq::Error) -> Trouble {
        use std::io::ErrorKind;
        use ureq::Timeout;
        let by = &self.by;
        let again = |what: String, unreachable| Trouble::Again { what, after: None, unreachable };
        match error {
            ureq::Error::Io(e)
                if matches!(
                    e.kind(),
                    ErrorKind::ConnectionRefused
                        | ErrorKind::HostUnreachable
                        | ErrorKind::NetworkUnreachable
                        | ErrorKind::AddrNotAvailable
                ) =>
            {
                let who = if by.is_empty() { "; is it running?" } else { "" };
                again(format!("the endpoint cannot be reached (nothing answers there){who}{by}"), true)
            }
            ureq::Error::HostNotFound => {
                again(format!("the endpoint cannot be reached (there is no such host){by}"), true)
            }
            ureq::Error::ConnectionFailed
            | ureq::Error::Timeout(Timeout::Connect | Timeout::Resolve) => {
                again(format!("the endpoint cannot be reached (no connection){by}"), true)
            }
            ureq::Error::ConnectProxyFailed(message) => Trouble::Refused(
                self.redact(&format!("the proxy does not let the call through ({}){by}", short(message))),
            ),
            ureq::Error::Timeout(_) => again(
                format!("no answer within {} s (mapping.timeout_seconds)", self.options.timeout.as_secs_f64()),
                false,
            ),
            ureq::Error::BadUri(_) | ureq::Error::Http(_) => {
                Trouble::Refused("this is not an address that can be called".to_owned())
            }
            ureq::Error::Tls(_) | ureq::Error::Rustls(_) => Trouble::Refused(self.redact(&format!(
                "no encrypted connection: {error}; an endpoint without encryption has an address that begins with http://"
            ))),
            other => again(self.redact(&format!("the connection broke ({other}){by}")), false),
        }
    }
}

/// The pause that a `Retry-After` header asks for: seconds, or a date.
fn retry_after(value: &str) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(1e6)));
    }
    let date = httpdate::parse_http_date(value).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

/// Whether what is sent to a checked address leaves this machine without encryption.
fn is_open_to_others(address: &str) -> bool {
    address.starts_with("http://") && !is_this_machine(host_of(address))
}

/// An address that can be called and shown: http or https, no password, no key among its parameters.
fn checked_address(address: &str) -> Result<String, MappingError> {
    let address = address.trim().trim_end_matches('/');
    let address = address.strip_suffix("/chat/completions").unwrap_or(address);
    // Schemes are read in any case, and written in small letters.
    let address = ["http://", "https://"]
        .iter()
        .find(|scheme| address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)))
        .map_or_else(|| address.to_owned(), |scheme| format!("{scheme}{}", &address[scheme.len()..]));
    let rest = ["http://", "https://"].iter().find_map(|scheme| address.strip_prefix(scheme));
    let Some(rest) = rest else {
        return Err(MappingError::Address(
            "the address of the endpoint has to begin with http:// or https://, such as http://127.0.0.1:8080/v1".to_owned(),
        ));
    };
    let host = rest.split('/').next().unwrap_or_default();
    if host.contains('@') {
        return Err(MappingError::Address(
            "the address of the endpoint holds a name or password before the @; leave it out, a key comes from an environment variable"
                .to_owned(),
        ));
    }
    if rest.contains(['?', '#']) {
        return Err(MappingError::Address(
            "the address of the endpoint holds parameters after a ? or #; leave them out, a key comes from an environment variable"
                .to_owned(),
        ));
    }
    if host.is_empty() || address.contains(char::is_whitespace) {
        return Err(MappingError::Address("the address of the endpoint names no host".to_owned()));
    }
    Ok(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_checked_without_being_repeated() {
        assert_eq!(checked_address(" http://h:1/v1/ ").unwrap(), "http://h:1/v1");
        assert_eq!(checked_address("https://h/v1/chat/completions").unwrap(), "https://h/v1");
        for (address, part) in [
            ("h:1/v1", "has to begin with http:// or https://"),
            ("http://me:secret@h/v1", "holds a name or password"),
            ("http://h/v1?api_key=secret", "holds parameters"),
            ("http:///v1", "names no host"),
        ] {
            let said = checked_address(address).unwrap_err().to_string();
            assert!(said.contains(part) && !said.contains("secret"), "{said}");
        }
    }

    #[test]
    fn a_key_does_not_travel_in_the_open() {
        let client = |address: &str, key: Option<&str>| {
            let key = key.and_then(|key| Key::new(key, "K").unwrap());
            Client::new(ClientOptions {
                key,
                key_variable: "MY_KEY".to_owned(),
                ..ClientOptions::new(address)
            })
        };
        for address in [
            "http://localhost:8080/v1",
            "http://127.0.0.1/v1",
            "http://[::1]:1/v1",
            "HTTPS://h/v1",
            "https://10.0.0.1/v1",
        ] {
            assert!(client(address, Some("sk-secret-1")).is_ok(), "{address}");
        }
        for address in [
            "http://h/v1",
            "HTTP://api.example.org/v1",
            "http://localhost.example.org/v1",
            "http://127.0.0.1.example.org",
            "http://10.0.0.1/v1",
        ] {
            let said = client(address, Some("sk-secret-1")).unwrap_err().to_string();
            assert!(said.contains("would be sent without encryption") && !said.contains("secret"), "{said}");
            assert!(said.contains("unset MY_KEY"), "{said}");
            assert!(client(address, None).is_ok(), "nothing to hide");
        }
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        assert_eq!(retry_after("7"), Some(Duration::from_secs(7)));
        assert_eq!(retry_after("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(retry_after("Wed, 21 Oct 2015 07:28:00 GMT"), Some(Duration::ZERO));
        let later = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(100));
        assert!(retry_after(&later).is_some_and(|d| d > Duration::from_secs(90)));
        assert_eq!(retry_after("soon"), None);
        assert_eq!(retry_after("-1"), None);
    }

    #[test]
    fn pauses_double_up_to_a_limit_and_are_spread_the_same_way_each_time() {
        let client = Client::new(ClientOptions::new("http://127.0.0.1:1/v1")).unwrap();
        for attempt in 0..10 {
            let most = Duration::from_secs((1 << attempt).min(60));
            let pause = client.pause("a", attempt);
            assert!(pause >= most / 2 && pause <= most, "{attempt}: {pause:?}");
            assert_eq!(pause, client.pause("a", attempt));
        }
        assert_ne!(client.pause("a", 3), client.pause("b", 3));
    }
}
