//! The comparison as csv, with the columns of the tables of a run.

use super::comparison::{BeforeAfter, CaseResult};
use super::measures::PolicyMeasures;
use super::publication::{to_latex, to_markdown};
use crate::run_folder::tables::{
    BEFORE_AFTER, BEFORE_AFTER_MEASURES, BEFORE_AFTER_PATH, BEFORE_AFTER_PLACEBOS, BEFORE_AFTER_PRODUCTS,
};
use crate::run_folder::{CsvTable, StoredPanel, cell};

/// A file with results.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultFile {
    /// Its name within a run folder.
    pub name: &'static str,
    /// What it holds.
    pub content: Vec<u8>,
}

impl ResultFile {
    /// Its name without the folder.
    pub fn short_name(&self) -> &'static str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }
}

/// All tables of a comparison: csv, and the table for publication in Markdown and LaTeX.
pub fn files_of(found: &BeforeAfter, measures: &PolicyMeasures, panel: &StoredPanel) -> Vec<ResultFile> {
    vec![
        ResultFile { name: BEFORE_AFTER_MEASURES.file, content: measures_of(measures).bytes() },
        ResultFile { name: BEFORE_AFTER.file, content: estimates(found).bytes() },
        ResultFile { name: BEFORE_AFTER_PATH.file, content: paths(found).bytes() },
        ResultFile { name: BEFORE_AFTER_PLACEBOS.file, content: placebos(found, panel).bytes() },
        ResultFile { name: BEFORE_AFTER_PRODUCTS.file, content: products(found, panel).bytes() },
        ResultFile { name: "before_after/table.md", content: to_markdown(found, panel).into_bytes() },
        ResultFile { name: "before_after/table.tex", content: to_latex(found, panel).into_bytes() },
    ]
}

fn measures_of(measures: &PolicyMeasures) -> CsvTable {
    let mut table = CsvTable::of(&BEFORE_AFTER_MEASURES);
    for row in &measures.rows {
        table.row(&[
            row.product.to_string(),
            row.exporter.clone(),
            row.from.to_string(),
            row.to.map_or_else(String::new, |to| to.to_string()),
            row.measure.clone(),
        ]);
    }
    table
}

fn head(of: &CaseResult) -> [String; 2] {
    [of.case.measure.clone(), of.case.date.to_string()]
}

fn estimates(found: &BeforeAfter) -> CsvTable {
    let mut table = CsvTable::of(&BEFORE_AFTER);
    for of in &found.cases {
        for row in &of.estimates {
            let [measure, date] = head(of);
            table.row(&[
                measure,
                date,
                row.outcome.name().to_owned(),
                row.pre[0].to_string(),
                row.pre[1].to_string(),
                row.post[0].to_string(),
                row.post[1].to_string(),
                row.treated.to_string(),
                row.controls.to_string(),
                row.rows.to_string(),
                row.changes[0].to_string(),
                row.changes[1].to_string(),
                row.estimate.to_string(),
                cell(row.standard_error),
                cell(row.p_clustered),
                cell(row.p_bootstrap),
                row.p_permutation.to_string(),
                if row.all_subsets { "all" } else { "drawn" }.to_owned(),
                row.subsets.to_string(),
                cell(row.p()),
                if row.is_by_permutation() { "permutation" } else { "clustered" }.to_owned(),
            ]);
        }
    }
    table
}

fn paths(found: &BeforeAfter) -> CsvTable {
    let mut table = CsvTable::of(&BEFORE_AFTER_PATH);
    for of in &found.cases {
        for point in &of.path {
            let [measure, date] = head(of);
            table.row(&[
                measure,
                date,
                point.outcome.name().to_owned(),
                point.year.to_string(),
                (i32::from(point.year) - i32::from(of.case.date)).to_string(),
                of.case.is_in_force(point.year).to_string(),
                point.estimate.to_string(),
                cell(point.standard_error),
                cell(point.p_clustered),
                cell(point.p_permutation),
                point.cloud[0].to_string(),
                point.cloud[1].to_string(),
            ]);
        }
    }
    table
}

fn placebos(found: &BeforeAfter, panel: &StoredPanel) -> CsvTable {
    let mut table = CsvTable::of(&BEFORE_AFTER_PLACEBOS);
    for of in &found.cases {
        for placebo in &of.placebos {
            let [measure, date] = head(of);
            table.row(&[
                measure,
                date,
                placebo.outcome.name().to_owned(),
                if placebo.product.is_some() { "control" } else { "date" }.to_owned(),
                placebo.date.to_string(),
                placebo.product.map_or_else(String::new, |p| panel.products[p].code.to_string()),
                placebo.estimate.to_string(),
                cell(placebo.p_permutation),
                placebo.touches.to_string(),
            ]);
        }
    }
    table
}

fn products(found: &BeforeAfter, panel: &StoredPanel) -> CsvTable {
    let mut table = CsvTable::of(&BEFORE_AFTER_PRODUCTS);
    for of in &found.cases {
        let case = &of.case;
        for product in 0..panel.products.len() {
            let mut cells: Vec<String> = head(of).to_vec();
            cells.push(panel.products[product].code.to_string());
            let none = String::new;
            if let Some(treated) = case.treated.iter().find(|t| t.product == product) {
                let exporters: Vec<&str> =
                    treated.exporters.iter().map(|&c| panel.countries[c].code.as_str()).collect();
                cells.extend([
                    "treated".to_owned(),
                    exporters.join(" "),
                    cell(treated.share),
                    treated.remark.clone(),
                ]);
            } else if let Some(left_out) = case.no_controls.iter().find(|n| n.product == product) {
                cells.extend(["left out".to_owned(), none(), none(), left_out.reason.clone()]);
            } else if of.compared.binary_search(&product).is_ok() {
                cells.extend(["control".to_owned(), none(), none(), none()]);
            } else {
                let reason = "no outcome that is compared is there in every year";
                cells.extend(["left out".to_owned(), none(), none(), reason.to_owned()]);
            }
            table.row(&cells);
        }
    }
    table
}
