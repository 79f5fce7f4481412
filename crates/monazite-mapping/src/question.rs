//! One question: what is asked, in which run, in which words, and the key under which its answer is found again.

use std::collections::BTreeMap;

use monazite::nomenclature::Hs6;
use monazite::study::mapping::{MappingSection, ResponseFormat, SeedField, TokenField};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::digest::{number_of, sha256};
use crate::products::ProductTexts;
use crate::prompt::{ControlPair, Prompts, render};

/// What a question asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The goods that a product goes into.
    Uses,
    /// The goods that go into a product.
    Inputs,
    /// Whether one product is an input of another.
    Confirm,
    /// The same of a pair whose answer is known.
    Control,
}

impl Kind {
    /// Whether the answer is a list of goods; if not, it is yes or no.
    pub const fn is_open(self) -> bool {
        matches!(self, Self::Uses | Self::Inputs)
    }

    /// Its name in files.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Uses => "uses",
            Self::Inputs => "inputs",
            Self::Confirm => "confirm",
            Self::Control => "control",
        }
    }
}

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// What is said.
    pub content: String,
}

/// Everything about a request that the answer depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Request {
    /// The model, as the endpoint names it.
    pub model: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Temperature, if one is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<f64>,
    /// Seed, if one is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<u32>,
    /// Tokens that the answer may have.
    pub max_tokens: u64,
    /// `json_schema`, `json_object` or `none`.
    pub format: String,
}

/// A question that is ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// What it asks for.
    pub kind: Kind,
    /// The run, from 1.
    pub run: u64,
    /// What it is about: a code, two codes, or a control pair by number.
    pub about: String,
    /// Whether it follows an answer that could not be used.
    pub repair: bool,
    /// The request.
    pub request: Request,
    /// Under which its answer is found again: a hash of all of the above.
    pub key: String,
}

impl Question {
    fn new(kind: Kind, run: u64, about: String, repair: bool, request: Request) -> Self {
        let text = serde_json::to_string(&request).expect("a request is text and numbers");
        let key = sha256(format!("{}\n{run}\n{about}\n{repair}\n{text}", kind.name()).as_bytes());
        Self { kind, run, about, repair, request, key: key[..32].to_owned() }
    }

    /// The question that follows an answer which could not be used: the conversation so far, and what was wrong.
    pub fn repaired(&self, answer: &str, problem: &str, prompts: &Prompts) -> Self {
        let mut request = self.request.clone();
        let shown: String = answer.chars().take(REPEATED_ANSWER).collect();
        let wording = prompts.repair.of_run(self.run);
        request.messages.push(Message { role: "assistant".to_owned(), content: shown });
        request.messages.push(Message {
            role: "user".to_owned(),
            content: render(wording, &BTreeMap::from([("problem", problem)])),
        });
        Self::new(self.kind, self.run, self.about.clone(), true, request)
    }

    /// The body of the HTTP request.
    pub fn body(&self, token_field: TokenField, seed_field: SeedField, goods: u64) -> Value {
        let request = &self.request;
        let mut body = json!({ "model": request.model, "messages": request.messages, "stream": false });
        let tokens = match token_field {
            TokenField::MaxTokens => "max_tokens",
            TokenField::MaxCompletionTokens => "max_completion_tokens",
        };
        body[tokens] = json!(request.max_tokens);
        if let Some(temperature) = request.temperature {
            body["temperature"] = json!(temperature);
        }
        match (seed_field, request.seed) {
            (SeedField::Seed, Some(seed)) => body["seed"] = json!(seed),
            (SeedField::RandomSeed, Some(seed)) => body["random_seed"] = json!(seed),
            _ => {}
        }
        match request.format.as_str() {
            "json_schema" => body["response_format"] = response_format(self.kind, goods),
            "json_object" => body["response_format"] = json!({ "type": "json_object" }),
            _ => {}
        }
        body
    }
}

/// Characters of an unusable answer that are shown to the model again.
const REPEATED_ANSWER: usize = 2000;

fn response_format(kind: Kind, goods: u64) -> Value {
    let (name, property, schema) = if kind.is_open() {
        ("goods", "goods", json!({ "type": "array", "items": { "type": "string" }, "maxItems": goods }))
    } else {
        ("answer", "answer", json!({ "type": "string", "enum": ["yes", "no"] }))
    };
    json!({
        "type": "json_schema",
        "json_schema": {
            "name": name,
            "strict": true,
            "schema": {
                "type": "object",
                "properties": { property: schema },
                "required": [property],
                "additionalProperties": false
            }
        }
    })
}

/// Makes the questions of a study.
#[derive(Debug)]
pub struct Questioner<'a> {
    /// Parameters.
    pub section: &'a MappingSection,
    /// The model, as the endpoint names it.
    pub model: &'a str,
    /// Material of the study.
    pub material: &'a str,
    /// Seed of the study.
    pub random_seed: u64,
    /// Prompts.
    pub prompts: &'a Prompts,
    /// Codes and texts.
    pub products: &'a ProductTexts,
}

impl Questioner<'_> {
    /// What a product goes into, or what goes into it.
    pub fn open(&self, kind: Kind, product: Hs6, run: u64) -> Question {
        let (code, count) = (product.to_string(), self.section.goods.to_string());
        let wordings = if kind == Kind::Uses { &self.prompts.uses } else { &self.prompts.inputs };
        let values = BTreeMap::from([
            ("product", self.products.text(product).unwrap_or_default()),
            ("code", &code),
            ("material", self.material),
            ("count", &count),
        ]);
        let text = render(wordings.of_run(run), &values);
        Question::new(kind, run, code.clone(), false, self.request(kind, run, &code, text))
    }

    /// Whether one product is an input of another.
    pub fn confirm(&self, input: Hs6, output: Hs6, run: u64) -> Question {
        let about = format!("{input} -> {output}");
        let [a, b] = [input, output].map(|code| self.products.text(code).unwrap_or_default());
        self.pair(Kind::Confirm, about, [a, b], [&input.to_string(), &output.to_string()], run)
    }

    /// A control pair, counted from 1.
    pub fn control(&self, number: usize, pair: &ControlPair, run: u64) -> Question {
        self.pair(Kind::Control, format!("control {number}"), [&pair.input, &pair.output], ["", ""], run)
    }

    fn pair(&self, kind: Kind, about: String, texts: [&str; 2], codes: [&str; 2], run: u64) -> Question {
        let values = BTreeMap::from([
            ("input", texts[0]),
            ("output", texts[1]),
            ("input_code", codes[0]),
            ("output_code", codes[1]),
            ("material", self.material),
        ]);
        let text = render(self.prompts.confirm.of_run(run), &values);
        let request = self.request(kind, run, &about, text);
        Question::new(kind, run, about, false, request)
    }

    fn request(&self, kind: Kind, run: u64, about: &str, text: String) -> Request {
        let temperatures = &self.section.temperatures;
        let temperature =
            (!temperatures.is_empty()).then(|| temperatures[(run - 1) as usize % temperatures.len()]);
        // 31 bits: some endpoints take the seed for a signed number.
        let seed = (self.section.seed_field != SeedField::None).then(|| {
            let parts = [&self.random_seed.to_string(), kind.name(), &run.to_string(), about];
            (number_of(&parts) >> 33) as u32
        });
        let system = render(self.prompts.system.of_run(run), &BTreeMap::from([("material", self.material)]));
        Request {
            model: self.model.to_owned(),
            messages: vec![
                Message { role: "system".to_owned(), content: system },
                Message { role: "user".to_owned(), content: text },
            ],
            temperature,
            seed,
            max_tokens: self.section.max_tokens,
            format: match self.section.response_format {
                ResponseFormat::JsonSchema => "json_schema",
                ResponseFormat::JsonObject => "json_object",
                ResponseFormat::None => "none",
            }
            .to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_questioner(f: impl Fn(&Questioner<'_>)) {
        let section = MappingSection::default();
        let prompts = Prompts::load(None).unwrap();
        let products = ProductTexts::shipped();
        f(&Questioner {
            section: &section,
            model: "m",
            material: "rare earths",
            random_seed: 1,
            prompts: &prompts,
            products: &products,
        });
    }

    #[test]
    fn runs_differ_in_words_temperature_and_seed_and_repeat_exactly() {
        with_questioner(|q| {
            let code: Hs6 = "284610".parse().unwrap();
            let [one, two] = [1, 2].map(|run| q.open(Kind::Uses, code, run));
            assert_ne!(one.request.messages[1], two.request.messages[1]);
            assert_ne!(one.request.temperature, two.request.temperature);
            assert_ne!(one.request.seed, two.request.seed);
            assert_eq!(one, q.open(Kind::Uses, code, 1));
            // The same wording in a later run is still another question.
            let six = q.open(Kind::Uses, code, 6);
            assert_eq!(one.request.messages, six.request.messages);
            assert_ne!(one.key, six.key);
            assert!(
                one.request.messages[1]
                    .content
                    .starts_with("Value chain: rare earths\nProduct: Cerium compounds\n")
            );
        });
    }

    #[test]
    fn the_body_is_what_endpoints_expect() {
        with_questioner(|q| {
            let [input, output] = ["284610", "850511"].map(|c| c.parse().unwrap());
            let body = q.confirm(input, output, 3).body(TokenField::MaxTokens, SeedField::Seed, 12);
            assert_eq!(
                body["response_format"]["json_schema"]["schema"]["properties"]["answer"]["enum"][1],
                "no"
            );
            assert_eq!(body["max_tokens"], 700);
            assert_eq!(body["temperature"], 0.6);
            assert!(body["seed"].as_u64().unwrap() < 1 << 31);
            let body = q.open(Kind::Inputs, output, 1).body(
                TokenField::MaxCompletionTokens,
                SeedField::RandomSeed,
                5,
            );
            assert_eq!(
                body["response_format"]["json_schema"]["schema"]["properties"]["goods"]["maxItems"],
                5
            );
            assert!(body.get("max_tokens").is_none() && body.get("seed").is_none());
            assert!(body["random_seed"].is_u64());
        });
    }

    #[test]
    fn a_repair_carries_the_conversation() {
        with_questioner(|q| {
            let question = q.open(Kind::Uses, "284610".parse().unwrap(), 1);
            let repair = question.repaired(&"x".repeat(5000), "it is prose", q.prompts);
            assert_eq!(repair.request.messages.len(), 4);
            assert_eq!(repair.request.messages[2].content.len(), 2000);
            assert!(repair.request.messages[3].content.contains("it is prose"));
            assert_ne!(repair.key, question.key);
        });
    }
}
