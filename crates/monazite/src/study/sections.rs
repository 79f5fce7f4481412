//! The sections of the study file: every parameter with its default and its documentation, in one place.

use std::path::PathBuf;

use super::fields::section;
use super::parameter::{Groups, ProductSelection, choice};
use crate::indicators::ImportContent;
use crate::indicators::composite::CompositeScaling;
use crate::indicators::concentration::ZeroImports;
use crate::indicators::influence::InfluenceMeasure;
use crate::indicators::systemic_risk::{Identity, Orientation, Reliance};
use crate::ingest::governance::{GovernanceMeasure, MissingStability};
use crate::ingest::own_table::{ColumnMap, FlowDirection, QuantityUnit, ValueUnit};
use crate::ingest::{ShortCodes, UnknownCountry};
use crate::nomenclature::YearRange;
use crate::nomenclature::{Hs6, HsEdition};
use crate::value_chain::CyclePolicy;
use crate::value_chain::significance::{Control, CountriesLeftOut, NullModel, Observations, TradeScale};

section! {
    /// `[study]`: the question.
    StudySection["study"] {
        " Name of the study, as the report shows it." name: String = String::new();
        " The material in words." material: String = String::new();
        " The question the study answers, one sentence." question: String = String::new();
        " Seed codes: the products at tier 0 of the value chain." seeds: Vec<Hs6> = Vec::new();
        " What to compute: the products of the chain, all products in the data, or these and the chain." products: ProductSelection = ProductSelection::Chain;
        " Products that the report looks at closely; the seeds if empty." focus: Vec<Hs6> = Vec::new();
        " First and last year; all years in the data if left out." years: Option<YearRange> = None;
        " Seed of everything that draws random numbers." random_seed: u64 = 20_250_801;
    }
}

section! {
    /// `[data]`: the files. Paths are relative to the study file.
    DataSection["data"] {
        " BACI release as downloaded (zip, folder or csv), another table of trade, or a store made by `monazite import`." trade: PathBuf = PathBuf::new();
        " Where the store made from a release is kept; beside the release if left out." store: Option<PathBuf> = None;
        " HS edition of the release, where its file names do not say it." edition: Option<HsEdition> = None;
        " BACI version of the release, where its file names do not say it." baci_version: Option<String> = None;
        " Carry the trade over to this edition with conversion weights." convert_to: Option<HsEdition> = None;
        " Which column of a trade table that is not BACI's is what, as `[data.columns]` or in one line: year, exporter and importer (or reporter, partner and flow), product, value, quantity. What is given takes the place of what the header says." columns: Option<ColumnMap> = None;
        " What values of a trade table are counted in, where its header does not say it." unit: Option<ValueUnit> = None;
        " What quantities of a trade table are counted in, where its header does not say it." quantity_unit: Option<QuantityUnit> = None;
        " Which reports of trade are read, those of importers or those of exporters, where a table has both." flow: Option<FlowDirection> = None;
        " Whose data these are, in words: cited in place of CEPII." source: Option<String> = None;
        " Licence of the data, in words, where they are not CEPII's." licence: Option<String> = None;
        " World Bank Governance Indicators in any official layout; one vintage." governance: PathBuf = PathBuf::new();
        " Total exports by country and year (year, iso3, exports in thousand USD), for RCA where the trade data do not hold all products." totals: Option<PathBuf> = None;
        " Whether the trade is an extract, such as all that two countries export, and not that of the world: then what takes the trade of the world is left out. Left out: found from the data." extract: Option<bool> = None;
        " A country code the release does not know: stop, or leave the row out and count it." unknown_country: UnknownCountry = UnknownCountry::Refuse;
        " A product code of fewer than six digits: stop, or put the lost zeros back and count the row." short_codes: ShortCodes = ShortCodes::Refuse;
    }
}

section! {
    /// `[stability]`: political stability PV, from 0 to 100.
    StabilitySection["stability"] {
        " The series: percentile rank, estimate mapped to 0-100, or the 0-100 score of the 2025 edition." measure: GovernanceMeasure = GovernanceMeasure::PercentileRank;
        " For territories never covered: 50, leave them out as suppliers, mean of the sub-region, or the parent state's." missing: MissingStability = MissingStability::Fifty;
        " Use the PV of this year for all years." fixed_year: Option<u16> = None;
    }
}

/// What trade is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TradeMeasure {
    /// Thousand USD (default).
    #[default]
    Value,
    /// Tonnes, for product-years in which nearly all trade has a quantity.
    Quantity,
}

/// Which countries enter the trade matrix of a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CountrySet {
    /// All that trade the product in the year (default).
    #[default]
    All,
    /// Only those that import the product in every year of the study, so that chains end for the same
    /// countries in all years.
    Balanced,
}

section! {
    /// `[trade]`: how the trade matrix is made.
    TradeSection["trade"] {
        " Measure trade by value or by quantity." measure: TradeMeasure = TradeMeasure::Value;
        " By quantity: share of a product-year's value that must have a quantity; others are left undefined." min_quantity_coverage: f64 = 0.95;
        " Countries in the matrix: all, or those that import the product in every year." country_set: CountrySet = CountrySet::All;
        " Countries whose imports and exports of a product together stay below this (thousand USD) get no indicators; their trade stays in the matrix." min_trade: f64 = 0.0;
        " Take a country's imports of a product out of the matrix where they are below this share of its exports of it, as 0.01; 0 takes out nothing. A diagnostic of negligible imports, and a cliff: what lies just below counts nothing, what lies just above in full." remove_trickles_below: f64 = 0.0;
        " Countries to merge into one before anything is computed; trade among them is removed. The first member lends its stability." merge: Groups = Groups::new();
        " Table with the share of re-exports in the exports of entrepots (iso3, reexport_share); these are traced to where the entrepot buys." reexport_shares: Option<PathBuf> = None;
        " Entrepots; the report says what share of all influence passes through them." hubs: Vec<String> = ["HKG", "SGP", "NLD", "BEL", "ARE"].map(String::from).to_vec();
    }
}

/// Which products' exports are the universe of comparative advantage.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RcaUniverse {
    /// All products: from the data if they hold all, else from the table of totals (default).
    #[default]
    All,
    /// The products of the study only.
    NetworkOnly,
}

/// For which products an output is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Coverage {
    /// None.
    None,
    /// The focus products.
    Focus,
    /// All products of the study.
    #[default]
    All,
}

section! {
    /// `[indicators]`: the options of every indicator.
    IndicatorSection["indicators"] {
        " STR sums over suppliers (importer), or over importers as the formula is printed in the paper." orientation: Orientation = Orientation::Importer;
        " Keep the identity in STR, so that 1 means no risk, or report STR - 1." identity: Identity = Identity::Keep;
        " Damping of each step of a chain, above 0 and at most 1." damping: f64 = 1.0;
        " Import content of exports behind STR and influence: full (the paper: importers pass on everything), mass_balance (at most what can be in their exports), exposure, production (a table), or none (suppliers only). The mass-balanced number is written beside it in every run." import_content: ImportContent = ImportContent::Full;
        " Table of production (product, year, iso3, production) for import_content = \"production\", in the unit of trade.measure; where it has no row, mass balance." production: Option<PathBuf> = None;
        " HHI of a country without imports: undefined, or 0." zero_imports_hhi: ZeroImports = ZeroImports::Undefined;
        " How influence is put into one number." influence: InfluenceMeasure = InfluenceMeasure::Sum;
        " Instability of every supplier in influence = \"pv_free\"." pv_free_alpha: f64 = 0.5;
        " Universe of products of RCA." rca_universe: RcaUniverse = RcaUniverse::All;
        " Years over which comparative strength is judged; all if left out. A baseline window avoids using outcome years." strength_window: Option<YearRange> = None;
        " Also report trade risk = import reliance x STR, with reliance taken as net imports or as exposure." trade_risk: Option<Reliance> = None;
        " Scaling of the composite: z-scores, or centred only." composite_scaling: CompositeScaling = CompositeScaling::ZScore;
        " Fit the composite on years up to this one; all if left out." composite_fit_until: Option<u16> = None;
        " Split changes of STR into network and stability, and of mass-balanced STR into shares, stability and import content, for: all products, the focus products, or none." decomposition: Coverage = Coverage::All;
        " List every importer's dependence on every supplier, and whose goods it buys in the end, for: all products, the focus products, or none." dependencies: Coverage = Coverage::Focus;
        " Leave dependencies below this contribution to STR, and origins below this share, out of the lists." min_contribution: f64 = 0.001;
    }
}

/// What the test of links on trade is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TestUse {
    /// Links have to pass it.
    #[default]
    Require,
    /// Its results are reported; no link is dropped for them.
    Report,
    /// It is not made.
    Off,
}

section! {
    /// `[chain]`: the value chain.
    ChainSection["chain"] {
        " Edge lists (input, output, source), one link a line, written by hand. Without any source, the chain is the seeds." edges: Vec<PathBuf> = Vec::new();
        " Candidates files (run, input, output, score): links named by the runs of a language model, or by anything else that votes." candidates: Vec<PathBuf> = Vec::new();
        " Published networks between HS4 headings or HS6 codes, such as AIPNET; headings stand for all of their codes." networks: Vec<PathBuf> = Vec::new();
        " Decisions of experts (input, output, action, reason, name): force or forbid a link; they are applied last." overrides: Option<PathBuf> = None;
        " HS edition of the codes in these files; it has to be that of the trade, but for published networks, which are converted." edition: Option<HsEdition> = None;
        " Leave out candidates, and links of published networks, whose score is below this." min_score: Option<f64> = None;
        " Runs that have to name a candidate." votes: u64 = 6;
        " The test on trade: links have to pass it, it is reported only, or off. Left out: off for edge lists alone, else they have to pass." test: Option<TestUse> = None;
        " Z that a link needs." z_threshold: f64 = 1.96;
        " Keep links up to this false discovery rate (Benjamini and Hochberg) instead of by Z." fdr: Option<f64> = None;
        " Observations of the correlation: countries with their trade summed over the years, the mean over years, or country-years stacked." sample: Observations = Observations::Summed;
        " Trade in thousand USD as it is, as ln(1 + value), as shares in the country's trade (as in RCA), as (RCA - 1) / (RCA + 1), or a person." transform: TradeScale = TradeScale::Raw;
        " Hold the country's size constant (partial correlation), or nothing." control: Control = Control::None;
        " Leave out the largest importer of the input, or each country in turn (jackknife: the smallest correlation counts), or none." leave_out: CountriesLeftOut = CountriesLeftOut::None;
        " Leave out countries whose imports and exports of all products together stay below this (thousand USD)." min_country_trade: f64 = 0.0;
        " Table of inhabitants (year, iso3, population), for transform = \"per_capita\"." population: Option<PathBuf> = None;
        " First and last year of the trade that links are tested on; the years of the study if left out." test_years: Option<YearRange> = None;
        " The null: the same input with all other outputs, or with outputs drawn at random." null: NullModel = NullModel::Exhaustive;
        " Draws for each link, for null = \"drawn\"." n_perm: u64 = 1000;
        " Working memory of the test in MB, beside the trade itself." memory_mb: u64 = 256;
        " What to do with a link that closes a cycle: reject the list, drop the weakest link (greedy), or keep links to the next tier only (tiered). Left out: reject for edge lists alone, else greedy." cycles: Option<CyclePolicy> = None;
    }
}

section! {
    /// `[output]`: the run folder.
    OutputSection["output"] {
        " Compression of Parquet files, level of zstd from 1 to 22: 3 makes them 3 % smaller than 1 and takes a sixth more CPU time for a whole run of tables." compression_level: i32 = 1;
        " Write the adjusted trade that the indicators are computed from (`flows.parquet`). Left out: for studies of up to 300 products." flows: Option<bool> = None;
    }
}

choice!(UnknownCountry { "refuse" => UnknownCountry::Refuse, "drop" => UnknownCountry::Drop });
choice!(ShortCodes { "refuse" => ShortCodes::Refuse, "pad" => ShortCodes::Pad });
choice!(ValueUnit {
    "usd" => ValueUnit::Usd,
    "thousand_usd" => ValueUnit::ThousandUsd,
    "million_usd" => ValueUnit::MillionUsd,
});
choice!(QuantityUnit { "tonnes" => QuantityUnit::Tonnes, "kilograms" => QuantityUnit::Kilograms });
choice!(FlowDirection { "imports" => FlowDirection::Imports, "exports" => FlowDirection::Exports });
choice!(GovernanceMeasure {
    "percentile_rank" => GovernanceMeasure::PercentileRank,
    "estimate" => GovernanceMeasure::Estimate,
    "score" => GovernanceMeasure::Score,
});
choice!(MissingStability {
    "fifty" => MissingStability::Fifty,
    "drop_supplier" => MissingStability::DropSupplier,
    "region_mean" => MissingStability::RegionMean,
    "parent_state" => MissingStability::ParentState,
});
choice!(TradeMeasure { "value" => TradeMeasure::Value, "quantity" => TradeMeasure::Quantity });
choice!(CountrySet { "all" => CountrySet::All, "balanced" => CountrySet::Balanced });
choice!(Orientation { "importer" => Orientation::Importer, "as_printed" => Orientation::AsPrinted });
choice!(Identity { "keep" => Identity::Keep, "excess" => Identity::Excess });
choice!(ImportContent {
    "full" => ImportContent::Full,
    "mass_balance" => ImportContent::MassBalance,
    "exposure" => ImportContent::Exposure,
    "production" => ImportContent::Production,
    "none" => ImportContent::None,
});
choice!(ZeroImports { "undefined" => ZeroImports::Undefined, "zero" => ZeroImports::Zero });
choice!(InfluenceMeasure {
    "sum" => InfluenceMeasure::Sum,
    "mean" => InfluenceMeasure::Mean,
    "import_weighted" => InfluenceMeasure::ImportWeighted,
    "share" => InfluenceMeasure::Share,
    "extraction" => InfluenceMeasure::Extraction,
    "pv_free" => InfluenceMeasure::PvFree,
});
choice!(RcaUniverse { "all" => RcaUniverse::All, "network_only" => RcaUniverse::NetworkOnly });
choice!(Reliance { "net_imports" => Reliance::NetImports, "exposure" => Reliance::Exposure });
choice!(CompositeScaling { "z_score" => CompositeScaling::ZScore, "centred_only" => CompositeScaling::CentredOnly });
choice!(Coverage { "all" => Coverage::All, "focus" => Coverage::Focus, "none" => Coverage::None });
choice!(CyclePolicy {
    "reject" => CyclePolicy::Reject,
    "greedy" => CyclePolicy::Greedy,
    "tiered" => CyclePolicy::Tiered,
});
choice!(TestUse { "require" => TestUse::Require, "report" => TestUse::Report, "off" => TestUse::Off });
choice!(Observations {
    "summed" => Observations::Summed,
    "yearly_mean" => Observations::YearlyMean,
    "stacked" => Observations::Stacked,
});
choice!(TradeScale {
    "raw" => TradeScale::Raw,
    "log1p" => TradeScale::Log1p,
    "shares" => TradeScale::Shares,
    "rsca" => TradeScale::Rsca,
    "per_capita" => TradeScale::PerCapita,
});
choice!(Control { "none" => Control::None, "country_size" => Control::CountrySize });
choice!(CountriesLeftOut {
    "none" => CountriesLeftOut::None,
    "top_country" => CountriesLeftOut::TopCountry,
    "jackknife" => CountriesLeftOut::Jackknife,
});
choice!(NullModel { "exhaustive" => NullModel::Exhaustive, "drawn" => NullModel::Drawn });
