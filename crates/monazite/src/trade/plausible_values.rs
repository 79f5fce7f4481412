//! Whether values can be thousand USD: sums that the world does not trade, and sums that are far too small for all of its products.

use super::flows::IndexEntry;
use crate::units::ThousandUsd;

/// World trade in goods of a year is about 25 billion thousand USD at most (WTO, 2022); more than this cannot be.
const MOST_OF_A_YEAR: f64 = 40e9;
/// World trade in a product: crude oil, the largest, was 1.7 billion thousand USD in its best year.
const MOST_OF_A_LARGE_PRODUCT: f64 = 3e9;
/// No product of another heading came near to this: half a trillion USD.
const MOST_OF_A_PRODUCT: f64 = 0.5e9;
/// Headings of the largest products: fuels, medicines, gold, computers, telephones, chips, cars, and goods not classified.
const LARGE: [&str; 11] =
    ["2709", "2710", "2711", "3002", "3004", "7108", "8471", "8517", "8542", "8703", "9999"];
/// Products from which on a sum says what the world trades.
const MANY_PRODUCTS: usize = 1000;
/// The least of so many products: world trade in all 5,000 was never below three trillion USD since 1992, and a fifth of the products is more
/// than a sixtieth of it.
const LEAST_OF_A_PRODUCT: f64 = 1e4;

/// What is said of a year that is worth more than the world trades, `None` if it is not; `more` says in which other years it is so.
///
/// ```
/// use monazite::trade::plausible_values::too_large_note;
/// assert_eq!(too_large_note(2022, 24e9, ""), None);
/// assert!(too_large_note(2022, 50e9, "").is_some_and(|note| note.contains("in 2022 they are 50.0 trillion USD in all")));
/// ```
pub fn too_large_note(year: u16, value: f64, more: &str) -> Option<String> {
    (value > MOST_OF_A_YEAR).then(|| {
        format!(
            "{} they are {} in all{more}, and the world trades some 24 trillion USD a year. If the data hold USD, say data.unit = \"usd\" (--unit \
             usd of an import).",
            too_large_in(year),
            ThousandUsd::new(value).in_words()
        )
    })
}

/// The beginning of what is said of a year whose values are too large.
pub fn too_large_in(year: u16) -> String {
    format!("The values cannot be thousand USD: in {year}")
}

/// Why the values of a year cannot be thousand USD.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ValueDoubt {
    /// More than the world trades in a year; or more of one product than the world trades of it, whose code this is.
    TooLarge {
        /// The product; `None` for the sum of all.
        product: Option<crate::nomenclature::Hs6>,
        /// The sum, as if in thousand USD.
        value: f64,
    },
    /// Far less than the world trades of so many products.
    TooSmall {
        /// The sum, as if in thousand USD.
        value: f64,
        /// Number of products.
        products: usize,
    },
}

/// Looks for sums that cannot be thousand USD in the trade of a year. `of_the_world` says that the trade is not an extract: only then it can
/// be too small.
///
/// ```
/// use monazite::trade::plausible_values::{ValueDoubt, value_doubt};
/// use monazite::trade::{FlowSource, FlowTable};
/// let of = |value: f64| FlowTable::from_rows([(2022, "850511", "CHN", "USA", value)]);
/// // 3.5 billion USD, in thousand USD and in USD.
/// assert_eq!(value_doubt(of(3.5e6)?.traded_in(2022), true), None);
/// assert!(matches!(value_doubt(of(3.5e9)?.traded_in(2022), true), Some(ValueDoubt::TooLarge { product: Some(_), .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn value_doubt(products: &[IndexEntry], of_the_world: bool) -> Option<ValueDoubt> {
    let value = products.iter().fold(0.0, |sum, entry| sum + entry.value);
    if value > MOST_OF_A_YEAR {
        return Some(ValueDoubt::TooLarge { product: None, value });
    }
    let most = |entry: &IndexEntry| {
        if LARGE.contains(&entry.product.heading().as_str()) {
            MOST_OF_A_LARGE_PRODUCT
        } else {
            MOST_OF_A_PRODUCT
        }
    };
    let beyond = products.iter().filter(|entry| entry.value > most(entry));
    if let Some(largest) = beyond.max_by(|a, b| a.value.total_cmp(&b.value)) {
        return Some(ValueDoubt::TooLarge { product: Some(largest.product), value: largest.value });
    }
    let count = products.len();
    let little = of_the_world && count >= MANY_PRODUCTS && value < LEAST_OF_A_PRODUCT * count as f64;
    little.then_some(ValueDoubt::TooSmall { value, products: count })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trade::{FlowSource, FlowTable};

    fn doubt(rows: &[(&str, f64)], of_the_world: bool) -> Option<ValueDoubt> {
        let rows = rows.iter().map(|(product, value)| (2022, *product, "CHN", "USA", *value));
        value_doubt(FlowTable::from_rows(rows).unwrap().traded_in(2022), of_the_world)
    }

    #[test]
    fn what_the_world_trades_is_no_doubt() {
        // 2022 in BACI: crude oil 1.46, cars 0.2, chips 0.5 billion thousand USD; nickel mattes 0.006.
        let largest = [("270900", 1.46e9), ("854231", 0.5e9), ("870380", 0.2e9), ("750110", 6e6)];
        assert_eq!(doubt(&largest, true), None);
        let in_usd = largest.map(|(product, value)| (product, value * 1000.0));
        let sum = in_usd.iter().map(|p| p.1).sum();
        assert_eq!(doubt(&in_usd, true), Some(ValueDoubt::TooLarge { product: None, value: sum }));
        let nickel = Some("750110".parse().unwrap());
        assert_eq!(doubt(&in_usd[3..], true), Some(ValueDoubt::TooLarge { product: nickel, value: 6e9 }));
    }

    #[test]
    fn all_products_of_the_world_are_not_worth_a_few_billions() {
        let codes: Vec<String> = (0..2000).map(|n| format!("{:06}", 100_000 + n)).collect();
        let of = |value: f64| codes.iter().map(|code| (code.as_str(), value)).collect::<Vec<_>>();
        // 24 trillion USD in 5,000 products are 4.8 million thousand USD a product, and 4,800 million USD.
        assert_eq!(doubt(&of(4.8e6), true), None);
        let small = Some(ValueDoubt::TooSmall { value: 4800.0 * 2000.0, products: 2000 });
        assert_eq!(doubt(&of(4800.0), true), small);
        assert_eq!(doubt(&of(4800.0), false), None, "an extract may be small");
        assert_eq!(doubt(&of(4800.0)[..999], true), None, "so may few products");
    }
}
