//! Models, requests and responses of the calls that are measured.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use provider_host::bindings::{text_generation, types};
use std::fmt::Write as _;

/// What signs requests by HMAC-SHA-256.
pub const SIGNED: [(&str, &str); 3] = [
    ("consumer_auth_mode", "hmac"),
    ("hmac_key", "appKey"),
    ("hmac_secret", "appSecret"),
];

pub(super) fn model(kind: types::ModelKind, more: &[(&str, &str)]) -> types::ModelConfig {
    let form = [
        ("endpoint_url", "http://gateway.test"),
        ("embedding_batch_size", "2048"),
    ];
    types::ModelConfig {
        kind,
        name: "model-1".to_owned(),
        credentials: form
            .iter()
            .chain(more)
            .map(|(variable, value)| ((*variable).to_owned(), (*value).to_owned()))
            .collect(),
    }
}

pub(super) fn question() -> text_generation::Request {
    text_generation::Request::new([text_generation::Message::user("Why is the sky blue?")])
}

/// This many messages of some 85 bytes, by user and model in turns.
pub(super) fn conversation(messages: usize) -> text_generation::Request {
    const SAID: &str =
        "A message of some words, as people write them, of about eighty-five bytes or so in all.";
    text_generation::Request::new((0..messages).map(|place| {
        if place % 2 == 0 {
            text_generation::Message::user(SAID)
        } else {
            text_generation::Message::assistant(SAID)
        }
    }))
}

pub(super) const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1741570283,"model":"qwen-max","choices":[{"index":0,"message":{"role":"assistant","content":"Because of Rayleigh scattering."},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}"#;

/// This many events of about 245 bytes, as `OpenAI` words them.
pub(super) fn stream_of(events: usize) -> Vec<u8> {
    let mut body = String::new();
    for index in 0..events {
        let _ = write!(
            body,
            "data: {{\"id\":\"chatcmpl-B9MHDbslfkBeAs8l4bebGdFOJ6PeG\",\"object\":\"chat.completion.chunk\",\
             \"created\":1741570283,\"model\":\"gpt-4o-2024-08-06\",\"service_tier\":\"default\",\
             \"choices\":[{{\"index\":0,\"delta\":{{\"content\":\" word{index:06}\"}},\"logprobs\":null,\
             \"finish_reason\":null}}]}}\n\n"
        );
    }
    body.push_str(
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n",
    );
    body.into_bytes()
}

/// How vectors are written.
#[derive(Clone, Copy)]
pub enum Form {
    /// As arrays of JSON numbers.
    Numbers,
    /// As the bytes of the values, in base64.
    Base64,
}

pub(super) fn vectors(count: usize, dimensions: usize, form: Form) -> Vec<u8> {
    let values: Vec<f32> = (0_u16..)
        .take(dimensions)
        .map(|place| (f32::from(place) * 0.37).sin() * 0.07)
        .collect();
    let vector = match form {
        Form::Numbers => {
            let numbers: Vec<String> = values.iter().map(f32::to_string).collect();
            format!("[{}]", numbers.join(","))
        }
        Form::Base64 => {
            let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
            format!("\"{}\"", STANDARD.encode(bytes))
        }
    };
    let items: Vec<String> = (0..count)
        .map(|index| format!("{{\"index\":{index},\"embedding\":{vector}}}"))
        .collect();
    format!("{{\"object\":\"list\",\"data\":[{}]}}", items.join(",")).into_bytes()
}

pub(super) fn ranking(documents: usize) -> String {
    let results: Vec<String> = (0..documents)
        .map(|index| format!("{{\"index\":{index},\"relevance_score\":0.{index:06}}}"))
        .collect();
    format!("{{\"output\":{{\"results\":[{}]}}}}", results.join(","))
}
