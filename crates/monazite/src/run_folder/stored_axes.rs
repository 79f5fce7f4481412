//! The axes of a stored panel and the small tables behind them: countries, products with their inputs, the composite.

use std::collections::BTreeMap;

use super::error::FolderError;
use super::files::RunFiles;
use crate::delimited::TableError;
use crate::nomenclature::Hs6;

/// Why a run folder cannot be read back.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoredPanelError {
    /// The folder or its large table.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A small table of the run.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The folder has no table of indicators.
    #[error("{folder}: there is no {file} in it; run the study into it first")]
    Incomplete {
        /// The folder.
        folder: String,
        /// The missing file.
        file: &'static str,
    },
    /// Two rows for the same product, year and country.
    #[error("{file}: {product} {year} {country} stands there twice; the file was not written by monazite")]
    Repeated {
        /// The file.
        file: String,
        /// The product.
        product: String,
        /// The year.
        year: i32,
        /// The country.
        country: String,
    },
}

/// A country, or a merged group, of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredCountry {
    /// iso3, or the code of the group.
    pub code: String,
    /// Name for people; the code if the folder does not say.
    pub name: String,
    /// Whether it is a group of countries merged into one.
    pub group: bool,
}

/// A product of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredProduct {
    /// The code.
    pub code: Hs6,
    /// Its text; empty if it is not in the chain.
    pub description: String,
    /// Its tier; `None` if it is not in the chain.
    pub tier: Option<u8>,
    /// Positions of its direct inputs among the products of the panel.
    pub inputs: Vec<usize>,
}

/// Mean, standard deviation and loading of exposure, HHI and STR in the composite.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StoredComposite {
    /// Means.
    pub mean: [f64; 3],
    /// Standard deviations.
    pub sd: [f64; 3],
    /// Loadings.
    pub loading: [f64; 3],
    /// Share of the variance that the first component carries.
    pub explained_variance: f64,
}

/// Tiers and texts from `nodes.csv`, inputs from the links of `edges.csv` that were kept.
pub(super) fn read_chain(files: &RunFiles, products: &mut [StoredProduct]) -> Result<(), StoredPanelError> {
    let place: BTreeMap<String, usize> =
        products.iter().enumerate().map(|(at, p)| (p.code.to_string(), at)).collect();
    let table = files.table("chain/nodes.csv")?;
    let (product, text, tier) =
        (table.require(&["product"])?, table.require(&["description"])?, table.require(&["tier"])?);
    for row in &table.rows {
        let Some(&at) = place.get(row.get(product)) else { continue };
        row.get(text).clone_into(&mut products[at].description);
        let value = row
            .get(tier)
            .parse()
            .map_err(|_| table.field_error(row, tier, format!("'{}' is not a tier", row.get(tier))))?;
        products[at].tier = Some(value);
    }
    let Some(table) = files.table_if_there("chain/edges.csv")? else { return Ok(()) };
    let (input, output, kept) =
        (table.require(&["input"])?, table.require(&["output"])?, table.require(&["kept"])?);
    for row in table.rows.iter().filter(|row| row.get(kept) == "true") {
        if let (Some(&from), Some(&to)) = (place.get(row.get(input)), place.get(row.get(output))) {
            products[to].inputs.push(from);
        }
    }
    for product in products {
        product.inputs.sort_unstable();
        product.inputs.dedup();
    }
    Ok(())
}

pub(super) fn read_countries(
    files: &RunFiles,
    codes: &[String],
) -> Result<Vec<StoredCountry>, StoredPanelError> {
    let mut known = BTreeMap::new();
    if let Some(table) = files.table_if_there("countries.csv")? {
        let [code, name, kind] =
            [table.require(&["country"])?, table.require(&["name"])?, table.require(&["kind"])?];
        for row in &table.rows {
            let merged = row.get(kind) == "merged";
            known.insert(row.get(code).to_owned(), (row.get(name).to_owned(), merged));
        }
    }
    Ok(codes
        .iter()
        .map(|code| {
            let (name, group) = known.remove(code).unwrap_or_else(|| (code.clone(), false));
            StoredCountry { code: code.clone(), name, group }
        })
        .collect())
}

pub(super) fn read_composite(files: &RunFiles) -> Result<Option<StoredComposite>, StoredPanelError> {
    let Some(table) = files.table_if_there("composite.csv")? else { return Ok(None) };
    let number = |row: usize, name: &str| -> Result<f64, StoredPanelError> {
        let column = table.require(&[name])?;
        let Some(row) = table.rows.get(row) else {
            return Err(TableError::Empty { file: table.file.clone() }.into());
        };
        Ok(table.number(row, column)?)
    };
    let three = |name: &str| -> Result<[f64; 3], StoredPanelError> {
        Ok([number(0, name)?, number(1, name)?, number(2, name)?])
    };
    Ok(Some(StoredComposite {
        mean: three("mean")?,
        sd: three("sd")?,
        loading: three("loading")?,
        explained_variance: number(0, "explained_variance")?,
    }))
}
