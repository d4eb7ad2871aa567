//! The body of a chat completion request: known fields alone, no nulls,
//! nothing that the caller did not set.

use core::ops::RangeInclusive;

use serde::{Serialize, Serializer};

use super::CHAT_PATH;
use crate::call::Call;
use crate::credentials::Credentials;
use crate::error::{Error, ErrorKind};
use crate::http;
use crate::post::{self, Accept};
use crate::text_generation::{ContentPart, Delivery, Message, Parameters, Request};

/// The HTTP request for a chat completion.
///
/// # Errors
///
/// `invalid-request` for an empty conversation or message, or a parameter out
/// of its range.
pub fn encode(
    credentials: &Credentials,
    request: &Request,
    call: &Call,
    delivery: Delivery,
) -> Result<http::Request, Error> {
    check(request)?;
    let parameters = &request.parameters;
    let (accept, stream) = match delivery {
        Delivery::Whole => (Accept::Json, None),
        Delivery::Stream => (Accept::EventStream, Some(true)),
    };
    let body = Body {
        model: &credentials.model_name,
        messages: request.messages.iter().map(WireMessage::from).collect(),
        temperature: parameters.temperature,
        top_p: parameters.top_p,
        top_k: parameters.top_k,
        frequency_penalty: parameters.frequency_penalty,
        presence_penalty: parameters.presence_penalty,
        seed: parameters.seed,
        max_tokens: parameters.max_tokens,
        stop: &parameters.stop,
        user: call.end_user_id.as_deref(),
        stream,
        stream_options: stream.map(|_| StreamOptions {
            include_usage: true,
        }),
    };
    let body = serde_json::to_vec(&body).map_err(|error| {
        Error::before_sending(
            ErrorKind::Internal,
            format!("the request cannot be encoded: {error}"),
        )
    })?;
    Ok(post::json(credentials, CHAT_PATH, accept, body, call))
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<WireMessage<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u64>,
    /// An array even for one text: Higress `ai-proxy` refuses a bare string.
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: WireContent<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> From<&'a Message> for WireMessage<'a> {
    fn from(message: &'a Message) -> Self {
        let (role, content, name) = match message {
            Message::System(m) => ("system", &m.content, &m.name),
            Message::Developer(m) => ("developer", &m.content, &m.name),
            Message::User(m) => ("user", &m.content, &m.name),
            Message::Assistant(m) => ("assistant", &m.content, &m.name),
        };
        Self {
            role,
            content: WireContent(content),
            name: name.as_deref(),
        }
    }
}

/// The parts of a message. One text is sent as a string, which every backend
/// takes; parts as an array, which some refuse.
struct WireContent<'a>(&'a [ContentPart]);

impl Serialize for WireContent<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            [ContentPart::Text(text)] => serializer.serialize_str(text),
            parts => serializer.collect_seq(parts.iter().map(WirePart::from)),
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum WirePart<'a> {
    Text { text: &'a str },
}

impl<'a> From<&'a ContentPart> for WirePart<'a> {
    fn from(part: &'a ContentPart) -> Self {
        match part {
            ContentPart::Text(text) => Self::Text { text },
        }
    }
}

fn check(request: &Request) -> Result<(), Error> {
    if request.messages.is_empty() {
        return Err(Error::invalid_request(
            "`messages` is empty; a conversation has at least one",
        ));
    }
    for (index, message) in request.messages.iter().enumerate() {
        let content = match message {
            Message::System(m) | Message::Developer(m) | Message::User(m) => &m.content,
            Message::Assistant(m) => &m.content,
        };
        if content.is_empty() {
            return Err(Error::invalid_request(format!(
                "`messages[{index}]` has no content"
            )));
        }
    }
    check_parameters(&request.parameters)
}

/// The ranges are the contract's (`wit/text-generation.wit`, `parameters`).
fn check_parameters(parameters: &Parameters) -> Result<(), Error> {
    check_range("temperature", parameters.temperature, 0..=2)?;
    check_range("top_p", parameters.top_p, 0..=1)?;
    check_range("frequency_penalty", parameters.frequency_penalty, -2..=2)?;
    check_range("presence_penalty", parameters.presence_penalty, -2..=2)?;
    if parameters.max_tokens == Some(0) {
        return Err(Error::invalid_request(
            "`max_tokens` is 0; it must be at least 1",
        ));
    }
    if parameters.stop.iter().any(String::is_empty) {
        return Err(Error::invalid_request(
            "`stop` holds an empty text, which nothing could end with",
        ));
    }
    Ok(())
}

fn check_range(name: &str, value: Option<f64>, range: RangeInclusive<i8>) -> Result<(), Error> {
    match value {
        // Not-a-number is in no range.
        Some(value) if !(f64::from(*range.start())..=f64::from(*range.end())).contains(&value) => {
            Err(Error::invalid_request(format!(
                "`{name}` is out of range; it must be between {} and {}",
                range.start(),
                range.end()
            )))
        }
        Some(_) | None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credentials::Form;
    use crate::text_generation::ContentMessage;

    fn credentials() -> Credentials {
        let values = [
            ("endpoint_url".to_owned(), "http://h/team".to_owned()),
            ("consumer_auth_mode".to_owned(), "api_key".to_owned()),
            ("api_key".to_owned(), "sk-1".to_owned()),
        ];
        Credentials::parse(
            &Form::parse(&values).unwrap_or_else(|error| panic!("{error:?}")),
            "m",
        )
        .unwrap_or_else(|error| panic!("{error:?}"))
    }

    fn user(text: &str) -> Message {
        let content = vec![ContentPart::Text(text.to_owned())];
        Message::User(ContentMessage {
            content,
            name: None,
        })
    }

    fn with_parameters(parameters: Parameters) -> Request {
        Request {
            messages: vec![user("hi")],
            parameters,
        }
    }

    fn body(request: &Request, delivery: Delivery) -> String {
        let request = encode(&credentials(), request, &Call::default(), delivery).unwrap();
        String::from_utf8(request.body).unwrap()
    }

    #[test]
    fn what_is_not_set_is_not_sent() {
        let body = body(&with_parameters(Parameters::default()), Delivery::Whole);
        assert_eq!(
            body,
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#
        );
    }

    #[test]
    fn a_stream_asks_for_usage() {
        let body = body(&with_parameters(Parameters::default()), Delivery::Stream);
        assert!(
            body.ends_with(r#","stream":true,"stream_options":{"include_usage":true}}"#),
            "{body}"
        );
    }

    #[test]
    fn zero_values_are_sent_and_whole_numbers_stay_whole() {
        let parameters = Parameters {
            temperature: Some(0.0),
            seed: Some(0),
            max_tokens: Some(1024),
            stop: vec!["END".to_owned()],
            ..Parameters::default()
        };
        let body = body(&with_parameters(parameters), Delivery::Whole);
        assert!(
            body.contains(r#""temperature":0.0,"seed":0,"max_tokens":1024,"stop":["END"]"#),
            "{body}"
        );
    }

    #[test]
    fn the_request_goes_to_the_route_with_the_key() {
        let request = encode(
            &credentials(),
            &with_parameters(Parameters::default()),
            &Call::default(),
            Delivery::Stream,
        )
        .unwrap();
        assert_eq!(request.path_and_query, "/team/v1/chat/completions");
        let header = |name: &str| {
            request
                .headers
                .iter()
                .find(|(n, _)| n == name)
                .map(|(_, v)| v.as_str())
        };
        assert_eq!(header("authorization"), Some("Bearer sk-1"));
        assert_eq!(header("accept"), Some("text/event-stream"));
        assert_eq!(
            header("content-length"),
            Some(request.body.len().to_string().as_str())
        );
        assert!(!format!("{request:?}").contains("sk-1"));
    }

    #[test]
    fn parameters_out_of_range_are_named() {
        for (name, parameters) in [
            (
                "temperature",
                Parameters {
                    temperature: Some(2.1),
                    ..Parameters::default()
                },
            ),
            (
                "temperature",
                Parameters {
                    temperature: Some(f64::NAN),
                    ..Parameters::default()
                },
            ),
            (
                "top_p",
                Parameters {
                    top_p: Some(-0.1),
                    ..Parameters::default()
                },
            ),
            (
                "presence_penalty",
                Parameters {
                    presence_penalty: Some(f64::INFINITY),
                    ..Parameters::default()
                },
            ),
            (
                "max_tokens",
                Parameters {
                    max_tokens: Some(0),
                    ..Parameters::default()
                },
            ),
            (
                "stop",
                Parameters {
                    stop: vec![String::new()],
                    ..Parameters::default()
                },
            ),
        ] {
            let request = with_parameters(parameters);
            let error =
                encode(&credentials(), &request, &Call::default(), Delivery::Whole).unwrap_err();
            assert_eq!(error.kind, ErrorKind::InvalidRequest);
            assert!(
                error.message.contains(&format!("`{name}`")),
                "{}",
                error.message
            );
        }
    }

    #[test]
    fn an_empty_conversation_is_refused() {
        let error = encode(
            &credentials(),
            &Request::default(),
            &Call::default(),
            Delivery::Whole,
        )
        .unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
    }
}
