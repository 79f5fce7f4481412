//! What a chat endpoint sends back, read: an answer, or the reason why there is none.

use serde_json::Value;

/// Longest reason that is kept, in characters.
const LONGEST_REASON: usize = 200;

/// An answer, or the reason why there is none.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reply {
    /// The text of the answer.
    pub answer: Option<String>,
    /// Why there is none.
    pub error: Option<String>,
    /// The model, as the endpoint names it.
    pub answered_by: Option<String>,
    /// Why the answer ended: `stop`, or `length` if it was cut.
    pub finish_reason: Option<String>,
    /// Tokens of the question.
    pub prompt_tokens: Option<u64>,
    /// Tokens of the answer.
    pub completion_tokens: Option<u64>,
}

impl Reply {
    /// No answer, and why.
    pub fn failed(reason: impl Into<String>) -> Self {
        Self { error: Some(reason.into()), ..Self::default() }
    }

    /// Reads the body of a chat completion. `clean` takes out what must not be kept: JSON can spell a key with escapes, so each text is
    /// looked at after it has been read.
    pub fn of_body(body: &Value, clean: impl Fn(&str) -> String) -> Self {
        let text = |value: &Value| value.as_str().map(&clean);
        let choice = &body["choices"][0];
        let message = &choice["message"];
        let finish_reason = text(&choice["finish_reason"]);
        let mut reply = Self {
            answered_by: text(&body["model"]).map(|name| without_folders(&name).to_owned()),
            prompt_tokens: body["usage"]["prompt_tokens"].as_u64(),
            completion_tokens: body["usage"]["completion_tokens"].as_u64(),
            ..Self::default()
        };
        let content = content_of(&message["content"]).map(|content| clean(&content));
        match content.filter(|content| !content.trim().is_empty()) {
            Some(content) => reply.answer = Some(content),
            None => reply.error = Some(reason_of(body, message, finish_reason.as_deref(), clean)),
        }
        reply.finish_reason = finish_reason;
        reply
    }
}

/// The text of a message: a text, or the texts of its parts.
fn content_of(content: &Value) -> Option<String> {
    match content {
        Value::String(text) => Some(text.clone()),
        Value::Array(parts) => {
            Some(parts.iter().filter_map(|part| part.as_str().or_else(|| part["text"].as_str())).collect())
        }
        _ => None,
    }
}

fn reason_of(
    body: &Value,
    message: &Value,
    finished: Option<&str>,
    clean: impl Fn(&str) -> String,
) -> String {
    if let Some(said) = error_in(body) {
        return format!("an error in place of an answer: {}", short(&clean(&said)));
    }
    if !message.is_object() {
        return "what came back is JSON, but no answer of a chat model".to_owned();
    }
    if let Some(refusal) = message["refusal"].as_str().filter(|text| !text.is_empty()) {
        return format!("the model refuses: {}", short(&clean(refusal)));
    }
    match finished {
        Some("length") => {
            "the answer ended before it began: all its tokens went into thinking; raise mapping.max_tokens"
                .to_owned()
        }
        Some("content_filter") => "the endpoint holds the answer back (content_filter)".to_owned(),
        _ => "the answer is empty".to_owned(),
    }
}

/// What a body says of an error.
pub fn error_in(body: &Value) -> Option<String> {
    let error = &body["error"];
    let text = [&error["message"], error, &body["message"], &body["detail"]]
        .into_iter()
        .find_map(|value| value.as_str().filter(|text| !text.is_empty()));
    match text {
        Some(text) => Some(text.to_owned()),
        None if error.is_object() => Some(error["code"].as_str().unwrap_or("no reason given").to_owned()),
        None => None,
    }
}

/// A text of an endpoint in one line, cut.
pub fn short(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let words = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let short: String = words.chars().take(LONGEST_REASON).collect();
    if short.len() < words.len() { format!("{short}...") } else { short }
}

/// The body that an event stream adds up to: some servers stream whatever they are told. `None` if it is none.
pub fn of_events(text: &str) -> Option<Value> {
    let mut content = String::new();
    let mut body = Value::Null;
    let mut finished = Value::Null;
    for line in text.lines() {
        let Some(data) = line.strip_prefix("data:").map(str::trim) else { continue };
        let Ok(event) = serde_json::from_str::<Value>(data) else { continue };
        let choice = &event["choices"][0];
        let piece = [&choice["delta"]["content"], &choice["message"]["content"], &choice["text"]];
        content.extend(piece.into_iter().find_map(Value::as_str));
        if choice["finish_reason"].is_string() {
            finished = choice["finish_reason"].clone();
        }
        body = event;
    }
    if !body.is_object() {
        return None;
    }
    if error_in(&body).is_none() {
        let message = serde_json::json!({ "role": "assistant", "content": content });
        body["choices"] = serde_json::json!([{ "index": 0, "message": message, "finish_reason": finished }]);
    }
    Some(body)
}

/// The name of a model without the folders of somebody's disk: some servers answer with the full path of the weights.
/// Names of hubs, as in `Qwen/Qwen2.5`, are kept.
fn without_folders(name: &str) -> &str {
    let bytes = name.as_bytes();
    let drive = bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':';
    if !name.starts_with(['/', '\\', '~']) && !drive {
        return name;
    }
    name.rsplit(['/', '\\']).next().filter(|last| !last.is_empty()).unwrap_or("(unnamed)")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(body: &Value) -> Reply {
        Reply::of_body(body, |text| text.replace("secret", "[key]"))
    }

    fn chat(message: Value, finish: &str) -> Value {
        json!({ "model": "/models/m.gguf", "choices": [{ "message": message, "finish_reason": finish }], "usage": null })
    }

    #[test]
    fn answers_are_found_and_cleaned() {
        let reply = read(&chat(json!({ "content": "{} secret" }), "stop"));
        assert_eq!((reply.answer.as_deref(), reply.error), (Some("{} [key]"), None));
        assert_eq!(
            (reply.answered_by.as_deref(), reply.finish_reason.as_deref()),
            (Some("m.gguf"), Some("stop"))
        );
        let parts = json!({ "content": [{ "type": "text", "text": "a" }, { "type": "text", "text": "b" }] });
        assert_eq!(read(&chat(parts, "stop")).answer.as_deref(), Some("ab"));
    }

    #[test]
    fn the_reason_is_said_where_there_is_no_answer() {
        for (body, reason) in [
            (
                chat(json!({ "content": null, "reasoning_content": "hmm" }), "length"),
                "the answer ended before it began",
            ),
            (chat(json!({ "content": "" }), "stop"), "the answer is empty"),
            (
                chat(json!({ "content": null, "refusal": "No secret." }), "stop"),
                "the model refuses: No [key].",
            ),
            (chat(json!({ "content": null }), "content_filter"), "the endpoint holds the answer back"),
            (json!({ "choices": [] }), "what came back is JSON, but no answer"),
            (
                json!({ "error": { "message": "overloaded\n now", "code": 503 } }),
                "an error in place of an answer: overloaded now",
            ),
            (json!({ "error": {} }), "an error in place of an answer: no reason given"),
            (json!({ "error": "busy" }), "an error in place of an answer: busy"),
            (json!([]), "what came back is JSON, but no answer"),
        ] {
            let reply = read(&body);
            assert!(reply.error.clone().unwrap().starts_with(reason), "{body}: {reply:?}");
            assert_eq!(reply.answer, None);
        }
    }

    #[test]
    fn an_event_stream_adds_up_to_an_answer() {
        let stream = "event: message\ndata: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\"{\\\"goods\\\":\"}}]}\n\n\
                      data: {\"model\":\"m\",\"choices\":[{\"delta\":{\"content\":\" []}\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n";
        let reply = read(&of_events(stream).unwrap());
        assert_eq!(
            (reply.answer.as_deref(), reply.finish_reason.as_deref()),
            (Some("{\"goods\": []}"), Some("stop"))
        );
        let failed = of_events("data: {\"error\":{\"message\":\"busy\"}}\n").unwrap();
        assert!(read(&failed).error.unwrap().ends_with("busy"));
        assert_eq!(of_events("<html>data: no</html>"), None);
    }

    #[test]
    fn names_of_models_lose_folders_and_keep_owners() {
        assert_eq!(without_folders("/home/someone/models/m.gguf"), "m.gguf");
        assert_eq!(without_folders("C:\\models\\m.gguf"), "m.gguf");
        assert_eq!(without_folders("~/m.gguf"), "m.gguf");
        assert_eq!(without_folders("/models/"), "(unnamed)");
        assert_eq!(without_folders("Qwen/Qwen2.5-7B-Instruct"), "Qwen/Qwen2.5-7B-Instruct");
        assert_eq!(without_folders("llama3:8b"), "llama3:8b");
    }
}
