//! What came of a call, as `expected.jsonl` has it.

use higress_host::json;
use higress_host::json::error::write_error;
use higress_host::json::response::write_info;
use higress_host::json::text_generation::write_event;
use provider_host::contract::text_generation::Event;
use provider_host::contract::types::{Error, ResponseMetadata};
use provider_host::contract::{image_generation, text_embedding, text_generation, text_rerank};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// What came of a call.
pub(crate) enum Answer {
    /// Of a stream: its events, and how it ended.
    Stream(Vec<Event>, Result<ResponseMetadata, Error>),
    /// Of a call for a whole answer: its JSON.
    Whole(Result<Value, Error>),
}

impl Answer {
    /// Text, whole.
    pub(crate) fn generation(outcome: Result<text_generation::Response, Error>) -> Self {
        Self::Whole(outcome.map(|mut response| {
            forget_times(&mut response.metadata);
            json::text_generation::write_response(&response)
        }))
    }

    /// Vectors.
    pub(crate) fn embeddings(outcome: Result<text_embedding::Response, Error>) -> Self {
        Self::Whole(outcome.map(|mut response| {
            forget_times(&mut response.metadata);
            json::text_embedding::write_response(&response)
        }))
    }

    /// Images.
    pub(crate) fn images(outcome: Result<image_generation::Response, Error>) -> Self {
        Self::Whole(outcome.map(|mut response| {
            forget_times(&mut response.metadata);
            json::image_generation::write_response(&response)
        }))
    }

    /// Documents in their order.
    pub(crate) fn ranking(outcome: Result<text_rerank::Response, Error>) -> Self {
        Self::Whole(outcome.map(|mut response| {
            forget_times(&mut response.metadata);
            json::text_rerank::write_response(&response)
        }))
    }

    /// The text of `expected.jsonl`.
    pub(crate) fn lines(&self) -> String {
        let mut lines = Vec::new();
        match self {
            Self::Stream(events, end) => {
                lines.extend(events.iter().map(write_event));
                lines.push(match end {
                    Ok(metadata) => {
                        let mut metadata = metadata.clone();
                        forget_times(&mut metadata);
                        json!({"info": write_info(&metadata)})
                    }
                    Err(error) => failure(error),
                });
            }
            Self::Whole(Ok(answer)) => lines.push(answer.clone()),
            Self::Whole(Err(error)) => lines.push(failure(error)),
        }
        let mut text = String::new();
        for line in lines {
            let _ = writeln!(text, "{line}");
        }
        text
    }
}

fn failure(error: &Error) -> Value {
    json!({"error": write_error(error)})
}

/// Removes the times that the component measures.
fn forget_times(metadata: &mut ResponseMetadata) {
    metadata.first_byte_ms = None;
    metadata.total_ms = None;
}
