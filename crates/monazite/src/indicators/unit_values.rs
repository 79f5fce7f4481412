//! Quantities that can be used, judged by their unit values.

use super::median::median;

/// How many times the median unit value, or what part of it, is still plausible.
pub const MOST_TIMES_MEDIAN: f64 = 10.0;

/// The quantities of a product-year that can be used.
#[derive(Debug, Clone, PartialEq)]
pub struct UsableQuantities {
    /// By flow: its quantity, `None` if it has none or an implausible one.
    pub quantities: Vec<Option<f64>>,
    /// Share of the value of all flows that has a usable quantity, in \[0, 1\]; `None` if no flow has a quantity.
    pub coverage: Option<f64>,
}

/// Quantities with implausible ones taken out, and the share of the value that has one.
///
/// A unit value (value over quantity) outside a tenth to ten times the median of the product-year is taken for an error of the quantity.
/// `values` and `quantities` go flow by flow; missing quantities at the end may be left out.
///
/// ```
/// use monazite::indicators::unit_values::usable_quantities;
/// // 2 a tonne, 3 a tonne, none, and 500 a tonne.
/// let usable = usable_quantities(&[20.0, 30.0, 50.0, 500.0], &[Some(10.0), Some(10.0), None, Some(1.0)]);
/// assert_eq!(usable.quantities, [Some(10.0), Some(10.0), None, None]);
/// assert_eq!(usable.coverage, Some(50.0 / 600.0));
/// ```
pub fn usable_quantities(values: &[f64], quantities: &[Option<f64>]) -> UsableQuantities {
    let unit_value =
        |at: usize| quantities.get(at).copied().flatten().filter(|q| *q > 0.0).map(|q| values[at] / q);
    let mut known: Vec<f64> = (0..values.len()).filter_map(unit_value).collect();
    let Some(middle) = median(&mut known) else {
        return UsableQuantities { quantities: vec![None; values.len()], coverage: None };
    };
    let plausible = middle / MOST_TIMES_MEDIAN..=middle * MOST_TIMES_MEDIAN;
    let usable: Vec<Option<f64>> = (0..values.len())
        .map(|at| unit_value(at).filter(|u| plausible.contains(u)).and(quantities[at]))
        .collect();
    let total: f64 = values.iter().sum();
    let covered: f64 = values.iter().zip(&usable).filter(|(_, q)| q.is_some()).map(|(v, _)| v).sum();
    UsableQuantities { quantities: usable, coverage: Some(covered / total) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_quantities_there_is_no_coverage() {
        let usable = usable_quantities(&[1.0, 2.0], &[]);
        assert_eq!((usable.quantities, usable.coverage), (vec![None, None], None));
        let zero = usable_quantities(&[1.0], &[Some(0.0)]);
        assert_eq!((zero.quantities, zero.coverage), (vec![None], None), "a quantity of zero says nothing");
    }

    #[test]
    fn ten_times_the_median_is_still_plausible() {
        let usable = usable_quantities(&[1.0, 1.0, 1.0], &[Some(1.0), Some(0.1), Some(10.0)]);
        assert_eq!(usable.coverage, Some(1.0));
        let usable = usable_quantities(&[1.0, 1.0, 1.0], &[Some(1.0), Some(0.09), Some(11.0)]);
        assert_eq!(usable.quantities, [Some(1.0), None, None]);
    }
}
