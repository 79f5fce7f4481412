//! The format of the run folder.

use crate::trade::signature::Signature;

/// The format of a run folder, in its manifest.
///
/// Raise it by one in every change that adds, drops, renames or moves a table, a column or a key of the manifest, or gives one another
/// kind, unit or meaning, so that no program reads a folder of which it knows something else; write the change into `CHANGELOG.md`. What a
/// program of one version writes is read by programs of the same format only; for any other, the study is run again. Folders without the key
/// are of format 1.
///
/// | format | since |
/// |---|---|
/// | 1 | the first runs |
/// | 2 | whole numbers of Parquet files are int32; `schema.json`; `format` in the manifest; groups have every indicator; `largest_supplier_share`; `regression/checks.csv`, and what a coefficient is and its interval in the tables of the regression |
/// | 3 | the last line of the manifest is its checksum; `flows.parquet`; a row group is a product |
/// | 4 | `tables` in the manifest: what tables of total exports, shares of re-exports and inhabitants the run was made from |
/// | 5 | the account of the import has the value of rows that were added up, rows that a conversion added (`added_by_conversion`), national tariff lines and further reasons; `trade.licence`; `trade.extract`; `lists.csv` |
/// | 6 | `not_judged` in `regression/signs.csv`; levels compared with another reference say so in their names (`cluster 2 (against 0)`); `group_inputs.csv`; `figures/str_trends` |
/// | 7 | `str_mass_balance`, `influence_mass_balance`, `import_content` in `indicators.parquet` and `groups.parquet`, `str_full` where STR has another import content; mass balance in `trends.csv` and `decomposition.parquet`; origins; bands of uncertainty |
/// | 8 | `shock_suppliers.parquet`, `shock_losses.parquet`, `shock_products.csv`, `diversification.csv`; `trickles` in `product_years.csv` |
/// | 9 | `indices.parquet`, `figures/index_correlations`; `world_market.csv`; before and after trade measures: `before_after/*.csv`, `figures/before_after`, `before_after` in the manifest |
pub const RUN_FORMAT: u32 = 9;

/// The last line of `manifest.toml` and of the journal of a commit.
pub(super) const SIGNATURE: Signature = Signature("# SHA-256 of everything above: ");
