//! The keys of `manifest.toml`, with what they mean. A test compares the list with what [`super::Manifest`] writes.

/// What the value of a key is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Text.
    Text,
    /// A whole number.
    Whole,
    /// A number.
    Number,
    /// `true` or `false`.
    Boolean,
    /// A list of texts.
    Texts,
    /// Two whole numbers.
    TwoWhole,
    /// A table of keys.
    Table,
    /// A list of tables of keys.
    Tables,
}

impl KeyKind {
    /// Its name in the documentation.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Whole => "whole number",
            Self::Number => "number",
            Self::Boolean => "true or false",
            Self::Texts => "list of texts",
            Self::TwoWhole => "two whole numbers",
            Self::Table => "table",
            Self::Tables => "list of tables",
        }
    }
}

/// One key of the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ManifestKey {
    /// Its name, with those of the tables that it stands in: `trade.import.rows_read`.
    pub name: &'static str,
    /// What its value is.
    pub kind: KeyKind,
    /// What it means, in one line.
    pub definition: &'static str,
    /// When it is not there; `None` if it always is.
    pub missing: Option<&'static str>,
}

const fn key(name: &'static str, kind: KeyKind, definition: &'static str) -> ManifestKey {
    ManifestKey { name, kind, definition, missing: None }
}

const fn option(
    name: &'static str,
    kind: KeyKind,
    definition: &'static str,
    missing: &'static str,
) -> ManifestKey {
    ManifestKey { name, kind, definition, missing: Some(missing) }
}

use KeyKind::{Boolean, Number, Table, Tables, Text, Texts, TwoWhole, Whole};

/// All keys, in the order of the documentation. A key comes after the table that it stands in.
pub const MANIFEST_KEYS: &[ManifestKey] = &[
    key("format", Whole, "format of the run folder; a program refuses a run of another one"),
    key("skipped", Tables, "each stage that had nothing to work on"),
    key("skipped.stage", Text, "its name"),
    key("skipped.reason", Text, "why"),
    key("notes", Texts, "sentences that a reader of the results should know"),
    key("program", Table, "the program"),
    key("program.name", Text, "`monazite`"),
    key("program.version", Text, "version"),
    key("program.commit", Text, "commit the program was built from; ends in `-dirty` if there were changes"),
    key("study", Table, "the study"),
    key("study.name", Text, "name of the study"),
    key("study.sha256", Text, "checksum of `study.toml`"),
    key("study.random_seed", Whole, "seed of everything random"),
    key("study.seeds", Texts, "seed codes"),
    key("study.first_year", Whole, "first year"),
    key("study.last_year", Whole, "last year"),
    key("study.years", Whole, "number of years"),
    key("study.products", Whole, "number of products"),
    key("study.countries", Whole, "number of countries and groups"),
    key("trade", Table, "the trade data"),
    key(
        "trade.source",
        Text,
        "`CEPII BACI`, whose data they are as the study says it (`data.source`), or that they are synthetic",
    ),
    option(
        "trade.licence",
        Text,
        "licence of data that are not CEPII's, as the study says it",
        "of CEPII's data, and where the study does not say it",
    ),
    key("trade.edition", Text, "HS edition; empty if not known"),
    key("trade.baci_version", Text, "BACI version; empty if not known"),
    key("trade.flows", Whole, "flows of the study's products and years"),
    key("trade.value", Number, "their value, thousand USD"),
    key("trade.flows_outside_years", Whole, "flows of the store in other years (all products)"),
    key("trade.value_outside_years", Number, "their value, thousand USD"),
    key("trade.import", Table, "account of the import"),
    key("trade.import.rows_read", Whole, "data rows read"),
    key(
        "trade.import.rows_kept",
        Whole,
        "flows kept; rows_read + added_by_conversion = rows_kept + duplicates + all rows left out",
    ),
    key("trade.import.value_kept", Number, "their value, thousand USD"),
    key(
        "trade.import.duplicates",
        Whole,
        "rows added to another row of the same year, exporter, importer and product",
    ),
    option("trade.import.duplicates_value", Number, "their value, thousand USD", "where there are none"),
    option(
        "trade.import.national_lines",
        Whole,
        "rows of national tariff lines of eight or ten digits, counted under their first six",
        "where there are none",
    ),
    key("trade.import.former_states", Whole, "rows of a former state, counted under its successor"),
    key("trade.import.quantity_missing", Whole, "flows without a quantity"),
    key("trade.import.padded_codes", Whole, "product codes that got their leading zero back"),
    key("trade.import.dropped", Tables, "each reason for leaving rows out"),
    key(
        "trade.import.dropped.reason",
        Text,
        "`self_trade`, `zero_value`, `unknown_country`, `aggregate`, `product_sum`, `part_of_total`, `other_flow`, `reexport` or `missing_value`",
    ),
    key("trade.import.dropped.rows", Whole, "number of rows"),
    key("trade.import.dropped.value", Number, "their value, thousand USD"),
    option(
        "trade.import.added_by_conversion",
        Whole,
        "rows that came of splitting rows over several codes of another edition; they stand on the side of rows_read",
        "without conversion of editions",
    ),
    option("trade.extract", Table, "what the trade is an extract of", "if it is the trade of the world"),
    key("trade.extract.holds", Text, "which trade it holds, such as `all imports of DEU`"),
    key("trade.extract.years", Text, "the years that are extracts"),
    key("trade.extract.said", Boolean, "whether the study says so; otherwise the trade looks like it"),
    key("trade.extract.left_out", Text, "what is left out for it"),
    key("trade.inputs", Tables, "each file of the release"),
    key("trade.inputs.name", Text, "name without folders"),
    key("trade.inputs.role", Text, "`flows`, `country_codes` or `product_codes`"),
    key("trade.inputs.bytes", Whole, "size"),
    key("trade.inputs.sha256", Text, "checksum"),
    key("trade.taken_out", Table, "trade that options of the study take out, over all products and years"),
    key("trade.taken_out.within_groups", Number, "trade within merged groups, thousand USD"),
    key("trade.taken_out.without_stability", Number, "trade of suppliers without PV, thousand USD"),
    key("trade.taken_out.outside_country_set", Number, "trade outside the balanced set, thousand USD"),
    key(
        "trade.taken_out.trickles",
        Number,
        "imports below a share of the same country's exports, thousand USD",
    ),
    key("trade.taken_out.traced_reexports", Number, "re-exports moved to where they come from, thousand USD"),
    key("stability", Table, "political stability"),
    key("stability.vintage", Text, "layout and years of the Governance Indicators"),
    key("stability.file", Text, "name of the file"),
    key("stability.sha256", Text, "checksum"),
    key("stability.measure", Text, "the series"),
    key(
        "stability.never_covered",
        Texts,
        "countries that the indicators never cover, with the rule that gave them a value",
    ),
    key("stability.imputed", Tables, "each year of the study"),
    key("stability.imputed.year", Whole, "the year"),
    key("stability.imputed.share", Number, "the share of import value whose supplier's PV is imputed"),
    key("tables", Tables, "each further table that the study names"),
    key(
        "tables.key",
        Text,
        "key of the study that names it: `data.totals`, `trade.reexport_shares`, `chain.population`",
    ),
    key("tables.name", Text, "name without folders"),
    key("tables.sha256", Text, "checksum"),
    key("chain", Table, "the value chain"),
    key("chain.products", Whole, "products of the chain"),
    key("chain.links", Whole, "links"),
    key("chain.dropped", Whole, "links left out"),
    key("chain.deepest_tier", Whole, "deepest tier"),
    key("chain.proposed", Whole, "links that the sources propose"),
    option("chain.test", Table, "the test of links on trade", "links are not tested"),
    key("chain.test.first_year", Whole, "first year of the trade that links were tested on"),
    key("chain.test.last_year", Whole, "last year"),
    key("chain.test.observations", Whole, "countries, or country-years, of the correlation"),
    key("chain.test.links", Whole, "links tested"),
    key("chain.test.null_outputs", Whole, "outputs in the null"),
    key("chain.sources", Tables, "each file that links come from"),
    key("chain.sources.name", Text, "its name"),
    key("chain.sources.kind", Text, "edge list, candidates, published network or overrides"),
    key("chain.sources.rows", Whole, "rows"),
    key("chain.sources.links", Whole, "links it proposes"),
    option("chain.sources.runs", Whole, "runs of a file with votes", "the file has no votes"),
    key("chain.sources.sha256", Text, "checksum of its content"),
    option("indices", Table, "the indices that others publish", "there are none; `skipped` says why"),
    key("indices.computed", Texts, "which ones"),
    key("indices.products", Whole, "products with indices"),
    key("indices.product_years", Whole, "their product-years"),
    key("indices.rows", Whole, "rows of `indices.parquet`"),
    key("indices.notes", Texts, "sentences that a reader of them should know"),
    option("shocks", Table, "scenarios and chokepoints", "there are none; `skipped` says why"),
    key("shocks.scenarios", Texts, "names of the scenarios"),
    key("shocks.scenario_years", Whole, "scenarios times base years"),
    key("shocks.scanned", Whole, "product-years whose suppliers were scanned"),
    key("shocks.suppliers", Whole, "suppliers in all of them"),
    key("shocks.notes", Texts, "sentences that a reader of them should know"),
    option(
        "before_after",
        Table,
        "before and after trade measures",
        "the study has no table of them (`event.table`), or `skipped` says why",
    ),
    key("before_after.cases", Whole, "measures of one name that begin in one year"),
    key("before_after.treated", Whole, "treated products, over all of them"),
    key("before_after.estimates", Whole, "estimates"),
    key("before_after.notes", Texts, "sentences that a reader of them should know"),
    option("uncertainty", Table, "the bands of uncertainty", "there are none; `skipped` says why"),
    key("uncertainty.draws", Whole, "draws of political stability"),
    key("uncertainty.seed", Text, "seed of the draws"),
    key("uncertainty.readings", Texts, "the readings of STR that have bands"),
    key("uncertainty.products", Whole, "products with bands"),
    key("uncertainty.product_years", Whole, "product-years with bands"),
    key(
        "uncertainty.without_standard_error",
        Whole,
        "country-years of the Governance Indicators without a standard error, which have the median of their year",
    ),
    key("uncertainty.eliminated", Whole, "draws of product-years that were solved by elimination"),
    key("uncertainty.notes", Texts, "sentences that a reader of the bands should know"),
    option("typology", Table, "the typology", "there is none; `skipped` says why"),
    key("typology.rows", Whole, "country-years on the map"),
    key("typology.features", Whole, "features of a profile that were used"),
    key("typology.features_left_out", Texts, "features without variation or values"),
    key("typology.rows_left_out", Whole, "country-years that miss too many features"),
    key("typology.filled", Whole, "missing features that were filled"),
    key("typology.groups", Texts, "groups placed on the map"),
    key("typology.neighbours", Whole, "neighbours of a row, itself counted"),
    key(
        "typology.own_neighbours",
        Number,
        "share of a row's neighbours that are the same country in other years",
    ),
    key("typology.min_dist", Number, "how close rows may come on the map"),
    key("typology.seed", Text, "seed of the map"),
    key("typology.components", Whole, "parts of the neighbourhood graph"),
    key("typology.detail", Text, "level of detail"),
    key("typology.clusters", Whole, "clusters"),
    key("typology.outliers", Whole, "country-years without a cluster"),
    key("typology.repetitions", Whole, "times it was made again"),
    option("typology.agreement", Number, "median adjusted Rand index with these", "it was not made again"),
    key("typology.trust", Text, "`stable`, `doubtful`, `not_to_be_trusted` or `unknown`"),
    key("typology.verdict", Text, "the same in words"),
    key("typology.reasons", Texts, "why, one sentence each"),
    key("typology.notes", Texts, "what a reader should know"),
    option("regression", Table, "the regression", "there is none; `skipped` says why"),
    key("regression.baseline", TwoWhole, "first and last year of the baseline window"),
    key("regression.projection", TwoWhole, "first and last year of the projection window"),
    key("regression.covariance", Text, "standard errors that are reported"),
    key("regression.rca_basis", Text, "what comparative advantage is relative to"),
    key("regression.clusters", Boolean, "whether the run has a typology whose clusters could be controls"),
    key("regression.sweep_fits", Whole, "regressions of the sweep"),
    key("regression.sweep_failures", Whole, "those that could not be run; `regression/not_run.csv` says why"),
    key("regression.notes", Texts, "what a reader should know"),
    key("regression.presets", Tables, "each column of the table"),
    key("regression.presets.name", Text, "scale and sample"),
    key("regression.presets.rows", Whole, "rows"),
    key("regression.presets.parameters", Whole, "coefficients"),
    option("regression.presets.r2", Number, "share of the variance explained", "the outcome does not vary"),
    key(
        "regression.presets.signs_judged",
        Whole,
        "of the paper's thirteen statements on signs, those that can be judged",
    ),
    key("regression.presets.signs_as_in_paper", Whole, "those that hold"),
    key("indicators", Table, "the indicators"),
    key("indicators.product_years", Whole, "product-years with trade"),
    key("indicators.rows", Whole, "rows of `indicators.parquet`"),
    key("indicators.rca_basis", Text, "where the totals behind RCA come from"),
    key("indicators.composite_rows", Whole, "rows the composite was fitted on; 0 if it could not be"),
    key("indicators.clamped_product_years", Whole, "product-years whose network was singular"),
    key("indicators.trickle_loops", Whole, "rows of `trickle_loops.csv`"),
    option(
        "indicators.origins_left_out",
        Number,
        "share of the imports behind `origins.parquet` whose origin is in no row, since each is below `indicators.min_contribution`",
        "there is no `origins.parquet`",
    ),
    option(
        "indicators.without_origin",
        Whole,
        "importers, by product-year, without origins, since they buy in a circle of countries that make nothing",
        "there is no `origins.parquet`",
    ),
    key("files", Tables, "each file of the run, without the manifest itself"),
    key("files.name", Text, "name within the folder"),
    key("files.bytes", Whole, "size"),
    key("files.sha256", Text, "checksum"),
    option(
        "files.on_request",
        Boolean,
        "whether it was made on request, after the run",
        "it was made by the run",
    ),
    key("timing", Table, "how long it took; the only part of a run that differs from run to run"),
    key("timing.threads", Whole, "threads used"),
    key("timing.stages", Tables, "each stage"),
    key("timing.stages.stage", Text, "its name"),
    key("timing.stages.seconds", Number, "wall time"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::run_folder::Manifest;
    use crate::run_folder::manifest::tests::{full, without_options};

    /// The keys that a manifest writes.
    fn written(manifest: &Manifest) -> BTreeMap<String, KeyKind> {
        let mut keys = BTreeMap::new();
        let table: toml::Table = toml::from_str(&manifest.to_toml()).unwrap();
        collect(&table, "", &mut keys);
        keys
    }

    fn collect(table: &toml::Table, prefix: &str, keys: &mut BTreeMap<String, KeyKind>) {
        for (key, value) in table {
            let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
            let kind = match value {
                toml::Value::String(_) => Text,
                toml::Value::Integer(_) => Whole,
                toml::Value::Float(_) => Number,
                toml::Value::Boolean(_) => Boolean,
                toml::Value::Table(inner) => {
                    collect(inner, &name, keys);
                    Table
                }
                toml::Value::Array(items) => match items.first() {
                    Some(toml::Value::String(_)) => Texts,
                    Some(toml::Value::Integer(_)) if items.len() == 2 => TwoWhole,
                    Some(toml::Value::Table(_)) => {
                        for item in items {
                            collect(item.as_table().unwrap(), &name, keys);
                        }
                        Tables
                    }
                    other => panic!("{name}: {other:?}"),
                },
                toml::Value::Datetime(_) => panic!("{name}"),
            };
            keys.insert(name, kind);
        }
    }

    #[test]
    fn the_list_is_what_a_manifest_writes() {
        let described: BTreeMap<String, KeyKind> =
            MANIFEST_KEYS.iter().map(|key| (key.name.to_owned(), key.kind)).collect();
        assert_eq!(described.len(), MANIFEST_KEYS.len(), "a key stands there twice");
        assert_eq!(described, written(&full()));
        // What goes with the options is what may be missing, with all that stands in it.
        let least = written(&without_options());
        let may_go = |name: &str| {
            MANIFEST_KEYS.iter().any(|key| {
                key.missing.is_some() && (name == key.name || name.starts_with(&format!("{}.", key.name)))
            })
        };
        for key in MANIFEST_KEYS {
            assert_eq!(!least.contains_key(key.name), may_go(key.name), "{}", key.name);
        }
        for (at, key) in MANIFEST_KEYS.iter().enumerate() {
            if let Some((parent, _)) = key.name.rsplit_once('.') {
                let parent = MANIFEST_KEYS[..at].iter().find(|k| k.name == parent).unwrap();
                assert!(matches!(parent.kind, Table | Tables), "{}", key.name);
            }
        }
    }
}
