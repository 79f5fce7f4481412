//! Flows of a table, as the engine takes them.

use std::collections::HashMap;

use monazite::nomenclature::Countries;
use monazite::trade::{FlowColumns, FlowTable, Labels};
use pyo3::prelude::*;

use crate::columns::{Given, Wanted};
use crate::errors::IntoException;

const YEAR: Wanted = Wanted { name: "year", others: &["t", "period", "refyear"] };
const PRODUCT: Wanted = Wanted { name: "product", others: &["k", "hs6", "cmdcode", "product_code"] };
const EXPORTER: Wanted = Wanted { name: "exporter", others: &["i", "exporter_iso3", "exporter_id"] };
const IMPORTER: Wanted = Wanted { name: "importer", others: &["j", "importer_iso3", "importer_id"] };
const VALUE: Wanted = Wanted { name: "value", others: &["v"] };
const QUANTITY: Wanted = Wanted { name: "quantity", others: &["q"] };

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

/// The flows of a table: values in thousand USD, as BACI has them.
///
/// # Errors
/// `TypeError` if the object is no table, `InputError` with row and column for what is wrong in it.
pub fn flows_of(
    object: &Bound<'_, PyAny>,
    said: &Said,
    numbers: &CountryNumbers,
    with_quantity: bool,
) -> PyResult<FlowTable> {
    let given = Given::of(object, "flows")?;
    let find = |wanted: &Wanted| given.find(wanted, said.get(wanted.name).map(String::as_str));
    let at = [find(&YEAR)?, find(&PRODUCT)?, find(&EXPORTER)?, find(&IMPORTER)?, find(&VALUE)?];
    let quantity = given.look(&QUANTITY, said.get(QUANTITY.name).map(String::as_str))?.filter(|_| with_quantity);
    let country = |number| numbers.iso3(number);
    let years = given.whole_numbers(at[0])?;
    let products: (Labels, Vec<u32>) = given.labels(at[1], &six_digits)?;
    let exporters = given.labels(at[2], &country)?;
    let importers = given.labels(at[3], &country)?;
    let values = given.known_numbers(at[4])?;
    let quantities = quantity.map(|at| given.numbers(at)).transpose()?;
    drop(given);
    let py = object.py();
    py.detach(|| {
        FlowTable::from_columns(FlowColumns {
            years: &years,
            products: (&products.0, &products.1),
            exporters: (&exporters.0, &exporters.1),
            importers: (&importers.0, &importers.1),
            values: &values,
            quantities: quantities.as_deref(),
        })
    })
    .map_err(IntoException::into_exception)
}
