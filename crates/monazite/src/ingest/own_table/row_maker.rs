//! One row of a table of trade, made of cells.

use std::borrow::Cow;
use std::collections::HashMap;

use super::flow_words::{Flow, speaks_of_trade};
use super::layout::{Layout, Sides};
use super::options::FlowDirection;
use crate::delimited::{DecimalMark, parse_number};
use crate::ingest::account::LeftOut;
use crate::ingest::baci::fields::{LARGEST, parse_quantity, parse_value, parse_year};
use crate::ingest::baci::parsed::{Parsed, ProblemKind, ReadRow};
use crate::ingest::baci::{ReadOptions, ShortCodes, UnknownCountry};
use crate::ingest::cells::Cell;
use crate::ingest::country_text::{CountryTexts, Meaning};
use crate::ingest::product_text::ProductMeaning;
use crate::nomenclature::names::{NotFound, find_in_table};
use crate::nomenclature::{Countries, Hs6};
use crate::plain_text::{beginning, printable};

/// Spellings of a value or a quantity that is missing.
const MISSING: [&str; 11] = ["", "NA", "N/A", "NaN", "nan", "null", "NULL", "None", "-", "..", "."];

/// Namibia in two letters, and a missing value elsewhere.
const NAMIBIA: &str = "NA";

/// Countries that have been looked up, by the text of the cell.
pub(in crate::ingest) type LookedUp = HashMap<String, (Meaning, Option<u16>)>;

/// Makes rows of the cells of one table.
pub(in crate::ingest) struct RowMaker<'a> {
    pub(in crate::ingest) layout: Layout,
    texts: CountryTexts<'a>,
    options: ReadOptions,
    mark: DecimalMark,
    /// Columns of countries whose codes have two letters, in which `NA` is Namibia.
    two_letters: Vec<usize>,
}

impl<'a> RowMaker<'a> {
    /// For a table; `mark` is what marks decimals in its texts.
    pub(in crate::ingest) fn new(
        layout: Layout,
        countries: &'a Countries,
        options: ReadOptions,
        mark: DecimalMark,
    ) -> Self {
        Self { layout, texts: CountryTexts::new(countries), options, mark, two_letters: Vec::new() }
    }

    /// Looks at the first rows of a table, each given by its cells, for columns whose codes have two letters.
    pub(in crate::ingest) fn look_at<'c>(&mut self, rows: &[[Cell<'c>; 2]]) {
        let (one, other) = self.layout.pair();
        for (side, at) in [one, other].into_iter().enumerate() {
            let mut codes = rows.iter().filter_map(|row| match row[side] {
                Cell::Text(text) => {
                    Some(trim(text)).filter(|text| *text == NAMIBIA || !MISSING.contains(text))
                }
                _ => None,
            });
            let is_code = |code: &str| code.len() == 2 && code.bytes().all(|b| b.is_ascii_alphabetic());
            if codes.clone().any(|code| code != NAMIBIA) && codes.all(is_code) {
                self.two_letters.push(at);
            }
        }
    }

    /// Makes a row of cells, and keeps it or counts it. `cell` gives the cell in a column of [`Layout::columns`].
    pub(in crate::ingest) fn row<'c>(
        &self,
        cell: &dyn Fn(usize) -> Cell<'c>,
        known: &mut LookedUp,
        parsed: &mut Parsed,
    ) -> Result<(), ProblemKind> {
        let layout = &self.layout;
        parsed.account.rows_read += 1;
        for &at in &layout.months {
            self.refuse_months(at, cell(at))?;
        }
        let year = self.year(cell(layout.year))?;
        let value = self.value(cell(layout.value))?;
        if let Some(at) = layout.classification {
            let text = shown(cell(at));
            if !text.is_empty() {
                parsed.seen.count(&text, 1);
            }
        }
        if layout.parts.iter().any(|&(at, total)| is_part(cell(at), total)) {
            parsed.account.drop_row(LeftOut::PartOfTotal, value.unwrap_or(0.0));
            self.remember_part(cell, year, value.unwrap_or(0.0), known, parsed);
            return Ok(());
        }
        let flow = layout.flow.map(|at| self.flow(at, cell(at))).transpose()?;
        let imports = match (flow, layout.direction) {
            (Some(Flow::Part), _) => {
                parsed.account.drop_row(LeftOut::Reexport, value.unwrap_or(0.0));
                return Ok(());
            }
            (Some(flow), Some(wanted)) => {
                let imports = matches!(flow, Flow::Imports);
                if imports != (wanted == FlowDirection::Imports) {
                    parsed.account.drop_row(LeftOut::OtherFlow, value.unwrap_or(0.0));
                    return Ok(());
                }
                imports
            }
            (Some(flow), None) => {
                let imports = matches!(flow, Flow::Imports);
                parsed.count_flow(imports, value.unwrap_or(0.0));
                imports
            }
            (None, Some(direction)) => {
                // Another file of the table may hold the other direction.
                parsed.count_flow(direction == FlowDirection::Imports, value.unwrap_or(0.0));
                direction == FlowDirection::Imports
            }
            (None, None) => false,
        };
        let product = self.product(cell(layout.product), parsed)?;
        let (exporter, importer) = self.sides(imports);
        let exporter = self.country(exporter, cell(exporter), year, known, parsed)?;
        let importer = self.country(importer, cell(importer), year, known, parsed)?;
        let quantity = match layout.quantity {
            Some((at, unit)) => {
                self.quantity(at, cell(at))?.map_or(f64::NAN, |quantity| unit.in_tonnes(quantity))
            }
            None => f64::NAN,
        };
        match value {
            Some(value) => parsed.settle(ReadRow { year, exporter, importer, product, value, quantity }),
            None => parsed.account.drop_row(LeftOut::MissingValue, 0.0),
        }
        Ok(())
    }

    /// Remembers the flow that a row is a part of, if it would be kept: the row of its total has to be there.
    fn remember_part<'c>(
        &self,
        cell: &dyn Fn(usize) -> Cell<'c>,
        year: u16,
        value: f64,
        known: &mut LookedUp,
        parsed: &mut Parsed,
    ) {
        let layout = &self.layout;
        let flow = match layout.flow.map(|at| self.flow(at, cell(at))) {
            Some(Ok(Flow::Imports)) => Some(FlowDirection::Imports),
            Some(Ok(Flow::Exports)) => Some(FlowDirection::Exports),
            Some(_) => return,
            None => layout.direction,
        };
        if value == 0.0 || flow.is_some() && layout.direction.is_some() && flow != layout.direction {
            return;
        }
        let (exporter, importer) = self.sides(flow == Some(FlowDirection::Imports));
        let mut country = |at| match self.look_up(at, cell(at), known).1.0 {
            Meaning::Country(id) => Some(id),
            Meaning::Aggregate(_) | Meaning::Unknown => None,
        };
        let (exporter, importer) = (country(exporter), country(importer));
        let product = match self.product_meaning(cell(layout.product)).1 {
            ProductMeaning::Code(code) | ProductMeaning::NationalLine(code) => Some(code),
            ProductMeaning::LostZero(code) if self.options.short_codes == ShortCodes::Pad => Some(code),
            _ => None,
        };
        if let (Some(exporter), Some(importer), Some(product)) = (exporter, importer, product)
            && exporter != importer
        {
            parsed.seen.count_part((year, exporter, importer, product), value);
        }
    }

    /// Columns of exporter and importer.
    fn sides(&self, imports: bool) -> (usize, usize) {
        match self.layout.sides {
            Sides::Pair { exporter, importer } => (exporter, importer),
            Sides::Reported { reporter, partner } if imports => (partner, reporter),
            Sides::Reported { reporter, partner } => (reporter, partner),
        }
    }

    fn problem(&self, at: usize, cell: Cell<'_>, what: &str) -> ProblemKind {
        let column = self.name(at);
        ProblemKind::Field { column, message: format!("'{}' {what}", beginning(&shown(cell), 40)) }
    }

    /// What is said of a code that its column has rounded.
    pub(in crate::ingest) fn inexact(&self, at: usize, cell: Cell<'_>) -> ProblemKind {
        let what = "has lost digits: the column has numbers of so few bits that they do not hold every code; write codes as text, or as whole numbers (int64, \
                    long or double)";
        self.problem(at, cell, what)
    }

    fn name(&self, at: usize) -> String {
        beginning(&printable(&self.layout.names[at]), 60)
    }

    /// In BACI's layout errors have its names, as its own reader has them.
    fn renamed(&self, at: usize, kind: ProblemKind) -> ProblemKind {
        match kind {
            ProblemKind::Field { message, .. } => ProblemKind::Field { column: self.name(at), message },
            other => other,
        }
    }

    fn year(&self, cell: Cell<'_>) -> Result<u16, ProblemKind> {
        let at = self.layout.year;
        let number = match cell {
            Cell::Text(text) => {
                let text = trim(text);
                let text = if self.layout.strict { text } else { text.strip_suffix(".0").unwrap_or(text) };
                return parse_year(text.as_bytes()).map_err(|kind| self.renamed(at, kind));
            }
            Cell::Integer(number) => number,
            Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e6 => number as i64,
            Cell::Number(_) | Cell::Missing => 0,
        };
        match number {
            1900..=2200 => Ok(number as u16),
            _ => Err(self.problem(at, cell, "is not a year")),
        }
    }

    /// Months in a column of periods or frequencies: trade of a part of a year.
    fn refuse_months(&self, at: usize, cell: Cell<'_>) -> Result<(), ProblemKind> {
        let text = shown(cell);
        let text = text.strip_suffix(".0").unwrap_or(&text);
        let digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        if digits || text.eq_ignore_ascii_case("M") || text.eq_ignore_ascii_case("Q") {
            return Err(self.problem(
                at,
                cell,
                "is a part of a year, and whole years are needed; take annual data",
            ));
        }
        Ok(())
    }

    /// A value in thousand USD, `None` if it is missing.
    fn value(&self, cell: Cell<'_>) -> Result<Option<f64>, ProblemKind> {
        let (at, unit) = (self.layout.value, self.layout.unit);
        if self.layout.strict
            && self.mark == DecimalMark::Point
            && let Cell::Text(text) = cell
        {
            let value = parse_value(trim(text).as_bytes()).map_err(|kind| self.renamed(at, kind))?;
            return Ok(Some(unit.in_thousand(value)));
        }
        match self.number(at, cell)? {
            None if self.layout.strict => {
                Err(self.problem(at, cell, "is not a number; trade values are never missing in BACI"))
            }
            None => Ok(None),
            Some(value) if value < 0.0 => Err(self.problem(at, cell, "is negative; trade values are not")),
            Some(value) => match unit.in_thousand(value) {
                large if large > LARGEST => Err(self.problem(
                    at,
                    cell,
                    "is more than 1e15 thousand USD, which no flow is worth; correct the row",
                )),
                value => Ok(Some(value)),
            },
        }
    }

    /// A quantity as it stands, `None` if it is missing.
    fn quantity(&self, at: usize, cell: Cell<'_>) -> Result<Option<f64>, ProblemKind> {
        if self.layout.strict
            && self.mark == DecimalMark::Point
            && let Cell::Text(text) = cell
        {
            let quantity = parse_quantity(trim(text).as_bytes()).map_err(|kind| self.renamed(at, kind))?;
            return Ok((!quantity.is_nan()).then_some(quantity));
        }
        match self.number(at, cell)? {
            Some(quantity) if quantity < 0.0 => {
                Err(self.problem(at, cell, "is negative; quantities are not"))
            }
            Some(quantity) if quantity > LARGEST => {
                Err(self.problem(at, cell, "is more than 1e15, which no flow weighs; correct the row"))
            }
            found => Ok(found),
        }
    }

    fn number(&self, at: usize, cell: Cell<'_>) -> Result<Option<f64>, ProblemKind> {
        match cell {
            Cell::Missing => Ok(None),
            Cell::Integer(number) => Ok(Some(number as f64)),
            Cell::Number(number) if number.is_nan() => Ok(None),
            Cell::Number(number) if number.is_finite() => Ok(Some(number)),
            Cell::Number(_) => Err(self.problem(at, cell, "is not a number")),
            Cell::Text(text) if MISSING.contains(&trim(text)) => Ok(None),
            Cell::Text(text) => match parse_number(trim(text), self.mark) {
                Ok(number) => Ok(Some(number)),
                Err(problem) => Err(self.problem(at, cell, &problem.to_string())),
            },
        }
    }

    fn flow(&self, at: usize, cell: Cell<'_>) -> Result<Flow, ProblemKind> {
        let text = shown(cell);
        Flow::of(&text).ok_or_else(|| match speaks_of_trade(&text) {
            true => self.problem(
                at,
                cell,
                "may be all of the imports or exports or a part of them, and nobody says which; write M or import, X or export in the rows that are meant,                  and take the others out",
            ),
            false => self.problem(
                at,
                cell,
                "is no direction of trade; M or import, X or export are known, and parts of them such as RX",
            ),
        })
    }

    fn product(&self, cell: Cell<'_>, parsed: &mut Parsed) -> Result<Option<Hs6>, ProblemKind> {
        let (text, meaning, padded) = self.product_meaning(cell);
        parsed.account.padded_codes += u64::from(padded);
        if let ProductMeaning::Code(code) | ProductMeaning::NationalLine(code) = meaning
            && !self.layout.oec
        {
            parsed.seen.levels.take(&text, code);
        }
        parsed.product(&text, meaning, &self.name(self.layout.product), self.options)
    }

    /// A code as text, what it means, and whether it got back a zero that it had lost as a number.
    fn product_meaning(&self, cell: Cell<'_>) -> (String, ProductMeaning, bool) {
        let text = shown(cell);
        let meaning = match cell {
            _ if self.layout.oec => ProductMeaning::of_oec(&text),
            Cell::Text(_) => ProductMeaning::of(&text),
            // A number has lost the zeros that it began with.
            _ if matches!(text.len(), 5 | 7 | 9) => match ProductMeaning::of(&format!("0{text}")) {
                meaning @ (ProductMeaning::Code(_) | ProductMeaning::NationalLine(_)) => {
                    return (text, meaning, true);
                }
                other => other,
            },
            _ => ProductMeaning::of(&text),
        };
        (text, meaning, false)
    }

    /// What a cell of a country says and means.
    fn look_up<'c>(
        &self,
        at: usize,
        cell: Cell<'c>,
        known: &mut LookedUp,
    ) -> (Cow<'c, str>, (Meaning, Option<u16>)) {
        let text = match cell {
            Cell::Text(text) => Cow::Borrowed(trim(text)),
            other => Cow::Owned(shown(other)),
        };
        if text == NAMIBIA && self.two_letters.contains(&at) {
            return (text, self.texts.meaning("NAM"));
        }
        let meaning = match known.get(&*text) {
            Some(meaning) => *meaning,
            None => *known.entry(text.clone().into_owned()).or_insert_with(|| self.texts.meaning(&text)),
        };
        (text, meaning)
    }

    fn country(
        &self,
        at: usize,
        cell: Cell<'_>,
        year: u16,
        known: &mut LookedUp,
        parsed: &mut Parsed,
    ) -> Result<Meaning, ProblemKind> {
        let (text, meaning) = self.look_up(at, cell, known);
        // In BACI's layout a code that other releases know ends reading, as it does in BACI's own reader: the import is made again with their codes.
        if self.layout.strict && text.parse().is_ok_and(|code| self.texts.countries.could_adopt(code)) {
            let code = text.chars().take(40).collect();
            return Err(ProblemKind::Country { column: self.name(at), code });
        }
        if text == NAMIBIA && matches!(meaning.0, Meaning::Country(_)) {
            parsed.seen.namibia += 1;
        }
        // BACI's layout has BACI's numbers.
        if let (Meaning::Country(id), Some(code)) = meaning
            && !self.layout.strict
            && self.texts.may_be_shared(id, code)
        {
            parsed.shared.insert((year, code));
        }
        if text.is_empty() && self.options.unknown_country == UnknownCountry::Refuse {
            let message =
                "the country is missing; fill it in, or have such rows left out and counted".to_owned();
            return Err(ProblemKind::Field { column: self.name(at), message });
        }
        if meaning.0 == Meaning::Unknown
            && let Err(several @ NotFound::Ambiguous { .. }) = find_in_table(&text)
            && self.options.unknown_country == UnknownCountry::Refuse
        {
            return Err(ProblemKind::Field { column: self.name(at), message: several.to_string() });
        }
        let refused = |kind| match kind {
            ProblemKind::Country { code, .. } => ProblemKind::Country { column: self.name(at), code },
            ProblemKind::Aggregate { code, what, .. } => {
                ProblemKind::Aggregate { column: self.name(at), code, what }
            }
            other => other,
        };
        parsed.country(&self.texts, meaning, &text, ("", year), self.options).map_err(refused)
    }
}

/// Blanks and quotes around a text are no part of it, nor is the sign of a formula with which a spreadsheet keeps a text: `="0101"`.
pub(super) fn trim(text: &str) -> &str {
    let text = text.trim_matches([' ', '\t', '"']);
    text.strip_prefix("=\"").unwrap_or(text)
}

/// A cell as text; whole numbers have no decimals.
fn shown(cell: Cell<'_>) -> String {
    match cell {
        Cell::Missing => String::new(),
        Cell::Text(text) => trim(text).to_owned(),
        Cell::Integer(number) => number.to_string(),
        Cell::Number(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Cell::Number(number) => number.to_string(),
    }
}

/// Whether a cell says that its row is a part of a total.
fn is_part(cell: Cell<'_>, total: &str) -> bool {
    let text = shown(cell);
    let text = text.strip_suffix(".0").unwrap_or(&text);
    !(MISSING.contains(&text) || text.eq_ignore_ascii_case(total))
}

#[cfg(test)]
mod tests {
    use super::super::options::TableOptions;
    use super::*;

    const HEADER: [&str; 9] = [
        "refYear",
        "reporterCode",
        "partnerCode",
        "flowCode",
        "cmdCode",
        "primaryValue",
        "netWgt",
        "motCode",
        "period",
    ];

    fn parsed(rows: &[[Cell<'_>; 9]], unknown_country: UnknownCountry) -> Result<Parsed, String> {
        let countries = Countries::builtin();
        let names: Vec<String> = HEADER.iter().map(|name| (*name).to_owned()).collect();
        let layout = Layout::find(&names, None, &TableOptions::default()).unwrap();
        let options = ReadOptions { unknown_country, short_codes: ShortCodes::Refuse };
        let maker = RowMaker::new(layout, &countries, options, DecimalMark::Point);
        let (mut parsed, mut known) = (Parsed::default(), LookedUp::new());
        for row in rows {
            maker.row(&|at| row[at], &mut known, &mut parsed).map_err(|kind| {
                let problem = crate::ingest::baci::parsed::Problem { line_in_block: 1, kind };
                problem.to_error("t", 1).to_string()
            })?;
        }
        Ok(parsed)
    }

    use Cell::{Integer, Missing, Number, Text};

    #[test]
    fn numbers_and_texts_mean_the_same() {
        let texts = [
            Text("2022"),
            Text("842"),
            Text("156"),
            Text("M"),
            Text("850511"),
            Text("60500"),
            Text("1000"),
            Text("0"),
            Text("2022"),
        ];
        let numbers = [
            Number(2022.0),
            Integer(842),
            Number(156.0),
            Text("M"),
            Integer(850_511),
            Number(60_500.0),
            Integer(1000),
            Integer(0),
            Integer(2022),
        ];
        let found = parsed(&[texts, numbers], UnknownCountry::Refuse).unwrap();
        assert_eq!(found.rows[0], found.rows[1]);
        assert_eq!((found.rows[0].value, found.rows[0].quantity), (60.5, 1.0));
        assert_eq!(
            Countries::builtin().get(found.rows[0].exporter).iso3,
            "CHN",
            "imports come from the partner"
        );
        assert_eq!(found.seen.imports.rows, 2);
    }

    #[test]
    fn every_row_that_is_not_kept_has_its_reason() {
        let row = |changes: &[(usize, Cell<'static>)]| {
            let mut row = [
                Integer(2022),
                Integer(842),
                Integer(156),
                Text("X"),
                Integer(30110),
                Number(5000.0),
                Missing,
                Integer(0),
                Missing,
            ];
            changes.iter().for_each(|(at, cell)| row[*at] = *cell);
            row
        };
        let rows = [
            row(&[]),
            row(&[(2, Integer(0))]),
            row(&[(3, Text("RX"))]),
            row(&[(4, Integer(8505))]),
            row(&[(4, Text("TOTAL"))]),
            row(&[(7, Integer(2100))]),
            row(&[(5, Missing)]),
            row(&[(5, Integer(0))]),
            row(&[(2, Text("Atlantis"))]),
        ];
        let found = parsed(&rows, UnknownCountry::Drop).unwrap();
        assert_eq!((found.rows.len(), found.account.padded_codes), (1, 5));
        let dropped: Vec<(LeftOut, u64, f64)> =
            found.account.dropped.iter().map(|(reason, d)| (*reason, d.rows, d.value.get())).collect();
        assert_eq!(
            dropped,
            [
                (LeftOut::ZeroValue, 1, 0.0),
                (LeftOut::UnknownCountry, 1, 5.0),
                (LeftOut::Aggregate, 1, 5.0),
                (LeftOut::ProductSum, 2, 10.0),
                (LeftOut::PartOfTotal, 1, 5.0),
                (LeftOut::Reexport, 1, 5.0),
                (LeftOut::MissingValue, 1, 0.0),
            ]
        );
        let refused = |row| parsed(&[row], UnknownCountry::Refuse).map(|_| ()).unwrap_err();
        let error = refused(row(&[(2, Integer(0))]));
        assert!(error.starts_with("t:2: column partnerCode: '0' is the world, and no country;"), "{error}");
        assert!(
            refused(row(&[(3, Text("sideways"))]))
                .contains("column flowCode: 'sideways' is no direction of trade")
        );
        assert!(
            refused(row(&[(8, Integer(202_201))])).contains("column period: '202201' is a part of a year")
        );
        assert!(refused(row(&[(5, Number(-1.0))])).contains("column primaryValue: '-1' is negative"));
        let error = refused(row(&[(4, Text("3011000"))]));
        assert!(
            error.contains("column cmdCode: '3011000' has 7 digits")
                && error.contains("a line of a tariff has eight or ten digits"),
            "{error}"
        );
        let lines = [
            row(&[(4, Integer(3_011_000))]),
            row(&[(4, Text("28469090"))]),
            row(&[(4, Integer(2_846_909_015))]),
        ];
        let found = parsed(&lines, UnknownCountry::Refuse).unwrap();
        assert_eq!((found.account.national_lines, found.account.padded_codes), (3, 1));
        assert_eq!(found.rows[0].product.to_string(), "030110");
    }
}
