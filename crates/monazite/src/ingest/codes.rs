//! The code tables of a release: countries and products.

use std::collections::BTreeMap;

use super::IngestError;
use crate::delimited::Table;
use crate::nomenclature::country::{CountryRow, mend_double_encoding};
use crate::nomenclature::{Countries, Hs6};

/// Reads a `country_codes` file of either generation of headers.
///
/// Up to V202301: `country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha`;
/// since V202401: `country_code,country_name,country_iso2,country_iso3`. Double-encoded names are mended.
///
/// # Errors
/// [`IngestError::Table`] if a column is missing or a code is not a number, [`IngestError::Countries`] if there are too many.
pub fn parse_country_codes(text: &[u8], file: &str) -> Result<Countries, IngestError> {
    let table = Table::parse(text, file)?;
    let code = table.require(&["country_code"])?;
    let name = table.require(&["country_name", "country_name_abbreviation", "country_name_full"])?;
    let iso3 = table.require(&["country_iso3", "iso_3digit_alpha"])?;
    let mut rows = Vec::with_capacity(table.rows.len());
    for row in &table.rows {
        let number = row.get(code).parse::<u16>().map_err(|_| {
            table.field_error(row, code, format!("'{}' is not a numeric country code", row.get(code)))
        })?;
        rows.push(CountryRow {
            code: number,
            name: mend_double_encoding(row.get(name)),
            iso3: row.get(iso3).to_ascii_uppercase(),
        });
    }
    Countries::from_rows(&rows).map_err(|error| IngestError::Countries { file: file.to_owned(), error })
}

/// Reads a `product_codes` file: code and text of every product.
///
/// Files that were saved by a spreadsheet have lost their leading zeros; since every code in them is known to have six
/// digits, they are restored.
///
/// # Errors
/// [`IngestError::Table`] if a column is missing or a code is not an HS6 code.
pub fn parse_product_codes(text: &[u8], file: &str) -> Result<BTreeMap<Hs6, String>, IngestError> {
    let table = Table::parse(text, file)?;
    let code = table.require(&["code"])?;
    let description = table.require(&["description"])?;
    let mut products = BTreeMap::new();
    for row in &table.rows {
        let product = Hs6::padded(row.get(code)).map_err(|e| table.field_error(row, code, e.to_string()))?;
        products.insert(product, mend_double_encoding(row.get(description)));
    }
    Ok(products)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_generations_of_country_headers() {
        let older = "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha\n\
                     842,USA,\"USA, Puerto Rico and US Virgin Islands\",US,USA\n\
                     490,\"Other Asia, nes\",\"Other Asia, not elsewhere specified\",N/A,N/A\n\
                     516,Namibia,Namibia,,NAM\n";
        let newer = "country_code,country_name,country_iso2,country_iso3\n842,USA,US,USA\n490,\"Other Asia, nes\",,S19\n516,Namibia,NA,NAM\n";
        for text in [older, newer] {
            let countries = parse_country_codes(text.as_bytes(), "c.csv").unwrap();
            assert_eq!(countries.iso3_codes(), ["NAM", "TWN", "USA"]);
            assert_eq!(countries.get(countries.by_code(842).unwrap()).name, "USA");
        }
        assert_eq!(
            parse_country_codes(b"country_code,country_name,country_iso3\nx,Y,ZZZ\n", "c.csv")
                .unwrap_err()
                .to_string(),
            "c.csv:2: column country_code: 'x' is not a numeric country code"
        );
    }

    #[test]
    fn lost_zeros_of_product_codes_come_back() {
        let products = parse_product_codes(
            b"\"code\",\"description\"\n\"10121\",\"Horses: live\"\n284690,x\n9999AA,y\n",
            "p.csv",
        )
        .unwrap();
        let codes: Vec<String> = products.keys().map(ToString::to_string).collect();
        assert_eq!(codes, ["010121", "284690", "9999AA"]);
        assert!(parse_product_codes(b"code,description\n28469x,y\n", "p.csv").is_err());
    }
}
