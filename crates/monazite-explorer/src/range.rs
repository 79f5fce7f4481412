//! Which bytes of a file are asked for (RFC 9110, section 14).

/// What to send of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// All of it: no range is asked for, several are, or it is not understood.
    All,
    /// The bytes from the first to the last, both included.
    Part {
        /// The first.
        first: u64,
        /// The last.
        last: u64,
    },
    /// There are no such bytes.
    Nothing,
}

/// Reads a header `Range` for a file of so many bytes. Several ranges at once get the whole file, as the standard allows.
///
/// ```
/// use monazite_explorer::range::{Wanted, wanted};
/// let of = |range| wanted(Some(range), 100);
/// assert_eq!(of("bytes=0-9"), Wanted::Part { first: 0, last: 9 });
/// assert_eq!(of("bytes=90-"), Wanted::Part { first: 90, last: 99 });
/// assert_eq!(of("bytes=90-1000"), Wanted::Part { first: 90, last: 99 });
/// assert_eq!(of("bytes=-8"), Wanted::Part { first: 92, last: 99 });
/// assert_eq!(of("bytes=-1000"), Wanted::Part { first: 0, last: 99 });
/// assert_eq!(of("bytes=100-"), Wanted::Nothing);
/// assert_eq!(of("bytes=-0"), Wanted::Nothing);
/// for whole in ["bytes=0-1,5-6", "bytes=9-0", "bytes=a-b", "bytes=", "bytes=-", "rows=0-1", "bytes=0 - 1", "bytes=99999999999999999999-"] {
///     assert_eq!(of(whole), Wanted::All, "{whole}");
/// }
/// assert_eq!((wanted(None, 100), wanted(Some("bytes=0-"), 0)), (Wanted::All, Wanted::Nothing));
/// ```
pub fn wanted(range: Option<&str>, bytes: u64) -> Wanted {
    let Some((first, last)) =
        range.and_then(|range| range.strip_prefix("bytes=")).and_then(|range| range.split_once('-'))
    else {
        return Wanted::All;
    };
    let number = |text: &str| match text.bytes().all(|b| b.is_ascii_digit()) {
        true => text.parse::<u64>().ok(),
        false => None,
    };
    let (first, last) = match (number(first), number(last)) {
        (Some(first), Some(last)) if first > last => return Wanted::All,
        (Some(first), Some(last)) => (first, last.min(bytes.saturating_sub(1))),
        (Some(first), None) if last.is_empty() => (first, bytes.saturating_sub(1)),
        (None, Some(count)) if first.is_empty() => match count {
            0 => return Wanted::Nothing,
            count => (bytes.saturating_sub(count), bytes.saturating_sub(1)),
        },
        _ => return Wanted::All,
    };
    if first >= bytes { Wanted::Nothing } else { Wanted::Part { first, last } }
}
