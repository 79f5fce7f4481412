//! Tables that come back: columns in memory that any library of data frames takes without a copy.

use std::sync::Arc;

use arrow_array::builder::{BooleanBuilder, Float64Builder, Int64Builder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, BooleanArray, Float64Array, Int32Array, Int64Array, RecordBatch, StringArray,
};
use arrow_buffer::{BooleanBuffer, Buffer, NullBuffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Schema};
use pyo3::exceptions::{PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyBytes, PyCapsule, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple};
use pyo3_arrow::PyTable;

/// A table of results. It goes into pandas, polars, pyarrow, DuckDB and whatever else takes Arrow data.
///
/// Columns are texts, whole numbers, numbers, or true and false; a cell that is undefined is null, never 0.
///
/// >>> import monazite as mz
/// >>> table = mz.Table({"iso3": ["CHN", "USA"], "pv": [40.0, None]})
/// >>> table.column_names, len(table), table["pv"]
/// (['iso3', 'pv'], 2, [40.0, None])
#[pyclass(frozen, module = "monazite")]
#[derive(Debug, Clone)]
pub struct Table {
    batch: RecordBatch,
    notes: Vec<String>,
}

impl Table {
    /// A table of columns of one length.
    pub fn of(columns: Vec<(String, ArrayRef)>, notes: Vec<String>) -> PyResult<Self> {
        if let Some((first, others)) = columns.split_first()
            && let Some((name, array)) = others.iter().find(|(_, array)| array.len() != first.1.len())
        {
            let (rows, of_first) = (array.len(), first.1.len());
            return Err(PyValueError::new_err(format!(
                "column {name} has {rows} rows, column {} has {of_first}",
                first.0
            )));
        }
        let fields: Vec<Field> = columns
            .iter()
            // So that a table with and one without an undefined cell have one schema.
            .map(|(name, array)| Field::new(name, array.data_type().clone(), true))
            .collect();
        let arrays = columns.into_iter().map(|(_, array)| array).collect();
        let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), arrays)
            .map_err(|e| PyValueError::new_err(e.to_string()))?;
        Ok(Self { batch, notes })
    }

    /// Its columns.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    fn array(&self, name: &str) -> PyResult<&ArrayRef> {
        self.batch.column_by_name(name).ok_or_else(|| {
            PyKeyError::new_err(format!(
                "there is no column {name}; there are {}",
                self.column_names().join(", ")
            ))
        })
    }
}

/// Numbers with NaN where there is none.
pub fn numbers(values: Vec<f64>) -> ArrayRef {
    let known: BooleanBuffer = values.iter().map(|value| !value.is_nan()).collect();
    let nulls = Some(NullBuffer::new(known)).filter(|nulls| nulls.null_count() > 0);
    Arc::new(Float64Array::new(ScalarBuffer::from(values), nulls))
}

/// Texts that are never missing.
pub fn texts<'a>(values: impl IntoIterator<Item = &'a str>) -> ArrayRef {
    let mut builder = StringBuilder::new();
    values.into_iter().for_each(|value| builder.append_value(value));
    Arc::new(builder.finish())
}

#[pymethods]
impl Table {
    /// A table from lists, by the name of the column.
    #[new]
    fn new(columns: &Bound<'_, PyDict>) -> PyResult<Self> {
        let mut made = Vec::new();
        for (name, values) in columns.iter() {
            let name: String = name.extract()?;
            let values: Vec<Bound<'_, PyAny>> = values.extract().map_err(|_| {
                PyTypeError::new_err(format!(
                    "column {name}: a list is wanted, and this is {}",
                    type_name(&values)
                ))
            })?;
            let array = of_list(&values).map_err(|found| {
                PyTypeError::new_err(format!(
                    "column {name}: texts, whole numbers, numbers, or true and false are wanted, of one kind; there is {found}"
                ))
            })?;
            made.push((name, array));
        }
        Self::of(made, Vec::new())
    }

    /// Names of the columns, in order.
    #[getter]
    fn column_names(&self) -> Vec<String> {
        self.batch.schema_ref().fields().iter().map(|field| field.name().clone()).collect()
    }

    /// What a reader of the numbers should know: values that were filled in, trade that is an extract.
    #[getter]
    fn notes(&self) -> Vec<String> {
        self.notes.clone()
    }

    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// A column as a list; None where it is undefined.
    fn __getitem__<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyList>> {
        list_of(py, self.array(name)?)
    }

    /// All columns as lists, by name.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyDict>> {
        let dict = PyDict::new(py);
        for name in self.column_names() {
            dict.set_item(&name, self.__getitem__(py, &name)?)?;
        }
        Ok(dict)
    }

    /// A pandas DataFrame. Needs pandas; pyarrow is not needed.
    fn to_pandas<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("monazite._frames")?.getattr("to_pandas")?.call1((slf,))
    }

    /// A polars DataFrame. Needs polars.
    fn to_polars<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("monazite._frames")?.getattr("to_polars")?.call1((slf,))
    }

    /// A pyarrow Table. Needs pyarrow.
    fn to_pyarrow<'py>(slf: &Bound<'py, Self>) -> PyResult<Bound<'py, PyAny>> {
        slf.py().import("monazite._frames")?.getattr("to_pyarrow")?.call1((slf,))
    }

    /// The table as an Arrow stream, for libraries that take one.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let table = PyTable::try_new(vec![self.batch.clone()], self.batch.schema())?;
        Bound::new(py, table)?.call_method1("__arrow_c_stream__", (requested_schema,))
    }

    /// The schema of the stream.
    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = pyo3_arrow::PySchema::new(self.batch.schema());
        Ok(Bound::new(py, schema)?.call_method0("__arrow_c_schema__")?.cast_into()?)
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().batch == self.batch)
    }

    fn __repr__(&self) -> String {
        format!("Table of {} rows: {}", self.batch.num_rows(), self.column_names().join(", "))
    }

    fn __str__(slf: &Bound<'_, Self>) -> PyResult<String> {
        slf.py().import("monazite._frames")?.getattr("as_text")?.call1((slf,))?.extract()
    }

    fn _repr_html_(slf: &Bound<'_, Self>) -> PyResult<String> {
        slf.py().import("monazite._frames")?.getattr("as_html")?.call1((slf,))?.extract()
    }

    /// Rows from one to before another.
    fn slice(&self, start: usize, stop: usize) -> Self {
        let rows = self.batch.num_rows();
        let (start, stop) = (start.min(rows), stop.min(rows).max(start.min(rows)));
        Self { batch: self.batch.slice(start, stop - start), notes: self.notes.clone() }
    }

    /// A column as (kind, bytes of the values, bytes that say which are known, bytes of the offsets): how it is pickled.
    fn _parts<'py>(&self, py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyTuple>> {
        parts(py, self.array(name)?)
    }

    #[staticmethod]
    fn _of_parts(columns: Vec<Part>, notes: Vec<String>) -> PyResult<Self> {
        let mut made = Vec::new();
        for (name, kind, values, known, offsets) in columns {
            let array = of_parts(&kind, &values, known.as_deref(), offsets.as_deref()).ok_or_else(|| {
                PyValueError::new_err(format!("column {name} of a pickled table is damaged"))
            })?;
            made.push((name, array));
        }
        Self::of(made, notes)
    }

    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let (py, table) = (slf.py(), slf.get());
        let columns = PyList::empty(py);
        for name in table.column_names() {
            let parts = table._parts(py, &name)?;
            let named = PyTuple::new(py, [PyString::new(py, &name).into_any()])?.add(parts)?;
            columns.append(named)?;
        }
        let arguments = (columns, table.notes.clone()).into_pyobject(py)?;
        Ok((slf.get_type().getattr("_of_parts")?, arguments))
    }
}

type Part = (String, String, Vec<u8>, Option<Vec<u8>>, Option<Vec<u8>>);

/// The name of the type of an object, for messages.
pub fn type_name(object: &Bound<'_, PyAny>) -> String {
    object.get_type().fully_qualified_name().map_or_else(|_| "an object".to_owned(), |name| name.to_string())
}

/// A column of a list; otherwise the type that does not fit.
fn of_list(values: &[Bound<'_, PyAny>]) -> Result<ArrayRef, String> {
    let first = values.iter().find(|value| !value.is_none());
    let is = |value: &Bound<'_, PyAny>| (value.is_instance_of::<PyBool>(), value.is_instance_of::<PyInt>());
    match first {
        Some(first) if first.is_instance_of::<PyString>() => {
            let mut builder = StringBuilder::new();
            for value in values {
                let text = value.extract::<Option<String>>().map_err(|_| type_name(value))?;
                builder.append_option(text);
            }
            Ok(Arc::new(builder.finish()))
        }
        Some(first) if is(first).0 => {
            let mut builder = BooleanBuilder::new();
            for value in values {
                builder.append_option(value.extract::<Option<bool>>().map_err(|_| type_name(value))?);
            }
            Ok(Arc::new(builder.finish()))
        }
        Some(first) if is(first).1 && values.iter().all(|v| v.is_none() || is(v) == (false, true)) => {
            let mut builder = Int64Builder::new();
            for value in values {
                builder.append_option(value.extract::<Option<i64>>().map_err(|_| type_name(value))?);
            }
            Ok(Arc::new(builder.finish()))
        }
        _ => {
            let mut builder = Float64Builder::new();
            for value in values {
                let number =
                    value.is_instance_of::<PyFloat>() || is(value) == (false, true) || value.is_none();
                let extracted = value.extract::<Option<f64>>().map_err(|_| type_name(value))?;
                if !number && is(value).0 {
                    return Err(type_name(value));
                }
                builder.append_option(extracted);
            }
            Ok(Arc::new(builder.finish()))
        }
    }
}

fn list_of<'py>(py: Python<'py>, array: &ArrayRef) -> PyResult<Bound<'py, PyList>> {
    match array.data_type() {
        DataType::Utf8 => PyList::new(py, array.as_string::<i32>().iter()),
        DataType::Int32 => PyList::new(py, array.as_primitive::<Int32Type>().iter()),
        DataType::Int64 => PyList::new(py, array.as_primitive::<Int64Type>().iter()),
        DataType::Boolean => PyList::new(py, array.as_boolean().iter()),
        _ => PyList::new(py, array.as_primitive::<Float64Type>().iter()),
    }
}

fn parts<'py>(py: Python<'py>, array: &ArrayRef) -> PyResult<Bound<'py, PyTuple>> {
    let bytes_of = |bits: BooleanBuffer| PyBytes::new(py, &bits.iter().map(u8::from).collect::<Vec<u8>>());
    let known = array.nulls().map(|nulls| bytes_of(nulls.inner().clone()));
    let (kind, values, offsets) = match array.data_type() {
        DataType::Utf8 => {
            let array = array.as_string::<i32>();
            let first = array.value_offsets()[0];
            let (from, to) = (first as usize, array.value_offsets()[array.len()] as usize);
            let offsets: Vec<u8> =
                array.value_offsets().iter().flat_map(|at| (at - first).to_le_bytes()).collect();
            ("text", PyBytes::new(py, &array.value_data()[from..to]), Some(PyBytes::new(py, &offsets)))
        }
        DataType::Int32 => {
            let values: Vec<u8> =
                array.as_primitive::<Int32Type>().values().iter().flat_map(|v| v.to_le_bytes()).collect();
            ("int32", PyBytes::new(py, &values), None)
        }
        DataType::Int64 => {
            let values: Vec<u8> =
                array.as_primitive::<Int64Type>().values().iter().flat_map(|v| v.to_le_bytes()).collect();
            ("int64", PyBytes::new(py, &values), None)
        }
        DataType::Boolean => ("boolean", bytes_of(array.as_boolean().values().clone()), None),
        _ => {
            let values: Vec<u8> =
                array.as_primitive::<Float64Type>().values().iter().flat_map(|v| v.to_le_bytes()).collect();
            ("number", PyBytes::new(py, &values), None)
        }
    };
    (kind, values, known, offsets).into_pyobject(py)
}

fn of_parts(kind: &str, values: &[u8], known: Option<&[u8]>, offsets: Option<&[u8]>) -> Option<ArrayRef> {
    let nulls = known.map(|known| NullBuffer::new(known.iter().map(|&known| known != 0).collect()));
    let fits = |length: usize| nulls.as_ref().is_none_or(|nulls| nulls.len() == length);
    let array: ArrayRef = match kind {
        "text" => {
            let offsets: Vec<i32> = whole::<4>(offsets?)?.map(i32::from_le_bytes).collect();
            let ordered = offsets.first() == Some(&0) && offsets.is_sorted();
            if !ordered || *offsets.last()? as usize != values.len() || !fits(offsets.len() - 1) {
                return None;
            }
            let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
            Arc::new(StringArray::try_new(offsets, Buffer::from(values), nulls).ok()?)
        }
        "int32" => {
            let values: Vec<i32> = whole::<4>(values)?.map(i32::from_le_bytes).collect();
            Arc::new(Int32Array::try_new(values.into(), nulls).ok()?)
        }
        "int64" => {
            let values: Vec<i64> = whole::<8>(values)?.map(i64::from_le_bytes).collect();
            Arc::new(Int64Array::try_new(values.into(), nulls).ok()?)
        }
        "boolean" => {
            let values: BooleanBuffer = values.iter().map(|&value| value != 0).collect();
            if !fits(values.len()) {
                return None;
            }
            Arc::new(BooleanArray::new(values, nulls))
        }
        "number" => {
            let values: Vec<f64> = whole::<8>(values)?.map(f64::from_le_bytes).collect();
            Arc::new(Float64Array::try_new(values.into(), nulls).ok()?)
        }
        _ => return None,
    };
    Some(array)
}

/// Bytes in pieces of one length; `None` if something is left over.
fn whole<const N: usize>(bytes: &[u8]) -> Option<impl Iterator<Item = [u8; N]>> {
    let (pieces, rest) = bytes.as_chunks::<N>();
    rest.is_empty().then(|| pieces.iter().copied())
}
