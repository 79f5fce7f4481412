//! A line chart over the years: an indicator, or the share of a supplier, of some products, of the average importer or of one country.

use super::areas::{self, Area};
use super::basket::Basket;
use super::brief::BriefError;
use super::brief::selection::{Candidate, country};
use super::figures::chart::{AxisStyle, Scale, Stroke, YearPlot, ends_of};
use super::figures::font;
use super::figures::svg::{Svg, TextStyle};
use super::figures::theme::{HEAD, LABEL, LINE, SMALL, SOFT, cluster_colour, cluster_ink};
use super::measure::Measure;
use super::readings::name_of_str;
use crate::indicators::Column;
use crate::nomenclature::merged_names::name_in_tables;
use crate::plain_text::capitalised;
use crate::run::{Run, loops_of};
use crate::run_folder::{CsvTable, cell};
use crate::study::FigureSize;

/// Lines of one chart at most: more cannot be told apart.
const MOST_LINES: usize = 8;
/// Dashes of the line beside the mass-balanced one.
const DASHES: &str = "2.5 2";

/// What to draw over the years.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrendRequest {
    /// An indicator, `pv`, or `share` of a supplier.
    pub indicator: String,
    /// The supplier, where the indicator is `share`.
    pub supplier: Option<String>,
    /// The products (or `tier1`, `chain`), a line each; the seeds of the study, eight at most, if left out.
    pub products: Vec<String>,
    /// The countries; with one product a line each, with several products one country. All importers together if left out.
    pub countries: Vec<String>,
    /// The paper; that of the study if left out.
    pub size: Option<FigureSize>,
}

/// A line of the chart.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendLine {
    /// Code of the product.
    pub product: String,
    /// Code of the country; empty for all importers together.
    pub country: String,
    /// What stands beside it.
    pub name: String,
    /// Year and value, in order; years without a value are left out.
    pub points: Vec<(u16, f64)>,
    /// The same under mass balance, of STR and influence; empty for what has no second reading.
    pub mass_balance: Vec<(u16, f64)>,
    /// Where 90 % of the draws of political stability lie; empty without bands.
    pub area: Area,
    /// The same under mass balance.
    pub area_mass_balance: Area,
    /// Years in which negligible imports create a feedback loop that moves the value.
    pub marked: Vec<u16>,
}

/// The numbers of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Trends {
    /// What is shown.
    pub title: String,
    /// How it is defined, in a line.
    pub subtitle: String,
    /// The lines.
    pub lines: Vec<TrendLine>,
    /// Name of its files, without folder and ending.
    pub name: String,
    /// Years of the run.
    years: [u16; 2],
    is_share: bool,
    /// What the dashed lines are called, where there are two readings.
    dashed: Option<String>,
    /// Draws of political stability behind the areas; `None` without bands.
    draws: Option<usize>,
}

impl Trends {
    /// Gathers the numbers.
    ///
    /// # Errors
    /// As [`Measure::find`]; [`BriefError::Unknown`] for products that the run does not have, [`BriefError::Country`] for countries,
    /// [`BriefError::Request`] for more lines than can be told apart, several countries of several products, or nothing to draw.
    pub fn of(run: &Run, request: &TrendRequest) -> Result<Self, BriefError> {
        let panel = run.panel()?;
        let measure = Measure::find(run, &request.indicator, request.supplier.as_deref())?;
        let asked: Vec<String> = match request.products.is_empty() {
            true => run
                .manifest()
                .study
                .seeds
                .iter()
                .filter(|seed| seed.parse().is_ok_and(|s| panel.product(s).is_some()))
                .take(MOST_LINES)
                .cloned()
                .collect(),
            false => request.products.clone(),
        };
        // What is no matter of products has a line a country, whatever products are named.
        let asked = if measure.is_of_products() { asked } else { vec!["chain".to_owned()] };
        let baskets: Vec<Basket> =
            asked.iter().map(|asked| Basket::find(run, Some(asked))).collect::<Result<_, _>>()?;
        let candidates: Vec<Candidate<'_>> =
            panel.countries.iter().map(|c| Candidate { code: &c.code, name: &c.name }).collect();
        let countries: Vec<usize> = request
            .countries
            .iter()
            .map(|asked| {
                country(asked, &candidates).map_err(|p| BriefError::Country { problem: p.to_string() })
            })
            .collect::<Result<_, _>>()?;
        if countries.is_empty() && !measure.is_of_products() {
            return Err(BriefError::Request(format!(
                "{} is that of countries: say which",
                measure.label(panel)
            )));
        }
        if countries.len() > 1 && baskets.len() > 1 {
            return Err(BriefError::Request(
                "several countries and several products make too many lines: name one of either".to_owned(),
            ));
        }
        let pairs: Vec<(&Basket, Option<usize>)> = match (countries.as_slice(), baskets.first()) {
            ([], _) => baskets.iter().map(|b| (b, None)).collect(),
            ([one], _) => baskets.iter().map(|b| (b, Some(*one))).collect(),
            (several, Some(basket)) => several.iter().map(|&c| (basket, Some(c))).collect(),
            (_, None) => Vec::new(),
        };
        if pairs.len() > MOST_LINES {
            return Err(BriefError::Request(format!(
                "{} lines are asked for, and more than {MOST_LINES} cannot be told apart: name fewer products or countries",
                pairs.len()
            )));
        }
        let several = countries.len() > 1;
        let lines: Vec<TrendLine> = pairs
            .into_iter()
            .map(|(basket, country)| TrendLine::of(run, &measure, basket, country, several))
            .collect::<Result<_, _>>()?;
        if lines.iter().all(|line| line.points.is_empty()) {
            return Err(BriefError::Request(
                "none of it has a value in any year: there is nothing to draw".to_owned(),
            ));
        }
        let mut name = format!("trend_{}", measure.key(panel));
        if !request.products.is_empty() && measure.is_of_products() {
            name.push('_');
            name.push_str(&baskets.iter().map(|b| b.code.clone()).collect::<Vec<_>>().join("-"));
        }
        if !countries.is_empty() {
            name.push_str("_of_");
            name.push_str(
                &countries.iter().map(|&c| panel.countries[c].code.clone()).collect::<Vec<_>>().join("-"),
            );
        }
        let draws = run.manifest().uncertainty.as_ref().map(|of| of.draws);
        let draws = draws.filter(|_| lines.iter().any(TrendLine::has_area));
        let (whose, subtitle) =
            (whose(run, &measure, &baskets, &countries)?, subtitle(run, &measure, &baskets, several));
        Ok(Self {
            title: format!("{}{whose}", measure.label(panel)),
            subtitle: capitalised(&subtitle),
            lines,
            name,
            years: ends_of(panel.years.iter().copied()),
            is_share: measure.is_share(),
            draws,
            dashed: beside(run, &measure).map(|_| match measure {
                Measure::Column(Column::Str) => name_of_str(run.study()).to_owned(),
                _ => name_of_str(run.study()).replacen("STR", "influence", 1),
            }),
        })
    }

    /// The numbers as csv: product, country (empty for all importers together), name, year, value, whether negligible imports create a feedback
    /// loop, of STR and influence the value under mass balance, and of STR 5 and 95 % of the draws of political stability, where the run has them.
    pub fn csv(&self) -> Vec<u8> {
        let mut shown = vec!["product", "country", "name", "year", "value", "feedback_loop"];
        shown.extend(self.dashed.as_ref().map(|_| "mass_balance"));
        let ends = ["p05", "p95", "mass_balance_p05", "mass_balance_p95"];
        shown.extend(self.draws.iter().flat_map(|_| match self.dashed {
            Some(_) => &ends[..],
            None => &ends[..2],
        }));
        let mut table = CsvTable::new(&shown);
        for line in &self.lines {
            for (year, value) in &line.points {
                let balanced = line.mass_balance.iter().find(|p| p.0 == *year).map(|p| p.1);
                let mut cells = vec![
                    line.product.clone(),
                    line.country.clone(),
                    line.name.clone(),
                    year.to_string(),
                    value.to_string(),
                    line.marked.contains(year).to_string(),
                ];
                cells.extend(self.dashed.as_ref().map(|_| cell(balanced)));
                for area in [&line.area, &line.area_mass_balance] {
                    let ends = areas::in_year(area, *year);
                    cells.extend([0, 1].map(|end: usize| cell(ends.map(|ends| ends[end]))));
                }
                table.row(&cells[..shown.len()]);
            }
        }
        table.bytes()
    }

    /// The chart, so many points wide.
    pub fn draw(&self, width: f64) -> Svg {
        let factor = if self.is_share { 100.0 } else { 1.0 };
        let ends =
            self.lines.iter().flat_map(|l| areas::ends(&l.area).chain(areas::ends(&l.area_mass_balance)));
        let points = self.lines.iter().flat_map(|l| l.points.iter().chain(&l.mass_balance));
        let all = || points.clone().map(|p| p.1 * factor).chain(ends.clone());
        let (low, high) = all().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)));
        let low = if self.is_share { 0.0 } else { low };
        let mut svg = Svg::new(width, 0.0);
        svg.text(
            1.0,
            9.0,
            &font::cut(&self.title, HEAD, true, width - 2.0),
            TextStyle { size: HEAD, bold: true, ..TextStyle::default() },
        );
        let mut y = 9.0;
        if !self.subtitle.is_empty() {
            y += 8.0;
            svg.text(1.0, y, &self.subtitle, TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() });
        }
        let top = y + 8.0;
        let floor = top + (0.42 * width).clamp(110.0, 200.0);
        let values = Scale::rounded(low, high, [floor, top]);
        let style = AxisStyle::FIGURE;
        let across = [values.label_width(style) + 5.0, width - 8.0];
        let plot = YearPlot { across, years: self.years, values, style };
        plot.draw_axes(&mut svg);
        plot.draw_middle_year(&mut svg);
        for (at, line) in (1..).zip(&self.lines) {
            let beside = if self.dashed.is_some() { areas::OPACITY_BESIDE } else { areas::OPACITY };
            areas::draw(&plot, &mut svg, &line.area, cluster_colour(at), beside);
            areas::draw(&plot, &mut svg, &line.area_mass_balance, cluster_colour(at), areas::OPACITY);
        }
        for (at, line) in (1..).zip(&self.lines) {
            self.draw_line(&mut svg, &plot, line, cluster_colour(at), factor);
        }
        // Names below: beside the ends of lines they would cover each other.
        let mut y = floor + 20.0;
        for (at, line) in (1..).zip(&self.lines) {
            svg.polyline(&[[1.0, y - 2.3], [14.0, y - 2.3]], cluster_colour(at), 1.6, None);
            let last = line.points.last().map(|&(year, v)| {
                let balanced = line.mass_balance.iter().find(|p| p.0 == year);
                match balanced {
                    Some((_, balanced)) => {
                        format!(
                            ": {}{} in {year} (solid), {}{} (dashed)",
                            self.in_words(*balanced),
                            in_brackets(&line.area_mass_balance, year),
                            self.in_words(v),
                            in_brackets(&line.area, year)
                        )
                    }
                    None => format!(": {}{} in {year}", self.in_words(v), in_brackets(&line.area, year)),
                }
            });
            let words =
                format!("{}{}", line.name, last.unwrap_or_else(|| ": no value in any year".to_owned()));
            svg.text(
                18.0,
                y,
                &font::cut(&words, LABEL, false, width - 20.0),
                TextStyle { fill: cluster_ink(at), ..TextStyle::default() },
            );
            y += 9.0;
        }
        y = self.draw_key(&mut svg, width, y);
        svg.set_height(y - 3.0);
        svg
    }

    /// A line in both of its readings, with a dot a year.
    fn draw_line(&self, svg: &mut Svg, plot: &YearPlot, line: &TrendLine, colour: &'static str, factor: f64) {
        let points: Vec<(u16, f64)> = line.points.iter().map(|&(year, v)| (year, v * factor)).collect();
        // A gap in the years is a gap in the line.
        let mut draw = |points: &[(u16, f64)], width: f64, dashes: Option<&'static str>| {
            for piece in points.chunk_by(|a, b| a.0 + 1 == b.0) {
                plot.line(svg, piece.iter().copied(), Stroke { colour, width, dashes });
            }
        };
        match &self.dashed {
            // What is to be quoted is solid.
            Some(_) => {
                draw(&points, 0.8 * LINE, Some(DASHES));
                draw(&line.mass_balance, LINE, None);
            }
            None => draw(&points, LINE, None),
        }
        for &(year, value) in &line.mass_balance {
            let words = format!("{}, {year}: mass-balanced {}", line.name, self.in_words(value));
            plot.dot(svg, (year, value), 1.3, colour, &words);
        }
        let size = if self.dashed.is_some() { 0.8 } else { 1.3 };
        for &(year, value) in &points {
            let words = format!("{}, {year}: {}", line.name, self.in_words(value / factor));
            if line.marked.contains(&year) {
                let [x, y] = plot.at(year, value);
                svg.circle([x, y], 1.5, "#ffffff", colour, 0.7);
                svg.hint(
                    [x, y],
                    1.5,
                    &format!("{words}, lifted by negligible imports that create a feedback loop"),
                );
            } else {
                plot.dot(svg, (year, value), size, colour, &words);
            }
        }
    }

    /// What dashes, areas and hollow dots mean, below the names from a height on; gives the height below it.
    fn draw_key(&self, svg: &mut Svg, width: f64, mut y: f64) -> f64 {
        if let Some(dashed) = &self.dashed {
            svg.polyline(&[[1.0, y - 2.3], [14.0, y - 2.3]], SOFT, 0.8 * LINE, Some(DASHES));
            let words =
                format!("Dashed: {dashed}. Solid: mass-balanced, which passes on at most what was bought.");
            svg.text(
                18.0,
                y,
                &font::cut(&words, SMALL, false, width - 20.0),
                TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() },
            );
            y += 9.0;
        }
        if let Some(draws) = self.draws {
            svg.polygon(&[[1.0, y], [14.0, y], [14.0, y - 5.0], [1.0, y - 5.0]], SOFT, 2.0 * areas::OPACITY);
            for words in font::lines(&areas::said_of_areas(draws), SMALL, false, width - 20.0) {
                svg.text(18.0, y, &words, TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() });
                y += 8.0;
            }
            y += 1.0;
        }
        if self.lines.iter().any(|line| !line.marked.is_empty()) {
            svg.circle([7.5, y - 2.3], 1.5, "#ffffff", SOFT, 0.7);
            let words = "Negligible imports create a feedback loop that lifts STR (trickle_loops.csv).";
            svg.text(
                18.0,
                y,
                &font::cut(words, SMALL, false, width - 20.0),
                TextStyle { size: SMALL, fill: SOFT, ..TextStyle::default() },
            );
            y += 9.0;
        }
        y
    }

    fn in_words(&self, value: f64) -> String {
        if self.is_share { super::measure::percent(value) } else { super::measure::number(value) }
    }

    pub(super) fn description(&self) -> String {
        let ends = |line: &TrendLine| match (line.points.first(), line.points.last()) {
            (Some(first), Some(last)) => {
                let balanced = match (line.mass_balance.first(), line.mass_balance.last()) {
                    (Some(first), Some(last)) => {
                        format!(" (mass-balanced {}, {})", self.in_words(first.1), self.in_words(last.1))
                    }
                    _ => String::new(),
                };
                format!(
                    "{}: {} in {}, {} in {}{balanced}",
                    line.name,
                    self.in_words(first.1),
                    first.0,
                    self.in_words(last.1),
                    last.0
                )
            }
            _ => format!("{}: no value", line.name),
        };
        format!("{}. {}", self.title, self.lines.iter().map(ends).collect::<Vec<_>>().join("; "))
    }
}

impl TrendLine {
    fn has_area(&self) -> bool {
        !self.area.is_empty() || !self.area_mass_balance.is_empty()
    }

    /// The line of a basket, of a country or of the world; named after the country where there are several.
    fn of(
        run: &Run,
        measure: &Measure,
        basket: &Basket,
        country: Option<usize>,
        several: bool,
    ) -> Result<Self, BriefError> {
        let (panel, loops) = (run.panel()?, run.loops()?);
        let name = match country.filter(|_| several || !measure.is_of_products()) {
            Some(country) => {
                name_in_tables(&panel.countries[country].code, &panel.countries[country].name).to_owned()
            }
            None if basket.is_product() => {
                format!("{} {}", basket.code, super::brief::cut(&basket.name, 48)).trim_end().to_owned()
            }
            None => basket.name.clone(),
        };
        let (mut points, mut mass_balance, mut marked) = (Vec::new(), Vec::new(), Vec::new());
        let balanced = beside(run, measure);
        for (year, &named) in panel.years.iter().enumerate() {
            let of = |measure: &Measure| match country {
                Some(country) => measure.value(run, &basket.products, year, country),
                None => measure.of_world(run, &basket.products, year),
            };
            let value = of(measure)?;
            points.extend(value.map(|value| (named, value)));
            if let Some(balanced) = &balanced {
                mass_balance.extend(of(balanced)?.map(|value| (named, value)));
            }
            let has_loop = |p: &usize| !loops_of(loops, *p, year).is_empty();
            if value.is_some()
                && measure.rests_on_papers_str(run.study())
                && basket.products.iter().any(has_loop)
            {
                marked.push(named);
            }
        }
        let area = area_of(run, measure, basket, country)?;
        let area_mass_balance =
            balanced.map_or_else(|| Ok(Area::new()), |measure| area_of(run, &measure, basket, country))?;
        let country = country.map_or_else(String::new, |c| panel.countries[c].code.clone());
        Ok(Self {
            product: basket.code.clone(),
            country,
            name,
            points,
            mass_balance,
            area,
            area_mass_balance,
            marked,
        })
    }
}

/// The mass-balanced value that is drawn beside a measure; none beside STR as a row sum, which is on another scale.
fn beside(run: &Run, measure: &Measure) -> Option<Measure> {
    let is_row_sum =
        matches!(measure, Measure::Column(Column::Str)) && !run.study().str_scale().is_of_importers();
    measure.mass_balanced().filter(|_| !is_row_sum)
}

/// The band of a measure of one product; empty for what has none. Means over several products have none: their draws are not kept.
fn area_of(
    run: &Run,
    measure: &Measure,
    basket: &Basket,
    country: Option<usize>,
) -> Result<Area, BriefError> {
    let (Measure::Column(column), [product]) = (measure, basket.products.as_slice()) else {
        return Ok(Area::new());
    };
    Ok(match country {
        Some(country) => areas::of_country(run, *column, *product, country)?,
        None => {
            let code = run.panel()?.products[*product].code.to_string();
            areas::of_mean(run.bands()?, run.study(), *column, &code)
        }
    })
}

/// The ends of an area in a year, as they stand behind its number.
fn in_brackets(area: &[(u16, [f64; 2])], year: u16) -> String {
    areas::in_year(area, year).map_or_else(String::new, |[low, high]| format!(" [{low:.2}, {high:.2}]"))
}

/// Whose values the lines are, for the title.
fn whose(
    run: &Run,
    measure: &Measure,
    baskets: &[Basket],
    countries: &[usize],
) -> Result<String, BriefError> {
    let panel = run.panel()?;
    Ok(match (countries, baskets) {
        ([], _) => format!(", {}", measure.of_world_in_words()),
        ([one], _) => format!(", {}", panel.countries[*one].name),
        _ if !measure.is_of_products() => String::new(),
        (_, [basket]) if basket.is_product() => format!(", {}", basket.code),
        (_, [basket]) => format!(", {}", basket.name),
        _ => String::new(),
    })
}

/// What the lines share that the title does not say, and the unit.
fn subtitle(run: &Run, measure: &Measure, baskets: &[Basket], several: bool) -> String {
    let unit = if measure.is_share() { "percent".to_owned() } else { measure.unit(run) };
    // One product of several countries: its text is not among the names of the lines.
    let of_one =
        baskets.first().filter(|b| several && b.is_product()).map(|b| super::brief::cut(&b.name, 80));
    of_one.into_iter().chain(Some(unit)).filter(|text| !text.is_empty()).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn areas_stand_beneath_their_lines_and_in_the_table() {
        let line = TrendLine {
            product: "284690".to_owned(),
            country: String::new(),
            name: "284690 compounds".to_owned(),
            points: vec![(2022, 2.5), (2023, 3.5)],
            mass_balance: vec![(2022, 1.75), (2023, 1.875)],
            area: vec![(2022, [2.0, 3.0]), (2023, [3.0, 4.5])],
            area_mass_balance: vec![(2022, [1.5, 1.8]), (2023, [1.8, 1.9])],
            marked: vec![2023],
        };
        let with = Trends {
            title: "STR".to_owned(),
            subtitle: String::new(),
            lines: vec![line.clone()],
            name: "trend_str".to_owned(),
            years: [2022, 2023],
            is_share: false,
            dashed: Some("STR, the paper’s reading".to_owned()),
            draws: Some(200),
        };
        let csv = String::from_utf8(with.csv()).unwrap();
        let wanted = "product,country,name,year,value,feedback_loop,mass_balance,p05,p95,mass_balance_p05,mass_balance_p95\n\
                      284690,,284690 compounds,2022,2.5,false,1.75,2,3,1.5,1.8\n";
        assert!(csv.starts_with(wanted), "{csv}");
        let svg = with.draw(510.0).finish(180.0, "x");
        // Two areas, and one in the key.
        assert_eq!(svg.matches("<polygon").count(), 3, "{svg}");
        let named = ": 1.88 [1.80, 1.90] in 2023 (solid), 3.50 [3.00, 4.50] (dashed)";
        assert!(svg.contains(named) && svg.contains("Areas: where the middle 90 % of 200 draws"), "{svg}");
        let bare = TrendLine { area: Area::new(), area_mass_balance: Area::new(), ..line };
        let without = Trends { lines: vec![bare], draws: None, ..with };
        assert!(String::from_utf8(without.csv()).unwrap().starts_with(
            "product,country,name,year,value,feedback_loop,mass_balance\n284690,,284690 compounds,2022,2.5,false,1.75\n"
        ));
        assert!(!without.draw(510.0).finish(180.0, "x").contains("<polygon"));
    }
}
