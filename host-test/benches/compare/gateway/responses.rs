//! The bytes that the gateway sends, and what a contender must have read in
//! them.

use crate::proof::Proof;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt::Write as _;

pub(crate) const WHOLE: &str = r#"{"id":"chatcmpl-1","object":"chat.completion","created":1741570283,"model":"qwen-max","choices":[{"index":0,"message":{"role":"assistant","content":"Hello! How can I help you today?"},"finish_reason":"stop","logprobs":null}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}"#;
pub(crate) const ANSWER: &str = "Hello! How can I help you today?";

/// The end of a stream.
pub(crate) const LAST: &str = concat!(
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741570283,"model":"qwen-max","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":9,"total_tokens":18}}"#,
    "\n\ndata: [DONE]\n\n"
);

const EVENT: [&str; 2] = [
    r#"data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1741570283,"model":"qwen-max","system_fingerprint":null,"choices":[{"index":0,"delta":{"role":"assistant","content":""#,
    "\"},\"logprobs\":null,\"finish_reason\":null}]}\n\n",
];

/// An event of a stream with this content.
pub(crate) fn event(content: &str) -> String {
    let [before, after] = EVENT;
    format!("{before}{content}{after}")
}

/// The text of an event of a given size in bytes. Every 40th letter is one that JSON
/// escapes, as line breaks are in real answers.
fn content(bytes: usize) -> (String, String) {
    let room = bytes - EVENT.map(str::len).iter().sum::<usize>();
    let mut escaped = String::new();
    let mut plain = String::new();
    while escaped.len() < room {
        if escaped.len() % 40 == 20 && escaped.len() + 2 <= room {
            escaped.push_str("\\n");
            plain.push('\n');
        } else {
            escaped.push('a');
            plain.push('a');
        }
    }
    (escaped, plain)
}

/// An event of a given size in bytes.
pub(crate) fn event_of(bytes: usize) -> String {
    event(&content(bytes).0)
}

/// The text of a number of such events together.
pub(crate) fn stream_proof(events: usize, bytes: usize) -> Proof {
    Proof::of_text(&content(bytes).1) * events
}

/// The value at `place` of a vector: eight digits or so, as models send.
fn value(place: usize) -> f32 {
    let step = u16::try_from(place * 7_919 % 65_521).unwrap_or_default();
    (f32::from(step) - 32_760.0) / 498_765.4
}

/// A response with a number of equal vectors.
pub(crate) fn vectors(dimensions: usize, count: usize, base64: bool) -> String {
    let values = (0..dimensions).map(value);
    let vector = if base64 {
        let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
        format!("\"{}\"", STANDARD.encode(bytes))
    } else {
        let numbers: Vec<String> = values.map(|value| value.to_string()).collect();
        format!("[{}]", numbers.join(","))
    };
    let mut response = String::from(r#"{"object":"list","data":["#);
    for index in 0..count {
        let comma = if index == 0 { "" } else { "," };
        let _ = write!(
            response,
            r#"{comma}{{"object":"embedding","index":{index},"embedding":{vector}}}"#
        );
    }
    response
        .push_str(r#"],"model":"text-embedding-v4","usage":{"prompt_tokens":9,"total_tokens":9}}"#);
    response
}

pub(crate) fn vectors_proof(dimensions: usize, count: usize) -> Proof {
    let sum = (0..dimensions).map(|place| f64::from(value(place))).sum();
    Proof {
        items: dimensions,
        sum,
    } * count
}

/// The documents from the last to the first, with scores from 1 to 0.
pub(crate) fn ranking(count: usize) -> String {
    let mut response = String::from(r#"{"id":"rerank-1","model":"rerank","results":["#);
    for place in 0..count {
        let comma = if place == 0 { "" } else { "," };
        let score = score(place, count);
        let index = count - 1 - place;
        let _ = write!(
            response,
            r#"{comma}{{"index":{index},"relevance_score":{score:.7}}}"#
        );
    }
    response.push_str(r#"],"usage":{"total_tokens":9}}"#);
    response
}

pub(crate) fn ranking_proof(count: usize) -> Proof {
    Proof::of_order((0..count).rev())
}

fn score(place: usize, count: usize) -> f64 {
    let fraction = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    1.0 - fraction(place) / fraction(count.max(2) - 1)
}
