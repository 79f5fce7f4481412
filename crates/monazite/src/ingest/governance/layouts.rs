//! The layouts in which the World Bank and others publish the Governance Indicators.
//!
//! | layout | file | how it is known |
//! |---|---|---|
//! | long | `wgidataset.xlsx` of the 2024 update, or the same as csv | columns `code`, `year`, `indicator`, `pctrank` |
//! | six sheets | workbooks of earlier releases | years above the columns `Code`, `Estimate`, `Rank` |
//! | 2025 | workbook of the 2025 edition, or its sheet `pv` as csv | columns "Economy (code)", "Governance score" |
//! | bulk | DataBank, `WGICSV.csv`, `WDICSV.csv` | a column that names the series, and one column a year |
//! | observations | Data360, the World Bank's API | columns of series, year and value |
//! | Our World in Data | its csv | columns `Entity`, `Code`, `Year` |
//! | wide | `wgidataset.dta` | variables `code year pve pvr` |
//! | simple | any table | a country, `year` and one of the series |
//!
//! There is one reader: it finds the header by the names of its columns (`columns.rs`), and the header says the shape.

use std::collections::BTreeMap;

use super::columns::{Role, Series, plain, role_of, series_in_words, series_of};
use super::grid::{Cell, Grid, GridRow};
use super::record::{GovernanceRecord, Place, Statistic};
use crate::ingest::IngestError;
use crate::ingest::cell_words::is_missing;
use crate::ingest::countries;
use crate::plain_text::beginning;

/// A layout of the Governance Indicators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// One row a country, year and indicator: the 2024 update.
    Long,
    /// One sheet an indicator, six columns a year: workbooks of earlier releases.
    SixSheets,
    /// The six sheets of the 2025 edition, without percentile rank.
    Edition2025,
    /// One row a country and series, one column a year: DataBank and the bulk files.
    Bulk,
    /// One row an observation: Data360 and the World Bank's API.
    Observations,
    /// Our World in Data.
    OurWorldInData,
    /// The Stata file with one variable an indicator and statistic.
    Wide,
    /// A table with country, year and a series.
    Simple,
    /// No file: rows in memory.
    Rows,
}

impl Layout {
    /// Name for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Long => "long layout of the 2024 update",
            Self::SixSheets => "six-sheet workbook",
            Self::Edition2025 => "2025 edition",
            Self::Bulk => "data bank csv",
            Self::Observations => "one observation a row",
            Self::OurWorldInData => "Our World in Data",
            Self::Wide => "wide Stata file",
            Self::Simple => "table of percentile ranks",
            Self::Rows => "rows in memory",
        }
    }
}

/// One row of a file, understood.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct ParsedRow {
    /// ISO3 where it is understood, else as it stands.
    pub country: String,
    pub year: u16,
    pub record: GovernanceRecord,
    /// A value of political stability of which nobody says which series it belongs to.
    pub unsaid: Option<f64>,
    pub place: Place,
}

/// What is known, for messages.
pub(super) const KNOWN: &str = "known layouts are: the World Bank's wgidataset.xlsx (2024 long layout, six-sheet workbooks, 2025 edition), \
                     WGIData.csv, wgidataset.dta, and a csv with the columns iso3, year, pv_rank (or pv_est, pv_score); csv and xlsx of DataBank, the \
                     bulk files of WGI and WDI (zip or csv), csv of Data360 and of Our World in Data";

/// Rows in which a header is looked for.
const HEADER_ROWS: usize = 60;

/// What the header of a table says.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Header {
    /// Row of the header.
    at: usize,
    /// Columns by role; the best of each.
    columns: BTreeMap<Role, usize>,
    /// All columns with words about the series.
    words: Vec<usize>,
    /// Columns that are years.
    years: BTreeMap<u16, usize>,
    /// Columns by year and series, where the years stand above.
    above: BTreeMap<u16, BTreeMap<Statistic, usize>>,
}

impl Header {
    fn column(&self, role: Role) -> Option<usize> {
        self.columns.get(&role).copied()
    }

    fn statistics(&self) -> Vec<(Statistic, usize)> {
        Statistic::ALL.iter().filter_map(|&s| Some((s, self.column(Role::Of(s))?))).collect()
    }

    /// The header of a table; `None` if there is none.
    ///
    /// # Errors
    /// Two columns that could be meant, in words.
    pub(super) fn find(grid: &Grid) -> Result<Option<Self>, String> {
        for at in 0..grid.rows.len().min(HEADER_ROWS) {
            let header = Self::of_row(grid, at);
            if header.column(Role::Country).or(header.column(Role::Name)).is_none() {
                continue;
            }
            let values = !header.statistics().is_empty() || header.column(Role::Unsaid).is_some();
            let observations = header.column(Role::Value).is_some() && header.column(Role::Series).is_some();
            let in_rows = header.column(Role::Year).is_some() && (values || observations);
            let in_columns = !header.years.is_empty() && header.column(Role::Series).is_some();
            if in_rows || in_columns || !header.above.is_empty() {
                header.refuse_repeated(grid)?;
                return Ok(Some(header));
            }
        }
        Ok(None)
    }

    /// Whether a table has countries in rows and years in columns, and nothing says what its values are.
    pub(super) fn lacks_series(grid: &Grid) -> bool {
        (0..grid.rows.len().min(HEADER_ROWS)).any(|at| {
            let header = Self::of_row(grid, at);
            let countries = header.column(Role::Country).or(header.column(Role::Name)).is_some();
            countries && !header.years.is_empty() && header.column(Role::Series).is_none()
        })
    }

    fn of_row(grid: &Grid, at: usize) -> Self {
        let row = &grid.rows[at];
        let mut best: BTreeMap<Role, (usize, usize)> = BTreeMap::new();
        let mut header = Self {
            at,
            columns: BTreeMap::new(),
            words: Vec::new(),
            years: BTreeMap::new(),
            above: BTreeMap::new(),
        };
        let mut found = Vec::new();
        for (column, cell) in row.cells.iter().enumerate() {
            if let Some((role, rank)) = role_of(&cell.text()) {
                found.push((role, column));
                let known = best.entry(role).or_insert((rank, column));
                if rank < known.0 {
                    *known = (rank, column);
                }
                if matches!(role, Role::Series | Role::Words) {
                    header.words.push(column);
                }
            } else if let Some(year) = cell.year() {
                header.years.entry(year).or_insert(column);
            }
        }
        header.columns = best.into_iter().map(|(role, (_, column))| (role, column)).collect();
        if at > 0 && header.column(Role::Year).is_none() {
            // Years in the row above; of merged cells the first has the year.
            let above = &grid.rows[at - 1];
            let mut year = None;
            for column in 0..row.cells.len() {
                year = above.cells.get(column).and_then(Cell::year).or(year);
                if let Some(year) = year
                    && let Some((Role::Of(statistic), _)) = found.iter().find(|(_, c)| *c == column)
                {
                    header.above.entry(year).or_default().entry(*statistic).or_insert(column);
                }
            }
        }
        header
    }

    fn refuse_repeated(&self, grid: &Grid) -> Result<(), String> {
        let row = &grid.rows[self.at];
        let sheet = if grid.sheet.is_empty() { String::new() } else { format!("sheet {}: ", grid.sheet) };
        if self.above.is_empty() {
            let used: Vec<usize> = self.columns.values().copied().collect();
            for &column in &used {
                let name = plain(&row.cells[column].text());
                if row
                    .cells
                    .iter()
                    .enumerate()
                    .any(|(other, cell)| other != column && plain(&cell.text()) == name)
                {
                    let name = row.cells[column].text();
                    return Err(format!(
                        "{sheet}there is the column {name} twice; which one is meant? Keep one of them"
                    ));
                }
            }
            for (column, cell) in row.cells.iter().enumerate() {
                if role_of(&cell.text()).is_none()
                    && let Some(year) = cell.year()
                    && self.years.get(&year) != Some(&column)
                {
                    return Err(format!(
                        "{sheet}there are two columns of the year {year}; which one is meant? Keep one of them"
                    ));
                }
            }
        } else {
            let above = &grid.rows[self.at - 1];
            let mut year = None;
            for (column, cell) in row.cells.iter().enumerate() {
                year = above.cells.get(column).and_then(Cell::year).or(year);
                if let (Some(year), Some((Role::Of(statistic), _))) = (year, role_of(&cell.text()))
                    && self.above[&year].get(&statistic) != Some(&column)
                {
                    let name = cell.text();
                    return Err(format!("{sheet}{name} of {year} stands in two columns; keep one of them"));
                }
            }
        }
        Ok(())
    }

    fn layout(&self, grid: &Grid) -> Layout {
        let names: Vec<String> = grid.rows[self.at].cells.iter().map(|cell| plain(&cell.text())).collect();
        let has = |name: &str| names.iter().any(|n| n == name);
        let starts = |name: &str| names.iter().any(|n| n.starts_with(name));
        if !self.above.is_empty() {
            Layout::SixSheets
        } else if !self.years.is_empty() {
            Layout::Bulk
        } else if has("economy code") && starts("governance ") {
            Layout::Edition2025
        } else if has("entity") {
            Layout::OurWorldInData
        } else if self.column(Role::Value).is_some() && self.statistics().is_empty() {
            Layout::Observations
        } else if has("pctrank") || (has("indicator") && has("estimate") && has("nsource")) {
            Layout::Long
        } else {
            Layout::Simple
        }
    }
}

/// A table, understood.
#[derive(Debug)]
pub(super) struct Read {
    pub layout: Layout,
    pub rows: Vec<ParsedRow>,
}

/// Reads a table whose header was found.
///
/// # Errors
/// [`IngestError::Governance`] naming the place of a cell that is not what it should be.
pub(super) fn read(grid: &Grid, header: &Header, file: &str) -> Result<Read, IngestError> {
    let layout = header.layout(grid);
    let reader = Reader { grid, header, file };
    let body = &grid.rows[header.at + 1..];
    // A row with one cell is a footer or a title: "Last Updated: 09/24/2025".
    let body = body.iter().filter(|row| row.cells.iter().filter(|cell| **cell != Cell::Missing).count() > 1);
    let mut rows = Vec::new();
    for row in body {
        match layout {
            Layout::SixSheets => reader.years_above(row, &mut rows)?,
            Layout::Bulk => reader.years_in_columns(row, &mut rows)?,
            Layout::Observations => reader.observation(row, &mut rows)?,
            _ => reader.year_in_row(row, &mut rows)?,
        }
    }
    Ok(Read { layout, rows })
}

struct Reader<'a> {
    grid: &'a Grid,
    header: &'a Header,
    file: &'a str,
}

impl Reader<'_> {
    fn cell<'r>(&self, row: &'r GridRow, role: Role) -> Option<&'r Cell> {
        row.cells.get(self.header.column(role)?)
    }

    /// What the row calls its country; `None` if it says nothing.
    fn country(&self, row: &GridRow) -> Option<String> {
        let text = |role| self.cell(row, role).map(Cell::text).filter(|text| !text.is_empty());
        let code = text(Role::Country);
        // In a column of codes `NA` is Namibia, unless the column has three letters or the name says something else.
        let code = code.filter(|code| !is_missing(code) || (*code == "NA" && self.codes_have_two_letters()));
        code.or_else(|| text(Role::Name)).map(|text| countries::code_of(&text))
    }

    fn codes_have_two_letters(&self) -> bool {
        let column = self.header.column(Role::Country);
        column.is_some_and(|column| {
            let first =
                self.grid.rows[self.header.at + 1..].iter().filter_map(|row| row.cells.get(column)).take(20);
            first.filter(|cell| cell.text().len() > 2).count() < 3
        })
    }

    fn wrong(&self, row: &GridRow, column: usize, message: String) -> IngestError {
        let name = self.grid.rows[self.header.at].cells.get(column).map(Cell::text).unwrap_or_default();
        IngestError::Governance { file: row.place.of_cell(self.file, column, &beginning(&name, 40)), message }
    }

    fn number(&self, row: &GridRow, column: usize) -> Result<Option<f64>, IngestError> {
        let cell = row.cells.get(column).unwrap_or(&Cell::Missing);
        cell.number().map_err(|message| self.wrong(row, column, message))
    }

    /// The year of a row; `None` if the cell is empty.
    fn year(&self, row: &GridRow) -> Result<Option<u16>, IngestError> {
        let Some(column) = self.header.column(Role::Year) else { return Ok(None) };
        let cell = row.cells.get(column).unwrap_or(&Cell::Missing);
        match cell.year() {
            Some(year) => Ok(Some(year)),
            None if is_missing(&cell.text()) => Ok(None),
            None => Err(self.wrong(row, column, format!("'{}' is not a year", beginning(&cell.text(), 40)))),
        }
    }

    /// What a row says it is about: by the code of its series, by its name, by any words beside it.
    fn series(&self, row: &GridRow) -> Series {
        let mut series = Series::Other;
        let words = || self.header.words.iter().filter_map(|&column| row.cells.get(column)).map(Cell::text);
        if let Some(code) = self.cell(row, Role::Series) {
            series = series_of(&code.text());
        }
        if series == Series::Other {
            series = words().map(|words| series_of(&words)).find(|s| *s != Series::Other).unwrap_or(series);
        }
        if series == Series::Unsaid {
            series =
                words().map(|words| series_in_words(&words)).find(|s| *s != Series::Unsaid).unwrap_or(series);
        }
        series
    }

    fn push(&self, row: &GridRow, year: u16, values: Values, rows: &mut Vec<ParsedRow>) {
        if let Some(country) = self.country(row) {
            let Values { record, unsaid } = values;
            rows.push(ParsedRow { country, year, record, unsaid, place: row.place.clone() });
        }
    }

    /// One row a country; above the columns stand the years.
    fn years_above(&self, row: &GridRow, rows: &mut Vec<ParsedRow>) -> Result<(), IngestError> {
        for (&year, columns) in &self.header.above {
            let mut values = Values::default();
            for (&statistic, &column) in columns {
                *values.record.value_mut(statistic) = self.number(row, column)?;
            }
            self.push(row, year, values, rows);
        }
        Ok(())
    }

    /// One row a country and series, one column a year.
    fn years_in_columns(&self, row: &GridRow, rows: &mut Vec<ParsedRow>) -> Result<(), IngestError> {
        let series = self.series(row);
        if matches!(series, Series::Other | Series::Unused) {
            return Ok(());
        }
        for (&year, &column) in &self.header.years {
            if let Some(value) = self.number(row, column)? {
                self.push(row, year, Values::of(series, value), rows);
            }
        }
        Ok(())
    }

    /// One row a country, series and year.
    fn observation(&self, row: &GridRow, rows: &mut Vec<ParsedRow>) -> Result<(), IngestError> {
        let series = self.series(row);
        let Some(column) = self.header.column(Role::Value) else { return Ok(()) };
        if matches!(series, Series::Other | Series::Unused) {
            return Ok(());
        }
        if let Some(value) = self.number(row, column)?
            && let Some(year) = self.required_year(row)?
        {
            self.push(row, year, Values::of(series, value), rows);
        }
        Ok(())
    }

    /// One row a country and year, one column a series.
    fn year_in_row(&self, row: &GridRow, rows: &mut Vec<ParsedRow>) -> Result<(), IngestError> {
        if self.header.column(Role::Series).is_some() && self.series(row) == Series::Other {
            return Ok(());
        }
        let mut values = Values::default();
        for (statistic, column) in self.header.statistics() {
            *values.record.value_mut(statistic) = self.number(row, column)?;
        }
        if let Some(column) = self.header.column(Role::Unsaid) {
            values.unsaid = self.number(row, column)?;
        }
        let year = match values == Values::default() {
            true => self.year(row)?,
            false => self.required_year(row)?,
        };
        if let Some(year) = year {
            self.push(row, year, values, rows);
        }
        Ok(())
    }

    fn required_year(&self, row: &GridRow) -> Result<Option<u16>, IngestError> {
        let year = self.year(row)?;
        match (year, self.header.column(Role::Year)) {
            (None, Some(column)) => Err(self.wrong(row, column, "there is no year".to_owned())),
            _ => Ok(year),
        }
    }
}

/// Values of a country and year.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
struct Values {
    record: GovernanceRecord,
    unsaid: Option<f64>,
}

impl Values {
    fn of(series: Series, value: f64) -> Self {
        let mut values = Self::default();
        match series {
            Series::Of(statistic) => *values.record.value_mut(statistic) = Some(value),
            Series::Unsaid => values.unsaid = Some(value),
            Series::Unused | Series::Other => {}
        }
        values
    }
}
