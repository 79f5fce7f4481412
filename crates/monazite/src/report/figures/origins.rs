//! Whose goods the largest importers buy: who sold them beside who made them in the end, under mass balance, a panel a product.

use super::FigureError;
use super::caption::{Caption, ORIGINS};
use super::chart::letter_of;
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::font;
use super::inputs::{FigureInputs, Need};
use super::names::short_name;
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{INK, LABEL, SMALL, SOFT, TINY, cluster_colour};
use crate::indicators::Column;
use crate::report::brief::cut;
use crate::run::{OriginShare, focus_products_of};
use crate::run_folder::{CsvTable, StoredPanel};
use crate::study::FigureSize;

const NAME: &str = "origins";
/// Panels at most.
const MOST_PRODUCTS: usize = 6;
/// Importers of a panel at most.
const MOST_IMPORTERS: usize = 5;
/// Countries with a colour of their own.
const MOST_COLOURS: usize = 12;
/// All others.
const OTHERS: &str = "#d4d4d4";

/// A country in the purchases of an importer.
#[derive(Debug, Clone, PartialEq)]
struct Part {
    code: String,
    /// Share of the purchases that it sells.
    direct: f64,
    /// Share that it made.
    origin: f64,
}

/// An importer of a panel.
#[derive(Debug, Clone, PartialEq)]
struct Importer {
    code: String,
    name: String,
    /// Its share in the imports of the world.
    weight: f64,
    /// Mean number of borders behind its purchases.
    crossings: f64,
    /// By the code of the country.
    parts: Vec<Part>,
}

/// A product of the figure.
#[derive(Debug, Clone, PartialEq)]
struct Panel {
    code: String,
    text: String,
    importers: Vec<Importer>,
}

/// The numbers of the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Origins {
    year: u16,
    panels: Vec<Panel>,
    /// Products of the focus that are not drawn.
    left_out: usize,
    /// Code and name of the countries that have a colour, the largest first.
    coloured: Vec<(String, String)>,
}

/// The figure `origins`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Whose ore is it in the end?"
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

    // Its caption names the study, which changes with the settings of the typology.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let panel = run.panel();
        let Some(year) = run.year.and_then(|year| panel.year(year)) else {
            return Ok(Gathered::Absent("the run has no such year".to_owned()));
        };
        let focus = focus_products_of(run.study(), panel);
        let rows = run.run().origins(&focus)?;
        let texts = run.run().descriptions()?;
        let of_year: Vec<OriginShare> = rows.into_iter().filter(|row| row.year == year).collect();
        let panels: Vec<Panel> = focus
            .iter()
            .filter_map(|&product| {
                let importers = importers_of(panel, product, year, &of_year);
                let code = panel.products[product].code.to_string();
                (!importers.is_empty()).then(|| Panel { code, text: texts[product].clone(), importers })
            })
            .collect();
        let left_out = panels.len().saturating_sub(MOST_PRODUCTS);
        Ok(match panels.is_empty() {
            true => Gathered::Absent(format!(
                "the run has no origins of a focus product in {} (origins.parquet)",
                panel.years[year]
            )),
            false => {
                let panels: Vec<Panel> = panels.into_iter().take(MOST_PRODUCTS).collect();
                let coloured = coloured(panel, &panels);
                Gathered::numbers(Origins { year: panel.years[year], panels, left_out, coloured })
            }
        })
    }
}

/// The largest importers of a product that have origins, with who is in what they buy.
fn importers_of(panel: &StoredPanel, product: usize, year: usize, rows: &[OriginShare]) -> Vec<Importer> {
    let imports = |c: usize| panel.value(Column::Imports, product, year, c).unwrap_or(0.0);
    let world: f64 = (0..panel.countries.len()).map(imports).fold(0.0, |sum, m| sum + m);
    let of_product = || rows.iter().filter(|row| row.product == product);
    let mut places: Vec<usize> = of_product().map(|row| row.importer).collect();
    places.dedup();
    places.sort_by(|&a, &b| imports(b).total_cmp(&imports(a)).then(a.cmp(&b)));
    places.dedup();
    places
        .into_iter()
        .filter(|&c| imports(c) > 0.0)
        .take(MOST_IMPORTERS)
        .map(|c| {
            let own = || of_product().filter(|row| row.importer == c);
            Importer {
                code: panel.countries[c].code.clone(),
                name: short_name(&panel.countries[c].name),
                weight: imports(c) / world,
                crossings: own().map(|row| row.crossings).next().unwrap_or(1.0),
                parts: own()
                    .map(|row| Part {
                        code: panel.countries[row.origin].code.clone(),
                        direct: row.direct,
                        origin: row.share,
                    })
                    .collect(),
            }
        })
        .collect()
}

/// The countries with the largest parts, on average over importers.
fn coloured(panel: &StoredPanel, panels: &[Panel]) -> Vec<(String, String)> {
    let mut sums: Vec<(f64, &str)> = Vec::new();
    for part in panels.iter().flat_map(|p| &p.importers).flat_map(|i| &i.parts) {
        let size = part.direct.max(part.origin);
        match sums.iter_mut().find(|(_, code)| *code == part.code) {
            Some((sum, _)) => *sum += size,
            None => sums.push((size, &part.code)),
        }
    }
    sums.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    sums.iter()
        .take(MOST_COLOURS)
        .map(|(_, code)| {
            let name = panel.country(code).map_or("", |c| panel.countries[c].name.as_str());
            ((*code).to_owned(), short_name(name))
        })
        .collect()
}

impl FigureNumbers for Origins {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&crate::run_folder::tables::ORIGINS_FIGURE);
        for panel in &self.panels {
            for importer in &panel.importers {
                for part in &importer.parts {
                    table.row(&[
                        panel.code.clone(),
                        self.year.to_string(),
                        importer.code.clone(),
                        importer.weight.to_string(),
                        importer.crossings.to_string(),
                        part.code.clone(),
                        part.direct.to_string(),
                        part.origin.to_string(),
                        self.coloured.iter().any(|(code, _)| *code == part.code).to_string(),
                    ]);
                }
            }
        }
        vec![FigureTable::new(NAME, table)]
    }

    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>> {
        let more = match self.left_out {
            0 => String::new(),
            n => format!(" {n} more products of the focus are in origins.parquet."),
        };
        let caption = Caption {
            title: format!("Whose goods the largest importers buy, {}.", self.year),
            reading: vec![format!(
                "Two bars an importer, the largest first. Upper bar: who sold it, shares of the direct suppliers. Lower bar: who made it in the end, if \
                 nobody sells more of what it bought than mass balance lets it. Beside them: the mean number of borders that the purchases have crossed. \
                 Grey: all other countries. Goods are traced back as far as they can have come: a country that buys more than it sells counts as having made \
                 none of what it sells, though it may have.{more}"
            )],
            definitions: vec![ORIGINS],
            numbers: vec![file_of(NAME)],
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: self.description(),
            caption,
            draw: Box::new(move |width| self.draw(width, size == FigureSize::Slide)),
        }]
    }
}

/// Height of a bar, of the space between the two bars of an importer and of that below them.
const BAR: f64 = 7.6;
const APART: f64 = 0.8;
const BELOW: f64 = 5.2;
/// Height of the line with the product.
const HEAD_HIGH: f64 = 13.0;
/// Width of the names of importers and of what stands right of the bars.
const NAMES: f64 = 62.0;
const BORDERS: f64 = 19.0;

impl Origins {
    fn description(&self) -> String {
        let all: Vec<String> = self
            .panels
            .iter()
            .filter_map(|panel| {
                let importer = panel.importers.first()?;
                let largest = |of: fn(&Part) -> f64| {
                    let part = importer.parts.iter().reduce(|a, b| if of(b) > of(a) { b } else { a })?;
                    Some(format!("{} {:.0} %", part.code, 100.0 * of(part)))
                };
                Some(format!(
                    "{}: {} buys most; sold above all by {}, made above all by {}",
                    panel.code,
                    importer.name,
                    largest(|part| part.direct)?,
                    largest(|part| part.origin)?
                ))
            })
            .collect();
        format!("Direct and origin shares of the largest importers in {}. {}", self.year, all.join("; "))
    }

    fn draw(&self, width: f64, slide: bool) -> Svg {
        let columns = match self.panels.len() {
            _ if width < 300.0 => 1,
            n if slide => n.min(3),
            n => n.min(2),
        };
        let gutter = 16.0;
        let across = (width - gutter * (columns as f64 - 1.0)) / columns as f64;
        let mut svg = Svg::new(width, 0.0);
        let mut top = self.draw_key(&mut svg, width);
        for (line, panels) in self.panels.chunks(columns).enumerate() {
            let rows = panels.iter().map(|panel| panel.importers.len()).max().unwrap_or(0);
            for (n, panel) in panels.iter().enumerate() {
                let left = (across + gutter) * n as f64;
                self.draw_panel(&mut svg, panel, [left, top], across, &letter_of(line * columns + n));
            }
            top += HEAD_HIGH + rows as f64 * (2.0 * BAR + APART + BELOW) + 4.0;
        }
        svg.set_height(top - 4.0);
        svg
    }

    /// The colours with the names of their countries; returns where the panels begin.
    fn draw_key(&self, svg: &mut Svg, width: f64) -> f64 {
        let (mut x, mut y) = (0.0, 7.0);
        let others = ("others".to_owned(), OTHERS);
        let named = self.coloured.iter().enumerate().map(|(n, (code, name))| {
            let words = if name.is_empty() { code.clone() } else { name.clone() };
            (words, colour(n))
        });
        for (name, colour) in named.chain([others]) {
            let wide = 9.0 + font::width(&name, LABEL, false) + 9.0;
            if x > 0.0 && x + wide > width {
                (x, y) = (0.0, y + 10.0);
            }
            svg.rectangle(x, y - 5.2, 6.0, 6.0, colour, 1.0);
            svg.text(x + 9.0, y, &name, TextStyle::default());
            x += wide;
        }
        y + 9.0
    }

    fn draw_panel(&self, svg: &mut Svg, panel: &Panel, [left, top]: [f64; 2], width: f64, letter: &str) {
        let bold = TextStyle { bold: true, ..TextStyle::default() };
        svg.text(left, top + 7.0, letter, bold);
        let indent = font::width(letter, LABEL, true) + 4.0;
        svg.text(left + indent, top + 7.0, &panel.code, TextStyle { size: SMALL, ..bold });
        let from = indent + font::width(&panel.code, SMALL, true) + 3.0;
        let soft = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
        let borders = font::width("borders", SMALL, false);
        let text = font::cut(&cut(&panel.text, 80), SMALL, false, width - from - borders - 8.0);
        svg.text(left + from, top + 7.0, &text, soft);
        let right = TextStyle { anchor: Anchor::End, ..soft };
        svg.text(left + width, top + 7.0, "borders", right);
        let names = NAMES.min(0.3 * width);
        let bars = [left + names, left + width - BORDERS];
        for (row, importer) in panel.importers.iter().enumerate() {
            let y = top + HEAD_HIGH + row as f64 * (2.0 * BAR + APART + BELOW);
            let name = font::cut(&importer.name, LABEL, false, names - 23.0);
            svg.text(left, y + BAR + 2.6, &name, TextStyle::default());
            let label = TextStyle { size: TINY, fill: SOFT, anchor: Anchor::End, ..TextStyle::default() };
            svg.text(bars[0] - 2.5, y + 5.6, "sold by", label);
            svg.text(bars[0] - 2.5, y + BAR + APART + 5.6, "made in", label);
            self.draw_bar(svg, importer, [bars[0], y], bars[1] - bars[0], "sold by", |part| part.direct);
            let below = [bars[0], y + BAR + APART];
            self.draw_bar(svg, importer, below, bars[1] - bars[0], "made in", |part| part.origin);
            svg.text(left + width, y + BAR + 2.6, &format!("{:.1}", importer.crossings), right);
        }
    }

    /// The countries with colours in their order, so that the two bars can be compared; then all others.
    fn draw_bar(
        &self,
        svg: &mut Svg,
        importer: &Importer,
        [left, top]: [f64; 2],
        width: f64,
        what: &str,
        of: fn(&Part) -> f64,
    ) {
        let place = |code: &str| self.coloured.iter().position(|(coloured, _)| coloured == code);
        let room = |code: &str| font::width(code, TINY, false) + 2.0;
        let mut parts: Vec<(usize, &Part)> = importer
            .parts
            .iter()
            .map(|part| (place(&part.code).unwrap_or(MOST_COLOURS), part))
            // Others only where their code fits in.
            .filter(|(place, part)| {
                of(part) * width >= if *place < MOST_COLOURS { 0.05 } else { room(&part.code) + 0.6 }
            })
            .collect();
        parts.sort_by(|a, b| a.0.cmp(&b.0).then(of(b.1).total_cmp(&of(a.1))).then(a.1.code.cmp(&b.1.code)));
        let mut x = left;
        for (place, part) in parts {
            let (share, wide) = (of(part), of(part) * width);
            let coloured = self.coloured.get(place);
            let name =
                coloured.map_or(&part.code, |(_, name)| if name.is_empty() { &part.code } else { name });
            svg.open_titled(&format!("{}: {what} {name} {:.1} %", importer.name, 100.0 * share));
            let (fill, ink, gap) = match coloured {
                Some(_) => (colour(place), if is_light(place) { INK } else { "#ffffff" }, 0.0),
                None => (OTHERS, INK, 0.6),
            };
            svg.rectangle(x, top, wide - gap, BAR, fill, 1.0);
            if wide - gap > room(&part.code) {
                let style =
                    TextStyle { size: TINY, fill: ink, anchor: Anchor::Middle, ..TextStyle::default() };
                svg.text(x + 0.5 * wide, top + 5.5, &part.code, style);
            }
            svg.close();
            x += wide;
        }
        let rest = left + width - x;
        if rest > 0.05 {
            svg.open_titled(&format!("{}: {what} others {:.1} %", importer.name, 100.0 * rest / width));
            svg.rectangle(x, top, rest, BAR, OTHERS, 1.0);
            svg.close();
        }
    }
}

/// Colour of the n-th country.
fn colour(n: usize) -> &'static str {
    cluster_colour(n as u32 + 1)
}

/// Whether words on the colour of the n-th country have to be dark.
fn is_light(n: usize) -> bool {
    let part = |at: usize| u8::from_str_radix(&colour(n)[at..at + 2], 16).map_or(0.0, f64::from);
    0.299 * part(1) + 0.587 * part(3) + 0.114 * part(5) > 140.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run_folder::stored_panel::StoredProduct;

    fn stored() -> StoredPanel {
        let product = StoredProduct {
            code: "284690".parse().unwrap(),
            description: String::new(),
            tier: Some(0),
            inputs: Vec::new(),
        };
        StoredPanel::of_values(&[2020, 2021], vec![product], &["AAA", "BBB", "CCC"], |column, _, _, c| {
            (column == Column::Imports).then_some([10.0, 80.0, 60.0][c])
        })
    }

    fn row(importer: usize, origin: usize, direct: f64, share: f64) -> OriginShare {
        OriginShare { product: 0, year: 1, importer, origin, share, direct, crossings: 1.75 }
    }

    fn figure() -> Origins {
        let panel = stored();
        // B buys three quarters from A and the rest from C; all of it is A's but a tenth.
        let rows = [row(0, 1, 1.0, 0.5), row(0, 0, 0.0, 0.5), row(1, 0, 0.75, 0.9), row(1, 2, 0.25, 0.1)];
        let importers = importers_of(&panel, 0, 1, &rows);
        let panels = vec![Panel { code: "284690".to_owned(), text: "Rare <earths>".to_owned(), importers }];
        let coloured = coloured(&panel, &panels);
        Origins { year: 2021, panels, left_out: 4, coloured }
    }

    #[test]
    fn the_largest_importers_come_first_with_who_sold_and_who_made() {
        let figure = figure();
        let importers: Vec<&str> = figure.panels[0].importers.iter().map(|i| i.code.as_str()).collect();
        assert_eq!(importers, ["BBB", "AAA"], "C has no origins");
        assert_eq!(figure.coloured.iter().map(|c| c.0.as_str()).collect::<Vec<_>>(), ["AAA", "BBB", "CCC"]);
        let csv = &figure.tables()[0].csv;
        let expected = "product,year,importer,import_share,crossings,country,direct_share,origin_share,coloured\n\
            284690,2021,BBB,0.5333333333333333,1.75,AAA,0.75,0.9,true\n\
            284690,2021,BBB,0.5333333333333333,1.75,CCC,0.25,0.1,true\n";
        assert!(csv.starts_with(expected), "{csv}");
    }

    #[test]
    fn two_bars_an_importer() {
        let figure = figure();
        let [drawing] = figure.drawings(FigureSize::TwoColumns).try_into().unwrap_or_else(|_| panic!("one"));
        assert!(drawing.caption.reading[0].ends_with("4 more products of the focus are in origins.parquet."));
        assert!(
            drawing
                .description
                .ends_with("284690: BBB buys most; sold above all by AAA 75 %, made above all by AAA 90 %")
        );
        let svg = (drawing.draw)(510.0).finish(180.0, &drawing.description);
        for part in [
            "<title>BBB: sold by AAA 75.0 %</title>",
            "<title>BBB: made in AAA 90.0 %</title>",
            "<title>AAA: made in BBB 50.0 %</title>",
            "Rare &lt;earths&gt;",
            ">1.8</text>",
            ">others</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        assert!(!svg.contains("sold by others"), "the bars are full");
    }

    #[test]
    fn words_on_a_light_colour_are_dark() {
        assert!(is_light(4) && is_light(5) && !is_light(0) && !is_light(8));
    }
}
