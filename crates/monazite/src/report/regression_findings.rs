//! What a regression says, in sentences: by itself, and beside the result that the paper is named after.

use crate::units::grouped;

/// Level of significance.
pub const SIGNIFICANT: f64 = 0.05;

/// One coefficient of the regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Coefficient {
    /// What it belongs to, in words.
    pub term: String,
    /// The estimate.
    pub estimate: f64,
    /// Its p.
    pub p: f64,
}

/// What the regression says about systemic trade risk. Silent without the coefficient.
pub fn regression(of_str: Option<&Coefficient>, rows: usize) -> Option<String> {
    let c = of_str?;
    if !c.p.is_finite() || !c.estimate.is_finite() {
        return None;
    }
    let rows = grouped(rows as u64);
    Some(if c.p < SIGNIFICANT {
        format!(
            "Among {rows} country-products, comparative advantage grew {} where {} was higher (coefficient {:+.3}, p {}). This is an association, \
             not a cause.",
            if c.estimate < 0.0 { "less" } else { "more" },
            c.term,
            c.estimate,
            p_text(c.p)
        )
    } else {
        format!(
            "Among {rows} country-products, the association of the growth of comparative advantage with {} is not significantly different from zero \
             (coefficient {:+.3}, p {}).",
            c.term,
            c.estimate,
            p_text(c.p)
        )
    })
}

fn p_text(p: f64) -> String {
    if p < 0.001 { "< 0.001".to_owned() } else { format!("{p:.3}") }
}

/// A result of the paper on systemic trade risk: both coefficients are negative and significant in its table.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PaperResult {
    /// The regressor.
    pub term: &'static str,
    /// Its coefficient in the paper's table.
    pub estimate: f64,
    /// What the paper concludes from it.
    pub claim: &'static str,
}

/// The result that the title of the paper states, then that on the product itself.
pub const PAPER_RESULTS: [PaperResult; 2] = [
    PaperResult {
        term: "STR (inputs)",
        estimate: -0.37,
        claim: "The title result of the paper, that systemic trade risk in inputs goes with lost comparative advantage",
    },
    PaperResult {
        term: "STR",
        estimate: -0.36,
        claim: "The paper's other result, that systemic trade risk in the product itself goes with lost comparative advantage",
    },
];

/// A regressor over the regressions of a sweep.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Swept {
    /// Regressions.
    pub fits: usize,
    /// Those with a negative coefficient.
    pub negative: usize,
}

/// Whether a result of the paper is found here, for and against. `found` are the coefficients by scale and sample. Silent if there is none.
pub fn paper_result(result: &PaperResult, found: &[Coefficient], swept: Option<Swept>) -> Option<String> {
    if found.is_empty() || found.iter().any(|c| !c.estimate.is_finite() || !c.p.is_finite()) {
        return None;
    }
    let count = |holds: &dyn Fn(&Coefficient) -> bool| found.iter().filter(|c| holds(c)).count();
    let all = found.len();
    let negative = count(&|c| c.estimate < 0.0);
    let surely_negative = count(&|c| c.estimate < 0.0 && c.p < SIGNIFICANT);
    let surely_positive = count(&|c| c.estimate > 0.0 && c.p < SIGNIFICANT);
    let verdict = if negative == all && 2 * surely_negative >= all {
        "is found here as well"
    } else if negative == 0 && surely_positive > 0 {
        "is contradicted here"
    } else if surely_negative == 0 {
        "is not confirmed here"
    } else {
        "is found here in part only"
    };
    let regressions = if all == 1 {
        "the one regression".to_owned()
    } else {
        format!("{all} regressions (scales and samples)")
    };
    let opposite = match surely_positive {
        0 => String::new(),
        n => format!(", and positive and significant in {n}"),
    };
    let swept = swept.filter(|s| s.fits > 0).map_or_else(String::new, |s| {
        format!(
            "; over other windows it is negative in {:.0} % of {} regressions",
            100.0 * s.negative as f64 / s.fits as f64,
            grouped(s.fits as u64)
        )
    });
    Some(format!(
        "{}, {verdict}: the coefficient of {} ({:.2} in the paper) is negative in {negative} of {regressions}, significantly in {surely_negative}{opposite}{swept}.",
        result.claim, result.term, result.estimate
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_regression_is_told_as_it_is() {
        let c = |estimate, p| Coefficient { term: "STR".to_owned(), estimate, p };
        assert!(
            regression(Some(&c(-0.36, 0.0001)), 3277)
                .unwrap()
                .contains("grew less where STR was higher (coefficient -0.360, p < 0.001)")
        );
        assert!(regression(Some(&c(0.2, 0.01)), 9).unwrap().contains("grew more"));
        assert!(
            regression(Some(&c(-0.1, 0.4)), 9)
                .unwrap()
                .contains("the association of the growth of comparative advantage with STR is not significantly different from zero")
        );
        assert_eq!(regression(None, 9), None);
        assert_eq!(regression(Some(&c(-0.1, f64::NAN)), 9), None);
    }

    #[test]
    fn the_result_of_the_title_is_told_for_and_against() {
        let of = |list: &[(f64, f64)]| -> Vec<Coefficient> {
            list.iter()
                .map(|&(estimate, p)| Coefficient { term: "STR (inputs)".to_owned(), estimate, p })
                .collect()
        };
        let [title, _] = &PAPER_RESULTS;
        let told =
            paper_result(title, &of(&[(0.5, 0.1), (2.6, 0.01)]), Some(Swept { fits: 220, negative: 11 }));
        assert_eq!(
            told.unwrap(),
            "The title result of the paper, that systemic trade risk in inputs goes with lost comparative advantage, is contradicted here: the \
             coefficient of STR (inputs) (-0.37 in the paper) is negative in 0 of 2 regressions (scales and samples), significantly in 0, and positive \
             and significant in 1; over other windows it is negative in 5 % of 220 regressions."
        );
        let told = paper_result(title, &of(&[(-0.5, 0.01), (-0.4, 0.2)]), None).unwrap();
        assert!(told.contains("is found here as well") && told.ends_with("significantly in 1."), "{told}");
        assert!(
            paper_result(title, &of(&[(-0.5, 0.01), (0.4, 0.2)]), None).unwrap().contains("in part only")
        );
        assert!(
            paper_result(title, &of(&[(-0.5, 0.3), (0.4, 0.2)]), None)
                .unwrap()
                .contains("is not confirmed here")
        );
        assert_eq!(paper_result(title, &[], None), None);
        assert_eq!(paper_result(title, &of(&[(f64::NAN, 0.2)]), None), None);
    }
}
