//! The numbers of the figure of chokepoints.

/// What a supplier's stop would cost the others.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Cell {
    /// Position of the supplier among those of the figure.
    pub(super) supplier: usize,
    /// Share lost under mass balance.
    pub(super) power: f64,
    /// Share lost directly.
    pub(super) direct: f64,
    /// Share lost if a country makes as much as it sells.
    pub(super) exposure: f64,
    /// Lost for each unit that is not sold.
    pub(super) multiplier: f64,
    /// Code and name of the importer that is hit most.
    pub(super) hit: (String, String),
}

/// A product of the matrix.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Row {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) cells: Vec<Cell>,
}

/// Code and short name of a supplier.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Named {
    pub(super) code: String,
    pub(super) name: String,
}

/// Power of a supplier in one year.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub(super) year: u16,
    pub(super) power: f64,
    pub(super) direct: f64,
}

/// A supplier of a product over the years.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Line {
    pub(super) supplier: Named,
    pub(super) points: Vec<Point>,
}

/// A product over the years.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Trend {
    pub(super) code: String,
    pub(super) text: String,
    pub(super) lines: Vec<Line>,
}

/// The numbers of the figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Chokepoints {
    pub(super) year: u16,
    /// Suppliers of the matrix, the one with most power first.
    pub(super) suppliers: Vec<Named>,
    pub(super) rows: Vec<Row>,
    pub(super) trends: Vec<Trend>,
    /// First and last year of the trends.
    pub(super) years: [u16; 2],
    /// Products that are not drawn.
    pub(super) left_out: usize,
    /// What the products are: those in focus, or those with most trade.
    pub(super) which: &'static str,
}
