//! Findings as they stand on the page.

use std::fmt::Write;

use crate::html::{escaped, put};

/// Sentences as a list; nothing without one.
pub(super) fn list(out: &mut String, told: &[String]) {
    if told.is_empty() {
        return;
    }
    out.push_str("<ul class=\"findings\">\n");
    for finding in told {
        put!(out, "<li>{}</li>\n", escaped(finding));
    }
    out.push_str("</ul>\n");
}
