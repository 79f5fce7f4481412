//! One question: what is asked, in which run, in which words, and the key under which its answer is found again.

use std::collections::BTreeMap;

use monazite::nomenclature::Hs6;
use monazite::study::mapping::{AnswerForm, MappingSection, ResponseFormat, SeedField, TokenField};
use serde::Serialize;
use serde_json::{Value, json};

use crate::digest::{number_of, sha256};
use crate::products::ProductTexts;
use crate::prompt::{ControlPair, Prompts, render};
pub use crate::question_id::Kind;
use crate::question_id::{About, QuestionId};

/// One message of a conversation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Message {
    /// `system`, `user` or `assistant`.
    pub role: String,
    /// What is said.
    pub content: String,
}

/// Everything about a request that the answer depends on.
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The model, as the endpoint names it.
    pub model: String,
    /// The conversation.
    pub messages: Vec<Message>,
    /// Temperature, if one is sent.
    pub temperature: Option<f64>,
    /// Seed, if one is sent.
    pub seed: Option<u32>,
}

/// A question that is ready to be asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Question {
    /// Under which its answer is found again.
    pub id: QuestionId,
    /// The same as text.
    pub key: String,
    /// The request.
    pub request: Request,
}

/// How a question is put into the body of an HTTP request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BodyForm {
    /// Name of the field that limits the length of an answer.
    pub token_field: TokenField,
    /// Its value.
    pub max_tokens: u64,
    /// Name of the field that carries the seed.
    pub seed_field: SeedField,
    /// How the endpoint is told to answer in JSON.
    pub response_format: ResponseFormat,
    /// What an open answer gives for each good.
    pub answer: AnswerForm,
    /// Most goods of an open answer.
    pub goods: u64,
}

impl Question {
    fn new(id: QuestionId, request: Request) -> Self {
        Self { id, key: id.to_string(), request }
    }

    /// The question that follows an answer which could not be used: the conversation so far, and what was wrong.
    pub fn repaired(&self, answer: &str, problem: &str, prompts: &Prompts) -> Self {
        let mut request = self.request.clone();
        let shown: String = answer.chars().take(REPEATED_ANSWER).collect();
        let wording = prompts.repair.of_run(self.id.run);
        request.messages.push(Message { role: "assistant".to_owned(), content: shown });
        request.messages.push(Message {
            role: "user".to_owned(),
            content: render(wording, &BTreeMap::from([("problem", problem)])),
        });
        Self::new(QuestionId { again: true, ..self.id }, request)
    }

    /// A mark of the words of the question: the first sixteen digits of their SHA-256.
    pub fn words(&self) -> String {
        let mut said = Vec::new();
        for message in &self.request.messages {
            said.extend_from_slice(message.role.as_bytes());
            said.push(0);
            said.extend_from_slice(message.content.as_bytes());
            said.push(0);
        }
        sha256(&said)[..16].to_owned()
    }

    /// The body of the HTTP request.
    pub fn body(&self, form: BodyForm) -> Value {
        let request = &self.request;
        let mut body = json!({ "model": request.model, "messages": request.messages, "stream": false });
        let tokens = match form.token_field {
            TokenField::MaxTokens => "max_tokens",
            TokenField::MaxCompletionTokens => "max_completion_tokens",
        };
        body[tokens] = json!(form.max_tokens);
        if let Some(temperature) = request.temperature {
            body["temperature"] = json!(temperature);
        }
        match (form.seed_field, request.seed) {
            (SeedField::Seed, Some(seed)) => body["seed"] = json!(seed),
            (SeedField::RandomSeed, Some(seed)) => body["random_seed"] = json!(seed),
            _ => {}
        }
        match form.response_format {
            ResponseFormat::JsonSchema => body["response_format"] = response_format(self.id.kind, form),
            ResponseFormat::JsonObject => body["response_format"] = json!({ "type": "json_object" }),
            ResponseFormat::None => {}
        }
        body
    }
}

/// Characters of an unusable answer that are shown to the model again.
const REPEATED_ANSWER: usize = 2000;

fn response_format(kind: Kind, form: BodyForm) -> Value {
    let object = |properties: Value, required: &[&str]| json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false });
    let text = json!({ "type": "string" });
    let (name, schema) = if kind.is_open() {
        let good = match form.answer {
            AnswerForm::Text => text,
            AnswerForm::CodeAndText => object(json!({ "code": text, "text": text }), &["code", "text"]),
        };
        let goods = json!({ "type": "array", "items": good, "maxItems": form.goods });
        ("goods", object(json!({ "goods": goods }), &["goods"]))
    } else {
        let answer = json!({ "type": "string", "enum": ["yes", "no"] });
        ("answer", object(json!({ "answer": answer }), &["answer"]))
    };
    json!({ "type": "json_schema", "json_schema": { "name": name, "strict": true, "schema": schema } })
}

/// Makes the questions of a study. They say nothing of the study's material or seeds.
#[derive(Debug, Clone, Copy)]
pub struct Questioner<'a> {
    /// Parameters.
    pub section: &'a MappingSection,
    /// The model, as the endpoint names it.
    pub model: &'a str,
    /// Seed of the study.
    pub random_seed: u64,
    /// Prompts.
    pub prompts: &'a Prompts,
    /// Codes and texts.
    pub products: &'a ProductTexts,
    /// Goods that are asked for: those of the recording, where there is one.
    pub goods: u64,
    /// Runs that the controls go round: those of the recording, where there is one.
    pub runs: u64,
}

impl Questioner<'_> {
    /// How its questions are put into bodies.
    pub fn body_form(&self) -> BodyForm {
        let section = self.section;
        BodyForm {
            token_field: section.token_field,
            max_tokens: section.max_tokens,
            seed_field: section.seed_field,
            response_format: section.response_format,
            answer: section.answer,
            goods: self.goods,
        }
    }

    /// What a product goes into, or what goes into it.
    pub fn open(&self, kind: Kind, product: Hs6, run: u64) -> Question {
        let (code, count) = (product.to_string(), self.goods.to_string());
        let edition = self.products.edition_in_words();
        let wordings = if kind == Kind::Uses { &self.prompts.uses } else { &self.prompts.inputs };
        let form = self.prompts.form(self.section.answer).of_run(run);
        let form = render(form, &BTreeMap::from([("count", count.as_str()), ("edition", &edition)]));
        let values = BTreeMap::from([
            ("product", self.products.text(product).unwrap_or_default()),
            ("code", &code),
            ("edition", &edition),
            ("form", &form),
            ("count", &count),
        ]);
        self.question(kind, About::Product(product), run, render(wordings.of_run(run), &values))
    }

    /// Whether one product is an input of another.
    pub fn confirm(&self, input: Hs6, output: Hs6, run: u64) -> Question {
        let [a, b] = [input, output].map(|code| self.products.text(code).unwrap_or_default());
        let codes = [input, output].map(|code| code.to_string());
        self.pair(Kind::Confirm, About::Pair(input, output), [a, b], [&codes[0], &codes[1]], run)
    }

    /// A control pair, counted from 1, asked for the n-th time, counted from 0. The pairs go round the runs, so that all wordings are
    /// tried.
    pub fn control(&self, number: usize, pair: &ControlPair, repeat: u64) -> Question {
        let control_runs = self.section.control_runs;
        let run = ((number as u64 - 1) * control_runs + repeat) % self.runs.max(control_runs) + 1;
        self.pair(Kind::Control, About::Control(number), [&pair.input, &pair.output], ["", ""], run)
    }

    fn pair(&self, kind: Kind, about: About, texts: [&str; 2], codes: [&str; 2], run: u64) -> Question {
        let values = BTreeMap::from([
            ("input", texts[0]),
            ("output", texts[1]),
            ("input_code", codes[0]),
            ("output_code", codes[1]),
        ]);
        self.question(kind, about, run, render(self.prompts.confirm.of_run(run), &values))
    }

    fn question(&self, kind: Kind, about: About, run: u64, text: String) -> Question {
        let id = QuestionId { kind, about, run, again: false };
        let temperatures = &self.section.temperatures;
        let temperature =
            (!temperatures.is_empty()).then(|| temperatures[(run - 1) as usize % temperatures.len()]);
        // 31 bits: some endpoints take the seed for a signed number.
        let seed = (self.section.seed_field != SeedField::None)
            .then(|| (number_of(&[&self.random_seed.to_string(), &id.to_string()]) >> 33) as u32);
        let message = |role: &str, content: String| Message { role: role.to_owned(), content };
        let system = self.prompts.system.of_run(run).to_owned();
        let messages = vec![message("system", system), message("user", text)];
        Question::new(id, Request { model: self.model.to_owned(), messages, temperature, seed })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_questioner(answer: AnswerForm, f: impl Fn(&Questioner<'_>)) {
        let section = MappingSection { answer, ..MappingSection::default() };
        let prompts = Prompts::load(None).unwrap();
        let products = ProductTexts::shipped();
        f(&Questioner {
            section: &section,
            model: "m",
            random_seed: 1,
            prompts: &prompts,
            products: &products,
            goods: 15,
            runs: 10,
        });
    }

    fn code(text: &str) -> Hs6 {
        text.parse().unwrap()
    }

    #[test]
    fn runs_differ_in_words_temperature_and_seed_and_repeat_exactly() {
        with_questioner(AnswerForm::CodeAndText, |q| {
            let cerium = code("284610");
            let [one, two] = [1, 2].map(|run| q.open(Kind::Uses, cerium, run));
            assert_ne!(one.request.messages[1], two.request.messages[1]);
            assert_ne!(one.request.temperature, two.request.temperature);
            assert_ne!(one.request.seed, two.request.seed);
            assert_eq!(one, q.open(Kind::Uses, cerium, 1));
            // The same wording in a later run is still another question.
            let eleven = q.open(Kind::Uses, cerium, 11);
            assert_eq!((one.words(), one.key.as_str()), (eleven.words(), "uses-284610-r01"));
            assert_ne!((one.key, one.request.seed), (eleven.key, eleven.request.seed));
            let said = &one.request.messages[1].content;
            assert!(said.starts_with("Product: Cerium compounds (HS 2007, 284610)\n"), "{said}");
            assert!(
                said.contains("Name up to 15 different goods") && said.contains("six-digit code in HS 2007")
            );
            assert!(!said.contains("{form}") && !said.contains("{count}"));
        });
        with_questioner(AnswerForm::Text, |q| {
            let said = &q.open(Kind::Inputs, code("284610"), 1).request.messages[1].content;
            assert!(said.contains("as a customs tariff would") && !said.contains("six-digit"), "{said}");
        });
    }

    #[test]
    fn controls_go_round_the_runs_of_the_recording() {
        with_questioner(AnswerForm::CodeAndText, |q| {
            let pair = &q.prompts.controls[0];
            let runs = |number| [0, 1].map(|repeat| q.control(number, pair, repeat).id.run);
            assert_eq!((runs(1), runs(2), runs(6)), ([1, 2], [3, 4], [1, 2]));
            assert_eq!(q.control(5, pair, 1).key, "control-05-r10");
        });
    }

    #[test]
    fn the_body_is_what_endpoints_expect() {
        with_questioner(AnswerForm::CodeAndText, |q| {
            let [input, output] = ["284610", "850511"].map(code);
            let body = q.confirm(input, output, 3).body(q.body_form());
            let schema =
                |body: &Value| body["response_format"]["json_schema"]["schema"]["properties"].clone();
            assert_eq!(schema(&body)["answer"]["enum"][1], "no");
            assert_eq!(body["max_tokens"], 1200);
            assert_eq!(body["temperature"], 0.6);
            assert!(body["seed"].as_u64().unwrap() < 1 << 31);
            let form = BodyForm {
                token_field: TokenField::MaxCompletionTokens,
                seed_field: SeedField::RandomSeed,
                goods: 5,
                ..q.body_form()
            };
            let body = q.open(Kind::Inputs, output, 1).body(form);
            let goods = schema(&body)["goods"].clone();
            assert_eq!(
                (&goods["maxItems"], &goods["items"]["required"]),
                (&json!(5), &json!(["code", "text"]))
            );
            assert!(body.get("max_tokens").is_none() && body.get("seed").is_none());
            assert!(body["random_seed"].is_u64());
            let body = q.open(Kind::Inputs, output, 1).body(BodyForm { answer: AnswerForm::Text, ..form });
            assert_eq!(schema(&body)["goods"]["items"], json!({ "type": "string" }));
        });
    }

    #[test]
    fn a_repair_carries_the_conversation() {
        with_questioner(AnswerForm::CodeAndText, |q| {
            let question = q.open(Kind::Uses, code("284610"), 1);
            let repair = question.repaired(&"x".repeat(5000), "it is prose", q.prompts);
            assert_eq!(repair.request.messages.len(), 4);
            assert_eq!(repair.request.messages[2].content.len(), 2000);
            assert!(repair.request.messages[3].content.contains("it is prose"));
            assert_eq!(repair.key, "uses-284610-r01-again");
        });
    }
}
