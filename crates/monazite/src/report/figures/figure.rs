//! What a figure is: its name and question, what it needs of a run, its numbers with their csv, its drawings with their captions.
//!
//! A [`Figure`] says what there is to draw and gathers its numbers from a run. The [`FigureNumbers`] write themselves as csv and draw
//! themselves, and know nothing of run folders: where files go is the business of `figures::stage`.

use super::FigureError;
use super::caption::Caption;
use super::inputs::{FigureInputs, Need};
use super::svg::Svg;
use crate::indicators::Column;
use crate::run_folder::CsvTable;
use crate::study::FigureSize;

/// What a figure can be asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Selections {
    /// One country or group.
    pub country: bool,
    /// One year.
    pub year: bool,
}

/// One figure of the list: what it is, and how its numbers are gathered.
///
/// A figure may come as several drawings, such as one for each country; all draw the same numbers.
pub trait Figure: Sync {
    /// Its name: that of its files, and as `--figures` takes it.
    fn name(&self) -> &'static str;

    /// The question it answers.
    fn question(&self) -> &'static str;

    /// What it cannot be drawn without.
    fn needs(&self) -> Need;

    /// The columns of the panel that it reads.
    fn columns(&self) -> &'static [Column] {
        &[]
    }

    /// What it can be asked for; nothing unless it says so.
    fn selections(&self) -> Selections {
        Selections::default()
    }

    /// What the names of its other files begin with, such as those of numbers beside those that bear its own name.
    fn further_files(&self) -> &'static [&'static str] {
        &[]
    }

    /// Name of its drawing for one country, or for all.
    fn drawing(&self, _country: Option<&str>) -> String {
        self.name().to_owned()
    }

    /// Whether one of its files, without what was asked for in its name, shows what a stage has made. What shows trends may show the clusters of
    /// countries beside them.
    fn shows(&self, _stem: &str, need: Need) -> bool {
        self.needs() == need || (self.needs(), need) == (Need::Trends, Need::Typology)
    }

    /// Gathers its numbers.
    ///
    /// # Errors
    /// [`FigureError`]: a table that is missing or damaged, something asked for that the run does not have.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError>;
}

/// The numbers of a figure, or why there are none.
pub enum Gathered {
    /// Its numbers.
    Numbers(Box<dyn FigureNumbers>),
    /// The run has nothing that the figure could show, and why.
    Absent(String),
}

impl Gathered {
    /// Numbers of a figure.
    pub fn numbers(numbers: impl FigureNumbers + 'static) -> Self {
        Self::Numbers(Box::new(numbers))
    }
}

/// The numbers of a figure.
pub trait FigureNumbers: Send + Sync {
    /// The numbers as csv.
    fn tables(&self) -> Vec<FigureTable>;

    /// Its drawings for a size of paper.
    fn drawings(&self, size: FigureSize) -> Vec<Drawing<'_>>;
}

/// Numbers that a figure draws, as csv.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FigureTable {
    /// Its name: the file without folder and ending.
    pub name: String,
    /// The csv.
    pub csv: String,
}

impl FigureTable {
    pub(crate) fn new(name: impl Into<String>, table: CsvTable) -> Self {
        let csv = String::from_utf8(table.bytes()).expect("a table is made of texts");
        Self { name: name.into(), csv }
    }

    /// Its file within a run folder.
    pub fn file(&self) -> String {
        file_of(&self.name)
    }
}

/// The csv of some numbers within a run folder, by its name.
pub(super) fn file_of(name: &str) -> String {
    format!("figures/{name}.csv")
}

/// One drawing of a figure.
pub struct Drawing<'a> {
    /// Its name: the file without folder and ending.
    pub name: String,
    /// What it shows, for those who cannot see it.
    pub description: String,
    /// Its caption.
    pub caption: Caption,
    /// Draws it so many points wide.
    pub draw: Box<dyn Fn(f64) -> Svg + 'a>,
}
