//! What experts force into a network or keep out of it, each with a name and a reason.

use std::collections::BTreeMap;

use super::candidates::{code, refuse_self_loop};
use super::error::ChainError;
use crate::delimited::Table;
use crate::nomenclature::Hs6;

/// What an expert wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The link is in, whatever votes and tests say.
    Force,
    /// The link is out.
    Forbid,
}

/// One decision of an expert.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// What is wanted.
    pub action: Action,
    /// Why.
    pub reason: String,
    /// Who says so.
    pub name: String,
    /// Line of the file.
    pub line: u64,
}

/// Decisions of experts by link.
pub type Overrides = BTreeMap<(Hs6, Hs6), Override>;

/// Reads overrides from a table with the columns `input`, `output`, `action` (`force` or `forbid`), `reason` and `name`.
///
/// # Errors
/// [`ChainError::Table`] with the line if a column is missing, a code is not six digits, an action is neither of the two, a
/// reason or a name is empty, a link stands twice, or a link leads from a product to itself.
pub fn parse_overrides(table: &Table) -> Result<Overrides, ChainError> {
    let input = table.require(&["input"])?;
    let output = table.require(&["output"])?;
    let action = table.require(&["action"])?;
    let reason = table.require(&["reason"])?;
    let name = table.require(&["name"])?;
    let mut overrides = Overrides::new();
    for row in &table.rows {
        let link = (code(table, row, input)?, code(table, row, output)?);
        refuse_self_loop(table, row, output, link)?;
        let wanted = match row.get(action) {
            "force" => Action::Force,
            "forbid" => Action::Forbid,
            other => {
                let message = format!("'{other}' is neither force nor forbid");
                return Err(table.field_error(row, action, message).into());
            }
        };
        for (column, what) in [(reason, "a reason"), (name, "the name of who decided")] {
            if row.get(column).is_empty() {
                let message = format!("is empty; an override needs {what}");
                return Err(table.field_error(row, column, message).into());
            }
        }
        let decision = Override {
            action: wanted,
            reason: row.get(reason).to_owned(),
            name: row.get(name).to_owned(),
            line: row.line,
        };
        if let Some(first) = overrides.insert(link, decision) {
            let message = format!("{} -> {} is decided on line {} already", link.0, link.1, first.line);
            return Err(table.field_error(row, output, message).into());
        }
    }
    Ok(overrides)
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "input,output,action,reason,name\n";

    fn parse(rows: &str) -> Result<Overrides, ChainError> {
        parse_overrides(&Table::parse(format!("{HEADER}{rows}").as_bytes(), "overrides.csv").unwrap())
    }

    #[test]
    fn decisions_carry_name_and_reason() {
        let overrides =
            parse("284690,850511,forbid,through the metal,A. Smith\n280530,850511,force,NdFeB,A. Smith\n")
                .unwrap();
        let first = overrides.values().next().unwrap();
        assert_eq!((first.action, first.name.as_str(), first.line), (Action::Force, "A. Smith", 3));
    }

    #[test]
    fn errors_name_file_line_and_value() {
        let error = |rows: &str| parse(rows).unwrap_err().to_string();
        assert_eq!(
            error("284690,850511,keep,x,y\n"),
            "overrides.csv:2: column action: 'keep' is neither force nor forbid"
        );
        assert_eq!(
            error("284690,850511,force,,y\n"),
            "overrides.csv:2: column reason: is empty; an override needs a reason"
        );
        assert_eq!(
            error("284690,850511,force,x,\n"),
            "overrides.csv:2: column name: is empty; an override needs the name of who decided"
        );
        assert_eq!(
            error("284690,850511,force,x,y\n284690,850511,forbid,x,y\n"),
            "overrides.csv:3: column output: 284690 -> 850511 is decided on line 2 already"
        );
        assert_eq!(
            error("850511,850511,force,x,y\n"),
            "overrides.csv:2: column output: 850511 is listed as an input of itself; remove the line"
        );
        assert_eq!(
            error("84690,850511,force,x,y\n"),
            "overrides.csv:2: column input: '84690' has 5 digits; HS6 codes have six (a leading zero may be lost)"
        );
    }
}
