//! For any critical raw material: who depends on whom, how deep in the value chain, and how unstable are the
//! chains behind it?
//!
//! This is the engine behind the program `monazite`. From bilateral trade (CEPII BACI) and political stability
//! (World Bank Governance Indicators) it computes, for every country, product and year, the dependency indicators of
//! Klimek, Baum, Gerschberger and Hess (2025), *Systemic Trade Risk Suppresses Comparative Advantage in Rare Earth
//! Dependent Industries*, arXiv:2508.00556. It prints nothing, opens no socket, and knows no command line.
//!
//! # One product-year
//!
//! How unstable are the chains behind what a country imports? From a list of flows and the stability of the countries:
//!
//! ```
//! use monazite::indicators::{ProductYearOptions, Workspace, product_year};
//! use monazite::trade::{FlowSource, FlowTable};
//!
//! // Compounds of rare earths in 2023: year, product, exporter, importer, thousand USD.
//! let flows = FlowTable::from_rows([
//!     (2023, "284690", "CHN", "USA", 60.0),
//!     (2023, "284690", "CHN", "JPN", 30.0),
//!     (2023, "284690", "JPN", "USA", 20.0),
//!     (2023, "284690", "USA", "JPN", 10.0),
//! ])?;
//! let matrix = flows.matrix(2023, "284690".parse()?);
//! // Instability is 1 - PV/100, in the order of flows.countries(): by code.
//! let instability = [0.7, 0.1, 0.5]; // CHN, JPN, USA
//! let year = product_year(&matrix, &instability, &ProductYearOptions::default(), &mut Workspace::default())?;
//!
//! assert_eq!(flows.countries().iso3_codes(), ["CHN", "JPN", "USA"]);
//! // China imports nothing, so its chain ends with itself. The USA buy three quarters from China, a quarter from Japan:
//! // STR(USA) = 1 + 0.7 (3/4) + 0.1 (1/4) STR(JPN), and STR(JPN) = 1 + 0.7 (3/4) + 0.5 (1/4) STR(USA).
//! assert_eq!(year.risk.str[0], Some(1.0));
//! assert!((year.risk.str[2].unwrap() - 1.525 * 1.025 / (1.0 - 0.025 * 0.125)).abs() < 1e-12);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`indicators::product_year()`] is a pure function of one trade matrix: exposure, HHI, STR with its direct and indirect part, influence, who
//! depends on whom, and more. Rows are suppliers, columns are importers, everywhere in this crate; what is undefined is `None`, never 0.
//!
//! # A study in memory
//!
//! A [`Study`](study::Study) says everything a run depends on. On data at hand it runs without a file, into a folder
//! ([`pipeline::run_on`]) or into memory:
//!
//! ```
//! use monazite::indicators::Column;
//! use monazite::ingest::Governance;
//! use monazite::pipeline::{RunData, RunOptions, Until, run_in_memory};
//! use monazite::progress::Silent;
//! use monazite::run_folder::StoredPanel;
//! use monazite::run_folder::stored_panel::PanelSelection;
//! use monazite::study::Study;
//! use monazite::trade::FlowTable;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let flows = FlowTable::from_rows([
//!     (2022, "284690", "CHN", "USA", 60.0),
//!     (2023, "284690", "CHN", "USA", 90.0),
//!     (2023, "284690", "USA", "JPN", 10.0),
//! ])?;
//! let stability = Governance::from_rows([("CHN", 2022, 30.0), ("USA", 2022, 50.0), ("JPN", 2022, 90.0)])?;
//! let study = Study::new(["284690".parse()?]);
//!
//! let data = RunData { trade: &flows, governance: &stability };
//! let options = RunOptions { until: Until::Report, commit: String::new() };
//! let run = run_in_memory(&study, data, &options, &Silent)?;
//!
//! let panel = StoredPanel::read(&run.files, &PanelSelection::default())?;
//! let (usa, last) = (panel.country("USA").unwrap(), panel.year(2023).unwrap());
//! assert_eq!(panel.value(Column::Str, 0, last, usa), Some(1.7)); // 1, and all of China's instability
//! assert!(run.files.text("report.html")?.contains("284690"));
//! # Ok(())
//! # }
//! ```
//!
//! [`pipeline::run_study`] runs a study file on the files that it names: a BACI release, the Governance Indicators. The same study on the
//! same data gives the same bytes, in a folder and in memory, on any machine and with any number of threads.
//!
//! # The modules, in the order of a run
//!
//! | module | what it does |
//! |---|---|
//! | [`study`] | the study file: every parameter, its default, its check |
//! | [`ingest`] | reads BACI releases and the Governance Indicators as published; keeps, refuses or counts every row |
//! | [`nomenclature`] | HS codes and editions with their concordance, countries as BACI knows them |
//! | [`trade`] | the store of bilateral trade and the table of flows in memory, the trade matrix of a product-year, groups and entrepots |
//! | [`value_chain`] | which product is an input of which, and in which tier |
//! | [`indicators`] | exposure, concentration, systemic trade risk, influence, ...: one file each; all of a product-year at once |
//! | [`panel`] | all indicators for all countries, products and years, in one streaming pass |
//! | [`shock`] | what if a supplier stops: who loses how much, down the chain; chokepoints |
//! | [`diversification`] | whom to buy from instead, and what that does to others |
//! | [`indices`] | beside STR: the indices that others publish, such as the supply risk of the EU and GeoPolRisk |
//! | [`complexity`] | what countries' exports say of their complexity: ECI, PCI, fitness, the product space, nearest opportunities |
//! | [`uncertainty`] | how far STR is known: bands from the standard errors of political stability |
//! | [`profile`] | what a country depends on in a year, by tier; groups of countries |
//! | [`typology`] | kinds of countries: the map, the clusters on it, and how far to trust them |
//! | [`regression`] | does dependence hold countries back: the growth of comparative advantage, its sweep and checks |
//! | [`run_folder`] | where the files of a run wait until all are there, in a folder or in memory; what is in them; the manifest |
//! | [`run`] | a run as its readers see it: its tables, each read once |
//! | [`what_if`] | scenarios, chokepoints and plans on a run |
//! | [`before_after`] | what happened after a trade measure, compared with products without one |
//! | [`report`] | figures, briefs, maps, the page |
//! | [`pipeline`] | the stages in order |
//! | [`planted`] | made-up worlds in which everything is known, and what a run finds of them |
//! | [`columnar`], [`delimited`] | Parquet and small csv files |
//! | [`disk`], [`plain_text`] | files that users name, and texts that come from them: what is taken, what is refused |
//! | [`eigen`] | eigenvalues and eigenvectors of symmetric matrices |
//! | [`units`] | units as types |
//! | [`progress`], [`threads`] | news of progress and a way to stop; the pool that work is spread over |
//!
//! What each indicator means, where it misleads, and what it does not measure is in `docs/methods` of the source code; every file
//! and column is in `docs/file-formats`.

pub mod before_after;
pub mod columnar;
pub mod complexity;
pub mod delimited;
pub mod disk;
pub mod diversification;
pub mod eigen;
pub mod export;
#[doc(hidden)]
pub mod fuzz;
mod html;
pub mod indicators;
pub mod indices;
pub mod ingest;
pub mod nomenclature;
pub mod panel;
pub mod pipeline;
pub mod plain_text;
pub mod planted;
pub mod profile;
pub mod progress;
pub mod regression;
pub mod report;
pub mod run;
pub mod run_folder;
pub mod shock;
pub mod study;
pub mod threads;
pub mod trade;
pub mod typology;
pub mod uncertainty;
pub mod units;
pub mod value_chain;
pub mod what_if;

pub use pipeline::Error;
