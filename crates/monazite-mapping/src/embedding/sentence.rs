//! Sentence models in ONNX, such as all-MiniLM-L6-v2, run on the CPU.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use monazite::disk;
use rten::{Model, ModelOptions, NodeId, RunOptions, ThreadPool, ValueOrView};
use rten_tensor::NdTensor;
use rten_tensor::prelude::*;
use tokenizers::{Tokenizer, TruncationParams};

use super::{Embedder, Floors, normalise};
use crate::MappingError;
use crate::digest::sha256;

/// A sentence model: tokens through a transformer, the mean of what comes out, brought to length one.
///
/// The folder holds `model.onnx` and `tokenizer.json`. Texts are cut at 256 tokens. A text is never padded: texts of
/// equal length go together, and each one alone through a model of 8-bit numbers, whose scales would otherwise depend on
/// the company a text is in.
pub struct SentenceModel {
    name: String,
    sha256: String,
    model: Model,
    tokenizer: Tokenizer,
    inputs: Vec<(NodeId, Input)>,
    output: NodeId,
    batch: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Input {
    Tokens,
    Ones,
    Zeros,
}

const LONGEST: usize = 256;
/// Texts of equal length that go through the model together.
const BATCH: usize = 32;

impl SentenceModel {
    /// Loads a model from its folder.
    ///
    /// # Errors
    /// [`MappingError::Io`] if a file is not there, [`MappingError::Embedding`] if it is no such model.
    pub fn load(folder: &Path) -> Result<Self, MappingError> {
        let read = |name: &str| {
            let path = folder.join(name);
            disk::read(&path, disk::LARGEST_FILE).map_err(|e| MappingError::io(&path, "cannot be read", e))
        };
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let problem = |message: String| MappingError::Embedding { model: name.clone(), message };
        let (weights, words) = (read("model.onnx")?, read("tokenizer.json")?);
        let identity = sha256([sha256(&weights), sha256(&words)].concat().as_bytes());
        let quantised = contains(&weights, b"DynamicQuantizeLinear");
        let mut tokenizer = Tokenizer::from_bytes(&words)
            .map_err(|e| problem(format!("tokenizer.json cannot be understood: {e}")))?;
        tokenizer.with_padding(None);
        tokenizer
            .with_truncation(Some(TruncationParams { max_length: LONGEST, ..TruncationParams::default() }))
            .map_err(|e| problem(format!("tokenizer.json cannot be used: {e}")))?;
        let mut options = ModelOptions::with_all_ops();
        options.prepack_weights(true);
        let model =
            options.load(weights).map_err(|e| problem(format!("model.onnx cannot be understood: {e}")))?;
        let mut inputs = Vec::new();
        for &id in model.input_ids() {
            let info = model.node_info(id);
            let input = match info.as_ref().and_then(|i| i.name()) {
                Some("input_ids") => Input::Tokens,
                Some("attention_mask") => Input::Ones,
                Some("token_type_ids") => Input::Zeros,
                other => {
                    return Err(problem(format!(
                        "model.onnx wants the input {}, which sentence models do not have",
                        other.unwrap_or("without a name")
                    )));
                }
            };
            inputs.push((id, input));
        }
        let Some(&output) = model.output_ids().first() else {
            return Err(problem("model.onnx gives nothing back".to_owned()));
        };
        let batch = if quantised { 1 } else { BATCH };
        Ok(Self { name, sha256: identity, model, tokenizer, inputs, output, batch })
    }

    /// Vectors of texts with the same number of tokens.
    fn run(&self, tokens: &[&[u32]], pool: &Arc<ThreadPool>) -> Result<Vec<Vec<f32>>, String> {
        let shape = [tokens.len(), tokens.first().map_or(0, |t| t.len())];
        let filled = |input: Input| -> NdTensor<i32, 2> {
            let data = tokens.iter().flat_map(|ids| {
                ids.iter().map(move |&id| match input {
                    Input::Tokens => id as i32,
                    Input::Ones => 1,
                    Input::Zeros => 0,
                })
            });
            NdTensor::from_data(shape, data.collect::<Vec<i32>>())
        };
        let inputs: Vec<(NodeId, ValueOrView<'_>)> =
            self.inputs.iter().map(|&(id, input)| (id, filled(input).into())).collect();
        let options = RunOptions::default().with_thread_pool(Some(pool.clone()));
        let [value] = self.model.run_n(inputs, [self.output], Some(options)).map_err(|e| e.to_string())?;
        let states: NdTensor<f32, 3> =
            value.try_into().map_err(|_| "it gives something else than one vector a token".to_owned())?;
        let [texts, length, width] = states.shape();
        if texts != shape[0] || length != shape[1] {
            return Err("it gives another number of vectors than there are tokens".to_owned());
        }
        let data = states.to_vec();
        Ok(data
            .chunks_exact((length * width).max(1))
            .map(|text| {
                let mut mean = vec![0f32; width];
                for token in text.chunks_exact(width) {
                    for (sum, x) in mean.iter_mut().zip(token) {
                        *sum += x;
                    }
                }
                normalise(&mut mean);
                mean
            })
            .collect())
    }
}

fn contains(bytes: &[u8], word: &[u8]) -> bool {
    bytes.windows(word.len()).any(|window| window == word)
}

impl Embedder for SentenceModel {
    fn name(&self) -> &str {
        &self.name
    }

    fn sha256(&self) -> &str {
        &self.sha256
    }

    fn default_floors(&self) -> Floors {
        FLOORS
    }

    fn is_slow(&self) -> bool {
        true
    }

    fn embed(&self, texts: &[&str]) -> Result<Vec<Vec<f32>>, MappingError> {
        let problem = |message: String| MappingError::Embedding { model: self.name.clone(), message };
        let mut tokens = Vec::with_capacity(texts.len());
        for text in texts {
            let encoding = self.tokenizer.encode_fast(*text, true).map_err(|e| problem(e.to_string()))?;
            tokens.push(encoding.get_ids().to_vec());
        }
        let mut order: Vec<usize> = (0..texts.len()).collect();
        order.sort_by_key(|&at| (tokens[at].len(), at));
        let batches: Vec<&[usize]> = order
            .chunk_by(|&a, &b| tokens[a].len() == tokens[b].len())
            .flat_map(|equal| equal.chunks(self.batch))
            .collect();
        let vectors = Mutex::new(vec![Vec::new(); texts.len()]);
        let failed: Mutex<Option<String>> = Mutex::new(None);
        let next = AtomicUsize::new(0);
        let workers = rayon::current_num_threads().min(batches.len());
        std::thread::scope(|scope| {
            for _ in 0..workers {
                scope.spawn(|| {
                    let pool = Arc::new(ThreadPool::with_num_threads(1));
                    while let Some(batch) = batches.get(next.fetch_add(1, Ordering::Relaxed)) {
                        let ids: Vec<&[u32]> = batch.iter().map(|&at| tokens[at].as_slice()).collect();
                        match self.run(&ids, &pool) {
                            Ok(made) => {
                                if let Ok(mut vectors) = vectors.lock() {
                                    batch.iter().zip(made).for_each(|(&at, vector)| vectors[at] = vector);
                                }
                            }
                            Err(message) => {
                                if let Ok(mut failed) = failed.lock() {
                                    *failed = Some(message);
                                }
                                return;
                            }
                        }
                    }
                });
            }
        });
        match failed.into_inner().unwrap_or_default() {
            Some(message) => Err(problem(format!("model.onnx cannot be run: {message}"))),
            None => Ok(vectors.into_inner().unwrap_or_default()),
        }
    }
}

/// See docs/methods/13-mapping.md for how it was chosen.
const FLOORS: Floors = Floors { anywhere: 0.5, code: 0.1, heading: 0.3 };
