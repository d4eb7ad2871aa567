//! The smallest model provider: rerank by a rule, the number of words that a
//! document shares with the query. It has no form and sends no request, so what
//! is left is what the contract asks of every provider: `description` and
//! `models`, and the interface of the kind that it serves.

use exports::higress::model_provider::{description, models, text_rerank, types};
use models::ModelBorrow;
use types::{CallOptions, Error, ErrorKind, ModelConfig, ModelKind, ResponseMetadata};

#[allow(
    missing_docs,
    unreachable_pub,
    unsafe_code,
    unused_qualifications,
    clippy::pedantic,
    reason = "written by wit-bindgen"
)]
mod bindings {
    wit_bindgen::generate!({
        world: "higress:model-provider/text-rerank-provider",
        path: "../../wit",
        generate_all,
    });

    #[cfg(target_family = "wasm")]
    export!(Rule with_types_in self);
    #[cfg(target_family = "wasm")]
    use super::Rule;
}
use bindings::exports;

struct Rule;

/// The resource `model`. There is nothing to configure.
struct Model;

impl models::Guest for Rule {
    type Model = Model;
}

impl models::GuestModel for Model {
    fn new(config: ModelConfig) -> Result<Self, Error> {
        match config.kind {
            ModelKind::TextRerank => Ok(Self),
            _ => Err(unsupported()),
        }
    }

    fn validate(&self, _: CallOptions) -> Result<ResponseMetadata, Error> {
        Ok(metadata())
    }
}

impl text_rerank::Guest for Rule {
    fn rerank(
        _: ModelBorrow<'_>,
        request: text_rerank::Request,
        _: CallOptions,
    ) -> Result<text_rerank::Response, Error> {
        let query: Vec<&str> = request.query.split_whitespace().collect();
        let score = |document: &String| {
            let words = document.split_whitespace();
            let shared = words.filter(|word| query.contains(word));
            shared.fold(0.0, |count, _| count + 1.0)
        };
        let scored = request.documents.iter().map(score).zip(0..);
        let mut results: Vec<_> = scored
            .map(|(score, index)| text_rerank::RankedDocument { index, score })
            .filter(|document| {
                request
                    .score_threshold
                    .is_none_or(|least| document.score >= least)
            })
            .collect();
        results.sort_by(|one, other| other.score.total_cmp(&one.score));
        results.truncate(request.top_n.unwrap_or(u32::MAX) as usize);
        Ok(text_rerank::Response {
            results,
            usage: None,
            metadata: metadata(),
        })
    }
}

impl description::Guest for Rule {
    fn provider() -> description::ProviderInfo {
        description::ProviderInfo {
            name: "rule".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract_version: "0.2.0".to_owned(),
            label: vec![("en_US".to_owned(), "Rule".to_owned())],
            kinds: vec![ModelKind::TextRerank],
        }
    }

    fn describe_model(config: ModelConfig) -> Result<description::ModelDescription, Error> {
        if !matches!(config.kind, ModelKind::TextRerank) {
            return Err(unsupported());
        }
        Ok(description::ModelDescription {
            label: vec![("en_US".to_owned(), "Shared words".to_owned())],
            features: Vec::new(),
            mode: None,
            context_size: None,
            batch_size: None,
            parameters: Vec::new(),
            pricing: None,
        })
    }
}

fn metadata() -> ResponseMetadata {
    ResponseMetadata {
        model: Some("words".to_owned()),
        request_id: None,
        first_byte_ms: None,
        total_ms: None,
        rate_limit: None,
        gateway: None,
    }
}

/// The error for every kind but the one that is served.
fn unsupported() -> Error {
    Error {
        kind: ErrorKind::Unsupported,
        message: "the provider ranks documents and does nothing else".to_owned(),
        field: None,
        status: None,
        code: None,
        retry_after_ms: None,
        request_id: None,
        request_sent: false,
    }
}
