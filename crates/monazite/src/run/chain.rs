//! The value chain of a run, as its tables have it.

use std::collections::BTreeMap;

use super::RunError;
use super::files::{each_group, years};
use crate::run_folder::RunFiles;

/// A product of the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChainProduct {
    /// HS6 code.
    pub code: String,
    /// Its text; empty if the data have none.
    pub text: String,
    /// Its tier.
    pub tier: u8,
}

/// Products and kept links of the chain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ChainTables {
    /// By tier, then code.
    pub products: Vec<ChainProduct>,
    /// Positions of input and output, ascending.
    pub links: Vec<[usize; 2]>,
}

impl ChainTables {
    /// Positions of the inputs of a product, ascending.
    pub fn inputs_of(&self, product: usize) -> impl Iterator<Item = usize> {
        self.links.iter().filter(move |link| link[1] == product).map(|link| link[0])
    }

    pub(super) fn read(files: &RunFiles) -> Result<Self, RunError> {
        const NODES: &str = "chain/nodes.csv";
        let Some(table) = files.table_if_there(NODES)? else {
            let folder = files.name();
            return Err(RunError::Missing { folder, file: NODES.to_owned() });
        };
        let (code, text, tier) =
            (table.require(&["product"])?, table.require(&["description"])?, table.require(&["tier"])?);
        let mut chain = Self::default();
        for row in &table.rows {
            let tier = row
                .get(tier)
                .parse()
                .map_err(|_| table.field_error(row, tier, format!("'{}' is not a tier", row.get(tier))))?;
            let (code, text) = (row.get(code).to_owned(), row.get(text).to_owned());
            chain.products.push(ChainProduct { code, text, tier });
        }
        chain.products.sort_by(|a, b| a.tier.cmp(&b.tier).then(a.code.cmp(&b.code)));
        let Some(table) = files.table_if_there("chain/edges.csv")? else { return Ok(chain) };
        let place: BTreeMap<&str, usize> =
            chain.products.iter().enumerate().map(|(at, p)| (p.code.as_str(), at)).collect();
        let (input, output, kept) =
            (table.require(&["input"])?, table.require(&["output"])?, table.require(&["kept"])?);
        let mut links = Vec::new();
        for row in table.rows.iter().filter(|row| row.get(kept) == "true") {
            if let (Some(&from), Some(&to)) = (place.get(row.get(input)), place.get(row.get(output))) {
                links.push([from, to]);
            }
        }
        links.sort_unstable();
        links.dedup();
        chain.links = links;
        Ok(chain)
    }
}

/// Composite score of a group in a year, by product of the chain.
pub(super) fn composites_of_group(
    files: &RunFiles,
    group: &str,
    year: u16,
    products: &[ChainProduct],
) -> Result<Vec<Option<f64>>, RunError> {
    let mut found = vec![None; products.len()];
    let place: BTreeMap<&str, usize> =
        products.iter().enumerate().map(|(at, p)| (p.code.as_str(), at)).collect();
    each_group(files, "groups.parquet", |table, part, rows| {
        let text = |name: &str| table.read_interned(part, table.column(name)?);
        let (of, product) = (text("group")?, text("product")?);
        let years = years(table, part, rows)?;
        let scores = table.read_number_or_nan(part, table.column("pc1")?)?;
        for row in 0..rows {
            if years[row] == i32::from(year) && of.values[of.rows[row] as usize] == group {
                let code = product.values[product.rows[row] as usize].as_str();
                if let Some(&at) = place.get(code) {
                    found[at] = Some(scores[row]).filter(|score| !score.is_nan());
                }
            }
        }
        Ok(())
    })?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_stand_by_tier_and_only_kept_links_count() {
        let folder = tempfile::tempdir().unwrap();
        let files = RunFiles::folder(folder.path());
        let error = ChainTables::read(&files).unwrap_err().to_string();
        assert!(error.contains("there is no chain/nodes.csv in it"), "{error}");
        std::fs::create_dir(folder.path().join("chain")).unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("chain/nodes.csv", "product,description,tier\n850511,Magnets,1\n284690,Compounds,0\n");
        let alone = ChainTables::read(&files).unwrap();
        assert_eq!(alone.products[0].code, "284690");
        assert!(alone.links.is_empty());
        write("chain/edges.csv", "input,output,kept\n284690,850511,true\n850511,284690,false\n");
        let chain = ChainTables::read(&files).unwrap();
        assert_eq!(chain.inputs_of(1).collect::<Vec<_>>(), [0]);
        assert_eq!(chain.inputs_of(0).count(), 0);
    }
}
