//! What can be given to `monazite map`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use monazite_mapping::embedding::download::MINILM;

use super::values::whole;

/// What can be given to `monazite map`.
#[derive(Debug, Args)]
#[command(
    args_conflicts_with_subcommands = true,
    subcommand_negates_reqs = true,
    after_help = super::examples::MAP
)]
pub struct MapArguments {
    #[command(subcommand)]
    pub command: Option<MapCommand>,

    /// The study file.
    #[arg(required = true)]
    pub study: Option<PathBuf>,

    /// The folder of the results; runs/NAME-mapping if left out, NAME being the folder of the study.
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,

    /// Address of an OpenAI-compatible endpoint, such as http://127.0.0.1:8080/v1.
    #[arg(long, value_name = "URL")]
    pub base_url: Option<String>,

    /// Address of the endpoint of remote embeddings; that of the study if left out.
    #[arg(long, value_name = "URL")]
    pub embedding_base_url: Option<String>,

    /// The model, as the endpoint names it.
    #[arg(long, value_name = "NAME")]
    pub model: Option<String>,

    /// Stop after this many questions.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub budget_calls: Option<u64>,

    /// Stop after this many tokens.
    #[arg(long, value_name = "N", value_parser = whole::<u64>, allow_negative_numbers = true)]
    pub budget_tokens: Option<u64>,

    /// Take all answers from this recording (answers.jsonl, also .gz) and ask nothing; from mapping.answers if no file is named.
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    pub replay: Option<Option<PathBuf>>,

    /// Write every question that can be asked now into this file, for a batch endpoint, and ask none.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["replay", "estimate"])]
    pub export_batch: Option<PathBuf>,

    /// Take in the answers that a batch endpoint has written, from one file or more, and say what comes next; with --export-batch, write that too.
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with_all = ["replay", "estimate"])]
    pub import_batch: Vec<PathBuf>,

    /// Say how many questions would be asked, and ask none.
    #[arg(long)]
    pub estimate: bool,
}

#[derive(Debug, Subcommand)]
/// What else it can do.
pub enum MapCommand {
    /// Show the HS codes whose texts are nearest to a text.
    Match {
        /// The text, such as "permanent magnets".
        text: String,
        /// How many codes.
        #[arg(long, value_name = "N", default_value_t = 10, value_parser = whole::<usize>, allow_negative_numbers = true)]
        top: usize,
        /// The study whose edition and embedding model are used; HS 2007 and the model of the program if left out.
        #[arg(long, value_name = "STUDY")]
        study: Option<PathBuf>,
        /// Address of the endpoint of remote embeddings; that of the study if left out.
        #[arg(long, value_name = "URL")]
        embedding_base_url: Option<String>,
    },
    /// Write the prompts that come with the program into a folder, to be edited and named in mapping.prompts.
    Prompts {
        /// The folder.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
    /// Put recordings of one model together into one packed file, such as data/answers/NAME.jsonl.gz, for mapping.answers.
    Pack {
        /// The recordings (answers.jsonl, also .gz).
        #[arg(required = true)]
        files: Vec<PathBuf>,
        /// The packed file.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// How the answers came, in words, for the first line of the file.
        #[arg(long, value_name = "TEXT")]
        how: Option<String>,
    },
    /// Fetch the sentence model all-MiniLM-L6-v2 (90 MB) once, for mapping.embedding = "onnx".
    DownloadModel {
        /// The folder.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
        /// Where from: an address below which there are onnx/model.onnx and tokenizer.json.
        #[arg(long, value_name = "URL", default_value = MINILM)]
        from: String,
    },
}
