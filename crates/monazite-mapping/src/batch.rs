//! Lines of batch files: questions as batch endpoints take them, and answers as they give them back.
//!
//! The format is that of OpenAI's batch endpoint, of vLLM's `run-batch`, and of others that follow them. A line may also hold an answer
//! that comes from elsewhere: `{"custom_id": ..., "answer": ...}`, the answer being a text or the JSON itself.

use serde_json::{Value, json};

use crate::question::{BodyForm, Question};
use crate::reply::{Reply, error_in, short};

/// One question, as a line.
pub fn line_of_question(question: &Question, form: BodyForm) -> String {
    let mut body = question.body(form);
    // Batches are never streamed, and some endpoints refuse the field.
    if let Some(fields) = body.as_object_mut() {
        fields.remove("stream");
    }
    json!({ "custom_id": question.key, "method": "POST", "url": "/v1/chat/completions", "body": body })
        .to_string()
}

/// What came back for one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputLine {
    /// Key of the question.
    pub key: String,
    /// The answer, or why there is none.
    pub reply: Reply,
}

/// Reads a line that an endpoint has written.
///
/// # Errors
/// What is wrong with it, in words.
///
/// ```
/// use monazite_mapping::batch::read_line;
/// let line = r#"{"custom_id": "uses-850511-r03", "response": {"status_code": 200, "body": {"choices": [{"message": {"content": "{}"}}]}}}"#;
/// assert_eq!(read_line(line)?.reply.answer.as_deref(), Some("{}"));
/// assert!(read_line("{").is_err());
/// # Ok::<(), String>(())
/// ```
pub fn read_line(line: &str) -> Result<OutputLine, String> {
    let value: Value = serde_json::from_str(line).map_err(|_| "this is no JSON".to_owned())?;
    let key = value["custom_id"].as_str().ok_or("there is no custom_id")?.to_owned();
    if value.get("method").is_some() && value.get("response").is_none() {
        return Err("this is a question, not an answer; name the file that came back".to_owned());
    }
    Ok(OutputLine { key, reply: reply_of(&value) })
}

fn reply_of(value: &Value) -> Reply {
    match &value["answer"] {
        Value::Null => {}
        Value::String(text) => return Reply { answer: Some(text.clone()), ..Reply::default() },
        answer => return Reply { answer: Some(answer.to_string()), ..Reply::default() },
    }
    let said = |value: &Value| error_in(value).map_or_else(String::new, |text| format!(": {}", short(&text)));
    let response = &value["response"];
    let body = match &response["body"] {
        Value::String(text) => serde_json::from_str(text).unwrap_or_else(|_| json!({ "error": text })),
        body => body.clone(),
    };
    match response["status_code"].as_u64() {
        Some(200) | None => {}
        Some(status) => return Reply::failed(format!("status {status}{}", said(&body))),
    }
    if !value["error"].is_null() {
        let text = said(value);
        return Reply::failed(format!("the batch gives an error{text}"));
    }
    if !body.is_object() {
        return Reply::failed("the line holds no response");
    }
    Reply::of_body(&body, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(line: &Value) -> String {
        read_line(&line.to_string()).unwrap().reply.error.unwrap()
    }

    #[test]
    fn answers_of_both_runners_are_read() {
        let openai = json!({
            "id": "batch_req_1", "custom_id": "uses-850511-r03", "error": null,
            "response": { "status_code": 200, "request_id": "r", "body": {
                "model": "m", "choices": [{ "index": 0, "message": { "role": "assistant", "content": "{}" }, "finish_reason": "stop" }],
                "usage": { "prompt_tokens": 5, "completion_tokens": 2 }
            } }
        });
        let read = read_line(&openai.to_string()).unwrap();
        assert_eq!((read.key.as_str(), read.reply.answer.as_deref()), ("uses-850511-r03", Some("{}")));
        assert_eq!((read.reply.prompt_tokens, read.reply.answered_by.as_deref()), (Some(5), Some("m")));
        let mut vllm = openai;
        vllm["response"]["body"] = Value::from(vllm["response"]["body"].to_string());
        assert_eq!(read_line(&vllm.to_string()).unwrap(), read);
        for answer in [json!({ "goods": [] }), json!("{\"goods\":[]}")] {
            let line = json!({ "custom_id": "uses-850511-r03", "answer": answer });
            assert_eq!(read_line(&line.to_string()).unwrap().reply.answer.as_deref(), Some("{\"goods\":[]}"));
        }
    }

    #[test]
    fn errors_keep_their_reasons() {
        let line = |rest: Value| {
            let mut line = json!({ "custom_id": "uses-850511-r03" });
            for (name, value) in rest.as_object().unwrap() {
                line[name] = value.clone();
            }
            line
        };
        for (rest, said) in [
            (
                json!({ "response": null, "error": { "code": "batch_expired", "message": "out of time" } }),
                "the batch gives an error: out of time",
            ),
            (json!({ "response": null, "error": "boom" }), "the batch gives an error: boom"),
            (
                json!({ "response": { "status_code": 429, "body": { "error": { "message": "slow down" } } } }),
                "status 429: slow down",
            ),
            (json!({ "response": { "status_code": 500, "body": "oops" } }), "status 500: oops"),
            (
                json!({ "response": { "status_code": 200, "body": { "error": { "message": "busy" } } } }),
                "an error in place of an answer: busy",
            ),
            (
                json!({ "response": { "status_code": 200, "body": { "choices": [{ "message": { "content": null }, "finish_reason": "length" }] } } }),
                "the answer ended before it began: all its tokens went into thinking; raise mapping.max_tokens",
            ),
            (json!({ "response": null, "error": null }), "the line holds no response"),
            (json!({}), "the line holds no response"),
        ] {
            assert_eq!(reason(&line(rest)), said);
        }
        for (text, said) in [
            ("{", "this is no JSON"),
            ("{\"id\": 1}", "there is no custom_id"),
            (
                "{\"custom_id\": \"a\", \"method\": \"POST\", \"body\": {}}",
                "this is a question, not an answer; name the file that came back",
            ),
        ] {
            assert_eq!(read_line(text).unwrap_err(), said);
        }
    }
}
