//! The tables of a regression in the run folder.

use parquet::data_type::ByteArray;

use super::analysis::{Analysis, PresetResult};
use super::error::RegressionError;
use super::estimation::{Specification, evaluate};
use super::leave_out::LeftOut;
use super::notation::Notation;
use super::ols::TermKind;
use super::prepared::Prepared;
use super::presets::{CovarianceKind, Estimated, Preset};
use super::table::{Form, RegressionTable};
use super::transform::Transform;
use super::variable::Variable;
use super::windows::Windows;
use super::yearly::YearlyPanel;
use crate::columnar::Values;
use crate::indicators::RiskReading;
use crate::run_folder::tables::{
    REGRESSION_CHECKS, REGRESSION_LEAVE_OUT, REGRESSION_NOT_RUN, REGRESSION_PANEL, REGRESSION_PLACEBO,
    REGRESSION_ROBUSTNESS, REGRESSION_ROWS, REGRESSION_SIGNS, REGRESSION_SWEEP, REGRESSION_SWEEP_SUMMARY,
    REGRESSION_TABLE,
};
use crate::run_folder::{CsvTable, cell};
use crate::run_folder::{FolderError, RunFolder};

/// Writes every table.
///
/// # Errors
/// [`FolderError`] if a file cannot be written.
pub fn write(
    folder: &mut RunFolder,
    panel: &YearlyPanel,
    analysis: &Analysis,
    table: &RegressionTable,
    compression_level: i32,
) -> Result<(), FolderError> {
    write_panel(folder, panel, analysis, compression_level)?;
    write_presets(folder, analysis)?;
    for (name, form) in [("table", Form::Errors), ("table_paper", Form::Paper)] {
        folder.write(&format!("regression/{name}.tex"), table.to_latex(form).as_bytes())?;
        folder.write(&format!("regression/{name}.md"), table.to_markdown(form).as_bytes())?;
        folder.write(&format!("regression/{name}.html"), standalone(&table.to_html(form)).as_bytes())?;
    }
    write_rows(folder, analysis)?;
    write_signs(folder, analysis)?;
    write_sweep(folder, analysis)?;
    write_left_out(folder, analysis)?;
    write_placebo(folder, analysis)?;
    write_robustness(folder, analysis)?;
    write_not_run(folder, analysis)
}

/// What stands before and after an HTML table that is a page of its own.
const PAGE: [&str; 2] = [
    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Regression table</title>\n<style>\n\
     body { font: 11pt/1.35 system-ui, sans-serif; margin: 2rem; }\n\
     table.regression { border-collapse: collapse; border-top: 2px solid; border-bottom: 2px solid; }\n\
     .regression th, .regression td { padding: .15rem .9rem; text-align: right; font-weight: normal; font-variant-numeric: tabular-nums; }\n\
     .regression th[scope=row] { text-align: left; padding-left: 0; }\n\
     .regression thead th { text-align: center; border-bottom: 1px solid; }\n\
     .regression tfoot tr:first-child > * { border-top: 1px solid; }\n.note { max-width: 46rem; font-size: 90%; }\n</style>\n</head>\n<body>\n",
    "</body>\n</html>\n",
];

/// An HTML table as a page of its own.
fn standalone(table: &str) -> String {
    let [before, after] = PAGE;
    format!("{before}{table}{after}")
}

/// The table of a page that [`write()`] has made; `None` if somebody has changed the page since.
pub fn table_of_page(page: &str) -> Option<&str> {
    let [before, after] = PAGE;
    page.strip_prefix(before)?.strip_suffix(after)
}

/// The variables of the specification under every scale, each once.
fn panel_variables(specification: &Specification) -> Vec<(String, Variable, Transform)> {
    let mut columns: Vec<(String, Variable, Transform)> = Vec::new();
    for transform in Transform::ALL {
        for variable in specification.variables() {
            for risk in RiskReading::ALL {
                let variable = Variable { column: risk.column(variable.column), ..*variable };
                let name = variable.column_name(transform);
                if !columns.iter().any(|(known, ..)| *known == name) {
                    columns.push((name, variable, transform));
                }
            }
        }
    }
    columns
}

/// Name of the column that says which rows are in a preset's sample.
fn sample_column(preset: &Preset) -> String {
    format!("in_{}", preset.name().replace(", ", "_"))
}

/// `regression/panel.parquet`: one row a country-product, with everything that another program needs to run the table.
fn write_panel(
    folder: &mut RunFolder,
    panel: &YearlyPanel,
    analysis: &Analysis,
    compression_level: i32,
) -> Result<(), FolderError> {
    let specification = &analysis.specification;
    let variables = panel_variables(specification);
    let years = |window| panel.years_of(window).expect("the windows lie in the data");
    let baseline = panel.means(&years(analysis.windows.baseline));
    let after = panel.means(&years(analysis.windows.projection));
    let values: Vec<Vec<f64>> = variables
        .iter()
        .map(|(_, variable, transform)| {
            evaluate(panel, specification, variable, *transform, &baseline, &after)
        })
        .collect();
    let samples: Vec<(String, Vec<u32>)> = analysis
        .presets
        .iter()
        // Mass-balanced STR is there where STR is, so that the rows are those of the same preset with STR.
        .filter(|p| p.preset.risk == RiskReading::Str)
        .filter_map(|p| {
            let rows = rows_of(panel, specification, &analysis.windows, p.preset).ok()?;
            Some((sample_column(&p.preset), rows))
        })
        .collect();

    let countries = panel.countries.len();
    // Pairs of which nothing is known would only be in the way.
    let pairs: Vec<usize> =
        (0..panel.pairs()).filter(|&pair| values.iter().any(|v| v[pair].is_finite())).collect();
    let text = |value: String| ByteArray::from(value.into_bytes());
    let country: Vec<ByteArray> =
        pairs.iter().map(|&p| text(panel.countries[p % countries].code.clone())).collect();
    let product: Vec<ByteArray> =
        pairs.iter().map(|&p| text(panel.products[p / countries].code.to_string())).collect();
    let cluster: Vec<Option<f64>> =
        pairs.iter().map(|&p| panel.countries[p % countries].cluster.map(f64::from)).collect();
    let tier: Vec<Option<f64>> =
        pairs.iter().map(|&p| panel.products[p / countries].tier.map(f64::from)).collect();
    let group: Vec<i32> =
        pairs.iter().map(|&p| i32::from(panel.countries[p % countries].beside_members)).collect();
    let strength: Vec<i32> =
        pairs.iter().map(|&p| i32::from(panel.is_strength(p / countries, p % countries))).collect();
    let numbers: Vec<Vec<Option<f64>>> = values
        .iter()
        .map(|values| pairs.iter().map(|&p| Some(values[p]).filter(|v| v.is_finite())).collect())
        .collect();
    let members: Vec<Vec<i32>> = samples
        .iter()
        .map(|(_, rows)| {
            let mut rows = rows.iter().peekable();
            pairs.iter().map(|&p| i32::from(rows.next_if(|row| **row as usize == p).is_some())).collect()
        })
        .collect();

    let mut columns = vec!["country", "product", "cluster", "tier", "group", "strength"];
    columns.extend(variables.iter().map(|(name, ..)| name.as_str()));
    columns.extend(samples.iter().map(|(name, _)| name.as_str()));
    let mut filled = vec![
        Values::Text(&country),
        Values::Text(&product),
        Values::OptionalNumber(&cluster),
        Values::OptionalNumber(&tier),
        Values::Int32(&group),
        Values::Int32(&strength),
    ];
    filled.extend(numbers.iter().map(|n| Values::OptionalNumber(n)));
    filled.extend(members.iter().map(|m| Values::Int32(m)));
    folder.write_table(
        REGRESSION_PANEL.file,
        &REGRESSION_PANEL.schema_of(&columns, compression_level),
        &filled,
    )
}

fn rows_of(
    panel: &YearlyPanel,
    specification: &Specification,
    windows: &Windows,
    preset: Preset,
) -> Result<Vec<u32>, RegressionError> {
    Ok(Prepared::new(panel, specification, windows, preset)?.rows()?.pairs)
}

fn write_presets(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&REGRESSION_TABLE);
    for (result, estimated) in analysis.presets.iter().filter_map(|p| Some((p, p.outcome.as_ref().ok()?))) {
        for (at, term) in estimated.terms.iter().enumerate() {
            let one = estimated.reported().terms[at];
            let mut row = of_preset(&result.preset);
            row.extend([
                result.reported.to_string(),
                term.name.clone(),
                kind_of(&term.kind).to_owned(),
                one.estimate.to_string(),
            ]);
            for kind in CovarianceKind::ALL {
                let se =
                    estimated.kinds.iter().find(|k| k.kind == kind).and_then(|k| k.terms[at].standard_error);
                row.push(cell(se));
            }
            let short = one.standard_error.and_then(|se| Notation::of(one.estimate, se));
            row.extend([
                cell(one.t),
                cell(one.p),
                cell(estimated.wild.as_ref().and_then(|w| w.p[at])),
                cell(one.interval.map(|i| i[0])),
                cell(one.interval.map(|i| i[1])),
                short.map_or_else(String::new, |n| n.to_string()),
                estimated.rows.to_string(),
                cell(estimated.r2),
            ]);
            table.row(&row);
        }
    }
    table.write(folder, REGRESSION_TABLE.file)
}

/// What a coefficient belongs to, as `table.csv` says it.
fn kind_of(kind: &TermKind) -> &'static str {
    match kind {
        TermKind::Constant => "constant",
        TermKind::Regressor(_) => REGRESSOR,
        TermKind::Level { .. } => "level",
    }
}

/// The kind of a coefficient that is neither the constant nor the level of a factor.
pub const REGRESSOR: &str = "regressor";

fn of_preset(preset: &Preset) -> Vec<String> {
    let Preset { transform, sample, risk } = preset;
    vec![preset.name(), transform.name().to_owned(), sample.name().to_owned(), risk.name().to_owned()]
}

fn write_rows(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&REGRESSION_ROWS);
    for result in &analysis.presets {
        let Ok(estimated) = &result.outcome else { continue };
        let account = &estimated.account;
        let mut put = |what: &str, count: usize| {
            let mut row = of_preset(&result.preset);
            row.extend([what.to_owned(), count.to_string()]);
            table.row(&row);
        };
        put("country-products", account.pairs);
        for lost in &account.lost {
            put(&lost.reason, lost.count);
        }
        put("used", account.used);
    }
    table.write(folder, REGRESSION_ROWS.file)
}

fn write_signs(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    let mut table = CsvTable::of(&REGRESSION_SIGNS);
    let flag = |value: Option<bool>| value.map_or_else(String::new, |v| v.to_string());
    for check in &analysis.signs {
        let mut row = of_preset(&check.preset);
        row.extend([
            check.statement.clone(),
            cell(check.value),
            flag(check.agrees),
            flag(check.significant),
            check.not_judged.clone(),
        ]);
        table.row(&row);
    }
    table.write(folder, REGRESSION_SIGNS.file)
}

fn of_windows(windows: &Windows) -> Vec<String> {
    let (b, p) = (windows.baseline, windows.projection);
    [b.first, b.last, p.first, p.last].map(|y| y.to_string()).to_vec()
}

fn write_sweep(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    let Some(sweep) = &analysis.sweep else { return Ok(()) };
    let mut table = CsvTable::of(&REGRESSION_SWEEP);
    for row in &sweep.rows {
        let mut fields = of_windows(&analysis.sweep_windows[row.windows]);
        fields.extend([
            row.preset.transform.name().to_owned(),
            row.preset.sample.name().to_owned(),
            row.covariance.name().to_owned(),
            row.term.clone(),
            row.estimate.to_string(),
            cell(row.standard_error),
            cell(row.p),
            cell(row.q),
            row.rows.to_string(),
        ]);
        table.row(&fields);
    }
    table.write(folder, REGRESSION_SWEEP.file)?;
    let mut table = CsvTable::of(&REGRESSION_SWEEP_SUMMARY);
    for s in &sweep.summary {
        table.row(&[
            s.preset.transform.name().to_owned(),
            s.preset.sample.name().to_owned(),
            s.covariance.name().to_owned(),
            s.term.clone(),
            s.fits.to_string(),
            s.median.to_string(),
            s.lowest.to_string(),
            s.highest.to_string(),
            s.same_sign.to_string(),
            s.significant.to_string(),
            cell(s.discovered),
        ]);
    }
    table.write(folder, REGRESSION_SWEEP_SUMMARY.file)
}

/// Kind and name of what was left out.
pub(super) fn left_out_names(left_out: &LeftOut) -> [String; 2] {
    match left_out {
        LeftOut::Country(code) => ["country".to_owned(), code.clone()],
        LeftOut::Tier(tier) => ["tier".to_owned(), tier.to_string()],
    }
}

fn write_left_out(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    if analysis.left_out.is_empty() {
        return Ok(());
    }
    let mut table = CsvTable::of(&REGRESSION_LEAVE_OUT);
    for of in &analysis.left_out {
        for row in &of.result.rows {
            let mut fields = of_preset(&of.preset);
            fields.extend(left_out_names(&row.left_out));
            fields.extend([
                row.term.clone(),
                row.estimate.to_string(),
                cell(row.standard_error),
                cell(row.p),
                row.rows.to_string(),
            ]);
            table.row(&fields);
        }
    }
    table.write(folder, REGRESSION_LEAVE_OUT.file)
}

fn write_placebo(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    if analysis.placebo.is_empty() {
        return Ok(());
    }
    let mut table = CsvTable::of(&REGRESSION_PLACEBO);
    for of in &analysis.placebo {
        for row in &of.result {
            let mut fields = of_preset(&of.preset);
            fields.extend([
                row.term.clone(),
                cell(row.t),
                row.draws.to_string(),
                row.rejected.to_string(),
                cell(row.p),
            ]);
            table.row(&fields);
        }
    }
    table.write(folder, REGRESSION_PLACEBO.file)
}

fn write_robustness(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    if analysis.robustness.is_empty() {
        return Ok(());
    }
    let mut table = CsvTable::of(&REGRESSION_ROBUSTNESS);
    for result in &analysis.robustness {
        let name = result.check.map_or("as_is", |c| c.name());
        for (preset, estimated) in result.presets.iter().filter_map(estimated_of) {
            for (term, one) in estimated.terms.iter().zip(&estimated.reported().terms) {
                let mut fields = vec![name.to_owned(), result.what.clone()];
                fields.extend(of_preset(preset));
                let short = one.standard_error.and_then(|se| Notation::of(one.estimate, se));
                fields.extend([
                    term.name.clone(),
                    one.estimate.to_string(),
                    cell(one.standard_error),
                    cell(one.p),
                    cell(one.interval.map(|i| i[0])),
                    cell(one.interval.map(|i| i[1])),
                    short.map_or_else(String::new, |n| n.to_string()),
                    estimated.rows.to_string(),
                    cell(estimated.r2),
                ]);
                table.row(&fields);
            }
        }
    }
    table.write(folder, REGRESSION_ROBUSTNESS.file)?;
    let mut checks = CsvTable::of(&REGRESSION_CHECKS);
    for (check, result) in analysis.robustness.iter().filter_map(|r| Some((r.check?, r))) {
        let not_made = result.not_made.clone().unwrap_or_default();
        checks.row(&[check.name().to_owned(), result.what.clone(), not_made]);
    }
    checks.write(folder, REGRESSION_CHECKS.file)
}

fn estimated_of(result: &PresetResult) -> Option<(&Preset, &Estimated)> {
    Some((&result.preset, result.outcome.as_ref().ok()?))
}

/// `regression/not_run.csv`: every regression that was wanted and could not be run, and why.
fn write_not_run(folder: &mut RunFolder, analysis: &Analysis) -> Result<(), FolderError> {
    let mut rows: Vec<[String; 4]> = Vec::new();
    for result in &analysis.presets {
        if let Err(error) = &result.outcome {
            rows.push(["preset".to_owned(), result.preset.name(), String::new(), error.to_string()]);
        }
    }
    for failure in analysis.sweep.iter().flat_map(|s| &s.failures) {
        let windows = of_windows(&analysis.sweep_windows[failure.windows]).join(" ");
        rows.push(["sweep".to_owned(), failure.preset.name(), windows, failure.error.to_string()]);
    }
    for of in &analysis.left_out {
        for failure in &of.result.failures {
            let what = left_out_names(&failure.left_out).join(" ");
            rows.push(["leave out".to_owned(), of.preset.name(), what, failure.error.to_string()]);
        }
    }
    for result in &analysis.robustness {
        let name = result.check.map_or("as_is", |c| c.name()).to_owned();
        if let Some(reason) = &result.not_made {
            rows.push(["robustness".to_owned(), String::new(), name.clone(), reason.clone()]);
        }
        for preset in &result.presets {
            if let Err(error) = &preset.outcome {
                rows.push(["robustness".to_owned(), preset.preset.name(), name.clone(), error.to_string()]);
            }
        }
    }
    if rows.is_empty() {
        return Ok(());
    }
    let mut table = CsvTable::of(&REGRESSION_NOT_RUN);
    rows.iter().for_each(|row| table.row(row));
    table.write(folder, REGRESSION_NOT_RUN.file)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::estimation::Sample;

    #[test]
    fn the_description_names_what_is_written() {
        let table = (REGRESSION_TABLE.columns)();
        let errors: Vec<&str> = table.iter().filter_map(|c| c.name.strip_prefix("se_")).collect();
        assert_eq!(errors, CovarianceKind::ALL.map(CovarianceKind::name));
        assert_eq!(
            REGRESSION_TABLE.column("transform").unwrap().choices,
            Transform::ALL.map(Transform::name)
        );
        assert_eq!(REGRESSION_TABLE.column("risk").unwrap().choices, RiskReading::ALL.map(RiskReading::name));
        let samples = [Sample::All, Sample::Strengths, Sample::Positive];
        assert_eq!(REGRESSION_TABLE.column("sample").unwrap().choices, samples.map(Sample::name));
        assert_eq!(
            REGRESSION_SWEEP.column("covariance").unwrap().choices,
            CovarianceKind::ALL.map(CovarianceKind::name)
        );
        for transform in Transform::ALL {
            for sample in samples {
                let name = sample_column(&Preset { transform, sample, ..Preset::default() });
                assert!(REGRESSION_PANEL.column(&name).is_some(), "{name}");
            }
        }
    }
}
