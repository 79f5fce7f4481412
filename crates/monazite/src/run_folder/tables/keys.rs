//! Columns that say what a row is about; the same wherever they stand.

use crate::run_folder::table::RunColumn;

pub(super) const YEAR: RunColumn = RunColumn::whole("year", "Year", "calendar year");
pub(super) const PRODUCT: RunColumn = RunColumn::text("product", "Product", "HS6 code");
pub(super) const COUNTRY: RunColumn =
    RunColumn::text("country", "Country", "iso3, or code of a merged group");
/// A country, or any group.
pub(super) const UNIT: RunColumn = RunColumn::text("country", "Country", "iso3, or code of a group");
pub(super) const KIND: RunColumn = RunColumn::text(
    "kind",
    "Kind",
    "country, merged (members became one before anything was computed) or group (a mean of members)",
)
.one_of(&["country", "merged", "group"]);
pub(super) const NAME: RunColumn = RunColumn::text("name", "Name", "its name");
pub(super) const IMPORTER: RunColumn = COUNTRY.named("importer", "Importer");
pub(super) const EXPORTER: RunColumn = COUNTRY.named("exporter", "Exporter");
pub(super) const SUPPLIER: RunColumn = COUNTRY.named("supplier", "Supplier");
pub(super) const DESCRIPTION: RunColumn =
    RunColumn::text("description", "Description", "text of the release's product table")
        .missing("the release has none");
pub(super) const INPUT: RunColumn = RunColumn::text("input", "Input", "HS6 code of what goes in");
pub(super) const OUTPUT: RunColumn = RunColumn::text("output", "Output", "HS6 code of what comes out");
pub(super) const CLUSTER: RunColumn =
    RunColumn::count("cluster", "Cluster", "number of the cluster; 0 are the outliers");
pub(super) const FEATURE: RunColumn = RunColumn::text("feature", "Feature", "feature of the profile");

pub(super) const USD: &str = "thousand USD";
/// What is money by value and weight by quantity.
pub(super) const TRADE: &str = "thousand USD (tonnes by quantity)";
