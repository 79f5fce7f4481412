//! What the page shows of the products in focus, and the data behind its tables.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::indicators::Column;
use crate::run::{Dependence, Run, RunError};

/// Importers and suppliers shown for a product-year, the largest first.
const MOST_ROWS: usize = 40;
/// Product-years that the page shows with so many rows; with more of them each has fewer, so that the page stays small.
const MOST_PRODUCT_YEARS: usize = 250;
/// Rows of a product-year at least.
const LEAST_ROWS: usize = 12;
/// Suppliers shown behind an importer.
const MOST_SUPPLIERS: usize = 8;

/// One year of the trend of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    /// The year.
    pub year: u16,
    /// Mean STR, weighted by imports.
    pub str: Option<f64>,
    /// Change since the year before: network, stability, who imports.
    pub parts: Option<[f64; 3]>,
}

/// A share of import value by year.
pub type ShareByYear = Vec<(u16, f64)>;

/// One product of the focus.
#[derive(Debug, Clone, Default)]
pub struct ProductData {
    /// The code.
    pub code: String,
    /// Its text.
    pub description: String,
    /// Its position in the panel; `None` if nobody trades it.
    pub place: Option<usize>,
    /// The trend.
    pub trend: Vec<TrendPoint>,
    /// Share of import value whose supplier imports nothing.
    pub ending: ShareByYear,
    /// Share of influence through entrepots.
    pub hubs: ShareByYear,
}

/// What the page shows of the products in focus.
#[derive(Debug, Default)]
pub struct PageData {
    /// The years.
    pub years: Vec<u16>,
    /// The products of the focus.
    pub products: Vec<ProductData>,
}

impl PageData {
    pub(super) fn read(run: &Run) -> Result<Self, RunError> {
        let (panel, trends) = (run.panel()?, run.trends()?);
        let texts: BTreeMap<&str, &str> =
            run.products()?.iter().map(|p| (p.code.as_str(), p.description.as_str())).collect();
        let mut products = Vec::new();
        for &product in run.study().focus() {
            let code = product.to_string();
            let place = panel.product(product);
            let of_year = |t: usize| place.map(|p| trends[p][t]).unwrap_or_default();
            let years = || panel.years.iter().enumerate().map(|(t, &year)| (year, of_year(t)));
            products.push(ProductData {
                description: texts.get(code.as_str()).copied().unwrap_or_default().to_owned(),
                trend: years()
                    .filter(|(_, of)| of.told)
                    .map(|(year, of)| TrendPoint { year, str: of.str, parts: of.parts })
                    .collect(),
                ending: years().filter_map(|(year, of)| Some((year, of.ending_share?))).collect(),
                hubs: years().filter_map(|(year, of)| Some((year, of.through_hubs?))).collect(),
                place,
                code,
            });
        }
        Ok(Self { years: panel.years.clone(), products })
    }

    /// The data behind the tables, for the script of the page. Numbers are cut to what is shown.
    pub(super) fn to_json(&self, run: &Run) -> Result<String, RunError> {
        let places: Vec<usize> = self.products.iter().filter_map(|p| p.place).collect();
        let mut behind: BTreeMap<[usize; 3], Vec<Dependence>> = BTreeMap::new();
        for row in run.dependences(&places)? {
            behind.entry([row.product, row.year, row.importer]).or_default().push(row);
        }
        for suppliers in behind.values_mut() {
            suppliers
                .sort_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.supplier.cmp(&b.supplier)));
            suppliers.truncate(MOST_SUPPLIERS);
        }
        let mut products = Vec::new();
        for product in &self.products {
            let mut years = Vec::new();
            for year in 0..self.years.len() {
                years.push(self.product_year(run, product.place, year, &behind)?);
            }
            products.push(json!({ "code": product.code, "text": product.description, "years": years }));
        }
        let countries: Vec<&str> = run.panel()?.countries.iter().map(|c| c.name.as_str()).collect();
        let value = json!({
            "years": self.years,
            "countries": countries,
            "importers": IMPORTERS.iter().map(PageColumn::json).collect::<Vec<_>>(),
            "suppliers": SUPPLIERS.iter().map(PageColumn::json).collect::<Vec<_>>(),
            "behind": BEHIND,
            "products": products,
        });
        // A closing tag inside a text must not end the script element.
        Ok(value.to_string().replace("</", "<\\/"))
    }

    fn most_rows(&self) -> usize {
        let product_years = (self.products.len() * self.years.len()).max(MOST_PRODUCT_YEARS);
        (MOST_ROWS * MOST_PRODUCT_YEARS / product_years).max(LEAST_ROWS)
    }

    fn product_year(
        &self,
        run: &Run,
        product: Option<usize>,
        year: usize,
        behind: &BTreeMap<[usize; 3], Vec<Dependence>>,
    ) -> Result<Value, RunError> {
        let panel = run.panel()?;
        let value = |column, country| product.and_then(|p| panel.value(column, p, year, country));
        let positive = |column| {
            let of = move |country| value(column, country).filter(|v| *v > 0.0).map(|v| (country, v));
            let mut found: Vec<(usize, f64)> = (0..panel.countries.len()).filter_map(of).collect();
            let world = found.iter().fold(0.0, |sum, (_, v)| sum + v);
            found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            (found, world)
        };
        let (importers, world) = positive(Column::Imports);
        let (suppliers, _) = positive(Column::Influence);
        let pv = run.stability()?;
        let cell = |column: &PageColumn, country: usize| match column.of {
            Shown::Country => json!(country),
            Shown::Value(of) => cut(value(of, country), column.kept),
            Shown::OfWorld(of) => cut(value(of, country).map(|v| v / world), column.kept),
            Shown::Stability => {
                let key = (self.years[year], panel.countries[country].code.clone());
                cut(pv.and_then(|pv| pv.get(&key)).copied(), column.kept)
            }
        };
        let rows = |columns: &[PageColumn], countries: &[(usize, f64)]| -> Vec<Vec<Value>> {
            let shown = countries.iter().take(self.most_rows());
            shown.map(|(country, _)| columns.iter().map(|c| cell(c, *country)).collect()).collect()
        };
        let behind_of = |country: usize| -> Vec<Value> {
            let key = product.map(|p| [p, year, country]);
            key.and_then(|key| behind.get(&key)).into_iter().flatten().map(behind_json).collect()
        };
        Ok(json!({
            "importers": rows(&IMPORTERS, &importers),
            "behind": importers.iter().take(self.most_rows()).map(|i| behind_of(i.0)).collect::<Vec<_>>(),
            "suppliers": rows(&SUPPLIERS, &suppliers),
            "counts": [importers.len(), suppliers.len()],
            "world": world.round(),
        }))
    }
}

/// What a column of a table of the page shows.
#[derive(Debug, Clone, Copy)]
enum Shown {
    /// Position of the country.
    Country,
    /// An indicator.
    Value(Column),
    /// An indicator as a share of world imports.
    OfWorld(Column),
    /// Political stability.
    Stability,
}

/// A column of a table of the page; the script knows it by its name and shows it as `format` says.
#[derive(Debug, Clone, Copy)]
struct PageColumn {
    name: &'static str,
    heading: &'static str,
    of: Shown,
    /// `country`, `usd`, `percent` or `number`.
    format: &'static str,
    /// Decimals shown of a number.
    digits: usize,
    /// Decimals kept.
    kept: i32,
}

impl PageColumn {
    const fn value(heading: &'static str, of: Column, digits: usize, kept: i32) -> Self {
        Self { name: of.name(), heading, of: Shown::Value(of), format: "number", digits, kept }
    }

    const fn usd(heading: &'static str, of: Column) -> Self {
        Self { name: of.name(), heading, of: Shown::Value(of), format: "usd", digits: 0, kept: 0 }
    }

    const fn of_world(of: Column) -> Self {
        let of = Shown::OfWorld(of);
        Self { name: "share", heading: "of world", of, format: "percent", digits: 0, kept: 5 }
    }

    fn json(&self) -> Value {
        json!({ "name": self.name, "heading": self.heading, "format": self.format, "digits": self.digits })
    }
}

const COUNTRY: PageColumn = PageColumn {
    name: "country",
    heading: "Country",
    of: Shown::Country,
    format: "country",
    digits: 0,
    kept: 0,
};

/// The columns of the table of importers.
const IMPORTERS: [PageColumn; 9] = [
    COUNTRY,
    PageColumn::usd("Imports", Column::Imports),
    PageColumn::of_world(Column::Imports),
    PageColumn::value("Exposure", Column::Exposure, 2, 3),
    PageColumn::value("HHI", Column::Hhi, 2, 3),
    PageColumn::value("STR", Column::Str, 2, 3),
    PageColumn::value("direct", Column::StrDirect, 2, 3),
    PageColumn::value("indirect", Column::StrIndirect, 2, 3),
    PageColumn::value("PC1", Column::Pc1, 1, 2),
];

/// The columns of the table of suppliers.
const SUPPLIERS: [PageColumn; 6] = [
    COUNTRY,
    PageColumn::value("Influence", Column::Influence, 2, 3),
    PageColumn::usd("Exports", Column::Exports),
    PageColumn::of_world(Column::Exports),
    PageColumn { name: "pv", heading: "PV", of: Shown::Stability, format: "number", digits: 0, kept: 1 },
    PageColumn::value("RCA", Column::Rca, 1, 2),
];

/// What is told of a supplier behind an importer.
const BEHIND: [&str; 4] = ["supplier", "share", "contribution", "direct"];

fn behind_json(row: &Dependence) -> Value {
    let of = |name: &&str| match *name {
        "supplier" => json!(row.supplier),
        "share" => cut(Some(row.share), 4),
        "contribution" => cut(Some(row.contribution), 4),
        _ => cut(Some(row.direct), 4),
    };
    BEHIND.iter().map(of).collect()
}

/// A number cut to some decimals; null where there is none.
fn cut(number: Option<f64>, decimals: i32) -> Value {
    number.map_or(Value::Null, |number| {
        let scale = 10f64.powi(decimals);
        json!((number * scale).round() / scale)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_table_have_names_of_their_own() {
        for columns in [&IMPORTERS[..], &SUPPLIERS[..]] {
            let mut names: Vec<&str> = columns.iter().map(|c| c.name).collect();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), columns.len());
            assert_eq!(columns[0].name, "country");
        }
    }

    #[test]
    fn numbers_are_cut_and_none_is_null() {
        assert_eq!(cut(Some(1.98765), 2), json!(1.99));
        assert_eq!(cut(None, 2), Value::Null);
    }
}
