//! The server: for this machine only, until it is asked to stop.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use monazite::progress::Progress;
use monazite::threads::Threads;
use tokio::sync::Semaphore;

use crate::ExploreError;
use crate::desk::Desk;
use crate::patient::Patient;
use crate::respond::{Asked, respond};
use crate::site::Site;

/// Largest head of a request.
const LARGEST_HEAD: usize = 16 << 10;
/// Most headers of a request.
const MOST_HEADERS: usize = 64;
/// Connections at once. Each takes an open file, of which many systems give a program 1024, some 256.
const MOST_CONNECTIONS: usize = 240;
/// So often it is asked whether to stop.
const LOOK: Duration = Duration::from_millis(100);

/// How to listen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// The port; `None` for one that is free.
    pub port: Option<u16>,
    /// Whether the address has a part that nobody can guess.
    pub token: bool,
    /// So long a request may take to come, a connection may wait for the next one, and a browser may take nothing of an answer.
    pub patience: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self { port: None, token: true, patience: Duration::from_secs(20) }
    }
}

/// Where the page is: the port, and what stands before every path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Door {
    /// The port.
    pub port: u16,
    /// 128 random bits in hexadecimal; `None` without.
    token: Option<String>,
}

impl Door {
    /// A door with a token, or without one.
    pub fn new(port: u16, token: Option<String>) -> Self {
        Self { port, token }
    }

    /// The address of the page.
    ///
    /// ```
    /// use monazite_explorer::Door;
    /// assert_eq!(Door::new(8123, None).address(), "http://127.0.0.1:8123/");
    /// assert_eq!(Door::new(8123, Some("ab".to_owned())).address(), "http://127.0.0.1:8123/ab/");
    /// ```
    pub fn address(&self) -> String {
        let token = self.token.as_ref().map_or_else(String::new, |token| format!("{token}/"));
        format!("http://127.0.0.1:{}/{token}", self.port)
    }

    /// What of a path is behind the door; `None` if it is another path.
    ///
    /// ```
    /// use monazite_explorer::Door;
    /// let door = Door::new(8123, Some("ab".to_owned()));
    /// assert_eq!((door.inside("/ab/"), door.inside("/ab/explorer.json")), (Some(""), Some("explorer.json")));
    /// assert_eq!((door.inside("/"), door.inside("/ac/"), door.inside("/ab"), door.inside("ab/")), (None, None, None, None));
    /// assert_eq!(Door::new(8123, None).inside("/explorer.json"), Some("explorer.json"));
    /// ```
    pub fn inside<'a>(&self, path: &'a str) -> Option<&'a str> {
        let path = path.strip_prefix('/')?;
        match &self.token {
            None => Some(path),
            Some(token) => {
                let (first, rest) = path.split_once('/')?;
                is_same(first.as_bytes(), token.as_bytes()).then_some(rest)
            }
        }
    }

    /// Whether a path lacks the slash at its end only.
    pub(crate) fn is_without_slash(&self, path: &str) -> bool {
        let token = self.token.as_ref().map(String::as_bytes);
        path.strip_prefix('/').zip(token).is_some_and(|(path, token)| is_same(path.as_bytes(), token))
    }
}

/// Whether two texts are the same; it takes as long wherever they differ.
fn is_same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |other, (a, b)| other | (a ^ b)) == 0
}

/// A server that listens and has not begun to answer.
#[derive(Debug)]
pub struct Listening {
    listener: TcpListener,
    door: Door,
    patience: Duration,
}

impl Listening {
    /// Listens on 127.0.0.1, and nowhere else.
    ///
    /// # Errors
    /// [`ExploreError::PortInUse`] or [`ExploreError::Listen`].
    ///
    /// ```
    /// use monazite_explorer::{Listening, Settings};
    /// let first = Listening::on(Settings::default())?;
    /// let address = first.door().address();
    /// assert!(address.starts_with("http://127.0.0.1:") && address.len() > 50);
    /// let again = Listening::on(Settings { port: Some(first.door().port), ..Settings::default() });
    /// assert!(again.unwrap_err().to_string().contains("is in use by another program"));
    /// # Ok::<(), monazite_explorer::ExploreError>(())
    /// ```
    pub fn on(settings: Settings) -> Result<Self, ExploreError> {
        let port = settings.port.unwrap_or(0);
        let refused = |source: io::Error| match source.kind() {
            io::ErrorKind::AddrInUse => ExploreError::PortInUse { port },
            _ => ExploreError::Listen { port, source },
        };
        let listener = TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).map_err(refused)?;
        listener.set_nonblocking(true).map_err(refused)?;
        let port = listener.local_addr().map_err(refused)?.port();
        let token = match settings.token {
            true => Some(random().map_err(ExploreError::Server)?),
            false => None,
        };
        Ok(Self { listener, door: Door::new(port, token), patience: settings.patience })
    }

    /// Where the page is.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// Answers until `progress` asks to stop, which is how it ends.
    ///
    /// # Errors
    /// [`ExploreError::Server`] if the system no longer lets it, [`ExploreError::Threads`] without threads for what-if questions.
    pub fn serve(self, site: Arc<Site>, progress: &dyn Progress) -> Result<(), ExploreError> {
        let desk = Desk::new(Threads::as_many_as_here()?);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(ExploreError::Server)?;
        let served = runtime.block_on(accept(self, site, desk, progress));
        // A question that is still being answered is not waited for.
        runtime.shutdown_background();
        served
    }
}

/// 128 random bits.
fn random() -> io::Result<String> {
    let mut bits = [0; 16];
    getrandom::fill(&mut bits).map_err(|e| io::Error::other(e.to_string()))?;
    Ok(bits.iter().map(|byte| format!("{byte:02x}")).collect())
}

async fn accept(
    listening: Listening,
    site: Arc<Site>,
    desk: Desk,
    progress: &dyn Progress,
) -> Result<(), ExploreError> {
    let listener = tokio::net::TcpListener::from_std(listening.listener).map_err(ExploreError::Server)?;
    let (door, patience) = (Arc::new(listening.door), listening.patience);
    let room = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        if progress.cancelled() {
            return Ok(());
        }
        let next = async {
            let place = room.clone().acquire_owned().await;
            (listener.accept().await, place)
        };
        let Ok((accepted, Ok(place))) = tokio::time::timeout(LOOK, next).await else { continue };
        let Ok((stream, _)) = accepted else {
            // Too many open files, or a client that has gone: the next one may be better.
            tokio::time::sleep(LOOK).await;
            continue;
        };
        let (door, site, desk) = (door.clone(), site.clone(), desk.clone());
        tokio::spawn(async move {
            let service = service_fn(move |request| one(door.clone(), site.clone(), desk.clone(), request));
            let connection = http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(patience)
                .max_buf_size(LARGEST_HEAD)
                .max_headers(MOST_HEADERS)
                .half_close(false)
                .serve_connection(TokioIo::new(Patient::new(stream, patience)), service);
            // A client that breaks off is no news.
            let _ = connection.await;
            drop(place);
        });
    }
}

async fn one(
    door: Arc<Door>,
    site: Arc<Site>,
    desk: Desk,
    request: Request<Incoming>,
) -> Result<hyper::Response<crate::body::ReplyBody>, Infallible> {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    let authority = uri.authority().map(|named| named.as_str());
    let asked = Asked { method, authority, path: uri.path(), query: uri.query().unwrap_or(""), headers };
    let reply = respond(&door, &site, &desk, asked).await;
    Ok(reply.response(method == hyper::Method::HEAD))
}
