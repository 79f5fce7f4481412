//! What an importer can buy at all: how much it moves, what suppliers can give, whom it leaves out.

use thiserror::Error;

use super::purchase::import_shares;
use super::water_level::Vessels;
use crate::trade::TradeMatrix;

/// What capacity κ is a share of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CapacityOf {
    /// κ (X_a - T\[a, c\]): of what the supplier sells to others (default), as if others let go of it.
    #[default]
    RestOfExports,
    /// κ X_a: of all it exports, as if it sold that much more.
    AllExports,
}

/// What may be moved and where to.
#[derive(Debug, Clone, PartialEq)]
pub struct LimitOptions {
    /// δ in \[0, 1\]: the largest part of its imports that the importer moves to other suppliers. Default 0.1.
    pub moved: f64,
    /// ℓ in \[0, 1\]: the part of every present share that is kept. Default 0.
    pub keep: f64,
    /// κ ≥ 0: what a supplier can give more, as a share of `capacity_of`. Default 0.25.
    pub capacity: f64,
    /// What κ is a share of.
    pub capacity_of: CapacityOf,
    /// κ of some suppliers, by position, instead of `capacity`.
    pub capacity_by_supplier: Vec<SupplierCapacity>,
    /// Suppliers that give nothing more, by position; what is bought from them may stay or go.
    pub exclude: Vec<usize>,
    /// In \[0, 1\]: from whom nothing is bought yet, nothing will be if it has less than this share of world exports. Default 0.01.
    pub min_supplier_share: f64,
    /// Whether something may be bought from whom nothing is bought yet. Default true.
    pub new_suppliers: bool,
}

impl Default for LimitOptions {
    fn default() -> Self {
        Self {
            moved: 0.1,
            keep: 0.0,
            capacity: 0.25,
            capacity_of: CapacityOf::RestOfExports,
            capacity_by_supplier: Vec::new(),
            exclude: Vec::new(),
            min_supplier_share: 0.01,
            new_suppliers: true,
        }
    }
}

/// κ of one supplier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SupplierCapacity {
    /// The supplier, by position.
    pub supplier: usize,
    /// κ ≥ 0.
    pub capacity: f64,
}

/// Why there is no plan, and what is possible instead. Countries are positions in the trade matrix; [`LimitError::country`] says which, for a
/// caller that knows their names.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum LimitError {
    /// The importer is not one of the countries.
    #[error("there is no importer at position {importer}: positions go from 0 to {}", countries.saturating_sub(1))]
    UnknownImporter {
        /// What was asked for.
        importer: usize,
        /// How many countries there are.
        countries: usize,
    },
    /// The importer buys nothing of the product in this year.
    #[error(
        "the country at position {importer} imports nothing of this product in this year: ask for one of its importers, \
         or for a year in which it buys"
    )]
    ImportsNothing {
        /// The importer.
        importer: usize,
    },
    /// A number is outside its range.
    #[error("{name} is {value}: it lies between 0 and {}", most.map_or_else(|| "any number above".to_owned(), |m| m.to_string()))]
    OutOfRange {
        /// Name of the option.
        name: &'static str,
        /// What was given.
        value: f64,
        /// The largest value, if there is one.
        most: Option<f64>,
    },
    /// A supplier that is named is not one of the countries.
    #[error("{option} names a supplier at position {supplier}: positions go from 0 to {}", countries.saturating_sub(1))]
    UnknownSupplier {
        /// The option that names it.
        option: &'static str,
        /// What was given.
        supplier: usize,
        /// How many countries there are.
        countries: usize,
    },
    /// A supplier that is named sells nothing of the product in this year.
    #[error(
        "{option} names the country at position {supplier}, which exports nothing of this product in this year: \
         leave it out; {exporters} countries export it"
    )]
    NotExporting {
        /// The option that names it.
        option: &'static str,
        /// The supplier.
        supplier: usize,
        /// How many countries export the product.
        exporters: usize,
    },
    /// Nobody can give more, but some of those left out could.
    #[error(
        "everybody who could sell more is excluded: take one of the {excluded} excluded suppliers that could off the list"
    )]
    EverybodyExcluded {
        /// How many of those excluded could give more.
        excluded: usize,
    },
    /// Nobody can give more.
    #[error(
        "no supplier can sell more to this importer: raise the capacity, let it be a share of all exports, lower the least share of world exports of new \
         suppliers (now {min_supplier_share}), or allow new suppliers"
    )]
    NoCapacity {
        /// The least share of world exports of a new supplier.
        min_supplier_share: f64,
    },
    /// The largest share cannot be that small.
    #[error(
        "no supplier can be held to a share of {cap}: with what may be moved and what suppliers can give, the largest share is at least {least}"
    )]
    CapTooSmall {
        /// What was asked for.
        cap: f64,
        /// What is possible.
        least: f64,
    },
}

impl LimitError {
    /// The country that the message speaks of, by position.
    pub fn country(&self) -> Option<usize> {
        match *self {
            Self::UnknownImporter { importer, .. } | Self::ImportsNothing { importer } => Some(importer),
            Self::UnknownSupplier { supplier, .. } | Self::NotExporting { supplier, .. } => Some(supplier),
            _ => None,
        }
    }
}

/// The import shares that are possible: lower ≤ s ≤ upper, Σ s = 1, Σ max(0, s - s⁰) ≤ δ; see [`limits()`]. One entry a country.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// The importer c.
    pub importer: usize,
    /// What it imports, M_c.
    pub imports: f64,
    /// s⁰: its shares as they are.
    pub shares: Vec<f64>,
    /// ℓ s⁰: what is kept.
    pub lower: Vec<f64>,
    /// The largest share of every supplier; 0 for the importer itself.
    pub upper: Vec<f64>,
    /// δ: the largest part of imports that is moved.
    pub moved: f64,
    /// What every supplier can give more, κ (X_a - T\[a, c\]) or κ X_a, in the unit of the matrix; 0 for those who may not.
    pub capacity: Vec<f64>,
}

/// The shares that importer c can have.
///
/// What it answers: from whom could the importer buy, and how much? lower_a = ℓ s⁰_a and upper_a = min(1, s⁰_a + κ (X_a - T\[a, c\])/M_c); κ X_a with
/// [`CapacityOf::AllExports`]. upper_a = s⁰_a for those who are excluded, and for those from whom nothing is bought yet and who are too small or may not be
/// added. 0 for c itself.
///
/// The shares as they are are always among them.
///
/// # Errors
/// [`LimitError`] if an option is out of its range, the importer imports nothing, a supplier that is named does not export, or nobody can give more although
/// something may be moved.
///
/// ```
/// use monazite::diversification::{LimitOptions, limits};
/// use monazite::trade::TradeMatrix;
/// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
/// // A sells 30 to others than B, a quarter of which is 7.5 of B's 80; C sells all it exports to B.
/// let b = limits(&t, 1, &LimitOptions::default())?;
/// assert_eq!(b.upper, [0.75 + 7.5 / 80.0, 0.0, 0.25]);
/// # Ok::<(), monazite::diversification::LimitError>(())
/// ```
pub fn limits(trade: &TradeMatrix, importer: usize, options: &LimitOptions) -> Result<Limits, LimitError> {
    check(trade, importer, options)?;
    let imports = trade.imports()[importer];
    if imports <= 0.0 {
        return Err(LimitError::ImportsNothing { importer });
    }
    let found = bounds(trade, importer, options);
    if options.moved > 0.0 && !found.has_room() {
        let all = LimitOptions { exclude: Vec::new(), ..options.clone() };
        let without = bounds(trade, importer, &all);
        let excluded = (0..trade.countries()).filter(|&a| without.upper[a] > without.shares[a]).count();
        return Err(if excluded > 0 {
            LimitError::EverybodyExcluded { excluded }
        } else {
            LimitError::NoCapacity { min_supplier_share: options.min_supplier_share }
        });
    }
    Ok(found)
}

/// [`limits()`] without a look at whether anything can be moved; for callers that go through all importers, once the options are checked.
pub(super) fn bounds(trade: &TradeMatrix, importer: usize, options: &LimitOptions) -> Limits {
    let n = trade.countries();
    let imports = trade.imports()[importer];
    let shares = import_shares(trade, importer);
    let mut kappa = vec![options.capacity; n];
    for own in &options.capacity_by_supplier {
        kappa[own.supplier] = own.capacity;
    }
    options.exclude.iter().for_each(|&supplier| kappa[supplier] = 0.0);
    kappa[importer] = 0.0;
    let mut bought = vec![0.0; n];
    if let Some(column) = trade.imports_of(importer) {
        for (&supplier, &value) in column.suppliers.iter().zip(column.values) {
            bought[usize::from(supplier)] = value;
        }
    }
    let least = options.min_supplier_share * trade.total();
    let mut capacity = vec![0.0; n];
    let mut upper = shares.clone();
    for (a, &exports) in trade.exports().iter().enumerate() {
        let present = shares[a] > 0.0;
        if exports <= 0.0 || (!present && (!options.new_suppliers || exports < least)) {
            continue;
        }
        let whole = match options.capacity_of {
            CapacityOf::RestOfExports => (exports - bought[a]).max(0.0),
            CapacityOf::AllExports => exports,
        };
        capacity[a] = kappa[a] * whole;
        upper[a] = (shares[a] + capacity[a] / imports).min(1.0);
    }
    let lower = shares.iter().map(|share| options.keep * share).collect();
    Limits { importer, imports, shares, lower, upper, moved: options.moved, capacity }
}

/// Whether the options are in their ranges and name exporters.
pub(super) fn check(trade: &TradeMatrix, importer: usize, options: &LimitOptions) -> Result<(), LimitError> {
    let countries = trade.countries();
    if importer >= countries {
        return Err(LimitError::UnknownImporter { importer, countries });
    }
    let ranges = [
        ("moved", options.moved, Some(1.0)),
        ("keep", options.keep, Some(1.0)),
        ("min_supplier_share", options.min_supplier_share, Some(1.0)),
        ("capacity", options.capacity, None),
    ];
    let own = options.capacity_by_supplier.iter().map(|own| ("capacity_by_supplier", own.capacity, None));
    for (name, value, most) in ranges.into_iter().chain(own) {
        if !(value >= 0.0 && value.is_finite() && most.is_none_or(|most| value <= most)) {
            return Err(LimitError::OutOfRange { name, value, most });
        }
    }
    let excluded = options.exclude.iter().map(|&supplier| ("exclude", supplier));
    let own = options.capacity_by_supplier.iter().map(|own| ("capacity_by_supplier", own.supplier));
    for (option, supplier) in excluded.chain(own) {
        if supplier >= countries {
            return Err(LimitError::UnknownSupplier { option, supplier, countries });
        }
        if trade.exports()[supplier] <= 0.0 {
            let exporters = trade.exports().iter().filter(|exports| **exports > 0.0).count();
            return Err(LimitError::NotExporting { option, supplier, exporters });
        }
    }
    Ok(())
}

impl Limits {
    /// Whether anybody can give more.
    pub fn has_room(&self) -> bool {
        self.upper.iter().zip(&self.shares).any(|(upper, share)| upper > share)
    }

    /// The smallest share of the largest supplier that is possible, max_a s_a.
    ///
    /// Exact: what is above it has to be moved, at most δ, and has to find room below it.
    ///
    /// ```
    /// use monazite::diversification::{CapacityOf, LimitOptions, limits};
    /// use monazite::trade::TradeMatrix;
    /// let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
    /// // C gives half of its 20 more, an eighth of B's 80. B may move a tenth away from A, which has three quarters.
    /// let options = LimitOptions { capacity: 0.5, capacity_of: CapacityOf::AllExports, ..LimitOptions::default() };
    /// assert!((limits(&t, 1, &options)?.least_largest_share() - 0.65).abs() < 1e-12);
    /// # Ok::<(), monazite::diversification::LimitError>(())
    /// ```
    pub fn least_largest_share(&self) -> f64 {
        let (mut given, mut together) = (Vessels::default(), Vessels::default());
        let mut forced = 0.0;
        let mut least = 0.0f64;
        for (a, &share) in self.shares.iter().enumerate() {
            let start = share.min(self.upper[a]);
            forced += share - start;
            least = least.max(self.lower[a]);
            given.add(0.0, start);
            together.add(0.0, start);
            together.add(share, self.upper[a]);
        }
        // D(t) = forced + Σ start - given(t) ≤ δ, and D(t) no more than the room Σ (min(upper, t) - s⁰)⁺.
        let total = forced + given.capacity();
        let budget = given.level((total - self.moved).max(0.0)).unwrap_or(0.0);
        let room = together.level(total).unwrap_or(0.0);
        least.max(budget).max(room)
    }

    /// The same limits with no share above `cap`.
    ///
    /// # Errors
    /// [`LimitError::CapTooSmall`] if there are no such shares, with the smallest cap that there is.
    pub fn capped(&self, cap: f64) -> Result<Self, LimitError> {
        let least = self.least_largest_share();
        if cap < least * (1.0 - 1e-12) || cap.is_nan() {
            return Err(LimitError::CapTooSmall { cap, least });
        }
        let upper = self.upper.iter().map(|upper| upper.min(cap)).collect();
        Ok(Self { upper, ..self.clone() })
    }

    /// Whether shares are within the limits, to a tolerance: between the bounds, of sum 1, and no more than δ moved.
    pub fn allow(&self, shares: &[f64], tolerance: f64) -> bool {
        let sum: f64 = shares.iter().sum();
        let moved: f64 = shares.iter().zip(&self.shares).map(|(s, before)| (s - before).max(0.0)).sum();
        let within =
            |a: usize| shares[a] >= self.lower[a] - tolerance && shares[a] <= self.upper[a] + tolerance;
        (0..shares.len()).all(within) && (sum - 1.0).abs() <= tolerance && moved <= self.moved + tolerance
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A, B, C of oracle E1, and D that sells a little to A alone.
    fn four() -> TradeMatrix {
        TradeMatrix::from_dense(&[
            &[0.0, 60.0, 30.0, 0.0],
            &[10.0, 0.0, 50.0, 0.0],
            &[0.0, 20.0, 0.0, 0.0],
            &[1.0, 0.0, 0.0, 0.0],
        ])
    }

    fn of(change: impl FnOnce(&mut LimitOptions)) -> Result<Limits, LimitError> {
        let mut options = LimitOptions::default();
        change(&mut options);
        limits(&four(), 1, &options)
    }

    #[test]
    fn who_can_give_more() {
        // A sells 30 to others; C nothing; D is below a hundredth of the 171 that are traded.
        let b = of(|_| ()).unwrap();
        assert_eq!(b.upper, [0.75 + 7.5 / 80.0, 0.0, 0.25, 0.0]);
        assert_eq!((b.imports, b.capacity), (80.0, vec![7.5, 0.0, 0.0, 0.0]));
        assert_eq!(b.lower, [0.0; 4]);
        assert_eq!(of(|o| o.min_supplier_share = 0.0).unwrap().upper[3], 0.25 / 80.0);
        assert_eq!(of(|o| (o.min_supplier_share, o.new_suppliers) = (0.0, false)).unwrap().upper[3], 0.0);
        let b = of(|o| {
            o.capacity_of = CapacityOf::AllExports;
            o.keep = 0.5;
            o.exclude = vec![0];
            o.capacity_by_supplier = vec![SupplierCapacity { supplier: 2, capacity: 3.0 }];
        })
        .unwrap();
        assert_eq!(b.upper, [0.75, 0.0, 1.0, 0.0]);
        assert_eq!(b.lower, [0.375, 0.0, 0.125, 0.0]);
        assert!(b.allow(&[0.7, 0.0, 0.3, 0.0], 1e-12) && !b.allow(&[0.6, 0.0, 0.4, 0.0], 1e-12));
        assert!(!b.allow(&[0.8, 0.0, 0.2, 0.0], 1e-12) && !b.allow(&[0.7, 0.0, 0.2, 0.0], 1e-12));
    }

    #[test]
    fn what_is_refused_says_what_is_possible() {
        let refused = |change: &dyn Fn(&mut LimitOptions)| of(|o| change(o)).unwrap_err();
        let shown = |change: &dyn Fn(&mut LimitOptions)| refused(change).to_string();
        assert_eq!(shown(&|o| o.moved = 1.5), "moved is 1.5: it lies between 0 and 1");
        assert_eq!(shown(&|o| o.capacity = -1.0), "capacity is -1: it lies between 0 and any number above");
        assert!(matches!(refused(&|o| o.keep = f64::NAN), LimitError::OutOfRange { name: "keep", .. }));
        assert_eq!(refused(&|o| o.exclude = vec![0]), LimitError::EverybodyExcluded { excluded: 1 });
        assert_eq!(refused(&|o| o.capacity = 0.0), LimitError::NoCapacity { min_supplier_share: 0.01 });
        assert!(shown(&|o| o.capacity = 0.0).contains("raise the capacity"));
        let unknown = refused(&|o| o.exclude = vec![9]);
        assert_eq!(unknown, LimitError::UnknownSupplier { option: "exclude", supplier: 9, countries: 4 });
        assert_eq!(unknown.country(), Some(9));
        // What is moved not at all needs nobody.
        assert!(of(|o| (o.capacity, o.moved) = (0.0, 0.0)).is_ok());
        let options = LimitOptions::default();
        let nothing = limits(&four(), 3, &options).unwrap_err();
        assert_eq!(nothing, LimitError::ImportsNothing { importer: 3 });
        assert!(nothing.to_string().contains("ask for one of its importers"));
        assert_eq!(limits(&four(), 7, &options).unwrap_err().country(), Some(7));
        let t = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0; 3]]);
        let options = LimitOptions { exclude: vec![2], ..options };
        assert_eq!(
            limits(&t, 1, &options).unwrap_err(),
            LimitError::NotExporting { option: "exclude", supplier: 2, exporters: 2 }
        );
    }

    #[test]
    fn the_smallest_cap() {
        let all = |o: &mut LimitOptions| (o.capacity, o.capacity_of) = (2.0, CapacityOf::AllExports);
        // A has three quarters, C a quarter and can have three; with enough moved both have a half.
        for (moved, least) in [(0.0, 0.75), (0.1, 0.65), (0.25, 0.5), (0.9, 0.5)] {
            let b = of(|o| (all(o), o.moved = moved).0).unwrap();
            assert!((b.least_largest_share() - least).abs() < 1e-15, "{moved}");
            assert!(b.capped(least).is_ok());
        }
        let b = of(|o| (all(o), o.keep = 0.9).0).unwrap();
        assert!((b.least_largest_share() - 0.675).abs() < 1e-15);
        let error = b.capped(0.5).unwrap_err();
        assert!(error.to_string().contains("at least 0.675"), "{error}");
    }
}
