//! From whom requests are taken: this machine, by a name that stands for it, and no page of another origin.
//!
//! The server is bound to 127.0.0.1. That alone does not keep out a page of the web whose name was made to point to 127.0.0.1 (DNS rebinding):
//! its requests come from this machine, carry that name in `Host` and, being GET, no `Origin`. So `Host` is looked at on every request.

/// Whether `Host` names this machine and the port of the server.
///
/// ```
/// use monazite_explorer::host_check::is_own_host;
/// assert!(is_own_host(Some("127.0.0.1:8123"), 8123) && is_own_host(Some("localhost:8123"), 8123) && is_own_host(Some("[::1]:8123"), 8123));
/// assert!(is_own_host(Some("LOCALHOST:8123"), 8123), "names of hosts have no case");
/// for other in [None, Some(""), Some("127.0.0.1"), Some("localhost:80"), Some("evil.example:8123"), Some("127.0.0.1:8123.evil.example")] {
///     assert!(!is_own_host(other, 8123), "{other:?}");
/// }
/// // Port 80 is left out of a name by every browser.
/// assert!(is_own_host(Some("localhost"), 80));
/// ```
pub fn is_own_host(host: Option<&str>, port: u16) -> bool {
    const NAMES: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
    let Some(host) = host else { return false };
    let of_port = |name: &str| host.eq_ignore_ascii_case(&format!("{name}:{port}"));
    NAMES.iter().any(|name| of_port(name) || port == 80 && host.eq_ignore_ascii_case(name))
}

/// Whether a browser says that a page of another origin asks. It may lead there by a link, as any page may; it gets nothing into itself.
///
/// `site`, `mode` and `dest` are `Sec-Fetch-Site`, `Sec-Fetch-Mode` and `Sec-Fetch-Dest`; programs that are no browsers send none.
///
/// ```
/// use monazite_explorer::host_check::is_from_elsewhere;
/// assert!(!is_from_elsewhere(None, None, None), "curl");
/// assert!(!is_from_elsewhere(Some("same-origin"), Some("cors"), Some("empty")) && !is_from_elsewhere(Some("none"), Some("navigate"), Some("document")));
/// // A link in a mail or on a page.
/// assert!(!is_from_elsewhere(Some("cross-site"), Some("navigate"), Some("document")));
/// assert!(is_from_elsewhere(Some("cross-site"), Some("no-cors"), Some("image")));
/// assert!(is_from_elsewhere(Some("cross-site"), Some("navigate"), Some("iframe")));
/// // Another program on this machine has another port: the same site, but another origin.
/// assert!(is_from_elsewhere(Some("same-site"), Some("cors"), Some("empty")));
/// ```
pub fn is_from_elsewhere(site: Option<&str>, mode: Option<&str>, dest: Option<&str>) -> bool {
    let other = site.is_some_and(|site| !matches!(site, "same-origin" | "none"));
    other && !(mode == Some("navigate") && dest == Some("document"))
}
