//! Where the columns of a trade file stand.

/// Where BACI's columns stand in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlowColumns {
    pub(super) year: usize,
    pub(super) exporter: usize,
    pub(super) importer: usize,
    pub(super) product: usize,
    pub(super) value: usize,
    pub(super) quantity: Option<usize>,
    pub(super) count: usize,
    pub(super) roles: [Role; MOST_COLUMNS],
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Year,
    Exporter,
    Importer,
    Product,
    Value,
    Quantity,
    Other,
}

pub(super) const MOST_COLUMNS: usize = 32;

impl FlowColumns {
    /// Finds the columns in a header line, in any order; long names are understood too.
    ///
    /// # Errors
    /// The name of the first column that is missing.
    pub fn find(header: &str) -> Result<Self, &'static str> {
        let names: Vec<String> = header
            .trim_start_matches('\u{feff}')
            .trim_end()
            .split(',')
            .map(|f| f.trim().trim_matches('"').to_ascii_lowercase())
            .collect();
        let find = |short: &'static str, long: &[&str]| {
            names.iter().position(|n| n == short || long.contains(&n.as_str())).ok_or(short)
        };
        if names.len() > MOST_COLUMNS {
            return Err("t");
        }
        let mut roles = [Role::Other; MOST_COLUMNS];
        let mut place = |role: Role, short: &'static str, long: &[&str]| {
            let column = find(short, long)?;
            roles[column] = role;
            Ok(column)
        };
        Ok(Self {
            year: place(Role::Year, "t", &["year"])?,
            exporter: place(Role::Exporter, "i", &["exporter"])?,
            importer: place(Role::Importer, "j", &["importer"])?,
            product: place(Role::Product, "k", &["product", "product_code", "hs6"])?,
            value: place(Role::Value, "v", &["value"])?,
            quantity: place(Role::Quantity, "q", &["quantity"]).ok(),
            count: names.len(),
            roles,
        })
    }
}
