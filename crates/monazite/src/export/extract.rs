//! A part of a table of a run, row by row.

use super::matching::{CodeNames, Wanted};
use super::shares;
use super::table_names::{self, ExportTable};
use super::values::{self, Batch, Values};
use super::{ExportError, Selection};
use crate::nomenclature::YearRange;
use crate::nomenclature::suggestion::{Name, nearest};
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::ColumnKind;

/// Columns whose cells are codes of countries or groups.
const OF_COUNTRIES: [&str; 6] = ["country", "importer", "exporter", "supplier", "worst_supplier", "group"];
/// Columns whose cells are codes of products.
const OF_PRODUCTS: [&str; 3] = ["product", "input", "output"];
/// Columns that say what a row is about; the first that a table has.
const ABOUT: [&str; 3] = ["country", "importer", "group"];
/// Columns that say who sells; the first that a table has.
const SELLS: [&str; 2] = ["supplier", "exporter"];

/// One cell.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'a> {
    /// Undefined or not known.
    Missing,
    /// A text, not empty.
    Text(&'a str),
    /// A whole number.
    Whole(i64),
    /// A number.
    Number(f64),
    /// True or false.
    Boolean(bool),
}

/// A column of an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportColumn {
    /// Its name in the run.
    pub name: String,
    /// What its cells are.
    pub kind: ColumnKind,
    /// Name for people.
    pub label: String,
    /// Unit; empty if there is none.
    pub unit: String,
    /// What it means.
    pub definition: String,
    /// When a cell is empty; empty if it never is.
    pub missing: String,
}

/// What a column is made of.
#[derive(Debug, Clone, Copy)]
enum Origin {
    /// One that is read.
    Read(usize),
    /// Names of the countries in one that is read.
    Country(usize),
    /// Texts of the products in one that is read.
    Product(usize),
}

/// A part of a table, to be read row by row as often as it is needed.
///
/// ```
/// use monazite::export::{Cell, Extract, Selection};
/// use monazite::progress::Silent;
/// use monazite::run::Run;
/// # use monazite::{pipeline::{RunOptions, Until, run_study}, study::Study};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
/// # let folder = tempfile::tempdir()?;
/// # let mut study = Study::load(tiny.as_ref())?;
/// # study.data.store = Some(folder.path().join("store"));
/// # let out = folder.path().join("run");
/// # run_study(&study, &out, &RunOptions { until: Until::Indicators, commit: String::new() }, &Silent)?;
/// // From whom does Beta buy 284690, and how much?
/// let run = Run::open(&out)?;
/// let selection = Selection {
///     tables: vec!["shares".into()],
///     countries: vec!["BBB".into()],
///     products: vec!["284690".into()],
///     columns: vec!["supplier_name".into(), "share".into()],
///     ..Selection::default()
/// };
/// let extracts = Extract::all_of(&run, &selection)?;
/// let mut first = None;
/// extracts[0].rows(&Silent, &mut |cells| {
///     first.get_or_insert_with(|| format!("{cells:?}"));
///     Ok(())
/// })?;
/// assert_eq!(first.unwrap(), r#"[Text("Alpha"), Number(0.75)]"#);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Extract<'a> {
    run: &'a Run,
    /// Its name, such as `indicators` or `chain/edges`.
    pub name: String,
    /// What it says.
    pub title: String,
    /// What a row is.
    pub row: String,
    /// Its columns, in order.
    pub columns: Vec<ExportColumn>,
    file: String,
    derived: bool,
    reads: Vec<(String, ColumnKind)>,
    origins: Vec<Origin>,
    /// Positions among `reads` of what rows are chosen by.
    by_country: Option<usize>,
    by_supplier: Option<usize>,
    by_product: Vec<usize>,
    by_year: Option<usize>,
    years: Option<YearRange>,
    wanted: std::sync::Arc<Wanted>,
    names: std::sync::Arc<CodeNames>,
}

/// How many rows an extract has, and how long its texts are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extent {
    /// Rows.
    pub rows: u64,
    /// By column: bytes of the longest text.
    pub longest_texts: Vec<usize>,
}

impl<'a> Extract<'a> {
    /// The extracts of a run that a selection asks for: of every table one. A table that is not about what the selection narrows is taken
    /// whole, unless it is named.
    ///
    /// # Errors
    /// [`ExportError::Unknown`] for a table, product, year or column that the run does not have, [`ExportError::Country`] likewise, and for a
    /// table that was named and has no column of what the selection narrows.
    pub fn all_of(run: &'a Run, selection: &Selection) -> Result<Vec<Self>, ExportError> {
        let names = std::sync::Arc::new(CodeNames::of(run)?);
        let wanted = std::sync::Arc::new(Wanted::of(run, selection, &names)?);
        let chosen = table_names::chosen(run, &selection.tables)?;
        let mut extracts = Vec::new();
        for (name, file, table) in chosen {
            let mut extract = Self::whole(run, name, file, table, &wanted, &names)?;
            if !selection.tables.is_empty() && !selection.tables.iter().any(|t| t == "all") {
                extract.refuse_unused(selection)?;
            }
            extract.narrow_columns(&selection.columns);
            if !extract.columns.is_empty() {
                extracts.push(extract);
            }
        }
        for (at, asked) in selection.columns.iter().enumerate() {
            if selection.columns[..at].contains(asked) {
                let reason = "it is named twice".to_owned();
                return Err(ExportError::Unknown { what: "column", asked: asked.clone(), reason });
            }
            if !extracts.iter().any(|e| e.columns.iter().any(|c| c.name == *asked)) {
                return Err(unknown_column(run, selection, asked));
            }
        }
        Ok(extracts)
    }

    fn whole(
        run: &'a Run,
        name: String,
        file: String,
        table: ExportTable,
        wanted: &std::sync::Arc<Wanted>,
        names: &std::sync::Arc<CodeNames>,
    ) -> Result<Self, ExportError> {
        let reads = if table.derived {
            // What it is made of is there and whole, before anything is written.
            values::columns_of(run, &file, table.table)?;
            (table.table.columns)().iter().map(|c| (c.name.to_owned(), c.kind)).collect()
        } else {
            values::columns_of(run, &file, table.table)?
        };
        let has = |name: &str| reads.iter().any(|(known, _)| known == name);
        let (mut columns, mut origins) = (Vec::new(), Vec::new());
        for (at, (name, kind)) in reads.iter().enumerate() {
            let described = table.table.column(name);
            columns.push(ExportColumn {
                name: name.clone(),
                kind: *kind,
                label: described.map_or_else(|| name.clone(), |c| c.label.to_owned()),
                unit: described.map_or_else(String::new, |c| c.unit.to_owned()),
                definition: described.map_or_else(String::new, |c| c.definition.to_owned()),
                missing: described.and_then(|c| c.missing).unwrap_or_default().to_owned(),
            });
            origins.push(Origin::Read(at));
            let is_code = *kind == ColumnKind::Text;
            if is_code && OF_COUNTRIES.contains(&name.as_str()) && !has("name") {
                columns.push(of_names(
                    &columns[columns.len() - 1],
                    &format!("{name}_name"),
                    "name",
                    "its name",
                ));
                origins.push(Origin::Country(at));
            } else if is_code && OF_PRODUCTS.contains(&name.as_str()) && !has("description") {
                let text = "text of the release's product table";
                columns.push(of_names(
                    &columns[columns.len() - 1],
                    &format!("{name}_description"),
                    "description",
                    text,
                ));
                origins.push(Origin::Product(at));
            }
        }
        let place =
            |name: &str| reads.iter().position(|(known, kind)| known == name && *kind == ColumnKind::Text);
        Ok(Self {
            run,
            title: table.table.title.to_owned(),
            row: table.table.row.to_owned(),
            by_country: ABOUT.iter().find_map(|name| place(name)),
            by_supplier: SELLS.iter().find_map(|name| place(name)),
            by_product: OF_PRODUCTS.iter().filter_map(|name| place(name)).collect(),
            by_year: reads.iter().position(|(name, kind)| name == "year" && *kind == ColumnKind::Whole),
            derived: table.derived,
            years: None,
            name,
            file,
            columns,
            reads,
            origins,
            wanted: wanted.clone(),
            names: names.clone(),
        })
    }

    /// A table that was named is about all that the selection narrows.
    fn refuse_unused(&self, selection: &Selection) -> Result<(), ExportError> {
        let unused = [
            ("countries", !selection.countries.is_empty() && self.by_country.is_none()),
            ("suppliers", !selection.suppliers.is_empty() && self.by_supplier.is_none()),
            ("products", !selection.products.is_empty() && self.by_product.is_empty()),
            ("years", !selection.years.is_empty() && self.by_year.is_none()),
        ];
        match unused.iter().find(|(_, unused)| *unused) {
            Some((what, _)) => Err(ExportError::Unknown {
                what: "table",
                asked: self.name.clone(),
                reason: match *what {
                    "countries" if self.by_supplier.is_some() => {
                        "it has no column of importers, but one of suppliers: narrow it with --supplier"
                            .to_owned()
                    }
                    "suppliers" if self.by_country.is_some() => {
                        "it has no column of suppliers, but one of countries: narrow it with --country"
                            .to_owned()
                    }
                    _ => format!("it has no column of {what}, so it cannot be narrowed to some"),
                },
            }),
            None => Ok(()),
        }
    }

    /// Leaves the columns that were asked for, in that order; all if none was.
    fn narrow_columns(&mut self, asked: &[String]) {
        if asked.is_empty() {
            return;
        }
        let at: Vec<usize> =
            asked.iter().filter_map(|name| self.columns.iter().position(|c| c.name == *name)).collect();
        self.origins = at.iter().map(|&at| self.origins[at]).collect();
        self.columns = at.iter().map(|&at| self.columns[at].clone()).collect();
        if self.derived {
            return;
        }
        // Columns of a file that nobody needs are not read.
        let mut needed: Vec<usize> = self
            .origins
            .iter()
            .map(|origin| match origin {
                Origin::Read(at) | Origin::Country(at) | Origin::Product(at) => *at,
            })
            .chain(self.by_country)
            .chain(self.by_supplier)
            .chain(self.by_product.iter().copied())
            .chain(self.by_year)
            .collect();
        needed.sort_unstable();
        needed.dedup();
        let moved = |at: usize| needed.iter().position(|&n| n == at).unwrap_or_default();
        for origin in &mut self.origins {
            *origin = match *origin {
                Origin::Read(at) => Origin::Read(moved(at)),
                Origin::Country(at) => Origin::Country(moved(at)),
                Origin::Product(at) => Origin::Product(moved(at)),
            };
        }
        self.by_country = self.by_country.map(moved);
        self.by_supplier = self.by_supplier.map(moved);
        self.by_product = self.by_product.iter().map(|&at| moved(at)).collect();
        self.by_year = self.by_year.map(moved);
        self.reads = needed.iter().map(|&at| self.reads[at].clone()).collect();
    }

    /// Whether its rows are about years.
    pub fn has_years(&self) -> bool {
        self.by_year.is_some()
    }

    /// Narrows the table further to some years; its title says so.
    pub fn narrow_to(&mut self, years: YearRange) {
        let YearRange { first, last } = years;
        let said = if first == last { first.to_string() } else { format!("{first} to {last}") };
        self.title = format!("{} Only {said}.", self.title);
        self.years = Some(years);
    }

    /// Gives every row to `each`, in the order of the table. Returns how many there are.
    ///
    /// # Errors
    /// Whatever `each` gives, and [`ExportError`] if the run is damaged or the work is stopped.
    pub fn rows(
        &self,
        progress: &dyn Progress,
        each: &mut dyn FnMut(&[Cell<'_>]) -> Result<(), ExportError>,
    ) -> Result<u64, ExportError> {
        let mut count = 0;
        let mut take = |batch: &Batch| -> Result<(), ExportError> {
            let kept = self.kept(batch);
            if !kept.contains(&true) {
                return Ok(());
            }
            let named: Vec<Vec<&str>> =
                self.origins.iter().map(|origin| self.named(batch, *origin)).collect();
            let mut cells = Vec::with_capacity(self.origins.len());
            for row in (0..batch.rows).filter(|&row| kept[row]) {
                cells.clear();
                for (origin, names) in self.origins.iter().zip(&named) {
                    cells.push(cell(batch, *origin, names, row));
                }
                each(&cells)?;
                count += 1;
            }
            Ok(())
        };
        if self.derived {
            let wanted = |code: &str| self.wanted.products.as_ref().is_none_or(|p| p.contains(code));
            shares::each_product(self.run, &wanted, progress, &mut take)?;
        } else {
            values::each_batch(self.run, &self.file, &self.reads, progress, &mut take)?;
        }
        Ok(count)
    }

    /// How large it is; reads it once.
    ///
    /// # Errors
    /// As [`Extract::rows`].
    pub fn extent(&self, progress: &dyn Progress) -> Result<Extent, ExportError> {
        let mut longest_texts = vec![0; self.columns.len()];
        let rows = self.rows(progress, &mut |cells| {
            for (longest, cell) in longest_texts.iter_mut().zip(cells) {
                if let Cell::Text(text) = cell {
                    *longest = text.len().max(*longest);
                }
            }
            Ok(())
        })?;
        Ok(Extent { rows, longest_texts })
    }

    /// Which rows of a batch fit the selection.
    fn kept(&self, batch: &Batch) -> Vec<bool> {
        let mut kept = vec![true; batch.rows];
        let of_text = |at: usize, wanted: &dyn Fn(&str) -> bool| -> Vec<bool> {
            let Values::Text(text) = &batch.columns[at] else { return vec![true; batch.rows] };
            let fits: Vec<bool> = text.values.iter().map(|value| wanted(value)).collect();
            text.rows.iter().map(|&row| fits[row as usize]).collect()
        };
        let mut narrow = |fits: Vec<bool>| kept.iter_mut().zip(fits).for_each(|(kept, fits)| *kept &= fits);
        if let (Some(at), Some(countries)) = (self.by_country, &self.wanted.countries) {
            narrow(of_text(at, &|code| countries.contains(code)));
        }
        if let (Some(at), Some(suppliers)) = (self.by_supplier, &self.wanted.suppliers) {
            narrow(of_text(at, &|code| suppliers.contains(code)));
        }
        if let (false, Some(products)) = (self.by_product.is_empty(), &self.wanted.products) {
            let mut any = vec![false; batch.rows];
            for &at in &self.by_product {
                let fits = of_text(at, &|code| products.contains(code));
                any.iter_mut().zip(fits).for_each(|(any, fits)| *any |= fits);
            }
            narrow(any);
        }
        if let Some(Values::Whole(years)) = self.by_year.map(|at| &batch.columns[at]) {
            let of_extract = |year: i64| match &self.years {
                Some(range) => u16::try_from(year).is_ok_and(|year| range.contains(year)),
                None => true,
            };
            let fits = |year: i64| self.wanted.has_year(year) && of_extract(year);
            narrow(years.iter().map(|year| year.is_none_or(fits)).collect());
        }
        kept
    }

    /// What the different codes of a column are called; nothing for a column that is read.
    fn named(&self, batch: &Batch, origin: Origin) -> Vec<&str> {
        let (at, names) = match origin {
            Origin::Read(_) => return Vec::new(),
            Origin::Country(at) => (at, &self.names.countries),
            Origin::Product(at) => (at, &self.names.products),
        };
        match &batch.columns[at] {
            Values::Text(text) => {
                text.values.iter().map(|code| names.get(code).map_or("", String::as_str)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn of_names(code: &ExportColumn, name: &str, what: &str, definition: &str) -> ExportColumn {
    ExportColumn {
        name: name.to_owned(),
        label: format!("{}: {what}", code.label),
        unit: String::new(),
        definition: definition.to_owned(),
        missing: format!("the run knows no {what} of it"),
        kind: ColumnKind::Text,
    }
}

fn cell<'b>(batch: &'b Batch, origin: Origin, names: &[&'b str], row: usize) -> Cell<'b> {
    let text = |text: &'b str| if text.is_empty() { Cell::Missing } else { Cell::Text(text) };
    match origin {
        Origin::Read(at) => match &batch.columns[at] {
            Values::Text(column) => text(&column.values[column.rows[row] as usize]),
            Values::Whole(column) => column[row].map_or(Cell::Missing, Cell::Whole),
            Values::Number(column) if column[row].is_nan() => Cell::Missing,
            Values::Number(column) => Cell::Number(column[row]),
            Values::Boolean(column) => column[row].map_or(Cell::Missing, Cell::Boolean),
        },
        Origin::Country(at) | Origin::Product(at) => match &batch.columns[at] {
            Values::Text(column) => text(names[column.rows[row] as usize]),
            _ => Cell::Missing,
        },
    }
}

fn unknown_column(run: &Run, selection: &Selection, asked: &str) -> ExportError {
    let all = Selection { columns: Vec::new(), ..selection.clone() };
    let columns: Vec<String> = Extract::all_of(run, &all)
        .map(|extracts| extracts.into_iter().flat_map(|e| e.columns).map(|c| c.name).collect())
        .unwrap_or_default();
    let mut known: Vec<&str> = Vec::new();
    for name in &columns {
        if !known.contains(&name.as_str()) {
            known.push(name);
        }
    }
    let names: Vec<Name<'_>> = known.iter().map(|name| Name { code: name, name }).collect();
    let near = nearest(asked, &names);
    let reason = match near.is_empty() {
        false => format!("no table that is exported has it; near to it: {}", near.join(", ")),
        true => format!("no table that is exported has it; there are {}", known.join(", ")),
    };
    ExportError::Unknown { what: "column", asked: asked.to_owned(), reason }
}
