//! Candidate links of a value chain from a language model.
//!
//! This is the only part of monazite that uses the network. It walks outward from the seeds of a study, asks a model in
//! independent runs what each product goes into and what goes into it, finds the HS codes that the answers mean by
//! comparing embeddings, asks about each pair on its own if the model passes its control questions, and writes a file of
//! candidates (`run, input, output, score`) for the statistical validation, which needs no model.
//!
//! ```no_run
//! use std::path::Path;
//!
//! use monazite::{progress::Silent, study::Study};
//! use monazite_mapping::{MapOptions, map_study};
//!
//! let (mut study, _) = Study::parse("[study]\nseeds = [\"284610\"]\n", Path::new("study.toml"));
//! study.data.edition = "HS07".parse().ok();
//! study.mapping.base_url = "http://127.0.0.1:8080/v1".to_owned();
//! study.mapping.model = "a-model".to_owned();
//! let summary = map_study(&study, &MapOptions::new(Path::new("runs/cerium-mapping")), &Silent)?;
//! println!("{} links in {}", summary.links, summary.candidates.display());
//! # Ok::<(), monazite_mapping::MappingError>(())
//! ```
//!
//! - [`mapping`]: the whole of it; [`rounds`]: the same in batch files; [`walk`]: from answers to questions and links, a pure function
//! - [`prompt`], [`question`], [`question_id`], [`answer`], [`control`]: what is asked and how answers are read
//! - [`client`], [`asking`], [`key`], [`reply`], [`batch`]: the endpoint, and what it sends back
//! - [`recording`], [`header`], [`pack`]: the record of all answers, and which studies it serves
//! - [`products`], [`code`], [`embedding`], [`matching`], [`goods`]: from what is said to codes

pub mod answer;
pub mod asking;
pub mod batch;
mod carrying;
pub mod client;
pub mod code;
pub mod control;
pub mod digest;
pub mod embedding;
mod endpoints;
mod error;
pub mod estimate;
mod files;
pub mod goods;
mod ground;
pub mod header;
pub mod key;
pub mod mapping;
pub mod matching;
pub mod options;
pub mod pack;
pub mod products;
pub mod prompt;
mod proxy;
pub mod question;
pub mod question_id;
pub mod recording;
mod replacing;
pub mod reply;
pub mod rounds;
mod tally;
pub mod walk;

pub use error::MappingError;
pub use estimate::Estimate;
pub use mapping::{MapOptions, MappingSummary, estimate_mapping, map_study};
pub use rounds::{export_batch, import_batch};
