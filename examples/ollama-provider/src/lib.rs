//! A small model provider: text generation by Ollama's native API. It is an
//! example for authors of other providers, and leaves out what they would not
//! learn from: tools, media, retries, embeddings.
//!
//! This file implements the contract's interfaces, `chat` writes and reads
//! Ollama's JSON without input or output, `http` sends requests.

mod chat;
mod http;

use bindings::exports::higress::model_provider as contract;
use contract::text_generation::{
    ContentPart, Event, FinishReason, Generation, GenerationStream, Message, Parameters, Request,
    Role,
};
use contract::types::{
    CallOptions, Error, ErrorKind, Model, ModelKind, ResponseMetadata, SessionBorrow,
};
use std::cell::RefCell;
use std::rc::Rc;

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
        // The interfaces of WASI are those of the crate `wasi`.
        with: {
            "wasi:clocks/monotonic-clock@0.2.4": wasi::clocks::monotonic_clock,
            "wasi:clocks/wall-clock@0.2.4": wasi::clocks::wall_clock,
            "wasi:http/outgoing-handler@0.2.4": wasi::http::outgoing_handler,
            "wasi:http/types@0.2.4": wasi::http::types,
            "wasi:io/error@0.2.4": wasi::io::error,
            "wasi:io/poll@0.2.4": wasi::io::poll,
            "wasi:io/streams@0.2.4": wasi::io::streams,
            "wasi:random/random@0.2.4": wasi::random::random,
        },
    });

    #[cfg(target_family = "wasm")]
    export!(Component with_types_in self);
    #[cfg(target_family = "wasm")]
    use super::Component;
}

struct Component;

/// A model with its settings, and what is known of the last response.
struct Session {
    model: Model,
    options: CallOptions,
    metadata: Rc<RefCell<ResponseMetadata>>,
}

/// A request that can be sent any number of times.
struct PreparedRequest(Request);

/// A response that is being read; none once it has ended or failed.
struct Stream {
    running: RefCell<Option<(http::Body, chat::Reader)>>,
    metadata: Rc<RefCell<ResponseMetadata>>,
}

impl contract::types::Guest for Component {
    type Session = Session;
}

impl contract::types::GuestSession for Session {
    fn new(model: Model, options: CallOptions) -> Self {
        let metadata = Rc::new(RefCell::new(chat::metadata(None)));
        Self {
            model,
            options,
            metadata,
        }
    }

    fn info(&self) -> ResponseMetadata {
        self.metadata.borrow().clone()
    }
}

impl Session {
    /// The value of a field of the form, if it is filled in.
    fn credential(&self, variable: &str) -> Option<&str> {
        let mut values = self.model.credentials.iter().rev();
        let (_, value) = values.find(|(known, _)| known == variable)?;
        Some(value.trim()).filter(|value| !value.is_empty())
    }

    fn start(&self, request: &Request) -> Result<Stream, Error> {
        self.metadata.replace(chat::metadata(None));
        if self.model.kind != ModelKind::TextGeneration {
            return Err(unsupported("this kind of model"));
        }
        let base_url = self.credential("base_url").unwrap_or_default();
        let endpoint = http::Endpoint::parse(base_url).ok_or_else(|| {
            let message = "`base_url` is missing or not a URL such as http://127.0.0.1:11434";
            Error::new(ErrorKind::InvalidCredentials, message)
        })?;
        let body = chat::body(&self.model.name, self.credential("keep_alive"), request)?;
        let body = http::post(&endpoint, "/api/chat", &body, &self.options)?;
        Ok(Stream {
            running: RefCell::new(Some((body, chat::Reader::default()))),
            metadata: Rc::clone(&self.metadata),
        })
    }
}

impl contract::text_generation::Guest for Component {
    type GenerationStream = Stream;
    type PreparedRequest = PreparedRequest;
}

impl contract::text_generation::GuestPreparedRequest for PreparedRequest {
    fn new(request: Request) -> Self {
        Self(request)
    }

    fn generate(&self, session: SessionBorrow<'_>) -> Result<Generation, Error> {
        let stream = session.get::<Session>().start(&self.0)?;
        let mut whole = Generation {
            text: String::new(),
            reasoning: None,
            refusal: None,
            tool_calls: Vec::new(),
            finish_reason: FinishReason::Stop,
            usage: None,
        };
        loop {
            let events = stream.next_events()?;
            if events.is_empty() {
                return Ok(whole);
            }
            for event in events {
                match event {
                    Event::Text(text) => whole.text.push_str(&text),
                    Event::Reasoning(text) => {
                        whole.reasoning.get_or_insert_default().push_str(&text);
                    }
                    Event::Usage(usage) => whole.usage = Some(usage),
                    Event::Finish(reason) => whole.finish_reason = reason,
                    Event::Refusal(_) | Event::ToolCall(_) | Event::CompletedToolCall(_) => {}
                }
            }
        }
    }

    fn generate_stream(&self, session: SessionBorrow<'_>) -> Result<GenerationStream, Error> {
        let stream = session.get::<Session>().start(&self.0)?;
        Ok(GenerationStream::new(stream))
    }

    /// Four bytes a token, as English has.
    fn estimate_tokens(&self) -> u64 {
        let texts = self.0.messages.iter().flat_map(chat::texts);
        texts.map(|text| text.len().div_ceil(4) as u64).sum()
    }
}

impl contract::text_generation::GuestGenerationStream for Stream {
    fn next(&self) -> Result<Vec<Event>, Error> {
        self.next_events()
    }
}

impl Stream {
    /// Waits for the next events. An empty list is the end.
    fn next_events(&self) -> Result<Vec<Event>, Error> {
        // Put back below unless the response has ended or failed.
        let Some((body, mut reader)) = self.running.take() else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        while events.is_empty() {
            let bytes = body.read()?.ok_or_else(|| {
                let message = "the response ended before it was complete";
                Error::new(ErrorKind::Protocol, message).sent()
            })?;
            reader.push(&bytes, &mut events)?;
        }
        self.metadata.replace(chat::metadata(reader.model.clone()));
        if !reader.done {
            self.running.replace(Some((body, reader)));
        }
        Ok(events)
    }
}

impl contract::credentials::Guest for Component {
    /// Asks for one token.
    fn validate(session: SessionBorrow<'_>) -> Result<(), Error> {
        let stream = session.get::<Session>().start(&probe())?;
        while !stream.next_events()?.is_empty() {}
        Ok(())
    }
}

/// A request as small as it can be.
fn probe() -> Request {
    let message = Message {
        role: Role::User,
        content: vec![ContentPart::Text("Hi".to_owned())],
        name: None,
    };
    let parameters = Parameters {
        temperature: None,
        top_p: None,
        top_k: None,
        frequency_penalty: None,
        presence_penalty: None,
        seed: None,
        max_tokens: Some(1),
        stop: Vec::new(),
        thinking: None,
        thinking_budget: None,
        reasoning_effort: None,
        web_search: None,
        extra: None,
    };
    Request {
        messages: vec![message],
        tools: Vec::new(),
        tool_choice: None,
        parallel_tool_calls: None,
        response_format: None,
        parameters,
    }
}

impl contract::description::Guest for Component {
    fn provider() -> contract::description::ProviderInfo {
        contract::description::ProviderInfo {
            name: "ollama".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract_version: "0.2.0".to_owned(),
            label: vec![("en_US".to_owned(), "Ollama".to_owned())],
            kinds: vec![ModelKind::TextGeneration],
        }
    }

    fn describe(
        session: SessionBorrow<'_>,
    ) -> Result<contract::description::ModelDescription, Error> {
        let model = &session.get::<Session>().model;
        if model.kind != ModelKind::TextGeneration {
            return Err(unsupported("this kind of model"));
        }
        Ok(contract::description::ModelDescription {
            label: vec![("en_US".to_owned(), model.name.clone())],
            features: Vec::new(),
            mode: Some(contract::description::CompletionMode::Chat),
            context_size: None,
            batch_size: None,
            parameters: Vec::new(),
            pricing: None,
        })
    }
}

// The contract has four kinds; a provider says of the others that it does not
// serve them.

impl contract::image_generation::Guest for Component {
    fn generate(
        _: SessionBorrow<'_>,
        _: contract::image_generation::Request,
    ) -> Result<contract::image_generation::Generation, Error> {
        Err(unsupported("image generation"))
    }
}

impl contract::text_embedding::Guest for Component {
    fn embed(
        _: SessionBorrow<'_>,
        _: contract::text_embedding::Request,
    ) -> Result<contract::text_embedding::Embeddings, Error> {
        Err(unsupported("text embedding"))
    }
}

impl contract::text_rerank::Guest for Component {
    fn rerank(
        _: SessionBorrow<'_>,
        _: contract::text_rerank::Request,
    ) -> Result<contract::text_rerank::Ranking, Error> {
        Err(unsupported("text rerank"))
    }
}

fn unsupported(what: &str) -> Error {
    let message = format!("the provider does not support {what}");
    Error::new(ErrorKind::Unsupported, &message)
}
