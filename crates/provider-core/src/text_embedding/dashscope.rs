//! DashScope's own embedding API. Unlike its compatible API, it distinguishes
//! queries from documents.

use serde::Serialize;

use super::batch::Batch;
use super::request::InputType;

/// The path of the API relative to the endpoint.
pub(super) const PATH: &str = "/api/v1/services/embeddings/text-embedding/text-embedding";

/// The body of a request. The API returns vectors only as numbers, and has no
/// field for the end user.
#[derive(Serialize)]
pub(super) struct Body<'a> {
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

/// The body of the request for a batch.
pub(super) fn body<'a>(batch: &Batch<'a>) -> Body<'a> {
    Body {
        model: batch.model,
        input: Input { texts: batch.texts },
        parameters: Parameters {
            text_type: batch.input_type.map(|input_type| match input_type {
                InputType::Document => "document",
                InputType::Query => "query",
            }),
            dimension: batch.dimensions,
        },
    }
}
