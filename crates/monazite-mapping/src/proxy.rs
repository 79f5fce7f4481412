//! The way to an endpoint: direct, or through the proxy that the environment names.

use std::net::IpAddr;

use crate::MappingError;

/// How an endpoint is reached.
#[derive(Debug, Clone)]
pub(crate) enum Way {
    /// Without a proxy.
    Direct,
    /// Through a proxy.
    Through {
        /// The proxy.
        proxy: ureq::Proxy,
        /// For messages: ` (through the proxy HOST that HTTPS_PROXY names; ...)`. No password is in it.
        shown: String,
    },
}

/// The way to an address, by the variables that programs agree on: `HTTPS_PROXY` or `HTTP_PROXY`, by the scheme of the address, then
/// `ALL_PROXY`; in either case. This machine, and what `NO_PROXY` names (hosts, domains, addresses, ranges such as 10.0.0.0/8, or `*`), is
/// called without.
///
/// # Errors
/// [`MappingError::Address`] for a proxy that cannot be one.
pub(crate) fn way_to(address: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Way, MappingError> {
    let set = |name: &str| {
        let small = name.to_ascii_lowercase();
        [name.to_owned(), small].into_iter().find_map(|name| {
            let value = variable(&name).filter(|value| !value.trim().is_empty());
            value.map(|value| (name, value.trim().to_owned()))
        })
    };
    let host = host_of(address);
    let port = port_of(address);
    if is_this_machine(host) || set("NO_PROXY").is_some_and(|(_, list)| is_left_out(host, port, &list)) {
        return Ok(Way::Direct);
    }
    let of_scheme = if address.starts_with("https://") { "HTTPS_PROXY" } else { "HTTP_PROXY" };
    let Some((name, value)) = set(of_scheme).or_else(|| set("ALL_PROXY")) else { return Ok(Way::Direct) };
    let proxy = ureq::Proxy::new(&value).map_err(|_| {
        MappingError::Address(format!(
            "the proxy in {name} cannot be one; give it as http://HOST:PORT, unset {name}, or name {host} in NO_PROXY"
        ))
    })?;
    let shown = format!(
        " (through the proxy {}:{} that {name} names; to go without it, name {host} in NO_PROXY)",
        proxy.host(),
        proxy.port()
    );
    Ok(Way::Through { proxy, shown })
}

/// The host of an address that has been checked, without brackets.
pub(crate) fn host_of(address: &str) -> &str {
    let authority = authority_of(address);
    match authority.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    }
}

fn authority_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    rest.split('/').next().unwrap_or_default()
}

fn port_of(address: &str) -> Option<&str> {
    let authority = authority_of(address);
    let after = authority.rsplit_once(']').map_or(authority, |(_, after)| after);
    after.rsplit_once(':').map(|(_, port)| port)
}

/// Whether a host is this machine.
pub(crate) fn is_this_machine(host: &str) -> bool {
    let loopback = host.parse::<IpAddr>().is_ok_and(|ip| ip.to_canonical().is_loopback());
    loopback || host.eq_ignore_ascii_case("localhost") || host.to_ascii_lowercase().ends_with(".localhost")
}

fn is_left_out(host: &str, port: Option<&str>, list: &str) -> bool {
    let ip = host.parse::<IpAddr>().ok().map(|ip| ip.to_canonical());
    list.split([',', ' ', ';']).map(str::trim).filter(|entry| !entry.is_empty()).any(|entry| {
        if entry == "*" {
            return true;
        }
        if let Some((base, bits)) = entry.split_once('/') {
            let range = base.parse::<IpAddr>().ok().zip(bits.parse::<u32>().ok());
            return range.zip(ip).is_some_and(|((base, bits), ip)| in_range(ip, base.to_canonical(), bits));
        }
        if let Ok(entry) = entry.trim_matches(['[', ']']).parse::<IpAddr>() {
            return ip == Some(entry.to_canonical());
        }
        let (name, of_port) = entry.split_once(':').map_or((entry, None), |(name, port)| (name, Some(port)));
        if of_port.is_some() && of_port != port {
            return false;
        }
        let name = name.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
        let host = host.to_ascii_lowercase();
        host == name || host.strip_suffix(&name).is_some_and(|start| start.ends_with('.'))
    })
}

/// Whether an address is in a range, such as 10.0.0.0/8.
fn in_range(ip: IpAddr, base: IpAddr, bits: u32) -> bool {
    match (ip, base) {
        (IpAddr::V4(ip), IpAddr::V4(base)) if bits <= 32 => {
            let differing = ip.to_bits() ^ base.to_bits();
            differing.checked_shr(32 - bits).unwrap_or(0) == 0
        }
        (IpAddr::V6(ip), IpAddr::V6(base)) if bits <= 128 => {
            let differing = ip.to_bits() ^ base.to_bits();
            differing.checked_shr(128 - bits).unwrap_or(0) == 0
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(address: &str, variables: &[(&str, &str)]) -> String {
        let set = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
        match way_to(address, set) {
            Ok(Way::Direct) => "direct".to_owned(),
            Ok(Way::Through { shown, .. }) => shown,
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn this_machine_is_called_without_a_proxy() {
        let all = [("HTTP_PROXY", "http://p:1"), ("HTTPS_PROXY", "http://p:1"), ("ALL_PROXY", "http://p:1")];
        for address in [
            "http://127.0.0.1:8080/v1",
            "http://localhost/v1",
            "https://[::1]:1/v1",
            "http://127.9.9.9",
            "http://a.localhost:1",
        ] {
            assert_eq!(way(address, &all), "direct", "{address}");
        }
        assert_eq!(way("https://api.example.org/v1", &[]), "direct");
    }

    #[test]
    fn the_proxy_is_that_of_the_scheme_and_is_shown_without_its_password() {
        let both = [("HTTP_PROXY", "http://plain:1"), ("https_proxy", "http://me:secret@safe:2")];
        assert_eq!(
            way("https://api.example.org/v1", &both),
            " (through the proxy safe:2 that https_proxy names; to go without it, name api.example.org in NO_PROXY)"
        );
        assert!(way("http://10.0.0.1:8000/v1", &both).contains("the proxy plain:1 that HTTP_PROXY names"));
        assert!(
            way("https://h", &[("ALL_PROXY", "http://any:3")])
                .contains("the proxy any:3 that ALL_PROXY names")
        );
        let wrong = way("https://h/v1", &[("HTTPS_PROXY", "http://:secret@")]);
        assert!(
            wrong.contains("the proxy in HTTPS_PROXY cannot be one") && !wrong.contains("secret"),
            "{wrong}"
        );
    }

    #[test]
    fn no_proxy_names_hosts_domains_addresses_and_ranges() {
        let proxied = |address: &str, list: &str| {
            way(address, &[("HTTPS_PROXY", "http://p:1"), ("HTTP_PROXY", "http://p:1"), ("no_proxy", list)])
                != "direct"
        };
        for (address, list) in [
            ("https://api.example.org/v1", "*"),
            ("https://api.example.org/v1", "other, example.org"),
            ("https://api.example.org/v1", ".example.org"),
            ("https://api.example.org/v1", "*.example.org"),
            ("https://API.example.org:443/v1", "api.EXAMPLE.org:443"),
            ("http://10.1.2.3:8000/v1", "localhost,10.0.0.0/8"),
            ("http://10.1.2.3:8000/v1", "10.1.2.3"),
            ("http://192.168.7.9/v1", "192.168.0.0/16 10.0.0.0/8"),
            ("http://[fd00::7]:1/v1", "fd00::/8"),
            ("http://10.1.2.3/v1", "0.0.0.0/0"),
        ] {
            assert!(!proxied(address, list), "{address} {list}");
        }
        for (address, list) in [
            ("https://api.example.org/v1", "ample.org"),
            ("https://api.example.org/v1", "api.example.org:8443"),
            ("http://11.1.2.3/v1", "10.0.0.0/8"),
            ("http://10.1.2.3/v1", "10.0.0.0/40,10.0.0.0/x"),
            ("http://10.1.2.3/v1", "fd00::/8"),
            ("https://ten.example/v1", "10.0.0.0/8"),
        ] {
            assert!(proxied(address, list), "{address} {list}");
        }
    }
}
