//! All suppliers of all importers, with their shares: made of the flows that the indicators rest on.

use std::collections::HashMap;

use super::ExportError;
use super::values::{Batch, Values, each_batch};
use crate::columnar::interned::InternedText;
use crate::progress::Progress;
use crate::run::Run;
use crate::run_folder::tables::FLOWS;
use crate::run_folder::{ColumnKind, RunColumn, RunTable};
use crate::study::TradeMeasure;

/// Every supplier of every importer. No file of a run: it is made of `flows.parquet` while it is exported.
pub const SHARES: RunTable = RunTable {
    file: "shares.parquet",
    title: "All suppliers of every importer.",
    row: "an importer and one of its suppliers, for every product and year; the largest supplier first",
    not_written: Some("the run has no flows.parquet"),
    columns: || {
        let flow = |name: &str| FLOWS.column(name).expect("a column of the flows");
        vec![
            RunColumn::whole("year", "Year", "calendar year"),
            RunColumn::text("product", "Product", "HS6 code"),
            RunColumn::text("importer", "Importer", "iso3, or code of a merged group"),
            RunColumn::text("supplier", "Supplier", "iso3, or code of a merged group"),
            RunColumn::count("rank", "Rank", "1 for the largest; equal shares in the order of the codes"),
            RunColumn::share(
                "share",
                "Share",
                "share of the supplier in the importer's imports; by quantity if the study measures trade so",
            )
            .missing("measured by quantity, and there is no plausible quantity"),
            flow("value"),
            flow("quantity"),
        ]
    },
};

/// One flow.
struct Supply {
    supplier: u32,
    value: f64,
    quantity: f64,
}

/// Gives all rows of [`SHARES`] to `take`, a product at a time.
pub(super) fn each_product(
    run: &Run,
    products: &dyn Fn(&str) -> bool,
    progress: &dyn Progress,
    take: &mut dyn FnMut(&Batch) -> Result<(), ExportError>,
) -> Result<(), ExportError> {
    let by_quantity = run.study().trade.measure == TradeMeasure::Quantity;
    let wanted: Vec<(String, ColumnKind)> =
        (FLOWS.columns)().iter().map(|c| (c.name.to_owned(), c.kind)).collect();
    let mut pending = Pending::default();
    each_batch(run, FLOWS.file, &wanted, progress, &mut |batch| {
        let [
            Values::Whole(years),
            Values::Text(product),
            Values::Text(exporter),
            Values::Text(importer),
            Values::Number(value),
            Values::Number(quantity),
        ] = &batch.columns[..]
        else {
            unreachable!("kinds of the columns of the flows are fixed");
        };
        let wanted: Vec<bool> = product.values.iter().map(|code| products(code)).collect();
        for row in 0..batch.rows {
            let code = product.rows[row] as usize;
            if !wanted[code] {
                continue;
            }
            if pending.product != product.values[code] {
                pending.give(by_quantity, take)?;
                pending.product.clone_from(&product.values[code]);
            }
            let supplier = pending.code(&exporter.values[exporter.rows[row] as usize]);
            let importer = pending.code(&importer.values[importer.rows[row] as usize]);
            let supply = Supply { supplier, value: value[row], quantity: quantity[row] };
            pending.flows.entry((years[row].unwrap_or_default(), importer)).or_default().push(supply);
        }
        Ok(())
    })?;
    pending.give(by_quantity, take)
}

/// The flows of a product that has not been given away yet.
#[derive(Default)]
struct Pending {
    product: String,
    codes: Vec<String>,
    positions: HashMap<String, u32>,
    flows: HashMap<(i64, u32), Vec<Supply>>,
}

impl Pending {
    fn code(&mut self, code: &str) -> u32 {
        if let Some(&at) = self.positions.get(code) {
            return at;
        }
        let at = self.codes.len() as u32;
        self.codes.push(code.to_owned());
        self.positions.insert(code.to_owned(), at);
        at
    }

    fn give(
        &mut self,
        by_quantity: bool,
        take: &mut dyn FnMut(&Batch) -> Result<(), ExportError>,
    ) -> Result<(), ExportError> {
        if self.flows.is_empty() {
            return Ok(());
        }
        let mut groups: Vec<((i64, u32), Vec<Supply>)> = self.flows.drain().collect();
        groups
            .sort_by(|a, b| (a.0.0, &self.codes[a.0.1 as usize]).cmp(&(b.0.0, &self.codes[b.0.1 as usize])));
        let measured = |s: &Supply| if by_quantity { s.quantity } else { s.value };
        let (mut years, mut importers, mut suppliers, mut ranks) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let (mut shares, mut values, mut quantities) = (Vec::new(), Vec::new(), Vec::new());
        for ((year, importer), mut supplies) in groups {
            // In the order of the codes, as the matrix adds them up.
            supplies.sort_by(|a, b| self.codes[a.supplier as usize].cmp(&self.codes[b.supplier as usize]));
            let total: f64 = supplies.iter().map(measured).filter(|v| !v.is_nan()).sum();
            // Those without a quantity come last.
            supplies.sort_by(|a, b| {
                measured(a).is_nan().cmp(&measured(b).is_nan()).then(measured(b).total_cmp(&measured(a)))
            });
            for (rank, supply) in supplies.iter().enumerate() {
                years.push(Some(year));
                importers.push(importer);
                suppliers.push(supply.supplier);
                ranks.push(Some(rank as i64 + 1));
                shares.push(if total > 0.0 { measured(supply) / total } else { f64::NAN });
                values.push(supply.value);
                quantities.push(supply.quantity);
            }
        }
        let rows = years.len();
        let text = |rows: Vec<u32>| Values::Text(InternedText { values: self.codes.clone(), rows });
        let product = InternedText { values: vec![self.product.clone()], rows: vec![0; rows] };
        let columns = vec![
            Values::Whole(years),
            Values::Text(product),
            text(importers),
            text(suppliers),
            Values::Whole(ranks),
            Values::Number(shares),
            Values::Number(values),
            Values::Number(quantities),
        ];
        take(&Batch { rows, columns })
    }
}
