//! A product in a sentence.

use super::html::cut;
use crate::run::RunView;

/// A product with the beginning of its text, for sentences.
pub fn product_text(view: &RunView<'_>, product: usize) -> String {
    in_words(&view.panel.products[product].code.to_string(), &view.descriptions[product])
}

fn in_words(code: &str, text: &str) -> String {
    // The first words alone, unless they say as little as "Metals".
    let first = text.split([':', ',', ';', '(']).next().unwrap_or("").trim();
    let short = if first.contains(' ') || first == text { first.to_owned() } else { cut(text, 40) };
    if short.is_empty() { code.to_owned() } else { format!("{code} ({})", lower_first(&short)) }
}

fn lower_first(text: &str) -> String {
    let mut characters = text.chars();
    match characters.next() {
        Some(first) => first.to_lowercase().chain(characters).collect(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::in_words;

    #[test]
    fn a_product_is_named_by_its_first_words() {
        assert_eq!(in_words("284610", "Cerium compounds"), "284610 (cerium compounds)");
        assert_eq!(
            in_words("282200", "Cobalt oxides and hydroxides: commercial cobalt oxides"),
            "282200 (cobalt oxides and hydroxides)"
        );
        // One word says too little, unless there is no other.
        assert_eq!(
            in_words("283691", "Carbonates: lithium carbonate"),
            "283691 (carbonates: lithium carbonate)"
        );
        assert_eq!(in_words("280461", "Silicon"), "280461 (silicon)");
        assert_eq!(in_words("280461", ""), "280461");
    }
}
