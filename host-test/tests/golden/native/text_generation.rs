//! A call for text, run on the core alone.

use super::{AUTHORITY, breakage, head, judge, refused, wire};
use crate::answer::Answer;
use crate::case::{Case, Delivery};
use crate::contract::{carried, carried_error, carried_options};
use crate::cuts;
use crate::response::{Ending, RecordedResponse};
use crate::verdict::Run;
use higress_host::json::text_generation::read_request;
use higress_provider::convert;
use provider_core::call_options::ResolvedOptions;
use provider_core::credentials::Credentials;
use provider_core::error::Error;
use provider_core::form::Form;
use provider_core::http::Request;
use provider_core::response::ResponseMetadata;
use provider_core::text_generation::openai_compatible::BodyEnd;
use provider_core::text_generation::{self as core, Event, GenerationBuilder, Protocol};

/// Runs a case, then with its response cut in every way.
pub(super) fn check(case: &Case) -> Result<(), String> {
    let prepared = prepare(case)?;
    judge(case, &run(case, &prepared))?;
    match (&prepared, case.responses.first()) {
        (Ok(exchange), Some(response)) if head(response).is_success() => {
            cuts::check(exchange, response)
        }
        _ => Ok(()),
    }
}

/// A call with its request made, ready for a response.
pub(crate) struct Exchange {
    protocol: Protocol,
    credentials: Credentials,
    asked: core::Request,
    call: ResolvedOptions,
    request: Request,
}

/// What was read of a response.
#[derive(Clone, PartialEq)]
pub(crate) struct Reading {
    pub(crate) events: Vec<Event>,
    pub(crate) end: Result<ResponseMetadata, Error>,
}

/// The call up to its request; within, the error of a call that is refused.
fn prepare(case: &Case) -> Result<Result<Exchange, Error>, String> {
    let values = case.call.credentials(AUTHORITY)?;
    let request = case.call.request(read_request)?;
    let options = case.call.options()?;
    let delivery = match case.call.delivery {
        Delivery::Stream => core::ResponseMode::Streaming,
        Delivery::Whole => core::ResponseMode::Full,
    };
    // The order is that of the component.
    let exchange = || {
        let form = Form::parse(&values)?;
        let protocol = Protocol::parse(&form)?;
        let credentials = Credentials::parse(&form, &case.call.model)?;
        let asked = convert::text_generation::request(carried(&request));
        let call = ResolvedOptions::new(convert::options(carried_options(options)), &credentials)?;
        let request = protocol.encode(&credentials, &asked, &call, delivery)?;
        Ok(Exchange {
            protocol,
            credentials,
            asked,
            call,
            request,
        })
    };
    Ok(exchange())
}

fn run(case: &Case, prepared: &Result<Exchange, Error>) -> Run {
    let sent = |exchange: &Exchange| vec![wire(&exchange.request, &exchange.credentials)];
    let (requests, reading) = match (prepared, case.responses.first()) {
        (Ok(exchange), Some(response)) => (sent(exchange), exchange.read(response)),
        // Something is sent, and there is no response: the verdict says so.
        (Ok(exchange), None) => (sent(exchange), Reading::failed(&Error::protocol(""))),
        (Err(error), _) => (Vec::new(), Reading::failed(error)),
    };
    Run {
        requests,
        answer: answer(case.call.delivery, reading),
        authority: AUTHORITY.to_owned(),
    }
}

fn answer(delivery: Delivery, reading: Reading) -> Answer {
    let metadata = |info| convert::response_metadata(info, None, None);
    match delivery {
        Delivery::Stream => Answer::Stream(
            carried(&convert::text_generation::events(reading.events)),
            reading
                .end
                .map(|info| carried(&metadata(info)))
                .map_err(carried_error),
        ),
        Delivery::Whole => {
            let response = reading.end.and_then(|info| {
                let mut builder = GenerationBuilder::default();
                reading
                    .events
                    .into_iter()
                    .for_each(|event| builder.add(event));
                let generation = builder.build()?;
                let response = convert::text_generation::response(generation, metadata(info));
                Ok(carried(&response))
            });
            Answer::generation(response.map_err(carried_error))
        }
    }
}

impl Reading {
    fn failed(error: &Error) -> Self {
        Self {
            events: Vec::new(),
            end: Err(error.clone()),
        }
    }
}

impl Exchange {
    /// Reads a response in the chunks of its case.
    fn read(&self, response: &RecordedResponse) -> Reading {
        let head = head(response);
        if head.is_success() {
            let chunks = response.chunks.iter().map(Vec::as_slice);
            return self.read_chunks(response, chunks, end(response.ending));
        }
        let error = refused(response, &self.request, &self.credentials, &self.call);
        Reading::failed(&error)
    }

    /// Reads a body that comes in these chunks, behind the head of `response`.
    pub(crate) fn read_chunks<'a>(
        &self,
        response: &RecordedResponse,
        chunks: impl IntoIterator<Item = &'a [u8]>,
        end: BodyEnd,
    ) -> Reading {
        let secrets = self.call.secrets.clone();
        let mut reader = self.protocol.reader(&self.asked, head(response), secrets);
        let mut events = Vec::new();
        let outcome = chunks
            .into_iter()
            .try_for_each(|chunk| reader.push(chunk, &mut events))
            .and_then(|()| reader.end(end, &mut events));
        Reading {
            events,
            end: outcome.map(|()| reader.info().clone()),
        }
    }
}

/// The end of a body, as the component's transport tells it.
pub(crate) fn end(ending: Ending) -> BodyEnd {
    breakage(ending).map_or(BodyEnd::Complete, BodyEnd::Broken)
}
