//! Damaged Parquet files: an error where the library would panic.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use parquet::errors::ParquetError;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Does some reading. The library trusts what a file says of itself in some places; a file that lies there makes it panic, which
/// becomes an error here, without a message on standard error.
///
/// Only for reading without threads of its own; whatever was being filled is not to be used after an error.
///
/// # Errors
/// That of the work, or [`ParquetError::General`] if it panicked.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, ParquetError> {
    static SILENCE: Once = Once::new();
    SILENCE.call_once(|| {
        let before = take_hook();
        set_hook(Box::new(move |panic| {
            if !GUARDED.get() {
                before(panic);
            }
        }));
    });
    let outer = GUARDED.replace(true);
    let result = catch_unwind(AssertUnwindSafe(work));
    GUARDED.set(outer);
    result.unwrap_or_else(|panic| {
        let what = panic.downcast_ref::<String>().map(String::as_str);
        let what = what.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no more is known");
        Err(ParquetError::General(format!("the file is damaged ({what})")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_an_error_and_everything_else_is_what_it_was() {
        assert_eq!(guarded(|| Ok(7)).unwrap(), 7);
        let refused = guarded::<()>(|| Err(ParquetError::EOF("short".to_owned()))).unwrap_err();
        assert_eq!(refused.to_string(), "EOF: short");
        let at = [1, 2, 3].len();
        let error = guarded(|| Ok([0u8; 2][at])).unwrap_err().to_string();
        assert!(error.contains("the file is damaged (index out of bounds"), "{error}");
        let inner = guarded(|| guarded::<i32>(|| panic!("x")).or(Ok(1)));
        assert_eq!(inner.unwrap(), 1);
        assert!(!GUARDED.get());
    }
}
