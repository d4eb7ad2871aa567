//! Exports of `text-generation`.

use core::cell::RefCell;

use super::Component;
use super::contract::text_generation::{
    self as wit, Guest, GuestGenerationStream, GuestPreparedRequest,
};
use super::contract::types::{self, CallOptions, Model, ModelKind};
use super::convert;
use super::live::{self, Live};
use super::session::{self, Session};
use crate::error::{Error, ErrorKind};
use crate::reply::ReplyInfo;
use crate::sse::MAX_EVENT_BYTES;
use crate::text_generation::{Delivery, Event, Generation, GenerationBuilder, Protocol, Request};

/// Largest answer that is returned whole, in bytes: that of one event, since
/// it may come in one.
const MAX_ANSWER_BYTES: usize = MAX_EVENT_BYTES;

impl Guest for Component {
    type GenerationStream = GenerationStream;
    type PreparedRequest = PreparedRequest;
}

/// The resource `prepared-request`.
pub(super) struct PreparedRequest(Request);

impl GuestPreparedRequest for PreparedRequest {
    fn new(request: wit::Request) -> Self {
        Self(convert::request(request))
    }

    fn generate(
        &self,
        model: Model,
        options: CallOptions,
    ) -> Result<wit::Generation, types::Error> {
        start(&model, &self.0, options, Delivery::Whole)
            .and_then(run)
            .map(|(answer, info)| convert::generation(answer, info))
            .map_err(convert::error)
    }

    fn generate_stream(
        &self,
        model: Model,
        options: CallOptions,
    ) -> Result<wit::GenerationStream, types::Error> {
        let live = start(&model, &self.0, options, Delivery::Stream).map_err(convert::error)?;
        Ok(wit::GenerationStream::new(GenerationStream(RefCell::new(
            live,
        ))))
    }

    fn estimate_tokens(&self) -> u64 {
        self.0.estimated_tokens()
    }
}

/// Asks for a few words, and reads the answer to its end: that it is one, and
/// not a page that says 200, is what makes a configuration valid.
pub(super) fn validate(model: &Model, options: CallOptions) -> Result<types::ReplyInfo, Error> {
    let request = Request::probe();
    // Streamed, since some models answer no other way.
    let (_, info) = run(start(model, &request, options, Delivery::Stream)?)?;
    Ok(info)
}

/// Reads an answer to its end.
fn run(mut live: Live) -> Result<(Generation, types::ReplyInfo), Error> {
    let mut answer = GenerationBuilder::default();
    let mut bytes = 0_usize;
    loop {
        let events = live.next_events()?;
        if events.is_empty() {
            return Ok((answer.build()?, live.info()));
        }
        for event in events {
            bytes = bytes.saturating_add(size(&event));
            if bytes > MAX_ANSWER_BYTES {
                return Err(Error::protocol(format!(
                    "the answer is larger than {MAX_ANSWER_BYTES} bytes; stream it"
                )));
            }
            answer.add(event);
        }
    }
}

fn start(
    model: &Model,
    request: &Request,
    options: CallOptions,
    delivery: Delivery,
) -> Result<Live, Error> {
    let Session {
        form,
        credentials,
        call,
    } = session::open(model, ModelKind::TextGeneration, options)?;
    let protocol = Protocol::parse(&form)?;
    live::start(protocol, &credentials, request, &call, delivery)
}

fn size(event: &Event) -> usize {
    match event {
        Event::Text(text) | Event::Reasoning(text) | Event::Refusal(text) => text.len(),
        Event::ToolCall(fragment) => fragment.arguments.len(),
        Event::CompletedToolCall(_) | Event::Usage(_) | Event::Finish(_) => 0,
    }
}

/// The resource `generation-stream`.
pub(super) struct GenerationStream(RefCell<Live>);

impl GuestGenerationStream for GenerationStream {
    fn next(&self) -> Result<Vec<wit::Event>, types::Error> {
        // A component is entered once at a time, so this cannot be taken; but
        // a host's mistake should be an error, not a trap.
        let Ok(mut live) = self.0.try_borrow_mut() else {
            let error =
                Error::before_sending(ErrorKind::Internal, "`next` was called within `next`");
            return Err(convert::error(error));
        };
        let events = live.next_events().map_err(convert::error)?;
        Ok(events.into_iter().map(convert::event).collect())
    }

    fn info(&self) -> types::ReplyInfo {
        match self.0.try_borrow() {
            Ok(live) => live.info(),
            Err(_) => convert::reply_info(ReplyInfo::default(), None, None),
        }
    }
}
