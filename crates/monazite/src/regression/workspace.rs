//! Memory that is used again from regression to regression.
//!
//! A sweep runs hundreds of regressions, each with megabytes of columns. Asking the system for them anew every time costs as
//! much as the arithmetic.

/// Columns that are not in use.
#[derive(Debug, Default)]
pub(super) struct Workspace {
    doubles: Vec<Vec<f64>>,
    codes: Vec<Vec<u32>>,
}

impl Workspace {
    /// An empty column of numbers, with room from an earlier use if there is any.
    pub fn doubles(&mut self) -> Vec<f64> {
        self.doubles.pop().unwrap_or_default()
    }

    /// An empty column of codes.
    pub fn codes(&mut self) -> Vec<u32> {
        self.codes.pop().unwrap_or_default()
    }

    /// Takes a column of numbers back.
    pub fn keep_doubles(&mut self, mut column: Vec<f64>) {
        column.clear();
        self.doubles.push(column);
    }

    /// Takes a column of codes back.
    pub fn keep_codes(&mut self, mut column: Vec<u32>) {
        column.clear();
        self.codes.push(column);
    }
}
