//! The smallest model provider: rerank by a rule, the number of words that a
//! document shares with the query. It has no form and sends no request, so what
//! is left is what the contract asks of every provider.

use exports::higress::model_provider::{
    credentials, description, image_generation, text_embedding, text_generation, text_rerank, types,
};
use types::{Error, ErrorKind, SessionBorrow};

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
        world: "higress:model-provider/provider",
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
struct Session;

impl types::Guest for Rule {
    type Session = Session;
}

impl types::GuestSession for Session {
    fn new(_: types::Model, _: types::CallOptions) -> Self {
        Self
    }

    fn info(&self) -> types::ResponseMetadata {
        types::ResponseMetadata {
            model: Some("words".to_owned()),
            request_id: None,
            fallback_from: None,
            cached: false,
            guarded: false,
            gateway_ms: None,
            upstream_ms: None,
            first_byte_ms: None,
            total_ms: None,
            rate_limit: None,
        }
    }
}

impl text_rerank::Guest for Rule {
    fn rerank(
        _: SessionBorrow<'_>,
        request: text_rerank::Request,
    ) -> Result<text_rerank::Ranking, Error> {
        let query: Vec<&str> = request.query.split_whitespace().collect();
        let score = |document: &String| {
            let words = document.split_whitespace();
            let shared = words.filter(|word| query.contains(word));
            shared.fold(0.0, |count, _| count + 1.0)
        };
        let scored = request.documents.iter().map(score).zip(0..);
        let mut results: Vec<_> = scored
            .map(|(score, index)| text_rerank::RankedDocument { index, score })
            .collect();
        results.sort_by(|one, other| other.score.total_cmp(&one.score));
        results.truncate(request.top_n.unwrap_or(u32::MAX) as usize);
        Ok(text_rerank::Ranking {
            results,
            usage: None,
        })
    }
}

impl credentials::Guest for Rule {
    fn validate(_: SessionBorrow<'_>) -> Result<(), Error> {
        Ok(())
    }
}

impl description::Guest for Rule {
    fn provider() -> description::ProviderInfo {
        description::ProviderInfo {
            name: "rule".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract_version: "0.2.0".to_owned(),
            label: vec![("en_US".to_owned(), "Rule".to_owned())],
            kinds: vec![types::ModelKind::TextRerank],
        }
    }

    fn describe(_: SessionBorrow<'_>) -> Result<description::ModelDescription, Error> {
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

// The contract has four kinds; the others are not served.

fn unsupported() -> Error {
    Error {
        kind: ErrorKind::Unsupported,
        message: "the provider ranks documents and does nothing else".to_owned(),
        status: None,
        code: None,
        retry_after_ms: None,
        request_id: None,
        request_sent: false,
    }
}

impl text_generation::Guest for Rule {
    type GenerationStream = Session;
    type PreparedRequest = Session;
}

impl text_generation::GuestPreparedRequest for Session {
    fn new(_: text_generation::Request) -> Self {
        Self
    }

    fn generate(&self, _: SessionBorrow<'_>) -> Result<text_generation::Generation, Error> {
        Err(unsupported())
    }

    fn generate_stream(
        &self,
        _: SessionBorrow<'_>,
    ) -> Result<text_generation::GenerationStream, Error> {
        Err(unsupported())
    }

    fn estimate_tokens(&self) -> u64 {
        0
    }
}

impl text_generation::GuestGenerationStream for Session {
    fn next(&self) -> Result<Vec<text_generation::Event>, Error> {
        Ok(Vec::new())
    }
}

impl text_embedding::Guest for Rule {
    fn embed(
        _: SessionBorrow<'_>,
        _: text_embedding::Request,
    ) -> Result<text_embedding::Embeddings, Error> {
        Err(unsupported())
    }
}

impl image_generation::Guest for Rule {
    fn generate(
        _: SessionBorrow<'_>,
        _: image_generation::Request,
    ) -> Result<image_generation::Generation, Error> {
        Err(unsupported())
    }
}
