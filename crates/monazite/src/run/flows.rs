//! The trade behind the indicators, flow by flow, from `flows.parquet`.

use super::files::{each_group, years};
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
        self.each_flow_of(|_, _| true, take)
    }

    /// As [`Run::each_flow`], for the wanted products in the wanted years (positions of the panel). What lies apart from them in the file is not
    /// read.
    ///
    /// # Errors
    /// As [`Run::each_flow`].
    pub fn each_flow_of(
        &self,
        wanted: impl Fn(usize, usize) -> bool,
        mut take: impl FnMut(RunFlow),
    ) -> Result<bool, RunError> {
        const FILE: &str = "flows.parquet";
        let (files, panel) = (self.files(), self.panel()?);
        if !files.exists(FILE) {
            return Ok(false);
        }
        let place = |code: &str| code.parse().ok().and_then(|code| panel.product(code));
        each_group(files, FILE, |table, group, rows| {
            let column = table.column("product")?;
            // Most files have one product a row group, sorted by year.
            let only = table.only_text(group, column).map(place);
            let any = |year: usize| match only {
                Some(product) => product.is_some_and(|product| wanted(product, year)),
                None => true,
            };
            if !(0..panel.years.len()).any(any) {
                return Ok(());
            }
            let years: Vec<Option<usize>> = years(table, group, rows)?
                .into_iter()
                .map(|year| {
                    u16::try_from(year).ok().and_then(|year| panel.year(year)).filter(|&year| any(year))
                })
                .collect();
            let Some(first) = years.iter().position(Option::is_some) else { return Ok(()) };
            let of = first..1 + years.iter().rposition(Option::is_some).unwrap_or(first);
            let text = |name: &str| table.read_some_interned(group, table.column(name)?, of.clone());
            let (product, exporter, importer) = (text("product")?, text("exporter")?, text("importer")?);
            let products: Vec<Option<usize>> = product.values.iter().map(|code| place(code)).collect();
            let [exporters, importers] = [&exporter, &importer]
                .map(|text| text.values.iter().map(|code| panel.country(code)).collect::<Vec<_>>());
            let mut value = Vec::with_capacity(of.len());
            table.read_number(group, table.column("value")?, of.start, of.len(), &mut value)?;
            let quantity = table.read_some_or_nan(group, table.column("quantity")?, of.clone())?;
            for (row, year) in years[of].iter().enumerate() {
                if let (Some(product), &Some(year), Some(exporter), Some(importer)) = (
                    products[product.rows[row] as usize],
                    year,
                    exporters[exporter.rows[row] as usize],
                    importers[importer.rows[row] as usize],
                ) && wanted(product, year)
                {
                    let quantity = Some(quantity[row]).filter(|q| !q.is_nan());
                    take(RunFlow { product, year, exporter, importer, value: value[row], quantity });
                }
            }
            Ok(())
        })?;
        Ok(true)
    }
}
