//! Columns of any Arrow stream as the engine takes them: texts and codes as small numbers, numbers as doubles.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt32Type};
use arrow_array::{Array, ArrayRef, BooleanArray, RecordBatch, UInt32Array};
use arrow_buffer::ScalarBuffer;
use arrow_schema::{DataType, Schema, SchemaRef};
use arrow_select::take::take;
use monazite::trade::Labels;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};
use pyo3_arrow::{PyRecordBatch, PyTable};

use crate::errors::{Class, Where, input, raise};
use crate::table::type_name;

/// A table that was handed over.
pub struct Given {
    /// What it is, for messages: "flows".
    what: &'static str,
    batches: Vec<RecordBatch>,
    schema: SchemaRef,
    /// By column: what is wrong with its memory.
    damage: Vec<Option<String>>,
}

/// What a whole number is called; otherwise what is wrong with it.
pub type Naming<'a> = &'a dyn Fn(i64) -> Result<String, String>;

/// A column that is looked for: the name that it should have, and others that people give it.
pub struct Wanted {
    /// Its name in messages and in the mapping of columns.
    pub name: &'static str,
    /// Other names that it is known by.
    pub others: &'static [&'static str],
    /// Whether a table without it is refused.
    pub required: bool,
}

impl Given {
    /// Takes a table of any library.
    ///
    /// # Errors
    /// `TypeError` if the object is no table.
    pub fn of(object: &Bound<'_, PyAny>, what: &'static str) -> PyResult<Self> {
        Self::of_columns(object, what, &[], &|_| None)
    }

    /// As [`Given::of`], of a table of which only some columns are looked at: the others may be of any type. `said` is where the caller
    /// says that a column is.
    ///
    /// # Errors
    /// As [`Given::of`].
    pub fn of_columns(
        object: &Bound<'_, PyAny>,
        what: &'static str,
        wanted: &[&Wanted],
        said: &dyn Fn(&Wanted) -> Option<String>,
    ) -> PyResult<Self> {
        let py = object.py();
        let wanted: Vec<(bool, Option<String>, Vec<String>)> = wanted
            .iter()
            .map(|wanted| {
                let names = std::iter::once(&wanted.name).chain(wanted.others);
                (wanted.required, said(wanted), names.map(|name| name.to_lowercase()).collect())
            })
            .collect();
        let stream = py.import("monazite._frames")?.getattr("as_stream")?.call1((object, what, wanted))?;
        let refused = |error: PyErr| match error.get_type(py).is(py.get_type::<PyTypeError>())
            || error.is_instance_of::<PyValueError>(py)
        {
            true => PyTypeError::new_err(format!(
                "{what}: {} cannot be read as a table: {}",
                type_name(object),
                error.value(py)
            )),
            false => error,
        };
        if stream.hasattr("__arrow_c_stream__")? {
            let (batches, schema) = stream.extract::<PyTable>().map_err(refused)?.into_inner();
            return Ok(Self::checked(what, batches, schema));
        }
        if stream.hasattr("__arrow_c_array__")? {
            let batch = stream.extract::<PyRecordBatch>().map_err(refused)?.into_inner();
            let schema = batch.schema();
            return Ok(Self::checked(what, vec![batch], schema));
        }
        let is_path = object.is_instance_of::<PyString>() || object.hasattr("__fspath__")?;
        let advice = if is_path || object.is_instance_of::<PyList>() {
            "; read files first, with polars.scan_parquet, duckdb.read_parquet or pandas.read_csv"
        } else {
            ""
        };
        Err(PyTypeError::new_err(format!(
            "{what}: a table is wanted (a DataFrame of pandas or polars, a pyarrow Table, a DuckDB relation, a dict of lists, or anything \
             else that has __arrow_c_stream__), and this is {}{advice}",
            type_name(object)
        )))
    }

    /// Looks whether texts are UTF-8 and lie where they are said to lie, and whether keys of dictionaries have a value: a library may hand
    /// over what is not so, and reading it would end the process.
    fn checked(what: &'static str, batches: Vec<RecordBatch>, schema: SchemaRef) -> Self {
        let damaged = |at: usize| {
            let kind = schema.field(at).data_type();
            let checked = is_text(kind) || matches!(kind, DataType::Dictionary(..));
            let mut chunks = batches.iter().filter(|_| checked);
            chunks
                .find_map(|batch| batch.column(at).to_data().validate_full().err())
                .map(|error| error.to_string())
        };
        let damage = (0..schema.fields().len()).map(damaged).collect();
        Self { what, batches, schema, damage }
    }

    /// Refuses a column whose memory is damaged.
    fn sound(&self, at: usize) -> PyResult<()> {
        match &self.damage[at] {
            Some(damage) => {
                let message = format!("cannot be read, its texts are not UTF-8 or it is damaged: {damage}");
                Err(self.wrong(self.name(at), None, None, &message))
            }
            None => Ok(()),
        }
    }

    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.batches.iter().map(RecordBatch::num_rows).sum()
    }

    fn wrong(&self, column: &str, row: Option<usize>, value: Option<String>, message: &str) -> PyErr {
        let place = row.map_or_else(String::new, |row| format!("row {} of ", row + 1));
        let message = format!("{place}{}: column {column}: {message}", self.what);
        let line = row.map(|row| row as u64 + 1);
        let file = Some(self.what.to_owned());
        raise(Class::Input, &message, Where { file, line, column: Some(column.to_owned()), value })
    }

    /// The position of a column: where the caller says, else by its names, capitals or not.
    ///
    /// # Errors
    /// `InputError` if there is none, or more than one.
    pub fn find(&self, wanted: &Wanted, said: Option<&str>) -> PyResult<usize> {
        match self.look(wanted, said)? {
            Some(at) => Ok(at),
            None => {
                let has: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
                let advice = said.map_or_else(
                    || format!("; say which it is with columns={{\"{}\": ...}}", wanted.name),
                    |_| String::new(),
                );
                let message = format!(
                    "{}: there is no column {}; the table has {}{advice}",
                    self.what,
                    said.unwrap_or(wanted.name),
                    if has.is_empty() { "none".to_owned() } else { has.join(", ") }
                );
                let column = Some(said.unwrap_or(wanted.name).to_owned());
                let file = Some(self.what.to_owned());
                Err(raise(Class::Input, &message, Where { file, column, ..Where::default() }))
            }
        }
    }

    /// As [`Given::find`], `None` if there is no such column and nobody said so.
    ///
    /// # Errors
    /// `InputError` if there is more than one.
    pub fn look(&self, wanted: &Wanted, said: Option<&str>) -> PyResult<Option<usize>> {
        let fields = self.schema.fields();
        let places = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
            (0..fields.len()).filter(|&at| fits(fields[at].name())).collect()
        };
        let found = match said {
            Some(said) => places(&|name| name == said),
            None => match places(&|name| name.eq_ignore_ascii_case(wanted.name)) {
                found if found.is_empty() => {
                    places(&|name| wanted.others.iter().any(|other| name.eq_ignore_ascii_case(other)))
                }
                found => found,
            },
        };
        match found[..] {
            [] => Ok(None),
            [one] => Ok(Some(one)),
            _ => {
                let names: Vec<&str> = found.iter().map(|&at| fields[at].name().as_str()).collect();
                Err(input(&format!(
                    "{}: several columns may be {}: {}; say which it is with columns={{\"{}\": ...}}",
                    self.what,
                    wanted.name,
                    names.join(", "),
                    wanted.name
                )))
            }
        }
    }

    /// The name of a column.
    pub fn name(&self, at: usize) -> &str {
        self.schema.field(at).name()
    }

    fn chunks(&self, at: usize) -> impl Iterator<Item = &ArrayRef> {
        self.batches.iter().map(move |batch| batch.column(at))
    }

    /// Refuses an empty cell.
    fn no_nulls(&self, at: usize, advice: &str) -> PyResult<()> {
        self.sound(at)?;
        let mut before = 0;
        for chunk in self.chunks(at) {
            if chunk.logical_null_count() > 0 {
                let row = (0..chunk.len())
                    .find(|&row| chunk.logical_nulls().is_some_and(|nulls| nulls.is_null(row)));
                let row = before + row.unwrap_or(0);
                return Err(self.wrong(self.name(at), Some(row), None, &format!("is empty; {advice}")));
            }
            before += chunk.len();
        }
        Ok(())
    }

    fn cast(&self, at: usize, chunk: &ArrayRef, to: &DataType, wanted: &str) -> PyResult<ArrayRef> {
        let options = arrow_cast::CastOptions { safe: false, ..Default::default() };
        arrow_cast::cast_with_options(chunk, to, &options).map_err(|e| {
            self.wrong(
                self.name(at),
                None,
                None,
                &format!("{wanted} are wanted, and it has {}: {e}", chunk.data_type()),
            )
        })
    }

    fn of_numbers(&self, at: usize, wanted: &str) -> PyResult<()> {
        self.sound(at)?;
        let kind = self.schema.field(at).data_type();
        let value = if let DataType::Dictionary(_, value) = kind { value } else { kind };
        if value.is_numeric() || *value == DataType::Null {
            return Ok(());
        }
        Err(self.wrong(
            self.name(at),
            None,
            None,
            &format!("{wanted} are wanted, and it has {}", in_words(value)),
        ))
    }

    /// A column of whole numbers; numbers with a fraction are refused.
    ///
    /// # Errors
    /// `InputError` for an empty cell, a fraction, or what is no number.
    pub fn whole_numbers(&self, at: usize) -> PyResult<Vec<i32>> {
        // Years also come as texts, from files that were read without types.
        if is_text(self.schema.field(at).data_type()) {
            let (labels, ids) = self.labels(at, &|number| Ok(number.to_string()))?;
            let parsed: Vec<Option<i32>> = labels.iter().map(|text| text.trim().parse().ok()).collect();
            return ids
                .iter()
                .enumerate()
                .map(|(row, &id)| {
                    parsed[id as usize].ok_or_else(|| {
                        let text = labels.get(id);
                        self.wrong(
                            self.name(at),
                            Some(row),
                            Some(text.to_owned()),
                            &format!("'{text}' is not a whole number"),
                        )
                    })
                })
                .collect();
        }
        self.of_numbers(at, "whole numbers")?;
        self.no_nulls(at, "leave the row out")?;
        let mut found: Vec<i32> = Vec::with_capacity(self.rows());
        let refused = |row: usize, text: String| {
            self.wrong(self.name(at), Some(row), Some(text.clone()), &format!("{text} is not a whole number"))
        };
        for chunk in self.chunks(at) {
            if chunk.data_type().is_integer() {
                let numbers = self.cast(at, chunk, &DataType::Int64, "whole numbers")?;
                for &number in numbers.as_primitive::<Int64Type>().values() {
                    let fits = i32::try_from(number);
                    found.push(fits.map_err(|_| {
                        let message = format!("{number} is too large");
                        self.wrong(self.name(at), Some(found.len()), Some(number.to_string()), &message)
                    })?);
                }
                continue;
            }
            let numbers = self.cast(at, chunk, &DataType::Float64, "whole numbers")?;
            for &number in numbers.as_primitive::<Float64Type>().values() {
                let whole = number as i32;
                if f64::from(whole) != number {
                    return Err(refused(found.len(), number.to_string()));
                }
                found.push(whole);
            }
        }
        Ok(found)
    }

    /// A column of numbers, NaN where a cell is empty; without a copy where it is of one piece.
    ///
    /// # Errors
    /// `InputError` for what is no number.
    pub fn numbers(&self, at: usize) -> PyResult<ScalarBuffer<f64>> {
        self.of_numbers(at, "numbers")?;
        let of = |chunk: &ArrayRef| self.cast(at, chunk, &DataType::Float64, "numbers");
        if let [batch] = &self.batches[..] {
            let numbers = of(batch.column(at))?;
            let numbers = numbers.as_primitive::<Float64Type>();
            if numbers.null_count() == 0 {
                return Ok(numbers.values().clone());
            }
        }
        let mut found = Vec::with_capacity(self.rows());
        for chunk in self.chunks(at) {
            let numbers = of(chunk)?;
            let numbers = numbers.as_primitive::<Float64Type>();
            match numbers.null_count() {
                0 => found.extend_from_slice(numbers.values()),
                _ => found.extend(numbers.iter().map(|number| number.unwrap_or(f64::NAN))),
            }
        }
        Ok(found.into())
    }

    /// As [`Given::numbers`], of a column in which no cell may be empty.
    ///
    /// # Errors
    /// `InputError` for an empty cell and for what is no number.
    pub fn known_numbers(&self, at: usize) -> PyResult<ScalarBuffer<f64>> {
        self.of_numbers(at, "numbers")?;
        self.no_nulls(at, "leave the row out")?;
        self.numbers(at)
    }

    /// A column of codes, texts or whole numbers, as small numbers with their labels. `name` says what a whole number is called, where that
    /// is not its text, or that there is no such code.
    ///
    /// # Errors
    /// `InputError` for an empty cell, and for what is neither text nor whole number.
    pub fn labels(&self, at: usize, name: Naming<'_>) -> PyResult<(Labels, Vec<u32>)> {
        self.coded(at, name, false)
    }

    /// As [`Given::labels`], of countries: texts of one to three digits are numbers too.
    ///
    /// # Errors
    /// As [`Given::labels`].
    pub fn countries(&self, at: usize, name: Naming<'_>) -> PyResult<(Labels, Vec<u32>)> {
        self.coded(at, name, true)
    }

    fn coded(&self, at: usize, name: Naming<'_>, digits: bool) -> PyResult<(Labels, Vec<u32>)> {
        self.sound(at)?;
        self.no_nulls(at, "leave the row out")?;
        let mut codes = Codes { ids: Vec::with_capacity(self.rows()), digits, ..Codes::default() };
        let mut fractions = None;
        for chunk in self.chunks(at) {
            let begun = codes.ids.len();
            match chunk.data_type() {
                DataType::Utf8 => codes.texts(chunk.as_string::<i32>().iter(), name),
                DataType::LargeUtf8 => codes.texts(chunk.as_string::<i64>().iter(), name),
                DataType::Utf8View => codes.texts(chunk.as_string_view().iter(), name),
                DataType::Null if chunk.is_empty() => {}
                DataType::Dictionary(_, value) => self.dictionary(at, chunk, value, &mut codes, name)?,
                kind if kind.is_integer() => {
                    let numbers = self.cast(at, chunk, &DataType::Int64, "codes")?;
                    codes.numbers(numbers.as_primitive::<Int64Type>().values(), name);
                }
                kind if kind.is_numeric() => {
                    // What pandas makes of whole numbers beside an empty cell, and decimals.
                    let numbers = self.cast(at, chunk, &DataType::Float64, "codes")?;
                    let numbers = numbers.as_primitive::<Float64Type>().values();
                    fractions = fractions.or_else(|| {
                        numbers
                            .iter()
                            .position(|v| v.fract() != 0.0 || !v.is_finite())
                            .map(|row| (begun + row, numbers[row]))
                    });
                    let whole: Vec<i64> = numbers.iter().map(|&number| number as i64).collect();
                    codes.numbers(&whole, name);
                }
                kind => return Err(self.no_codes(at, kind)),
            }
        }
        if let Some((row, number)) = fractions {
            let message = format!("{number} is not a code; texts or whole numbers are wanted");
            return Err(self.wrong(self.name(at), Some(row), Some(number.to_string()), &message));
        }
        if let Some((row, number, problem)) = codes.problem {
            return Err(self.wrong(self.name(at), Some(row), Some(number.to_string()), &problem));
        }
        Ok(Labels::in_order(codes.names, codes.ids))
    }

    /// Adds the codes of a dictionary; of its values only those that a row has.
    fn dictionary(
        &self,
        at: usize,
        chunk: &ArrayRef,
        value: &DataType,
        codes: &mut Codes,
        name: Naming<'_>,
    ) -> PyResult<()> {
        let dictionary = chunk.as_any_dictionary();
        let keys = arrow_cast::cast(dictionary.keys(), &DataType::UInt32)
            .map_err(|e| self.wrong(self.name(at), None, None, &e.to_string()))?;
        let keys = keys.as_primitive::<UInt32Type>().values();
        let mut places: Vec<Option<u32>> = vec![None; dictionary.values().len()];
        if is_text(value) {
            let texts = self.cast(at, dictionary.values(), &DataType::LargeUtf8, "codes")?;
            let texts = texts.as_string::<i64>();
            for &key in keys {
                let id =
                    *places[key as usize].get_or_insert_with(|| codes.id_of(texts.value(key as usize), name));
                codes.ids.push(id);
            }
        } else if value.is_integer() {
            let numbers = self.cast(at, dictionary.values(), &DataType::Int64, "codes")?;
            let numbers = numbers.as_primitive::<Int64Type>();
            for &key in keys {
                let number = numbers.value(key as usize);
                let id = *places[key as usize].get_or_insert_with(|| codes.id_of_number(number, name));
                codes.ids.push(id);
            }
        } else if !chunk.is_empty() {
            return Err(self.no_codes(at, value));
        }
        Ok(())
    }

    /// As [`Given::labels`], with `None` where a cell is empty.
    ///
    /// # Errors
    /// `InputError` for what is neither text nor whole number.
    pub fn labels_or_none(&self, at: usize) -> PyResult<(Labels, Vec<Option<u32>>)> {
        self.sound(at)?;
        let mut known: Vec<bool> = Vec::with_capacity(self.rows());
        let mut batches = Vec::with_capacity(self.batches.len());
        for batch in &self.batches {
            let chunk = batch.column(at);
            // As a number, NaN is an empty cell.
            let of_number = |array: &ArrayRef| -> Option<BooleanArray> {
                let numbers = array.as_primitive_opt::<Float64Type>()?;
                Some(
                    (0..array.len())
                        .map(|row| Some(array.is_valid(row) && !numbers.value(row).is_nan()))
                        .collect(),
                )
            };
            let nulls = chunk.logical_nulls();
            let mask: BooleanArray = of_number(chunk).unwrap_or_else(|| {
                (0..chunk.len()).map(|row| Some(nulls.as_ref().is_none_or(|n| n.is_valid(row)))).collect()
            });
            known.extend(mask.iter().map(|known| known == Some(true)));
            let kept: Vec<u32> = (0..chunk.len() as u32).filter(|&row| mask.value(row as usize)).collect();
            let rows = UInt32Array::from(kept);
            let kept = take(chunk, &rows, None)
                .map_err(|e| self.wrong(self.name(at), None, None, &e.to_string()))?;
            let schema = Schema::new(vec![self.schema.field(at).clone().with_nullable(true)]);
            let batch = RecordBatch::try_new(Arc::new(schema), vec![kept])
                .map_err(|e| self.wrong(self.name(at), None, None, &e.to_string()))?;
            batches.push(batch);
        }
        let schema = Arc::new(Schema::new(vec![self.schema.field(at).clone()]));
        let there = Self { what: self.what, batches, schema, damage: vec![None] };
        let (labels, ids) = there.labels(0, &|number| Ok(number.to_string()))?;
        let mut ids = ids.into_iter();
        Ok((labels, known.into_iter().map(|known| if known { ids.next() } else { None }).collect()))
    }

    /// Names of the columns.
    pub fn names(&self) -> Vec<&str> {
        self.schema.fields().iter().map(|field| field.name().as_str()).collect()
    }

    /// What is wrong in a row, counted from 1, as an exception.
    pub fn wrong_in_row(&self, column: &str, row: u64, value: String, message: &str) -> PyErr {
        self.wrong(column, Some(row as usize - 1), Some(value), message)
    }

    fn no_codes(&self, at: usize, kind: &DataType) -> PyErr {
        let message = format!("codes are wanted, texts or whole numbers, and it has {}", in_words(kind));
        self.wrong(self.name(at), None, None, &message)
    }
}

fn is_text(kind: &DataType) -> bool {
    let value = if let DataType::Dictionary(_, value) = kind { value } else { kind };
    matches!(value, DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View)
}

fn in_words(kind: &DataType) -> String {
    match kind {
        DataType::Boolean => "true and false".to_owned(),
        DataType::Null => "empty cells only".to_owned(),
        kind if is_text(kind) => "texts".to_owned(),
        kind if kind.is_integer() => "whole numbers".to_owned(),
        kind if kind.is_floating() => "numbers with fractions".to_owned(),
        kind if kind.is_temporal() => format!("dates or times ({kind})"),
        kind => format!("values of type {kind}"),
    }
}

/// Codes by first sight.
#[derive(Default)]
struct Codes {
    names: Vec<String>,
    by_name: HashMap<String, u32, ahash::RandomState>,
    by_number: HashMap<i64, u32, ahash::RandomState>,
    ids: Vec<u32>,
    /// Whether texts of one to three digits are numbers.
    digits: bool,
    /// The first number that is no code: its row, and what is wrong.
    problem: Option<(usize, i64, String)>,
}

impl Codes {
    fn id_of_text(&mut self, text: &str) -> u32 {
        if let Some(&id) = self.by_name.get(text) {
            return id;
        }
        let id = self.names.len() as u32;
        self.names.push(text.to_owned());
        self.by_name.insert(text.to_owned(), id);
        id
    }

    fn id_of_number(&mut self, number: i64, name: Naming<'_>) -> u32 {
        if let Some(&id) = self.by_number.get(&number) {
            return id;
        }
        let called = name(number).unwrap_or_else(|problem| {
            self.problem.get_or_insert((self.ids.len(), number, problem));
            String::new()
        });
        let id = self.id_of_text(&called);
        self.by_number.insert(number, id);
        id
    }

    fn id_of(&mut self, text: &str, name: Naming<'_>) -> u32 {
        let is_number = self.digits && text.len() <= 3 && text.bytes().all(|byte| byte.is_ascii_digit());
        match text.parse() {
            Ok(number) if is_number => self.id_of_number(number, name),
            _ => self.id_of_text(text),
        }
    }

    fn texts<'a>(&mut self, values: impl Iterator<Item = Option<&'a str>>, name: Naming<'_>) {
        let mut last: Option<(&str, u32)> = None;
        for value in values {
            let value = value.unwrap_or("");
            let id = match last {
                // Neighbouring rows mostly have the same code.
                Some((before, id)) if before == value => id,
                _ => self.id_of(value, name),
            };
            last = Some((value, id));
            self.ids.push(id);
        }
    }

    fn numbers(&mut self, values: &[i64], name: Naming<'_>) {
        let mut last: Option<(i64, u32)> = None;
        for &value in values {
            let id = match last {
                Some((before, id)) if before == value => id,
                _ => self.id_of_number(value, name),
            };
            last = Some((value, id));
            self.ids.push(id);
        }
    }
}
