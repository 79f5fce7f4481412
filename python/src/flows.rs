//! Flows of a table, as the engine takes them.

use std::collections::HashMap;

use arrow_buffer::ScalarBuffer;
use monazite::nomenclature::Countries;
use monazite::trade::{FlowColumns, FlowTable, FlowTableError, Labels};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use crate::columns::{Given, Wanted};
use crate::errors::{IntoException, input};

/// The columns of a table of flows: year, product, exporter, importer, value, quantity.
pub const FLOW_COLUMNS: [Wanted; 6] = [
    Wanted { name: "year", others: &["t", "period", "refyear"], required: true },
    Wanted { name: "product", others: &["k", "hs6", "cmdcode", "product_code"], required: true },
    Wanted { name: "exporter", others: &["i", "exporter_iso3", "exporter_id"], required: true },
    Wanted { name: "importer", others: &["j", "importer_iso3", "importer_id"], required: true },
    Wanted { name: "value", others: &["v"], required: true },
    Wanted { name: "quantity", others: &["q"], required: false },
];

/// Columns by the name that they are wanted for.
pub type Said = HashMap<String, String>;

/// What a country is called whose code is a number: what the caller says, else its ISO3 code if it is one of BACI's.
pub struct CountryNumbers {
    said: Option<HashMap<i64, String>>,
    baci: Countries,
}

impl CountryNumbers {
    /// The codes that the caller says, or BACI's.
    pub fn of(said: Option<HashMap<i64, String>>) -> Self {
        Self { said, baci: Countries::builtin() }
    }

    /// The ISO3 code; otherwise what is wrong.
    pub fn iso3(&self, number: i64) -> Result<String, String> {
        if let Some(said) = &self.said {
            return said
                .get(&number)
                .cloned()
                .ok_or_else(|| format!("{number} is not among the country_codes that are given"));
        }
        let found = u16::try_from(number).ok().and_then(|code| self.baci.by_code(code));
        found.map(|id| self.baci.get(id).iso3.clone()).ok_or_else(|| {
            format!(
                "{number} is not the number of a country in BACI; give texts such as 'DEU', or say whose number it is with country_codes={{{number}: ...}}"
            )
        })
    }
}

/// What a product is called whose code is a number: six digits, with the zero that a number cannot have in front.
pub fn six_digits(number: i64) -> Result<String, String> {
    Ok(if (10_000..100_000).contains(&number) { format!("{number:06}") } else { number.to_string() })
}

/// The first name of a mapping of columns that flows do not have, and those that they have.
pub fn no_column(said: &Said) -> Option<(&str, String)> {
    let names = FLOW_COLUMNS.each_ref().map(|wanted| wanted.name);
    let other = said.keys().find(|said| !names.contains(&said.as_str()))?;
    Some((other, names.join(", ")))
}

/// The columns of a table of flows, read, and where each was found.
pub struct Flows {
    given: Given,
    /// Of year, product, exporter, importer and value.
    at: [usize; 5],
    quantity: Option<usize>,
    pub years: Vec<i32>,
    pub products: (Labels, Vec<u32>),
    pub exporters: (Labels, Vec<u32>),
    pub importers: (Labels, Vec<u32>),
    pub values: ScalarBuffer<f64>,
    pub quantities: Option<ScalarBuffer<f64>>,
}

impl Flows {
    /// Reads them, `said` being where the caller says that a column is.
    ///
    /// # Errors
    /// `TypeError` if the object is no table, `InputError` with row and column for what is wrong in it.
    pub fn of(
        object: &Bound<'_, PyAny>,
        said: &Said,
        numbers: &CountryNumbers,
        with_quantity: bool,
    ) -> PyResult<Self> {
        let of = |wanted: &Wanted| said.get(wanted.name).cloned();
        let given = Given::of_columns(object, "flows", &FLOW_COLUMNS.each_ref(), &of)?;
        if given.rows() == 0 {
            return Err(input("flows: the table has no rows; a stream that was read before is empty"));
        }
        object.py().detach(|| Self::read(given, said, numbers, with_quantity))
    }

    fn read(given: Given, said: &Said, numbers: &CountryNumbers, with_quantity: bool) -> PyResult<Self> {
        let [year, product, exporter, importer, value, quantity] = &FLOW_COLUMNS;
        let of = |wanted: &Wanted| said.get(wanted.name).map(String::as_str);
        let find = |wanted: &Wanted| given.find(wanted, of(wanted));
        let at = [find(year)?, find(product)?, find(exporter)?, find(importer)?, find(value)?];
        let quantity = match (with_quantity, of(quantity)) {
            (false, _) => None,
            (true, Some(_)) => Some(find(quantity)?),
            (true, None) => given.look(quantity, None)?,
        };
        let country = |number| numbers.iso3(number);
        Ok(Self {
            years: given.whole_numbers(at[0])?,
            products: given.labels(at[1], &six_digits)?,
            exporters: given.countries(at[2], &country)?,
            importers: given.countries(at[3], &country)?,
            values: given.known_numbers(at[4])?,
            quantities: quantity.map(|at| given.numbers(at)).transpose()?,
            given,
            at,
            quantity,
        })
    }

    /// The table of the engine: values in thousand USD, as BACI has them.
    fn table(&self) -> PyResult<FlowTable> {
        let table = FlowTable::from_columns(FlowColumns {
            years: &self.years,
            products: (&self.products.0, &self.products.1),
            exporters: (&self.exporters.0, &self.exporters.1),
            importers: (&self.importers.0, &self.importers.1),
            values: &self.values,
            quantities: self.quantities.as_deref(),
        });
        table.map_err(|error| match error {
            FlowTableError::Row { row, column, value, message } => {
                let place = FLOW_COLUMNS.iter().position(|wanted| wanted.name == column);
                let at = place.and_then(|place| self.at.get(place).copied().or(self.quantity));
                let named = at.map_or(column, |at| self.given.name(at));
                self.given.wrong_in_row(named, row as u64, value, &message)
            }
            error => error.into_exception(),
        })
    }
}

/// The flows of a table: values in thousand USD, as BACI has them.
///
/// # Errors
/// As [`Flows::of`], and `ValueError` for a column that flows do not have.
pub fn flows_of(
    object: &Bound<'_, PyAny>,
    said: &Said,
    numbers: &CountryNumbers,
    with_quantity: bool,
) -> PyResult<FlowTable> {
    if let Some((other, names)) = no_column(said) {
        let message = format!("columns: '{other}' is no column of flows; there are {names}");
        return Err(PyValueError::new_err(message));
    }
    let flows = Flows::of(object, said, numbers, with_quantity)?;
    object.py().detach(|| flows.table())
}
