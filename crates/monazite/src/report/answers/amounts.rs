//! Amounts, shares and names as an answer shows them.

use crate::nomenclature::Hs6;
use crate::nomenclature::merged_names::name_in_tables;
use crate::report::brief::cut;
use crate::report::figures::names::short_name;
use crate::report::measure::number;
use crate::run::{Run, RunError};
use crate::study::TradeMeasure;
use crate::units::ThousandUsd;

/// What the trade of a run is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Amounts {
    /// Thousand USD, shown in million USD.
    Value,
    /// Tonnes.
    Weight,
}

impl Amounts {
    /// That of a run.
    pub fn of(run: &Run) -> Self {
        if run.study().trade.measure == TradeMeasure::Quantity { Self::Weight } else { Self::Value }
    }

    /// The unit of numbers in answers for programs.
    pub const fn raw_unit(self) -> &'static str {
        match self {
            Self::Value => "thousand USD",
            Self::Weight => "tonnes",
        }
    }

    /// The unit of columns.
    pub const fn unit(self) -> &'static str {
        match self {
            Self::Value => "M USD",
            Self::Weight => "tonnes",
        }
    }

    /// An amount in a column, without its unit.
    ///
    /// ```
    /// use monazite::report::answers::amounts::Amounts;
    /// assert_eq!(Amounts::Value.shown(697_800.0), "697.8");
    /// assert_eq!(Amounts::Weight.shown(12_345.6), "12,346");
    /// assert_eq!(Amounts::Value.shown(0.0), "0");
    /// ```
    pub fn shown(self, amount: f64) -> String {
        match self {
            Self::Value => number(amount / 1000.0),
            Self::Weight => number(amount),
        }
    }

    /// An amount with its unit.
    ///
    /// ```
    /// use monazite::report::answers::amounts::Amounts;
    /// assert_eq!(Amounts::Value.in_words(697_800.0), "698 million USD");
    /// assert_eq!(Amounts::Weight.in_words(12_345.6), "12,346 tonnes");
    /// ```
    pub fn in_words(self, amount: f64) -> String {
        match self {
            Self::Value => ThousandUsd::new(amount).in_words(),
            Self::Weight => format!("{} tonnes", number(amount)),
        }
    }
}

/// Two amounts as `482 to 698 million USD`; one if they look the same.
///
/// ```
/// use monazite::report::answers::amounts::{Amounts, amount_range};
/// assert_eq!(amount_range(Amounts::Value, 482_100.0, 698_400.0), "482 to 698 million USD");
/// assert_eq!(amount_range(Amounts::Value, 82_100.0, 6_984_000.0), "82.1 million USD to 6.98 billion USD");
/// assert_eq!(amount_range(Amounts::Weight, 5.0, 5.0), "5.00 tonnes");
/// ```
pub fn amount_range(amounts: Amounts, least: f64, most: f64) -> String {
    let (from, to) = (amounts.in_words(least), amounts.in_words(most));
    if from == to {
        return to;
    }
    match (from.split_once(' '), to.split_once(' ')) {
        (Some((number, unit)), Some((_, other))) if unit == other => format!("{number} to {to}"),
        _ => format!("{from} to {to}"),
    }
}

/// A share in percent, as many digits as say something; a dash where there is none.
///
/// ```
/// use monazite::report::answers::amounts::share;
/// assert_eq!([share(Some(0.363)), share(Some(0.012)), share(Some(0.0)), share(None)], ["36 %", "1.2 %", "0", "-"]);
/// assert_eq!([share(Some(1e-6)), share(Some(1.0))], ["<0.01 %", "100 %"]);
/// ```
pub fn share(share: Option<f64>) -> String {
    let Some(share) = share else { return "-".to_owned() };
    let percent = 100.0 * share;
    match percent.abs() {
        0.0 => "0".to_owned(),
        size if size < 0.01 => "<0.01 %".to_owned(),
        size if size < 0.1 => format!("{percent:.2} %"),
        size if size < 9.95 => format!("{percent:.1} %"),
        _ => format!("{percent:.0} %"),
    }
}

/// The least and the largest of some shares as `36 to 53 %`; one number if they look the same.
///
/// ```
/// use monazite::report::answers::amounts::range;
/// assert_eq!(range(&[0.363, 0.459, 0.527]), "36 to 53 %");
/// assert_eq!(range(&[0.5, 0.501]), "50 %");
/// ```
pub fn range(shares: &[f64]) -> String {
    let least = shares.iter().copied().fold(f64::INFINITY, f64::min);
    let most = shares.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (from, to) = (share(Some(least)), share(Some(most)));
    if from == to { to } else { format!("{} to {to}", from.trim_end_matches(" %")) }
}

/// A country as answers name it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Named {
    /// iso3, or the code of a group.
    pub code: String,
    /// Its name.
    pub name: String,
}

impl Named {
    /// The country at a position.
    ///
    /// # Errors
    /// [`RunError`] if the panel is damaged.
    pub fn at(run: &Run, country: usize) -> Result<Self, RunError> {
        let country = &run.panel()?.countries[country];
        Ok(Self { code: country.code.clone(), name: name_in_tables(&country.code, &country.name).to_owned() })
    }

    /// The name if it is short, else a shorter one; the code where there is none.
    pub fn short(&self) -> String {
        if self.name.is_empty() { self.code.clone() } else { short_name(&self.name) }
    }
}

/// A product as answers name it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct NamedProduct {
    /// HS code.
    pub code: String,
    /// Its text; empty if the run does not say.
    pub text: String,
}

impl NamedProduct {
    /// The product at a position.
    ///
    /// # Errors
    /// [`RunError`] if a table is damaged.
    pub fn at(run: &Run, product: usize) -> Result<Self, RunError> {
        let code: Hs6 = run.panel()?.products[product].code;
        let text = run.descriptions()?.get(product).cloned().unwrap_or_default();
        Ok(Self { code: code.to_string(), text })
    }

    /// Code and the beginning of the text, `most` characters of it.
    pub fn shown(&self, most: usize) -> String {
        format!("{}  {}", self.code, cut(&self.text, most)).trim_end().to_owned()
    }
}
