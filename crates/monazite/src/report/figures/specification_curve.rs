//! The specification curve: one coefficient under every choice of windows, scale and sample.

use super::FigureError;
use super::caption::{Caption, INDICATORS};
use super::figure::{Drawing, Figure, FigureNumbers, FigureTable, Gathered, file_of};
use super::inputs::{FigureInputs, Need};
use crate::delimited::{Row, Table};
use crate::indicators::Column;
use crate::nomenclature::YearRange;
use crate::regression::Variable;
use crate::run_folder::{CsvTable, cell};
use crate::study::FigureSize;

/// One regression on the curve.
#[derive(Debug, Clone, PartialEq)]
pub struct CurvePoint {
    /// Baseline window.
    pub baseline: YearRange,
    /// Projection window.
    pub projection: YearRange,
    /// Name of the sample.
    pub sample: String,
    /// The estimate.
    pub estimate: f64,
    /// Its standard error.
    pub standard_error: Option<f64>,
    /// Two-sided p.
    pub p: Option<f64>,
}

/// The curve: a panel for each scale, since estimates of different scales cannot be compared.
#[derive(Debug, Clone, PartialEq)]
pub struct SpecificationCurve {
    /// The coefficient.
    pub term: String,
    /// Level of significance of the colours.
    pub size: f64,
    /// Kind of the standard errors.
    pub covariance: String,
    /// Scale and its regressions by rising estimate.
    pub panels: Vec<(String, Vec<CurvePoint>)>,
}

const NAME: &str = "specification_curve";
const SWEEP: &str = "regression/sweep.csv";

/// The figure `specification_curve`.
pub(super) struct Listed;

impl Figure for Listed {
    fn name(&self) -> &'static str {
        NAME
    }

    fn question(&self) -> &'static str {
        "Does the coefficient hang on the choice of windows, scale and sample?"
    }

    fn needs(&self) -> Need {
        Need::Regression
    }

    /// The curve of the paper's headline, baseline STR, or of the first regressor if STR is none.
    fn gather(&self, run: &FigureInputs<'_>) -> Result<Gathered, FigureError> {
        let settings = &run.study().regression;
        let regressors = settings.specification().regressors;
        let headline = Variable::baseline(Column::Str);
        let focal = if regressors.contains(&headline) { Some(&headline) } else { regressors.first() };
        let curve = match (run.table(SWEEP)?, focal) {
            (Some(table), Some(focal)) => {
                let size = 1.0 - settings.confidence;
                SpecificationCurve::of(&table, &focal.label(), settings.covariance.name(), size)?
            }
            _ => None,
        };
        Ok(curve.map_or_else(|| Gathered::Absent(run.lacks(self.needs())), Gathered::numbers))
    }
}

impl FigureNumbers for SpecificationCurve {
    fn tables(&self) -> Vec<FigureTable> {
        vec![FigureTable::new(NAME, self.csv())]
    }

    fn drawings(&self, _size: FigureSize) -> Vec<Drawing<'_>> {
        let what = format!("Coefficient of {} under every choice of windows, scale and sample", self.term);
        let caption = Caption {
            title: format!("{what}."),
            reading: vec![format!(
                "Each column is one regression, by rising estimate, with its 95 % interval (standard errors: {}); blue where p < {}. The marks below say which windows and which sample it rests on.",
                self.covariance.replace('_', " "),
                self.level()
            )],
            definitions: vec![INDICATORS],
            numbers: vec![file_of(NAME), SWEEP.to_owned()],
        };
        vec![Drawing {
            name: NAME.to_owned(),
            description: what,
            caption,
            draw: Box::new(|width| self.draw(width)),
        }]
    }
}

impl SpecificationCurve {
    /// The curve of one coefficient from `regression/sweep.csv`; `None` if the table has none of it. Standard errors are of the kind
    /// asked for, or of the first one in the table if it lacks that; `size` is the level of significance of the colours.
    ///
    /// # Errors
    /// [`FigureError::Table`] if the table is damaged.
    pub fn of(table: &Table, term: &str, kind: &str, size: f64) -> Result<Option<Self>, FigureError> {
        let [named, scale, sort] = [&["term"], &["transform"], &["covariance"]].map(|n| table.require(n));
        let (named, scale, sort) = (named?, scale?, sort?);
        let columns = PointColumns::of(table)?;
        let wanted = table.rows.iter().find(|row| row.get(sort) == kind).or(table.rows.first());
        let Some(covariance) = wanted.map(|row| row.get(sort).to_owned()) else { return Ok(None) };
        let mut panels: Vec<(String, Vec<CurvePoint>)> = Vec::new();
        for row in table.rows.iter().filter(|r| r.get(named) == term && r.get(sort) == covariance) {
            let point = columns.point(table, row)?;
            match panels.iter_mut().find(|(name, _)| name == row.get(scale)) {
                Some((_, points)) => points.push(point),
                None => panels.push((row.get(scale).to_owned(), vec![point])),
            }
        }
        for (_, points) in &mut panels {
            // Stable: equal estimates stay in the order of their windows.
            points.sort_by(|a, b| a.estimate.total_cmp(&b.estimate));
        }
        Ok((!panels.is_empty()).then_some(Self { term: term.to_owned(), size, covariance, panels }))
    }

    /// Level of significance, without the dust of its subtraction.
    pub(super) fn level(&self) -> f64 {
        (self.size * 1000.0).round() / 1000.0
    }

    /// The numbers that the curve shows.
    fn csv(&self) -> CsvTable {
        let mut table = CsvTable::new(&[
            "term",
            "transform",
            "rank",
            "estimate",
            "se",
            "p",
            "baseline_from",
            "baseline_to",
            "projection_from",
            "projection_to",
            "sample",
        ]);
        for (scale, points) in &self.panels {
            for (rank, point) in points.iter().enumerate() {
                let (b, p) = (point.baseline, point.projection);
                table.row(&[
                    self.term.clone(),
                    scale.clone(),
                    (rank + 1).to_string(),
                    point.estimate.to_string(),
                    cell(point.standard_error),
                    cell(point.p),
                    b.first.to_string(),
                    b.last.to_string(),
                    p.first.to_string(),
                    p.last.to_string(),
                    point.sample.clone(),
                ]);
            }
        }
        table
    }
}

/// Columns of the table that a point is made of.
struct PointColumns {
    baseline: [usize; 2],
    projection: [usize; 2],
    sample: usize,
    estimate: usize,
    standard_error: usize,
    p: usize,
}

impl PointColumns {
    fn of(table: &Table) -> Result<Self, FigureError> {
        let column = |name: &str| table.require(&[name]);
        Ok(Self {
            baseline: [column("baseline_from")?, column("baseline_to")?],
            projection: [column("projection_from")?, column("projection_to")?],
            sample: column("sample")?,
            estimate: column("estimate")?,
            standard_error: column("se")?,
            p: column("p")?,
        })
    }

    fn point(&self, table: &Table, row: &Row) -> Result<CurvePoint, FigureError> {
        let optional =
            |column: usize| (!row.get(column).is_empty()).then(|| table.number(row, column)).transpose();
        let window = |[from, to]: [usize; 2]| {
            Ok::<_, FigureError>(YearRange { first: table.year(row, from)?, last: table.year(row, to)? })
        };
        Ok(CurvePoint {
            baseline: window(self.baseline)?,
            projection: window(self.projection)?,
            sample: row.get(self.sample).to_owned(),
            estimate: table.number(row, self.estimate)?,
            standard_error: optional(self.standard_error)?,
            p: optional(self.p)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SWEPT: &str = "baseline_from,baseline_to,projection_from,projection_to,transform,sample,covariance,term,estimate,se,p
2000,2004,2010,2014,log,all,hc1,baseline STR,0.5,0.1,0.001
2001,2005,2010,2014,log,all,hc1,baseline STR,-0.25,0.5,0.6
2001,2005,2010,2014,log,all,classical,baseline STR,-0.25,0.25,0.3
2001,2005,2010,2014,strengths,without outliers,hc1,baseline STR,2,,
2001,2005,2010,2014,log,all,hc1,baseline HHI,7,1,0
";

    fn curve(kind: &str) -> Option<SpecificationCurve> {
        let table = Table::parse(SWEPT.as_bytes(), SWEEP).unwrap();
        SpecificationCurve::of(&table, "baseline STR", kind, 1.0 - 0.95).unwrap()
    }

    #[test]
    fn estimates_of_one_term_rise_within_their_scale() {
        let curve = curve("hc1").unwrap();
        let [table] = curve.tables().try_into().unwrap();
        assert_eq!(
            table.csv,
            "term,transform,rank,estimate,se,p,baseline_from,baseline_to,projection_from,projection_to,sample
baseline STR,log,1,-0.25,0.5,0.6,2001,2005,2010,2014,all
baseline STR,log,2,0.5,0.1,0.001,2000,2004,2010,2014,all
baseline STR,strengths,1,2,,,2001,2005,2010,2014,without outliers
"
        );
        let svg = curve.draw(510.0).finish(180.0, "x");
        for part in [
            ">Coefficient of baseline STR, strengths</text>",
            ">baseline 2000–2004</text>",
            ">sample without outliers</text>",
            "<title>0.50, p 0.001: baseline 2000–2004, projection 2010–2014, sample all</title>",
            ">p &lt; 0.05</text>",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
    }

    #[test]
    fn standard_errors_are_those_asked_for_or_the_first() {
        assert_eq!(curve("classical").unwrap().panels[0].1[0].standard_error, Some(0.25));
        let other = curve("clustered").unwrap();
        assert_eq!((other.covariance.as_str(), other.panels[0].1.len()), ("hc1", 2));
        let table = Table::parse(SWEPT.lines().next().unwrap().as_bytes(), SWEEP).unwrap();
        assert!(SpecificationCurve::of(&table, "baseline STR", "hc1", 0.05).unwrap().is_none());
    }
}
