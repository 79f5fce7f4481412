//! Scenarios as they are asked for: suppliers, products and importers by their codes.

use crate::nomenclature::{Hs6, YearRange};

/// One row of a scenario: a supplier sells less of some products, or makes less of them.
///
/// ```
/// use monazite::shock::ScenarioRow;
/// let row = ScenarioRow::stop("COD", vec!["810510".parse()?, "282200".parse()?]);
/// assert_eq!(row.words(), "COD stops exports of 810510, 282200");
/// let row = ScenarioRow { to: vec!["JPN".to_owned()], export_cut: 0.4, ..row };
/// assert_eq!(row.words(), "COD cuts exports of 810510, 282200 to JPN by 40 %");
/// let row = ScenarioRow { export_cut: 0.0, production_loss: 0.25, ..row };
/// assert_eq!(row.words(), "COD loses 25 % of its production of 810510, 282200");
/// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct ScenarioRow {
    /// Name of the scenario; rows of one name are one scenario. Empty: all rows without a name are one.
    pub scenario: String,
    /// iso3 of the supplier.
    pub supplier: String,
    /// The products that it sells or makes less of.
    pub products: Vec<Hs6>,
    /// iso3 of the importers that it sells less to; empty for all.
    pub to: Vec<String>,
    /// The share k of these exports that is lost, in \[0, 1\].
    pub export_cut: f64,
    /// The share y of its production that is lost, in \[0, 1\].
    pub production_loss: f64,
    /// The base years in which the row holds; all if left out.
    pub years: Option<YearRange>,
}

impl ScenarioRow {
    /// A supplier stops all exports of some products.
    pub fn stop(supplier: &str, products: Vec<Hs6>) -> Self {
        Self {
            scenario: String::new(),
            supplier: supplier.to_owned(),
            products,
            to: Vec::new(),
            export_cut: 1.0,
            production_loss: 0.0,
            years: None,
        }
    }

    /// The row in words, with codes as they are.
    pub fn words(&self) -> String {
        self.words_with(&self.supplier, |code| code.to_owned())
    }

    /// The row in words, with names for codes of countries.
    pub fn words_with(&self, supplier: &str, name: impl Fn(&str) -> String) -> String {
        let products: Vec<String> = self.products.iter().map(ToString::to_string).collect();
        let products = products.join(", ");
        let to: Vec<String> = self.to.iter().map(|code| name(code)).collect();
        let to = if to.is_empty() { String::new() } else { format!(" to {}", to.join(", ")) };
        let percent = |share: f64| (share * 1000.0).round() / 10.0;
        let mut parts = Vec::new();
        if self.export_cut >= 1.0 {
            parts.push(format!("stops exports of {products}{to}"));
        } else if self.export_cut > 0.0 {
            parts.push(format!("cuts exports of {products}{to} by {} %", percent(self.export_cut)));
        }
        if self.production_loss > 0.0 {
            let of = if parts.is_empty() { format!(" of {products}") } else { String::new() };
            parts.push(format!("loses {} % of its production{of}", percent(self.production_loss)));
        }
        if parts.is_empty() {
            parts.push(format!("changes nothing in {products}"));
        }
        format!("{supplier} {}", parts.join(" and "))
    }
}

/// Rows that happen together.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Its name; what its rows say if it was given none.
    pub name: String,
    /// What happens.
    pub rows: Vec<ScenarioRow>,
}

impl Scenario {
    /// The scenarios that rows make up, in the order in which their names come first.
    ///
    /// ```
    /// use monazite::shock::{Scenario, ScenarioRow};
    /// let product = vec!["284690".parse()?];
    /// let named = |name: &str, supplier| ScenarioRow {
    ///     scenario: name.to_owned(),
    ///     ..ScenarioRow::stop(supplier, product.clone())
    /// };
    /// let found = Scenario::of_rows(&[named("ban", "CHN"), named("", "MYS"), named("ban", "MMR")]);
    /// assert_eq!(found.len(), 2);
    /// assert_eq!((found[0].name.as_str(), found[0].rows.len()), ("ban", 2));
    /// assert_eq!(found[1].name, "MYS stops exports of 284690");
    /// # Ok::<(), monazite::nomenclature::hs::HsCodeError>(())
    /// ```
    pub fn of_rows(rows: &[ScenarioRow]) -> Vec<Self> {
        let mut found: Vec<Self> = Vec::new();
        for row in rows {
            match found.iter_mut().find(|known| known.rows[0].scenario == row.scenario) {
                Some(known) => known.rows.push(row.clone()),
                None => found.push(Self { name: row.scenario.clone(), rows: vec![row.clone()] }),
            }
        }
        for scenario in found.iter_mut().filter(|scenario| scenario.name.is_empty()) {
            let words: Vec<String> = scenario.rows.iter().map(ScenarioRow::words).collect();
            scenario.name = words.join("; ");
        }
        found
    }

    /// The scenario with the rows that hold in a base year only, under the same name.
    ///
    /// ```
    /// use monazite::nomenclature::YearRange;
    /// use monazite::shock::{Scenario, ScenarioRow};
    /// let row = |supplier, year| ScenarioRow {
    ///     scenario: "ban".to_owned(),
    ///     years: Some(YearRange { first: year, last: year }),
    ///     ..ScenarioRow::stop(supplier, vec![])
    /// };
    /// let ban = Scenario::of_rows(&[row("CHN", 2019), row("MMR", 2020)]).remove(0).in_year(2020);
    /// assert_eq!((ban.name.as_str(), ban.rows.len(), ban.rows[0].supplier.as_str()), ("ban", 1, "MMR"));
    /// ```
    pub fn in_year(&self, year: u16) -> Self {
        let holds = |row: &&ScenarioRow| row.years.is_none_or(|years| years.contains(year));
        Self { name: self.name.clone(), rows: self.rows.iter().filter(holds).cloned().collect() }
    }

    /// The products that are hit directly, each once, in ascending order.
    pub fn products(&self) -> Vec<Hs6> {
        let mut products: Vec<Hs6> = self.rows.iter().flat_map(|row| row.products.clone()).collect();
        products.sort_unstable();
        products.dedup();
        products
    }
}
