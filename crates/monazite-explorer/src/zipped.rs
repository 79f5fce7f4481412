//! Texts as gzip: who may have them, and how they are made.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;

/// Whether a header `Accept-Encoding` takes gzip (RFC 9110, section 12.5.3). Without the header nothing is packed.
///
/// ```
/// use monazite_explorer::zipped::takes_gzip;
/// assert!(takes_gzip(Some("gzip, deflate, br, zstd")) && takes_gzip(Some("GZIP;q=0.5")) && takes_gzip(Some("*")));
/// assert!(!takes_gzip(None) && !takes_gzip(Some("")) && !takes_gzip(Some("identity")) && !takes_gzip(Some("br, gzipped")));
/// assert!(!takes_gzip(Some("gzip;q=0")) && !takes_gzip(Some("*, gzip; q=0.000")) && !takes_gzip(Some("gzip;q=x")));
/// ```
pub fn takes_gzip(accept: Option<&str>) -> bool {
    let weight = |wanted: &str| {
        accept.unwrap_or_default().split(',').find_map(|one| {
            let (name, rest) = one.split_once(';').unwrap_or((one, ""));
            let q = rest.trim().strip_prefix("q=").map_or(Some(1.0), |q| q.trim().parse::<f32>().ok());
            name.trim().eq_ignore_ascii_case(wanted).then_some(q.unwrap_or(0.0))
        })
    };
    weight("gzip").or_else(|| weight("*")).is_some_and(|q| q > 0.0)
}

/// A text as gzip; `None` if that saves nothing.
///
/// ```
/// use monazite_explorer::zipped::gzip;
/// assert!(gzip("na ".repeat(1000).as_bytes()).is_some_and(|packed| packed.len() < 100));
/// assert!(gzip(b"").is_none() && gzip(b"x").is_none());
/// ```
pub fn gzip(text: &[u8]) -> Option<Bytes> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(text).ok()?;
    let packed = packed.finish().ok()?;
    (packed.len() < text.len()).then(|| packed.into())
}
