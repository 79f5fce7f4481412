//! The trade behind the indicators, flow by flow, from `flows.parquet`.

use super::files::{each_group, numbers, years};
use super::{Run, RunError};

/// A flow of one product in one year; places are positions of the panel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RunFlow {
    /// Position of the product.
    pub product: usize,
    /// Position of the year.
    pub year: usize,
    /// Position of the exporter.
    pub exporter: usize,
    /// Position of the importer.
    pub importer: usize,
    /// Value, thousand USD.
    pub value: f64,
    /// Weight in tonnes, as the indicators use it; `None` where there is none.
    pub quantity: Option<f64>,
}

impl Run {
    /// Calls `take` with every flow that the indicators of this run rest on, in the order of the file. Whether the run holds them: it does
    /// not if the study has many products ([`crate::study::Study::keeps_flows`]).
    ///
    /// # Errors
    /// [`RunError::Folder`] if `flows.parquet` is damaged.
    pub fn each_flow(&self, take: impl FnMut(RunFlow)) -> Result<bool, RunError> {
        self.each_flow_of(|_| true, take)
    }

    /// The same for some products, by their positions in the panel: of the others no more is read than which they are.
    ///
    /// # Errors
    /// As [`Run::each_flow`].
    ///
    /// ```
    /// # use monazite::{pipeline::{RunOptions, Until, run_study}, progress::Silent, run::Run, study::Study};
    /// # fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
    /// # let folder = tempfile::tempdir()?;
    /// # let mut study = Study::load(tiny.as_ref())?;
    /// # study.data.store = Some(folder.path().join("store"));
    /// # let out = folder.path().join("run");
    /// # run_study(&study, &out, &RunOptions { until: Until::Report, commit: String::new() }, &Silent)?;
    /// let run = Run::open(&out)?;
    /// let (mut all, mut of_one) = (Vec::new(), Vec::new());
    /// assert!(run.each_flow(|flow| all.push(flow))?);
    /// assert!(run.each_flow_of(|product| product == 0, |flow| of_one.push(flow))?);
    /// assert!(!of_one.is_empty() && of_one.len() < all.len());
    /// all.retain(|flow| flow.product == 0);
    /// assert_eq!(of_one, all);
    /// # Ok(())
    /// # }
    /// ```
    pub fn each_flow_of(
        &self,
        wanted: impl Fn(usize) -> bool,
        mut take: impl FnMut(RunFlow),
    ) -> Result<bool, RunError> {
        const FILE: &str = "flows.parquet";
        let (files, panel) = (self.files(), self.panel()?);
        if !files.exists(FILE) {
            return Ok(false);
        }
        each_group(files, FILE, |table, group, rows| {
            let text = |name: &str| table.read_interned(group, table.column(name)?);
            let product = text("product")?;
            let products: Vec<Option<usize>> = product
                .values
                .iter()
                .map(|code| code.parse().ok().and_then(|code| panel.product(code)).filter(|&at| wanted(at)))
                .collect();
            if products.iter().all(Option::is_none) {
                return Ok(());
            }
            let (exporter, importer) = (text("exporter")?, text("importer")?);
            let [exporters, importers] = [&exporter, &importer]
                .map(|text| text.values.iter().map(|code| panel.country(code)).collect::<Vec<_>>());
            let years: Vec<Option<usize>> = years(table, group, rows)?
                .into_iter()
                .map(|year| u16::try_from(year).ok().and_then(|year| panel.year(year)))
                .collect();
            let value = numbers(table, group, rows, "value")?;
            let quantity = table.read_number_or_nan(group, table.column("quantity")?)?;
            for row in 0..rows {
                if let (Some(product), Some(year), Some(exporter), Some(importer)) = (
                    products[product.rows[row] as usize],
                    years[row],
                    exporters[exporter.rows[row] as usize],
                    importers[importer.rows[row] as usize],
                ) {
                    let quantity = Some(quantity[row]).filter(|q| !q.is_nan());
                    take(RunFlow { product, year, exporter, importer, value: value[row], quantity });
                }
            }
            Ok(())
        })?;
        Ok(true)
    }
}
