//! Text in HTML and SVG.

/// Writes into a text, which does not fail.
macro_rules! put {
    ($out:expr, $($arg:tt)*) => { let _ = write!($out, $($arg)*); };
}
pub(crate) use put;

/// Text for HTML: the five characters that mean something there are replaced.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn names_cannot_break_out_of_the_page() {
        assert_eq!(escaped("Côte d'Ivoire <b> & \"x\""), "Côte d&#39;Ivoire &lt;b&gt; &amp; &quot;x&quot;");
    }
}
