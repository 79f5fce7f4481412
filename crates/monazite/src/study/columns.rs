//! `[data.columns]`: which column of a table of trade is what.

use toml::de::DeValue;

use super::parameter::{Parameter, quoted};
use super::sections::DataSection;
use crate::ingest::own_table::{ColumnMap, ColumnRole, TableOptions};

impl Parameter for ColumnMap {
    fn expects() -> String {
        "a table such as { year = \"refYear\", value = \"primaryValue\" }".to_owned()
    }

    fn read(value: &DeValue<'_>) -> Result<Self, String> {
        let DeValue::Table(table) = value else { return Err(format!("this is not {}", Self::expects())) };
        let mut pairs = Vec::new();
        for (key, name) in table.iter() {
            let key = key.get_ref();
            let Some(role) = ColumnRole::from_key(key) else {
                let known: Vec<&str> = ColumnRole::ALL.iter().map(|role| role.key()).collect();
                return Err(format!(
                    "'{key}' is nothing that a column can be; there are: {}",
                    known.join(", ")
                ));
            };
            pairs.push((role, String::read(name.get_ref())?));
        }
        if pairs.is_empty() {
            return Err("it says of no column what it is; take it out, or name a column".to_owned());
        }
        Self::new(pairs.iter().map(|(role, name)| (*role, name.as_str())))
    }

    fn show(&self) -> Option<String> {
        let pairs: Vec<String> =
            self.iter().map(|(role, name)| format!("{} = {}", role.key(), quoted(name))).collect();
        (!pairs.is_empty()).then(|| format!("{{ {} }}", pairs.join(", ")))
    }
}

impl DataSection {
    /// What the study says of its table of trade besides the header.
    pub fn table_options(&self) -> TableOptions {
        TableOptions {
            columns: self.columns.clone().unwrap_or_default(),
            unit: self.unit,
            quantity_unit: self.quantity_unit,
            flow: self.flow,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::whole::Study;
    use super::*;

    const BEGIN: &str = "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"t.csv\"\ngovernance = \"pv.csv\"\n";

    #[test]
    fn columns_are_named_in_a_section_or_in_a_line_and_come_back() {
        let section = format!("{BEGIN}[data.columns]\nyear = \"Jahr\"\nvalue = \"Wert (USD)\"\n");
        let line = format!("{BEGIN}columns = {{ value = \"Wert (USD)\", year = \"Jahr\" }}\n");
        let (one, none) = Study::parse(&section, Path::new("s.toml"));
        assert_eq!(none, []);
        let (two, _) = Study::parse(&line, Path::new("s.toml"));
        assert_eq!((one.hash(), one.data.table_options()), (two.hash(), two.data.table_options()));
        let columns = one.data.columns.clone().unwrap();
        assert_eq!(
            (columns.get(ColumnRole::Year), columns.get(ColumnRole::Value)),
            (Some("Jahr"), Some("Wert (USD)"))
        );
        let (again, none) = Study::parse(&one.to_toml(), Path::new("s.toml"));
        assert_eq!((again, none.len()), (one, 0));
    }

    #[test]
    fn a_map_that_cannot_be_is_refused_with_its_line() {
        let problem = |columns: &str| {
            let (_, problems) = Study::parse(&format!("{BEGIN}columns = {columns}\n"), Path::new("s.toml"));
            problems[0].to_string()
        };
        assert_eq!(
            problem("{ jahr = \"a\" }"),
            "line 6: data.columns: 'jahr' is nothing that a column can be; there are: year, exporter, importer, reporter, partner, flow, product, value, quantity"
        );
        assert_eq!(
            problem("{ year = \"a\", value = \"a\" }"),
            "line 6: data.columns: value and year are both 'a'; a column is one thing"
        );
        assert!(problem("{ exporter = \"a\", partner = \"b\" }").contains("not both pairs"));
        assert!(problem("{}").contains("of no column"));
        assert!(problem("3").contains("this is not a table such as"));
    }
}
