//! Cells of a table of any format, before anybody knows what its columns mean.

/// One cell as its format stores it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Null, or nothing between two separators.
    Missing,
    /// Text, with the blanks around it.
    Text(&'a str),
    /// A whole number; of a code, leading zeros are lost.
    Integer(i64),
    /// A number that is not stored as a whole one.
    Number(f64),
}

/// The cells of one column in some rows.
#[derive(Debug, Clone, PartialEq)]
pub enum CellColumn {
    /// Texts; `None` where there is none.
    Texts(Vec<Option<String>>),
    /// Texts that repeat: the different ones, and which of them each row has.
    Labels {
        /// The different texts.
        texts: Vec<String>,
        /// For each row its text, `None` where there is none.
        rows: Vec<Option<u32>>,
    },
    /// Whole numbers.
    Integers(Vec<Option<i64>>),
    /// Numbers.
    Numbers(Vec<Option<f64>>),
}

/// Some rows of a table, column by column, in the order in which the columns were asked for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct CellBlock {
    /// Rows in it.
    pub rows: usize,
    /// Row of the file that comes first, counted from 1 as data rows.
    pub first_row: u64,
    /// The columns.
    pub columns: Vec<CellColumn>,
}

impl CellBlock {
    /// The cell of a row in a column.
    ///
    /// # Panics
    /// If there is no such row or column.
    pub fn cell(&self, row: usize, column: usize) -> Cell<'_> {
        match &self.columns[column] {
            CellColumn::Texts(texts) => texts[row].as_deref().map_or(Cell::Missing, Cell::Text),
            CellColumn::Labels { texts, rows } => {
                rows[row].map_or(Cell::Missing, |at| Cell::Text(&texts[at as usize]))
            }
            CellColumn::Integers(numbers) => numbers[row].map_or(Cell::Missing, Cell::Integer),
            CellColumn::Numbers(numbers) => numbers[row].map_or(Cell::Missing, Cell::Number),
        }
    }
}
