//! STR of the average importer over the years under both readings, a panel a product, with what it would have been if only one thing had changed.

use super::FigureError;
use super::caption::{Caption, INDICATORS};
use super::chart::{AxisStyle, Scale, Stroke, YearPlot, ends_of, letter_of, short_number};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::font;
use super::inputs::{FigureInputs, Need};
use super::svg::{Svg, TextStyle};
use super::theme::{IMPORTERS, LABEL, LEVEL, LINE, NETWORK, SMALL, SOFT, STABILITY};
use crate::indicators::Column;
use crate::report::areas::{self, Area};
use crate::report::brief::cut;
use crate::report::readings::name_of_str;
use crate::run::{TrendYear, focus_products_of, loops_of};
use crate::run_folder::{CsvTable, cell};
use crate::study::FigureSize;

const NAME: &str = "str_trends";
/// Panels at most; more are in `trends.csv`.
const MOST: usize = 12;
/// Dashes of STR beside the mass-balanced one.
const PAPER: &str = "2.2 1.8";

/// A year of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Point {
    year: u16,
    /// Mean STR, weighted by imports.
    str: Option<f64>,
    /// The same under mass balance.
    mass_balance: Option<f64>,
    /// STR if only the network, only stability, only who imports had changed since the first year; `None` after a gap.
    only: Option<[f64; 3]>,
    /// Whether negligible imports create a feedback loop.
    marked: bool,
    /// 5 and 95 % of the draws, of either.
    areas: [Option<[f64; 2]>; 2],
}

/// A product of the figure.
#[derive(Debug, Clone, PartialEq)]
struct Panel {
    code: String,
    text: String,
    points: Vec<Point>,
}

/// The numbers of the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct StrTrends {
    panels: Vec<Panel>,
    /// Products of the focus that are not drawn.
    left_out: usize,
    /// What STR of the run is called beside the mass-balanced one.
    name: &'static str,
    /// Whether STR of the run and the mass-balanced one are on one scale; if not, the latter is not drawn.
    one_axis: bool,
    /// Draws of political stability behind the areas; `None` without bands.
    draws: Option<usize>,
}

/// The figure `str_trends`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Did the risk behind imports grow, and what moved it?"
    }

    fn needs(&self) -> Need {
        Need::Trends
    }

    fn columns(&self) -> &'static [Column] {
        &[Column::Imports, Column::StrMassBalance]
    }

    // Its caption names the study, which changes with the settings of the typology.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let panel = run.panel();
        if panel.years.len() < 2 {
            return Ok(Gathered::Absent("the study has one year".to_owned()));
        }
        let (trends, texts) = (run.run().trends()?, run.run().descriptions()?);
        // Row sums are on another scale: the mass-balanced number does not go on their axis.
        let one_axis = run.study().str_scale().is_of_importers();
        // They lift the paper's number.
        let loops = run.run().loops()?.filter(|_| run.study().str_is_the_papers());
        let (focus, bands) = (focus_products_of(run.study(), panel), run.run().bands()?);
        let panels: Vec<Panel> = focus
            .iter()
            .take(MOST)
            .map(|&product| Panel {
                code: panel.products[product].code.to_string(),
                text: texts[product].clone(),
                points: points(
                    &panel.years,
                    &trends[product],
                    &|year| trends[product][year].str_mass_balance.filter(|_| one_axis),
                    &|year| !loops_of(loops, product, year).is_empty(),
                    &[Column::Str, Column::StrMassBalance].map(|column| {
                        let code = panel.products[product].code.to_string();
                        areas::of_mean(bands.filter(|_| one_axis), run.study(), column, &code)
                    }),
                ),
            })
            .filter(|panel| panel.points.iter().filter(|p| p.str.is_some()).count() > 1)
            .collect();
        let left_out = focus.len().saturating_sub(MOST);
        Ok(match panels.is_empty() {
            true => Gathered::Absent("no product of the focus has STR in two years".to_owned()),
            false => Gathered::numbers(StrTrends {
                draws: run.manifest().uncertainty.as_ref().map(|of| of.draws).filter(|_| {
                    panels.iter().flat_map(|panel| &panel.points).any(|p| p.areas.iter().any(Option::is_some))
                }),
                panels,
                left_out,
                name: name_of_str(run.study()),
                one_axis,
            }),
        })
    }
}

/// The years of a product: levels, and the sums of what each part of the change has added since the first year with a level.
fn points(
    years: &[u16],
    trend: &[TrendYear],
    mass_balance: &dyn Fn(usize) -> Option<f64>,
    is_marked: &dyn Fn(usize) -> bool,
    areas: &[Area; 2],
) -> Vec<Point> {
    let first = trend.iter().position(|year| year.str.is_some());
    let mut sums: Option<[f64; 3]> = None;
    let mut points = Vec::new();
    for (at, (&year, t)) in years.iter().zip(trend).enumerate() {
        if Some(at) == first {
            sums = t.str.map(|start| [start; 3]);
        } else {
            // A gap in the trade of a product ends the decomposition; the level goes on.
            sums = sums.zip(t.parts).map(|(sums, parts)| [0, 1, 2].map(|k: usize| sums[k] + parts[k]));
        }
        let marked = t.str.is_some() && is_marked(at);
        let areas = [0, 1].map(|of: usize| areas::in_year(&areas[of], year));
        points.push(Point { year, str: t.str, mass_balance: mass_balance(at), only: sums, marked, areas });
    }
    points
}

impl FigureNumbers for StrTrends {
    fn tables(&self) -> Vec<FigureTable> {
        let mut table = CsvTable::of(&crate::run_folder::tables::STR_TRENDS);
        for panel in &self.panels {
            for p in &panel.points {
                let only = |k: usize| cell(p.only.map(|only| only[k]));
                let end = |of: usize, at: usize| cell(p.areas[of].map(|ends| ends[at]));
                let cells = [
                    panel.code.clone(),
                    p.year.to_string(),
                    cell(p.str),
                    only(0),
                    only(1),
                    only(2),
                    cell(p.mass_balance),
                    p.marked.to_string(),
                    end(0, 0),
                    end(0, 1),
                    end(1, 0),
                    end(1, 1),
                ];
                table.row(&cells);
            }
        }
        vec![FigureTable::new(NAME, table)]
    }

    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>> {
        let more = match self.left_out {
            0 => String::new(),
            n => format!(" {n} more products of the focus are in trends.csv."),
        };
        let caption = Caption {
            title: "Systemic trade risk of the average importer, and what moved it.".to_owned(),
            reading: vec![format!(
                "{} Coloured: what the dashed line would have been if only the trade network, only political stability, or only who imports had \
                 changed since the first year.{}{more}",
                match self.one_axis {
                    true => format!(
                        "Black: mean STR over importers, weighted by imports: solid under mass balance, in which a country passes on at most what it \
                         bought, dashed in {}.",
                        self.name
                    ),
                    false => format!(
                        "Dashed: mean of {} over countries, weighted by imports. Mass-balanced STR is of importers, on another scale, and not drawn \
                         (trends.csv).",
                        self.name
                    ),
                },
                match self.panels.iter().flat_map(|panel| &panel.points).any(|p| p.marked) {
                    true => " Hollow dots: negligible imports create a feedback loop that lifts the dashed line (trickle_loops.csv).",
                    false => "",
                }
            )]
            .into_iter()
            .chain(self.draws.map(areas::said_of_areas))
            .collect(),
            definitions: vec![INDICATORS],
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

impl StrTrends {
    fn description(&self) -> String {
        let ends = |panel: &Panel| {
            let known = |of: fn(&Point) -> Option<f64>| {
                let mut known = panel.points.iter().filter_map(|p| Some((p.year, of(p)?)));
                let first = known.next()?;
                let last = known.next_back().unwrap_or(first);
                Some(format!("{:.2} in {}, {:.2} in {}", first.1, first.0, last.1, last.0))
            };
            let balanced =
                known(|p| p.mass_balance).map_or_else(String::new, |text| format!(", mass-balanced {text}"));
            format!("{}: {}{balanced}", panel.code, known(|p| p.str).unwrap_or_default())
        };
        let all: Vec<String> = self.panels.iter().map(ends).collect();
        format!("Mean STR over importers, weighted by imports. {}", all.join("; "))
    }

    fn draw(&self, width: f64, slide: bool) -> Svg {
        let columns = match self.panels.len() {
            n if width < 300.0 => n.min(2),
            n if slide => n.min(4),
            n => n.min(3),
        };
        let gutter = 10.0;
        let across = (width - gutter * (columns as f64 - 1.0)) / columns as f64;
        let high = (0.62 * across).clamp(78.0, 110.0) + 16.0;
        let mut svg = Svg::new(width, 0.0);
        let (mut x, mut y) = (0.0, 8.0);
        let keys = [
            ("mass-balanced STR", LEVEL, None),
            (self.name, LEVEL, Some(PAPER)),
            ("network only", NETWORK, None),
            ("stability only", STABILITY, None),
            ("importers only", IMPORTERS, Some("3 2")),
        ];
        for (name, colour, dashes) in keys.into_iter().skip(usize::from(!self.one_axis)) {
            let wide = 15.0 + font::width(name, LABEL, false);
            // What does not fit begins a new line.
            if x > 0.0 && x + wide > width {
                (x, y) = (0.0, y + 10.0);
            }
            svg.polyline(&[[x, y - 2.3], [x + 12.0, y - 2.3]], colour, 1.4, dashes);
            svg.text(x + 15.0, y, name, TextStyle::default());
            x += wide + 11.0;
        }
        let top = y + 7.0;
        for (at, panel) in self.panels.iter().enumerate() {
            let corner = [(across + gutter) * (at % columns) as f64, top + high * (at / columns) as f64];
            panel.draw(&mut svg, corner, [across, high], &letter_of(at));
        }
        svg.set_height(top + high * self.panels.len().div_ceil(columns) as f64);
        svg
    }
}

impl Panel {
    fn draw(&self, svg: &mut Svg, [left, top]: [f64; 2], [width, high]: [f64; 2], letter: &str) {
        let bold = TextStyle { bold: true, ..TextStyle::default() };
        svg.text(left, top + 7.0, letter, bold);
        let indent = font::width(letter, LABEL, true) + 4.0;
        svg.text(left + indent, top + 7.0, &self.code, TextStyle { size: SMALL, ..bold });
        let from = indent + font::width(&self.code, SMALL, true) + 3.0;
        let text = font::cut(&cut(&self.text, 80), SMALL, false, width - from);
        svg.text(
            left + from,
            top + 7.0,
            &text,
            TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() },
        );
        let all = || {
            let of = |p: &Point| {
                let ends = p.areas.into_iter().flatten().flatten();
                [p.str, p.mass_balance].into_iter().flatten().chain(p.only.into_iter().flatten()).chain(ends)
            };
            self.points.iter().flat_map(of)
        };
        let (low, most) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let values = Scale::rounded(low, most, [top + high - 15.0, top + 14.0]);
        let style = AxisStyle::FIGURE;
        let across = [left + values.label_width(style) + 3.5, left + width - 3.0];
        let plot = YearPlot { across, years: ends_of(self.points.iter().map(|p| p.year)), values, style };
        plot.draw_axes(svg);
        plot.draw_middle_year(svg);
        for (of, opacity) in [(0, areas::OPACITY_BESIDE), (1, areas::OPACITY)] {
            let area: Area = self.points.iter().filter_map(|p| Some((p.year, p.areas[of]?))).collect();
            areas::draw(&plot, svg, &area, LEVEL, opacity);
        }
        for (part, colour, dashes) in [(2, IMPORTERS, Some("3 2")), (1, STABILITY, None), (0, NETWORK, None)]
        {
            let line = self.points.iter().filter_map(|p| Some((p.year, p.only?[part])));
            plot.line(svg, line, Stroke { colour, width: 0.8 * LINE, dashes });
        }
        let mut draw = |of: fn(&Point) -> Option<f64>, width: f64, dashes: Option<&'static str>| {
            let level: Vec<(u16, f64)> = self.points.iter().filter_map(|p| Some((p.year, of(p)?))).collect();
            for piece in level.chunk_by(|a, b| a.0 + 1 == b.0) {
                plot.line(svg, piece.iter().copied(), Stroke { colour: LEVEL, width, dashes });
            }
        };
        draw(|p| p.str, 0.8 * LINE, Some(PAPER));
        draw(|p| p.mass_balance, 1.3 * LINE, None);
        for p in &self.points {
            let Some(value) = p.mass_balance else { continue };
            let words = format!(
                "{} {}: mass-balanced STR {}{}",
                self.code,
                p.year,
                short_number(value),
                in_brackets(p.areas[1])
            );
            plot.dot(svg, (p.year, value), 1.1, LEVEL, &words);
        }
        for p in &self.points {
            let Some(value) = p.str else { continue };
            let words =
                format!("{} {}: STR {}{}", self.code, p.year, short_number(value), in_brackets(p.areas[0]));
            if p.marked {
                svg.circle(plot.at(p.year, value), 1.4, "#ffffff", LEVEL, 0.7);
                svg.hint(
                    plot.at(p.year, value),
                    1.6,
                    &format!("{words}; negligible imports create a feedback loop"),
                );
            } else {
                plot.dot(svg, (p.year, value), 0.7, LEVEL, &words);
            }
        }
    }
}

/// The ends of an area behind the number that it belongs to.
fn in_brackets(ends: Option<[f64; 2]>) -> String {
    ends.map_or_else(String::new, |[low, high]| format!(" [{low:.2}, {high:.2}]"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn year(str: Option<f64>, parts: Option<[f64; 3]>) -> TrendYear {
        TrendYear { str, parts, ..TrendYear::default() }
    }

    #[test]
    fn lines_add_up_what_each_part_has_changed_and_end_at_a_gap() {
        let trend = [
            year(None, None),
            year(Some(1.5), None),
            year(Some(2.0), Some([0.25, 0.125, 0.125])),
            year(None, None),
            year(Some(1.75), None),
        ];
        let balanced = [None, Some(1.25), Some(1.5), None, Some(1.0)];
        let areas = [vec![(2019, [1.25, 1.75]), (2020, [1.5, 2.25])], Area::new()];
        let years = [2018, 2019, 2020, 2021, 2022];
        let found = points(&years, &trend, &|at| balanced[at], &|at| at == 2, &areas);
        let only: Vec<Option<[f64; 3]>> = found.iter().map(|p| p.only).collect();
        assert_eq!(only, [None, Some([1.5; 3]), Some([1.75, 1.625, 1.625]), None, None]);
        assert_eq!(found.iter().map(|p| p.marked).collect::<Vec<_>>(), [false, false, true, false, false]);
        // What the three parts add is the change of the level.
        let [a, b, c] = found[2].only.unwrap().map(|v| v - 1.5);
        assert_eq!(a + b + c, 0.5);
        let panel = Panel { code: "284690".to_owned(), text: "Rare <earths>".to_owned(), points: found };
        let figure = StrTrends {
            panels: vec![panel],
            left_out: 2,
            name: "STR, the paper’s reading",
            one_axis: true,
            draws: Some(200),
        };
        let csv = &figure.tables()[0].csv;
        let wanted = "product,year,str,network_only,stability_only,importers_only,str_mass_balance,feedback_loop,str_p05,str_p95,\
                      str_mass_balance_p05,str_mass_balance_p95\n284690,2018,,,,,,false,,,,\n284690,2019,1.5,1.5,1.5,1.5,1.25,false,1.25,1.75,,\n";
        assert!(csv.starts_with(wanted), "{csv}");
        let [drawing] = figure.drawings(FigureSize::TwoColumns).try_into().unwrap_or_else(|_| panic!("one"));
        assert!(drawing.caption.reading[0].ends_with("2 more products of the focus are in trends.csv."));
        assert!(drawing.caption.reading[1].starts_with("Areas: where the middle 90 % of 200 draws"));
        let svg = (drawing.draw)(510.0).finish(180.0, &drawing.description);
        for part in [
            "Rare &lt;earths&gt;",
            "284690: 1.50 in 2019, 1.75 in 2022, mass-balanced 1.25 in 2019, 1.00 in 2022",
            "2020: STR 2.00 [1.50, 2.25]; negligible imports",
            "<polygon",
            "2020: mass-balanced STR 1.5",
            ">STR, the paper’s reading</text>",
            ">stability only</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }
}
