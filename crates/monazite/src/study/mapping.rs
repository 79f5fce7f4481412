//! `[mapping]`: how candidate links are asked from a language model. Used by `monazite map` alone.

use std::path::PathBuf;

use super::fields::section;
use super::parameter::choice;
use crate::nomenclature::HsEdition;

/// Which open questions are asked about a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OpenQuestions {
    /// What it goes into, and what goes into it (default).
    #[default]
    Both,
    /// What it goes into.
    Uses,
    /// What goes into it.
    Inputs,
}

/// What an open answer gives for each good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AnswerForm {
    /// A six-digit code of the edition and a description of the good (default).
    #[default]
    CodeAndText,
    /// A description alone; the code is found by comparing texts.
    Text,
}

impl AnswerForm {
    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::CodeAndText => "code_and_text",
            Self::Text => "text",
        }
    }
}

/// Whether candidate pairs are confirmed one by one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Confirmation {
    /// If the model passes its control questions; the open answers are the votes if it does not (default).
    #[default]
    IfFit,
    /// Always, also by a model that fails its controls.
    Always,
    /// Never: the open answers are the votes, and no control is asked.
    Never,
}

/// How the endpoint is told to answer in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ResponseFormat {
    /// `response_format` with a JSON schema (default).
    #[default]
    JsonSchema,
    /// `response_format` asking for any JSON object.
    JsonObject,
    /// Not at all; the prompt alone asks for JSON.
    None,
}

/// Name of the field that limits the length of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TokenField {
    /// `max_tokens` (default).
    #[default]
    MaxTokens,
    /// `max_completion_tokens`.
    MaxCompletionTokens,
}

/// Name of the field that carries the seed of a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SeedField {
    /// `seed` (default).
    #[default]
    Seed,
    /// `random_seed`.
    RandomSeed,
    /// No seed is sent.
    None,
}

/// Which model turns texts into vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EmbeddingSource {
    /// A static model from a folder, or the one that comes with the program (default).
    #[default]
    Static,
    /// A sentence model in ONNX from a folder.
    Onnx,
    /// The `/embeddings` of an OpenAI-compatible endpoint.
    Remote,
}

section! {
    /// `[mapping]`: candidate links from a language model.
    MappingSection["mapping"] {
        " Address of an OpenAI-compatible endpoint, such as \"http://127.0.0.1:8080/v1\"; the variable MONAZITE_BASE_URL if empty." base_url: String = String::new();
        " The model, as the endpoint names it; the variable MONAZITE_MODEL if empty." model: String = String::new();
        " Name of the environment variable that holds the key. The key itself never stands in a file." key_variable: String = "MONAZITE_API_KEY".to_owned();
        " Independent runs: each question is asked this often, with another wording, temperature and seed." runs: u64 = 10;
        " Temperatures, taken in turn by the runs; none is sent if empty." temperatures: Vec<f64> = vec![0.2, 0.4, 0.6, 0.8, 1.0];
        " Name of the field that carries the seed of a question: seed, random_seed, or none for endpoints that refuse it." seed_field: SeedField = SeedField::Seed;
        " Open questions about each product: both, uses, or inputs." questions: OpenQuestions = OpenQuestions::Both;
        " What an open answer gives for each good: its code and a description (code_and_text), or a description alone (text)." answer: AnswerForm = AnswerForm::CodeAndText;
        " Goods that an open question asks for, the most important first." goods: u64 = 15;
        " Recorded answers (.jsonl or .jsonl.gz) that are taken first; only what they lack is asked. They serve every study of the same edition." answers: Option<PathBuf> = None;
        " Folder with prompts of your own (system.txt, uses.txt, inputs.txt, confirm.txt, code_and_text.txt, text.txt, repair.txt, controls.csv); a file that is not there is the one that comes with the program." prompts: Option<PathBuf> = None;
        " How the endpoint is told to answer in JSON: by a schema, by asking for an object, or by the prompt alone." response_format: ResponseFormat = ResponseFormat::JsonSchema;
        " Tokens that an answer may have." max_tokens: u64 = 1200;
        " Name of the field that carries max_tokens." token_field: TokenField = TokenField::MaxTokens;
        " Confirm each candidate pair in its own questions: if the model passes its controls (if_fit), always, or never." confirm: Confirmation = Confirmation::IfFit;
        " How often each control pair is asked." control_runs: u64 = 2;
        " Share of wrong answers on control questions, of the false pairs or of the true ones, above which a model is unfit." max_wrong_controls: f64 = 0.2;
        " Runs that must name a pair in open answers before it is confirmed." min_votes_to_confirm: u64 = 2;
        " Votes from which the walk goes on to an output." min_votes_to_follow: u64 = 6;
        " Runs that must name a pair in open answers for it to be written as a candidate, and for its output to be followed." min_votes_to_list: u64 = 1;
        " Deepest tier; products there are not asked about." max_tier: u64 = 4;
        " Products of one tier that are asked about, those with the most votes first; 0 for all." max_products_per_tier: u64 = 0;
        " Also look upstream: inputs of the seeds are tier -1, asked about by pairs, and written apart." upstream: bool = false;
        " HS codes that a description without a usable code may stand for." top_k: u64 = 1;
        " Smallest cosine between a description and the text of any code; a value made for the embedding model if left out, as for the next two." floor: Option<f64> = None;
        " Smallest cosine between a description and the text of the code that is named with it." code_floor: Option<f64> = None;
        " Smallest cosine between a description and the text of another code of the heading that is named with it." heading_floor: Option<f64> = None;
        " Model that turns texts into vectors: static (comes with the program), onnx (from embedding_path), or remote." embedding: EmbeddingSource = EmbeddingSource::Static;
        " Folder of the embedding model (model.safetensors or model.onnx, and tokenizer.json)." embedding_path: Option<PathBuf> = None;
        " Remote embeddings: address of the endpoint; base_url if empty." embedding_base_url: String = String::new();
        " Remote embeddings: the model, as the endpoint names it." embedding_name: String = String::new();
        " Remote embeddings: name of the environment variable that holds the key; if empty, key_variable where the address is that of base_url, and no key elsewhere." embedding_key_variable: String = String::new();
        " Table of codes and texts (code, description); those of the trade data, or of the program, if left out." products: Option<PathBuf> = None;
        " HS edition of the codes in questions and answers; that of the trade data if left out. Seeds and candidates are carried over between the two." edition: Option<HsEdition> = None;
        " Questions under way at the same time." concurrency: u64 = 4;
        " Calls per minute at most; 0 for no limit." calls_per_minute: u64 = 0;
        " How often a call that failed is tried again." retries: u64 = 5;
        " Seconds after which a call is given up." timeout_seconds: u64 = 120;
        " Calls after which a command stops; 0 for no limit." budget_calls: u64 = 0;
        " Tokens (prompts and answers) after which a command stops; 0 for no limit." budget_tokens: u64 = 0;
    }
}

choice!(OpenQuestions {
    "both" => OpenQuestions::Both,
    "uses" => OpenQuestions::Uses,
    "inputs" => OpenQuestions::Inputs,
});
choice!(AnswerForm { "code_and_text" => AnswerForm::CodeAndText, "text" => AnswerForm::Text });
choice!(Confirmation {
    "if_fit" => Confirmation::IfFit,
    "always" => Confirmation::Always,
    "never" => Confirmation::Never,
});
choice!(ResponseFormat {
    "json_schema" => ResponseFormat::JsonSchema,
    "json_object" => ResponseFormat::JsonObject,
    "none" => ResponseFormat::None,
});
choice!(TokenField {
    "max_tokens" => TokenField::MaxTokens,
    "max_completion_tokens" => TokenField::MaxCompletionTokens,
});
choice!(SeedField {
    "seed" => SeedField::Seed,
    "random_seed" => SeedField::RandomSeed,
    "none" => SeedField::None,
});
choice!(EmbeddingSource {
    "static" => EmbeddingSource::Static,
    "onnx" => EmbeddingSource::Onnx,
    "remote" => EmbeddingSource::Remote,
});

/// Whether a text is the name of an environment variable as keys have them: a capital letter, then capital letters, digits and
/// underscores, 64 in all at most. Keys have small letters or hyphens in them.
fn is_variable(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.len() <= 64 && name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(allowed)
}

impl MappingSection {
    /// What is wrong with values that can be read: key and message.
    pub(super) fn problems(&self) -> Vec<(&'static str, String)> {
        let mut problems = Vec::new();
        let mut at_least_one = |key, value: u64| {
            if value == 0 {
                problems.push((key, "0 is too few; at least 1".to_owned()));
            }
        };
        at_least_one("runs", self.runs);
        at_least_one("goods", self.goods);
        at_least_one("max_tokens", self.max_tokens);
        at_least_one("control_runs", self.control_runs);
        at_least_one("min_votes_to_confirm", self.min_votes_to_confirm);
        at_least_one("min_votes_to_follow", self.min_votes_to_follow);
        at_least_one("min_votes_to_list", self.min_votes_to_list);
        at_least_one("max_tier", self.max_tier);
        at_least_one("top_k", self.top_k);
        at_least_one("concurrency", self.concurrency);
        at_least_one("timeout_seconds", self.timeout_seconds);
        for (key, value) in [
            ("min_votes_to_confirm", self.min_votes_to_confirm),
            ("min_votes_to_follow", self.min_votes_to_follow),
            ("min_votes_to_list", self.min_votes_to_list),
            ("control_runs", self.control_runs),
        ] {
            if value > self.runs.max(1) {
                problems.push((key, format!("{value} is more than the {} runs", self.runs)));
            }
        }
        for (key, value, most) in [("concurrency", self.concurrency, 256), ("runs", self.runs, 1000)] {
            if value > most {
                problems.push((key, format!("{value} is too many; at most {most}")));
            }
        }
        if let Some(bad) = self.temperatures.iter().find(|t| !(0.0..=2.0).contains(*t)) {
            problems.push(("temperatures", format!("{bad} is not between 0 and 2")));
        }
        if !(0.0..=1.0).contains(&self.max_wrong_controls) {
            problems.push((
                "max_wrong_controls",
                format!("{} is not a share between 0 and 1", self.max_wrong_controls),
            ));
        }
        for (key, floor) in
            [("floor", self.floor), ("code_floor", self.code_floor), ("heading_floor", self.heading_floor)]
        {
            if let Some(floor) = floor.filter(|floor| !(-1.0..=1.0).contains(floor)) {
                problems.push((key, format!("{floor} is not a cosine between -1 and 1")));
            }
        }
        if self.embedding == EmbeddingSource::Onnx && self.embedding_path.is_none() {
            problems.push((
                "embedding_path",
                "where is the model? Give the folder that holds model.onnx and tokenizer.json (monazite map download-model makes one)"
                    .to_owned(),
            ));
        }
        if self.embedding == EmbeddingSource::Remote && self.embedding_name.is_empty() {
            problems.push((
                "embedding_name",
                "which model? Give its name as the endpoint has it, such as \"text-embedding-3-large\""
                    .to_owned(),
            ));
        }
        for (key, name, may_be_empty) in [
            ("key_variable", &self.key_variable, false),
            ("embedding_key_variable", &self.embedding_key_variable, true),
        ] {
            if !(is_variable(name) || may_be_empty && name.is_empty()) {
                // What stands here may be a key, and is not repeated.
                problems.push((
                    key,
                    "this is the name of an environment variable in capital letters, such as \"MONAZITE_API_KEY\"; a key itself must not stand here"
                        .to_owned(),
                ));
            }
        }
        problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::Study;
    use std::path::Path;

    fn problems(mapping: &str) -> Vec<String> {
        let text = format!(
            "[study]\nseeds = [\"284690\"]\n[data]\ntrade = \"x\"\ngovernance = \"y\"\n[mapping]\n{mapping}"
        );
        Study::parse(&text, Path::new("s.toml")).1.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_defaults_are_without_problems() {
        assert_eq!(MappingSection::default().problems(), []);
        assert_eq!(problems(""), Vec::<String>::new());
    }

    #[test]
    fn wrong_values_are_named_with_their_lines() {
        assert_eq!(
            problems("runs = 0\ntemperatures = [0.5, 3]\nfloor = 1.5\nembedding = \"onnx\"\n"),
            [
                "line 7: mapping.runs: 0 is too few; at least 1",
                "line 8: mapping.temperatures: 3 is not between 0 and 2",
                "line 9: mapping.floor: 1.5 is not a cosine between -1 and 1",
                "mapping.min_votes_to_confirm: 2 is more than the 0 runs",
                "mapping.min_votes_to_follow: 6 is more than the 0 runs",
                "mapping.control_runs: 2 is more than the 0 runs",
                "mapping.embedding_path: where is the model? Give the folder that holds model.onnx and tokenizer.json (monazite map download-model makes one)",
            ]
        );
    }

    #[test]
    fn a_key_in_the_study_file_is_refused_and_not_repeated() {
        let keys =
            ["sk-proj-1234567890", "sk_live_abc", "gsk_1A2b3C", "0123456789abcdef", "_KEY", "9KEY", "hf_AbC"];
        for key in keys.map(str::to_owned).into_iter().chain(["A".repeat(65)]) {
            for name in ["key_variable", "embedding_key_variable"] {
                assert_eq!(
                    problems(&format!("{name} = \"{key}\"\n")),
                    [format!(
                        "line 7: mapping.{name}: this is the name of an environment variable in capital letters, such as \
                         \"MONAZITE_API_KEY\"; a key itself must not stand here"
                    )]
                );
            }
        }
        assert_eq!(
            problems("key_variable = \"MY_KEY_2\"\nembedding_key_variable = \"\"\n"),
            Vec::<String>::new()
        );
        assert_eq!(problems("key_variable = \"\"\n").len(), 1);
    }
}
