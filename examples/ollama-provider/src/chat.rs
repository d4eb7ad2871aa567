//! Ollama's `/api/chat`: the body of a request, and the lines of a response.

use crate::contract::text_generation::{
    ContentPart, Event, FinishReason, Message, Parameters, Request, ResponseFormat,
};
use crate::contract::types::{Error, ErrorKind, ResponseMetadata, Usage};
use crate::unsupported;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// Longest line of a response, in bytes.
const MAX_LINE_BYTES: usize = 1 << 20;

/// The body of a request. What this provider cannot send is an error: leaving
/// it out would change what the caller asked for.
pub(crate) fn body(
    model: &str,
    keep_alive: Option<&str>,
    request: &Request,
) -> Result<Vec<u8>, Error> {
    if !request.tools.is_empty() {
        return Err(unsupported("tools"));
    }
    let messages: Result<Vec<Value>, Error> = request.messages.iter().map(message).collect();
    let mut body = json!({"model": model, "messages": messages?, "stream": true});
    match &request.response_format {
        None | Some(ResponseFormat::Text) => {}
        Some(ResponseFormat::JsonObject) => body["format"] = "json".into(),
        Some(ResponseFormat::JsonSchema(format)) => {
            body["format"] =
                serde_json::from_str(&format.schema).map_err(|error| invalid_schema(&error))?;
        }
        Some(ResponseFormat::Other(_)) => return Err(unsupported("this response format")),
    }
    if let Some(keep_alive) = keep_alive {
        let seconds = keep_alive.parse::<i64>();
        body["keep_alive"] = seconds.map_or_else(|_| keep_alive.into(), Value::from);
    }
    if let Some(reasoning) = request.parameters.reasoning {
        body["think"] = reasoning.into();
    }
    body["options"] = options(&request.parameters)?.into();
    Ok(body.to_string().into_bytes())
}

fn message(message: &Message) -> Result<Value, Error> {
    let role = match message {
        Message::System(_) | Message::Developer(_) => "system",
        Message::User(_) => "user",
        Message::Assistant(message) if message.tool_calls.is_empty() => "assistant",
        Message::Assistant(_) | Message::Tool(_) => return Err(unsupported("tool calls")),
    };
    let content = content(message);
    for part in content {
        match part {
            // Ollama has no markers for its cache; they may be left out.
            ContentPart::Text(_) | ContentPart::CachePoint(_) => {}
            ContentPart::Media(_) => return Err(unsupported("images, audio, video and documents")),
            ContentPart::Other(_) => return Err(unsupported("parts of other protocols")),
        }
    }
    let content: String = texts(content).collect();
    Ok(json!({"role": role, "content": content}))
}

/// The parts of a message.
pub(crate) fn content(message: &Message) -> &[ContentPart] {
    match message {
        Message::System(message) | Message::Developer(message) | Message::User(message) => {
            &message.content
        }
        Message::Assistant(message) => &message.content,
        Message::Tool(message) => &message.content,
    }
}

/// The texts among parts.
pub(crate) fn texts(content: &[ContentPart]) -> impl Iterator<Item = &str> {
    content.iter().filter_map(|part| match part {
        ContentPart::Text(text) => Some(text.as_str()),
        ContentPart::Media(_) | ContentPart::CachePoint(_) | ContentPart::Other(_) => None,
    })
}

/// All parameters are named here, so that a new one does not compile until it
/// is sent or refused.
fn options(parameters: &Parameters) -> Result<Map<String, Value>, Error> {
    let Parameters {
        temperature,
        top_p,
        top_k,
        frequency_penalty,
        presence_penalty,
        seed,
        max_tokens,
        stop,
        reasoning: _, // beside the options
        reasoning_budget,
        reasoning_effort,
        web_search,
        extra,
    } = parameters;
    for (is_set, name) in [
        (reasoning_budget.is_some(), "`reasoning_budget`"),
        (reasoning_effort.is_some(), "`reasoning_effort`"),
        (web_search.is_some(), "`web_search`"),
        (extra.is_some(), "`extra`"),
    ] {
        if is_set {
            return Err(unsupported(name));
        }
    }
    let options = [
        ("temperature", json!(temperature)),
        ("top_p", json!(top_p)),
        ("top_k", json!(top_k)),
        ("frequency_penalty", json!(frequency_penalty)),
        ("presence_penalty", json!(presence_penalty)),
        ("seed", json!(seed)),
        ("num_predict", json!(max_tokens)),
        ("stop", json!(Some(stop).filter(|stop| !stop.is_empty()))),
    ];
    let set = options.into_iter().filter(|(_, value)| !value.is_null());
    Ok(set.map(|(name, value)| (name.to_owned(), value)).collect())
}

/// One line of a response. All fields have defaults, and unknown ones are
/// ignored, so that other versions of the server can be read.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Line {
    model: Option<String>,
    message: LineMessage,
    done: bool,
    done_reason: Option<String>,
    prompt_eval_count: Option<u64>,
    eval_count: Option<u64>,
    error: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct LineMessage {
    content: String,
    thinking: String,
}

/// Splits a response into lines and turns them into events.
#[derive(Default)]
pub(crate) struct Reader {
    line: Vec<u8>,
    /// The model that generates the response, once it is known.
    pub(crate) model: Option<String>,
    /// The last line has been read.
    pub(crate) done: bool,
}

impl Reader {
    /// Reads more of the response and appends its events.
    pub(crate) fn push(&mut self, bytes: &[u8], events: &mut Vec<Event>) -> Result<(), Error> {
        for piece in bytes.split_inclusive(|&byte| byte == b'\n') {
            if self.line.len() + piece.len() > MAX_LINE_BYTES {
                let message = format!("a line of the response exceeds {MAX_LINE_BYTES} bytes");
                return Err(Error::new(ErrorKind::Protocol, &message).sent());
            }
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                if !self.done && !line.trim_ascii().is_empty() {
                    self.read(&line, events)?;
                }
            }
        }
        Ok(())
    }

    fn read(&mut self, line: &[u8], events: &mut Vec<Event>) -> Result<(), Error> {
        let line: Line = serde_json::from_slice(line).map_err(|error| {
            let message = format!("the response is not Ollama's: {error}; check `base_url`");
            Error::new(ErrorKind::Protocol, &message).sent()
        })?;
        if let Some(error) = line.error {
            return Err(Error::new(ErrorKind::ServerUnavailable, &error).sent());
        }
        self.model = line.model.or(self.model.take());
        if !line.message.thinking.is_empty() {
            events.push(Event::Reasoning(line.message.thinking));
        }
        if !line.message.content.is_empty() {
            events.push(Event::Text(line.message.content));
        }
        if line.done {
            self.done = true;
            if line.prompt_eval_count.or(line.eval_count).is_some() {
                events.push(Event::Usage(usage(line.prompt_eval_count, line.eval_count)));
            }
            events.push(Event::Finish(match line.done_reason.as_deref() {
                None | Some("stop") => FinishReason::Stop,
                Some("length") => FinishReason::Length,
                Some(other) => FinishReason::Other(other.to_owned()),
            }));
        }
        Ok(())
    }
}

fn usage(input: Option<u64>, output: Option<u64>) -> Usage {
    Usage {
        input_tokens: input,
        output_tokens: output,
        total_tokens: input.zip(output).map(|(input, output)| input + output),
        cached_input_tokens: None,
        cache_write_input_tokens: None,
        reasoning_tokens: None,
    }
}

/// The error of a response with another status than 200.
pub(crate) fn refusal(status: u16, body: &[u8]) -> Error {
    let line: Line = serde_json::from_slice(body).unwrap_or_default();
    let kind = match status {
        401 | 403 => ErrorKind::Authorization,
        404 => ErrorKind::NotFound,
        429 => ErrorKind::RateLimited,
        500.. => ErrorKind::ServerUnavailable,
        _ => ErrorKind::BadRequest,
    };
    let reason = line.error.unwrap_or_else(|| "no reason given".to_owned());
    let message = format!("the server returned status {status}: {reason}");
    Error {
        status: Some(status),
        ..Error::new(kind, &message).sent()
    }
}

/// What is known of a response: the model that generates it.
pub(crate) fn metadata(model: Option<String>) -> ResponseMetadata {
    ResponseMetadata {
        model,
        request_id: None,
        first_byte_ms: None,
        total_ms: None,
        rate_limit: None,
        gateway: None,
    }
}

fn invalid_schema(error: &serde_json::Error) -> Error {
    let message = format!("`response_format.schema` is not JSON: {error}");
    Error::new(ErrorKind::InvalidRequest, &message).at("response_format.schema")
}

/// Longest message of an error that the contract allows, in bytes.
const MAX_MESSAGE_BYTES: usize = 2_048;

impl Error {
    /// An error before anything was sent.
    pub(crate) fn new(kind: ErrorKind, message: &str) -> Self {
        let end = message.floor_char_boundary(MAX_MESSAGE_BYTES);
        Self {
            kind,
            message: message.get(..end).unwrap_or_default().to_owned(),
            field: None,
            status: None,
            code: None,
            retry_after_ms: None,
            request_id: None,
            request_sent: false,
        }
    }

    /// The same for a field of the form or of the request.
    pub(crate) fn at(self, field: &str) -> Self {
        Self {
            field: Some(field.to_owned()),
            ..self
        }
    }

    /// The same after the request was sent.
    pub(crate) fn sent(self) -> Self {
        Self {
            request_sent: true,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Event, FinishReason, MAX_LINE_BYTES, Reader, refusal};
    use crate::contract::types::ErrorKind;

    const RESPONSE: &str = concat!(
        r#"{"model":"m","message":{"role":"assistant","content":"Grün"},"done":false}"#,
        "\n\n",
        r#"{"model":"m","message":{"content":""},"done":true,"done_reason":"length","eval_count":3}"#,
        "\n"
    );

    #[test]
    fn events_do_not_depend_on_how_the_bytes_arrive() {
        for size in 1..=RESPONSE.len() {
            let mut reader = Reader::default();
            let mut events = Vec::new();
            for piece in RESPONSE.as_bytes().chunks(size) {
                assert!(reader.push(piece, &mut events).is_ok());
            }
            assert!(reader.done);
            assert_eq!(reader.model.as_deref(), Some("m"));
            let [
                Event::Text(text),
                Event::Usage(usage),
                Event::Finish(reason),
            ] = &events[..]
            else {
                panic!("{events:?}");
            };
            assert_eq!(text, "Grün");
            assert_eq!((usage.output_tokens, usage.total_tokens), (Some(3), None));
            assert!(matches!(reason, FinishReason::Length));
        }
    }

    #[test]
    fn an_error_within_the_response_other_bytes_and_endless_lines_are_errors() {
        let endless = "x".repeat(MAX_LINE_BYTES + 1);
        for (bytes, kind) in [
            (
                "{\"error\":\"out of memory\"}\n",
                ErrorKind::ServerUnavailable,
            ),
            ("<html>\n", ErrorKind::Protocol),
            (&endless, ErrorKind::Protocol),
        ] {
            let error = Reader::default().push(bytes.as_bytes(), &mut Vec::new());
            let error = error.unwrap_err();
            assert_eq!(error.kind, kind, "{}", error.message);
            assert!(error.request_sent);
        }
    }

    #[test]
    fn a_refusal_has_the_server_s_reason() {
        let error = refusal(404, br#"{"error":"model 'x' not found"}"#);
        assert_eq!(error.kind, ErrorKind::NotFound);
        let expected = "the server returned status 404: model 'x' not found";
        assert_eq!(error.message, expected);
        assert!(refusal(502, b"<html>").message.ends_with("no reason given"));
    }
}
