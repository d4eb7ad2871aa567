//! Reading a chat completion request as strictly as a real server. `null`
//! counts as absent; fields the persona has no use for are ignored.

use http::StatusCode;
use serde_json::{Map, Value};

use super::chat_message;
use super::conversation::Conversation;
use super::field::{check_range, flag, positive_integer, present};
use super::openai_error::OpenAiError;

/// Most stop texts a request may name.
const MOST_STOP_TEXTS: usize = 4;

/// What the persona needs of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ChatRequest {
    pub(crate) model: String,
    pub(crate) conversation: Conversation,
    pub(crate) stop: Vec<String>,
    /// Most tokens of the reply.
    pub(crate) limit: Option<usize>,
    pub(crate) delivery: Delivery,
}

/// How the reply is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Delivery {
    /// As one document.
    Document,
    /// As events.
    Stream(UsageReport),
}

/// Whether a stream tells its usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsageReport {
    /// Not at all.
    Omitted,
    /// In a last event without choices (`stream_options.include_usage`).
    LastEvent,
}

impl ChatRequest {
    /// Reads a body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, OpenAiError> {
        let value: Value = serde_json::from_slice(body).map_err(|_| not_json())?;
        let fields = value.as_object().ok_or_else(not_json)?;
        let messages =
            present(fields, "messages").ok_or_else(|| OpenAiError::missing("messages"))?;
        single_choice(fields)?;
        check_range(fields, "temperature", 0.0, 2.0)?;
        check_range(fields, "top_p", 0.0, 1.0)?;
        Ok(Self {
            model: model(fields)?,
            conversation: chat_message::conversation(messages)?,
            stop: stop(fields)?,
            limit: limit(fields)?,
            delivery: delivery(fields)?,
        })
    }
}

fn not_json() -> OpenAiError {
    let message = "We could not parse the JSON body of your request: a JSON object was expected.";
    OpenAiError::new(StatusCode::BAD_REQUEST, message)
}

fn model(fields: &Map<String, Value>) -> Result<String, OpenAiError> {
    match present(fields, "model") {
        Some(Value::String(name)) if !name.is_empty() => Ok(name.clone()),
        None | Some(Value::String(_)) => Err(OpenAiError::missing("model")),
        Some(_) => Err(OpenAiError::wrong_type("model", "a string")),
    }
}

fn stop(fields: &Map<String, Value>) -> Result<Vec<String>, OpenAiError> {
    let wrong_type = || OpenAiError::wrong_type("stop", "a string or an array of strings");
    let texts = match present(fields, "stop") {
        None => Vec::new(),
        Some(Value::String(text)) => vec![text.clone()],
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map(str::to_owned).ok_or_else(wrong_type))
            .collect::<Result<_, _>>()?,
        Some(_) => return Err(wrong_type()),
    };
    if texts.len() > MOST_STOP_TEXTS {
        let message = format!("Invalid 'stop': at most {MOST_STOP_TEXTS} strings are allowed.");
        return Err(OpenAiError::field("stop", message).code("array_above_max_length"));
    }
    if texts.iter().any(String::is_empty) {
        return Err(OpenAiError::field(
            "stop",
            "Invalid 'stop': an empty string.",
        ));
    }
    Ok(texts)
}

fn limit(fields: &Map<String, Value>) -> Result<Option<usize>, OpenAiError> {
    let old = positive_integer(fields, "max_tokens")?;
    let new = positive_integer(fields, "max_completion_tokens")?;
    if old.is_some() && new.is_some() {
        let message =
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.";
        return Err(OpenAiError::field("max_tokens", message).code("invalid_parameter_combination"));
    }
    Ok(old.or(new))
}

/// The persona has one thing to say: `n` must be absent or 1.
fn single_choice(fields: &Map<String, Value>) -> Result<(), OpenAiError> {
    match positive_integer(fields, "n")? {
        None | Some(1) => Ok(()),
        Some(_) => Err(
            OpenAiError::field("n", "This model does not support 'n' above 1.")
                .code("unsupported_value"),
        ),
    }
}

fn delivery(fields: &Map<String, Value>) -> Result<Delivery, OpenAiError> {
    let streams = flag(fields, "stream")?;
    let options = match present(fields, "stream_options") {
        None => None,
        Some(Value::Object(options)) => Some(options),
        Some(_) => return Err(OpenAiError::wrong_type("stream_options", "an object")),
    };
    match (streams, options) {
        (false, None) => Ok(Delivery::Document),
        (false, Some(_)) => {
            let message = "'stream_options' is only allowed when 'stream' is true.";
            Err(OpenAiError::field("stream_options", message))
        }
        (true, Some(options)) if flag(options, "include_usage")? => {
            Ok(Delivery::Stream(UsageReport::LastEvent))
        }
        (true, _) => Ok(Delivery::Stream(UsageReport::Omitted)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse_with(extra: &Value) -> Result<ChatRequest, OpenAiError> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "hi"}]});
        let extra = extra.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(extra);
        ChatRequest::parse(body.to_string().as_bytes())
    }

    #[test]
    fn stop_may_be_a_text_or_a_list_of_texts() {
        assert_eq!(parse_with(&json!({"stop": "a"})).unwrap().stop, ["a"]);
        assert_eq!(
            parse_with(&json!({"stop": ["a", "b"]})).unwrap().stop,
            ["a", "b"]
        );
    }

    #[test]
    fn null_counts_as_absent() {
        let request =
            parse_with(&json!({"stop": null, "max_tokens": null, "stream": null})).unwrap();
        assert_eq!(request, parse_with(&json!({})).unwrap());
    }

    #[test]
    fn both_names_of_the_limit_are_understood() {
        assert_eq!(
            parse_with(&json!({"max_tokens": 3})).unwrap().limit,
            Some(3)
        );
        assert_eq!(
            parse_with(&json!({"max_completion_tokens": 3}))
                .unwrap()
                .limit,
            Some(3)
        );
    }

    #[test]
    fn what_a_real_server_refuses_is_refused() {
        for extra in [
            json!({"model": null}),
            json!({"model": ""}),
            json!({"model": 1}),
            json!({"messages": null}),
            json!({"stop": 1}),
            json!({"stop": ["a", 1]}),
            json!({"stop": ["a", "b", "c", "d", "e"]}),
            json!({"stop": ""}),
            json!({"max_tokens": 10.0}),
            json!({"max_tokens": "10"}),
            json!({"max_tokens": 0}),
            json!({"max_tokens": -1}),
            json!({"max_tokens": 1, "max_completion_tokens": 1}),
            json!({"n": 2}),
            json!({"temperature": 2.5}),
            json!({"temperature": "warm"}),
            json!({"top_p": -0.1}),
            json!({"stream": "true"}),
            json!({"stream_options": {"include_usage": true}}),
            json!({"stream": true, "stream_options": []}),
            json!({"stream": true, "stream_options": {"include_usage": 1}}),
        ] {
            assert!(parse_with(&extra).is_err(), "{extra} was taken");
        }
    }

    #[test]
    fn what_is_no_json_object_is_refused() {
        for body in ["", "{", "[]", "null", "{\"model\":\"m\"} x", "\u{feff}{}"] {
            assert_eq!(
                ChatRequest::parse(body.as_bytes()),
                Err(not_json()),
                "{body}"
            );
        }
    }
}
