//! DashScope's own embedding API. Unlike its compatible one it is told what
//! the vectors are for.

use serde::Serialize;

use super::{Batch, InputType};

/// Where the API lies behind the endpoint's base.
pub(super) const PATH: &str = "/api/v1/services/embeddings/text-embedding/text-embedding";

/// The body of a request. The vectors come as numbers: the API has no other
/// form, and no field for the end user.
pub(super) fn encode(batch: &Batch<'_>) -> serde_json::Result<Vec<u8>> {
    serde_json::to_vec(&Body {
        model: batch.model,
        input: Input { texts: batch.texts },
        parameters: Parameters {
            text_type: batch.input_type.map(|input_type| match input_type {
                InputType::Document => "document",
                InputType::Query => "query",
            }),
            dimension: batch.dimensions,
        },
    })
}

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Input<'a>,
    #[serde(skip_serializing_if = "Parameters::is_empty")]
    parameters: Parameters,
}

#[derive(Serialize)]
struct Input<'a> {
    texts: &'a [String],
}

#[derive(Serialize)]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    text_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimension: Option<u32>,
}

impl Parameters {
    fn is_empty(&self) -> bool {
        self.text_type.is_none() && self.dimension.is_none()
    }
}
