//! Whole columns read with little memory: texts as small numbers, missing numbers as NaN.

use std::collections::HashMap;
use std::ops::Range;

use parquet::data_type::DoubleType;
use parquet::errors::ParquetError;

use super::reader::TableReader;

/// A text column of one row group: its different values in the order of their first row, and which of them each
/// row has.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct InternedText {
    /// The different values.
    pub values: Vec<String>,
    /// For each row a position among `values`.
    pub rows: Vec<u32>,
}

impl TableReader {
    /// Reads a [`super::Kind::OptionalNumber`] column of a whole row group, NaN where a value is missing: half the memory of
    /// [`TableReader::read_optional_number`].
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_number_or_nan(&self, group: usize, column: usize) -> Result<Vec<f64>, ParquetError> {
        self.read_some_or_nan(group, column, 0..self.group_rows(group))
    }

    /// As [`TableReader::read_number_or_nan`], of some rows.
    ///
    /// # Errors
    /// As [`TableReader::read_number_or_nan`].
    pub fn read_some_or_nan(
        &self,
        group: usize,
        column: usize,
        of: Range<usize>,
    ) -> Result<Vec<f64>, ParquetError> {
        let rows = of.len();
        let mut values = Vec::with_capacity(rows);
        let mut levels = Vec::with_capacity(rows);
        self.read::<DoubleType>(group, column, of.start, rows, &mut values, Some(&mut levels))?;
        let mut present = values.len();
        values.resize(rows, f64::NAN);
        // From the end, so that nothing is overwritten before it is moved.
        for row in (0..rows).rev() {
            if levels[row] == 1 {
                present -= 1;
                values[row] = values[present];
            } else {
                values[row] = f64::NAN;
            }
        }
        Ok(values)
    }

    /// Reads a [`super::Kind::Text`] column of a whole row group without a text of its own for every row; of a [`super::Kind::OptionalText`] column a
    /// missing text is the empty one.
    ///
    /// # Errors
    /// If the file is damaged or the column is of another kind.
    pub fn read_interned(&self, group: usize, column: usize) -> Result<InternedText, ParquetError> {
        self.read_some_interned(group, column, 0..self.group_rows(group))
    }

    /// As [`TableReader::read_interned`], of some rows.
    ///
    /// # Errors
    /// As [`TableReader::read_interned`].
    pub fn read_some_interned(
        &self,
        group: usize,
        column: usize,
        of: Range<usize>,
    ) -> Result<InternedText, ParquetError> {
        let rows = of.len();
        let raw = self.raw_texts(group, column, of.start, rows)?;
        let mut text = InternedText { values: Vec::new(), rows: Vec::with_capacity(rows) };
        let mut known: HashMap<&[u8], u32> = HashMap::new();
        let mut last: Option<(&[u8], u32)> = None;
        for value in &raw {
            let bytes = value.data();
            let place = match last {
                Some((before, place)) if before == bytes => place,
                _ => match known.get(bytes) {
                    Some(&place) => place,
                    None => {
                        let place = text.values.len() as u32;
                        text.values.push(value.as_utf8()?.to_owned());
                        known.insert(bytes, place);
                        place
                    }
                },
            };
            last = Some((bytes, place));
            text.rows.push(place);
        }
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parquet::data_type::ByteArray;

    use crate::columnar::{Kind, Schema, Values, write_table};

    #[test]
    fn missing_numbers_are_nan_in_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let numbers = [None, Some(1.0), None, None, Some(2.0), Some(3.0), None];
        let schema = Schema::new(&[("x", Kind::OptionalNumber)], 1);
        write_table(&path, &schema, &[Values::OptionalNumber(&numbers)]).unwrap();
        let read = TableReader::open(&path).unwrap().read_number_or_nan(0, 0).unwrap();
        assert_eq!(read.iter().map(|v| Some(*v).filter(|v| !v.is_nan())).collect::<Vec<_>>(), numbers);
        let some = TableReader::open(&path).unwrap().read_some_or_nan(0, 0, 3..6).unwrap();
        assert!(some[0].is_nan() && some[1..] == [2.0, 3.0]);
    }

    #[test]
    fn missing_texts_are_empty_in_their_places() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let text = [None, Some("a"), Some("b"), None, Some("a")].map(|text| text.map(ByteArray::from));
        let schema = Schema::new(&[("x", Kind::OptionalText)], 1);
        write_table(&path, &schema, &[Values::OptionalText(&text)]).unwrap();
        let table = TableReader::open(&path).unwrap();
        assert_eq!(table.kind(0), Some(Kind::OptionalText));
        let read = table.read_interned(0, 0).unwrap();
        assert_eq!(
            (read.values, read.rows),
            (["", "a", "b"].map(str::to_owned).to_vec(), vec![0, 1, 2, 0, 1])
        );
        let mut texts = Vec::new();
        table.read_text(0, 0, 2, 3, &mut texts).unwrap();
        assert_eq!(texts, ["b", "", "a"]);
    }

    #[test]
    fn values_come_in_the_order_of_their_first_row() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.parquet");
        let text: Vec<ByteArray> = ["b", "b", "a", "b", "c", "a"].map(ByteArray::from).to_vec();
        write_table(&path, &Schema::new(&[("x", Kind::Text)], 1), &[Values::Text(&text)]).unwrap();
        let read = TableReader::open(&path).unwrap().read_interned(0, 0).unwrap();
        assert_eq!(read.values, ["b", "a", "c"]);
        assert_eq!(read.rows, [0, 0, 1, 0, 2, 1]);
        let table = TableReader::open(&path).unwrap();
        let some = table.read_some_interned(0, 0, 2..5).unwrap();
        assert_eq!((some.values, some.rows), (["a", "b", "c"].map(str::to_owned).to_vec(), vec![0, 1, 2]));
        assert_eq!(table.only_text(0, 0), None);
        let path = folder.path().join("one.parquet");
        write_table(&path, &Schema::new(&[("x", Kind::Text)], 1), &[Values::Text(&text[..2])]).unwrap();
        assert_eq!(TableReader::open(&path).unwrap().only_text(0, 0), Some("b"));
    }
}
