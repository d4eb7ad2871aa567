//! Exports of `text-generation`.

use core::cell::RefCell;

use wasi::io::poll::Pollable;

use crate::bindings::models::ModelBorrow;
use crate::bindings::text_generation::{self as wit, Guest, GuestResponseStream};
use crate::bindings::types::{self, CallOptions, ResponseMetadata};
use crate::model::Model;
use crate::wasi::response_stream::ResponseStream;
use crate::{Component, convert};
use provider_core::error::{Error, ErrorKind};
use provider_core::response;
use provider_core::text_generation::{
    Event, Generation, GenerationBuilder, MediaSource, Request, ResponseMode,
};
use wire::sse::MAX_EVENT_BYTES;

/// Largest answer that is returned complete, in bytes: that of one event,
/// because an answer may arrive in one event.
const MAX_ANSWER_BYTES: usize = MAX_EVENT_BYTES;

impl Guest for Component {
    type ResponseStream = StreamResource;

    fn generate(
        model: ModelBorrow<'_>,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::Response, types::Error> {
        let request = convert::text_generation::request(request);
        run(model.get(), &request, options, ResponseMode::Full)
            .map(|(generation, metadata)| convert::text_generation::response(generation, metadata))
            .map_err(convert::error)
    }

    fn generate_stream(
        model: ModelBorrow<'_>,
        request: wit::Request,
        options: CallOptions,
    ) -> Result<wit::ResponseStream, types::Error> {
        let request = convert::text_generation::request(request);
        let stream = start(model.get(), &request, options, ResponseMode::Streaming);
        let stream = stream.map_err(convert::error)?;
        Ok(wit::ResponseStream::new(StreamResource(RefCell::new(
            stream,
        ))))
    }

    fn estimate_tokens(request: wit::Request) -> u64 {
        convert::text_generation::request(request).estimated_tokens()
    }
}

/// Requests a few words and reads the whole answer. The configuration is valid
/// if the response is an answer, not only a status of 200.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<ResponseMetadata, Error> {
    // Streamed, because some models support nothing else.
    let (_, metadata) = run(model, &Request::probe(), options, ResponseMode::Streaming)?;
    Ok(metadata)
}

/// Requests an answer and reads it to its end.
fn run(
    model: &Model,
    request: &Request,
    options: CallOptions,
    mode: ResponseMode,
) -> Result<(Generation, ResponseMetadata), Error> {
    let mut stream = start(model, request, options, mode)?;
    let mut answer = GenerationBuilder::default();
    let mut bytes = 0_usize;
    while let Some(events) = stream.next()? {
        for event in events {
            bytes = bytes.saturating_add(size(&event));
            if bytes > MAX_ANSWER_BYTES {
                return Err(Error::protocol(format!(
                    "the answer exceeds the limit of {MAX_ANSWER_BYTES} bytes; use streaming"
                )));
            }
            answer.add(event);
        }
    }
    Ok((answer.build()?, stream.metadata()))
}

fn start(
    model: &Model,
    request: &Request,
    options: CallOptions,
    mode: ResponseMode,
) -> Result<ResponseStream, Error> {
    let protocol = model.text_generation()?;
    ResponseStream::start(protocol, &model.context(options)?, request, mode)
}

/// The size of an event that adds to an answer, in bytes.
fn size(event: &Event) -> usize {
    match event {
        Event::Text(text) | Event::Reasoning(text) | Event::Refusal(text) => text.len(),
        Event::ToolCall(fragment) => fragment.arguments.len(),
        Event::Image(image) => match &image.source {
            MediaSource::Url(url) => url.len(),
            MediaSource::Bytes(bytes) => bytes.len(),
        },
        Event::Audio(chunk) => chunk.bytes.len(),
        Event::ProviderData(data) => data.len(),
        Event::CompletedToolCall(_) | Event::Citation(_) | Event::Usage(_) | Event::Finish(_) => 0,
    }
}

/// The resource `response-stream`.
pub(crate) struct StreamResource(RefCell<ResponseStream>);

impl GuestResponseStream for StreamResource {
    fn next(&self) -> Result<Option<Vec<wit::Event>>, types::Error> {
        // The component is not reentrant, so the cell is free; a host's mistake
        // returns an error rather than a trap.
        let Ok(mut stream) = self.0.try_borrow_mut() else {
            let error = Error::before_sending(
                ErrorKind::Internal,
                "`next` was called while another `next` is running",
            );
            return Err(convert::error(error));
        };
        let events = stream.next().map_err(convert::error)?;
        Ok(events.map(convert::text_generation::events))
    }

    fn subscribe(&self) -> Pollable {
        match self.0.try_borrow_mut() {
            Ok(mut stream) => stream.subscribe(),
            Err(_) => crate::wasi::poll_set::ready(),
        }
    }

    fn metadata(&self) -> ResponseMetadata {
        match self.0.try_borrow() {
            Ok(stream) => stream.metadata(),
            Err(_) => convert::response_metadata(response::ResponseMetadata::default(), None, None),
        }
    }
}
