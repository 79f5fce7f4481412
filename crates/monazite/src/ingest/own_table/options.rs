//! What a study or the command line says of a table of trade.

use std::collections::BTreeMap;

/// What a column can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ColumnRole {
    /// Calendar year.
    Year,
    /// Exporting country.
    Exporter,
    /// Importing country.
    Importer,
    /// The country that reports the trade.
    Reporter,
    /// The country that it trades with.
    Partner,
    /// Whether the reporter imports or exports.
    Flow,
    /// Product.
    Product,
    /// Value.
    Value,
    /// Quantity.
    Quantity,
}

impl ColumnRole {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Year,
        Self::Exporter,
        Self::Importer,
        Self::Reporter,
        Self::Partner,
        Self::Flow,
        Self::Product,
        Self::Value,
        Self::Quantity,
    ];

    /// Its key in `[data.columns]`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Exporter => "exporter",
            Self::Importer => "importer",
            Self::Reporter => "reporter",
            Self::Partner => "partner",
            Self::Flow => "flow",
            Self::Product => "product",
            Self::Value => "value",
            Self::Quantity => "quantity",
        }
    }

    /// The role with a key.
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }
}

/// Which column of a table is what, by name, where its header does not say it.
///
/// ```
/// use monazite::ingest::own_table::{ColumnMap, ColumnRole};
/// let columns = ColumnMap::new([(ColumnRole::Year, "jahr"), (ColumnRole::Value, "wert")])?;
/// assert_eq!(columns.get(ColumnRole::Value), Some("wert"));
/// assert!(ColumnMap::new([(ColumnRole::Year, "a"), (ColumnRole::Value, "a")]).is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMap(BTreeMap<ColumnRole, String>);

impl ColumnMap {
    /// Makes a map of pairs of role and name.
    ///
    /// # Errors
    /// In words, if a role or a name is there twice, a name is empty, or a table would have exporters and importers as well as reporters and partners.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (ColumnRole, &'a str)>) -> Result<Self, String> {
        let mut map: BTreeMap<ColumnRole, String> = BTreeMap::new();
        for (role, name) in pairs {
            let name = name.trim();
            if name.is_empty() {
                return Err(format!("{} has no name; give the name of a column", role.key()));
            }
            if let Some((other, _)) = map.iter().find(|(_, known)| *known == name) {
                return Err(format!(
                    "{} and {} are both '{name}'; a column is one thing",
                    other.key(),
                    role.key()
                ));
            }
            if let Some(known) = map.insert(role, name.to_owned()) {
                return Err(format!("{} is both '{known}' and '{name}'; give one of them", role.key()));
            }
        }
        let has = |role| map.contains_key(&role);
        if (has(ColumnRole::Exporter) || has(ColumnRole::Importer))
            && (has(ColumnRole::Reporter) || has(ColumnRole::Partner))
        {
            return Err("give exporter and importer, or reporter and partner, not both pairs".to_owned());
        }
        Ok(Self(map))
    }

    /// The name of the column with a role, if it was given.
    pub fn get(&self, role: ColumnRole) -> Option<&str> {
        self.0.get(&role).map(String::as_str)
    }

    /// Whether nothing was given.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Roles and names, in order.
    pub fn iter(&self) -> impl Iterator<Item = (ColumnRole, &str)> {
        self.0.iter().map(|(role, name)| (*role, name.as_str()))
    }
}

/// What values are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueUnit {
    /// USD.
    Usd,
    /// Thousand USD, as BACI has them.
    ThousandUsd,
    /// Million USD.
    MillionUsd,
}

impl ValueUnit {
    /// Its word in files.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::ThousandUsd => "thousand_usd",
            Self::MillionUsd => "million_usd",
        }
    }

    /// In words.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Usd => "USD",
            Self::ThousandUsd => "thousand USD",
            Self::MillionUsd => "million USD",
        }
    }

    /// A value of this unit in thousand USD, correctly rounded.
    pub fn in_thousand(self, value: f64) -> f64 {
        match self {
            Self::Usd => value / 1000.0,
            Self::ThousandUsd => value,
            Self::MillionUsd => value * 1000.0,
        }
    }
}

/// What quantities are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuantityUnit {
    /// Tonnes, as BACI has them.
    Tonnes,
    /// Kilograms.
    Kilograms,
}

impl QuantityUnit {
    /// Its word in files and in words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Tonnes => "tonnes",
            Self::Kilograms => "kilograms",
        }
    }

    /// A quantity of this unit in tonnes, correctly rounded.
    pub fn in_tonnes(self, quantity: f64) -> f64 {
        match self {
            Self::Tonnes => quantity,
            Self::Kilograms => quantity / 1000.0,
        }
    }
}

/// The direction in which a reporter trades.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FlowDirection {
    /// What importers report.
    Imports,
    /// What exporters report.
    Exports,
}

impl FlowDirection {
    /// Its word in files and in words.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Imports => "imports",
            Self::Exports => "exports",
        }
    }
}

/// What is said of a table of trade besides its header.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TableOptions {
    /// Which column is what.
    pub columns: ColumnMap,
    /// What values are counted in.
    pub unit: Option<ValueUnit>,
    /// What quantities are counted in.
    pub quantity_unit: Option<QuantityUnit>,
    /// Which of the directions is read, where there are both.
    pub flow: Option<FlowDirection>,
}

impl TableOptions {
    /// Whether nothing is said that BACI's own files do not say.
    pub fn is_silent(&self) -> bool {
        self.columns.is_empty()
            && matches!(self.unit, None | Some(ValueUnit::ThousandUsd))
            && matches!(self.quantity_unit, None | Some(QuantityUnit::Tonnes))
            && self.flow.is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_map_that_means_two_things_is_refused() {
        use ColumnRole::{Exporter, Importer, Reporter, Value, Year};
        let error = |pairs: &[(ColumnRole, &str)]| ColumnMap::new(pairs.iter().copied()).unwrap_err();
        assert_eq!(error(&[(Year, "a"), (Value, "a")]), "year and value are both 'a'; a column is one thing");
        assert_eq!(error(&[(Year, "a"), (Year, "b")]), "year is both 'a' and 'b'; give one of them");
        assert_eq!(error(&[(Year, " ")]), "year has no name; give the name of a column");
        assert!(error(&[(Exporter, "a"), (Reporter, "b")]).contains("not both pairs"));
        assert!(ColumnMap::new([(Exporter, "a"), (Importer, "b")]).is_ok());
    }

    #[test]
    fn units_are_one_correctly_rounded_step_apart() {
        assert_eq!(ValueUnit::Usd.in_thousand(60_500.0), 60.5);
        assert_eq!(ValueUnit::Usd.in_thousand(1.0), 0.001);
        assert_eq!(ValueUnit::MillionUsd.in_thousand(0.0605), 60.5);
        assert_eq!(QuantityUnit::Kilograms.in_tonnes(385_410.0), 385.41);
    }
}
