//! Supply risk as the United States Geological Survey puts it together.

/// (DP · TE · EV)^(1/3), the geometric mean of disruption potential, trade exposure and economic vulnerability, each 0 to 1.
///
/// What it answers: can supply be disrupted, does it come from abroad, and would it hurt? All three have to hold: where one is 0, so is the risk.
/// Disruption potential and economic vulnerability are given by tables; trade exposure is [`super::import_reliance()`].
///
/// Range \[0, 1\].
///
/// Reference: N. T. Nassar et al. (2020), Evaluating the mineral commodity supply risk of the U.S. manufacturing sector, Science Advances 6, eaay8647.
///
/// ```
/// use monazite::indices::usgs_risk;
/// assert!((usgs_risk(0.4, 0.5, 0.2) - 0.04_f64.cbrt()).abs() < 1e-15);
/// assert_eq!(usgs_risk(0.9, 0.0, 0.9), 0.0);
/// ```
pub fn usgs_risk(disruption_potential: f64, trade_exposure: f64, economic_vulnerability: f64) -> f64 {
    libm::cbrt(disruption_potential * trade_exposure * economic_vulnerability)
}
