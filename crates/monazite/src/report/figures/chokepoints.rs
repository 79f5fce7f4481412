//! Whose stop would cost the others most: products by suppliers, and how that changed over the years.

use super::FigureError;
use super::caption::Caption;
use super::chokepoint_numbers::{Cell, Chokepoints, Line, Named, Point, Row, Trend};
use super::chokepoints_drawing::{draw_matrix, draw_trends};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::inputs::{FigureInputs, Need};
use super::names::short_name;
use crate::indicators::Column;
use crate::report::shock_words::{LEAVES_OUT, POWER, READINGS};
use crate::run::{SupplierStop, focus_products_of};
use crate::run_folder::tables::{CHOKEPOINT_TRENDS_FIGURE, CHOKEPOINTS_FIGURE};
use crate::run_folder::{CsvTable, StoredPanel};
use crate::study::{FigureSize, Study};

const NAME: &str = "chokepoints";
const TRENDS: &str = "chokepoint_trends";
/// Products of the matrix at most.
const MOST_PRODUCTS: usize = 12;
/// Suppliers of the matrix at most.
const MOST_SUPPLIERS: usize = 12;
/// Products whose years are drawn at most.
const MOST_TRENDS: usize = 9;
/// Suppliers whose years are drawn, of each product.
const MOST_LINES: usize = 3;
/// Power from which a supplier has a cell, and a line.
const LEAST: f64 = 0.005;

/// The figure `chokepoints`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Whose stop would cost the others most?"
    }

    fn needs(&self) -> Need {
        Need::Trends
    }

    fn columns(&self) -> &'static [Column] {
        &[Column::Imports]
    }

    fn selections(&self) -> Selections {
        Selections { country: false, year: true }
    }

    fn further_files(&self) -> &'static [&'static str] {
        &[TRENDS]
    }

    // Its caption names the study, which changes with the settings of the typology.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let panel = run.panel();
        let Some(year) = run.year.and_then(|year| panel.year(year)) else {
            return Ok(Gathered::Absent("the run has no such year".to_owned()));
        };
        let shown = Shown::of(run.study(), panel, year);
        let wanted = |product: usize, _: usize| shown.products.contains(&product);
        let Some(stops) = run.run().chokepoints(wanted)? else {
            return Ok(Gathered::Absent(format!("no chokepoints: {}", run.run().why_no_shocks())));
        };
        Ok(match Chokepoints::of(panel, run.run().descriptions()?, &shown, year, &stops) {
            Some(numbers) => Gathered::numbers(numbers),
            None => Gathered::Absent(format!(
                "no product of the focus is traced to suppliers in {}, as none is traded or, by quantity, too few quantities are known (shock_suppliers.parquet)",
                panel.years[year]
            )),
        })
    }
}

/// The products of the figure.
struct Shown {
    products: Vec<usize>,
    which: &'static str,
}

impl Shown {
    /// Those in focus; those with most trade if none of them is in the run.
    fn of(study: &Study, panel: &StoredPanel, year: usize) -> Self {
        let focus = focus_products_of(study, panel);
        if !focus.is_empty() {
            return Self { products: focus, which: "of the focus" };
        }
        let trade = |p: usize| {
            let imports = (0..panel.countries.len()).filter_map(|c| panel.value(Column::Imports, p, year, c));
            imports.fold(0.0, |sum, m| sum + m)
        };
        let mut all: Vec<(usize, f64)> = (0..panel.products.len()).map(|p| (p, trade(p))).collect();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let products = all.into_iter().take(MOST_PRODUCTS).map(|(p, _)| p).collect();
        Self { products, which: "with most trade" }
    }
}

impl Chokepoints {
    /// `None` if nobody trades any of the products in the year.
    fn of(
        panel: &StoredPanel,
        texts: &[String],
        shown: &Shown,
        year: usize,
        stops: &[SupplierStop],
    ) -> Option<Self> {
        let traded = |&p: &usize| stops.iter().any(|stop| stop.product == p && stop.year == year);
        let mut products: Vec<usize> = shown.products.iter().copied().filter(traded).collect();
        let left_out = products.len().saturating_sub(MOST_PRODUCTS);
        products.truncate(MOST_PRODUCTS);
        let here: Vec<&SupplierStop> =
            stops.iter().filter(|stop| stop.year == year && products.contains(&stop.product)).collect();
        let suppliers = suppliers_of(&products, &here);
        let named = |c: usize| Named {
            code: panel.countries[c].code.clone(),
            name: short_name(&panel.countries[c].name),
        };
        let rows: Vec<Row> = products
            .iter()
            .map(|&product| {
                let cell = |(at, &supplier): (usize, &usize)| {
                    let of = |stop: &&&SupplierStop| stop.product == product && stop.supplier == supplier;
                    let stop = here.iter().find(of).filter(|stop| stop.power_share >= LEAST)?;
                    let hit = named(stop.top_importer);
                    Some(Cell {
                        supplier: at,
                        power: stop.power_share,
                        direct: stop.direct_share,
                        exposure: stop.share_exposure,
                        multiplier: stop.multiplier,
                        hit: (hit.code, hit.name),
                    })
                };
                Row {
                    code: panel.products[product].code.to_string(),
                    text: texts[product].clone(),
                    cells: suppliers.iter().enumerate().filter_map(cell).collect(),
                }
            })
            .collect();
        let trends: Vec<Trend> = products
            .iter()
            .take(MOST_TRENDS)
            .map(|&product| Trend {
                code: panel.products[product].code.to_string(),
                text: texts[product].clone(),
                lines: lines_of(panel, product, stops, &named),
            })
            .filter(|trend| trend.lines.iter().any(|line| line.points.len() > 1))
            .collect();
        let years = [panel.years.first().copied()?, panel.years.last().copied()?];
        (!rows.is_empty()).then(|| Self {
            year: panel.years[year],
            suppliers: suppliers.iter().map(|&c| named(c)).collect(),
            rows,
            trends,
            years,
            left_out,
            which: shown.which,
        })
    }
}

/// The suppliers of the matrix: that with most power over each product, then those with most power over all of them; ordered by their sum.
fn suppliers_of(products: &[usize], stops: &[&SupplierStop]) -> Vec<usize> {
    let mut sums: Vec<(usize, f64, bool)> = Vec::new();
    for &product in products {
        let mut top: Option<&SupplierStop> = None;
        for stop in stops.iter().filter(|stop| stop.product == product) {
            match sums.iter_mut().find(|(c, ..)| *c == stop.supplier) {
                Some((_, sum, _)) => *sum += stop.power_share,
                None => sums.push((stop.supplier, stop.power_share, false)),
            }
            if top.is_none_or(|top| stop.power_share > top.power_share) {
                top = Some(stop);
            }
        }
        if let Some((.., first)) = sums.iter_mut().find(|(c, ..)| top.is_some_and(|t| t.supplier == *c)) {
            *first = true;
        }
    }
    sums.sort_by(|a, b| b.2.cmp(&a.2).then(b.1.total_cmp(&a.1)).then(a.0.cmp(&b.0)));
    sums.truncate(MOST_SUPPLIERS);
    sums.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    sums.into_iter().map(|(c, ..)| c).collect()
}

/// The suppliers of a product with most power in its first or its last year.
fn lines_of(
    panel: &StoredPanel,
    product: usize,
    stops: &[SupplierStop],
    named: &impl Fn(usize) -> Named,
) -> Vec<Line> {
    let of: Vec<&SupplierStop> = stops.iter().filter(|stop| stop.product == product).collect();
    let ends = [of.iter().map(|stop| stop.year).min(), of.iter().map(|stop| stop.year).max()];
    let mut sizes: Vec<(usize, f64)> = Vec::new();
    for stop in of.iter().filter(|stop| ends.contains(&Some(stop.year))) {
        match sizes.iter_mut().find(|(c, _)| *c == stop.supplier) {
            Some((_, size)) => *size = size.max(stop.power_share),
            None => sizes.push((stop.supplier, stop.power_share)),
        }
    }
    sizes.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let largest = sizes.into_iter().filter(|(_, size)| *size >= LEAST).take(MOST_LINES);
    largest
        .map(|(supplier, _)| {
            let point = |stop: &&SupplierStop| Point {
                year: panel.years[stop.year],
                power: stop.power_share,
                direct: stop.direct_share,
            };
            let mut points: Vec<Point> =
                of.iter().filter(|stop| stop.supplier == supplier).map(point).collect();
            points.sort_by_key(|point| point.year);
            Line { supplier: named(supplier), points }
        })
        .collect()
}

impl FigureNumbers for Chokepoints {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&CHOKEPOINTS_FIGURE);
        for row in &self.rows {
            for cell in &row.cells {
                table.row(&[
                    row.code.clone(),
                    self.year.to_string(),
                    self.suppliers[cell.supplier].code.clone(),
                    cell.power.to_string(),
                    cell.direct.to_string(),
                    cell.exposure.to_string(),
                    cell.multiplier.to_string(),
                    cell.hit.0.clone(),
                ]);
            }
        }
        let mut found = vec![FigureTable::new(NAME, table)];
        if !self.trends.is_empty() {
            let mut table = CsvTable::of(&CHOKEPOINT_TRENDS_FIGURE);
            for trend in &self.trends {
                for line in &trend.lines {
                    for point in &line.points {
                        table.row(&[
                            trend.code.clone(),
                            line.supplier.code.clone(),
                            point.year.to_string(),
                            point.power.to_string(),
                            point.direct.to_string(),
                        ]);
                    }
                }
            }
            found.push(FigureTable::new(TRENDS, table));
        }
        found
    }

    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>> {
        let more = match self.left_out {
            0 => String::new(),
            n => format!(" {n} more products {} are in shock_suppliers.parquet.", self.which),
        };
        let mut found = vec![Drawing {
            name: NAME.to_owned(),
            description: self.description(),
            caption: Caption {
                title: format!("Whose stop would cost the others most, {}.", self.year),
                reading: vec![format!(
                    "Products {} and the suppliers with most power over them. Number: percent of all that the others import of the product which they would \
                     lose if the supplier stopped all its exports and nothing replaced them. Bar: the same; dark what it sells itself, light what others \
                     then cannot sell on. Empty: under {} %.{more}",
                    self.which,
                    100.0 * LEAST
                )],
                definitions: vec![POWER, READINGS, LEAVES_OUT],
                numbers: vec![file_of(NAME)],
            },
            draw: Box::new(move |width| draw_matrix(self, width)),
        }];
        if !self.trends.is_empty() {
            found.push(Drawing {
                name: TRENDS.to_owned(),
                description: self.description_of_trends(),
                caption: Caption {
                    title: format!(
                        "Whose stop would have cost the others most, {} to {}.",
                        self.years[0], self.years[1]
                    ),
                    reading: vec![format!(
                        "Of each product {} the {MOST_LINES} suppliers with most power in its first or last year. Solid: share of the others’ imports that they \
                         would have lost at its stop, with what re-exporters then lack; dotted: what it sold itself. A year is that year’s trade alone.",
                        self.which
                    )],
                    definitions: vec![POWER, LEAVES_OUT],
                    numbers: vec![file_of(TRENDS)],
                },
                draw: Box::new(move |width| draw_trends(self, width, size == FigureSize::Slide)),
            });
        }
        found
    }
}

impl Chokepoints {
    fn description(&self) -> String {
        let of = |row: &Row| {
            let top = row.cells.iter().reduce(|a, b| if b.power > a.power { b } else { a })?;
            let name = &self.suppliers[top.supplier].name;
            Some(format!(
                "{}: {name} {:.0} %, directly {:.0} %",
                row.code,
                100.0 * top.power,
                100.0 * top.direct
            ))
        };
        let all: Vec<String> = self.rows.iter().filter_map(of).collect();
        format!("Share of the others’ imports lost if a supplier stops, {}. {}", self.year, all.join("; "))
    }

    fn description_of_trends(&self) -> String {
        let of = |trend: &Trend| {
            let line = trend.lines.first()?;
            let (first, last) = (line.points.first()?, line.points.last()?);
            Some(format!(
                "{}: {} {:.0} % in {}, {:.0} % in {}",
                trend.code,
                line.supplier.name,
                100.0 * first.power,
                first.year,
                100.0 * last.power,
                last.year
            ))
        };
        let all: Vec<String> = self.trends.iter().filter_map(of).collect();
        format!("Share of the others’ imports lost if a supplier stops, by year. {}", all.join("; "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::stored_panel::StoredProduct;

    fn stored() -> StoredPanel {
        let product = |code: &str| StoredProduct {
            code: code.parse().unwrap(),
            description: String::new(),
            tier: Some(0),
            inputs: Vec::new(),
        };
        let products = vec![product("280530"), product("284690")];
        StoredPanel::of_values(&[2020, 2021], products, &["AAA", "BBB", "CCC"], |column, p, _, _| {
            (column == Column::Imports).then_some([10.0, 20.0][p])
        })
    }

    fn stop(product: usize, year: usize, supplier: usize, power: f64, direct: f64) -> SupplierStop {
        SupplierStop {
            product,
            year,
            supplier,
            exports: 10.0 * direct,
            power: 10.0 * power,
            power_share: power,
            direct_share: direct,
            share_exposure: 0.5 * (power + direct),
            multiplier: power / direct,
            damage_hhi: 0.5,
            top_importer: (supplier + 1) % 3,
            top_importer_share: 0.7,
            downstream: None,
        }
    }

    fn figure() -> Chokepoints {
        let stops = [
            stop(0, 0, 0, 0.9, 0.8),
            stop(0, 1, 0, 0.6, 0.5),
            stop(0, 1, 1, 0.004, 0.004),
            stop(1, 1, 1, 0.75, 0.25),
            stop(1, 1, 2, 0.5, 0.5),
        ];
        let shown = Shown { products: vec![1, 0], which: "of the focus" };
        let texts = ["Metals".to_owned(), "Rare <earths>".to_owned()];
        Chokepoints::of(&stored(), &texts, &shown, 1, &stops).unwrap()
    }

    #[test]
    fn suppliers_with_most_power_come_first() {
        let figure = figure();
        let codes: Vec<&str> = figure.suppliers.iter().map(|s| s.code.as_str()).collect();
        assert_eq!(codes, ["BBB", "AAA", "CCC"], "by the sum over products");
        let csv = &figure.tables()[0].csv;
        let expected = "product,year,supplier,power_share,direct_share,share_exposure,multiplier,top_importer\n\
            284690,2021,BBB,0.75,0.25,0.5,3,CCC\n\
            284690,2021,CCC,0.5,0.5,0.5,1,AAA\n\
            280530,2021,AAA,0.6,0.5,0.55,1.2,BBB\n";
        assert_eq!(csv, expected, "what is under half a percent has no cell");
        let trends = &figure.tables()[1].csv;
        let expected = "product,supplier,year,power_share,direct_share\n\
            280530,AAA,2020,0.9,0.8\n280530,AAA,2021,0.6,0.5\n";
        assert_eq!(trends, expected, "one year is no trend");
    }

    #[test]
    fn cells_say_what_is_lost_directly_and_whom_it_hits() {
        let figure = figure();
        let drawings = figure.drawings(FigureSize::TwoColumns);
        assert_eq!(drawings.iter().map(|d| d.name.as_str()).collect::<Vec<_>>(), [NAME, TRENDS]);
        assert!(
            drawings[0]
                .description
                .ends_with("284690: BBB 75 %, directly 25 %; 280530: AAA 60 %, directly 50 %")
        );
        let svg = (drawings[0].draw)(510.0).finish(180.0, &drawings[0].description);
        for part in ["Rare &lt;earths&gt;", ">75</text>", "directly 25.0 %", "hit most: CCC"] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        let svg = (drawings[1].draw)(510.0).finish(180.0, &drawings[1].description);
        assert!(svg.contains(">AAA</text>") && svg.contains(">2020</text>"), "{svg}");
        assert!(drawings[1].description.ends_with("280530: AAA 90 % in 2020, 60 % in 2021"));
    }

    #[test]
    fn without_focus_products_with_most_trade_are_shown() {
        let shown = Shown::of(&Study::default(), &stored(), 1);
        assert_eq!((shown.products, shown.which), (vec![1, 0], "with most trade"));
    }
}
