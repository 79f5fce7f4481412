//! The scale that STR has on the page: that of the run, for every number of it.

use crate::indicators::systemic_risk::{Identity, Orientation};
use crate::study::Study;

/// What an importer has to which no instability arrives.
pub(super) fn floor(study: &Study) -> u8 {
    u8::from(study.indicators.identity == Identity::Keep)
}

/// A column sum of L, such as STR without a feedback loop, on the scale of the run; `None` where STR is a row sum, beside which it says nothing.
pub(super) fn on_scale(study: &Study, column_sum: f64) -> Option<f64> {
    let of_importers = study.indicators.orientation == Orientation::Importer;
    of_importers.then(|| column_sum - 1.0 + f64::from(floor(study)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_beside_str_are_on_its_scale() {
        let mut study = Study::new(["284690".parse().unwrap()]);
        assert_eq!(on_scale(&study, 1.5), Some(1.5));
        study.indicators.identity = Identity::Excess;
        assert_eq!(on_scale(&study, 1.5), Some(0.5));
        study.indicators.orientation = Orientation::AsPrinted;
        assert_eq!(on_scale(&study, 1.5), None);
    }
}
