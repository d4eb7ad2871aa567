//! What came of a call, as `expected.jsonl` has it.

use higress_host::json::error::write_error;
use higress_host::json::image_generation::write_generation as write_images;
use higress_host::json::response::write_info;
use higress_host::json::text_embedding::write_embeddings;
use higress_host::json::text_generation::{write_event, write_generation};
use higress_host::json::text_rerank::write_ranking;
use provider_host::contract::image_generation;
use provider_host::contract::text_embedding::Embeddings;
use provider_host::contract::text_generation::{Event, Generation};
use provider_host::contract::text_rerank::Ranking;
use provider_host::contract::types::{Error, ResponseMetadata};
use provider_host::response::Response;
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
    pub(crate) fn generation(outcome: Result<Response<Generation>, Error>) -> Self {
        Self::Whole(outcome.map(|generation| {
            write_generation(&Response {
                metadata: unmeasured(&generation.metadata),
                ..generation
            })
        }))
    }

    /// Vectors.
    pub(crate) fn embeddings(outcome: Result<Response<Embeddings>, Error>) -> Self {
        Self::Whole(outcome.map(|embeddings| {
            write_embeddings(&Response {
                metadata: unmeasured(&embeddings.metadata),
                ..embeddings
            })
        }))
    }

    /// Images.
    pub(crate) fn images(outcome: Result<Response<image_generation::Generation>, Error>) -> Self {
        Self::Whole(outcome.map(|images| {
            write_images(&Response {
                metadata: unmeasured(&images.metadata),
                ..images
            })
        }))
    }

    /// Documents in their order.
    pub(crate) fn ranking(outcome: Result<Response<Ranking>, Error>) -> Self {
        Self::Whole(outcome.map(|ranking| {
            write_ranking(&Response {
                metadata: unmeasured(&ranking.metadata),
                ..ranking
            })
        }))
    }

    /// The text of `expected.jsonl`.
    pub(crate) fn lines(&self) -> String {
        let mut lines = Vec::new();
        match self {
            Self::Stream(events, end) => {
                lines.extend(events.iter().map(write_event));
                lines.push(match end {
                    Ok(info) => json!({"info": write_info(&unmeasured(info))}),
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

/// Without the times that the component measures.
fn unmeasured(info: &ResponseMetadata) -> ResponseMetadata {
    ResponseMetadata {
        first_byte_ms: None,
        total_ms: None,
        ..info.clone()
    }
}
