//! Numbers and lists as the page has them.

use crate::units::{ThousandUsd, grouped};

/// A share in percent, two digits.
pub(super) fn share(share: f64) -> String {
    match 100.0 * share {
        0.0 => "0\u{a0}%".to_owned(),
        percent if percent < 0.1 => "less than 0.1\u{a0}%".to_owned(),
        percent if percent < 9.95 => format!("{percent:.1}\u{a0}%"),
        percent => format!("{percent:.0}\u{a0}%"),
    }
}

/// An amount in USD, in words, short.
pub(super) fn usd(thousand: f64) -> String {
    if thousand > 0.0 && thousand < 0.5 {
        return "less than 500 USD".to_owned();
    }
    ThousandUsd::new(thousand).in_words()
}

/// An amount in a column of million USD, or of tonnes.
pub(super) fn cell(amount: f64, by_weight: bool) -> String {
    let scaled = if by_weight { amount } else { amount / 1000.0 };
    match scaled {
        0.0 => "0".to_owned(),
        small if small < 0.05 => "&lt;\u{a0}0.1".to_owned(),
        some if some < 99.95 => format!("{some:.1}"),
        many => grouped(many.round() as u64),
    }
}

/// Some things in a sentence.
pub(super) fn and<T: AsRef<str>>(things: &[T]) -> String {
    match things {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [first @ .., last] => {
            let first: Vec<&str> = first.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", first.join(", "), last.as_ref())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        let shares = [0.0, 0.0004, 0.0512, 0.36253, 1.0].map(share);
        assert_eq!(shares, ["0\u{a0}%", "less than 0.1\u{a0}%", "5.1\u{a0}%", "36\u{a0}%", "100\u{a0}%"]);
        let cells = [0.0, 0.04, 99_960.0, 1_234_567.0].map(|amount| cell(amount, false));
        assert_eq!(cells, ["0", "&lt;\u{a0}0.1", "100", "1,235"]);
        assert_eq!(cell(12.34, true), "12.3");
        assert_eq!((and(&["a"]), and(&["a", "b", "c"])), ("a".to_owned(), "a, b and c".to_owned()));
    }
}
