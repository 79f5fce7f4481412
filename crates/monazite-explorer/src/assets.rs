//! The files of the page, compiled in from `web/dist`.

/// A file of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asset {
    /// Its name, such as `index.html` or `assets/index-1a2b3c.js`.
    pub name: &'static str,
    /// What is in it.
    pub bytes: &'static [u8],
}

/// All files of the page, by name.
pub const ASSETS: &[Asset] = include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// The file that is the page.
pub const INDEX: &str = "index.html";

/// What the page is made of, and under which licences.
pub const NOTICE: &str = "NOTICE";

/// A file of the page by its exact name.
///
/// ```
/// use monazite_explorer::assets::{INDEX, asset};
/// assert!(asset(INDEX).is_some_and(|page| page.bytes.starts_with(b"<!doctype html>")));
/// assert!(asset("").is_none() && asset("../Cargo.toml").is_none());
/// ```
pub fn asset(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// What a browser is told a file holds, by the end of its name. What is not known is offered to be saved, and never shown as a page.
///
/// ```
/// use monazite_explorer::assets::content_type;
/// assert_eq!(content_type("assets/index-1a2b.js"), "text/javascript; charset=utf-8");
/// assert_eq!(content_type("trends.csv"), "text/csv; charset=utf-8");
/// assert_eq!(content_type("indicators.parquet"), "application/vnd.apache.parquet");
/// assert_eq!(content_type("NOTICE"), "text/plain; charset=utf-8");
/// assert_eq!(content_type("x"), "application/octet-stream");
/// ```
pub fn content_type(name: &str) -> &'static str {
    if name == NOTICE {
        return "text/plain; charset=utf-8";
    }
    match name.rsplit_once('.').map_or("", |(_, end)| end) {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "ico" => "image/x-icon",
        "woff2" => "font/woff2",
        "csv" => "text/csv; charset=utf-8",
        "txt" | "md" | "toml" | "tex" => "text/plain; charset=utf-8",
        "parquet" => "application/vnd.apache.parquet",
        "pdf" => "application/pdf",
        _ => "application/octet-stream",
    }
}
