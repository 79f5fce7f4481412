//! What can be typed.

pub mod codes;
pub mod complexity;
pub mod diversify;
pub mod event;
mod examples;
#[cfg(feature = "explore")]
pub mod explore;
pub mod export;
pub mod indices;
#[cfg(feature = "map")]
pub mod map;
pub mod rank;
mod values;
pub mod what_if;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use monazite::indicators::RiskReading;
use monazite::ingest::own_table::{ColumnRole, FlowDirection, QuantityUnit, ValueUnit};
use monazite::nomenclature::HsEdition;
use monazite::nomenclature::YearRange;
use monazite::report::figures::names_of_figures;

use values::{edition, number, reading, threads, whole, years};

/// Who depends on whom for a critical raw material, how deep in the value chain, and at what cost.
#[derive(Debug, Parser)]
#[command(name = "monazite", version = version(), about, long_about = None)]
#[command(after_help = examples::PROGRAM)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// Say nothing but errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,

    /// Write the summary to standard output as one JSON object, for scripts; the tables themselves with export.
    #[arg(long, global = true)]
    pub json: bool,

    /// Number of threads, 64 or four for each core at most; all cores if left out. Results do not depend on it.
    #[arg(long, global = true, value_name = "N", value_parser = threads, allow_negative_numbers = true)]
    pub threads: Option<usize>,
}

const fn version() -> &'static str {
    concat!(env!("CARGO_PKG_VERSION"), " (", env!("MONAZITE_COMMIT"), ")")
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a study: data, value chain, indicators, report.
    #[command(after_help = examples::RUN)]
    Run(StudyArguments),
    /// Run a study up to the tables of indicators, without a report.
    #[command(after_help = examples::INDICATORS)]
    Indicators(StudyArguments),
    /// Make the typology of a finished run again: profiles, map, clusters, and how far they can be trusted.
    #[command(after_help = examples::TYPOLOGY)]
    Typology(TypologyArguments),
    /// Run the regression of a finished run again: does dependence hold countries back, and how far can that be trusted?
    #[command(after_help = examples::REGRESS)]
    Regress(RegressArguments),
    /// Make pages and figures of a finished run: briefs of countries and products, world maps, figures, the report again.
    #[command(after_help = examples::REPORT)]
    Report(ReportArguments),
    /// Rank countries by an indicator, or by the share of a supplier in their imports; for the terminal, LaTeX, Markdown, Word or csv.
    #[command(after_help = examples::RANK)]
    Rank(rank::RankArguments),
    /// Ask what if a supplier stops: who loses how much, how far down the chain, who could fill it; and whose stop would cost most.
    #[command(after_help = examples::WHAT_IF)]
    WhatIf(what_if::WhatIfArguments),
    /// Ask whom a country could buy a product from instead, how far that lowers its risk, and what it does to others.
    #[command(after_help = examples::DIVERSIFY)]
    Diversify(diversify::DiversifyArguments),
    /// Say what happened to products after a trade measure, compared with products without one: prices, trade, concentration, risk.
    #[command(after_help = examples::EVENT)]
    Event(event::EventArguments),
    /// Say which countries export what few others can make (ECI), which products those are (PCI), and what lies nearest to a country: on a whole release.
    #[command(after_help = examples::COMPLEXITY)]
    Complexity(complexity::ComplexityArguments),
    /// Put STR beside the indices that others publish (EU supply risk, GeoPolRisk, dependency flags, worst single stop) in a finished run, and say where they disagree
    /// and why; or compute them of trade data, without a study.
    #[command(after_help = examples::INDICES)]
    Indices(indices::IndicesArguments),
    /// Compare two runs: two vintages of the data, two materials, two settings. What differs in what went in, then in what came out.
    #[command(after_help = examples::COMPARE)]
    Compare(RunsArguments),
    /// Look at a finished run in the browser, or write page and data as a folder for any file server.
    #[cfg(feature = "explore")]
    #[command(after_help = examples::EXPLORE)]
    Explore(explore::ExploreArguments),
    /// Look at a finished run in the browser (needs a build with the feature `explore`).
    #[cfg(not(feature = "explore"))]
    #[command(after_help = examples::EXPLORE)]
    Explore {
        /// What is given to it in a build that has it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<String>,
    },
    /// Write tables of a finished run for Excel, Stata, R or anything that reads csv or JSON, whole or narrowed.
    #[command(after_help = examples::EXPORT)]
    Export(export::ExportArguments),
    /// Make a replication package of a finished run: study, data, results, README and checksums.
    #[command(after_help = examples::REPLICATE)]
    Replicate(ReplicateArguments),
    /// Read a BACI release into a store, once; a second call on the same files does nothing.
    #[command(after_help = examples::IMPORT)]
    Import(ImportArguments),
    /// Look after a store: list its files, check every byte of it, bring it to the present format.
    #[command(subcommand, after_help = examples::STORE)]
    Store(StoreCommand),
    /// Build the value chain of a study: where links come from, which ones trade bears out, which tier a product has.
    #[command(args_conflicts_with_subcommands = true, after_help = examples::CHAIN)]
    Chain(ChainArguments),
    /// Ask a language model for the candidate links of a value chain (needs a build with the feature `map`).
    #[cfg(feature = "map")]
    Map(map::MapArguments),
    /// Ask a language model for the candidate links of a value chain (needs a build with the feature `map`).
    #[cfg(not(feature = "map"))]
    #[command(after_help = examples::MAP)]
    Map {
        /// What is given to it in a build that has it.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, hide = true)]
        arguments: Vec<String>,
    },
    /// Find HS codes by word, critical raw material or beginning, and say what became of a code in other editions.
    #[command(after_help = examples::CODES)]
    Codes(codes::CodesArguments),
    /// Say what a study would run, on what, and what is wrong with it, before the long wait.
    #[command(after_help = examples::CHECK)]
    Check {
        /// The study file; the example that comes with the program if left out.
        study: Option<PathBuf>,

        /// BACI release or store to use instead of the one that the study names.
        #[arg(long, value_name = "PATH")]
        trade: Option<PathBuf>,
    },
    /// Write a commented study file with every parameter, to start your own from; or a whole made-up world to try things on.
    #[command(after_help = examples::EXAMPLE)]
    Example(ExampleArguments),
    /// Write what a shell needs to complete commands and options with the tab key.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual pages, one of the program and one a command.
    #[command(after_help = examples::MAN)]
    Man {
        /// The folder; made if it is not there.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

impl Command {
    /// The name of the command.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Run(_) => "run",
            Self::Indicators(_) => "indicators",
            Self::Typology(_) => "typology",
            Self::Regress(_) => "regress",
            Self::Report(_) => "report",
            Self::Rank(_) => "rank",
            Self::WhatIf(_) => "what-if",
            Self::Diversify(_) => "diversify",
            Self::Complexity(_) => "complexity",
            Self::Indices(_) => "indices",
            Self::Event(_) => "event",
            Self::Compare(_) => "compare",
            Self::Explore { .. } => "explore",
            Self::Export(_) => "export",
            Self::Replicate(_) => "replicate",
            Self::Import(_) => "import",
            Self::Store(_) => "store",
            Self::Chain(_) => "chain",
            Self::Map { .. } => "map",
            Self::Codes(_) => "codes",
            Self::Check { .. } => "check",
            Self::Example(_) => "example",
            Self::Completions { .. } => "completions",
            Self::Man { .. } => "man",
        }
    }
}

/// What to do with a store.
#[derive(Debug, Subcommand)]
pub enum StoreCommand {
    /// List the Parquet files with the flows that the store is made of at present, one a line, for DuckDB, polars or Spark; with --json all
    /// live files, each with role, year and path.
    Files {
        /// The folder of the store.
        store: PathBuf,
    },
    /// Check every byte of the store against the checksums taken when it was written.
    Verify {
        /// The folder of the store.
        store: PathBuf,
    },
    /// Write a store of an earlier format anew in the present one, without the release.
    Upgrade {
        /// The folder of the store.
        store: PathBuf,
    },
}

/// A study and where its results go.
#[derive(Debug, Args)]
pub struct StudyArguments {
    /// The study file.
    pub study: Option<PathBuf>,

    /// The run folder; runs/NAME if left out, NAME being the folder of the study.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// BACI release or store to use instead of the one that the study names.
    #[arg(long, value_name = "PATH")]
    pub trade: Option<PathBuf>,
}

/// A study, or something to ask of its value chain.
#[derive(Debug, Args)]
pub struct ChainArguments {
    /// What to ask.
    #[command(subcommand)]
    pub question: Option<ChainQuestion>,

    /// The study, and where its chain goes (runs/NAME-chain if left out).
    #[command(flatten)]
    pub study: StudyArguments,
}

/// What can be asked of a value chain.
#[derive(Debug, Subcommand)]
pub enum ChainQuestion {
    /// Show the network for other thresholds of votes and Z: its size, tiers, links and stability.
    Calibrate(CalibrateArguments),
    /// Score a network against a reference: precision and recall, by tier, with the missing and the surplus named.
    Compare(CompareArguments),
    /// Test every pair of products of a study's data and write those that stand out.
    Screen(ScreenArguments),
}

/// Thresholds to try.
#[derive(Debug, Args)]
pub struct CalibrateArguments {
    /// The study file.
    pub study: Option<PathBuf>,

    /// BACI release or store to use instead of the one that the study names.
    #[arg(long, value_name = "PATH")]
    pub trade: Option<PathBuf>,

    /// Values of Z to try.
    #[arg(long, value_name = "Z,Z,...", value_delimiter = ',', allow_hyphen_values = true, value_parser = number)]
    pub z: Vec<f64>,

    /// Number of products to aim for.
    #[arg(long, value_name = "N", default_value_t = 168, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub products: usize,

    /// How far off it may be.
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub within: usize,

    /// Deepest tier to aim for.
    #[arg(long, value_name = "TIER", default_value_t = 4, value_parser = whole::<u8>, allow_negative_numbers = true)]
    pub deepest_tier: u8,

    /// Also write the table to a csv file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Two networks.
#[derive(Debug, Args)]
pub struct CompareArguments {
    /// The network: a run folder, or a csv of links (an edge list, a candidates file, a published network).
    pub network: PathBuf,

    /// The reference: likewise.
    pub reference: PathBuf,

    /// Of a candidates file, take the links that at least so many runs name.
    #[arg(long, value_name = "VOTES", default_value_t = 1, value_parser = whole::<u32>, allow_negative_numbers = true)]
    pub votes: u32,

    /// Also write every link of both, and which side has it, to a csv file.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What to look for among all pairs.
#[derive(Debug, Args)]
pub struct ScreenArguments {
    /// The study file.
    pub study: Option<PathBuf>,

    /// BACI release or store to use instead of the one that the study names.
    #[arg(long, value_name = "PATH")]
    pub trade: Option<PathBuf>,

    /// Z that a pair needs to be written; chain.z_threshold of the study if left out.
    #[arg(long, value_name = "Z", value_parser = number, allow_negative_numbers = true)]
    pub z: Option<f64>,

    /// The Parquet file.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
}

/// A finished run, and what is to change in its typology.
#[derive(Debug, Args)]
pub struct TypologyArguments {
    /// The run folder.
    pub run: PathBuf,

    /// Settings that go together: robust or paper_guess.
    #[arg(long, value_name = "PRESET")]
    pub preset: Option<String>,

    /// Neighbours of a row, itself counted, instead of those of the preset.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub neighbours: Option<u64>,

    /// Level of detail: most_high, very_high, high, medium, low, very_low or adaptive.
    #[arg(long, value_name = "LEVEL")]
    pub detail: Option<String>,

    /// Times the typology is made again from other seeds and a bootstrap of the countries; 100 for a full account.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub repetitions: Option<u64>,

    /// Seed of everything random.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: Option<u64>,

    /// Study file of the run, with other settings in its sections profile, groups and typology or the same; says where the trade is.
    #[arg(long, value_name = "FILE")]
    pub study: Option<PathBuf>,
}

/// A study file, or a made-up world.
#[derive(Debug, Args)]
pub struct ExampleArguments {
    /// Where to write: a file (the terminal if left out), or with --planted a folder that is not there yet.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,

    /// Write a planted world: synthetic data in which everything that the program should find is known.
    #[arg(long, requires = "out")]
    pub planted: bool,

    /// Write the trade of the example once more with a planted revision: a few flows of the last year changed, to try the comparison of runs on.
    #[arg(long, requires = "out", conflicts_with = "planted")]
    pub revision: bool,

    /// Products of the value chain of the planted world.
    #[arg(long, value_name = "N", default_value_t = 80, requires = "planted", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub products: usize,

    /// Products beside the chain.
    #[arg(long, value_name = "N", default_value_t = 30, requires = "planted", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub others: usize,

    /// Countries.
    #[arg(long, value_name = "N", default_value_t = 80, requires = "planted", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub countries: usize,

    /// Years, from 2007 on.
    #[arg(long, value_name = "N", default_value_t = 10, requires = "planted", value_parser = whole::<usize>, allow_negative_numbers = true)]
    pub years: usize,

    /// Seed of everything random in the planted world.
    #[arg(long, value_name = "N", default_value_t = 1, requires = "planted", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: u64,
}

/// A finished run, and what is to change in its regression.
#[derive(Debug, Args)]
pub struct RegressArguments {
    /// The run folder.
    pub run: PathBuf,

    /// Study file of the run, with other settings in its section regression or the same; says where the trade is.
    #[arg(long, value_name = "FILE")]
    pub study: Option<PathBuf>,

    /// Baseline window, such as 2008-2011.
    #[arg(long, value_name = "YEARS", value_parser = years)]
    pub baseline: Option<YearRange>,

    /// Projection window, such as 2020-2023.
    #[arg(long, value_name = "YEARS", value_parser = years)]
    pub projection: Option<YearRange>,

    /// Standard errors that are reported: classical, hc1, hc3, country, product or two_way.
    #[arg(long, value_name = "KIND")]
    pub covariance: Option<String>,

    /// Seed of bootstrap and placebo.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub seed: Option<u64>,
}

/// A finished run, and what to make of it.
#[derive(Debug, Args)]
pub struct ReportArguments {
    /// The run folder.
    pub run: PathBuf,

    /// A country or group to write a brief of, by code or name, such as DEU, South Korea or EU27; several with commas.
    #[arg(long, value_name = "COUNTRY")]
    pub country: Vec<String>,

    /// A product to write a brief of, such as 284690; several with commas; focus for those in the focus of the study. With --map and --trend the products that are shown.
    #[arg(long, value_name = "HS6", value_delimiter = ',')]
    pub product: Vec<String>,

    /// Put two to four countries (or products) of the briefs side by side on one page.
    #[arg(long)]
    pub side_by_side: bool,

    /// What to draw a world map of: str, exposure, hhi, influence, rca, pc1, pv, ..., or share (of --supplier in imports); of all products
    /// of the chain together, or of --product.
    #[arg(long, value_name = "INDICATOR")]
    pub map: Option<String>,

    /// The reading of str and influence that the colours of a map follow: mass_balance or str; mass_balance where the two differ by more than a
    /// tenth, if left out.
    #[arg(long, value_name = "READING", value_parser = reading)]
    pub reading: Option<RiskReading>,

    /// What to draw over the years, likewise: a line for each --product, or for each of --countries.
    #[arg(long, value_name = "INDICATOR")]
    pub trend: Option<String>,

    /// The supplier whose share is drawn, by code or name.
    #[arg(long, value_name = "COUNTRY")]
    pub supplier: Option<String>,

    /// Figures to draw, by name; all if left out.
    #[arg(long, value_name = "FIGURE", value_delimiter = ',', help = format!("Figures to draw: {}; all if left out", names_of_figures().join(", ")))]
    pub figures: Vec<String>,

    /// Paper of figures, maps and trends: one-column (88 mm), two-columns (180 mm), slide (16:9), or all three of them.
    #[arg(long, value_name = "SIZE")]
    pub size: Option<String>,

    /// Countries and groups whose networks and paths are drawn, by code or name, such as USA,CHN,EU27.
    #[arg(long, value_name = "COUNTRY")]
    pub countries: Vec<String>,

    /// The year of briefs, maps and networks; the last of the run if left out.
    #[arg(long, value_name = "YEAR", value_parser = whole::<u16>, allow_negative_numbers = true)]
    pub year: Option<u16>,
}

/// Two finished runs, and where their comparison goes.
#[derive(Debug, Args)]
pub struct RunsArguments {
    /// The first run folder, such as that of the older data.
    pub first: PathBuf,

    /// The second.
    pub second: PathBuf,

    /// The folder of page and tables; nothing but the summary is made if it is left out.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// What two values may differ by and still count as the same, relative to the larger of them and 1.
    #[arg(long, value_name = "NUMBER", default_value_t = monazite::report::comparison::TOLERANCE, value_parser = number, allow_negative_numbers = true)]
    pub tolerance: f64,
}

/// A finished run, and where its replication package goes.
#[derive(Debug, Args)]
pub struct ReplicateArguments {
    /// The run folder.
    pub run: PathBuf,

    /// The folder of the package.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,

    /// The study file that the run was made from.
    #[arg(long, value_name = "FILE")]
    pub study: Option<PathBuf>,

    /// Leave the data out and describe them, although they are at hand.
    #[arg(long)]
    pub without_data: bool,
}

/// A release and the store it becomes.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// BACI as downloaded, or another table of trade: a zip, a folder, or a csv (also .tsv, .txt, .gz, .zst). No need to unpack anything.
    pub release: PathBuf,

    /// The folder of the store.
    #[arg(long, value_name = "STORE")]
    pub out: PathBuf,

    /// HS edition (HS92 to HS22), where the file names do not say it.
    #[arg(long, value_name = "EDITION", value_parser = edition)]
    pub edition: Option<HsEdition>,

    /// BACI version, where the file names do not say it.
    #[arg(long, value_name = "VERSION")]
    pub baci_version: Option<String>,

    /// Carry the trade over to this edition with conversion weights.
    #[arg(long, value_name = "EDITION", value_parser = edition)]
    pub to: Option<HsEdition>,

    /// Which column of a table that is not BACI's is what, such as value=primaryValue; once for each of year, exporter and importer
    /// (or reporter, partner and flow), product, value, quantity that the header does not say.
    #[arg(long = "column", value_name = "WHAT=NAME", value_parser = values::column)]
    pub columns: Vec<(ColumnRole, String)>,

    /// What values are counted in, where the header does not say it: usd, thousand_usd or million_usd.
    #[arg(long, value_name = "UNIT", value_parser = values::word::<ValueUnit>)]
    pub unit: Option<ValueUnit>,

    /// What quantities are counted in, where the header does not say it: tonnes or kilograms.
    #[arg(long, value_name = "UNIT", value_parser = values::word::<QuantityUnit>)]
    pub quantity_unit: Option<QuantityUnit>,

    /// Which reports are read where a table has both: imports or exports.
    #[arg(long, value_name = "FLOW", value_parser = values::word::<FlowDirection>)]
    pub flow: Option<FlowDirection>,

    /// Whose data these are, in words, where they are not CEPII's.
    #[arg(long, value_name = "WORDS")]
    pub source: Option<String>,

    /// Their licence, in words.
    #[arg(long, value_name = "WORDS")]
    pub licence: Option<String>,

    /// Leave out and count rows with an unknown country code, or with a sum over countries, instead of stopping.
    #[arg(long)]
    pub drop_unknown_countries: bool,

    /// Put lost leading zeros back to short product codes, instead of stopping.
    #[arg(long)]
    pub pad_short_codes: bool,

    /// Compression, level of zstd.
    #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(i32).range(1..=22), allow_negative_numbers = true)]
    pub compression: i32,
}
