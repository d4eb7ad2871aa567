//! A small model provider: text generation by Ollama's native API. It is an
//! example for authors of other providers, and leaves out what they would not
//! learn from: tools, media, retries, embeddings.
//!
//! This file implements the contract's interfaces, `chat` writes and reads
//! Ollama's JSON without input or output, `http` sends requests.

#![allow(
    clippy::result_large_err,
    reason = "what fails returns the contract's error, as every export does"
)]

mod chat;
mod http;

use bindings::exports::higress::model_provider as contract;
use contract::description::{CompletionMode, ModelDescription, ProviderInfo};
use contract::models::ModelBorrow;
use contract::text_generation::{
    ContentMessage, ContentPart, Event, FinishReason, Message, Parameters, Request, Response,
    ResponseStream,
};
use contract::types::{CallOptions, Error, ErrorKind, ModelConfig, ModelKind, ResponseMetadata};
use std::cell::RefCell;
use wasi::clocks::monotonic_clock;
use wasi::io::poll::Pollable;

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
        world: "higress:model-provider/text-generation-provider",
        path: "../../wit",
        additional_derives: [PartialEq],
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

/// The resource `model`: the filled form, parsed once.
struct Model {
    name: String,
    endpoint: http::Endpoint,
    keep_alive: Option<String>,
}

/// The resource `response-stream`: a response that is being read.
struct Stream(RefCell<Reading>);

struct Reading {
    /// None once the response has ended or failed.
    body: Option<http::Body>,
    reader: chat::Reader,
}

impl contract::models::Guest for Component {
    type Model = Model;
}

impl contract::models::GuestModel for Model {
    fn new(config: ModelConfig) -> Result<Self, Error> {
        served(&config.kind)?;
        // If a field occurs twice, the last value counts.
        let value = |variable: &str| {
            let mut values = config.credentials.iter().rev();
            let (_, value) = values.find(|(known, _)| known == variable)?;
            Some(value.trim()).filter(|value| !value.is_empty())
        };
        let base_url = value("base_url").unwrap_or_default();
        let endpoint = http::Endpoint::parse(base_url).ok_or_else(|| {
            let message = "`base_url` is missing or not a URL such as http://127.0.0.1:11434";
            Error::new(ErrorKind::InvalidCredentials, message).at("base_url")
        })?;
        Ok(Self {
            endpoint,
            keep_alive: value("keep_alive").map(ToOwned::to_owned),
            name: config.name,
        })
    }

    /// Generates one token.
    fn validate(&self, options: CallOptions) -> Result<ResponseMetadata, Error> {
        let mut reading = self.start(&probe(), &options)?;
        while reading.next()?.is_some() {}
        Ok(reading.metadata())
    }
}

impl Model {
    /// Sends a request, and waits for the head of the response.
    fn start(&self, request: &Request, options: &CallOptions) -> Result<Reading, Error> {
        let body = chat::body(&self.name, self.keep_alive.as_deref(), request)?;
        let body = http::post(&self.endpoint, "/api/chat", &body, options)?;
        Ok(Reading {
            body: Some(body),
            reader: chat::Reader::default(),
        })
    }
}

impl contract::text_generation::Guest for Component {
    type ResponseStream = Stream;

    fn generate(
        model: ModelBorrow<'_>,
        request: Request,
        options: CallOptions,
    ) -> Result<Response, Error> {
        let mut reading = model.get::<Model>().start(&request, &options)?;
        let mut whole = Response {
            text: String::new(),
            reasoning: None,
            refusal: None,
            tool_calls: Vec::new(),
            citations: Vec::new(),
            images: Vec::new(),
            audio: None,
            provider_data: None,
            finish_reason: FinishReason::Stop,
            usage: None,
            metadata: chat::metadata(None),
        };
        while let Some(events) = reading.next()? {
            for event in events {
                match event {
                    Event::Text(text) => whole.text.push_str(&text),
                    Event::Reasoning(text) => {
                        whole.reasoning.get_or_insert_default().push_str(&text);
                    }
                    Event::Usage(usage) => whole.usage = Some(usage),
                    Event::Finish(reason) => whole.finish_reason = reason,
                    // The reader makes no other events.
                    _ => {}
                }
            }
        }
        whole.metadata = reading.metadata();
        Ok(whole)
    }

    fn generate_stream(
        model: ModelBorrow<'_>,
        request: Request,
        options: CallOptions,
    ) -> Result<ResponseStream, Error> {
        let reading = model.get::<Model>().start(&request, &options)?;
        Ok(ResponseStream::new(Stream(RefCell::new(reading))))
    }

    /// Four bytes a token, as English has.
    fn estimate_tokens(request: Request) -> u64 {
        let contents = request.messages.iter().map(chat::content);
        let texts = contents.flat_map(chat::texts);
        texts.map(|text| text.len().div_ceil(4) as u64).sum()
    }
}

impl contract::text_generation::GuestResponseStream for Stream {
    fn next(&self) -> Result<Option<Vec<Event>>, Error> {
        self.0.borrow_mut().next()
    }

    fn subscribe(&self) -> Pollable {
        match &self.0.borrow().body {
            Some(body) => body.subscribe(),
            // Ready at once, as `next` is.
            None => monotonic_clock::subscribe_duration(0),
        }
    }

    fn metadata(&self) -> ResponseMetadata {
        self.0.borrow().metadata()
    }
}

impl Reading {
    /// Waits for more of the response, and returns the events in it.
    fn next(&mut self) -> Result<Option<Vec<Event>>, Error> {
        // Put back below unless the response has ended or failed.
        let Some(body) = self.body.take() else {
            return Ok(None);
        };
        let bytes = body.read()?.ok_or_else(|| {
            let message = "the response ended before it was complete";
            Error::new(ErrorKind::Protocol, message).sent()
        })?;
        let mut events = Vec::new();
        self.reader.push(&bytes, &mut events)?;
        if !self.reader.done {
            self.body = Some(body);
        }
        Ok(Some(events))
    }

    fn metadata(&self) -> ResponseMetadata {
        chat::metadata(self.reader.model.clone())
    }
}

/// A request as small as it can be.
fn probe() -> Request {
    let message = ContentMessage {
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
        reasoning: None,
        reasoning_budget: None,
        reasoning_effort: None,
        web_search: None,
        extra: None,
    };
    Request {
        messages: vec![Message::User(message)],
        tools: Vec::new(),
        tool_choice: None,
        parallel_tool_calls: None,
        response_format: None,
        parameters,
    }
}

impl contract::description::Guest for Component {
    fn provider() -> ProviderInfo {
        ProviderInfo {
            name: "ollama".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            contract_version: "0.2.0".to_owned(),
            label: vec![("en_US".to_owned(), "Ollama".to_owned())],
            kinds: vec![ModelKind::TextGeneration],
        }
    }

    fn describe_model(config: ModelConfig) -> Result<ModelDescription, Error> {
        served(&config.kind)?;
        Ok(ModelDescription {
            label: vec![("en_US".to_owned(), config.name)],
            features: Vec::new(),
            mode: Some(CompletionMode::Chat),
            context_size: None,
            batch_size: None,
            parameters: Vec::new(),
            pricing: None,
        })
    }
}

/// An error for every kind but the one that is served.
fn served(kind: &ModelKind) -> Result<(), Error> {
    match kind {
        ModelKind::TextGeneration => Ok(()),
        _ => Err(unsupported("this kind of model")),
    }
}

fn unsupported(what: &str) -> Error {
    let message = format!("the provider does not support {what}");
    Error::new(ErrorKind::Unsupported, &message)
}
