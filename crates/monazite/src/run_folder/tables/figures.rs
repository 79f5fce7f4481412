//! What the figures draw.

use super::keys::{
    CLUSTER, COUNTRY, DESCRIPTION, FEATURE, IMPORTER, INPUT, KIND, OUTPUT, PRODUCT, UNIT, USD, YEAR,
};
use super::regression::{ESTIMATE, P, PRESET, SAMPLE, SE, TERM, TRANSFORM, WINDOWS};
use crate::run_folder::table::{RunColumn, RunTable};

const NO_TYPOLOGY: Option<&str> = Some("there is no typology");

fn network_columns() -> Vec<RunColumn> {
    vec![
        UNIT,
        YEAR.meaning("year of the scores"),
        PRODUCT,
        DESCRIPTION,
        RunColumn::count("tier", "Tier", "tier"),
        RunColumn::number("size", "Size", "1/(1 + tier)").unit("of a seed").between(0.0, 1.0),
        RunColumn::number("composite", "Composite", "`pc1` of `indicators.parquet`, or of `groups.parquet`")
            .unit("standard deviations")
            .missing("as there"),
    ]
}

/// The production network.
pub const NETWORK: RunTable = RunTable {
    file: "figures/network.csv",
    title: "What the figure `network` draws, with `figures/network_links.csv`.",
    row: "a country of `figures.countries` and a product",
    not_written: Some("the chain has no links, or no score is defined in the year"),
    columns: network_columns,
};

/// The links of the network.
pub const NETWORK_LINKS: RunTable = RunTable {
    file: "figures/network_links.csv",
    title: "The links that were kept.",
    row: "a link that is kept",
    not_written: NETWORK.not_written,
    columns: || {
        vec![
            INPUT,
            OUTPUT,
            RunColumn::count("input_tier", "Tier of the input", "its tier"),
            RunColumn::count("output_tier", "Tier of the output", "its tier"),
        ]
    },
};

/// The network of one country.
pub const NETWORK_OF_COUNTRY: RunTable = RunTable {
    file: "figures/network_*.csv",
    title: "The rows of `figures/network.csv` of one country, which its own figure draws.",
    row: "a product",
    not_written: NETWORK.not_written,
    columns: network_columns,
};

/// The map of the typology.
pub const TYPOLOGY_MAP: RunTable = RunTable {
    file: "figures/typology_map{,_*}.csv",
    title: "What the figure `typology_map` draws, and the last panel of `network`.",
    row: "a country or group and year on the map",
    not_written: NO_TYPOLOGY,
    columns: || {
        vec![
            YEAR,
            UNIT,
            KIND,
            RunColumn::number("x", "x", "place on the map"),
            RunColumn::number("y", "y", "place on the map"),
            CLUSTER,
            RunColumn::boolean("path", "Path", "whether the path of the country over the years is drawn"),
        ]
    },
};

/// Histograms of the clusters.
pub const CLUSTER_PROFILES: RunTable = RunTable {
    file: "figures/cluster_profiles{,_*}.csv",
    title: "What the figure `cluster_profiles` draws, with `figures/cluster_words.csv`.",
    row: "a feature, cluster and bin",
    not_written: NO_TYPOLOGY,
    columns: || {
        let edge =
            |name, label, definition| RunColumn::number(name, label, definition).unit("as the feature");
        vec![
            FEATURE,
            CLUSTER,
            edge("bin_from", "Bin from", "lower edge"),
            edge("bin_to", "Bin to", "upper edge"),
            RunColumn::share("share", "Share", "share of the cluster's exports in the bin"),
        ]
    },
};

/// Members of the clusters.
pub const CLUSTER_WORDS: RunTable = RunTable {
    file: "figures/cluster_words.csv",
    title: "The members of the clusters as the figure `cluster_profiles` names them.",
    row: "a cluster and a member",
    not_written: NO_TYPOLOGY,
    columns: || {
        vec![
            CLUSTER,
            RunColumn::text("word", "Member", "name of a member"),
            RunColumn::number("exports", "Exports", "its exports over all years").unit(USD).at_least(0.0),
        ]
    },
};

/// Whose goods the largest importers buy.
pub const ORIGINS_FIGURE: RunTable = RunTable {
    file: "figures/origins{,_*}.csv",
    title: "What the figure `origins` draws.",
    row: "a product of the focus, six at most, one of its five largest importers, and a country that sells to it or made what it buys",
    not_written: Some("the run has no `origins.parquet`"),
    columns: || {
        vec![
            PRODUCT,
            YEAR,
            IMPORTER,
            RunColumn::share(
                "import_share",
                "Share in imports",
                "share of the importer in the imports of the world",
            ),
            RunColumn::number("crossings", "Borders crossed", "as in `origins.parquet`").at_least(1.0),
            COUNTRY,
            RunColumn::share("direct_share", "Direct share", "as in `origins.parquet`"),
            RunColumn::share("origin_share", "Origin share", "`share` of `origins.parquet`"),
            RunColumn::boolean(
                "coloured",
                "Coloured",
                "whether the country has a colour; the others are drawn as one",
            ),
        ]
    },
};

/// STR of the focus products over the years.
pub const STR_TRENDS: RunTable = RunTable {
    file: "figures/str_trends{,_*}.csv",
    title: "What the figure `str_trends` draws.",
    row: "a product of the focus, twelve at most, and a year",
    not_written: Some("the study has one year, or no product of the focus has STR in two"),
    columns: || {
        let only = |name, label, definition| {
            RunColumn::number(name, label, definition)
                .unit("as `str`")
                .missing("the decomposition has not begun, or a gap in the trade has ended it")
                .page("07-change-decomposition.md")
        };
        vec![
            PRODUCT,
            YEAR,
            RunColumn::number("str", "Mean STR, weighted", "mean STR over importers, weighted by imports")
                .unit("as `str`")
                .at_least(0.0)
                .missing("nobody imports"),
            only(
                "network_only",
                "Network only",
                "the same if only the network had changed since the first year",
            ),
            only("stability_only", "Stability only", "the same if only political stability had"),
            only("importers_only", "Importers only", "the same if only who imports had"),
            RunColumn::number(
                "str_mass_balance",
                "Mean mass-balanced STR, weighted",
                "mean mass-balanced STR over importers, weighted by imports",
            )
            .unit("as `str`")
            .at_least(0.0)
            .missing("nobody imports")
            .page("21-mass-balance.md"),
            RunColumn::boolean(
                "feedback_loop",
                "Feedback loop",
                "whether negligible imports create a feedback loop that lifts STR (`trickle_loops.csv`)",
            ),
            end("str_p05", "Mean STR, 5 %", "5 % of the draws of political stability are below"),
            end("str_p95", "Mean STR, 95 %", "95 % are below"),
            end(
                "str_mass_balance_p05",
                "Mean mass-balanced STR, 5 %",
                "5 % of the draws of political stability are below",
            ),
            end("str_mass_balance_p95", "Mean mass-balanced STR, 95 %", "95 % are below"),
        ]
    },
};

/// An end of a band that a figure shows.
const fn end(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    RunColumn::number(name, label, definition)
        .unit("as `str`")
        .missing("the run has no bands of it")
        .page("22-uncertainty.md")
}

/// The value under mass balance, beside STR and influence.
const MASS_BALANCE: RunColumn =
    RunColumn::number("mass_balance", "Mass-balanced", "the same under mass balance")
        .unit("of the indicator")
        .missing("it has none")
        .only_if("the indicator is `str` or `influence`")
        .page("21-mass-balance.md");

/// What a trend that was asked for draws.
pub const TREND: RunTable = RunTable {
    file: "figures/trend_*.csv",
    title: "What a trend that was asked for draws (`monazite report RUN --trend`).",
    row: "a line of it, and a year with a value",
    not_written: Some("nobody asked for one"),
    columns: || {
        vec![
            RunColumn::text("product", "Product", "HS6 code, `tier1` for the products of a tier, or `chain`"),
            RunColumn::text("country", "Country", "iso3, or code of a merged group")
                .missing("all countries together"),
            RunColumn::text("name", "Name", "what the line is called in the figure"),
            YEAR,
            RunColumn::number("value", "Value", "the indicator, or the share of the supplier"),
            RunColumn::boolean(
                "feedback_loop",
                "Feedback loop",
                "whether negligible imports create a feedback loop that moves the value (`trickle_loops.csv`)",
            ),
            MASS_BALANCE,
            asked_end("p05", "5 %", "5 % of the draws of political stability are below"),
            asked_end("p95", "95 %", "95 % are below"),
            asked_end(
                "mass_balance_p05",
                "Mass-balanced, 5 %",
                "5 % of the draws of political stability are below",
            ),
            asked_end("mass_balance_p95", "Mass-balanced, 95 %", "95 % are below"),
        ]
    },
};

/// An end of a band of what was asked for.
const fn asked_end(name: &'static str, label: &'static str, definition: &'static str) -> RunColumn {
    end(name, label, definition)
        .only_if("the indicator is `str` or `str_mass_balance`, and the run has bands of it")
}

/// Features of the clusters over the years.
pub const CLUSTER_TRENDS: RunTable = RunTable {
    file: "figures/cluster_trends{,_*}.csv",
    title: "What the figure `cluster_trends` draws, with `figures/cluster_trend_parts.csv`.",
    row: "a feature, cluster and year in which a country has a value",
    not_written: NO_TYPOLOGY,
    columns: || {
        vec![
            FEATURE,
            CLUSTER,
            YEAR,
            RunColumn::count("countries", "Countries", "countries behind the number"),
            RunColumn::number("mean", "Mean", "mean over the countries").unit("as the feature"),
            RunColumn::number("sd", "Standard deviation", "standard deviation")
                .unit("as the feature")
                .at_least(0.0),
        ]
    },
};

/// What moved the STR of the clusters.
pub const CLUSTER_TREND_PARTS: RunTable = RunTable {
    file: "figures/cluster_trend_parts.csv",
    title: "What moved the STR of the clusters, added up since the first year.",
    row: "a feature, cluster and year",
    not_written: Some("there is no typology, the study has one year, or `profile.weights` is `world_trade`"),
    columns: || {
        let part = |name, label, definition| RunColumn::number(name, label, definition).unit("as `str`");
        vec![
            FEATURE.meaning("`str_all` or `str_inputs`"),
            CLUSTER,
            YEAR,
            RunColumn::count(
                "countries",
                "Countries",
                "countries with a value in this year and the one before; 0 in the first year",
            ),
            part("network", "Network", "part that is due to the trade network"),
            part("stability", "Stability", "part that is due to political stability"),
            part(
                "mix",
                "Mix",
                "part that is due to which products the countries trade, those traded in one of two years included",
            ),
        ]
    },
};

/// The coefficients.
pub const COEFFICIENTS: RunTable = RunTable {
    file: "figures/coefficients{,_*}.csv",
    title: "What the figure `coefficients` draws.",
    row: "a preset and a coefficient",
    not_written: Some("there is no regression"),
    columns: || {
        let bound = |name, label, definition| {
            RunColumn::number(name, label, definition).unit("as `estimate`").missing("no standard error")
        };
        vec![
            PRESET,
            TERM,
            ESTIMATE,
            bound("ci_low", "Interval, low", "lower end of the interval"),
            bound("ci_high", "Interval, high", "upper end of the interval"),
        ]
    },
};

/// The specification curve.
pub const SPECIFICATION_CURVE: RunTable = RunTable {
    file: "figures/specification_curve{,_*}.csv",
    title: "What the figure `specification_curve` draws.",
    row: "an estimate of the sweep",
    not_written: Some("there is no regression, or no sweep"),
    columns: || {
        let mut columns = vec![
            TERM,
            TRANSFORM,
            RunColumn::whole("rank", "Rank", "place by rising estimate").at_least(1.0),
            ESTIMATE,
            SE,
            P,
        ];
        columns.extend(WINDOWS);
        columns.push(SAMPLE);
        columns
    },
};

/// A world map.
pub const WORLD_MAP: RunTable = RunTable {
    file: "figures/map_*.csv",
    title: "What a world map draws: `map_str` for STR in the last year, others as `monazite report` was asked for.",
    row: "a country; members of a merged group each have a row",
    not_written: Some("fewer than ten countries of the study are on the map"),
    columns: || {
        vec![
            UNIT.meaning("iso3"),
            RunColumn::text("name", "Name", "its name, or that of its group"),
            RunColumn::number("value", "Value", "the number that was asked for")
                .unit("of the indicator")
                .missing("the country has none"),
            MASS_BALANCE,
        ]
    },
};
