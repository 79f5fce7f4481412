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
//! Everything rests on the trade matrix of one product in one year. Rows are suppliers, columns are importers,
//! everywhere in this crate; what is undefined is `None`, never 0.
//!
//! ```
//! use monazite::indicators::{
//!     InfluenceMeasure, Leontief, RiskParameters, exposure, herfindahl, influence, systemic_risk,
//! };
//! use monazite::trade::TradeMatrix;
//!
//! // A sends 60 to B and 30 to C; B sends 10 to A and 50 to C; C sends 20 to B.
//! let trade = TradeMatrix::from_dense(&[&[0.0, 60.0, 30.0], &[10.0, 0.0, 50.0], &[0.0, 20.0, 0.0]]);
//! // Political stability of A, B, C is 25, 80, 50; instability is 1 - PV/100.
//! let instability = [0.75, 0.2, 0.5];
//!
//! // B: buyer or seller? From many or from one?
//! assert_eq!(exposure(trade.imports()[1], trade.exports()[1]), Some(80.0 / 140.0));
//! assert_eq!(herfindahl(trade.imports_of(1).unwrap().shares), Some(0.625));
//!
//! // How much instability arrives at B over all chains, and how much of A's arrives at the others?
//! let mut leontief = Leontief::default();
//! let mut solved = systemic_risk::solve(&trade, &instability, &RiskParameters::default(), &mut leontief);
//! assert!((solved.risk.str[1].unwrap() - 1.9918699187).abs() < 1e-9);
//! let by = influence(InfluenceMeasure::Sum, &trade, &solved.risk.importer_sums, &mut solved.network);
//! assert!((by[0].unwrap() - 1.0975609756).abs() < 1e-9);
//! ```
//!
//! [`indicators::product_year()`] computes all of them at once.
//!
//! # A whole study
//!
//! A [`Study`](study::Study) says everything a run depends on; [`pipeline::run_study`] runs it into a folder. The same study on
//! the same data gives the same bytes on any machine and with any number of threads.
//!
//! ```
//! use monazite::columnar::TableReader;
//! use monazite::pipeline::{RunOptions, Until, run_study};
//! use monazite::progress::Silent;
//! use monazite::study::Study;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let folder = folder.path();
//! // Six made-up countries, four products, three years; `studies/tiny` of the source code.
//! let tiny = concat!(env!("CARGO_MANIFEST_DIR"), "/../../studies/tiny/study.toml");
//! let mut study = Study::load(tiny.as_ref())?;
//! study.data.store = Some(folder.join("store")); // the BACI release is imported here, once
//!
//! let options = RunOptions { until: Until::Report, commit: String::new() };
//! let run = run_study(&study, &folder.join("run"), &options, &Silent)?;
//! assert_eq!(run.manifest.indicators.product_years, 12);
//! assert!(run.report.is_some_and(|page| page.exists()));
//!
//! let panel = TableReader::open(&folder.join("run/indicators.parquet"))?;
//! assert_eq!(panel.rows(), 72);
//! assert!(panel.column_names().contains(&"str".to_owned()));
//! # Ok(())
//! # }
//! ```
//!
//! # The modules, in the order of a run
//!
//! | module | what it does |
//! |---|---|
//! | [`study`] | the study file: every parameter, its default, its check |
//! | [`ingest`] | reads BACI releases and the Governance Indicators as published; keeps, refuses or counts every row |
//! | [`nomenclature`] | HS codes and editions with their concordance, countries as BACI knows them |
//! | [`trade`] | the store of bilateral trade, the trade matrix of a product-year, groups and entrepots |
//! | [`value_chain`] | which product is an input of which, and in which tier |
//! | [`indicators`] | exposure, concentration, systemic trade risk, influence, ...: one file each |
//! | [`panel`] | all indicators for all countries, products and years, in one streaming pass |
//! | [`run_folder`] | where the files of a run wait until all are there; the manifest; the panel read back |
//! | [`report`] | figures, briefs, maps, the page |
//! | [`pipeline`] | the stages in order |
//! | [`planted`] | made-up worlds in which everything is known, and what a run finds of them |
//! | [`columnar`], [`delimited`] | Parquet and small csv files |
//! | [`units`], [`progress`] | units as types, news of progress |
//!
//! What each indicator means, where it misleads, and what it does not measure is in `docs/methods` of the source code; every file
//! and column is in `docs/file-formats`.

pub mod columnar;
pub mod delimited;
#[doc(hidden)]
pub mod fuzz;
mod html;
pub mod indicators;
pub mod ingest;
pub mod nomenclature;
pub mod panel;
pub mod pipeline;
pub mod planted;
pub mod profile;
pub mod progress;
pub mod regression;
pub mod report;
pub mod run_folder;
pub mod study;
pub mod trade;
pub mod typology;
pub mod units;
pub mod value_chain;

pub use pipeline::Error;
