//! Difference in differences and the event-study form by least squares, with clustered standard errors.

use super::sample::Sample;
use crate::regression::{
    ClusterCorrection, Column, Design, Errors, Factor, Inference, RegressionError, WildBootstrap, covariance,
    fit, wild_bootstrap,
};
use crate::run_folder::StoredPanel;

/// Level of the intervals.
const LEVEL: f64 = 0.95;

/// One regression.
#[derive(Debug, Clone, PartialEq)]
pub struct Regressed {
    /// Rows: units times years.
    pub rows: usize,
    /// The coefficients that were asked for.
    pub terms: Vec<Inference>,
    /// p by the wild cluster bootstrap, of the first coefficient; `None` if not asked for or undefined.
    pub p_bootstrap: Option<f64>,
}

/// Y = unit + year + β · treated · post, over the years `pre` and `post`.
///
/// Standard errors are clustered by product, and by importer too where units are importers of products.
///
/// # Errors
/// [`RegressionError`] if it cannot be computed.
pub fn before_and_after(
    sample: &Sample<'_>,
    panel: &StoredPanel,
    [pre, post]: [&[usize]; 2],
    bootstrap: WildBootstrap,
) -> Result<Regressed, RegressionError> {
    let years: Vec<usize> = pre.iter().chain(post).copied().collect();
    let after = |year: usize| post.contains(&year);
    regressed(sample, panel, &years, &[("after".to_owned(), &after)], Some(bootstrap))
}

/// Y = unit + year + Σ β_k · treated · (year = k), over all `years`, with a β for each but `base`.
///
/// # Errors
/// As [`before_and_after`].
pub fn event_study(
    sample: &Sample<'_>,
    panel: &StoredPanel,
    years: &[usize],
    base: usize,
) -> Result<Regressed, RegressionError> {
    let others: Vec<usize> = years.iter().copied().filter(|year| *year != base).collect();
    let is = |year: usize| move |other: usize| other == year;
    let conditions: Vec<_> = others.iter().map(|&year| is(year)).collect();
    let terms: Vec<(String, &dyn Fn(usize) -> bool)> = others
        .iter()
        .zip(&conditions)
        .map(|(&year, condition)| (panel.years[year].to_string(), condition as &dyn Fn(usize) -> bool))
        .collect();
    regressed(sample, panel, years, &terms, None)
}

fn regressed(
    sample: &Sample<'_>,
    panel: &StoredPanel,
    years: &[usize],
    terms: &[(String, &dyn Fn(usize) -> bool)],
    bootstrap: Option<WildBootstrap>,
) -> Result<Regressed, RegressionError> {
    let rows = sample.units.len() * years.len();
    let mut outcome = Vec::with_capacity(rows);
    let mut regressors: Vec<Column> = terms
        .iter()
        .map(|(name, _)| Column { name: name.clone(), values: Vec::with_capacity(rows) })
        .collect();
    let mut codes: [Vec<u32>; 4] = Default::default();
    for (at, unit) in sample.units.iter().enumerate() {
        for (nth, &year) in years.iter().enumerate() {
            outcome.push(unit.value(year));
            for (column, (_, holds)) in regressors.iter_mut().zip(terms) {
                column.values.push(f64::from(u8::from(unit.treated && holds(year))));
            }
            let importer = unit.series.importer.map_or(0, |c| c as u32);
            for (codes, code) in codes.iter_mut().zip([at as u32, nth as u32, unit.product as u32, importer])
            {
                codes.push(code);
            }
        }
    }
    let numbered = |count: usize| (0..count).map(|n| n.to_string()).collect::<Vec<String>>();
    let [of_unit, of_year, of_product, of_importer] = codes;
    let unit = Factor::from_codes("unit", &numbered(sample.units.len()), of_unit, None);
    let year_names: Vec<String> = years.iter().map(|&t| panel.years[t].to_string()).collect();
    let year = Factor::from_codes("year", &year_names, of_year, None);
    let product = Factor::from_codes("product", &numbered(sample.products.len()), of_product, None);
    // One importer alone is no second way to cluster.
    let first = sample.units.first().and_then(|unit| unit.series.importer);
    let by_importer = sample.units.iter().any(|unit| unit.series.importer != first);
    // The bootstrap takes absorbed factors only if they are nested in products, which years are not. Otherwise they are absorbed, first, so that the
    // constant is counted with them: the same coefficients and degrees of freedom.
    let (factors, absorbed) =
        if bootstrap.is_some() { (vec![year], vec![unit]) } else { (Vec::new(), vec![year, unit]) };
    let design = Design {
        outcome: Column { name: "outcome".to_owned(), values: outcome },
        regressors,
        factors,
        absorbed,
        intercept: true,
    };
    let fitted = fit(&design)?;
    let importer;
    let errors = if by_importer {
        importer = Factor::from_codes("importer", &numbered(panel.countries.len()), of_importer, None);
        Errors::TwoWay(&product, &importer)
    } else {
        Errors::Clustered(&product)
    };
    let mut inference = covariance(&fitted, errors, ClusterCorrection::Each)?.inference(&fitted, LEVEL);
    inference.truncate(terms.len());
    let p_bootstrap = match bootstrap.filter(|options| options.draws > 0) {
        Some(options) => wild_bootstrap(&fitted, &product, options)?.p.first().copied().flatten(),
        None => None,
    };
    Ok(Regressed { rows, terms: inference, p_bootstrap })
}
