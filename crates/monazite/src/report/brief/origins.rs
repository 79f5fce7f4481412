//! Whose goods it is in the end: who sold what an importer buys, beside who can have made it under mass balance.

use std::fmt::Write;

use super::html::{
    begin_table, end_table, heading, heading_of_products, number, number_cell, percent, product_cell, put,
    text_cell, text_heading,
};
use super::product_words::product_text;
use crate::html::escaped;
use crate::indicators::Column;
use crate::report::readings::content_of_origins;
use crate::run::{OriginShare, RunError, RunView, focus_products};

/// Countries named in a cell.
const NAMED: usize = 2;
/// Share from which a second country is named.
const LEAST_NAMED: f64 = 0.05;
/// Difference between the share sold and the share made from which a country brief shows a product.
const DIFFERENCE: f64 = 0.05;

/// A country in what an importer buys of a product.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Part {
    /// Position of the country.
    pub country: usize,
    /// Share of the purchases that it sold.
    pub sold: f64,
    /// Share that it can have made: its origin share.
    pub made: f64,
}

/// Who sold what an importer buys of a product, and who can have made it.
#[derive(Debug, Clone, PartialEq)]
pub struct OriginLine {
    /// Position of the product.
    pub product: usize,
    /// Position of the importer.
    pub importer: usize,
    /// Its imports, thousand USD.
    pub imports: f64,
    /// The largest sellers, the first of them first.
    pub sellers: Vec<Part>,
    /// The countries that can have made most of it, likewise.
    pub makers: Vec<Part>,
    /// Mean number of borders behind the purchases; `None` where it is undefined.
    pub crossings: Option<f64>,
}

impl OriginLine {
    /// From the origins of one importer, product and year; `None` without any.
    ///
    /// ```
    /// use monazite::report::brief::origins::OriginLine;
    /// use monazite::run::OriginShare;
    /// let row = |origin, direct, share| {
    ///     OriginShare { product: 0, year: 0, importer: 3, origin, share, direct, crossings: 2.0 }
    /// };
    /// // Country 1 sells all of it, and bought four fifths of that from country 2.
    /// let line = OriginLine::of(100.0, &[row(1, 1.0, 0.2), row(2, 0.0, 0.8)]);
    /// let line = line.expect("there are origins");
    /// assert_eq!((line.sellers[0].country, line.makers[0].country), (1, 2));
    /// assert!(line.differs());
    /// assert_eq!(OriginLine::of(100.0, &[]), None);
    /// ```
    pub fn of(imports: f64, rows: &[OriginShare]) -> Option<Self> {
        let one = rows.first()?;
        let largest = |size: fn(&Part) -> f64| {
            let part = |row: &OriginShare| Part { country: row.origin, sold: row.direct, made: row.share };
            let mut parts: Vec<Part> = rows.iter().map(part).filter(|part| size(part) > 0.0).collect();
            parts.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.country.cmp(&b.country)));
            parts.truncate(NAMED);
            let second_counts = parts.get(1).is_none_or(|second| size(second) >= LEAST_NAMED);
            parts.truncate(if second_counts { NAMED } else { 1 });
            (!parts.is_empty()).then_some(parts)
        };
        Some(Self {
            product: one.product,
            importer: one.importer,
            imports,
            sellers: largest(|part| part.sold)?,
            makers: largest(|part| part.made)?,
            crossings: Some(one.crossings).filter(|n| n.is_finite()),
        })
    }

    /// Whether the country that can have made most of it is not the one that sold most, or its share is another one by more than 5 points.
    pub fn differs(&self) -> bool {
        let (seller, maker) = (self.sellers[0], self.makers[0]);
        seller.country != maker.country || (seller.made - seller.sold).abs() > DIFFERENCE
    }
}

/// Those of some products and importers in a year, in their order; without those of which the run knows no origins.
///
/// # Errors
/// [`RunError::Folder`] if `origins.parquet` is damaged.
pub fn lines(view: &RunView<'_>, of: &[(usize, usize)], year: usize) -> Result<Vec<OriginLine>, RunError> {
    if of.is_empty() {
        return Ok(Vec::new());
    }
    let products: Vec<usize> = of.iter().map(|(product, _)| *product).collect();
    let rows: Vec<OriginShare> =
        view.run.origins(&products)?.into_iter().filter(|row| row.year == year).collect();
    let line = |&(product, importer): &(usize, usize)| {
        let own = rows.iter().filter(|row| (row.product, row.importer) == (product, importer));
        let imports = view.panel.value(Column::Imports, product, year, importer)?;
        OriginLine::of(imports, &own.copied().collect::<Vec<_>>())
    };
    Ok(of.iter().filter_map(line).collect())
}

/// The line of which a sentence tells: of those with another maker than seller, the one where that maker has most of the value that it did not
/// sell to the importer itself. Products in focus come before all others.
fn most_telling<'a>(lines: &'a [OriginLine], focus: &[usize]) -> Option<&'a OriginLine> {
    let through_others = |line: &OriginLine| line.imports * (line.makers[0].made - line.makers[0].sold);
    let rank = |line: &OriginLine| (focus.contains(&line.product), through_others(line));
    lines
        .iter()
        .filter(|line| line.sellers[0].country != line.makers[0].country && through_others(line) > 0.0)
        .reduce(|best, other| if rank(other) > rank(best) { other } else { best })
}

/// What a line says, in words.
fn sentence(line: &OriginLine, product: &str, year: u16, name: impl Fn(usize) -> String) -> String {
    let (seller, maker) = (line.sellers[0], line.makers[0]);
    let importer = name(line.importer);
    let whence = match maker.country == line.importer {
        true => format!("{importer} itself"),
        false if maker.sold == 0.0 => format!("{}, from which it bought none", name(maker.country)),
        false => name(maker.country),
    };
    format!(
        "{} of what {importer} bought of {} in {year} was sold by {}; {} can have been made in {whence}.",
        percent(Some(seller.sold)),
        escaped(product),
        name(seller.country),
        percent(Some(maker.made))
    )
}

/// What the lines of a section are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// By importers, on the brief of a product.
    Product,
    /// By products, on the brief of a country.
    Country,
    /// By both, on briefs of countries side by side.
    Countries,
    /// By both, on briefs of products side by side.
    Products,
}

impl Lines {
    const fn names_products(self) -> bool {
        !matches!(self, Self::Product)
    }

    const fn names_importers(self) -> bool {
        !matches!(self, Self::Country)
    }

    const fn in_words(self) -> &'static str {
        match self {
            Self::Product => "The largest importers. ",
            Self::Products => "The largest importers of each. ",
            Self::Country => {
                "Of the products on this page, those where the first country is another one in the end, or its share by more than 5 points. "
            }
            Self::Countries => {
                "Of the products on the brief of each, those where the first country is another one in the end, or its share by more than 5 points. "
            }
        }
    }
}

/// The section of a brief; nothing without lines.
pub(super) fn section(
    out: &mut String,
    view: &RunView<'_>,
    name: &str,
    year: usize,
    which: Lines,
    lines: &[OriginLine],
) {
    if lines.is_empty() {
        return;
    }
    out.push_str("<h2>Who made it in the end</h2>\n");
    if let Some(line) = most_telling(lines, &focus_products(view)) {
        let product = product_text(view, line.product);
        let said = sentence(line, &product, view.panel.years[year], |c| escaped(view.name(c)));
        put!(out, "<p>{said}</p>\n");
    }
    let importers = which.names_importers().then(|| text_heading("Country", "Country"));
    let products = which.names_products().then(heading_of_products);
    let columns = [
        text_heading("Sold by", "Sold by|Share sold|Sold by, second|Share sold, second"),
        text_heading("Can have been made in", "Made in|Share made|Made in, second|Share made, second"),
        heading("Borders", "Mean number of borders crossed"),
    ];
    let columns: Vec<String> = importers.into_iter().chain(products).chain(columns).collect();
    begin_table(out, name, &columns);
    for line in lines {
        let importer = view.name(line.importer);
        put!(
            out,
            "<tr>{}{}{}{}{}</tr>\n",
            if which.names_importers() { text_cell(importer, &escaped(importer)) } else { String::new() },
            if which.names_products() { product_cell(view, line.product) } else { String::new() },
            parts_cell(&line.sellers, |part| part.sold, |c| view.name(c)),
            parts_cell(&line.makers, |part| part.made, |c| view.name(c)),
            number_cell(line.crossings, &number(line.crossings, 1))
        );
    }
    end_table(out);
    put!(
        out,
        "<p class=\"note\">{}{HOW_FAR} Borders: how many the goods have crossed on average, 1 if all were bought where they were made.{}</p>\n",
        which.in_words(),
        content_of_origins(view.study).map_or_else(String::new, |content| format!(" {}", escaped(&content)))
    );
}

/// How origin shares are to be read, wherever they are shown.
pub(crate) const HOW_FAR: &str = "Goods are followed back as far as they can have come: every country sells first what it bought, and the same mix to everybody. \
     A country that both buys and makes can have made more than is shown, and those behind it less.";

/// Some countries with their shares.
fn parts_cell<'a>(parts: &[Part], size: fn(&Part) -> f64, name: impl Fn(usize) -> &'a str) -> String {
    // A share stays on the line of its country.
    let each = |part: &Part| format!("{}\u{a0}{}", escaped(name(part.country)), percent(Some(size(part))));
    let shown: Vec<String> = parts.iter().map(each).collect();
    let behind = |at: usize| match parts.get(at) {
        Some(part) => format!("{}|{}", name(part.country).replace('|', "/"), size(part)),
        None => "|".to_owned(),
    };
    let csv: Vec<String> = (0..NAMED).map(behind).collect();
    format!("<td class=\"text\" data-csv=\"{}\">{}</td>", escaped(&csv.join("|")), shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 4] = ["Mine", "Port", "Refinery & Co", "User"];

    /// Who sold how much and made how much of what country 3 buys.
    fn line(imports: f64, parts: &[(usize, f64, f64)]) -> OriginLine {
        let row = |&(origin, direct, share): &(usize, f64, f64)| OriginShare {
            product: 0,
            year: 1,
            importer: 3,
            origin,
            share,
            direct,
            crossings: 1.75,
        };
        OriginLine::of(imports, &parts.iter().map(row).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn sellers_and_makers_are_sorted_each_by_its_own_share() {
        let line = line(10.0, &[(0, 0.0, 0.69), (1, 0.71, 0.0), (2, 0.26, 0.31), (3, 0.03, 0.0)]);
        let codes = |parts: &[Part]| parts.iter().map(|part| part.country).collect::<Vec<_>>();
        assert_eq!(codes(&line.sellers), [1, 2], "two at most");
        assert_eq!(codes(&line.makers), [0, 2]);
        assert_eq!(line.crossings, Some(1.75));
    }

    #[test]
    fn a_second_country_is_named_from_a_twentieth_on() {
        let of = |second: f64| line(1.0, &[(0, 1.0 - second, 1.0), (1, second, 0.0)]).sellers.len();
        assert_eq!([of(0.049), of(0.05)], [1, 2]);
    }

    #[test]
    fn without_rows_or_makers_there_is_no_line() {
        assert_eq!(OriginLine::of(1.0, &[]), None);
        let row = OriginShare {
            product: 0,
            year: 1,
            importer: 3,
            origin: 0,
            share: 0.0,
            direct: 1.0,
            crossings: 1.0,
        };
        assert_eq!(OriginLine::of(1.0, &[row]), None);
        let made = OriginShare { share: 1.0, crossings: f64::NAN, ..row };
        assert_eq!(OriginLine::of(1.0, &[made]).map(|line| line.crossings), Some(None));
    }

    #[test]
    fn lines_differ_by_their_first_country_or_five_points() {
        // The same country, four and six points apart.
        assert!(!line(1.0, &[(0, 0.90, 0.94), (1, 0.10, 0.06)]).differs());
        assert!(line(1.0, &[(0, 0.90, 0.96), (1, 0.10, 0.04)]).differs());
        assert!(line(1.0, &[(0, 0.96, 0.90), (1, 0.04, 0.10)]).differs());
        // Another country, by two points.
        assert!(line(1.0, &[(0, 0.51, 0.49), (1, 0.49, 0.51)]).differs());
    }

    #[test]
    fn the_sentence_is_about_what_a_maker_sold_through_others() {
        let same = line(1000.0, &[(0, 0.5, 1.0), (1, 0.5, 0.0)]);
        // The maker has 15 of value, of which it sold 12 itself; then 10, and 20.7, of which it sold none.
        let known = line(25.0, &[(0, 0.48, 0.6), (1, 0.52, 0.4)]);
        let small = line(10.0, &[(0, 0.0, 1.0), (1, 1.0, 0.0)]);
        let large = line(30.0, &[(0, 0.0, 0.69), (1, 0.71, 0.0), (2, 0.29, 0.31)]);
        assert_eq!(most_telling(std::slice::from_ref(&same), &[]), None, "sold by its maker");
        let mut lines = [same, known, small, large];
        assert_eq!(most_telling(&lines[..3], &[0]), Some(&lines[2]));
        assert_eq!(most_telling(&lines, &[0]), Some(&lines[3]));
        lines[1].product = 7;
        assert_eq!(most_telling(&lines, &[7]), Some(&lines[1]), "in focus");
    }

    #[test]
    fn the_sentence_says_who_sold_and_who_can_have_made() {
        let said = |line: &OriginLine| sentence(line, "284690 (compounds)", 2023, |c| escaped(NAMES[c]));
        assert_eq!(
            said(&line(1.0, &[(0, 0.0, 0.69), (1, 0.71, 0.0), (2, 0.29, 0.31)])),
            "71\u{a0}% of what User bought of 284690 (compounds) in 2023 was sold by Port; 69\u{a0}% can have been made in Mine, from which it bought none."
        );
        assert!(said(&line(1.0, &[(2, 0.1, 1.0), (1, 0.9, 0.0)])).ends_with("made in Refinery &amp; Co."));
        // A country can buy its own goods back.
        assert!(said(&line(1.0, &[(1, 1.0, 0.4), (3, 0.0, 0.6)])).ends_with("made in User itself."));
    }

    #[test]
    fn cells_name_countries_with_their_shares() {
        let line = line(1.0, &[(2, 0.75, 0.0), (1, 0.25, 0.0), (0, 0.0, 1.0)]);
        assert_eq!(
            parts_cell(&line.sellers, |part| part.sold, |c| NAMES[c]),
            "<td class=\"text\" data-csv=\"Refinery &amp; Co|0.75|Port|0.25\">Refinery &amp; Co\u{a0}75\u{a0}%, Port\u{a0}25\u{a0}%</td>"
        );
        assert_eq!(
            parts_cell(&line.makers, |part| part.made, |c| NAMES[c]),
            "<td class=\"text\" data-csv=\"Mine|1||\">Mine\u{a0}100\u{a0}%</td>"
        );
    }
}
