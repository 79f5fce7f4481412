//! Dependencies that last: in how many of three years CEPII's criteria hold.

/// Above it suppliers, or the world's exports, are concentrated.
const CONCENTRATED: f64 = 0.4;
/// Above it imports are more than exports.
const NET_IMPORTER: f64 = 1.0;
/// The ratio of imports to exports of whoever exports nothing.
const NO_EXPORTS: f64 = 9999.0;
/// Years that are counted over.
pub const YEARS_COUNTED: usize = 3;

/// Whether all three of CEPII's criteria hold in a year: HHI of the suppliers > 0.4, HHI of the world's exports > 0.4, imports / exports > 1.
///
/// Without exports the ratio is 9999; a limit is not beyond itself.
///
/// ```
/// use monazite::indices::is_dependent;
/// assert!(is_dependent(0.5, 0.5, 10.0, 9.0) && is_dependent(0.5, 0.5, 10.0, 0.0));
/// assert!(!is_dependent(0.4, 0.5, 10.0, 9.0) && !is_dependent(0.5, 0.4, 10.0, 9.0) && !is_dependent(0.5, 0.5, 10.0, 10.0));
/// ```
pub fn is_dependent(hhi: f64, export_hhi: f64, imports: f64, exports: f64) -> bool {
    let ratio = if exports > 0.0 { imports / exports } else { NO_EXPORTS };
    hhi > CONCENTRATED && export_hhi > CONCENTRATED && ratio > NET_IMPORTER
}

/// In how many of the latest three years all three criteria hold, 0 to 3.
///
/// What it answers: does a country depend on few for a product of which there are few sellers, and does that last? CEPII's GeoDep calls it a
/// dependency from 2 on. The count is what to look at, not one year: of the Union's flags about one in five is gone a year later.
///
/// `years` says of each year of the study up to the one in question whether the criteria hold, `None` where that is not known. An importer without imports
/// in a year does not depend in it. `None` before the third year, and where one of the three is not known: not known is not false.
///
/// Reference: CEPII, GeoDep; K. Lefebvre, P. Wibaux (2024), Import dependencies: where does the EU stand?, CEPII Policy Brief 47; V. Vicard, P. Wibaux
/// (2023), EU strategic dependencies: a long view, CEPII Policy Brief 41.
///
/// ```
/// use monazite::indices::years_dependent;
/// let (yes, no) = (Some(true), Some(false));
/// assert_eq!(years_dependent(&[yes, no, yes]), Some(2));
/// assert_eq!(years_dependent(&[yes, no, no, no]), Some(0));
/// assert_eq!(years_dependent(&[yes, yes]), None);
/// assert_eq!(years_dependent(&[None, yes, yes, yes]), Some(3));
/// assert_eq!(years_dependent(&[yes, None, yes]), None);
/// ```
pub fn years_dependent(years: &[Option<bool>]) -> Option<u8> {
    let latest = years.len().checked_sub(YEARS_COUNTED)?;
    years[latest..].iter().try_fold(0, |count, year| Some(count + u8::from((*year)?)))
}
