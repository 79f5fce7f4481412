//! What the page shows of the products in focus, and the data behind its tables.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::indicators::{Column, OverProducts, RiskReading};
use crate::nomenclature::merged_names::name_in_tables;
use crate::report::areas;
use crate::report::ranking::is_ranked;
use crate::report::readings::followed;
use crate::run::{Dependence, Run, RunError, RunView};

use super::cells::{SHARE, USD};

/// Importers and suppliers kept for a product-year, the largest first.
const MOST_ROWS: usize = 40;
/// Product-years that the page shows with so many rows; with more of them each has fewer, so that the page stays small.
const MOST_PRODUCT_YEARS: usize = 250;
/// Rows of a product-year at least.
const LEAST_ROWS: usize = 12;
/// Suppliers shown behind an importer.
const MOST_SUPPLIERS: usize = 8;
/// Suppliers named beside an importer.
const NAMED_SUPPLIERS: usize = 3;

/// One year of the trend of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrendPoint {
    /// The year.
    pub year: u16,
    /// Mean STR, weighted by imports.
    pub str: Option<f64>,
    /// The same under mass balance.
    pub mass_balance: Option<f64>,
    /// Change since the year before: network, stability, who imports.
    pub parts: Option<[f64; 3]>,
    /// 5 and 95 % of the draws, of either.
    pub areas: [Option<[f64; 2]>; 2],
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
    /// Share of the value with a plausible quantity, where trade is measured by quantity.
    pub coverage: ShareByYear,
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
        let (panel, trends, known) = (run.panel()?, run.trends()?, run.bands()?);
        let texts: BTreeMap<&str, &str> =
            run.products()?.iter().map(|p| (p.code.as_str(), p.description.as_str())).collect();
        let mut products = Vec::new();
        for &product in run.study().focus() {
            let code = product.to_string();
            let place = panel.product(product);
            let of_year = |t: usize| place.map(|p| trends[p][t]).unwrap_or_default();
            let years = || panel.years.iter().enumerate().map(|(t, &year)| (year, of_year(t)));
            let bands = [Column::Str, Column::StrMassBalance]
                .map(|column| areas::of_mean(known, run.study(), column, &code));
            // Row sums are on another scale: the mass-balanced number does not go on their axis.
            let one_axis = run.study().str_scale().is_of_importers();
            products.push(ProductData {
                description: texts.get(code.as_str()).copied().unwrap_or_default().to_owned(),
                trend: years()
                    .filter(|(_, of)| of.told)
                    .map(|(year, of)| TrendPoint {
                        year,
                        str: of.str,
                        mass_balance: of.str_mass_balance.filter(|_| one_axis),
                        parts: of.parts,
                        areas: [0, 1].map(|k: usize| areas::in_year(&bands[k], year).filter(|_| one_axis)),
                    })
                    .collect(),
                ending: years().filter_map(|(year, of)| Some((year, of.ending_share?))).collect(),
                hubs: years().filter_map(|(year, of)| Some((year, of.through_hubs?))).collect(),
                coverage: years().filter_map(|(year, of)| Some((year, of.quantity_coverage?))).collect(),
                place,
                code,
            });
        }
        Ok(Self { years: panel.years.clone(), products })
    }

    /// The data behind the tables, for the script of the page. Numbers are cut to what is shown.
    pub(super) fn to_json(&self, view: &RunView<'_>) -> Result<String, RunError> {
        let places: Vec<usize> = self.products.iter().filter_map(|p| p.place).collect();
        let mut behind: BTreeMap<[usize; 3], Vec<Dependence>> = BTreeMap::new();
        for row in view.run.dependences(&places)? {
            behind.entry([row.product, row.year, row.importer]).or_default().push(row);
        }
        for suppliers in behind.values_mut() {
            suppliers
                .sort_by(|a, b| b.contribution.total_cmp(&a.contribution).then(a.supplier.cmp(&b.supplier)));
            suppliers.truncate(MOST_SUPPLIERS);
        }
        let without = view.str_without_of_all(&places)?;
        let read = Behind { view, behind, without, reading: self.reading(view) };
        let mut products = Vec::new();
        for product in &self.products {
            let years: Vec<Value> =
                (0..self.years.len()).map(|year| self.product_year(&read, product, year)).collect();
            products.push(json!({ "code": product.code, "text": product.description, "years": years }));
        }
        let countries = || view.panel.countries.iter();
        let columns = |of: Vec<PageColumn>| of.iter().map(PageColumn::json).collect::<Vec<_>>();
        let value = json!({
            "years": self.years,
            "countries": countries().map(|c| name_in_tables(&c.code, &c.name)).collect::<Vec<_>>(),
            "codes": countries().map(|c| &c.code).collect::<Vec<_>>(),
            "buyers": columns(buyer_columns()),
            "importers": columns(importer_columns()),
            "suppliers": columns(supplier_columns()),
            "sorted": {
                "buyers": Column::Imports.name(),
                "importers": read.reading.column(IMPORTERS_BY).name(),
                "suppliers": read.reading.column(SUPPLIERS_BY).name(),
            },
            "behind": BEHIND,
            "behindHeadings": behind_headings(),
            "products": products,
        });
        // A closing tag inside a text must not end the script element.
        Ok(value.to_string().replace("</", "<\\/"))
    }

    /// The reading that the tables are sorted by at first: the mass-balanced one where the two differ by more than a tenth for an importer that is
    /// ranked.
    pub(super) fn reading(&self, view: &RunView<'_>) -> RiskReading {
        let panel = view.panel;
        let product_years = self.products.iter().filter_map(|p| p.place).flat_map(|p| {
            let years = 0..panel.years.len();
            years.map(move |year| (p, year, view.world_imports(p, year)))
        });
        let pairs = product_years.flat_map(|(p, year, world)| {
            let value = move |column, country| panel.value(column, p, year, country);
            let ranked = move |c: &usize| is_ranked(value(Column::Imports, *c).unwrap_or_default(), world);
            let countries = (0..panel.countries.len()).filter(ranked);
            countries.map(move |c| (value(Column::Str, c), value(Column::StrMassBalance, c)))
        });
        followed(view.study, pairs)
    }

    fn most_rows(&self) -> usize {
        let product_years = (self.products.len() * self.years.len()).max(MOST_PRODUCT_YEARS);
        (MOST_ROWS * MOST_PRODUCT_YEARS / product_years).max(LEAST_ROWS)
    }

    fn product_year(&self, read: &Behind<'_>, of: &ProductData, year: usize) -> Value {
        let (view, product) = (read.view, of.place);
        let panel = view.panel;
        let value = |column, country| product.and_then(|p| panel.value(column, p, year, country));
        let sum = |column| (0..panel.countries.len()).filter_map(|c| value(column, c)).sum::<f64>();
        let (imported, exported) = (sum(Column::Imports), sum(Column::Exports));
        // Those with a positive value, the largest first; and how many trade too little to be ranked.
        let ranked = |column, trade, world| {
            let positive = |c| value(column, c).filter(|v| *v > 0.0).map(|v| (c, v));
            let mut found: Vec<(usize, f64)> = (0..panel.countries.len()).filter_map(positive).collect();
            let all = found.len();
            found.retain(|(c, _)| is_ranked(value(trade, *c).unwrap_or_default(), world));
            found.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            (found, all)
        };
        let (importers, importing) = ranked(Column::Imports, Column::Imports, imported);
        let (suppliers, _) = ranked(read.reading.column(SUPPLIERS_BY), Column::Exports, exported);
        let named =
            |country, rank: usize| product.and_then(|p| view.suppliers_of(p, year, country).get(rank));
        let cell = |column: &PageColumn, country: usize| match column.of {
            Shown::Country => json!(country),
            Shown::Value(of) => cut(value(of, country), column.kept),
            Shown::OfWorld(of) => {
                let world = if of == Column::Exports { exported } else { imported };
                cut(value(of, country).map(|v| v / world), column.kept)
            }
            Shown::Stability => cut(view.pv_of(year, country), column.kept),
            Shown::Supplier(rank) => named(country, rank).map_or(Value::Null, |s| json!(s.supplier)),
            Shown::SupplierShare(rank) => cut(named(country, rank).map(|s| s.share), column.kept),
            Shown::Without => {
                let without = product.and_then(|p| read.without.get(&[p, year, country]));
                cut(without.copied(), column.kept)
            }
        };
        let rows = |columns: &[PageColumn], countries: &[(usize, f64)]| -> Vec<Vec<Value>> {
            let shown = countries.iter().take(self.most_rows());
            shown.map(|(country, _)| columns.iter().map(|c| cell(c, *country)).collect()).collect()
        };
        let behind_of = |country: usize| -> Vec<Value> {
            let key = product.map(|p| [p, year, country]);
            key.and_then(|key| read.behind.get(&key)).into_iter().flatten().map(behind_json).collect()
        };
        let coverage = of.coverage.iter().find(|(y, _)| *y == self.years[year]).map(|c| c.1);
        json!({
            "buyers": rows(&buyer_columns(), &importers),
            "importers": rows(&importer_columns(), &importers),
            "behind": importers.iter().take(self.most_rows()).map(|i| behind_of(i.0)).collect::<Vec<_>>(),
            "suppliers": rows(&supplier_columns(), &suppliers),
            "counts": [importing, importers.len(), suppliers.len()],
            "world": imported.round(),
            "coverage": cut(coverage, 3),
            "loops": product.map_or_else(Vec::new, |p| super::feedback_loops::told(view, p, year)),
        })
    }
}

/// What the tables are made of.
struct Behind<'a> {
    view: &'a RunView<'a>,
    /// Whose instability reaches an importer, by (product, year, importer).
    behind: BTreeMap<[usize; 3], Vec<Dependence>>,
    /// STR without the feedback loop that matters most, by (product, year, importer).
    without: BTreeMap<[usize; 3], f64>,
    /// What the tables are sorted by at first.
    reading: RiskReading,
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
    /// A main supplier, from the largest on.
    Supplier(usize),
    /// Its share.
    SupplierShare(usize),
    /// STR without the feedback loop of negligible imports.
    Without,
}

/// A column of a table of the page; the script knows it by its name and shows it as `format` says.
#[derive(Debug, Clone)]
struct PageColumn {
    name: &'static str,
    heading: &'static str,
    /// Heading of a download: in full, with the unit of the raw numbers.
    raw: String,
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
            raw: match format {
                "usd" => format!("{} ({USD})", column.label()),
                _ => column.label().to_owned(),
            },
            of: Shown::Value(column),
            format,
            digits: column.decimals(),
            kept,
        }
    }

    fn of_world(of: Column) -> Self {
        let raw = format!("Share of world {} ({SHARE})", of.term());
        Self {
            name: "share",
            heading: "of world",
            raw,
            of: Shown::OfWorld(of),
            format: "percent",
            digits: 0,
            kept: 5,
        }
    }

    /// A main supplier, from the largest on, and its share.
    fn supplier(rank: usize) -> [Self; 2] {
        const NAMES: [[&str; 4]; NAMED_SUPPLIERS] = [
            ["supplier_1", "share_1", "Largest supplier", "Largest supplier"],
            ["supplier_2", "share_2", "second", "Second supplier"],
            ["supplier_3", "share_3", "third", "Third supplier"],
        ];
        let [name, share, heading, raw] = NAMES[rank];
        [
            Self { name, heading, raw: raw.to_owned(), of: Shown::Supplier(rank), ..COUNTRY },
            Self {
                name: share,
                heading: "share",
                raw: format!("{raw}: share ({SHARE})"),
                of: Shown::SupplierShare(rank),
                format: "percent",
                digits: 0,
                kept: 4,
            },
        ]
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "heading": self.heading, "raw": self.raw, "format": self.format, "digits": self.digits,
            "optional": matches!(self.of, Shown::Without), "marks": matches!(self.of, Shown::Value(Column::Str)),
        })
    }
}

const COUNTRY: PageColumn = PageColumn {
    name: "country",
    heading: "Country",
    raw: String::new(),
    of: Shown::Country,
    format: "country",
    digits: 0,
    kept: 0,
};

const STABILITY: PageColumn = PageColumn {
    name: "pv",
    heading: "PV",
    raw: String::new(),
    of: Shown::Stability,
    format: "number",
    digits: 0,
    kept: 1,
};

/// STR of an importer without the feedback loop of negligible imports; shown where there is one.
fn without() -> PageColumn {
    PageColumn {
        name: "str_without",
        heading: "‡ without",
        raw: "STR without the feedback loop of negligible imports".to_owned(),
        of: Shown::Without,
        format: "number",
        digits: 2,
        kept: 3,
    }
}

/// What the table of importers is sorted by at first, in one reading or the other.
const IMPORTERS_BY: Column = Column::Str;
/// What the table of suppliers is sorted by at first, likewise.
const SUPPLIERS_BY: Column = Column::Influence;

/// The columns of the table of buyers and whom they buy from.
fn buyer_columns() -> Vec<PageColumn> {
    let mut columns = vec![COUNTRY, PageColumn::of(Column::Imports), PageColumn::of_world(Column::Imports)];
    columns.extend((0..NAMED_SUPPLIERS).flat_map(PageColumn::supplier));
    columns
}

/// The columns of the table of importers by their risk.
fn importer_columns() -> Vec<PageColumn> {
    let rest = [Column::StrDirect, Column::StrIndirect, Column::Exposure, Column::Hhi, Column::Pc1];
    let mut columns =
        vec![COUNTRY, PageColumn::of_world(Column::Imports), PageColumn::of(Column::Str), without()];
    columns.push(PageColumn::of(Column::StrMassBalance));
    columns.extend(rest.map(PageColumn::of));
    columns
}

/// The columns of the table of suppliers.
fn supplier_columns() -> Vec<PageColumn> {
    let exports = Column::Exports;
    vec![
        COUNTRY,
        PageColumn::of(Column::Influence),
        PageColumn::of(Column::InfluenceMassBalance),
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
        for (columns, by) in [
            (buyer_columns(), Column::Imports),
            (importer_columns(), IMPORTERS_BY),
            (supplier_columns(), SUPPLIERS_BY),
        ] {
            let mut names: Vec<&str> = columns.iter().map(|c| c.name).collect();
            for reading in RiskReading::ALL {
                assert!(names.contains(&reading.column(by).name()), "the table can be sorted by it");
            }
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
        assert_eq!(buyer_columns()[1].raw, "Imports (thousand USD)");
        assert_eq!(buyer_columns()[6].raw, "Second supplier: share (0 to 1)");
        assert_eq!(shown[2], ("STR", "number", 2));
        assert_eq!(shown[4], ("STR, mass balance", "number", 2));
        assert_eq!(shown[9], ("PC1", "number", 1));
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
