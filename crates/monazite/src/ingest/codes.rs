//! The code tables of a release: countries and products.

use std::collections::BTreeMap;

use super::IngestError;
use crate::delimited::Table;
use crate::nomenclature::country::{CountryRow, mend_double_encoding};
use crate::nomenclature::{Countries, Hs6};
use crate::plain_text::{CODE_SHAPE, LONGEST_DESCRIPTION, LONGEST_NAME, beginning, is_code, problem_of_name};

/// Reads a `country_codes` file of either generation of headers.
///
/// Up to V202301: `country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha`;
/// since V202401: `country_code,country_name,country_iso2,country_iso3`. Double-encoded names are mended.
///
/// # Errors
/// [`IngestError::Table`] if a column is missing, a numeric code is not a number or stands there twice, a three-letter code is none
/// ([`is_code`]), or a name is too long or holds a control character; [`IngestError::Countries`] if there are too many.
pub fn parse_country_codes(text: &[u8], file: &str) -> Result<Countries, IngestError> {
    let table = Table::parse(text, file)?;
    let code = table.require(&["country_code"])?;
    let name = table.require(&["country_name", "country_name_abbreviation", "country_name_full"])?;
    let iso3 = table.require(&["country_iso3", "iso_3digit_alpha"])?;
    let mut rows = Vec::with_capacity(table.rows.len());
    let mut first_line = BTreeMap::new();
    for row in &table.rows {
        let number = row.get(code).parse::<u16>().map_err(|_| {
            table.field_error(row, code, format!("'{}' is not a numeric country code", row.get(code)))
        })?;
        if let Some(first) = first_line.insert(number, row.line) {
            let message = format!("'{number}' stands on line {first} already; keep one of the two rows");
            return Err(table.field_error(row, code, message).into());
        }
        let three_letters = row.get(iso3).to_ascii_uppercase();
        if !(is_code(&three_letters) || three_letters.is_empty() || three_letters == "N/A") {
            let message =
                format!("'{}' is not the code of a country: {CODE_SHAPE}", beginning(row.get(iso3), 40));
            return Err(table.field_error(row, iso3, message).into());
        }
        let full_name = mend_double_encoding(row.get(name));
        if let Some(problem) = problem_of_name(&full_name, LONGEST_NAME) {
            return Err(table.field_error(row, name, problem).into());
        }
        rows.push(CountryRow { code: number, name: full_name, iso3: three_letters });
    }
    Countries::from_rows(&rows).map_err(|error| IngestError::Countries { file: file.to_owned(), error })
}

/// Reads a `product_codes` file: code and text of every product.
///
/// Files that were saved by a spreadsheet have lost their leading zeros; since every code in them is known to have six
/// digits, they are restored.
///
/// # Errors
/// [`IngestError::Table`] if a column is missing, a code is not an HS6 code or stands there twice, or a text is too long or holds a
/// control character; [`IngestError::TooManyProducts`].
pub fn parse_product_codes(text: &[u8], file: &str) -> Result<BTreeMap<Hs6, String>, IngestError> {
    let table = Table::parse(text, file)?;
    let code = table.require(&["code"])?;
    let description = table.require(&["description"])?;
    let mut products = BTreeMap::new();
    for row in &table.rows {
        let product = Hs6::padded(row.get(code)).map_err(|e| table.field_error(row, code, e.to_string()))?;
        let text = mend_double_encoding(row.get(description));
        if let Some(problem) = problem_of_name(&text, LONGEST_DESCRIPTION) {
            return Err(table.field_error(row, description, problem).into());
        }
        if products.insert(product, text).is_some() {
            let message = format!("{product} stands there twice; keep one of the two rows");
            return Err(table.field_error(row, code, message).into());
        }
    }
    if products.len() > Hs6::MOST_PRODUCTS {
        return Err(IngestError::TooManyProducts {
            file: file.to_owned(),
            found: products.len(),
            most: Hs6::MOST_PRODUCTS,
        });
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

    #[test]
    fn a_table_is_refused_that_could_mean_two_things_or_do_harm() {
        const HEADER: &str = "country_code,country_name,country_iso2,country_iso3\n";
        let countries = |rows: &str| {
            parse_country_codes(format!("{HEADER}{rows}").as_bytes(), "c.csv").unwrap_err().to_string()
        };
        assert_eq!(
            countries("4,Afghanistan,AF,AFG\n8,Albania,AL,ALB\n4,Andorra,AD,AND\n"),
            "c.csv:4: column country_code: '4' stands on line 2 already; keep one of the two rows"
        );
        assert!(countries("4,Afghanistan,AF,X/../../PWN\n").starts_with(
            "c.csv:2: column country_iso3: 'X/../../PWN' is not the code of a country: 1 to 16"
        ));
        assert_eq!(
            countries("4,\"Afghan\nistan\",AF,AFG\n"),
            "c.csv:2: column country_name: holds the control character U+000A; take it out"
        );
        assert!(countries(&format!("4,{},AF,AFG\n", "x".repeat(10_000))).contains("has 10000 characters"));
        let products = |rows: &str| {
            parse_product_codes(format!("code,description\n{rows}").as_bytes(), "p.csv")
                .unwrap_err()
                .to_string()
        };
        assert_eq!(
            products("010121,Horses\n010121,Mules\n"),
            "p.csv:3: column code: 010121 stands there twice; keep one of the two rows"
        );
        assert!(products("010121,Hor\u{202e}ses\n").contains("holds the control character U+202E"));
        let many: String = (0..70_000).map(|n| format!("{n:06},x\n")).collect();
        assert_eq!(
            products(&many),
            "p.csv: there are 70000 different products, at most 32000 fit; is another column taken for the product?"
        );
    }
}
