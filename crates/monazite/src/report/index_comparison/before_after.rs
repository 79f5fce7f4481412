//! What happened after trade measures, in the words of the comparison page: from the estimates of the run, where it has them.

use crate::delimited::{Row, Table};
use crate::plain_text::capitalised;
use crate::run::{Run, RunError};
use crate::run_folder::tables::BEFORE_AFTER;

/// What is told, in this order: as the table names it, and in words.
const TOLD: [[&str; 2]; 6] = [
    ["unit_value", "unit value"],
    ["imports", "imports"],
    ["tonnes", "tonnes"],
    ["export_hhi", "export HHI"],
    ["str_mass_balance", "mass-balanced STR"],
    ["str_full", "full STR"],
];

/// Sentences on each measure; on how to ask for one where the run has none.
pub(super) fn sentences(run: &Run) -> Result<Vec<String>, RunError> {
    let Some(table) = run.table(BEFORE_AFTER.file)? else {
        return Ok(vec![
            "This run has no comparison of before and after. Name who was treated, and when, in a table: monazite event RUN --table FILE, or [event] in the study."
                .to_owned(),
        ]);
    };
    Ok(of_table(&table)?)
}

/// The columns that are told.
struct Columns {
    measure: usize,
    date: usize,
    outcome: usize,
    years: [usize; 4],
    compared: [usize; 2],
    estimate: usize,
    p: usize,
}

fn of_table(table: &Table) -> Result<Vec<String>, crate::delimited::TableError> {
    let column = |name: &str| table.require(&[name]);
    let columns = Columns {
        measure: column("measure")?,
        date: column("date")?,
        outcome: column("outcome")?,
        years: [column("pre_first")?, column("pre_last")?, column("post_first")?, column("post_last")?],
        compared: [column("treated")?, column("controls")?],
        estimate: column("estimate")?,
        p: column("p")?,
    };
    // A window follows the one before; the first of a measure is the nearest.
    let window = |row: &Row| columns.years.map(|at| row.get(at).to_owned());
    let case = |row: &Row| [columns.measure, columns.date].map(|at| row.get(at).to_owned());
    let mut said: Vec<String> = Vec::new();
    let mut told: Vec<([String; 2], [String; 4])> = Vec::new();
    for row in &table.rows {
        let of = (case(row), window(row));
        if told.contains(&of) {
            continue;
        }
        let rows: Vec<&Row> = table.rows.iter().filter(|other| (case(other), window(other)) == of).collect();
        said.push(sentence(&rows, &of, &columns));
        told.push(of);
    }
    if !said.is_empty() {
        said.push(
            "An estimate is the mean change of the treated products minus that of the others, in logarithms for imports, tonnes and unit values. With its p it says whether \
             they moved apart at the date, not why; years, placebos and figure are in the report under Before and after."
                .to_owned(),
        );
    }
    Ok(said)
}

fn sentence(rows: &[&Row], (case, years): &([String; 2], [String; 4]), columns: &Columns) -> String {
    let numbers = TOLD.iter().filter_map(|[outcome, words]| {
        let row = rows.iter().find(|row| row.get(columns.outcome) == *outcome)?;
        let estimate: f64 = row.get(columns.estimate).parse().ok()?;
        let p = row.get(columns.p).parse::<f64>();
        let p = p.map_or_else(|_| "p undefined".to_owned(), |p| format!("p {p:.3}"));
        Some(format!("{words} {estimate:+.2} ({p})"))
    });
    let numbers: Vec<String> = numbers.collect();
    let span = |from: &str, to: &str| if from == to { from.to_owned() } else { format!("{from}–{to}") };
    let compared = rows.first().map(|row| columns.compared.map(|at| row.get(at).to_owned()));
    let [treated, controls] = compared.unwrap_or_default();
    format!(
        "{}, {}: {treated} treated products against {controls} others, {} after {}: {}.",
        capitalised(&case[0]),
        case[1],
        span(&years[2], &years[3]),
        span(&years[0], &years[1]),
        numbers.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_measure_is_told_with_what_moved() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("estimates.csv");
        let text = "measure,date,outcome,pre_first,pre_last,post_first,post_last,treated,controls,estimate,p\n\
                    quota,2010,imports,2007,2009,2010,2011,3,68,0.664,0.004\n\
                    quota,2010,unit_value,2007,2009,2010,2011,3,68,0.914,0.0061\n\
                    quota,2010,export_hhi,2007,2009,2013,2014,3,68,-0.2,\n";
        std::fs::write(&path, text).unwrap();
        let said = of_table(&Table::read(&path).unwrap()).unwrap();
        assert_eq!(
            said[..2],
            [
                "Quota, 2010: 3 treated products against 68 others, 2010–2011 after 2007–2009: unit value +0.91 (p 0.006), imports +0.66 (p 0.004).",
                "Quota, 2010: 3 treated products against 68 others, 2013–2014 after 2007–2009: export HHI -0.20 (p undefined)."
            ]
        );
        assert_eq!(said.len(), 3);
    }
}
