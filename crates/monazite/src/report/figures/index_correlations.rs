//! Systemic trade risk beside the indices of others: whether two of them put importers into the same order.

use super::FigureError;
use super::caption::{Caption, INDICATORS};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, Selections, file_of};
use super::font;
use super::inputs::{FigureInputs, Need};
use super::svg::{Anchor, Svg, TextStyle};
use super::theme::{INK, LABEL, SMALL, SOFT, colour_along, ink_on};
use crate::indicators::Column;
use crate::report::answers::amounts::Amounts;
use crate::report::index_comparison::{Correlation, Index, IndexComparison, IndexRequest, why_not};
use crate::run_folder::CsvTable;
use crate::run_folder::tables::INDEX_CORRELATIONS_FIGURE;
use crate::study::FigureSize;
use crate::units::grouped;

const NAME: &str = "index_correlations";

/// What the indices other than STR are.
const OTHERS: &str = "Instability-weighted HHI: squared import shares times instability. GeoPolRisk: concentration of the exporters of the product times mean instability of the suppliers. EU supply risk: squared shares times instability, of the world's exporters and of the suppliers, weighed by import reliance. Worst single stop: share of the imports lost if the one supplier stops whose stop costs most, under mass balance.";

/// The figure `index_correlations`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Do systemic trade risk and the indices of others put importers into the same order?"
    }

    fn needs(&self) -> Need {
        Need::Trends
    }

    fn columns(&self) -> &'static [Column] {
        &[
            Column::Imports,
            Column::Exposure,
            Column::Hhi,
            Column::Str,
            Column::StrDirect,
            Column::StrMassBalance,
            Column::StrFull,
        ]
    }

    fn selections(&self) -> Selections {
        Selections { country: false, year: true }
    }

    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let request = IndexRequest { year: run.year, ..IndexRequest::default() };
        match IndexComparison::orders(run.run(), &request) {
            Ok(orders) if orders.correlations.iter().any(|c| c.pooled.is_some()) => {
                Ok(Gathered::numbers(IndexCorrelations(orders)))
            }
            Ok(_) => Ok(Gathered::Absent("no two indices vary over the importers of the year".to_owned())),
            Err(error) => Ok(Gathered::Absent(why_not(error)?)),
        }
    }
}

/// Rank correlations of the indices of a run in a year.
#[derive(Debug, Clone, PartialEq)]
pub struct IndexCorrelations(IndexComparison);

impl FigureNumbers for IndexCorrelations {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&INDEX_CORRELATIONS_FIGURE);
        let number = |value: Option<f64>| value.map_or_else(String::new, |value| value.to_string());
        for c in &self.0.correlations {
            table.row(&[
                self.0.year.to_string(),
                c.first.key().to_owned(),
                c.second.key().to_owned(),
                number(c.pooled),
                c.importers.to_string(),
                number(c.inside),
                c.products_inside.to_string(),
                number(c.across),
                c.products_across.to_string(),
            ]);
        }
        vec![FigureTable::new(NAME, table)]
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        vec![Drawing {
            name: NAME.to_owned(),
            description: self.description(),
            caption: Caption {
                title: format!(
                    "Systemic trade risk beside other indices: rank correlations, {}.",
                    self.0.year
                ),
                reading: vec![format!(
                    "Spearman's rank correlation of two indices over {} importers of {} products that import {} or more. Above the diagonal: all of them at once. \
                     Below: inside products, the mean over products weighted by their importers. Dark: the same order; white: nothing in common; with a minus and \
                     orange: the opposite order.",
                    grouped(self.0.importers as u64),
                    self.0.products,
                    Amounts::Value.in_words(self.0.least_imports)
                )],
                definitions: vec![INDICATORS, OTHERS],
                numbers: vec![file_of(NAME)],
            },
            draw: Box::new(move |width| self.draw(width)),
        }]
    }
}

/// From nothing in common to the same order; its lightness falls evenly, so that it can be read in grey.
const SAME: [[u8; 3]; 4] = [[255, 255, 255], [174, 207, 230], [64, 138, 189], [8, 62, 112]];
/// From nothing in common to the opposite order.
const OPPOSITE: [[u8; 3]; 4] = [[255, 255, 255], [245, 203, 171], [213, 117, 52], [127, 55, 6]];
/// Sizes of the drawing.
struct Sizes {
    /// Width of the names at the left.
    names: f64,
    /// Where the cells begin, from above.
    top: f64,
    /// Width and height of a cell.
    cell: [f64; 2],
    /// Letters of names and numbers.
    letters: f64,
}

impl IndexCorrelations {
    /// The indices that correlate with any other.
    fn shown(&self) -> Vec<Index> {
        let there = |index: &Index| {
            let of = |c: &&Correlation| [c.first, c.second].contains(index);
            self.0.correlations.iter().filter(of).any(|c| c.pooled.is_some())
        };
        Index::ALL.into_iter().filter(there).collect()
    }

    /// The number of a cell: pooled above the diagonal, inside products below it.
    fn number(&self, row: Index, column: Index) -> Option<f64> {
        let found = self.0.correlation(row, column)?;
        if row < column { found.pooled } else { found.inside }
    }

    /// Draws it.
    pub fn draw(&self, width: f64) -> Svg {
        let shown = self.shown();
        let letters = if width < 300.0 { SMALL } else { LABEL };
        let widest = |of: fn(Index) -> &'static str| {
            shown.iter().fold(0.0f64, |most, index| most.max(font::width(of(*index), letters, false)))
        };
        let label = if width < 300.0 { Index::short } else { Index::label };
        let names = widest(label) + 6.0;
        let wide = ((width - names) / shown.len().max(1) as f64).min(42.0);
        let upright = wide < widest(Index::short) + 3.0;
        let head = if upright { widest(Index::short) + 6.0 } else { 12.0 };
        let sizes = Sizes { names, top: 12.0 + head, cell: [wide, (0.55 * wide).clamp(13.0, 21.0)], letters };
        let mut svg = Svg::new(width, 0.0);
        let right = names + wide * shown.len() as f64;
        let soft = TextStyle { size: letters, fill: SOFT, ..TextStyle::default() };
        svg.text(
            right,
            7.0,
            "above the diagonal: all importers at once",
            TextStyle { anchor: Anchor::End, ..soft },
        );
        for (at, index) in shown.iter().enumerate() {
            let x = sizes.names + wide * (at as f64 + 0.5);
            let short = index.short();
            if upright {
                let middle = sizes.top - 4.0 - 0.5 * font::width(short, letters, false);
                svg.text_upwards([x + 2.2, middle], short, letters, INK);
            } else {
                let style = TextStyle { size: letters, anchor: Anchor::Middle, ..TextStyle::default() };
                svg.text(x, sizes.top - 4.0, short, style);
            }
        }
        for (at, &row) in shown.iter().enumerate() {
            let y = sizes.top + sizes.cell[1] * at as f64;
            let style = TextStyle { size: letters, ..TextStyle::default() };
            svg.text(0.0, y + 0.5 * sizes.cell[1] + 2.2, label(row), style);
            for (column, &other) in shown.iter().enumerate() {
                self.draw_cell(&mut svg, [row, other], [sizes.names + wide * column as f64, y], &sizes);
            }
        }
        let floor = sizes.top + sizes.cell[1] * shown.len() as f64;
        svg.text(sizes.names, floor + 9.0, "below the diagonal: inside products", soft);
        draw_key(&mut svg, [sizes.names, floor + 15.0], (right - sizes.names).min(180.0));
        svg.set_height(floor + 36.0);
        svg
    }

    fn draw_cell(&self, svg: &mut Svg, [row, column]: [Index; 2], [x, y]: [f64; 2], sizes: &Sizes) {
        let [wide, high] = sizes.cell;
        if row == column {
            svg.rectangle(x, y, wide - 0.8, high - 0.8, "#e7e7e7", 1.0);
            return;
        }
        let Some(rho) = self.number(row, column) else { return };
        let how = if row < column { "all importers at once" } else { "inside products" };
        svg.open_titled(&format!("{} and {}, {how}: {rho:.3}", row.label(), column.label()));
        let colour = colour_of(rho);
        svg.rectangle(x, y, wide - 0.8, high - 0.8, &colour, 1.0);
        let style = TextStyle {
            size: if wide < 18.0 { SMALL } else { sizes.letters },
            anchor: Anchor::Middle,
            bold: rho.abs() >= 0.8,
            fill: ink_on(&colour),
            ..TextStyle::default()
        };
        svg.text(x + 0.5 * (wide - 0.8), y + 0.5 * high + 2.0, &shown_number(rho), style);
        svg.close();
    }

    fn description(&self) -> String {
        let of = |a: Index, b: Index| {
            self.0
                .correlation(a, b)
                .and_then(|c| c.pooled)
                .map(|rho| format!("{} with {} {}", a.phrase(), b.phrase(), shown_number(rho)))
        };
        let pairs = [
            of(Index::StrFull, Index::StrMassBalance),
            of(Index::StrMassBalance, Index::EuSupplyRisk),
            of(Index::StrMassBalance, Index::GeoPolRisk),
            of(Index::StrMassBalance, Index::Hhi),
            of(Index::StrMassBalance, Index::WorstStop),
            of(Index::Hhi, Index::WorstStop),
        ];
        let all: Vec<String> = pairs.into_iter().flatten().collect();
        format!(
            "Rank correlations of systemic trade risk and other indices, {}. {}",
            self.0.year,
            all.join("; ")
        )
    }
}

/// Two decimals, with a minus that is one, and none before a zero.
fn shown_number(rho: f64) -> String {
    let text = format!("{:.2}", rho.abs());
    if rho < 0.0 && text != "0.00" { format!("−{text}") } else { text }
}

fn colour_of(rho: f64) -> String {
    colour_along(if rho < 0.0 { &OPPOSITE } else { &SAME }, rho.abs())
}

/// What the colours are.
fn draw_key(svg: &mut Svg, [x, y]: [f64; 2], wide: f64) {
    const STEPS: usize = 8;
    let step = wide / STEPS as f64;
    for at in 0..STEPS {
        let rho = -1.0 + 2.0 * (at as f64 + 0.5) / STEPS as f64;
        svg.rectangle(x + step * at as f64, y, step - 0.4, 6.0, &colour_of(rho), 1.0);
    }
    let style = TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() };
    svg.text(x, y + 14.0, "−1 opposite", style);
    svg.text(x + 0.5 * wide, y + 14.0, "0 none", TextStyle { anchor: Anchor::Middle, ..style });
    svg.text(x + wide, y + 14.0, "1 same order", TextStyle { anchor: Anchor::End, ..style });
}

#[cfg(test)]
mod tests {
    use super::super::theme::contrast;
    use super::*;

    #[test]
    fn numbers_can_be_read_in_every_cell_and_in_grey() {
        let mut before = [f64::INFINITY; 2];
        for step in 0..=40 {
            let size = f64::from(step) / 40.0;
            for (sign, before) in [1.0, -1.0].into_iter().zip(&mut before) {
                let colour = colour_of(sign * size);
                let ink = ink_on(&colour);
                assert!(
                    contrast(&colour, ink) >= 4.5,
                    "{} on {colour}: {}",
                    sign * size,
                    contrast(&colour, ink)
                );
                let light = contrast(&colour, "#000000");
                assert!(light < *before, "{colour} is no darker");
                *before = light;
            }
        }
    }

    #[test]
    fn a_minus_is_one() {
        assert_eq!([-0.006, -0.004, 0.5, 1.0].map(shown_number), ["−0.01", "0.00", "0.50", "1.00"]);
    }
}
