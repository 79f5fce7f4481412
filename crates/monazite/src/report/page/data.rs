//! What the page shows of the products in focus, and the data behind its tables.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::indicators::{Column, OverProducts};
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
            "importers": importer_columns().iter().map(PageColumn::json).collect::<Vec<_>>(),
            "suppliers": supplier_columns().iter().map(PageColumn::json).collect::<Vec<_>>(),
            "sorted": { "importers": IMPORTERS_BY.name(), "suppliers": SUPPLIERS_BY.name() },
            "behind": BEHIND,
            "behindHeadings": behind_headings(),
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
        let (suppliers, _) = positive(SUPPLIERS_BY);
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
            "importers": rows(&importer_columns(), &importers),
            "behind": importers.iter().take(self.most_rows()).map(|i| behind_of(i.0)).collect::<Vec<_>>(),
            "suppliers": rows(&supplier_columns(), &suppliers),
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
    digits: u8,
    /// Decimals kept.
    kept: i32,
}

impl PageColumn {
    /// An indicator, as the table of columns describes it; a further one is a further line below.
    fn of(column: Column) -> Self {
        let (format, kept) = match column.over_products() {
            OverProducts::Sum => ("usd", 0),
            OverProducts::MeanByImports | OverProducts::MeanByExports => {
                ("number", i32::from(column.decimals()) + 1)
            }
        };
        Self {
            name: column.name(),
            heading: column.heading(),
            of: Shown::Value(column),
            format,
            digits: column.decimals(),
            kept,
        }
    }

    fn of_world(of: Column) -> Self {
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

const STABILITY: PageColumn =
    PageColumn { name: "pv", heading: "PV", of: Shown::Stability, format: "number", digits: 0, kept: 1 };

/// What the table of importers is sorted by at first.
const IMPORTERS_BY: Column = Column::Str;
/// What the table of suppliers is sorted by at first.
const SUPPLIERS_BY: Column = Column::Influence;

/// The columns of the table of importers.
fn importer_columns() -> Vec<PageColumn> {
    let rest =
        [Column::Exposure, Column::Hhi, Column::Str, Column::StrDirect, Column::StrIndirect, Column::Pc1];
    let imports = Column::Imports;
    let mut columns = vec![COUNTRY, PageColumn::of(imports), PageColumn::of_world(imports)];
    columns.extend(rest.map(PageColumn::of));
    columns
}

/// The columns of the table of suppliers.
fn supplier_columns() -> Vec<PageColumn> {
    let exports = Column::Exports;
    vec![
        COUNTRY,
        PageColumn::of(Column::Influence),
        PageColumn::of(exports),
        PageColumn::of_world(exports),
        STABILITY,
        PageColumn::of(Column::Rca),
    ]
}

/// What is told of a supplier behind an importer.
const BEHIND: [&str; 4] = ["supplier", "share", "contribution", "direct"];

/// The headings of the table of suppliers behind an importer; the last stands above the bars of two parts.
fn behind_headings() -> [String; 4] {
    let of = Column::heading;
    [
        "Supplier".to_owned(),
        format!("Share of {}", Column::Imports.term()),
        format!("Part of {}", of(Column::Str)),
        format!("{} and {}", of(Column::StrDirect), of(Column::StrIndirect)),
    ]
}

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
        for (columns, by) in [(importer_columns(), IMPORTERS_BY), (supplier_columns(), SUPPLIERS_BY)] {
            let mut names: Vec<&str> = columns.iter().map(|c| c.name).collect();
            assert!(names.contains(&by.name()), "the table can be sorted by it");
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), columns.len());
            assert_eq!(columns[0].name, "country");
        }
    }

    #[test]
    fn headings_and_decimals_are_those_of_the_table_of_columns() {
        let shown: Vec<(&str, &str, u8)> =
            importer_columns().iter().map(|c| (c.heading, c.format, c.digits)).collect();
        assert_eq!(shown[1], ("Imports", "usd", 0));
        assert_eq!(shown[5], ("STR", "number", 2));
        assert_eq!(shown[8], ("PC1", "number", 1));
        assert_eq!(behind_headings()[2..], ["Part of STR", "direct and indirect"]);
    }

    #[test]
    fn the_script_names_no_indicator() {
        let script = super::super::SCRIPT;
        for column in Column::ALL {
            for quoted in [column.name(), column.heading()] {
                assert!(!script.contains(&format!("\"{quoted}\"")), "{quoted}");
            }
        }
    }

    #[test]
    fn numbers_are_cut_and_none_is_null() {
        assert_eq!(cut(Some(1.98765), 2), json!(1.99));
        assert_eq!(cut(None, 2), Value::Null);
    }
}
